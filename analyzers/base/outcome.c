/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictions and labels worked out once for all analyzers: class indices, scores of the positive
 * class, losses, the two halves, duplicates, and the order in time. Everything per row runs in
 * parallel chunks. */
#include "outcome.h"

#include <math.h>
#include <string.h>

#include "number.h"
#include "outcome-percent.h"
#include "outcome-rows.h"
#include "outcome-weights.h"
#include "parallel.h"
#include "schema-infer.h"
#include "schema-profile.h"
#include "sort.h"
#include "vocabulary.h"

#define OUTCOME_GRAIN     65536
#define OUTCOME_TOLERANCE 1e-6 /* a score may leave [0, 1] by rounding */
#define OUTCOME_BAD_SHARE \
    0.01 /* more scores than this outside [0, 1] that are no codes: only ranks */
#define OUTCOME_MOST      1e75 /* numbers of a regression: the fourth power of a larger one overflows */
#define OUTCOME_ROUNDED   0.005 /* what two decimals take off a probability */
#define OUTCOME_BELOW     0.01  /* of the rows may be of a class that was not the likeliest */
#define OUTCOME_CODES     8     /* values that may stand for missing … */
#define OUTCOME_CODE_ROWS 5     /* … each seen so often */

gpointer
errata_outcome_lend(ErrataOutcome *self, gpointer array)
{
    if (self->lent == NULL)
        self->lent = g_ptr_array_new();
    g_ptr_array_add(self->lent, array);
    return array;
}

static void
outcome_free_array(const ErrataOutcome *self, gpointer array)
{
    if (self->lent == NULL || !g_ptr_array_find(self->lent, array, NULL))
        g_free(array);
}

static void
outcome_free_probability(ErrataOutcome *self)
{
    for (guint i = 0; self->probability != NULL && i < self->n_classes; i++)
        outcome_free_array(self, self->probability[i]);
    g_clear_pointer(&self->probability, g_free);
}

void
errata_outcome_free(ErrataOutcome *self)
{
    if (self == NULL)
        return;
    outcome_free_probability(self);
    g_free(self->truth);
    g_free(self->predicted);
    g_free(self->truth_value);
    g_free(self->predicted_value);
    outcome_free_array(self, self->score);
    outcome_free_array(self, self->confidence);
    g_free(self->rank);
    g_free(self->judged);
    g_free(self->error);
    g_free(self->loss);
    g_free(self->half);
    g_free(self->duplicate);
    g_free(self->entity);
    outcome_free_array(self, self->time);
    g_free(self->order);
    g_free(self->weight);
    g_free(self->score_problem);
    g_free(self->label_problem);
    g_free(self->weight_problem);
    g_clear_pointer(&self->lent, g_ptr_array_unref);
    g_free(self);
}

typedef struct {
    ErrataOutcome *outcome;
    const ErrataFrame *frame;
    const ErrataSchema *schema;
    const ErrataColumn *column;
    const int *classes;  /* vocabulary index → class */
    gint32 *codes;       /* in: vocabulary index per row; out: class */
    double *numbers;     /* per row */
    double cut;          /* of the score, for rows without a prediction */
    gboolean complement; /* 1 − the score */
    gsize *counts;       /* per chunk */
    gsize *others;       /* per chunk */
} OutcomeWork;

static void
outcome_class_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const OutcomeWork *work = data;

    for (gsize row = begin; row < end; row++)
        if (work->codes[row] >= 0)
            work->codes[row] = work->classes[work->codes[row]];
}

/* class index of every cell, −1 where it is missing or no class */
static gint32 *
outcome_classes(const ErrataFrame *frame, const ErrataSchema *schema, int column)
{
    g_autoptr(ErrataVocabulary) values = NULL;
    g_autofree int *classes = NULL;
    OutcomeWork work = {.schema = schema};

    if (column < 0)
        return NULL;
    values = errata_vocabulary_new(frame->columns[column], 2048);
    if (values->overflow)
        return NULL;
    classes = g_new(int, values->n_values + 1);
    for (guint i = 0; i < values->n_values; i++)
        classes[i] = errata_schema_class(schema, values->values[i]);
    work.codes = errata_vocabulary_codes(values, frame->columns[column]);
    work.classes = classes;
    errata_parallel_for(frame->n_rows, OUTCOME_GRAIN, outcome_class_cb, &work);
    return work.codes;
}

