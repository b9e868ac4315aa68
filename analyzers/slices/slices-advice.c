/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to do about a slice, with gains that were computed: more data (at most the rest's rate), a
 * threshold of its own (learnt on the discovery half, measured on the other), a person. */
#include <math.h>

#include "number.h"
#include "slices-finding.h"
#include "sort.h"
#include "words.h"

#define ADVICE_MIN_GAIN      0.001 /* of the metric that is worth a threshold of its own */
#define ADVICE_SUPPORT       0.8   /* of the log's share, in the reference, that is enough */
#define ADVICE_MAX_ROUTE     0.10  /* share of rows that a person can be asked to take */
#define ADVICE_MAX_THRESHOLD 0.45  /* from ½; beyond it, it would only say the same of all rows */

/* rows of a frame that meet the slice, by column name; −1 where a column is lacking or derived */
static gssize
advice_count(const SlicesTable *table, const Slice *slice, const ErrataFrame *frame)
{
    gssize n = 0;
    const ErrataColumn *columns[SLICES_MAX_CONDITIONS];

    for (guint i = 0; i < slice->n; i++) {
        const ErrataBinColumn *bin = table->columns[slice->condition[i].column].bin;

        columns[i] = errata_frame_find(frame, bin->name, NULL);
        if (columns[i] == NULL || bin->derived != NULL || columns[i]->type == ERRATA_COLUMN_TEXT ||
            bin->numeric != errata_column_is_numeric(columns[i]))
            return -1;
    }
    for (gsize row = 0; row < frame->n_rows; row++) {
        gboolean holds = TRUE;

        for (guint i = 0; i < slice->n && holds; i++) {
            const SlicesCondition *condition = &slice->condition[i];
            const ErrataBinColumn *bin = table->columns[condition->column].bin;

            holds = errata_column_is_valid(columns[i], row) != condition->missing;
            if (!holds || condition->missing)
                continue;
            if (bin->numeric) {
                double value = errata_column_number(columns[i], row);

                holds = value >= condition->lo && value < condition->hi;
                continue;
            }
            g_autofree char *text = errata_column_print(columns[i], row);

            holds = FALSE;
            for (guint c = 0; c < bin->n_codes && !holds; c++)
                holds = ((condition->codes[c >> 6] >> (c & 63)) & 1) != 0 &&
                        g_strcmp0(bin->labels[c], text) == 0;
        }
        n += holds;
    }
    return n;
}

/* the metric now, as a value that gets better by subtracting losses */
static double
advice_metric(const SlicesTable *table, const SlicesFacts *facts)
{
    double loss = errata_rate_mean(&facts->all);

    return table->real ? loss : 1.0 - loss;
}

/* as many right as elsewhere: the most that any of these can bring */
static void
advice_bound(const SlicesTable *table,
             const SlicesFacts *facts,
             const ErrataFinding *finding,
             ErrataSuggestion *suggestion)
{
    ErrataInterval difference = errata_slices_facts_difference(table, facts);
    double part;

    suggestion->metric = g_strdup(finding->metric);
    suggestion->from = advice_metric(table, facts);
    suggestion->to = suggestion->from + (table->real ? -1.0 : 1.0) * finding->delta;
    part = finding->delta /
           MAX(errata_rate_mean(&facts->in) - errata_rate_mean(&facts->out), 1e-12);
    suggestion->lo = MAX(difference.lo, 0.0) * part;
    suggestion->hi = MAX(difference.hi, 0.0) * part;
    suggestion->method =
        g_strdup(table->real ? "gain if the slice reached the error of the rest"
                 : table->analysis->outcome->score != NULL
                     ? "gain if the slice reached the error rate of the rest, or the one that its "
                       "scores foretell where that is higher"
                     : "gain if the slice reached the error rate of the rest");
    suggestion->upper_bound = TRUE;
}

static void
advice_collect(const SlicesTable *table,
               const Slice *slice,
               const SlicesFacts *facts,
               ErrataFinding *finding)
{
    const ErrataFrame *reference = table->analysis->reference;
    gssize n = reference != NULL ? advice_count(table, slice, reference) : -1;
    gboolean known = g_strcmp0(errata_finding_note(finding, "hard"), "known") == 0;
    g_autofree char *words = errata_slices_words_conditions(finding);
    g_autofree char *text = NULL;

    /* as common there as here: it is not for want of rows that the model errs */
    if (!known && n >= 0 &&
        (double)n >= ADVICE_SUPPORT * finding->share_of_rows * (double)reference->n_rows) {
        text = g_strdup_printf("Add a column that tells cases apart where %s: the reference has as "
                               "large a share of them as the log, so more labels alone will not do",
                               words);
        advice_bound(table, facts, finding, errata_finding_suggest(finding, "add-feature", text));
        return;
    }
    if (n >= 0) {
        g_autofree char *count = errata_slices_words_count((guint64)n);
        g_autofree char *there =
            errata_slices_words_percent((double)n / MAX((double)reference->n_rows, 1.0));
        g_autofree char *here = errata_slices_words_percent(finding->share_of_rows);

        if (n == 0 && !known)
            text = g_strdup_printf("Label more rows where %s and train with them: the reference "
                                   "has none of them, the log %s",
                                   words,
                                   here);
        else
            text = g_strdup_printf(
                known ? "Collect something new about the rows where %s: the "
                        "reference has %s of them (%s, the log %s), but its columns "
                        "do not settle them"
                      : "Label more rows where %s and train with them: the "
                        "reference has %s of them (%s, the log %s)",
                words,
                count,
                there,
                here);
    } else {
        text = g_strdup_printf(known ? "Collect something new about the rows where %s: the "
                                       "columns of the log do not settle them"
                                     : "Label more rows where %s and train with them",
                               words);
    }
    advice_bound(table, facts, finding, errata_finding_suggest(finding, "collect-data", text));
}

/* what began at some time has a cause of that time */
static void
advice_look(const SlicesTable *table,
            const Slice *slice,
            const SlicesFacts *facts,
            ErrataFinding *finding)
{
    g_autofree char *words = errata_slices_words_conditions(finding);
    g_autofree char *text = NULL;

    if (!slice->timed)
        return;
    text = g_strdup_printf(slice->ends ? "Find out what was the matter where %s, and leave these "
                                         "rows out of training"
                                       : "Find out what was changed where %s, and undo it or tell "
                                         "the model of it",
                           words);
    advice_bound(table, facts, finding, errata_finding_suggest(finding, "fix-pipeline", text));
}

typedef struct {
    double score;
    double weight;
    gboolean positive;
} AdviceRow;

/* scores and labels of the slice's rows in one half */
static GArray *
advice_rows(const SlicesTable *table, const SlicesHalf *half, const Slice *slice)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(AdviceRow));
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));

    errata_slices_table_member(table, half, slice, member);
    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 row = half->row[i];
        AdviceRow added = {outcome->score[row],
                           errata_outcome_weight(outcome, row),
                           outcome->truth[row] == outcome->positive};

        if (member[i] != 0 && !isnan(added.score))
            g_array_append_val(rows, added);
    }
    return rows;
}

