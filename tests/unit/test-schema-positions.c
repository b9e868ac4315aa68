/* SPDX-License-Identifier: GPL-3.0-or-later */
/* which class each of several numbered scores is of */
#include <string.h>

#include "outcome.h"
#include "schema-frame.h"
#include "schema.h"

#define ROWS 300

static const char *const animals[] = {"bird", "cat", "dog"};
static const char *const counted[] = {"1", "2", "3"};

/* what a log is made of */
typedef struct {
    const char *const *names; /* of the classes */
    guint order[3];           /* class of each position */
    gboolean predicted;       /* predictions are logged … */
    guint other;              /* … and those of one row in so many have another class; 0: none */
    gboolean labelled; /* labels that mostly are the likeliest class; else they are anything */
    const char *part;  /* name of the first score but for its number */
} Positions;

/* a log of the classes in turn, every fifth label another one */
static ErrataFrame *
test_log(const Positions *p)
{
    g_autoptr(GString) log = g_string_new(NULL);

    g_string_append_printf(log, "age,%s0,%s1,%s2,label", p->part, p->part, p->part);
    g_string_append(log, p->predicted ? ",prediction\n" : "\n");
    for (guint row = 0; row < ROWS; row++) {
        guint said = row % 3;
        guint true_class = !p->labelled ? row / 3 % 3 : row % 5 == 0 ? (said + 1) % 3 : said;
        double most = 0.5 + 0.001 * (double)(row % 97);

        g_string_append_printf(log, "%u", 20 + row * 7 % 50);
        for (guint i = 0; i < 3; i++)
            g_string_append_printf(log,
                                   ",%.4f",
                                   p->order[i] == said             ? most
                                   : p->order[i] == (said + 1) % 3 ? 0.6 * (1.0 - most)
                                                                   : 0.4 * (1.0 - most));
        g_string_append_printf(log, ",%s", p->names[true_class]);
        if (p->predicted)
            g_string_append_printf(
                log,
                ",%s",
                p->names[p->other > 0 && row % p->other == 0 ? row / (3 * p->other) % 3 : said]);
        g_string_append_c(log, '\n');
    }
    return schema_frame_new(log->str);
}

static ErrataSchema *
test_infer(const ErrataFrame *frame, const ErrataSettings *settings)
{
    g_autoptr(GError) error = NULL;
    ErrataSchema *schema = errata_schema_infer(frame, settings, NULL, &error);

    g_assert_no_error(error);
    return schema;
}

static void
test_assert_order(const ErrataSchema *schema, const Positions *p)
{
    g_assert_cmpuint(schema->n_classes, ==, 3);
    for (guint i = 0; i < 3; i++) {
        const ErrataSchemaColumn *column = &schema->columns[1 + i];
        g_autofree char *told =
            g_strdup_printf("position %u is class %s: ", i, p->names[p->order[i]]);

        g_assert_cmpint(column->role, ==, ERRATA_ROLE_SCORE);
        g_assert_cmpint(column->class_index, ==, p->order[i]);
        g_assert_nonnull(strstr(column->reason, told));
    }
}

static void
test_positions_predicted(void)
{
    static const Positions logs[] = {
        {animals, {2, 0, 1}, TRUE, 0, TRUE, "probabilities."},
        {animals, {2, 0, 1}, TRUE, 40, TRUE, "prob_"},
        {animals, {0, 1, 2}, TRUE, 0, TRUE, "prediction.probs."},
        {counted, {0, 1, 2}, TRUE, 0, TRUE, "prob_"},
        {counted, {1, 2, 0}, TRUE, 0, TRUE, "probabilities."},
        {animals, {0, 1, 2}, TRUE, 4, TRUE, "probabilities."},
    };

    g_test_summary("The predictions tell which position is which class, alphabetical or not, and "
                   "the columns' reasons say it");
    for (guint i = 0; i < G_N_ELEMENTS(logs); i++) {
        g_autoptr(ErrataFrame) frame = test_log(&logs[i]);
        g_autoptr(ErrataSchema) schema = test_infer(frame, NULL);

        test_assert_order(schema, &logs[i]);
        g_assert_null(schema->score_note);
        g_assert_null(schema->score_problem);
        if (i == 0)
            g_assert_nonnull(strstr(schema->columns[1].reason, "in 300 of 300 rows"));
        if (i == 2 || i == 3)
            g_assert_nonnull(
                strstr(schema->columns[1].reason, i == 2 ? "alphabetical order" : "numeric order"));
    }
}

