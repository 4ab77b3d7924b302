/* Template: a product of packed rows (screens.h) by an instruction that multiplies two matrices of two
 * rows, 8 bytes each, and adds the four sums. Two steps of two rows are such a matrix once their cells
 * are side by side. A left group is put in that order once for all right groups, a piece of its steps
 * at a time, and all of its rows are multiplied with four rows of a right group, whose sums stay in
 * registers. Between pieces sums are in `out`, bit by bit.
 * The including file has screens_neon.h and screens_floats.h and defines, undefined at the end,
 *   NAME              the function's name,
 *   SUMS              the type of four sums: rows 0 and 1 with columns 0 and 1, row by row,
 *   NO_SUMS           four zeros,
 *   AS_SUMS(v), AS_FLOATS(s)  the same bits as the other type,
 *   RESULT(s)         the sums as float32,
 *   MULTIPLY(s, a, b) s plus the products of two matrices, which are uint32x4_t. */
#define PASTE2(a, b) a##_##b
#define PASTE(a, b) PASTE2(a, b)
#define TILE PASTE(NAME, tile)

/* One piece: `pairs` pairs of steps of which the left ones are in order. */
static void TILE(const uint32x4_t *left, const char *right, const piece *of, float *out) {
    SUMS sum[PAIRS][2];
#pragma GCC unroll 8
    for (int p = 0; p < PAIRS; p++) {
        sum[p][0] = sum[p][1] = NO_SUMS;
        if (!of->first) {
            const float *two = out + 2 * p * of->stride;
            const floats a = load_floats(two), b = load_floats(two + of->stride);
            sum[p][0] = AS_SUMS(low_halves(a, b));
            sum[p][1] = AS_SUMS(high_halves(a, b));
        }
    }
    for (int64_t s = 0; s < of->pairs; s++) {
        const uint32x4_t one = load_cells(right), two = load_cells(right + LATENT__STEP_BYTES);
        const uint32x4_t low = vzip1q_u32(one, two), high = vzip2q_u32(one, two);
#pragma GCC unroll 8
        for (int p = 0; p < PAIRS; p++) {
            sum[p][0] = MULTIPLY(sum[p][0], left[p], low);
            sum[p][1] = MULTIPLY(sum[p][1], left[p], high);
        }
        left += PAIRS;
        right += 2 * LATENT__STEP_BYTES;
    }
#pragma GCC unroll 8
    for (int p = 0; p < PAIRS; p++) {
        float *two = out + 2 * p * of->stride;
        floats a = AS_FLOATS(sum[p][0]), b = AS_FLOATS(sum[p][1]);
        if (of->last) {
            a = RESULT(sum[p][0]);
            b = RESULT(sum[p][1]);
        }
        store_floats(two, low_halves(a, b));
        store_floats(two + of->stride, high_halves(a, b));
    }
}

static void NAME(const latent__rectangle *all) {
    const int64_t group = (all->steps + all->floats) * LATENT__STEP_BYTES;
    const char *right = all->right;
    for (int64_t i = 0; i < all->left_groups; i++) {
        const char *left = (const char *)all->left + i * group;
        float *out = all->out + i * LATENT__GROUP_ROWS * all->stride;
        int64_t s = 0;
        do { /* once without steps, too: that writes zeros */
            uint32x4_t ordered[PIECE_STEPS * PARTS];
            const piece of = piece_of(all, s);
            order_left(left + s * LATENT__STEP_BYTES, of.pairs, ordered);
            for (int64_t j = 0; j < all->right_groups; j++)
                for (int v = 0; v < PARTS; v++)
                    TILE(ordered, right + j * group + s * LATENT__STEP_BYTES + v * PART_BYTES, &of,
                         out + j * LATENT__GROUP_ROWS + v * PART_ROWS);
            s += PIECE_STEPS;
        } while (s < all->steps);
        add_all_floats(all, left, out);
    }
}

#undef TILE
#undef PASTE
#undef PASTE2
#undef NAME
#undef SUMS
#undef NO_SUMS
#undef AS_SUMS
#undef AS_FLOATS
#undef RESULT
#undef MULTIPLY
