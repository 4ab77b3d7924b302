/* Template: going through the levels of pruning, on the including file's
 *   follow_chunk(work, first, count, events)  follows levels first … first + count - 1, writes an event
 *                                             wherever a logit is beyond `low`, returns how many,
 *   beyond(logit, limit)                      bit l: logit l is beyond the limit.
 * Events wait until the chunk is done, since a call in the innermost loop would drive the logits out of
 * registers. Included once per instruction set. */
static void settle_event(const latent__levels *work, const event *one) {
    const int64_t entry = one->level * LATENT__FOLLOWED + one->sample;
    const uint64_t sure = beyond(one->logit, work->high[entry]);
    const uint64_t open = beyond(one->logit, work->low[entry]) & ~sure;
    latent__count_above(work, one->sample, one->level, sure, open);
}

static void follow(const latent__levels *work) {
    event events[CHUNK_LEVELS * LATENT__FOLLOWED];
    for (int64_t first = 0; first < work->levels; first += CHUNK_LEVELS) {
        const int64_t left = work->levels - first;
        const int64_t found =
            follow_chunk(work, first, left < CHUNK_LEVELS ? left : CHUNK_LEVELS, events);
        for (int64_t e = 0; e < found; e++)
            settle_event(work, &events[e]);
    }
}
