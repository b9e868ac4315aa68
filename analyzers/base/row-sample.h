/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_ROW_SAMPLE_MOST 8192

/**
 * ErrataSampledRow:
 * @key: 48 bits of a hash of the row's id
 * @judged: it has a label and a prediction
 * @wrong: and they differ (classes)
 * @positive: its label is the positive class
 * @value: binary: the score; numbers: the absolute error; NaN where there is none
 */
typedef struct {
    guint64 key;
    gboolean judged;
    gboolean wrong;
    gboolean positive;
    float value;
} ErrataSampledRow;

/**
 * ErrataRowSample:
 * @n_rows: rows that it stands for
 * @n: rows in it, at most %ERRATA_ROW_SAMPLE_MOST
 * @rows: (array length=n): by increasing key
 *
 * The rows whose ids have the smallest hashes: any two logs keep the same of the ids they share, so
 * that two reports can be compared row by row.
 */
typedef struct {
    guint64 n_rows;
    guint n;
    ErrataSampledRow *rows;
} ErrataRowSample;

void errata_row_sample_free(ErrataRowSample *self);
/* @rows in any order; sorts them and keeps the smallest, each key once */
ErrataRowSample *errata_row_sample_new(GArray *rows, guint64 n_rows);
char *errata_row_sample_pack(const ErrataRowSample *self);
ErrataRowSample *errata_row_sample_unpack(const char *text, guint64 n_rows);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataRowSample, errata_row_sample_free)

G_END_DECLS