static void
outcome_numbers_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    OutcomeWork *work = data;
    gsize n = 0;
    gsize n_outside = 0;

    for (gsize row = begin; row < end; row++) {
        double value = errata_column_number(work->column, row);

        work->numbers[row] = work->complement ? 1.0 - value : value;
        n += isnan(value) ? 0 : 1;
        n_outside += value < -OUTCOME_TOLERANCE || value > 1.0 + OUTCOME_TOLERANCE ? 1 : 0;
    }
    work->counts[chunk] = n;
    work->others[chunk] = n_outside;
}

/* the column as numbers; counts those that are there and those outside [0, 1] */
static double *
outcome_numbers(const ErrataFrame *frame,
                guint column,
                gboolean complement,
                gsize *ret_n,
                gsize *ret_n_outside)
{
    gsize n_chunks = errata_parallel_n_chunks(frame->n_rows, OUTCOME_GRAIN);
    g_autofree gsize *counts = g_new0(gsize, n_chunks + 1);
    g_autofree gsize *others = g_new0(gsize, n_chunks + 1);
    OutcomeWork work = {.column = frame->columns[column],
                        .complement = complement,
                        .counts = counts,
                        .others = others};

    work.numbers = g_new(double, MAX(frame->n_rows, 1));
    errata_parallel_for(frame->n_rows, OUTCOME_GRAIN, outcome_numbers_cb, &work);
    for (gsize i = 0; i < n_chunks; i++) {
        *ret_n += counts[i];
        *ret_n_outside += others[i];
    }
    return work.numbers;
}

/* whether all that is there are numbers in [0, 1], which nothing need be done to */
static gboolean
outcome_is_probability(const ErrataColumn *column)
{
    gsize n_beyond = 0;

    if (column->type != ERRATA_COLUMN_F64 || column->n_missing == column->n_rows)
        return FALSE;
    for (gsize row = 0; row < column->n_rows; row++)
        n_beyond += (gsize)(column->f64[row] < 0.0) + (gsize)(column->f64[row] > 1.0);
    return n_beyond == 0;
}

static gboolean
outcome_is_outside(double value)
{
    return value < -OUTCOME_TOLERANCE || value > 1.0 + OUTCOME_TOLERANCE;
}

static void
outcome_clamp(double *numbers, gsize n_rows)
{
    for (gsize row = 0; row < n_rows; row++)
        if (outcome_is_outside(numbers[row]))
            numbers[row] = (double)NAN;
        else if (!isnan(numbers[row]))
            numbers[row] = CLAMP(numbers[row], 0.0, 1.0);
}

/* whether the values outside [0, 1] are a few codes, seen again and again, besides a few strays:
 * they stand for missing. Margins and percentages take as many values outside as inside. */
static gboolean
outcome_are_codes(const double *numbers, gsize n_rows, gsize n, gsize n_outside)
{
    double code[OUTCOME_CODES];
    gsize count[OUTCOME_CODES];
    guint n_codes = 0;
    gsize n_coded = 0;

    if (2 * n_outside > n)
        return FALSE;
    for (gsize row = 0; row < n_rows; row++) {
        guint at = 0;

        if (!outcome_is_outside(numbers[row]))
            continue;
        while (at < n_codes && (numbers[row] < code[at] || numbers[row] > code[at]))
            at++;
        if (at < n_codes) {
            count[at]++;
        } else if (n_codes < OUTCOME_CODES) {
            code[n_codes] = numbers[row];
            count[n_codes++] = 1;
        }
    }
    for (guint i = 0; i < n_codes; i++)
        n_coded += count[i] >= OUTCOME_CODE_ROWS ? count[i] : 0;
    return (double)(n_outside - n_coded) <= OUTCOME_BAD_SHARE * (double)n;
}

