/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of rows that nothing natural resembles: what they hold, what is usual, and whether
 * predictions there are worse. */
#include <math.h>
#include <string.h>

#include "number.h"
#include "prose.h"
#include "words.h"

/* “ between 12 May, 00:01 and 15 May, 23:58, in all of those where channel is app”, what of it is
 * known */
static char *
anomaly_where(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataSubject *subject = &finding->subject;
    const ErrataEvidence *group = errata_finding_evidence(finding, "group");
    g_autofree char *range = subject->has_time
                                 ? errata_words_time_range(subject->from, subject->to, "and", TRUE)
                                 : NULL;
    g_autofree char *part = group != NULL && group->value < 0.9995 ? errata_words_value(group)
                                                                   : NULL;

    errata_prose_cite(prose, group);
    return g_strdup_printf("%s%s%s%s%s%s%s",
                           range != NULL ? " between " : "",
                           range != NULL ? range : "",
                           group != NULL ? ", " : "",
                           group == NULL  ? ""
                           : part != NULL ? part
                                          : "all",
                           group != NULL ? " of those where " : "",
                           group != NULL ? group->text : "",
                           group != NULL ? "," : "");
}

/* a value; an instant as it stands in the log */
static char *
anomaly_value(ErrataProse *prose, const ErrataFinding *finding, const char *key)
{
    const ErrataEvidence *evidence = errata_finding_evidence(finding, key);
    char *words = errata_prose_value(prose, finding, key);

    if (evidence == NULL || evidence->unit != ERRATA_UNIT_TIME || evidence->text == NULL)
        return words;
    g_free(words);
    return g_strdup(evidence->text);
}

/* a code as it stands in the log: 9.999 is none other than itself */
static char *
anomaly_code(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *evidence = errata_finding_evidence(finding, "value");
    g_autofree char *words = anomaly_value(prose, finding, "value");
    char buffer[ERRATA_NUMBER_BUFFER];

    return evidence == NULL || isnan(evidence->value) ||
                   !(fabs(evidence->value - rint(evidence->value)) > 0.0)
               ? g_steal_pointer(&words)
               : g_strdup(errata_number_print(evidence->value, buffer));
}

static void
anomaly_say_code(ErrataProse *prose, const ErrataFinding *finding)
{
    const char *column = finding->subject.columns[0];
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");
    g_autofree char *value = anomaly_code(prose, finding);
    g_autofree char *lo = anomaly_value(prose, finding, "usual_lo");
    g_autofree char *hi = anomaly_value(prose, finding, "usual_hi");

    g_autofree char *where = anomaly_where(prose, finding);

    if (value == NULL || lo == NULL || hi == NULL)
        return;
    errata_prose_say(
        prose,
        "in %s%s the column %s holds %s, while nearly all its other values lie between "
        "%s and %s",
        count,
        where,
        column,
        value,
        lo,
        hi);
    errata_prose_say(
        prose,
        "so it stands for “no value”, not for a %s. Everywhere else in this report it is read as "
        "missing",
        errata_finding_evidence(finding, "value")->unit == ERRATA_UNIT_TIME ? "date" : "quantity");
}

static void
anomaly_say_tail(ErrataProse *prose, const ErrataFinding *finding)
{
    const char *column = finding->subject.columns[0];
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");
    g_autofree char *value = errata_prose_value(prose, finding, "value");
    g_autofree char *lo = errata_prose_value(prose, finding, "usual_lo");
    g_autofree char *hi = errata_prose_value(prose, finding, "usual_hi");

    if (value == NULL)
        return;
    errata_prose_say(prose,
                     "in %s the column %s takes values as far out as %s",
                     count,
                     column,
                     value);
    if (lo != NULL && hi != NULL)
        errata_prose_say(prose,
                         "by the way its ordinary values thin out, one in a thousand lies below %s "
                         "and one in a thousand above %s; so many so far beyond are not of their "
                         "kind",
                         lo,
                         hi);
    else if (lo != NULL || hi != NULL)
        errata_prose_say(
            prose,
            "by the way its ordinary values thin out, one in a thousand lies %s %s; so "
            "many so far beyond are not of their kind",
            lo != NULL ? "below" : "above",
            lo != NULL ? lo : hi);
}

