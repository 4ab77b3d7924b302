#include "groups.h"

#include <string.h>

#include "memory.h"

/* Labels in the order of their bits: the sign bit flipped. */
static uint32_t key_of(const int32_t *labels, const int64_t *rows, int64_t entry) {
    return (uint32_t)labels[rows ? rows[entry] : entry] ^ 0x80000000u;
}

/* One pass of a least-significant-digit radix sort, stable, 8 bits at a time. Returns false, having
 * moved nothing, if all entries have the same digit. */
static bool sort_digit(const int32_t *labels, const int64_t *rows, int64_t n, int shift,
                       const int64_t *from, int64_t *to) {
    int64_t place[257] = {0};
    for (int64_t e = 0; e < n; e++)
        place[((key_of(labels, rows, e) >> shift) & 255u) + 1]++;
    for (int digit = 0; digit < 256; digit++)
        if (place[digit + 1] == n)
            return false;
    for (int digit = 0; digit < 256; digit++)
        place[digit + 1] += place[digit];
    for (int64_t p = 0; p < n; p++)
        to[place[(key_of(labels, rows, from[p]) >> shift) & 255u]++] = from[p];
    return true;
}

/* Sorts groups->order by label with `other` as the second buffer. */
static void sort_entries(const int32_t *labels, const int64_t *rows, latent__groups *groups,
                         int64_t *other) {
    int64_t *from = groups->order, *to = other;
    for (int64_t e = 0; e < groups->n; e++)
        from[e] = e;
    for (int shift = 0; shift < 32; shift += 8)
        if (sort_digit(labels, rows, groups->n, shift, from, to)) {
            int64_t *swap = from;
            from = to;
            to = swap;
        }
    if (from != groups->order)
        memcpy(groups->order, from, (size_t)groups->n * sizeof *from);
}

static int64_t count_groups(const int32_t *labels, const int64_t *rows,
                            const latent__groups *groups) {
    int64_t count = 1;
    for (int64_t p = 1; p < groups->n; p++)
        count +=
            key_of(labels, rows, groups->order[p]) != key_of(labels, rows, groups->order[p - 1]);
    return count;
}

static void fill_groups(const int32_t *labels, const int64_t *rows, latent__groups *groups) {
    int64_t g = -1;
    for (int64_t p = 0; p < groups->n; p++) {
        const uint32_t key = key_of(labels, rows, groups->order[p]);
        if (p == 0 || key != key_of(labels, rows, groups->order[p - 1])) {
            groups->start[++g] = p;
            groups->label[g] = (int32_t)(key ^ 0x80000000u);
        }
    }
    groups->start[groups->count] = groups->n;
}

latent_status latent__groups_make(latent_context *context, const int32_t *labels,
                                  const int64_t *rows, int64_t n, latent__groups *groups) {
    latent_status status = LATENT_OK;
    *groups = (latent__groups){.n = n};
    groups->order = latent__allocate(context, n, sizeof(int64_t), "the order of labels", &status);
    if (status)
        return status;
    int64_t *other = latent__allocate(context, n, sizeof(int64_t), "sorting labels", &status);
    if (!status) {
        sort_entries(labels, rows, groups, other);
        latent__release(context, other, n, sizeof(int64_t));
        groups->count = count_groups(labels, rows, groups);
        groups->start =
            latent__allocate(context, groups->count + 1, sizeof(int64_t), "the groups", &status);
    }
    if (!status)
        groups->label = latent__allocate(context, groups->count, sizeof(int32_t),
                                         "the groups' labels", &status);
    if (status) {
        latent__groups_free(context, groups);
        return status;
    }
    fill_groups(labels, rows, groups);
    return LATENT_OK;
}

void latent__groups_free(latent_context *context, latent__groups *groups) {
    latent__release(context, groups->order, groups->n, sizeof(int64_t));
    latent__release(context, groups->start, groups->count + 1, sizeof(int64_t));
    latent__release(context, groups->label, groups->count, sizeof(int32_t));
    *groups = (latent__groups){0};
}

int64_t latent__groups_find(const latent__groups *groups, int32_t label) {
    int64_t low = 0, high = groups->count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (groups->label[middle] < label)
            low = middle + 1;
        else
            high = middle;
    }
    return low < groups->count && groups->label[low] == label ? low : -1;
}
