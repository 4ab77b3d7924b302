#include "common/table_text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

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

void print_figure(FILE *stream, double value, int width, bool ascii) {
    char text[32];
    const double size = fabs(value);
    if (isnan(value))
        snprintf(text, sizeof text, ascii ? "-" : "–");
    else if (isinf(value))
        snprintf(text, sizeof text, "%s%s", value < 0 ? "-" : "", ascii ? "inf" : "∞");
    else if (size >= 1e5 || (size > 0 && size < 1e-3))
        snprintf(text, sizeof text, "%.2e", value);
    else
        snprintf(text, sizeof text, size < 1000 ? "%.4f" : "%.2f", value);
    print_right(stream, text, width);
}

void print_share(FILE *stream, double share, int width, int decimals) {
    char text[32];
    snprintf(text, sizeof text, "%.*f %%", decimals, 100 * share);
    print_right(stream, text, width);
}

void table_bar(char *text, double part, double whole, int width, bool ascii) {
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const double cells = whole > 0 ? fmin(width * part / whole, width) : 0;
    int steps = ascii ? 8 * (int)ceil(cells) : (int)ceil(8 * cells);
    steps = steps < 8 * width ? steps : 8 * width;
    *text = '\0';
    for (int i = 0; i < steps / 8; i++)
        strcat(text, ascii ? "#" : "█");
    strcat(text, eighths[steps % 8]);
}

void print_rule(FILE *stream, const char *piece, int width) {
    for (int i = 0; i < width; i++)
        fputs(piece, stream);
    fputc('\n', stream);
}
