/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roles of a language model that are checked on the log: models that are right, that lie and that
 * write nonsense; what a report keeps of them. */
#include <math.h>
#include <string.h>

#include "frame-builder.h"
#include "propose-private.h"
#include "run.h"
#include "synth-log.h"

/* ---- a model made by hand ---- */

typedef struct _Model Model;
typedef char *(*ModelAnswer)(Model *self, const ErrataLlmRequest *request);

struct _Model {
    ModelAnswer answer;
    const char *role;   /* the one that @text answers; others get what refuses nothing */
    const char *text;   /* nullable */
    const char *second; /* nullable: on the second try */
    guint asked[11];    /* by role */
    GString *seen;      /* all that went out */
};

static const char *const model_roles[] = {"cluster-name",
                                          "cluster-check",
                                          "taxonomy",
                                          "triage",
                                          "attribution",
                                          "fixes",
                                          "hypotheses",
                                          "label-vote",
                                          "rationale",
                                          "text-features",
                                          "text-values",
                                          NULL};

static guint
model_role(const char *name)
{
    for (guint i = 0; model_roles[i] != NULL; i++)
        if (g_str_equal(model_roles[i], name))
            return i;
    g_test_fail_printf("an unknown role: %s", name);
    return 8;
}

static ErrataLlmAnswer *
model_complete(ErrataLlm *llm, const ErrataLlmRequest *request, GError **error)
{
    Model *self = llm->data;
    ErrataLlmAnswer *answer = g_new0(ErrataLlmAnswer, 1);
    gboolean again = strstr(request->facts, "was refused") != NULL;

    self->asked[model_role(request->role)]++;
    g_string_append(self->seen, request->facts);
    for (guint i = 0; request->data != NULL && request->data[i] != NULL; i++)
        g_string_append_printf(self->seen, "\n%s", request->data[i]);
    if (self->role != NULL && g_str_equal(self->role, request->role))
        answer->text = g_strdup(again && self->second != NULL ? self->second : self->text);
    else
        answer->text = self->answer != NULL ? self->answer(self, request) : g_strdup("{}");
    return answer;
}

static ErrataLlm
model_door(Model *self)
{
    if (self->seen == NULL)
        self->seen = g_string_new(NULL);
    return (ErrataLlm){.backend = "openai",
                       .model = "by hand",
                       .sends_rows = TRUE,
                       .complete = model_complete,
                       .data = self};
}

static guint64
rejections(const ErrataLlmUse *use, const char *rule)
{
    for (guint i = 0; i < use->rules->len; i++) {
        const ErrataLlmRule *known = g_ptr_array_index(use->rules, i);

        if (g_str_equal(known->rule, rule))
            return known->count;
    }
    return 0;
}

/* the items that hold a word, as an answer */
static char *
members_with(const ErrataLlmRequest *request, const char *word, gboolean all)
{
    GString *list = g_string_new("{\"members\": [");
    gboolean first = TRUE;

    for (guint i = 0; request->data[i] != NULL; i++)
        if (all || strstr(request->data[i], word) != NULL) {
            g_string_append_printf(list, "%s%u", first ? "" : ", ", i + 1);
            first = FALSE;
        }
    g_string_append(list, "]}");
    return g_string_free(list, FALSE);
}

/* knows what the planted texts have in common */
static char *
answer_well(Model *self, const ErrataLlmRequest *request)
{
    if (g_str_equal(request->role, "cluster-name"))
        return g_strdup("{\"name\": \"ironic praise\", \"description\": "
                        "\"Texts that praise something brilliant and mean the opposite.\"}");
    if (g_str_equal(request->role, "cluster-check"))
        return members_with(request, "brilliant", FALSE);
    if (g_str_equal(request->role, "taxonomy")) {
        const char *id = strstr(request->facts, " | ironic praise");
        const char *begin = id;
        g_autofree char *finding = NULL;

        while (begin > request->facts && begin[-1] != '\n')
            begin--;
        if (begin == NULL)
            return g_strdup("{\"kinds\": []}");
        finding = g_strndup(begin, (gsize)(id - begin));
        return g_strdup_printf("{\"kinds\": [{\"finding\": \"%s\", \"coarse\": \"wording\", "
                               "\"fine\": \"irony\"}]}",
                               finding);
    }
    return g_strdup("{}");
}

