/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The analyzer: grows the tree on the discovery half and shows the rates of the other half. */
#include "error-tree.h"

#include <math.h>

#include "slices-facts.h"
#include "slices-finding.h"
#include "words.h"

#define TREE_LEAST_ROWS 500
#define TREE_SHOWN      3 /* category values named in a label */

static char *
error_tree_why_not(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;

    if (outcome->n_judged < TREE_LEAST_ROWS)
        return errata_words_too_few(outcome->n_judged, "a label and a prediction", TREE_LEAST_ROWS);
    if (outcome->n_errors == 0)
        return g_strdup("no prediction is wrong");
    if (analysis->bins == NULL || analysis->bins->n_columns == 0)
        return g_strdup("no column can be split");
    return NULL;
}

static gboolean
error_tree_has(const ErrorTreeNode *node, guint code, gboolean left)
{
    return (((node->goes_left.bits[code >> 6] >> (code & 63)) & 1) != 0) == left;
}

static char *
error_tree_label_number(const ErrataBinColumn *bin, const ErrorTreeNode *node, gboolean left)
{
    g_autoptr(ErrataPredicate) predicate = errata_predicate_new(bin->name,
                                                                left ? ERRATA_OP_LT : ERRATA_OP_GE);
    guint n_left = 0;

    while (n_left < bin->n_codes && error_tree_has(node, n_left, TRUE))
        n_left++;
    if (n_left == bin->n_codes || n_left == 0) /* only missing is on the other side */
        return g_strdup_printf("%s is there", bin->name);
    predicate->number = bin->edges[n_left - 1];
    return errata_predicate_describe(predicate);
}

static char *
error_tree_label_category(const ErrataBinColumn *bin, const ErrorTreeNode *node, gboolean left)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint n = 0;

    for (guint c = 0; c < bin->n_codes; c++) {
        if (!error_tree_has(node, c, left))
            continue;
        if (n < TREE_SHOWN)
            g_string_append_printf(text, "%s%s", n > 0 ? " or " : "", bin->labels[c]);
        n++;
    }
    if (n > TREE_SHOWN)
        g_string_append_printf(text, " or %u more", n - TREE_SHOWN);
    return g_strdup_printf("%s is %s", bin->name, text->str);
}

/* the condition that leads to a child */
static char *
error_tree_label(const SlicesTable *table, const ErrorTreeNode *node, gboolean left)
{
    const SlicesColumn *column = &table->columns[node->column];
    const ErrataBinColumn *bin = column->bin;
    gboolean missing = column->fine.n_codes > bin->n_codes &&
                       error_tree_has(node, bin->n_codes, left);
    guint n_values = 0;
    g_autofree char *label = NULL;

    for (guint c = 0; c < bin->n_codes; c++)
        n_values += error_tree_has(node, c, left);
    if (n_values == 0)
        return g_strdup_printf("%s is missing", bin->name);
    label = bin->numeric ? error_tree_label_number(bin, node, left)
                         : error_tree_label_category(bin, node, left);
    return missing ? g_strdup_printf("%s or missing", label) : g_steal_pointer(&label);
}

static void
error_tree_count(const SlicesTable *table, const ErrorTree *tree, ErrataRate *ret_rates)
{
    const SlicesHalf *half = &table->confirmation;

    for (gsize i = 0; i < half->n_rows; i++) {
        double loss = table->analysis->outcome->loss[half->row[i]];
        ErrataRate *rate = &ret_rates[errata_error_tree_leaf(table, tree, half->row[i])];

        errata_slices_facts_add(table, half->row[i], loss, rate);
    }
    for (guint at = tree->n_nodes; at-- > 0;) { /* children stand after their parent */
        const ErrorTreeNode *node = &tree->node[at];

        if (node->left == 0)
            continue;
        for (guint side = 0; side < 2; side++) {
            const ErrataRate *child = &ret_rates[side == 0 ? node->left : node->right];

            errata_rate_merge(&ret_rates[at], child);
        }
    }
}

static ErrataFigure *
error_tree_figure(const SlicesTable *table, const ErrorTree *tree)
{
    ErrataFigure *figure = errata_figure_new("error-tree",
                                             ERRATA_FIGURE_TREE,
                                             table->real ? "Mean absolute error, split by split"
                                                         : "Error rate, split by split");
    ErrataRate rates[ERROR_TREE_MAX_NODES] = {{.n = 0.0}};

    figure->note = g_strdup(table->exploratory
                                ? "all rows, which were also searched"
                                : "grown on one half of the rows, rates of the other");
    figure->description = g_strdup("Each split is the one that separates errors from correct "
                                   "predictions best; a branch ends where no split holds up.");
    figure->y_unit = table->real ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE;
    figure->n_nodes = tree->n_nodes;
    figure->nodes = g_new0(ErrataNode, tree->n_nodes);
    error_tree_count(table, tree, rates);
    for (guint i = 0; i < tree->n_nodes; i++) {
        const ErrorTreeNode *node = &tree->node[i];
        ErrataInterval interval = errata_slices_facts_interval(table, &rates[i], 0.95);
        ErrataNode *to = &figure->nodes[i];

        to->left = node->left != 0 ? (int)node->left : -1;
        to->right = node->right != 0 ? (int)node->right : -1;
        to->n = rates[i].n;
        to->value = errata_rate_mean(&rates[i]);
        to->lo = interval.lo;
        to->hi = interval.hi;
        to->coverage = rates[0].sum > 0.0 ? rates[i].sum / rates[0].sum : (double)NAN;
        if (i == 0)
            to->label = g_strdup("all predictions");
        if (node->left != 0) {
            figure->nodes[node->left].label = error_tree_label(table, node, TRUE);
            figure->nodes[node->right].label = error_tree_label(table, node, FALSE);
        }
    }
    return figure;
}

static gboolean
error_tree_run(ErrataAnalysis *analysis, GError **error)
{
    const SlicesTable *table = errata_slices_table_shared(analysis);
    g_autofree double *loss = g_new(double, MAX(table->discovery.n_rows, 1));
    g_autofree ErrorTree *tree = g_new0(ErrorTree, 1);

    if (table->n_columns == 0 || table->discovery.n_rows == 0)
        return TRUE;
    for (gsize i = 0; i < table->discovery.n_rows; i++)
        loss[i] = analysis->outcome->loss[table->discovery.row[i]];
    errata_error_tree_grow(table, loss, tree);
    if (tree->n_nodes > 1)
        analysis->result->performance.error_tree = error_tree_figure(table, tree);
    analysis->result->performance.heat_map = errata_heat_map_new(table);
    errata_case_method(
        analysis->result,
        "Error tree: splits of the binned columns by the sum of squares of the loss, "
        "depth at most %d, leaves of at least 50 rows or 1 %%, pruned by five-fold "
        "cross-validation on the discovery half%s.",
        ERROR_TREE_DEPTH,
        tree->n_nodes > 1 ? "; rates from the other half"
                          : "; no split predicted the rows left out");
    errata_slices_table_forget(analysis); /* nothing after this searches errors */
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_error_tree = {
    .id = "error-tree",
    .why_not = error_tree_why_not,
    .run = error_tree_run,
};
