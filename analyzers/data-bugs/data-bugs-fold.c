/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One fault shows in more than one check: cells that cannot be read are missing, a new writing is a
 * second spelling. It is told once, by the check that says most. Faults whose rows lie together in
 * time get the window they lie in. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"

#define FOLD_SAME   0.9 /* of the rows of the one are the other's */
#define FOLD_MOST   0.8 /* likewise, of a group whose rows are of another one */
#define FOLD_FILL   0.2 /* of a window's rows that the fault must have */
#define FOLD_WINDOW 0.5 /* of the rows: what lasts longer has no window */

static ErrataDataBug *
fold_find(const ErrataDataBugs *self, const char *kind, int column)
{
    for (guint i = 0; i < self->bugs->len; i++) {
        ErrataDataBug *bug = g_ptr_array_index(self->bugs, i);

        if (bug->column == column && strcmp(bug->bug, kind) == 0)
            return bug;
    }
    return NULL;
}

/* share of the rows of @bug that are @other's too */
static double
fold_shared(const ErrataDataBugs *self, const ErrataDataBug *bug, const ErrataDataBug *other)
{
    g_autofree guint8 *inside = g_new0(guint8, self->analysis->frame->n_rows + 1);
    gsize shared = 0;

    for (guint i = 0; i < other->row->len; i++)
        inside[g_array_index(other->row, guint32, i)] = 1;
    for (guint i = 0; i < bug->row->len; i++)
        shared += inside[g_array_index(bug->row, guint32, i)];
    return bug->row->len > 0 ? (double)shared / (double)bug->row->len : 0.0;
}

/* the cells that cannot be read, where a burst of missing cells is nothing else; words for no value
 * are as missing as an empty cell is */
static ErrataDataBug *
fold_unreadable(const ErrataDataBugs *self, const ErrataDataBug *burst)
{
    ErrataDataBug *types = fold_find(self, "type-change", burst->column);
    double n = (double)burst->n_rows;

    if (types == NULL || types->spelled || strcmp(burst->bug, "missing-burst") != 0)
        return NULL;
    if (types->row->len > 0)
        return fold_shared(self, burst, types) >= FOLD_SAME ? types : NULL;
    return n >= FOLD_SAME * (double)types->n_rows && n <= (double)types->n_rows / FOLD_SAME ? types
                                                                                            : NULL;
}

/* the rows and the window of a burst that is the same fault */
static void
fold_take(ErrataDataBug *types, const ErrataDataBug *burst)
{
    if (types->row->len == 0)
        g_array_append_vals(types->row, burst->row->data, burst->row->len);
    types->has_window = burst->has_window;
    types->from = burst->from;
    types->to = burst->to;
    types->after = burst->after;
    types->before = (double)NAN;
    types->set_aside = types->set_aside || burst->set_aside;
}

/* whether the writings of each value that a column has are those before and after a change of its
 * encoding */
static gboolean
fold_is_writing(const ErrataDataBug *spelling, const ErrataDataBug *change)
{
    if (spelling->undo == NULL || change->undo == NULL)
        return FALSE;
    for (guint i = 0; i + 1 < spelling->undo->len; i += 2) {
        const char *const *pair = (const char *const *)&spelling->undo->pdata[i];
        gboolean is = FALSE;

        for (guint k = 0; !is && k + 1 < change->undo->len; k += 2) {
            const char *const *of = (const char *const *)&change->undo->pdata[k];

            is = (strcmp(pair[0], of[0]) == 0 && strcmp(pair[1], of[1]) == 0) ||
                 (strcmp(pair[0], of[1]) == 0 && strcmp(pair[1], of[0]) == 0);
        }
        if (!is)
            return FALSE;
    }
    return TRUE;
}

