/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would have to be different for the model to decide otherwise: fewest changes first, then the
 * smallest, in median absolute deviations. METHODS 7. Of single values, a few of each input tell
 * how far one must go at most; then all that rows of the log have and that are nearer are tried,
 * the nearest first. Where no single value does it, pairs of the few that come closest, then a
 * third beside the closest pairs; each value of what is found is then brought as near as the others
 * let it. */
#include "counterfactual.h"

#include <math.h>

#include "evaluator.h"
#include "sort.h"

#define COUNTER_VALUES 24 /* of an input that are tried first, and in pairs */
#define COUNTER_INPUTS 10 /* whose values are tried in pairs */
#define COUNTER_EACH   6  /* values of each of those */
#define COUNTER_ROOM   512
#define COUNTER_RUNS   20000 /* of single values, where the first few do not tell */
#define COUNTER_WORK   2e8   /* numbers that those go through */
#define COUNTER_PASSES 3     /* over the values of what was found */

/* a value that an input may take */
typedef struct {
    guint input;
    gsize donor;
    double distance;
    double value; /* what the model says with it alone */
} Move;

/* values of different inputs, taken together */
typedef struct {
    guint n;
    Move move[3];
} Try;

typedef struct {
    const ErrataModelRows *row;
    const ErrataModelRows *log;
    ErrataEvaluator *evaluator;
    double cut;    /* of two classes: from which on it is the second */
    gboolean side; /* what the model decides for the row as it is */
    guint class;   /* of several classes */
    GArray *moves; /* of Move: all values of the log, per input by their distance */
    guint *first;  /* n_inputs + 1: where those of each input begin */
    Try best;
    double best_distance;
    double best_value;
    guint64 n_tried;
    guint64 most; /* single values that may be tried after the first few */
} Counter;

/**
 * errata_counterfactual_scales:
 * @model: a model
 * @log: rows
 *
 * Returns: (transfer full) (array): per input the median absolute deviation of its numbers (the
 * mean
 *   one where that is 0, 1 where both are); 0 for categories, codes of such, and texts, whose
 *   values are the same or not
 */
