/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a column foretells which sure rows of a group have another label. Labels changed by
 * chance are those that no column tells; where one does, things are otherwise in the group, and the
 * labels are right. Trees learn that of large groups, of small ones they see too few rows. */
#include <math.h>

#include "label-issues.h"
#include "sort.h"
#include "tests.h"

#define FORETOLD_ALPHA 0.01 /* over all columns and categories */
#define FORETOLD_PART  0.05 /* of the variance: less is no other concept, however sure */
#define FORETOLD_LEVEL 8    /* rows of a category */

/* rows of one class by scores and trees */
typedef struct {
    double n;
    double against;
} ForetoldClass;

typedef struct {
    const ErrataLabelSure *sure;
    gsize n;
    guint n_classes;
    ForetoldClass *classes;
    double least; /* p of a column or category */
    double part;  /* of the variance that it explains */
    double sum;   /* chi-squares of all */
    double degrees;
    guint n_tried;
} Foretold;

/* against @value within each class, since what raises one label where it is the other's lowers it
 * where it is the same; a permutation within the class gives the variance */
static void
foretold_score(Foretold *self, const double *value)
{
    g_autofree double *mean = g_new0(double, self->n_classes);
    g_autofree double *squares = g_new0(double, self->n_classes);
    g_autofree double *score = g_new0(double, self->n_classes);
    double sum = 0.0, degrees = 0.0, p;

    for (gsize i = 0; i < self->n; i++)
        mean[self->sure[i].said] += value[i] / self->classes[self->sure[i].said].n;
    for (gsize i = 0; i < self->n; i++) {
        guint c = self->sure[i].said;
        double off = value[i] - mean[c];

        score[c] += off * (self->sure[i].against != 0 ? 1.0 : 0.0);
        squares[c] += off * off;
    }
    for (guint c = 0; c < self->n_classes; c++) {
        const ForetoldClass *class = &self->classes[c];
        double right = class->n - class->against, variance;

        if (class->n < 2.0 || !(squares[c] > 0.0) || !(class->against > 0.0) || !(right > 0.0))
            continue;
        variance = squares[c] * class->against / class->n * right / (class->n - 1.0);
        sum += score[c] * score[c] / variance;
        degrees += 1.0;
    }
    if (!(degrees > 0.0))
        return;
    p = errata_tests_chi_square(sum, degrees);
    if (p < self->least) {
        self->least = p;
        self->part = (sum - degrees) / (double)self->n;
    }
    self->sum += sum;
    self->degrees += degrees;
    self->n_tried++;
}

/* by the ranks of a number, missing ones in the middle */
static void
foretold_number(Foretold *self, const ErrataColumn *column)
{
    g_autofree double *key = g_new(double, self->n);
    g_autofree double *rank = g_new(double, self->n);
    g_autofree guint32 *index = g_new(guint32, self->n);
    g_autofree guint32 *order = g_new(guint32, self->n);
    gsize n = 0;

    for (gsize i = 0; i < self->n; i++) {
        double value = errata_column_number(column, self->sure[i].row);

        rank[i] = (double)NAN;
        if (isfinite(value)) {
            key[n] = value;
            index[n++] = (guint32)i;
        }
    }
    errata_sort_payload(key, index, n, key, order);
    for (gsize begin = 0, end = 0; begin < n; begin = end) {
        while (end < n && !(key[end] > key[begin]))
            end++;
        for (gsize k = begin; k < end; k++)
            rank[order[k]] = 0.5 * (double)(begin + end - 1);
    }
    for (gsize i = 0; i < self->n; i++)
        rank[i] = isnan(rank[i]) ? 0.5 * (double)n : rank[i];
    foretold_score(self, rank);
}

static void
foretold_category(Foretold *self, const ErrataColumn *column)
{
    g_autofree double *is = g_new(double, self->n);
    g_autofree guint32 *count = g_new0(guint32, column->n_dictionary + 1);

    for (gsize i = 0; i < self->n; i++)
        if (errata_column_is_valid(column, self->sure[i].row))
            count[column->code[self->sure[i].row]]++;
    for (guint code = 0; code < column->n_dictionary; code++) {
        if (count[code] < FORETOLD_LEVEL || count[code] + FORETOLD_LEVEL > self->n)
            continue;
        for (gsize i = 0; i < self->n; i++)
            is[i] = errata_column_is_valid(column, self->sure[i].row) &&
                            column->code[self->sure[i].row] == code
                        ? 1.0
                        : 0.0;
        foretold_score(self, is);
    }
}

/**
 * errata_label_issues_foretold:
 * @analysis: the log
 * @sure: (array length=n): rows of a group of which scores and trees are sure
 * @n: how many
 *
 * Source: van Elteren 1960, rank sums within strata; here a stratum is a class.
 *
 * Returns: whether some feature, or all of them together, foretell which of them have another
 * label: a share of at
 *   least a twentieth of the variance, at p < 0.01 over all that were tried
 */
gboolean
errata_label_issues_foretold(const ErrataAnalysis *analysis, const ErrataLabelSure *sure, gsize n)
{
    guint n_classes = analysis->outcome->n_classes;
    g_autofree ForetoldClass *classes = g_new0(ForetoldClass, MAX(n_classes, 1));
    Foretold self = {.sure = sure,
                     .n = n,
                     .n_classes = n_classes,
                     .classes = classes,
                     .least = 1.0};

    for (gsize i = 0; i < n; i++) {
        classes[sure[i].said].n += 1.0;
        classes[sure[i].said].against += sure[i].against != 0 ? 1.0 : 0.0;
    }
    for (guint c = 0; n > 0 && c < analysis->frame->n_columns; c++) {
        const ErrataColumn *column = analysis->frame->columns[c];

        if (analysis->schema->columns[c].role != ERRATA_ROLE_FEATURE ||
            !errata_schema_is_logged(analysis->schema, c))
            continue;
        if (errata_column_is_numeric(column))
            foretold_number(&self, column);
        else if (column->type == ERRATA_COLUMN_CATEGORY)
            foretold_category(&self, column);
    }
    if (self.n_tried == 0)
        return FALSE;
    return (self.part >= FORETOLD_PART && self.least * (double)self.n_tried < FORETOLD_ALPHA) ||
           (self.sum - self.degrees >= FORETOLD_PART * (double)n &&
            errata_tests_chi_square(self.sum, self.degrees) < FORETOLD_ALPHA);
}
