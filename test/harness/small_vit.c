#include "small_vit.h"

#include <stdio.h>
#include <string.h>

#include "prng.h"
#include "testing.h"

struct model_text {
    char header[8192];
    int length;
    int bytes; /* of data so far */
};

/* Appends a float32 tensor [rows × columns], or [columns] if there are 0 rows. */
static void add_tensor(struct model_text *text, const char *name, int rows, int columns) {
    char shape[32];
    const int begin = text->bytes;
    text->bytes += 4 * (rows > 0 ? rows : 1) * columns;
    if (rows > 0)
        snprintf(shape, sizeof shape, "%d,%d", rows, columns);
    else
        snprintf(shape, sizeof shape, "%d", columns);
    text->length +=
        snprintf(text->header + text->length, sizeof text->header - (size_t)text->length,
                 ",\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%d,%d]}", name, shape,
                 begin, text->bytes);
}

static void add_block(struct model_text *text, int block) {
    const int d = SMALL_VIT_DIMENSION;
    const struct {
        const char *name;
        int rows, columns;
    } tensors[] = {{"norm1.weight", 0, d},
                   {"norm1.bias", 0, d},
                   {"self_attn.in_proj_weight", 3 * d, d},
                   {"self_attn.in_proj_bias", 0, 3 * d},
                   {"self_attn.out_proj.weight", d, d},
                   {"self_attn.out_proj.bias", 0, d},
                   {"norm2.weight", 0, d},
                   {"norm2.bias", 0, d},
                   {"linear1.weight", SMALL_VIT_HIDDEN, d},
                   {"linear1.bias", 0, SMALL_VIT_HIDDEN},
                   {"linear2.weight", d, SMALL_VIT_HIDDEN},
                   {"linear2.bias", 0, d}};
    for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) {
        char name[64];
        snprintf(name, sizeof name, "blocks.%d.%s", block, tensors[i].name);
        add_tensor(text, name, tensors[i].rows, tensors[i].columns);
    }
}

static void compose(struct model_text *text) {
    const int d = SMALL_VIT_DIMENSION;
    text->bytes = 0;
    text->length = snprintf(
        text->header, sizeof text->header,
        "{\"__metadata__\":{\"image\":\"%d\",\"patch\":\"%d\",\"dimension\":\"%d\",\"blocks\":\"%"
        "d\","
        "\"heads\":\"%d\",\"hidden\":\"%d\",\"classes\":\"%d\",\"layer_norm_epsilon\":\"1e-05\","
        "\"gelu\":\"erf\",\"pooling\":\"mean\"}",
        SMALL_VIT_SIDE, SMALL_VIT_PATCH, d, SMALL_VIT_BLOCKS, SMALL_VIT_HEADS, SMALL_VIT_HIDDEN,
        SMALL_VIT_CLASSES);
    add_tensor(text, "embed.weight", d, SMALL_VIT_PATCH * SMALL_VIT_PATCH);
    add_tensor(text, "embed.bias", 0, d);
    add_tensor(text, "position", SMALL_VIT_TOKENS, d);
    for (int b = 0; b < SMALL_VIT_BLOCKS; b++)
        add_block(text, b);
    add_tensor(text, "norm.weight", 0, d);
    add_tensor(text, "norm.bias", 0, d);
    add_tensor(text, "head.weight", SMALL_VIT_CLASSES, d);
    add_tensor(text, "head.bias", 0, SMALL_VIT_CLASSES);
    text->header[text->length++] = '}';
    text->header[text->length] = '\0';
}

static void substitute(struct model_text *text, const char *from, const char *to) {
    char *place = strstr(text->header, from);
    assert_non_null(place);
    const size_t length = strlen(from), other = strlen(to);
    assert_true((size_t)text->length + other < sizeof text->header);
    memmove(place + other, place + length, strlen(place + length) + 1);
    memcpy(place, to, other);
    text->length += (int)other - (int)length;
}

/* The lowest byte first. */
static void put_number(FILE *stream, uint64_t number, int bytes) {
    for (int i = 0; i < bytes; i++)
        assert_int_not_equal(fputc((int)(number >> 8 * i & 255), stream), EOF);
}

void small_vit_write(const char *path, const char *from, const char *to) {
    static struct model_text text;
    compose(&text);
    if (from)
        substitute(&text, from, to);
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    put_number(stream, (uint64_t)text.length, 8);
    assert_int_equal(fwrite(text.header, 1, (size_t)text.length, stream), text.length);
    prng random = {28};
    for (int i = 0; i < text.bytes / 4; i++) {
        const float weight = (float)prng_normal(&random);
        uint32_t bits;
        memcpy(&bits, &weight, sizeof bits);
        put_number(stream, bits, 4);
    }
    assert_int_equal(fclose(stream), 0);
}
