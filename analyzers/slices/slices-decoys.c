/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns that look guilty because they go with a slice: alone, one of their conditions has more
 * errors than expected, but outside the slices that were kept it has no more than elsewhere. */
#include <math.h>
#include <string.h>

#include "slices-facts.h"

#define DECOYS_MIN_RATIO   10.0 /* likelihood ratio that makes a condition look guilty */
#define DECOYS_MIN_LIFT    1.1
#define DECOYS_MAX_OUTSIDE 1.25 /* of what is expected, once the slices are set aside */
#define DECOYS_MIN_OVERLAP 0.5  /* of the condition's excess that lies in the slice */
#define DECOYS_MIN_COMPANY 1.5  /* how much more often the condition holds in the slice */

typedef struct {
    double n;
    double observed;
    double expected;
} DecoysSum;

typedef struct {
    DecoysSum all[256];
    DecoysSum in[256];      /* in the slice */
    DecoysSum outside[256]; /* in no slice that was kept */
} DecoysCodes;

static void
decoys_add(DecoysSum *sum, double y, double mu)
{
    sum->n += 1.0;
    sum->observed += y;
    sum->expected += mu;
}

static DecoysSum
decoys_range(const DecoysSum *codes, SlicesItem item)
{
    DecoysSum sum = {0.0, 0.0, 0.0};

    for (guint c = item.lo; c < item.hi; c++) {
        sum.n += codes[c].n;
        sum.observed += codes[c].observed;
        sum.expected += codes[c].expected;
    }
    return sum;
}

/* how guilty a condition looks, 0 when it is no decoy of the slice */
static double
decoys_judge(const DecoysCodes *codes,
             const DecoysSum *all,
             const DecoysSum *slice,
             const DecoysSum *outside,
             SlicesItem item,
             double variance)
{
    DecoysSum own = decoys_range(codes->all, item);
    DecoysSum in = decoys_range(codes->in, item);
    DecoysSum rest = decoys_range(codes->outside, item);
    double level = outside->observed / outside->expected; /* what is expected outside, corrected */
    double excess = own.observed - own.expected;
    double ratio = errata_expected_ratio(own.n, own.observed, own.expected, variance);

    if (own.observed < DECOYS_MIN_LIFT * own.expected || ratio < DECOYS_MIN_RATIO ||
        rest.n < 0.1 * own.n || rest.observed > DECOYS_MAX_OUTSIDE * level * rest.expected ||
        own.n > 0.5 * all->n || in.n * all->n < DECOYS_MIN_COMPANY * own.n * slice->n)
        return 0.0;
    return in.observed - in.expected >= DECOYS_MIN_OVERLAP * excess ? ratio : 0.0;
}

static void
decoys_insert(SlicesFacts *facts, const SlicesDecoy *decoy)
{
    guint place = facts->n_decoys;

    while (place > 0 && facts->decoy[place - 1].ratio < decoy->ratio)
        place--;
    if (place == SLICES_MAX_DECOYS)
        return;
    facts->n_decoys = MIN(facts->n_decoys + 1, SLICES_MAX_DECOYS);
    for (guint i = facts->n_decoys - 1; i > place; i--)
        facts->decoy[i] = facts->decoy[i - 1];
    facts->decoy[place] = *decoy;
}

/* rates on the confirmation half */
static void
decoys_measure(const SlicesTable *table, const Slice *slice, SlicesDecoy *decoy)
{
    const SlicesHalf *half = &table->confirmation;
    g_autofree guint8 *in = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *item = g_malloc(MAX(half->n_rows, 1));

    errata_slices_table_member(table, half, slice, in);
    errata_slices_table_member(table, half, &decoy->item, item);
    for (gsize i = 0; i < half->n_rows; i++) {
        double loss = table->analysis->outcome->loss[half->row[i]];
        ErrataRate *rate = NULL;

        if (item[i] != 0)
            rate = in[i] != 0 ? &decoy->with : &decoy->without;
        else if (in[i] != 0)
            rate = &decoy->slice_only;
        if (rate != NULL)
            errata_slices_facts_add(table, half->row[i], loss, rate);
    }
}

