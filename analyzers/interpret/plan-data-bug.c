/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of a fault in the data: what the rows look like and when, what they should look like,
 * and whether predictions there are worse. */
#include <math.h>
#include <string.h>

#include "prose.h"
#include "words.h"

#define BUG_TURNED 0.5 /* slope of a side that is told: data-bugs-turned.c */

/* “ between 15 April, 06:30 and 30 April, 00:37”, by rows without times, or nothing */
static char *
bug_when(const ErrataSubject *subject)
{
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    if (subject->has_time) {
        g_autofree char *range = errata_words_time_range(subject->from, subject->to, "and", TRUE);

        if (range != NULL)
            return g_strdup_printf(" between %s", range);
        from = errata_words_time_on(subject->from);
        return g_strdup_printf(" %s", from);
    }
    if (subject->to <= subject->from || subject->from < 0)
        return g_strdup("");
    from = errata_words_count((guint64)subject->from);
    to = errata_words_count((guint64)subject->to - 1);
    return g_strdup_printf(" between rows %s and %s", subject->from == 0 ? "0" : from, to);
}

/* the share before, in the reference or outside the window: “never”, “in 2.1 %” */
static char *
bug_before(const ErrataEvidence *now)
{
    g_autofree char *share = NULL;

    if (!(now->baseline > 0.0))
        return g_strdup("never");
    share = errata_words_share(now->baseline, (double)NAN, (double)NAN);
    return g_strdup_printf("in %s", share);
}

static void
bug_say_missing(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataSubject *subject = &finding->subject;
    const ErrataEvidence *now = errata_finding_evidence(finding, "share_now");
    const ErrataEvidence *group = errata_finding_evidence(finding, "group");
    g_autofree char *when = bug_when(subject);
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");
    g_autofree char *share = NULL;
    g_autofree char *before = NULL;

    if (now == NULL || isnan(now->value) || isnan(now->baseline)) {
        errata_prose_say(prose, "the column %s is missing in %s%s", subject->column, count, when);
        return;
    }
    share = errata_words_value(now);
    before = bug_before(now);
    errata_prose_cite(prose, now);
    if (group != NULL) {
        g_autofree char *of_group = group->value > 0.9995 ? g_strdup("all")
                                                          : errata_words_value(group);

        errata_prose_cite(prose, group);
        errata_prose_say(prose,
                         "the column %s is missing in %s%s rows where %s%s: %s, or %s of all rows "
                         "of that time",
                         subject->column,
                         of_group,
                         group->value > 0.9995 ? "" : " of the",
                         group->text,
                         when,
                         count,
                         share);
        errata_prose_say(prose,
                         "elsewhere %s%s",
                         now->baseline > 0.0 ? "it is missing " : "it is there",
                         now->baseline > 0.0 ? before : "");
        return;
    }
    if (when[0] != '\0')
        errata_prose_say(prose,
                         "the column %s is missing in %s of the rows%s (%s), and %s otherwise",
                         subject->column,
                         share,
                         when,
                         count,
                         before);
    else
        errata_prose_say(prose,
                         "the column %s is missing in %s of the rows (%s), but %s in the reference",
                         subject->column,
                         share,
                         count,
                         before);
}

static void
bug_say_copies(ErrataProse *prose, const ErrataFinding *finding)
{
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");
    g_autofree char *part = errata_prose_value(prose, finding, "share_rows");

    if (finding->subject.column != NULL && errata_finding_note(finding, "inputs") != NULL) {
        errata_prose_say(prose,
                         "%s have the %s and the inputs of an earlier row, and another prediction "
                         "or score: two models seem to have written one log, and its figures are "
                         "those of neither",
                         count,
                         finding->subject.column);
        return;
    }
    if (finding->subject.column != NULL) {
        errata_prose_say(prose,
                         "%s %s the %s of an earlier row that is otherwise different: whatever is "
                         "joined by it may land on the wrong one",
                         count,
                         finding->n_rows == 1 ? "has" : "have",
                         finding->subject.column);
        return;
    }
    errata_prose_say(prose,
                     "%s%s%s%s %s an earlier row word for word; whoever reads the log as it is "
                     "counts %s twice",
                     count,
                     part != NULL ? ", " : "",
                     part != NULL ? part : "",
                     part != NULL ? " of the log," : "",
                     finding->n_rows == 1 ? "repeats" : "repeat",
                     finding->n_rows == 1 ? "it" : "them");
}

