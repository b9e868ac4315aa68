/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For how many of the rows that a plan has left a condition holds, and which share of them that is:
 * what the whole is, the plan says. */
#include <math.h>
#include <string.h>

#include "ask-private.h"
#include "intervals.h"
#include "words.h"

/* whether a condition names @bare of the outcome: as it is where no column is called so, or with
 * its mark */
static gboolean
share_names(const AskRun *self, const char *condition, const char *bare)
{
    gboolean taken = errata_frame_find(self->data->frame, bare, NULL) != NULL;
    gsize length = strlen(bare);
    char quote = '\0';

    for (const char *p = condition; *p != '\0'; p++) {
        gboolean begins = p == condition || !(g_ascii_isalnum(p[-1]) || p[-1] == '_');

        if (quote != '\0') {
            quote = *p == quote ? '\0' : quote;
            continue;
        }
        if (strchr("\"'`", *p) != NULL) {
            quote = *p;
        } else if (begins && g_ascii_strncasecmp(p, bare, length) == 0 &&
                   !(g_ascii_isalnum(p[length]) || p[length] == '_') &&
                   (!taken || (p > condition && p[-1] == '@'))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* leaves those rows of the whole of which the condition can be told; returns what they have, or
 * NULL where that is no matter */
const char *
errata_ask_share_known(AskRun *self, const char *condition, ErrataRows *whole)
{
    const ErrataOutcome *outcome = self->data->outcome;
    gboolean numbers = outcome->task == ERRATA_TASK_REGRESSION;
    gboolean judged = share_names(self, condition, "error") ||
                      share_names(self, condition, "correct");
    gboolean label = !numbers && outcome->truth != NULL && share_names(self, condition, "label");
    gboolean prediction = !numbers && outcome->predicted != NULL &&
                          share_names(self, condition, "prediction");
    gsize before = errata_rows_count(whole);

    for (gsize row = 0; row < whole->n_rows && (judged || label || prediction); row++)
        if ((judged && outcome->judged[row] == 0) || (label && outcome->truth[row] < 0) ||
            (prediction && outcome->predicted[row] < 0))
            whole->bits[row >> 6] &= ~(G_GUINT64_CONSTANT(1) << (row & 63));
    if (errata_rows_count(whole) == before)
        return NULL;
    return judged || (label && prediction) ? "a label and a prediction"
           : label                         ? "a label"
                                           : "a prediction";
}

/* the rows for which the condition holds; NULL, and the answer says why, where it names what the
 * log has not */
ErrataRows *
errata_ask_share_part(AskRun *self, const char *condition)
{
    g_autoptr(ErrataFilter) filter = NULL;
    g_autoptr(ErrataRows) part = errata_ask_condition_rows(self, condition, &filter);
    g_autofree char *absent = NULL;

    if (part != NULL && errata_rows_count(part) == 0) {
        absent = errata_filter_absent(filter, self->data->frame);
        if (absent != NULL) {
            errata_ask_refuse(self, "there is no row where %s: %s", condition, absent);
            return NULL;
        }
    }
    return g_steal_pointer(&part);
}

/* “the 1,234 rows where region is north”, “… that have a label”; the whole of a share */
char *
errata_ask_share_subject(const AskRun *self, const ErrataRows *whole, const char *known)
{
    g_autofree char *count = errata_words_count(errata_rows_count(whole));
    g_autofree char *where = self->where->len > 0 ? errata_ask_where(self) : NULL;

    return g_strdup_printf("%s%s rows%s%s%s%s",
                           where != NULL || known != NULL ? "the " : "all ",
                           count,
                           known != NULL ? " with " : "",
                           known != NULL ? known : "",
                           where != NULL ? " where " : "",
                           where != NULL ? where : "");
}

/* rows of the whole that have no value in a column that the condition asks for: they are no part,
 * or one that nobody meant; “” where there are none, or where that is what is asked for */
char *
errata_ask_share_gaps(AskRun *self,
                      const char *condition,
                      const ErrataRows *part,
                      const ErrataRows *whole)
{
    const ErrataFrame *frame = self->data->frame;
    const ErrataSchema *schema = self->data->schema;
    g_autoptr(ErrataFilter) filter = errata_filter_parse(condition, NULL);
    GString *text = g_string_new(NULL);

    if (filter == NULL || !errata_filter_bind(filter, frame, schema, NULL))
        return g_string_free(text, FALSE);
    for (guint c = 0; c < frame->n_columns; c++) {
        gsize n = 0, n_part = 0;
        g_autofree char *count = NULL;

        if ((int)c == schema->label || (int)c == schema->prediction ||
            !errata_filter_uses(filter, c))
            continue;
        for (gsize row = 0; row < frame->n_rows; row++)
            if (errata_rows_has(whole, row) && !errata_column_is_valid(frame->columns[c], row)) {
                n++;
                n_part += errata_rows_has(part, row) ? 1 : 0;
            }
        if (n == 0 || (n_part > 0 && strstr(condition, "missing") != NULL))
            continue;
        count = errata_words_count(n);
        g_string_append_printf(text,
                               " Of these rows %s [%s] have no %s%s.",
                               count,
                               errata_ask_cite(self,
                                               "rows_without",
                                               frame->columns[c]->name,
                                               (double)n,
                                               (double)NAN,
                                               (double)NAN,
                                               ERRATA_UNIT_COUNT,
                                               n),
                               frame->columns[c]->name,
                               n_part > 0 ? ", and are among those for which it holds"
                                          : ", and are among those for which it does not hold");
    }
    return g_string_free(text, FALSE);
}

static gboolean
share_groups(AskRun *self,
             const char *condition,
             const ErrataRows *part,
             ErrataRows *whole,
             const char *known)
{
    g_autofree char *gaps = NULL;
    char *text;

    if (!errata_ask_table_share(self, condition, part, whole, known))
        return FALSE;
    gaps = errata_ask_share_gaps(self, condition, part, whole);
    text = g_strconcat(self->answer->text, gaps, NULL);
    g_free(self->answer->text);
    self->answer->text = text;
    return TRUE;
}

gboolean
errata_ask_share(AskRun *self, const char *condition)
{
    g_autoptr(ErrataRows) part = errata_ask_share_part(self, condition);
    g_autoptr(ErrataRows) whole = errata_rows_new(self->rows->n_rows);
    g_autofree char *suppose = errata_ask_measure_suppose(self);
    g_autofree char *subject = NULL;
    g_autofree char *said = NULL;
    g_autofree char *count = NULL;
    g_autofree char *figure = NULL;
    g_autofree char *gaps = NULL;
    g_autoptr(ErrataMetric) metric = NULL;
    const char *known;
    const char *id;
    ErrataInterval interval;
    gsize n, all;

    if (part == NULL)
        return FALSE;
    errata_rows_unite(whole, self->rows);
    known = errata_ask_share_known(self, condition, whole);
    errata_rows_intersect(part, whole);
    n = errata_rows_count(part);
    all = errata_rows_count(whole);
    if (all == 0)
        return errata_ask_refuse(self, "none of these rows has %s", known);
    if (self->group != NULL)
        return share_groups(self, condition, part, whole, known);
    interval = errata_intervals_wilson((double)n, (double)all, 0.95);
    metric =
        errata_ask_value_new("share_rows", (double)n / (double)all, interval.lo, interval.hi, all);
    subject = errata_ask_share_subject(self, whole, known);
    said = errata_ask_say(self, condition);
    count = n > 0 ? errata_words_count(n) : g_strdup("none");
    id = errata_ask_cite_rows(self, n);
    figure = errata_ask_figure(self, "share", "share of these rows", metric);
    gaps = errata_ask_share_gaps(self, condition, part, whole);
    self->answer->text = g_strdup_printf("%s%s %s [%s] of %s, %s of them, %s.%s",
                                         suppose != NULL ? suppose : "",
                                         suppose != NULL ? "in" : "In",
                                         count,
                                         id,
                                         subject,
                                         figure,
                                         said,
                                         gaps);
    return TRUE;
}
