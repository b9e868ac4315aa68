/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-format.h"
#include "tensors.h"

G_BEGIN_DECLS

/**
 * GgufType:
 * @name: as ggml writes it
 * @block: numbers in a block
 * @bytes: of a block
 * @type: what it is when a block is one number; OPAQUE for the others
 * @n_scales: numbers that all others of a block are multiplied with or added to
 * @scale: where they are in the block
 * @scale_type: what they are
 *
 * A type of tensor: plain numbers, or blocks of few bits with scales.
 */
typedef struct {
    const char *name;
    guint block;
    guint bytes;
    ErrataTensorType type;
    guint n_scales;
    guint scale[2];
    ErrataTensorType scale_type;
} GgufType;

/**
 * Gguf:
 * @builder: of the model
 * @bytes, @size: the file
 * @at: where reading is
 * @version: 1 … 3
 * @is_big_endian: of everything after the magic
 * @alignment: of the numbers
 * @architecture: (nullable): as the file tells it
 */
typedef struct {
    ErrataModelBuilder *builder;
    const guint8 *bytes;
    gsize size;
    gsize at;
    guint version;
    gboolean is_big_endian;
    guint64 alignment;
    char *architecture;
} Gguf;

gboolean gguf_fail(const Gguf *self, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* @n bytes as a number */
gboolean gguf_number(Gguf *self, guint n, guint64 *ret, GError **error);
/* a count, of 4 bytes in version 1 and 8 later */
gboolean gguf_count(Gguf *self, guint64 *ret, GError **error);
/* (transfer full): as the file has it, cut at the first NUL */
char *gguf_string(Gguf *self, GError **error);
gboolean gguf_skip_string(Gguf *self, GError **error);
gboolean gguf_read_facts(Gguf *self, guint64 n, GError **error);

const GgufType *gguf_type(guint64 id);
void gguf_type_scan(const GgufType *self,
                    gboolean is_big_endian,
                    const guint8 *data,
                    gsize size,
                    ErrataTensorScan *ret_scan);

G_END_DECLS