static void
bug_say_range(ErrataProse *prose, const ErrataFinding *finding)
{
    const char *column = finding->subject.column;
    const ErrataEvidence *example = errata_finding_evidence(finding, "value");
    gboolean skew = g_strcmp0(finding->subject.bug, "train-serve-skew") == 0;
    g_autofree char *lo = errata_prose_value(prose, finding, "reference_lo");
    g_autofree char *hi = errata_prose_value(prose, finding, "reference_hi");
    g_autofree char *part = errata_prose_value(prose, finding, "share_rows");
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");

    if (skew && (lo == NULL || errata_finding_evidence(finding, "share_now") == NULL)) {
        errata_prose_quote(prose, finding->title);
        errata_prose_say(prose,
                         "that is %s of the rows, and no passing fault: the model is fed otherwise "
                         "than it learnt",
                         part != NULL ? part : count);
        return;
    }
    if (lo == NULL && errata_finding_evidence(finding, "share_now") != NULL) {
        errata_prose_quote(prose, finding->title);
        errata_prose_say(prose, "an infinite number is none that a model could have learnt from");
        return;
    }
    if (lo == NULL || hi == NULL) {
        errata_prose_say(prose, "the column %s leaves its range in %s", column, count);
        return;
    }
    if (skew)
        errata_prose_say(prose,
                         "in the reference %s runs from %s to %s; here %s of the rows lie far "
                         "beyond, from the first on. So it is not a passing fault: the model is "
                         "fed another quantity, or another unit, than it learnt from",
                         column,
                         lo,
                         hi,
                         part != NULL ? part : count);
    else
        errata_prose_say(prose,
                         "in %s the column %s leaves its range by far: it should run from %s to "
                         "%s%s%s",
                         count,
                         column,
                         lo,
                         hi,
                         example != NULL && example->text != NULL ? ", and holds values such as "
                                                                  : "",
                         example != NULL && example->text != NULL ? example->text : "");
    if (!skew)
        errata_prose_cite(prose, example);
}

/* which of labels and predictions is the other way round: data-bugs-turned.c */
static void
bug_say_turned(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *label = errata_finding_evidence(finding, "turned_label");
    const ErrataEvidence *output = errata_finding_evidence(finding, "turned_output");

    errata_prose_cite(prose, label);
    errata_prose_cite(prose, output);
    if (label != NULL && output != NULL && label->value < -BUG_TURNED && output->value > BUG_TURNED)
        errata_prose_say(prose,
                         "predictions go with the other columns as they do elsewhere, labels the "
                         "other way round: what is recorded turned round, or what happens did; "
                         "only who knows the labels can tell");
    else if (label != NULL && output != NULL && label->value > BUG_TURNED &&
             output->value < -BUG_TURNED)
        errata_prose_say(prose,
                         "labels go with the other columns as they do elsewhere, predictions the "
                         "other way round: so it is not the labels");
    else
        errata_prose_say(prose,
                         "so it looks when what is recorded turned round, or when what is "
                         "predicted did, and the other columns do not tell which: only who knows "
                         "the labels can");
}

