/* Any bytes as a table: what the parser accepts is whole, and parses to the same fields when it is
 * written again with every field in quotes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/csv_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition) {
    if (!condition)
        abort();
}

/* Text in quotes takes at most twice its bytes, and four more with what follows. */
static size_t room_for(const struct csv_table *table) {
    size_t room = 1;
    for (int64_t i = 0; i < (table->rows + 1) * table->columns; i++)
        room += 2 * strlen(table->field[i]) + 4;
    return room;
}

static size_t write_quoted(const struct csv_table *table, char *to) {
    char *const start = to;
    for (int64_t i = 0; i < (table->rows + 1) * table->columns; i++) {
        *to++ = '"';
        for (const char *from = table->field[i]; *from; from++) {
            if (*from == '"')
                *to++ = '"';
            *to++ = *from;
        }
        *to++ = '"';
        *to++ = (i + 1) % table->columns ? ',' : '\n';
    }
    return (size_t)(to - start);
}

static void check_again(const struct csv_table *table) {
    struct csv_table again;
    struct io_error error;
    char *const text = malloc(room_for(table));
    require(text != NULL);
    const size_t size = write_quoted(table, text);
    require(csv_table_parse(&again, (const unsigned char *)text, size, &error));
    require(again.rows == table->rows && again.columns == table->columns);
    for (int64_t i = 0; i < (table->rows + 1) * table->columns; i++)
        require(strcmp(again.field[i], table->field[i]) == 0);
    free(text);
    csv_table_close(&again);
}

static void check_table(const struct csv_table *table) {
    struct io_error error = {""};
    int64_t column;
    require(table->rows >= 1 && table->columns >= 1);
    for (int64_t row = 0; row < table->rows; row++)
        require(table->line[row] > (row > 0 ? table->line[row - 1] : 1));
    const bool found = csv_table_find(table, csv_table_name(table, 0), &column, &error);
    require(found ? column == 0 : strlen(error.text) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct io_error error = {""};
    struct csv_table table;
    /* Memory that ends with the bytes, so that a checker sees an overrun. */
    unsigned char *const copy = malloc(size > 0 ? size : 1);
    require(copy != NULL);
    memcpy(copy, bytes, size);
    if (csv_table_parse(&table, copy, size, &error)) {
        check_table(&table);
        check_again(&table);
    } else {
        require(strlen(error.text) > 0 && table.field == NULL);
    }
    csv_table_close(&table);
    free(copy);
    return 0;
}
