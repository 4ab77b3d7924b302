/* Products of matrices against the three plain loops, bit by bit. */
#include "harness/testing.h"

#include <stdlib.h>
#include <string.h>

#include "common/dense_product.h"
#include "harness/prng.h"

static double *random_numbers(prng *random, int64_t count) {
    double *numbers = malloc((size_t)(count > 0 ? count : 1) * sizeof *numbers);
    assert_non_null(numbers);
    for (int64_t i = 0; i < count; i++)
        numbers[i] = prng_normal(random);
    return numbers;
}

/* Of the first columns of rows that lie 1, 2 and 3 elements further apart than they are long. */
static void check(int64_t rows, int64_t inner, int64_t columns) {
    prng random = {(uint64_t)(rows * 10000 + inner * 100 + columns)};
    const int64_t a_stride = inner + 1, b_stride = columns + 2, c_stride = columns + 3;
    double *a = random_numbers(&random, rows * a_stride);
    double *b = random_numbers(&random, inner * b_stride);
    double *c = random_numbers(&random, rows * c_stride);
    double *expected = malloc((size_t)(rows * c_stride + 1) * sizeof *expected);
    assert_non_null(expected);
    memcpy(expected, c, (size_t)(rows * c_stride) * sizeof *c);
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < columns; j++) {
            for (int64_t k = 0; k < inner; k++)
                expected[i * c_stride + j] += a[i * a_stride + k] * b[k * b_stride + j];
        }
    }
    dense_product_add(rows, inner, columns, (struct dense_part){a, a_stride},
                      (struct dense_part){b, b_stride}, c, c_stride);
    assert_memory_equal(c, expected, (size_t)(rows * c_stride) * sizeof *c);
    free(a);
    free(b);
    free(c);
    free(expected);
}

static void equals_plain_loops_bit_by_bit(void **state) {
    (void)state;
    for (int64_t rows = 1; rows <= 9; rows++) {
        for (int64_t columns = 1; columns <= 9; columns++) {
            check(rows, 1, columns);
            check(rows, 7, columns);
        }
    }
    check(16, 64, 192);
    check(17, 49, 10);
    check(3, 0, 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_plain_loops_bit_by_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
