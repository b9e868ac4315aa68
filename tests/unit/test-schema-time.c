/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which column is the clock of a log where its name says otherwise. */
#include "rng.h"
#include "schema-frame.h"
#include "schema-infer.h"

/* 200 rows, a quarter of an hour apart, of which every @skip-th stands where another should; with
 * @shuffled, in no order */
static ErrataRole
time_role(const char *name, guint skip, gboolean shuffled)
{
    g_autoptr(GString) table = g_string_new(name);
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(ErrataSchema) schema = NULL;
    ErrataRng rng = errata_rng_init(17, 0, 0);

    g_string_append(table, ",load,actual,predicted\n");
    for (guint i = 0; i < 200; i++) {
        guint at = shuffled                           ? (guint)errata_rng_below(&rng, 200)
                   : skip > 0 && i % skip == skip - 1 ? i - 2
                                                      : i;
        double load = 100.0 * errata_rng_uniform(&rng);

        g_string_append_printf(table,
                               "2023-01-%02u %02u:%02u:00,%.1f,%.1f,%.1f\n",
                               2 + at / 96,
                               at % 96 / 4,
                               at % 4 * 15,
                               load,
                               load + 3.0 * errata_rng_uniform(&rng),
                               load);
    }
    frame = schema_frame_new(table->str);
    schema = errata_schema_infer(frame, NULL, NULL, NULL);
    g_assert_nonnull(schema);
    return schema->columns[0].role;
}

static void
test_schema_time_in_order(void)
{
    g_test_summary("Instants in the order of the rows are the clock, whatever their name; others "
                   "are what the name says");
    g_assert_cmpint(time_role("interval_start", 0, FALSE), ==, ERRATA_ROLE_TIME);
    g_assert_cmpint(time_role("opened_at", 0, FALSE), ==, ERRATA_ROLE_TIME);
    g_assert_cmpint(time_role("period_end", 101, FALSE), ==, ERRATA_ROLE_TIME);
    g_assert_cmpint(time_role("period_end", 4, FALSE), ==, ERRATA_ROLE_FEATURE);
    g_assert_cmpint(time_role("birth_date", 0, TRUE), ==, ERRATA_ROLE_FEATURE);
    g_assert_cmpint(time_role("label_time", 0, FALSE), ==, ERRATA_ROLE_IGNORE);
}

/* the role of a whole number of the log, @first in the first row and @step more in each */
static ErrataRole
time_number_role(const char *name, guint64 first, guint step)
{
    g_autoptr(GString) table = g_string_new(name);
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(ErrataSchema) schema = NULL;

    g_string_append(table, ",load,actual,predicted\n");
    for (guint i = 0; i < 28; i++)
        g_string_append_printf(table,
                               "%" G_GUINT64_FORMAT ",%u.5,%u.5,%u.2\n",
                               first + (guint64)i * step,
                               i,
                               i,
                               i);
    frame = schema_frame_new(table->str);
    schema = errata_schema_infer(frame, NULL, NULL, NULL);
    g_assert_nonnull(schema);
    if (schema->columns[0].role == ERRATA_ROLE_TIME)
        g_assert_cmpint(frame->columns[0]->type, ==, ERRATA_COLUMN_TIME);
    return schema->columns[0].role;
}

static void
test_schema_time_numbers(void)
{
    g_autoptr(ErrataFrame) frame = schema_frame_new("date,label,prediction\n"
                                                    "20240229,1,1\n20240301,0,1\n,1,1\n");

    g_test_summary("Seconds since 1970 and days written as one number are times by their names");
    g_assert_cmpint(time_number_role("created", 1767225600, 420), ==, ERRATA_ROLE_TIME);
    g_assert_cmpint(time_number_role("amount", 1767225600, 420), ==, ERRATA_ROLE_FEATURE);
    g_assert_cmpint(time_number_role("date", 20260201, 1), ==, ERRATA_ROLE_TIME);
    g_assert_cmpint(time_number_role("order_date", 20260101, 1), ==, ERRATA_ROLE_TIME);
    g_assert_cmpint(time_number_role("amount", 20260201, 7), ==, ERRATA_ROLE_FEATURE);
    g_assert_cmpint(time_number_role("date", 20260201, 2), ==, ERRATA_ROLE_FEATURE); /* the 55th */
    g_assert_cmpint(frame->columns[0]->type, ==, ERRATA_COLUMN_TIME);
    g_assert_cmpint(frame->columns[0]->i64[1] - frame->columns[0]->i64[0],
                    ==,
                    86400 * G_GINT64_CONSTANT(1000000000));
    g_assert_false(errata_column_is_valid(frame->columns[0], 2));
}

static void
test_schema_time_finer(void)
{
    static const char *const months[] = {"2026-03", "2025-01"};

    g_test_summary("Of a day and the instant on it the instant is the clock; another instant is "
                   "none, whatever its precision");
    for (guint other = 0; other < G_N_ELEMENTS(months); other++) {
        g_autoptr(GString) table = g_string_new("date,stamp_time,label,prediction\n");
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(ErrataSchema) schema = NULL;

        for (guint i = 0; i < 60; i++) {
            g_string_append_printf(table, "2026-03-%02u,", 1 + i / 4);
            g_string_append_printf(table, "%s-%02uT10:%02u:00Z", months[other], 1 + i / 4, i);
            g_string_append_printf(table, ",%u,%u\n", i % 2, i % 3 % 2);
        }
        frame = schema_frame_new(table->str);
        schema = errata_schema_infer(frame, NULL, NULL, NULL);
        g_assert_cmpint(schema->columns[other == 0 ? 1 : 0].role, ==, ERRATA_ROLE_TIME);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schema-time/in-order", test_schema_time_in_order);
    g_test_add_func("/schema-time/numbers", test_schema_time_numbers);
    g_test_add_func("/schema-time/finer", test_schema_time_finer);
    return g_test_run();
}
