/* Running gnuplot without a shell. */
#ifndef EXAMPLES_GNUPLOT_RUN_H
#define EXAMPLES_GNUPLOT_RUN_H

#include <stdio.h>

#include "common/io_error.h"

/* Whether there is a gnuplot in PATH that starts. */
bool gnuplot_check(struct io_error *error);

/* Runs the script from its beginning; what the terminal draws goes to the descriptor. */
bool gnuplot_run(FILE *script, int output, struct io_error *error);

/* Writes text as a gnuplot string, every byte but letters and spaces as an octal escape: so nothing in
 * it can end the string or be taken for a command, a variable or a format. (In single quotes a leading
 * quote could not be written: gnuplot 5.4 takes the first two of ''' for an empty string. Digits are
 * escaped because gnuplot reads as many of them after a backslash as there are.) Control characters
 * become spaces. */
void gnuplot_put_string(FILE *script, const char *text);

#endif
