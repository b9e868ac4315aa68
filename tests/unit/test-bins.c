/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "bins-rank.h"
#include "bins.h"
#include "rng.h"
#include "synth.h"

#define N 5000

static const char colours[] = "red green blue rare1 rare2";

/* x: uniform with missing cells; k: counts 0 … 3 with a few fractions; c: categories */
static ErrataFrame *
bins_frame(guint64 seed)
{
    ErrataFrame *frame = synth_frame(N, 4);
    ErrataRng rng = errata_rng_init(seed, 0, 0);
    g_autofree double *x = g_new(double, N);
    g_autofree double *k = g_new(double, N);
    g_autofree guint *c = g_new(guint, N);
    ErrataColumn *time;

    for (guint i = 0; i < N; i++) {
        x[i] = i % 100 == 7 ? (double)NAN : errata_rng_uniform(&rng);
        k[i] = (double)(i % 4);
        if (i < 100)
            k[i] += 0.001 * (i + 1);
        c[i] = i < 12 ? 3 + i % 2 : i % 3;
    }
    synth_numbers(frame, "x", x);
    synth_numbers(frame, "k", k);
    synth_categories(frame, "c", c, colours);
    time = synth_add(frame, "ts", ERRATA_COLUMN_TIME);
    for (guint i = 0; i < N; i++)
        time->i64[i] = (gint64)i * 3600 * 1000000000 - (gint64)50 * 3600 * 1000000000;
    return frame;
}

static ErrataSchema *
bins_schema(const ErrataFrame *frame)
{
    ErrataSchema *schema = synth_schema(frame);

    schema->time = 3;
    schema->columns[3].role = ERRATA_ROLE_TIME;
    return schema;
}

static void
bins_schema_clear(ErrataSchema *schema)
{
    g_strfreev(schema->classes);
    g_free(schema->columns);
    g_free(schema);
}

static void
test_bins_codes(void)
{
    g_autoptr(ErrataFrame) frame = bins_frame(1);
    ErrataSchema *schema = bins_schema(frame);
    g_autoptr(ErrataBins) bins = errata_bins_new(frame, schema, NULL, 10, 0);
    const ErrataBinColumn *x = &bins->columns[0];
    const ErrataBinColumn *k = &bins->columns[1];
    const ErrataBinColumn *c = &bins->columns[2];

    g_test_summary("Quantiles, common numbers, common values, hours and weekdays");
    g_assert_cmpuint(bins->n_columns, ==, 5);
    g_assert_cmpuint(x->n_codes, ==, 10);
    g_assert_cmpuint(x->n_missing, ==, N / 100);
    g_assert_cmpuint(x->code[7], ==, ERRATA_BINS_MISSING);
    for (guint i = 0; i < 9; i++)
        g_assert_cmpfloat_with_epsilon(x->edges[i], 0.1 * (i + 1), 0.03);
    for (guint i = 0; i < N; i++) {
        double value = frame->columns[0]->f64[i];
        guint code = x->code[i];

        if (code == ERRATA_BINS_MISSING)
            continue;
        g_assert_true(code == 0 || value >= x->edges[code - 1]);
        g_assert_true(code == 9 || value < x->edges[code]);
    }
    g_assert_cmpuint(k->n_codes, ==, 4); /* the 100 fractions join the count below them */
    g_assert_cmpfloat_with_epsilon(k->edges[2], 3.0, 1e-12);
    g_assert_cmpuint(k->code[6], ==, 2);
    g_assert_cmpuint(c->n_codes, ==, 4);
    g_assert_true(c->has_other);
    g_assert_cmpuint(c->code[0], ==, 3);
    g_assert_cmpstr(c->labels[c->code[15]], ==, "red");
    bins_schema_clear(schema);
}

static void
test_bins_time(void)
{
    g_autoptr(ErrataFrame) frame = bins_frame(1);
    ErrataSchema *schema = bins_schema(frame);
    g_autoptr(ErrataBins) bins = errata_bins_new(frame, schema, NULL, 10, 0);
    const ErrataBinColumn *hour = &bins->columns[3];
    const ErrataBinColumn *weekday = &bins->columns[4];

    g_test_summary("By hand: 50 hours before 1970-01-01 (a Thursday) is Monday, 22:00");
    g_assert_cmpstr(hour->name, ==, "ts hour");
    g_assert_cmpuint(hour->code[0], ==, 22);
    g_assert_cmpstr(weekday->labels[weekday->code[0]], ==, "Monday");
    g_assert_cmpuint(hour->code[50], ==, 0);
    g_assert_cmpstr(weekday->labels[weekday->code[50]], ==, "Thursday");
    g_assert_cmpstr(weekday->labels[weekday->code[49]], ==, "Wednesday");
    bins_schema_clear(schema);
}

