/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "rng.h"

#define MISSPELT_ROWS 4000
#define MISSPELT_FROM 2000
#define MISSPELT_TO   2600

typedef enum {
    MISSPELT_BURST,
    MISSPELT_ALWAYS, /* of no time: so the log is typed */
    MISSPELT_NAMES,  /* no slips: other names */
    MISSPELT_FORMS,  /* no slips: other forms of the words, all along */
    MISSPELT_CODES,  /* no slips: codes that differ by a digit */
    MISSPELT_NEAR,   /* undecided: the known values are as near to each other */
    MISSPELT_FEW,    /* no slips of short values: a dozen other ones that come for a while */
    MISSPELT_SINCE,  /* nor other ones that come for good */
    MISSPELT_SHORT,  /* slips of values of two letters */
} MisspeltPlant;

static const char *const misspelt_cities[] = {"london", "madrid", "vienna", "stockholm"};
static const char *const misspelt_short[] = {"de", "fr", "uk", "es"};
static const char *const misspelt_near[] = {"north", "south", "forth", "mouth"};

/* a letter changed, left out, or put in; a code, or a name with none of the known one's letters */
static char *
misspelt_write(MisspeltPlant plant, const char *value, ErrataRng *rng)
{
    gsize length = strlen(value), at = (gsize)errata_rng_below(rng, length);
    char letter = (char)('a' + errata_rng_below(rng, 26));

    if (plant == MISSPELT_NAMES)
        return g_strdup_printf("%cu%cxo%cyq", letter, (char)('a' + at), letter);
    if (plant == MISSPELT_FEW) /* which may be as near to a known one as a slip */
        return g_strdup_printf("d%c", "abcghijklmno"[errata_rng_below(rng, 12)]);
    if (plant >= MISSPELT_SINCE)
        return g_strdup_printf("%c%s", letter, value + 1);
    if (plant == MISSPELT_CODES)
        return g_strdup_printf("%.*s%u", (int)length - 1, value, (guint)errata_rng_below(rng, 10));
    switch (errata_rng_below(rng, 3)) {
    case 0:
        return g_strdup_printf("%.*s%s", (int)at, value, value + at + 1);
    case 1:
        return g_strdup_printf("%.*s%c%s", (int)at, value, letter, value + at);
    default:
        return g_strdup_printf("%.*s%c%s", (int)at, value, letter, value + at + 1);
    }
}

/* other forms of a word, three to each, all along */
static char *
misspelt_form(const char *value, ErrataRng *rng)
{
    gsize length = strlen(value);

    return g_strdup_printf("%.*s%c", (int)(length - 1), value, "aiz"[errata_rng_below(rng, 3)]);
}

static AnalysisFrame *
misspelt_run(MisspeltPlant plant, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("ts,city,x,prediction,label\n");
    AnalysisFrame *fixture;

    for (guint i = 0; i < MISSPELT_ROWS; i++) {
        ErrataRng rng = errata_rng_init(seed, 3, i);
        guint city = (guint)errata_rng_below(&rng, 4);
        const char *value = plant >= MISSPELT_FEW    ? misspelt_short[city]
                            : plant == MISSPELT_NEAR ? misspelt_near[city]
                                                     : misspelt_cities[city];
        guint to = plant == MISSPELT_SINCE ? MISSPELT_ROWS : MISSPELT_TO;
        gboolean slips = plant == MISSPELT_ALWAYS || plant == MISSPELT_FORMS
                             ? errata_rng_below(&rng, 20) == 0
                             : i >= MISSPELT_FROM && i < to && errata_rng_below(&rng, 3) == 0;
        g_autofree char *cell = !slips                    ? g_strdup(value)
                                : plant == MISSPELT_FORMS ? misspelt_form(value, &rng)
                                                          : misspelt_write(plant, value, &rng);

        g_string_append_printf(table,
                               "%u,%s,%.3f,%d,%d\n",
                               1700000000 + 60 * i,
                               cell,
                               errata_rng_uniform(&rng),
                               city > 1,
                               errata_rng_below(&rng, 5) == 0 ? city <= 1 : city > 1);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

static const ErrataFinding *
misspelt_find(const AnalysisFrame *fixture)
{
    const GPtrArray *findings = fixture->analysis.result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (strstr(finding->title, "misspelt") != NULL)
            return finding;
    }
    return NULL;
}

static void
test_data_misspelt_found(void)
{
    g_test_summary("A burst of slips is told as such, with what they are of");
    for (guint64 seed = 0; seed < 4; seed++) {
        g_autoptr(AnalysisFrame) fixture = misspelt_run(MISSPELT_BURST, seed);
        const ErrataFinding *finding = misspelt_find(fixture);

        g_assert_nonnull(finding);
        g_assert_cmpstr(finding->subject.bug, ==, "encoding-change");
        g_assert_cmpstr(finding->subject.column, ==, "city");
        g_assert_cmpuint(finding->n_rows, >, 150);
        g_assert_cmpuint(finding->n_rows, <, 230);
        g_assert_cmpuint(g_strv_length(finding->undo), >, 20);
        for (guint i = 1; finding->undo[i - 1] != NULL; i += 2)
            g_assert_true(g_strv_contains(
                (const char *const[]){"london", "madrid", "vienna", "stockholm", NULL},
                finding->undo[i]));
    }
}

static void
test_data_misspelt_nothing(void)
{
    g_test_summary(
        "Other names, forms, codes and values that are near each other are none, nor are some new values of "
        "two letters, or new ones for good");
    for (MisspeltPlant plant = MISSPELT_NAMES; plant <= MISSPELT_SINCE; plant++)
        for (guint64 seed = 0; seed < 3; seed++) {
            g_autoptr(AnalysisFrame) fixture = misspelt_run(plant, 20 + seed);

            g_assert_null(misspelt_find(fixture));
        }
}

static void
test_data_misspelt_typed(void)
{
    g_test_summary("Slips all over the log are how it is typed: told, and of no time");
    for (guint64 seed = 0; seed < 3; seed++) {
        g_autoptr(AnalysisFrame) fixture = misspelt_run(MISSPELT_ALWAYS, 20 + seed);
        const ErrataFinding *finding = misspelt_find(fixture);

        g_assert_nonnull(finding);
        g_assert_cmpstr(finding->subject.bug, ==, "spelling");
        g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_MEDIUM);
        g_assert_nonnull(strstr(finding->title, "all over the log"));
        g_assert_cmpuint(finding->n_rows, >, 140);
        g_assert_cmpuint(finding->n_rows, <, 240);
    }
}

static void
test_data_misspelt_short(void)
{
    g_test_summary("Of slips of two letters is told that they are some, and not of what");
    for (guint64 seed = 0; seed < 4; seed++) {
        g_autoptr(AnalysisFrame) fixture = misspelt_run(MISSPELT_SHORT, 40 + seed);
        const ErrataFinding *finding = misspelt_find(fixture);

        if (finding == NULL)
            g_error("none was found");
        g_assert_nonnull(strstr(finding->title, ": too short to tell what for"));
        g_assert_null(strstr(finding->title, "for “"));
        g_assert_cmpuint(finding->n_rows, >, 150);
        g_assert_cmpuint(finding->n_rows, <, 230);
        g_assert_cmpuint(finding->undo != NULL ? g_strv_length(finding->undo) : 0, ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data-misspelt/found", test_data_misspelt_found);
    g_test_add_func("/data-misspelt/typed", test_data_misspelt_typed);
    g_test_add_func("/data-misspelt/short", test_data_misspelt_short);
    g_test_add_func("/data-misspelt/nothing", test_data_misspelt_nothing);
    return g_test_run();
}
