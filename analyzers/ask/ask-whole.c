/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the conditions of a question are for: of a share, some say which part is asked for and
 * others of which whole (see ask-parts.c); of a comparison, some say what is compared and others
 * hold on both sides. */
#include <string.h>

#include "ask-condition.h"
#include "ask-intent.h"
#include "ask-private.h"

#define WHOLE_SCORES -4 /* and below: score, confidence, loss */
#define WHOLE_OTHER  -2 /* what a condition is about that is about no column, and no time */

/* ---- errors ---- */

/* what a row is called; with a mark where a column is called so */
static AskCondition *
whole_of_outcome(const AskWords *words, guint at, const char *name)
{
    gboolean taken = words->data->frame != NULL &&
                     errata_frame_find(words->data->frame, name, NULL) != NULL;

    return errata_ask_condition_new(at, g_strdup_printf("%s%s", taken ? "@" : "", name));
}

/* takes all of the phrases; where the first of them stood, −1 where none is there */
static int
whole_take(AskWords *words, const char *const *phrases)
{
    int first = -1;

    for (guint i = 0; phrases[i] != NULL; i++)
        for (int at; (at = errata_ask_words_take(words, phrases[i])) >= 0;)
            first = first < 0 || at < first ? at : first;
    return first;
}

static gboolean
whole_is_share(const char *operation)
{
    return g_str_equal(operation, "share") || g_str_has_suffix(operation, "| share");
}

/* whether an operation is one of rows, which may be those with errors */
static gboolean
whole_is_of_rows(const char *operation)
{
    return whole_is_share(operation) || g_str_equal(operation, "count") ||
           g_str_has_suffix(operation, "| count") || g_str_has_prefix(operation, "rows") ||
           g_str_has_prefix(operation, "order") || strstr(operation, "describe ") != NULL;
}

/* “how many errors”: a count of some rows */
static void
whole_add_outcome(AskWords *words, const char *operation, GPtrArray *conditions)
{
    static const char *const wrong[] = {"wrong predictions",
                                        "wrong prediction",
                                        "wrongly predicted",
                                        "incorrectly predicted",
                                        "predicted wrongly",
                                        "predicted wrong",
                                        "wrong ones",
                                        "incorrect ones",
                                        "errors",
                                        "error",
                                        "mistakes",
                                        "mistake",
                                        "wrong",
                                        "incorrect",
                                        "misclassified",
                                        "misclassifications",
                                        "wrongly",
                                        "incorrectly",
                                        NULL};
    static const char *const right[] = {"correctly predicted",
                                        "right predictions",
                                        "correct predictions",
                                        "correct ones",
                                        "right ones",
                                        "correct",
                                        "right",
                                        "correctly",
                                        NULL};
    static const char *const not_wrong[] = {"not wrong", "not errors", "not mistakes", NULL};
    static const char *const not_right[] = {"not correct", "not right", NULL};
    int at;

    if (!whole_is_of_rows(operation))
        return;
    at = whole_take(words, not_wrong);
    if (at >= 0) {
        g_ptr_array_add(conditions, whole_of_outcome(words, (guint)at, "correct"));
        return;
    }
    at = whole_take(words, not_right);
    if (at < 0)
        at = whole_take(words, wrong);
    if (at >= 0 || g_str_has_prefix(operation, "order confidence")) {
        g_ptr_array_add(conditions, whole_of_outcome(words, (guint)MAX(at, 0), "error"));
        return;
    }
    at = whole_take(words, right);
    if (at >= 0)
        g_ptr_array_add(conditions, whole_of_outcome(words, (guint)at, "correct"));
}

/* ---- classes ---- */

/* whether each metric of an operation is one of single classes */
static gboolean
whole_is_of_class(const char *operation)
{
    static const char *const names[] =
        {"precision", "recall", "f1", "false_negative_rate", "false_discovery_rate", NULL};
    const char *metric = strstr(operation, "metric ");
    g_auto(GStrv) list = metric != NULL
                             ? g_strsplit(metric + strlen("metric "), ERRATA_ASK_COMMA, -1)
                             : NULL;

    for (guint i = 0; list != NULL && list[i] != NULL; i++)
        if (!g_strv_contains(names, list[i]))
            return FALSE;
    return list != NULL;
}

