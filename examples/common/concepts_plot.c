#include "common/concepts_plot.h"

#include <inttypes.h>
#include <math.h>

#include "common/concepts_heat.h"
#include "common/table_text.h"
#include "common/utf8.h"

/* All lengths in pixels. */
enum {
    WIDTH = 1000,
    EDGE = 20,
    TOP = 138, /* of the map */
    CELL_HEIGHT = 18,
    CELL_WIDEST = 44,
    CELL_OF_DIGITS = 30, /* in narrower ones, numbers of directions stand upright */
    BELOW = 138,         /* from the map to the panels below it */
    PANEL = 190,         /* their height */
    ABOVE = 44,          /* from a panel to its title */
    FOOT = 66,           /* below them */
    NAME = 28,           /* columns of text */
    FEW_BARS = 12
};
static const double character_width = 8.2; /* of the 13-pixel font, wide letters included */

/* What is drawn, and where. */
struct page {
    FILE *out;
    const struct concepts_report *report;
    struct concepts_heat heat;
    struct plot_panel map, bars, curve;
    int height;
};

static const char *title(const struct page *page, int row, char text[8 * NAME]) {
    char digits[CONCEPTS_DIGITS];
    utf8_fit(text, 8 * NAME, concepts_title(page->report, page->heat.concept[row], digits), NAME,
             false);
    return text;
}

static void lay_out(struct page *page) {
    const struct concepts_heat *heat = &page->heat;
    int widest = 8;
    for (int row = 0; row < heat->rows; row++) {
        char text[8 * NAME];
        const int width = utf8_width(title(page, row, text));
        widest = width > widest ? width : widest;
    }
    const int left = EDGE + 10 + (int)(character_width * widest);
    const int columns = heat->columns > 0 ? heat->columns : 1;
    const int most = WIDTH - 70 - left, room = columns * CELL_WIDEST;
    const int bottom = TOP + (heat->rows > 0 ? heat->rows : 3) * CELL_HEIGHT;
    const int panels = bottom + BELOW;
    page->map = (struct plot_panel){left, left + (room < most ? room : most), TOP, bottom};
    page->bars = (struct plot_panel){80, 470, panels, panels + PANEL};
    page->curve = (struct plot_panel){570, 960, panels, panels + PANEL};
    page->height = panels + PANEL + FOOT;
}

/* What the columns are. */
static const char *kind(const struct page *page) {
    const struct concepts_input *input = page->report->input;
    return input->head ? "singular vectors" : input->basis ? "directions" : "features";
}

static void put_heading(const struct page *page) {
    const struct concepts_report *report = page->report;
    char samples[32], directions[32], concepts[32], unique[32], text[256];
    with_commas(directions, report->directions);
    with_commas(concepts, report->concepts);
    snprintf(text, sizeof text, "Concepts in %s %s %s %s samples", directions, kind(page),
             report->input->head ? "of a head, for" : "of", with_commas(samples, report->samples));
    plot_label(page->out, text, "at screen across(%d),down(26) left font ',17' front", EDGE);
    snprintf(text, sizeof text,
             "%s of %s concepts encoded: average precision (AP) above %g in any of the %s",
             with_commas(unique, report->found.unique_concepts), concepts,
             report->request.threshold, kind(page));
    plot_label(page->out, text,
               "at screen across(%d),down(52) left textcolor rgb '" PLOT_GREY "' front", EDGE);
    const bool all = page->heat.rows == report->concepts - report->found.degenerate_concepts;
    char best[64] = "all";
    if (page->heat.columns < report->directions)
        snprintf(best, sizeof best, "the %d best of the %s", page->heat.columns, directions);
    snprintf(text, sizeof text, "AP of %s %d %sconcepts in %s %s", all ? "all" : "the",
             page->heat.rows,
             !all                                    ? "best-encoded "
             : report->found.degenerate_concepts > 0 ? "sound "
                                                     : "",
             best, kind(page));
    if (page->heat.rows > 0)
        plot_label(page->out, text, "at screen across(%d),down(86) left front", EDGE);
}

