/* Tables of text: comma-separated values with a header line (RFC 4180), parsed from memory. */
#ifndef EXAMPLES_CSV_TABLE_H
#define EXAMPLES_CSV_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "common/io_error.h"

struct csv_table {
    char *text;      /* what the fields point into */
    char **field;    /* the header's, then those of each row */
    int64_t *line;   /* of the file, counted from 1, in which each row begins */
    int64_t columns; /* at least 1 */
    int64_t rows;    /* without the header; at least 1 */
};

/* Lines end with \n, \r\n or \r; a line without anything in it is skipped, and so is a byte order
 * mark at the beginning. A field may be in double quotes, and holds commas, line ends and, doubled,
 * quotes then. Around others spaces and tabs are dropped. All rows have as many fields as the
 * header. The text is UTF-8 without control characters but tabs and line ends. Any bytes are safe;
 * on an error the table is empty. */
bool csv_table_parse(struct csv_table *table, const unsigned char *bytes, size_t size,
                     struct io_error *error);

/* The same with a file's bytes, which gzip may have compressed. Every error names the file. */
bool csv_table_open(struct csv_table *table, const char *path, struct io_error *error);

/* Releases the table; a struct of zeros is fine. */
void csv_table_close(struct csv_table *table);

static inline const char *csv_table_name(const struct csv_table *table, int64_t column) {
    return table->field[column];
}

static inline const char *csv_table_field(const struct csv_table *table, int64_t row,
                                          int64_t column) {
    return table->field[(row + 1) * table->columns + column];
}

/* The column of that name; *column is -1 if there is none. Fails if there are several. */
bool csv_table_find(const struct csv_table *table, const char *name, int64_t *column,
                    struct io_error *error);

#endif
