/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows on their way into columns. The cells of the row begun wait in a list, so that a row can be
 * refused as a whole; the row is then appended column by column. Columns that a row does not
 * mention are filled up when they are next met. */
#include "frame-builder.h"

#include <stdarg.h>
#include <string.h>

#include "column-nested.h"
#include "column-store.h"
#include "error.h"
#include "frame-clock.h"
#include "frame-halves.h"
#include "limit.h"
#include "parallel.h"
#include "text-hash.h"
#include "text.h"

#define BUILDER_WARNINGS       100
#define BUILDER_EXPECTED_BYTES (512UL << 20) /* that columns of numbers take at once */

typedef enum {
    BUILDER_CELL,
    BUILDER_STRING,
    BUILDER_F64,
    BUILDER_I64,
    BUILDER_BOOL,
} BuilderKind;

typedef struct {
    guint column;
    BuilderKind kind;
    union {
        double f64;
        gint64 i64;
        struct {
            gsize begin; /* in text */
            gsize length;
        };
    };
} BuilderCell;

typedef struct {
    char *name;
    ErrataColumnStore store;
    gsize row_serial; /* of the row in which the column was last met */
    gsize cell;       /* its index in cells, in that row */
    gsize n_repaired; /* cells that were not UTF-8 or had NUL in them */
    gsize n_nul;
} BuilderColumn;

struct _ErrataFrameBuilder {
    char *source;
    GPtrArray *columns;     /* (element-type BuilderColumn) */
    GHashTable *by_name;    /* name → index + 1 */
    GHashTable *verbatim;   /* (nullable): names of columns that stay strings */
    GArray *cells;          /* (element-type BuilderCell): of the row begun */
    GString *text;          /* of the row begun */
    const char *row_defect; /* (nullable): why the row begun cannot be accepted */
    gsize row_serial;
    gsize n_rows;
    gsize n_rejected;
    GPtrArray *rejects;
    GPtrArray *warnings;
    char *halves; /* (nullable): why its rows make no sense unless they are halves of one another */
};

static void
builder_column_free(BuilderColumn *column)
{
    errata_column_store_clear(&column->store);
    g_free(column->name);
    g_free(column);
}

static void
builder_init(ErrataFrameBuilder *self)
{
    self->columns = g_ptr_array_new_with_free_func((GDestroyNotify)builder_column_free);
    self->by_name = g_hash_table_new(errata_text_hash, g_str_equal);
    self->cells = g_array_new(FALSE, FALSE, sizeof(BuilderCell));
    self->text = g_string_new(NULL);
    self->row_defect = NULL;
    self->row_serial = 1;
    self->n_rows = 0;
    self->n_rejected = 0;
    self->rejects = g_ptr_array_new_with_free_func((GDestroyNotify)errata_reject_free);
    self->warnings = g_ptr_array_new_with_free_func(g_free);
}

static void
builder_clear(ErrataFrameBuilder *self)
{
    g_clear_pointer(&self->by_name, g_hash_table_unref);
    g_clear_pointer(&self->columns, g_ptr_array_unref);
    g_clear_pointer(&self->cells, g_array_unref);
    g_clear_pointer(&self->rejects, g_ptr_array_unref);
    g_clear_pointer(&self->warnings, g_ptr_array_unref);
    g_clear_pointer(&self->halves, g_free);
    g_string_free(g_steal_pointer(&self->text), TRUE);
}

/**
 * errata_frame_builder_new:
 *
 * Returns: (transfer full): a builder without columns and rows
 */
ErrataFrameBuilder *
errata_frame_builder_new(void)
{
    ErrataFrameBuilder *self = g_new0(ErrataFrameBuilder, 1);

    builder_init(self);
    return self;
}

void
errata_frame_builder_free(ErrataFrameBuilder *self)
{
    if (self == NULL)
        return;
    builder_clear(self);
    g_clear_pointer(&self->verbatim, g_hash_table_unref);
    g_free(self->source);
    g_free(self);
}

/**
 * errata_frame_builder_set_source:
 * @self: a builder
 * @name: (nullable): what is being read, put in front of warnings and places
 */
void
errata_frame_builder_set_source(ErrataFrameBuilder *self, const char *name)
{
    g_free(self->source);
    self->source = g_strdup(name);
}

/**
 * errata_frame_builder_n_rows:
 * @self: a builder
 *
 * Returns: rows accepted so far
 */
