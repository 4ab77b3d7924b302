#include "common/robustness_arguments.h"

#include <getopt.h>
#include <stdlib.h>

const char robustness_help[] =
    "usage: latent-robustness TABLE.csv [OPTION]...\n"
    "\n"
    "Prints the effective robustness of models: their accuracy under distribution shifts, less\n"
    "what baseline models of the same accuracy on the reference set have.\n"
    "\n"
    "TABLE.csv has a header line and one line per model: its name, its accuracy on the reference\n"
    "set and under one or more shifts, all in percent, and whether it is a baseline (1, yes, "
    "true,\n"
    "or 0, no, false).\n"
    "\n"
    "  --model COLUMN         names of the models (default: 'model', else the first column)\n"
    "  --reference COLUMN     accuracy on the reference set (default: 'reference')\n"
    "  --baseline COLUMN      whether a model is a baseline (default: 'baseline'; without such a\n"
    "                         column all models are)\n"
    "  --shift COLUMN         accuracy under a shift; may be repeated (default: all other "
    "columns)\n"
    "  --missing              accuracies under shifts may be missing: empty, NA or NaN\n"
    "  --json OUT             write JSON; -: to standard output, in the table's place\n"
    "  --plot OUT.svg|OUT.png draw a panel per shift, with gnuplot\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 success, 1 failure, 2 wrong usage or bad input file.\n";

enum option_code {
    OPTION_MODEL = 1,
    OPTION_REFERENCE,
    OPTION_BASELINE,
    OPTION_SHIFT,
    OPTION_MISSING,
    OPTION_JSON,
    OPTION_PLOT,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option long_options[] = {
    {"model", required_argument, NULL, OPTION_MODEL},
    {"reference", required_argument, NULL, OPTION_REFERENCE},
    {"baseline", required_argument, NULL, OPTION_BASELINE},
    {"shift", required_argument, NULL, OPTION_SHIFT},
    {"missing", no_argument, NULL, OPTION_MISSING},
    {"json", required_argument, NULL, OPTION_JSON},
    {"plot", required_argument, NULL, OPTION_PLOT},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static bool read_option(struct robustness_arguments *arguments, int code, const char *text,
                        struct io_error *error) {
    struct accuracy_columns *columns = &arguments->columns;
    switch (code) {
    case OPTION_MODEL:
        columns->model = text;
        break;
    case OPTION_REFERENCE:
        columns->reference = text;
        break;
    case OPTION_BASELINE:
        columns->baseline = text;
        break;
    case OPTION_SHIFT:
        arguments->shift[columns->shifts++] = text;
        break;
    case OPTION_MISSING:
        columns->missing = true;
        break;
    case OPTION_JSON:
        arguments->json = text;
        break;
    case OPTION_PLOT:
        arguments->plot = text;
        return plot_format_of(text, &arguments->format, error);
    default:
        return io_fail(error, "--help lists what can be said");
    }
    return true;
}

bool robustness_arguments_read(struct robustness_arguments *arguments, int count, char **words,
                               struct io_error *error) {
    *arguments = (struct robustness_arguments){
        .shift = malloc(((size_t)count + 1) * sizeof *arguments->shift)};
    if (!arguments->shift)
        return io_fail_memory(error, 8.0 * count);
    arguments->columns.shift = arguments->shift;
    int code;
    while ((code = getopt_long(count, words, "", long_options, NULL)) != -1) {
        arguments->help = code == OPTION_HELP;
        arguments->version = code == OPTION_VERSION;
        if (arguments->help || arguments->version)
            return true;
        if (!read_option(arguments, code, optarg, error))
            return false;
    }
    if (count - optind != 1)
        return io_fail(error, "one argument is needed, TABLE.csv; --help says more");
    arguments->table = words[optind];
    return true;
}

void robustness_arguments_free(struct robustness_arguments *arguments) {
    free(arguments->shift);
    *arguments = (struct robustness_arguments){.shift = NULL};
}
