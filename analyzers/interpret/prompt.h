/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

/* a reviewed text of prompts/, by its file name */
const char *errata_prompt(const char *file);
/* the facts of a finding, as a model is told them: no values, no hostile text but the names */
char *errata_prompt_facts(const ErrataFinding *finding, const ErrataCase *report);

G_END_DECLS
