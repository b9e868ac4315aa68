/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan may name all that the question names and be of the other side: those who are not of the
 * value, the right ones where the wrong are asked for, labels for predictions, either where both
 * must hold. The rows that the plan leaves tell. */
#include <string.h>

#include "ask-asked-private.h"

#define SIDES_REACH 3 /* words from “deemed” to the class */

/* whether the question turns anything round, so that the rows may well be the others */
static gboolean
sides_turns(const AskAsked *self)
{
    static const char *const turns[] = {"other",
                                        "others",
                                        "rest",
                                        "else",
                                        "but",
                                        "miss",
                                        "missed",
                                        "misses",
                                        "lack",
                                        "lacking",
                                        "cannot",
                                        "hardly",
                                        "opposite",
                                        "instead",
                                        NULL};

    guint n;

    for (guint i = 0; i < self->words->words->len; i++)
        if (errata_ask_asked_negation(self, i) > 0 ||
            (errata_ask_asked_is(self, i, turns) &&
             errata_ask_words_value(self->words, i, &n) == NULL)) /* a class may be called other */
            return TRUE;
    return FALSE;
}

/* whether the plan has rows, and none of them, nor of those that they are compared with, has the
 * value */
static gboolean
sides_lacks(const AskAsked *self, const AskValue *value)
{
    return errata_rows_count(self->rows) > 0 && !errata_ask_asked_keeps(self, self->rows, value) &&
           (self->other == NULL || !errata_ask_asked_keeps(self, self->other, value));
}

static gboolean
sides_is_outcome(const AskAsked *self, const char *name)
{
    const ErrataSchema *schema = self->data->schema;
    const char *text = name + (name[0] == '@' ? 1 : 0);

    return g_ascii_strcasecmp(text, "label") == 0 || g_ascii_strcasecmp(text, "prediction") == 0 ||
           (schema != NULL &&
            ((schema->label >= 0 && g_ascii_strcasecmp(text, schema->names[schema->label]) == 0) ||
             (schema->prediction >= 0 &&
              g_ascii_strcasecmp(text, schema->names[schema->prediction]) == 0)));
}

/* what the question names must not be what the plan leaves out; defaults that it predicted not to
 * be so are */
static gboolean
sides_check_values(AskAsked *self)
{
    const char *names[2] = {"", ""}; /* of the test, the last first: `not` is one */
    guint n;

    for (guint i = 0; i < self->tests->len; i++) {
        const AskTest *test = g_ptr_array_index(self->tests, i);
        gboolean turned = strcmp(test->op, "!=") == 0 || g_ascii_strcasecmp(names[0], "not") == 0 ||
                          g_ascii_strcasecmp(names[1], "not") == 0;
        const char *name = names[g_ascii_strcasecmp(names[0], "not") == 0 ? 1 : 0];

        if (test->op[0] == '\0') {
            names[1] = names[0];
            names[0] = test->text;
        } else if (turned && !sides_is_outcome(self, name) &&
                   errata_ask_asked_names(self, test->text)) {
            return errata_ask_asked_refuse(self,
                                           "the question names “%s”, and the plan leaves its rows "
                                           "out",
                                           test->text);
        }
    }
    for (guint i = 0; i < self->words->words->len; i += n) {
        const AskValue *value = errata_ask_words_value(self->words, i, &n);

        n = value != NULL ? n : 1;
        if (value != NULL && value->column >= 0 && sides_lacks(self, value) &&
            (strstr(self->folded, "!=") != NULL || strstr(self->folded, "not ") != NULL))
            return errata_ask_asked_refuse(self,
                                           "the question names “%s”, and the plan leaves its rows "
                                           "out",
                                           value->text);
    }
    return TRUE;
}

static gboolean
sides_tests(const AskAsked *self, const char *name)
{
    for (guint i = 0; i < self->tests->len; i++) {
        const char *text = ((const AskTest *)g_ptr_array_index(self->tests, i))->text;

        if (g_ascii_strcasecmp(text + (text[0] == '@' ? 1 : 0), name) == 0)
            return TRUE;
    }
    return FALSE;
}

