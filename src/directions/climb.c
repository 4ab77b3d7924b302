/* Float32 decides nearly every comparison, by a bound of its error; float64 the rest. */
#include "climb.h"

#include <math.h>
#include <string.h>

enum { SAMPLES = LATENT__FOLLOWED, WIDTH = LATENT__STRIP_CLASSES, GROUP = LATENT__GROUP_LEVELS };

/* Logits up to here stay well inside float32, and so many levels inside its bound. */
#define MOST_REACH 0x1p100
#define MOST_LEVELS 65536

static int64_t aligned(int64_t bytes) {
    return (bytes + 63) / 64 * 64;
}

static int64_t final_floats(const latent__ladder *ladder) {
    return ladder->strips * WIDTH;
}

int64_t latent__climbers_bytes(const latent__ladder *ladder) {
    const int64_t entries = ladder->levels * SAMPLES;
    return 3 * aligned(entries * (int64_t)sizeof(double)) +
           4 * aligned(entries * (int64_t)sizeof(float)) +
           aligned(SAMPLES * final_floats(ladder) * (int64_t)sizeof(float)) +
           aligned(latent__groups(ladder) * SAMPLES * (int64_t)sizeof(float)) +
           aligned(ladder->levels * (int64_t)sizeof(double));
}

static void *take(char **at, int64_t bytes) {
    void *taken = *at;
    *at += aligned(bytes);
    return taken;
}

void latent__climbers_in(latent__climbers *climbers, void *memory, const latent__ladder *ladder,
                         const latent__kernels *kernels) {
    const int64_t doubles = ladder->levels * SAMPLES * (int64_t)sizeof(double);
    const int64_t floats = ladder->levels * SAMPLES * (int64_t)sizeof(float);
    char *at = memory;
    *climbers = (latent__climbers){.ladder = ladder, .kernels = kernels};
    climbers->weight = take(&at, doubles);
    climbers->slack = take(&at, doubles);
    climbers->watched_logit = take(&at, doubles);
    climbers->step = take(&at, floats);
    climbers->low = take(&at, floats);
    climbers->high = take(&at, floats);
    climbers->above = take(&at, floats);
    climbers->final = take(&at, SAMPLES * final_floats(ladder) * (int64_t)sizeof(float));
    climbers->calm = take(&at, latent__groups(ladder) * SAMPLES * (int64_t)sizeof(float));
    climbers->spare = take(&at, ladder->levels * (int64_t)sizeof(double));
}

bool latent__climbers_put(latent__climbers *climbers, int64_t s, const double *products,
                          double unit) {
    const latent__ladder *ladder = climbers->ladder;
    double *weight = climbers->weight + s * ladder->levels;
    weight[0] = 0;
    for (int64_t k = 1; k < ladder->levels; k++) {
        const int64_t i = latent__ladder_direction(ladder, k);
        weight[k] = ladder->directions->values[i] * (products[i] * unit);
    }
    const double reach = latent__slacks(ladder, weight, climbers->slack + s * ladder->levels);
    climbers->wild[s] = !(reach < MOST_REACH) || ladder->levels > MOST_LEVELS;
    for (int64_t k = 0; k < ladder->levels; k++)
        climbers->step[k * SAMPLES + s] = climbers->wild[s] ? 0 : (float)weight[k];
    climbers->watched[s] = -1;
    return reach <= 0x1p1000;
}

/* Whether class c comes before the watched one, whose logit is given. */
static bool comes_before(double logit, int64_t c, double watched_logit, int64_t watched) {
    return logit > watched_logit || (logit == watched_logit && c < watched);
}

/* A class's logit at one level. */
static double logit_at(const latent__climbers *climbers, int64_t s, int64_t c, int64_t level) {
    const latent__ladder *ladder = climbers->ladder;
    latent__logits(ladder, climbers->kernels, climbers->weight + s * ladder->levels, c, level,
                   climbers->spare);
    return climbers->spare[level];
}

/* Float32 asks no more about a sample: all of it will be done in float64, which costs less than
 * to decide so many logits one by one, each from the start. */
