/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a column that came in another unit, as a candidate: of all rows of a window, or of those
 * of one sender. */
#include <math.h>

#include "data-bugs.h"
#include "precision.h"

#define TOLD_LEAST 30   /* rows: fewer are shown only */
#define TOLD_ASIDE 0.2  /* of the rows: more than these are not left out, the column is */
#define TOLD_UNIT  1e-3 /* by which a factor, rounded, may miss a unit's */

/* gives the candidate its rows, those of the window that have a value, and the group they are of */
static void
told_rows(const ErrataDataBugs *self,
          ErrataDataBug *bug,
          const ErrataDataBugsRows *rows,
          gsize from,
          gsize to)
{
    const ErrataColumn *column = self->analysis->frame->columns[bug->column];
    gsize all = self->analysis->outcome->n_rows;

    for (gsize i = from; i < to; i++)
        if (errata_column_is_valid(column, rows->order[i]))
            g_array_append_val(bug->row, rows->order[i]);
    bug->n_rows = bug->row->len;
    bug->has_window = TRUE;
    bug->from = rows->place == NULL || from == 0 ? from : rows->place[from];
    bug->to = rows->place == NULL ? to : to == rows->n_rows ? all : rows->place[to - 1] + 1;
    if (rows->bin == NULL)
        return;
    bug->group.words = g_strdup_printf("%s is %s", rows->bin->name, rows->bin->labels[rows->code]);
    bug->group.bin[0] = rows->bin;
    bug->group.code[0] = rows->code;
    bug->group.n = to - from;
    bug->group.n_hit = bug->n_rows;
    bug->group.n_rest = bug->to - bug->from - bug->group.n;
}

/* “ where sensor is s2 since 3 May, in 120 rows”: which rows the candidate has */
static char *
told_place(const ErrataDataBugs *self, const ErrataDataBug *bug)
{
    g_autofree char *when = errata_data_bugs_when(self, bug->from, bug->to);
    g_autofree char *count = errata_data_bugs_count(bug->n_rows);
    const char *group = bug->group.words;

    return g_strdup_printf("%s%s %s, in %s rows",
                           group != NULL ? " where " : "",
                           group != NULL ? group : "",
                           when,
                           count);
}

/**
 * errata_data_bugs_add_unit:
 * @self: what was found so far
 * @index: the column
 * @rows: those that were looked at
 * @from: place among them of the first that came in the other unit
 * @to: place behind the last
 * @factor: how they came
 *
 * Returns: (transfer none): the bug; its p and test are the caller's
 */
ErrataDataBug *
errata_data_bugs_add_unit(ErrataDataBugs *self,
                          guint index,
                          const ErrataDataBugsRows *rows,
                          gsize from,
                          gsize to,
                          const ErrataUnitFactor *factor)
{
    const ErrataColumn *column = self->analysis->frame->columns[index];
    ErrataDataBug *bug = errata_data_bugs_add(self, "unit-change", (int)index);
    g_autofree char *words = errata_unit_factor_words(factor);
    g_autofree char *place = NULL;

    told_rows(self, bug, rows, from, to);
    bug->factor = factor->kind == ERRATA_UNIT_LINEAR && fabs(factor->scale - 1.0) > 0.0
                      ? factor->scale
                      : (double)NAN;
    if (factor->kind == ERRATA_UNIT_LINEAR && fabs(factor->offset) > 0.0)
        bug->offset = factor->offset;
    bug->small = bug->n_rows < TOLD_LEAST;
    bug->set_aside = (double)bug->n_rows < TOLD_ASIDE * (double)column->n_rows;
    if (!bug->set_aside)
        self->analysis->exclude[index] = 1;
    place = told_place(self, bug);
    bug->title = g_strdup_printf("%s arrives %s%s", column->name, words, place);
    bug->action = g_strdup_printf("Restore %s in these rows (they came %s), score them again, and "
                                  "reject a sudden change of its unit",
                                  column->name,
                                  words);
    return bug;
}

void
errata_data_bugs_doubt_unit(const ErrataDataBugs *self,
                            ErrataDataBug *bug,
                            const ErrataUnitFactor *factor,
                            const ErrataUnitMeasure *measured)
{
    const char *name = self->analysis->frame->columns[bug->column]->name;
    g_autofree char *words = errata_unit_factor_words(factor);
    g_autofree char *place = told_place(self, bug);

    g_free(bug->title);
    g_free(bug->action);
    bug->title =
        g_strdup_printf("%s is %.2g times what it was%s: it arrives %s, or what it measures has "
                        "changed",
                        name,
                        measured->factor,
                        place,
                        words);
    bug->action =
        g_strdup_printf("Ask whether the unit of %s changed or what it measures did: restore "
                        "it in these rows in the one case, train again in the other",
                        name);
}

