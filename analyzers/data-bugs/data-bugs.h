/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "fault-group.h"
#include "unit-factor.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_data_bugs;

/**
 * ErrataDataBug:
 * @bug: as in the report's `subject.bug`
 * @column: the column, or −1 when it concerns whole rows
 * @title: headline in words
 * @row: (element-type guint32): the rows it concerns, in row order; empty when they cannot be told
 * @n_rows: rows it concerns
 * @p: that chance alone does this; 0 when chance cannot
 * @test: (nullable): how @p was computed
 * @small: below the practical threshold: shown as `info` only
 * @harmless: no defect by itself (a constant column): `info`, and not tested
 * @has_window: the rows lie between @from and @to
 * @from: position of the first row in time order
 * @to: position after the last row
 * @value: (nullable): the value that tells it (`-999`, `mcc_b`)
 * @lo: smallest value of the reference, or NaN
 * @hi: largest value of the reference, or NaN
 * @before: the share before or elsewhere, NaN when there is none
 * @after: the share in the window or now
 * @expected: labels that were expected to contradict the prediction, or NaN
 * @contradict: … and that do
 * @factor: what the values came multiplied by, or NaN
 * @offset: what was added to them then, or NaN
 * @factor_lo: lower end of the interval in which the factor was measured, or NaN
 * @factor_hi: upper end
 * @same_inputs: the rows repeat the inputs of others too, with another output
 * @mixed: (nullable): what the rows hold, “words” in a column of numbers that is read as words for
 *   them, or “numbers” in one of words
 * @grew: a factor that no unit has fits far better: dropped once columns were compared crosswise
 * @unsure: another cause would look the same: severity medium at most
 * @open: a factor that no unit has: what the column measures may have been that much more, or less
 * @set_aside: its rows are left out by searches
 * @action: what to do, imperative
 * @undo: (element-type utf8) (nullable): a value as written now, then as before, pair by pair
 * @group: the group of its window whose rows it befalls, where it is one's
 * @turned_label: slope of the labels' rates by the other columns, against that elsewhere, or NaN
 * @turned_output: likewise of the predictions'
 * @n_exchanged: values that stand for others of the same column, 0 where they do not
 *
 * A candidate finding, before the family's correction.
 */
typedef struct {
    const char *bug;
    int column;
    char *title;
    GArray *row;
    gsize n_rows;
    double p;
    const char *test;
    gboolean small;
    gboolean spelled; /* what is missing is spelled out: no fault of its own weight */
    gboolean harmless;
    gboolean has_window;
    gsize from;
    gsize to;
    char *value;
    double lo;
    double hi;
    double before;
    double after;
    double expected;
    double contradict;
    double factor;
    double offset;
    double factor_lo;
    double factor_hi;
    gboolean same_inputs;
    const char *mixed;
    gboolean grew;
    gboolean unsure;
    gboolean open;
    gboolean set_aside;
    char *action;
    GPtrArray *undo;
    ErrataFaultGroup group;
    double turned_label;
    double turned_output;
    guint n_exchanged;
} ErrataDataBug;

/* whether a row is one of a candidate's */
typedef gboolean (*ErrataDataBugRowFunc)(gconstpointer data, guint32 row);

/**
 * ErrataDataBugs:
 * @analysis: what is read
 * @bugs: (element-type ErrataDataBug): what was found so far
 * @n_tried: tests made so far, for the correction
 * @copy: (nullable): 1 for rows that are copies of an earlier one, where there are more than chance
 *   explains: they are no further rows of anything
 * @is_repeated: there are more equal rows than chance explains, and they are no copies: inputs that
 *   were observed again
 * @told: (element-type ErrataDataBug) (nullable): what was found before by checks of whole columns
 */
typedef struct {
    ErrataAnalysis *analysis;
    GPtrArray *bugs;
    guint64 n_tried;
    const guint8 *copy;
    gboolean is_repeated;
    const GPtrArray *told;
} ErrataDataBugs;

/**
 * ErrataDataBugsRows:
 * @order: (array length=n_rows): rows in time order
 * @n_rows: how many
 * @place: (array length=n_rows) (nullable): the place of each among all rows; %NULL: these are all
 * @bin: (nullable): the category whose rows they are
 * @code: its value
 *
 * Rows among which a column is looked at by itself: all, or those of one sender.
 */
