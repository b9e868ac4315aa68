/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "rng.h"
#include "sort.h"
#include "unit-factor.h"

#define UNIT_ROWS 6000

typedef enum {
    UNIT_PLAIN,
    UNIT_WALK,
    UNIT_AR_90,
    UNIT_AR_99,
    UNIT_DAY,
    UNIT_SAW,
    N_UNIT_SERIES,
} UnitSeries;

static double
unit_normal(ErrataRng *rng)
{
    double u = errata_rng_uniform(rng), v = errata_rng_uniform(rng);

    return sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * G_PI * v);
}

/* the next value of a column without any fault, that depends on the one before but for PLAIN */
static double
unit_next(UnitSeries kind, ErrataRng *rng, guint i, double *state)
{
    double noise = unit_normal(rng);

    switch (kind) {
    case UNIT_WALK:
        *state += noise;
        return 100.0 + *state;
    case UNIT_AR_90:
        *state = 0.9 * *state + noise;
        return 20.0 + *state;
    case UNIT_AR_99:
        *state = 0.99 * *state + noise;
        return 50.0 + *state;
    case UNIT_DAY: /* 1,440 rows are a day */
        return 50.0 + 30.0 * sin(2.0 * G_PI * i / 1440.0) + noise;
    case UNIT_SAW:
        return 110.0 - 100.0 * fmod(i / 700.0, 1.0) + noise;
    case UNIT_PLAIN:
    case N_UNIT_SERIES:
        break;
    }
    return exp(2.0 + 0.6 * noise);
}

