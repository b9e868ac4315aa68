/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "changepoint.h"
#include "fault-rows.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_change_points;

#define ERRATA_CHANGE_BLOCKS 400 /* METHODS 4 */
#define ERRATA_CHANGE_SAMPLE 400 /* rows of a block that columns are read from */
#define ERRATA_CHANGE_CELLS  168 /* hour of the week */

typedef enum {
    ERRATA_CHANGE_ERROR,
    ERRATA_CHANGE_SCORE,
    ERRATA_CHANGE_VOLUME,
    ERRATA_CHANGE_MISSING,
    ERRATA_CHANGE_MEAN,
    ERRATA_CHANGE_SPREAD,
    ERRATA_CHANGE_SHARE,
} ErrataChangeKind;

/**
 * ErrataChangeScale:
 * @n: number of edges
 * @edge: (array length=n): increasing
 * @score: (array length=n + 1): mean normal score of the values between two edges
 * @lo: 0.5 % quantile; @hi 99.5 % quantile
 *
 * From the values of a column to normal scores.
 */
typedef struct {
    guint n;
    double *edge;
    double *score;
    double lo;
    double hi;
} ErrataChangeScale;

/**
 * ErrataChangeSeries:
 * @kind: what is watched
 * @name: as CONTRACT has it: `error_rate`, `mean:amount`, `share:issuer=iss_a`
 * @column: the column's name, %NULL for the first three kinds
 * @from: (nullable): the column
 * @code: SHARE: the category's or the class's code
 * @is_label: SHARE of a class of the label
 * @aside: (nullable): 1 for rows that have no part in it: those of faults of the column
 * @of_score: SPREAD of the model's scores, which has a scale of its own
 * @with_faults: whether rows of faults have a part in it, of a series of the model
 * @uncut: whether its values are told as they are, and not cut at far quantiles
 * @scale: (nullable): MEAN and SPREAD
 * @season: (nullable): what the hour and the weekday add, by hour of the week
 * @n: number of blocks; 0: too few have values
 * @block: (array length=n): mean of each block, the season taken out
 * @spread: standard deviation of one row's value
 * @change: the lasting changes; @n_changes of them
 * @q: (array length=n_changes): their p after the family's correction
 * @matters: (array length=n_changes): beyond the practical threshold
 *
 * One quantity in time order.
 */
typedef struct {
    ErrataChangeKind kind;
    char *name;
    const char *column;
    const ErrataColumn *from;
    guint code;
    gboolean is_label;
    const guint8 *aside;
    gboolean of_score;
    gboolean with_faults;
    gboolean uncut;
    ErrataChangeScale *scale;
    double *season;
    guint n;
    double *block;
    double spread;
    ErrataChange change[ERRATA_CHANGEPOINT_MOST];
    guint n_changes;
    double q[ERRATA_CHANGEPOINT_MOST];
    gboolean matters[ERRATA_CHANGEPOINT_MOST];
} ErrataChangeSeries;

/* neighbours in the sample, from @begin to @end, of one block and one hour of the week */
typedef struct {
    gsize begin;
    gsize end;
    guint block;
    guint cell;
} ErrataChangeRun;

/* @n values of one block and one hour of the week */
typedef struct {
    double sum;
    double n;
    guint block;
    guint cell;
} ErrataChangeCell;

/**
 * ErrataChangeLog:
 * @analysis: the log
 * @faults: why rows are set aside
 * @row: (array length=n_rows): rows in time order without copies, those of faults of whole rows and
 *   those of no time
 * @n_blocks: blocks of equally many of them
 * @sample: (array length=n_sample): rows that columns are read from, in the same order
 * @run: (element-type ErrataChangeRun): the sample cut where the block changes and, where seasons
 *   are taken out, the hour
 * @seasonal: it covers days enough for the hour of the day
 * @weekly: and weeks enough for the weekday
 * @takes_hour: the hours of the day are taken out
 * @takes_day: weekdays are taken out
 * @series: (element-type ErrataChangeSeries): all series, in the order of the columns
 * @bin: VOLUME: ns of a bin; @bin_from where the first begins
 *
 * What the search for changes reads.
 */
typedef struct {
    ErrataAnalysis *analysis;
    ErrataFaultRows *faults;
    guint32 *row;
    gsize n_rows;
    guint n_blocks;
    guint32 *sample;
    GArray *run;
    gsize n_sample;
    gboolean seasonal;
    gboolean weekly;
    gboolean takes_hour;
    gboolean takes_day;
    GPtrArray *series;
    gint64 bin;
    gint64 bin_from;
} ErrataChangeLog;

