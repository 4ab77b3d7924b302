#define _POSIX_C_SOURCE 200809L

#include "common/file_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "common/cancel_signal.h"

static bool map_file(struct file_bytes *bytes, int descriptor, struct io_error *error) {
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return io_fail(error, "%s", strerror(errno));
    if (!S_ISREG(status.st_mode))
        return io_fail(error, "is not a regular file");
    if (status.st_size == 0)
        return io_fail(error, "is empty");
    if ((uintmax_t)status.st_size > SIZE_MAX)
        return io_fail(error, "is larger than this machine can address");
    void *data = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (data == MAP_FAILED)
        return io_fail(error, "cannot be mapped: %s", strerror(errno));
    *bytes = (struct file_bytes){data, (size_t)status.st_size, true};
    return true;
}

/* Makes room for more bytes after the first `used`. */
static bool grow(struct file_bytes *bytes, size_t used, size_t *room, struct io_error *error) {
    if (used < *room)
        return true;
    const size_t larger = *room < SIZE_MAX / 2 ? 2 * *room : SIZE_MAX;
    unsigned char *data = realloc(bytes->data, larger);
    if (!data)
        return io_fail_memory(error, (double)larger);
    bytes->data = data;
    *room = larger;
    return true;
}

static bool inflate_all(gzFile stream, struct file_bytes *bytes, size_t room,
                        struct io_error *error) {
    bytes->data = malloc(room);
    if (!bytes->data)
        return io_fail_memory(error, (double)room);
    for (;;) {
        if (!grow(bytes, bytes->size, &room, error))
            return false;
        const size_t free_bytes = room - bytes->size;
        const unsigned step = free_bytes < (1u << 24) ? (unsigned)free_bytes : 1u << 24;
        if (cancel_signal_seen())
            return io_fail(error, "stopped while it was inflated");
        const int got = gzread(stream, bytes->data + bytes->size, step);
        int state = Z_OK;
        const char *reason = gzerror(stream, &state);
        if (got < 0 || (got == 0 && state != Z_OK && state != Z_STREAM_END))
            return io_fail(error, "its gzip data are damaged or truncated (%s)", reason);
        if (got == 0)
            return true;
        bytes->size += (size_t)got;
    }
}

/* Takes over the descriptor. */
static bool inflate_file(struct file_bytes *bytes, int descriptor, size_t compressed,
                         struct io_error *error) {
    *bytes = (struct file_bytes){NULL, 0, false};
    if (lseek(descriptor, 0, SEEK_SET) != 0) {
        close(descriptor);
        return io_fail(error, "cannot be read: %s", strerror(errno));
    }
    gzFile stream = gzdopen(descriptor, "rb");
    if (!stream) {
        close(descriptor);
        return io_fail_memory(error, 8192);
    }
    gzbuffer(stream, 1u << 18);
    const bool ok = inflate_all(stream, bytes, 4 * compressed + 4096, error);
    gzclose_r(stream);
    if (!ok)
        file_bytes_close(bytes);
    return ok;
}

bool file_bytes_open(struct file_bytes *bytes, const char *path, struct io_error *error) {
    *bytes = (struct file_bytes){NULL, 0, false};
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        io_fail(error, "%s", strerror(errno));
        return io_fail_in(error, path);
    }
    bool ok = map_file(bytes, descriptor, error);
    if (ok && bytes->size >= 2 && bytes->data[0] == 0x1f && bytes->data[1] == 0x8b) {
        const size_t compressed = bytes->size;
        file_bytes_close(bytes);
        ok = inflate_file(bytes, descriptor, compressed, error);
    } else {
        close(descriptor);
    }
    return ok || io_fail_in(error, path);
}

void file_bytes_close(struct file_bytes *bytes) {
    if (bytes->mapped)
        munmap(bytes->data, bytes->size);
    else
        free(bytes->data);
    *bytes = (struct file_bytes){NULL, 0, false};
}