/* From white to dark blue, in steps that look even. */
static unsigned colour_of(double ap) {
    static const struct {
        double at;
        int part[3]; /* red, green, blue */
    } stops[] = {{0, {247, 251, 255}},   {0.25, {218, 232, 245}}, {0.5, {158, 202, 225}},
                 {0.75, {66, 146, 198}}, {0.9, {8, 81, 156}},     {1, {8, 40, 90}}};
    enum { STOPS = sizeof stops / sizeof *stops };
    int i = 1;
    while (i < STOPS - 1 && ap > stops[i].at)
        i++;
    const double way = (ap - stops[i - 1].at) / (stops[i].at - stops[i - 1].at);
    unsigned colour = 0;
    for (int c = 0; c < 3; c++) {
        const int from = stops[i - 1].part[c], to = stops[i].part[c];
        colour = colour << 8 | (unsigned)lround(from + way * (to - from));
    }
    return colour;
}

/* The colours from 0 to 1, and the marks. */
static void put_legend(const struct page *page) {
    enum { STEPS = 50, STEP = 3, LEFT = EDGE + 16, LINE = 112, NEXT = LEFT + STEPS * STEP + 8 };
    const struct concepts_report *report = page->report;
    char text[160];
    for (int i = 0; i < STEPS; i++)
        fprintf(
            page->out,
            "set object rectangle from screen across(%d),down(%d) to screen across(%d),down(%d) "
            "fillcolor rgb '#%06x' fillstyle solid 1 noborder\n",
            LEFT + i * STEP, LINE + 6, LEFT + (i + 1) * STEP + (i + 1 < STEPS), LINE - 6,
            colour_of((i + 0.5) / STEPS));
    plot_label(page->out, "0", "at screen across(%d),down(%d) left front", EDGE, LINE);
    plot_label(page->out, "1", "at screen across(%d),down(%d) left front", NEXT, LINE);
    snprintf(text, sizeof text, "%s   right: the concept's best AP",
             report->signs ? "+ or −: encoded along the direction, or opposite to it"
                           : "dot: encoded");
    plot_label(page->out, text,
               "at screen across(%d),down(%d) left textcolor rgb '" PLOT_GREY "' front", NEXT + 30,
               LINE);
}

static void put_map_labels(const struct page *page) {
    const struct concepts_heat *heat = &page->heat;
    const bool narrow = page->map.right - page->map.left < CELL_OF_DIGITS * heat->columns;
    char text[8 * NAME];
    int digits = 1;
    for (int row = 0; row < heat->rows; row++) {
        plot_label(page->out, title(page, row, text),
                   "at graph 0, first %d right offset screen across(-6),0", row);
        snprintf(text, sizeof text, "%.3f", page->report->found.best_ap[heat->concept[row]]);
        plot_label(page->out, text, "at graph 1, first %d left offset screen across(6),0", row);
    }
    for (int column = 0; column < heat->columns; column++) {
        const int length = snprintf(text, sizeof text, "%" PRId64, heat->direction[column]);
        digits = length > digits ? length : digits;
        plot_label(page->out, text, "at first %d, graph 0 %s offset 0,screen up(%d)", column,
                   narrow ? "right rotate by 90" : "center", narrow ? -6 : -12);
    }
    plot_label(page->out, "number of the direction, from 0",
               "at graph 0.5, graph 0 center offset 0,screen up(%.0f) textcolor rgb '" PLOT_GREY
               "'",
               narrow ? -26 - character_width * digits : -40);
}

static void put_map_data(const struct page *page) {
    const struct concepts_heat *heat = &page->heat;
    fputs("$cells << END\n", page->out);
    for (int row = 0; row < heat->rows; row++)
        for (int column = 0; column < heat->columns; column++)
            fprintf(
                page->out, "%d %d %u\n", column, row,
                colour_of(concepts_ap(page->report, heat->direction[column], heat->concept[row])));
    fputs("END\n", page->out);
}

