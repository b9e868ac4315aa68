/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compose.h"

/* What a language model supposed, apart from what was found: small, under its own heading, grey where
 * the data did not bear it out. */

static gboolean
proposals_is_shown(const ErrataProposal *proposal, const char *finding, const char *role)
{
    return g_strcmp0(proposal->finding, finding) == 0 &&
           (role == NULL || g_strcmp0(proposal->role, role) == 0);
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
 * What a language model says of the whole log: groups that it fears, each with the test that the program
 * made, and what it sees in texts, each with how well that was learnt.
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
        g_autofree char *text = NULL;
        ErrataBlock *block;

        if (!proposals_is_shown(proposal, finding, role))
            continue;
        text = errata_proposal_describe(proposal);
        block = errata_document_prose(document, ERRATA_STYLE_CELL, text);
        block->ink = proposal->holds ? ERRATA_INK_TEXT : ERRATA_INK_SOFT;
        block->space = first ? 10.0 : 3.0;
        block->group = group;
        first = FALSE;
    }
}
