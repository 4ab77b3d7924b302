#include "common/concepts_arguments.h"

const char concepts_help[] =
    "usage: latent-concepts ACTIVATIONS CONCEPTS [OPTION]...\n"
    "\n"
    "Prints which concepts a latent space encodes, and in which directions: for each direction "
    "and\n"
    "concept the average precision (AP) with which samples ranked along the direction show the\n"
    "concept. A direction encodes a concept if the AP is above a threshold.\n"
    "\n"
    "ACTIVATIONS and CONCEPTS are .npy or IDX files, plain or gzip, with one row per sample. Each\n"
    "may name several files, separated by commas, whose rows follow one another. CONCEPTS has a\n"
    "column per concept, of integers or booleans: 1 present, 0 absent, -1 ignored.\n"
    "\n"
    "  --basis V                  directions, one per row (default: each feature is one)\n"
    "  --head W                   directions: the right singular vectors of a head\n"
    "  --head-tensor NAME         the head in a .safetensors file\n"
    "  --sign as-is|both          both: count the better of a direction and its opposite (default\n"
    "                             with --head, as a singular vector's sign is arbitrary)\n"
    "  --threshold T              0 to 1 (default: 0.9)\n"
    "  --names FILE               one name per line; line i, from 0, names concept i\n"
    "  --permutations R           what the best of as many random rankings reaches, R times\n"
    "                             (default: 19; 0: leave it out)\n"
    "  --seed S                   seed of the random rankings (default: 0)\n"
    "  --threads N                threads; -1, the default: all CPUs\n"
    "  --memory BYTES             memory beside the data; K, M or G may follow the number\n"
    "  --ap OUT.npy               write the AP of all directions (rows) and concepts, as float64\n"
    "  --json OUT                 write JSON; -: to standard output, in the table's place\n"
    "  --plot OUT.svg|OUT.png     draw concepts against directions, with gnuplot\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 success, 1 failure, 2 wrong usage or bad input file, 130 stopped by Ctrl-C.\n";

enum option_code {
    OPTION_BASIS = PROGRAM_OWN,
    OPTION_HEAD,
    OPTION_HEAD_TENSOR,
    OPTION_SIGN,
    OPTION_THRESHOLD,
    OPTION_NAMES,
    OPTION_PERMUTATIONS,
    OPTION_SEED,
    OPTION_AP
};

static const struct option long_options[] = {
    {"basis", required_argument, NULL, OPTION_BASIS},
    {"head", required_argument, NULL, OPTION_HEAD},
    {"head-tensor", required_argument, NULL, OPTION_HEAD_TENSOR},
    {"sign", required_argument, NULL, OPTION_SIGN},
    {"threshold", required_argument, NULL, OPTION_THRESHOLD},
    {"names", required_argument, NULL, OPTION_NAMES},
    {"permutations", required_argument, NULL, OPTION_PERMUTATIONS},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"ap", required_argument, NULL, OPTION_AP},
    PROGRAM_OPTIONS_END,
};

static bool read_option(void *own, int code, const char *text, struct io_error *error) {
    struct concepts_arguments *arguments = own;
    struct concepts_request *request = &arguments->request;
    switch (code) {
    case OPTION_BASIS:
        arguments->basis = text;
        return true;
    case OPTION_HEAD:
        arguments->head.path = text;
        return true;
    case OPTION_HEAD_TENSOR:
        arguments->head.tensor = text;
        return true;
    case OPTION_SIGN:
        return option_choice("sign", text, concepts_signs, &arguments->sign, error);
    case OPTION_THRESHOLD:
        return option_share("threshold", text, &request->threshold, error);
    case OPTION_NAMES:
        arguments->names = text;
        return true;
    case OPTION_PERMUTATIONS:
        return option_number("permutations", text, 0, INT32_MAX, &request->permutations, error);
    case OPTION_SEED:
        return option_seed("seed", text, &request->seed, error);
    default: /* OPTION_AP */
        arguments->ap = text;
        return true;
    }
}

static bool check(const struct concepts_arguments *arguments, struct io_error *error) {
    if (arguments->basis && arguments->head.path)
        return io_fail(error, "--basis and --head: only one can say what the directions are");
    return !arguments->head.tensor || arguments->head.path ||
           io_fail(error, "--head-tensor needs --head, the file of the tensor");
}

bool concepts_arguments_read(struct concepts_arguments *arguments, int count, char **words,
                             struct io_error *error) {
    *arguments = (struct concepts_arguments){
        .sign = -1, .request = {.threshold = LATENT_ENCODING_THRESHOLD, .permutations = 19}};
    if (!program_options_read(&arguments->common, count, words, long_options, read_option,
                              arguments, error))
        return false;
    if (arguments->common.help || arguments->common.version)
        return true;
    if (count - optind != 2)
        return io_fail(error, "two arguments are needed, ACTIVATIONS and CONCEPTS; --help says "
                              "more");
    arguments->activations = words[optind];
    arguments->concepts = words[optind + 1];
    if (arguments->sign < 0)
        arguments->sign = arguments->head.path ? LATENT_SIGN_BOTH : LATENT_SIGN_AS_IS;
    arguments->request.sign = (latent_concepts_sign)arguments->sign;
    return check(arguments, error);
}
