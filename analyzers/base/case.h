/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cohort.h"
#include "column-sketch.h"
#include "finding.h"
#include "frame.h"
#include "inventory.h"
#include "llm.h"
#include "pattern.h"
#include "proposal.h"
#include "row-sample.h"
#include "schema.h"
#include "shares.h"
#include "top-slices.h"

G_BEGIN_DECLS

/* what the comparison of two reports finds of a metric */
typedef enum {
    ERRATA_SINCE_UNJUDGED, /* not compared, or without an interval */
    ERRATA_SINCE_NONE,     /* none that can be told from chance */
    ERRATA_SINCE_TOLD,
} ErrataSinceChange;

/* one metric; class_name and threshold are optional */
typedef struct {
    char *name;
    double value; /* NaN: undefined, and why says so */
    double lo;
    double hi;
    guint64 n;
    char *class_name;
    double threshold;         /* or NaN */
    double baseline;          /* its value on the baseline, or NaN */
    ErrataSinceChange change; /* against an earlier report that is the baseline */
    double band_lo;           /* how far wrong labels may have moved it, or NaN */
    double band_hi;
    char *why;
} ErrataMetric;

/* an input of the run */
typedef struct {
    char *path;
    char *sha256;
    char *format;
    guint64 rows;
    guint64 bytes;
    guint64 rejected_rows;
} ErrataInput;

/* what the report says of a column; the schema has role and reason */
typedef struct {
    char *name;
    char *type;
    char *role;
    char *reason;
    guint64 n;
    guint64 missing;
    guint64 distinct; /* texts: exact; numbers: exact up to 49,152, then within 1 % */
    guint64 unparsable;
    char *unparsable_example; /* nullable */
    double min, max, mean, sd;
    double quantiles[5];     /* 0.05 0.25 0.5 0.75 0.95; NaN when not numeric */
    ErrataFigure *histogram; /* HISTOGRAM now and reference, at most 20 bins; nullable */
    double drift;            /* Jensen–Shannon distance against the baseline, or NaN */
    double drift_p;
    double
        error_association; /* Cramér's V or |rank correlation| with the error, in [0, 1], or NaN */
    double error_association_p;
    char *unit;
    char *description;
    char *derived_from;         /* nullable: the text column that it was measured on */
    ErrataColumnSketch *sketch; /* nullable: for comparison with a later log */
} ErrataColumnSummary;

/* a window of time (or of rows) */
typedef struct {
    gint64 from; /* ns UTC, or the first row */
    gint64 to;   /* exclusive */
    guint64 n;
    guint64 labelled;
    double error; /* error rate or MAE; NaN under 80 % labels */
    double lo;
    double hi;
    GPtrArray *metrics; /* (element-type ErrataMetric) */
} ErrataWindow;

/**
 * ErrataCluster:
 * @id: the same for the same top keyword, so that a cluster of a later log can be told to be it
 * @name: its keywords or conditions, for people
 * @described: (nullable): in a sentence, by a language model; %NULL without one
 * @by_model: @name is a language model's, and rows that it had not seen were told by it;
 *   @precision,
 *   @recall and @n_checked are of that check then
 * @taxonomy: (nullable): what kind of error it is, coarse to fine, by a language model
 * @parent: (nullable): id of the cluster that it is a part of
 * @level: 1 for clusters that are findings, 2 for the wordings that they were merged from
 * @size: errors in it
 * @share_of_errors: of all errors
 * @keywords: (array zero-terminated=1): what its texts say and correct ones do not
 * @keyword_weights: (array): class-based TF-IDF of each; what a cluster is known by in a later log
 * @predicates: (element-type ErrataPredicate): the conditions that tell its rows best
 * @exemplars: (array zero-terminated=1): ids (row numbers where there are none) of its most typical
 *   errors
 * @precision: of the conditions on the half that they were not chosen on, or NaN
 * @recall: likewise
 * @n_checked: rows of that check
 * @shown: (element-type guint32) (nullable): rows of the searched half that are typical errors of
 *   it
 * @contrast: (element-type guint32) (nullable): correct rows of that half that are not of it
 * @members: (element-type guint32) (nullable): errors of it, of the other half
 * @others: (element-type guint32) (nullable): rows of that half that are not of it
 *
 * A group of errors that are alike.
 */
typedef struct {
    char *id;
    char *name;
    char *described;
    gboolean by_model;
    char **taxonomy;
    char *parent;
    guint level;
    guint64 size;
    double share_of_errors;
    char **keywords;
    double *keyword_weights;
    GPtrArray *predicates;
    char **exemplars;
    double precision;
    double recall;
    guint64 n_checked;
    GArray *shown; /* these four are for naming; not in report.json */
    GArray *contrast;
    GArray *members;
    GArray *others;
} ErrataCluster;

