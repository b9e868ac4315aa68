/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "rng.h"

#define EXCHANGE_ROWS 8000
#define EXCHANGE_FROM 5000
#define EXCHANGE_TO   5500
#define EXCHANGE_LESS 2700
#define EXCHANGE_MORE 3500 /* to the end: longer than what came before */

typedef enum {
    EXCHANGE_NOTHING,
    EXCHANGE_CIRCLE,   /* each of four values for the next; the score depends on them */
    EXCHANGE_SHARES,   /* two values for each other; nothing depends on them */
    EXCHANGE_FLAG,     /* a flag upside down; the score depends on it */
    EXCHANGE_TO_END,   /* the circle, to the end of the log */
    EXCHANGE_AT_FIRST, /* the circle, from the beginning for a third of the log */
    EXCHANGE_READ,     /* the circle, and the model read the wrong values */
    EXCHANGE_CODES,    /* likewise, the values are numbers */
    EXCHANGE_PAIR, /* two numbers, as frequent; the model reads them, only labels tell; for most of the log */
    EXCHANGE_UNUSED,     /* three numbers in a circle; nothing depends on them */
    EXCHANGE_CAMPAIGN,   /* no fault: one value becomes frequent for a while */
    EXCHANGE_DAILY,      /* no fault: shares go up and down with the day */
    EXCHANGE_RUNS,       /* no fault: a value lasts for 40 rows each time */
    EXCHANGE_MIX,        /* no fault: shares of numbers change, and the model knows them */
    EXCHANGE_UNUSED_MIX, /* no fault: likewise, nothing depends on them */
    EXCHANGE_TURNED, /* no fault: each of as frequent numbers does the opposite of what it did */
    EXCHANGE_WORLD, /* no fault of the values: what they do changes, how frequent they are does not */
} ExchangePlant;

static const char *const exchange_values[] = {"ios", "android", "web", "tablet"};
static const char *const exchange_codes[] = {"3", "1", "20", "7"};

static gboolean
exchange_is_even(ExchangePlant plant)
{
    return plant == EXCHANGE_PAIR || plant == EXCHANGE_TURNED;
}

static gboolean
exchange_is_number(ExchangePlant plant)
{
    return plant == EXCHANGE_CODES || plant == EXCHANGE_UNUSED || plant == EXCHANGE_MIX ||
           plant == EXCHANGE_UNUSED_MIX || exchange_is_even(plant);
}

static gboolean
exchange_is_used(ExchangePlant plant)
{
    return plant != EXCHANGE_SHARES && plant != EXCHANGE_UNUSED && plant != EXCHANGE_UNUSED_MIX;
}

static guint
exchange_draw(ErrataRng *rng, const double share[4])
{
    double u = errata_rng_uniform(rng);
    guint value = 0;

    while (value < 3 && u >= share[value])
        u -= share[value++];
    return value;
}

static guint
exchange_device(ExchangePlant plant, guint64 seed, guint i, ErrataRng *rng)
{
    static const double usual[] = {0.45, 0.3, 0.2, 0.05};
    static const double campaign[] = {0.25, 0.2, 0.5, 0.05};
    static const double mix[] = {0.2, 0.36, 0.34, 0.1};
    static const double even[] = {0.25, 0.25, 0.25, 0.25};
    gboolean inside = i >= EXCHANGE_FROM && i < EXCHANGE_TO;
    double day = 0.2 * sin(2.0 * G_PI * i / 1000.0);
    double daily[] = {0.45 + day, 0.3 - day, 0.2, 0.05};

    if (plant == EXCHANGE_RUNS) {
        ErrataRng run = errata_rng_init(seed, 11, i / 40);

        return exchange_draw(&run, usual);
    }
    if (exchange_is_even(plant))
        return exchange_draw(rng, even);
    if (plant == EXCHANGE_CAMPAIGN && inside)
        return exchange_draw(rng, campaign);
    if ((plant == EXCHANGE_MIX || plant == EXCHANGE_UNUSED_MIX) && inside)
        return exchange_draw(rng, mix);
    return exchange_draw(rng, plant == EXCHANGE_DAILY ? daily : usual);
}

