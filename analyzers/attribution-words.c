/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which words the loss of errors comes from, where the model adds up the words of texts: their
 * shares of the loss, errors against the matched correct rows, METHODS e11. Rescaled from the
 * margin row by row. */
#include <math.h>
#include <string.h>

#include "attribution-private.h"
#include "evaluator.h"
#include "precision.h"
#include "sign-flips.h"
#include "term-shares.h"
#include "tests.h"
#include "words.h"

#define WORDS_PAIRS 20  /* under which nothing is asked */
#define WORDS_CELLS 5e7 /* rows × words that are gone through */
#define WORDS_EACH  10  /* rows that have a word */
#define WORDS_MOST  300 /* words, the most frequent */
#define WORDS_DRAWN 10
#define WORDS_TOLD  3
#define WORDS_ALPHA 0.01
#define WORDS_Z     1.96
#define WORDS_SAME  1e-6 /* a loss worked out of margins and of outputs */

typedef struct {
    guint term;
    guint n;        /* rows that have it */
    double mean;    /* difference of the pairs */
    double in_them; /* mean of the errors alone */
    double error;
    double p;
    double q;
} Word;

typedef struct {
    const Attribution *attribution;
    ErrataTermShares *shares;
    ErrataQuantity *margin; /* of the model's outputs */
    ErrataQuantity loss;    /* of the margins */
    gsize n_pairs;
    guint *block;            /* per pair: its entity */
    ErrataModelCells *cells; /* errors, then the correct rows */
    double *truth;
    const ErrataModelRows *background;
    guint n_words;
    Word *word;
    guint *term;
    ErrataTermRows of_rows;
    ErrataTermRows of_background;
} Words;

