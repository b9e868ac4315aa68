/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that a sound pipeline does not send: one value only, numbers far beyond the reference,
 * cells that are not of the column's type. */
#include <math.h>
#include <string.h>

#include "column-view.h"
#include "data-bugs.h"
#include "entity-effect.h"
#include "number.h"
#include "outside.h"
#include "restriction.h"
#include "select.h"
#include "sort.h"
#include "spoken.h"
#include "tests.h"
#include "words.h"

#define VALUES_FILLED 0.99 /* of the rows, above which a column of one value tells them not apart */
#define VALUES_FAR    0.5 /* of the reference's central range: further out is impossible, not rare */
#define VALUES_SKEW   0.1  /* share of the first rows out of range: so since the beginning */
#define VALUES_FIRST  0.3  /* which rows are the first */
#define VALUES_RUN    20   /* more words than numbers, in a stretch of a column of numbers … */
#define VALUES_WHOLE  0.9  /* … that has so many of them, and hardly any number */
#define VALUES_NUMBER 0.05 /* change of the share of cells that are numbers */
#define VALUES_LEAST  50   /* values that have a range */
#define VALUES_CHUNK  1024
#define VALUES_GREW   0.02 /* of the rows beyond the range, from which on the others are asked … */
#define VALUES_LASTS \
    0.6 /* of the rows from some place to the end, that lie beyond: it is no stray */
#define VALUES_MOVED \
    0.2 /* … whether so many more than half are on that side of the first half's middle */
#define VALUES_BEYOND 5 /* rows beyond the range that are worth a look */

/* the column in the reference, or %NULL */
static const ErrataColumn *
values_reference(const ErrataDataBugs *self, guint index)
{
    return self->analysis->reference != NULL
               ? errata_frame_find(self->analysis->reference,
                                   self->analysis->frame->columns[index]->name,
                                   NULL)
               : NULL;
}

/* %TRUE with the hash of the only value when all cells that are there are equal */
static gboolean
values_only_one(const ErrataColumn *column, guint64 *ret_hash, gsize *ret_row)
{
    gboolean any = FALSE;

    for (gsize row = 0; row < column->n_rows; row++) {
        guint64 hash;

        if (!errata_column_is_valid(column, row))
            continue;
        hash = errata_column_hash(column, row);
        if (any && hash != *ret_hash)
            return FALSE;
        if (!any)
            *ret_row = row;
        *ret_hash = hash;
        any = TRUE;
    }
    return any;
}

/* whether all its values are infinities: a column of nothing else is one of strings */
static gboolean
values_are_infinite(const ErrataColumn *data)
{
    double value = 0.0;

    if (data->type != ERRATA_COLUMN_CATEGORY || data->n_dictionary == 0)
        return FALSE;
    for (guint i = 0; i < data->n_dictionary; i++)
        if (!errata_number_parse_double(data->dictionary[i], strlen(data->dictionary[i]), &value) ||
            isinf(value) == 0)
            return FALSE;
    return TRUE;
}

void
errata_data_bugs_constant(ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = self->analysis->frame->columns[column];
    const ErrataColumn *before = values_reference(self, column);
    guint64 hash = 0;
    gsize row = 0;
    gsize same = 0;
    gsize n = data->n_rows - data->n_missing;
    gboolean filled = (double)n > VALUES_FILLED * (double)data->n_rows;
    gboolean harmless;
    ErrataDataBug *bug;

    self->n_tried++;
    if (!values_only_one(data, &hash, &row))
        return;
    if (filled)
        self->analysis->exclude[column] = 1;
    if (values_are_infinite(errata_data_bugs_raw(self, column)))
        return; /* told as such */
    if (before == NULL && errata_restriction_wanted(self->analysis->settings))
        return; /* rows were chosen that have it */
    for (gsize i = 0; before != NULL && i < before->n_rows; i++)
        same += errata_column_is_valid(before, i) && errata_column_hash(before, i) == hash ? 1 : 0;
    harmless = before == NULL || same + before->n_missing == before->n_rows;
    if (harmless && !filled)
        return; /* an empty cell is its second value */
    bug = errata_data_bugs_add(self, "constant", (int)column);
    bug->value = errata_column_print(data, row);
    bug->n_rows = n;
    bug->harmless = harmless;
    bug->after = 1.0;
    if (!harmless) {
        double share = (double)same / (double)(before->n_rows - before->n_missing);

        bug->before = share;
        bug->p = exp((double)n * log(MAX(share, 1e-12)));
        bug->test = "chance that all rows have this value";
    }
    bug->title = g_strdup_printf(bug->harmless ? "%s has one value only: %s"
                                               : "%s is stuck at %s; it varies in the reference",
                                 data->name,
                                 bug->value);
    bug->action = g_strdup_printf(bug->harmless ? "Leave %s out of the model: it tells nothing"
                                                : "Repair what feeds %s, then score the rows again",
                                  data->name);
}

