/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a report advises and holds of features, and what the columns of a log hold. */
#include <math.h>
#include <string.h>

#include "actions.h"
#include "ask-private.h"
#include "gain.h"
#include "intervals.h"
#include "number.h"
#include "select.h"
#include "vocabulary.h"
#include "words.h"
#include "zone.h"

#define TELL_ADVICE    5
#define TELL_FEATURES  8
#define TELL_VALUES    10
#define TELL_DIFFERENT 100 /* values above which those of a column are not listed */

/* “34.2 % [A1]”; what was not worked out has no citation */
static char *
tell_cited(AskRun *self,
           const char *key,
           const char *what,
           double value,
           double lo,
           double hi,
           ErrataUnit unit,
           guint64 n)
{
    const char *id = errata_ask_cite(self, key, what, value, lo, hi, unit, n);
    const ErrataEvidence *evidence = g_ptr_array_index(self->answer->evidence,
                                                       self->answer->evidence->len - 1);
    g_autofree char *shown = unit == ERRATA_UNIT_COUNT && value < 0.5
                                 ? g_strdup("none") /* “no” is no answer to how many */
                                 : errata_words_value(evidence);

    return g_strdup_printf("%s [%s]", shown, id);
}

/* ---- of the report ---- */

/* a text of the report as a sentence, without its last full stop */
static void
tell_add_sentence(GString *text, const char *sentence)
{
    gsize length = strlen(sentence);

    while (length > 0 && (sentence[length - 1] == '.' || sentence[length - 1] == ' '))
        length--;
    g_string_append_len(text, sentence, (gssize)length);
}

/* “ (mean absolute error from 43,700 [A1] to at least 37,200 [A2])”, where that was computed; a
 * bound is of the gain, so of what should be small it is the least */
static void
tell_add_gain(AskRun *self, GString *text, const ErrataAction *action)
{
    const ErrataSuggestion *suggestion = action->suggestion;
    guint64 n = self->data->report->n_rows;
    ErrataUnit unit;
    g_autofree char *name = NULL;
    g_autofree char *what = NULL;
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    if (suggestion->metric == NULL || !isfinite(suggestion->from) || !isfinite(suggestion->to))
        return;
    unit = errata_ask_unit(suggestion->metric);
    name = errata_ask_metric_say(suggestion->metric);
    what = g_strdup_printf("%s after %s", name, action->finding->id);
    from = tell_cited(self, "from", name, suggestion->from, (double)NAN, (double)NAN, unit, n);
    to = tell_cited(self, "to", what, suggestion->to, (double)NAN, (double)NAN, unit, n);
    g_string_append_printf(text,
                           " (%s from %s to %s%s)",
                           name,
                           from,
                           !suggestion->upper_bound                  ? ""
                           : errata_gain_is_loss(suggestion->metric) ? "at least "
                                                                     : "at most ",
                           to);
}

gboolean
errata_ask_tell_advice(AskRun *self)
{
    const ErrataCase *report = self->data->report;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GArray) actions = NULL;

    if (report == NULL)
        return errata_ask_refuse(self, "this needs a report, and none is at hand");
    actions = errata_actions_gather(report);
    for (guint i = 0; i < MIN(actions->len, TELL_ADVICE); i++) {
        const ErrataAction *action = &g_array_index(actions, ErrataAction, i);

        g_string_append_printf(text,
                               "%s, for %s: ",
                               i == 0 ? "First" : " Then",
                               action->finding->id);
        tell_add_sentence(text, action->suggestion->text);
        tell_add_gain(self, text, action);
        g_string_append_c(text, '.');
    }
    if (actions->len > 1)
        g_string_append(text, " (Order: " ERRATA_ACTIONS_ORDER ".)");
    self->answer->text =
        actions->len > 0
            ? g_strdup(text->str)
            : g_strdup(report->findings->len == 0
                           ? "Nothing: the report has no finding."
                           : "Nothing that would gain something: no finding of the report has a "
                             "remedy whose gain could be measured.");
    return TRUE;
}

