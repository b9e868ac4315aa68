/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a call costs. Tokens are what the server says as far as that can be: a server that lies, or
 * counts wrongly, neither spends the budgets nor gets round them. Time is parted between the roles,
 * so that a slow server is not asked about features of texts until there is none left for what a
 * reader sees first. */
#include "llm-account.h"

#include <string.h>

#define ACCOUNT_BYTES 4 /* of a token, in most languages and models */
#define ACCOUNT_SPAN  4 /* times fewer or more tokens than that are believed */

static const struct {
    const char *role;
    double share;
} account_shares[] = {
    {"text-features", 0.1}, /* asked first, since groups may be made of them */
    {"text-values", 0.15},
    {"cluster-name", 0.15},
    {"cluster-check", 0.15},
    {"rationale", 0.35},
    {"taxonomy", 0.2},
    {"triage", 0.2},
    {"attribution", 0.2},
    {"fixes", 0.2},
    {"hypotheses", 0.2},
};

/* @told: by the server, 0: nothing */
static guint64
account_bound(guint64 told, gsize n_bytes, guint64 allowed, gboolean *ret_doubted)
{
    guint64 likely = MAX(n_bytes / ACCOUNT_BYTES, 1);
    guint64 believed =
        told > 0 ? CLAMP(told, MAX(likely / ACCOUNT_SPAN, 1), MAX(likely * ACCOUNT_SPAN, allowed))
                 : likely;

    *ret_doubted = *ret_doubted || (told > 0 && believed != told);
    return believed;
}

/**
 * errata_llm_account_tokens:
 * @prompt: what was sent
 * @reply: what came back
 *
 * A token is taken for four bytes; a server is believed from a quarter to four times as many, and
 * that it thought unseen for as long as it was allowed to write.
 *
 * Returns: the tokens to be counted
 */
ErrataLlmTokens
errata_llm_account_tokens(const ErrataOpenaiPrompt *prompt, const ErrataReply *reply)
{
    ErrataLlmTokens tokens = {.doubted = reply->odd_usage};

    tokens.in = account_bound(reply->tokens_in,
                              strlen(prompt->system) + strlen(prompt->user),
                              0,
                              &tokens.doubted);
    tokens.out = account_bound(reply->tokens_out,
                               reply->text->len + reply->n_thought,
                               prompt->max_tokens,
                               &tokens.doubted);
    return tokens;
}

double
errata_llm_account_share(const char *role)
{
    for (guint i = 0; i < G_N_ELEMENTS(account_shares); i++)
        if (strcmp(account_shares[i].role, role) == 0)
            return account_shares[i].share;
    return 1.0; /* asked for by itself, or last */
}
