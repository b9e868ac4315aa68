/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"
#include "model-format.h"
#include "model-rows.h"
#include "progress.h"
#include "schema-infer.h"
#include "text-columns.h"

G_BEGIN_DECLS

/* an input that the worker was handed */
typedef struct {
    int fd;
    const char *name;
    const char *sha256; /* nullable */
    guint64 bytes;
} ErrataWorkerFile;

/* rows bound to a model, with what a reader must know about either */
typedef struct {
    ErrataModel *model;
    ErrataFrame *frame;
    ErrataModelBinding *binding;
    GPtrArray *warnings; /* (element-type utf8) */
    /* of a log whose scores a surrogate follows */
    ErrataFrame *log; /* nullable: as it was read; @frame has the traits of its texts, too */
    ErrataTextColumns *texts; /* nullable */
    ErrataSchema *schema;     /* nullable: of @frame */
} ErrataWorkerModel;

gboolean errata_worker_model_open(ErrataWorkerModel *self,
                                  const ErrataWorkerFile *model,
                                  const ErrataWorkerFile *rows,
                                  ErrataProgress *progress,
                                  GError **error);
gboolean errata_worker_model_train(ErrataWorkerModel *self,
                                   const ErrataWorkerFile *log,
                                   const ErrataSettings *settings,
                                   ErrataProgress *progress,
                                   GError **error);
gboolean errata_worker_model_follow(ErrataWorkerModel *self,
                                    const ErrataSettings *settings,
                                    ErrataProgress *progress,
                                    GError **error);
ErrataSchema *errata_worker_model_schema(ErrataWorkerModel *self,
                                         const ErrataSettings *settings,
                                         GError **error);
gboolean errata_worker_model_refuse(const ErrataModel *model, const char *name, GError **error);
void errata_worker_model_clear(ErrataWorkerModel *self);
ErrataFrame *errata_worker_model_read_rows(ErrataWorkerModel *self,
                                           const ErrataWorkerFile *rows,
                                           GError **error);
void errata_worker_model_answer_warnings(const ErrataWorkerModel *self, GVariantDict *answer);
gboolean errata_worker_model_for_log(const ErrataWorkerFile *file,
                                     const GPtrArray *members,
                                     ErrataFrameBuilder *log,
                                     ErrataCase *notes,
                                     ErrataModel **ret_model,
                                     GError **error);
gboolean errata_worker_model_score(const ErrataWorkerFile *model,
                                   const ErrataWorkerFile *rows,
                                   const ErrataSettings *settings,
                                   ErrataProgress *progress,
                                   GVariantDict *answer,
                                   GError **error);
gboolean errata_worker_model_inspect(const ErrataWorkerFile *file,
                                     gboolean brief,
                                     GVariantDict *answer,
                                     GError **error);

/* the table that is being written, in the worker's folder */
typedef struct {
    int fd;
    GString *text;
} ErrataWorkerTable;

gboolean errata_worker_table_open(ErrataWorkerTable *self, GError **error);
gboolean errata_worker_table_write(ErrataWorkerTable *self,
                                   const char *text,
                                   gsize length,
                                   GError **error);
/* writes what stands in @text, and empties it */
gboolean errata_worker_table_flush(ErrataWorkerTable *self, GError **error);
gboolean errata_worker_table_close(ErrataWorkerTable *self, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ErrataWorkerModel, errata_worker_model_clear)

G_END_DECLS
