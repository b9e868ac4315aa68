/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm.h"

#include "error.h"

static void
llm_rule_free(gpointer data)
{
    ErrataLlmRule *rule = data;

    g_free(rule->rule);
    g_free(rule);
}

void
errata_llm_answer_free(ErrataLlmAnswer *self)
{
    if (self == NULL)
        return;
    g_free(self->text);
    g_free(self);
}

/* without names and values of declared columns, which the answer has again */
static ErrataLlmAnswer *
llm_ask_hidden(ErrataLlm *self, const ErrataLlmRequest *request, GError **error)
{
    g_autoptr(ErrataStandInTable) table = errata_stand_in_table_new(self->stand_ins);
    g_autoptr(GPtrArray) data = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *facts = request->facts != NULL
                                 ? errata_stand_in_table_hide(table, request->facts)
                                 : NULL;
    gboolean conditions = g_str_equal(request->role, "ask") ||
                          g_str_equal(request->role, "hypotheses");
    ErrataLlmRequest hidden = *request;
    ErrataLlmAnswer *answer;
    char *shown;

    for (guint i = 0; request->data != NULL && request->data[i] != NULL; i++)
        g_ptr_array_add(data, errata_stand_in_table_hide(table, request->data[i]));
    g_ptr_array_add(data, NULL);
    hidden.facts = facts;
    hidden.data = request->data != NULL ? (const char *const *)data->pdata : NULL;
    answer = self->complete(self, &hidden, error);
    if (answer == NULL)
        return NULL;
    shown = errata_stand_in_table_show(table, answer->text, conditions);
    g_free(answer->text);
    answer->text = shown;
    return answer;
}

/**
 * errata_llm_ask:
 * @self: the door
 * @request: what is asked
 * @use: (inout): counts the call
 * @error: as of `complete`
 *
 * Asks and counts. A failure that ends all asking is kept in @use in words.
 *
 * Returns: (transfer full) (nullable): the answer
 */
ErrataLlmAnswer *
errata_llm_ask(ErrataLlm *self, const ErrataLlmRequest *request, ErrataLlmUse *use, GError **error)
{
    g_autoptr(GError) failure = NULL;
    ErrataLlmAnswer *answer = self->stand_ins != NULL ? llm_ask_hidden(self, request, &failure)
                                                      : self->complete(self, request, &failure);

    if (answer == NULL) {
        if (g_error_matches(failure, ERRATA_ERROR, ERRATA_ERROR_USAGE))
            use->overdue++;
        else if (use->failure == NULL)
            use->failure = g_strdup(failure->message);
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    use->calls++;
    use->tokens_in += answer->tokens_in;
    use->tokens_out += answer->tokens_out;
    use->cached += answer->cached ? 1 : 0;
    use->doubted += answer->doubted ? 1 : 0;
    return answer;
}

ErrataLlmUse *
errata_llm_use_new(const char *backend, const char *model)
{
    ErrataLlmUse *self = g_new0(ErrataLlmUse, 1);

    self->backend = g_strdup(backend);
    self->model = g_strdup(model);
    self->rules = g_ptr_array_new_with_free_func(llm_rule_free);
    return self;
}

void
errata_llm_use_free(ErrataLlmUse *self)
{
    if (self == NULL)
        return;
    g_free(self->backend);
    g_free(self->model);
    g_ptr_array_unref(self->rules);
    g_free(self->failure);
    g_free(self);
}

/* counts a rejection by @rule; the text's own end (retried, rejected) is its caller's to count */
void
errata_llm_use_reject(ErrataLlmUse *self, const char *rule)
{
    ErrataLlmRule *made;

    for (guint i = 0; i < self->rules->len; i++) {
        ErrataLlmRule *known = g_ptr_array_index(self->rules, i);

        if (g_str_equal(known->rule, rule)) {
            known->count++;
            return;
        }
    }
    made = g_new0(ErrataLlmRule, 1);
    made->rule = g_strdup(rule);
    made->count = 1;
    g_ptr_array_add(self->rules, made);
}

static const char *
llm_plural(guint64 count)
{
    return count == 1 ? "" : "s";
}

/**
 * errata_llm_use_describe:
 *
 * Returns: (transfer full): which model was asked and what became of its answers, in a line or two
 */
char *
errata_llm_use_describe(const ErrataLlmUse *self)
{
    GString *words = g_string_new(self->model != NULL ? self->model : "an unnamed model");

    g_string_append_printf(words,
                           " (%s): %" G_GUINT64_FORMAT " answer%s",
                           self->backend,
                           self->calls,
                           llm_plural(self->calls));
    if (self->cached > 0)
        g_string_append_printf(words, ", %" G_GUINT64_FORMAT " kept from before", self->cached);
    if (self->tokens_in > 0)
        g_string_append_printf(words,
                               ", %" G_GUINT64_FORMAT " tokens sent, %" G_GUINT64_FORMAT
                               " received",
                               self->tokens_in,
                               self->tokens_out);
    if (self->doubted > 0)
        g_string_append_printf(words,
                               " (for %" G_GUINT64_FORMAT " answer%s the server’s count could not "
                               "be, and is bounded by the length of what was sent and received)",
                               self->doubted,
                               llm_plural(self->doubted));
    if (self->overdue > 0)
        g_string_append_printf(words,
                               "; %" G_GUINT64_FORMAT " request%s not answered in the part of the "
                               "time that is theirs",
                               self->overdue,
                               llm_plural(self->overdue));
    if (self->tried > 0)
        g_string_append_printf(words,
                               "; of %" G_GUINT64_FORMAT " text%s %" G_GUINT64_FORMAT
                               " passed the checks, %" G_GUINT64_FORMAT " did not",
                               self->tried,
                               llm_plural(self->tried),
                               self->accepted,
                               self->rejected);
    for (guint i = 0; i < self->rules->len; i++) {
        const ErrataLlmRule *rule = g_ptr_array_index(self->rules, i);

        g_string_append_printf(words,
                               "%s%s %" G_GUINT64_FORMAT,
                               i == 0 ? " (" : ", ",
                               rule->rule,
                               rule->count);
    }
    if (self->rules->len > 0)
        g_string_append_c(words, ')');
    if (self->failure != NULL)
        g_string_append_printf(words, "; given up: %s", self->failure);
    return g_string_free(words, FALSE);
}
