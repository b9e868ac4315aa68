/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm-print.h"

#include <string.h>

#include "cli.h"
#include "datum.h"
#include "json-writer.h"

#define LLM_PRINT_DAYS 30

static const char *
llm_print_backend(const ErrataLlmStatus *status)
{
    static const char *const names[] = {"none", "auto", "openai", "llama-server"};

    return names[errata_llm_settings_backend(status->settings)];
}

static const char *
llm_print_sending(const ErrataLlmStatus *status)
{
    switch (errata_llm_broker_sending(status->broker)) {
    case ERRATA_LLM_SEND_FULL:
        return "full";
    case ERRATA_LLM_SEND_REDACTED:
        return "redacted";
    case ERRATA_LLM_SEND_DEFAULT:
    case ERRATA_LLM_SEND_NONE:
        break;
    }
    return "none";
}

void
errata_llm_print_gather(ErrataLlmStatus *status, const char *path)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autoptr(GDateTime) then = g_date_time_add_days(now, -LLM_PRINT_DAYS);
    g_autofree char *since = g_date_time_format(then, "%Y-%m-%d");
    g_autoptr(ErrataStore) store = g_file_test(path, G_FILE_TEST_EXISTS)
                                       ? errata_store_open(path, NULL)
                                       : NULL;
    g_autoptr(GPtrArray) counts = store != NULL ? errata_store_llm_list(store, since, NULL) : NULL;
    gint64 answers = 0;
    gint64 bytes = 0;

    if (counts != NULL)
        g_ptr_array_extend_and_steal(status->counts, g_steal_pointer(&counts));
    if (store != NULL && errata_store_llm_size(store, &answers, &bytes, NULL)) {
        status->answers += answers;
        status->bytes += bytes;
    }
}

static void
llm_print_json(ErrataJsonWriter *json)
{
    g_print("%s\n", json->text->str);
    g_string_free(json->text, TRUE);
}

static void
llm_print_count_json(ErrataJsonWriter *json, const ErrataLlmCount *count)
{
    errata_json_writer_begin(json, NULL, '{');
    errata_json_writer_string(json, "backend", count->backend);
    errata_json_writer_string(json, "model", count->model);
    errata_json_writer_string(json, "role", count->role);
    errata_json_writer_string(json, "last_day", count->day);
    errata_json_writer_int(json, "calls", count->calls);
    errata_json_writer_int(json, "cached", count->cached);
    errata_json_writer_int(json, "failed", count->failed);
    errata_json_writer_int(json, "tokens_in", count->tokens_in);
    errata_json_writer_int(json, "tokens_out", count->tokens_out);
    errata_json_writer_end(json, '}');
}

static void
llm_print_status_json(const ErrataLlmStatus *status)
{
    ErrataJsonWriter json = {g_string_new(NULL), FALSE};
    const char *model = status->found ? errata_llm_broker_model(status->broker) : NULL;

    errata_json_writer_begin(&json, NULL, '{');
    errata_json_writer_string(&json, "backend", llm_print_backend(status));
    errata_json_writer_boolean(&json, "found", status->found);
    errata_json_writer_string(&json,
                              "place",
                              status->found ? errata_llm_broker_place(status->broker) : NULL);
    errata_json_writer_string(&json, "model", model);
    errata_json_writer_string(&json,
                              "send_rows",
                              status->broker != NULL ? llm_print_sending(status) : "none");
    errata_json_writer_boolean(&json, "allow_remote", status->settings->allow_remote);
    errata_json_writer_uint(&json, "timeout_seconds", status->settings->timeout_s);
    errata_json_writer_uint(&json, "max_tokens_per_report", status->settings->per_report);
    errata_json_writer_uint(&json, "max_tokens_per_day", status->settings->per_day);
    errata_json_writer_begin(&json, "asked", '[');
    for (guint i = 0; i < status->counts->len; i++)
        llm_print_count_json(&json, g_ptr_array_index(status->counts, i));
    errata_json_writer_end(&json, ']');
    errata_json_writer_int(&json, "answers_kept", status->answers);
    errata_json_writer_int(&json, "bytes_kept", status->bytes);
    errata_json_writer_end(&json, '}');
    llm_print_json(&json);
}

static void
llm_print_counts(const ErrataLlmStatus *status)
{
    if (status->counts->len == 0) {
        g_print("Asked in the last %d days: nothing\n", LLM_PRINT_DAYS);
        return;
    }
    g_print("Asked in the last %d days:\n", LLM_PRINT_DAYS);
    g_print("  %-24s %-16s %7s %7s %7s %10s %10s\n",
            "model",
            "role",
            "calls",
            "cached",
            "failed",
            "tokens in",
            "out");
    for (guint i = 0; i < status->counts->len; i++) {
        const ErrataLlmCount *count = g_ptr_array_index(status->counts, i);
        g_autofree char *model = errata_cli_printable(*count->model != '\0' ? count->model : "?");

        g_print("  %-24s %-16s %7" G_GINT64_FORMAT " %7" G_GINT64_FORMAT " %7" G_GINT64_FORMAT
                " %10" G_GINT64_FORMAT " %10" G_GINT64_FORMAT "\n",
                model,
                count->role,
                count->calls,
                count->cached,
                count->failed,
                count->tokens_in,
                count->tokens_out);
    }
}

