/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a slice errs as often as its own scores say. What is expected of a slice is what the
 * other rows of its score bins do, and those need not be the rule: where a slice takes nearly all
 * rows of its bins, the few that are left may be the odd ones, such as the part of a blind spot in
 * which the model is right more often than it says. So the scores are also taken at their word,
 * where rows as sure as these mean what they say elsewhere, whichever class they predict. Of a
 * stretch of time, the same conditions at other times say nothing of that: it may be they that have
 * changed. */
#include "slices-foretold.h"

#include <math.h>

#include "score-bins.h"

#define FORETOLD_SURE 1.645 /* standard errors, one-sided 95 % … */
#define FORETOLD_WITHIN \
    0.05 /* … or this share of what is said, that more rows than chance may err */
#define FORETOLD_PRIOR 1.0 /* errors that scores as they are count as in each bin */
#define FORETOLD_MOST  0.5 /* of a slice's rows, for it to be seen by those that no other tells */

typedef struct {
    double n;        /* rows that have scores */
    double n_blank;  /* rows that have none; nothing else counts them */
    double said;     /* errors that the scores of the slice's rows say */
    double variance; /* of the number of errors, if they are right */
    double observed;
} ForetoldSlice;

/* confidence of the rows of a half, NaN for none */
static double *
foretold_confidence(const SlicesTable *table, const guint8 *member, ForetoldSlice *ret_slice)
{
    const SlicesHalf *half = &table->confirmation;
    const double *known = table->analysis->outcome->confidence;
    double *confidence = g_new(double, MAX(half->n_rows, 1));

    *ret_slice = (ForetoldSlice){0.0};
    for (gsize i = 0; i < half->n_rows; i++) {
        double wrong = 1.0 - known[half->row[i]];

        confidence[i] = known[half->row[i]];
        if (member[i] == 0)
            continue;
        if (isnan(wrong)) {
            ret_slice->n_blank += 1.0;
            continue;
        }
        ret_slice->n += 1.0;
        ret_slice->said += wrong;
        ret_slice->variance += wrong * (1.0 - wrong);
        ret_slice->observed += half->y[i];
    }
    return confidence;
}

/* marks the rows of a slice, or those of its conditions at other times */
static void
foretold_mark(const SlicesTable *table, const Slice *slice, gboolean other_times, guint8 *told)
{
    const SlicesHalf *half = &table->confirmation;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *always = g_malloc0(MAX(half->n_rows, 1));
    Slice untimed = *slice;

    untimed.timed = FALSE;
    errata_slices_table_member(table, half, slice, member);
    if (other_times)
        errata_slices_table_member(table, half, &untimed, always);
    for (gsize i = 0; i < half->n_rows; i++)
        told[i] |= other_times ? (always[i] & (member[i] ^ 1)) : member[i];
}

/* 1 for rows that say nothing of what the scores of @slice mean: those of other slices that were
 * kept, and where a stretch of time is as its scores say, those of the same conditions at other
 * times, which are not */
static guint8 *
foretold_told(const SlicesTable *table, const SlicesFind *find, const Slice *slice)
{
    guint8 *told = g_malloc0(MAX(table->confirmation.n_rows, 1));

    for (guint k = 0; k < find->found->len; k++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, k);

        if (found->kept && &found->slice != slice)
            foretold_mark(table, &found->slice, FALSE, told);
        else if (found->foretold && found->slice.timed)
            foretold_mark(table, &found->slice, TRUE, told);
    }
    if (slice->timed)
        foretold_mark(table, slice, TRUE, told);
    return told;
}

/**
 * errata_slices_foretold_elsewhere:
 * @rows: rows and their scores
 * @member: (array length=rows->n): 1 for some of them; those without a score are left out
 * @told: (array length=rows->n): 1 for rows that say nothing of what scores mean
 * @ret_meant: (array length=rows->n) (nullable) (out caller-allocates): gets those of each row of
 *   @member that has a score; the others are left as they are
 *
 * In each bin of scores, what was observed for what was said is taken from the rows of neither.
 * Within a bin each row keeps its own part of that, so that no bin is too wide for a slice.
 *
 * Returns: the errors that scores as those of @member's rows mean elsewhere, at least 0
 */
