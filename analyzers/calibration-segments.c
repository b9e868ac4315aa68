/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Categories whose scores mean something else than everywhere else: a logistic recalibration
 * a + b logit s inside against outside, Wald's chi-square with two degrees of freedom (METHODS 8).
 * Found on the discovery half, confirmed on the other; each one kept is set aside before the next
 * is sought, so that what merely overlaps with it falls away. What is told of a group kept is
 * measured over all its rows against all others, those set aside included; where slices hide it
 * there or make it, over all rows outside the slices, and the words say so. The search takes every
 * row for one observation, what is told counts them by their declared weight. Scores enter as 200
 * bins of equal mass, so a category costs one pass over its codes. Of several classes the top
 * probability is tried, and that of each class, which may be off where the top one is not. */
#include "calibration-segments.h"

#include <math.h>

#include "calibration-entity.h"
#include "design-effect.h"
#include "entity-effect.h"
#include "intervals.h"
#include "number.h"
#include "partition.h"
#include "rate.h"
#include "recalibrate.h"
#include "slices.h"
#include "tests.h"
#include "words.h"

#define SEGMENTS_LEAST  200  /* rows in each half of a category that is tried */
#define SEGMENTS_EFFECT 0.03 /* mean difference of the calibrated probabilities */
#define SEGMENTS_OWN \
    0.3 /* of that, by which its scores are off: half, if the rest is off the other way */
#define SEGMENTS_CLEAR \
    1.25 /* times the statistic of the best group that is off, for a sound one to lead … */
#define SEGMENTS_SOUND       0.3 /* … of the rows, which all such must stay under */
#define SEGMENTS_BY_SLICES   1.5 /* times the effect outside slices: slices make a good part of it */
#define SEGMENTS_MOST        5   /* findings */
#define SEGMENTS_CLASSES     30  /* whose own probability is tried, as of values: METHODS 2 */
#define SEGMENTS_CLASS_LEAST 100 /* labels of such a class */
#define SEGMENTS_FAILED      3   /* confirmations that fail before the search ends */
#define SEGMENTS_ROWS        2000

/* what a row adds to the counts: the search takes each for one observation, what is told counts
 * them by their declared weight */
typedef enum {
    SEGMENTS_ROWS_ALIKE,
    SEGMENTS_BY_WEIGHT,
    SEGMENTS_BY_SQUARE,
} SegmentsBy;

/* least score of each bin after the first, so that bins are filled equally and ties stay together:
 * a score belongs to the bin of the first of its ties */
static void
segments_edges(const double *score, gsize n, double *ret_edge)
{
    g_autofree ErrataScale *scale = g_new(ErrataScale, 1);
    g_autoptr(ErrataPartition) partition = NULL;

    errata_scale_learn(scale, score, n, NULL, 0, ERRATA_PARTITION_CODES);
    partition = errata_partition_new(scale, score, n);
    for (guint b = 1; b < CALIBRATION_LINE_BINS; b++)
        errata_partition_want_quantile(partition, (double)b / CALIBRATION_LINE_BINS);
    for (guint b = 1; b < CALIBRATION_LINE_BINS; b++) {
        gsize rank = (b * n + CALIBRATION_LINE_BINS - 1) / CALIBRATION_LINE_BINS;
        double edge = errata_partition_at(partition, rank);

        ret_edge[b - 1] = errata_partition_at(partition, rank - 1) < edge
                              ? edge
                              : nextafter(edge, (double)INFINITY);
    }
    for (guint b = CALIBRATION_LINE_BINS; b < 256; b++)
        ret_edge[b - 1] = (double)INFINITY;
}

/* (@score: the probability of each row) */
static void
segments_view_fill(const ErrataSegments *self, const double *score, ErrataSegmentView *view)
{
    double edge[256];
    double count[CALIBRATION_LINE_BINS] = {0.0};

    segments_edges(score, self->n, edge);
    view->bin = g_new(guint8, self->n);
    for (gsize i = 0; i < self->n; i++) {
        guint bin = 0;

        for (guint step = 128; step > 0; step /= 2)
            bin += step * (guint)(edge[bin + step - 1] <= score[i]);
        view->bin[i] = (guint8)bin;
        view->x[bin] += errata_recalibrate_logit(score[i]);
        view->s[bin] += score[i];
        count[bin] += 1.0;
    }
    for (guint b = 0; b < CALIBRATION_LINE_BINS; b++)
        if (count[b] > 0.0) {
            view->x[b] /= count[b];
            view->s[b] /= count[b];
        }
}

