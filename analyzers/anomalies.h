/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "fault-group.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_anomalies;

#define ERRATA_ANOMALY_COLUMNS 8 /* of one repeated record */
#define ERRATA_ANOMALY_LEAST   5 /* rows of a finding: METHODS 4 */

typedef enum {
    ERRATA_ANOMALY_SENTINEL, /* a code for “no value” among numbers */
    ERRATA_ANOMALY_TAIL,     /* numbers beyond what the column's tail reaches */
    ERRATA_ANOMALY_REPEATED, /* the same rare values together again and again */
    ERRATA_ANOMALY_STUCK,    /* one output for a while, whatever comes in */
    ERRATA_ANOMALY_CERTAIN,  /* outputs at an end of their range, as if clipped */
    ERRATA_ANOMALY_UNLIKE,   /* outputs unlike those of alike rows */
    ERRATA_ANOMALY_JOINT,    /* usual values that do not go together */
} ErrataAnomalyKind;

/**
 * ErrataAnomaly:
 * @kind: how it was found
 * @n_columns: columns it is about
 * @column: (array length=n_columns): those columns
 * @value: (array length=n_columns): the code, the furthest value, or the repeated values
 * @row: (element-type guint32): its rows, in row order
 * @oddness: (nullable) (array length of @row): isolation score of each, in [0, 1]
 * @usual_lo: TAIL and SENTINEL: lower end of what is usual
 * @usual_hi: upper end of it
 * @maybe: SENTINEL: it may be the value that one cause makes
 * @has_window: SENTINEL: the rows lie between @from and @to, places in time order
 * @group: SENTINEL: the group of that window whose rows they are, where they are one's
 * @other_end: CERTAIN: the other end of the range, where as many rows lie there, too; else NaN
 * @expected: rows that chance would give
 * @p: of the row least unlikely (TAIL), of so many rows (REPEATED); NaN for a SENTINEL
 * @test: (nullable): how @p was computed
 *
 * A candidate finding.
 */
typedef struct {
    ErrataAnomalyKind kind;
    guint n_columns;
    guint column[ERRATA_ANOMALY_COLUMNS];
    double value[ERRATA_ANOMALY_COLUMNS];
    GArray *row;
    double *oddness;
    double usual_lo;
    double usual_hi;
    gboolean maybe;
    gboolean has_window;
    gsize from;
    gsize to;
    ErrataFaultGroup group;
    double other_end;
    double expected;
    double p;
    const char *test;
} ErrataAnomaly;

/**
 * ErrataAnomalies:
 * @analysis: what is read
 * @found: (element-type ErrataAnomaly): what was found so far
 * @numeric: (element-type guint): numeric columns that are features or groups
 * @n_tried: tests made
 */
typedef struct {
    ErrataAnalysis *analysis;
    GPtrArray *found;
    GArray *numeric;
    guint64 n_tried;
} ErrataAnomalies;

ErrataAnomaly *errata_anomalies_add(ErrataAnomalies *self, ErrataAnomalyKind kind);
/* (transfer full): 1 for rows that say nothing of the column (NULL: of any): copies, and windows in
 * which it came in another unit */
guint8 *errata_anomalies_left_out(const ErrataAnomalies *self, const char *column);

/* where values (the larger, the odder) begin that their tail does not reach and that keep apart
 * from it: +infinity where none do, or too few */
double errata_anomalies_far(const double *value, gsize n);
/* p of distances beyond a natural end under a law that thins out; sorts them */
double errata_anomalies_thinning(double *beyond, gsize n);
/* what the model says of each row: score, prediction, confidence; %NULL: nothing */
const double *errata_anomalies_output(const ErrataAnalysis *analysis, guint *ret_column);

/* anomalies-tails.c, -repeated.c, -far.c, -outputs.c, -unlike.c, -joint.c, -odd.c, -report.c */
void errata_anomalies_outputs(ErrataAnomalies *self);
void errata_anomalies_unlike(ErrataAnomalies *self);
void errata_anomalies_joint(ErrataAnomalies *self);
void errata_anomalies_tails(ErrataAnomalies *self);
void errata_anomalies_repeated(ErrataAnomalies *self);
void errata_anomalies_rank(ErrataAnomalies *self);
ErrataFinding *errata_anomalies_report(const ErrataAnomalies *self, const ErrataAnomaly *anomaly);

G_END_DECLS