/* @change (nullable) is what the values from @from to @to came in */
static ErrataFrame *
unit_table(UnitSeries kind, guint64 seed, const ErrataUnitFactor *change, guint from, guint to)
{
    g_autoptr(GString) table = g_string_new("id,ts,x,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 7, kind);
    double state = 0.0;

    for (guint i = 0; i < UNIT_ROWS; i++) {
        double x = unit_next(kind, &rng, i, &state);
        guint label = (guint)errata_rng_below(&rng, 2);
        guint wrong = errata_rng_uniform(&rng) < 0.1;

        if (change != NULL && i >= from && i < to)
            x = change->kind == ERRATA_UNIT_LOG1P   ? log1p(x)
                : change->kind == ERRATA_UNIT_LOG10 ? log10(x)
                                                    : change->scale * x + change->offset;
        g_string_append_printf(table,
                               "r%u,%u,%.4f,%u,%u\n",
                               i,
                               1700000000 + 60 * i,
                               x,
                               wrong ? 1 - label : label,
                               label);
    }
    return schema_frame_new(table->str);
}

/* a column that varies by a tenth of its level, multiplied or moved in a window */
static ErrataFrame *
unit_narrow(guint64 seed, double scale, double offset)
{
    g_autoptr(GString) table = g_string_new("id,ts,x,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 7, 100);

    for (guint i = 0; i < UNIT_ROWS; i++) {
        double x = 7.2 + 0.7 * unit_normal(&rng);
        guint label = (guint)errata_rng_below(&rng, 2);

        if (i >= 2000 && i < 2800)
            x = scale * x + offset;
        g_string_append_printf(table,
                               "r%u,%u,%.2f,%u,%u\n",
                               i,
                               1700000000 + 60 * i,
                               x,
                               errata_rng_uniform(&rng) < 0.1 ? 1 - label : label,
                               label);
    }
    return schema_frame_new(table->str);
}

static const ErrataFinding *
unit_find(const AnalysisFrame *fixture)
{
    const GPtrArray *findings = fixture->analysis.result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (strcmp(finding->subject.bug, "unit-change") == 0)
            return finding;
    }
    return NULL;
}

static AnalysisFrame *
unit_run(ErrataFrame *frame)
{
    AnalysisFrame *fixture = analysis_frame_new(frame, NULL);

    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

static void
test_unit_change_wandering(void)
{
    guint loud = 0;

    g_test_summary("Columns whose values depend on those before them: no unit change, no fault");
    for (guint kind = UNIT_WALK; kind < N_UNIT_SERIES; kind++)
        for (guint64 seed = 0; seed < 12; seed++) {
            g_autoptr(AnalysisFrame) fixture = unit_run(unit_table(kind, seed, NULL, 0, 0));
            const GPtrArray *findings = fixture->analysis.result->findings;

            g_assert_null(unit_find(fixture));
            for (guint i = 0; i < findings->len; i++)
                loud += ((ErrataFinding *)g_ptr_array_index(findings, i))->severity >=
                                ERRATA_SEVERITY_MEDIUM
                            ? 1
                            : 0;
        }
    g_assert_cmpuint(loud, <=, 1);
}

static void
test_unit_change_found(void)
{
    static const struct {
        UnitSeries kind;
        ErrataUnitFactor change;
        guint from;
        guint to;
        guint slack; /* rows by which an end may be off */
    } plants[] = {
        {UNIT_PLAIN, {ERRATA_UNIT_LINEAR, 1000.0, 0.0, 0.0}, 2000, 2300, 2},
        {UNIT_PLAIN, {ERRATA_UNIT_LOG1P, 1.0, 0.0, 0.0}, 2000, 2500, 5},
        {UNIT_PLAIN, {ERRATA_UNIT_LOG10, 1.0, 0.0, 0.0}, 3000, 3300, 5},
        {UNIT_PLAIN, {ERRATA_UNIT_LINEAR, 2.54, 0.0, 0.0}, 4000, UNIT_ROWS, 20},
        {UNIT_PLAIN, {ERRATA_UNIT_LINEAR, 1.609344, 0.0, 0.0}, 3500, UNIT_ROWS, 30},
        {UNIT_PLAIN, {ERRATA_UNIT_LINEAR, 1.0 / 1.609344, 0.0, 0.0}, 2400, 3000, 30},
        {UNIT_PLAIN, {ERRATA_UNIT_LINEAR, 12.0, 0.0, 0.0}, 2400, 3000, 5},
        {UNIT_AR_90, {ERRATA_UNIT_LINEAR, 100.0, 0.0, 0.0}, 2000, 2400, 2},
    };

    g_test_summary("A change of unit is found in skewed and in wandering columns, logarithms too");
    for (guint i = 0; i < G_N_ELEMENTS(plants); i++) {
        g_autoptr(AnalysisFrame) fixture = unit_run(
            unit_table(plants[i].kind, 3, &plants[i].change, plants[i].from, plants[i].to));
        const ErrataFinding *finding = unit_find(fixture);

        if (finding == NULL)
            g_error("plant %u was not found", i);
        g_test_message("plant %u: rows %u to %u",
                       i,
                       finding->row[0],
                       finding->row[finding->n_rows - 1]);
        if (plants[i].change.kind == ERRATA_UNIT_LINEAR)
            g_assert_cmpfloat_with_epsilon(finding->subject.factor, plants[i].change.scale, 1e-6);
        else
            g_assert_true(isnan(finding->subject.factor));
        g_assert_cmpuint(finding->row[0] + plants[i].slack, >=, plants[i].from);
        g_assert_cmpuint(finding->row[0], <=, plants[i].from + plants[i].slack);
        g_assert_cmpuint(finding->row[finding->n_rows - 1] + plants[i].slack, >=, plants[i].to - 1);
        g_assert_cmpuint(finding->row[finding->n_rows - 1], <, plants[i].to + plants[i].slack);
    }
}

/* a column of one decimal, 200 rows of which came 24 or 25.4 times as large: too few to tell by
 * size */
static void
test_unit_change_decimals(void)
{
    static const double scales[] = {24.0, 25.4};

    g_test_summary("Of factors that are nearly alike, decimals tell");
    for (guint k = 0; k < 2; k++)
        for (guint64 seed = 0; seed < 4; seed++) {
            g_autoptr(GString) table = g_string_new("ts,x,prediction,label\n");
            g_autoptr(AnalysisFrame) fixture = NULL;
            ErrataRng rng = errata_rng_init(seed, k, 0);
            const ErrataFinding *finding;

            for (guint i = 0; i < UNIT_ROWS; i++) {
                double x = round(10.0 * exp(4.0 + 0.6 * unit_normal(&rng))) / 10.0;

                g_string_append_printf(table,
                                       "%u,%.3f,1,1\n",
                                       1700000000 + 60 * i,
                                       i >= 3000 && i < 3200 ? x * scales[k] : x);
            }
            fixture = unit_run(schema_frame_new(table->str));
            finding = unit_find(fixture);
            g_assert_nonnull(finding);
            g_assert_cmpfloat_with_epsilon(finding->subject.factor, scales[k], 1e-9);
        }
}

static void
test_unit_change_growth(void)
{
    static const double scales[] = {1.7, 2.0, 3.0, 20.0, 50.0};

    g_test_summary("What grew by a factor that no unit has is not said to come in another unit");
    for (guint k = 0; k < G_N_ELEMENTS(scales); k++) {
        const ErrataUnitFactor growth = {ERRATA_UNIT_LINEAR, scales[k], 0.0, 0.0};
        g_autoptr(AnalysisFrame) fixture =
            unit_run(unit_table(UNIT_PLAIN, 40 + k, &growth, 3000, UNIT_ROWS));
        const ErrataFinding *finding = unit_find(fixture);

        g_test_message("%g: %s", scales[k], finding != NULL ? finding->title : "nothing");
        g_assert_null(finding);
    }
}

static void
test_unit_change_scaled(void)
{
    static const double scales[] = {15.0, 2.0, 1.0 / 3.0, 40.0, 0.07};
    const ErrataUnitFactor moved = {ERRATA_UNIT_LINEAR, 1.0, 40.0, 0.0};
    g_autoptr(AnalysisFrame) other = NULL;

    g_test_summary(
        "What came multiplied by no unit's factor and is as before afterwards is told so, with the "
        "interval; what came with something added is not");
    for (guint k = 0; k < G_N_ELEMENTS(scales); k++) {
        const ErrataUnitFactor change = {ERRATA_UNIT_LINEAR, scales[k], 0.0, 0.0};
        g_autoptr(AnalysisFrame) fixture =
            unit_run(unit_table(UNIT_PLAIN, 50 + k, &change, 2000, 2800));
        const ErrataFinding *finding = unit_find(fixture);
        const ErrataEvidence *factor;

        g_assert_nonnull(finding);
        if (finding == NULL)
            return;
        g_test_message("%s", finding->title);
        factor = errata_finding_evidence(finding, "factor");
        g_assert_cmpfloat(factor->lo, <=, scales[k]);
        g_assert_cmpfloat(factor->hi, >=, scales[k]);
        g_assert_nonnull(strstr(finding->title, scales[k] < 1.0 ? "divided by" : "multiplied by"));
        g_assert_cmpint((int)finding->severity,
                        <=,
                        scales[k] > 4.0 || scales[k] < 0.25 ? ERRATA_SEVERITY_MEDIUM
                                                            : ERRATA_SEVERITY_LOW);
        g_assert_cmpint(ABS((int)finding->row[0] - 2000), <=, 30);
        g_assert_cmpint(ABS((int)finding->row[finding->n_rows - 1] - 2799), <=, 30);
    }
    other = unit_run(unit_table(UNIT_PLAIN, 50, &moved, 2000, 2800));
    g_assert_null(unit_find(other));
}

static void
test_unit_change_measured(void)
{
    static const struct {
        double scale;
        guint from;
    } plants[] = {{2.36, 3000}, {1.72, 4000}, {53.0, 4000}, {2.54, 4200}};
    guint n_told[G_N_ELEMENTS(plants)] = {0};

    g_test_summary(
        "A factor near a unit's is that unit only where the interval it is measured in holds it");
    for (guint k = 0; k < G_N_ELEMENTS(plants); k++)
        for (guint64 seed = 0; seed < 5; seed++) {
            const ErrataUnitFactor growth = {ERRATA_UNIT_LINEAR, plants[k].scale, 0.0, 0.0};
            g_autoptr(AnalysisFrame) fixture =
                unit_run(unit_table(UNIT_PLAIN, 60 + seed, &growth, plants[k].from, UNIT_ROWS));
            const ErrataFinding *finding = unit_find(fixture);
            const ErrataEvidence *factor;

            g_test_message("%g: %s", plants[k].scale, finding != NULL ? finding->title : "nothing");
            if (finding == NULL)
                continue;
            factor = errata_finding_evidence(finding, "factor");
            g_assert_cmpfloat(factor->lo, <=, factor->value);
            g_assert_cmpfloat(factor->hi, >=, factor->value);
            g_assert_nonnull(strstr(finding->title, "or what it measures has changed"));
            n_told[k]++;
        }
    g_assert_cmpuint(n_told[0] + n_told[1] + n_told[2], <=, 4);
    g_assert_cmpuint(n_told[3], ==, 5);
}

static void
test_unit_change_shift(void)
{
    guint n_told = 0;

    g_test_summary("What has moved by as much as a unit's factor would move it is told with doubt; "
                   "what is too wide for that, without");
    for (guint64 seed = 0; seed < 5; seed++) {
        g_autoptr(AnalysisFrame) moved = unit_run(unit_narrow(seed, 1.0, 7.2 * (1.0936 - 1.0)));
        g_autoptr(AnalysisFrame) wide = unit_run(unit_narrow(seed, 2.54, 0.0));
        const ErrataFinding *finding = unit_find(moved);

        if (finding != NULL) {
            g_assert_nonnull(strstr(finding->title, "or what it measures has changed"));
            g_assert_cmpint(finding->severity, <=, ERRATA_SEVERITY_MEDIUM);
            n_told++;
        }
        finding = unit_find(wide);
        g_assert_nonnull(finding);
        if (finding != NULL)
            g_assert_null(strstr(finding->title, "or what it measures has changed"));
    }
    g_assert_cmpuint(n_told, >=, 1);
}

/* degrees around @level, of which 500 in a row came as @scale of them and @offset */
static ErrataFrame *
unit_degrees_while(guint64 seed, double level, double spread, double scale, double offset)
{
    g_autoptr(GString) table = g_string_new("id,ts,x,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 7, 103);

    for (guint i = 0; i < UNIT_ROWS; i++) {
        double x = level + spread * unit_normal(&rng);
        guint label = (guint)errata_rng_below(&rng, 2);

        g_string_append_printf(table,
                               "r%u,%u,%.2f,%u,%u\n",
                               i,
                               1700000000 + 60 * i,
                               i >= 3000 && i < 3500 ? scale * x + offset : x,
                               errata_rng_uniform(&rng) < 0.1 ? 1 - label : label,
                               label);
    }
    return schema_frame_new(table->str);
}

static void
test_unit_change_degrees_while(void)
{
    static const struct {
        double level;
        double scale;
        double offset;
        const char *words;
    } cases[] = {{95.0, 1.0 / 1.8, -32.0 / 1.8, "in °C instead of °F"},
                 {95.0, 1.0, -60.0, NULL},
                 {290.0, 1.0, -273.15, "in °C instead of K"},
                 {290.0, 1.0, -268.0, NULL}};

    g_test_summary("Degrees that are lower by a plain number are of no other scale, even where "
                   "another scale would have the same mean");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        for (guint64 seed = 0; seed < 3; seed++) {
            g_autoptr(AnalysisFrame) table = unit_run(unit_degrees_while(seed,
                                                                         cases[i].level,
                                                                         seed == 1 ? 2.0 : 9.0,
                                                                         cases[i].scale,
                                                                         cases[i].offset));
            const ErrataFinding *finding = unit_find(table);

            if (cases[i].words == NULL) {
                g_assert_null(finding);
                continue;
            }
            g_assert_nonnull(finding);
            if (finding != NULL)
                g_assert_nonnull(strstr(finding->title, cases[i].words));
        }
}

/* one of four sites, in all of its rows from @first on @scale times as much; @spread: each site has
 * a level of its own */
static ErrataFrame *
unit_sites(guint64 seed, guint first, double scale, double spread)
{
    g_autoptr(GString) table = g_string_new("id,ts,site,x,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 7, 101);
    static const double level[] = {0.0, 1.0, -1.0, 2.0};

    for (guint i = 0; i < UNIT_ROWS; i++) {
        guint site = (guint)errata_rng_below(&rng, 4);
        double x = (6.1 + 1.4 * unit_normal(&rng)) * exp(spread * level[site]);
        guint label = (guint)errata_rng_below(&rng, 2);

        g_string_append_printf(table,
                               "r%u,%u,s%u,%.2f,%u,%u\n",
                               i,
                               1700000000 + 60 * i,
                               site,
                               site == 3 && i >= first ? scale * x : x,
                               errata_rng_uniform(&rng) < 0.1 ? 1 - label : label,
                               label);
    }
    return schema_frame_new(table->str);
}

static void
test_unit_change_always(void)
{
    g_test_summary("One site whose numbers are a unit's factor off those of all others is told, "
                   "with doubt; one of sites that all differ is not, nor another factor");
    for (guint64 seed = 0; seed < 3; seed++) {
        g_autoptr(AnalysisFrame) one = unit_run(unit_sites(seed, 0, 18.0182, 0.0));
        g_autoptr(AnalysisFrame) all = unit_run(unit_sites(seed, 0, 18.0182, 0.5));
        g_autoptr(AnalysisFrame) other = unit_run(unit_sites(seed, 0, 15.0, 0.0));
        const ErrataFinding *finding = unit_find(one);

        g_assert_nonnull(finding);
        if (finding != NULL) {
            g_assert_nonnull(strstr(finding->title, "where site is s3"));
            g_assert_nonnull(strstr(finding->title, "multiplied by 18.018, or is so there"));
            g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_MEDIUM);
        }
        g_assert_null(unit_find(all));
        g_assert_null(unit_find(other));
    }
}

/* temperatures of four sites, each @level degrees above the one before; those of one are
 * @scale times as much, and @offset */
static ErrataFrame *
unit_degrees(guint64 seed, double scale, double offset, double level)
{
    g_autoptr(GString) table = g_string_new("id,ts,site,x,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 7, 102);

    for (guint i = 0; i < UNIT_ROWS; i++) {
        guint site = (guint)errata_rng_below(&rng, 4);
        double x = 21.0 + 4.0 * unit_normal(&rng) + level * ((double)site - 1.5);
        guint label = (guint)errata_rng_below(&rng, 2);

        g_string_append_printf(table,
                               "r%u,%u,s%u,%.1f,%u,%u\n",
                               i,
                               1700000000 + 60 * i,
                               site,
                               site == 3 ? scale * x + offset : x,
                               errata_rng_uniform(&rng) < 0.1 ? 1 - label : label,
                               label);
    }
    return schema_frame_new(table->str);
}

static void
test_unit_change_degrees(void)
{
    static const struct {
        double scale;
        double offset;
        const char *words;
    } cases[] = {{1.8, 32.0, "in °F instead of °C"},
                 {1.0, 273.15, "in K instead of °C"},
                 {1.0, 30.0, NULL},  /* a warm place */
                 {1.8, 60.0, NULL}}; /* … that is unsteady */

    g_test_summary("One site that sends degrees of another scale in all rows is told; one that is "
                   "merely warm is not, nor one of sites that all differ");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(AnalysisFrame) alike =
            unit_run(unit_degrees(i, cases[i].scale, cases[i].offset, 0.4));
        g_autoptr(AnalysisFrame) apart =
            unit_run(unit_degrees(i, cases[i].scale, cases[i].offset, 4.0));
        const ErrataFinding *finding = unit_find(alike);

        g_assert_null(unit_find(apart));
        if (cases[i].words == NULL) {
            g_assert_null(finding);
            continue;
        }
        g_assert_nonnull(finding);
        g_test_message("%s", finding->title);
        g_assert_nonnull(strstr(finding->title, "where site is s3"));
        g_assert_nonnull(strstr(finding->title, cases[i].words));
        g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_MEDIUM);
        g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "offset")->value,
                                       cases[i].offset,
                                       1e-9);
        g_assert_null(strstr(errata_finding_evidence(finding, "group")->what, "window"));
    }
}