static void
outcome_say_problem(ErrataOutcome *self,
                    const ErrataColumn *column,
                    gsize n,
                    gsize n_outside,
                    gboolean by_rank)
{
    if (n_outside == 0 || self->score_problem != NULL)
        return;
    self->score_problem = g_strdup_printf(
        "%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " values of %s are outside 0 … 1%s",
        n_outside,
        n,
        column->name,
        by_rank ? ", as margins (logits) or percentages are; only their order is used"
                : "; those are read as missing");
}

/* percentages that come for a while read as missing, those below 1 too */
static gboolean
outcome_drop_percentages(double *numbers, gsize n_rows)
{
    ErrataPercentWindow window[ERRATA_PERCENT_WINDOWS];
    guint n = errata_outcome_percent_windows(numbers, NULL, n_rows, window);

    for (guint k = 0; k < n; k++)
        for (gsize row = window[k].from; row < window[k].to; row++)
            numbers[row] = (double)NAN;
    return n > 0;
}

/* percentages of the whole log are read as hundredths; returns how many values are outside then */
static gsize
outcome_read_percent(ErrataOutcome *self,
                     const ErrataColumn *column,
                     gboolean complement,
                     double *numbers,
                     gsize n_outside)
{
    g_autofree double *logged = g_new(double, MAX(column->n_rows, 1));

    for (gsize row = 0; row < column->n_rows; row++)
        logged[row] = complement ? 1.0 - numbers[row] : numbers[row];
    if (!errata_outcome_percent_all(column->name, logged, column->n_rows))
        return n_outside;
    if (errata_outcome_percent_ranks(logged, column->n_rows)) {
        if (self->score_problem == NULL)
            self->score_problem =
                g_strdup_printf("values of %s are percentile ranks, spread evenly "
                                "from 0 to 100; only their order is used",
                                column->name);
        return n_outside;
    }
    for (gsize row = 0; row < column->n_rows; row++)
        numbers[row] = complement ? 1.0 - logged[row] / 100.0 : logged[row] / 100.0;
    if (self->score_problem == NULL)
        self->score_problem = g_strdup_printf("values of %s are percentages, and are read as such",
                                              column->name);
    return 0;
}

/* scores of one column as probabilities, %NULL when they are none; the few that are out of range,
 * and codes, read as missing. What is no probability still ranks the rows: it is kept in
 * @ret_ranks. */
static double *
outcome_probabilities(ErrataOutcome *self,
                      const ErrataFrame *frame,
                      guint column,
                      gboolean complement,
                      double **ret_ranks)
{
    gsize n = 0;
    gsize n_outside = 0;
    g_autofree double *numbers = NULL;
    gboolean by_rank;

    if (!complement && outcome_is_probability(frame->columns[column]))
        return errata_outcome_lend(self, frame->columns[column]->f64);
    numbers = outcome_numbers(frame, column, complement, &n, &n_outside);
    if ((double)n_outside > OUTCOME_BAD_SHARE * (double)n)
        n_outside =
            outcome_read_percent(self, frame->columns[column], complement, numbers, n_outside);
    by_rank = (double)n_outside > OUTCOME_BAD_SHARE * (double)n &&
              !outcome_are_codes(numbers, frame->n_rows, n, n_outside) &&
              !outcome_drop_percentages(numbers, frame->n_rows);
    outcome_say_problem(self, frame->columns[column], n, n_outside, by_rank);
    if (n == 0)
        return NULL;
    if (by_rank && *ret_ranks == NULL)
        *ret_ranks = g_steal_pointer(&numbers);
    if (by_rank)
        return NULL;
    outcome_clamp(numbers, frame->n_rows);
    return g_steal_pointer(&numbers);
}

static int
outcome_score_of_class(const ErrataSchema *schema, int class_index)
{
    for (guint i = 0; i < schema->n_columns; i++)
        if (schema->columns[i].role == ERRATA_ROLE_SCORE &&
            schema->columns[i].class_index == class_index)
            return (int)i;
    return -1;
}