static gboolean
exchange_is_circle(ExchangePlant plant)
{
    return plant == EXCHANGE_CIRCLE || plant == EXCHANGE_TO_END || plant == EXCHANGE_AT_FIRST ||
           plant == EXCHANGE_READ || plant == EXCHANGE_CODES;
}

static ErrataFrame *
exchange_table(ExchangePlant plant, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("id,ts,x,device,flag,score,label\n");
    static const double effect[] = {1.5, -1.0, 0.2, -2.0};

    for (guint i = 0; i < EXCHANGE_ROWS; i++) {
        ErrataRng rng = errata_rng_init(seed, 4, i);
        gboolean inside = plant == EXCHANGE_AT_FIRST ? i < EXCHANGE_LESS
                          : exchange_is_even(plant)
                              ? i >= EXCHANGE_MORE
                              : i >= EXCHANGE_FROM && (i < EXCHANGE_TO || plant == EXCHANGE_TO_END);
        guint device = exchange_device(plant, seed, i, &rng);
        guint flag = errata_rng_uniform(&rng) < 0.3 ? 1 : 0;
        double x = errata_rng_uniform(&rng);
        double rest = 3.0 * (x - 0.5) + (flag != 0 ? 1.5 : 0.0);
        guint is = inside && plant == EXCHANGE_WORLD ? (device + 1) % 4 : device;
        double turn = inside && plant == EXCHANGE_TURNED ? -1.0 : 1.0;
        double z = rest + (exchange_is_used(plant) ? turn * effect[is] : 0.0);
        guint label = errata_rng_uniform(&rng) < 1.0 / (1.0 + exp(-z)) ? 1 : 0;
        double score;

        if (inside && exchange_is_circle(plant))
            device = (device + 1) % 4;
        if (inside && plant == EXCHANGE_PAIR && device < 2)
            device = 1 - device;
        if (inside && plant == EXCHANGE_UNUSED && device < 3)
            device = (device + 1) % 3;
        if (plant == EXCHANGE_READ || plant == EXCHANGE_CODES || plant == EXCHANGE_WORLD ||
            exchange_is_even(plant))
            z = rest + effect[device];
        score = 1.0 / (1.0 + exp(-z));
        if (inside && plant == EXCHANGE_SHARES && device < 3)
            device = device == 1 ? 1 : 2 - device;
        if (inside && plant == EXCHANGE_FLAG)
            flag = 1 - flag;
        g_string_append_printf(table,
                               "r%u,%u,%.4f,%s,%u,%.4f,%u\n",
                               i,
                               1700000000 + 60 * i,
                               x,
                               exchange_is_number(plant) ? exchange_codes[device]
                                                         : exchange_values[device],
                               flag,
                               score,
                               label);
    }
    return schema_frame_new(table->str);
}

static AnalysisFrame *
exchange_run(ExchangePlant plant, guint64 seed)
{
    AnalysisFrame *fixture = analysis_frame_new(exchange_table(plant, seed), NULL);

    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

static const ErrataFinding *
exchange_find(const AnalysisFrame *fixture)
{
    const GPtrArray *findings = fixture->analysis.result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (strcmp(finding->subject.bug, "encoding-change") == 0)
            return finding;
    }
    return NULL;
}

