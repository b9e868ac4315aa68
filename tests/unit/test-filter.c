/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter language: what is read and printed back, what is refused and in which words, and which
 * rows are meant, by hand and against a plain reading of the same cells. */
#include <string.h>

#include "error.h"
#include "filter.h"
#include "frame-builder.h"
#include "limit.h"
#include "rng.h"

typedef struct {
    ErrataFrame *frame;
    ErrataSettings *settings;
    ErrataSchema *schema;
    ErrataOutcome *outcome;
} Log;

static const char *const log_columns[] =
    {"age", "region", "ts", "note", "vip", "y", "p", "net.income", "a b"};

/* ten rows, small enough to check by eye; an empty cell is missing */
static const char *const log_cells[10][9] = {
    {"18", "EU", "2026-01-01T00:00:00Z", "late refund asked", "true", "yes", "yes", "0.5", "x"},
    {"25", "UK", "2026-01-01T23:59:59Z", "broken on arrival", "false", "no", "yes", "1.5", "y"},
    {"40", "US", "2026-01-02T00:00:00Z", "Refund now", "true", "no", "no", "-2", "x"},
    {"41", "EU", "2026-01-02T12:00:00Z", "nothing to say", "false", "yes", "no", "1e3", "z"},
    {"", "", "2026-01-05T08:00:00Z", "", "", "yes", "yes", "", "x"},
    {"60", "New York", "", "über alles", "false", "no", "no", "2.25", "it's"},
    {"33", "eu", "2026-01-06T00:00:00Z", "ÜBER", "true", "", "no", "7", ""},
    {"40", "UK", "2026-01-07T00:00:00Z", "ok", "true", "yes", "no", "0", "missing"},
    {"52", "EU", "2026-02-01T00:00:00Z", "ok then", "false", "no", "no", "3", "y"},
    {"19", "US", "2026-02-02T00:00:00Z", "fine", "false", "no", "yes", "4", "z"},
};

static void
log_make(Log *log)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(GError) error = NULL;

    for (guint row = 0; row < G_N_ELEMENTS(log_cells); row++) {
        for (guint c = 0; c < G_N_ELEMENTS(log_columns); c++) {
            guint column;

            g_assert_true(errata_frame_builder_column(builder,
                                                      log_columns[c],
                                                      strlen(log_columns[c]),
                                                      &column,
                                                      &error));
            errata_frame_builder_cell(builder,
                                      column,
                                      log_cells[row][c],
                                      strlen(log_cells[row][c]));
        }
        g_assert_true(errata_frame_builder_end_row(builder, &error));
    }
    log->frame = errata_frame_builder_finish(builder, &error);
    g_assert_no_error(error);
    log->settings = errata_settings_new();
    errata_settings_set(log->settings, "roles", "y", "label", "test", &error);
    errata_settings_set(log->settings, "roles", "p", "prediction", "test", &error);
    g_assert_no_error(error);
    log->schema = errata_schema_infer(log->frame, log->settings, NULL, &error);
    g_assert_no_error(error);
    log->outcome = errata_outcome_new(log->frame, log->schema, log->settings, &error);
    g_assert_no_error(error);
}

static void
log_clear(Log *log)
{
    errata_outcome_free(log->outcome);
    errata_schema_free(log->schema);
    errata_settings_free(log->settings);
    errata_frame_unref(log->frame);
}

