/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Best first over all sets of up to three columns. All sets are counted once; when a slice has
 * become expected, only sets whose bound still exceeds the best score found are counted again. The
 * bound is sound: it holds for the least that any row's expectation has fallen to. So the best
 * slice of a round is the best of all. Sets that would not fit the budget are never counted and are
 * said to be left out. */
#include "slices-search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parallel.h"
#include "slices-cubes.h"

#define SLICES_GRAIN       4   /* groups of sets counted by one thread at a time */
#define SLICES_BATCH       32  /* sets counted again at first, then twice as many */
#define SLICES_FIRST       16  /* groups of new sets counted before the others */
#define SLICES_BUDGET      2e9 /* what the sets of three columns may cost, in rows counted … */
#define SLICES_PAIR_BUDGET 1e9 /* … and those of two, which are counted again for the second list */
#define SLICES_DRAW_BUDGET 2e7 /* the same where the search is repeated on drawn errors */

/**
 * errata_slices_search_new:
 * @table: a table
 * @y: (array length=table->discovery.n_rows): losses of its discovery half; must outlive the search
 * @like: (nullable): a search of the same columns for other losses, whose candidates need not be
 *   counted again; must outlive the search
 *
 * Returns: (transfer full): a search that has counted nothing yet
 */
SlicesSearch *
errata_slices_search_new(const SlicesTable *table, const double *y, const SlicesSearch *like)
{
    SlicesSearch *self = g_new0(SlicesSearch, 1);

    self->table = table;
    self->y = y;
    self->like = like;
    self->max_axes = SLICES_MAX_AXES;
    self->closed = g_new0(guint8, MAX(table->n_columns, 1));
    self->epochs = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void
errata_slices_search_free(SlicesSearch *self)
{
    if (self == NULL)
        return;
    errata_slices_search_end(self);
    g_free(self->cubes);
    g_free(self->closed);
    g_ptr_array_unref(self->epochs);
    g_free(self);
}

/**
 * errata_slices_search_end:
 * @self: a search
 *
 * Drops all that is as long as the log: what is left tells how many candidates there are.
 */
void
errata_slices_search_end(SlicesSearch *self)
{
    g_clear_pointer(&self->word[0], g_free);
    g_clear_pointer(&self->word[1], g_free);
    g_ptr_array_set_size(self->epochs, 0);
}

/* what one is in the units of an epoch: errors are expected once at most, losses up to ten times */
static double
slices_search_units(const SlicesSearch *self)
{
    return self->variance > 0.0 ? 1048576.0 : 268435456.0;
}

static void
slices_search_set_expected(SlicesSearch *self, const ErrataExpected *expected)
{
    gsize n = self->table->discovery.n_rows;
    g_autofree double *mu = g_new(double, MAX(n, 1));
    guint32 *epoch = g_new(guint32, MAX(n, 1));
    double units;

    self->variance = expected->real ? expected->variance : 0.0;
    units = slices_search_units(self);
    for (gsize i = 0; i < n; i++) {
        mu[i] = errata_expected_mu(expected, i);
        epoch[i] = (guint32)MIN(lrint(mu[i] * units), G_MAXUINT32);
    }
    errata_slices_cubes_pack(self, mu);
    g_ptr_array_add(self->epochs, epoch);
}

/* the smallest quotient of a row's expectation now to that of an earlier epoch */
static double
slices_search_fall(const SlicesSearch *self, guint epoch)
{
    const guint32 *then = g_ptr_array_index(self->epochs, epoch);
    const guint32 *now = g_ptr_array_index(self->epochs, self->epochs->len - 1);
    double least = 1.0;

    for (gsize i = 0; i < self->table->discovery.n_rows; i++)
        if ((double)now[i] < least * (double)then[i])
            least = (double)now[i] / (double)then[i];
    return least;
}

typedef struct {
    SlicesSearch *search;
    const SlicesGroup *groups;
} SlicesWork;

static void
slices_search_count_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const SlicesWork *work = data;

    errata_slices_cubes_evaluate(work->search, work->groups + begin, end - begin);
}

static void
slices_search_count(SlicesSearch *self, const SlicesGroup *groups, guint n)
{
    SlicesWork work = {self, groups};

    errata_parallel_for(n, SLICES_GRAIN, slices_search_count_cb, &work);
}

