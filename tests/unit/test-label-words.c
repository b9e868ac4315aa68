/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels that were changed in a log of texts: words tell them, each row judged by other rows. */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "clusters.h"
#include "discriminant.h"
#include "frame-builder.h"
#include "label-issues.h"
#include "neighbours.h"
#include "ranking.h"
#include "rng.h"
#include "text-vectors.h"

#define N_ROWS    2400
#define N_CLASSES 4
#define N_WORDS   12 /* of a class, and that all use */

static void
test_discriminant_by_hand(void)
{
    /* of fold 1: means 1 and 5, squares within 4 of 2 degrees of freedom; with the one row that
     * shrinking adds (4 + 2) / (2 + 1) = 2, so that log odds are (5 − 1) / 2 · (x − 3) */
    const float x[] = {4.0F, 2.5F, 0.0F, 2.0F, 4.0F, 6.0F, 3.0F};
    const gint32 given[] = {0, 1, 0, 0, 1, 1, 1};
    const guint8 fold[] = {0, 0, 1, 1, 1, 1, 2};
    double p[2 * G_N_ELEMENTS(x)];

    errata_discriminant_folds(x, G_N_ELEMENTS(x), 1, given, 2, fold, 2, p);
    g_assert_cmpfloat_with_epsilon(p[1], 1.0 / (1.0 + exp(-2.0)), 1e-9);
    g_assert_cmpfloat_with_epsilon(p[3], 1.0 / (1.0 + exp(1.0)), 1e-9);
    for (gsize i = 0; i < G_N_ELEMENTS(x); i++)
        g_assert_cmpfloat_with_epsilon(p[2 * i] + p[2 * i + 1], 1.0, 1e-12);
}

static void
test_discriminant_is_out_of_fold(void)
{
    enum {
        N = 300,
        WIDTH = 5
    };
    g_autofree float *x = g_new(float, (gsize)N *WIDTH);
    g_autofree double *before = g_new(double, (gsize)N * 3);
    g_autofree double *after = g_new(double, (gsize)N * 3);
    gint32 given[N];
    guint8 fold[N];

    g_test_summary("What is said of a row does not depend on its own label, nor on its fold's");
    for (gsize i = 0; i < N; i++) {
        ErrataRng rng = errata_rng_init(5, 1, i);

        given[i] = (gint32)errata_rng_below(&rng, 3);
        fold[i] = (guint8)(i % 5);
        for (gsize a = 0; a < WIDTH; a++)
            x[i * WIDTH + a] = (float)(errata_rng_uniform(&rng) + (a == (gsize)given[i] ? 1 : 0));
    }
    errata_discriminant_folds(x, N, WIDTH, given, 3, fold, 5, before);
    for (gsize i = 0; i < N; i += 5)
        given[i] = (given[i] + 1) % 3;
    errata_discriminant_folds(x, N, WIDTH, given, 3, fold, 5, after);
    for (gsize i = 0; i < 3; i++) {
        g_assert_cmpfloat_with_epsilon(before[i], after[i], 1e-9);
        g_assert_cmpfloat(fabs(before[3 + i] - after[3 + i]), >, 1e-9);
    }
}

static void
words_cell(ErrataFrameBuilder *builder, const char *name, const char *text)
{
    guint column = 0;

    g_assert_true(errata_frame_builder_column(builder, name, strlen(name), &column, NULL));
    errata_frame_builder_string(builder, column, text, strlen(text));
}

/* Texts of ten words, of which a part @own are those of their class. The model is wrong one time in
 * ten, @scored of which it knows, and one label in fifty is changed. */