/* whether a slice that was kept has a condition on the column: then it is guilty itself */
static gboolean
decoys_guilty(const SlicesFind *find, guint column)
{
    for (guint k = 0; k < find->found->len; k++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, k);

        for (guint i = 0; found->kept && !found->known && i < found->slice.n; i++)
            if (found->slice.condition[i].column == column)
                return TRUE;
    }
    return FALSE;
}

/* the guiltiest looking condition of one column */
static void
decoys_search_column(const SlicesTable *table,
                     const ErrataExpected *expected,
                     const guint8 *in,
                     const guint8 *kept,
                     guint column,
                     SlicesDecoy *ret_decoy)
{
    const SlicesCoding *fine = &table->columns[column].fine;
    g_autofree DecoysCodes *codes = g_new0(DecoysCodes, 1);
    DecoysSum all = {0.0, 0.0, 0.0};
    DecoysSum slice = {0.0, 0.0, 0.0};
    DecoysSum outside = {0.0, 0.0, 0.0};

    for (gsize i = 0; i < table->discovery.n_rows; i++) {
        double y = expected->y[i];
        double mu = errata_expected_mu(expected, i);
        guint8 code = fine->code[i];

        decoys_add(&all, y, mu);
        decoys_add(&codes->all[code], y, mu);
        if (in[i] != 0) {
            decoys_add(&codes->in[code], y, mu);
            decoys_add(&slice, y, mu);
        }
        if (kept[i] == 0) {
            decoys_add(&codes->outside[code], y, mu);
            decoys_add(&outside, y, mu);
        }
    }
    for (guint i = 0; i < fine->n_items && outside.expected > 0.0; i++) {
        double ratio = decoys_judge(codes,
                                    &all,
                                    &slice,
                                    &outside,
                                    fine->items[i],
                                    expected->real ? expected->variance : 0.0);

        if (ratio > ret_decoy->ratio) {
            ret_decoy->ratio = ratio;
            ret_decoy->item = errata_slices_items_slice(table,
                                                        FALSE,
                                                        &column,
                                                        &fine->items[i].lo,
                                                        &fine->items[i].hi,
                                                        1);
        }
    }
}

/**
 * errata_slices_facts_decoys:
 * @table: a table
 * @find: what was found in it
 * @index: a slice of it that was kept
 * @facts: gets at most two decoys, the guiltiest looking first, of different columns
 */
void
errata_slices_facts_decoys(const SlicesTable *table,
                           const SlicesFind *find,
                           guint index,
                           SlicesFacts *facts)
{
    const Slice *slice = &g_array_index(find->found, SlicesFound, index).slice;
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *in = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *one = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *kept = g_malloc0(MAX(half->n_rows, 1));
    g_autoptr(ErrataExpected) expected =
        errata_expected_new(half->y, half->cell, half->n_cells, half->n_rows, table->real);

    errata_slices_table_member(table, half, slice, in);
    for (guint k = 0; k < find->found->len; k++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, k);

        if (!found->kept || found->known)
            continue;
        errata_slices_table_member(table, half, &found->slice, one);
        for (gsize i = 0; i < half->n_rows; i++)
            kept[i] |= one[i];
    }
    for (guint c = 0; c < table->n_columns; c++) {
        SlicesDecoy decoy = {.ratio = 0.0};

        if (decoys_guilty(find, c))
            continue;
        decoys_search_column(table, expected, in, kept, c, &decoy);
        if (decoy.ratio > 0.0)
            decoys_insert(facts, &decoy);
    }
    for (guint i = 0; i < facts->n_decoys; i++)
        decoys_measure(table, slice, &facts->decoy[i]);
}
