/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far “not”, “excluding”, “neither” reach in a question, and what “and” and “or” join:
 * “excluding the retired and the north” leaves out both, “not retired and in the north” only the
 * first, “in March and April” is either month. */
#include <string.h>

#include "ask-condition.h"
#include "ask-intent.h"

#define SCOPE_VALUES -1 /* conditions from here on are of values of one column, or of classes */

/* these reach over “and” too */
static const char *const scope_strong[] = {"anyone other than",
                                           "everyone other than",
                                           "everything other than",
                                           "other than",
                                           "apart from",
                                           "aside from",
                                           "not counting",
                                           "not including",
                                           "anyone but",
                                           "everyone but",
                                           "everybody but",
                                           "anybody but",
                                           "everything but",
                                           "anything but",
                                           "all but",
                                           "leaving out",
                                           "leave out",
                                           "leaving aside",
                                           "except for",
                                           "with the exception of",
                                           "if we exclude",
                                           "if we ignore",
                                           "when excluding",
                                           "except",
                                           "excluding",
                                           "exclude",
                                           "excludes",
                                           "excl",
                                           "without",
                                           "outside of",
                                           "outside",
                                           "ignoring",
                                           "ignore",
                                           "besides",
                                           "neither",
                                           "minus",
                                           "but",
                                           "omitting",
                                           NULL};
static const char *const scope_plain[] = {"not",
                                          "isn't",
                                          "aren't",
                                          "wasn't",
                                          "weren't",
                                          "don't",
                                          "doesn't",
                                          "didn't",
                                          "non",
                                          "never",
                                          "nor",
                                          NULL};
static const char *const scope_fill[] = {
    "the",  "a",     "an",     "from",  "in",    "for",  "of",     "on", "at",
    "any",  "those", "people", "rows",  "who",   "are",  "were",   "is", "was",
    "that", "with",  "where",  "all",   "have",  "has",  "during", "by", "to",
    "be",   "cases", "ones",   "which", "being", "made", NULL};
static const char *const scope_joins[] = {"and", "or", "nor", "&", "plus", NULL};

static gboolean
scope_is(const AskWords *words, guint at, const char *const *list)
{
    const AskWord *word = errata_ask_words_get(words, at);

    return word != NULL && g_strv_contains(list, word->fold);
}

/* how many words before @at are one of the phrases; 0: none */
static guint
scope_phrase(const AskWords *words, guint at, const char *const *phrases)
{
    for (guint i = 0; phrases[i] != NULL; i++)
        for (guint n = 1; n <= MIN(at, 4); n++)
            if (errata_ask_words_match(words, at - n, phrases[i]) == n)
                return n;
    return 0;
}

/* “all but”, “regions but the north”; “in the north but wrong” joins */
static gboolean
scope_is_but(const AskWords *words, guint at)
{
    static const char *const whole[] = {"all", "any", "every", "everything", "no", NULL};

    return scope_is(words, at, (const char *const[]){"but", NULL}) &&
           !(at > 0 &&
             (scope_is(words, at - 1, whole) || (at > 1 && scope_is(words, at - 2, whole))));
}

/* “regions but the north”: the name of the column that a value is of, which adds nothing */
static void
scope_use_column(AskWords *words, guint at, int column)
{
    for (guint n = 1; column >= 0 && n <= MIN(at, 3); n++) {
        guint n_name = 0;

        if (errata_ask_words_column(words, at - n, &n_name) == column && n_name == n)
            errata_ask_words_use(words, at - n, n);
    }
}

/* before @at, behind fill: the words that negate, which are used; @ret_strong: whether they reach
 * over “and” */
static gboolean
scope_negated(AskWords *words, const AskCondition *self, guint least, gboolean *ret_strong)
{
    static const char *const no[] = {"no", NULL};
    guint at = self->first;

    if (self->filter != NULL && g_str_has_suffix(self->filter, "is missing") && at > 0 &&
        scope_is(words, at - 1, no) && !errata_ask_words_get(words, at - 1)->used) {
        errata_ask_words_use(words, at - 1, 1);
        *ret_strong = FALSE;
        return TRUE;
    }
    for (;; at--) {
        guint strong = scope_phrase(words, at, scope_strong);
        guint plain = strong == 0 ? scope_phrase(words, at, scope_plain) : 0;

        if (strong + plain > 0 && at - strong - plain >= least &&
            !(strong == 1 && scope_is_but(words, at - 1))) {
            *ret_strong = strong > 0;
            scope_use_column(words, at - strong - plain, self->column);
            errata_ask_words_use(words, at - strong - plain, strong + plain);
            if (at > strong + plain &&
                errata_ask_words_match(words, at - strong - plain - 1, "but") > 0)
                errata_ask_words_use(words, at - strong - plain - 1, 1); /* but not */
            return TRUE;
        }
        if (at <= least || at == 0 || !scope_is(words, at - 1, scope_fill))
            return FALSE;
    }
}

