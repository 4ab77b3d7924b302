#include "common/concept_names.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/file_bytes.h"
#include "common/utf8.h"

/* A name is printed to terminals and into files: no escape sequences, no broken text. */
static bool check_line(const char *line, int64_t number, struct io_error *error) {
    for (const char *at = line; *at;) {
        int32_t character;
        const int length = utf8_next(at, &character);
        if (length == 0)
            return io_fail(error, "line %" PRId64 " is not valid UTF-8", number);
        if (utf8_is_control(character))
            return io_fail(error, "line %" PRId64 " holds a control character", number);
        at += length;
    }
    return true;
}

/* Cuts the text into lines and checks each. */
static bool split_lines(struct concept_names *names, size_t size, struct io_error *error) {
    char *at = names->text;
    char *const end = names->text + size;
    while (at < end) {
        char *stop = memchr(at, '\n', (size_t)(end - at));
        char *const next = stop ? stop + 1 : end;
        stop = stop ? stop : end;
        if (stop > at && stop[-1] == '\r')
            stop--;
        *stop = '\0';
        names->line[names->count++] = at;
        if (strlen(at) != (size_t)(stop - at))
            return io_fail(error, "line %" PRId64 " holds a zero byte", names->count);
        if (!check_line(at, names->count, error))
            return false;
        at = next;
    }
    return true;
}

static bool copy_text(struct concept_names *names, const struct file_bytes *bytes,
                      struct io_error *error) {
    size_t lines = 1;
    for (size_t i = 0; i < bytes->size; i++)
        lines += bytes->data[i] == '\n';
    names->text = malloc(bytes->size + 1);
    names->line = malloc(lines * sizeof *names->line);
    if (!names->text || !names->line)
        return io_fail_memory(error, (double)bytes->size);
    memcpy(names->text, bytes->data, bytes->size);
    return split_lines(names, bytes->size, error);
}

bool concept_names_open(struct concept_names *names, const char *path, struct io_error *error) {
    struct file_bytes bytes;
    memset(names, 0, sizeof *names);
    if (!file_bytes_open(&bytes, path, error))
        return false;
    const bool ok = copy_text(names, &bytes, error);
    file_bytes_close(&bytes);
    if (ok)
        return true;
    concept_names_close(names);
    return io_fail_in(error, path);
}

const char *concept_names_get(const struct concept_names *names, int32_t label) {
    if (label < 0 || label >= names->count || names->line[label][0] == '\0')
        return NULL;
    return names->line[label];
}

void concept_names_close(struct concept_names *names) {
    free(names->text);
    free(names->line);
    memset(names, 0, sizeof *names);
}
