/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of a category that do not belong: a new writing of the old values for a while (encoding
 * change), or values that the reference does not have. An encoding change is a set of values that
 * all lie in one window and fill it, while the same old values stand before and after. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data-bugs.h"

#define CATEGORIES_MAX   1000 /* more values are an id or a text */
#define CATEGORIES_COUNT 5
#define CATEGORIES_SPAN  0.05 /* of the rows: how long the new writing lasts at most */
#define CATEGORIES_LONG  0.45 /* … or this, where all of the usual values are gone, and come back */
#define CATEGORIES_ASIDE 0.2  /* of the rows: more than these are not left out, the column is */
#define CATEGORIES_ALL   0.98 /* of its rows have it, then */
#define CATEGORIES_BACK  0.7  /* of the values before and after are the same, then */
#define CATEGORIES_MOVED 0.1  /* total variation of the shares, both sorted, then */
#define CATEGORIES_UNEVEN \
    0.1 /* … and at least of theirs from equal ones, where names are not alike */
#define CATEGORIES_MARGIN  0.02 /* of the rows lie before it, and after it */
#define CATEGORIES_FILL    0.8  /* of the window's rows have it */
#define CATEGORIES_OVERLAP 0.3  /* of the values before and after */
#define CATEGORIES_KNOWN \
    0.9 /* of the rows of new values: values of the reference written otherwise */
#define CATEGORIES_LEFT   0.05 /* of those rows that may still have the old writing */
#define CATEGORIES_WORD   4    /* letters, of which one may be wrong */
#define CATEGORIES_ROWS   20   /* that a value gone for a while would have */
#define CATEGORIES_ERRORS 3.5  /* standard errors by which the share of the new one may differ */
#define CATEGORIES_GAP    0.01 /* of the rows, between the windows of two values */

/* where a value occurs, as positions in time order */
typedef struct {
    guint code;
    gsize count;
    gsize first;
    gsize last;
} CategorySpan;

static CategorySpan *
categories_spans(const ErrataColumn *column, const guint32 *order, const guint8 *copy)
{
    CategorySpan *spans = g_new0(CategorySpan, column->n_dictionary + 1);

    for (guint i = 0; i < column->n_dictionary; i++)
        spans[i].code = i;
    for (gsize i = 0; i < column->n_rows; i++) {
        CategorySpan *span;

        if (!errata_column_is_valid(column, order[i]) || (copy != NULL && copy[order[i]] != 0))
            continue;
        span = &spans[column->code[order[i]]];
        if (span->count++ == 0)
            span->first = i;
        span->last = i;
    }
    return spans;
}

static int
categories_first_cb(gconstpointer a, gconstpointer b)
{
    const CategorySpan *x = a;
    const CategorySpan *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return x->code < y->code ? -1 : 1;
}

/* the shares of all values over the positions [@from, @to) */
static double *
categories_shares(const ErrataColumn *column, const guint32 *order, gsize from, gsize to)
{
    double *share = g_new0(double, column->n_dictionary + 1);
    double n = 0.0;

    for (gsize i = from; i < to; i++)
        if (errata_column_is_valid(column, order[i])) {
            share[column->code[order[i]]] += 1.0;
            n += 1.0;
        }
    for (guint i = 0; n > 0.0 && i < column->n_dictionary; i++)
        share[i] /= n;
    return share;
}

/* how much of the values before a window comes back after it (or was there long before) */
static double
categories_overlap(const ErrataColumn *column, const guint32 *order, gsize from, gsize to)
{
    gsize n = column->n_rows;
    gsize width = MAX(5 * (to - from), 100);
    gsize before = from > width ? from - width : 0;
    gsize after = MIN(to + width, n);
    g_autofree double *then = categories_shares(column, order, before, from);
    g_autofree double *other =
        after - to >= MIN(width / 5, 20)
            ? categories_shares(column, order, to, after)
            : categories_shares(column, order, before > width ? before - width : 0, before);
    double overlap = 0.0;

    for (guint i = 0; i < column->n_dictionary; i++)
        overlap += MIN(then[i], other[i]);
    return overlap;
}

