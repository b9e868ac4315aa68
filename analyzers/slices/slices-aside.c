/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which condition of a slice is the reason that rows are taken for a class, and which only say
 * where such predictions are. Where a group is taken for a class too often, most of its wrong
 * predictions lie where the model wavers: in ranges of the numbers that it goes by. So the rows of
 * the other classes are counted by the conditions that they meet, and those that meet some
 * conditions are held against those that do not, among rows that are alike in the others (Mantel
 * and Haenszel, 1959). Where the effect is much the same whatever the others say, they are left
 * out. */
#include "slices-aside.h"

#include <math.h>

#include "slices-prediction.h"

#define ASIDE_CELLS  (1U << SLICES_MAX_CONDITIONS) /* by the conditions that rows meet */
#define ASIDE_PART   0.75 /* of a slice's excess, that is of predictions of one class */
#define ASIDE_SURE   3.0  /* standard errors by which rows are taken for the class more often … */
#define ASIDE_BEYOND 2.0  /* … and by which they are wrong more often than their scores say … */
#define ASIDE_ALIKE  0.7  /* … which is so much of how the slice's are, then */
#define ASIDE_FEW \
    0.2 /* of a slice's rows: if so few more meet the conditions, they may be like it … */
#define ASIDE_NEAR 2.0 /* … within so many standard errors */

/* rows of other classes, and those of them taken for the class */
typedef struct {
    double n;
    double taken;
} AsideCount;

typedef struct {
    const SlicesTable *table;
    const Slice *slice;
    int class;
    guint8
        *met; /* (array length=confirmation.n_rows): the conditions that each row meets, as bits */
    AsideCount cells[ASIDE_CELLS];
    ErrataExpected *expected; /* by scores, of rows that are not in the slice */
} Aside;

/* how much more often rows that meet the conditions are taken for the class than those that do
 * not */
typedef struct {
    double n;        /* rows that meet them */
    double left;     /* … that would not be taken for the class elsewhere */
    double more;     /* taken, beyond those expected if it made no difference … */
    double variance; /* … of that number */
    double odds;     /* logarithm of their ratio */
    double part;     /* of those that would not be taken elsewhere, those that are */
    double part_error;
} AsideEffect;

static void
aside_count(Aside *self)
{
    const SlicesHalf *half = &self->table->confirmation;
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    guint all = (1U << self->slice->n) - 1;

    self->met = g_malloc0(MAX(half->n_rows, 1));
    for (guint k = 0; k < self->slice->n; k++) {
        Slice one = {.n = 1, .condition = {self->slice->condition[k]}};

        errata_slices_table_member(self->table, half, &one, member);
        for (gsize i = 0; i < half->n_rows; i++)
            self->met[i] |= (guint8)(member[i] << k);
    }
    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 row = half->row[i];

        member[i] = self->met[i] == all;
        if (outcome->truth[row] == self->class)
            continue;
        self->cells[self->met[i]].n += 1.0;
        self->cells[self->met[i]].taken += outcome->predicted[row] == self->class ? 1.0 : 0.0;
    }
    self->expected = errata_expected_new(half->y, half->cell, half->n_cells, half->n_rows, FALSE);
    errata_expected_add(self->expected, member);
}

static void
aside_clear(Aside *self)
{
    g_free(self->met);
    errata_expected_free(self->expected);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Aside, aside_clear)

/* Whether the rows that meet the conditions @kept, but not all others, are wrong more often than
 * their scores say, too, where predicted as the class. A number by which the model goes takes more
 * rows for a class, as it should. */
static gboolean
aside_errs_beyond(const Aside *self, guint kept, double sure)
{
    const SlicesHalf *half = &self->table->confirmation;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    guint all = (1U << self->slice->n) - 1;
    ErrataExpectedTest test;

    for (gsize i = 0; i < half->n_rows; i++)
        member[i] = (self->met[i] & kept) == kept && self->met[i] != all;
    errata_slices_prediction_keep(self->table, half, self->class, member);
    errata_expected_test(self->expected, member, &test);
    return test.observed > test.expected &&
           test.observed - test.expected >= sure * sqrt(fmax(test.variance, 0.0));
}

/* the effect of meeting the conditions @kept, where the others are as in @where (its pattern
 * alone), or else wherever they are not */
