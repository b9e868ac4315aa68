/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would have to be different for the model to decide otherwise: first every single value that rows
 * of the log have, then pairs of the values that come closest, then a third beside the closest pair.
 * Fewest changes first, then the smallest, in median absolute deviations. METHODS 7. */
#include "counterfactual.h"

#include <math.h>

#include "evaluator.h"
#include "sort.h"

#define COUNTER_VALUES 24 /* of an input that are tried */
#define COUNTER_INPUTS 10 /* whose values are tried in pairs */
#define COUNTER_EACH   6  /* values of each of those */
#define COUNTER_ROOM   512

/* a value that an input may take */
typedef struct {
    guint input;
    gsize donor;
    double distance;
    double value; /* what the model says with it alone */
} Move;

typedef struct {
    const ErrataModelRows *row;
    const ErrataModelRows *log;
    ErrataEvaluator *evaluator;
    gboolean side; /* what the model decides for the row as it is */
    guint class;   /* of several classes */
    ErrataCounterfactual *best;
    GArray *tries; /* of Try, waiting to be run */
} Counter;

typedef struct {
    guint n;
    guint move[3];
} Try;

/**
 * errata_counterfactual_scales:
 * @model: a model
 * @log: rows
 *
 * Returns: (transfer full) (array): per input the median absolute deviation of its numbers (the mean
 *   one where that is 0, 1 where both are), 1 for categories and texts
 */
double *
errata_counterfactual_scales(const ErrataModel *model, const ErrataModelRows *log)
{
    double *scale = g_new(double, model->inputs->len + 1);
    g_autofree double *value = g_new(double, MAX(log->n_rows, 1));

    for (guint f = 0; f < model->inputs->len; f++) {
        double middle, sum = 0.0;
        gsize n = 0;

        scale[f] = 1.0;
        if (errata_model_input(model, f)->type != ERRATA_MODEL_NUMBER)
            continue;
        for (gsize i = 0; i < log->n_rows; i++)
            if (isfinite(log->number[f][i]))
                value[n++] = log->number[f][i];
        if (n == 0)
            continue;
        errata_sort_values(value, n);
        middle = errata_sort_quantile(value, n, 0.5);
        for (gsize i = 0; i < n; i++) {
            value[i] = fabs(value[i] - middle);
            sum += value[i] / (double)n;
        }
        errata_sort_values(value, n);
        scale[f] = errata_sort_quantile(value, n, 0.5);
        if (!(scale[f] > 0.0))
            scale[f] = sum > 0.0 ? sum : 1.0;
    }
    return scale;
}

/* how far two rows are apart in an input: numbers by @scale, anything else 0 or 1 */
double
errata_counterfactual_distance(const ErrataModelRows *a,
                               gsize row,
                               const ErrataModelRows *b,
                               gsize b_row,
                               guint input,
                               double scale)
{
    double x, y;

    if (errata_model_cells_same(a, row, b, b_row, input))
        return 0.0;
    if (a->number[input] == NULL)
        return 1.0;
    x = a->number[input][row];
    y = b->number[input][b_row];
    return isnan(x) || isnan(y) ? 1.0 : fabs(x - y) / scale;
}

/* which class a quantity says, and for two classes whether it is the positive one */
static gboolean
counter_side(const Counter *self, const double *value, guint *ret_class)
{
    const ErrataQuantity *quantity = self->evaluator->quantity;
    guint best = 0;

    for (guint g = 1; g < quantity->n_groups; g++)
        if (value[g] > value[best])
            best = g;
    *ret_class = best;
    return quantity->n_groups == 1 &&
           value[0] >= (quantity->kind == ERRATA_QUANTITY_MARGIN ? 0.0 : 0.5);
}

static double
counter_value(const Counter *self, gsize at, gboolean *ret_flips)
{
    const ErrataQuantity *quantity = self->evaluator->quantity;
    g_autofree double *value = g_new(double, quantity->n_groups);
    guint class;
    gboolean side;

    errata_quantity_value(quantity,
                          self->evaluator->raw + at * quantity->n_raw,
                          (double)NAN,
                          value);
    *ret_flips = FALSE;
    if (isnan(value[0]))
        return (double)NAN;
    side = counter_side(self, value, &class);
    *ret_flips = quantity->n_groups == 1 ? side != self->side : class != self->class;
    return quantity->n_groups == 1 ? value[0] : value[class];
}

