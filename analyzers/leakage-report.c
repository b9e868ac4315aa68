/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A column that gives the label away, as a finding: how well it tells, against what, whether the
 * model follows it, and which of its values stand with which class. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"
#include "intervals.h"
#include "leakage.h"
#include "spoken.h"
#include "words.h"

#define REPORT_HIGH   0.01 /* of the rows: CONTRACT 5 */
#define REPORT_VALUES 8
#define REPORT_LEAST  20
#define REPORT_LEVEL  0.95

typedef struct {
    const ErrataAnalysis *analysis;
    const ErrataLeakageColumn *leak;
    const ErrataLeakageColumn *model;
    const ErrataLeakageColumn *next;
    ErrataFinding *finding;
    guint64 n_against; /* judged rows where the column's class is not the label */
    guint64 errors_against;
    guint64 n_with;
    guint64 errors_with;
} Report;

/* of a column that tells in some rows only */
static char *
report_title_part(const ErrataAnalysis *analysis,
                  const ErrataLeakageColumn *leak,
                  const char *label)
{
    double share = (double)leak->part->n_rows / (double)analysis->outcome->n_rows;
    g_autofree char *rows = errata_words_share(share, share, share);

    if (leak->part->where == NULL)
        return g_strdup_printf("%s knows more of %s than the model does", leak->name, label);
    return g_strdup_printf("%s tells %s %s, in %s of the rows",
                           leak->name,
                           label,
                           leak->part->where,
                           rows);
}

static char *
report_title(const ErrataAnalysis *analysis, const ErrataLeakageColumn *leak)
{
    const ErrataSchema *schema = analysis->schema;
    const char *label = schema->label >= 0 ? schema->names[schema->label] : "the label";

    if (leak->part != NULL)
        return report_title_part(analysis, leak, label);
    switch (leak->way) {
    case ERRATA_LEAKAGE_COPY:
        return g_strdup_printf("%s is %s under other names", leak->name, label);
    case ERRATA_LEAKAGE_FILLED:
        return g_strdup_printf(leak->missing
                                   ? "%s is missing only where %s is %s: in %.3g %% of such rows"
                                   : "%s is filled only where %s is %s: %.3g %% of its values",
                               leak->name,
                               label,
                               schema->classes[leak->filled_class],
                               100.0 * leak->filled_share);
    case ERRATA_LEAKAGE_ORDER:
        return g_strdup_printf("The order of %s tells %s", leak->name, label);
    case ERRATA_LEAKAGE_VALUE:
        break;
    }
    if (analysis->outcome->truth != NULL)
        return g_strdup_printf("%s alone tells %s in %.3g %% of the rows",
                               leak->name,
                               label,
                               100.0 * (1.0 - leak->wrong));
    return g_strdup_printf("%s alone explains %.3g %% of %s",
                           leak->name,
                           100.0 * leak->strength,
                           label);
}

/* whether the finding is about the row */
static gboolean
report_holds(const ErrataLeakageColumn *leak, gsize row)
{
    return leak->part == NULL || leak->part->inside[row] != 0;
}

/* whether it is the rows without a value that tell */
static gboolean
report_by_missing(const ErrataLeakageColumn *leak)
{
    return leak->way == ERRATA_LEAKAGE_FILLED && leak->missing;
}

static ErrataEvidence *
report_add(Report *self,
           const char *key,
           const char *what,
           double value,
           ErrataUnit unit,
           guint64 n)
{
    return errata_finding_add(self->finding, errata_evidence_new(key, what, value, unit, n));
}

