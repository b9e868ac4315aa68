/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups that hide each other, or themselves. What a score lets expect is what rows of such scores
 * err in all the log: where several groups have their scores turned round, most confident
 * predictions of a rare class are theirs, such predictions are expected to be wrong anywhere, and
 * none of the groups errs by as much more as a slice must. Where more errors are left than the
 * scores say, the log is therefore searched as one without scores. Scores that are noisy or too
 * sure say too little of close decisions, which is no slice: the distance from a change of labels,
 * learnt from the columns, must leave most of a group's errors. A group is told if it errs more
 * than its own scores mean in rows of none of the others, on its rows that none of them has; and
 * the groups only together, if most of what the scores do not say is theirs. One group alone may
 * hide itself so, too. Then there are scores that are mostly wrong where less sure ones are not,
 * and the log is searched with those pooled (slices-turned.h); groups are told as before, if most
 * errors of such scores are theirs. */
#include "slices-hidden.h"

#include <math.h>

#include "slices-entity.h"
#include "slices-foretold.h"
#include "slices-hidden-values.h"
#include "slices-memo.h"
#include "slices-near.h"
#include "slices-prediction.h"
#include "slices-turned.h"
#include "tests.h"

#define HIDDEN_LIFT   2.0   /* over what scores mean elsewhere: a rare error has become common */
#define HIDDEN_REST   1.25  /* over the rest, as of other slices where scores are logged */
#define HIDDEN_MOST   0.5   /* of the rows: else it is the others that are the exception */
#define HIDDEN_LEFT   0.5   /* of the errors that no score says, outside of the groups */
#define HIDDEN_MORE   0.15  /* errors that no score says, over those that they say */
#define HIDDEN_WITHIN 0.8   /* of the rows of hard ground: it is the groups' */
#define HIDDEN_EXCESS 0.005 /* of all errors: METHODS 2 */

typedef struct {
    const SlicesTable *table;
    const SlicesFind *find;
    GArray *candidate; /* (element-type SlicesFound) */
    GPtrArray *member; /* (element-type guint8*): their rows of the confirmation half */
    guint *n_of;       /* candidates that have each row, and what is told already */
    guint n_told;      /* that is told already */
    double n_tried;    /* slices, in both searches */
    double excess;     /* errors beyond what the scores say, outside of what is told */
    double alpha;
} Hidden;

static void
hidden_clear(Hidden *self)
{
    g_array_unref(self->candidate);
    g_ptr_array_unref(self->member);
    g_free(self->n_of);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Hidden, hidden_clear)

/* (transfer full): the rows of a slice, which one more has from now on */
static guint8 *
hidden_mark(Hidden *self, const SlicesFound *found)
{
    const SlicesHalf *half = &self->table->confirmation;
    guint8 *member = g_malloc(MAX(half->n_rows, 1));

    errata_slices_table_member(self->table, half, &found->slice, member);
    errata_slices_prediction_keep(self->table, half, found->said, member);
    for (gsize i = 0; i < half->n_rows; i++)
        self->n_of[i] += member[i];
    return member;
}

static void
hidden_mark_told(Hidden *self)
{
    for (guint i = 0; i < self->find->found->len; i++) {
        const SlicesFound *found = &g_array_index(self->find->found, SlicesFound, i);
        g_autofree guint8 *member = NULL;

        if (!found->kept || found->known)
            continue;
        member = hidden_mark(self, found);
        self->n_told++;
    }
}

static void
hidden_remove(Hidden *self, guint at)
{
    const guint8 *member = g_ptr_array_index(self->member, at);

    for (gsize i = 0; i < self->table->confirmation.n_rows; i++)
        self->n_of[i] -= member[i];
    g_array_remove_index(self->candidate, at);
    g_ptr_array_remove_index(self->member, at);
}

/* errors beyond what the scores say, and those (@ret_said), outside of what is told and of the
 * candidates */
static double
hidden_excess(const Hidden *self, double *ret_said)
{
    const SlicesHalf *half = &self->table->confirmation;
    const double *confidence = self->table->analysis->outcome->confidence;
    double observed = 0.0;

    *ret_said = 0.0;
    for (gsize i = 0; i < half->n_rows; i++)
        if (self->n_of[i] == 0 && !isnan(confidence[half->row[i]])) {
            observed += half->y[i];
            *ret_said += 1.0 - confidence[half->row[i]];
        }
    return observed - *ret_said;
}