static void
outcome_binary_score(ErrataOutcome *self, const ErrataFrame *frame, const ErrataSchema *schema)
{
    int own = outcome_score_of_class(schema, schema->positive);
    int other = outcome_score_of_class(schema, 1 - schema->positive);

    if (own >= 0)
        self->score = outcome_probabilities(self, frame, (guint)own, FALSE, &self->rank);
    else if (other >= 0)
        self->score = outcome_probabilities(self, frame, (guint)other, TRUE, &self->rank);
    else if (schema->score >= 0 && !schema->score_is_confidence)
        self->score = outcome_probabilities(self, frame, (guint)schema->score, FALSE, &self->rank);
    else if (schema->score >= 0)
        self->confidence =
            outcome_probabilities(self, frame, (guint)schema->score, FALSE, &self->rank);
    self->ranks_positive = self->rank != NULL &&
                           (own >= 0 || other >= 0 || !schema->score_is_confidence);
}

/* when no class has probabilities: by how much the highest margin of a row leads the next, and no
 * probability at all */
static void
outcome_rank_classes(ErrataOutcome *self, double *const *ranks)
{
    self->rank = g_new(double, MAX(self->n_rows, 1));
    for (gsize row = 0; row < self->n_rows; row++) {
        double most = -(double)INFINITY;
        double next = -(double)INFINITY;

        for (guint i = 0; i < self->n_classes; i++) {
            double value = ranks[i] != NULL ? ranks[i][row] : (double)NAN;

            if (value > most) {
                next = most;
                most = value;
            } else if (value > next) {
                next = value;
            }
        }
        self->rank[row] = isfinite(next) && isfinite(most) ? most - next : (double)NAN;
    }
    outcome_free_probability(self);
}

static void
outcome_class_scores(ErrataOutcome *self, const ErrataFrame *frame, const ErrataSchema *schema)
{
    g_autofree double **ranks = NULL;
    guint n_found = 0;
    guint n_ranks = 0;

    for (guint i = 0; i < schema->n_classes; i++)
        n_found += outcome_score_of_class(schema, (int)i) >= 0 ? 1 : 0;
    if (n_found < 2) {
        if (schema->score >= 0)
            self->confidence =
                outcome_probabilities(self, frame, (guint)schema->score, FALSE, &self->rank);
        return;
    }
    self->probability = g_new0(double *, schema->n_classes + 1);
    ranks = g_new0(double *, schema->n_classes + 1);
    for (guint i = 0; i < schema->n_classes; i++) {
        int column = outcome_score_of_class(schema, (int)i);

        if (column >= 0)
            self->probability[i] =
                outcome_probabilities(self, frame, (guint)column, FALSE, &ranks[i]);
        n_ranks += ranks[i] != NULL ? 1 : 0;
        if (self->probability[i] == NULL) { /* a class that the model does not know */
            self->probability[i] = g_new(double, MAX(frame->n_rows, 1));
            for (gsize row = 0; row < frame->n_rows; row++)
                self->probability[i][row] = column >= 0 ? (double)NAN : 0.0;
        }
    }
    if (n_ranks == n_found)
        outcome_rank_classes(self, ranks);
    for (guint i = 0; i < schema->n_classes; i++)
        g_free(ranks[i]);
}

/* what a row without a logged prediction predicts: the likeliest class */
static gint32
outcome_likeliest(const ErrataOutcome *self, gsize row)
{
    gint32 best = -1;
    double most = -1.0;

    for (guint i = 0; i < self->n_classes; i++)
        if (self->probability[i][row] > most) {
            most = self->probability[i][row];
            best = (gint32)i;
        }
    return best;
}

static void
outcome_predict_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const OutcomeWork *work = data;
    ErrataOutcome *self = work->outcome;

    for (gsize row = begin; row < end; row++) {
        self->predicted[row] = -1;
        if (self->probability != NULL)
            self->predicted[row] = outcome_likeliest(self, row);
        else if (!isnan(self->score[row]))
            self->predicted[row] = self->score[row] >= work->cut ? self->positive
                                                                 : 1 - self->positive;
    }
}

static void
outcome_confidence_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const OutcomeWork *work = data;
    ErrataOutcome *self = work->outcome;

    for (gsize row = begin; row < end; row++) {
        gint32 predicted = self->predicted[row];

        if (predicted < 0)
            self->confidence[row] = (double)NAN;
        else if (self->probability != NULL)
            self->confidence[row] = self->probability[predicted][row];
        else
            self->confidence[row] = predicted == self->positive ? self->score[row]
                                                                : 1.0 - self->score[row];
    }
}

