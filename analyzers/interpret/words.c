/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Realisation: how a number is said. A figure is never more precise than its interval (WRITING
 * 3). */
#include "words.h"

#include <math.h>
#include <string.h>

#include "number.h"
#include "precision.h"
#include "spoken.h"
#include "trait.h"

#define WORDS_UNIT    "\u202f%" /* narrow no-break space */
#define WORDS_OFF     0.025 /* of a part told in words: half of what its interval is wide at least */
#define WORDS_OWN     0.05  /* of a number of a pair: it is told at least as exactly */
#define WORDS_ALIKE   10.0  /* times the other: up to here both have as many decimals */
#define WORDS_NOTHING 1e-6  /* of their difference: less is nothing beside it */

static const char *const words_small[] =
    {"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};

typedef struct {
    double value;
    const char *words;
} WordsPart;

static const WordsPart words_parts[] = {
    {0.05, "a twentieth"},
    {0.10, "a tenth"},
    {0.125, "an eighth"},
    {1.0 / 6.0, "a sixth"},
    {0.20, "a fifth"},
    {0.25, "a quarter"},
    {1.0 / 3.0, "a third"},
    {0.40, "two fifths"},
    {0.50, "half"},
    {2.0 / 3.0, "two thirds"},
    {0.75, "three quarters"},
    {0.80, "four fifths"},
    {0.90, "nine tenths"},
};

static const WordsPart words_times[] = {
    {1.5, "one and a half times"},
    {2.0, "twice"},
    {2.5, "two and a half times"},
    {3.0, "three times"},
    {4.0, "four times"},
    {5.0, "five times"},
    {6.0, "six times"},
};

static const char *
words_near(const WordsPart *parts, gsize n, double value, double tolerance)
{
    for (gsize i = 0; i < n; i++)
        if (fabs(value - parts[i].value) <= tolerance * parts[i].value)
            return parts[i].words;
    return NULL;
}

/* @place: the power of ten of the last digit */
static char *
words_print(double value, int place, const char *unit)
{
    g_autofree char *digits = errata_precision_print(value, place);

    return g_strconcat(digits, unit, NULL);
}

static char *
words_share_digits(double value, double lo, double hi)
{
    if (value > 0.0 && value < 0.0005)
        return g_strdup("under 0.1" WORDS_UNIT);
    return words_print(100.0 * value, errata_precision_of_share(value, lo, hi), WORDS_UNIT);
}

char *
errata_words_share(double value, double lo, double hi)
{
    double half_width = 50.0 * (hi - lo);
    const char *words;

    if (half_width >= 5.0) {
        words = words_near(words_parts,
                           G_N_ELEMENTS(words_parts),
                           value,
                           fmin(0.08, WORDS_OFF / value));
        if (words != NULL)
            return g_strconcat("about ", words, NULL);
    }
    return words_share_digits(value, lo, hi);
}

void
errata_words_shares(const ErrataEvidence *a, const ErrataEvidence *b, char **ret_a, char **ret_b)
{
    g_autofree char *of_a = errata_words_share(a->value, a->lo, a->hi);
    g_autofree char *of_b = errata_words_share(b->value, b->lo, b->hi);
    gboolean alike = g_str_has_prefix(of_a, "about ") == g_str_has_prefix(of_b, "about ");

    *ret_a = alike ? g_steal_pointer(&of_a) : words_share_digits(a->value, a->lo, a->hi);
    *ret_b = alike ? g_steal_pointer(&of_b) : words_share_digits(b->value, b->lo, b->hi);
}

char *
errata_words_about(const char *words)
{
    return g_str_has_prefix(words, "about ") ? g_strdup(words) : g_strconcat("about ", words, NULL);
}

char *
errata_words_part(double value)
{
    const char *words = words_near(words_parts, G_N_ELEMENTS(words_parts), value, 0.04);

    if (words != NULL)
        return g_strdup(words);
    if (value > 0.0 && value < 0.0005)
        return g_strdup("under 0.1" WORDS_UNIT);
    return words_print(100.0 * value, value < 0.1 ? -1 : 0, WORDS_UNIT);
}

char *
errata_words_times(double ratio, double lo, double hi)
{
    double half_width = (hi - lo) / 2.0;
    const char *words = words_near(words_times, G_N_ELEMENTS(words_times), ratio, 0.04);

    if (words != NULL)
        return g_strdup(words);
    if (half_width >= 0.25)
        words = words_near(words_times, G_N_ELEMENTS(words_times), ratio, 0.08);
    if (words != NULL)
        return g_strconcat("about ", words, NULL);
    if (half_width >= 1.5 && ratio < (double)G_N_ELEMENTS(words_small) - 0.5)
        return g_strdup_printf("about %s times", words_small[llround(ratio)]);
    return words_print(ratio, half_width >= 1.5 ? 0 : -1, " times");
}

char *
errata_words_points(double difference, double half_width)
{
    g_autofree char *text = NULL;

    if (fabs(difference) < 0.0005)
        return g_strdup("under 0.1 points");
    text = words_print(
        100.0 * difference,
        errata_precision_of_points(difference, difference - half_width, difference + half_width),
        NULL);
    return g_strconcat(text,
                       strcmp(text, "1.0") == 0 || strcmp(text, "1") == 0 ? " point" : " points",
                       NULL);
}

char *
errata_words_count(guint64 count)
{
    char digits[32];
    GString *text = g_string_new(NULL);

    if (count < G_N_ELEMENTS(words_small)) {
        g_string_append(text, words_small[count]);
        return g_string_free(text, FALSE);
    }
    g_snprintf(digits, sizeof digits, "%" G_GUINT64_FORMAT, count);
    for (gsize i = 0, n = strlen(digits); i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            g_string_append_c(text, ',');
        g_string_append_c(text, digits[i]);
    }
    return g_string_free(text, FALSE);
}

char *
errata_words_counted(guint64 count, const char *singular, const char *plural)
{
    g_autofree char *number = errata_words_count(count);

    return g_strdup_printf("%s %s", number, count == 1 ? singular : plural);
}

char *
errata_words_too_few(guint64 count, const char *what, guint needed)
{
    g_autofree char *rows = errata_words_counted(count, "row", "rows");

    if (count == 0)
        return g_strdup_printf("no row has %s; %u are needed", what, needed);
    return g_strdup_printf("%s %s %s; %u are needed",
                           rows,
                           count == 1 ? "has" : "have",
                           what,
                           needed);
}

char *
errata_words_number(double value, double lo, double hi)
{
    return errata_spoken_told(words_print(value, errata_precision_of_number(value, lo, hi), NULL),
                              value);
}

/* the place of the last digit of a number of a pair whose difference is four times @gap */
static int
words_place_of_pair(double value, double gap)
{
    double half = fmin(gap, WORDS_OWN * fabs(value));

    if (fabs(value) <= WORDS_NOTHING * gap)
        return 0;
    return errata_precision_of_number(value, value - half, value + half);
}

void
errata_words_pair(double from, double to, char **ret_from, char **ret_to)
{
    double gap = fabs(to - from) / 4.0;
    int places[] = {words_place_of_pair(from, gap), words_place_of_pair(to, gap)};

    if (fabs(from) < WORDS_ALIKE * fabs(to) && fabs(to) < WORDS_ALIKE * fabs(from))
        places[0] = places[1] = MIN(places[0], places[1]);
    *ret_from = errata_spoken_told(words_print(from, places[0], NULL), from);
    *ret_to = errata_spoken_told(words_print(to, places[1], NULL), to);
}

char *
errata_words_value(const ErrataEvidence *evidence)
{
    if (evidence->text != NULL && isnan(evidence->value))
        return g_strdup(evidence->text);
    switch (evidence->unit) {
    case ERRATA_UNIT_SHARE:
        return errata_words_share(evidence->value, evidence->lo, evidence->hi);
    case ERRATA_UNIT_POINTS:
        return errata_words_points(evidence->value, (evidence->hi - evidence->lo) / 2.0);
    case ERRATA_UNIT_COUNT:
        return errata_words_count((guint64)llround(MAX(evidence->value, 0.0)));
    case ERRATA_UNIT_TIME:
        return errata_words_time_about((gint64)evidence->value, evidence->lo, evidence->hi);
    case ERRATA_UNIT_NONE:
        return errata_words_number(evidence->value, evidence->lo, evidence->hi);
    case ERRATA_UNIT_RATIO:
    case ERRATA_UNIT_SD:
    case ERRATA_UNIT_TARGET:
        break;
    }
    return words_print(
        evidence->value,
        errata_precision_of_unit(evidence->value, evidence->lo, evidence->hi, evidence->unit),
        NULL);
}

char *
errata_words_interval(const ErrataEvidence *evidence)
{
    gboolean percent = evidence->unit == ERRATA_UNIT_SHARE || evidence->unit == ERRATA_UNIT_POINTS;
    double factor = percent ? 100.0 : 1.0;
    int place = errata_precision_of_unit((evidence->lo + evidence->hi) / 2.0,
                                         evidence->lo,
                                         evidence->hi,
                                         evidence->unit);
    g_autofree char *lo = NULL;
    g_autofree char *hi = NULL;

    if (isnan(evidence->lo) || isnan(evidence->hi))
        return NULL;
    if (evidence->unit == ERRATA_UNIT_TIME)
        return errata_words_time_range((gint64)evidence->lo, (gint64)evidence->hi, "to", FALSE);
    lo = words_print(evidence->lo * factor, place, NULL);
    hi = words_print(evidence->hi * factor, place, NULL);
    return g_strconcat(lo,
                       " to ",
                       hi,
                       evidence->unit == ERRATA_UNIT_SHARE    ? WORDS_UNIT
                       : evidence->unit == ERRATA_UNIT_POINTS ? " points"
                                                              : "",
                       NULL);
}

char *
errata_words_list(const char *const *items, guint n, const char *conjunction)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < n; i++) {
        if (i > 0)
            g_string_append(text, i + 1 < n ? ", " : " ");
        if (i > 0 && i + 1 == n)
            g_string_append_printf(text, "%s ", conjunction);
        g_string_append(text, items[i]);
    }
    return g_string_free(text, FALSE);
}

