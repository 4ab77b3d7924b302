#define _POSIX_C_SOURCE 200809L /* posix_memalign */

#include "fakealloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct fakealloc_block {
    struct fakealloc_block *next;
    void *pointer;
    size_t bytes;
} fakealloc_block;

fakealloc fakealloc_make(void) {
    fakealloc allocator = {.fail_at = -1};
    allocator.owner = pthread_self();
    return allocator;
}

void *fakealloc_allocate(void *user, size_t alignment, size_t bytes) {
    fakealloc *const a = user;
    a->wrong_thread |= !pthread_equal(a->owner, pthread_self());
    a->wrong_alignment |= alignment < 64 || (alignment & (alignment - 1)) != 0;
    const int64_t call = a->calls++;
    if (a->fail_at >= 0 && (call == a->fail_at || (a->fail_after && call > a->fail_at)))
        return NULL;
    void *pointer = NULL;
    /* No padding: a checker then sees the first byte that is read beyond. */
    if (posix_memalign(&pointer, alignment, bytes ? bytes : 1) != 0)
        return NULL;
    memset(pointer, 0xa5, bytes);
    fakealloc_block *const block = malloc(sizeof *block);
    *block = (fakealloc_block){a->blocks, pointer, bytes};
    a->blocks = block;
    a->live_blocks++;
    a->live_bytes += (int64_t)bytes;
    if (a->live_bytes > a->peak_bytes)
        a->peak_bytes = a->live_bytes;
    return pointer;
}

void fakealloc_release(void *user, void *pointer, size_t bytes) {
    fakealloc *const a = user;
    a->wrong_thread |= !pthread_equal(a->owner, pthread_self());
    for (fakealloc_block **link = &a->blocks; *link; link = &(*link)->next) {
        fakealloc_block *const block = *link;
        if (block->pointer == pointer) {
            a->wrong_release |= block->bytes != bytes;
            a->live_bytes -= (int64_t)block->bytes;
            a->live_blocks--;
            *link = block->next;
            free(block);
            free(pointer);
            return;
        }
    }
    a->wrong_release = true;
}

void fakealloc_install(fakealloc *allocator, latent_context_options *options) {
    options->allocate = fakealloc_allocate;
    options->release = fakealloc_release;
    options->allocator_user = allocator;
}

bool fakealloc_clean(const fakealloc *a) {
    if (a->live_blocks == 0 && !a->wrong_alignment && !a->wrong_release && !a->wrong_thread)
        return true;
    fprintf(stderr, "allocator: %lld blocks leaked%s%s%s\n", (long long)a->live_blocks,
            a->wrong_alignment ? ", wrong alignment" : "", a->wrong_release ? ", bad release" : "",
            a->wrong_thread ? ", wrong thread" : "");
    return false;
}
