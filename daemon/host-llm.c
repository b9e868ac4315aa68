/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's requests to a language model: taken apart, handed to the broker, answered. */
#include "host-llm.h"

#include "errata-worker-generated.h"
#include "error.h"

typedef struct {
    ErrataLlmSession *session;
    GCancellable *stop;
} HostLlm;

typedef struct {
    ErrataLlmSession *session;
    GObject *interface;
    GDBusMethodInvocation *invocation;
} HostLlmCall;

static void
host_llm_free(gpointer data, GClosure *closure)
{
    HostLlm *self = data;

    errata_llm_session_unref(self->session);
    g_object_unref(self->stop);
    g_free(self);
}

static GVariant *
host_llm_answer(ErrataLlmSession *session, const ErrataLlmAnswer *answer, const GError *error)
{
    const char *model = errata_llm_broker_model(errata_llm_session_broker(session));
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, "state", "s", answer != NULL ? "answered" : "failed");
    if (model != NULL)
        g_variant_dict_insert(&dict, "model", "s", model);
    if (answer != NULL) {
        g_variant_dict_insert(&dict, "text", "s", answer->text);
        g_variant_dict_insert(&dict, "tokens-in", "t", answer->tokens_in);
        g_variant_dict_insert(&dict, "tokens-out", "t", answer->tokens_out);
        g_variant_dict_insert(&dict, "cached", "b", answer->cached);
        g_variant_dict_insert(&dict, "doubted", "b", answer->doubted);
    } else {
        g_autofree char *message = g_utf8_make_valid(error->message, -1);

        g_variant_dict_insert(&dict, "code", "u", (guint32)error->code);
        g_variant_dict_insert(&dict, "message", "s", message);
    }
    return g_variant_dict_end(&dict);
}

static void
host_llm_completed_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    HostLlmCall *call = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataLlmAnswer) answer =
        errata_llm_session_complete_finish(call->session, result, &error);

    errata_worker_dbus_host1_complete_complete(ERRATA_WORKER_DBUS_HOST1(call->interface),
                                               call->invocation,
                                               host_llm_answer(call->session, answer, error));
    errata_llm_session_unref(call->session);
    g_object_unref(call->interface);
    g_free(call);
}

static gboolean
host_llm_complete_cb(ErrataWorkerDbusHost1 *interface,
                     GDBusMethodInvocation *invocation,
                     GVariant *arguments,
                     gpointer user_data)
{
    HostLlm *self = user_data;
    ErrataLlmRequest request = {0};
    g_autofree const char **data = NULL;
    guint32 max_tokens = 1024;
    HostLlmCall *call = g_new0(HostLlmCall, 1);

    g_variant_lookup(arguments, "role", "&s", &request.role);
    g_variant_lookup(arguments, "system", "&s", &request.system);
    g_variant_lookup(arguments, "schema", "&s", &request.schema);
    g_variant_lookup(arguments, "facts", "&s", &request.facts);
    g_variant_lookup(arguments, "reminder", "&s", &request.reminder);
    g_variant_lookup(arguments, "max-tokens", "u", &max_tokens);
    g_variant_lookup(arguments, "data", "^a&s", &data);
    request.data = data;
    request.max_tokens = max_tokens;
    call->session = errata_llm_session_ref(self->session);
    call->interface = g_object_ref(G_OBJECT(interface));
    call->invocation = invocation;
    errata_llm_session_complete_async(self->session,
                                      &request,
                                      self->stop,
                                      host_llm_completed_cb,
                                      call);
    return TRUE;
}

/**
 * errata_host_llm_export:
 * @connection: to the worker
 * @session: that answers
 * @stop: cancelled when the worker has ended
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what keeps it exported
 */
GObject *
errata_host_llm_export(GDBusConnection *connection,
                       ErrataLlmSession *session,
                       GCancellable *stop,
                       GError **error)
{
    g_autoptr(ErrataWorkerDbusHost1) interface = errata_worker_dbus_host1_skeleton_new();
    HostLlm *self = g_new0(HostLlm, 1);

    self->session = errata_llm_session_ref(session);
    self->stop = g_object_ref(stop);
    g_signal_connect_data(interface,
                          "handle-complete",
                          G_CALLBACK(host_llm_complete_cb),
                          self,
                          host_llm_free,
                          0);
    if (!g_dbus_interface_skeleton_export(G_DBUS_INTERFACE_SKELETON(interface),
                                          connection,
                                          "/org/errata/Host1",
                                          error))
        return NULL;
    return G_OBJECT(g_steal_pointer(&interface));
}

GVariant *
errata_host_llm_describe(ErrataLlmSession *session)
{
    ErrataLlmBroker *broker = errata_llm_session_broker(session);
    const char *model = errata_llm_broker_model(broker);
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, "backend", "s", errata_llm_broker_backend(broker));
    if (model != NULL)
        g_variant_dict_insert(&dict, "model", "s", model);
    g_variant_dict_insert(&dict,
                          "sends-rows",
                          "b",
                          errata_llm_broker_sending(broker) != ERRATA_LLM_SEND_NONE);
    if (errata_llm_broker_language(broker) != NULL)
        g_variant_dict_insert(&dict, "language", "s", errata_llm_broker_language(broker));
    g_variant_dict_insert(&dict,
                          "sends-full",
                          "b",
                          errata_llm_broker_sending(broker) == ERRATA_LLM_SEND_FULL);
    return g_variant_dict_end(&dict);
}
