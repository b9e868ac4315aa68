/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees laid out anew must say what the document says. Rows are made up around the numbers that
 * trees compare with, and both are asked: where they differ, the trees are not used. */
#include <math.h>
#include <string.h>

#include "pmml-compile.h"
#include "pmml-model.h"
#include "pmml-trees.h"
#include "rng.h"

#define AGREE_ROWS   64
#define AGREE_LEAST  8
#define AGREE_MISSES 12 /* of so many cells, one is missing */
#define AGREE_SEED   0x706d6d6cU
#define AGREE_GAP    1e-6
#define AGREE_SINGLE 1e-4    /* of documents that add up in single precision */
#define AGREE_BUDGET 500000U /* expressions computed for all rows */

/* numbers that trees compare an input with */
static GArray **
agree_numbers(const PmmlTrees *self)
{
    const ErrataTrees *trees = self->trees;
    GArray **numbers = g_new(GArray *, self->facts->n_features + 1);
    for (guint i = 0; i < self->facts->n_features; i++)
        numbers[i] = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint node = 0; node < trees->n_nodes; node++)
        if ((trees->flags[node] & (ERRATA_NODE_LEAF | ERRATA_NODE_CATEGORY)) == 0 &&
            isfinite(trees->threshold[node]) && numbers[trees->feature[node]]->len < 4096)
            g_array_append_val(numbers[trees->feature[node]], trees->threshold[node]);
    return numbers;
}

static double
agree_number(const GArray *numbers, const PmmlData *data, ErrataRng *rng)
{
    double way = errata_rng_uniform(rng);
    double at = way;
    if (numbers->len > 0) {
        double a = g_array_index(numbers, double, errata_rng_below(rng, numbers->len));
        double b = g_array_index(numbers, double, errata_rng_below(rng, numbers->len));
        at = way < 0.3 ? a : a + (b - a) * (2 * errata_rng_uniform(rng) - 0.5);
    }
    if (data->intervals->len > 0) {
        const PmmlInterval *interval = &g_array_index(data->intervals, PmmlInterval, 0);
        at = CLAMP(at, interval->left, interval->right);
    }
    return data->type == PMML_INTEGER ? floor(at) : at;
}

/* a cell of an input: one of its declared or tested values, another, or none */
static void
agree_cell(const PmmlTrees *self,
           const PmmlProgram *program,
           guint input,
           const GArray *numbers,
           gboolean may_miss,
           ErrataRng *rng,
           GStringChunk *strings,
           double *ret_number,
           const char **ret_text)
{
    const PmmlFeature *feature = &self->facts->feature[input];
    const PmmlSlot *slot = pmml_program_slot(program, g_array_index(program->inputs, guint, input));
    const PmmlData *data = slot->data;
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    *ret_number = (double)NAN;
    *ret_text = NULL;
    if (errata_rng_below(rng, AGREE_MISSES) == 0 && may_miss)
        return;
    if (data->texts->len > 0) {
        guint k = (guint)errata_rng_below(rng, data->texts->len);
        *ret_text = data->texts->pdata[k];
        *ret_number = g_array_index(data->valid, PmmlValue, k).number;
    } else if (feature->text != NULL && feature->text->len > 0) {
        guint k = (guint)errata_rng_below(rng, feature->text->len + 1);
        *ret_text = k < feature->text->len ? feature->text->pdata[k] : "none of them";
    } else {
        *ret_number = feature->number != NULL && feature->number->len > 0 && !feature->ordered
                          ? g_array_index(feature->number,
                                          double,
                                          errata_rng_below(rng, feature->number->len))
                          : agree_number(numbers, data, rng);
        *ret_text = g_string_chunk_insert(strings,
                                          g_ascii_dtostr(buffer, sizeof buffer, *ret_number));
    }
}

