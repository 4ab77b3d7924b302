/* What every test program needs: contexts, expected errors, outputs that must stay untouched. */
#ifndef HARNESS_TESTING_H
#define HARNESS_TESTING_H

/* cmocka.h wants these four first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "datagen.h"
#include "latent.h"

/* Defaults from the environment: LATENT_TEST_THREADS (1) and LATENT_TEST_ISA (auto; reference,
 * avx2, avx512 and so on). The library itself reads neither. */
latent_context_options testing_options(void);
latent_context *testing_context(void);
/* The same with so many threads, and, for more than one, a budget that makes tiles small enough to
 * give each of them some of about a thousand samples. */
latent_context_options testing_threaded_options(int32_t threads);
latent_context *testing_context_with(const latent_context_options *options);
/* A context whose budget is little above the least with which `call` succeeds: many small blocks. */
typedef latent_status (*testing_call)(latent_context *context, const void *argument);
latent_context *testing_tight_context(int32_t threads, testing_call call, const void *argument);
/* The same, its budget being at least that of the options. */
latent_context *testing_tight_context_with(latent_context_options options, testing_call call,
                                           const void *argument);
/* LATENT_TEST_SMALL is set: a slow checker runs the tests. */
bool testing_small(void);

/* Every instruction set this machine has, the reference first; returns how many. */
enum { TESTING_ISAS = LATENT_ISA_NEON_BF16 };
int testing_isas(latent_isa isas[TESTING_ISAS]);
/* The instruction set that an environment variable names, LATENT_ISA_AUTO if it is not set. */
latent_isa testing_isa_named(const char *variable);

/* Fails the test unless the status is the expected one and, for an error, the context's sentence
 * holds every piece; `pieces` are separated by '|'. */
#define expect_status(context, status, expected, pieces)                                           \
    testing_expect(context, status, expected, pieces, #status, __FILE__, __LINE__)
#define expect_ok(context, status) expect_status(context, status, LATENT_OK, NULL)
void testing_expect(latent_context *context, latent_status status, latent_status expected,
                    const char *pieces, const char *call, const char *file, int line);
/* Whether the text holds every piece. */
bool testing_mentions(const char *text, const char *pieces);

/* Memory filled with a pattern, and whether all of it still is. */
void *poison_new(size_t bytes);
void poison_fill(void *memory, size_t bytes);
bool poison_intact(const void *memory, size_t bytes);

/* Whether the library and the oracle agree in every output, said on standard error if not. */
bool agrees_kstar(latent_context *context, const dataset *points, latent_metric metric,
                  latent_ties ties);
bool agrees_kstar_subset(latent_context *context, const dataset *points, const int64_t *samples,
                         int64_t count, latent_metric metric, latent_ties ties);
bool agrees_kstar_queries(latent_context *context, const dataset *queries,
                          const dataset *references, latent_metric metric, latent_ties ties);
/* `queries` may be NULL. */
bool agrees_knn(latent_context *context, const dataset *queries, const dataset *references,
                int64_t k, latent_metric metric);
bool agrees_summary(latent_context *context, const int64_t *kstar, const int32_t *labels, int64_t n,
                    const int64_t *population, bool endpoints, double threshold);

#endif
