/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request: checked, put together, looked up; then, within the report's time and the budgets,
 * sent when a slot is free, and again after a while where that may help. A timer holds over all of
 * it. When a server fails for good the rest of the report goes without it. */
#include <string.h>

#include "datum.h"
#include "llm-account.h"
#include "llm-broker-private.h"
#include "llm-prompt.h"
#include "store-llm.h"

#define SESSION_MAX_TRIES    4
#define SESSION_FIRST_WAIT_S 0.5 /* doubled each time, with jitter */
#define SESSION_MARGIN       0.1 /* of the time, to begin and end in: the report waits no longer … */
#define SESSION_MARGIN_US    (G_USEC_PER_SEC / 2) /* … and at most so much */

typedef struct {
    ErrataLlmSession *session;
    ErrataLlmBroker *broker;
    ErrataOpenaiPrompt *prompt;
    char *role;
    char *hash;
    GCancellable *stop; /* by the timer or by who asked */
    GCancellable *asker;
    gulong asker_id;
    GSource *timer;
    GSource *wait;
    gint64 started_us;
    gint64 limit_us;  /* until the timer */
    gboolean is_part; /* … which is the role's, not all that is left */
    gboolean timed_out;
    gboolean holds_slot;
    gboolean holds_child;
    guint n_tries;
    ErrataLlmAnswer *answer; /* nullable */
    ErrataLlmTokens spent;
    gint64 tokens_today;
} SessionCall;

static void session_send(GTask *task);

/**
 * errata_llm_session_new:
 * @broker: who asks
 *
 * Returns: (transfer full): the share of one report
 */
ErrataLlmSession *
errata_llm_session_new(ErrataLlmBroker *broker)
{
    ErrataLlmSession *self = g_rc_box_new0(ErrataLlmSession);

    self->broker = errata_llm_broker_ref(broker);
    self->left_us = (gint64)broker->timeout_s * G_USEC_PER_SEC;
    self->left_us -= MIN((gint64)(SESSION_MARGIN * (double)self->left_us), SESSION_MARGIN_US);
    self->total_us = self->left_us;
    self->used_us = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->tokens_left = broker->per_report;
    return self;
}

ErrataLlmSession *
errata_llm_session_ref(ErrataLlmSession *self)
{
    return g_rc_box_acquire(self);
}

static void
session_clear(gpointer data)
{
    ErrataLlmSession *self = data;

    errata_llm_broker_unref(self->broker);
    g_hash_table_unref(self->used_us);
    g_free(self->given_up);
}

void
errata_llm_session_unref(ErrataLlmSession *self)
{
    if (self != NULL)
        g_rc_box_release_full(self, session_clear);
}

ErrataLlmBroker *
errata_llm_session_broker(ErrataLlmSession *self)
{
    return self->broker;
}

static void
session_call_free(gpointer data)
{
    SessionCall *call = data;

    if (call->asker_id != 0)
        g_signal_handler_disconnect(call->asker, call->asker_id);
    g_clear_object(&call->asker);
    if (call->timer != NULL) {
        g_source_destroy(call->timer);
        g_source_unref(call->timer);
    }
    if (call->wait != NULL) {
        g_source_destroy(call->wait);
        g_source_unref(call->wait);
    }
    g_object_unref(call->stop);
    errata_llm_prompt_free(call->prompt);
    errata_llm_answer_free(call->answer);
    errata_llm_broker_unref(call->broker);
    errata_llm_session_unref(call->session);
    g_free(call->role);
    g_free(call->hash);
    g_free(call);
}

/* what the role may still use of the report's time */
static gint64
session_part_us(const ErrataLlmSession *self, const char *role)
{
    const gint64 *used = g_hash_table_lookup(self->used_us, role);

    return (gint64)(errata_llm_account_share(role) * (double)self->total_us) -
           (used != NULL ? *used : 0);
}

static void
session_use_time(ErrataLlmSession *self, const char *role, gint64 spent_us)
{
    gint64 *used = g_hash_table_lookup(self->used_us, role);

    if (used == NULL) {
        used = g_new0(gint64, 1);
        g_hash_table_insert(self->used_us, g_strdup(role), used);
    }
    *used += spent_us;
    self->left_us -= spent_us;
}

static char *
session_today(void)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();

    return g_date_time_format(now, "%Y-%m-%d");
}

