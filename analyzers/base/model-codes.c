/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inputs of which a model has codes only: places in the sorted list of the values that training
 * knew, which the file does not hold (XGBoost before 3.1). Values from 0 on without a gap are their
 * own places. Any others stand for codes that cannot be told from the log alone: of months 3 … 12
 * the first is code 2, or code 0 where training knew no others. What shows it is the model itself:
 * each node tells how much of the training rows went either way, and a reading of the values under
 * which the log's rows part as these did, while they do not under any reading that is one category
 * off, is right. */
#include "model-codes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "number.h"

#define CODES_STRANGE  0.05       /* of the cells of a column of codes, that are none */
#define CODES_DENSE    0.75       /* of the codes, of those that look like them */
#define CODES_MAX      16777216.0 /* single precision tells no larger ones apart */
#define CODES_MOST     256U       /* values whose readings are compared */
#define CODES_ROWS     16384U
#define CODES_BLOCK    64U
#define CODES_TREES    64U
#define CODES_STEPS    2e8
#define CODES_FITS     12.0 /* squared standard errors of a reading, at most */
#define CODES_APART    16.0 /* and from it to the next best */
#define CODES_SAME_SUM 1e-6 /* of a tree's weight: all trees weigh the rows as the first does */
#define CODES_EXACT    1e-4 /* sums are single precision there */

void
errata_model_codes_clear(ErrataModelCodes *self)
{
    g_free(self->of_code);
    g_free(self->level);
    g_free(self->of_level);
    g_free(self->note);
}

char *
errata_model_codes_column(const char *input)
{
    return g_strdup_printf("code(%s)", input);
}

void
errata_model_codes_refuse(const ErrataModelInput *input, GError **error)
{
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "column “%s”: the model knows this feature by the codes 0 … %u of a list of "
                "categories that its file does not hold, and nothing shows which code each value "
                "has; give the codes, in a column “code(%s)”, or save the model again with XGBoost "
                "3.1 or later, which keeps the list",
                input->name,
                MAX(input->n_codes, 1) - 1,
                input->name);
}

static int
codes_compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static gboolean
codes_can_be(double value)
{
    return value >= 0.0 && value < CODES_MAX && !(value > floor(value));
}

/* sorts and keeps one of each */
static guint
codes_distinct(double *value, gsize n)
{
    guint kept = 0;

    qsort(value, n, sizeof *value, codes_compare);
    for (gsize i = 0; i < n; i++)
        if (kept == 0 || value[i] > value[kept - 1])
            value[kept++] = value[i];
    return kept;
}

static void
codes_note_strange(ErrataModelCodes *self, const ErrataColumn *column, gsize n, guint n_codes)
{
    if (n > 0)
        self->note = g_strdup_printf("column “%s”: %" G_GSIZE_FORMAT
                                     " cells are none of the codes 0 … %u that the model knows",
                                     column->name,
                                     n,
                                     n_codes - 1);
}

static void
codes_note_ranks(ErrataModelCodes *self, const ErrataColumn *column, guint n)
{
    self->note =
        g_strdup_printf("column “%s” holds categories, the model their codes in a list that its "
                        "file lacks: taken as their order among the %u values in these rows",
                        column->name,
                        n);
}

/* the distinct numbers get their places among them */
static void
codes_rank(ErrataModelCodes *self, const ErrataColumn *column, double *level, guint n)
{
    self->level = level;
    self->of_level = g_new(double, MAX(n, 1));
    self->n_levels = n;
    self->sure = ERRATA_MODEL_CODES_GUESS;
    for (guint i = 0; i < n; i++)
        self->of_level[i] = i;
    codes_note_ranks(self, column, n);
}

