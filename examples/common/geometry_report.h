/* The geometry of a Vision Transformer at an image: what latent-geometry computes, and what its
 * table, JSON and pictures show. */
#ifndef EXAMPLES_GEOMETRY_REPORT_H
#define EXAMPLES_GEOMETRY_REPORT_H

#include <latent.h>

#include "common/image_file.h"
#include "common/progress_bar.h"
#include "common/vit_encoder.h"

enum { GEOMETRY_EPSILONS = 16 };

/* Families of directions. */
enum geometry_family {
    GEOMETRY_RIGHT,        /* right singular vectors of the Jacobian */
    GEOMETRY_GAUSSIAN,     /* random */
    GEOMETRY_PROJECTED,    /* random, without their part along the right singular vectors */
    GEOMETRY_ASCENT,       /* found by gradient ascent */
    GEOMETRY_DISPLACEMENT, /* from the image to the one that matching made of it */
    GEOMETRY_FAMILIES
};

/* What to compute. */
struct geometry_request {
    int64_t image, target;             /* of the file; target -1: no matching */
    int64_t leading;                   /* singular triplets; 0: all */
    int64_t samples, restarts;         /* random directions of a family; ascents, 0: none */
    double epsilon[GEOMETRY_EPSILONS]; /* lengths of steps, ascending */
    int64_t epsilons;
    latent_matching_options matching; /* `size` filled in */
};

/* How the Lipschitz constants of a family are distributed at one length of steps. */
struct geometry_spread {
    double least, low, median, mean, high, most; /* low, high: the quantiles 5 % and 95 % */
    double rounding;                             /* how much of a constant it may be */
};

/* Those of one family. */
struct geometry_constants {
    int64_t directions; /* 0: not measured */
    double *value;      /* [directions × epsilons] */
    struct geometry_spread spread[GEOMETRY_EPSILONS];
};

/* The Jacobian at the image, J [outputs × inputs]. */
struct geometry_jacobian {
    int64_t rank;     /* singular triplets, of the largest values */
    double *sigma;    /* [rank] */
    double *right;    /* [rank × inputs] */
    double *residual; /* [rank]: ‖J v - σ u‖; NULL if all triplets are from the whole J */
    double frobenius, stable_rank;
    double frobenius_error, stable_rank_error; /* standard errors; 0: not estimated */
};

/* An image and what the network sees in it: the class of the largest logit, and its softmax. */
struct geometry_image {
    double *pixels;
    int64_t label;
    double probability;
};

/* An image changed until its latent vector is the target's. */
struct geometry_matching {
    int64_t steps;                 /* taken; 0 with `loss` NULL: nothing was asked for */
    double *loss, *cosine, *moved; /* [steps + 1]: ‖f(x) - t‖², its cosine, mean |x - x₀| */
    latent_matching_state state;
    int64_t best;    /* the step that the result is from */
    double distance; /* ‖result - image‖ */
    double within;   /* the part of its square along the right singular vectors; NaN for 0 */
};

struct geometry_report {
    struct geometry_request request;
    const struct vit_model *model;
    struct vit_encoder encoder;
    int64_t inputs, outputs; /* n pixels, m features */
    struct geometry_image start, target, result;
    struct geometry_jacobian jacobian;
    struct geometry_constants family[GEOMETRY_FAMILIES];
    struct geometry_matching matching;
    latent_encoder_usage usage; /* of all calls together */
    double seconds;
    double *pixels; /* of all three images */
};

/* Reads the images of the request, which are in the file, and what the network sees in them.
 * Whatever comes later, geometry_report_free() ends it. The model must outlive the report. */
bool geometry_report_begin(struct geometry_report *report, const struct vit_model *model,
                           const struct image_file *images, const struct geometry_request *request,
                           struct io_error *error);

/* Measures all that was asked for, with progress on the bar. */
bool geometry_report_measure(struct geometry_report *report, latent_context *context,
                             struct progress_bar *bar, struct io_error *error);

void geometry_report_free(struct geometry_report *report);

/* "right" and so on, as JSON names them. */
extern const char *const geometry_families[GEOMETRY_FAMILIES];

/* "converged" and so on. */
const char *geometry_state(latent_matching_state state);

#endif
