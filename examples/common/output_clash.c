#define _POSIX_C_SOURCE 200809L

#include "common/output_clash.h"

#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "common/path_list.h"

/* Devices and pipes are no files that could be lost. */
static bool is_regular(const char *path, struct stat *status) {
    return path && stat(path, status) == 0 && S_ISREG(status->st_mode);
}

static bool are_one_file(const char *path, const char *other) {
    struct stat first, second;
    return is_regular(path, &first) && is_regular(other, &second) &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
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
            ok = !are_one_file(outputs[o].path, list.path[i]) ||
                 io_fail(error, "--%s: %s is the same file as the input %s", outputs[o].option,
                         outputs[o].path, list.path[i]);
    path_list_free(&list);
    return ok;
}

bool outputs_spare_inputs(const struct named_output *outputs, int output_count,
                          const char *const *inputs, int input_count, struct io_error *error) {
    for (int i = 0; i < input_count; i++)
        if (inputs[i] && !check_input(outputs, output_count, inputs[i], error))
            return false;
    return true;
}

/* What does not exist yet has a name only. */
static bool will_be_one_file(const char *path, const char *other) {
    struct stat status;
    return are_one_file(path, other) || (strcmp(path, other) == 0 && stat(path, &status) != 0);
}

bool outputs_differ(const struct named_output *outputs, int count, struct io_error *error) {
    for (int i = 0; i < count; i++)
        for (int j = 0; j < i; j++)
            if (outputs[i].path && outputs[j].path &&
                will_be_one_file(outputs[i].path, outputs[j].path))
                return io_fail(error, "--%s and --%s are the same file, %s", outputs[j].option,
                               outputs[i].option, outputs[i].path);
    return true;
}
