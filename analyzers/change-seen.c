/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the rows themselves show a change that was found in blocks of them. */
#include <math.h>

#include "change-points.h"
#include "parallel.h"
#include "tests.h"

#define SEEN_VOLUME 0.5  /* of a change of the volume, that counts of rows must show */
#define SEEN_SPREAD 0.05 /* of the standard deviation */

/* number, mean and variance of that of the rows' values, as the report tells them: with their
 * season */
static void
seen_rows(const ErrataChangeLog *log,
          const ErrataChangeSeries *series,
          gsize begin,
          gsize end,
          double ret[2])
{
    double n = 0.0, sum = 0.0, squares = 0.0;

    for (gsize i = begin; i < end; i++) {
        double value = errata_change_value(log, series, log->row[i], FALSE);

        if (isnan(value))
            continue;
        n += 1.0;
        sum += value;
        squares += value * value;
    }
    ret[0] = n > 0.0 ? sum / n : (double)NAN;
    ret[1] = n > 0.0 ? fmax(squares / n - ret[0] * ret[0], 0.0) / n : (double)NAN;
}

/* whether as many times more rows came, or fewer, as the bins say, or half of that: on a logarithm
 * an empty day weighs more than it holds */
static gboolean
seen_volume(const ErrataChangeLog *changes, const ErrataChangeGroup *group, double size)
{
    double before = errata_change_per_day(changes, group->from, group->begin);
    double after = errata_change_per_day(changes, group->end, group->to);

    return log(after / before) / size >= SEEN_VOLUME;
}

/* how far normal scores lie from the middle changes with the mean, too: a column's spread has
 * changed only where the standard deviation has, which is what is told of it */
static gboolean
seen_spread(const ErrataChangeLog *log,
            const ErrataChangeSeries *series,
            const ErrataChangeGroup *group,
            double size)
{
    ErrataChangeStretch before = errata_change_measure(log, series, group->from, group->begin);
    ErrataChangeStretch after = errata_change_measure(log, series, group->end, group->to);

    return (after.sd - before.sd) * size > 0.0 &&
           fabs(after.sd - before.sd) >= SEEN_SPREAD * before.sd;
}

/* whether the rows from the change before to the one behind differ on either side, and the way the
 * change of the blocks says: what only its fit, or a season that it was taken for, tells is none.
 * Of a series that wanders all that is far tells nothing */
static gboolean
seen_is(const ErrataChangeLog *log, const ErrataChangeGroup *group, guint member)
{
    const ErrataChangeSeries *series = g_ptr_array_index(group->member, member);
    const ErrataChange *change = &series->change[g_array_index(group->index, guint, member)];
    double before[2], after[2], rise;

    if (series->kind == ERRATA_CHANGE_VOLUME)
        return seen_volume(log, group, change->size);
    if (series->kind == ERRATA_CHANGE_SPREAD && !series->of_score &&
        !seen_spread(log, series, group, change->size))
        return FALSE;
    if (change->wander > 0.0)
        return TRUE;
    seen_rows(log, series, group->from, group->begin, before);
    seen_rows(log, series, group->end, group->to, after);
    rise = copysign(1.0, change->size) * (after[0] - before[0]);
    return rise > 0.0 &&
           2.0 * errata_tests_normal_upper(rise / sqrt(before[1] + after[1])) <
               log->analysis->settings->alpha &&
           errata_change_agrees(log, series, group, after[0] - before[0]);
}

typedef struct {
    const ErrataChangeLog *log;
    const ErrataChangeGroup *group;
    gboolean *seen;
} Seen;

static void
seen_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const Seen *work = data;

    for (gsize m = begin; m < end; m++)
        work->seen[m] = seen_is(work->log, work->group, (guint)m);
}

/**
 * errata_change_keep_seen:
 * @log: what changes are looked for in
 * @group: a group of changes at one time, its ends known
 *
 * Takes out the members whose rows do not show what their blocks do.
 *
 * Returns: whether one is left
 */
gboolean
errata_change_keep_seen(const ErrataChangeLog *log, ErrataChangeGroup *group)
{
    g_autofree gboolean *seen = g_new0(gboolean, group->member->len + 1);
    Seen work = {log, group, seen};

    errata_parallel_for(group->member->len, 1, seen_cb, &work);
    for (guint m = group->member->len; m-- > 0;)
        if (!seen[m]) {
            g_ptr_array_remove_index(group->member, m);
            g_array_remove_index(group->index, m);
        }
    return group->member->len > 0;
}
