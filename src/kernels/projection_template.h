/* Template: what follows the products. Included once per instruction set. */

static void chain(const double *a, const double *b, int64_t n, double start, double *sums) {
    sums[0] = start;
    for (int64_t k = 1; k <= n; k++)
        sums[k] = fma(a[k], b[k], sums[k - 1]);
}

/* Sums over projected samples. Plain C without branches, which a compiler turns into vectors
 * of whatever instruction set the including file is for: every column is its own, so the bits are the
 * same. */

static void project(const double *p, int64_t stride, int64_t rows, const double *inverse_norm,
                    const double *unit, latent__projections *restrict sums) {
    latent__projections sum = {{0}, {0}, {0}, {0}};
    for (int64_t r = 0; r < rows; r++) {
        const double *restrict row = p + r * stride;
        for (int l = 0; l < LATENT__TILE_COLUMNS; l++) {
            const double size = fabs(row[l]);
            sum.cosine[l] += size * inverse_norm[r];
            sum.absolute[l] += size * unit[r];
            sum.mean[l] += row[l] * unit[r];
        }
    }
    for (int l = 0; l < LATENT__TILE_COLUMNS; l++)
        sum.mean[l] /= (double)rows;
    for (int64_t r = 0; r < rows; r++) {
        const double *restrict row = p + r * stride;
        for (int l = 0; l < LATENT__TILE_COLUMNS; l++) {
            const double away = row[l] * unit[r] - sum.mean[l];
            sum.away[l] += away * away;
        }
    }
    *sums = sum;
}
