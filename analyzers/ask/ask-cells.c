/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a name in a plan means, besides conditions: a column, the hour or the weekday of one, or
 * what the outcome knows (label, prediction, error, correct, score, confidence, loss). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ask-private.h"
#include "number.h"
#include "schema-name.h"
#include "sort.h"
#include "vocabulary.h"

#define CELLS_MAX_VALUES 100 /* groups of texts or classes */
#define CELLS_MAX_SPANS  400 /* days, weeks or months; groups of two columns */
#define CELLS_MAX_NUMBER 30  /* distinct numbers above which ranges are the groups */
#define CELLS_RANGES     5   /* of about as many rows each */
#define CELLS_HOUR_NS    G_GINT64_CONSTANT(3600000000000)

typedef enum {
    CELLS_COLUMN,
    CELLS_HOUR,
    CELLS_WEEKDAY,
    CELLS_DAY,
    CELLS_WEEK,
    CELLS_MONTH,
    CELLS_YEAR,
    CELLS_CLASS,
    CELLS_ERROR,
    CELLS_CORRECT,
    CELLS_NUMBER,
    CELLS_STEPS,
} CellsKind;

typedef struct {
    CellsKind kind;
    const ErrataColumn *column;
    const gint32 *code;   /* CELLS_CLASS */
    const double *number; /* CELLS_NUMBER; NULL: the log has none */
    double width;         /* CELLS_STEPS */
} Cells;

static gboolean
cells_find_outcome(const AskRun *self, const char *name, Cells *cells)
{
    const ErrataOutcome *outcome = self->data->outcome;
    const char *bare = name + (name[0] == '@');
    gboolean numbers = outcome->task == ERRATA_TASK_REGRESSION;

    if (g_ascii_strcasecmp(bare, "label") == 0)
        *cells = (Cells){numbers ? CELLS_NUMBER : CELLS_CLASS,
                         NULL,
                         outcome->truth,
                         outcome->truth_value,
                         0.0};
    else if (g_ascii_strcasecmp(bare, "prediction") == 0)
        *cells = (Cells){numbers ? CELLS_NUMBER : CELLS_CLASS,
                         NULL,
                         outcome->predicted,
                         outcome->predicted_value,
                         0.0};
    else if (g_ascii_strcasecmp(bare, "error") == 0)
        *cells = (Cells){CELLS_ERROR, NULL, NULL, NULL, 0.0};
    else if (g_ascii_strcasecmp(bare, "correct") == 0)
        *cells = (Cells){CELLS_CORRECT, NULL, NULL, NULL, 0.0};
    else if (g_ascii_strcasecmp(bare, "score") == 0)
        *cells = (Cells){CELLS_NUMBER, NULL, NULL, outcome->score, 0.0};
    else if (g_ascii_strcasecmp(bare, "confidence") == 0)
        *cells = (Cells){CELLS_NUMBER, NULL, NULL, outcome->confidence, 0.0};
    else if (g_ascii_strcasecmp(bare, "loss") == 0)
        *cells = (Cells){CELLS_NUMBER, NULL, NULL, outcome->loss, 0.0};
    else
        return FALSE;
    return TRUE;
}

/* “age by 10”: ranges of that width */
static gboolean
cells_find_steps(const AskRun *self, const char *name, Cells *cells)
{
    const char *by = g_strrstr(name, " by ");
    g_autofree char *stem = by != NULL ? g_strndup(name, (gsize)(by - name)) : NULL;
    const char *width = by != NULL ? by + strlen(" by ") : "";
    Cells found = {CELLS_STEPS, NULL, NULL, NULL, 0.0};

    found.column = stem != NULL ? errata_frame_find(self->data->frame, stem, NULL) : NULL;
    if (found.column == NULL || !errata_column_is_numeric(found.column) ||
        !errata_number_parse_double(width, strlen(width), &found.width) || !(found.width > 0.0) ||
        !isfinite(found.width))
        return FALSE;
    *cells = found;
    return TRUE;
}

