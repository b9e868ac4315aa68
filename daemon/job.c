/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One accepted file, as plain data. Where it is kept: store-job.c; who moves it on: queue.c. */
#include "job.h"

#include <gio/gio.h>

static const char *const job_states[] = {"waiting",
                                         "reading",
                                         "analysing",
                                         "interpreting",
                                         "drawing",
                                         "reported",
                                         "registered",
                                         "merged",
                                         "failed",
                                         "cancelled"};
static const char *const job_kinds[] =
    {"auto", "reference", "configuration", "model", "labels", "predictions"};

G_STATIC_ASSERT(G_N_ELEMENTS(job_states) == ERRATA_JOB_N_STATES);

/**
 * errata_job_new:
 * @name: the model it belongs to
 * @input: the file as the user knows it
 *
 * Returns: (transfer full): a waiting job, created now, not stored yet
 */
ErrataJob *
errata_job_new(const char *name, const char *input)
{
    ErrataJob *self = g_new0(ErrataJob, 1);

    self->created = g_get_real_time();
    self->owner = -1;
    self->name = g_strdup(name);
    self->input = g_strdup(input);
    return self;
}

ErrataJob *
errata_job_copy(const ErrataJob *self)
{
    ErrataJob *copy = g_memdup2(self, sizeof *self);

    copy->name = g_strdup(self->name);
    copy->input = g_strdup(self->input);
    copy->path = g_strdup(self->path);
    copy->sha256 = g_strdup(self->sha256);
    copy->error = g_strdup(self->error);
    copy->folder = g_strdup(self->folder);
    copy->temporary = g_strdup(self->temporary);
    return copy;
}

void
errata_job_free(ErrataJob *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self->input);
    g_free(self->path);
    g_free(self->sha256);
    g_free(self->error);
    g_free(self->folder);
    g_free(self->temporary);
    g_free(self);
}

gboolean
errata_job_has_ended(const ErrataJob *self)
{
    return errata_job_state_ended(self->state);
}

/**
 * errata_job_fail:
 * @self: a job that has not ended
 * @error: why; errors of other domains count as internal
 *
 * Ends the job as failed.
 */
void
errata_job_fail(ErrataJob *self, const GError *error)
{
    g_free(self->error);
    self->error = g_utf8_make_valid(error->message, -1); /* it may quote a file's name */
    self->error_code = error->domain == ERRATA_ERROR ? (ErrataError)error->code
                       : error->domain == G_IO_ERROR ? ERRATA_ERROR_IO
                                                     : ERRATA_ERROR_INTERNAL;
    errata_job_end(self, ERRATA_JOB_FAILED);
}

/**
 * errata_job_end:
 * @self: a job that has not ended
 * @state: one of the last five
 *
 * Ends the job now.
 */
void
errata_job_end(ErrataJob *self, ErrataJobState state)
{
    g_return_if_fail(errata_job_state_ended(state));
    self->state = state;
    self->ended = g_get_real_time();
}

const char *
errata_job_state_nick(ErrataJobState state)
{
    g_return_val_if_fail((guint)state < G_N_ELEMENTS(job_states), "failed");
    return job_states[state];
}

gboolean
errata_job_state_ended(ErrataJobState state)
{
    return state >= ERRATA_JOB_REPORTED;
}

ErrataJobState
errata_job_state_of_stage(const char *stage)
{
    for (ErrataJobState state = ERRATA_JOB_ANALYSING; state <= ERRATA_JOB_DRAWING; state++) {
        if (g_strcmp0(stage, job_states[state]) == 0)
            return state;
    }
    return ERRATA_JOB_READING;
}

gboolean
errata_job_kind_parse(const char *nick, ErrataKind *ret_kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(job_kinds); i++) {
        if (g_strcmp0(nick, job_kinds[i]) == 0) {
            *ret_kind = (ErrataKind)i;
            return TRUE;
        }
    }
    return FALSE;
}