static void
test_positions_labelled(void)
{
    static const Positions usual = {animals, {0, 1, 2}, FALSE, 0, TRUE, "probabilities."};
    g_autoptr(ErrataFrame) frame = test_log(&usual);
    g_autoptr(ErrataSchema) schema = test_infer(frame, NULL);

    g_test_summary("Without predictions alphabetical order stands where the labels agree with it, "
                   "and a warning lists it");
    test_assert_order(schema, &usual);
    g_assert_null(schema->score_problem);
    g_assert_nonnull(strstr(schema->score_note, "(0 is bird, 1 is cat, 2 is dog)"));
    g_assert_nonnull(strstr(schema->score_note, "--role COL=prediction"));
}

static void
test_positions_set_aside(void)
{
    static const Positions logs[] = {
        {animals, {2, 0, 1}, FALSE, 0, TRUE, "probabilities."},
        {animals, {0, 1, 2}, FALSE, 0, FALSE, "probabilities."},
        {animals, {0, 1, 2}, TRUE, 1, FALSE, "prob_"},
    };

    g_test_summary("Scores of which no order can be told are set aside, with a warning");
    for (guint i = 0; i < G_N_ELEMENTS(logs); i++) {
        g_autoptr(ErrataFrame) frame = test_log(&logs[i]);
        g_autoptr(ErrataSchema) schema = test_infer(frame, NULL);
        g_autoptr(ErrataOutcome) outcome = errata_outcome_new(frame, schema, NULL, NULL);

        for (guint c = 1; c <= 3; c++)
            g_assert_cmpint(schema->columns[c].role, ==, ERRATA_ROLE_IGNORE);
        g_assert_nonnull(strstr(schema->score_problem, "the scores are set aside"));
        g_assert_cmpstr(errata_outcome_why_no_scores(outcome), ==, schema->score_problem);
        g_assert_null(outcome->probability);
        g_assert_cmpuint(outcome->n_judged, ==, logs[i].predicted ? ROWS : 0);
    }
}

static void
test_positions_one_declared(void)
{
    static const Positions log = {animals, {2, 0, 1}, TRUE, 0, TRUE, "probabilities."};
    g_autoptr(ErrataFrame) frame = test_log(&log);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(ErrataSchema) schema = NULL;

    g_test_summary("One part of an array that is declared a score leaves the others scores");
    errata_settings_set(settings, "roles", "probabilities.0", "score", "--role", NULL);
    schema = test_infer(frame, settings);
    test_assert_order(schema, &log);
    g_assert_true(g_str_has_prefix(schema->columns[1].reason, "declared by --role; position 0 is"));
}

/* a log of a label and a prediction, a cell each written out with the row's number */
static ErrataFrame *
test_lists(const char *name, const char *const *labels, const char *const *lists)
{
    g_autoptr(GString) log = g_string_new("p10,p50,note,");

    g_string_append_printf(log, "label,%s\n", name);
    for (guint row = 0; row < ROWS; row++) {
        g_autofree char *number = g_strdup_printf("%03u", row);
        GString *line = g_string_new(NULL);

        g_string_append_printf(line,
                               "%u,%u,see [%u] below,%s,%s\n",
                               row * 7 % 31,
                               row * 11 % 37,
                               row % 3,
                               labels[row % 3],
                               row % 7 == 0 ? "" : lists[row % 3]);
        g_string_replace(line, "#", number, 0);
        g_string_append(log, line->str);
        g_string_free(line, TRUE);
    }
    return schema_frame_new(log->str);
}

