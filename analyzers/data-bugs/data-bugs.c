/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What went wrong with the data rather than with the model: bursts of missing values, frozen or
 * constant columns, cells of another type, values the reference never had, copies of rows. Each
 * check gives candidates with a p; the family is held at alpha together (Benjamini–Hochberg over
 * all checks tried), and each has a practical threshold beside it. */
#include "data-bugs.h"

#include <math.h>
#include <string.h>

#include "clean.h"
#include "parallel.h"
#include "tests.h"

#define DATA_BUGS_ROWS   20 /* fewer rows tell nothing */
#define DATA_BUGS_SHARE  0.001
#define DATA_BUGS_LEAST  5
#define DATA_BUGS_SPOILT 100 /* judged rows that a bug hits */
#define DATA_BUGS_LEFT   500 /* judged rows that are left when they are set aside */
#define DATA_BUGS_MOST   0.8 /* of all rows */
#define DATA_BUGS_WORSE  1.5 /* times as many errors as elsewhere, surely */

static void
data_bug_free(gpointer data)
{
    ErrataDataBug *bug = data;

    g_free(bug->title);
    g_free(bug->value);
    g_free(bug->action);
    g_clear_pointer(&bug->undo, g_ptr_array_unref);
    g_array_unref(bug->row);
    errata_fault_group_clear(&bug->group);
    g_free(bug);
}

ErrataDataBug *
errata_data_bugs_add(ErrataDataBugs *self, const char *bug, int column)
{
    ErrataDataBug *added = g_new0(ErrataDataBug, 1);

    added->bug = bug;
    added->column = column;
    added->row = g_array_new(FALSE, FALSE, sizeof(guint32));
    added->lo = added->hi = added->before = added->after = added->factor = (double)NAN;
    added->offset = (double)NAN;
    added->turned_label = added->turned_output = (double)NAN;
    added->factor_lo = added->factor_hi = added->expected = added->contradict = (double)NAN;
    g_ptr_array_add(self->bugs, added);
    return added;
}

void
errata_data_bugs_window(const ErrataDataBugs *self,
                        ErrataDataBug *bug,
                        gsize from,
                        gsize to,
                        ErrataDataBugRowFunc has,
                        gconstpointer data)
{
    const guint32 *order = self->analysis->outcome->order;

    for (gsize i = from; i < to; i++)
        if (has == NULL || has(data, order[i]))
            g_array_append_val(bug->row, order[i]);
    bug->n_rows = bug->row->len;
    bug->has_window = TRUE;
    bug->from = from;
    bug->to = to;
}

gboolean
errata_data_bugs_is_there(gconstpointer data, guint32 row)
{
    return errata_column_is_valid(data, row);
}

void
errata_data_bugs_forget(ErrataDataBugs *self, guint index)
{
    ErrataAnalysis *analysis = self->analysis;
    const ErrataDataBug *bug = g_ptr_array_index(self->bugs, index);

    if (strcmp(bug->bug, "unit-change") == 0 && !bug->set_aside)
        analysis->exclude[bug->column] =
            errata_column_is_counter(analysis->frame->columns[bug->column]) ? 1 : 0;
    g_ptr_array_remove_index(self->bugs, index);
}

/* @value is how @was is written while the bug lasts */
void
errata_data_bugs_undo(ErrataDataBug *bug, const char *value, const char *was)
{
    if (bug->undo == NULL)
        bug->undo = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(bug->undo, g_strdup(value));
    g_ptr_array_add(bug->undo, g_strdup(was));
}

gboolean
errata_data_bugs_reads(const ErrataDataBugs *self, guint column)
{
    const ErrataAnalysis *analysis = self->analysis;

    /* there are other customers than there were: no value of theirs is a fault */
    if (!errata_schema_is_logged(analysis->schema, column) ||
        g_strcmp0(analysis->frame->columns[column]->name, analysis->settings->entity) == 0)
        return FALSE;
    switch (analysis->schema->columns[column].role) {
    case ERRATA_ROLE_FEATURE:
    case ERRATA_ROLE_GROUP:
    case ERRATA_ROLE_TEXT:
    case ERRATA_ROLE_IMAGE:
    case ERRATA_ROLE_SCORE:
    case ERRATA_ROLE_PREDICTION:
        return TRUE;
    case ERRATA_ROLE_ID:
    case ERRATA_ROLE_TIME:
    case ERRATA_ROLE_LABEL:
    case ERRATA_ROLE_ENTITY:
    case ERRATA_ROLE_CORRECT:
    case ERRATA_ROLE_WEIGHT:
    case ERRATA_ROLE_ATTRIBUTION:
    case ERRATA_ROLE_IGNORE:
        break;
    }
    return FALSE;
}

