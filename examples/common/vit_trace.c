#include "common/vit_trace.h"

#include <stdlib.h>
#include <string.h>

#include "common/number_arena.h"
#include "common/vit_patches.h"

static struct vit_norm_kept take_norm(struct number_arena *arena, int64_t tokens, int64_t size) {
    struct vit_norm_kept kept;
    kept.normal = arena_take(arena, tokens * size);
    kept.inverse_deviation = arena_take(arena, tokens);
    return kept;
}

static void lay_out(struct vit_trace *trace, const struct vit_model *model,
                    struct number_arena *arena) {
    const int64_t t = model->tokens, d = model->dimension;
    double *tokens = arena_take(arena, t * d);
    trace->patches = arena_take(arena, vit_pixels(model));
    for (int64_t b = 0; b < model->blocks; b++) {
        struct vit_block_trace *block = &trace->block[b];
        block->input = tokens;
        block->attention_norm = take_norm(arena, t, d);
        block->attention.projected = arena_take(arena, 3 * t * d);
        block->attention.weights = arena_take(arena, model->heads * t * t);
        block->attention.averages = arena_take(arena, t * d);
        block->attended = arena_take(arena, t * d);
        block->mlp_norm = take_norm(arena, t, d);
        block->hidden = arena_take(arena, t * model->hidden);
        block->activated = arena_take(arena, t * model->hidden);
        block->output = tokens = arena_take(arena, t * d);
    }
    trace->norm = take_norm(arena, t, d);
    trace->latent = arena_take(arena, d);
    trace->logits = arena_take(arena, model->classes);
    trace->scratch = arena_take(arena, 2 * t * d);
}

bool vit_trace_open(struct vit_trace *trace, const struct vit_model *model,
                    struct io_error *error) {
    struct number_arena arena = {NULL, 0};
    memset(trace, 0, sizeof *trace);
    trace->block = calloc((size_t)model->blocks, sizeof *trace->block);
    if (!trace->block)
        return io_fail_memory(error, (double)model->blocks * sizeof *trace->block);
    lay_out(trace, model, &arena);
    trace->numbers = arena.numbers = calloc(arena.used, sizeof *arena.numbers);
    if (!trace->numbers) {
        vit_trace_close(trace);
        return io_fail_memory(error, (double)arena.used * sizeof *arena.numbers);
    }
    arena.used = 0;
    lay_out(trace, model, &arena);
    return true;
}

void vit_trace_close(struct vit_trace *trace) {
    free(trace->numbers);
    free(trace->block);
    memset(trace, 0, sizeof *trace);
}

static void run_block(const struct vit_block *block, int64_t tokens,
                      const struct vit_block_trace *trace, double *scratch) {
    const int64_t size = tokens * block->mlp_norm.size;
    double *const more = scratch + size;
    vit_norm_values(&block->attention_norm, tokens, trace->input, &trace->attention_norm, scratch);
    vit_attention_values(&block->attention, tokens, scratch, &trace->attention, more,
                         trace->attended);
    vit_add(size, trace->input, trace->attended, trace->attended);
    vit_norm_values(&block->mlp_norm, tokens, trace->attended, &trace->mlp_norm, scratch);
    vit_linear_values(&block->mlp_in, tokens, scratch, trace->hidden);
    vit_gelu_values(tokens * block->mlp_in.outputs, trace->hidden, trace->activated);
    vit_linear_values(&block->mlp_out, tokens, trace->activated, trace->output);
    vit_add(size, trace->attended, trace->output, trace->output);
}

void vit_trace_run(struct vit_trace *trace, const struct vit_model *model, const double *image) {
    const int64_t t = model->tokens, d = model->dimension;
    double *const tokens = trace->block[0].input;
    vit_patches_cut(model, image, trace->patches);
    vit_linear_values(&model->embed, t, trace->patches, tokens);
    vit_add(t * d, tokens, model->position, tokens);
    for (int64_t b = 0; b < model->blocks; b++)
        run_block(&model->block[b], t, &trace->block[b], trace->scratch);
    vit_norm_values(&model->norm, t, trace->block[model->blocks - 1].output, &trace->norm,
                    trace->scratch);
    vit_average(t, d, trace->scratch, trace->latent);
    vit_linear_values(&model->head, 1, trace->latent, trace->logits);
}

bool vit_model_run(const struct vit_model *model, int64_t count, const double *images,
                   double *latents, double *logits, struct io_error *error) {
    struct vit_trace trace;
    const int64_t d = model->dimension, classes = model->classes;
    if (!vit_trace_open(&trace, model, error))
        return false;
    for (int64_t i = 0; i < count; i++) {
        vit_trace_run(&trace, model, images + i * vit_pixels(model));
        if (latents)
            memcpy(latents + i * d, trace.latent, (size_t)d * sizeof *latents);
        if (logits)
            memcpy(logits + i * classes, trace.logits, (size_t)classes * sizeof *logits);
    }
    vit_trace_close(&trace);
    return true;
}
