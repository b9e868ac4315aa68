/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told where columns, or predicted numbers themselves, tell of the labels beyond what the
 * model says: once, as calibration of all rows. */
#include <math.h>

#include "intervals.h"
#include "slices-beyond.h"
#include "words.h"

#define BEYOND_NAMED 3   /* columns by name */
#define BEYOND_BIAS  0.7 /* of what is saved, by one number added to all predictions */
#define BEYOND_SLOPE 0.1 /* by which labels move more, or less, than the predictions do */

/* labels less predictions, on the confirmation half */
typedef struct {
    double mean;
    double slope; /* on the predictions */
    double moved; /* mean absolute error with @mean added to all predictions */
} BeyondResiduals;

static BeyondResiduals
beyond_residuals(const SlicesTable *table)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    const SlicesHalf *half = &table->confirmation;
    double n = MAX((double)half->n_rows, 1.0);
    double mean = 0.0, middle = 0.0, cross = 0.0, square = 0.0;
    BeyondResiduals of;

    for (gsize i = 0; i < half->n_rows; i++) {
        double said = outcome->predicted_value[half->row[i]];

        mean += (outcome->truth_value[half->row[i]] - said) / n;
        middle += said / n;
    }
    of = (BeyondResiduals){mean, 0.0, 0.0};
    for (gsize i = 0; i < half->n_rows; i++) {
        double said = outcome->predicted_value[half->row[i]];
        double off = outcome->truth_value[half->row[i]] - said - mean;

        cross += off * (said - middle);
        square += (said - middle) * (said - middle);
        of.moved += fabs(off) / n;
    }
    of.slope = square > 0.0 ? cross / square : 0.0;
    return of;
}

/* “x, v and 2 others” */
static char *
beyond_names(const SlicesTable *table, const guint *column, guint n_columns)
{
    const char *name[BEYOND_NAMED + 1];
    guint n = 0;
    g_autofree char *others = NULL;

    for (guint k = 0; k < MIN(n_columns, n_columns > BEYOND_NAMED + 1 ? BEYOND_NAMED : n_columns);
         k++)
        name[n++] = table->columns[column[k]].bin->name;
    if (n_columns > n) {
        others = g_strdup_printf("%u others", n_columns - n);
        name[n++] = others;
    }
    return errata_words_list(name, n, "and");
}

/* what the predictions themselves tell of the labels */
static char *
beyond_title_alone(const SlicesTable *table, char **ret_direction)
{
    const SlicesBeyond *beyond = table->beyond;
    BeyondResiduals of = beyond_residuals(table);
    double far = fabs(of.mean);
    g_autofree char *by = errata_words_number(far, 0.95 * far, 1.05 * far);

    g_clear_pointer(ret_direction, g_free);
    if (beyond->from - of.moved >= BEYOND_BIAS * (beyond->from - beyond->to)) {
        *ret_direction = g_strdup(of.mean < 0.0 ? "over" : "under");
        return g_strdup_printf("The predictions are too %s, by %s on average",
                               of.mean < 0.0 ? "high" : "low",
                               by);
    }
    *ret_direction = g_strdup("mixed");
    if (of.slope >= BEYOND_SLOPE)
        return g_strdup(
            "The predictions keep too near the middle: too high where labels are low, too "
            "low where they are high");
    if (of.slope <= -BEYOND_SLOPE)
        return g_strdup(
            "The predictions stray too far from the middle: too low where they are low, "
            "too high where they are high");
    return g_strdup("The predictions are too high in one range and too low in another");
}

static char *
beyond_title(const SlicesTable *table, const char *names)
{
    const SlicesBeyond *beyond = table->beyond;
    const char *what = table->real ? "predictions" : "scores";
    guint n_over = 0;

    for (guint k = 0; k < beyond->n; k++)
        n_over += beyond->overused[k] ? 1 : 0;
    if (n_over > 0 && n_over < beyond->n)
        return g_strdup_printf("The %s do not weigh %s as the labels do", what, names);
    return g_strdup_printf("The %s make too %s of %s", what, n_over > 0 ? "much" : "little", names);
}

static void
beyond_add_evidence(const SlicesTable *table, ErrataFinding *finding)
{
    const SlicesBeyond *beyond = table->beyond;
    double half = errata_intervals_z(0.95) * beyond->error;
    ErrataEvidence *evidence;

    errata_finding_add(finding,
                       errata_evidence_new("beyond_from",
                                           table->real ? "mean absolute error of the predictions"
                                                       : "accuracy of the predictions",
                                           beyond->from,
                                           table->real ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE,
                                           table->confirmation.n_rows))
        ->method = g_strdup("confirmation half");
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("beyond_to",
                            beyond->n > 1   ? "the same with these columns fitted beside it"
                            : beyond->n > 0 ? "the same with this column fitted beside it"
                                            : "the same of predictions taken for what they "
                                              "mean",
                            beyond->to,
                            table->real ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE,
                            table->confirmation.n_rows));
    evidence->lo = beyond->to - half;
    evidence->hi = beyond->to + half;
    evidence->baseline = beyond->from;
    evidence->method = g_strdup(
        "regression on normal scores, fitted on the discovery half, measured on "
        "the confirmation half; interval of the difference");
}

