#define _XOPEN_SOURCE 700

#include "common/utf8.h"

#include <langinfo.h>
#include <string.h>
#include <wchar.h>

int utf8_next(const char *text, int32_t *character) {
    static const int32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char first = (unsigned char)text[0];
    const int length = first < 0x80   ? 1
                       : first < 0xc0 ? 0
                       : first < 0xe0 ? 2
                       : first < 0xf0 ? 3
                       : first < 0xf8 ? 4
                                      : 0;
    if (length <= 1) {
        *character = first;
        return length;
    }
    int32_t value = first & (0x7f >> length);
    for (int i = 1; i < length; i++) {
        const unsigned char next = (unsigned char)text[i];
        if ((next & 0xc0) != 0x80)
            return 0; /* the terminator ends here too */
        value = value << 6 | (next & 0x3f);
    }
    *character = value;
    const bool surrogate = value >= 0xd800 && value < 0xe000;
    return value < least[length] || value > 0x10ffff || surrogate ? 0 : length;
}

bool utf8_is_control(int32_t character) {
    return character < 0x20 || (character >= 0x7f && character < 0xa0);
}

static int character_width(int32_t character) {
    const int width = wcwidth((wchar_t)character);
    return width < 0 ? 1 : width;
}

int utf8_width(const char *text) {
    int width = 0;
    int32_t character;
    for (int length; *text && (length = utf8_next(text, &character)) > 0; text += length)
        width += character_width(character);
    return width;
}

int utf8_fit(char *copy, size_t room, const char *text, int width, bool ascii) {
    const char *const dots = ascii ? "..." : "…";
    const int dots_width = ascii ? 3 : 1;
    size_t used = 0, mark = 0; /* mark: bytes that leave space for the dots */
    int columns = 0, mark_columns = 0;
    while (*text) {
        int32_t character;
        const int length = utf8_next(text, &character);
        if (length == 0)
            break;
        const bool replace = ascii && length > 1;
        const int wide = replace ? 1 : character_width(character);
        const size_t bytes = replace ? 1 : (size_t)length;
        if (columns + wide > width || used + bytes + strlen(dots) >= room) {
            memcpy(copy + mark, dots, strlen(dots) + 1);
            return mark_columns + dots_width;
        }
        memcpy(copy + used, replace ? "?" : text, bytes);
        used += bytes;
        columns += wide;
        if (columns + dots_width <= width) {
            mark = used;
            mark_columns = columns;
        }
        text += length;
    }
    copy[used] = '\0';
    return columns;
}

bool utf8_locale(void) {
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}
