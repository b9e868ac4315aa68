/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Out-of-fold probabilities of the labels from finely coded columns. Five models, each trained on
 * four fifths of at most 60,000 rows; rows of one entity share a fold. A row trained on is scored
 * by the one model that has not seen it, any other by the mean of all five. */
#include <math.h>
#include <string.h>

#include "boost.h"
#include "label-issues.h"
#include "parallel.h"
#include "rng.h"

#define LEARN_FOLDS 5
/* METHODS 6 allows 200,000: on logs of so many rows with planted noise that ranks the suspects no
 * better (average precision 0.59–0.63 either way, 0.68 against 0.67 for five classes) at three to
 * four times the cost, since what all five models score is ranked better than what one does */
#define LEARN_ROWS         60000  /* trained on, for two classes */
#define LEARN_ROWS_MANY    300000 /* the same times classes, for more */
#define LEARN_MAX_CLASSES  40
#define LEARN_ROUNDS       60
#define LEARN_ROUNDS_MANY  30    /* for three classes and more */
#define LEARN_ROUNDS_LARGE 36    /* for two classes when most rows are only scored … */
#define LEARN_RATE_LARGE   0.25  /* … by larger steps */
#define LEARN_MANY_ROWS    50000 /* from which deeper trees pay */
#define LEARN_DEPTH        4
#define LEARN_DEPTH_MANY   5
#define LEARN_BINS         32 /* finer than the searches need */
#define LEARN_MANY_COLUMNS 400
#define LEARN_ROUNDS_LEAST 6
#define LEARN_LEAK         0.25
#define LEARN_LEAK_ROWS    100000                         /* that are enough to see it */
#define LEARN_STAGE_ROWS   G_GUINT64_CONSTANT(0x6c726f77) /* "lrow" */
#define LEARN_STAGE_FOLDS  G_GUINT64_CONSTANT(0x6c666f6c) /* "lfol" */
#define LEARN_PREDICT      131072                         /* rows scored at a time */
#define LEARN_UNTRAINED    LEARN_FOLDS

typedef struct {
    const ErrataBoostColumn *columns;
    guint n_columns;
    const guint32 *row;
    const guint8 *fold; /* per labelled row; LEARN_UNTRAINED: not trained on */
    gsize n;
    const double *target; /* by row of the frame */
    ErrataBoostParams params;
    ErrataBoost *boost[LEARN_FOLDS];
} LearnWork;

/* share of the rows whose label is not the commonest one of their code; without a column, of all */
static double
learn_error_of(const ErrataLabelIssues *self, const guint8 *code)
{
    guint k = self->n_classes;
    g_autofree guint64 *count = g_new0(guint64, (gsize)(ERRATA_BINS_MISSING + 1) * k);
    gsize step = self->n / LEARN_LEAK_ROWS + 1;
    guint64 right = 0;
    gsize n = 0;

    for (gsize i = 0; i < self->n; i += step, n++)
        count[(code != NULL ? code[self->row[i]] : 0U) * k + (guint)self->given[i]]++;
    for (guint c = 0; c <= ERRATA_BINS_MISSING; c++) {
        guint64 most = 0;

        for (guint j = 0; j < k; j++)
            most = MAX(most, count[c * k + j]);
        right += most;
    }
    return 1.0 - (double)right / (double)MAX(n, 1);
}

/* a column that alone tells the label so much better than the model does, or than guessing, was
 * made from the label: it would hide every wrong one */
static gboolean
learn_is_leak(const ErrataLabelIssues *self, const ErrataOutcome *outcome, const guint8 *code)
{
    double error = learn_error_of(self, code);
    double guess = learn_error_of(self, NULL);

    if (outcome->n_judged > 0)
        guess = MIN(guess, 2.0 * (double)outcome->n_errors / (double)outcome->n_judged);
    return error < LEARN_LEAK * guess;
}

/**
 * errata_label_issues_teaches:
 * @self: rows and given labels
 * @analysis: the log
 * @bin: a column
 *
 * Returns: whether the labels may be learnt from it: a feature or group that no other analyzer has
 * set
 *   aside, and that was not made from the label
 */
gboolean
errata_label_issues_teaches(const ErrataLabelIssues *self,
                            const ErrataAnalysis *analysis,
                            const ErrataBinColumn *bin)
{
    return bin->derived == NULL && bin->n_codes + (bin->n_missing > 0 ? 1 : 0) >= 2 &&
           (analysis->exclude == NULL || analysis->exclude[bin->column] == 0) &&
           !learn_is_leak(self, analysis->outcome, bin->code);
}

typedef struct {
    const ErrataLabelIssues *self;
    const ErrataAnalysis *analysis;
    const ErrataBins *bins;
    gboolean *teaches; /* per column of the bins */
} LearnColumns;

