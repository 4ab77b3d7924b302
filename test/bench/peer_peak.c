/* The most multiply-adds a second that each of the processor's units makes, from registers alone
 * and with one operand read from the second-level cache. Compiled for the machine it runs on, and
 * driven through ctypes. The instructions are written out, so that no compiler adds moves. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { USES = 8, LOADS = 3 };
/* Numbers of the block: what a unit computes decides how many switches flip, and so its clock. */
enum { BYTES, HALVES, FLOATS };

typedef void kernel(const char *block, int64_t bytes, int rounds, int streaming);

typedef struct unit {
    const char *name;
    kernel *run;
    int numbers;
    int products;       /* multiply-adds in what MAC does */
    int vector_bytes;   /* that one load reads */
    int loads;          /* for each step of the kernel */
    int uses;           /* MACs for each of them */
    int (*ready)(void); /* NULL: always */
} unit;

#if defined(__AVX2__) && defined(__FMA__)
typedef int v8 __attribute__((vector_size(32)));
#define NAME avx2_float32
#define VECTOR v8
#define SUMS 12
#define MAC(s, a, b) __asm__ volatile("vfmadd231ps %2, %1, %0" : "+x"(s) : "x"(a), "x"(b))
#include "peer_peak.h"

#define NAME avx2_int16
#define VECTOR v8
#define SUMS 12
#define MAC(s, a, b)                                                                               \
    do {                                                                                           \
        v8 t;                                                                                      \
        __asm__ volatile("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0"                                \
                         : "+x"(s), "=&x"(t)                                                       \
                         : "x"(a), "x"(b));                                                        \
    } while (0)
#include "peer_peak.h"
#endif

#if defined(__AVX512F__) && defined(__AVX512BW__)
typedef int v16 __attribute__((vector_size(64)));
#define NAME avx512_float32
#define VECTOR v16
#define SUMS 24
#define MAC(s, a, b) __asm__ volatile("vfmadd231ps %2, %1, %0" : "+v"(s) : "v"(a), "v"(b))
#include "peer_peak.h"

#define NAME avx512_int16
#define VECTOR v16
#define SUMS 24
#define MAC(s, a, b)                                                                               \
    do {                                                                                           \
        v16 t;                                                                                     \
        __asm__ volatile("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0"                                \
                         : "+v"(s), "=&v"(t)                                                       \
                         : "v"(a), "v"(b));                                                        \
    } while (0)
#include "peer_peak.h"
#endif

#if defined(__AVX512VNNI__)
#define NAME vnni_int16
#define VECTOR v16
#define SUMS 24
#define MAC(s, a, b) __asm__ volatile("vpdpwssd %2, %1, %0" : "+v"(s) : "v"(a), "v"(b))
#include "peer_peak.h"

#define NAME vnni_int8
#define VECTOR v16
#define SUMS 24
#define MAC(s, a, b) __asm__ volatile("vpdpbusd %2, %1, %0" : "+v"(s) : "v"(a), "v"(b))
#include "peer_peak.h"
#endif

#if defined(__AVX512BF16__)
#define NAME avx512_bfloat16
#define VECTOR v16
#define SUMS 24
#define MAC(s, a, b) __asm__ volatile("vdpbf16ps %2, %1, %0" : "+v"(s) : "v"(a), "v"(b))
#include "peer_peak.h"
#endif

#if defined(__AMX_TILE__) && defined(__AMX_INT8__) && defined(__AMX_BF16__)
#define HAS_AMX
#include "peer_peak_amx.h"
#endif

#if defined(__aarch64__)
typedef int v4 __attribute__((vector_size(16)));
#define NAME neon_float32
#define VECTOR v4
#define SUMS 24
#define MAC(s, a, b) __asm__ volatile("fmla %0.4s, %1.4s, %2.4s" : "+w"(s) : "w"(a), "w"(b))
#include "peer_peak.h"
#endif

#if defined(__ARM_FEATURE_DOTPROD)
#define NAME neon_dot_int8
#define VECTOR v4
#define SUMS 24
#define MAC(s, a, b) __asm__ volatile("sdot %0.4s, %1.16b, %2.16b" : "+w"(s) : "w"(a), "w"(b))
#include "peer_peak.h"
#endif

#if defined(__ARM_FEATURE_MATMUL_INT8) && defined(__ARM_FEATURE_BF16_VECTOR_ARITHMETIC)
#define NAME neon_matrix_int8
#define VECTOR v4
#define SUMS 24
#define MAC(s, a, b) __asm__ volatile("smmla %0.4s, %1.16b, %2.16b" : "+w"(s) : "w"(a), "w"(b))
#include "peer_peak.h"

#define NAME neon_matrix_bfloat16
#define VECTOR v4
#define SUMS 24
#define MAC(s, a, b) __asm__ volatile("bfmmla %0.4s, %1.8h, %2.8h" : "+w"(s) : "w"(a), "w"(b))
#include "peer_peak.h"
#endif

