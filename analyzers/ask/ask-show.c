/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the report has found, and single rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ask-private.h"
#include "number.h"
#include "words.h"

#define SHOW_COLUMNS 8
#define SHOW_GROUPS  12 /* values of a column that parts people in groups */

/* “[E3, E5]” of the report, or nothing */
static char *
show_citations(const ErrataFinding *finding)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < MIN(finding->evidence->len, 3); i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

        if (evidence->id != NULL)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : " [", evidence->id);
    }
    if (text->len > 0)
        g_string_append_c(text, ']');
    return g_string_free(text, FALSE);
}

/* whether a finding is on cells without a value: a bug of the data, a change of their share, or
 * rows that lack one */
static gboolean
show_is_of_gaps(const ErrataFinding *finding)
{
    const GPtrArray *predicates = finding->subject.predicates;

    for (guint i = 0; predicates != NULL && i < predicates->len; i++)
        if (((const ErrataPredicate *)g_ptr_array_index(predicates, i))->op == ERRATA_OP_IS_MISSING)
            return TRUE;
    /* a column that the reference has and the log lacks is a skew, and its title says of what */
    return (finding->kind == ERRATA_FINDING_DATA_BUG &&
            (g_strcmp0(finding->subject.bug, "missing-burst") == 0 ||
             strstr(finding->title, "missing") != NULL)) ||
           (finding->subject.series != NULL &&
            g_str_has_prefix(finding->subject.series, "missing:"));
}

static gboolean
show_is_meant(const ErrataFinding *finding, const char *which)
{
    g_auto(GStrv) kinds = which != NULL ? g_strsplit(which, ",", -1) : NULL;
    ErrataFindingKind kind;
    ErrataSeverity severity;

    if (which == NULL)
        return TRUE;
    for (guint i = 0; kinds[i] != NULL; i++)
        if ((errata_finding_kind_parse(g_strstrip(kinds[i]), &kind) && finding->kind == kind) ||
            (g_str_equal(kinds[i], ERRATA_ASK_GAPS) && show_is_of_gaps(finding)) ||
            (g_str_equal(kinds[i], ERRATA_ASK_COPIES) &&
             g_strcmp0(finding->subject.bug, kinds[i]) == 0))
            return TRUE;
    return errata_severity_parse(which, &severity) && finding->severity >= severity;
}

/* the kinds without how many of them, which goes to @limit; NULL: all kinds */
static char *
show_limit(const char *which, guint *limit)
{
    const char *last = which != NULL ? strrchr(which, ',') : NULL;
    const char *number = last != NULL ? last + 1 + strspn(last + 1, " ") : which;

    if (number == NULL || !g_ascii_isdigit(number[0]))
        return g_strdup(which);
    *limit = (guint)atoi(number);
    return last != NULL ? g_strndup(which, (gsize)(last - which)) : NULL;
}

/* “drift, change-point or performance” */
static char *
show_kinds(const char *which)
{
    g_auto(GStrv) kinds = g_strsplit(which, ",", -1);
    ErrataSeverity severity;

    if (errata_severity_parse(which, &severity))
        return g_strdup_printf("severity %s%s",
                               which,
                               severity == ERRATA_SEVERITY_CRITICAL ? "" : " or above");
    for (guint i = 0; kinds[i] != NULL; i++)
        g_strdelimit(g_strstrip(kinds[i]), "-", ' ');
    return errata_words_list((const char *const *)kinds, g_strv_length(kinds), "or");
}

/* a column by which people are told apart, else one of few groups; NULL: there is none */
static const char *
show_of_people(const ErrataCase *report)
{
    static const char *const people[] = {"age",
                                         "sex",
                                         "gender",
                                         "race",
                                         "ethnicity",
                                         "nationality",
                                         "religion",
                                         "disability",
                                         "marital",
                                         "geschlecht",
                                         "alter",
                                         "sexe",
                                         "region",
                                         "country",
                                         NULL};
    const char *few = NULL;

    for (guint i = 0; i < report->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(report->columns, i);
        g_autofree char *fold = g_strdelimit(g_utf8_strdown(column->name, -1), "_-.", ' ');
        g_auto(GStrv) parts = g_strsplit(fold, " ", -1);
        gboolean named = FALSE;

        if (g_strcmp0(column->role, "feature") != 0)
            continue;
        for (guint k = 0; people[k] != NULL; k++)
            named = named || g_strv_contains((const char *const *)parts, people[k]);
        if (named)
            return column->name;
        if (few == NULL && column->distinct > 1 && column->distinct <= SHOW_GROUPS)
            few = column->name;
    }
    return few;
}