static void
scope_negate(AskCondition *self)
{
    char *filter;

    if (self->column >= SCOPE_VALUES) {
        self->negated = !self->negated;
        return;
    }
    filter = g_strdup_printf("not (%s)", self->filter);
    g_free(self->filter);
    self->filter = filter;
}

/* what joins two conditions: only fill and at least one join between them; NULL: nothing does */
static const char *
scope_join(const AskWords *words, const AskCondition *a, const AskCondition *b)
{
    const char *join = NULL;

    for (guint i = a->end; i < b->first; i++) {
        const AskWord *word = errata_ask_words_get(words, i);

        if (g_strv_contains(scope_joins, word->fold))
            join = word->fold;
        else if (!g_strv_contains(scope_fill, word->fold))
            return NULL;
    }
    if (join == NULL && b->first > 0 && a->end <= b->first &&
        errata_ask_words_get(words, b->first - 1)->end[0] == ',')
        return "or";
    return join;
}

/* whether both say when, as spans that exclude one another: two months, two weekdays */
static gboolean
scope_same_time(const AskWords *words, const AskCondition *a, const AskCondition *b)
{
    const char *time = errata_ask_intent_time_name(words);
    gsize n;

    if (time == NULL || a->filter == NULL || b->filter == NULL || a->filter[0] != '"' ||
        strncmp(a->filter + 1, time, strlen(time)) != 0)
        return FALSE;
    n = strcspn(a->filter + 1, "\"") + 2;
    return strncmp(a->filter, b->filter, n) == 0 && strpbrk(a->filter, "<>") == NULL &&
           strpbrk(b->filter, "<>") == NULL;
}

/* lets the condition before @at be either of both */
static void
scope_merge(GPtrArray *list, guint at)
{
    AskCondition *first = g_ptr_array_index(list, at - 1);
    const AskCondition *second = g_ptr_array_index(list, at);
    char *filter = g_strdup_printf("%s or %s", first->filter, second->filter);

    g_free(first->filter);
    first->filter = filter;
    first->end = second->end;
    g_ptr_array_remove_index(list, at);
}

/**
 * errata_ask_scope:
 * @words: a question
 * @list: (element-type AskCondition): its conditions in their order, not yet negated from outside
 * @compare: whether two groups are compared: then nothing is merged
 * @ret_why: gets why it cannot be told what is left out, where that is so
 *
 * Words that negate are used.
 */
void
errata_ask_scope(AskWords *words, GPtrArray *list, gboolean compare, char **ret_why)
{
    guint least = 0;

    for (guint i = 1; !compare && i < list->len;) {
        const char *join =
            scope_join(words, g_ptr_array_index(list, i - 1), g_ptr_array_index(list, i));

        if (join != NULL &&
            scope_same_time(words, g_ptr_array_index(list, i - 1), g_ptr_array_index(list, i))) {
            for (guint k = ((AskCondition *)g_ptr_array_index(list, i - 1))->end;
                 k < ((AskCondition *)g_ptr_array_index(list, i))->first;
                 k++)
                errata_ask_words_use(words, k, 1);
            scope_merge(list, i);
        } else
            i++;
    }
    for (guint i = 0; i < list->len; i++) {
        AskCondition *condition = g_ptr_array_index(list, i);
        gboolean strong = FALSE;

        if (!scope_negated(words, condition, least, &strong)) {
            least = condition->end;
            continue;
        }
        scope_negate(condition);
        for (; i + 1 < list->len; i++) {
            AskCondition *next = g_ptr_array_index(list, i + 1);
            const char *join = scope_join(words, condition, next);

            if (join == NULL && strong && next->first == condition->end && *ret_why == NULL &&
                next->column >= SCOPE_VALUES)
                *ret_why = g_strdup_printf(
                    "say whether only rows for which both hold are left out, from “%s” on",
                    errata_ask_words_get(words, condition->first)->text);
            if (join == NULL || (!strong && strcmp(join, "and") == 0))
                break;
            for (guint k = condition->end; k < next->first; k++)
                if (scope_is(words, k, scope_joins))
                    errata_ask_words_use(words, k, 1);
            scope_negate(next);
            condition = next;
        }
        least = condition->end;
    }
}