static void
outcome_score_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const OutcomeWork *work = data;
    ErrataOutcome *self = work->outcome;

    for (gsize row = begin; row < end; row++)
        self->score[row] = self->predicted[row] < 0                 ? (double)NAN
                           : self->predicted[row] == self->positive ? self->confidence[row]
                                                                    : 1.0 - self->confidence[row];
}

/* whether a score of several classes is the probability of the predicted one: that is the greatest
 * of them, and so above one by chance, rounded as it may be */
static gboolean
outcome_is_top(const ErrataOutcome *self)
{
    double least = 1.0 / (double)self->n_classes - OUTCOME_ROUNDED;
    gsize n = 0, below = 0;

    for (gsize row = 0; row < self->n_rows; row++) {
        n += isnan(self->confidence[row]) ? 0 : 1;
        below += self->confidence[row] < least ? 1 : 0;
    }
    return n > 0 && (double)below <= OUTCOME_BELOW * (double)n;
}

/* the confidence from the score, or the positive score from the confidence */
static void
outcome_confidence(ErrataOutcome *self)
{
    OutcomeWork work = {.outcome = self};

    if (self->predicted == NULL)
        return;
    if (self->score != NULL || self->probability != NULL) {
        self->confidence = g_new(double, MAX(self->n_rows, 1));
        errata_parallel_for(self->n_rows, OUTCOME_GRAIN, outcome_confidence_cb, &work);
    } else if (self->confidence != NULL && self->task == ERRATA_TASK_BINARY) {
        self->score = g_new(double, MAX(self->n_rows, 1));
        errata_parallel_for(self->n_rows, OUTCOME_GRAIN, outcome_score_cb, &work);
    } else if (self->confidence != NULL && self->task == ERRATA_TASK_MULTICLASS) {
        self->only_top = outcome_is_top(self);
    }
}

/* the classes that @code holds: whether at least two, all of them numbers, or none of them one */
static gboolean
outcome_has_kind(const ErrataSchema *schema, const gint32 *code, gsize n_rows, gboolean numbers)
{
    g_autofree guint8 *used = g_new0(guint8, MAX(schema->n_classes, 1));
    guint n = 0;

    for (gsize row = 0; row < n_rows; row++)
        if (code[row] >= 0)
            used[code[row]] = 1;
    for (guint i = 0; i < schema->n_classes; i++) {
        double number;

        if (used[i] == 0)
            continue;
        if (errata_number_parse_double(schema->classes[i], strlen(schema->classes[i]), &number) !=
            numbers)
            return FALSE;
        n++;
    }
    return n >= 2;
}

/* labels that are names where predictions are numbers of classes, or the other way round: which is
 * which the log does not tell, so no row is judged */
static void
outcome_drop_foreign(ErrataOutcome *self, const ErrataFrame *frame, const ErrataSchema *schema)
{
    for (guint numbers = 0; numbers < 2 && self->truth != NULL && self->predicted != NULL;
         numbers++)
        if (outcome_has_kind(schema, self->truth, self->n_rows, numbers != 0) &&
            outcome_has_kind(schema, self->predicted, self->n_rows, numbers == 0)) {
            self->label_problem = g_strdup_printf(
                "%s has %s of classes and %s %s: which belong together is not known, and no row is "
                "judged; write both in the same way",
                frame->columns[schema->label]->name,
                numbers != 0 ? "numbers" : "names",
                schema->prediction >= 0 ? frame->columns[schema->prediction]->name
                                        : "the prediction",
                numbers != 0 ? "names" : "numbers");
            g_clear_pointer(&self->truth, g_free);
        }
}

