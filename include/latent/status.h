/** @file
 * What every call returns.
 *
 * Zero is success and errors are negative. A number is never reused or renumbered. The sentence
 * that names the argument, the place and the value is kept in the context: latent_context_error().
 */
#ifndef LATENT_STATUS_H
#define LATENT_STATUS_H

#include "macros.h"

LATENT_BEGIN

/** The result of a call. @since 0.1.0 */
typedef enum latent_status {
    LATENT_OK = 0,               /**< The call did what it says; all outputs are written. */
    LATENT_CANCELLED = -1,       /**< The progress callback asked to stop. */
    LATENT_ERROR_ARGUMENT = -2,  /**< A null pointer, or a value outside its range. */
    LATENT_ERROR_SHAPE = -3,     /**< Rows, columns or a stride are impossible or do not match. */
    LATENT_ERROR_TYPE = -4,      /**< An unknown element type, or two that should agree. */
    LATENT_ERROR_NONFINITE = -5, /**< A NaN or an infinity in the input. */
    LATENT_ERROR_DOMAIN = -6,    /**< The quantity does not exist for this input. */
    LATENT_ERROR_OVERFLOW = -7,  /**< The input is so large that float64 cannot hold the result. */
    LATENT_ERROR_MEMORY = -8,    /**< An allocation failed. */
    LATENT_ERROR_BUDGET = -9,    /**< The memory budget is below the least that is needed. */
    LATENT_ERROR_THREAD = -10,   /**< A worker thread could not be started. */
    LATENT_ERROR_BUSY = -11,     /**< The context is in use by another call. */
    LATENT_ERROR_OPTIONS = -12,  /**< A size-prefixed struct has an impossible size or tail. */
    LATENT_ERROR_UNSUPPORTED = -13, /**< This machine or build cannot do what was asked for. */
    LATENT_ERROR_FORMAT = -14,      /**< Saved bytes are damaged, foreign or of a newer version. */
    LATENT_ERROR_CONVERGENCE = -15, /**< An iteration did not converge. */
    LATENT_ERROR_CALLBACK = -16,    /**< A callback of the caller's returned an error. */
    LATENT_ERROR_LIMIT = -17        /**< More evaluations are needed than the caller allows. */
} latent_status;

/**
 * A short name for a status, such as "memory budget too small".
 *
 * @param status Any value; an unknown one gives "unknown status".
 * @return A string that lives as long as the library is loaded.
 * @since 0.1.0
 */
LATENT_API const char *latent_status_string(latent_status status);

LATENT_END

#endif
