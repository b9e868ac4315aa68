/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "normal-scale.h"
#include "rng.h"
#include "slices.h"

/* 40,000 rows of a sharp model that turns its score round for three rows in ten where fuel is gas
 * and age is at least 75, and for one in four of agent west; one label in thirty is wrong */
static GString *
prediction_table(void)
{
    static const char *const fuels[] = {"oil", "gas", "coal", "wood"};
    static const char *const agents[] =
        {"north", "south", "east", "up", "down", "in", "out", "west"};
    GString *table = g_string_new("age,fuel,agent,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(11, 0, 0);

    for (guint i = 0; i < 40000; i++) {
        double age = 100.0 * errata_rng_uniform(&rng);
        guint fuel = (guint)errata_rng_below(&rng, 4);
        guint agent = (guint)errata_rng_below(&rng, 8);
        double odds = 0.1 * (50.0 - age) + 6.0 * (errata_rng_uniform(&rng) - 0.5);
        double score = 1.0 / (1.0 + exp(-2.0 * odds));
        guint label = errata_rng_uniform(&rng) < score ? 1 : 0;

        if ((fuel == 1 && age >= 75.0 && errata_rng_uniform(&rng) < 0.3) ||
            (agent == 7 && errata_rng_uniform(&rng) < 0.25))
            score = 1.0 - score;
        if (errata_rng_uniform(&rng) < 1.0 / 30.0)
            label = 1 - label;
        g_string_append_printf(table,
                               "%.2f,%s,%s,%.5f,%u,%u\n",
                               age,
                               fuels[fuel],
                               agents[agent],
                               score,
                               score >= 0.5 ? 1U : 0U,
                               label);
    }
    return table;
}

static void
test_slices_prediction_common(void)
{
    g_autoptr(GString) table = prediction_table();
    g_autoptr(AnalysisFrame) self = analysis_frame_new(schema_frame_new(table->str), NULL);
    guint n_groups = 0;

    g_test_summary(
        "Where a class is rare, predictions of it are wrong more often: that is no slice, and "
        "hides none");
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);
        const GPtrArray *predicates = finding->subject.predicates;

        g_test_message("%s", finding->title);
        if (predicates == NULL || finding->severity < ERRATA_SEVERITY_MEDIUM)
            continue;
        g_assert_true(strstr(finding->title, "fuel is gas") != NULL ||
                      strstr(finding->title, "agent is west") != NULL);
        g_assert_cmpuint(predicates->len, ==, strstr(finding->title, "gas") != NULL ? 2 : 1);
        for (guint k = 0; k < finding->suggestions->len; k++) {
            const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, k);
            double gain = suggestion->to - suggestion->from;

            if (g_strcmp0(suggestion->action, "abstain-route") == 0)
                g_assert_true(gain > suggestion->lo && gain < suggestion->hi);
        }
        n_groups++;
    }
    g_assert_cmpuint(n_groups, ==, 2);
}

