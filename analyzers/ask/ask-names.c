/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people call a column instead of its whole name: the last part of a path (country for
 * user.country), the words of HouseAge, amount for amount_eur. A short name that two columns share
 * names neither of them, and who asks is told which there are. */
#include <string.h>

#include "ask-private.h"
#include "ask-words.h"

#define NAMES_SHORTEST 3 /* bytes of a short name */

/* “user.HouseAge” → “user house age”: parts of a path and humps are words */
static char *
names_spread(const char *name)
{
    GString *text = g_string_new(NULL);

    for (const char *p = name; *p != '\0'; p++) {
        gboolean hump = p > name && g_ascii_isupper(*p) && g_ascii_islower(p[-1]);
        gboolean gap = strchr("._- ", *p) != NULL;

        if ((gap || hump) && text->len > 0 && text->str[text->len - 1] != ' ')
            g_string_append_c(text, ' ');
        if (!gap)
            g_string_append_c(text, g_ascii_tolower(*p));
    }
    return g_string_free(text, FALSE);
}

/* without the unit at its end, or without “at” where it holds instants; NULL: it has none */
static char *
names_without_unit(const char *spread, gboolean time)
{
    static const char *const units[] = {
        "eur",     "usd",  "gbp",     "chf",  "euro",   "euros", "dollars", "km",    "m",
        "mi",      "cm",   "mm",      "m2",   "sqm",    "sqft",  "kg",      "g",     "lb",
        "minutes", "mins", "seconds", "secs", "sec",    "ms",    "hours",   "hrs",   "days",
        "weeks",   "pct",  "percent", "min",  "months", "years", "celsius", "miles", NULL};
    static const char *const instants[] = {"at", "on", NULL};
    const char *last = strrchr(spread, ' ');

    return last != NULL && g_strv_contains(time ? instants : units, last + 1)
               ? g_strndup(spread, (gsize)(last - spread))
               : NULL;
}

/* “plan type” → “plan”; NULL: its last word is not as general */
static char *
names_without_kind(const char *spread)
{
    static const char *const kinds[] = {"type", "name", "code", "category", "kind", NULL};
    const char *last = strrchr(spread, ' ');

    return last != NULL && g_strv_contains(kinds, last + 1)
               ? g_strndup(spread, (gsize)(last - spread))
               : NULL;
}

/* “is student” → “student”; NULL: it is no such name */
static const char *
names_without_lead(const char *spread)
{
    static const char *const leads[] = {"is ", "was "}; /* what it has may be an amount */

    for (guint i = 0; i < G_N_ELEMENTS(leads); i++)
        if (g_str_has_prefix(spread, leads[i]))
            return spread + strlen(leads[i]);
    return NULL;
}

/* whether a word means something else in questions */
static gboolean
names_is_taken(const char *alias)
{
    static const char *const taken[] = {
        "label",  "labels",  "prediction", "predicted", "score",   "scores",     "error",
        "errors", "loss",    "class",      "classes",   "correct", "right",      "wrong",
        "time",   "id",      "name",       "hour",      "day",     "date",       "week",
        "month",  "weekday", "rate",       "count",     "share",   "confidence", "threshold",
        "mean",   "median",  "minutes",    "average",   NULL};

    return strlen(alias) < NAMES_SHORTEST || g_strv_contains(taken, alias) ||
           errata_ask_words_is_plain(alias) || errata_ask_metric_is_known(alias);
}

/* notes that a column may be called so; a second one makes it nobody's */
static void
names_note(AskWords *self, GHashTable *found, const char *alias, guint column)
{
    gpointer known;

    if (alias == NULL || names_is_taken(alias) || g_hash_table_contains(self->columns, alias) ||
        g_hash_table_contains(self->shared, alias))
        return;
    if (!g_hash_table_lookup_extended(found, alias, NULL, &known))
        g_hash_table_insert(found, g_strdup(alias), GUINT_TO_POINTER(column + 1));
    else if (GPOINTER_TO_UINT(known) != column + 1)
        g_hash_table_insert(found, g_strdup(alias), GUINT_TO_POINTER(0));
}

static void
names_settle(AskWords *self, GHashTable *found)
{
    GHashTableIter iter;
    gpointer alias, column;

    g_hash_table_iter_init(&iter, found);
    while (g_hash_table_iter_next(&iter, &alias, &column))
        if (GPOINTER_TO_UINT(column) > 0)
            g_hash_table_insert(self->columns, g_strdup(alias), column);
        else
            g_hash_table_add(self->shared, g_strdup(alias));
    g_hash_table_remove_all(found);
}

/* whether a column is what is predicted: “fraud” of is_fraud is a class */
static gboolean
names_is_label(const AskWords *self, guint column)
{
    const ErrataSchema *schema = self->data->schema;

    return schema != NULL && ((int)column == schema->label || (int)column == schema->prediction);
}

/* the short names of one kind: 0 the whole path, 1 its last parts, 2 those without a unit, 3
 * without “type”, 4 without “is” */
