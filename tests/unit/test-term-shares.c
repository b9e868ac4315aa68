/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares of the words of a text against Shapley values by their definition, and against the share
 * of the text. */
#include <math.h>
#include <string.h>

#include "model-builder.h"
#include "sampled-shap.h"
#include "term-shares.h"

#define N_WORDS 6 /* a letter each */

static const double weights[N_WORDS] = {1.0, -2.0, 0.5, 3.0, 0.0, -0.25};
static const char *const texts[] = {"aaab", "bcd", "ffde", "a", "dddd", "", "abcdef"};

/* counts of letters over their norm, as tf-idf has it */
static void
letters(const char *text, double *ret)
{
    double norm = 0.0;

    memset(ret, 0, N_WORDS * sizeof *ret);
    for (; *text != '\0'; text++)
        ret[*text - 'a'] += 1.0;
    for (guint i = 0; i < N_WORDS; i++)
        norm += ret[i] * ret[i];
    for (guint i = 0; i < N_WORDS && norm > 0.0; i++)
        ret[i] /= sqrt(norm);
}

static double
margin(const double *value)
{
    double sum = 0.7;

    for (guint i = 0; i < N_WORDS; i++)
        sum += weights[i] * value[i];
    return sum;
}

static gboolean
letters_predict(const ErrataModel *model,
                gconstpointer body,
                const ErrataModelRows *rows,
                ErrataModelScores *scores,
                GError **error)
{
    for (gsize row = 0; row < rows->n_rows; row++) {
        double value[N_WORDS];

        letters(rows->text[0][row], value);
        scores->number[0][row] = margin(value);
    }
    return TRUE;
}

static ErrataModelTerms *
letters_terms(const ErrataModel *model, gconstpointer body)
{
    ErrataModelTerms *terms = errata_model_terms_new(N_WORDS, 1);

    for (guint i = 0; i < N_WORDS; i++) {
        terms->term[i] = g_strdup_printf("%c", 'a' + (int)i);
        terms->column[i] = i;
        terms->weight[i] = weights[i];
    }
    return terms;
}

static void
letters_values(const ErrataModel *model,
               gconstpointer body,
               const ErrataModelTerms *terms,
               const ErrataModelRows *rows,
               gsize row,
               double *ret_value)
{
    letters(rows->text[0][row], ret_value);
}

static const ErrataModelClass letters_class = {.predict = letters_predict,
                                               .terms = letters_terms,
                                               .term_values = letters_values};
static const ErrataModelClass mute_class = {.predict = letters_predict};

static ErrataModel *
make_model(const ErrataModelClass *klass)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("test", "test");
    g_autoptr(GError) error = NULL;
    ErrataModel *model;

    errata_model_builder_add_input(builder, "text", ERRATA_MODEL_TEXT, NULL);
    errata_model_builder_add_output(builder,
                                    "prediction",
                                    ERRATA_MODEL_PREDICTION,
                                    ERRATA_MODEL_NUMBER,
                                    NULL);
    errata_model_builder_set_body(builder, klass, NULL);
    model = errata_model_builder_finish(builder, &error);
    g_assert_no_error(error);
    return model;
}

static ErrataModelCells *
make_cells(const ErrataModel *model)
{
    ErrataModelCells *cells = errata_model_cells_empty(model, G_N_ELEMENTS(texts));

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        cells->text[0][i] = texts[i];
    return cells;
}

/* the mean margin of the mixtures of a row's columns in @known with each row */
static double
game_value(const double *row, guint known)
{
    double sum = 0.0;

    for (guint r = 0; r < G_N_ELEMENTS(texts); r++) {
        double value[N_WORDS];

        letters(texts[r], value);
        for (guint i = 0; i < N_WORDS; i++)
            value[i] = (known >> i & 1) != 0 ? row[i] : value[i];
        sum += margin(value) / G_N_ELEMENTS(texts);
    }
    return sum;
}

static double
brute_force(const double *row, guint term)
{
    static const double factorial[] = {1, 1, 2, 6, 24, 120, 720};
    double share = 0.0;

    for (guint known = 0; known < 1U << N_WORDS; known++) {
        guint size = (guint)__builtin_popcount(known);

        if ((known >> term & 1) == 0)
            share += factorial[size] * factorial[N_WORDS - size - 1] / factorial[N_WORDS] *
                     (game_value(row, known | 1U << term) - game_value(row, known));
    }
    return share;
}