/* whether one byte is wrong, too many or missing */
static gboolean
categories_is_slip(const char *longer, const char *shorter)
{
    gsize n = strlen(longer), m = strlen(shorter), first = 0, last = 0;

    while (first < m && longer[first] == shorter[first])
        first++;
    while (last < m - first && longer[n - 1 - last] == shorter[m - 1 - last])
        last++;
    return m >= CATEGORIES_WORD && first + last + 1 >= n;
}

/* how alike two values in small letters are: 0 not at all, 1 one contains the other or is a slip of
 * it, 2 begins with it, 3 is it. One letter is alike to what it begins only */
static guint
categories_alike(const char *a, const char *b)
{
    const char *longer = strlen(a) >= strlen(b) ? a : b;
    const char *shorter = longer == a ? b : a;

    if (*shorter == '\0')
        return 0;
    if (strcmp(a, b) == 0)
        return 3;
    if (g_str_has_prefix(longer, shorter))
        return 2;
    return categories_is_slip(longer, shorter) ||
                   (g_utf8_strlen(shorter, -1) > 1 && strstr(longer, shorter) != NULL)
               ? 1
               : 0;
}

/* what a new value stands for: the old value it is most alike to, of several the longest; %NULL
 * where there is none, or where it begins more than one */
static const char *
categories_contains(const ErrataColumn *column, const gboolean *is_new, const char *value)
{
    const char *best = NULL;
    guint most = 0, n_begun = 0;
    g_autofree char *lower = g_utf8_strdown(value, -1);

    for (guint i = 0; i < column->n_dictionary; i++) {
        g_autofree char *old = g_utf8_strdown(column->dictionary[i], -1);
        guint alike = is_new[i] ? 0 : categories_alike(lower, g_strstrip(old));

        if (alike == 0 || alike < most)
            continue;
        n_begun += alike == 2 && strlen(old) > strlen(lower) ? 1 : 0;
        if (alike > most || strlen(best) < strlen(column->dictionary[i]))
            best = column->dictionary[i];
        most = alike;
    }
    return most == 2 && n_begun > 1 ? NULL : best;
}

/* how many rows that follow one another tell as much as one: they may be of one visit and share the
 * value */
static double
categories_runs(const ErrataColumn *column, const guint32 *order)
{
    g_autofree double *share = categories_shares(column, order, 0, column->n_rows);
    double alike = 0.0, same = 0.0, n = 0.0;

    for (guint i = 0; i < column->n_dictionary; i++)
        alike += share[i] * share[i];
    for (gsize i = 1; i < column->n_rows; i++)
        if (errata_column_is_valid(column, order[i]) &&
            errata_column_is_valid(column, order[i - 1])) {
            same += column->code[order[i]] == column->code[order[i - 1]] ? 1.0 : 0.0;
            n += 1.0;
        }
    return MAX((1.0 - alike) / MAX(1.0 - same / MAX(n, 1.0), 1.0 / MAX(n, 1.0)), 1.0);
}

typedef struct {
    const ErrataColumn *column;
    const gboolean *is_new; /* by value */
} CategoryNew;

static gboolean
categories_is_new(gconstpointer data, guint32 row)
{
    const CategoryNew *self = data;

    return errata_column_is_valid(self->column, row) && self->is_new[self->column->code[row]];
}

