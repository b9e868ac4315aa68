/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of a cluster of errors: what its rows say or are, how often they are wrong and the
 * rest is not, how much of all errors they make, whether scores warn of it, how to find them. */
#include <math.h>

#include "prose.h"
#include "words.h"

#define CLUSTER_WORDS    3
#define CLUSTER_EXPECTED 1.5  /* errors over the foretold ones, from which scores do not warn */
#define CLUSTER_MANY     10.0 /* from which the ratio itself is not sure */
#define CLUSTER_GOOD     0.6  /* precision and recall from which a description is worth telling */

static gboolean
cluster_is_of_texts(const ErrataFinding *finding)
{
    return g_strcmp0(errata_finding_note(finding, "of"), "texts") == 0;
}

/* of numbers, errors are the predictions that are farthest off */
static gboolean
cluster_is_worst(const ErrataFinding *finding)
{
    return errata_finding_note(finding, "worst") != NULL;
}

static const char *
cluster_how(const ErrataFinding *finding)
{
    return cluster_is_worst(finding) ? "among the worst tenth" : "wrong";
}

/* “texts in German”, “texts with “yeah right”, “what a” or “only took””, else “rows that are
 * alike” */
static char *
cluster_who(ErrataProse *prose, const ErrataFinding *finding, gboolean all)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    const char *tongue = errata_finding_note(finding, "tongue");
    g_autofree char *list = NULL;

    if (all && tongue != NULL)
        return g_strdup_printf("texts in %s", tongue);
    for (guint i = 0; i < finding->evidence->len && words->len < CLUSTER_WORDS; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

        if (g_strcmp0(evidence->key, "keyword") != 0 || evidence->text == NULL)
            continue;
        g_ptr_array_add(words, g_strdup_printf("“%s”", evidence->text));
        errata_prose_cite(prose, evidence);
    }
    if (words->len == 0)
        return g_strdup(cluster_is_of_texts(finding) ? "texts that are alike"
                                                     : "rows that are alike");
    list = errata_words_list((const char *const *)words->pdata, words->len, "or");
    return g_strdup_printf(all ? "texts with %s" : "texts that are alike, many with %s,", list);
}

static void
cluster_say_rates(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    g_autofree char *who = cluster_who(prose, finding, FALSE);
    g_autofree char *in_words = NULL;
    g_autofree char *out_words = NULL;
    g_autofree char *interval = NULL;

    if (in == NULL || out == NULL)
        return;
    in_words = errata_words_value(in);
    out_words = errata_words_value(out);
    interval = errata_words_interval(in);
    errata_prose_cite(prose, in);
    errata_prose_cite(prose, out);
    errata_prose_say(prose,
                     "%s are %s %s of the time%s%s%s, all others %s",
                     who,
                     cluster_how(finding),
                     in_words,
                     interval != NULL ? " (" : "",
                     interval != NULL ? interval : "",
                     interval != NULL ? ")" : "",
                     out_words);
}

/* of all texts with the words; FALSE where they are no such sign */
static gboolean
cluster_say_said(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *rate = errata_finding_evidence(finding, "said_rate");
    g_autofree char *who = NULL;
    g_autofree char *in = NULL;
    g_autofree char *out = NULL;
    g_autofree char *interval = NULL;
    g_autofree char *errors = NULL;
    g_autofree char *rows = NULL;
    g_autofree char *count = NULL;

    if (rate == NULL)
        return FALSE;
    who = cluster_who(prose, finding, TRUE);
    in = errata_words_value(rate);
    out = errata_words_share(rate->baseline, rate->lo, rate->hi);
    interval = errata_words_interval(rate);
    errata_prose_cite(prose, rate);
    errata_prose_say(prose,
                     "%s are %s %s of the time (%s), all others %s",
                     who,
                     cluster_how(finding),
                     in,
                     interval != NULL ? interval : "few rows",
                     out);
    rows = errata_prose_value(prose, finding, "said_rows");
    errors = errata_prose_value(prose, finding, "said_errors");
    errata_prose_say(prose, "they are %s of the rows and make %s of all errors", rows, errors);
    count = errata_words_counted(finding->n_rows, "error", "errors");
    if (errata_finding_note(finding, "sampled") == NULL)
        errata_prose_say(prose, "the %s of this finding are those that are most alike", count);
    return TRUE;
}