static void
learn_columns_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const LearnColumns *work = data;

    for (gsize c = begin; c < end; c++)
        work->teaches[c] =
            errata_label_issues_teaches(work->self, work->analysis, &work->bins->columns[c]);
}

/* The columns that may teach: features and groups that no other analyzer has set aside, and behind
 * them what words say of each class (of the second, where there are two), kept by @words */
static ErrataBoostColumn *
learn_columns(const ErrataLabelIssues *self,
              const ErrataAnalysis *analysis,
              const ErrataBins *bins,
              GPtrArray *words,
              guint *ret_n)
{
    g_autofree gboolean *teaches = g_new0(gboolean, MAX(bins->n_columns, 1));
    LearnColumns work = {self, analysis, bins, teaches};
    ErrataBoostColumn *columns;
    guint n = 0;

    errata_parallel_for(bins->n_columns, 1, learn_columns_cb, &work);
    columns = g_new0(ErrataBoostColumn, bins->n_columns + self->n_classes + 1);
    for (guint c = 0; c < bins->n_columns; c++) {
        const ErrataBinColumn *bin = &bins->columns[c];

        if (teaches[c])
            columns[n++] = (ErrataBoostColumn){bin->code, bin->n_codes, bin->numeric};
    }
    *ret_n = n;
    for (guint k = self->n_classes == 2 ? 1 : 0; self->words != NULL && k < self->n_classes; k++) {
        guint8 *code = errata_label_issues_words_column(self, k, analysis->frame->n_rows);

        g_ptr_array_add(words, code);
        columns[n++] = (ErrataBoostColumn){code, ERRATA_LABEL_WORDS_CODES, TRUE};
    }
    return columns;
}

static guint64
learn_key(const ErrataAnalysis *analysis, guint32 row)
{
    const ErrataColumn *entity =
        analysis->settings != NULL && analysis->settings->entity != NULL
            ? errata_frame_find(analysis->frame, analysis->settings->entity, NULL)
            : NULL;

    return entity != NULL ? errata_column_hash(entity, row) : row;
}

/* seeded folds, and which rows are trained on when there are too many */
static guint8 *
learn_folds(const ErrataLabelIssues *self, const ErrataAnalysis *analysis, gsize n_train)
{
    guint64 seed = analysis->settings != NULL ? analysis->settings->seed : 0;
    double share = (double)n_train / (double)MAX(self->n, 1);
    guint8 *fold = g_new(guint8, MAX(self->n, 1));

    for (gsize i = 0; i < self->n; i++) {
        ErrataRng rows = errata_rng_init(seed, LEARN_STAGE_ROWS, self->row[i]);
        ErrataRng folds;

        fold[i] = LEARN_UNTRAINED;
        if (errata_rng_uniform(&rows) >= share)
            continue;
        folds = errata_rng_init(seed, LEARN_STAGE_FOLDS, learn_key(analysis, self->row[i]));
        fold[i] = (guint8)errata_rng_below(&folds, LEARN_FOLDS);
    }
    return fold;
}

static void
learn_fold_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    LearnWork *work = data;

    for (gsize fold = begin; fold < end; fold++) {
        g_autofree guint32 *row = g_new(guint32, MAX(work->n, 1));
        gsize n = 0;

        for (gsize i = 0; i < work->n; i++)
            if (work->fold[i] != fold && work->fold[i] != LEARN_UNTRAINED)
                row[n++] = work->row[i];
        if (n > 0)
            work->boost[fold] = errata_boost_train(work->columns,
                                                   work->n_columns,
                                                   row,
                                                   n,
                                                   work->target,
                                                   &work->params);
    }
}

/* what the models of folds @first … say, on the average, of @n rows at places @at */
static void
learn_predict_rows(ErrataLabelIssues *self,
                   const LearnWork *work,
                   guint first,
                   guint n_models,
                   const guint32 *at,
                   gsize n)
{
    g_autofree guint32 *row = g_new(guint32, MAX(n, 1));
    guint k = self->n_classes;
    guint n_outputs = errata_boost_n_outputs(work->boost[first]);
    g_autofree double *value = g_new(double, MAX(n * n_outputs, 1));

    for (gsize i = 0; i < n; i++)
        row[i] = self->row[at[i]];
    errata_boost_predict_mean(work->boost + first, n_models, work->columns, row, n, value);
    for (gsize i = 0; i < n; i++) {
        double *p = self->probability + (gsize)at[i] * k;

        if (n_outputs == 1) {
            p[0] = 1.0 - value[i];
            p[1] = value[i];
            continue;
        }
        memcpy(p, value + i * k, k * sizeof(double));
    }
}

/* scores all rows as if no model was trained on them, by the mean of all: most are not, and those
 * that are get their own score after */