/* what the log is compared with: the reference's column, or the rows of the baseline */
typedef struct {
    const ErrataColumn *column;
    const guint8 *mask; /* nullable: 1 for the rows that are part of it */
    const guint8 *copy; /* nullable: 1 for the rows that are not */
} ValuesBefore;

static ValuesBefore
values_before(const ErrataDataBugs *self, guint index)
{
    const ErrataColumn *reference = values_reference(self, index);

    if (reference != NULL)
        return (ValuesBefore){reference, NULL, NULL};
    return (
        ValuesBefore){self->analysis->frame->columns[index], self->analysis->baseline, self->copy};
}

/* the numbers of some rows, NaN for what is no part of it */
static void
values_before_read(const ValuesBefore *self, gsize begin, gsize n, double *ret_value)
{
    errata_column_read(self->column, begin, n, ret_value);
    for (gsize i = 0; self->mask != NULL && i < n; i++)
        ret_value[i] = self->mask[begin + i] != 0 ? ret_value[i] : (double)NAN;
    for (gsize i = 0; self->copy != NULL && i < n; i++)
        ret_value[i] = self->copy[begin + i] == 0 ? ret_value[i] : (double)NAN;
}

/* its ends. Returns: how many numbers it has */
static gsize
values_before_ends(const ValuesBefore *self, double *ret_ends)
{
    double chunk[VALUES_CHUNK];
    guint64 n = 0;

    ret_ends[0] = (double)INFINITY;
    ret_ends[1] = -(double)INFINITY;
    for (gsize begin = 0; begin < self->column->n_rows; begin += VALUES_CHUNK) {
        gsize size = MIN(self->column->n_rows - begin, VALUES_CHUNK);

        values_before_read(self, begin, size, chunk);
        n += errata_outside_ends(chunk, size, &ret_ends[0], &ret_ends[1]);
    }
    return n;
}

/* how far beyond its ends is far */
static double
values_before_far(const ValuesBefore *self, gsize n)
{
    static const double at[] = {0.001, 0.999};
    g_autofree double *values = g_new(double, n + 1);
    double chunk[VALUES_CHUNK], quantile[G_N_ELEMENTS(at)];
    gsize kept = 0;

    for (gsize begin = 0; begin < self->column->n_rows; begin += VALUES_CHUNK) {
        gsize size = MIN(self->column->n_rows - begin, VALUES_CHUNK);

        values_before_read(self, begin, size, chunk);
        for (gsize i = 0; i < size; i++) {
            values[kept] = chunk[i];
            kept += isnan(chunk[i]) ? 0 : 1;
        }
    }
    errata_select_quantiles(values, n, at, G_N_ELEMENTS(at), quantile);
    return VALUES_FAR * (quantile[1] - quantile[0]);
}

/* the value that most of the rows have */
static char *
values_most_common(const ErrataColumn *column, const GArray *rows, gsize *ret_count)
{
    g_autofree double *values = g_new(double, rows->len + 1);
    char buffer[ERRATA_NUMBER_BUFFER];
    gsize best = 0;
    gsize length = 0;
    double value = 0.0;

    for (guint i = 0; i < rows->len; i++)
        values[i] = errata_column_number(column, g_array_index(rows, guint32, i));
    errata_sort_values(values, rows->len);
    for (guint i = 0; i < rows->len; i++) {
        length = i > 0 && !(values[i - 1] < values[i]) ? length + 1 : 1;
        if (length > best) {
            best = length;
            value = values[i];
        }
    }
    *ret_count = best;
    return g_strdup(errata_number_print(value, buffer));
}

