/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that repeat the same rare values in three or more columns, as a stuck sensor or a
 * default filled in by a program does. Rare: in the outer 1 % of its column, or the end of its
 * column that not every tenth row has, such as a count's 0: beside a value that is hardly met
 * without the record. Such a triple is counted in all rows that are rare in three columns; it is a
 * finding when hardly a hundredth of it is expected from how common its values are, far less than
 * it is from how many other rows lie in the same three tails, and when the columns do not repeat
 * themselves in ordinary rows as well (a customer's fixed properties, columns that follow from one
 * another). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomalies.h"
#include "column-view.h"
#include "outside.h"
#include "rng.h"
#include "sort.h"
#include "tests.h"

#define REPEATED_ROWS     1000
#define REPEATED_SAMPLE   8192  /* values that tell the outer 1 % */
#define REPEATED_PAIRS    50000 /* rows that tell how often ordinary records repeat */
#define REPEATED_OUTER    0.01
#define REPEATED_CHUNK    4096
#define REPEATED_COMMON   0.025 /* of the rows: a common value is not rare … */
#define REPEATED_END      0.1   /* … but as the end of its column, up to this */
#define REPEATED_ITEMS    12    /* rare values of one row that are combined */
#define REPEATED_EXPECTED 0.01
#define REPEATED_USUAL    5.0 /* times as often as an ordinary record, or as its tails give */
#define REPEATED_ALONE    1.2 /* times as often in all rows as in the record's */
#define REPEATED_OTHERS   3.0 /* times as often as the fifth most frequent other of these columns */
#define REPEATED_SHARED   0.9 /* of the rows have a further value too: it belongs to the record */
#define REPEATED_LOOKS    40
#define REPEATED_SLOTS    (1U << 20) /* triples counted at most */

/* a rare value */
typedef struct {
    guint column;
    double value;
    gsize count;  /* in rows that are rare in three columns */
    gsize n_all;  /* in all rows; 0 until needed */
    gsize n_tail; /* rare values on its side of its column; 0 until needed */
    gboolean at_end;
    gboolean is_common;
} RepeatedItem;

typedef struct {
    guint item[3];
    guint count;
    double surprise; /* nats beyond what its values' counts in those rows let expect */
} RepeatedTriple;

typedef struct {
    ErrataAnomalies *anomalies;
    const ErrataFrame *frame;
    gsize n_rows;
    guint8 *left_out;
    double *lo; /* per numeric column: at or below is rare */
    double *hi;
    double *least; /* its smallest value */
    double *most;
    double *common; /* two per numeric column: ends that are common values; NaN: they are not */
    guint8 *n_rare; /* per row */
    GArray *item;   /* (element-type RepeatedItem), by column and value */
    GArray *row;    /* (element-type guint32): rows rare in three columns */
    guint *slot;    /* per such row REPEATED_ITEMS items, G_MAXUINT for none */
    GArray *triple; /* (element-type RepeatedTriple) */
} Repeated;

static const ErrataColumn *
repeated_column(const Repeated *self, guint at)
{
    return self->frame->columns[g_array_index(self->anomalies->numeric, guint, at)];
}

/* a value at the cut that is common takes the cut with it: only what lies beyond is rare. Where
 * nothing does, it is the end of its column */
static double
repeated_cut(const double *sorted, gsize n, gboolean is_high, double *ret_common)
{
    gsize at = (gsize)(REPEATED_OUTER * (double)(n - 1));
    double cut = sorted[is_high ? n - 1 - at : at];
    double end = sorted[is_high ? n - 1 : 0];
    gboolean is_end = !(cut < end) && !(cut > end);
    gsize equal = 0;

    for (gsize i = 0; i < n; i++)
        equal += !(sorted[i] < cut) && !(sorted[i] > cut) ? 1 : 0;
    *ret_common = (double)equal > REPEATED_COMMON * (double)n ? cut : (double)NAN;
    if ((double)equal <= (is_end ? REPEATED_END : REPEATED_COMMON) * (double)n)
        return cut;
    return is_high ? nextafter(cut, (double)INFINITY) : nextafter(cut, -(double)INFINITY);
}

