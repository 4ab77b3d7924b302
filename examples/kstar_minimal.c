/* The k* distribution of two clouds of points: one wide, one in a corner of it. */
#include <latent.h>
#include <stdio.h>
#include <stdlib.h>

static float points[2000][8];
static int32_t labels[2000];
static int64_t kstar[2000];

int main(void) {
    for (int i = 0; i < 2000; i++) {
        labels[i] = i % 2;
        for (int k = 0; k < 8; k++)
            points[i][k] = (float)(rand() % 1000) / (labels[i] == 0 ? 1000.0f : 2500.0f);
    }
    latent_context *context;
    if (latent_context_create(&context, NULL) != LATENT_OK)
        return 1;
    latent_matrix view = latent_matrix_view(points, 2000, 8, LATENT_F32);
    int32_t label[2];
    double gamma[2];
    latent_kstar_concepts rows = {
        .size = sizeof rows, .capacity = 2, .label = label, .skewness = gamma};
    if (latent_kstar(context, &view, labels, NULL, kstar, NULL) != LATENT_OK ||
        latent_kstar_summary(context, kstar, labels, 2000, NULL, &rows, NULL) != LATENT_OK)
        fprintf(stderr, "%s\n", latent_context_error(context));
    for (int c = 0; c < rows.count; c++)
        printf("concept %d: gamma = %+.3f\n", (int)label[c], gamma[c]);
    latent_context_destroy(context);
    return rows.count == 2 ? 0 : 1;
}
