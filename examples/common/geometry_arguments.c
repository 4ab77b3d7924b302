#include "common/geometry_arguments.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char geometry_help[] =
    "usage: latent-geometry MODEL.safetensors IMAGES [OPTION]...\n"
    "\n"
    "Prints how the latent vector of an image reacts to changes of its pixels, in a Vision\n"
    "Transformer that examples/vit/train_vit.py trained: the singular values of the Jacobian,\n"
    "Lipschitz constants along families of directions, and, with --target, what must be added to\n"
    "the image until the network sees another one in it.\n"
    "\n"
    "IMAGES is an IDX or .npy file, plain or gzip: [count, side, side] of bytes, which are "
    "divided\n"
    "by 255, or of floating-point numbers, which should lie in 0 ... 1.\n"
    "\n"
    "  --image I                  the image, counted from 0 (default: 0)\n"
    "  --leading R                singular values and vectors (default: all)\n"
    "  --epsilon LIST             lengths of steps, separated by commas (default:\n"
    "                             0.001,0.01,0.1,1,10)\n"
    "  --samples N                random directions of each kind (default: 200)\n"
    "  --restarts N               gradient ascents for each step length; 0: none (default: 4)\n"
    "  --target J                 change the image until its latent vector is that of image J\n"
    "  --step X                   of the gradient, in every step of that (default: adaptive)\n"
    "  --max-steps N              the most of them (default: 15000)\n"
    "  --loss T                   enough if |f(x) - t|^2 is less, and ... (default: 0.0001)\n"
    "  --cosine C                 ... the cosine of f(x) and t is more (default: 0.97)\n"
    "  --radius R                 the most that the image may change: the root of the sum of\n"
    "                             squares over its pixels (default: no limit)\n"
    "  --names FILE               one name per line; line i, from 0, names class i\n"
    "  --picture OUT.svg|OUT.png  draw the images of --target and how they were matched\n"
    "  --seed S                   seed of random directions (default: 0)\n"
    "  --threads N                threads; -1, the default: all CPUs\n"
    "  --memory BYTES             memory beside the data; K, M or G may follow the number\n"
    "  --json OUT                 write JSON; -: to standard output, in the table's place\n"
    "  --plot OUT.svg|OUT.png     draw singular values and Lipschitz constants, with gnuplot\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 success, 1 failure, 2 wrong usage or bad input file, 130 stopped by Ctrl-C.\n";

enum option_code {
    OPTION_IMAGE = PROGRAM_OWN,
    OPTION_LEADING,
    OPTION_EPSILON,
    OPTION_SAMPLES,
    OPTION_RESTARTS,
    OPTION_TARGET,
    OPTION_STEP,
    OPTION_MAX_STEPS,
    OPTION_LOSS,
    OPTION_COSINE,
    OPTION_RADIUS,
    OPTION_NAMES,
    OPTION_PICTURE,
    OPTION_SEED
};

static const struct option long_options[] = {
    {"image", required_argument, NULL, OPTION_IMAGE},
    {"leading", required_argument, NULL, OPTION_LEADING},
    {"epsilon", required_argument, NULL, OPTION_EPSILON},
    {"samples", required_argument, NULL, OPTION_SAMPLES},
    {"restarts", required_argument, NULL, OPTION_RESTARTS},
    {"target", required_argument, NULL, OPTION_TARGET},
    {"step", required_argument, NULL, OPTION_STEP},
    {"max-steps", required_argument, NULL, OPTION_MAX_STEPS},
    {"loss", required_argument, NULL, OPTION_LOSS},
    {"cosine", required_argument, NULL, OPTION_COSINE},
    {"radius", required_argument, NULL, OPTION_RADIUS},
    {"names", required_argument, NULL, OPTION_NAMES},
    {"picture", required_argument, NULL, OPTION_PICTURE},
    {"seed", required_argument, NULL, OPTION_SEED},
    PROGRAM_OPTIONS_END,
};