/* rows tried and left out per family, for the method page */
typedef struct {
    char *family;
    guint64 count;
} ErrataTried;

typedef struct {
    char *analyzer;
    char *why;
} ErrataSkipped;

/**
 * ErrataEstimate:
 * @method: `CBPE` (classes) or `DLE` (numbers)
 * @metric: the metric that @lower and @upper are about: `cbpe_accuracy`, `dle_mae`
 * @source: what it was learnt from, in words
 * @assumes: what must hold for it to be right, in words
 * @n: rows that were estimated
 * @n_source: labelled rows that it was learnt from; 0: the scores were taken at their word
 * @recalibrated: the scores were recalibrated on them
 * @outside: share of rows outside the range of the source, or NaN
 * @n_chunks: chunks of the source that the limits come from
 * @lower: mean − 3 standard deviations of @metric over those chunks, or NaN
 * @upper: mean + 3 standard deviations
 * @n_alerts: windows whose estimate is on the bad side of the limits
 * @n_scored: windows that have labels by now, by which the estimate was scored
 * @bias: mean of estimate − truth over them, or NaN
 * @covered: share of them whose interval holds the truth, or NaN
 *
 * Performance without labels; the numbers themselves are metrics named `cbpe_…` and `dle_…`.
 */
typedef struct {
    char *method;
    char *metric;
    char *source;
    char *assumes;
    guint64 n;
    guint64 n_source;
    gboolean recalibrated;
    double outside;
    guint n_chunks;
    double lower;
    double upper;
    guint n_alerts;
    guint n_scored;
    double bias;
    double covered;
} ErrataEstimate;

/**
 * ErrataSince:
 * @metric: `accuracy` or `mae`
 * @from: its value in the earlier report
 * @to: its value in this one
 * @difference: after − before, on the rows of both where that knows it better
 * @lo: lower end of the 99 % interval of @difference
 * @hi: upper end
 * @p: two-sided
 * @n: pairs of rows, or rows of both reports
 * @test: its name
 * @changed: beyond chance, and enough to be worth telling
 *
 * The headline against the earlier report, better or worse.
 */
typedef struct {
    char *metric;
    double from;
    double to;
    double difference;
    double lo;
    double hi;
    double p;
    guint64 n;
    char *test;
    gboolean changed;
} ErrataSince;

/**
 * ErrataPerformance:
 *
 * `performance` of the report. Curves are figures of kind LINES (or TIMELINE, TREE, MATRIX), so
 * that whoever draws them and whoever writes them to JSON need no second shape.
 */
typedef struct {
    char **confusion_classes;
    guint n_confusion;
    guint64 *confusion; /* row-major, rows = label, columns = prediction; NULL for regression */
    ErrataFigure *roc;
    ErrataFigure *pr;
    ErrataFigure *reliability; /* per-bin intervals; x mean score, y rate, count rows */
    ErrataFigure *threshold;
    ErrataFigure *coverage; /* accuracy against coverage when the least confident are left out */
    ErrataFigure *residual; /* regression: residual histogram */
    ErrataFigure *predicted_actual;    /* regression: DENSITY */
    ErrataFigure *residual_prediction; /* regression: DENSITY */
    ErrataFigure *error_quantile;      /* regression: error by quantile of the truth, BARS */
    GPtrArray *windows;                /* (element-type ErrataWindow) */
    gboolean windows_are_time;
    ErrataEstimate *estimate; /* nullable */
    ErrataSince *since;       /* nullable */
    ErrataRowSample *sample;  /* nullable: by which a later report compares row by row */
    GPtrArray *cohorts;       /* (element-type ErrataCohort): the saved ones, by name */
    ErrataFigure *error_tree;
    ErrataFigure *heat_map;
} ErrataPerformance;

/**
 * ErrataCase:
 *
 * One analysed input: all that a report says. Its JSON is the worker's output, the golden file, the
 * D-Bus payload and what `errata show` reads back. Members follow CONTRACT 5.
 */
