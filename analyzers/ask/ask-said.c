/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditions that are said without the form of one: `false negatives`, `labelled 1`, `without
 * income`, `people over 50`, `weekends`. */
#include <math.h>
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

/* whether the word is part of “false positives” and the like */
static gboolean
said_is_led(const AskWords *words, const char *bare)
{
    static const char *const leads[] = {"false", "true", "actual", "predicted", NULL};
    int at = errata_ask_words_find(words, bare, NULL);

    return at > 0 && g_strv_contains(leads, errata_ask_words_get(words, (guint)at - 1)->fold);
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

    static const struct {
        const char *phrase;
        const char *name;
    } rates[] = {{"base rate", "label"},
                 {"prevalence", "label"},
                 {"actual positive*", "label"},
                 {"selection rate", "prediction"},
                 {"predicted positive*", "prediction"}};
    static const char *const bare[] = {"positives", "negatives", "positive rate", NULL};
    AskCondition *rate = errata_ask_rate_take(words);

    if (rate != NULL) {
        g_ptr_array_add(conditions, rate);
        return TRUE;
    }
    if (errata_ask_missed(words, conditions))
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(rates); i++) {
        int at = errata_ask_words_take(words, rates[i].phrase);

        if (at < 0 || !said_has_positive(words, ret_why))
            continue;
        g_ptr_array_add(
            conditions,
            errata_ask_condition_new(
                (guint)at,
                said_class_test(words, rates[i].name, (guint)words->data->schema->positive)));
        return TRUE;
    }
    for (guint i = 0; bare[i] != NULL && *ret_why == NULL; i++)
        if (words->data->schema != NULL && words->data->schema->n_classes == 2 &&
            errata_ask_words_find(words, bare[i], NULL) >= 0 && !said_is_led(words, bare[i]))
            *ret_why = g_strdup_printf("“%s” may be of the label or of the prediction: say “actual "
                                       "positives” (the base rate) or “predicted positives” (the "
                                       "selection rate)",
                                       bare[i]);
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

/* defaults, of default */
static gboolean
said_is_many(const char *one, const char *many)
{
    gsize n = strlen(one);

    return n > 2 && g_ascii_strncasecmp(one, many, n) == 0 && strcmp(many + n, "s") == 0;
}

/* the class that a word is, as a name or as a number */
static int
said_class(const AskWords *words, guint at)
{
    const AskWord *word = errata_ask_words_get(words, at);
    const ErrataSchema *schema = words->data->schema;

    for (guint i = 0; word != NULL && !word->used && schema != NULL && i < schema->n_classes; i++)
        if (g_ascii_strcasecmp(schema->classes[i], word->text) == 0 ||
            said_is_many(schema->classes[i], word->text))
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
                 {"misclassified as", "prediction"},
                 {"filed as", "prediction"},
                 {"flagged as", "prediction"},
                 {"tagged as", "prediction"},
                 {"but are", "label"},
                 {"but were", "label"},
                 {"but is", "label"},
                 {"but was", "label"},
                 {"mistaken for", "prediction"},
                 {"taken for", "prediction"},
                 {"predictions", "prediction"}};
    static const char *const fill[] =
        {"as", "to", "be", "are", "is", "class", "a", "an", "actually", "really", NULL};

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

/* whether a column counts something, so that none of it is 0: whole numbers from 0 on, none of them
 * missing */
static gboolean
said_is_count(const AskWords *words, int column)
{
    const ErrataColumn *cells = words->data->frame->columns[column];
    gboolean zero = FALSE;

    if (!errata_column_is_numeric(cells) || column == words->data->schema->label ||
        column == words->data->schema->prediction)
        return FALSE;
    for (gsize row = 0; row < cells->n_rows; row++) {
        double value = errata_column_number(cells, row);

        if (!(value >= 0.0) || value > floor(value))
            return FALSE;
        zero = zero || value <= 0.0;
    }
    return zero;
}

