/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A second opinion on labels of texts: of a model that reads, of one that guesses, of one that
 * obeys the texts, and of none that may see rows. */
#include <string.h>

#include "frame-builder.h"
#include "rng.h"
#include "run.h"

#define ROWS 3000

typedef char *(*ModelVote)(const char *text, guint i);

typedef struct {
    ModelVote vote; /* NULL: nonsense */
    guint asked;
    gboolean saw_label;
} Model;

static char *
vote_reads(const char *text, guint i)
{
    return g_strdup(strstr(text, "parcel") != NULL ? "delivery" : "billing");
}

static char *
vote_guesses(const char *text, guint i)
{
    return g_strdup(i % 2 == 0 ? "delivery" : "billing");
}

static char *
vote_obeys(const char *text, guint i)
{
    return g_strdup("perfect");
}

static char *
vote_is_unsure(const char *text, guint i)
{
    return g_strdup("unsure");
}

static ErrataLlmAnswer *
model_complete(ErrataLlm *llm, const ErrataLlmRequest *request, GError **error)
{
    Model *self = llm->data;
    ErrataLlmAnswer *answer = g_new0(ErrataLlmAnswer, 1);
    g_autoptr(GString) list = g_string_new("{\"labels\": [");

    if (!g_str_equal(request->role, "label-vote") || self->vote == NULL) {
        self->asked += g_str_equal(request->role, "label-vote") ? 1 : 0;
        answer->text = g_strdup("{}");
        return answer;
    }
    self->asked++;
    for (guint i = 0; request->data[i] != NULL; i++) {
        g_autofree char *vote = self->vote(request->data[i], i);

        self->saw_label = self->saw_label || strstr(request->data[i], "billing") != NULL ||
                          strstr(request->data[i], "delivery") != NULL;
        g_string_append_printf(list, "%s\"%s\"", i > 0 ? ", " : "", vote);
    }
    g_string_append(list, "]}");
    answer->text = g_strdup(list->str);
    return answer;
}

static guint
column(ErrataFrameBuilder *builder, const char *name)
{
    guint found = 0;

    g_assert_true(errata_frame_builder_column(builder, name, strlen(name), &found, NULL));
    return found;
}

static void
put(ErrataFrameBuilder *builder, const char *name, const char *text)
{
    errata_frame_builder_string(builder, column(builder, name), text, strlen(text));
}

/* right and sure; one label in twenty is the other one */
static ErrataFrame *
make_log(void)
{
    static const char *const names[] = {"billing", "delivery"};
    static const char *const things[] = {"invoice", "parcel"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();

    for (guint i = 0; i < ROWS; i++) {
        ErrataRng rng = errata_rng_init(5, 13, i);
        guint class_index = (guint)errata_rng_below(&rng, 2);
        gboolean flipped = errata_rng_below(&rng, 20) == 0;
        double sure = 0.9 + 0.09 * errata_rng_uniform(&rng);
        g_autofree char *text =
            g_strdup_printf("Dear team, my %s number %u is not what it should be, please look.",
                            things[class_index],
                            (guint)errata_rng_below(&rng, 100000));

        put(builder, "text", text);
        put(builder, "label", names[flipped ? 1 - class_index : class_index]);
        put(builder, "prediction", names[class_index]);
        errata_frame_builder_number(builder,
                                    column(builder, "score"),
                                    class_index == 1 ? sure : 1.0 - sure);
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return errata_frame_builder_finish(builder, NULL);
}

static ErrataCase *
run_log(Model *model, gboolean sends_rows)
{
    g_autoptr(ErrataFrame) frame = make_log();
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    ErrataLlm llm = {.backend = "openai",
                     .model = "by hand",
                     .sends_rows = sends_rows,
                     .complete = model_complete,
                     .data = model};
    ErrataRunExtra extra = {.llm = &llm};
    ErrataCase *result;

    g_assert_true(errata_settings_set(settings, "roles", "text", "text", "test", NULL));
    result = errata_run(frame, NULL, settings, ERRATA_RUN_FULL, NULL, &extra, NULL, &error);
    g_assert_no_error(error);
    return result;
}

/* NULL: none */
static const ErrataProposal *
vote_of(const ErrataCase *result)
{
    for (guint i = 0; i < result->proposals->len; i++) {
        const ErrataProposal *proposal = g_ptr_array_index(result->proposals, i);

        if (g_str_equal(proposal->role, "label-vote"))
            return proposal;
    }
    return NULL;
}

static void
test_reads(void)
{
    Model model = {.vote = vote_reads};
    g_autoptr(ErrataCase) result = run_log(&model, TRUE);
    const ErrataProposal *vote = vote_of(result);

    g_test_summary("Suspects are doubted by one who is right about the others");
    g_assert_cmpuint(model.asked, ==, 1);
    g_assert_false(model.saw_label);
    if (vote == NULL)
        g_error("no vote is told");
    g_assert_true(vote->holds);
    g_assert_nonnull(vote->finding);
    g_assert_cmpuint(vote->n, ==, 40);
    g_assert_nonnull(strstr(vote->text, "is against the labels of the suspects"));
    g_assert_nonnull(strstr(vote->check,
                            "Of 20 suspects it was sure of, it gave 0 the label that they have and "
                            "20 the predicted one; of 20 rows that nobody suspects, 20 "));
}

static void
test_worthless(void)
{
    static const ModelVote votes[] = {vote_guesses, vote_is_unsure};

    g_test_summary("Who is no better about the others is told so, and doubts nothing");
    for (guint i = 0; i < G_N_ELEMENTS(votes); i++) {
        Model model = {.vote = votes[i]};
        g_autoptr(ErrataCase) result = run_log(&model, TRUE);
        const ErrataProposal *vote = vote_of(result);

        if (vote == NULL)
            g_error("no vote is told");
        g_assert_false(vote->holds);
        g_assert_nonnull(strstr(vote->text, "not worth much here"));
    }
}

static void
test_refused(void)
{
    Model obeys = {.vote = vote_obeys};
    Model nonsense = {.vote = NULL};
    Model blind = {.vote = vote_reads};
    g_autoptr(ErrataCase) a = run_log(&obeys, TRUE);
    g_autoptr(ErrataCase) b = run_log(&nonsense, TRUE);
    g_autoptr(ErrataCase) c = run_log(&blind, FALSE);

    g_test_summary("Classes that are none, nonsense, and rows that stay at home");
    g_assert_cmpuint(obeys.asked, ==, 2);
    g_assert_null(vote_of(a));
    g_assert_cmpuint(nonsense.asked, ==, 2);
    g_assert_null(vote_of(b));
    g_assert_cmpuint(blind.asked, ==, 0);
    g_assert_null(vote_of(c));
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/label-vote/reads", test_reads);
    g_test_add_func("/label-vote/worthless", test_worthless);
    g_test_add_func("/label-vote/refused", test_refused);
    return g_test_run();
}
