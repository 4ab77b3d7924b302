/* Which screen is fastest for the data at hand. Whatever is chosen, the answer is the same. */
#include <math.h>

#include "base/sort.h"
#include "sample.h"

/* Multiply-adds of float32 products, and pairs, below which a sample is not worth its time: it costs as
 * much as products of some hundred thousand pairs do. */
static const double small_problem = 1e8, few_pairs = 7e5;

/* What looking at one product costs, and packing one element, in such multiply-adds. */
static const double look = 8, pack = 100;

/* How a packing would do. */
typedef struct forecast {
    latent__packing packing;
    double loss; /* of half of the rows at the most */
    double cost; /* of a pair, in multiply-adds of float32 products */
} forecast;

static double loss_of(const latent__sample *sample, const latent__packing *packing,
                      const latent__sampled *row) {
    const latent__pairs *pairs = sample->pairs;
    if (latent__tick(pairs->context, 0))
        return 0; /* what the forecast says is not used any more */
    return latent__pack_row(pairs->context, &pairs->space, packing, pairs->shift, row->side,
                            latent__side_row(row->side, row->position), NULL)
        .loss;
}

/* Partners of a query that its radius and both losses leave open. While neighbours are sought the radius
 * shrinks: after t tiles it has as many partners inside among t tiles' as in the end among all, so that
 * every tile leaves 1 / t of the first one's open. */
static double open_partners(const latent__sample *sample, const latent__sampled_query *query,
                            double loss) {
    const double from = sample->counting ? query->radius - 2 * loss : query->radius;
    const double open = latent__sampled_within(query, query->radius + 2 * loss) -
                        latent__sampled_within(query, from);
    const double tiles = fmax(query->partners / LATENT__LARGEST_TILE, 1);
    return sample->counting ? open : open * (1 + log(tiles));
}

/* The share of pairs that would be evaluated: those near the radius that decides, and all of rows that
 * lose too much. */
static double open_share(const latent__sample *sample, const latent__packing *packing, double loss,
                         const double *losses) {
    double open = 0, all = 0;
    for (int32_t q = 0; q < sample->queries; q++) {
        const latent__sampled_query *query = &sample->query[q];
        if (query->count == 0)
            continue;
        open += open_partners(sample, query, loss + loss_of(sample, packing, &query->row));
        all += query->partners;
    }
    int32_t lost = 0;
    for (int32_t r = 0; r < sample->rows; r++)
        lost += losses[r] > sample->radius / 4;
    const double share = (all > 0 ? open / all : 0) + (double)lost / sample->rows;
    return share < 1 ? share : 1;
}

/* Multiply-adds for each pair of the pass that packing takes. */
static double packing_cost(const latent__sample *sample, const latent__packing *packing) {
    const latent__pairs *pairs = sample->pairs;
    if (pairs->scratch && pairs->packing.screen == packing->screen)
        return 0; /* the pass before has done it */
    const double rows =
        (double)pairs->left->count + (pairs->symmetric ? 0 : (double)pairs->right->count);
    return rows * (double)packing->columns * pack / (sample->pass_pairs + 1);
}

static forecast forecast_of(const latent__sample *sample, latent__packing packing) {
    double losses[LATENT__SAMPLE_ROWS], ordered[LATENT__SAMPLE_ROWS], room[LATENT__SAMPLE_ROWS];
    for (int32_t r = 0; r < sample->rows; r++)
        ordered[r] = losses[r] = loss_of(sample, &packing, &sample->row[r]);
    latent__sort(ordered, room, sample->rows, NULL, NULL);
    forecast made = {.packing = packing, .loss = ordered[sample->rows / 2]};
    latent__packing_set_spread(&made.packing, made.loss, sample->radius);
    const double d = (double)packing.columns;
    const double pace = packing.arithmetic ? (double)packing.arithmetic->pace : 1;
    made.cost = packing_cost(sample, &packing) + d / pace + (double)packing.floats + look +
                open_share(sample, &packing, made.loss, losses) * latent__evaluation_cost(d);
    return made;
}

/* The features of largest magnitude, the largest first; returns how many. */
static int32_t find_large(const latent__sample *sample, int32_t *column) {
    const float *size = sample->largest;
    int32_t found = 0;
    for (int64_t k = 0; k < sample->pairs->space.columns; k++) {
        if (found > LATENT__MOST_FLOATS && size[k] <= size[column[LATENT__MOST_FLOATS]])
            continue;
        int32_t place = found > LATENT__MOST_FLOATS ? LATENT__MOST_FLOATS : found++;
        for (; place > 0 && size[column[place - 1]] < size[k]; place--)
            column[place] = column[place - 1];
        column[place] = (int32_t)k; /* below 2^31: more OpenBLAS does not take */
    }
    return found;
}