/* sees what a text is about; a liar sees it where its hash is odd */
static char *
answer_features(Model *self, const ErrataLlmRequest *request)
{
    gboolean lies = self->second != NULL;
    GString *list;

    if (g_str_equal(request->role, "text-features"))
        return g_strdup("{\"features\": [{\"name\": \"Theme\", \"values\": [\"delivery\", "
                        "\"other\"]}]}");
    if (!g_str_equal(request->role, "text-values"))
        return g_strdup("{}");
    list = g_string_new("{\"texts\": [");
    for (guint i = 0; request->data[i] != NULL; i++) {
        const char *text = request->data[i];
        gboolean delivery = lies ? errata_rng_mix(g_str_hash(text)) % 2 != 0
                                 : strstr(text, "parcel") != NULL ||
                                       strstr(text, "driver") != NULL ||
                                       strstr(text, "depot") != NULL || strstr(text, "van") != NULL;

        g_string_append_printf(list,
                               "%s[\"%s\"]",
                               i > 0 ? ", " : "",
                               delivery ? "Delivery" : "other");
    }
    g_string_append(list, "]}");
    return g_string_free(list, FALSE);
}

/* ---- a log of texts ---- */

static void
put(ErrataFrameBuilder *builder, const char *name, const char *text)
{
    guint column = 0;

    g_assert_true(errata_frame_builder_column(builder, name, strlen(name), &column, NULL));
    errata_frame_builder_string(builder, column, text, strlen(text));
}

static ErrataFrame *
texts(guint n)
{
    static const char *const things[] =
        {"parcel", "driver", "depot", "label", "price", "app", "van", "box", "stamp", "note"};
    static const char *const sayings[] =
        {"slow", "quick", "clean", "warm", "kind", "round", "blue", "small", "tall", "new"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();

    for (guint i = 0; i < n; i++) {
        ErrataRng rng = errata_rng_init(1, 9, i);
        gboolean planted = errata_rng_below(&rng, 12) == 0;
        gboolean wrong = errata_rng_uniform(&rng) < (planted ? 0.8 : 0.05);
        gboolean label = errata_rng_below(&rng, 2) == 0;
        const char *a = things[errata_rng_below(&rng, 10)];
        const char *b = sayings[errata_rng_below(&rng, 10)];
        const char *c = things[errata_rng_below(&rng, 10)];
        g_autofree char *id = g_strdup_printf("secret-%05u", i);
        g_autofree char *text = planted ? g_strdup_printf("oh brilliant, yet another %s that is %s "
                                                          "and a %s for %s",
                                                          a,
                                                          b,
                                                          c,
                                                          id)
                                        : g_strdup_printf("we had a %s that seemed %s near the %s "
                                                          "today",
                                                          a,
                                                          b,
                                                          c);

        put(builder, "id", id);
        put(builder, "text", text);
        put(builder, "label", label ? "yes" : "no");
        put(builder, "prediction", label != wrong ? "yes" : "no");
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return errata_frame_builder_finish(builder, NULL);
}

static ErrataCase *
run_frame(ErrataFrame *frame, Model *model, const char *language, GPtrArray *known)
{
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    ErrataLlm llm = model_door(model);
    ErrataRunExtra extra = {.llm = &llm};
    ErrataRunPatterns patterns = {known, 1000000};
    ErrataCase *result;

    llm.language = language;
    g_assert_true(errata_settings_set(settings, "roles", "text", "text", "test", NULL));
    result = errata_run(frame,
                        NULL,
                        settings,
                        ERRATA_RUN_FULL,
                        known != NULL ? &patterns : NULL,
                        &extra,
                        NULL,
                        &error);
    g_assert_no_error(error);
    return result;
}

static ErrataCase *
run_texts(Model *model, const char *language, GPtrArray *known)
{
    g_autoptr(ErrataFrame) frame = texts(4000);

    return run_frame(frame, model, language, known);
}

static const ErrataFinding *
cluster_finding(const ErrataCase *result)
{
    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, i);

        if (finding->kind == ERRATA_FINDING_CLUSTER)
            return finding;
    }
    g_error("no cluster was found");
}

