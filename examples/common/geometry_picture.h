/* Matching as a picture: the images, and how it went. */
#ifndef EXAMPLES_GEOMETRY_PICTURE_H
#define EXAMPLES_GEOMETRY_PICTURE_H

#include "common/concept_names.h"
#include "common/geometry_report.h"
#include "common/plot_page.h"

/* A report with a matching, and names of the classes. */
struct geometry_picture {
    const struct geometry_report *report;
    const struct concept_names *names;
};

/* Has gnuplot draw into the descriptor. */
bool geometry_picture_draw(int output, const struct geometry_picture *picture,
                           enum plot_format format, struct io_error *error);

#endif
