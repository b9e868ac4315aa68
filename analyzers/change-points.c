/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When something changed for good: METHODS 4. Series by blocks of rows are searched for lasting
 * changes, all tests together held at the run's alpha; changes of several series at one moment are
 * one finding, dated together on rows. */
#include "change-points.h"

#include <math.h>
#include <string.h>

#include "tests.h"

#define CHANGE_LEAST   300u /* rows of a log: with fewer, too much noise is taken for a change */
#define CHANGE_TREND   0.8  /* of the log: a longer ramp is a trend without a moment */
#define CHANGE_BACK    0.5  /* of a change: what the next may leave of it */
#define CHANGE_STRETCH 10   /* rows on either side of a change */
#define CHANGE_DATED   12   /* series that a date is read from; those that wander only if all do */

/* what may be a season: CHANGE_SHARP of a change within 1 / CHANGE_SHARP_PART of the log is none of
 * a day's course; weekends begin and end within CHANGE_HOURS of midnight */
#define CHANGE_SHARP      0.6
#define CHANGE_SHARP_PART 25
#define CHANGE_DAY        G_GINT64_CONSTANT(86400000000000)
#define CHANGE_HOURS      (CHANGE_DAY / 3)
#define CHANGE_WORK       4   /* blocks of working days on either side that tell that it is none */
#define CHANGE_WORK_PART  0.5 /* of the change, that they must show */

/* practical thresholds */
#define CHANGE_ERROR  0.01 /* points, and a tenth of the level */
#define CHANGE_LEVEL  0.1
#define CHANGE_SCORE  0.02
#define CHANGE_SHARE  0.02
#define CHANGE_TRIM   0.02 /* of the rows at either end, as blocks are searched */
#define CHANGE_MEAN   0.1  /* standard deviations */
#define CHANGE_SPREAD 0.08
#define CHANGE_VOLUME 0.223 /* log 1.25 */

static gboolean
change_matters(const ErrataChangeLog *log, const ErrataChangeSeries *series, double size)
{
    gboolean regression = log->analysis->outcome->task == ERRATA_TASK_REGRESSION;
    double level = 0.0;

    size = fabs(size);
    switch (series->kind) {
    case ERRATA_CHANGE_ERROR:
        for (guint b = 0; b < series->n; b++)
            level += series->block[b] / series->n;
        return size >= CHANGE_LEVEL * level && (regression || size >= CHANGE_ERROR);
    case ERRATA_CHANGE_SCORE:
        return regression ? size >= CHANGE_MEAN * series->spread : size >= CHANGE_SCORE;
    case ERRATA_CHANGE_MISSING:
    case ERRATA_CHANGE_SHARE:
        return size >= CHANGE_SHARE;
    case ERRATA_CHANGE_MEAN:
        return size >= CHANGE_MEAN;
    case ERRATA_CHANGE_SPREAD:
        return size >= CHANGE_SPREAD;
    case ERRATA_CHANGE_VOLUME:
        return size >= CHANGE_VOLUME;
    }
    return FALSE;
}

static gint64
change_block_time(const ErrataChangeLog *log, const ErrataChangeSeries *series, guint block)
{
    if (series->kind == ERRATA_CHANGE_VOLUME)
        return log->bin_from + block * log->bin;
    return log->analysis->outcome
        ->time[log->row[MIN(log->n_rows * block / log->n_blocks, log->n_rows - 1)]];
}

/* from the change before to the one behind, in blocks */
static void
change_reach(const ErrataChangeSeries *series, guint index, guint *ret_from, guint *ret_to)
{
    const ErrataChange *change = &series->change[index];

    *ret_from = 0;
    *ret_to = series->n;
    for (guint c = 0; c < series->n_changes; c++) {
        if (c != index && series->change[c].end <= change->begin)
            *ret_from = MAX(*ret_from, series->change[c].end);
        if (c != index && series->change[c].begin >= change->end)
            *ret_to = MIN(*ret_to, series->change[c].begin);
    }
}

