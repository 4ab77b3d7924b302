/* What can be measured of a small grey image that shows one thing on a black ground. */
#ifndef EXAMPLES_IMAGE_MEASURES_H
#define EXAMPLES_IMAGE_MEASURES_H

#include <stdbool.h>

enum { IMAGE_SIDE = 28, IMAGE_PIXELS = IMAGE_SIDE * IMAGE_SIDE };

/* The *figure* is the pixels above 0.1, and its *box* the smallest rectangle around them. Halves
 * and thirds are those of the box, rounded down, the middle row or column being in neither half. */
enum image_measure {
    MEASURE_NONE,
    MEASURE_AREA,       /* share of the image that is figure */
    MEASURE_BRIGHTNESS, /* mean of the figure's pixels */
    MEASURE_CONTRAST,   /* their standard deviation */
    MEASURE_ONE_GREY,   /* share of them within 0.08 of their (upper) median */
    MEASURE_ASPECT,     /* width of the box / its height */
    MEASURE_FILL,       /* share of the box that is figure */
    MEASURE_MIRROR, /* 1 − Σ|p − q| / Σ(p + q) in the box, q being p mirrored left to right */
    MEASURE_FLIP,   /* the same, mirrored top to bottom */
    MEASURE_ROUGHNESS,    /* mean |difference| of neighbours that are both figure */
    MEASURE_STRIPES,      /* between neighbouring rows minus within rows, see image_measures.c */
    MEASURE_STREAKS,      /* the same of columns */
    MEASURE_GAP_BELOW,    /* share of the lower half's rows whose figure is in several parts */
    MEASURE_HOLES,        /* share of the box that is ground, but enclosed by figure */
    MEASURE_LIGHT_BELOW,  /* sum of the lower half's pixels / that of both halves */
    MEASURE_LIGHT_RIGHT,  /* the same of the right half */
    MEASURE_WIDENING,     /* figure's share of the lowest third − that of the highest */
    MEASURE_SLANT,        /* correlation of x and y, downwards, over the figure's pixels */
    MEASURE_BRIGHT_BELOW, /* mean of the figure's pixels in the lower half − in the upper half */
    IMAGE_MEASURES
};

/* Measures IMAGE_PIXELS pixels of 0 … 1, row after row. What makes no sense is NaN: all of it if
 * the figure has fewer than 20 pixels. */
void image_measure_all(const double *pixels, double values[IMAGE_MEASURES]);

#endif
