/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of rows, and ids given twice. Tables of few values have equal rows by chance: copies are
 * told from those by the rows that are equal in all columns but one. Where rows are copied there
 * are hardly more pairs of that kind than of wholly equal rows; by chance there are many more. What
 * a model made of a row is left out of that: equal inputs have equal scores, and others others.
 *
 * Where one column alone tells the rows of a coarse table apart, a clock in seconds or an amount,
 * many are equal but for it. By chance they have the same value hardly more often than values one,
 * two or a few steps apart, as rows have at large; copies have the same value and no near ones. */
#include <math.h>
#include <stdlib.h>

#include "data-bugs.h"
#include "rng.h"
#include "schema-name.h"
#include "sort.h"

#define DUPLICATES_TRIES 5 /* columns left out in turn, those with the most values */
#define DUPLICATES_COPY \
    0.5 /* of the way from chance to all nearly equal pairs being wholly equal */
#define DUPLICATES_STEPS  20.0 /* of a column's values, that are near */
#define DUPLICATES_TIMES  4.0  /* as often as by chance, and some more, … */
#define DUPLICATES_MORE   10.0 /* … pairs have one value where rows are copied … */
#define DUPLICATES_SMOOTH 2.0  /* … and so many times at most where they are not */
#define DUPLICATES_BITS   64   /* of a table of ids, for each row */
#define DUPLICATES_GLANCE 1000 /* ids that are looked at for digits */
#define DUPLICATES_ID     0.1  /* more repeated ids than this: the ids do not name rows */

static int
duplicates_compare_cb(gconstpointer a, gconstpointer b)
{
    guint64 x = *(const guint64 *)a;
    guint64 y = *(const guint64 *)b;

    return (x > y) - (x < y);
}

/* pairs of equal hashes, by their upper 53 bits: as numbers they sort faster */
static double
duplicates_pairs(const guint64 *hashes, gsize n)
{
    g_autofree double *sorted = g_new(double, n + 1);
    double pairs = 0.0;

    for (gsize row = 0; row < n; row++)
        sorted[row] = (double)(hashes[row] >> 11);
    errata_sort_values(sorted, n);
    for (gsize begin = 0, end = 0; begin < n; begin = end) {
        while (end < n && !(sorted[end] > sorted[begin]))
            end++;
        pairs += 0.5 * (double)(end - begin) * (double)(end - begin - 1);
    }
    return pairs;
}

/* adds the hashes of a column's cells to those of the rows, or takes them out again: a row's hash
 * is the sum over its content columns */
static void
duplicates_add_column(const ErrataColumn *column, guint index, guint64 sign, guint64 *hashes)
{
    g_autofree guint64 *dictionary = NULL;

    if (column->type == ERRATA_COLUMN_CATEGORY) {
        dictionary = g_new(guint64, column->n_dictionary + 1);
        for (guint i = 0; i < column->n_dictionary; i++)
            dictionary[i] = errata_rng_mix((guint64)i * 2 + 1);
    }
    for (gsize row = 0; row < column->n_rows; row++) {
        guint64 cell = dictionary != NULL && errata_column_is_valid(column, row)
                           ? dictionary[column->code[row]]
                           : errata_column_hash(column, row);

        hashes[row] += sign * errata_rng_mix(cell + index);
    }
}

static gboolean
duplicates_is_given(ErrataRole role)
{
    return role != ERRATA_ROLE_ID && role != ERRATA_ROLE_SCORE && role != ERRATA_ROLE_PREDICTION &&
           role != ERRATA_ROLE_ATTRIBUTION;
}

static guint64 *
duplicates_hashes(const ErrataDataBugs *self)
{
    const ErrataFrame *frame = self->analysis->frame;
    guint64 *hashes = g_new0(guint64, frame->n_rows + 1);

    for (guint i = 0; i < frame->n_columns; i++)
        if (duplicates_is_given(self->analysis->schema->columns[i].role))
            duplicates_add_column(frame->columns[i], i, 1, hashes);
    return hashes;
}

typedef struct {
    guint column;
    guint n_values;
    double chance; /* that two cells are equal */
} DuplicatesColumn;

static int
duplicates_column_cb(gconstpointer a, gconstpointer b)
{
    const DuplicatesColumn *x = a;
    const DuplicatesColumn *y = b;

    if (x->n_values != y->n_values)
        return x->n_values > y->n_values ? -1 : 1;
    return x->column < y->column ? -1 : 1;
}