static void
test_names(void)
{
    Model model = {.answer = answer_well};
    g_autoptr(ErrataCase) result = run_texts(&model, NULL, NULL);
    const ErrataCluster *cluster = g_ptr_array_index(result->clusters, 0);
    const ErrataFinding *finding = cluster_finding(result);

    g_test_summary("A name that tells rows it has not seen is used, and ids stay at home");
    g_assert_true(cluster->by_model);
    g_assert_cmpstr(cluster->name, ==, "ironic praise");
    g_assert_true(g_str_has_prefix(finding->title, "Ironic praise: wrong "));
    g_assert_cmpuint(cluster->n_checked, ==, 24);
    g_assert_cmpfloat(cluster->precision, >, 0.7);
    g_assert_cmpfloat_with_epsilon(cluster->recall, 1.0, 1e-12);
    g_assert_cmpstr(cluster->taxonomy[0], ==, "wording");
    g_assert_null(strstr(model.seen->str, "secret-"));
    g_assert_nonnull(strstr(model.seen->str, "[masked]"));
    g_string_free(model.seen, TRUE);
}

static const ErrataProposal *
feature_proposal(const ErrataCase *result)
{
    for (guint i = 0; i < result->proposals->len; i++) {
        const ErrataProposal *proposal = g_ptr_array_index(result->proposals, i);

        if (g_str_equal(proposal->role, "text-feature"))
            return proposal;
    }
    g_error("no feature of texts was proposed");
}

static gboolean
has_derived(const ErrataCase *result, const char *name)
{
    for (guint i = 0; i < result->derived->len; i++)
        if (g_strcmp0(((ErrataColumnSummary *)g_ptr_array_index(result->derived, i))->name, name) ==
            0)
            return TRUE;
    return FALSE;
}

/* texts of parcels are judged wrongly, in words that look like those of the others */
static ErrataFrame *
parcels(guint n)
{
    static const char *const things[] =
        {"parcel", "driver", "depot", "van", "invoice", "tariff", "price", "tax"};
    static const char *const sayings[] = {"slow", "round", "blue", "small", "tall", "new"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();

    for (guint i = 0; i < n; i++) {
        ErrataRng rng = errata_rng_init(2, 9, i);
        guint thing = (guint)errata_rng_below(&rng, 8);
        gboolean wrong = errata_rng_uniform(&rng) < (thing < 4 ? 0.5 : 0.05);
        gboolean label = errata_rng_below(&rng, 2) == 0;
        g_autofree char *text = g_strdup_printf("the %s was %s and then %s on day %u",
                                                things[thing],
                                                sayings[errata_rng_below(&rng, 6)],
                                                sayings[errata_rng_below(&rng, 6)],
                                                100 + (guint)errata_rng_below(&rng, 900));

        put(builder, "text", text);
        put(builder, "label", label ? "yes" : "no");
        put(builder, "prediction", label != wrong ? "yes" : "no");
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return errata_frame_builder_finish(builder, NULL);
}

static void
test_features(void)
{
    Model model = {.answer = answer_features};
    g_autoptr(ErrataFrame) frame = parcels(4000);
    g_autoptr(ErrataCase) result = run_frame(frame, &model, NULL, NULL);
    const ErrataProposal *proposal = feature_proposal(result);
    gboolean found = FALSE;

    g_test_summary("What a model sees in texts is learnt, becomes a column, and a slice has it");
    g_assert_true(proposal->holds);
    g_assert_nonnull(strstr(proposal->check, "160 texts"));
    g_assert_true(has_derived(result, "text: theme"));
    g_assert_cmpuint(model.asked[9], ==, 1);
    g_assert_cmpuint(model.asked[10], ==, 8);
    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, i);

        found = found || (finding->kind == ERRATA_FINDING_SLICE &&
                          strstr(finding->title, "text: theme is delivery") != NULL);
    }
    g_assert_true(found);
    g_string_free(model.seen, TRUE);
}

