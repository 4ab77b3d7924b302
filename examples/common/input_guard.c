#define _POSIX_C_SOURCE 200809L

#include "common/input_guard.h"

#include <stddef.h>
#include <sys/stat.h>

#include "common/path_list.h"

/* Devices and pipes are no files that could be lost. */
static bool is_regular(const char *path, struct stat *status) {
    return path && stat(path, status) == 0 && S_ISREG(status->st_mode);
}

static bool check_pair(const struct named_output *output, const char *input,
                       struct io_error *error) {
    struct stat written, read;
    if (!is_regular(output->path, &written) || !is_regular(input, &read) ||
        written.st_dev != read.st_dev || written.st_ino != read.st_ino)
        return true;
    return io_fail(error, "--%s: %s is the same file as the input %s", output->option, output->path,
                   input);
}

/* One argument, which may name several files. */
static bool check_input(const struct named_output *outputs, int count, const char *input,
                        struct io_error *error) {
    struct path_list list;
    struct io_error ignored; /* whoever opens the files will say what is wrong with their names */
    bool ok = true;
    if (!path_list_split(&list, &input, 1, &ignored))
        return true;
    for (int i = 0; ok && i < list.count; i++)
        for (int o = 0; ok && o < count; o++)
            ok = check_pair(&outputs[o], list.path[i], error);
    path_list_free(&list);
    return ok;
}

bool input_guard_check(const struct named_output *outputs, int output_count,
                       const char *const *inputs, int input_count, struct io_error *error) {
    for (int i = 0; i < input_count; i++)
        if (inputs[i] && !check_input(outputs, output_count, inputs[i], error))
            return false;
    return true;
}
