#include "ladder.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "parallel/pool.h"

enum { WIDTH = LATENT__STRIP_CLASSES };

static double bias_of(const latent__ladder *ladder, int64_t class_number) {
    return ladder->bias ? ladder->bias[class_number] : 0;
}

/* What the levels' directions add to a class's logit per unit of weight; entry 0 is nothing. */
static double *outputs_of(const latent__ladder *ladder, int64_t class_number) {
    return ladder->outputs + class_number * ladder->levels;
}

/* A class's outputs in the order of levels, and the same as column l of its strip. */
static void fill_class(latent__ladder *ladder, int64_t class_number, int64_t l, float *steps) {
    const latent_directions *d = ladder->directions;
    double *outputs = outputs_of(ladder, class_number);
    outputs[0] = 0;
    for (int64_t k = 1; k < ladder->levels; k++)
        outputs[k] = d->left[class_number * d->count + latent__ladder_direction(ladder, k)];
    for (int64_t k = 0; k < ladder->levels; k++)
        steps[k * WIDTH + l] = (float)outputs[k];
}

/* A strip's start and steps; zeros beyond the last class. */
static void fill_strip(void *argument, int64_t strip, int32_t worker) {
    latent__ladder *ladder = argument;
    float *start = ladder->starts + strip * WIDTH;
    float *steps = ladder->steps + strip * ladder->levels * WIDTH;
    (void)worker;
    memset(steps, 0, (size_t)(ladder->levels * WIDTH) * sizeof *steps);
    for (int64_t l = 0; l < WIDTH; l++) {
        const int64_t class_number = strip * WIDTH + l;
        const bool there = class_number < ladder->classes;
        start[l] = there ? (float)bias_of(ladder, class_number) : -INFINITY;
        if (there)
            fill_class(ladder, class_number, l, steps);
    }
}

int64_t latent__groups(const latent__ladder *ladder) {
    return (ladder->levels + LATENT__GROUP_LEVELS - 1) / LATENT__GROUP_LEVELS;
}

static void find_largest(latent__ladder *ladder) {
    memset(ladder->most, 0, (size_t)latent__groups(ladder) * sizeof *ladder->most);
    for (int64_t c = 0; c < ladder->classes; c++) {
        double squares = 0;
        ladder->largest_bias = fmax(ladder->largest_bias, fabs(bias_of(ladder, c)));
        const double *outputs = outputs_of(ladder, c);
        for (int64_t k = 1; k < ladder->levels; k++) {
            squares = (k % LATENT__GROUP_LEVELS == 0 ? 0 : squares) + outputs[k] * outputs[k];
            double *most = &ladder->most[k / LATENT__GROUP_LEVELS];
            *most = squares > *most ? squares : *most;
        }
    }
    for (int64_t g = 0; g < latent__groups(ladder); g++)
        ladder->most[g] = sqrt(ladder->most[g]);
}

latent_status latent__ladder_open(latent_context *context, const latent__curve_question *question,
                                  latent__ladder *ladder) {
    const latent_directions *d = question->directions;
    latent_status status = LATENT_OK;
    *ladder = (latent__ladder){.directions = d,
                               .order = question->order,
                               .bias = question->bias,
                               .levels = d->rank + 1,
                               .classes = d->outputs,
                               .strips = (d->outputs - 1) / WIDTH + 1};
    ladder->most = latent__allocate(context, latent__groups(ladder), sizeof *ladder->most,
                                    "the directions' sizes", &status);
    if (!status)
        ladder->steps = latent__allocate(context, ladder->strips * ladder->levels * WIDTH,
                                         sizeof *ladder->steps, "the directions in order", &status);
    if (!status)
        ladder->outputs =
            latent__allocate(context, ladder->classes * ladder->levels, sizeof *ladder->outputs,
                             "the directions in order", &status);
    if (!status)
        ladder->starts = latent__allocate(context, ladder->strips * WIDTH, sizeof *ladder->starts,
                                          "the bias by strips", &status);
    if (status)
        return status;
    latent__phase(context, "directions in order", 0, 0);
    status = latent__parallel(context, ladder->strips, fill_strip, ladder);
    if (!status)
        find_largest(ladder);
    return status;
}

void latent__ladder_close(latent_context *context, latent__ladder *ladder) {
    latent__release(context, ladder->starts, ladder->strips * WIDTH, sizeof *ladder->starts);
    latent__release(context, ladder->outputs, ladder->classes * ladder->levels,
                    sizeof *ladder->outputs);
    latent__release(context, ladder->steps, ladder->strips * ladder->levels * WIDTH,
                    sizeof *ladder->steps);
    latent__release(context, ladder->most, latent__groups(ladder), sizeof *ladder->most);
}

/* The rows of U have length 1 at most, so B + (w_1² + … + w_k²)^½ bounds the magnitude of all logits up
 * to level k (Cauchy and Schwarz), B being the largest bias. S_k is that bound for the last level of k's
 * group, which takes fewer roots, and
 *     slack_k = 1.01 u (3 S_k + S_1 + … + S_k) + (k + 1) 2^-140,    u = 2^-24. */
double latent__slacks(const latent__ladder *ladder, const double *weight, double *slack) {
    double squares = 0, magnitudes = 0, reach = ladder->largest_bias, sum = 0;
    for (int64_t start = 0; start < ladder->levels; start += LATENT__GROUP_LEVELS) {
        const int64_t left = ladder->levels - start;
        const int64_t end = start + (left < LATENT__GROUP_LEVELS ? left : LATENT__GROUP_LEVELS);
        for (int64_t k = start; k < end; k++) {
            squares += weight[k] * weight[k];
            magnitudes += fabs(weight[k]);
        }
        reach = ladder->largest_bias + sqrt(squares);
        for (int64_t k = start; k < end; k++) {
            sum += k > 0 ? reach : 0;
            slack[k] = 1.01 * 0x1p-24 * (3 * reach + sum) + (double)(k + 1) * 0x1p-140;
        }
    }
    /* Squares leave float64 before logits do. */
    return isfinite(reach) ? reach : ladder->largest_bias + magnitudes;
}

void latent__logits(const latent__ladder *ladder, const latent__kernels *kernels,
                    const double *weight, int64_t class_number, int64_t level, double *logits) {
    kernels->chain(weight, outputs_of(ladder, class_number), level, bias_of(ladder, class_number),
                   logits);
}