static void
advice_sort(GArray *rows)
{
    g_autofree double *score = g_new(double, MAX(rows->len, 1));
    g_autofree guint32 *from = g_new(guint32, MAX(rows->len, 1));
    g_autoptr(GArray) copy = g_array_copy(rows);

    for (guint i = 0; i < rows->len; i++) {
        score[i] = g_array_index(rows, AdviceRow, i).score;
        from[i] = i;
    }
    errata_sort_payload(score, from, rows->len, score, from);
    for (guint i = 0; i < rows->len; i++)
        g_array_index(rows, AdviceRow, i) = g_array_index(copy, AdviceRow, from[i]);
}

/* the score from which on calling rows positive makes the fewest errors */
static double
advice_threshold(const GArray *rows)
{
    double errors = 0.0; /* of calling all positive */
    double best = (double)INFINITY;
    double threshold = 0.0;

    for (guint i = 0; i < rows->len; i++)
        if (!g_array_index(rows, AdviceRow, i).positive)
            errors += g_array_index(rows, AdviceRow, i).weight;
    for (guint i = 0; i <= rows->len; i++) {
        double score = i < rows->len ? g_array_index(rows, AdviceRow, i).score : 1.0;

        if (errors < best &&
            (i == 0 || i == rows->len || score > g_array_index(rows, AdviceRow, i - 1).score)) {
            best = errors;
            threshold = i == 0 ? 0.0 : score;
        }
        if (i < rows->len)
            errors += g_array_index(rows, AdviceRow, i).weight *
                      (g_array_index(rows, AdviceRow, i).positive ? 1.0 : -1.0);
    }
    return threshold;
}

