/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs without scores. Any model errs most where its decision is close; where that is cannot be
 * read off a log that has only the decision, and each stretch of ground along it looks like a slice
 * of its own. So two sets of trees learn, on one half of the rows for the other, what is predicted
 * and what is true. Ground where both are undecided is near the decision: where the predictions
 * alone are, or the labels alone, the model or the labels have gone wrong there, which is a slice.
 * Errors that fall with the distance from the decision are then expected, as those that fall with
 * the score are where one is logged; but only if that tells more of the errors than the slices do
 * that it stands for. A slice that the distance does not explain stays as it was; one that it
 * explains in part is what it could not learn of the decision, and no slice. Rows count one each
 * whatever they weigh, as in the search (slices-weights.h). */
#include "slices-near.h"

#include <math.h>
#include <string.h>

#include "boost.h"
#include "normal-scale.h"
#include "parallel.h"
#include "rng.h"
#include "score-bins.h"
#include "slices-spared.h"
#include "sort.h"
#include "tests.h"

#define NEAR_BINS      32    /* of a number: as fine as where a decision lies must be known */
#define NEAR_ROWS      40000 /* of either half, to learn from; of fewer, moved numbers several times */
#define NEAR_COPIES    8     /* of a row, at most */
#define NEAR_CHOOSE    30    /* trees that choose columns … */
#define NEAR_GAIN      0.005 /* … those of this share of what all gain */
#define NEAR_ROUNDS    200
#define NEAR_RATE      0.15
#define NEAR_DEPTH     5 /* of trees: a decision by the product of two numbers takes so many … */
#define NEAR_HESSIAN   4e-4 /* … and is not told by a few rows: of each row in a leaf, at least */
#define NEAR_REACH     0.6 /* that a number is moved at most, as a normal score: its ends hardly move */
#define NEAR_CLASSES   12
#define NEAR_MANY      200 /* trees, of several classes */
#define NEAR_RATE_MANY 0.2 /* of those, fewer for each class */
#define NEAR_SIDES     8
#define NEAR_SIDE      1000                           /* rows of a side that is kept apart */
#define NEAR_CLOSE     0.2                            /* of the rows, those nearest */
#define NEAR_STAGE     G_GUINT64_CONSTANT(0x6e656172) /* "near" */
#define NEAR_TOLD      0.3 /* kappa of predictions and what is learnt of them: less tells no distance */
#define NEAR_LEFT      0.6 /* of a slice’s excess, that the distance must leave */
#define NEAR_LIFT      1.5 /* of slices by numbers only, over errors expected by a learnt distance */
#define NEAR_PER_TERM  2.0 /* log-likelihood that a slice must tell … */
#define NEAR_PER_LEVEL 0.5 /* … or a level of the distance, no higher than that before it */

/* what is learnt on half @which, for the rows of the other */
typedef struct {
    const SlicesTable *table;
    const ErrataBoostColumn *columns;
    guint n_columns;
    ErrataBoostColumn *chosen; /* those that tell something of it */
    guint n_chosen;
    const gint32 *class; /* by row of the frame */
    guint which;
    gboolean moved; /* numbers are moved a little */
    double *margin; /* of each row of the other half: of the likeliest class over the second */
    guint32 *side;  /* the likeliest class */
} NearWork;

static const SlicesHalf *
near_half(const SlicesTable *table, guint which)
{
    return which == 0 ? &table->discovery : &table->confirmation;
}

/* The codes of some rows. A model may be sure right up to its decision, so that predictions tell
 * nothing of how close it is; with numbers moved a little they do. */
static guint8 *
near_codes(const NearWork *work,
           const ErrataBoostColumn *column,
           const guint32 *row,
           gsize n,
           guint copies)
{
    double n_codes = column->n_codes;
    guint8 *code = g_malloc(MAX(n, 1));

    for (gsize i = 0; i < n; i++) {
        ErrataRng rng;
        double first, moved;

        code[i] = column->code[row[i]];
        if (!work->moved || !column->ordered || code[i] >= column->n_codes)
            continue;
        rng = errata_rng_init(work->table->analysis->settings->seed,
                              NEAR_STAGE + (guint64)(column - work->columns),
                              row[i] + ((guint64)(i % copies) << 32));
        first = errata_rng_uniform(&rng);
        moved = errata_normal_scale_quantile((code[i] + 0.5) / n_codes) +
                NEAR_REACH * (first + errata_rng_uniform(&rng) - 1.0);
        moved = n_codes * (1.0 - errata_tests_normal_upper(moved));
        code[i] = (guint8)CLAMP(floor(moved), 0.0, n_codes - 1.0);
    }
    return code;
}