static const char *const sides_wrong[] = {"wrong",
                                          "wrongly",
                                          "error",
                                          "errors",
                                          "mistake",
                                          "mistakes",
                                          "mistaken",
                                          "misjudged",
                                          "misclassified",
                                          "incorrect",
                                          "incorrectly",
                                          "erred",
                                          "wrongfully",
                                          NULL};

/* rows of the plan that are judged: right ones and wrong ones */
static void
sides_count(const AskAsked *self, gsize *n)
{
    const ErrataOutcome *outcome = self->data->outcome;

    n[0] = n[1] = 0;
    for (gsize row = 0; outcome != NULL && row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0 && errata_rows_has(self->rows, row))
            n[outcome->error[row] != 0 ? 1 : 0]++;
}

/* whether mistakes are asked for, and the plan has nothing but mistakes, however it says so */
gboolean
errata_ask_asked_is_of_errors(const AskAsked *self)
{
    gsize n[2];

    if (!errata_ask_asked_any(self, sides_wrong))
        return FALSE;
    sides_count(self, n);
    return n[1] > 0 && n[0] == 0;
}

/* whether the plan lists, counts or describes rows that the question calls mistakes */
static gboolean
sides_lists_errors(const AskAsked *self)
{
    static const char *const others[] =
        {"rate", "rates", "label", "labels", "what", "what's", "more", "often", "why", NULL};
    const ErrataAskStep *last = g_ptr_array_index(self->plan->steps, self->plan->steps->len - 1);

    return (last->op == ERRATA_ASK_ROWS || last->op == ERRATA_ASK_COUNT ||
            last->op == ERRATA_ASK_DESCRIBE) &&
           errata_ask_asked_any(self, sides_wrong) && !errata_ask_asked_any(self, others);
}

/* mistakes asked for, and what was right given; or the other way round */
static gboolean
sides_check_errors(AskAsked *self)
{
    static const char *const right[] =
        {"right", "rightly", "correct", "correctly", "accurate", "accurately", NULL};
    gboolean wants = errata_ask_asked_any(self, sides_wrong);
    gboolean told = sides_tests(self, "error") || sides_tests(self, "correct");
    gsize n[2];

    if (wants == errata_ask_asked_any(self, right) || self->other != NULL ||
        self->data->outcome == NULL)
        return TRUE;
    sides_count(self, n);
    if ((!told || n[wants ? 1 : 0] > 0 || n[wants ? 0 : 1] == 0) &&
        (!sides_lists_errors(self) || n[0] == 0))
        return TRUE;
    return errata_ask_asked_refuse(self,
                                   "the question is of predictions that are %s, and the plan has "
                                   "others",
                                   wants ? "wrong" : "right");
}

/* the greatest first, or the least */
static gboolean
sides_check_order(AskAsked *self)
{
    static const char *const ups[] = {"highest", "largest", "greatest", "longest", "biggest", NULL};
    static const char *const downs[] = {"lowest", "smallest", "shortest", NULL};
    gboolean up = errata_ask_asked_any(self, ups);

    for (guint i = 0; i < self->plan->steps->len; i++) {
        const ErrataAskStep *step = g_ptr_array_index(self->plan->steps, i);

        if (step->op == ERRATA_ASK_ORDER && up != errata_ask_asked_any(self, downs) &&
            up != (step->number > 0.5))
            return errata_ask_asked_refuse(self,
                                           "the question wants the %s first, and the plan the "
                                           "other end",
                                           up ? "greatest" : "least");
    }
    return TRUE;
}

/* the class that words from @at on name, in a few words; NULL: none */
static const char *
sides_class(const AskAsked *self, guint at)
{
    static const char *const on[] = {"as", "a", "an", "to", "be", "the", "were", "would", NULL};
    guint n;

    for (guint i = at; i < MIN(at + SIDES_REACH, self->words->words->len); i++) {
        const AskValue *value = errata_ask_words_value(self->words, i, &n);

        if (value != NULL)
            return value->text;
        if (!errata_ask_asked_is(self, i, on))
            break;
    }
    return NULL;
}

