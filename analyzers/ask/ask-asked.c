/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a plan is of the question: what a question names (numbers, dates, names, values, what it
 * leaves out) must be in the plan, and what the plan compares with must be of the question. A
 * language model's plan may be carried out and still answer something else. */
#include <math.h>
#include <string.h>

#include "ask-asked-private.h"
#include "ask-condition.h"
#include "ask-intent.h"
#include "ask-private.h"
#include "number.h"
#include "text.h"

#define ASKED_KIN 4 /* letters that words have in common at least */

gboolean
errata_ask_asked_refuse(AskAsked *self, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    self->why = g_strdup_vprintf(format, args);
    va_end(args);
    return FALSE;
}

gboolean
errata_ask_asked_is(const AskAsked *self, guint at, const char *const *list)
{
    const AskWord *word = errata_ask_words_get(self->words, at);

    return word != NULL && g_strv_contains(list, word->fold);
}

gboolean
errata_ask_asked_any(const AskAsked *self, const char *const *list)
{
    for (guint i = 0; i < self->words->words->len; i++)
        if (errata_ask_asked_is(self, i, list))
            return TRUE;
    return FALSE;
}

/* whether one word is another with a different end: north and northerners */
gboolean
errata_ask_asked_is_kin(const char *a, const char *b)
{
    gsize n = 0, least = MIN(strlen(a), strlen(b)), most = MAX(strlen(a), strlen(b));

    while (n < least && a[n] == b[n])
        n++;
    if (n == most || (n == least && most == least + 1 && (n == strlen(a) ? b : a)[n] == 's'))
        return TRUE;
    return n >= ASKED_KIN && n + 2 >= least;
}

/* whether a value of two or three letters is short for a name of the question: it, Italy */
gboolean
errata_ask_asked_is_short(const AskWord *word, const char *value)
{
    gsize n = strlen(value);

    return n >= 2 && n <= 3 && strlen(word->text) >= ASKED_KIN && g_ascii_isupper(word->text[0]) &&
           g_ascii_strncasecmp(word->text, value, n) == 0;
}

/* whether each longer part of a name or value is a word of the question, or kin to one */
gboolean
errata_ask_asked_names(const AskAsked *self, const char *text)
{
    g_autofree char *fold = g_strdelimit(g_utf8_strdown(text, -1), "_-./", ' ');
    g_auto(GStrv) parts = g_strsplit(fold, " ", -1);
    guint n = g_strv_length(parts);
    gboolean all = n > 0;

    for (guint k = 0; k < n; k++) {
        gboolean found = n > 1 && strlen(parts[k]) < ASKED_KIN;

        for (guint i = 0; !found && i < self->words->words->len; i++) {
            g_auto(GStrv) said =
                g_strsplit_set(errata_ask_words_get(self->words, i)->fold, " /-'", -1);

            found = n == 1 &&
                    errata_ask_asked_is_short(errata_ask_words_get(self->words, i), parts[k]);
            for (guint s = 0; said[s] != NULL; s++)
                found = found || errata_ask_asked_is_kin(parts[k], said[s]);
        }
        all = all && found;
    }
    return all;
}

/* ---- numbers ---- */

/* what a word of the question says as a number, “30%” as 30; @ret_n: how many words */
gboolean
errata_ask_asked_number(const AskAsked *self, guint at, double *ret_value, guint *ret_n)
{
    static const char *const none[] = {"one", "half", "dozen", "a", NULL};
    const AskWord *word = errata_ask_words_get(self->words, at);
    gsize n = strlen(word->text);

    *ret_n = 1;
    if (word->used) /* of a date */
        return FALSE;
    n -= n > 1 && word->text[n - 1] == '%' ? 1 : 0;
    if (errata_number_parse_double(word->text, n, ret_value))
        return TRUE;
    if (g_strv_contains(none, word->fold))
        return FALSE;
    *ret_n = errata_ask_number_read(self->words, at, ret_value);
    return *ret_n > 0;
}

static gboolean
asked_is_near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