static gboolean
codes_read_numbers(ErrataModelCodes *self,
                   const ErrataColumn *column,
                   const ErrataModelInput *input,
                   gboolean told,
                   GError **error)
{
    g_autofree double *value = g_new(double, MAX(column->n_rows, 1));
    gsize n = errata_column_collect(column, NULL, column->n_rows, value);
    gsize n_odd = 0, n_strange = 0;
    guint n_distinct, n_can = 0, n_known = 0, n_run = 0;

    for (gsize i = 0; i < n; i++) {
        n_odd += codes_can_be(value[i]) ? 0 : 1;
        n_strange += codes_can_be(value[i]) && value[i] < input->n_codes ? 0 : 1;
    }
    n_distinct = codes_distinct(value, n);
    for (guint i = 0; i < n_distinct; i++)
        if (codes_can_be(value[i])) {
            n_run += value[i] <= n_run ? 1 : 0; /* as many as there are from 0 on without a gap */
            n_known += value[i] < input->n_codes ? 1 : 0;
            n_can++;
        }
    gboolean no_gap = n_run == n_can || n_run >= input->n_codes;
    if (told || (no_gap && (double)n_odd <= CODES_STRANGE * (double)n)) {
        codes_note_strange(self, column, told ? n_strange : n_odd, input->n_codes);
        return TRUE;
    }
    if (n_strange > 0 && n_distinct >= input->n_codes) {
        codes_rank(self, column, g_steal_pointer(&value), n_distinct);
        return TRUE;
    }
    if (n_odd > 0) {
        errata_model_codes_refuse(input, error);
        return FALSE;
    }
    self->sure = n_strange == 0 && n_run > 0 && n_known >= CODES_DENSE * input->n_codes
                     ? ERRATA_MODEL_CODES_LIKELY
                     : ERRATA_MODEL_CODES_GUESS;
    self->note =
        g_strdup_printf("column “%s”: its numbers are taken as the codes that the model knows, "
                        "%u of which these rows lack",
                        column->name,
                        input->n_codes - MIN(n_known, input->n_codes));
    return TRUE;
}

static int
codes_compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/**
 * errata_model_codes_rank_texts:
 * @column: of a dictionary of texts
 * @ret_n: (out): how many of them are neither blank nor numbers
 * @ret_n_numbers: (out): how many are numbers
 *
 * Returns: (transfer full) (array): per entry of the dictionary its place in the sorted list of the
 *   former; NaN for blanks and numbers
 */
double *
errata_model_codes_rank_texts(const ErrataColumn *column, guint *ret_n, guint *ret_n_numbers)
{
    guint n = column->n_dictionary, kept = 0, n_numbers = 0;
    g_autofree const char **sorted = g_new(const char *, n + 1);
    double *rank = g_new(double, n + 1);
    double value;

    for (guint i = 0; i < n; i++) {
        const char *text = column->dictionary[i];

        if (errata_number_parse_double(text, strlen(text), &value))
            n_numbers++;
        else if (!errata_number_is_blank(text, strlen(text)))
            sorted[kept++] = text;
    }
    qsort(sorted, kept, sizeof *sorted, codes_compare_texts);
    for (guint i = 0; i < n; i++) {
        const char *const *found =
            kept > 0
                ? bsearch(&column->dictionary[i], sorted, kept, sizeof *sorted, codes_compare_texts)
                : NULL;

        rank[i] = found != NULL ? (double)(found - sorted) : (double)NAN;
    }
    *ret_n = kept;
    *ret_n_numbers = n_numbers;
    return rank;
}

/**
 * errata_model_codes_read:
 * @column: (nullable): what holds the input
 * @input: a coded input
 * @has_told_codes: whether the column is named as one of codes
 * @ret: (out): what its values stand for; to be cleared
 * @error: return location for a #GError
 *
 * Reads the values of a column as codes: as they are, or as their places among themselves.
 * O(n log n) in the rows.
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA where neither can be.
 */