/* what the store is told of a call, on its thread */
typedef struct {
    ErrataLlmCount *count;
    ErrataLlmAnswer *answer; /* nullable: to be kept */
    char *hash;
} SessionNote;

static void
session_note_free(gpointer data)
{
    SessionNote *note = data;

    errata_llm_count_free(note->count);
    errata_llm_answer_free(note->answer);
    g_free(note->hash);
    g_free(note);
}

static gpointer
session_note_cb(ErrataStore *store, gpointer data, GError **error)
{
    SessionNote *note = data;
    gboolean kept =
        note->answer == NULL ||
        errata_store_llm_keep(store, note->hash, note->count->role, note->answer, error);

    return kept && errata_store_llm_add(store, note->count, error) ? store : NULL;
}

static void
session_noted_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;

    if (errata_store_thread_call_finish(user_data, result, &error) == NULL)
        g_info("a language model's answer was not kept: %s", error->message);
}

/* whether an answer is worth keeping: an object with what it must have. One that is not is asked
 * for again, as a server that was ill for a day must not be so for good */
static gboolean
session_is_sound(const SessionCall *call)
{
    const char *text = call->answer->text, *schema = call->prompt->schema;
    g_autoptr(ErrataDatumTree) answer = errata_datum_parse_json(text, strlen(text), NULL);
    g_autoptr(ErrataDatumTree) form = schema != NULL
                                          ? errata_datum_parse_json(schema, strlen(schema), NULL)
                                          : NULL;
    const ErrataDatum *required = form != NULL
                                      ? errata_datum_get(errata_datum_tree_root(form), "required")
                                      : NULL;

    if (answer == NULL)
        return FALSE;
    for (gsize i = 0; required != NULL && i < required->n; i++)
        if (errata_datum_get(errata_datum_tree_root(answer), errata_datum_at(required, i)->text) ==
            NULL)
            return FALSE;
    return TRUE;
}

static void
session_note(SessionCall *call)
{
    SessionNote *note;
    const char *model = errata_llm_broker_model(call->broker);

    if (call->broker->store == NULL)
        return;
    note = g_new0(SessionNote, 1);
    note->count = g_new0(ErrataLlmCount, 1);
    note->count->day = session_today();
    note->count->backend = g_strdup(errata_llm_broker_backend(call->broker));
    note->count->model = g_strdup(model != NULL ? model : "");
    note->count->role = g_strdup(call->role);
    note->count->calls = call->answer != NULL ? 1 : 0;
    note->count->failed = call->answer == NULL ? 1 : 0;
    if (call->answer != NULL && call->answer->cached)
        note->count->cached = 1;
    note->count->tokens_in = (gint64)call->spent.in;
    note->count->tokens_out = (gint64)call->spent.out;
    if (call->answer != NULL && !call->answer->cached && session_is_sound(call)) {
        note->answer = g_new0(ErrataLlmAnswer, 1);
        *note->answer = *call->answer;
        note->answer->text = g_strdup(call->answer->text);
        note->hash = g_strdup(call->hash);
    }
    errata_store_thread_call_async(call->broker->store,
                                   session_note_cb,
                                   note,
                                   session_note_free,
                                   NULL,
                                   session_noted_cb,
                                   call->broker->store);
}

/* lets the next in */
static void
session_release(SessionCall *call)
{
    ErrataLlmBroker *broker = call->broker;

    if (call->holds_child)
        errata_llama_server_leave(broker->child);
    call->holds_child = FALSE;
    if (!call->holds_slot)
        return;
    call->holds_slot = FALSE;
    broker->n_running--;
    if (!g_queue_is_empty(&broker->waiting)) {
        g_autoptr(GTask) next = g_queue_pop_head(&broker->waiting);

        session_send(next);
    }
}

static GError *
session_judge(SessionCall *call, const GError *problem)
{
    if (call->timed_out && call->is_part)
        return g_error_new(ERRATA_ERROR,
                           ERRATA_ERROR_USAGE,
                           "no answer in the part of the time that the role %s has",
                           call->role);
    if (call->timed_out)
        return g_error_new(ERRATA_ERROR,
                           ERRATA_ERROR_LIMIT,
                           "the language model gave no answer in the %u s that it may delay a "
                           "report ([llm] timeout)",
                           call->broker->timeout_s);
    if (g_cancellable_is_cancelled(call->stop))
        return g_error_new_literal(ERRATA_ERROR, ERRATA_ERROR_CANCELLED, "cancelled");
    if (g_error_matches(problem, ERRATA_ERROR, ERRATA_ERROR_LIMIT) ||
        g_error_matches(problem, ERRATA_ERROR, ERRATA_ERROR_USAGE))
        return g_error_copy(problem);
    return g_error_new(ERRATA_ERROR,
                       ERRATA_ERROR_IO,
                       "the language model (%s): %s",
                       errata_llm_broker_place(call->broker),
                       problem->message);
}