/* whether scores were logged that groups may hide behind */
static gboolean
hidden_can(const SlicesTable *table)
{
    return !table->real && !table->exploratory && table->analysis->outcome->confidence != NULL &&
           table->confirmation.n_cells > 1;
}

/* whether there is something for groups to hide behind: outside of what is told, clearly more
 * errors than the scores say */
static gboolean
hidden_may_be(Hidden *self)
{
    double said;

    self->excess = hidden_excess(self, &said);
    return self->excess >= HIDDEN_MORE * said &&
           errata_slices_hidden_values(self->table, self->find);
}

/* Whether the candidates are what the others hide behind: most of the errors that no score says are
 * theirs, and with what is told there are several where rows are of entities, of which a few may
 * err alike. Where scores are noisy or too sure all over, as many are left */
static gboolean
hidden_is_settled(const Hidden *self)
{
    double said;
    guint least = self->table->n_entities > 0 ? 2 : 1;

    return self->candidate->len > 0 && self->candidate->len + self->n_told >= least &&
           hidden_excess(self, &said) <= HIDDEN_LEFT * self->excess;
}

/* adds what a search found to the candidates */
static SlicesFound *
hidden_add(Hidden *self, const SlicesFound *of)
{
    SlicesFound found = *of;

    found.said = -1;
    found.kept = found.hidden = TRUE;
    g_array_append_val(self->candidate, found);
    g_ptr_array_add(self->member, hidden_mark(self, &found));
    return &g_array_index(self->candidate, SlicesFound, self->candidate->len - 1);
}

/* whether what was found may be a group by name that errs at all times */
static gboolean
hidden_is_group(const Hidden *self, const SlicesFound *found)
{
    return !found->known && !found->plain && !found->slice.timed &&
           !errata_slices_near_is_by_numbers(self->table, &found->slice);
}

/* Slices of a search of the log without its scores that the distance from a change of labels does
 * not explain, where columns tell one, of groups by name: ground along numbers is what it may not
 * quite have learnt. What kept them from being told there may be the rest, in which the others are:
 * predictions of a class that are wrong in each group, and hardly anywhere else, are wrong
 * everywhere. */
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
    for (guint i = 0; other != NULL && i < other->found->len; i++) {
        const SlicesFound *found = &g_array_index(other->found, SlicesFound, i);

        if (hidden_is_group(self, found) &&
            (near == NULL || errata_slices_near_leaves(&plain, near, &found->slice)))
            hidden_add(self, found);
    }
    g_free(plain.discovery.cell);
    g_free(plain.confirmation.cell);
    errata_slices_memo_free(plain.memo);
}

/* What the scores of a candidate's own rows mean elsewhere, and the errors per row of neither
 * (@ret_rest). Returns by how much its errors vary more than those of independent rows do */
static double
hidden_test(const Hidden *self, guint at, ErrataExpectedTest *ret_test, double *ret_rest)
{
    const SlicesHalf *half = &self->table->confirmation;
    const double *confidence = self->table->analysis->outcome->confidence;
    const guint8 *whole = g_ptr_array_index(self->member, at);
    g_autofree guint8 *own = g_malloc(half->n_rows + 1);
    g_autofree guint8 *told = g_malloc(half->n_rows + 1);
    g_autofree double *more = g_new0(double, half->n_rows + 1);
    double n = 0.0, sum = 0.0, rate;

    for (gsize i = 0; i < half->n_rows; i++) {
        told[i] = self->n_of[i] > whole[i] ? 1 : 0;
        own[i] = whole[i] != 0 && told[i] == 0 && !isnan(confidence[half->row[i]]) ? 1 : 0;
        n += self->n_of[i] == 0 ? 1.0 : 0.0;
        sum += self->n_of[i] == 0 ? half->y[i] : 0.0;
    }
    *ret_rest = n > 0.0 ? sum / n : 0.0;
    errata_slices_foretold_meant(self->table, own, told, more, ret_test);
    for (gsize i = 0; i < half->n_rows; i++)
        more[i] = half->y[i] - more[i];
    /* rows of unlike rates vary no more than those of one (Hoeffding 1956) */
    rate = MIN(ret_test->expected / MAX(ret_test->n, 1.0), 1.0);
    ret_test->variance = ret_test->n * rate * (1.0 - rate);
    ret_test->p =
        errata_tests_binomial_upper((guint64)ret_test->observed, (guint64)ret_test->n, rate);
    return errata_slices_entity_widen(self->table, half, own, more, ret_test);
}