static void
test_print(void)
{
    /* as written, canonical */
    static const char *const cases[][2] = {
        {"age > 40 and region in (EU, UK)", "age > 40 and region in (EU, UK)"},
        {"age>40 AND region IN(EU,UK)", "age > 40 and region in (EU, UK)"},
        {"a==1 or b<>2", "a = 1 or b != 2"},
        {"a ≠ 1 or b≥2 or c ≤ -3", "a != 1 or b >= 2 or c <= -3"},
        {"(a=1 and (b=2 and c=3))", "a = 1 and b = 2 and c = 3"},
        {"a=1 and (b=2 or c=3)", "a = 1 and (b = 2 or c = 3)"},
        {"a=1 or b=2 and c=3", "a = 1 or b = 2 and c = 3"},
        {"not a=1", "not (a = 1)"},
        {"not not (a=1 or b=2)", "not (not (a = 1 or b = 2))"},
        {"age between 30 and 40 and x = 1", "age between 30 and 40 and x = 1"},
        {"x not in ('a b', \"c\", `d`)", "x not in ('a b', c, d)"},
        {"\"marital status\" is not missing", "\"marital status\" is not missing"},
        {"`features.age` is missing", "\"features.age\" is missing"},
        {"features.age=3", "features.age = 3"},
        {"\"say \"\"hi\"\"\" = 'it''s'", "\"say \"\"hi\"\"\" = 'it''s'"},
        {"\"and\" = 'or'", "\"and\" = 'or'"},
        {"note contains 'late refund'", "note contains 'late refund'"},
        {"note not contains x", "note not contains x"},
        {"country is UK", "country = UK"},
        {"country IS NOT 'New York'", "country != 'New York'"},
        {"country is 'missing'", "country = 'missing'"},
        {"country is not in (UK, EU)", "country not in (UK, EU)"},
        {"error", "error"},
        {"not @error and vip", "not (@error) and vip"},
        {"t >= 2026-01-01T00:00:00Z", "t >= 2026-01-01T00:00:00Z"},
        {"größe = 'Ä Ö'", "größe = 'Ä Ö'"},
        {"a = ''", "a = ''"},
        {"(\n a = 1\t)", "a = 1"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataFilter) filter = errata_filter_parse(cases[i][0], &error);
        g_autoptr(ErrataFilter) again = NULL;
        g_autofree char *text = NULL;
        g_autofree char *text_again = NULL;

        g_assert_no_error(error);
        text = errata_filter_print(filter);
        g_assert_cmpstr(text, ==, cases[i][1]);
        again = errata_filter_parse(text, &error);
        g_assert_no_error(error);
        text_again = errata_filter_print(again);
        g_assert_cmpstr(text_again, ==, text);
    }
}

static void
test_refused(void)
{
    static const char *const cases[][2] = {
        {"", "character 1: expected the name of a column, found the end"},
        {"age >", "character 6: expected a value after >, found the end"},
        {"age 40", "character 5: expected a comparison"},
        {"region = New York", "character 14: expected and, or or the end (values with spaces"},
        {"region in EU", "character 11: expected ( and a list"},
        {"region in (EU UK)", "character 15: expected a comma or )"},
        {"region in ()", "character 12: expected a value of the list, found “)”"},
        {"(age > 1", "character 9: expected and, or or )"},
        {"age > 1)", "character 8: expected and, or or the end"},
        {"age between 1 or 2",
         "character 15: expected and and the upper end of between, which is itself left out, found"},
        {"age is", "character 7: expected missing or a value after is, found the end"},
        {"age is and", "character 8: expected missing or a value after is, found the word and"},
        {"age = y", "character 7: y is a column, and columns are compared with values only"},
        {"region != p",
         "character 11: p is a column, and columns are compared with values only; "
         "quote it to mean the text ('p'). Rows whose label and prediction differ"},
        {"region in (EU, note)", "character 16: note is a column"},
        {"note = label", "character 8: label is a column"},
        {"@label != p", "character 11: p is a column"},
        {"nope = 4", "character 1: there is no column “nope”; did you mean “note”?"},
        {"nag = 4", "character 1: there is no column “nag”; the columns are"},
        {"in = 4", "character 1: expected the name of a column, found the word in"},
        {"age = and", "character 7: expected a value after =, found the word and"},
        {"age = 'x", "character 7: the quote that opens"},
        {"ümlaut ! 4", "character 8: “! 4” begins no name"},
        {"age ! = 4", "character 5: “! = 4” begins no name"},
        {"regoin = EU", "character 1: there is no column “regoin”; did you mean “region”?"},
        {"colour = red", "character 1: there is no column “colour”; the columns are"},
        {"age > young", "character 7: expected a number to compare age with, found “young”"},
        {"age = 1,5",
         "character 8: expected and, or or the end (numbers have a point and no comma"},
        {"a b = x",
         "character 3: expected a comparison (= != < <= > >= is, between, in, is missing, contains; "
         "names with spaces need quotes), found “b”"},
        {"age not between 1 and 2", "character 9: expected in or contains after not"},
        {"region = “EU”",
         "character 10: expected a quote as keyboards have it (' or \"), found “EU”"},
        {"‘region’ = EU", "character 1: expected a quote as keyboards have it"},
        {"age\u00a0>\u202f−x", "character 7: expected a number to compare age with, found “−x”"},
        {"age = ''",
         "character 7: expected a number to compare age with, found “”; cells without a value are "
         "those for which it is missing"},
        {"age = NaN", "character 7: expected a number to compare age with, found “NaN”; cells"},
        {"ts = 2026-13", "character 6: expected a date or time such as 2026-01-31"},
        {"ts = 2026-2-1", "character 6: expected a date or time such as 2026-01-31"},
        {"net.income > abc", "character 14: expected a number"},
        {"ts > soon", "character 6: expected a date or time such as 2026-01-31"},
        {"vip = maybe", "character 7: expected true or false"},
        {"region < EU", "character 1: region holds no numbers or times"},
        {"age contains 4", "character 1: age holds no text"},
        {"region", "character 1: region is not true or false by itself"},
        {"age between 40 and 30", "character 20: the upper end of between, 30, is below"},
        {"@label = perhaps", "character 10: expected a class (no, yes) to compare @label with"},
        {"\"@error\"", "character 1: there is no column “@error”"},
        {"\"ts weekday\" = Funday", "character 16: expected a day of the week"},
    };
    Log log;

    log_make(&log);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataFilter) filter = errata_filter_parse(cases[i][0], &error);

        if (filter != NULL)
            g_assert_false(errata_filter_bind(filter, log.frame, log.schema, &error));
        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_USAGE);
        if (!g_str_has_prefix(error->message, cases[i][1]))
            g_error("%s: “%s” is not “%s…”", cases[i][0], error->message, cases[i][1]);
    }
    log_clear(&log);
}

