/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of labels of two classes, and of those of a group. */
#include "prose.h"
#include "words.h"

void
errata_plan_label_segment(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "sure_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "sure_out");
    const ErrataEvidence *auc = errata_finding_evidence(finding, "auc_in");
    g_autofree char *where = errata_words_where(finding);
    g_autofree char *here = NULL;
    g_autofree char *there = NULL;
    g_autofree char *interval = NULL;
    g_autofree char *count = errata_prose_value(prose, finding, "excess");

    if (auc != NULL) {
        here = errata_words_value(auc);
        interval = errata_words_interval(auc);
        errata_prose_cite(prose, auc);
        errata_prose_say(prose,
                         "the AUC of the rows where %s is %s (%s): the higher the score, the fewer "
                         "have that class",
                         where,
                         here,
                         interval);
        errata_prose_say(
            prose,
            "labels turned over look like that, and so do scores; a look at some of the "
            "rows tells which");
        return;
    }
    if (in == NULL || out == NULL || count == NULL)
        return;
    here = errata_words_value(in);
    there = errata_words_value(out);
    interval = errata_words_interval(in);
    errata_prose_cite(prose, in);
    errata_prose_cite(prose, out);
    errata_prose_say(
        prose,
        "rows that the scores are sure of, and that trees learnt from the features are "
        "sure of as well, have another label %s of the time (%s) where %s, elsewhere "
        "%s",
        here,
        interval,
        where,
        there);
    if (errata_finding_note(finding, "one_way") != NULL) {
        errata_prose_say(
            prose,
            "all of these labels are %s: either about %s are wrong, or it happened there "
            "by causes that no column and no score knows of, and then the labels are "
            "right",
            finding->subject.given,
            count);
        errata_prose_say(prose, "the log alone cannot tell which; a look at some of the rows can");
        return;
    }
    errata_prose_say(prose,
                     "labels changed by chance at that rate, about %s, explain what the group has "
                     "more errors by; a model at fault would be learnt better from its rows",
                     count);
    errata_prose_say(
        prose,
        "training on these labels would teach the mistake, so have them checked first");
}

/* two classes taken for one another beyond what the probabilities tell */
void
errata_plan_label_swap(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *seen = errata_finding_evidence(finding, "confused");
    g_autofree char *count = NULL;
    g_autofree char *expected = NULL;

    if (seen == NULL || isnan(seen->value) || isnan(seen->baseline))
        return;
    count = errata_words_counted((guint64)llround(seen->value), "row", "rows");
    expected = llround(seen->baseline) > 0 ? errata_words_count((guint64)llround(seen->baseline))
                                           : g_strdup("none");
    errata_prose_cite(prose, seen);
    errata_prose_say(prose,
                     "on the half that was not searched, %s labelled %s are predicted %s%s, where "
                     "the probabilities expect %s",
                     count,
                     finding->subject.given,
                     finding->subject.suggested,
                     errata_finding_note(finding, "both") != NULL ? " or the other way round" : "",
                     expected);
    errata_prose_say(
        prose,
        "either their labels are swapped, or the model cannot part the two classes and "
        "does not know it; a look at a few of the rows tells which");
}

/* what a group that errs, or whose scores are off, looks like where its labels are changed */
void
errata_plan_label_shape(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *changed = errata_finding_evidence(finding, "labels_changed");
    const char *class = errata_finding_note(finding, "changed");
    g_autofree char *share = NULL;
    g_autofree char *interval = NULL;

    if (changed == NULL)
        return;
    share = errata_words_value(changed);
    interval = errata_words_interval(changed);
    errata_prose_cite(prose, changed);
    if (class == NULL) {
        errata_prose_say(prose,
                         "it has the shape of changed labels: however sure the scores, about %s "
                         "(%s) have the other label, so have some of them checked before training "
                         "on them",
                         share,
                         interval);
        return;
    }
    errata_prose_say(prose,
                     "it has the shape of changed labels: however sure the scores, about %s (%s) "
                     "of the cases of %s have the other label, so have some of them checked before "
                     "training on them",
                     share,
                     interval,
                     class);
}