static void
categories_add_change(ErrataDataBugs *self,
                      guint index,
                      const gboolean *is_new,
                      const CategorySpan *top,
                      gsize from,
                      gsize to)
{
    const ErrataColumn *column = self->analysis->frame->columns[index];
    const guint32 *order = self->analysis->outcome->order;
    const char *value = column->dictionary[top->code];
    const char *old = categories_contains(column, is_new, value);
    ErrataDataBug *bug = errata_data_bugs_add(self, "encoding-change", (int)index);
    const CategoryNew has = {column, is_new};
    g_autofree char *when = NULL;

    errata_data_bugs_window(self, bug, from, to, categories_is_new, &has);
    bug->before = 0.0;
    bug->after = (double)bug->n_rows / (double)(to - from);
    bug->value = g_strdup(value);
    /* all of a value's rows in a window of this width, for any of the values and windows */
    bug->p = MIN((double)column->n_dictionary * (double)column->n_rows *
                     exp(MAX((double)bug->n_rows / categories_runs(column, order) - 1.0, 0.0) *
                         log((double)(to - from) / (double)column->n_rows)),
                 1.0);
    bug->test = "all rows of the values in one window";
    bug->small = bug->n_rows < MIN(errata_data_bugs_enough(column->n_rows), 20);
    bug->set_aside = (double)bug->n_rows < CATEGORIES_ASIDE * (double)column->n_rows;
    if (!bug->set_aside)
        self->analysis->exclude[index] = 1;
    when = errata_data_bugs_when(self, bug->from, bug->to);
    bug->title = old != NULL ? g_strdup_printf("%s is written differently %s: “%s” where “%s” was",
                                               column->name,
                                               when,
                                               value,
                                               old)
                             : g_strdup_printf("%s has other values %s, such as “%s”, and none of "
                                               "the usual ones",
                                               column->name,
                                               when,
                                               value);
    for (guint i = 0; i < column->n_dictionary; i++) {
        const char *was = is_new[i] ? categories_contains(column, is_new, column->dictionary[i])
                                    : NULL;

        if (was != NULL)
            errata_data_bugs_undo(bug, column->dictionary[i], was);
    }
    bug->action = g_strdup_printf("Map the new values of %s back and score the rows again",
                                  column->name);
}

static int
categories_less_cb(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x < y) - (x > y);
}

/* whether the values of a window, the most frequent first, are as frequent as those around it: what
 * a sale or another supplier brings has shares of its own */
static gboolean
categories_are_as_frequent(const ErrataColumn *column, const guint32 *order, gsize from, gsize to)
{
    gsize width = 5 * (to - from);
    g_autofree double *inside = categories_shares(column, order, from, to);
    g_autofree double *before =
        categories_shares(column, order, from > width ? from - width : 0, from);
    g_autofree double *after =
        categories_shares(column, order, to, MIN(to + width, column->n_rows));
    double moved = 0.0;

    for (guint i = 0; i < column->n_dictionary; i++)
        before[i] = 0.5 * (before[i] + after[i]);
    qsort(inside, column->n_dictionary, sizeof(double), categories_less_cb);
    qsort(before, column->n_dictionary, sizeof(double), categories_less_cb);
    for (guint i = 0; i < column->n_dictionary; i++)
        moved += fabs(inside[i] - before[i]);
    return 0.5 * moved <= CATEGORIES_MOVED;
}

/* whether the values of a window are told from one another by how frequent they are, or each is
 * named like a usual one: dishes of a summer, all as frequent, say nothing of those of a winter */
static gboolean
categories_are_matched(const ErrataColumn *column,
                       const guint32 *order,
                       const gboolean *is_new,
                       gsize from,
                       gsize to)
{
    g_autofree double *share = categories_shares(column, order, from, to);
    gboolean alike = TRUE;
    guint n = 0;
    double apart = 0.0;

    for (guint i = 0; i < column->n_dictionary; i++) {
        if (!is_new[i])
            continue;
        n++;
        alike = alike && categories_contains(column, is_new, column->dictionary[i]) != NULL;
    }
    for (guint i = 0; i < column->n_dictionary; i++)
        apart += is_new[i] ? fabs(share[i] - 1.0 / n) : 0.0;
    return alike || 0.5 * apart > CATEGORIES_UNEVEN;
}

/* whether a window without any of the usual values is longer than chance and campaigns make it:
 * several new ones fill it from one row to another, each as frequent as one of those that come
 * back */
