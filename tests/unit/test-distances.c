/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "distances.h"
#include "ks.h"
#include "lines.h"
#include "rng.h"
#include "sort.h"

#define CLOSE(a, b) g_assert_cmpfloat_with_epsilon((a), (b), 1e-9 * MAX(1.0, fabs(b)))

static ErrataDistances
test_distances_measure(const double *a, gsize n, const double *b, gsize m, double lo, double hi)
{
    g_autofree ErrataScale *scale = g_new(ErrataScale, 1);
    g_autoptr(ErrataPartition) x = NULL;
    g_autoptr(ErrataPartition) y = NULL;

    errata_scale_learn(scale, a, n, b, m, ERRATA_PARTITION_CODES);
    x = errata_partition_new(scale, a, n);
    y = errata_partition_new(scale, b, m);
    return errata_distances_measure(x, y, lo, hi);
}

/* @n rows dealt to five bins by their shares */
static void
test_distances_deal(ErrataRng *rng, const double *share, guint n, guint64 *count)
{
    memset(count, 0, 5 * sizeof *count);
    for (guint i = 0; i < n; i++) {
        double u = errata_rng_uniform(rng);
        guint bin = 0;

        while (bin < 4 && u >= share[bin])
            u -= share[bin++];
        count[bin]++;
    }
}

static void
test_distances_errors(void)
{
    const double r[] = {0.3, 0.3, 0.2, 0.15, 0.05}, c[] = {0.2, 0.2, 0.2, 0.2, 0.2};
    ErrataRng rng = errata_rng_init(4, 0, 0);
    double js[3] = {0.0}, psi[3] = {0.0}; /* sums, squares, standard errors */
    guint64 from[5], to[5];

    g_test_summary("Standard errors of distances are those of repeated samples");
    for (guint k = 0; k < 1000; k++) {
        double of_js, of_psi, distance, index;

        test_distances_deal(&rng, r, 800, from);
        test_distances_deal(&rng, c, 500, to);
        errata_distances_errors(from, to, 5, 1.0, 1.0, &of_js, &of_psi);
        distance = errata_distances_js(from, to, 5);
        index = errata_distances_psi(from, to, 5);
        js[0] += distance / 1000.0;
        js[1] += distance * distance / 1000.0;
        js[2] += of_js / 1000.0;
        psi[0] += index / 1000.0;
        psi[1] += index * index / 1000.0;
        psi[2] += of_psi / 1000.0;
    }
    g_test_message("%g %g, %g %g",
                   sqrt(js[1] - js[0] * js[0]),
                   js[2],
                   sqrt(psi[1] - psi[0] * psi[0]),
                   psi[2]);
    g_assert_cmpfloat_with_epsilon(js[2] / sqrt(js[1] - js[0] * js[0]), 1.0, 0.1);
    g_assert_cmpfloat_with_epsilon(psi[2] / sqrt(psi[1] - psi[0] * psi[0]), 1.0, 0.1);
}

static void
test_distances_by_hand(void)
{
    /* F differs by 1/2 on [1, 2) and by 1/4 on [3, 5): KS 1/2, W1 = 1/2 + 2/4 */
    const double a[] = {1.0, 1.0, 3.0, 5.0};
    const double b[] = {2.0, 2.0, 5.0, 5.0};
    ErrataDistances d = test_distances_measure(a, 4, b, 4, -G_MAXDOUBLE, G_MAXDOUBLE);

    CLOSE(d.ks, 0.5);
    CLOSE(d.wasserstein, 1.0);
    d = test_distances_measure(a, 4, b, 4, 1.5, 4.0);
    CLOSE(d.wasserstein, 0.5 * 0.5 + 0.25 * 1.0);
}

/* both sorted; value by value */
static void
test_distances_brute(const double *a,
                     gsize n,
                     const double *b,
                     gsize m,
                     double lo,
                     double hi,
                     double *ret_ks,
                     double *ret_area)
{
    double gap = 0.0, last = 0.0;
    gsize i = 0, j = 0;

    *ret_ks = *ret_area = 0.0;
    while (i < n || j < m) {
        double value = j >= m || (i < n && a[i] <= b[j]) ? a[i] : b[j];

        if (i + j > 0)
            *ret_area += fabs(gap) * (CLAMP(value, lo, hi) - CLAMP(last, lo, hi));
        while (i < n && a[i] <= value)
            i++;
        while (j < m && b[j] <= value)
            j++;
        gap = (double)i / (double)n - (double)j / (double)m;
        *ret_ks = MAX(*ret_ks, fabs(gap));
        last = value;
    }
}

