/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with what drives the model: numbers that count rows, columns that leak and are
 * used, features without which the loss would be lower. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "attribution-private.h"
#include "leakage.h"
#include "model-file.h"
#include "schema-name.h"

#define DRIVERS_ID      0.05 /* of the size of all shares, for a column that counts rows */
#define DRIVERS_HURT    0.01 /* of the mean loss that the feature costs */
#define DRIVERS_ALPHA   0.01
#define DRIVERS_LOUD    0.03 /* of the mean loss, above which it is more than low */
#define DRIVERS_NIL     1e-9
#define DRIVERS_RESTS   0.3  /* of the size of all shares, for a column that stands for the model */
#define DRIVERS_TELLS   0.88 /* its AUC alone, at least */
#define DRIVERS_STRONG  0.95 /* … and from which on no column is left alone … */
#define DRIVERS_AS_WELL 1.3  /* what it leaves open, against the model … */
#define DRIVERS_BEYOND \
    3.0 /* … which has learnt the others for what so strong a one does not tell … */
#define DRIVERS_ABOVE 0.5 /* … and against the next columns */
#define DRIVERS_NEXT  6   /* of those, by their shares */
#define DRIVERS_PARTS 10  /* of a counter's range */

static double
drivers_part(const ErrataShares *shares, guint i)
{
    double all = 0.0;

    for (guint k = 0; k < shares->n; k++)
        all += shares->mean_abs[k];
    /* what is left of a column that the model drops is rounding */
    return shares->mean_abs[i] > DRIVERS_NIL * all ? shares->mean_abs[i] / all : 0.0;
}

/* a number that counts rows, or has the name of one that does */
static gboolean
drivers_is_id(const ErrataColumn *column)
{
    ErrataName name = {0};
    gboolean named;

    if (column == NULL || column->n_rows - column->n_missing < 100 ||
        (column->type != ERRATA_COLUMN_I64 && column->type != ERRATA_COLUMN_TEXT))
        return FALSE;
    errata_schema_name_read(&name, column->name);
    named = name.id >= ERRATA_NAME_STRONG;
    errata_schema_name_clear(&name);
    return named || (column->type == ERRATA_COLUMN_I64 && errata_column_is_counter(column));
}

static ErrataEvidence *
drivers_add_part(const Attribution *self, ErrataFinding *finding, guint i)
{
    ErrataEvidence *evidence = errata_finding_add(
        finding,
        errata_evidence_new("model_share",
                            self->use == NULL && g_str_equal(self->shares->source, "surrogate")
                                ? "part of the size of all shares of a surrogate of the model"
                                : "part of the size of all shares of the model",
                            drivers_part(self->shares, i),
                            ERRATA_UNIT_SHARE,
                            self->shares->n_rows));

    evidence->method = g_strdup(self->shares->method);
    if (self->use == NULL)
        g_ptr_array_add(finding->notes, g_strdup_printf("asked=%s", self->shares->source));
    return evidence;
}

/* one number of what comes out, per row */
static double
drivers_output(const ErrataOutcome *outcome, gsize row)
{
    if (outcome->score != NULL)
        return outcome->score[row];
    if (outcome->predicted_value != NULL)
        return outcome->predicted_value[row];
    return outcome->predicted != NULL ? (double)outcome->predicted[row] : (double)NAN;
}

/* whether what comes out differs between stretches of the counter: by one-way analysis of variance
 * in ten parts of its range. A surrogate that is short of signal splits on whatever has most
 * values */