static void
report_strength(Report *self, double q)
{
    const ErrataLeakageColumn *leak = self->leak;
    gboolean classes = self->analysis->outcome->truth != NULL;
    const char *what = classes ? "AUC of the column alone" : "R² of the column alone";
    ErrataEvidence *evidence;

    if (leak->way == ERRATA_LEAKAGE_FILLED) {
        double n = (double)leak->filled_rows;
        ErrataInterval interval = errata_intervals_wilson(leak->filled_share * n, n, REPORT_LEVEL);

        evidence = report_add(self,
                              "filled_share",
                              leak->missing
                                  ? "share of the rows without a value that have the class"
                                  : "share of the filled rows that have the class",
                              leak->filled_share,
                              ERRATA_UNIT_SHARE,
                              leak->filled_rows);
        evidence->lo = interval.lo;
        evidence->hi = interval.hi;
        evidence->baseline = leak->filled_base;
        evidence->method = g_strdup("Wilson, confirmation half");
        evidence->test = g_strdup("binomial");
        evidence->p = leak->p;
        evidence->q = q;
    }
    if (!isnan(leak->strength)) {
        evidence = report_add(self,
                              "strength",
                              what,
                              leak->strength,
                              classes ? ERRATA_UNIT_NONE : ERRATA_UNIT_SHARE,
                              leak->n);
        evidence->lo = leak->lo;
        evidence->hi = leak->hi;
        evidence->baseline = self->model != NULL ? self->model->strength : (double)NAN;
        evidence->method = g_strdup(classes ? "learnt on the discovery half, judged on the other; "
                                              "Hanley–McNeil"
                                            : "learnt on the discovery half, judged on the other");
        if (leak->way != ERRATA_LEAKAGE_FILLED) {
            evidence->test = g_strdup(classes ? "normal" : "Student’s t");
            evidence->p = leak->p;
            evidence->q = q;
        }
    }
}

static void
report_numbers(Report *self)
{
    const ErrataLeakageColumn *leak = self->leak;
    gboolean classes = self->analysis->outcome->truth != NULL;
    ErrataEvidence *evidence;

    if (!isnan(leak->wrong)) {
        double n = (double)leak->n;
        ErrataInterval interval =
            errata_intervals_wilson(round((1.0 - leak->wrong) * n), n, REPORT_LEVEL);

        evidence = report_add(self,
                              "agreement",
                              "share of the rows whose label it tells",
                              1.0 - leak->wrong,
                              ERRATA_UNIT_SHARE,
                              leak->n);
        evidence->lo = interval.lo;
        evidence->hi = interval.hi;
        evidence->method = g_strdup("Wilson, confirmation half");
        evidence->baseline = self->model != NULL && !isnan(self->model->wrong)
                                 ? 1.0 - self->model->wrong
                                 : (double)NAN;
    }
    if (self->model != NULL && !isnan(self->model->strength))
        report_add(self,
                   "strength_model",
                   classes ? "AUC of the model" : "R² of the model",
                   self->model->strength,
                   classes ? ERRATA_UNIT_NONE : ERRATA_UNIT_SHARE,
                   self->model->n);
    if (self->next == NULL || self->next == leak || isnan(self->next->strength))
        return;
    evidence = report_add(self,
                          "strength_next",
                          classes ? "AUC of the next best column" : "R² of the next best column",
                          self->next->strength,
                          classes ? ERRATA_UNIT_NONE : ERRATA_UNIT_SHARE,
                          self->next->n);
    evidence->text = g_strdup(self->next->name);
}

/* commonest class of each code */
static void
report_classes(const Report *self, guint64 *count, guint *ret_class)
{
    const ErrataOutcome *outcome = self->analysis->outcome;

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->truth[row] >= 0 && report_holds(self->leak, row))
            count[self->leak->code[row] * outcome->n_classes + (guint)outcome->truth[row]]++;
    for (guint code = 0; code < ERRATA_LEAKAGE_CODES; code++) {
        ret_class[code] = 0;
        for (guint c = 1; c < outcome->n_classes; c++)
            if (count[code * outcome->n_classes + c] >
                count[code * outcome->n_classes + ret_class[code]])
                ret_class[code] = c;
    }
}

