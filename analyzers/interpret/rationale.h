/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

gboolean errata_rationale_ask(ErrataFinding *finding, ErrataCase *report, ErrataLlm *llm);

G_END_DECLS