static gboolean
drivers_follows(const Attribution *self, const ErrataColumn *column)
{
    double n[DRIVERS_PARTS] = {0.0}, sum[DRIVERS_PARTS] = {0.0};
    double lo = (double)INFINITY, hi = -(double)INFINITY;
    double all = 0.0, total = 0.0, squares = 0.0, between = 0.0, variance;

    for (gsize row = 0; row < column->n_rows; row++) {
        double value = errata_column_number(column, row);

        lo = value < lo ? value : lo;
        hi = value > hi ? value : hi;
    }
    for (gsize row = 0; row < column->n_rows; row++) {
        double value = errata_column_number(column, row);
        double output = drivers_output(self->analysis->outcome, row);
        guint part;

        if (isnan(value) || isnan(output) || !(hi > lo))
            continue;
        part = MIN((guint)((value - lo) / (hi - lo) * DRIVERS_PARTS), DRIVERS_PARTS - 1);
        n[part] += 1.0;
        sum[part] += output;
        all += 1.0;
        total += output;
        squares += output * output;
    }
    variance = all > 0.0 ? squares / all - total / all * (total / all) : 0.0;
    for (guint part = 0; part < DRIVERS_PARTS; part++)
        if (n[part] > 0.0)
            between += n[part] * pow(sum[part] / n[part] - total / all, 2.0);
    return variance > 0.0 && gsl_cdf_chisq_Q(between / variance, DRIVERS_PARTS - 1) < DRIVERS_ALPHA;
}

static void
drivers_ids(const Attribution *self)
{
    const ErrataShares *shares = self->shares;

    for (guint i = 0; i < shares->n; i++) {
        g_autofree char *title = NULL;
        ErrataFinding *finding;

        if (drivers_part(shares, i) < DRIVERS_ID || !drivers_is_id(self->column[self->order[i]]))
            continue;
        if (self->fidelity != NULL && errata_column_is_numeric(self->column[self->order[i]]) &&
            !drivers_follows(self, self->column[self->order[i]]))
            continue;
        title = g_strdup_printf(self->use != NULL ? "The model goes by %s, which counts rows"
                                                  : "The scores go by %s, which counts rows",
                                shares->feature[i]);
        finding = errata_finding_new(ERRATA_FINDING_LEAKAGE, title);
        finding->subject.column = g_strdup(shares->feature[i]);
        finding->severity = ERRATA_SEVERITY_MEDIUM;
        finding->summary = g_strdup("leakage · a number of rows drives the model");
        finding->share_of_errors = finding->excess_errors = finding->delta = (double)NAN;
        finding->share_of_rows = 1.0;
        finding->rank = drivers_part(shares, i);
        g_ptr_array_add(finding->notes, g_strdup("driver=id"));
        drivers_add_part(self, finding, i);
        errata_finding_suggest(finding,
                               "drop-feature",
                               "Leave it out of the next training: it tells rows apart, and says "
                               "nothing of rows to come.");
        errata_case_add_finding(self->analysis->result, finding);
    }
}

/* columns that leak: whether the model goes by them */
static void
drivers_leaks(const Attribution *self)
{
    GPtrArray *findings = self->analysis->result->findings;

    for (guint k = 0; k < findings->len; k++) {
        ErrataFinding *finding = g_ptr_array_index(findings, k);

        if (finding->kind != ERRATA_FINDING_LEAKAGE || finding->subject.column == NULL ||
            errata_finding_evidence(finding, "model_share") != NULL)
            continue;
        for (guint i = 0; i < self->shares->n; i++)
            if (g_str_equal(self->shares->feature[i], finding->subject.column) ||
                (self->column[self->order[i]] != NULL &&
                 g_str_equal(self->column[self->order[i]]->name, finding->subject.column))) {
                drivers_add_part(self, finding, i);
                if (self->use != NULL && drivers_part(self->shares, i) <= 0.0)
                    finding->severity = MIN(finding->severity, ERRATA_SEVERITY_MEDIUM);
                break;
            }
    }
}

/* how much the mean loss falls without a feature, and how that was tried */
typedef struct {
    double fall;
    double lo;
    double hi;
    double q;
    gboolean held;
} Hurt;

static gboolean
drivers_hurts(const ErrataShares *shares, double hi, double mean, double q)
{
    return hi < 0.0 && q < DRIVERS_ALPHA && -mean / shares->loss >= DRIVERS_HURT;
}

/* the loss is lower with the feature's values exchanged among rows, or held at one, than as they
 * are */
