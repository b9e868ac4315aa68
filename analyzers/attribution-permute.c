/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the loss would be without each feature: its values exchanged among rows, or held at the
 * usual one, and the model run again. Exchanged, a feature that is noise still is; held, it is
 * silent. Source: Breiman 2001, section 10; Fisher et al. 2019 for the loss. */
#include <math.h>
#include <string.h>

#include "attribution-private.h"
#include "evaluator.h"
#include "parallel.h"
#include "rng.h"
#include "tests.h"

#define PERMUTE_ROWS    1000
#define PERMUTE_LEAST   100
#define PERMUTE_REPEATS 5
#define PERMUTE_TREES   1e7 /* trees × runs */
#define PERMUTE_RUNS    1e5 /* of other models */
#define PERMUTE_STAGE   25
#define PERMUTE_GRAIN   8 /* features to which the rows are copied out once */
#define PERMUTE_Z       1.96
#define PERMUTE_ALPHA   0.01

typedef struct {
    const Attribution *attribution;
    const ErrataQuantity *quantity;
    const ErrataModelCells *cells;
    const double *truth;  /* per sampled row */
    const double *loss;   /* per sampled row, as it is */
    const double *weight; /* per sampled row: what it counts for, 1 on average */
    const guint8 *read;   /* per feature: whether the model asks for it */
    gsize n;
    guint64 seed;
    double *mean;  /* per feature: rise of the mean loss, exchanged; then held */
    double *error; /* likewise: its standard error */
} Permuting;

static gboolean
permute_losses(ErrataEvaluator *evaluator,
               const ErrataModelCells *cells,
               gsize n,
               const double *truth,
               double *ret_loss)
{
    guint n_raw = evaluator->quantity->n_raw;

    for (gsize i = 0; i < n; i++)
        errata_model_cells_copy(evaluator->cells, i, &cells->rows, i);
    if (!errata_evaluator_run(evaluator, n, NULL))
        return FALSE;
    for (gsize i = 0; i < n; i++)
        errata_quantity_value(evaluator->quantity,
                              evaluator->raw + i * n_raw,
                              truth[i],
                              &ret_loss[i]);
    return TRUE;
}

/* one exchange of a feature's values among the rows */
static void
permute_exchange(const Permuting *self, ErrataEvaluator *evaluator, guint feature, guint repeat)
{
    ErrataRng rng = errata_rng_init(self->seed, PERMUTE_STAGE, feature * PERMUTE_REPEATS + repeat);
    g_autofree guint32 *from = g_new(guint32, self->n);

    for (guint32 i = 0; i < self->n; i++)
        from[i] = i;
    for (gsize i = self->n; i-- > 1;) {
        gsize other = errata_rng_below(&rng, i + 1);
        guint32 kept = from[i];

        from[i] = from[other];
        from[other] = kept;
    }
    for (gsize i = 0; i < self->n; i++) {
        if (self->cells->number[feature] != NULL)
            evaluator->cells->number[feature][i] = self->cells->number[feature][from[i]];
        else
            evaluator->cells->text[feature][i] = self->cells->text[feature][from[i]];
    }
}

/* the feature as it is, for the next one's turn */
static void
permute_restore(const Permuting *self, ErrataEvaluator *evaluator, guint feature)
{
    if (self->cells->number[feature] != NULL)
        memcpy(evaluator->cells->number[feature],
               self->cells->number[feature],
               self->n * sizeof *self->cells->number[feature]);
    else
        memcpy(evaluator->cells->text[feature],
               self->cells->text[feature],
               self->n * sizeof *self->cells->text[feature]);
}

static int
permute_compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static int
permute_compare_texts(const void *a, const void *b)
{
    const char *x = *(const char *const *)a;
    const char *y = *(const char *const *)b;

    return x == NULL || y == NULL ? (x != NULL) - (y != NULL) : strcmp(x, y);
}