/* “recall of default”: the class goes to the metric */
static char *
whole_class(const char *operation, GPtrArray *conditions)
{
    gboolean by_class = whole_is_of_class(operation);

    for (guint i = 0; by_class && i < conditions->len; i++) {
        const AskCondition *condition = g_ptr_array_index(conditions, i);

        if (condition->column == -1 && !condition->negated && condition->values->len == 1) {
            char *named = g_strdup_printf("%s of \"%s\"",
                                          operation,
                                          (const char *)g_ptr_array_index(condition->values, 0));

            g_ptr_array_remove_index(conditions, i);
            return named;
        }
    }
    return g_strdup(operation);
}

/* ---- what a condition is about ---- */

/* the only column, or score, that a filter speaks of */
static int
whole_of_filter(const AskWords *words, const char *text)
{
    static const char *const scores[] = {"@score", "@confidence", "@loss"};
    g_autoptr(ErrataFilter) filter = errata_filter_parse(text, NULL);
    int found = WHOLE_OTHER;

    if (filter == NULL ||
        !errata_filter_bind(filter, words->data->frame, words->data->schema, NULL))
        return WHOLE_OTHER;
    for (guint c = 0; c < words->data->frame->n_columns; c++)
        if (errata_filter_uses(filter, c)) {
            if (found != WHOLE_OTHER)
                return WHOLE_OTHER;
            found = (int)c;
        }
    for (guint i = 0; found == WHOLE_OTHER && i < G_N_ELEMENTS(scores); i++)
        if (strstr(text, scores[i]) != NULL)
            found = WHOLE_SCORES - (int)i;
    return found;
}

int
errata_ask_whole_about(const AskWords *words, const AskCondition *condition)
{
    const char *time = errata_ask_intent_time_name(words);
    g_autofree char *quoted = time != NULL ? errata_ask_condition_quote(time, '"') : NULL;
    gsize length = quoted != NULL ? strlen(quoted) - 1 : 0;

    if (condition->column >= -1)
        return condition->column;
    return length > 0 && strncmp(condition->filter, quoted, length) == 0
               ? ERRATA_ASK_WHOLE_TIME
               : whole_of_filter(words, condition->filter);
}

/* whether it says what is right or wrong, what the label or the prediction is, or that something is
 * missing: what is counted by groups, not what they are groups of */
gboolean
errata_ask_whole_is_outcome(const AskWords *words, const AskCondition *condition)
{
    const ErrataSchema *schema = words->data->schema;
    const char *filter = condition->filter;

    if (filter == NULL)
        return condition->column == -1 ||
               (schema != NULL &&
                (condition->column == schema->label || condition->column == schema->prediction));
    return g_str_has_prefix(filter + (filter[0] == '@'), "error") ||
           g_str_has_prefix(filter + (filter[0] == '@'), "correct") ||
           g_str_has_prefix(filter, "@label") || g_str_has_prefix(filter, "@prediction") ||
           g_str_has_prefix(filter, "@loss") || g_str_has_suffix(filter, "is missing");
}

/* “share of the errors since May that are in the north”: the errors since May are the whole; FALSE
 * where no condition restricts them, so that they are all errors of the log */
static gboolean
whole_split_errors(const AskWords *words, GPtrArray *all, GPtrArray *asked, GPtrArray *whole)
{
    if (words->data->schema->task == ERRATA_TASK_REGRESSION)
        return FALSE;
    for (guint i = asked->len; i-- > 0;) { /* the verb is used, and its words may lead to a part */
        AskCondition *condition = g_ptr_array_index(asked, i);
        gboolean time = errata_ask_whole_about(words, condition) == ERRATA_ASK_WHOLE_TIME;
        gboolean named = FALSE;

        for (guint k = 0; k < i; k++)
            named = named || errata_ask_whole_about(words, g_ptr_array_index(asked, k)) !=
                                 ERRATA_ASK_WHOLE_TIME;
        if (time || errata_ask_parts_is_where(words, condition, named))
            g_ptr_array_add(whole, g_ptr_array_remove_index(asked, i));
    }
    if (asked->len == 0) { /* those of that time, of all */
        g_ptr_array_extend(asked, whole, NULL, NULL);
        g_ptr_array_set_size(whole, 0);
    }
    if (whole->len == 0)
        return FALSE;
    g_ptr_array_add(all, whole_of_outcome(words, 0, "error")); /* which frees it */
    g_ptr_array_add(whole, g_ptr_array_index(all, all->len - 1));
    return TRUE;
}

