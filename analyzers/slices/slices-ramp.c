/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors of a slice that grow for days. The mean error of its rows, less what all other rows do
 * meanwhile, is fitted by blocks of time twice: level before, level after and one step; and the
 * same with a straight line between them. Where the line fits much better, the slice is told from
 * where it starts, with both ends and what they lie between. */
#include "slices-ramp.h"

#include <math.h>

#include "interval-note.h"
#include "words-time.h"
#include "words.h"

#define RAMP_BLOCKS 48
#define RAMP_ROWS   40 /* of a block, at least */
#define RAMP_FEWEST 10 /* blocks */
#define RAMP_LONG   3  /* blocks that it takes, at least */
#define RAMP_BETTER \
    16.0 /* what the line leaves less of, in squared standard errors: two more ends were chosen */
#define RAMP_RISE   1.25 /* times the level before */
#define RAMP_WITHIN 3.84 /* squared standard errors: 95 % */
#define RAMP_USUAL  1.25 /* times the others’ level: before it, such rows are nothing special */
#define RAMP_SIDED  0.3  /* of the slice’s error lies to one side */
#define RAMP_EARLY  2    /* blocks of the log’s begin that count as such */

typedef struct {
    guint n;
    double *at;     /* mean time of the slice’s rows of a block */
    double *mean;   /* their error, less what the others’ has changed */
    double *weight; /* one over its variance */
    double *rest;   /* mean error of all other rows */
    double *size;   /* mean distance of the slice’s predictions, whatever their side */
    double usual;   /* mean distance of all other predictions */
} Ramp;

typedef struct {
    guint from;
    guint to;
    double before;
    double after;
    double left; /* squares */
} RampFit;

static void
ramp_clear(Ramp *self)
{
    g_free(self->at);
    g_free(self->mean);
    g_free(self->weight);
    g_free(self->rest);
    g_free(self->size);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ramp, ramp_clear)

/* @sign: −1 or 1: how far a prediction is off to that side, which a bias moves evenly; 0: how far
 *   off it is */
static double
ramp_error(const ErrataOutcome *outcome, gsize row, double sign)
{
    if (outcome->task != ERRATA_TASK_REGRESSION)
        return (double)outcome->error[row];
    return sign < 0.0 || sign > 0.0
               ? sign * (outcome->predicted_value[row] - outcome->truth_value[row])
               : outcome->loss[row];
}

/* the side to which most of the slice's error lies, 0 for none */
static double
ramp_sign(const ErrataOutcome *outcome, const guint8 *member)
{
    double sum = 0.0, size = 0.0;

    if (outcome->task != ERRATA_TASK_REGRESSION)
        return 0.0;
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (member[row] != 0 && outcome->judged[row] != 0 && !isnan(outcome->loss[row])) {
            sum += outcome->predicted_value[row] - outcome->truth_value[row];
            size += fabs(outcome->predicted_value[row] - outcome->truth_value[row]);
        }
    if (fabs(sum) < RAMP_SIDED * size)
        return 0.0;
    return sum > 0.0 ? 1.0 : -1.0;
}

static gboolean
ramp_reads(const SlicesTable *table, gsize row)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    const guint8 *set_aside = table->analysis->set_aside;

    return outcome->judged[row] != 0 && (set_aside == NULL || set_aside[row] == 0) &&
           outcome->time[row] != G_MININT64 && !isnan(ramp_error(outcome, row, 0.0));
}

/* blocks of as many rows of the slice each */
static void
ramp_load(const SlicesTable *table, const guint8 *member, gsize n_own, double sign, Ramp *self)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    g_autofree double *n = NULL, *square = NULL, *n_rest = NULL;
    double spread = 0.0, others = 0.0, n_others = 0.0;
    gint64 first = G_MININT64;
    gsize place = 0;

    self->n = (guint)MIN(n_own / RAMP_ROWS, RAMP_BLOCKS);
    self->at = g_new0(double, self->n);
    self->mean = g_new0(double, self->n);
    self->weight = g_new0(double, self->n);
    self->rest = g_new0(double, self->n);
    self->size = g_new0(double, self->n);
    n = g_new0(double, self->n);
    square = g_new0(double, self->n);
    n_rest = g_new0(double, self->n);
    for (gsize i = 0; i < outcome->n_rows; i++) {
        gsize row = outcome->order[i];
        guint block = (guint)MIN(place * self->n / n_own, self->n - 1);
        double error;

        if (!ramp_reads(table, row))
            continue;
        error = ramp_error(outcome, row, sign);
        first = first == G_MININT64 ? outcome->time[row] : first;
        if (member[row] == 0) {
            self->rest[block] += error;
            self->usual += ramp_error(outcome, row, 0.0);
            n_rest[block] += 1.0;
            continue;
        }
        n[block] += 1.0;
        self->mean[block] += error;
        square[block] += error * error;
        self->size[block] += ramp_error(outcome, row, 0.0);
        self->at[block] += (double)(outcome->time[row] - first);
        place++;
    }
    for (guint b = 0; b < self->n; b++) {
        others += self->rest[b];
        n_others += n_rest[b];
        spread += square[b] - self->mean[b] * self->mean[b] / n[b];
    }
    self->usual /= fmax(n_others, 1.0);
    for (guint b = 0; b < self->n; b++) {
        double own = (square[b] - self->mean[b] * self->mean[b] / n[b]) / n[b];

        self->mean[b] /= n[b];
        self->size[b] /= n[b];
        self->at[b] = (double)first + self->at[b] / n[b];
        self->rest[b] = n_rest[b] > 0.0 ? self->rest[b] / n_rest[b] : others / MAX(n_others, 1.0);
        self->mean[b] -= n_others > 0.0 ? self->rest[b] - others / n_others : 0.0;
        self->weight[b] = n[b] / fmax(0.5 * own + 0.5 * spread / (double)n_own, 1e-12);
    }
}

