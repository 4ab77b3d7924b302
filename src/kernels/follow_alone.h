/* Template: follow_chunk() of follow_template.h, one sample at a time, since its logits alone take half
 * of the registers. The including file defines
 *   FLOATS_TYPE, FLOATS   vectors of float32 and how many a vector has,
 *   VECTORS               vectors in a strip of classes, at most 16,
 *   LOAD_FLOATS(p), STORE_FLOATS(p, v),
 *   larger_floats(a, b)   a or b, element by element,
 *   any_beyond(v, limit)  whether an element of v is greater than the limit,
 *   step_floats(v, weight, p)  v plus weight times the elements from p on.
 * Included once per instruction set. */
enum { CHUNK_LEVELS = 64 };

/* A sample's logits at a level at which one of them may be above the watched one. */
typedef struct event {
    float logit[LATENT__STRIP_CLASSES];
    int64_t level;
    int32_t sample;
} event;

static inline bool is_beyond(const FLOATS_TYPE *logit, float limit) {
    FLOATS_TYPE most = logit[0];
#pragma GCC unroll 16
    for (int v = 1; v < VECTORS; v++)
        most = larger_floats(most, logit[v]);
    return any_beyond(most, limit);
}

static inline void step_sample(FLOATS_TYPE *logit, float weight, const float *direction) {
#pragma GCC unroll 16
    for (int v = 0; v < VECTORS; v++)
        logit[v] = step_floats(logit[v], weight, direction + v * FLOATS);
}

static inline event *note_event(event *next, const FLOATS_TYPE *logit, int64_t level, int32_t s) {
#pragma GCC unroll 16
    for (int v = 0; v < VECTORS; v++)
        STORE_FLOATS(next->logit + v * FLOATS, logit[v]);
    next->level = level;
    next->sample = s;
    return next + 1;
}

/* Returns where the next event goes. */
static event *follow_sample(const latent__levels *work, int32_t s, int64_t first, int64_t last,
                            event *next) {
    FLOATS_TYPE logit[VECTORS];
    for (int v = 0; v < VECTORS; v++)
        logit[v] = LOAD_FLOATS(work->logit[s] + v * FLOATS);
    for (int64_t start = first; start < last; start += LATENT__GROUP_LEVELS) {
        const float calm = work->calm[start / LATENT__GROUP_LEVELS * LATENT__FOLLOWED + s];
        const int64_t end =
            start + LATENT__GROUP_LEVELS < last ? start + LATENT__GROUP_LEVELS : last;
        const bool quiet = !is_beyond(logit, calm);
        for (int64_t level = start; level < end && quiet; level++)
            step_sample(logit, work->weight[level * LATENT__FOLLOWED + s],
                        work->direction + level * LATENT__STRIP_CLASSES);
        for (int64_t level = start; level < end && !quiet; level++) {
            step_sample(logit, work->weight[level * LATENT__FOLLOWED + s],
                        work->direction + level * LATENT__STRIP_CLASSES);
            if (is_beyond(logit, work->low[level * LATENT__FOLLOWED + s]))
                next = note_event(next, logit, level, s);
        }
    }
    for (int v = 0; v < VECTORS; v++)
        STORE_FLOATS(work->logit[s] + v * FLOATS, logit[v]);
    return next;
}

static int64_t follow_chunk(const latent__levels *work, int64_t first, int64_t count,
                            event *events) {
    event *next = events;
    for (int32_t s = 0; s < LATENT__FOLLOWED; s++)
        next = follow_sample(work, s, first, first + count, next);
    return next - events;
}

#undef FLOATS_TYPE
#undef LOAD_FLOATS
#undef STORE_FLOATS
