/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose fault it is. A field that one channel ceases to send is missing in a third of all rows, but
 * in all of that channel's: the value of a category, or two of different columns together, whose
 * rows the fault befalls within its window, and hardly any others there. */
#include "fault-group.h"

#include "words.h"

#define GROUP_ALONE 0.05   /* of the hit rows that may lie outside, beyond what is usual */
#define GROUP_SHARE 0.5    /* of its rows that must be hit */
#define GROUP_WHOLE 0.9    /* from which on there is no need of a second condition */
#define GROUP_LIFT  1.2    /* times the share of the rows that it is taken from */
#define GROUP_LEAST 30     /* rows in it, and out of it */
#define GROUP_ALL   0.9995 /* a share that reads as “all” */

/* rows of the window that count, and those of them that are hit */
typedef struct {
    const ErrataAnalysis *analysis;
    guint column; /* the fault's own */
    gsize from;
    gsize to;
    const guint8 *hit;
    double usual;
    guint8 *use; /* by place in the window */
} GroupSearch;

/* a value */
typedef struct {
    const ErrataBinColumn *bin;
    guint code;
    gsize n;
    gsize n_hit;
} GroupValue;

static gboolean
group_reads(const GroupSearch *self, const ErrataBinColumn *bin)
{
    return !bin->numeric && bin->derived == NULL && bin->labels != NULL &&
           bin->column != self->column &&
           errata_schema_is_logged(self->analysis->schema, bin->column);
}

/* whether it has the hit rows of all @n, or nearly so, and not just because it has nearly all
 * rows */
static gboolean
group_is(const GroupSearch *self, const GroupValue *value, gsize n, gsize n_hit)
{
    double out = (double)(n_hit - value->n_hit) - self->usual * (double)(n - value->n);
    double share = (double)value->n_hit / (double)MAX(value->n, 1);

    return value->n >= GROUP_LEAST && n - value->n >= GROUP_LEAST &&
           out <= GROUP_ALONE * (double)value->n_hit &&
           share >= GROUP_LIFT * (double)n_hit / (double)n;
}

/* the value of which the largest share is hit, among those that have the hit rows */
static gboolean
group_search(const GroupSearch *self, GroupValue *ret_best)
{
    const ErrataBins *bins = self->analysis->bins;
    const guint32 *order = self->analysis->outcome->order;
    gboolean found = FALSE;

    for (guint c = 0; bins != NULL && c < bins->n_columns; c++) {
        const ErrataBinColumn *bin = &bins->columns[c];
        gsize n[ERRATA_BINS_MAX + 2] = {0}, n_hit[ERRATA_BINS_MAX + 2] = {0}, all = 0, all_hit = 0;

        if (!group_reads(self, bin))
            continue;
        for (gsize i = self->from; i < self->to; i++) {
            guint8 code = bin->code[order[i]];

            if (self->use[i - self->from] == 0)
                continue;
            n[code]++;
            n_hit[code] += self->hit[order[i]];
            all++;
            all_hit += self->hit[order[i]];
        }
        for (guint code = 0; code + (bin->has_other ? 1 : 0) < bin->n_codes; code++) {
            GroupValue value = {bin, code, n[code], n_hit[code]};

            if (!group_is(self, &value, all, all_hit) ||
                (found && (double)value.n_hit * (double)ret_best->n <=
                              (double)ret_best->n_hit * (double)value.n))
                continue;
            *ret_best = value;
            found = TRUE;
        }
    }
    return found;
}

static void
group_narrow(GroupSearch *self, const GroupValue *value)
{
    const guint32 *order = self->analysis->outcome->order;

    for (gsize i = self->from; i < self->to; i++)
        if (value->bin->code[order[i]] != value->code)
            self->use[i - self->from] = 0;
}

