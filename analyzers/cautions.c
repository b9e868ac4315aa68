/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a reader must know of a log before believing any figure: too few rows, one class, scores
 * that are no probabilities. They stand with the reader's warnings, and change nothing. */
#include "cautions.h"

#include <math.h>
#include <string.h>

#include "column-dates.h"
#include "filter.h"
#include "label-words.h"
#include "likely.h"
#include "number.h"
#include "one-class.h"
#include "schema-infer.h"
#include "schema-name.h"
#include "vocabulary.h"
#include "words.h"

#define CAUTION_FEW_ROWS 100
#define CAUTION_WORDS    3    /* columns named */
#define CAUTION_SUM      0.01 /* a row's probabilities may miss 1 by this much */
#define CAUTION_UNLIKE   0.01 /* of the judged rows, predicted to be what no label is … */
#define CAUTION_UNLIKES  20   /* … in so many rows */

static void G_GNUC_PRINTF(2, 3) cautions_say(ErrataCase *result, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(result->warnings, g_strdup_vprintf(format, args));
    va_end(args);
}

static void
cautions_few_rows(const ErrataAnalysis *analysis)
{
    gsize n = analysis->outcome->n_judged;

    if (n > 0 && n < CAUTION_FEW_ROWS)
        cautions_say(analysis->result,
                     "only %" G_GSIZE_FORMAT
                     " %s%s: every interval is wide, and nothing can be confirmed",
                     n,
                     n == 1 ? "row has" : "rows have",
                     analysis->schema->correct >= 0 ? " been said to be right or wrong"
                                                    : " a label and a prediction");
}

/* 05.03.2026 in every row: May or March */
static void
cautions_dates(const ErrataAnalysis *analysis)
{
    for (guint c = 0; c < analysis->frame->n_columns; c++)
        if (errata_schema_is_logged(analysis->schema, c) &&
            errata_column_dates_are_open(analysis->frame->columns[c]))
            cautions_say(analysis->result,
                         "%s holds dates in which day and month cannot be told apart, as neither "
                         "goes beyond 12: it is read as text; write them as 2026-01-31",
                         analysis->frame->columns[c]->name);
}

/* no and yes by the name of what says which rows were right, which may be what is foretold */
static void
cautions_maybe_correct(const ErrataAnalysis *analysis)
{
    const ErrataSchema *schema = analysis->schema;

    if (schema->label >= 0 && schema->prediction >= 0)
        return;
    for (guint c = 0; c < schema->n_columns; c++) {
        g_autofree char *words = errata_schema_name_words(schema->names[c]);
        g_autoptr(ErrataVocabulary) values = NULL;
        gboolean yes_no = TRUE;

        if (schema->columns[c].role != ERRATA_ROLE_FEATURE ||
            !errata_schema_infer_named_correct(words))
            continue;
        values = errata_vocabulary_new(analysis->frame->columns[c], 2);
        for (guint i = 0; i < values->n_values; i++)
            yes_no = yes_no && errata_schema_infer_right(values->values[i]) >= 0;
        if (values->overflow || !yes_no)
            continue;
        cautions_say(analysis->result,
                     "%s may say which rows a model got right, or be what it foretells: where it "
                     "is the former, --role %s=correct judges the rows by it",
                     schema->names[c],
                     schema->names[c]);
        return;
    }
}

/* a label that was declared, beside what judges in its place */
static void
cautions_label_aside(const ErrataAnalysis *analysis)
{
    const ErrataSchema *schema = analysis->schema;

    for (guint c = 0; c < schema->n_columns; c++)
        if (schema->columns[c].declared && schema->columns[c].role == ERRATA_ROLE_IGNORE &&
            g_str_has_prefix(schema->columns[c].reason, "rows are judged by"))
            cautions_say(analysis->result,
                         "%s was named the label, but rows are judged by %s, which knows answers "
                         "to be right that are written otherwise; --role %s=ignore judges them by "
                         "the label",
                         schema->names[c],
                         schema->names[schema->correct],
                         schema->names[schema->correct]);
}

