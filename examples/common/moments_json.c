#include "common/moments_json.h"

#include "common/json_text.h"

/* Keys are percents. */
static json_t *quantiles(const struct moments_report *report, const double *quantile) {
    if (!report->kurtosis)
        return json_null();
    json_t *object = json_object();
    for (int q = 0; object && q < MOMENTS_QUANTILES; q++) {
        char key[16];
        snprintf(key, sizeof key, "%d", moments_percent[q]);
        if (json_object_set_new(object, key, json_number(quantile[q])) != 0) {
            json_decref(object);
            object = NULL;
        }
    }
    return object;
}

static json_t *moment(const struct moments_report *report, double mean, double std,
                      const double *quantile) {
    return json_pack("{s:o, s:o, s:o}", "mean", json_number(mean), "std", json_number(std),
                     "quantiles", quantiles(report, quantile));
}

static json_t *criteria(int32_t bits) {
    const char *names[4];
    moments_criteria_names(bits, names);
    json_t *array = json_array();
    for (int i = 0; array && names[i]; i++)
        array = json_append(array, json_string(names[i]));
    return array;
}

static json_t *outlier(const struct moments_report *report, int64_t i) {
    const latent_outliers *outliers = &report->outliers;
    return json_pack(
        "{s:I, s:o, s:o, s:o, s:o, s:o}", "index", (json_int_t)i, "mean_abs",
        json_number(report->feature.mean_abs[i]), "ratio", json_number(outliers->ratio[i]),
        "share_over_6", json_number(outliers->share_magnitude[i]), "share_over_6_sigma",
        json_number(outliers->share_sigma[i]), "criteria", criteria(outliers->criteria[i]));
}

static json_t *outlier_list(const struct moments_report *report) {
    json_t *array = json_array();
    for (int64_t place = 0; array && place < report->outliers.count; place++)
        array = json_append(array, outlier(report, report->outlier[place]));
    return array;
}

static json_t *counts(const int64_t *values, int64_t count) {
    json_t *array = json_array();
    for (int64_t i = 0; array && i < count; i++)
        array = json_append(array, json_integer((json_int_t)values[i]));
    return array;
}

static json_t *feature_moments(const struct moments_report *report) {
    const latent_moments_features *feature = &report->feature;
    const int64_t d = report->features;
    if (!report->request.of_features)
        return json_null();
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "count", counts(feature->count, d), "mean",
        json_numbers(feature->mean, d), "variance", json_numbers(feature->variance, d), "skewness",
        json_numbers(feature->skewness, d), "kurtosis", json_numbers(feature->kurtosis, d), "min",
        json_numbers(feature->min, d), "max", json_numbers(feature->max, d), "mean_abs",
        json_numbers(feature->mean_abs, d), "degenerate", (json_int_t)feature->degenerate);
}

static json_t *options(const struct moments_request *request) {
    static const char *const policies[] = {"raise", "omit", "propagate"};
    return json_pack("{s:s, s:b, s:s, s:o, s:o, s:o, s:o}", "bias",
                     request->bias == LATENT_UNBIASED ? "unbiased" : "biased", "fisher",
                     (int)request->fisher, "nan_policy", policies[request->nan_policy], "magnitude",
                     json_number(request->magnitude), "sigma", json_number(request->sigma), "share",
                     json_number(request->share), "ratio", json_number(request->ratio));
}

bool moments_json_write(FILE *stream, const struct moments_report *report, struct io_error *error) {
    const latent_moments_overall *overall = &report->overall;
    json_t *root = json_pack(
        "{s:I, s:I, s:o, s:o, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "samples",
        (json_int_t)overall->samples, "features", (json_int_t)report->features, "kurtosis",
        moment(report, overall->kurtosis_mean, overall->kurtosis_std, report->kurtosis_quantile),
        "skewness",
        moment(report, overall->skewness_mean, overall->skewness_std, report->skewness_quantile),
        "quantile_samples", (json_int_t)(report->kurtosis ? report->rows : 0), "degenerate",
        (json_int_t)overall->degenerate, "undefined", (json_int_t)overall->undefined, "nonfinite",
        (json_int_t)overall->nonfinite, "median_mean_abs", json_number(report->outliers.median),
        "outlier_features", outlier_list(report), "feature_moments", feature_moments(report),
        "options", options(&report->request));
    return json_write(stream, root, error);
}
