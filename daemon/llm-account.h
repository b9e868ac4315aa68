/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "openai.h"
#include "reply.h"

G_BEGIN_DECLS

/**
 * ErrataLlmTokens:
 * @in: of the request
 * @out: of the answer, thoughts included
 * @doubted: the server told other counts, which cannot be
 */
typedef struct {
    guint64 in;
    guint64 out;
    gboolean doubted;
} ErrataLlmTokens;

ErrataLlmTokens errata_llm_account_tokens(const ErrataOpenaiPrompt *prompt,
                                          const ErrataReply *reply);
/* the part of a report's time that a role may use, 0 to 1 */
double errata_llm_account_share(const char *role);

G_END_DECLS
