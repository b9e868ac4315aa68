/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns that may be the label and the prediction, of logs in which no name says so. */
#include <string.h>

#include "analysis-frame.h"
#include "error.h"
#include "likely.h"

/* names, and a log of 400 rows: features of 0 and 1, numbers, and two that agree in 85 % of the
 * rows */
static char *
likely_of(const char *names, gboolean numbers, guint n_columns)
{
    g_autoptr(GString) text = g_string_new(names);
    g_autoptr(AnalysisFrame) log = NULL;

    g_string_append_c(text, '\n');
    for (guint i = 0; i < 400; i++) {
        guint hash = i * 2654435761u >> 7;
        guint label = hash % 100 < 40 ? 1 : 0;
        guint other = hash / 100 % 100 < 15 ? 1 - label : label;
        g_autofree char *row = numbers ? g_strdup_printf("%u,%u,%.1f,%.1f",
                                                         hash % 7,
                                                         i % 50,
                                                         50.5 + hash % 90,
                                                         50.0 + hash % 90 + i % 11)
                                       : g_strdup_printf("%u,%.3f,%u,%u",
                                                         i % 2,
                                                         other == 1 ? 0.5 + (i % 50) / 100.0
                                                                    : (i % 50) / 101.0,
                                                         other,
                                                         label);
        g_auto(GStrv) cells = g_strsplit(row, ",", -1);

        for (guint c = 0; c < n_columns; c++)
            g_string_append_printf(text, "%s%s", cells[c], c + 1 < n_columns ? "," : "\n");
    }
    log = analysis_frame_new(schema_frame_new(text->str), NULL);
    return errata_likely_roles(log->frame, log->schema);
}

static void
test_likely(void)
{
    static const struct {
        const char *names;
        gboolean numbers;
        guint n_columns;
        const char *said; /* NULL: nothing */
    } known[] = {
        {"flag,p7,zz,yy", FALSE, 4, "use --role zz=prediction --role yy=label --role p7=score"},
        {"flag,p7,model out,outcome7",
         FALSE,
         4,
         "use --role 'model out=prediction' --role outcome7=label"},
        {"flag,zz,verdict,label", FALSE, 4, "--role verdict=prediction --role zz=score"},
        {"flag,p7,verdict,label", FALSE, 4, "verdict and label agree in 8"},
        {"flag,p7,prediction,label", FALSE, 4, NULL},
        {"flag,p7,zz", FALSE, 3, NULL},
        {"a,b,guess,minutes", TRUE, 4, "use --role guess=prediction --role minutes=label"},
        {"a,b,c,d", TRUE, 4, "or the other way round"},
        {"a,b,c", TRUE, 3, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        g_autofree char *said = likely_of(known[i].names, known[i].numbers, known[i].n_columns);

        g_test_message("%s: %s", known[i].names, said);
        g_assert_true((said == NULL) == (known[i].said == NULL));
        if (said != NULL)
            g_assert_nonnull(strstr(said, known[i].said));
    }
}

/* a refusal of roles tells which ones may be meant */
static void
test_explain(void)
{
    g_autoptr(GString) text = g_string_new("x,verdict,outcome7\n");
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < 400; i++) {
        guint hash = i * 2654435761u >> 7;
        guint label = hash % 100 < 40 ? 1 : 0;

        g_string_append_printf(text,
                               "%u,%u,%u\n",
                               i % 2,
                               hash / 100 % 100 < 15 ? 1 - label : label,
                               label);
    }
    frame = schema_frame_new(text->str);
    g_set_error(&error, ERRATA_ERROR, ERRATA_ERROR_USAGE, "there is no column 'y'");
    errata_likely_explain(frame, &error);
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_USAGE);
    g_assert_true(g_str_has_prefix(error->message, "there is no column 'y'; "));
    g_assert_nonnull(strstr(error->message, "--role outcome7=label"));
    g_assert_true(g_str_has_suffix(error->message, ", or name them under [roles] in errata.conf"));
}

/* which columns of no and yes may be the label, beside a score */
static void
test_labels(void)
{
    static const struct {
        const char *names;
        const char *said; /* NULL: nothing */
    } cases[] = {
        {"flag,clicked,bought,score",
         "if one of clicked, bought or flag is what came to be, say so, as "
         "with --role clicked=label"},
        {"flag,kind3,kind4,score", "if flag is what came to be, say so with --role flag=label"},
        {"kind3,kind4,kind5,score", NULL},
        {"flag,label,kind3,score", NULL},
        {"flag,clicked,bought,kind3", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) text = g_string_new(cases[i].names);
        g_auto(GStrv) names = g_strsplit(cases[i].names, ",", -1);
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(ErrataSchema) schema = NULL;
        g_autofree char *said = NULL;

        for (guint row = 0; row < 200; row++)
            for (guint c = 0; c < 4; c++) {
                guint hash = (row * 4 + c) * 2654435761u >> 8;

                g_string_append(text, c == 0 ? "\n" : ",");
                if (strcmp(names[c], "score") == 0)
                    g_string_append_printf(text, "0.%04u", hash % 10000);
                else
                    g_string_append_printf(text,
                                           "%u",
                                           hash % (g_str_has_prefix(names[c], "kind") ? 4 : 2));
            }
        g_string_append_c(text, '\n');
        frame = schema_frame_new(text->str);
        schema = errata_schema_infer(frame, NULL, NULL, NULL);
        said = errata_likely_labels(frame, schema);
        g_assert_cmpstr(said, ==, cases[i].said);
    }
}

/* @off: of 1,000 rows so many have the other value than the cut of the score gives */
static char *
likely_decision_of(const char *column, guint off)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(AnalysisFrame) log = NULL;

    g_string_printf(text, "age,score,%s,label\n", column);
    for (guint i = 0; i < 1000; i++) {
        guint hash = i * 2654435761u >> 7;
        guint above = hash % 1000 >= 60 ? 1 : 0;

        g_string_append_printf(text,
                               "%u,%.3f,%u,%u\n",
                               i % 70,
                               hash % 1000 / 1000.0,
                               off > 0 && above == 1 && off-- > 0 ? 0U : above,
                               hash / 1000 % 20 == 0 ? 1U : 0U);
    }
    log = analysis_frame_new(schema_frame_new(text->str), NULL);
    return errata_likely_decision(log->frame, log->schema);
}

static void
test_likely_decision(void)
{
    g_autofree char *cut = likely_decision_of("flagged", 0);
    g_autofree char *nearly = likely_decision_of("flagged", 1);
    g_autofree char *other = likely_decision_of("flagged", 20);
    g_autofree char *known = likely_decision_of("prediction", 0);

    g_test_summary("An input that is one cut of the score may be what the model decided");
    g_assert_nonnull(cut);
    g_assert_nonnull(strstr(cut, "flagged is score cut at about 0.060"));
    g_assert_nonnull(strstr(cut, "--role flagged=prediction"));
    g_assert_nonnull(nearly);
    g_assert_null(other);
    g_assert_null(known);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/likely/roles", test_likely);
    g_test_add_func("/likely/explain", test_explain);
    g_test_add_func("/likely/labels", test_labels);
    g_test_add_func("/likely/decision", test_likely_decision);
    return g_test_run();
}
