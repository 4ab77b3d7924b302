/* Pieces of tables that a person reads. Widths are columns of the terminal, not bytes. */
#ifndef EXAMPLES_TABLE_TEXT_H
#define EXAMPLES_TABLE_TEXT_H

#include <stdint.h>
#include <stdio.h>

/* An integer with commas between thousands, in a text of at least 32 bytes. */
const char *with_commas(char *text, int64_t value);

/* Text that begins, or ends, a field of this width. */
void print_left(FILE *stream, const char *text, int width);
void print_right(FILE *stream, const char *text, int width);

/* A horizontal line of this width. */
void print_rule(FILE *stream, const char *piece, int width);

#endif
