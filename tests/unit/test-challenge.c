/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New texts by a language model: what is kept of an answer, and the measures by hand. */
#include <math.h>
#include <string.h>

#include "challenge.h"

static ErrataLlmAnswer *
complete(ErrataLlm *llm, const ErrataLlmRequest *request, GError **error)
{
    ErrataLlmAnswer *answer = g_new0(ErrataLlmAnswer, 1);
    const char *const *answers = llm->data;

    answer->text = g_strdup(answers[strcmp(request->role, "challenge") == 0 ? 0 : 1]);
    return answer;
}

static GPtrArray *
ask(const char *texts, const char *labels, ErrataLlmUse *use)
{
    static char first[] = "where is my parcel";
    static char second[] = "the bill is wrong";
    static const char *const classes[] = {"delivery", "billing", NULL};
    const ErrataChallengeSource sources[] = {{first, "delivery", 4}, {second, "billing", 7}};
    const char *answers[] = {texts, labels};
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ErrataLlm llm = {.backend = "openai",
                     .sends_rows = TRUE,
                     .complete = complete,
                     .data = answers};

    return errata_challenge_ask(sources, 2, classes, seen, &llm, use);
}

#define CASE(item, kind, text) \
    "{\"item\": " item ", \"kind\": \"" kind "\", \"text\": \"" text "\"}"

static void
test_kept(void)
{
    g_autoptr(ErrataLlmUse) use = errata_llm_use_new("openai", NULL);
    g_autoptr(GPtrArray) made =
        ask("{\"cases\": [" CASE("1", "paraphrase", "has my box come yet") ", " CASE(
                "1",
                "conditional",
                "Where is my parcel?") ", " CASE("2",
                                                 "back-translation",
                                                 "the bill is false") ", " CASE("2",
                                                                                "conditional",
                                                                                "the bill is "
                                                                                "false") "]}",
            "{\"labels\": [\"Delivery\", \"unsure\"]}",
            use);
    const ErrataChallengeCase *one;

    g_test_summary("Copies of the source and of one another go; the label is asked for anew");
    g_assert_cmpuint(made->len, ==, 2);
    one = g_ptr_array_index(made, 0);
    g_assert_cmpstr(one->text, ==, "has my box come yet");
    g_assert_true(one->keeps);
    g_assert_cmpfloat_with_epsilon(one->novelty, 1.0 - 1.0 / 8.0, 1e-12);
    one = g_ptr_array_index(made, 1);
    g_assert_cmpuint(one->source, ==, 1);
    g_assert_cmpstr(one->kind, ==, "back-translation");
    g_assert_false(one->keeps);
}

static void
test_refused(void)
{
    static const char *const answers[] = {
        "nonsense",
        "{\"cases\": {}}",
        "{\"cases\": [" CASE("3", "paraphrase", "a b c") "]}",
        "{\"cases\": [" CASE("1", "lie", "a b c") "]}",
        "{\"cases\": [" CASE("1", "paraphrase", "see http://198.51.100.7") "]}",
        "{\"cases\": [" CASE("1", "paraphrase", "<b>bold</b>") "]}",
        "{\"cases\": [" CASE("1", "paraphrase", "two\\nlines") "]}",
        "{\"cases\": [1]}",
    };

    g_test_summary("Answers that are none leave nothing behind");
    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autoptr(ErrataLlmUse) use = errata_llm_use_new("openai", NULL);
        g_autoptr(GPtrArray) made = ask(answers[i], "{}", use);

        g_assert_cmpuint(made->len, ==, 0);
        g_assert_cmpuint(use->rejected, ==, 1);
    }
}

static void
test_measures(void)
{
    static const char *const texts[] = {"a b a b", "a b c"};

    g_test_summary("Novelty and distinct-n, worked out by hand");
    g_assert_cmpfloat_with_epsilon(errata_challenge_novelty("one two", "Two, three"),
                                   2.0 / 3.0,
                                   1e-12);
    g_assert_cmpfloat_with_epsilon(errata_challenge_novelty("", ""), 0.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_challenge_distinct(texts, 2, 1), 3.0 / 7.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_challenge_distinct(texts, 2, 2), 3.0 / 5.0, 1e-12);
    g_assert_true(isnan(errata_challenge_distinct(texts, 0, 1)));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/challenge/kept", test_kept);
    g_test_add_func("/challenge/refused", test_refused);
    g_test_add_func("/challenge/measures", test_measures);
    return g_test_run();
}
