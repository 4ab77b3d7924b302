/* fashion_concepts: which images of Fashion-MNIST show which concepts. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cancel_signal.h"
#include "common/fashion_definitions.h"
#include "common/image_file.h"
#include "common/labelled_data.h"
#include "common/npy_format.h"
#include "common/output_clash.h"
#include "common/output_file.h"
#include "common/program_run.h"
#include "common/table_text.h"

static const char program[] = "fashion_concepts";
/* Images between two looks at Ctrl-C. */
enum { STEP = 128 };

static const char help[] =
    "usage: fashion_concepts IMAGES LABELS [OPTION]...\n"
    "\n"
    "Says which concepts of examples/common/fashion_definitions.c each image of Fashion-MNIST\n"
    "shows: its class, groups of classes, and properties that are measured in its pixels.\n"
    "Prints how many images show each, do not, or are ignored.\n"
    "\n"
    "IMAGES is an IDX or .npy file, plain or gzip, of 28 x 28 bytes or numbers 0 ... 1 per image;\n"
    "LABELS has a class, 0 ... 9, for each.\n"
    "\n"
    "  --concepts OUT.npy  write int8 [images, concepts]: 1 present, 0 absent, -1 ignored\n"
    "  --names OUT         write the names of the concepts, one per line\n"
    "  --help\n"
    "\n"
    "Exit status: 0 success, 1 failure, 2 wrong usage or bad input file, 130 stopped by Ctrl-C.\n";

struct arguments {
    bool help;
    const char *images, *labels;
    const char *concepts, *names; /* NULL: not asked for */
};

struct input {
    struct image_file images;
    int32_t *labels;
};

static bool check_outputs(const struct arguments *arguments, struct io_error *error) {
    const struct named_output outputs[] = {{"concepts", arguments->concepts},
                                           {"names", arguments->names}};
    const char *const inputs[] = {arguments->images, arguments->labels};
    return outputs_differ(outputs, 2, error) &&
           outputs_spare_inputs(outputs, 2, inputs, 2, error) &&
           (!arguments->concepts || output_file_check(arguments->concepts, error)) &&
           (!arguments->names || output_file_check(arguments->names, error));
}

