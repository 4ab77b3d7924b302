/* Template: vector_template.h for every element type. The including file has defined load_f16() …
 * load_f64() beside what that template wants. Included once. */
#define TYPE_NAME f16
#define ELEMENT uint16_t
#define ONE latent__one_f16
#define LOAD load_f16
#define ADD_PRODUCT FUSED
#include "vector_template.h"

#define TYPE_NAME bf16
#define ELEMENT uint16_t
#define ONE latent__one_bf16
#define LOAD load_bf16
#define ADD_PRODUCT FUSED
#include "vector_template.h"

#define TYPE_NAME f32
#define ELEMENT float
#define ONE latent__one_f32
#define LOAD load_f32
#define ADD_PRODUCT FUSED
#include "vector_template.h"

#define TYPE_NAME f64
#define ELEMENT double
#define ONE latent__one_f64
#define LOAD load_f64
#define ADD_PRODUCT(a, b, c) ((c) + (a) * (b))
#include "vector_template.h"