/* ---- comparisons ---- */

/* of two groups, the first condition of the second: behind the word between them; 0 where there is
 * one group, compared with the rest */
static guint
whole_second(AskWords *words, const GPtrArray *conditions)
{
    static const char *const joins[] =
        {"versus", "vs", "vs.", "against", "than", "to", "with", "and", "or"};
    static const char *const rest[] = {"the rest",
                                       "all others",
                                       "the others",
                                       "everyone else",
                                       "everything else",
                                       "everybody else",
                                       "anyone else",
                                       "all the others",
                                       "other people",
                                       "rest",
                                       "others",
                                       "other rows",
                                       "elsewhere",
                                       "against",
                                       "versus",
                                       "vs",
                                       NULL};

    for (guint i = 0; i < G_N_ELEMENTS(joins) && conditions->len > 1; i++) {
        int at = errata_ask_words_find(words, joins[i], NULL);

        for (guint k = 1; at >= 0 && k < conditions->len; k++) {
            const AskCondition *before = g_ptr_array_index(conditions, k - 1);
            const AskCondition *after = g_ptr_array_index(conditions, k);

            if (before->first < (guint)at && after->first >= (guint)at) {
                errata_ask_words_use(words, (guint)at, 1);
                return k;
            }
        }
    }
    errata_ask_intent_all(words, rest);
    return 0;
}

static gboolean
whole_has(const AskWords *words, const GPtrArray *list, int about)
{
    for (guint i = 0; i < list->len; i++)
        if (errata_ask_whole_about(words, g_ptr_array_index(list, i)) == about)
            return TRUE;
    return FALSE;
}

/* whether one of the words stands in the question between two others */
static gboolean
whole_is_between(const AskWords *words, guint from, guint to, const char *const *list)
{
    for (guint i = MIN(from, to) + 1; i < MAX(from, to); i++)
        if (g_strv_contains(list, errata_ask_words_get(words, i)->fold))
            return TRUE;
    return FALSE;
}

/* whether it stands before the comparison as what is about all of it: “for new, is A worse than B”;
 * @at: the first word of what is compared */
static gboolean
whole_opens(const AskWords *words, const AskCondition *condition, guint at)
{
    static const char *const leads[] =
        {"for", "among", "amongst", "in", "within", "on", "with", "of", "from", "at", NULL};
    static const char *const verbs[] = {"is", "are", "was", "were", "does", "do", "compare", NULL};

    if (condition->first >= at || !g_strv_contains(leads, errata_ask_words_get(words, 0)->fold))
        return FALSE;
    for (guint i = condition->first; i + 1 < at; i++)
        if (*errata_ask_words_get(words, i)->end == ',')
            return TRUE;
    return whole_is_between(words, condition->first, at, verbs);
}

/* whether a condition of one side holds on the other as well: behind the last side (“A and B for
 * new”), parted from the first by the word that compares (“new worse in DE than in US”), or before
 * the question. One that stands at a side is of that side: “is new cash worse than card” */
static gboolean
whole_is_shared(const AskWords *words,
                const GPtrArray *of,
                const AskCondition *condition,
                const GPtrArray *side,
                gboolean last)
{
    static const char *const compares[] =
        {"worse", "better", "more", "less", "higher", "lower", "fewer", NULL};
    gboolean apart = FALSE;

    for (guint i = 0; i < of->len; i++) {
        const AskCondition *other = g_ptr_array_index(of, i);
        int about = errata_ask_whole_about(words, other);

        if (about == WHOLE_OTHER || !whole_has(words, side, about))
            continue;
        apart = TRUE;
        if (last ? other->first > condition->first
                 : !whole_is_between(words, condition->first, other->first, compares) &&
                       !whole_opens(words, condition, other->first))
            return FALSE;
    }
    return apart;
}

