/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histogram gradient boosting over one-byte codes (Friedman 2001; Ke et al. 2017, "LightGBM").
 * Small on purpose: a few dozen shallow trees that tell what a column knows. Same input and seed
 * give the same bytes whatever the thread count, since all sums over rows are whole numbers. */
#include "boost.h"

#include <math.h>

#include "boost-private.h"
#include "parallel.h"
#include "rng.h"

#define BOOST_GRAIN      8192
#define BOOST_PREDICT    1024 /* rows packed at a time */
#define BOOST_TURN       1024 /* rows turned from columns at a time */
#define BOOST_UNITS      (G_GUINT64_CONSTANT(1) << 30)
#define BOOST_MAX_MARGIN 15.0
#define BOOST_RNG_HALVES G_GUINT64_CONSTANT(0x626f6f7374) /* "boost" */

typedef struct {
    ErrataBoost *boost;
    ErrataBoostMatrix matrix;
    double *margin;   /* n × n_outputs */
    double *log_sum;  /* softmax: of each row's margins when the round began */
    double *target;   /* of the training rows; squared: centred and scaled */
    gint64 *gradient; /* packed, of the output at work; only for the rows kept this round */
    guint32 *kept;
    double units; /* steps per 1 */
    guint output;
    const ErrataBoostTree *tree;
} BoostTraining;

/**
 * errata_boost_params:
 * @loss: what is minimised
 * @n_classes: classes, for softmax
 * @seed: of the random halves
 *
 * Returns: settings that do well on tables without tuning: 50 trees of depth 5 at rate 0.15
 */
ErrataBoostParams
errata_boost_params(ErrataBoostLoss loss, guint n_classes, guint64 seed)
{
    return (ErrataBoostParams){.loss = loss,
                               .n_classes = n_classes,
                               .rounds = 50,
                               .depth = 5,
                               .learning_rate = 0.15,
                               .l2 = 1.0,
                               .min_hessian = 5.0,
                               .halvings = 1,
                               .seed = seed};
}

static double
boost_sigmoid(double margin)
{
    return 1.0 / (1.0 + exp(-CLAMP(margin, -BOOST_MAX_MARGIN, BOOST_MAX_MARGIN)));
}

/* ln Σ exp(margin), by which margins become probabilities */
static double
boost_log_sum(const double *margin, guint n_outputs)
{
    double largest = margin[0], sum = 0.0;

    for (guint k = 1; k < n_outputs; k++)
        largest = MAX(largest, margin[k]);
    for (guint k = 0; k < n_outputs; k++)
        sum += exp(margin[k] - largest);
    return largest + log(sum);
}

static void
boost_log_sum_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    BoostTraining *training = data;
    guint n_outputs = training->boost->n_outputs;

    for (gsize i = begin; i < end; i++)
        training->log_sum[i] = boost_log_sum(training->margin + i * n_outputs, n_outputs);
}

static void
boost_gradient_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    BoostTraining *training = data;
    const ErrataBoost *boost = training->boost;

    for (gsize at = begin; at < end; at++) {
        gsize i = training->kept[at];
        const double *margin = training->margin + i * boost->n_outputs;
        double g = 0.0, h = 1.0;

        switch (boost->params.loss) {
        case ERRATA_BOOST_SQUARED:
            g = CLAMP(margin[0] - training->target[i], -1.0, 1.0);
            break;
        case ERRATA_BOOST_LOGISTIC:
            h = boost_sigmoid(margin[0]);
            g = h - training->target[i];
            h *= 1.0 - h;
            break;
        case ERRATA_BOOST_SOFTMAX:
            h = exp(MIN(margin[training->output] - training->log_sum[i], 0.0));
            g = h - (fabs(training->target[i] - (double)training->output) < 0.5 ? 1.0 : 0.0);
            h *= 1.0 - h;
            break;
        }
        training->gradient[i] = (gint64)rint(g * training->units) * (G_GINT64_CONSTANT(1) << 32) +
                                (gint64)rint(h * training->units);
    }
}

static void
boost_update_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    BoostTraining *training = data;
    const ErrataBoost *boost = training->boost;

    errata_boost_walk_add(training->tree->walk,
                          training->matrix.column + begin,
                          training->matrix.pitch,
                          end - begin,
                          training->margin + begin * boost->n_outputs + training->output,
                          boost->n_outputs);
}

