/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

/* A log of a classifier as analyzers get it, made from cells without any inference: roles are
 * given, rows are in time order, codes come from ErrataBins. */
typedef struct {
    ErrataAnalysis analysis;
    ErrataFrame *frame;
    ErrataSchema *schema;
    ErrataOutcome *outcome;
    ErrataSettings *settings;
    ErrataBins *bins;
    ErrataFrame *reference;
    ErrataSchema *reference_schema;
    ErrataOutcome *reference_outcome;
    ErrataBins *reference_bins;
} LogFixture;

/* names of the columns with a role; the others are features */
typedef struct {
    const char *id;
    const char *label;
    const char *prediction;
    const char *score;
    const char *text;
    const char *ignore[4];
    const char *positive;
} LogRoles;

/* comma-separated without quotes, perhaps gzipped; NULL when the file is not there */
ErrataFrame *log_fixture_read(const char *path);
/* a file under the shared test data */
char *log_fixture_path(const char *folder, const char *name);
/* takes @frame and @reference (nullable) */
LogFixture *log_fixture_new(ErrataFrame *frame, ErrataFrame *reference, const LogRoles *roles);
void log_fixture_free(LogFixture *self);
/* the finding about @column (NULL: the first), or NULL */
const ErrataFinding *log_fixture_finding(const LogFixture *self, const char *column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogFixture, log_fixture_free)