static void
anomaly_say_repeated(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *record = errata_finding_evidence(finding, "record");
    const ErrataEvidence *expected = errata_finding_evidence(finding, "expected");
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");
    g_autofree char *chance = NULL;

    if (record == NULL || record->text == NULL || expected == NULL)
        return;
    chance = expected->value < 0.5 ? g_strdup("less than one") : errata_words_value(expected);
    errata_prose_cite(prose, record);
    errata_prose_cite(prose, expected);
    errata_prose_say(prose, "%s hold the same rare values together: %s", count, record->text);
    errata_prose_say(
        prose,
        "each of them is at the edge of its column; by chance %s such row%s "
        "would be expected at most. Something fills them in: a default, a stuck device, a "
        "test account",
        chance,
        expected->value < 0.5 ? "" : "s");
}

static void
anomaly_say_output(ErrataProse *prose, const ErrataFinding *finding, const char *kind)
{
    const char *column = finding->subject.columns[0];
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");
    g_autofree char *value = errata_prose_value(prose, finding, "value");
    g_autofree char *other = errata_prose_value(prose, finding, "other_end");

    if (value == NULL)
        return;
    if (strcmp(kind, "stuck") == 0) {
        errata_prose_say(prose,
                         "for %s in a row %s is %s, although what comes in changes from row to row",
                         count,
                         column,
                         value);
        errata_prose_say(prose, "elsewhere that value is far too rare for such a run to be chance");
    } else if (strcmp(kind, "certain") == 0)
        errata_prose_say(prose,
                         "in %s the column %s is exactly %s, the end of its range; no other value"
                         "%s%s is nearly as common, so what lay beyond was probably cut off",
                         count,
                         column,
                         value,
                         other != NULL ? " but the other end, " : "",
                         other != NULL ? other : "");
    else
        errata_prose_say(prose,
                         "rows like these get quite another %s: trees that know the model's "
                         "outputs well from what comes in expect other values in %s, the furthest "
                         "of which is %s",
                         column,
                         count,
                         value);
}

static void
anomaly_say_joint(ErrataProse *prose, const ErrataFinding *finding)
{
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");
    g_autofree char *names = errata_words_list((const char *const *)finding->subject.columns,
                                               g_strv_length(finding->subject.columns),
                                               "and");

    errata_prose_cite(prose, errata_finding_evidence(finding, "distance"));
    errata_prose_say(prose,
                     "in %s each value is a usual one, but %s do not go together as they do "
                     "elsewhere: what holds between them everywhere else is broken there",
                     count,
                     names);
}

static void
anomaly_say_cost(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    gboolean share = in != NULL && in->unit == ERRATA_UNIT_SHARE;
    g_autofree char *here = NULL;
    g_autofree char *there = NULL;
    g_autofree char *interval = NULL;

    if (in == NULL || out == NULL || isnan(in->value) || isnan(out->value))
        return;
    errata_prose_cite(prose, in);
    errata_prose_cite(prose, out);
    here = errata_words_value(in);
    there = errata_words_value(out);
    interval = errata_words_interval(in);
    if (!share)
        errata_prose_say(prose,
                         "predictions there are off by %s%s, elsewhere by %s%s",
                         here,
                         errata_prose_unit(prose),
                         there,
                         errata_prose_unit(prose));
    else if (in->lo > out->value || in->hi < out->value)
        errata_prose_say(prose,
                         "predictions there are wrong %s of the time (%s), elsewhere %s",
                         here,
                         interval != NULL ? interval : "few rows",
                         there);
    else
        errata_prose_say(prose,
                         "they cost no accuracy that could be seen: %s are wrong there (%s), "
                         "elsewhere %s",
                         here,
                         interval != NULL ? interval : "few rows",
                         there);
}

void
errata_plan_anomaly(ErrataProse *prose, const ErrataFinding *finding)
{
    const char *kind = errata_finding_note(finding, "anomaly");

    if (kind == NULL || finding->subject.columns == NULL || finding->subject.columns[0] == NULL)
        return;
    errata_prose_cite(prose, errata_finding_evidence(finding, "n_rows"));
    if (strcmp(kind, "sentinel") == 0)
        anomaly_say_code(prose, finding);
    else if (strcmp(kind, "tail") == 0)
        anomaly_say_tail(prose, finding);
    else if (strcmp(kind, "repeated") == 0)
        anomaly_say_repeated(prose, finding);
    else if (strcmp(kind, "joint") == 0)
        anomaly_say_joint(prose, finding);
    else
        anomaly_say_output(prose, finding, kind);
    anomaly_say_cost(prose, finding);
}
