#define _GNU_SOURCE
#include "pool.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

typedef struct worker {
    struct latent__pool *pool;
    pthread_t thread;
    int32_t number;
} worker;

/* What is being looped over; fixed while workers run, but for the two counters. */
typedef struct job {
    latent_context *context;
    latent__task task;
    void *argument;
    int64_t items;
    int32_t workers; /* that take part */
    atomic_int_fast64_t next, done;
} job;

struct latent__pool {
    const latent_context_options *options;
    pthread_mutex_t mutex;
    pthread_cond_t wake, idle;
    uint64_t generation; /* of the job; a worker that has seen it waits for the next */
    int32_t running;     /* workers still on the job */
    bool quit;
    pid_t owner; /* the process whose threads these are */
    int32_t threads, started;
    job job;
    worker workers[]; /* threads - 1; workers[i] has number i + 1 */
};

static size_t pool_bytes(int32_t threads) {
    return sizeof(struct latent__pool) + (size_t)(threads - 1) * sizeof(worker);
}

static void init_sync(struct latent__pool *pool) {
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->idle, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pool->generation = 0;
    pool->running = 0;
    pool->started = 0;
    pool->owner = getpid();
}

struct latent__pool *latent__pool_create(const latent_context_options *options, int32_t threads) {
    struct latent__pool *pool = latent__allocate_lasting(options, pool_bytes(threads));
    if (!pool)
        return NULL;
    memset(pool, 0, pool_bytes(threads));
    pool->options = options;
    pool->threads = threads;
    init_sync(pool);
    return pool;
}

int32_t latent__pool_threads(const struct latent__pool *pool) {
    return pool->threads;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Asks the callback, unless it was asked a moment ago. Only the calling thread comes here. */
static void poll_caller(latent_context *context, double share) {
    const latent_context_options *options = &context->options;
    latent__progress *progress = &context->progress;
    if (!options->progress || atomic_load_explicit(&context->cancelled, memory_order_relaxed))
        return;
    if (options->progress_interval >= 0) {
        const double time = now();
        if (time < progress->next)
            return;
        const double interval = options->progress_interval;
        progress->next = time + (interval > 0 ? interval : 0.05);
    }
    /* Never falling, though the end of one phase and the start of the next are rounded apart. */
    const double fraction = progress->from + (progress->to - progress->from) * share;
    progress->shown = fmin(fmax(progress->shown, fraction), 1);
    if (options->progress(options->progress_user, progress->phase, progress->shown))
        atomic_store(&context->cancelled, 1);
}

static double share_done(job *work) {
    return work->items ? (double)atomic_load(&work->done) / (double)work->items : 1;
}

bool latent__tick(latent_context *context, int32_t number) {
    if (number == 0)
        poll_caller(context, share_done(&context->pool->job));
    return atomic_load_explicit(&context->cancelled, memory_order_relaxed);
}

latent_status latent__fail_cancelled(latent_context *context) {
    return latent__fail(context, LATENT_CANCELLED, "the progress callback cancelled the call");
}

bool latent__ask(void *asker) {
    const latent__asker *who = asker;
    return latent__tick(who->context, who->worker);
}

void latent__phase(latent_context *context, const char *name, double from, double to) {
    context->progress.phase = name;
    context->progress.from = from;
    context->progress.to = to;
}

static void run_items(job *work, int32_t number) {
    for (;;) {
        const int64_t item = atomic_fetch_add(&work->next, 1);
        if (item >= work->items || latent__tick(work->context, number))
            return;
        work->task(work->argument, item, number);
        atomic_fetch_add(&work->done, 1);
    }
}

static void *worker_main(void *argument) {
    const worker *self = argument;
    struct latent__pool *pool = self->pool;
    uint64_t seen = 0;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        while (!pool->quit && pool->generation == seen)
            pthread_cond_wait(&pool->wake, &pool->mutex);
        if (pool->quit)
            break;
        seen = pool->generation;
        pthread_mutex_unlock(&pool->mutex);
        if (self->number < pool->job.workers)
            run_items(&pool->job, self->number);
        pthread_mutex_lock(&pool->mutex);
        if (--pool->running == 0)
            pthread_cond_signal(&pool->idle);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

static void join_workers(struct latent__pool *pool) {
    pthread_mutex_lock(&pool->mutex);
    pool->quit = true;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
    for (int32_t i = 0; i < pool->started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pool->quit = false;
    pool->started = 0;
}

static int start_worker(struct latent__pool *pool, int32_t i) {
    const latent_context_options *options = pool->options;
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error)
        return error;
    if (options->cpus) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET((size_t)options->cpus[i % options->cpu_count], &set);
        error = pthread_attr_setaffinity_np(&attributes, sizeof set, &set);
    }
    worker *self = &pool->workers[i];
    *self = (worker){.pool = pool, .number = i + 1};
    if (!error)
        error = pthread_create(&self->thread, &attributes, worker_main, self);
    pthread_attr_destroy(&attributes);
    return error;
}

/* Starts the threads that are not running; signals are left to the program's own threads. */
static latent_status start_workers(latent_context *context, struct latent__pool *pool) {
    if (pool->started == pool->threads - 1)
        return LATENT_OK;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = 0;
    pool->generation = 0;
    while (!error && pool->started < pool->threads - 1) {
        error = start_worker(pool, pool->started);
        if (!error)
            pool->started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!error)
        return LATENT_OK;
    const int32_t failed = pool->started + 1;
    join_workers(pool);
    return latent__fail(context, LATENT_ERROR_THREAD,
                        "worker thread %d of %d could not be started: %s", failed,
                        pool->threads - 1,
                        error == EINVAL ? "a CPU it is pinned to is not available"
                                        : "the system's limit is reached");
}

/* Waits for the workers' last items while the callback goes on being asked. */
static void await_workers(latent_context *context, struct latent__pool *pool) {
    pthread_mutex_lock(&pool->mutex);
    while (pool->running > 0) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += 10000000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_nsec -= 1000000000;
            until.tv_sec++;
        }
        if (pthread_cond_timedwait(&pool->idle, &pool->mutex, &until) == ETIMEDOUT) {
            pthread_mutex_unlock(&pool->mutex);
            poll_caller(context, share_done(&pool->job));
            pthread_mutex_lock(&pool->mutex);
        }
    }
    pthread_mutex_unlock(&pool->mutex);
}

