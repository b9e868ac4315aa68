/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several logs are one log when they have the same columns. The same file twice is read once; logs
 * of different things are refused, as rows below one another they would make no sense. */
#include "worker-inputs.h"

#include <string.h>

#include "error.h"
#include "frame-halves.h"
#include "registry.h"
#include "worker-job-private.h"

#define INPUTS_LIST 6 /* columns named in a message */

static gboolean
inputs_is_log(const ErrataWorkerInput *input)
{
    return g_strcmp0(input->kind, "auto") == 0;
}

/* columns of @a that @b lacks, as a list; both are sorted and end with NULL */
static guint
inputs_lacking(char **a, char **b, GString *list)
{
    guint n = 0;

    for (guint i = 0; a[i] != NULL; i++) {
        if (g_strv_contains((const char *const *)b, a[i]))
            continue;
        if (n < INPUTS_LIST)
            g_string_append_printf(list, "%s%s", n > 0 ? ", " : "", a[i]);
        else if (n == INPUTS_LIST)
            g_string_append(list, ", …");
        n++;
    }
    return n;
}

/* a log may have gained or lost columns; two of which each lacks a quarter of the other's are not
 * one, unless their rows are halves of the same */
static gboolean
inputs_compare(const ErrataWorkerInput *first,
               char **columns,
               ErrataWorkerInput *other,
               char **theirs,
               ErrataFrameBuilder *log,
               GError **error)
{
    g_autoptr(GString) only_first = g_string_new(NULL);
    g_autoptr(GString) only_other = g_string_new(NULL);
    guint n = inputs_lacking(columns, theirs, only_first);
    guint m = inputs_lacking(theirs, columns, only_other);

    g_autofree char *why = NULL;

    other->is_half = errata_frame_halves_are((const char *const *)columns,
                                             (const char *const *)theirs);
    if (!other->is_half &&
        (4 * n < g_strv_length(columns) || 4 * m < g_strv_length(theirs) || n == 0 || m == 0))
        return TRUE;
    why = g_strdup_printf("%s and %s are not one log: only %s has %s, only %s has %s; analyse them "
                          "one by one",
                          first->name,
                          other->name,
                          first->name,
                          only_first->str,
                          other->name,
                          only_other->str);
    if (other->is_half)
        errata_frame_builder_expect_halves(log, why);
    else
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, why);
    return other->is_half;
}

static void
inputs_leave_out(GPtrArray *inputs, guint at, ErrataFrameBuilder *log)
{
    ErrataWorkerInput *input = g_ptr_array_index(inputs, at);

    for (guint i = 0; i < at; i++) {
        const ErrataWorkerInput *before = g_ptr_array_index(inputs, i);

        if (!inputs_is_log(before) || before->sha256 == NULL ||
            g_strcmp0(before->sha256, input->sha256) != 0)
            continue;
        errata_frame_builder_warn(log,
                                  strcmp(before->name, input->name) == 0
                                      ? "%s was given twice and read once"
                                      : "%s is the same file as %s and was read once",
                                  input->name,
                                  before->name);
        g_free(input->kind);
        input->kind = g_strdup(ERRATA_WORKER_INPUT_TWICE);
        return;
    }
}

/**
 * errata_worker_inputs_check:
 * @inputs: (element-type ErrataWorkerInput): a job's; those that came before are marked
 * @log: gets warnings
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA for logs that have little in common.
 *
 * Returns: whether the logs may be read as one
 */
gboolean
errata_worker_inputs_check(GPtrArray *inputs, ErrataFrameBuilder *log, GError **error)
{
    const ErrataWorkerInput *first = NULL;
    g_auto(GStrv) columns = NULL;

    for (guint i = 1; i < inputs->len; i++)
        if (inputs_is_log(g_ptr_array_index(inputs, i)))
            inputs_leave_out(inputs, i, log);
    for (guint i = 0; inputs->len > 1 && i < inputs->len; i++) {
        ErrataWorkerInput *input = g_ptr_array_index(inputs, i);
        g_auto(GStrv) theirs = NULL;

        if (!inputs_is_log(input) || errata_worker_labels_is(input->fd, input->name))
            continue;
        theirs = errata_registry_columns(input->fd, input->name, NULL);
        if (theirs == NULL)
            continue;
        if (first != NULL && !inputs_compare(first, columns, input, theirs, log, error))
            return FALSE;
        if (first == NULL) {
            first = input;
            columns = g_steal_pointer(&theirs);
        }
    }
    return TRUE;
}