static void
outcome_classification(ErrataOutcome *self, const ErrataFrame *frame, const ErrataSchema *schema)
{
    OutcomeWork work = {.outcome = self, .cut = isnan(schema->threshold) ? 0.5 : schema->threshold};

    self->truth = outcome_classes(frame, schema, schema->label);
    self->predicted = outcome_classes(frame, schema, schema->prediction);
    if (self->task == ERRATA_TASK_BINARY)
        outcome_binary_score(self, frame, schema);
    else
        outcome_class_scores(self, frame, schema);
    if (self->predicted == NULL && (self->score != NULL || self->probability != NULL)) {
        self->predicted = g_new(gint32, MAX(frame->n_rows, 1));
        errata_parallel_for(frame->n_rows, OUTCOME_GRAIN, outcome_predict_cb, &work);
    }
    outcome_confidence(self);
    if (self->task == ERRATA_TASK_MULTICLASS)
        outcome_drop_foreign(self, frame, schema);
}

static double *
outcome_values(const ErrataFrame *frame, int column)
{
    gsize n = 0;
    gsize n_outside = 0;

    return column >= 0 ? outcome_numbers(frame, (guint)column, FALSE, &n, &n_outside) : NULL;
}

/* a regression's labels or predictions; those beyond any use count as missing */
static double *
outcome_targets(const ErrataFrame *frame, int column)
{
    double *values = outcome_values(frame, column);

    for (gsize row = 0; values != NULL && row < frame->n_rows; row++)
        if (fabs(values[row]) > OUTCOME_MOST)
            values[row] = (double)NAN;
    return values;
}

/* what the log itself says of its rows: 1 right, 0 wrong, −1 neither */
static gint32 *
outcome_said(ErrataOutcome *self, const ErrataFrame *frame, guint column)
{
    g_autoptr(ErrataVocabulary) values = errata_vocabulary_new(frame->columns[column],
                                                               ERRATA_SCHEMA_CLASSES);
    gint32 *said = errata_vocabulary_codes(values, frame->columns[column]);
    gsize n = 0, n_other = 0;

    for (gsize row = 0; row < frame->n_rows; row++) {
        said[row] = said[row] >= 0 ? errata_schema_infer_right(values->values[said[row]]) : -1;
        n += errata_column_is_valid(frame->columns[column], row) ? 1 : 0;
        n_other += errata_column_is_valid(frame->columns[column], row) && said[row] < 0 ? 1 : 0;
    }
    if (n_other > 0)
        self->label_problem =
            g_strdup_printf("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                            " values of %s say neither that the row was right (1, true, yes) nor "
                            "that it was wrong (0, false, no): those rows are not judged",
                            n_other,
                            n,
                            frame->columns[column]->name);
    return said;
}

/* a log that says itself which rows were right: what would have been right is not known, so there
 * are neither labels nor classes, and of the scores the one that says how sure the answer was */
static gint32 *
outcome_correct(ErrataOutcome *self, const ErrataFrame *frame, const ErrataSchema *schema)
{
    if (schema->score >= 0)
        self->confidence =
            outcome_probabilities(self, frame, (guint)schema->score, FALSE, &self->rank);
    return outcome_said(self, frame, (guint)schema->correct);
}

static void
outcome_judge_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const OutcomeWork *work = data;
    ErrataOutcome *self = work->outcome;
    gsize n_judged = 0, n_errors = 0; /* another thread's counts are in the same cache line */

    for (gsize row = begin; row < end; row++) {
        self->loss[row] = (double)NAN;
        if (self->truth != NULL && self->predicted != NULL && self->truth[row] >= 0 &&
            self->predicted[row] >= 0) {
            gboolean wrong = self->truth[row] != self->predicted[row];

            self->error[row] = wrong ? 1 : 0;
            self->loss[row] = wrong ? 1.0 : 0.0;
        } else if (self->truth_value != NULL && self->predicted_value != NULL) {
            self->loss[row] = fabs(self->truth_value[row] - self->predicted_value[row]);
        } else if (work->codes != NULL && work->codes[row] >= 0) {
            self->error[row] = work->codes[row] == 0 ? 1 : 0;
            self->loss[row] = work->codes[row] == 0 ? 1.0 : 0.0;
        }
        self->judged[row] = (guint8)(isnan(self->loss[row]) ? 0 : 1);
        n_judged += self->judged[row];
        n_errors += self->error[row];
    }
    work->counts[chunk] = n_judged;
    work->others[chunk] = n_errors;
}

