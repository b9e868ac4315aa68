/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts, metrics and means group by group: a table with a row per group, and a sentence that has
 * all groups where they are few, else the highest and the lowest. */
#include <math.h>
#include <string.h>

#include "ask-private.h"
#include "intervals.h"
#include "number.h"
#include "select.h"
#include "sum.h"
#include "words.h"

#define TABLE_FEW        30  /* rows under which a group is not told of as an end */
#define TABLE_FEW_GROUPS 3   /* groups that are told of in a sentence … */
#define TABLE_FEW_PAIRS  4   /* … and of two columns, as of a confusion matrix */
#define TABLE_CLASSES    400 /* each measured by its own rows, at most */

#define TABLE_WHETHER "whether " /* before a condition that parts the rows in two */

/* groups as they come, for what is told of one figure in a sentence */
typedef struct {
    const char *metric; /* NULL for counts and means */
    const char *name;   /* of what is told, in words */
    int class_index;
    GString *text; /* of all groups, while there are few */
    guint n;
    guint n_small;     /* groups of so few rows that they are not told of */
    gboolean by_class; /* the metric is that of the class that is the group, among all rows */
    gboolean counts;   /* nothing is left out for being of few rows */
    gboolean apart;    /* its sentence needs no subject but its name */
    double value[2];
    char *figure[2]; /* the least and the greatest, with the names of their groups */
    char *end[2];    /* the first and the last */
} TableNoted;

static TableNoted *
table_noted_new(const char *metric, const char *name, int class_index)
{
    TableNoted *self = g_new0(TableNoted, 1);

    self->metric = metric;
    self->name = name;
    self->class_index = class_index;
    self->text = g_string_new(NULL);
    return self;
}

static void
table_noted_free(gpointer data)
{
    TableNoted *self = data;

    g_string_free(self->text, TRUE);
    g_free(self->figure[0]);
    g_free(self->figure[1]);
    g_free(self->end[0]);
    g_free(self->end[1]);
    g_free(self);
}

/* one group */
typedef struct {
    const char *value;
    const ErrataRows *rows;
    gsize n;
    gsize n_part; /* of shares: those for which the condition holds */
    gsize n_all;  /* rows of the group in the whole log */
} TableGroup;

/* “region”; “weekday of ts” where ts holds instants; “whether age is over 40” */
static char *
table_by_one(const AskRun *self, const char *name)
{
    static const char *const spans[] = {"hour", "weekday", "day", "week", "month", "year", NULL};
    const char *bare = name + (name[0] == '@');
    const char *last = strrchr(bare, ' ');
    g_autofree char *stem = last != NULL ? g_strndup(bare, (gsize)(last - bare)) : NULL;
    const ErrataColumn *column = stem != NULL ? errata_frame_find(self->data->frame, stem, NULL)
                                              : NULL;

    if (errata_ask_groups_is_condition(self, name)) {
        g_autofree char *said = errata_ask_say(self, name);

        return g_strdup_printf(TABLE_WHETHER "%s", said);
    }
    return column != NULL && column->type == ERRATA_COLUMN_TIME &&
                   g_strv_contains(spans, last + 1) &&
                   errata_frame_find(self->data->frame, name, NULL) == NULL
               ? g_strdup_printf("%s of %s", last + 1, stem)
               : g_strdup(bare);
}

/* what the groups are of, e.g. “region”, “region and channel” */
static char *
table_by(const AskRun *self)
{
    g_autofree char *first = table_by_one(self, self->group->text);
    g_autofree char *second = self->group->of != NULL ? table_by_one(self, self->group->of) : NULL;

    return second == NULL ? g_steal_pointer(&first) : g_strdup_printf("%s and %s", first, second);
}

static void
table_note(TableNoted *self, const ErrataMetric *metric, gsize n, const char *text)
{
    if (self->n > 0)
        g_string_append(self->text, "; ");
    g_string_append(self->text, text);
    self->n++;
    if (!self->counts && n < TABLE_FEW) {
        self->n_small++;
        return;
    }
    if (!g_str_has_prefix(text, "(missing)")) {
        if (self->end[0] == NULL)
            self->end[0] = g_strdup(text);
        g_free(self->end[1]);
        self->end[1] = g_strdup(text);
    }
    for (guint end = 0; end < 2; end++) {
        if (self->figure[end] != NULL &&
            (end == 0 ? metric->value >= self->value[0] : metric->value <= self->value[1]))
            continue;
        self->value[end] = metric->value;
        g_free(self->figure[end]);
        self->figure[end] = g_strdup(text);
    }
}

