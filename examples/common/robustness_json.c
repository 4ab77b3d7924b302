#include "common/robustness_json.h"

#include "common/json_text.h"

static json_t *shift_names(const struct accuracy_table *table) {
    json_t *array = json_array();
    for (int64_t s = 0; array && s < table->shifts; s++)
        array = json_append(array, json_string(accuracy_shift_name(table, s)));
    return array;
}

static json_t *fit_row(const struct robustness_report *report, int64_t s) {
    const latent_robustness_fits *fits = &report->fits;
    return json_pack(
        "{s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "shift", accuracy_shift_name(report->table, s),
        "models", (json_int_t)fits->models[s], "slope", json_number(fits->slope[s]), "slope_stderr",
        json_number(fits->slope_error[s]), "intercept", json_number(fits->intercept[s]),
        "intercept_stderr", json_number(fits->intercept_error[s]), "r_squared",
        json_number(fits->r_squared[s]), "residual_std", json_number(fits->residual_std[s]));
}

static json_t *fit_rows(const struct robustness_report *report) {
    json_t *array = json_array();
    for (int64_t s = 0; array && s < report->table->shifts; s++)
        array = json_append(array, fit_row(report, s));
    return array;
}

static json_t *model_row(const struct robustness_report *report, int64_t m) {
    const struct accuracy_table *table = report->table;
    return json_pack("{s:s, s:b, s:o, s:o, s:o, s:o}", "model", accuracy_model_name(table, m),
                     "baseline", (int)table->is_baseline[m], "reference",
                     json_number(table->reference[m]), "shifted",
                     json_numbers(table->shifted + m * table->shifts, table->shifts), "er",
                     json_numbers(report->effective + m * table->shifts, table->shifts), "mean_er",
                     json_number(report->mean[m]));
}

static json_t *model_rows(const struct robustness_report *report) {
    json_t *array = json_array();
    for (int64_t place = 0; array && place < report->table->models; place++)
        array = json_append(array, model_row(report, report->order[place]));
    return array;
}

bool robustness_json_write(FILE *stream, const struct robustness_report *report,
                           struct io_error *error) {
    json_t *root = json_pack(
        "{s:s, s:o, s:I, s:o, s:o}", "reference", accuracy_reference_name(report->table), "shifts",
        shift_names(report->table), "baselines", (json_int_t)report->table->baselines, "fits",
        fit_rows(report), "models", model_rows(report));
    return json_write(stream, root, error);
}