static void
test_unit_change_once(void)
{
    g_test_summary("One site's other unit lies beyond the range of all others: it is told once");
    for (guint64 seed = 0; seed < 2; seed++) {
        g_autoptr(AnalysisFrame) self = unit_run(unit_sites(seed, 3 * UNIT_ROWS / 5, 25.4, 0.0));
        const GPtrArray *findings = self->analysis.result->findings;
        guint n = 0;

        for (guint i = 0; i < findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(findings, i);

            g_test_message("%s", finding->title);
            n += g_strcmp0(finding->subject.column, "x") == 0 ? 1 : 0;
        }
        g_assert_nonnull(unit_find(self));
        g_assert_cmpuint(n, ==, 1);
    }
}

static void
test_unit_change_pressure(void)
{
    const ErrataUnitFactor psi = {ERRATA_UNIT_LINEAR, 14.503774, 0.0, 0.0};
    guint n_named = 0;

    g_test_summary("Bars that come as pounds per square inch are named by that factor");
    for (guint64 seed = 0; seed < 5; seed++) {
        g_autoptr(AnalysisFrame) self =
            unit_run(unit_table(UNIT_PLAIN, 300 + seed, &psi, 3000, 4500));
        const ErrataFinding *finding = unit_find(self);

        g_assert_nonnull(finding);
        if (finding != NULL)
            n_named += strstr(finding->title, "multiplied by 14.504") != NULL;
    }
    g_assert_cmpuint(n_named, >=, 4);
}