/* measures a candidate on the rows that are its own, and returns whether it is a slice there */
static gboolean
hidden_holds(const Hidden *self, guint at)
{
    const SlicesHalf *half = &self->table->confirmation;
    SlicesFound *found = &g_array_index(self->candidate, SlicesFound, at);
    ErrataExpectedTest *test = &found->test;
    double rest;

    found->inflation = hidden_test(self, at, test, &rest);
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
            hidden_remove(self, worst);
    }
}

/* Leaves out what was found as a part of a candidate, whose other rows hid, unless it errs by as
 * much more than the whole as a slice must */
static void
hidden_drop_parts(const Hidden *self, const guint8 *in)
{
    const SlicesHalf *half = &self->table->confirmation;

    for (guint k = 0; k < self->find->found->len; k++) {
        SlicesFound *part = &g_array_index(self->find->found, SlicesFound, k);
        g_autofree guint8 *member = g_malloc0(MAX(half->n_rows, 1));
        double n[2] = {0.0}, sum[2] = {0.0};
        gboolean within = TRUE;

        if (!part->kept || part->known)
            continue;
        errata_slices_table_member(self->table, half, &part->slice, member);
        errata_slices_prediction_keep(self->table, half, part->said, member);
        for (gsize i = 0; i < half->n_rows; i++) {
            within = within && member[i] <= in[i];
            n[member[i]] += in[i];
            sum[member[i]] += in[i] != 0 ? half->y[i] : 0.0;
        }
        if (within && sum[1] * (n[0] + n[1]) < SLICES_MIN_LIFT * (sum[0] + sum[1]) * n[1])
            part->kept = FALSE;
    }
}

/* hard ground that candidates have most rows of is theirs */
static void
hidden_drop_ground(const Hidden *self)
{
    const SlicesHalf *half = &self->table->confirmation;
    g_autofree guint8 *member = g_malloc(half->n_rows + 1);

    for (guint k = 0; k < self->find->found->len; k++) {
        SlicesFound *found = &g_array_index(self->find->found, SlicesFound, k);
        gsize n = 0, within = 0;

        if (!found->kept || !found->known)
            continue;
        errata_slices_table_member(self->table, half, &found->slice, member);
        for (gsize i = 0; i < half->n_rows; i++) {
            n += member[i];
            within += member[i] != 0 && self->n_of[i] > 0 ? 1 : 0;
        }
        if ((double)within >= HIDDEN_WITHIN * (double)n)
            found->kept = FALSE;
    }
}

/* Pools the cells of a half that rows outside of what is told have turned round: 1 of @ret_turned.
 * Returns whether there are any */
static gboolean
hidden_pool(const Hidden *self, SlicesHalf *half, guint8 *ret_turned)
{
    const double *confidence = self->table->analysis->outcome->confidence;
    g_autofree double *sure = g_new(double, half->n_rows + 1);
    g_autofree guint8 *told = g_malloc0(half->n_rows + 1);
    g_autofree guint8 *member = g_malloc(half->n_rows + 1);
    gboolean any;

    for (gsize i = 0; i < half->n_rows; i++)
        sure[i] = confidence[half->row[i]];
    for (guint k = 0; k < self->find->found->len; k++) {
        const SlicesFound *found = &g_array_index(self->find->found, SlicesFound, k);

        if (!found->kept || found->known)
            continue;
        errata_slices_table_member(self->table, half, &found->slice, member);
        errata_slices_prediction_keep(self->table, half, found->said, member);
        for (gsize i = 0; i < half->n_rows; i++)
            told[i] |= member[i];
    }
    any = errata_slices_turned_pool(
        &(SlicesTurnedRows){half->n_rows, sure, half->y, told, half->n_classes},
        half->cell,
        half->n_cells,
        ret_turned);
    for (gsize i = 0; i < half->n_rows; i++)
        ret_turned[i] &= told[i] ^ 1;
    return any;
}