/* cites a figure of a group, adds its cell and notes it */
static void
table_add(AskRun *self,
          TableNoted *noted,
          const TableGroup *group,
          const char *key,
          const char *kind,
          gsize n,
          const ErrataMetric *metric)
{
    g_autofree char *by = table_by(self);
    gboolean said = g_str_has_prefix(by, TABLE_WHETHER);
    g_autofree char *what =
        g_strdup_printf("%s where %s%s%s", kind, said ? "" : by, said ? "" : " is ", group->value);
    g_autofree char *figure = errata_ask_figure(self, key, what, metric);
    g_autofree char *both = g_strdup_printf("%s, %s", group->value, figure);

    errata_table_add_cell(self->answer->table, figure);
    table_note(noted, metric, n, both);
}

/* whether the groups are spans of time, one after the other */
static gboolean
table_is_course(const AskRun *self)
{
    const char *name = self->group->text;

    return self->group->of == NULL &&
           (g_str_has_suffix(name, " day") || g_str_has_suffix(name, " week") ||
            g_str_has_suffix(name, " month") || g_str_has_suffix(name, " year"));
}

/* whether the groups are the classes of the label */
static gboolean
table_are_classes(const AskRun *self)
{
    const ErrataSchema *schema = self->data->schema;
    const char *name = self->group->text;

    return self->group->of == NULL && schema->n_classes > 0 &&
           (g_str_equal(name, "@label") ||
            (schema->label >= 0 && g_str_equal(name, schema->names[schema->label])));
}

/* whether the metric is one of single classes, and the groups are these */
static gboolean
table_is_by_class(const AskRun *self, const char *metric, int class_index)
{
    static const char *const of_class[] =
        {"recall", "precision", "f1", "false_negative_rate", "false_discovery_rate", NULL};

    return class_index < 0 && g_strv_contains(of_class, metric) && table_are_classes(self);
}

typedef struct {
    GPtrArray *noted;       /* (element-type TableNoted): a column of the table each */
    const char *column;     /* of which the means are told */
    const ErrataRows *part; /* shares: rows for which the condition holds */
    const char *subject;    /* what all groups are of; NULL: the rows of the plan */
    gboolean most;          /* the groups of most rows come first */
    gboolean fewest;        /* … or last */
    guint n_ranked;         /* groups of which those at one end are told; 0: all are */
    GArray *all;            /* (nullable): metrics of all rows, where classes are the groups */
} TablePlan;

/* “, the 2 highest of 7”, “, the highest first” */
static char *
table_say_top(const AskRun *self, const TablePlan *plan, guint n)
{
    gboolean counts = ((const TableNoted *)g_ptr_array_index(plan->noted, 0))->counts;
    gboolean top = self->top != NULL && self->top->op == ERRATA_ASK_TOP;
    const char *end = counts ? top ? "the most" : "the fewest" : top ? "highest" : "lowest";

    if (self->top == NULL)
        return g_strdup("");
    if (n == plan->n_ranked)
        return g_strdup_printf(", %s first", end);
    if (counts && n > 1)
        return g_strdup_printf(", the %u groups of %u with %s", n, plan->n_ranked, end);
    if (counts)
        return g_strdup_printf(", the group of %u with %s", plan->n_ranked, end);
    return n == 1 ? g_strdup_printf(", the %s of %u groups", end, plan->n_ranked)
                  : g_strdup_printf(", the %u %s of %u groups", n, end, plan->n_ranked);
}

/* all groups where they are few, else the ends: the table has the rest; @subject: what all groups
 * are of */