/* regression: errors are the worst tenth of the judged rows, ties left out */
static void
outcome_worst_tenth(ErrataOutcome *self)
{
    g_autofree double *sorted = g_new(double, self->n_judged + 1);
    gsize n = 0;
    double cut;

    if (self->n_judged < 10)
        return;
    for (gsize row = 0; row < self->n_rows; row++)
        if (self->judged[row] != 0)
            sorted[n++] = self->loss[row];
    errata_sort_values(sorted, n);
    cut = sorted[n - 1 - n / 10];
    for (gsize row = 0; row < self->n_rows; row++)
        if (self->judged[row] != 0 && self->loss[row] > cut) {
            self->error[row] = 1;
            self->n_errors++;
        }
}

/* @said: (nullable): which rows are right, as the log says */
static void
outcome_judge(ErrataOutcome *self, gint32 *said)
{
    gsize n_chunks = errata_parallel_n_chunks(self->n_rows, OUTCOME_GRAIN);
    g_autofree gsize *counts = g_new0(gsize, n_chunks + 1);
    g_autofree gsize *others = g_new0(gsize, n_chunks + 1);
    OutcomeWork work = {.outcome = self, .codes = said, .counts = counts, .others = others};

    self->judged = g_new0(guint8, MAX(self->n_rows, 1));
    self->error = g_new0(guint8, MAX(self->n_rows, 1));
    self->loss = g_new(double, MAX(self->n_rows, 1));
    errata_parallel_for(self->n_rows, OUTCOME_GRAIN, outcome_judge_cb, &work);
    for (gsize i = 0; i < n_chunks; i++) {
        self->n_judged += counts[i];
        self->n_errors += others[i];
    }
    if (self->task == ERRATA_TASK_REGRESSION)
        outcome_worst_tenth(self);
}

/**
 * errata_outcome_new:
 * @frame: the log
 * @schema: its roles
 * @settings: (nullable): names the entity column, if any
 * @error: return location for a #GError, never set now
 *
 * Works out what was predicted and what was true. Where no prediction is logged it follows from the
 * scores: the likeliest class, or the positive class from the threshold (0.5) on. Labels and
 * predictions of a regression that are beyond 1e75 count as missing. Where a column says which rows
 * were right, they are judged by it, and have neither labels nor predictions.
 *
 * Returns: (transfer full): the outcome
 */
ErrataOutcome *
errata_outcome_new(const ErrataFrame *frame,
                   const ErrataSchema *schema,
                   const ErrataSettings *settings,
                   GError **error)
{
    g_autoptr(ErrataOutcome) self = g_new0(ErrataOutcome, 1);
    g_autofree gint32 *said = NULL;

    self->n_rows = frame->n_rows;
    self->task = schema->task;
    self->n_classes = schema->n_classes;
    self->positive = schema->positive;
    self->score_problem = g_strdup(schema->score_problem);
    if (schema->task == ERRATA_TASK_BINARY || schema->task == ERRATA_TASK_MULTICLASS) {
        outcome_classification(self, frame, schema);
    } else if (schema->task == ERRATA_TASK_REGRESSION) {
        self->truth_value = outcome_targets(frame, schema->label);
        self->predicted_value = outcome_targets(frame, schema->prediction);
    } else if (schema->correct >= 0) {
        said = outcome_correct(self, frame, schema);
    }
    outcome_judge(self, said);
    self->weight = outcome_values(frame, schema->weight);
    if (self->weight != NULL &&
        !errata_outcome_weights(frame, (guint)schema->weight, self->weight, &self->weight_problem))
        g_clear_pointer(&self->weight, g_free);
    errata_outcome_rows(self, frame, schema, settings);
    return g_steal_pointer(&self);
}

/**
 * errata_outcome_why_no_scores:
 * @self: the outcome of a log that has neither a positive score nor a probability for each class
 *
 * Returns: (transfer none): why not, as the end of a sentence; borrows from @self
 */
const char *
errata_outcome_why_no_scores(const ErrataOutcome *self)
{
    if (self->score_problem != NULL)
        return self->score_problem;
    return self->confidence != NULL
               ? "the log has the probability of the predicted class only, not those of all classes"
               : "the log has no scores";
}
