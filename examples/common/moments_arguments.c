#include "common/moments_arguments.h"

#include <math.h>
#include <stdlib.h>

const char moments_help[] =
    "usage: latent-moments ACTIVATIONS... [OPTION]...\n"
    "\n"
    "Prints the moments of activations: the kurtosis and skewness of every sample over its\n"
    "features, and the outlier features, the few that carry large values. Gaussian values have\n"
    "kurtosis 3.\n"
    "\n"
    "ACTIVATIONS are .npy or IDX files, plain or gzip, with one row per sample. All files, which\n"
    "may also be separated by commas, are one stream of rows; it may be larger than memory.\n"
    "\n"
    "  --axis samples|features|both\n"
    "                             whose moments to show (default: samples)\n"
    "  --bias biased|unbiased     estimator of skewness and kurtosis, as scipy's bias=True or\n"
    "                             bias=False (default: biased)\n"
    "  --fisher                   excess kurtosis: 3 less, so that Gaussian values have 0\n"
    "  --nan-policy raise|omit|propagate\n"
    "                             what NaN and infinities do (default: raise, an error)\n"
    "  --magnitude X              |h| from which a value is large (default: 6)\n"
    "  --sigma X                  standard deviations beyond which it is far (default: 6)\n"
    "  --share X                  share of samples where it must be (default: 0.06)\n"
    "  --ratio X                  mean |h| over the median feature's (default: 10)\n"
    "  --top N                    features to list at most (default: 10)\n"
    "  --save OUT                 write what the moments are made from, for --load\n"
    "  --load FILE                start from what other runs saved with the same options; may be\n"
    "                             given several times, and without ACTIVATIONS\n"
    "  --threads N                threads; -1, the default: all CPUs\n"
    "  --memory BYTES             memory beside the data; K, M or G may follow the number\n"
    "  --json OUT                 write JSON; -: to standard output, in the table's place\n"
    "  --plot OUT.svg|OUT.png     draw kurtosis and outlier features, with gnuplot\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 success, 1 failure, 2 wrong usage or bad input file, 130 stopped by Ctrl-C.\n";

enum option_code {
    OPTION_AXIS = PROGRAM_OWN,
    OPTION_BIAS,
    OPTION_FISHER,
    OPTION_NAN_POLICY,
    OPTION_MAGNITUDE,
    OPTION_SIGMA,
    OPTION_SHARE,
    OPTION_RATIO,
    OPTION_TOP,
    OPTION_SAVE,
    OPTION_LOAD
};

static const struct option long_options[] = {
    {"axis", required_argument, NULL, OPTION_AXIS},
    {"bias", required_argument, NULL, OPTION_BIAS},
    {"fisher", no_argument, NULL, OPTION_FISHER},
    {"nan-policy", required_argument, NULL, OPTION_NAN_POLICY},
    {"magnitude", required_argument, NULL, OPTION_MAGNITUDE},
    {"sigma", required_argument, NULL, OPTION_SIGMA},
    {"share", required_argument, NULL, OPTION_SHARE},
    {"ratio", required_argument, NULL, OPTION_RATIO},
    {"top", required_argument, NULL, OPTION_TOP},
    {"save", required_argument, NULL, OPTION_SAVE},
    {"load", required_argument, NULL, OPTION_LOAD},
    PROGRAM_OPTIONS_END,
};

static bool read_axis(struct moments_request *request, const char *text, struct io_error *error) {
    static const char *const axes[] = {"samples", "features", "both", NULL};
    int place = 0;
    const bool ok = option_choice("axis", text, axes, &place, error);
    request->of_samples = place != 1;
    request->of_features = place != 0;
    return ok;
}

static bool read_choice(struct moments_request *request, int code, const char *text,
                        struct io_error *error) {
    static const char *const estimators[] = {"biased", "unbiased", NULL};
    static const char *const policies[] = {"raise", "omit", "propagate", NULL};
    int place = 0;
    bool ok;
    if (code == OPTION_BIAS) {
        ok = option_choice("bias", text, estimators, &place, error);
        request->bias = place == 1 ? LATENT_UNBIASED : LATENT_BIASED;
    } else {
        ok = option_choice("nan-policy", text, policies, &place, error);
        request->nan_policy = place == 1   ? LATENT_NAN_OMIT
                              : place == 2 ? LATENT_NAN_PROPAGATE
                                           : LATENT_NAN_RAISE;
    }
    return ok;
}

static bool read_option(void *own, int code, const char *text, struct io_error *error) {
    const double any = (double)INFINITY;
    struct moments_arguments *arguments = own;
    struct moments_request *request = &arguments->request;
    switch (code) {
    case OPTION_AXIS:
        return read_axis(request, text, error);
    case OPTION_BIAS:
    case OPTION_NAN_POLICY:
        return read_choice(request, code, text, error);
    case OPTION_MAGNITUDE:
        return option_positive("magnitude", text, any, &request->magnitude, error);
    case OPTION_SIGMA:
        return option_positive("sigma", text, any, &request->sigma, error);
    case OPTION_SHARE:
        return option_positive("share", text, 1, &request->share, error);
    case OPTION_RATIO:
        return option_positive("ratio", text, any, &request->ratio, error);
    case OPTION_TOP:
        return option_number("top", text, 0, INT64_MAX, &arguments->top, error);
    case OPTION_SAVE:
        arguments->save = text;
        return true;
    case OPTION_LOAD:
        arguments->load[arguments->load_count++] = text;
        return true;
    default: /* OPTION_FISHER */
        request->fisher = true;
        return true;
    }
}

bool moments_arguments_read(struct moments_arguments *arguments, int count, char **words,
                            struct io_error *error) {
    *arguments = (struct moments_arguments){
        .top = 10,
        .request = {.of_samples = true, .magnitude = 6, .sigma = 6, .share = 0.06, .ratio = 10}};
    arguments->load = calloc((size_t)count, sizeof *arguments->load);
    if (!arguments->load)
        return io_fail_memory(error, (double)count * sizeof *arguments->load);
    if (!program_options_read(&arguments->common, count, words, long_options, read_option,
                              arguments, error))
        return false;
    if (arguments->common.help || arguments->common.version)
        return true;
    arguments->files = (const char *const *)(words + optind);
    arguments->file_count = count - optind;
    return arguments->file_count + arguments->load_count > 0 ||
           io_fail(error, "at least one file is needed; --help says more");
}

void moments_arguments_free(struct moments_arguments *arguments) {
    free(arguments->load);
    arguments->load = NULL;
}