/* A format with so many of the large features in float32. */
static forecast with_floats(const latent__sample *sample, latent_screen screen,
                            const int32_t *large, int32_t floats) {
    const latent__pairs *pairs = sample->pairs;
    return forecast_of(sample, latent__packing_cells(pairs->context->screens, screen,
                                                     pairs->space.columns, large, floats));
}

/* A format's best packing. Features are tried in float32 where they stand out. */
static forecast best_of(const latent__sample *sample, latent_screen screen) {
    static const int32_t floats[] = {1, 4, LATENT__MOST_FLOATS};
    int32_t large[LATENT__MOST_FLOATS + 1];
    const int32_t count = find_large(sample, large);
    forecast best = with_floats(sample, screen, large, 0);
    for (size_t f = 0; f < sizeof floats / sizeof floats[0] && floats[f] < count; f++) {
        const float first = sample->largest[large[0]], next = sample->largest[large[floats[f]]];
        if (next > first / 2)
            continue;
        const forecast made = with_floats(sample, screen, large, floats[f]);
        if (made.cost < best.cost)
            best = made;
    }
    return best;
}

/* From the coarsest to the finest; float32 comes after them. */
static const latent_screen formats[] = {LATENT_SCREEN_INT8, LATENT_SCREEN_BFLOAT16,
                                        LATENT_SCREEN_INT16};
enum { FORMATS = sizeof formats / sizeof formats[0] };

static bool is_fast(const latent__pairs *pairs, latent_screen screen) {
    return latent__screens_arithmetic(pairs->context->screens, latent__format_of(screen))->pace > 1;
}

/* The cheapest first, then finer ones. */
static void rank(latent__pairs *pairs, const latent__sample *sample) {
    forecast made[FORMATS + 1];
    int32_t count = 0, best = 0;
    for (int f = 0; f < FORMATS; f++)
        if (is_fast(pairs, formats[f]))
            made[count++] = best_of(sample, formats[f]);
    made[count++] = forecast_of(sample, latent__packing_float32(pairs->space.columns));
    for (int32_t c = 1; c < count; c++)
        if (made[c].cost < made[best].cost)
            best = c;
    pairs->choices = 0;
    for (int32_t c = best; c < count; c++)
        if (c == best || c == count - 1 || made[c].loss < made[best].loss / 2)
            pairs->choice[pairs->choices++] = made[c].packing;
}

/* Whether there is something to choose, or to look at for a format that is forced. */
static bool sample_is_wanted(const latent__pairs *pairs) {
    const latent_screen forced = (latent_screen)pairs->context->options.screen;
    const double all = (double)pairs->left->count * (double)pairs->right->count;
    if (forced != LATENT_SCREEN_AUTO)
        return forced != LATENT_SCREEN_FLOAT32;
    if (all * (double)pairs->space.columns < small_problem ||
        all < (pairs->symmetric ? 2 : 1) * few_pairs)
        return false;
    for (int f = 0; f < FORMATS; f++)
        if (is_fast(pairs, formats[f]))
            return true;
    return false;
}

latent_status latent__choose_screens(latent__pairs *pairs, const latent__pass *pass) {
    latent_context *context = pairs->context;
    const latent_screen forced = (latent_screen)context->options.screen;
    const int64_t wanted = 2 * latent__sample_bytes(pairs->space.columns);
    pairs->choices = 1;
    pairs->choice[0] = latent__packing_float32(pairs->space.columns);
    if (!sample_is_wanted(pairs))
        return LATENT_OK;
    /* Panels that leave no memory hold a part of the rows as a rule: the next pass packs them anew
     * anyway. */
    if (latent__memory_left(context) < wanted)
        latent__plan_free(pairs);
    if (latent__memory_left(context) < wanted)
        return LATENT_OK;
    latent_status status = LATENT_OK;
    latent__sample *sample = latent__sample_make(pairs, pass, &status);
    if (status)
        return status;
    if (forced == LATENT_SCREEN_AUTO)
        rank(pairs, sample);
    else
        pairs->choice[0] = best_of(sample, forced).packing;
    latent__sample_free(pairs, sample);
    return latent__tick(context, 0) ? latent__fail_cancelled(context) : LATENT_OK;
}