static void
words_clear(Words *self)
{
    errata_term_shares_free(self->shares);
    errata_quantity_free(self->margin);
    errata_model_cells_free(self->cells);
    g_free(self->block);
    g_free(self->truth);
    g_free(self->word);
    g_free(self->term);
    g_free(self->of_rows.margin);
    g_free(self->of_rows.value);
    g_free(self->of_background.margin);
    g_free(self->of_background.value);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

/* the raw numbers of a quantity for rows; NULL where the model does not run */
static double *
words_raw(const Words *self, const ErrataQuantity *quantity, const ErrataModelRows *rows)
{
    g_autoptr(ErrataEvaluator) evaluator =
        errata_evaluator_new(self->attribution->analysis->model, quantity, MAX(rows->n_rows, 1));

    for (gsize i = 0; i < rows->n_rows; i++)
        errata_model_cells_copy(evaluator->cells, i, rows, i);
    return errata_evaluator_run(evaluator, rows->n_rows, NULL) ? g_steal_pointer(&evaluator->raw)
                                                               : NULL;
}

/* whether a loss of margins is the loss of the outputs in all rows */
static gboolean
words_fits(const Words *self,
           const ErrataQuantity *of_margins,
           const ErrataQuantity *of_outputs,
           const double *raw)
{
    for (gsize i = 0; i < self->of_rows.n_rows; i++) {
        double told, want;

        errata_quantity_value(of_margins,
                              self->of_rows.margin + i * of_margins->n_raw,
                              self->truth[i],
                              &told);
        errata_quantity_value(of_outputs, raw + i * of_outputs->n_raw, self->truth[i], &want);
        if (!(fabs(told - want) <= WORDS_SAME * fmax(1.0, fabs(want))))
            return FALSE;
    }
    return TRUE;
}

/* how the loss follows from the margins: the model does not say, so it is tried */
static gboolean
words_find_loss(Words *self)
{
    static const struct {
        ErrataQuantityForm form;
        double scale;
    } forms[] = {{ERRATA_FORM_LOGISTIC, 1.0},
                 {ERRATA_FORM_LOGISTIC, 2.0},
                 {ERRATA_FORM_SOFTMAX, 1.0},
                 {ERRATA_FORM_PLAIN, 1.0}};
    ErrataModel *model = self->attribution->analysis->model;
    g_autoptr(ErrataQuantity) outputs =
        errata_quantity_of_outputs(model, ERRATA_QUANTITY_LOSS, NULL);
    g_autofree double *raw = outputs != NULL ? words_raw(self, outputs, &self->cells->rows) : NULL;

    for (guint i = 0; raw != NULL && i < G_N_ELEMENTS(forms); i++) {
        self->loss = (ErrataQuantity){.kind = ERRATA_QUANTITY_LOSS,
                                      .form = forms[i].form,
                                      .scale = forms[i].scale,
                                      .is_class = outputs->is_class,
                                      .n_raw = self->margin->n_raw,
                                      .n_groups = 1};
        if (outputs->is_class == (forms[i].form != ERRATA_FORM_PLAIN) &&
            (self->loss.n_raw > 1 || forms[i].form != ERRATA_FORM_SOFTMAX) &&
            words_fits(self, &self->loss, outputs, raw))
            return TRUE;
    }
    return FALSE;
}

static gboolean
words_take_rows(Words *self)
{
    const ErrataModelUse *use = self->attribution->use;
    ErrataModel *model = self->attribution->analysis->model;
    g_autofree gsize *row = NULL;
    g_autofree guint *all = NULL;

    self->n_pairs = (gsize)fmin((double)use->n_pairs,
                                0.5 * WORDS_CELLS / MAX(self->shares->terms->n, 1));
    if (self->n_pairs < WORDS_PAIRS)
        return FALSE;
    all = attribution_loss_blocks(self->attribution);
    self->block = g_new(guint, self->n_pairs);
    row = g_new(gsize, 2 * self->n_pairs);
    self->truth = g_new(double, 2 * self->n_pairs);
    for (gsize i = 0; i < self->n_pairs; i++) {
        gsize pair = i * use->n_pairs / self->n_pairs;

        row[i] = use->pair[pair].error;
        row[self->n_pairs + i] = use->pair[pair].correct;
        self->block[i] = all[pair];
    }
    for (gsize i = 0; i < 2 * self->n_pairs; i++)
        self->truth[i] = use->truth[row[i]];
    self->cells = errata_model_cells_new(use->match->binding, row, 2 * self->n_pairs);
    self->margin = errata_quantity_of_outputs(model, ERRATA_QUANTITY_MARGIN, NULL);
    if (self->margin == NULL || self->margin->form != ERRATA_FORM_PLAIN ||
        self->margin->n_raw != self->shares->terms->n_margins)
        return FALSE;
    self->of_rows.n_rows = 2 * self->n_pairs;
    self->of_rows.margin = words_raw(self, self->margin, &self->cells->rows);
    self->of_background.n_rows = self->background->n_rows;
    self->of_background.margin = words_raw(self, self->margin, self->background);
    return self->of_rows.margin != NULL && self->of_background.margin != NULL;
}

static int
words_compare_counts(const void *a, const void *b)
{
    const Word *x = a;
    const Word *y = b;

    return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : (int)x->term - (int)y->term;
}

/* those that cost errors themselves first: others differ in that they spare correct rows */
static int
words_compare_means(const void *a, const void *b)
{
    const Word *x = a;
    const Word *y = b;

    if ((x->in_them > 0.0) != (y->in_them > 0.0))
        return x->in_them > 0.0 ? -1 : 1;
    return x->mean > y->mean ? -1 : x->mean < y->mean ? 1 : (int)x->term - (int)y->term;
}

/* words with a name that enough rows have */
static void
words_choose(Words *self)
{
    const ErrataModelTerms *terms = self->shares->terms;
    g_autofree double *value = g_new(double, (gsize)terms->n + 1);

    self->word = g_new0(Word, (gsize)terms->n + 1);
    for (guint t = 0; t < terms->n; t++)
        self->word[t].term = t;
    for (gsize i = 0; i < self->of_rows.n_rows; i++) {
        errata_term_shares_values(self->shares, &self->cells->rows, i, value);
        for (guint t = 0; t < terms->n; t++)
            self->word[t].n += fabs(value[t]) > 0.0 && terms->term[t] != NULL ? 1 : 0;
    }
    qsort(self->word, terms->n, sizeof *self->word, words_compare_counts);
    while (self->n_words < MIN(terms->n, WORDS_MOST) && self->word[self->n_words].n >= WORDS_EACH)
        self->n_words++;
    self->term = g_new(guint, (gsize)self->n_words + 1);
    for (guint w = 0; w < self->n_words; w++)
        self->term[w] = self->word[w].term;
}

static void
words_read(const Words *self, const ErrataModelRows *rows, ErrataTermRows *to)
{
    g_autofree double *value = g_new(double, (gsize)self->shares->terms->n + 1);

    to->n = self->n_words;
    to->term = self->term;
    to->value = g_new(double, to->n_rows * to->n + 1);
    for (gsize i = 0; i < to->n_rows; i++) {
        errata_term_shares_values(self->shares, rows, i, value);
        for (guint w = 0; w < to->n; w++)
            to->value[i * to->n + w] = value[to->term[w]];
    }
}

/* what the loss of a row owes to the words that it has: what is owed to the lack of a word is told
 * of none */
static void
words_of_row(const Words *self, gsize row, double *ret_share)
{
    errata_term_shares_loss(self->shares,
                            &self->loss,
                            &self->of_rows,
                            row,
                            &self->of_background,
                            self->truth[row],
                            ret_share);
    for (guint w = 0; w < self->n_words; w++)
        if (!(fabs(self->of_rows.value[row * self->n_words + w]) > 0.0))
            ret_share[w] = 0.0;
}

/* per word what the errors' loss owes to it; then per word and pair what the error's loss owes to
 * it beyond that of the correct row: words × pairs */
static double *
words_differences(const Words *self)
{
    double *difference = g_new(double, (gsize)self->n_words * self->n_pairs + 1);
    g_autofree double *error = g_new(double, (gsize)self->n_words + 1);
    g_autofree double *correct = g_new(double, (gsize)self->n_words + 1);

    for (gsize i = 0; i < self->n_pairs; i++) {
        words_of_row(self, i, error);
        words_of_row(self, self->n_pairs + i, correct);
        for (guint w = 0; w < self->n_words; w++) {
            self->word[w].in_them += error[w] / (double)self->n_pairs;
            difference[(gsize)w * self->n_pairs + i] = error[w] - correct[w];
        }
    }
    return difference;
}

static void
words_test(Words *self)
{
    g_autofree double *difference = words_differences(self);
    g_autofree double *p = g_new(double, (gsize)self->n_words + 1);
    g_autofree double *q = g_new(double, (gsize)self->n_words + 1);
    guint64 draws = errata_sign_flips_draws(self->n_words, WORDS_ALPHA);

    for (guint w = 0; w < self->n_words; w++) {
        AttributionPush push = attribution_push(difference + (gsize)w * self->n_pairs,
                                                self->block,
                                                self->n_pairs,
                                                draws,
                                                self->attribution->analysis->settings->seed);

        self->word[w].mean = push.mean;
        self->word[w].error = push.error;
        p[w] = self->word[w].p = push.test.p;
    }
    errata_tests_benjamini_hochberg(p, self->n_words, self->n_words, q);
    for (guint w = 0; w < self->n_words; w++)
        self->word[w].q = q[w];
    qsort(self->word, self->n_words, sizeof *self->word, words_compare_means);
}

/* “refund”, with its column where there are several texts; free with g_free */
static char *
words_name(const Words *self, const Word *word, gboolean quoted)
{
    const ErrataModelTerms *terms = self->shares->terms;
    guint input = terms->input[word->term];
    const char *term = terms->term[word->term];
    gboolean several = FALSE;

    for (guint t = 0; t < terms->n; t++)
        several = several || terms->input[t] != input;
    return g_strdup_printf("%s%s%s%s%s%s",
                           quoted ? "“" : "",
                           term,
                           quoted ? "”" : "",
                           several ? " (" : "",
                           several ? self->attribution->name[input] : "",
                           several ? ")" : "");
}

static void
words_draw(const Words *self, guint n)
{
    ErrataFigure *figure =
        errata_figure_new("loss-words", ERRATA_FIGURE_BARS, "Words in errors that cost them");

    figure->note = g_strdup_printf("difference in %s", self->attribution->shares->loss_name);
    figure->description = g_strdup(
        "Bars: mean share of the loss of errors that a word in them has, less that "
        "of correct rows with the same label that the model was as sure "
        "of, with 95 % intervals.");
    for (guint w = 0; w < n; w++) {
        const Word *word = &self->word[w];
        g_autofree char *name = words_name(self, word, FALSE);

        errata_figure_add_dot(figure,
                              name,
                              ERRATA_TONE_ERROR,
                              word->n,
                              word->mean,
                              word->mean - WORDS_Z * word->error,
                              word->mean + WORDS_Z * word->error,
                              FALSE);
    }
    g_ptr_array_add(self->attribution->shares->figures, figure);
}

static void
words_note(const Words *self, guint n)
{
    const Word *first = &self->word[0];
    char *name[WORDS_TOLD + 1] = {NULL};
    g_autofree char *draws = NULL;
    ErrataEvidence *evidence = errata_evidence_new("words",
                                                   "what the first of these words adds to the loss "
                                                   "of errors",
                                                   first->mean,
                                                   ERRATA_UNIT_NONE,
                                                   self->n_pairs);

    for (guint w = 0; w < MIN(n, WORDS_TOLD); w++)
        name[w] = words_name(self, &self->word[w], TRUE);
    draws = errata_precision_print((double)errata_sign_flips_draws(self->n_words, WORDS_ALPHA), 0);
    evidence->lo = first->mean - WORDS_Z * first->error;
    evidence->hi = first->mean + WORDS_Z * first->error;
    evidence->p = first->p;
    evidence->q = first->q;
    evidence->test = g_strdup_printf("sign flips, up to %s", draws);
    evidence->method = g_strdup_printf(
        "shares of the margin, rescaled to the loss row by row, of words that a text has; %u were "
        "looked at, those in at least %d rows",
        self->n_words,
        WORDS_EACH);
    evidence->text = errata_words_list((const char *const *)name, MIN(n, WORDS_TOLD), "and");
    g_ptr_array_add(self->attribution->shares->evidence, evidence);
    for (guint w = 0; w < WORDS_TOLD; w++)
        g_free(name[w]);
}

/* the words that push the loss of errors, where the model adds words up */
void
attribution_words(const Attribution *self)
{
    const ErrataModelUse *use = self->use;
    g_auto(Words) words = {.attribution = self};
    guint n = 0;

    if (use->n_pairs < WORDS_PAIRS || use->loss_of_correct == NULL ||
        self->shares->loss_name == NULL)
        return;
    words.background = errata_explainer_background(use->loss);
    words.shares = words.background != NULL
                       ? errata_term_shares_new(self->analysis->model, words.background)
                       : NULL;
    if (words.shares == NULL || !words_take_rows(&words) || !words_find_loss(&words))
        return;
    words_choose(&words);
    if (words.n_words == 0)
        return;
    words_read(&words, &words.cells->rows, &words.of_rows);
    words_read(&words, words.background, &words.of_background);
    words_test(&words);
    errata_case_tried(self->analysis->result, "attribution", words.n_words);
    while (n < MIN(words.n_words, WORDS_DRAWN) && words.word[n].mean > 0.0 &&
           words.word[n].in_them > 0.0 && words.word[n].q < WORDS_ALPHA)
        n++;
    if (n == 0)
        return;
    words_draw(&words, n);
    words_note(&words, n);
}
