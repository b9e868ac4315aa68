/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

gboolean errata_worker_output_write(const char *path,
                                    const void *data,
                                    gsize size,
                                    gpointer user_data,
                                    GError **error);
void errata_worker_output_name_tables(ErrataCase *result);
void errata_worker_output_name_samples(const ErrataFrame *frame, ErrataCase *result, int id);
gboolean errata_worker_output_tables(const ErrataFrame *frame,
                                     const ErrataCase *result,
                                     int id,
                                     GError **error);

G_END_DECLS