static void
test_data_exchange_found(void)
{
    static const struct {
        ExchangePlant plant;
        const char *column;
        guint from;
        guint to;
        guint n_exchanged;
        const char *now; /* the most frequent, and what it stands for */
        const char *was;
    } plants[] = {
        {EXCHANGE_CIRCLE, "device", EXCHANGE_FROM, EXCHANGE_TO, 4, "android", "ios"},
        {EXCHANGE_SHARES, "device", EXCHANGE_FROM, EXCHANGE_TO, 2, "web", "ios"},
        {EXCHANGE_FLAG, "flag", EXCHANGE_FROM, EXCHANGE_TO, 2, NULL, NULL},
        {EXCHANGE_TO_END, "device", EXCHANGE_FROM, EXCHANGE_ROWS, 4, "android", "ios"},
        {EXCHANGE_AT_FIRST, "device", 0, EXCHANGE_LESS, 4, "android", "ios"},
        {EXCHANGE_READ, "device", EXCHANGE_FROM, EXCHANGE_TO, 4, "android", "ios"},
        {EXCHANGE_CODES, "device", EXCHANGE_FROM, EXCHANGE_TO, 4, NULL, NULL},
        {EXCHANGE_UNUSED, "device", EXCHANGE_FROM, EXCHANGE_TO, 3, NULL, NULL},
    };

    g_test_summary("Exchanged values are found, with what they stand for and when");
    for (guint i = 0; i < G_N_ELEMENTS(plants); i++) {
        g_autoptr(AnalysisFrame) fixture = exchange_run(plants[i].plant, 1);
        const ErrataFinding *finding = exchange_find(fixture);
        gint64 slack = exchange_is_used(plants[i].plant) ? 20 : 40;
        const ErrataSuggestion *suggestion;

        g_test_message("plant %u", plants[i].plant);
        g_assert_nonnull(finding);
        g_assert_cmpstr(finding->subject.column, ==, plants[i].column);
        g_assert_cmpint(finding->severity,
                        ==,
                        plants[i].n_exchanged > 2 ? ERRATA_SEVERITY_HIGH : ERRATA_SEVERITY_MEDIUM);
        suggestion = g_ptr_array_index(finding->suggestions, 0);
        g_assert_true(g_str_has_prefix(suggestion->text,
                                       plants[i].n_exchanged > 2 ? "Put the exchanged values"
                                                                 : "Ask whether these values"));
        g_assert_cmpint(
            ABS(finding->subject.from / 1000000000 - 1700000000 - 60 * (gint64)plants[i].from),
            <=,
            60 * slack);
        g_assert_cmpint(
            ABS(finding->subject.to / 1000000000 - 1700000000 - 60 * (gint64)plants[i].to),
            <=,
            60 * slack);
        g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "exchanged")->value,
                                       plants[i].n_exchanged,
                                       1e-9);
        if (plants[i].now == NULL)
            continue;
        g_assert_cmpstr(finding->undo[0], ==, plants[i].now);
        g_assert_cmpstr(finding->undo[1], ==, plants[i].was);
        g_assert_cmpuint(g_strv_length(finding->undo), ==, 2 * plants[i].n_exchanged);
    }
}