static gboolean
cells_find_derived(const AskRun *self, const char *name, Cells *cells)
{
    static const struct {
        const char *suffix;
        CellsKind kind;
    } derived[] = {{" hour", CELLS_HOUR},
                   {" weekday", CELLS_WEEKDAY},
                   {" day", CELLS_DAY},
                   {" week", CELLS_WEEK},
                   {" month", CELLS_MONTH},
                   {" year", CELLS_YEAR}};

    if (cells_find_steps(self, name, cells))
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(derived); i++) {
        g_autofree char *stem = NULL;

        if (!g_str_has_suffix(name, derived[i].suffix))
            continue;
        stem = g_strndup(name, strlen(name) - strlen(derived[i].suffix));
        cells->column = errata_frame_find(self->data->frame, stem, NULL);
        cells->kind = derived[i].kind;
        if (cells->column != NULL && cells->column->type == ERRATA_COLUMN_TIME)
            return TRUE;
    }
    return FALSE;
}

static gboolean
cells_find(AskRun *self, const char *name, Cells *cells)
{
    const ErrataFrame *frame = self->data->frame;
    const ErrataColumn *folded = NULL;
    g_autofree char *names = NULL;
    guint column = 0;

    *cells = (Cells){CELLS_COLUMN, errata_frame_find(frame, name, &column), NULL, NULL, 0.0};
    /* a supposed threshold changes what is predicted, not what was logged */
    if (cells->column != NULL && !isnan(self->what_if) &&
        (int)column == self->data->schema->prediction)
        return cells_find_outcome(self, "prediction", cells);
    if (cells->column != NULL || cells_find_outcome(self, name, cells) ||
        cells_find_derived(self, name, cells))
        return TRUE;
    for (guint i = 0; i < frame->n_columns; i++)
        if (g_ascii_strcasecmp(frame->columns[i]->name, name) == 0) {
            if (folded != NULL)
                break;
            folded = frame->columns[i];
        }
    *cells = (Cells){CELLS_COLUMN, folded, NULL, NULL, 0.0};
    if (folded != NULL)
        return TRUE;
    names = errata_schema_nearest(frame, name);
    return errata_ask_refuse(self, "there is no column “%s”; the columns are %s", name, names);
}

/* a column of the log by its name; NULL, and the answer says why, when there is none */
const ErrataColumn *
errata_ask_column(AskRun *run, const char *name)
{
    Cells cells;

    if (!cells_find(run, name, &cells))
        return NULL;
    if (cells.kind != CELLS_COLUMN)
        errata_ask_refuse(run, "%s is no column of the log", name);
    return cells.kind == CELLS_COLUMN ? cells.column : NULL;
}

/* hours and days since 1970, which began on a Thursday */
static gint32
cells_clock(const Cells *cells, gsize row)
{
    gint64 ns = errata_column_integer(cells->column, row);
    gint64 hours = ns / CELLS_HOUR_NS - (ns % CELLS_HOUR_NS < 0);
    gint64 hour = ((hours % 24) + 24) % 24;

    if (!errata_column_is_valid(cells->column, row))
        return -1;
    if (cells->kind == CELLS_HOUR)
        return (gint32)hour;
    return (gint32)((((hours - hour) / 24 + 3) % 7 + 7) % 7);
}

/* a code of few values; −1: none */
static gint32
cells_code(const AskRun *self, const Cells *cells, gsize row)
{
    const ErrataOutcome *outcome = self->data->outcome;

    if (cells->kind == CELLS_CLASS)
        return cells->code != NULL ? cells->code[row] : -1;
    if (cells->kind == CELLS_HOUR || cells->kind == CELLS_WEEKDAY)
        return cells_clock(cells, row);
    if (outcome->judged[row] == 0)
        return -1;
    return (outcome->error[row] != 0) == (cells->kind == CELLS_ERROR) ? 1 : 0;
}

