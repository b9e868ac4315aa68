/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"

G_BEGIN_DECLS

/* of an input, before its words are settled: the one word in it that is a plain value; @beside:
 * (nullable): a log in which that is settled; (nullable) (transfer none) */
const char *errata_input_words_value(const ErrataFrame *frame,
                                     const ErrataColumn *column,
                                     const ErrataFrame *beside);

G_END_DECLS