/* labels of each class among the rows */
static guint *
segments_count_classes(const ErrataSegments *self)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    guint *count = g_new0(guint, MAX(outcome->n_classes, 1));

    for (gsize i = 0; i < self->n; i++)
        if (outcome->truth[self->row[i]] >= 0)
            count[outcome->truth[self->row[i]]]++;
    return count;
}

/* the class of most labels that no view is of, of those that have enough; −1 where there is none */
static gint32
segments_next_class(const ErrataSegments *self, const guint *count)
{
    gint32 best = -1;

    for (guint k = 0; k < self->analysis->outcome->n_classes; k++) {
        gboolean seen = FALSE;

        for (guint v = 0; v < self->n_views; v++)
            seen = seen || self->views[v].class == (gint32)k;
        if (!seen && count[k] >= SEGMENTS_CLASS_LEAST &&
            (best < 0 || count[k] > count[(guint)best]))
            best = (gint32)k;
    }
    return best;
}

/* the probability that @score is, and of several classes that of each */
static void
segments_views(ErrataSegments *self, const double *score, const guint8 *hit)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    gboolean several = outcome->task == ERRATA_TASK_MULTICLASS && outcome->probability != NULL;
    g_autofree guint *count = NULL;
    g_autofree double *of_class = NULL;
    ErrataSegmentView *view;

    self->views = g_new0(ErrataSegmentView, 1 + (several ? SEGMENTS_CLASSES : 0));
    view = &self->views[self->n_views++];
    view->class = -1;
    view->hit = g_memdup2(hit, self->n);
    segments_view_fill(self, score, view);
    if (!several)
        return;
    count = segments_count_classes(self);
    of_class = g_new(double, self->n);
    while (self->n_views <= SEGMENTS_CLASSES) {
        gint32 class = segments_next_class(self, count);

        if (class < 0)
            return;
        view = &self->views[self->n_views++];
        view->class = class;
        view->hit = g_new(guint8, self->n);
        for (gsize i = 0; i < self->n; i++) {
            view->hit[i] = outcome->truth[self->row[i]] == class;
            of_class[i] = CLAMP(outcome->probability[class][self->row[i]], 0.0, 1.0);
        }
        segments_view_fill(self, of_class, view);
    }
}

static void
segments_views_free(ErrataSegments *self)
{
    for (guint v = 0; v < self->n_views; v++) {
        g_free(self->views[v].hit);
        g_free(self->views[v].bin);
    }
    g_free(self->views);
}

static void
segments_scale(ErrataSegments *self)
{
    ErrataRate all = {.n = 0.0};

    for (gsize i = 0; i < self->n; i++)
        errata_rate_add(&all, 1.0, errata_outcome_weight(self->analysis->outcome, self->row[i]));
    self->scale = all.n > 0.0 ? all.weight / all.weight2 : 1.0;
}

/* rows of confirmed error slices explain themselves */
static void
segments_leave_out_slices(ErrataSegments *self)
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

/* Wald's test that both coefficients are the same, and by how much the probabilities differ */
static void
segments_judge(ErrataSegment *candidate)
{
    const ErrataSegmentView *view = candidate->view;
    CalibrationLine in = errata_calibration_line_fit(view->x, &candidate->inside);
    CalibrationLine out = errata_calibration_line_fit(view->x, &candidate->outside);
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
    for (guint i = 0; i < CALIBRATION_LINE_BINS; i++) {
        double share = (candidate->inside.positive[i] + candidate->inside.negative[i]) / in.rows;
        double means = 1.0 / (1.0 + exp(-(in.a + in.b * view->x[i])));
        double difference = 1.0 / (1.0 + exp(-(out.a + out.b * view->x[i]))) - means;

        candidate->effect += share * fabs(difference);
        candidate->direction += share * difference;
        candidate->own += share * fabs(means - view->s[i]);
    }
}

/* Whether scores inside mean something else than outside, and than they say themselves. Where all
 * other rows are off, a group whose scores hold what they promise is not the one to name. */
