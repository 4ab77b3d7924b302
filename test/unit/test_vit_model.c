/* Models from files, sound and spoilt, and runs of many images. */
#define _XOPEN_SOURCE 700

#include "harness/testing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/vit_trace.h"
#include "harness/prng.h"
#include "harness/small_vit.h"

static char path[] = "/tmp/test_vit_model.XXXXXX";

static void reads_the_architecture(void **state) {
    (void)state;
    struct vit_model model;
    struct io_error error = {""};
    small_vit_write(path, NULL, NULL);
    assert_true(vit_model_open(&model, path, &error));
    assert_int_equal(model.side, SMALL_VIT_SIDE);
    assert_int_equal(model.patch, SMALL_VIT_PATCH);
    assert_int_equal(model.tokens, SMALL_VIT_TOKENS);
    assert_int_equal(model.dimension, SMALL_VIT_DIMENSION);
    assert_int_equal(model.blocks, SMALL_VIT_BLOCKS);
    assert_int_equal(model.heads, SMALL_VIT_HEADS);
    assert_int_equal(model.hidden, SMALL_VIT_HIDDEN);
    assert_int_equal(model.classes, SMALL_VIT_CLASSES);
    assert_true(model.norm.epsilon == 1e-5);
    const struct vit_linear *layer = &model.block[1].mlp_in;
    assert_int_equal(layer->inputs, SMALL_VIT_DIMENSION);
    assert_int_equal(layer->outputs, SMALL_VIT_HIDDEN);
    assert_true(layer->weight[1] == layer->transposed[SMALL_VIT_HIDDEN]);
    vit_model_close(&model);
}

static void refuses_spoilt_files_and_says_why(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *pieces;
    } cases[] = {
        {"\"image\":\"6\"", "\"image\":\"7\"", "7 pixels|patches of 2"},
        {"\"image\":\"6\"", "\"image\":\"6x\"", "'image' from 1 to 1024"},
        {"\"image\":\"6\"", "\"image\":\"\"", "'image'"},
        {"\"image\":\"6\"", "\"image\":\"4\"", "'position': is F32 [9, 6]|needs F32 [4, 6]"},
        {"\"image\":\"6\"", "\"image\":\"99999999999999999999\"", "'image'"},
        {"\"image\":\"6\",", "", "'image'"},
        {"\"patch\":\"2\"", "\"patch\":\"0\"", "'patch' from 1 to 6"},
        {"\"patch\":\"2\"", "\"patch\":\"3\"", "'embed.weight': is F32 [6, 4]|needs F32 [6, 9]"},
        {"\"dimension\":\"6\"", "\"dimension\":\"8\"", "'embed.weight'|[8, 4]"},
        {"\"blocks\":\"2\"", "\"blocks\":\"3\"", "no tensor 'blocks.2.norm1.weight'|embed.bias"},
        {"\"blocks\":\"2\"", "\"blocks\":\"1\"", "31 tensors|architecture has 19"},
        {"\"blocks\":\"2\"", "\"blocks\":\"-1\"", "'blocks'"},
        {"\"heads\":\"2\"", "\"heads\":\"4\"", "dimension 6|4 heads"},
        {"\"hidden\":\"5\"", "\"hidden\":\"4\"", "'blocks.0.linear1.weight'|[4, 6]"},
        {"\"classes\":\"3\"", "\"classes\":\"10\"",
         "'head.weight': is F32 [3, 6]|needs F32 [10, 6]"},
        {"\"1e-05\"", "\"nan\"", "'layer_norm_epsilon'"},
        {"\"1e-05\"", "\"0\"", "'layer_norm_epsilon'"},
        {"\"1e-05\"", "\"1e-05 \"", "'layer_norm_epsilon'"},
        {"\"erf\"", "\"tanh\"", "'gelu'|'erf'"},
        {"\"mean\"", "\"token\"", "'pooling'|'mean'"},
        {"\"__metadata__\"", "\"x\"", "tensor 'x'"},
        {"position", "location", "no tensor 'position'"},
        {"\"shape\":[6,4]", "\"shape\":[4,6]", "'embed.weight': is F32 [4, 6]"},
        {"\"shape\":[6,4]", "\"shape\":[24]", "'embed.weight': is F32 [24]"},
        {"\"shape\":[6,4]", "\"shape\":[6,4,1]", "'embed.weight': is F32 [6, 4, 1]"},
        {"\"F32\"", "\"I32\"", "'embed.weight': is I32 [6, 4]"},
        {"\"F32\"", "\"F16\"", "take 48 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vit_model model;
        struct io_error error = {""};
        small_vit_write(path, cases[i].from, cases[i].to);
        assert_false(vit_model_open(&model, path, &error));
        assert_null(model.numbers);
        if (!testing_mentions(error.text, cases[i].pieces) || !testing_mentions(error.text, path))
            fail_msg("%s: got \"%s\"", cases[i].to, error.text);
    }
}