static void
counter_consider(Counter *self, const Try *try, const Move *moves, double value)
{
    double distance = 0.0;

    for (guint i = 0; i < try->n; i++)
        distance += moves[try->move[i]].distance;
    if (self->best->n_changes > 0 &&
        (self->best->n_changes < try->n || self->best->distance <= distance))
        return;
    self->best->n_changes = try->n;
    self->best->distance = distance;
    self->best->value = value;
    for (guint i = 0; i < try->n; i++) {
        self->best->input[i] = moves[try->move[i]].input;
        self->best->donor[i] = moves[try->move[i]].donor;
    }
}

/* runs what waits; single moves remember what the model said */
static gboolean
counter_flush(Counter *self, Move *moves, GError **error)
{
    ErrataModelCells *cells = self->evaluator->cells;
    gsize n = self->tries->len;

    for (gsize i = 0; i < n; i++) {
        const Try *try = &g_array_index(self->tries, Try, i);

        errata_model_cells_copy(cells, i, self->row, 0);
        for (guint k = 0; k < try->n; k++) {
            const Move *move = &moves[try->move[k]];

            if (cells->number[move->input] != NULL)
                cells->number[move->input][i] = self->log->number[move->input][move->donor];
            else
                cells->text[move->input][i] = self->log->text[move->input][move->donor];
        }
    }
    if (n > 0 && !errata_evaluator_run(self->evaluator, n, error))
        return FALSE;
    for (gsize i = 0; i < n; i++) {
        const Try *try = &g_array_index(self->tries, Try, i);
        gboolean flips;
        double value = counter_value(self, i, &flips);

        if (try->n == 1)
            moves[try->move[0]].value = value;
        if (flips)
            counter_consider(self, try, moves, value);
    }
    self->best->n_tried += n;
    g_array_set_size(self->tries, 0);
    return TRUE;
}

static gboolean
counter_try(Counter *self, Try try, Move *moves, GError **error)
{
    g_array_append_val(self->tries, try);
    return self->tries->len < COUNTER_ROOM || counter_flush(self, moves, error);
}

/* values of one input, evenly over those of the log, each once */
static void
counter_moves(const Counter *self, guint input, double scale, GArray *moves)
{
    gsize n = self->log->n_rows;
    gsize step = MAX(n / (4 * COUNTER_VALUES), 1);
    guint kept = 0;

    for (gsize i = 0; i < n && kept < COUNTER_VALUES; i += step) {
        Move move = {input,
                     i,
                     errata_counterfactual_distance(self->row, 0, self->log, i, input, scale),
                     (double)NAN};
        gboolean known = !(move.distance > 0.0);

        for (guint k = 0; k < kept && !known; k++)
            known = errata_model_cells_same(self->log,
                                            g_array_index(moves, Move, moves->len - 1 - k).donor,
                                            self->log,
                                            i,
                                            input);
        if (known)
            continue;
        g_array_append_val(moves, move);
        kept++;
    }
}

/* how near a single move brings the row to the other side; larger is nearer */
static double
counter_nearness(const Counter *self, const Move *move)
{
    if (isnan(move->value))
        return -(double)INFINITY;
    if (self->evaluator->quantity->n_groups > 1)
        return -move->value;
    return self->side ? -move->value : move->value;
}

typedef struct {
    guint move;
    double nearness;
} Near;

static int
counter_compare(const void *a, const void *b)
{
    const Near *x = a;
    const Near *y = b;

    return x->nearness > y->nearness   ? -1
           : x->nearness < y->nearness ? 1
                                       : (int)x->move - (int)y->move;
}

