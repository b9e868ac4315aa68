/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings → words. The built-in writer states every finding; a language model, where there is one,
 * is asked besides, and what it says is used only as far as it was checked. */
#include "interpret.h"

#include "built-in-writer.h"
#include "rationale.h"

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
    for (guint i = 0; llm != NULL && i < MIN(report->findings->len, INTERPRET_MAX_RATIONALES); i++)
        if (!errata_rationale_ask(g_ptr_array_index(report->findings, i), report, llm))
            break;
}
