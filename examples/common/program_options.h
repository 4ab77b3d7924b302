/* The options that programs share, and readers for the values of options. */
#ifndef EXAMPLES_PROGRAM_OPTIONS_H
#define EXAMPLES_PROGRAM_OPTIONS_H

#include <getopt.h>
#include <stdint.h>

#include "common/io_error.h"
#include "common/plot_page.h"

struct program_options {
    bool help, version;      /* asked for: the rest is not filled in */
    const char *json, *plot; /* NULL: not given */
    enum plot_format format;
    int32_t threads;
    int64_t memory; /* 0: not given */
};

/* Codes of getopt_long(); a program's own options count on from PROGRAM_OWN. */
enum program_option {
    PROGRAM_THREADS = 1,
    PROGRAM_MEMORY,
    PROGRAM_JSON,
    PROGRAM_PLOT,
    PROGRAM_HELP,
    PROGRAM_VERSION,
    PROGRAM_OWN
};

/* The end of a program's list of options, what terminates it included: for one that needs neither
 * threads nor much memory, and for one that does. */
/* clang-format off */
#define PROGRAM_OUTPUT_OPTIONS_END \
    {"json", required_argument, NULL, PROGRAM_JSON}, \
    {"plot", required_argument, NULL, PROGRAM_PLOT}, \
    {"help", no_argument, NULL, PROGRAM_HELP}, \
    {"version", no_argument, NULL, PROGRAM_VERSION}, \
    {NULL, 0, NULL, 0}
#define PROGRAM_OPTIONS_END \
    {"threads", required_argument, NULL, PROGRAM_THREADS}, \
    {"memory", required_argument, NULL, PROGRAM_MEMORY}, \
    PROGRAM_OUTPUT_OPTIONS_END
/* clang-format on */

/* Takes one of a program's own options; `text` is its value. */
typedef bool option_reader(void *arguments, int code, const char *text, struct io_error *error);

/* Reads the options among the words of the command line, which must outlive the result, and
 * moves them to the front; the other words begin at `optind`. getopt_long() itself complains on
 * standard error about options that do not exist. */
bool program_options_read(struct program_options *options, int count, char **words,
                          const struct option *list, option_reader *read, void *arguments,
                          struct io_error *error);

/* A whole number in a range, and nothing after it. */
bool option_number(const char *option, const char *text, int64_t least, int64_t most,
                   int64_t *value, struct io_error *error);

/* A number above 0, and up to `most` (infinity: any that is finite). */
bool option_positive(const char *option, const char *text, double most, double *value,
                     struct io_error *error);

/* A number in 0 … 1. */
bool option_share(const char *option, const char *text, double *value, struct io_error *error);

/* A whole number from 0 to 2^64 − 1. */
bool option_seed(const char *option, const char *text, uint64_t *seed, struct io_error *error);

/* Bytes, with K, M or G for 2^10, 2^20, 2^30. */
bool option_memory(const char *option, const char *text, int64_t *bytes, struct io_error *error);

/* The place of `text` among at most eight words, which end with NULL. */
bool option_choice(const char *option, const char *text, const char *const *choices, int *place,
                   struct io_error *error);

#endif
