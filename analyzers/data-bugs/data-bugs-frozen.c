/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A column that stands still for a while: one value in row after row, far longer than any value of
 * the column ever lasts. Columns whose values last by nature (a day's rate, a row's account in a
 * sorted log) have many long runs and are told by them. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"
#include "entity-effect.h"
#include "words.h"

#define FROZEN_RUN 50 /* rows of one value */
#define FROZEN_USUAL \
    4 /* the so-many-longest run is what is usual: there may be more than one fault */
#define FROZEN_TIMES  10  /* as long as that */
#define FROZEN_MOST   0.5 /* of the rows: a column of one value is another matter */
#define FROZEN_VALUES 3   /* different values elsewhere */

typedef struct {
    gsize from; /* in time order */
    gsize to;   /* behind the last row */
    gsize n;    /* rows that have a value, copies not counted */
    guint64 hash;
} FrozenRun;

/* whether the place belongs to a run of that value, or to none */
static gboolean
frozen_goes_on(const ErrataDataBugs *self, const ErrataColumn *column, gsize place, guint64 hash)
{
    guint32 row = self->analysis->outcome->order[place];

    return (self->copy != NULL && self->copy[row] != 0) || !errata_column_is_valid(column, row) ||
           errata_column_hash(column, row) == hash;
}

/* whether there may be a run of FROZEN_RUN rows: two places half as far apart have one value, and
 * so have all between and around them. Most columns have none, and are not read any further */
static gboolean
frozen_may_be(const ErrataDataBugs *self, const ErrataColumn *column)
{
    const guint32 *order = self->analysis->outcome->order;
    const gsize step = FROZEN_RUN / 2;

    for (gsize i = 0; i + step < column->n_rows; i += step) {
        guint64 hash;
        gsize from = i, to = i + 1;

        if (!errata_column_is_valid(column, order[i]))
            continue;
        hash = errata_column_hash(column, order[i]);
        if (!frozen_goes_on(self, column, i + step, hash))
            continue;
        while (to < column->n_rows && frozen_goes_on(self, column, to, hash) &&
               to - from < FROZEN_RUN)
            to++;
        while (from > 0 && to - from < FROZEN_RUN && frozen_goes_on(self, column, from - 1, hash))
            from--;
        if (to - from >= FROZEN_RUN)
            return TRUE;
    }
    return FALSE;
}

/* puts a run among the longest, if it is one */
static void
frozen_keep(FrozenRun *longest, const FrozenRun *run)
{
    guint at = FROZEN_USUAL;

    if (run->n <= longest[FROZEN_USUAL - 1].n)
        return;
    while (at > 0 && longest[at - 1].n < run->n)
        at--;
    memmove(longest + at + 1, longest + at, (FROZEN_USUAL - 1 - at) * sizeof *longest);
    longest[at] = *run;
}

/* the longest runs of one value; missing cells and copies neither lengthen nor end one */
static void
frozen_runs(const ErrataDataBugs *self, const ErrataColumn *column, FrozenRun *longest)
{
    const guint32 *order = self->analysis->outcome->order;
    FrozenRun run = {0};

    memset(longest, 0, FROZEN_USUAL * sizeof *longest);
    for (gsize i = 0; i < column->n_rows; i++) {
        guint64 hash;

        if ((self->copy != NULL && self->copy[order[i]] != 0) ||
            !errata_column_is_valid(column, order[i]))
            continue;
        hash = errata_column_hash(column, order[i]);
        if (run.n > 0 && hash == run.hash) {
            run.n++;
            run.to = i + 1;
            continue;
        }
        frozen_keep(longest, &run);
        run = (FrozenRun){i, i + 1, 1, hash};
    }
    frozen_keep(longest, &run);
}

/* how often the run's value occurs elsewhere, and whether there are enough others */
static gboolean
frozen_share(const ErrataColumn *column,
             const guint32 *order,
             const FrozenRun *run,
             double *ret_share)
{
    guint64 seen[FROZEN_VALUES];
    guint n_values = 0;
    gsize n = 0, n_same = 0;

    for (gsize i = 0; i < column->n_rows; i++) {
        guint64 hash;
        guint at = 0;

        if ((i >= run->from && i < run->to) || !errata_column_is_valid(column, order[i]))
            continue;
        hash = errata_column_hash(column, order[i]);
        n++;
        n_same += hash == run->hash ? 1 : 0;
        while (at < n_values && seen[at] != hash)
            at++;
        if (at == n_values && n_values < FROZEN_VALUES)
            seen[n_values++] = hash;
    }
    *ret_share = ((double)n_same + 1.0) / ((double)n + 1.0);
    return n_values == FROZEN_VALUES;
}