static void
values_describe_range(ErrataDataBug *bug, const ErrataColumn *column, gboolean has_reference)
{
    const char *what = has_reference ? "the reference" : "the first half";
    g_autofree char *count = errata_data_bugs_count(bug->n_rows);
    g_autofree char *lo = errata_spoken_number(bug->lo);
    g_autofree char *hi = errata_spoken_number(bug->hi);
    g_autofree char *at = NULL;
    gsize most = 0;

    bug->value = values_most_common(column, bug->row, &most);
    at = errata_spoken_number(g_ascii_strtod(bug->value, NULL));
    if (2 * most >= bug->n_rows && most > 1)
        bug->title = g_strdup_printf(
            "%s lies outside its range in %s rows, mostly at %s: %s runs from %s to %s",
            column->name,
            count,
            at,
            what,
            lo,
            hi);
    else
        bug->title =
            g_strdup_printf("%s lies far outside its range in %s rows: %s runs from %s to %s",
                            column->name,
                            count,
                            what,
                            lo,
                            hi);
    bug->action =
        g_strdup_printf("Check the unit and the missing code of %s, and reject such values "
                        "before they are scored",
                        column->name);
}

/* how many numbers of a column lie beyond two ends */
static gsize
values_n_beyond(const ErrataColumn *column, double lo, double hi)
{
    double chunk[VALUES_CHUNK];
    guint16 place[VALUES_CHUNK];
    guint64 n = 0;

    for (gsize begin = 0; begin < column->n_rows; begin += VALUES_CHUNK) {
        gsize size = MIN(column->n_rows - begin, VALUES_CHUNK);
        const double *value = errata_column_view(column, begin, size, chunk);
        gsize found = errata_outside_find(value, size, lo, hi, place);

        for (gsize k = 0; k < found; k++)
            n += (guint64)(value[place[k]] < lo) + (guint64)(value[place[k]] > hi);
    }
    return n;
}

/* rows of the candidate's column that lie @far beyond its ends, in time order; the rest of the rows
 * that count are only counted. Returns: how many of them are among the first rows */
static gsize
values_take_beyond(const ErrataDataBugs *self,
                   ErrataDataBug *bug,
                   double far,
                   const guint8 *baseline,
                   gsize *ret_n_now)
{
    const ErrataColumn *data = self->analysis->frame->columns[bug->column];
    g_autofree guint8 *claimed = errata_data_bugs_claimed(self, (guint)bug->column);
    g_autofree double *owned = data->type != ERRATA_COLUMN_F64 ? errata_column_numbers(data) : NULL;
    const double *value = owned != NULL ? owned : data->f64;
    gsize n_beyond = 0, n_first = 0;
    double lo = bug->lo - far, hi = bug->hi + far;

    *ret_n_now = 0;
    for (gsize row = 0; row < data->n_rows; row++) {
        gboolean counts = !isnan(value[row]) && claimed[row] == 0 &&
                          (baseline == NULL || baseline[row] == 0);

        *ret_n_now += counts ? 1 : 0;
        claimed[row] = counts && !(value[row] >= lo && value[row] <= hi);
        n_beyond += claimed[row];
    }
    for (gsize i = 0; n_beyond > 0 && i < data->n_rows; i++) {
        guint32 row = self->analysis->outcome->order[i];

        if (claimed[row] == 0)
            continue;
        g_array_append_val(bug->row, row);
        n_first += (double)i < VALUES_FIRST * (double)data->n_rows ? 1 : 0;
    }
    return n_first;
}

/* those of the rows that came there at once: the value before lay within the range. A series that
 * wanders off passes through all that is between */
static gsize
values_n_sudden(const ErrataDataBugs *self, const ErrataDataBug *bug)
{
    const ErrataColumn *data = self->analysis->frame->columns[bug->column];
    const guint32 *order = self->analysis->outcome->order;
    gboolean sudden = TRUE;
    gsize next = 0;
    gsize n = 0;

    for (gsize i = 0; i < data->n_rows && next < bug->row->len; i++) {
        double value = errata_column_number(data, order[i]);

        if (order[i] == g_array_index(bug->row, guint32, next)) {
            n += sudden ? 1 : 0;
            next++;
        } else if (!isnan(value)) {
            sudden = value >= bug->lo && value <= bug->hi;
        }
    }
    return n;
}

