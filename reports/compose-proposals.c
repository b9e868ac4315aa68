/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "compose.h"

/* What a language model wrote, and nobody can take for the program's: a bar in the margin, its
 * name, and what became of it. What it only supposes has blocks of its own, grey where the data did
 * not bear it out. */

#define PROPOSALS_NAME 48 /* characters of a model's name */

static gboolean
proposals_is_shown(const ErrataProposal *proposal, const char *finding, const char *role)
{
    return g_strcmp0(proposal->finding, finding) == 0 &&
           (role == NULL || g_strcmp0(proposal->role, role) == 0);
}

/* who says it and what became of it; the words; what was measured → the first of the blocks */
static ErrataBlock *
proposals_block(ErrataDocument *document,
                const char *label,
                const char *text,
                const char *result,
                ErrataInk ink,
                guint group)
{
    ErrataBlock *first = errata_document_prose(document, ERRATA_STYLE_NOTE_STRONG, label);
    ErrataBlock *block = errata_document_prose(document, ERRATA_STYLE_CELL, text);

    first->ink = ERRATA_INK_SOFT;
    first->by_model = block->by_model = TRUE;
    first->keep_next = TRUE;
    first->group = block->group = group;
    block->ink = ink;
    if (result == NULL)
        return first;
    block->keep_next = TRUE;
    block = errata_document_prose(document, ERRATA_STYLE_NOTE, result);
    block->ink = ERRATA_INK_SOFT;
    block->by_model = TRUE;
    block->group = group;
    return first;
}

static void
proposals_section(const ErrataCase *report_case,
                  ErrataDocument *document,
                  const char *role,
                  const char *title,
                  const char *aside)
{
    gboolean any = FALSE;

    for (guint i = 0; i < report_case->proposals->len; i++)
        any = any || proposals_is_shown(g_ptr_array_index(report_case->proposals, i), NULL, role);
    if (!any)
        return;
    errata_compose_section(document, title, aside, TRUE)->keep_next = TRUE;
    errata_compose_proposals(report_case, document, NULL, role, 0);
}

/**
 * errata_compose_hypotheses:
 *
 * What a language model says of the whole log: groups that it fears, each with the test that the
 * program made, and what it sees in texts, each with how well that was learnt.
 */
void
errata_compose_hypotheses(const ErrataCase *report_case, ErrataDocument *document)
{
    proposals_section(report_case,
                      document,
                      "hypothesis",
                      "Hypotheses of the language model",
                      "tested on rows that were not searched");
    proposals_section(report_case,
                      document,
                      "text-feature",
                      "What the language model sees in texts",
                      "learnt by a classifier, tried on texts that it was not taught on");
}

/**
 * errata_compose_proposals:
 * @finding: (nullable): id of the finding that they are about; %NULL: those about the report
 * @role: (nullable): of that role only
 * @group: of the blocks, 0 for none
 */
void
errata_compose_proposals(const ErrataCase *report_case,
                         ErrataDocument *document,
                         const char *finding,
                         const char *role,
                         guint group)
{
    gboolean first = TRUE;

    for (guint i = 0; i < report_case->proposals->len; i++) {
        const ErrataProposal *proposal = g_ptr_array_index(report_case->proposals, i);

        if (!proposals_is_shown(proposal, finding, role))
            continue;
        proposals_block(document,
                        errata_proposal_verdict(proposal),
                        proposal->text,
                        proposal->check,
                        proposal->holds ? ERRATA_INK_TEXT : ERRATA_INK_SOFT,
                        group)
            ->space = first ? 12.0 : 6.0;
        first = FALSE;
    }
}

/**
 * errata_compose_model_name:
 *
 * Returns: (transfer full): “the language model “llama-3””, as it stands in a sentence
 */
char *
errata_compose_model_name(const ErrataCase *report_case)
{
    const char *model = report_case->llm != NULL ? report_case->llm->model : NULL;
    g_autofree char *name = model != NULL ? g_utf8_make_valid(model, -1) : NULL;

    if (name == NULL || *name == '\0')
        return g_strdup("the language model");
    if (g_utf8_strlen(name, -1) > PROPOSALS_NAME)
        strcpy(g_utf8_offset_to_pointer(name, PROPOSALS_NAME - 1), "…");
    return g_strdup_printf("the language model “%s”", name);
}

/**
 * errata_compose_rationale:
 * @group: of the blocks
 *
 * The text of a finding; where a language model wrote it, with a line that says so, and what it
 * supposes beneath, each in a block of its own.
 *
 * Returns: (transfer none) (nullable): the last of the blocks that state facts
 */
ErrataBlock *
errata_compose_rationale(const ErrataCase *report_case,
                         ErrataDocument *document,
                         const ErrataFinding *finding,
                         guint group)
{
    g_autofree char *name = errata_compose_model_name(report_case);
    ErrataBlock *said = NULL;

    if (finding->rationale != NULL && *finding->rationale != '\0') {
        said = errata_document_prose(document, ERRATA_STYLE_BODY, finding->rationale);
        said->space = 12.0;
        said->group = group;
        said->by_model = finding->by_model;
    }
    if (said != NULL && finding->by_model) {
        g_autofree char *line =
            g_strdup_printf("Words by %s, held against the evidence; figures by the program.",
                            name);

        said->keep_next = TRUE;
        said = errata_document_prose(document, ERRATA_STYLE_NOTE, line);
        said->ink = ERRATA_INK_SOFT;
        said->by_model = TRUE;
        said->group = group;
    }
    for (guint i = 0; i < finding->hypotheses->len; i++) {
        g_autofree char *label = g_strdup_printf("Hypothesis of %s, not tested", name);

        proposals_block(document,
                        label,
                        g_ptr_array_index(finding->hypotheses, i),
                        NULL,
                        ERRATA_INK_SOFT,
                        group)
            ->space = i == 0 ? 12.0 : 6.0;
    }
    return said;
}