static void
beyond_suggest(const SlicesTable *table, const char *names, ErrataFinding *finding)
{
    const SlicesBeyond *beyond = table->beyond;
    double half = errata_intervals_z(0.95) * beyond->error;
    double gain = fabs(beyond->to - beyond->from);
    g_autofree char *text =
        beyond->n > 0
            ? g_strdup_printf(
                  beyond->n > 1
                      ? "Train the model again so that %s add nothing to what it says: look at "
                        "how they reach it, and at how much they may count"
                      : "Train the model again so that %s adds nothing to what it says: look at "
                        "how the column reaches it, and at how much it may count",
                  names)
            : g_strdup(
                  "Correct the predictions by a curve fitted on labelled rows; their order stays "
                  "as it is");
    ErrataSuggestion *suggestion =
        errata_finding_suggest(finding, beyond->n > 0 ? "retrain" : "recalibrate", text);

    suggestion->metric = g_strdup(table->real ? "mae" : "accuracy");
    suggestion->from = beyond->from;
    suggestion->to = beyond->to;
    suggestion->lo = gain - half;
    suggestion->hi = gain + half;
    suggestion->method = g_strdup_printf("%s, fitted on the discovery half, measured on the "
                                         "confirmation half",
                                         beyond->n > 1   ? "a regression on these columns beside it"
                                         : beyond->n > 0 ? "a regression on this column beside it"
                                                         : "a cubic curve");
}

static void
beyond_say_classes(ErrataAnalysis *analysis, const SlicesTable *table)
{
    g_autofree char *names = beyond_names(table, table->classes->column, table->classes->n);

    errata_case_method(analysis->result,
                       "Slices: what errors to expect is what the scores of all classes and %s say "
                       "together, as they tell of the labels beyond the scores over their whole "
                       "range, more by a line than by any step; what the model says of its own "
                       "hard ground is therefore not told.",
                       names);
}

/**
 * errata_slices_beyond_add:
 * @analysis: gets the finding, and how it was come by
 * @table: its table
 *
 * Tells what errors of all rows are due to that would else be told range by range.
 */
void
errata_slices_beyond_add(ErrataAnalysis *analysis, const SlicesTable *table)
{
    const SlicesBeyond *beyond = table->beyond;
    g_autofree char *names = NULL;
    g_autofree char *title = NULL;
    g_autofree char *count = NULL;
    g_autofree char *direction = g_strdup("mixed");
    ErrataFinding *finding;
    double gain, all;

    if (table->classes != NULL)
        beyond_say_classes(analysis, table);
    if (beyond == NULL)
        return;
    names = beyond_names(table, beyond->column, beyond->n);
    title = beyond->n > 0 ? beyond_title(table, names) : beyond_title_alone(table, &direction);
    finding = errata_finding_new(ERRATA_FINDING_CALIBRATION, title);
    gain = table->real ? beyond->from - beyond->to : beyond->to - beyond->from;
    all = table->real ? beyond->from : 1.0 - beyond->from;
    count = errata_words_counted(analysis->outcome->n_judged, "row", "rows");
    finding->confirmed = TRUE;
    finding->severity = ERRATA_SEVERITY_LOW;
    if (gain > errata_intervals_z(0.95) * beyond->error)
        finding->severity = errata_severity_from_impact(gain / all, table->real ? 0.0 : gain);
    finding->subject.direction = g_steal_pointer(&direction);
    finding->summary = g_strdup_printf("calibration · %s", count);
    finding->share_of_rows = 1.0;
    finding->n_rows = analysis->outcome->n_judged;
    finding->metric = g_strdup(table->real ? "mae" : "accuracy");
    finding->delta = gain;
    finding->rank = gain / (table->real ? all : 1.0);
    g_ptr_array_add(finding->notes,
                    beyond->n > 0 ? g_strdup_printf("beyond=%s", names) : g_strdup("alone=yes"));
    if (beyond->n > 1)
        g_ptr_array_add(finding->notes, g_strdup("several=yes"));
    beyond_add_evidence(table, finding);
    beyond_suggest(table, names, finding);
    errata_case_add_finding(analysis->result, finding);
    if (beyond->n > 0)
        errata_case_method(
            analysis->result,
            "Slices: what errors to expect is what the %s and %s say together, as they "
            "tell of the label beyond the %s over their whole range, more by a "
            "line than by any step; what the model says of its own hard ground is "
            "therefore not told.",
            table->real ? "prediction" : "score",
            names,
            table->real ? "prediction" : "score");
}
