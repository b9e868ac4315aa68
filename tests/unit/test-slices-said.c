/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "rng.h"
#include "slices.h"

typedef enum {
    SAID_NOTHING,
    SAID_WORD,
    SAID_SHOP
} SaidPlant;

/* Texts of six words out of thirty and one of 80 shops; a tenth is wrong anywhere, and seven in ten
 * where a text says `refund`, or in the shops s7, s40 and s71. */
static ErrataFrame *
said_table(SaidPlant plant, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("message,shop,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);

    for (guint i = 0; i < (plant == SAID_SHOP ? 8000 : 3000); i++) {
        gboolean refund = errata_rng_uniform(&rng) < 0.1;
        guint shop = (guint)errata_rng_below(&rng, 80);
        gboolean hit = (plant == SAID_WORD && refund) ||
                       (plant == SAID_SHOP && (shop == 7 || shop == 40 || shop == 71));
        guint label = (guint)errata_rng_below(&rng, 2);
        gboolean wrong = errata_rng_uniform(&rng) < (hit ? 0.7 : 0.1);

        for (guint w = 0; w < 6; w++)
            g_string_append_printf(table,
                                   "%s%c%c%c%s",
                                   w > 0 ? " " : "",
                                   'a' + (char)errata_rng_below(&rng, 5),
                                   'o',
                                   'm' + (char)errata_rng_below(&rng, 6),
                                   w == 2 && refund ? " Refund" : "");
        g_string_append_printf(table, ",s%u,%u,%u\n", shop, wrong ? 1 - label : label, label);
    }
    return schema_frame_new(table->str);
}

static AnalysisFrame *
said_run(SaidPlant plant, guint64 seed)
{
    AnalysisFrame *self = analysis_frame_new(said_table(plant, seed), NULL);

    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    return self;
}

static void
test_slices_said_noise(void)
{
    g_test_summary("Thousands of words and rare values find nothing where there is nothing");
    for (guint64 seed = 1; seed <= 8; seed++) {
        g_autoptr(AnalysisFrame) self = said_run(SAID_NOTHING, seed);

        g_assert_cmpuint(self->analysis.result->findings->len, ==, 0);
    }
}

static const ErrataPredicate *
said_only_predicate(const AnalysisFrame *self)
{
    const ErrataFinding *finding;

    g_assert_cmpuint(self->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_true(finding->confirmed);
    g_assert_cmpuint(finding->subject.predicates->len, ==, 1);
    return g_ptr_array_index(finding->subject.predicates, 0);
}

static void
test_slices_said_word(void)
{
    g_autoptr(AnalysisFrame) self = said_run(SAID_WORD, 3);
    const ErrataPredicate *predicate = said_only_predicate(self);
    const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, 0);
    const ErrataColumn *column = self->frame->columns[0];

    g_test_summary(
        "A word of texts that go wrong is a condition, and its rows are those that say it");
    g_assert_cmpint(predicate->op, ==, ERRATA_OP_CONTAINS);
    g_assert_cmpstr(predicate->column, ==, "message");
    g_assert_cmpstr(predicate->values[0], ==, "refund");
    for (gsize i = 0; i < finding->n_rows; i++) {
        gsize length;
        const char *text = errata_column_text(column, finding->row[i], &length);
        g_autofree char *copy = g_strndup(text, length);

        g_assert_nonnull(strstr(copy, "Refund"));
    }
    g_assert_cmpuint(finding->n_rows, >, 200);
}

static void
test_slices_said_value(void)
{
    g_autoptr(AnalysisFrame) self = said_run(SAID_SHOP, 5);
    g_autoptr(GString) found = g_string_new(NULL);

    g_test_summary("Values too rare for a bin of their own are searched by name");
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);
        const ErrataPredicate *predicate = g_ptr_array_index(finding->subject.predicates, 0);

        g_assert_cmpstr(predicate->column, ==, "shop");
        for (guint v = 0; predicate->values[v] != NULL; v++)
            g_string_append_printf(found, "%s ", predicate->values[v]);
    }
    for (guint i = 0; i < 3; i++)
        g_assert_nonnull(strstr(found->str, ((const char *[]){"s7 ", "s40 ", "s71 "})[i]));
}

/* Texts of six words out of thirty; numbers are predicted with errors of a heavy tail, five times
 * as large where a twelfth of the texts say `refund` and that is @planted. */
static ErrataFrame *
said_numbers(gboolean planted, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("message,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);

    for (guint i = 0; i < 4000; i++) {
        gboolean refund = errata_rng_below(&rng, 12) == 0;
        double label = 20.0 * errata_rng_uniform(&rng);
        double u = errata_rng_uniform(&rng) - 0.5;
        double error = u / (0.55 - fabs(u)) * (planted && refund ? 5.0 : 1.0);

        for (guint w = 0; w < 6; w++)
            g_string_append_printf(table,
                                   "%s%c%c%c%s",
                                   w > 0 ? " " : "",
                                   'a' + (char)errata_rng_below(&rng, 5),
                                   'o',
                                   'm' + (char)errata_rng_below(&rng, 6),
                                   w == 2 && refund ? " Refund" : "");
        g_string_append_printf(table, ",%.6f,%.6f\n", label + error, label);
    }
    return schema_frame_new(table->str);
}

static void
test_slices_said_loss(void)
{
    g_test_summary(
        "A word of texts whose numbers are far off is a condition, and none is by chance");
    for (guint64 seed = 1; seed <= 6; seed++) {
        g_autoptr(AnalysisFrame) self = analysis_frame_new(said_numbers(seed > 4, seed), NULL);
        const ErrataPredicate *predicate;

        g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
        if (seed <= 4) {
            g_assert_cmpuint(self->analysis.result->findings->len, ==, 0);
            continue;
        }
        predicate = said_only_predicate(self);
        g_assert_cmpint(predicate->op, ==, ERRATA_OP_CONTAINS);
        g_assert_cmpstr(predicate->values[0], ==, "refund");
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-said/noise", test_slices_said_noise);
    g_test_add_func("/slices-said/word", test_slices_said_word);
    g_test_add_func("/slices-said/value", test_slices_said_value);
    g_test_add_func("/slices-said/loss", test_slices_said_loss);
    return g_test_run();
}