/* why there can be no finding of that kind, and what to ask or do instead; (transfer full) */
static char *
show_undeclared(const ErrataCase *report, const char *kinds)
{
    const char *name = g_strcmp0(kinds, "fairness") == 0 ? show_of_people(report) : NULL;
    g_autoptr(GString) why = g_string_new(NULL);

    if (g_strcmp0(kinds, "fairness") != 0)
        return g_strdup("");
    for (guint i = 0; i < report->skipped->len; i++) {
        const ErrataSkipped *skipped = g_ptr_array_index(report->skipped, i);

        if (strstr(skipped->why, " is not compared: ") != NULL)
            g_string_append_printf(why, "; %s", skipped->why);
    }
    if (why->len > 0)
        return g_string_free(g_steal_pointer(&why), FALSE);
    for (guint i = 0; i < report->columns->len; i++)
        if (g_strcmp0(((const ErrataColumnSummary *)g_ptr_array_index(report->columns, i))->role,
                      "group") == 0)
            return g_strdup("");
    return name != NULL
               ? g_strdup_printf("; no column is declared sensitive, so no groups were compared. "
                                 "Ask “is it fair by %s”, or declare the sensitive column "
                                 "(--role %s=group)",
                                 name,
                                 name)
               : g_strdup("; no column is declared sensitive, so no groups were compared (declare "
                          "one with --role COLUMN=group)");
}

/* what is asked for with some kinds, whether or not there is a finding: the copies, the calibration
 * error, a threshold for the classes; NULL for none */
static char *
show_measured(AskRun *self, const char *kinds)
{
    const ErrataCase *report = self->data->report;

    if (g_strcmp0(kinds, ERRATA_ASK_COPIES) == 0 && self->data->outcome != NULL) {
        gsize n = self->data->outcome->n_duplicates;
        g_autofree char *count = errata_words_counted(n, "row", "rows");
        const char *id = errata_ask_cite(self,
                                         "duplicates",
                                         "copies of another row",
                                         (double)n,
                                         (double)NAN,
                                         (double)NAN,
                                         ERRATA_UNIT_COUNT,
                                         self->data->outcome->n_rows);

        return g_strdup_printf("%s [%s] repeat%s another one in all but the id. ",
                               n == 0 ? "No rows" : count,
                               id,
                               n == 1 ? "s" : "");
    }
    for (guint i = 0; g_strcmp0(kinds, "calibration") == 0 && i < report->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(report->metrics, i);
        g_autofree char *figure = NULL;

        if (!g_str_equal(metric->name, "ece") || metric->class_name != NULL ||
            !isfinite(metric->value))
            continue;
        figure = errata_ask_figure(self, "ece", "calibration error", metric);
        return g_strdup_printf("The calibration error, by which scores miss what comes true on "
                               "average, is %s. ",
                               figure);
    }
    for (guint i = 0; g_strcmp0(kinds, "threshold") == 0 && i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        if (finding->kind == ERRATA_FINDING_THRESHOLD &&
            g_strcmp0(finding->subject.objective, "coverage") != 0)
            return NULL;
    }
    return g_strcmp0(kinds, "threshold") == 0 && report->task == ERRATA_TASK_BINARY
               ? g_strdup("No finding says that predictions would be better with another threshold "
                          "between the classes. ")
               : NULL;
}

