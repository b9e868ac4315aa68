/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a worker tells its host of the findings: how many, the worst, whom to tell, the patterns. */
#include "worker-answer.h"

#include <string.h>

/* whether somebody is to be told: not of what is muted, nor of what was there before and is no
 * worse */
static gboolean
answer_is_alert(const GPtrArray *known, const ErrataFinding *finding)
{
    const ErrataPattern *pattern = finding->pattern;

    if (pattern == NULL)
        return TRUE;
    if (pattern->muted)
        return FALSE;
    for (guint i = 0; known != NULL && i < known->len; i++) {
        const ErrataPattern *before = g_ptr_array_index(known, i);

        if (strcmp(before->id, pattern->id) == 0)
            return errata_pattern_is_news(pattern) || pattern->severity > before->severity;
    }
    return TRUE;
}

static void
answer_patterns(GVariantDict *answer, const ErrataCase *result)
{
    GVariantBuilder list;

    if (result->patterns == NULL)
        return;
    g_variant_builder_init(&list, G_VARIANT_TYPE("a" ERRATA_PATTERN_VARIANT));
    for (guint i = 0; i < result->patterns->len; i++)
        g_variant_builder_add_value(
            &list,
            errata_pattern_to_variant(g_ptr_array_index(result->patterns, i)));
    g_variant_dict_insert_value(answer, "patterns", g_variant_builder_end(&list));
}

/**
 * errata_worker_answer_findings:
 * @answer: gets severity, findings, alerts and patterns
 * @result: what was found
 * @known: (nullable) (element-type ErrataPattern): the model's patterns so far
 */
void
errata_worker_answer_findings(GVariantDict *answer,
                              const ErrataCase *result,
                              const GPtrArray *known)
{
    GVariantBuilder alerts;

    g_variant_builder_init(&alerts, G_VARIANT_TYPE("a(sss)"));
    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, i);

        if (i == 0)
            g_variant_dict_insert(answer, "severity", "s", errata_severity_nick(finding->severity));
        if (!answer_is_alert(known, finding))
            continue;
        g_variant_builder_add(&alerts,
                              "(sss)",
                              finding->id,
                              errata_severity_nick(finding->severity),
                              finding->title);
    }
    g_variant_dict_insert(answer, "findings", "u", result->findings->len);
    g_variant_dict_insert_value(answer, "alerts", g_variant_builder_end(&alerts));
    answer_patterns(answer, result);
}
