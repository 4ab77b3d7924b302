/* Average precision of directions for concepts, and what follows from it: what latent-concepts
 * computes, and what its table, JSON and plot show. */
#ifndef EXAMPLES_CONCEPTS_REPORT_H
#define EXAMPLES_CONCEPTS_REPORT_H

#include <latent.h>

#include "common/concept_matrix.h"
#include "common/concept_names.h"

/* What to compute. */
struct concepts_request {
    double threshold;
    latent_concepts_sign sign;
    int64_t permutations; /* 0: nothing about chance */
    uint64_t seed;
};

/* What it is computed from; all of it outlives the report. */
struct concepts_input {
    const latent_matrix *activations;
    const latent_matrix *basis; /* NULL: the features themselves */
    bool head;                  /* the basis is the singular vectors of a head */
    const struct concept_matrix *concepts;
    const struct concept_names *names; /* of concepts; there may be fewer */
};

/* Thresholds 0, 0.01, … 1 of the curve. */
enum { CONCEPTS_LEVELS = 101 };

struct concepts_report {
    struct concepts_request request;
    const struct concepts_input *input;
    int64_t samples, directions, concepts;
    double *ap;    /* directions × concepts */
    int8_t *signs; /* likewise: which end of the direction it is; NULL as is */
    latent_concepts_counts counts;
    latent_concepts_report found;
    latent_concepts_chance chance; /* NULL pointers without permutations */
    double level[CONCEPTS_LEVELS];
    int64_t unique_at[CONCEPTS_LEVELS], pairs_at[CONCEPTS_LEVELS];
    int64_t *order;      /* concepts from the best encoded on, degenerate ones last */
    int64_t *most_first; /* directions from the one that encodes most concepts on */
    double seconds;      /* of the whole computation */
    double *numbers;     /* where figures lie */
    int64_t *integers;
    uint8_t *flags;
};

/* Computes all; after an error there is nothing to free. */
latent_status concepts_report_measure(struct concepts_report *report, latent_context *context,
                                      const struct concepts_input *input,
                                      const struct concepts_request *request);

void concepts_report_free(struct concepts_report *report);

/* "as-is", "both"; NULL after the last. */
extern const char *const concepts_signs[3];

double concepts_ap(const struct concepts_report *report, int64_t direction, int64_t concept);

/* Which end of the direction has that AP: 1 or −1. */
int concepts_sign(const struct concepts_report *report, int64_t direction, int64_t concept);

bool concepts_encodes(const struct concepts_report *report, int64_t direction, int64_t concept);

/* Present ones among the samples that are not ignored. */
double concepts_share(const struct concepts_report *report, int64_t concept);

/* How many concepts have a best AP above that of every random ranking. */
int64_t concepts_beyond_chance(const struct concepts_report *report);

/* The concept's name, or its number in `digits`. */
enum { CONCEPTS_DIGITS = 24 };
const char *concepts_title(const struct concepts_report *report, int64_t concept,
                           char digits[CONCEPTS_DIGITS]);

#endif
