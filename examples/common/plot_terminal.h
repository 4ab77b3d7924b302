/* How a plot is written: SVG or PNG, by the end of the file's name. */
#ifndef EXAMPLES_PLOT_TERMINAL_H
#define EXAMPLES_PLOT_TERMINAL_H

#include <stdio.h>

#include "common/io_error.h"

enum plot_format { PLOT_SVG, PLOT_PNG };

bool plot_format_of(const char *path, enum plot_format *format, struct io_error *error);

/* Writes the gnuplot commands for a picture of so many pixels (PNG: twice as many each way, up to a
 * height of 10,000), in which text is taken literally, and sets `mark` to a factor for the size of
 * points that makes both formats alike. */
void plot_terminal_put(FILE *script, enum plot_format format, int width, int height);

#endif