gsize
errata_frame_builder_n_rows(const ErrataFrameBuilder *self)
{
    return self->n_rows;
}

/**
 * errata_frame_builder_n_rejected:
 * @self: a builder
 *
 * Returns: records rejected so far
 */
gsize
errata_frame_builder_n_rejected(const ErrataFrameBuilder *self)
{
    return self->n_rejected;
}

/**
 * errata_frame_builder_n_columns:
 * @self: a builder
 *
 * Returns: columns so far, numbered 0 … in the order in which they were added
 */
guint
errata_frame_builder_n_columns(const ErrataFrameBuilder *self)
{
    return self->columns->len;
}

/**
 * errata_frame_builder_keep_strings:
 * @self: a builder without columns yet
 * @name: a column that will stay CATEGORY or TEXT: `007`, `1.0` and `Yes` are read as they stand
 */
void
errata_frame_builder_keep_strings(ErrataFrameBuilder *self, const char *name)
{
    if (self->verbatim == NULL)
        self->verbatim = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    g_hash_table_add(self->verbatim, g_strdup(name));
}

/* `features.age` is the `age` of a model */
static gboolean
builder_is_verbatim(const ErrataFrameBuilder *self, const char *name)
{
    const char *dot = strrchr(name, '.');

    return g_hash_table_contains(self->verbatim, name) ||
           (dot != NULL && g_hash_table_contains(self->verbatim, dot + 1));
}

/**
 * errata_frame_builder_column:
 * @self: a builder
 * @name: (array length=length): the column's name; invalid UTF-8 is repaired
 * @length: bytes
 * @ret_column: (out): its number
 * @error: return location
 *
 * Finds a column, or adds it: earlier rows then have no value in it.
 *
 * Errors: %ERRATA_ERROR_LIMIT when the name is longer than %ERRATA_LIMIT_NAME_BYTES or there would
 * be more than %ERRATA_LIMIT_COLUMNS columns.
 *
 * Returns: whether there is such a column now
 */
gboolean
errata_frame_builder_column(ErrataFrameBuilder *self,
                            const char *name,
                            gsize length,
                            guint *ret_column,
                            GError **error)
{
    g_autofree char *clean = NULL;
    BuilderColumn *column;
    guint known;

    if (length > ERRATA_LIMIT_NAME_BYTES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "a column's name has %" G_GSIZE_FORMAT " bytes, at most %d are read",
                    length,
                    ERRATA_LIMIT_NAME_BYTES);
        return FALSE;
    }
    clean = errata_text_is_clean(name, length) ? g_strndup(name, length)
                                               : errata_text_repair(name, length, NULL);
    known = GPOINTER_TO_UINT(g_hash_table_lookup(self->by_name, clean));
    if (known > 0) {
        *ret_column = known - 1;
        return TRUE;
    }
    if (self->columns->len >= ERRATA_LIMIT_COLUMNS) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "more than %d columns",
                    ERRATA_LIMIT_COLUMNS);
        return FALSE;
    }
    column = g_new0(BuilderColumn, 1);
    column->name = g_steal_pointer(&clean);
    if (self->verbatim != NULL && builder_is_verbatim(self, column->name)) {
        errata_column_store_start(&column->store, ERRATA_STORE_STRING);
        column->store.verbatim = TRUE;
    }
    *ret_column = self->columns->len;
    g_ptr_array_add(self->columns, column);
    g_hash_table_insert(self->by_name, column->name, GUINT_TO_POINTER(*ret_column + 1));
    return TRUE;
}

/* the place of a cell in the row begun; a second one of the same column takes its place */
static BuilderCell *
builder_cell(ErrataFrameBuilder *self, guint index, BuilderKind kind)
{
    BuilderColumn *column = g_ptr_array_index(self->columns, index);
    BuilderCell *cell;

    if (column->row_serial != self->row_serial) {
        column->row_serial = self->row_serial;
        column->cell = self->cells->len;
        g_array_set_size(self->cells, self->cells->len + 1);
    }
    cell = &g_array_index(self->cells, BuilderCell, column->cell);
    cell->column = index;
    cell->kind = kind;
    return cell;
}

