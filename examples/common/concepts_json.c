#include "common/concepts_json.h"

#include <math.h>

#include "common/json_text.h"

static json_t *integers(const int64_t *values, int64_t count) {
    json_t *array = json_array();
    for (int64_t i = 0; array && i < count; i++)
        array = json_append(array, json_integer((json_int_t)values[i]));
    return array;
}

static json_t *polysemanticity(const struct concepts_report *report) {
    const latent_concepts_report *found = &report->found;
    return json_pack("{s:o, s:I, s:o}", "mean", json_number(found->mean_concepts), "max",
                     (json_int_t)found->most_concepts, "histogram",
                     integers(found->histogram, found->most_concepts + 1));
}

static json_t *chance(const struct concepts_report *report, int64_t concept) {
    if (report->request.permutations == 0)
        return json_null();
    return json_pack("{s:o, s:o, s:o}", "mean", json_number(report->chance.mean[concept]),
                     "largest", json_number(report->chance.largest[concept]), "p_value",
                     json_number(report->chance.p_value[concept]));
}

static json_t *name(const struct concepts_report *report, int64_t concept) {
    char digits[CONCEPTS_DIGITS];
    const char *title = concepts_title(report, concept, digits);
    return title == digits ? json_null() : json_string(title);
}

static json_t *best(const struct concepts_report *report, int64_t concept) {
    const latent_concepts_report *found = &report->found;
    const int64_t direction = found->best_direction[concept];
    const bool none = direction < 0;
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:b, s:I, s:I, s:I, s:I, s:o}", "concept",
                     (json_int_t) concept, "name", name(report, concept), "direction",
                     none ? json_null() : json_integer((json_int_t)direction), "sign",
                     none ? json_null() : json_integer(concepts_sign(report, direction, concept)),
                     "ap", json_number(found->best_ap[concept]), "encoded", found->encoded[concept],
                     "directions", (json_int_t)found->directions_of_concept[concept], "present",
                     (json_int_t)report->counts.present[concept], "absent",
                     (json_int_t)report->counts.absent[concept], "ignored",
                     (json_int_t)report->counts.ignored[concept], "chance",
                     chance(report, concept));
}

static json_t *best_list(const struct concepts_report *report) {
    json_t *array = json_array();
    for (int64_t place = 0; array && place < report->concepts; place++)
        array = json_append(array, best(report, report->order[place]));
    return array;
}

static json_t *curve(const struct concepts_report *report) {
    return json_pack("{s:o, s:o, s:o}", "threshold", json_numbers(report->level, CONCEPTS_LEVELS),
                     "unique_concepts", integers(report->unique_at, CONCEPTS_LEVELS),
                     "encoded_pairs", integers(report->pairs_at, CONCEPTS_LEVELS));
}

bool concepts_json_write(FILE *stream, const struct concepts_report *report,
                         struct io_error *error) {
    const latent_concepts_report *found = &report->found;
    json_t *root = json_pack(
        "{s:I, s:I, s:I, s:f, s:I, s:I, s:I, s:o, s:o, s:s, s:I, s:I, s:o, s:o}", "samples",
        (json_int_t)report->samples, "directions", (json_int_t)report->directions, "concepts",
        (json_int_t)report->concepts, "threshold", report->request.threshold, "encoded_pairs",
        (json_int_t)found->encoded_pairs, "unique_concepts", (json_int_t)found->unique_concepts,
        "degenerate_concepts", (json_int_t)found->degenerate_concepts, "polysemanticity",
        polysemanticity(report), "best", best_list(report), "sign",
        concepts_signs[report->request.sign], "permutations",
        (json_int_t)report->request.permutations, "encoding_directions",
        (json_int_t)found->encoding_directions, "concepts_of_direction",
        integers(found->concepts_of_direction, report->directions), "curve", curve(report));
    return json_write(stream, root, error);
}
