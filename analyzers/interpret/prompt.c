/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a language model is told of a finding: which facts there are, what each is, which way it
 * points. No value: the program writes them. */
#include "prompt.h"

#include <gio/gio.h>
#include <math.h>

#include "errata-prompts.h"
#include "grounding.h"

#define PROMPT_MAX_FACTS 14
#define PROMPT_MAX_NAMES 24

const char *
errata_prompt(const char *file)
{
    g_autofree char *path = g_strconcat("/org/errata/prompts/", file, NULL);
    g_autoptr(GBytes) bytes = g_resource_lookup_data(errata_prompts_get_resource(), path, 0, NULL);

    g_return_val_if_fail(bytes != NULL, "");
    return g_bytes_get_data(bytes, NULL); /* part of the program: it stays, and ends in a zero */
}

static const char *
prompt_direction(const ErrataEvidence *evidence)
{
    double equal = evidence->unit == ERRATA_UNIT_RATIO    ? 1.0
                   : evidence->unit == ERRATA_UNIT_POINTS ? 0.0
                                                          : evidence->baseline;

    if (isnan(equal) || isnan(evidence->lo) || isnan(evidence->hi))
        return "nothing to compare with";
    if (evidence->lo > equal)
        return "higher than what it is compared with";
    return evidence->hi < equal ? "lower than what it is compared with" : "cannot be told apart";
}

char *
errata_prompt_facts(const ErrataFinding *finding, const ErrataCase *report)
{
    g_autoptr(GPtrArray) names = errata_grounding_names(finding, report);
    GString *facts = g_string_new(NULL);
    guint n = 0;

    g_string_append_printf(facts,
                           "Finding: %s%s\nFacts: id | what | direction | unit\n",
                           errata_finding_kind_nick(finding->kind),
                           finding->confirmed ? ", confirmed on rows not searched"
                                              : ", exploratory");
    for (guint i = 0; i < finding->evidence->len && n < PROMPT_MAX_FACTS; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

        if (evidence->text != NULL || isnan(evidence->value))
            continue;
        g_string_append_printf(facts,
                               "%s | %s | %s | %s\n",
                               evidence->id,
                               evidence->what,
                               prompt_direction(evidence),
                               errata_unit_nick(evidence->unit));
        n++;
    }
    g_string_append(facts, "Names:");
    for (guint i = 0; i < MIN(names->len, PROMPT_MAX_NAMES); i++)
        g_string_append_printf(facts, " “%s”", (const char *)g_ptr_array_index(names, i));
    g_string_append_c(facts, '\n');
    return g_string_free(facts, FALSE);
}