gboolean
errata_model_codes_read(const ErrataColumn *column,
                        const ErrataModelInput *input,
                        gboolean has_told_codes,
                        ErrataModelCodes *ret,
                        GError **error)
{
    guint n, n_numbers;

    if (column->type != ERRATA_COLUMN_TEXT && column->type != ERRATA_COLUMN_CATEGORY)
        return codes_read_numbers(ret, column, input, has_told_codes, error);
    if (column->type == ERRATA_COLUMN_CATEGORY) {
        ret->of_code = errata_model_codes_rank_texts(column, &n, &n_numbers);
        if (n_numbers == 0 && n >= input->n_codes) {
            ret->sure = ERRATA_MODEL_CODES_GUESS;
            codes_note_ranks(ret, column, n);
            return TRUE;
        }
    }
    errata_model_codes_refuse(input, error);
    return FALSE;
}

/* ---- by the model's own counts
 * ------------------------------------------------------------------ */

typedef struct {
    const ErrataTrees *trees;
    guint feature;
    guint n_codes;
    double *cells; /* row-major, single precision */
    gsize n_rows;
    guint n_values;
    double *value; /* sorted: what the reading says the codes are */
    guint *place;  /* per row, among these; n_values: missing */
    double *other; /* per value: the codes of another reading */
    guint n_trees;
    gboolean is_logistic; /* boosting weighed a row by p (1 − p) */
    double *margin;       /* per row, of the trees before */
    double *n_node;       /* per node: the weight there, of its squares, and of what goes left */
    double *n_square;
    double *n_left;
} Codes;

static void
codes_clear(Codes *self)
{
    g_free(self->cells);
    g_free(self->value);
    g_free(self->place);
    g_free(self->other);
    g_free(self->margin);
    g_free(self->n_node);
    g_free(self->n_square);
    g_free(self->n_left);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Codes, codes_clear)

/* rows from all over the log, as the reading has them */
static void
codes_take_rows(Codes *self, const ErrataModelBinding *binding)
{
    g_autoptr(ErrataModelBlock) block = errata_model_block_new(binding, CODES_BLOCK);
    gsize n = errata_model_binding_n_rows(binding), n_blocks = (n + CODES_BLOCK - 1) / CODES_BLOCK;
    gsize n_taken = MIN(n_blocks, CODES_ROWS / CODES_BLOCK);
    guint width = self->trees->n_features;

    self->cells = g_new0(double, MAX(n_taken, 1) * CODES_BLOCK * MAX(width, 1));
    for (gsize b = 0; b < n_taken; b++) {
        gsize begin = b * n_blocks / n_taken * CODES_BLOCK;
        const ErrataModelRows *rows =
            errata_model_block_fill(block, begin, MIN(CODES_BLOCK, n - begin));

        for (gsize i = 0; i < rows->n_rows; i++, self->n_rows++)
            for (guint f = 0; f < width; f++)
                self->cells[self->n_rows * width + f] = self->trees->cast_float
                                                            ? (double)(float)rows->number[f][i]
                                                            : rows->number[f][i];
    }
}

static void
codes_take_values(Codes *self)
{
    guint width = self->trees->n_features;
    guint n = 0;

    self->value = g_new(double, MAX(self->n_rows, 1));
    self->place = g_new(guint, MAX(self->n_rows, 1));
    for (gsize row = 0; row < self->n_rows; row++) {
        double x = self->cells[row * width + self->feature];

        if (!isnan(x))
            self->value[n++] = x;
    }
    self->n_values = codes_distinct(self->value, n);
    for (gsize row = 0; row < self->n_rows; row++) {
        double x = self->cells[row * width + self->feature];
        const double *found =
            isnan(x) ? NULL : bsearch(&x, self->value, self->n_values, sizeof x, codes_compare);

        self->place[row] = found != NULL ? (guint)(found - self->value) : self->n_values;
    }
    self->other = g_new(double, MAX(self->n_values, 1));
}

/* whether any node parts the values by the other reading in another way */
static gboolean
codes_differ(const Codes *self)
{
    const ErrataTrees *trees = self->trees;

    for (guint node = 0; node < trees->n_nodes; node++)
        for (guint i = 0;
             trees->right[node] != 0 && trees->feature[node] == self->feature && i < self->n_values;
             i++)
            if (errata_trees_goes_left(trees, node, self->value[i]) !=
                errata_trees_goes_left(trees, node, self->other[i]))
                return TRUE;
    return FALSE;
}