static void
table_say(const AskRun *self,
          const TablePlan *plan,
          const TableNoted *noted,
          const char *subject,
          gboolean first,
          GString *text)
{
    g_autofree char *suppose = errata_ask_measure_suppose(self);
    g_autofree char *by = table_by(self);
    g_autofree char *name = noted->metric != NULL
                                ? errata_ask_measure_name(self,
                                                          noted->metric,
                                                          noted->by_class ? -2 : noted->class_index)
                                : g_strdup(noted->name);
    g_autofree char *top = table_say_top(self, plan, noted->n);
    g_autofree char *of = g_strdup_printf(" of %s by %s%s", subject, by, top);
    gboolean left = noted->n_small > 0 && (first || noted->apart);
    gsize begin = text->len + (first ? 0 : 1);

    g_string_append_printf(text,
                           "%s%s%s%s: ",
                           first ? "" : " ",
                           first && suppose != NULL ? suppose : "",
                           name,
                           first ? of : "");
    text->str[begin] = g_ascii_toupper(text->str[begin]);
    if (self->top != NULL ||
        noted->n <= (self->group->of != NULL ? TABLE_FEW_PAIRS : TABLE_FEW_GROUPS)) {
        g_string_append_printf(text, "%s.", noted->text->str);
        return;
    }
    if (noted->figure[0] == NULL) {
        g_string_append_printf(text, "%u groups, each of under %d rows.", noted->n, TABLE_FEW);
        return;
    }
    if (table_is_course(self) && self->order == NULL && noted->end[0] != NULL)
        g_string_append_printf(text, "first: %s; last: %s; ", noted->end[0], noted->end[1]);
    g_string_append_printf(text,
                           "%s: %s; %s: %s",
                           noted->counts ? "most" : "highest",
                           noted->figure[1],
                           noted->counts ? "fewest" : "lowest",
                           noted->figure[0]);
    if (first)
        g_string_append_printf(text, "; %u groups", noted->n);
    if (left)
        g_string_append_printf(text,
                               "%s those of under %d rows left aside here",
                               first ? "," : ";",
                               TABLE_FEW);
    g_string_append_c(text, '.');
}

/* ---- the groups of a plan ---- */

/* rows of one group among those of the plan */
static ErrataRows *
table_rows(const AskRun *self, const gint32 *code, guint group, gsize *ret_n_all)
{
    ErrataRows *rows = errata_rows_new(self->rows->n_rows);
    gsize n = 0;

    for (gsize row = 0; row < rows->n_rows; row++) {
        if (code[row] != (gint32)group)
            continue;
        n++;
        if (errata_rows_has(self->rows, row))
            rows->bits[row >> 6] |= G_GUINT64_CONSTANT(1) << (row & 63);
    }
    *ret_n_all = n;
    return rows;
}

/* a group's rows that are left */
typedef struct {
    guint group;
    gsize n;
    gsize n_part; /* of shares, else as n */
} TableSize;

/* those of most rows first; equal ones as they come */
static int
table_compare_cb(gconstpointer a, gconstpointer b)
{
    const TableSize *x = a;
    const TableSize *y = b;

    if (x->n_part != y->n_part)
        return x->n_part > y->n_part ? -1 : 1;
    return x->group < y->group ? -1 : 1;
}

/* Returns: (transfer full) (element-type TableSize): the groups in the order in which they are
 * told */
static GArray *
table_sizes(const AskRun *self, const TablePlan *plan, const AskGroups *groups)
{
    GArray *sizes = g_array_new(FALSE, TRUE, sizeof(TableSize));

    g_array_set_size(sizes, groups->names->len);
    for (guint v = 0; v < sizes->len; v++)
        g_array_index(sizes, TableSize, v).group = v;
    for (gsize row = 0; row < self->rows->n_rows; row++)
        if (errata_rows_has(self->rows, row) && groups->code[row] >= 0) {
            TableSize *size = &g_array_index(sizes, TableSize, groups->code[row]);

            size->n++;
            size->n_part += plan->part == NULL || errata_rows_has(plan->part, row) ? 1 : 0;
        }
    if (plan->most || plan->fewest)
        g_array_sort(sizes, table_compare_cb);
    for (guint i = 0; plan->fewest && i < sizes->len / 2; i++) {
        TableSize first = g_array_index(sizes, TableSize, i);

        g_array_index(sizes, TableSize, i) = g_array_index(sizes, TableSize, sizes->len - 1 - i);
        g_array_index(sizes, TableSize, sizes->len - 1 - i) = first;
    }
    return sizes;
}

/* TRUE where a figure of the group is defined */
typedef gboolean (*TableCells)(AskRun *self, TablePlan *plan, const TableGroup *group);