/* a number as it is, of a hundred, or of an hour in minutes */
static gboolean
asked_is_of(double asked, double plan)
{
    return asked_is_near(plan, asked) || asked_is_near(plan, asked / 100.0) ||
           asked_is_near(plan, asked * 60.0);
}

static gboolean
asked_plan_has_number(const AskAsked *self, double value)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    const char *print = errata_number_print(value, buffer);

    for (guint i = 0; i < self->tests->len; i++) {
        double number;

        if (errata_ask_tests_number(g_ptr_array_index(self->tests, i), &number) &&
            asked_is_of(value, number))
            return TRUE;
    }
    for (guint i = 0; i < self->plan->steps->len; i++) {
        const ErrataAskStep *step = g_ptr_array_index(self->plan->steps, i);

        if ((step->op == ERRATA_ASK_WHAT_IF || step->op == ERRATA_ASK_ROWS) &&
            asked_is_of(value, step->number))
            return TRUE;
        if (step->op != ERRATA_ASK_FILTER && step->op != ERRATA_ASK_SHARE && step->text != NULL &&
            strstr(step->text, print) != NULL)
            return TRUE; /* of a row, of a finding, of a range */
    }
    return FALSE;
}

/* the comparison that the question makes with the number at @at; NULL: none */
const char *
errata_ask_asked_comparison(const AskAsked *self, guint at, guint n)
{
    static const char *const nots[] =
        {"not", "isn't", "aren't", "wasn't", "weren't", "never", NULL};
    static const char *const ups[] = {"more", "older", "over", "above", "higher", "up", NULL};
    static const char *const downs[] = {"less", "fewer", "younger", "below", "lower", NULL};
    gboolean tail = errata_ask_asked_is(self, at + n, (const char *const[]){"or", "and", NULL});

    if (tail && errata_ask_asked_is(self, at + n + 1, ups))
        return ">=";
    if (tail && errata_ask_asked_is(self, at + n + 1, downs))
        return "<=";
    for (guint back = 1; back <= MIN(at, 3); back++) {
        guint n_op = 0;
        const char *op = errata_ask_condition_op(self->words, at - back, &n_op);
        gboolean negated = (at > back && errata_ask_asked_is(self, at - back - 1, nots)) ||
                           (at > back + 1 && errata_ask_asked_is(self, at - back - 2, nots));

        if (op == NULL || n_op != back)
            continue;
        if (!negated)
            return op;
        return strcmp(op, ">") == 0    ? "<="
               : strcmp(op, ">=") == 0 ? "<"
               : strcmp(op, "<") == 0  ? ">="
               : strcmp(op, "<=") == 0 ? ">"
                                       : "!=";
    }
    return NULL;
}

/* whether the plan compares with the number so, or with another sign */
static gboolean
asked_compares_so(const AskAsked *self, double value, const char *op)
{
    gboolean other = FALSE;

    for (guint i = 0; i < self->tests->len; i++) {
        const AskTest *test = g_ptr_array_index(self->tests, i);
        double number;

        if (!errata_ask_tests_number(test, &number) || !asked_is_of(value, number))
            continue;
        if (strcmp(test->op, op) == 0 || strstr(self->folded, "not (") != NULL)
            return TRUE;
        other = TRUE;
    }
    return !other;
}

gboolean
errata_ask_asked_groups(const AskAsked *self)
{
    for (guint i = 0; i < self->plan->steps->len; i++)
        if (((const ErrataAskStep *)g_ptr_array_index(self->plan->steps, i))->op ==
            ERRATA_ASK_GROUP)
            return TRUE;
    return FALSE;
}

/* “the three worst regions”: a table of all has them, and says which they are */
static gboolean
asked_ranks(const AskAsked *self, guint at, guint n)
{
    static const char *const ranks[] = {"worst",
                                        "best",
                                        "highest",
                                        "lowest",
                                        "largest",
                                        "smallest",
                                        "top",
                                        "bottom",
                                        "leading",
                                        "weakest",
                                        NULL};
    const ErrataAskStep *last = g_ptr_array_index(self->plan->steps, self->plan->steps->len - 1);

    return errata_ask_asked_groups(self) && last->op != ERRATA_ASK_COUNT &&
           (errata_ask_asked_is(self, at + n, ranks) ||
            (at > 0 && errata_ask_asked_is(self, at - 1, ranks)));
}

