#include "sort.h"

#include <stdbool.h>
#include <string.h>

enum { DIGITS = 8, DIGIT_VALUES = 256 };

/* Bits that order as the numbers do: the sign of a positive one set, all of a negative one turned. */
static uint64_t key_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits ^ (bits >> 63 ? ~(uint64_t)0 : (uint64_t)1 << 63);
}

static int digit_of(double value, int digit) {
    return (int)(key_of(value) >> (8 * digit) & 255);
}

/* Stable by one digit of the key; false if all have the same one, and nothing was moved. */
static bool sort_by(const double *from, double *to, int64_t n, int digit) {
    int64_t place[DIGIT_VALUES] = {0};
    for (int64_t i = 0; i < n; i++)
        place[digit_of(from[i], digit)]++;
    if (place[digit_of(from[0], digit)] == n)
        return false;
    int64_t before = 0;
    for (int v = 0; v < DIGIT_VALUES; v++) {
        const int64_t here = place[v];
        place[v] = before;
        before += here;
    }
    for (int64_t i = 0; i < n; i++)
        to[place[digit_of(from[i], digit)]++] = from[i];
    return true;
}

void latent__sort(double *values, double *room, int64_t n) {
    double *from = values, *to = room;
    for (int digit = 0; digit < DIGITS && n > 1; digit++)
        if (sort_by(from, to, n, digit)) {
            double *sorted = to;
            to = from;
            from = sorted;
        }
    if (from != values)
        memcpy(values, from, (size_t)n * sizeof *values);
}
