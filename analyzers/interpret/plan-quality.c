/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of faults in the data, of labels, of calibration and of the threshold. */
#include <math.h>
#include <string.h>

#include "prose.h"
#include "words.h"

/* “, and predictions on these rows are wrong twice as often as elsewhere (…)”: what the fault costs */
static void
quality_say_cost(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    g_autofree char *in_words = NULL;
    g_autofree char *out_words = NULL;
    gboolean share;

    if (in == NULL || out == NULL || isnan(in->value) || isnan(out->value))
        return;
    errata_prose_cite(prose, in);
    errata_prose_cite(prose, out);
    in_words = errata_words_value(in);
    out_words = errata_words_value(out);
    share = in->unit == ERRATA_UNIT_SHARE;
    if (!isnan(in->lo) && in->lo > out->value)
        errata_prose_say(prose,
                         share ? "predictions there are wrong %s of the time, elsewhere %s"
                               : "predictions there are off by %s, elsewhere by %s",
                         in_words,
                         out_words);
    else
        errata_prose_say(
            prose,
            share ? "predictions there are no worse for it so far: %s wrong, elsewhere %s"
                  : "predictions there are no worse for it so far: off by %s, elsewhere by %s",
            in_words,
            out_words);
}

static char *
quality_when(const ErrataSubject *subject)
{
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    if (!subject->has_time)
        return NULL;
    from = errata_words_time(subject->from);
    to = errata_words_time(subject->to);
    return g_strdup_printf("between %s and %s", from, to);
}

static void
quality_say_what(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataSubject *subject = &finding->subject;
    const char *bug = subject->bug != NULL ? subject->bug : "";
    const ErrataEvidence *example = errata_finding_evidence(finding, "value");
    const char *value = example != NULL ? example->text : NULL;
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");
    g_autofree char *part = errata_prose_value(prose, finding, "share_rows");
    g_autofree char *before = errata_prose_value(prose, finding, "missing_from");
    g_autofree char *after = errata_prose_value(prose, finding, "missing_to");
    g_autofree char *lo = errata_prose_value(prose, finding, "reference_lo");
    g_autofree char *hi = errata_prose_value(prose, finding, "reference_hi");
    g_autofree char *when = quality_when(subject);
    const char *column = subject->column != NULL ? subject->column : "the log";

    errata_prose_cite(prose, errata_finding_evidence(finding, "n_rows"));
    errata_prose_cite(prose, example);
    if (strcmp(bug, "missing-burst") == 0 && before != NULL && after != NULL)
        errata_prose_say(prose,
                         "%s has lost its values%s%s: %s of them are missing, against %s before",
                         column,
                         when != NULL ? " " : "",
                         when != NULL ? when : "",
                         after,
                         before);
    else if (strcmp(bug, "missing-burst") == 0)
        errata_prose_say(prose,
                         "%s is missing in %s%s%s",
                         column,
                         count,
                         when != NULL ? " " : "",
                         when != NULL ? when : "");
    else if (strcmp(bug, "constant") == 0)
        errata_prose_say(prose,
                         "%s holds %s in every row%s",
                         column,
                         value != NULL ? value : "one value",
                         finding->severity > ERRATA_SEVERITY_INFO
                             ? "; in the baseline it varied"
                             : ", so it tells the model nothing");
    else if (strcmp(bug, "duplicate-rows") == 0)
        errata_prose_say(
            prose,
            "%s %s an earlier row%s%s%s; they count twice in every figure of whoever reads this log as it is",
            count,
            finding->n_rows == 1 ? "repeats" : "repeat",
            part != NULL ? " (" : "",
            part != NULL ? part : "",
            part != NULL ? " of the log)" : "");
    else if (strcmp(bug, "type-change") == 0)
        errata_prose_say(prose,
                         "%s holds %s that cannot be read as its type%s%s",
                         column,
                         count,
                         value != NULL ? ", such as " : "",
                         value != NULL ? value : "");
    else if (strcmp(bug, "out-of-range") == 0 && lo != NULL && hi != NULL)
        errata_prose_say(prose,
                         "%s leaves its range in %s: the baseline runs from %s to %s%s%s",
                         column,
                         count,
                         lo,
                         hi,
                         value != NULL ? ", here it reaches " : "",
                         value != NULL ? value : "");
    else if (strcmp(bug, "new-category") == 0)
        errata_prose_say(prose,
                         "%s has values that the baseline never had%s%s, in %s",
                         column,
                         value != NULL ? ": " : "",
                         value != NULL ? value : "",
                         count);
    else if (finding->n_rows == 0 || strstr(finding->title, count) != NULL)
        errata_prose_say(prose, "%s", finding->title);
    else
        errata_prose_say(prose, "%s, in %s", finding->title, count);
}

void
errata_plan_data_bug(ErrataProse *prose, const ErrataFinding *finding)
{
    quality_say_what(prose, finding);
    quality_say_cost(prose, finding);
}

