#include "match_ledger.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "vectors.h"

enum { TRACES = 4 };

static void list_traces(const latent_matching_result *result, double *lists[TRACES]) {
    lists[0] = result->trace_loss;
    lists[1] = result->trace_cosine;
    lists[2] = result->trace_change;
    lists[3] = result->trace_step;
}

/* Numbers of one pair: x, perhaps f(x), and the traces that are wanted. */
static int64_t numbers_of(const latent__match_rules *rules, const latent_matching_result *wanted) {
    double *lists[TRACES];
    list_traces(wanted, lists);
    int64_t numbers = rules->n + (wanted->outputs ? rules->m : 0);
    for (int i = 0; i < TRACES; i++)
        numbers += lists[i] ? wanted->trace_rows : 0;
    return numbers;
}

int64_t latent__match_ledger_bytes(const latent__match_rules *rules, int64_t pairs,
                                   const latent_matching_result *wanted) {
    return latent__linear(pairs, 8 * numbers_of(rules, wanted)) +
           latent__linear(pairs, (int64_t)sizeof(latent__match_entry));
}

latent_status latent__match_ledger_open(const latent__match_rules *rules, int64_t pairs,
                                        const latent_matching_result *wanted,
                                        latent__match_ledger *ledger) {
    *ledger = (latent__match_ledger){.rules = rules, .pairs = pairs, .wanted = *wanted};
    const int64_t bytes = 8 * numbers_of(rules, wanted);
    latent_status status = LATENT_OK;
    ledger->entries = latent__allocate(rules->context, pairs, sizeof *ledger->entries,
                                       "what came of the pairs", &status);
    if (!status)
        ledger->numbers =
            latent__allocate(rules->context, pairs, (size_t)bytes, "the pairs' iterates", &status);
    if (status)
        return status;
    double *at = ledger->numbers, *lists[TRACES];
    ledger->x = at;
    at += pairs * rules->n;
    ledger->outputs = wanted->outputs ? at : NULL;
    at += wanted->outputs ? pairs * rules->m : 0;
    list_traces(wanted, lists);
    for (int i = 0; i < TRACES; i++) {
        ledger->traces[i] = lists[i] ? at : NULL;
        for (int64_t k = 0; lists[i] && k < pairs * wanted->trace_rows; k++)
            *at++ = (double)NAN;
    }
    return LATENT_OK;
}

void latent__match_ledger_close(latent__match_ledger *ledger) {
    if (!ledger->rules)
        return;
    latent_context *context = ledger->rules->context;
    latent__release(context, ledger->numbers, ledger->pairs,
                    (size_t)(8 * numbers_of(ledger->rules, &ledger->wanted)));
    latent__release(context, ledger->entries, ledger->pairs, sizeof *ledger->entries);
}

static void trace(latent__match_ledger *ledger, const latent__pursuit *p) {
    const double values[TRACES] = {p->loss, p->cosine, p->change, p->taken};
    if (p->step >= ledger->wanted.trace_rows)
        return;
    for (int i = 0; i < TRACES; i++)
        if (ledger->traces[i])
            ledger->traces[i][p->pair * ledger->wanted.trace_rows + p->step] = values[i];
}

void latent__match_note(latent__match_ledger *ledger, const latent__pursuit *p,
                        const double *outputs) {
    const int64_t n = ledger->rules->n, m = ledger->rules->m;
    latent__match_entry *entry = &ledger->entries[p->pair];
    trace(ledger, p);
    entry->steps = p->step;
    if (p->step > 0 && p->state != LATENT_MATCHING_CONVERGED && !(p->loss < entry->loss))
        return;
    entry->iterate = p->step;
    entry->loss = p->loss;
    entry->cosine = p->cosine;
    entry->change = p->change;
    memcpy(ledger->x + p->pair * n, p->x, (size_t)n * sizeof *p->x);
    if (ledger->outputs)
        memcpy(ledger->outputs + p->pair * m, outputs, (size_t)m * sizeof *outputs);
}

/* The start has served its purpose, and becomes the displacement. */
void latent__match_end(latent__match_ledger *ledger, const latent__pursuit *p) {
    const int64_t n = ledger->rules->n;
    const double *x = ledger->x + p->pair * n;
    for (int64_t j = 0; j < n; j++)
        p->start[j] = x[j] - p->start[j];
    ledger->entries[p->pair].state = p->state;
    ledger->entries[p->pair].distance = latent__vector_norm(p->start, n);
}

static void write_entry(const latent__match_entry *entry, int64_t p,
                        latent_matching_result *result) {
    if (result->state)
        result->state[p] = entry->state;
    if (result->steps)
        result->steps[p] = entry->steps;
    if (result->iterate)
        result->iterate[p] = entry->iterate;
    if (result->loss)
        result->loss[p] = entry->loss;
    if (result->cosine)
        result->cosine[p] = entry->cosine;
    if (result->change)
        result->change[p] = entry->change;
    if (result->distance)
        result->distance[p] = entry->distance;
    result->converged += entry->state == LATENT_MATCHING_CONVERGED;
    result->capped += entry->state == LATENT_MATCHING_CAPPED;
    result->stalled += entry->state == LATENT_MATCHING_STALLED;
    result->diverged += entry->state == LATENT_MATCHING_DIVERGED;
}

void latent__match_ledger_write(const latent__match_ledger *ledger,
                                latent_matching_result *result) {
    double *lists[TRACES];
    const int64_t pairs = ledger->pairs, n = ledger->rules->n, m = ledger->rules->m;
    result->converged = result->capped = result->stalled = result->diverged = 0;
    for (int64_t p = 0; p < pairs; p++)
        write_entry(&ledger->entries[p], p, result);
    if (result->x)
        memcpy(result->x, ledger->x, (size_t)(pairs * n) * sizeof *result->x);
    if (result->outputs)
        memcpy(result->outputs, ledger->outputs, (size_t)(pairs * m) * sizeof *result->outputs);
    list_traces(result, lists);
    for (int i = 0; i < TRACES; i++)
        if (lists[i])
            memcpy(lists[i], ledger->traces[i],
                   (size_t)(pairs * result->trace_rows) * sizeof *lists[i]);
}
