/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "evidence.h"
#include "figure.h"
#include "table.h"

G_BEGIN_DECLS

#define ERRATA_FINDING_SAMPLE 20 /* rows named in `rows.sample`; the table has them all */

/* kinds as CONTRACT 5 names them; nicks are the lower-case words with hyphens */
typedef enum {
    ERRATA_FINDING_SLICE,
    ERRATA_FINDING_CLUSTER,
    ERRATA_FINDING_LABEL_ISSUE,
    ERRATA_FINDING_ANOMALY,
    ERRATA_FINDING_DRIFT,
    ERRATA_FINDING_CHANGE_POINT,
    ERRATA_FINDING_DATA_BUG,
    ERRATA_FINDING_LEAKAGE,
    ERRATA_FINDING_CALIBRATION,
    ERRATA_FINDING_FAIRNESS,
    ERRATA_FINDING_THRESHOLD,
    ERRATA_FINDING_PERFORMANCE,
    ERRATA_FINDING_MODEL_FILE,
} ErrataFindingKind;

typedef enum {
    ERRATA_SEVERITY_INFO,
    ERRATA_SEVERITY_LOW,
    ERRATA_SEVERITY_MEDIUM,
    ERRATA_SEVERITY_HIGH,
    ERRATA_SEVERITY_CRITICAL,
} ErrataSeverity;

typedef enum {
    ERRATA_OP_EQ,
    ERRATA_OP_IN,
    ERRATA_OP_NOT_IN,
    ERRATA_OP_LT,
    ERRATA_OP_LE,
    ERRATA_OP_GT,
    ERRATA_OP_GE,
    ERRATA_OP_BETWEEN, /* closed left, open right */
    ERRATA_OP_IS_MISSING,
    ERRATA_OP_CONTAINS,
} ErrataOp;

/**
 * ErrataPredicate:
 * @column: name
 * @op: the comparison
 * @values: (nullable) (array zero-terminated=1): text operands (EQ one, IN and NOT_IN several,
 *   CONTAINS one)
 * @number: numeric operand, lower end for BETWEEN; also EQ on numbers when @values is %NULL
 * @upper: upper end for BETWEEN
 */
typedef struct {
    char *column;
    ErrataOp op;
    char **values;
    double number;
    double upper;
} ErrataPredicate;

/* pattern.h: a finding followed from report to report */
typedef struct _ErrataPattern ErrataPattern;

/* a cell of a subject's list: fairness groups, causes of a performance change */
typedef struct {
    char *value;
    guint64 n;
    double rate;
} ErrataShare;

/**
 * ErrataSubject:
 *
 * What a finding is about. Only the members that CONTRACT 5 lists for the kind are set; the rest
 * are %NULL, NaN or empty. `at`, `from`, `to` are ns UTC with has_time, else row numbers.
 */
typedef struct {
    GPtrArray *predicates; /* (element-type ErrataPredicate) slice, calibration */
    char *cluster;
    char *column;   /* drift, data-bug, leakage, fairness, label-issue */
    char **columns; /* anomaly */
    char *given;    /* a class: slice, calibration */
    char *suggested;
    char *test;
    double statistic;
    double p;
    double share_of_loss;
    char *series;
    double before;
    double after;
    char *bug; /* unit-change encoding-change constant missing-burst type-change out-of-range
                * duplicate-rows train-serve-skew; besides CONTRACT’s: new-category clock-fault
                * copied-labels … */
    double factor;
    gboolean has_time; /* from and to are set */
    gint64 from;
    gint64 to;
    gint64 at_lo; /* change-point: 95 % interval of from, equal where there is none */
    gint64 at_hi;
    char *
        direction; /* over under mixed; slice: missed false-alarms confused too-high too-low for one
                      * kind of error (of @given, @suggested being said), known for hard ground,
                      * NULL for all errors */
    char *metric;
    GPtrArray *groups; /* (element-type ErrataShare); of a cluster's pattern: its keywords, rates
                        * are their weights */
    double ratio;
    double difference;
    double current;
    double best;
    char *objective;
    double metric_from; /* performance */
    double metric_to;
    GPtrArray *because; /* (element-type ErrataShare) */
    char *file;
    char *problem;
} ErrataSubject;