static double
test_distances_draw(ErrataRng *rng, guint shape)
{
    double u = errata_rng_uniform(rng), v = errata_rng_uniform(rng);
    double normal = sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * G_PI * v);

    switch (shape) {
    case 0:
        return normal;
    case 1:
        return exp(3.0 * normal);
    case 2:
        return (double)errata_rng_below(rng, 7) - 3.0;
    case 3:
        return errata_rng_below(rng, 50) == 0 ? -999.0 : 1000.0 + 0.5 * u;
    default:
        return floor(100.0 * normal) / 100.0;
    }
}

static void
test_distances_equal_brute_force(void)
{
    g_test_summary("Groups give what a walk over sorted samples gives, for shapes of all kinds");
    for (guint round = 0; round < 100; round++) {
        ErrataRng rng = errata_rng_init(3, 5, round);
        gsize n = 1 + errata_rng_below(&rng, round < 50 ? 60 : 20000);
        gsize m = 1 + errata_rng_below(&rng, round < 50 ? 60 : 20000);
        g_autofree double *a = g_new(double, n);
        g_autofree double *b = g_new(double, m);
        double lo = round % 2 == 0 ? -G_MAXDOUBLE : -0.7, hi = round % 2 == 0 ? G_MAXDOUBLE : 2.5;
        double ks, area;
        ErrataDistances d;

        for (gsize i = 0; i < n; i++)
            a[i] = test_distances_draw(&rng, round % 5);
        for (gsize i = 0; i < m; i++)
            b[i] = test_distances_draw(&rng, round % 5) + (round % 3 == 0 ? 0.1 : 0.0);
        d = test_distances_measure(a, n, b, m, lo, hi);
        errata_sort_values(a, n);
        errata_sort_values(b, m);
        test_distances_brute(a, n, b, m, lo, hi, &ks, &area);
        g_assert_cmpfloat_with_epsilon(d.ks, ks, 1e-12);
        g_assert_cmpfloat_with_epsilon(d.wasserstein, area, 1e-9 * MAX(area, 1.0));
    }
}

static void
test_distances_partition(void)
{
    g_test_summary("Order statistics, ties and counts of a partition are those of sorted numbers");
    for (guint round = 0; round < 60; round++) {
        ErrataRng rng = errata_rng_init(4, 5, round);
        gsize n = 1 + errata_rng_below(&rng, round < 30 ? 40 : 9000);
        g_autofree double *a = g_new(double, n);
        g_autofree double *unsorted = NULL;
        g_autofree ErrataScale *scale = g_new(ErrataScale, 1);
        g_autoptr(ErrataPartition) partition = NULL;
        gsize low = 1, high = 1;

        for (gsize i = 0; i < n; i++)
            a[i] = test_distances_draw(&rng, round % 5);
        unsorted = g_memdup2(a, n * sizeof *a);
        errata_scale_learn(scale, a, n, NULL, 0, ERRATA_PARTITION_CODES);
        partition = errata_partition_new(scale, unsorted, n);
        errata_sort_values(a, n);
        while (low < n && a[low] <= a[0])
            low++;
        while (high < n && a[n - 1 - high] >= a[n - 1])
            high++;
        g_assert_cmpuint(errata_partition_ties(partition, FALSE), ==, low);
        g_assert_cmpuint(errata_partition_ties(partition, TRUE), ==, high);
        for (guint i = 0; i < 20; i++) {
            gsize rank = errata_rng_below(&rng, n), below = 0;
            double edge = i == 0 ? -1e9 : test_distances_draw(&rng, round % 5);

            g_assert_cmpfloat_with_epsilon(errata_partition_at(partition, rank), a[rank], 1e-300);
            g_assert_cmpfloat_with_epsilon(errata_partition_quantile(partition, 0.05 * i),
                                           errata_sort_quantile(a, n, 0.05 * i),
                                           1e-9);
            while (below < n && a[below] < edge)
                below++;
            g_assert_cmpuint(errata_partition_below(partition, edge), ==, below);
        }
        errata_partition_cut(partition, low, FALSE);
        if (low < n)
            g_assert_cmpfloat_with_epsilon(errata_partition_at(partition, 0), a[low], 1e-300);
    }
}

