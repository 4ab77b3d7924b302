#include "common/geometry_picture.h"

#include <inttypes.h>
#include <math.h>

#include "common/geometry_text.h"
#include "common/plot_axis.h"
#include "common/table_text.h"

/* All lengths in pixels. */
enum {
    WIDTH = 1060,
    HEIGHT = 690,
    LEFT = 20,
    TOP = 116,
    SIDE = 224,
    STEP = 258,
    PANELS_TOP = 440,
    PANELS_BOTTOM = 630,
    ABOVE = 20,
    POINTS = 2000
};

/* One of the four images. `centre`: the number that is drawn half way between black and white. */
struct tile {
    const char *title, *under;
    const double *pixels, *subtract; /* the second may be NULL */
    double gain, centre;
};

/* Browsers smooth what they enlarge, so each pixel is written as a square of its own. */
static int repeats_of(int64_t side) {
    return side < SIDE ? (int)((SIDE + side - 1) / side) : 1;
}

static void put_matrix(FILE *out, const struct tile *tile, int64_t side) {
    const int repeats = repeats_of(side);
    fputs("$image << END\n", out);
    for (int64_t row = 0; row < side; row++)
        for (int again = 0; again < repeats; again++) {
            for (int64_t i = row * side; i < (row + 1) * side; i++) {
                const double value = tile->pixels[i] - (tile->subtract ? tile->subtract[i] : 0);
                const double shade = fmin(fmax(0.5 + tile->gain * (value - tile->centre), 0), 1);
                for (int k = 0; k < repeats; k++)
                    fprintf(out, "%.3f ", shade);
            }
            fputc('\n', out);
        }
    fputs("END\n", out);
}

static void put_tile(FILE *out, const struct tile *tile, int64_t side, int number) {
    const double edge = (double)(side * repeats_of(side)) - 0.5;
    const int left = LEFT + number * STEP;
    plot_label(out, tile->title, "at screen across(%d),down(%d) left", left, TOP - 14);
    plot_label(out, tile->under, "at screen across(%d),down(%d) left textcolor rgb '" PLOT_GREY "'",
               left, TOP + SIDE + 16);
    put_matrix(out, tile, side);
    fprintf(out,
            "set lmargin at screen across(%d)\nset rmargin at screen across(%d)\n"
            "set tmargin at screen down(%d)\nset bmargin at screen down(%d)\n"
            "set xrange [-0.5:%g]\nset yrange [%g:-0.5]\nplot $image matrix with image\n"
            "unset label\n",
            left, left + SIDE, TOP, TOP + SIDE, edge, edge);
}

static void put_images(FILE *out, const struct geometry_picture *picture) {
    const struct geometry_report *report = picture->report;
    const struct geometry_image *const images[] = {&report->start, &report->target,
                                                   &report->result};
    char titles[3][64], under[3][GEOMETRY_SEEN], difference[64];
    snprintf(titles[0], sizeof titles[0], "image %" PRId64, report->request.image);
    snprintf(titles[1], sizeof titles[1], "target: image %" PRId64, report->request.target);
    snprintf(titles[2], sizeof titles[2], "image %" PRId64 ", changed", report->request.image);
    fputs("set palette gray\nunset colorbox\nset cbrange [0:1]\nunset tics\nunset xlabel\n"
          "set border 15 linecolor rgb '#999999'\nunset key\n",
          out);
    for (int i = 0; i < 3; i++) {
        geometry_seen(under[i], images[i], picture->names);
        put_tile(out, &(struct tile){titles[i], under[i], images[i]->pixels, NULL, 1, 0.5},
                 report->model->side, i);
    }
    const double gain = geometry_gain(report);
    snprintf(difference, sizeof difference, "difference × %g", gain);
    put_tile(out,
             &(struct tile){difference, "grey: unchanged", report->result.pixels,
                            report->start.pixels, gain / 2, 0},
             report->model->side, 3);
}

/* One of the three curves. */
struct curve {
    const char *title, *colour;
    const double *values;
    bool logarithmic;
};

/* A round number of steps, of which about four are on the axis. */
static double tic_step(int64_t last) {
    const double wanted = fmax((double)last / 4, 1), power = pow(10, floor(log10(wanted)));
    const double parts = wanted / power;
    return power * (parts > 5 ? 10 : parts > 2 ? 5 : parts > 1 ? 2 : 1);
}