gboolean
errata_ask_tell_features(AskRun *self)
{
    const ErrataCase *report = self->data->report;
    const ErrataShares *shares = report != NULL ? report->shares : NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    double sum = 0.0;

    if (report == NULL)
        return errata_ask_refuse(self, "this needs a report, and none is at hand");
    for (guint i = 0; shares != NULL && i < shares->n; i++)
        sum += isfinite(shares->mean_abs[i]) ? shares->mean_abs[i] : 0.0;
    if (!(sum > 0.0))
        return errata_ask_refuse(self,
                                 "the report does not tell what predictions owe to the features; "
                                 "analyse the log with the model (--model)");
    for (guint i = 0; i < MIN(shares->n, TELL_FEATURES); i++) {
        g_autofree char *figure = tell_cited(self,
                                             "share",
                                             shares->feature[i],
                                             shares->mean_abs[i] / sum,
                                             (double)NAN,
                                             (double)NAN,
                                             ERRATA_UNIT_SHARE,
                                             shares->n_rows);

        g_string_append_printf(text,
                               "%s%s, %s",
                               i == 0   ? ""
                               : i == 1 ? "; then "
                                        : "; ",
                               shares->feature[i],
                               figure);
    }
    self->answer->text = g_strdup_printf(
        "Most of what sets predictions apart comes from %s of the size of all "
        "shares (%s).",
        text->str,
        g_strcmp0(shares->source, "model") == 0 ? "the model's own"
        : g_strcmp0(shares->source, "log") == 0 ? "as logged"
                                                : "of trees that imitate the model");
    return TRUE;
}

/* ---- of the log ---- */

static gsize
tell_missing(const ErrataColumn *column, const ErrataRows *rows)
{
    gsize n = 0;

    for (gsize row = 0; row < rows->n_rows; row++)
        n += errata_rows_has(rows, row) && !errata_column_is_valid(column, row) ? 1 : 0;
    return n;
}

static const char *
tell_type(const ErrataColumn *column)
{
    return errata_column_is_numeric(column)         ? "number"
           : column->type == ERRATA_COLUMN_TIME     ? "time"
           : column->type == ERRATA_COLUMN_BOOL     ? "true or false"
           : column->type == ERRATA_COLUMN_CATEGORY ? "category"
                                                    : "text";
}

gboolean
errata_ask_tell_columns(AskRun *self, gboolean missing)
{
    static const char *const headings[] = {"column", "type", "role", "missing"};
    const ErrataFrame *frame = self->data->frame;
    const ErrataSchema *schema = self->data->schema;
    ErrataTable *table = errata_table_new("columns", G_N_ELEMENTS(headings));
    g_autoptr(GString) list = g_string_new(NULL);
    g_autofree char *count = NULL;
    guint n = 0;

    self->answer->table = table;
    for (guint i = 0; i < G_N_ELEMENTS(headings); i++)
        errata_table_heading(table, i, headings[i], i == 3);
    for (guint c = 0; c < frame->n_columns; c++) {
        gsize n_missing = tell_missing(frame->columns[c], self->rows);
        g_autofree char *figure = NULL;

        if (missing && n_missing == 0)
            continue;
        figure = tell_cited(self,
                            "missing",
                            frame->columns[c]->name,
                            (double)n_missing,
                            (double)NAN,
                            (double)NAN,
                            ERRATA_UNIT_COUNT,
                            frame->n_rows);
        errata_table_add_cell(table, frame->columns[c]->name);
        errata_table_add_cell(table, tell_type(frame->columns[c]));
        errata_table_add_cell(table, errata_role_nick(schema->columns[c].role));
        errata_table_add_cell(table, figure);
        n++;
        if (n <= TELL_VALUES)
            g_string_append_printf(list,
                                   "%s%s, %s",
                                   n > 1 ? "; " : "",
                                   frame->columns[c]->name,
                                   figure);
        else if (n == TELL_VALUES + 1)
            g_string_append(list, "; …");
    }
    count = errata_words_counted(n, "column", "columns");
    count[0] = g_ascii_toupper(count[0]);
    self->answer->text = missing && n == 0
                             ? g_strdup("No column has missing values.")
                             : g_strdup_printf("%s%s%s.",
                                               count,
                                               missing ? " with missing values: " : "",
                                               missing ? list->str : "");
    if (n == 0)
        g_clear_pointer(&self->answer->table, errata_table_free);
    return TRUE;
}