/* nothing to judge and nothing that judges */
static void
cautions_no_roles(const ErrataAnalysis *analysis)
{
    const ErrataSchema *schema = analysis->schema;
    g_autofree char *likely = errata_likely_roles(analysis->frame, schema);
    g_autofree char *labels = errata_likely_labels(analysis->frame, schema);
    g_autofree char *decision = errata_likely_decision(analysis->frame, schema);
    gboolean scores = FALSE;

    if (schema->correct >= 0) {
        cautions_label_aside(analysis);
        return;
    }
    cautions_maybe_correct(analysis);
    if (decision != NULL)
        cautions_say(analysis->result, "%s", decision);
    if (labels != NULL)
        cautions_say(analysis->result,
                     "no column is the label, so nothing is judged right or wrong: %s",
                     labels);
    for (guint c = 0; c < schema->n_columns; c++)
        scores = scores || schema->columns[c].role == ERRATA_ROLE_SCORE;
    if (schema->label < 0 && schema->prediction < 0 && !scores)
        cautions_say(analysis->result,
                     "no column is a label, a prediction or a score: the columns are described and "
                     "compared, and no error can be counted; %s",
                     likely != NULL ? likely
                                    : "name them with --role COL=label and --role COL=prediction");
    else if (likely != NULL && decision == NULL)
        cautions_say(analysis->result,
                     "no column is named like a %s: %s",
                     schema->label < 0 ? schema->prediction < 0 ? "label or a prediction" : "label"
                                       : "prediction",
                     likely);
}

static void
cautions_one_class(const ErrataAnalysis *analysis)
{
    gint32 only = errata_one_class_of(analysis->outcome);

    if (only >= 0)
        cautions_say(
            analysis->result,
            "every label is %s: figures that compare classes are not defined, and an error is any prediction of "
            "another class",
            analysis->schema->classes[only]);
}

/* likewise of numbers */
static void
cautions_one_number(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    double only = (double)NAN;
    char buffer[ERRATA_NUMBER_BUFFER];
    gsize n = 0;

    if (outcome->truth_value == NULL)
        return;
    for (gsize row = 0; row < outcome->n_rows; row++) {
        double value = outcome->truth_value[row];

        if (isnan(value))
            continue;
        if (n > 0 && (value < only || value > only))
            return;
        only = value;
        n++;
    }
    if (n > 1)
        cautions_say(
            analysis->result,
            "every label is %s: R² and all that compares labels is not defined, and an error is only "
            "how far a prediction is from that number",
            errata_number_print(only, buffer));
}

static void
cautions_sums(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gsize n = 0;
    gsize n_off = 0;

    if (outcome->probability == NULL)
        return;
    for (guint k = 0; k < outcome->n_classes; k++)
        if (outcome->probability[k] == NULL)
            return;
    for (gsize row = 0; row < outcome->n_rows; row++) {
        double sum = 0.0;

        for (guint k = 0; k < outcome->n_classes; k++)
            sum += outcome->probability[k][row];
        if (isnan(sum))
            continue;
        n++;
        n_off += fabs(sum - 1.0) > CAUTION_SUM ? 1 : 0;
    }
    if (n_off > 0)
        cautions_say(analysis->result,
                     "the class probabilities of %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                     " rows do not sum to 1; log-loss divides each row by its sum",
                     n_off,
                     n);
}

/* many rows each of a user or the like, and nobody said so */
static void
cautions_entity(const ErrataAnalysis *analysis)
{
    const char *entity = analysis->entity_why != NULL ? analysis->settings->entity : NULL;

    if (entity != NULL)
        cautions_say(analysis->result,
                     "rows of one %s seem to belong together, as %s: they are kept in one half, "
                     "and metrics and groups of rows are held against as many of it as they have; "
                     "set entity=%s under [analysis] to say so, or another, or --role %s=feature "
                     "where they do not",
                     entity,
                     analysis->entity_why,
                     entity,
                     entity);
}

/* a score that is 1 − that of the class declared positive */
static void
cautions_turned_score(const ErrataAnalysis *analysis)
{
    const ErrataSchema *schema = analysis->schema;
    const ErrataSchemaColumn *column = schema->score >= 0 ? &schema->columns[schema->score] : NULL;

    if (schema->task != ERRATA_TASK_BINARY || column == NULL || column->target != NULL ||
        column->class_index != 1 - schema->positive)
        return;
    cautions_say(analysis->result,
                 "%s is the probability of %s, as the predictions tell: of the positive class %s, "
                 "1 − %s is taken",
                 schema->names[schema->score],
                 schema->classes[column->class_index],
                 schema->classes[schema->positive],
                 schema->names[schema->score]);
}

/* a column declared as score that holds no numbers */
static void
cautions_unread_scores(const ErrataAnalysis *analysis)
{
    for (guint i = 0; i < analysis->schema->n_columns; i++) {
        const ErrataColumn *column = analysis->frame->columns[i];
        g_autofree char *first = NULL;

        if (analysis->schema->columns[i].role != ERRATA_ROLE_SCORE ||
            !analysis->schema->columns[i].declared ||
            (column->type != ERRATA_COLUMN_CATEGORY && column->type != ERRATA_COLUMN_TEXT))
            continue;
        for (gsize row = 0; row < column->n_rows && first == NULL; row++)
            if (errata_column_is_valid(column, row))
                first = errata_column_print(column, row);
        cautions_say(
            analysis->result,
            "%s is declared as score, but holds no numbers (its first cell is '%s'): it is "
            "not used; write every score as a number from 0 to 1 or with a percent sign "
            "(0.83 or 83%%), or declare another column",
            column->name,
            first != NULL ? first : "");
    }
}