static void
cells_name_codes(const AskRun *self, const Cells *cells, AskGroups *groups)
{
    static const char *const days[] =
        {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    static const char *const truths[] = {"false", "true"};
    gboolean truth = cells->kind == CELLS_ERROR || cells->kind == CELLS_CORRECT;
    const ErrataSchema *schema = self->data->schema;

    for (guint i = 0; cells->kind == CELLS_CLASS && i < schema->n_classes; i++)
        g_ptr_array_add(groups->names, g_strdup(schema->classes[i]));
    for (guint i = 0; cells->kind == CELLS_HOUR && i < 24; i++)
        g_ptr_array_add(groups->names, g_strdup_printf("%u", i));
    for (guint i = 0; cells->kind == CELLS_WEEKDAY && i < G_N_ELEMENTS(days); i++)
        g_ptr_array_add(groups->names, g_strdup(days[i]));
    for (guint i = 0; truth && i < G_N_ELEMENTS(truths); i++)
        g_ptr_array_add(groups->names, g_strdup(truths[i]));
}

/* ---- numbers ---- */

static double
cells_number(const Cells *cells, gsize row)
{
    return cells->kind == CELLS_NUMBER ? cells->number[row]
                                       : errata_column_number(cells->column, row);
}

/* the lower ends of all ranges but the first */
static guint
cells_edges(const AskRun *self, const Cells *cells, double *ret_edge)
{
    gsize n_rows = self->rows->n_rows;
    g_autofree double *value = g_new(double, n_rows + 1);
    guint n_edges = 0;
    gsize n = 0;

    for (gsize row = 0; row < n_rows; row++) {
        double number = errata_rows_has(self->rows, row) ? cells_number(cells, row) : (double)NAN;

        if (!isnan(number))
            value[n++] = number;
    }
    errata_sort_values(value, n);
    for (guint i = 1; i < CELLS_RANGES && n > 0; i++) {
        double edge = value[n * i / CELLS_RANGES];

        if (edge > (n_edges > 0 ? ret_edge[n_edges - 1] : value[0]))
            ret_edge[n_edges++] = edge;
    }
    return n_edges;
}

static void
cells_into_ranges(const AskRun *self, const Cells *cells, AskGroups *groups)
{
    double edge[CELLS_RANGES];
    guint n_edges = cells_edges(self, cells, edge);
    char lower[ERRATA_NUMBER_BUFFER];
    char upper[ERRATA_NUMBER_BUFFER];

    for (guint i = 0; i <= n_edges; i++) {
        if (i > 0)
            errata_number_print(edge[i - 1], lower);
        if (i < n_edges)
            errata_number_print(edge[i], upper);
        g_ptr_array_add(groups->names,
                        n_edges == 0   ? g_strdup("any number")
                        : i == 0       ? g_strdup_printf("under %s", upper)
                        : i == n_edges ? g_strdup_printf("%s or more", lower)
                                       : g_strdup_printf("%s to under %s", lower, upper));
    }
    for (gsize row = 0; row < self->rows->n_rows; row++) {
        double number = cells_number(cells, row);
        gint32 code = 0;

        while ((guint)code < n_edges && number >= edge[code])
            code++;
        groups->code[row] = isnan(number) ? -1 : code;
    }
}

/* ---- spans of time ---- */

/* days since 1970-01-01 of the day, of the week's Monday, the month's count, or the year; as they
 * follow */
static gint64
cells_span(const Cells *cells, gsize row)
{
    gint64 hours = errata_column_integer(cells->column, row) / CELLS_HOUR_NS -
                   (errata_column_integer(cells->column, row) % CELLS_HOUR_NS < 0);
    gint64 days = hours / 24 - (hours % 24 < 0);
    GDate date;

    if (cells->kind == CELLS_STEPS)
        return (gint64)floor(errata_column_number(cells->column, row) / cells->width);
    if (cells->kind == CELLS_DAY)
        return days;
    if (cells->kind == CELLS_WEEK)
        return days - (((days + 3) % 7) + 7) % 7;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)(days + 719163)); /* 1970-01-01 is day 719,163 */
    if (cells->kind == CELLS_YEAR)
        return g_date_get_year(&date);
    return (gint64)g_date_get_year(&date) * 12 + (gint64)g_date_get_month(&date) - 1;
}

/* “2026-03-10”, “week of 2026-03-09”, “2026-03” */
static char *
cells_name_span(const Cells *cells, gint64 span)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    char upper[ERRATA_NUMBER_BUFFER];

    if (cells->kind == CELLS_STEPS)
        return g_strdup_printf("%s to under %s",
                               errata_number_print((double)span * cells->width, buffer),
                               errata_number_print((double)(span + 1) * cells->width, upper));
    if (cells->kind == CELLS_YEAR)
        return g_strdup_printf("%04d", (int)span);
    if (cells->kind == CELLS_MONTH)
        return g_strdup_printf("%04d-%02d", (int)(span / 12), (int)(span % 12) + 1);
    errata_number_print_time(span * 24 * CELLS_HOUR_NS, buffer);
    return g_strdup_printf("%s%.10s", cells->kind == CELLS_WEEK ? "week of " : "", buffer);
}