const ErrataColumn *
errata_data_bugs_raw(const ErrataDataBugs *self, guint column)
{
    const ErrataAnalysis *analysis = self->analysis;

    return analysis->clean != NULL ? analysis->clean->raw->columns[column]
                                   : analysis->frame->columns[column];
}

gsize
errata_data_bugs_enough(gsize n_rows)
{
    return MAX((gsize)(DATA_BUGS_SHARE * (double)n_rows), DATA_BUGS_LEAST);
}

guint8 *
errata_data_bugs_claimed(const ErrataDataBugs *self, guint column)
{
    guint8 *claimed = g_new0(guint8, self->analysis->frame->n_rows + 1);

    if (self->copy != NULL)
        memcpy(claimed, self->copy, self->analysis->frame->n_rows);
    for (guint i = 0; i < self->bugs->len; i++) {
        const ErrataDataBug *bug = g_ptr_array_index(self->bugs, i);

        for (guint k = 0; bug->column == (int)column && bug->has_window && k < bug->row->len; k++)
            claimed[g_array_index(bug->row, guint32, k)] = 1;
    }
    return claimed;
}

char *
errata_data_bugs_count(guint64 count)
{
    g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, count);
    GString *text = g_string_new(digits);

    for (gssize at = (gssize)text->len - 3; at > 0; at -= 3)
        g_string_insert_c(text, at, ',');
    return g_string_free(text, FALSE);
}

/* which rows a new writing befalls depends on their values: the others of its window are no fair
 * sample */
static void
data_bugs_set_aside(const ErrataDataBugs *self, const ErrataDataBug *bug)
{
    gboolean whole = bug->set_aside && bug->has_window && strcmp(bug->bug, "encoding-change") == 0;

    for (gsize i = bug->from; whole && i < bug->to; i++)
        self->analysis->set_aside[self->analysis->outcome->order[i]] = 1;
    for (guint i = 0; bug->set_aside && i < bug->row->len; i++)
        self->analysis->set_aside[g_array_index(bug->row, guint32, i)] = 1;
}

/* rows of a bug that make the model much worse are no ground to judge it on, however many they are,
 * as long as enough others are left: a threshold or a calibration chosen on them would mend the
 * wrong thing */
static gboolean
data_bugs_spoil(const ErrataDataBugs *self, const ErrataDataBug *bug, const ErrataFinding *finding)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    gsize n_rows = self->analysis->frame->n_rows;
    double least;

    if (!bug->has_window || in == NULL || out == NULL || in->n < DATA_BUGS_SPOILT ||
        out->n < DATA_BUGS_LEFT || (double)bug->row->len > DATA_BUGS_MOST * (double)n_rows)
        return FALSE;
    least = isnan(in->lo) ? in->value : in->lo;
    return least > DATA_BUGS_WORSE * out->value;
}

static void
data_bugs_report_all(ErrataDataBugs *self)
{
    guint n = self->bugs->len;
    g_autofree double *p = g_new(double, n + 1);
    g_autofree double *q = g_new(double, n + 1);
    double alpha = self->analysis->settings->alpha;

    for (guint i = 0; i < n; i++) {
        const ErrataDataBug *bug = g_ptr_array_index(self->bugs, i);

        p[i] = bug->harmless ? 1.0 : bug->p;
    }
    if (n > 0)
        errata_tests_benjamini_hochberg(p, n, MAX(self->n_tried, n), q);
    for (guint i = 0; i < n; i++) {
        ErrataDataBug *bug = g_ptr_array_index(self->bugs, i);
        ErrataFinding *finding;

        if (!bug->harmless && !(q[i] < alpha))
            continue;
        finding = errata_data_bugs_report(self, bug, bug->harmless ? (double)NAN : q[i]);
        bug->set_aside = bug->set_aside || data_bugs_spoil(self, bug, finding);
        data_bugs_set_aside(self, bug);
        errata_case_add_finding(self->analysis->result, finding);
    }
    errata_case_tried(self->analysis->result, "data-bugs", self->n_tried);
}

static char *
data_bugs_why_not(const ErrataAnalysis *analysis)
{
    return analysis->frame->n_rows < DATA_BUGS_ROWS
               ? g_strdup_printf("%" G_GSIZE_FORMAT " rows; at least %d are needed",
                                 analysis->frame->n_rows,
                                 DATA_BUGS_ROWS)
               : NULL;
}

