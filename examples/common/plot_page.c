#define _XOPEN_SOURCE 700

#include "common/plot_page.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "common/gnuplot_run.h"

bool plot_format_of(const char *path, enum plot_format *format, struct io_error *error) {
    const size_t length = strlen(path);
    const char *end = length >= 4 ? path + length - 4 : "";
    *format = strcasecmp(end, ".png") == 0 ? PLOT_PNG : PLOT_SVG;
    return *format == PLOT_PNG || strcasecmp(end, ".svg") == 0 ||
           io_fail(error, "%s: a plot's name ends with .svg or .png", path);
}

/* PNG is drawn by libgd and not by cairo, whose terminal paints over the whole picture when no
 * font has a name's character. */
void plot_page_begin(FILE *script, enum plot_format format, int width, int height) {
    const int scale = format == PLOT_PNG && height <= 10000 ? 2 : 1;
    /* libgd draws points smaller than the SVG terminal does. */
    fprintf(script, "set encoding utf8\nmark = %g\n", format == PLOT_PNG ? 1.4 * scale : 1.0);
    if (format == PLOT_PNG)
        fprintf(
            script,
            "set terminal png truecolor noenhanced size %d,%d font 'sans-serif,10' fontscale %d "
            "linewidth %d background '#ffffff'\n",
            scale * width, scale * height, scale, scale);
    else
        fprintf(
            script,
            "set terminal svg noenhanced size %d,%d font 'sans-serif,13' background '#ffffff'\n",
            width, height);
    fprintf(script, "down(y) = 1 - y / %d.0\nup(y) = y / %d.0\nacross(x) = x / %d.0\n", height,
            height, width);
}

void plot_label(FILE *script, const char *text, const char *place, ...) {
    va_list arguments;
    fputs("set label ", script);
    gnuplot_put_string(script, text);
    fputc(' ', script);
    va_start(arguments, place);
    vfprintf(script, place, arguments);
    va_end(arguments);
    fputc('\n', script);
}

void plot_panel_begin(FILE *script, const struct plot_panel *panel, int above, const char *title) {
    fprintf(script,
            "set lmargin at screen across(%d)\nset rmargin at screen across(%d)\n"
            "set tmargin at screen down(%d)\nset bmargin at screen down(%d)\n"
            "unset key\nset border 3 linecolor rgb '#999999'\n"
            "set tics nomirror out scale 0.5 textcolor rgb '" PLOT_GREY "'\n"
            "set grid ytics linetype 1 linecolor rgb '#dddddd' linewidth 0.8\nset grid back\n",
            panel->left, panel->right, panel->top, panel->bottom);
    plot_label(script, title, "at screen across(%d),down(%d) left front", panel->left,
               panel->top - above);
}

const char *plot_number(char text[PLOT_NUMBER], double value) {
    if (isnan(value))
        snprintf(text, PLOT_NUMBER, "–");
    else
        snprintf(text, PLOT_NUMBER, "%s%.4g", value < 0 ? "−" : "", fabs(value));
    return text;
}

bool plot_draw(int output, plot_writer *write, const void *what, enum plot_format format,
               struct io_error *error) {
    FILE *script = tmpfile();
    if (!script)
        return io_fail(error, "no temporary file for the plot: %s", strerror(errno));
    write(script, what, format);
    const bool ok = gnuplot_run(script, output, error);
    fclose(script);
    return ok;
}