/* amounts that go with the way of payment, two of which change places for a while */
static AnalysisFrame *
exchange_amounts(guint64 seed)
{
    static const char *const ways[] = {"card", "cash", "web", "app"};
    static const double level[] = {20.0, 9.0, 33.0, 24.5};
    g_autoptr(GString) table = g_string_new("pay,amount,score,prediction,label\n");
    AnalysisFrame *fixture;

    for (guint i = 0; i < 8000; i++) {
        ErrataRng rng = errata_rng_init(seed, 77, i);
        double draw = errata_rng_uniform(&rng), score = errata_rng_uniform(&rng), wide = 0.0;
        guint way = draw < 0.4 ? 0 : draw < 0.65 ? 1 : draw < 0.85 ? 2 : 3;

        for (guint k = 0; k < 12; k++)
            wide += errata_rng_uniform(&rng) - 0.5;
        g_string_append_printf(table,
                               "%s,%.2f,%.4f,%d,%d\n",
                               ways[i >= 2000 && i < 3500 && way < 2 ? 1 - way : way],
                               level[way] * exp(0.7 * wide),
                               score,
                               score >= 0.5,
                               errata_rng_uniform(&rng) < score);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

static void
test_data_exchange_amounts(void)
{
    g_test_summary("Where two groups have changed places their amounts have no other unit");
    for (guint64 seed = 0; seed < 4; seed++) {
        g_autoptr(AnalysisFrame) fixture = exchange_amounts(seed);
        const GPtrArray *findings = fixture->analysis.result->findings;
        const ErrataFinding *finding = exchange_find(fixture);

        g_assert_nonnull(finding);
        g_assert_cmpstr(finding->subject.column, ==, "pay");
        for (guint i = 0; i < findings->len; i++)
            g_assert_cmpstr(((const ErrataFinding *)g_ptr_array_index(findings, i))->subject.bug,
                            !=,
                            "unit-change");
    }
}

static void
test_data_exchange_nothing(void)
{
    static const ExchangePlant plants[] = {EXCHANGE_NOTHING,
                                           EXCHANGE_CAMPAIGN,
                                           EXCHANGE_DAILY,
                                           EXCHANGE_RUNS,
                                           EXCHANGE_MIX,
                                           EXCHANGE_UNUSED_MIX,
                                           EXCHANGE_TURNED,
                                           EXCHANGE_WORLD,
                                           EXCHANGE_PAIR};

    g_test_summary(
        "Shares that move, for a while or with the day, are no exchange; what labels alone tell may be the world's");
    for (guint i = 0; i < G_N_ELEMENTS(plants); i++)
        for (guint64 seed = 0; seed < 4; seed++) {
            g_autoptr(AnalysisFrame) fixture = exchange_run(plants[i], 20 + seed);

            g_assert_null(exchange_find(fixture));
        }
}

/* pay by grades, which are not logged, and steps; it rises in the second year, and a bonus is a
 * part of it */
static AnalysisFrame *
exchange_pay(guint64 seed)
{
    static const double part[] = {0.05, 0.08, 0.1, 0.12};
    g_autoptr(GString) table = g_string_new("date,step,pay,bonus,score,prediction,label\n");

    for (guint i = 0; i < 15000; i++) {
        ErrataRng rng = errata_rng_init(seed, 8, i);
        guint grade = 1 + (guint)errata_rng_below(&rng, 11);
        guint step = (guint)errata_rng_below(&rng, 6);
        double raise = i >= 7800 ? 1.028 : 1.0;
        double pay = rint(raise * (1900.0 + 420.0 * grade + 60.0 * step));
        double bonus = 100.0 * rint(pay * part[errata_rng_below(&rng, 4)] / 100.0);
        double score = errata_rng_uniform(&rng);

        g_string_append_printf(table,
                               "%u,%u,%.0f,%.0f,%.4f,%d,%u\n",
                               1700000000 + 4032 * i,
                               step,
                               pay,
                               grade >= 7 ? bonus : 0.0,
                               score,
                               score >= 0.5,
                               errata_rng_uniform(&rng) < score ? 1U : 0U);
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

static void
test_data_exchange_raise(void)
{
    g_test_summary(
        "A yearly raise by which pay goes with other steps of a grade exchanges no steps");
    for (guint64 seed = 0; seed < 6; seed++) {
        g_autoptr(AnalysisFrame) fixture = exchange_pay(seed);
        const GPtrArray *findings = fixture->analysis.result->findings;

        g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
        for (guint i = 0; i < findings->len; i++)
            g_assert_null(strstr(((const ErrataFinding *)g_ptr_array_index(findings, i))->title,
                                 "exchanged"));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data-exchange/found", test_data_exchange_found);
    g_test_add_func("/data-exchange/amounts", test_data_exchange_amounts);
    g_test_add_func("/data-exchange/nothing", test_data_exchange_nothing);
    g_test_add_func("/data-exchange/raise", test_data_exchange_raise);
    return g_test_run();
}
