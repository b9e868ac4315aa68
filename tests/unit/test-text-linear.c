/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The classifier of texts: what it tells apart, and that it says so when it cannot. */
#include <math.h>
#include <string.h>

#include "rng.h"
#include "text-linear.h"

#define N 160

typedef struct {
    char *made[N];
    ErrataGramsText text[N];
    guint8 value[N];
} Made;

/* a dozen words at random, and one of two that gives the value away where @told */
static void
make(Made *made, gboolean told)
{
    static const char *const words[] =
        {"the", "parcel", "came", "late", "and", "box", "was", "blue", "but", "my", "dog", "sat"};

    for (guint i = 0; i < N; i++) {
        ErrataRng rng = errata_rng_init(3, 1, i);
        GString *text = g_string_new(NULL);
        guint8 value = errata_rng_below(&rng, 4) == 0 ? 1 : 0;

        for (guint k = 0; k < 12; k++)
            g_string_append_printf(text, "%s ", words[errata_rng_below(&rng, 12)]);
        if (told)
            g_string_append(text, value != 0 ? "Refund it!" : "thanks");
        made->value[i] = value;
        made->text[i].length = text->len;
        made->text[i].text = made->made[i] = g_string_free(text, FALSE);
    }
}

static void
clear(Made *made)
{
    for (guint i = 0; i < N; i++)
        g_free(made->made[i]);
}

static void
test_told(void)
{
    Made made;
    g_autoptr(ErrataTextLinear) model = NULL;

    g_test_summary("A word that gives the value away is found, in capitals too");
    make(&made, TRUE);
    g_assert_cmpfloat(errata_text_linear_fidelity(made.text, made.value, N, 2, 1), >, 0.97);
    model = errata_text_linear_train(made.text, made.value, N, 2);
    g_assert_cmpuint(errata_text_linear_apply(model, "REFUND it!", 10), ==, 1);
    g_assert_cmpuint(errata_text_linear_apply(model, "thanks", 6), ==, 0);
    g_assert_cmpuint(errata_text_linear_apply(model, "", 0), <, 2);
    clear(&made);
}

static void
test_untold(void)
{
    Made made;
    double fidelity;

    g_test_summary("Values that the texts do not tell come out as guessing, not as the commonest");
    make(&made, FALSE);
    fidelity = errata_text_linear_fidelity(made.text, made.value, N, 2, 1);
    g_assert_cmpfloat(fidelity, >, 0.3);
    g_assert_cmpfloat(fidelity, <, 0.65);
    memset(made.value, 0, N);
    g_assert_true(isnan(errata_text_linear_fidelity(made.text, made.value, N, 2, 1)));
    clear(&made);
}

static void
test_three(void)
{
    static const char *const texts[] = {"where is it?",
                                        "is it here?",
                                        "who knows?",
                                        "it broke!",
                                        "so angry!",
                                        "never again!",
                                        "all is well",
                                        "we thank you",
                                        "good day"};
    const guint8 value[] = {0, 0, 0, 1, 1, 1, 2, 2, 2};
    ErrataGramsText text[9];
    g_autoptr(ErrataTextLinear) model = NULL;

    g_test_summary("Three values, by marks alone; two dozen bytes of three scripts do no harm");
    for (guint i = 0; i < 9; i++)
        text[i] = (ErrataGramsText){texts[i], strlen(texts[i])};
    model = errata_text_linear_train(text, value, 9, 3);
    g_assert_cmpuint(errata_text_linear_apply(model, "ready?", 6), ==, 0);
    g_assert_cmpuint(errata_text_linear_apply(model, "no!", 3), ==, 1);
    g_assert_cmpuint(errata_text_linear_apply(model, "well", 4), ==, 2);
    g_assert_cmpuint(errata_text_linear_apply(model,
                                              "日本語 русский 🙂",
                                              strlen("日本語 русский 🙂")),
                     <,
                     3);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text-linear/told", test_told);
    g_test_add_func("/text-linear/untold", test_untold);
    g_test_add_func("/text-linear/three", test_three);
    return g_test_run();
}
