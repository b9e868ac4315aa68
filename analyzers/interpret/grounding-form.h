/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"

G_BEGIN_DECLS

/**
 * errata_form_check:
 * @tokens: (element-type ErrataToken): a sentence
 * @cited: (element-type ErrataEvidence): the evidence of its slots, in order
 * @hypothesis: it supposes something beside
 * @ret_why: (out): why not, in words
 *
 * Returns: whether it is one of the forms in which a fact can be said
 */
gboolean errata_form_check(const GPtrArray *tokens,
                           const GPtrArray *cited,
                           const ErrataFinding *finding,
                           gboolean hypothesis,
                           char **ret_why);

G_END_DECLS