/* The last four bytes are the last element of head.bias. */
static void refuses_weights_that_are_no_numbers(void **state) {
    (void)state;
    static const char infinity[] = "\0\0\x80\x7f", nan[] = "\1\0\x80\xff";
    for (int i = 0; i < 2; i++) {
        struct vit_model model;
        struct io_error error = {""};
        small_vit_write(path, NULL, NULL);
        FILE *stream = fopen(path, "r+b");
        assert_non_null(stream);
        assert_int_equal(fseek(stream, -4, SEEK_END), 0);
        assert_int_equal(fwrite(i == 0 ? infinity : nan, 1, 4, stream), 4);
        assert_int_equal(fclose(stream), 0);
        assert_false(vit_model_open(&model, path, &error));
        assert_true(testing_mentions(error.text, "tensor 'head.bias': element 2 is"));
        assert_true(testing_mentions(error.text, i == 0 ? "infinite" : "NaN"));
    }
}

static void refuses_every_truncation(void **state) {
    (void)state;
    small_vit_write(path, NULL, NULL);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, 0, SEEK_END), 0);
    const long size = ftell(stream);
    assert_int_equal(fclose(stream), 0);
    for (long length = size - 1; length >= 0; length -= length > 97 ? 97 : 1) {
        struct vit_model model;
        struct io_error error = {""};
        assert_int_equal(truncate(path, length), 0);
        assert_false(vit_model_open(&model, path, &error));
        assert_true(testing_mentions(error.text, path));
    }
}

/* The latent vector does not depend on which images ran before, nor on how ranges are cut; the
 * logits are the head of it; and each patch has its own pixels. */
static void runs_images_independently(void **state) {
    (void)state;
    enum { IMAGES = 5, D = SMALL_VIT_DIMENSION, C = SMALL_VIT_CLASSES };
    double images[IMAGES * SMALL_VIT_PIXELS], latents[IMAGES * D], logits[IMAGES * C];
    double some_latents[3 * D], some_logits[3 * C];
    struct vit_model model;
    struct io_error error = {""};
    prng random = {5};
    for (int i = 0; i < IMAGES * SMALL_VIT_PIXELS; i++)
        images[i] = prng_uniform(&random);
    small_vit_write(path, NULL, NULL);
    assert_true(vit_model_open(&model, path, &error));
    assert_true(vit_model_run(&model, IMAGES, images, latents, logits, &error));
    assert_true(
        vit_model_run(&model, 3, images + 2 * SMALL_VIT_PIXELS, some_latents, NULL, &error));
    assert_true(vit_model_run(&model, 3, images + 2 * SMALL_VIT_PIXELS, NULL, some_logits, &error));
    assert_memory_equal(some_latents, latents + 2 * D, sizeof some_latents);
    assert_memory_equal(some_logits, logits + 2 * C, sizeof some_logits);
    for (int i = 0; i < IMAGES * C; i++) {
        double logit = model.head.bias[i % C];
        for (int k = 0; k < D; k++)
            logit += model.head.weight[i % C * D + k] * latents[i / C * D + k];
        assert_true(fabs(logit - logits[i]) < 1e-13);
    }
    vit_model_close(&model);
}

static void keeps_what_happens_on_the_way(void **state) {
    (void)state;
    struct vit_model model;
    struct vit_trace trace;
    struct io_error error = {""};
    double image[SMALL_VIT_PIXELS];
    for (int i = 0; i < SMALL_VIT_PIXELS; i++)
        image[i] = i;
    small_vit_write(path, NULL, NULL);
    assert_true(vit_model_open(&model, path, &error));
    assert_true(vit_trace_open(&trace, &model, &error));
    vit_trace_run(&trace, &model, image);
    /* The token in row 1, column 2 of the image's 3 × 3. */
    static const double corner[] = {16, 17, 22, 23};
    assert_memory_equal(trace.patches + 5 * 4, corner, sizeof corner);
    assert_ptr_equal(trace.block[1].input, trace.block[0].output);
    for (int b = 0; b < SMALL_VIT_BLOCKS; b++) {
        const double *weights = trace.block[b].attention.weights;
        for (int i = 0; i < SMALL_VIT_HEADS * SMALL_VIT_TOKENS; i++) {
            double sum = 0;
            for (int j = 0; j < SMALL_VIT_TOKENS; j++)
                sum += weights[i * SMALL_VIT_TOKENS + j];
            assert_true(fabs(sum - 1) < 1e-14);
        }
    }
    vit_trace_close(&trace);
    vit_model_close(&model);
}

static int make_file(void **state) {
    (void)state;
    const int descriptor = mkstemp(path);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_architecture),
        cmocka_unit_test(refuses_spoilt_files_and_says_why),
        cmocka_unit_test(refuses_weights_that_are_no_numbers),
        cmocka_unit_test(refuses_every_truncation),
        cmocka_unit_test(runs_images_independently),
        cmocka_unit_test(keeps_what_happens_on_the_way),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
