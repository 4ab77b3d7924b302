#include "probe.h"

#include <stdio.h>

probe probe_make(int64_t cancel_at) {
    probe p = {.cancel_at = cancel_at, .last = 0.0};
    p.owner = pthread_self();
    return p;
}

int probe_progress(void *user, const char *phase, double fraction) {
    probe *const p = user;
    p->no_phase |= !phase || !phase[0];
    p->fell |= fraction < p->last;
    p->outside |= !(fraction >= 0.0 && fraction <= 1.0);
    p->wrong_thread |= !pthread_equal(p->owner, pthread_self());
    p->last = fraction;
    const int64_t call = p->calls++;
    p->after_cancel += p->cancel_at >= 0 && call > p->cancel_at;
    return call == p->cancel_at ? 17 : 0;
}

bool probe_clean(const probe *p) {
    if (!p->fell && !p->outside && !p->wrong_thread && !p->no_phase && p->after_cancel == 0)
        return true;
    fprintf(stderr, "progress:%s%s%s%s%s\n", p->fell ? " the fraction fell" : "",
            p->outside ? " the fraction left 0 to 1" : "", p->wrong_thread ? " wrong thread" : "",
            p->no_phase ? " no phase" : "", p->after_cancel ? " called after cancelling" : "");
    return false;
}