static void
builder_text_cell(ErrataFrameBuilder *self,
                  guint index,
                  BuilderKind kind,
                  const char *text,
                  gsize length)
{
    BuilderCell *cell = builder_cell(self, index, kind);

    cell->begin = self->text->len;
    cell->length = 0;
    if (length > ERRATA_LIMIT_CELL_BYTES) {
        self->row_defect = "a cell is longer than 1 MiB";
        return;
    }
    if (self->text->len > ERRATA_LIMIT_LINE_BYTES) {
        self->row_defect = "the record is longer than 16 MiB";
        return;
    }
    if (errata_text_is_clean(text, length)) {
        g_string_append_len(self->text, text, (gssize)length);
    } else {
        BuilderColumn *column = g_ptr_array_index(self->columns, index);
        gboolean had_nul = FALSE;
        g_autofree char *clean = errata_text_repair(text, length, &had_nul);

        g_string_append(self->text, clean);
        column->n_nul += had_nul;
        column->n_repaired += !had_nul;
    }
    cell->length = self->text->len - cell->begin;
}

void
errata_frame_builder_cell(ErrataFrameBuilder *self, guint column, const char *text, gsize length)
{
    builder_text_cell(self, column, BUILDER_CELL, text, length);
}

void
errata_frame_builder_string(ErrataFrameBuilder *self, guint column, const char *text, gsize length)
{
    builder_text_cell(self, column, BUILDER_STRING, text, length);
}

void
errata_frame_builder_number(ErrataFrameBuilder *self, guint column, double value)
{
    builder_cell(self, column, BUILDER_F64)->f64 = value;
}

void
errata_frame_builder_integer(ErrataFrameBuilder *self, guint column, gint64 value)
{
    builder_cell(self, column, BUILDER_I64)->i64 = value;
}

void
errata_frame_builder_boolean(ErrataFrameBuilder *self, guint column, gboolean value)
{
    builder_cell(self, column, BUILDER_BOOL)->i64 = value != FALSE;
}

static void
builder_append(ErrataFrameBuilder *self, const BuilderCell *cell)
{
    BuilderColumn *column = g_ptr_array_index(self->columns, cell->column);
    ErrataColumnStore *store = &column->store;
    const char *text = self->text->str;

    errata_column_store_append_missing(store, self->n_rows - store->n_rows);
    switch (cell->kind) {
    case BUILDER_CELL:
        errata_column_store_append_cell(store, text + cell->begin, cell->length);
        break;
    case BUILDER_STRING:
        errata_column_store_append_string(store, text + cell->begin, cell->length);
        break;
    case BUILDER_F64:
        errata_column_store_append_f64(store, cell->f64);
        break;
    case BUILDER_I64:
        errata_column_store_append_i64(store, cell->i64);
        break;
    case BUILDER_BOOL:
        errata_column_store_append_cell(store,
                                        cell->i64 != 0 ? "true" : "false",
                                        cell->i64 != 0 ? 4 : 5);
        break;
    }
}

static void
builder_forget_row(ErrataFrameBuilder *self)
{
    g_array_set_size(self->cells, 0);
    g_string_truncate(self->text, 0);
    self->row_defect = NULL;
    self->row_serial++;
}

/**
 * errata_frame_builder_end_row:
 * @self: a builder
 * @error: return location
 *
 * Accepts the row begun, or rejects it when a cell is over its limit. A row without cells is a row
 * whose cells are all missing.
 *
 * Returns: %FALSE with %ERRATA_ERROR_LIMIT when there are more than %ERRATA_LIMIT_ROWS rows
 */
gboolean
errata_frame_builder_end_row(ErrataFrameBuilder *self, GError **error)
{
    if (self->row_defect != NULL) {
        g_autofree char *where = g_strdup_printf("row %" G_GSIZE_FORMAT,
                                                 self->n_rows + self->n_rejected);
        gsize shown = MIN(self->text->len, 80);
        g_autofree char *excerpt = g_strndup(self->text->str, shown);

        errata_frame_builder_reject_row(self, where, self->row_defect, excerpt, shown);
        return TRUE;
    }
    if (self->n_rows >= ERRATA_LIMIT_ROWS) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_LIMIT, "more than 4000000000 rows");
        return FALSE;
    }
    for (guint i = 0; i < self->cells->len; i++)
        builder_append(self, &g_array_index(self->cells, BuilderCell, i));
    self->n_rows++;
    builder_forget_row(self);
    return TRUE;
}

typedef struct {
    ErrataFrameBuilder *builder;
    const guint *columns;
    ErrataColumnStore *const *parts;
    gsize n_parts;
} BuilderParts;