static ErrataBoostParams
near_params(const NearWork *work, gsize n)
{
    guint n_classes = work->table->analysis->outcome->n_classes;
    ErrataBoostParams params = errata_boost_params(n_classes == 2 ? ERRATA_BOOST_LOGISTIC
                                                                  : ERRATA_BOOST_SOFTMAX,
                                                   n_classes,
                                                   work->table->analysis->settings->seed);

    params.rounds = n_classes == 2 ? NEAR_ROUNDS : NEAR_MANY / n_classes;
    params.learning_rate = n_classes == 2 ? NEAR_RATE : NEAR_RATE_MANY;
    if (n_classes == 2) {
        params.depth = NEAR_DEPTH;
        params.min_hessian = MAX(NEAR_HESSIAN * (double)n, 1.0);
    }
    params.halvings = n_classes == 2 ? 1 : 0;
    return params;
}

/* leaves the columns that a few trees gain by: the others cost time, and say nothing but noise */
static void
near_choose_columns(NearWork *work,
                    ErrataBoostColumn *columns,
                    const guint32 *at,
                    gsize n,
                    const double *target)
{
    ErrataBoostParams params = near_params(work, n);
    g_autoptr(ErrataBoost) boost = NULL;
    const double *gain;
    double total = 0.0;

    params.rounds = MIN(params.rounds, NEAR_CHOOSE);
    boost = errata_boost_train(columns, work->n_columns, at, n, target, &params);
    gain = errata_boost_gain(boost);
    for (guint c = 0; c < work->n_columns; c++)
        total += gain[c];
    for (guint c = 0; c < work->n_columns; c++)
        if (gain[c] >= NEAR_GAIN * total) {
            columns[work->n_chosen] = columns[c];
            work->chosen[work->n_chosen++] = work->columns[c];
        }
}

static ErrataBoost *
near_train(NearWork *work)
{
    const SlicesHalf *half = near_half(work->table, work->which);
    guint copies = work->moved ? (guint)CLAMP(NEAR_ROWS / MAX(half->n_rows, 1), 1, NEAR_COPIES) : 1;
    gsize n = MIN(half->n_rows * copies, NEAR_ROWS);
    g_autofree guint32 *row = g_new(guint32, MAX(n, 1));
    g_autofree guint32 *at = g_new(guint32, MAX(n, 1));
    g_autofree double *target = g_new(double, MAX(n, 1));
    g_autofree ErrataBoostColumn *columns = g_new(ErrataBoostColumn, work->n_columns);
    g_autoptr(GPtrArray) codes = g_ptr_array_new_with_free_func(g_free);
    ErrataBoostParams params = near_params(work, n);

    for (gsize i = 0; i < n; i++) {
        row[i] = half->row[(gsize)((guint64)i * half->n_rows / n)];
        at[i] = (guint32)i;
        target[i] = work->class[row[i]];
    }
    for (guint c = 0; c < work->n_columns; c++) {
        columns[c] = work->columns[c];
        g_ptr_array_add(codes, near_codes(work, &work->columns[c], row, n, copies));
        columns[c].code = codes->pdata[c];
    }
    near_choose_columns(work, columns, at, n, target);
    return errata_boost_train(columns, work->n_chosen, at, n, target, &params);
}

static void
near_read(const double *said, guint n_outputs, double *ret_margin, guint32 *ret_side)
{
    double first = said[0], second = 0.0;
    guint32 side = 0;

    if (n_outputs == 1) {
        *ret_margin = fabs(2.0 * said[0] - 1.0);
        *ret_side = said[0] >= 0.5 ? 1 : 0;
        return;
    }
    for (guint k = 1; k < n_outputs; k++)
        if (said[k] > first) {
            second = first;
            first = said[k];
            side = k;
        } else {
            second = MAX(second, said[k]);
        }
    *ret_margin = first - second;
    *ret_side = side;
}

