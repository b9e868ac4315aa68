/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "pmml-expression.h"
#include "text-hash.h"

/* a row of MapValues' table: the wanted value per field, and the output */
typedef struct {
    const char **wanted; /* by column; NULL matches anything */
    PmmlValue output;
} MapRow;

struct _PmmlMap {
    GPtrArray *fields; /* PmmlExpression, owned by the program */
    GPtrArray *rows;   /* MapRow */
    GHashTable *index; /* with one field of strings: wanted → MapRow */
};

static void
map_row_free(gpointer data)
{
    MapRow *row = data;
    g_free(row->wanted);
    g_free(row);
}

void
pmml_map_free(PmmlMap *self)
{
    g_ptr_array_unref(self->fields);
    g_ptr_array_unref(self->rows);
    g_hash_table_unref(self->index);
    g_free(self);
}

const PmmlElement *
pmml_inline_table(const PmmlElement *parent, GError **error)
{
    const PmmlElement *table = pmml_child(parent, "InlineTable");
    if (table != NULL)
        return table;
    if (pmml_child(parent, "TableLocator") != NULL)
        pmml_unsupported(error, parent, "its table lies outside of the file");
    else
        pmml_error(error, parent, "no InlineTable");
    return NULL;
}

const char *
pmml_inline_cell(const PmmlElement *row, const char *column)
{
    const char *colon = strrchr(column, ':');
    const PmmlElement *cell = pmml_child(row, colon != NULL ? colon + 1 : column);
    return cell == NULL ? NULL : cell->text;
}

GHashTable *
pmml_inline_row(const PmmlElement *row)
{
    GHashTable *cells = g_hash_table_new(errata_text_hash, g_str_equal);
    for (const PmmlElement *cell = row->first; cell != NULL; cell = cell->next)
        if (!g_hash_table_contains(cells, cell->name))
            g_hash_table_insert(cells, pmml_pointer(cell->name), pmml_pointer(cell->text));
    return cells;
}

const char *
pmml_inline_text(GHashTable *row, const char *column)
{
    const char *colon = strrchr(column, ':');
    return g_hash_table_lookup(row, colon != NULL ? colon + 1 : column);
}

static gboolean
map_read_fields(PmmlProgram *program,
                PmmlMap *self,
                PmmlExpression *expression,
                const PmmlElement *element,
                const PmmlScope *scope,
                const char *const *parameters,
                GPtrArray *columns,
                GError **error)
{
    const PmmlElement *pair = pmml_child(element, "FieldColumnPair");
    for (; pair != NULL; pair = pmml_next(pair, "FieldColumnPair")) {
        const char *column;
        PmmlElement *reference = g_new0(PmmlElement, 1);
        g_ptr_array_add(program->made, reference);
        *reference = *pair;
        reference->name = "FieldRef";
        reference->first = NULL;
        PmmlExpression *field = pmml_expression_read(program, reference, scope, parameters, error);
        if (field == NULL || !pmml_require(pair, "column", &column, error))
            return FALSE;
        g_ptr_array_add(self->fields, field);
        g_ptr_array_add(expression->arguments, field);
        g_ptr_array_add(columns, pmml_pointer(column));
    }
    return self->fields->len > 0 || pmml_error(error, element, "no FieldColumnPair");
}

static gboolean
map_read_row(PmmlMap *self,
             const PmmlElement *element,
             const GPtrArray *columns,
             const char *output,
             PmmlType type,
             GError **error)
{
    MapRow *row = g_new0(MapRow, 1);
    row->wanted = g_new0(const char *, columns->len);
    g_ptr_array_add(self->rows, row);
    g_autoptr(GHashTable) cells = pmml_inline_row(element);
    for (guint i = 0; i < columns->len; i++)
        row->wanted[i] = pmml_inline_text(cells, columns->pdata[i]);
    const char *text = pmml_inline_text(cells, output);
    row->output = PMML_NOTHING;
    if (text != NULL && !pmml_value_parse(type, text, &row->output))
        return pmml_error(error, element, "“%s” is no value of its data type", text);
    if (columns->len == 1 && row->wanted[0] != NULL &&
        !g_hash_table_contains(self->index, row->wanted[0]))
        g_hash_table_insert(self->index, pmml_pointer(row->wanted[0]), row);
    return TRUE;
}

PmmlMap *
pmml_map_read(PmmlProgram *program,
              PmmlExpression *expression,
              const PmmlScope *scope,
              const char *const *parameters,
              GError **error)
{
    const PmmlElement *element = expression->element;
    const char *output;
    PmmlType type;
    g_autoptr(GPtrArray) columns = g_ptr_array_new();
    PmmlMap *self = g_new0(PmmlMap, 1);
    self->fields = g_ptr_array_new();
    self->rows = g_ptr_array_new_with_free_func(map_row_free);
    self->index = g_hash_table_new(errata_text_hash, g_str_equal);
    const PmmlElement *table = pmml_inline_table(element, error);
    gboolean ok =
        table != NULL && pmml_require(element, "outputColumn", &output, error) &&
        pmml_type_of(element, PMML_STRING, &type, error) &&
        map_read_fields(program, self, expression, element, scope, parameters, columns, error);
    if (ok) {
        const char *text = pmml_attribute(element, "mapMissingTo");
        if (text != NULL)
            ok = pmml_value_parse(type, text, &expression->if_missing);
        text = pmml_attribute(element, "defaultValue");
        if (ok && text != NULL)
            ok = pmml_value_parse(type, text, &expression->fallback);
        if (!ok)
            pmml_error(error, element, "a default is no value of its data type");
    }
    const PmmlElement *row = ok ? pmml_child(table, "row") : NULL;
    for (; ok && row != NULL; row = pmml_next(row, "row"))
        ok = map_read_row(self, row, columns, output, type, error);
    if (!ok)
        g_clear_pointer(&self, pmml_map_free);
    return self;
}

static gboolean
map_is(const char *wanted, const PmmlValue *value)
{
    PmmlValue parsed;
    return wanted == NULL ||
           (pmml_value_parse(value->type, wanted, &parsed) && pmml_value_equal(value, &parsed));
}

static const MapRow *
map_find(const PmmlMap *self, const PmmlValue *value)
{
    guint n = self->fields->len;
    if (n == 1 && value[0].type == PMML_STRING)
        return g_hash_table_lookup(self->index, value[0].string);
    for (guint r = 0; r < self->rows->len; r++) {
        const MapRow *row = self->rows->pdata[r];
        gboolean all = TRUE;
        for (guint i = 0; i < n && all; i++)
            all = map_is(row->wanted[i], &value[i]);
        if (all)
            return row;
    }
    return NULL;
}

gboolean
pmml_map_value(const PmmlMap *self,
               const PmmlExpression *expression,
               PmmlRow *row,
               PmmlValue *ret,
               GError **error)
{
    guint n = self->fields->len;
    g_autofree PmmlValue *value = g_new(PmmlValue, n);
    for (guint i = 0; i < n; i++) {
        if (!pmml_expression_value(self->fields->pdata[i], row, &value[i], error))
            return FALSE;
        if (value[i].missing) {
            *ret = expression->if_missing;
            return TRUE;
        }
    }
    const MapRow *found = map_find(self, value);
    *ret = found == NULL ? expression->fallback : found->output;
    return TRUE;
}