static gboolean
table_metrics(AskRun *self, TablePlan *plan, const TableGroup *group)
{
    g_autofree char *count = errata_words_count(group->n);
    g_autoptr(GArray) here = NULL;
    gboolean any = FALSE;

    errata_table_add_cell(self->answer->table, count);
    for (guint i = 0; i < plan->noted->len; i++) {
        TableNoted *noted = g_ptr_array_index(plan->noted, i);
        int class_index = noted->by_class ? errata_schema_class(self->data->schema, group->value)
                                          : noted->class_index;
        g_autoptr(ErrataMetric) metric =
            noted->by_class && class_index < 0
                ? NULL
                : errata_ask_value_measure(self,
                                           noted->by_class ? self->rows : group->rows,
                                           noted->metric,
                                           class_index,
                                           noted->by_class ? &plan->all : &here);

        if (metric != NULL)
            table_add(self, noted, group, "group", noted->metric, group->n, metric);
        else
            errata_table_add_cell(self->answer->table, "not defined");
        any = any || metric != NULL;
    }
    return any;
}

/* a share with its interval: cited, added and noted as the @at-th figure */
static void
table_add_share(AskRun *self,
                const TablePlan *plan,
                guint at,
                const TableGroup *group,
                const char *key,
                const char *what,
                gsize n,
                gsize n_all)
{
    ErrataInterval interval = errata_intervals_wilson((double)n, (double)n_all, 0.95);
    g_autoptr(ErrataMetric) metric = errata_ask_value_new("share_rows",
                                                          (double)n / (double)n_all,
                                                          interval.lo,
                                                          interval.hi,
                                                          n_all);

    table_add(self, g_ptr_array_index(plan->noted, at), group, key, what, n_all, metric);
}

/* how many rows the group has; which part they are of all that are left; and, where a filter has
 * left some, of all of the group in the log */
static gboolean
table_counts(AskRun *self, TablePlan *plan, const TableGroup *group)
{
    gsize n_whole = errata_rows_count(self->rows);
    g_autoptr(ErrataMetric) metric =
        errata_ask_value_new("rows", (double)group->n, (double)NAN, (double)NAN, group->n);

    table_add(self, g_ptr_array_index(plan->noted, 0), group, "group", "rows", group->n, metric);
    if (plan->noted->len > 1)
        table_add_share(self,
                        plan,
                        1,
                        group,
                        "part",
                        "share of all rows that are left",
                        group->n,
                        n_whole);
    if (plan->noted->len > 2)
        table_add_share(self,
                        plan,
                        2,
                        group,
                        "share",
                        "share of the group's rows in the log",
                        group->n,
                        group->n_all);
    return TRUE;
}

/* for how many rows of a group the condition holds, and their share of the group */
static gboolean
table_shares(AskRun *self, TablePlan *plan, const TableGroup *group)
{
    g_autoptr(ErrataMetric) count = errata_ask_value_new("rows",
                                                         (double)group->n_part,
                                                         (double)NAN,
                                                         (double)NAN,
                                                         group->n_part);

    table_add(self, g_ptr_array_index(plan->noted, 0), group, "group", "rows", group->n, count);
    table_add_share(self,
                    plan,
                    1,
                    group,
                    "share",
                    "share of the group's rows",
                    group->n_part,
                    group->n);
    return TRUE;
}

/* the mean of a column in a group, with its interval, and the median */
static gboolean
table_means(AskRun *self, TablePlan *plan, const TableGroup *group)
{
    static const double half = 0.5;
    const ErrataColumn *column = errata_ask_column(self, plan->column);
    g_autofree double *value = g_new(double, group->n + 1);
    double mean;
    g_autoptr(ErrataMetric) mean_of = NULL;
    g_autoptr(ErrataMetric) median_of = NULL;
    g_autofree char *count = NULL;
    ErrataInterval interval;
    double median = (double)NAN;
    gsize n = 0;

    for (gsize row = 0; row < group->rows->n_rows; row++)
        if (errata_rows_has(group->rows, row) && errata_column_is_valid(column, row)) {
            value[n] = errata_column_number(column, row);
            n += isfinite(value[n]) ? 1 : 0;
        }
    count = errata_words_count(n);
    errata_table_add_cell(self->answer->table, count);
    if (n == 0) {
        errata_table_add_cell(self->answer->table, "no value");
        errata_table_add_cell(self->answer->table, "no value");
        return FALSE;
    }
    mean = errata_sum_of(value, n) / (double)n;
    interval = errata_intervals_student(
        mean,
        n > 1 ? errata_sum_squares(value, n, mean) / (double)(n - 1) / (double)n : (double)NAN,
        (double)n - 1.0,
        0.95);
    errata_select_quantiles(value, n, &half, 1, &median);
    mean_of = errata_ask_value_new("mean", mean, interval.lo, interval.hi, n);
    median_of = errata_ask_value_new("median", median, (double)NAN, (double)NAN, n);
    table_add(self, g_ptr_array_index(plan->noted, 0), group, "mean", "mean", n, mean_of);
    table_add(self, g_ptr_array_index(plan->noted, 1), group, "median", "median", n, median_of);
    return TRUE;
}

