/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conditions of a question in plain words: `where age > 40`, `age over 40`, `country is UK`,
 * `for UK`. A value alone says which column is meant when only one has it, as written or in another
 * case. */
#include "ask-condition.h"

#include <string.h>

#include "number.h"

#define CONDITION_NAME  6  /* words that a value may have */
#define CONDITION_OTHER -2 /* no equality */

static const struct {
    const char *phrase;
    const char *op;
} condition_ops[] = {
    {"no more than", "<="},
    {"no less than", ">="},
    {"no fewer than", ">="},
    {"more than", ">"},
    {"greater than", ">"},
    {"larger than", ">"},
    {"higher than", ">"},
    {"bigger than", ">"},
    {"older than", ">"},
    {"longer than", ">"},
    {"heavier than", ">"},
    {"taller than", ">"},
    {"wider than", ">"},
    {"warmer than", ">"},
    {"hotter than", ">"},
    {"lighter than", "<"},
    {"cheaper than", "<"},
    {"colder than", "<"},
    {"less than", "<"},
    {"smaller than", "<"},
    {"lower than", "<"},
    {"fewer than", "<"},
    {"younger than", "<"},
    {"shorter than", "<"},
    {"at least", ">="},
    {"at most", "<="},
    {"up to", "<="},
    {"equal to", "="},
    {"equals", "="},
    {"over", ">"},
    {"above", ">"},
    {"beyond", ">"},
    {"exceeds", ">"},
    {"exceeding", ">"},
    {"under", "<"},
    {"below", "<"},
    {">=", ">="},
    {"<=", "<="},
    {"==", "="},
    {"!=", "!="},
    {">", ">"},
    {"<", "<"},
    {"=", "="},
};

AskCondition *
errata_ask_condition_new(guint first, char *filter)
{
    AskCondition *self = g_new0(AskCondition, 1);

    self->first = first;
    self->column = CONDITION_OTHER;
    self->filter = filter;
    self->values = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void
errata_ask_condition_free(gpointer data)
{
    AskCondition *self = data;

    g_free(self->filter);
    g_ptr_array_unref(self->values);
    g_free(self);
}

char *
errata_ask_condition_quote(const char *text, char quote)
{
    GString *quoted = g_string_new(NULL);

    g_string_append_c(quoted, quote);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == quote)
            g_string_append_c(quoted, quote);
        g_string_append_c(quoted, *p);
    }
    g_string_append_c(quoted, quote);
    return g_string_free(quoted, FALSE);
}

char *
errata_ask_condition_name(const AskWords *words, guint column)
{
    return errata_ask_condition_quote(words->data->frame->columns[column]->name, '"');
}

static gboolean
condition_is(const AskWords *words, guint at, const char *const *list)
{
    const AskWord *word = errata_ask_words_get(words, at);

    return word != NULL && !word->used && g_strv_contains(list, word->fold);
}

static gboolean
condition_number(const AskWords *words, guint at)
{
    const AskWord *word = errata_ask_words_get(words, at);
    double number;

    return word != NULL && !word->used &&
           errata_number_parse_double(word->text, strlen(word->text), &number);
}

/* ---- as filters are written ---- */