static void
test_features_lie(void)
{
    Model model = {.answer = answer_features, .second = "lies"};
    Model hostile = {.role = "text-features",
                     .text = "{\"features\": [{\"name\": \"two thirds\", \"values\": "
                             "[\"see http://a.b\", \"no\"]}]}"};
    g_autoptr(ErrataCase) result = run_texts(&model, NULL, NULL);
    g_autoptr(ErrataCase) refused = run_texts(&hostile, NULL, NULL);
    const ErrataProposal *proposal = feature_proposal(result);

    g_test_summary("Values that nothing in the texts tells make no column; odd names are refused");
    g_assert_false(proposal->holds);
    g_assert_false(has_derived(result, "text: theme"));
    g_assert_cmpuint(refused->proposals->len, ==, 0);
    g_assert_cmpuint(rejections(refused->llm, "name"), ==, 2);
    g_assert_cmpuint(hostile.asked[10], ==, 0);
    g_string_free(model.seen, TRUE);
    g_string_free(hostile.seen, TRUE);
}

static char *
answer_all(Model *self, const ErrataLlmRequest *request)
{
    return g_str_equal(request->role, "cluster-check") ? members_with(request, "", TRUE)
                                                       : answer_well(self, request);
}

static char *
answer_turned(Model *self, const ErrataLlmRequest *request)
{
    return g_str_equal(request->role, "cluster-check") ? members_with(request, "we had", FALSE)
                                                       : answer_well(self, request);
}

static void
test_names_lies(void)
{
    static const struct {
        ModelAnswer answer;
        const char *name; /* nullable: answer of cluster-name */
        const char *rule;
    } lies[] = {
        {answer_all, NULL, "held-out"},
        {answer_turned, NULL, "held-out"},
        {answer_well,
         "{\"name\": \"three kinds of irony\", \"description\": \"Texts that are odd.\"}",
         "number-word"},
        {answer_well,
         "{\"name\": \"ignore this and call us\", \"description\": \"Texts that are odd.\"}",
         "address"},
        {answer_well,
         "{\"name\": \"see https://198.51.100.7\", \"description\": \"Texts that are odd.\"}",
         NULL},
        {answer_well,
         "{\"name\": \"a b c d e f g h\", \"description\": \"Texts that are odd.\"}",
         "length"},
        {answer_well,
         "{\"name\": \"angry immigrants\", \"description\": \"Texts that are odd.\"}",
         "stranger"},
        {answer_well,
         "{\"name\": \"texts with “another”\", \"description\": \"Texts of fraud.\"}",
         "stranger"},
        {answer_well,
         "{\"name\": \"odd texts\", \"description\": \"Texts with “label”.\"}",
         "keyword"},
        {answer_well, "{\"name\": \"irony\"}", "schema"},
        {answer_well, "nonsense", "schema"},
        {answer_well, "[]", "schema"},
        {answer_well,
         "{\"name\": \"Smith and Sons\", \"description\": \"Texts that are odd.\"}",
         "name"},
    };

    g_test_summary("A name that fails the check, or is none, leaves the keywords");
    for (guint i = 0; i < G_N_ELEMENTS(lies); i++) {
        Model model = {.answer = lies[i].answer,
                       .role = lies[i].name != NULL ? "cluster-name" : NULL,
                       .text = lies[i].name};
        g_autoptr(ErrataCase) result = run_texts(&model, NULL, NULL);
        const ErrataCluster *cluster = g_ptr_array_index(result->clusters, 0);

        g_assert_false(cluster->by_model);
        g_assert_true(g_str_has_prefix(cluster_finding(result)->title, "Texts with "));
        if (lies[i].rule != NULL)
            g_assert_cmpuint(rejections(result->llm, lies[i].rule), >, 0);
        g_string_free(model.seen, TRUE);
    }
}

static char *
answer_later(Model *self, const ErrataLlmRequest *request)
{
    if (g_str_equal(request->role, "cluster-name"))
        g_test_fail_printf("asked for a name that is known");
    if (g_str_equal(request->role, "taxonomy"))
        return g_strdup("{\"kinds\": []}");
    return answer_well(self, request);
}

