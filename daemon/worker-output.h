/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

gboolean errata_worker_output_write(const char *path,
                                    const void *data,
                                    gsize size,
                                    gpointer user_data,
                                    GError **error);
gboolean errata_worker_output_table(const ErrataFrame *frame,
                                    ErrataCase *result,
                                    const ErrataFinding *finding,
                                    int id,
                                    GError **error);

G_END_DECLS
