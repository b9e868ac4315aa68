/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has moved since the baseline: METHODS 5. The reference, or the first half, against the rows
 * after the last change point, else the last 30 % of the log, in time order; copies and rows of
 * data bugs left out, from a column those of its own bugs alone; shares missing are of all but the
 * copies, and have moved only where they have without these rows as well, as a reference and an
 * earlier report keep theirs. A column has drifted when the effect is large and the p is small,
 * never by p alone. Of the Jensen–Shannon distance only what exceeds chance counts: two samples of
 * many categories are never alike. Rows that follow each other and are alike count as fewer
 * (chain.h). A column that another analyzer tells to be skewed, as it differs from the reference
 * from the first row on, is not drifting. */
#include "drift.h"

#include <math.h>

#include "causes.h"
#include "drift-memory.h"
#include "fault-rows.h"
#include "parallel.h"
#include "tests.h"

#define DRIFT_NOW       0.3 /* share of the rows that are "now", at the end of the log */
#define DRIFT_JS        0.1
#define DRIFT_EFFECT    0.1  /* Wasserstein over the reference's standard deviation */
#define DRIFT_TEXT_AUC  0.55 /* lower limit */
#define DRIFT_MISSING   0.05 /* difference of the shares */
#define DRIFT_ALPHA     0.01
#define DRIFT_SKEW_JS   0.1
#define DRIFT_SKEW_LAST 0.6 /* of the first distance, under which the last counts as the same */

typedef struct {
    ErrataAnalysis *analysis;
    ErrataDriftSide from;
    ErrataDriftSide to;
    ErrataDriftSide first; /* the first rows of the log, where there is a reference */
    ErrataFaultRows *faults;
    ErrataDriftSide open_from; /* with the rows that are set aside for a fault of one column */
    ErrataDriftSide open_to;
    ErrataDriftColumn *columns;
    gboolean *judged; /* may become a finding */
    guint n;
} DriftWork;

static gboolean
drift_is_kept(const ErrataAnalysis *analysis, guint32 row)
{
    return analysis->set_aside == NULL || analysis->set_aside[row] == 0;
}

/* kept rows between two places in time order */
static void
drift_take(const ErrataAnalysis *analysis, ErrataDriftSide *side, gsize begin, gsize end)
{
    side->frame = analysis->frame;
    side->outcome = analysis->outcome;
    side->bins = analysis->bins;
    side->row = g_new(guint32, MAX(end - begin, 1));
    for (gsize i = begin; i < end; i++) {
        guint32 row = analysis->outcome->order[i];

        if (drift_is_kept(analysis, row))
            side->row[side->n++] = row;
    }
}

/* whether equal rows are left in the log, as few columns of few values have many by nature: without
 * them a side would have too many of its rare values */
static gboolean
drift_has_equal_rows(const ErrataAnalysis *analysis)
{
    const guint8 *duplicate = analysis->outcome->duplicate;

    for (gsize row = 0; duplicate != NULL && row < analysis->outcome->n_rows; row++)
        if (duplicate[row] != 0 && (analysis->set_aside == NULL || analysis->set_aside[row] == 0))
            return TRUE;
    return FALSE;
}

static void
drift_take_reference(const ErrataAnalysis *analysis, ErrataDriftSide *side)
{
    const guint8 *duplicate = analysis->reference_outcome != NULL && !drift_has_equal_rows(analysis)
                                  ? analysis->reference_outcome->duplicate
                                  : NULL;

    side->frame = analysis->reference;
    side->outcome = analysis->reference_outcome;
    side->bins = analysis->reference_bins;
    side->row = g_new(guint32, MAX(analysis->reference->n_rows, 1));
    for (gsize row = 0; row < analysis->reference->n_rows; row++)
        if (duplicate == NULL || duplicate[row] == 0)
            side->row[side->n++] = (guint32)row;
}