/* The cells that are encoded with this sign, after a place outside so that there is any. */
static void put_marks(const struct page *page, const char *name, int sign) {
    const struct concepts_heat *heat = &page->heat;
    fprintf(page->out, "$%s << END\n-9 -9\n", name);
    for (int row = 0; row < heat->rows; row++) {
        for (int column = 0; column < heat->columns; column++) {
            const int64_t direction = heat->direction[column], concept = heat->concept[row];
            if (concepts_encodes(page->report, direction, concept) &&
                concepts_sign(page->report, direction, concept) == sign)
                fprintf(page->out, "%d %d\n", column, row);
        }
    }
    fputs("END\n", page->out);
}

/* Plus and minus of lines, which are equally long in both formats. */
static void put_signs(const struct page *page) {
    static const char look[] = "with vectors nohead linewidth 1.5 linecolor rgb '#ffffff'";
    const double across = 4.0 * page->heat.columns / (page->map.right - page->map.left);
    const double down = 4.0 / CELL_HEIGHT;
    fprintf(page->out,
            "$with using ($1-%g):2:(%g):(0) %s, \\\n$with using 1:($2-%g):(0):(%g) %s, \\\n"
            "$against using ($1-%g):2:(%g):(0) %s\n",
            across, 2 * across, look, down, 2 * down, look, across, 2 * across, look);
}

static void put_map(const struct page *page) {
    const struct concepts_heat *heat = &page->heat;
    FILE *out = page->out;
    plot_panel_begin(out, &page->map, 0, "");
    fprintf(out,
            "unset xtics\nunset ytics\nunset grid\nunset border\n"
            "set xrange [-0.5:%d.5]\nset yrange [%d.5:-0.5]\n",
            heat->columns > 0 ? heat->columns - 1 : 0, heat->rows > 0 ? heat->rows - 1 : 0);
    if (heat->rows == 0)
        plot_label(out, "every concept is degenerate: no sample shows it, or every one",
                   "at screen across(%d),down(%d) left", EDGE, TOP + CELL_HEIGHT);
    else
        put_map_labels(page);
    put_map_data(page);
    put_marks(page, "with", 1);
    put_marks(page, "against", -1);
    fputs("plot ", out);
    if (heat->rows > 0)
        fputs("$cells using 1:2:(0.47):(0.47):3 with boxxyerror fillstyle solid 1 noborder "
              "linecolor rgb variable, \\\n",
              out);
    if (page->report->signs)
        put_signs(page);
    else
        fputs(
            "$with using 1:2 with points pointtype 7 pointsize mark*0.4 linecolor rgb '#ffffff'\n",
            out);
    fputs("unset label\nunset object\n", out);
}

static void put_bars(const struct page *page) {
    const latent_concepts_report *found = &page->report->found;
    FILE *out = page->out;
    int64_t highest = 1;
    char text[96], directions[32], encoding[32];
    for (int64_t k = 1; k <= found->most_concepts; k++)
        highest = found->histogram[k] > highest ? found->histogram[k] : highest;
    snprintf(text, sizeof text, "Concepts per direction (%s of %s encode any)",
             with_commas(encoding, found->encoding_directions),
             with_commas(directions, page->report->directions));
    plot_panel_begin(out, &page->bars, ABOVE, text);
    fprintf(out,
            "set xrange [0.4:%" PRId64
            ".6]\nset yrange [0:%.6g]\nset xtics nomirror %s\nset ytics nomirror %s\n"
            "set xlabel 'concepts that the direction encodes' textcolor rgb '" PLOT_GREY "'\n"
            "$bars << END\n-9 0\n",
            found->most_concepts > 0 ? found->most_concepts : 1, 1.18 * (double)highest,
            found->most_concepts > FEW_BARS ? "auto" : "1,1", highest > 5 ? "auto" : "1");
    for (int64_t k = 1; k <= found->most_concepts; k++)
        fprintf(out, "%" PRId64 " %" PRId64 "\n", k, found->histogram[k]);
    fputs("END\n", out);
    for (int64_t k = 1; k <= found->most_concepts && found->most_concepts <= FEW_BARS; k++)
        plot_label(out, with_commas(text, found->histogram[k]),
                   "at %" PRId64 ",%" PRId64 " center offset 0,screen up(9) textcolor rgb "
                   "'" PLOT_GREY "'",
                   k, found->histogram[k]);
    if (found->most_concepts == 0)
        plot_label(out, "no direction encodes any concept", "at graph 0.5, graph 0.5 center");
    fputs("plot $bars using 1:2:(0.8) with boxes fillstyle solid 1 noborder linecolor rgb "
          "'" PLOT_BLUE "'\n"
          "unset label\nunset xtics\nunset ytics\n",
          out);
}