static char *
repeat(const char *begin, const char *part, guint n, const char *end)
{
    GString *text = g_string_new(begin);

    for (guint i = 0; i < n; i++)
        g_string_append(text, part);
    g_string_append(text, end);
    return g_string_free(text, FALSE);
}

static void
test_limits(void)
{
    struct {
        char *fits;
        char *beyond;
    } cases[] = {
        {repeat("", "(", ERRATA_LIMIT_FILTER_DEPTH, ""), NULL},
        {repeat("", "not ", ERRATA_LIMIT_FILTER_DEPTH, "a = 1"),
         repeat("", "not ", ERRATA_LIMIT_FILTER_DEPTH + 1, "a = 1")},
        {repeat("a", " and a", ERRATA_LIMIT_FILTER_TESTS - 1, ""),
         repeat("a", " and a", ERRATA_LIMIT_FILTER_TESTS, "")},
        {repeat("a in (1", ",1", ERRATA_LIMIT_FILTER_LIST - 1, ")"),
         repeat("a in (1", ",1", ERRATA_LIMIT_FILTER_LIST, ")")},
        {repeat("a = '", "x", ERRATA_LIMIT_FILTER_BYTES - 6, "'"),
         repeat("a = '", "x", ERRATA_LIMIT_FILTER_BYTES - 5, "'")},
    };
    g_autofree char *open = cases[0].fits;

    cases[0].fits = repeat(open, "a = 1", 1, "");
    for (guint i = 0; i < ERRATA_LIMIT_FILTER_DEPTH; i++) {
        char *more = g_strconcat(cases[0].fits, ")", NULL);

        g_free(cases[0].fits);
        cases[0].fits = more;
    }
    cases[0].beyond = g_strdup_printf("(%s)", cases[0].fits);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataFilter) filter = errata_filter_parse(cases[i].fits, &error);
        g_autoptr(ErrataFilter) none = NULL;

        g_assert_no_error(error);
        g_assert_nonnull(filter);
        none = errata_filter_parse(cases[i].beyond, &error);
        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_LIMIT);
        g_free(cases[i].fits);
        g_free(cases[i].beyond);
    }
}