/* the middle number, or the commonest code; missing cells left out */
static double
permute_usual_number(const double *value, gsize n, gboolean is_code)
{
    g_autofree double *sorted = g_new(double, n + 1);
    gsize known = 0, most = 0, run = 0, best = 0;

    for (gsize i = 0; i < n; i++)
        if (!isnan(value[i]))
            sorted[known++] = value[i];
    qsort(sorted, known, sizeof *sorted, permute_compare_numbers);
    for (gsize i = 0; i < known && is_code; i++) {
        run = i > 0 && !(sorted[i] > sorted[i - 1]) ? run + 1 : 1;
        if (run > most) {
            most = run;
            best = i;
        }
    }
    return known > 0 ? sorted[is_code ? best : known / 2] : (double)NAN;
}

/* the commonest text */
static const char *
permute_usual_text(const char *const *value, gsize n)
{
    g_autofree const char **sorted = g_new(const char *, n + 1);
    const char *best = NULL;
    gsize most = 0, run = 0;

    memcpy(sorted, value, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, permute_compare_texts);
    for (gsize i = 0; i < n; i++) {
        run = i > 0 && permute_compare_texts(&sorted[i], &sorted[i - 1]) == 0 ? run + 1 : 1;
        if (run > most) {
            most = run;
            best = sorted[i];
        }
    }
    return best;
}

/* the feature is the same in all rows */
static void
permute_hold(const Permuting *self, ErrataEvaluator *evaluator, guint feature)
{
    const ErrataModelInput *input = errata_model_input(self->attribution->analysis->model, feature);
    gboolean is_code = input->is_coded || input->type == ERRATA_MODEL_CATEGORY;
    const double *number = self->cells->number[feature];
    double usual = number != NULL ? permute_usual_number(number, self->n, is_code) : (double)NAN;
    const char *text = number == NULL
                           ? permute_usual_text((const char *const *)self->cells->text[feature],
                                                self->n)
                           : NULL;

    for (gsize i = 0; i < self->n; i++) {
        if (number != NULL)
            evaluator->cells->number[feature][i] = usual;
        else
            evaluator->cells->text[feature][i] = text;
    }
}

/* adds how much more each row loses than as it is */
static gboolean
permute_measure(const Permuting *self, ErrataEvaluator *evaluator, double weight, double *rise)
{
    guint n_raw = evaluator->quantity->n_raw;

    if (!errata_evaluator_run(evaluator, self->n, NULL))
        return FALSE;
    for (gsize i = 0; i < self->n; i++) {
        double loss;

        errata_quantity_value(self->quantity, evaluator->raw + i * n_raw, self->truth[i], &loss);
        rise[i] += (loss - self->loss[i]) * weight;
    }
    return TRUE;
}

static void
permute_sum_up(const Permuting *self, const double *rise, guint at)
{
    double sum = 0.0, squares = 0.0;

    for (gsize i = 0; i < self->n; i++)
        sum += self->weight[i] * rise[i];
    sum /= (double)self->n;
    for (gsize i = 0; i < self->n; i++) {
        double apart = self->weight[i] * (rise[i] - sum);

        squares += apart * apart;
    }
    self->mean[at] = sum;
    self->error[at] = sqrt(squares / (double)(self->n - 1) / (double)self->n);
}

/* the rows are in the evaluator's cells as they are, before and after */
static void
permute_feature(const Permuting *self, ErrataEvaluator *evaluator, guint feature)
{
    g_autofree double *rise = g_new0(double, self->n);
    g_autofree double *held = g_new0(double, self->n);

    for (guint repeat = 0; repeat < PERMUTE_REPEATS; repeat++) {
        permute_exchange(self, evaluator, feature, repeat);
        if (!permute_measure(self, evaluator, 1.0 / PERMUTE_REPEATS, rise)) {
            permute_restore(self, evaluator, feature);
            return;
        }
    }
    permute_sum_up(self, rise, feature);
    permute_hold(self, evaluator, feature);
    if (permute_measure(self, evaluator, 1.0, held))
        permute_sum_up(self, held, self->attribution->n_features + feature);
    permute_restore(self, evaluator, feature);
}