static const unit units[] = {
#if defined(__AVX2__) && defined(__FMA__)
    {"AVX2 float32", avx2_float32, FLOATS, 8, 32, LOADS, USES, NULL},
    {"AVX2 int16", avx2_int16, BYTES, 16, 32, LOADS, USES, NULL},
#endif
#if defined(__AVX512F__) && defined(__AVX512BW__)
    {"AVX-512 float32", avx512_float32, FLOATS, 16, 64, LOADS, USES, NULL},
    {"AVX-512 int16", avx512_int16, BYTES, 32, 64, LOADS, USES, NULL},
#endif
#if defined(__AVX512BF16__)
    {"AVX-512 bfloat16", avx512_bfloat16, HALVES, 32, 64, LOADS, USES, NULL},
#endif
#if defined(__AVX512VNNI__)
    {"VNNI int16", vnni_int16, BYTES, 32, 64, LOADS, USES, NULL},
    {"VNNI int8", vnni_int8, BYTES, 64, 64, LOADS, USES, NULL},
#endif
#if defined(HAS_AMX)
    {"AMX bfloat16", amx_bfloat16, HALVES, 16 * 16 * 32, TILE_BYTES, TILE_LOADS, TILE_USES,
     may_use_tiles},
    {"AMX int8", amx_int8, BYTES, 16 * 16 * 64, TILE_BYTES, TILE_LOADS, TILE_USES, may_use_tiles},
#endif
#if defined(__aarch64__)
    {"NEON float32", neon_float32, FLOATS, 4, 16, LOADS, USES, NULL},
#endif
#if defined(__ARM_FEATURE_DOTPROD)
    {"NEON dot int8", neon_dot_int8, BYTES, 16, 16, LOADS, USES, NULL},
#endif
#if defined(__ARM_FEATURE_MATMUL_INT8) && defined(__ARM_FEATURE_BF16_VECTOR_ARITHMETIC)
    {"NEON matrix bfloat16", neon_matrix_bfloat16, HALVES, 16, 16, LOADS, USES, NULL},
    {"NEON matrix int8", neon_matrix_int8, BYTES, 32, 16, LOADS, USES, NULL},
#endif
    {NULL, NULL, 0, 0, 0, 0, 0, NULL},
};

/* Half of the second-level cache: too much for the first. */
static int64_t block_bytes(void) {
    long level2 = 0;
#if defined(_SC_LEVEL2_CACHE_SIZE)
    level2 = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
    return level2 > 0 ? level2 / 2 / 4096 * 4096 : 256 << 10;
}

static void fill(char *block, int64_t bytes, int numbers) {
    uint64_t state = 1;
    for (int64_t k = 0; k < bytes / 4; k++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint32_t word = (uint32_t)(state >> 32);
        if (numbers != BYTES) {
            const float value = (float)(int32_t)word * 0x1p-31f;
            memcpy(&word, &value, sizeof word);
            if (numbers == HALVES)
                word = (word & 0xffff0000u) | word >> 16;
        }
        memcpy(block + 4 * k, &word, sizeof word);
    }
}

typedef struct job {
    const unit *unit;
    char *block;
    int64_t bytes;
    int streaming;
    double seconds, rate;
    pthread_barrier_t *start;
} job;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void *work(void *argument) {
    job *own = argument;
    enum { ROUNDS = 4 };
    const unit *u = own->unit;
    const int64_t loads = own->bytes / (u->loads * u->vector_bytes) * u->loads;
    const double macs = (double)(loads * u->uses * ROUNDS) * u->products;
    fill(own->block, own->bytes, u->numbers);
    u->run(own->block, own->bytes, ROUNDS, own->streaming);
    pthread_barrier_wait(own->start);
    const double begin = now();
    double done = 0, end = begin;
    while (end < begin + own->seconds) {
        u->run(own->block, own->bytes, ROUNDS, own->streaming);
        done += macs;
        end = now();
    }
    own->rate = done / (end - begin);
    return NULL;
}

const char *peak_name(int number);
double peak_rate(int number, int streaming, int threads, double seconds);

/* Of the units that this machine has, counted from 0; NULL beyond the last. */
const char *peak_name(int number) {
    return units[number].name;
}

/* Multiply-adds a second of all threads together, each on a block of its own; 0 if the system does
 * not let this process use the unit, or memory is short. */
double peak_rate(int number, int streaming, int threads, double seconds) {
    enum { MOST = 64 };
    pthread_t others[MOST];
    job jobs[MOST];
    pthread_barrier_t start;
    const unit *u = &units[number];
    if ((u->ready && !u->ready()) || threads < 1 || threads > MOST)
        return 0;
    const int64_t bytes = block_bytes();
    char *blocks = aligned_alloc(4096, (size_t)(bytes * threads));
    if (!blocks)
        return 0;
    if (pthread_barrier_init(&start, NULL, (unsigned)threads))
        abort();
    int started = 0;
    for (int t = 0; t < threads; t++)
        jobs[t] = (job){u, blocks + t * bytes, bytes, streaming, seconds, 0, &start};
    while (started < threads - 1 && !pthread_create(&others[started], NULL, work, &jobs[started]))
        started++;
    if (started < threads - 1)
        abort(); /* those that run wait for the others for ever */
    work(&jobs[threads - 1]);
    double rate = jobs[threads - 1].rate;
    for (int t = 0; t < started; t++) {
        pthread_join(others[t], NULL);
        rate += jobs[t].rate;
    }
    pthread_barrier_destroy(&start);
    free(blocks);
    return rate;
}
