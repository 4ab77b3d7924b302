/* Template: multiply-adds as fast as one unit of the processor makes them. The includer defines
 *   NAME           the function's name,
 *   VECTOR         the register's type,
 *   SUMS           independent sums, enough to hide the unit's latency: a divisor of LOADS * USES,
 *   MAC(s, a, b)   the instructions that add products of a and b to s; a statement.
 * Each vector that is loaded takes part in USES of them, as in a product kernel that holds sums of
 * eight rows. */

/* Once over the block for each round; without `streaming` the same work on one vector. */
static void NAME(const char *block, int64_t bytes, int rounds, int streaming) {
    enum { STEP = LOADS * (int)sizeof(VECTOR) };
    VECTOR sum[SUMS];
#pragma GCC unroll 24
    for (int k = 0; k < SUMS; k++)
        sum[k] = (VECTOR){0};
    const VECTOR a = *(const VECTOR *)block;
    VECTOR b = *(const VECTOR *)(block + sizeof b);
    for (int round = 0; round < rounds; round++) {
        if (streaming) {
            for (int64_t at = 0; at + STEP <= bytes; at += STEP)
#pragma GCC unroll 3
                for (int load = 0; load < LOADS; load++) {
                    b = *(const VECTOR *)(block + at + load * (int)sizeof b);
#pragma GCC unroll 8
                    for (int use = 0; use < USES; use++)
                        MAC(sum[(load * USES + use) % SUMS], a, b);
                }
        } else {
            for (int64_t at = 0; at + STEP <= bytes; at += STEP)
#pragma GCC unroll 24
                for (int k = 0; k < LOADS * USES; k++)
                    MAC(sum[k % SUMS], a, b);
        }
    }
}

#undef NAME
#undef VECTOR
#undef SUMS
#undef MAC
