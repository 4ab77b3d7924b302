#include "common/kstar_arguments.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

/* A whole number in a range, and nothing after it. */
static bool read_number(const char *option, const char *text, int64_t least, int64_t most,
                        int64_t *value, struct io_error *error) {
    char *end;
    errno = 0;
    const long long number = strtoll(text, &end, 10);
    if (end == text || *end != '\0')
        return io_fail(error, "--%s: '%s' is no whole number", option, text);
    if (errno == ERANGE || number < least || number > most)
        return io_fail(error, "--%s: %s is not in %" PRId64 " ... %" PRId64, option, text, least,
                       most);
    *value = number;
    return true;
}

static bool read_seed(const char *text, uint64_t *seed, struct io_error *error) {
    char *end;
    errno = 0;
    *seed = strtoull(text, &end, 10);
    return (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0) ||
           io_fail(error, "--seed: '%s' is no whole number from 0 to 2^64 - 1", text);
}

/* Bytes, with K, M or G for 2^10, 2^20, 2^30. */
static bool read_memory(const char *text, int64_t *bytes, struct io_error *error) {
    static const char suffixes[] = "KMG";
    char digits[24];
    const size_t length = strlen(text);
    const char *suffix = length > 0 ? strchr(suffixes, text[length - 1]) : NULL;
    const int shift = suffix && *suffix ? 10 * (int)(suffix - suffixes + 1) : 0;
    if (length >= sizeof digits)
        return io_fail(error, "--memory: '%s' is no number of bytes", text);
    memcpy(digits, text, length + 1);
    if (shift > 0)
        digits[length - 1] = '\0';
    if (!read_number("memory", digits, 1, INT64_MAX >> shift, bytes, error))
        return false;
    *bytes <<= shift;
    return true;
}

/* One of two words: false is the first, true the second. */
static bool read_choice(const char *option, const char *text, const char *first, const char *second,
                        bool *is_second, struct io_error *error) {
    *is_second = strcmp(text, second) == 0;
    return *is_second || strcmp(text, first) == 0 ||
           io_fail(error, "--%s: '%s' is neither %s nor %s", option, text, first, second);
}

enum option_code {
    OPTION_METRIC = 1,
    OPTION_NAMES,
    OPTION_THREADS,
    OPTION_MEMORY,
    OPTION_TIES,
    OPTION_ENDPOINTS,
    OPTION_SAMPLE,
    OPTION_SEED,
    OPTION_VALUES,
    OPTION_JSON,
    OPTION_PLOT,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option long_options[] = {
    {"metric", required_argument, NULL, OPTION_METRIC},
    {"names", required_argument, NULL, OPTION_NAMES},
    {"threads", required_argument, NULL, OPTION_THREADS},
    {"memory", required_argument, NULL, OPTION_MEMORY},
    {"ties", required_argument, NULL, OPTION_TIES},
    {"endpoints", no_argument, NULL, OPTION_ENDPOINTS},
    {"sample", required_argument, NULL, OPTION_SAMPLE},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"values", required_argument, NULL, OPTION_VALUES},
    {"json", required_argument, NULL, OPTION_JSON},
    {"plot", required_argument, NULL, OPTION_PLOT},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static bool read_option(struct kstar_arguments *arguments, int code, const char *text,
                        struct io_error *error) {
    struct kstar_request *request = &arguments->request;
    bool second = false, ok = true;
    int64_t number = arguments->threads;
    switch (code) {
    case OPTION_METRIC:
        ok = read_choice("metric", text, "euclidean", "cosine", &second, error);
        request->metric = second ? LATENT_COSINE : LATENT_EUCLIDEAN;
        break;
    case OPTION_TIES:
        ok = read_choice("ties", text, "exclude", "include", &second, error);
        request->ties = second ? LATENT_TIES_INCLUDE : LATENT_TIES_EXCLUDE;
        break;
    case OPTION_THREADS:
        ok = read_number("threads", text, -1, 4096, &number, error);
        arguments->threads = (int32_t)number;
        break;
    case OPTION_MEMORY:
        return read_memory(text, &arguments->memory, error);
    case OPTION_ENDPOINTS:
        request->endpoints = true;
        break;
    case OPTION_SAMPLE:
        return read_number("sample", text, 3, INT64_MAX, &request->sample, error);
    case OPTION_SEED:
        return read_seed(text, &request->seed, error);
    case OPTION_NAMES:
        arguments->names = text;
        break;
    case OPTION_VALUES:
        arguments->values = text;
        break;
    case OPTION_JSON:
        arguments->json = text;
        break;
    case OPTION_PLOT:
        arguments->plot = text;
        return violin_format_of(text, &arguments->format, error);
    default:
        return io_fail(error, "--help lists what can be said");
    }
    return ok;
}

/* Options that do not go together. */
static bool check_arguments(const struct kstar_arguments *arguments, struct io_error *error) {
    if (arguments->request.sample > 0 && arguments->values)
        return io_fail(error, "--sample computes no values to write");
    return arguments->request.sample == 0 || !arguments->plot ||
           io_fail(error, "--sample computes no values to plot");
}

bool kstar_arguments_read(struct kstar_arguments *arguments, int count, char **words,
                          struct io_error *error) {
    *arguments = (struct kstar_arguments){.threads = -1};
    int code;
    while ((code = getopt_long(count, words, "", long_options, NULL)) != -1) {
        arguments->help = code == OPTION_HELP;
        arguments->version = code == OPTION_VERSION;
        if (arguments->help || arguments->version)
            return true;
        if (!read_option(arguments, code, optarg, error))
            return false;
    }
    if (count - optind != 2)
        return io_fail(error, "two arguments are needed, POINTS and LABELS; --help says more");
    arguments->points = words[optind];
    arguments->labels = words[optind + 1];
    return check_arguments(arguments, error);
}