/**
 * ErrataChangeGroup:
 * @member: (element-type ErrataChangeSeries): the series that change together, the first names it
 * @index: (element-type guint): which of their changes
 * @begin: place in the log's rows of the first row after the change began
 * @end: of the first row that is wholly as after; equal to @begin when abrupt
 * @from: place of the first row since the change before
 * @to: of the first row of the change after
 * @is_volume: of the volume, dated by a bin rather than by a row
 * @begin_time: ns, or the row's number where there is no time
 * @end_time: likewise
 * @lo: place of the earliest row that the change, when abrupt, may have begun with; @hi the latest
 * @lo_time: ns, or the row's number where there is no time; @hi_time likewise
 * @has_back: the next change of the series that names the group undoes it; @back_time: when
 * @back_of: number of the change that it undoes, from 1; 0: of none
 * @errors_from: where that begins to be compared: errors of before a passing change count, too
 * @errors_apart: the errors changed at a moment of their own while this slow change went on
 *
 * One moment at which something changed.
 */
typedef struct {
    GPtrArray *member;
    GArray *index;
    gsize begin;
    gsize end;
    gsize from;
    gsize to;
    gboolean is_volume;
    gint64 begin_time;
    gint64 end_time;
    gsize lo;
    gsize hi;
    gint64 lo_time;
    gint64 hi_time;
    gboolean has_back;
    gint64 back_time;
    guint back_of;
    gsize errors_from;
    gboolean errors_apart;
} ErrataChangeGroup;

/**
 * ErrataChangeStretch:
 * @n: values
 * @weight: what they count for; @effective as how many of one weight they are (Kish)
 * @mean: of the values
 * @sd: their standard deviation
 * @inflation: of the mean's variance, as rows follow each other; of errors only
 * @cut: extremes are cut
 *
 * A series over a stretch of rows.
 */
typedef struct {
    double n;
    double weight;
    double effective;
    double mean;
    double sd;
    double inflation;
    gboolean cut;
} ErrataChangeStretch;

ErrataChangeLog *errata_change_log_new(ErrataAnalysis *analysis);
void errata_change_log_free(ErrataChangeLog *self);
double errata_change_value(const ErrataChangeLog *log,
                           const ErrataChangeSeries *series,
                           guint32 row,
                           gboolean raw);
double errata_change_entity_z(const ErrataChangeLog *log,
                              const ErrataChangeSeries *series,
                              guint index,
                              guint from,
                              guint to);
guint8 errata_change_cell(gint64 time);
guint8 errata_change_row_cell(const ErrataChangeLog *log, guint32 row);
void errata_change_volume(ErrataChangeLog *log);
double errata_change_per_day(const ErrataChangeLog *log, gsize begin, gsize end);
void errata_change_date(const ErrataChangeLog *log,
                        ErrataChangeGroup *group,
                        double *const *block,
                        const guint *member,
                        guint n_members,
                        guint at,
                        guint reach);
double errata_change_others(const ErrataChangeSeries *series, guint but, guint b);
double *errata_change_member_blocks(const ErrataChangeSeries *series, guint but);
double errata_change_unsure(const ErrataChange *change, guint n);
gboolean errata_change_is_near(const ErrataChangeLog *log,
                               const ErrataChange *seed,
                               const ErrataChangeSeries *series,
                               guint index);
gboolean errata_change_is_of_errors(const ErrataChangeGroup *group);
gsize errata_change_least(const ErrataChangeLog *log);
gboolean errata_change_moves(const ErrataFinding *change, const char *column);
gboolean errata_change_is_now(const ErrataAnalysis *analysis, const ErrataFinding *change);
gboolean errata_change_goes_on(const ErrataAnalysis *analysis, const ErrataFinding *change);
void errata_change_tell_now(const ErrataChangeLog *log, const GPtrArray *groups);
void errata_change_part_errors(const GPtrArray *groups);
gsize errata_change_span(const double *support,
                         gsize n,
                         const gboolean *may,
                         gsize *ret_lo,
                         gsize *ret_hi);
double *errata_change_season(const double *sum, const double *count, gboolean weekly);
double *errata_change_season_fit(const ErrataChangeCell *cell,
                                 gsize n,
                                 guint n_blocks,
                                 double spread,
                                 gboolean weekly);

ErrataChangeStretch errata_change_measure(const ErrataChangeLog *log,
                                          const ErrataChangeSeries *series,
                                          gsize begin,
                                          gsize end);
gboolean errata_change_agrees(const ErrataChangeLog *log,
                              const ErrataChangeSeries *series,
                              const ErrataChangeGroup *group,
                              double rise);
gboolean errata_change_keep_seen(const ErrataChangeLog *log, ErrataChangeGroup *group);
ErrataFinding *errata_change_report(const ErrataChangeLog *log,
                                    ErrataChangeGroup *group,
                                    guint number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataChangeLog, errata_change_log_free)

G_END_DECLS