static void
builder_append_parts_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const BuilderParts *work = data;

    for (gsize i = begin; i < end; i++) {
        BuilderColumn *column = g_ptr_array_index(work->builder->columns, work->columns[i]);

        errata_column_store_append_missing(&column->store,
                                           work->builder->n_rows - column->store.n_rows);
        for (gsize part = 0; part < work->n_parts; part++)
            errata_column_store_append_store(&column->store, &work->parts[part][i]);
    }
}

/**
 * errata_frame_builder_expect:
 * @self: a builder with its columns
 * @n_rows: about how many rows are still to come
 *
 * Lets columns have their final size from the start: what grows is moved, and its memory comes in
 * small pages. What is not needed is given back at the end.
 */
void
errata_frame_builder_expect(ErrataFrameBuilder *self, gsize n_rows)
{
    gsize most = BUILDER_EXPECTED_BYTES / sizeof(guint64) / MAX(self->columns->len, 1);

    for (guint i = 0; i < self->columns->len; i++) {
        BuilderColumn *column = g_ptr_array_index(self->columns, i);

        column->store.n_expected = self->n_rows + MIN(n_rows, most);
    }
}

/**
 * errata_frame_builder_append_rows:
 * @self: a builder without a row begun
 * @columns: (array length=n_columns): numbers of the columns, each once
 * @parts: (array length=n_parts): arrays of @n_columns stores; within a part all are equally long
 * @n_columns: columns, at least 1
 * @n_parts: parts, in row order
 * @error: return location
 *
 * Appends rows that were read apart, such as chunks of a file read in parallel.
 *
 * Returns: %FALSE with %ERRATA_ERROR_LIMIT when there are more than %ERRATA_LIMIT_ROWS rows
 */
gboolean
errata_frame_builder_append_rows(ErrataFrameBuilder *self,
                                 const guint *columns,
                                 ErrataColumnStore *const *parts,
                                 gsize n_columns,
                                 gsize n_parts,
                                 GError **error)
{
    BuilderParts work = {self, columns, parts, n_parts};
    gsize n_rows = 0;

    g_return_val_if_fail(self->cells->len == 0 && n_columns > 0, FALSE);
    for (gsize part = 0; part < n_parts; part++)
        n_rows += parts[part][0].n_rows;
    if (n_rows > ERRATA_LIMIT_ROWS - self->n_rows) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_LIMIT, "more than 4000000000 rows");
        return FALSE;
    }
    errata_parallel_for(n_columns, 1, builder_append_parts_cb, &work);
    self->n_rows += n_rows;
    return TRUE;
}

/**
 * errata_frame_builder_kind:
 * @self: a builder
 * @column: number of a column
 *
 * Returns: how the column's values are kept so far; a good start for the next rows
 */
ErrataStoreKind
errata_frame_builder_kind(const ErrataFrameBuilder *self, guint column)
{
    const BuilderColumn *found = g_ptr_array_index(self->columns, column);

    return found->store.kind;
}

/**
 * errata_frame_builder_count_repaired:
 * @self: a builder
 * @column: number of a column
 * @n_not_utf8: cells that a reader repaired because they were not UTF-8
 * @n_nul: cells that it repaired because they held NUL
 *
 * Counts what ends in a warning about the column.
 */
void
errata_frame_builder_count_repaired(ErrataFrameBuilder *self,
                                    guint column,
                                    gsize n_not_utf8,
                                    gsize n_nul)
{
    BuilderColumn *found = g_ptr_array_index(self->columns, column);

    found->n_repaired += n_not_utf8;
    found->n_nul += n_nul;
}

/**
 * errata_frame_builder_reject_row:
 * @self: a builder
 * @where: `line 12`, `byte 4096`
 * @why: what was expected and what was found, no full stop
 * @excerpt: (array length=excerpt_length) (nullable): the record's bytes
 * @excerpt_length: bytes
 *
 * Forgets the cells of the row begun; counts the record and keeps the first
 * %ERRATA_LIMIT_REJECT_SAMPLES for the report.
 */
void
errata_frame_builder_reject_row(ErrataFrameBuilder *self,
                                const char *where,
                                const char *why,
                                const char *excerpt,
                                gsize excerpt_length)
{
    ErrataReject *reject;

    self->n_rejected++;
    if (self->rejects->len < ERRATA_LIMIT_REJECT_SAMPLES) {
        reject = g_new0(ErrataReject, 1);
        reject->where = self->source != NULL ? g_strdup_printf("%s: %s", self->source, where)
                                             : g_strdup(where);
        reject->why = g_strdup(why);
        reject->excerpt = errata_text_excerpt(excerpt, excerpt != NULL ? excerpt_length : 0, 80);
        g_ptr_array_add(self->rejects, reject);
    }
    builder_forget_row(self);
}