static void
repeated_cuts(Repeated *self, guint at)
{
    const ErrataColumn *column = repeated_column(self, at);
    gsize step = MAX(self->n_rows / REPEATED_SAMPLE, 1);
    g_autofree double *sample = g_new(double, self->n_rows / step + 2);
    gsize n = 0;

    for (gsize row = 0; row < self->n_rows; row += step) {
        double value = errata_column_number(column, row);

        if (!isnan(value) && self->left_out[row] == 0)
            sample[n++] = value;
    }
    errata_sort_values(sample, n);
    self->common[2 * at] = self->common[2 * at + 1] = (double)NAN;
    self->lo[at] = n > 0 ? repeated_cut(sample, n, FALSE, &self->common[2 * at])
                         : -(double)INFINITY;
    self->hi[at] = n > 0 ? repeated_cut(sample, n, TRUE, &self->common[2 * at + 1])
                         : (double)INFINITY;
    self->least[at] = (double)INFINITY;
    self->most[at] = -(double)INFINITY;
}

static gboolean
repeated_is_rare(const Repeated *self, guint at, double value)
{
    return value <= self->lo[at] || value >= self->hi[at];
}

static gboolean
repeated_is_item(const RepeatedItem *item, double value)
{
    return value >= item->value && value <= item->value;
}

static void
repeated_count_chunk(Repeated *self, const ErrataColumn *column, guint at, gsize begin)
{
    gsize length = MIN(self->n_rows - begin, (gsize)REPEATED_CHUNK);
    double buffer[REPEATED_CHUNK];
    guint16 place[REPEATED_CHUNK];
    const double *chunk = errata_column_view(column, begin, length, buffer);
    gsize found = errata_outside_find(chunk, length, self->lo[at], self->hi[at], place);

    for (gsize k = 0; k < found; k++) {
        gsize i = place[k];

        if (isnan(chunk[i]) || self->left_out[begin + i] != 0)
            continue;
        self->least[at] = MIN(self->least[at], chunk[i]);
        self->most[at] = MAX(self->most[at], chunk[i]);
        if (self->n_rare[begin + i] < G_MAXUINT8)
            self->n_rare[begin + i]++;
    }
}

static void
repeated_count_rare(Repeated *self)
{
    for (guint at = 0; at < self->anomalies->numeric->len; at++) {
        const ErrataColumn *column = repeated_column(self, at);

        for (gsize begin = 0; begin < self->n_rows; begin += REPEATED_CHUNK)
            repeated_count_chunk(self, column, at, begin);
    }
    for (gsize row = 0; row < self->n_rows; row++)
        if (self->n_rare[row] >= 3) {
            guint32 number = (guint32)row;

            g_array_append_val(self->row, number);
        }
}

/* the values of a column that are rare in several of the rows */
static void
repeated_items_of(Repeated *self, guint at)
{
    const ErrataColumn *column = repeated_column(self, at);
    g_autofree double *values = g_new(double, self->row->len + 1);
    gsize n = 0;

    for (guint i = 0; i < self->row->len; i++) {
        double value = errata_column_number(column, g_array_index(self->row, guint32, i));

        if (!isnan(value) && repeated_is_rare(self, at, value))
            values[n++] = value;
    }
    errata_sort_values(values, n);
    for (gsize begin = 0, end = 0; begin < n; begin = end) {
        RepeatedItem item = {.column = at, .value = values[begin]};

        while (end < n && !(values[end] > values[begin]))
            end++;
        item.count = end - begin;
        item.at_end = (item.value <= self->lo[at] && !(item.value > self->least[at])) ||
                      (item.value >= self->hi[at] && !(item.value < self->most[at]));
        item.is_common = repeated_is_item(&item, self->common[2 * at]) ||
                         repeated_is_item(&item, self->common[2 * at + 1]);
        if (item.count >= ERRATA_ANOMALY_LEAST)
            g_array_append_val(self->item, item);
    }
}

