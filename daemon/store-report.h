/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store.h"

G_BEGIN_DECLS

/**
 * ErrataReportRecord:
 * @id: number, from 1; 0: not stored yet
 * @job: the job it came from
 * @name: of the model
 * @folder: where its files are, relative to the reports
 * @created: µs since 1970 UTC
 * @verdict: its first sentence
 * @severity: of the worst finding, empty without one
 * @n_findings: how many findings it has
 * @formats: which there are, separated by commas
 * @bytes: size of all its files
 * @input: the file, as the user knows it
 * @owner: of its job
 * @model: (nullable): SHA-256 of the model that made the log, empty where none was given; %NULL:
 *   not known
 * @supersedes: number of the report of the same log before it; 0: none
 * @superseded_by: number of the next report of the same log, with its labels, a model or a
 *   reference; 0: none yet
 *
 * What is known of a report without opening it.
 */
typedef struct {
    gint64 id;
    gint64 job;
    char *name;
    char *folder;
    gint64 created;
    char *verdict;
    char *severity;
    guint n_findings;
    char *formats;
    guint64 bytes;
    char *input;
    gint64 owner;
    char *model;
    gint64 supersedes;
    gint64 superseded_by;
} ErrataReportRecord;

/* a monitored model; the digests are empty where nothing is registered */
typedef struct {
    char *name;
    guint n_reports;
    char *current;
    char *current_file;
    char *reference;
    char *reference_file;
    char *configuration;
    char *configuration_file;
} ErrataModelRecord;

void errata_report_record_free(ErrataReportRecord *self);
void errata_model_record_free(ErrataModelRecord *self);

gboolean errata_store_report_insert(ErrataStore *self, ErrataReportRecord *report, GError **error);
ErrataReportRecord *errata_store_report_get(ErrataStore *self, gint64 id, GError **error);
/* @ret_report: NULL when the job has none */
gboolean errata_store_report_of_job(ErrataStore *self,
                                    gint64 job,
                                    ErrataReportRecord **ret_report,
                                    GError **error);
GPtrArray *errata_store_report_list(ErrataStore *self,
                                    const char *name,
                                    guint offset,
                                    guint limit,
                                    GError **error);
GPtrArray *errata_store_report_baselines(ErrataStore *self,
                                         const ErrataJob *job,
                                         guint limit,
                                         GError **error);
gboolean errata_store_report_remove(ErrataStore *self, gint64 id, GError **error);
/* the oldest reports after @after_id, for retention; one stamped after @now was made while the
 * clock was ahead, and is as old as the next that is not */
GPtrArray *errata_store_report_oldest(ErrataStore *self,
                                      gint64 after_id,
                                      gint64 now,
                                      guint limit,
                                      GError **error);
gboolean errata_store_report_bytes(ErrataStore *self, guint64 *ret_bytes, GError **error);

gboolean errata_store_model_set_file(ErrataStore *self,
                                     const char *name,
                                     ErrataKind kind,
                                     const char *file,
                                     const char *sha256,
                                     gint64 job,
                                     GError **error);
ErrataModelRecord *errata_store_model_get(ErrataStore *self, const char *name, GError **error);
GPtrArray *errata_store_model_list(ErrataStore *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataReportRecord, errata_report_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataModelRecord, errata_model_record_free)

G_END_DECLS
