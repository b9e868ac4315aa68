/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Categories whose scores mean something else than everywhere else: a logistic recalibration
 * a + b logit s inside against outside, Wald's chi-square with two degrees of freedom (METHODS 8).
 * Found on the discovery half, confirmed on the other; each one kept is set aside before the next
 * is sought, so that what merely overlaps with it falls away. What is told of a group kept is
 * measured over all its rows against all others, those set aside included; where slices hide it
 * there, over all rows outside the slices, and the words say so. The search takes every row for one
 * observation, what is told counts them by their declared weight. Scores enter as 200 bins
 * of equal mass, so a category costs one pass over its codes. */
#include "calibration-segments.h"

#include <math.h>

#include "intervals.h"
#include "number.h"
#include "partition.h"
#include "rate.h"
#include "recalibrate.h"
#include "slices.h"
#include "tests.h"
#include "words.h"

#define SEGMENTS_BINS   200
#define SEGMENTS_LEAST  200  /* rows in each half of a category that is tried */
#define SEGMENTS_EFFECT 0.03 /* mean difference of the calibrated probabilities */
#define SEGMENTS_OWN \
    0.3 /* of that, by which its scores are off: half, if the rest is off the other way */
#define SEGMENTS_CLEAR \
    1.25 /* times the statistic of the best group that is off, for a sound one to lead … */
#define SEGMENTS_SOUND  0.3 /* … of the rows, which all such must stay under */
#define SEGMENTS_HIGH   0.10
#define SEGMENTS_MOST   5 /* findings */
#define SEGMENTS_FAILED 3 /* confirmations that fail before the search ends */
#define SEGMENTS_ROWS   2000
#define SEGMENTS_STEPS  30

/* positives and negatives by score bin */
typedef struct {
    double positive[SEGMENTS_BINS];
    double negative[SEGMENTS_BINS];
} SegmentsCounts;

/* a + b x with the covariance of (a, b) */
typedef struct {
    double a;
    double b;
    double saa, sab, sbb;
    double rows;
} SegmentsFit;

/* a category tried */
typedef struct {
    guint column; /* of the bins */
    guint code;
    double p;
    double statistic;
    double effect; /* mean |difference| of the calibrated probabilities inside */
    double
        direction; /* mean signed difference, outside − inside: above 0 the scores are too high */
    double own; /* mean |difference| inside between the calibrated probabilities and the scores */
    SegmentsCounts inside;
    SegmentsCounts outside;
    SegmentsCounts squares_in; /* Σ w² of what is told, where inside and outside are Σ w */
    SegmentsCounts squares_out;
    ErrataRate happened; /* of what is told: whether the rows inside are positive */
} SegmentsCandidate;

/* what a row adds to the counts: the search takes each for one observation, what is told counts
 * them by their declared weight */
typedef enum {
    SEGMENTS_ROWS_ALIKE,
    SEGMENTS_BY_WEIGHT,
    SEGMENTS_BY_SQUARE,
} SegmentsBy;

typedef struct {
    const ErrataBins *bins;
    const ErrataAnalysis *analysis;
    gsize n;
    const guint32 *row;
    const guint8 *hit;
    guint8 *bin;             /* score bin of each row */
    guint8 *use;             /* 1: counts, 0: set aside */
    guint8 *outside;         /* 1: in no slice */
    guint8 *sliced;          /* by row of the frame; 1: in a slice */
    double x[SEGMENTS_BINS]; /* mean logit of a bin */
    double s[SEGMENTS_BINS]; /* mean score of a bin */
    double sound; /* rows set aside as their scores hold where those of most others do not */
    double scale; /* of weights, so that all count as many as make their sum no surer than it is */
    guint n_tried;
} Segments;

/* least score of each bin after the first, so that bins are filled equally and ties stay together:
 * a score belongs to the bin of the first of its ties */
