/* The least that any method can do: read a matrix of float32 once, and add it up so that the reading
 * cannot be left out. Compiled for the machine it runs on, and driven through ctypes. */
#include <pthread.h>
#include <stdint.h>

enum { LANES = 16, CHAINS = 8, STEP = LANES * CHAINS };
typedef float vector __attribute__((vector_size(4 * LANES), aligned(4)));

typedef struct part {
    const float *values;
    int64_t count;
    float sum;
} part;

static void *add_up(void *argument) {
    part *work = argument;
    vector chain[CHAINS] = {{0}};
    int64_t k = 0;
    for (; k + STEP <= work->count; k += STEP)
        for (int c = 0; c < CHAINS; c++)
            chain[c] += *(const vector *)(work->values + k + c * LANES);
    float sum = 0;
    for (; k < work->count; k++)
        sum += work->values[k];
    for (int c = 0; c < CHAINS; c++)
        for (int l = 0; l < LANES; l++)
            sum += chain[c][l];
    work->sum = sum;
    return 0;
}

/* The caller's thread takes the last share. */
float read_only_sum(const float *values, int64_t count, int threads);

float read_only_sum(const float *values, int64_t count, int threads) {
    enum { MOST = 64 };
    pthread_t others[MOST];
    part parts[MOST];
    if (threads > MOST)
        threads = MOST;
    float sum = 0;
    int64_t first = 0;
    for (int t = 0; t < threads; t++) {
        const int64_t end = count / STEP * (t + 1) / threads * STEP;
        const int64_t last = t == threads - 1 ? count : end;
        parts[t] = (part){values + first, last - first, 0};
        first = last;
    }
    int started = 0;
    while (started < threads - 1 &&
           pthread_create(&others[started], 0, add_up, &parts[started]) == 0)
        started++;
    for (int t = started; t < threads; t++)
        add_up(&parts[t]);
    for (int t = 0; t < started; t++)
        pthread_join(others[t], 0);
    for (int t = 0; t < threads; t++)
        sum += parts[t].sum;
    return sum;
}
