/* The worker threads of a context, loops over them, locks, and what the caller is told meanwhile.
 * This room alone knows threads. */
#ifndef LATENT__POOL_H
#define LATENT__POOL_H

#include "base/core.h"

/* One item of a loop. `worker` is 0 … threads - 1; 0 is the calling thread. */
typedef void (*latent__task)(void *argument, int64_t item, int32_t worker);

/* A pool for `threads` threads, none started yet; NULL when memory is short. */
struct latent__pool *latent__pool_create(const latent_context_options *options, int32_t threads);

/* Joins the threads. */
void latent__pool_destroy(const latent_context_options *options, struct latent__pool *pool);

int32_t latent__pool_threads(const struct latent__pool *pool);

/* Runs task(argument, 0 … items - 1), in any order on any worker, and waits for all. Memory written
 * by the items is seen by the caller and by later loops. LATENT_CANCELLED, items left out, once the
 * progress callback says stop; LATENT_ERROR_THREAD if threads cannot be started. */
latent_status latent__parallel(latent_context *context, int64_t items, latent__task task,
                               void *argument);

/* The same on workers 0 to workers - 1 alone, for items that need memory of their worker's own. */
latent_status latent__parallel_few(latent_context *context, int32_t workers, int64_t items,
                                   latent__task task, void *argument);

/* To be called at least every few milliseconds inside an item: true when it should return early. */
bool latent__tick(latent_context *context, int32_t worker);

/* What to return, outside of items, when it was true. */
latent_status latent__fail_cancelled(latent_context *context);

/* The same as a latent__stop (base/sort.h), whose argument is an asker. */
typedef struct latent__asker {
    latent_context *context;
    int32_t worker;
} latent__asker;
bool latent__ask(void *asker);

/* Begins a part of the call that takes its progress from `from` to `to`. */
void latent__phase(latent_context *context, const char *name, double from, double to);

/* CPU numbers that threads can be pinned to are below this. */
enum { LATENT__MOST_CPUS = 1024 };

/* CPUs that this process may use: its affinity, and its cgroups' quota rounded up. */
int32_t latent__usable_cpus(void);

/* An array of `count` locks; NULL and *status set when memory is short. */
typedef struct latent__locks latent__locks;
latent__locks *latent__locks_create(latent_context *context, int64_t count, latent_status *status);
void latent__locks_destroy(latent_context *context, latent__locks *locks);
void latent__lock(latent__locks *locks, int64_t index);
void latent__unlock(latent__locks *locks, int64_t index);

#endif
