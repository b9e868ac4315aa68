/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A finding's rationale by a language model: asked, held against the evidence, asked once more with
 * the reasons, and else left to the built-in writer. */
#include "rationale.h"

#include "prompt.h"
#include "role.h"

#define RATIONALE_SENTENCES 2 /* fewer say too little to take the place of the built-in text */

typedef struct {
    ErrataFinding *finding;
    ErrataCase *report;
} Rationale;

static gboolean
rationale_good(GPtrArray *passed, GPtrArray *faults)
{
    guint n_facts = 0;

    for (guint i = 0; i < passed->len; i++)
        n_facts += ((const ErrataGroundedSentence *)g_ptr_array_index(passed, i))->hypothesis ? 0
                                                                                              : 1;
    if (faults->len > 0)
        return FALSE;
    return n_facts >= RATIONALE_SENTENCES ||
           errata_role_refuse(faults,
                              "empty",
                              "at least two sentences that are no hypothesis are wanted");
}

static void
rationale_cite(ErrataFinding *finding, char **citations)
{
    for (char **id = citations; *id != NULL; id++)
        if (!g_ptr_array_find_with_equal_func(finding->citations, *id, g_str_equal, NULL))
            g_ptr_array_add(finding->citations, g_strdup(*id));
}

/* facts are the text; what is only supposed is kept apart from it, so that nobody reads on from one
 * to the other */
static void
rationale_use(ErrataFinding *finding, const GPtrArray *passed)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_ptr_array_set_size(finding->citations, 0);
    g_ptr_array_set_size(finding->hypotheses, 0);
    for (guint i = 0; i < passed->len; i++) {
        const ErrataGroundedSentence *sentence = g_ptr_array_index(passed, i);

        if (sentence->hypothesis)
            g_ptr_array_add(finding->hypotheses, g_strdup(sentence->text));
        else
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", sentence->text);
        rationale_cite(finding, sentence->citations);
    }
    g_free(finding->rationale);
    finding->rationale = g_strdup(text->str);
    finding->by_model = TRUE;
}

/* one answer; TRUE: used */
static gboolean
rationale_check(const char *answer, gpointer data, GPtrArray *faults)
{
    const Rationale *self = data;
    g_autoptr(GPtrArray) found = NULL;
    g_autoptr(GPtrArray) passed =
        errata_grounding_check(answer, self->finding, self->report, &found);
    gboolean good = rationale_good(passed, found);

    if (good)
        rationale_use(self->finding, passed);
    g_ptr_array_extend_and_steal(faults, g_steal_pointer(&found));
    return good;
}

static const ErrataLlmRole rationale_role = {
    .name = "rationale",
    .prompt = "rationale.txt",
    .schema = "rationale.schema.json",
    .reminder = "Answer with the JSON object only. Figures come from slots only.",
    .max_tokens = 600,
    .check = rationale_check,
};

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
    Rationale self = {finding, report};

    errata_role_run(&rationale_role, facts, NULL, llm, report->llm, &self);
    return report->llm->failure == NULL;
}