static void
segments_edges(const double *score, gsize n, double *ret_edge)
{
    g_autofree ErrataScale *scale = g_new(ErrataScale, 1);
    g_autoptr(ErrataPartition) partition = NULL;

    errata_scale_learn(scale, score, n, NULL, 0, ERRATA_PARTITION_CODES);
    partition = errata_partition_new(scale, score, n);
    for (guint b = 1; b < SEGMENTS_BINS; b++)
        errata_partition_want_quantile(partition, (double)b / SEGMENTS_BINS);
    for (guint b = 1; b < SEGMENTS_BINS; b++) {
        gsize rank = (b * n + SEGMENTS_BINS - 1) / SEGMENTS_BINS;
        double edge = errata_partition_at(partition, rank);

        ret_edge[b - 1] = errata_partition_at(partition, rank - 1) < edge
                              ? edge
                              : nextafter(edge, (double)INFINITY);
    }
    for (guint b = SEGMENTS_BINS; b < 256; b++)
        ret_edge[b - 1] = (double)INFINITY;
}

static void
segments_bin_scores(Segments *self, const double *score)
{
    double edge[256];
    double count[SEGMENTS_BINS] = {0.0};

    segments_edges(score, self->n, edge);
    for (gsize i = 0; i < self->n; i++) {
        guint bin = 0;

        for (guint step = 128; step > 0; step /= 2)
            bin += edge[bin + step - 1] <= score[i] ? step : 0;
        self->bin[i] = (guint8)bin;
        self->x[bin] += errata_recalibrate_logit(score[i]);
        self->s[bin] += score[i];
        count[bin] += 1.0;
    }
    for (guint b = 0; b < SEGMENTS_BINS; b++)
        if (count[b] > 0.0) {
            self->x[b] /= count[b];
            self->s[b] /= count[b];
        }
}

static void
segments_scale(Segments *self)
{
    ErrataRate all = {.n = 0.0};

    for (gsize i = 0; i < self->n; i++)
        errata_rate_add(&all, 1.0, errata_outcome_weight(self->analysis->outcome, self->row[i]));
    self->scale = all.n > 0.0 ? all.weight / all.weight2 : 1.0;
}

/* rows of confirmed error slices explain themselves */
static void
segments_leave_out_slices(Segments *self)
{
    GPtrArray *findings = self->analysis->result->findings;

    for (guint f = 0; f < findings->len; f++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, f);

        if (!errata_slices_is_blind_spot(finding))
            continue;
        for (gsize i = 0; i < finding->n_rows; i++)
            self->sliced[finding->row[i]] = 1;
    }
    for (gsize i = 0; i < self->n; i++)
        self->use[i] = self->outside[i] = self->sliced[self->row[i]] == 0;
}

static double
segments_rows(const SegmentsCounts *counts)
{
    double rows = 0.0;

    for (guint b = 0; b < SEGMENTS_BINS; b++)
        rows += counts->positive[b] + counts->negative[b];
    return rows;
}

/* log-likelihood at (a, b); gradient and information when asked for */
static double
segments_derive(const Segments *self,
                const SegmentsCounts *counts,
                double a,
                double b,
                double gradient[2],
                double information[3])
{
    double sum = 0.0;

    gradient[0] = gradient[1] = information[1] = 0.0;
    information[0] = information[2] = 1e-6;
    for (guint i = 0; i < SEGMENTS_BINS; i++) {
        double all = counts->positive[i] + counts->negative[i];
        double z = a + b * self->x[i];
        double p = 1.0 / (1.0 + exp(-z));
        double w = all * p * (1.0 - p);
        double r = counts->positive[i] - all * p;

        sum += counts->positive[i] * z - all * (z > 0.0 ? z + log1p(exp(-z)) : log1p(exp(z)));
        gradient[0] += r;
        gradient[1] += r * self->x[i];
        information[0] += w;
        information[1] += w * self->x[i];
        information[2] += w * self->x[i] * self->x[i];
    }
    return sum;
}