/* adds to @side what of @other holds on both sides, and a time; @last: @other is the second side */
static void
whole_share_sides(const AskWords *words, GPtrArray *side, const GPtrArray *other, gboolean last)
{
    g_autoptr(GPtrArray) own = g_ptr_array_copy(side, NULL, NULL);

    for (guint i = 0; i < other->len; i++) {
        AskCondition *condition = g_ptr_array_index(other, i);
        int about = errata_ask_whole_about(words, condition);

        if (!whole_has(words, own, about) && about != WHOLE_OTHER &&
            (about == ERRATA_ASK_WHOLE_TIME || whole_is_shared(words, other, condition, own, last)))
            g_ptr_array_add(side, condition);
    }
}

/* “is UK worse than DE since May”: two lists, in each what holds on both sides */
static void
whole_sides(const AskWords *words,
            const GPtrArray *conditions,
            guint second,
            GPtrArray *here,
            GPtrArray *there)
{
    g_autoptr(GPtrArray) first = NULL;

    for (guint i = 0; i < conditions->len; i++)
        g_ptr_array_add(i < second ? here : there, g_ptr_array_index(conditions, i));
    first = g_ptr_array_copy(here, NULL, NULL);
    whole_share_sides(words, here, there, TRUE);
    whole_share_sides(words, there, first, FALSE);
}

/* ---- the whole ---- */

static char *
whole_join(AskWords *words, const GPtrArray *conditions, char **ret_why)
{
    return errata_ask_condition_join(words, conditions, 0, conditions->len, ret_why);
}

static char *
whole_print(const char *threshold, const char *where, const char *measure, const char *of)
{
    return g_strdup_printf("%s%s%s%s%s%s%s%s%s",
                           threshold != NULL ? "what-if threshold " : "",
                           threshold != NULL ? threshold : "",
                           threshold != NULL ? " | " : "",
                           where != NULL ? "filter " : "",
                           where != NULL ? where : "",
                           where != NULL ? " | " : "",
                           measure,
                           of != NULL ? " " : "",
                           of != NULL ? of : "");
}

/* “which is better, UK, DE or FR”: how many values of one column are each named by itself;
 * @ret_second: gets the second one. 0: less than two */
static guint
whole_rivals(const GPtrArray *conditions, guint *ret_second)
{
    guint most = 0;

    for (guint i = 0; i < conditions->len; i++) {
        const AskCondition *first = g_ptr_array_index(conditions, i);
        guint n = 1, second = 0;

        for (guint k = i + 1; first->column >= 0 && k < conditions->len; k++) {
            const AskCondition *other = g_ptr_array_index(conditions, k);

            if (other->column != first->column || other->negated != first->negated)
                continue;
            second = second > 0 ? second : k;
            n++;
        }
        if (second > 0 && n > most) {
            most = n;
            *ret_second = second;
        }
    }
    return most;
}

/* errors of more than two groups, each by itself */
static char *
whole_compare_all(AskWords *words,
                  const GPtrArray *conditions,
                  const AskCondition *rival,
                  const char *threshold,
                  char **ret_why)
{
    g_autofree char *where = whole_join(words, conditions, ret_why);
    g_autofree char *name = errata_ask_condition_name(words, (guint)rival->column);
    g_autofree char *measure =
        g_strdup_printf("group %s | metric %s",
                        name,
                        errata_ask_intent_default(words, "error_rate", "mae"));

    errata_ask_words_take(words, "or");
    return where != NULL ? whole_print(threshold, where, measure, NULL) : NULL;
}

