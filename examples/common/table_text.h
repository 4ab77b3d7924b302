/* Pieces of tables that a person reads. Widths are columns of the terminal, not bytes. */
#ifndef EXAMPLES_TABLE_TEXT_H
#define EXAMPLES_TABLE_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* An integer with commas between thousands, in a text of at least 32 bytes. */
const char *with_commas(char *text, int64_t value);

/* Text that begins, or ends, a field of this width. */
void print_left(FILE *stream, const char *text, int width);
void print_right(FILE *stream, const char *text, int width);

/* A number in a field of at least 10 columns, with as many digits as fit into 10. */
void print_figure(FILE *stream, double value, int width, bool ascii);

/* A share in percent, with so many decimals. */
void print_share(FILE *stream, double share, int width, int decimals);

/* A bar of `width` columns, of which part / whole are filled, at least a little if part is not
 * 0; `text` has room for 3 * width + 1 bytes. */
void table_bar(char *text, double part, double whole, int width, bool ascii);

/* A horizontal line of this width. */
void print_rule(FILE *stream, const char *piece, int width);

#endif
