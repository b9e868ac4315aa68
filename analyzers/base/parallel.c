/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one way to use more than one core. Items are cut into chunks of a fixed grain,
 * whatever the number of threads; a chunk writes only its own slot, and the caller
 * merges slots in chunk order, so the thread count never changes a byte of a result. */
#include "parallel.h"

static guint parallel_n_threads = 1;
static int parallel_n_helping; /* atomic: threads at work beside those that called */

typedef struct {
    gsize n_items;
    gsize grain;
    gsize n_chunks;
    int next; /* atomic */
    ErrataParallelFunc func;
    gpointer data;
} ParallelWork;

/**
 * errata_parallel_set_threads:
 * @n_threads: threads to use, 0 for one per processor
 *
 * Set once at start, before any parallel work.
 */
void
errata_parallel_set_threads(guint n_threads)
{
    parallel_n_threads = n_threads > 0 ? n_threads : g_get_num_processors();
}

gsize
errata_parallel_n_chunks(gsize n_items, gsize grain)
{
    return (n_items + grain - 1) / grain;
}

static gpointer
parallel_run_cb(gpointer data)
{
    ParallelWork *work = data;

    for (;;) {
        gsize chunk = (gsize)g_atomic_int_add(&work->next, 1);

        if (chunk >= work->n_chunks)
            return NULL;
        gsize begin = chunk * work->grain;
        work->func(begin, MIN(begin + work->grain, work->n_items), chunk, work->data);
    }
}

/* how many of @wanted threads may be started now; they are taken */
static guint
parallel_take(guint wanted)
{
    int most = (int)parallel_n_threads - 1;

    for (;;) {
        int busy = g_atomic_int_get(&parallel_n_helping);
        int taken = MIN((int)wanted, most - busy);

        if (taken <= 0)
            return 0;
        if (g_atomic_int_compare_and_exchange(&parallel_n_helping, busy, busy + taken))
            return (guint)taken;
    }
}

/**
 * errata_parallel_for:
 * @n_items: number of items (rows, columns, trees …)
 * @grain: items per chunk, at least 1; never derive it from the thread count
 * @func: called once per chunk, from any thread
 * @data: for @func
 *
 * Runs @func over all chunks and returns when the last is done. Calls may nest: an inner
 * one gets the threads that are free at the time, often none, since to start a thread and
 * to wait for it costs more than a small chunk.
 */
void
errata_parallel_for(gsize n_items, gsize grain, ErrataParallelFunc func, gpointer data)
{
    ParallelWork work = {n_items, grain, 0, 0, func, data};
    g_autoptr(GPtrArray) threads = g_ptr_array_new();
    guint n_threads;

    g_return_if_fail(grain > 0);
    work.n_chunks = errata_parallel_n_chunks(n_items, grain);
    n_threads = work.n_chunks > 1 ? parallel_take((guint)MIN(work.n_chunks, parallel_n_threads) - 1)
                                  : 0;
    for (guint i = 0; i < n_threads; i++)
        g_ptr_array_add(threads, g_thread_new("errata-parallel", parallel_run_cb, &work));
    parallel_run_cb(&work);
    for (guint i = 0; i < n_threads; i++)
        g_thread_join(g_ptr_array_index(threads, i));
    g_atomic_int_add(&parallel_n_helping, -(int)n_threads);
}
