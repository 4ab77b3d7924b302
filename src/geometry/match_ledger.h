/* What has come of every pair so far: kept here until the call has succeeded. */
#ifndef LATENT__MATCH_LEDGER_H
#define LATENT__MATCH_LEDGER_H

#include "match_steps.h"

/* The iterate that a pair would return now. */
typedef struct latent__match_entry {
    int32_t state;
    int64_t steps, iterate;
    double loss, cosine, change, distance;
} latent__match_entry;

typedef struct latent__match_ledger {
    const latent__match_rules *rules;
    int64_t pairs;
    latent_matching_result wanted; /* which arrays the caller has */
    latent__match_entry *entries;  /* by pair */
    double *numbers;               /* where the next ones are */
    double *x;                     /* pairs × n */
    double *outputs;               /* pairs × m, or NULL */
    double *traces[4]; /* loss, cosine, change, step: pairs × trace_rows each, or NULL */
} latent__match_ledger;

/* Bytes that a ledger allocates. */
int64_t latent__match_ledger_bytes(const latent__match_rules *rules, int64_t pairs,
                                   const latent_matching_result *wanted);

/* On failure close() must still be called. */
latent_status latent__match_ledger_open(const latent__match_rules *rules, int64_t pairs,
                                        const latent_matching_result *wanted,
                                        latent__match_ledger *ledger);
void latent__match_ledger_close(latent__match_ledger *ledger);

/* Notes a pair's new x_k and f(x_k); the pair may have ended with it. */
void latent__match_note(latent__match_ledger *ledger, const latent__pursuit *p,
                        const double *outputs);

/* Notes that a pair has ended. */
void latent__match_end(latent__match_ledger *ledger, const latent__pursuit *p);

/* Fills in the caller's arrays and counts. */
void latent__match_ledger_write(const latent__match_ledger *ledger, latent_matching_result *result);

#endif