/* “three worst regions”, of which the words are known by their number alone */
static gboolean
asked_check_top(AskAsked *self)
{
    const ErrataAskStep *last = g_ptr_array_index(self->plan->steps, self->plan->steps->len - 1);
    guint n_top = self->words->n_top;

    for (guint i = 0; i < self->plan->steps->len; i++) {
        const ErrataAskStep *step = g_ptr_array_index(self->plan->steps, i);

        if (step->op == ERRATA_ASK_TOP || step->op == ERRATA_ASK_BOTTOM)
            return (guint)step->number == n_top ||
                   errata_ask_asked_refuse(self,
                                           "the plan tells %u groups, which the question does not "
                                           "name",
                                           (guint)step->number);
    }
    return n_top == 0 || (errata_ask_asked_groups(self) && last->op != ERRATA_ASK_COUNT) ||
           errata_ask_asked_refuse(self,
                                   "the question names “%u”, which the plan leaves out",
                                   n_top);
}

static gboolean
asked_check_numbers(AskAsked *self)
{
    guint n;

    for (guint i = 0; i < self->words->words->len; i += n) {
        double value;
        const char *op;

        if (!errata_ask_asked_number(self, i, &value, &n)) {
            n = 1;
            continue;
        }
        if (!asked_plan_has_number(self, value) && !asked_ranks(self, i, n))
            return errata_ask_asked_refuse(self,
                                           "the question names “%s”, which the plan leaves out",
                                           errata_ask_words_get(self->words, i)->text);
        op = errata_ask_asked_comparison(self, i, n);
        if (op != NULL && !asked_compares_so(self, value, op))
            return errata_ask_asked_refuse(
                self,
                "the question compares with “%s” otherwise than the plan (%s)",
                errata_ask_words_get(self->words, i)->text,
                op);
    }
    return TRUE;
}

/* whether a number that the plan compares with is of the question */
static gboolean
asked_has_number(const AskAsked *self, double number)
{
    static const char *const small[] = {"no",
                                        "none",
                                        "any",
                                        "never",
                                        "without",
                                        "zero",
                                        "some",
                                        "ever",
                                        "nothing",
                                        "one",
                                        "once",
                                        "a",
                                        NULL};
    static const char *const hours[] = {"morning",
                                        "mornings",
                                        "afternoon",
                                        "afternoons",
                                        "evening",
                                        "evenings",
                                        "night",
                                        "nights",
                                        "midnight",
                                        "noon",
                                        "lunch",
                                        NULL};
    guint n;

    if ((asked_is_near(number, 0.0) || asked_is_near(number, 1.0)) &&
        errata_ask_asked_any(self, small))
        return TRUE;
    if (errata_ask_asked_any(self, hours) && strstr(self->folded, " hour") != NULL)
        return TRUE;
    if ((asked_is_near(number, 0.5) &&
         errata_ask_asked_any(self, (const char *const[]){"half", NULL})) ||
        (asked_is_near(number, 60.0) &&
         errata_ask_asked_any(self, (const char *const[]){"hour", NULL})))
        return TRUE;
    for (guint i = 0; i < self->words->words->len; i += n) {
        const char *fold = errata_ask_words_get(self->words, i)->fold;
        char buffer[ERRATA_NUMBER_BUFFER];
        double value;
        g_autofree char *tens = NULL;

        if (errata_ask_asked_number(self, i, &value, &n) && asked_is_of(value, number))
            return TRUE;
        n = 1;
        tens = g_str_has_suffix(fold, "ieth")
                   ? g_strdup_printf("%.*sy", (int)(strlen(fold) - strlen("ieth")), fold)
                   : NULL;
        if (tens != NULL && asked_is_near(errata_ask_number_word(tens), number))
            return TRUE;
        if (g_str_has_prefix(fold, errata_number_print(number, buffer)))
            return TRUE; /* 30s, 18th */
    }
    return FALSE;
}