/* filter, the rows as digits */
static const char *const rows_cases[][2] = {
    {"age > 40", "358"},
    {"age >= 40", "23578"},
    {"age < 25", "09"},
    {"age <= 25", "019"},
    {"age = 40", "27"},
    {"age = 40.0", "27"},
    {"age = 40.5", ""},
    {"age < 40.5", "012679"},
    {"age > 40.5", "358"},
    {"age != 40", "0135689"},
    {"not age = 40", "01345689"},
    {"age between 25 and 40", "16"},
    {"age between 24.5 and 40.5", "1267"},
    {"age in (18, 19, 99)", "09"},
    {"age not in (18, 19, 99)", "1235678"},
    {"age is missing", "4"},
    {"age is not missing", "012356789"},
    {"AGE = 60", "5"},
    {"region in (EU, UK)", "01378"},
    {"region = EU", "038"},
    {"region is EU", "038"},
    {"region is not EU", "125679"},
    {"region is not in (EU, UK)", "2569"},
    {"age is 40", "27"},
    {"region = 'p'", ""},
    {"note contains label", ""},
    {"\"a b\" = y", "18"},
    {"region = 'New York'", "5"},
    {"region != EU", "125679"},
    {"region not in (EU, UK)", "2569"},
    {"region contains u",
     "0123678"
     "9"},
    {"age > 40 and region in (EU, UK)", "38"},
    {"net.income >= 1.5 and net.income < 7", "1589"},
    {"net.income = 1000", "3"},
    {"net.income = -0", "7"},
    {"net.income not in (0, 0.5)", "1235689"},
    {"\"a b\" = 'it''s'", "5"},
    {"\"a b\" = 'missing'", "7"},
    {"ts = 2026-01-01", "01"},
    {"ts <= 2026-01-01", "01"},
    {"ts = 2026-01", "0123467"},
    {"ts = 2026", "012346789"},
    {"ts < 2026-02", "0123467"},
    {"ts > 2026-01", "89"},
    {"ts <= 2026-01", "0123467"},
    {"ts between 2026-01 and 2026-02", "0123467"},
    {"ts in (2025-12, 2026-02)", "89"},
    {"net.income < −1", "2"}, /* as titles have it */
    {"net.income in (−2, 4)", "29"},
    {"age\u00a0>\u202f40", "358"},
    {"note = 'u\u0308ber alles'", "5"},
    {"ts > 2026-01-01",
     "23467"
     "89"},
    {"ts < 2026-01-02", "01"},
    {"ts between 2026-01-02 and 2026-02-01", "23467"},
    {"ts in (2026-01-02, 2026-01-02T06:00:00Z, 2026-02-01)", "238"},
    {"ts >= '2026-01-02 12:00:00'", "346789"},
    {"ts = 1767225600", "0"},
    {"\"ts hour\" >= 8", "134"},
    {"\"ts weekday\" in (Mon, friday)", "2349"},
    {"vip", "0267"},
    {"not vip", "134589"},
    {"vip = false", "13589"},
    {"note contains refund", "02"},
    {"note contains über", "56"},
    {"note not contains refund", "1356789"},
    {"error", "1379"},
    {"correct", "02458"},
    {"not error and not correct", "6"},
    {"error = false", "02458"},
    {"@label = yes and @prediction = no", "37"},
    {"label is missing", "6"},
    {"prediction = yes", "0149"},
    {"score is missing", "0123456789"},
    {"row < 3 or row = 9", "0129"},
    {"(age < 20 or age > 50) and not region = US", "058"},
};

static void
test_rows(void)
{
    Log log;

    log_make(&log);
    for (guint i = 0; i < G_N_ELEMENTS(rows_cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataFilter) filter = errata_filter_parse(rows_cases[i][0], &error);
        g_autoptr(ErrataFilter) again = NULL;
        g_autoptr(ErrataRows) rows = NULL;
        g_autoptr(ErrataRows) rows_again = NULL;
        g_autoptr(GString) found = g_string_new(NULL);
        g_autofree char *text = NULL;

        g_assert_no_error(error);
        errata_filter_bind(filter, log.frame, log.schema, &error);
        g_assert_no_error(error);
        rows = errata_filter_evaluate(filter, log.frame, log.outcome);
        for (guint row = 0; row < log.frame->n_rows; row++)
            if (errata_rows_has(rows, row))
                g_string_append_printf(found, "%u", row);
        if (strcmp(found->str, rows_cases[i][1]) != 0)
            g_error("%s: rows %s, not %s", rows_cases[i][0], found->str, rows_cases[i][1]);
        /* what a bound filter prints means the same */
        text = errata_filter_print(filter);
        again = errata_filter_parse(text, &error);
        g_assert_no_error(error);
        errata_filter_bind(again, log.frame, log.schema, &error);
        g_assert_no_error(error);
        rows_again = errata_filter_evaluate(again, log.frame, log.outcome);
        for (gsize w = 0; w < rows->n_words; w++)
            g_assert_cmphex(rows->bits[w], ==, rows_again->bits[w]);
    }
    log_clear(&log);
}

