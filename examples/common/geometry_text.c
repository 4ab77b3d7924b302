#include "common/geometry_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "common/utf8.h"

const char *geometry_seen(char text[GEOMETRY_SEEN], const struct geometry_image *image,
                          const struct concept_names *names) {
    char name[64];
    const char *known = concept_names_get(names, (int32_t)image->label);
    if (known)
        utf8_fit(name, sizeof name, known, 16, false);
    else
        snprintf(name, sizeof name, "class %" PRId64, image->label);
    snprintf(text, GEOMETRY_SEEN, "seen as %s, %.1f %%", name, 100 * image->probability);
    return text;
}

/* The largest for which a tenth of the pixels at most is beyond black or white. */
double geometry_gain(const struct geometry_report *report) {
    static const double gains[] = {50, 20, 10, 5, 2};
    for (size_t g = 0; g < sizeof gains / sizeof *gains; g++) {
        int64_t beyond = 0;
        for (int64_t i = 0; i < report->inputs; i++)
            beyond += gains[g] * fabs(report->result.pixels[i] - report->start.pixels[i]) > 1;
        if (10 * beyond <= report->inputs)
            return gains[g];
    }
    return 1;
}
