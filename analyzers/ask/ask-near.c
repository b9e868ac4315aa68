/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words that are nearly known ones. A slip of the keyboard in the name of a metric, or in a word
 * that only asks, is mended: the plan shows it. So is one in the name of a column that rows are to
 * be parted by. One in another name or in a value of the log is not, as another row might be meant;
 * the nearest names are told instead. */
#include <string.h>

#include "ask-intent.h"
#include "schema-name.h"

#define NEAR_LEAST 5 /* letters of a word that is mended */
#define NEAR_LONG  9 /* letters from which on two slips are mended */
#define NEAR_TOLD  3 /* names that are told */

/* with no neighbours that mean something else */
static const char *const near_vocabulary[] = {
    "accuracy",      "precision",   "recall",    "specificity", "sensitivity",
    "calibration",   "threshold",   "errors",    "error",       "missing",
    "average",       "median",      "between",   "predictions", "prevalence",
    "percentage",    "performance", "which",     "worst",       "worse",
    "where",         "wrong",       "compare",   "compared",    "highest",
    "lowest",        "biggest",     "mistake",   "mistakes",    "column",
    "columns",       "feature",     "features",  "finding",     "findings",
    "confusion",     "matrix",      "segment",   "segments",    "calibrated",
    "overconfident", "importance",  "important", "problem",     "problems",
    "summary",       NULL};

static const struct {
    const char *written;
    const char *meant;
} near_short[] = {
    {"whats", "what's"},
    {"what´s", "what's"},
    {"what’s", "what's"},
    {"hows", "how"},
    {"avg", "average"},
    {"pct", "percentage"},
    {"thresh", "threshold"},
    {"wich", "which"},
    {"whch", "which"},
    {"waht", "what"},
    {"wat", "what"},
    {"teh", "the"},
    {"hte", "the"},
    {"hwo", "how"},
    {"mnay", "many"},
    {"erors", "errors"},
    {"eror", "error"},
};

/* whether one is the other with two neighbours exchanged */
static gboolean
near_is_exchanged(const char *a, const char *b)
{
    gsize n = strlen(a);
    gsize i = 0;

    if (n != strlen(b))
        return FALSE;
    while (i < n && a[i] == b[i])
        i++;
    return i + 1 < n && a[i] == b[i + 1] && a[i + 1] == b[i] && strcmp(a + i + 2, b + i + 2) == 0;
}

/* whether a word of the log's own is, or begins, so */
static gboolean
near_is_name(const AskWords *words, const char *fold)
{
    GHashTableIter iter;
    gpointer name;

    if (g_hash_table_contains(words->values, fold))
        return TRUE;
    g_hash_table_iter_init(&iter, words->columns);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        g_auto(GStrv) parts = g_strsplit(name, " ", -1);

        if (g_strv_contains((const char *const *)parts, fold))
            return TRUE;
    }
    return FALSE;
}

/* the only known word that is so near; NULL: none, or more than one */
static const char *
near_known(const char *fold)
{
    gsize length = strlen(fold);
    const char *found = NULL;

    if (length < NEAR_LEAST || strspn(fold, "abcdefghijklmnopqrstuvwxyz") != length ||
        g_strv_contains(near_vocabulary, fold))
        return NULL;
    for (guint i = 0; near_vocabulary[i] != NULL; i++) {
        const char *known = near_vocabulary[i];
        guint slips = length >= NEAR_LONG && strlen(known) >= NEAR_LONG ? 2 : 1;

        if (known[0] != fold[0] ||
            (errata_schema_name_distance(fold, known) > slips && !near_is_exchanged(fold, known)))
            continue;
        if (found != NULL)
            return NULL;
        found = known;
    }
    return found;
}

/* a column that is not to restrict rows, but to part them: “by regoin”; NULL: none, or more than
 * one so near */
static const char *
near_group(const AskWords *words, guint at)
{
    static const char *const leads[] =
        {"by", "per", "each", "every", "across", "which", "worst", "best", NULL};
    static const char *const spans[] =
        {"week", "month", "weekday", "hours", "weeks", "months", "year", "years", NULL};
    const char *fold = errata_ask_words_get(words, at)->fold;
    const char *found = NULL;
    GHashTableIter iter;
    gpointer name;

    /* “per month” is no slip of months, the column */
    if (at == 0 || strlen(fold) < NEAR_LEAST || near_is_name(words, fold) ||
        (g_strv_contains(spans, fold) && errata_ask_intent_time_name(words) != NULL) ||
        !g_strv_contains(leads, errata_ask_words_get(words, at - 1)->fold))
        return NULL;
    g_hash_table_iter_init(&iter, words->columns);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        if (errata_schema_name_distance(fold, name) > 1 && !near_is_exchanged(fold, name))
            continue;
        if (found != NULL)
            return NULL;
        found = name;
    }
    return found;
}

