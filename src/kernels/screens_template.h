/* Template: a product of packed rows (screens.h) in vectors of integers, ROWS rows at a time against up
 * to GROUPS groups, all of whose sums stay in registers. The including file defines, for both formats,
 *   PARTS        vectors of 32-bit integers for the 16 rows of a group,
 *   ROWS         rows at a time, a divisor of 16,
 *   GROUPS       groups at a time, up to 3,
 *   integers, floats                 the vectors' types,
 *   spread_cell(p), spread_float(x)  a cell, or a number, in all lanes,
 *   load_integers(p), load_floats(p), store_floats(p, v),
 *   to_floats(v), fused(a, b, c),
 * and for one, undefined at the end,
 *   NAME         the function's name,
 *   RIGHT(p)     a vector of a step of the right groups, as DOT wants it,
 *   DOT(s, a, b) s plus the products of the cells of a (left) and b (right),
 *   START(...)   fills the sums' first values of ROWS rows: start[r], see START_ZERO. */
#define PASTE2(a, b) a##_##b
#define PASTE(a, b) PASTE2(a, b)

/* `rows` points at the cells of ROWS rows in a left group, `right` at the first of `groups` groups. */
static inline __attribute__((always_inline)) void
PASTE(NAME, tile)(const latent__rectangle *all, const char *rows, const char *right,
                  const int groups, const int32_t *start, float *out) {
    const int64_t group = (all->steps + all->floats) * LATENT__STEP_BYTES;
    integers sum[ROWS][GROUPS * PARTS];
#pragma GCC unroll 16
    for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 6
        for (int v = 0; v < groups * PARTS; v++)
            sum[r][v] = spread_cell(start + r);
    const char *end = rows + all->steps * LATENT__STEP_BYTES;
    const char *a = rows, *b = right;
    for (; a < end; a += LATENT__STEP_BYTES, b += LATENT__STEP_BYTES) {
        integers cells[GROUPS * PARTS];
#pragma GCC unroll 6
        for (int v = 0; v < groups * PARTS; v++)
            cells[v] = RIGHT(b + v / PARTS * group + v % PARTS * (LATENT__STEP_BYTES / PARTS));
#pragma GCC unroll 16
        for (int r = 0; r < ROWS; r++) {
            const integers one = spread_cell(a + r * LATENT__CELL_BYTES);
#pragma GCC unroll 6
            for (int v = 0; v < groups * PARTS; v++)
                sum[r][v] = DOT(sum[r][v], one, cells[v]);
        }
    }
#pragma GCC unroll 16
    for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 6
        for (int v = 0; v < groups * PARTS; v++)
            store_floats(out + r * all->stride + v * (LATENT__GROUP_ROWS / PARTS),
                         to_floats(sum[r][v]));
    for (int g = 0; g < groups && all->floats > 0; g++)
        add_floats(all, end, right + g * group + all->steps * LATENT__STEP_BYTES,
                   out + g * LATENT__GROUP_ROWS);
}

static void NAME(const latent__rectangle *all) {
    const int64_t group = (all->steps + all->floats) * LATENT__STEP_BYTES;
    for (int64_t i = 0; i < all->left_groups; i++) {
        const char *left = (const char *)all->left + i * group;
        float *out = all->out + i * LATENT__GROUP_ROWS * all->stride;
        int32_t start[LATENT__GROUP_ROWS];
        START(left, all->steps, start);
        int64_t j = 0;
        for (; j + GROUPS <= all->right_groups; j += GROUPS)
            for (int r = 0; r < LATENT__GROUP_ROWS; r += ROWS)
                PASTE(NAME, tile)
        (all, left + r * LATENT__CELL_BYTES, (const char *)all->right + j * group, GROUPS,
         start + r, out + r * all->stride + j * LATENT__GROUP_ROWS);
        for (; j < all->right_groups; j++)
            for (int r = 0; r < LATENT__GROUP_ROWS; r += ROWS)
                PASTE(NAME, tile)
        (all, left + r * LATENT__CELL_BYTES, (const char *)all->right + j * group, 1, start + r,
         out + r * all->stride + j * LATENT__GROUP_ROWS);
    }
}

#undef PASTE
#undef PASTE2
#undef NAME
#undef RIGHT
#undef DOT
#undef START
