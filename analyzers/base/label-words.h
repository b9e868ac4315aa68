/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"
#include "settings.h"

G_BEGIN_DECLS

/* takes the words out of the label that say that a row has none yet (`unknown`, `pending`);
 * @beside: (nullable): the log in which that is settled */
void errata_label_words_settle(ErrataFrame *frame,
                               const ErrataFrame *beside,
                               const ErrataSettings *settings);
gboolean errata_label_words_any(const ErrataColumn *label);

G_END_DECLS