latent_status latent__parallel_few(latent_context *context, int32_t workers, int64_t items,
                                   latent__task task, void *argument) {
    struct latent__pool *pool = context->pool;
    if (pool->owner != getpid())
        init_sync(pool); /* a child of fork: the threads stayed with the parent */
    job *work = &pool->job;
    const bool shared = workers > 1 && items > 1;
    if (shared) {
        const latent_status status = start_workers(context, pool);
        if (status)
            return status;
        pthread_mutex_lock(&pool->mutex);
    }
    work->context = context;
    work->task = task;
    work->argument = argument;
    work->items = items;
    work->workers = workers;
    atomic_store(&work->next, 0);
    atomic_store(&work->done, 0);
    if (shared) {
        pool->running = pool->started;
        pool->generation++;
        pthread_cond_broadcast(&pool->wake);
        pthread_mutex_unlock(&pool->mutex);
    }
    run_items(work, 0);
    if (shared)
        await_workers(context, pool);
    poll_caller(context, 1); /* a phase ends where the next one begins, the last one at 1 */
    return atomic_load(&context->cancelled) ? latent__fail_cancelled(context) : LATENT_OK;
}

latent_status latent__parallel(latent_context *context, int64_t items, latent__task task,
                               void *argument) {
    return latent__parallel_few(context, context->pool->threads, items, task, argument);
}

void latent__pool_destroy(const latent_context_options *options, struct latent__pool *pool) {
    if (!pool)
        return;
    if (pool->owner == getpid()) {
        join_workers(pool);
        pthread_cond_destroy(&pool->wake);
        pthread_cond_destroy(&pool->idle);
        pthread_mutex_destroy(&pool->mutex);
    }
    latent__release_lasting(options, pool, pool_bytes(pool->threads));
}
