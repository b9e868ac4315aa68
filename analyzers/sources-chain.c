/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A finding that points to another has what to do from it. Where that one came to point to a third
 * afterwards, what to do is the third's: no advice stands beside another that makes it void. */
#include "sources.h"

#define CHAIN_LINKS 3 /* a fall points to a group, the group to a code, the code to nothing */

/* (nullable): the finding that @finding points to */
static const ErrataFinding *
chain_source(const GPtrArray *findings, const ErrataFinding *finding)
{
    const ErrataEvidence *evidence = errata_finding_evidence(finding, "comes_from");

    for (guint i = 0; evidence != NULL && i < findings->len; i++) {
        const ErrataFinding *source = g_ptr_array_index(findings, i);

        if (source != finding && g_strcmp0(source->title, evidence->text) == 0)
            return source;
    }
    return NULL;
}

/**
 * errata_sources_chain:
 * @analysis: a log; what has a source points to it
 *
 * Gives findings whose source has a source itself the advice that this one has by now.
 */
void
errata_sources_chain(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;

    for (guint link = 1; link < CHAIN_LINKS; link++)
        for (guint i = 0; i < findings->len; i++) {
            ErrataFinding *finding = g_ptr_array_index(findings, i);
            const ErrataFinding *source = chain_source(findings, finding);

            if (source == NULL || source->suggestions->len == 0 ||
                errata_finding_evidence(source, "comes_from") == NULL)
                continue;
            g_ptr_array_set_size(finding->suggestions, 0);
            errata_finding_copy_suggestion(finding, g_ptr_array_index(source->suggestions, 0));
        }
}