/* which rows are compared with which */
static char *
whole_compare(AskWords *words, const GPtrArray *conditions, const char *threshold, char **ret_why)
{
    static const char *const about[] = {"errors", "error", "mistakes", "wrong", NULL};
    g_autoptr(GPtrArray) here = g_ptr_array_new();
    g_autoptr(GPtrArray) there = g_ptr_array_new();
    guint second = whole_second(words, conditions);
    guint next = 0;
    guint n_rivals = errata_ask_condition_is_parted(words) ? 0 : whole_rivals(conditions, &next);
    g_autofree char *where = NULL;
    g_autofree char *other = NULL;

    errata_ask_intent_all(words, about);
    if (n_rivals > 2)
        return whole_compare_all(words,
                                 conditions,
                                 g_ptr_array_index(conditions, next),
                                 threshold,
                                 ret_why);
    if (second == 0 && n_rivals == conditions->len)
        second = next; /* “UK, DE” */
    whole_sides(words, conditions, second > 0 ? second : conditions->len, here, there);
    where = whole_join(words, here, ret_why);
    other = second > 0 ? whole_join(words, there, ret_why) : g_strdup("rest");
    return where != NULL && other != NULL ? whole_print(threshold, where, "compare", other) : NULL;
}

/* ---- two sides, each by itself ---- */

/* whether an operation can be done for each of two sides */
static gboolean
whole_is_apart(const char *measure)
{
    return g_str_has_prefix(measure, "metric ") || g_str_has_prefix(measure, "describe ") ||
           g_str_equal(measure, "count") || g_str_equal(measure, "share");
}

/* moves what is counted from @conditions to @part */
static void
whole_take_part(const AskWords *words, GPtrArray *conditions, GPtrArray *part)
{
    for (guint i = 0; i < conditions->len;)
        if (errata_ask_whole_is_outcome(words, g_ptr_array_index(conditions, i)))
            g_ptr_array_add(part, g_ptr_array_remove_index(conditions, i));
        else
            i++;
}

/* whether each side is one value of the same column; classes too */
static gboolean
whole_is_of_values(const GPtrArray *here, const GPtrArray *there)
{
    const AskCondition *a = here->len == 1 ? g_ptr_array_index(here, 0) : NULL;
    const AskCondition *b = there->len == 1 ? g_ptr_array_index(there, 0) : NULL;

    return a != NULL && b != NULL && a->column >= -1 && a->column == b->column && !a->negated &&
           !b->negated;
}

/* whether the sides say different things about something, so that no row is on both */
static gboolean
whole_is_disjoint(const AskWords *words, const GPtrArray *here, const GPtrArray *there)
{
    for (guint i = 0; i < here->len; i++)
        for (guint k = 0; k < there->len; k++) {
            const AskCondition *a = g_ptr_array_index(here, i);
            const AskCondition *b = g_ptr_array_index(there, k);
            int about = errata_ask_whole_about(words, a);

            if (a != b && about != WHOLE_OTHER && about == errata_ask_whole_about(words, b) &&
                (a->filter == NULL || g_strcmp0(a->filter, b->filter) != 0) &&
                (a->filter != NULL || b->filter != NULL || a->negated != b->negated ||
                 !g_ptr_array_find_with_equal_func(a->values,
                                                   g_ptr_array_index(b->values, 0),
                                                   g_str_equal,
                                                   NULL)))
                return TRUE;
        }
    return FALSE;
}

/* what the groups of two sides are, as plans have it; @ret_where: gets the rows of both, NULL:
 * all */
static char *
whole_group_sides(AskWords *words,
                  const char *measure,
                  GPtrArray *asked,
                  char **ret_where,
                  char **ret_why)
{
    g_autoptr(GPtrArray) here = g_ptr_array_new();
    g_autoptr(GPtrArray) there = g_ptr_array_new();
    guint second = whole_second(words, asked);
    g_autofree char *first = NULL;
    g_autofree char *other = NULL;

    whole_sides(words, asked, second > 0 ? second : asked->len, here, there);
    if (second > 0 && whole_is_of_values(here, there)) {
        const AskCondition *one = g_ptr_array_index(here, 0);

        if (one->column < 0 && whole_is_of_class(measure))
            return g_strdup("\"@label\"");
        *ret_where = whole_join(words, asked, ret_why);
        return one->column < 0 ? g_strdup("\"@label\"")
                               : errata_ask_condition_name(words, (guint)one->column);
    }
    if (second > 0 && !whole_is_disjoint(words, here, there)) {
        if (*ret_why == NULL)
            *ret_why = g_strdup("rows may be on both sides: ask for each by itself");
        return NULL;
    }
    first = whole_join(words, here, ret_why);
    other = second > 0 ? whole_join(words, there, ret_why) : NULL;
    if (first == NULL || (second > 0 && other == NULL))
        return NULL;
    *ret_where = other != NULL ? g_strdup_printf("(%s) or (%s)", first, other) : NULL;
    return errata_ask_condition_quote(first, '"');
}