static void
table_begin(AskRun *self, const char *const *headings, guint n)
{
    g_autofree char *by = table_by(self);

    self->answer->table = errata_table_new(by, n + 1);
    errata_table_heading(self->answer->table, 0, by, FALSE);
    for (guint i = 0; i < n; i++)
        errata_table_heading(self->answer->table, i + 1, headings[i], TRUE);
}

typedef struct {
    TableSize size;
    double value;
} TableRank;

static int
table_rank_cb(gconstpointer a, gconstpointer b)
{
    const TableRank *x = a;
    const TableRank *y = b;

    if (x->value < y->value || x->value > y->value)
        return x->value > y->value ? -1 : 1;
    return x->size.group < y->size.group ? -1 : 1;
}

/* the first figure of a group; NaN where it has none, or is of too few rows to be an end */
static double
table_rank_value(AskRun *self, TablePlan *plan, const AskGroups *groups, const TableSize *size)
{
    const TableNoted *noted = g_ptr_array_index(plan->noted, 0);
    gboolean by_class = noted->by_class;
    gsize n_all = 0;
    int class_index = by_class ? errata_schema_class(self->data->schema,
                                                     g_ptr_array_index(groups->names, size->group))
                               : noted->class_index;
    g_autoptr(ErrataRows) rows = NULL;
    g_autoptr(ErrataMetric) metric = NULL;
    g_autoptr(GArray) kept = NULL;

    if (noted->metric == NULL)
        return (double)size->n_part;
    if (size->n < TABLE_FEW || (by_class && class_index < 0))
        return (double)NAN;
    rows = table_rows(self, groups->code, size->group, &n_all);
    metric = errata_ask_value_measure(self,
                                      by_class ? self->rows : rows,
                                      noted->metric,
                                      class_index,
                                      by_class ? &plan->all : &kept);
    return metric != NULL ? metric->value : (double)NAN;
}

/* keeps the groups at the end that is asked for, that end first; Returns: how many there were */
static guint
table_rank(AskRun *self, TablePlan *plan, const AskGroups *groups, GArray *sizes)
{
    g_autoptr(GArray) ranks = g_array_new(FALSE, FALSE, sizeof(TableRank));
    double sign = self->top->op == ERRATA_ASK_TOP ? 1.0 : -1.0;

    for (guint i = 0; i < sizes->len; i++) {
        TableRank rank = {.size = g_array_index(sizes, TableSize, i)};

        if (rank.size.n == 0)
            continue;
        rank.value = sign * table_rank_value(self, plan, groups, &rank.size);
        if (!isnan(rank.value))
            g_array_append_val(ranks, rank);
    }
    g_array_sort(ranks, table_rank_cb);
    g_array_set_size(sizes, 0);
    for (guint i = 0; i < ranks->len && i < (guint)self->top->number; i++)
        g_array_append_val(sizes, g_array_index(ranks, TableRank, i).size);
    return ranks->len;
}

