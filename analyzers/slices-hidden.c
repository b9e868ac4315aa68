/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups that hide each other. What a score lets expect is what rows of such scores err in all the
 * log: where several groups have their scores turned round, most confident predictions of a rare
 * class are theirs, such predictions are expected to be wrong anywhere, and none of the groups errs
 * by as much more as a slice must. Where more errors are left than the scores say, the log is
 * therefore searched as one without scores. Scores that are noisy or too sure say too little of
 * close decisions, which is no slice: the distance from a change of labels, learnt from the
 * columns, must leave most of a group's errors. A group is told if it errs more than its own scores
 * mean in rows of none of the others, on its rows that none of them has; and the groups only
 * together, if most of what the scores do not say is theirs. */
#include "slices-hidden.h"

#include <math.h>

#include "slices-foretold.h"
#include "slices-memo.h"
#include "slices-near.h"
#include "slices-prediction.h"
#include "tests.h"

#define HIDDEN_LIFT   2.0   /* over what scores mean elsewhere: a rare error has become common */
#define HIDDEN_REST   1.25  /* over the rest, as of other slices where scores are logged */
#define HIDDEN_MOST   0.5   /* of the rows: else it is the others that are the exception */
#define HIDDEN_LEFT   0.5   /* of the errors that no score says, outside of the groups */
#define HIDDEN_EXCESS 0.005 /* of all errors: METHODS 2 */

typedef struct {
    const SlicesTable *table;
    const SlicesFind *find;
    GArray *candidate; /* (element-type SlicesFound) */
    double n_tried;    /* slices, in both searches */
    double excess;     /* errors beyond what the scores say, outside of what is told */
    double alpha;
} Hidden;

/* adds the rows of a slice */
static void
hidden_mark(const Hidden *self, const SlicesFound *found, guint8 *marked)
{
    const SlicesHalf *half = &self->table->confirmation;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));

    errata_slices_table_member(self->table, half, &found->slice, member);
    errata_slices_prediction_keep(self->table, half, found->said, member);
    for (gsize i = 0; i < half->n_rows; i++)
        marked[i] |= member[i];
}

/* the rows of what is told already, and of the candidates but for @but */
static guint8 *
hidden_told(const Hidden *self, guint but)
{
    guint8 *told = g_malloc0(MAX(self->table->confirmation.n_rows, 1));

    for (guint i = 0; i < self->find->found->len; i++) {
        const SlicesFound *found = &g_array_index(self->find->found, SlicesFound, i);

        if (found->kept && !found->known)
            hidden_mark(self, found, told);
    }
    for (guint i = 0; i < self->candidate->len; i++)
        if (i != but)
            hidden_mark(self, &g_array_index(self->candidate, SlicesFound, i), told);
    return told;
}

/* errors beyond what the scores say, and those (@ret_said), outside of what is told */
static double
hidden_excess(const Hidden *self, double *ret_said)
{
    const SlicesHalf *half = &self->table->confirmation;
    const double *confidence = self->table->analysis->outcome->confidence;
    g_autofree guint8 *told = hidden_told(self, G_MAXUINT);
    double observed = 0.0;

    *ret_said = 0.0;
    for (gsize i = 0; i < half->n_rows; i++)
        if (told[i] == 0 && !isnan(confidence[half->row[i]])) {
            observed += half->y[i];
            *ret_said += 1.0 - confidence[half->row[i]];
        }
    return observed - *ret_said;
}

/* whether there is something for groups to hide behind: outside of what is told, so many more
 * errors than the scores say as make a slice */
static gboolean
hidden_may_be(Hidden *self)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    double said;

    if (self->table->real || self->table->exploratory || outcome->confidence == NULL ||
        self->table->confirmation.n_cells <= 1)
        return FALSE;
    self->excess = hidden_excess(self, &said);
    return self->excess >= (SLICES_MIN_LIFT - 1.0) * said;
}

/* Whether the candidates are what the others hide behind: with what is told there are several, and
 * most of the errors that no score says are theirs. Where scores are noisy or too sure all over, as
 * many are left */
static gboolean
hidden_is_settled(const Hidden *self)
{
    guint n = self->candidate->len;
    double said;

    for (guint i = 0; i < self->find->found->len; i++) {
        const SlicesFound *found = &g_array_index(self->find->found, SlicesFound, i);

        n += found->kept && !found->known ? 1 : 0;
    }
    return self->candidate->len > 0 && n >= 2 &&
           hidden_excess(self, &said) <= HIDDEN_LEFT * self->excess;
}

/* Slices of a search of the log without its scores that the distance from a change of labels does
 * not explain, of groups by name: ground along numbers is what it may not quite have learnt. What
 * kept them from being told there may be the rest, in which the others are: predictions of a class
 * that are wrong in each group, and hardly anywhere else, are wrong everywhere. */
static void
hidden_search(Hidden *self, SlicesFind *find, guint64 seed)
{
    SlicesTable plain = *self->table; /* shares all that it points to but cells and memo */
    g_autoptr(SlicesFind) other = NULL;
    g_autoptr(SlicesNear) near = NULL;

    plain.discovery.cell = g_new0(guint32, MAX(plain.discovery.n_rows, 1));
    plain.confirmation.cell = g_new0(guint32, MAX(plain.confirmation.n_rows, 1));
    plain.discovery.n_cells = plain.confirmation.n_cells = 1;
    plain.memo = errata_slices_memo_new();
    if (errata_slices_near_can(&plain)) {
        other = errata_slices_find(&plain, NULL, self->alpha, seed);
        near = errata_slices_near_labels(&plain);
        find->n_tried += other->n_tried;
        self->n_tried += other->found->len;
    }
    for (guint i = 0; near != NULL && i < other->found->len; i++) {
        SlicesFound found = g_array_index(other->found, SlicesFound, i);

        found.said = -1;
        found.kept = found.hidden = TRUE;
        if (!found.known && !found.plain && !found.slice.timed &&
            !errata_slices_near_is_by_numbers(&plain, &found.slice) &&
            errata_slices_near_leaves(&plain, near, &found.slice))
            g_array_append_val(self->candidate, found);
    }
    g_free(plain.discovery.cell);
    g_free(plain.confirmation.cell);
    errata_slices_memo_free(plain.memo);
}