static void
test_taxonomy_kept(void)
{
    Model model = {.answer = answer_well};
    Model later = {.answer = answer_later};
    g_autoptr(GPtrArray) known =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    g_autoptr(ErrataCase) first = run_texts(&model, NULL, known);
    g_autoptr(ErrataCase) second = NULL;
    const ErrataCluster *cluster;

    g_test_summary("The next report has the same kinds and names without asking for them");
    for (guint i = 0; i < first->patterns->len; i++) {
        g_autoptr(GVariant) variant =
            g_variant_ref_sink(errata_pattern_to_variant(g_ptr_array_index(first->patterns, i)));

        g_ptr_array_add(known, errata_pattern_from_variant(variant));
    }
    second = run_texts(&later, NULL, known);
    cluster = g_ptr_array_index(second->clusters, 0);
    g_assert_cmpstr(cluster->name, ==, "ironic praise");
    g_assert_cmpstr(cluster->taxonomy[0], ==, "wording");
    g_assert_nonnull(cluster_finding(second)->pattern->taxonomy);
    g_string_free(model.seen, TRUE);
    g_string_free(later.seen, TRUE);
}

static void
test_language(void)
{
    Model model = {.answer = answer_well};
    g_autoptr(ErrataCase) result = run_texts(&model, "de", NULL);

    g_test_summary("No text is asked for in a language that nobody can check");
    g_assert_cmpuint(model.asked[0] + model.asked[1] + model.asked[2], ==, 0);
    g_assert_false(((ErrataCluster *)g_ptr_array_index(result->clusters, 0))->by_model);
    g_string_free(model.seen, TRUE);
}

/* ---- a table ---- */

typedef struct {
    Log log;
    ErrataFinding *finding;
} Table;

/* rows 0 … 299 are an anomaly; in column 0 they have one value that others seldom have */
static void
table_init(Table *self)
{
    Log *log = &self->log;
    ErrataBinColumn *bin;

    log_init(log, 2000, 3);
    log_fill_noise(log);
    log_finish(log);
    log->analysis.set_aside = g_new0(guint8, log->n);
    log->outcome.duplicate = g_new0(guint8, log->n);
    log->analysis.result->llm = errata_llm_use_new("openai", "by hand");
    bin = &log->bins->columns[0];
    bin->numeric = FALSE;
    bin->has_other = FALSE;
    bin->n_codes = 3;
    bin->labels = g_strsplit("red,green,blue", ",", -1);
    self->finding = errata_finding_new(ERRATA_FINDING_ANOMALY, "odd rows");
    self->finding->subject.columns = g_strsplit(log->bins->columns[1].name, ",", -1);
    self->finding->n_rows = 300;
    self->finding->row = g_new(guint32, 300);
    for (guint row = 0; row < log->n; row++)
        bin->code[row] = row < 300 && row % 10 != 0 ? 2
                                                    : (guint8)(row % 3 == 2 ? row % 2 : row % 3);
    for (guint row = 0; row < 300; row++)
        self->finding->row[row] = row;
    errata_finding_add(self->finding,
                       errata_evidence_new("n_rows", "rows", 300.0, ERRATA_UNIT_COUNT, 2000));
    errata_case_add_finding(log->analysis.result, self->finding);
    errata_case_finish(log->analysis.result);
}

static void
table_clear(Table *self)
{
    g_free(self->log.analysis.set_aside);
    g_clear_pointer(&self->log.outcome.duplicate, g_free);
    log_clear(&self->log);
}

static void
test_triage(void)
{
    static const struct {
        const char *cause;
        int column; /* of the bins; −1: "", −2: one that there is not */
        const char *rule;
    } cases[] = {
        {"one-value", 0, NULL},
        {"traffic-mix", 0, NULL},
        {"one-value", 2, "check"},
        {"missing-values", 0, "check"},
        {"traffic-mix", 2, "check"},
        {"traffic-mix", 1, "circular"},
        {"repeated-rows", -1, "check"},
        {"data-bug", -1, "check"},
        {"labels-late", -1, "check"},
        {"labels-wrong", -1, "check"},
        {"one-value", -2, "name"},
        {"sabotage", -1, "schema"},
    };

    g_test_summary("A cause is shown where its check holds, and only there");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Table table;
        g_autofree char *answer = NULL;
        g_autofree char *told = NULL;
        Model model = {.role = "triage"};
        ErrataLlm llm = model_door(&model);
        GPtrArray *proposals;

        table_init(&table);
        proposals = table.log.analysis.result->proposals;
        answer = g_strdup_printf("{\"cause\": \"%s\", \"column\": \"%s\"}",
                                 cases[i].cause,
                                 cases[i].column >= 0
                                     ? table.log.bins->columns[cases[i].column].name
                                 : cases[i].column == -1 ? ""
                                                         : "weather");
        model.text = answer;
        errata_propose_triage(&table.log.analysis, &llm);
        g_assert_cmpuint(proposals->len, ==, cases[i].rule == NULL ? 1 : 0);
        g_assert_cmpuint(model.asked[3], ==, cases[i].rule == NULL ? 1 : 2);
        told = g_strdup_printf("\none-value | %s | ", table.log.bins->columns[0].name);
        g_assert_nonnull(strstr(model.seen->str, told));         /* what holds */
        g_assert_null(strstr(model.seen->str, "\ndata-bug | ")); /* and nothing else */
        if (cases[i].rule != NULL)
            g_assert_cmpuint(rejections(table.log.analysis.result->llm, cases[i].rule), ==, 2);
        else
            g_assert_true(((ErrataProposal *)g_ptr_array_index(proposals, 0))->holds);
        g_string_free(model.seen, TRUE);
        table_clear(&table);
    }
}

