/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataOutput:
 *
 * A report's folder on its way: everything is written into a hidden folder inside (or in place of)
 * the wanted one, and moved into sight only when whole. What was there before is replaced entry by
 * entry; foreign files stay.
 */
typedef struct {
    char *path;    /* the folder wanted */
    char *partial; /* the hidden folder being written */
    guint made;    /* so many folders at the end of @path were made by us and go away on failure */
} ErrataOutput;

gboolean errata_output_make(const char *path, guint *ret_made);
void errata_output_unmake(const char *path, guint made);
gboolean errata_output_begin(ErrataOutput *self, const char *path, int *ret_fd, GError **error);
gboolean errata_output_publish(ErrataOutput *self, GError **error);
void errata_output_abandon(ErrataOutput *self);

G_END_DECLS