/* how often a row of an entity has the run's value where the entity's row before has it, outside
 * the run: always, where it is something that the entity has for good */
static double
frozen_stays(const ErrataOutcome *outcome, const ErrataColumn *column, const FrozenRun *run)
{
    g_autofree guint8 *had = g_new0(guint8, MAX(outcome->n_entities, 1));
    gsize n = 0, n_same = 0;

    for (gsize i = 0; i < column->n_rows; i++) {
        guint32 row = outcome->order[i], entity = outcome->entity[row];
        gboolean has;

        if ((i >= run->from && i < run->to) || !errata_column_is_valid(column, row))
            continue;
        has = errata_column_hash(column, row) == run->hash;
        n += had[entity];
        n_same += has ? had[entity] : 0;
        had[entity] = has ? 1 : 0;
    }
    return ((double)n_same + 1.0) / ((double)n + 1.0);
}

/* chance that all rows of a run have its value, which so many others have; where rows belong
 * together, those of an entity behind its first have it as often as it stays with one */
static double
frozen_chance(const ErrataOutcome *outcome,
              const ErrataColumn *column,
              const FrozenRun *run,
              double share)
{
    gsize n_entities;

    if (outcome->entity == NULL)
        return exp((double)(run->n - 1) * log(share));
    n_entities =
        MIN(errata_entity_effect_count(outcome, outcome->order + run->from, run->to - run->from),
            run->n);
    return exp((double)(n_entities - 1) * log(share) +
               (double)(run->n - n_entities) * log(frozen_stays(outcome, column, run)));
}

static void
frozen_add(ErrataDataBugs *self, guint index, const FrozenRun *run, double p)
{
    const ErrataColumn *column = self->analysis->frame->columns[index];
    const guint32 *order = self->analysis->outcome->order;
    ErrataDataBug *bug = errata_data_bugs_add(self, "constant", (int)index);
    g_autofree char *count = NULL;
    g_autofree char *when = NULL;

    errata_data_bugs_window(self, bug, run->from, run->to, errata_data_bugs_is_there, column);
    bug->p = p;
    bug->test = "chance of so long a run of one value";
    bug->value = errata_column_print(column, order[run->from]);
    bug->small = bug->n_rows < errata_data_bugs_enough(column->n_rows);
    bug->set_aside = TRUE;
    count = errata_words_counted(bug->n_rows, "row", "rows");
    when = errata_data_bugs_when(self, bug->from, bug->to);
    bug->title =
        g_strdup_printf("%s is stuck at %s %s, in %s", column->name, bug->value, when, count);
    bug->action = g_strdup_printf("Find out why %s stood still, fill it in and score these rows "
                                  "again",
                                  column->name);
}

/**
 * errata_data_bugs_frozen:
 * @self: the checks
 * @column: a column of the frame
 *
 * Runs of one value in time order that are ten times as long as the fourth longest, which an
 * independent column would not have anywhere, and which the column's own runs do not explain. One
 * row in 25 is read where there is no long run.
 */
void
errata_data_bugs_frozen(ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = self->analysis->frame->columns[column];
    const guint32 *order = self->analysis->outcome->order;
    FrozenRun longest[FROZEN_USUAL];

    if (data->n_rows - data->n_missing < 4 * FROZEN_RUN)
        return;
    self->n_tried++;
    if (!frozen_may_be(self, data))
        return;
    frozen_runs(self, data, longest);
    for (guint i = 0; i + 1 < FROZEN_USUAL; i++) {
        const FrozenRun *run = &longest[i];
        double share, p;

        if (run->n < FROZEN_RUN || run->n < FROZEN_TIMES * longest[FROZEN_USUAL - 1].n ||
            (double)run->n > FROZEN_MOST * (double)data->n_rows ||
            !frozen_share(data, order, run, &share))
            continue;
        p = MIN((double)data->n_rows * frozen_chance(self->analysis->outcome, data, run, share),
                1.0);
        if (p < self->analysis->settings->alpha)
            frozen_add(self, column, run, p);
    }
}
