#include "common/image_measures.h"

#include <math.h>
#include <stdlib.h>

enum { SIDE = IMAGE_SIDE, FEWEST = 20 };

static const double ground = 0.1, same_grey = 0.08;

/* Rows `top` … `bottom` − 1, columns `left` … `right` − 1 of an image. */
struct area {
    int top, bottom, left, right;
};

struct picture {
    double pixel[SIDE][SIDE];
    bool figure[SIDE][SIDE];
    int figures; /* how many pixels are */
    struct area box;
};

static int height(struct area area) {
    return area.bottom - area.top;
}

static int width(struct area area) {
    return area.right - area.left;
}

static struct area lower_half(struct area box) {
    return (struct area){box.bottom - height(box) / 2, box.bottom, box.left, box.right};
}

static struct area upper_half(struct area box) {
    return (struct area){box.top, box.top + height(box) / 2, box.left, box.right};
}

static void find_figure(struct picture *picture, const double *pixels) {
    *picture = (struct picture){.box = {SIDE, 0, SIDE, 0}};
    struct area *box = &picture->box;
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            picture->pixel[y][x] = pixels[y * SIDE + x];
            if (!(picture->pixel[y][x] > ground))
                continue;
            picture->figure[y][x] = true;
            picture->figures++;
            box->top = y < box->top ? y : box->top;
            box->bottom = y + 1;
            box->left = x < box->left ? x : box->left;
            box->right = x + 1 > box->right ? x + 1 : box->right;
        }
    }
}

/* With rows and columns exchanged. */
static void transpose(struct picture *target, const struct picture *source) {
    const struct area box = source->box;
    *target = (struct picture){.figures = source->figures,
                               .box = {box.left, box.right, box.top, box.bottom}};
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            target->pixel[x][y] = source->pixel[y][x];
            target->figure[x][y] = source->figure[y][x];
        }
    }
}

/* Sums over an area. */
struct sums {
    double light;  /* of all pixels */
    double bright; /* of the figure's */
    int figures;
};

static struct sums sum(const struct picture *picture, struct area area) {
    struct sums sums = {0, 0, 0};
    for (int y = area.top; y < area.bottom; y++) {
        for (int x = area.left; x < area.right; x++) {
            sums.light += picture->pixel[y][x];
            sums.bright += picture->figure[y][x] ? picture->pixel[y][x] : 0;
            sums.figures += picture->figure[y][x];
        }
    }
    return sums;
}

static double share_of_figure(const struct picture *picture, struct area area) {
    return sum(picture, area).figures / (double)(height(area) * width(area));
}

static double light_below(const struct picture *picture) {
    const double below = sum(picture, lower_half(picture->box)).light;
    return below / (below + sum(picture, upper_half(picture->box)).light);
}

static double mean_of_figure(const struct picture *picture, struct area area) {
    const struct sums sums = sum(picture, area);
    return sums.bright / sums.figures;
}

static double mirrored(const struct picture *picture) {
    const struct area box = picture->box;
    double difference = 0, total = 0;
    for (int y = box.top; y < box.bottom; y++) {
        for (int x = box.left; x < box.right; x++) {
            const double here = picture->pixel[y][x];
            difference += fabs(here - picture->pixel[y][box.left + box.right - 1 - x]);
            total += 2 * here;
        }
    }
    return 1 - difference / total;
}