static void
near_learn_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    NearWork *works = data;

    for (gsize k = begin; k < end; k++) {
        NearWork *work = &works[k];
        const SlicesHalf *other = near_half(work->table, 1 - work->which);
        g_autoptr(ErrataBoost) boost = near_train(work);
        guint n_outputs = errata_boost_n_outputs(boost);
        g_autofree double *said = g_new(double, MAX(other->n_rows, 1) * n_outputs);

        errata_boost_predict(boost, work->chosen, other->row, other->n_rows, said);
        for (gsize i = 0; i < other->n_rows; i++)
            near_read(said + i * n_outputs, n_outputs, &work->margin[i], &work->side[i]);
    }
}

/* the columns that the search has, as fine as the trees want them */
static ErrataBoostColumn *
near_columns(const SlicesTable *table, const ErrataBins *bins, guint *ret_n)
{
    ErrataBoostColumn *columns = g_new0(ErrataBoostColumn, bins->n_columns + 1);
    guint n = 0;

    for (guint c = 0; c < bins->n_columns; c++) {
        const ErrataBinColumn *bin = &bins->columns[c];
        gboolean searched = FALSE;

        for (guint k = 0; k < table->n_columns && !searched; k++)
            searched = table->columns[k].word == NULL &&
                       table->columns[k].bin->column == bin->column &&
                       g_strcmp0(table->columns[k].bin->derived, bin->derived) == 0;
        if (searched && bin->n_codes + (bin->n_missing > 0 ? 1 : 0) >= 2)
            columns[n++] = (ErrataBoostColumn){bin->code, bin->n_codes, bin->numeric};
    }
    *ret_n = n;
    return columns;
}

/* margins become the share of rows with smaller ones, equal ones halved */
static void
near_rank(double *margin, gsize n)
{
    errata_sort_midranks(margin, n, margin);
    for (gsize i = 0; i < n; i++)
        margin[i] = (margin[i] - 0.5) / (double)n;
}

/* likeliest predictions of their own, rare ones pooled */
static guint
near_sides(const SlicesTable *table, const guint32 *side, gsize n, guint32 *ret_place)
{
    guint n_classes = table->analysis->outcome->n_classes;
    g_autofree gsize *count = g_new0(gsize, n_classes);
    g_autofree guint32 *place = g_new0(guint32, n_classes);
    guint n_kept = 0;

    for (gsize i = 0; i < n; i++)
        count[side[i]]++;
    for (guint c = 0; c < n_classes; c++)
        if (count[c] >= (n_classes == 2 ? 1 : NEAR_SIDE) && n_kept < NEAR_SIDES)
            place[c] = ++n_kept;
    for (gsize i = 0; i < n; i++)
        ret_place[i] = place[side[i]];
    return n_kept + 1;
}

/* Bins of a side whose errors do not fall with the distance become one: what errs far from the
 * decision is not expected for being there. */
static void
near_pool(const SlicesHalf *half, guint32 *cell, guint n_cells, guint n_sides)
{
    g_autofree double *n = g_new0(double, n_cells);
    g_autofree double *sum = g_new0(double, n_cells);
    g_autofree guint32 *to = g_new(guint32, n_cells);
    guint n_bins = n_cells / n_sides;

    for (gsize i = 0; i < half->n_rows; i++) {
        n[cell[i]] += 1.0;
        sum[cell[i]] += half->y[i];
    }
    for (guint s = 0; s < n_sides; s++) {
        guint at[ERRATA_SCORE_BINS + 1];
        guint n_at = 0;

        for (guint b = 0; b < n_bins; b++) {
            guint c = b * n_sides + s;

            to[c] = c;
            at[n_at++] = c;
            while (n_at > 1 &&
                   sum[at[n_at - 2]] * n[at[n_at - 1]] <= sum[at[n_at - 1]] * n[at[n_at - 2]]) {
                guint last = at[--n_at], into = at[n_at - 1];

                n[into] += n[last];
                sum[into] += sum[last];
                to[last] = into;
            }
        }
    }
    for (gsize i = 0; i < half->n_rows; i++)
        while (to[cell[i]] != cell[i])
            cell[i] = to[cell[i]];
}

