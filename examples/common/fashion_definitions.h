/* Concepts of the images of Fashion-MNIST: what they mean, and which images show them. */
#ifndef EXAMPLES_FASHION_DEFINITIONS_H
#define EXAMPLES_FASHION_DEFINITIONS_H

#include <stdint.h>

#include "common/image_measures.h"

enum { FASHION_CLASSES = 10 };

/* A concept of classes: images of the classes `present` show it, those of `ignored` may or may not,
 * those of all others do not. Or of a measure: it is present on the one side of a limit, absent on
 * the other side of a milder one, and ignored in between, where people would disagree, as well as
 * for images that have no such measure or are of a class of `ignored`. */
struct fashion_concept {
    const char *name;
    unsigned present, ignored; /* bit c: class c */
    enum image_measure measure;
    double absent_at, present_at; /* both included; the larger one says which way is up */
};

enum { FASHION_CONCEPTS = 48 };
extern const struct fashion_concept fashion_concepts[FASHION_CONCEPTS];

/* 1 present, 0 absent, −1 ignored. `label` is 0 … 9. */
int8_t fashion_concept_of(const struct fashion_concept *definition, int32_t label,
                          const double values[IMAGE_MEASURES]);

#endif
