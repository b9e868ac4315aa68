/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"
#include "json-reader.h"
#include "json-writer.h"

G_BEGIN_DECLS

/* The parts of report.json: each is written and read in one file, so that the two stay alike. */

/* null when both ends are NaN */
void errata_case_json_interval(ErrataJsonWriter *json, const char *key, double lo, double hi);
/* an instant as ISO 8601 text, or a row number */
void errata_case_json_place(ErrataJsonWriter *json,
                            const char *key,
                            gboolean is_time,
                            gint64 place);
gint64 errata_case_json_read_place(JsonObject *object, const char *key, gboolean *ret_is_time);

void errata_case_json_figure(ErrataJsonWriter *json, const char *key, const ErrataFigure *figure);
ErrataFigure *errata_case_json_figure_of(JsonObject *object);
ErrataFigure *errata_case_json_read_figure(JsonObject *object, const char *key);
void errata_case_json_curve(ErrataJsonWriter *json, const char *key, const ErrataFigure *figure);
ErrataFigure *errata_case_json_read_curve(JsonObject *object, const char *key);
void errata_case_json_table(ErrataJsonWriter *json, const char *key, const ErrataTable *table);
ErrataTable *errata_case_json_read_table(JsonObject *object, const char *key);

void errata_case_json_subject(ErrataJsonWriter *json, const ErrataFinding *finding);
void errata_case_json_read_subject(JsonObject *object, ErrataFinding *finding);

void errata_case_json_clusters(ErrataJsonWriter *json, const ErrataCase *self);
void errata_case_json_read_clusters(JsonObject *root, ErrataCase *self);
void errata_case_json_proposals(ErrataJsonWriter *json, const ErrataCase *self);
void errata_case_json_read_proposals(JsonObject *root, ErrataCase *self);

ErrataEvidence *errata_case_json_read_evidence(JsonObject *object, const char *id);
void errata_case_json_evidence(ErrataJsonWriter *json, const ErrataCase *self);
void errata_case_json_findings(ErrataJsonWriter *json, const ErrataCase *self);
gboolean errata_case_json_read_findings(JsonObject *root, ErrataCase *self, GError **error);

void errata_case_json_pattern(ErrataJsonWriter *json, const ErrataPattern *pattern);
void errata_case_json_patterns(ErrataJsonWriter *json, const ErrataCase *self);
void errata_case_json_read_patterns(JsonObject *root, ErrataCase *self);

void errata_case_json_schema(ErrataJsonWriter *json, const ErrataCase *self);
gboolean errata_case_json_read_schema(JsonObject *root, ErrataCase *self, GError **error);
void errata_case_json_metrics(ErrataJsonWriter *json, const char *key, GPtrArray *metrics);
void errata_case_json_read_metrics(JsonObject *object, const char *key, GPtrArray *metrics);
void errata_case_json_predicates(ErrataJsonWriter *json, const GPtrArray *predicates);
void errata_case_json_read_predicates(JsonObject *object, GPtrArray *predicates);

/* case-json-top-slices.c */
void errata_case_json_top_slices(ErrataJsonWriter *json, const ErrataTopSlices *list);
ErrataTopSlices *errata_case_json_read_top_slices(JsonObject *performance);

/* case-json-sketch.c */
void errata_case_json_sketch(ErrataJsonWriter *json,
                             const char *key,
                             const ErrataColumnSketch *sketch);
ErrataColumnSketch *errata_case_json_read_sketch(JsonObject *object, const char *key);

/* case-json-cohort.c */
void errata_case_json_cohorts(ErrataJsonWriter *json, const GPtrArray *cohorts);
void errata_case_json_read_cohorts(JsonObject *performance, GPtrArray *cohorts);
void errata_case_json_performance(ErrataJsonWriter *json, const ErrataCase *self);
void errata_case_json_read_performance(JsonObject *root, ErrataCase *self);

/* case-json-llm.c */
void errata_case_json_llm(ErrataJsonWriter *json, const ErrataLlmUse *use);
ErrataLlmUse *errata_case_json_read_llm(JsonObject *run);

void errata_case_json_shares(ErrataJsonWriter *json, const ErrataShares *self);
/* adds its evidence to @evidence */
ErrataShares *errata_case_json_read_shares(JsonObject *root, GPtrArray *evidence);

/* the member `model`: what its file holds */
void errata_case_json_inventory(ErrataJsonWriter *json, const GPtrArray *sections);
GPtrArray *errata_case_json_read_inventory(JsonObject *root);

G_END_DECLS
