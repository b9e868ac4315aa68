/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups that a language model fears: right ones, noise, what is known anyway, and nonsense. */
#include <string.h>

#include "frame-builder.h"
#include "rng.h"
#include "run.h"

#define ROWS 6000

typedef struct {
    const char *first;  /* answers of the role */
    const char *second; /* when the first was refused */
    guint asked;
    char *told; /* facts of the last request */
} Model;

static ErrataLlmAnswer *
model_complete(ErrataLlm *llm, const ErrataLlmRequest *request, GError **error)
{
    Model *self = llm->data;
    ErrataLlmAnswer *answer = g_new0(ErrataLlmAnswer, 1);

    if (!g_str_equal(request->role, "hypotheses")) {
        answer->text = g_strdup("{}");
        return answer;
    }
    self->asked++;
    g_free(self->told);
    self->told = g_strdup(request->facts);
    answer->text = g_strdup(strstr(request->facts, "was refused") != NULL ? self->second
                                                                          : self->first);
    return answer;
}

static void
put(ErrataFrameBuilder *builder, const char *name, const char *text)
{
    guint column = 0;

    g_assert_true(errata_frame_builder_column(builder, name, strlen(name), &column, NULL));
    errata_frame_builder_string(builder, column, text, strlen(text));
}

/* “zebra” begins many words, none of them common enough for a search of words to see */
static char *
word(guint index, guint row)
{
    static const char *const words[] =
        {"parcel", "driver", "depot", "zebra", "price", "app", "van", "box", "stamp", "note"};

    if (index != 3)
        return g_strdup(words[index]);
    return g_strdup_printf("zebra%c", 'a' + (int)(row % 26));
}