/* “deemed repaid” is a prediction, “actually repaid” a label */
static gboolean
sides_check_classes(AskAsked *self)
{
    static const char *const predicted[] = {"predicted",
                                            "deemed",
                                            "called",
                                            "judged",
                                            "flagged",
                                            "classified",
                                            "thought",
                                            "guessed",
                                            "marked",
                                            NULL};
    static const char *const labelled[] =
        {"actually", "truly", "really", "labelled", "labeled", NULL};
    const ErrataSchema *schema = self->data->schema;

    for (guint i = 0; schema != NULL && i < self->words->words->len; i++) {
        gboolean is_label = errata_ask_asked_is(self, i, labelled);
        AskValue value = {is_label ? schema->label : schema->prediction, NULL};

        if (!is_label && !errata_ask_asked_is(self, i, predicted))
            continue;
        value.text = sides_class(self, i + 1);
        if (value.text == NULL || value.column < 0 ||
            self->data->frame->columns[value.column]->type != ERRATA_COLUMN_CATEGORY)
            continue;
        if (sides_lacks(self, &value))
            return errata_ask_asked_refuse(self,
                                           "the question is of rows that are %s “%s”, and the plan "
                                           "has none",
                                           errata_ask_words_get(self->words, i)->text,
                                           value.text);
    }
    return TRUE;
}

/* the name that a test begins with */
static char *
sides_name(const char *test)
{
    static const char *const before[] = {"not", "where", NULL};
    const char *p = test;

    for (;;) {
        g_autofree char *word = NULL;

        p += strspn(p, " (@\"'`");
        word = g_utf8_strdown(p, (gssize)strcspn(p, " )=<>!\"'`"));
        if (!g_strv_contains(before, word))
            return g_steal_pointer(&word);
        p += strlen(word);
    }
}

/* rows of which either holds, where the question asks for both */
static gboolean
sides_check_either(AskAsked *self)
{
    static const char *const says[] = {"or",
                                       "either",
                                       "and",
                                       "also",
                                       "plus",
                                       "both",
                                       "any",
                                       "nor",
                                       "all",
                                       "together",
                                       "&",
                                       "missing",
                                       "else",
                                       "one",
                                       NULL};

    if (errata_ask_asked_any(self, says))
        return TRUE;
    for (guint i = 0; i < self->plan->steps->len; i++) {
        const ErrataAskStep *step = g_ptr_array_index(self->plan->steps, i);
        gboolean tests = step->op == ERRATA_ASK_FILTER || step->op == ERRATA_ASK_SHARE;
        g_auto(GStrv) parts = tests ? g_regex_split_simple(" or ", step->text, G_REGEX_CASELESS, 0)
                                    : NULL;
        g_autofree char *first = parts != NULL && parts[0] != NULL ? sides_name(parts[0]) : NULL;

        for (guint k = 1; first != NULL && parts[k] != NULL; k++) {
            g_autofree char *other = sides_name(parts[k]);

            if (strcmp(first, other) != 0)
                return errata_ask_asked_refuse(self,
                                               "the question has no “or”, and the plan has rows of "
                                               "which only one holds");
        }
    }
    return TRUE;
}

/* “worse than the elder” is of two sides; “than chance” and “than 5” are not */
static gboolean
sides_check_compared(AskAsked *self)
{
    static const char *const than[] = {"than", NULL};
    static const char *const more[] = {"worse", "better", NULL};
    static const char *const one[] =
        {"chance", "random", "guessing", "expected", "usual", "that", NULL};
    const ErrataAskStep *last = g_ptr_array_index(self->plan->steps, self->plan->steps->len - 1);
    double value;
    guint n;

    if ((last->op != ERRATA_ASK_METRIC && last->op != ERRATA_ASK_SHARE &&
         last->op != ERRATA_ASK_COUNT) ||
        errata_ask_asked_groups(self))
        return TRUE;
    for (guint i = 0; i + 2 < self->words->words->len; i++)
        if (errata_ask_asked_is(self, i, more) && errata_ask_asked_is(self, i + 1, than) &&
            !errata_ask_asked_is(self, i + 2, one) &&
            !errata_ask_asked_number(self, i + 2, &value, &n))
            return errata_ask_asked_refuse(self,
                                           "the question compares two sides, and the plan has one");
    return TRUE;
}

gboolean
errata_ask_asked_check_sides(AskAsked *self)
{
    if (!sides_check_either(self) || !sides_check_compared(self) || !sides_check_order(self))
        return FALSE;
    return sides_turns(self) ||
           (sides_check_values(self) && sides_check_errors(self) && sides_check_classes(self));
}
