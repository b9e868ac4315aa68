/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The analyzer for those who know SliceLine: its exact ten best over all judged rows, with its own
 * score, each tested alone and against the best of searches over permuted losses. It states no
 * findings: what is wrong beyond expectation is the slice search's to say. */
#include "sliceline-report.h"

#include <math.h>
#include <string.h>

#include "intervals.h"
#include "sliceline.h"
#include "slices-finding.h"
#include "slices-refine.h"
#include "tests.h"

#define REPORT_K            10
#define REPORT_ALPHA        0.95
#define REPORT_MIN_ROWS     32
#define REPORT_DIVISOR      100
#define REPORT_PERMUTATIONS 199
#define REPORT_ENOUGH       20
#define REPORT_ALIKE        0.8  /* Jaccard index from which a slice says little of its own */
#define REPORT_IDLE         0.01 /* of mean loss that a condition must change */
#define REPORT_BUDGET       G_GUINT64_CONSTANT(10000000000)

/* the rows that take part, and their codes */
typedef struct {
    const ErrataFrame *frame;
    const SlicesTable *table;
    ErrataSlicelineInput input;
    guint8 **code; /* per column; owned */
    gint16 *pooled;
    double *loss;
    ErrataSlicelineLoss kind;
} ReportTable;

static void
report_table_clear(ReportTable *self)
{
    for (guint c = 0; c < self->input.n_columns; c++)
        g_free(self->code[c]);
    g_free(self->code);
    g_free(self->pooled);
    g_free(self->loss);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReportTable, report_table_clear)

static gboolean
report_takes(const ErrataAnalysis *analysis, const double *losses, gsize row)
{
    return !isnan(losses[row]) && analysis->set_aside[row] == 0;
}

static void
report_gather(ReportTable *self, ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree double *losses = errata_sliceline_losses(analysis, &self->kind);
    guint n_columns = self->table->n_columns;
    gsize n = 0;

    self->loss = g_new(double, outcome->n_rows + 1);
    self->code = g_new0(guint8 *, n_columns + 1);
    self->pooled = g_new(gint16, n_columns + 1);
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (report_takes(analysis, losses, row))
            self->loss[n++] = losses[row];
    for (guint c = 0; c < n_columns; c++) {
        const ErrataBinColumn *bin = self->table->columns[c].bin;
        gsize at = 0;

        self->pooled[c] = bin->has_other ? (gint16)(bin->n_codes - 1) : -1;
        self->code[c] = g_new(guint8, n + 1);
        for (gsize row = 0; row < outcome->n_rows; row++)
            if (report_takes(analysis, losses, row))
                self->code[c][at++] = bin->code[row];
    }
    self->input.n_rows = n;
    self->input.n_columns = n_columns;
    self->input.code = (const guint8 *const *)self->code;
    self->input.pooled = self->pooled;
    self->input.loss = self->loss;
}

static void
report_configure(ReportTable *self, const ErrataAnalysis *analysis)
{
    gsize least = (self->input.n_rows + REPORT_DIVISOR - 1) / REPORT_DIVISOR;

    self->input.binary = self->kind == ERRATA_SLICELINE_ZERO_ONE;
    self->input.alpha = REPORT_ALPHA;
    self->input.min_rows = analysis->settings->min_slice > 0 ? (gsize)analysis->settings->min_slice
                                                             : MAX(REPORT_MIN_ROWS, least);
    self->input.k = REPORT_K;
    self->input.max_level = CLAMP(analysis->settings->max_level, 1, ERRATA_SLICELINE_MAX_LEVEL);
    self->input.budget = REPORT_BUDGET;
}

static gboolean
report_holds(const ReportTable *self, const ErrataSlicelineSlice *slice, guint skip, gsize row)
{
    for (guint i = 0; i < slice->n; i++)
        if (i != skip && self->code[slice->column[i]][row] != slice->code[i])
            return FALSE;
    return TRUE;
}

/* sums over the rows of a slice and over the others */
typedef struct {
    double n[2];
    double sum[2];
    double square[2]; /* Σ loss² */
} ReportSums;

static double
report_mean(const ReportSums *sums, guint which)
{
    return sums->n[which] > 0.0 ? sums->sum[which] / sums->n[which] : (double)NAN;
}

