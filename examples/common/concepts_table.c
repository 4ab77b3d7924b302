#include "common/concepts_table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "common/table_text.h"
#include "common/utf8.h"

enum {
    BEST = 20,
    MOST = 5,
    NAME = 24,
    COLUMN = 10,
    BAR = 10,
    LABEL = 24,
    PAGE = 100,
    NUMBERS = 12
};

/* What is printed, and how. */
struct page {
    FILE *stream;
    const struct concepts_report *report;
    bool ascii;
};

static const char *rule(const struct page *page) {
    return page->ascii ? "-" : "─";
}

static const char *dots(const struct page *page) {
    return page->ascii ? "..." : "…";
}

/* A concept's name in so many columns, in a text of 8 * width bytes. */
static const char *title(const struct page *page, int64_t concept, int width, char *text) {
    char digits[CONCEPTS_DIGITS];
    utf8_fit(text, (size_t)(8 * width), concepts_title(page->report, concept, digits), width,
             page->ascii);
    return text;
}

static void print_head(const struct page *page) {
    const struct concepts_report *report = page->report;
    const struct concepts_input *input = report->input;
    char samples[32], directions[32], concepts[32];
    fprintf(page->stream, "%s concepts in %s %s %s %s samples%s\n\n",
            with_commas(concepts, report->concepts), with_commas(directions, report->directions),
            input->head    ? "singular vectors of a head,"
            : input->basis ? "directions"
                           : "features",
            input->head ? "for" : "of", with_commas(samples, report->samples),
            report->signs ? ",\neach direction and its opposite" : "");
}

/* "name" and what follows it, in two columns. */
static void print_line(const struct page *page, const char *name, int64_t count, int64_t of,
                       const char *what) {
    char text[32], whole[32];
    fprintf(page->stream, "  %-*s%*s", LABEL, name, COLUMN, with_commas(text, count));
    if (of >= 0)
        fprintf(page->stream, " of %s", with_commas(whole, of));
    fprintf(page->stream, "%s\n", what);
}

/* How many directions encode 0, 1, 2 … concepts. */
static void print_histogram(const struct page *page) {
    const latent_concepts_report *found = &page->report->found;
    int shown = 0;
    fprintf(page->stream, "  %-*s", LABEL, "directions by concepts");
    for (int64_t k = 0; k <= found->most_concepts; k++) {
        char text[32];
        if (found->histogram[k] == 0)
            continue;
        if (shown++ == NUMBERS) {
            fprintf(page->stream, " %s", dots(page));
            break;
        }
        fprintf(page->stream, "%s%" PRId64 ":%s", shown > 1 ? "  " : "", k,
                with_commas(text, found->histogram[k]));
    }
    fputc('\n', page->stream);
}

static void print_summary(const struct page *page) {
    const struct concepts_report *report = page->report;
    const latent_concepts_report *found = &report->found;
    char what[96];
    fprintf(page->stream, "encoded: average precision (AP) above %g\n", report->request.threshold);
    print_line(page, "unique concepts", found->unique_concepts, report->concepts, "");
    print_line(page, "pairs with directions", found->encoded_pairs, -1, "");
    print_line(page, "encoding directions", found->encoding_directions, report->directions, "");
    if (found->encoding_directions > 0) {
        snprintf(what, sizeof what, ", %.2f on average over those that encode any",
                 found->mean_concepts);
        print_line(page, "concepts per direction", found->most_concepts, -1, what);
    }
    print_histogram(page);
    print_line(page, "degenerate concepts", found->degenerate_concepts, -1,
               found->degenerate_concepts > 0 ? ", which no sample shows, or every one" : "");
    if (report->request.permutations > 0) {
        snprintf(what, sizeof what, ", best AP above all %" PRId64 " draws (p = %.3g)",
                 report->request.permutations, 1 / (double)(report->request.permutations + 1));
        print_line(page, "beyond chance", concepts_beyond_chance(report),
                   report->concepts - found->degenerate_concepts, what);
    }
    fputc('\n', page->stream);
}

static void print_best_titles(const struct page *page) {
    const struct concepts_report *report = page->report;
    int width = NAME + 3 * COLUMN + 2 + BAR;
    fprintf(page->stream, "%-*s%*s", NAME, "concept", COLUMN, "direction");
    if (report->signs) {
        fprintf(page->stream, "%*s", 6, "sign");
        width += 6;
    }
    fprintf(page->stream, "%*s  %-*s%*s", COLUMN, "AP", BAR, "", COLUMN, "present");
    if (report->request.permutations > 0) {
        fprintf(page->stream, "%*s%*s", COLUMN, "chance", COLUMN, "p");
        width += 2 * COLUMN;
    }
    fputc('\n', page->stream);
    print_rule(page->stream, rule(page), width);
}