static void give_up(latent__climbers *climbers, int64_t s) {
    climbers->exact[s] = true;
    for (int64_t k = 0; k < climbers->ladder->levels; k++)
        climbers->low[k * SAMPLES + s] = INFINITY;
}

static int32_t decide(void *user, int32_t sample, int64_t level, uint64_t open) {
    latent__climbers *climbers = user;
    const latent__ladder *ladder = climbers->ladder;
    climbers->effort[sample] -= (level + 1) * __builtin_popcountll(open);
    if (climbers->effort[sample] < 0) {
        give_up(climbers, sample);
        return 0;
    }
    const double watched_logit = climbers->watched_logit[sample * ladder->levels + level];
    int32_t above = 0;
    for (; open; open &= open - 1) {
        const int64_t c = climbers->strip * WIDTH + __builtin_ctzll(open);
        above += comes_before(logit_at(climbers, sample, c, level), c, watched_logit,
                              climbers->watched[sample]);
    }
    return above;
}

/* Float32 numbers surely below and surely above x: the step is more than one rounding's. */
static float below(double x) {
    return (float)(x - (fabs(x) * 0x1p-22 + 0x1p-140));
}

static float beyond(double x) {
    return (float)(x + (fabs(x) * 0x1p-22 + 0x1p-140));
}

/* A logit of float32 that is up to `calm` before a group of levels does not get beyond `low`
 * within the group: it climbs by at most |weights of the group| · most (Cauchy and Schwarz), and
 * rounding adds at most the slack, twice. */
static void set_calm(latent__climbers *climbers, int64_t s) {
    const latent__ladder *ladder = climbers->ladder;
    const double *weight = climbers->weight + s * ladder->levels;
    const double *slack = climbers->slack + s * ladder->levels;
    for (int64_t g = 0; g < latent__groups(ladder); g++) {
        const int64_t end = (g + 1) * GROUP < ladder->levels ? (g + 1) * GROUP : ladder->levels;
        float least = INFINITY;
        double squares = 0;
        for (int64_t k = g * GROUP; k < end; k++) {
            const float low = climbers->low[k * SAMPLES + s];
            squares += weight[k] * weight[k];
            least = low < least ? low : least;
        }
        const double climb = sqrt(squares) * ladder->most[g] + 2 * slack[end - 1];
        climbers->calm[g * SAMPLES + s] = below((double)least - climb);
    }
}

/* Sample s watches nothing: nothing is above it. */
static void set_no_limits(latent__climbers *climbers, int64_t s) {
    const latent__ladder *ladder = climbers->ladder;
    for (int64_t entry = s; entry < ladder->levels * SAMPLES; entry += SAMPLES)
        climbers->low[entry] = climbers->high[entry] = INFINITY;
    for (int64_t g = 0; g < latent__groups(ladder); g++)
        climbers->calm[g * SAMPLES + s] = INFINITY;
}

/* The limits of sample s at every level: a float32 logit up to `low` is surely not above the watched
 * one, and one beyond `high` surely is. */
static void set_limits(latent__climbers *climbers, int64_t s) {
    const latent__ladder *ladder = climbers->ladder;
    const double *slack = climbers->slack + s * ladder->levels;
    double *logit = climbers->watched_logit + s * ladder->levels;
    latent__logits(ladder, climbers->kernels, climbers->weight + s * ladder->levels,
                   climbers->watched[s], ladder->levels - 1, logit);
    for (int64_t k = 0; k < ladder->levels; k++) {
        climbers->low[k * SAMPLES + s] = below(logit[k] - slack[k]);
        climbers->high[k * SAMPLES + s] = beyond(logit[k] + slack[k]);
    }
    set_calm(climbers, s);
}

/* A sample, or a place that none is in, before it is followed. */
static void prepare(latent__climbers *climbers, int64_t s) {
    const int64_t levels = climbers->ladder->levels;
    const bool there = s < climbers->samples;
    climbers->exact[s] = climbers->wild[s];
    climbers->effort[s] = levels * climbers->ladder->classes / 4;
    if (there && climbers->watched[s] >= 0 && !climbers->wild[s])
        set_limits(climbers, s);
    else
        set_no_limits(climbers, s);
    for (int64_t k = 0; k < levels; k++)
        climbers->above[k * SAMPLES + s] = 0;
    for (int64_t k = 0; k < levels && !there; k++)
        climbers->step[k * SAMPLES + s] = 0;
}

