#include "common/plot_terminal.h"

#include <string.h>
#include <strings.h>

bool plot_format_of(const char *path, enum plot_format *format, struct io_error *error) {
    const size_t length = strlen(path);
    const char *end = length >= 4 ? path + length - 4 : "";
    *format = strcasecmp(end, ".png") == 0 ? PLOT_PNG : PLOT_SVG;
    return *format == PLOT_PNG || strcasecmp(end, ".svg") == 0 ||
           io_fail(error, "%s: a plot's name ends with .svg or .png", path);
}

/* PNG is drawn by libgd and not by cairo, whose terminal paints over the whole picture when no font
 * has a name's character. libgd draws points smaller than the SVG terminal does. */
void plot_terminal_put(FILE *script, enum plot_format format, int width, int height) {
    const int scale = format == PLOT_PNG && height <= 10000 ? 2 : 1;
    fprintf(script, "set encoding utf8\nmark = %g\n", format == PLOT_PNG ? 1.4 * scale : 1.0);
    if (format == PLOT_PNG)
        fprintf(script,
                "set terminal png truecolor noenhanced size %d,%d font 'sans-serif,10' fontscale "
                "%d linewidth %d background '#ffffff'\n",
                scale * width, scale * height, scale, scale);
    else
        fprintf(script,
                "set terminal svg noenhanced size %d,%d font 'sans-serif,13' background "
                "'#ffffff'\n",
                width, height);
}
