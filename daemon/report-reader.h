/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "case.h"

G_BEGIN_DECLS

#define ERRATA_REPORT_READER_MAX_BYTES (256U << 20) /* of a report.json */
#define ERRATA_REPORT_READER_MAX_LIST  1000         /* findings in one answer */
#define ERRATA_REPORT_READER_MAX_ROWS  10000        /* rows in one answer */

/* Parts of a report.json as the bus gives them. All functions may block. */

JsonNode *errata_report_reader_load(const char *path, GError **error);
ErrataCase *errata_report_reader_case(const char *path, GError **error);
GVariant *errata_report_reader_list(JsonNode *report, guint offset, guint limit);
GVariant *errata_report_reader_finding(JsonNode *report, const char *id, GError **error);
char *errata_report_reader_table(JsonNode *report, const char *id, GError **error);
GVariant *errata_report_reader_rows(const char *path, guint offset, guint limit, GError **error);

G_END_DECLS
