/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "late-labels.h"
#include "schema-frame.h"

static void
test_late_labels_shape(void)
{
    const char *const yes[][5] = {{"id", "label"},
                                  {"id", "clf_target"},
                                  {"request_id", "actual"},
                                  {"id", "outcome_30d"},
                                  {"id", "label", "timestamp"}};
    const char *const no[][5] = {{"id", "prediction"},
                                 {"id", "label", "score"},
                                 {"id", "age", "income"},
                                 {"label", "age"},
                                 {"id"}};

    g_test_summary("A file of labels is told by its columns");
    for (guint i = 0; i < G_N_ELEMENTS(yes); i++)
        g_assert_true(errata_late_labels_is(yes[i]));
    for (guint i = 0; i < G_N_ELEMENTS(no); i++)
        g_assert_false(errata_late_labels_is(no[i]));
}

/* the label of a row, as text */
static char *
test_late_labels_cell(const ErrataFrame *log, const char *name, gsize row)
{
    const ErrataColumn *column = errata_frame_find(log, name, NULL);

    g_assert_nonnull(column);
    return errata_column_print(column, row);
}

static void
test_late_labels_check(const ErrataFrame *log, const char *name, const char *wanted)
{
    g_autoptr(GString) found = g_string_new(NULL);

    for (gsize row = 0; row < log->n_rows; row++) {
        g_autofree char *cell = test_late_labels_cell(log, name, row);

        g_string_append_printf(found, "%s%s", row > 0 ? "," : "", *cell == '\0' ? "-" : cell);
    }
    g_assert_cmpstr(found->str, ==, wanted);
}

static GPtrArray *
test_late_labels_files(const char *first, const char *second)
{
    GPtrArray *files = g_ptr_array_new_with_free_func((GDestroyNotify)errata_frame_unref);

    g_ptr_array_add(files, schema_frame_new(first));
    if (second != NULL)
        g_ptr_array_add(files, schema_frame_new(second));
    return files;
}

static void
test_late_labels_join(void)
{
    g_autoptr(ErrataFrame) log = schema_frame_new("id,x,prediction\n1,5,0\n2,6,1\n3,7,1\n4,8,0\n"
                                                  "4,9,1\n5,9,0\n");
    g_autoptr(GPtrArray) files = test_late_labels_files("id,y_true\n4,1\n3.0,0\n1,1\n1,1\n2,0\n"
                                                        "2,1\n99,1\n5,\n",
                                                        NULL);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    ErrataLateLabels told;

    g_test_summary(
        "Ids in any order and spelling; what repeats, contradicts or is foreign is counted");
    g_assert_true(errata_late_labels_join(log, files, 0, settings, &told, NULL, &error));
    g_assert_no_error(error);
    test_late_labels_check(log, "y_true", "1,-,0,1,1,-");
    g_assert_cmpuint(told.n_labels, ==, 7);
    g_assert_cmpuint(told.n_incomplete, ==, 1);
    g_assert_cmpuint(told.n_repeated, ==, 1);
    g_assert_cmpuint(told.n_conflicting, ==, 1);
    g_assert_cmpuint(told.n_unmatched, ==, 1);
    g_assert_cmpuint(told.n_rows, ==, 4);
    g_assert_cmpuint(told.n_shared, ==, 1);
    g_assert_cmpuint(told.n_replaced, ==, 0);
    g_assert_cmpuint(log->warnings->len, ==, 5);
    g_assert_cmpstr(g_hash_table_lookup(settings->roles, "y_true"), ==, "label");
}

static void
test_late_labels_foreign(void)
{
    g_autoptr(ErrataFrame) log = schema_frame_new("id,x,prediction\na-1,5,0\na-2,6,1\n");
    g_autoptr(GPtrArray) files = test_late_labels_files("id,label\n1,0\n2,1\n", NULL);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    ErrataLateLabels told;

    g_test_summary("Where no id fits, one of either side is shown");
    g_assert_true(errata_late_labels_join(log, files, 0, settings, &told, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(told.n_unmatched, ==, 2);
    g_assert_cmpuint(log->warnings->len, ==, 2);
    g_assert_nonnull(strstr(g_ptr_array_index(log->warnings, 0), "such as '1'"));
    g_assert_nonnull(strstr(g_ptr_array_index(log->warnings, 0), "'id' such as 'a-1'"));
}

static void
test_late_labels_fill(void)
{
    g_autoptr(ErrataFrame) log =
        schema_frame_new("id,label,prediction\na,no,no\nb,,yes\nc,no,yes\n");
    g_autoptr(GPtrArray) files = test_late_labels_files("id,label\nb,no\nc,no\n",
                                                        "id,label\nc,yes\n");
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    ErrataLateLabels told;
    guint64 given[2];

    g_test_summary("Labels that the log lacks are filled in; a later file corrects an earlier one");
    g_assert_cmpuint(errata_late_labels_count(log, files, settings), ==, 2);
    g_assert_true(errata_late_labels_join(log, files, 0, settings, &told, given, &error));
    g_assert_no_error(error);
    test_late_labels_check(log, "label", "no,no,yes");
    g_assert_cmpuint(log->n_columns, ==, 3);
    g_assert_cmpuint(told.n_superseded, ==, 1);
    g_assert_cmpuint(given[0], ==, 1);
    g_assert_cmpuint(given[1], ==, 1);
    g_assert_cmpuint(told.n_replaced, ==, 1);
}

static void
test_late_labels_again(void)
{
    static const char *const rows = "customer_id,x,prediction\na,5,0\nb,6,1\nc,7,1\n";
    g_autoptr(GPtrArray) files = test_late_labels_files("id,label\na,0\nc,1\n", NULL);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    ErrataLateLabels told;

    g_test_summary("The roles that a first join leaves, as a report has them, serve a second one");
    for (guint i = 0; i < 2; i++) {
        g_autoptr(ErrataFrame) log = schema_frame_new(rows);

        g_assert_cmpuint(errata_late_labels_count(log, files, settings), ==, 2);
        g_assert_true(errata_late_labels_join(log, files, 0, settings, &told, NULL, &error));
        g_assert_no_error(error);
        test_late_labels_check(log, "label", "0,-,1");
        g_assert_cmpuint(log->n_columns, ==, 4);
        errata_settings_set(settings, "roles", "customer_id", "id", "the report", &error);
        g_assert_no_error(error);
    }
}

static void
test_late_labels_no_id(void)
{
    g_autoptr(ErrataFrame) log = schema_frame_new("x,prediction\n1,0\n2,1\n");
    g_autoptr(GPtrArray) files = test_late_labels_files("id,label\n1,0\n", NULL);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    ErrataLateLabels told;

    g_test_summary("Without ids in the log there is nothing to join by");
    g_assert_false(errata_late_labels_join(log, files, 0, settings, &told, NULL, &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, "--role"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/late-labels/shape", test_late_labels_shape);
    g_test_add_func("/late-labels/join", test_late_labels_join);
    g_test_add_func("/late-labels/foreign", test_late_labels_foreign);
    g_test_add_func("/late-labels/fill", test_late_labels_fill);
    g_test_add_func("/late-labels/again", test_late_labels_again);
    g_test_add_func("/late-labels/no-id", test_late_labels_no_id);
    return g_test_run();
}
