/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to ask instead of one that was not understood: made of the log's own columns, and kept
 * only where the reader of questions makes a plan of them. */
#include <math.h>
#include <string.h>

#include "ask-intent.h"
#include "number.h"
#include "select.h"

#define HINT_QUESTIONS 3
#define HINT_VALUES    12 /* a column of groups has no more */
#define HINT_SAMPLE    2000
#define HINT_NUMBER    "%.2e" /* digits of a number that somebody would type */

/* a name that stands in a question as it is */
static gboolean
hint_is_plain(const char *name)
{
    for (const char *p = name; *p != '\0'; p++)
        if (!g_ascii_isalnum(*p) && *p != '_')
            return FALSE;
    return name[0] != '\0' && strlen(name) < 30;
}

static gboolean
hint_is_feature(const ErrataAskData *data, guint column)
{
    ErrataRole role = data->schema->columns[column].role;

    return (role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_GROUP) &&
           hint_is_plain(data->frame->columns[column]->name);
}

/* about the middle of the first rows, as somebody would type it; NaN where no rows lie above it */
static double
hint_middle(const ErrataColumn *column)
{
    static const double half = 0.5;
    g_autofree double *value = g_new(double, HINT_SAMPLE);
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    double middle = 0.0;
    gsize n = 0, above = 0;

    for (gsize row = 0; row < MIN(column->n_rows, HINT_SAMPLE); row++)
        if (errata_column_is_valid(column, row))
            value[n++] = errata_column_number(column, row);
    if (n == 0)
        return (double)NAN;
    errata_select_quantiles(value, n, &half, 1, &middle);
    middle = g_ascii_strtod(g_ascii_formatd(text, sizeof text, HINT_NUMBER, middle), NULL);
    for (gsize i = 0; i < n; i++)
        above += value[i] > middle ? 1 : 0;
    return above > 0 && above < n ? middle : (double)NAN;
}

static void
hint_of_log(const ErrataAskData *data, GPtrArray *questions)
{
    gboolean numbers = data->schema->task == ERRATA_TASK_REGRESSION;
    gboolean judged = data->outcome != NULL && data->outcome->n_judged > 0;
    const char *rate = !judged ? "how many rows" : numbers ? "mean absolute error" : "error rate";
    gboolean grouped = FALSE;
    gboolean cut = FALSE;

    for (guint c = 0; c < data->frame->n_columns; c++) {
        const ErrataColumn *column = data->frame->columns[c];
        char buffer[ERRATA_NUMBER_BUFFER];

        if (!hint_is_feature(data, c))
            continue;
        if (!grouped && column->type == ERRATA_COLUMN_CATEGORY && column->n_dictionary > 1 &&
            column->n_dictionary <= HINT_VALUES) {
            g_ptr_array_add(questions, g_strdup_printf("%s by %s", rate, column->name));
            grouped = TRUE;
        } else if (!cut && errata_column_is_numeric(column)) {
            double middle = hint_middle(column);

            if (isnan(middle))
                continue;
            g_ptr_array_add(questions,
                            g_strdup_printf("%s where %s > %s",
                                            rate,
                                            column->name,
                                            errata_number_print(middle, buffer)));
            cut = TRUE;
        }
    }
}

char *
errata_ask_hint(const ErrataAskData *data)
{
    static const char *const any[] = {"what should I do first",
                                      "how many rows",
                                      "what are the findings",
                                      NULL};
    g_autoptr(GPtrArray) questions = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) text = g_string_new(NULL);
    guint n = 0;

    if (data->frame != NULL && data->schema != NULL)
        hint_of_log(data, questions);
    for (guint i = data->frame != NULL ? 0 : 2; any[i] != NULL; i++)
        g_ptr_array_add(questions, g_strdup(any[i]));
    for (guint i = 0; i < questions->len && n < HINT_QUESTIONS; i++) {
        const char *question = g_ptr_array_index(questions, i);
        g_autofree char *plan = errata_ask_route(question, data, NULL);

        if (plan == NULL)
            continue;
        g_string_append_printf(text,
                               "%s“%s”",
                               n == 0                    ? ""
                               : n + 1 == HINT_QUESTIONS ? " or "
                                                         : ", ",
                               question);
        n++;
    }
    return n > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}
