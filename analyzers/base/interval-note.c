/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the interval of a number of a finding holds: 95 % unless a note says otherwise, of one
 * number (`interval-KEY=99 %`) or of all that have none of their own (`level=97.5 %`). */
#include "interval-note.h"

#include <math.h>

/**
 * errata_interval_note_set:
 * @finding: a finding
 * @evidence: one of its numbers, the only one with its key that has an interval
 * @what: a level (“99 %”), or what the interval is where it is none of confidence
 */
void
errata_interval_note_set(ErrataFinding *finding, const ErrataEvidence *evidence, const char *what)
{
    g_ptr_array_add(finding->notes, g_strdup_printf("interval-%s=%s", evidence->key, what));
}

/**
 * errata_interval_note_get:
 * @finding: a finding
 * @evidence: one of its numbers
 *
 * Returns: (transfer none) (nullable): what its interval holds, %NULL where it has none
 */
const char *
errata_interval_note_get(const ErrataFinding *finding, const ErrataEvidence *evidence)
{
    g_autofree char *key = g_strconcat("interval-", evidence->key, NULL);
    const char *own = errata_finding_note(finding, key);
    const char *all = own != NULL ? own : errata_finding_note(finding, "level");

    if (!isfinite(evidence->lo) || !isfinite(evidence->hi))
        return NULL;
    return all != NULL ? all : ERRATA_INTERVAL_NOTE_USUAL;
}