/* values of a column among the first rows, and how often two of those are equal */
static guint
duplicates_n_values(const ErrataColumn *column, double *ret_chance)
{
    gsize n = MIN(column->n_rows, (gsize)5000);
    g_autofree guint64 *hashes = g_new(guint64, n + 1);
    guint n_values = 1;

    for (gsize row = 0; row < n; row++)
        hashes[row] = errata_column_hash(column, row);
    *ret_chance = n > 1 ? duplicates_pairs(hashes, n) / (0.5 * (double)n * (double)(n - 1)) : 1.0;
    qsort(hashes, n, sizeof(guint64), duplicates_compare_cb);
    for (gsize i = 1; i < n; i++)
        n_values += hashes[i - 1] != hashes[i] ? 1 : 0;
    return n_values;
}

/* pairs that have one value, and those whose values are a few steps apart */
typedef struct {
    double same;
    double near;
} DuplicatesTies;

static void
duplicates_ties(const double *sorted, gsize n, double width, DuplicatesTies *ties)
{
    for (gsize begin = 0, end = 0, reach = 0; begin < n; begin = end) {
        while (end < n && !(sorted[end] > sorted[begin]))
            end++;
        reach = MAX(reach, end);
        while (reach < n && sorted[reach] - sorted[begin] <= width)
            reach++;
        ties->same += 0.5 * (double)(end - begin) * (double)(end - begin - 1);
        ties->near += (double)(end - begin) * (double)(reach - end);
    }
}

/* pairs that have one value by chance, by those a few steps apart, of which there are two for each
 * step */
static double
duplicates_expected(const DuplicatesTies *ties)
{
    return ties->near / (2.0 * DUPLICATES_STEPS);
}

/* ties of a column's values among all rows; FALSE: it has no two values */
static gboolean
duplicates_ties_of_all(const ErrataColumn *column, double *ret_width, DuplicatesTies *ties)
{
    g_autofree double *value = g_new(double, column->n_rows + 1);
    double step = (double)INFINITY;
    gsize n = 0;

    for (gsize row = 0; row < column->n_rows; row++)
        if (errata_column_is_valid(column, row))
            value[n++] = errata_column_number(column, row);
    errata_sort_values(value, n);
    for (gsize i = 1; i < n; i++)
        if (value[i] > value[i - 1])
            step = MIN(step, value[i] - value[i - 1]);
    *ret_width = (DUPLICATES_STEPS + 0.5) * step;
    duplicates_ties(value, n, *ret_width, ties);
    return isfinite(step) != 0;
}

/* likewise among rows of one hash, of which each sort together */
static void
duplicates_ties_of_equal(const ErrataColumn *column,
                         const guint64 *hashes,
                         double width,
                         DuplicatesTies *ties)
{
    gsize n = column->n_rows;
    g_autofree double *key = g_new(double, n + 1);
    g_autofree double *sorted = g_new(double, n + 1);
    g_autofree double *value = g_new(double, n + 1);
    g_autofree guint32 *row = g_new(guint32, n + 1);
    g_autofree guint32 *order = g_new(guint32, n + 1);

    for (gsize i = 0; i < n; i++) {
        key[i] = (double)(hashes[i] >> 11);
        row[i] = (guint32)i;
    }
    errata_sort_payload(key, row, n, sorted, order);
    for (gsize begin = 0, end = 0; begin < n; begin = end) {
        gsize k = 0;

        for (; end < n && !(sorted[end] > sorted[begin]); end++)
            if (errata_column_is_valid(column, order[end]))
                value[k++] = errata_column_number(column, order[end]);
        errata_sort_values(value, k);
        duplicates_ties(value, k, width, ties);
    }
}

/* whether rows that are equal but for @column have its very value far more often than near ones,
 * and rows at large do not; @hashes are without it */
static gboolean
duplicates_are_told_by(const ErrataColumn *column, const guint64 *hashes, double equal)
{
    DuplicatesTies all = {0.0, 0.0}, rest = {0.0, 0.0};
    double width;

    if ((column->type != ERRATA_COLUMN_TIME && !errata_column_is_numeric(column)) ||
        column->n_rows > G_MAXUINT32 || !duplicates_ties_of_all(column, &width, &all) ||
        all.same - equal > DUPLICATES_SMOOTH * duplicates_expected(&all) + DUPLICATES_MORE)
        return FALSE;
    duplicates_ties_of_equal(column, hashes, width, &rest);
    return rest.same >= DUPLICATES_TIMES * duplicates_expected(&rest) + DUPLICATES_MORE;
}

