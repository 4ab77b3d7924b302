#define _POSIX_C_SOURCE 200809L

#include "common/path_list.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int count_commas(const char *text) {
    int commas = 0;
    for (const char *at = strchr(text, ','); at; at = strchr(at + 1, ','))
        commas++;
    return commas;
}

static int count_pieces(const char *argument) {
    return access(argument, F_OK) == 0 ? 1 : count_commas(argument) + 1;
}

static bool allocate(struct path_list *list, const char *const *arguments, int count,
                     struct io_error *error) {
    size_t bytes = 0;
    for (int i = 0; i < count; i++) {
        bytes += strlen(arguments[i]) + 1;
        list->count += count_pieces(arguments[i]);
    }
    list->text = malloc(bytes);
    list->path = calloc((size_t)list->count, sizeof *list->path);
    return (list->text && list->path) || io_fail_memory(error, (double)bytes);
}

/* Copies an argument to where the list's next name goes; returns whether all its names are some. */
static bool split(char *at, const char *argument, char **path, int pieces) {
    strcpy(at, argument);
    for (int i = 0; i < pieces; i++) {
        path[i] = at;
        if (i + 1 < pieces) {
            at = strchr(at, ',');
            *at++ = '\0';
        }
        if (*path[i] == '\0')
            return false;
    }
    return true;
}

bool path_list_split(struct path_list *list, const char *const *arguments, int count,
                     struct io_error *error) {
    *list = (struct path_list){NULL, NULL, 0};
    bool ok = allocate(list, arguments, count, error);
    char *at = list->text;
    char **path = list->path;
    for (int i = 0; ok && i < count; i++) {
        const int pieces = count_pieces(arguments[i]);
        ok = split(at, arguments[i], path, pieces) ||
             io_fail(error, "'%s' holds an empty file name", arguments[i]);
        at += strlen(arguments[i]) + 1;
        path += pieces;
    }
    if (!ok)
        path_list_free(list);
    return ok;
}

void path_list_free(struct path_list *list) {
    free(list->text);
    free(list->path);
    *list = (struct path_list){NULL, NULL, 0};
}