typedef struct {
    const guint32 *order;
    gsize n_rows;
    const gsize *place;
    const ErrataBinColumn *bin;
    guint code;
} ErrataDataBugsRows;

/**
 * ErrataDataBugsTurned:
 * @ERRATA_DATA_BUGS_TURNED_NONE: neither: a fault of a column, or values that moved, explain the
 *   window
 * @ERRATA_DATA_BUGS_TURNED_EITHER: labels or predictions, the log does not tell which
 * @ERRATA_DATA_BUGS_TURNED_LABELS: labels go with the columns the other way round, predictions as
 *   elsewhere
 * @ERRATA_DATA_BUGS_TURNED_OUTPUTS: predictions do, labels as elsewhere
 */
typedef enum {
    ERRATA_DATA_BUGS_TURNED_NONE,
    ERRATA_DATA_BUGS_TURNED_EITHER,
    ERRATA_DATA_BUGS_TURNED_LABELS,
    ERRATA_DATA_BUGS_TURNED_OUTPUTS,
} ErrataDataBugsTurned;

ErrataDataBug *errata_data_bugs_add(ErrataDataBugs *self, const char *bug, int column);
/* gives a candidate its window, and those of its rows, by place in time order, for which @has
 * holds; %NULL: all */
void errata_data_bugs_window(const ErrataDataBugs *self,
                             ErrataDataBug *bug,
                             gsize from,
                             gsize to,
                             ErrataDataBugRowFunc has,
                             gconstpointer data);
/* @has of the rows where a column has a value; @data: the column */
gboolean errata_data_bugs_is_there(gconstpointer data, guint32 row);
/* takes the candidate of that place back; a column that it kept out of searches is in them again */
void errata_data_bugs_forget(ErrataDataBugs *self, guint index);
void errata_data_bugs_undo(ErrataDataBug *bug, const char *value, const char *was);
/* whether the model or the searches read the column: feature, group, text, score, prediction */
gboolean errata_data_bugs_reads(const ErrataDataBugs *self, guint column);
gboolean errata_data_bugs_counts(const ErrataDataBugs *self, guint column);
/* the column as it was read, codes for “no value” still in it */
const ErrataColumn *errata_data_bugs_raw(const ErrataDataBugs *self, guint column);
/* (transfer full): 1 for copies, and the rows of the column's earlier candidates that have a
 * window */
guint8 *errata_data_bugs_claimed(const ErrataDataBugs *self, guint column);
/* rows that concern enough to be more than `info`: 0.1 % of the rows, at least 5 */
gsize errata_data_bugs_enough(gsize n_rows);
double errata_data_bugs_apart(const ErrataDataBugs *self, const double *now, const double *then);
/* (transfer full): letters and digits only, without case and accents */
char *errata_data_bugs_plain(const char *text);
/* a count with separators of thousands */
char *errata_data_bugs_count(guint64 count);

/* data-bugs-missing.c, -values.c, -units.c, -cycle.c, -wander.c, -skew.c, -categories.c,
 * -recoded.c, -garbled.c, -frozen.c, -spelling.c, -misspelt.c, -permuted.c, -duplicates.c,
 * -replayed.c, -clock.c, -gap.c, -percent.c, -residual.c, -score.c, -copied.c, -crossed.c, -part.c:
 * the checks */
void errata_data_bugs_missing(ErrataDataBugs *self, guint column);
void errata_data_bugs_constant(ErrataDataBugs *self, guint column);
void errata_data_bugs_range(ErrataDataBugs *self, guint column);
void errata_data_bugs_types(ErrataDataBugs *self, guint column);
gboolean errata_data_bugs_skew(ErrataDataBugs *self, guint column);
void errata_data_bugs_units(ErrataDataBugs *self, guint column);
void errata_data_bugs_units_groups(ErrataDataBugs *self, guint column);
void errata_data_bugs_units_among(ErrataDataBugs *self,
                                  guint column,
                                  const ErrataDataBugsRows *rows);
gboolean errata_data_bugs_wander(ErrataDataBugs *self,
                                 guint column,
                                 const ErrataDataBugsRows *rows);