static gboolean
segments_is_off(const ErrataSegment *candidate)
{
    return candidate->effect >= SEGMENTS_EFFECT &&
           candidate->own >= SEGMENTS_OWN * candidate->effect;
}

static double
segments_worth(const ErrataSegments *self, SegmentsBy by, guint32 row)
{
    const double *weights = self->analysis->outcome->weight;
    double weight = by == SEGMENTS_ROWS_ALIKE || weights == NULL ? 1.0 : self->scale * weights[row];

    return by == SEGMENTS_BY_SQUARE ? weight * weight : weight;
}

/* counts of every category of a column in one half, and of all rows; rows where @use is 0 (NULL:
 * none) do not count */
static void
segments_count(const ErrataSegments *self,
               const ErrataSegmentView *view,
               const guint8 *use,
               SegmentsBy by,
               guint column,
               guint8 half,
               CalibrationCounts *by_code,
               CalibrationCounts *all)
{
    const ErrataBinColumn *bins = &self->bins->columns[column];

    for (gsize i = 0; i < self->n; i++) {
        guint32 row = self->row[i];
        guint b = view->bin[i];
        double worth;

        if ((use != NULL && use[i] == 0) || self->analysis->outcome->half[row] != half)
            continue;
        worth = segments_worth(self, by, row);
        if (bins->code[row] != ERRATA_BINS_MISSING)
            (view->hit[i] != 0 ? by_code[bins->code[row]].positive
                               : by_code[bins->code[row]].negative)[b] += worth;
        (view->hit[i] != 0 ? all->positive : all->negative)[b] += worth;
    }
}

/* what texts are like goes with what they say: that is for slices and clusters to tell */
static gboolean
segments_is_logged(const ErrataSchema *schema, guint column)
{
    return schema->columns == NULL || errata_schema_is_logged(schema, column);
}

static gboolean
segments_is_tried(const ErrataSegments *self, guint column)
{
    const ErrataBinColumn *bins = &self->bins->columns[column];

    return !bins->numeric && bins->derived == NULL && bins->n_codes >= 2 &&
           segments_is_logged(self->analysis->schema, bins->column) &&
           (self->analysis->exclude == NULL || self->analysis->exclude[bins->column] == 0);
}

static void
segments_split(const CalibrationCounts *inside,
               const CalibrationCounts *all,
               CalibrationCounts *ret_inside,
               CalibrationCounts *ret_outside)
{
    *ret_inside = *inside;
    for (guint b = 0; b < CALIBRATION_LINE_BINS; b++) {
        ret_outside->positive[b] = all->positive[b] - inside->positive[b];
        ret_outside->negative[b] = all->negative[b] - inside->negative[b];
    }
}

static void
segments_fill(ErrataSegment *candidate,
              const ErrataSegmentView *view,
              const CalibrationCounts *inside,
              const CalibrationCounts *all,
              guint column,
              guint code)
{
    candidate->view = view;
    candidate->column = column;
    candidate->code = code;
    segments_split(inside, all, &candidate->inside, &candidate->outside);
}

/* The probability of the top class tells of the whole group, and what is off there is off in its
 * classes, too: that of one class has to be clearly surer for its group to be looked at first */
static double
segments_standing(const ErrataSegment *candidate)
{
    return candidate->statistic / (candidate->view->class < 0 ? 1.0 : SEGMENTS_CLEAR);
}

static void
segments_keep_best(const ErrataSegment *candidate, ErrataSegment *best)
{
    if (best->statistic <= 0.0 || segments_standing(candidate) > segments_standing(best))
        *best = *candidate;
}

/* Tries that one is held against. Of several classes their tests are many times those of the top
 * probability, which is what to tell first: each of both kinds takes half of the error rate, by
 * weights whose mean is 1 (Genovese, Roeder and Wasserman, 2006) */
static double
segments_tries(const ErrataSegments *self, const ErrataSegment *candidate)
{
    guint n_classes = self->n_tried - self->n_tried_top;

    if (n_classes == 0)
        return self->n_tried_top;
    return 2.0 * (candidate->view->class < 0 ? self->n_tried_top : n_classes);
}

