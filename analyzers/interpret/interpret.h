/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"
#include "frame.h"
#include "llm.h"
#include "settings.h"

G_BEGIN_DECLS

void errata_interpret(ErrataCase *report,
                      const ErrataFrame *frame,
                      const ErrataSettings *settings,
                      ErrataLlm *llm);

/* the gravest findings' rationales by the model, for which a report need not be finished: those
 * that pass stay; errata_interpret() asks for them where nobody did */
void errata_interpret_ask(ErrataCase *report, ErrataLlm *llm);

G_END_DECLS
