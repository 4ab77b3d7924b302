#include "common/npy_format.h"

#include <inttypes.h>
#include <string.h>

#include "common/byte_order.h"

#define MAGIC "\x93NUMPY"
enum { MAGIC_BYTES = 6, PREFIX_BYTES = 8 };

/* The header is a Python dictionary literal such as
 *     {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
 * with these three keys in any order. It is read from left to right; nothing is evaluated. */
struct cursor {
    const unsigned char *at;
    const unsigned char *end;
};

static void skip_space(struct cursor *in) {
    while (in->at < in->end && (*in->at == ' ' || (*in->at >= '\t' && *in->at <= '\r')))
        in->at++;
}

/* Steps over white space and then over `wanted`, if it is next. */
static bool take(struct cursor *in, char wanted) {
    skip_space(in);
    if (in->at == in->end || *in->at != (unsigned char)wanted)
        return false;
    in->at++;
    return true;
}

static bool take_word(struct cursor *in, const char *word) {
    skip_space(in);
    const size_t length = strlen(word);
    if ((size_t)(in->end - in->at) < length || memcmp(in->at, word, length) != 0)
        return false;
    in->at += length;
    return true;
}

/* A quoted string of printable ASCII without escapes, which must fit into `text`. */
static bool take_string(struct cursor *in, char *text, size_t room) {
    skip_space(in);
    if (in->at == in->end || (*in->at != '\'' && *in->at != '"'))
        return false;
    const unsigned char quote = *in->at++;
    size_t length = 0;
    while (in->at < in->end && *in->at != quote) {
        if (*in->at < ' ' || *in->at > '~' || *in->at == '\\' || length + 1 >= room)
            return false;
        text[length++] = (char)*in->at++;
    }
    text[length] = '\0';
    return take(in, (char)quote);
}

static bool read_descr(struct cursor *in, struct array_view *view, struct io_error *error) {
    char text[24];
    skip_space(in);
    if (in->at < in->end && *in->at == '[')
        return io_fail(error, "holds a structured type; a plain number type is needed");
    if (!take_string(in, text, sizeof text))
        return io_fail(error, "its header is malformed: the value of 'descr' cannot be read");
    if (strchr(text, 'O'))
        return io_fail(error, "holds Python objects ('%s'); a plain number type is needed", text);
    const bool digits = strlen(text) == 3 && text[2] >= '1' && text[2] <= '8';
    const int size = digits ? text[2] - '0' : 0;
    const bool known = (size == 1 || size == 2 || size == 4 || size == 8) &&
                       (text[1] == 'i' || text[1] == 'u' || (text[1] == 'f' && size > 1) ||
                        (text[1] == 'b' && size == 1));
    if (known && text[0] == '>' && size > 1)
        return io_fail(error, "is big-endian ('%s'); save it as '<%s'", text, text + 1);
    if (!known || !(text[0] == '<' || (text[0] == '|' && size == 1)))
        return io_fail(error,
                       "has the element type '%s'; f2, f4, f8, b1 and the integers i1 to i8 and u1 "
                       "to u8 can be read",
                       text);
    view->kind = text[1] == 'f' ? ARRAY_FLOAT : (text[1] == 'i' ? ARRAY_SIGNED : ARRAY_UNSIGNED);
    view->item_size = size;
    view->big_endian = false;
    return true;
}

static bool read_order(struct cursor *in, struct io_error *error) {
    if (take_word(in, "False"))
        return true;
    if (take_word(in, "True"))
        return io_fail(error, "is in Fortran order; save numpy.ascontiguousarray() of it");
    return io_fail(error, "its header is malformed: the value of 'fortran_order' cannot be read");
}

static bool read_extent(struct cursor *in, int64_t *extent, struct io_error *error) {
    if (take(in, '-'))
        return io_fail(error, "its header lies: a negative number in its shape");
    if (in->at == in->end || *in->at < '0' || *in->at > '9')
        return io_fail(error, "its header is malformed: the value of 'shape' cannot be read");
    int64_t value = 0;
    for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++) {
        const int digit = *in->at - '0';
        if (value > (INT64_MAX - digit) / 10)
            return io_fail(error, "its header lies: a number in its shape is over 2^63");
        value = 10 * value + digit;
    }
    *extent = value;
    return true;
}

/* A tuple: (), (3,), (3, 4) or (3, 4,); (3) is a number in Python and no shape. */
static bool read_shape(struct cursor *in, struct array_view *view, struct io_error *error) {
    bool comma = true;
    if (!take(in, '('))
        return io_fail(error, "its header is malformed: the value of 'shape' cannot be read");
    view->dimensions = 0;
    while (!take(in, ')')) {
        if (!comma)
            return io_fail(error, "its header is malformed: a comma is missing in its shape");
        if (view->dimensions == ARRAY_MAX_DIMENSIONS)
            return io_fail(error, "has more than %d dimensions", ARRAY_MAX_DIMENSIONS);
        if (!read_extent(in, &view->shape[view->dimensions], error))
            return false;
        view->dimensions++;
        comma = take(in, ',');
    }
    if (view->dimensions == 1 && !comma)
        return io_fail(error, "its header is malformed: its shape is no tuple");
    return true;
}

enum { KEY_DESCR = 1, KEY_ORDER = 2, KEY_SHAPE = 4, KEY_ALL = 7 };

