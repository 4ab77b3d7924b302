/** @mainpage liblatent
 *
 * Measures the latent spaces of neural networks: exact answers, the same on every machine.
 *
 * One page of tour. Everything takes a context first and returns a status:
 *
 * @code{.c}
 * latent_context *context;
 * if (latent_context_create(&context, NULL) != LATENT_OK)
 *     return 1;
 * latent_matrix points = latent_matrix_view(data, rows, columns, LATENT_F32);
 * if (latent_kstar(context, &points, labels, NULL, kstar, NULL) != LATENT_OK)
 *     fprintf(stderr, "%s\n", latent_context_error(context));
 * latent_context_destroy(context);
 * @endcode
 *
 * - macros.h    version numbers
 * - status.h    what calls return
 * - context.h   threads, memory, allocator, progress and cancellation, the last error's sentence
 * - matrix.h    views of the caller's data: float16, bfloat16, float32, float64, any row stride
 * - distance.h  the one definition of distance
 * - kstar.h     the k* distribution: per sample, per concept, for the whole space
 * - neighbors.h k-nearest neighbours in exact order, label agreement, hubness
 * - moments.h   skewness and kurtosis per sample and per feature, in one pass or accumulated
 * - outliers.h  outlier features
 * - directions.h  singular directions of a classification head, the head without some of them
 * - importance.h  how much each direction matters for activations that occur
 * - pruning.h     accuracy at every number of kept directions; activation-aware pruning
 * - robustness.h effective robustness: accuracy under shift beyond what accuracy predicts
 * - concepts.h   average precision of every direction for every concept
 * - encoding.h   which concepts are encoded, polysemanticity, chance, overlap of models
 * - encoder.h    a network of the caller's as callbacks: what those below measure
 * - jacobian.h   Jacobians: explicit, spectrum, leading singular triplets, norm
 * - lipschitz.h  directional Lipschitz constants: given and random directions, gradient ascent
 * - matching.h   inputs whose representation is a given one, found by descent
 * - walk.h       directions that change a representation or leave it, and how far
 *
 * Options are structs whose first field is `size_t size`; NULL means all defaults, a zero field
 * means its default. Fields are only ever appended: a program built against older headers passes a
 * shorter struct and gets defaults for the rest; one built against newer headers may use what this
 * library knows, and is told by ::LATENT_ERROR_OPTIONS when it sets what the library does not know.
 *
 * Include this header only; the ones below it may be arranged anew.
 */
#ifndef LATENT_H
#define LATENT_H

#include "latent/macros.h"
#include "latent/status.h"
#include "latent/context.h"
#include "latent/matrix.h"
#include "latent/distance.h"
#include "latent/kstar.h"
#include "latent/neighbors.h"
#include "latent/moments.h"
#include "latent/outliers.h"
#include "latent/directions.h"
#include "latent/importance.h"
#include "latent/pruning.h"
#include "latent/robustness.h"
#include "latent/concepts.h"
#include "latent/encoding.h"
#include "latent/encoder.h"
#include "latent/jacobian.h"
#include "latent/lipschitz.h"
#include "latent/matching.h"
#include "latent/walk.h"

#endif