double
errata_slices_foretold_elsewhere(const SlicesScored *rows,
                                 const guint8 *member,
                                 const guint8 *told,
                                 double *ret_meant)
{
    g_autofree guint32 *bin = g_new(guint32, MAX(rows->n, 1));
    g_autofree guint8 *error = g_malloc(rows->n + 1);
    double said[ERRATA_SCORE_BINS + 1] = {0.0}, own[ERRATA_SCORE_BINS + 1] = {0.0};
    double observed[ERRATA_SCORE_BINS + 1] = {0.0};
    double meant = 0.0;
    guint n_bins;

    for (gsize i = 0; i < rows->n; i++)
        error[i] = rows->y[i] > 0.0 ? 1 : 0;
    n_bins = errata_score_bins(rows->confidence, error, rows->n, bin);
    for (gsize i = 0; i < rows->n; i++) {
        double weight = rows->weight != NULL ? rows->weight[i] : 1.0;

        if (isnan(rows->confidence[i]))
            continue;
        if (member[i] != 0) {
            own[bin[i]] += weight * (1.0 - rows->confidence[i]);
        } else if (told[i] == 0) {
            said[bin[i]] += weight * (1.0 - rows->confidence[i]);
            observed[bin[i]] += weight * rows->y[i];
        }
    }
    for (guint b = 0; b < n_bins; b++)
        meant += own[b] * (observed[b] + FORETOLD_PRIOR) / (said[b] + FORETOLD_PRIOR);
    for (gsize i = 0; ret_meant != NULL && i < rows->n; i++)
        if (member[i] != 0 && !isnan(rows->confidence[i]))
            ret_meant[i] = (1.0 - rows->confidence[i]) * (observed[bin[i]] + FORETOLD_PRIOR) /
                           (said[bin[i]] + FORETOLD_PRIOR);
    return meant;
}

/**
 * errata_slices_foretold_exceeds:
 * @observed: errors of some rows
 * @foretold: errors that are expected of them
 * @variance: of the number of errors, if that is right
 *
 * Returns: whether the rows err clearly more often than is foretold: by the lift that a slice must
 *   reach, or beyond chance
 */
gboolean
errata_slices_foretold_exceeds(double observed, double foretold, double variance)
{
    double more = observed - foretold;

    return observed >= SLICES_MIN_LIFT * foretold ||
           (more > FORETOLD_WITHIN * foretold && more > FORETOLD_SURE * sqrt(variance));
}

/**
 * errata_slices_foretold_meant:
 * @table: a table of errors, with scores
 * @member: (array length=table->confirmation.n_rows): 1 for rows of that half
 * @told: (array length=table->confirmation.n_rows): 1 for rows that say nothing of what scores mean
 * @ret_meant: (array length=table->confirmation.n_rows) (out caller-allocates): gets the errors
 *   that the score of each row of @member means in rows of neither; the others are left as they are
 * @ret_test: (out): gets n, observed, and expected: the sum of those, of the rows of @member that
 *   have scores
 */
void
errata_slices_foretold_meant(const SlicesTable *table,
                             const guint8 *member,
                             const guint8 *told,
                             double *ret_meant,
                             ErrataExpectedTest *ret_test)
{
    const SlicesHalf *half = &table->confirmation;
    ForetoldSlice own;
    g_autofree double *confidence = foretold_confidence(table, member, &own);

    *ret_test = (ErrataExpectedTest){
        .n = own.n,
        .observed = own.observed,
        .expected = errata_slices_foretold_elsewhere(
            &(SlicesScored){half->n_rows, confidence, half->y, NULL},
            member,
            told,
            ret_meant),
    };
}

/**
 * errata_slices_foretold:
 * @table: a table of errors
 * @find: what was found in it so far
 * @slice: a slice
 * @member: (array length=table->confirmation.n_rows): 1 for its rows of the confirmation half
 *
 * Returns: whether the rows are wrong no more often than their own scores say, by scores that mean
 * what
 *   they say elsewhere; %FALSE where no probabilities were logged
 */
gboolean
errata_slices_foretold(const SlicesTable *table,
                       const SlicesFind *find,
                       const Slice *slice,
                       const guint8 *member)
{
    const SlicesHalf *half = &table->confirmation;
    g_autofree double *confidence = NULL;
    g_autofree guint8 *told = NULL;
    ForetoldSlice own;

    if (table->real || table->analysis->outcome->confidence == NULL)
        return FALSE;
    confidence = foretold_confidence(table, member, &own);
    if (own.n_blank >= own.n)
        return FALSE;
    if (errata_slices_foretold_exceeds(own.observed, own.said, own.variance))
        return FALSE;
    told = foretold_told(table, find, slice);
    return errata_slices_foretold_elsewhere(
               &(SlicesScored){half->n_rows, confidence, half->y, NULL},
               member,
               told,
               NULL) *
               SLICES_MIN_LIFT >=
           own.said;
}