/* Newton's method, halving steps that go down */
static SegmentsFit
segments_fit(const Segments *self, const SegmentsCounts *counts)
{
    SegmentsFit fit = {0.0, 1.0, 0.0, 0.0, 0.0, segments_rows(counts)};
    double gradient[2], information[3];
    double likelihood = segments_derive(self, counts, fit.a, fit.b, gradient, information);

    for (guint step = 0; step < SEGMENTS_STEPS; step++) {
        double determinant = information[0] * information[2] - information[1] * information[1];
        double da, db, after;
        double scale = 1.0;

        fit.saa = information[2] / determinant;
        fit.sab = -information[1] / determinant;
        fit.sbb = information[0] / determinant;
        da = fit.saa * gradient[0] + fit.sab * gradient[1];
        db = fit.sab * gradient[0] + fit.sbb * gradient[1];
        after = segments_derive(self, counts, fit.a + da, fit.b + db, gradient, information);
        for (; !(after >= likelihood) && scale > 1e-6; scale *= 0.5)
            after = segments_derive(self,
                                    counts,
                                    fit.a + 0.5 * scale * da,
                                    fit.b + 0.5 * scale * db,
                                    gradient,
                                    information);
        if (!(after >= likelihood))
            break;
        fit.a += scale * da;
        fit.b += scale * db;
        if (after - likelihood < 1e-9 * fit.rows)
            break;
        likelihood = after;
    }
    return fit;
}

/* Wald's test that both coefficients are the same, and by how much the probabilities differ */
static void
segments_judge(const Segments *self, SegmentsCandidate *candidate)
{
    SegmentsFit in = segments_fit(self, &candidate->inside);
    SegmentsFit out = segments_fit(self, &candidate->outside);
    double da = in.a - out.a;
    double db = in.b - out.b;
    double saa = in.saa + out.saa;
    double sab = in.sab + out.sab;
    double sbb = in.sbb + out.sbb;
    double determinant = saa * sbb - sab * sab;

    candidate->p = 1.0;
    candidate->statistic = candidate->effect = candidate->direction = candidate->own = 0.0;
    if (!(determinant > 0.0 && in.rows > 0.0))
        return;
    candidate->statistic = (da * da * sbb - 2.0 * da * db * sab + db * db * saa) / determinant;
    candidate->p = errata_tests_chi_square(candidate->statistic, 2.0);
    for (guint i = 0; i < SEGMENTS_BINS; i++) {
        double share = (candidate->inside.positive[i] + candidate->inside.negative[i]) / in.rows;
        double means = 1.0 / (1.0 + exp(-(in.a + in.b * self->x[i])));
        double difference = 1.0 / (1.0 + exp(-(out.a + out.b * self->x[i]))) - means;

        candidate->effect += share * fabs(difference);
        candidate->direction += share * difference;
        candidate->own += share * fabs(means - self->s[i]);
    }
}

/* Whether scores inside mean something else than outside, and than they say themselves. Where all
 * other rows are off, a group whose scores hold what they promise is not the one to name. */
static gboolean
segments_is_off(const SegmentsCandidate *candidate)
{
    return candidate->effect >= SEGMENTS_EFFECT &&
           candidate->own >= SEGMENTS_OWN * candidate->effect;
}

static double
segments_worth(const Segments *self, SegmentsBy by, guint32 row)
{
    const double *weights = self->analysis->outcome->weight;
    double weight = by == SEGMENTS_ROWS_ALIKE || weights == NULL ? 1.0 : self->scale * weights[row];

    return by == SEGMENTS_BY_SQUARE ? weight * weight : weight;
}

/* counts of every category of a column in one half, and of all rows; rows where @use is 0 (NULL:
 * none) do not count */