/* `with late payments`, of a column that counts them */
static char *
said_some(AskWords *words, guint at)
{
    static const char *const leads[] = {"with", "have", "has", "having", "had", NULL};
    static const char *const skip[] = {"any", "some", NULL};
    const AskWord *word = errata_ask_words_get(words, at);
    guint next = at + 1;
    guint n = 0;
    int column;
    g_autofree char *name = NULL;

    if (!g_strv_contains(leads, word->fold))
        return NULL;
    while (errata_ask_words_get(words, next) != NULL &&
           g_strv_contains(skip, errata_ask_words_get(words, next)->fold))
        next++;
    column = errata_ask_words_column(words, next, &n);
    if (column < 0 || errata_ask_condition_is_test(words, next + n) ||
        errata_ask_words_match(words, next + n, "of") +
                errata_ask_words_match(words, next + n, "is") >
            0 ||
        !said_is_count(words, column))
        return NULL;
    name = errata_ask_condition_name(words, (guint)column);
    errata_ask_words_use(words, at, next + n - at);
    return g_strdup_printf("%s > 0", name);
}

/* `missing income`, `no income`, `lack an income` */
static char *
said_missing(AskWords *words, guint at)
{
    static const char *const lack[] =
        {"missing", "without", "lack", "lacks", "lacking", "blank", "empty", "no", NULL};
    static const char *const none[] = {"without", "no", NULL};
    static const char *const skip[] =
        {"values", "value", "of", "in", "for", "the", "a", "an", "any", NULL};
    static const char *const cell[] = {"values", "value", NULL};
    static const char *const led[] = {"have", "has", "had", "having", "with", NULL};
    const AskWord *word = errata_ask_words_get(words, at);
    guint next = at + 1;
    guint n = 0;
    gboolean of_cell = FALSE; /* “no value of urban”, “without urban value”: there is none */
    int column;
    g_autofree char *name = NULL;
    char * not ;

    if (!g_strv_contains(lack, word->fold) ||
        (g_str_equal(word->fold, "no") &&
         (at == 0 || !g_strv_contains(led, errata_ask_words_get(words, at - 1)->fold))))
        return NULL;
    while (errata_ask_words_get(words, next) != NULL &&
           g_strv_contains(skip, errata_ask_words_get(words, next)->fold)) {
        of_cell = of_cell || g_strv_contains(cell, errata_ask_words_get(words, next)->fold);
        next++;
    }
    column = errata_ask_words_column(words, next, &n);
    if (column >= 0 && errata_ask_words_get(words, next + n) != NULL &&
        g_strv_contains(cell, errata_ask_words_get(words, next + n)->fold)) {
        of_cell = TRUE;
        n++;
    }
    if (column < 0 || errata_ask_condition_is_test(words, next + n))
        return NULL;
    name = errata_ask_condition_name(words, (guint)column);
    errata_ask_words_use(words, at, next + n - at);
    if (of_cell || !g_strv_contains(none, word->fold))
        return g_strdup_printf("%s is missing", name);
    if (said_is_count(words, column))
        return g_strdup_printf("%s = 0", name);
    not = errata_ask_yes_not(words, column);
    return not != NULL ? not : g_strdup_printf("%s is missing", name);
}