typedef struct {
    /* run */
    char *run_id;
    char *name;
    char *created; /* ISO 8601 UTC */
    char *command; /* that reproduces the report */
    guint64 seed;
    GPtrArray *inputs;      /* (element-type ErrataInput) */
    ErrataInput *reference; /* nullable */
    char *baseline_kind;    /* reference, report, first-half; NULL: none */
    char *baseline_what;
    GPtrArray *skipped;     /* (element-type ErrataSkipped) */
    GPtrArray *stage_names; /* (element-type utf8) with stage_seconds */
    GArray *stage_seconds;  /* (element-type double) */
    guint64 peak_rss;
    char *where;        /* only rows for which this filter holds were analysed; NULL: all */
    char *cohort;       /* the saved cohort that it came from, or NULL */
    guint64 n_rows_all; /* with @where: rows of the whole log */
    /* schema */
    guint64 n_rows;
    guint64 n_rejected;
    ErrataTable *rejected; /* nullable: samples */
    GPtrArray *warnings;   /* (element-type utf8) */
    ErrataTask task;
    char *task_reason;
    char **classes;
    char *positive; /* nullable */
    char *positive_reason;
    double threshold;   /* cut that the log used, or NaN */
    GPtrArray *columns; /* (element-type ErrataColumnSummary) of the log */
    GPtrArray *derived; /* (element-type ErrataColumnSummary) measured on its texts */
    gboolean has_time;
    gint64 time_from;
    gint64 time_to;
    gboolean by_month; /* stamps are months: no day is known */
    /* results */
    char *verdict;      /* the sentence in large type */
    char *headline;     /* name of the headline metric: accuracy, rmse … */
    GPtrArray *metrics; /* (element-type ErrataMetric) */
    ErrataPerformance performance;
    ErrataFigure *timeline; /* page 1 */
    GPtrArray
        *evidence; /* (element-type ErrataEvidence), borrowed from findings, in order, and then
                             * from @shares */
    GPtrArray
        *findings; /* (element-type ErrataFinding), in rank order after errata_case_finish() */
    GPtrArray *patterns; /* (element-type ErrataPattern): those of the model that this report says
                          * something of; NULL where none are kept */
    ErrataTopSlices *top_slices; /* nullable: SliceLine's list, where asked for */
    ErrataInput *model;          /* (nullable): the model's file; its rows are 0 */
    char *model_kind;            /* (nullable): what it is, in words */
    GPtrArray *inventory;        /* (element-type ErrataInventorySection) (nullable): its file */
    ErrataShares *shares;        /* (nullable): what predictions owe to each feature */
    GPtrArray *clusters;         /* (element-type ErrataCluster) */
    GPtrArray *proposals; /* (element-type ErrataProposal): of a language model, looked into */
    ErrataLlmUse *llm;    /* (nullable): what a language model was asked; NULL: nothing */
    /* files, relative to the report's folder */
    GPtrArray *files; /* (element-type utf8): report.pdf, svg/roc.svg … */
    GPtrArray
        *tables; /* (element-type utf8): path per finding with rows, "" for none; same order */
    /* method */
    GPtrArray *tried; /* (element-type ErrataTried) */
    double alpha;
    double slices_errors; /* share of all errors in any slice of severity medium or above; NaN when
                           * unknown; not in a report */
    double power_share;   /* a group of that share of the rows would have been found … */
    double
        power_gap; /* … if wrong so much more often (numbers: off so many times as far); or NaN */
    char *split;   /* how the halves were made */
    char *sampled; /* what was sampled, NULL: nothing */
    GPtrArray *method_notes; /* (element-type utf8): a sentence per method used, with parameters */
} ErrataCase;

ErrataCase *errata_case_new(void);
void errata_case_free(ErrataCase *self);

ErrataMetric *errata_case_add_metric(ErrataCase *self,
                                     const char *name,
                                     double value,
                                     double lo,
                                     double hi,
                                     guint64 n);
GPtrArray *errata_case_new_metrics(void);
void errata_case_metric_free(ErrataMetric *metric);
ErrataMetric *errata_case_append_metric(GPtrArray *metrics,
                                        const char *name,
                                        double value,
                                        double lo,
                                        double hi,
                                        guint64 n);
ErrataWindow *errata_case_add_window(ErrataCase *self);
/* `performance.estimate`, made when there is none yet */
ErrataEstimate *errata_case_estimate(ErrataCase *self);
void errata_case_since_free(ErrataSince *since);
/* the overall metric of that name (no class, no threshold), or NULL */
const ErrataMetric *errata_case_metric(const ErrataCase *self, const char *name);
void errata_case_add_finding(
    ErrataCase *self,
    ErrataFinding *finding); /* takes it; one without evidence is refused (critical) */
ErrataCluster *errata_case_add_cluster(ErrataCase *self);
void errata_case_tried(ErrataCase *self,
                       const char *family,
                       guint64 count); /* adds up per family */
void errata_case_skip(ErrataCase *self, const char *analyzer, const char *why);
void errata_case_method(ErrataCase *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* ranks the findings (severity, then rank, then kind and title), gives ids to findings and
 * evidence */
void errata_case_finish(ErrataCase *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataCase, errata_case_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataMetric, errata_case_metric_free)

G_END_DECLS