static void
test_slices_prediction_class(void)
{
    static const char *const classes[] = {"bug", "billing", "sales", "other"};
    g_autoptr(GString) table = g_string_new("region,x,confidence,prediction,label\n");
    g_autoptr(AnalysisFrame) self = NULL;
    ErrataRng rng = errata_rng_init(21, 0, 0);
    const ErrataFinding *finding;
    double wrong = 0.0, of_group = 0.0;

    g_test_summary("Of four classes the predictions of one go wrong in a group of a fifth: told of "
                   "those, where all of the group are wrong a sixth more often");
    for (guint i = 0; i < 24000; i++) {
        guint region = (guint)errata_rng_below(&rng, 5);
        guint said = (guint)errata_rng_below(&rng, 4);
        double sure = 0.3 + 0.6 * errata_rng_uniform(&rng);
        double right = region == 2 && said == 1 ? 0.55 * sure : sure;
        double x = errata_rng_uniform(&rng);
        guint label = said;

        if (errata_rng_uniform(&rng) >= right)
            label = (said + 1 + (guint)errata_rng_below(&rng, 3)) % 4;
        wrong += label != said ? 1.0 : 0.0;
        of_group += label != said && said == 1 && region == 2 ? 1.0 : 0.0;
        g_string_append_printf(table,
                               "%c,%.3f,%.3f,%s,%s\n",
                               "ABCDE"[region],
                               x,
                               sure,
                               classes[said],
                               classes[label]);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    g_assert_cmpuint(self->analysis.result->findings->len, >=, 1);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_cmpint(finding->severity, >=, ERRATA_SEVERITY_MEDIUM);
    g_assert_cmpuint(finding->subject.predicates->len, ==, 1);
    g_assert_true(g_str_has_prefix(finding->title, "region is C: predictions of billing wrong "));
    g_assert_cmpfloat_with_epsilon(finding->share_of_errors, of_group / wrong, 1e-9);
}

/* 40,000 rows of a calibrated model of eight classes; in a fifth of them, client form, three in ten
 * of what it rightly says is returns is another class */
static void
test_slices_prediction_of_eight(void)
{
    static const char *const clients[] = {"mail", "app", "form", "shop", "phone"};
    static const char *const classes[] =
        {"bug", "billing", "sales", "other", "legal", "staff", "returns", "spam"};
    g_autoptr(GString) table = g_string_new("client,x,confidence,prediction,label\n");
    g_autoptr(AnalysisFrame) self = NULL;
    ErrataRng rng = errata_rng_init(23, 0, 0);
    const ErrataFinding *finding;

    g_test_summary(
        "Of eight classes the predictions of one go wrong in a group of a fifth: that is "
        "told, of that class, and as grave as that class's errors are");
    for (guint i = 0; i < 40000; i++) {
        guint client = (guint)errata_rng_below(&rng, 5);
        guint said = (guint)errata_rng_below(&rng, 8);
        double sure = 0.4 + 0.5 * errata_rng_uniform(&rng);
        double x = errata_rng_uniform(&rng);
        double right = client == 2 && said == 6 ? 0.7 * sure : sure;
        guint label = said;

        if (errata_rng_uniform(&rng) >= right)
            label = (said + 1 + (guint)errata_rng_below(&rng, 7)) % 8;
        g_string_append_printf(table,
                               "%s,%.3f,%.3f,%s,%s\n",
                               clients[client],
                               x,
                               sure,
                               classes[said],
                               classes[label]);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    g_assert_cmpuint(self->analysis.result->findings->len, >=, 1);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_test_message("%s", finding->title);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_MEDIUM);
    g_assert_true(
        g_str_has_prefix(finding->title, "client is form: predictions of returns wrong "));
}

/* 40,000 rows of a model that says 1 by two numbers; half of what it says so of device pc is wrong,
 * elsewhere one in twelve. The x of pc is at most @pc_x, of 10 */
static GString *
prediction_whole_table(double pc_x)
{
    static const char *const devices[] = {"phone", "tablet", "tv"};
    GString *table = g_string_new("x,y,device,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(102, 0, 0);

    for (guint i = 0; i < 40000; i++) {
        gboolean pc = errata_rng_uniform(&rng) < 0.08;
        double x = (pc ? pc_x : 10.0) * errata_rng_uniform(&rng);
        double y = 10.0 * errata_rng_uniform(&rng);
        double odds = 0.5 * (x - 5.0) + 0.4 * (y - 5.0) + errata_rng_uniform(&rng) - 0.5;
        double score = 1.0 / (1.0 + exp(-2.0 * odds));
        guint said = score >= 0.5 ? 1 : 0;
        double wrong = pc && said == 1 ? 0.5 : 1.0 / 12.0;
        guint label = errata_rng_uniform(&rng) < wrong ? 1 - said : said;

        g_string_append_printf(table,
                               "%.2f,%.2f,%s,%.5f,%u,%u\n",
                               x,
                               y,
                               pc ? "pc" : devices[errata_rng_below(&rng, 3)],
                               score,
                               said,
                               label);
    }
    return table;
}

static void
test_slices_prediction_whole(gconstpointer data)
{
    const double *pc_x = data;
    g_autoptr(GString) table = prediction_whole_table(*pc_x);
    g_autoptr(AnalysisFrame) self = analysis_frame_new(schema_frame_new(table->str), NULL);
    guint n_groups = 0;

    g_test_summary("A group whose predictions of one class are wrong is one slice, not cut by the "
                   "columns that tell the class");
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

        g_test_message("%s", finding->title);
        if (finding->severity < ERRATA_SEVERITY_MEDIUM)
            continue;
        g_assert_cmpuint(finding->subject.predicates->len, ==, 1);
        g_assert_nonnull(strstr(finding->title, "device is pc"));
        n_groups++;
    }
    g_assert_cmpuint(n_groups, ==, 1);
}

static void
test_slices_prediction_scores(void)
{
    g_autoptr(GString) table = g_string_new("x,y,channel,score,prediction,label\n");
    g_autoptr(AnalysisFrame) self = NULL;
    ErrataRng rng = errata_rng_init(4, 0, 0);

    g_test_summary("Where the scores of a group are too low, calibration tells the group");
    for (guint i = 0; i < 30000; i++) {
        double x = 10.0 * errata_rng_uniform(&rng);
        double y = 10.0 * errata_rng_uniform(&rng);
        guint channel = (guint)errata_rng_below(&rng, 4);
        double odds = 0.4 * (x - 5.0) + 0.3 * (y - 5.0) + 2.0 * (errata_rng_uniform(&rng) - 0.5);
        double score = 1.0 / (1.0 + exp(channel == 2 ? 1.2 - odds : -odds));

        g_string_append_printf(table,
                               "%.2f,%.2f,%c,%.5f,%u,%u\n",
                               x,
                               y,
                               "ABCD"[channel],
                               score,
                               score >= 0.5 ? 1U : 0U,
                               errata_rng_uniform(&rng) < 1.0 / (1.0 + exp(-odds)) ? 1U : 0U);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

        g_test_message("%s", finding->title);
        if (finding->severity >= ERRATA_SEVERITY_MEDIUM)
            g_assert_cmpuint(finding->subject.predicates->len, >, 1);
    }
}

/* draws five numbers and a sixth that no column has; the odds of 1 by the five */
static double
prediction_numbers_draw(ErrataRng *rng, double x[6])
{
    static const double weight[] = {-0.9, -0.5, 0.5, 0.4, 0.3};
    double odds = -1.0;

    for (guint k = 0; k < 6; k++) {
        x[k] = -6.0;
        for (guint draw = 0; draw < 12; draw++)
            x[k] += errata_rng_uniform(rng);
        odds += k < G_N_ELEMENTS(weight) ? weight[k] * x[k] : 0.0;
    }
    return odds;
}

static void
prediction_numbers_add(GString *table, const double x[6], guint zone, double odds, guint label)
{
    double score = 1.0 / (1.0 + exp(-odds));

    for (guint k = 0; k < 5; k++)
        g_string_append_printf(table, "%.2f,", x[k]);
    g_string_append_printf(table,
                           "%c,%.5f,%u,%u\n",
                           "wxyz"[zone],
                           score,
                           score >= 0.5 ? 1U : 0U,
                           label);
}

/* 40,000 rows of a model that says 1 by five numbers and a zone; it turns its score round for half
 * of those of zone w with a below −0.1 and b of at least 0.2, where nearly all that is 1 lies */
static GString *
prediction_both_table(guint64 seed)
{
    GString *table = g_string_new("a,b,c,d,e,zone,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);

    for (guint i = 0; i < 40000; i++) {
        double x[6], odds;
        guint zone = (guint)errata_rng_below(&rng, 4), label;

        odds = 3.0 * (prediction_numbers_draw(&rng, x) - (zone == 0 ? 0.3 : 0.0));
        label = errata_rng_uniform(&rng) < 1.0 / (1.0 + exp(-odds)) ? 1 : 0;
        odds += 0.8 * x[5];
        if (zone == 0 && x[1] >= 0.2 && x[0] < -0.1 && errata_rng_uniform(&rng) < 0.5)
            odds = -odds;
        prediction_numbers_add(table, x, zone, odds, label);
    }
    return table;
}

/* 80,000 rows of one that turns its score round for a fourth of those with c from 0.4 to 0.7; in
 * zone w it is too sure and in x too high */
static GString *
prediction_child_table(guint64 seed)
{
    GString *table = g_string_new("a,b,c,d,e,zone,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);

    for (guint i = 0; i < 80000; i++) {
        double x[6], odds;
        guint zone = (guint)errata_rng_below(&rng, 4), label;

        odds = 3.0 * (prediction_numbers_draw(&rng, x) - (zone < 2 ? 1.0 : 0.0));
        label = errata_rng_uniform(&rng) < 1.0 / (1.0 + exp(-odds)) ? 1 : 0;
        odds += 0.8 * x[5];
        if (x[2] >= 0.4 && x[2] < 0.7 && errata_rng_uniform(&rng) < 0.25)
            odds = -odds;
        odds = zone == 0 ? 1.8 * odds : zone == 1 ? odds + 0.8 : odds;
        prediction_numbers_add(table, x, zone, odds, label);
    }
    return table;
}

static void
test_slices_prediction_both_ways(void)
{
    static const guint64 seeds[] = {1, 3, 5};

    g_test_summary("A condition that parts the errors is kept, though predictions of one class lie "
                   "nowhere else: those of the other are wrong there, too");
    for (guint s = 0; s < G_N_ELEMENTS(seeds); s++) {
        g_autoptr(GString) table = prediction_both_table(seeds[s]);
        g_autoptr(AnalysisFrame) self = analysis_frame_new(schema_frame_new(table->str), NULL);
        const ErrataFinding *first;

        g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
        g_assert_cmpuint(self->analysis.result->findings->len, >=, 1);
        first = g_ptr_array_index(self->analysis.result->findings, 0);
        g_test_message("%s", first->title);
        g_assert_cmpint(first->severity, >=, ERRATA_SEVERITY_HIGH);
        g_assert_cmpuint(first->subject.predicates->len, ==, 3);
    }
}

static void
test_slices_prediction_child(void)
{
    static const guint64 seeds[] = {1, 2, 3};

    g_test_summary("Predictions of one class in a part of a slice that was told are no other one");
    for (guint s = 0; s < G_N_ELEMENTS(seeds); s++) {
        g_autoptr(GString) table = prediction_child_table(seeds[s]);
        g_autoptr(AnalysisFrame) self = analysis_frame_new(schema_frame_new(table->str), NULL);
        guint n_told = 0;

        g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
        for (guint i = 0; i < self->analysis.result->findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

            g_test_message("%s", finding->title);
            g_assert_null(strstr(finding->title, "predictions of"));
            if (finding->severity < ERRATA_SEVERITY_MEDIUM)
                continue;
            g_assert_true(g_str_has_prefix(finding->title, "c from 0."));
            n_told++;
        }
        g_assert_cmpuint(n_told, ==, 1);
    }
}

/* 30,000 rows of a calibrated model of five classes along x; where site is n, two fifths of what it
 * says is b or c are the other of the two */
static void
test_slices_prediction_of_two(void)
{
    g_autoptr(GString) table = g_string_new("x,y,site,confidence,prediction,label\n");
    g_autoptr(AnalysisFrame) self = NULL;
    ErrataRng rng = errata_rng_init(5, 0, 0);
    guint n_told = 0;

    g_test_summary("Where predictions of two classes of five go wrong, the columns that tell the "
                   "class are no part of the slice, and no child of it is told");
    for (guint i = 0; i < 30000; i++) {
        double x = 10.0 * errata_rng_uniform(&rng), y = errata_rng_uniform(&rng);
        guint site = (guint)errata_rng_below(&rng, 4), said = (guint)(x / 2.0), label = said;
        double sure = 0.8 + 0.19 * errata_rng_uniform(&rng);

        if (errata_rng_uniform(&rng) >= sure)
            label = (said + 1 + (guint)errata_rng_below(&rng, 4)) % 5;
        if (site == 0 && (said == 1 || said == 2) && errata_rng_uniform(&rng) < 0.4)
            label = 3 - said;
        g_string_append_printf(table,
                               "%.3f,%.3f,%c,%.4f,%c,%c\n",
                               x,
                               y,
                               "nsew"[site],
                               sure,
                               "abcde"[said],
                               "abcde"[label]);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

        g_test_message("%s", finding->title);
        if (finding->severity < ERRATA_SEVERITY_MEDIUM)
            continue;
        g_assert_true(g_str_has_prefix(finding->title, "site is n: "));
        n_told++;
    }
    g_assert_cmpuint(n_told, ==, 1);
}

/* 5,000 rows of six classes, none predicted often; e is where x is low, and its scores are too high
 * (@site: by how much more where that is n) */
static AnalysisFrame *
prediction_rare_run(guint64 seed, double all, double site_n)
{
    g_autoptr(GString) table = g_string_new("x,y,site,confidence,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);
    AnalysisFrame *self;

    for (guint i = 0; i < 5000; i++) {
        double x = errata_normal_scale_quantile(CLAMP(errata_rng_uniform(&rng), 1e-9, 1.0 - 1e-9));
        guint said = (guint)errata_rng_below(&rng, 6), label, site;
        double sure = MIN(0.4 + 0.4 * errata_rng_uniform(&rng) + (x > 1.0 ? 0.2 : 0.0), 0.98);
        double more;

        said = errata_rng_uniform(&rng) < 0.25 && x < 0.0 ? 4 : said;
        label = said;
        site = (guint)errata_rng_below(&rng, 4);
        more = said == 4 ? all + (site == 0 ? site_n : 0.0) : 0.0;
        if (errata_rng_uniform(&rng) < 1.0 - sure + more)
            label = (said + 1 + (guint)errata_rng_below(&rng, 5)) % 6;
        g_string_append_printf(table,
                               "%.3f,%.3f,%c,%.4f,%c,%c\n",
                               x,
                               errata_rng_uniform(&rng),
                               "nsew"[site],
                               sure,
                               "abcdef"[said],
                               "abcdef"[label]);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    return self;
}

static void
test_slices_prediction_rare(void)
{
    g_test_summary("A class whose predictions are rare, and wrong more often than their scores say "
                   "wherever they are, is no slice; where they are at one site, it is");
    for (guint64 k = 0; k < 8; k++) {
        gboolean told = k >= 6;
        g_autoptr(AnalysisFrame) self =
            prediction_rare_run(20 + k, told ? 0.0 : 0.35, told ? 0.45 : 0.0);
        guint n_told = 0;

        for (guint i = 0; i < self->analysis.result->findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

            g_test_message("%s", finding->title);
            if (finding->severity < ERRATA_SEVERITY_MEDIUM)
                continue;
            g_assert_nonnull(strstr(finding->title, "site is n"));
            n_told++;
        }
        g_assert_cmpuint(n_told, ==, told ? 1 : 0);
    }
}

int
main(int argc, char **argv)
{
    /* the largest x of the group: the less, the rarer is 1 among its predictions */
    static const double pc_x[] = {10.0, 5.5};

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-prediction/common", test_slices_prediction_common);
    g_test_add_func("/slices-prediction/class", test_slices_prediction_class);
    g_test_add_func("/slices/prediction/of-eight", test_slices_prediction_of_eight);
    g_test_add_data_func("/slices-prediction/whole", &pc_x[0], test_slices_prediction_whole);
    g_test_add_data_func("/slices-prediction/whole-rare", &pc_x[1], test_slices_prediction_whole);
    g_test_add_func("/slices-prediction/scores", test_slices_prediction_scores);
    g_test_add_func("/slices-prediction/both-ways", test_slices_prediction_both_ways);
    g_test_add_func("/slices-prediction/child", test_slices_prediction_child);
    g_test_add_func("/slices-prediction/of-two", test_slices_prediction_of_two);
    g_test_add_func("/slices-prediction/rare", test_slices_prediction_rare);
    return g_test_run();
}