/* adds what a search of @pooled finds beside what was found already, which it tries first */
static void
hidden_search_pooled(Hidden *self, SlicesTable *pooled, SlicesFind *find, guint64 seed)
{
    g_autoptr(GArray) first = g_array_new(FALSE, FALSE, sizeof(SlicesFound));
    g_autoptr(SlicesFind) other = NULL;

    for (guint i = 0; i < find->found->len; i++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, i);

        if (found->kept && !found->known && !found->plain)
            g_array_append_val(first, *found);
    }
    pooled->memo = errata_slices_memo_new();
    other = errata_slices_find(pooled, first, self->alpha, seed);
    find->n_tried += other->n_tried;
    self->n_tried += other->found->len - first->len;
    for (guint i = first->len; i < other->found->len; i++) {
        const SlicesFound *found = &g_array_index(other->found, SlicesFound, i);

        if (hidden_is_group(self, found))
            hidden_add(self, found)->turned = TRUE;
    }
    errata_slices_memo_free(pooled->memo);
}

/* Groups that have nearly all of the surest predictions of a class: what is left is searched with
 * scores that mean no more errors where they are surer. Returns whether groups were found that have
 * most errors of the rows whose scores are turned round */
static gboolean
hidden_find_turned(Hidden *self, SlicesFind *find, guint64 seed)
{
    SlicesTable pooled = *self->table; /* shares all that it points to but cells and memo */
    SlicesHalf *halves[] = {&pooled.discovery, &pooled.confirmation};
    g_autofree guint8 *turned =
        g_malloc(MAX(pooled.discovery.n_rows, pooled.confirmation.n_rows) + 1);
    double all = 0.0, own = 0.0;
    gboolean is = TRUE;

    for (guint k = 0; k < G_N_ELEMENTS(halves); k++) {
        halves[k]->cell = g_memdup2(halves[k]->cell, halves[k]->n_rows * sizeof(guint32));
        is = is && hidden_pool(self, halves[k], turned);
    }
    if (is) {
        hidden_search_pooled(self, &pooled, find, seed);
        hidden_settle(self);
        for (gsize i = 0; i < pooled.confirmation.n_rows; i++)
            if (turned[i] != 0) {
                all += pooled.confirmation.y[i];
                own += self->n_of[i] > 0 ? pooled.confirmation.y[i] : 0.0;
            }
    }
    for (guint k = 0; k < G_N_ELEMENTS(halves); k++)
        g_free(halves[k]->cell);
    return self->candidate->len > 0 && own >= (1.0 - HIDDEN_LEFT) * all;
}

/* groups that hide each other, of which there are several; whether any were found */
static gboolean
hidden_find_several(Hidden *self, SlicesFind *find, guint64 seed)
{
    if (!hidden_may_be(self))
        return FALSE;
    hidden_search(self, find, seed);
    hidden_settle(self);
    if (hidden_is_settled(self))
        return TRUE;
    while (self->candidate->len > 0)
        hidden_remove(self, self->candidate->len - 1);
    return FALSE;
}

/**
 * errata_slices_hidden:
 * @table: a table
 * @find: what was found in it; gets the groups that hide each other, or themselves
 * @alpha: as of errata_slices_find()
 * @seed: as of that
 *
 * Looks for groups that scores do not show since there are several, or since one has nearly all
 * rows of its scores. Complexity: that of errata_slices_find() and errata_slices_near_labels()
 * where errata_slices_hidden_values(), and that of errata_slices_find() where
 * errata_slices_turned_pool(); else that of these two, or once over the rows.
 */
void
errata_slices_hidden(const SlicesTable *table, SlicesFind *find, double alpha, guint64 seed)
{
    g_auto(Hidden) self = {
        .table = table,
        .find = find,
        .candidate = g_array_new(FALSE, FALSE, sizeof(SlicesFound)),
        .member = g_ptr_array_new_with_free_func(g_free),
        .n_of = g_new0(guint, table->confirmation.n_rows + 1),
        .n_tried = find->found->len,
        .alpha = alpha,
    };

    if (!hidden_can(table))
        return;
    hidden_mark_told(&self);
    if (!hidden_find_several(&self, find, seed) && !hidden_find_turned(&self, find, seed))
        return;
    for (guint i = 0; i < self.candidate->len; i++)
        hidden_drop_parts(&self, g_ptr_array_index(self.member, i));
    hidden_drop_ground(&self);
    g_array_append_vals(find->found, self.candidate->data, self.candidate->len);
}
