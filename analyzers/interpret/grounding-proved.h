/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"

G_BEGIN_DECLS

/**
 * errata_proved_check:
 * @tokens: (element-type ErrataToken): a sentence
 * @cited: (element-type ErrataEvidence): the evidence of its slots, in order
 * @finding: any; only of slices of all errors there are such sentences
 * @claimed: 1 higher, −1 lower, 0 nothing is compared
 *
 * Freer ways to say what a slice's five best known facts are. There is nothing in them that is not
 * given: each is a whole sentence, for just these facts in just this order, with the comparison
 * that is claimed.
 *
 * Returns: whether it is one of those; the words need no other check then
 */
gboolean errata_proved_check(const GPtrArray *tokens,
                             const GPtrArray *cited,
                             const ErrataFinding *finding,
                             int claimed);

G_END_DECLS