/* a column that its name makes a score and its values do not */
static void
cautions_no_scores(const ErrataAnalysis *analysis)
{
    static const char *const score_names[] =
        {"score", "prob", "probability", "proba", "confidence", "y_score", NULL};

    cautions_unread_scores(analysis);
    if (analysis->schema->score_note != NULL)
        cautions_say(analysis->result, "%s", analysis->schema->score_note);
    if (analysis->outcome->score_problem != NULL)
        cautions_say(analysis->result, "%s", analysis->outcome->score_problem);
    if (analysis->outcome->label_problem != NULL)
        cautions_say(analysis->result, "%s", analysis->outcome->label_problem);
    if (analysis->outcome->weight_problem != NULL)
        cautions_say(analysis->result, "%s", analysis->outcome->weight_problem);
    if (analysis->schema->score >= 0 || analysis->schema->task == ERRATA_TASK_REGRESSION)
        return;
    for (guint i = 0; i < analysis->schema->n_columns; i++) {
        const ErrataColumn *column = analysis->frame->columns[i];
        ErrataName name = {0};

        if (analysis->schema->columns[i].role != ERRATA_ROLE_FEATURE ||
            !errata_column_is_numeric(column))
            continue;
        errata_schema_name_read(&name, column->name);
        if (name.score != ERRATA_NAME_NONE && !name.input &&
            g_strv_contains(score_names, name.leaf))
            cautions_say(
                analysis->result,
                "%s is named like a score, but its values are no probabilities from 0 to 1: it is read as an "
                "input; set its role with --role if it is one",
                column->name);
        errata_schema_name_clear(&name);
    }
}

/* whether columns that are no categories have the word too: then it is what the log writes for no
 * value */
static gboolean
cautions_is_general(const ErrataFrame *frame, const char *word)
{
    for (guint c = 0; c < frame->n_columns; c++) {
        const ErrataColumn *column = frame->columns[c];

        for (guint i = 0; column->type != ERRATA_COLUMN_CATEGORY && column->missing_words != NULL &&
                          column->missing_words[i] != NULL;
             i++)
            if (g_ascii_strcasecmp(column->missing_words[i], word) == 0)
                return TRUE;
    }
    return FALSE;
}

/* none, NA or n/a in an input, of which a person may have meant a value */
static void
cautions_words(const ErrataAnalysis *analysis)
{
    static const char *const open[] = {"none", "na", "n/a", NULL};
    g_autoptr(GString) told = g_string_new(NULL);
    guint n = 0;

    for (guint c = 0; c < analysis->frame->n_columns; c++) {
        const ErrataColumn *column = analysis->frame->columns[c];
        const char *word = column->missing_words != NULL ? column->missing_words[0] : NULL;
        g_autofree char *lower = word != NULL ? g_ascii_strdown(word, -1) : NULL;
        g_autofree char *count = errata_words_count(column->n_worded);

        if (column->n_worded == 0 || column->missing_words[1] != NULL ||
            !g_strv_contains(open, lower) || cautions_is_general(analysis->frame, word) ||
            (analysis->schema->columns[c].role != ERRATA_ROLE_FEATURE &&
             analysis->schema->columns[c].role != ERRATA_ROLE_GROUP))
            continue;
        if (n++ < CAUTION_WORDS)
            g_string_append_printf(told,
                                   "%s“%s” in %s %s of %s",
                                   n > 1 ? ", " : "",
                                   word,
                                   count,
                                   column->n_worded == 1 ? "cell" : "cells",
                                   column->name);
    }
    if (n > CAUTION_WORDS)
        g_string_append_printf(told,
                               " and the like in %u more %s",
                               n - CAUTION_WORDS,
                               n - CAUTION_WORDS == 1 ? "column" : "columns");
    if (n > 0)
        cautions_say(analysis->result,
                     "read as missing: %s; where such a word is a value, set missing= under "
                     "[analysis] to the words that mean no value, without it",
                     told->str);
}

/* rows whose labels say that there is none yet */
static void
cautions_unlabelled(const ErrataAnalysis *analysis)
{
    const int label = analysis->schema->label;
    const ErrataColumn *column = label >= 0 ? analysis->frame->columns[label] : NULL;
    g_autofree char *words = NULL;
    g_autofree char *count = NULL;

    if (column == NULL || column->n_worded == 0 || !errata_label_words_any(column))
        return;
    words = g_strjoinv(", ", column->missing_words);
    count = errata_words_count(column->n_worded);
    cautions_say(analysis->result,
                 "%s %s as not labelled, as %s says %s; where that is a class, set missing= under "
                 "[analysis] to the words that mean no value, without it",
                 count,
                 column->n_worded == 1 ? "row is read" : "rows are read",
                 column->name,
                 words);
}