/* whether a category of the discovery half is off by more than so many tries explain */
static gboolean
segments_is_sure(const ErrataSegments *self, const ErrataSegment *candidate)
{
    return candidate->statistic > 0.0 && segments_is_off(candidate) &&
           candidate->p * segments_tries(self, candidate) < self->analysis->settings->alpha;
}

/* the categories of one column, by one probability */
static void
segments_look_at(ErrataSegments *self,
                 const ErrataSegmentView *view,
                 guint c,
                 gboolean first,
                 ErrataSegment *best,
                 ErrataSegment *sound)
{
    const ErrataBinColumn *bins = &self->bins->columns[c];
    g_autofree CalibrationCounts *by_code = g_new0(CalibrationCounts, bins->n_codes);
    CalibrationCounts all = {{0.0}, {0.0}};

    segments_count(self, view, self->use, SEGMENTS_ROWS_ALIKE, c, 0, by_code, &all);
    for (guint code = 0; code < bins->n_codes - (bins->has_other ? 1U : 0U); code++) {
        ErrataSegment candidate;

        if (errata_calibration_line_rows(&by_code[code]) < SEGMENTS_LEAST)
            continue;
        segments_fill(&candidate, view, &by_code[code], &all, c, code);
        if (errata_calibration_line_rows(&candidate.outside) < SEGMENTS_LEAST)
            continue;
        segments_judge(&candidate);
        self->n_tried += first;
        self->n_tried_top += first && view->class < 0;
        if (!(candidate.statistic > 0.0))
            continue;
        if (segments_is_off(&candidate))
            segments_keep_best(&candidate, best);
        else if (candidate.effect >= SEGMENTS_EFFECT)
            segments_keep_best(&candidate, sound);
    }
}

/* the categories of the discovery half that differ most by the statistic: of those that are off,
 * and by each probability (@sound) of those whose scores hold while others' do not; a statistic of
 * 0 where there is none. The first round counts how many were tried */
static void
segments_look(ErrataSegments *self, gboolean first, ErrataSegment *best, ErrataSegment *sound)
{
    best->statistic = 0.0;
    for (guint v = 0; v < self->n_views; v++) {
        sound[v].statistic = 0.0;
        for (guint c = 0; c < self->bins->n_columns; c++)
            if (segments_is_tried(self, c))
                segments_look_at(self, &self->views[v], c, first, best, &sound[v]);
    }
}

/* on which side of a category each row of the confirmation half is: 1 inside, 0 outside; 2 where it
 * does not count */
static guint8 *
segments_sides(const ErrataSegments *self, const guint8 *use, const ErrataSegment *candidate)
{
    const guint8 *code = self->bins->columns[candidate->column].code;
    guint8 *side = g_new(guint8, MAX(self->n, 1));

    for (gsize i = 0; i < self->n; i++)
        side[i] = (use != NULL && use[i] == 0) || self->analysis->outcome->half[self->row[i]] == 0
                      ? 2
                      : code[self->row[i]] == candidate->code;
    return side;
}

/* no surer than as many entities make it */
static void
segments_judge_entities(const ErrataSegments *self, const guint8 *use, ErrataSegment *measured)
{
    guint n_entities = self->analysis->outcome->n_entities;
    g_autofree guint8 *side = segments_sides(self, use, measured);
    g_autofree double *x = g_new(double, MAX(self->n, 1));
    CalibrationSides sides = {self->cluster, n_entities, side, x, measured->view->hit, self->n};
    CalibrationLine in = errata_calibration_line_fit(measured->view->x, &measured->inside);
    CalibrationLine out = errata_calibration_line_fit(measured->view->x, &measured->outside);

    for (gsize i = 0; i < self->n; i++)
        x[i] = measured->view->x[measured->view->bin[i]];
    measured->p = fmax(measured->p, errata_calibration_entity_lines(&sides, &in, &out));
}

/* the same category on the confirmation half, of the rows where @use is not 0 (NULL: of all) */
static void
segments_measure(const ErrataSegments *self,
                 const guint8 *use,
                 SegmentsBy by,
                 const ErrataSegment *found,
                 ErrataSegment *measured)
{
    g_autofree CalibrationCounts *by_code = g_new0(CalibrationCounts,
                                                   self->bins->columns[found->column].n_codes);
    CalibrationCounts all = {{0.0}, {0.0}};

    segments_count(self, found->view, use, by, found->column, 1, by_code, &all);
    segments_fill(measured, found->view, &by_code[found->code], &all, found->column, found->code);
    segments_judge(measured);
    if (self->cluster != NULL)
        segments_judge_entities(self, use, measured);
}