static bool read_arguments(struct arguments *arguments, int count, char **words,
                           struct io_error *error) {
    static const struct option options[] = {{"concepts", required_argument, NULL, 'c'},
                                            {"names", required_argument, NULL, 'n'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int code;
    while ((code = getopt_long(count, words, "", options, NULL)) != -1) {
        if (code == 'h') {
            arguments->help = true;
            return true;
        }
        if (code == 'c')
            arguments->concepts = optarg;
        else if (code == 'n')
            arguments->names = optarg;
        else
            return io_fail(error, "--help lists what can be said");
    }
    if (count - optind != 2)
        return io_fail(error, "two arguments are needed, IMAGES and LABELS; --help says more");
    arguments->images = words[optind];
    arguments->labels = words[optind + 1];
    return check_outputs(arguments, error);
}

static bool open_input(struct input *input, const struct arguments *arguments,
                       struct io_error *error) {
    int64_t count = 0;
    if (!image_file_open(&input->images, arguments->images, IMAGE_SIDE, error) ||
        !labels_read(&input->labels, &count, arguments->labels, error))
        return false;
    if (count != input->images.count)
        return io_fail(error, "%s has %" PRId64 " labels, but %s has %" PRId64 " images",
                       arguments->labels, count, arguments->images, input->images.count);
    for (int64_t i = 0; i < count; i++)
        if (input->labels[i] < 0 || input->labels[i] >= FASHION_CLASSES)
            return io_fail(error, "%s: label %" PRId64 " is %" PRId32 ", but classes are 0 to %d",
                           arguments->labels, i, input->labels[i], FASHION_CLASSES - 1);
    return true;
}

static void judge(const double *pixels, int32_t label, int8_t *values) {
    double measures[IMAGE_MEASURES];
    image_measure_all(pixels, measures);
    for (int c = 0; c < FASHION_CONCEPTS; c++)
        values[c] = fashion_concept_of(&fashion_concepts[c], label, measures);
}

/* Fills in a row per image until all are done or Ctrl-C is pressed. */
static bool judge_all(const struct input *input, int8_t *values, struct io_error *error) {
    const int64_t count = input->images.count;
    double *pixels = malloc(STEP * IMAGE_PIXELS * sizeof *pixels);
    bool ok = pixels || io_fail_memory(error, STEP * IMAGE_PIXELS * sizeof *pixels);
    for (int64_t first = 0; ok && first < count && !cancel_signal_seen(); first += STEP) {
        const int64_t n = count - first < STEP ? count - first : STEP;
        ok = image_file_read(&input->images, first, n, pixels, error);
        for (int64_t i = 0; ok && i < n; i++)
            judge(pixels + i * IMAGE_PIXELS, input->labels[first + i],
                  values + (first + i) * FASHION_CONCEPTS);
    }
    free(pixels);
    return ok;
}

struct result {
    const int8_t *values;
    int64_t images;
};

static bool write_concepts(FILE *stream, const void *what, struct io_error *error) {
    const struct result *result = what;
    return npy_write_int8(stream, result->values, result->images, FASHION_CONCEPTS) ||
           io_fail(error, "cannot be written: %s", strerror(errno));
}

static bool write_names(FILE *stream, const void *what, struct io_error *error) {
    (void)what;
    for (int c = 0; c < FASHION_CONCEPTS; c++)
        fprintf(stream, "%s\n", fashion_concepts[c].name);
    return !ferror(stream) || io_fail(error, "cannot be written: %s", strerror(errno));
}

static bool print_counts(const struct result *result, struct io_error *error) {
    printf("%4s  %-20s%10s%10s%10s\n", "", "concept", "present", "absent", "ignored");
    for (int c = 0; c < FASHION_CONCEPTS; c++) {
        int64_t counts[3] = {0, 0, 0}; /* ignored, absent, present */
        char text[3][32];
        for (int64_t i = 0; i < result->images; i++)
            counts[result->values[i * FASHION_CONCEPTS + c] + 1]++;
        printf("%4d  %-20s%10s%10s%10s\n", c, fashion_concepts[c].name,
               with_commas(text[0], counts[2]), with_commas(text[1], counts[1]),
               with_commas(text[2], counts[0]));
    }
    return fflush(stdout) == 0 || io_fail(error, "standard output: %s", strerror(errno));
}

static int judge_and_write(const struct arguments *arguments, const struct input *input) {
    const size_t count = (size_t)input->images.count;
    int8_t *values = malloc(count * FASHION_CONCEPTS);
    const struct result result = {values, input->images.count};
    struct io_error error;
    cancel_signal_install();
    bool ok = values || io_fail_memory(&error, (double)count * FASHION_CONCEPTS);
    ok = ok && judge_all(input, values, &error);
    if (ok && !cancel_signal_seen())
        ok = print_counts(&result, &error) &&
             program_write(arguments->concepts, write_concepts, &result, &error) &&
             program_write(arguments->names, write_names, &result, &error);
    free(values);
    if (cancel_signal_seen())
        return program_stopped(program);
    return ok ? EXIT_SUCCESS : program_fail(program, &error, EXIT_LIBRARY);
}

int main(int count, char **words) {
    struct arguments arguments = {.help = false};
    struct input input = {.labels = NULL};
    struct io_error error;
    int code = EXIT_USAGE;
    if (!read_arguments(&arguments, count, words, &error))
        return program_fail(program, &error, EXIT_USAGE);
    if (arguments.help) {
        fputs(help, stdout);
        return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_LIBRARY;
    }
    if (open_input(&input, &arguments, &error))
        code = judge_and_write(&arguments, &input);
    else
        program_fail(program, &error, code);
    free(input.labels);
    image_file_close(&input.images);
    return code;
}
