/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A role of the language model: asked, its answer checked, asked once more with the reasons; what
 * passes nowhere is not used. */
#pragma once

#include <json-glib/json-glib.h>

#include "case.h"
#include "column.h"
#include "grounding.h"

G_BEGIN_DECLS

/**
 * ErrataRoleEnd:
 * @ERRATA_ROLE_ACCEPTED: an answer passed, and its checker has used it
 * @ERRATA_ROLE_REFUSED: neither the first nor the second passed; what is there without a model
 *   stays
 * @ERRATA_ROLE_SILENT: no answer; with `failure` set in #ErrataLlmUse there will be none for this
 *   report
 */
typedef enum {
    ERRATA_ROLE_ACCEPTED,
    ERRATA_ROLE_REFUSED,
    ERRATA_ROLE_SILENT,
} ErrataRoleEnd;

/**
 * ErrataRoleCheck:
 * @answer: hostile: a JSON object's text
 * @data: of errata_role_run()
 * @faults: (element-type ErrataGroundingFault): gets why it is refused, errata_role_refuse()
 *
 * Returns: whether the answer passes as a whole; the checker then has it
 */
typedef gboolean (*ErrataRoleCheck)(const char *answer, gpointer data, GPtrArray *faults);

/**
 * ErrataLlmRole:
 * @name: as in `errata llm`: lower case and hyphens
 * @prompt: file of prompts/ with the system text
 * @schema: file of prompts/ with the JSON schema of the answer
 * @reminder: the closing sentence
 * @max_tokens: of the answer
 * @check: its checker
 *
 * What is the same in every request of a role.
 */
typedef struct {
    const char *name;
    const char *prompt;
    const char *schema;
    const char *reminder;
    guint max_tokens;
    ErrataRoleCheck check;
} ErrataLlmRole;

ErrataRoleEnd errata_role_run(const ErrataLlmRole *role,
                              const char *facts,
                              const char *const *data,
                              ErrataLlm *llm,
                              ErrataLlmUse *use,
                              gpointer check_data);
gboolean errata_role_refuse(GPtrArray *faults, const char *rule, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* whether texts can be asked for: the checkers have the words of the language that is wanted */
gboolean errata_role_speaks(const ErrataLlm *llm);
/* what a column holds, as models are told: numbers, times, true or false, texts */
const char *errata_role_column(const ErrataColumn *column);
JsonObject *errata_role_object(const char *answer,
                               guint n_members,
                               JsonNode **ret_root,
                               GPtrArray *faults);

G_END_DECLS