/* a random part in row order; one bit per row decides, 64 rows a draw, all draws must say yes */
static gsize
boost_sample(const ErrataBoostParams *params, gsize n, guint round, guint32 *ret_sample)
{
    gsize n_sample = 0;

    for (gsize block = 0; block < n; block += 64) {
        ErrataRng rng = errata_rng_init(params->seed, BOOST_RNG_HALVES + round, block);
        guint64 bits = G_MAXUINT64;

        for (guint i = 0; i < params->halvings; i++)
            bits &= errata_rng_next(&rng);
        for (gsize i = block; i < MIN(block + 64, n); i++, bits >>= 1)
            if ((bits & 1) != 0)
                ret_sample[n_sample++] = (guint32)i;
    }
    return n_sample;
}

static void
boost_matrix_init(ErrataBoostMatrix *matrix,
                  const ErrataBoostColumn *columns,
                  guint n_columns,
                  const guint32 *row,
                  gsize n)
{
    matrix->n_rows = n;
    matrix->n_columns = n_columns;
    matrix->code = g_malloc_n(MAX(n, 1), n_columns);
    matrix->pitch = errata_boost_tree_pitch(n);
    matrix->column = g_malloc_n(matrix->pitch, n_columns);
    matrix->offset = g_new0(guint, n_columns + 1);
    matrix->ordered = g_new0(gboolean, n_columns);
    for (guint c = 0; c < n_columns; c++) {
        matrix->offset[c + 1] = matrix->offset[c] + columns[c].n_codes + 1;
        matrix->ordered[c] = columns[c].ordered;
    }
    errata_boost_tree_pack(columns, n_columns, row, n, matrix->column);
    for (gsize block = 0; block < n; block += BOOST_TURN)
        for (guint c = 0; c < n_columns; c++)
            for (gsize i = block; i < MIN(block + BOOST_TURN, n); i++)
                matrix->code[i * n_columns + c] = matrix->column[c * matrix->pitch + i];
}

/* the best constant, so that the first trees need not find it */
static void
boost_base(ErrataBoost *self, BoostTraining *training, gsize n)
{
    double mean = 0.0, largest = 0.0;

    if (self->params.loss == ERRATA_BOOST_SOFTMAX) {
        for (gsize i = 0; i < n; i++)
            self->base[(guint)training->target[i]] += 1.0;
        for (guint k = 0; k < self->n_outputs; k++)
            self->base[k] = log((self->base[k] + 0.5) / ((double)n + 0.5 * self->n_outputs));
        return;
    }
    for (gsize i = 0; i < n; i++)
        mean += (training->target[i] - mean) / (double)(i + 1);
    if (self->params.loss == ERRATA_BOOST_LOGISTIC) {
        mean = (mean * (double)n + 0.5) / ((double)n + 1.0);
        self->base[0] = log(mean / (1.0 - mean));
        return;
    }
    for (gsize i = 0; i < n; i++)
        largest = MAX(largest, fabs(training->target[i] - mean));
    self->scale = largest > 0.0 ? largest : 1.0;
    for (gsize i = 0; i < n; i++)
        training->target[i] = (training->target[i] - mean) / self->scale;
    self->base[0] = mean;
}

static void
boost_round(BoostTraining *training, guint round, guint32 *sample)
{
    ErrataBoost *self = training->boost;
    gsize n = training->matrix.n_rows;
    gsize n_sample = boost_sample(&self->params, n, round, training->kept);

    if (training->log_sum != NULL)
        errata_parallel_for(n, BOOST_GRAIN, boost_log_sum_cb, training);
    for (guint output = 0; output < self->n_outputs; output++) {
        ErrataBoostTree *tree = &self->trees[round * self->n_outputs + output];

        training->output = output;
        training->tree = tree;
        errata_parallel_for(n_sample, BOOST_GRAIN, boost_gradient_cb, training);
        for (gsize i = 0; i < n_sample; i++)
            sample[i] = training->kept[i];
        errata_boost_tree_grow(tree,
                               &training->matrix,
                               &self->params,
                               sample,
                               n_sample,
                               training->gradient,
                               1.0 / training->units,
                               self->gain);
        tree->walk = errata_boost_walk_new(tree, self->params.depth);
        errata_parallel_for(n, BOOST_GRAIN, boost_update_cb, training);
    }
}

