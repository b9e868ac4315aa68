/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite waits for the disk; the main loop must not. So the store lives on a thread of its own that
 * sleeps on a queue of calls. A call either answers a GTask or wakes the thread that waits for
 * it. */
#include "store-thread.h"

struct _ErrataStoreThread {
    GThread *thread;
    GAsyncQueue *calls; /* (element-type StoreCall) */
    ErrataStore *store; /* only for the thread */
    GMutex mutex;       /* of the synchronous calls' done */
    GCond cond;
};

typedef struct {
    ErrataStoreFunc func; /* NULL: stop */
    gpointer data;
    GDestroyNotify free_data;
    GDestroyNotify free_result;
    GTask *task; /* NULL: somebody waits */
    gpointer result;
    GError *error;
    gboolean done;
} StoreCall;

static void
store_thread_answer(StoreCall *call, gpointer result, GError *error)
{
    if (result == NULL && error == NULL)
        error =
            g_error_new_literal(ERRATA_ERROR, ERRATA_ERROR_INTERNAL, "no answer from the store");
    if (result == NULL)
        g_task_return_error(call->task, error);
    else
        g_task_return_pointer(call->task, result, call->free_result);
    g_object_unref(call->task);
    if (call->free_data != NULL)
        call->free_data(call->data);
    g_free(call);
}

static gpointer
store_thread_main(gpointer data)
{
    ErrataStoreThread *self = data;

    for (;;) {
        StoreCall *call = g_async_queue_pop(self->calls);
        GError *error = NULL;
        gpointer result;

        if (call->func == NULL) {
            g_free(call);
            return NULL;
        }
        result = call->func(self->store, call->data, &error);
        if (call->task != NULL) {
            store_thread_answer(call, result, error);
            continue;
        }
        g_mutex_lock(&self->mutex);
        call->result = result;
        call->error = error;
        call->done = TRUE; /* the call is on the waiter's stack: not ours after the unlock */
        g_cond_broadcast(&self->cond);
        g_mutex_unlock(&self->mutex);
    }
}

/**
 * errata_store_thread_new:
 * @path: of the store's file
 *
 * Opens the store and starts its thread.
 *
 * Errors: as errata_store_open().
 */
ErrataStoreThread *
errata_store_thread_new(const char *path, GError **error)
{
    g_autoptr(ErrataStore) store = errata_store_open(path, error);
    ErrataStoreThread *self;

    if (store == NULL)
        return NULL;
    self = g_new0(ErrataStoreThread, 1);
    self->store = g_steal_pointer(&store);
    self->calls = g_async_queue_new();
    g_mutex_init(&self->mutex);
    g_cond_init(&self->cond);
    self->thread = g_thread_new("errata-store", store_thread_main, self);
    return self;
}

/* waits for the calls made so far */
void
errata_store_thread_free(ErrataStoreThread *self)
{
    if (self == NULL)
        return;
    g_async_queue_push(self->calls, g_new0(StoreCall, 1));
    g_thread_join(self->thread);
    errata_store_free(self->store);
    g_async_queue_unref(self->calls);
    g_mutex_clear(&self->mutex);
    g_cond_clear(&self->cond);
    g_free(self);
}

/**
 * errata_store_thread_call_async:
 * @func: what to do, on the store's thread
 * @data: for @func, freed with @free_data there
 * @free_result: (nullable): for a result nobody fetched
 *
 * Has @func done and calls @callback in the caller's context.
 */
void
errata_store_thread_call_async(ErrataStoreThread *self,
                               ErrataStoreFunc func,
                               gpointer data,
                               GDestroyNotify free_data,
                               GDestroyNotify free_result,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
    StoreCall *call = g_new0(StoreCall, 1);

    call->func = func;
    call->data = data;
    call->free_data = free_data;
    call->free_result = free_result;
    call->task = g_task_new(NULL, NULL, callback, user_data);
    g_task_set_source_tag(call->task, errata_store_thread_call_async);
    g_async_queue_push(self->calls, call);
}

gpointer
errata_store_thread_call_finish(ErrataStoreThread *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, NULL), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

/**
 * errata_store_thread_call:
 * @func: what to do, on the store's thread
 * @data: for @func
 *
 * Has @func done and waits. For other threads than the main one.
 */
gpointer
errata_store_thread_call(ErrataStoreThread *self,
                         ErrataStoreFunc func,
                         gpointer data,
                         GError **error)
{
    StoreCall call = {.func = func, .data = data};

    g_async_queue_push(self->calls, &call);
    g_mutex_lock(&self->mutex);
    while (!call.done)
        g_cond_wait(&self->cond, &self->mutex);
    g_mutex_unlock(&self->mutex);
    if (call.error != NULL)
        g_propagate_error(error, call.error);
    return call.result;
}