/* a row of the table for each group, then the sentences */
static gboolean
table_run(AskRun *self, TablePlan *plan, TableCells cells)
{
    g_autoptr(AskGroups) groups = errata_ask_groups_cross(self, self->group);
    g_autoptr(GArray) sizes = groups != NULL ? table_sizes(self, plan, groups) : NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *subject = plan->subject != NULL ? g_strdup(plan->subject)
                                                     : errata_ask_subject(self);
    guint n_defined = 0;

    if (groups != NULL && self->top != NULL)
        plan->n_ranked = table_rank(self, plan, groups, sizes);
    for (guint v = 0; groups != NULL && v < sizes->len && !self->answer->malformed; v++) {
        const TableSize *size = &g_array_index(sizes, TableSize, v);
        TableGroup group = {.value = g_ptr_array_index(groups->names, size->group),
                            .n = size->n,
                            .n_part = size->n_part};
        g_autoptr(ErrataRows) rows = group.n > 0
                                         ? table_rows(self, groups->code, size->group, &group.n_all)
                                         : NULL;

        group.rows = rows;
        if (group.n == 0)
            continue;
        errata_table_add_cell(self->answer->table, group.value);
        n_defined += cells(self, plan, &group) ? 1 : 0;
    }
    if (n_defined == 0 || self->answer->malformed) { /* and the answer says why */
        g_clear_pointer(&self->answer->table, errata_table_free);
        return FALSE;
    }
    g_clear_pointer(&self->answer->why, g_free);
    for (guint i = 0; i < plan->noted->len; i++) {
        const TableNoted *noted = g_ptr_array_index(plan->noted, i);

        if (noted->n > 0)
            table_say(self, plan, noted, subject, text->len == 0, text);
    }
    self->answer->text = g_string_free(g_steal_pointer(&text), FALSE);
    return TRUE;
}

/* ---- operations ---- */

/* whether the groups are names, which have no order of their own */
static gboolean
table_is_of_names(const AskRun *self)
{
    const char *name = self->group->text;
    const ErrataColumn *column = errata_frame_find(self->data->frame, name, NULL);

    return self->group->of == NULL &&
           (name[0] == '@' || (column != NULL && column->type == ERRATA_COLUMN_CATEGORY));
}

static TableNoted *
table_note_share(TablePlan *plan, const char *name)
{
    TableNoted *share = table_noted_new(NULL, name, -1);

    share->apart = TRUE;
    g_ptr_array_add(plan->noted, share);
    return share;
}

/* “as a share of the log's rows with the same region” */
static char *
table_share_of(const char *whose, const char *by)
{
    return g_str_has_prefix(by, TABLE_WHETHER)
               ? g_strdup_printf("as a share of all of %s rows on either side", whose)
               : g_strdup_printf("as a share of %s rows with the same %s", whose, by);
}

/* as the plan says, else those of most rows first if that is of use */
static void
table_set_order(const AskRun *self, TablePlan *plan, gboolean most)
{
    plan->most = self->order != NULL ? self->order->number > 0.0 : most;
    plan->fewest = self->order != NULL && !plan->most;
}

gboolean
errata_ask_table_count(AskRun *self)
{
    static const char *const headings[] = {"rows", "share of all of these", "share of the group"};
    g_autoptr(GPtrArray) noted = g_ptr_array_new_with_free_func(table_noted_free);
    g_autofree char *by = table_by(self);
    g_autofree char *whole = errata_words_count(errata_rows_count(self->rows));
    g_autofree char *part =
        g_strdup_printf("as a share of %s %s rows", self->where->len > 0 ? "these" : "all", whole);
    g_autofree char *share = table_share_of("the log's", by);
    TablePlan plan = {.noted = noted};
    gboolean most = FALSE;

    g_ptr_array_add(noted, table_noted_new(NULL, "number", -1));
    ((TableNoted *)g_ptr_array_index(noted, 0))->counts = TRUE;
    if (!table_is_course(self)) {
        table_note_share(&plan, part)->counts = TRUE; /* few rows are no weaker a part of all */
        most = (table_is_of_names(self) && self->where->len > 0) ||
               (self->group->of != NULL && strstr(self->where->str, "error") != NULL);
    }
    table_set_order(self, &plan, most);
    if (!table_is_course(self) && self->where->len > 0 && self->group->of == NULL &&
        self->group->text[0] != '@')
        table_note_share(&plan, share);
    table_begin(self, headings, noted->len);
    return table_run(self, &plan, table_counts);
}

/**
 * errata_ask_table_share:
 * @self: the rows, and the groups
 * @condition: a condition
 * @part: rows for which it holds
 * @whole: rows of which it can be told
 * @known: (nullable): what these have, if they are not all of the rows
 *
 * Returns: whether there is an answer
 */
