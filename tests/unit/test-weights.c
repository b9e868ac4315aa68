/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of groups, cells, changes, segments, suspect labels and clusters counts rows by
 * their declared weight: the figures are those of the sums of weights. */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "calibration.h"
#include "change-points.h"
#include "clusters.h"
#include "drift.h"
#include "error-tree.h"
#include "fairness.h"
#include "label-issues.h"
#include "rng.h"
#include "text-vectors.h"

/* a row as it is made; @group z is said 0 too often, @seg web scored too high, the last third is
 * wrong more often, all of it more so where rows count 20 times; every twentieth row counts for
 * nothing */
typedef struct {
    char group;
    char seg;
    guint weight;
    double score;
    guint said;
    guint is;
    gboolean late;
    guint at;
} Row;

static Row
weights_row(guint i, guint n, ErrataRng *rng)
{
    gboolean heavy = errata_rng_uniform(rng) < 0.3;
    double score = 0.02 + 0.96 * errata_rng_uniform(rng), true_score;
    Row row = {.group = (char)('x' + errata_rng_below(rng, 3)),
               .seg = (char)('a' + errata_rng_below(rng, 3)),
               .weight = heavy ? 20 : 1,
               .score = score,
               .said = score >= 0.5,
               .late = i >= 2 * n / 3,
               .at = i};

    true_score = row.seg == 'a' ? pow(score, heavy ? 3.0 : 1.6) : score;
    row.is = errata_rng_uniform(rng) < true_score;
    if (row.group == 'z' && errata_rng_uniform(rng) < (heavy ? 0.5 : 0.15))
        row.said = 0;
    if (row.late && errata_rng_uniform(rng) < (heavy ? 0.4 : 0.1))
        row.said = 1 - row.is;
    if (i % 20 == 7)
        row.weight = 0;
    return row;
}

/* declares the column of that name as weights */
static void
weights_declare(AnalysisFrame *self, const char *name)
{
    guint at = 0;

    g_assert_nonnull(errata_frame_find(self->frame, name, &at));
    self->schema->weight = (int)at;
    self->analysis.exclude[at] = 1;
    errata_outcome_free(self->outcome);
    self->outcome = errata_outcome_new(self->frame, self->schema, self->settings, NULL);
    self->analysis.outcome = self->outcome;
    g_assert_nonnull(self->outcome->weight);
}

