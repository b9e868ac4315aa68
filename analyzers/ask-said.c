/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditions that are said without the form of one: `false negatives`, `labelled 1`, `without income`,
 * `people over 50`, `weekends`. */
#include <string.h>

#include "ask-condition.h"
#include "number.h"

#define SAID_AGE_MAX 120.0

/* ---- labels and predictions ---- */

static char *
said_class_test(const AskWords *words, const char *name, guint class_index)
{
    g_autofree char *class_name =
        errata_ask_condition_quote(words->data->schema->classes[class_index], '\'');

    return g_strdup_printf("@%s = %s", name, class_name);
}

/* of two classes, one with a name of its own */
static gboolean
said_has_positive(const AskWords *words, char **ret_why)
{
    const ErrataSchema *schema = words->data->schema;

    if (schema != NULL && schema->n_classes == 2 && schema->positive >= 0)
        return TRUE;
    if (*ret_why == NULL)
        *ret_why = g_strdup(
            "positives and negatives are those of two classes; name the classes, e.g. "
            "“label is A and prediction is B”");
    return FALSE;
}

/**
 * errata_ask_said_outcome:
 * @words: a question
 * @conditions: (element-type AskCondition): gets what is said of labels against predictions
 * @ret_why: gets why it does not fit the log, where that is so
 *
 * Returns: whether something was said
 */
gboolean
errata_ask_said_outcome(AskWords *words, GPtrArray *conditions, char **ret_why)
{
    static const struct {
        const char *phrase;
        gboolean truth; /* whether the label is the positive class */
        gboolean said;  /* whether the prediction is */
    } known[] = {{"false negative*", TRUE, FALSE},
                 {"false positive*", FALSE, TRUE},
                 {"false alarm*", FALSE, TRUE},
                 {"true positive*", TRUE, TRUE},
                 {"true negative*", FALSE, FALSE}};

    static const char *const rates[] = {"base rate", "prevalence"};

    for (guint i = 0; i < G_N_ELEMENTS(rates); i++) {
        int at = errata_ask_words_take(words, rates[i]);

        if (at < 0 || !said_has_positive(words, ret_why))
            continue;
        g_ptr_array_add(conditions,
                        errata_ask_condition_new(
                            (guint)at,
                            said_class_test(words, "label", (guint)words->data->schema->positive)));
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        int at = errata_ask_words_take(words, known[i].phrase);
        g_autofree char *label = NULL;
        g_autofree char *prediction = NULL;
        guint positive;

        if (at < 0 || !said_has_positive(words, ret_why))
            continue;
        positive = (guint)words->data->schema->positive;
        label = said_class_test(words, "label", known[i].truth ? positive : 1 - positive);
        prediction = said_class_test(words, "prediction", known[i].said ? positive : 1 - positive);
        g_ptr_array_add(
            conditions,
            errata_ask_condition_new((guint)at, g_strdup_printf("%s and %s", label, prediction)));
        return TRUE;
    }
    return FALSE;
}

/* the class that a word is, as a name or as a number */
static int
said_class(const AskWords *words, guint at)
{
    const AskWord *word = errata_ask_words_get(words, at);
    const ErrataSchema *schema = words->data->schema;

    for (guint i = 0; word != NULL && !word->used && schema != NULL && i < schema->n_classes; i++)
        if (g_ascii_strcasecmp(schema->classes[i], word->text) == 0)
            return (int)i;
    return -1;
}

/* `labelled 1`, `predicted as default`, `predictions are 1` */
static char *
said_labelled(AskWords *words, guint at)
{
    static const struct {
        const char *phrase;
        const char *name;
    } known[] = {{"labelled", "label"},
                 {"labeled", "label"},
                 {"actually", "label"},
                 {"truly", "label"},
                 {"predicted", "prediction"},
                 {"classified", "prediction"},
                 {"predictions", "prediction"}};
    static const char *const fill[] = {"as", "to", "be", "are", "is", "class", "a", "an", NULL};

    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        guint next = at + errata_ask_words_match(words, at, known[i].phrase);
        int class_index;

        if (next == at)
            continue;
        while (errata_ask_words_get(words, next) != NULL &&
               g_strv_contains(fill, errata_ask_words_get(words, next)->fold))
            next++;
        class_index = said_class(words, next);
        if (class_index < 0)
            return NULL;
        errata_ask_words_use(words, at, next - at + 1);
        return said_class_test(words, known[i].name, (guint)class_index);
    }
    return NULL;
}

/* ---- columns ---- */