static void
permute_chunk_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Permuting *self = data;
    g_autoptr(ErrataEvaluator) evaluator =
        errata_evaluator_new(self->attribution->analysis->model, self->quantity, self->n);

    for (gsize i = 0; i < self->n; i++)
        errata_model_cells_copy(evaluator->cells, i, &self->cells->rows, i);
    for (gsize feature = begin; feature < end; feature++)
        if (self->read[feature] != 0) /* else nothing comes of it: 0, and for certain */
            permute_feature(self, evaluator, (guint)feature);
}

/* 1 for rows in which a column came otherwise than it should: there it misleads by its fault, and
 * what mends that is not to do without it */
static guint8 *
permute_faults(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;
    gsize n_rows = analysis->outcome->n_rows;
    guint8 *fault = g_new0(guint8, n_rows + 1);

    if (analysis->set_aside != NULL)
        memcpy(fault, analysis->set_aside, n_rows);
    for (guint f = 0; f < findings->len; f++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, f);

        if (finding->kind != ERRATA_FINDING_DATA_BUG || finding->subject.column == NULL)
            continue;
        for (gsize i = 0; finding->row != NULL && i < finding->n_rows; i++)
            fault[finding->row[i]] = 1;
    }
    return fault;
}

/* the rows that the model gives a loss for; @fault: (nullable): without those */
static gsize
permute_keep(const Attribution *self,
             const gsize *row,
             gsize n_rows,
             const guint8 *fault,
             gsize *ret_row)
{
    gsize n = 0;

    for (gsize i = 0; i < n_rows; i++)
        if (self->analysis->outcome->judged[row[i]] != 0 && !isnan(self->use->truth[row[i]]) &&
            (fault == NULL || fault[row[i]] == 0))
            ret_row[n++] = row[i];
    return n;
}

static guint
permute_n_read(const Attribution *self, const guint8 *read)
{
    guint n = 0;

    for (guint f = 0; f < self->n_features; f++)
        n += read[f];
    return n;
}

/* judged rows by chance, the sound ones where they are enough; keeps those that the model gives a
 * loss for */
static gsize *
permute_rows(const Attribution *self, const guint8 *read, gsize *ret_n)
{
    const ErrataModel *model = self->analysis->model;
    const ErrataOutcome *outcome = self->analysis->outcome;
    double runs = model->trees != NULL ? PERMUTE_TREES / MAX(model->trees->n_trees, 1)
                                       : errata_model_use_runs(model, PERMUTE_RUNS);
    gsize most = (gsize)CLAMP(runs / ((PERMUTE_REPEATS + 1) * MAX(permute_n_read(self, read), 1U)),
                              (double)PERMUTE_LEAST,
                              (double)PERMUTE_ROWS);
    gsize n;
    g_autofree gsize *sample =
        errata_model_cells_sample(outcome->n_rows,
                                  most,
                                  self->analysis->settings->seed + PERMUTE_STAGE,
                                  &n);
    g_autofree guint8 *fault = permute_faults(self->analysis);
    gsize *row = g_new(gsize, n + 1);

    *ret_n = permute_keep(self, sample, n, fault, row);
    if (*ret_n < PERMUTE_LEAST)
        *ret_n = permute_keep(self, sample, n, NULL, row);
    return row;
}

static void
permute_intervals(const Permuting *self,
                  guint first,
                  double *ret_mean,
                  double *ret_lo,
                  double *ret_hi,
                  double *ret_q)
{
    const Attribution *attribution = self->attribution;
    guint n = attribution->shares->n;
    g_autofree double *p = g_new(double, MAX(n, 1));

    for (guint i = 0; i < n; i++) {
        guint at = first + attribution->order[i];

        ret_mean[i] = self->mean[at];
        ret_lo[i] = self->mean[at] - PERMUTE_Z * self->error[at];
        ret_hi[i] = self->mean[at] + PERMUTE_Z * self->error[at];
        p[i] = self->error[at] > 0.0 ? errata_tests_normal(self->mean[at] / self->error[at]) : 1.0;
    }
    errata_tests_benjamini_hochberg(p, n, n, ret_q);
}