/* how far between its two levels the error is in a block: a step before block @to, a line
 * otherwise */
static double
ramp_part(const Ramp *self, guint from, guint to, guint b)
{
    if (from == to)
        return b >= from ? 1.0 : 0.0;
    return CLAMP((self->at[b] - self->at[from]) / (self->at[to] - self->at[from]), 0.0, 1.0);
}

static RampFit
ramp_fit(const Ramp *self, guint from, guint to)
{
    RampFit fit = {from, to, 0.0, 0.0, 0.0};
    double n = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0, slope;

    for (guint b = 0; b < self->n; b++) {
        double part = ramp_part(self, from, to, b);

        n += self->weight[b];
        x += self->weight[b] * part;
        y += self->weight[b] * self->mean[b];
        xx += self->weight[b] * part * part;
        xy += self->weight[b] * part * self->mean[b];
    }
    slope = xx - x * x / n > 0.0 ? (xy - x * y / n) / (xx - x * x / n) : 0.0;
    fit.before = (y - slope * x) / n;
    fit.after = fit.before + slope;
    for (guint b = 0; b < self->n; b++) {
        double left = self->mean[b] - fit.before - slope * ramp_part(self, from, to, b);

        fit.left += self->weight[b] * left * left;
    }
    return fit;
}

/* the best of the lines, or of the steps */
static RampFit
ramp_best(const Ramp *self, gboolean steps)
{
    RampFit best = {0, 0, 0.0, 0.0, (double)INFINITY};

    for (guint from = 0; from < self->n; from++)
        for (guint to = steps ? from : from + RAMP_LONG; to < (steps ? from + 1 : self->n); to++) {
            RampFit fit;

            if (!steps && !(self->at[to] > self->at[from]))
                continue;
            fit = ramp_fit(self, from, to);
            if (fit.left < best.left)
                best = fit;
        }
    return best;
}

/* of a block, in whole seconds */
static gint64
ramp_moment(const Ramp *self, guint block)
{
    return (gint64)(self->at[block] / 1e9) * G_GINT64_CONSTANT(1000000000);
}

/* between which blocks the ends lie, as far as the fit tells */
static void
ramp_ends(const Ramp *self, const RampFit *best, double scale, SlicesFound *found)
{
    gint64 *ends[] = {found->grown_lo, found->grown_hi};

    for (guint k = 0; k < 2; k++) {
        guint end = k == 0 ? best->from : best->to;

        ends[0][k] = ends[1][k] = ramp_moment(self, end);
    }
    for (guint from = 0; from < self->n; from++)
        for (guint to = from + RAMP_LONG; to < self->n; to++) {
            if (!(self->at[to] > self->at[from]) ||
                ramp_fit(self, from, to).left > best->left + RAMP_WITHIN * scale)
                continue;
            ends[0][0] = MIN(ends[0][0], ramp_moment(self, from));
            ends[1][0] = MAX(ends[1][0], ramp_moment(self, from));
            ends[0][1] = MIN(ends[0][1], ramp_moment(self, to));
            ends[1][1] = MAX(ends[1][1], ramp_moment(self, to));
        }
}

/* mean distance of the predictions in blocks @from to @to */
static double
ramp_size(const Ramp *self, guint from, guint to)
{
    double sum = 0.0;

    for (guint b = from; b <= to; b++)
        sum += self->size[b];
    return sum / (to - from + 1);
}

