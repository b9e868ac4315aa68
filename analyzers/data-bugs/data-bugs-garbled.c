/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text in the wrong encoding: UTF-8 that was read as Latin-1 or Windows-1252 and written again, so
 * that é became Ã©. What such a text was can be told from itself alone: its characters as bytes are
 * valid UTF-8. */
#include <string.h>

#include "data-bugs.h"
#include "text.h"
#include "words.h"

#define GARBLED_ASIDE 0.2 /* of the rows: a longer window is not left out */

/* what the texts were; NULL where a code's text is sound */
typedef struct {
    const ErrataColumn *column;
    char **was;        /* by code, of a CATEGORY */
    const char *first; /* a garbled text, and what it was */
    const char *sound;
    char *owned_first;
    char *owned_sound;
} Garbled;

static gboolean
garbled_is(Garbled *self, gsize row)
{
    gsize length;
    const char *text;
    char *was;

    if (!errata_column_is_valid(self->column, row))
        return FALSE;
    if (self->was != NULL)
        return self->was[self->column->code[row]] != NULL;
    text = errata_column_text(self->column, row, &length);
    was = errata_text_ungarble(text, length);
    if (was == NULL)
        return FALSE;
    if (self->first == NULL) {
        self->first = self->owned_first = errata_text_excerpt(text, length, 40);
        self->sound = self->owned_sound = errata_text_excerpt(was, strlen(was), 40);
    }
    g_free(was);
    return TRUE;
}

/* the values of a category that are garbled; the most frequent is shown */
static gboolean
garbled_read_values(Garbled *self)
{
    const ErrataColumn *column = self->column;
    g_autofree gsize *count = g_new0(gsize, column->n_dictionary + 1);
    guint top = column->n_dictionary;

    self->was = g_new0(char *, column->n_dictionary + 1);
    for (guint i = 0; i < column->n_dictionary; i++)
        self->was[i] = errata_text_ungarble(column->dictionary[i], strlen(column->dictionary[i]));
    for (gsize row = 0; row < column->n_rows; row++)
        if (errata_column_is_valid(column, row))
            count[column->code[row]]++;
    for (guint i = 0; i < column->n_dictionary; i++)
        if (self->was[i] != NULL && count[i] > 0 &&
            (top == column->n_dictionary || count[i] > count[top]))
            top = i;
    if (top == column->n_dictionary)
        return FALSE;
    self->first = column->dictionary[top];
    self->sound = self->was[top];
    return TRUE;
}

static void
garbled_clear(Garbled *self)
{
    for (guint i = 0; self->was != NULL && i < self->column->n_dictionary; i++)
        g_free(self->was[i]);
    g_free(self->was);
    g_free(self->owned_first);
    g_free(self->owned_sound);
}

/**
 * errata_data_bugs_garbled:
 * @self: the checks
 * @column: a column of the frame
 *
 * One bug about all rows whose text is in the wrong encoding, from the first to the last of them.
 * That a text is valid UTF-8 by accident when its characters are taken for bytes is not worth a
 * test.
 *
 * Returns: whether there are any
 */
gboolean
errata_data_bugs_garbled(ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = self->analysis->frame->columns[column];
    const guint32 *order = self->analysis->outcome->order;
    Garbled garbled = {.column = data};
    g_autofree char *count = NULL;
    ErrataDataBug *bug;

    if (data->type != ERRATA_COLUMN_CATEGORY && data->type != ERRATA_COLUMN_TEXT)
        return FALSE;
    if (data->type == ERRATA_COLUMN_CATEGORY && !garbled_read_values(&garbled)) {
        garbled_clear(&garbled);
        return FALSE;
    }
    bug = errata_data_bugs_add(self, "encoding-change", (int)column);
    for (gsize i = 0; i < data->n_rows; i++)
        if (garbled_is(&garbled, order[i])) {
            bug->from = bug->row->len == 0 ? i : bug->from;
            bug->to = i + 1;
            g_array_append_val(bug->row, order[i]);
        }
    if (bug->row->len == 0) {
        g_ptr_array_remove_index(self->bugs, self->bugs->len - 1);
        garbled_clear(&garbled);
        return FALSE;
    }
    self->n_tried++;
    bug->n_rows = bug->row->len;
    bug->has_window = TRUE;
    bug->before = 0.0;
    bug->after = (double)bug->n_rows / (double)(bug->to - bug->from);
    bug->value = g_strdup(garbled.first);
    bug->small = bug->n_rows < errata_data_bugs_enough(data->n_rows);
    bug->set_aside = data->type == ERRATA_COLUMN_CATEGORY &&
                     (double)(bug->to - bug->from) < GARBLED_ASIDE * (double)data->n_rows;
    count = errata_words_counted(bug->n_rows, "row", "rows");
    bug->title = g_strdup_printf("%s is in the wrong encoding in %s: “%s” where “%s” was meant",
                                 data->name,
                                 count,
                                 garbled.first,
                                 garbled.sound);
    bug->action = g_strdup_printf("Read %s as UTF-8 where it is taken in, repair these rows and "
                                  "score them again",
                                  data->name);
    garbled_clear(&garbled);
    return TRUE;
}
