/* Sizes, offsets and numbers that programs have compiled in, and what they have to be. */
#ifndef HARNESS_LAYOUT_FACTS_H
#define HARNESS_LAYOUT_FACTS_H

#include "testing.h"

#define SIZE(type, bytes)                                                                          \
    { #type, sizeof(type), bytes }
#define FIELD(type, field, offset)                                                                 \
    { #type "." #field, offsetof(type, field), offset }
#define NUMBER(name, value)                                                                        \
    { #name, (size_t)(int64_t)(name), (size_t)(int64_t)(value) }

typedef struct fact {
    const char *name;
    size_t actual, fixed;
} fact;

/* Fails the test at the first fact that is not as it was. */
void expect_facts(const fact *facts, size_t count);

#endif
