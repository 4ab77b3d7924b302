#include "common/kstar_arguments.h"

const char kstar_help[] =
    "usage: latent-kstar POINTS LABELS [OPTION]...\n"
    "\n"
    "Prints the k* distribution of labelled points: for each point the rank of its nearest\n"
    "neighbour with another label, divided by the size of its own concept. Exact.\n"
    "\n"
    "POINTS and LABELS are .npy or IDX files, plain or gzip. Each may name several files,\n"
    "separated by commas, whose rows follow one another.\n"
    "\n"
    "  --metric euclidean|cosine  distance (default: euclidean)\n"
    "  --names FILE               one name per line; line i, from 0, names label i\n"
    "  --threads N                threads; -1, the default: all CPUs\n"
    "  --memory BYTES             memory beside the data; K, M or G may follow the number\n"
    "  --ties exclude|include     own points exactly as far as the other concept (default: "
    "exclude)\n"
    "  --endpoints                skewness of the values together with 0 and 1\n"
    "  --sample N                 only estimate the coefficient, from N points of each concept\n"
    "  --seed S                   seed of the sample (default: 0)\n"
    "  --values OUT.npy           write every point's k*, as int64\n"
    "  --json OUT                 write JSON; -: to standard output, in the table's place\n"
    "  --plot OUT.svg|OUT.png     draw a violin per concept, with gnuplot\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 success, 1 failure, 2 wrong usage or bad input file, 130 stopped by Ctrl-C.\n";

enum option_code {
    OPTION_METRIC = PROGRAM_OWN,
    OPTION_NAMES,
    OPTION_TIES,
    OPTION_ENDPOINTS,
    OPTION_SAMPLE,
    OPTION_SEED,
    OPTION_VALUES
};

static const struct option long_options[] = {
    {"metric", required_argument, NULL, OPTION_METRIC},
    {"names", required_argument, NULL, OPTION_NAMES},
    {"ties", required_argument, NULL, OPTION_TIES},
    {"endpoints", no_argument, NULL, OPTION_ENDPOINTS},
    {"sample", required_argument, NULL, OPTION_SAMPLE},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"values", required_argument, NULL, OPTION_VALUES},
    PROGRAM_OPTIONS_END,
};

static bool read_option(void *own, int code, const char *text, struct io_error *error) {
    static const char *const metrics[] = {"euclidean", "cosine", NULL};
    static const char *const ties[] = {"exclude", "include", NULL};
    struct kstar_arguments *arguments = own;
    struct kstar_request *request = &arguments->request;
    bool ok = true;
    int place = 0;
    switch (code) {
    case OPTION_METRIC:
        ok = option_choice("metric", text, metrics, &place, error);
        request->metric = place == 1 ? LATENT_COSINE : LATENT_EUCLIDEAN;
        break;
    case OPTION_TIES:
        ok = option_choice("ties", text, ties, &place, error);
        request->ties = place == 1 ? LATENT_TIES_INCLUDE : LATENT_TIES_EXCLUDE;
        break;
    case OPTION_ENDPOINTS:
        request->endpoints = true;
        break;
    case OPTION_SAMPLE:
        return option_number("sample", text, 3, INT64_MAX, &request->sample, error);
    case OPTION_SEED:
        return option_seed("seed", text, &request->seed, error);
    case OPTION_NAMES:
        arguments->names = text;
        break;
    case OPTION_VALUES:
        arguments->values = text;
        break;
    }
    return ok;
}

/* Options that do not go together. */
static bool check_arguments(const struct kstar_arguments *arguments, struct io_error *error) {
    if (arguments->request.sample > 0 && arguments->values)
        return io_fail(error, "--sample computes no values to write");
    return arguments->request.sample == 0 || !arguments->common.plot ||
           io_fail(error, "--sample computes no values to plot");
}

bool kstar_arguments_read(struct kstar_arguments *arguments, int count, char **words,
                          struct io_error *error) {
    *arguments = (struct kstar_arguments){.points = NULL};
    if (!program_options_read(&arguments->common, count, words, long_options, read_option,
                              arguments, error))
        return false;
    if (arguments->common.help || arguments->common.version)
        return true;
    if (count - optind != 2)
        return io_fail(error, "two arguments are needed, POINTS and LABELS; --help says more");
    arguments->points = words[optind];
    arguments->labels = words[optind + 1];
    return check_arguments(arguments, error);
}