/* ---- values and names ---- */

/* whether the question may mean a class without its name: positives, what was missed */
static gboolean
asked_means_class(const AskAsked *self, const char *text)
{
    static const char *const said[] = {"positive",
                                       "positives",
                                       "negative",
                                       "negatives",
                                       "false",
                                       "true",
                                       "missed",
                                       "miss",
                                       "caught",
                                       "catch",
                                       "alarms",
                                       "alarm",
                                       "flagged",
                                       "refused",
                                       NULL};
    const ErrataSchema *schema = self->data->schema;
    gboolean is_class = FALSE;

    for (guint i = 0; schema != NULL && i < schema->n_classes; i++)
        is_class = is_class || g_ascii_strcasecmp(schema->classes[i], text) == 0;
    if (!is_class || schema->n_classes != 2)
        return FALSE;
    if (errata_ask_asked_any(self, said))
        return TRUE;
    for (guint i = 0; i < 2; i++)
        if (errata_ask_asked_names(self, schema->classes[i]))
            return TRUE;
    return schema->label >= 0 && errata_ask_asked_names(self, schema->names[schema->label]);
}

/* days of the week are those of weekends, and of working days */
static gboolean
asked_means_day(const AskAsked *self, const char *text)
{
    static const char *const days[] =
        {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", NULL};
    static const char *const said[] =
        {"weekend", "weekends", "weekday", "weekdays", "working", NULL};
    g_autofree char *small = g_utf8_strdown(text, -1);

    return g_strv_contains(days, small) && errata_ask_asked_any(self, said);
}

static gboolean
asked_is_column(const AskAsked *self, const char *text)
{
    static const char *const own[] = {"not",
                                      "error",
                                      "correct",
                                      "label",
                                      "prediction",
                                      "score",
                                      "true",
                                      "confidence",
                                      "loss",
                                      "row",
                                      "false",
                                      "yes",
                                      "no",
                                      "missing",
                                      NULL};
    static const char *const spans[] = {" hour", " weekday", " day", " week", " month", " year"};
    g_autofree char *small = g_utf8_strdown(text + (text[0] == '@'), -1);

    if (g_strv_contains(own, small))
        return TRUE;
    for (guint c = 0; c < self->data->frame->n_columns; c++) {
        const char *name = self->data->frame->columns[c]->name;

        if (g_ascii_strcasecmp(name, text) == 0)
            return TRUE;
        for (guint i = 0; i < G_N_ELEMENTS(spans); i++)
            if (g_ascii_strncasecmp(name, text, strlen(name)) == 0 &&
                g_ascii_strcasecmp(text + strlen(name), spans[i]) == 0)
                return TRUE;
    }
    return FALSE;
}

/* what the plan compares with must be of the question */
static gboolean
asked_check_tests(AskAsked *self)
{
    for (guint i = 0; i < self->tests->len; i++) {
        const AskTest *test = g_ptr_array_index(self->tests, i);
        double number;

        if (test->op[0] == '\0' || errata_ask_tests_is_date(test->text) ||
            errata_ask_asked_names(self, test->text) || asked_means_class(self, test->text) ||
            asked_means_day(self, test->text))
            continue;
        if (errata_ask_tests_number(test, &number) ? asked_has_number(self, number)
                                                   : asked_is_column(self, test->text))
            continue;
        return errata_ask_asked_refuse(self,
                                       "the plan names “%s”, which the question does not",
                                       test->text);
    }
    for (guint i = 0; i < self->plan->steps->len; i++) {
        const ErrataAskStep *step = g_ptr_array_index(self->plan->steps, i);
        char buffer[ERRATA_NUMBER_BUFFER];

        if (step->op == ERRATA_ASK_WHAT_IF && !asked_has_number(self, step->number))
            return errata_ask_asked_refuse(
                self,
                "the plan supposes a threshold of %s, which the question does not "
                "name",
                errata_number_print(step->number, buffer));
    }
    return TRUE;
}

/* columns of the question, but for those whose names are words of every question */
static gboolean
asked_check_columns(AskAsked *self)
{
    const ErrataSchema *schema = self->data->schema;
    guint n;

    for (guint i = 0; i < self->words->words->len; i += n) {
        guint n_name = 0;
        int column = errata_ask_words_column(self->words, i, &n_name);
        const char *fold = errata_ask_words_get(self->words, i)->fold;
        g_autofree char *name = NULL;

        n = column >= 0 ? n_name : 1;
        if (column < 0 ||
            (schema != NULL &&
             (column == schema->label || column == schema->id || column == schema->prediction)) ||
            (n == 1 && (errata_ask_words_is_plain(fold) || strcmp(fold, "score") == 0 ||
                        g_hash_table_contains(self->words->values, fold))))
            continue;
        name = g_utf8_strdown(g_ptr_array_index(self->words->names, (guint)column), -1);
        if (strstr(self->folded, name) == NULL)
            return errata_ask_asked_refuse(
                self,
                "the question names the column “%s”, which the plan leaves out",
                (const char *)g_ptr_array_index(self->words->names, (guint)column));
    }
    return TRUE;
}

/* whether a metric of the plan is one of the positive class, which then need not be named */
static gboolean
asked_measures_positive(const AskAsked *self, const AskValue *value)
{
    static const char *const of[] =
        {"recall", "precision", "metric f1", "_rate", "npv", "specificity"};
    const ErrataSchema *schema = self->data->schema;

    if (value->column >= 0 || schema == NULL || schema->n_classes != 2 || schema->positive < 0 ||
        strcmp(schema->classes[schema->positive], value->text) != 0)
        return FALSE;
    for (guint i = 0; i < self->plan->steps->len; i++) {
        const ErrataAskStep *step = g_ptr_array_index(self->plan->steps, i);

        if (step->op == ERRATA_ASK_METRIC && step->of != NULL)
            return FALSE; /* it is of that class */
    }
    for (guint i = 0; i < G_N_ELEMENTS(of); i++)
        if (strstr(self->folded, of[i]) != NULL && strstr(self->folded, "error_rate") == NULL)
            return TRUE;
    return FALSE;
}

/* values of the question; what stands in quotes too */
static gboolean
asked_check_values(AskAsked *self)
{
    guint n;

    for (guint i = 0; i < self->words->words->len; i += n) {
        const AskWord *word = errata_ask_words_get(self->words, i);
        const AskValue *value = errata_ask_words_value(self->words, i, &n);
        g_autofree char *wanted = value != NULL ? g_utf8_strdown(value->text, -1) : NULL;

        if (value == NULL && strchr("\"'", word->at[0]) != NULL && strlen(word->fold) > 1)
            wanted = g_strdelimit(g_utf8_strdown(word->text, -1), "\"'`", '\0');
        n = value != NULL ? n : 1;
        if (wanted != NULL && strstr(self->folded, wanted) == NULL &&
            (value == NULL || !asked_measures_positive(self, value)))
            return errata_ask_asked_refuse(self,
                                           "the question names “%s”, which the plan leaves out",
                                           wanted);
    }
    return TRUE;
}

/* ---- times ---- */

/* takes the conditions of time from the words */
static void
asked_take_dates(AskAsked *self)
{
    for (guint i = 0; i < self->words->words->len; i++) {
        gboolean out = (i > 0 && errata_ask_asked_negation(self, i - 1) > 0) ||
                       (i > 1 && errata_ask_asked_negation(self, i - 2) > 1);
        char *filter = errata_ask_words_get(self->words, i)->used
                           ? NULL
                           : errata_ask_condition_time(self->words, i, -1);

        if (filter == NULL)
            continue;
        g_ptr_array_add(self->dates, filter);
        g_array_append_val(self->left_out, out);
    }
}

/* how many of the plan's rows are of a time that the question does not mean */
static gboolean
asked_is_outside(const AskAsked *self, const ErrataRows *rows, guint at)
{
    const char *condition = g_ptr_array_index(self->dates, at);
    g_autoptr(ErrataFilter) filter = errata_filter_parse(condition, NULL);
    g_autoptr(ErrataRows) meant = NULL;

    if (filter == NULL || !errata_filter_bind(filter, self->data->frame, self->data->schema, NULL))
        return FALSE;
    meant = errata_filter_evaluate(filter, self->data->frame, self->data->outcome);
    if (!g_array_index(self->left_out, gboolean, at))
        errata_rows_complement(meant);
    errata_rows_intersect(meant, rows);
    return errata_rows_count(meant) > 0;
}

static gboolean
asked_check_times(AskAsked *self)
{
    static const char *const future[] =
        {"tomorrow", "next", "future", "forecast", "upcoming", NULL};
    const char *time = errata_ask_intent_time_name(self->words);
    gboolean grouped = FALSE;

    if (errata_ask_asked_any(self, future))
        return errata_ask_asked_refuse(
            self,
            "the question is of what is to come, and the log is of the past");
    for (guint i = 0; time != NULL && i < self->plan->steps->len; i++) {
        const ErrataAskStep *step = g_ptr_array_index(self->plan->steps, i);

        grouped = grouped || (step->op == ERRATA_ASK_GROUP && strstr(step->text, time) != NULL);
    }
    for (guint i = 0; !grouped && i < self->dates->len; i++)
        if (asked_is_outside(self, self->rows, i) &&
            (self->other == NULL || asked_is_outside(self, self->other, i)))
            return errata_ask_asked_refuse(
                self,
                "the question names a time (%s), and the plan has rows of another",
                (const char *)g_ptr_array_index(self->dates, i));
    for (guint i = 0; i < self->tests->len; i++) {
        const AskTest *test = g_ptr_array_index(self->tests, i);
        gboolean named = FALSE;

        if (!errata_ask_tests_is_date(test->text))
            continue;
        for (guint k = 0; k < self->dates->len; k++)
            named = named || strstr(g_ptr_array_index(self->dates, k), test->text) != NULL ||
                    strcmp(test->op, "=") == 0;
        if (!named)
            return errata_ask_asked_refuse(self,
                                           "the plan names “%s”, which the question does not",
                                           test->text);
    }
    return TRUE;
}

/* ---- the whole ---- */

/**
 * errata_ask_asked:
 * @question: in words
 * @plan: what a language model made of it
 * @data: what it is about; without a log nothing is held against anything
 * @ret_note: (out): gets what to tell who asked beside the answer, where words of the question
 *   stand for nothing in the plan
 * @ret_why: (out): gets why the plan is not of the question
 *
 * Returns: whether the plan has all that the question names, and names nothing else
 */
gboolean
errata_ask_asked(const char *question,
                 const ErrataAskPlan *plan,
                 const ErrataAskData *data,
                 char **ret_note,
                 char **ret_why)
{
    g_autofree char *printed = errata_ask_plan_print(plan);
    g_autofree char *folded = g_utf8_strdown(printed, -1);
    g_autoptr(AskWords) words = errata_ask_words_new(question, data);
    g_autoptr(GPtrArray) tests = errata_ask_tests_new(plan);
    g_autoptr(GPtrArray) dates = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) left_out = g_array_new(FALSE, FALSE, sizeof(gboolean));
    g_autoptr(ErrataRows) rows = NULL;
    g_autoptr(ErrataRows) other = NULL;
    gboolean fine;
    AskAsked self = {plan, data, words, tests, dates, left_out, folded, NULL, NULL, NULL};

    if (data->frame == NULL)
        return TRUE;
    self.rows = rows = errata_ask_tests_rows(plan, data, &other);
    self.other = other;
    asked_take_dates(&self);
    fine = asked_check_values(&self) && asked_check_columns(&self) && asked_check_numbers(&self) &&
           asked_check_top(&self) && asked_check_times(&self) &&
           errata_ask_asked_check_negations(&self) && errata_ask_asked_check_share(&self) &&
           asked_check_tests(&self) && errata_ask_asked_check_sides(&self) &&
           (errata_ask_asked_is_linked(&self) ||
            errata_ask_asked_refuse(&self, "nothing of the plan is of the question")) &&
           errata_ask_asked_check_left(&self, question, ret_note);
    *ret_why = self.why;
    return fine;
}