static void
test_distances_empty(void)
{
    const double a[] = {1.0};
    const guint64 none[] = {0, 0}, some[] = {1, 2};
    ErrataDistances d = test_distances_measure(a, 1, NULL, 0, -1.0, 1.0);
    ErrataDistancesCategories c = errata_distances_categories(none, some, 2);

    g_assert_true(isnan(d.ks) && isnan(d.ks_p) && isnan(d.wasserstein) && isnan(d.js));
    g_assert_true(isnan(c.chi2) && isnan(c.js));
    CLOSE(c.p, 1.0);
}

static void
test_distances_categories(void)
{
    /* 10+10 against 20+0 of 40: expected 15 and 5; χ² = 4·25/15·… = 40/3; JS of (½,½) and (1,0) */
    const guint64 a[] = {10, 10, 0}, b[] = {20, 0, 0};
    ErrataDistancesCategories d = errata_distances_categories(a, b, 3);

    CLOSE(d.chi2, 2.0 * 25.0 / 15.0 + 2.0 * 25.0 / 5.0);
    g_assert_cmpuint(d.dof, ==, 1);
    CLOSE(d.cramers_v, sqrt(d.chi2 / 40.0));
    CLOSE(d.js * d.js,
          0.5 * (0.5 * log2(0.5 / 0.75) + 0.5 * log2(0.5 / 0.25)) + 0.5 * log2(1.0 / 0.75));
}

/* n!·volume by brute force for n = 2: P(D₂ ≥ d) = 1 − 2·(2d − ½)² for ¼ ≤ d ≤ ½, 2(1 − d)² above */
static void
test_distances_ks_exact(void)
{
    CLOSE(errata_ks_one_sample_p(0.4, 2.0), 1.0 - 2.0 * 0.3 * 0.3);
    CLOSE(errata_ks_one_sample_p(0.7, 2.0), 2.0 * 0.09);
    /* n = m = 2, all six orders: D = 1 for two of them, D ≥ 1/2 always */
    CLOSE(errata_ks_two_sample_p(1.0, 2, 2), 2.0 / 6.0);
    CLOSE(errata_ks_two_sample_p(0.5, 2, 2), 1.0);
    /* the D and p of a log of 7,224 rows cut in half, from SciPy */
    g_assert_cmpfloat_with_epsilon(errata_distances_ks_p(0.015503875969, 3612, 3612),
                                   0.772021058413,
                                   1e-6);
    g_assert_cmpfloat_with_epsilon(errata_distances_ks_p(0.0468570563414, 1393, 1394),
                                   0.0907759508642,
                                   1e-6);
    g_assert_cmpfloat(errata_distances_ks_p(0.5, 100000, 100000), <, 1e-300);
    /* n = m = 3: D = 1 for 2 of 20, D ≥ 2/3 for 12 of 20 */
    CLOSE(errata_ks_two_sample_p(1.0, 3, 3), 0.1);
    CLOSE(errata_ks_two_sample_p(2.0 / 3.0, 3, 3), 0.6);
}

/* the pieces of the distribution meet: neighbouring statistics never jump */
static void
test_distances_ks_continuous(void)
{
    const double sizes[] = {10.0, 139.0, 141.0, 1000.0, 30000.0};

    for (guint s = 0; s < G_N_ELEMENTS(sizes); s++) {
        double last = 1.0;

        for (double z = 0.05; z < 2.2; z += 0.001) {
            double p = errata_ks_one_sample_p(z / sqrt(sizes[s]), sizes[s]);

            g_assert_cmpfloat(p, <=, last + 1e-6);
            g_assert_cmpfloat(p, >=, last - 0.012);
            last = p;
        }
    }
}

typedef struct {
    GPtrArray *rows; /* of char ** */
} Csv;

static Csv
test_distances_read(const char *path)
{
    Csv csv = {g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev)};
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return csv;
    lines = test_lines(text);
    for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
        g_ptr_array_add(csv.rows, g_strsplit(g_strchomp(lines[i]), ",", -1));
    return csv;
}

