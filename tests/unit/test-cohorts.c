/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Analyses of some rows: what is selected, that roles and row numbers are those of the whole log,
 * and saved cohorts against numbers worked out here. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "frame-builder.h"
#include "frame-select.h"
#include "rng.h"
#include "run.h"

#define ROWS 4000

/* region south errs in 30 % of its rows, others in 10 %; half the rows are young */
static ErrataFrame *
made_log(void)
{
    static const char *const names[] = {"id", "region", "age", "note", "y", "p"};
    static const char *const regions[] = {"north", "south", "east", "west"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();

    for (guint row = 0; row < ROWS; row++) {
        ErrataRng rng = errata_rng_init(3, 1, row);
        guint region = (guint)errata_rng_below(&rng, 4);
        gboolean truth = errata_rng_uniform(&rng) < 0.4;
        gboolean wrong = errata_rng_uniform(&rng) < (region == 1 ? 0.3 : 0.1);
        g_autofree char *id = g_strdup_printf("r%u", row);
        g_autofree char *age = g_strdup_printf("%u", 20 + (guint)errata_rng_below(&rng, 60));
        g_autofree char *note = g_strdup_printf("case number %u of the log", row);
        const char *cells[] = {id,
                               regions[region],
                               row % 50 == 0 ? "" : age,
                               note,
                               truth ? "yes" : "no",
                               truth != wrong ? "yes" : "no"};

        for (guint c = 0; c < G_N_ELEMENTS(names); c++) {
            guint column;

            g_assert_true(
                errata_frame_builder_column(builder, names[c], strlen(names[c]), &column, NULL));
            errata_frame_builder_cell(builder, column, cells[c], strlen(cells[c]));
        }
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return errata_frame_builder_finish(builder, NULL);
}

static ErrataSettings *
made_settings(const char *text)
{
    ErrataSettings *settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *all = g_strconcat("[roles]\ny=label\np=prediction\n", text, NULL);

    errata_settings_load(settings, all, strlen(all), "test", ERRATA_SETTINGS_FOLDER, &error);
    g_assert_no_error(error);
    return settings;
}

static void
test_select(void)
{
    g_autoptr(ErrataFrame) frame = made_log();
    const guint32 rows[] = {0, 3, 49, 50, 51, 3999};
    g_autoptr(ErrataFrame) some = errata_frame_select(frame, rows, G_N_ELEMENTS(rows));

    g_assert_cmpuint(some->n_rows, ==, G_N_ELEMENTS(rows));
    g_assert_cmpuint(some->n_columns, ==, frame->n_columns);
    for (guint c = 0; c < frame->n_columns; c++) {
        g_assert_cmpstr(some->columns[c]->name, ==, frame->columns[c]->name);
        g_assert_cmpuint(some->columns[c]->n_missing, ==, c == 2 ? 2 : 0);
        for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
            g_autofree char *was = errata_column_print(frame->columns[c], rows[i]);
            g_autofree char *is = errata_column_print(some->columns[c], i);

            g_assert_cmpstr(is, ==, was);
        }
    }
    /* no value that no row has */
    g_assert_cmpuint(some->columns[4]->n_dictionary, <=, 2);
    g_assert_cmpuint(some->columns[1]->n_dictionary, <=, 4);
}

static void
test_where(void)
{
    g_autoptr(ErrataFrame) frame = made_log();
    g_autoptr(ErrataSettings) settings =
        made_settings("[analysis]\nwhere=region = south and error\n");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataCase) result =
        errata_run(frame, NULL, settings, ERRATA_RUN_FULL, NULL, NULL, NULL, &error);
    guint n = 0;

    g_assert_no_error(error);
    g_assert_cmpstr(result->where, ==, "region = south and error");
    for (gsize row = 0; row < ROWS; row++) {
        g_autofree char *region = errata_column_print(frame->columns[1], row);
        g_autofree char *y = errata_column_print(frame->columns[4], row);
        g_autofree char *p = errata_column_print(frame->columns[5], row);

        n += strcmp(region, "south") == 0 && strcmp(y, p) != 0 ? 1 : 0;
    }
    g_assert_cmpuint(result->n_rows, ==, n);
    g_assert_cmpuint(result->n_rows_all, ==, ROWS);
    g_assert_cmpint(result->task, ==, ERRATA_TASK_BINARY);
    g_assert_true(fabs(errata_case_metric(result, "accuracy")->value) < 1e-12);
    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, i);

        for (gsize k = 0; finding->row != NULL && k < finding->n_rows; k++) {
            g_autofree char *region = errata_column_print(frame->columns[1], finding->row[k]);

            g_assert_cmpstr(region, ==, "south");
        }
    }
}