static void
segments_count(const Segments *self,
               const guint8 *use,
               SegmentsBy by,
               guint column,
               guint8 half,
               SegmentsCounts *by_code,
               SegmentsCounts *all)
{
    const ErrataBinColumn *bins = &self->bins->columns[column];

    for (gsize i = 0; i < self->n; i++) {
        guint32 row = self->row[i];
        guint b = self->bin[i];
        double worth;

        if ((use != NULL && use[i] == 0) || self->analysis->outcome->half[row] != half)
            continue;
        worth = segments_worth(self, by, row);
        if (bins->code[row] != ERRATA_BINS_MISSING)
            (self->hit[i] != 0 ? by_code[bins->code[row]].positive
                               : by_code[bins->code[row]].negative)[b] += worth;
        (self->hit[i] != 0 ? all->positive : all->negative)[b] += worth;
    }
}

/* what texts are like goes with what they say: that is for slices and clusters to tell */
static gboolean
segments_is_logged(const ErrataSchema *schema, guint column)
{
    return schema->columns == NULL || errata_schema_is_logged(schema, column);
}

static gboolean
segments_is_tried(const Segments *self, guint column)
{
    const ErrataBinColumn *bins = &self->bins->columns[column];

    return !bins->numeric && bins->derived == NULL && bins->n_codes >= 2 &&
           segments_is_logged(self->analysis->schema, bins->column) &&
           (self->analysis->exclude == NULL || self->analysis->exclude[bins->column] == 0);
}

static void
segments_split(const SegmentsCounts *inside,
               const SegmentsCounts *all,
               SegmentsCounts *ret_inside,
               SegmentsCounts *ret_outside)
{
    *ret_inside = *inside;
    for (guint b = 0; b < SEGMENTS_BINS; b++) {
        ret_outside->positive[b] = all->positive[b] - inside->positive[b];
        ret_outside->negative[b] = all->negative[b] - inside->negative[b];
    }
}

static void
segments_fill(SegmentsCandidate *candidate,
              const SegmentsCounts *inside,
              const SegmentsCounts *all,
              guint column,
              guint code)
{
    candidate->column = column;
    candidate->code = code;
    segments_split(inside, all, &candidate->inside, &candidate->outside);
}

/* the better of two categories by the statistic */
static void
segments_keep_best(const SegmentsCandidate *candidate, SegmentsCandidate *best)
{
    if (candidate->statistic > best->statistic)
        *best = *candidate;
}

/* the categories of the discovery half that differ most by the statistic: of those that are off,
 * and of those whose scores hold while others' do not; a statistic of 0 where there is none. The
 * first round counts how many were tried */
static void
segments_look(Segments *self, gboolean first, SegmentsCandidate *best, SegmentsCandidate *sound)
{
    best->statistic = sound->statistic = 0.0;
    for (guint c = 0; c < self->bins->n_columns; c++) {
        const ErrataBinColumn *bins = &self->bins->columns[c];
        g_autofree SegmentsCounts *by_code = NULL;
        SegmentsCounts all = {{0.0}, {0.0}};

        if (!segments_is_tried(self, c))
            continue;
        by_code = g_new0(SegmentsCounts, bins->n_codes);
        segments_count(self, self->use, SEGMENTS_ROWS_ALIKE, c, 0, by_code, &all);
        for (guint code = 0; code < bins->n_codes - (bins->has_other ? 1U : 0U); code++) {
            SegmentsCandidate candidate;

            if (segments_rows(&by_code[code]) < SEGMENTS_LEAST)
                continue;
            segments_fill(&candidate, &by_code[code], &all, c, code);
            if (segments_rows(&candidate.outside) < SEGMENTS_LEAST)
                continue;
            segments_judge(self, &candidate);
            self->n_tried += first;
            if (segments_is_off(&candidate))
                segments_keep_best(&candidate, best);
            else if (candidate.effect >= SEGMENTS_EFFECT)
                segments_keep_best(&candidate, sound);
        }
    }
}

