/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether what happens in a group has the shape of changed labels. Where labels are changed at
 * random, the rate of a class never comes near 0 and 1, however sure the scores: by score s it is
 * s (1 − out) + (1 − s) in. Scores that are off otherwise are off along their logit, which other
 * maps fit better. Both kinds are fitted to the confirmation half of a group that errs, or whose
 * scores are off, and held against each other by Schwarz's criterion (1978, Annals of Statistics
 * 6). A model that turns its scores round at random leaves the same shape; so trees learnt from the
 * features, which would know better then, must not. The group stays what it is; it is told what it
 * looks like, since to train on such labels, or to recalibrate to them, learns the mistake. */
#include <math.h>

#include "label-issues.h"
#include "recalibrate.h"
#include "slices.h"
#include "words.h"

#define SHAPE_LEAST  500    /* rows of a group in the confirmation half */
#define SHAPE_POOLED 100000 /* rows whose map is fitted to pools of scores */
#define SHAPE_RATE   0.05   /* changed labels, of a class or of all */
#define SHAPE_BETTER 6.0    /* by Schwarz's criterion: strong, after Kass and Raftery (1995) */
#define SHAPE_FITS   2.0 /* log-likelihood over Platt's map, whose two numbers bend more freely */
#define SHAPE_KNOW   1.1 /* times the scores' log-loss elsewhere, that trees may have */
#define SHAPE_LEARNT \
    0.97 /* times that of changed labels in the group, that trees must not go under */
#define SHAPE_STEPS 1000 /* of expectation and maximisation, at most … */
#define SHAPE_STILL 1e-5 /* … until the rates move less */
#define SHAPE_BINS  1000 /* of the scores */
#define SHAPE_CLIP  1e-6
#define SHAPE_Z     1.96

typedef enum {
    SHAPE_EVEN, /* changed both ways, alike */
    SHAPE_OUT,  /* positives given as negatives */
    SHAPE_IN,   /* the reverse */
    SHAPE_BOTH,
    SHAPE_N,
} ShapeKind;

typedef struct {
    const ErrataAnalysis *analysis;
    GArray *score; /* (element-type double): of rows alike, by which labels elsewhere are right … */
    GArray *hit;   /* (element-type guint8): … whether they are positive … */
    GArray *said;  /* (element-type guint8): … and predicted so … */
    GArray *count; /* (element-type double): … and their number */
    double n;      /* rows */
    double out, in;
    double loss;
    double changed; /* of the labels */
    double errors;  /* errors that are left if they are changed back */
} Shape;

static void
shape_clear(Shape *self)
{
    g_clear_pointer(&self->score, g_array_unref);
    g_clear_pointer(&self->hit, g_array_unref);
    g_clear_pointer(&self->said, g_array_unref);
    g_clear_pointer(&self->count, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Shape, shape_clear)

static double
shape_log_loss(double p, gboolean hit)
{
    p = CLAMP(p, SHAPE_CLIP, 1.0 - SHAPE_CLIP);
    return hit ? -log(p) : -log1p(-p);
}

/* the map of the scores of rows of the confirmation half that no finding is about */
static ErrataRecalibration *
shape_elsewhere(const ErrataAnalysis *analysis, const guint8 *any)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autoptr(GArray) score = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) hit = g_array_new(FALSE, FALSE, sizeof(guint8));
    g_autoptr(ErrataRanking) ranking = NULL;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        guint8 positive = outcome->truth[row] == outcome->positive;

        if (outcome->judged[row] == 0 || outcome->half[row] == 0 || any[row] != 0 ||
            isnan(outcome->score[row]))
            continue;
        g_array_append_val(score, outcome->score[row]);
        g_array_append_val(hit, positive);
    }
    if (score->len < SHAPE_LEAST)
        return NULL;
    ranking = (score->len < SHAPE_POOLED ? errata_ranking_new : errata_ranking_pooled)(
        (const double *)(gpointer)score->data,
        (const guint8 *)hit->data,
        NULL,
        score->len);
    return ranking->n_positive >= 1.0 && ranking->n_negative >= 1.0
               ? errata_recalibrate_fit(ranking, ERRATA_RECALIBRATE_PLATT)
               : NULL;
}