static void
test_canonical(void)
{
    static const char *const cases[][2] = {
        {"AGE > 40.0", "age > 40"},
        {"net.income < 1e2", "net.income < 100"},
        {"\"Region\" = EU", "region = EU"},
        {"ts > '2026-01-02 12:00'", "ts > 2026-01-02T12:00:00Z"},
        {"ts = 2026-01-02", "ts = 2026-01-02"},
        {"vip = 1", "vip = true"},
        {"\"ts weekday\" = sun", "\"ts weekday\" = Sunday"},
    };
    Log log;

    log_make(&log);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataFilter) filter = errata_filter_parse(cases[i][0], &error);
        g_autofree char *text = NULL;

        g_assert_no_error(error);
        errata_filter_bind(filter, log.frame, log.schema, &error);
        g_assert_no_error(error);
        text = errata_filter_print(filter);
        g_assert_cmpstr(text, ==, cases[i][1]);
    }
    log_clear(&log);
}

/* conditions as slices have them are filters that read as one writes them */
static void
test_predicates(void)
{
    g_autoptr(GPtrArray) predicates =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_predicate_free);
    static const struct {
        const char *column;
        ErrataOp op;
        double number;
        double upper;
        const char *values;
    } cases[] = {
        {"age", ERRATA_OP_BETWEEN, 20.0, 30.0, NULL},
        {"net.income", ERRATA_OP_LE, 2.5, 0.0, NULL},
        {"a b", ERRATA_OP_IS_MISSING, 0.0, 0.0, NULL},
        {"region", ERRATA_OP_IN, 0.0, 0.0, "EU,UK"},
        {"region", ERRATA_OP_NOT_IN, 0.0, 0.0, "US"},
        {"note", ERRATA_OP_CONTAINS, 0.0, 0.0, "refund"},
    };
    g_autoptr(ErrataFilter) filter = NULL;
    g_autofree char *text = NULL;
    Log log;

    log_make(&log);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        ErrataPredicate *predicate = errata_predicate_new(cases[i].column, cases[i].op);

        predicate->number = cases[i].number;
        predicate->upper = cases[i].upper;
        if (cases[i].values != NULL)
            predicate->values = g_strsplit(cases[i].values, ",", -1);
        g_ptr_array_add(predicates, predicate);
    }
    filter = errata_filter_predicates_join(predicates);
    g_assert_true(errata_filter_bind(filter, log.frame, log.schema, NULL));
    text = errata_filter_print(filter);
    g_assert_cmpstr(text,
                    ==,
                    "age between 20 and 30 and net.income <= 2.5 and \"a b\" is missing and "
                    "region in (EU, UK) and region not in (US) and note contains refund");
    log_clear(&log);
}

