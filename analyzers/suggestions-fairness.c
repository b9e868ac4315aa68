/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a threshold of its own for one group does to the greatest difference between groups: chosen
 * on the discovery half so that its rate is that of the others, measured on the confirmation half.
 * METHODS 9. */
#include <math.h>
#include <string.h>

#include "fairness.h"
#include "sort.h"
#include "suggestions.h"
#include "words.h"

#define EVEN_LEVEL 0.95
#define EVEN_LEAST 100 /* rows of the group that the rate is of, on each half */
#define EVEN_CHANCE \
    0.8 /* of the standard error: mean of the absolute difference of two equal rates, √(2/π) */

typedef struct {
    const ErrataOutcome *outcome;
    const ErrataColumn *column;
    const char *metric;
    guint8 *is_group; /* per row */
    double cut;       /* of the group; NaN: as logged */
} Even;

static gboolean
even_counts(const Even *self, gsize row)
{
    const ErrataOutcome *outcome = self->outcome;
    gboolean positive = outcome->truth[row] == outcome->positive;

    if (outcome->judged[row] == 0 || isnan(outcome->score[row]) ||
        !errata_column_is_valid(self->column, row))
        return FALSE;
    return strcmp(self->metric, "true_positive_rate") == 0    ? positive
           : strcmp(self->metric, "false_positive_rate") == 0 ? !positive
                                                              : TRUE;
}

static gboolean
even_says(const Even *self, gsize row)
{
    return self->is_group[row] != 0 && !isnan(self->cut)
               ? self->outcome->score[row] >= self->cut
               : self->outcome->predicted[row] == self->outcome->positive;
}

static ErrataRate
even_rate(const Even *self, guint8 half, gboolean group)
{
    ErrataRate rate = {.n = 0.0};

    for (gsize row = 0; row < self->outcome->n_rows; row++)
        if (self->outcome->half[row] == half && (self->is_group[row] != 0) == group &&
            even_counts(self, row))
            errata_rate_add(&rate, even_says(self, row), errata_outcome_weight(self->outcome, row));
    return rate;
}

/* greatest less least rate of the groups, on the confirmation half; NaN under two groups */
static double
even_gap(const Even *self)
{
    guint n = self->column->n_dictionary;
    g_autofree ErrataRate *rate = g_new0(ErrataRate, n + 1);
    double low = HUGE_VAL, high = -HUGE_VAL;

    for (gsize row = 0; row < self->outcome->n_rows; row++)
        if (self->outcome->half[row] == 1 && even_counts(self, row))
            errata_rate_add(&rate[self->column->code[row]],
                            even_says(self, row),
                            errata_outcome_weight(self->outcome, row));
    for (guint g = 0; g < n; g++) {
        if (errata_rate_effective(&rate[g]) < ERRATA_FAIRNESS_LEAST)
            continue;
        low = fmin(low, errata_rate_mean(&rate[g]));
        high = fmax(high, errata_rate_mean(&rate[g]));
    }
    return high > low ? high - low : (double)NAN;
}

/* the score at or above which the part @share of what the group's rows of the discovery half count
 * for lies; NaN: too few rows */
static double
even_cut(const Even *self, double share)
{
    g_autofree double *score = g_new(double, self->outcome->n_rows + 1);
    g_autofree double *weight = g_new(double, self->outcome->n_rows + 1);
    g_autofree double *sorted = g_new(double, self->outcome->n_rows + 1);
    g_autofree guint32 *order = g_new(guint32, self->outcome->n_rows + 1);
    ErrataRate all = {.n = 0.0};
    double above = 0.0;
    gsize n = 0, at;

    for (gsize row = 0; row < self->outcome->n_rows; row++)
        if (self->outcome->half[row] == 0 && self->is_group[row] != 0 && even_counts(self, row)) {
            weight[n] = errata_outcome_weight(self->outcome, row);
            errata_rate_add(&all, 1.0, weight[n]);
            score[n++] = self->outcome->score[row];
        }
    if (errata_rate_effective(&all) < EVEN_LEAST)
        return (double)NAN;
    errata_sort_doubles(score, n, sorted, order);
    for (at = n; at > 0; at--) { /* the row that lies in it by half or more is the last */
        double own = weight[order[at - 1]];

        if (above + 0.5 * own > share * all.weight)
            break;
        above += own;
    }
    return at < n ? sorted[at] : (double)NAN;
}

/* of the group's rows on the confirmation half that the rate is of, those that @cut decides
 * otherwise */
static double
even_moved(const Even *self, double cut)
{
    ErrataRate moved = {.n = 0.0};

    for (gsize row = 0; row < self->outcome->n_rows; row++)
        if (self->outcome->half[row] == 1 && self->is_group[row] != 0 && even_counts(self, row))
            errata_rate_add(&moved,
                            (self->outcome->score[row] >= cut) != even_says(self, row),
                            errata_outcome_weight(self->outcome, row));
    return moved.n > 0.0 ? errata_rate_mean(&moved) : 0.0;
}