static gboolean
drivers_find_hurt(const ErrataShares *shares, guint i, Hurt *hurt)
{
    gboolean exchanged =
        drivers_hurts(shares, shares->rise_hi[i], shares->rise[i], shares->rise_q[i]);
    gboolean held =
        drivers_hurts(shares, shares->hold_hi[i], shares->hold[i], 2.0 * shares->hold_q[i]);

    if (!exchanged && !held)
        return FALSE;
    *hurt = exchanged && !(held && shares->hold[i] < shares->rise[i])
                ? (Hurt){-shares->rise[i],
                         -shares->rise_hi[i],
                         -shares->rise_lo[i],
                         shares->rise_q[i],
                         FALSE}
                : (Hurt){-shares->hold[i],
                         -shares->hold_hi[i],
                         -shares->hold_lo[i],
                         fmin(2.0 * shares->hold_q[i], 1.0),
                         TRUE};
    return TRUE;
}

static void
drivers_add_hurt(const Attribution *self, guint i, const Hurt *hurt)
{
    const ErrataShares *shares = self->shares;
    g_autofree char *title = g_strdup_printf("The model would do better without %s",
                                             shares->feature[i]);
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_MODEL_FILE, title);
    ErrataEvidence *evidence;

    finding->subject.file = g_strdup(errata_model_file_name(self->analysis));
    finding->subject.column = g_strdup(shares->feature[i]);
    finding->subject.problem = g_strdup_printf("feature-hurts:%s", shares->feature[i]);
    finding->severity = hurt->lo / shares->loss >= DRIVERS_LOUD ? ERRATA_SEVERITY_MEDIUM
                                                                : ERRATA_SEVERITY_LOW;
    finding->summary = g_strdup("model · a feature that costs more than it brings");
    finding->share_of_errors = finding->excess_errors = finding->delta = (double)NAN;
    finding->share_of_rows = 1.0;
    finding->rank = hurt->fall / shares->loss;
    finding->confirmed = TRUE;
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("fall",
                            hurt->held
                                ? "fall of the mean loss when it is held at its usual value in "
                                  "all rows"
                                : "fall of the mean loss when its values are exchanged among rows",
                            hurt->fall,
                            ERRATA_UNIT_NONE,
                            shares->n_permuted));
    evidence->lo = hurt->lo;
    evidence->hi = hurt->hi;
    evidence->baseline = shares->loss;
    evidence->test = g_strdup("normal");
    evidence->q = hurt->q;
    if (hurt->held)
        g_ptr_array_add(finding->notes, g_strdup("tried=held"));
    drivers_add_part(self, finding, i);
    errata_finding_suggest(finding,
                           "drop-feature",
                           "Train once without it, and see whether it should come back: what it "
                           "means may have changed since.");
    errata_case_add_finding(self->analysis->result, finding);
}

static void
drivers_hurting(const Attribution *self)
{
    const ErrataShares *shares = self->shares;

    for (guint i = 0; i < shares->n && shares->loss > 0.0; i++) {
        Hurt hurt;

        if (drivers_find_hurt(shares, i, &hurt))
            drivers_add_hurt(self, i, &hurt);
    }
}

/* the column's own strength against the label; NULL where it has no bins */
static ErrataLeakageColumn *
drivers_measure(const ErrataAnalysis *analysis, const ErrataColumn *column)
{
    for (guint i = 0; column != NULL && i < analysis->bins->n_columns; i++) {
        const ErrataBinColumn *bin = &analysis->bins->columns[i];

        if (bin->derived == NULL && analysis->frame->columns[bin->column] == column)
            return errata_leakage_measure_bin(analysis, bin);
    }
    return NULL;
}

static gboolean
drivers_is_told(const Attribution *self, const char *column)
{
    const GPtrArray *findings = self->analysis->result->findings;

    for (guint k = 0; k < findings->len; k++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, k);

        if (finding->kind == ERRATA_FINDING_LEAKAGE &&
            g_strcmp0(finding->subject.column, column) == 0)
            return TRUE;
    }
    return FALSE;
}

/* the strongest of the features that follow the first */
static double
drivers_next(const Attribution *self)
{
    double next = 0.5;

    for (guint i = 1; i < MIN(self->shares->n, DRIVERS_NEXT + 1); i++) {
        ErrataLeakageColumn *other = drivers_measure(self->analysis, self->column[self->order[i]]);

        if (other != NULL && !isnan(other->strength))
            next = fmax(next, other->strength);
        errata_leakage_column_free(other);
    }
    return next;
}