/* where column and label disagree, a model that was given the column follows it and errs */
static void
report_follows(Report *self, const guint *class)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    ErrataInterval interval;
    ErrataEvidence *evidence;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        if (outcome->judged[row] == 0 || !report_holds(self->leak, row))
            continue;
        if (class[self->leak->code[row]] == (guint)outcome->truth[row]) {
            self->n_with++;
            self->errors_with += outcome->error[row];
        } else {
            self->n_against++;
            self->errors_against += outcome->error[row];
        }
    }
    if (self->n_against < REPORT_LEAST || self->n_with < REPORT_LEAST)
        return;
    interval = errata_intervals_wilson((double)self->errors_against,
                                       (double)self->n_against,
                                       REPORT_LEVEL);
    evidence = report_add(self,
                          "rate_against",
                          "error rate of the model where the column contradicts the label",
                          (double)self->errors_against / (double)self->n_against,
                          ERRATA_UNIT_SHARE,
                          self->n_against);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup("Wilson");
    evidence->baseline = (double)self->errors_with / (double)self->n_with;
    g_ptr_array_add(self->finding->notes,
                    g_strdup(interval.lo > 0.6 && interval.lo > 2.0 * evidence->baseline
                                 ? "model=follows"
                             : interval.hi < 0.5 ? "model=ignores"
                                                 : "model=unclear"));
}

/* the numbers of a code that is none of the bins': from the least to the greatest of its rows */
static char *
report_stretch(const Report *self, guint code)
{
    const ErrataColumn *column = self->analysis->frame->columns[self->leak->column];
    double lo = G_MAXDOUBLE, hi = -G_MAXDOUBLE;
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    for (gsize row = 0; row < self->analysis->outcome->n_rows; row++)
        if (report_holds(self->leak, row) && self->leak->code[row] == code) {
            double value = errata_column_number(column, row);

            lo = fmin(lo, value);
            hi = fmax(hi, value);
        }
    if (lo > hi)
        return g_strdup_printf("stretch %u", code + 1);
    from = errata_spoken_number(lo);
    to = errata_spoken_number(hi);
    return lo < hi ? g_strdup_printf("%s to %s", from, to) : g_steal_pointer(&from);
}

static char *
report_code_name(const Report *self, guint code)
{
    const ErrataBins *bins = self->analysis->bins;

    if (code == ERRATA_BINS_MISSING)
        return g_strdup("(missing)");
    for (guint i = 0; i < bins->n_columns; i++) {
        const ErrataBinColumn *bin = &bins->columns[i];
        g_autofree char *lo = NULL;
        g_autofree char *hi = NULL;

        if ((int)bin->column != self->leak->column || bin->code != self->leak->code ||
            code >= bin->n_codes)
            continue;
        if (bin->labels != NULL && bin->labels[code] != NULL)
            return g_strdup(bin->labels[code]);
        if (bin->edges == NULL || bin->n_codes < 2)
            break;
        lo = code > 0 ? errata_spoken_number(bin->edges[code - 1]) : NULL;
        hi = code < bin->n_codes - 1 ? errata_spoken_number(bin->edges[code]) : NULL;
        if (lo == NULL || hi == NULL)
            return g_strdup_printf("%s %s", lo == NULL ? "<" : "≥", lo == NULL ? hi : lo);
        return g_strdup_printf("%s to %s", lo, hi);
    }
    return report_stretch(self, code);
}