/* the same category on the confirmation half, of the rows where @use is not 0 (NULL: of all) */
static void
segments_measure(const Segments *self,
                 const guint8 *use,
                 SegmentsBy by,
                 const SegmentsCandidate *found,
                 SegmentsCandidate *measured)
{
    g_autofree SegmentsCounts *by_code = g_new0(SegmentsCounts,
                                                self->bins->columns[found->column].n_codes);
    SegmentsCounts all = {{0.0}, {0.0}};

    segments_count(self, use, by, found->column, 1, by_code, &all);
    segments_fill(measured, &by_code[found->code], &all, found->column, found->code);
    segments_judge(self, measured);
}

/* how sure what is told by weight is */
static void
segments_sizes(const Segments *self, const guint8 *use, SegmentsCandidate *told)
{
    const ErrataBinColumn *bins = &self->bins->columns[told->column];
    const ErrataOutcome *outcome = self->analysis->outcome;
    g_autofree SegmentsCounts *by_code = g_new0(SegmentsCounts, bins->n_codes);
    SegmentsCounts all = {{0.0}, {0.0}};

    segments_count(self, use, SEGMENTS_BY_SQUARE, told->column, 1, by_code, &all);
    segments_split(&by_code[told->code], &all, &told->squares_in, &told->squares_out);
    told->happened = (ErrataRate){.n = 0.0};
    for (gsize i = 0; i < self->n; i++) {
        guint32 row = self->row[i];

        if ((use == NULL || use[i] != 0) && outcome->half[row] == 1 &&
            bins->code[row] == told->code)
            errata_rate_add(&told->happened, self->hit[i], errata_outcome_weight(outcome, row));
    }
}

/* whether a category is off on some other rows as well, and the same way */
static gboolean
segments_is_off_too(const SegmentsCandidate *candidate, const SegmentsCandidate *found)
{
    return segments_is_off(candidate) && candidate->direction * found->direction >= 0.0;
}

static void
segments_set_aside(Segments *self, const SegmentsCandidate *candidate)
{
    const guint8 *code = self->bins->columns[candidate->column].code;

    for (gsize i = 0; i < self->n; i++)
        if (code[self->row[i]] == candidate->code)
            self->use[i] = 0;
}

/* Where the scores of most rows are off alike and those of one group hold, the others differ from
 * it rather than from one another. That is off by all rows' scores, which is told of them all: the
 * group is set aside. Returns whether it was */
static gboolean
segments_pass_sound(Segments *self, const SegmentsCandidate *best, const SegmentsCandidate *sound)
{
    const guint8 *code;
    double rows = 0.0;

    if (!(sound->statistic > SEGMENTS_CLEAR * best->statistic))
        return FALSE;
    code = self->bins->columns[sound->column].code;
    for (gsize i = 0; i < self->n; i++)
        rows += self->use[i] != 0 && code[self->row[i]] == sound->code ? 1.0 : 0.0;
    if (self->sound + rows >= SEGMENTS_SOUND * (double)self->n)
        return FALSE;
    self->sound += rows;
    segments_set_aside(self, sound);
    return TRUE;
}

/* the category that is off most, beside no sound one that would explain it; FALSE when none is off
 * enough */
static gboolean
segments_search(Segments *self, gboolean first, SegmentsCandidate *best)
{
    g_autofree SegmentsCandidate *sound = g_new0(SegmentsCandidate, 1);

    do {
        segments_look(self, first, best, sound);
        first = FALSE;
    } while (best->statistic > 0.0 && segments_pass_sound(self, best, sound));
    return best->statistic > 0.0 && best->p < self->analysis->settings->alpha;
}

