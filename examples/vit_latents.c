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
#include "common/vit_products.h"

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
    "  --jacobian OUT.npy write the derivatives of every latent vector with respect to the "
    "pixels:\n"
    "                     [count * dimension, side * side], a row per latent feature\n"
    "  --float64          write float64 instead of float32\n"
    "  --help\n"
    "\n"
    "Exit status: 0 success, 1 failure, 2 wrong usage or bad input file, 130 stopped by Ctrl-C.\n";

struct arguments {
    bool help, wide;
    const char *model, *images;
    const char *latents, *logits, *jacobian; /* NULL: not asked for */
};

struct results {
    double *latents, *logits; /* [images × dimension], [images × classes] */
    double *jacobian;         /* [images × dimension × pixels], or NULL */
};

static bool check_outputs(const struct arguments *arguments, struct io_error *error) {
    const struct named_output outputs[] = {{"latents", arguments->latents},
                                           {"logits", arguments->logits},
                                           {"jacobian", arguments->jacobian}};
    const char *const inputs[] = {arguments->model, arguments->images};
    bool ok =
        outputs_differ(outputs, 3, error) && outputs_spare_inputs(outputs, 3, inputs, 2, error);
    for (int i = 0; ok && i < 3; i++)
        ok = !outputs[i].path || output_file_check(outputs[i].path, error);
    return ok;
}

static bool read_arguments(struct arguments *arguments, int count, char **words,
                           struct io_error *error) {
    static const struct option options[] = {
        {"latents", required_argument, NULL, 'l'},  {"logits", required_argument, NULL, 'g'},
        {"jacobian", required_argument, NULL, 'j'}, {"float64", no_argument, NULL, 'w'},
        {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0}};
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
        else if (code == 'j')
            arguments->jacobian = optarg;
        else if (code == 'w')
            arguments->wide = true;
        else
            return io_fail(error, "--help lists what can be said");
    }
    if (count - optind != 2)
        return io_fail(error, "two arguments are needed, MODEL and IMAGES; --help says more");
    arguments->model = words[optind];
    arguments->images = words[optind + 1];
    if (!arguments->latents && !arguments->logits && !arguments->jacobian)
        return io_fail(error, "nothing is asked for: --latents, --logits or --jacobian is needed");
    return check_outputs(arguments, error);
}

static bool make_room(const struct arguments *arguments, const struct vit_model *model,
                      const struct image_file *images, struct results *results,
                      struct io_error *error) {
    const size_t count = (size_t)images->count, d = (size_t)model->dimension;
    const size_t pixels = (size_t)images->pixels;
    results->latents = calloc(count * d, sizeof(double));
    results->logits = calloc(count * (size_t)model->classes, sizeof(double));
    double numbers = (double)(model->dimension + model->classes) * (double)count;
    if (arguments->jacobian) {
        results->jacobian = calloc(count * d, pixels * sizeof(double));
        numbers += (double)(count * d) * (double)pixels;
    }
    return (results->latents && results->logits && (results->jacobian || !arguments->jacobian)) ||
           io_fail_memory(error, 8 * numbers);
}

/* Fills in the results until they are complete or Ctrl-C is pressed. */
static bool run_images(const struct vit_model *model, const struct image_file *images,
                       struct results *results, struct io_error *error) {
    const int64_t step = results->jacobian ? 1 : STEP, d = model->dimension;
    double *pixels = calloc((size_t)step, (size_t)images->pixels * sizeof *pixels);
    bool ok = pixels || io_fail_memory(error, (double)(step * images->pixels) * sizeof *pixels);
    for (int64_t first = 0; ok && first < images->count && !cancel_signal_seen(); first += step) {
        const int64_t n = images->count - first < step ? images->count - first : step;
        ok = image_file_read(images, first, n, pixels, error) &&
             vit_model_run(model, n, pixels, results->latents + first * d,
                           results->logits + first * model->classes, error) &&
             (!results->jacobian ||
              vit_jacobian(model, pixels, results->jacobian + first * d * images->pixels, error));
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
    const struct array jacobian = {results->jacobian, images * model->dimension, vit_pixels(model),
                                   arguments->wide};
    return program_write(arguments->latents, write_array, &latents, error) &&
           program_write(arguments->logits, write_array, &logits, error) &&
           program_write(arguments->jacobian, write_array, &jacobian, error);
}

static int run_and_write(const struct arguments *arguments, const struct vit_model *model,
                         const struct image_file *images) {
    struct results results = {.latents = NULL};
    struct io_error error;
    cancel_signal_install();
    const bool ok = make_room(arguments, model, images, &results, &error) &&
                    run_images(model, images, &results, &error) &&
                    write_results(arguments, model, &results, images->count, &error);
    free(results.latents);
    free(results.logits);
    free(results.jacobian);
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
