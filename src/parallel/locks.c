#include <pthread.h>

#include "base/memory.h"
#include "pool.h"

struct latent__locks {
    int64_t count;
    pthread_mutex_t mutex[];
};

latent__locks *latent__locks_create(latent_context *context, int64_t count, latent_status *status) {
    /* One unit more for the header, which is smaller than a mutex. */
    latent__locks *locks =
        latent__allocate(context, count + 1, sizeof(pthread_mutex_t), "the blocks' locks", status);
    if (!locks)
        return NULL;
    locks->count = count;
    for (int64_t i = 0; i < count; i++)
        pthread_mutex_init(&locks->mutex[i], NULL);
    return locks;
}

void latent__locks_destroy(latent_context *context, latent__locks *locks) {
    if (!locks)
        return;
    for (int64_t i = 0; i < locks->count; i++)
        pthread_mutex_destroy(&locks->mutex[i]);
    latent__release(context, locks, locks->count + 1, sizeof(pthread_mutex_t));
}

void latent__lock(latent__locks *locks, int64_t index) {
    pthread_mutex_lock(&locks->mutex[index]);
}

void latent__unlock(latent__locks *locks, int64_t index) {
    pthread_mutex_unlock(&locks->mutex[index]);
}