/**
 * errata_frame_builder_warn:
 * @self: a builder
 * @format: a defect of the input in words, no full stop
 * @...: its arguments
 *
 * Keeps a warning, once, with the name of the source in front; after the first 100 only that there
 * were more.
 */
void
errata_frame_builder_warn(ErrataFrameBuilder *self, const char *format, ...)
{
    g_autofree char *text = NULL;
    char *warning;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    warning = self->source != NULL ? g_strdup_printf("%s: %s", self->source, text)
                                   : g_steal_pointer(&text);
    if (self->warnings->len > BUILDER_WARNINGS ||
        g_ptr_array_find_with_equal_func(self->warnings, warning, g_str_equal, NULL)) {
        g_free(warning);
    } else if (self->warnings->len == BUILDER_WARNINGS) {
        g_free(warning);
        g_ptr_array_add(self->warnings,
                        g_strdup_printf("only the first %d warnings are kept", BUILDER_WARNINGS));
    } else {
        g_ptr_array_add(self->warnings, warning);
    }
}

static void
builder_warn_repaired(ErrataFrameBuilder *self, const BuilderColumn *column)
{
    g_autofree char *name = errata_text_excerpt(column->name, strlen(column->name), 80);

    if (column->n_repaired > 0)
        errata_frame_builder_warn(self,
                                  "%" G_GSIZE_FORMAT " cells of column '%s' are not UTF-8 and were "
                                  "read as Windows-1252",
                                  column->n_repaired,
                                  name);
    if (column->n_nul > 0)
        errata_frame_builder_warn(self,
                                  "%" G_GSIZE_FORMAT " cells of column '%s' hold NUL bytes, which "
                                  "were replaced",
                                  column->n_nul,
                                  name);
}

static void
builder_warn_unread(ErrataFrameBuilder *self, const ErrataColumn *column)
{
    g_autofree char *name = errata_text_excerpt(column->name, strlen(column->name), 80);

    if (column->n_infinite > 0)
        errata_frame_builder_warn(self,
                                  "%" G_GSIZE_FORMAT " cells of column '%s' are infinite and read "
                                  "as missing",
                                  column->n_infinite,
                                  name);
    if (column->n_unparsable > 0) {
        const char *example = column->unparsable[0];
        g_autofree char *shown = errata_text_excerpt(example, strlen(example), 40);

        errata_frame_builder_warn(self,
                                  "%" G_GSIZE_FORMAT " cells of column '%s' are no %s ('%s') and "
                                  "read as missing",
                                  column->n_unparsable,
                                  name,
                                  column->type == ERRATA_COLUMN_TIME ? "times" : "numbers",
                                  shown);
    }
}

/* @nested: per column what its cells hold, where these are lists or objects */
typedef struct {
    ErrataFrameBuilder *builder;
    ErrataFrame *frame;
    ErrataNestedColumns **nested;
} BuilderFinish;

static void
builder_finish_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const BuilderFinish *work = data;

    for (gsize i = begin; i < end; i++) {
        BuilderColumn *column = g_ptr_array_index(work->builder->columns, i);
        gboolean whole = column->store.verbatim || errata_column_store_is_plain();

        errata_column_store_append_missing(&column->store,
                                           work->builder->n_rows - column->store.n_rows);
        work->frame->columns[i] = errata_column_store_finish(&column->store, column->name);
        work->nested[i] = whole ? NULL : errata_column_nested_split(work->frame->columns[i]);
    }
}

/* whether the frame can have the parts of a column in its place. @names: of all columns; those of
 * the parts are added */
static gboolean
builder_takes(GHashTable *names,
              const ErrataColumn *whole,
              guint n_columns,
              const ErrataNestedColumns *nested)
{
    if (n_columns + nested->columns->len > ERRATA_LIMIT_COLUMNS)
        return FALSE;
    for (guint i = 0; i < nested->columns->len; i++) {
        const ErrataColumn *column = g_ptr_array_index(nested->columns, i);

        if (strcmp(column->name, whole->name) != 0 && g_hash_table_contains(names, column->name))
            return FALSE;
    }
    for (guint i = 0; i < nested->columns->len; i++)
        g_hash_table_add(names,
                         g_strdup(((ErrataColumn *)g_ptr_array_index(nested->columns, i))->name));
    return TRUE;
}