static void
session_end(GTask *task, const GError *problem)
{
    SessionCall *call = g_task_get_task_data(task);
    ErrataLlmSession *session = call->session;
    GError *error = problem != NULL ? session_judge(call, problem) : NULL;

    session_use_time(session, call->role, g_get_monotonic_time() - call->started_us);
    g_source_destroy(call->timer);
    if (error != NULL && session->given_up == NULL &&
        (error->code == ERRATA_ERROR_LIMIT || error->code == ERRATA_ERROR_IO)) {
        session->given_up = g_strdup(error->message);
        session->given_up_code = (ErrataError)error->code;
    }
    session_note(call);
    session_release(call);
    if (error != NULL)
        g_task_return_error(task, error);
    else
        g_task_return_pointer(task,
                              g_steal_pointer(&call->answer),
                              (GDestroyNotify)errata_llm_answer_free);
}

static void
session_fail(GTask *task, ErrataError code, const char *message)
{
    g_autoptr(GError) error = g_error_new_literal(ERRATA_ERROR, (int)code, message);

    session_end(task, error);
}

static gboolean
session_wait_cb(gpointer user_data)
{
    session_send(user_data);
    return G_SOURCE_REMOVE;
}

/* whether it was put off */
static gboolean
session_retry(GTask *task, const ErrataOpenaiFailure *failure)
{
    SessionCall *call = g_task_get_task_data(task);
    double spent_s = (double)(g_get_monotonic_time() - call->started_us) / G_USEC_PER_SEC;
    double left_s = (double)call->limit_us / G_USEC_PER_SEC - spent_s;
    double wait_s = SESSION_FIRST_WAIT_S * (double)(1U << call->n_tries) *
                    g_random_double_range(0.5, 1.0);

    wait_s = wait_s < failure->retry_after_s ? failure->retry_after_s : wait_s;
    if (!failure->may_retry || call->n_tries >= SESSION_MAX_TRIES || wait_s >= left_s ||
        g_cancellable_is_cancelled(call->stop))
        return FALSE;
    g_clear_pointer(&call->wait, g_source_unref);
    call->wait = g_timeout_source_new((guint)(wait_s * 1000.0));
    g_source_set_callback(call->wait, session_wait_cb, g_object_ref(task), g_object_unref);
    g_source_attach(call->wait, g_task_get_context(task));
    return TRUE;
}

static ErrataLlmAnswer *
session_answer(const SessionCall *call, const ErrataReply *reply, GError **error)
{
    ErrataLlmAnswer *answer;
    char *text = errata_reply_extract(reply, error);

    if (text == NULL)
        return NULL;
    answer = g_new0(ErrataLlmAnswer, 1);
    answer->text = text;
    answer->tokens_in = call->spent.in;
    answer->tokens_out = call->spent.out;
    answer->doubted = call->spent.doubted;
    return answer;
}

static void
session_completed_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    SessionCall *call = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;
    ErrataOpenaiFailure failure = {0};
    g_autoptr(ErrataReply) reply =
        errata_openai_complete_finish(call->broker->server, result, &failure, &error);

    if (reply == NULL) {
        if (!session_retry(task, &failure))
            session_end(task, error);
        return;
    }
    call->spent = errata_llm_account_tokens(call->prompt, reply); /* whatever is in it */
    call->session->tokens_left -= MIN(call->spent.in + call->spent.out, call->session->tokens_left);
    call->answer = session_answer(call, reply, &error);
    session_end(task, error);
}

static void
session_ready_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    SessionCall *call = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;

    if (!errata_llm_broker_name_finish(call->broker, result, &error)) {
        session_end(task, error);
        return;
    }
    call->n_tries++;
    errata_openai_complete_async(call->broker->server,
                                 call->prompt,
                                 call->stop,
                                 session_completed_cb,
                                 g_object_ref(task));
}