/* mean score and rate of some counts, with the calibration error over their own bins */
static void
segments_summary(const Segments *self,
                 const SegmentsCounts *counts,
                 double *ret_score,
                 double *ret_rate)
{
    double rows = segments_rows(counts);
    double score = 0.0;
    double hits = 0.0;

    for (guint b = 0; b < SEGMENTS_BINS; b++) {
        score += (counts->positive[b] + counts->negative[b]) * self->s[b];
        hits += counts->positive[b];
    }
    *ret_score = score / rows;
    *ret_rate = hits / rows;
}

/* reliability in ten groups of neighbouring bins */
static void
segments_add_series(const Segments *self,
                    ErrataFigure *figure,
                    const char *label,
                    ErrataTone tone,
                    const SegmentsCounts *counts,
                    const SegmentsCounts *squares)
{
    ErrataSeries *series = errata_figure_add_series(figure, label, tone, 0);
    double total = segments_rows(counts);
    double rows = 0.0, hits = 0.0, score = 0.0, square = 0.0;

    series->x = g_new(double, 10);
    series->y = g_new(double, 10);
    series->lo = g_new(double, 10);
    series->hi = g_new(double, 10);
    series->count = g_new(double, 10);
    for (guint b = 0; b < SEGMENTS_BINS; b++) {
        double all = counts->positive[b] + counts->negative[b], effective;
        ErrataInterval interval;

        rows += all;
        hits += counts->positive[b];
        score += all * self->s[b];
        square += squares->positive[b] + squares->negative[b];
        if (!(rows > 0.0) || series->n == 10 || (rows < 0.0999 * total && b + 1 < SEGMENTS_BINS))
            continue;
        effective = rows * (rows / square);
        interval = errata_intervals_wilson(hits * (rows / square), effective, 0.95);
        series->x[series->n] = score / rows;
        series->y[series->n] = hits / rows;
        series->lo[series->n] = interval.lo;
        series->hi[series->n] = interval.hi;
        series->count[series->n++] = effective;
        rows = hits = score = square = 0.0;
    }
}

static ErrataFigure *
segments_figure(const Segments *self, const SegmentsCandidate *candidate, const char *what)
{
    g_autofree char *id = g_strdup_printf("calibration-%u-%u", candidate->column, candidate->code);
    ErrataFigure *figure =
        errata_figure_new(id, ERRATA_FIGURE_LINES, "What the scores say, and what happened");
    gboolean top = self->analysis->schema->task == ERRATA_TASK_MULTICLASS;

    figure->x_label = g_strdup(top ? "Mean top probability" : "Mean score");
    figure->y_label = g_strdup(top ? "Share right" : "Observed rate");
    figure->x_unit = figure->y_unit = ERRATA_UNIT_SHARE;
    figure->reference_line = TRUE;
    figure->description = g_strdup_printf("%s against %s on the confirmation half, inside the "
                                          "group and elsewhere, with 95 %% intervals.",
                                          top ? "Share right" : "Observed rate",
                                          top ? "mean top probability" : "mean score");
    segments_add_series(self,
                        figure,
                        "elsewhere",
                        ERRATA_TONE_REFERENCE,
                        &candidate->outside,
                        &candidate->squares_out);
    segments_add_series(self,
                        figure,
                        what,
                        ERRATA_TONE_ERROR,
                        &candidate->inside,
                        &candidate->squares_in);
    return figure;
}

static void
segments_take_rows(const Segments *self,
                   const SegmentsCandidate *candidate,
                   gboolean outside,
                   ErrataFinding *finding)
{
    const guint8 *code = self->bins->columns[candidate->column].code;
    gsize n = 0;

    for (gsize row = 0; row < self->bins->n_rows; row++)
        n += code[row] == candidate->code && !(outside && self->sliced[row] != 0);
    finding->n_rows = n;
    finding->row = g_new(guint32, MAX(n, 1));
    finding->row_score = g_new0(double, MAX(n, 1));
    n = 0;
    for (gsize row = 0; row < self->bins->n_rows; row++)
        if (code[row] == candidate->code && !(outside && self->sliced[row] != 0))
            finding->row[n++] = (guint32)row;
    finding->share_of_rows = (double)n / (double)self->bins->n_rows;
}

