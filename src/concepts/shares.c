#include "shares.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

bool latent__is_share(double value) {
    return value >= 0 && value <= 1; /* false for NaN */
}

latent_status latent__fail_share(latent_context *context, double value, const char *format, ...) {
    char name[96];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    if (isnan(value))
        return latent__fail(context, LATENT_ERROR_NONFINITE, "%s is NaN", name);
    return latent__fail(context, isinf(value) ? LATENT_ERROR_NONFINITE : LATENT_ERROR_ARGUMENT,
                        "%s is %.17g, outside 0 to 1", name, value);
}