/* whether the rows within the range moved towards the rows beyond it, too: the column grew, and
 * these are only its ends */
static gboolean
values_moved(const ErrataDataBug *bug, const ErrataColumn *data, const guint8 *baseline)
{
    static const double half = 0.5;
    g_autofree double *before = g_new(double, data->n_rows + 1);
    g_autofree guint8 *beyond = g_new0(guint8, data->n_rows + 1);
    double middle = 0.0, n_above = 0.0, n_below = 0.0, n_high = 0.0, share;
    gsize n = 0;

    for (guint i = 0; i < bug->row->len; i++) {
        guint32 row = g_array_index(bug->row, guint32, i);

        beyond[row] = 1;
        n_high += errata_column_number(data, row) > bug->hi ? 1.0 : 0.0;
    }
    for (gsize row = 0; row < data->n_rows; row++) {
        before[n] = baseline[row] != 0 ? errata_column_number(data, row) : (double)NAN;
        n += isnan(before[n]) ? 0 : 1;
    }
    errata_select_quantiles(before, n, &half, 1, &middle);
    for (gsize row = 0; row < data->n_rows; row++) {
        double value = errata_column_number(data, row);

        n_above += baseline[row] == 0 && beyond[row] == 0 && value > middle ? 1.0 : 0.0;
        n_below += baseline[row] == 0 && beyond[row] == 0 && value < middle ? 1.0 : 0.0;
    }
    share = n_above / fmax(n_above + n_below, 1.0);
    return 2.0 * n_high > (double)bug->row->len ? share > 0.5 + VALUES_MOVED
                                                : share < 0.5 - VALUES_MOVED;
}

/* whether nearly all rows from some place on to the last are beyond: the column moved for good */
static gboolean
values_lasts(const ErrataDataBugs *self, const ErrataDataBug *bug, const ErrataColumn *data)
{
    const guint32 *order = self->analysis->outcome->order;
    guint32 middle = g_array_index(bug->row, guint32, bug->row->len / 2);
    gsize from = 0, end, n[2] = {0, 0}, n_beyond[2] = {0, 0};

    while (order[from] != middle)
        from++;
    end = data->n_rows - (data->n_rows - from) / 10;
    for (gsize i = from; i < data->n_rows; i++) {
        double value = errata_column_number(data, order[i]);
        guint last = i >= end ? 1 : 0;

        n[last] += isnan(value) ? 0 : 1;
        n_beyond[last] += value < bug->lo || value > bug->hi ? 1 : 0;
    }
    return (double)n_beyond[0] >= VALUES_LASTS * (double)n[0] &&
           (double)n_beyond[1] >= VALUES_LASTS * (double)n[1];
}

/* entities of the rows that @mask has as @mark; those of all rows without a mask */
static gsize
values_n_entities(const ErrataOutcome *outcome, const guint8 *mask, guint8 mark)
{
    g_autofree guint32 *row = g_new(guint32, MAX(outcome->n_rows, 1));
    gsize n = 0;

    for (gsize i = 0; i < outcome->n_rows; i++)
        if (mask == NULL || mask[i] == mark)
            row[n++] = (guint32)i;
    return errata_entity_effect_count(outcome, row, n);
}

/* p of so many rows beyond one end, of @n_now, given @n_before others. Where rows belong together
 * it is that of so many customers: one who is far out is far out in each of his rows */
static double
values_beyond_p(const ErrataDataBugs *self,
                const ErrataDataBug *bug,
                const ValuesBefore *before,
                gsize n_now,
                gsize n_before)
{
    const ErrataAnalysis *analysis = self->analysis;
    const ErrataOutcome *log = analysis->outcome;
    const ErrataOutcome *other = before->mask != NULL ? log : analysis->reference_outcome;
    gsize n = values_n_sudden(self, bug);

    if (log->entity != NULL && other != NULL && other->entity != NULL) {
        const guint32 *row = (const guint32 *)(gconstpointer)bug->row->data;

        n = MIN(n, errata_entity_effect_count(log, row, bug->row->len));
        n_now = values_n_entities(log, before->mask, 0);
        n_before = values_n_entities(other, before->mask, 1);
    }
    return MIN(2.0 * exp((double)n * log1p(-(double)n_before / (double)(n_now + n_before))), 1.0);
}