/* `missing income`, `no income`, `lack an income` */
static char *
said_missing(AskWords *words, guint at)
{
    static const char *const lack[] =
        {"missing", "without", "lack", "lacks", "lacking", "blank", "empty", "no", NULL};
    static const char *const skip[] =
        {"values", "value", "of", "in", "for", "the", "a", "an", "any", NULL};
    static const char *const led[] = {"have", "has", "had", "having", "with", NULL};
    const AskWord *word = errata_ask_words_get(words, at);
    guint next = at + 1;
    guint n = 0;
    int column;
    g_autofree char *name = NULL;

    if (!g_strv_contains(lack, word->fold) ||
        (g_str_equal(word->fold, "no") &&
         (at == 0 || !g_strv_contains(led, errata_ask_words_get(words, at - 1)->fold))))
        return NULL;
    while (errata_ask_words_get(words, next) != NULL &&
           g_strv_contains(skip, errata_ask_words_get(words, next)->fold))
        next++;
    column = errata_ask_words_column(words, next, &n);
    if (column < 0 || errata_ask_condition_is_test(words, next + n))
        return NULL;
    name = errata_ask_condition_name(words, (guint)column);
    errata_ask_words_use(words, at, next + n - at);
    return g_strdup_printf("%s is missing", name);
}

/* whether the question speaks of people: numbers without a name are ages then */
static gboolean
said_people(const AskWords *words)
{
    static const char *const people[] = {"people",
                                         "persons",
                                         "person",
                                         "customers",
                                         "users",
                                         "those",
                                         "aged",
                                         "old",
                                         "patients",
                                         "clients",
                                         "applicants",
                                         NULL};

    for (guint i = 0; i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);
        gsize length = strlen(word->fold);

        if (g_strv_contains(people, word->fold) || (length > 2 && word->fold[length - 1] == 's' &&
                                                    g_ascii_isdigit(word->fold[length - 2])))
            return TRUE;
    }
    return FALSE;
}

/* an age, perhaps “30s”; NaN-free: −1 where it is none */
static double
said_age_number(const AskWords *words, guint at)
{
    const AskWord *word = errata_ask_words_get(words, at);
    gsize length = word != NULL && !word->used ? strlen(word->text) : 0;
    double number;

    length -= length > 1 && word->text[length - 1] == 's' ? 1 : 0;
    if (length == 0 || !errata_number_parse_double(word->text, length, &number) || number < 0.0 ||
        number > SAID_AGE_MAX)
        return -1.0;
    return number;
}

/* `over 50`, `between 20 and 30` of people, where the log has an age */
static char *
said_age(AskWords *words, guint at)
{
    static const char *const after[] = {"year", "years", "old", "of", "age", NULL};
    gpointer age = g_hash_table_lookup(words->columns, "age");
    const AskWord *word = errata_ask_words_get(words, at);
    guint n = 0, n_column = 0;
    char first[ERRATA_NUMBER_BUFFER];
    char second[ERRATA_NUMBER_BUFFER];
    const char *op;
    g_autofree char *name = NULL;
    char *filter = NULL;

    if (age == NULL || !said_people(words))
        return NULL;
    name = errata_ask_condition_name(words, GPOINTER_TO_UINT(age) - 1);
    op = errata_ask_condition_op(words, at, &n);
    if (g_str_equal(word->fold, "between") && said_age_number(words, at + 1) >= 0.0 &&
        errata_ask_words_match(words, at + 2, "and") > 0 && said_age_number(words, at + 3) >= 0.0) {
        filter = g_strdup_printf("%s between %s and %s",
                                 name,
                                 errata_number_print(said_age_number(words, at + 1), first),
                                 errata_number_print(said_age_number(words, at + 3), second));
        n = 4;
    } else if (op != NULL && said_age_number(words, at + n) >= 0.0) {
        filter = g_strdup_printf("%s %s %s",
                                 name,
                                 op,
                                 errata_number_print(said_age_number(words, at + n), first));
        n++;
    }
    if (filter == NULL || errata_ask_words_column(words, at + n, &n_column) >= 0) {
        g_free(filter);
        return NULL;
    }
    while (errata_ask_words_get(words, at + n) != NULL &&
           g_strv_contains(after, errata_ask_words_get(words, at + n)->fold))
        n++;
    errata_ask_words_use(words, at, n);
    return filter;
}

/* Returns: (transfer full) (nullable): the condition that the words at @at say, which are used */
char *
errata_ask_said(AskWords *words, guint at)
{
    char *filter = said_labelled(words, at);

    if (filter == NULL)
        filter = said_missing(words, at);
    return filter != NULL ? filter : said_age(words, at);
}
