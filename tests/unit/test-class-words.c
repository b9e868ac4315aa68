/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words that read as missing and are classes: in the label and the prediction, and nowhere else. */
#include "class-words.h"
#include "rng.h"
#include "schema-frame.h"
#include "schema.h"

#define TEST_ROWS 600

typedef struct {
    const char *names;      /* of columns: one that is not said below holds numbers from 0 to 1 */
    const char *classes[4]; /* the first one most often */
    const char *unlabelled; /* (nullable): in the labels of the last third */
    const char *failed;     /* (nullable): in one prediction of 25, whatever the label */
    const char *missing;    /* (nullable): [analysis] missing */
    const char *positive;   /* (nullable): [analysis] positive */
    gsize label_missing;
    gsize prediction_missing;
    const char *told; /* (nullable): in the label's reason, or the prediction's without a label */
} TestCase;

static void
test_cell(const TestCase *test, const char *name, gsize row, GString *text)
{
    ErrataRng rng = errata_rng_init(11, 3, row);
    double first = errata_rng_uniform(&rng);
    double second = errata_rng_uniform(&rng);
    gboolean errs = errata_rng_uniform(&rng) < 0.2;
    gboolean fails = row % 25 == 7;
    guint n = test->classes[2] != NULL ? 3 : 2;
    guint label = first < 0.6 ? 0 : first < 0.8 ? 1 : n - 1;
    guint other = second < 0.6 ? 0 : second < 0.8 ? 1 : n - 1;

    if (strstr(name, "label") != NULL)
        g_string_append(text,
                        test->unlabelled != NULL && row >= TEST_ROWS * 2 / 3
                            ? test->unlabelled
                            : test->classes[label]);
    else if (strstr(name, "prediction") != NULL)
        g_string_append(text,
                        fails && test->failed != NULL ? test->failed
                                                      : test->classes[errs ? other : label]);
    else if (strcmp(name, "garage") == 0)
        g_string_append(text, row % 3 == 0 ? "none" : row % 3 == 1 ? "attached" : "carport");
    else if (!(fails && test->failed != NULL && strstr(name, "p_") != NULL))
        g_string_append_printf(text, "%.4f", (second + (double)(row % 7)) / 8.0);
}

static ErrataFrame *
test_frame(const TestCase *test)
{
    g_auto(GStrv) names = g_strsplit(test->names, ",", -1);
    g_autoptr(GString) text = g_string_new(test->names);

    for (gsize row = 0; row < TEST_ROWS; row++) {
        g_string_append_c(text, '\n');
        for (guint i = 0; names[i] != NULL; i++) {
            g_string_append(text, i > 0 ? "," : "");
            test_cell(test, names[i], row, text);
        }
    }
    g_string_append_c(text, '\n');
    return schema_frame_new(text->str);
}

static ErrataSettings *
test_settings(const TestCase *test)
{
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;

    if (test->missing != NULL)
        errata_settings_set(settings, "analysis", "missing", test->missing, "test", &error);
    g_assert_no_error(error);
    if (test->positive != NULL)
        errata_settings_set(settings, "analysis", "positive", test->positive, "test", &error);
    g_assert_no_error(error);
    return g_steal_pointer(&settings);
}