static void
test_where_refused(void)
{
    static const char *const cases[][2] = {
        {"[analysis]\nwhere=regoin = south\n",
         "--where “regoin = south”: character 1: there is no"},
        {"[analysis]\nwhere=region = South\n", "region = South holds for none of the 4,000 rows"},
        {"[analysis]\ncohort=old\n[cohorts]\nolder=age > 60\n",
         "there is no cohort “old”; saved are older"},
        {"[analysis]\ncohort=old\n", "there is no cohort “old”; none is saved"},
    };
    g_autoptr(ErrataFrame) frame = made_log();

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ErrataSettings) settings = made_settings(cases[i][0]);
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataCase) result =
            errata_run(frame, NULL, settings, ERRATA_RUN_FULL, NULL, NULL, NULL, &error);

        g_assert_null(result);
        g_assert_nonnull(error);
        g_assert_true(error->domain == ERRATA_ERROR);
        g_assert_cmpint(error->code,
                        ==,
                        strstr(cases[i][1], "none of the") != NULL ? ERRATA_ERROR_TOO_FEW_ROWS
                                                                   : ERRATA_ERROR_USAGE);
        if (!g_str_has_prefix(error->message, cases[i][1]))
            g_error("“%s” is not “%s…”", error->message, cases[i][1]);
    }
}

static void
test_settings_refused(void)
{
    static const char bad[] = "[cohorts]\n# fine\nyoung=age <\n";
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;

    g_assert_false(errata_settings_load(settings,
                                        bad,
                                        strlen(bad),
                                        "errata.conf",
                                        ERRATA_SETTINGS_FOLDER,
                                        &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_CONFIG);
    g_assert_true(strstr(error->message, "line 3") != NULL);
    g_assert_true(strstr(error->message, "character 6: expected a value after <") != NULL);
}

static void
test_cohorts(void)
{
    g_autoptr(ErrataFrame) frame = made_log();
    g_autoptr(ErrataSettings) settings = made_settings("[cohorts]\nsouth=region = south\n"
                                                       "young=age < 50\nfew=row < 12\n"
                                                       "nobody=age > 900\nstray=colour = red\n");
    g_autoptr(ErrataCase) result =
        errata_run(frame, NULL, settings, ERRATA_RUN_FULL, NULL, NULL, NULL, NULL);
    const GPtrArray *cohorts = result->performance.cohorts;
    const char *names[] = {"few", "nobody", "south", "stray", "young"};
    const char *verdicts[] = {NULL, NULL, "worse", NULL, "same"};
    const ErrataCohort *south;
    guint n = 0, wrong = 0;

    g_assert_cmpuint(cohorts->len, ==, G_N_ELEMENTS(names));
    for (guint i = 0; i < cohorts->len; i++) {
        const ErrataCohort *cohort = g_ptr_array_index(cohorts, i);

        g_assert_cmpstr(cohort->name, ==, names[i]);
        g_assert_cmpstr(cohort->verdict, ==, verdicts[i]);
        g_assert_true((cohort->verdict == NULL) == (cohort->why != NULL));
        g_assert_true(isnan(cohort->p) == isnan(cohort->q));
    }
    for (gsize row = 0; row < ROWS; row++) {
        g_autofree char *region = errata_column_print(frame->columns[1], row);
        g_autofree char *y = errata_column_print(frame->columns[4], row);
        g_autofree char *p = errata_column_print(frame->columns[5], row);

        if (strcmp(region, "south") != 0)
            continue;
        n++;
        wrong += strcmp(y, p) != 0 ? 1 : 0;
    }
    south = g_ptr_array_index(cohorts, 2);
    g_assert_cmpuint(south->n, ==, n);
    g_assert_cmpuint(south->judged, ==, n);
    g_assert_cmpfloat_with_epsilon(south->error, (double)wrong / n, 1e-12);
    g_assert_cmpfloat_with_epsilon(south->difference, south->error - south->rest, 1e-12);
    g_assert_true(south->lo < south->difference && south->difference < south->hi);
    for (guint i = 0; i < south->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(south->metrics, i);

        if (strcmp(metric->name, "accuracy") == 0)
            g_assert_cmpfloat_with_epsilon(metric->value, 1.0 - south->error, 1e-12);
    }
}

/* a condition that has nothing to do with the errors is called worse or better at most rarely */
static void
test_noise(void)
{
    guint loud = 0;

    for (guint run = 0; run < 3; run++) {
        g_autoptr(ErrataFrame) frame = made_log();
        g_autoptr(GString) text = g_string_new("[cohorts]\n");
        g_autoptr(ErrataSettings) settings = NULL;
        g_autoptr(ErrataCase) result = NULL;

        for (guint i = 0; i < 60; i++)
            g_string_append_printf(text, "c%u=note contains '%u%u'\n", i, run, i);
        settings = made_settings(text->str);
        result = errata_run(frame, NULL, settings, ERRATA_RUN_FULL, NULL, NULL, NULL, NULL);
        for (guint i = 0; i < result->performance.cohorts->len; i++) {
            const ErrataCohort *cohort = g_ptr_array_index(result->performance.cohorts, i);

            loud += cohort->verdict != NULL && strcmp(cohort->verdict, "same") != 0 ? 1 : 0;
        }
    }
    g_assert_cmpuint(loud, <=, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cohorts/select", test_select);
    g_test_add_func("/cohorts/where", test_where);
    g_test_add_func("/cohorts/where-refused", test_where_refused);
    g_test_add_func("/cohorts/settings-refused", test_settings_refused);
    g_test_add_func("/cohorts/cohorts", test_cohorts);
    g_test_add_func("/cohorts/noise", test_noise);
    return g_test_run();
}
