#include "common/robustness_table.h"

#include <inttypes.h>
#include <math.h>

#include "common/table_text.h"
#include "common/utf8.h"

enum { NAME_WIDTH = 32, SHIFT_WIDTH = 16, MEAN_WIDTH = 10 };

/* Characters that depend on what the terminal can show. */
struct glyphs {
    const char *plus_minus, *sigma, *squared, *none, *rule;
};

static const struct glyphs unicode_glyphs = {"±", "σ", "R²", "–", "─"};
static const struct glyphs ascii_glyphs = {"+-", "std", "R^2", "-", "-"};

/* A name cut to `most` columns, for a terminal that may not know its letters. */
struct fitted {
    char text[8 * NAME_WIDTH];
    int columns;
};

static struct fitted fit_name(const char *name, int most, bool ascii) {
    struct fitted fitted;
    fitted.columns = utf8_fit(fitted.text, sizeof fitted.text, name, most, ascii);
    return fitted;
}

static int wider(int width, int other) {
    return other > width ? other : width;
}

static void print_number(FILE *stream, const char *format, double value, int width,
                         const struct glyphs *glyphs) {
    char text[32];
    snprintf(text, sizeof text, format, value);
    print_right(stream, isnan(value) ? glyphs->none : text, width);
}

enum { VALUE_WIDTH = 10, ERROR_WIDTH = 7 };

static int estimate_width(const struct glyphs *glyphs) {
    return VALUE_WIDTH + 1 + utf8_width(glyphs->plus_minus) + ERROR_WIDTH;
}

static void print_estimate(FILE *stream, double value, double error, const struct glyphs *glyphs) {
    print_number(stream, "%.4f", value, VALUE_WIDTH, glyphs);
    fprintf(stream, " %s", glyphs->plus_minus);
    print_number(stream, "%.4f", error, ERROR_WIDTH, glyphs);
}

static void print_lines(FILE *stream, const struct robustness_report *report, bool ascii,
                        const struct glyphs *glyphs) {
    enum { MODELS = 10, SQUARED = 9, DEVIATION = 15 };
    const struct accuracy_table *table = report->table;
    const latent_robustness_fits *fits = &report->fits;
    char deviation[32];
    int width = 5;
    for (int64_t s = 0; s < table->shifts; s++)
        width = wider(width, fit_name(accuracy_shift_name(table, s), NAME_WIDTH, ascii).columns);
    print_left(stream, "shift", width);
    print_right(stream, "baselines", MODELS + 1);
    print_right(stream, "slope", estimate_width(glyphs));
    print_right(stream, "intercept", estimate_width(glyphs));
    print_right(stream, glyphs->squared, SQUARED);
    snprintf(deviation, sizeof deviation, "residual %s", glyphs->sigma);
    print_right(stream, deviation, DEVIATION);
    fputc('\n', stream);
    print_rule(stream, glyphs->rule,
               width + MODELS + 1 + 2 * estimate_width(glyphs) + SQUARED + DEVIATION);
    for (int64_t s = 0; s < table->shifts; s++) {
        print_left(stream, fit_name(accuracy_shift_name(table, s), NAME_WIDTH, ascii).text, width);
        fprintf(stream, " %*" PRId64, MODELS, fits->models[s]);
        print_estimate(stream, fits->slope[s], fits->slope_error[s], glyphs);
        print_estimate(stream, fits->intercept[s], fits->intercept_error[s], glyphs);
        print_number(stream, "%.4f", fits->r_squared[s], SQUARED, glyphs);
        print_number(stream, "%.4f", fits->residual_std[s], DEVIATION, glyphs);
        fputc('\n', stream);
    }
    fputc('\n', stream);
}

static int shift_width(const struct accuracy_table *table, int64_t shift, bool ascii) {
    return 2 + wider(6, fit_name(accuracy_shift_name(table, shift), SHIFT_WIDTH, ascii).columns);
}

static void print_models(FILE *stream, const struct robustness_report *report, bool ascii,
                         const struct glyphs *glyphs) {
    const struct accuracy_table *table = report->table;
    const struct fitted reference = fit_name(accuracy_reference_name(table), SHIFT_WIDTH, ascii);
    const int reference_width = 2 + wider(6, reference.columns);
    int width = 5, whole = reference_width + MEAN_WIDTH;
    for (int64_t m = 0; m < table->models; m++)
        width = wider(width, fit_name(accuracy_model_name(table, m), NAME_WIDTH, ascii).columns);
    print_left(stream, "model", width);
    print_right(stream, reference.text, reference_width);
    for (int64_t s = 0; s < table->shifts; s++) {
        print_right(stream, fit_name(accuracy_shift_name(table, s), SHIFT_WIDTH, ascii).text,
                    shift_width(table, s, ascii));
        whole += shift_width(table, s, ascii);
    }
    print_right(stream, "mean ER", MEAN_WIDTH);
    fputc('\n', stream);
    print_rule(stream, glyphs->rule, width + whole);
    for (int64_t place = 0; place < table->models; place++) {
        const int64_t m = report->order[place];
        print_left(stream, fit_name(accuracy_model_name(table, m), NAME_WIDTH, ascii).text, width);
        print_number(stream, "%.2f", table->reference[m], reference_width, glyphs);
        for (int64_t s = 0; s < table->shifts; s++)
            print_number(stream, "%+.2f", report->effective[m * table->shifts + s],
                         shift_width(table, s, ascii), glyphs);
        print_number(stream, "%+.2f", report->mean[m], MEAN_WIDTH, glyphs);
        fputs(table->is_baseline[m] ? "  baseline\n" : "\n", stream);
    }
    fputc('\n', stream);
}

static bool any_missing(const struct robustness_report *report) {
    const int64_t count = report->table->models * report->table->shifts;
    for (int64_t i = 0; i < count; i++)
        if (isnan(report->effective[i]))
            return true;
    return false;
}

void robustness_table_print(FILE *stream, const struct robustness_report *report, bool ascii) {
    const struct glyphs *glyphs = ascii ? &ascii_glyphs : &unicode_glyphs;
    const struct accuracy_table *table = report->table;
    fprintf(stream, "effective robustness of %" PRId64 " models under %" PRId64 " shift%s, ",
            table->models, table->shifts, table->shifts == 1 ? "" : "s");
    if (table->baseline_column >= 0)
        fprintf(stream, "against %" PRId64 " baselines\n\n", table->baselines);
    else
        fputs("all of them baselines: no column says otherwise\n\n", stream);
    print_lines(stream, report, ascii, glyphs);
    print_models(stream, report, ascii, glyphs);
    fputs(
        "Under each shift: percentage points above what the line predicts; lines are in logits.\n",
        stream);
    if (any_missing(report))
        fprintf(stream, "%s: not measured; means over different shifts do not compare.\n",
                glyphs->none);
}
