/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a prediction owes to the words of its texts, where the model adds words up. */
#include <math.h>

#include "worker-explain-private.h"

#define WORDS_SHOWN 50
#define WORDS_GAP   1e-6 /* of the share of a text, that its words have to add up to */

typedef struct {
    guint term;
    double share;
} Word;

static int
words_compare(const void *a, const void *b)
{
    const Word *x = a;
    const Word *y = b;
    double left = fabs(x->share), right = fabs(y->share);

    return left > right ? -1 : left < right ? 1 : (int)x->term - (int)y->term;
}

/* the words of the row, where there are any that the model adds up */
void
explain_find_words(Explain *self, const ErrataExplainer *explainer)
{
    const ErrataModelRows *background = errata_explainer_background(explainer);

    if (background == NULL || !errata_explainer_is_direct(explainer))
        return;
    self->words = errata_term_shares_new(self->opened.model, background);
    if (self->words == NULL)
        return;
    self->word_value = g_new(double, self->words->terms->n);
    errata_term_shares_values(self->words, &self->cell->rows, 0, self->word_value);
}

static void
words_write(Explain *self, guint input, double whole, double absent, Word *word, guint n)
{
    const ErrataModelTerms *terms = self->words->terms;
    double others = 0.0;

    qsort(word, n, sizeof *word, words_compare);
    errata_json_writer_begin(&self->json, NULL, '{');
    errata_json_writer_string(&self->json,
                              "feature",
                              errata_model_input(self->opened.model, input)->name);
    errata_json_writer_double(&self->json, "share", whole);
    errata_json_writer_begin(&self->json, "words", '[');
    for (guint i = 0; i < MIN(n, WORDS_SHOWN); i++) {
        errata_json_writer_begin(&self->json, NULL, '{');
        errata_json_writer_string(&self->json, "word", terms->term[word[i].term]);
        errata_json_writer_double(&self->json, "share", word[i].share);
        errata_json_writer_end(&self->json, '}');
    }
    errata_json_writer_end(&self->json, ']');
    for (guint i = WORDS_SHOWN; i < n; i++)
        others += word[i].share;
    errata_json_writer_uint(&self->json, "n_others", n - MIN(n, WORDS_SHOWN));
    errata_json_writer_double(&self->json, "others", others);
    errata_json_writer_double(&self->json, "absent", absent);
    errata_json_writer_end(&self->json, '}');
}

/* of one text; nothing where its words do not add up to its share, or have no names */
static void
words_of_input(Explain *self, const double *phi, guint group, guint input)
{
    const ErrataModelTerms *terms = self->words->terms;
    g_autofree Word *word = g_new(Word, (gsize)terms->n + 1);
    double whole = 0.0, absent = 0.0;
    guint n = 0, n_named = 0;

    for (guint t = 0; t < terms->n; t++) {
        double share = errata_term_shares_of(self->words, self->word_value, group, t);

        if (terms->input[t] != input)
            continue;
        whole += share;
        n_named += terms->term[t] != NULL ? 1 : 0;
        if (fabs(self->word_value[t]) > 0.0)
            word[n++] = (Word){t, share};
        else
            absent += share;
    }
    if (n_named > 0 && fabs(whole - phi[input]) <= WORDS_GAP * fmax(1.0, fabs(whole)))
        words_write(self, input, whole, absent, word, n);
}

/* per text of the row what @group owes to its words */
void
explain_words(Explain *self, const double *phi, guint group)
{
    if (self->words == NULL || group >= self->words->terms->n_margins)
        return;
    errata_json_writer_begin(&self->json, "words", '[');
    for (guint i = 0; i < self->opened.model->inputs->len; i++)
        if (errata_model_input(self->opened.model, i)->type == ERRATA_MODEL_TEXT)
            words_of_input(self, phi, group, i);
    errata_json_writer_end(&self->json, ']');
}
