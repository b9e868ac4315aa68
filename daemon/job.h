/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "error.h"

G_BEGIN_DECLS

/**
 * ErrataJobState:
 * @ERRATA_JOB_WAITING: accepted, no worker yet
 * @ERRATA_JOB_READING: a worker classifies and reads it
 * @ERRATA_JOB_ANALYSING: a worker searches it
 * @ERRATA_JOB_INTERPRETING: findings are being put into words
 * @ERRATA_JOB_DRAWING: the report is being drawn, or moved to its place
 * @ERRATA_JOB_REPORTED: ended: it has a report
 * @ERRATA_JOB_REGISTERED: ended: a model, a reference or a configuration
 * @ERRATA_JOB_MERGED: ended: part of another job
 * @ERRATA_JOB_FAILED: ended: with an error
 * @ERRATA_JOB_CANCELLED: ended: by the user
 *
 * Part of the store: append, never renumber.
 */
typedef enum {
    ERRATA_JOB_WAITING = 0,
    ERRATA_JOB_READING = 1,
    ERRATA_JOB_ANALYSING = 2,
    ERRATA_JOB_INTERPRETING = 3,
    ERRATA_JOB_DRAWING = 4,
    ERRATA_JOB_REPORTED = 5,
    ERRATA_JOB_REGISTERED = 6,
    ERRATA_JOB_MERGED = 7,
    ERRATA_JOB_FAILED = 8,
    ERRATA_JOB_CANCELLED = 9,
} ErrataJobState;

#define ERRATA_JOB_N_STATES    10
#define ERRATA_JOB_MAX_CRASHES 2 /* tried once more, alone, then poisoned */

/* what a file is said to be; part of the store */
typedef enum {
    ERRATA_KIND_AUTO = 0, /* the worker decides by content */
    ERRATA_KIND_REFERENCE = 1,
    ERRATA_KIND_CONFIGURATION = 2,
    ERRATA_KIND_MODEL = 3,
    ERRATA_KIND_LABELS = 4,      /* the worker found: ids and labels of predictions elsewhere */
    ERRATA_KIND_PREDICTIONS = 5, /* likewise: a log whose labels are to come */
} ErrataKind;

/**
 * ErrataJob:
 * @id: number, from 1, never used again; 0: not stored yet
 * @created: µs since 1970 UTC
 * @ended: µs since 1970 UTC, 0: not ended
 * @name: the model it belongs to
 * @input: the file as the user knows it, for messages
 * @path: (nullable): where it can be read again as long as it was not copied
 * @kind: what it is said to be
 * @sha256: (nullable): of its bytes, in the spool; %NULL until copied
 * @bytes: its size
 * @state: where it is in its life
 * @error_code: why it failed, with @error
 * @error: (nullable): in words
 * @crashes: workers it took down
 * @report: number of its report, or 0
 * @other: the job it continues (or was merged into), or 0
 * @folder: (nullable): set once its report is complete and about to be moved there (relative)
 * @temporary: (nullable): where that report is until then (relative)
 * @seconds: of work in the worker
 * @owner: uid of whoever handed it in, or −1 when that is not known
 *
 * One accepted file.
 */
typedef struct {
    gint64 id;
    gint64 created;
    gint64 ended;
    char *name;
    char *input;
    char *path;
    ErrataKind kind;
    char *sha256;
    guint64 bytes;
    ErrataJobState state;
    ErrataError error_code;
    char *error;
    guint crashes;
    gint64 report;
    gint64 other;
    char *folder;
    char *temporary;
    double seconds;
    gint64 owner;
} ErrataJob;

ErrataJob *errata_job_new(const char *name, const char *input);
ErrataJob *errata_job_copy(const ErrataJob *self);
void errata_job_free(ErrataJob *self);
gboolean errata_job_has_ended(const ErrataJob *self);
/* takes the place of any earlier error; the job becomes FAILED */
void errata_job_fail(ErrataJob *self, const GError *error);
void errata_job_end(ErrataJob *self, ErrataJobState state);
const char *errata_job_state_nick(ErrataJobState state);
gboolean errata_job_state_ended(ErrataJobState state);
/* the state that goes with a worker's stage */
ErrataJobState errata_job_state_of_stage(const char *stage);
gboolean errata_job_kind_parse(const char *nick, ErrataKind *ret_kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataJob, errata_job_free)

G_END_DECLS
