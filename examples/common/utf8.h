/* UTF-8 text of limited width, for tables and plots. */
#ifndef EXAMPLES_UTF8_H
#define EXAMPLES_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes the first character of terminated text: its length in bytes, or 0 if it is not valid UTF-8
 * (overlong forms, surrogates and numbers over U+10FFFF are not). */
int utf8_next(const char *text, int32_t *character);

/* Whether it would do something to a terminal instead of being seen. */
bool utf8_is_control(int32_t character);

/* Columns that valid text takes on a terminal: 2 for wide characters, 0 for combining ones. */
int utf8_width(const char *text);

/* Copies valid text, cut to `width` columns and to `room` bytes with the terminator; what was cut ends
 * with an ellipsis. With `ascii` every other character becomes '?' and the ellipsis three dots.
 * Returns the width of the copy. */
int utf8_fit(char *copy, size_t room, const char *text, int width, bool ascii);

/* Whether the locale that setlocale() chose prints UTF-8. */
bool utf8_locale(void);

#endif
