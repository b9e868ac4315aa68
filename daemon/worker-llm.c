/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's door to a language model: a call to its host, made on the job's own thread, so that
 * the main loop goes on hearing Cancel. The host answers in bounded time; when it dies the worker
 * does. */
#include "worker-llm.h"

#include "error.h"

typedef struct {
    GDBusConnection *connection;
    char *backend;
    char *model;
    char *language;
} WorkerLlm;

static GVariant *
worker_llm_request(const ErrataLlmRequest *request)
{
    const char *const texts[][2] = {{"role", request->role},
                                    {"system", request->system},
                                    {"schema", request->schema},
                                    {"facts", request->facts},
                                    {"reminder", request->reminder}};
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        if (texts[i][1] != NULL)
            g_variant_dict_insert_value(
                &dict,
                texts[i][0],
                g_variant_new_take_string(g_utf8_make_valid(texts[i][1], -1)));
    g_variant_dict_insert(&dict, "max-tokens", "u", request->max_tokens);
    if (request->data != NULL) {
        GVariantBuilder data;

        g_variant_builder_init(&data, G_VARIANT_TYPE_STRING_ARRAY);
        for (guint i = 0; request->data[i] != NULL; i++)
            g_variant_builder_add_value(
                &data,
                g_variant_new_take_string(g_utf8_make_valid(request->data[i], -1)));
        g_variant_dict_insert_value(&dict, "data", g_variant_builder_end(&data));
    }
    return g_variant_dict_end(&dict);
}

static ErrataLlmAnswer *
worker_llm_answer(GVariant *reply, GError **error)
{
    ErrataLlmAnswer *answer = g_new0(ErrataLlmAnswer, 1);
    g_autofree char *message = NULL;
    guint32 code = ERRATA_ERROR_IO;

    if (g_variant_lookup(reply, "text", "s", &answer->text)) {
        g_variant_lookup(reply, "tokens-in", "t", &answer->tokens_in);
        g_variant_lookup(reply, "tokens-out", "t", &answer->tokens_out);
        g_variant_lookup(reply, "cached", "b", &answer->cached);
        g_variant_lookup(reply, "doubted", "b", &answer->doubted);
        return answer;
    }
    errata_llm_answer_free(answer);
    g_variant_lookup(reply, "code", "u", &code);
    if (!g_variant_lookup(reply, "message", "s", &message))
        message = g_strdup("no answer");
    g_set_error(error, ERRATA_ERROR, (int)MIN(code, ERRATA_ERROR_N_CODES - 1), "%s", message);
    return NULL;
}

static ErrataLlmAnswer *
worker_llm_complete(ErrataLlm *llm, const ErrataLlmRequest *request, GError **error)
{
    WorkerLlm *self = llm->data;
    g_autoptr(GError) problem = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_sync(self->connection,
                                    NULL,
                                    "/org/errata/Host1",
                                    "org.errata.Host1",
                                    "Complete",
                                    g_variant_new("(@a{sv})", worker_llm_request(request)),
                                    G_VARIANT_TYPE("(a{sv})"),
                                    G_DBUS_CALL_FLAGS_NONE,
                                    G_MAXINT,
                                    NULL,
                                    &problem);
    g_autoptr(GVariant) answer = NULL;

    if (reply == NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "the host cannot be asked: %s",
                    problem->message);
        return NULL;
    }
    answer = g_variant_get_child_value(reply, 0);
    if (self->model == NULL && g_variant_lookup(answer, "model", "s", &self->model))
        llm->model = self->model; /* known only once it was asked */
    return worker_llm_answer(answer, error);
}

/**
 * errata_worker_llm_new:
 * @connection: to the host
 * @options: of org.errata.Worker1.Start
 *
 * Returns: (transfer full) (nullable): the door
 */
ErrataLlm *
errata_worker_llm_new(GDBusConnection *connection, GVariant *options)
{
    g_autoptr(GVariant) described = g_variant_lookup_value(options, "llm", G_VARIANT_TYPE_VARDICT);
    ErrataLlm *llm;
    WorkerLlm *self;

    if (described == NULL)
        return NULL;
    self = g_new0(WorkerLlm, 1);
    self->connection = g_object_ref(connection);
    llm = g_new0(ErrataLlm, 1);
    if (!g_variant_lookup(described, "backend", "s", &self->backend))
        self->backend = g_strdup("openai");
    g_variant_lookup(described, "model", "s", &self->model);
    g_variant_lookup(described, "sends-rows", "b", &llm->sends_rows);
    g_variant_lookup(described, "sends-full", "b", &llm->sends_full);
    g_variant_lookup(described, "language", "s", &self->language);
    llm->language = self->language;
    llm->backend = self->backend;
    llm->model = self->model;
    llm->complete = worker_llm_complete;
    llm->data = self;
    return llm;
}

/**
 * errata_worker_llm_hide:
 * @self: (nullable): the door
 * @frame: (nullable): the log that is asked about
 * @reference: (nullable): what it is compared with
 * @settings: complete: with the roles of a report, where the log is read again for one
 *
 * From here on names and values of declared columns do not go out, unless rows go out as they are.
 */
void
errata_worker_llm_hide(ErrataLlm *self,
                       const ErrataFrame *frame,
                       const ErrataFrame *reference,
                       const ErrataSettings *settings)
{
    if (self == NULL || frame == NULL || self->sends_full || self->stand_ins != NULL)
        return;
    self->stand_ins = errata_stand_ins_of_log(frame, reference, settings);
}

void
errata_worker_llm_free(ErrataLlm *self)
{
    WorkerLlm *own = self != NULL ? self->data : NULL;

    if (own == NULL)
        return;
    errata_stand_ins_free(self->stand_ins);
    g_object_unref(own->connection);
    g_free(own->backend);
    g_free(own->model);
    g_free(own->language);
    g_free(own);
    g_free(self);
}