/* puts what the cells of a column held in its place */
static void
builder_place_nested(ErrataFrameBuilder *self, ErrataFrame *frame, ErrataNestedColumns **nested)
{
    g_autoptr(GPtrArray) columns = g_ptr_array_new();
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint n_before = frame->n_columns;

    for (guint i = 0; i < frame->n_columns; i++)
        g_hash_table_add(names, g_strdup(frame->columns[i]->name));
    for (guint i = 0; i < frame->n_columns; i++) {
        ErrataColumn *column = frame->columns[i];
        g_autoptr(ErrataNestedColumns) parts = g_steal_pointer(&nested[i]);

        if (parts == NULL || !builder_takes(names, column, columns->len + n_before - i, parts)) {
            g_ptr_array_add(columns, column);
            continue;
        }
        if (parts->n_failed > 0) {
            g_autofree char *name = errata_text_excerpt(column->name, strlen(column->name), 80);

            errata_frame_builder_warn(self,
                                      "%" G_GSIZE_FORMAT " cells of column '%s' are no list or "
                                      "object like the others ('%s') and read as missing",
                                      parts->n_failed,
                                      name,
                                      parts->example);
        }
        while (parts->columns->len > 0)
            g_ptr_array_add(columns, g_ptr_array_steal_index(parts->columns, 0));
        errata_column_free(column);
    }
    g_free(frame->columns);
    frame->n_columns = columns->len;
    frame->columns = (ErrataColumn **)g_ptr_array_steal(columns, NULL);
}

/**
 * errata_frame_builder_expect_halves:
 * @self: a builder
 * @why: why the files are no log unless rows of one continue those of another
 *
 * Makes errata_frame_builder_finish() fail with @why where no row does.
 */
void
errata_frame_builder_expect_halves(ErrataFrameBuilder *self, const char *why)
{
    g_free(self->halves);
    self->halves = g_strdup(why);
}

/**
 * errata_frame_builder_finish:
 * @self: a builder; it is empty afterwards
 * @error: return location
 *
 * Decides the type of every column (see errata_column_store_finish()), takes those apart whose
 * cells hold lists or objects (see errata_column_nested_split()), and joins rows that came in
 * halves (see errata_frame_halves_join()).
 *
 * Returns: (transfer full): what was read; %NULL with %ERRATA_ERROR_INVALID_DATA when there is no
 *   column, or when no rows were halves that should be
 */
ErrataFrame *
errata_frame_builder_finish(ErrataFrameBuilder *self, GError **error)
{
    g_autofree ErrataNestedColumns **nested = g_new0(ErrataNestedColumns *, self->columns->len);
    const ErrataColumn *clock;
    const char *why = NULL;
    ErrataFrame *frame;

    if (self->columns->len == 0) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_INVALID_DATA,
                            "the input holds no columns");
        return NULL;
    }
    frame = g_new0(ErrataFrame, 1);
    g_atomic_ref_count_init(&frame->ref_count);
    frame->n_rows = self->n_rows;
    frame->n_columns = self->columns->len;
    frame->columns = g_new0(ErrataColumn *, frame->n_columns);
    errata_frame_builder_set_source(self, NULL);
    errata_parallel_for(frame->n_columns,
                        1,
                        builder_finish_cb,
                        &(BuilderFinish){self, frame, nested});
    clock = errata_frame_join_clock(frame);
    if (clock != NULL)
        errata_frame_builder_warn(self,
                                  "the times of day in '%s' are part of the dates beside it",
                                  clock->name);
    for (guint i = 0; i < frame->n_columns; i++) {
        BuilderColumn *column = g_ptr_array_index(self->columns, i);

        builder_warn_repaired(self, column);
        builder_warn_unread(self, frame->columns[i]);
    }
    builder_place_nested(self, frame, nested);
    frame->n_rejected = self->n_rejected;
    frame->rejects = g_steal_pointer(&self->rejects);
    frame->warnings = g_steal_pointer(&self->warnings);
    if (errata_frame_halves_join(frame, &why) == 0 && self->halves != NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "%s; nor are they halves of one: %s",
                    self->halves,
                    why);
        g_clear_pointer(&frame, errata_frame_unref);
    }
    builder_clear(self);
    builder_init(self);
    return frame;
}
