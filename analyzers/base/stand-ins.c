/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns that the user declared to say who somebody is stay here, with their values. This file
 * gathers what that is; stand-ins-text.c puts `[column-1]` and `[value-3]` in its place. */
#include <string.h>

#include "stand-ins-private.h"

#define STAND_INS_VALUES  200000U /* of a column; a row's own are masked in its texts besides */
#define STAND_INS_SHORT   4U      /* characters below which a word means many things */
#define STAND_INS_MEANING 120     /* characters */
#define STAND_INS_DIGITS  5U      /* digits from which on a number is somebody's */

/* values of a log that are words of any text */
static const char *const stand_in_common[] = {
    "class",    "columns", "count", "data",    "date",   "direction", "error",    "errors",
    "evidence", "facts",   "false", "feature", "figure", "finding",   "findings", "from",
    "group",    "groups",  "have",  "high",    "higher", "holds",     "item",     "items",
    "kind",     "label",   "less",  "level",   "lower",  "medium",    "meaning",  "missing",
    "model",    "month",   "more",  "name",    "names",  "none",      "number",   "numbers",
    "other",    "others",  "over",  "points",  "rate",   "ratio",     "rest",     "role",
    "rows",     "score",   "share", "slice",   "task",   "test",      "text",     "texts",
    "than",     "that",    "there", "these",   "they",   "this",      "time",     "times",
    "true",     "type",    "unit",  "unknown", "value",  "values",    "week",     "what",
    "when",     "where",   "with",  "wrong",   "year",   NULL};

static void
stand_in_free(gpointer data)
{
    ErrataStandIn *item = data;

    g_free(item->text);
    g_free(item);
}

ErrataStandIns *
errata_stand_ins_new(void)
{
    ErrataStandIns *self = g_new0(ErrataStandIns, 1);

    self->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->all = g_ptr_array_new_with_free_func(stand_in_free);
    return self;
}

void
errata_stand_ins_free(ErrataStandIns *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->known);
    g_ptr_array_unref(self->all);
    g_free(self);
}

static gboolean
stand_in_is_plain(const char *text)
{
    g_autofree char *folded = g_utf8_casefold(text, -1);
    gsize length = strlen(text);

    if (strspn(text, "0123456789.,+-") == length) {
        guint n_digits = 0;

        for (const char *p = text; *p != '\0'; p++)
            n_digits += g_ascii_isdigit(*p) ? 1 : 0;
        return n_digits < STAND_INS_DIGITS;
    }
    return g_utf8_strlen(text, -1) < (glong)STAND_INS_SHORT ||
           g_strv_contains(stand_in_common, folded);
}

/* takes @spelling; the first to be spelled so keeps it */
static void
stand_ins_spell(ErrataStandIns *self, char *spelling, ErrataStandIn *item)
{
    gsize length = strlen(spelling);

    if (length == 0 || length > ERRATA_STAND_IN_BYTES ||
        g_hash_table_contains(self->known, spelling)) {
        g_free(spelling);
        return;
    }
    self->has_length[length] = 1;
    g_hash_table_insert(self->known, spelling, item);
}

static ErrataStandIn *
stand_ins_add(ErrataStandIns *self, const char *text, gboolean is_name)
{
    ErrataStandIn *item = g_new0(ErrataStandIn, 1);

    item->text = g_strdup(text);
    item->is_name = is_name;
    item->is_plain = stand_in_is_plain(text);
    g_ptr_array_add(self->all, item);
    stand_ins_spell(self, g_strdup(text), item);
    if (!item->is_plain)
        stand_ins_spell(self, g_utf8_casefold(text, -1), item);
    return item;
}

/**
 * errata_stand_ins_add_name:
 * @name: of a column
 * @meaning: (nullable): what it means, which goes with it
 */
