/* An encoder of one's own, f(x) = tanh(A x): what moves it, and an input matched to another. */
#include <latent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 64, M = 3 };
static double A[M][N];

static double row_times(int64_t i, const double *x) {
    double sum = 0;
    for (int j = 0; j < N; j++)
        sum += A[i][j] * x[j];
    return sum;
}

/* Callbacks work through batches of rows. */
static int32_t forward(void *user, const void *x, int64_t batch, void *outputs) {
    for (int64_t i = 0; i < batch * M; i++)
        ((double *)outputs)[i] = tanh(row_times(i % M, (const double *)x + i / M * N));
    (void)user;
    return 0;
}

/* J v, J being diag(1 - f²) A. */
static int32_t jvp(void *user, const void *x, const void *v, int64_t batch, void *products) {
    double *const f = products;
    forward(user, x, batch, f);
    for (int64_t i = 0; i < batch * M; i++)
        f[i] = (1 - f[i] * f[i]) * row_times(i % M, (const double *)v + i / M * N);
    return 0;
}

/* Jᵀ u. */
static int32_t vjp(void *user, const void *x, const void *u, int64_t batch, void *products) {
    double f[M], *const to = products;
    for (int64_t k = 0; k < batch * N; k++) {
        forward(user, (const double *)x + k / N * N, 1, f);
        to[k] = 0;
        for (int i = 0; i < M; i++)
            to[k] += A[i][k % N] * (1 - f[i] * f[i]) * ((const double *)u)[k / N * M + i];
    }
    return 0;
}

int main(void) {
    double x[2][N], v[M][N], sigma[M], along[M], epsilon = 1e-3, cosine = 0, change = 0;
    for (int j = 0; j < N; j++) {
        for (int i = 0; i < M; i++)
            A[i][j] = (rand() % 2001 - 1000) / 8000.0;
        x[0][j] = rand() % 1001 / 1000.0, x[1][j] = rand() % 1001 / 1000.0;
    }
    latent_encoder f = {.size = sizeof f, .inputs = N, .outputs = M, .type = LATENT_F64};
    f.forward = forward, f.jvp = jvp, f.vjp = vjp;
    latent_jacobian_triplets leading = {.size = sizeof leading, .values = sigma, .right = v[0]};
    latent_matrix directions = latent_matrix_view(v, M, N, LATENT_F64);
    latent_lipschitz_options at = {.size = sizeof at, .epsilons = &epsilon, .epsilon_count = 1};
    latent_lipschitz_result constants = {.size = sizeof constants, .constants = along};
    latent_matrix start = latent_matrix_view(x[0], 1, N, LATENT_F64);
    latent_matrix target = latent_matrix_view(x[1], 1, N, LATENT_F64);
    latent_matching_result match = {.size = sizeof match, .cosine = &cosine, .change = &change};
    latent_context *context;
    if (latent_context_create(&context, NULL) != LATENT_OK)
        return 1;
    if (latent_jacobian_leading(context, &f, x[0], M, NULL, &leading, NULL) != LATENT_OK ||
        latent_lipschitz_along(context, &f, x[0], &directions, &at, &constants, NULL) !=
            LATENT_OK ||
        latent_matching_run(context, &f, &start, &target, NULL, NULL, &match, NULL) != LATENT_OK)
        fprintf(stderr, "%s\n", latent_context_error(context));
    for (int i = 0; match.converged && i < M; i++)
        printf("v%d: singular value %.4f, Lipschitz constant %.4f\n", i + 1, sigma[i], along[i]);
    printf("matched: cosine %.4f, entries changed by %.3f on average\n", cosine, change);
    latent_context_destroy(context);
    return match.converged == 1 ? 0 : 1;
}
