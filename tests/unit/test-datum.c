/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON as values: numbers are the nearest doubles however they are spelled, arrays of numbers stay
 * plain whatever their length, and what is no JSON is refused at its byte. */
#include <math.h>
#include <string.h>

#include "datum.h"
#include "rng.h"

static ErrataDatumTree *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    ErrataDatumTree *tree = errata_datum_parse_json(text, strlen(text), &error);

    g_assert_no_error(error);
    g_assert_nonnull(tree);
    return tree;
}

/* digits, point, exponent and sign as chance has them */
static char *
make_number(ErrataRng *rng)
{
    g_autoptr(GString) text = g_string_new(errata_rng_below(rng, 2) == 0 ? "-" : "");
    guint n_whole = 1 + (guint)errata_rng_below(rng, errata_rng_below(rng, 4) == 0 ? 18 : 3);
    guint n_behind = (guint)errata_rng_below(rng, 18);

    g_string_append_printf(text, "%u", (guint)errata_rng_below(rng, 10));
    for (guint i = 1; i < n_whole; i++)
        g_string_append_printf(text, "%u", (guint)errata_rng_below(rng, 10));
    if (n_behind > 0)
        g_string_append_c(text, '.');
    for (guint i = 0; i < n_behind; i++)
        g_string_append_printf(text, "%u", (guint)errata_rng_below(rng, 10));
    if (errata_rng_below(rng, 2) == 0)
        g_string_append_printf(
            text,
            "%c%s%u",
            errata_rng_below(rng, 2) == 0 ? 'e' : 'E',
            (const char *const[]){"", "+", "-"}[errata_rng_below(rng, 3)],
            (guint)errata_rng_below(rng, errata_rng_below(rng, 3) == 0 ? 400 : 30));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
test_datum_numbers(void)
{
    enum {
        N = 5000
    };
    ErrataRng rng = errata_rng_init(1, 7, 0);
    g_autoptr(GString) text = g_string_new("[");
    g_autofree double *expected = g_new(double, N);
    g_autoptr(ErrataDatumTree) tree = NULL;
    const ErrataDatum *root;

    for (guint i = 0; i < N; i++) {
        g_autofree char *number = make_number(&rng);

        expected[i] = g_ascii_strtod(number, NULL);
        g_string_append_printf(text, "%s%s", i == 0 ? "" : i % 3 == 0 ? " , " : ",", number);
    }
    g_string_append_c(text, ']');
    tree = parse(text->str);
    root = errata_datum_tree_root(tree);
    g_assert_cmpint(root->kind, ==, ERRATA_DATUM_NUMBERS);
    g_assert_cmpuint(root->n, ==, N);
    for (guint i = 0; i < N; i++) /* the same bits, but for the sign of a whole zero */
        g_assert_true(memcmp(&root->numbers[i], &expected[i], sizeof(double)) == 0 ||
                      (fabs(expected[i]) <= 0.0 && fabs(root->numbers[i]) <= 0.0));
}

static void
test_datum_mixed(void)
{
    g_autoptr(ErrataDatumTree) tree = parse(
        "{\"a\": [1.5, [2, [3.25], 4], 5.5], \"b\": [0.5, true, NaN, -Infinity, 1E2], "
        "\"c\": [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,"
        "31,32,33.5,\"x\",35], \"d\": []}");
    const ErrataDatum *root = errata_datum_tree_root(tree);
    const ErrataDatum *a = errata_datum_get(root, "a");
    const ErrataDatum *c = errata_datum_get(root, "c");
    gsize n;
    const double *b = errata_datum_numbers(root, "b", &n);

    g_assert_cmpint(a->kind, ==, ERRATA_DATUM_LIST);
    g_assert_cmpuint(a->n, ==, 3);
    g_assert_cmpfloat_with_epsilon(a->items[0].number, 1.5, 1e-15);
    g_assert_cmpfloat_with_epsilon(a->items[2].number, 5.5, 1e-15);
    g_assert_cmpint(a->items[1].kind, ==, ERRATA_DATUM_LIST);
    g_assert_cmpfloat_with_epsilon(a->items[1].items[1].numbers[0], 3.25, 1e-15);
    g_assert_cmpuint(n, ==, 5);
    g_assert_cmpfloat_with_epsilon(b[0] + b[1] + b[4], 101.5, 1e-15);
    g_assert_true(isnan(b[2]) && isinf(b[3]) && b[3] < 0.0);
    g_assert_cmpint(c->kind, ==, ERRATA_DATUM_LIST);
    g_assert_cmpuint(c->n, ==, 36);
    g_assert_cmpfloat_with_epsilon(c->items[32].number, 32.0, 1e-15);
    g_assert_cmpfloat_with_epsilon(c->items[33].number, 33.5, 1e-15);
    g_assert_cmpstr(c->items[34].text, ==, "x");
    g_assert_cmpfloat_with_epsilon(c->items[35].number, 35.0, 1e-15);
    g_assert_cmpuint(errata_datum_get(root, "d")->n, ==, 0);
}

static void
test_datum_refused(void)
{
    static const char *const text[] = {"[1.5,",
                                       "[1.5,]",
                                       "[1.5 2.5]",
                                       "[1.5",
                                       "[1.2.3]",
                                       "[-]",
                                       "[1e]",
                                       "[-x]",
                                       "[.]",
                                       "[1.5e",
                                       "[0.5,-",
                                       "[1..5]",
                                       "[1.5e+]"};

    for (guint i = 0; i < G_N_ELEMENTS(text); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataDatumTree) tree = errata_datum_parse_json(text[i], strlen(text[i]), &error);

        g_assert_null(tree);
        g_assert_nonnull(error);
        g_assert_true(strstr(error->message, "byte ") != NULL);
    }
}

/* of two members of one name a library takes the first or the last: a model with such is refused */
static void
test_datum_twice(void)
{
    static const char json[] = "{\"a\": 1, \"b\": {\"x\": 1, \"y\": 2, \"x\": 3}, \"c\": 4}";
    static const char ubjson[] = "{U\001aU\001U\001aU\002}";
    g_autoptr(GString) many = g_string_new("{");
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) ubjson_error = NULL;
    g_autoptr(GError) many_error = NULL;
    g_autoptr(ErrataDatumTree) lenient = parse(json);
    g_autoptr(ErrataDatumTree) tree = errata_datum_parse_model_json(json, sizeof json - 1, &error);
    g_autoptr(ErrataDatumTree) binary =
        errata_datum_parse_ubjson((const guint8 *)ubjson, sizeof ubjson - 1, &ubjson_error);
    g_autoptr(ErrataDatumTree) large = NULL;

    g_assert_nonnull(lenient);
    g_assert_null(tree);
    g_assert_nonnull(
        strstr(error->message, "“x” stands twice in the object that ends before byte 38"));
    g_assert_null(binary);
    g_assert_nonnull(strstr(ubjson_error->message, "“a” stands twice"));
    for (guint i = 0; i < 10000; i++)
        g_string_append_printf(many, "\"k%u\":%u,", i, i);
    g_string_append(many, "\"k\":1}");
    large = errata_datum_parse_model_json(many->str, many->len, &many_error);
    g_assert_no_error(many_error);
    g_assert_cmpuint(errata_datum_tree_root(large)->n, ==, 10001);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/datum/numbers", test_datum_numbers);
    g_test_add_func("/datum/mixed", test_datum_mixed);
    g_test_add_func("/datum/refused", test_datum_refused);
    g_test_add_func("/datum/twice", test_datum_twice);
    return g_test_run();
}