/* the condition behind `where` and the like, as far as it is one that some row fulfils */
static char *
condition_written(AskWords *words, guint at)
{
    static const char *const openers[] = {"where", "when", "if", "with", "for", "among", NULL};
    guint last = at;

    if (!condition_is(words, at, openers))
        return NULL;
    while (errata_ask_words_get(words, last + 1) != NULL &&
           !errata_ask_words_get(words, last + 1)->used)
        last++;
    for (; last > at; last--) {
        const char *begin = errata_ask_words_get(words, at + 1)->at;
        g_autofree char *text = g_strndup(begin,
                                          (gsize)(errata_ask_words_get(words, last)->end - begin));
        g_autoptr(ErrataFilter) filter = errata_filter_parse(text, NULL);
        g_autoptr(ErrataRows) rows = NULL;

        if (filter == NULL ||
            !errata_filter_bind(filter, words->data->frame, words->data->schema, NULL))
            continue;
        rows = errata_filter_evaluate(filter, words->data->frame, words->data->outcome);
        /* as far as it goes, and of no row: perhaps the values are written otherwise */
        if (errata_rows_count(rows) == 0 && errata_ask_words_get(words, last + 1) != NULL)
            continue;
        if (errata_rows_count(rows) == 0 && strpbrk(text, "<>=") == NULL)
            continue;
        if (errata_ask_words_match(words, at + 2, "between") > 0 ||
            errata_ask_words_match(words, at + 3, "between") > 0)
            return NULL; /* read as words are */
        errata_ask_words_use(words, at, last - at + 1);
        return errata_filter_print(filter);
    }
    return NULL;
}

/* ---- values ---- */

/* values of that name, also in the plural */
static const GArray *
condition_find(const AskWords *words, const char *phrase)
{
    const GArray *found = phrase != NULL ? g_hash_table_lookup(words->values, phrase) : NULL;
    gsize length = phrase != NULL ? strlen(phrase) : 0;
    g_autofree char *one = NULL;

    if (found != NULL || length < 4 || phrase[length - 1] != 's')
        return found;
    one = g_str_has_suffix(phrase, "ies") ? g_strdup_printf("%.*sy", (int)(length - 3), phrase)
                                          : g_strndup(phrase, length - 1);
    return g_hash_table_lookup(words->values, one);
}

/* the values of @column (-1: classes; -2: of any) that the words at @at name; as written where one
 * is, else in any case; longer ones first */
static GArray *
condition_values(const AskWords *words, guint at, int column, guint *ret_n)
{
    for (guint n = CONDITION_NAME; n > 0; n--) {
        g_autofree char *phrase = errata_ask_words_phrase(words, at, n);
        const GArray *found = condition_find(words, phrase);

        for (guint exact = 2; found != NULL && exact-- > 0;) {
            GArray *list = g_array_new(FALSE, FALSE, sizeof(AskValue));

            for (guint i = 0; i < found->len; i++) {
                const AskValue *value = &g_array_index(found, AskValue, i);
                const AskWord *first = errata_ask_words_get(words, at);
                gboolean same = n == 1 ? strcmp(value->text, first->text) == 0
                                       : strncmp(first->at, value->text, strlen(value->text)) == 0;

                if ((column == CONDITION_OTHER || value->column == column) && (exact == 0 || same))
                    g_array_append_val(list, *value);
            }
            if (list->len > 0) {
                *ret_n = n;
                return list;
            }
            g_array_unref(list);
        }
    }
    return NULL;
}

/* whether one word that may be filler (`in`, `no`, `it`, a number) is meant as a value */
static gboolean
condition_means_value(const AskWords *words, guint at, guint n)
{
    static const char *const small[] = {
        "a",  "an",  "and", "are", "as",  "at",    "be",     "by",    "do",     "in", "is",  "it",
        "no", "not", "of",  "on",  "or",  "so",    "to",     "us",    "we",     "me", "all", "am",
        "my", "the", "no",  "i",   "may", "error", "errors", "other", "others", NULL};
    static const char *const before[] =
        {"for", "of", "from", "among", "is", "class", "label", "vs", "versus", NULL};
    const AskWord *word = errata_ask_words_get(words, at);
    gboolean led = at > 0 && g_strv_contains(before, errata_ask_words_get(words, at - 1)->fold);

    if (n > 1)
        return TRUE;
    if (condition_number(words, at))
        return led;
    if (!g_strv_contains(small, word->fold))
        return TRUE;
    /* DE and IT are written so, in is not IN; a at the end, behind for, is no article */
    return g_ascii_isupper(word->text[0]) && word->text[1] != '\0'
               ? strcmp(word->text, word->fold) != 0 && g_ascii_isupper(word->text[1])
               : led && at + 1 == words->words->len && !g_str_equal(word->fold, "it");
}