static gsize
test_distances_column(const Csv *csv, const char *name, gsize from, gsize to, double *ret_sorted)
{
    char **head = g_ptr_array_index(csv->rows, 0);
    guint column = 0;
    gsize n = 0;

    while (g_strcmp0(head[column], name) != 0)
        column++;
    for (gsize i = from; i < to; i++) {
        char **row = g_ptr_array_index(csv->rows, i + 1);

        if (row[column][0] != '\0')
            ret_sorted[n++] = g_ascii_strtod(row[column], NULL);
    }
    errata_sort_values(ret_sorted, n);
    return n;
}

static void
test_distances_check_numeric(JsonObject *want,
                             const Csv *a,
                             gsize n_a,
                             const Csv *b,
                             gsize from_b,
                             gsize to_b,
                             const char *name)
{
    g_autofree double *x = g_new(double, n_a);
    g_autofree double *y = g_new(double, to_b - from_b);
    gsize n = test_distances_column(a, name, 0, n_a, x);
    gsize m = test_distances_column(b, name, from_b, to_b, y);
    ErrataDistances d = test_distances_measure(x, n, y, m, -G_MAXDOUBLE, G_MAXDOUBLE);
    JsonArray *edges = json_object_get_array_member(want, "bin_edges");

    g_test_message("%s", name);
    g_assert_cmpint((gint64)n, ==, json_object_get_int_member(want, "n1"));
    g_assert_cmpuint(d.n_edges, ==, json_array_get_length(edges));
    for (guint i = 0; i < d.n_edges; i++)
        CLOSE(d.edges[i], json_array_get_double_element(edges, i));
    CLOSE(d.ks, json_object_get_double_member(want, "ks"));
    CLOSE(d.wasserstein, json_object_get_double_member(want, "wasserstein"));
    CLOSE(d.psi, json_object_get_double_member(want, "psi"));
    CLOSE(d.js, json_object_get_double_member(want, "js_distance_base2"));
    /* tiny p: compared relatively, the published one has twelve digits */
    double p = json_object_get_double_member(want, "ks_p");
    g_assert_cmpfloat_with_epsilon(d.ks_p, p, 1e-9);
    if (p > 1e-200)
        g_assert_cmpfloat_with_epsilon(d.ks_p / p, 1.0, 1e-6);
}

static void
test_distances_count(const Csv *csv,
                     const char *name,
                     gsize from,
                     gsize to,
                     GPtrArray *values,
                     guint64 *count)
{
    char **head = g_ptr_array_index(csv->rows, 0);
    guint column = 0;

    while (g_strcmp0(head[column], name) != 0)
        column++;
    for (gsize i = from; i < to; i++) {
        char **row = g_ptr_array_index(csv->rows, i + 1);
        guint index;

        if (!g_ptr_array_find_with_equal_func(values, row[column], g_str_equal, &index)) {
            index = values->len;
            g_ptr_array_add(values, row[column]);
        }
        count[index]++;
    }
}

static void
test_distances_check_category(JsonObject *want,
                              const Csv *a,
                              gsize n_a,
                              const Csv *b,
                              gsize from_b,
                              gsize to_b,
                              const char *name)
{
    g_autoptr(GPtrArray) values = g_ptr_array_new();
    guint64 x[256] = {0}, y[256] = {0};
    ErrataDistancesCategories d;

    test_distances_count(a, name, 0, n_a, values, x);
    test_distances_count(b, name, from_b, to_b, values, y);
    d = errata_distances_categories(x, y, values->len);
    CLOSE(d.chi2, json_object_get_double_member(want, "chi2"));
    CLOSE(d.p, json_object_get_double_member(want, "chi2_p"));
    CLOSE(d.psi, json_object_get_double_member(want, "psi"));
    CLOSE(d.cramers_v, json_object_get_double_member(want, "cramers_v"));
    CLOSE(d.js * d.js, json_object_get_double_member(want, "js_divergence_base2"));
}

static char *
test_distances_data(void)
{
    const char *given = g_getenv("ERRATA_TEST_DATA");

    return given != NULL ? g_strdup(given)
                         : g_build_filename(g_test_get_dir(G_TEST_DIST),
                                            "..",
                                            "..",
                                            "..",
                                            "shared",
                                            "data",
                                            "public",
                                            NULL);
}

