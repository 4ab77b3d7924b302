#include "common/kept_counts.h"

#include <math.h>

int64_t kept_of_percent(double percent, int64_t rank) {
    /* 7 % of 100 is 7, also where a rounding makes it a little more. */
    const double exact = percent * (double)rank / 100;
    const int64_t count = (int64_t)ceil(exact * (1 - 1e-12));
    return count < rank ? count : rank;
}

/* Puts a count into its place unless it is there or out of range. */
static int insert(int64_t counts[KEPT_COUNTS], int size, int64_t count, int64_t rank) {
    int at = size;
    if (count < 0 || count > rank)
        return size;
    while (at > 0 && counts[at - 1] > count)
        at--;
    if (at > 0 && counts[at - 1] == count)
        return size;
    for (int i = size; i > at; i--)
        counts[i] = counts[i - 1];
    counts[at] = count;
    return size + 1;
}

int kept_counts(int64_t rank, const int64_t extra[2], int64_t counts[KEPT_COUNTS]) {
    static const int64_t small[] = {0, 1, 2, 5, 10};
    static const double percents[] = {5, 10, 20, 50, 80, 100};
    int size = 0;
    for (int i = 0; i < 5; i++)
        size = insert(counts, size, small[i], rank);
    for (int i = 0; i < 6; i++)
        size = insert(counts, size, kept_of_percent(percents[i], rank), rank);
    for (int i = 0; i < 2; i++)
        size = insert(counts, size, extra[i], rank);
    return size;
}

int64_t kept_sufficient(const int64_t *lost, int64_t rank, int64_t samples) {
    int64_t count = rank;
    while (count > 0 && 100 * lost[count - 1] <= samples)
        count--;
    return count;
}