/**
 * errata_llm_print_status:
 * @status: what is known
 * @json: as JSON
 */
void
errata_llm_print_status(const ErrataLlmStatus *status, gboolean json)
{
    const ErrataLlmSettings *settings = status->settings;

    if (json) {
        llm_print_status_json(status);
        return;
    }
    if (status->broker == NULL) {
        g_print(
            "No language model is configured: reports are written by Errata itself.\n"
            "[llm] backend=auto in errata.conf, or --llm auto, looks for one on this machine.\n");
    } else if (!status->found) {
        g_print("No language model is served on this machine: reports are written by Errata "
                "itself.\n");
    } else {
        const char *model = errata_llm_broker_model(status->broker);

        errata_cli_print("Server: %s\n", errata_llm_broker_place(status->broker));
        errata_cli_print("Model: %s\n", model != NULL ? model : "the first that the server lists");
        g_print("Texts of logs: %s\n", llm_print_sending(status));
        g_print("May delay a report by %u s, cost %" G_GUINT64_FORMAT
                " tokens a report and %" G_GUINT64_FORMAT " a day\n",
                settings->timeout_s,
                settings->per_report,
                settings->per_day);
    }
    llm_print_counts(status);
    g_print("Answers kept: %" G_GINT64_FORMAT " (%" G_GINT64_FORMAT " bytes)\n",
            status->answers,
            status->bytes);
}

void
errata_llm_print_models(const GPtrArray *models, gboolean json)
{
    ErrataJsonWriter writer = {g_string_new(NULL), FALSE};

    errata_json_writer_begin(&writer, NULL, '[');
    for (guint i = 0; i < models->len; i++) {
        errata_json_writer_string(&writer, NULL, g_ptr_array_index(models, i));
        if (!json)
            errata_cli_print("%s\n", (const char *)g_ptr_array_index(models, i));
    }
    errata_json_writer_end(&writer, ']');
    if (json)
        g_print("%s\n", writer.text->str);
    g_string_free(writer.text, TRUE);
}

/**
 * errata_llm_print_answer:
 * @broker: who asked
 * @answer: of the test
 * @seconds: that it took
 * @json: as JSON
 */
gboolean
errata_llm_print_answer(const ErrataLlmBroker *broker,
                        const ErrataLlmAnswer *answer,
                        double seconds,
                        gboolean json)
{
    g_autoptr(ErrataDatumTree) tree =
        errata_datum_parse_json(answer->text, strlen(answer->text), NULL);
    const ErrataDatum *root = tree != NULL ? errata_datum_tree_root(tree) : NULL;
    gboolean fits = root != NULL && root->kind == ERRATA_DATUM_OBJECT && root->n == 1 &&
                    g_strcmp0(errata_datum_text(root, "answer"), "yes") == 0;
    const char *model = errata_llm_broker_model(broker);
    ErrataJsonWriter writer = {g_string_new(NULL), FALSE};

    errata_json_writer_begin(&writer, NULL, '{');
    errata_json_writer_string(&writer, "place", errata_llm_broker_place(broker));
    errata_json_writer_string(&writer, "model", model);
    errata_json_writer_double(&writer, "seconds", seconds);
    errata_json_writer_uint(&writer, "tokens_in", answer->tokens_in);
    errata_json_writer_uint(&writer, "tokens_out", answer->tokens_out);
    errata_json_writer_boolean(&writer, "tokens_doubted", answer->doubted);
    errata_json_writer_boolean(&writer, "cached", answer->cached);
    errata_json_writer_string(&writer, "structure", errata_llm_broker_rung(broker));
    errata_json_writer_boolean(&writer, "fits", fits);
    errata_json_writer_string(&writer, "answer", answer->text);
    errata_json_writer_end(&writer, '}');
    if (json)
        g_print("%s\n", writer.text->str);
    else
        errata_cli_print(
            "%s (%s) answered in %.1f s%s: %s; structured output by %s; %s\n",
            errata_llm_broker_place(broker),
            model != NULL ? model : "its own choice of model",
            seconds,
            answer->cached ? " from what was kept" : "",
            fits ? "as it was asked to" : "not as it was asked to",
            errata_llm_broker_rung(broker),
            fits ? "it can be used"
                 : "its texts will rarely pass the checks, and the built-in ones stand");
    g_string_free(writer.text, TRUE);
    return fits;
}

void
errata_llm_print_shown(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *line = errata_cli_printable(lines[i]);

        g_printerr("%s\n", line);
    }
}

void
errata_llm_print_cache(const char *path,
                       gint64 answers,
                       gint64 bytes,
                       gboolean cleared,
                       gboolean json)
{
    ErrataJsonWriter writer = {g_string_new(NULL), FALSE};

    errata_json_writer_begin(&writer, NULL, '{');
    errata_json_writer_string(&writer, "path", path);
    errata_json_writer_int(&writer, "answers", answers);
    errata_json_writer_int(&writer, "bytes", bytes);
    errata_json_writer_boolean(&writer, "cleared", cleared);
    errata_json_writer_end(&writer, '}');
    if (json)
        g_print("%s\n", writer.text->str);
    else
        errata_cli_print("%s: %" G_GINT64_FORMAT " answers, %" G_GINT64_FORMAT " bytes%s\n",
                         path,
                         answers,
                         bytes,
                         cleared ? ", now forgotten" : "");
    g_string_free(writer.text, TRUE);
}
