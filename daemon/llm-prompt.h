/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "llm.h"
#include "openai.h"
#include "redact.h"

G_BEGIN_DECLS

gboolean errata_llm_prompt_check(const ErrataLlmRequest *request, GError **error);
ErrataOpenaiPrompt *errata_llm_prompt_new(const ErrataLlmRequest *request,
                                          const ErrataRedact *redact,
                                          const guint8 *secret,
                                          gsize secret_length);
void errata_llm_prompt_free(ErrataOpenaiPrompt *self);
/* of all that an answer depends on */
char *errata_llm_prompt_hash(const ErrataOpenaiPrompt *self,
                             const char *server,
                             const char *model,
                             const char *role);
guint64 errata_llm_prompt_tokens(const ErrataOpenaiPrompt *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataOpenaiPrompt, errata_llm_prompt_free)

G_END_DECLS