void
errata_data_bugs_doubt_group(const ErrataDataBugs *self,
                             ErrataDataBug *bug,
                             const ErrataUnitFactor *factor,
                             const ErrataUnitMeasure *measured)
{
    const char *name = self->analysis->frame->columns[bug->column]->name;
    g_autofree char *words = errata_unit_factor_words(factor);
    g_autofree char *count = errata_data_bugs_count(bug->n_rows);
    g_autofree char *size = NULL;

    g_free(bug->title);
    g_free(bug->action);
    size = measured != NULL ? g_strdup_printf("%.2g times what it is elsewhere", measured->factor)
                            : g_strdup("in another range than elsewhere");
    bug->title = g_strdup_printf("%s is %s where %s, in %s rows: it arrives %s, or is so there",
                                 name,
                                 size,
                                 bug->group.words,
                                 count,
                                 words);
    bug->action = g_strdup_printf("Ask in which unit %s comes where %s: restore it in these rows "
                                  "if it is another",
                                  name,
                                  bug->group.words);
}

void
errata_data_bugs_waver(const ErrataDataBugs *self,
                       ErrataDataBug *bug,
                       const ErrataUnitFactor *factor,
                       const ErrataUnitFactor *other)
{
    const char *name = self->analysis->frame->columns[bug->column]->name;
    g_autofree char *words = errata_unit_factor_words(factor);
    g_autofree char *second = errata_unit_factor_words(other);
    g_autofree char *place = told_place(self, bug);

    g_free(bug->title);
    g_free(bug->action);
    bug->unsure = TRUE;
    bug->title = g_strdup_printf("%s arrives %s, or %s, which fits about as well,%s",
                                 name,
                                 words,
                                 second,
                                 place);
    bug->action = g_strdup_printf("Find out how %s came in these rows (%s or %s), restore it and "
                                  "score them again",
                                  name,
                                  words,
                                  second);
}

/* “multiplied by 25 (24.9–25.1)”, “divided by 3 (2.98–3.03)” */
static char *
told_words(double scale, const ErrataUnitMeasure *measured)
{
    gboolean less = scale < 1.0;
    double lo = less ? 1.0 / measured->hi : measured->lo;
    double hi = less ? 1.0 / measured->lo : measured->hi;
    double value = less ? 1.0 / scale : scale;
    int place = (int)floor(log10(fmax((hi - lo) / 3.0, 1e-9 * value)));
    g_autofree char *from = errata_precision_print(lo, place);
    g_autofree char *to = errata_precision_print(hi, place);

    return g_strdup_printf("%s by %.4g (%s–%s)", less ? "divided" : "multiplied", value, from, to);
}

/* whether it is what a unit that is not rare has, after all: another check had its doubts */
static gboolean
told_is_unit(double scale)
{
    for (guint i = 0; i < errata_unit_factor_count(); i++) {
        const ErrataUnitFactor *unit = errata_unit_factor(i);

        if (unit->kind == ERRATA_UNIT_LINEAR && !(fabs(unit->offset) > 0.0) &&
            unit->prior < ERRATA_UNIT_RARE && fabs(scale / unit->scale - 1.0) < TOLD_UNIT)
            return TRUE;
    }
    return FALSE;
}

/**
 * errata_data_bugs_add_scaled:
 * @self: what was found so far
 * @index: the column
 * @rows: those that were looked at
 * @from: place among them of the first that came multiplied
 * @to: place behind the last
 * @scale: by what
 * @measured: that, with its interval
 *
 * Returns: (transfer none): the bug; its p and test are the caller's
 */
ErrataDataBug *
errata_data_bugs_add_scaled(ErrataDataBugs *self,
                            guint index,
                            const ErrataDataBugsRows *rows,
                            gsize from,
                            gsize to,
                            double scale,
                            const ErrataUnitMeasure *measured)
{
    ErrataDataBug *bug = errata_data_bugs_add(self, "unit-change", (int)index);
    const ErrataColumn *column = self->analysis->frame->columns[index];
    g_autofree char *words = told_words(scale, measured);
    g_autofree char *place = NULL;

    told_rows(self, bug, rows, from, to);
    bug->open = !told_is_unit(scale);
    bug->factor = scale;
    bug->factor_lo = measured->lo;
    bug->factor_hi = measured->hi;
    bug->set_aside = (double)bug->n_rows < TOLD_ASIDE * (double)column->n_rows;
    place = told_place(self, bug);
    bug->title = g_strdup_printf("%s came %s%s", column->name, words, place);
    bug->action = g_strdup_printf("Find out what %s %s in these rows: restore it and score them "
                                  "again if that was a fault, not if what it measures was so",
                                  scale < 1.0 ? "divided" : "multiplied",
                                  column->name);
    return bug;
}