static gboolean
cells_has_span(const AskRun *self, const Cells *cells, gsize row)
{
    gint64 hours;

    if (!errata_rows_has(self->rows, row) || !errata_column_is_valid(cells->column, row))
        return FALSE;
    if (cells->kind == CELLS_STEPS)
        return fabs(errata_column_number(cells->column, row) / cells->width) < 1e15;
    hours = errata_column_integer(cells->column, row) / CELLS_HOUR_NS;
    return hours > -600000 && hours < 2000000; /* from 1902 to 2198 */
}

/* how many of the sorted spans come before @span */
static guint
cells_spans_before(const gint64 *spans, guint n, gint64 span)
{
    guint lo = 0;

    while (lo < n) {
        guint middle = lo + (n - lo) / 2;

        if (spans[middle] < span)
            lo = middle + 1;
        else
            n = middle;
    }
    return lo;
}

/* a group for every day, week, month or year that has rows, as they follow each other */
static gboolean
cells_into_spans(AskRun *self, const Cells *cells, const char *name, AskGroups *groups)
{
    gint64 spans[CELLS_MAX_SPANS];
    guint n = 0;

    for (gsize row = 0; row < self->rows->n_rows; row++) {
        gint64 span = cells_has_span(self, cells, row) ? cells_span(cells, row) : 0;
        guint at = cells_spans_before(spans, n, span);

        if (!cells_has_span(self, cells, row) || (at < n && spans[at] == span))
            continue;
        if (n == CELLS_MAX_SPANS)
            return errata_ask_refuse(self,
                                     "%s has more than %d values: too many groups",
                                     name,
                                     CELLS_MAX_SPANS);
        memmove(&spans[at + 1], &spans[at], (n - at) * sizeof *spans);
        spans[at] = span;
        n++;
    }
    if (n == 0)
        return errata_ask_refuse(self, "%s has no value", name);
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(groups->names, cells_name_span(cells, spans[i]));
    for (gsize row = 0; row < self->rows->n_rows; row++)
        groups->code[row] = cells_has_span(self, cells, row)
                                ? (gint32)cells_spans_before(spans, n, cells_span(cells, row))
                                : -1;
    return TRUE;
}

/* ---- groups ---- */

static gboolean
cells_group_column(AskRun *self, const Cells *cells, const char *name, AskGroups *groups)
{
    gboolean numeric = errata_column_is_numeric(cells->column);
    g_autoptr(ErrataVocabulary) values = NULL;
    gint32 *code;

    if (cells->column->type == ERRATA_COLUMN_TIME)
        return errata_ask_refuse(self,
                                 "%s holds instants: group by “%s hour”, “%s weekday”, “%s day”, "
                                 "“%s week”, “%s month” or “%s year”, or filter a span of time",
                                 name,
                                 name,
                                 name,
                                 name,
                                 name,
                                 name,
                                 name);
    values = errata_vocabulary_new(cells->column, numeric ? CELLS_MAX_NUMBER : CELLS_MAX_VALUES);
    if (values->n_values == 0 && !values->overflow)
        return errata_ask_refuse(self, "%s has no value", name);
    if (values->overflow && numeric &&
        (self->data->schema->id < 0 ||
         cells->column != self->data->frame->columns[self->data->schema->id])) {
        cells_into_ranges(self, cells, groups);
        return TRUE;
    }
    if (values->overflow)
        return errata_ask_refuse(self,
                                 "%s has more than %d values: too many groups",
                                 name,
                                 CELLS_MAX_VALUES);
    for (guint i = 0; i < values->n_values; i++)
        g_ptr_array_add(groups->names, g_strdup(values->values[i]));
    code = errata_vocabulary_codes(values, cells->column);
    g_free(groups->code);
    groups->code = code;
    return TRUE;
}

void
errata_ask_groups_free(AskGroups *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->names);
    g_free(self->code);
    g_free(self);
}

/* a column of instants that is called month, by months */
static void
cells_span_of_name(const char *name, Cells *cells)
{
    static const struct {
        const char *name;
        CellsKind kind;
    } named[] = {{"date", CELLS_DAY},
                 {"day", CELLS_DAY},
                 {"week", CELLS_WEEK},
                 {"month", CELLS_MONTH},
                 {"year", CELLS_YEAR}};

    for (guint i = 0; i < G_N_ELEMENTS(named); i++)
        if (cells->kind == CELLS_COLUMN && cells->column->type == ERRATA_COLUMN_TIME &&
            g_ascii_strcasecmp(name, named[i].name) == 0)
            cells->kind = named[i].kind;
}

