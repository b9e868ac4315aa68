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

G_END_DECLS