/* what it does to the group's errors */
static void
even_cost(const Even *self, ErrataSuggestion *suggestion)
{
    ErrataRate before = {.n = 0.0}, after = {.n = 0.0};
    g_autofree char *from = NULL, *to = NULL;

    for (gsize row = 0; row < self->outcome->n_rows; row++) {
        gboolean positive = self->outcome->truth[row] == self->outcome->positive;
        double weight = errata_outcome_weight(self->outcome, row);

        if (self->outcome->half[row] != 1 || self->is_group[row] == 0 ||
            self->outcome->judged[row] == 0 || isnan(self->outcome->score[row]))
            continue;
        errata_rate_add(&before, self->outcome->error[row], weight);
        errata_rate_add(&after, even_says(self, row) != positive, weight);
    }
    if (!(after.sum > before.sum) || suggestion->cost != NULL)
        return;
    from = errata_words_share(errata_rate_mean(&before), (double)NAN, (double)NAN);
    to = errata_words_share(errata_rate_mean(&after), (double)NAN, (double)NAN);
    suggestion->cost = g_strdup_printf("with such a threshold %s of the group's rows are wrong, "
                                       "now %s",
                                       to,
                                       from);
}

static gboolean
even_is_known(const ErrataAnalysis *analysis, const ErrataFinding *finding)
{
    static const char *const metrics[] = {"selection_rate",
                                          "true_positive_rate",
                                          "false_positive_rate",
                                          NULL};
    const ErrataOutcome *outcome = analysis->outcome;

    return outcome->score != NULL && outcome->truth != NULL && outcome->positive >= 0 &&
           finding->row != NULL && finding->subject.metric != NULL &&
           finding->subject.column != NULL && g_strv_contains(metrics, finding->subject.metric);
}

/**
 * errata_suggestions_even:
 * @analysis: a binary log with scores, else nothing is told
 * @finding: of fairness
 * @suggestion: (inout): gets what the difference between groups becomes with a threshold of its own
 *   for the group
 *
 * Returns: whether it was measured
 */
gboolean
errata_suggestions_even(const ErrataAnalysis *analysis,
                        const ErrataFinding *finding,
                        ErrataSuggestion *suggestion)
{
    const ErrataEvidence *gap = errata_finding_evidence(finding, "difference");
    g_autofree guint8 *is_group = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    Even self = {.outcome = analysis->outcome, .is_group = is_group, .cut = (double)NAN};
    double before, after, cut, moved, half;
    ErrataRate others, group;

    if (gap == NULL || !even_is_known(analysis, finding))
        return FALSE;
    self.metric = finding->subject.metric;
    self.column = errata_frame_find(analysis->frame, finding->subject.column, NULL);
    if (self.column == NULL || self.column->type != ERRATA_COLUMN_CATEGORY)
        return FALSE;
    for (gsize k = 0; k < finding->n_rows; k++)
        is_group[finding->row[k]] = 1;
    others = even_rate(&self, 0, FALSE);
    group = even_rate(&self, 1, TRUE);
    cut = others.n > 0.0 ? even_cut(&self, errata_rate_mean(&others)) : (double)NAN;
    before = even_gap(&self);
    if (isnan(cut) || isnan(before) || errata_rate_effective(&group) < EVEN_LEAST)
        return FALSE;
    moved = even_moved(&self, cut);
    half = errata_intervals_z(EVEN_LEVEL) *
           sqrt(fmax(moved * (1.0 - moved), 0.0) / errata_rate_effective(&group));
    self.cut = cut;
    after = even_gap(&self);
    if (isnan(after))
        return FALSE;
    g_free(suggestion->metric);
    suggestion->metric = g_strdup_printf("%s_difference", finding->subject.metric);
    suggestion->from = gap->value;
    suggestion->to = fmax(gap->value - (before - after), 0.0);
    suggestion->lo = before - after - half;
    suggestion->hi = before - after + half;
    suggestion->upper_bound = FALSE;
    g_free(suggestion->method);
    suggestion->method = g_strdup("a threshold of its own for the group, chosen on the discovery "
                                  "half, measured on the confirmation half");
    even_cost(&self, suggestion);
    return TRUE;
}

/**
 * errata_suggestions_even_least:
 * @gap: the greatest difference between groups, with its interval
 *
 * Returns: the difference that two groups of one rate have by chance, on average
 */
double
errata_suggestions_even_least(const ErrataEvidence *gap)
{
    double error = (gap->hi - gap->lo) / 2.0 / errata_intervals_z(EVEN_LEVEL);

    return isfinite(error) ? fmin(EVEN_CHANCE * error, gap->value) : 0.0;
}
