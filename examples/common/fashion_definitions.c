#include "common/fashion_definitions.h"

#include <math.h>

enum {
    TSHIRT = 1 << 0,
    TROUSER = 1 << 1,
    PULLOVER = 1 << 2,
    DRESS = 1 << 3,
    COAT = 1 << 4,
    SANDAL = 1 << 5,
    SHIRT = 1 << 6,
    SNEAKER = 1 << 7,
    BAG = 1 << 8,
    BOOT = 1 << 9,
    SHOES = SANDAL | SNEAKER | BOOT,
    TOPS = TSHIRT | PULLOVER | COAT | SHIRT
};

/* Of classes, or of a measure with the limits "absent" and "present". */
#define CLASSES(name, present)                                                                     \
    { name, present, 0, MEASURE_NONE, 0, 0 }
#define CLASSES_BUT(name, present, ignored)                                                        \
    { name, present, ignored, MEASURE_NONE, 0, 0 }
#define MEASURED(name, measure, absent, present)                                                   \
    { name, 0, 0, MEASURE_##measure, absent, present }
#define MEASURED_BUT(name, measure, absent, present, ignored)                                      \
    { name, 0, ignored, MEASURE_##measure, absent, present }

/* clang-format off */
const struct fashion_concept fashion_concepts[FASHION_CONCEPTS] = {
    /* The ten classes. */
    CLASSES("T-shirt/top", TSHIRT),
    CLASSES("trouser",     TROUSER),
    CLASSES("pullover",    PULLOVER),
    CLASSES("dress",       DRESS),
    CLASSES("coat",        COAT),
    CLASSES("sandal",      SANDAL),
    CLASSES("shirt",       SHIRT),
    CLASSES("sneaker",     SNEAKER),
    CLASSES("bag",         BAG),
    CLASSES("ankle boot",  BOOT),

    /* Groups of them. Ignored are classes that hold both. */
    CLASSES    ("garment",          TOPS | TROUSER | DRESS),
    CLASSES    ("top",              TOPS),
    CLASSES    ("covers the torso", TOPS | DRESS),
    CLASSES_BUT("covers the legs",  TROUSER | DRESS, COAT),
    CLASSES_BUT("has sleeves",      PULLOVER | COAT | SHIRT, TSHIRT | DRESS),
    CLASSES_BUT("long sleeves",     PULLOVER | COAT, SHIRT | DRESS),
    CLASSES    ("footwear",         SHOES),
    CLASSES    ("closed shoe",      SNEAKER | BOOT),
    CLASSES_BUT("warm",             PULLOVER | COAT | BOOT, TROUSER | SHIRT | SNEAKER),
    CLASSES_BUT("for summer",       TSHIRT | DRESS | SANDAL, SHIRT | SNEAKER | BAG),

    /*                                              absent  present */
    MEASURED("bright",                 BRIGHTNESS,    0.65,   0.75),
    MEASURED("dark",                   BRIGHTNESS,    0.50,   0.40),
    MEASURED("high contrast",          CONTRAST,      0.20,   0.23),
    MEASURED("low contrast",           CONTRAST,      0.16,   0.13),
    MEASURED("mostly one grey",        ONE_GREY,      0.60,   0.75),
    MEASURED("textured",               ROUGHNESS,     0.12,   0.16),
    MEASURED("smooth",                 ROUGHNESS,     0.09,   0.07),
    MEASURED("brighter below",         BRIGHT_BELOW,  0.03,   0.10),
    MEASURED("brighter above",         BRIGHT_BELOW, -0.03,  -0.10),
    MEASURED("large",                  AREA,          0.50,   0.60),
    MEASURED("small",                  AREA,          0.35,   0.25),
    MEASURED("wide",                   ASPECT,        1.00,   1.25),
    MEASURED("flat",                   ASPECT,        1.50,   2.00),
    MEASURED("tall",                   ASPECT,        1.00,   0.80),
    MEASURED("narrow",                 ASPECT,        0.65,   0.50),
    MEASURED("fills its frame",        FILL,          0.75,   0.86),
    MEASURED("sparse",                 FILL,          0.65,   0.50),
    MEASURED("symmetric",              MIRROR,        0.85,   0.93),
    MEASURED("alike upside down",      FLIP,          0.75,   0.85),
    MEASURED("gap below",              GAP_BELOW,     0.50,   0.90),
    MEASURED("has holes",              HOLES,         0.005,  0.03),
    MEASURED("bottom-heavy",           LIGHT_BELOW,   0.57,   0.66),
    MEASURED("top-heavy",              LIGHT_BELOW,   0.49,   0.44),
    MEASURED("heavy on the right",     LIGHT_RIGHT,   0.55,   0.65),
    MEASURED("wider below",            WIDENING,      0.20,   0.40),
    MEASURED("rises to the right",     SLANT,        -0.15,  -0.30),
    /* Legs, soles and flaps are no stripes. Folds and open fronts do count as streaks. */
    MEASURED_BUT("striped across",      STRIPES,      0.00,   0.02, SHOES | BAG),
    MEASURED_BUT("streaked lengthwise", STREAKS,      0.03,   0.06, SHOES | BAG | TROUSER),
};
/* clang-format on */

static int8_t of_measure(const struct fashion_concept *definition, double value) {
    const bool up = definition->present_at > definition->absent_at;
    if (up ? value >= definition->present_at : value <= definition->present_at)
        return 1;
    /* NaN is on neither side. */
    return (up ? value <= definition->absent_at : value >= definition->absent_at) ? 0 : -1;
}

int8_t fashion_concept_of(const struct fashion_concept *definition, int32_t label,
                          const double values[IMAGE_MEASURES]) {
    if (definition->ignored >> label & 1)
        return -1;
    if (definition->measure != MEASURE_NONE)
        return of_measure(definition, values[definition->measure]);
    return (int8_t)(definition->present >> label & 1);
}
