/* A Vision Transformer of a few hundred random weights as a file, sound or spoilt. */
#ifndef HARNESS_SMALL_VIT_H
#define HARNESS_SMALL_VIT_H

/* Sizes that no loop's step divides. */
enum {
    SMALL_VIT_SIDE = 6,
    SMALL_VIT_PATCH = 2,
    SMALL_VIT_TOKENS = 9,
    SMALL_VIT_DIMENSION = 6,
    SMALL_VIT_BLOCKS = 2,
    SMALL_VIT_HEADS = 2,
    SMALL_VIT_HIDDEN = 5,
    SMALL_VIT_CLASSES = 3,
    SMALL_VIT_PIXELS = SMALL_VIT_SIDE * SMALL_VIT_SIDE
};

/* Writes the file. In the JSON of its header the first `from` becomes `to`, unless `from` is NULL;
 * the tensors' data stay. Fails the test if that is impossible. */
void small_vit_write(const char *path, const char *from, const char *to);

#endif
