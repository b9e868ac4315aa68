/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What else may be done about a finding, beside what its analyzer thought of: rows kept out until
 * they are mended, training rows given other weights. Each comes with its gain or not at all.
 * METHODS 9. */
#include <math.h>
#include <string.h>

#include "suggestions.h"
#include "words.h"

#define ADD_WEIGHED 500 /* judged rows of a slice that are enough to learn from */
#define ADD_ROWS    0.5 /* of all rows: more than these are not kept out */

enum {
    ADD_OTHER = 0,
    ADD_IN = 1,
};

static guint8 *
add_mark(const ErrataAnalysis *analysis, const ErrataFinding *finding)
{
    guint8 *mark = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));

    for (gsize i = 0; i < finding->n_rows; i++)
        mark[finding->row[i]] = ADD_IN;
    return mark;
}

/* of the rows of a finding against all others; whether there is anything to gain */
static gboolean
add_gain(const ErrataAnalysis *analysis,
         const ErrataFinding *finding,
         const char *method,
         ErrataSuggestion *ret_gain)
{
    g_autofree guint8 *mark = add_mark(analysis, finding);
    ErrataRate in = errata_suggestions_side(analysis->outcome, mark, ADD_IN);
    ErrataRate out = errata_suggestions_side(analysis->outcome, mark, ADD_OTHER);

    return errata_suggestions_as_others(analysis, &in, &out, 1.0, method, ret_gain) &&
           fabs(ret_gain->to - ret_gain->from) > 0.0 && ret_gain->lo > 0.0;
}

/* moves a computed gain into a suggestion of the finding, or drops it */
static void
add_take(ErrataFinding *finding, const char *action, const char *text, ErrataSuggestion *gain)
{
    ErrataSuggestion *suggestion = errata_finding_suggest(finding, action, text);

    suggestion->metric = g_steal_pointer(&gain->metric);
    suggestion->from = gain->from;
    suggestion->to = gain->to;
    suggestion->lo = gain->lo;
    suggestion->hi = gain->hi;
    suggestion->upper_bound = gain->upper_bound;
    g_free(suggestion->method);
    suggestion->method = g_steal_pointer(&gain->method);
}

/* bugs whose rows tell the model something false */
static gboolean
add_is_faulty(const ErrataFinding *finding)
{
    static const char *const bugs[] =
        {"unit-change", "encoding-change", "missing-burst", "type-change", "out-of-range", NULL};

    return finding->kind == ERRATA_FINDING_DATA_BUG && finding->subject.bug != NULL &&
           g_strv_contains(bugs, finding->subject.bug);
}

/* with faulty rows kept out, the metric is that of the others: that is no bound, it is known */
static void
add_quarantine(const ErrataAnalysis *analysis, ErrataFinding *finding)
{
    ErrataSuggestion gain = {.method = NULL};

    if (add_is_faulty(finding) && errata_finding_note(finding, "innocent") == NULL &&
        finding->row != NULL && finding->share_of_rows <= ADD_ROWS &&
        add_gain(analysis, finding, "the metric of all other rows, which it would be", &gain)) {
        g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");
        g_autofree char *text = g_strdup_printf(
            "Keep the %s out of training sets and of figures "
            "until %s is mended there",
            count,
            finding->subject.column != NULL ? finding->subject.column : "the fault");

        gain.upper_bound = FALSE;
        add_take(finding, "quarantine-file", text, &gain);
    }
    g_free(gain.metric);
    g_free(gain.method);
}

/* no more than the finding itself says that there is to gain */
static void
add_cap(const ErrataFinding *finding, ErrataSuggestion *gain)
{
    double most = errata_suggestions_points(gain);
    double part = finding->delta / most;

    if (!(finding->delta > 0.0) || !(most > finding->delta))
        return;
    gain->to = gain->from + part * (gain->to - gain->from);
    gain->lo *= part;
    gain->hi *= part;
    g_free(gain->method);
    gain->method = g_strdup("if these rows were as right as can be expected");
}

/* a slice of which there are rows enough can be learnt better from those */
static void
add_reweight_slice(const ErrataAnalysis *analysis, ErrataFinding *finding)
{
    ErrataSuggestion gain = {.method = NULL};

    if (finding->kind == ERRATA_FINDING_SLICE && finding->confirmed && finding->row != NULL &&
        finding->severity > ERRATA_SEVERITY_LOW && finding->n_rows >= ADD_WEIGHED &&
        finding->subject.direction == NULL && errata_finding_note(finding, "over") == NULL &&
        errata_finding_evidence(finding, "labels_changed") == NULL &&
        add_gain(analysis, finding, "if these rows were as right as the rest", &gain)) {
        g_autofree char *who = errata_words_where(finding);
        g_autofree char *text =
            g_strdup_printf("Give training rows where %s more weight, and train again", who);

        add_cap(finding, &gain);
        errata_suggestions_rebase(analysis, &gain);
        add_take(finding, "reweight", text, &gain);
    }
    g_free(gain.metric);
    g_free(gain.method);
}

/* a drift that costs: training rows made to look like those of now */
static void
add_reweight_drift(const ErrataAnalysis *analysis, ErrataFinding *finding)
{
    const ErrataEvidence *share = errata_finding_evidence(finding, "share_of_loss");
    g_autofree char *text = NULL;

    if (finding->kind != ERRATA_FINDING_DRIFT || finding->severity <= ERRATA_SEVERITY_INFO ||
        g_strcmp0(errata_finding_note(finding, "errors"), "foretold") == 0 || share == NULL ||
        !(share->value > 0.0) || analysis->outcome->n_judged == 0)
        return;
    text = g_strdup_printf("Weight the training rows so that %s is distributed as it is now, and "
                           "train again",
                           finding->subject.column);
    errata_finding_suggest(finding, "reweight", text);
}

/**
 * errata_suggestions_add:
 * @analysis: a log whose findings are all there
 *
 * Adds `quarantine-file` to data bugs and `reweight` to slices and drifts, where that would gain
 * something. The gain of a drift's is left to errata_analyzer_suggestions.
 */
void
errata_suggestions_add(ErrataAnalysis *analysis)
{
    for (guint i = 0; i < analysis->result->findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(analysis->result->findings, i);

        add_quarantine(analysis, finding);
        add_reweight_slice(analysis, finding);
        add_reweight_drift(analysis, finding);
    }
}