/* whether so many equal rows can be chance in a table of these values */
static gboolean
duplicates_are_chance(const ErrataDataBugs *self)
{
    const ErrataFrame *frame = self->analysis->frame;
    g_autofree guint64 *hashes = duplicates_hashes(self);
    g_autofree DuplicatesColumn *columns = g_new(DuplicatesColumn, frame->n_columns + 1);
    double equal;
    guint n = 0;

    for (guint i = 0; i < frame->n_columns; i++) {
        ErrataRole role = self->analysis->schema->columns[i].role;

        if (role != ERRATA_ROLE_FEATURE && role != ERRATA_ROLE_GROUP &&
            role != ERRATA_ROLE_ENTITY && role != ERRATA_ROLE_TIME && role != ERRATA_ROLE_TEXT)
            continue;
        if (!errata_schema_is_logged(self->analysis->schema, i))
            continue;
        columns[n].column = i;
        columns[n].n_values = duplicates_n_values(frame->columns[i], &columns[n].chance);
        n += columns[n].n_values > 1 ? 1 : 0;
    }
    qsort(columns, n, sizeof *columns, duplicates_column_cb);
    if (n < 2)
        return TRUE;
    equal = duplicates_pairs(hashes, frame->n_rows);
    for (guint i = 0; i < MIN(n, DUPLICATES_TRIES); i++) {
        const ErrataColumn *column = frame->columns[columns[i].column];
        double nearly;
        gboolean chance;

        duplicates_add_column(column, columns[i].column, (guint64)-1, hashes);
        nearly = duplicates_pairs(hashes, frame->n_rows);
        chance = equal <
                     (columns[i].chance + DUPLICATES_COPY * (1.0 - columns[i].chance)) * nearly &&
                 !duplicates_are_told_by(column, hashes, equal);
        duplicates_add_column(column, columns[i].column, 1, hashes);
        if (chance)
            return TRUE;
    }
    return FALSE;
}

/* whether no whole number is there twice, told by a bit for each where they lie close enough
 * together */
static gboolean
duplicates_are_apart(const ErrataColumn *id)
{
    gint64 least = G_MAXINT64, most = G_MININT64;
    g_autofree guint64 *seen = NULL;

    if (id->type != ERRATA_COLUMN_I64)
        return FALSE;
    for (gsize row = 0; row < id->n_rows; row++) {
        gint64 value = errata_column_integer(id, row);

        least = MIN(least, value);
        most = MAX(most, value);
    }
    if (least > most || (guint64)most - (guint64)least >= (guint64)id->n_rows * DUPLICATES_BITS)
        return FALSE;
    seen = g_new0(guint64, ((guint64)most - (guint64)least) / 64 + 1);
    for (gsize row = 0; row < id->n_rows; row++) {
        guint64 at = (guint64)errata_column_integer(id, row) - (guint64)least;
        guint64 bit = G_GUINT64_CONSTANT(1) << (at & 63);

        if (!errata_column_is_valid(id, row))
            continue;
        if ((seen[at >> 6] & bit) != 0)
            return FALSE;
        seen[at >> 6] |= bit;
    }
    return TRUE;
}

/* the repeated ids: the rows whose id an earlier row has and that differ from it otherwise, and
 * those earlier rows. Returns how many are equal in all else */
static gsize
duplicates_of_id(const ErrataDataBugs *self, GArray *rows, GArray *firsts)
{
    const ErrataColumn *id = self->analysis->frame->columns[self->analysis->schema->id];
    gsize size = 16, n_same = 0;
    g_autofree guint32 *slots = NULL; /* one more than the first row of an id; 0 is free */

    if (duplicates_are_apart(id))
        return 0;
    while (size < 2 * id->n_rows)
        size *= 2;
    slots = g_new0(guint32, size);
    for (gsize row = 0; row < id->n_rows; row++) {
        guint32 number = (guint32)row, first;
        guint64 hash;
        gsize slot;

        if (!errata_column_is_valid(id, row))
            continue;
        hash = errata_column_hash(id, row);
        for (slot = hash & (size - 1); slots[slot] != 0; slot = (slot + 1) & (size - 1))
            if (errata_column_hash(id, slots[slot] - 1) == hash)
                break;
        if (slots[slot] == 0) {
            slots[slot] = number + 1;
        } else if (self->analysis->outcome->duplicate[row] != 0) {
            n_same++;
        } else {
            first = slots[slot] - 1;
            g_array_append_val(rows, number);
            g_array_append_val(firsts, first);
        }
    }
    return n_same;
}