/**
 * ErrataSuggestion:
 * @action: from CONTRACT's closed list
 * @text: imperative and concrete
 * @cost: (nullable): what it costs elsewhere, in words
 * @metric: (nullable): metric of the gain; %NULL when the gain was not computed
 * @from: the metric now
 * @to: the metric after
 * @lo: lower end of the gain's interval
 * @hi: upper end
 * @method: how the gain was computed; or why it was not
 * @upper_bound: the gain is at most this
 * @by_model: proposed by a language model; text and gain are the program's all the same
 */
typedef struct {
    char *action;
    char *text;
    char *cost;
    char *metric;
    double from;
    double to;
    double lo;
    double hi;
    char *method;
    gboolean upper_bound;
    gboolean by_model;
} ErrataSuggestion;

/**
 * ErrataFinding:
 * @id: `F1` … in rank order, given by errata_case_finish()
 * @kind: its kind
 * @severity: by CONTRACT 5
 * @confirmed: held on rows not searched (otherwise "exploratory")
 * @title: headline in words, no full stop, numbers already formatted
 * @summary: (nullable): small line under the title in the list ("slice · 20,756 rows")
 * @share_of_errors: of all errors, those in its rows; NaN when it has no errors to count
 * @excess_errors: errors beyond what was expected; NaN likewise
 * @share_of_rows: rows it concerns over all rows
 * @metric: (nullable): the metric that would move
 * @delta: by how much if fixed (an upper bound unless a suggestion computes it)
 * @rank: what findings are ordered by within a severity, larger first (share of the headline
 *   metric)
 * @n_rows: rows it concerns; 0 in a report when it concerns the log as a whole
 * @n_next: rows after those that are no part of it and stand next in line in its table, for whoever
 *   finds most of it true; not in a report
 * @row: (array length=n_rows + n_next) (nullable): those rows, best first, for the table
 * @row_score: (array length=n_rows) (nullable): their scores
 * @sample_ids: (array zero-terminated=1) (nullable): ids of the first of those rows, for people;
 *   %NULL where the log has none (row numbers are shown)
 * @evidence: (element-type ErrataEvidence): its numbers, most important first
 * @figure: (nullable): the figure that proves it
 * @examples: (nullable): a few of its rows
 * @undo: (array zero-terminated=1) (nullable): of values written otherwise: a value, then what it
 *   was before, pair by pair; for replays, not written out
 * @notes: (element-type utf8): facts for the writer that are not numbers, as `key=value`
 *   (`decoy=country`, `direction=missed`, `label-noise=weak`)
 * @rationale: (nullable): text, by the writer; @citations the evidence ids it cites
 * @by_model: @rationale is a language model's, and was checked
 * @hypotheses: (element-type utf8): sentences of a language model that suppose a cause; their
 *   figures were checked, what they suppose was not tested. Never part of @rationale
 * @title_by_model: words of @title are a language model's name for a cluster
 * @suggestions: (element-type ErrataSuggestion): what to do, best first
 * @pattern: (transfer none) (nullable): what it is called from report to report, one of the case's
 *   patterns; %NULL where none are kept
 *
 * One thing that is wrong. Evidence keys the built-in writer looks for, by kind:
 *
 * - slice: `rate_in`, `rate_out`, `ratio`, `expected` (rate the model's confidence predicts),
 *   `share_rows`, `share_errors`, `excess`, `parent` (one per parent; @text is the parent's
 *   description), `blame` (one per condition; @text is the condition), `fn_share`, `fp_share`,
 *   `confidence_in`, `confidence_out`, `n_judged` (rows with labels, where some have none)
 * - drift: `distance` (Jensen–Shannon), `wasserstein`, `ks`, `psi`, `missing_from`, `missing_to`,
 *   `mean_from`, `mean_to`, `new_values`, `share_of_loss`
 * - label-issue: `n_suspects`, `expected_suspects`, `share`, `share_listed`, `largest_cell`,
 * `metric_from`, `metric_to`
 * - calibration: `ece`, `ece_expected`, `mean_score`, `mean_rate`, `worst_bin`, `log_loss_from`,
 * `log_loss_to`
 * - threshold: `current`, `best`, `cost_from`, `cost_to`
 * - leakage: `strength` (AUC or R² of the column alone), `strength_model`, `strength_next` (@text
 * is
 *   the column), `agreement`, `filled_share`, `rate_against` (the model's errors where the column
 *   contradicts the label), `n_rows`
 * - data-bug: `n_rows`, `share_rows`, `value` (text), `reference_lo`, `reference_hi`, `factor`,
 *   `rate_in`, `rate_out`
 */