static gboolean
categories_is_closed(const ErrataColumn *column,
                     const guint32 *order,
                     const gboolean *is_new,
                     gsize from,
                     gsize to)
{
    gsize margin = (gsize)(CATEGORIES_MARGIN * (double)column->n_rows), n = 0, n_inside = 0;
    guint n_values = 0;

    for (guint i = 0; i < column->n_dictionary; i++)
        n_values += is_new[i] ? 1 : 0;
    for (gsize i = from; i < to; i++)
        if (errata_column_is_valid(column, order[i])) {
            n++;
            n_inside += is_new[column->code[order[i]]] ? 1 : 0;
        }
    return n_values > 1 && from >= margin && to + margin <= column->n_rows &&
           (double)n_inside >= CATEGORIES_ALL * (double)n &&
           categories_overlap(column, order, from, to) >= CATEGORIES_BACK &&
           categories_are_as_frequent(column, order, from, to) &&
           categories_are_matched(column, order, is_new, from, to);
}

/* whether a window's one new value is written for one usual value: that one is gone there, the new
 * one is as frequent as it is before and after, and is named like it */
static gboolean
categories_is_one(const ErrataColumn *column,
                  const guint32 *order,
                  const gboolean *is_new,
                  guint code,
                  gsize from,
                  gsize to)
{
    const char *old = categories_contains(column, is_new, column->dictionary[code]);
    gsize width = 5 * (to - from), margin = (gsize)(CATEGORIES_MARGIN * (double)column->n_rows);
    g_autofree double *inside = NULL;
    g_autofree double *before = NULL;
    g_autofree double *after = NULL;
    double n = (double)(to - from), usual, least;
    guint at = 0, n_new = 0;

    for (guint i = 0; i < column->n_dictionary; i++) {
        n_new += is_new[i] ? 1 : 0;
        at = old != NULL && strcmp(column->dictionary[i], old) == 0 ? i : at;
    }
    if (old == NULL || n_new != 1 || from < margin || to + margin > column->n_rows)
        return FALSE;
    inside = categories_shares(column, order, from, to);
    before = categories_shares(column, order, from > width ? from - width : 0, from);
    after = categories_shares(column, order, to, MIN(to + width, column->n_rows));
    usual = 0.5 * (before[at] + after[at]);
    least = MIN(before[at], after[at]);
    return !(inside[at] > 0.0) && least * n >= CATEGORIES_ROWS &&
           fabs(inside[code] - usual) <= CATEGORIES_ERRORS * sqrt(usual * (1.0 - usual) / n);
}

/* values that lie within a short window each, of at most @span of the rows, joined while their
 * windows are near */
static gboolean
categories_change(ErrataDataBugs *self, guint index, const CategorySpan *spans, double span)
{
    const ErrataColumn *column = self->analysis->frame->columns[index];
    const guint32 *order = self->analysis->outcome->order;
    gsize longest = (gsize)(span * (double)column->n_rows);
    g_autoptr(GArray) local = g_array_new(FALSE, FALSE, sizeof(CategorySpan));
    gboolean found = FALSE;

    for (guint i = 0; i < column->n_dictionary; i++)
        if (spans[i].count >= CATEGORIES_COUNT && spans[i].last - spans[i].first < longest)
            g_array_append_val(local, spans[i]);
    g_array_sort(local, categories_first_cb);
    for (guint begin = 0, end = 0; begin < local->len; begin = end) {
        const CategorySpan *top = &g_array_index(local, CategorySpan, begin);
        gsize from = top->first;
        gsize to = top->last + 1;
        gsize count = 0;
        g_autofree gboolean *is_new = g_new0(gboolean, column->n_dictionary + 1);

        while (end < local->len) {
            const CategorySpan *next = &g_array_index(local, CategorySpan, end);

            if (next->first > to + (gsize)(CATEGORIES_GAP * (double)column->n_rows))
                break;
            top = next->count > top->count ? next : top;
            to = MAX(to, next->last + 1);
            count += next->count;
            is_new[next->code] = TRUE;
            end++;
        }
        if (to - from > longest ||
            ((double)count < CATEGORIES_FILL * (double)(to - from) &&
             !categories_is_one(column, order, is_new, top->code, from, to)) ||
            categories_overlap(column, order, from, to) < CATEGORIES_OVERLAP ||
            ((double)(to - from) > CATEGORIES_SPAN * (double)column->n_rows &&
             !categories_is_closed(column, order, is_new, from, to)))
            continue;
        categories_add_change(self, index, is_new, top, from, to);
        found = TRUE;
    }
    return found;
}