/**
 * errata_fault_group_find:
 * @analysis: the log, its bins made
 * @column: the column that is faulty
 * @from: place in time order of the fault's first row
 * @to: behind its last
 * @hit: (array length=n_rows): 1 for the fault's rows
 * @usual: share of rows that are so anyway
 *
 * Two passes over the window per category. Returns: the group whose rows are hit, `words` %NULL
 * where there is none
 */
ErrataFaultGroup
errata_fault_group_find(const ErrataAnalysis *analysis,
                        guint column,
                        gsize from,
                        gsize to,
                        const guint8 *hit,
                        double usual)
{
    g_autofree guint8 *use = g_malloc(to - from + 1);
    GroupSearch self = {analysis, column, from, to, hit, usual, use};
    ErrataFaultGroup group = {.n_rest = to - from};
    GroupValue first, second;
    gboolean both = FALSE;

    for (gsize i = from; i < to; i++) {
        use[i - from] = 1;
        group.rest_hit += hit[analysis->outcome->order[i]];
    }
    if (group.rest_hit == 0 || !group_search(&self, &first))
        return group;
    if ((double)first.n_hit < GROUP_WHOLE * (double)first.n) {
        group_narrow(&self, &first);
        both = group_search(&self, &second);
    }
    group.n = both ? second.n : first.n;
    group.n_hit = both ? second.n_hit : first.n_hit;
    group.n_rest -= group.n;
    group.rest_hit -= group.n_hit;
    if ((double)group.n_hit < GROUP_SHARE * (double)group.n)
        return group;
    group.bin[0] = first.bin;
    group.code[0] = first.code;
    group.words = g_strdup_printf("%s is %s", first.bin->name, first.bin->labels[first.code]);
    if (both) {
        g_autofree char *one = g_steal_pointer(&group.words);

        group.bin[1] = second.bin;
        group.code[1] = second.code;
        group.words = g_strdup_printf("%s and %s is %s",
                                      one,
                                      second.bin->name,
                                      second.bin->labels[second.code]);
    }
    return group;
}

/**
 * errata_fault_group_has:
 * @self: a group that was found
 * @row: a row of the log
 *
 * Returns: whether the row is in the group
 */
gboolean
errata_fault_group_has(const ErrataFaultGroup *self, guint32 row)
{
    return self->bin[0]->code[row] == self->code[0] &&
           (self->bin[1] == NULL || self->bin[1]->code[row] == self->code[1]);
}

void
errata_fault_group_clear(ErrataFaultGroup *self)
{
    g_clear_pointer(&self->words, g_free);
}

/**
 * errata_fault_group_say:
 * @self: a group
 *
 * Returns: (transfer full): the rows of it that are hit, in words
 */
char *
errata_fault_group_say(const ErrataFaultGroup *self)
{
    double share = (double)self->n_hit / (double)self->n;
    g_autofree char *part = errata_words_share(share, (double)NAN, (double)NAN);

    if (share > GROUP_ALL)
        return g_strdup_printf("all rows where %s", self->words);
    return g_strdup_printf("%s of the rows where %s", part, self->words);
}

/**
 * errata_fault_group_add:
 * @self: a group
 * @n_rows: rows of the log; where all are in the window, there is none to tell of
 * @finding: the fault; gets evidence `group`
 */
void
errata_fault_group_add(const ErrataFaultGroup *self, gsize n_rows, ErrataFinding *finding)
{
    gboolean whole = self->n + self->n_rest >= n_rows;
    ErrataEvidence *evidence =
        errata_finding_add(finding,
                           errata_evidence_new("group",
                                               whole ? "of the rows of this group, those that are "
                                                       "so, against the others"
                                                     : "of the rows of this group in that window, "
                                                       "those that are so, against the others",
                                               (double)self->n_hit / (double)self->n,
                                               ERRATA_UNIT_SHARE,
                                               self->n));

    evidence->baseline = self->n_rest > 0 ? (double)self->rest_hit / (double)self->n_rest
                                          : (double)NAN;
    evidence->text = g_strdup(self->words);
}