/* ---- conditions ---- */

/* whether a name that no column has is a condition, with something to compare */
gboolean
errata_ask_groups_is_condition(const AskRun *run, const char *name)
{
    static const char *const ops[] = {"<", ">", "=", " is ", " in ", " between ", " contains "};
    g_autoptr(ErrataFilter) filter = NULL;
    gboolean has = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS(ops); i++)
        has = has || strstr(name, ops[i]) != NULL;
    if (!has || errata_frame_find(run->data->frame, name, NULL) != NULL)
        return FALSE;
    filter = errata_filter_parse(name, NULL);
    return filter != NULL && errata_filter_bind(filter, run->data->frame, run->data->schema, NULL);
}

/* “ts is not before 2026-03-20” of “ts < 2026-03-20” alone, “all others” of anything else */
static char *
cells_say_others(const AskRun *run, const char *condition)
{
    const char *op = g_strrstr(condition, " < ");
    g_autofree char *other = NULL;

    if (op == NULL || strstr(condition, " or ") != NULL || strstr(condition, " and ") != NULL ||
        strpbrk(condition, "()") != NULL)
        return g_strdup("all others");
    other = g_strdup_printf("%.*s >= %s", (int)(op - condition), condition, op + strlen(" < "));
    return errata_ask_say(run, other);
}

/* the rows for which a condition holds, and the others */
static AskGroups *
cells_group_condition(AskRun *run, const char *condition)
{
    g_autoptr(AskGroups) self = NULL;
    g_autoptr(ErrataRows) rows = errata_ask_condition_rows(run, condition, NULL);

    if (rows == NULL)
        return NULL;
    self = g_new0(AskGroups, 1);
    self->names = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(self->names, errata_ask_say(run, condition));
    g_ptr_array_add(self->names, cells_say_others(run, condition));
    self->code = g_new(gint32, rows->n_rows + 1);
    for (gsize row = 0; row < rows->n_rows; row++)
        self->code[row] = errata_rows_has(rows, row) ? 0 : 1;
    return g_steal_pointer(&self);
}

/* the groups that a column makes of the rows; rows without a value make the last one. NULL, and the
 * answer says why, when there are none */
AskGroups *
errata_ask_groups_new(AskRun *run, const char *name)
{
    g_autoptr(AskGroups) self = NULL;
    gsize n_rows = run->rows->n_rows;
    Cells cells;

    if (errata_ask_groups_is_condition(run, name))
        return cells_group_condition(run, name);
    self = g_new0(AskGroups, 1);
    self->names = g_ptr_array_new_with_free_func(g_free);
    if (!cells_find(run, name, &cells))
        return NULL;
    cells_span_of_name(name, &cells);
    self->code = g_new(gint32, n_rows + 1);
    if (cells.kind == CELLS_NUMBER && cells.number == NULL) {
        errata_ask_refuse(run, "the log has no %s", name);
        return NULL;
    }
    if (cells.kind == CELLS_NUMBER) {
        cells_into_ranges(run, &cells, self);
    } else if ((cells.kind >= CELLS_DAY && cells.kind <= CELLS_YEAR) || cells.kind == CELLS_STEPS) {
        if (!cells_into_spans(run, &cells, name, self))
            return NULL;
    } else if (cells.kind != CELLS_COLUMN) {
        cells_name_codes(run, &cells, self);
        for (gsize row = 0; row < n_rows; row++)
            self->code[row] = cells_code(run, &cells, row);
    } else if (!cells_group_column(run, &cells, name, self)) {
        return NULL;
    }
    g_ptr_array_add(self->names, g_strdup("(missing)"));
    for (gsize row = 0; row < n_rows; row++)
        if (self->code[row] < 0)
            self->code[row] = (gint32)self->names->len - 1;
    return g_steal_pointer(&self);
}

/* classes of labels and of predictions are called the same */
static const char *
cells_mark(const char *name)
{
    const char *bare = name + (name[0] == '@');

    return g_str_equal(bare, "label")        ? "label "
           : g_str_equal(bare, "prediction") ? "prediction "
                                             : "";
}