/* holding a slot; waits for one first */
static void
session_send(GTask *task)
{
    SessionCall *call = g_task_get_task_data(task);
    ErrataLlmBroker *broker = call->broker;

    if (g_cancellable_is_cancelled(call->stop)) {
        session_fail(task, ERRATA_ERROR_CANCELLED, "cancelled");
        return;
    }
    if (!call->holds_slot &&
        broker->n_running >= (broker->child != NULL ? 1 : ERRATA_LLM_MAX_CALLS)) {
        g_queue_push_tail(&broker->waiting, g_object_ref(task));
        return;
    }
    if (!call->holds_slot)
        broker->n_running++;
    call->holds_slot = TRUE;
    if (broker->child != NULL && !call->holds_child)
        errata_llama_server_enter(broker->child);
    call->holds_child = broker->child != NULL;
    errata_llm_broker_name_async(broker, call->stop, session_ready_cb, g_object_ref(task));
}

static void
session_spend(GTask *task)
{
    SessionCall *call = g_task_get_task_data(task);
    guint64 tokens = errata_llm_prompt_tokens(call->prompt);
    g_autofree char *words = NULL;

    if (tokens > call->session->tokens_left)
        words = g_strdup_printf("the budget of %" G_GUINT64_FORMAT
                                " tokens per report is spent ([llm] max-tokens-per-report)",
                                call->broker->per_report);
    else if ((guint64)call->tokens_today + tokens > call->broker->per_day)
        words = g_strdup_printf("the budget of %" G_GUINT64_FORMAT
                                " tokens per day is spent ([llm] max-tokens-per-day)",
                                call->broker->per_day);
    if (words != NULL)
        session_fail(task, ERRATA_ERROR_LIMIT, words);
    else
        session_send(task);
}

/* the answer of before, or an empty one with what was spent today */
static gpointer
session_find_cb(ErrataStore *store, gpointer data, GError **error)
{
    SessionCall *call = data;
    ErrataLlmAnswer *found = errata_store_llm_find(store, call->hash, NULL);
    g_autofree char *day = session_today();

    if (found != NULL)
        return found;
    if (!errata_store_llm_tokens(store, day, &call->tokens_today, error))
        return NULL;
    return g_new0(ErrataLlmAnswer, 1);
}

static void
session_found_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    SessionCall *call = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataLlmAnswer) found =
        errata_store_thread_call_finish(call->broker->store, result, &error);

    if (found == NULL)
        g_info("answers of before cannot be looked up: %s", error->message);
    if (found == NULL || found->text == NULL) {
        session_spend(task);
        return;
    }
    found->tokens_in = 0; /* nothing was sent */
    found->tokens_out = 0;
    call->answer = g_steal_pointer(&found);
    session_end(task, NULL);
}

static void
session_look_up(GTask *task)
{
    SessionCall *call = g_task_get_task_data(task);

    call->hash = errata_llm_prompt_hash(call->prompt,
                                        call->broker->identity,
                                        errata_llm_broker_model(call->broker),
                                        call->role);
    if (call->broker->store == NULL)
        session_spend(task);
    else
        errata_store_thread_call_async(call->broker->store,
                                       session_find_cb,
                                       call,
                                       NULL,
                                       (GDestroyNotify)errata_llm_answer_free,
                                       session_found_cb,
                                       g_object_ref(task));
}

static void
session_named_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    SessionCall *call = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;

    if (errata_llm_broker_name_finish(call->broker, result, &error))
        session_look_up(task);
    else
        session_end(task, error);
}

static gboolean
session_timer_cb(gpointer user_data)
{
    SessionCall *call = g_task_get_task_data(user_data);

    call->timed_out = TRUE;
    g_cancellable_cancel(call->stop);
    return G_SOURCE_REMOVE;
}

/* nobody else looks at the one that waits for a slot or for the next try */
static void
session_stopped_cb(GCancellable *stop, gpointer user_data)
{
    g_autoptr(GTask) task = g_object_ref(G_TASK(user_data));
    SessionCall *call = g_task_get_task_data(task);

    if (g_queue_remove(&call->broker->waiting, task)) {
        session_fail(task, ERRATA_ERROR_CANCELLED, "cancelled");
        g_object_unref(task);
    } else if (call->wait != NULL && !g_source_is_destroyed(call->wait)) {
        g_source_destroy(call->wait);
        session_fail(task, ERRATA_ERROR_CANCELLED, "cancelled");
    }
}

