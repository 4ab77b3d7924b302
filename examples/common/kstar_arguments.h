/* The command line of latent-kstar. */
#ifndef EXAMPLES_KSTAR_ARGUMENTS_H
#define EXAMPLES_KSTAR_ARGUMENTS_H

#include "common/io_error.h"
#include "common/kstar_report.h"
#include "common/kstar_violin.h"

struct kstar_arguments {
    bool help, version; /* asked for: the rest is not filled in */
    const char *points, *labels;
    const char *names, *values, *json, *plot; /* NULL: not given */
    enum violin_format format;
    struct kstar_request request;
    int32_t threads;
    int64_t memory; /* 0: as memory_share.h says */
};

extern const char kstar_help[];

/* Reads the words of the command line, which must outlive the result. getopt_long() itself complains
 * on standard error about options that do not exist. */
bool kstar_arguments_read(struct kstar_arguments *arguments, int count, char **words,
                          struct io_error *error);

#endif