/* the largest difference between the two, relative; NaN where the document alone gives no result */
static double
agree_gap(const PmmlTrees *self, const PmmlModel *root, const PmmlResult *result, double *value)
{
    double gap = 0;
    errata_trees_apply_link(self->trees, value);
    if (root->function == PMML_REGRESSION)
        return result->value.missing || result->value.type == PMML_STRING
                   ? (double)NAN
                   : fabs(value[0] - result->value.number) / fmax(1, fabs(value[0]));
    if (result->score == NULL)
        return (double)NAN;
    if (self->trees->link == ERRATA_LINK_LOGISTIC && self->trees->n_groups > 1) {
        double sum = 0;
        for (guint i = 0; i < self->trees->n_groups; i++)
            sum += value[i];
        for (guint i = 0; i < self->trees->n_groups; i++)
            value[i] /= sum;
    }
    for (guint i = 0; i < root->labels->len; i++) {
        double score = isnan(result->score[i]) ? 0 : result->score[i];
        double ours = self->single == G_MAXUINT ? value[i]
                      : self->single == i       ? value[0]
                                                : 1 - value[0];
        gap = fmax(gap, fabs(score - ours));
    }
    return gap;
}

static double
agree_rows(const PmmlTrees *self, const PmmlProgram *program, GArray **numbers, guint *ret_compared)
{
    guint n = program->inputs->len;
    g_autofree const char **text = g_new0(const char *, n + 1);
    g_autofree double *number = g_new0(double, n + 1);
    g_autofree const char *const **texts = g_new0(const char *const *, n + 1);
    g_autofree const double **all = g_new0(const double *, n + 1);
    g_autofree double *cell = g_new(double, n + 1);
    g_autofree double *value = g_new(double, self->trees->n_groups);
    g_autoptr(GStringChunk) strings = g_string_chunk_new(1024);
    ErrataModelRows rows = {.n_rows = 1, .number = all, .text = texts};
    ErrataRng rng = errata_rng_init(AGREE_SEED, 0, 0);
    PmmlRow row;
    double worst = 0;
    pmml_row_init(&row, program, &rows);
    row.budget = AGREE_BUDGET;
    for (guint i = 0; i < AGREE_ROWS && row.budget > 0; i++) {
        PmmlResult result;
        for (guint k = 0; k < n; k++) {
            PmmlType type =
                pmml_program_slot(program, g_array_index(program->inputs, guint, k))->type;
            gboolean is_number = type == PMML_INTEGER || type == PMML_FLOAT || type == PMML_DOUBLE;
            agree_cell(self,
                       program,
                       k,
                       numbers[k],
                       i % 2 == 1,
                       &rng,
                       strings,
                       &number[k],
                       &text[k]);
            all[k] = is_number ? &number[k] : NULL;
            texts[k] = is_number ? NULL : &text[k];
        }
        pmml_row_start(&row, 0);
        gboolean has_result = pmml_trees_cells(self, &row, cell) &&
                              pmml_model_run(program->root, &row, &result, NULL);
        row.budget -= MIN(row.spent, row.budget);
        if (!has_result)
            continue;
        errata_trees_exact_margin(self->trees, cell, value);
        double gap = agree_gap(self, program->root, &result, value);
        worst = isnan(gap) ? (double)INFINITY : fmax(worst, gap);
        *ret_compared += 1;
    }
    pmml_row_clear(&row);
    return worst;
}

/**
 * pmml_trees_agree:
 * @self: trees laid out from @program
 * @error: return location for the reason
 *
 * Returns: whether rows made up come out the same, in single precision where the document asks for
 * it
 */
gboolean
pmml_trees_agree(const PmmlTrees *self, const PmmlProgram *program, GError **error)
{
    GArray **numbers = agree_numbers(self);
    gboolean single = FALSE;
    guint n = 0;
    for (guint i = 0; i < program->models->len; i++)
        single = single || ((const PmmlModel *)program->models->pdata[i])->is_single;
    double gap = agree_rows(self, program, numbers, &n);
    for (guint i = 0; i < self->facts->n_features; i++)
        g_array_unref(numbers[i]);
    g_free(numbers);
    if (n < AGREE_LEAST)
        return pmml_unsupported(error,
                                program->root->element,
                                "too few of the rows made up to check its trees have a result");
    return gap <= (single ? AGREE_SINGLE : AGREE_GAP) ||
           pmml_unsupported(error,
                            program->root->element,
                            "as a sum of trees it gives results that differ by %.3g",
                            gap);
}
