/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Row by row: the probability of each class, recalibrated on the source (CBPE), or the loss that
 * trees expect which were fitted to the source's losses (DLE). METHODS e7. */
#include <math.h>
#include <string.h>

#include "boost.h"
#include "estimate.h"
#include "sort.h"

#define ROWS_TRAIN 100000 /* rows of the source that trees are fitted to, evenly spread */
#define ROWS_CODES 64     /* quantile bins of the prediction */

void
errata_estimate_rows_clear(ErrataEstimateRows *self)
{
    for (guint k = 0; self->chance != NULL && k < self->cbpe.n_classes; k++) {
        g_free(self->chance[k]);
        g_free(self->score[k]);
    }
    g_free(self->chance);
    g_free(self->score);
    g_free(self->row);
    g_free(self->predicted);
    g_free(self->weight);
    g_free(self->loss);
    g_free(self->square);
}

static void
rows_take_weights(const ErrataOutcome *outcome, ErrataEstimateRows *rows)
{
    if (outcome->weight == NULL)
        return;
    rows->weight = g_new(double, MAX(rows->n, 1));
    for (gsize i = 0; i < rows->n; i++) /* also missing: the row counts for nothing */
        rows->weight[i] = fmax(outcome->weight[rows->row[i]], 0.0);
}

/* the score of class @k as logged; confidence only: class 1 is being right */
static double
rows_score(const ErrataOutcome *outcome, gboolean only_right, guint k, gsize row)
{
    if (only_right)
        return k == 1 ? outcome->confidence[row] : 1.0 - outcome->confidence[row];
    if (outcome->score != NULL)
        return (int)k == outcome->positive ? outcome->score[row] : 1.0 - outcome->score[row];
    return outcome->probability[k][row];
}

static gboolean
rows_is_complete(const ErrataOutcome *outcome, gboolean only_right, guint n_classes, gsize row)
{
    if (outcome->predicted[row] < 0)
        return FALSE;
    for (guint k = 0; k < n_classes; k++)
        if (isnan(rows_score(outcome, only_right, k, row)))
            return FALSE;
    return TRUE;
}

/* the class of the source with the name that @k has in the log; −1 when it has none */
static int
rows_same_class(const ErrataAnalysis *analysis, const ErrataEstimateSource *source, guint k)
{
    for (guint j = 0; j < source->schema->n_classes; j++)
        if (g_strcmp0(source->schema->classes[j], analysis->schema->classes[k]) == 0)
            return (int)j;
    return -1;
}

/* what recalibrates the scores of class @k; NULL: nothing has to */
static ErrataRecalibration *
rows_map(const ErrataAnalysis *analysis,
         const ErrataEstimateSource *source,
         const ErrataEstimateRows *rows,
         guint k)
{
    const ErrataMetricsInput *input = &source->judged->input;
    g_autofree double *score = g_new(double, MAX(input->n, 1));
    g_autofree guint8 *hit = g_new(guint8, MAX(input->n, 1));
    g_autofree double *weight = input->weight != NULL ? g_new(double, MAX(input->n, 1)) : NULL;
    int same = rows->only_right ? 1 : rows_same_class(analysis, source, k);
    gsize n = 0, n_hit = 0;

    for (gsize i = 0; same >= 0 && i < input->n; i++) {
        double value =
            rows_score(source->outcome, rows->only_right, (guint)same, source->judged->row[i]);

        if (isnan(value))
            continue;
        score[n] = CLAMP(value, 0.0, 1.0);
        hit[n] = rows->only_right ? input->truth[i] == input->predicted[i]
                                  : input->truth[i] == same;
        n_hit += hit[n];
        if (weight != NULL)
            weight[n] = input->weight[i];
        n++;
    }
    if (n < ERRATA_ESTIMATE_MIN_SOURCE || n_hit == 0 || n_hit == n)
        return NULL;
    return errata_cbpe_recalibration(score, hit, weight, n, analysis->settings->seed + k);
}

static gboolean
rows_source_has_scores(const ErrataEstimateSource *source, gboolean only_right)
{
    const ErrataOutcome *outcome = source->outcome;

    if (source->judged == NULL)
        return FALSE;
    return only_right ? outcome->confidence != NULL
                      : outcome->score != NULL || outcome->probability != NULL;
}