static void
test_distances_check(const char *json, const char *log_a, const char *log_b)
{
    g_autofree char *data = test_distances_data();
    g_autofree char *path = g_build_filename(data, "reference", json, NULL);
    g_autofree char *path_a = g_build_filename(data, "logs", log_a, NULL);
    g_autofree char *path_b = g_build_filename(data, "logs", log_b, NULL);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GList) names = NULL;
    JsonObject *halves;

    if (!json_parser_load_from_file(parser, path, NULL)) {
        g_test_skip("the reference values are not here");
        return;
    }
    halves = json_object_get_object_member(json_node_get_object(json_parser_get_root(parser)),
                                           "drift_halves");
    Csv a = test_distances_read(path_a);
    Csv b = test_distances_read(path_b);
    names = json_object_get_members(halves);
    for (GList *l = names; l != NULL; l = l->next) {
        JsonObject *want = json_object_get_object_member(halves, l->data);
        gboolean same = g_str_equal(log_a, log_b);
        gsize n_a = same ? (a.rows->len - 1) / 2 : 5832;
        gsize from = same ? n_a : 0;
        gsize to = same ? a.rows->len - 1 : 5832;

        if (g_strcmp0(json_object_get_string_member(want, "kind"), "numeric") == 0)
            test_distances_check_numeric(want, &a, n_a, &b, from, to, l->data);
        else
            test_distances_check_category(want, &a, n_a, &b, from, to, l->data);
    }
    g_ptr_array_unref(a.rows);
    g_ptr_array_unref(b.rows);
}

static void
test_distances_adult(void)
{
    test_distances_check("adult_binary.json", "adult_binary.csv", "adult_binary.csv");
}

static void
test_distances_nannyml(void)
{
    test_distances_check("nannyml_california_drift_reference_vs_analysis.json",
                         "nannyml_california_housing_reference.csv",
                         "nannyml_california_housing_analysis.csv");
}

/* two samples of one law of 1,000 categories: what is told of their distance is what chance
 * gives */
static void
test_distances_by_chance(void)
{
    double js2 = 0.0, of_chance = 0.0, psi = 0.0, of_psi = 0.0;
    const guint64 one[2][2] = {{1, 1}, {1, 1}};
    double by_hand, ignored;

    for (guint64 seed = 0; seed < 40; seed++) {
        ErrataRng rng = errata_rng_init(seed, 61, 0);
        guint64 count[2][1000] = {0}, few[2][10] = {0};
        double a, b;

        for (guint i = 0; i < 3000; i++) {
            guint side = i < 1200 ? 0 : 1;

            count[side][(guint)(1000.0 * pow(errata_rng_uniform(&rng), 2.0))]++;
            few[side][errata_rng_below(&rng, 10)]++;
        }
        errata_distances_by_chance(count[0], count[1], 1000, &a, &b);
        of_chance += a / 40.0;
        js2 += pow(errata_distances_js(count[0], count[1], 1000), 2.0) / 40.0;
        errata_distances_by_chance(few[0], few[1], 10, &a, &b);
        of_psi += b / 40.0;
        psi += errata_distances_psi(few[0], few[1], 10) / 40.0;
    }
    g_test_message("%.4f by chance, %.4f; PSI %.4f, %.4f", of_chance, js2, of_psi, psi);
    g_assert_cmpfloat_with_epsilon(of_chance / js2, 1.0, 0.02);
    g_assert_cmpfloat_with_epsilon(of_psi / psi, 1.0, 0.3);
    /* by hand: each of two categories has one row on either side: with ½ both on one side, which
     * gives ½ · log₂ 2 · 1 = ½ per category and its shares of 1 each; else 0 */
    errata_distances_by_chance(one[0], one[1], 2, &by_hand, &ignored);
    g_assert_cmpfloat_with_epsilon(by_hand, 0.5, 1e-12);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/distances/errors", test_distances_errors);
    g_test_add_func("/distances/by-hand", test_distances_by_hand);
    g_test_add_func("/distances/equal-brute-force", test_distances_equal_brute_force);
    g_test_add_func("/distances/partition-equals-sort", test_distances_partition);
    g_test_add_func("/distances/empty", test_distances_empty);
    g_test_add_func("/distances/by-chance", test_distances_by_chance);
    g_test_add_func("/distances/categories", test_distances_categories);
    g_test_add_func("/distances/ks-exact", test_distances_ks_exact);
    g_test_add_func("/distances/ks-continuous", test_distances_ks_continuous);
    g_test_add_func("/distances/reference/adult", test_distances_adult);
    g_test_add_func("/distances/reference/nannyml", test_distances_nannyml);
    return g_test_run();
}
