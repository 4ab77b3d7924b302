#include "common/csv_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/file_bytes.h"
#include "common/utf8.h"

/* Where a parse stands. Fields are written over the text that they are read from: what is written
 * is never longer than what was read. */
struct reader {
    struct csv_table *table;
    char *at, *end; /* *end is a terminator */
    int64_t line;
    int64_t fields; /* in the table so far */
    struct io_error *error;
};

static bool at_line_end(const struct reader *reader) {
    return reader->at == reader->end || *reader->at == '\n' || *reader->at == '\r';
}

/* Steps over \n, \r\n or \r. */
static void skip_line_end(struct reader *reader) {
    if (reader->at == reader->end)
        return;
    if (reader->at[0] == '\r' && reader->at + 1 < reader->end && reader->at[1] == '\n')
        reader->at++;
    reader->at++;
    reader->line++;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static void skip_blanks(struct reader *reader) {
    while (is_blank(*reader->at)) /* the terminator is none */
        reader->at++;
}

/* Reads what is between quotes and steps behind the closing one. */
static bool read_quoted(struct reader *reader) {
    const int64_t first_line = reader->line;
    char *to = ++reader->at;
    while (reader->at < reader->end) {
        if (*reader->at == '"') {
            if (reader->at[1] != '"')
                break;
            reader->at++;
        } else if (at_line_end(reader)) {
            const char *from = reader->at;
            skip_line_end(reader);
            while (from < reader->at)
                *to++ = *from++;
            continue;
        }
        *to++ = *reader->at++;
    }
    if (reader->at == reader->end)
        return io_fail(reader->error, "line %" PRId64 ": a quote is not closed", first_line);
    reader->at++;
    skip_blanks(reader);
    *to = '\0';
    return at_line_end(reader) || *reader->at == ',' ||
           io_fail(reader->error, "line %" PRId64 ": text follows a closing quote", reader->line);
}

/* Reads up to a comma or the line's end. */
static bool read_plain(struct reader *reader, char **stop) {
    while (!at_line_end(reader) && *reader->at != ',') {
        if (*reader->at == '"')
            return io_fail(reader->error,
                           "line %" PRId64 ": a quote inside a field that does not begin with one",
                           reader->line);
        reader->at++;
    }
    *stop = reader->at;
    return true;
}

/* Reads one field and what separates it from the next; `more` says whether there is a next one in
 * the line. A field's terminator may take the place of its separator. */
static bool read_field(struct reader *reader, bool *more) {
    skip_blanks(reader);
    const bool quoted = *reader->at == '"';
    char *const start = reader->at + quoted;
    char *stop = NULL;
    if (!(quoted ? read_quoted(reader) : read_plain(reader, &stop)))
        return false;
    *more = reader->at < reader->end && *reader->at == ',';
    if (*more)
        reader->at++;
    else
        skip_line_end(reader);
    if (stop) {
        while (stop > start && is_blank(stop[-1]))
            stop--;
        *stop = '\0';
    }
    reader->table->field[reader->fields++] = start;
    return true;
}

/* Reads the next line that has anything in it, or nothing at the end of the text. */
static bool read_record(struct reader *reader) {
    struct csv_table *table = reader->table;
    for (skip_blanks(reader); at_line_end(reader) && reader->at < reader->end; skip_blanks(reader))
        skip_line_end(reader);
    if (reader->at == reader->end)
        return true;
    const int64_t line = reader->line, first = reader->fields;
    for (bool more = true; more;)
        if (!read_field(reader, &more))
            return false;
    const int64_t fields = reader->fields - first;
    if (table->columns == 0) {
        table->columns = fields;
        return true;
    }
    table->line[table->rows++] = line;
    return fields == table->columns ||
           io_fail(reader->error,
                   "line %" PRId64 " has %" PRId64 " fields, but the header has %" PRId64, line,
                   fields, table->columns);
}

/* Nothing that would garble a terminal, and no broken text. */
static bool check_text(const char *text, size_t size, struct io_error *error) {
    int64_t line = 1;
    for (const char *at = text; at < text + size;) {
        int32_t character;
        const int length = utf8_next(at, &character);
        if (length == 0)
            return io_fail(error, "line %" PRId64 " is not valid UTF-8", line);
        const bool line_end = character == '\n' || (character == '\r' && at[1] != '\n');
        if (utf8_is_control(character) && !line_end && character != '\t' && character != '\r')
            return io_fail(error, "line %" PRId64 " holds a control character", line);
        line += line_end;
        at += length;
    }
    return true;
}

/* Room for as many fields and lines as there are separators. */
static bool allocate(struct csv_table *table, const unsigned char *bytes, size_t size,
                     struct io_error *error) {
    size_t fields = 1, lines = 1;
    for (size_t i = 0; i < size; i++) {
        const bool line_end = bytes[i] == '\n' || bytes[i] == '\r';
        lines += line_end;
        fields += line_end || bytes[i] == ',';
    }
    table->text = malloc(size + 1);
    table->field = malloc(fields * sizeof *table->field);
    table->line = malloc(lines * sizeof *table->line);
    if (!table->text || !table->field || !table->line)
        return io_fail_memory(error, (double)size + 16.0 * (double)fields);
    memcpy(table->text, bytes, size);
    table->text[size] = '\0';
    return true;
}

static bool parse(struct csv_table *table, const unsigned char *bytes, size_t size,
                  struct io_error *error) {
    static const unsigned char mark[] = {0xef, 0xbb, 0xbf};
    if (size >= sizeof mark && memcmp(bytes, mark, sizeof mark) == 0) {
        bytes += sizeof mark;
        size -= sizeof mark;
    }
    if (!allocate(table, bytes, size, error) || !check_text(table->text, size, error))
        return false;
    struct reader reader = {
        .table = table, .at = table->text, .end = table->text + size, .line = 1, .error = error};
    while (reader.at < reader.end)
        if (!read_record(&reader))
            return false;
    if (table->columns == 0)
        return io_fail(error, "has no header line");
    return table->rows > 0 || io_fail(error, "has no rows after the header line");
}

bool csv_table_parse(struct csv_table *table, const unsigned char *bytes, size_t size,
                     struct io_error *error) {
    memset(table, 0, sizeof *table);
    const bool ok = parse(table, bytes, size, error);
    if (!ok)
        csv_table_close(table);
    return ok;
}

bool csv_table_open(struct csv_table *table, const char *path, struct io_error *error) {
    struct file_bytes bytes;
    memset(table, 0, sizeof *table);
    if (!file_bytes_open(&bytes, path, error))
        return false;
    const bool ok = csv_table_parse(table, bytes.data, bytes.size, error);
    file_bytes_close(&bytes);
    return ok || io_fail_in(error, path);
}

void csv_table_close(struct csv_table *table) {
    free(table->text);
    free(table->field);
    free(table->line);
    memset(table, 0, sizeof *table);
}

bool csv_table_find(const struct csv_table *table, const char *name, int64_t *column,
                    struct io_error *error) {
    *column = -1;
    for (int64_t c = 0; c < table->columns; c++) {
        if (strcmp(csv_table_name(table, c), name) != 0)
            continue;
        if (*column >= 0)
            return io_fail(error, "columns %" PRId64 " and %" PRId64 " are both named '%s'",
                           *column + 1, c + 1, name);
        *column = c;
    }
    return true;
}
