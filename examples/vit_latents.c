/* vit_latents: latent vectors and logits of images, from a small Vision Transformer. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cancel_signal.h"
#include "common/image_file.h"
#include "common/output_clash.h"
#include "common/npy_format.h"
#include "common/output_file.h"
#include "common/program_run.h"
#include "common/vit_trace.h"

static const char program[] = "vit_latents";
/* Images between two looks at Ctrl-C: about 0.05 s. */
enum { STEP = 128 };

static const char help[] =
    "usage: vit_latents MODEL.safetensors IMAGES [OPTION]...\n"
    "\n"
    "Runs a Vision Transformer that examples/vit/train_vit.py trained. IMAGES is an IDX or .npy\n"
    "file, plain or gzip: [count, side, side] of bytes, which are divided by 255, or of\n"
    "floating-point numbers, which should lie in 0 ... 1.\n"
    "\n"
    "  --latents OUT.npy  write the vectors that enter the head: [count, dimension]\n"
    "  --logits OUT.npy   write what the head makes of them: [count, classes]\n"
    "  --float64          write float64 instead of float32\n"
    "  --help\n"
    "\n"
    "Exit status: 0 success, 1 failure, 2 wrong usage or bad input file, 130 stopped by Ctrl-C.\n";

struct arguments {
    bool help, wide;
    const char *model, *images;
    const char *latents, *logits; /* NULL: not asked for */
};

struct results {
    double *latents, *logits; /* [images × dimension], [images × classes] */
};

static bool check_outputs(const struct arguments *arguments, struct io_error *error) {
    const struct named_output outputs[] = {{"latents", arguments->latents},
                                           {"logits", arguments->logits}};
    const char *const inputs[] = {arguments->model, arguments->images};
    return outputs_differ(outputs, 2, error) &&
           outputs_spare_inputs(outputs, 2, inputs, 2, error) &&
           (!arguments->latents || output_file_check(arguments->latents, error)) &&
           (!arguments->logits || output_file_check(arguments->logits, error));
}

static bool read_arguments(struct arguments *arguments, int count, char **words,
                           struct io_error *error) {
    static const struct option options[] = {{"latents", required_argument, NULL, 'l'},
                                            {"logits", required_argument, NULL, 'g'},
                                            {"float64", no_argument, NULL, 'w'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int code;
    while ((code = getopt_long(count, words, "", options, NULL)) != -1) {
        if (code == 'h') {
            arguments->help = true;
            return true;
        }
        if (code == 'l')
            arguments->latents = optarg;
        else if (code == 'g')
            arguments->logits = optarg;
        else if (code == 'w')
            arguments->wide = true;
        else
            return io_fail(error, "--help lists what can be said");
    }
    if (count - optind != 2)
        return io_fail(error, "two arguments are needed, MODEL and IMAGES; --help says more");
    arguments->model = words[optind];
    arguments->images = words[optind + 1];
    if (!arguments->latents && !arguments->logits)
        return io_fail(error, "nothing is asked for: --latents or --logits is needed");
    return check_outputs(arguments, error);
}

/* Fills in the results until they are complete or Ctrl-C is pressed. */
static bool run_images(const struct vit_model *model, const struct image_file *images,
                       struct results *results, struct io_error *error) {
    const size_t count = (size_t)images->count, step = (size_t)(STEP * images->pixels);
    results->latents = malloc(count * (size_t)model->dimension * sizeof(double));
    results->logits = malloc(count * (size_t)model->classes * sizeof(double));
    double *pixels = malloc(step * sizeof(double));
    bool ok = results->latents && results->logits && pixels;
    if (!ok)
        io_fail_memory(error, 8.0 * (double)(model->dimension + model->classes) * (double)count);
    for (int64_t first = 0; ok && first < images->count && !cancel_signal_seen(); first += STEP) {
        const int64_t n = images->count - first < STEP ? images->count - first : STEP;
        ok = image_file_read(images, first, n, pixels, error) &&
             vit_model_run(model, n, pixels, results->latents + first * model->dimension,
                           results->logits + first * model->classes, error);
    }
    free(pixels);
    return ok;
}

/* What one file holds. */
struct array {
    const double *values;
    int64_t rows, columns;
    bool wide;
};

static bool write_array(FILE *stream, const void *what, struct io_error *error) {
    const struct array *array = what;
    return npy_write_floats(stream, array->values, array->rows, array->columns, !array->wide) ||
           io_fail(error, "cannot be written: %s", strerror(errno));
}

static bool write_results(const struct arguments *arguments, const struct vit_model *model,
                          const struct results *results, int64_t images, struct io_error *error) {
    const struct array latents = {results->latents, images, model->dimension, arguments->wide};
    const struct array logits = {results->logits, images, model->classes, arguments->wide};
    return program_write(arguments->latents, write_array, &latents, error) &&
           program_write(arguments->logits, write_array, &logits, error);
}

static int run_and_write(const struct arguments *arguments, const struct vit_model *model,
                         const struct image_file *images) {
    struct results results = {NULL, NULL};
    struct io_error error;
    cancel_signal_install();
    const bool ok = run_images(model, images, &results, &error) &&
                    write_results(arguments, model, &results, images->count, &error);
    free(results.latents);
    free(results.logits);
    if (cancel_signal_seen()) {
        fprintf(stderr, "%s: stopped\n", program);
        return EXIT_CANCELLED;
    }
    return ok ? EXIT_SUCCESS : program_fail(program, &error, EXIT_LIBRARY);
}

int main(int count, char **words) {
    struct arguments arguments = {.help = false};
    struct vit_model model = {.numbers = NULL};
    struct image_file images = {.count = 0};
    struct io_error error;
    int code = EXIT_USAGE;
    if (!read_arguments(&arguments, count, words, &error))
        return program_fail(program, &error, EXIT_USAGE);
    if (arguments.help) {
        fputs(help, stdout);
        return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_LIBRARY;
    }
    if (vit_model_open(&model, arguments.model, &error) &&
        image_file_open(&images, arguments.images, model.side, &error))
        code = run_and_write(&arguments, &model, &images);
    else
        program_fail(program, &error, code);
    image_file_close(&images);
    vit_model_close(&model);
    return code;
}
