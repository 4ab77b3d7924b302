/* Which concepts and directions a heat map shows, and in which order. */
#ifndef EXAMPLES_CONCEPTS_HEAT_H
#define EXAMPLES_CONCEPTS_HEAT_H

#include "common/concepts_report.h"

enum { HEAT_ROWS = 50, HEAT_COLUMNS = 50, HEAT_FEW = 24 };

struct concepts_heat {
    int rows, columns;
    int64_t concept[HEAT_ROWS];
    int64_t direction[HEAT_COLUMNS];
};

/* The best-encoded concepts, those with the same best direction side by side; and these directions
 * in the same order, so that the best of each row make a staircase. If they are fewer than
 * HEAT_FEW, then also those that are next best for one of the concepts. */
void concepts_heat_arrange(struct concepts_heat *heat, const struct concepts_report *report);

#endif