static void
bug_say_values(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataSubject *subject = &finding->subject;
    const ErrataEvidence *example = errata_finding_evidence(finding, "value");
    const ErrataEvidence *now = errata_finding_evidence(finding, "share_now");
    const char *value = example != NULL && example->text != NULL ? example->text : "another value";
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");
    g_autofree char *when = bug_when(subject);
    g_autofree char *share = now != NULL ? errata_words_value(now) : NULL;

    errata_prose_cite(prose, example);
    if (g_strcmp0(subject->bug, "encoding-change") == 0) {
        gboolean all = now != NULL && now->value > 0.9995;

        errata_prose_cite(prose, now);
        if (example == NULL)
            errata_prose_quote(prose, finding->title);
        else
            errata_prose_say(prose,
                             "%s%s %s values of %s that occur at no other time, such as “%s”",
                             count,
                             when,
                             finding->n_rows == 1 ? "holds" : "hold",
                             subject->column,
                             value);
        if (example == NULL && now == NULL)
            bug_say_turned(prose, finding);
        if (share != NULL)
            errata_prose_say(
                prose,
                all ? "every row of that time has them (%s), so all senders changed at "
                      "once"
                    : "that is %s of the rows of that time, so only some values or "
                      "some senders changed",
                share);
        return;
    }
    errata_prose_say(
        prose,
        "%s %s a value of %s that the reference never had, such as “%s”: the model has "
        "learnt nothing about it there",
        count,
        finding->n_rows == 1 ? "holds" : "hold",
        subject->column,
        value);
}

static void
bug_say_type(ErrataProse *prose, const ErrataFinding *finding)
{
    const char *column = finding->subject.column;
    const ErrataEvidence *example = errata_finding_evidence(finding, "value");
    const ErrataEvidence *now = errata_finding_evidence(finding, "share_now");
    g_autofree char *count = errata_words_counted(finding->n_rows, "cell", "cells");
    g_autofree char *share = NULL;
    g_autofree char *before = NULL;

    if (now != NULL && !isnan(now->baseline)) {
        share = errata_words_value(now);
        before = errata_words_share(now->baseline, (double)NAN, (double)NAN);
        errata_prose_cite(prose, now);
        errata_prose_say(prose,
                         "the column %s holds numbers in %s of the rows, in the baseline in %s",
                         column,
                         share,
                         before);
        return;
    }
    errata_prose_cite(prose, example);
    if (example != NULL && example->text != NULL &&
        g_strcmp0(errata_finding_note(finding, "mixed"), "numbers") == 0) {
        errata_prose_say(prose,
                         "%s of %s hold numbers such as “%s”, all others words: a model that "
                         "knows the words does not know these",
                         count,
                         column,
                         example->text);
        return;
    }
    if (example != NULL && example->text != NULL && errata_finding_note(finding, "mixed") != NULL) {
        errata_prose_say(prose,
                         "%s of %s hold words such as “%s”, all others numbers: for their sake "
                         "the whole column is read as words here",
                         count,
                         column,
                         example->text);
        return;
    }
    errata_prose_say(prose,
                     "%s of %s cannot be read as what the others are%s%s%s; %s as missing",
                     count,
                     column,
                     example != NULL && example->text != NULL ? ", such as “" : "",
                     example != NULL && example->text != NULL ? example->text : "",
                     example != NULL && example->text != NULL ? "”" : "",
                     finding->n_rows == 1 ? "it counts" : "they count");
}

static void
bug_say_constant(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *example = errata_finding_evidence(finding, "value");
    const char *value = example != NULL && example->text != NULL ? example->text : "the same value";
    g_autofree char *when = bug_when(&finding->subject);
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");

    if (when[0] != '\0') {
        errata_prose_cite(prose, example);
        errata_prose_say(prose,
                         "the column %s stands still at %s%s (%s), far longer than any of its "
                         "values lasts elsewhere: whatever feeds it was stuck",
                         finding->subject.column,
                         value,
                         when,
                         count);
        return;
    }
    errata_prose_cite(prose, example);
    errata_prose_say(prose,
                     finding->severity > ERRATA_SEVERITY_INFO
                         ? "every value of %s is %s; it varies in the reference: whatever feeds it "
                           "is stuck"
                         : "every value of %s is %s, so it cannot tell one prediction from another",
                     finding->subject.column,
                     value);
}

