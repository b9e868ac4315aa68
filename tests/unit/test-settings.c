/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "limit.h"
#include "settings.h"

static gboolean
settings_load(ErrataSettings *settings,
              const char *text,
              ErrataSettingsSource source,
              GError **error)
{
    return errata_settings_load(settings, text, strlen(text), "errata.conf", source, error);
}

static void
test_settings_all_keys(void)
{
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    static const char text[] = "# ours\r\n"
                               "[analysis]\r\n"
                               "task = binary\n"
                               "positive=yes\n"
                               "loss=log-loss\nmax-level=2\nseed=7\nthreads=3\nmemory=2G\n"
                               "entity=customer\nimmutable=age; sex\n"
                               "cost-false-positive=0.5\ncost-false-negative=10\nmin-slice=50\n"
                               "alpha=0.05\nembedding=~/potion\n"
                               "[roles]\na=b=label\nsex=group\n"
                               "[dictionary]\nage=years since\\sbirth \n"
                               "[units]\nage=years\n"
                               "[report]\nformats=pdf,svg\npaper=Letter\nlanguage=de_AT\n"
                               "[inbox]\npath=/srv/in\nsettle=2s\nafter=archive\nmax-bytes=10GiB\n"
                               "[daemon]\nworkers=2\nidle-exit=5min\nmemory=4G\n"
                               "[llm]\nbackend=openai\nurl=https://host/v1\nallow-remote=true\n"
                               "send-rows=none\n[privacy]\nredact=[0-9]{16};\\w+@\\w+\n"
                               "[store]\npath=~/errata\nkeep=90d,20GB\n"
                               "[alerts]\nmin-severity=high\ncommand=notify-send\n";

    settings_load(settings, text, ERRATA_SETTINGS_FULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(settings->task, ==, "binary");
    g_assert_cmpstr(settings->positive, ==, "yes");
    g_assert_cmpuint(settings->max_level, ==, 2);
    g_assert_cmpuint(settings->seed, ==, 7);
    g_assert_cmpuint(settings->memory, ==, G_GUINT64_CONSTANT(2) << 30);
    g_assert_cmpstr(settings->immutable[1], ==, "sex");
    g_assert_cmpfloat_with_epsilon(settings->cost_false_negative, 10.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(settings->alpha, 0.05, 1e-12);
    g_assert_cmpstr(g_hash_table_lookup(settings->roles, "a=b"), ==, "label");
    g_assert_cmpstr(g_hash_table_lookup(settings->role_sources, "sex"), ==, "errata.conf line 19");
    g_assert_cmpstr(g_hash_table_lookup(settings->dictionary, "age"), ==, "years since birth");
    g_assert_cmpstr(settings->formats[1], ==, "svg");
    g_assert_cmpstr(settings->paper, ==, "Letter");
}

static void
test_settings_entity(void)
{
    g_autoptr(ErrataSettings) settings = errata_settings_new();

    g_test_summary("A role says what rows belong to, until it is another or [analysis] says it");
    g_assert_true(errata_settings_set(settings, "roles", "user", "entity", "--role", NULL));
    g_assert_cmpstr(settings->entity, ==, "user");
    g_assert_true(errata_settings_set(settings, "roles", "firm", "entity", "--role", NULL));
    g_assert_true(errata_settings_set(settings, "roles", "user", "feature", "--role", NULL));
    g_assert_cmpstr(settings->entity, ==, "firm");
    g_assert_true(errata_settings_set(settings, "roles", "firm", "id", "--role", NULL));
    g_assert_null(settings->entity);
    g_assert_true(errata_settings_set(settings, "analysis", "entity", "user", "a file", NULL));
    g_assert_true(errata_settings_set(settings, "roles", "firm", "entity", "--role", NULL));
    g_assert_cmpstr(settings->entity, ==, "user");
}

static void
test_settings_later_wins(void)
{
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;

    settings_load(settings,
                  "[analysis]\nseed=1\nalpha=0.02\n[roles]\nx=id\n",
                  ERRATA_SETTINGS_FULL,
                  &error);
    settings_load(settings,
                  "[analysis]\nseed=2\n[roles]\ny=label\n",
                  ERRATA_SETTINGS_FOLDER,
                  &error);
    g_assert_true(errata_settings_set(settings, "roles", "x", "ignore", "--role", &error));
    g_assert_no_error(error);
    g_assert_cmpuint(settings->seed, ==, 2);
    g_assert_cmpfloat_with_epsilon(settings->alpha, 0.02, 1e-12);
    g_assert_cmpstr(g_hash_table_lookup(settings->roles, "x"), ==, "ignore");
    g_assert_cmpstr(g_hash_table_lookup(settings->role_sources, "x"), ==, "--role");
    g_assert_cmpstr(g_hash_table_lookup(settings->roles, "y"), ==, "label");
}

typedef struct {
    const char *name;
    const char *text;
    ErrataSettingsSource source;
    const char *says[3];
} Bad;

static const Bad bads[] = {
    {"unknown-key",
     "[analysis]\n\nsead=1\n",
     ERRATA_SETTINGS_FULL,
     {"errata.conf line 3", "'sead'", "seed"}},
    {"unknown-group", "[analyses]\n", ERRATA_SETTINGS_FULL, {"line 1", "analyses", "[analysis]"}},
    {"bad-choice", "[report]\npaper=A3\n", ERRATA_SETTINGS_FULL, {"line 2", "'A3'", "A4, Letter"}},
    {"bad-number",
     "[analysis]\nmax-level=99\n",
     ERRATA_SETTINGS_FULL,
     {"line 2", "'max-level'", "from 1 to 6"}},
    {"bad-role", "[roles]\nx=lable\n", ERRATA_SETTINGS_FULL, {"line 2", "'lable'", "label"}},
    {"folder-llm",
     "[llm]\nurl=http://x\n",
     ERRATA_SETTINGS_FOLDER,
     {"line 1", "[llm]", "[roles], [dictionary]"}},
    {"folder-inbox", "[inbox]\n", ERRATA_SETTINGS_FOLDER, {"line 1", "[inbox]", "may not"}},
    {"no-group", "seed=1\n", ERRATA_SETTINGS_FULL, {"line 1", "seed=1", "[group]"}},
    {"no-equals", "[analysis]\nseed\n", ERRATA_SETTINGS_FULL, {"line 2", "'seed'", "KEY=VALUE"}},
    {"bad-boolean",
     "[llm]\nallow-remote=maybe\n",
     ERRATA_SETTINGS_FULL,
     {"line 2", "'maybe'", "true, false"}},
    {"bad-url", "[llm]\nurl=ftp://x\n", ERRATA_SETTINGS_FULL, {"line 2", "ftp://x", "https://"}},
    {"bad-keep", "[store]\nkeep=90d,many\n", ERRATA_SETTINGS_FULL, {"line 2", "keep", "20GB"}},
    {"bad-pattern",
     "[privacy]\nredact=(\n",
     ERRATA_SETTINGS_FULL,
     {"line 2", "redact", "regular expressions"}},
    {"not-utf8", "[analysis]\npositive=\xff\n", ERRATA_SETTINGS_FULL, {"line 2", "0xff", "UTF-8"}},
};

static void
test_settings_bad(gconstpointer data)
{
    const Bad *bad = data;
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;

    g_assert_false(settings_load(settings, bad->text, bad->source, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_CONFIG);
    for (guint i = 0; i < 3; i++)
        if (strstr(error->message, bad->says[i]) == NULL)
            g_error("“%s” does not say “%s”", error->message, bad->says[i]);
}

static void
test_settings_all_or_nothing(void)
{
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autofree char *large = g_strnfill(ERRATA_LIMIT_CONFIG_BYTES + 1, '#');
    g_autoptr(GError) error = NULL;

    g_assert_false(
        settings_load(settings, "[analysis]\nseed=5\nseed=x\n", ERRATA_SETTINGS_FULL, NULL));
    g_assert_cmpuint(settings->seed, ==, 0);
    g_assert_false(settings_load(settings, large, ERRATA_SETTINGS_FULL, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_LIMIT);
}

static void
test_settings_quantities(void)
{
    guint64 bytes = 0;
    double seconds = 0.0;

    g_assert_true(errata_settings_key_parse_size("1.5KiB", &bytes));
    g_assert_cmpuint(bytes, ==, 1536);
    g_assert_true(errata_settings_key_parse_size("10 MB", &bytes));
    g_assert_cmpuint(bytes, ==, 10 << 20);
    g_assert_false(errata_settings_key_parse_size("10 miles", &bytes));
    g_assert_false(errata_settings_key_parse_size("-1", &bytes));
    g_assert_false(errata_settings_key_parse_size("99999999T", &bytes));
    g_assert_true(errata_settings_key_parse_duration("2h", &seconds));
    g_assert_cmpfloat_with_epsilon(seconds, 7200.0, 1e-12);
    g_assert_false(errata_settings_key_parse_duration("2 moons", &seconds));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/settings/all-keys", test_settings_all_keys);
    g_test_add_func("/settings/entity", test_settings_entity);
    g_test_add_func("/settings/later-wins", test_settings_later_wins);
    g_test_add_func("/settings/all-or-nothing", test_settings_all_or_nothing);
    g_test_add_func("/settings/quantities", test_settings_quantities);
    for (guint i = 0; i < G_N_ELEMENTS(bads); i++) {
        g_autofree char *path = g_strconcat("/settings/bad/", bads[i].name, NULL);

        g_test_add_data_func(path, &bads[i], test_settings_bad);
    }
    return g_test_run();
}