/* counts the rows of the confirmation half that are @in by score, label and prediction */
static void
shape_collect(Shape *self, const guint8 *in, const ErrataRecalibration *map)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    g_autofree double *sum = g_new0(double, 4 * SHAPE_BINS);
    g_autofree double *n = g_new0(double, 4 * SHAPE_BINS);

    self->score = g_array_new(FALSE, FALSE, sizeof(double));
    self->hit = g_array_new(FALSE, FALSE, sizeof(guint8));
    self->said = g_array_new(FALSE, FALSE, sizeof(guint8));
    self->count = g_array_new(FALSE, FALSE, sizeof(double));
    for (gsize row = 0; row < outcome->n_rows; row++) {
        guint hit = outcome->truth[row] == outcome->positive ? 1 : 0;
        guint said = outcome->predicted[row] == outcome->positive ? 2 : 0;
        double score;
        gsize cell;

        if (outcome->judged[row] == 0 || outcome->half[row] == 0 || in[row] == 0 ||
            isnan(outcome->score[row]))
            continue;
        score =
            CLAMP(errata_recalibrate_apply(map, outcome->score[row]), SHAPE_CLIP, 1.0 - SHAPE_CLIP);
        cell = 4 * (gsize)(score * SHAPE_BINS) + hit + said;
        sum[cell] += score;
        n[cell] += 1.0;
    }
    for (gsize cell = 0; cell < 4 * (gsize)SHAPE_BINS; cell++) {
        double mean = sum[cell] / fmax(n[cell], 1.0);
        guint8 hit = cell & 1, said = (cell >> 1) & 1;

        if (!(n[cell] > 0.0))
            continue;
        g_array_append_val(self->score, mean);
        g_array_append_val(self->hit, hit);
        g_array_append_val(self->said, said);
        g_array_append_val(self->count, n[cell]);
        self->n += n[cell];
    }
}

/* a step of expectation and maximisation: rates of a kind, and the loss of those before */
static void
shape_step(Shape *self, ShapeKind kind)
{
    double positives = 0.0, out = 0.0, in = 0.0, n = self->n;

    self->loss = self->errors = 0.0;
    for (guint i = 0; i < self->score->len; i++) {
        double s = g_array_index(self->score, double, i);
        gboolean hit = g_array_index(self->hit, guint8, i) != 0;
        double one = s * (hit ? 1.0 - self->out : self->out);
        double zero = (1.0 - s) * (hit ? self->in : 1.0 - self->in);
        double was = one / (one + zero); /* the chance that it was positive */
        double rows = g_array_index(self->count, double, i);

        self->loss -= rows * log(one + zero);
        positives += rows * was;
        out += rows * (hit ? 0.0 : was);
        in += rows * (hit ? 1.0 - was : 0.0);
        self->errors += rows * (g_array_index(self->said, guint8, i) != 0 ? 1.0 - was : was);
    }
    self->changed = (out + in) / n;
    if (kind == SHAPE_EVEN)
        self->out = self->in = self->changed;
    if (kind == SHAPE_OUT || kind == SHAPE_BOTH)
        self->out = out / fmax(positives, 1.0);
    if (kind == SHAPE_IN || kind == SHAPE_BOTH)
        self->in = in / fmax(n - positives, 1.0);
    self->out = CLAMP(self->out, 0.0, 1.0 - SHAPE_CLIP);
    self->in = CLAMP(self->in, 0.0, 1.0 - SHAPE_CLIP);
}

/* Schwarz's criterion of the kind of change that fits best, which is left in @self */
static double
shape_fit_changed(Shape *self, ShapeKind *ret_kind)
{
    double best = (double)INFINITY;
    Shape fitted = *self;

    for (guint kind = 0; kind < SHAPE_N; kind++) {
        double criterion;

        self->out = kind != SHAPE_IN ? 0.1 : 0.0;
        self->in = kind != SHAPE_OUT ? 0.1 : 0.0;
        for (guint step = 0; step < SHAPE_STEPS; step++) {
            double out = self->out, still = self->in;

            shape_step(self, (ShapeKind)kind);
            if (fabs(self->out - out) + fabs(self->in - still) < SHAPE_STILL)
                break;
        }
        criterion = 2.0 * self->loss + (kind == SHAPE_BOTH ? 2.0 : 1.0) * log(self->n);
        if (criterion < best) {
            best = criterion;
            fitted = *self;
            *ret_kind = (ShapeKind)kind;
        }
    }
    *self = fitted;
    return best;
}

