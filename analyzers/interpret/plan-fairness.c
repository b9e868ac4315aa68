/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of groups that are not treated alike: which one, by which rate, how sure; which other
 * rates differ; and that a difference alone does not tell why. */
#include <math.h>
#include <string.h>

#include "prose.h"
#include "words.h"

#define PLAN_DIFFERS  0.05
#define PLAN_GREATEST "greatest difference in "

/* the rate whose greatest difference @evidence is */
static const char *
fairness_rate(const ErrataEvidence *evidence)
{
    return g_str_has_prefix(evidence->what, PLAN_GREATEST) ? evidence->what + strlen(PLAN_GREATEST)
                                                           : evidence->what;
}

void
errata_plan_fairness(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    const ErrataEvidence *gap = errata_finding_evidence(finding, "difference");
    g_autofree char *in_words = NULL;
    g_autofree char *out_words = NULL;
    g_autofree char *gap_words = NULL;
    g_autofree char *interval = NULL;
    g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);

    if (in == NULL || out == NULL || gap == NULL)
        return;
    errata_words_shares(in, out, &in_words, &out_words);
    gap_words = errata_words_points(gap->value, 0.5 * (gap->hi - gap->lo));
    interval = errata_words_interval(gap);
    if (interval != NULL && g_str_has_suffix(interval, " points")) /* said just before it */
        interval[strlen(interval) - strlen(" points")] = '\0';
    errata_prose_cite(prose, in);
    errata_prose_cite(prose, out);
    errata_prose_say(prose, "the %s is %s, the %s %s", in->what, in_words, out->what, out_words);
    errata_prose_cite(prose, gap);
    errata_prose_say(prose,
                     "between the two groups farthest apart it differs by %s%s%s%s",
                     gap_words,
                     interval != NULL ? " (" : "",
                     interval != NULL ? interval : "",
                     interval != NULL ? ")" : "");
    for (guint i = 0; i < finding->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

        g_autofree char *words = errata_words_points(evidence->value,
                                                     0.5 * (evidence->hi - evidence->lo));

        if (g_strcmp0(evidence->key, "also") != 0 || !(evidence->value >= PLAN_DIFFERS) ||
            !(evidence->lo > 0.0))
            continue;
        errata_prose_cite(prose, evidence);
        g_ptr_array_add(others, g_strdup_printf("%s in %s", words, fairness_rate(evidence)));
    }
    if (others->len > 0) {
        g_autofree char *list =
            errata_words_list((const char *const *)others->pdata, others->len, "and");

        errata_prose_say(prose,
                         others->len == 1 ? "there is also a difference of up to %s"
                                          : "there are also differences of up to %s",
                         list);
    }
    errata_prose_say(prose,
                     "whether the model or the world it learnt from makes the difference, the log "
                     "does not tell");
}
