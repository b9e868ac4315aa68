/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels that are the predictions again for a while, in one group, or in one group for a while;
 * those of a whole log are a matter of leakage-copied.c. Of each sequence of rows (all, and those
 * of each value of a column, in time order) the run is taken in which labels that never contradict
 * the prediction explain most, against the share of contradictions that equal rows have elsewhere:
 * of the same predicted class, and scored as sure where there are scores, which are also believed
 * when they say themselves that hardly any row is wrong. The likelihood ratio of the best of n runs
 * of independent rows is beyond x with a probability of n·exp(−x) at most (Wald 1945, "Sequential
 * tests of statistical hypotheses"); all sequences are counted. */
#include <math.h>
#include <string.h>

#include "copied-groups.h"
#include "copied-rows.h"
#include "data-bugs.h"
#include "design-effect.h"
#include "parallel.h"
#include "sort.h"
#include "words.h"

#define COPIED_P        1e-6
#define COPIED_LOOKED   24  /* runs, at most */
#define COPIED_MOST     4   /* findings */
#define COPIED_LEAST    100 /* rows of a run */
#define COPIED_WRONG    0.002
#define COPIED_REST     200  /* rows elsewhere … */
#define COPIED_ERRORS   20   /* … and contradictions among them */
#define COPIED_SCORED   30.0 /* contradictions that scores expect in the run, at least … */
#define COPIED_BLIND    60.0 /* … and the rest of the log, where there are no scores */
#define COPIED_CLASS    5.0  /* of them, in rows predicted other than most */
#define COPIED_FALSE    2.0  /* times as many errors as the scores say: they say nothing */
#define COPIED_EASY     3e-4 /* contradictions in a group, at most, where there are no scores … */
#define COPIED_EDGE     3.0  /* … and as many as its other rows should have … */
#define COPIED_AS_USUAL 0.5  /* … and part of them that they have */
#define COPIED_RIVALS   3    /* other runs half as telling, at most: else errors come and go … */
#define COPIED_SHORT    0.25 /* … and without scores their rows over the rest's */
#define COPIED_OTHERS   2 /* other values of the column that err as rows elsewhere do, likewise … */
#define COPIED_ERRING   0.7 /* … and their part of what is expected */
#define COPIED_USUAL    0.3 /* of what is expected: as elsewhere */
#define COPIED_EQUAL    0.3 /* regression: predictions that are met exactly elsewhere, at most */
#define COPIED_VALUES   20  /* different labels of a run … */
#define COPIED_COMMON   0.5 /* … and the share of the commonest */
#define COPIED_NUMBERS  30  /* different numbers of a column whose values are groups */

/* a run of the rows of a sequence: of all rows, or of those of one value */
typedef struct {
    int bin; /* index, −1: all rows */
    guint8 code;
    gsize from; /* places in time order */
    gsize to;
    double gain; /* log likelihood ratio */
} CopiedRun;

typedef struct {
    ErrataDataBugs *bugs;
    const ErrataBins *bins;
    ErrataCopiedRows *rows;
    double alike;   /* how alike rows are that belong together, 0 where none do */
    guint8 *left;   /* per place: told already */
    guint8 *inside; /* per place: in the run that is looked at */
    GArray *
        *runs; /* per column: (element-type CopiedRun): the best of each value with rows enough */
} Copied;

/* what a run has, and the rest of its sequence and of the log */
typedef struct {
    double n;
    double wrong;
    double expected;
    double n_scored;
    double second;   /* expected in rows that are predicted other than most */
    double n_before; /* rows of its sequence … */
    double n_after;
    double rest_expected; /* … and what is expected and seen in them */
    double rest_wrong;
    double n_elsewhere; /* all other rows of the log … */
    double wrong_elsewhere;
    double wrong_scored; /* … and of those with scores what is seen and what the scores say */
    double doubt;
} CopiedCount;

static gboolean
copied_has(const Copied *self, const CopiedRun *run, gsize place)
{
    return self->rows->state[place] < 2 && self->left[place] == 0 &&
           (run->bin < 0 ||
            self->bins->columns[run->bin].code[self->rows->order[place]] == run->code);
}

/* values of numbers are groups where each code is one of few */
static gboolean
copied_is_single(const Copied *self, const ErrataBinColumn *bin)
{
    const ErrataColumn *column = self->bugs->analysis->frame->columns[bin->column];
    double first[COPIED_NUMBERS];

    if (bin->n_codes > COPIED_NUMBERS || !errata_column_is_numeric(column))
        return FALSE;
    for (guint c = 0; c < bin->n_codes; c++)
        first[c] = (double)NAN;
    for (gsize row = 0; row < self->rows->n_rows; row++) {
        double value = errata_column_number(column, row);
        guint8 code = bin->code[row];

        if (code == ERRATA_BINS_MISSING || isnan(value))
            continue;
        if (isnan(first[code]))
            first[code] = value;
        if (value < first[code] || value > first[code])
            return FALSE;
    }
    return TRUE;
}

static gboolean
copied_is_groups(const Copied *self, const ErrataBinColumn *bin)
{
    return bin->derived == NULL &&
           errata_schema_is_logged(self->bugs->analysis->schema, bin->column) &&
           (bin->numeric ? copied_is_single(self, bin) : bin->labels != NULL);
}

/* the best run so far of each value of a column */
typedef struct {
    CopiedRun best;
    gsize start;
    double sum;
    gsize n;
} CopiedScan;

static void
copied_scan_row(CopiedScan *scan, gsize place, double gain)
{
    scan->n++;
    if (!(scan->sum > 0.0)) {
        scan->sum = 0.0;
        scan->start = place;
    }
    scan->sum += gain;
    if (scan->sum > scan->best.gain) {
        scan->best.gain = scan->sum;
        scan->best.from = scan->start;
        scan->best.to = place + 1;
    }
}

static void
copied_scan_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Copied *self = data;
    const ErrataCopiedRows *rows = self->rows;

    for (gsize b = begin; b < end; b++) {
        const ErrataBinColumn *bin = &self->bins->columns[b];
        g_autofree CopiedScan *scan = NULL;
        guint n_codes = bin->n_codes - (bin->has_other && bin->n_codes > 0 ? 1 : 0);

        g_array_set_size(self->runs[b], 0);
        if (!copied_is_groups(self, bin))
            continue;
        scan = g_new0(CopiedScan, ERRATA_BINS_MISSING + 1);
        for (gsize i = 0; i < rows->n_rows; i++)
            if (rows->state[i] < 2 && self->left[i] == 0)
                copied_scan_row(&scan[bin->code[rows->order[i]]], i, rows->gain[i]);
        for (guint code = 0; code <= ERRATA_BINS_MISSING; code++) {
            CopiedRun *best = &scan[code].best;

            if (scan[code].n < COPIED_LEAST || (code >= n_codes && code != ERRATA_BINS_MISSING))
                continue;
            best->bin = (int)b;
            best->code = (guint8)code;
            g_array_append_val(self->runs[b], *best);
        }
    }
}