static void
names_note_kind(AskWords *self, GHashTable *found, guint column, guint kind)
{
    const ErrataFrame *frame = self->data->frame;
    const char *name = g_ptr_array_index(self->names, column);
    gboolean time = frame != NULL && frame->columns[column]->type == ERRATA_COLUMN_TIME;

    for (const char *part = name; part != NULL; part = strchr(part, '.')) {
        g_autofree char *spread = NULL;
        g_autofree char *bare = NULL;

        part += part[0] == '.' ? 1 : 0;
        if (part[0] == '\0')
            return;
        spread = names_spread(part);
        bare = kind == 2                                    ? names_without_unit(spread, time)
               : kind == 3                                  ? names_without_kind(spread)
               : kind == 4 && !names_is_label(self, column) ? g_strdup(names_without_lead(spread))
                                                            : NULL;
        if ((kind == 0) == (part == name) || kind >= 2)
            names_note(self, found, kind >= 2 ? bare : spread, column);
    }
}

/**
 * errata_ask_names_add:
 * @self: a question, and the names of the columns as they are
 *
 * Adds short names to those by which columns are known. Whole names win, then paths with spaces,
 * then last parts of paths, then names without their unit, then without a word such as “type”, then
 * without “is” or “was”.
 */
void
errata_ask_names_add(AskWords *self)
{
    g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint kind = 0; kind < 5; kind++) {
        for (guint i = 0; i < self->names->len; i++)
            names_note_kind(self, found, i, kind);
        names_settle(self, found);
    }
}

/* whether a column may be called so */
static gboolean
names_fits(const char *name, const char *alias)
{
    for (const char *part = name; part != NULL; part = strchr(part, '.')) {
        g_autofree char *spread = NULL;
        g_autofree char *number = NULL;
        g_autofree char *instant = NULL;
        g_autofree char *kind = NULL;

        part += part[0] == '.' ? 1 : 0;
        spread = names_spread(part);
        number = names_without_unit(spread, FALSE);
        instant = names_without_unit(spread, TRUE);
        kind = names_without_kind(spread);
        if (g_str_equal(spread, alias) || g_strcmp0(number, alias) == 0 ||
            g_strcmp0(instant, alias) == 0 || g_strcmp0(kind, alias) == 0 ||
            g_strcmp0(names_without_lead(spread), alias) == 0)
            return TRUE;
    }
    return FALSE;
}

/**
 * errata_ask_names_say:
 * @self: a question of which something was not understood
 *
 * Returns: (transfer full) (nullable): which columns a word that is left may mean; %NULL where no
 * word is
 *   shared
 */
char *
errata_ask_names_say(const AskWords *self)
{
    for (guint i = 0; i < self->words->len; i++)
        for (guint n = 3; n > 0; n--) {
            g_autofree char *phrase = errata_ask_words_phrase(self, i, n);
            g_autoptr(GString) names = g_string_new(NULL);

            if (phrase == NULL || !g_hash_table_contains(self->shared, phrase))
                continue;
            for (guint c = 0; c < self->names->len; c++)
                if (names_fits(g_ptr_array_index(self->names, c), phrase))
                    g_string_append_printf(names,
                                           "%s%s",
                                           names->len > 0 ? " or " : "",
                                           (const char *)g_ptr_array_index(self->names, c));
            return g_strdup_printf("“%s” may be %s: say which", phrase, names->str);
        }
    return NULL;
}

/* whether @noun is one of, or many of, what a column of keys names: patients, for patient_id */
static gboolean
names_is_key(const char *name, const char *noun)
{
    static const char *const keys[] = {" id", " key", " uuid", " number", NULL};
    g_autofree char *spread = names_spread(name);

    for (guint i = 0; keys[i] != NULL; i++) {
        g_autofree char *one = NULL;
        g_autofree char *many = NULL;
        gsize n;

        if (!g_str_has_suffix(spread, keys[i]))
            continue;
        one = g_strndup(spread, strlen(spread) - strlen(keys[i]));
        n = strlen(one);
        many = n > 1 && one[n - 1] == 'y' ? g_strdup_printf("%.*sies", (int)n - 1, one)
                                          : g_strdup_printf("%ss", one);
        if (n >= NAMES_SHORTEST && (g_str_equal(noun, one) || g_str_equal(noun, many)))
            return TRUE;
    }
    return FALSE;
}

/**
 * errata_ask_names_key:
 * @self: a question
 * @noun: a word of it, in small letters
 *
 * Returns: the column that names things so called, each as often as it has rows: patient_id, of
 *   patients; −1 where there is none, or more than one, and for what a row is itself
 */
int
errata_ask_names_key(const AskWords *self, const char *noun)
{
    const ErrataFrame *frame = self->data->frame;
    const ErrataSchema *schema = self->data->schema;
    int found = -1;

    for (guint c = 0; frame != NULL && c < frame->n_columns; c++) {
        if (!names_is_key(frame->columns[c]->name, noun))
            continue;
        if (found >= 0 || (schema != NULL && schema->id == (int)c))
            return -1;
        found = (int)c;
    }
    return found;
}