double *
errata_counterfactual_scales(const ErrataModel *model, const ErrataModelRows *log)
{
    double *scale = g_new0(double, model->inputs->len + 1);
    g_autofree double *value = g_new(double, MAX(log->n_rows, 1));

    for (guint f = 0; f < model->inputs->len; f++) {
        double middle, sum = 0.0;
        gsize n = 0;

        if (errata_model_input(model, f)->type != ERRATA_MODEL_NUMBER ||
            errata_model_input(model, f)->is_coded)
            continue;
        scale[f] = 1.0;
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

/* how far two rows are apart in an input: numbers by @scale, anything else (a scale of 0) 0 or 1 */
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
    if (!(scale > 0.0))
        return 1.0;
    x = a->number[input][row];
    y = b->number[input][b_row];
    return isnan(x) || isnan(y) ? 1.0 : fabs(x - y) / scale;
}

/* which class a quantity says, and for two classes whether it is the second */
static gboolean
counter_side(const Counter *self, const double *value, guint *ret_class)
{
    const ErrataQuantity *quantity = self->evaluator->quantity;
    guint best = 0;

    for (guint g = 1; g < quantity->n_groups; g++)
        if (value[g] > value[best])
            best = g;
    *ret_class = best;
    return quantity->n_groups == 1 && value[0] >= self->cut;
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

static double
counter_distance(const Try *try)
{
    double distance = 0.0;

    for (guint i = 0; i < try->n; i++)
        distance += try->move[i].distance;
    return distance;
}

static void
counter_consider(Counter *self, const Try *try, double value)
{
    double distance = counter_distance(try);

    if (self->best.n > 0 && (self->best.n < try->n || self->best_distance <= distance))
        return;
    self->best = *try;
    self->best_distance = distance;
    self->best_value = value;
}

/* what the model says of each of up to COUNTER_ROOM, and whether it then decides otherwise */
static gboolean
counter_run(Counter *self,
            const Try *try,
            gsize n,
            double *ret_value,
            gboolean *ret_flips,
            GError **error)
{
    ErrataModelCells *cells = self->evaluator->cells;

    for (gsize i = 0; i < n; i++) {
        errata_model_cells_copy(cells, i, self->row, 0);
        for (guint k = 0; k < try[i].n; k++) {
            const Move *move = &try[i].move[k];

            if (cells->number[move->input] != NULL)
                cells->number[move->input][i] = self->log->number[move->input][move->donor];
            else
                cells->text[move->input][i] = self->log->text[move->input][move->donor];
        }
    }
    if (n > 0 && !errata_evaluator_run(self->evaluator, n, error))
        return FALSE;
    for (gsize i = 0; i < n; i++)
        ret_value[i] = counter_value(self, i, &ret_flips[i]);
    self->n_tried += n;
    return TRUE;
}

/* runs what waits and keeps the nearest that does it */
static gboolean
counter_flush(Counter *self, GArray *tries, GError **error)
{
    const Try *try = (const Try *)(gpointer)tries->data;
    double value[COUNTER_ROOM];
    gboolean flips[COUNTER_ROOM];

    if (!counter_run(self, try, tries->len, value, flips, error))
        return FALSE;
    for (guint i = 0; i < tries->len; i++)
        if (flips[i])
            counter_consider(self, &try[i], value[i]);
    g_array_set_size(tries, 0);
    return TRUE;
}

static gboolean
counter_try(Counter *self, GArray *tries, const Try *try, GError **error)
{
    g_array_append_vals(tries, try, 1);
    return tries->len < COUNTER_ROOM || counter_flush(self, tries, error);
}

/* of @n by rising distance the first that does it */
static gboolean
counter_first(Counter *self, const Try *try, gsize n, GError **error)
{
    double value[COUNTER_ROOM];
    gboolean flips[COUNTER_ROOM];

    for (gsize begin = 0; begin < n; begin += COUNTER_ROOM) {
        gsize size = MIN(n - begin, COUNTER_ROOM);

        if (!counter_run(self, try + begin, size, value, flips, error))
            return FALSE;
        for (gsize i = 0; i < size; i++)
            if (flips[i]) {
                counter_consider(self, &try[begin + i], value[i]);
                return TRUE;
            }
    }
    return TRUE;
}

/* by distance; where that is the same, equal values side by side */
static int
counter_compare_moves(const void *a, const void *b, gpointer data)
{
    const ErrataModelRows *log = ((const Counter *)data)->log;
    const Move *x = a;
    const Move *y = b;
    guint f = x->input;

    if (x->distance < y->distance || x->distance > y->distance)
        return x->distance < y->distance ? -1 : 1;
    if (f != y->input)
        return f < y->input ? -1 : 1;
    if (log->number[f] != NULL) {
        double left = log->number[f][x->donor], right = log->number[f][y->donor];

        if (left < right || left > right)
            return left < right ? -1 : 1;
    } else {
        int order = g_strcmp0(log->text[f][x->donor], log->text[f][y->donor]);

        if (order != 0)
            return order;
    }
    return x->donor < y->donor ? -1 : x->donor > y->donor;
}

/* a missing cell is no value that anything could be changed to */
static gboolean
counter_is_missing(const ErrataModelRows *rows, gsize row, guint input)
{
    return rows->number[input] != NULL ? isnan(rows->number[input][row])
                                       : rows->text[input][row] == NULL;
}

/* values of one input that rows of the log have, each once, the nearest first */
static void
counter_moves(Counter *self, guint input, double scale)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Move));

    for (gsize i = 0; i < self->log->n_rows; i++) {
        Move move = {input,
                     i,
                     errata_counterfactual_distance(self->row, 0, self->log, i, input, scale),
                     (double)NAN};

        if (move.distance > 0.0 && !counter_is_missing(self->log, i, input))
            g_array_append_val(all, move);
    }
    g_array_sort_with_data(all, counter_compare_moves, self);
    for (guint i = 0; i < all->len; i++) {
        const Move *move = &g_array_index(all, Move, i);

        if (i == 0 || !errata_model_cells_same(self->log,
                                               move->donor,
                                               self->log,
                                               g_array_index(all, Move, i - 1).donor,
                                               input))
            g_array_append_vals(self->moves, move, 1);
    }
}

/* a few values of every input, from the nearest to the farthest, with what the model says of
 * each */
