/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"
#include "progress.h"

G_BEGIN_DECLS

void errata_worker_ask_settings(const ErrataCase *report, ErrataSettings *settings);
GVariant *errata_worker_ask(const char *question,
                            const char *plan,
                            const ErrataCase *report,
                            const ErrataFrame *frame,
                            const ErrataSettings *settings,
                            ErrataLlm *llm,
                            ErrataProgress *progress,
                            GError **error);

G_END_DECLS
