/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A label and a prediction that have no value in common, one of which the user named: a slip of
 * --role, of which a report could only tell that all is wrong. */
#include "roles-apart.h"

#include <math.h>

#include "error.h"
#include "vocabulary.h"

#define APART_SHOWN  4  /* values of a column that are told */
#define APART_VALUES 10 /* of a label of numbers whose prediction has two */

/* “de, es, fr, it and 3 more”, “0 and 1” */
static char *
apart_values(const ErrataColumn *column)
{
    g_autoptr(ErrataVocabulary) values = errata_vocabulary_new(column, (guint)column->n_rows);
    g_autoptr(GString) text = g_string_new(NULL);
    guint n = values->n_values;
    guint shown = n <= APART_SHOWN + 1 ? n : APART_SHOWN;

    for (guint i = 0; i < shown; i++)
        g_string_append_printf(text,
                               "%s%s",
                               i == 0                         ? ""
                               : i + 1 == shown && n == i + 1 ? " and "
                                                              : ", ",
                               values->values[i]);
    if (shown < n)
        g_string_append_printf(text, " and %u more", n - shown);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* whether both have values, and none is both given and predicted */
static gboolean
apart_classes(const ErrataSchema *schema, const ErrataOutcome *outcome)
{
    g_autofree guint8 *seen = g_new0(guint8, schema->n_classes + 1);
    guint8 all = 0, both = 0;

    if (outcome->label_problem != NULL)
        return TRUE;
    if (outcome->truth == NULL || outcome->predicted == NULL)
        return FALSE;
    for (gsize row = 0; row < outcome->n_rows; row++) {
        if (outcome->truth[row] >= 0)
            seen[outcome->truth[row]] |= 1;
        if (outcome->predicted[row] >= 0)
            seen[outcome->predicted[row]] |= 2;
    }
    for (guint k = 0; k < schema->n_classes; k++) {
        all |= seen[k];
        both |= seen[k] == 3;
    }
    return all == 3 && both == 0;
}

/* numbers of many values, and a prediction of two classes that nobody named */
static gboolean
apart_numbers(const ErrataFrame *frame, const ErrataSchema *schema)
{
    g_autoptr(ErrataVocabulary) said = NULL;
    g_autoptr(ErrataVocabulary) given = NULL;

    if (schema->task != ERRATA_TASK_REGRESSION || schema->columns[schema->prediction].declared)
        return FALSE;
    said = errata_vocabulary_new(frame->columns[schema->prediction], APART_VALUES);
    given = errata_vocabulary_new(frame->columns[schema->label], APART_VALUES);
    return said->n_values == 2 && !said->overflow && given->overflow;
}

/**
 * errata_roles_apart_check:
 * @frame: a log
 * @schema: its roles
 * @outcome: what they make of its rows
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_USAGE when the user named the label or the prediction and the two have no
 * value in common, or when a label of many numbers was named for a prediction of two values.
 *
 * Returns: whether label and prediction can be held against each other
 */
gboolean
errata_roles_apart_check(const ErrataFrame *frame,
                         const ErrataSchema *schema,
                         const ErrataOutcome *outcome,
                         GError **error)
{
    const ErrataColumn *label, *prediction;
    g_autofree char *given = NULL;
    g_autofree char *said = NULL;

    if (schema->label < 0 || schema->prediction < 0 ||
        (!schema->columns[schema->label].declared &&
         !schema->columns[schema->prediction].declared) ||
        (!apart_classes(schema, outcome) && !apart_numbers(frame, schema)))
        return TRUE;
    label = frame->columns[schema->label];
    prediction = frame->columns[schema->prediction];
    given = apart_values(label);
    said = apart_values(prediction);
    g_set_error(
        error,
        ERRATA_ERROR,
        ERRATA_ERROR_USAGE,
        "the label '%s' has the values %s, the prediction '%s' has %s: they do not go together; "
        "name the column that says what '%s' predicts with --role COLUMN=label, or what "
        "predicts '%s' with --role COLUMN=prediction",
        label->name,
        given,
        prediction->name,
        said,
        prediction->name,
        label->name);
    return FALSE;
}