static AsideEffect
aside_effect(const Aside *self, guint kept, guint where, gboolean only)
{
    const AsideCount *cells = self->cells;
    guint n = self->slice->n;
    guint others = ((1U << n) - 1) & ~kept;
    AsideEffect effect = {.n = 0.0};
    double up = 0.5, down = 0.5, due_all = 0.0, taken = 0.0;

    for (guint pattern = 0; pattern < 1U << n; pattern++) {
        AsideCount in, out = {.n = 0.0};
        double all, rate, due;

        if ((pattern & kept) != 0 || ((pattern == where) != only))
            continue;
        in = cells[pattern | kept];
        for (guint k = 0; k < 1U << n; k++)
            if ((k & others) == pattern && (k & kept) != kept) {
                out.n += cells[k].n;
                out.taken += cells[k].taken;
            }
        all = in.n + out.n;
        if (in.n < 1.0 || out.n < 1.0)
            continue;
        rate = (in.taken + out.taken) / all;
        due = in.n * (out.taken + 0.5) / (out.n + 1.0);
        effect.n += in.n;
        effect.more += in.taken - in.n * rate;
        effect.variance += in.n * out.n / all * rate * (1.0 - rate) * all / fmax(all - 1.0, 1.0);
        up += in.taken * (out.n - out.taken) / all;
        down += (in.n - in.taken) * out.taken / all;
        taken += in.taken;
        due_all += due;
        effect.left += in.n - due;
    }
    effect.odds = log(up / down);
    effect.part = (taken - due_all) / fmax(effect.left, 1.0);
    effect.part_error = sqrt(0.25 * effect.n) / fmax(effect.left, 1.0);
    return effect;
}

/* how sure it is that only the conditions @kept matter; 0 where it is not */
static double
aside_judge(const Aside *self, guint kept)
{
    guint others = ((1U << self->slice->n) - 1) & ~kept;
    AsideEffect own = aside_effect(self, kept, others, TRUE);
    AsideEffect rest = aside_effect(self, kept, others, FALSE);
    double sure = (own.more + rest.more) / sqrt(fmax(own.variance + rest.variance, 1e-9));
    gboolean alike;

    if (!(own.odds > 0.0) || !(own.n > 0.0) || !(rest.n > 0.0) || sure < ASIDE_SURE)
        return 0.0;
    if (rest.more >= ASIDE_SURE * sqrt(rest.variance))
        alike = (rest.odds >= ASIDE_ALIKE * own.odds || rest.part >= ASIDE_ALIKE * own.part) &&
                aside_errs_beyond(self, kept, ASIDE_BEYOND);
    else
        alike = rest.left <= ASIDE_FEW * own.left &&
                rest.part + ASIDE_NEAR * rest.part_error >= own.part &&
                aside_errs_beyond(self, kept, 0.0);
    return alike ? sure : 0.0;
}

static guint
aside_bits(guint set)
{
    guint n = 0;

    for (; set != 0; set &= set - 1)
        n++;
    return n;
}

/**
 * errata_slices_aside:
 * @table: a table
 * @slice: (inout): a slice; keeps the fewest conditions that are the reason, where others are not
 * @class: the class that its rows are taken for
 *
 * The conditions were chosen on the discovery half for their errors, so the other half is asked.
 * Complexity: a pass over its rows per condition.
 *
 * Returns: whether a condition was left out
 */
gboolean
errata_slices_aside(const SlicesTable *table, Slice *slice, int class)
{
    g_auto(Aside) self = {.table = table, .slice = slice, .class = class};
    guint all = (1U << slice->n) - 1;
    guint best = all;
    double most = 0.0;

    if (slice->n < 2)
        return FALSE;
    aside_count(&self);
    for (guint size = 1; size < slice->n && best == all; size++)
        for (guint kept = 1; kept < all; kept++) {
            double sure = aside_bits(kept) == size ? aside_judge(&self, kept) : 0.0;

            if (sure > most) {
                most = sure;
                best = kept;
            }
        }
    if (best == all)
        return FALSE;
    for (guint k = slice->n; k-- > 0;)
        if (((best >> k) & 1) == 0)
            slice->condition[k] = slice->condition[--slice->n];
    return TRUE;
}

/**
 * errata_slices_aside_is_of:
 * @more: errors of a slice beyond those expected
 * @of_class: the same of its rows that are predicted as one class
 *
 * Returns: whether nearly all are of those
 */
gboolean
errata_slices_aside_is_of(double more, double of_class)
{
    return of_class > 0.0 && of_class >= ASIDE_PART * more;
}
