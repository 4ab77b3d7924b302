/* Template: moments of a patch's columns, for one element type of one instruction set, on that type's
 * mean_strip() and power_strip() for a strip of columns. Included by the templates of types. */

/* Moments of the strip from column j on, about the means so far, which a block's means are near to.
 * Where they are not, and in a fresh patch, about the block's own. */
static inline void NAME(settle_columns)(const latent__patch *patch, latent__moments into,
                                        bool fresh, int64_t j, settled *of) {
    const ELEMENT *x = (const ELEMENT *)patch->start + j;
    const char *ahead = patch->ahead;
    const size_t step = ahead ? LATENT__LANES * sizeof(ELEMENT) : 0;
    const double rows = (double)patch->rows;
    strip sum;
    if (fresh)
        NAME(mean_strip)(x, patch->stride, patch->rows, &sum);
    else
        memcpy(sum.centre, into.base + into.stride + j, LATENT__LANES * sizeof(double));
    /* One row's share of what comes next at a time, so that its arrival is hidden by the work. */
    NAME(power_strip)
    (x, patch->stride, patch->rows,
     ahead ? ahead + (size_t)(j * patch->rows) * sizeof(ELEMENT) : (const char *)x, step, &sum);
    settle_strip(&sum, LATENT__LANES, rows, of);
    if (fresh || all_sure(of->sure, LATENT__LANES))
        return;
    settled own;
    NAME(mean_strip)(x, patch->stride, patch->rows, &sum);
    NAME(power_strip)(x, patch->stride, patch->rows, (const char *)x, 0, &sum);
    settle_strip(&sum, LATENT__LANES, rows, &own);
    prefer(of, &own, LATENT__LANES);
}

static int64_t NAME(columns)(const latent__patch *patch, latent__moments into, bool fresh,
                             int32_t *open) {
    int64_t found = 0;
    for (int64_t j = 0; j < patch->columns; j += LATENT__LANES) {
        const latent__moments here = {into.base + j, into.stride};
        settled of;
        NAME(settle_columns)(patch, into, fresh, j, &of);
        if (!fresh)
            join_strip(here, (latent__moments){of.field, LATENT__LANES}, LATENT__LANES, of.sure);
        else
            put_strip(here, of.field, LATENT__LANES);
        found = list_open(of.sure, LATENT__LANES, j, open, found);
    }
    return found;
}
