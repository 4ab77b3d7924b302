/* A progress callback that counts, checks the promises of context.h, and cancels when told to. */
#ifndef HARNESS_PROBE_H
#define HARNESS_PROBE_H

#include <pthread.h>
#include <stdbool.h>

#include "latent.h"

typedef struct probe {
    int64_t cancel_at; /* The call that cancels, from 0; negative: none. */
    int64_t calls;
    int64_t after_cancel; /* Calls after the one that cancelled. */
    double last;          /* The last fraction. */
    bool fell, outside, wrong_thread, no_phase;
    pthread_t owner;
} probe;

probe probe_make(int64_t cancel_at);
int probe_progress(void *user, const char *phase, double fraction);
/* All promises were kept; says on standard error which was not. */
bool probe_clean(const probe *p);

#endif