/* the groups of two columns by each other, those that have rows */
static AskGroups *
cells_cross(AskRun *run,
            const AskGroups *first,
            const AskGroups *second,
            const ErrataAskStep *group,
            const char *by)
{
    const char *mark[] = {cells_mark(group->text), cells_mark(group->of)};
    g_autoptr(AskGroups) self = g_new0(AskGroups, 1);
    guint n_second = second->names->len;
    g_autofree gint32 *pair = g_new(gint32, (gsize)first->names->len * n_second + 1);
    gsize n_rows = run->rows->n_rows;

    memset(pair, 0xff, ((gsize)first->names->len * n_second + 1) * sizeof *pair);
    for (gsize row = 0; row < n_rows; row++)
        if (errata_rows_has(run->rows, row))
            pair[(guint)first->code[row] * n_second + (guint)second->code[row]] = 0;
    self->names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < first->names->len * n_second; i++) {
        if (pair[i] < 0)
            continue;
        pair[i] = (gint32)self->names->len;
        g_ptr_array_add(
            self->names,
            g_strdup_printf("%s%s, %s%s",
                            mark[0],
                            (const char *)g_ptr_array_index(first->names, i / n_second),
                            mark[1],
                            (const char *)g_ptr_array_index(second->names, i % n_second)));
    }
    if (self->names->len > CELLS_MAX_SPANS) {
        errata_ask_refuse(run,
                          "%s make %u groups, more than %d: filter some of them first",
                          by,
                          self->names->len,
                          CELLS_MAX_SPANS);
        return NULL;
    }
    self->code = g_new(gint32, n_rows + 1);
    for (gsize row = 0; row < n_rows; row++)
        self->code[row] = pair[(guint)first->code[row] * n_second + (guint)second->code[row]];
    return g_steal_pointer(&self);
}

/* the groups of a step; rows outside the plan may be in none (−1) where there are two columns.
 * NULL, and the answer says why, when there are none */
AskGroups *
errata_ask_groups_cross(AskRun *run, const ErrataAskStep *group)
{
    g_autoptr(AskGroups) first = errata_ask_groups_new(run, group->text);
    g_autoptr(AskGroups) second = NULL;
    g_autofree char *by = NULL;

    if (first == NULL || group->of == NULL)
        return g_steal_pointer(&first);
    second = errata_ask_groups_new(run, group->of);
    by = g_strdup_printf("%s and %s", group->text, group->of);
    return second != NULL ? cells_cross(run, first, second, group, by) : NULL;
}

/* ---- order ---- */

typedef struct {
    double key;
    guint32 row;
} CellsRow;

static int
cells_compare_cb(gconstpointer a, gconstpointer b)
{
    const CellsRow *x = a;
    const CellsRow *y = b;

    if (x->key < y->key || x->key > y->key)
        return x->key < y->key ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/**
 * errata_ask_order:
 * @run: what the rows are
 * @name: (nullable): what they are ordered by; %NULL: as in the log
 * @descending: greatest first
 * @ret_n: (out): how many
 *
 * Rows without a value come last; equal ones as in the log.
 *
 * Returns: (transfer full) (nullable): the numbers of the rows in that order; %NULL, and the answer
 * says
 *   why, when there is none
 */
guint32 *
errata_ask_order(AskRun *run, const char *name, gboolean descending, gsize *ret_n)
{
    guint32 *list = errata_rows_list(run->rows, ret_n);
    g_autofree CellsRow *rows = NULL;
    Cells cells;

    if (name == NULL)
        return list;
    if (!cells_find(run, name, &cells)) {
        g_free(list);
        return NULL;
    }
    if ((cells.kind != CELLS_NUMBER && cells.kind != CELLS_COLUMN) ||
        (cells.kind == CELLS_NUMBER && cells.number == NULL) ||
        (cells.column != NULL && (cells.column->type == ERRATA_COLUMN_CATEGORY ||
                                  cells.column->type == ERRATA_COLUMN_TEXT))) {
        g_free(list);
        errata_ask_refuse(run, "%s holds no numbers or times to order by", name);
        return NULL;
    }
    rows = g_new(CellsRow, *ret_n + 1);
    for (gsize i = 0; i < *ret_n; i++) {
        double number = cells_number(&cells, list[i]);

        rows[i].row = list[i];
        rows[i].key = isnan(number) ? (double)INFINITY : descending ? -number : number;
    }
    qsort(rows, *ret_n, sizeof *rows, cells_compare_cb);
    for (gsize i = 0; i < *ret_n; i++)
        list[i] = rows[i].row;
    return list;
}
