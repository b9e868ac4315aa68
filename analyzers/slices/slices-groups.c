/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which cubes are counted together. A cube of four columns holds the four of three of them, and the
 * six of two, as sums over its cells; as long as it has fewer cells than there are rows, to count
 * it once costs a fraction of counting each (Gray et al. 1997, "Data Cube"). Chosen greedily: the
 * next cube not covered takes in the columns that cover the most others. */
#include "slices-groups.h"

#include <string.h>

#define GROUPS_FEWEST_CELLS 1024
#define GROUPS_MOST_CELLS   32768 /* so that the sums stay in the second cache */
#define GROUPS_MOST_PLACES  (1U << 24)
#define GROUPS_ABSENT       G_MAXUINT

typedef struct {
    const SlicesSearch *search;
    guint level;
    guint n_columns; /* that the cubes of this level use */
    guint *column;   /* those, rising */
    guint *local;    /* per column of the table: its place among them */
    guint *codes;    /* per column of these */
    guint32 *place;  /* per set of them: 1 + place of the cube that waits, 0 for none */
    guint n_most;    /* cells of a group */
} Groups;

static const SlicesCoding *
groups_coding(const Groups *self, guint column)
{
    const SlicesColumn *c = &self->search->table->columns[column];

    return self->level == SLICES_MAX_AXES ? &c->coarse : &c->fine;
}

static void
groups_list_columns(Groups *self, const guint *order, gsize n)
{
    guint n_table = self->search->table->n_columns;

    self->local = g_new(guint, n_table);
    self->column = g_new(guint, n_table);
    self->codes = g_new(guint, n_table);
    memset(self->local, 0xff, n_table * sizeof(guint));
    for (gsize i = 0; i < n; i++) {
        const SlicesCube *cube = &self->search->cubes[order[i]];

        for (guint k = 0; cube->n_axes == self->level && k < cube->n_axes; k++)
            self->local[cube->axis[k]] = 0;
    }
    for (guint c = 0; c < n_table; c++)
        if (self->local[c] != GROUPS_ABSENT) {
            self->codes[self->n_columns] = groups_coding(self, c)->n_codes;
            self->column[self->n_columns] = c;
            self->local[c] = self->n_columns++;
        }
}

/* where the set of two or three columns stands, given in any order */
static guint32 *
groups_place(const Groups *self, guint a, guint b, guint c)
{
    guint n = self->n_columns;
    guint low = MIN(a, b), high = MAX(a, b);

    if (self->level == 2)
        return &self->place[low * n + high];
    guint first = MIN(low, c), last = MAX(high, c);

    return &self->place[(first * n + (a + b + c - first - last)) * n + last];
}

static gboolean
groups_init(Groups *self, const SlicesSearch *search, guint level, const guint *order, gsize n)
{
    gsize n_rows = search->table->discovery.n_rows;
    guint64 n_places;

    *self = (Groups){.search = search, .level = level};
    self->n_most = (guint)CLAMP(n_rows / 2, GROUPS_FEWEST_CELLS, GROUPS_MOST_CELLS);
    groups_list_columns(self, order, n);
    n_places = (guint64)self->n_columns * self->n_columns * (level == 3 ? self->n_columns : 1);
    if (level == 1 || n_places > GROUPS_MOST_PLACES)
        return FALSE;
    self->place = g_new0(guint32, MAX(n_places, 1));
    for (gsize i = 0; i < n; i++) {
        const SlicesCube *cube = &search->cubes[order[i]];

        if (cube->n_axes == level)
            *groups_place(self,
                          self->local[cube->axis[0]],
                          self->local[cube->axis[1]],
                          self->local[cube->axis[level - 1]]) = 1 + order[i];
    }
    return TRUE;
}

static void
groups_clear(Groups *self)
{
    g_free(self->local);
    g_free(self->column);
    g_free(self->codes);
    g_free(self->place);
}

/* cubes that a further column would cover; those are appended to @ret where it is given */
static guint
groups_gain(const Groups *self, const SlicesGroup *group, guint next, SlicesGroup *ret)
{
    guint n = 0;

    for (guint i = 0; i < group->n_axes; i++)
        for (guint j = self->level == 3 ? i + 1 : i; j < (self->level == 3 ? group->n_axes : i + 1);
             j++) {
            guint32 *place = groups_place(self, next, group->axis[i], group->axis[j]);

            if (*place == 0)
                continue;
            n++;
            if (ret != NULL) {
                ret->member[ret->n_members++] = *place - 1;
                *place = 0;
            }
        }
    return n;
}

/* takes in the column that covers the most; FALSE where none does */
static gboolean
groups_grow(const Groups *self, SlicesGroup *group)
{
    guint best = GROUPS_ABSENT;
    guint most = 0;

    for (guint d = 0; d < self->n_columns; d++) {
        gboolean used = group->n_cells * self->codes[d] > self->n_most;
        guint gain;

        for (guint i = 0; i < group->n_axes; i++)
            used = used || group->axis[i] == d;
        gain = used ? 0 : groups_gain(self, group, d, NULL);
        if (gain > most) {
            most = gain;
            best = d;
        }
    }
    if (most == 0)
        return FALSE;
    groups_gain(self, group, best, group);
    group->n_cells *= self->codes[best];
    group->axis[group->n_axes++] = best;
    return TRUE;
}

/* local columns become those of the table, rising */
static void
groups_finish(const Groups *self, SlicesGroup *group)
{
    for (guint i = 0; i < group->n_axes; i++) {
        guint column = self->column[group->axis[i]];
        guint at = i;

        for (; at > 0 && group->axis[at - 1] > column; at--)
            group->axis[at] = group->axis[at - 1];
        group->axis[at] = column;
    }
}

static void
groups_plan_level(const SlicesSearch *search,
                  guint level,
                  const guint *order,
                  gsize n,
                  GArray *groups)
{
    Groups self;
    gboolean joins = groups_init(&self, search, level, order, n);

    for (gsize i = 0; i < n; i++) {
        const SlicesCube *cube = &search->cubes[order[i]];
        SlicesGroup group = {.n_axes = level, .n_cells = cube->n_cells, .n_members = 1};
        guint32 *place = NULL;

        if (cube->n_axes != level)
            continue;
        group.member[0] = order[i];
        for (guint k = 0; k < level; k++)
            group.axis[k] = self.local[cube->axis[k]];
        if (joins)
            place = groups_place(&self, group.axis[0], group.axis[1], group.axis[level - 1]);
        if (place != NULL && *place == 0)
            continue; /* in an earlier group */
        if (place != NULL)
            *place = 0;
        while (joins && group.n_axes < SLICES_GROUP_AXES && groups_grow(&self, &group))
            ;
        groups_finish(&self, &group);
        g_array_append_val(groups, group);
    }
    groups_clear(&self);
}

/**
 * errata_slices_groups_plan:
 * @search: a search
 * @order: (array length=n): prepared cubes, by their place in the search, each once
 * @n: how many
 *
 * Returns: (transfer full) (element-type SlicesGroup): groups that hold each of them once
 */
GArray *
errata_slices_groups_plan(const SlicesSearch *search, const guint *order, gsize n)
{
    GArray *groups = g_array_new(FALSE, FALSE, sizeof(SlicesGroup));

    for (guint level = 1; level <= SLICES_MAX_AXES; level++)
        groups_plan_level(search, level, order, n, groups);
    return groups;
}
