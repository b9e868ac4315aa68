/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataProposal:
 * @role: which role of the language model made it: `triage`, `attribution`, `hypothesis` …
 * @finding: (nullable): id of the finding that it is about; %NULL: the whole report
 * @text: what is supposed, as a sentence; written by the program, names as in the data
 * @check: (nullable): what the engine found when it looked, with its numbers; %NULL: nothing to
 *   test it by
 * @holds: the check was run and agrees; otherwise it is a hypothesis and typeset as one
 * @p: of that check's test, or NaN
 * @n: rows that the check looked at
 *
 * What a language model supposes and the program has looked into as far as it can.
 */
typedef struct {
    char *role;
    char *finding;
    char *text;
    char *check;
    gboolean holds;
    double p;
    guint64 n;
} ErrataProposal;

ErrataProposal *errata_proposal_new(const char *role, const char *finding, const char *text);
void errata_proposal_free(ErrataProposal *self);
const char *errata_proposal_verdict(const ErrataProposal *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataProposal, errata_proposal_free)

G_END_DECLS
