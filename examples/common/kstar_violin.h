/* The k* distribution as a plot: one violin per concept on a 0–1 axis, drawn by gnuplot. */
#ifndef EXAMPLES_KSTAR_VIOLIN_H
#define EXAMPLES_KSTAR_VIOLIN_H

#include <stdio.h>

#include "common/concept_names.h"
#include "common/io_error.h"
#include "common/kstar_report.h"

/* More would not fit into one picture. */
#define VIOLIN_MAX_CONCEPTS 1000

enum violin_format { VIOLIN_SVG, VIOLIN_PNG };

/* By the end of the file's name, .svg or .png. */
bool violin_format_of(const char *path, enum violin_format *format, struct io_error *error);

/* Writes the gnuplot script, which draws to gnuplot's standard output. The report must be of an exact
 * run. Concepts go from the most clustered, at the top, to the most fractured. */
void kstar_violin_script(FILE *script, const struct kstar_report *report,
                         const struct concept_names *names, enum violin_format format);

/* Draws into the descriptor. */
bool kstar_violin_draw(int output, const struct kstar_report *report,
                       const struct concept_names *names, enum violin_format format,
                       struct io_error *error);

#endif