/* values beyond the range of their column that are another unit's */
static gboolean
fold_is_unit(const ErrataDataBugs *self, const ErrataDataBug *bug)
{
    double shared = 0.0;

    if (strcmp(bug->bug, "out-of-range") != 0)
        return FALSE;
    for (guint i = 0; i < self->bugs->len; i++) {
        const ErrataDataBug *other = g_ptr_array_index(self->bugs, i);

        if (other->column == bug->column && strcmp(other->bug, "unit-change") == 0)
            shared += fold_shared(self, bug, other);
    }
    return shared >= FOLD_SAME;
}

static gboolean
fold_is_told(ErrataDataBugs *self, const ErrataDataBug *bug)
{
    const ErrataDataBug *change = fold_find(self, "encoding-change", bug->column);
    ErrataDataBug *types = fold_unreadable(self, bug);

    if (types != NULL) {
        fold_take(types, bug);
        return TRUE;
    }
    if (fold_is_unit(self, bug))
        return TRUE;
    if (strcmp(bug->bug, "type-change") == 0 && bug->mixed != NULL && change != NULL)
        return fold_shared(self, bug, change) >= FOLD_SAME;
    return strcmp(bug->bug, "spelling") == 0 && change != NULL &&
           (fold_is_writing(bug, change) || fold_shared(self, bug, change) >= FOLD_SAME);
}

/* a unit of a group by a column of which values are exchanged there: its rows are of another
 * group */
static gboolean
fold_is_exchanged(const ErrataDataBugs *self, const ErrataDataBug *bug)
{
    if (strcmp(bug->bug, "unit-change") != 0)
        return FALSE;
    for (guint i = 0; i < self->bugs->len; i++) {
        const ErrataDataBug *other = g_ptr_array_index(self->bugs, i);

        for (guint k = 0; k < G_N_ELEMENTS(bug->group.bin) && other->n_exchanged > 0; k++)
            if (bug->group.bin[k] != NULL && (int)bug->group.bin[k]->column == other->column &&
                fold_shared(self, bug, other) >= FOLD_MOST)
                return TRUE;
    }
    return FALSE;
}

/* the window of the rows in time order, where they fill one */
static void
fold_place(const ErrataDataBugs *self, ErrataDataBug *bug)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    g_autofree guint8 *inside = g_new0(guint8, outcome->n_rows + 1);
    gsize from = outcome->n_rows, to = 0;

    for (guint i = 0; i < bug->row->len; i++)
        inside[g_array_index(bug->row, guint32, i)] = 1;
    for (gsize i = 0; i < outcome->n_rows; i++)
        if (inside[outcome->order[i]] != 0) {
            from = MIN(from, i);
            to = i + 1;
        }
    if (to <= from || (double)(to - from) > FOLD_WINDOW * (double)outcome->n_rows ||
        (double)bug->row->len < FOLD_FILL * (double)(to - from))
        return;
    bug->has_window = TRUE;
    bug->from = from;
    bug->to = to;
    if (!isnan(bug->after))
        bug->after = (double)bug->row->len / (double)(to - from);
}

/**
 * errata_data_bugs_fold:
 * @self: the checks, all of them made
 *
 * Drops candidates that another one tells of, and dates those that only have rows so far.
 */
void
errata_data_bugs_fold(ErrataDataBugs *self)
{
    for (guint i = self->bugs->len; i-- > 0;)
        if (fold_is_exchanged(self, g_ptr_array_index(self->bugs, i)))
            errata_data_bugs_forget(self, i);
        else if (fold_is_told(self, g_ptr_array_index(self->bugs, i)))
            g_ptr_array_remove_index(self->bugs, i);
    for (guint i = 0; i < self->bugs->len; i++) {
        ErrataDataBug *bug = g_ptr_array_index(self->bugs, i);

        if (!bug->has_window && bug->row->len > 0 &&
            (strcmp(bug->bug, "duplicate-rows") == 0 || strcmp(bug->bug, "clock-fault") == 0 ||
             (strcmp(bug->bug, "type-change") == 0 && bug->column != self->analysis->schema->time)))
            fold_place(self, bug);
    }
}