/**
 * errata_data_bugs_range:
 *
 * Rows further outside the reference's range than half of its central 99.8 %. With n_r reference
 * values and n rows exchangeable, P(at least k rows beyond one end) ≤ (n / (n + n_r))^k: more than
 * that is no accident of a finite reference. Only rows that got there at once are counted for it,
 * or the entities that those are of.
 * Against the first half, a column that moved as a whole, or for good, is left to drift.
 */
void
errata_data_bugs_range(ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = self->analysis->frame->columns[column];
    ValuesBefore before = values_before(self, column);
    gboolean has_reference = before.column != data;
    gsize n_before, n_now = 0, n_first;
    double ends[2], far;
    ErrataDataBug *bug;

    if (!errata_column_is_numeric(data) || errata_column_is_counter(data) ||
        (!has_reference && before.mask == NULL))
        return;
    n_before = values_before_ends(&before, ends);
    if (n_before < VALUES_LEAST)
        return;
    self->n_tried++;
    if (values_n_beyond(data, ends[0], ends[1]) < VALUES_BEYOND)
        return; /* as most columns: how far is far need not be known */
    far = values_before_far(&before, n_before);
    if (!(far > 0.0) || values_n_beyond(data, ends[0] - far, ends[1] + far) < VALUES_BEYOND)
        return;
    bug = errata_data_bugs_add(self, "out-of-range", (int)column);
    bug->lo = ends[0];
    bug->hi = ends[1];
    n_first = values_take_beyond(self, bug, far, before.mask, &n_now);
    bug->n_rows = bug->row->len;
    bug->p = values_beyond_p(self, bug, &before, n_now, n_before);
    bug->test = "rows beyond the ends of a sample";
    bug->after = (double)bug->n_rows / (double)MAX(n_now, 1);
    if (bug->n_rows < VALUES_BEYOND || /* others told of the rest */
        (!has_reference && (values_lasts(self, bug, data) ||
                            (bug->after > VALUES_GREW && values_moved(bug, data, before.mask))))) {
        g_ptr_array_remove_index(self->bugs, self->bugs->len - 1);
        return;
    }
    bug->small = bug->n_rows < errata_data_bugs_enough(n_now) && bug->n_rows < 20;
    bug->set_aside = bug->after < VALUES_SKEW;
    values_describe_range(bug, data, has_reference);
    if (has_reference && (double)n_first >= VALUES_SKEW * VALUES_FIRST * (double)data->n_rows)
        bug->bug = "train-serve-skew";
}

/* share of the strings that are numbers, over the rows with the given mark (all when @mask is
 * NULL) */
static double
values_share_numbers(const ErrataColumn *column, const guint8 *mask, guint8 mark, gsize *ret_n)
{
    g_autofree gboolean *is_number = g_new0(gboolean, column->n_dictionary + 1);
    gsize n = 0;
    gsize n_numbers = 0;
    double number;

    for (guint i = 0; i < column->n_dictionary; i++)
        is_number[i] = errata_number_parse_double(column->dictionary[i],
                                                  strlen(column->dictionary[i]),
                                                  &number);
    for (gsize row = 0; row < column->n_rows; row++) {
        if (!errata_column_is_valid(column, row) || (mask != NULL && mask[row] != mark))
            continue;
        n++;
        n_numbers += is_number[column->code[row]] ? 1 : 0;
    }
    *ret_n = n;
    return n > 0 ? (double)n_numbers / (double)n : 0.0;
}

/* the one stretch of rows in time order that holds nearly all words of a column of numbers, or
 * numbers of a column of words, and hardly anything else; how many they are, 0 if there is none */
