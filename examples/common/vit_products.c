#include "common/vit_products.h"

#include <stdlib.h>
#include <string.h>

#include "common/number_arena.h"
#include "common/vit_patches.h"

static void lay_out(struct vit_room *room, const struct vit_model *model,
                    struct number_arena *arena) {
    const int64_t t = model->tokens, d = model->dimension, features = d / model->heads;
    room->patches = arena_take(arena, vit_pixels(model));
    room->tokens = arena_take(arena, t * d);
    room->first = arena_take(arena, t * d);
    room->last = arena_take(arena, t * d);
    room->hidden = arena_take(arena, t * model->hidden);
    room->attention.projected = arena_take(arena, 3 * t * d);
    room->attention.averages = arena_take(arena, t * d);
    room->attention.weights = arena_take(arena, t * t);
    room->attention.turned = arena_take(arena, t * (t > features ? t : features));
}

bool vit_room_open(struct vit_room *room, const struct vit_model *model, struct io_error *error) {
    struct number_arena arena = {NULL, 0};
    memset(room, 0, sizeof *room);
    lay_out(room, model, &arena);
    room->numbers = arena.numbers = calloc(arena.used, sizeof *arena.numbers);
    if (!room->numbers)
        return io_fail_memory(error, (double)arena.used * sizeof *arena.numbers);
    arena.used = 0;
    lay_out(room, model, &arena);
    return true;
}

void vit_room_close(struct vit_room *room) {
    free(room->numbers);
    memset(room, 0, sizeof *room);
}

/* A residual branch adds to the tokens, y = x + branch(x), so its derivative adds to the tangent:
 * dy = dx + J dx. */
static void block_tangent(const struct vit_block *block, int64_t t,
                          const struct vit_block_trace *trace, struct vit_room *room) {
    const int64_t size = t * block->mlp_norm.size;
    vit_norm_tangent(&block->attention_norm, t, &trace->attention_norm, room->tokens, room->first);
    vit_attention_tangent(&block->attention, t, &trace->attention, &room->attention, room->first,
                          room->last);
    vit_add(size, room->tokens, room->last, room->tokens);
    vit_norm_tangent(&block->mlp_norm, t, &trace->mlp_norm, room->tokens, room->first);
    vit_linear_tangent(&block->mlp_in, t, room->first, room->hidden);
    vit_gelu_derivative(t * block->mlp_in.outputs, trace->hidden, trace->activated, room->hidden);
    vit_linear_tangent(&block->mlp_out, t, room->hidden, room->last);
    vit_add(size, room->tokens, room->last, room->tokens);
}

void vit_tangent(const struct vit_trace *trace, const struct vit_model *model,
                 struct vit_room *room, const double *v, double *product) {
    const int64_t t = model->tokens;
    vit_patches_cut(model, v, room->patches);
    vit_linear_tangent(&model->embed, t, room->patches, room->tokens);
    for (int64_t b = 0; b < model->blocks; b++)
        block_tangent(&model->block[b], t, &trace->block[b], room);
    vit_norm_tangent(&model->norm, t, &trace->norm, room->tokens, room->tokens);
    vit_average(t, model->dimension, room->tokens, product);
}

/* The same layers from the last to the first, with w = u + J^T u for a residual branch. */
static void block_cotangent(const struct vit_block *block, int64_t t,
                            const struct vit_block_trace *trace, struct vit_room *room) {
    const int64_t size = t * block->mlp_norm.size;
    vit_linear_cotangent(&block->mlp_out, t, room->tokens, room->hidden);
    vit_gelu_derivative(t * block->mlp_in.outputs, trace->hidden, trace->activated, room->hidden);
    vit_linear_cotangent(&block->mlp_in, t, room->hidden, room->last);
    vit_norm_cotangent(&block->mlp_norm, t, &trace->mlp_norm, room->last, room->last);
    vit_add(size, room->tokens, room->last, room->tokens);
    vit_attention_cotangent(&block->attention, t, &trace->attention, &room->attention, room->tokens,
                            room->last);
    vit_norm_cotangent(&block->attention_norm, t, &trace->attention_norm, room->last, room->last);
    vit_add(size, room->tokens, room->last, room->tokens);
}

/* The cotangent of an average of t tokens is a t-th for each. */
static void spread(int64_t tokens, int64_t d, const double *u, double *each) {
    for (int64_t i = 0; i < tokens; i++) {
        for (int64_t k = 0; k < d; k++)
            each[i * d + k] = u[k] / (double)tokens;
    }
}

void vit_cotangent(const struct vit_trace *trace, const struct vit_model *model,
                   struct vit_room *room, const double *u, double *product) {
    const int64_t t = model->tokens;
    spread(t, model->dimension, u, room->tokens);
    vit_norm_cotangent(&model->norm, t, &trace->norm, room->tokens, room->tokens);
    for (int64_t b = model->blocks - 1; b >= 0; b--)
        block_cotangent(&model->block[b], t, &trace->block[b], room);
    vit_linear_cotangent(&model->embed, t, room->tokens, room->patches);
    vit_patches_join(model, room->patches, product);
}

/* Row k of J is J^T e_k. */
static void fill_rows(const struct vit_trace *trace, const struct vit_model *model,
                      struct vit_room *room, double *unit, double *jacobian) {
    for (int64_t k = 0; k < model->dimension; k++) {
        unit[k] = 1;
        vit_cotangent(trace, model, room, unit, jacobian + k * vit_pixels(model));
        unit[k] = 0;
    }
}

/* Column j of J is J e_j. */
static void fill_columns(const struct vit_trace *trace, const struct vit_model *model,
                         struct vit_room *room, double *unit, double *jacobian) {
    const int64_t n = vit_pixels(model);
    for (int64_t j = 0; j < n; j++) {
        unit[j] = 1;
        vit_tangent(trace, model, room, unit, unit + n);
        unit[j] = 0;
        for (int64_t k = 0; k < model->dimension; k++)
            jacobian[k * n + j] = unit[n + k];
    }
}

bool vit_jacobian(const struct vit_model *model, const double *image, double *jacobian,
                  struct io_error *error) {
    const int64_t n = vit_pixels(model), d = model->dimension;
    struct vit_trace trace = {.numbers = NULL};
    struct vit_room room = {.numbers = NULL};
    double *unit = calloc((size_t)(n + d), sizeof *unit); /* and room for a column */
    bool ok = unit || io_fail_memory(error, (double)(n + d) * sizeof *unit);
    ok = ok && vit_trace_open(&trace, model, error) && vit_room_open(&room, model, error);
    if (ok) {
        vit_trace_run(&trace, model, image);
        (d <= n ? fill_rows : fill_columns)(&trace, model, &room, unit, jacobian);
    }
    vit_trace_close(&trace);
    vit_room_close(&room);
    free(unit);
    return ok;
}
