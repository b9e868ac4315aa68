/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proposal.h"

#include <math.h>

ErrataProposal *
errata_proposal_new(const char *role, const char *finding, const char *text)
{
    ErrataProposal *self = g_new0(ErrataProposal, 1);

    self->role = g_strdup(role);
    self->finding = g_strdup(finding);
    self->text = g_strdup(text);
    self->p = (double)NAN;
    return self;
}

void
errata_proposal_free(ErrataProposal *self)
{
    if (self == NULL)
        return;
    g_free(self->role);
    g_free(self->finding);
    g_free(self->text);
    g_free(self->check);
    g_free(self);
}

/**
 * errata_proposal_verdict:
 *
 * Returns: (transfer none): who says it, and what became of it, as a label in front of its text
 */
const char *
errata_proposal_verdict(const ErrataProposal *self)
{
    if (self->check == NULL)
        return "Hypothesis of the language model, not tested";
    return self->holds ? "Proposed by the language model, holds on the data"
                       : "Hypothesis of the language model, tested, not borne out";
}
