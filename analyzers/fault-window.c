/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a fault was: the window in time order that its rows lie in, where chance would have strewn
 * them over the whole log, and how that is said. */
#include "fault-window.h"

#include <math.h>

#include "precision.h"
#include "words.h"

#define WINDOW_NARROW 0.2  /* of the log: rows that lie within are given a time, … */
#define WINDOW_MOST   0.8  /* … or within so much of it, … */
#define WINDOW_ROWS   20   /* … where there are so many, … */
#define WINDOW_CHANCE 1e-6 /* … and chance hardly ever puts them so near */
#define WINDOW_BEHIND \
    0.05 /* that the rows behind it have none by chance, though it lasts to the end */

/**
 * errata_fault_window_find:
 * @outcome: rows in time order
 * @row: (array length=n): those of a fault
 * @n: how many
 * @ret_from: (out): place of the first
 * @ret_to: (out): behind the last, or the end of the log where the few rows behind that can be
 *   sound by chance
 *
 * Chance: n s^(n − 1) that n places taken at random lie within a part s of the log.
 *
 * Returns: whether they lie in a window
 */
gboolean
errata_fault_window_find(const ErrataOutcome *outcome,
                         const guint32 *row,
                         gsize n,
                         gsize *ret_from,
                         gsize *ret_to)
{
    g_autofree guint8 *inside = g_new0(guint8, outcome->n_rows + 1);
    gsize from = G_MAXSIZE, to = 0;
    double part, share;

    for (gsize i = 0; i < n; i++)
        inside[row[i]] = 1;
    for (gsize i = 0; i < outcome->n_rows; i++)
        if (inside[outcome->order[i]] != 0) {
            from = MIN(from, i);
            to = i + 1;
        }
    if (to <= from || from == G_MAXSIZE)
        return FALSE;
    part = (double)(to - from) / (double)outcome->n_rows;
    if (part > WINDOW_NARROW && (part > WINDOW_MOST || n < WINDOW_ROWS ||
                                 log((double)n) + (double)(n - 1) * log(part) > log(WINDOW_CHANCE)))
        return FALSE;
    share = (double)n / (double)(to - from);
    if (pow(1.0 - MIN(share, 1.0), (double)(outcome->n_rows - to)) >= WINDOW_BEHIND)
        to = outcome->n_rows;
    *ret_from = from;
    *ret_to = to;
    return TRUE;
}

/* the time of the row at @position of the log's order; %FALSE when it has none */
static gboolean
window_time(const ErrataOutcome *outcome, gsize position, gint64 *ret_time)
{
    gint64 time = outcome->time != NULL && position < outcome->n_rows
                      ? outcome->time[outcome->order[position]]
                      : G_MININT64;

    *ret_time = time;
    return time != G_MININT64;
}

char *
errata_fault_window_say(const ErrataOutcome *outcome, gsize from, gsize to)
{
    gboolean lasts = to >= outcome->n_rows;
    gint64 begin, end;
    g_autofree char *since = NULL;
    g_autofree char *until = NULL;

    if (!window_time(outcome, from, &begin) ||
        !window_time(outcome, MIN(to, outcome->n_rows - 1), &end)) {
        since = errata_precision_print((double)from, 0);
        until = errata_precision_print((double)to - 1.0, 0);
        return lasts ? g_strdup_printf("from row %s on", since)
                     : g_strdup_printf("from row %s to row %s", since, until);
    }
    since = errata_words_time(begin);
    if (lasts)
        return from == 0 ? g_strdup("throughout the log") : g_strdup_printf("from %s on", since);
    until = errata_words_time_range(begin, end, "and", TRUE);
    return until != NULL ? g_strdup_printf("between %s", until) : errata_words_time_on(begin);
}