/* whether most of the change happens at once, as no course of a day does */
static gboolean
change_is_sharp(const ErrataChangeSeries *series, guint index)
{
    const ErrataChange *change = &series->change[index];
    g_autofree double *block = errata_change_member_blocks(series, index);
    guint reach = MIN(MIN(MAX(series->n / CHANGE_SHARP_PART, 4), change->begin),
                      series->n - change->begin);
    double jump = 0.0;

    for (guint i = 0; i < reach; i++)
        jump += (block[change->begin + i] - block[change->begin - 1 - i]) / reach;
    jump -= copysign(2.0 * sqrt(2.0 / reach), change->size);
    return change->begin == change->end && reach > 0 &&
           jump * change->noise / change->size >= CHANGE_SHARP;
}

/* whether the levels on either side differ among blocks of working days alone, by half of the
 * change at least: no weekend does that. Days are told as UTC has them, so blocks within
 * CHANGE_HOURS of a weekend count to it */
static gboolean
change_is_of_work(const ErrataChangeLog *log, const ErrataChangeSeries *series, guint index)
{
    const ErrataChange *change = &series->change[index];
    double level[2] = {0.0, 0.0}, n[2] = {0.0, 0.0};
    guint from, to;

    change_reach(series, index, &from, &to);
    for (guint b = from; b < to; b++) {
        gint64 time = change_block_time(log, series, b);
        gint64 before = (time - CHANGE_HOURS) / CHANGE_DAY % 7;
        gint64 after = (time + CHANGE_HOURS) / CHANGE_DAY % 7;
        guint side = b < change->begin ? 0 : 1;

        if ((b >= change->begin && b < change->end) || before == 2 || before == 3 || after == 2 ||
            after == 3) /* 1970 began on a Thursday */
            continue;
        level[side] += series->block[b];
        n[side] += 1.0;
    }
    return n[0] >= CHANGE_WORK && n[1] >= CHANGE_WORK &&
           (level[1] / n[1] - level[0] / n[0]) / change->size >= CHANGE_WORK_PART;
}

/* in a log of under two weeks a weekend, in one of under two days the hour of the day, looks like a
 * change: what may be either is not told */
static gboolean
change_may_be_season(const ErrataChangeLog *log, const ErrataChangeSeries *series, guint index)
{
    const gint64 *time = log->analysis->outcome->time;
    const ErrataChange *change = &series->change[index];
    gint64 hours = (series->kind == ERRATA_CHANGE_SPREAD ? 2 : 1) * CHANGE_HOURS; /* less precise */
    guint slack;
    gint64 from, to;

    if (time == NULL || log->weekly)
        return FALSE;
    if (!log->seasonal && !change_is_sharp(series, index) &&
        time[log->row[log->n_rows - 1]] - time[log->row[0]] > CHANGE_HOURS)
        return TRUE;
    if (change_block_time(log, series, change->end) -
            change_block_time(log, series, change->begin) >
        CHANGE_DAY)
        return FALSE;
    slack = (guint)ceil(errata_change_unsure(change, series->n));
    from = change_block_time(log, series, change->begin - MIN(slack, change->begin));
    to = change_block_time(log, series, MIN(change->end + slack, series->n));
    if (change_is_of_work(log, series, index))
        return FALSE;
    for (gint64 day = (from - hours) / CHANGE_DAY; day <= (to + hours) / CHANGE_DAY; day++)
        if (day * CHANGE_DAY >= from - hours && (day % 7 == 2 || day % 7 == 4))
            return TRUE; /* 1970 began on a Thursday: these are Saturdays and Mondays */
    return FALSE;
}

/* the levels up to the changes before and behind, and how many blocks each is read from; FALSE:
 * there are none on one side */
static gboolean
change_levels(const ErrataChangeSeries *series, guint index, double level[2], double n[2])
{
    const ErrataChange *change = &series->change[index];
    guint from, to;

    level[0] = level[1] = 0.0;
    change_reach(series, index, &from, &to);
    n[0] = (double)change->begin - (double)from;
    n[1] = (double)to - (double)change->end;
    if (!(n[0] > 0.0) || !(n[1] > 0.0))
        return FALSE;
    for (guint b = from; b < change->begin; b++)
        level[0] += series->block[b] / n[0];
    for (guint b = change->end; b < to; b++)
        level[1] += series->block[b] / n[1];
    return TRUE;
}

static double
change_surprise(double count, double expected)
{
    return count > 0.0 ? count * log(count / expected) : 0.0;
}