static void
cluster_say_size(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *errors = errata_finding_evidence(finding, "share_errors");
    const ErrataEvidence *rows = errata_finding_evidence(finding, "share_rows");
    const char *wordings = errata_finding_note(finding, "wordings");
    guint64 n_wordings = wordings != NULL && cluster_is_of_texts(finding)
                             ? g_ascii_strtoull(wordings, NULL, 10)
                             : 0;
    gboolean worst = cluster_is_worst(finding);
    g_autofree char *count = errata_words_counted(finding->n_rows,
                                                  worst ? "of the worst" : "error",
                                                  worst ? "of the worst" : "errors");
    g_autofree char *said = errata_words_count(n_wordings);
    g_autofree char *errors_words = NULL;
    g_autofree char *rows_words = NULL;

    if (errors == NULL || rows == NULL || isnan(errors->value))
        return;
    errors_words = errata_words_part(errors->value);
    rows_words = errata_words_part(rows->value);
    errata_prose_cite(prose, errors);
    errata_prose_cite(prose, rows);
    if (errata_finding_note(finding, "sampled") !=
        NULL) { /* the rows listed are not all there are */
        errata_prose_say(prose,
                         "they make %s of all errors, out of %s of the rows",
                         errors_words,
                         rows_words);
        return;
    }
    errata_prose_say(prose,
                     n_wordings > 1
                         ? "they make %s, %s of all, out of %s of the rows, in %s wordings"
                         : "they make %s, %s of all, out of %s of the rows",
                     count,
                     errors_words,
                     rows_words,
                     said);
}

static void
cluster_say_scores(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *surprise = errata_finding_evidence(finding, "surprise");
    g_autofree char *times = NULL;

    if (surprise == NULL || !(surprise->value > 0.0))
        return;
    times = errata_words_times(surprise->value, surprise->lo, surprise->hi);
    errata_prose_cite(prose, surprise);
    if (g_strcmp0(errata_finding_note(finding, "hard"), "known") == 0)
        errata_prose_say(prose,
                         "the model is unsure of them too: its scores foretell about as many "
                         "errors, so nobody can promise that they could do as well as others");
    else if (surprise->value >= CLUSTER_MANY)
        errata_prose_say(
            prose,
            "their scores do not warn of it: they foretell less than a tenth of these errors");
    else if (surprise->value >= CLUSTER_EXPECTED)
        errata_prose_say(prose,
                         "their scores do not warn of it: there are %s as many errors as they "
                         "foretell",
                         times);
    else
        errata_prose_say(
            prose,
            "the model is unsure of them too: its scores foretell nearly as many errors");
}

static void
cluster_say_description(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *precision = errata_finding_evidence(finding, "precision");
    const ErrataEvidence *recall = errata_finding_evidence(finding, "recall");
    g_autofree char *found = NULL;
    g_autofree char *right = NULL;

    if (precision == NULL || recall == NULL || precision->text == NULL ||
        precision->value < CLUSTER_GOOD || recall->value < CLUSTER_GOOD)
        return;
    found = errata_words_value(recall);
    right = errata_words_value(precision);
    errata_prose_cite(prose, precision);
    errata_prose_cite(prose, recall);
    errata_prose_say(
        prose,
        "to find them, look for rows where %s: that meets %s of them, and %s of what it "
        "meets is of this kind",
        precision->text,
        found,
        right);
}

/* errors whose loss has one source: how many there are, what pushes it, where they lie */
static void
cluster_say_losses(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *errors = errata_finding_evidence(finding, "share_errors");
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    g_autofree char *part = NULL;

    if (errors == NULL)
        return;
    part = errata_words_part(errors->value);
    errata_prose_cite(prose, errors);
    errata_prose_say(prose,
                     "asked why, the model is wrong in the same way in %s of the errors",
                     part);
    errata_plan_slice_push(prose, finding);
    if (in != NULL && in->text != NULL && out != NULL) {
        g_autofree char *in_words = errata_words_value(in);
        g_autofree char *out_words = errata_words_value(out);

        errata_prose_cite(prose, in);
        errata_prose_cite(prose, out);
        errata_prose_say(prose,
                         "many of them lie where %s: there %s of the rows are %s, elsewhere %s",
                         in->text,
                         in_words,
                         cluster_how(finding),
                         out_words);
    } else
        errata_prose_say(prose,
                         "no condition on the log’s columns was found that leads to them and not "
                         "to others");
}

void
errata_plan_cluster(ErrataProse *prose, const ErrataFinding *finding)
{
    if (g_strcmp0(errata_finding_note(finding, "of"), "losses") == 0) {
        cluster_say_losses(prose, finding);
        return;
    }
    if (!cluster_say_said(prose, finding)) {
        cluster_say_rates(prose, finding);
        cluster_say_size(prose, finding);
    }
    cluster_say_scores(prose, finding);
    cluster_say_description(prose, finding);
    if (!finding->confirmed)
        errata_prose_say(prose,
                         "with so few labelled rows, take it as a lead rather than as a fact");
}
