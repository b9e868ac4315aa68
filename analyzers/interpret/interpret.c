/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings → words. The built-in writer states every finding; a language model, where there is one,
 * is asked besides, and what it says is used only as far as it was checked. */
#include "interpret.h"

#include "built-in-writer.h"
#include "rationale.h"
#include "role.h"
#include "words-time.h"

#define INTERPRET_MAX_RATIONALES 12 /* findings that a model writes of, the gravest first */

void
errata_interpret_ask(ErrataCase *report, ErrataLlm *llm)
{
    report->llm->has_rationales = TRUE;
    errata_words_time_span(report->time_from, report->time_to, report->by_month);
    for (guint i = 0; i < MIN(report->findings->len, INTERPRET_MAX_RATIONALES); i++)
        if (!errata_rationale_ask(g_ptr_array_index(report->findings, i), report, llm))
            break;
}

/* a model that gave no answer at all in its time */
static void
interpret_judge_silence(ErrataLlmUse *use)
{
    if (use->calls == 0 && use->overdue > 0 && use->failure == NULL)
        use->failure = g_strdup("the language model gave no answer in time ([llm] timeout)");
}

/**
 * errata_interpret:
 * @report: a finished case: findings ranked, evidence numbered; gets its texts
 * @frame: the log that it is about
 * @settings: what the user set
 * @llm: (nullable): the door to a language model
 *
 * Writes the verdict and every finding's rationale. Never fails: without an answer that passes, the
 * built-in text stands. What was asked is counted in `report->llm`.
 */
void
errata_interpret(ErrataCase *report,
                 const ErrataFrame *frame,
                 const ErrataSettings *settings,
                 ErrataLlm *llm)
{
    errata_built_in_writer_write(report);
    if (llm != NULL && report->llm == NULL)
        report->llm = errata_llm_use_new(llm->backend, llm->model);
    if (llm != NULL)
        interpret_judge_silence(report->llm);
    if (llm != NULL && !errata_role_speaks(llm)) {
        errata_case_method(report,
                           "Language model: texts were wanted in “%s”. The checker has word lists "
                           "for English only, and what cannot be checked is not printed: names "
                           "and rationales are the built-in ones ([llm] language).",
                           llm->language);
        return;
    }
    if (llm != NULL && !report->llm->has_rationales)
        errata_interpret_ask(report, llm);
}