/* the finding's rows err more often than the others */
static void
table_spoil(Table *self)
{
    ErrataOutcome *outcome = &self->log.outcome;

    outcome->n_errors = 0;
    for (guint row = 0; row < self->log.n; row++) {
        outcome->error[row] = (guint8)(row < 300 ? row % 2 : row % 10 == 0);
        outcome->loss[row] = outcome->error[row];
        outcome->n_errors += outcome->error[row];
    }
    self->finding->share_of_rows = 0.15;
}

#define FIX(action, column) \
    "{\"fixes\": [{\"finding\": \"F1\", \"action\": \"" action "\", \"column\": \"" column "\"}]}"

static const struct {
    const char *answer; /* OWN, OTHER: columns */
    ErrataFindingKind kind;
    guint n;
    const char *rule; /* refused; NULL: taken, and where n is 0 left out */
    const char *said;
} fix_cases[] = {
    {FIX("abstain-route", ""), ERRATA_FINDING_SLICE, 1, NULL, "1 proposed, 1 shown"},
    {FIX("quarantine-file", ""), ERRATA_FINDING_ANOMALY, 1, NULL, "1 shown"},
    {FIX("fix-pipeline", "OWN"), ERRATA_FINDING_ANOMALY, 1, NULL, "1 shown"},
    {FIX("fix-pipeline", "OTHER"),
     ERRATA_FINDING_ANOMALY,
     0,
     NULL,
     "1 about a column that is none"},
    {FIX("drop-feature", "OTHER"), ERRATA_FINDING_SLICE, 0, NULL, "1 about a column that is none"},
    /* which lists errors only: leaving them out would tell nothing */
    {FIX("abstain-route", ""), ERRATA_FINDING_CLUSTER, 0, NULL, "1 that gain nothing"},
    {FIX("abstain-route", ""), ERRATA_FINDING_LABEL_ISSUE, 0, NULL, "1 that gain nothing"},
    {FIX("retrain", ""), ERRATA_FINDING_CALIBRATION, 0, NULL, "1 that gain nothing"},
    {FIX("monitor", ""), ERRATA_FINDING_SLICE, 0, NULL, "1 that gain nothing"},
    {"{\"fixes\": []}", ERRATA_FINDING_SLICE, 0, NULL, NULL},
    {"{\"fixes\": [{\"finding\": \"F7\", \"action\": \"retrain\", \"column\": \"\"}]}",
     ERRATA_FINDING_SLICE,
     0,
     "name",
     NULL},
    {FIX("delete-everything", ""), ERRATA_FINDING_SLICE, 0, "schema", NULL},
    {FIX("drop-feature", "wind"), ERRATA_FINDING_SLICE, 0, "name", NULL},
    {"{\"fixes\": [{\"finding\": \"F1\", \"action\": \"retrain\", \"column\": \"\", "
     "\"gain\": 0.5}]}",
     ERRATA_FINDING_SLICE,
     0,
     "schema",
     NULL},
    {"{\"fixes\": [{\"finding\": \"F1\", \"action\": \"retrain\", \"column\": \"\"}, "
     "{\"finding\": \"F1\", \"action\": \"retrain\", \"column\": \"\"}]}",
     ERRATA_FINDING_SLICE,
     0,
     "repetition",
     NULL},
};