static ErrataBoost *
boost_new(guint n_columns, const ErrataBoostParams *params)
{
    ErrataBoost *self = g_new0(ErrataBoost, 1);
    guint n_leaves = 1U << params->depth;

    self->params = *params;
    self->n_columns = n_columns;
    self->n_outputs = params->loss == ERRATA_BOOST_SOFTMAX ? params->n_classes : 1;
    self->n_trees = n_columns > 0 ? params->rounds * self->n_outputs : 0;
    self->base = g_new0(double, self->n_outputs);
    self->scale = 1.0;
    self->gain = g_new0(double, n_columns + 1);
    self->trees = g_new0(ErrataBoostTree, self->n_trees);
    for (guint i = 0; i < self->n_trees; i++) {
        self->trees[i].test = g_new0(ErrataBoostTest, n_leaves - 1);
        self->trees[i].leaf = g_new0(double, n_leaves);
    }
    return self;
}

/**
 * errata_boost_train:
 * @columns: (array length=n_columns): the frame's columns
 * @n_columns: number of columns; none gives the constant
 * @row: (array length=n): rows to learn from
 * @n: number of those rows, at least 1 and at most %ERRATA_BOOST_MAX_ROWS
 * @target: by row of the frame: a finite number, 0 or 1, or a class index, by the loss
 * @params: how
 *
 * O(rounds · outputs · n · (n_columns + depth)).
 *
 * Returns: (transfer full): the trees
 */
ErrataBoost *
errata_boost_train(const ErrataBoostColumn *columns,
                   guint n_columns,
                   const guint32 *row,
                   gsize n,
                   const double *target,
                   const ErrataBoostParams *params)
{
    g_autoptr(ErrataBoost) self = NULL;
    g_autofree guint32 *sample = NULL;
    BoostTraining training = {0};

    g_return_val_if_fail(n > 0 && n <= ERRATA_BOOST_MAX_ROWS, NULL);
    g_return_val_if_fail(params->depth > 0 && params->depth <= ERRATA_BOOST_MAX_DEPTH, NULL);
    g_return_val_if_fail(params->l2 > 0.0, NULL);

    self = boost_new(n_columns, params);
    training.boost = self;
    training.target = g_new(double, n);
    for (gsize i = 0; i < n; i++)
        training.target[i] = target[row[i]];
    boost_base(self, &training, n);
    if (n_columns > 0) {
        boost_matrix_init(&training.matrix, columns, n_columns, row, n);
        training.units = (double)MIN(BOOST_UNITS / n, 65535);
        training.gradient = g_new(gint64, n);
        training.margin = g_new0(double, n * self->n_outputs);
        if (params->loss == ERRATA_BOOST_SOFTMAX)
            training.log_sum = g_new0(double, n);
        for (gsize i = 0; i < n * self->n_outputs; i++)
            if (params->loss != ERRATA_BOOST_SQUARED)
                training.margin[i] = self->base[i % self->n_outputs];
        training.kept = g_new(guint32, n);
        sample = g_new(guint32, n);
        for (guint round = 0; round < params->rounds; round++)
            boost_round(&training, round, sample);
    }
    g_free(training.matrix.code);
    g_free(training.matrix.column);
    g_free(training.matrix.offset);
    g_free(training.matrix.ordered);
    g_free(training.gradient);
    g_free(training.kept);
    g_free(training.margin);
    g_free(training.log_sum);
    g_free(training.target);
    return g_steal_pointer(&self);
}

typedef struct {
    ErrataBoost *const *boosts;
    guint n_boosts;
    const ErrataBoostColumn *columns;
    const guint32 *row;
    double *value;
} BoostPrediction;