/* the commonest values and which class they stand with */
static ErrataTable *
report_values(const Report *self, const guint64 *count, const guint *class)
{
    const ErrataSchema *schema = self->analysis->schema;
    guint n_classes = self->analysis->outcome->n_classes;
    gboolean told[ERRATA_LEAKAGE_CODES] = {FALSE};
    ErrataTable *table = errata_table_new("Its values and the label", 4);

    errata_table_heading(table, 0, self->leak->name, FALSE);
    errata_table_heading(table, 1, "rows", TRUE);
    errata_table_heading(table, 2, "mostly", FALSE);
    errata_table_heading(table, 3, "share", TRUE);
    for (guint i = 0; i < REPORT_VALUES; i++) {
        guint best = ERRATA_LEAKAGE_CODES;
        guint64 most = 0;

        for (guint code = 0; code < ERRATA_LEAKAGE_CODES; code++) {
            guint64 all = 0;

            for (guint c = 0; c < n_classes; c++)
                all += count[code * n_classes + c];
            if (!told[code] && all > most) {
                best = code;
                most = all;
            }
        }
        if (best == ERRATA_LEAKAGE_CODES)
            break;
        told[best] = TRUE;
        g_autofree char *name = report_code_name(self, best);
        g_autofree char *rows = errata_data_bugs_count(most);
        g_autofree char *share =
            g_strdup_printf("%.1f %%",
                            100.0 * (double)count[best * n_classes + class[best]] / (double)most);

        errata_table_add_cell(table, name);
        errata_table_add_cell(table, rows);
        errata_table_add_cell(table, schema->classes[class[best]]);
        errata_table_add_cell(table, share);
    }
    return table;
}

static void
report_figure(Report *self)
{
    const ErrataLeakageColumn *shown[] = {self->leak, self->next, self->model};
    gboolean classes = self->analysis->outcome->truth != NULL;
    g_autofree char *id = g_strdup_printf("leakage-%d", self->leak->column);
    ErrataFigure *figure;

    if (isnan(self->leak->strength))
        return;
    figure = errata_figure_new(id,
                               ERRATA_FIGURE_DOTS,
                               classes ? "How well a column alone tells the label (AUC)"
                                       : "How much of the label a column alone explains (R²)");
    for (guint i = 0; i < G_N_ELEMENTS(shown); i++)
        if (shown[i] != NULL && !isnan(shown[i]->strength) && (i == 0 || shown[i] != self->leak))
            errata_figure_add_dot(figure,
                                  shown[i]->name,
                                  i == 0 ? ERRATA_TONE_ERROR : ERRATA_TONE_REFERENCE,
                                  (double)shown[i]->n,
                                  shown[i]->strength,
                                  shown[i]->lo,
                                  shown[i]->hi,
                                  i == 0);
    figure->x_label = g_strdup(classes ? "AUC against the label" : "R² against the label");
    figure->description =
        g_strdup_printf("How well %s, the next best column and the model each tell the label.",
                        self->leak->name);
    self->finding->figure = figure;
}

static void
report_suggest(Report *self)
{
    gboolean order = self->leak->way == ERRATA_LEAKAGE_ORDER;
    g_autofree char *text =
        order ? g_strdup_printf("Keep %s out of the features, and shuffle the rows before they are "
                                "split for training and test",
                                self->leak->name)
              : g_strdup_printf("Keep %s out of the features; ask whoever fills it whether it is "
                                "known before the prediction is made",
                                self->leak->name);
    ErrataSuggestion *drop = errata_finding_suggest(self->finding, "drop-feature", text);

    drop->method =
        g_strdup("not computed: the model would have to be trained again without the column");
    drop->cost = g_strdup("figures from tests that had the column will fall to what is true");
}

/* a labelled row of those it is about in which the column has a value */
static gboolean
report_lists(const Report *self, gsize row)
{
    return errata_leakage_measure_labelled(self->analysis->outcome, row) &&
           report_holds(self->leak, row) &&
           (self->leak->code[row] == ERRATA_BINS_MISSING) == report_by_missing(self->leak);
}