/* by how many standard errors of single rows the levels differ; of shares by the likelihood ratio
 * of their counts, whose tails are longer than the normal's where few rows have the value */
static double
change_z(const ErrataChangeLog *log,
         const ErrataChangeSeries *series,
         const double level[2],
         const double n[2])
{
    double m = (double)MIN(log->n_rows / log->n_blocks, (gsize)ERRATA_CHANGE_SAMPLE);
    double all = CLAMP((n[0] * level[0] + n[1] * level[1]) / (n[0] + n[1]), 0.0, 1.0);
    double surprise = 0.0;

    if (series->kind != ERRATA_CHANGE_SHARE && series->kind != ERRATA_CHANGE_MISSING)
        return fabs(level[1] - level[0]) / (series->spread * sqrt((1.0 / n[0] + 1.0 / n[1]) / m));
    for (guint side = 0; side < 2; side++) {
        double share = CLAMP(level[side], 0.0, 1.0);

        surprise += n[side] * m *
                    (change_surprise(share, all) + change_surprise(1.0 - share, 1.0 - all));
    }
    return sqrt(2.0 * fmax(surprise, 0.0));
}

/* whether the change of the same series next to this one, on either side, undoes it */
static gboolean
change_is_window(const ErrataChangeSeries *series, guint index)
{
    const ErrataChange *change = &series->change[index];
    guint from, to;

    change_reach(series, index, &from, &to);
    for (guint c = 0; c < series->n_changes; c++) {
        const ErrataChange *other = &series->change[c];

        if (c != index && (other->end == from || other->begin == to) &&
            fabs(change->size + other->size) <=
                CHANGE_BACK * MIN(fabs(change->size), fabs(other->size)))
            return TRUE;
    }
    return FALSE;
}

/* p of a change. What is there for a while only has been searched for with both its ends. The noise
 * of few blocks of few rows is read from what three fitted changes leave, which is too little of
 * it: the levels have to differ beyond the spread of single rows as well */
static double
change_p(const ErrataChangeLog *log, const ErrataChangeSeries *series, guint index)
{
    const ErrataChange *change = &series->change[index];
    gboolean window = change_is_window(series, index);
    double p = change->p;
    double level[2], n[2], z;

    if (window && !(change->wander > 0.0))
        p = fmax(p, errata_changepoint_window_p(change->statistic, CHANGE_TRIM, series->n));
    if (series->kind == ERRATA_CHANGE_VOLUME || !(series->spread > 0.0))
        return p;
    if (!change_levels(series, index, level, n))
        return 1.0;
    z = change_z(log, series, level, n);
    return fmax(p,
                window ? errata_changepoint_window_p(z, CHANGE_TRIM, series->n)
                       : errata_changepoint_cusum_p(z, CHANGE_TRIM));
}

/* … where rows belong together: a few customers, one after another, look like a time at which much
 * is as it is with them. The levels have to differ beyond what so many customers let expect */
static double
change_p_of_entities(const ErrataChangeLog *log, const ErrataChangeSeries *series, guint index)
{
    guint from, to;
    double z;

    change_reach(series, index, &from, &to);
    z = errata_change_entity_z(log, series, index, from, to);
    return z < (double)INFINITY ? errata_changepoint_cusum_p(z, CHANGE_TRIM) : 0.0;
}

static void
change_test_all(ErrataChangeLog *log)
{
    guint n = log->series->len;
    g_autofree double *p = g_new(double, (gsize)n *ERRATA_CHANGEPOINT_MOST + 1);
    g_autofree double *q = g_new(double, (gsize)n *ERRATA_CHANGEPOINT_MOST + 1);
    gsize tried = 0, found = 0;

    for (guint s = 0; s < n; s++) {
        ErrataChangeSeries *series = g_ptr_array_index(log->series, s);

        series->n_changes = errata_changepoint_find(series->block,
                                                    series->n,
                                                    log->analysis->settings->alpha,
                                                    series->change);
        tried += series->n > 0 ? MAX(series->n_changes, 1) : 0;
        for (guint c = 0; c < series->n_changes; c++)
            p[found++] = series->change[c].p = fmax(change_p(log, series, c),
                                                    change_p_of_entities(log, series, c));
    }
    errata_tests_benjamini_hochberg(p, found, MAX(tried, 1), q);
    found = 0;
    for (guint s = 0; s < n; s++) {
        ErrataChangeSeries *series = g_ptr_array_index(log->series, s);

        for (guint c = 0; c < series->n_changes; c++) {
            series->q[c] = q[found++];
            series->matters[c] = series->q[c] < log->analysis->settings->alpha &&
                                 change_matters(log, series, series->change[c].size) &&
                                 !change_may_be_season(log, series, c);
        }
    }
    errata_case_tried(log->analysis->result, "change-points", tried);
}