typedef struct {
    char *id;
    ErrataFindingKind kind;
    ErrataSeverity severity;
    gboolean confirmed;
    char *title;
    char *summary;
    ErrataSubject subject;
    double share_of_errors;
    double excess_errors;
    double share_of_rows;
    char *metric;
    double delta;
    double rank;
    gsize n_rows;
    gsize n_next;
    guint32 *row;
    double *row_score;
    char **sample_ids;
    GPtrArray *evidence;
    ErrataFigure *figure;
    ErrataTable *examples;
    char **undo;
    GPtrArray *notes;
    char *rationale;
    gboolean by_model;
    GPtrArray *hypotheses;
    gboolean title_by_model;
    GPtrArray *citations;
    GPtrArray *suggestions;
    const ErrataPattern *pattern;
} ErrataFinding;

ErrataFinding *errata_finding_new(ErrataFindingKind kind, const char *title);
void errata_finding_free(ErrataFinding *self);
/* takes @evidence and returns it for more to be set */
ErrataEvidence *errata_finding_add(ErrataFinding *self, ErrataEvidence *evidence);
const ErrataEvidence *errata_finding_evidence(const ErrataFinding *self, const char *key);
const char *errata_finding_note(const ErrataFinding *self, const char *key);
ErrataSuggestion *errata_finding_suggest(ErrataFinding *self, const char *action, const char *text);
/* adds what another finding suggests, with its gain */
ErrataSuggestion *errata_finding_copy_suggestion(ErrataFinding *self, const ErrataSuggestion *from);
/* lets what this tells be a matter of what @source tells: severity low at most, its remedy the
 * other's first; @part of it is, as @what says */
ErrataEvidence *errata_finding_point(ErrataFinding *self,
                                     const ErrataFinding *source,
                                     const char *what,
                                     double part);
double errata_suggestion_size(const ErrataSuggestion *self);
gboolean errata_suggestion_leaves(const ErrataSuggestion *self);
/* severity of a finding that has errors to count: CONTRACT 5; @share of all errors, @points of the
 * headline metric to gain as a proportion */
ErrataSeverity errata_severity_from_impact(double share, double points);
gboolean errata_finding_is_held_out(const ErrataFinding *self);
const char *errata_finding_kind_nick(ErrataFindingKind kind);
const char *errata_finding_kind_say(ErrataFindingKind kind);
gboolean errata_finding_kind_parse(const char *nick, ErrataFindingKind *ret_kind);
const char *errata_severity_nick(ErrataSeverity severity);
gboolean errata_severity_parse(const char *nick, ErrataSeverity *ret_severity);
const char *errata_op_nick(ErrataOp op);
gboolean errata_op_parse(const char *nick, ErrataOp *ret_op);
ErrataPredicate *errata_predicate_new(const char *column, ErrataOp op);
ErrataPredicate *errata_predicate_copy(const ErrataPredicate *self);
void errata_predicate_free(ErrataPredicate *self);
/* in words: "entry_mode is ent_b", "amount_eur ≥ 74", "issuer is i_1 or i_2", "age is missing" */
char *errata_predicate_describe(const ErrataPredicate *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataFinding, errata_finding_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataPredicate, errata_predicate_free)

G_END_DECLS
