#define _POSIX_C_SOURCE 200809L
#include "blas.h"

#include <cblas.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* OpenBLAS comes in three builds. Serial: products run on the caller's thread anyway. OpenMP: it
 * asks the calling thread's OpenMP setting, so each thread sets its own; the symbols are there
 * exactly when that build is loaded. pthreads: the number of threads belongs to the process, and
 * there is no other way to one thread than to set it. So while any context is in a call, OpenBLAS's
 * number is 1, and the last one out puts back what the first one found. This and the slots for
 * products below are the library's only process-wide state. */
extern int omp_get_max_threads(void) __attribute__((weak));
extern void omp_set_num_threads(int threads) __attribute__((weak));

static struct {
    atomic_int locker; /* process that holds the lock, 0: nobody */
    int holders;
    int threads; /* what the first holder found */
    pid_t owner;
    /* Products in the works, below the number of their process: a child of fork has none. */
    atomic_uint_fast64_t taken;
} process;

static bool uses_openmp(void) {
    return openblas_get_parallel() == OPENBLAS_OPENMP && omp_get_max_threads && omp_set_num_threads;
}

/* Held for a few instructions, so it spins. It bears the process's number because a fork may copy
 * it while another thread holds it: in the child nobody does. */
static void lock_process(void) {
    const int self = (int)getpid();
    for (;;) {
        int seen = 0;
        if (atomic_compare_exchange_strong(&process.locker, &seen, self))
            return;
        if (seen != self && atomic_compare_exchange_strong(&process.locker, &seen, self))
            return;
        sched_yield();
    }
}

static void unlock_process(void) {
    atomic_store(&process.locker, 0);
}

/* In a child of fork the holders are threads of the parent's: forget them. */
static void settle_after_fork(void) {
    if (process.holders > 0 && process.owner != getpid()) {
        openblas_set_num_threads(process.threads);
        process.holders = 0;
    }
}

/* The first one in decides on the number of threads, a second one makes it 1. */
static latent__blas_hold begin(int threads) {
    latent__blas_hold hold = {0};
    if (uses_openmp()) {
        hold.openmp_threads = omp_get_max_threads();
        omp_set_num_threads(threads);
    } else if (openblas_get_parallel() != OPENBLAS_SEQUENTIAL) {
        lock_process();
        settle_after_fork();
        if (process.holders++ == 0) {
            process.owner = getpid();
            process.threads = openblas_get_num_threads();
            openblas_set_num_threads(threads);
        } else {
            openblas_set_num_threads(1);
        }
        unlock_process();
    }
    return hold;
}

latent__blas_hold latent__blas_begin(void) {
    return begin(1);
}

void latent__blas_end(latent__blas_hold hold) {
    if (uses_openmp()) {
        omp_set_num_threads(hold.openmp_threads);
    } else if (openblas_get_parallel() != OPENBLAS_SEQUENTIAL) {
        lock_process();
        if (--process.holders == 0)
            openblas_set_num_threads(process.threads);
        unlock_process();
    }
}

void latent__blas_worker(void) {
    if (uses_openmp())
        omp_set_num_threads(1);
}

/* The threads that OpenBLAS was built for: beyond them it complains. */
static int most_threads(void) {
    const char *most = strstr(openblas_get_config(), "MAX_THREADS=");
    const int count = most ? atoi(most + strlen("MAX_THREADS=")) : 0;
    return count > 0 ? count : 1;
}

/* Products that it can have in the works at a time: the serial build is not made to be called
 * from two threads at all. */
static int slots(void) {
    return openblas_get_parallel() == OPENBLAS_SEQUENTIAL ? 1 : most_threads();
}

static void take_slot(void) {
    const uint64_t self = (uint64_t)getpid() << 32;
    const struct timespec nap = {.tv_nsec = 50000};
    const int most = slots();
    for (;;) {
        uint_fast64_t seen = atomic_load(&process.taken);
        const uint64_t used = (seen >> 32) == (self >> 32) ? seen & UINT32_MAX : 0;
        if (used >= (uint64_t)most)
            nanosleep(&nap, NULL); /* products take milliseconds */
        else if (atomic_compare_exchange_weak(&process.taken, &seen, self | (used + 1)))
            return;
    }
}

static void give_slot(void) {
    atomic_fetch_sub(&process.taken, 1);
}

void latent__blas_product(const float *a, int64_t m, const float *b, int64_t n, int64_t d, float *c,
                          int64_t ldc) {
    take_slot();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)m, (blasint)n, (blasint)d, 1.0f,
                a, (blasint)d, b, (blasint)d, 0.0f, c, (blasint)ldc);
    give_slot();
}

/* Threads of OpenMP, once there, would be missing in a child of fork, which then waits for them;
 * and their number would stay OpenBLAS's. So with that build there are none. */
latent__blas_hold latent__blas_begin_lapack(int32_t threads) {
    const int most = uses_openmp() ? 1 : most_threads();
    const latent__blas_hold hold = begin(threads < most ? threads : most);
    take_slot();
    return hold;
}

void latent__blas_end_lapack(latent__blas_hold hold) {
    give_slot();
    latent__blas_end(hold);
}
