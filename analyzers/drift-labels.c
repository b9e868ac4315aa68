/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is it the labels that have come to be others? Where the classes' shares move and nothing else
 * does, predictions and scores of the rows of one label stay as they were (label shift: Lipton,
 * Wang and Smola 2018), while the same score comes to mean another chance. The joint counts of
 * label and score, then and now, tell that from rows that differ (the same score means what it
 * meant) and from a change of what rows mean (neither holds). */
#include "drift-labels.h"

#include <math.h>

#include "drift-expect.h"
#include "tests.h"

#define LABELS_ALPHA  0.01
#define LABELS_CLASS  16   /* with more classes it is not asked */
#define LABELS_WITHIN 0.1  /* of the joint change, that may be left within the labels */
#define LABELS_MEANS  0.25 /* of it, that must be left where only rows differ */

typedef struct {
    guint n_classes;
    guint n_cells;
    double *count; /* side, class, cell */
} LabelsTable;

static double *
labels_at(const LabelsTable *table, guint side, guint class, guint cell)
{
    return &table->count[((gsize)side * table->n_classes + class) * table->n_cells + cell];
}

static void
labels_count(LabelsTable *table,
             const ErrataDriftExpect *expect,
             const ErrataDriftSide *side,
             guint which)
{
    for (gsize i = 0; i < side->n; i++) {
        guint32 row = side->row[i];
        gint32 class = side->outcome->truth[row];

        if (side->outcome->judged[row] != 0 && class >= 0 && (guint) class < table->n_classes)
            *labels_at(table, which, (guint) class, errata_drift_expect_cell(expect, side, row)) +=
                1.0;
    }
}

/* G beyond its degrees of freedom, of @n pairs of counts being in the same proportion */
static double
labels_excess(const double *from, const double *to, gsize n, double *ret_g, double *ret_degrees)
{
    double all[2] = {0.0, 0.0};
    double g = 0.0, degrees = -1.0;

    for (gsize i = 0; i < n; i++) {
        all[0] += from[i];
        all[1] += to[i];
    }
    for (gsize i = 0; i < n; i++) {
        double both = from[i] + to[i];

        if (!(both > 0.0))
            continue;
        degrees += 1.0;
        for (guint side = 0; side < 2; side++) {
            double seen = side == 0 ? from[i] : to[i];

            if (seen > 0.0)
                g += 2.0 * seen * log(seen / (both * all[side] / (all[0] + all[1])));
        }
    }
    if (!(all[0] > 0.0 && all[1] > 0.0) || degrees < 1.0)
        return 0.0;
    *ret_g += g;
    *ret_degrees += degrees;
    return g - degrees;
}

/* what is left of the joint change within each label, and within each score */
static void
labels_measure(ErrataDriftLabels *self, const LabelsTable *table)
{
    gsize n = (gsize)table->n_classes * table->n_cells;
    g_autofree double *shares = g_new0(double, (gsize)2 * table->n_classes);
    double g[4] = {0.0}, degrees[4] = {0.0};
    double within = 0.0, means = 0.0, all;

    all =
        labels_excess(labels_at(table, 0, 0, 0), labels_at(table, 1, 0, 0), n, &g[0], &degrees[0]);
    for (guint k = 0; k < table->n_classes; k++) {
        within += labels_excess(labels_at(table, 0, k, 0),
                                labels_at(table, 1, k, 0),
                                table->n_cells,
                                &g[1],
                                &degrees[1]);
        for (guint side = 0; side < 2; side++)
            for (guint cell = 0; cell < table->n_cells; cell++)
                shares[side * table->n_classes + k] += *labels_at(table, side, k, cell);
    }
    for (guint cell = 0; cell < table->n_cells; cell++) {
        double of[2][LABELS_CLASS];

        for (guint k = 0; k < table->n_classes; k++)
            for (guint side = 0; side < 2; side++)
                of[side][k] = *labels_at(table, side, k, cell);
        means += labels_excess(of[0], of[1], table->n_classes, &g[2], &degrees[2]);
    }
    labels_excess(shares, shares + table->n_classes, table->n_classes, &g[3], &degrees[3]);
    if (!(all > 0.0))
        return;
    self->within = fmax(within / all, 0.0);
    self->means = fmax(means / all, 0.0);
    self->moved = degrees[3] > 0.0 && errata_tests_chi_square(g[3], degrees[3]) < LABELS_ALPHA &&
                  errata_tests_chi_square(g[2], degrees[2]) < LABELS_ALPHA &&
                  self->within <= LABELS_WITHIN && self->means >= LABELS_MEANS;
}

/* the label whose share has moved most */
static void
labels_name(ErrataDriftLabels *self, const LabelsTable *table)
{
    double total[2] = {0.0, 0.0};
    double most = -1.0;

    for (guint pass = 0; pass < 2; pass++)
        for (guint k = 0; k < table->n_classes; k++) {
            double rows[2] = {0.0, 0.0};

            for (guint side = 0; side < 2; side++) {
                for (guint cell = 0; cell < table->n_cells; cell++)
                    rows[side] += *labels_at(table, side, k, cell);
                total[side] += pass == 0 ? rows[side] : 0.0;
            }
            if (pass == 1 && fabs(rows[1] / total[1] - rows[0] / total[0]) > most) {
                self->class = k;
                self->from = rows[0] / total[0];
                self->to = rows[1] / total[1];
                most = fabs(self->to - self->from);
            }
        }
    self->n_from = (gsize)total[0];
    self->n_to = (gsize)total[1];
}

