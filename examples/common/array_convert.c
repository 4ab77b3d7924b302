#include "common/array_convert.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/byte_order.h"

/* Elements are taken in runs: one loop loads them as unsigned numbers, another interprets them. */
enum { RUN = 512 };

static int64_t run_length(const struct array_view *view, int64_t first) {
    return view->count - first < RUN ? view->count - first : RUN;
}

static void load_run(const struct array_file *file, int64_t first, int64_t n, uint64_t *bits) {
    const int size = file->view.item_size;
    const bool big = file->view.big_endian;
    const unsigned char *at = array_file_data(file) + first * size;
    if (size == 1) {
        for (int64_t i = 0; i < n; i++)
            bits[i] = at[i];
        return;
    }
    for (int64_t i = 0; i < n; i++)
        bits[i] = bytes_to_uint(at + i * size, size, big);
}

/* Two's complement of 1 to 8 bytes. */
static int64_t as_signed(uint64_t bits, int size) {
    const uint64_t sign = UINT64_C(1) << (8 * size - 1);
    return (int64_t)((bits ^ sign) - sign);
}

/* IEEE binary16: sign, 5 bits of exponent e, 10 of fraction f; (1024 + f) 2^(e-25), or f 2^-24 if
 * e = 0. */
static double as_half(uint64_t bits) {
    const int exponent = (int)(bits >> 10 & 31);
    const double fraction = (double)(bits & 1023);
    double value;
    if (exponent == 31)
        value = fraction > 0 ? (double)NAN : (double)INFINITY;
    else
        value = exponent == 0 ? ldexp(fraction, -24) : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -value : value;
}

static double as_double(const struct array_view *view, uint64_t bits) {
    if (view->kind == ARRAY_UNSIGNED)
        return (double)bits;
    if (view->kind == ARRAY_SIGNED)
        return (double)as_signed(bits, view->item_size);
    if (view->item_size == 2)
        return as_half(bits);
    if (view->item_size == 4) {
        const uint32_t narrow = (uint32_t)bits;
        float single;
        memcpy(&single, &narrow, sizeof single);
        return single;
    }
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Whether the integer is the double's exact value; 2^64 and 2^63 themselves cannot be cast back. */
static bool is_exact(const struct array_view *view, uint64_t bits, double value) {
    if (view->kind == ARRAY_UNSIGNED)
        return value < 0x1p64 && (uint64_t)value == bits;
    return value < 0x1p63 && (int64_t)value == as_signed(bits, view->item_size);
}

static bool fail_inexact(const struct array_file *file, int64_t place, struct io_error *error) {
    const int64_t columns = file->view.count / file->view.shape[0];
    io_fail(error, "the integer in row %" PRId64 ", column %" PRId64 " is not exact in float64",
            place / columns, place % columns);
    return io_fail_in(error, file->path);
}

bool array_float_type(const struct array_file *file, latent_type *type, struct io_error *error) {
    const struct array_view *view = &file->view;
    if (view->kind == ARRAY_FLOAT) {
        *type = view->item_size == 8 ? LATENT_F64 : LATENT_F32;
        if (view->item_size == 2 && view->big_endian == host_is_big_endian())
            *type = LATENT_F16;
        return true;
    }
    *type = LATENT_F32;
    if (view->item_size <= 2)
        return true; /* 16 bits fit into float32's 24 */
    for (int64_t first = 0; first < view->count; first += RUN) {
        uint64_t bits[RUN];
        const int64_t n = run_length(view, first);
        load_run(file, first, n, bits);
        for (int64_t i = 0; i < n; i++) {
            const double value = as_double(view, bits[i]);
            if (!is_exact(view, bits[i], value))
                return fail_inexact(file, first + i, error);
            if ((double)(float)value != value)
                *type = LATENT_F64;
        }
    }
    return true;
}

latent_type array_common_type(latent_type a, latent_type b) {
    if (a == b)
        return a;
    return a == LATENT_F64 || b == LATENT_F64 ? LATENT_F64 : LATENT_F32;
}

void array_convert_part(const struct array_file *file, int64_t first, int64_t count,
                        latent_type type, void *target) {
    const struct array_view *view = &file->view;
    const size_t size = (size_t)view->item_size;
    const bool same = view->kind == ARRAY_FLOAT && view->item_size == latent_type_size(type) &&
                      view->big_endian == host_is_big_endian();
    if (same) {
        memcpy(target, array_file_data(file) + (size_t)first * size, (size_t)count * size);
        return;
    }
    float *singles = target;
    double *doubles = target;
    for (int64_t done = 0; done < count; done += RUN) {
        uint64_t bits[RUN];
        const int64_t n = count - done < RUN ? count - done : RUN;
        load_run(file, first + done, n, bits);
        for (int64_t i = 0; i < n; i++) {
            const double value = as_double(view, bits[i]);
            if (type == LATENT_F32)
                singles[done + i] = (float)value;
            else
                doubles[done + i] = value;
        }
    }
}

void array_convert(const struct array_file *file, latent_type type, void *target) {
    array_convert_part(file, 0, file->view.count, type, target);
}

double array_element(const struct array_file *file, int64_t place) {
    uint64_t bits;
    load_run(file, place, 1, &bits);
    return as_double(&file->view, bits);
}

const char *array_integer_text(const struct array_file *file, int64_t place,
                               char text[ARRAY_DIGITS]) {
    uint64_t bits;
    load_run(file, place, 1, &bits);
    if (file->view.kind == ARRAY_UNSIGNED)
        snprintf(text, ARRAY_DIGITS, "%" PRIu64, bits);
    else
        snprintf(text, ARRAY_DIGITS, "%" PRId64, as_signed(bits, file->view.item_size));
    return text;
}

static bool fail_label(const struct array_file *file, int64_t row, struct io_error *error) {
    char text[ARRAY_DIGITS];
    io_fail(error, "label %s of row %" PRId64 " does not fit into int32",
            array_integer_text(file, row, text), row);
    return io_fail_in(error, file->path);
}

bool array_to_labels(const struct array_file *file, int32_t *labels, struct io_error *error) {
    const struct array_view *view = &file->view;
    if (view->kind == ARRAY_FLOAT) {
        io_fail(error, "holds %s; labels must be integers", array_type_name(view));
        return io_fail_in(error, file->path);
    }
    for (int64_t first = 0; first < view->count; first += RUN) {
        uint64_t bits[RUN];
        const int64_t n = run_length(view, first);
        load_run(file, first, n, bits);
        for (int64_t i = 0; i < n; i++) {
            const bool positive = view->kind == ARRAY_UNSIGNED;
            const int64_t value = positive ? 0 : as_signed(bits[i], view->item_size);
            if (positive ? bits[i] > INT32_MAX : (value < INT32_MIN || value > INT32_MAX))
                return fail_label(file, first + i, error);
            labels[first + i] = positive ? (int32_t)bits[i] : (int32_t)value;
        }
    }
    return true;
}
