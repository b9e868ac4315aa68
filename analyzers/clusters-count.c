/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many texts say the words that a cluster is named by, or are in the language that it is, and
 * how often they are wrong: of all texts, since a cluster holds only those of them that are alike
 * in more than that. */
#include <string.h>

#include "clusters.h"
#include "filter.h"
#include "text-scan.h"

#define COUNT_TEXTS 100000 /* that are read, evenly through a longer log */

/* whether a word may end between two characters: within scripts without spaces it may anywhere */
static gboolean
count_parts(gunichar before, gunichar behind)
{
    return !g_unichar_isalnum(before) || !g_unichar_isalnum(behind) ||
           errata_text_scan_is_alone(before) || errata_text_scan_is_alone(behind);
}

/* whether a text in lower case says a word, not a part of one */
static gboolean
count_says(const char *text, const char *word)
{
    gsize length = strlen(word);
    gunichar first = g_utf8_get_char(word);
    gunichar last = g_utf8_get_char(g_utf8_prev_char(word + length));

    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        gunichar before = at > text ? g_utf8_get_char(g_utf8_prev_char(at)) : ' ';

        if (count_parts(before, first) && count_parts(last, g_utf8_get_char(at + length)))
            return TRUE;
    }
    return FALSE;
}

static gboolean
count_says_any(const char *text, const ErrataClusterWords *words, guint most)
{
    for (guint k = 0; k < MIN(words->keywords->len, most); k++)
        if (count_says(text, g_array_index(words->keywords, ErrataClusterKeyword, k).text))
            return TRUE;
    return FALSE;
}

/**
 * errata_clusters_text:
 * @analysis: the log
 * @row: in its frame
 *
 * Returns: (transfer full): what the row's texts say, in lower case, a line for each; empty where
 *   it has none
 */
char *
errata_clusters_text(const ErrataAnalysis *analysis, gsize row)
{
    GString *all = g_string_new(NULL);

    for (guint c = 0; c < analysis->frame->n_columns; c++) {
        gsize length = 0;
        const char *text = analysis->schema->columns[c].role == ERRATA_ROLE_TEXT
                               ? errata_column_text(analysis->frame->columns[c], row, &length)
                               : NULL;
        g_autofree char *lower = text != NULL ? g_utf8_strdown(text, (gssize)length) : NULL;

        if (lower != NULL)
            g_string_append_printf(all, "%s\n", lower);
    }
    return g_string_free(all, FALSE);
}

/* (element-type ErrataRows): of each cluster that is a language the rows in it, else %NULL */
static GPtrArray *
count_tongues(const ErrataAnalysis *analysis, const ErrataClusterWords *words, guint n)
{
    GPtrArray *tongues = g_ptr_array_new_with_free_func((GDestroyNotify)errata_rows_free);

    for (guint c = 0; c < n; c++) {
        g_autoptr(ErrataFilter) filter = NULL;

        g_ptr_array_add(tongues, NULL);
        if (words[c].tongue == NULL)
            continue;
        filter = errata_filter_predicates_join(words[c].predicates);
        if (errata_filter_bind(filter, analysis->frame, analysis->schema, NULL))
            tongues->pdata[c] = errata_filter_evaluate(filter, analysis->frame, analysis->outcome);
    }
    return tongues;
}

/**
 * errata_clusters_count:
 * @analysis: the log
 * @words: (array length=n): of clusters
 * @n: how many
 * @most: keywords that a cluster is named by
 * @ret_said: (array length=n) (out caller-allocates): judged rows whose texts say one of them, or
 *   that are in the cluster's language, their errors, and the same of the others
 *
 * Reads each text once, at most 100,000 of them.
 */
void
errata_clusters_count(const ErrataAnalysis *analysis,
                      const ErrataClusterWords *words,
                      guint n,
                      guint most,
                      ErrataClusterSaid *ret_said)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autoptr(GPtrArray) tongues = count_tongues(analysis, words, n);
    gsize n_rows = outcome->n_rows, wanted = MIN(n_rows, COUNT_TEXTS);

    memset(ret_said, 0, n * sizeof *ret_said);
    for (gsize k = 0; k < wanted; k++) {
        gsize row = (gsize)((guint64)k * n_rows / wanted);
        g_autofree char *text = NULL;

        if (outcome->judged[row] == 0)
            continue;
        text = errata_clusters_text(analysis, row);
        for (guint c = 0; c < n; c++) {
            const ErrataRows *tongue = g_ptr_array_index(tongues, c);
            gboolean says = tongue != NULL ? errata_rows_has(tongue, row)
                                           : count_says_any(text, &words[c], most);

            errata_rate_add(says ? &ret_said[c].in : &ret_said[c].others,
                            outcome->error[row],
                            errata_outcome_weight(outcome, row));
            ret_said[c].n_errors += outcome->error[row];
        }
    }
}

/**
 * errata_clusters_say:
 * @analysis: the log
 * @words: (array zero-terminated=1): in lower case, those that a cluster is best known by first
 *
 * Reads each text once.
 *
 * Returns: (transfer full): for each row, 1 where its texts say one of the words that a cluster is
 *   named by, else 0
 */
guint8 *
errata_clusters_say(const ErrataAnalysis *analysis, const char *const *words)
{
    guint8 *mark = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));

    for (gsize row = 0; row < analysis->outcome->n_rows; row++) {
        g_autofree char *text = errata_clusters_text(analysis, row);

        for (guint k = 0; k < ERRATA_CLUSTERS_NAMED && words[k] != NULL && mark[row] == 0; k++)
            mark[row] = count_says(text, words[k]) ? 1 : 0;
    }
    return mark;
}
