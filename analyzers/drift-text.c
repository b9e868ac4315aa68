/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Can one tell from a text whether it is of the reference or of now? Words are hashed; the share of
 * texts with each word, on each side, gives its weight (Bernoulli naive Bayes); half of the texts
 * set the weights and the other half is scored, then the other way round. */
#include <math.h>
#include <string.h>

#include "drift.h"
#include "entity-effect.h"
#include "ranking.h"
#include "rng.h"

#define TEXT_SLOTS      (1U << 14)
#define TEXT_ROWS       20000                          /* per side */
#define TEXT_WORDS      200                            /* of one text */
#define TEXT_LEAST_SEEN 3.0                            /* texts a word must be in to count */
#define TEXT_STAGE      G_GUINT64_CONSTANT(0x74657874) /* "text" */

typedef struct {
    const ErrataColumn *column;
    const ErrataDriftSide *side;
    gsize stride; /* every stride-th row is read */
    gsize n;
} TextSide;

static TextSide
text_side(const ErrataColumn *column, const ErrataDriftSide *side)
{
    TextSide self = {column, side, (side->n + TEXT_ROWS - 1) / TEXT_ROWS, 0};

    self.n = side->n > 0 ? (side->n - 1) / self.stride + 1 : 0;
    return self;
}

static int
text_compare_cb(const void *a, const void *b)
{
    guint x = *(const guint *)a;
    guint y = *(const guint *)b;

    return (x > y) - (x < y);
}

/* distinct hashed words of a text: runs of letters, digits and bytes beyond ASCII, lower case */
static guint
text_words(const TextSide *self, gsize index, guint *ret_slot)
{
    gsize length;
    const char *text =
        errata_column_text(self->column, self->side->row[index * self->stride], &length);
    guint64 hash = 0;
    guint n = 0, distinct = 0;
    gboolean inside = FALSE;

    for (gsize i = 0; text != NULL && i <= length && n < TEXT_WORDS; i++) {
        guchar c = i < length ? (guchar)text[i] : ' ';

        if (g_ascii_isalnum(c) || c >= 0x80) {
            hash = errata_rng_mix(hash + (guchar)g_ascii_tolower((char)c) + TEXT_STAGE);
            inside = TRUE;
        } else if (inside) {
            ret_slot[n++] = (guint)(hash % TEXT_SLOTS);
            hash = 0;
            inside = FALSE;
        }
    }
    qsort(ret_slot, n, sizeof(guint), text_compare_cb);
    for (guint i = 0; i < n; i++)
        if (i == 0 || ret_slot[i] != ret_slot[i - 1])
            ret_slot[distinct++] = ret_slot[i];
    return distinct;
}

/* rows of one entity, which has the same half on both sides, are in one fold */
static guint
text_fold(const TextSide *self, gsize index)
{
    const ErrataOutcome *outcome = self->side->outcome;

    return outcome == NULL || outcome->entity == NULL
               ? (guint)(index % 2)
               : outcome->half[self->side->row[index * self->stride]];
}

/* by how much less the texts tell, as those of one entity are alike in what they are told by */
static double
text_effect(const TextSide *self, const double *score)
{
    g_autofree guint32 *row = g_new(guint32, MAX(self->n, 1));

    for (gsize i = 0; i < self->n; i++)
        row[i] = self->side->row[i * self->stride];
    return errata_entity_effect(self->side->outcome, row, self->n, score);
}

static gsize
text_count(const TextSide *self, guint fold, double *count)
{
    guint slot[TEXT_WORDS];
    gsize n = 0;

    for (gsize i = 0; i < self->n; i++) {
        if (text_fold(self, i) != fold)
            continue;
        n++;
        for (guint w = 0, words = text_words(self, i, slot); w < words; w++)
            count[slot[w]] += 1.0;
    }
    return n;
}

static void
text_score(const TextSide *self, guint fold, const double *weight, double *ret_score)
{
    guint slot[TEXT_WORDS];

    for (gsize i = 0; i < self->n; i++) {
        if (text_fold(self, i) == fold)
            continue;
        ret_score[i] = 0.0;
        for (guint w = 0, words = text_words(self, i, slot); w < words; w++)
            ret_score[i] += weight[slot[w]];
    }
}

/**
 * errata_drift_text_auc:
 * @from_column: texts of the reference
 * @from: its rows
 * @to_column: texts now
 * @to: their rows
 * @ret_sd: standard error (DeLong)
 *
 * At most 20,000 texts per side, evenly taken.
 *
 * Returns: cross-fitted AUC of telling the sides apart; NaN where a side is empty
 */
double
errata_drift_text_auc(const ErrataColumn *from_column,
                      const ErrataDriftSide *from,
                      const ErrataColumn *to_column,
                      const ErrataDriftSide *to,
                      double *ret_sd)
{
    TextSide a = text_side(from_column, from);
    TextSide b = text_side(to_column, to);
    g_autofree double *score = g_new0(double, a.n + b.n + 1);
    g_autofree guint8 *label = g_new0(guint8, a.n + b.n + 1);
    g_autoptr(ErrataRanking) ranking = NULL;
    double auc, variance = (double)NAN;

    for (guint fold = 0; fold < 2; fold++) {
        g_autofree double *in_a = g_new0(double, TEXT_SLOTS);
        g_autofree double *in_b = g_new0(double, TEXT_SLOTS);
        double n_a = (double)text_count(&a, fold, in_a);
        double n_b = (double)text_count(&b, fold, in_b);

        for (guint i = 0; i < TEXT_SLOTS; i++)
            in_b[i] = in_a[i] + in_b[i] < TEXT_LEAST_SEEN
                          ? 0.0
                          : log((in_b[i] + 1.0) / (n_b + 2.0)) - log((in_a[i] + 1.0) / (n_a + 2.0));
        text_score(&a, fold, in_b, score);
        text_score(&b, fold, in_b, score + a.n);
    }
    memset(label + a.n, 1, b.n);
    ranking = errata_ranking_new(score, label, NULL, a.n + b.n);
    auc = errata_ranking_auc(ranking, &variance);
    *ret_sd = sqrt(variance * fmax(text_effect(&a, score), text_effect(&b, score + a.n)));
    return auc;
}