typedef struct {
    guint column;
    double worth;
} SlicesRank;

static int
slices_search_compare_ranks_cb(gconstpointer a, gconstpointer b)
{
    const SlicesRank *x = a;
    const SlicesRank *y = b;

    if (x->worth > y->worth || x->worth < y->worth)
        return x->worth > y->worth ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

static int
slices_search_compare_columns_cb(gconstpointer a, gconstpointer b)
{
    guint x = *(const guint *)a;
    guint y = *(const guint *)b;

    return (x > y) - (x < y);
}

/* what a column promises: the best of its sets so far beyond what the set's other columns reach
 * alone, so that the partners of one strong column are not taken for strong themselves */
static void
slices_search_rank_columns(const SlicesSearch *self, SlicesRank *ranks)
{
    guint n = self->table->n_columns;
    g_autofree double *alone = g_new0(double, n);

    for (guint i = 0; i < n; i++)
        ranks[i] = (SlicesRank){i, 0.0};
    for (guint i = 0; i < self->n_cubes; i++)
        if (self->cubes[i].n_axes == 1)
            ranks[self->cubes[i].axis[0]].worth = alone[self->cubes[i].axis[0]] =
                self->cubes[i].best;
    for (guint i = 0; i < self->n_cubes; i++) {
        const SlicesCube *cube = &self->cubes[i];

        for (guint k = 0; cube->n_axes == 2 && k < 2; k++) {
            double gain = cube->best - alone[cube->axis[1 - k]];

            ranks[cube->axis[k]].worth = MAX(ranks[cube->axis[k]].worth, gain);
        }
    }
    qsort(ranks, n, sizeof(SlicesRank), slices_search_compare_ranks_cb);
}

static double
slices_search_choose(guint n, guint k)
{
    double product = 1.0;

    for (guint i = 0; i < k; i++)
        product *= (double)n - i;
    return product / (k == 3 ? 6.0 : k);
}

/* what the sets of @n columns cost: reading the rows, and trying all candidates, which costs some
 * three times as much each */
static double
slices_search_cost(const SlicesSearch *self, guint n, guint level)
{
    double n_items = 0.0;

    for (guint i = 0; i < self->table->n_columns; i++) {
        const SlicesColumn *column = &self->table->columns[i];

        n_items += level == 3 ? column->coarse.n_items : column->fine.n_items;
    }
    n_items /= MAX((double)self->table->n_columns, 1.0);
    return slices_search_choose(n, level) *
           ((double)self->table->discovery.n_rows + 3.0 * pow(n_items, level));
}

/* the columns that a level's budget allows, best first and then by index */
static guint *
slices_search_pick_columns(SlicesSearch *self, guint level, guint *ret_n)
{
    guint n = self->table->n_columns;
    g_autofree SlicesRank *ranks = g_new0(SlicesRank, MAX(n, 1));
    guint *picked = g_new0(guint, MAX(n, 1));
    double budget = self->table->exploratory ? SLICES_DRAW_BUDGET
                    : level == 3             ? SLICES_BUDGET
                                             : SLICES_PAIR_BUDGET;
    guint n_picked = n;

    slices_search_rank_columns(self, ranks);
    while (n_picked > level && slices_search_cost(self, n_picked, level) > budget)
        n_picked--;
    for (guint i = 0; i < n_picked; i++)
        picked[i] = ranks[i].column;
    qsort(picked, n_picked, sizeof(guint), slices_search_compare_columns_cb);
    self->n_columns_searched[level] = n_picked;
    self->n_sets_left_out += (guint64)(slices_search_choose(n, level) + 0.5) -
                             (guint64)(slices_search_choose(n_picked, level) + 0.5);
    *ret_n = n_picked;
    return picked;
}

static void
slices_search_add_cube(SlicesSearch *self, GArray *cubes, guint level, const guint *axis)
{
    SlicesCube cube = {.n_axes = level};

    const SlicesCube *other = self->like != NULL && cubes->len < self->like->n_cubes
                                  ? &self->like->cubes[cubes->len]
                                  : NULL;

    memcpy(cube.axis, axis, level * sizeof(guint));
    errata_slices_cubes_prepare(self->table, &cube);
    cube.counted = other != NULL && other->counted && other->n_axes == level &&
                   memcmp(other->axis, axis, level * sizeof(guint)) == 0;
    cube.n_valid = cube.counted ? other->n_valid : 0;
    g_array_append_val(cubes, cube);
}

/* counts new sets, a few first: once they have shown how many candidates there are at the least,
 * what chance gives in those need not be looked at in the others */
static void
slices_search_count_level(SlicesSearch *self, const guint *order, guint n, guint level)
{
    g_autoptr(GArray) groups = errata_slices_groups_plan(self, order, n);
    const SlicesGroup *group = (const SlicesGroup *)(gpointer)groups->data;
    guint n_batch = SLICES_FIRST;

    for (guint begin = 0; begin < groups->len; begin += n_batch, n_batch *= 4) {
        n_batch = MIN(n_batch, groups->len - begin);
        slices_search_count(self, group + begin, n_batch);
        for (guint i = begin; i < begin + n_batch; i++)
            for (guint k = 0; k < group[i].n_members; k++)
                self->n_valid[level] += self->cubes[group[i].member[k]].n_valid;
        self->least[level] = level > 1 ? log(MAX((double)self->n_valid[level], 1.0)) : 0.0;
    }
}

/* all sets of @level columns */
static void
slices_search_add_level(SlicesSearch *self, guint level)
{
    g_autoptr(GArray) cubes = g_array_new(FALSE, TRUE, sizeof(SlicesCube));
    guint n = 0;
    g_autofree guint *column = slices_search_pick_columns(self, level, &n);
    g_autofree guint *order = NULL;
    guint first = self->n_cubes;

    if (first > 0)
        g_array_append_vals(cubes, self->cubes, first);
    for (guint i = 0; i < n; i++) {
        if (level == 1)
            slices_search_add_cube(self, cubes, 1, &column[i]);
        for (guint j = i + 1; level > 1 && j < n; j++) {
            guint axis[3] = {column[i], column[j], 0};

            if (level == 2)
                slices_search_add_cube(self, cubes, 2, axis);
            for (guint k = j + 1; level > 2 && k < n; k++) {
                axis[2] = column[k];
                slices_search_add_cube(self, cubes, 3, axis);
            }
        }
    }
    g_free(self->cubes);
    self->n_cubes = cubes->len;
    self->cubes = (SlicesCube *)(gpointer)g_array_free(g_steal_pointer(&cubes), FALSE);
    order = g_new(guint, MAX(self->n_cubes, 1));
    for (guint i = first; i < self->n_cubes; i++)
        order[i - first] = i;
    slices_search_count_level(self, order, self->n_cubes - first, level);
}

/* score: likelihood ratio less what searching so many candidates gives by chance */
static double
slices_search_score(const SlicesSearch *self, const SlicesCube *cube, double ratio)
{
    return ratio - log(MAX((double)self->n_valid[cube->n_axes], 1.0));
}

/* what the cube's best score can be now that expectations have fallen to @fall of what they were */
static double
slices_search_bound(const SlicesSearch *self, const SlicesCube *cube, double fall)
{
    if (fall >= 1.0) /* nothing has fallen: the best then is the most it can be now */
        return slices_search_score(self, cube, cube->best);
    for (guint i = SLICES_N_BOUNDS; i-- > 0;)
        if (fall >= errata_slices_cubes_fall[i])
            return slices_search_score(self, cube, cube->bound[i]);
    return (double)INFINITY;
}

typedef struct {
    guint cube;
    double bound;
} SlicesTurn;

static int
slices_search_compare_turns_cb(gconstpointer a, gconstpointer b)
{
    const SlicesTurn *x = a;
    const SlicesTurn *y = b;

    if (x->bound > y->bound || x->bound < y->bound)
        return x->bound > y->bound ? -1 : 1;
    return (x->cube > y->cube) - (x->cube < y->cube);
}

static void
slices_search_update_best(const SlicesSearch *self, guint index, guint *best, double *score)
{
    const SlicesCube *cube = &self->cubes[index];
    double own = slices_search_score(self, cube, cube->best);

    if (cube->best <= 0.0 || own < *score || (!(own > *score) && index > *best))
        return;
    *best = index;
    *score = own;
}

static gboolean
slices_search_is_open(const SlicesSearch *self, const SlicesCube *cube)
{
    for (guint i = 0; i < cube->n_axes; i++)
        if (self->closed[cube->axis[i]] != 0)
            return FALSE;
    return cube->n_axes <= self->max_axes;
}

/* counts again, best bound first, until no set left can hold a better slice */
static void
slices_search_recount(SlicesSearch *self, guint *ret_best, double *ret_score)
{
    g_autofree SlicesTurn *turns = g_new(SlicesTurn, MAX(self->n_cubes, 1));
    g_autofree guint *order = g_new(guint, MAX(self->n_cubes, 1));
    g_autofree double *fall = g_new0(double, self->epochs->len);
    int now = (int)self->epochs->len - 1;
    guint n = 0;

    for (guint epoch = self->n_past; epoch < self->epochs->len; epoch++)
        fall[epoch] = slices_search_fall(self, epoch);
    for (guint i = 0; i < self->n_cubes; i++) {
        const SlicesCube *cube = &self->cubes[i];

        if (!slices_search_is_open(self, cube))
            continue;
        if (cube->epoch == now)
            slices_search_update_best(self, i, ret_best, ret_score);
        else
            turns[n++] = (SlicesTurn){i, slices_search_bound(self, cube, fall[cube->epoch])};
    }
    qsort(turns, n, sizeof(SlicesTurn), slices_search_compare_turns_cb);
    for (guint i = 0; i < n; i++)
        order[i] = turns[i].cube;
    for (guint i = 0, n_batch = SLICES_BATCH; i < n && turns[i].bound > *ret_score; i += n_batch) {
        g_autoptr(GArray) groups = NULL;

        n_batch = i > 0 ? 2 * n_batch : n_batch;
        n_batch = MIN(n_batch, n - i);
        groups = errata_slices_groups_plan(self, order + i, n_batch);
        slices_search_count(self, (const SlicesGroup *)(gpointer)groups->data, groups->len);
        for (guint k = 0; k < n_batch; k++)
            slices_search_update_best(self, order[i + k], ret_best, ret_score);
    }
}

/**
 * errata_slices_search_restart:
 * @self: a search
 * @max_level: conditions of a slice from now on
 * @closed: (array length=table->n_columns) (nullable): 1 for columns that have none from now on
 *
 * Says that the next expectation has little to do with the ones before.
 */
void
errata_slices_search_restart(SlicesSearch *self, guint max_level, const guint8 *closed)
{
    self->n_past = self->epochs->len;
    self->max_axes = max_level;
    if (closed != NULL)
        memcpy(self->closed, closed, self->table->n_columns);
}

/**
 * errata_slices_search_next:
 * @self: a search
 * @expected: what is expected of the discovery rows; differs from call to call
 * @ret_slice: the best slice
 * @ret_score: its score
 *
 * Finds the best slice of all candidates given what is expected now. Complexity of the first call:
 * rows × sets + candidates; of later ones: of the sets whose bound says that they matter.
 *
 * Returns: whether a slice with a score above 0 was found
 */
gboolean
errata_slices_search_next(SlicesSearch *self,
                          const ErrataExpected *expected,
                          Slice *ret_slice,
                          double *ret_score)
{
    guint best = 0;
    double score = 0.0;

    slices_search_set_expected(self, expected);
    if (self->epochs->len == 1) {
        for (guint level = 1; level <= MIN(self->table->max_level, self->max_axes); level++)
            if (self->table->n_columns >= level)
                slices_search_add_level(self, level);
    }
    slices_search_recount(self, &best, &score);
    if (score <= 0.0)
        return FALSE;
    const SlicesCube *cube = &self->cubes[best];
    guint16 lo[SLICES_MAX_AXES];
    guint16 hi[SLICES_MAX_AXES];

    for (guint i = 0; i < cube->n_axes; i++) {
        lo[i] = cube->best_item[i].lo;
        hi[i] = cube->best_item[i].hi;
    }
    *ret_slice = errata_slices_items_slice(self->table,
                                           cube->n_axes == SLICES_MAX_AXES,
                                           cube->axis,
                                           lo,
                                           hi,
                                           cube->n_axes);
    *ret_score = score;
    return TRUE;
}

/**
 * errata_slices_search_n_tried:
 * @self: a search that has run
 *
 * Returns: candidates of all levels
 */
guint64
errata_slices_search_n_tried(const SlicesSearch *self)
{
    guint64 n = 0;

    for (guint level = 1; level <= SLICES_MAX_AXES; level++)
        n += self->n_valid[level];
    return n;
}