/* “--where 'prediction not in (abstain)'”, for a shell */
static char *
cautions_without(const char *column, const char *value)
{
    g_autoptr(GPtrArray) predicates =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_predicate_free);
    ErrataPredicate *other = errata_predicate_new(column, ERRATA_OP_NOT_IN);
    g_autoptr(ErrataFilter) filter = NULL;
    g_autofree char *text = NULL;
    g_autofree char *quoted = NULL;

    other->values = g_new0(char *, 2);
    other->values[0] = g_strdup(value);
    g_ptr_array_add(predicates, other);
    filter = errata_filter_predicates_join(predicates);
    text = errata_filter_print(filter);
    quoted = g_shell_quote(text);
    return g_strconcat("--where ", quoted, NULL);
}

/* another class is written the same but for case and white space: a data bug, and no class */
static gboolean
cautions_is_spelling(const ErrataSchema *schema, guint class)
{
    g_autofree char *own = g_utf8_casefold(schema->classes[class], -1);

    g_strstrip(own);
    for (guint k = 0; k < schema->n_classes; k++) {
        g_autofree char *other = g_utf8_casefold(schema->classes[k], -1);

        if (k != class && strcmp(g_strstrip(other), own) == 0)
            return TRUE;
    }
    return FALSE;
}

/* a predicted class that no label is, such as “abstain” */
static void
cautions_never_a_label(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    const ErrataSchema *schema = analysis->schema;
    g_autofree gsize *n_truth = g_new0(gsize, MAX(outcome->n_classes, 1));
    g_autofree gsize *n_predicted = g_new0(gsize, MAX(outcome->n_classes, 1));

    if (outcome->truth == NULL || outcome->predicted == NULL || schema->prediction < 0 ||
        errata_one_class_of(outcome) >= 0)
        return;
    for (gsize row = 0; row < outcome->n_rows; row++) {
        if (!outcome->judged[row])
            continue;
        n_truth[outcome->truth[row]]++;
        n_predicted[outcome->predicted[row]]++;
    }
    for (guint k = 0; k < outcome->n_classes; k++) {
        g_autofree char *count = errata_words_count(n_predicted[k]);
        g_autofree char *without = NULL;

        if (n_truth[k] > 0 || n_predicted[k] < CAUTION_UNLIKES ||
            (double)n_predicted[k] < CAUTION_UNLIKE * (double)outcome->n_judged ||
            cautions_is_spelling(schema, k))
            continue;
        without = cautions_without(analysis->frame->columns[schema->prediction]->name,
                                   schema->classes[k]);
        cautions_say(analysis->result,
                     "%s is predicted in %s rows and is the label of none: they count as wrong; "
                     "where the model declines to answer so, leave them out (%s)",
                     schema->classes[k],
                     count,
                     without);
    }
}

/* labels or predictions of a regression that are so large that nothing can be computed of them */
static void
cautions_beyond(const ErrataAnalysis *analysis, int index, const double *value)
{
    const ErrataOutcome *outcome = analysis->outcome;
    const ErrataColumn *column = index >= 0 ? analysis->frame->columns[index] : NULL;
    gsize n = 0;

    if (column == NULL || value == NULL || !errata_column_is_numeric(column))
        return;
    for (gsize row = 0; row < outcome->n_rows; row++)
        n += isnan(value[row]) && !isnan(errata_column_number(column, row)) ? 1 : 0;
    if (n > 0)
        cautions_say(analysis->result,
                     "%" G_GSIZE_FORMAT " %s of %s %s beyond any use (over 1e75): set aside; "
                     "%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " rows are judged",
                     n,
                     n == 1 ? "value" : "values",
                     column->name,
                     n == 1 ? "is" : "are",
                     outcome->n_judged,
                     outcome->n_rows);
}

/**
 * errata_cautions_add:
 * @analysis: a log whose roles and outcome are known
 *
 * Adds to `run.warnings` what limits every figure of the report.
 */
void
errata_cautions_add(const ErrataAnalysis *analysis)
{
    cautions_no_roles(analysis);
    cautions_dates(analysis);
    cautions_few_rows(analysis);
    cautions_beyond(analysis, analysis->schema->label, analysis->outcome->truth_value);
    cautions_beyond(analysis, analysis->schema->prediction, analysis->outcome->predicted_value);
    cautions_one_class(analysis);
    cautions_one_number(analysis);
    cautions_never_a_label(analysis);
    cautions_turned_score(analysis);
    cautions_no_scores(analysis);
    cautions_sums(analysis);
    cautions_entity(analysis);
    cautions_words(analysis);
    cautions_unlabelled(analysis);
}
