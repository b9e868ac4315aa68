/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of a drift: what moved, how far by which measure, and above all whether it costs anything. */
#include <math.h>

#include "prose.h"
#include "words.h"

static void
drift_say_move(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *from = errata_finding_evidence(finding, "mean_from");
    const ErrataEvidence *to = errata_finding_evidence(finding, "mean_to");
    const char *column = finding->subject.column;
    g_autofree char *distance = errata_prose_value(prose, finding, "distance");
    g_autofree char *wasserstein = errata_prose_value(prose, finding, "wasserstein");
    g_autoptr(GString) how_far = g_string_new(NULL);

    if (distance != NULL)
        g_string_append_printf(how_far, "Jensen–Shannon distance %s", distance);
    if (wasserstein != NULL)
        g_string_append_printf(how_far,
                               "%s%s standard deviations on average",
                               how_far->len > 0 ? ", " : "",
                               wasserstein);
    if (from != NULL && to != NULL && !isnan(from->value) && !isnan(to->value)) {
        double gap = fabs(to->value - from->value) / 20.0;
        g_autofree char *before =
            errata_words_number(from->value, from->value - gap, from->value + gap);
        g_autofree char *after = errata_words_number(to->value, to->value - gap, to->value + gap);

        errata_prose_cite(prose, from);
        errata_prose_cite(prose, to);
        errata_prose_say(prose,
                         "%s has moved: its mean went from %s to %s%s%s%s",
                         column,
                         before,
                         after,
                         how_far->len > 0 ? " (" : "",
                         how_far->str,
                         how_far->len > 0 ? ")" : "");
        return;
    }
    errata_prose_say(prose,
                     "%s has moved%s%s%s",
                     column,
                     how_far->len > 0 ? " (" : "",
                     how_far->str,
                     how_far->len > 0 ? ")" : "");
}

static void
drift_say_values(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *fresh = errata_finding_evidence(finding, "new_values");
    const ErrataEvidence *before = errata_finding_evidence(finding, "missing_from");
    const ErrataEvidence *after = errata_finding_evidence(finding, "missing_to");

    if (fresh != NULL && fresh->value >= 1.0) {
        g_autofree char *count = errata_words_counted((guint64)fresh->value, "value", "values");

        errata_prose_cite(prose, fresh);
        errata_prose_say(prose,
                         "%s never seen in the baseline %s%s%s",
                         count,
                         fresh->value < 2.0 ? "appears" : "appear",
                         fresh->text != NULL ? ": " : "",
                         fresh->text != NULL ? fresh->text : "");
    }
    if (before != NULL && after != NULL && fabs(after->value - before->value) >= 0.02) {
        g_autofree char *from = errata_words_value(before);
        g_autofree char *to = errata_words_value(after);

        errata_prose_cite(prose, before);
        errata_prose_cite(prose, after);
        errata_prose_say(prose, "missing values went from %s to %s", from, to);
    }
}

static void
drift_say_cost(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *share = errata_finding_evidence(finding, "share_of_loss");
    g_autofree char *words = NULL;
    g_autofree char *interval = NULL;

    if (share == NULL || isnan(share->value)) {
        errata_prose_say(
            prose,
            "whether it costs anything cannot be told here: that needs labels and predictions "
            "on both sides");
        return;
    }
    errata_prose_cite(prose, share);
    if (finding->severity == ERRATA_SEVERITY_INFO && !(share->lo > 0.0)) {
        interval = errata_words_interval(share);
        errata_prose_say(prose,
                         "it has cost nothing measurable%s%s%s; nothing needs doing now",
                         interval != NULL ? " (its part in the change of loss: " : "",
                         interval != NULL ? interval : "",
                         interval != NULL ? ")" : "");
        return;
    }
    words = errata_words_part(share->value);
    interval = errata_words_interval(share);
    errata_prose_say(prose,
                     "%s of the change in loss goes with it%s%s%s",
                     words,
                     interval != NULL ? " (" : "",
                     interval != NULL ? interval : "",
                     interval != NULL ? ")" : "");
}

void
errata_plan_drift(ErrataProse *prose, const ErrataFinding *finding)
{
    drift_say_move(prose, finding);
    drift_say_values(prose, finding);
    drift_say_cost(prose, finding);
}

/* which share of the loss came with new kinds of rows, and which with the old kinds */
static void
drift_say_because(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *fresh = errata_finding_evidence(finding, "covariate_share");
    g_autofree char *share = NULL;
    g_autofree char *interval = NULL;

    if (fresh == NULL || isnan(fresh->value))
        return;
    errata_prose_cite(prose, fresh);
    interval = errata_words_interval(fresh);
    if (fresh->value < 0.01) {
        errata_prose_say(prose,
                         "the mix of rows does not explain it%s%s%s: rows like the baseline's fare "
                         "worse than they did",
                         interval != NULL ? " (its part: " : "",
                         interval != NULL ? interval : "",
                         interval != NULL ? ")" : "");
        return;
    }
    share = errata_words_part(fresh->value);
    errata_prose_say(prose,
                     "%s of the loss comes with rows unlike the baseline's%s%s%s%s",
                     share,
                     interval != NULL ? " (" : "",
                     interval != NULL ? interval : "",
                     interval != NULL ? ")" : "",
                     fresh->value > 0.99 ? ""
                                         : "; in the rest, like rows fare worse than they did");
}

void
errata_plan_performance(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *from = errata_finding_evidence(finding, "metric_from");
    const ErrataEvidence *to = errata_finding_evidence(finding, "metric_to");
    g_autofree char *before = errata_prose_value(prose, finding, "metric_from");
    g_autofree char *after = errata_prose_value(prose, finding, "metric_to");
    g_autofree char *points = NULL;

    if (before == NULL || after == NULL)
        return;
    if (g_strcmp0(finding->subject.metric, "accuracy") == 0) {
        points = errata_words_points(fabs(to->value - from->value));
        errata_prose_say(prose,
                         "the last rows are predicted right %s of the time, %s less often than the "
                         "baseline (%s)",
                         after,
                         points,
                         before);
    } else
        errata_prose_say(prose,
                         "predictions for the last rows are off by %s on average, those of the "
                         "baseline by %s",
                         after,
                         before);
    drift_say_because(prose, finding);
    if (from->method != NULL)
        errata_prose_say(prose,
                         "if the model learnt from the baseline's rows, part of this is only that "
                         "models do better on rows they know");
}