/* One "key: value"; `seen` collects the keys. */
static bool read_entry(struct cursor *in, struct array_view *view, int *seen,
                       struct io_error *error) {
    char key[24];
    if (!take_string(in, key, sizeof key) || !take(in, ':'))
        return io_fail(error, "its header is malformed: no Python dictionary");
    const int bit = strcmp(key, "descr") == 0           ? KEY_DESCR
                    : strcmp(key, "fortran_order") == 0 ? KEY_ORDER
                    : strcmp(key, "shape") == 0         ? KEY_SHAPE
                                                        : 0;
    if (bit == 0)
        return io_fail(error, "its header is malformed: unknown key '%s'", key);
    if (*seen & bit)
        return io_fail(error, "its header is malformed: '%s' comes twice", key);
    *seen |= bit;
    if (bit == KEY_DESCR)
        return read_descr(in, view, error);
    return bit == KEY_ORDER ? read_order(in, error) : read_shape(in, view, error);
}

static bool read_dictionary(struct cursor *in, struct array_view *view, struct io_error *error) {
    int seen = 0;
    bool comma = true;
    if (!take(in, '{'))
        return io_fail(error, "its header is malformed: no Python dictionary");
    while (!take(in, '}')) {
        if (!comma)
            return io_fail(error, "its header is malformed: a comma is missing");
        if (!read_entry(in, view, &seen, error))
            return false;
        comma = take(in, ',');
    }
    skip_space(in);
    if (in->at != in->end)
        return io_fail(error, "its header is malformed: something follows the dictionary");
    if (seen != KEY_ALL)
        return io_fail(error, "its header is malformed: '%s' is missing",
                       !(seen & KEY_DESCR)   ? "descr"
                       : !(seen & KEY_ORDER) ? "fortran_order"
                                             : "shape");
    return true;
}

bool npy_is(const unsigned char *bytes, size_t size) {
    return size >= MAGIC_BYTES && memcmp(bytes, MAGIC, MAGIC_BYTES) == 0;
}

bool npy_parse(const unsigned char *bytes, size_t size, struct array_view *view,
               struct io_error *error) {
    if (!npy_is(bytes, size))
        return io_fail(error, "is no .npy file");
    if (size < PREFIX_BYTES + 4)
        return io_fail(error, "is truncated inside its header");
    const int version = bytes[MAGIC_BYTES];
    if (version < 1 || version > 3)
        return io_fail(error, "has .npy version %d; 1 to 3 can be read", version);
    const int length_bytes = version == 1 ? 2 : 4;
    const size_t start = (size_t)(PREFIX_BYTES + length_bytes);
    const uint64_t length = bytes_to_uint(bytes + PREFIX_BYTES, length_bytes, false);
    if (length > size - start)
        return io_fail(error, "is truncated inside its header");

    memset(view, 0, sizeof *view);
    struct cursor in = {bytes + start, bytes + start + length};
    if (!read_dictionary(&in, view, error))
        return false;
    view->offset = start + (size_t)length;
    return array_view_settle(view, size, error);
}

/* `type` as in '<f4' without the byte order, `shape` as Python writes a tuple. */
static bool write_header(FILE *stream, const char *type, const char *shape) {
    /* Magic, version 1.0, two bytes of header length, and the header: 128 bytes together, since the
     * data should begin at a multiple of 64. */
    enum { TOTAL = 128, START = PREFIX_BYTES + 2 };
    char head[TOTAL + 1];
    memcpy(head, MAGIC "\x01\x00", PREFIX_BYTES);
    head[PREFIX_BYTES] = TOTAL - START;
    head[PREFIX_BYTES + 1] = 0;
    const int used = snprintf(head + START, sizeof head - START,
                              "{'descr': '%c%s', 'fortran_order': False, 'shape': %s, }",
                              host_is_big_endian() ? '>' : '<', type, shape);
    memset(head + START + used, ' ', (size_t)(TOTAL - START - used));
    head[TOTAL - 1] = '\n';
    return fwrite(head, 1, TOTAL, stream) == TOTAL;
}

bool npy_write_int64(FILE *stream, const int64_t *values, int64_t count) {
    char shape[32];
    snprintf(shape, sizeof shape, "(%" PRId64 ",)", count);
    return write_header(stream, "i8", shape) &&
           fwrite(values, sizeof *values, (size_t)count, stream) == (size_t)count;
}

bool npy_write_floats(FILE *stream, const double *values, int64_t rows, int64_t columns,
                      bool single) {
    char shape[64];
    snprintf(shape, sizeof shape, "(%" PRId64 ", %" PRId64 ")", rows, columns);
    bool ok = write_header(stream, single ? "f4" : "f8", shape);
    for (int64_t i = 0; ok && i < rows * columns; i++) {
        const float narrow = (float)values[i];
        ok = single ? fwrite(&narrow, sizeof narrow, 1, stream) == 1
                    : fwrite(&values[i], sizeof values[i], 1, stream) == 1;
    }
    return ok;
}

bool npy_write_int8(FILE *stream, const int8_t *values, int64_t rows, int64_t columns) {
    char shape[64];
    snprintf(shape, sizeof shape, "(%" PRId64 ", %" PRId64 ")", rows, columns);
    const size_t count = (size_t)rows * (size_t)columns;
    return write_header(stream, "i1", shape) && fwrite(values, 1, count, stream) == count;
}