/* words of a question that is being read: slips are mended, short forms written out */
void
errata_ask_near_mend(AskWords *words)
{
    for (guint i = 0; i < words->words->len; i++) {
        AskWord *word = &g_array_index(words->words, AskWord, i);
        const char *meant = near_known(word->fold);

        for (guint k = 0; meant == NULL && k < G_N_ELEMENTS(near_short); k++)
            if (strcmp(word->fold, near_short[k].written) == 0)
                meant = near_short[k].meant;
        if (meant == NULL)
            meant = near_group(words, i);
        if (meant == NULL || errata_ask_words_is_plain(word->fold) ||
            near_is_name(words, word->fold))
            continue;
        g_free(word->fold);
        word->fold = g_strdup(meant);
    }
}

/* whether a name of the log may be meant by a word: a part of it, or one that is longer or shorter,
 * or a slip */
static gboolean
near_fits(const char *fold, const char *name)
{
    gsize n_fold = strlen(fold);
    gsize n_name = strlen(name);
    g_auto(GStrv) parts = g_strsplit(name, " ", -1);

    if (n_fold < 3 || n_name < 3)
        return FALSE;
    if (strncmp(fold, name, MIN(n_fold, n_name)) == 0)
        return TRUE;
    for (guint i = 0; parts[i] != NULL; i++)
        if (g_str_equal(parts[i], fold) ||
            (n_fold > 4 && strncmp(parts[i], fold, n_fold - 1) == 0 && fold[n_fold - 1] == 's'))
            return TRUE;
    return n_fold > 3 && (errata_schema_name_distance(fold, name) <= 1 + n_fold / 8 ||
                          near_is_exchanged(fold, name));
}

static void
near_add(GPtrArray *told, const char *name)
{
    if (told->len < NEAR_TOLD && strlen(name) < 60 &&
        !g_ptr_array_find_with_equal_func(told, name, g_str_equal, NULL))
        g_ptr_array_add(told, g_strdup(name));
}

/* values that fit, in the order of the log's columns */
static void
near_add_values(const AskWords *words, const char *fold, GPtrArray *told)
{
    g_autoptr(GList) keys = g_hash_table_get_keys(words->values);

    keys = g_list_sort(keys, (GCompareFunc)strcmp);
    for (GList *key = keys; key != NULL; key = key->next)
        if (near_fits(fold, key->data)) {
            const GArray *list = g_hash_table_lookup(words->values, key->data);

            near_add(told, g_array_index(list, AskValue, 0).text);
        }
}

/* whether a column is called so, and not only for short */
static gboolean
near_is_column(const AskWords *words, const char *fold)
{
    guint column = GPOINTER_TO_UINT(g_hash_table_lookup(words->columns, fold));
    g_autofree char *name = column > 0
                                ? g_utf8_strdown(g_ptr_array_index(words->names, column - 1), -1)
                                : NULL;

    return name != NULL && g_str_equal(g_strdelimit(name, "_-", ' '), fold);
}

/**
 * errata_ask_near_say:
 * @words: a question that was not understood as a whole
 *
 * Returns: (transfer full) (nullable): names and values of the log that the words left over may
 * have
 *   meant, e.g. “region or regional_office”; %NULL where none is near
 */
char *
errata_ask_near_say(const AskWords *words)
{
    g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func(g_free);
    GString *text;

    for (guint i = 0; i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);

        if (word->used || errata_ask_words_is_plain(word->fold) ||
            g_hash_table_contains(words->values, word->fold) || near_is_column(words, word->fold))
            continue;
        for (guint c = 0; c < words->names->len; c++) {
            const char *name = g_ptr_array_index(words->names, c);
            g_autofree char *fold = g_strdelimit(g_utf8_strdown(name, -1), "_-", ' ');

            if (near_fits(word->fold, fold))
                near_add(told, name);
        }
        near_add_values(words, word->fold, told);
    }
    if (told->len == 0)
        return NULL;
    text = g_string_new(NULL);
    for (guint i = 0; i < told->len; i++)
        g_string_append_printf(text,
                               "%s%s",
                               i == 0               ? ""
                               : i + 1 == told->len ? " or "
                                                    : ", ",
                               (const char *)g_ptr_array_index(told, i));
    return g_string_free(text, FALSE);
}