static void
near_cells(const SlicesTable *table, guint which, SlicesNear *near, double *margin, guint32 *side)
{
    const SlicesHalf *half = near_half(table, which);
    g_autofree guint8 *error = g_malloc(half->n_rows + 1);
    guint32 *cell = near->cell[which] = g_new(guint32, MAX(half->n_rows, 1));
    guint n_sides = near_sides(table, side, half->n_rows, side);

    for (gsize i = 0; i < half->n_rows; i++)
        error[i] = half->y[i] > 0.0 ? 1 : 0;
    near->n_cells[which] = errata_score_bins(margin, error, half->n_rows, cell) * n_sides;
    for (gsize i = 0; i < half->n_rows; i++)
        cell[i] = cell[i] * n_sides + side[i];
    near_pool(half, cell, near->n_cells[which], n_sides);
    if (which == 0)
        return;
    near_rank(margin, half->n_rows);
    near->close = g_malloc0(MAX(half->n_rows, 1));
    for (gsize i = 0; i < half->n_rows; i++)
        near->close[i] = margin[i] < NEAR_CLOSE ? 1 : 0;
}

/**
 * errata_slices_near_can:
 * @table: a table
 *
 * Returns: whether how near rows are to a decision can be learnt, and is not known: predictions and
 * labels of a
 *   few classes, no scores, rows enough for two halves
 */
gboolean
errata_slices_near_can(const SlicesTable *table)
{
    const ErrataOutcome *outcome = table->analysis->outcome;

    return !table->real && !table->exploratory && table->discovery.n_cells == 1 &&
           outcome->predicted != NULL && outcome->truth != NULL && outcome->n_classes >= 2 &&
           outcome->n_classes <= NEAR_CLASSES && table->n_columns > 0;
}

/* Whether the columns tell what is predicted, by Cohen's kappa on rows that were not learnt from.
 * If not, the distance is that from no decision: noise, or a group that errs. */
static gboolean
near_is_told(const SlicesTable *table, const NearWork *work)
{
    const SlicesHalf *half = near_half(table, 1 - work->which);
    double n = MAX((double)half->n_rows, 1.0), same = 0.0, chance = 0.0;
    double by[2][NEAR_CLASSES] = {{0.0}, {0.0}};

    for (gsize i = 0; i < half->n_rows; i++) {
        guint said = (guint)work->class[half->row[i]];

        same += said == work->side[i] ? 1.0 : 0.0;
        by[0][said] += 1.0;
        by[1][work->side[i]] += 1.0;
    }
    for (guint c = 0; c < NEAR_CLASSES; c++)
        chance += by[0][c] * by[1][c] / n;
    return same - chance >= NEAR_TOLD * (n - chance);
}

/* (@by_labels: near to where the labels change, wherever the predictions do) */
static SlicesNear *
near_new(const SlicesTable *table, gboolean by_labels)
{
    const ErrataAnalysis *analysis = table->analysis;
    g_autoptr(ErrataBins) bins = errata_bins_new(analysis->frame,
                                                 analysis->schema,
                                                 NULL,
                                                 NEAR_BINS,
                                                 analysis->settings->seed);
    guint n_columns;
    g_autofree ErrataBoostColumn *columns = near_columns(table, bins, &n_columns);
    SlicesNear *self = g_new0(SlicesNear, 1);
    NearWork works[4];
    guint each = by_labels ? 1 : 2; /* of either half */
    gboolean told;

    for (guint k = 0; k < 2 * each; k++) {
        gsize n = MAX(near_half(table, 1 - k / each)->n_rows, 1);
        gboolean of_labels = by_labels || k % 2 == 1;

        works[k] = (NearWork){.table = table,
                              .columns = columns,
                              .n_columns = n_columns,
                              .chosen = g_new(ErrataBoostColumn, n_columns + 1),
                              .class = of_labels ? analysis->outcome->truth
                                                 : analysis->outcome->predicted,
                              .which = k / each,
                              .moved = !of_labels,
                              .margin = g_new(double, n),
                              .side = g_new(guint32, n)};
    }
    errata_parallel_for(2 * each, 1, near_learn_cb, works);
    told = near_is_told(table, &works[0]) && near_is_told(table, &works[each]);
    for (guint k = 0; told && k < 2 * each; k += each) {
        gsize n = near_half(table, 1 - k / each)->n_rows;

        for (guint w = k; w < k + each; w++)
            near_rank(works[w].margin, n);
        for (gsize i = 0; !by_labels && i < n; i++)
            works[k].margin[i] = MAX(works[k].margin[i], works[k + 1].margin[i]);
        near_cells(table, 1 - k / each, self, works[k].margin, works[k].side);
    }
    for (guint k = 0; k < 2 * each; k++) {
        g_free(works[k].chosen);
        g_free(works[k].margin);
        g_free(works[k].side);
    }
    if (!told)
        g_clear_pointer(&self, errata_slices_near_free);
    return self;
}

