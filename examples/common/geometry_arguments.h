/* The command line of latent-geometry. */
#ifndef EXAMPLES_GEOMETRY_ARGUMENTS_H
#define EXAMPLES_GEOMETRY_ARGUMENTS_H

#include "common/geometry_report.h"
#include "common/program_options.h"

struct geometry_arguments {
    struct program_options common; /* --help or --version: the rest is not filled in */
    const char *model, *images;
    const char *names, *picture; /* NULL: not given */
    enum plot_format picture_format;
    uint64_t seed;
    bool matches; /* an option that only --target gives a meaning */
    struct geometry_request request;
};

extern const char geometry_help[];

/* As program_options_read(). */
bool geometry_arguments_read(struct geometry_arguments *arguments, int count, char **words,
                             struct io_error *error);

/* Whether the file has the images, and the Jacobian as many singular values. */
bool geometry_arguments_suit(const struct geometry_arguments *arguments,
                             const struct vit_model *model, const struct image_file *images,
                             struct io_error *error);

#endif