static const TestCase cases[] = {
    {"x,label,prediction", {"none", "mild", "severe"}, .told = "none is a class, as labels and"},
    {"x,label,prediction", {"NA", "EU", "APAC"}, .told = "NA is a class"},
    {"x,label,prediction", {"nan", "bread", "rice"}, .told = "nan is a class"},
    {"x,label,prediction", {"-", "+"}, .told = "- is a class"},
    {"x,label,prediction", {"none", "fraud"}, .told = "none is a class"},
    {"x,label,prediction", {"mild", "severe", "null"}, .told = "null is a class"},
    {"x,prediction", {"none", "mild", "severe"}, .told = "as a model predicts it"},
    {"x,label,score", {"none", "fraud"}, .told = "as there is one other value"},
    {"x,label,p_none,p_mild,p_severe",
     {"none", "mild", "severe"},
     .told = "as a score is named after it"},
    /* rows that have no label yet */
    {"x,label,prediction", {"mild", "low", "severe"}, "NA", .label_missing = 200},
    {"x,label,prediction", {"mild", "low", "severe"}, "None", .label_missing = 200},
    {"x,label,prediction", {"mild", "low", "severe"}, "", .label_missing = 200},
    {"x,label,prediction",
     {"none", "mild", "severe"},
     "NA",
     .label_missing = 200,
     .told = "none is a class"},
    {"x,label,prediction",
     {"none", "mild", "severe"},
     "",
     .label_missing = 200,
     .told = "none is a class"},
    /* and a model that gives no answer now and then */
    {"x,label,prediction",
     {"mild", "low", "severe"},
     "None",
     "None",
     .label_missing = 200,
     .prediction_missing = 24},
    {"x,label,prediction,p_mild,p_low,p_severe",
     {"mild", "low", "severe"},
     "null",
     "null",
     .label_missing = 200,
     .prediction_missing = 24},
    /* a word that says so, which would be a class of its own */
    {"x,label,prediction", {"0", "1"}, "unknown", .label_missing = 200},
    {"x,label,prediction", {"no", "yes"}, "Not labelled", .label_missing = 200},
    {"x,label,score", {"0", "1"}, "pending", .label_missing = 200},
    {"x,label,prediction", {"mild", "low", "severe"}, "TBD", .label_missing = 200},
    {"x,label,p_mild,p_low,p_severe", {"mild", "low", "severe"}, "unlabeled", .label_missing = 200},
    {"x,label,prediction", {"mild", "low", "unknown"}},
    {"x,label,prediction", {"mild", "low", "severe"}, "unknown", "unknown"},
    {"x,label,p_mild,p_low,p_unknown", {"mild", "low", "unknown"}},
    {"x,label,prediction", {"mild", "mild"}, "unknown"},
    {"x,label,prediction", {"mild", "low", "severe"}, "error"},
    {"x,label,prediction", {"mild", "low", "severe"}, "unknown", .missing = "NA"},
    {"x,label,prediction", {"mild", "low"}, "unknown", .positive = "unknown"},
    /* declared */
    {"x,label,prediction", {"none", "mild", "severe"}, .missing = "NA", .told = "declared"},
    {"x,label,prediction", {"mild", "low", "severe"}, "None", .missing = "NA", .told = "declared"},
    {"x,label,score", {"-", "fraud"}, .positive = "-", .told = "positive one is declared"},
};

static void
test_words(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const TestCase *test = &cases[i];
        g_autoptr(ErrataFrame) frame = test_frame(test);
        g_autoptr(ErrataSettings) settings = test_settings(test);
        const ErrataColumn *label = errata_frame_find(frame, "label", NULL);
        const ErrataColumn *prediction = errata_frame_find(frame, "prediction", NULL);
        g_autoptr(ErrataSchema) schema = NULL;
        g_autoptr(GError) error = NULL;
        const char *reason;
        int index;

        errata_class_words_settle(frame, NULL, settings);
        schema = errata_schema_infer(frame, settings, NULL, &error);
        g_assert_no_error(error);
        index = label != NULL ? schema->label : schema->prediction;
        g_assert_cmpint(index, >=, 0);
        reason = schema->columns[index].reason;
        g_test_message("case %u: %s", i, reason);
        if (label != NULL)
            g_assert_cmpuint(label->n_missing, ==, test->label_missing);
        if (prediction != NULL)
            g_assert_cmpuint(prediction->n_missing, ==, test->prediction_missing);
        if (test->told != NULL)
            g_assert_nonnull(strstr(reason, test->told));
        else
            g_assert_null(strstr(reason, "class,"));
        for (guint c = 0; c < frame->n_columns; c++)
            g_assert_null(frame->columns[c]->words);
    }
}

/* where both columns have the word only because rows were not judged, the user says so */
static void
test_declared_missing(void)
{
    static const TestCase test = {"x,label,prediction",
                                  {"none", "mild", "severe"},
                                  .missing = "None"};
    g_autoptr(ErrataFrame) frame = test_frame(&test);
    g_autoptr(ErrataSettings) settings = test_settings(&test);
    const ErrataColumn *label = errata_frame_find(frame, "label", NULL);

    errata_class_words_settle(frame, NULL, settings);
    g_assert_cmpuint(label->n_missing, >, TEST_ROWS / 2);
    g_assert_null(label->class_words);
}

/* a column of an input beside others: @words in turn, where @from ≤ row < @to the first of them
 * only
 */
typedef struct {
    const char *words[5];
    const char *number; /* what the column of numbers has in one row of 11 */
    const char *other;  /* a second column has this instead of its third value */
    gsize from, to;
    gboolean value; /* the first word is one */
} InputCase;