/**
 * errata_slices_near_new:
 * @table: a table of which errata_slices_near_can()
 *
 * Complexity: four sets of trees on at most 40,000 rows, and once over all rows.
 *
 * Returns: (transfer full) (nullable): how near to a decision its rows are; %NULL where the columns
 *   do not tell what is predicted
 */
SlicesNear *
errata_slices_near_new(const SlicesTable *table)
{
    return near_new(table, FALSE);
}

/**
 * errata_slices_near_labels:
 * @table: a table of which errata_slices_near_can()
 *
 * Complexity: half of that of errata_slices_near_new().
 *
 * Returns: (transfer full) (nullable): how near to a change of labels its rows are, whatever is
 *   predicted of them; %NULL where the columns do not tell what is true
 */
SlicesNear *
errata_slices_near_labels(const SlicesTable *table)
{
    return near_new(table, TRUE);
}

void
errata_slices_near_free(SlicesNear *self)
{
    if (self == NULL)
        return;
    g_free(self->cell[0]);
    g_free(self->cell[1]);
    g_free(self->close);
    g_free(self);
}

/* slices that are told */
static guint
near_n_kept(const SlicesFind *find)
{
    guint n = 0;

    for (guint i = 0; i < find->found->len; i++)
        n += g_array_index(find->found, SlicesFound, i).kept ? 1 : 0;
    return n;
}

/* log-likelihood of the errors of the confirmation half by the slices that are told, beyond what
 * each must tell */
static double
near_worth(const SlicesTable *table, const SlicesFind *find)
{
    const SlicesHalf *half = &table->confirmation;
    g_autofree guint8 *used = g_malloc0(half->n_cells);
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    g_autoptr(ErrataExpected) expected =
        errata_expected_new(half->y, half->cell, half->n_cells, half->n_rows, FALSE);
    double worth = 0.0;

    errata_slices_spared_expect(table, find, half, expected);
    for (guint i = 0; i < find->found->len; i++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, i);

        if (!found->kept || expected->n_terms == ERRATA_EXPECTED_MAX_TERMS)
            continue;
        errata_slices_table_member(table, half, &found->slice, member);
        errata_expected_add(expected, member);
    }
    for (gsize i = 0; i < half->n_rows; i++) {
        double mu = CLAMP(errata_expected_mu(expected, i), 1e-12, 1.0 - 1e-12);

        worth += half->y[i] > 0.0 ? log(mu) : log1p(-mu);
        used[half->cell[i]] = 1;
    }
    worth -= NEAR_PER_TERM * expected->n_terms * (expected->sloped ? 2.0 : 1.0);
    for (guint c = 0; c < half->n_cells; c++)
        worth -= used[c] != 0 ? NEAR_PER_LEVEL : 0.0;
    return worth;
}

/* the cells of the table become those of @near, or of none again */
static void
near_swap(SlicesTable *table, SlicesNear *near)
{
    SlicesHalf *halves[] = {&table->discovery, &table->confirmation};

    for (guint h = 0; h < 2; h++) {
        guint32 *cell = halves[h]->cell;
        guint n_cells = halves[h]->n_cells;

        halves[h]->cell = near->cell[h];
        halves[h]->n_cells = near->n_cells[h];
        near->cell[h] = cell;
        near->n_cells[h] = n_cells;
    }
}

/* whether the distance, which is all that @expected knows, leaves most of the errors that a slice
 * has beyond the overall rate */
static gboolean
near_leaves(const SlicesTable *table, const ErrataExpected *expected, const Slice *slice)
{
    const SlicesHalf *half = &table->confirmation;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    ErrataExpectedTest test;

    errata_slices_table_member(table, half, slice, member);
    errata_expected_test(expected, member, &test);
    return test.observed - test.expected >=
           NEAR_LEFT * (test.observed - test.n * half->total / (double)MAX(half->n_rows, 1));
}

