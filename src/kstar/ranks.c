#include "ranks.h"

#include <inttypes.h>
#include <math.h>

/* Every query must have a reference of another label. */
static latent_status check_foreign(const latent__pairs *pairs) {
    const latent__side *references = pairs->right, *queries = pairs->left;
    if (references->group_count > 1)
        return LATENT_OK;
    const int32_t only = references->group_label[0];
    if (pairs->symmetric || pairs->self)
        return latent__fail(pairs->context, LATENT_ERROR_DOMAIN,
                            "labels has one distinct value (%" PRId32 "); k* needs two", only);
    const int64_t group = latent__side_find(queries, only);
    if (group < 0)
        return LATENT_OK;
    return latent__fail(
        pairs->context, LATENT_ERROR_DOMAIN,
        "query_labels[%" PRId64 "] is %" PRId32
        ", the only value in reference_labels; k* needs a reference of another label",
        latent__side_row(queries, queries->group_start[group]), only);
}

static void write_results(const latent__pairs *pairs, int64_t *kstar, latent_kstar_extra *extra) {
    for (int64_t p = 0; p < pairs->left->count; p++) {
        const int64_t entry = latent__side_entry(pairs->left, p);
        kstar[entry] = 1 + pairs->below[p];
        if (extra->foreign_index)
            extra->foreign_index[entry] = pairs->neighbor[p];
        if (extra->foreign_distance)
            extra->foreign_distance[entry] = pairs->distance[p];
    }
    extra->tied_pairs = pairs->tied;
    extra->rescored_pairs = pairs->context->rescored_pairs;
    extra->nearest_screen = pairs->nearest_screen;
    extra->count_screen = pairs->count_screen;
}

latent_status latent__ranks(latent_context *context, const latent__problem *problem,
                            latent_ties ties, int64_t *kstar, latent_kstar_extra *extra) {
    latent__pairs pairs;
    latent_status status = latent__pairs_open(context, problem, 1, &pairs);
    if (!status)
        status = check_foreign(&pairs);
    if (!status) {
        /* The count pass's share of all multiply-adds. */
        const double half = 1 - latent__pairs_of_one_label(&pairs) /
                                    ((double)pairs.left->count * (double)pairs.right->count);
        status = latent__pairs_nearest(&pairs, 0, half);
        if (!status)
            status = latent__pairs_count(&pairs, ties == LATENT_TIES_INCLUDE, half, 1);
    }
    if (!status)
        write_results(&pairs, kstar, extra);
    latent__pairs_close(&pairs);
    return status;
}
