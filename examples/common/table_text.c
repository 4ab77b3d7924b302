#include "common/table_text.h"

#include <inttypes.h>

#include "common/utf8.h"

const char *with_commas(char *text, int64_t value) {
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%" PRId64, value);
    char *at = text;
    for (int i = 0; i < length; i++) {
        *at++ = digits[i];
        const int after = length - 1 - i;
        if (after > 0 && after % 3 == 0 && digits[i] != '-')
            *at++ = ',';
    }
    *at = '\0';
    return text;
}

void print_left(FILE *stream, const char *text, int width) {
    const int columns = utf8_width(text);
    fprintf(stream, "%s%*s", text, width > columns ? width - columns : 0, "");
}

void print_right(FILE *stream, const char *text, int width) {
    const int columns = utf8_width(text);
    fprintf(stream, "%*s%s", width > columns ? width - columns : 0, "", text);
}

void print_rule(FILE *stream, const char *piece, int width) {
    for (int i = 0; i < width; i++)
        fputs(piece, stream);
    fputc('\n', stream);
}