/* the same of scores that are off by a constant of their logit */
static double
shape_fit_shift(const Shape *self)
{
    double shift = 0.0, loss = 0.0;

    for (guint step = 0; step < SHAPE_STEPS; step++) {
        double gradient = 0.0, information = SHAPE_CLIP;

        loss = 0.0;
        for (guint i = 0; i < self->score->len; i++) {
            double x = errata_recalibrate_logit(g_array_index(self->score, double, i));
            gboolean hit = g_array_index(self->hit, guint8, i) != 0;
            double p = 1.0 / (1.0 + exp(-x - shift));
            double rows = g_array_index(self->count, double, i);

            loss += rows * shape_log_loss(p, hit);
            gradient += rows * ((hit ? 1.0 : 0.0) - p);
            information += rows * p * (1.0 - p);
        }
        shift += CLAMP(gradient / information, -1.0, 1.0);
        if (fabs(gradient / information) < SHAPE_CLIP)
            break;
    }
    return 2.0 * loss + log(self->n);
}

/* Whether the change of labels that is left in @self fits better than the maps that scores are
 * recalibrated by: by Schwarz's criterion, and not only by having fewer numbers to fit */
static gboolean
shape_beats_maps(const Shape *self, double criterion)
{
    static const ErrataRecalibrateKind kinds[] = {ERRATA_RECALIBRATE_PLATT,
                                                  ERRATA_RECALIBRATE_BETA};
    g_autoptr(ErrataRanking) ranking =
        errata_ranking_new((const double *)(gpointer)self->score->data,
                           (const guint8 *)self->hit->data,
                           (const double *)(gpointer)self->count->data,
                           self->score->len);
    double best = shape_fit_shift(self);

    for (guint k = 0; k < G_N_ELEMENTS(kinds); k++) {
        g_autoptr(ErrataRecalibration) map = errata_recalibrate_fit(ranking, kinds[k]);
        double loss = 0.0;

        for (guint i = 0; i < self->score->len; i++)
            loss +=
                g_array_index(self->count, double, i) *
                shape_log_loss(errata_recalibrate_apply(map, g_array_index(self->score, double, i)),
                               g_array_index(self->hit, guint8, i) != 0);
        if (kinds[k] == ERRATA_RECALIBRATE_PLATT && self->loss + SHAPE_FITS > loss)
            return FALSE;
        best = fmin(best, 2.0 * loss + (k + 2.0) * log(self->n));
    }
    return criterion + SHAPE_BETTER <= best;
}

/* Whether trees that know as much of the labels as the scores do, elsewhere, know no better in the
 * group than changed labels let them */
static gboolean
shape_trees_agree(const Shape *shape,
                  const ErrataLabelIssues *self,
                  const guint8 *in,
                  const guint8 *any,
                  const ErrataRecalibration *map)
{
    const ErrataOutcome *outcome = shape->analysis->outcome;
    double trees[2] = {0.0, 0.0}, n[2] = {0.0, 0.0}, scores = 0.0;

    for (gsize i = 0; i < self->n; i++) {
        guint32 row = self->row[i];
        guint k = in[row];

        if (outcome->judged[row] == 0 || outcome->half[row] == 0 || isnan(outcome->score[row]) ||
            (k == 0 && any[row] != 0))
            continue;
        n[k] += 1.0;
        trees[k] += shape_log_loss(self->probability[i * self->n_classes + (gsize)self->given[i]],
                                   TRUE);
        if (k == 0)
            scores += shape_log_loss(errata_recalibrate_apply(map, outcome->score[row]),
                                     self->given[i] == outcome->positive);
    }
    return n[0] > 0.0 && n[1] > 0.0 && trees[0] <= SHAPE_KNOW * scores &&
           trees[1] / n[1] >= SHAPE_LEARNT * shape->loss / shape->n;
}