void
errata_plan_label_issue(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *suspects = errata_finding_evidence(finding, "n_suspects");
    const ErrataEvidence *chance = errata_finding_evidence(finding, "expected_suspects");
    const ErrataEvidence *share = errata_finding_evidence(finding, "share");
    const ErrataEvidence *from = errata_finding_evidence(finding, "metric_from");
    const ErrataEvidence *to = errata_finding_evidence(finding, "metric_to");
    const ErrataSubject *subject = &finding->subject;
    g_autofree char *count = errata_words_counted(suspects != NULL ? (guint64)suspects->value
                                                                   : finding->n_rows,
                                                  "label",
                                                  "labels");
    g_autofree char *expected = chance != NULL && !isnan(chance->value)
                                    ? errata_words_count((guint64)llround(chance->value))
                                    : NULL;
    g_autofree char *part = share != NULL ? errata_words_value(share) : NULL;

    errata_prose_cite(prose, suspects);
    errata_prose_cite(prose, chance);
    errata_prose_cite(prose, share);
    if (finding->severity == ERRATA_SEVERITY_INFO)
        errata_prose_say(prose,
                         "%s stand against the evidence%s%s%s, no more than honest labels would",
                         count,
                         expected != NULL ? "; about " : "",
                         expected != NULL ? expected : "",
                         expected != NULL ? " would by chance alone" : "");
    else
        errata_prose_say(prose,
                         "%s look wrong%s%s%s%s%s",
                         count,
                         expected != NULL ? ", where chance alone would give about " : "",
                         expected != NULL ? expected : "",
                         part != NULL ? ": the excess is " : "",
                         part != NULL ? part : "",
                         part != NULL ? " of all labels" : "");
    if (subject->given != NULL && subject->suggested != NULL)
        errata_prose_say(prose,
                         "most often %s was given where %s fits better",
                         subject->given,
                         subject->suggested);
    if (from != NULL && to != NULL && !isnan(from->value) && !isnan(to->value) &&
        finding->severity > ERRATA_SEVERITY_INFO) {
        g_autofree char *now =
            errata_words_share(from->value, from->value - 0.005, from->value + 0.005);
        g_autofree char *then = errata_words_share(to->value, to->value - 0.005, to->value + 0.005);

        errata_prose_cite(prose, from);
        errata_prose_cite(prose, to);
        errata_prose_say(prose,
                         "if as many of the surest suspects as exceed chance are wrong, the model "
                         "is right %s of the time, not %s",
                         then,
                         now);
    }
    errata_prose_say(prose,
                     "people confirm about half of such suspicions, so look at the worst first");
}

void
errata_plan_calibration(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *said = errata_finding_evidence(finding, "mean_score");
    const ErrataEvidence *happened = errata_finding_evidence(finding, "mean_rate");
    const char *direction = finding->subject.direction;
    g_autofree char *ece = errata_prose_value(prose, finding, "ece");
    g_autofree char *chance = errata_prose_value(prose, finding, "ece_expected");
    g_autofree char *from = errata_prose_value(prose, finding, "log_loss_from");
    g_autofree char *to = errata_prose_value(prose, finding, "log_loss_to");

    if (said != NULL && happened != NULL && g_strcmp0(direction, "mixed") != 0) {
        g_autofree char *score = errata_words_value(said);
        g_autofree char *rate = errata_words_value(happened);

        errata_prose_cite(prose, said);
        errata_prose_cite(prose, happened);
        errata_prose_say(
            prose,
            "the scores%s promise %s on average, and it happens %s of the time: they are too %s",
            finding->subject.predicates->len > 0 ? " there" : "",
            score,
            rate,
            g_strcmp0(direction, "over") == 0 ? "high" : "low");
    } else
        errata_prose_say(
            prose,
            "the scores are off in both directions: too high in one range, too low in another");
    if (ece != NULL)
        errata_prose_say(prose,
                         "the calibration error is %s%s%s%s",
                         ece,
                         chance != NULL ? "; a calibrated model would show about " : "",
                         chance != NULL ? chance : "",
                         chance != NULL ? " by chance" : "");
    if (from != NULL && to != NULL)
        errata_prose_say(
            prose,
            "recalibrated on one half and measured on the other, log-loss goes from %s to %s; the "
            "ranking stays as it is",
            from,
            to);
}

void
errata_plan_threshold(ErrataProse *prose, const ErrataFinding *finding)
{
    g_autofree char *current = errata_prose_value(prose, finding, "current");
    g_autofree char *best = errata_prose_value(prose, finding, "best");
    g_autofree char *from = errata_prose_value(prose, finding, "cost_from");
    g_autofree char *to = errata_prose_value(prose, finding, "cost_to");

    if (current != NULL && best != NULL)
        errata_prose_say(prose,
                         "the log decides at a score of %s; %s would have done better",
                         current,
                         best);
    if (from != NULL && to != NULL)
        errata_prose_say(prose,
                         "%s from %s to %s, chosen on one half and measured on the other",
                         g_strcmp0(finding->subject.objective, "cost") == 0
                             ? "the cost per row goes"
                             : "the error rate goes",
                         from,
                         to);
}