void
errata_stand_ins_add_name(ErrataStandIns *self, const char *name, const char *meaning)
{
    ErrataStandIn *item;
    char *spoken;

    if (*name == '\0')
        return;
    item = stand_ins_add(self, name, TRUE);
    spoken = g_utf8_casefold(name, -1); /* `customer_name` is also said “customer name” */
    g_strdelimit(spoken, "_-.", ' ');
    if (strchr(spoken, ' ') != NULL)
        stand_ins_spell(self, spoken, item);
    else
        g_free(spoken);
    if (meaning == NULL)
        return;
    stand_ins_spell(self, g_strdup(meaning), item);
    if (g_utf8_strlen(meaning, -1) > STAND_INS_MEANING) /* as much as a table has of it */
        stand_ins_spell(self, g_utf8_substring(meaning, 0, STAND_INS_MEANING), item);
}

void
errata_stand_ins_add_value(ErrataStandIns *self, const char *value)
{
    if (*value != '\0' && strlen(value) <= ERRATA_STAND_IN_BYTES &&
        !g_hash_table_contains(self->known, value))
        stand_ins_add(self, value, FALSE);
}

static void
stand_ins_add_values(ErrataStandIns *self, const ErrataColumn *column, gsize n_rows)
{
    guint most = self->all->len + STAND_INS_VALUES;

    if (column->type == ERRATA_COLUMN_CATEGORY) {
        for (guint i = 0; i < column->n_dictionary && self->all->len < most; i++)
            errata_stand_ins_add_value(self, column->dictionary[i]);
        return;
    }
    for (gsize row = 0; row < n_rows && self->all->len < most; row++) {
        g_autofree char *value = errata_column_is_valid(column, row)
                                     ? errata_column_print(column, row)
                                     : NULL;

        if (value != NULL)
            errata_stand_ins_add_value(self, value);
    }
}

/* who a row is of, or what is sensitive */
static gboolean
stand_ins_is_personal(const char *role)
{
    static const char *const roles[] = {"id", "group", "entity", NULL};

    return role != NULL && g_strv_contains(roles, role);
}

/**
 * errata_stand_ins_of_log:
 * @frame: the log
 * @reference: (nullable): what it is compared with
 * @settings: with the declared roles and the dictionary
 *
 * Returns: (transfer full) (nullable): %NULL where no column was declared id or group
 */
ErrataStandIns *
errata_stand_ins_of_log(const ErrataFrame *frame,
                        const ErrataFrame *reference,
                        const ErrataSettings *settings)
{
    g_autoptr(ErrataStandIns) self = errata_stand_ins_new();

    for (guint c = 0; c < frame->n_columns; c++) {
        const ErrataColumn *column = frame->columns[c];
        const char *role = g_hash_table_lookup(settings->roles, column->name);

        if (stand_ins_is_personal(role))
            errata_stand_ins_add_name(self,
                                      column->name,
                                      g_hash_table_lookup(settings->dictionary, column->name));
    }
    if (self->all->len == 0)
        return NULL;
    for (guint c = 0; c < frame->n_columns; c++) { /* names first: they keep their spelling */
        const ErrataColumn *column = frame->columns[c];
        const char *role = g_hash_table_lookup(settings->roles, column->name);
        const ErrataColumn *other = reference != NULL
                                        ? errata_frame_find(reference, column->name, NULL)
                                        : NULL;

        if (!stand_ins_is_personal(role))
            continue;
        stand_ins_add_values(self, column, frame->n_rows);
        if (other != NULL)
            stand_ins_add_values(self, other, reference->n_rows);
    }
    return g_steal_pointer(&self);
}

const ErrataStandIn *
errata_stand_ins_find(const ErrataStandIns *self, const char *text, gsize length)
{
    g_autofree char *word = NULL;
    g_autofree char *folded = NULL;
    const ErrataStandIn *item;

    if (length > ERRATA_STAND_IN_BYTES || self->has_length[length] == 0)
        return NULL;
    word = g_strndup(text, length);
    item = g_hash_table_lookup(self->known, word);
    if (item != NULL)
        return item;
    folded = g_utf8_casefold(word, -1);
    item = g_hash_table_lookup(self->known, folded);
    return item != NULL && !item->is_plain ? item : NULL; /* “us” is not US */
}