/* @ret_row: (array length=n): as made */
static AnalysisFrame *
weights_frame(guint n, Row *ret_row)
{
    g_autoptr(GString) table =
        g_string_new("timestamp,team,seg,weight_of_row,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(7, 1, 2);
    AnalysisFrame *self;

    for (guint i = 0; i < n; i++) {
        Row *row = &ret_row[i];

        *row = weights_row(i, n, &rng);
        g_string_append_printf(table,
                               "2026-01-%02u %02u:%02u:%02u,%c,%c,%u,%.4f,%u,%u\n",
                               1 + i / 1440,
                               i % 1440 / 60,
                               i % 60,
                               i % 59,
                               row->group,
                               row->seg,
                               row->weight,
                               row->score,
                               row->said,
                               row->is);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    weights_declare(self, "weight_of_row");
    return self;
}

/* the weighted mean of what @value says of the rows that @takes */
static double
weights_mean(const Row *rows,
             guint n,
             gboolean (*takes)(const Row *row),
             gboolean (*value)(const Row *row))
{
    double sum = 0.0, all = 0.0;

    for (guint i = 0; i < n; i++)
        if (takes(&rows[i])) {
            all += rows[i].weight;
            sum += value(&rows[i]) ? rows[i].weight : 0.0;
        }
    return sum / all;
}

static gboolean
positive_of_z(const Row *row)
{
    return row->group == 'z' && row->is != 0;
}

static gboolean
is_late(const Row *row)
{
    return row->late;
}

static gboolean
is_early(const Row *row)
{
    return !row->late;
}

static gboolean
is_said(const Row *row)
{
    return row->said != 0;
}

static gboolean
is_so(const Row *row)
{
    return row->is != 0;
}

static gboolean
is_wrong(const Row *row)
{
    return row->said != row->is;
}

static const ErrataFinding *
weights_finding(const AnalysisFrame *self, ErrataFindingKind kind, const char *title)
{
    const GPtrArray *findings = self->analysis.result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (finding->kind == kind && strstr(finding->title, title) != NULL)
            return finding;
    }
    return NULL;
}

/* the interval is Wilson's of the effective number of these rows */
static void
weights_check_interval(const Row *rows,
                       guint n,
                       gboolean (*takes)(const Row *row),
                       double rate,
                       double lo,
                       double hi)
{
    ErrataInterval interval;
    double sum = 0.0, squares = 0.0;

    for (guint i = 0; i < n; i++)
        if (takes(&rows[i])) {
            sum += rows[i].weight;
            squares += (double)rows[i].weight * rows[i].weight;
        }
    interval = errata_intervals_wilson(rate * sum * sum / squares, sum * sum / squares, 0.95);
    g_assert_cmpfloat_with_epsilon(lo, interval.lo, 1e-9);
    g_assert_cmpfloat_with_epsilon(hi, interval.hi, 1e-9);
}

static void
test_weights_fairness(void)
{
    enum {
        N = 9000
    };
    g_autofree Row *rows = g_new(Row, N);
    g_autoptr(AnalysisFrame) self = weights_frame(N, rows);
    double rate = weights_mean(rows, N, positive_of_z, is_said);
    const ErrataFinding *finding;
    const ErrataEvidence *in;

    g_test_summary("Rates, intervals and the finding of a group count rows by their weight");
    self->schema->columns[1].role = ERRATA_ROLE_GROUP;
    self->schema->columns[1].declared = TRUE;
    g_assert_true(errata_analyzer_fairness.run(&self->analysis, NULL));
    for (guint i = 0, seen = 0; i < self->analysis.result->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(self->analysis.result->metrics, i);

        if (strcmp(metric->name, "true_positive_rate") != 0 ||
            strcmp(metric->class_name, "team=z") != 0)
            continue;
        g_assert_cmpuint(seen++, ==, 0);
        g_assert_cmpfloat_with_epsilon(metric->value, rate, 1e-9);
        weights_check_interval(rows, N, positive_of_z, rate, metric->lo, metric->hi);
    }
    finding = weights_finding(self, ERRATA_FINDING_FAIRNESS, "team z has a true positive rate");
    g_assert_nonnull(finding);
    in = errata_finding_evidence(finding, "rate_in");
    g_assert_cmpfloat_with_epsilon(in->value, rate, 1e-9);
    g_assert_cmpuint(in->n, <, 9000 / 6); /* rows, of which some count for nothing */
}

static void
test_weights_heat_map(void)
{
    enum {
        N = 9000
    };
    g_autofree Row *rows = g_new(Row, N);
    g_autoptr(AnalysisFrame) self = weights_frame(N, rows);
    const SlicesTable *table;
    ErrataFigure *map;
    gboolean turned; /* which of two columns is down is not the matter */
    double sum = 0.0, all = 0.0;

    g_test_summary("Cells of the heat map have weighted rates");
    self->analysis.exclude[0] = self->analysis.exclude[4] = 1; /* its times, its scores */
    table = errata_slices_table_shared(&self->analysis);
    map = errata_heat_map_new(table);
    g_assert_nonnull(map);
    turned = strcmp(map->y_label, "team") != 0;
    for (guint r = 0; r < map->n_rows; r++)
        for (guint c = 0; c < map->n_columns; c++) {
            double weight = 0.0, wrong = 0.0;

            g_assert_cmpstr(turned ? map->x_label : map->y_label, ==, "team");
            g_assert_cmpstr(turned ? map->y_label : map->x_label, ==, "seg");
            for (gsize i = 0; i < table->confirmation.n_rows; i++) {
                const Row *row = &rows[table->confirmation.row[i]];

                if (row->group != (turned ? map->columns[c] : map->rows[r])[0] ||
                    row->seg != (turned ? map->rows[r] : map->columns[c])[0])
                    continue;
                weight += row->weight;
                wrong += is_wrong(row) ? row->weight : 0.0;
            }
            g_assert_cmpfloat_with_epsilon(map->cells[r * map->n_columns + c],
                                           wrong / weight,
                                           1e-9);
            sum += wrong;
            all += weight;
        }
    g_assert_cmpfloat(all, >, 0.0);
    g_assert_cmpfloat(sum / all, >, 0.0);
    errata_figure_free(map);
}

static void
test_weights_changes(void)
{
    enum {
        N = 9000
    };
    g_autofree Row *rows = g_new(Row, N);
    g_autoptr(AnalysisFrame) self = weights_frame(N, rows);
    const ErrataFinding *finding;

    g_test_summary("A change of the error rate is told by weight");
    g_assert_true(errata_analyzer_change_points.run(&self->analysis, NULL));
    finding = weights_finding(self, ERRATA_FINDING_CHANGE_POINT, "error rate rose");
    g_assert_nonnull(finding);
    g_assert_cmpfloat_with_epsilon(finding->subject.before,
                                   weights_mean(rows, N, is_early, is_wrong),
                                   0.02);
    g_assert_cmpfloat_with_epsilon(finding->subject.after,
                                   weights_mean(rows, N, is_late, is_wrong),
                                   0.02);
}

static gboolean
is_first_half(const Row *row)
{
    return row->at < 4500;
}

static gboolean
is_now(const Row *row)
{
    return row->at >= 6300;
}

static void
test_weights_performance(void)
{
    enum {
        N = 9000
    };
    g_autofree Row *rows = g_new(Row, N);
    g_autoptr(AnalysisFrame) self = weights_frame(N, rows);
    const ErrataFinding *finding;
    const ErrataEvidence *rise;

    g_test_summary("So is a change of performance against the first half, and what explains it");
    g_assert_true(errata_analyzer_drift.run(&self->analysis, NULL));
    finding = weights_finding(self, ERRATA_FINDING_PERFORMANCE, "Accuracy fell");
    g_assert_nonnull(finding);
    g_assert_cmpfloat_with_epsilon(finding->subject.metric_from,
                                   1.0 - weights_mean(rows, N, is_first_half, is_wrong),
                                   1e-9);
    g_assert_cmpfloat_with_epsilon(finding->subject.metric_to,
                                   1.0 - weights_mean(rows, N, is_now, is_wrong),
                                   1e-9);
    rise = errata_finding_evidence(finding, "rise");
    g_assert_nonnull(rise);
    g_assert_true(rise->lo < rise->value && rise->value < rise->hi);
}

static void
test_weights_changes_agree(void)
{
    enum {
        N = 9000
    };
    g_autofree Row *rows = g_new(Row, N);
    g_autoptr(AnalysisFrame) self = weights_frame(N, rows);

    g_test_summary("More errors in rows that count for nothing are no change");
    for (guint i = 0; i < N; i++)
        self->outcome->weight[i] = rows[i].late && is_wrong(&rows[i]) && i % 3 != 0 ? 0.0 : 1.0;
    g_assert_true(errata_analyzer_change_points.run(&self->analysis, NULL));
    g_assert_null(weights_finding(self, ERRATA_FINDING_CHANGE_POINT, "error rate"));
}

static gboolean
is_web(const Row *row)
{
    return row->seg == 'a';
}

static void
test_weights_segments(void)
{
    enum {
        N = 9000
    };
    g_autofree Row *rows = g_new(Row, N);
    g_autoptr(AnalysisFrame) self = weights_frame(N, rows);
    const ErrataFinding *finding;
    const ErrataEvidence *rate;

    g_test_summary("What scores mean in a group is told by weight");
    g_assert_true(errata_analyzer_calibration.run(&self->analysis, NULL));
    finding = weights_finding(self, ERRATA_FINDING_CALIBRATION, "seg is a");
    g_assert_nonnull(finding);
    for (guint i = 0; i < N; i++) /* told of the confirmation half */
        rows[i].weight = self->outcome->half[i] == 1 ? rows[i].weight : 0;
    rate = errata_finding_evidence(finding, "mean_rate");
    g_assert_cmpfloat_with_epsilon(rate->value, weights_mean(rows, N, is_web, is_so), 1e-9);
    weights_check_interval(rows, N, is_web, rate->value, rate->lo, rate->hi);
}

/* @n rows whose label y follows x but for one in 20, more of those that count 20 times; @wrong of
 *   the predictions,
 * too */
static void
test_weights_labels(void)
{
    g_autoptr(GString) table = g_string_new("x,z,weight_of_row,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(3, 0, 0);
    g_autoptr(AnalysisFrame) self = NULL;
    const ErrataFinding *finding;
    double wrong = 0.0, all = 0.0, listed = 0.0;

    g_test_summary(
        "The share of errors of suspect labels, and what they would gain, count weights");
    for (guint i = 0; i < 6000; i++) {
        double x = errata_rng_uniform(&rng), z = errata_rng_uniform(&rng);
        double score = 1.0 / (1.0 + exp(-12.0 * (x + 0.3 * z - 0.65)));
        gboolean heavy = errata_rng_uniform(&rng) < 0.3;
        guint is = errata_rng_uniform(&rng) < score;

        if (errata_rng_uniform(&rng) < (heavy ? 0.12 : 0.03))
            is = 1 - is;
        g_string_append_printf(table,
                               "%.4f,%.4f,%d,%.4f,%d,%u\n",
                               x,
                               z,
                               heavy ? 20 : 1,
                               score,
                               score >= 0.5,
                               is);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    weights_declare(self, "weight_of_row");
    g_assert_true(errata_analyzer_label_issues.run(&self->analysis, NULL));
    finding = weights_finding(self, ERRATA_FINDING_LABEL_ISSUE, "of the labels go against");
    g_assert_nonnull(finding);
    for (gsize row = 0; row < self->frame->n_rows; row++) {
        all += self->outcome->weight[row];
        wrong += self->outcome->error[row] != 0 ? self->outcome->weight[row] : 0.0;
    }
    for (gsize i = 0; i < finding->n_rows; i++)
        listed += self->outcome->error[finding->row[i]] != 0
                      ? self->outcome->weight[finding->row[i]]
                      : 0.0;
    g_assert_cmpfloat_with_epsilon(finding->share_of_errors, listed / wrong, 1e-9);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "metric_from")->value,
                                   1.0 - wrong / all,
                                   1e-9);
    g_assert_cmpfloat(finding->delta, >, 0.05); /* of rows: 0.05 … 0.06 would be the most */
}

/* texts of twelve words, of which those of one kind, one in ten, are wrong half of the time, and
 * most of the time where they count 30 times */
static AnalysisFrame *
weights_texts(void)
{
    static const char *const words[] = {"card",
                                        "account",
                                        "money",
                                        "transfer",
                                        "bank",
                                        "today",
                                        "phone",
                                        "mail",
                                        "branch",
                                        "open",
                                        "help",
                                        "check",
                                        "bill",
                                        "code",
                                        "please",
                                        "number",
                                        "with",
                                        "from"};
    g_autoptr(GString) table = g_string_new("message,weight_of_row,prediction,label\n");
    ErrataRng rng = errata_rng_init(9, 0, 0);
    AnalysisFrame *self;

    for (guint i = 0; i < 5000; i++) {
        gboolean heavy = errata_rng_uniform(&rng) < 0.2, odd = errata_rng_uniform(&rng) < 0.1;
        guint is = (guint)errata_rng_below(&rng, 3);
        gboolean wrong = errata_rng_uniform(&rng) < (!odd ? 0.05 : heavy ? 0.8 : 0.5);

        for (guint w = 0; w < 12; w++)
            g_string_append_printf(table,
                                   "%s%s",
                                   w > 0 ? " " : "",
                                   odd && w == 4   ? "parcel stolen refund"
                                   : odd && w == 8 ? "courier lost"
                                                   : words[errata_rng_below(&rng, 18)]);
        g_string_append_printf(table,
                               " %u,%d,%c,%c\n",
                               i,
                               heavy ? 30 : 1,
                               'a' + (int)((is + wrong) % 3),
                               'a' + (int)is);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    self->schema->columns[0].role = ERRATA_ROLE_TEXT;
    weights_declare(self, "weight_of_row");
    return self;
}

static void
test_weights_clusters(void)
{
    g_autoptr(AnalysisFrame) self = weights_texts();
    const ErrataCluster *cluster;
    const ErrataFinding *finding;
    const ErrataEvidence *rate;
    double wrong = 0.0, own = 0.0;

    g_test_summary("A cluster's share of errors and its rate count weights");
    g_assert_true(errata_analyzer_clusters.run(&self->analysis, NULL));
    g_assert_cmpuint(self->analysis.result->clusters->len, >, 0);
    cluster = g_ptr_array_index(self->analysis.result->clusters, 0);
    finding = weights_finding(self, ERRATA_FINDING_CLUSTER, "Texts");
    g_assert_nonnull(finding);
    for (gsize row = 0; row < self->frame->n_rows; row++)
        wrong += self->outcome->error[row] != 0 ? self->outcome->weight[row] : 0.0;
    for (gsize i = 0; i < finding->n_rows; i++)
        own += self->outcome->weight[finding->row[i]];
    g_assert_cmpfloat_with_epsilon(cluster->share_of_errors, own / wrong, 1e-9);
    g_assert_cmpfloat_with_epsilon(finding->share_of_errors, own / wrong, 1e-9);
    errata_text_vectors_free(self->analysis.text_vectors);
    rate = errata_finding_evidence(finding, "said_rate");
    g_assert_nonnull(rate);
    g_assert_cmpfloat_with_epsilon(rate->value, 0.765, 0.06); /* of rows: 0.56 */
    rate = errata_finding_evidence(finding, "rate_in");
    g_assert_cmpfloat_with_epsilon(rate->value, 0.765, 0.08);
    rate = errata_finding_evidence(finding, "rate_out");
    g_assert_true(rate->lo < 0.05 && rate->hi > 0.05);
    g_assert_cmpfloat(rate->hi - rate->lo, >, 0.025); /* of rows: 0.018 */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/weights/fairness", test_weights_fairness);
    g_test_add_func("/weights/heat-map", test_weights_heat_map);
    g_test_add_func("/weights/changes", test_weights_changes);
    g_test_add_func("/weights/performance", test_weights_performance);
    g_test_add_func("/weights/changes-agree", test_weights_changes_agree);
    g_test_add_func("/weights/segments", test_weights_segments);
    g_test_add_func("/weights/labels", test_weights_labels);
    g_test_add_func("/weights/clusters", test_weights_clusters);
    return g_test_run();
}