static void
segments_add_pair(ErrataFinding *finding,
                  const Segments *self,
                  const SegmentsCandidate *candidate,
                  double p,
                  double q)
{
    double score, rate, score_out, rate_out;
    double rows = candidate->happened.n, effective = errata_rate_effective(&candidate->happened);
    gboolean top = self->analysis->schema->task == ERRATA_TASK_MULTICLASS;
    ErrataInterval interval;
    ErrataEvidence *evidence;

    segments_summary(self, &candidate->inside, &score, &rate);
    segments_summary(self, &candidate->outside, &score_out, &rate_out);
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("effect",
                                                      "mean difference between what a score means "
                                                      "here and elsewhere",
                                                      candidate->effect,
                                                      ERRATA_UNIT_POINTS,
                                                      (guint64)rows));
    evidence->test = g_strdup(
        "Wald's chi-square of a logistic recalibration inside against outside, without "
        "the rows that error slices or groups found before explain");
    evidence->p = p;
    evidence->q = q;
    evidence->method = g_strdup("confirmation half");
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("mean_score",
                            top ? "mean top probability in the group" : "mean score in the group",
                            score,
                            ERRATA_UNIT_SHARE,
                            (guint64)rows));
    evidence->baseline = score_out;
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("mean_rate",
                            top ? "share right in the group" : "observed rate in the group",
                            rate,
                            ERRATA_UNIT_SHARE,
                            (guint64)rows));
    interval = errata_intervals_wilson(rate * effective, effective, 0.95);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->baseline = rate_out;
}

/* measures what is told of a group: over all rows, or where slices hide it there, over those
 * outside the slices; FALSE where it is not off on either */
static gboolean
segments_tell(const Segments *self,
              const SegmentsCandidate *found,
              SegmentsCandidate *ret_told,
              gboolean *ret_outside)
{
    segments_measure(self, NULL, SEGMENTS_BY_WEIGHT, found, ret_told);
    *ret_outside = !segments_is_off_too(ret_told, found);
    if (*ret_outside)
        segments_measure(self, self->outside, SEGMENTS_BY_WEIGHT, found, ret_told);
    segments_sizes(self, *ret_outside ? self->outside : NULL, ret_told);
    return segments_is_off_too(ret_told, found);
}

/* @candidate holds what is told, of all rows or of those @outside the slices, @tested what was
 *   tested, with
 * @q; rows of slices, which are told themselves, make it no graver */
static void
segments_report(const Segments *self,
                const SegmentsCandidate *candidate,
                const SegmentsCandidate *tested,
                gboolean outside,
                double q)
{
    const ErrataBinColumn *bins = &self->bins->columns[candidate->column];
    ErrataPredicate *predicate = errata_predicate_new(bins->name, ERRATA_OP_EQ);
    gboolean one_sided = fabs(candidate->direction) >= 0.7 * candidate->effect;
    const char *direction = !one_sided ? "mixed" : candidate->direction > 0.0 ? "over" : "under";
    g_autofree char *points = errata_words_points(candidate->effect, 0.0);
    g_autofree char *count = NULL;
    g_autofree char *what = NULL;
    g_autofree char *title = NULL;
    g_autofree char *text = NULL;
    ErrataFinding *finding;
    ErrataSuggestion *suggestion;

    predicate->values = g_new0(char *, 2);
    predicate->values[0] = g_strdup(bins->labels[candidate->code]);
    what = errata_predicate_describe(predicate);
    title = g_strdup_printf("%s %s, the same score means %s than elsewhere, by %s",
                            outside ? "Outside the error slices, where" : "Where",
                            what,
                            !one_sided                   ? "something else"
                            : candidate->direction > 0.0 ? "less"
                                                         : "more",
                            points);
    finding = errata_finding_new(ERRATA_FINDING_CALIBRATION, title);
    g_ptr_array_add(finding->subject.predicates, predicate);
    finding->subject.direction = g_strdup(direction);
    finding->confirmed = TRUE;
    finding->severity = fmin(candidate->effect, tested->effect) >= SEGMENTS_HIGH
                            ? ERRATA_SEVERITY_HIGH
                            : ERRATA_SEVERITY_MEDIUM;
    if (outside)
        g_ptr_array_add(finding->notes, g_strdup("outside=slices"));
    segments_take_rows(self, candidate, outside, finding);
    finding->rank = candidate->effect * finding->share_of_rows;
    count = errata_words_counted(finding->n_rows, "row", "rows");
    finding->summary = g_strdup_printf("calibration · %s", count);
    segments_add_pair(finding, self, candidate, tested->p, q);
    text = g_strdup_printf("Where %s, recalibrate the scores on their own", what);
    suggestion = errata_finding_suggest(finding, "recalibrate", text);
    suggestion->method = g_strdup("no gain is computed for one group");
    finding->figure = segments_figure(self, candidate, what);
    errata_case_add_finding(self->analysis->result, finding);
}

