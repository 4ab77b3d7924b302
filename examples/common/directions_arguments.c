#include "common/directions_arguments.h"

#include <string.h>

const char directions_help[] =
    "usage: latent-directions HEAD ACTIVATIONS... [OPTION]...\n"
    "\n"
    "Prints which directions of a latent space a classification head uses: its singular vectors "
    "in\n"
    "order of their importance for activations, and what becomes of the predictions when only the\n"
    "most important ones are kept.\n"
    "\n"
    "HEAD is a matrix with a row per class: .npy, IDX, or a tensor of a .safetensors file.\n"
    "ACTIVATIONS are .npy or IDX files, plain or gzip, with one row per sample. All files, which\n"
    "may also be separated by commas, are one stream of rows; it may be larger than memory.\n"
    "\n"
    "  --head-tensor NAME         the head in a .safetensors file\n"
    "  --bias FILE                what the head adds to its outputs, a number per class\n"
    "  --bias-tensor NAME         the same, from the head's .safetensors file\n"
    "  --labels FILE              an integer per sample, 0 to the number of classes less 1\n"
    "  --importance cosine|projection|singular|variance\n"
    "                             singular value times mean |cosine| (the default), times mean\n"
    "                             |projection|, alone, or squared times the projections' variance\n"
    "  --keep N|P%                keep N directions, or P percent of the rank, rounded up\n"
    "  --top K                    the k of top-k accuracy (default: 5, or all classes if fewer)\n"
    "  --aware                    activation-aware pruning as well, and for --output\n"
    "  --output OUT.npy           write the head with the directions of --keep\n"
    "  --curve OUT.csv            write a line per number of directions kept\n"
    "  --threads N                threads; -1, the default: all CPUs\n"
    "  --memory BYTES             memory beside the data; K, M or G may follow the number\n"
    "  --json OUT                 write JSON; -: to standard output, in the table's place\n"
    "  --plot OUT.svg|OUT.png     draw importance and accuracy, with gnuplot\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 success, 1 failure, 2 wrong usage or bad input file, 130 stopped by Ctrl-C.\n";

enum option_code {
    OPTION_HEAD_TENSOR = PROGRAM_OWN,
    OPTION_BIAS,
    OPTION_BIAS_TENSOR,
    OPTION_LABELS,
    OPTION_IMPORTANCE,
    OPTION_KEEP,
    OPTION_TOP,
    OPTION_AWARE,
    OPTION_OUTPUT,
    OPTION_CURVE
};

static const struct option long_options[] = {
    {"head-tensor", required_argument, NULL, OPTION_HEAD_TENSOR},
    {"bias", required_argument, NULL, OPTION_BIAS},
    {"bias-tensor", required_argument, NULL, OPTION_BIAS_TENSOR},
    {"labels", required_argument, NULL, OPTION_LABELS},
    {"importance", required_argument, NULL, OPTION_IMPORTANCE},
    {"keep", required_argument, NULL, OPTION_KEEP},
    {"top", required_argument, NULL, OPTION_TOP},
    {"aware", no_argument, NULL, OPTION_AWARE},
    {"output", required_argument, NULL, OPTION_OUTPUT},
    {"curve", required_argument, NULL, OPTION_CURVE},
    PROGRAM_OPTIONS_END,
};

static bool read_keep(struct directions_request *request, const char *text,
                      struct io_error *error) {
    char digits[32];
    const size_t length = strlen(text);
    request->keep = -1;
    request->keep_percent = 0;
    if (length == 0 || text[length - 1] != '%')
        return option_number("keep", text, 0, INT64_MAX, &request->keep, error);
    if (length >= sizeof digits)
        return io_fail(error, "--keep: '%s' is no percentage", text);
    memcpy(digits, text, length);
    digits[length - 1] = '\0';
    return option_positive("keep", digits, 100, &request->keep_percent, error);
}

static bool read_importance(struct directions_request *request, const char *text,
                            struct io_error *error) {
    int place = 0;
    const bool ok = option_choice("importance", text, directions_kinds, &place, error);
    request->importance = (latent_importance_kind)place;
    return ok;
}

static bool read_option(void *own, int code, const char *text, struct io_error *error) {
    struct directions_arguments *arguments = own;
    struct directions_request *request = &arguments->request;
    switch (code) {
    case OPTION_HEAD_TENSOR:
        arguments->head.tensor = text;
        return true;
    case OPTION_BIAS:
        arguments->head.bias = text;
        return true;
    case OPTION_BIAS_TENSOR:
        arguments->head.bias_tensor = text;
        return true;
    case OPTION_LABELS:
        arguments->labels = text;
        return true;
    case OPTION_IMPORTANCE:
        return read_importance(request, text, error);
    case OPTION_KEEP:
        return read_keep(request, text, error);
    case OPTION_TOP:
        return option_number("top", text, 1, INT32_MAX, &request->top, error);
    case OPTION_OUTPUT:
        arguments->output = text;
        return true;
    case OPTION_CURVE:
        arguments->curve = text;
        return true;
    default: /* OPTION_AWARE */
        request->aware = true;
        return true;
    }
}

/* Options that go together, and those that do not. */
static bool check(const struct directions_arguments *arguments, struct io_error *error) {
    const struct directions_request *request = &arguments->request;
    if (arguments->head.bias && arguments->head.bias_tensor)
        return io_fail(error, "--bias and --bias-tensor: only one can be the bias");
    if (arguments->output && request->keep < 0 && request->keep_percent <= 0)
        return io_fail(error, "--output needs --keep, which says what to write");
    return true;
}

bool directions_arguments_read(struct directions_arguments *arguments, int count, char **words,
                               struct io_error *error) {
    *arguments = (struct directions_arguments){.request = {.keep = -1}};
    if (!program_options_read(&arguments->common, count, words, long_options, read_option,
                              arguments, error))
        return false;
    if (arguments->common.help || arguments->common.version)
        return true;
    if (count - optind < 2)
        return io_fail(error, "a head and at least one file of activations are needed; --help says "
                              "more");
    arguments->head.path = words[optind];
    arguments->files = (const char *const *)(words + optind + 1);
    arguments->file_count = count - optind - 1;
    arguments->request.pruned = arguments->output != NULL;
    return check(arguments, error);
}