/* whether the reference has it, and the log hardly ever */
static gboolean
categories_is_gone(const ErrataColumn *column,
                   const CategorySpan *spans,
                   const char *value,
                   gsize n)
{
    for (guint i = 0; i < column->n_dictionary; i++)
        if (strcmp(column->dictionary[i], value) == 0)
            return (double)spans[i].count <= CATEGORIES_LEFT * (double)n;
    return TRUE;
}

/* per value that the reference lacks the one of the reference that it is but for case, accents and
 * marks; %NULL where it is none, or another one's already */
static const char **
categories_originals(const ErrataColumn *column,
                     const ErrataColumn *before,
                     const gboolean *is_new,
                     const CategorySpan *spans)
{
    const char **was = g_new0(const char *, (gsize)column->n_dictionary + 1);
    g_autoptr(GHashTable) plain = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < before->n_dictionary; i++)
        g_hash_table_insert(plain,
                            errata_data_bugs_plain(before->dictionary[i]),
                            before->dictionary[i]);
    for (guint i = 0; i < column->n_dictionary; i++) {
        g_autofree char *mine = is_new[i] ? errata_data_bugs_plain(column->dictionary[i]) : NULL;
        const char *theirs = mine != NULL && *mine != '\0' ? g_hash_table_lookup(plain, mine)
                                                           : NULL;

        if (theirs == NULL || !categories_is_gone(column, spans, theirs, spans[i].count))
            continue;
        was[i] = theirs;
        g_hash_table_remove(plain, mine);
    }
    return was;
}

/* new values that are those of the reference written otherwise, throughout: the log writes them so,
 * and the model has learnt them as they were */
static gboolean
categories_rewritten(ErrataDataBugs *self,
                     ErrataDataBug *bug,
                     const ErrataColumn *before,
                     const gboolean *is_new,
                     const CategorySpan *spans,
                     guint top)
{
    const ErrataColumn *column = self->analysis->frame->columns[bug->column];
    g_autofree const char **was = categories_originals(column, before, is_new, spans);
    gsize n_known = 0, n_new = 0, first = column->n_rows;

    for (guint i = 0; i < column->n_dictionary; i++) {
        n_new += is_new[i] ? spans[i].count : 0;
        n_known += was[i] != NULL ? spans[i].count : 0;
        first = was[i] != NULL ? MIN(first, spans[i].first) : first;
    }
    if (was[top] == NULL || (double)n_known < CATEGORIES_KNOWN * (double)n_new ||
        (double)first > CATEGORIES_SPAN * (double)column->n_rows)
        return FALSE;
    bug->bug = "train-serve-skew";
    for (guint i = 0; i < column->n_dictionary; i++)
        if (was[i] != NULL)
            errata_data_bugs_undo(bug, column->dictionary[i], was[i]);
    bug->title =
        g_strdup_printf("%s is written otherwise than in the reference, from the first row "
                        "on: “%s” where “%s” was",
                        column->name,
                        bug->value,
                        was[top]);
    bug->action =
        g_strdup_printf("Write the values of %s as they were when the model was trained, and "
                        "score the rows again",
                        column->name);
    return TRUE;
}

/* per value how many draws its rows are, and the log of the share that the log has of all draws in
 * it and the reference: each row is one or, where rows belong together, each entity that has it */