/* standard error of the larger rate, by the curvature of the loss */
static double
shape_error(const Shape *self, ShapeKind kind)
{
    Shape near = *self;
    double step = 0.01, loss[3];

    for (guint k = 0; k < G_N_ELEMENTS(loss); k++) {
        double by = ((double)k - 1.0) * step;

        near.out = CLAMP(self->out + (kind != SHAPE_IN ? by : 0.0), 0.0, 1.0 - SHAPE_CLIP);
        near.in = CLAMP(self->in + (kind != SHAPE_OUT ? by : 0.0), 0.0, 1.0 - SHAPE_CLIP);
        shape_step(&near, SHAPE_N);
        loss[k] = near.loss;
    }
    return sqrt(step * step / fmax(loss[0] + loss[2] - 2.0 * loss[1], SHAPE_CLIP));
}

/* to train on these labels, or to recalibrate to them, would learn them */
static void
shape_drop_suggestions(ErrataFinding *finding)
{
    static const char *const learning[] = {"recalibrate", "reweight", "collect-data", NULL};

    for (guint i = finding->suggestions->len; i-- > 0;) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);

        if (g_strv_contains(learning, suggestion->action))
            g_ptr_array_remove_index(finding->suggestions, i);
    }
}

/* What is gained by having labels checked: the errors that are none, or, where the finding is about
 * scores, what it would cost to recalibrate them to the labels as they are */
static void
shape_suggest(const Shape *self,
              const ErrataEvidence *changed,
              double n_all,
              double whole,
              ErrataFinding *finding)
{
    gboolean scores = finding->kind == ERRATA_FINDING_CALIBRATION;
    double part = scores ? 0.0 : -self->errors;
    g_autofree char *where = errata_words_where(finding);
    g_autofree char *text = g_strdup_printf("Have a person check labels where %s before training "
                                            "on them or recalibrating to them",
                                            where);
    ErrataSuggestion *suggestion;

    for (guint i = 0; i < self->score->len; i++) {
        double s = g_array_index(self->score, double, i);
        double learnt = s * (1.0 - self->out) + (1.0 - s) * self->in;
        gboolean hit = g_array_index(self->hit, guint8, i) != 0;
        double rows = g_array_index(self->count, double, i);

        if (scores)
            part += rows * s * (shape_log_loss(learnt, TRUE) - shape_log_loss(s, TRUE)) +
                    rows * (1.0 - s) * (shape_log_loss(learnt, FALSE) - shape_log_loss(s, FALSE));
        else
            part += (g_array_index(self->said, guint8, i) != 0) != hit ? rows : 0.0;
    }
    part = fmax(part, 0.0) / n_all;
    shape_drop_suggestions(finding);
    suggestion = errata_finding_suggest(finding, "relabel", text);
    suggestion->metric = g_strdup(scores ? "log_loss" : "accuracy");
    suggestion->from = scores ? whole + part : whole;
    suggestion->to = scores ? whole : whole + part;
    suggestion->lo = part * fmax(changed->lo, 0.0) / changed->value;
    suggestion->hi = part * changed->hi / changed->value;
    suggestion->upper_bound = TRUE;
    suggestion->method = g_strdup(
        scores ? "against scores recalibrated to the labels as they are, if as many are changed as "
                 "the shape says"
               : "if as many labels are changed back as the shape says");
}

/* what the log's scores cost in the confirmation half, as accuracy or log-loss, and its rows */
static double
shape_whole(const ErrataAnalysis *analysis, gboolean scores, double *ret_n)
{
    const ErrataOutcome *outcome = analysis->outcome;
    double sum = 0.0, n = 0.0;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        if (outcome->judged[row] == 0 || outcome->half[row] == 0 || isnan(outcome->score[row]))
            continue;
        n += 1.0;
        sum += scores
                   ? shape_log_loss(outcome->score[row], outcome->truth[row] == outcome->positive)
                   : 1.0 - outcome->error[row];
    }
    *ret_n = fmax(n, 1.0);
    return sum / fmax(n, 1.0);
}