/* the moves that come nearest, few of each input */
static GArray *
counter_nearest(const Counter *self, const GArray *moves)
{
    g_autofree Near *near = g_new(Near, moves->len + 1);
    g_autoptr(GHashTable) of_input = g_hash_table_new(NULL, NULL);
    GArray *kept = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < moves->len; i++)
        near[i] = (Near){i, counter_nearness(self, &g_array_index(moves, Move, i))};
    qsort(near, moves->len, sizeof *near, counter_compare);
    for (guint i = 0; i < moves->len && kept->len < COUNTER_INPUTS * COUNTER_EACH; i++) {
        gpointer input = GUINT_TO_POINTER(g_array_index(moves, Move, near[i].move).input);
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(of_input, input));

        if (n >= COUNTER_EACH || (n == 0 && g_hash_table_size(of_input) >= COUNTER_INPUTS))
            continue;
        g_hash_table_insert(of_input, input, GUINT_TO_POINTER(n + 1));
        g_array_append_val(kept, near[i].move);
    }
    return kept;
}

/* pairs of the nearest moves; then a third beside each pair of the first few */
static gboolean
counter_combine(Counter *self, Move *moves, const GArray *nearest, guint size, GError **error)
{
    guint n = size == 2 ? nearest->len : MIN(nearest->len, 2 * COUNTER_EACH);

    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++) {
            guint a = g_array_index(nearest, guint, i), b = g_array_index(nearest, guint, j);

            if (moves[a].input == moves[b].input)
                continue;
            if (size == 2 && !counter_try(self, (Try){2, {a, b, 0}}, moves, error))
                return FALSE;
            for (guint k = j + 1; size == 3 && k < nearest->len; k++) {
                guint c = g_array_index(nearest, guint, k);

                if (moves[c].input != moves[a].input && moves[c].input != moves[b].input &&
                    !counter_try(self, (Try){3, {a, b, c}}, moves, error))
                    return FALSE;
            }
        }
    return counter_flush(self, moves, error);
}

static gboolean
counter_start(Counter *self, GError **error)
{
    const ErrataQuantity *quantity = self->evaluator->quantity;
    g_autofree double *value = g_new(double, quantity->n_groups);

    errata_model_cells_copy(self->evaluator->cells, 0, self->row, 0);
    if (!errata_evaluator_run(self->evaluator, 1, error))
        return FALSE;
    errata_quantity_value(quantity, self->evaluator->raw, (double)NAN, value);
    self->side = counter_side(self, value, &self->class);
    return TRUE;
}

/**
 * errata_counterfactual_find:
 * @model: a model
 * @quantity: its probabilities, or a margin of two classes
 * @row: one row
 * @log: rows whose values are plausible
 * @fixed: (array): per input 1 for one that is not to be changed
 * @ret: (out): the change; none where no change of up to three values of those tried does it
 * @error: return location for a #GError
 *
 * At most about 24 values per input, 1,800 pairs and 3,500 triples are run.
 *
 * Returns: whether the model ran
 */
gboolean
errata_counterfactual_find(ErrataModel *model,
                           const ErrataQuantity *quantity,
                           const ErrataModelRows *row,
                           const ErrataModelRows *log,
                           const guint8 *fixed,
                           ErrataCounterfactual *ret,
                           GError **error)
{
    g_autoptr(ErrataEvaluator) evaluator = errata_evaluator_new(model, quantity, COUNTER_ROOM);
    g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(Move));
    g_autoptr(GArray) tries = g_array_new(FALSE, FALSE, sizeof(Try));
    g_autoptr(GArray) nearest = NULL;
    g_autofree double *scale = errata_counterfactual_scales(model, log);
    Counter self = {.row = row, .log = log, .evaluator = evaluator, .best = ret, .tries = tries};

    *ret = (ErrataCounterfactual){0};
    if (!counter_start(&self, error))
        return FALSE;
    for (guint f = 0; f < model->inputs->len; f++)
        if (fixed[f] == 0)
            counter_moves(&self, f, scale[f], moves);
    for (guint i = 0; i < moves->len; i++)
        if (!counter_try(&self, (Try){1, {i, 0, 0}}, (Move *)(gpointer)moves->data, error))
            return FALSE;
    if (!counter_flush(&self, (Move *)(gpointer)moves->data, error))
        return FALSE;
    nearest = counter_nearest(&self, moves);
    for (guint size = 2; size <= 3 && ret->n_changes == 0; size++)
        if (!counter_combine(&self, (Move *)(gpointer)moves->data, nearest, size, error))
            return FALSE;
    return TRUE;
}
