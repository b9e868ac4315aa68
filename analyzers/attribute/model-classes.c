/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which class of a log is which of a model that knows its classes by numbers only, or by other
 * names. Their order in the log is that of their names (high, low, mid); in training it may have
 * been another (low, mid, high). What was logged tells: each class of the log goes with the one
 * that the model says where the log says it. */
#include "model-classes.h"

#include <math.h>

#include "evaluator.h"
#include "model-truth.h"

#define CLASSES_ROWS 500
#define CLASSES_FEW  20 /* rows under which nothing is told */
#define CLASSES_GAIN \
    0.75 /* another order than that of the names has to bring the distance below so much */

/* how much a logged row says that it is of class @c: its probability, or whether it was
 * predicted */
static double
classes_logged(const ErrataOutcome *outcome, guint c, gsize row)
{
    if (outcome->probability != NULL)
        return outcome->probability[c][row];
    if (outcome->predicted == NULL || outcome->predicted[row] < 0)
        return (double)NAN;
    return (guint)outcome->predicted[row] == c ? 1.0 : 0.0;
}

/* per class of the log and of the model the mean distance of what both say; FALSE where too few
 * rows say anything */
static gboolean
classes_distances(const ErrataEvaluator *evaluator,
                  const ErrataOutcome *outcome,
                  const gsize *row,
                  gsize n_rows,
                  double *ret_distance)
{
    guint n = outcome->n_classes;
    gsize kept = 0;

    for (gsize i = 0; i < n_rows; i++) {
        const double *said = evaluator->raw + i * n;
        gboolean whole = TRUE;

        for (guint c = 0; c < n; c++)
            whole = whole && isfinite(said[c]) && isfinite(classes_logged(outcome, c, row[i]));
        if (!whole)
            continue;
        kept++;
        for (guint c = 0; c < n; c++)
            for (guint g = 0; g < n; g++)
                ret_distance[c * n + g] += fabs(classes_logged(outcome, c, row[i]) - said[g]);
    }
    return kept >= CLASSES_FEW;
}

/* the nearest pair first, then the nearest of those that are left; the sum of their distances */
static double
classes_assign(const double *distance, guint n, int *ret_class)
{
    g_autofree gboolean *taken = g_new0(gboolean, n);
    double sum = 0.0;

    for (guint c = 0; c < n; c++)
        ret_class[c] = -1;
    for (guint done = 0; done < n; done++) {
        guint best = n * n;

        for (guint i = 0; i < n * n; i++)
            if (ret_class[i / n] < 0 && !taken[i % n] &&
                (best == n * n || distance[i] < distance[best]))
                best = i;
        ret_class[best / n] = (int)(best % n);
        taken[best % n] = TRUE;
        sum += distance[best];
    }
    return sum;
}

static void
classes_tell(const ErrataSchema *schema, const int *class, GPtrArray *warnings)
{
    g_autofree const char **name = g_new0(const char *, (gsize)schema->n_classes + 1);
    g_autofree char *names = NULL;

    for (guint c = 0; c < schema->n_classes; c++)
        name[class[c]] = schema->classes[c];
    names = g_strjoinv("”, “", (char **)(gpointer)name);
    g_ptr_array_add(warnings,
                    g_strdup_printf("the model's classes have other names: going by what the log "
                                    "says of its rows, they are “%s” in this order",
                                    names));
}

/* of two classes: whether the model's second one goes by what the log says of its other class */
static gboolean
classes_are_turned(const ErrataEvaluator *evaluator,
                   const ErrataOutcome *outcome,
                   const gsize *row,
                   gsize n_rows)
{
    double as_named = 0.0, turned = 0.0;
    gsize kept = 0;

    for (gsize i = 0; i < n_rows; i++) {
        double said = evaluator->raw[i];
        double logged = outcome->score != NULL
                            ? outcome->score[row[i]]
                            : classes_logged(outcome, (guint)outcome->positive, row[i]);

        if (!isfinite(said) || !isfinite(logged))
            continue;
        kept++;
        as_named += fabs(logged - said);
        turned += fabs(logged - (1.0 - said));
    }
    return kept >= CLASSES_FEW && turned < CLASSES_GAIN * as_named;
}

/* runs the model on some rows; FALSE where it fails */
static gboolean
classes_run(ErrataEvaluator *evaluator,
            const ErrataModelBinding *binding,
            const gsize *row,
            gsize n_rows)
{
    g_autoptr(ErrataModelCells) cells = errata_model_cells_new(binding, row, n_rows);

    for (gsize i = 0; i < n_rows; i++)
        errata_model_cells_copy(evaluator->cells, i, &cells->rows, i);
    return errata_evaluator_run(evaluator, n_rows, NULL);
}

static gboolean
classes_order(const ErrataEvaluator *evaluator,
              const ErrataOutcome *outcome,
              const gsize *row,
              gsize n_rows,
              int *ret_class)
{
    guint n = outcome->n_classes;
    g_autofree double *distance = g_new0(double, (gsize)n *n + 1);
    double in_order = 0.0;

    if (n == 2) {
        ret_class[outcome->positive] = 0;
        ret_class[1 - outcome->positive] = 1;
        return classes_are_turned(evaluator, outcome, row, n_rows);
    }
    if (!classes_distances(evaluator, outcome, row, n_rows, distance))
        return FALSE;
    for (guint c = 0; c < n; c++)
        in_order += distance[c * n + c];
    return classes_assign(distance, n, ret_class) < CLASSES_GAIN * in_order;
}

/**
 * errata_model_classes_by_scores:
 * @model: a model that runs
 * @binding: the log's columns as its inputs
 * @schema: roles of the log
 * @outcome: what it says of its rows
 * @seed: of the choice of up to 500 rows
 * @warnings: (element-type utf8): gets the order, where it was found
 *
 * Returns: (transfer full) (nullable) (array): per class of the log the model's; %NULL where the
 * names
 *   tell, where their order (of two: which is positive) does as well, and where the log says
 *   nothing
 */
int *
errata_model_classes_by_scores(ErrataModel *model,
                               const ErrataModelBinding *binding,
                               const ErrataSchema *schema,
                               const ErrataOutcome *outcome,
                               guint64 seed,
                               GPtrArray *warnings)
{
    g_autoptr(GPtrArray) by_order = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ErrataQuantity) quantity = NULL;
    g_autoptr(ErrataEvaluator) evaluator = NULL;
    g_autofree gsize *row = NULL;
    guint n = outcome->n_classes, n_values = n == 2 ? 1 : n;
    g_autofree int *class = g_new0(int, n + 1);
    gsize n_rows;

    if (outcome->task == ERRATA_TASK_REGRESSION || n < 2 || schema->n_classes != n ||
        (n == 2 && (outcome->positive < 0 || outcome->positive > 1)))
        return NULL;
    quantity = errata_quantity_of_outputs(model, ERRATA_QUANTITY_PROBABILITY, NULL);
    if (quantity == NULL || quantity->n_raw != n_values || quantity->n_groups != n_values ||
        !errata_model_truth_classes(model, n, schema, class, by_order, NULL) || by_order->len == 0)
        return NULL;
    row = errata_model_cells_sample(outcome->n_rows, CLASSES_ROWS, seed, &n_rows);
    evaluator = errata_evaluator_new(model, quantity, MAX(n_rows, 1));
    if (!classes_run(evaluator, binding, row, n_rows) ||
        !classes_order(evaluator, outcome, row, n_rows, class))
        return NULL;
    classes_tell(schema, class, warnings);
    return g_steal_pointer(&class);
}
