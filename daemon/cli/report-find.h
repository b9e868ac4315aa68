/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ErrataReportFound:
 * @folder: where its files are
 * @json: its report.json
 * @length: bytes of @json
 * @what: what the user asked for, for messages
 * @label: (nullable): how the daemon calls it: “report 3 of loans, 21 November, 14:02”
 * @superseded: (nullable): which report of the same log came after it: “report 3”
 */
typedef struct {
    char *folder;
    char *json;
    gsize length;
    char *what;
    char *label;
    char *superseded;
} ErrataReportFound;

/* @what: a folder, a report.json, an id, a model's name, or NULL for the daemon's newest */
ErrataReportFound *errata_report_find(const char *what, GError **error);
void errata_report_found_free(ErrataReportFound *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataReportFound, errata_report_found_free)

G_END_DECLS
