/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far wrong labels may have moved the metrics: each measured again with as many of the worst
 * suspects as labels are believed wrong, once given the predicted class, once left out. The band
 * spans the three values. METHODS 6. */
#include "noise-band.h"

#include <math.h>
#include <string.h>

#include "judged.h"

static const ErrataFinding *
noise_finding(const ErrataCase *result)
{
    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, i);
        const ErrataEvidence *excess = errata_finding_evidence(finding, "excess");

        if (finding->kind == ERRATA_FINDING_LABEL_ISSUE && finding->row != NULL && excess != NULL &&
            excess->value >= 1.0 && finding->severity > ERRATA_SEVERITY_INFO)
            return finding;
    }
    return NULL;
}

static GArray *
noise_measure(const ErrataJudged *judged)
{
    GArray *list = errata_metrics_list_new();
    g_autoptr(ErrataConfusion) confusion = errata_confusion_new(&judged->input);

    errata_metrics_confusion(confusion, judged->input.positive, list);
    if (judged->input.score != NULL && judged->input.positive >= 0)
        errata_metrics_binary_scores(&judged->input, list, NULL, NULL);
    else if (judged->input.probability != NULL)
        errata_metrics_multiclass_scores(&judged->input, list, NULL);
    return list;
}

/* the metrics with the suspects relabelled as predicted, or left out */
static GArray *
noise_without(const ErrataAnalysis *analysis, const guint8 *suspect, gboolean relabel)
{
    g_autoptr(ErrataJudged) judged =
        errata_judged_new(analysis->outcome, relabel ? NULL : suspect, 0);
    g_autofree gint32 *truth = g_memdup2(judged->input.truth, judged->input.n * sizeof *truth);

    for (gsize i = 0; relabel && i < judged->input.n; i++)
        if (suspect[judged->row[i]] != 0)
            truth[i] = judged->input.predicted[i];
    judged->input.truth = truth;
    return noise_measure(judged);
}

static void
noise_widen(ErrataCase *result, const GArray *list)
{
    for (guint i = 0; i < result->metrics->len; i++) {
        ErrataMetric *metric = g_ptr_array_index(result->metrics, i);
        const ErrataMetricValue *other = errata_metrics_find(list, metric->name, -1);

        if (metric->class_name != NULL || other == NULL || isnan(metric->value) ||
            isnan(other->value))
            continue;
        metric->band_lo = fmin(isnan(metric->band_lo) ? metric->value : metric->band_lo,
                               other->value);
        metric->band_hi = fmax(isnan(metric->band_hi) ? metric->value : metric->band_hi,
                               other->value);
    }
}

static gboolean
noise_band_run(ErrataAnalysis *analysis, GError **error)
{
    const ErrataFinding *finding = noise_finding(analysis->result);
    g_autofree guint8 *suspect = NULL;
    gsize n;

    if (finding == NULL || analysis->outcome->truth == NULL || analysis->outcome->predicted == NULL)
        return TRUE;
    suspect = g_new0(guint8, analysis->outcome->n_rows);
    n = (gsize)llround(errata_finding_evidence(finding, "excess")->value);
    for (gsize i = 0; i < MIN(n, finding->n_rows); i++)
        suspect[finding->row[i]] = 1;
    for (guint relabel = 0; relabel < 2; relabel++) {
        g_autoptr(GArray) list = noise_without(analysis, suspect, relabel != 0);

        noise_widen(analysis->result, list);
    }
    errata_case_method(analysis->result,
                       "Label-noise bands: metrics measured again with as many of the worst "
                       "suspects as labels are believed wrong, given the predicted class or left "
                       "out.");
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_noise_band = {
    .id = "noise-band",
    .run = noise_band_run,
};