/* a filter made at random from the pieces, and the rows by a plain reading of its tests */
static char *
random_filter(ErrataRng *rng, guint depth, const Log *log, guint8 *rows)
{
    static const char *const tests[] = {"age > 40", "region = EU", "vip", "error", "ts is missing"};
    gsize n = log->frame->n_rows;
    g_autofree char *left = NULL;
    g_autofree char *right = NULL;
    g_autofree guint8 *other = g_new0(guint8, n);
    guint kind = (guint)errata_rng_below(rng, depth == 0 ? 1 : 4);

    if (kind == 0) {
        guint test = (guint)errata_rng_below(rng, G_N_ELEMENTS(tests));
        g_autoptr(ErrataFilter) filter = errata_filter_parse(tests[test], NULL);
        g_autoptr(ErrataRows) set = NULL;

        g_assert_true(errata_filter_bind(filter, log->frame, log->schema, NULL));
        set = errata_filter_evaluate(filter, log->frame, log->outcome);
        for (gsize i = 0; i < n; i++)
            rows[i] = errata_rows_has(set, i) ? 1 : 0;
        return g_strdup(tests[test]);
    }
    left = random_filter(rng, depth - 1, log, rows);
    if (kind == 1) {
        for (gsize i = 0; i < n; i++)
            rows[i] = !rows[i];
        return g_strdup_printf("not (%s)", left);
    }
    right = random_filter(rng, depth - 1, log, other);
    for (gsize i = 0; i < n; i++)
        rows[i] = kind == 2 ? rows[i] & other[i] : rows[i] | other[i];
    return g_strdup_printf("(%s) %s (%s)", left, kind == 2 ? "and" : "or", right);
}

static void
test_random(void)
{
    Log log;

    log_make(&log);
    for (guint i = 0; i < 2000; i++) {
        ErrataRng rng = errata_rng_init(7, 1, i);
        guint8 expected[G_N_ELEMENTS(log_cells)];
        g_autofree char *text = random_filter(&rng, 5, &log, expected);
        g_autoptr(ErrataFilter) filter = errata_filter_parse(text, NULL);
        g_autofree char *printed = errata_filter_print(filter);
        g_autoptr(ErrataFilter) again = errata_filter_parse(printed, NULL);
        g_autofree char *printed_again = errata_filter_print(again);
        g_autoptr(ErrataRows) rows = NULL;

        g_assert_cmpstr(printed, ==, printed_again);
        g_assert_true(errata_filter_bind(again, log.frame, log.schema, NULL));
        rows = errata_filter_evaluate(again, log.frame, log.outcome);
        for (gsize row = 0; row < log.frame->n_rows; row++)
            g_assert_cmpint(errata_rows_has(rows, row), ==, expected[row]);
    }
    log_clear(&log);
}

/* rows of one column whose cells are told by their letter; a word that reads as missing is known */
static void
test_filter_missing_words(void)
{
    static const char *const cells[] = {"basic", "None", "full", "", "None", "basic"};
    static const struct {
        const char *text;
        const char *printed;
        guint n;
    } asked[] = {
        {"plan = none", "plan is missing", 3},
        {"plan is None", "plan is missing", 3},
        {"plan != 'none'", "plan is not missing", 3},
        {"plan in (none, full)", "plan in (full) or plan is missing", 4},
        {"plan not in (none, full)", "plan not in (full) and plan is not missing", 2},
        {"plan = full", "plan = full", 1},
    };
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(ErrataSchema) schema = NULL;
    guint column;

    g_assert_true(errata_frame_builder_column(builder, "plan", 4, &column, NULL));
    for (guint row = 0; row < G_N_ELEMENTS(cells); row++) {
        errata_frame_builder_cell(builder, column, cells[row], strlen(cells[row]));
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    frame = errata_frame_builder_finish(builder, NULL);
    errata_column_settle_words(frame->columns[0]);
    g_assert_cmpuint(frame->columns[0]->n_worded, ==, 2);
    schema = errata_schema_infer(frame, NULL, NULL, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(asked); i++) {
        g_autoptr(ErrataFilter) filter = errata_filter_parse(asked[i].text, NULL);
        g_autoptr(ErrataRows) rows = NULL;
        g_autofree char *printed = NULL;

        g_assert_true(errata_filter_bind(filter, frame, schema, NULL));
        printed = errata_filter_print(filter);
        g_assert_cmpstr(printed, ==, asked[i].printed);
        rows = errata_filter_evaluate(filter, frame, NULL);
        g_assert_cmpuint(errata_rows_count(rows), ==, asked[i].n);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/filter/print", test_print);
    g_test_add_func("/filter/refused", test_refused);
    g_test_add_func("/filter/limits", test_limits);
    g_test_add_func("/filter/rows", test_rows);
    g_test_add_func("/filter/canonical", test_canonical);
    g_test_add_func("/filter/predicates", test_predicates);
    g_test_add_func("/filter/random", test_random);
    g_test_add_func("/filter/missing-words", test_filter_missing_words);
    return g_test_run();
}
