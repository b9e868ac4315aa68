/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accumulated local effects of a feature of names: what the margin does when only that value
 * becomes another one that rows like it have. Source: Apley and Zhu 2020, appendix E. */
#include <math.h>

#include "attribution-private.h"
#include "evaluator.h"
#include "level-effects.h"

#define EFFECTS_ROWS   2000 /* run */
#define EFFECTS_LEAST  100  /* of those, with a value */
#define EFFECTS_EACH   10   /* rows of a value */
#define EFFECTS_VALUES 12   /* the most frequent */
#define EFFECTS_OTHERS 100  /* features that values are ordered by, those with the largest shares */
#define EFFECTS_Z      1.96

typedef struct {
    guint code;
    guint n;
    gsize donor; /* a row that has the value */
} Level;

typedef struct {
    const Attribution *attribution;
    guint feature;
    gsize n;
    gsize *row;   /* of the log */
    guint *level; /* of those: which */
    guint n_levels;
    Level *levels; /* by code; then only those that are asked about, by how many rows have them */
    guint *place;  /* of the rows' values in the order */
} Effects;

static void
effects_clear(Effects *self)
{
    g_free(self->row);
    g_free(self->level);
    g_free(self->levels);
    g_free(self->place);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Effects, effects_clear)

static int
effects_compare(const void *a, const void *b)
{
    const Level *x = a;
    const Level *y = b;

    return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : (int)x->code - (int)y->code;
}

/* the rows that are run, evenly: they stand in the order of the log */
static void
effects_take_rows(Effects *self)
{
    const Attribution *from = self->attribution;
    const ErrataColumn *column = from->column[self->feature];
    gsize tried = MIN(from->n, (gsize)errata_model_use_runs(from->analysis->model, EFFECTS_ROWS));

    self->row = g_new(gsize, tried + 1);
    for (gsize k = 0; k < tried; k++) {
        gsize row = from->row[k * from->n / tried];

        if (errata_column_is_valid(column, row))
            self->row[self->n++] = row;
    }
}

/* the frequent values among them, and the rows that have one */
static void
effects_take_levels(Effects *self)
{
    const ErrataColumn *column = self->attribution->column[self->feature];
    g_autofree guint *of = g_new(guint, MAX(column->n_dictionary, 1));
    gsize n = 0;

    self->levels = g_new0(Level, MAX(column->n_dictionary, 1));
    self->level = g_new(guint, self->n + 1);
    for (guint i = 0; i < column->n_dictionary; i++) {
        self->levels[i].code = i;
        of[i] = EFFECTS_VALUES;
    }
    for (gsize i = 0; i < self->n; i++)
        self->levels[column->code[self->row[i]]].n++;
    qsort(self->levels, column->n_dictionary, sizeof *self->levels, effects_compare);
    while (self->n_levels < MIN(column->n_dictionary, EFFECTS_VALUES) &&
           self->levels[self->n_levels].n >= EFFECTS_EACH) {
        of[self->levels[self->n_levels].code] = self->n_levels;
        self->n_levels++;
    }
    for (gsize i = 0; i < self->n; i++) {
        guint level = of[column->code[self->row[i]]];

        if (level == EFFECTS_VALUES)
            continue;
        self->levels[level].donor = n;
        self->row[n] = self->row[i];
        self->level[n++] = level;
    }
    self->n = n;
}

static double *
effects_read(const Effects *self, const ErrataColumn *column)
{
    gboolean names = column->type == ERRATA_COLUMN_CATEGORY;
    double *value = g_new(double, self->n + 1);

    for (gsize i = 0; i < self->n; i++) {
        gsize row = self->row[i];

        value[i] = !errata_column_is_valid(column, row) ? (double)NAN
                   : names                              ? column->code[row]
                                                        : errata_column_number(column, row);
    }
    return value;
}

/* values stand in an order in which neighbours are alike in the other features */
static void
effects_order(Effects *self, guint *ret_order)
{
    const Attribution *from = self->attribution;
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(ErrataLevelOther));
    g_autofree guint *place = g_new(guint, EFFECTS_VALUES);

    for (guint k = 0; k < from->n_features && others->len < EFFECTS_OTHERS; k++) {
        const ErrataColumn *column = from->column[from->order[k]];
        ErrataLevelOther other;
        double *value;

        if (from->order[k] == self->feature || column == NULL || column->type == ERRATA_COLUMN_TEXT)
            continue;
        other.is_name = column->type == ERRATA_COLUMN_CATEGORY;
        other.value = value = effects_read(self, column);
        g_ptr_array_add(values, value);
        g_array_append_val(others, other);
    }
    errata_level_effects_order(self->level,
                               self->n,
                               self->n_levels,
                               (const ErrataLevelOther *)(gconstpointer)others->data,
                               others->len,
                               ret_order);
    for (guint k = 0; k < self->n_levels; k++)
        place[ret_order[k]] = k;
    self->place = g_new(guint, self->n + 1);
    for (gsize i = 0; i < self->n; i++)
        self->place[i] = place[self->level[i]];
}