gboolean
errata_ask_show_findings(AskRun *self, const char *which)
{
    const ErrataCase *report = self->data->report;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *count = NULL;
    guint limit = ERRATA_ASK_FINDINGS_MAX;
    g_autofree char *kinds = show_limit(which, &limit);
    g_autofree char *said = NULL;
    g_autofree char *undeclared = NULL;
    g_autofree char *measured = NULL;
    const char *lead;
    guint n = 0;
    guint n_better = 0;
    gboolean of_slices = kinds != NULL && g_str_has_prefix(kinds, "slice");

    if (report == NULL)
        return errata_ask_refuse(self, "this needs a report, and none is at hand");
    measured = show_measured(self, kinds);
    lead = measured != NULL ? measured : "";
    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);
        g_autofree char *citations = NULL;

        /* what is worst, or wrong, is no group with fewer errors than expected */
        if (of_slices && errata_finding_evidence(finding, "better_in") != NULL) {
            n_better++;
            continue;
        }
        citations = show_citations(finding);
        if (!show_is_meant(finding, kinds) || ++n > limit)
            continue;
        g_string_append_printf(text,
                               "%s%s (%s, %s): %s%s",
                               n > 1 ? "; " : "",
                               finding->id,
                               errata_severity_nick(finding->severity),
                               errata_finding_kind_say(finding->kind),
                               finding->title,
                               citations);
    }
    count = errata_words_counted(n, "finding", "findings");
    said = show_kinds(kinds != NULL ? kinds : "");
    undeclared = n_better > 0 ? g_strdup(" (groups with fewer errors than expected are left out)")
                              : show_undeclared(report, kinds);
    self->answer->text = n == 0 ? g_strdup_printf("%sThe report has no finding%s%s%s.",
                                                  lead,
                                                  kinds != NULL ? " of " : "",
                                                  said,
                                                  undeclared)
                                : g_strdup_printf("%sThe report has %s%s%s%s: %s%s.",
                                                  lead,
                                                  count,
                                                  kinds != NULL ? ", " : "",
                                                  said,
                                                  n > limit ? ", first" : "",
                                                  text->str,
                                                  undeclared);
    return TRUE;
}

/* what to do about it, a sentence each */
static char *
show_advice(const ErrataFinding *finding)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < finding->suggestions->len; i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);

        g_string_append_printf(text,
                               " %s%s%s",
                               i == 0 ? "To do: " : "",
                               suggestion->text,
                               g_str_has_suffix(suggestion->text, ".") ? "" : ".");
    }
    return g_string_free(text, FALSE);
}

/* NULL, and the answer says why, where the report has none of that name */
static const ErrataFinding *
show_find(AskRun *self, const char *id)
{
    const ErrataCase *report = self->data->report;

    if (report == NULL) {
        errata_ask_refuse(self, "this needs a report, and none is at hand");
        return NULL;
    }
    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        if (g_ascii_strcasecmp(finding->id, id) == 0)
            return finding;
    }
    errata_ask_refuse(self,
                      report->findings->len > 0 ? "there is no finding %s; the report has F1 to F%u"
                                                : "there is no finding %s; the report has %u",
                      id,
                      report->findings->len);
    return NULL;
}

gboolean
errata_ask_show_finding(AskRun *self, const char *id)
{
    const ErrataFinding *finding = show_find(self, id);
    g_autofree char *citations = NULL;
    g_autofree char *advice = NULL;

    if (finding == NULL)
        return FALSE;
    citations = show_citations(finding);
    advice = show_advice(finding);
    self->answer->text = g_strdup_printf("%s (%s, %s): %s%s%s%s%s%s",
                                         finding->id,
                                         errata_severity_nick(finding->severity),
                                         errata_finding_kind_say(finding->kind),
                                         finding->title,
                                         citations,
                                         finding->rationale != NULL ? ". " : ".",
                                         finding->rationale != NULL ? finding->rationale : "",
                                         finding->rationale != NULL && finding->by_model
                                             ? " (Words by a language model, held against the "
                                               "evidence.)"
                                             : "",
                                         advice);
    return TRUE;
}