/* rates inside and outside are as sure as so many entities make them */
static void
segments_cluster(const ErrataSegments *self, const guint8 *use, ErrataSegment *told)
{
    g_autofree guint8 *side = segments_sides(self, use, told);
    g_autofree double *hit = g_new(double, MAX(self->n, 1));

    for (guint in = 0; in < 2; in++) {
        CalibrationCounts *squares = in == 1 ? &told->squares_in : &told->squares_out;
        double effect;

        for (gsize i = 0; i < self->n; i++)
            hit[i] = side[i] == in ? told->view->hit[i] : (double)NAN;
        effect = errata_design_share(self->cluster,
                                     self->analysis->outcome->n_entities,
                                     hit,
                                     NULL,
                                     self->n);
        for (guint b = 0; b < CALIBRATION_LINE_BINS; b++) {
            squares->positive[b] *= effect;
            squares->negative[b] *= effect;
        }
        if (in == 1)
            errata_rate_cluster(&told->happened, effect);
    }
}

/* how sure what is told by weight is */
static void
segments_sizes(const ErrataSegments *self, const guint8 *use, ErrataSegment *told)
{
    const ErrataBinColumn *bins = &self->bins->columns[told->column];
    const ErrataOutcome *outcome = self->analysis->outcome;
    g_autofree CalibrationCounts *by_code = g_new0(CalibrationCounts, bins->n_codes);
    CalibrationCounts all = {{0.0}, {0.0}};

    segments_count(self, told->view, use, SEGMENTS_BY_SQUARE, told->column, 1, by_code, &all);
    segments_split(&by_code[told->code], &all, &told->squares_in, &told->squares_out);
    told->happened = (ErrataRate){.n = 0.0};
    for (gsize i = 0; i < self->n; i++) {
        guint32 row = self->row[i];

        if ((use == NULL || use[i] != 0) && outcome->half[row] == 1 &&
            bins->code[row] == told->code)
            errata_rate_add(&told->happened,
                            told->view->hit[i],
                            errata_outcome_weight(outcome, row));
    }
    if (self->cluster != NULL)
        segments_cluster(self, use, told);
}

/* whether a category is off on some other rows as well, and the same way */
static gboolean
segments_is_off_too(const ErrataSegment *candidate, const ErrataSegment *found)
{
    return segments_is_off(candidate) && candidate->direction * found->direction >= 0.0;
}

static void
segments_set_aside(ErrataSegments *self, const ErrataSegment *candidate)
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
segments_pass_sound(ErrataSegments *self, const ErrataSegment *best, const ErrataSegment *sound)
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
segments_search(ErrataSegments *self, gboolean first, ErrataSegment *best)
{
    g_autofree ErrataSegment *sound = g_new0(ErrataSegment, self->n_views);

    do {
        segments_look(self, first, best, sound);
        first = FALSE;
    } while (best->statistic > 0.0 &&
             segments_pass_sound(self, best, &sound[best->view - self->views]));
    return best->statistic > 0.0 && best->p < self->analysis->settings->alpha;
}

/* Whether a category that was found by the probability of one class is told by the top one: that is
 * surely off there, too, far or by about as much. */
static gboolean
segments_is_of_top(const ErrataSegments *self, const ErrataSegment *found, ErrataSegment *ret_top)
{
    const ErrataSegmentView *view = &self->views[0];
    g_autofree CalibrationCounts *by_code = NULL;
    CalibrationCounts all = {{0.0}, {0.0}};

    if (found->view == view)
        return FALSE;
    by_code = g_new0(CalibrationCounts, self->bins->columns[found->column].n_codes);
    segments_count(self, view, self->use, SEGMENTS_ROWS_ALIKE, found->column, 0, by_code, &all);
    segments_fill(ret_top, view, &by_code[found->code], &all, found->column, found->code);
    segments_judge(ret_top);
    return segments_is_sure(self, ret_top) &&
           (ret_top->effect >= SEGMENTS_HIGH || found->effect < SEGMENTS_CLEAR * ret_top->effect);
}