/* wrong 8 % of the time; 45 % with “zebra” in the note; 50 % for plan gold */
static ErrataFrame *
make_log(guint n)
{
    static const char *const plans[] = {"basic", "plus", "gold", "none"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();

    for (guint i = 0; i < n; i++) {
        ErrataRng rng = errata_rng_init(3, 11, i);
        guint a = (guint)errata_rng_below(&rng, 10);
        guint b = (guint)errata_rng_below(&rng, 10);
        guint plan = (guint)errata_rng_below(&rng, 4);
        gboolean label = errata_rng_below(&rng, 2) == 0;
        double rate = a == 3 || b == 3 ? 0.45 : plan == 2 ? 0.5 : 0.08;
        gboolean wrong = errata_rng_uniform(&rng) < rate;
        g_autofree char *id = g_strdup_printf("id-%05u", i);
        guint age = 0;
        g_autofree char *first = word(a, i);
        g_autofree char *second = word(b, i);
        g_autofree char *note = g_strdup_printf("we had a %s and then some other %s on the road %u",
                                                first,
                                                second,
                                                (guint)errata_rng_below(&rng, 100000));

        put(builder, "id", id);
        g_assert_true(errata_frame_builder_column(builder, "age", 3, &age, NULL));
        errata_frame_builder_integer(builder, age, 18 + (gint64)errata_rng_below(&rng, 60));
        put(builder, "plan", plans[plan]);
        put(builder, "note", note);
        put(builder, "label", label ? "yes" : "no");
        put(builder, "prediction", label != wrong ? "yes" : "no");
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return errata_frame_builder_finish(builder, NULL);
}

static ErrataCase *
run_log(Model *model, guint n)
{
    g_autoptr(ErrataFrame) frame = make_log(n);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    ErrataLlm llm = {.backend = "openai",
                     .model = "by hand",
                     .sends_rows = TRUE,
                     .complete = model_complete,
                     .data = model};
    ErrataRunExtra extra = {.llm = &llm};
    ErrataCase *result;

    g_assert_true(errata_settings_set(settings, "roles", "note", "text", "test", NULL));
    result = errata_run(frame, NULL, settings, ERRATA_RUN_FULL, NULL, &extra, NULL, &error);
    g_assert_no_error(error);
    return result;
}

static const ErrataProposal *
hypothesis(const ErrataCase *result, guint which)
{
    for (guint i = 0; i < result->proposals->len; i++) {
        const ErrataProposal *proposal = g_ptr_array_index(result->proposals, i);

        if (g_str_equal(proposal->role, "hypothesis") && which-- == 0)
            return proposal;
    }
    return NULL;
}

static void
test_judged(void)
{
    Model model = {.first = "{\"hypotheses\": [{\"where\": \"note contains zebra\"}, "
                            "{\"where\": \"age < 30\"}, {\"where\": \"plan = gold\"}, "
                            "{\"where\": \"age > 300\"}]}"};
    g_autoptr(ErrataCase) result = run_log(&model, ROWS);
    const ErrataProposal *zebra = hypothesis(result, 0);
    const ErrataProposal *noise = hypothesis(result, 1);
    const ErrataProposal *known = hypothesis(result, 2);

    g_test_summary("Confirmed, not confirmed, not new, and of no row");
    g_assert_cmpuint(model.asked, ==, 1);
    g_assert_true(zebra->holds);
    g_assert_cmpstr(zebra->text,
                    ==,
                    "predictions where note contains zebra are wrong more often than others.");
    g_assert_nonnull(strstr(zebra->check, "Confirmed. On rows that were not searched: "));
    g_assert_cmpfloat(zebra->p, <, 1e-10);
    g_assert_false(noise->holds);
    g_assert_nonnull(strstr(noise->check, "Not confirmed. On rows"));
    g_assert_false(known->holds);
    g_assert_nonnull(strstr(known->check, "Not new: "));
    g_assert_nonnull(strstr(hypothesis(result, 3)->check, "too few"));
    g_assert_null(hypothesis(result, 4));
    g_assert_null(strstr(model.told, "basic")); /* no value of the log goes out */
    g_assert_nonnull(strstr(model.told, "- “plan”"));
    g_free(model.told);
}

static void
test_wrong_ones(void)
{
    Model model = {.first = "{\"hypotheses\": [{\"where\": \"shoe > 40\"}]}",
                   .second = "{\"hypotheses\": [{\"where\": \"error\"}, {\"where\": \"age >\"}, "
                             "{\"where\": \"label = yes\"}, {\"where\": \"note contains zebra\"}, "
                             "{\"where\": \"note contains 'http://198.51.100.7'\"}]}"};
    g_autoptr(ErrataCase) result = run_log(&model, ROWS);

    g_test_summary("What is no condition on the rows is counted and told, the rest tested");
    g_assert_cmpuint(model.asked, ==, 2);
    g_assert_nonnull(strstr(model.told, "there is no column “shoe”"));
    g_assert_true(hypothesis(result, 0)->holds);
    g_assert_null(hypothesis(result, 1));
    for (guint i = 0; i < result->method_notes->len; i++)
        if (strstr(g_ptr_array_index(result->method_notes, i),
                   "5 proposed, 4 of them no condition on this log, 1 confirmed") != NULL) {
            g_free(model.told);
            return;
        }
    g_assert_not_reached();
}

static void
test_nothing(void)
{
    static const char *const answers[] = {"{\"hypotheses\": []}",
                                          "{\"hypotheses\": 3}",
                                          "{\"hypotheses\": [7]}",
                                          "{}",
                                          "nonsense"};

    g_test_summary("Nothing, nonsense, and too few rows");
    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        Model model = {.first = answers[i], .second = answers[i]};
        g_autoptr(ErrataCase) result = run_log(&model, i == 0 ? 1500 : 2100);

        g_assert_cmpuint(model.asked, ==, i == 0 ? 0 : 2);
        g_assert_null(hypothesis(result, 0));
        g_free(model.told);
    }
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hypotheses/judged", test_judged);
    g_test_add_func("/hypotheses/wrong-ones", test_wrong_ones);
    g_test_add_func("/hypotheses/nothing", test_nothing);
    return g_test_run();
}
