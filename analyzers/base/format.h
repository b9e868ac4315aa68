/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame-builder.h"
#include "source.h"

G_BEGIN_DECLS

/**
 * ErrataFormat:
 * @id: short name, as in `run.inputs[].format`
 * @summary: one line for people
 * @sniff: how sure this format is of the first bytes (up to 64 KiB), 0 … 100; the name only hints
 * @read: appends all records of @source to @builder; FALSE when the input as a whole cannot
 *   be read (a single bad record is rejected and counted instead)
 *
 * A log format.
 */
typedef struct {
    const char *id;
    const char *summary;
    guint (*sniff)(const guint8 *head, gsize size, const char *name);
    gboolean (*read)(ErrataSource *source, ErrataFrameBuilder *builder, GError **error);
} ErrataFormat;

G_END_DECLS