/* values as they are told, in a list */
static char *
words_values(char **values, const char *conjunction)
{
    guint n = g_strv_length(values);
    g_auto(GStrv) told = g_new0(char *, n + 1);

    for (guint i = 0; i < n; i++)
        told[i] = errata_spoken_value(values[i]);
    return errata_words_list((const char *const *)told, n, conjunction);
}

/* “a is b”, “a is from 5 to under 9”: a condition inside a sentence, names and values as in the
 * data */
char *
errata_words_predicate(const ErrataPredicate *predicate)
{
    const char *column = predicate->column;
    g_autofree char *number = NULL;
    g_autofree char *upper = NULL;
    g_autofree char *trait = errata_trait_describe(predicate);
    g_autofree char *list = NULL;

    errata_spoken_ends(column, predicate->number, predicate->upper, &number, &upper);
    list = predicate->values != NULL
               ? words_values(predicate->values, predicate->op == ERRATA_OP_NOT_IN ? "nor" : "or")
               : g_strdup(number);
    if (trait != NULL)
        return g_steal_pointer(&trait);
    switch (predicate->op) {
    case ERRATA_OP_EQ:
    case ERRATA_OP_IN:
        return g_strdup_printf("%s is %s", column, list);
    case ERRATA_OP_NOT_IN:
        return g_strdup_printf("%s is not %s", column, list);
    case ERRATA_OP_LT:
        return g_strdup_printf("%s is under %s", column, number);
    case ERRATA_OP_LE:
        return g_strdup_printf("%s is at most %s", column, number);
    case ERRATA_OP_GT:
        return g_strdup_printf("%s is over %s", column, number);
    case ERRATA_OP_GE:
        return g_strdup_printf("%s is at least %s", column, number);
    case ERRATA_OP_BETWEEN:
        return g_strdup_printf("%s is from %s to under %s", column, number, upper);
    case ERRATA_OP_IS_MISSING:
        return g_strdup_printf("%s is missing", column);
    case ERRATA_OP_CONTAINS:
        return g_strdup_printf("%s contains “%s”", column, list);
    }
    g_return_val_if_reached(NULL);
}

char *
errata_words_where(const ErrataFinding *finding)
{
    const GPtrArray *predicates = finding->subject.predicates;
    const char *when = errata_finding_note(finding, "when");
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *list = NULL;

    for (guint i = 0; i < predicates->len; i++)
        g_ptr_array_add(parts, errata_words_predicate(g_ptr_array_index(predicates, i)));
    list = errata_words_list((const char *const *)parts->pdata, parts->len, "and");
    return when != NULL ? g_strdup_printf("%s %s", list, when) : g_steal_pointer(&list);
}

char *
errata_words_capital(const char *text)
{
    g_autofree char *first = g_utf8_substring(text, 0, MIN(1, g_utf8_strlen(text, -1)));
    g_autofree char *upper = g_utf8_strup(first, -1);

    return g_strconcat(upper, text + strlen(first), NULL);
}