/* when a number came in another unit; the title says which */
static void
bug_say_unit(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *factor = errata_finding_evidence(finding, "factor");
    g_autofree char *when = bug_when(&finding->subject);
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");

    errata_prose_cite(prose, factor);
    errata_prose_quote(prose, finding->title);
    if (factor != NULL && !isnan(factor->lo) && !isnan(factor->hi)) {
        g_autofree char *interval = errata_words_interval(factor);

        if (interval != NULL)
            errata_prose_say(prose, "measured, the factor lies in the interval %s", interval);
    }
    if (when[0] != '\0' && strstr(finding->title, count) != NULL)
        errata_prose_say(prose, "in all other rows it comes as usual");
    else if (when[0] != '\0')
        errata_prose_say(prose,
                         "that is so%s, in %s; in all other rows it comes as usual",
                         when,
                         count);
}

/* values of a column that stand for one another for a while; the title says which */
static void
bug_say_exchanged(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    const ErrataEvidence *exchanged = errata_finding_evidence(finding, "exchanged");
    g_autofree char *number = errata_prose_value(prose, finding, "exchanged");
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");

    errata_prose_quote(prose, finding->title);
    errata_prose_say(prose,
                     "%s values stand for one another in %s: put back, they are as frequent as at "
                     "other times and go with the other columns as they do there",
                     number,
                     count);
    if (exchanged->value < 2.5 && !(in != NULL && out != NULL && in->lo > out->value))
        errata_prose_say(
            prose,
            "whether they were written for one another or changed places in fact cannot "
            "be told from the errors");
}

/* labels that are the predictions again, in some of the rows */
static void
bug_say_copied(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *expected = errata_finding_evidence(finding, "expected");
    const ErrataEvidence *without = errata_finding_evidence(finding, "metric_without");
    gboolean share = without != NULL && without->unit == ERRATA_UNIT_SHARE;

    errata_prose_cite(prose, errata_finding_evidence(finding, "disagree"));
    errata_prose_quote(prose, finding->title);
    if (expected != NULL) {
        g_autofree char *errors = errata_words_counted((guint64)llround(expected->value),
                                                       "of them would be wrong",
                                                       "of them would be wrong");

        errata_prose_cite(prose, expected);
        errata_prose_say(prose, "were they like equal rows elsewhere, %s", errors);
    }
    errata_prose_say(prose,
                     "labels that were filled in from predictions look like that, and so do rows "
                     "that the model was trained on: what is measured there tells nothing of how "
                     "good it is");
    if (without != NULL && !isnan(without->value) && !isnan(without->baseline)) {
        g_autofree char *left = NULL;
        g_autofree char *all = NULL;
        g_autofree char *interval = errata_words_interval(without);

        if (share) {
            left = errata_words_value(without);
            all = errata_words_share(without->baseline, without->lo, without->hi);
        } else {
            errata_words_pair(without->value, without->baseline, &left, &all);
        }
        errata_prose_cite(prose, without);
        errata_prose_say(prose,
                         share ? "without these rows accuracy is %s%s%s%s, not %s"
                               : "without these rows the mean absolute error is %s%s%s%s, not %s",
                         left,
                         interval != NULL ? " (" : "",
                         interval != NULL ? interval : "",
                         interval != NULL ? ")" : "",
                         all);
    }
}

/* rows that are wrong only where a group has them: “… but only where finding 1 tells of more
 * errors” */
static void
bug_say_innocent(ErrataProse *prose, const ErrataEvidence *in, const ErrataEvidence *alone)
{
    gboolean share = alone->unit == ERRATA_UNIT_SHARE;
    const char *unit = share ? "" : errata_prose_unit(prose);
    g_autofree char *all = errata_words_value(in);
    g_autofree char *here = errata_words_value(alone);
    g_autofree char *interval = errata_words_interval(alone);
    g_autofree char *there = share ? errata_words_share(alone->baseline, alone->lo, alone->hi)
                                   : errata_words_number(alone->baseline, alone->lo, alone->hi);

    errata_prose_cite(prose, in);
    errata_prose_cite(prose, alone);
    errata_prose_say(prose,
                     share ? "these rows look guilty of errors, too, but are not: %s of them are "
                             "wrong, but that is the matter of another finding, “%s”"
                           : "these rows look guilty of errors, too, but are not: they are off by "
                             "%s, but that is the matter of another finding, “%s”",
                     all,
                     alone->text);
    errata_prose_say(prose,
                     share
                         ? "of those that it does not tell of, %s%s are wrong%s%s%s, elsewhere %s"
                         : "those that it does not tell of are off by %s%s%s%s%s, elsewhere by %s",
                     here,
                     unit,
                     interval != NULL ? " (" : "",
                     interval != NULL ? interval : "",
                     interval != NULL ? ")" : "",
                     there);
}