typedef struct {
    ErrataChangeSeries *series;
    guint index;
    guint order;
    gboolean taken;
} ChangeCandidate;

static int
change_compare_candidates_cb(gconstpointer a, gconstpointer b)
{
    const ChangeCandidate *x = a;
    const ChangeCandidate *y = b;
    double s = x->series->change[x->index].statistic;
    double t = y->series->change[y->index].statistic;

    if (s < t || s > t)
        return s > t ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

static GArray *
change_candidates(const ErrataChangeLog *log)
{
    GArray *candidates = g_array_new(FALSE, TRUE, sizeof(ChangeCandidate));

    for (guint s = 0; s < log->series->len; s++) {
        ErrataChangeSeries *series = g_ptr_array_index(log->series, s);

        for (guint c = 0; c < series->n_changes; c++) {
            ChangeCandidate candidate = {series, c, candidates->len, FALSE};

            if (series->matters[c])
                g_array_append_val(candidates, candidate);
        }
    }
    g_array_sort(candidates, change_compare_candidates_cb);
    return candidates;
}

static void
change_group_free(gpointer data)
{
    ErrataChangeGroup *self = data;

    g_ptr_array_unref(self->member);
    g_array_unref(self->index);
    g_free(self);
}

static void
change_group_add(ErrataChangeGroup *group, const ChangeCandidate *candidate, gboolean first)
{
    g_ptr_array_insert(group->member, first ? 0 : -1, candidate->series);
    if (first)
        g_array_prepend_val(group->index, candidate->index);
    else
        g_array_append_val(group->index, candidate->index);
}

/* the strongest change that is left and all near it; the error rate names the group where it is in
 * it */
static ErrataChangeGroup *
change_group_new(const ErrataChangeLog *log, GArray *candidates, guint seed)
{
    ErrataChangeGroup *group = g_new0(ErrataChangeGroup, 1);
    const ChangeCandidate *from = &g_array_index(candidates, ChangeCandidate, seed);
    const ErrataChange *change = &from->series->change[from->index];

    group->member = g_ptr_array_new();
    group->index = g_array_new(FALSE, FALSE, sizeof(guint));
    group->is_volume = from->series->kind == ERRATA_CHANGE_VOLUME;
    for (guint i = seed; i < candidates->len; i++) {
        ChangeCandidate *candidate = &g_array_index(candidates, ChangeCandidate, i);
        gboolean volume = candidate->series->kind == ERRATA_CHANGE_VOLUME;

        if (candidate->taken || (i != seed && (volume || group->is_volume)) ||
            g_ptr_array_find(group->member, candidate->series, NULL) ||
            (i != seed && !errata_change_is_near(log, change, candidate->series, candidate->index)))
            continue;
        candidate->taken = TRUE;
        change_group_add(group, candidate, candidate->series->kind == ERRATA_CHANGE_ERROR);
    }
    return group;
}

static gsize
change_place_of_time(const ErrataChangeLog *log, gint64 time)
{
    gsize lo = 0, n = log->n_rows;

    while (n > 0) {
        gsize half = n / 2;

        if (log->analysis->outcome->time[log->row[lo + half]] < time) {
            lo += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return CLAMP(lo, 1, log->n_rows - 1);
}

/* the first members; those that wander, which no sum over the log dates, only where there are no
 * others */
static guint
change_dated(const ErrataChangeGroup *group, guint member[CHANGE_DATED])
{
    guint n = 0;

    for (guint wander = 0; wander < 2 && n == 0; wander++)
        for (guint m = 0; m < group->member->len && n < CHANGE_DATED; m++) {
            const ErrataChangeSeries *series = g_ptr_array_index(group->member, m);

            if ((series->change[g_array_index(group->index, guint, m)].wander > 0.0) ==
                (wander > 0))
                member[n++] = m;
        }
    return n;
}

/* a moment of the volume: a bin, and one at either side that it may have begun in */
static void
change_place_bin(const ErrataChangeLog *log,
                 ErrataChangeGroup *group,
                 double *const *block,
                 const ErrataChange *change,
                 guint n)
{
    g_autofree double *support = g_new(double, n);
    double before = 0.0, after = 0.0;
    gsize lo, hi;

    for (guint b = 0; b < n; b++)
        *(b < change->begin ? &before : &after) +=
            block[0][b] / (b < change->begin ? change->begin : n - change->begin);
    for (guint b = 0; b < n; b++)
        support[b] = (after - before) * (0.5 * (before + after) - block[0][b]);
    errata_change_span(support, n, NULL, &lo, &hi);
    group->begin = change_place_of_time(log, log->bin_from + change->begin * log->bin);
    group->end = change_place_of_time(log, log->bin_from + change->end * log->bin);
    group->lo =
        change_place_of_time(log, log->bin_from + ((gint64)MIN(lo, change->begin) - 1) * log->bin);
    group->hi =
        change_place_of_time(log, log->bin_from + ((gint64)MAX(hi, change->begin) + 1) * log->bin);
}

/* FALSE when the group is a trend over the whole log */
static gboolean
change_place_group(const ErrataChangeLog *log, ErrataChangeGroup *group)
{
    guint member[CHANGE_DATED];
    guint n_members = change_dated(group, member);
    const ErrataChangeSeries *first = g_ptr_array_index(group->member, member[0]);
    double *block[CHANGE_DATED];
    double unsure = G_MAXDOUBLE;
    ErrataChange change = first->change[g_array_index(group->index, guint, member[0])];
    gboolean wanders = change.wander > 0.0;

    g_assert(n_members > 0);
    for (guint m = 0; m < n_members; m++) {
        ErrataChangeSeries *series = g_ptr_array_index(group->member, member[m]);
        guint index = g_array_index(group->index, guint, member[m]);

        block[m] = errata_change_member_blocks(series, index);
        unsure = MIN(unsure, errata_change_unsure(&series->change[index], series->n));
    }
    if (!wanders)
        change = errata_changepoint_locate((const double *const *)block, n_members, first->n);
    if (group->is_volume) {
        change_place_bin(log, group, block, &change, first->n);
    } else if (change.begin < change.end) {
        group->begin = log->n_rows * change.begin / log->n_blocks;
        group->end = MIN(log->n_rows * change.end / log->n_blocks, log->n_rows - 1);
    } else {
        errata_change_date(log,
                           group,
                           block,
                           member,
                           n_members,
                           change.begin,
                           4 + (guint)(2.0 * unsure));
    }
    for (guint m = 0; m < n_members; m++)
        g_free(block[m]);
    return change.end - change.begin <= CHANGE_TREND * first->n;
}

static int
change_compare_groups_cb(gconstpointer a, gconstpointer b)
{
    const ErrataChangeGroup *x = *(const ErrataChangeGroup *const *)a;
    const ErrataChangeGroup *y = *(const ErrataChangeGroup *const *)b;

    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (int)x->is_volume - (int)y->is_volume;
}

static gint64
change_time(const ErrataChangeLog *log, gsize place)
{
    const gint64 *time = log->analysis->outcome->time;

    return time != NULL ? time[log->row[place]] : (gint64)log->row[place];
}

static gboolean
change_share_series(const ErrataChangeGroup *group, const ErrataChangeGroup *other)
{
    for (guint m = 0; m < group->member->len; m++)
        if (g_ptr_array_find(other->member, g_ptr_array_index(group->member, m), NULL))
            return TRUE;
    return FALSE;
}

/* two changes that were dated on the same rows are one: the first found is the surer. Only what
 * changed at once while a surer change of other series went on slowly is another */
static void
change_drop_twins(const ErrataChangeLog *log, GPtrArray *groups)
{
    for (guint i = groups->len; i-- > 1;) {
        const ErrataChangeGroup *group = g_ptr_array_index(groups, i);
        gsize block = log->n_rows / log->n_blocks;

        for (guint j = 0; j < i; j++) {
            const ErrataChangeGroup *other = g_ptr_array_index(groups, j);

            if (other->is_volume != group->is_volume || group->begin > other->end + block ||
                group->end + block < other->begin ||
                (other->end > other->begin && group->end == group->begin &&
                 !change_share_series(group, other)))
                continue;
            g_ptr_array_remove_index(groups, i);
            break;
        }
    }
}

/* the series that names the group, and its change */
static const ErrataChange *
change_of_group(const ErrataChangeGroup *group, const ErrataChangeSeries **ret_series)
{
    *ret_series = g_ptr_array_index(group->member, 0);
    return &(*ret_series)->change[g_array_index(group->index, guint, 0)];
}

/* a change that the next one of its series undoes, to within half of it, was there for a while.
 * What undoes one is the end of that, and no while of its own: the next rise is as new as the first
 */
static void
change_find_backs(GPtrArray *groups)
{
    for (guint i = 0; i < groups->len; i++) {
        ErrataChangeGroup *group = g_ptr_array_index(groups, i);
        const ErrataChangeSeries *series, *other;
        const ErrataChange *change = change_of_group(group, &series);

        for (guint j = i + 1; j < groups->len && !group->has_back; j++) {
            ErrataChangeGroup *next = g_ptr_array_index(groups, j);
            const ErrataChange *back = change_of_group(next, &other);

            if (other != series)
                continue;
            group->has_back = group->back_of == 0 &&
                              fabs(change->size + back->size) <=
                                  CHANGE_BACK * MIN(fabs(change->size), fabs(back->size));
            group->back_time = next->begin_time;
            next->back_of = group->has_back ? i + 1 : next->back_of;
            next->errors_from = group->from;
            break;
        }
    }
}

/* from the change before each to the one behind; what the errors changed by is not over when a
 * season comes that they did not change with */
static void
change_bound_groups(const ErrataChangeLog *log, GPtrArray *groups)
{
    for (guint i = 0; i < groups->len; i++) {
        ErrataChangeGroup *group = g_ptr_array_index(groups, i);

        group->from = 0;
        group->to = log->n_rows;
        for (guint j = 0; j < groups->len; j++) {
            const ErrataChangeGroup *other = g_ptr_array_index(groups, j);

            if (other->is_volume != group->is_volume ||
                (other->end > other->begin && errata_change_is_of_errors(group) &&
                 !errata_change_is_of_errors(other)))
                continue;
            if (other->end < group->begin)
                group->from = MAX(group->from, other->end);
            if (other->begin > group->end)
                group->to = MIN(group->to, other->begin);
        }
    }
}

static GPtrArray *
change_groups(const ErrataChangeLog *log)
{
    GPtrArray *groups = g_ptr_array_new_with_free_func(change_group_free);
    g_autoptr(GArray) candidates = change_candidates(log);

    for (guint i = 0; i < candidates->len; i++) {
        ErrataChangeGroup *group;

        if (g_array_index(candidates, ChangeCandidate, i).taken)
            continue;
        group = change_group_new(log, candidates, i);
        if (change_place_group(log, group))
            g_ptr_array_add(groups, group);
        else
            change_group_free(group);
    }
    change_drop_twins(log, groups);
    g_ptr_array_sort(groups, change_compare_groups_cb);
    for (guint i = 0; i < groups->len; i++) {
        ErrataChangeGroup *group = g_ptr_array_index(groups, i);

        group->begin_time = change_time(log, group->begin);
        group->end_time = change_time(log, group->end);
        group->lo_time = change_time(log, MIN(group->lo, group->begin));
        group->hi_time = change_time(log, MAX(group->hi, group->begin));
    }
    change_bound_groups(log, groups);
    for (guint i = groups->len; i-- > 0;) {
        ErrataChangeGroup *group = g_ptr_array_index(groups, i);

        if (group->begin < group->from + CHANGE_STRETCH ||
            group->to < group->end + CHANGE_STRETCH || /* nothing to measure it by on one side */
            !errata_change_keep_seen(log, group)) {
            g_ptr_array_remove_index(groups, i);
            change_bound_groups(log, groups);
        }
    }
    change_find_backs(groups);
    errata_change_part_errors(groups);
    return groups;
}

static char *
change_why_not(const ErrataAnalysis *analysis)
{
    return analysis->frame->n_rows < CHANGE_LEAST
               ? g_strdup_printf("not enough data: %" G_GSIZE_FORMAT " rows, %u are needed",
                                 analysis->frame->n_rows,
                                 CHANGE_LEAST)
               : NULL;
}

/* whether all that a change moves is what @first moved: then it only comes back */
static gboolean
change_only_returns(const ErrataChangeGroup *group, const ErrataChangeGroup *first)
{
    for (guint m = 0; m < group->member->len; m++)
        if (!g_ptr_array_find(first->member, g_ptr_array_index(group->member, m), NULL))
            return FALSE;
    return TRUE;
}

/* whether more errors since a change that undoes @first are only those of before @first, which had
 * fewer for a while */
static gboolean
change_only_ends(const ErrataFinding *told, const ErrataFinding *first)
{
    const ErrataEvidence *now = errata_finding_evidence(told, "rate_after");
    const ErrataEvidence *then = errata_finding_evidence(first, "rate_after");

    return now != NULL && then != NULL &&
           now->value - then->baseline <= CHANGE_BACK * (now->value - now->baseline);
}

/* @first gets what it came back to, as evidence `after_back`; @back only undoes it */
static void
change_add_return(const ErrataFinding *back, ErrataFinding *first)
{
    const ErrataEvidence *after = errata_finding_evidence(back, "after");
    ErrataEvidence *evidence;

    if (after == NULL)
        return;
    evidence = errata_finding_add(first,
                                  errata_evidence_new("after_back",
                                                      "what it came back to",
                                                      after->value,
                                                      after->unit,
                                                      after->n));
    evidence->lo = after->lo;
    evidence->hi = after->hi;
    evidence->method = g_strdup("all rows since then, until the next change");
}

/* the return of what changed for a while: told by the change, which tells until when it was, where
 * it is no more than that, else it points to it */
static void
change_report_all(const ErrataChangeLog *log, const GPtrArray *groups)
{
    g_autofree ErrataFinding **finding = g_new0(ErrataFinding *, groups->len + 1);

    for (guint i = 0; i < groups->len; i++) {
        ErrataChangeGroup *group = g_ptr_array_index(groups, i);
        ErrataFinding *first = group->back_of > 0 ? finding[group->back_of - 1] : NULL;
        ErrataFinding *told = errata_change_report(log, group, i);

        if (first != NULL && (told->severity <= first->severity || change_only_ends(told, first))) {
            if (change_only_returns(group, g_ptr_array_index(groups, group->back_of - 1))) {
                change_add_return(told, first);
                errata_finding_free(told);
                continue;
            }
            errata_finding_point(told, first, "part of it that undoes another change", 1.0);
        }
        finding[i] = told;
        errata_case_add_finding(log->analysis->result, told);
    }
}

static gboolean
change_run(ErrataAnalysis *analysis, GError **error)
{
    g_autoptr(ErrataChangeLog) log = errata_change_log_new(analysis);
    g_autoptr(GPtrArray) groups = NULL;

    if (log == NULL) {
        errata_case_skip(analysis->result,
                         errata_analyzer_change_points.id,
                         "not enough data: too few rows are left once copies and bugs are out");
        return TRUE;
    }
    change_test_all(log);
    groups = change_groups(log);
    change_report_all(log, groups);
    errata_change_tell_now(log, groups);
    errata_case_method(
        analysis->result,
        "Change points: %u blocks of equally many rows in %s order; per series the "
        "greatest standardised CUSUM (Miller–Siegmund p, q < %g over all series), the "
        "noise measured over stretches of blocks%s; a ramp where it fits better.",
        log->n_blocks,
        analysis->outcome->time != NULL ? "time" : "row",
        analysis->settings->alpha,
        log->takes_hour && log->takes_day ? "; hour and weekday taken out"
        : log->takes_hour                 ? "; hour taken out"
        : log->takes_day                  ? "; weekday taken out"
                                          : "");
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_change_points = {
    .id = "change-points",
    .why_not = change_why_not,
    .run = change_run,
};
