/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The labels of a log as a model counts its classes. */
#include "model-truth.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "number.h"

/* the model's class that is written so, or equal as a number; −1 for none */
static int
truth_find(const ErrataModel *model, const char *name)
{
    double value, other;

    for (guint i = 0; model->classes != NULL && model->classes[i] != NULL; i++)
        if (g_str_equal(model->classes[i], name))
            return (int)i;
    if (!errata_number_parse_double(name, strlen(name), &value))
        return -1;
    for (guint i = 0; model->classes != NULL && model->classes[i] != NULL; i++)
        if (errata_number_parse_double(model->classes[i], strlen(model->classes[i]), &other) &&
            value >= other && value <= other)
            return (int)i;
    return -1;
}

/**
 * errata_model_truth_classes:
 * @model: a model
 * @n_classes: classes that it tells apart
 * @schema: roles of a log
 * @ret_class: (out caller-allocates) (array): per class of the log the model's
 * @warnings: (element-type utf8): gets how they were matched, where names did not tell
 * @error: return location for a #GError
 *
 * By name where the names agree; else two classes by which is positive, more by their order.
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA when there are more or fewer.
 *
 * Returns: whether they were matched
 */
gboolean
errata_model_truth_classes(const ErrataModel *model,
                           guint n_classes,
                           const ErrataSchema *schema,
                           int *ret_class,
                           GPtrArray *warnings,
                           GError **error)
{
    g_autofree char *ours = NULL;
    g_autofree char *theirs = NULL;
    gboolean named = TRUE;

    for (guint i = 0; i < schema->n_classes; i++) {
        ret_class[i] = truth_find(model, schema->classes[i]);
        named = named && ret_class[i] >= 0 && (guint)ret_class[i] < n_classes;
    }
    if (named)
        return TRUE;
    ours = g_strjoinv("”, “", schema->classes);
    theirs = model->classes != NULL ? g_strjoinv("”, “", model->classes) : g_strdup("0, 1 …");
    if (schema->n_classes != n_classes) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "the labels are not the model's classes: expected %u classes (“%s”), found %u "
                    "(“%s”); name them as the model does",
                    n_classes,
                    theirs,
                    schema->n_classes,
                    ours);
        return FALSE;
    }
    for (guint i = 0; i < schema->n_classes; i++)
        ret_class[i] = n_classes == 2 && schema->positive >= 0 ? (int)i == schema->positive
                                                               : (int)i;
    g_ptr_array_add(warnings,
                    n_classes == 2
                        ? g_strdup_printf("the model's classes have other names: “%s” was taken as "
                                          "its positive class",
                                          schema->classes[MAX(schema->positive, 0)])
                        : g_strdup_printf("the model's classes have other names: “%s” were taken "
                                          "as its classes in this order",
                                          ours));
    return TRUE;
}

/* labels that the log itself does not tell to be classes: each has to be one of the model's */
static double *
truth_read(const ErrataModel *model, guint n_classes, const ErrataColumn *label, GError **error)
{
    g_autofree double *truth = g_new(double, label->n_rows + 1);

    for (gsize row = 0; row < label->n_rows; row++) {
        g_autofree char *text = NULL;
        double value = errata_column_number(label, row);
        int class;

        truth[row] = (double)NAN;
        if (!errata_column_is_valid(label, row))
            continue;
        text = errata_column_print(label, row);
        class = truth_find(model, text);
        if (model->classes == NULL && value >= 0.0 && value < n_classes && !(value > floor(value)))
            class = (int)value;
        if (class < 0 || (guint) class >= n_classes) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_INVALID_DATA,
                        "the label “%s” in row %" G_GSIZE_FORMAT " is none of the model's %u "
                        "classes; give the column of classes with --role COLUMN=label",
                        text,
                        row,
                        n_classes);
            return NULL;
        }
        truth[row] = class;
    }
    return g_steal_pointer(&truth);
}

/**
 * errata_model_truth_new:
 * @model: a model
 * @n_classes: classes that it tells apart; 0 for a number
 * @frame: rows with labels
 * @schema: their roles
 * @outcome: their labels as classes of @schema
 * @known: (nullable) (array): per class of @schema the model's, where that is known
 * @warnings: (element-type utf8): gets how classes were matched, where names did not tell
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_MISSING_ROLE when no column is the label, %ERRATA_ERROR_INVALID_DATA when
 * the labels are not the model's classes.
 *
 * Returns: (transfer full) (array): per row the label as an index of the model's classes, or as a
 *   number; NaN where missing; %NULL with @error set
 */
double *
errata_model_truth_new(const ErrataModel *model,
                       guint n_classes,
                       const ErrataFrame *frame,
                       const ErrataSchema *schema,
                       const ErrataOutcome *outcome,
                       const int *known,
                       GPtrArray *warnings,
                       GError **error)
{
    g_autofree double *truth = g_new(double, frame->n_rows + 1);
    g_autofree int *class = g_new0(int, schema->n_classes + 1);

    if (schema->label < 0) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_MISSING_ROLE,
                            "the loss needs labels, and no column of the rows is one; name it with "
                            "--role COLUMN=label");
        return NULL;
    }
    if (n_classes == 0) {
        errata_column_read(frame->columns[schema->label], 0, frame->n_rows, truth);
        return g_steal_pointer(&truth);
    }
    if (outcome->truth == NULL)
        return truth_read(model, n_classes, frame->columns[schema->label], error);
    if (known != NULL)
        memcpy(class, known, schema->n_classes * sizeof *class);
    else if (!errata_model_truth_classes(model, n_classes, schema, class, warnings, error))
        return NULL;
    for (gsize row = 0; row < frame->n_rows; row++)
        truth[row] = outcome->truth[row] >= 0 ? class[outcome->truth[row]] : (double)NAN;
    return g_steal_pointer(&truth);
}
