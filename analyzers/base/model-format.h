/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model.h"

G_BEGIN_DECLS

/**
 * ErrataModelPart:
 * @name: path within the archive; of a plain file its name
 * @bytes: its bytes, unpacked; %NULL when it was too large to keep, then only @size is known
 * @size: its size
 */
typedef struct {
    char *name;
    GBytes *bytes;
    guint64 size;
} ErrataModelPart;

/**
 * ErrataModelParts:
 * @name: of the input as a whole, for messages
 * @part: (element-type ErrataModelPart): its members in order; one for a plain file
 * @main: index of the part that the format was sure of, or by which an archive that is a model as a
 *   whole shows itself
 * @is_archive: it came out of an archive or folder
 */
typedef struct {
    char *name;
    GPtrArray *part;
    guint main;
    gboolean is_archive;
} ErrataModelParts;

/**
 * ErrataModelFormat:
 * @id: short name, as in `run.model.format`
 * @summary: one line for people
 * @sniff: (nullable): how sure it is of a file's first bytes (up to 64 KiB), 0 … 100
 * @sniff_archive: (nullable): how sure it is of an archive as a whole, by the names and bytes of
 *   its members, 0 … 100; asked first, and taken from 50 up
 * @any_size: a plain file may be larger than %ERRATA_LIMIT_MODEL_BYTES: it is looked at where it
 *   lies
 * @load: reads the model; describes what it cannot run (why_not) where the format is sound, and
 *   fails with the place where it is not. Executes nothing
 *
 * A model format.
 */
typedef struct {
    const char *id;
    const char *summary;
    guint (*sniff)(const guint8 *head, gsize size, const char *name);
    guint (*sniff_archive)(const ErrataModelParts *parts);
    gboolean any_size;
    ErrataModel *(*load)(const ErrataModelParts *parts, GError **error);
} ErrataModelFormat;

static inline const ErrataModelPart *
errata_model_parts_main(const ErrataModelParts *self)
{
    return g_ptr_array_index(self->part, self->main);
}

/* the part of that name or path end, NULL when there is none */
const ErrataModelPart *errata_model_parts_find(const ErrataModelParts *self, const char *name);
ErrataModelParts *errata_model_parts_new(const char *name);
void errata_model_parts_add(ErrataModelParts *self, const char *name, GBytes *bytes, guint64 size);
void errata_model_parts_free(ErrataModelParts *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataModelParts, errata_model_parts_free)

G_END_DECLS
