#include "common/concepts_heat.h"

/* The direction's column; -1 if it has none. */
static int column_of(const struct concepts_heat *heat, int64_t direction) {
    for (int i = 0; i < heat->columns; i++)
        if (heat->direction[i] == direction)
            return i;
    return -1;
}

static void add_column(struct concepts_heat *heat, int64_t direction) {
    if (column_of(heat, direction) < 0)
        heat->direction[heat->columns++] = direction;
}

/* Of the directions without a column the one with the largest AP for a concept that is shown. */
static int64_t next_best(const struct concepts_heat *heat, const struct concepts_report *report) {
    double most = -1;
    int64_t best = -1;
    for (int64_t d = 0; d < report->directions; d++) {
        if (column_of(heat, d) >= 0)
            continue;
        for (int row = 0; row < heat->rows; row++) {
            const double ap = concepts_ap(report, d, heat->concept[row]);
            if (ap > most) {
                most = ap;
                best = d;
            }
        }
    }
    return best;
}

void concepts_heat_arrange(struct concepts_heat *heat, const struct concepts_report *report) {
    const int64_t *best = report->found.best_direction;
    const int64_t sound = report->concepts - report->found.degenerate_concepts;
    const int shown = sound < HEAT_ROWS ? (int)sound : HEAT_ROWS;
    *heat = (struct concepts_heat){.rows = 0};
    for (int place = 0; place < shown; place++)
        add_column(heat, best[report->order[place]]);
    for (int column = 0; column < heat->columns; column++)
        for (int place = 0; place < shown; place++)
            if (best[report->order[place]] == heat->direction[column])
    heat->concept[heat->rows++] = report->order[place];
    while (heat->rows > 0 && heat->columns < HEAT_FEW && heat->columns < report->directions)
        add_column(heat, next_best(heat, report));
}
