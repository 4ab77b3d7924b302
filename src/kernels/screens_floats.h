/* Template: the parts of screens_template.h that both formats share. Included once, after the vectors are
 * defined. */
#define START_ZERO(left, steps, start) memset(start, 0, sizeof(start))

/* Adds to ROWS rows of products with one group those of the features in float32. */
static inline void add_floats(const latent__rectangle *all, const char *rows, const char *right,
                              float *out) {
    for (int r = 0; r < ROWS; r++)
        for (int v = 0; v < PARTS; v++) {
            float *to = out + r * all->stride + v * (LATENT__GROUP_ROWS / PARTS);
            floats total = load_floats(to);
            for (int64_t s = 0; s < all->floats; s++) {
                float one;
                memcpy(&one, rows + s * LATENT__STEP_BYTES + r * LATENT__CELL_BYTES, sizeof one);
                total = fused(
                    spread_float(one),
                    load_floats(right + s * LATENT__STEP_BYTES + v * (LATENT__STEP_BYTES / PARTS)),
                    total);
            }
            store_floats(to, total);
        }
}
