#include "common/geometry_table.h"

#include <inttypes.h>
#include <math.h>

#include "common/geometry_text.h"
#include "common/table_text.h"

enum { LISTED = 10, COLUMN = 11, NAME = 26, BAR_WIDTH = 30 };

/* Characters that depend on what the terminal can show. */
struct glyphs {
    const char *rule, *dots, *sigma, *epsilon, *minus, *norm, *squared, *plus_minus;
};

static const struct glyphs unicode_glyphs = {"─", "…", "σ", "ε", "−", "‖", "²", "±"};
static const struct glyphs ascii_glyphs = {"-", "...", "sigma", "epsilon", "-", "|", "^2", "+-"};

/* What is printed, and how. */
struct page {
    FILE *stream;
    const struct geometry_report *report;
    const struct concept_names *names;
    const struct glyphs *glyphs;
    bool ascii;
};

static void print_head(const struct page *page) {
    const struct geometry_report *report = page->report;
    char inputs[32], seen[GEOMETRY_SEEN];
    fprintf(page->stream,
            "image %" PRId64 ", %s: its %s pixels and the %" PRId64 " features of its latent "
            "vector f(x)\n\n",
            report->request.image, geometry_seen(seen, &report->start, page->names),
            with_commas(inputs, report->inputs), report->outputs);
}

static void print_triplet(const struct page *page, int64_t i, double energy) {
    const struct geometry_jacobian *jacobian = &page->report->jacobian;
    char bar[3 * BAR_WIDTH + 1];
    fprintf(page->stream, "%*" PRId64, COLUMN, i + 1);
    print_figure(page->stream, jacobian->sigma[i], COLUMN, page->ascii);
    print_share(page->stream, energy, COLUMN, 1);
    if (jacobian->residual)
        print_figure(page->stream, jacobian->residual[i], COLUMN, page->ascii);
    table_bar(bar, jacobian->sigma[i], jacobian->sigma[0], BAR_WIDTH, page->ascii);
    fprintf(page->stream, "%s%s\n", *bar ? "  " : "", bar);
}

static void print_spectrum(const struct page *page) {
    const struct geometry_jacobian *jacobian = &page->report->jacobian;
    const double total = jacobian->frobenius * jacobian->frobenius;
    double energy = 0;
    char more[32];
    fprintf(page->stream, "singular values of the Jacobian\n%*s", COLUMN, "i");
    print_right(page->stream, page->glyphs->sigma, COLUMN);
    fprintf(page->stream, "%*s", COLUMN, "energy");
    if (jacobian->residual)
        fprintf(page->stream, "%*s", COLUMN, "residual");
    fputc('\n', page->stream);
    print_rule(page->stream, page->glyphs->rule,
               (jacobian->residual ? 4 : 3) * COLUMN + 2 + BAR_WIDTH);
    for (int64_t i = 0; i < jacobian->rank && i < LISTED; i++) {
        energy += jacobian->sigma[i] * jacobian->sigma[i];
        print_triplet(page, i, total > 0 ? energy / total : 0);
    }
    if (jacobian->rank > LISTED) {
        print_right(page->stream, page->glyphs->dots, COLUMN);
        fprintf(page->stream, " %s more; --json has all\n",
                with_commas(more, jacobian->rank - LISTED));
    }
}

static void print_norms(const struct page *page) {
    const struct geometry_jacobian *jacobian = &page->report->jacobian;
    const struct glyphs *glyphs = page->glyphs;
    fprintf(page->stream, "\nFrobenius norm %.5g", jacobian->frobenius);
    if (jacobian->frobenius_error > 0)
        fprintf(page->stream, " %s %.1g, estimated", glyphs->plus_minus, jacobian->frobenius_error);
    fprintf(page->stream, "; its square over %s1%s, the stable rank, is %.3g\n\n", glyphs->sigma,
            glyphs->squared, jacobian->stable_rank);
}