static guint *
categories_draws(const ErrataDataBugs *self,
                 const ErrataColumn *column,
                 const ErrataColumn *before,
                 const CategorySpan *spans,
                 double *ret_ratio)
{
    const ErrataOutcome *log_rows = self->analysis->outcome;
    const ErrataOutcome *reference = self->analysis->reference_outcome;
    double n = (double)column->n_rows, n_before = (double)(before->n_rows - before->n_missing);
    guint *draws = g_new0(guint, column->n_dictionary + 1);
    g_autoptr(GHashTable) seen = NULL;

    if (log_rows->entity == NULL || reference == NULL || reference->entity == NULL) {
        for (guint i = 0; i < column->n_dictionary; i++)
            draws[i] = (guint)spans[i].count;
        *ret_ratio = log(n / (n + n_before));
        return draws;
    }
    seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (gsize row = 0; row < column->n_rows; row++) {
        gint64 key;

        if (!errata_column_is_valid(column, row) || (self->copy != NULL && self->copy[row] != 0))
            continue;
        key = (gint64)column->code[row] * log_rows->n_entities + log_rows->entity[row];
        draws[column->code[row]] += g_hash_table_add(seen, g_memdup2(&key, sizeof key)) ? 1 : 0;
    }
    *ret_ratio = log((double)log_rows->n_entities /
                     ((double)log_rows->n_entities + (double)reference->n_entities));
    return draws;
}

/* values the reference lacks, more rows of them than a sample of its size would leave unseen */
static void
categories_new(ErrataDataBugs *self, guint index, const CategorySpan *spans)
{
    const ErrataColumn *column = self->analysis->frame->columns[index];
    const ErrataColumn *before = errata_frame_find(self->analysis->reference, column->name, NULL);
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree gboolean *is_new = g_new0(gboolean, column->n_dictionary + 1);
    g_autofree guint *draws = NULL;
    double ratio;
    guint n_new = 0;
    guint top = 0;
    ErrataDataBug *bug;

    if (before == NULL || before->type != ERRATA_COLUMN_CATEGORY || before->n_dictionary == 0)
        return;
    for (guint i = 0; i < before->n_dictionary; i++)
        g_hash_table_add(known, before->dictionary[i]);
    draws = categories_draws(self, column, before, spans, &ratio);
    bug = errata_data_bugs_add(self, "new-category", (int)index);
    bug->p = 1.0;
    for (guint i = 0; i < column->n_dictionary; i++) {
        double p = MIN((double)column->n_dictionary * exp((double)draws[i] * ratio), 1.0);

        if (spans[i].count < CATEGORIES_COUNT ||
            g_hash_table_contains(known, column->dictionary[i]) || !(p < 0.01))
            continue;
        is_new[i] = TRUE;
        top = n_new++ == 0 || spans[i].count > spans[top].count ? i : top;
        bug->p = MIN(bug->p, p);
    }
    if (n_new == 0) {
        g_ptr_array_remove_index(self->bugs, self->bugs->len - 1);
        return;
    }
    for (gsize row = 0; row < column->n_rows; row++)
        if (errata_column_is_valid(column, row) && is_new[column->code[row]]) {
            guint32 number = (guint32)row;

            g_array_append_val(bug->row, number);
        }
    bug->n_rows = bug->row->len;
    bug->before = 0.0;
    bug->after = (double)bug->n_rows / (double)column->n_rows;
    bug->test = "rows of a value unseen in a sample";
    bug->small = bug->n_rows < errata_data_bugs_enough(column->n_rows);
    bug->value = g_strdup(column->dictionary[top]);
    if (categories_rewritten(self, bug, before, is_new, spans, top))
        return;
    bug->title = n_new == 1
                     ? g_strdup_printf("%s has a value that the reference lacks: “%s”",
                                       column->name,
                                       bug->value)
                     : g_strdup_printf("%s has %u values that the reference lacks, such as “%s”",
                                       column->name,
                                       n_new,
                                       bug->value);
    bug->action = g_strdup_printf("Teach the model the new values of %s, or map them to known ones",
                                  column->name);
}

void
errata_data_bugs_categories(ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = self->analysis->frame->columns[column];
    g_autofree CategorySpan *spans = NULL;

    if (data->type != ERRATA_COLUMN_CATEGORY || data->n_dictionary > CATEGORIES_MAX ||
        data->n_dictionary < 2)
        return;
    self->n_tried++;
    spans = categories_spans(data, self->analysis->outcome->order, self->copy);
    if (categories_change(self, column, spans, CATEGORIES_SPAN) ||
        categories_change(self, column, spans, CATEGORIES_LONG))
        return;
    if (self->analysis->reference != NULL) {
        self->n_tried++;
        categories_new(self, column, spans);
    }
}