static void
shape_tell(const Shape *self, ShapeKind kind, ErrataFinding *finding)
{
    const ErrataSchema *schema = self->analysis->schema;
    gboolean even = kind == SHAPE_EVEN || kind == SHAPE_BOTH;
    double rate = even ? self->changed : fmax(self->out, self->in);
    double error = shape_error(self, kind), n_all, whole;
    ErrataEvidence *evidence =
        errata_finding_add(finding,
                           errata_evidence_new("labels_changed",
                                               even ? "share of the group's labels that look "
                                                      "changed"
                                                    : "share of a class's cases in the group that "
                                                      "look given as the other",
                                               rate,
                                               ERRATA_UNIT_SHARE,
                                               (guint64)self->n));

    whole = shape_whole(self->analysis, finding->kind == ERRATA_FINDING_CALIBRATION, &n_all);
    error *= sqrt(1.0 + self->n / fmax(n_all - self->n, 1.0)); /* the map's own, learnt elsewhere */
    evidence->lo = fmax(rate - SHAPE_Z * error, 0.0);
    evidence->hi = fmin(rate + SHAPE_Z * error, 1.0);
    evidence->test = g_strdup("Schwarz's criterion, changed labels against recalibrated scores");
    evidence->method = g_strdup("expectation and maximisation, confirmation half");
    if (!even)
        g_ptr_array_add(
            finding->notes,
            g_strdup_printf(
                "changed=%s",
                schema->classes[kind == SHAPE_OUT ? schema->positive : 1 - schema->positive]));
    shape_suggest(self, evidence, n_all, whole, finding);
}

/* what begins at some time has a cause of that time, which trees that do not know the time miss */
static gboolean
shape_is_asked(const ErrataFinding *finding)
{
    gboolean group = finding->kind == ERRATA_FINDING_CALIBRATION && finding->confirmed &&
                     finding->row != NULL && finding->subject.predicates->len > 0;

    return (group || errata_slices_is_blind_spot(finding)) &&
           finding->severity >= ERRATA_SEVERITY_MEDIUM && !finding->subject.has_time &&
           errata_finding_evidence(finding, "comes_from") == NULL;
}

/**
 * errata_label_issues_shape:
 * @self: rows with probabilities out of fold from the features
 * @analysis: a binary log with scores, its slices and groups found
 *
 * Tells groups that err, and those whose scores are off, whether that has the shape of changed
 * labels: evidence "labels_changed", a note "changed" where only cases of a class are, and a
 * suggestion to check labels first. Costs some passes over the rows of each.
 */
void
errata_label_issues_shape(const ErrataLabelIssues *self, ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    const GPtrArray *findings = analysis->result->findings;
    g_autofree guint8 *in = g_new0(guint8, MAX(outcome->n_rows, 1));
    g_autofree guint8 *any = g_new0(guint8, MAX(outcome->n_rows, 1));
    g_autoptr(ErrataRecalibration) map = NULL;

    if (!self->from_features || outcome->task != ERRATA_TASK_BINARY || outcome->score == NULL ||
        outcome->predicted == NULL || outcome->positive < 0)
        return;
    for (guint f = 0; f < findings->len; f++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, f);

        for (gsize i = 0; shape_is_asked(finding) && i < finding->n_rows; i++)
            any[finding->row[i]] = 1;
    }
    map = shape_elsewhere(analysis, any);
    for (guint f = 0; map != NULL && f < findings->len; f++) {
        ErrataFinding *finding = g_ptr_array_index(findings, f);
        g_auto(Shape) shape = {.analysis = analysis};
        ShapeKind kind = SHAPE_EVEN;

        if (!shape_is_asked(finding))
            continue;
        for (gsize row = 0; row < outcome->n_rows; row++)
            in[row] = 0;
        for (gsize i = 0; i < finding->n_rows; i++)
            in[finding->row[i]] = 1;
        shape_collect(&shape, in, map);
        if (shape.n < (double)SHAPE_LEAST ||
            !shape_beats_maps(&shape, shape_fit_changed(&shape, &kind)) ||
            fmax(shape.out, shape.in) < SHAPE_RATE ||
            !shape_trees_agree(&shape, self, in, any, map))
            continue;
        shape_tell(&shape, kind, finding);
    }
}
