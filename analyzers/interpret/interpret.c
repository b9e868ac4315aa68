/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings → words. The built-in writer states every finding; a language model, where there is one,
 * is asked besides, and what it says is used only as far as it was checked. */
#include "interpret.h"

#include "built-in-writer.h"
#include "rationale.h"
#include "role.h"

#define INTERPRET_MAX_RATIONALES 12 /* findings that a model writes of, the gravest first */

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
    if (llm != NULL && !errata_role_speaks(llm)) {
        errata_case_method(report,
                           "Language model: texts were wanted in “%s”. The checker has word lists "
                           "for English only, and what cannot be checked is not printed: names "
                           "and rationales are the built-in ones ([llm] language).",
                           llm->language);
        return;
    }
    for (guint i = 0; llm != NULL && i < MIN(report->findings->len, INTERPRET_MAX_RATIONALES); i++)
        if (!errata_rationale_ask(g_ptr_array_index(report->findings, i), report, llm))
            break;
}