static void
test_positions_lists(void)
{
    static const struct {
        const char *name;
        const char *labels[3];
        const char *lists[3];
        guint n_lists; /* columns that the lists became */
        ErrataRole role;
    } cases[] = {
        {"prediction",
         {"bird", "cat", "dog"},
         {"[0.60# 0.2 0.2]", "[0.2 0.60# 0.2]", "[0.2 0.2 0.60#]"},
         3,
         ERRATA_ROLE_SCORE},
        {"yhat",
         {"0", "1", "1"},
         {"[0.80# 0.2]", "[0.30# 0.7]", "[0.20# 0.8]"},
         2,
         ERRATA_ROLE_SCORE},
        {"prediction",
         {"bird", "cat", "dog"},
         {"[0.2 0.2 0.60#]", "[0.60# 0.2 0.2]", "[0.2 0.60# 0.2]"},
         3,
         ERRATA_ROLE_IGNORE},
        {"prediction",
         {"bird", "cat", "dog"},
         {"[0.1 0.1 0.1 0.70#]", "[0.1 0.70# 0.1 0.1]", "[0.1 0.1 0.70# 0.1]"},
         4,
         ERRATA_ROLE_IGNORE},
        /* one-hot codes beside names, intervals beside numbers */
        {"prediction", {"0", "1", "2"}, {"[1 0 0]", "[0 1 0]", "[0 0 1]"}, 1, ERRATA_ROLE_IGNORE},
        {"prediction",
         {"1.#", "2.#", "3.#"},
         {"[0.# 9]", "[0 8.#]", "[1 7.#]"},
         1,
         ERRATA_ROLE_IGNORE},
        /* lists that are the classes */
        {"prediction",
         {"[1 0 0]", "[0 1 0]", "[0 0 1]"},
         {"[1 0 0]", "[0 1 0]", "[0 1 0]"},
         1,
         ERRATA_ROLE_PREDICTION},
    };

    g_test_summary("Lists in a prediction's column are shares of classes where that is certain, "
                   "and no classes of their own");
    for (guint c = 0; c < G_N_ELEMENTS(cases); c++) {
        g_autoptr(ErrataFrame) frame = test_lists(cases[c].name, cases[c].labels, cases[c].lists);
        g_autoptr(ErrataSchema) schema = test_infer(frame, NULL);

        g_test_message("%u: %s", c, cases[c].lists[0]);
        g_assert_cmpuint(schema->n_columns, ==, 4 + cases[c].n_lists);
        for (guint i = 0; i < 3; i++)
            g_assert_cmpint(schema->columns[i].role, ==, ERRATA_ROLE_FEATURE);
        g_assert_cmpint(schema->columns[3].role, ==, ERRATA_ROLE_LABEL);
        for (guint i = 4; i < schema->n_columns; i++)
            g_assert_cmpint(schema->columns[i].role, ==, cases[c].role);
        if (cases[c].n_lists > 1 && cases[c].role == ERRATA_ROLE_IGNORE)
            g_assert_nonnull(strstr(schema->score_problem, "the scores are set aside"));
        if (cases[c].n_lists == 1 && cases[c].role == ERRATA_ROLE_IGNORE)
            g_assert_nonnull(strstr(schema->columns[4].reason, "its cells are lists"));
    }
}

/* numbers from 0 beside classes of which most are none of them, and of which some are not met */
static void
test_positions_unmet(void)
{
    g_autoptr(GString) log = g_string_new("prob_0,prob_1,prob_2,prob_3,label,prediction\n");
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(ErrataSchema) schema = NULL;

    g_test_summary("Scores numbered from 0 are positions where most classes have other numbers, "
                   "though fewer of these are met");
    for (guint row = 0; row < ROWS; row++) {
        guint said = row % 3;

        for (guint i = 0; i < 4; i++)
            g_string_append_printf(log, "%.2f,", i == said ? 0.7 : 0.1);
        g_string_append_printf(log,
                               "%u,%u\n",
                               3 + (row % 5 == 0 ? (said + 1) % 3 : said),
                               3 + said);
    }
    frame = schema_frame_new(log->str);
    schema = test_infer(frame, NULL);
    g_assert_cmpuint(schema->n_classes, ==, 3);
    for (int i = 0; i < 3; i++)
        g_assert_cmpint(schema->columns[i].class_index, ==, i);
    g_assert_cmpint(schema->columns[3].class_index, <, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schema-positions/predicted", test_positions_predicted);
    g_test_add_func("/schema-positions/labelled", test_positions_labelled);
    g_test_add_func("/schema-positions/set-aside", test_positions_set_aside);
    g_test_add_func("/schema-positions/one-declared", test_positions_one_declared);
    g_test_add_func("/schema-positions/lists", test_positions_lists);
    g_test_add_func("/schema-positions/unmet", test_positions_unmet);
    return g_test_run();
}
