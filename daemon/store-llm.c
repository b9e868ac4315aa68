/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of language models by the hash of all that they depend on, and what was asked day by
 * day. */
#include "store-llm.h"

#include "store-private.h"

#define LLM_MAX_ANSWERS G_GINT64_CONSTANT(20000) /* those used longest ago go first */

void
errata_llm_count_free(ErrataLlmCount *self)
{
    if (self == NULL)
        return;
    g_free(self->day);
    g_free(self->backend);
    g_free(self->model);
    g_free(self->role);
    g_free(self);
}

ErrataLlmAnswer *
errata_store_llm_find(ErrataStore *self, const char *hash, GError **error)
{
    g_autoptr(ErrataStatement) statement =
        errata_store_query(self,
                           error,
                           "SELECT text, tokens_in, tokens_out FROM llm_answer WHERE hash = ?",
                           "s",
                           hash);
    ErrataLlmAnswer *answer;

    if (statement == NULL || errata_store_next(self, statement, error) != 1)
        return NULL;
    answer = g_new0(ErrataLlmAnswer, 1);
    answer->text = errata_store_text(statement, 0);
    answer->tokens_in = (guint64)sqlite3_column_int64(statement, 1);
    answer->tokens_out = (guint64)sqlite3_column_int64(statement, 2);
    answer->cached = TRUE;
    errata_store_run(self,
                     NULL, /* no harm when it is not noted */
                     "UPDATE llm_answer SET used = ? WHERE hash = ?",
                     "is",
                     g_get_real_time(),
                     hash);
    return answer;
}

/**
 * errata_store_llm_keep:
 * @hash: of all that the answer depends on, in hex
 * @role: who asked
 * @answer: what came
 *
 * Errors: %ERRATA_ERROR_IO.
 */
gboolean
errata_store_llm_keep(ErrataStore *self,
                      const char *hash,
                      const char *role,
                      const ErrataLlmAnswer *answer,
                      GError **error)
{
    if (!errata_store_run(self,
                          error,
                          "INSERT OR REPLACE INTO llm_answer"
                          " (hash, used, role, text, tokens_in, tokens_out)"
                          " VALUES (?, ?, ?, ?, ?, ?)",
                          "sissii",
                          hash,
                          g_get_real_time(),
                          role,
                          answer->text,
                          (gint64)answer->tokens_in,
                          (gint64)answer->tokens_out))
        return FALSE;
    if (hash[0] != '0' || hash[1] != '0') /* now and then is enough */
        return TRUE;
    return errata_store_run(self,
                            error,
                            "DELETE FROM llm_answer WHERE hash IN (SELECT hash FROM llm_answer"
                            " ORDER BY used DESC LIMIT -1 OFFSET ?)",
                            "i",
                            LLM_MAX_ANSWERS);
}

gboolean
errata_store_llm_add(ErrataStore *self, const ErrataLlmCount *count, GError **error)
{
    return errata_store_run(
        self,
        error,
        "INSERT INTO llm_use"
        " (day, backend, model, role, calls, cached, failed, tokens_in, tokens_out)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " calls = calls + excluded.calls, cached = cached + excluded.cached,"
        " failed = failed + excluded.failed, tokens_in = tokens_in + excluded.tokens_in,"
        " tokens_out = tokens_out + excluded.tokens_out",
        "ssssiiiii",
        count->day,
        count->backend,
        count->model,
        count->role,
        count->calls,
        count->cached,
        count->failed,
        count->tokens_in,
        count->tokens_out);
}

static gboolean
llm_two_numbers(ErrataStore *self,
                ErrataStatement *statement,
                gint64 *ret_first,
                gint64 *ret_second,
                GError **error)
{
    if (statement == NULL || errata_store_next(self, statement, error) != 1)
        return FALSE;
    *ret_first = sqlite3_column_int64(statement, 0);
    *ret_second = sqlite3_column_int64(statement, 1);
    return TRUE;
}

gboolean
errata_store_llm_tokens(ErrataStore *self, const char *day, gint64 *ret_tokens, GError **error)
{
    g_autoptr(ErrataStatement) statement =
        errata_store_query(self,
                           error,
                           "SELECT total(tokens_in + tokens_out), 0 FROM llm_use WHERE day = ?",
                           "s",
                           day);
    gint64 zero;

    return llm_two_numbers(self, statement, ret_tokens, &zero, error);
}

static gpointer
llm_read_count(ErrataStatement *statement)
{
    ErrataLlmCount *count = g_new0(ErrataLlmCount, 1);

    count->day = errata_store_text(statement, 0);
    count->backend = errata_store_text(statement, 1);
    count->model = errata_store_text(statement, 2);
    count->role = errata_store_text(statement, 3);
    count->calls = sqlite3_column_int64(statement, 4);
    count->cached = sqlite3_column_int64(statement, 5);
    count->failed = sqlite3_column_int64(statement, 6);
    count->tokens_in = sqlite3_column_int64(statement, 7);
    count->tokens_out = sqlite3_column_int64(statement, 8);
    return count;
}

GPtrArray *
errata_store_llm_list(ErrataStore *self, const char *since, GError **error)
{
    g_autoptr(ErrataStatement) statement =
        errata_store_query(self,
                           error,
                           "SELECT max(day), backend, model, role, sum(calls), sum(cached),"
                           " sum(failed), sum(tokens_in), sum(tokens_out) FROM llm_use"
                           " WHERE day >= ? GROUP BY backend, model, role"
                           " ORDER BY backend, model, role",
                           "s",
                           since);

    return errata_store_collect(self,
                                statement,
                                llm_read_count,
                                (GDestroyNotify)errata_llm_count_free,
                                error);
}

gboolean
errata_store_llm_size(ErrataStore *self, gint64 *ret_answers, gint64 *ret_bytes, GError **error)
{
    g_autoptr(ErrataStatement) statement =
        errata_store_query(self, error, "SELECT count(*), total(length(text)) FROM llm_answer", "");

    return llm_two_numbers(self, statement, ret_answers, ret_bytes, error);
}

gboolean
errata_store_llm_clear(ErrataStore *self, GError **error)
{
    return errata_store_run(self, error, "DELETE FROM llm_answer", "");
}