static void
test_unit_measure(void)
{
    guint n_held = 0;
    double a[400], b[300];
    ErrataUnitMeasure measured;

    g_test_summary("A factor's interval holds it 99 times in 100; strays do not matter");
    for (guint seed = 0; seed < 200; seed++) {
        ErrataRng rng = errata_rng_init(seed, 4, 4);

        for (guint i = 0; i < G_N_ELEMENTS(b); i++)
            b[i] = exp(0.8 * unit_normal(&rng));
        for (guint i = 0; i < G_N_ELEMENTS(a); i++)
            a[i] = i < 10 ? 1e9 : 2.5 * exp(0.8 * unit_normal(&rng));
        errata_sort_values(a, G_N_ELEMENTS(a));
        errata_sort_values(b, G_N_ELEMENTS(b));
        g_assert_true(errata_unit_measure(a, G_N_ELEMENTS(a), b, G_N_ELEMENTS(b), &measured));
        n_held += measured.lo <= 2.5 && measured.hi >= 2.5 ? 1 : 0;
    }
    g_assert_cmpuint(n_held, >=, 190);
    for (guint i = 0; i < G_N_ELEMENTS(b); i++)
        b[i] = (double)(i / 100);
    g_assert_false(errata_unit_measure(a, G_N_ELEMENTS(a), b, G_N_ELEMENTS(b), &measured));
    g_assert_false(errata_unit_measure(a, 29, a, 400, &measured));
}

