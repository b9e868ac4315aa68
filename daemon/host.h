/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "llm-broker.h"

G_BEGIN_DECLS

/**
 * ErrataHostInput:
 * @fd: open for reading, at its beginning; owned
 * @name: for messages and `run.inputs[].path`: the path as the user gave it
 * @kind: `auto` (decided by content), `reference`, `config`; from the host's store: `stored` (a log
 *   that labels may be for), `labels` (labels that came before), `baseline` (an earlier
 *   report.json); `embedding` (a file of the static embedding that is configured)
 * @sha256: (nullable): hex digest of its bytes, when the host worked it out
 * @path: (nullable): of what the host's store adds: where the command that makes the report again
 *   finds it, should the worker use it
 * @bytes: its size, 0 when unknown
 */
typedef struct {
    int fd;
    char *name;
    char *kind;
    char *sha256;
    char *path;
    guint64 bytes;
} ErrataHostInput;

/* a piece of errata.conf, weakest first */
typedef struct {
    char *name; /* for messages: a path, or "command line" */
    char *text;
    gboolean folder; /* a watched folder's: only some groups may be set */
} ErrataHostSettings;

/**
 * ErrataHostJob:
 * @mode: `analyze`, `inspect`, `score` or `export`
 * @inputs: (element-type ErrataHostInput)
 * @settings: (element-type ErrataHostSettings)
 * @output_fd: an empty folder, open; the worker writes report.json and the rest there; owned;
 *   −1 for `inspect`
 * @id: of the run
 * @name: (nullable): of the model; by the first input when %NULL
 * @created: ISO 8601 UTC
 * @command: that reproduces the run, but for what the worker chooses itself: it adds the seed, and
 *   the paths of those inputs from the store that it used
 * @question: (nullable): mode `ask`: in plain words
 * @plan: (nullable): mode `ask`: the plan, instead of a question
 * @memory: bytes the worker may use, 0 for what the machine has
 * @background: run with low priority
 * @what: (nullable): mode `export`: of what
 * @embedding: (nullable): `[analysis] embedding`, of which files were opened; owned
 * @embedding_problem: (nullable): why they could not all be; owned
 * @patterns: (nullable): a(sssssbxxudddsss): the model's patterns so far, as
 *   org.errata.Worker1.Start takes them; owned
 * @patterns_of: (nullable): a{sa(sssssbxxudddsss)}: likewise before each stored log, by its
 *   SHA-256; owned
 * @llm: (nullable): who asks a language model for the worker; owned
 * @keeps_labels: a file of labels alone need not be a log: the host keeps it for logs to come
 */
typedef struct {
    char *mode;
    GPtrArray *inputs;
    GPtrArray *settings;
    int output_fd;
    char *id;
    char *name;
    char *created;
    char *command;
    char *question;
    char *plan;
    guint64 memory;
    gboolean background;
    char *what;
    char *embedding;
    char *embedding_problem;
    GVariant *patterns;
    GVariant *patterns_of;
    ErrataLlmSession *llm;
    gboolean keeps_labels;
} ErrataHostJob;

/* what a worker's end was, when it ended without a result */
typedef enum {
    ERRATA_HOST_END_RESULT,   /* it answered: done or failed with an error of ours */
    ERRATA_HOST_END_CRASH,    /* SEGV, ABRT, BUS, FPE, SYS, ILL, TRAP: counts against the job */
    ERRATA_HOST_END_DEADLINE, /* a stage took too long: counts */
    ERRATA_HOST_END_MEMORY,   /* its memory limit: counts */
    ERRATA_HOST_END_KILLED,   /* killed from outside: never counts */
} ErrataHostEnd;

typedef void (*ErrataHostProgress)(const char *stage, double fraction, guint64 rows, gpointer data);

ErrataHostJob *errata_host_job_new(const char *mode);
void errata_host_job_free(ErrataHostJob *self);
/* takes @fd */
ErrataHostInput *errata_host_job_add_input(ErrataHostJob *self,
                                           int fd,
                                           const char *name,
                                           const char *kind);
void errata_host_job_add_settings(ErrataHostJob *self,
                                  const char *name,
                                  const char *text,
                                  gboolean folder);

/* takes @job. Progress and the callback come in the thread-default context of the caller */
void errata_host_run_async(ErrataHostJob *job,
                           ErrataHostProgress progress,
                           gpointer progress_data,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
/* the result of Finished, an a{sv} (org.errata.Worker1.xml) of state reported or registered; NULL
 * with
 * @error for a failed job; @ret_end (nullable) says how the worker ended in any case */
GVariant *errata_host_run_finish(GAsyncResult *result, ErrataHostEnd *ret_end, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataHostJob, errata_host_job_free)

G_END_DECLS
