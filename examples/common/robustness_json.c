#include "common/robustness_json.h"

#include <math.h>

#include <jansson.h>

/* NaN is null. */
static json_t *number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

/* Takes over the element; NULL if either is, or if there is no memory. */
static json_t *appended(json_t *array, json_t *element) {
    if (array && json_array_append_new(array, element) == 0)
        return array;
    json_decref(array);
    return NULL;
}

static json_t *numbers(const double *values, int64_t count) {
    json_t *array = json_array();
    for (int64_t i = 0; array && i < count; i++)
        array = appended(array, number(values[i]));
    return array;
}

static json_t *shift_names(const struct accuracy_table *table) {
    json_t *array = json_array();
    for (int64_t s = 0; array && s < table->shifts; s++)
        array = appended(array, json_string(accuracy_shift_name(table, s)));
    return array;
}

static json_t *fit_rows(const struct robustness_report *report) {
    const latent_robustness_fits *fits = &report->fits;
    json_t *array = json_array();
    for (int64_t s = 0; array && s < report->table->shifts; s++)
        array = appended(
            array,
            json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "shift",
                      accuracy_shift_name(report->table, s), "models", (json_int_t)fits->models[s],
                      "slope", number(fits->slope[s]), "slope_stderr", number(fits->slope_error[s]),
                      "intercept", number(fits->intercept[s]), "intercept_stderr",
                      number(fits->intercept_error[s]), "r_squared", number(fits->r_squared[s]),
                      "residual_std", number(fits->residual_std[s])));
    return array;
}

static json_t *model_rows(const struct robustness_report *report) {
    const struct accuracy_table *table = report->table;
    json_t *array = json_array();
    for (int64_t place = 0; array && place < table->models; place++) {
        const int64_t m = report->order[place];
        array = appended(
            array, json_pack("{s:s, s:b, s:o, s:o, s:o, s:o}", "model",
                             accuracy_model_name(table, m), "baseline", (int)table->is_baseline[m],
                             "reference", number(table->reference[m]), "shifted",
                             numbers(table->shifted + m * table->shifts, table->shifts), "er",
                             numbers(report->effective + m * table->shifts, table->shifts),
                             "mean_er", number(report->mean[m])));
    }
    return array;
}

bool robustness_json_write(FILE *stream, const struct robustness_report *report,
                           struct io_error *error) {
    json_t *root = json_pack(
        "{s:s, s:o, s:I, s:o, s:o}", "reference", accuracy_reference_name(report->table), "shifts",
        shift_names(report->table), "baselines", (json_int_t)report->table->baselines, "fits",
        fit_rows(report), "models", model_rows(report));
    if (!root)
        return io_fail(error, "no memory for the JSON");
    const bool ok = json_dumpf(root, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) == 0 &&
                    fputc('\n', stream) != EOF;
    json_decref(root);
    return ok || io_fail(error, "the JSON could not be written");
}