/* the rows' errors against the rest's: worse, no worse, or too few to tell */
static void
bug_say_cost(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    const ErrataEvidence *alone = errata_finding_evidence(finding, "rate_alone");
    gboolean share = in != NULL && in->unit == ERRATA_UNIT_SHARE;
    const char *unit = share ? "" : errata_prose_unit(prose);
    g_autofree char *here = NULL;
    g_autofree char *there = NULL;
    g_autofree char *interval = NULL;
    gboolean near = g_strcmp0(errata_finding_note(finding, "compared"), "around") == 0;
    const char *other = near ? "in the rows around them" : "elsewhere";

    if (in == NULL || out == NULL || isnan(in->value) || isnan(out->value))
        return;
    if (alone != NULL && alone->text != NULL) {
        bug_say_innocent(prose, in, alone);
        return;
    }
    errata_prose_cite(prose, in);
    errata_prose_cite(prose, out);
    here = errata_words_value(in);
    there = errata_words_value(out);
    interval = errata_words_interval(in);
    if (!share) {
        errata_prose_say(prose,
                         "predictions there are off by %s%s, %s by %s%s",
                         here,
                         unit,
                         other,
                         there,
                         unit);
        return;
    }
    if (in->lo > out->value)
        errata_prose_say(prose,
                         "predictions there are wrong %s of the time (%s), %s %s",
                         here,
                         interval,
                         other,
                         there);
    else if (in->hi < out->value)
        errata_prose_say(prose,
                         "predictions there are wrong less often than %s: %s against %s",
                         other,
                         here,
                         there);
    else
        errata_prose_say(prose,
                         "it has cost no accuracy that could be seen: %s are wrong there (%s), "
                         "%s %s",
                         here,
                         interval != NULL ? interval : "few rows",
                         other,
                         there);
}

void
errata_plan_data_bug(ErrataProse *prose, const ErrataFinding *finding)
{
    const char *bug = finding->subject.bug != NULL ? finding->subject.bug : "";

    errata_prose_cite(prose, errata_finding_evidence(finding, "n_rows"));
    if (strcmp(bug, "copied-labels") == 0) {
        bug_say_copied(prose, finding);
        return;
    }
    if (strcmp(bug, "duplicate-rows") == 0)
        bug_say_copies(prose, finding);
    else if (finding->subject.column == NULL || (strcmp(bug, "missing-burst") == 0 &&
                                                 errata_finding_evidence(finding, "value") != NULL))
        errata_prose_quote(prose, finding->title);
    else if (strcmp(bug, "missing-burst") == 0)
        bug_say_missing(prose, finding);
    else if (strcmp(bug, "constant") == 0)
        bug_say_constant(prose, finding);
    else if (strcmp(bug, "type-change") == 0)
        bug_say_type(prose, finding);
    else if (strcmp(bug, "out-of-range") == 0 || strcmp(bug, "train-serve-skew") == 0)
        bug_say_range(prose, finding);
    else if (errata_finding_evidence(finding, "exchanged") != NULL)
        bug_say_exchanged(prose, finding);
    else if (strcmp(bug, "encoding-change") == 0 || strcmp(bug, "new-category") == 0)
        bug_say_values(prose, finding);
    else if (strcmp(bug, "unit-change") == 0)
        bug_say_unit(prose, finding);
    else
        errata_prose_quote(prose, finding->title);
    if (strcmp(bug, "duplicate-rows") != 0)
        bug_say_cost(prose, finding);
}