/* how many rows a finding is about, and of how many */
gboolean
errata_ask_show_count(AskRun *self, const char *id)
{
    const ErrataFinding *finding = show_find(self, id);
    const ErrataCase *report = self->data->report;
    g_autofree char *count = NULL;
    g_autofree char *all = NULL;
    const char *rows;

    if (finding == NULL)
        return FALSE;
    if (finding->n_rows == 0)
        return errata_ask_refuse(self,
                                 "finding %s is about the log as a whole, not about some rows: "
                                 "%s",
                                 finding->id,
                                 finding->title);
    count = errata_words_counted(finding->n_rows, "row", "rows");
    all = errata_words_count(report->n_rows);
    rows = errata_ask_cite(self,
                           "rows",
                           "rows of the finding",
                           (double)finding->n_rows,
                           (double)NAN,
                           (double)NAN,
                           ERRATA_UNIT_COUNT,
                           report->n_rows);
    self->answer->text = g_strdup_printf("Finding %s is about %s [%s] of all %s: %s.",
                                         finding->id,
                                         count,
                                         rows,
                                         all,
                                         finding->title);
    return TRUE;
}

/* id, label, prediction, score first, then others */
static guint
show_pick_columns(const AskRun *self, guint *ret_column)
{
    const ErrataSchema *schema = self->data->schema;
    const int first[] = {schema->id, schema->label, schema->prediction, schema->score};
    guint n = 0;

    for (guint i = 0; i < G_N_ELEMENTS(first); i++)
        if (first[i] >= 0)
            ret_column[n++] = (guint)first[i];
    for (guint c = 0; c < self->data->frame->n_columns && n < SHOW_COLUMNS; c++) {
        gboolean taken = FALSE;

        for (guint i = 0; i < n; i++)
            taken |= ret_column[i] == c;
        if (!taken)
            ret_column[n++] = c;
    }
    return n;
}

/* predictions as they are supposed to be, where they are */
static char *
show_cell(const AskRun *self, int column, gsize row)
{
    const ErrataSchema *schema = self->data->schema;
    gint32 class_index = self->data->outcome->predicted != NULL
                             ? self->data->outcome->predicted[row]
                             : -1;

    if (column < 0)
        return g_strdup("");
    if (column == schema->prediction && !isnan(self->what_if))
        return g_strdup(class_index >= 0 ? schema->classes[class_index] : "");
    return errata_column_print(self->data->frame->columns[column], row);
}

gboolean
errata_ask_show_rows(AskRun *self, guint limit)
{
    const ErrataFrame *frame = self->data->frame;
    guint column[SHOW_COLUMNS];
    guint n_columns = show_pick_columns(self, column);
    gsize n = errata_rows_count(self->rows);
    g_autofree char *subject = errata_ask_subject(self);
    g_autofree char *count = errata_words_count(MIN(n, limit));
    g_autofree char *by = NULL;
    gsize n_list = 0;
    g_autofree guint32 *list = errata_ask_order(self,
                                                self->order != NULL ? self->order->text : NULL,
                                                self->order != NULL && self->order->number > 0.0,
                                                &n_list);
    const char *id;

    if (list == NULL)
        return FALSE;
    self->answer->table = errata_table_new("rows", n_columns + 1);
    errata_table_heading(self->answer->table, 0, "row", TRUE);
    for (guint c = 0; c < n_columns; c++)
        errata_table_heading(self->answer->table,
                             c + 1,
                             frame->columns[column[c]]->name,
                             errata_column_is_numeric(frame->columns[column[c]]));
    for (gsize i = 0; i < MIN(n_list, limit); i++) {
        g_autofree char *number = g_strdup_printf("%u", list[i]);

        errata_table_add_cell(self->answer->table, number);
        for (guint c = 0; c < n_columns; c++) {
            g_autofree char *cell = show_cell(self, (int)column[c], list[i]);

            errata_table_add_cell(self->answer->table, cell);
        }
    }
    id = errata_ask_cite_rows(self, n);
    by = self->order != NULL ? g_strdup_printf(", by %s, the %s first",
                                               self->order->text,
                                               self->order->number > 0.0 ? "greatest" : "least")
                             : g_strdup("");
    self->answer->text =
        n > limit
            ? g_strdup_printf("The first %s of %s%s [%s].", count, subject, by, id)
            : g_strdup_printf("%c%s%s [%s].", g_ascii_toupper(subject[0]), subject + 1, by, id);
    return TRUE;
}