static void
condition_add_values(AskCondition *self, const GArray *list)
{
    for (guint i = 0; i < list->len; i++)
        g_ptr_array_add(self->values, g_strdup(g_array_index(list, AskValue, i).text));
}

/* whether something but “or” parts what is compared: “is UK or DE worse than FR” */
gboolean
errata_ask_condition_is_parted(const AskWords *words)
{
    static const char *const apart[] =
        {"than", "versus", "vs", "vs.", "against", "rest", "others", "else", "elsewhere", NULL};
    static const char *const compare[] = {"compare", "compared", NULL};
    static const char *const with[] = {"with", "to", NULL};
    gboolean compares = FALSE;

    for (guint i = 0; i < words->words->len; i++) {
        const char *fold = errata_ask_words_get(words, i)->fold;

        compares = compares || g_strv_contains(compare, fold);
        if (g_strv_contains(apart, fold) || (compares && g_strv_contains(with, fold)))
            return TRUE;
    }
    return FALSE;
}

/* more values of the same column: `UK or DE`; returns the word behind them */
static guint
condition_more(AskWords *words, AskCondition *self, guint at, gboolean compare)
{
    static const char *const joins[] = {"or", "and", "nor", NULL};
    static const char *const narrow[] = {"or", NULL};
    static const char *const fill[] =
        {"the", "in", "from", "on", "a", "an", "for", "of", "is", NULL};

    gboolean sides = compare && !errata_ask_condition_is_parted(words);

    for (;;) {
        guint skip = condition_is(words, at, compare ? narrow : joins) ? 1 : 0;
        guint n = 0;
        g_autoptr(GArray) list = NULL;

        if (skip == 0 || sides)
            return at;
        while (!compare && condition_is(words, at + skip, fill))
            skip++;
        list = condition_values(words, at + skip, self->column, &n);
        if (list == NULL || !condition_means_value(words, at + skip, n))
            return at;
        condition_add_values(self, list);
        errata_ask_words_use(words, at, skip + n);
        at += skip + n;
    }
}

static char *
condition_ambiguous(const AskWords *words, guint at, guint n, const GArray *list)
{
    g_autoptr(GString) names = g_string_new(NULL);
    const char *begin = errata_ask_words_get(words, at)->at;
    g_autofree char *text =
        g_strndup(begin, (gsize)(errata_ask_words_get(words, at + n - 1)->end - begin));

    for (guint i = 0; i < MIN(list->len, 8); i++) {
        int column = g_array_index(list, AskValue, i).column;

        g_string_append_printf(names,
                               "%s%s",
                               i == 0               ? ""
                               : i + 1 == list->len ? " and "
                                                    : ", ",
                               column < 0 ? "the label"
                                          : words->data->frame->columns[column]->name);
    }
    return g_strdup_printf(
        "“%s” is a value of %s: say which, e.g. where %s is %s",
        text,
        names->str,
        g_array_index(list, AskValue, 0).column < 0
            ? "label"
            : words->data->frame->columns[g_array_index(list, AskValue, 0).column]->name,
        text);
}

/* a value by itself */
static AskCondition *
condition_value(AskWords *words, guint at, gboolean compare, char **ret_why)
{
    static const char *const classes[] = {"class", "label", NULL};
    guint n = 0;
    g_autoptr(GArray) list = condition_values(words, at, CONDITION_OTHER, &n);
    AskCondition *self;
    guint named = 0;

    if (list == NULL || !condition_means_value(words, at, n))
        return NULL;
    for (guint i = 1; i < list->len; i++)
        if (g_array_index(list, AskValue, i).column != g_array_index(list, AskValue, 0).column) {
            if (*ret_why == NULL)
                *ret_why = condition_ambiguous(words, at, n, list);
            return NULL;
        }
    self = errata_ask_condition_new(at, NULL);
    self->column = g_array_index(list, AskValue, 0).column;
    if (self->column < 0 && at > 0 && condition_is(words, at - 1, classes))
        errata_ask_words_use(words, at - 1, 1);
    condition_add_values(self, list);
    errata_ask_words_use(words, at, n);
    at = condition_more(words, self, at + n, compare);
    if (self->column >= 0 && errata_ask_words_column(words, at, &named) == self->column)
        errata_ask_words_use(words, at, named);
    return self;
}

