/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "rng.h"
#include "slices.h"

typedef enum {
    ASIDE_GROUP, /* of region c, two in five of those that are not 1 are taken for 1 */
    ASIDE_BOTH, /* with y of at least 0.6, two in five of those that the model says are 1 are not */
    ASIDE_AGAIN,    /* three in five of them, by a model that is surer */
    ASIDE_RESTATED, /* as the first; with how sure the model was */
} AsideKind;

typedef struct {
    const char *title;
    AsideKind kind;
    const char *told; /* the columns of the first slice */
} AsideCase;

/* 20,000 rows of a model that says 1 by two numbers, and says how likely it is */
static AnalysisFrame *
aside_log(const AsideCase *c)
{
    g_autoptr(GString) table = g_string_new("when,x,y,region,sure,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(23, c->kind, c->kind == ASIDE_AGAIN ? 1 : 0);

    for (guint i = 0; i < 20000; i++) {
        double x = errata_rng_uniform(&rng), y = errata_rng_uniform(&rng);
        char region = (char)('a' + errata_rng_below(&rng, 4));
        double odds = (c->kind == ASIDE_AGAIN ? 8.0 : 6.0) * (x - 0.55) + 5.0 * (y - 0.55);
        guint label = errata_rng_uniform(&rng) < 1.0 / (1.0 + exp(-odds)) ? 1 : 0;
        gboolean odd = region == 'c' && (c->kind != ASIDE_BOTH || y >= 0.6);
        double score;

        if (c->kind == ASIDE_BOTH && odd && odds > 0.0 && errata_rng_uniform(&rng) < 0.4)
            label = 0;
        if (c->kind != ASIDE_BOTH && odd && label == 0 &&
            errata_rng_uniform(&rng) < (c->kind == ASIDE_AGAIN ? 0.6 : 0.4))
            odds = fabs(odds) + 0.4;
        score = 1.0 / (1.0 + exp(-odds));
        g_string_append_printf(table,
                               "2026-01-%02u,%.3f,%.3f,%c,%.3f,%.4f,%u,%u\n",
                               1 + i / 800,
                               x,
                               y,
                               region,
                               c->kind == ASIDE_RESTATED ? fmax(score, 1.0 - score)
                                                         : errata_rng_uniform(&rng),
                               score,
                               score >= 0.5 ? 1U : 0U,
                               label);
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

/* the columns of a finding's conditions, sorted and with a space after each */
static char *
aside_columns(const ErrataFinding *finding)
{
    static const char *const names[] = {"region", "sure", "when", "x", "y"};
    GString *text = g_string_new(NULL);

    for (guint n = 0; n < G_N_ELEMENTS(names); n++)
        for (guint k = 0; k < finding->subject.predicates->len; k++) {
            const ErrataPredicate *one = g_ptr_array_index(finding->subject.predicates, k);

            if (g_str_equal(one->column, names[n]))
                g_string_append_printf(text, "%s ", names[n]);
        }
    return g_string_free(text, FALSE);
}

static void
test_slices_aside(gconstpointer data)
{
    const AsideCase *c = data;
    g_autoptr(AnalysisFrame) self = aside_log(c);
    const ErrataFinding *first;
    g_autofree char *columns = NULL;

    g_test_summary(c->title);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    g_assert_cmpuint(self->analysis.result->findings->len, >=, 1);
    first = g_ptr_array_index(self->analysis.result->findings, 0);
    g_test_message("%s", first->title);
    columns = aside_columns(first);
    g_assert_cmpstr(columns, ==, c->told);
    for (guint i = 1; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

        g_test_message("%s", finding->title);
        g_assert_null(strstr(finding->title, "sure"));
        if (c->kind == ASIDE_AGAIN)
            g_assert_cmpint(finding->severity, <, ERRATA_SEVERITY_MEDIUM);
    }
}

int
main(int argc, char **argv)
{
    static const AsideCase cases[] = {
        {"A group that is taken for a class too often is told whole, not where the model wavers",
         ASIDE_GROUP,
         "region "},
        {"What is left of such a group is not told again", ASIDE_AGAIN, "region "},
        {"Where it takes two conditions, both are told", ASIDE_BOTH, "region y "},
        {"A column that says again how sure the model was is no reason", ASIDE_RESTATED, "region "},
    };

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/slices/aside/%u", i);

        g_test_add_data_func(path, &cases[i], test_slices_aside);
    }
    return g_test_run();
}
