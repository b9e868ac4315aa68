/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the log as texts for a prompt. A column that was declared to say who somebody is (an id,
 * a group) goes out as [masked], by its name and not by what its values look like; where its value
 * stands in another text of the row it is masked there too. The host masks what looks like personal
 * data. */
#include <string.h>

#include "propose-private.h"

#define ROWS_TEXT  400 /* characters of a row */
#define ROWS_CELL  60  /* of a cell of a table */
#define ROWS_CELLS 12
#define ROWS_LEAST 4 /* bytes of a value that is looked for in texts */

static gboolean
rows_is_declared(const ErrataSchema *schema, guint column)
{
    return schema->columns[column].role == ERRATA_ROLE_ID ||
           schema->columns[column].role == ERRATA_ROLE_ENTITY ||
           schema->columns[column].role == ERRATA_ROLE_GROUP;
}

/* the values of the row's declared columns, wherever they stand in @text */
static void
rows_mask(const ErrataAnalysis *analysis, gsize row, GString *text)
{
    for (guint c = 0; c < analysis->frame->n_columns; c++) {
        g_autofree char *value = NULL;

        if (!rows_is_declared(analysis->schema, c) ||
            !errata_column_is_valid(analysis->frame->columns[c], row))
            continue;
        value = errata_column_print(analysis->frame->columns[c], row);
        if (value != NULL && strlen(value) >= ROWS_LEAST)
            g_string_replace(text, value, "[masked]", 0);
    }
}

static void
rows_add_cell(const ErrataAnalysis *analysis,
              gsize row,
              guint column,
              gboolean masks,
              GString *text)
{
    g_autofree char *value =
        masks && rows_is_declared(analysis->schema, column)
            ? g_strdup("[masked]")
            : errata_column_show(analysis->frame->columns[column], row, ROWS_CELL);

    g_string_append_printf(text,
                           "%s%s=%s",
                           text->len > 0 ? "; " : "",
                           analysis->schema->names[column],
                           value != NULL && *value != '\0' ? value : "missing");
}

/* (transfer full): a text of the row in one line, where @masks without what says who somebody is */
char *
errata_propose_text(const ErrataAnalysis *analysis, guint column, gsize row, gboolean masks)
{
    g_autofree char *value = errata_column_show(analysis->frame->columns[column], row, ROWS_TEXT);
    GString *text = g_string_new(value);

    if (masks)
        rows_mask(analysis, row, text);
    return g_string_free(text, FALSE);
}

/**
 * errata_propose_row:
 * @row: of the frame
 * @masks: declared columns are masked
 *
 * Returns: (transfer full): the texts of the row, or where it has none its features, in one line
 */
char *
errata_propose_row(const ErrataAnalysis *analysis, gsize row, gboolean masks)
{
    const ErrataSchema *schema = analysis->schema;
    GString *text = g_string_new(NULL);
    guint n = 0;

    for (guint c = 0; c < analysis->frame->n_columns; c++)
        if (schema->columns[c].role == ERRATA_ROLE_TEXT && errata_schema_is_logged(schema, c)) {
            g_autofree char *value =
                errata_column_show(analysis->frame->columns[c], row, ROWS_TEXT);

            g_string_append_printf(text, "%s%s", text->len > 0 ? " | " : "", value);
        }
    if (text->len > 0) {
        if (masks)
            rows_mask(analysis, row, text);
        return g_string_free(text, FALSE);
    }
    for (guint c = 0; c < analysis->frame->n_columns && n < ROWS_CELLS; c++)
        if ((schema->columns[c].role == ERRATA_ROLE_FEATURE ||
             schema->columns[c].role == ERRATA_ROLE_GROUP) &&
            errata_schema_is_logged(schema, c)) {
            rows_add_cell(analysis, row, c, masks, text);
            n++;
        }
    return g_string_free(text, FALSE);
}
