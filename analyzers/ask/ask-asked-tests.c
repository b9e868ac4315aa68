/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the conditions of a plan speak of: names, and the values they are compared with. */
#include <string.h>

#include "ask-asked.h"
#include "ask-private.h"
#include "number.h"

static void
tests_free_cb(gpointer data)
{
    AskTest *test = data;

    g_free(test->text);
    g_free(test->op);
    g_free(test);
}

static gboolean
tests_is_word(const char *text, const char *const *list)
{
    g_autofree char *small = g_utf8_strdown(text, -1);

    return g_strv_contains(list, small);
}

/* what stands at @p: one word, one in quotes, or a sign; moves behind it */
static char *
tests_next(const char **p, gboolean *ret_quoted)
{
    const char *at = *p + strspn(*p, " (),\t");
    const char *from = at;

    *ret_quoted = *at != '\0' && strchr("\"'`", *at) != NULL;
    if (*at == '\0')
        return NULL;
    if (*ret_quoted) {
        GString *text = g_string_new(NULL);

        for (at++; *at != '\0' && (*at != *from || at[1] == *from); at++) {
            at += *at == *from ? 1 : 0;
            g_string_append_c(text, *at);
        }
        *p = at + (*at != '\0' ? 1 : 0);
        return g_string_free(text, FALSE);
    }
    at += strchr("<>=!", *at) != NULL ? strspn(at, "<>=!") : strcspn(at, " (),\t<>=!\"'`");
    *p = at;
    return g_strndup(from, (gsize)(at - from));
}

static void
tests_add(GPtrArray *tests, const char *text, const char *op)
{
    AskTest *test = g_new0(AskTest, 1);

    test->text = g_strdup(text);
    test->op = g_strdup(op);
    g_ptr_array_add(tests, test);
}

/* the words of one condition */
static void
tests_read(GPtrArray *tests, const char *condition)
{
    static const char *const opens[] = {"in", "is", "contains", "=", "==", NULL};
    static const char *const joins[] = {"and", "or", NULL};
    const char *op = "";
    gboolean span = FALSE; /* behind “between” */
    gboolean quoted;

    for (const char *p = condition; *p != '\0';) {
        g_autofree char *text = tests_next(&p, &quoted);

        if (text == NULL)
            break;
        if (!quoted && tests_is_word(text, opens))
            op = "=";
        else if (!quoted && strspn(text, "<>=!") == strlen(text))
            op = strcmp(text, "!=") == 0 || strcmp(text, "<>") == 0 ? "!="
                 : strcmp(text, "<=") == 0                          ? "<="
                 : strcmp(text, ">=") == 0                          ? ">="
                 : text[0] == '<'                                   ? "<"
                                                                    : ">";
        else if (!quoted && tests_is_word(text, (const char *const[]){"between", NULL})) {
            op = ">=";
            span = TRUE;
        } else if (!quoted && tests_is_word(text, joins) && span) {
            op = "<";
            span = FALSE;
        } else if (!quoted && tests_is_word(text, joins))
            op = "";
        else
            tests_add(tests, text, op);
    }
}

/**
 * errata_ask_tests_new:
 * @plan: a plan
 *
 * Returns: (transfer full) (element-type AskTest): the words of its conditions, in their order
 */
GPtrArray *
errata_ask_tests_new(const ErrataAskPlan *plan)
{
    GPtrArray *tests = g_ptr_array_new_with_free_func(tests_free_cb);

    for (guint i = 0; i < plan->steps->len; i++) {
        const ErrataAskStep *step = g_ptr_array_index(plan->steps, i);
        gboolean condition = step->op == ERRATA_ASK_FILTER || step->op == ERRATA_ASK_SHARE ||
                             (step->op == ERRATA_ASK_COMPARE && strcmp(step->text, "rest") != 0);
        g_autoptr(ErrataFilter) group = step->op == ERRATA_ASK_GROUP &&
                                                strpbrk(step->text, "<>=(") != NULL
                                            ? errata_filter_parse(step->text, NULL)
                                            : NULL;

        if (condition || group != NULL)
            tests_read(tests, step->text);
        else if (step->op == ERRATA_ASK_GROUP || step->op == ERRATA_ASK_ORDER ||
                 step->op == ERRATA_ASK_DESCRIBE)
            tests_add(tests, step->text, "");
        if (step->op == ERRATA_ASK_GROUP && step->of != NULL)
            tests_add(tests, step->of, "");
        if (step->op == ERRATA_ASK_METRIC && step->of != NULL)
            tests_add(tests, step->of, "=");
    }
    return tests;
}

/* a number that something is compared with; 50% is 0.5 */
gboolean
errata_ask_tests_number(const AskTest *test, double *ret_number)
{
    gsize n = strlen(test->text);
    gboolean percent = n > 1 && test->text[n - 1] == '%';

    if (test->op[0] == '\0' ||
        !errata_number_parse_double(test->text, n - (percent ? 1 : 0), ret_number))
        return FALSE;
    *ret_number /= percent ? 100.0 : 1.0;
    return TRUE;
}

/* 2026-03-10, also with a time behind it */
gboolean
errata_ask_tests_is_date(const char *text)
{
    return strlen(text) >= 10 && strspn(text, "0123456789") == 4 && text[4] == '-' &&
           g_ascii_isdigit(text[5]) && g_ascii_isdigit(text[6]) && text[7] == '-';
}

/* the rows for which a condition holds; NULL: it does not fit the log, which is told elsewhere */
static ErrataRows *
tests_evaluate(const char *condition, const ErrataAskData *data)
{
    g_autoptr(ErrataFilter) filter = errata_filter_parse(condition, NULL);

    return filter != NULL && errata_filter_bind(filter, data->frame, data->schema, NULL)
               ? errata_filter_evaluate(filter, data->frame, data->outcome)
               : NULL;
}

ErrataRows *
errata_ask_tests_rows(const ErrataAskPlan *plan, const ErrataAskData *data, ErrataRows **ret_other)
{
    ErrataRows *rows = errata_rows_new(data->frame->n_rows);

    *ret_other = NULL;
    errata_rows_complement(rows);
    for (guint i = 0; i < plan->steps->len; i++) {
        const ErrataAskStep *step = g_ptr_array_index(plan->steps, i);
        gboolean rest = step->op == ERRATA_ASK_COMPARE && strcmp(step->text, "rest") == 0;
        gboolean tests = step->op == ERRATA_ASK_FILTER || step->op == ERRATA_ASK_SHARE ||
                         step->op == ERRATA_ASK_COMPARE;
        g_autoptr(ErrataRows) some = tests && !rest ? tests_evaluate(step->text, data) : NULL;

        if (rest) {
            *ret_other = errata_rows_new(data->frame->n_rows);
            errata_rows_unite(*ret_other, rows);
            errata_rows_complement(*ret_other);
        } else if (some != NULL && step->op == ERRATA_ASK_COMPARE) {
            *ret_other = g_steal_pointer(&some);
        } else if (some != NULL) {
            errata_rows_intersect(rows, some);
        }
    }
    return rows;
}