/* the best run of one sequence; @inside rows are left out where @rest */
static void
copied_rescan(const Copied *self, CopiedRun *run, gboolean rest)
{
    CopiedScan scan = {.best = {.bin = run->bin, .code = run->code}};

    for (gsize i = 0; i < self->rows->n_rows; i++)
        if (copied_has(self, run, i) && !(rest && self->inside[i] != 0))
            copied_scan_row(&scan, i, self->rows->gain[i]);
    *run = scan.best;
}

static void
copied_mark(Copied *self, const CopiedRun *run)
{
    for (gsize i = run->from; i < run->to; i++)
        self->inside[i] |= copied_has(self, run, i) ? 1 : 0;
}

/* rows that agree, of which nothing is known elsewhere, tell neither way */
static void
copied_extend(const Copied *self, CopiedRun *run)
{
    gsize from = run->from, to = run->to;

    while (from > 0 && !(copied_has(self, run, from - 1) && self->rows->state[from - 1] == 1)) {
        from--;
        run->from = copied_has(self, run, from) ? from : run->from;
    }
    while (to < self->rows->n_rows && !(copied_has(self, run, to) && self->rows->state[to] == 1)) {
        to++;
        run->to = copied_has(self, run, to - 1) ? to : run->to;
    }
}

/* Where many rows have one stamp, a run does not begin or end amid them but for chance */
static void
copied_snap(const Copied *self, CopiedRun *run)
{
    const gint64 *time = self->bugs->analysis->outcome->time;
    const guint32 *order = self->rows->order;
    gsize from = run->from, to = run->to, before = run->from, after = run->to;

    if (time == NULL)
        return;
    while (before > 0 && time[order[before - 1]] == time[order[from]] &&
           !copied_has(self, run, before - 1))
        before--;
    if (before > 0 && time[order[before - 1]] == time[order[run->from]])
        while (from < to && time[order[from]] == time[order[run->from]])
            from++;
    while (after < self->rows->n_rows && time[order[after]] == time[order[to - 1]] &&
           !copied_has(self, run, after))
        after++;
    if (after < self->rows->n_rows && time[order[after]] == time[order[run->to - 1]])
        while (to > from && time[order[to - 1]] == time[order[run->to - 1]])
            to--;
    while (from < to && !copied_has(self, run, from))
        from++;
    while (to > from && !copied_has(self, run, to - 1))
        to--;
    if (10 * (to - from) < 9 * (run->to - run->from))
        return; /* a log of few stamps */
    run->from = from;
    run->to = to;
}