/* a figure without an interval */
static char *
tell_exact(AskRun *self, const char *key, const char *what, double value, gsize n)
{
    return tell_cited(self, key, what, value, (double)NAN, (double)NAN, ERRATA_UNIT_NONE, n);
}

/* mean with its interval, median, ends */
static char *
tell_numbers(AskRun *self, const double *value, gsize n)
{
    static const double half = 0.5;
    double mean = 0.0, squares = 0.0, lo = value[0], hi = value[0], median;
    ErrataInterval interval;
    g_autofree char *middle = NULL;
    g_autofree char *centre = NULL;
    g_autofree char *least = NULL;
    g_autofree char *greatest = NULL;

    for (gsize i = 0; i < n; i++) {
        double delta = value[i] - mean;

        mean += delta / (double)(i + 1);
        squares += delta * (value[i] - mean);
        lo = MIN(lo, value[i]);
        hi = MAX(hi, value[i]);
    }
    errata_select_quantiles(value, n, &half, 1, &median);
    interval = errata_intervals_normal(mean,
                                       n > 1 ? squares / (double)(n - 1) / (double)n : (double)NAN,
                                       0.95);
    middle = tell_cited(self, "mean", "mean", mean, interval.lo, interval.hi, ERRATA_UNIT_NONE, n);
    centre = tell_exact(self, "median", "median", median, n);
    least = tell_exact(self, "min", "least", lo, n);
    greatest = tell_exact(self, "max", "greatest", hi, n);
    return g_strdup_printf("mean %s, median %s, from %s to %s", middle, centre, least, greatest);
}

typedef struct {
    const char *value;
    gsize n;
} TellValue;

/* commonest first, equal ones by name */
static int
tell_compare_cb(gconstpointer a, gconstpointer b)
{
    const TellValue *x = a;
    const TellValue *y = b;

    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return strcmp(x->value, y->value);
}

/* “12 values; the commonest Kiel, 1,234 rows [A1], …”; NULL, and the answer says why */
static char *
tell_values(AskRun *self, const char *name)
{
    g_autoptr(AskGroups) groups = errata_ask_groups_new(self, name);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GArray) values = g_array_new(FALSE, TRUE, sizeof(TellValue));
    g_autofree char *distinct = NULL;
    guint n = 0;

    if (groups == NULL)
        return NULL;
    g_array_set_size(values, groups->names->len);
    for (gsize row = 0; row < self->rows->n_rows; row++)
        if (errata_rows_has(self->rows, row))
            g_array_index(values, TellValue, groups->code[row]).n++;
    g_array_set_size(values, groups->names->len - 1); /* the last are those without a value */
    for (guint i = 0; i < values->len; i++) {
        g_array_index(values, TellValue, i).value = g_ptr_array_index(groups->names, i);
        n += g_array_index(values, TellValue, i).n > 0 ? 1 : 0;
    }
    g_array_sort(values, tell_compare_cb);
    for (guint i = 0; i < MIN(n, TELL_VALUES); i++) {
        const TellValue *value = &g_array_index(values, TellValue, i);
        g_autofree char *figure = tell_cited(self,
                                             "rows",
                                             value->value,
                                             (double)value->n,
                                             (double)NAN,
                                             (double)NAN,
                                             ERRATA_UNIT_COUNT,
                                             value->n);

        g_string_append_printf(text,
                               "%s%s in %s",
                               i == 0 ? n > TELL_VALUES ? "; the commonest: " : ": " : ", ",
                               value->value,
                               figure);
    }
    distinct = tell_cited(self,
                          "distinct",
                          "different values",
                          (double)n,
                          (double)NAN,
                          (double)NAN,
                          ERRATA_UNIT_COUNT,
                          n);
    return g_strdup_printf("%s different value%s%s", distinct, n == 1 ? "" : "s", text->str);
}