static void
session_asker_cb(GCancellable *asker, gpointer user_data)
{
    g_cancellable_cancel(user_data);
}

static gboolean
session_may(ErrataLlmSession *self, const ErrataLlmRequest *request, GError **error)
{
    gboolean has_data = request->data != NULL && request->data[0] != NULL;

    if (!errata_llm_prompt_check(request, error))
        return FALSE;
    if (has_data && self->broker->sending == ERRATA_LLM_SEND_NONE) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_USAGE,
                            "texts of the log are not sent there ([llm] send-rows=none)");
        return FALSE;
    }
    if (self->given_up != NULL) {
        g_set_error_literal(error, ERRATA_ERROR, (int)self->given_up_code, self->given_up);
        return FALSE;
    }
    if (self->left_us > 0 && session_part_us(self, request->role) <= 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "the part of the time that the role %s has is used up",
                    request->role);
        return FALSE;
    }
    return TRUE;
}

static void
session_start_timer(GTask *task)
{
    SessionCall *call = g_task_get_task_data(task);
    gint64 left_us = MAX(call->session->left_us, 0);
    gint64 part_us = session_part_us(call->session, call->role);

    call->is_part = part_us < left_us;
    call->limit_us = MIN(part_us, left_us);
    call->timer = g_timeout_source_new((guint)(call->limit_us / 1000));
    g_source_set_callback(call->timer, session_timer_cb, task, NULL);
    g_source_attach(call->timer, g_task_get_context(task));
}

/**
 * errata_llm_session_complete_async:
 * @request: what is asked; copied
 * @cancellable: (nullable): closes the connection
 * @callback: called within the time that is left to the report, whatever the server does
 * @user_data: for @callback
 */
void
errata_llm_session_complete_async(ErrataLlmSession *self,
                                  const ErrataLlmRequest *request,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, NULL, callback, user_data);
    GError *error = NULL;
    SessionCall *call;

    g_task_set_source_tag(task, errata_llm_session_complete_async);
    if (!session_may(self, request, &error)) {
        g_task_return_error(task, error);
        return;
    }
    call = g_new0(SessionCall, 1);
    call->session = errata_llm_session_ref(self);
    call->broker = errata_llm_broker_ref(self->broker);
    call->prompt = errata_llm_prompt_new(request,
                                         self->broker->redact,
                                         self->broker->secret,
                                         sizeof self->broker->secret);
    call->role = g_strdup(request->role);
    call->started_us = g_get_monotonic_time();
    call->stop = g_cancellable_new();
    g_task_set_task_data(task, call, session_call_free);
    session_start_timer(task);
    g_signal_connect(call->stop, "cancelled", G_CALLBACK(session_stopped_cb), task);
    if (cancellable != NULL) { /* all of it is on one thread: no g_cancellable_connect() */
        call->asker = g_object_ref(cancellable);
        call->asker_id =
            g_signal_connect(cancellable, "cancelled", G_CALLBACK(session_asker_cb), call->stop);
        if (g_cancellable_is_cancelled(cancellable))
            g_cancellable_cancel(call->stop);
    }
    if (errata_llm_broker_model(self->broker) != NULL)
        session_look_up(task); /* a server of our own is not started for what is known */
    else
        errata_llm_broker_name_async(self->broker,
                                     call->stop,
                                     session_named_cb,
                                     g_object_ref(task));
}

/**
 * errata_llm_session_complete_finish:
 *
 * Errors: those of `complete` in #ErrataLlm.
 *
 * Returns: (transfer full): the answer
 */
ErrataLlmAnswer *
errata_llm_session_complete_finish(ErrataLlmSession *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

char *
errata_llm_session_show(ErrataLlmSession *self, const ErrataLlmRequest *request, GError **error)
{
    g_autoptr(ErrataOpenaiPrompt) prompt = NULL;

    if (!session_may(self, request, error))
        return NULL;
    prompt = errata_llm_prompt_new(request,
                                   self->broker->redact,
                                   self->broker->secret,
                                   sizeof self->broker->secret);
    if (self->broker->server != NULL)
        return errata_openai_show(self->broker->server, prompt);
    return g_strdup_printf("to %s\n\n%s\n\n%s",
                           errata_llm_broker_place(self->broker),
                           prompt->system,
                           prompt->user);
}