/* said with the reader's warnings, for nothing is wrong with the log */
static void
duplicates_say_repeated(const ErrataAnalysis *analysis)
{
    g_autofree char *again = errata_data_bugs_count(analysis->outcome->n_repeated);

    g_ptr_array_add(analysis->result->warnings,
                    g_strdup_printf("%s rows have the inputs of an earlier row, with labels that "
                                    "differ as those of rows observed again do: they are no "
                                    "copies, and all count%s",
                                    again,
                                    analysis->settings->entity != NULL
                                        ? ""
                                        : "; intervals take them as independent, so name what they "
                                          "are of, as entity=COLUMN under [analysis], where a "
                                          "column tells"));
}

static void
duplicates_rows(ErrataDataBugs *self, gsize n_same_id)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    g_autofree char *count = errata_data_bugs_count(outcome->n_duplicates);
    g_autofree char *same = errata_data_bugs_count(n_same_id);
    gsize n_rows = outcome->n_rows;
    ErrataDataBug *bug;

    self->n_tried++;
    if (outcome->n_duplicates < 2 || duplicates_are_chance(self))
        return;
    if (outcome->n_repeated > 0) {
        self->is_repeated = TRUE;
        duplicates_say_repeated(self->analysis);
        return;
    }
    bug = errata_data_bugs_add(self, "duplicate-rows", -1);
    for (gsize row = 0; row < n_rows; row++)
        if (outcome->duplicate[row] != 0) {
            guint32 number = (guint32)row;

            g_array_append_val(bug->row, number);
        }
    bug->n_rows = bug->row->len;
    bug->after = (double)bug->n_rows / (double)n_rows;
    bug->small = bug->n_rows < errata_data_bugs_enough(n_rows);
    bug->set_aside = TRUE;
    self->copy = outcome->duplicate;
    bug->title = n_same_id > 0 && n_same_id < bug->n_rows
                     ? g_strdup_printf("%s rows are copies of another row, %s of them under the "
                                       "same id",
                                       count,
                                       same)
                     : g_strdup_printf("%s rows are copies of another row%s",
                                       count,
                                       n_same_id == 0 ? "" : ", with the same id");
    bug->action = g_strdup("Have the sender drop rows it has sent before; count each row once");
}

/* whether rows are told apart by it on purpose: by its name, or by digits; names of people
 * repeat */
static gboolean
duplicates_is_id(const ErrataColumn *id)
{
    gsize step = id->n_rows / DUPLICATES_GLANCE + 1, n = 0, n_digits = 0;
    ErrataName name;
    gboolean named;

    errata_schema_name_read(&name, id->name);
    named = name.id > ERRATA_NAME_NONE;
    errata_schema_name_clear(&name);
    if (named || (id->type != ERRATA_COLUMN_TEXT && id->type != ERRATA_COLUMN_CATEGORY))
        return TRUE;
    for (gsize row = 0; row < id->n_rows; row += step) {
        gsize length = 0;
        const char *text = errata_column_is_valid(id, row) ? errata_column_text(id, row, &length)
                                                           : NULL;
        gboolean digit = FALSE;

        for (gsize i = 0; i < length; i++)
            digit = digit || g_ascii_isdigit(text[i]);
        n += text != NULL ? 1 : 0;
        n_digits += digit ? 1 : 0;
    }
    return 2 * n_digits > n;
}

static void
duplicates_ids(ErrataDataBugs *self, const GArray *rows)
{
    const ErrataColumn *id = self->analysis->frame->columns[self->analysis->schema->id];
    g_autofree char *count = errata_data_bugs_count(rows->len);
    ErrataDataBug *bug;

    self->n_tried++;
    if (rows->len == 0 || (double)rows->len > DUPLICATES_ID * (double)id->n_rows ||
        !duplicates_is_id(id))
        return;
    bug = errata_data_bugs_add(self, "duplicate-rows", self->analysis->schema->id);
    g_array_append_vals(bug->row, rows->data, rows->len);
    bug->n_rows = rows->len;
    bug->after = (double)rows->len / (double)id->n_rows;
    bug->small = bug->n_rows < errata_data_bugs_enough(id->n_rows);
    bug->title =
        g_strdup_printf("%s rows share their %s with another, different row", count, id->name);
    bug->action = g_strdup_printf("Make %s unique: labels that come later are joined by it",
                                  id->name);
}

void
errata_data_bugs_duplicates(ErrataDataBugs *self)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) firsts = g_array_new(FALSE, FALSE, sizeof(guint32));
    gboolean has_id = self->analysis->schema->id >= 0;

    duplicates_rows(self, has_id ? duplicates_of_id(self, rows, firsts) : 0);
    if (!has_id)
        return;
    duplicates_ids(self, rows);
    errata_data_bugs_versions(self, rows, firsts);
}
