/* What table and pictures say of a geometry report in the same words. */
#ifndef EXAMPLES_GEOMETRY_TEXT_H
#define EXAMPLES_GEOMETRY_TEXT_H

#include "common/concept_names.h"
#include "common/geometry_report.h"

/* What the network sees: "seen as Bag, 98.1 %". Returns `text`. */
enum { GEOMETRY_SEEN = 128 };
const char *geometry_seen(char text[GEOMETRY_SEEN], const struct geometry_image *image,
                          const struct concept_names *names);

/* How many times enlarged the difference of the matched image is shown: up to 50 times, and less
 * where that would leave nothing but black and white. */
double geometry_gain(const struct geometry_report *report);

#endif
