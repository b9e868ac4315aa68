/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model.h"

G_BEGIN_DECLS

/**
 * ErrataModelMember:
 * @path: within the container
 * @bytes: unpacked
 * @what: what it is for (`model`, `code`, `settings`, `other`)
 *
 * A file beside or of a model.
 */
typedef struct {
    char *path;
    guint64 bytes;
    const char *what;
} ErrataModelMember;

/**
 * ErrataModelContainer:
 * @kind: in words, e.g. `MLflow model`
 * @id: short, e.g. `mlflow`; `archive` when it is no more than files together
 * @path: (nullable): of the member that was read as the model
 * @sha256: (nullable): of that member; where several files are the model together, of all of them
 * @facts: (element-type ErrataModelFact): what it tells of the model
 * @members: (element-type ErrataModelMember): in the order they are packed
 * @risks: (element-type ErrataModelRisk)
 * @notes: (element-type utf8)
 * @is_unsafe: opening it would run what does not belong to a model
 *
 * What a model came in.
 */
struct _ErrataModelContainer {
    char *kind;
    char *id;
    char *path;
    char *sha256;
    GPtrArray *facts;
    GPtrArray *members;
    GPtrArray *risks;
    GPtrArray *notes;
    gboolean is_unsafe;
};

ErrataModelContainer *errata_model_container_new(const char *id, const char *kind);
void errata_model_container_free(ErrataModelContainer *self);
void errata_model_container_add_fact(ErrataModelContainer *self,
                                     const char *name,
                                     const char *value);
void errata_model_container_add_member(ErrataModelContainer *self,
                                       const char *path,
                                       guint64 bytes,
                                       const char *what);
void errata_model_container_add_risk(ErrataModelContainer *self,
                                     ErrataSeverity severity,
                                     const char *problem,
                                     const char *format,
                                     ...) G_GNUC_PRINTF(4, 5);
void errata_model_container_note(ErrataModelContainer *self, const char *format, ...)
    G_GNUC_PRINTF(2, 3);
const char *errata_model_container_fact(const ErrataModelContainer *self, const char *name);
void errata_model_put_in(ErrataModel *model, ErrataModelContainer *container);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataModelContainer, errata_model_container_free)

G_END_DECLS