static int compare(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure_greys(const struct picture *picture, double *values) {
    double grey[IMAGE_PIXELS], squares = 0;
    int count = 0, near = 0;
    const double mean = mean_of_figure(picture, picture->box);
    for (int i = 0; i < IMAGE_PIXELS; i++)
        if (picture->figure[i / SIDE][i % SIDE])
            grey[count++] = picture->pixel[i / SIDE][i % SIDE];
    qsort(grey, (size_t)count, sizeof *grey, compare);
    for (int i = 0; i < count; i++) {
        squares += (grey[i] - mean) * (grey[i] - mean);
        near += fabs(grey[i] - grey[count / 2]) < same_grey;
    }
    values[MEASURE_BRIGHTNESS] = mean;
    values[MEASURE_CONTRAST] = sqrt(squares / count);
    values[MEASURE_ONE_GREY] = (double)near / count;
}

/* Sum and number of differences between neighbours in a row, both figure. */
struct steps {
    double sum;
    int count;
};

static void add_steps(struct steps *steps, const struct picture *picture, int y, int left,
                      int right) {
    for (int x = left; x + 1 < right; x++) {
        if (picture->figure[y][x] && picture->figure[y][x + 1]) {
            steps->sum += fabs(picture->pixel[y][x + 1] - picture->pixel[y][x]);
            steps->count++;
        }
    }
}

/* Inside the box, a sixth of it cut off at each side, the rows count that are figure for three
 * quarters: the mean |difference| between the means of neighbouring ones, minus the mean
 * |difference| of neighbours within one. Stripes make the first large and the second small, other
 * patterns both. NaN with fewer than 8 such rows, or 6 pairs of them. */
static double stripes(const struct picture *picture) {
    const struct area box = picture->box;
    const struct area inner = {box.top + height(box) / 6, box.bottom - height(box) / 6,
                               box.left + width(box) / 6, box.right - width(box) / 6};
    struct steps within = {0, 0}, between = {0, 0};
    double last = NAN;
    int rows = 0;
    for (int y = inner.top; y < inner.bottom; y++) {
        const struct area row = {y, y + 1, inner.left, inner.right};
        if (4 * sum(picture, row).figures < 3 * width(inner)) {
            last = NAN;
            continue;
        }
        const double mean = mean_of_figure(picture, row);
        rows++;
        if (!isnan(last)) {
            between.sum += fabs(mean - last);
            between.count++;
        }
        last = mean;
        add_steps(&within, picture, y, inner.left, inner.right);
    }
    if (rows < 8 || between.count < 6 || within.count == 0)
        return NAN;
    return between.sum / between.count - within.sum / within.count;
}

static double roughness(const struct picture *picture, const struct picture *turned) {
    struct steps steps = {0, 0};
    for (int i = 0; i < SIDE; i++) {
        add_steps(&steps, picture, i, 0, SIDE);
        add_steps(&steps, turned, i, 0, SIDE);
    }
    return steps.count > 0 ? steps.sum / steps.count : (double)NAN;
}

/* NaN for a box of one row, which has no lower half. */
static double gap_below(const struct picture *picture) {
    const struct area half = lower_half(picture->box);
    int split = 0;
    for (int y = half.top; y < half.bottom; y++) {
        int parts = 0;
        for (int x = half.left; x < half.right; x++)
            parts += picture->figure[y][x] && (x == half.left || !picture->figure[y][x - 1]);
        split += parts > 1;
    }
    return height(half) > 0 ? (double)split / height(half) : (double)NAN;
}

/* What the ground outside cannot reach by steps to the four neighbours. */
static double holes(const struct picture *picture) {
    enum { ROOM = SIDE + 2 };
    bool reached[ROOM][ROOM] = {{true}};
    int stack[ROOM * ROOM] = {0}, depth = 1, ground_inside = 0;
    while (depth > 0) {
        const int at = stack[--depth], y = at / ROOM, x = at % ROOM;
        const int next[4][2] = {{y - 1, x}, {y + 1, x}, {y, x - 1}, {y, x + 1}};
        for (int i = 0; i < 4; i++) {
            const int to_y = next[i][0], to_x = next[i][1];
            if (to_y < 0 || to_y == ROOM || to_x < 0 || to_x == ROOM || reached[to_y][to_x])
                continue;
            const bool inside = to_y > 0 && to_y <= SIDE && to_x > 0 && to_x <= SIDE;
            if (inside && picture->figure[to_y - 1][to_x - 1])
                continue;
            reached[to_y][to_x] = true;
            stack[depth++] = to_y * ROOM + to_x;
        }
    }
    for (int i = 0; i < IMAGE_PIXELS; i++)
        ground_inside +=
            !picture->figure[i / SIDE][i % SIDE] && !reached[i / SIDE + 1][i % SIDE + 1];
    return (double)ground_inside / (height(picture->box) * width(picture->box));
}

/* Of figures that reach over several rows and columns; others have none. */
static double slant(const struct picture *picture) {
    double sum_x = 0, sum_y = 0, xx = 0, yy = 0, xy = 0;
    const double count = picture->figures;
    for (int i = 0; i < IMAGE_PIXELS; i++) {
        const double x = i % SIDE, y = (double)(i / SIDE);
        if (!picture->figure[i / SIDE][i % SIDE])
            continue;
        sum_x += x;
        sum_y += y;
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    const double square = (count * xx - sum_x * sum_x) * (count * yy - sum_y * sum_y);
    return square > 0 ? (count * xy - sum_x * sum_y) / sqrt(square) : (double)NAN;
}

static double widening(const struct picture *picture) {
    const struct area box = picture->box;
    const int third = height(box) < 3 ? 1 : height(box) / 3;
    const struct area low = {box.bottom - third, box.bottom, box.left, box.right};
    const struct area high = {box.top, box.top + third, box.left, box.right};
    return share_of_figure(picture, low) - share_of_figure(picture, high);
}

void image_measure_all(const double *pixels, double values[IMAGE_MEASURES]) {
    struct picture picture, turned;
    for (int i = 0; i < IMAGE_MEASURES; i++)
        values[i] = NAN;
    find_figure(&picture, pixels);
    if (picture.figures < FEWEST)
        return;
    transpose(&turned, &picture);
    const struct area box = picture.box;
    measure_greys(&picture, values);
    values[MEASURE_AREA] = (double)picture.figures / IMAGE_PIXELS;
    values[MEASURE_ASPECT] = (double)width(box) / height(box);
    values[MEASURE_FILL] = share_of_figure(&picture, box);
    values[MEASURE_MIRROR] = mirrored(&picture);
    values[MEASURE_FLIP] = mirrored(&turned);
    values[MEASURE_ROUGHNESS] = roughness(&picture, &turned);
    values[MEASURE_STRIPES] = stripes(&picture);
    values[MEASURE_STREAKS] = stripes(&turned);
    values[MEASURE_GAP_BELOW] = gap_below(&picture);
    values[MEASURE_HOLES] = holes(&picture);
    values[MEASURE_LIGHT_BELOW] = light_below(&picture);
    values[MEASURE_LIGHT_RIGHT] = light_below(&turned);
    values[MEASURE_WIDENING] = widening(&picture);
    values[MEASURE_SLANT] = slant(&picture);
    values[MEASURE_BRIGHT_BELOW] =
        mean_of_figure(&picture, lower_half(box)) - mean_of_figure(&picture, upper_half(box));
}
