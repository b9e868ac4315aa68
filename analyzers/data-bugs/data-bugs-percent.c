/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores that come as percentages for a while, once or a few times, in one column or in those of
 * all classes at once: each window is told once, with its columns. */
#include <math.h>

#include "data-bugs.h"
#include "outcome-percent.h"

#define PERCENT_FEW   50  /* rows: fewer concern nobody */
#define PERCENT_ASIDE 0.5 /* of the rows: more are not left out, only their scores are */
#define PERCENT_SAME  0.5 /* of a window that is another column's, too */

/* a column of scores */
typedef struct {
    guint index;
    guint n;
    ErrataPercentWindow of[ERRATA_PERCENT_WINDOWS];
} PercentColumn;

static GArray *
percent_columns(ErrataDataBugs *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    GArray *columns = g_array_new(FALSE, FALSE, sizeof(PercentColumn));

    for (guint c = 0; c < analysis->frame->n_columns; c++) {
        const ErrataColumn *data;
        PercentColumn column = {.index = c};
        g_autofree double *number = NULL;

        if (analysis->schema->columns[c].role != ERRATA_ROLE_SCORE)
            continue; /* what is derived is not in the log */
        data = errata_data_bugs_raw(self, c);
        if (!errata_column_is_numeric(data))
            continue;
        self->n_tried++;
        number = errata_column_numbers(data);
        column.n = errata_outcome_percent_windows(number,
                                                  analysis->outcome->order,
                                                  data->n_rows,
                                                  column.of);
        if (column.n > 0)
            g_array_append_val(columns, column);
    }
    return columns;
}

/* takes the window of another column that is the same one, joined to @window */
static gboolean
percent_take(PercentColumn *column, ErrataPercentWindow *window)
{
    for (guint k = 0; k < column->n; k++) {
        ErrataPercentWindow *own = &column->of[k];
        double shared = (double)MIN(own->to, window->to) - (double)MAX(own->from, window->from);

        if (shared < PERCENT_SAME * (double)(own->to - own->from))
            continue;
        window->from = MIN(window->from, own->from);
        window->to = MAX(window->to, own->to);
        *own = column->of[--column->n];
        return TRUE;
    }
    return FALSE;
}

static void
percent_tell(ErrataDataBugs *self,
             guint index,
             const ErrataPercentWindow *window,
             const char *names,
             gboolean many)
{
    ErrataDataBug *bug = errata_data_bugs_add(self, "unit-change", (int)index);
    g_autofree char *when = errata_data_bugs_when(self, window->from, window->to);
    g_autofree char *count = NULL;

    errata_data_bugs_window(self, bug, window->from, window->to, NULL, NULL);
    count = errata_data_bugs_count(bug->n_rows);
    bug->small = bug->n_rows < PERCENT_FEW;
    bug->set_aside = (double)bug->n_rows <= PERCENT_ASIDE * (double)self->analysis->frame->n_rows;
    bug->factor = 100.0;
    bug->title = g_strdup_printf(many ? "%s arrive as percentages %s, in %s rows"
                                      : "%s arrives as a percentage %s, in %s rows",
                                 names,
                                 when,
                                 count);
    bug->action = g_strdup_printf("Divide %s by 100 in these rows, and reject scores above 1",
                                  names);
}

/* “a, b and c”: @index, and the columns of the same window behind it */
static char *
percent_names(const ErrataDataBugs *self,
              GArray *columns,
              guint at,
              ErrataPercentWindow *window,
              gboolean *ret_many)
{
    const ErrataFrame *frame = self->analysis->frame;
    const PercentColumn *first = &g_array_index(columns, PercentColumn, at);
    GString *names = g_string_new(frame->columns[first->index]->name);
    const char *last = NULL;

    for (guint i = at + 1; i < columns->len; i++) {
        PercentColumn *other = &g_array_index(columns, PercentColumn, i);

        if (!percent_take(other, window))
            continue;
        if (last != NULL)
            g_string_append_printf(names, ", %s", last);
        last = frame->columns[other->index]->name;
    }
    if (last != NULL)
        g_string_append_printf(names, " and %s", last);
    *ret_many = last != NULL;
    return g_string_free(names, FALSE);
}

/**
 * errata_data_bugs_percent:
 * @self: what was found so far
 *
 * Windows in which scores are percentages. Linear in the values.
 */
void
errata_data_bugs_percent(ErrataDataBugs *self)
{
    g_autoptr(GArray) columns = NULL;

    if (self->analysis->outcome->task == ERRATA_TASK_REGRESSION)
        return;
    columns = percent_columns(self);
    for (guint i = 0; i < columns->len; i++) {
        const PercentColumn *column = &g_array_index(columns, PercentColumn, i);

        for (guint k = 0; k < column->n; k++) {
            ErrataPercentWindow window = column->of[k];
            gboolean many;
            g_autofree char *names = percent_names(self, columns, i, &window, &many);

            percent_tell(self, column->index, &window, names, many);
        }
    }
}