static double
report_variance(const ReportSums *sums, guint which)
{
    double mean = report_mean(sums, which);

    return sums->n[which] > 1.0 ? fmax(sums->square[which] - sums->n[which] * mean * mean, 0.0) /
                                      (sums->n[which] - 1.0)
                                : (double)NAN;
}

static ReportSums
report_sum(const ReportTable *self, const ErrataSlicelineSlice *slice, guint skip)
{
    ReportSums sums = {{0.0}, {0.0}, {0.0}};

    for (gsize row = 0; row < self->input.n_rows; row++) {
        guint which = report_holds(self, slice, skip, row) ? 0 : 1;

        sums.n[which] += 1.0;
        sums.sum[which] += self->loss[row];
        sums.square[which] += self->loss[row] * self->loss[row];
    }
    return sums;
}

static void
report_test(const ReportTable *self, const ReportSums *sums, ErrataTopSlice *slice)
{
    const char *test = NULL;
    double a = report_variance(sums, 0) / sums->n[0];
    double b = report_variance(sums, 1) / sums->n[1];

    if (sums->n[1] < 1.0)
        return;
    if (self->input.binary) {
        ErrataInterval ratio =
            errata_intervals_ratio(sums->sum[0], sums->n[0], sums->sum[1], sums->n[1], 0.95);

        slice->p = errata_tests_two_by_two((guint64)sums->sum[0],
                                           (guint64)(sums->n[0] - sums->sum[0]),
                                           (guint64)sums->sum[1],
                                           (guint64)(sums->n[1] - sums->sum[1]),
                                           NULL,
                                           &test);
        slice->test = g_strdup(test);
        slice->lo = ratio.lo;
        slice->hi = ratio.hi;
        return;
    }
    slice->test = g_strdup("Welch's t");
    if (a + b > 0.0)
        slice->p = errata_tests_student(
            (slice->rate - slice->rest) / sqrt(a + b),
            (a + b) * (a + b) / (a * a / (sums->n[0] - 1.0) + b * b / (sums->n[1] - 1.0)));
}

static ErrataPredicate *
report_predicate(const ReportTable *self, guint column, guint8 code)
{
    const ErrataBinColumn *bin = self->table->columns[column].bin;
    const ErrataColumn *of = self->frame->columns[bin->column];
    SlicesCondition condition = {.column = column, .missing = code == ERRATA_BINS_MISSING};

    if (bin->numeric && !condition.missing) {
        condition.lo = code > 0 ? errata_slices_refine_end(of, bin->edges[code - 1])
                                : -(double)INFINITY;
        condition.hi = code + 1U < bin->n_codes ? errata_slices_refine_end(of, bin->edges[code])
                                                : (double)INFINITY;
    } else if (!condition.missing) {
        condition.codes[code >> 6] |= G_GUINT64_CONSTANT(1) << (code & 63);
    }
    return errata_slices_words_predicate(self->table, &condition);
}

/* a condition without which the mean loss is about the same: DivExplorer's redundancy */
static int
report_idle(const ReportTable *self, const ErrataSlicelineSlice *found, double rate)
{
    double unit = self->input.binary ? 1.0 : rate;

    for (guint i = 0; found->n > 1 && i < found->n; i++) {
        ReportSums without = report_sum(self, found, i);

        if (fabs(rate - report_mean(&without, 0)) <= REPORT_IDLE * unit)
            return (int)i;
    }
    return -1;
}

/* the first better slice with mostly the same rows */
static int
report_like(const ReportTable *self, const GArray *slices, guint index)
{
    const ErrataSlicelineSlice *slice = &g_array_index(slices, ErrataSlicelineSlice, index);

    for (guint i = 0; i < index; i++) {
        const ErrataSlicelineSlice *better = &g_array_index(slices, ErrataSlicelineSlice, i);
        gsize both = 0;

        for (gsize row = 0; row < self->input.n_rows; row++)
            both += report_holds(self, slice, G_MAXUINT, row) &&
                            report_holds(self, better, G_MAXUINT, row)
                        ? 1
                        : 0;
        if ((double)both >= REPORT_ALIKE * (double)(slice->size + better->size - both))
            return (int)i;
    }
    return -1;
}

