/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the curves of its training say of a model: that it went on after its validation was best, or
 * ended while that still got better. What it costs the file does not tell, so neither is more than
 * a note. */
#include <math.h>
#include <string.h>

#include "model-curve.h"
#include "model-file.h"

#define CURVES_STEPS 8    /* at least */
#define CURVES_PAST  0.2  /* of the steps, that went on after the best */
#define CURVES_BACK  0.1  /* of what was gained, given back since */
#define CURVES_STILL 0.02 /* of what was gained, gained in the last tenth of the steps */
#define CURVES_TRAIN 0.05 /* the same, of a curve of training alone */

/* how a curve went, as parts of what was gained up to its best */
typedef struct {
    double back; /* given back since */
    double late; /* gained in the last tenth of the steps */
} Course;

static gboolean
curves_is_validation(const char *name)
{
    return g_str_has_prefix(name, "val") || strstr(name, "valid") != NULL ||
           strstr(name, "eval") != NULL || strstr(name, "test") != NULL;
}

/* of validation before training, of losses before other measures, as the file has them */
static gboolean
curves_choose(const ErrataModel *model, ErrataModelCurve *ret_curve)
{
    int most = 0;

    for (guint i = 0; i < model->training->len; i++) {
        ErrataModelCurve curve;
        int rank;

        if (!errata_model_curve_read(g_ptr_array_index(model->training, i), &curve) ||
            curve.n < CURVES_STEPS)
            continue;
        rank = 1 + (curves_is_validation(curve.name) ? 2 : 0) +
               (strstr(curve.name, "loss") != NULL ? 1 : 0);
        if (rank > most) {
            most = rank;
            *ret_curve = curve;
        }
    }
    return most > 0;
}

static gboolean
curves_follow(const ErrataModelCurve *curve, Course *course)
{
    int direction = errata_model_curve_direction(curve->name);
    double gained = direction * (curve->best - curve->first);

    if (!(gained > 0.0))
        return FALSE;
    course->back = direction * (curve->best - curve->last) / gained;
    course->late = direction * (curve->last - curve->late) / gained;
    return TRUE;
}

static void
curves_add(ErrataAnalysis *analysis,
           const ErrataModelCurve *curve,
           const char *problem,
           const char *title,
           double part,
           const char *what)
{
    ErrataFinding *finding = errata_model_file_finding(analysis,
                                                       problem,
                                                       ERRATA_SEVERITY_INFO,
                                                       title,
                                                       "model · how it was trained");
    ErrataEvidence *evidence =
        errata_finding_add(finding,
                           errata_evidence_new("best_step",
                                               "step of the training at which the curve was best",
                                               curve->best_step,
                                               ERRATA_UNIT_COUNT,
                                               curve->n));

    evidence->baseline = curve->n;
    evidence->text = g_strdup(curve->name);
    errata_finding_add(finding,
                       errata_evidence_new("curve_part", what, part, ERRATA_UNIT_SHARE, curve->n));
    errata_finding_suggest(finding,
                           "tune-hyperparameter",
                           g_str_equal(problem, "trained-past-best")
                               ? "Keep the weights of the best step, or stop there: with early "
                                 "stopping, fewer steps or more regularisation."
                               : "Train longer, or with a larger learning rate, until the curve is "
                                 "flat.");
    errata_case_add_finding(analysis->result, finding);
}

/**
 * errata_model_file_curves:
 * @analysis: gets at most one finding, of the curve that tells most
 */
void
errata_model_file_curves(ErrataAnalysis *analysis)
{
    ErrataModelCurve curve;
    gboolean validation;
    Course course;

    if (!curves_choose(analysis->model, &curve) || !curves_follow(&curve, &course))
        return;
    validation = curves_is_validation(curve.name);
    if (validation && course.back >= CURVES_BACK &&
        curve.n - curve.best_step >= CURVES_PAST * curve.n)
        curves_add(analysis,
                   &curve,
                   "trained-past-best",
                   "Training went on after its validation was best",
                   course.back,
                   "part of what was gained up to then that was given back by the end");
    else if (course.late >= (validation ? CURVES_STILL : CURVES_TRAIN) && course.back <= 0.0)
        curves_add(analysis,
                   &curve,
                   "ended-while-improving",
                   validation ? "Training ended while its validation still got better"
                              : "Training ended while it still got better",
                   course.late,
                   "part of all that was gained that came in the last tenth of the steps");
}