static void print_best(const struct page *page, int64_t concept) {
    const struct concepts_report *report = page->report;
    const latent_concepts_report *found = &report->found;
    const int64_t direction = found->best_direction[concept];
    const double ap = found->best_ap[concept];
    char name[8 * NAME], bar[3 * BAR + 1];
    print_left(page->stream, title(page, concept, NAME - 1, name), NAME);
    fprintf(page->stream, "%*" PRId64, COLUMN, direction);
    if (report->signs)
        print_right(page->stream,
                    concepts_sign(report, direction, concept) > 0 ? "+"
                    : page->ascii                                 ? "-"
                                                                  : "−",
                    6);
    table_bar(bar, ap, 1, BAR, page->ascii);
    fprintf(page->stream, "%*.4f  ", COLUMN, ap);
    print_left(page->stream, bar, BAR);
    print_share(page->stream, concepts_share(report, concept), COLUMN, 2);
    if (report->request.permutations > 0)
        fprintf(page->stream, "%*.4f%*.3g", COLUMN, report->chance.mean[concept], COLUMN,
                report->chance.p_value[concept]);
    fprintf(page->stream, "%s\n", found->encoded[concept] ? page->ascii ? "  *" : "  ●" : "");
}

static void print_best_list(const struct page *page) {
    const struct concepts_report *report = page->report;
    const int64_t sound = report->concepts - report->found.degenerate_concepts;
    char more[32];
    if (sound == 0)
        return;
    fprintf(page->stream, "the best-encoded concepts (%s: encoded)\n", page->ascii ? "*" : "●");
    print_best_titles(page);
    for (int64_t place = 0; place < sound && place < BEST; place++)
        print_best(page, report->order[place]);
    if (sound > BEST)
        fprintf(page->stream, "%s %s more; --json has all\n", dots(page),
                with_commas(more, sound - BEST));
    if (report->request.permutations > 0)
        fprintf(page->stream,
                "chance: what the best of as many random rankings reaches on average; p: the "
                "probability of\nsuch an AP, or a larger one, if no direction had to do with the "
                "concept\n");
    fputc('\n', page->stream);
}

/* The concepts that a direction encodes, the best encoded first, as far as there is room. */
static void print_most(const struct page *page, int64_t direction) {
    const struct concepts_report *report = page->report;
    int used = fprintf(page->stream, "%*" PRId64 "%*" PRId64 "  ", COLUMN, direction, COLUMN,
                       report->found.concepts_of_direction[direction]);
    for (int64_t place = 0, shown = 0; place < report->concepts; place++) {
        const int64_t concept = report->order[place];
        char text[8 * NAME];
        if (!concepts_encodes(report, direction, concept))
            continue;
        const int width = utf8_width(title(page, concept, NAME - 1, text)) + 2;
        if (shown > 0 && used + width + 5 > PAGE) {
            fprintf(page->stream, ", %s", dots(page));
            break;
        }
        const bool opposite = concepts_sign(report, direction, concept) < 0;
        fprintf(page->stream, "%s%s%s", shown > 0 ? ", " : "",
                !opposite     ? ""
                : page->ascii ? "-"
                              : "−",
                text);
        used += width + opposite;
        shown++;
    }
    fputc('\n', page->stream);
}

static void print_most_list(const struct page *page) {
    const struct concepts_report *report = page->report;
    if (report->found.encoding_directions == 0) {
        fputs("No direction encodes any concept.\n", page->stream);
        return;
    }
    fprintf(page->stream, "the most polysemantic directions%s\n%*s%*s  %s\n",
            report->signs ? " (with a minus: in the opposite direction)" : "", COLUMN, "direction",
            COLUMN, "concepts", "of the best-encoded concepts on");
    print_rule(page->stream, rule(page), PAGE - 10);
    for (int64_t place = 0; place < report->directions && place < MOST; place++) {
        const int64_t direction = report->most_first[place];
        if (report->found.concepts_of_direction[direction] > 0)
            print_most(page, direction);
    }
}

void concepts_table_print(FILE *stream, const struct concepts_report *report, bool ascii) {
    const struct page page = {stream, report, ascii};
    print_head(&page);
    print_summary(&page);
    print_best_list(&page);
    print_most_list(&page);
    fprintf(stream, "\n%-10s%.2f s\n", "time", report->seconds);
}