/* “thirties” and “30s” are 30; 0: no decade */
static int
said_decade(const AskWords *words, guint at)
{
    static const char *const tens[] = {"twenties",
                                       "thirties",
                                       "forties",
                                       "fifties",
                                       "sixties",
                                       "seventies",
                                       "eighties",
                                       "nineties"};
    static const char *const leads[] = {"their", "the", "in", NULL};
    const AskWord *word = errata_ask_words_get(words, at);

    if (at == 0 || !g_strv_contains(leads, errata_ask_words_get(words, at - 1)->fold))
        return 0;
    for (guint i = 0; i < G_N_ELEMENTS(tens); i++)
        if (strcmp(word->fold, tens[i]) == 0)
            return 20 + 10 * (int)i;
    return strlen(word->fold) == 3 && g_ascii_isdigit(word->fold[0]) &&
                   strcmp(word->fold + 1, "0s") == 0
               ? 10 * (word->fold[0] - '0')
               : 0;
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

        if (g_strv_contains(people, word->fold) || said_decade(words, i) > 0 ||
            (length > 2 && word->fold[length - 1] == 's' &&
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

/* “people are 18”, “aged 18”, “18 years old”: how old somebody is */
static gboolean
said_is_age(const AskWords *words, guint at)
{
    static const char *const leads[] = {"are", "is", "aged", "were", NULL};
    gboolean old = errata_ask_words_match(words, at + 1, "years old") > 0 ||
                   errata_ask_words_match(words, at + 1, "years of age") > 0;
    const AskWord *next = errata_ask_words_get(words, at + 1);

    return old || (g_strv_contains(leads, errata_ask_words_get(words, at - 1)->fold) &&
                   (next == NULL || next->used));
}

/* `over 50`, `between 20 and 30` of people, where the log has an age */
static char *
said_age(AskWords *words, guint at)
{
    static const char *const after[] = {"year", "years", "old", "of", "age", NULL};
    gboolean aged = at > 0 && errata_ask_words_match(words, at - 1, "aged") > 0;
    int age = errata_ask_words_age(words);
    const AskWord *word = errata_ask_words_get(words, at);
    guint n = 0, n_column = 0;
    char first[ERRATA_NUMBER_BUFFER];
    char second[ERRATA_NUMBER_BUFFER];
    const char *op;
    g_autofree char *name = NULL;
    char *filter = NULL;
    int column;

    if (age < 0 || words->data->frame == NULL || !said_people(words))
        return NULL;
    name = errata_ask_condition_name(words, (guint)age);
    op = errata_ask_condition_op(words, at, &n);
    if (g_str_equal(word->fold, "between") && said_age_number(words, at + 1) >= 0.0 &&
        errata_ask_words_match(words, at + 2, "and") > 0 && said_age_number(words, at + 3) >= 0.0) {
        filter = errata_ask_condition_between(
            name,
            errata_number_print(said_age_number(words, at + 1), first),
            errata_number_print(said_age_number(words, at + 3), second),
            FALSE);
        n = 4;
    } else if (said_age_number(words, at) >= 0.0 &&
               errata_ask_words_match(words, at + 1, "to") > 0 &&
               said_age_number(words, at + 2) >= 0.0) { /* people who are 25 belong to “18 to 25” */
        filter = g_strdup_printf("%s >= %s and %s <= %s",
                                 name,
                                 errata_number_print(said_age_number(words, at), first),
                                 name,
                                 errata_number_print(said_age_number(words, at + 2), second));
        n = 3;
    } else if (said_decade(words, at) > 0) {
        filter = g_strdup_printf("%s >= %d and %s < %d",
                                 name,
                                 said_decade(words, at),
                                 name,
                                 said_decade(words, at) + 10);
        n = 1;
    } else if (at > 0 && said_age_number(words, at) >= 0.0 && said_is_age(words, at)) {
        filter = g_strdup_printf("%s = %s",
                                 name,
                                 errata_number_print(said_age_number(words, at), first));
        n = 1;
    } else if (op != NULL && said_age_number(words, at + n) >= 0.0) {
        filter = g_strdup_printf("%s %s %s",
                                 name,
                                 op,
                                 errata_number_print(said_age_number(words, at + n), first));
        n++;
    }
    column = errata_ask_words_column(words, at + n, &n_column);
    if (filter == NULL || (column >= 0 && column != words->data->schema->label)) {
        g_free(filter);
        return NULL;
    }
    while (errata_ask_words_get(words, at + n) != NULL &&
           g_strv_contains(after, errata_ask_words_get(words, at + n)->fold))
        n++;
    errata_ask_words_use(words, at - (aged ? 1 : 0), n + (aged ? 1 : 0));
    return filter;
}

/* `new customers`, of a column is_new_customer that is true or false */
static char *
said_flag(AskWords *words, guint at)
{
    static const char *const leads[] = {"is ", "has ", "was ", "had "};
    gboolean negated = at > 0 && (errata_ask_words_match(words, at - 1, "not") > 0 ||
                                  errata_ask_words_match(words, at - 1, "no") > 0);

    for (guint c = 0; c < words->data->frame->n_columns; c++) {
        const ErrataColumn *column = words->data->frame->columns[c];
        g_autofree char *fold = g_strdelimit(g_utf8_strdown(column->name, -1), "_-", ' ');
        const char *stem = NULL;
        g_autofree char *many = NULL;
        g_autofree char *name = NULL;
        guint n;

        for (guint i = 0; i < G_N_ELEMENTS(leads); i++)
            if (g_str_has_prefix(fold, leads[i]))
                stem = fold + strlen(leads[i]);
        if (column->type != ERRATA_COLUMN_BOOL || stem == NULL || strlen(stem) < 3)
            continue;
        many = g_strdup_printf("%ss", stem);
        n = errata_ask_words_match(words, at, stem) + errata_ask_words_match(words, at, many);
        if (n == 0)
            continue;
        name = errata_ask_condition_name(words, c);
        errata_ask_words_use(words, at - (negated ? 1 : 0), n + (negated ? 1 : 0));
        return g_strdup_printf("%s = %s", name, negated ? "false" : "true");
    }
    return NULL;
}

/* whether a word is the unit of the label: minutes, of actual_minutes */
static gboolean
said_is_unit(const AskWords *words, guint at)
{
    const ErrataSchema *schema = words->data->schema;
    const AskWord *word = errata_ask_words_get(words, at);
    const char *last = schema->label >= 0 ? strrchr(schema->names[schema->label], '_') : NULL;

    return word != NULL && !word->used && last != NULL &&
           g_ascii_strcasecmp(last + 1, word->fold) == 0;
}

/* `more than 10 minutes off` */
static char *
said_off_behind(AskWords *words, guint at)
{
    const ErrataSchema *schema = words->data->schema;
    guint n = 0;
    const char *op = errata_ask_condition_op(words, at, &n);
    const AskWord *word = op != NULL ? errata_ask_words_get(words, at + n) : NULL;
    char buffer[ERRATA_NUMBER_BUFFER];
    double number;

    if (schema == NULL || schema->task != ERRATA_TASK_REGRESSION || word == NULL ||
        !errata_number_parse_double(word->text, strlen(word->text), &number))
        return NULL;
    n += said_is_unit(words, at + n + 1) ? 1 : 0;
    if (errata_ask_words_match(words, at + n + 1, "off") == 0)
        return NULL;
    errata_ask_words_use(words, at, n + 2);
    return g_strdup_printf("@loss %s %s", op, errata_number_print(number, buffer));
}

/* `off by more than 10`, of predicted numbers */
static char *
said_off(AskWords *words, guint at)
{
    static const char *const leads[] = {"off by", "wrong by", "out by", "missed by"};
    const ErrataSchema *schema = words->data->schema;

    for (guint i = 0; i < G_N_ELEMENTS(leads); i++) {
        guint n_lead = errata_ask_words_match(words, at, leads[i]);
        guint n = 0;
        const char *op = n_lead > 0 ? errata_ask_condition_op(words, at + n_lead, &n) : NULL;
        const AskWord *word = op != NULL ? errata_ask_words_get(words, at + n_lead + n) : NULL;
        double number;
        char buffer[ERRATA_NUMBER_BUFFER];

        if (schema == NULL || schema->task != ERRATA_TASK_REGRESSION || word == NULL ||
            !errata_number_parse_double(word->text, strlen(word->text), &number))
            continue;
        n += said_is_unit(words, at + n_lead + n + 1) ? 1 : 0;
        errata_ask_words_use(words, at, n_lead + n + 1);
        return g_strdup_printf("@loss %s %s", op, errata_number_print(number, buffer));
    }
    return said_off_behind(words, at);
}

static gboolean
said_is_one_of(const char *text, const char *const *list)
{
    g_autofree char *small = g_utf8_strdown(text, -1);

    return g_strv_contains(list, small);
}

/* `customers who churned`, of a label that is called so and is yes or no */
static char *
said_label(AskWords *words, guint at)
{
    static const char *const plain[] = {"label",
                                        "labels",
                                        "target",
                                        "y",
                                        "class",
                                        "outcome",
                                        "truth",
                                        "y true",
                                        "actual",
                                        "ground truth",
                                        "result",
                                        "gt",
                                        "true label",
                                        NULL};
    static const char *const yes[] = {"1", "true", "yes", "y", "t", "1.0", NULL};
    const ErrataSchema *schema = words->data->schema;
    gboolean negated = at > 0 && (errata_ask_words_match(words, at - 1, "not") > 0 ||
                                  errata_ask_words_match(words, at - 1, "didn't") > 0);
    guint n = 0;
    int column = errata_ask_words_column(words, at, &n);
    g_autofree char *said = column >= 0 ? errata_ask_words_phrase(words, at, n) : NULL;

    if (column < 0 || schema == NULL || column != schema->label || schema->n_classes != 2 ||
        schema->positive < 0 || g_strv_contains(plain, said) ||
        !said_is_one_of(schema->classes[schema->positive], yes) ||
        errata_ask_condition_is_test(words, at + n))
        return NULL;
    errata_ask_words_use(words, at - (negated ? 1 : 0), n + (negated ? 1 : 0));
    return said_class_test(words,
                           "label",
                           (guint)(negated ? 1 - schema->positive : schema->positive));
}

/* the only column of numbers whose name ends in the unit at @at: km, of distance_km; −1: none, or
 * several */
static int
said_unit(const AskWords *words, guint at)
{
    const AskWord *word = errata_ask_words_get(words, at);
    int found = -1;

    for (guint c = 0; word != NULL && !word->used && c < words->data->frame->n_columns; c++) {
        const ErrataColumn *column = words->data->frame->columns[c];
        const char *last = strrchr(column->name, '_');

        if (last == NULL || !errata_column_is_numeric(column) ||
            g_ascii_strcasecmp(last + 1, word->fold) != 0)
            continue;
        if (found >= 0)
            return -1;
        found = (int)c;
    }
    return found;
}

/* `more than 12 rooms`, of a column of numbers that is called so */
static char *
said_before(AskWords *words, guint at)
{
    guint n = 0, n_name = 0;
    static const char *const have[] = {"have", "has", "had", "with", "having", NULL};
    const char *op = errata_ask_condition_op(words, at, &n);
    gboolean has = op == NULL && g_strv_contains(have, errata_ask_words_get(words, at)->fold);
    const AskWord *word;
    g_autofree char *name = NULL;
    char buffer[ERRATA_NUMBER_BUFFER];
    double number;
    int column;

    op = has ? "=" : op;
    n = has ? 1 : n;
    word = op != NULL ? errata_ask_words_get(words, at + n) : NULL;
    if (word == NULL || word->used ||
        !errata_number_parse_double(word->text, strlen(word->text), &number))
        return NULL;
    column = errata_ask_words_column(words, at + n + 1, &n_name);
    if (column < 0 && !has && (column = said_unit(words, at + n + 1)) >= 0)
        n_name = 1;
    if (column < 0 || column == words->data->schema->label ||
        column == words->data->schema->prediction ||
        !errata_column_is_numeric(words->data->frame->columns[column]) ||
        errata_ask_condition_is_test(words, at + n + 1 + n_name))
        return NULL;
    name = errata_ask_condition_name(words, (guint)column);
    errata_ask_words_use(words, at, n + 1 + n_name);
    return g_strdup_printf("%s %s %s", name, op, errata_number_print(number, buffer));
}

/* Returns: (transfer full) (nullable): the condition that the words at @at say, which are used */
char *
errata_ask_said(AskWords *words, guint at)
{
    char *filter = said_labelled(words, at);

    if (filter == NULL)
        filter = said_missing(words, at);
    if (filter == NULL)
        filter = said_some(words, at);
    if (filter == NULL)
        filter = said_flag(words, at);
    if (filter == NULL)
        filter = said_off(words, at);
    if (filter == NULL)
        filter = errata_ask_mention(words, at);
    if (filter == NULL)
        filter = said_label(words, at);
    if (filter == NULL)
        filter = said_before(words, at);
    return filter != NULL ? filter : said_age(words, at);
}