static int
repeated_item_cb(gconstpointer key, gconstpointer element)
{
    const RepeatedItem *a = key;
    const RepeatedItem *b = element;

    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

static guint
repeated_find_item(const Repeated *self, guint at, double value)
{
    const RepeatedItem key = {.column = at, .value = value};
    const RepeatedItem *items = (const RepeatedItem *)(gconstpointer)self->item->data;
    const RepeatedItem *found = bsearch(&key, items, self->item->len, sizeof key, repeated_item_cb);

    return found != NULL ? (guint)(found - items) : G_MAXUINT;
}

static void
repeated_fill_slots(Repeated *self)
{
    self->slot = g_new(guint, (gsize)self->row->len * REPEATED_ITEMS + 1);
    for (guint i = 0; i < self->row->len; i++) {
        guint32 row = g_array_index(self->row, guint32, i);
        guint n = 0;

        for (guint at = 0; at < self->anomalies->numeric->len && n < REPEATED_ITEMS; at++) {
            double value = errata_column_number(repeated_column(self, at), row);
            guint item = !isnan(value) && repeated_is_rare(self, at, value)
                             ? repeated_find_item(self, at, value)
                             : G_MAXUINT;

            if (item != G_MAXUINT)
                self->slot[i * REPEATED_ITEMS + n++] = item;
        }
        for (; n < REPEATED_ITEMS; n++)
            self->slot[i * REPEATED_ITEMS + n] = G_MAXUINT;
    }
}

static void
repeated_count(Repeated *self, guint32 *table, const guint item[3])
{
    guint64 hash = errata_rng_mix(item[0] + ((guint64)item[1] << 21) + ((guint64)item[2] << 42));
    guint at = (guint)(hash & (REPEATED_SLOTS - 1));
    RepeatedTriple added = {.item = {item[0], item[1], item[2]}, .count = 1};

    while (table[at] != 0) {
        RepeatedTriple *triple = &g_array_index(self->triple, RepeatedTriple, table[at] - 1);

        if (memcmp(triple->item, item, sizeof triple->item) == 0) {
            triple->count++;
            return;
        }
        at = (at + 1) & (REPEATED_SLOTS - 1);
    }
    if (self->triple->len >= REPEATED_SLOTS / 2)
        return;
    g_array_append_val(self->triple, added);
    table[at] = self->triple->len;
}

static void
repeated_count_triples(Repeated *self)
{
    g_autofree guint32 *table = g_new0(guint32, REPEATED_SLOTS);

    for (guint i = 0; i < self->row->len; i++) {
        const guint *slot = self->slot + (gsize)i * REPEATED_ITEMS;
        guint n = 0;

        while (n < REPEATED_ITEMS && slot[n] != G_MAXUINT)
            n++;
        for (guint a = 0; a + 2 < n; a++)
            for (guint b = a + 1; b + 1 < n; b++)
                for (guint c = b + 1; c < n; c++)
                    repeated_count(self, table, (const guint[]){slot[a], slot[b], slot[c]});
    }
}

static gboolean
repeated_row_has(const Repeated *self, guint i, guint item)
{
    const guint *slot = self->slot + (gsize)i * REPEATED_ITEMS;

    for (guint k = 0; k < REPEATED_ITEMS && slot[k] != G_MAXUINT; k++)
        if (slot[k] == item)
            return TRUE;
    return FALSE;
}

static gboolean
repeated_row_has_all(const Repeated *self, guint i, const RepeatedTriple *triple)
{
    return repeated_row_has(self, i, triple->item[0]) &&
           repeated_row_has(self, i, triple->item[1]) && repeated_row_has(self, i, triple->item[2]);
}

static RepeatedItem *
repeated_item(const Repeated *self, const RepeatedTriple *triple, guint k)
{
    return &g_array_index(self->item, RepeatedItem, triple->item[k]);
}

/* whether a value is rare, and on the same side of the column as an item's */
static gboolean
repeated_is_beside(const Repeated *self, const RepeatedItem *item, double value)
{
    return item->value <= self->lo[item->column] ? value <= self->lo[item->column]
                                                 : value >= self->hi[item->column];
}

static void
repeated_count_item(const Repeated *self, RepeatedItem *item)
{
    const ErrataColumn *column = repeated_column(self, item->column);

    if (item->n_all > 0)
        return;
    for (gsize row = 0; row < self->n_rows; row++) {
        double value = errata_column_number(column, row);

        if (self->left_out[row] != 0)
            continue;
        item->n_all += repeated_is_item(item, value) ? 1 : 0;
        item->n_tail += repeated_is_beside(self, item, value) ? 1 : 0;
    }
}

/* rows that chance gives a triple: its values are as common as they are, and independent */
static double
repeated_expected(const Repeated *self, const RepeatedTriple *triple)
{
    double expected = (double)self->n_rows;

    for (guint k = 0; k < 3; k++) {
        RepeatedItem *item = repeated_item(self, triple, k);

        repeated_count_item(self, item);
        expected *= (double)item->n_all / (double)self->n_rows;
    }
    return expected;
}

/* Which values of a triple hardly occur but where all three of its columns are rare: they are no
 * column's by nature, they come with such records. */
static void
repeated_strange(const Repeated *self, const RepeatedTriple *triple, gboolean ret_strange[3])
{
    gsize n_rare[3] = {0};

    for (guint i = 0; i < self->row->len; i++) {
        guint32 row = g_array_index(self->row, guint32, i);
        gboolean equal[3];
        gboolean all = TRUE;

        for (guint k = 0; k < 3; k++) {
            const RepeatedItem *item = repeated_item(self, triple, k);
            double value = errata_column_number(repeated_column(self, item->column), row);

            equal[k] = repeated_is_item(item, value);
            all = all && repeated_is_rare(self, item->column, value);
        }
        for (guint k = 0; k < 3; k++)
            n_rare[k] += all && equal[k] ? 1 : 0;
    }
    for (guint k = 0; k < 3; k++) {
        RepeatedItem *item = repeated_item(self, triple, k);

        repeated_count_item(self, item);
        ret_strange[k] = (double)item->n_all <= REPEATED_ALONE * (double)n_rare[k];
    }
}

/* Rows that columns with common tails give a triple: as many others lie in the same three tails as
 * do, and in each tail the triple's value is as common as it is there, or among those others: rows
 * that are far out in two columns are farther out in the third. Rows with two of its strange values
 * are variants of the record and say nothing of tails. */
static double
repeated_in_tails(const Repeated *self, const RepeatedTriple *triple)
{
    gsize n_beside[3] = {0}, n_others = 0;
    gboolean strange[3];
    double expected;

    repeated_strange(self, triple, strange);
    for (guint i = 0; i < self->row->len; i++) {
        guint32 row = g_array_index(self->row, guint32, i);
        gboolean equal[3];
        guint beside = 0;
        guint n_strange = 0;

        for (guint k = 0; k < 3; k++) {
            const RepeatedItem *item = repeated_item(self, triple, k);
            double value = errata_column_number(repeated_column(self, item->column), row);

            equal[k] = repeated_is_item(item, value);
            beside += repeated_is_beside(self, item, value) ? 1 : 0;
            n_strange += equal[k] && strange[k] ? 1 : 0;
        }
        if (beside < 3 || n_strange >= 2 || (equal[0] && equal[1] && equal[2]))
            continue;
        n_others++;
        for (guint k = 0; k < 3; k++)
            n_beside[k] += equal[k] ? 1 : 0;
    }
    expected = (double)n_others;
    for (guint k = 0; k < 3; k++) {
        const RepeatedItem *item = repeated_item(self, triple, k);

        expected *= MAX((double)item->n_all / (double)MAX(item->n_tail, 1),
                        (double)n_beside[k] / (double)MAX(n_others, 1));
    }
    return expected;
}

static double
repeated_pairs(double *hash, gsize n)
{
    double pairs = 0.0;

    errata_sort_values(hash, n);
    for (gsize begin = 0, end = 0; begin < n; begin = end) {
        while (end < n && !(hash[end] > hash[begin]))
            end++;
        pairs += (double)(end - begin) * (double)(end - begin - 1);
    }
    return pairs;
}

/* how many rows repeat an ordinary row's values in these columns, beyond what independent columns
 * give */
static double
repeated_usual(const Repeated *self, const RepeatedTriple *triple)
{
    gsize step = MAX(self->n_rows / REPEATED_PAIRS, 1);
    g_autofree double *hash = g_new(double, self->n_rows / step + 2);
    g_autofree guint64 *joint = g_new0(guint64, self->n_rows / step + 2);
    double chance = 1.0;
    double pairs;
    gsize n = 0;

    for (guint k = 0; k < 3; k++) {
        const ErrataColumn *column = repeated_column(self, repeated_item(self, triple, k)->column);

        n = 0;
        for (gsize row = 0; row < self->n_rows; row += step) {
            guint64 cell = errata_rng_mix(errata_column_hash(column, row) + k);

            if (self->left_out[row] != 0)
                continue;
            joint[n] += cell;
            hash[n++] = (double)(cell >> 11);
        }
        chance *= repeated_pairs(hash, n) / MAX((double)n * (double)(n - 1), 1.0);
    }
    for (gsize i = 0; i < n; i++)
        hash[i] = (double)(errata_rng_mix(joint[i]) >> 11);
    pairs = repeated_pairs(hash, n) / (double)MAX(n, 1);
    return MAX(pairs - 1.5 * chance * (double)n, 0.0) * (double)step;
}

/* the fifth largest count of another triple of the same columns */
static guint
repeated_others(const Repeated *self, const RepeatedTriple *triple)
{
    guint most[5] = {0};

    for (guint i = 0; i < self->triple->len; i++) {
        const RepeatedTriple *other = &g_array_index(self->triple, RepeatedTriple, i);
        guint count = other->count;

        if (other == triple ||
            repeated_item(self, other, 0)->column != repeated_item(self, triple, 0)->column ||
            repeated_item(self, other, 1)->column != repeated_item(self, triple, 1)->column ||
            repeated_item(self, other, 2)->column != repeated_item(self, triple, 2)->column)
            continue;
        for (guint k = 0; k < G_N_ELEMENTS(most); k++)
            if (count > most[k]) {
                guint swap = most[k];

                most[k] = count;
                count = swap;
            }
    }
    return most[4];
}

/* whether a triple has no common value, or beside them one that is hardly met without it */
static gboolean
repeated_is_anchored(const Repeated *self, const RepeatedTriple *triple)
{
    double most = REPEATED_ALONE * (double)triple->count;
    gboolean common = FALSE;

    for (guint k = 0; k < 3; k++)
        common = common || repeated_item(self, triple, k)->is_common;
    for (guint k = 0; k < 3 && common; k++) {
        RepeatedItem *item = repeated_item(self, triple, k);

        if (item->is_common || (double)item->count > most)
            continue;
        repeated_count_item(self, item);
        common = (double)item->n_all > most;
    }
    return !common;
}

/* whether nothing is like a triple among the others of these columns */
static gboolean
repeated_may_hold(const Repeated *self, const RepeatedTriple *triple)
{
    return repeated_is_anchored(self, triple) &&
           (double)triple->count >= REPEATED_OTHERS * (double)repeated_others(self, triple);
}

/* whether a triple with this value is a record: one of its two others is hardly met without it */
static gboolean
repeated_is_record(const Repeated *self, const RepeatedTriple *triple, guint shared)
{
    double most = REPEATED_ALONE * (double)triple->count;
    gboolean has = FALSE;

    for (guint k = 0; k < 3; k++)
        has = has || triple->item[k] == shared;
    if (!has || triple->count < ERRATA_ANOMALY_LEAST)
        return FALSE;
    for (guint k = 0; k < 3; k++) {
        RepeatedItem *item = repeated_item(self, triple, k);

        if (triple->item[k] == shared || (double)item->count > most)
            continue;
        repeated_count_item(self, item);
        if ((double)item->n_all <= most)
            return TRUE;
    }
    return FALSE;
}

/* rows with a value of a triple that have one more of it, or belong to another record */
static gsize
repeated_n_with(const Repeated *self, const RepeatedTriple *triple, guint at)
{
    g_autofree guint8 *with = g_new0(guint8, self->row->len + 1);
    gsize n = 0;

    for (guint k = 0; k < self->triple->len; k++) {
        const RepeatedTriple *other = &g_array_index(self->triple, RepeatedTriple, k);

        if (other == triple || !repeated_is_record(self, other, triple->item[at]))
            continue;
        for (guint i = 0; i < self->row->len; i++)
            if (repeated_row_has_all(self, i, other))
                with[i] = 1;
    }
    for (guint i = 0; i < self->row->len; i++) {
        guint n_equal = 0;

        for (guint k = 0; k < 3; k++)
            n_equal += repeated_row_has(self, i, triple->item[k]) ? 1 : 0;
        if (repeated_row_has(self, i, triple->item[at]))
            n += n_equal >= 2 || with[i] != 0 ? 1 : 0;
    }
    return n;
}

/* whether all of a triple lies at the ends of its columns, cut off there, together: such an end is
 * met without the others as well. Of three values that are hardly met so none is where a column is
 * cut off */
static gboolean
repeated_is_cut_off(const Repeated *self, const RepeatedTriple *triple)
{
    gboolean elsewhere = FALSE;

    for (guint k = 0; k < 3; k++) {
        RepeatedItem *item = repeated_item(self, triple, k);

        if (!item->at_end)
            return FALSE;
        repeated_count_item(self, item);
        elsewhere = elsewhere ||
                    (double)item->n_all > REPEATED_ALONE * (double)repeated_n_with(self, triple, k);
    }
    return elsewhere;
}

static gboolean
repeated_holds(const Repeated *self,
               const RepeatedTriple *triple,
               double *ret_expected,
               double *ret_p)
{
    double count = (double)triple->count;
    double alone = repeated_expected(self, triple);
    double in_tails = repeated_in_tails(self, triple);

    *ret_expected = MAX(alone, in_tails);
    *ret_p = exp(count * log(*ret_expected) - lgamma(count + 1.0)); /* Poisson, an upper bound */
    *ret_p = MIN(*ret_p * (double)self->triple->len, 1.0);
    return alone <= REPEATED_EXPECTED * count && count >= REPEATED_USUAL * in_tails &&
           *ret_p < self->anomalies->analysis->settings->alpha &&
           count >= REPEATED_USUAL * repeated_usual(self, triple) &&
           !repeated_is_cut_off(self, triple);
}

/* further values that nearly all rows of the triple share */
static void
repeated_extend(const Repeated *self, const RepeatedTriple *triple, ErrataAnomaly *anomaly)
{
    g_autofree guint *count = g_new0(guint, self->item->len + 1);

    for (guint i = 0; i < self->row->len; i++) {
        const guint *slot = self->slot + (gsize)i * REPEATED_ITEMS;

        if (!repeated_row_has_all(self, i, triple))
            continue;
        for (guint k = 0; k < REPEATED_ITEMS && slot[k] != G_MAXUINT; k++)
            count[slot[k]]++;
    }
    for (guint i = 0; i < self->item->len && anomaly->n_columns < ERRATA_ANOMALY_COLUMNS; i++) {
        const RepeatedItem *item = &g_array_index(self->item, RepeatedItem, i);

        if ((double)count[i] < REPEATED_SHARED * (double)triple->count)
            continue;
        anomaly->column[anomaly->n_columns] =
            g_array_index(self->anomalies->numeric, guint, item->column);
        anomaly->value[anomaly->n_columns++] = item->value;
    }
}

/* all rows with the record's values, those left out of the search too, for each of them is to be
 * kept from the model; where it has more than three, one may be missing */
static void
repeated_gather(const Repeated *self, ErrataAnomaly *anomaly)
{
    for (gsize row = 0; row < self->n_rows; row++) {
        guint n_equal = 0;
        guint n_missing = 0;
        guint32 number = (guint32)row;

        for (guint k = 0; k < anomaly->n_columns; k++) {
            double value = errata_column_number(self->frame->columns[anomaly->column[k]], row);

            n_missing += isnan(value) ? 1 : 0;
            n_equal += value >= anomaly->value[k] && value <= anomaly->value[k] ? 1 : 0;
            if (n_equal + n_missing <= k)
                break;
        }
        if (n_equal + n_missing == anomaly->n_columns && n_equal >= 3 && n_missing <= 1)
            g_array_append_val(anomaly->row, number);
    }
}

static int
repeated_triple_cb(gconstpointer a, gconstpointer b)
{
    const RepeatedTriple *x = a;
    const RepeatedTriple *y = b;

    if (x->surprise < y->surprise || x->surprise > y->surprise)
        return x->surprise > y->surprise ? -1 : 1;
    return memcmp(x->item, y->item, sizeof x->item);
}

/* the most surprising first: common values meet often in a large log, and are no record by that */
static void
repeated_sort(Repeated *self)
{
    double n = (double)self->row->len;

    for (guint i = 0; i < self->triple->len; i++) {
        RepeatedTriple *triple = &g_array_index(self->triple, RepeatedTriple, i);
        double expected = n;

        for (guint k = 0; k < 3; k++)
            expected *= (double)repeated_item(self, triple, k)->count / n;
        triple->surprise = (double)triple->count * (log((double)triple->count / expected) - 1.0) +
                           expected;
    }
    g_array_sort(self->triple, repeated_triple_cb);
}

/* rows of a triple that no record told so far has */
static guint
repeated_n_new(const Repeated *self, const RepeatedTriple *triple, const guint8 *told)
{
    guint n = 0;

    for (guint i = 0; i < self->row->len; i++)
        n += told[i] == 0 && repeated_row_has_all(self, i, triple) ? 1 : 0;
    return n;
}

static void
repeated_find(Repeated *self)
{
    g_autofree guint8 *told = g_new0(guint8, self->row->len + 1);
    guint n_looked = 0;

    repeated_sort(self);
    for (guint i = 0; i < self->triple->len && n_looked < REPEATED_LOOKS; i++) {
        const RepeatedTriple *triple = &g_array_index(self->triple, RepeatedTriple, i);
        ErrataAnomaly *anomaly;
        double expected;
        double p;

        if (triple->count < ERRATA_ANOMALY_LEAST || !repeated_may_hold(self, triple) ||
            repeated_n_new(self, triple, told) < MAX(ERRATA_ANOMALY_LEAST, triple->count / 2))
            continue;
        n_looked++;
        if (!repeated_holds(self, triple, &expected, &p))
            continue;
        anomaly = errata_anomalies_add(self->anomalies, ERRATA_ANOMALY_REPEATED);
        anomaly->expected = expected;
        anomaly->p = p;
        anomaly->test =
            "Poisson, values independent, also within common tails, all triples counted";
        repeated_extend(self, triple, anomaly);
        repeated_gather(self, anomaly);
        for (guint k = 0; k < self->row->len; k++)
            if (repeated_row_has_all(self, k, triple))
                told[k] = 1;
    }
}

void
errata_anomalies_repeated(ErrataAnomalies *self)
{
    guint n = self->numeric->len;
    gsize n_rows = self->analysis->frame->n_rows;
    g_autofree double *cuts = g_new(double, 6 * n + 1);
    g_autofree guint8 *left_out = NULL;
    g_autofree guint8 *n_rare = NULL;
    g_autoptr(GArray) item = g_array_new(FALSE, FALSE, sizeof(RepeatedItem));
    g_autoptr(GArray) row = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) triple = g_array_new(FALSE, FALSE, sizeof(RepeatedTriple));
    Repeated work = {.anomalies = self,
                     .frame = self->analysis->frame,
                     .n_rows = n_rows,
                     .lo = cuts,
                     .hi = cuts + n,
                     .least = cuts + 2 * n,
                     .most = cuts + 3 * n,
                     .common = cuts + 4 * n,
                     .item = item,
                     .row = row,
                     .triple = triple};

    if (n < 3 || n_rows < REPEATED_ROWS)
        return;
    work.left_out = left_out = errata_anomalies_left_out(self, NULL);
    work.n_rare = n_rare = g_new0(guint8, n_rows + 1);
    for (guint at = 0; at < n; at++)
        repeated_cuts(&work, at);
    repeated_count_rare(&work);
    for (guint at = 0; at < n; at++)
        repeated_items_of(&work, at);
    if (item->len < 3 || item->len >= 1U << 21)
        return;
    repeated_fill_slots(&work);
    repeated_count_triples(&work);
    repeated_find(&work);
    g_free(work.slot);
    self->n_tried++;
}