/* rows by node, by the weight that boosting gave each in the round of the tree */
static void
codes_route(Codes *self, guint tree, const double *code)
{
    const ErrataTrees *trees = self->trees;

    for (gsize row = 0; row < self->n_rows; row++) {
        const double *cells = self->cells + row * trees->n_features;
        guint32 node = trees->first[tree];
        double p = 1.0 / (1.0 + exp(-self->margin[row]));
        double weight = self->is_logistic ? p * (1.0 - p) : 1.0;

        while (trees->right[node] != 0) {
            guint feature = trees->feature[node];
            double x = feature != self->feature            ? cells[feature]
                       : self->place[row] < self->n_values ? code[self->place[row]]
                                                           : (double)NAN;
            gboolean left = errata_trees_goes_left(trees, node, x);

            self->n_node[node] += weight;
            self->n_square[node] += weight * weight;
            self->n_left[node] += left ? weight : 0.0;
            node = left ? node + 1 : trees->right[node];
        }
        self->margin[row] += trees->leaf_value[trees->feature[node]];
    }
}

/* The worst of the nodes on the feature: by how many squared standard errors the share of the rows
 * that it sends left is off that of the training's. @ret_exact: whether the rows are just those of
 * the training. NaN where no node tells. The worst and not the sum, since trees ask the same again
 * and again. */
static double
codes_misfit(Codes *self, const double *code, gboolean *ret_exact)
{
    const ErrataTrees *trees = self->trees;
    double worst = (double)NAN, all = trees->cover[trees->first[0]];
    gsize size = trees->first[self->n_trees] * sizeof *self->n_node;

    *ret_exact = TRUE;
    memset(self->n_node, 0, size);
    memset(self->n_square, 0, size);
    memset(self->n_left, 0, size);
    for (gsize row = 0; row < self->n_rows; row++)
        self->margin[row] = trees->base[0];
    for (guint tree = 0; tree < self->n_trees; tree++) {
        if (!self->is_logistic &&
            fabs(trees->cover[trees->first[tree]] - all) > CODES_SAME_SUM * all)
            continue;
        codes_route(self, tree, code);
        for (guint node = trees->first[tree]; node < trees->first[tree + 1]; node++) {
            double known = trees->cover[node], n = self->n_node[node], share, off;

            if (trees->right[node] == 0 || trees->feature[node] != self->feature || !(n > 0.0) ||
                !(known > 0.0))
                continue;
            share = CLAMP(trees->cover[node + 1] / known, 0.5 / (known + 1), 1 - 0.5 / (known + 1));
            off = self->n_left[node] - n * share;
            off *= off / (self->n_square[node] * share * (1.0 - share) * (1.0 + n / known));
            worst = fmax(worst, off);
            *ret_exact = *ret_exact && fabs(n - known) <= CODES_EXACT * n &&
                         fabs(self->n_left[node] - trees->cover[node + 1]) <= CODES_EXACT * n;
        }
    }
    return worst;
}

/* training did not know the value at a place; where the places have a gap before it, the gap was
 * none. FALSE where training would have known fewer values than the model has codes */
static gboolean
codes_without(Codes *self, guint at)
{
    gboolean gap = self->value[at] > (at > 0 ? self->value[at - 1] + 1.0 : 0.0);

    for (guint i = 0; i < self->n_values; i++)
        self->other[i] = self->value[i] - (i > at || (i == at && gap) ? 1.0 : 0.0);
    if (!gap)
        self->other[at] = ERRATA_MODEL_UNSEEN;
    return gap || self->value[self->n_values - 1] >= self->n_codes;
}

/* Readings that are a category off; @way 0: training knew one more before a place; 1: one less; 2:
 * all that there are. FALSE where there is no such */