static AnalysisFrame *
words_log(double own, gboolean scored, guint8 *ret_changed)
{
    static const char *const classes[N_CLASSES] = {"bill", "refund", "ship", "login"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();

    for (guint i = 0; i < N_ROWS; i++) {
        ErrataRng rng = errata_rng_init(7, 2, i);
        guint truth = (guint)errata_rng_below(&rng, N_CLASSES);
        guint away = 1 + (guint)errata_rng_below(&rng, N_CLASSES - 1);
        gboolean wrong = errata_rng_uniform(&rng) < 0.1;
        g_autoptr(GString) text = g_string_new(NULL);
        g_autofree char *id = g_strdup_printf("r%u", i);

        ret_changed[i] = errata_rng_uniform(&rng) < 0.02 ? 1 : 0;
        for (guint k = 0; k < 10; k++) {
            gboolean told = errata_rng_uniform(&rng) < own;

            g_string_append_printf(text,
                                   "%s%c%c%u ",
                                   told ? "term" : "word",
                                   told ? 'a' + (int)truth : 'x',
                                   'a' + (int)errata_rng_below(&rng, N_WORDS),
                                   told ? truth : 9);
        }
        words_cell(builder, "id", id);
        words_cell(builder, "text", text->str);
        words_cell(builder, "channel", errata_rng_below(&rng, 2) == 0 ? "mail" : "chat");
        words_cell(builder, "label", classes[(truth + (ret_changed[i] ? away : 0)) % N_CLASSES]);
        words_cell(builder, "prediction", classes[(truth + (wrong ? away : 0)) % N_CLASSES]);
        for (guint k = 0; scored && k < N_CLASSES; k++) {
            g_autofree char *name = g_strdup_printf("score_%s", classes[k]);

            words_cell(builder,
                       name,
                       k == (truth + (wrong ? away : 0)) % N_CLASSES ? "0.88" : "0.04");
        }
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return analysis_frame_new(errata_frame_builder_finish(builder, NULL), NULL);
}

/* how well suspects are ranked, worst first; by what was learnt where not @pooled */
static double
words_precision(const AnalysisFrame *log, const guint8 *changed, gboolean scored, gboolean pooled)
{
    g_autoptr(ErrataLabelIssues) found = errata_label_issues_find(&log->analysis);
    g_autofree guint8 *label = g_new0(guint8, N_ROWS);
    g_autoptr(ErrataRanking) ranking = NULL;

    g_assert_true(errata_label_issues_choose(found, &log->analysis, scored));
    g_assert_true(found->from_features);
    if (!pooled)
        g_clear_pointer(&found->pooled, g_free);
    errata_label_issues_test(found, &log->analysis);
    for (gsize i = 0; i < found->n; i++)
        label[i] = changed[found->row[i]];
    ranking = errata_ranking_new(found->badness, label, NULL, found->n);
    return errata_ranking_average_precision(ranking, NULL);
}

static void
test_words(void)
{
    g_autofree guint8 *changed = g_new0(guint8, N_ROWS);
    AnalysisFrame *log = words_log(0.35, FALSE, changed);
    double without, with;

    g_test_summary("Changed labels of texts are found by their words, without logged scores");
    without = words_precision(log, changed, FALSE, TRUE);
    g_assert_true(errata_analyzer_clusters.run(&log->analysis, NULL));
    g_assert_nonnull(log->analysis.text_vectors);
    with = words_precision(log, changed, FALSE, TRUE);
    g_test_message("average precision %.3f, %.3f with words", without, with);
    g_assert_cmpfloat(without, <, 0.2);
    g_assert_cmpfloat(with, >=, 0.55);
    errata_text_vectors_free(log->analysis.text_vectors);
    analysis_frame_free(log);
}

static void
test_with_scores(void)
{
    g_autofree guint8 *changed = g_new0(guint8, N_ROWS);
    AnalysisFrame *log = words_log(0.2, TRUE, changed);
    double learnt, pooled;

    g_test_summary("Words and logged scores together rank suspects better than words");
    g_assert_true(errata_analyzer_clusters.run(&log->analysis, NULL));
    learnt = words_precision(log, changed, TRUE, FALSE);
    pooled = words_precision(log, changed, TRUE, TRUE);
    g_test_message("average precision %.3f, %.3f with scores", learnt, pooled);
    g_assert_cmpfloat(pooled, >, learnt + 0.03);
    g_assert_cmpfloat(pooled, >=, 0.55);
    errata_text_vectors_free(log->analysis.text_vectors);
    analysis_frame_free(log);
}

static void
test_vectors(void)
{
    g_autofree guint8 *changed = g_new0(guint8, N_ROWS);
    AnalysisFrame *log = words_log(0.35, FALSE, changed);
    g_autoptr(ErrataTextVectors) vectors = NULL;
    g_autofree guint32 *all = g_new(guint32, N_ROWS);
    guint32 *half = g_new(guint32, N_ROWS / 2);
    float *x = NULL;
    float *kept;
    g_autofree float *again = NULL;
    gsize width;

    g_test_summary("Rows are embedded alike, be they learnt from, kept, or neither");
    for (guint32 i = 0; i < N_ROWS; i++)
        all[i] = i;
    vectors = errata_text_vectors_new(&log->analysis, all, N_ROWS, all, N_ROWS / 3, &x);
    width = errata_text_vectors_width(vectors);
    errata_neighbours_unit(x, N_ROWS, (guint)width);
    kept = g_new(float, N_ROWS / 2 * width);
    for (gsize i = 0; i < N_ROWS / 2; i++) {
        half[i] = (guint32)(2 * i);
        memcpy(kept + i * width, x + 2 * i * width, width * sizeof *x);
    }
    errata_text_vectors_keep(vectors, half, kept, N_ROWS / 2);
    again = g_new(float, N_ROWS *width);
    errata_text_vectors_embed(vectors, &log->analysis, all, N_ROWS, again);
    for (gsize i = 0; i < N_ROWS * width; i++)
        g_assert_cmpfloat_with_epsilon((double)again[i], (double)x[i], 1e-6);
    g_free(x);
    analysis_frame_free(log);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/label-words/discriminant/by-hand", test_discriminant_by_hand);
    g_test_add_func("/label-words/discriminant/out-of-fold", test_discriminant_is_out_of_fold);
    g_test_add_func("/label-words/words", test_words);
    g_test_add_func("/label-words/with-scores", test_with_scores);
    g_test_add_func("/label-words/vectors", test_vectors);
    return g_test_run();
}
