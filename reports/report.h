/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

/**
 * ErrataReportWrite:
 * @path: relative to the report's folder: `report.pdf`, `svg/roc.svg`
 * @data: (array length=size): the whole file
 * @size: bytes
 *
 * Takes a finished file. The renderer itself opens none: it may run where nothing but fonts can
 * be read.
 */
typedef gboolean (*ErrataReportWrite)(const char *path,
                                      const void *data,
                                      gsize size,
                                      gpointer user_data,
                                      GError **error);

gboolean errata_report_render(ErrataCase *report_case,
                              const char *const *formats,
                              const char *paper,
                              ErrataReportWrite write,
                              gpointer data,
                              GError **error);
/* boxes of blocks and texts, rounded to 0.1 pt */
char *errata_report_dump(const ErrataCase *report_case, const char *paper);
char *errata_report_terminal(const ErrataCase *report_case, guint width, gboolean colour);
char *errata_report_terminal_finding(const ErrataCase *report_case,
                                     const char *finding_id,
                                     guint width,
                                     gboolean colour);

G_END_DECLS