static gboolean
codes_other(Codes *self, guint way, guint at)
{
    if (way == 1)
        return codes_without(self, at);
    for (guint i = 0; i < self->n_values; i++)
        self->other[i] = way == 2 ? (double)i : self->value[i] + (i >= at ? 1.0 : 0.0);
    return way == 0 || at == 0;
}

/* whether the model tells of each node how much of the training's rows reached it, and of which
 * input it asks */
static gboolean
codes_can_prove(const ErrataModel *model)
{
    const ErrataTrees *trees = model->trees;

    if (trees == NULL || trees->cover == NULL || trees->n_trees == 0 || trees->owner != NULL ||
        trees->n_features != model->inputs->len || trees->leaf_width > 1)
        return FALSE;
    for (guint i = 0; i < model->inputs->len; i++)
        if (errata_model_input(model, i)->type == ERRATA_MODEL_TEXT)
            return FALSE;
    return TRUE;
}

/* trees that are asked: as many as time allows; those of DART were not grown on the sum of all
 * before */
static void
codes_take_trees(Codes *self)
{
    const ErrataTrees *trees = self->trees;
    double steps = 3.0 * self->n_values * (double)self->n_rows * (trees->depth + 1.0);

    self->n_trees = MIN(trees->n_trees, CODES_TREES);
    self->n_trees = (guint)CLAMP(CODES_STEPS / MAX(steps, 1.0), 1.0, self->n_trees);
    self->is_logistic = trees->link == ERRATA_LINK_LOGISTIC && trees->n_groups == 1;
    for (guint tree = 0; tree < self->n_trees; tree++)
        if (self->is_logistic && fabs(trees->weight[tree] - 1.0) > 0.0)
            self->n_trees = 1;
    self->margin = g_new(double, MAX(self->n_rows, 1));
    self->n_node = g_new(double, trees->n_nodes);
    self->n_square = g_new(double, trees->n_nodes);
    self->n_left = g_new(double, trees->n_nodes);
}

/**
 * errata_model_codes_prove:
 * @binding: columns as inputs
 * @input: a coded one
 * @sure: how sure its reading is
 *
 * Tells by the model's own counts of its training rows whether the values of a column stand for the
 * codes that they were read as: the log's rows part at the nodes as these did, and do not where
 * values are taken a category off. O(values × rows × trees), within fixed limits.
 *
 * Returns: how sure it is then
 */
ErrataModelCodesSure
errata_model_codes_prove(const ErrataModelBinding *binding, guint input, ErrataModelCodesSure sure)
{
    ErrataModel *model = errata_model_binding_model(binding);
    ErrataModelCodesSure unless = sure == ERRATA_MODEL_CODES_LIKELY ? ERRATA_MODEL_CODES_SURE
                                                                    : sure;
    g_auto(Codes) self = {.trees = model->trees,
                          .feature = input,
                          .n_codes = errata_model_input(model, input)->n_codes};
    double own, least = (double)INFINITY;
    gboolean is_training, any_other = FALSE;

    if (!codes_can_prove(model))
        return unless;
    codes_take_rows(&self, binding);
    codes_take_values(&self);
    if (self.n_values > CODES_MOST)
        return unless;
    codes_take_trees(&self);
    own = codes_misfit(&self, self.value, &is_training);
    for (guint way = 0; way < 3; way++)
        for (guint at = 0; at < self.n_values; at++) {
            gboolean is_other;
            double other;

            if (!codes_other(&self, way, at) || !codes_differ(&self))
                continue;
            other = codes_misfit(&self, self.other, &is_other);
            least = fmin(least, isnan(other) ? 0.0 : other); /* nothing speaks against it */
            any_other = any_other || is_other;
        }
    if (isnan(own))
        return unless;
    if (sure == ERRATA_MODEL_CODES_LIKELY)
        return least < own - CODES_APART ? ERRATA_MODEL_CODES_GUESS : ERRATA_MODEL_CODES_SURE;
    return (is_training && !any_other) || (own <= CODES_FITS && least >= own + CODES_APART)
               ? ERRATA_MODEL_CODES_SURE
               : ERRATA_MODEL_CODES_GUESS;
}