static void
permute_store(const Permuting *self)
{
    ErrataShares *shares = self->attribution->shares;

    permute_intervals(self, 0, shares->rise, shares->rise_lo, shares->rise_hi, shares->rise_q);
    permute_intervals(self,
                      self->attribution->n_features,
                      shares->hold,
                      shares->hold_lo,
                      shares->hold_hi,
                      shares->hold_q);
    shares->n_permuted = self->n;
    shares->loss = 0.0;
    for (gsize i = 0; i < self->n; i++)
        shares->loss += self->weight[i] * self->loss[i] / (double)self->n;
}

/* what rows count for, 1 on average; NULL where none of them counts */
static double *
permute_weights(const ErrataOutcome *outcome, const gsize *row, gsize n)
{
    g_autofree double *weight = g_new(double, n + 1);
    double sum = 0.0;

    for (gsize i = 0; i < n; i++)
        sum += weight[i] = errata_outcome_weight(outcome, row[i]);
    for (gsize i = 0; i < n && sum > 0.0; i++)
        weight[i] *= (double)n / sum;
    return sum > 0.0 ? g_steal_pointer(&weight) : NULL;
}

static void
permute_note(ErrataShares *shares)
{
    guint best = 0;
    ErrataEvidence *evidence;

    for (guint i = 1; i < shares->n; i++)
        if (shares->rise[i] > shares->rise[best])
            best = i;
    if (!(shares->rise_q[best] < PERMUTE_ALPHA) || !(shares->rise[best] > 0.0))
        return;
    evidence = errata_evidence_new("rise",
                                   "rise of the mean loss when its values are exchanged among rows",
                                   shares->rise[best],
                                   ERRATA_UNIT_NONE,
                                   shares->n_permuted);
    evidence->lo = shares->rise_lo[best];
    evidence->hi = shares->rise_hi[best];
    evidence->baseline = shares->loss;
    evidence->test = g_strdup("normal");
    evidence->q = shares->rise_q[best];
    evidence->text = g_strdup(shares->feature[best]);
    g_ptr_array_add(shares->evidence, evidence);
}

void
attribution_permute(const Attribution *self)
{
    g_autoptr(ErrataQuantity) quantity =
        errata_quantity_of_outputs(self->analysis->model, ERRATA_QUANTITY_LOSS, NULL);
    g_autoptr(ErrataEvaluator) evaluator = NULL;
    g_autoptr(ErrataModelCells) cells = NULL;
    g_autofree gsize *row = NULL;
    g_autofree guint8 *read = NULL;
    g_autofree double *truth = NULL;
    g_autofree double *loss = NULL;
    g_autofree double *weight = NULL;
    g_autofree double *mean = g_new0(double, 2 * (gsize)self->n_features + 1);
    g_autofree double *error = g_new0(double, 2 * (gsize)self->n_features + 1);
    gsize n;

    if (quantity == NULL || self->use->truth == NULL)
        return;
    read = errata_model_reads(self->analysis->model);
    row = permute_rows(self, read, &n);
    weight = permute_weights(self->analysis->outcome, row, n);
    if (n < PERMUTE_LEAST || weight == NULL)
        return;
    cells = errata_model_cells_new(self->use->match->binding, row, n);
    evaluator = errata_evaluator_new(self->analysis->model, quantity, n);
    truth = g_new(double, n);
    loss = g_new(double, n);
    for (gsize i = 0; i < n; i++)
        truth[i] = self->use->truth[row[i]];
    if (!permute_losses(evaluator, cells, n, truth, loss))
        return;
    for (gsize i = 0; i < n; i++)
        if (!isfinite(loss[i]))
            return;
    Permuting permuting = {self,
                           quantity,
                           cells,
                           truth,
                           loss,
                           weight,
                           read,
                           n,
                           self->analysis->settings->seed,
                           mean,
                           error};
    errata_parallel_for(self->n_features, PERMUTE_GRAIN, permute_chunk_cb, &permuting);
    permute_store(&permuting);
    permute_note(self->shares);
    errata_case_method(self->analysis->result,
                       "Permutation importance: the values of each feature exchanged among "
                       "%" G_GSIZE_FORMAT
                       " rows %u times; intervals are those of the mean over rows.",
                       n,
                       (guint)PERMUTE_REPEATS);
}