/* a row's probabilities sum to 1 */
static void
rows_normalise(ErrataEstimateRows *rows)
{
    for (gsize i = 0; i < rows->n; i++) {
        double sum = 0.0;

        for (guint k = 0; k < rows->cbpe.n_classes; k++)
            sum += rows->chance[k][i];
        for (guint k = 0; k < rows->cbpe.n_classes; k++)
            rows->chance[k][i] = sum > 0.0 ? rows->chance[k][i] / sum : 1.0 / rows->cbpe.n_classes;
    }
}

static void
rows_fill_class(const ErrataAnalysis *analysis,
                const ErrataEstimateSource *source,
                ErrataEstimateRows *rows,
                guint k)
{
    g_autoptr(ErrataRecalibration) map = NULL;

    if (rows_source_has_scores(source, rows->only_right))
        map = rows_map(analysis, source, rows, k);
    rows->recalibrated |= map != NULL;
    rows->chance[k] = g_new(double, MAX(rows->n, 1));
    rows->score[k] = g_new(double, MAX(rows->n, 1));
    for (gsize i = 0; i < rows->n; i++) {
        double score = rows_score(analysis->outcome, rows->only_right, k, rows->row[i]);

        score = CLAMP(score, 0.0, 1.0);
        rows->score[k][i] = score;
        rows->chance[k][i] = map != NULL ? errata_recalibrate_apply(map, score) : score;
    }
}

/* two classes: the other one's probability is the rest */
static void
rows_fill_rest(ErrataEstimateRows *rows, guint k)
{
    rows->chance[k] = g_new(double, MAX(rows->n, 1));
    for (gsize i = 0; i < rows->n; i++)
        rows->chance[k][i] = 1.0 - rows->chance[1 - k][i];
}

/**
 * errata_estimate_classes:
 * @analysis: a log of a classifier with scores
 * @source: what to recalibrate them on; without rows they are taken at their word
 * @rows: (out caller-allocates): zeroed; filled
 *
 * Every row with a prediction and scores, with the calibrated probability of each class (isotonic
 * regression per class, then normalised, where it helps on rows held out).
 */
void
errata_estimate_classes(const ErrataAnalysis *analysis,
                        const ErrataEstimateSource *source,
                        ErrataEstimateRows *rows)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gboolean binary = outcome->score != NULL && outcome->positive >= 0;

    rows->only_right = !binary && outcome->probability == NULL;
    rows->cbpe.n_classes = binary || rows->only_right ? 2 : outcome->n_classes;
    rows->cbpe.positive = binary ? outcome->positive : -1;
    rows->row = g_new(guint32, MAX(outcome->n_rows, 1));
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (rows_is_complete(outcome, rows->only_right, rows->cbpe.n_classes, row))
            rows->row[rows->n++] = (guint32)row;
    rows->predicted = g_new(gint32, MAX(rows->n, 1));
    for (gsize i = 0; i < rows->n; i++)
        rows->predicted[i] = rows->only_right ? 1 : outcome->predicted[rows->row[i]];
    rows_take_weights(outcome, rows);
    rows->chance = g_new0(double *, rows->cbpe.n_classes);
    rows->score = g_new0(double *, rows->cbpe.n_classes);
    if (binary || rows->only_right) {
        guint k = binary ? (guint)outcome->positive : 1;

        rows_fill_class(analysis, source, rows, k);
        rows_fill_rest(rows, 1 - k);
    } else {
        for (guint k = 0; k < rows->cbpe.n_classes; k++)
            rows_fill_class(analysis, source, rows, k);
        rows_normalise(rows);
    }
    rows->cbpe.n = rows->n;
    rows->cbpe.predicted = rows->predicted;
    rows->cbpe.chance = (const double *const *)rows->chance;
    rows->cbpe.score = (const double *const *)rows->score;
    rows->cbpe.weight = rows->weight;
    rows->cbpe.learnt = errata_estimate_variance(source, "accuracy", -1, (double)INFINITY);
}

/* ---- numbers ---- */

/* codes of predictions by the source's quantiles */
static guint8 *
rows_code(const double *value, gsize n, const double *edges, guint n_edges)
{
    guint8 *code = g_new(guint8, MAX(n, 1));

    for (gsize i = 0; i < n; i++) {
        guint low = 0, high = n_edges;

        while (low < high) {
            guint middle = (low + high) / 2;

            if (edges[middle] <= value[i])
                low = middle + 1;
            else
                high = middle;
        }
        code[i] = isnan(value[i]) ? ERRATA_BOOST_MISSING : (guint8)low;
    }
    return code;
}