/**
 * errata_drift_labels:
 * @from: rows of the baseline
 * @to: rows now
 *
 * Returns: whether other shares of the labels are all that has changed; @moved is %FALSE where
 * labels,
 *   predictions or one of the sides are missing
 */
ErrataDriftLabels
errata_drift_labels(const ErrataDriftSide *from, const ErrataDriftSide *to)
{
    ErrataDriftLabels self = {.within = (double)NAN, .means = (double)NAN};
    g_autoptr(ErrataDriftExpect) expect = NULL;
    g_autofree double *count = NULL;
    LabelsTable table;

    if (from->outcome == NULL || to->outcome == NULL || from->outcome->truth == NULL ||
        to->outcome->truth == NULL || from->outcome->n_classes < 2 ||
        from->outcome->n_classes > LABELS_CLASS ||
        from->outcome->n_classes != to->outcome->n_classes)
        return self;
    expect = errata_drift_expect_new(from, to);
    if (expect == NULL)
        return self;
    count = g_new0(double, (gsize)2 * from->outcome->n_classes * expect->n_cells);
    table = (LabelsTable){from->outcome->n_classes, expect->n_cells, count};
    labels_count(&table, expect, from, 0);
    labels_count(&table, expect, to, 1);
    labels_name(&self, &table);
    if (self.n_from > 0 && self.n_to > 0)
        labels_measure(&self, &table);
    return self;
}

/* the predictions that odds times @factor would give; +1 where that rights a row, −1 where it
 * spoils it */
static int
labels_effect(const ErrataOutcome *outcome, guint32 row, double factor)
{
    double score = outcome->score[row];
    gint32 positive = outcome->positive;
    gboolean said = outcome->predicted[row] == positive;
    gboolean would = score * factor >= 1.0 - score;

    if (isnan(score) || said == would)
        return 0;
    return (outcome->truth[row] == positive) == would ? 1 : -1;
}

static gboolean
labels_at_one_half(const ErrataOutcome *outcome, const ErrataDriftSide *to)
{
    for (gsize i = 0; i < to->n; i++) {
        double score = outcome->score[to->row[i]];

        if (!isnan(score) && outcome->predicted[to->row[i]] >= 0 && fabs(score - 0.5) > 0.001 &&
            (score > 0.5) != (outcome->predicted[to->row[i]] == outcome->positive))
            return FALSE;
    }
    return TRUE;
}

/**
 * errata_drift_labels_suggest:
 * @finding: a fall in performance
 * @self: that other shares of the labels explain
 * @class_name: of the label whose share has moved most
 * @outcome: of the log
 * @to: rows now
 *
 * What helps against other shares of the labels: the scores' odds times the change of the labels'
 * odds (Saerens, Latinne and Decaestecker 2002). For two classes cut at 0.5 its gain is counted.
 */
void
errata_drift_labels_suggest(ErrataFinding *finding,
                            const ErrataDriftLabels *self,
                            const char *class_name,
                            const ErrataOutcome *outcome,
                            const ErrataDriftSide *to)
{
    g_autofree char *text =
        g_strdup_printf("Multiply the odds of the scores by what the shares of "
                        "the labels have changed by (those of %s), and cut them "
                        "anew",
                        class_name);
    double share_from = self->from, share_to = self->to, factor, gained = 0.0, changed = 0.0;
    double n = (double)outcome->n_judged;
    ErrataSuggestion *suggestion;

    if (outcome->n_classes == 2 && outcome->positive >= 0 && outcome->score != NULL &&
        outcome->predicted != NULL && labels_at_one_half(outcome, to) && share_from > 0.0 &&
        share_from < 1.0 && share_to < 1.0) {
        factor = share_to / (1.0 - share_to) / (share_from / (1.0 - share_from));
        if ((gint32)self->class != outcome->positive)
            factor = 1.0 / factor;
        for (gsize i = 0; i < to->n; i++)
            if (outcome->judged[to->row[i]] != 0) {
                int effect = labels_effect(outcome, to->row[i], factor);

                gained += effect;
                changed += effect != 0;
            }
        if (!(gained > 0.0))
            return; /* it would not help */
        suggestion = errata_finding_suggest(finding, "recalibrate", text);
        suggestion->metric = g_strdup("accuracy");
        suggestion->from = 1.0 - (double)outcome->n_errors / n;
        suggestion->to = suggestion->from + gained / n;
        suggestion->lo = (gained - 1.96 * sqrt(changed)) / n;
        suggestion->hi = (gained + 1.96 * sqrt(changed)) / n;
        suggestion->method = g_strdup("predictions of the rows of now made anew");
        return;
    }
    errata_finding_suggest(finding, "recalibrate", text)->method =
        g_strdup("not computed: needs two classes whose scores are cut at one half");
}
