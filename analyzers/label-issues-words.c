/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the words of the texts say of the labels: linear discriminants on the vectors that clusters
 * of errors are found by, each row judged by those of other folds. Trees read them beside the
 * columns, as a column for each class. */
#include <math.h>

#include "boost.h"
#include "discriminant.h"
#include "label-issues.h"
#include "text-vectors.h"

#define WORDS_ROWS  100000 /* texts that are read, as by clusters */
#define WORDS_LOGIT 8.0    /* log odds that are told apart */

/* no words where another analyzer has set a text aside: the vectors hold all of them */
static gboolean
words_are_meant(const ErrataLabelIssues *self, const ErrataAnalysis *analysis)
{
    if (analysis->text_vectors == NULL || analysis->embedding != NULL || self->n > WORDS_ROWS)
        return FALSE;
    for (guint c = 0; c < analysis->frame->n_columns; c++)
        if (analysis->schema->columns[c].role == ERRATA_ROLE_TEXT && analysis->exclude != NULL &&
            analysis->exclude[c] != 0)
            return FALSE;
    return TRUE;
}

/**
 * errata_label_issues_words:
 * @self: rows and given labels; gets what words say of them
 * @analysis: the log, its clusters looked for
 * @fold: (array length=n): fold of each row; @n_folds where it teaches nothing
 * @n_folds: folds
 *
 * Fills @self's words; leaves them alone in a log without texts, with a text set aside, with an
 * embedding of the user's, or of more than 100,000 labels. O(n) for 128 directions.
 */
void
errata_label_issues_words(ErrataLabelIssues *self,
                          const ErrataAnalysis *analysis,
                          const guint8 *fold,
                          guint n_folds)
{
    g_autofree float *x = NULL;
    guint width;

    if (!words_are_meant(self, analysis))
        return;
    width = errata_text_vectors_width(analysis->text_vectors);
    x = g_new(float, MAX(self->n, 1) * width);
    errata_text_vectors_embed(analysis->text_vectors, analysis, self->row, (guint)self->n, x);
    self->words = g_new(double, MAX(self->n, 1) * self->n_classes);
    errata_discriminant_folds(x,
                              self->n,
                              width,
                              self->given,
                              self->n_classes,
                              fold,
                              n_folds,
                              self->words);
}

/**
 * errata_label_issues_words_odds:
 * @self: rows with words
 * @i: one of them
 * @from: a class
 * @to: another
 *
 * Returns: log odds of @to against @from by the words, −8 … 8
 */
double
errata_label_issues_words_odds(const ErrataLabelIssues *self, gsize i, guint from, guint to)
{
    const double *p = self->words + i * self->n_classes;

    return CLAMP(log((p[to] + 1e-300) / (p[from] + 1e-300)), -WORDS_LOGIT, WORDS_LOGIT);
}

/**
 * errata_label_issues_words_column:
 * @self: rows with words
 * @of: a class
 * @n_rows: rows of the frame
 *
 * Returns: (transfer full) (array length=n_rows): 64 codes of the class's log odds by the words, as
 *   of a column of numbers; missing in rows that are not looked at
 */
guint8 *
errata_label_issues_words_column(const ErrataLabelIssues *self, guint of, gsize n_rows)
{
    guint8 *code = g_malloc(MAX(n_rows, 1));

    for (gsize row = 0; row < n_rows; row++)
        code[row] = ERRATA_BOOST_MISSING;
    for (gsize i = 0; i < self->n; i++) {
        double p = self->words[i * self->n_classes + of];
        double odds = CLAMP(log((p + 1e-300) / (1.0 - p + 1e-300)), -WORDS_LOGIT, WORDS_LOGIT);

        code[self->row[i]] =
            (guint8)MIN((odds + WORDS_LOGIT) / (2.0 * WORDS_LOGIT) * ERRATA_LABEL_WORDS_CODES,
                        ERRATA_LABEL_WORDS_CODES - 1);
    }
    return code;
}