/* ---- columns ---- */

const char *
errata_ask_condition_op(const AskWords *words, guint at, guint *ret_n)
{
    for (guint i = 0; i < G_N_ELEMENTS(condition_ops); i++) {
        *ret_n = errata_ask_words_match(words, at, condition_ops[i].phrase);
        if (*ret_n > 0)
            return condition_ops[i].op;
    }
    return NULL;
}

gboolean
errata_ask_condition_is_test(const AskWords *words, guint at)
{
    guint n = 0;

    return errata_ask_condition_op(words, at, &n) != NULL || condition_number(words, at) ||
           errata_ask_words_match(words, at, "between") > 0;
}

/* a number as filters have it; of scores (@share), `90%` is 0.9. NULL: none */
static char *
condition_amount(const AskWords *words, guint at, gboolean share)
{
    const AskWord *word = errata_ask_words_get(words, at);
    gsize n = word != NULL && !word->used ? strlen(word->text) : 0;
    char buffer[ERRATA_NUMBER_BUFFER];
    double number;

    if (condition_number(words, at))
        return g_strdup(word->text);
    if (n < 2 || word->text[n - 1] != '%' ||
        !errata_number_parse_double(word->text, n - 1, &number))
        return NULL;
    if (!share)
        return g_strdup(word->text); /* filters tell whether it is a share */
    return g_strdup(errata_number_print(number / 100.0, buffer));
}

/* in words both ends belong to it, other than in plans */
char *
errata_ask_condition_between(const char *name, const char *from, const char *to, gboolean negated)
{
    return g_strdup_printf("%s(%s >= %s and %s <= %s)",
                           negated ? "not " : "",
                           name,
                           from,
                           name,
                           to);
}

/* `over 40`, `between 30 and 40` behind the name of a column that is written @name */
static char *
condition_compared(const AskWords *words,
                   const char *name,
                   guint at,
                   gboolean negated,
                   gboolean share,
                   guint *ret_end)
{
    g_autofree char *amount = NULL;
    guint n = 0;
    const char *op;

    if (errata_ask_words_match(words, at, "between") > 0 &&
        (errata_ask_words_match(words, at + 2, "and") > 0 ||
         errata_ask_words_match(words, at + 2, "to") > 0)) {
        g_autofree char *to = condition_amount(words, at + 3, share);

        amount = condition_amount(words, at + 1, share);
        if (amount == NULL || to == NULL)
            return NULL;
        *ret_end = at + 4;
        return errata_ask_condition_between(name, amount, to, negated);
    }
    op = errata_ask_condition_op(words, at, &n);
    amount = condition_amount(words, at + n, share);
    if (amount == NULL)
        return NULL;
    *ret_end = at + n + 1;
    return g_strdup_printf("%s(%s %s %s)",
                           negated ? "not " : "",
                           name,
                           op != NULL ? op : "=",
                           amount);
}

/* “mm” behind a number of rain_mm: 1, else 0 */
static guint
condition_unit(const AskWords *words, guint at, const char *name)
{
    const AskWord *word = errata_ask_words_get(words, at);
    g_autofree char *fold = g_strdelimit(g_utf8_strdown(name, -1), "_-", ' ');
    g_auto(GStrv) parts = g_strsplit(fold, " ", -1);
    guint n = g_strv_length(parts);

    return word != NULL && !word->used && n > 1 && strcmp(parts[n - 1], word->fold) == 0 ? 1 : 0;
}