static void
drivers_add_rest(const Attribution *self,
                 const ErrataLeakageColumn *first,
                 const ErrataLeakageColumn *model)
{
    const ErrataShares *shares = self->shares;
    g_autofree char *title =
        g_strdup_printf("The %s on %s, which alone tells %s nearly as well",
                        self->use != NULL ? "model rests" : "scores rest",
                        shares->feature[0],
                        self->analysis->schema->names[self->analysis->schema->label]);
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_LEAKAGE, title);
    ErrataEvidence *evidence;

    finding->subject.column = g_strdup(first->name);
    finding->severity = first->strength >= DRIVERS_STRONG ? ERRATA_SEVERITY_HIGH
                                                          : ERRATA_SEVERITY_MEDIUM;
    finding->summary = g_strdup("leakage · one column stands for the model");
    finding->share_of_errors = finding->excess_errors = finding->delta = (double)NAN;
    finding->share_of_rows = 1.0;
    finding->rank = drivers_part(shares, 0);
    g_ptr_array_add(finding->notes, g_strdup("driver=rests"));
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("strength",
                                                      "AUC of the column alone, learnt on one half "
                                                      "of the rows and tried on the other",
                                                      first->strength,
                                                      ERRATA_UNIT_NONE,
                                                      first->n));
    evidence->lo = first->lo;
    evidence->hi = first->hi;
    evidence->baseline = model->strength;
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("strength_model",
                                                      "AUC of the model",
                                                      model->strength,
                                                      ERRATA_UNIT_NONE,
                                                      model->n));
    evidence->lo = model->lo;
    evidence->hi = model->hi;
    drivers_add_part(self, finding, 0);
    errata_finding_suggest(finding,
                           "drop-feature",
                           "Ask when its value is known: if it is filled in with or after the "
                           "answer, leave it out and train again.");
    errata_case_add_finding(self->analysis->result, finding);
}

/* not a property of a text, which nobody fills in after the answer */
static gboolean
drivers_is_logged(const ErrataAnalysis *analysis, const ErrataColumn *column)
{
    for (guint i = 0; i < analysis->frame->n_columns; i++)
        if (analysis->frame->columns[i] == column)
            return errata_schema_is_logged(analysis->schema, i);
    return FALSE;
}

/* whether it leaves little more open than the model. Where a column knows the answer but for a few
 * rows, the other features tell of those */
static gboolean
drivers_tells_as_well(const ErrataLeakageColumn *first, const ErrataLeakageColumn *model)
{
    double most = first->lo >= DRIVERS_STRONG ? DRIVERS_BEYOND : DRIVERS_AS_WELL;

    return first->lo >= DRIVERS_TELLS && 1.0 - first->strength <= most * (1.0 - model->strength);
}

/* one column that tells the label nearly as well as the whole model does, and as no other comes
 * near */
static void
drivers_rests(const Attribution *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    const ErrataOutcome *outcome = analysis->outcome;
    ErrataLeakageColumn *first, *model;

    /* answers without scores tell the rows apart by a cut only, which a number beats */
    if (self->shares->n < 2 || outcome->truth == NULL || outcome->n_classes != 2 ||
        outcome->score == NULL || analysis->schema->label < 0 || analysis->bins == NULL ||
        drivers_part(self->shares, 0) < DRIVERS_RESTS ||
        !drivers_is_logged(analysis, self->column[self->order[0]]) ||
        drivers_is_told(self, self->shares->feature[0]))
        return;
    first = drivers_measure(analysis, self->column[self->order[0]]);
    model = errata_leakage_measure_model(analysis);
    if (first != NULL && model != NULL && drivers_tells_as_well(first, model) &&
        1.0 - first->strength <= DRIVERS_ABOVE * (1.0 - drivers_next(self)))
        drivers_add_rest(self, first, model);
    errata_leakage_column_free(first);
    errata_leakage_column_free(model);
}

void
attribution_drivers(const Attribution *self)
{
    errata_case_tried(self->analysis->result, "attribution", self->shares->n);
    drivers_ids(self);
    drivers_leaks(self);
    drivers_rests(self);
    drivers_hurting(self);
}