static void
test_unit_change_walk(void)
{
    static const struct {
        UnitSeries kind;
        ErrataUnitFactor factor;
        guint from;
        guint to;
    } plants[] = {
        {UNIT_AR_99, {ERRATA_UNIT_LINEAR, 10.0, 0.0, 0.0}, 2500, 3100},
        {UNIT_AR_99, {ERRATA_UNIT_LINEAR, 0.3048, 0.0, 0.0}, 1200, 2900},
        {UNIT_WALK, {ERRATA_UNIT_LINEAR, 100.0, 0.0, 0.0}, 3000, 3500},
        {UNIT_AR_99, {ERRATA_UNIT_LINEAR, 60.0, 0.0, 0.0}, 3500, UNIT_ROWS},
    };

    g_test_summary(
        "A walk goes on where it was, in another unit: the factor that undoes both ends");
    for (guint i = 0; i < G_N_ELEMENTS(plants); i++) {
        g_autoptr(AnalysisFrame) fixture = unit_run(
            unit_table(plants[i].kind, 30 + i, &plants[i].factor, plants[i].from, plants[i].to));
        const ErrataFinding *finding = unit_find(fixture);

        g_assert_nonnull(finding);
        if (finding == NULL)
            return;
        g_test_message("%s", finding->title);
        g_assert_cmpfloat_with_epsilon(finding->subject.factor / plants[i].factor.scale, 1.0, 1e-9);
        g_assert_cmpfloat_with_epsilon((double)finding->n_rows,
                                       (double)(plants[i].to - plants[i].from),
                                       2.0);
    }
}

