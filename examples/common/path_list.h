/* File names in arguments, each of which may hold several, separated by commas. */
#ifndef EXAMPLES_PATH_LIST_H
#define EXAMPLES_PATH_LIST_H

#include "common/io_error.h"

struct path_list {
    char *text; /* the names, each terminated */
    char **path;
    int count;
};

/* Splits each of `count` arguments, at least one, at commas. An argument that names an existing
 * file is that one file, commas and all. */
bool path_list_split(struct path_list *list, const char *const *arguments, int count,
                     struct io_error *error);

void path_list_free(struct path_list *list);

#endif