static CopiedCount
copied_count(const Copied *self, const CopiedRun *run)
{
    const ErrataCopiedRows *rows = self->rows;
    CopiedCount count = {0};
    double of_class[ERRATA_COPIED_CLASSES] = {0.0}, most = 0.0;

    for (gsize i = 0; i < rows->n_rows; i++) {
        double wrong = rows->state[i] == 1 ? 1.0 : 0.0;

        if (rows->state[i] > 1 || self->left[i] != 0)
            continue;
        if (self->inside[i] != 0) {
            count.n += 1.0;
            count.wrong += wrong;
            count.expected += rows->expected[i];
            of_class[rows->class[i]] += rows->expected[i];
            count.n_scored += errata_copied_rows_is_scored(rows, i) ? 1.0 : 0.0;
            continue;
        }
        count.n_elsewhere += 1.0;
        count.wrong_elsewhere += wrong;
        if (errata_copied_rows_is_scored(rows, i)) {
            count.wrong_scored += wrong;
            count.doubt += rows->doubt[i];
        }
        if (!copied_has(self, run, i))
            continue;
        count.n_before += i < run->from ? 1.0 : 0.0;
        count.n_after += i < run->from ? 0.0 : 1.0;
        count.rest_expected += rows->expected[i];
        count.rest_wrong += wrong;
    }
    for (guint c = 0; c < ERRATA_COPIED_CLASSES; c++)
        most = MAX(most, of_class[c]);
    count.second = count.expected - most;
    return count;
}

/* whether no scores tell how sure the model is there, or none that can be believed */
static gboolean
copied_is_blind(const Copied *self, const CopiedCount *count)
{
    return !self->rows->regression &&
           (count->n_scored < 0.9 * count->n || count->wrong_scored > COPIED_FALSE * count->doubt);
}

/* whether errors come and go: there are other runs about as long without any */
static gboolean
copied_has_rivals(Copied *self, const CopiedRun *run, gboolean blind)
{
    g_autofree guint8 *kept = g_memdup2(self->inside, self->rows->n_rows + 1);
    gsize n_rivals = 0, n_rest = 0;
    guint n = 0;

    for (; n <= COPIED_RIVALS; n++) {
        CopiedRun rival = *run;

        copied_rescan(self, &rival, TRUE);
        if (rival.gain < 0.5 * run->gain)
            break;
        copied_mark(self, &rival);
    }
    for (gsize i = 0; i < self->rows->n_rows; i++) {
        if (!copied_has(self, run, i) || kept[i] != 0)
            continue;
        n_rivals += self->inside[i];
        n_rest += self->inside[i] == 0 ? 1 : 0;
    }
    memcpy(self->inside, kept, self->rows->n_rows);
    return n > COPIED_RIVALS || (blind && (double)n_rivals > COPIED_SHORT * (double)n_rest);
}

/* whether the other values of the column err as the rest of the log does: else one of them errs,
 * and the others are as they should be */
static gboolean
copied_others_err(const Copied *self, const CopiedRun *run)
{
    const ErrataBinColumn *bin = &self->bins->columns[run->bin];
    double expected[ERRATA_BINS_MISSING + 1] = {0.0}, wrong[ERRATA_BINS_MISSING + 1] = {0.0};
    double erring = 0.0, all = 0.0;
    guint n = 0;

    for (gsize i = 0; i < self->rows->n_rows; i++) {
        guint8 code = bin->code[self->rows->order[i]];

        if (self->rows->state[i] > 1 || self->left[i] != 0)
            continue;
        expected[code] += self->rows->expected[i];
        wrong[code] += self->rows->state[i] == 1 ? 1.0 : 0.0;
    }
    for (guint code = 0; code <= ERRATA_BINS_MISSING; code++) {
        if (code == run->code || expected[code] < COPIED_CLASS)
            continue;
        all += expected[code];
        if (wrong[code] < COPIED_USUAL * expected[code])
            continue;
        erring += expected[code];
        n++;
    }
    return n >= COPIED_OTHERS && erring >= COPIED_ERRING * all;
}