static void
test_unit_change_majority(void)
{
    const ErrataUnitFactor degrees = {ERRATA_UNIT_LINEAR, 1.8, 32.0, 0.0};

    g_test_summary(
        "Of a column that follows the hour, what most rows come in is usual: a window is "
        "told, or nothing, not the rest of the log behind it");
    for (guint k = 0; k < 24; k++) {
        guint from = 1000 + 110 * k, to = from + 1100;
        g_autoptr(AnalysisFrame) fixture =
            unit_run(unit_table(UNIT_DAY, 40 + k, &degrees, from, to));
        const ErrataFinding *finding = unit_find(fixture);

        if (finding == NULL)
            continue;
        g_test_message("%u: %s", from, finding->title);
        g_assert_cmpuint(finding->row[0] + 30, >=, from);
        g_assert_cmpuint(finding->row[finding->n_rows - 1], <=, to + 30);
    }
}

/* the windows of a log in which a column comes in another unit */
typedef struct {
    guint n_rows;
    guint from[2];
    guint to[2];
} UnitWindows;

static ErrataFrame *
unit_windows(guint64 seed, double scale, const UnitWindows *windows)
{
    g_autoptr(GString) table = g_string_new("id,ts,x,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 7, 105);

    for (guint i = 0; i < windows->n_rows; i++) {
        double x = exp(4.0 + 0.6 * unit_normal(&rng));
        guint label = (guint)errata_rng_below(&rng, 2);

        for (guint k = 0; k < 2; k++)
            x *= i >= windows->from[k] && i < windows->to[k] ? scale : 1.0;
        g_string_append_printf(table,
                               "r%u,%u,%.4f,%u,%u\n",
                               i,
                               1700000000 + 60 * i,
                               x,
                               errata_rng_uniform(&rng) < 0.1 ? 1 - label : label,
                               label);
    }
    return schema_frame_new(table->str);
}

static void
test_unit_change_side(void)
{
    static const UnitWindows plants[] = {{20000, {11800}, {19600}},
                                         {20000, {10800}, {18800}},
                                         {20000, {400}, {8200}},
                                         {20000, {6000, 18000}, {8000, 20000}},
                                         {60000, {18000, 42000}, {30000, 58200}}};
    static const UnitWindows none = {.n_rows = 3000};

    g_test_summary("Windows longer than the running median, and two of them: those are told, not "
                   "the usual rows beside or between them, with a reference and without");
    for (guint i = 0; i < 4 * G_N_ELEMENTS(plants); i++) {
        const UnitWindows *plant = &plants[i / 4];
        g_autoptr(AnalysisFrame) fixture =
            analysis_frame_new(unit_windows(i, i % 2 == 0 ? 2.54 : 1000.0, plant),
                               i % 4 < 2 ? NULL : unit_windows(90 + i, 1.0, &none));
        const GPtrArray *findings = fixture->analysis.result->findings;
        guint n_right = 0, n_wrong = 0;
        guint n = plant->to[0] - plant->from[0] + plant->to[1] - plant->from[1];

        g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
        for (guint k = 0; k < findings->len; k++) {
            const ErrataFinding *finding = g_ptr_array_index(findings, k);

            g_test_message("plant %u: %s", i, finding->title);
            for (gsize r = 0; r < finding->n_rows; r++) {
                guint row = finding->row[r];
                gboolean right = (row >= plant->from[0] && row < plant->to[0]) ||
                                 (row >= plant->from[1] && row < plant->to[1]);

                n_right += right ? 1 : 0;
                n_wrong += right ? 0 : 1;
            }
        }
        g_assert_cmpuint(n_wrong, <=, 30);
        g_assert_cmpuint(n_right + 60, >=, n);
    }
}

static void
test_unit_change_factor(void)
{
    g_test_summary("What a factor does is undone, its slope is that of undoing, and it has words");
    for (guint i = 0; i < errata_unit_factor_count(); i++) {
        const ErrataUnitFactor *factor = errata_unit_factor(i);
        double slope = (errata_unit_factor_undo(factor, 2.0 + 1e-6) -
                        errata_unit_factor_undo(factor, 2.0 - 1e-6)) /
                       2e-6;
        g_autofree char *words = errata_unit_factor_words(factor);

        g_assert_cmpfloat_with_epsilon(errata_unit_factor_slope(factor, 2.0) / slope, 1.0, 1e-5);
        g_assert_cmpuint(strlen(words), >, 0);
        g_assert_true(errata_unit_factor_holds(factor, 0.0, 1.0));
        g_assert_true(errata_unit_factor_holds(factor, -5.0, 800.0) ==
                      (factor->kind == ERRATA_UNIT_LINEAR));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/unit-change/wandering", test_unit_change_wandering);
    g_test_add_func("/unit-change/found", test_unit_change_found);
    g_test_add_func("/unit-change/decimals", test_unit_change_decimals);
    g_test_add_func("/unit-change/growth", test_unit_change_growth);
    g_test_add_func("/unit-change/scaled", test_unit_change_scaled);
    g_test_add_func("/unit-change/measured", test_unit_change_measured);
    g_test_add_func("/unit-change/measure", test_unit_measure);
    g_test_add_func("/unit-change/walk", test_unit_change_walk);
    g_test_add_func("/unit-change/majority", test_unit_change_majority);
    g_test_add_func("/unit-change/shift", test_unit_change_shift);
    g_test_add_func("/unit-change/always", test_unit_change_always);
    g_test_add_func("/unit-change/degrees", test_unit_change_degrees);
    g_test_add_func("/unit-change/degrees-while", test_unit_change_degrees_while);
    g_test_add_func("/unit-change/once", test_unit_change_once);
    g_test_add_func("/unit-change/pressure", test_unit_change_pressure);
    g_test_add_func("/unit-change/side", test_unit_change_side);
    g_test_add_func("/unit-change/factor", test_unit_change_factor);
    return g_test_run();
}
