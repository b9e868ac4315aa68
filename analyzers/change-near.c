/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which changes are of one moment. Changes in the same place are; but what changes at once while
 * something else changes slowly has a moment of its own, which the slow change would hide: the
 * errors that a new group brought are not as old as the spring is. */
#include <math.h>

#include "change-points.h"

#define NEAR_PLACE      0.02 /* of the blocks: changes as near are one */
#define NEAR_UNSURE     10.0 /* blocks that a step of one standard deviation may be misplaced by */
#define NEAR_UNSURE_MAX 0.1  /* of the blocks */
#define NEAR_SHAPE      20.0 /* χ² by which its own shape must fit better than the other's */

/**
 * errata_change_unsure:
 * @change: a change
 * @n: blocks
 *
 * Returns: blocks by which a step of that size may be misplaced
 */
double
errata_change_unsure(const ErrataChange *change, guint n)
{
    double ratio = change->noise / change->size;

    return MIN(NEAR_UNSURE * ratio * ratio, NEAR_UNSURE_MAX * n);
}

/**
 * errata_change_member_blocks:
 * @series: a series
 * @but: one of its changes
 *
 * Returns: (transfer full) (array length=n): its blocks in units of their noise, other changes and
 *   bursts taken out
 */
double *
errata_change_member_blocks(const ErrataChangeSeries *series, guint but)
{
    double *block = errata_changepoint_calm(series->block, series->n);

    for (guint b = 0; b < series->n; b++)
        block[b] = (block[b] - errata_change_others(series, but, b)) / series->change[but].noise;
    return block;
}

/* χ² that a change of this shape, of any size, takes out of the blocks */
static double
near_fit(const double *block, guint n, const ErrataChange *shape)
{
    double mean = 0.0, middle = 0.0, cross = 0.0, square = 0.0;

    for (guint b = 0; b < n; b++) {
        mean += block[b] / n;
        middle += errata_changepoint_level(shape, b) / n;
    }
    for (guint b = 0; b < n; b++) {
        double level = errata_changepoint_level(shape, b) - middle;

        cross += level * (block[b] - mean);
        square += level * level;
    }
    return square > 0.0 ? cross * cross / square : 0.0;
}

/**
 * errata_change_is_near:
 * @log: the log
 * @seed: a change
 * @series: another series
 * @index: one of its changes
 *
 * Returns: whether both may be one event
 */
gboolean
errata_change_is_near(const ErrataChangeLog *log,
                      const ErrataChange *seed,
                      const ErrataChangeSeries *series,
                      guint index)
{
    const ErrataChange *change = &series->change[index];
    double slack = NEAR_PLACE * log->n_blocks + errata_change_unsure(seed, log->n_blocks) +
                   errata_change_unsure(change, log->n_blocks);
    double middle = 0.5 * (change->begin + change->end);
    gboolean slow = seed->end > seed->begin, other_slow = change->end > change->begin;
    g_autofree double *block = NULL;

    if (middle < seed->begin - slack || middle > seed->end + slack)
        return FALSE;
    if (slow == other_slow ||
        (slow ? seed->end - seed->begin : change->end - change->begin) <= slack)
        return TRUE;
    block = errata_change_member_blocks(series, index);
    return near_fit(block, series->n, change) - near_fit(block, series->n, seed) < NEAR_SHAPE;
}

/**
 * errata_change_is_of_errors:
 * @group: a change
 *
 * Returns: whether the errors changed with it; they name a group that they are in
 */
gboolean
errata_change_is_of_errors(const ErrataChangeGroup *group)
{
    const ErrataChangeSeries *first = g_ptr_array_index(group->member, 0);

    return first->kind == ERRATA_CHANGE_ERROR;
}

/**
 * errata_change_part_errors:
 * @groups: (element-type ErrataChangeGroup): all changes, with their places
 *
 * What the errors before and after a slow change differ by is not its cost where they changed at
 * once, by themselves, while it went on.
 */
void
errata_change_part_errors(const GPtrArray *groups)
{
    for (guint i = 0; i < groups->len; i++) {
        ErrataChangeGroup *group = g_ptr_array_index(groups, i);

        for (guint j = 0; j < groups->len && !errata_change_is_of_errors(group); j++) {
            const ErrataChangeGroup *other = g_ptr_array_index(groups, j);

            if (errata_change_is_of_errors(other) && other->begin == other->end &&
                other->begin >= group->begin && other->begin < group->end)
                group->errors_apart = TRUE;
        }
    }
}
