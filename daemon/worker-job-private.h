/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"
#include "frame.h"
#include "llm.h"
#include "model.h"
#include "settings.h"
#include "worker-job.h"
#include "worker-labels.h"

G_BEGIN_DECLS

/* one descriptor of Start's */
typedef struct {
    int fd;
    char *name;
    char *kind;
    char *sha256;
    char *path; /* "" or where the command that makes the report again finds it */
    guint64 bytes;
    gboolean is_half; /* its rows continue those of another log */
} ErrataWorkerInput;

struct _ErrataWorkerJob {
    char *mode;
    char *what;        /* mode export: of what */
    GPtrArray *inputs; /* (element-type ErrataWorkerInput) */
    ErrataSettings *settings;
    GVariant *settings_texts;
    guint64 memory;
    char *id;
    char *name;
    char *created;
    char *command;
    char *question; /* mode ask */
    char *plan;
    GPtrArray *known;      /* (element-type ErrataPattern) (nullable): the model's before the log */
    GVariant *patterns_of; /* (nullable): likewise before each stored log, by its digest */
    /* what reading yields */
    ErrataModel *model; /* nullable */
    ErrataFrame *frame;
    ErrataFrame *reference;
    GPtrArray *members; /* (element-type ErrataInput): logs read */
    ErrataWorkerLabels *labels;
    char *embedding;         /* (nullable): the setting whose files the host opened */
    char *embedding_problem; /* (nullable): why it could not open them */
    ErrataCase *earlier;     /* nullable: the report that this one is compared with */
    const ErrataWorkerInput *earlier_input; /* which one it came as */
    gboolean keeps_labels;                  /* the host keeps labels for logs to come */
    gboolean names_positive; /* the command line says which class is the positive one */
    gboolean asks_where;     /* and which rows are meant */
    gboolean only_labels;    /* what was handed in holds nothing but labels */
    ErrataLlm *llm;          /* (nullable): the door to a language model */
    GPtrArray *merged;       /* (element-type utf8): digests of stored logs that labels are for */
};

ErrataFrame *errata_worker_read_written(ErrataWorkerJob *self);
gboolean errata_worker_read_settings(ErrataWorkerJob *self, GError **error);
/* bytes → frame, and whatever else the inputs hold */
gboolean errata_worker_read(ErrataWorkerJob *self,
                            ErrataCase *notes,
                            ErrataProgress *progress,
                            GError **error);

G_END_DECLS