/* errors per row that neither @member nor @told has */
static double
hidden_rest(const SlicesHalf *half, const guint8 *member, const guint8 *told)
{
    double n = 0.0, sum = 0.0;

    for (gsize i = 0; i < half->n_rows; i++)
        if (member[i] == 0 && told[i] == 0) {
            n += 1.0;
            sum += half->y[i];
        }
    return n > 0.0 ? sum / n : 0.0;
}

/* measures a candidate on the rows that are its own, and returns whether it is a slice there */
static gboolean
hidden_holds(const Hidden *self, guint at)
{
    const SlicesHalf *half = &self->table->confirmation;
    SlicesFound *found = &g_array_index(self->candidate, SlicesFound, at);
    g_autofree guint8 *told = hidden_told(self, at);
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    ErrataExpectedTest *test = &found->test;
    double rest;

    errata_slices_table_member(self->table, half, &found->slice, member);
    rest = hidden_rest(half, member, told);
    for (gsize i = 0; i < half->n_rows; i++)
        member[i] &= told[i] ^ 1;
    errata_slices_foretold_meant(self->table, member, told, test);
    /* rows of unlike rates vary no more than those of one (Hoeffding 1956) */
    test->p = test->n > 0.0 ? errata_tests_binomial_upper((guint64)test->observed,
                                                          (guint64)test->n,
                                                          MIN(test->expected / test->n, 1.0))
                            : 1.0;
    found->q = MIN(test->p * self->n_tried, 1.0);
    return test->n >= (double)self->table->min_rows &&
           test->n <= HIDDEN_MOST * (double)half->n_rows && found->q < self->alpha &&
           test->observed >= HIDDEN_LIFT * test->expected &&
           test->observed >= HIDDEN_REST * rest * test->n &&
           test->observed - test->expected >= HIDDEN_EXCESS * half->total;
}

/* leaves the candidates that hold where all the others are known, the weakest out first: the rows
 * of one that is no slice say nothing against the others */
static void
hidden_settle(Hidden *self)
{
    gboolean changed = TRUE;

    while (changed) {
        double least = (double)INFINITY;
        guint worst = 0;

        for (guint i = 0; i < self->candidate->len; i++) {
            const ErrataExpectedTest *test = &g_array_index(self->candidate, SlicesFound, i).test;
            double lift;

            if (hidden_holds(self, i))
                continue;
            lift = test->observed / MAX(test->expected, 1.0);
            worst = lift < least ? i : worst;
            least = MIN(least, lift);
        }
        changed = least < (double)INFINITY;
        if (changed)
            g_array_remove_index(self->candidate, worst);
    }
}

/* Leaves out what was found as a part of a candidate, whose other rows hid, unless it errs by as
 * much more than the whole as a slice must */
static void
hidden_drop_parts(const Hidden *self, const SlicesFound *whole)
{
    const SlicesHalf *half = &self->table->confirmation;
    g_autofree guint8 *in = g_malloc0(MAX(half->n_rows, 1));

    hidden_mark(self, whole, in);
    for (guint k = 0; k < self->find->found->len; k++) {
        SlicesFound *part = &g_array_index(self->find->found, SlicesFound, k);
        g_autofree guint8 *member = g_malloc0(MAX(half->n_rows, 1));
        double n[2] = {0.0}, sum[2] = {0.0};
        gboolean within = TRUE;

        if (!part->kept || part->known)
            continue;
        hidden_mark(self, part, member);
        for (gsize i = 0; i < half->n_rows; i++) {
            within = within && member[i] <= in[i];
            n[member[i]] += in[i];
            sum[member[i]] += in[i] != 0 ? half->y[i] : 0.0;
        }
        if (within && sum[1] * (n[0] + n[1]) < SLICES_MIN_LIFT * (sum[0] + sum[1]) * n[1])
            part->kept = FALSE;
    }
}

/**
 * errata_slices_hidden:
 * @table: a table
 * @find: what was found in it; gets the groups that hide each other
 * @alpha: as of errata_slices_find()
 * @seed: as of that
 *
 * Looks for groups that scores do not show since there are several. Complexity: that of
 * errata_slices_find() and errata_slices_near_labels() where more errors are left than the scores
 * say, else once over the rows.
 */
void
errata_slices_hidden(const SlicesTable *table, SlicesFind *find, double alpha, guint64 seed)
{
    g_autoptr(GArray) candidate = g_array_new(FALSE, FALSE, sizeof(SlicesFound));
    Hidden self = {.table = table,
                   .find = find,
                   .candidate = candidate,
                   .n_tried = find->found->len,
                   .alpha = alpha};

    if (!hidden_may_be(&self))
        return;
    hidden_search(&self, find, seed);
    hidden_settle(&self);
    if (!hidden_is_settled(&self))
        return;
    for (guint i = 0; i < candidate->len; i++)
        hidden_drop_parts(&self, &g_array_index(candidate, SlicesFound, i));
    g_array_append_vals(find->found, candidate->data, candidate->len);
}