/* by id first, then by number; G_MAXSIZE when there is no such row */
static gsize
show_find_row(const AskRun *self, const char *name)
{
    const ErrataFrame *frame = self->data->frame;
    gint64 number;

    for (gsize row = 0; self->data->schema->id >= 0 && row < frame->n_rows; row++) {
        g_autofree char *id = errata_column_print(frame->columns[self->data->schema->id], row);

        if (strcmp(id, name) == 0)
            return row;
    }
    if (errata_number_parse_int(name, strlen(name), &number) && number >= 0 &&
        (guint64)number < frame->n_rows)
        return (gsize)number;
    return G_MAXSIZE;
}

/* findings whose condition the row meets */
static char *
show_findings_of(AskRun *self, gsize row)
{
    GString *text = g_string_new(NULL);
    const ErrataCase *report = self->data->report;

    for (guint i = 0; report != NULL && i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);
        const GPtrArray *predicates = finding->subject.predicates;
        g_autoptr(ErrataFilter) filter = NULL;
        g_autoptr(ErrataRows) rows = NULL;

        if (predicates == NULL || predicates->len == 0)
            continue;
        filter = errata_filter_predicates_join(predicates);
        if (!errata_filter_bind(filter, self->data->frame, self->data->schema, NULL))
            continue;
        rows = errata_filter_evaluate(filter, self->data->frame, self->data->outcome);
        if (errata_rows_has(rows, row))
            g_string_append_printf(text,
                                   "%s%s (%s)",
                                   text->len > 0 ? "; " : "",
                                   finding->id,
                                   finding->title);
    }
    return g_string_free(text, FALSE);
}

gboolean
errata_ask_show_row(AskRun *self, const char *name)
{
    const ErrataOutcome *outcome = self->data->outcome;
    const ErrataSchema *schema = self->data->schema;
    gsize row = show_find_row(self, name);
    g_autofree char *label = NULL;
    g_autofree char *prediction = NULL;
    g_autofree char *score = NULL;
    g_autofree char *id = NULL;
    g_autofree char *findings = NULL;

    if (row == G_MAXSIZE)
        return errata_ask_refuse(
            self,
            "there is no row “%s”: neither an id nor a number below %" G_GSIZE_FORMAT,
            name,
            self->data->frame->n_rows);
    if (!errata_rows_has(self->rows, row))
        return errata_ask_refuse(self,
                                 "row “%s” is not one of those where %s",
                                 name,
                                 self->where->str);
    label = show_cell(self, schema->label, row);
    prediction = show_cell(self, schema->prediction, row);
    score = show_cell(self, schema->score, row);
    id = show_cell(self, schema->id, row);
    findings = show_findings_of(self, row);
    self->answer->text =
        g_strdup_printf("Row %" G_GSIZE_FORMAT ": label %s, prediction %s%s%s; %s.%s%s%s%s%s%s",
                        row,
                        label[0] != '\0' ? label : "unknown",
                        prediction[0] != '\0' ? prediction : "none",
                        score[0] != '\0' ? ", score " : "",
                        score,
                        outcome->judged[row] == 0  ? "it cannot be judged"
                        : outcome->error[row] != 0 ? "the prediction is wrong"
                                                   : "the prediction is right",
                        findings[0] != '\0' ? " It meets the conditions of "
                                            : " No finding's conditions hold for it",
                        findings,
                        ".",
                        id[0] != '\0' ? " Its id is " : "",
                        id,
                        id[0] != '\0' ? "." : "");
    errata_ask_cite(self,
                    "loss",
                    "loss of the row",
                    outcome->loss[row],
                    (double)NAN,
                    (double)NAN,
                    ERRATA_UNIT_NONE,
                    1);
    return TRUE;
}