/* the margin of figures of the rows with the value @step places on in the order; theirs where there
 * is none */
static double *
effects_run(const Effects *self,
            ErrataEvaluator *evaluator,
            const ErrataModelCells *cells,
            const guint *order,
            int step)
{
    const ErrataQuantity *quantity = evaluator->quantity;
    g_autofree double *value = g_new(double, quantity->n_groups);
    g_autofree double *margin = g_new(double, self->n + 1);

    for (gsize i = 0; i < self->n; i++) {
        int at = (int)self->place[i] + step;

        errata_model_cells_copy(evaluator->cells, i, &cells->rows, i);
        if (step == 0 || at < 0 || at >= (int)self->n_levels)
            continue;
        errata_model_cells_copy_input(evaluator->cells,
                                      i,
                                      &cells->rows,
                                      self->levels[order[at]].donor,
                                      self->feature);
    }
    if (!errata_evaluator_run(evaluator, self->n, NULL))
        return NULL;
    for (gsize i = 0; i < self->n; i++) {
        errata_quantity_value(quantity, evaluator->raw + i * quantity->n_raw, (double)NAN, value);
        margin[i] = value[self->attribution->group];
    }
    return g_steal_pointer(&margin);
}

typedef struct {
    const char *name;
    double effect;
    double error;
    double n;
} Effect;

static int
effects_compare_sizes(const void *a, const void *b)
{
    const Effect *x = a;
    const Effect *y = b;

    return x->effect > y->effect ? -1 : x->effect < y->effect ? 1 : g_strcmp0(x->name, y->name);
}

static void
effects_draw(const Effects *self,
             const guint *order,
             const double *effect,
             const double *error,
             ErrataFigure *figure)
{
    const ErrataColumn *column = self->attribution->column[self->feature];
    Effect drawn[EFFECTS_VALUES];

    for (guint k = 0; k < self->n_levels; k++) {
        const Level *level = &self->levels[order[k]];

        drawn[k] = (Effect){column->dictionary[level->code], effect[k], error[k], level->n};
    }
    qsort(drawn, self->n_levels, sizeof *drawn, effects_compare_sizes);
    for (guint k = 0; k < self->n_levels; k++)
        errata_figure_add_dot(figure,
                              drawn[k].name,
                              ERRATA_TONE_GOOD,
                              drawn[k].n,
                              drawn[k].effect,
                              drawn[k].effect - EFFECTS_Z * drawn[k].error,
                              drawn[k].effect + EFFECTS_Z * drawn[k].error,
                              FALSE);
}

/**
 * attribution_effects:
 * @self: what is being found out
 * @feature: of the model, whose values are names
 * @figure: gets a bar per frequent value: what it alone does to the margin, less the mean over rows
 *
 * Nothing is drawn without a model, with too few rows, or where the model says nothing of them.
 */
void
attribution_effects(const Attribution *self, guint feature, ErrataFigure *figure)
{
    g_autoptr(ErrataQuantity) quantity =
        self->use != NULL
            ? errata_quantity_of_outputs(self->analysis->model, ERRATA_QUANTITY_MARGIN, NULL)
            : NULL;
    g_auto(Effects) effects = {.attribution = self, .feature = feature};
    g_autoptr(ErrataEvaluator) evaluator = NULL;
    g_autoptr(ErrataModelCells) cells = NULL;
    g_autofree double *before = NULL, *own = NULL, *next = NULL;
    double effect[EFFECTS_VALUES], error[EFFECTS_VALUES];
    guint order[EFFECTS_VALUES];

    if (quantity == NULL || quantity->n_groups != self->n_groups)
        return;
    effects_take_rows(&effects);
    effects_take_levels(&effects);
    if (effects.n < EFFECTS_LEAST || effects.n_levels < 2)
        return;
    effects_order(&effects, order);
    cells = errata_model_cells_new(self->use->match->binding, effects.row, effects.n);
    evaluator = errata_evaluator_new(self->analysis->model, quantity, effects.n);
    before = effects_run(&effects, evaluator, cells, order, -1);
    own = before != NULL ? effects_run(&effects, evaluator, cells, order, 0) : NULL;
    next = own != NULL ? effects_run(&effects, evaluator, cells, order, 1) : NULL;
    if (next == NULL)
        return;
    for (gsize i = 0; i < effects.n; i++) {
        before[i] = own[i] - before[i];
        next[i] -= own[i];
    }
    errata_level_effects_accumulate(effects.place,
                                    before,
                                    next,
                                    effects.n,
                                    effects.n_levels,
                                    effect,
                                    error);
    effects_draw(&effects, order, effect, error, figure);
}
