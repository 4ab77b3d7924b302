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

bool path_list_split(struct path_list *list, const char *argument, struct io_error *error) {
    const int pieces = access(argument, F_OK) == 0 ? 1 : count_commas(argument) + 1;
    *list = (struct path_list){strdup(argument), calloc((size_t)pieces, sizeof(char *)), pieces};
    if (!list->text || !list->path) {
        path_list_free(list);
        return io_fail_memory(error, (double)strlen(argument));
    }
    char *at = list->text;
    for (int i = 0; i < pieces; i++) {
        list->path[i] = at;
        if (i + 1 < pieces) {
            at = strchr(at, ',');
            *at++ = '\0';
        }
        if (*list->path[i] == '\0') {
            path_list_free(list);
            return io_fail(error, "'%s' holds an empty file name", argument);
        }
    }
    return true;
}

void path_list_free(struct path_list *list) {
    free(list->text);
    free(list->path);
    *list = (struct path_list){NULL, NULL, 0};
}