/* Places on a curve's axis; NaN or infinite where there is none: of a loss of 0, for instance. */
static double place(const struct curve *curve, int64_t step) {
    return curve->logarithmic ? log10(curve->values[step]) : curve->values[step];
}

/* Writes the data and returns the axis that holds them. The first point lies outside, so that axes
 * are drawn in any case. */
static struct plot_axis put_data(FILE *out, const struct curve *curve, int64_t steps) {
    const int64_t every = 1 + steps / POINTS;
    double low = INFINITY, high = -INFINITY;
    fputs("$curve << END\n-9 -999\n\n", out);
    for (int64_t i = 0; i <= steps; i++) {
        const double at = place(curve, i);
        if ((i % every != 0 && i != steps) || !isfinite(at))
            continue;
        fprintf(out, "%" PRId64 " %.9g\n", i, at);
        low = fmin(low, at);
        high = fmax(high, at);
    }
    fputs("END\n", out);
    if (!(low <= high))
        low = high = 0;
    const double margin = 0.05 * (high - low) + (high > low ? 1e-3 : 0.5);
    return (struct plot_axis){curve->logarithmic, 0, low - margin, high + margin};
}

static void put_curve(FILE *out, const struct curve *curve,
                      const struct geometry_matching *matching, int number) {
    const int left = 72 + number * 345;
    const struct plot_panel panel = {left, left + 260, PANELS_TOP, PANELS_BOTTOM};
    const int64_t last = matching->steps > 0 ? matching->steps : 1;
    plot_panel_begin(out, &panel, ABOVE, curve->title);
    const struct plot_axis axis = put_data(out, curve, matching->steps);
    fprintf(out,
            "set xrange [0:%" PRId64 "]\nset yrange [%.9g:%.9g]\nset xtics %g\n"
            "set xlabel 'step' textcolor rgb '" PLOT_GREY "'\n",
            last, axis.low, axis.high, tic_step(last));
    if (curve->logarithmic)
        plot_axis_tics(out, 'y', &axis);
    else
        fputs("set ytics auto\n", out);
    fprintf(out, "plot $curve using 1:2 with %s linewidth 2 linecolor rgb '%s'\nunset label\n",
            matching->steps > 0 ? "lines" : "points pointtype 7 pointsize mark*0.6", curve->colour);
}

static void put_heading(FILE *out, const struct geometry_report *report) {
    const struct geometry_matching *matching = &report->matching;
    char text[256], count[32], number[2][PLOT_NUMBER];
    snprintf(text, sizeof text, "Image %" PRId64 ", changed %s image %" PRId64,
             report->request.image,
             matching->state == LATENT_MATCHING_CONVERGED ? "until the network sees"
                                                          : "towards what the network sees in",
             report->request.target);
    plot_label(out, text, "at screen across(20),down(26) left font ',17'");
    snprintf(text, sizeof text, "%s after %s steps     ‖f(x) − t‖² from %s to %s     cosine %.4f",
             geometry_state(matching->state), with_commas(count, matching->steps),
             plot_number(number[0], matching->loss[0]),
             plot_number(number[1], matching->loss[matching->best]),
             matching->cosine[matching->best]);
    plot_label(out, text, "at screen across(20),down(54) left textcolor rgb '" PLOT_GREY "'");
}

static void write_script(FILE *out, const void *what, enum plot_format format) {
    const struct geometry_picture *picture = what;
    const struct geometry_matching *matching = &picture->report->matching;
    const struct curve curves[] = {
        {"‖f(x) − t‖², logarithmic", PLOT_BLUE, matching->loss, true},
        {"cosine of f(x) and t", PLOT_GREEN, matching->cosine, false},
        {"mean |x − x₀| over the pixels", PLOT_VERMILION, matching->moved, false}};
    plot_page_begin(out, format, WIDTH, HEIGHT);
    fputs("set multiplot\n", out);
    put_heading(out, picture->report);
    for (int i = 0; i < 3; i++)
        put_curve(out, &curves[i], matching, i);
    put_images(out, picture);
    fputs("unset multiplot\n", out);
}

bool geometry_picture_draw(int output, const struct geometry_picture *picture,
                           enum plot_format format, struct io_error *error) {
    return plot_draw(output, write_script, picture, format, error);
}
