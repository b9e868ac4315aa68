/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_leakage;

#define ERRATA_LEAKAGE_CODES   256 /* codes of a column, missing among them */
#define ERRATA_LEAKAGE_CLASSES 32

/**
 * ErrataLeakageWay:
 * @ERRATA_LEAKAGE_VALUE: the values tell the label
 * @ERRATA_LEAKAGE_COPY: the values are the label under other names
 * @ERRATA_LEAKAGE_FILLED: there is a value only where the label is one class, or is none
 * @ERRATA_LEAKAGE_ORDER: the order of ids or of time tells the label
 *
 * How a column gives the label away.
 */
typedef enum {
    ERRATA_LEAKAGE_VALUE,
    ERRATA_LEAKAGE_COPY,
    ERRATA_LEAKAGE_FILLED,
    ERRATA_LEAKAGE_ORDER,
} ErrataLeakageWay;

/**
 * ErrataLeakagePart:
 * @inside: (array length=n_rows): 1 for the rows in which the column tells
 * @n_rows: so many
 * @where: those rows in words: "since 22 March, 14:45", "where region is EU"; %NULL where nothing
 *   tells them from the others
 * @column: index in the frame of the column whose @values they have, or −1
 * @values: (nullable): those values
 * @timed: they are a stretch of time, @from to @to
 * @from: first of them, ns UTC or row
 * @to: last of them
 * @outside: strength of the column in all other rows, or NaN
 * @together: where nothing tells the rows apart: AUC of scores and column together, else NaN
 * @model: (nullable): the model, measured in these rows
 *
 * The rows of a column that gives the label away in some of them only.
 */
typedef struct {
    guint8 *inside;
    gsize n_rows;
    char *where;
    int column;
    char **values;
    gboolean timed;
    gint64 from;
    gint64 to;
    double outside;
    double together;
    struct _ErrataLeakageColumn *model;
} ErrataLeakagePart;

/**
 * ErrataLeakageColumn:
 * @column: index in the frame, −1 for the model itself
 * @name: its name
 * @way: how it gives the label away
 * @code: (array length=n_rows): its values as codes, %ERRATA_BINS_MISSING where missing; borrowed,
 *   or @owned
 * @strength: AUC (several classes: mean of one against the rest) or R² on the confirmation half of
 *   what was learnt on the other; NaN where it is not defined
 * @by_bins: that of the column's bins, at most @strength; NaN where it was not measured
 * @lo: lower end of the interval of @strength, or NaN
 * @hi: upper end
 * @wrong: classification: share of the confirmation half that its commonest class per code misses
 * @n: labelled rows of the confirmation half
 * @missing: what is said of filled rows holds of those without a value instead
 * @filled_class: class that nearly all filled rows have
 * @filled_share: share of the filled rows that have it, confirmation half
 * @filled_rows: filled rows of the confirmation half
 * @filled_base: share of that class among all rows
 * @p: that chance does this
 * @part: (nullable): the rows that all this is about, %NULL where it is all of them
 *
 * How well one column alone tells the label.
 */
typedef struct _ErrataLeakageColumn {
    int column;
    const char *name;
    ErrataLeakageWay way;
    const guint8 *code;
    guint8 *owned;
    double strength;
    double by_bins;
    double lo;
    double hi;
    double wrong;
    guint64 n;
    gboolean missing;
    guint filled_class;
    double filled_share;
    guint64 filled_rows;
    double filled_base;
    double p;
    ErrataLeakagePart *part;
} ErrataLeakageColumn;

void errata_leakage_column_free(ErrataLeakageColumn *self);

/* leakage-measure.c */
ErrataLeakageColumn *errata_leakage_measure_codes(const ErrataAnalysis *analysis,
                                                  int column,
                                                  const char *name,
                                                  const guint8 *code);
ErrataLeakageColumn *errata_leakage_measure_bin(const ErrataAnalysis *analysis,
                                                const ErrataBinColumn *bin);
ErrataLeakageColumn *errata_leakage_measure_order(const ErrataAnalysis *analysis, guint column);
ErrataLeakageColumn *errata_leakage_measure_model(const ErrataAnalysis *analysis);
gboolean errata_leakage_measure_labelled(const ErrataOutcome *outcome, gsize row);

/* leakage-part.c */
ErrataLeakagePart *errata_leakage_part_new(gsize n_rows);
void errata_leakage_part_free(ErrataLeakagePart *self);
ErrataLeakageColumn *errata_leakage_part_find(const ErrataAnalysis *analysis,
                                              const ErrataBinColumn *bin);

/* leakage-beyond.c */
ErrataLeakageColumn *errata_leakage_beyond_find(const ErrataAnalysis *analysis,
                                                GPtrArray *bins,
                                                double alone,
                                                const ErrataLeakageColumn *model);

/* leakage-copied.c */
void errata_leakage_copied(ErrataAnalysis *analysis);

/* leakage-report.c */
ErrataFinding *errata_leakage_report(const ErrataAnalysis *analysis,
                                     const ErrataLeakageColumn *leak,
                                     const ErrataLeakageColumn *model,
                                     const ErrataLeakageColumn *next,
                                     double q);

G_END_DECLS