static void
test_bins_apply(void)
{
    g_autoptr(ErrataFrame) frame = bins_frame(1);
    g_autoptr(ErrataFrame) other = synth_frame(3, 2);
    ErrataSchema *schema = bins_schema(frame);
    g_autoptr(ErrataBins) bins = errata_bins_new(frame, schema, NULL, 10, 0);
    g_autoptr(ErrataBins) applied = NULL;
    const double x[] = {-5.0, (double)NAN, 0.999};
    const guint c[] = {1, 0, 1};

    g_test_summary("Another frame is coded by the same edges; what it lacks is missing");
    synth_categories(other, "c", c, "unheard blue");
    synth_numbers(other, "x", x);
    applied = errata_bins_apply(bins, other);
    g_assert_cmpuint(applied->n_columns, ==, bins->n_columns);
    g_assert_cmpuint(applied->columns[0].column, ==, 1);
    g_assert_cmpuint(applied->columns[0].code[0], ==, 0);
    g_assert_cmpuint(applied->columns[0].code[1], ==, ERRATA_BINS_MISSING);
    g_assert_cmpuint(applied->columns[0].code[2], ==, 9);
    g_assert_cmpuint(applied->columns[1].n_missing, ==, 3);
    g_assert_cmpuint(applied->columns[1].column, ==, G_MAXUINT);
    g_assert_cmpstr(applied->columns[2].labels[applied->columns[2].code[0]], ==, "blue");
    g_assert_cmpstr(applied->columns[2].labels[applied->columns[2].code[1]], ==, "other");
    bins_schema_clear(schema);
}

/* @x of @frame times @scale plus @shift */
static ErrataFrame *
bins_rescaled(const ErrataFrame *frame, double scale, double shift)
{
    ErrataFrame *other = synth_frame(N, 1);
    g_autofree double *x = g_new(double, N);

    for (gsize i = 0; i < N; i++)
        x[i] = scale * errata_column_number(frame->columns[0], i) + shift;
    synth_numbers(other, "x", x);
    return other;
}

static void
test_bins_other_scale(void)
{
    static const struct {
        double scale;
        double shift;
        gboolean own; /* the edges are those of the log itself */
    } references[] = {{1.0, 0.0, FALSE}, {0.9, 0.05, FALSE}, {1000.0, 0.0, TRUE}, {1.0, 5.0, TRUE}};
    g_autoptr(ErrataFrame) frame = bins_frame(1);
    ErrataSchema *schema = bins_schema(frame);

    g_test_summary("A column of another scale in the reference has the edges of the log");
    for (guint k = 0; k < G_N_ELEMENTS(references); k++) {
        g_autoptr(ErrataFrame) from =
            bins_rescaled(frame, references[k].scale, references[k].shift);
        g_autoptr(ErrataBins) own = errata_bins_new(frame, schema, NULL, 10, 0);
        g_autoptr(ErrataBins) bins = errata_bins_new(frame, schema, from, 10, 0);

        for (guint e = 0; e < 9; e++)
            g_assert_cmpfloat_with_epsilon(bins->columns[0].edges[e],
                                           references[k].own
                                               ? own->columns[0].edges[e]
                                               : own->columns[0].edges[e] * references[k].scale +
                                                     references[k].shift,
                                           1e-12);
    }
    bins_schema_clear(schema);
}

static void
test_bins_degenerate(void)
{
    g_autoptr(ErrataFrame) frame = synth_frame(0, 2);
    g_autoptr(ErrataBins) bins = NULL;
    ErrataSchema *schema;

    g_test_summary("No rows, all missing: one code, no crash");
    synth_numbers(frame, "x", NULL);
    synth_categories(frame, "c", NULL, "");
    schema = synth_schema(frame);
    bins = errata_bins_new(frame, schema, NULL, 10, 0);
    g_assert_cmpuint(bins->columns[0].n_codes, ==, 1);
    g_assert_cmpuint(bins->columns[1].n_codes, ==, 0);
    bins_schema_clear(schema);
}