static guint
rows_edges(const ErrataJudged *judged, double edges[ROWS_CODES])
{
    gsize n = judged->input.n;
    g_autofree double *sorted = g_memdup2(judged->input.predicted_value, n * sizeof *sorted);
    guint n_edges = 0;

    errata_sort_values(sorted, n);
    for (guint b = 1; b < ROWS_CODES; b++) {
        double edge = sorted[n * b / ROWS_CODES];

        if (edge > sorted[0] && (n_edges == 0 || edge > edges[n_edges - 1]))
            edges[n_edges++] = edge;
    }
    return n_edges;
}

/* the columns of @bins and one more, the prediction */
static ErrataBoostColumn *
rows_columns(const ErrataBins *bins, const guint8 *prediction, guint n_codes)
{
    ErrataBoostColumn *columns = g_new(ErrataBoostColumn, bins->n_columns + 1);

    for (guint c = 0; c < bins->n_columns; c++)
        columns[c] = (ErrataBoostColumn){bins->columns[c].code,
                                         bins->columns[c].n_codes,
                                         bins->columns[c].numeric};
    columns[bins->n_columns] = (ErrataBoostColumn){prediction, n_codes, TRUE};
    return columns;
}

static double *
rows_expect(const ErrataBoostColumn *train_columns,
            const ErrataBoostColumn *columns,
            guint n_columns,
            const ErrataEstimateSource *source,
            const ErrataEstimateRows *rows,
            gboolean square,
            guint64 seed)
{
    ErrataBoostParams params = errata_boost_params(ERRATA_BOOST_SQUARED, 0, seed);
    const ErrataJudged *judged = source->judged;
    gsize step = judged->input.n / ROWS_TRAIN + 1;
    gsize n = judged->input.n / step;
    g_autofree guint32 *train = g_new(guint32, MAX(n, 1));
    g_autofree double *target = g_new0(double, MAX(source->outcome->n_rows, 1)); /* by row */
    g_autoptr(ErrataBoost) boost = NULL;
    double *value = g_new(double, MAX(rows->n, 1));

    for (gsize i = 0; i < n; i++) {
        double error = judged->input.predicted_value[i * step] -
                       judged->input.truth_value[i * step];

        train[i] = judged->row[i * step];
        target[train[i]] = square ? error * error : fabs(error);
    }
    boost = errata_boost_train(train_columns, n_columns, train, n, target, &params);
    errata_boost_predict(boost, columns, rows->row, rows->n, value);
    for (gsize i = 0; i < rows->n; i++)
        value[i] = fmax(value[i], 0.0);
    return value;
}

/**
 * errata_estimate_numbers:
 * @analysis: a log of a regression
 * @source: labelled rows, with bins
 * @rows: (out caller-allocates): zeroed; filled
 *
 * Every row with a prediction, with the absolute and the squared error that boosted trees expect
 * from its features and its prediction.
 *
 * Source: direct loss estimation as NannyML defines it.
 */
void
errata_estimate_numbers(const ErrataAnalysis *analysis,
                        const ErrataEstimateSource *source,
                        ErrataEstimateRows *rows)
{
    const ErrataOutcome *outcome = analysis->outcome;
    double edges[ROWS_CODES];
    guint n_edges = rows_edges(source->judged, edges);
    g_autofree guint8 *train_code =
        rows_code(source->outcome->predicted_value, source->outcome->n_rows, edges, n_edges);
    g_autofree guint8 *code = rows_code(outcome->predicted_value, outcome->n_rows, edges, n_edges);
    g_autofree ErrataBoostColumn *train = rows_columns(source->bins, train_code, n_edges + 1);
    g_autofree ErrataBoostColumn *columns = rows_columns(analysis->bins, code, n_edges + 1);
    guint n_columns = source->bins->n_columns + 1;
    guint64 seed = analysis->settings->seed;

    rows->row = g_new(guint32, MAX(outcome->n_rows, 1));
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (!isnan(outcome->predicted_value[row]))
            rows->row[rows->n++] = (guint32)row;
    rows_take_weights(outcome, rows);
    rows->recalibrated = TRUE;
    rows->loss = rows_expect(train, columns, n_columns, source, rows, FALSE, seed);
    rows->square = rows_expect(train, columns, n_columns, source, rows, TRUE, seed);
}
