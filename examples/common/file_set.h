/* Array files whose rows follow one another. */
#ifndef EXAMPLES_FILE_SET_H
#define EXAMPLES_FILE_SET_H

#include "common/array_file.h"
#include "common/path_list.h"

struct file_set {
    struct path_list list;
    struct array_file *file; /* list.count of them */
    int64_t rows;            /* of the files added so far */
    int64_t columns;         /* the same for all */
};

/* Refuses a file whose shape does not do. */
typedef bool shape_check(const struct array_file *file, struct io_error *error);

/* .npy of two dimensions, or IDX of two or more, the later ones making one row; no extent is 0. */
bool points_check(const struct array_file *file, struct io_error *error);

/* Takes the files' names from arguments, as path_list_split(). A set of zeros may be closed, and
 * so may this one, whatever is returned here and below. */
bool file_set_name(struct file_set *set, const char *const *arguments, int count,
                   struct io_error *error);

/* Opens file `i`, all before it having been added. */
bool file_set_add(struct file_set *set, int i, shape_check *check, struct io_error *error);

void file_set_close(struct file_set *set);

/* Whether the library can read the elements where they lie: aligned floats in the host's byte
 * order. */
bool array_can_be_viewed(const struct array_file *file);

#endif