/* where a column tells that does so in some rows only, and how it does elsewhere */
static void
report_part(Report *self)
{
    const ErrataLeakagePart *part = self->leak->part;
    ErrataSubject *subject = &self->finding->subject;
    gboolean classes = self->analysis->outcome->truth != NULL;
    gsize elsewhere = self->analysis->outcome->n_rows - part->n_rows;

    g_ptr_array_add(self->finding->notes,
                    g_strdup_printf("where=%s", part->where != NULL ? part->where : "unknown"));
    if (!isnan(part->outside))
        report_add(self,
                   "strength_outside",
                   classes ? "AUC of the column in the other rows"
                           : "R² of the column in the other rows",
                   part->outside,
                   classes ? ERRATA_UNIT_NONE : ERRATA_UNIT_SHARE,
                   elsewhere);
    if (!isnan(part->together))
        report_add(self,
                   "strength_together",
                   "AUC of the scores and the column together",
                   part->together,
                   ERRATA_UNIT_NONE,
                   self->leak->n);
    if (part->values != NULL) {
        ErrataPredicate *predicate =
            errata_predicate_new(self->analysis->schema->names[part->column],
                                 part->values[1] == NULL ? ERRATA_OP_EQ : ERRATA_OP_IN);

        predicate->values = g_strdupv(part->values);
        g_ptr_array_add(subject->predicates, predicate);
    }
    if (part->timed) {
        subject->has_time = self->analysis->outcome->time != NULL;
        subject->from = part->from;
        subject->to = part->to;
    }
}

/* the rows that are filled, where only they tell */
static void
report_rows(Report *self)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    gsize n = 0;
    gsize told = 0;

    for (gsize row = 0; row < outcome->n_rows; row++)
        n += report_lists(self, row) ? 1 : 0;
    self->finding->share_of_rows = (double)n / (double)outcome->n_rows;
    errata_finding_add(self->finding,
                       errata_evidence_new("n_rows",
                                           report_by_missing(self->leak)
                                               ? "labelled rows where it has no value"
                                               : "labelled rows where it has a value",
                                           (double)n,
                                           ERRATA_UNIT_COUNT,
                                           outcome->n_rows));
    if (self->leak->way != ERRATA_LEAKAGE_FILLED &&
        (self->leak->part == NULL || self->leak->part->where == NULL))
        return;
    self->finding->n_rows = n;
    self->finding->row = g_new(guint32, MAX(n, 1));
    self->finding->row_score = g_new(double, MAX(n, 1));
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (report_lists(self, row)) {
            self->finding->row[told] = (guint32)row;
            self->finding->row_score[told++] = 1.0;
        }
}

/**
 * errata_leakage_report:
 * @analysis: the analysis
 * @leak: the column
 * @model: (nullable): the model, measured alike
 * @next: (nullable): the best column that is not suspected
 * @q: p of @leak corrected within the family
 *
 * Returns: (transfer full): the finding
 */
ErrataFinding *
errata_leakage_report(const ErrataAnalysis *analysis,
                      const ErrataLeakageColumn *leak,
                      const ErrataLeakageColumn *model,
                      const ErrataLeakageColumn *next,
                      double q)
{
    g_autofree char *title = report_title(analysis, leak);
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_LEAKAGE, title);
    Report self = {analysis, leak, model, next, finding, 0, 0, 0, 0};

    finding->subject.column = g_strdup(leak->name);
    finding->confirmed = TRUE;
    report_strength(&self, q);
    report_numbers(&self);
    report_rows(&self);
    if (leak->part != NULL)
        report_part(&self);
    if (analysis->outcome->truth != NULL) {
        g_autofree guint64 *count =
            g_new0(guint64, (gsize)ERRATA_LEAKAGE_CODES * analysis->outcome->n_classes);
        guint class[ERRATA_LEAKAGE_CODES];

        report_classes(&self, count, class);
        if (leak->way != ERRATA_LEAKAGE_FILLED && leak->way != ERRATA_LEAKAGE_ORDER)
            report_follows(&self, class);
        if (leak->way != ERRATA_LEAKAGE_ORDER)
            finding->examples = report_values(&self, count, class);
    }
    finding->severity = leak->way == ERRATA_LEAKAGE_ORDER ||
                                (finding->share_of_rows < REPORT_HIGH &&
                                 g_strcmp0(errata_finding_note(finding, "model"), "follows") != 0)
                            ? ERRATA_SEVERITY_MEDIUM
                            : ERRATA_SEVERITY_HIGH;
    finding->summary = g_strdup_printf("leakage · %s", leak->name);
    finding->rank = isnan(leak->strength) ? 0.0 : leak->strength;
    report_figure(&self);
    report_suggest(&self);
    return finding;
}
