/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records to rows: cells get columns, and the row goes to the builder or is rejected. */
#include <string.h>

#include "error.h"
#include "jsonl-private.h"
#include "text-hash.h"

#define READER_LEARN_MAX 4096 /* records after which a log that never repeats is no longer learnt */

void
errata_jsonl_reader_init(ErrataJsonlReader *self, ErrataFrameBuilder *builder)
{
    memset(self, 0, sizeof *self);
    self->builder = builder;
    self->columns = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    self->names = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, g_free);
    self->cells = g_array_new(FALSE, FALSE, sizeof(ErrataJsonlCell));
    self->paths = g_string_new(NULL);
    self->path = g_string_new(NULL);
    self->unescaped = g_string_new(NULL);
    self->templates = g_ptr_array_new_with_free_func(errata_jsonl_template_free);
}

static void
reader_warn(const ErrataJsonlReader *self)
{
    if (self->saw_control)
        errata_frame_builder_warn(self->builder,
                                  "strings hold control characters that JSON wants escaped");
    if (self->saw_surrogate)
        errata_frame_builder_warn(self->builder,
                                  "strings hold halves of surrogate pairs, which were replaced");
    if (self->saw_long_array)
        errata_frame_builder_warn(self->builder,
                                  "arrays of more than %d elements were left out",
                                  ERRATA_JSONL_ARRAY_MAX);
    if (self->saw_duplicate)
        errata_frame_builder_warn(self->builder,
                                  "records have the same key twice; the last value was read");
}

void
errata_jsonl_reader_clear(ErrataJsonlReader *self)
{
    if (self->builder != NULL)
        reader_warn(self);
    g_hash_table_unref(self->columns);
    g_hash_table_unref(self->names);
    g_array_unref(self->cells);
    g_string_free(self->paths, TRUE);
    g_string_free(self->path, TRUE);
    g_string_free(self->unescaped, TRUE);
    g_ptr_array_unref(self->templates);
}

/* a leading `features.` or `inputs.` is dropped, unless two paths would then be one column */
static const char *
reader_column_name(ErrataJsonlReader *self, const char *path)
{
    static const char *const prefixes[] = {"features.", "inputs."};
    const char *name = path;

    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(path, prefixes[i]) && path[strlen(prefixes[i])] != '\0')
            name = path + strlen(prefixes[i]);
    return g_hash_table_contains(self->names, name) ? path : name;
}

static gboolean
reader_column(ErrataJsonlReader *self, const char *path, guint *ret_column, GError **error)
{
    guint known = GPOINTER_TO_UINT(g_hash_table_lookup(self->columns, path));
    g_autofree char *renamed = NULL;
    const char *name;

    if (known > 0) {
        *ret_column = known - 1;
        return TRUE;
    }
    name = reader_column_name(self, path);
    if (g_hash_table_contains(self->names, name))
        name = renamed = g_strdup_printf("%s (outer)", name);
    if (!errata_frame_builder_column(self->builder, name, strlen(name), ret_column, error))
        return FALSE;
    g_hash_table_insert(self->columns, g_strdup(path), GUINT_TO_POINTER(*ret_column + 1));
    g_hash_table_insert(self->names, g_strdup(name), g_strdup(path));
    return TRUE;
}

/* of two cells of one column the last stays */
static void
reader_drop_duplicates(ErrataJsonlReader *self)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    guint n = self->cells->len;
    guint to = n;

    for (guint i = n; i-- > 0;) {
        const ErrataJsonlCell *cell = &g_array_index(self->cells, ErrataJsonlCell, i);

        if (g_hash_table_add(seen, GUINT_TO_POINTER(cell->column)))
            g_array_index(self->cells, ErrataJsonlCell, --to) = *cell;
    }
    self->has_duplicate = to > 0;
    self->saw_duplicate |= to > 0;
    if (to > 0)
        g_array_remove_range(self->cells, 0, to);
}

static gboolean
reader_columns(ErrataJsonlReader *self, GError **error)
{
    for (guint i = 0; i < self->cells->len; i++) {
        ErrataJsonlCell *cell = &g_array_index(self->cells, ErrataJsonlCell, i);

        if (!reader_column(self, self->paths->str + cell->path, &cell->column, error))
            return FALSE;
    }
    reader_drop_duplicates(self);
    return TRUE;
}

/* gives the cells of a parsed record their columns; FALSE when one of them is new */
gboolean
errata_jsonl_reader_known(ErrataJsonlReader *self)
{
    for (guint i = 0; i < self->cells->len; i++) {
        ErrataJsonlCell *cell = &g_array_index(self->cells, ErrataJsonlCell, i);
        guint known =
            GPOINTER_TO_UINT(g_hash_table_lookup(self->columns, self->paths->str + cell->path));

        if (known == 0)
            return FALSE;
        cell->column = known - 1;
    }
    reader_drop_duplicates(self);
    return TRUE;
}