static void
ramp_judge(const Ramp *self, double sign, SlicesFound *found)
{
    RampFit step = ramp_best(self, TRUE);
    RampFit line = ramp_best(self, FALSE);
    double scale = fmax(line.left / (self->n - 4.0), 1.0);
    double before = line.before, after = line.after;

    if (sign < 0.0 || sign > 0.0) {
        before = ramp_size(self, 0, line.from);
        after = ramp_size(self, line.to, self->n - 1);
    }
    if (step.left - line.left < RAMP_BETTER * scale || !(line.after > line.before) ||
        !(after >= RAMP_RISE * before))
        return;
    found->grows = TRUE;
    found->grew_from = fmax(before, 0.0);
    found->grew_to = after;
    ramp_ends(self, &line, scale, found);
    found->grew = ramp_moment(self, line.from);
    found->grown = ramp_moment(self, line.to);
    if (!found->slice.timed && (line.from < RAMP_EARLY || before > RAMP_USUAL * self->usual))
        return; /* it was bad before, too */
    found->slice.timed = found->slice.begins = TRUE;
    found->slice.to = found->slice.ends ? found->slice.to : G_MAXINT64;
    found->slice.from = found->grew;
    found->slice.from_lo = found->grown_lo[0];
    found->slice.from_hi = found->grown_hi[0];
}

/**
 * errata_slices_ramp:
 * @table: a table of rows with time
 * @find: what was found in it
 *
 * Tells the kept slices of the first list whose errors grow from those that a step began.
 */
void
errata_slices_ramp(const SlicesTable *table, SlicesFind *find)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    g_autofree guint8 *member = g_new(guint8, MAX(outcome->n_rows, 1));

    for (guint i = 0; i < find->found->len && outcome->time != NULL && !table->exploratory; i++) {
        SlicesFound *found = &g_array_index(find->found, SlicesFound, i);
        g_auto(Ramp) ramp = {0};
        Slice always = found->slice;
        double sign;
        gsize n = 0;

        if (!found->kept || found->known || found->noise || found->slice.ends ||
            found->slice.n == 0)
            continue;
        always.timed = always.begins = FALSE;
        errata_slices_table_meet(table, &always, NULL, outcome->n_rows, member);
        for (gsize row = 0; row < outcome->n_rows; row++)
            n += member[row] != 0 && ramp_reads(table, row) ? 1 : 0;
        if (n < (gsize)RAMP_FEWEST * RAMP_ROWS)
            continue;
        sign = ramp_sign(outcome, member);
        ramp_load(table, member, n, sign, &ramp);
        ramp_judge(&ramp, sign, found);
    }
}

static char *
ramp_level(const SlicesTable *table, double value)
{
    return table->real ? errata_words_number(value, 0.97 * value, 1.03 * value)
                       : errata_words_share(value, value - 0.01, value + 0.01);
}

static char *
ramp_level_pair(const SlicesTable *table, const SlicesFound *found)
{
    g_autofree char *from = ramp_level(table, found->grew_from);
    g_autofree char *to = ramp_level(table, found->grew_to);
    g_autofree char *when = errata_words_time_range(found->grew, found->grown, "and", FALSE);

    return g_strdup_printf("from %s to %s between %s", from, to, when != NULL ? when : "");
}

char *
errata_slices_ramp_words(const SlicesTable *table, const SlicesFound *found)
{
    g_autofree char *pair = NULL;

    if (!found->grows)
        return NULL;
    pair = ramp_level_pair(table, found);
    return g_strdup_printf(table->real ? "error grew %s" : "errors grew %s", pair);
}

static void
ramp_add_end(ErrataFinding *finding, const SlicesFound *found, guint k)
{
    gint64 at = k == 0 ? found->grew : found->grown;
    ErrataEvidence *evidence = errata_finding_add(
        finding,
        errata_evidence_new(k == 0 ? "grew_since" : "grew_until",
                            k == 0 ? "when it began to grow" : "when it had grown",
                            (double)at,
                            ERRATA_UNIT_TIME,
                            finding->n_rows));

    evidence->method = g_strdup("a line between two levels, by blocks of the slice’s rows");
    if (found->grown_lo[k] < found->grown_hi[k]) {
        evidence->lo = (double)found->grown_lo[k];
        evidence->hi = (double)found->grown_hi[k];
        errata_interval_note_set(finding, evidence, ERRATA_INTERVAL_NOTE_USUAL);
    }
}

/* what grew, from when to when */
void
errata_slices_ramp_add(const SlicesTable *table, const SlicesFound *found, ErrataFinding *finding)
{
    ErrataEvidence *evidence;
    g_autofree char *pair = NULL;

    if (!found->grows)
        return;
    pair = ramp_level_pair(table, found);
    g_ptr_array_add(finding->notes, g_strdup_printf("grew=%s", pair));
    evidence =
        errata_finding_add(finding,
                           errata_evidence_new("grew_to",
                                               table->real ? "mean absolute error that it grew to"
                                                           : "error rate that it grew to",
                                               found->grew_to,
                                               table->real ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE,
                                               finding->n_rows));
    evidence->baseline = found->grew_from;
    ramp_add_end(finding, found, 0);
    ramp_add_end(finding, found, 1);
}