/* whether the labels of a regression's run are of many values: a constant is met exactly without
 * any copying */
static gboolean
copied_varies(const Copied *self, double n)
{
    const ErrataOutcome *outcome = self->bugs->analysis->outcome;
    g_autofree double *value = g_new(double, (gsize)n + 1);
    gsize n_values = 0, n_same = 0, most = 0, used = 0;

    for (gsize i = 0; i < self->rows->n_rows; i++)
        if (self->inside[i] != 0)
            value[used++] = outcome->truth_value[self->rows->order[i]];
    errata_sort_values(value, used);
    for (gsize i = 0; i < used; i++) {
        gboolean same = i > 0 && !(value[i] > value[i - 1]);

        n_values += same ? 0 : 1;
        n_same = same ? n_same + 1 : 1;
        most = MAX(most, n_same);
    }
    return n_values >= COPIED_VALUES && (double)most <= COPIED_COMMON * n;
}

/* @usual: what equal rows let expect of the rest of the sequence */
static gboolean
copied_is_enough(const Copied *self, const CopiedRun *run, const CopiedCount *count, double usual)
{
    gboolean blind = copied_is_blind(self, count);

    if (count->n < COPIED_LEAST || count->wrong > COPIED_WRONG * count->n ||
        count->n_elsewhere < COPIED_REST || count->wrong_elsewhere < COPIED_ERRORS)
        return FALSE;
    if (self->rows->regression)
        return count->wrong_elsewhere >= (1.0 - COPIED_EQUAL) * count->n_elsewhere &&
               copied_varies(self, count->n);
    if (count->expected < (blind ? COPIED_BLIND : COPIED_SCORED) || count->second < COPIED_CLASS)
        return FALSE;
    if (!blind)
        return TRUE;
    /* without scores, a model that was right until it broke looks the same */
    if (count->n_before + count->n_after > 0.0 && !(count->n_before > 0.0))
        return FALSE;
    if (run->bin < 0)
        return TRUE;
    /* a group may be easy: it was not at other times, or others are not */
    if (count->n_before + count->n_after > 0.0)
        return usual >= COPIED_EDGE && count->rest_wrong >= COPIED_AS_USUAL * usual;
    return count->wrong <= COPIED_EASY * count->n && copied_others_err(self, run);
}

/* rows that belong together contradict together: customers of whom none is wrong make no run */
static double
copied_alike(const Copied *self)
{
    const ErrataOutcome *outcome = self->bugs->analysis->outcome;
    g_autofree double *contradicts = NULL;
    gsize n = self->rows->n_rows;

    if (outcome->entity == NULL)
        return 0.0;
    contradicts = g_new(double, n + 1);
    for (gsize i = 0; i < n; i++)
        contradicts[self->rows->order[i]] = self->rows->state[i] < 2 ? self->rows->state[i]
                                                                     : (double)NAN;
    return errata_design_alike(
        errata_design_effect(outcome->entity, outcome->n_entities, contradicts, NULL, n),
        errata_design_size(outcome->entity, outcome->n_entities, contradicts, NULL, n));
}

/* how many of the rows inside tell as much as an independent one */
static double
copied_design(const Copied *self)
{
    const ErrataOutcome *outcome = self->bugs->analysis->outcome;
    g_autofree guint32 *row = NULL;
    gsize n = 0;

    if (!(self->alike > 0.0))
        return 1.0;
    row = g_new(guint32, self->rows->n_rows + 1);
    for (gsize i = 0; i < self->rows->n_rows; i++)
        if (self->inside[i] != 0)
            row[n++] = self->rows->order[i];
    return 1.0 + self->alike *
                     (errata_design_size(outcome->entity, outcome->n_entities, NULL, row, n) - 1.0);
}