static gsize
values_odd_run(const ErrataDataBugs *self,
               const ErrataColumn *column,
               const gboolean *is_odd,
               gsize *ret_from,
               gsize *ret_to)
{
    const guint32 *order = self->analysis->outcome->order;
    double sum = 0.0, most = 0.0;
    gsize start = 0, n_odd = 0, n_inside = 0, n = 0;

    for (gsize i = 0; i < column->n_rows; i++) { /* the run with the most of them over others */
        gboolean odd;

        if (!errata_column_is_valid(column, order[i]))
            continue;
        odd = is_odd[column->code[order[i]]];
        n++;
        n_odd += odd ? 1 : 0;
        if (!(sum > 0.0)) {
            sum = 0.0;
            start = i;
        }
        sum += odd ? 1.0 : -1.0;
        if (sum > most) {
            most = sum;
            *ret_from = start;
            *ret_to = i + 1;
        }
    }
    for (gsize i = *ret_from; most > 0.0 && i < *ret_to; i++)
        n_inside += errata_column_is_valid(column, order[i]) && is_odd[column->code[order[i]]];
    return most >= VALUES_RUN && most >= VALUES_WHOLE * (double)n_inside &&
                   (double)n_inside >= VALUES_WHOLE * (double)n_odd && 2 * n_odd < n
               ? n_inside
               : 0;
}

/* for a while numbers come as words, with a decimal comma, a unit, a sign, or words as numbers, by
 * a table of codes */
static gboolean
values_odd(ErrataDataBugs *self, guint index, gboolean numbers)
{
    const ErrataColumn *column = self->analysis->frame->columns[index];
    const guint32 *order = self->analysis->outcome->order;
    g_autofree gboolean *is_odd = g_new0(gboolean, column->n_dictionary + 1);
    g_autofree char *when = NULL, *count = NULL;
    gsize from = 0, to = 0;
    ErrataDataBug *bug;
    double number;

    for (guint i = 0; i < column->n_dictionary; i++)
        is_odd[i] = errata_number_parse_double(column->dictionary[i],
                                               strlen(column->dictionary[i]),
                                               &number) == numbers;
    self->n_tried++;
    if (values_odd_run(self, column, is_odd, &from, &to) == 0)
        return FALSE;
    bug = errata_data_bugs_add(self, "type-change", (int)index);
    for (gsize i = from; i < to; i++)
        if (errata_column_is_valid(column, order[i]) && is_odd[column->code[order[i]]])
            g_array_append_val(bug->row, order[i]);
    bug->n_rows = bug->row->len;
    bug->has_window = TRUE;
    bug->from = from;
    bug->to = to;
    bug->after = (double)bug->n_rows / (double)(to - from);
    bug->value = g_strdup(column->dictionary[column->code[order[from]]]);
    bug->small = bug->n_rows < errata_data_bugs_enough(column->n_rows);
    when = errata_data_bugs_when(self, from, to);
    count = errata_data_bugs_count(bug->n_rows);
    bug->mixed = numbers ? "numbers" : "words";
    bug->title = g_strdup_printf("%s holds %s %s, in %s rows: “%s”, say",
                                 column->name,
                                 numbers ? "numbers instead of words" : "no numbers",
                                 when,
                                 count,
                                 bug->value);
    bug->action =
        g_strdup_printf(numbers ? "Read the numbers of %s as the words that they stand for, and "
                                  "score these rows again"
                                : "Read the words of %s as the numbers that they mean, and have "
                                  "it sent as numbers only",
                        column->name);
    return TRUE;
}

static void
values_mixed(ErrataDataBugs *self, guint index)
{
    const ErrataColumn *column = self->analysis->frame->columns[index];
    const ErrataColumn *before = values_reference(self, index);
    gsize n_now = 0;
    gsize n_then = 0;
    double now;
    double then;
    g_autofree char *share_now = NULL;
    g_autofree char *share_then = NULL;
    ErrataDataBug *bug;

    if (before != NULL && errata_column_is_numeric(before)) {
        now = values_share_numbers(column, NULL, 0, &n_now);
        then = 1.0;
        n_then = before->n_rows - before->n_missing;
    } else if (before != NULL && before->type == ERRATA_COLUMN_CATEGORY) {
        now = values_share_numbers(column, NULL, 0, &n_now);
        then = values_share_numbers(before, NULL, 0, &n_then);
    } else if (before == NULL && self->analysis->baseline != NULL) {
        now = values_share_numbers(column, self->analysis->baseline, 0, &n_now);
        then = values_share_numbers(column, self->analysis->baseline, 1, &n_then);
    } else {
        return;
    }
    self->n_tried++;
    if (n_now < 20 || n_then < 20 || fabs(now - then) < VALUES_NUMBER)
        return;
    bug = errata_data_bugs_add(self, "type-change", (int)index);
    bug->p = errata_tests_two_proportions(now * (double)n_now,
                                          (double)n_now,
                                          then * (double)n_then,
                                          (double)n_then);
    bug->test = "two proportions";
    bug->before = then;
    bug->after = now;
    bug->n_rows = (gsize)(fabs(now - then) * (double)n_now);
    share_now = errata_words_share(now, (double)NAN, (double)NAN);
    share_then = errata_words_share(then, (double)NAN, (double)NAN);
    bug->title = g_strdup_printf("%s holds numbers in %s of the rows, before in %s",
                                 column->name,
                                 share_now,
                                 share_then);
    bug->action = g_strdup_printf("Have %s sent as one type again: all numbers or none",
                                  column->name);
}

