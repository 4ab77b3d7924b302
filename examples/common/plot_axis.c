#include "common/plot_axis.h"

#include <math.h>

double plot_axis_place(const struct plot_axis *axis, double value) {
    return axis->logarithmic ? log10(value - axis->base) : value;
}

/* Adds a mark if its place is on the axis. */
static void put_tic(FILE *script, const struct plot_axis *axis, double value) {
    const double place = value > axis->base ? plot_axis_place(axis, value) : -(double)INFINITY;
    if (place >= axis->low && place <= axis->high)
        fprintf(script, "\"%s%g\" %.6f, ", value < 0 ? "−" : "", fabs(value), place);
}

void plot_axis_tics(FILE *script, char name, const struct plot_axis *axis) {
    const double decades = axis->high - axis->low;
    const int first = (int)floor(axis->low), last = (int)ceil(axis->high);
    const int stride = decades > 8 ? (int)ceil(decades / 8) : 1;
    fprintf(script, "set %ctics (", name);
    for (double value = ceil(axis->base); value <= 0; value++)
        put_tic(script, axis, value);
    for (int power = axis->base < 0 ? 0 : first; power <= last; power += stride) {
        put_tic(script, axis, pow(10, power));
        if (decades < 3.2) {
            put_tic(script, axis, 2 * pow(10, power));
            put_tic(script, axis, 5 * pow(10, power));
        }
    }
    fputs("\"\" 1e9)\n", script); /* what may follow a comma, and lies outside */
}