/* how many different values a column has in the rows */
static char *
tell_different(AskRun *self, const ErrataColumn *column)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (gsize row = 0; row < self->rows->n_rows; row++)
        if (errata_rows_has(self->rows, row) && errata_column_is_valid(column, row))
            g_hash_table_add(seen, errata_column_print(column, row));
    return tell_cited(self,
                      "distinct",
                      "different values",
                      (double)g_hash_table_size(seen),
                      (double)NAN,
                      (double)NAN,
                      ERRATA_UNIT_COUNT,
                      g_hash_table_size(seen));
}

/* texts, of which no two need be the same: how many there are, and their length */
static char *
tell_texts(AskRun *self, const ErrataColumn *column)
{
    double lo = (double)INFINITY, hi = 0.0;
    g_autofree char *least = NULL;
    g_autofree char *greatest = NULL;
    g_autofree char *different = tell_different(self, column);
    gsize n = 0;

    for (gsize row = 0; row < self->rows->n_rows; row++) {
        g_autofree char *text = NULL;
        double length;

        if (!errata_rows_has(self->rows, row) || !errata_column_is_valid(column, row))
            continue;
        text = errata_column_print(column, row);
        length = (double)g_utf8_strlen(text, -1);
        lo = fmin(lo, length);
        hi = fmax(hi, length);
        n++;
    }
    least = tell_exact(self, "min", "least characters", lo, n);
    greatest = tell_exact(self, "max", "most characters", hi, n);
    return g_strdup_printf("%s different texts, of %s to %s characters",
                           different,
                           least,
                           greatest);
}

/* what a column holds; NULL, and the answer says why */
static char *
tell_filled(AskRun *self, const ErrataColumn *column, const double *value, gsize n)
{
    char from[ERRATA_NUMBER_BUFFER];
    char to[ERRATA_NUMBER_BUFFER];
    gint64 lo = G_MAXINT64, hi = G_MININT64;
    g_autoptr(ErrataVocabulary) values = NULL;

    if (n == 0)
        return g_strdup("no value");
    if (errata_column_is_numeric(column)) {
        g_autofree char *numbers = tell_numbers(self, value, n);
        g_autofree char *different = column->type == ERRATA_COLUMN_I64
                                         ? tell_different(self, column)
                                         : NULL;

        return different != NULL ? g_strdup_printf("%s; %s different values", numbers, different)
                                 : g_steal_pointer(&numbers);
    }
    if (column->type != ERRATA_COLUMN_TIME)
        values = errata_vocabulary_new(column, TELL_DIFFERENT);
    if (values != NULL)
        return values->overflow ? tell_texts(self, column) : tell_values(self, column->name);
    for (gsize row = 0; row < self->rows->n_rows; row++)
        if (errata_rows_has(self->rows, row) && errata_column_is_valid(column, row)) {
            gint64 at = errata_column_integer(column, row);

            lo = MIN(lo, at);
            hi = MAX(hi, at);
        }
    errata_zone_print(lo, from);
    errata_zone_print(hi, to);
    return g_strdup_printf("from %s to %s", from, to);
}

gboolean
errata_ask_tell_column(AskRun *self, const char *name)
{
    const ErrataColumn *column = errata_ask_column(self, name);
    gsize n_rows = self->rows->n_rows;
    g_autofree double *value = g_new(double, n_rows + 1);
    g_autofree char *subject = errata_ask_subject(self);
    g_autofree char *missing = NULL;
    g_autofree char *told = NULL;
    gsize n_missing;
    gsize n = 0;

    if (column == NULL)
        return FALSE;
    n_missing = tell_missing(column, self->rows);
    for (gsize row = 0; row < n_rows; row++)
        if (errata_rows_has(self->rows, row) && errata_column_is_valid(column, row))
            value[n++] = errata_column_is_numeric(column) ? errata_column_number(column, row) : 0.0;
    told = tell_filled(self, column, value, n);
    if (told == NULL)
        return FALSE;
    missing = tell_cited(self,
                         "missing",
                         "missing",
                         (double)n_missing,
                         (double)NAN,
                         (double)NAN,
                         ERRATA_UNIT_COUNT,
                         n_rows);
    self->answer->text =
        g_strdup_printf("%s in %s: %s; missing: %s.", column->name, subject, told, missing);
    return TRUE;
}