static GArray *
counter_few(Counter *self, guint n_inputs, GError **error)
{
    g_autoptr(GArray) few = g_array_new(FALSE, FALSE, sizeof(Move));
    double value[COUNTER_ROOM];
    gboolean flips[COUNTER_ROOM];
    Try try[COUNTER_ROOM];

    for (guint f = 0; f < n_inputs; f++) {
        guint n = self->first[f + 1] - self->first[f];
        guint kept = MIN(n, COUNTER_VALUES);

        for (guint k = 0; k < kept; k++) {
            guint at = kept > 1 ? (guint)((guint64)k * (n - 1) / (kept - 1)) : 0;

            g_array_append_vals(few, &g_array_index(self->moves, Move, self->first[f] + at), 1);
        }
    }
    for (guint begin = 0; begin < few->len; begin += COUNTER_ROOM) {
        guint n = MIN(few->len - begin, COUNTER_ROOM);

        for (guint i = 0; i < n; i++)
            try[i] = (Try){1, {g_array_index(few, Move, begin + i)}};
        if (!counter_run(self, try, n, value, flips, error))
            return NULL;
        for (guint i = 0; i < n; i++) {
            g_array_index(few, Move, begin + i).value = value[i];
            if (flips[i])
                counter_consider(self, &try[i], value[i]);
        }
    }
    return g_steal_pointer(&few);
}

/* all single values that are nearer than what was found, the nearest first */
static gboolean
counter_single(Counter *self, GError **error)
{
    g_autoptr(GArray) nearer = g_array_new(FALSE, FALSE, sizeof(Move));
    g_autoptr(GArray) tries = g_array_new(FALSE, FALSE, sizeof(Try));

    for (guint i = 0; i < self->moves->len; i++) {
        const Move *move = &g_array_index(self->moves, Move, i);

        if (self->best.n == 0 || move->distance < self->best_distance)
            g_array_append_vals(nearer, move, 1);
    }
    g_array_sort_with_data(nearer, counter_compare_moves, self);
    for (guint i = 0; i < MIN(nearer->len, self->most); i++) {
        Try try = {1, {g_array_index(nearer, Move, i)}};

        g_array_append_val(tries, try);
    }
    return counter_first(self, (const Try *)(gpointer)tries->data, tries->len, error);
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
    GArray *kept = g_array_new(FALSE, FALSE, sizeof(Move));

    for (guint i = 0; i < moves->len; i++)
        near[i] = (Near){i, counter_nearness(self, &g_array_index(moves, Move, i))};
    qsort(near, moves->len, sizeof *near, counter_compare);
    for (guint i = 0; i < moves->len && kept->len < COUNTER_INPUTS * COUNTER_EACH; i++) {
        const Move *move = &g_array_index(moves, Move, near[i].move);
        gpointer input = GUINT_TO_POINTER(move->input);
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(of_input, input));

        if (n >= COUNTER_EACH || (n == 0 && g_hash_table_size(of_input) >= COUNTER_INPUTS))
            continue;
        g_hash_table_insert(of_input, input, GUINT_TO_POINTER(n + 1));
        g_array_append_vals(kept, move, 1);
    }
    return kept;
}

/* pairs of the nearest moves; then a third beside each pair of the first few */
static gboolean
counter_combine(Counter *self, const GArray *nearest, guint size, GError **error)
{
    g_autoptr(GArray) tries = g_array_new(FALSE, FALSE, sizeof(Try));
    const Move *move = (const Move *)(gpointer)nearest->data;
    guint n = size == 2 ? nearest->len : MIN(nearest->len, 2 * COUNTER_EACH);

    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++) {
            Try try = {size, {move[i], move[j]}};

            if (move[i].input == move[j].input)
                continue;
            if (size == 2 && !counter_try(self, tries, &try, error))
                return FALSE;
            for (guint k = j + 1; size == 3 && k < nearest->len; k++) {
                try.move[2] = move[k];
                if (move[k].input != move[i].input && move[k].input != move[j].input &&
                    !counter_try(self, tries, &try, error))
                    return FALSE;
            }
        }
    return counter_flush(self, tries, error);
}

/* brings one value of what was found as near as the others let it */
static gboolean
counter_approach(Counter *self, guint k, GError **error)
{
    g_autoptr(GArray) tries = g_array_new(FALSE, FALSE, sizeof(Try));
    guint input = self->best.move[k].input;

    for (guint i = self->first[input]; i < self->first[input + 1] && tries->len < self->most; i++) {
        Try try = self->best;

        try.move[k] = g_array_index(self->moves, Move, i);
        if (!(try.move[k].distance < self->best.move[k].distance))
            break;
        g_array_append_val(tries, try);
    }
    return counter_first(self, (const Try *)(gpointer)tries->data, tries->len, error);
}

