#include "common/geometry_json.h"

#include "common/json_text.h"

static json_t *seen(const struct geometry_image *image) {
    return json_pack("{s:I, s:o}", "class", (json_int_t)image->label, "probability",
                     json_number(image->probability));
}

/* A column of the constants. */
static json_t *values(const struct geometry_constants *family, int64_t epsilons, int64_t e) {
    json_t *array = json_array();
    for (int64_t i = 0; array && i < family->directions; i++)
        array = json_append(array, json_number(family->value[i * epsilons + e]));
    return array;
}

static json_t *spread(const struct geometry_report *report, int f, int64_t e) {
    const struct geometry_constants *family = &report->family[f];
    const struct geometry_request *request = &report->request;
    const struct geometry_spread *at = &family->spread[e];
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "epsilon",
                     json_number(request->epsilon[e]), "minimum", json_number(at->least), "q05",
                     json_number(at->low), "median", json_number(at->median), "mean",
                     json_number(at->mean), "q95", json_number(at->high), "maximum",
                     json_number(at->most), "rounding", json_number(at->rounding), "values",
                     values(family, request->epsilons, e));
}

/* An object for each length of steps; null for a family that was not measured. */
static json_t *family(const struct geometry_report *report, int f) {
    const bool measured = report->family[f].directions > 0;
    json_t *array = measured ? json_array() : json_null();
    for (int64_t e = 0; measured && array && e < report->request.epsilons; e++)
        array = json_append(array, spread(report, f, e));
    return array;
}

static json_t *families(const struct geometry_report *report) {
    json_t *object = json_object();
    for (int f = 0; object && f < GEOMETRY_FAMILIES; f++)
        if (json_object_set_new(object, geometry_families[f], family(report, f)) != 0) {
            json_decref(object);
            object = NULL;
        }
    return object;
}

static json_t *matching(const struct geometry_report *report) {
    const struct geometry_matching *from = &report->matching;
    if (!from->loss)
        return json_null();
    return json_pack("{s:I, s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "target",
                     (json_int_t)report->request.target, "state", geometry_state(from->state),
                     "steps", (json_int_t)from->steps, "best", (json_int_t)from->best, "loss",
                     json_numbers(from->loss, from->steps + 1), "cosine",
                     json_numbers(from->cosine, from->steps + 1), "mean_change",
                     json_numbers(from->moved, from->steps + 1), "distance",
                     json_number(from->distance), "within", json_number(from->within),
                     "target_seen", seen(&report->target), "result_seen", seen(&report->result),
                     "result", json_numbers(report->result.pixels, report->inputs));
}

static json_t *jacobian(const struct geometry_report *report) {
    const struct geometry_jacobian *from = &report->jacobian;
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o}", "sigma", json_numbers(from->sigma, from->rank),
        "residual", from->residual ? json_numbers(from->residual, from->rank) : json_null(),
        "frobenius", json_number(from->frobenius), "frobenius_error",
        json_number(from->frobenius_error), "stable_rank", json_number(from->stable_rank),
        "stable_rank_error", json_number(from->stable_rank_error));
}

static json_t *evaluations(const latent_encoder_usage *usage) {
    return json_pack("{s:I, s:I, s:I}", "forward", (json_int_t)usage->forward_rows, "jvp",
                     (json_int_t)usage->jvp_rows, "vjp", (json_int_t)usage->vjp_rows);
}

bool geometry_json_write(FILE *stream, const struct geometry_report *report,
                         struct io_error *error) {
    json_t *root = json_pack(
        "{s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "image", (json_int_t)report->request.image,
        "pixels", (json_int_t)report->inputs, "features", (json_int_t)report->outputs, "seen",
        seen(&report->start), "jacobian", jacobian(report), "lipschitz", families(report),
        "matching", matching(report), "evaluations", evaluations(&report->usage));
    return json_write(stream, root, error);
}