/* of an instant that is not known nothing is before or after */
static char *
whole_where_split(AskWords *words, const GPtrArray *asked, char **ret_why)
{
    const char *time = errata_ask_intent_time_name(words);
    const ErrataColumn *column = errata_frame_find(words->data->frame, time, NULL);
    g_autofree char *where = whole_join(words, asked, ret_why);
    g_autofree char *name = errata_ask_condition_quote(time, '"');
    gboolean gaps = FALSE;

    for (gsize row = 0; column != NULL && row < column->n_rows; row++)
        gaps = gaps || !errata_column_is_valid(column, row);
    if (!gaps)
        return g_steal_pointer(&where);
    return g_strdup_printf("%s%s%s%s is not missing",
                           where != NULL ? "(" : "",
                           where != NULL ? where : "",
                           where != NULL ? ") and " : "",
                           name);
}

/* “recall for UK vs DE”, “recall before and after May”; @split: what holds before, or NULL */
static char *
whole_apart(AskWords *words,
            const char *operation,
            GPtrArray *asked,
            const char *split,
            const char *threshold,
            char **ret_why)
{
    const char *bar = g_str_has_prefix(operation, "group ") ? strstr(operation, " | ") : NULL;
    const char *measure = bar != NULL ? bar + strlen(" | ") : operation;
    g_autofree char *by = bar != NULL ? g_strndup(operation, (gsize)(bar - operation)) : NULL;
    g_autoptr(GPtrArray) part = g_ptr_array_new();
    g_autofree char *where = NULL;
    g_autofree char *group = NULL;
    g_autofree char *of = NULL;
    g_autofree char *grouped = NULL;

    if (!whole_is_apart(measure) || (by != NULL && strstr(by, ERRATA_ASK_COMMA) != NULL))
        return NULL;
    if (g_str_equal(measure, "count") || g_str_equal(measure, "share"))
        whole_take_part(words, asked, part);
    if (part->len > 0)
        of = whole_join(words, part, ret_why);
    if ((part->len > 0) != (of != NULL) || (of == NULL && g_str_equal(measure, "share")))
        return NULL;
    if (split != NULL)
        where = whole_where_split(words, asked, ret_why);
    group = split != NULL ? errata_ask_condition_quote(split, '"')
                          : whole_group_sides(words, measure, asked, &where, ret_why);
    if (group == NULL)
        return NULL;
    grouped = g_strdup_printf("%s%s%s | %s",
                              by != NULL ? by : "group ",
                              by != NULL ? ERRATA_ASK_COMMA : "",
                              group,
                              of != NULL ? "share" : measure);
    return whole_print(threshold, where, grouped, of);
}

/* errors before against errors after */
static char *
whole_compare_split(AskWords *words,
                    const GPtrArray *asked,
                    const char *split,
                    const char *threshold,
                    char **ret_why)
{
    const char *op = g_strrstr(split, " < ");
    g_autofree char *where = whole_join(words, asked, ret_why);
    const char *both = where != NULL ? where : "";
    g_autofree char *before = g_strdup_printf("%s%s%s%s",
                                              where != NULL ? "(" : "",
                                              both,
                                              where != NULL ? ") and " : "",
                                              split);
    g_autofree char *after = g_strdup_printf("%s%s%s%.*s >= %s",
                                             where != NULL ? "(" : "",
                                             both,
                                             where != NULL ? ") and " : "",
                                             (int)(op - split),
                                             split,
                                             op + strlen(" < "));

    return whole_print(threshold, before, "compare", after);
}

