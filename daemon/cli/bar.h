/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* progress of long work on standard error: a bar on a terminal, plain lines otherwise */
typedef struct {
    gboolean terminal;
    gboolean quiet;
    gint64 start_us;
    gint64 last_us;
    char *stage;
} ErrataBar;

void errata_bar_init(ErrataBar *self, gboolean quiet);
void errata_bar_update(const char *stage, double fraction, guint64 rows, gpointer self);
void errata_bar_clear(ErrataBar *self);

G_END_DECLS