/* All in float64: every class at every level. */
static void follow_exactly(latent__climbers *climbers, int64_t s) {
    const latent__ladder *ladder = climbers->ladder;
    const double *weight = climbers->weight + s * ladder->levels;
    const int64_t watched = climbers->watched[s];
    double *logit = climbers->watched_logit + s * ladder->levels;
    const int64_t last = ladder->levels - 1;
    double *other = climbers->spare;
    latent__logits(ladder, climbers->kernels, weight, watched, last, logit);
    for (int64_t k = 0; k < ladder->levels; k++)
        climbers->above[k * SAMPLES + s] = 0;
    for (int64_t c = 0; c < ladder->classes; c++) {
        if (c == watched)
            continue;
        latent__logits(ladder, climbers->kernels, weight, c, last, other);
        for (int64_t k = 0; k < ladder->levels; k++)
            climbers->above[k * SAMPLES + s] += comes_before(other[k], c, logit[k], watched);
    }
}

static void follow_strip(latent__climbers *climbers, int32_t most) {
    const latent__ladder *ladder = climbers->ladder;
    const int64_t strip = climbers->strip;
    float logit[SAMPLES][WIDTH];
    for (int64_t s = 0; s < SAMPLES; s++) {
        memcpy(logit[s], ladder->starts + strip * WIDTH, sizeof logit[s]);
        if (s < climbers->samples && climbers->watched[s] / WIDTH == strip &&
            climbers->watched[s] >= 0)
            logit[s][climbers->watched[s] % WIDTH] = -INFINITY; /* it is not above itself */
    }
    climbers->kernels->follow(
        &(latent__levels){.levels = ladder->levels,
                          .direction = ladder->steps + strip * ladder->levels * WIDTH,
                          .weight = climbers->step,
                          .logit = logit,
                          .low = climbers->low,
                          .high = climbers->high,
                          .calm = climbers->calm,
                          .above = climbers->above,
                          .most = most,
                          .decide = decide,
                          .user = climbers});
    for (int64_t s = 0; s < climbers->samples; s++)
        memcpy(climbers->final + s * final_floats(ladder) + strip * WIDTH, logit[s],
               sizeof logit[s]);
}

void latent__climbers_follow(latent__climbers *climbers, int32_t most) {
    const latent__ladder *ladder = climbers->ladder;
    for (int64_t s = 0; s < SAMPLES; s++)
        prepare(climbers, s);
    for (climbers->strip = 0; climbers->strip < ladder->strips; climbers->strip++)
        follow_strip(climbers, most);
    for (int64_t s = 0; s < climbers->samples; s++)
        if (climbers->exact[s] && climbers->watched[s] >= 0)
            follow_exactly(climbers, s);
}

int64_t latent__climbers_predict(latent__climbers *climbers, int64_t s) {
    const latent__ladder *ladder = climbers->ladder;
    const int64_t last = ladder->levels - 1;
    const float *final = climbers->final + s * final_floats(ladder);
    const int64_t watched = climbers->watched[s];
    float largest = -INFINITY;
    for (int64_t c = 0; c < ladder->classes; c++)
        largest = final[c] > largest ? final[c] : largest;
    /* The watched class was left out of the strips. */
    const double known =
        watched >= 0 ? climbers->watched_logit[s * ladder->levels + last] : -INFINITY;
    const double slack = climbers->slack[s * ladder->levels + last];
    const double least = largest - 2 * slack;
    int64_t best = watched;
    double best_logit = known;
    for (int64_t c = 0; c < ladder->classes; c++) {
        if (c == watched || (!climbers->wild[s] && !((double) final[c] >= least)))
            continue;
        const double logit = logit_at(climbers, s, c, last);
        if (best < 0 || comes_before(logit, c, best_logit, best)) {
            best = c;
            best_logit = logit;
        }
    }
    return best;
}