static gboolean
counter_settle(Counter *self, GError **error)
{
    double before = (double)INFINITY;

    for (guint pass = 0; pass < COUNTER_PASSES && self->best_distance < before; pass++) {
        before = self->best_distance;
        for (guint k = 0; k < self->best.n; k++)
            if (!counter_approach(self, k, error))
                return FALSE;
    }
    return TRUE;
}

/* what is decided for the row as it is; @ret_known: whether anything is */
static gboolean
counter_start(Counter *self, gboolean *ret_known, GError **error)
{
    const ErrataQuantity *quantity = self->evaluator->quantity;
    g_autofree double *value = g_new(double, quantity->n_groups);

    errata_model_cells_copy(self->evaluator->cells, 0, self->row, 0);
    if (!errata_evaluator_run(self->evaluator, 1, error))
        return FALSE;
    errata_quantity_value(quantity, self->evaluator->raw, (double)NAN, value);
    self->side = counter_side(self, value, &self->class);
    *ret_known = !isnan(value[0]);
    return TRUE;
}

static gboolean
counter_search(Counter *self, guint n_inputs, GError **error)
{
    g_autoptr(GArray) few = counter_few(self, n_inputs, error);
    g_autoptr(GArray) nearest = NULL;

    if (few == NULL || !counter_single(self, error))
        return FALSE;
    nearest = counter_nearest(self, few);
    for (guint size = 2; size <= 3 && self->best.n == 0; size++)
        if (!counter_combine(self, nearest, size, error))
            return FALSE;
    return self->best.n < 2 || counter_settle(self, error);
}

/**
 * errata_counterfactual_find:
 * @model: a model
 * @quantity: its probabilities, or a margin of two classes
 * @cut: of two classes: what it must reach for the second
 * @row: one row
 * @log: rows whose values are plausible
 * @fixed: (array): per input 1 for one that is not to be changed
 * @ret: (out): the change; none where no change of up to three values of those tried does it, or
 *   where the model decides nothing for the row as it is
 * @error: return location for a #GError
 *
 * Of changes of one value the smallest there is, unless more than 20,000 lie nearer; of two and
 * three the smallest found: about 24 values per input, 1,800 pairs and 3,500 triples are run, and
 * the values of what they find brought nearer.
 *
 * Returns: whether the model ran
 */
gboolean
errata_counterfactual_find(ErrataModel *model,
                           const ErrataQuantity *quantity,
                           double cut,
                           const ErrataModelRows *row,
                           const ErrataModelRows *log,
                           const guint8 *fixed,
                           ErrataCounterfactual *ret,
                           GError **error)
{
    guint n_inputs = model->inputs->len;
    g_autoptr(ErrataEvaluator) evaluator = errata_evaluator_new(model, quantity, COUNTER_ROOM);
    g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(Move));
    g_autofree guint *first = g_new0(guint, n_inputs + 1);
    g_autofree double *scale = errata_counterfactual_scales(model, log);
    Counter self = {.row = row,
                    .log = log,
                    .evaluator = evaluator,
                    .cut = cut,
                    .moves = moves,
                    .first = first,
                    .most = (guint64)fmin(COUNTER_RUNS, COUNTER_WORK / fmax(model->work, 1.0))};

    *ret = (ErrataCounterfactual){0};
    if (!counter_start(&self, &ret->is_known, error))
        return FALSE;
    if (!ret->is_known)
        return TRUE;
    for (guint f = 0; f < n_inputs; f++) {
        if (fixed[f] == 0)
            counter_moves(&self, f, scale[f]);
        first[f + 1] = moves->len;
    }
    if (!counter_search(&self, n_inputs, error))
        return FALSE;
    ret->n_changes = self.best.n;
    ret->distance = self.best_distance;
    ret->value = self.best_value;
    ret->n_tried = self.n_tried;
    for (guint i = 0; i < self.best.n; i++) {
        ret->input[i] = self.best.move[i].input;
        ret->donor[i] = self.best.move[i].donor;
    }
    return TRUE;
}
