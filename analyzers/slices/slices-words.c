/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slices as predicates and as words. */
#include <math.h>

#include "clean.h"
#include "number.h"
#include "slices-finding.h"
#include "trait.h"
#include "words.h"

/* the only value that cells of the column take in [lo, hi), or NaN when there are several */
static double
words_only_value(const SlicesTable *table, const SlicesCondition *condition)
{
    double only = (double)NAN;

    for (gsize row = 0; row < table->analysis->frame->n_rows; row++) {
        double value = errata_slices_table_number(table, condition->column, row);

        if (!(value >= condition->lo && value < condition->hi))
            continue;
        if (value < only || value > only)
            return (double)NAN;
        only = value;
    }
    return only;
}

/* a condition without ends says that there is a value: at least the least of them */
static double
words_least_value(const SlicesTable *table, const SlicesCondition *condition)
{
    double least = (double)INFINITY;

    for (gsize row = 0; row < table->analysis->frame->n_rows; row++)
        least = fmin(least, errata_slices_table_number(table, condition->column, row));
    return least;
}

static void
words_set_number(const SlicesTable *table,
                 const SlicesCondition *condition,
                 ErrataPredicate *predicate)
{
    double only = words_only_value(table, condition);

    predicate->number = condition->lo;
    if (!isnan(only)) {
        predicate->op = ERRATA_OP_EQ;
        predicate->number = only;
    } else if (isinf(condition->lo) && isinf(condition->hi)) {
        predicate->op = ERRATA_OP_GE;
        predicate->number = words_least_value(table, condition);
    } else if (isinf(condition->lo)) {
        predicate->op = ERRATA_OP_LT;
        predicate->number = condition->hi;
    } else if (isinf(condition->hi)) {
        predicate->op = ERRATA_OP_GE;
    } else {
        predicate->op = ERRATA_OP_BETWEEN;
        predicate->upper = condition->hi;
    }
}

/* what is missing is named by its code, where all of it holds one: the log has that value */
static void
words_set_missing(const SlicesTable *table, const ErrataBinColumn *bin, ErrataPredicate *predicate)
{
    const ErrataClean *clean = table->analysis->clean;
    double code = clean != NULL && bin->derived == NULL ? errata_clean_only(clean, bin->column)
                                                        : (double)NAN;

    if (isnan(code))
        return;
    predicate->op = ERRATA_OP_EQ;
    predicate->number = code;
}

/**
 * errata_slices_words_predicate:
 * @table: a table
 * @condition: a condition on one of its columns
 *
 * Returns: (transfer full): the condition as findings state it
 */
ErrataPredicate *
errata_slices_words_predicate(const SlicesTable *table, const SlicesCondition *condition)
{
    const ErrataBinColumn *bin = table->columns[condition->column].bin;
    ErrataPredicate *predicate = errata_predicate_new(bin->name, ERRATA_OP_IS_MISSING);
    g_autoptr(GPtrArray) values = g_ptr_array_new();

    if (table->columns[condition->column].word != NULL) {
        g_free(predicate->column);
        predicate->column = g_strdup(table->columns[condition->column].raw->name);
        predicate->op = table->columns[condition->column].exact ? ERRATA_OP_EQ : ERRATA_OP_CONTAINS;
        predicate->values = g_new0(char *, 2);
        predicate->values[0] = g_strdup(table->columns[condition->column].word);
        return predicate;
    }
    if (condition->missing) {
        words_set_missing(table, bin, predicate);
        return predicate;
    }
    if (bin->numeric) {
        words_set_number(table, condition, predicate);
        return predicate;
    }
    for (guint c = 0; c < bin->n_codes; c++)
        if (((condition->codes[c >> 6] >> (c & 63)) & 1) != 0)
            g_ptr_array_add(values, g_strdup(bin->labels[c]));
    predicate->op = values->len == 1 ? ERRATA_OP_EQ : ERRATA_OP_IN;
    g_ptr_array_add(values, NULL);
    predicate->values = (char **)g_ptr_array_free(g_steal_pointer(&values), FALSE);
    return predicate;
}

static char *
words_place(const SlicesTable *table, gint64 at)
{
    if (table->analysis->outcome->time == NULL)
        return g_strdup_printf("row %" G_GINT64_FORMAT, at);
    return errata_words_time(at);
}

/**
 * errata_slices_words_when:
 * @table: a table
 * @slice: a slice
 *
 * Returns: (transfer full) (nullable): its time: “since 20 March, 00:18”; %NULL where it has none
 */
char *
errata_slices_words_when(const SlicesTable *table, const Slice *slice)
{
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    if (!slice->timed)
        return NULL;
    if (slice->begins && table->analysis->outcome->time != NULL)
        from = errata_words_time_about(slice->from, (double)slice->from_lo, (double)slice->from_hi);
    else if (slice->begins)
        from = words_place(table, slice->from);
    to = slice->ends ? words_place(table, slice->to) : NULL;
    if (from != NULL && to != NULL)
        return g_strdup_printf("from %s until %s", from, to);
    return g_strdup_printf(from != NULL ? "since %s" : "until %s", from != NULL ? from : to);
}

/**
 * errata_slices_words_without:
 * @table: a table
 * @slice: a slice
 * @skip: a condition to leave out, slice->n for none
 *
 * Returns: (transfer full): the conditions in words: "a is b, x ≥ 5 and m has a negation"
 */
char *
errata_slices_words_without(const SlicesTable *table, const Slice *slice, guint skip)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *when = NULL;
    guint n = slice->n - (skip < slice->n ? 1 : 0);
    guint done = 0;

    for (guint i = 0; i < slice->n; i++) {
        g_autoptr(ErrataPredicate) predicate = NULL;
        g_autofree char *words = NULL;

        if (i == skip)
            continue;
        predicate = errata_slices_words_predicate(table, &slice->condition[i]);
        words = errata_trait_describe(predicate);
        if (words == NULL)
            words = errata_predicate_describe(predicate);
        if (done > 0)
            g_string_append(text, done + 1 == n ? " and " : ", ");
        g_string_append(text, words);
        done++;
    }
    when = errata_slices_words_when(table, slice);
    if (when != NULL)
        g_string_append_printf(text, "%s%s", done > 0 ? " " : "", when);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *
errata_slices_words_slice(const SlicesTable *table, const Slice *slice)
{
    return errata_slices_words_without(table, slice, slice->n);
}

/* 20756 → "20,756" */
char *
errata_slices_words_count(guint64 n)
{
    if (n < 1000)
        return g_strdup_printf("%" G_GUINT64_FORMAT, n);
    g_autofree char *above = errata_slices_words_count(n / 1000);

    return g_strdup_printf("%s,%03u", above, (guint)(n % 1000));
}

/* 0.338 → "33.8 %", narrow no-break space */
char *
errata_slices_words_percent(double share)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    return g_strdup_printf("%s\u202f%%", errata_number_print_fixed(100.0 * share, 1, buffer));
}

/**
 * errata_slices_words_conditions:
 * @finding: of a slice
 *
 * Returns: (transfer full): its conditions as part of a sentence
 */
char *
errata_slices_words_conditions(const ErrataFinding *finding)
{
    return errata_words_where(finding);
}
