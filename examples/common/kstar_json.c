#include "common/kstar_json.h"

#include "common/json_text.h"

static json_t *concept_row(const struct kstar_report *report, int64_t c,
                           const struct concept_names *names) {
    return json_pack("{s:I, s:s?, s:I, s:o, s:o, s:o, s:s}", "label", (json_int_t)report->label[c],
                     "name", concept_names_get(names, report->label[c]), "count",
                     (json_int_t)report->samples[c], "mean", json_number(report->mean[c]), "std",
                     json_number(report->std[c]), "skewness", json_number(report->skewness[c]),
                     "pattern", latent_pattern_string((latent_pattern)report->pattern[c]));
}

static json_t *concept_rows(const struct kstar_report *report, const struct concept_names *names) {
    json_t *rows = json_array();
    const int64_t count = report->request.sample > 0 ? 0 : report->concepts;
    for (int64_t c = 0; rows && c < count; c++)
        rows = json_append(rows, concept_row(report, c, names));
    return rows;
}

bool kstar_json_write(FILE *stream, const struct kstar_report *report,
                      const struct concept_names *names, struct io_error *error) {
    const latent_kstar_overall *overall = &report->overall;
    json_t *root = json_pack(
        "{s:I, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I}", "points",
        (json_int_t)report->points, "dimension", (json_int_t)report->dimension, "metric",
        kstar_metric_name(report->request.metric), "concepts", concept_rows(report, names), "gamma",
        json_number(overall->gamma), "gamma_weighted", json_number(overall->gamma_weighted),
        "gamma_pooled", json_number(overall->gamma_pooled), "gamma_sampled",
        json_number(report->sampled.gamma), "gamma_sampled_stderr",
        json_number(report->sampled.standard_error), "perfect", (json_int_t)overall->perfect,
        "undefined", (json_int_t)overall->undefined);
    return json_write(stream, root, error);
}