static const InputCase inputs[] = {
    {{"none", "basic", "full"}, "1", "c", .value = TRUE},
    {{"none", "basic", "full"}, "", "c", .value = TRUE},
    {{"None", "Basic", "Full"}, "", "c", .value = TRUE},
    {{"NA", "EU", "APAC"}, "", "c", .value = TRUE},
    {{"NA", "EU", "APAC"}, "1", "c", .value = TRUE},
    {{"none", "basic", "full", ""}, "1", "c", .value = TRUE},
    {{"none", "basic", "full"}, "1", "none", .value = TRUE},
    /* the log's own word for it */
    {{"none", "basic", "full"}, "none", "c"},
    {{"NA", "EU", "APAC"}, "NA", "c"},
    {{"NA", "EU", "APAC"}, "1", "NA"},
    {{"None", "Basic", "Full"}, "1", "None"},
    /* not as the others are spelled */
    {{"None", "basic", "full"}, "", "c"},
    {{"NA", "Europe", "Asia"}, "", "c"},
    /* no person's word, or several */
    {{"null", "basic", "full"}, "", "c"},
    {{"nan", "basic", "full"}, "", "c"},
    {{"-", "basic", "full"}, "", "c"},
    {{"none", "basic", "full", "NA"}, "", "c"},
    /* a fault of some hours */
    {{"none", "basic", "full"}, "", "c", .from = 200, .to = 330},
};

static ErrataFrame *
test_input_frame(const InputCase *test)
{
    g_autoptr(GString) text = g_string_new("x,plan,kind,label,prediction");

    for (gsize row = 0; row < TEST_ROWS; row++) {
        guint n = test->words[3] != NULL ? 4 : 3;
        gboolean fault = row >= test->from && row < test->to;
        const char *word = test->words[test->to == 0 ? row % n : fault ? 0 : 1 + row % (n - 1)];
        const char *kind = row % 3 == 0 ? "a" : row % 3 == 1 ? "b" : test->other;

        g_string_append_printf(text,
                               "\n%s,%s,%s,%s,%s",
                               row % 11 == 0 ? test->number : "2.5",
                               word,
                               kind,
                               row % 2 == 0 ? "yes" : "no",
                               row % 2 == 0 || row % 7 == 0 ? "yes" : "no");
    }
    g_string_append_c(text, '\n');
    return schema_frame_new(text->str);
}

/* an input's word is a value where it looks like one and nothing else says otherwise */
static void
test_inputs(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(inputs); i++) {
        g_autoptr(ErrataFrame) frame = test_input_frame(&inputs[i]);
        const ErrataColumn *plan = errata_frame_find(frame, "plan", NULL);
        const char *const *none;

        errata_class_words_settle(frame, NULL, NULL);
        g_test_message("case %u: %s", i, inputs[i].words[0]);
        none = (const char *const *)(inputs[i].value ? plan->class_words : plan->missing_words);
        g_assert_nonnull(none);
        g_assert_true(g_strv_contains(none, inputs[i].words[0]));
        g_assert_cmpint(plan->class_words != NULL, ==, inputs[i].value);
    }
}

/* a training set reads as the log does, whatever it looks like by itself */
static void
test_inputs_beside(void)
{
    static const InputCase fault = {{"none", "basic", "full"}, "", "c", .from = 200, .to = 330};
    g_autoptr(ErrataFrame) log = test_input_frame(&inputs[0]);
    g_autoptr(ErrataFrame) other = test_input_frame(&fault);

    errata_class_words_settle(log, NULL, NULL);
    errata_class_words_settle(other, log, NULL);
    g_assert_cmpuint(errata_frame_find(other, "plan", NULL)->n_missing, ==, 0);
}