/* “under 5000 or over 20000”, “over 30 but under 50”: more of the same column */
static char *
condition_further(const AskWords *words, char *filter, const char *name, gboolean share, guint *end)
{
    for (;;) {
        gboolean either = errata_ask_words_match(words, *end, "or") > 0;
        gboolean both = errata_ask_words_match(words, *end, "and") > 0 ||
                        errata_ask_words_match(words, *end, "but") > 0;
        guint n_op = 0, n_name = 0, last = 0;
        g_autofree char *first = filter;
        g_autofree char *more = NULL;

        if ((!either && !both) || errata_ask_condition_op(words, *end + 1, &n_op) == NULL ||
            errata_ask_words_column(words, *end + 2 + n_op, &n_name) >= 0)
            return g_steal_pointer(&first);
        more = condition_compared(words, name, *end + 1, FALSE, share, &last);
        if (more == NULL)
            return g_steal_pointer(&first);
        filter = g_strdup_printf("(%s %s %s)", first, either ? "or" : "and", more);
        *end = last;
    }
}

/* values behind the name of a column of texts, which has @n_name words; they begin at @next */
static AskCondition *
condition_category(AskWords *words,
                   const char *called,
                   guint at,
                   guint n_name,
                   guint next,
                   int column,
                   gboolean negated,
                   gboolean compare)
{
    const ErrataSchema *schema = words->data->schema;
    gboolean before = at > 0 && errata_ask_words_match(words, at - 1, "not") > 0;
    gboolean classes = schema != NULL && schema->n_classes > 0 &&
                       (column == schema->label || column == schema->prediction);
    guint n = 0;
    g_autoptr(GArray) list = condition_values(words, next, classes ? -1 : column, &n);
    AskCondition *self;

    if (list == NULL && (list = errata_ask_yes_values(words, column, called)) != NULL) {
        next = at + n_name; /* `reopened tickets` */
        n = 0;
        negated = before; /* a “not” behind the name is of what comes next */
    }
    if (list == NULL)
        return NULL;
    if (before)
        errata_ask_words_use(words, at - 1, 1);
    self = errata_ask_condition_new(at, NULL);
    self->column = column;
    self->negated = negated;
    condition_add_values(self, list);
    errata_ask_words_use(words, at, next + n - at);
    condition_more(words, self, next + n, compare);
    return self;
}