/* How many concepts the luckiest random ranking brings above the level. */
static int64_t lucky_at(const struct concepts_report *report, double level) {
    int64_t count = 0;
    for (int64_t c = 0; c < report->concepts; c++)
        count += report->chance.largest[c] > level; /* not if NaN */
    return count;
}

static void put_curve_names(const struct page *page) {
    const int line = page->curve.top - 20, left = page->curve.left;
    plot_label(page->out, "━", "at screen across(%d),down(%d) left textcolor rgb '" PLOT_BLUE "'",
               left, line);
    plot_label(page->out, "encoded", "at screen across(%d),down(%d) left", left + 20, line);
    if (page->report->request.permutations == 0)
        return;
    plot_label(page->out, "━",
               "at screen across(%d),down(%d) left textcolor rgb '" PLOT_VERMILION "'", left + 100,
               line);
    plot_label(page->out, "by the luckiest random rankings", "at screen across(%d),down(%d) left",
               left + 120, line);
}

static void put_curve(const struct page *page) {
    const struct concepts_report *report = page->report;
    const double threshold = report->request.threshold, top = 1.06 * (double)report->concepts;
    const bool chance = report->request.permutations > 0;
    FILE *out = page->out;
    char text[64], count[32];
    plot_panel_begin(out, &page->curve, ABOVE, "Concepts above a threshold in any direction");
    fprintf(out,
            "set xrange [0:1]\nset yrange [0:%.6g]\nset xtics nomirror 0.1\nset ytics nomirror %s\n"
            "set xlabel 'threshold' textcolor rgb '" PLOT_GREY "'\n"
            "set arrow from %.9g, graph 0 to %.9g, graph 1 nohead back linewidth 1.5 linecolor rgb "
            "'#999999'\n",
            top, report->concepts > 5 ? "auto" : "1", threshold, threshold);
    put_curve_names(page);
    snprintf(text, sizeof text, "%g: %s", threshold,
             with_commas(count, report->found.unique_concepts));
    plot_label(out, text,
               "at %.9g, graph 0.94 %s offset screen across(%d),0 textcolor rgb '" PLOT_GREY "'",
               threshold, threshold > 0.5 ? "right" : "left", threshold > 0.5 ? -6 : 6);
    fputs("$curve << END\n", out);
    for (int i = 0; i < CONCEPTS_LEVELS; i++)
        fprintf(out, "%.2f %" PRId64 " %" PRId64 "\n", report->level[i], report->unique_at[i],
                chance ? lucky_at(report, report->level[i]) : 0);
    fprintf(out,
            "END\nplot %s$curve using 1:2 with steps linewidth 2.5 linecolor rgb '" PLOT_BLUE "'\n",
            chance ? "$curve using 1:3 with steps linewidth 1.5 linecolor rgb '" PLOT_VERMILION
                     "', \\\n"
                   : "");
}

static void write_script(FILE *out, const void *what, enum plot_format format) {
    struct page page = {.out = out, .report = what};
    concepts_heat_arrange(&page.heat, page.report);
    lay_out(&page);
    plot_page_begin(out, format, WIDTH, page.height);
    fputs("set multiplot\n", out);
    put_heading(&page);
    if (page.heat.rows > 0)
        put_legend(&page);
    put_map(&page);
    put_bars(&page);
    put_curve(&page);
    fputs("unset multiplot\n", out);
}

bool concepts_plot_draw(int output, const struct concepts_report *report, enum plot_format format,
                        struct io_error *error) {
    return plot_draw(output, write_script, report, format, error);
}
