/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ask.h"
#include "llm.h"

G_BEGIN_DECLS

ErrataAskPlan *errata_ask_model(const char *question,
                                ErrataAskData *data,
                                ErrataLlm *llm,
                                char **ret_note,
                                char **ret_why);

G_END_DECLS