static void
report_slice(const ReportTable *self, const GArray *slices, guint index, ErrataTopSlices *list)
{
    const ErrataSlicelineSlice *found = &g_array_index(slices, ErrataSlicelineSlice, index);
    ErrataTopSlice *slice = errata_top_slices_add(list);
    ReportSums sums = report_sum(self, found, G_MAXUINT);
    double spread = report_variance(&sums, 0) + report_variance(&sums, 1);

    for (guint i = 0; i < found->n; i++)
        g_ptr_array_add(slice->predicates,
                        report_predicate(self, found->column[i], found->code[i]));
    slice->n = found->size;
    slice->error = found->error;
    slice->score = found->score;
    slice->rate = report_mean(&sums, 0);
    slice->rest = report_mean(&sums, 1);
    slice->coverage = sums.sum[0] / (sums.sum[0] + sums.sum[1]);
    if (slice->rest > 0.0)
        slice->ratio = slice->rate / slice->rest;
    if (spread > 0.0)
        slice->effect = G_SQRT2 * (slice->rate - slice->rest) / sqrt(spread);
    report_test(self, &sums, slice);
    slice->like = report_like(self, slices, index);
    slice->idle = report_idle(self, found, slice->rate);
}

static ErrataTopSlices *
report_search(const ReportTable *self, guint64 seed)
{
    g_autoptr(ErrataSliceline) found = errata_sliceline_search(&self->input);
    ErrataTopSlices *list = errata_top_slices_new();
    double p[REPORT_K];

    list->loss = g_strdup(errata_sliceline_loss_nick(self->kind));
    list->alpha = self->input.alpha;
    list->min_rows = self->input.min_rows;
    list->max_level = self->input.max_level;
    list->k = self->input.k;
    list->n_rows = self->input.n_rows;
    list->truncated = found->truncated;
    for (gsize row = 0; row < self->input.n_rows; row++)
        list->mean += self->loss[row];
    list->mean /= (double)MAX(self->input.n_rows, 1);
    for (guint i = 0; i < ERRATA_SLICELINE_MAX_LEVEL; i++)
        list->n_evaluated += found->n_evaluated[i];
    list->n_permutations = errata_sliceline_permute(&self->input,
                                                    found->slices,
                                                    REPORT_PERMUTATIONS,
                                                    REPORT_ENOUGH,
                                                    seed,
                                                    p);
    for (guint i = 0; i < found->slices->len; i++) {
        report_slice(self, found->slices, i, list);
        ((ErrataTopSlice *)g_ptr_array_index(list->slices, i))->p_search = p[i];
    }
    return list;
}

static const char *
report_loss_words(ErrataSlicelineLoss loss)
{
    static const char *const words[] = {"the number of errors",
                                        "the sum of log-losses",
                                        "the sum of absolute errors",
                                        "the sum of squared errors"};

    return words[loss];
}

static gboolean
report_run(ErrataAnalysis *analysis, GError **error)
{
    g_auto(ReportTable) self = {0};
    ErrataTopSlices *list;

    if (!analysis->settings->sliceline)
        return TRUE;
    if (analysis->outcome->n_judged == 0 || analysis->bins->n_columns == 0) {
        errata_case_skip(analysis->result,
                         "sliceline",
                         "no row has both a label and a prediction, or no column can be searched");
        return TRUE;
    }
    self.frame = analysis->frame;
    self.table = errata_slices_table_shared(analysis);
    report_gather(&self, analysis);
    report_configure(&self, analysis);
    list = report_search(&self, analysis->settings->seed);
    analysis->result->top_slices = list;
    errata_case_method(
        analysis->result,
        "SliceLine (Sagadeeva and Boehm 2021): the exact %u best slices of up to %u "
        "conditions by α((error/size)/mean − 1) − (1 − α)(n/size − 1) with α = 0.95 and error %s, "
        "at least %" G_GUINT64_FORMAT " rows each, over all judged rows; p by %u "
        "searches over permuted losses%s.",
        list->k,
        list->max_level,
        report_loss_words(self.kind),
        list->min_rows,
        list->n_permutations,
        list->truncated ? "; truncated: the search was ended by its budget" : "");
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_sliceline = {
    .id = "sliceline",
    .run = report_run,
};