static void
test_features(void)
{
    static const TestCase test = {"x,garage,label,prediction", {"none", "mild", "severe"}};
    g_autoptr(ErrataFrame) frame = test_frame(&test);
    g_autoptr(ErrataSchema) schema = NULL;
    g_autoptr(GError) error = NULL;

    errata_class_words_settle(frame, NULL, NULL);
    g_assert_cmpuint(errata_frame_find(frame, "garage", NULL)->n_missing, ==, 0);
    g_assert_cmpuint(errata_frame_find(frame, "label", NULL)->n_missing, ==, 0);
    schema = errata_schema_infer(frame, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(schema->columns[1].reason,
                    ==,
                    "an input; none is a value, as it is spelled and found like the others");
}

static void
test_features_declared(void)
{
    static const TestCase test = {"x,garage,label,prediction",
                                  {"none", "mild", "severe"},
                                  .missing = "NA"};
    g_autoptr(ErrataFrame) frame = test_frame(&test);
    g_autoptr(ErrataSettings) settings = test_settings(&test);
    g_autoptr(ErrataSchema) schema = NULL;
    g_autoptr(GError) error = NULL;

    errata_class_words_settle(frame, NULL, settings);
    g_assert_cmpuint(errata_frame_find(frame, "garage", NULL)->n_missing, ==, 0);
    schema = errata_schema_infer(frame, settings, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(schema->columns[1].reason, ==, "an input; none is a value");
}

/* a training set, or labels that come later, have no prediction; the log beside them decides */
static void
test_beside(void)
{
    static const TestCase log_case = {"x,label,prediction", {"none", "mild", "severe"}};
    static const TestCase other_case = {"x,label", {"none", "mild", "severe"}};
    g_autoptr(ErrataFrame) log = test_frame(&log_case);
    g_autoptr(ErrataFrame) other = test_frame(&other_case);
    g_autoptr(ErrataFrame) alone = test_frame(&other_case);

    errata_class_words_settle(log, NULL, NULL);
    errata_class_words_settle(other, log, NULL);
    errata_class_words_settle(alone, NULL, NULL);
    g_assert_cmpuint(errata_frame_find(other, "label", NULL)->n_missing, ==, 0);
    g_assert_cmpuint(errata_frame_find(alone, "label", NULL)->n_missing, >, TEST_ROWS / 2);
}

/* @labels and @predictions, comma-separated, in turn; every seventh prediction is another */
static ErrataFrame *
test_turns(const char *labels, const char *predictions)
{
    g_auto(GStrv) label = g_strsplit(labels, ",", -1);
    g_auto(GStrv) prediction = g_strsplit(predictions, ",", -1);
    g_autoptr(GString) text = g_string_new("x,label,prediction\n");

    for (gsize row = 0; row < TEST_ROWS; row++)
        g_string_append_printf(text,
                               "%.2f,%s,%s\n",
                               (double)(row * 37 % 101) / 8.0,
                               label[row % g_strv_length(label)],
                               prediction[(row + row / 7) % g_strv_length(prediction)]);
    return schema_frame_new(text->str);
}

/* classes that a model never says, anywhere in the log */
static void
test_never_said(void)
{
    static const struct {
        const char *labels, *predictions;
        gsize missing;
    } turns[] = {
        {"approved,pending,rejected", "approved,rejected", 0},
        {"no,unknown,yes", "no,yes", 0},
        {"bird,cat,dog,unknown", "0,1,2,3", 0},
        {"a,b,c,unknown", "a,b,c", 0},
        {"0,1,unknown", "0,1", TEST_ROWS / 3},
    };

    for (guint i = 0; i < G_N_ELEMENTS(turns); i++) {
        g_autoptr(ErrataFrame) frame = test_turns(turns[i].labels, turns[i].predictions);

        g_test_message("%s", turns[i].labels);
        errata_class_words_settle(frame, NULL, NULL);
        g_assert_cmpuint(errata_frame_find(frame, "label", NULL)->n_missing, ==, turns[i].missing);
    }
}

/* a class of the log is one of its reference, whose model never says it */
static void
test_never_said_beside(void)
{
    static const TestCase last = {"x,label,prediction", {"a", "b", "c"}, "unknown"};
    g_autoptr(ErrataFrame) log = test_turns("a,b,c,unknown", "a,b,c,unknown");
    g_autoptr(ErrataFrame) reference = test_frame(&last);

    errata_class_words_settle(log, NULL, NULL);
    errata_class_words_settle(reference, log, NULL);
    g_assert_cmpuint(errata_frame_find(reference, "label", NULL)->n_missing, ==, 0);
}

/* numbers that turned to strings, and rows that were read in parts, keep their words */
static void
test_parts(void)
{
    static const char *const cells[] = {"none", "12", "", "2.5", "None", "wood", "none"};
    ErrataColumnStore whole = {.kind = ERRATA_STORE_NONE};
    ErrataColumnStore parts[2] = {{.kind = ERRATA_STORE_NONE}, {.kind = ERRATA_STORE_NONE}};
    g_autoptr(ErrataColumn) column = NULL;

    for (guint i = 0; i < 7 * 200; i++)
        errata_column_store_append_cell(&parts[i >= 333], cells[i % 7], strlen(cells[i % 7]));
    for (guint i = 0; i < 2; i++) {
        errata_column_store_append_store(&whole, &parts[i]);
        errata_column_store_clear(&parts[i]);
    }
    column = errata_column_store_finish(&whole, "material");
    g_assert_cmpint(column->type, ==, ERRATA_COLUMN_CATEGORY);
    for (guint i = 0; i < 7 * 200; i++) {
        const char *word = errata_column_words_at(column->words, i);

        if (g_ascii_strcasecmp(cells[i % 7], "none") == 0)
            g_assert_cmpstr(word, ==, cells[i % 7]);
        else
            g_assert_null(word);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/class-words/words", test_words);
    g_test_add_func("/class-words/declared-missing", test_declared_missing);
    g_test_add_func("/class-words/inputs", test_inputs);
    g_test_add_func("/class-words/inputs-beside", test_inputs_beside);
    g_test_add_func("/class-words/features", test_features);
    g_test_add_func("/class-words/features-declared", test_features_declared);
    g_test_add_func("/class-words/beside", test_beside);
    g_test_add_func("/class-words/never-said", test_never_said);
    g_test_add_func("/class-words/never-said-beside", test_never_said_beside);
    g_test_add_func("/class-words/parts", test_parts);
    return g_test_run();
}