static void print_family(const struct page *page, int f) {
    static const char *const names[GEOMETRY_FAMILIES] = {"singular vectors", "random",
                                                         "random, without those", "gradient ascent",
                                                         "towards the match"};
    const struct geometry_report *report = page->report;
    const struct geometry_constants *family = &report->family[f];
    for (int64_t e = 0; family->directions > 0 && e < report->request.epsilons; e++) {
        const struct geometry_spread *spread = &family->spread[e];
        const double values[] = {spread->least, spread->low, spread->median, spread->high,
                                 spread->most};
        char count[32], name[64];
        snprintf(name, sizeof name, "%s: %s", names[f], with_commas(count, family->directions));
        print_left(page->stream, e == 0 ? name : "", NAME);
        fprintf(page->stream, "%*g", COLUMN, report->request.epsilon[e]);
        for (int i = 0; i < 5; i++)
            print_figure(page->stream, values[i], COLUMN, page->ascii);
        fputs(spread->most < 10 * spread->rounding ? "  rounding\n" : "\n", page->stream);
    }
}

static void print_families(const struct page *page) {
    static const char *const titles[] = {"smallest", "5 %", "median", "95 %", "largest"};
    const struct glyphs *glyphs = page->glyphs;
    fprintf(page->stream,
            "Lipschitz constants %sf(x + %s v) %s f(x)%s / %s along directions v of length 1\n",
            glyphs->norm, glyphs->epsilon, glyphs->minus, glyphs->norm, glyphs->epsilon);
    print_left(page->stream, "directions", NAME);
    print_right(page->stream, glyphs->epsilon, COLUMN);
    for (int i = 0; i < 5; i++)
        fprintf(page->stream, "%*s", COLUMN, titles[i]);
    fputc('\n', page->stream);
    print_rule(page->stream, glyphs->rule, NAME + 6 * COLUMN);
    for (int f = 0; f < GEOMETRY_FAMILIES; f++)
        print_family(page, f);
    fputc('\n', page->stream);
}

static void print_change(const struct page *page) {
    const struct geometry_matching *matching = &page->report->matching;
    fprintf(page->stream, "%-10spixels by %.4g on average", "change",
            matching->moved[matching->best]);
    if (!isnan(matching->within))
        fprintf(page->stream, "; %.1f %% of it along the singular vectors above",
                100 * matching->within);
    fputc('\n', page->stream);
}

static void print_matching(const struct page *page) {
    static const char *const roles[] = {"image", "target", "result"};
    const struct geometry_report *report = page->report;
    const struct geometry_matching *matching = &report->matching;
    const struct glyphs *glyphs = page->glyphs;
    const struct geometry_image *const images[] = {&report->start, &report->target,
                                                   &report->result};
    char seen[GEOMETRY_SEEN], count[32];
    fprintf(page->stream,
            "matching: image %" PRId64 " changed until f(x) is the t of image %" PRId64 "\n",
            report->request.image, report->request.target);
    print_rule(page->stream, glyphs->rule, 3 * COLUMN + 2 + BAR_WIDTH);
    for (int i = 0; i < 3; i++)
        fprintf(page->stream, "%-10s%s\n", roles[i], geometry_seen(seen, images[i], page->names));
    fprintf(page->stream, "%-10s%s after %s steps, the result is of step %" PRId64 "\n", "state",
            geometry_state(matching->state), with_commas(count, matching->steps), matching->best);
    fprintf(page->stream, "%-10s%sf(x) %s t%s%s from %.4g to %.4g, cosine from %.4f to %.6f\n",
            "distance", glyphs->norm, glyphs->minus, glyphs->norm, glyphs->squared,
            matching->loss[0], matching->loss[matching->best], matching->cosine[0],
            matching->cosine[matching->best]);
    print_change(page);
    fputc('\n', page->stream);
}

void geometry_table_print(FILE *stream, const struct geometry_report *report,
                          const struct concept_names *names, bool ascii) {
    const struct page page = {stream, report, names, ascii ? &ascii_glyphs : &unicode_glyphs,
                              ascii};
    char forward[32], products[32];
    print_head(&page);
    print_spectrum(&page);
    print_norms(&page);
    print_families(&page);
    if (report->matching.loss)
        print_matching(&page);
    fprintf(stream, "%-10s%.2f s: the network run %s times, and %s products with its Jacobian\n",
            "time", report->seconds, with_commas(forward, report->usage.forward_rows),
            with_commas(products, report->usage.jvp_rows + report->usage.vjp_rows));
}