/* @value holds the sums of the leaves of @n_boosts models alike */
static void
boost_finish_row(ErrataBoost *const *boosts, guint n_boosts, double *value)
{
    const ErrataBoost *first = boosts[0];
    double log_sum;

    if (first->params.loss == ERRATA_BOOST_SQUARED) {
        value[0] /= (double)n_boosts;
        return;
    }
    for (guint k = 0; k < first->n_outputs; k++) {
        for (guint i = 0; i < n_boosts; i++)
            value[k] += boosts[i]->base[k];
        value[k] /= (double)n_boosts;
    }
    if (first->params.loss == ERRATA_BOOST_LOGISTIC) {
        value[0] = boost_sigmoid(value[0]);
        return;
    }
    log_sum = boost_log_sum(value, first->n_outputs);
    for (guint k = 0; k < first->n_outputs; k++)
        value[k] = exp(value[k] - log_sum);
}

static void
boost_add_model(const ErrataBoost *self, const guint8 *code, gsize n, double *value, double *own)
{
    gboolean squared = self->params.loss == ERRATA_BOOST_SQUARED;
    double *to = squared ? own : value;

    for (gsize i = 0; i < n && squared; i++)
        own[i] = 0.0;
    for (guint tree = 0; tree < self->n_trees; tree++)
        errata_boost_walk_add(self->trees[tree].walk,
                              code,
                              errata_boost_tree_pitch(n),
                              n,
                              to + tree % self->n_outputs,
                              self->n_outputs);
    for (gsize i = 0; i < n && squared; i++) /* each has a scale of its own */
        value[i] += self->base[0] + self->scale * own[i];
}

static void
boost_predict_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    BoostPrediction *prediction = data;
    const ErrataBoost *first = prediction->boosts[0];
    const guint n_outputs = first->n_outputs;
    gsize n = end - begin;
    g_autofree guint8 *code = g_malloc_n(errata_boost_tree_pitch(n), MAX(first->n_columns, 1));
    g_autofree double *own = g_new(double, n);
    double *value = prediction->value + begin * n_outputs;

    errata_boost_tree_pack(prediction->columns, first->n_columns, prediction->row + begin, n, code);
    for (gsize i = 0; i < n * n_outputs; i++)
        value[i] = 0.0;
    for (guint i = 0; i < prediction->n_boosts; i++)
        boost_add_model(prediction->boosts[i], code, n, value, own);
    for (gsize i = 0; i < n; i++)
        boost_finish_row(prediction->boosts, prediction->n_boosts, value + i * n_outputs);
}

/**
 * errata_boost_predict:
 * @self: trees
 * @columns: (array): the same columns as in training, of the same or another frame
 * @row: (array length=n): rows to predict
 * @n: number of those rows
 * @ret_value: (array length=n*n_outputs): means or probabilities, row-major
 */
void
errata_boost_predict(ErrataBoost *self,
                     const ErrataBoostColumn *columns,
                     const guint32 *row,
                     gsize n,
                     double *ret_value)
{
    errata_boost_predict_mean(&self, 1, columns, row, n, ret_value);
}

/**
 * errata_boost_predict_mean:
 * @boosts: (array length=n_boosts): models of the same columns and loss
 * @n_boosts: number of models, at least 1
 * @columns: (array): the same columns as in training, of the same or another frame
 * @row: (array length=n): rows to predict
 * @n: number of those rows
 * @ret_value: (array length=n*n_outputs): means, or probabilities at the models' mean margin,
 *   row-major
 */
void
errata_boost_predict_mean(ErrataBoost *const *boosts,
                          guint n_boosts,
                          const ErrataBoostColumn *columns,
                          const guint32 *row,
                          gsize n,
                          double *ret_value)
{
    BoostPrediction prediction = {boosts, n_boosts, columns, row, ret_value};

    g_return_if_fail(n_boosts > 0);
    errata_parallel_for(n, BOOST_PREDICT, boost_predict_cb, &prediction);
}

guint
errata_boost_n_outputs(const ErrataBoost *self)
{
    return self->n_outputs;
}

/**
 * errata_boost_gain:
 * @self: trees
 *
 * Returns: (array): by column, how much its splits lowered the loss in training
 */
const double *
errata_boost_gain(const ErrataBoost *self)
{
    return self->gain;
}

void
errata_boost_free(ErrataBoost *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < self->n_trees; i++) {
        g_free(self->trees[i].test);
        g_free(self->trees[i].leaf);
        errata_boost_walk_free(self->trees[i].walk);
    }
    g_free(self->trees);
    g_free(self->base);
    g_free(self->gain);
    g_free(self);
}
