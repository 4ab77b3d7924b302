/* The calls of robustness.h on arguments that have been checked. */
#ifndef LATENT__FITS_H
#define LATENT__FITS_H

#include "base/rows.h"
#include "latent/robustness.h"

/* Every accuracy has a logit or, in `shifted`, is NaN. LATENT_ERROR_DOMAIN if a shift has fewer than
 * two distinct logits of the reference. */
latent_status latent__robustness_fit(latent_context *context, const double *reference,
                                     const latent_matrix *shifted,
                                     const latent_robustness_fits *fits);

/* Either error may be NULL. */
void latent__robustness_predict(const latent_robustness_fits *fits, int64_t shifts,
                                const double *accuracies, int64_t count, double *predicted,
                                double *line_error, double *model_error);

/* Either output may be NULL. */
void latent__robustness_effective(const latent_robustness_fits *fits, const double *reference,
                                  const latent_matrix *shifted, double *effective, double *mean);

#endif
