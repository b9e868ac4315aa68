/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataDictionary:
 * @n: strings
 *
 * Distinct strings in order of first appearance. Zeroed memory is an empty dictionary.
 */
typedef struct {
    guint32 n;
    guint32 n_allocated;
    guint64 *offset; /* n + 1 */
    guint32 *hash;
    char *bytes;
    gsize bytes_allocated;
    guint32 *slot; /* string + 1, or 0 */
    guint32 slot_mask;
} ErrataDictionary;

gboolean errata_dictionary_add(ErrataDictionary *self,
                               const char *text,
                               gsize length,
                               guint32 *ret_string) G_GNUC_WARN_UNUSED_RESULT;
void errata_dictionary_empty(ErrataDictionary *self);
void errata_dictionary_clear(ErrataDictionary *self);

static inline const char *
errata_dictionary_text(const ErrataDictionary *self, guint32 string, gsize *ret_length)
{
    *ret_length = (gsize)(self->offset[string + 1] - self->offset[string]);
    return self->bytes + self->offset[string];
}

G_END_DECLS