static void
drift_take_baseline(const ErrataAnalysis *analysis, ErrataDriftSide *side)
{
    gsize n_rows = analysis->frame->n_rows;

    drift_take(analysis, side, 0, 0);
    g_free(side->row);
    side->row = g_new(guint32, MAX(n_rows, 1));
    if (analysis->changed_at > 0) /* not what has changed already, or was about to */
        n_rows = analysis->changed_from > 0 ? analysis->changed_from : analysis->changed_at;
    for (gsize i = 0; i < n_rows; i++) {
        guint32 row = analysis->outcome->order[i];
        gboolean old = analysis->baseline != NULL ? analysis->baseline[row] != 0 : i < n_rows / 2;

        if (old && drift_is_kept(analysis, row))
            side->row[side->n++] = row;
    }
}

/* all rows before what changed, as the change point has them */
static void
drift_take_before(const ErrataAnalysis *analysis, ErrataDriftSide *side)
{
    g_free(side->row);
    side->n = 0;
    drift_take(analysis,
               side,
               0,
               analysis->changed_from > 0 ? analysis->changed_from : analysis->changed_at);
}

/* place in time order where "now" begins */
static gsize
drift_now(const ErrataAnalysis *analysis)
{
    gsize n_rows = analysis->frame->n_rows;

    if (analysis->changed_at > 0)
        return analysis->changed_at;
    return n_rows - (gsize)((double)n_rows * DRIFT_NOW);
}

static void
drift_sides(DriftWork *work)
{
    const ErrataAnalysis *analysis = work->analysis;
    gsize n_rows = analysis->frame->n_rows;
    gsize n_now = (gsize)((double)n_rows * DRIFT_NOW);

    drift_take(analysis, &work->to, drift_now(analysis), n_rows);
    if (analysis->reference == NULL) {
        drift_take_baseline(analysis, &work->from);
        return;
    }
    drift_take_reference(analysis, &work->from);
    drift_take(analysis, &work->first, 0, n_now);
}

/* the same with the rows set aside for a fault of one column, which the others are compared on */
static void
drift_open_sides(DriftWork *work)
{
    ErrataAnalysis open = *work->analysis;
    DriftWork sides = {.analysis = &open};

    work->faults = errata_fault_rows_new(work->analysis);
    open.set_aside = work->faults->whole;
    drift_sides(&sides);
    work->open_from = sides.from;
    work->open_to = sides.to;
    g_free(sides.first.row);
}

/* the rows of a side but those of faults of that column, and what it was for a while; a reference
 * has none */
static ErrataDriftSide
drift_side_of(const DriftWork *work, guint column, const ErrataDriftSide *all)
{
    const ErrataFrame *frame = work->analysis->frame;
    const guint8 *aside = all->frame == frame
                              ? errata_fault_rows_of(work->faults, frame->columns[column])
                              : NULL;
    ErrataDriftSide side = *all;
    guint32 *left;

    if (aside != NULL) {
        side.row = g_new(guint32, all->n + 1);
        side.n = 0;
        for (gsize i = 0; i < all->n; i++)
            if (aside[all->row[i]] == 0)
                side.row[side.n++] = all->row[i];
    }
    left = errata_drift_passing(work->analysis, frame->columns[column]->name, &side);
    if (left != NULL) {
        if (aside != NULL)
            g_free(side.row);
        side.row = left;
    }
    return side;
}

static void
drift_side_end(ErrataDriftSide *side, const ErrataDriftSide *all)
{
    if (side->row != all->row)
        g_free(side->row);
}

/* columns that are looked at; scores and the like only for their summary */
static void
drift_choose(DriftWork *work)
{
    const ErrataAnalysis *analysis = work->analysis;

    work->columns = g_new0(ErrataDriftColumn, analysis->frame->n_columns + 1);
    work->judged = g_new0(gboolean, analysis->frame->n_columns + 1);
    for (guint c = 0; c < analysis->frame->n_columns; c++) {
        ErrataRole role = analysis->schema->columns[c].role;
        gboolean input = role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_GROUP ||
                         role == ERRATA_ROLE_TEXT;
        gboolean output = role == ERRATA_ROLE_LABEL || role == ERRATA_ROLE_PREDICTION ||
                          role == ERRATA_ROLE_SCORE;

        if (analysis->frame->columns[c]->type == ERRATA_COLUMN_TIME || !(input || output))
            continue;
        work->judged[work->n] = input && (analysis->exclude == NULL || analysis->exclude[c] == 0);
        work->columns[work->n].kind = role == ERRATA_ROLE_TEXT ? ERRATA_DRIFT_TEXT
                                                               : ERRATA_DRIFT_NUMBER;
        work->columns[work->n].name = analysis->frame->columns[c]->name;
        work->columns[work->n++].column = c;
    }
}