/* the checks of one column; none reads what those of another found … */
static void
data_bugs_check(ErrataDataBugs *self, guint column)
{
    ErrataAnalysis *analysis = self->analysis;
    ErrataRole role = analysis->schema->columns[column].role;
    gboolean garbled;

    if (errata_data_bugs_reads(self, column) || role == ERRATA_ROLE_LABEL)
        errata_data_bugs_spelling(self, column);
    if (role == ERRATA_ROLE_TIME)
        errata_data_bugs_types(self, column);
    if (!errata_data_bugs_reads(self, column))
        return;
    errata_data_bugs_blanks(self, column);
    errata_data_bugs_infinite(self, column);
    errata_data_bugs_missing(self, column);
    errata_data_bugs_types(self, column);
    garbled = errata_data_bugs_garbled(self, column);
    if (role != ERRATA_ROLE_FEATURE && role != ERRATA_ROLE_GROUP)
        return;
    errata_data_bugs_constant(self, column);
    errata_data_bugs_frozen(self, column);
    if (errata_column_is_numeric(analysis->frame->columns[column]) &&
        (errata_column_is_counter(analysis->frame->columns[column]) ||
         errata_data_bugs_counts(self, column)))
        analysis->exclude[column] = 1; /* the row's number, more or less */
    errata_data_bugs_units(self, column);
    if (!errata_data_bugs_skew(self, column))
        errata_data_bugs_range(self, column);
    if (!garbled && !errata_data_bugs_recoded(self, column) &&
        !errata_data_bugs_misspelt(self, column))
        errata_data_bugs_categories(self, column);
}

/* … but for those of a part of its rows, which are not tried where the whole column is told of */
static void
data_bugs_check_groups(ErrataDataBugs *self, guint column)
{
    ErrataRole role = self->analysis->schema->columns[column].role;

    if ((role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_GROUP) &&
        errata_data_bugs_reads(self, column))
        errata_data_bugs_units_groups(self, column);
}

/* a check of each column, candidates of its own */
typedef struct {
    void (*check)(ErrataDataBugs *self, guint column);
    ErrataDataBugs *of_column;
} DataBugsChecks;

static void
data_bugs_check_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const DataBugsChecks *checks = data;

    for (gsize column = begin; column < end; column++)
        checks->check(&checks->of_column[column], (guint)column);
}

/* each column's candidates for themselves, then one behind the other */
static void
data_bugs_check_columns(ErrataDataBugs *self, void (*check)(ErrataDataBugs *self, guint column))
{
    guint n = self->analysis->frame->n_columns;
    g_autofree ErrataDataBugs *of_column = g_new(ErrataDataBugs, MAX(n, 1));
    DataBugsChecks checks = {check, of_column};

    for (guint i = 0; i < n; i++)
        of_column[i] = (ErrataDataBugs){self->analysis,
                                        g_ptr_array_new_with_free_func(data_bug_free),
                                        0,
                                        self->copy,
                                        self->is_repeated,
                                        self->bugs};
    errata_parallel_for(n, 1, data_bugs_check_cb, &checks);
    for (guint i = 0; i < n; i++) {
        self->n_tried += of_column[i].n_tried;
        g_ptr_array_extend_and_steal(self->bugs, of_column[i].bugs);
    }
}

/* a unit that no unit's factor fits, and no other column's values: growth */
static void
data_bugs_forget_growth(ErrataDataBugs *self)
{
    for (guint i = self->bugs->len; i-- > 0;)
        if (((ErrataDataBug *)g_ptr_array_index(self->bugs, i))->grew)
            errata_data_bugs_forget(self, i);
}

static gboolean
data_bugs_run(ErrataAnalysis *analysis, GError **error)
{
    g_autoptr(GPtrArray) bugs = g_ptr_array_new_with_free_func(data_bug_free);
    ErrataDataBugs self = {.analysis = analysis, .bugs = bugs};

    errata_data_bugs_duplicates(&self);
    errata_data_bugs_replayed(&self);
    errata_data_bugs_clock(&self);
    errata_data_bugs_gap(&self);
    data_bugs_check_columns(&self, data_bugs_check);
    errata_data_bugs_crossed(&self);
    errata_data_bugs_part(&self);
    data_bugs_forget_growth(&self);
    data_bugs_check_columns(&self, data_bugs_check_groups);
    data_bugs_forget_growth(&self);
    errata_data_bugs_permuted(&self); /* before labels that are the other way round by its fault */
    errata_data_bugs_percent(&self);
    errata_data_bugs_score(&self);
    errata_data_bugs_residual(&self);
    errata_data_bugs_copied(&self);
    errata_data_bugs_fold(&self);
    data_bugs_report_all(&self);
    errata_case_method(
        analysis->result,
        "Data bugs: missing bursts by the best window of a likelihood scan; unit "
        "changes by blocks of 150 rows that stand out and a known factor that "
        "explains them; exchanged values by windows that are unlikely by the rest of the log, the likeliest "
        "assignment on one half, confirmed on the other; copied labels by the run of rows, of all or of one group, that none contradicts, against equal rows elsewhere; values beyond the reference only where more lie there than a sample of its size "
        "leaves unseen; all checks together at q < %g.",
        analysis->settings->alpha);
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_data_bugs = {
    .id = "data-bugs",
    .why_not = data_bugs_why_not,
    .run = data_bugs_run,
};
