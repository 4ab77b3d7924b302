#include "common/directions_json.h"

#include <math.h>

#include "common/json_text.h"
#include "common/kept_counts.h"

static json_t *direction(const struct directions_report *report, int64_t i) {
    const latent_importance_result *importance = &report->importance;
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "index", (json_int_t)i, "sigma",
                     json_number(latent_directions_values(report->directions)[i]), "cosine",
                     json_number(importance->cosine[i]), "projection",
                     json_number(importance->projection[i]), "variance",
                     json_number(importance->variance[i]), "importance",
                     json_number(importance->importance[i]));
}

static json_t *direction_list(const struct directions_report *report) {
    json_t *array = json_array();
    for (int64_t place = 0; array && place < report->rank; place++)
        array = json_append(array, direction(report, report->importance.order[place]));
    return array;
}

/* Numbers of samples as shares; null without them. */
static json_t *shares(const struct directions_report *report, const int64_t *counts) {
    json_t *array = counts ? json_array() : json_null();
    for (int64_t kept = 0; counts && array && kept <= report->rank; kept++)
        array = json_append(array, json_number(directions_share(report, counts[kept])));
    return array;
}

static json_t *kept_list(int64_t rank) {
    json_t *array = json_array();
    for (int64_t kept = 0; array && kept <= rank; kept++)
        array = json_append(array, json_integer((json_int_t)kept));
    return array;
}

static json_t *curve(const struct directions_report *report) {
    const latent_pruning_curve *values = &report->curve;
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "kept", kept_list(report->rank), "energy",
                     json_numbers(values->energy, report->rank + 1), "top1",
                     shares(report, values->correct), "top_k", shares(report, values->correct_top),
                     "changed", shares(report, values->changed));
}

/* The curve's values at one place. */
static json_t *level(const struct directions_report *report, int64_t kept) {
    const latent_pruning_curve *values = &report->curve;
    const double top1 =
        values->correct ? directions_share(report, values->correct[kept]) : (double)NAN;
    const double top_k =
        values->correct ? directions_share(report, values->correct_top[kept]) : (double)NAN;
    return json_pack("{s:I, s:o, s:o, s:o, s:o}", "count", (json_int_t)kept, "energy",
                     json_number(values->energy[kept]), "top1", json_number(top1), "top_k",
                     json_number(top_k), "changed",
                     json_number(directions_share(report, values->changed[kept])));
}

/* What --keep asked for. The curve says nothing about a layer of activation-aware pruning. */
static json_t *keep(const struct directions_report *report) {
    if (report->kept < 0)
        return json_null();
    if (report->error)
        return json_pack("{s:I, s:b, s:o, s:o}", "count", (json_int_t)report->kept, "aware", 1,
                         "error", json_number(report->error[report->kept]), "plain_error",
                         json_number(report->plain_error[report->kept]));
    json_t *object = level(report, report->kept);
    if (object && json_object_set_new(object, "aware", json_false()) != 0) {
        json_decref(object);
        object = NULL;
    }
    return object;
}

static json_t *aware(const struct directions_report *report) {
    if (!report->error)
        return json_null();
    return json_pack("{s:o, s:o}", "error", json_numbers(report->error, report->rank + 1),
                     "plain_error", json_numbers(report->plain_error, report->rank + 1));
}

bool directions_json_write(FILE *stream, const struct directions_report *report,
                           struct io_error *error) {
    const latent_importance_result *importance = &report->importance;
    json_t *root = json_pack(
        "{s:[I, I], s:I, s:I, s:I, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "head",
        (json_int_t)report->outputs, (json_int_t)report->inputs, "rank", (json_int_t)report->rank,
        "samples", (json_int_t)importance->samples, "zeros", (json_int_t)importance->zeros,
        "importance", directions_kinds[report->request.importance], "top",
        (json_int_t)report->request.top, "top_ratio", json_number(importance->top_ratio),
        "top_share", json_number(importance->top_share), "directions", direction_list(report),
        "curve", curve(report), "sufficient", level(report, report->sufficient), "at_20_percent",
        level(report, kept_of_percent(20, report->rank)), "keep", keep(report), "aware",
        aware(report));
    return json_write(stream, root, error);
}