static int compare(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Numbers between commas, in any order; the result ascends. */
static bool read_epsilons(struct geometry_request *request, const char *text,
                          struct io_error *error) {
    char number[32];
    request->epsilons = 0;
    for (const char *at = text;; at++) {
        const size_t length = strcspn(at, ",");
        if (length >= sizeof number)
            return io_fail(error, "--epsilon: '%s' is no list of numbers", text);
        memcpy(number, at, length);
        number[length] = '\0';
        if (request->epsilons == GEOMETRY_EPSILONS)
            return io_fail(error, "--epsilon: '%s' has more than %d numbers", text,
                           GEOMETRY_EPSILONS);
        if (!option_positive("epsilon", number, (double)INFINITY,
                             &request->epsilon[request->epsilons++], error))
            return false;
        at += length;
        if (*at == '\0')
            break;
    }
    qsort(request->epsilon, (size_t)request->epsilons, sizeof *request->epsilon, compare);
    for (int e = 1; e < request->epsilons; e++)
        if (request->epsilon[e] == request->epsilon[e - 1])
            return io_fail(error, "--epsilon: %g is named twice", request->epsilon[e]);
    return true;
}

/* How --target is matched: whatever of these is given needs it. */
static bool read_matching(latent_matching_options *matching, int code, const char *text,
                          struct io_error *error) {
    switch (code) {
    case OPTION_STEP:
        return option_positive("step", text, (double)INFINITY, &matching->step, error);
    case OPTION_MAX_STEPS:
        return option_number("max-steps", text, 1, INT32_MAX, &matching->max_steps, error);
    case OPTION_LOSS:
        return option_positive("loss", text, (double)INFINITY, &matching->tolerance, error);
    case OPTION_RADIUS:
        return option_positive("radius", text, (double)INFINITY, &matching->radius, error);
    default: /* OPTION_COSINE */
        return option_positive("cosine", text, 1, &matching->cosine, error) &&
               (matching->cosine < 1 || io_fail(error, "--cosine: 1 is not below 1"));
    }
}

static bool read_option(void *own, int code, const char *text, struct io_error *error) {
    struct geometry_arguments *arguments = own;
    struct geometry_request *request = &arguments->request;
    switch (code) {
    case OPTION_IMAGE:
        return option_number("image", text, 0, INT64_MAX, &request->image, error);
    case OPTION_LEADING:
        return option_number("leading", text, 1, INT64_MAX, &request->leading, error);
    case OPTION_EPSILON:
        return read_epsilons(request, text, error);
    case OPTION_SAMPLES:
        return option_number("samples", text, 1, 1000000, &request->samples, error);
    case OPTION_RESTARTS:
        return option_number("restarts", text, 0, 1000000, &request->restarts, error);
    case OPTION_TARGET:
        return option_number("target", text, 0, INT64_MAX, &request->target, error);
    case OPTION_NAMES:
        arguments->names = text;
        return true;
    case OPTION_PICTURE:
        arguments->picture = text;
        return plot_format_of(text, &arguments->picture_format, error);
    case OPTION_SEED:
        return option_seed("seed", text, &arguments->seed, error);
    default:
        arguments->matches = true;
        return read_matching(&request->matching, code, text, error);
    }
}

bool geometry_arguments_read(struct geometry_arguments *arguments, int count, char **words,
                             struct io_error *error) {
    *arguments = (struct geometry_arguments){
        .request = {.target = -1,
                    .samples = 200,
                    .restarts = 4,
                    .matching = {.tolerance = 1e-4, .cosine = 0.97, .max_steps = 15000},
                    .epsilon = {1e-3, 1e-2, 1e-1, 1, 10},
                    .epsilons = 5}};
    if (!program_options_read(&arguments->common, count, words, long_options, read_option,
                              arguments, error))
        return false;
    if (arguments->common.help || arguments->common.version)
        return true;
    if (count - optind != 2)
        return io_fail(error, "two arguments are needed, MODEL and IMAGES; --help says more");
    arguments->model = words[optind];
    arguments->images = words[optind + 1];
    if (arguments->request.target >= 0 || !(arguments->picture || arguments->matches))
        return true;
    return io_fail(error, "%s --target, which says what to match",
                   arguments->picture ? "--picture needs"
                                      : "--step, --max-steps, --loss, --cosine and --radius need");
}

static bool is_in_file(const char *option, int64_t image, const struct image_file *images,
                       struct io_error *error) {
    return image < images->count ||
           io_fail(error, "--%s: %" PRId64 ", but %s has images 0 to %" PRId64, option, image,
                   images->array.path, images->count - 1);
}

bool geometry_arguments_suit(const struct geometry_arguments *arguments,
                             const struct vit_model *model, const struct image_file *images,
                             struct io_error *error) {
    const struct geometry_request *request = &arguments->request;
    const int64_t n = vit_pixels(model), m = model->dimension, most = n < m ? n : m;
    return is_in_file("image", request->image, images, error) &&
           is_in_file("target", request->target, images, error) &&
           (request->leading <= most ||
            io_fail(error,
                    "--leading: %" PRId64 ", but the Jacobian has %" PRId64
                    " singular values: %" PRId64 " features of %" PRId64 " pixels",
                    request->leading, most, m, n));
}
