#define _XOPEN_SOURCE 700

#include "common/output_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail_errno(const char *path, const char *what, struct io_error *error) {
    io_fail(error, "%s: %s", what, strerror(errno));
    return io_fail_in(error, path);
}

static bool is_special(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

/* "directory/" of a path, or "./". */
static char *directory_of(const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup("./");
    char *directory = strdup(path);
    if (directory)
        directory[slash - path + 1] = '\0';
    return directory;
}

bool output_file_check(const char *path, struct io_error *error) {
    struct stat status;
    if (*path == '\0')
        return io_fail(error, "an output's name is empty");
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return fail_errno(path, "cannot be written", error);
    }
    char *directory = directory_of(path);
    if (!directory)
        return io_fail_memory(error, (double)strlen(path));
    const bool ok = access(is_special(path) ? path : directory, W_OK) == 0;
    free(directory);
    return ok || fail_errno(path, "cannot be written", error);
}

/* The permissions that the target has, or that a new file gets. */
static mode_t target_mode(const char *path) {
    struct stat status;
    if (stat(path, &status) == 0)
        return status.st_mode & 0777;
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static bool open_temporary(struct output_file *output, struct io_error *error) {
    static const char suffix[] = ".XXXXXX";
    const size_t length = strlen(output->path);
    output->temporary = malloc(length + sizeof suffix);
    if (!output->temporary)
        return io_fail_memory(error, (double)length);
    memcpy(output->temporary, output->path, length);
    memcpy(output->temporary + length, suffix, sizeof suffix);
    const int descriptor = mkstemp(output->temporary);
    if (descriptor < 0) {
        free(output->temporary);
        output->temporary = NULL;
        return fail_errno(output->path, "cannot be written", error);
    }
    if (fchmod(descriptor, target_mode(output->path)) == 0)
        output->stream = fdopen(descriptor, "wb");
    if (output->stream)
        return true;
    fail_errno(output->path, "cannot be written", error);
    close(descriptor);
    output_file_discard(output);
    return false;
}

bool output_file_open(struct output_file *output, const char *path, struct io_error *error) {
    *output = (struct output_file){.path = path};
    if (!is_special(path))
        return open_temporary(output, error);
    output->stream = fopen(path, "wb");
    return output->stream || fail_errno(path, "cannot be written", error);
}

bool output_file_commit(struct output_file *output, struct io_error *error) {
    bool ok = !ferror(output->stream);
    ok = fclose(output->stream) == 0 && ok;
    output->stream = NULL;
    ok = ok && (!output->temporary || rename(output->temporary, output->path) == 0);
    if (!ok)
        fail_errno(output->path, "cannot be written", error);
    else
        free(output->temporary);
    if (ok)
        output->temporary = NULL;
    output_file_discard(output);
    return ok;
}

void output_file_discard(struct output_file *output) {
    if (output->stream)
        fclose(output->stream);
    if (output->temporary)
        unlink(output->temporary);
    free(output->temporary);
    *output = (struct output_file){NULL, NULL, NULL};
}