/* whether a run is more right than the rest of the log, and of its own sequence, lets expect */
static gboolean
copied_is_righter(Copied *self,
                  CopiedRun *run,
                  double n_tried,
                  CopiedCount *ret_count,
                  double *ret_p)
{
    gsize n_rows = self->rows->n_rows;
    double usual = 0.0;

    for (guint turn = 0; turn < 2; turn++) {
        double own = 1.0;

        memset(self->inside, 0, n_rows);
        copied_mark(self, run);
        errata_copied_rows_learn(self->rows, self->left, self->inside, 1.0);
        *ret_count = copied_count(self, run);
        usual = ret_count->rest_expected;
        if (ret_count->n_before + ret_count->n_after > 0.0)
            own = MIN((ret_count->rest_wrong + 1.0) / (ret_count->rest_expected + 1.0), 1.0);
        errata_copied_rows_learn(self->rows, self->left, self->inside, own);
        copied_rescan(self, run, FALSE);
        if (!(run->gain > 0.0))
            return FALSE;
    }
    copied_extend(self, run);
    copied_snap(self, run);
    memset(self->inside, 0, n_rows);
    copied_mark(self, run);
    *ret_count = copied_count(self, run);
    *ret_p = MIN((double)n_rows * n_tried * exp(-run->gain / copied_design(self)), 1.0);
    return *ret_p < COPIED_P && copied_is_enough(self, run, ret_count, usual) &&
           !copied_has_rivals(self, run, copied_is_blind(self, ret_count));
}

/* whether it is that also where the groups that make the errors elsewhere tell of their own rows
 * only */
static gboolean
copied_holds(Copied *self, CopiedRun *run, double n_tried, CopiedCount *ret_count, double *ret_p)
{
    memset(self->rows->group, 0, self->rows->n_rows);
    return copied_is_righter(self, run, n_tried, ret_count, ret_p) &&
           (errata_copied_groups_find(self->rows, self->bins, self->left, self->inside) == 0 ||
            copied_is_righter(self, run, n_tried, ret_count, ret_p));
}

/* “Where region is EU, from 3 March, 10:12 on,”; to be freed */
static char *
copied_words(const Copied *self, const CopiedRun *run, const CopiedCount *count)
{
    g_autofree char *where = NULL;
    g_autofree char *when = NULL;
    g_autofree char *text = NULL;

    if (run->bin >= 0) {
        const ErrataBinColumn *bin = &self->bins->columns[run->bin];
        const ErrataColumn *column = self->bugs->analysis->frame->columns[bin->column];
        g_autofree char *value =
            bin->numeric ? errata_column_print(column, self->rows->order[run->from])
                         : g_strdup(run->code != ERRATA_BINS_MISSING ? bin->labels[run->code] : "");

        where = run->code == ERRATA_BINS_MISSING
                    ? g_strdup_printf("where %s is missing", bin->name)
                    : g_strdup_printf("where %s is %s", bin->name, value);
    }
    if (count->n_before + count->n_after > 0.0)
        when = errata_data_bugs_when(self->bugs,
                                     run->from,
                                     count->n_after > 0.0 ? run->to : self->rows->n_rows);
    text = g_strdup_printf("%s%s%s",
                           where != NULL ? where : "",
                           where != NULL && when != NULL ? ", " : "",
                           when != NULL ? when : "");
    return errata_words_capital(text);
}

static void
copied_tell(Copied *self, const CopiedRun *run, const CopiedCount *count, double p)
{
    const ErrataAnalysis *analysis = self->bugs->analysis;
    int label = analysis->schema->label;
    ErrataDataBug *bug = errata_data_bugs_add(self->bugs, "copied-labels", label);
    double share = 1.0 - count->wrong_elsewhere / count->n_elsewhere;
    g_autofree char *words = copied_words(self, run, count);
    g_autofree char *rows = errata_data_bugs_count((guint64)count->n);
    g_autofree char *agree = errata_data_bugs_count((guint64)(count->n - count->wrong));
    g_autofree char *elsewhere = errata_words_share(share, share, share);

    for (gsize i = run->from; i < run->to; i++)
        if (self->inside[i] != 0)
            g_array_append_val(bug->row, self->rows->order[i]);
    bug->n_rows = bug->row->len;
    bug->has_window = count->n_before + count->n_after > 0.0;
    bug->from = run->from;
    bug->to = count->n_after > 0.0 ? run->to : self->rows->n_rows;
    bug->p = p;
    bug->test = "likelihood ratio against the errors of equal rows elsewhere, all runs and groups "
                "counted";
    bug->expected = count->expected;
    bug->contradict = count->wrong;
    bug->set_aside = TRUE;
    bug->unsure = copied_is_blind(self, count) && !bug->has_window;
    bug->title = count->wrong > 0.0
                     ? g_strdup_printf("%s, the labels look copied from the predictions: %s of %s "
                                       "equal them, elsewhere %s",
                                       words,
                                       agree,
                                       rows,
                                       elsewhere)
                     : g_strdup_printf("%s, the labels look copied from the predictions: all %s "
                                       "equal them, elsewhere %s",
                                       words,
                                       rows,
                                       elsewhere);
    bug->action = g_strdup_printf("Fetch the true values of %s for these rows from where they are "
                                  "first recorded, and leave the rows out of all metrics until "
                                  "then",
                                  analysis->frame->columns[label]->name);
}