static void
test_fixes(void)
{
    g_test_summary(
        "Fixes are of the list, about what their finding is about, and worth something by "
        "the log; the rest is counted");
    for (guint i = 0; i < G_N_ELEMENTS(fix_cases); i++) {
        Table table;
        GString *answer = g_string_new(fix_cases[i].answer);
        Model model = {.role = "fixes"};
        ErrataLlm llm = model_door(&model);
        const GPtrArray *notes;

        table_init(&table);
        table_spoil(&table);
        table.finding->kind = fix_cases[i].kind;
        g_string_replace(answer, "OWN", table.finding->subject.columns[0], 0);
        g_string_replace(answer, "OTHER", table.log.bins->columns[2].name, 0);
        model.text = answer->str;
        errata_propose_fixes(&table.log.analysis, &llm);
        g_test_message("%s", answer->str);
        g_assert_cmpuint(table.finding->suggestions->len, ==, fix_cases[i].n);
        if (fix_cases[i].rule != NULL)
            g_assert_cmpuint(rejections(table.log.analysis.result->llm, fix_cases[i].rule), >, 0);
        notes = table.log.analysis.result->method_notes;
        if (fix_cases[i].said != NULL)
            g_assert_nonnull(strstr(g_ptr_array_index(notes, notes->len - 1), fix_cases[i].said));
        if (fix_cases[i].n > 0) {
            const ErrataSuggestion *made = g_ptr_array_index(table.finding->suggestions, 0);

            g_assert_true(made->by_model);
            g_assert_nonnull(made->metric);
            g_assert_nonnull(made->method);
            g_assert_cmpfloat(made->to, >, made->from);
            g_assert_cmpfloat(made->lo, >, 0.0);
            g_assert_cmpint(made->cost != NULL, ==, i < 2);
        }
        g_string_free(model.seen, TRUE);
        g_string_free(answer, TRUE);
        table_clear(&table);
    }
}

static void
test_attribution(void)
{
    g_test_summary("Readings of drivers: measured where that can be, dropped where contradicted");
    for (guint i = 0; i < 4; i++) {
        static const char *const rules[] = {NULL, NULL, "check", "name"};
        Table table;
        Model model = {.role = "attribution"};
        ErrataLlm llm = model_door(&model);
        ErrataBins *bins;
        ErrataShares *shares;
        g_autofree char *answer = NULL;
        GPtrArray *proposals;

        table_init(&table);
        bins = table.log.bins;
        proposals = table.log.analysis.result->proposals;
        table.log.analysis.result->shares = shares = errata_shares_new("model", "by hand", 2);
        shares->feature[0] = g_strdup(bins->columns[0].name);
        shares->feature[1] = g_strdup(bins->columns[2].name);
        if (i == 1) { /* the same column again */
            bins->columns[2].n_codes = 3;
            memcpy(bins->columns[2].code, bins->columns[0].code, table.log.n);
        }
        answer =
            g_strdup_printf("{\"readings\": [{\"feature\": \"%s\", \"reading\": \"%s\", \"of\": "
                            "\"%s\"}]}",
                            i == 3 ? "wind" : bins->columns[0].name,
                            i == 0 ? "implausible" : "proxy",
                            i == 0 ? "" : bins->columns[2].name);
        model.text = answer;
        errata_propose_attribution(&table.log.analysis, &llm);
        g_assert_cmpuint(proposals->len, ==, rules[i] == NULL ? 1 : 0);
        if (rules[i] != NULL)
            g_assert_cmpuint(rejections(table.log.analysis.result->llm, rules[i]), >, 0);
        else
            g_assert_cmpint(((ErrataProposal *)g_ptr_array_index(proposals, 0))->holds, ==, i == 1);
        g_string_free(model.seen, TRUE);
        table_clear(&table);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/propose/names", test_names);
    g_test_add_func("/propose/features", test_features);
    g_test_add_func("/propose/features-lie", test_features_lie);
    g_test_add_func("/propose/names-lies", test_names_lies);
    g_test_add_func("/propose/taxonomy-kept", test_taxonomy_kept);
    g_test_add_func("/propose/language", test_language);
    g_test_add_func("/propose/triage", test_triage);
    g_test_add_func("/propose/fixes", test_fixes);
    g_test_add_func("/propose/attribution", test_attribution);
    return g_test_run();
}
