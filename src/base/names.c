/* Constants as text. */
#include <stddef.h>

#include "latent/kstar.h"

const char *latent_version(void) {
    return LATENT_VERSION_STRING;
}

const char *latent_status_string(latent_status status) {
    switch (status) {
    case LATENT_OK:
        return "ok";
    case LATENT_CANCELLED:
        return "cancelled";
    case LATENT_ERROR_ARGUMENT:
        return "invalid argument";
    case LATENT_ERROR_SHAPE:
        return "invalid shape";
    case LATENT_ERROR_TYPE:
        return "invalid element type";
    case LATENT_ERROR_NONFINITE:
        return "input not finite";
    case LATENT_ERROR_DOMAIN:
        return "undefined for this input";
    case LATENT_ERROR_OVERFLOW:
        return "input too large";
    case LATENT_ERROR_MEMORY:
        return "out of memory";
    case LATENT_ERROR_BUDGET:
        return "memory budget too small";
    case LATENT_ERROR_THREAD:
        return "cannot start a thread";
    case LATENT_ERROR_BUSY:
        return "context in use";
    case LATENT_ERROR_OPTIONS:
        return "invalid options struct";
    case LATENT_ERROR_UNSUPPORTED:
        return "unsupported here";
    case LATENT_ERROR_FORMAT:
        return "saved bytes not readable";
    case LATENT_ERROR_CONVERGENCE:
        return "no convergence";
    case LATENT_ERROR_CALLBACK:
        return "callback failed";
    case LATENT_ERROR_LIMIT:
        return "limit of evaluations reached";
    }
    return "unknown status";
}

const char *latent_pattern_string(latent_pattern pattern) {
    switch (pattern) {
    case LATENT_UNDEFINED:
        return "undefined";
    case LATENT_FRACTURED:
        return "fractured";
    case LATENT_OVERLAPPED:
        return "overlapped";
    case LATENT_CLUSTERED:
        return "clustered";
    }
    return NULL;
}