/* the log likelihood ratio that the best of all runs is likely to have by chance */
static double
copied_chance(const Copied *self, double n_tried)
{
    return log((double)self->rows->n_rows * n_tried);
}

static int
copied_order_cb(gconstpointer a, gconstpointer b)
{
    const CopiedRun *run = a, *other = b;

    if (run->gain > other->gain || run->gain < other->gain)
        return run->gain > other->gain ? -1 : 1;
    return run->bin != other->bin ? run->bin - other->bin : (int)run->code - (int)other->code;
}

/* the runs of all groups that are more telling than chance makes one of them, the most telling
 * first */
static GArray *
copied_runs(Copied *self, double *ret_tried)
{
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(CopiedRun));

    errata_parallel_for(self->bins->n_columns, 1, copied_scan_cb, self);
    *ret_tried = 1.0;
    for (guint b = 0; b < self->bins->n_columns; b++) {
        g_array_append_vals(runs, self->runs[b]->data, self->runs[b]->len);
        *ret_tried += (double)self->runs[b]->len;
    }
    g_array_sort(runs, copied_order_cb);
    while (runs->len > 0 &&
           (runs->len > COPIED_LOOKED ||
            g_array_index(runs, CopiedRun, runs->len - 1).gain < copied_chance(self, *ret_tried)))
        g_array_set_size(runs, runs->len - 1);
    return runs;
}

/* tells the next run: of all rows if there is one, else of a group */
static gboolean
copied_next(Copied *self)
{
    CopiedRun run = {.bin = -1};
    g_autoptr(GArray) runs = NULL;
    CopiedCount count;
    double p, n_tried;
    gboolean found;

    memset(self->rows->group, 0, self->rows->n_rows);
    errata_copied_rows_learn(self->rows, self->left, NULL, 1.0);
    runs = copied_runs(self, &n_tried);
    copied_rescan(self, &run, FALSE);
    found = run.gain >= copied_chance(self, n_tried) &&
            copied_holds(self, &run, n_tried, &count, &p);
    for (guint i = 0; i < runs->len && !found; i++) {
        run = g_array_index(runs, CopiedRun, i);
        found = copied_holds(self, &run, n_tried, &count, &p);
    }
    if (!found)
        return FALSE;
    copied_tell(self, &run, &count, p);
    for (gsize i = 0; i < self->rows->n_rows; i++)
        self->left[i] |= self->inside[i];
    return TRUE;
}

/**
 * errata_data_bugs_copied:
 * @self: what was found so far
 *
 * Labels copied from the predictions in a window, in a group, or in a group for a while.
 * Complexity: rows × columns of groups, and rows for each run that is looked at.
 */
void
errata_data_bugs_copied(ErrataDataBugs *self)
{
    static const ErrataBins none = {0};
    const ErrataAnalysis *analysis = self->analysis;
    gsize n_rows = analysis->outcome->n_rows;
    Copied work = {.bugs = self, .bins = analysis->bins != NULL ? analysis->bins : &none};
    g_autoptr(ErrataCopiedRows) rows = NULL;
    g_autofree guint8 *left = NULL;
    g_autofree guint8 *inside = NULL;
    g_autofree GArray **runs = NULL;
    guint n_columns;

    if (analysis->schema->label < 0)
        return;
    self->n_tried++;
    rows = work.rows = errata_copied_rows_new(analysis->outcome, self->copy);
    if (rows == NULL || rows->n_wrong < COPIED_ERRORS ||
        rows->n_judged < COPIED_REST + COPIED_LEAST)
        return;
    work.alike = copied_alike(&work);
    n_columns = work.bins->n_columns;
    work.left = left = g_new0(guint8, n_rows + 1);
    work.inside = inside = g_new0(guint8, n_rows + 1);
    work.runs = runs = g_new0(GArray *, MAX(n_columns, 1));
    for (guint b = 0; b < n_columns; b++)
        runs[b] = g_array_new(FALSE, FALSE, sizeof(CopiedRun));
    for (guint k = 0; k < COPIED_MOST && copied_next(&work); k++)
        ;
    for (guint b = 0; b < n_columns; b++)
        g_array_unref(runs[b]);
}