void
errata_data_bugs_types(ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = self->analysis->frame->columns[column];
    g_autofree char *count = errata_data_bugs_count(data->n_unparsable);
    ErrataDataBug *bug;

    if (data->type == ERRATA_COLUMN_CATEGORY && !values_odd(self, column, FALSE) &&
        !values_odd(self, column, TRUE))
        values_mixed(self, column);
    self->n_tried++;
    if (data->n_unparsable == 0)
        return;
    bug = errata_data_bugs_add(self, "type-change", (int)column);
    bug->n_rows = data->n_unparsable;
    bug->test = NULL;
    bug->after = (double)data->n_unparsable / (double)data->n_rows;
    bug->small = bug->n_rows < errata_data_bugs_enough(data->n_rows);
    if (data->unparsable != NULL)
        bug->value = g_strdup(data->unparsable[0]);
    for (gsize row = 0; data->n_missing == data->n_unparsable && row < data->n_rows; row++)
        if (!errata_column_is_valid(data, row)) {
            guint32 number = (guint32)row;

            g_array_append_val(bug->row, number);
        }
    bug->spelled = data->n_unknown == data->n_unparsable;
    bug->set_aside = bug->row->len > 0 && !bug->small && !bug->spelled &&
                     (int)column != self->analysis->schema->time; /* what else they say holds */
    bug->title = g_strdup_printf("%s has %s %s that %s%s%s%s",
                                 data->name,
                                 count,
                                 data->n_unparsable == 1 ? "cell" : "cells",
                                 bug->spelled ? "spell out that there is no value"
                                              : "cannot be read as the others are",
                                 bug->value != NULL ? ", such as “" : "",
                                 bug->value != NULL ? bug->value : "",
                                 bug->value != NULL ? "”" : "");
    bug->action = g_strdup_printf("Clean %s where it is written; such cells are read as missing",
                                  data->name);
}

/**
 * errata_data_bugs_infinite:
 * @self: the checks
 * @column: a column of the frame
 *
 * Cells that hold ±infinity. Among numbers they read as missing, so their rows are told where
 * nothing else is missing.
 */
void
errata_data_bugs_infinite(ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = errata_data_bugs_raw(self, column);
    gboolean all = values_are_infinite(data);
    gsize n = all ? data->n_rows - data->n_missing : data->n_infinite;
    g_autofree char *count = errata_data_bugs_count(n);
    ErrataDataBug *bug;

    if (n == 0)
        return;
    self->n_tried++;
    bug = errata_data_bugs_add(self, "out-of-range", (int)column);
    bug->n_rows = n;
    bug->p = 0.0;
    bug->after = (double)n / (double)data->n_rows;
    bug->small = n < errata_data_bugs_enough(data->n_rows);
    for (guint32 row = 0; (all || data->n_missing == n) && row < data->n_rows; row++)
        if (errata_column_is_valid(data, row) == all)
            g_array_append_val(bug->row, row);
    bug->title = g_strdup_printf("%s is infinite in %s %s%s",
                                 data->name,
                                 count,
                                 n == 1 ? "row" : "rows",
                                 all ? " and has no other value: it cannot be used" : "");
    bug->action = g_strdup_printf("Find out what divides by zero or overflows where %s is computed",
                                  data->name);
    if (all)
        self->analysis->exclude[column] = 1;
}
