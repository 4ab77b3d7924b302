/* Template: products and pruning levels in vectors. The including file has WIDTH, vector and FUSED()
 * of vector_template.h, and defines
 *   SPREAD(x)        a vector of x,
 *   PASS_ROWS        the rows of a tile whose sums registers can hold, with
 *   PASS_VECTORS     so many vectors of each. */

static inline void multiply_pass(const double *a, const double *b, int64_t depth, double *c) {
    vector sum[PASS_ROWS][PASS_VECTORS];
#pragma GCC unroll 8
    for (int r = 0; r < PASS_ROWS; r++)
#pragma GCC unroll 8
        for (int v = 0; v < PASS_VECTORS; v++)
            sum[r][v] = load_f64(c + r * LATENT__TILE_COLUMNS + v * WIDTH);
    for (int64_t k = 0; k < depth; k++) {
        vector column[PASS_VECTORS];
#pragma GCC unroll 8
        for (int v = 0; v < PASS_VECTORS; v++)
            column[v] = load_f64(b + k * LATENT__TILE_COLUMNS + v * WIDTH);
#pragma GCC unroll 8
        for (int r = 0; r < PASS_ROWS; r++) {
            const vector row = SPREAD(a[k * LATENT__TILE_ROWS + r]);
#pragma GCC unroll 8
            for (int v = 0; v < PASS_VECTORS; v++)
                sum[r][v] = FUSED(row, column[v], sum[r][v]);
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < PASS_ROWS; r++)
#pragma GCC unroll 8
        for (int v = 0; v < PASS_VECTORS; v++)
            store_f64(c + r * LATENT__TILE_COLUMNS + v * WIDTH, sum[r][v]);
}

static void multiply(const double *a, const double *b, int64_t depth, double *c) {
    for (int r = 0; r < LATENT__TILE_ROWS; r += PASS_ROWS)
        for (int l = 0; l < LATENT__TILE_COLUMNS; l += PASS_VECTORS * WIDTH)
            multiply_pass(a + r, b + l, depth, c + r * LATENT__TILE_COLUMNS + l);
}
