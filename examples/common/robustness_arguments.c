#include "common/robustness_arguments.h"

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
    "Exit status: 0 success, 1 failure, 2 wrong usage or bad input file, 130 stopped by Ctrl-C.\n";

enum option_code {
    OPTION_MODEL = PROGRAM_OWN,
    OPTION_REFERENCE,
    OPTION_BASELINE,
    OPTION_SHIFT,
    OPTION_MISSING
};

static const struct option long_options[] = {
    {"model", required_argument, NULL, OPTION_MODEL},
    {"reference", required_argument, NULL, OPTION_REFERENCE},
    {"baseline", required_argument, NULL, OPTION_BASELINE},
    {"shift", required_argument, NULL, OPTION_SHIFT},
    {"missing", no_argument, NULL, OPTION_MISSING},
    PROGRAM_OUTPUT_OPTIONS_END,
};

static bool read_option(void *own, int code, const char *text, struct io_error *error) {
    struct robustness_arguments *arguments = own;
    struct accuracy_columns *columns = &arguments->columns;
    (void)error; /* whether there are such columns, the table will say */
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
    if (!program_options_read(&arguments->common, count, words, long_options, read_option,
                              arguments, error))
        return false;
    if (arguments->common.help || arguments->common.version)
        return true;
    if (count - optind != 1)
        return io_fail(error, "one argument is needed, TABLE.csv; --help says more");
    arguments->table = words[optind];
    return true;
}

void robustness_arguments_free(struct robustness_arguments *arguments) {
    free(arguments->shift);
    *arguments = (struct robustness_arguments){.shift = NULL};
}
