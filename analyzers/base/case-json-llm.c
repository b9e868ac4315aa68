/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `run.llm`: which language model was asked, what that cost and what became of its answers. */
#include "case-json-private.h"

/* what only a run with a model has */
static void
json_llm_checks(ErrataJsonWriter *json, const ErrataLlmUse *use)
{
    errata_json_writer_uint(json, "tried", use->tried);
    errata_json_writer_uint(json, "retried", use->retried);
    errata_json_writer_uint(json, "accepted", use->accepted);
    errata_json_writer_uint(json, "doubted", use->doubted);
    errata_json_writer_uint(json, "overdue", use->overdue);
    errata_json_writer_begin(json, "rules", '[');
    for (guint i = 0; i < use->rules->len; i++) {
        const ErrataLlmRule *rule = g_ptr_array_index(use->rules, i);

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "rule", rule->rule);
        errata_json_writer_uint(json, "count", rule->count);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
    if (use->failure != NULL)
        errata_json_writer_string(json, "failure", use->failure);
    else
        errata_json_writer_null(json, "failure");
}

void
errata_case_json_llm(ErrataJsonWriter *json, const ErrataLlmUse *use)
{
    const ErrataLlmUse none = {0};
    const ErrataLlmUse *said = use != NULL ? use : &none;

    errata_json_writer_begin(json, "llm", '{');
    errata_json_writer_string(json, "backend", said->backend != NULL ? said->backend : "none");
    if (said->model != NULL)
        errata_json_writer_string(json, "model", said->model);
    else
        errata_json_writer_null(json, "model");
    errata_json_writer_uint(json, "calls", said->calls);
    errata_json_writer_uint(json, "tokens_in", said->tokens_in);
    errata_json_writer_uint(json, "tokens_out", said->tokens_out);
    errata_json_writer_uint(json, "cached", said->cached);
    errata_json_writer_uint(json, "rejected", said->rejected);
    if (use != NULL)
        json_llm_checks(json, use);
    errata_json_writer_end(json, '}');
}

/* NULL: no model was asked */
ErrataLlmUse *
errata_case_json_read_llm(JsonObject *run)
{
    JsonObject *object = errata_json_reader_object(run, "llm");
    JsonArray *rules = errata_json_reader_array(object, "rules");
    ErrataLlmUse *use;

    if (rules == NULL)
        return NULL;
    use = errata_llm_use_new(errata_json_reader_peek(object, "backend"),
                             errata_json_reader_peek(object, "model"));
    use->calls = errata_json_reader_uint(object, "calls");
    use->tokens_in = errata_json_reader_uint(object, "tokens_in");
    use->tokens_out = errata_json_reader_uint(object, "tokens_out");
    use->cached = errata_json_reader_uint(object, "cached");
    use->rejected = errata_json_reader_uint(object, "rejected");
    use->tried = errata_json_reader_uint(object, "tried");
    use->retried = errata_json_reader_uint(object, "retried");
    use->accepted = errata_json_reader_uint(object, "accepted");
    use->doubted = errata_json_reader_uint(object, "doubted");
    use->overdue = errata_json_reader_uint(object, "overdue");
    use->failure = errata_json_reader_string(object, "failure");
    for (guint i = 0; i < errata_json_reader_length(rules); i++) {
        JsonObject *element = errata_json_reader_element(rules, i);
        ErrataLlmRule *rule = g_new0(ErrataLlmRule, 1);

        rule->rule = errata_json_reader_string(element, "rule");
        rule->count = errata_json_reader_uint(element, "count");
        g_ptr_array_add(use->rules, rule);
    }
    return use;
}