static void
advice_move_threshold(const SlicesTable *table,
                      const Slice *slice,
                      const SlicesFacts *facts,
                      ErrataFinding *finding)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    g_autoptr(GArray) learn = NULL;
    g_autoptr(GArray) measure = NULL;
    g_autofree char *words = NULL;
    g_autofree char *text = NULL;
    ErrataSuggestion *suggestion;
    char buffer[ERRATA_NUMBER_BUFFER];
    double errors = 0.0;
    double threshold;
    double gain;
    double spread;

    if (outcome->task != ERRATA_TASK_BINARY || outcome->score == NULL || table->exploratory)
        return;
    learn = advice_rows(table, &table->discovery, slice);
    measure = advice_rows(table, &table->confirmation, slice);
    advice_sort(learn);
    threshold = advice_threshold(learn);
    for (guint i = 0; i < measure->len; i++) {
        const AdviceRow *row = &g_array_index(measure, AdviceRow, i);

        if ((row->score >= threshold) != row->positive)
            errors += row->weight;
    }
    gain = (facts->in.sum - errors) / facts->all.weight;
    /* as many rows as make the sums no surer than they are */
    spread = sqrt((facts->in.sum + errors) * facts->in.weight2 / facts->in.weight) /
             facts->all.weight;
    if (gain < ADVICE_MIN_GAIN || gain < 2.0 * spread ||
        fabs(threshold - 0.5) > ADVICE_MAX_THRESHOLD)
        return;
    words = errata_slices_words_conditions(finding);
    text = g_strdup_printf("Where %s, call a prediction positive from a score of %s on",
                           words,
                           errata_number_print_fixed(threshold, 2, buffer));
    suggestion = errata_finding_suggest(finding, "move-threshold", text);
    suggestion->metric = g_strdup("accuracy");
    suggestion->from = advice_metric(table, facts);
    suggestion->to = suggestion->from + gain;
    suggestion->lo = gain - errata_intervals_z(0.95) * spread;
    suggestion->hi = gain + errata_intervals_z(0.95) * spread;
    suggestion->method =
        g_strdup("threshold learnt on the discovery half, gain measured on the confirmation half");
}

static void
advice_route(const SlicesTable *table, const SlicesFacts *facts, ErrataFinding *finding)
{
    ErrataSuggestion *suggestion;
    g_autofree char *share = errata_slices_words_percent(finding->share_of_rows);
    g_autofree char *words = NULL;
    g_autofree char *text = NULL;
    ErrataInterval difference = errata_slices_facts_difference(table, facts);
    /* the share of the whole log, for the interval and for what it is of */
    double gain = finding->share_of_rows *
                  (errata_rate_mean(&facts->in) - errata_rate_mean(&facts->out));

    if (finding->share_of_rows > ADVICE_MAX_ROUTE || table->exploratory)
        return;
    words = errata_slices_words_conditions(finding);
    text = g_strdup_printf("Have a person decide where %s; the model decides the rest", words);
    suggestion = errata_finding_suggest(finding, "abstain-route", text);
    suggestion->cost = g_strdup_printf("%s of the rows go to a person", share);
    suggestion->metric = g_strdup(table->real ? "mae" : "accuracy");
    suggestion->from = advice_metric(table, facts);
    suggestion->to = suggestion->from + (table->real ? -gain : gain);
    suggestion->lo = difference.lo * finding->share_of_rows;
    suggestion->hi = difference.hi * finding->share_of_rows;
    suggestion->method = g_strdup(table->real
                                      ? "mean error of the rows that the model still decides"
                                      : "accuracy of the rows that the model still decides");
}

/**
 * errata_slices_advice_add:
 * @table: a table
 * @slice: a slice
 * @facts: its numbers
 * @finding: has its impact, gets suggestions
 */
void
errata_slices_advice_add(const SlicesTable *table,
                         const Slice *slice,
                         const SlicesFacts *facts,
                         ErrataFinding *finding)
{
    advice_look(table, slice, facts, finding);
    if (slice->timed && slice->ends) /* what is over is nothing to learn from */
        return;
    advice_collect(table, slice, facts, finding);
    advice_move_threshold(table, slice, facts, finding);
    errata_slices_bias_advise(table, slice, finding);
    advice_route(table, facts, finding);
}