/* whether two classes are named, which are compared then */
static gboolean
whole_has_classes(const GPtrArray *conditions)
{
    guint n = 0;

    for (guint i = 0; i < conditions->len; i++)
        n += ((const AskCondition *)g_ptr_array_index(conditions, i))->column == -1 ? 1 : 0;
    return n > 1;
}

/* “base rate in May”: of the rows in May */
static gboolean
whole_is_rate(const AskWords *words)
{
    static const char *const rates[] = {"base rate", "prevalence", "selection rate", NULL};

    for (guint i = 0; rates[i] != NULL; i++)
        if (errata_ask_words_find(words, rates[i], NULL) >= 0)
            return TRUE;
    return errata_ask_rate_is_asked(words);
}

/* the operation with another last word: a share is of something, else it is a count */
static char *
whole_name_share(const char *measure, gboolean of_something)
{
    const char *last = strrchr(measure, ' ');

    return g_strdup_printf("%.*s%s",
                           last != NULL ? (int)(last + 1 - measure) : 0,
                           measure,
                           of_something ? "share" : "count");
}

/**
 * errata_ask_whole:
 * @words: a question
 * @operation: what is asked for, as plans have it; `share` and `compare` without what they are of
 * @threshold: (nullable): a threshold that is supposed
 * @ret_why: gets why its conditions do not fit the log, where that is so
 *
 * Returns: (transfer full) (nullable): the plan; %NULL where which rows are meant cannot be told
 */
char *
errata_ask_whole(AskWords *words, const char *operation, const char *threshold, char **ret_why)
{
    gboolean compare = g_str_equal(operation, "compare");
    gboolean sides = g_str_has_prefix(operation, ERRATA_ASK_SIDES);
    g_autofree char *split = errata_ask_condition_split(words, ret_why);
    g_autoptr(GPtrArray) said_of = g_ptr_array_new_with_free_func(errata_ask_condition_free);
    gboolean rate = whole_is_rate(words);
    gboolean said = errata_ask_said_outcome(words, said_of, ret_why);
    g_autoptr(GPtrArray) conditions = errata_ask_condition_take(words, compare || sides, ret_why);
    g_autoptr(GPtrArray) asked = g_ptr_array_new();
    g_autoptr(GPtrArray) whole = g_ptr_array_new();
    g_autofree char *measure = NULL;
    g_autofree char *where = NULL;
    g_autofree char *of = NULL;
    gboolean share;

    operation += sides ? strlen(ERRATA_ASK_SIDES) : 0;
    share = whole_is_share(operation);
    if (said)
        g_ptr_array_extend_and_steal(conditions, g_steal_pointer(&said_of));
    else
        whole_add_outcome(words, operation, conditions);
    measure = sides && whole_has_classes(conditions) ? g_strdup(operation)
                                                     : whole_class(operation, conditions);
    if (compare && split == NULL)
        return whole_compare(words, conditions, threshold, ret_why);
    for (guint i = 0; i < conditions->len; i++)
        g_ptr_array_add(asked, g_ptr_array_index(conditions, i));
    if (compare)
        return whole_compare_split(words, asked, split, threshold, ret_why);
    if (sides || split != NULL)
        return whole_apart(words, measure, asked, split, threshold, ret_why);
    if (g_str_equal(measure, "metric share_of_errors") &&
        whole_split_errors(words, conditions, asked, whole)) {
        g_free(measure);
        measure = g_strdup("share");
        share = TRUE;
    } else if (share)
        errata_ask_parts_share(words, asked, whole);
    else if (g_str_has_suffix(measure, "| count") || (rate && g_str_equal(measure, "count")))
        share = errata_ask_parts_count(words, asked, whole);
    if (share) {
        char *named = whole_name_share(measure, asked->len > 0);

        g_free(measure);
        measure = named;
    }
    where = whole_join(words, share && asked->len > 0 ? whole : asked, ret_why);
    of = share && asked->len > 0 ? whole_join(words, asked, ret_why) : NULL;
    if (share && asked->len > 0 && of == NULL)
        return NULL;
    if (g_str_equal(operation, "metric share_of_errors") && where == NULL)
        return NULL;
    return whole_print(threshold, where, measure, of);
}