gboolean errata_data_bugs_wander_on(ErrataDataBugs *self,
                                    guint column,
                                    const ErrataDataBugsRows *rows);
gboolean errata_data_bugs_cycle(ErrataDataBugs *self,
                                guint column,
                                const ErrataDataBugsRows *rows,
                                gboolean *ret_weekly);

/* data-bugs-unit-told.c: a window of some rows that came in another unit, or by what no unit has; p
 * and test are the caller's */
ErrataDataBug *errata_data_bugs_add_unit(ErrataDataBugs *self,
                                         guint index,
                                         const ErrataDataBugsRows *rows,
                                         gsize from,
                                         gsize to,
                                         const ErrataUnitFactor *factor);
ErrataDataBug *errata_data_bugs_add_scaled(ErrataDataBugs *self,
                                           guint index,
                                           const ErrataDataBugsRows *rows,
                                           gsize from,
                                           gsize to,
                                           double scale,
                                           const ErrataUnitMeasure *measured);
/* tells it anew: as the unit or as what the column measures, which goes on to the end of the log */
void errata_data_bugs_doubt_unit(const ErrataDataBugs *self,
                                 ErrataDataBug *bug,
                                 const ErrataUnitFactor *factor,
                                 const ErrataUnitMeasure *measured);
/* likewise, of a group's rows in the whole log: as the unit, or the group is so; @measured is %NULL
 * where no factor was */
void errata_data_bugs_doubt_group(const ErrataDataBugs *self,
                                  ErrataDataBug *bug,
                                  const ErrataUnitFactor *factor,
                                  const ErrataUnitMeasure *measured);
/* likewise: as the unit, or as @other, which fits about as well */
void errata_data_bugs_waver(const ErrataDataBugs *self,
                            ErrataDataBug *bug,
                            const ErrataUnitFactor *factor,
                            const ErrataUnitFactor *other);
void errata_data_bugs_categories(ErrataDataBugs *self, guint column);
gboolean errata_data_bugs_recoded(ErrataDataBugs *self, guint column);
gboolean errata_data_bugs_misspelt(ErrataDataBugs *self, guint column);
gboolean errata_data_bugs_garbled(ErrataDataBugs *self, guint column);
void errata_data_bugs_frozen(ErrataDataBugs *self, guint column);
void errata_data_bugs_spelling(ErrataDataBugs *self, guint column);
void errata_data_bugs_blanks(ErrataDataBugs *self, guint column);
void errata_data_bugs_permuted(ErrataDataBugs *self);
void errata_data_bugs_duplicates(ErrataDataBugs *self);
void errata_data_bugs_replayed(ErrataDataBugs *self);
/* of the repeated ids: later rows and the first of each */
void errata_data_bugs_versions(ErrataDataBugs *self, const GArray *rows, const GArray *firsts);
void errata_data_bugs_clock(ErrataDataBugs *self);
void errata_data_bugs_clock_days(ErrataDataBugs *self, guint8 *bad);
void errata_data_bugs_percent(ErrataDataBugs *self);
void errata_data_bugs_score(ErrataDataBugs *self);
void errata_data_bugs_residual(ErrataDataBugs *self);
void errata_data_bugs_copied(ErrataDataBugs *self);
void errata_data_bugs_crossed(ErrataDataBugs *self);
void errata_data_bugs_part(ErrataDataBugs *self);
void errata_data_bugs_gap(ErrataDataBugs *self);
void errata_data_bugs_infinite(ErrataDataBugs *self, guint column);

/* data-bugs-turned.c: which of labels and predictions is the other way round in a window */
ErrataDataBugsTurned errata_data_bugs_turned(const ErrataDataBugs *self,
                                             gsize from,
                                             gsize to,
                                             double *ret_label,
                                             double *ret_output);

/* data-bugs-fold.c: one fault is told once, and when it was */
void errata_data_bugs_fold(ErrataDataBugs *self);

/* data-bugs-report.c */
/* (transfer full): when, @from and @to as those of a candidate: errata_fault_window_say() */
char *errata_data_bugs_when(const ErrataDataBugs *self, gsize from, gsize to);
ErrataFinding *errata_data_bugs_report(const ErrataDataBugs *self,
                                       const ErrataDataBug *bug,
                                       double q);

G_END_DECLS