/* what stands behind the name of a column; NULL where that is no condition */
static AskCondition *
condition_column(AskWords *words, guint at, gboolean compare)
{
    static const char *const fill[] = {"is",
                                       "are",
                                       "was",
                                       "were",
                                       "of",
                                       "a",
                                       "an",
                                       "the",
                                       "value",
                                       "column",
                                       "being",
                                       "has",
                                       NULL};
    static const char *const nots[] = {"not", "neither", "except", "but", "excluding", NULL};
    guint n = 0, end = 0;
    int column = errata_ask_words_column(words, at, &n);
    const ErrataSchema *schema = words->data->schema;
    g_autofree char *name = NULL;
    g_autofree char *called = NULL;
    const ErrataColumn *cells;
    AskCondition *self = NULL;
    gboolean negated, before = at > 0 && errata_ask_words_match(words, at - 1, "not") > 0;
    guint next, n_other;

    if (column < 0)
        return NULL;
    called = errata_ask_words_phrase(words, at, n);
    cells = words->data->frame->columns[column];
    name = errata_ask_condition_name(words, (guint)column);
    for (next = at + n; condition_is(words, next, fill);)
        next++;
    negated = condition_is(words, next, nots) || before;
    n_other = errata_ask_words_match(words, next, "other than");
    negated = negated || n_other > 0;
    next += condition_is(words, next, nots) ? 1 : n_other;
    while (n_other > 0 && condition_is(words, next, fill))
        next++;
    next += errata_ask_words_match(words, next, "equal to") > 0 ? 2 : 0;
    next += errata_ask_words_match(words, next, "=") > 0 ? 1 : 0;
    if (errata_ask_words_is_missing(words, next, cells)) {
        self = errata_ask_condition_new(
            at,
            g_strdup_printf("%s is %smissing", name, negated ? "not " : ""));
        end = next + 1;
    } else if (cells->type == ERRATA_COLUMN_CATEGORY) {
        return condition_category(words, called, at, n, next, column, negated, compare);
    } else {
        gboolean share = schema != NULL && schema->columns[column].role == ERRATA_ROLE_SCORE;
        char *filter = condition_compared(words, name, next, negated, share, &end);

        if (filter != NULL)
            end += condition_unit(words, end, cells->name);
        if (filter != NULL)
            filter = condition_further(words, filter, name, share, &end);
        if (filter == NULL) {
            filter = errata_ask_yes(words, column, called, next, negated, &end);
            if (filter != NULL && end == next) { /* what stands behind is of what comes next */
                g_free(filter);
                filter = errata_ask_yes(words, column, called, next, before, &end);
                end = at + n;
            }
        }
        if (filter == NULL && cells->type == ERRATA_COLUMN_TIME) {
            filter = errata_ask_condition_time(words, next, column);
            end = next; /* what is behind is used already */
        }
        if (filter == NULL)
            return NULL;
        self = errata_ask_condition_new(at, filter);
    }
    if (before)
        errata_ask_words_use(words, at - 1, 1);
    errata_ask_words_use(words, at, end - at);
    return self;
}

/* `older than 40`, and the scores that every log may have */
static AskCondition *
condition_known(AskWords *words, guint at)
{
    static const char *const names[] = {"score", "confidence", "loss", NULL};
    static const char *const fill[] = {"is", "of", "was", "a", NULL};
    const AskWord *word = errata_ask_words_get(words, at);
    int age = errata_ask_words_age(words);
    guint next = at + 1;
    guint end = 0;
    char *filter = NULL;

    if (g_strv_contains(names, word->fold)) {
        g_autofree char *name = g_strdup_printf("@%s", word->fold);

        while (condition_is(words, next, fill))
            next++;
        if (!condition_number(words, next))
            filter = condition_compared(words, name, next, FALSE, strcmp(name, "@loss") != 0, &end);
    } else if (age >= 0 &&
               (g_str_equal(word->fold, "older") || g_str_equal(word->fold, "younger"))) {
        g_autofree char *name = errata_ask_condition_name(words, (guint)age);

        filter = condition_compared(words, name, at, FALSE, FALSE, &end);
    }
    if (filter == NULL)
        return NULL;
    errata_ask_words_use(words, at, end - at);
    return errata_ask_condition_new(at, filter);
}

/**
 * errata_ask_condition_take:
 * @words: a question about a log; the words that conditions are read from become used
 * @compare: whether two groups may be named, which are not joined to one
 * @ret_why: gets why a condition cannot be told, where that is so
 *
 * Returns: (transfer full) (element-type AskCondition): all conditions, in order of the question
 */
GPtrArray *
errata_ask_condition_take(AskWords *words, gboolean compare, char **ret_why)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(errata_ask_condition_free);

    for (guint i = 0; words->data->frame != NULL && i < words->words->len; i++) {
        AskCondition *condition = NULL;
        char *filter;

        if (errata_ask_words_get(words, i)->used)
            continue;
        filter = condition_written(words, i);
        if (filter == NULL)
            condition = condition_column(words, i, compare);
        if (filter == NULL && condition == NULL)
            condition = condition_known(words, i);
        if (filter == NULL && condition == NULL)
            filter = errata_ask_said(words, i);
        if (filter == NULL && condition == NULL)
            filter = errata_ask_years(words, i);
        if (filter == NULL && condition == NULL)
            filter = errata_ask_condition_time(words, i, -1);
        if (filter == NULL && condition == NULL)
            filter = errata_ask_clock(words, i);
        if (filter == NULL && condition == NULL)
            condition = condition_value(words, i, compare, ret_why);
        if (filter != NULL)
            condition = errata_ask_condition_new(i, filter);
        if (condition == NULL)
            continue;
        for (condition->end = i; condition->end < words->words->len &&
                                 !errata_ask_words_get(words, condition->end)->used;)
            condition->end++; /* “on” of Mondays is none of it */
        while (condition->end < words->words->len &&
               errata_ask_words_get(words, condition->end)->used)
            condition->end++;
        g_ptr_array_add(list, condition);
    }
    errata_ask_scope(words, list, compare, ret_why);
    return list;
}