/* measures what is told of a group: over all rows, or where slices hide it there or make most of
 * it, over those outside the slices; FALSE where it is not off on either */
static gboolean
segments_tell(const ErrataSegments *self,
              const ErrataSegment *found,
              ErrataSegment *ret_told,
              gboolean *ret_outside)
{
    g_autofree ErrataSegment *outside = g_new0(ErrataSegment, 1);

    segments_measure(self, NULL, SEGMENTS_BY_WEIGHT, found, ret_told);
    segments_measure(self, self->outside, SEGMENTS_BY_WEIGHT, found, outside);
    *ret_outside = !segments_is_off_too(ret_told, found) ||
                   ret_told->effect > SEGMENTS_BY_SLICES * outside->effect;
    if (*ret_outside)
        *ret_told = *outside;
    segments_sizes(self, *ret_outside ? self->outside : NULL, ret_told);
    return segments_is_off_too(ret_told, found);
}

/* confirms what was found on the other half and tells it beside the @kept before */
static gboolean
segments_confirm(ErrataSegments *self, const ErrataSegment *found, guint kept)
{
    g_autofree ErrataSegment *confirmed = g_new0(ErrataSegment, 1);
    g_autofree ErrataSegment *told = g_new0(ErrataSegment, 1);
    gboolean hidden;
    double q;

    segments_measure(self, self->use, SEGMENTS_ROWS_ALIKE, found, confirmed);
    /* the k-th kept of m tried: p m / k, the step-up bound */
    q = fmin(confirmed->p * segments_tries(self, found) / (kept + 1.0), 1.0);
    if (!(q < self->analysis->settings->alpha) || !segments_is_off_too(confirmed, found) ||
        !segments_tell(self, found, told, &hidden))
        return FALSE;
    errata_calibration_segments_report(self, told, confirmed, hidden, q);
    return TRUE;
}

/**
 * errata_calibration_segments:
 * @analysis: a log of classes with scores; its result gets the findings
 * @row: (array length=n): rows of the frame
 * @score: (array length=n): their scores, of several classes the top probability, in [0, 1]
 * @hit: (array length=n): 1 where the label is positive, of several classes the top one
 * @n: rows
 *
 * Looks for categories in which scores mean something else than elsewhere; of several classes also
 * the probability of one class, of the thirty with most labels. The search and the test
 * leave out rows of confirmed error slices found before. The figures told are of all rows of the
 * category against all others, or, where the slices hide the difference or make a third of it or
 * more, of those outside the slices, with the note "outside". q values are Benjamini–Hochberg's
 * over all categories tried, half of the error rate for the top probability where classes are
 * tried, too.
 */
void
errata_calibration_segments(ErrataAnalysis *analysis,
                            const guint32 *row,
                            const double *score,
                            const guint8 *hit,
                            gsize n)
{
    ErrataSegments self = {.bins = analysis->bins, .analysis = analysis, .n = n, .row = row};
    g_autofree guint8 *use = g_new0(guint8, MAX(n, 1));
    g_autofree ErrataSegment *found = g_new0(ErrataSegment, 1);
    g_autofree ErrataSegment *top = g_new0(ErrataSegment, 1);
    g_autofree guint8 *outside = g_new0(guint8, MAX(n, 1));
    g_autofree guint8 *sliced = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    g_autofree guint32 *cluster = errata_entity_effect_clusters(analysis->outcome, row, n);

    if (analysis->bins == NULL || n < SEGMENTS_ROWS)
        return;
    self.cluster = cluster;
    self.use = use;
    self.outside = outside;
    self.sliced = sliced;
    segments_views(&self, score, hit);
    segments_scale(&self);
    segments_leave_out_slices(&self);
    for (guint kept = 0, failed = 0; kept < SEGMENTS_MOST && failed < SEGMENTS_FAILED;) {
        if (!segments_search(&self, kept + failed == 0, found))
            break;
        if ((segments_is_of_top(&self, found, top) && segments_confirm(&self, top, kept)) ||
            segments_confirm(&self, found, kept))
            kept++;
        else
            failed++;
        segments_set_aside(&self, found);
    }
    errata_case_tried(analysis->result, "calibration", self.n_tried);
    segments_views_free(&self);
}