static void
test_bins_heavy(void)
{
    static const double shares[] = {0.3, 0.08, 0.04, 0.01};

    g_test_summary("What few rows differ from a value that most have are not binned with it");
    for (guint s = 0; s < G_N_ELEMENTS(shares); s++) {
        g_autoptr(ErrataFrame) frame = synth_frame(N, 2);
        g_autoptr(ErrataBins) bins = NULL;
        g_autofree double *fee = g_new(double, N);
        g_autofree double *rebate = g_new(double, N);
        ErrataRng rng = errata_rng_init(s, 0, 0);
        ErrataSchema *schema;

        for (guint i = 0; i < N; i++) {
            gboolean some = errata_rng_uniform(&rng) < shares[s];

            fee[i] = some ? 1.0 + 100.0 * errata_rng_uniform(&rng) : 0.0;
            rebate[i] = some ? -1.0 - errata_rng_uniform(&rng) : 0.5 * (double)(i % 2);
        }
        synth_numbers(frame, "fee", fee);
        synth_numbers(frame, "rebate", rebate);
        schema = synth_schema(frame);
        bins = errata_bins_new(frame, schema, NULL, 10, 0);
        for (guint i = 0; i < N; i++) {
            g_assert_true((bins->columns[0].code[i] > 0) == (fee[i] > 0.0));
            g_assert_true((bins->columns[1].code[i] + 2U >= bins->columns[1].n_codes) ==
                          (rebate[i] >= 0.0));
        }
        bins_schema_clear(schema);
    }
}

static void
test_bins_rank(void)
{
    static const guint n_edges[] = {0, 1, 9, 15, 16, 31, 32, 253};
    ErrataRng rng = errata_rng_init(5, 0, 0);
    double value[67];
    guint8 code[67];

    g_test_summary("Ranks among few and many edges, odd numbers of cells, what is not finite");
    for (guint k = 0; k < G_N_ELEMENTS(n_edges); k++) {
        double edges[254];

        for (guint i = 0; i < n_edges[k]; i++)
            edges[i] = 0.5 * i - 20.0;
        for (guint i = 0; i < 67; i++)
            value[i] = floor(errata_rng_uniform(&rng) * 600.0) / 4.0 - 25.0;
        value[3] = (double)NAN;
        value[9] = (double)INFINITY;
        value[66] = -(double)INFINITY;
        errata_bins_rank(edges, n_edges[k], value, 67, code);
        for (guint i = 0; i < 67; i++) {
            guint expected = 0;

            for (guint e = 0; e < n_edges[k]; e++)
                expected += value[i] >= edges[e];
            g_assert_cmpuint(code[i], ==, isfinite(value[i]) ? expected : ERRATA_BINS_MISSING);
        }
    }
}

static void
test_bins_small(void)
{
    g_autoptr(ErrataFrame) frame = synth_frame(N, 1);
    ErrataColumn *column = synth_add(frame, "k", ERRATA_COLUMN_I64);
    g_autoptr(ErrataBins) bins = NULL;
    ErrataSchema *schema;

    g_test_summary("Whole numbers of two bytes have a code for each of few values");
    for (guint i = 0; i < N; i++)
        column->i64[i] = (gint64[]){-32768, -1, 300, 32767}[i % 4];
    errata_column_narrow(column);
    g_assert_cmpuint(column->width, ==, 2);
    schema = synth_schema(frame);
    bins = errata_bins_new(frame, schema, NULL, 10, 0);
    g_assert_cmpuint(bins->columns[0].n_codes, ==, 4);
    for (guint i = 0; i < N; i++)
        g_assert_cmpuint(bins->columns[0].code[i], ==, i % 4);
    g_assert_cmpfloat_with_epsilon(bins->columns[0].edges[2], 32767.0, 1e-9);
    bins_schema_clear(schema);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bins/codes", test_bins_codes);
    g_test_add_func("/bins/time", test_bins_time);
    g_test_add_func("/bins/apply", test_bins_apply);
    g_test_add_func("/bins/other-scale", test_bins_other_scale);
    g_test_add_func("/bins/degenerate", test_bins_degenerate);
    g_test_add_func("/bins/heavy", test_bins_heavy);
    g_test_add_func("/bins/rank", test_bins_rank);
    g_test_add_func("/bins/small", test_bins_small);
    return g_test_run();
}