static void
test_terms(void)
{
    g_autoptr(ErrataModel) model = make_model(&letters_class);
    g_autoptr(ErrataModelCells) cells = make_cells(model);
    g_autoptr(ErrataTermShares) shares = errata_term_shares_new(model, &cells->rows);
    g_autoptr(ErrataQuantity) quantity = NULL;
    g_autoptr(ErrataSampledShap) shap = NULL;
    g_autoptr(GError) error = NULL;
    double phi[2 * G_N_ELEMENTS(texts)];
    ErrataSampledCheck check = {0};

    g_assert_nonnull(shares);
    quantity = errata_quantity_of_outputs(model, ERRATA_QUANTITY_MARGIN, &error);
    g_assert_no_error(error);
    shap = errata_sampled_shap_new(model, quantity, &cells->rows, 2, 1, &error);
    g_assert_no_error(error);
    g_assert_true(errata_sampled_shap_rows(shap, &cells->rows, 0, NULL, phi, &check, &error));
    for (guint row = 0; row < G_N_ELEMENTS(texts); row++) {
        double value[N_WORDS], whole = 0.0;

        errata_term_shares_values(shares, &cells->rows, row, value);
        for (guint i = 0; i < N_WORDS; i++) {
            double share = errata_term_shares_of(shares, value, 0, i);

            g_assert_cmpfloat_with_epsilon(share, brute_force(value, i), 1e-12);
            whole += share;
        }
        g_assert_cmpfloat_with_epsilon(whole, phi[2 * row], 1e-12);
    }
}

/* log-loss of a margin with label 1 */
static double
loss_of(double at)
{
    return log1p(exp(-at));
}

/* of the loss: pair by pair the shares of the margin times the quotient of differences; all words
 * make up the difference from the background */
static void
test_losses(void)
{
    g_autoptr(ErrataModel) model = make_model(&letters_class);
    g_autoptr(ErrataModelCells) cells = make_cells(model);
    g_autoptr(ErrataTermShares) shares = errata_term_shares_new(model, &cells->rows);
    const ErrataQuantity loss = {.kind = ERRATA_QUANTITY_LOSS,
                                 .form = ERRATA_FORM_LOGISTIC,
                                 .scale = 1.0,
                                 .is_class = TRUE,
                                 .n_raw = 1,
                                 .n_groups = 1};
    static const guint term[N_WORDS] = {0, 1, 2, 3, 4, 5};
    double value[G_N_ELEMENTS(texts) * N_WORDS], at[G_N_ELEMENTS(texts)];
    ErrataTermRows rows = {G_N_ELEMENTS(texts), at, N_WORDS, term, value};

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        letters(texts[i], value + (gsize)i * N_WORDS);
        at[i] = margin(value + (gsize)i * N_WORDS);
    }
    for (guint row = 0; row < G_N_ELEMENTS(texts); row++) {
        double share[N_WORDS], whole = 0.0, want = loss_of(at[row]);

        errata_term_shares_loss(shares, &loss, &rows, row, &rows, 1.0, share);
        for (guint i = 0; i < N_WORDS; i++) {
            double own = 0.0;

            for (guint r = 0; r < G_N_ELEMENTS(texts); r++)
                if (fabs(at[row] - at[r]) > 1e-9)
                    own += (loss_of(at[row]) - loss_of(at[r])) / (at[row] - at[r]) * weights[i] *
                           (value[row * N_WORDS + i] - value[r * N_WORDS + i]) /
                           G_N_ELEMENTS(texts);
            g_assert_cmpfloat_with_epsilon(share[i], own, 1e-9);
            whole += share[i];
        }
        for (guint r = 0; r < G_N_ELEMENTS(texts); r++)
            want -= loss_of(at[r]) / G_N_ELEMENTS(texts);
        g_assert_cmpfloat_with_epsilon(whole, want, 1e-9);
    }
}

/* a model that does not tell its words has none */
static void
test_no_terms(void)
{
    g_autoptr(ErrataModel) model = make_model(&mute_class);
    g_autoptr(ErrataModelCells) cells = make_cells(model);
    g_autoptr(ErrataTermShares) shares = errata_term_shares_new(model, &cells->rows);

    g_assert_null(shares);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/term-shares/terms", test_terms);
    g_test_add_func("/term-shares/losses", test_losses);
    g_test_add_func("/term-shares/no-terms", test_no_terms);
    return g_test_run();
}
