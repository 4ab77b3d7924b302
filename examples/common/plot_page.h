/* A page that gnuplot draws on: its format, size and colours, and places on it. */
#ifndef EXAMPLES_PLOT_PAGE_H
#define EXAMPLES_PLOT_PAGE_H

#include <stdio.h>

#include "common/io_error.h"

/* Colours that people with any colour vision can tell apart (Okabe and Ito's), and that of text in
 * the background. */
#define PLOT_BLUE "#0072b2"
#define PLOT_VERMILION "#d55e00"
#define PLOT_GREEN "#009e73"
#define PLOT_GREY "#444444"

enum plot_format { PLOT_SVG, PLOT_PNG };

/* By the end of the file's name, .svg or .png. */
bool plot_format_of(const char *path, enum plot_format *format, struct io_error *error);

/* Begins a script: the terminal, a variable `mark` that makes points equally large in both
 * formats, and functions that turn pixels of a page of this size into coordinates of the screen:
 * across(x) from the left, down(y) from the top, up(y) from the bottom. A PNG has two dots to a
 * pixel, if it is not very high. */
void plot_page_begin(FILE *script, enum plot_format format, int width, int height);

/* Writes "set label TEXT PLACE"; the text may be anything. */
__attribute__((format(printf, 3, 4))) void plot_label(FILE *script, const char *text,
                                                      const char *place, ...);

/* A panel's edges in pixels of the page: from the left, and from the top. */
struct plot_panel {
    int left, right, top, bottom;
};

/* Begins a panel with two axes and a grid; the title stands above it, `above` pixels higher. */
void plot_panel_begin(FILE *script, const struct plot_panel *panel, int above, const char *title);

/* A number as text, in four digits; a dash for NaN. Returns `text`. */
enum { PLOT_NUMBER = 32 };
const char *plot_number(char text[PLOT_NUMBER], double value);

/* Writes a script about `what`. */
typedef void plot_writer(FILE *script, const void *what, enum plot_format format);

/* Has gnuplot draw the script's picture into the descriptor. */
bool plot_draw(int output, plot_writer *write, const void *what, enum plot_format format,
               struct io_error *error);

#endif
