/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A finding's rationale by a language model: asked, held against the evidence, asked once more with the
 * reasons, and else left to the built-in writer. */
#include "rationale.h"

#include <string.h>

#include "grounding.h"
#include "prompt.h"

#define RATIONALE_TOKENS    600
#define RATIONALE_SENTENCES 2 /* fewer say too little to take the place of the built-in text */

static ErrataLlmAnswer *
rationale_request(const char *facts, const char *again, ErrataCase *report, ErrataLlm *llm)
{
    g_autofree char *all = g_strconcat(facts, again, NULL);
    ErrataLlmRequest request = {
        .role = "rationale",
        .system = errata_prompt("rationale.txt"),
        .schema = errata_prompt("rationale.schema.json"),
        .facts = all,
        .reminder = "Answer with the JSON object only. Figures come from slots only.",
        .max_tokens = RATIONALE_TOKENS,
    };

    return errata_llm_ask(llm, &request, report->llm, NULL);
}

static gboolean
rationale_good(GPtrArray *passed, GPtrArray *faults)
{
    guint n_facts = 0;

    for (guint i = 0; i < passed->len; i++)
        n_facts += ((const ErrataGroundedSentence *)g_ptr_array_index(passed, i))->hypothesis ? 0
                                                                                              : 1;
    if (faults->len > 0)
        return FALSE;
    if (n_facts < RATIONALE_SENTENCES) {
        ErrataGroundingFault *fault = g_new0(ErrataGroundingFault, 1);

        fault->rule = "empty";
        fault->why = g_strdup("at least two sentences that are no hypothesis are wanted");
        g_ptr_array_add(faults, fault);
        return FALSE;
    }
    return TRUE;
}

static char *
rationale_reasons(const GPtrArray *faults)
{
    GString *text = g_string_new("Your last answer was refused:\n");

    for (guint i = 0; i < faults->len; i++)
        g_string_append_printf(text,
                               "- %s\n",
                               ((const ErrataGroundingFault *)g_ptr_array_index(faults, i))->why);
    g_string_append(text, "Write all of it anew.\n");
    return g_string_free(text, FALSE);
}

static void
rationale_use(ErrataFinding *finding, const GPtrArray *passed)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_ptr_array_set_size(finding->citations, 0);
    for (guint hypotheses = 0; hypotheses < 2; hypotheses++)
        for (guint i = 0; i < passed->len; i++) {
            const ErrataGroundedSentence *sentence = g_ptr_array_index(passed, i);

            if (sentence->hypothesis != (hypotheses == 1))
                continue;
            g_string_append_printf(text,
                                   "%s%s%s",
                                   text->len > 0 ? " " : "",
                                   sentence->hypothesis ? "Hypothesis, not tested: " : "",
                                   sentence->text);
            for (char **id = sentence->citations; *id != NULL; id++)
                if (!g_ptr_array_find_with_equal_func(finding->citations, *id, g_str_equal, NULL))
                    g_ptr_array_add(finding->citations, g_strdup(*id));
        }
    g_free(finding->rationale);
    finding->rationale = g_strdup(text->str);
    finding->by_model = TRUE;
}

/* one answer; TRUE: used */
static gboolean
rationale_try(ErrataFinding *finding,
              ErrataCase *report,
              const char *answer,
              GPtrArray **ret_faults)
{
    g_autoptr(GPtrArray) passed = errata_grounding_check(answer, finding, report, ret_faults);

    if (rationale_good(passed, *ret_faults)) {
        rationale_use(finding, passed);
        report->llm->accepted++;
        return TRUE;
    }
    for (guint i = 0; i < (*ret_faults)->len; i++)
        errata_llm_use_reject(
            report->llm,
            ((const ErrataGroundingFault *)g_ptr_array_index(*ret_faults, i))->rule);
    return FALSE;
}

/**
 * errata_rationale_ask:
 * @finding: of @report, with the built-in text, which stays when nothing better passes
 * @report: its `llm` counts
 * @llm: the door
 *
 * Returns: whether it is worth while to ask for another finding: %FALSE when there is no answer
 */
gboolean
errata_rationale_ask(ErrataFinding *finding, ErrataCase *report, ErrataLlm *llm)
{
    g_autofree char *facts = errata_prompt_facts(finding, report);
    g_autoptr(ErrataLlmAnswer) first = rationale_request(facts, NULL, report, llm);
    g_autoptr(ErrataLlmAnswer) second = NULL;
    g_autoptr(GPtrArray) faults = NULL;
    g_autoptr(GPtrArray) again = NULL;
    g_autofree char *reasons = NULL;

    if (first == NULL)
        return report->llm->failure == NULL;
    report->llm->tried++;
    if (rationale_try(finding, report, first->text, &faults))
        return TRUE;
    reasons = rationale_reasons(faults);
    report->llm->retried++;
    second = rationale_request(facts, reasons, report, llm);
    if (second != NULL && rationale_try(finding, report, second->text, &again))
        return TRUE;
    report->llm->rejected++;
    return report->llm->failure == NULL;
}