static void
learn_predict_all(ErrataLabelIssues *self, const LearnWork *work)
{
    g_autofree guint32 *at = g_new(guint32, LEARN_PREDICT);

    for (gsize begin = 0; begin < self->n; begin += LEARN_PREDICT) {
        gsize n = MIN(LEARN_PREDICT, self->n - begin);

        for (gsize i = 0; i < n; i++)
            at[i] = (guint32)(begin + i);
        learn_predict_rows(self, work, 0, LEARN_FOLDS, at, n);
    }
}

/* fills the probabilities of the rows of fold @of */
static void
learn_predict(ErrataLabelIssues *self, const LearnWork *work, guint of)
{
    g_autofree guint32 *at = g_new(guint32, LEARN_PREDICT);
    gsize n = 0;

    for (gsize i = 0; i < self->n; i++) {
        if (work->fold[i] == of)
            at[n++] = (guint32)i;
        if (n == LEARN_PREDICT || (i + 1 == self->n && n > 0)) {
            learn_predict_rows(self, work, of, 1, at, n);
            n = 0;
        }
    }
}

/**
 * errata_label_issues_learn:
 * @self: rows and given labels, their probabilities as logged; these are filled anew
 * @analysis: the log
 *
 * Returns: whether there are columns to learn from and not too many classes; %FALSE leaves the
 *   probabilities alone
 */
gboolean
errata_label_issues_learn(ErrataLabelIssues *self, const ErrataAnalysis *analysis)
{
    guint64 seed = analysis->settings != NULL ? analysis->settings->seed : 0;
    g_autoptr(ErrataBins) bins = NULL;
    g_autofree ErrataBoostColumn *columns = NULL;
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_autofree double *target = NULL;
    g_autofree guint8 *fold = NULL;
    gboolean two = self->n_classes == 2;
    guint n_models = 0;
    gsize n_train = two ? LEARN_ROWS : LEARN_ROWS_MANY / self->n_classes;
    LearnWork work = {.row = self->row, .n = self->n};

    if (self->n_classes > LEARN_MAX_CLASSES)
        return FALSE;
    work.fold = fold = learn_folds(self, analysis, n_train);
    errata_label_issues_words(self, analysis, fold, LEARN_FOLDS);
    bins = errata_bins_new(analysis->frame, analysis->schema, NULL, LEARN_BINS, seed);
    work.columns = columns = learn_columns(self, analysis, bins, words, &self->n_columns);
    work.n_columns = self->n_columns + words->len;
    if (work.n_columns == 0)
        return FALSE;
    g_clear_pointer(&self->probability, g_free); /* not needed beside the targets */
    target = g_new0(double, MAX(analysis->frame->n_rows, 1));
    for (gsize i = 0; i < self->n; i++)
        target[self->row[i]] = (double)self->given[i];
    work.target = target;
    work.params = errata_boost_params(two ? ERRATA_BOOST_LOGISTIC : ERRATA_BOOST_SOFTMAX,
                                      self->n_classes,
                                      seed);
    work.params.rounds = two ? LEARN_ROUNDS : LEARN_ROUNDS_MANY;
    if (two && self->n > LEARN_ROWS) {
        work.params.rounds = LEARN_ROUNDS_LARGE;
        work.params.learning_rate = LEARN_RATE_LARGE;
    }
    if (work.n_columns > LEARN_MANY_COLUMNS) /* the cost stays that of so many */
        work.params.rounds = MAX(work.params.rounds * LEARN_MANY_COLUMNS / work.n_columns,
                                 LEARN_ROUNDS_LEAST);
    work.params.depth = self->n < LEARN_MANY_ROWS ? LEARN_DEPTH : LEARN_DEPTH_MANY;
    work.params.halvings = self->n < LEARN_MANY_ROWS ? 1 : 2;
    errata_parallel_for(LEARN_FOLDS, 1, learn_fold_cb, &work);
    g_clear_pointer(&target, g_free);
    self->probability = g_new(double, MAX(self->n, 1) * self->n_classes);
    for (guint f = 0; f < LEARN_FOLDS; f++)
        n_models += work.boost[f] != NULL ? 1 : 0;
    if (n_models == LEARN_FOLDS && self->n > n_train) /* else all rows were trained on */
        learn_predict_all(self, &work);
    for (guint f = 0; f < LEARN_FOLDS && n_models == LEARN_FOLDS; f++)
        learn_predict(self, &work, f);
    for (guint f = 0; f < LEARN_FOLDS; f++)
        errata_boost_free(work.boost[f]);
    if (n_models < LEARN_FOLDS) { /* one entity has all the rows */
        errata_label_issues_log(self, analysis->outcome);
        return FALSE;
    }
    self->from_features = TRUE;
    return TRUE;
}
