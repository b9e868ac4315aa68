/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "role.h"

#include "json-reader.h"
#include "prompt.h"

#define ROLE_MAX_REASONS 12 /* told on the second try */

/**
 * errata_role_refuse:
 * @faults: (element-type ErrataGroundingFault): gets one more
 * @rule: its short name, for counters: a literal
 * @format: why, in words that help with the second try
 *
 * Returns: %FALSE
 */
gboolean
errata_role_refuse(GPtrArray *faults, const char *rule, const char *format, ...)
{
    ErrataGroundingFault *fault = g_new0(ErrataGroundingFault, 1);
    va_list args;

    va_start(args, format);
    fault->rule = rule;
    fault->why = g_strdup_vprintf(format, args);
    va_end(args);
    g_ptr_array_add(faults, fault);
    return FALSE;
}

/**
 * errata_role_object:
 * @answer: hostile
 * @n_members: that an answer has: all that its schema names and no others
 * @ret_root: (out) (transfer full) (nullable): what owns the returned object
 * @faults: gets why there is none
 *
 * Returns: (transfer none) (nullable): the answer's object, its members not yet looked at
 */
JsonObject *
errata_role_object(const char *answer, guint n_members, JsonNode **ret_root, GPtrArray *faults)
{
    g_autoptr(GError) error = NULL;
    JsonNode *root = errata_json_reader_parse(answer, &error);

    *ret_root = root;
    if (root == NULL) {
        errata_role_refuse(faults, "schema", "not JSON: %s", error->message);
        return NULL;
    }
    if (JSON_NODE_HOLDS_OBJECT(root) &&
        json_object_get_size(json_node_get_object(root)) == n_members)
        return json_node_get_object(root);
    errata_role_refuse(faults,
                       "schema",
                       "the answer is not an object of just what the schema names");
    return NULL;
}

/**
 * errata_role_speaks:
 * @llm: the door
 *
 * The word lists of the checkers are English; a text in another language could not be checked, and
 * is not asked for. Roles that choose from closed lists do not depend on it.
 */
gboolean
errata_role_speaks(const ErrataLlm *llm)
{
    const char *language = llm->language;

    return language == NULL || g_ascii_strcasecmp(language, "C") == 0 ||
           (g_ascii_strncasecmp(language, "en", 2) == 0 && !g_ascii_isalpha(language[2]));
}

static ErrataLlmAnswer *
role_ask(const ErrataLlmRole *role,
         const char *facts,
         const char *const *data,
         ErrataLlm *llm,
         ErrataLlmUse *use)
{
    ErrataLlmRequest request = {
        .role = role->name,
        .system = errata_prompt(role->prompt),
        .schema = errata_prompt(role->schema),
        .facts = facts,
        .data = data,
        .reminder = role->reminder,
        .max_tokens = role->max_tokens,
    };

    return errata_llm_ask(llm, &request, use, NULL);
}

static char *
role_reasons(const char *facts, const GPtrArray *faults)
{
    GString *text = g_string_new(facts);

    g_string_append(text, "\nYour last answer was refused:\n");
    for (guint i = 0; i < MIN(faults->len, ROLE_MAX_REASONS); i++)
        g_string_append_printf(text,
                               "- %s\n",
                               ((const ErrataGroundingFault *)g_ptr_array_index(faults, i))->why);
    g_string_append(text, "Write all of it anew.\n");
    return g_string_free(text, FALSE);
}

/* one answer; TRUE: used */
static gboolean
role_check(const ErrataLlmRole *role,
           const char *answer,
           ErrataLlmUse *use,
           gpointer check_data,
           GPtrArray *faults)
{
    if (role->check(answer, check_data, faults)) {
        use->accepted++;
        return TRUE;
    }
    for (guint i = 0; i < faults->len; i++)
        errata_llm_use_reject(use,
                              ((const ErrataGroundingFault *)g_ptr_array_index(faults, i))->rule);
    return FALSE;
}

const char *
errata_role_column(const ErrataColumn *column)
{
    switch (column->type) {
    case ERRATA_COLUMN_F64:
    case ERRATA_COLUMN_I64:
        return "numbers";
    case ERRATA_COLUMN_TIME:
        return "times";
    case ERRATA_COLUMN_BOOL:
        return "true or false";
    case ERRATA_COLUMN_CATEGORY:
    case ERRATA_COLUMN_TEXT:
        break;
    }
    return "texts";
}

/**
 * errata_role_run:
 * @role: what is asked
 * @facts: what the program computed, for the model
 * @data: (nullable) (array zero-terminated=1): texts of the log, hostile
 * @llm: the door
 * @use: (inout): counts
 * @check_data: for the checker, which keeps what passed
 *
 * Asks, checks, and where the answer is refused asks once more with the reasons. A checker may be
 * called twice and must leave nothing behind when it refuses.
 *
 * Returns: how it ended
 */
ErrataRoleEnd
errata_role_run(const ErrataLlmRole *role,
                const char *facts,
                const char *const *data,
                ErrataLlm *llm,
                ErrataLlmUse *use,
                gpointer check_data)
{
    g_autoptr(GPtrArray) faults =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_grounding_fault_free);
    g_autoptr(ErrataLlmAnswer) first = NULL;
    g_autoptr(ErrataLlmAnswer) second = NULL;
    g_autofree char *again = NULL;

    if (use->failure != NULL)
        return ERRATA_ROLE_SILENT;
    first = role_ask(role, facts, data, llm, use);
    if (first == NULL)
        return ERRATA_ROLE_SILENT;
    use->tried++;
    if (role_check(role, first->text, use, check_data, faults))
        return ERRATA_ROLE_ACCEPTED;
    again = role_reasons(facts, faults);
    g_ptr_array_set_size(faults, 0);
    use->retried++;
    second = role_ask(role, again, data, llm, use);
    if (second != NULL && role_check(role, second->text, use, check_data, faults))
        return ERRATA_ROLE_ACCEPTED;
    use->rejected++;
    return ERRATA_ROLE_REFUSED;
}