/**
 * errata_slices_foretold_whole:
 * @table: a table of errors
 * @find: what was found in it so far
 * @slice: one of them, whichever class is predicted
 *
 * Returns: as errata_slices_foretold()
 */
gboolean
errata_slices_foretold_whole(const SlicesTable *table, const SlicesFind *find, const Slice *slice)
{
    g_autofree guint8 *member = g_malloc(MAX(table->confirmation.n_rows, 1));

    errata_slices_table_member(table, &table->confirmation, slice, member);
    return errata_slices_foretold(table, find, slice, member);
}

/**
 * errata_slices_foretold_again:
 * @table: a table of errors
 * @find: what was found in it
 *
 * Leaves out slices that were kept before one was found of whose stretch of time the scores are
 * right, and that stood out only against the same conditions at other times.
 */
void
errata_slices_foretold_again(const SlicesTable *table, SlicesFind *find)
{
    gboolean changed = FALSE;

    for (guint k = 0; k < find->found->len; k++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, k);

        changed = changed || (found->foretold && found->slice.timed);
    }
    for (guint k = 0; changed && k < find->found->len; k++) {
        SlicesFound *found = &g_array_index(find->found, SlicesFound, k);

        if (!found->kept || found->known || found->said >= 0)
            continue;
        found->foretold = errata_slices_foretold_whole(table, find, &found->slice);
        found->kept = !found->foretold;
    }
}

/* the part of what the rows of @member err beyond the overall rate that rows with such scores do,
 * but for those of @told; %FALSE where most of them are of those, or they err no more */
static gboolean
foretold_part(const SlicesHalf *half, const guint8 *member, const guint8 *told, double *ret_part)
{
    g_autofree double *n = g_new0(double, MAX(half->n_cells, 1));
    g_autofree double *sum = g_new0(double, MAX(half->n_cells, 1));
    double n_all = 0.0, all = 0.0, n_member = 0.0, n_in = 0.0, observed = 0.0, expected = 0.0;
    double overall;

    for (gsize i = 0; i < half->n_rows; i++)
        if (told[i] == 0) {
            n[half->cell[i]] += 1.0;
            sum[half->cell[i]] += half->y[i];
            n_all += 1.0;
            all += half->y[i];
        }
    for (gsize i = 0; i < half->n_rows; i++) {
        n_member += member[i] != 0 ? 1.0 : 0.0;
        if (member[i] == 0 || told[i] != 0)
            continue;
        n_in += 1.0;
        observed += half->y[i];
        expected += sum[half->cell[i]] / n[half->cell[i]];
    }
    overall = n_in * all / fmax(n_all, 1.0);
    if (n_in < FORETOLD_MOST * n_member || !(observed > overall))
        return FALSE;
    *ret_part = (expected - overall) / (observed - overall);
    return TRUE;
}

/**
 * errata_slices_foretold_alone:
 * @table: a table of errors
 * @find: what was found in it so far
 * @member: (array length=table->confirmation.n_rows): 1 for the rows of a slice in that half
 *
 * What a slice beside it makes of the same rows is not what their scores say: these are asked over
 * all rows, or over those that no slice tells of which the scores do not warn.
 *
 * Returns: the part of what the rows err beyond the overall rate that rows with such scores do; 1
 *   where numbers are predicted, whose sizes are in units of such rows already
 */
double
errata_slices_foretold_alone(const SlicesTable *table, const SlicesFind *find, const guint8 *member)
{
    const SlicesHalf *half = &table->confirmation;
    g_autofree guint8 *told = g_malloc0(MAX(half->n_rows, 1));
    double whole = 0.0, rest = 0.0;

    if (table->real)
        return 1.0;
    if (!foretold_part(half, member, told, &whole))
        return 1.0;
    for (guint k = 0; k < find->found->len; k++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, k);

        if (found->kept && !found->known)
            foretold_mark(table, &found->slice, FALSE, told);
    }
    return foretold_part(half, member, told, &rest) ? fmax(whole, rest) : whole;
}