/**
 * errata_calibration_segments:
 * @analysis: a log of classes with scores; its result gets the findings
 * @row: (array length=n): rows of the frame
 * @score: (array length=n): their scores, of several classes the top probability, in [0, 1]
 * @hit: (array length=n): 1 where the label is positive, of several classes the top one
 * @n: rows
 *
 * Looks for categories in which scores mean something else than elsewhere. The search and the test
 * leave out rows of confirmed error slices found before. The figures told are of all rows of the
 * category against all others, or, where the slices hide the difference, of those outside the
 * slices, with the note "outside". q values are Benjamini–Hochberg's over all categories tried.
 */
void
errata_calibration_segments(ErrataAnalysis *analysis,
                            const guint32 *row,
                            const double *score,
                            const guint8 *hit,
                            gsize n)
{
    Segments self = {.bins = analysis->bins, .analysis = analysis, .n = n, .row = row, .hit = hit};
    g_autofree guint8 *bin = g_new0(guint8, MAX(n, 1));
    g_autofree guint8 *use = g_new0(guint8, MAX(n, 1));
    g_autofree SegmentsCandidate *found = g_new0(SegmentsCandidate, 1);
    g_autofree SegmentsCandidate *confirmed = g_new0(SegmentsCandidate, 1);
    g_autofree SegmentsCandidate *told = g_new0(SegmentsCandidate, 1);
    g_autofree guint8 *outside = g_new0(guint8, MAX(n, 1));
    g_autofree guint8 *sliced = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));

    if (analysis->bins == NULL || n < SEGMENTS_ROWS)
        return;
    self.bin = bin;
    self.use = use;
    self.outside = outside;
    self.sliced = sliced;
    segments_bin_scores(&self, score);
    segments_scale(&self);
    segments_leave_out_slices(&self);
    for (guint kept = 0, failed = 0; kept < SEGMENTS_MOST && failed < SEGMENTS_FAILED;) {
        gboolean hidden;
        double q;

        if (!segments_search(&self, kept + failed == 0, found))
            break;
        segments_measure(&self, self.use, SEGMENTS_ROWS_ALIKE, found, confirmed);
        /* the k-th kept of m tried: p m / k, the step-up bound */
        q = fmin(confirmed->p * self.n_tried / (kept + 1.0), 1.0);
        if (q < analysis->settings->alpha && segments_is_off_too(confirmed, found) &&
            segments_tell(&self, found, told, &hidden)) {
            segments_report(&self, told, confirmed, hidden, q);
            kept++;
        } else {
            failed++;
        }
        segments_set_aside(&self, found);
    }
    errata_case_tried(analysis->result, "calibration", self.n_tried);
}
