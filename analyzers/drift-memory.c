/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does the model know the reference's rows? A model is surer of rows that it learnt from than of
 * others like them. Where the columns of both cannot be told apart, scores that are surer on the
 * reference are a sign of that, and what it gets right there says little of what it gets right
 * elsewhere. Other meanings of alike rows (concept shift) leave the scores as they are. */
#include "drift-memory.h"

#include <math.h>

#include "sum.h"
#include "tests.h"
#include "words.h"

#define MEMORY_ALPHA 0.001
#define MEMORY_AUC   0.55  /* up to which the domain classifier tells nothing apart that matters */
#define MEMORY_SURER 0.005 /* of the scores' mean distance from no knowledge */

/* how sure a prediction is, as far as it says */
static double
memory_sure(const ErrataOutcome *outcome, guint32 row)
{
    if (outcome->score != NULL)
        return fmax(outcome->score[row], 1.0 - outcome->score[row]);
    return outcome->confidence != NULL ? outcome->confidence[row] : (double)NAN;
}

static double
memory_mean(const ErrataDriftSide *side, double *ret_variance, gsize *ret_n)
{
    ErrataSum sum = {0}, squares = {0};
    double n = 0.0, mean;

    for (gsize i = 0; side->outcome != NULL && i < side->n; i++) {
        double sure = memory_sure(side->outcome, side->row[i]);

        if (isnan(sure))
            continue;
        errata_sum_add(&sum, sure);
        errata_sum_add(&squares, sure * sure);
        n += 1.0;
    }
    *ret_n = (gsize)n;
    if (n < ERRATA_DRIFT_MIN_ROWS)
        return (double)NAN;
    mean = errata_sum_value(&sum) / n;
    *ret_variance = fmax(errata_sum_value(&squares) / n - mean * mean, 0.0) / n;
    return mean;
}

/**
 * errata_drift_memory:
 * @split: for how well the columns tell the sides apart
 * @from: the reference
 * @first: the first rows of the log
 *
 * Returns: whether the model seems to have learnt from the reference; never without scores, or
 * where
 *   the columns differ or are not known
 */
ErrataDriftMemory
errata_drift_memory(const ErrataDriftSplit *split,
                    const ErrataDriftSide *from,
                    const ErrataDriftSide *first)
{
    ErrataDriftMemory self = {.seems = FALSE};
    double variance[2] = {0.0, 0.0};
    double z;

    self.reference = memory_mean(from, &variance[0], &self.n_reference);
    self.log = memory_mean(first, &variance[1], &self.n_log);
    if (isnan(self.reference) || isnan(self.log) || isnan(split->auc))
        return self;
    z = (self.reference - self.log) / sqrt(variance[0] + variance[1]);
    self.p = errata_tests_normal_upper(z);
    self.seems = split->auc <= MEMORY_AUC && self.p < MEMORY_ALPHA &&
                 self.reference - self.log >= MEMORY_SURER;
    return self;
}

/**
 * errata_drift_memory_tell:
 * @self: that the model seems to have learnt from the reference
 * @finding: of performance, against the reference
 */
void
errata_drift_memory_tell(const ErrataDriftMemory *self, ErrataFinding *finding)
{
    ErrataEvidence *evidence =
        errata_finding_add(finding,
                           errata_evidence_new("sure_on_reference",
                                               "how sure the scores are on the reference",
                                               self->reference,
                                               ERRATA_UNIT_SHARE,
                                               self->n_reference));

    errata_finding_add(finding,
                       errata_evidence_new("sure_at_first",
                                           "how sure they are on the first rows of the log",
                                           self->log,
                                           ERRATA_UNIT_SHARE,
                                           self->n_log));
    evidence->baseline = self->log;
    evidence->test = g_strdup("difference of means");
    evidence->p = evidence->q = self->p;
    g_ptr_array_add(finding->notes, g_strdup("learnt=seems"));
}

/**
 * errata_drift_memory_estimate:
 * @self: that the model seems to have learnt from the reference
 * @result: where performance may have been estimated from it
 *
 * What was estimated from rows that the model learnt from is too good: the estimate says so, and
 * that performance has fallen since is no news.
 */
void
errata_drift_memory_estimate(const ErrataDriftMemory *self, ErrataCase *result)
{
    ErrataEstimate *estimate = result->performance.estimate;

    if (estimate == NULL || estimate->n_source == 0)
        return;
    for (guint i = 0; i < result->findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(result->findings, i);

        if (finding->kind != ERRATA_FINDING_PERFORMANCE ||
            errata_finding_note(finding, "estimate") == NULL)
            continue;
        finding->severity = MIN(finding->severity, ERRATA_SEVERITY_LOW);
        if (g_strcmp0(finding->metric, "accuracy") == 0) {
            g_autofree char *value =
                errata_words_share(finding->subject.metric_to, (double)NAN, (double)NAN);

            g_free(finding->title);
            finding->title = g_strdup_printf("Accuracy is estimated at %s, likely too high: the "
                                             "model seems to have learnt from the reference",
                                             value);
        }
        errata_drift_memory_tell(self, finding);
    }
    g_free(estimate->assumes);
    estimate->assumes = g_strdup(
        "that the model did not learn from the reference, which it seems to "
        "have done: its scores are surer there than on alike rows here, and "
        "the estimate is likely too good");
}