static ErrataExpected *
near_expect(const SlicesTable *table)
{
    const SlicesHalf *half = &table->confirmation;

    return errata_expected_new(half->y, half->cell, half->n_cells, half->n_rows, FALSE);
}

/**
 * errata_slices_near_leaves:
 * @table: a table of errors
 * @near: how near to a decision its rows are
 * @slice: a slice
 *
 * Returns: whether the distance leaves most of the errors that the slice has beyond the overall
 *   rate, on the confirmation half
 */
gboolean
errata_slices_near_leaves(const SlicesTable *table, const SlicesNear *near, const Slice *slice)
{
    const SlicesHalf *half = &table->confirmation;
    g_autoptr(ErrataExpected) expected =
        errata_expected_new(half->y, near->cell[1], near->n_cells[1], half->n_rows, FALSE);

    return near_leaves(table, expected, slice);
}

/* Slices of @find whose excess the distance does not explain, most of it. Groups that err at some
 * time only are found again as they were: they are held against other times, whatever else is known
 * of their rows. */
static GArray *
near_unexplained(const SlicesTable *table, const SlicesFind *find)
{
    GArray *first = g_array_new(FALSE, FALSE, sizeof(SlicesFound));
    g_autoptr(ErrataExpected) expected = near_expect(table);

    for (guint i = 0; i < find->found->len; i++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, i);

        if (found->kept && !found->plain && near_leaves(table, expected, &found->slice))
            g_array_append_val(first, *found);
    }
    return first;
}

/**
 * errata_slices_near_is_by_numbers:
 * @table: a table
 * @slice: a slice
 *
 * Returns: whether it is a stretch of numbers, at all times
 */
gboolean
errata_slices_near_is_by_numbers(const SlicesTable *table, const Slice *slice)
{
    for (guint i = 0; i < slice->n; i++)
        if (!table->columns[slice->condition[i].column].bin->numeric || slice->condition[i].missing)
            return FALSE;
    return !slice->timed;
}

/* Slices that were found beside the distance are not told where it explains much of them, or where
 * they are stretches of the numbers that it is of and err little more: it is learnt, and not
 * quite. */
static void
near_drop_explained(const SlicesTable *table, SlicesFind *find)
{
    g_autoptr(ErrataExpected) expected = near_expect(table);

    for (guint i = 0; i < find->found->len; i++) {
        SlicesFound *found = &g_array_index(find->found, SlicesFound, i);

        if (found->plain)
            continue;
        found->kept = found->kept && near_leaves(table, expected, &found->slice) &&
                      (!errata_slices_near_is_by_numbers(table, &found->slice) ||
                       found->test.observed >= NEAR_LIFT * found->test.expected);
    }
}

/**
 * errata_slices_near_choose:
 * @table: a table; its cells become those of the distance from the decision, where that is what
 *   most is told by
 * @find: (transfer full): what was found in it
 * @alpha: as of errata_slices_find()
 * @seed: as of that
 *
 * Where slices were found without any word of the model on how sure it is: searches again with
 * errors expected that fall with the distance from its decision, for what is left beside the slices
 * that the distance does not explain, and takes those and what is found then if no more slices and
 * that distance tell more of the errors of the confirmation half.
 *
 * Returns: (transfer full): what is to be told
 */
SlicesFind *
errata_slices_near_choose(SlicesTable *table, SlicesFind *find, double alpha, guint64 seed)
{
    g_autoptr(SlicesNear) near = NULL;
    g_autoptr(GArray) first = NULL;
    SlicesFind *other;
    double worth, other_worth;

    if (near_n_kept(find) == 0 || !errata_slices_near_can(table))
        return find;
    worth = near_worth(table, find);
    near = errata_slices_near_new(table);
    if (near == NULL)
        return find;
    near_swap(table, near);
    table->near = near;
    first = near_unexplained(table, find);
    other = errata_slices_find(table, first, alpha, seed);
    other->n_tried += find->n_tried;
    other_worth = near_worth(table, other);
    near_drop_explained(table, other);
    if (near_n_kept(other) <= near_n_kept(find) && other_worth >= worth) {
        g_steal_pointer(&near);
        errata_slices_find_free(find);
        return other;
    }
    table->near = NULL;
    near_swap(table, near);
    errata_slices_find_free(other);
    return find;
}
