/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What drives the model, and what pushes the loss of errors up: of all errors, and of those of a
 * slice. */
#include <math.h>

#include "prose.h"
#include "words.h"

static void
attribution_say_owed(ErrataProse *prose, const ErrataShares *shares)
{
    const ErrataEvidence *owed = errata_shares_evidence(shares, "owed");
    g_autofree char *part = NULL;

    if (owed == NULL || owed->text == NULL)
        return;
    part = errata_words_part(owed->value);
    errata_prose_cite(prose, owed);
    errata_prose_say(prose,
                     "%s owe most to %s: %s of the size of all shares",
                     g_strcmp0(shares->source, "surrogate") == 0 ? "its predictions"
                                                                 : "predictions",
                     owed->text,
                     part);
}

/* what errors are compared with */
static const char *
attribution_likes(const ErrataProse *prose)
{
    return prose->report->task == ERRATA_TASK_REGRESSION
               ? "rows of about the same true value that came out well"
               : "correct rows with the same label that the model was as sure of";
}

static void
attribution_say_push(ErrataProse *prose, const ErrataShares *shares)
{
    const ErrataEvidence *push = errata_shares_evidence(shares, "push");
    g_autofree char *part = NULL;

    if (push == NULL || push->text == NULL || !(push->baseline >= push->value))
        return;
    part = errata_words_share(push->value / push->baseline,
                              push->lo / push->baseline,
                              push->hi / push->baseline);
    errata_prose_cite(prose, push);
    errata_prose_say(prose,
                     "beside %s, errors lose more above all through %s: %s of the difference in %s",
                     attribution_likes(prose),
                     push->text,
                     part,
                     shares->loss_name);
}

/* of texts whose words the model adds up */
static void
attribution_say_words(ErrataProse *prose, const ErrataShares *shares)
{
    const ErrataEvidence *words = errata_shares_evidence(shares, "words");

    if (words == NULL || words->text == NULL)
        return;
    errata_prose_cite(prose, words);
    errata_prose_say(prose, "of the words in the texts of errors, %s cost most", words->text);
}

static void
attribution_say_ways(ErrataProse *prose, const ErrataShares *shares)
{
    const ErrataEvidence *ways = errata_shares_evidence(shares, "ways");
    g_autofree char *count = NULL;

    if (ways == NULL || ways->text == NULL)
        return;
    count = errata_words_counted((guint64)ways->value, "kind", "kinds");
    errata_prose_cite(prose, ways);
    errata_prose_say(prose,
                     "errors fall into %s by what their loss comes from: wrong through %s",
                     count,
                     ways->text);
}

static void
attribution_say_rise(ErrataProse *prose, const ErrataShares *shares)
{
    const ErrataEvidence *rise = errata_shares_evidence(shares, "rise");
    g_autofree char *times = NULL;
    double one;

    if (rise == NULL || rise->text == NULL || !(rise->baseline > 0.0))
        return;
    one = rise->baseline;
    times = errata_words_times(1.0 + rise->value / one, 1.0 + rise->lo / one, 1.0 + rise->hi / one);
    errata_prose_cite(prose, rise);
    errata_prose_say(
        prose,
        "the model can spare %s least: with its values exchanged among rows, the mean %s "
        "would be %s what it is",
        rise->text,
        shares->loss_name != NULL ? shares->loss_name : "loss",
        times);
}

/* never to be taken for the model */
static void
attribution_say_surrogate(ErrataProse *prose, const ErrataShares *shares)
{
    const ErrataEvidence *fidelity = errata_shares_evidence(shares, "fidelity");

    if (fidelity == NULL || fidelity->text == NULL)
        return;
    errata_prose_cite(prose, fidelity);
    errata_prose_say(prose,
                     "%s: this is told of a surrogate, boosted trees that follow the "
                     "logged scores with %s %.3g in rows that they have not seen; where it differs "
                     "from the model, so may what drives it",
                     shares->instead != NULL ? shares->instead : "no model was given",
                     fidelity->text,
                     fidelity->value);
}

static void
attribution_say_source(ErrataProse *prose, const ErrataShares *shares)
{
    const ErrataEvidence *same = errata_shares_evidence(shares, "agreement");
    g_autofree char *part = NULL;
    g_autofree char *rows = NULL;

    if (g_strcmp0(shares->source, "log") == 0) {
        errata_prose_say(prose, "these are the %s", shares->method);
        return;
    }
    if (same == NULL)
        return;
    part = errata_words_share(same->value, (double)NAN, (double)NAN);
    rows = errata_words_count(same->n);
    errata_prose_cite(prose, same);
    errata_prose_say(
        prose,
        "all this is asked of the model itself, which gives the logged scores in %s of "
        "%s rows",
        part,
        rows);
}

/**
 * errata_plan_attribution:
 * @prose: what is being written
 * @shares: what predictions owe to each feature
 */
void
errata_plan_attribution(ErrataProse *prose, const ErrataShares *shares)
{
    gboolean surrogate = g_strcmp0(shares->source, "surrogate") == 0;

    if (surrogate)
        attribution_say_surrogate(prose, shares);
    attribution_say_owed(prose, shares);
    attribution_say_push(prose, shares);
    attribution_say_words(prose, shares);
    attribution_say_ways(prose, shares);
    attribution_say_rise(prose, shares);
    if (!surrogate)
        attribution_say_source(prose, shares);
}

/**
 * errata_plan_slice_push:
 *
 * Which features the loss of a slice's errors comes from, where the model could be asked.
 */
void
errata_plan_slice_push(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *whole = errata_finding_evidence(finding, "push_whole");
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *list = NULL;

    if (whole == NULL || !(whole->value > 0.0))
        return;
    for (guint i = 0; i < finding->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);
        g_autofree char *part = NULL;

        if (g_strcmp0(evidence->key, "push") != 0 || evidence->text == NULL)
            continue;
        part = evidence->value > whole->value
                   ? g_strdup("all of it and more, some of which others give back")
                   : errata_words_share(evidence->value / whole->value,
                                        evidence->lo / whole->value,
                                        evidence->hi / whole->value);
        g_ptr_array_add(parts, g_strdup_printf("%s (%s)", evidence->text, part));
        errata_prose_cite(prose, evidence);
    }
    if (parts->len == 0)
        return;
    errata_prose_cite(prose, whole);
    list = errata_words_list((const char *const *)parts->pdata, parts->len, "and");
    errata_prose_say(prose,
                     "against %s, the extra loss of these errors comes from %s",
                     attribution_likes(prose),
                     list);
}
