#include "common/program_options.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool option_number(const char *option, const char *text, int64_t least, int64_t most,
                   int64_t *value, struct io_error *error) {
    char *end;
    errno = 0;
    const long long number = strtoll(text, &end, 10);
    if (end == text || *end != '\0')
        return io_fail(error, "--%s: '%s' is no whole number", option, text);
    if (errno == ERANGE || number < least || number > most)
        return io_fail(error, "--%s: %s is not in %" PRId64 " ... %" PRId64, option, text, least,
                       most);
    *value = number;
    return true;
}

bool option_positive(const char *option, const char *text, double most, double *value,
                     struct io_error *error) {
    char *end;
    *value = strtod(text, &end);
    if (end == text || *end != '\0')
        return io_fail(error, "--%s: '%s' is no number", option, text);
    if (*value > 0 && isfinite(*value) && *value <= most)
        return true;
    if (isfinite(most))
        return io_fail(error, "--%s: %s is not above 0 and up to %g", option, text, most);
    return io_fail(error, "--%s: %s is not positive and finite", option, text);
}

bool option_share(const char *option, const char *text, double *value, struct io_error *error) {
    char *end;
    *value = strtod(text, &end);
    if (end == text || *end != '\0')
        return io_fail(error, "--%s: '%s' is no number", option, text);
    return (*value >= 0 && *value <= 1) ||
           io_fail(error, "--%s: %s is not in 0 ... 1", option, text);
}

bool option_seed(const char *option, const char *text, uint64_t *seed, struct io_error *error) {
    char *end;
    errno = 0;
    *seed = strtoull(text, &end, 10);
    return (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0) ||
           io_fail(error, "--%s: '%s' is no whole number from 0 to 2^64 - 1", option, text);
}

bool option_memory(const char *option, const char *text, int64_t *bytes, struct io_error *error) {
    static const char suffixes[] = "KMG";
    char digits[24];
    const size_t length = strlen(text);
    const char *suffix = length > 0 ? strchr(suffixes, text[length - 1]) : NULL;
    const int shift = suffix && *suffix ? 10 * (int)(suffix - suffixes + 1) : 0;
    if (length >= sizeof digits)
        return io_fail(error, "--%s: '%s' is no number of bytes", option, text);
    memcpy(digits, text, length + 1);
    if (shift > 0)
        digits[length - 1] = '\0';
    if (!option_number(option, digits, 1, INT64_MAX >> shift, bytes, error))
        return false;
    *bytes <<= shift;
    return true;
}

bool option_choice(const char *option, const char *text, const char *const *choices, int *place,
                   struct io_error *error) {
    char list[256] = "";
    for (int i = 0; choices[i]; i++) {
        if (strcmp(text, choices[i]) == 0) {
            *place = i;
            return true;
        }
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? " nor " : "", choices[i]);
    }
    return io_fail(error, "--%s: '%s' is neither %s", option, text, list);
}

static bool read_common(struct program_options *options, int code, const char *text,
                        struct io_error *error) {
    int64_t number = options->threads;
    bool ok = true;
    switch (code) {
    case PROGRAM_THREADS:
        ok = option_number("threads", text, -1, 4096, &number, error);
        options->threads = (int32_t)number;
        break;
    case PROGRAM_MEMORY:
        return option_memory("memory", text, &options->memory, error);
    case PROGRAM_JSON:
        options->json = text;
        break;
    case PROGRAM_PLOT:
        options->plot = text;
        return plot_format_of(text, &options->format, error);
    default: /* getopt_long() did not know it */
        return io_fail(error, "--help lists what can be said");
    }
    return ok;
}

bool program_options_read(struct program_options *options, int count, char **words,
                          const struct option *list, option_reader *read, void *arguments,
                          struct io_error *error) {
    *options = (struct program_options){.threads = -1};
    int code;
    while ((code = getopt_long(count, words, "", list, NULL)) != -1) {
        options->help = code == PROGRAM_HELP;
        options->version = code == PROGRAM_VERSION;
        if (options->help || options->version)
            return true;
        const bool own = code >= PROGRAM_OWN && code != '?' && code != ':';
        if (!(own ? read(arguments, code, optarg, error)
                  : read_common(options, code, optarg, error)))
            return false;
    }
    return true;
}
