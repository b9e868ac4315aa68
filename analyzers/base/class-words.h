/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"
#include "settings.h"

G_BEGIN_DECLS

/* settles which words that read as missing are classes; @beside: (nullable): a log in which that is
 * settled */
void errata_class_words_settle(ErrataFrame *frame,
                               const ErrataFrame *beside,
                               const ErrataSettings *settings);

G_END_DECLS