/* whether that has been told of the column already */
static gboolean
drift_skew_is_told(const ErrataAnalysis *analysis, const char *name)
{
    for (guint i = 0; i < analysis->result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(analysis->result->findings, i);

        if (finding->kind == ERRATA_FINDING_DATA_BUG &&
            g_strcmp0(finding->subject.bug, "train-serve-skew") == 0 &&
            g_strcmp0(finding->subject.column, name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* as far from the reference at the start of the log as at its end, and told as skew; a difference
 * that has no name there is told here */
static gboolean
drift_is_skewed(const DriftWork *work, const ErrataDriftColumn *column)
{
    double first, last;

    if (work->first.n < ERRATA_DRIFT_MIN_ROWS || isnan(column->js) ||
        !drift_skew_is_told(work->analysis, column->name))
        return FALSE;
    first = errata_drift_column_distance(column->column, &work->from, &work->first);
    if (!(first >= DRIFT_SKEW_JS))
        return FALSE;
    last = errata_drift_column_distance(column->column, &work->first, &work->to);
    return last < DRIFT_SKEW_LAST * first;
}

/* the given reference comes first, then the earlier report, then the first half */
static gboolean
drift_has_earlier(const ErrataAnalysis *analysis)
{
    return analysis->reference == NULL && analysis->earlier != NULL;
}

static void
drift_measure_on(const DriftWork *work,
                 ErrataDriftColumn *column,
                 const ErrataDriftSide *from,
                 const ErrataDriftSide *to)
{
    if (!drift_has_earlier(work->analysis) ||
        !errata_drift_earlier_measure(column, work->analysis->earlier, to))
        errata_drift_column_measure(column, from, to);
}

/* shares missing of all rows, as a reader counts them; a change that is not there without the rows
 * left out is theirs, and has been told of them */
static void
drift_missing_of_all(const DriftWork *work, ErrataDriftColumn *column)
{
    ErrataDriftColumn all = {.column = column->column, .kind = column->kind, .name = column->name};
    double without = column->missing_to - column->missing_from, with;

    drift_measure_on(work, &all, &work->open_from, &work->open_to);
    if (all.why_not == NULL) {
        with = all.missing_to - all.missing_from;
        column->missing_of_fault = copysign(1.0, with) * without < DRIFT_MISSING;
        column->missing_from = all.missing_from;
        column->missing_to = all.missing_to;
        column->missing_p = all.missing_p;
        column->rows_from = all.rows_from;
        column->rows_to = all.rows_to;
    }
    errata_drift_column_clear(&all);
}

static void
drift_measure(DriftWork *work, ErrataDriftColumn *column)
{
    ErrataDriftSide from = drift_side_of(work, column->column, &work->open_from);
    ErrataDriftSide to = drift_side_of(work, column->column, &work->open_to);

    drift_measure_on(work, column, &from, &to);
    if (!column->earlier && column->why_not == NULL && drift_is_skewed(work, column))
        column->why_not = "differs from the reference from the first row on";
    if (column->why_not == NULL && (from.n < work->open_from.n || to.n < work->open_to.n))
        drift_missing_of_all(work, column);
    drift_side_end(&from, &work->open_from);
    drift_side_end(&to, &work->open_to);
}

static void
drift_measure_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    DriftWork *work = data;

    for (gsize i = begin; i < end; i++)
        drift_measure(work, &work->columns[i]);
}

static void
drift_loss(const DriftWork *work, ErrataDriftColumn *column, const double *expected)
{
    ErrataDriftSide from = drift_side_of(work, column->column, &work->open_from);
    ErrataDriftSide to = drift_side_of(work, column->column, &work->open_to);

    errata_drift_column_loss(column, &from, &to, expected);
    drift_side_end(&from, &work->open_from);
    drift_side_end(&to, &work->open_to);
}

/* the distance beyond what chance gives two samples of so many categories */
static double
drift_js(const ErrataDriftColumn *column)
{
    return sqrt(MAX(column->js * column->js - column->js_chance, 0.0));
}

/* q within the family: both tests of every column that may become a finding */
static void
drift_decide(DriftWork *work)
{
    g_autofree double *p = g_new(double, 2 * work->n + 1);
    g_autofree double *q = g_new(double, 2 * work->n + 1);
    gsize tried = 0;

    for (guint i = 0; i < work->n; i++) {
        const ErrataDriftColumn *column = &work->columns[i];
        gboolean in = work->judged[i] && column->why_not == NULL;

        p[2 * i] = in ? column->p : (double)NAN;
        p[2 * i + 1] = !in ? (double)NAN : column->missing_of_fault ? 1.0 : column->missing_p;
        tried += in ? 2 : 0;
    }
    errata_tests_benjamini_hochberg(p, 2 * work->n, tried, q);
    errata_case_tried(work->analysis->result, "drift", tried);
    for (guint i = 0; i < work->n; i++) {
        ErrataDriftColumn *column = &work->columns[i];
        gboolean far = column->kind == ERRATA_DRIFT_TEXT
                           ? column->auc_lo > DRIFT_TEXT_AUC
                           : drift_js(column) >= DRIFT_JS || column->effect >= DRIFT_EFFECT;
        gboolean gone = fabs(column->missing_to - column->missing_from) >= DRIFT_MISSING &&
                        q[2 * i + 1] < DRIFT_ALPHA;

        column->q = q[2 * i];
        column->drifted = far && q[2 * i] < DRIFT_ALPHA;
        column->by_missing = gone && !column->drifted;
    }
}

static void
drift_summarise(const DriftWork *work, GPtrArray *summaries)
{
    g_autoptr(GHashTable) measured = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < work->n; i++)
        g_hash_table_insert(measured, (gpointer)(guintptr)work->columns[i].name, &work->columns[i]);
    for (guint s = 0; s < summaries->len; s++) {
        ErrataColumnSummary *summary = g_ptr_array_index(summaries, s);
        const ErrataDriftColumn *column = g_hash_table_lookup(measured, summary->name);

        if (column == NULL)
            continue;
        summary->drift = column->js;
        summary->drift_p = column->p;
    }
}

/* what was done, and how well the two sides can be told apart by all columns together */
static void
drift_tell(const DriftWork *work, const ErrataDriftSplit *split)
{
    ErrataCase *result = work->analysis->result;
    g_autoptr(GString) used = g_string_new(NULL);

    errata_case_method(result,
                       "Drift: %s against %s, column by column "
                       "(Kolmogorov–Smirnov or chi-square, q < 0.01, and Jensen–Shannon distance "
                       "or Wasserstein distance in standard deviations ≥ 0.1).",
                       work->analysis->reference != NULL ? "the reference"
                       : drift_has_earlier(work->analysis)
                           ? "what the earlier report keeps of each "
                             "column (else the first half)"
                           : "the first half",
                       work->analysis->changed_at > 0 ? "the rows after the last change point"
                                                      : "the last 30 % of the rows");
    if (!isnan(split->auc)) {
        ErrataMetric *metric = errata_case_add_metric(result,
                                                      "domain_auc",
                                                      split->auc,
                                                      split->auc_lo,
                                                      split->auc_hi,
                                                      split->n);

        for (guint i = 0; i < split->n_used; i++)
            g_string_append_printf(used, "%s%s", i > 0 ? ", " : "told apart by ", split->used[i]);
        metric->why = used->len > 0 ? g_strdup(used->str) : NULL;
    }
}

/* what has been told against an earlier report of the same metric, if anything */
static ErrataFinding *
drift_told_earlier(const ErrataAnalysis *analysis, const char *metric)
{
    GPtrArray *findings = analysis->result->findings;

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (finding->kind == ERRATA_FINDING_PERFORMANCE &&
            errata_finding_note(finding, "against") != NULL &&
            g_strcmp0(finding->metric, metric) == 0)
            return finding;
    }
    return NULL;
}

/* one story of a fall: the one against the earlier report, which was asked for, with what happened
 * inside the log as a part of it; takes @change */
static void
drift_tell_change(ErrataAnalysis *analysis, ErrataFinding *change)
{
    ErrataFinding *told = drift_told_earlier(analysis, change->metric);
    ErrataUnit unit = g_strcmp0(change->metric, "mae") == 0 ? ERRATA_UNIT_TARGET
                                                            : ERRATA_UNIT_SHARE;
    gboolean reference = analysis->reference != NULL;

    if (told == NULL) {
        errata_case_add_finding(analysis->result, change);
        return;
    }
    errata_finding_add(told,
                       errata_evidence_new("within_from",
                                           reference ? "the same on the reference"
                                           : analysis->worse_at > 0
                                               ? "the same in the log before that"
                                               : "the same in the first half of the log",
                                           change->subject.metric_from,
                                           unit,
                                           0));
    errata_finding_add(told,
                       errata_evidence_new("within_to",
                                           "the same in the last rows of the log",
                                           change->subject.metric_to,
                                           unit,
                                           0));
    if (errata_finding_note(change, "before") != NULL)
        g_ptr_array_add(told->notes, g_strdup("within=before"));
    while (change->suggestions->len > 0)
        g_ptr_array_add(told->suggestions, g_ptr_array_steal_index(change->suggestions, 0));
    told->severity = MAX(told->severity, change->severity);
    errata_finding_free(change);
}

/* the model has become worse: told of all rows that are no copies, those of faults included, as a
 * reader who counts finds it, since a change against all rows before it, as the change point has
 * it; what the scores foretold of it, if that is all of it */
static ErrataForetold
drift_report_change(const DriftWork *work, const ErrataDriftSplit *split)
{
    ErrataForetold foretold = {(double)NAN, 0};
    ErrataAnalysis *analysis = work->analysis;
    g_autofree guint8 *hit = errata_causes_hit(analysis);
    g_autofree guint8 *uncounted = errata_causes_uncounted(analysis);
    ErrataAnalysis open = *analysis;
    DriftWork all = {.analysis = &open};
    ErrataDriftSplit whole;
    ErrataFinding *change;

    open.set_aside = uncounted;
    open.changed_at = analysis->worse_at;
    open.changed_from = analysis->worse_from;
    drift_sides(&all);
    if (analysis->reference == NULL && open.changed_at > 0)
        drift_take_before(&open, &all.from);
    whole = errata_drift_with_bugs(split, analysis->outcome, hit, &all.from, &all.to);
    change = errata_drift_change(&open, &whole, &all.from, &all.first, &all.to);
    if (change != NULL) {
        if (g_strcmp0(errata_finding_note(change, "errors"), "foretold") == 0) {
            const ErrataEvidence *evidence = errata_finding_evidence(change, "foretold");

            foretold = (ErrataForetold){evidence->value, evidence->n};
        }
        drift_tell_change(analysis, change);
    }
    g_free(all.from.row);
    g_free(all.to.row);
    g_free(all.first.row);
    return foretold;
}

/* what explains the change of the losses since the errors rose, where that was at another moment
 * than the last change of what comes in */
static ErrataDriftSplit
drift_split_since_worse(const DriftWork *work,
                        const ErrataDriftSplit *split,
                        const guint8 *leave_out)
{
    ErrataAnalysis worse = *work->analysis;
    DriftWork sides = {.analysis = &worse};
    ErrataDriftSplit since;

    if (worse.worse_at == worse.changed_at)
        return *split;
    worse.changed_at = worse.worse_at;
    worse.changed_from = worse.worse_from;
    drift_sides(&sides);
    since = errata_drift_split(&worse, &sides.from, &sides.to, leave_out);
    g_free(sides.from.row);
    g_free(sides.to.row);
    g_free(sides.first.row);
    return since;
}

/* which rows are now, and whether the baseline is without some */
static void
drift_tell_sides(const DriftWork *work, const ErrataDriftColumn *column, ErrataFinding *finding)
{
    ErrataDriftSide side = work->from;
    g_autofree guint32 *left = errata_drift_passing(work->analysis, column->name, &side);

    errata_drift_tell_rows(work->analysis, finding, &work->to);
    if (left != NULL && side.n < work->from.n)
        g_ptr_array_add(finding->notes, g_strdup("passing=yes"));
}

static void
drift_report(DriftWork *work)
{
    ErrataAnalysis *analysis = work->analysis;
    g_autofree guint8 *leave_out = g_new0(guint8, analysis->frame->n_columns + 1);
    g_autofree double *expected = NULL;
    ErrataDriftSplit split, worse, then = {.known = FALSE};
    ErrataDriftMemory memory;
    ErrataForetold foretold;

    for (guint c = 0; c < analysis->frame->n_columns; c++)
        leave_out[c] = 1;
    for (guint i = 0; i < work->n; i++)
        if (work->judged[i] && work->columns[i].why_not == NULL)
            leave_out[work->columns[i].column] = 0;
    split = errata_drift_split(analysis, &work->from, &work->to, leave_out);
    drift_tell(work, &split);
    memory = errata_drift_memory(&split, &work->from, &work->first);
    if (memory.seems)
        errata_drift_memory_estimate(&memory, analysis->result);
    worse = drift_split_since_worse(work, &split, leave_out);
    foretold = drift_report_change(work, &worse);
    if (drift_has_earlier(analysis))
        then = errata_drift_earlier_split(analysis->earlier, &work->to);
    expected = split.known ? errata_drift_expected(&work->open_from) : NULL;
    for (guint i = 0; i < work->n; i++) {
        ErrataDriftColumn *column = &work->columns[i];
        ErrataFinding *finding;

        if (!column->drifted && !column->by_missing)
            continue;
        if (split.known && !column->earlier)
            drift_loss(work, column, expected);
        finding = errata_drift_report(column, analysis, column->earlier ? &then : &split);
        if (!column->earlier) {
            drift_tell_sides(work, column, finding);
            errata_drift_report_foretold(finding,
                                         column,
                                         &foretold,
                                         analysis->outcome->task == ERRATA_TASK_REGRESSION);
        }
        errata_case_add_finding(analysis->result, finding);
    }
}

static char *
drift_why_not(const ErrataAnalysis *analysis)
{
    gsize n_now = (gsize)((double)analysis->frame->n_rows * DRIFT_NOW);
    gsize n_from = analysis->reference != NULL ? analysis->reference->n_rows
                                               : analysis->frame->n_rows / 2;

    if (MIN(n_now, n_from) < ERRATA_DRIFT_MIN_ROWS)
        return g_strdup_printf("not enough rows: %" G_GSIZE_FORMAT " against %" G_GSIZE_FORMAT
                               ", 30 are needed on both sides",
                               n_from,
                               n_now);
    return NULL;
}

static gboolean
drift_run(ErrataAnalysis *analysis, GError **error)
{
    DriftWork work = {.analysis = analysis};

    drift_sides(&work);
    drift_open_sides(&work);
    if (MIN(work.from.n, work.to.n) >= ERRATA_DRIFT_MIN_ROWS) {
        drift_choose(&work);
        errata_parallel_for(work.n, 1, drift_measure_cb, &work);
        drift_decide(&work);
        drift_summarise(&work, analysis->result->columns);
        drift_summarise(&work, analysis->result->derived);
        drift_report(&work);
    } else {
        const ErrataDriftSplit nothing = {.covariate = (double)NAN,
                                          .auc = (double)NAN,
                                          .bugs = (double)NAN};

        drift_report_change(&work, &nothing);
        errata_case_skip(analysis->result,
                         errata_analyzer_drift.id,
                         "not enough data: too few rows are left once copies and bugs are out");
    }
    for (guint i = 0; i < work.n; i++)
        errata_drift_column_clear(&work.columns[i]);
    g_free(work.columns);
    g_free(work.judged);
    errata_fault_rows_free(work.faults);
    g_free(work.open_from.row);
    g_free(work.open_to.row);
    g_free(work.from.row);
    g_free(work.to.row);
    g_free(work.first.row);
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_drift = {
    .id = "drift",
    .why_not = drift_why_not,
    .run = drift_run,
};