gboolean
errata_ask_table_share(AskRun *self,
                       const char *condition,
                       const ErrataRows *part,
                       ErrataRows *whole,
                       const char *known)
{
    static const char *const headings[] = {"rows", "share of the group"};
    g_autoptr(GPtrArray) noted = g_ptr_array_new_with_free_func(table_noted_free);
    g_autofree char *subject = errata_ask_share_subject(self, whole, known);
    g_autofree char *said = errata_ask_say(self, condition);
    g_autofree char *by = table_by(self);
    gboolean errors = g_str_equal(condition, "error") &&
                      self->data->outcome->task != ERRATA_TASK_REGRESSION;
    g_autofree char *name = g_strdup_printf("rows where %s, out", said);
    g_autofree char *share = errors ? g_strdup_printf("error rate by %s", by)
                                    : table_share_of("those", by);
    TablePlan plan = {.noted = noted, .part = part, .subject = subject};
    ErrataRows *rows = self->rows;
    gboolean told;

    g_ptr_array_add(noted, table_noted_new(NULL, name, -1));
    ((TableNoted *)g_ptr_array_index(noted, 0))->counts = TRUE;
    table_note_share(&plan, share);
    table_set_order(self, &plan, table_is_of_names(self));
    table_begin(self, headings, noted->len);
    self->rows = whole;
    told = table_run(self, &plan, table_shares);
    self->rows = rows;
    return told;
}

/* @names: (array zero-terminated=1): of at most ERRATA_ASK_METRICS_MAX metrics */
gboolean
errata_ask_table_metrics(AskRun *self, const char *const *names, int class_index)
{
    const char *headings[ERRATA_ASK_METRICS_MAX + 1] = {"rows"};
    g_autoptr(GPtrArray) noted = g_ptr_array_new_with_free_func(table_noted_free);
    g_autofree char *subject = errata_ask_measure_subject(self);
    g_autoptr(ErrataRows) judged = errata_ask_measure_judged(self);
    TablePlan plan = {.noted = noted, .subject = subject};
    ErrataRows *rows = self->rows;
    gboolean told;
    guint n = 0;

    for (; names[n] != NULL && n < ERRATA_ASK_METRICS_MAX; n++) {
        TableNoted *one = table_noted_new(names[n], names[n], class_index);

        one->by_class = table_is_by_class(self, names[n], class_index);
        g_ptr_array_add(noted, one);
        headings[n + 1] = names[n];
    }
    if (n > 0 && !((const TableNoted *)g_ptr_array_index(noted, 0))->by_class &&
        table_are_classes(self) && self->data->schema->n_classes > TABLE_CLASSES)
        return errata_ask_refuse(self,
                                 "there are %u classes, too many groups to measure each; recall, "
                                 "precision and f1 by class are told",
                                 self->data->schema->n_classes);
    table_begin(self, headings, n + 1);
    if (errata_rows_count(judged) > 0) /* else the answer says that none is judged */
        self->rows = judged;
    told = table_run(self, &plan, table_metrics);
    g_clear_pointer(&plan.all, g_array_unref);
    self->rows = rows;
    return told;
}

gboolean
errata_ask_table_describe(AskRun *self, const char *name)
{
    static const char *const headings[] = {"with a value", "mean", "median"};
    const ErrataColumn *column = errata_ask_column(self, name);
    g_autoptr(GPtrArray) noted = g_ptr_array_new_with_free_func(table_noted_free);
    g_autofree char *mean = NULL;
    g_autofree char *median = NULL;
    TablePlan plan = {.noted = noted, .column = name};

    if (column == NULL)
        return FALSE;
    if (!errata_column_is_numeric(column))
        return errata_ask_refuse(self,
                                 "%s holds no numbers, and means are told of numbers; count its "
                                 "values with group COLUMN, %s | count",
                                 name,
                                 name);
    mean = g_strdup_printf("mean of %s", name);
    median = g_strdup_printf("median of %s", name);
    g_ptr_array_add(noted, table_noted_new(NULL, mean, -1));
    g_ptr_array_add(noted, table_noted_new(NULL, median, -1));
    table_begin(self, headings, G_N_ELEMENTS(headings));
    return table_run(self, &plan, table_means);
}
