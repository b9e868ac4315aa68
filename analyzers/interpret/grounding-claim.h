/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "evidence.h"
#include "sentence.h"

G_BEGIN_DECLS

typedef enum {
    ERRATA_CLAIM_HIGHER,
    ERRATA_CLAIM_LOWER,
    ERRATA_CLAIM_EQUAL,
    ERRATA_CLAIM_NONE,
    ERRATA_CLAIM_HYPOTHESIS,
} ErrataClaim;

gboolean errata_claim_parse(const char *nick, ErrataClaim *ret_claim);
/* whether the words of the facts (folded, each between spaces) hold @folded */
gboolean errata_grounding_says(const char *facts, const char *folded);
const char *errata_claim_check(ErrataClaim claim,
                               const GPtrArray *tokens,
                               GPtrArray *cited,
                               const GPtrArray *evidence,
                               const char *facts,
                               char **ret_why);

G_END_DECLS