/* a reader that shares the columns and templates of @whole, for one chunk; it has no builder */
void
errata_jsonl_reader_scratch(ErrataJsonlReader *self, const ErrataJsonlReader *whole)
{
    errata_jsonl_reader_init(self, NULL);
    g_hash_table_unref(self->columns);
    g_hash_table_unref(self->names);
    g_ptr_array_unref(self->templates);
    self->columns = g_hash_table_ref(whole->columns);
    self->names = g_hash_table_ref(whole->names);
    self->templates = g_ptr_array_ref(whole->templates);
}

/* appends self->cells to the builder as a row */
gboolean
errata_jsonl_reader_emit(ErrataJsonlReader *self, GError **error)
{
    for (guint i = 0; i < self->cells->len; i++) {
        const ErrataJsonlCell *cell = &g_array_index(self->cells, ErrataJsonlCell, i);

        switch (cell->kind) {
        case ERRATA_JSONL_NULL:
            break;
        case ERRATA_JSONL_STRING:
            errata_frame_builder_string(self->builder,
                                        cell->column,
                                        cell->begin,
                                        (gsize)(cell->end - cell->begin));
            break;
        case ERRATA_JSONL_ESCAPED:
            errata_jsonl_unescape(cell->begin, cell->end, self->unescaped, &self->saw_surrogate);
            errata_frame_builder_string(self->builder,
                                        cell->column,
                                        self->unescaped->str,
                                        self->unescaped->len);
            break;
        case ERRATA_JSONL_I64:
            errata_frame_builder_integer(self->builder, cell->column, cell->i64);
            break;
        case ERRATA_JSONL_F64:
            errata_frame_builder_number(self->builder, cell->column, cell->f64);
            break;
        case ERRATA_JSONL_TRUE:
        case ERRATA_JSONL_FALSE:
            errata_frame_builder_boolean(self->builder,
                                         cell->column,
                                         cell->kind == ERRATA_JSONL_TRUE);
            break;
        }
    }
    return errata_frame_builder_end_row(self->builder, error);
}

/* rejects the record for self->why; @place and @number say where it is ("line", 12) */
void
errata_jsonl_reader_reject(ErrataJsonlReader *self,
                           const char *p,
                           const char *end,
                           const char *place,
                           guint64 number)
{
    g_autofree char *where = NULL;

    if (self->at != NULL && self->at >= p && self->at <= end)
        where = g_strdup_printf("%s %" G_GUINT64_FORMAT ", byte %" G_GSIZE_FORMAT,
                                place,
                                number,
                                (gsize)(self->at - p) + 1);
    else
        where = g_strdup_printf("%s %" G_GUINT64_FORMAT, place, number);
    errata_frame_builder_reject_row(self->builder, where, self->why, p, (gsize)(end - p));
    self->at = NULL;
    self->rejected_to = end;
}

/* makes a template of a record whose columns are all known */
void
errata_jsonl_reader_learn(ErrataJsonlReader *self, const char *p, const char *end)
{
    if (self->n_missed < READER_LEARN_MAX && !errata_jsonl_match(self, p, end) &&
        errata_jsonl_parse(self, p, end) && errata_jsonl_reader_known(self) &&
        !self->has_duplicate) {
        self->n_missed++;
        errata_jsonl_learn(self, p, end);
    }
}

/**
 * errata_jsonl_reader_record:
 * @self: the reader
 * @p: the record, without space around it
 * @end: one past its last byte
 * @place: what @number counts: `line` or `record`
 * @number: its number, from 1
 * @error: return location for a #GError
 *
 * Reads one record; a bad one is rejected.
 *
 * Errors: %ERRATA_ERROR_LIMIT when the rows or columns are too many.
 */
gboolean
errata_jsonl_reader_record(ErrataJsonlReader *self,
                           const char *p,
                           const char *end,
                           const char *place,
                           guint64 number,
                           GError **error)
{
    gboolean matched;

    self->too_long = FALSE;
    matched = errata_jsonl_match(self, p, end);
    if (matched && !self->too_long)
        return errata_jsonl_reader_emit(self, error);
    if (!errata_jsonl_parse(self, p, end) || self->too_long) {
        self->why = self->too_long ? "a string is longer than 1 MiB" : self->why;
        errata_jsonl_reader_reject(self, p, end, place, number);
        return TRUE;
    }
    if (!reader_columns(self, error)) {
        g_prefix_error(error, "%s %" G_GUINT64_FORMAT ": ", place, number);
        return FALSE;
    }
    if (!self->has_duplicate && self->n_missed++ < READER_LEARN_MAX)
        errata_jsonl_learn(self, p, end);
    return errata_jsonl_reader_emit(self, error);
}