/* the values of conditions on one column */
static char *
condition_print(const AskWords *words, const AskCondition *self, const GPtrArray *values)
{
    g_autofree char *name = self->column < 0
                                ? g_strdup("@label")
                                : errata_ask_condition_name(words, (guint)self->column);
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%s %sin (", name, self->negated ? "not " : "");
    for (guint i = 0; i < values->len; i++) {
        g_autofree char *value = errata_ask_condition_quote(g_ptr_array_index(values, i), '\'');

        if (values->len == 1)
            g_string_printf(text, "%s %s %s", name, self->negated ? "!=" : "=", value);
        else
            g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", value);
    }
    if (values->len > 1)
        g_string_append_c(text, ')');
    return g_string_free(text, FALSE);
}

/* all values asked for of the column of condition @at; NULL where an earlier one has said them */
static char *
condition_merge(const AskWords *words, const GPtrArray *list, guint from, guint at, guint to)
{
    const AskCondition *self = g_ptr_array_index(list, at);
    g_autoptr(GPtrArray) values = g_ptr_array_new();

    if (self->column == CONDITION_OTHER)
        return g_strdup(self->filter);
    for (guint i = from; i < to; i++) {
        const AskCondition *other = g_ptr_array_index(list, i);

        if (other->column != self->column || other->negated != self->negated)
            continue;
        if (i < at)
            return NULL;
        for (guint v = 0; v < other->values->len; v++)
            if (!g_ptr_array_find_with_equal_func(values,
                                                  g_ptr_array_index(other->values, v),
                                                  g_str_equal,
                                                  NULL))
                g_ptr_array_add(values, g_ptr_array_index(other->values, v));
    }
    return condition_print(words, self, values);
}

/**
 * errata_ask_condition_join:
 * @words: the question
 * @conditions: (element-type AskCondition): its conditions
 * @from: the first one meant
 * @to: behind the last one meant
 * @ret_why: gets why they do not fit the log, where that is so
 *
 * Returns: (transfer full) (nullable): what holds for the rows meant, as filters are written
 */
char *
errata_ask_condition_join(AskWords *words,
                          const GPtrArray *conditions,
                          guint from,
                          guint to,
                          char **ret_why)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(ErrataFilter) filter = NULL;
    g_autoptr(GError) error = NULL;
    gboolean either = to - from == 2 && errata_ask_words_take(words, "or") >= 0;

    for (guint i = from; i < to; i++) {
        g_autofree char *one = condition_merge(words, conditions, from, i, to);

        if (one != NULL)
            g_string_append_printf(text,
                                   "%s%s%s%s",
                                   text->len > 0 ? either ? " or " : " and " : "",
                                   to - from > 1 ? "(" : "",
                                   one,
                                   to - from > 1 ? ")" : "");
    }
    if (text->len == 0)
        return NULL;
    filter = errata_filter_parse(text->str, &error);
    if (filter != NULL &&
        errata_filter_bind(filter, words->data->frame, words->data->schema, &error))
        return errata_filter_print(filter);
    if (*ret_why == NULL)
        *ret_why = g_strdup_printf("%s: %s", text->str, error->message);
    return NULL;
}
