/* An allocator that counts, checks what comes back, and fails when told to. */
#ifndef HARNESS_FAKEALLOC_H
#define HARNESS_FAKEALLOC_H

#include <pthread.h>
#include <stdbool.h>

#include "latent.h"

typedef struct fakealloc {
    int64_t fail_at;    /* The allocation that fails, from 0; negative: none. */
    bool fail_after;    /* All later ones fail, too. */
    int64_t calls;      /* Allocations asked for. */
    int64_t live_bytes; /* Held now, and at most so far. */
    int64_t peak_bytes;
    int64_t live_blocks;
    bool wrong_alignment; /* Asked for one that is no power of two of at least 64. */
    bool wrong_release;   /* A block that is not live, or with other bytes than asked for. */
    bool wrong_thread;    /* A call from another thread than `owner`. */
    pthread_t owner;
    struct fakealloc_block *blocks;
} fakealloc;

fakealloc fakealloc_make(void);
void *fakealloc_allocate(void *user, size_t alignment, size_t bytes);
void fakealloc_release(void *user, void *pointer, size_t bytes);
/* Sets the three fields of `options`. */
void fakealloc_install(fakealloc *allocator, latent_context_options *options);
/* Nothing is live and nothing was wrong; says on standard error what was. */
bool fakealloc_clean(const fakealloc *allocator);

#endif
