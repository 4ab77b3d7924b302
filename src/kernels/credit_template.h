/* Template: `credit` for one instruction set. The including file defines
 *   QUOTIENT(a, b, inverse)  a / b, rounded once, for whole 1 <= a, b < 2^31; `inverse` is 1 / b. */
static void credit(const uint16_t *list, int64_t count, double seen, latent__credit *credits,
                   double *totals) {
    const double inverse = 1 / seen;
    (void)inverse;
    for (int64_t e = 0; e < count; e++) {
        latent__credit *entry = &credits[list[e]];
        const int64_t hits = entry->hits + 1;
        double sum = entry->sum + QUOTIENT((double)hits, seen, inverse);
        if (hits % LATENT__CREDIT_TERMS == 0) {
            totals[list[e]] += sum;
            sum = 0;
        }
        *entry = (latent__credit){.sum = sum, .hits = hits};
    }
}
