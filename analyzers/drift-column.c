/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One column in the reference against the same column now. Numbers are counted by groups once per
 * side, and everything is read off these; a repeated extreme far from all else is a sentinel and is
 * left out. Numbers of a few distinct values are compared as categories. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "chain.h"
#include "drift.h"
#include "entity-effect.h"
#include "intervals.h"
#include "number.h"
#include "sort.h"
#include "tests.h"

#define COLUMN_BELIEVED      0.05 /* p under which a test is looked at twice */
#define COLUMN_FEW_VALUES    5
#define COLUMN_SENTINEL_ROWS 5
#define COLUMN_SENTINELS     2    /* looked for at each end */
#define COLUMN_SENTINEL_GAP  0.5  /* of the central 99.8 % range */
#define COLUMN_SENTINEL_MOST 0.2  /* share of the values that can be a sentinel */
#define COLUMN_PASSING       0.15 /* of the rows now: about 5 % of a log */
#define COLUMN_STILL_THERE   0.01
#define COLUMN_CLIP          0.005
#define COLUMN_LEAST_COUNT   5.0 /* expected rows under which categories are pooled for the test */
#define COLUMN_NEW_SHOWN     3

typedef struct {
    ErrataScale scale;
    double *x; /* numbers of the reference */
    double *y; /* numbers now */
    ErrataPartition *from;
    ErrataPartition *to;
} ColumnSides;

/* what is asked of every column, beside deciles */
static const double column_quantiles[] = {0.001, COLUMN_CLIP, 1.0 - COLUMN_CLIP, 0.999};

/* the central 99.8 % range of @n numbers from a rank on */
static double
column_range(ErrataPartition *side, gsize rank, gsize n)
{
    double ends[2];

    for (guint e = 0; e < 2; e++) {
        double at = (e == 0 ? 0.001 : 0.999) * (double)(n - 1);
        gsize below = MIN((gsize)at, n - 1);
        double pair[] = {errata_partition_at(side, rank + below),
                         errata_partition_at(side, rank + MIN(below + 1, n - 1))};

        ends[e] = errata_sort_quantile(pair, 2, at - (double)below);
    }
    return ends[1] - ends[0];
}

/* how often a side's extreme value is there, where it may be a sentinel; 0 where it is none */
static gsize
column_sentinel(ErrataPartition *side, gboolean upper)
{
    gsize n = errata_partition_n(side), same;
    double extreme, next, range;

    if (n < 100)
        return 0;
    same = errata_partition_ties(side, upper);
    if (same < COLUMN_SENTINEL_ROWS || (double)same > COLUMN_SENTINEL_MOST * (double)n)
        return 0;
    extreme = errata_partition_at(side, upper ? n - 1 : 0);
    next = errata_partition_at(side, upper ? n - 1 - same : same);
    range = column_range(side, upper ? 0 : same, n - same);
    return fabs(extreme - next) > COLUMN_SENTINEL_GAP * range && range > 0.0 ? same : 0;
}

static gboolean
column_ends_alike(ErrataPartition *a, ErrataPartition *b, gboolean upper)
{
    gsize n = errata_partition_n(a), m = errata_partition_n(b);
    double x, y;

    if (n == 0 || m == 0)
        return FALSE;
    x = errata_partition_at(a, upper ? n - 1 : 0);
    y = errata_partition_at(b, upper ? m - 1 : 0);
    return !(x < y) && !(x > y);
}

/* cuts off a sentinel at one end, but not of one side what the other keeps */
static void
column_cut_sentinels(ErrataPartition *from, ErrataPartition *to, gboolean upper)
{
    gsize n = column_sentinel(from, upper), m = column_sentinel(to, upper);

    if ((n == 0) != (m == 0) && column_ends_alike(from, to, upper))
        return;
    if (n > 0)
        errata_partition_cut(from, n, upper);
    if (m > 0)
        errata_partition_cut(to, m, upper);
}

static ErrataPartition *
column_side(const ErrataScale *scale, const double *value, gsize n)
{
    ErrataPartition *side = errata_partition_new(scale, value, n);

    for (guint i = 0; i < G_N_ELEMENTS(column_quantiles); i++)
        errata_partition_want_quantile(side, column_quantiles[i]);
    for (guint k = 0; k <= ERRATA_DISTANCES_BINS; k++)
        errata_partition_want_quantile(side, (double)k / ERRATA_DISTANCES_BINS);
    return side;
}

static ColumnSides *
column_sides(const ErrataColumn *a,
             const ErrataDriftSide *from,
             const ErrataColumn *b,
             const ErrataDriftSide *to)
{
    ColumnSides *sides = g_new(ColumnSides, 1);
    gsize n, m;

    sides->x = g_new(double, MAX(from->n, 1));
    sides->y = g_new(double, MAX(to->n, 1));
    n = errata_column_collect(a, from->row, from->n, sides->x);
    m = errata_column_collect(b, to->row, to->n, sides->y);
    errata_scale_learn(&sides->scale, sides->x, n, sides->y, m, ERRATA_PARTITION_CODES);
    sides->from = column_side(&sides->scale, sides->x, n);
    sides->to = column_side(&sides->scale, sides->y, m);
    for (guint i = 0; i < COLUMN_SENTINELS; i++) {
        column_cut_sentinels(sides->from, sides->to, FALSE);
        column_cut_sentinels(sides->from, sides->to, TRUE);
    }
    return sides;
}

static void
column_sides_free(ColumnSides *sides)
{
    errata_partition_free(sides->from);
    errata_partition_free(sides->to);
    g_free(sides->x);
    g_free(sides->y);
    g_free(sides);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ColumnSides, column_sides_free)

/* distinct values, counted up to one more than @most; sorted */
static guint
column_distinct(const ErrataPartition *side, guint most, double *ret_value)
{
    guint n = 0;

    for (gsize i = 0; i < side->n; i++) {
        double value = side->value[i];
        guint at = 0;

        if (!errata_partition_keeps(side, value))
            continue;
        while (at < n && ret_value[at] < value)
            at++;
        if (at < n && ret_value[at] <= value)
            continue;
        if (n == most)
            return most + 1;
        memmove(ret_value + at + 1, ret_value + at, (n - at) * sizeof value);
        ret_value[at] = value;
        n++;
    }
    return n;
}

static void
column_count_bars(const ErrataDriftColumn *self, ErrataPartition *side, double *ret_bar)
{
    g_autofree guint64 *count = g_new(guint64, self->n_bars);

    errata_distances_count(side, self->edges + 1, self->n_bars - 1, count);
    for (guint i = 0; i < self->n_bars; i++)
        ret_bar[i] = (double)count[i];
}

/* bars of equal width between the 0.5 % and 99.5 % quantiles of both sides; the rest in the
 * outer */
static void
column_bars(ErrataDriftColumn *self, const ColumnSides *sides)
{
    double lo = fmin(errata_partition_quantile(sides->from, COLUMN_CLIP),
                     errata_partition_quantile(sides->to, COLUMN_CLIP));
    double hi = fmax(errata_partition_quantile(sides->from, 1.0 - COLUMN_CLIP),
                     errata_partition_quantile(sides->to, 1.0 - COLUMN_CLIP));
    guint n = hi > lo ? ERRATA_DRIFT_BARS : 1;

    self->n_bars = n;
    self->edges = g_new(double, n + 1);
    self->bar_from = g_new(double, n);
    self->bar_to = g_new(double, n);
    for (guint i = 0; i <= n; i++)
        self->edges[i] = hi > lo ? lo + (hi - lo) * (double)i / (double)n : lo + (double)i - 0.5;
    errata_distances_want(sides->from, self->edges + 1, n - 1);
    errata_distances_want(sides->to, self->edges + 1, n - 1);
}

/* standard errors of the distances of counted bins, each row taken as one */
static void
column_errors_of_numbers(ErrataDriftColumn *self,
                         const ColumnSides *sides,
                         const ErrataDistances *d)
{
    guint64 from[ERRATA_DISTANCES_BINS], to[ERRATA_DISTANCES_BINS];

    errata_distances_count(sides->from, d->edges, d->n_edges, from);
    errata_distances_count(sides->to, d->edges, d->n_edges, to);
    errata_distances_errors(from, to, d->n_edges + 1, 1.0, 1.0, &self->js_sd, &self->psi_sd);
}

static void
column_measure_numbers(ErrataDriftColumn *self, const ColumnSides *sides)
{
    double lo = errata_partition_quantile(sides->from, COLUMN_CLIP);
    double hi = errata_partition_quantile(sides->from, 1.0 - COLUMN_CLIP);
    ErrataDistances d;

    column_bars(self, sides);
    d = errata_distances_measure(sides->from, sides->to, lo, hi);
    self->kind = ERRATA_DRIFT_NUMBER;
    self->test = "Kolmogorov–Smirnov";
    self->statistic = d.ks;
    self->p = d.ks_p;
    self->js = d.js;
    self->psi = d.psi;
    column_errors_of_numbers(self, sides, &d);
    self->psi_chance = d.n_edges * (1.0 / (double)self->n_from + 1.0 / (double)self->n_to);
    self->js_chance = self->psi_chance / (8.0 * G_LN2);
    errata_partition_moments(sides->from, &self->mean_from, &self->sd_from);
    errata_partition_moments(sides->to, &self->mean_to, &self->sd_to);
    if (self->sd_from > 0.0)
        self->effect = d.wasserstein / self->sd_from;
    column_count_bars(self, sides->from, self->bar_from);
    column_count_bars(self, sides->to, self->bar_to);
}

/* rare categories pooled, so that the chi-square holds */
static double
column_chi2(ErrataDriftColumn *self, const guint64 *from, const guint64 *to, gsize n)
{
    g_autofree guint64 *a = g_new0(guint64, n + 1);
    g_autofree guint64 *b = g_new0(guint64, n + 1);
    ErrataDistancesCategories d;
    double least = (double)MIN(self->n_from, self->n_to) / (double)(self->n_from + self->n_to);
    gsize used = 1; /* the first pools the rare */

    for (gsize i = 0; i < n; i++) {
        gboolean rare = (double)(from[i] + to[i]) * least < COLUMN_LEAST_COUNT;
        gsize at = rare ? 0 : used++;

        a[at] += from[i];
        b[at] += to[i];
    }
    d = errata_distances_categories(a, b, used);
    self->p = d.p;
    self->dof = d.dof;
    return d.chi2;
}

typedef struct {
    const char *name;
    guint64 from;
    guint64 to;
    gsize first; /* places in time order where it is seen now */
    gsize last;
} ColumnCategory;

static int
column_compare_category_cb(gconstpointer a, gconstpointer b)
{
    const ColumnCategory *x = a;
    const ColumnCategory *y = b;

    if (x->from + x->to != y->from + y->to)
        return x->from + x->to > y->from + y->to ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* the largest categories as bars, the rest pooled; new and vanished values counted */
static void
column_show_categories(ErrataDriftColumn *self, ColumnCategory *category, gsize n)
{
    g_autoptr(GString) fresh = g_string_new(NULL);

    qsort(category, n, sizeof(ColumnCategory), column_compare_category_cb);
    self->n_bars = (guint)MIN(n, ERRATA_DRIFT_BARS);
    self->labels = g_new0(char *, self->n_bars + 1);
    self->bar_from = g_new0(double, self->n_bars);
    self->bar_to = g_new0(double, self->n_bars);
    for (gsize i = 0; i < n; i++) {
        guint bar = (guint)MIN(i, (gsize)self->n_bars - 1);

        if (category[i].from + category[i].to == 0)
            continue;
        self->bar_from[bar] += (double)category[i].from;
        self->bar_to[bar] += (double)category[i].to;
        self->n_vanished += category[i].to == 0 ? 1 : 0;
        if (category[i].from == 0 && self->n_new++ < COLUMN_NEW_SHOWN)
            g_string_append_printf(fresh, "%s%s", fresh->len > 0 ? ", " : "", category[i].name);
    }
    for (guint bar = 0; bar < self->n_bars; bar++)
        self->labels[bar] = g_strdup(bar + 1 == ERRATA_DRIFT_BARS && n > ERRATA_DRIFT_BARS
                                         ? "all others"
                                         : category[bar].name);
    if (fresh->len > 0)
        self->new_values = g_strdup(fresh->str);
}

static void
column_measure_categories(ErrataDriftColumn *self, ColumnCategory *category, gsize n)
{
    g_autofree guint64 *from = g_new(guint64, MAX(n, 1));
    g_autofree guint64 *to = g_new(guint64, MAX(n, 1));

    for (gsize i = 0; i < n; i++) {
        from[i] = category[i].from;
        to[i] = category[i].to;
    }
    self->kind = ERRATA_DRIFT_CATEGORY;
    self->test = "chi-square";
    self->js = errata_distances_js(from, to, n);
    self->psi = errata_distances_psi(from, to, n);
    errata_distances_by_chance(from, to, n, &self->js_chance, &self->psi_chance);
    errata_distances_errors(from, to, n, 1.0, 1.0, &self->js_sd, &self->psi_sd);
    self->statistic = column_chi2(self, from, to, n);
    column_show_categories(self, category, n);
}

static void
column_count_codes(const ErrataColumn *column,
                   const ErrataDriftSide *side,
                   const guint *map,
                   ColumnCategory *category,
                   gboolean now)
{
    for (gsize i = 0; i < side->n; i++)
        if (errata_column_is_valid(column, side->row[i])) {
            ColumnCategory *of = &category[map[column->code[side->row[i]]]];

            of->from += now ? 0 : 1;
            if (now && of->to++ == 0)
                of->first = i;
            of->last = now ? i : 0;
        }
}

/* a new value that comes and goes within a short time is a change of encoding, which has its own
 * analyzer: its rows are left out here. TRUE when @category is one */
static gboolean
column_is_passing(const ColumnCategory *category, gsize n_to)
{
    return category->from == 0 && category->to >= COLUMN_SENTINEL_ROWS &&
           (double)(category->last - category->first) < COLUMN_PASSING * (double)n_to &&
           (double)category->last < (1.0 - COLUMN_STILL_THERE) * (double)n_to;
}

static void
column_dictionary(ErrataDriftColumn *self,
                  const ErrataColumn *from_column,
                  const ErrataDriftSide *from,
                  const ErrataColumn *to_column,
                  const ErrataDriftSide *to)
{
    g_autoptr(GHashTable) index = g_hash_table_new(g_str_hash, g_str_equal);
    guint most = from_column->n_dictionary + to_column->n_dictionary;
    g_autofree ColumnCategory *category = g_new0(ColumnCategory, MAX(most, 1));
    g_autofree guint *map_from = g_new0(guint, from_column->n_dictionary + 1);
    g_autofree guint *map_to = g_new0(guint, to_column->n_dictionary + 1);
    guint n = 0;

    for (guint i = 0; i < most; i++) {
        gboolean first = i < from_column->n_dictionary;
        const ErrataColumn *column = first ? from_column : to_column;
        guint code = first ? i : i - from_column->n_dictionary;
        gpointer found = g_hash_table_lookup(index, column->dictionary[code]);

        if (found == NULL) {
            category[n++].name = column->dictionary[code];
            found = GUINT_TO_POINTER(n);
            g_hash_table_insert(index, column->dictionary[code], found);
        }
        (first ? map_from : map_to)[code] = GPOINTER_TO_UINT(found) - 1;
    }
    column_count_codes(from_column, from, map_from, category, FALSE);
    column_count_codes(to_column, to, map_to, category, TRUE);
    for (guint i = 0; i < n; i++)
        if (column_is_passing(&category[i], to->n))
            category[i].to = 0;
    column_measure_categories(self, category, n);
}

/* how often a value occurs */
static gsize
column_count(const ErrataPartition *side, double value)
{
    gsize n = 0;

    for (gsize i = 0; errata_partition_keeps(side, value) && i < side->n; i++)
        n += side->value[i] >= value && side->value[i] <= value ? 1 : 0;
    return n;
}

/* numbers of few distinct values, compared as categories */
static gboolean
column_few_values(ErrataDriftColumn *self, const ColumnSides *sides)
{
    double value[2 * COLUMN_FEW_VALUES];
    ColumnCategory category[2 * COLUMN_FEW_VALUES] = {0};
    char name[2 * COLUMN_FEW_VALUES][ERRATA_NUMBER_BUFFER];
    guint n = column_distinct(sides->from, COLUMN_FEW_VALUES, value), more;

    if (n > COLUMN_FEW_VALUES)
        return FALSE;
    more = column_distinct(sides->to, COLUMN_FEW_VALUES, value + n);
    if (more > COLUMN_FEW_VALUES)
        return FALSE;
    n += more;
    errata_sort_values(value, n);
    more = 0;
    for (guint i = 0; i < n; i++)
        if (i == 0 || value[i] > value[more - 1])
            value[more++] = value[i];
    for (guint i = 0; i < more; i++) {
        category[i].name = errata_number_print(value[i], name[i]);
        category[i].from = column_count(sides->from, value[i]);
        category[i].to = column_count(sides->to, value[i]);
    }
    column_measure_categories(self, category, more);
    errata_partition_moments(sides->from, &self->mean_from, &(double){0});
    errata_partition_moments(sides->to, &self->mean_to, &(double){0});
    return TRUE;
}

static gsize
column_valid(const ErrataColumn *column, const ErrataDriftSide *side)
{
    gsize n = 0;

    for (gsize i = 0; i < side->n; i++)
        n += errata_column_is_valid(column, side->row[i]) ? 1 : 0;
    return n;
}

static void
column_missing(ErrataDriftColumn *self, const ErrataDriftSide *from, const ErrataDriftSide *to)
{
    double gone_from = (double)(from->n - self->n_from);
    double gone_to = (double)(to->n - self->n_to);

    self->rows_from = from->n;
    self->rows_to = to->n;
    self->missing_from = gone_from / (double)from->n;
    self->missing_to = gone_to / (double)to->n;
    self->missing_p =
        gone_from + gone_to > 0.0
            ? errata_tests_two_proportions(gone_from, (double)from->n, gone_to, (double)to->n)
            : 1.0;
}

static void
column_measure_text(ErrataDriftColumn *self,
                    const ErrataColumn *from_column,
                    const ErrataDriftSide *from,
                    const ErrataColumn *to_column,
                    const ErrataDriftSide *to)
{
    double sd = (double)NAN;
    double auc = errata_drift_text_auc(from_column, from, to_column, to, &sd);

    self->kind = ERRATA_DRIFT_TEXT;
    self->test = "domain classifier";
    self->statistic = auc;
    self->effect = auc - 0.5;
    self->auc_lo = auc - errata_intervals_z(0.95) * sd;
    self->p = sd > 0.0 ? errata_tests_normal_upper((auc - 0.5) / sd) : 1.0;
}

/* by how many times fewer rows these are worth, as they follow each other: of the column's numbers,
 * or of having its value @top */
static double
column_inflation(const ErrataColumn *column, const ErrataDriftSide *side, const char *top)
{
    g_autofree double *value = g_new(double, side->n + 1);

    if (errata_column_is_numeric(column))
        return errata_chain_inflation(value,
                                      errata_column_collect(column, side->row, side->n, value));
    for (gsize i = 0; i < side->n; i++) {
        guint32 row = side->row[i];

        value[i] = !errata_column_is_valid(column, row) ? (double)NAN
                   : column->type == ERRATA_COLUMN_CATEGORY && top != NULL
                       ? (double)(strcmp(column->dictionary[column->code[row]], top) == 0)
                       : (double)NAN;
    }
    return errata_chain_inflation(value, side->n);
}

/* what the column says of the rows of a side, one after another: its number, not beyond the ends of
 * the figure; of categories whether it is @top; or whether it is @missing */
static double *
column_said(const ErrataDriftColumn *self,
            const ErrataColumn *column,
            const ErrataDriftSide *side,
            const char *top,
            gboolean missing)
{
    double *said = g_new(double, side->n + 1);

    for (gsize i = 0; i < side->n; i++) {
        guint32 row = side->row[i];
        gboolean valid = errata_column_is_valid(column, row);

        if (missing)
            said[i] = valid ? 0.0 : 1.0;
        else if (!valid || (column->type == ERRATA_COLUMN_CATEGORY && top == NULL))
            said[i] = (double)NAN;
        else if (column->type == ERRATA_COLUMN_CATEGORY)
            said[i] = strcmp(column->dictionary[column->code[row]], top) == 0 ? 1.0 : 0.0;
        else
            said[i] = errata_column_number(column, row);
        if (!missing && self->edges != NULL && !isnan(said[i]))
            said[i] = CLAMP(said[i], self->edges[0], self->edges[self->n_bars]);
    }
    return said;
}

/* its rows are independent */
static gboolean
column_is_free(const ErrataDriftSide *side)
{
    return side->outcome == NULL || side->outcome->entity == NULL;
}

/**
 * errata_drift_column_effect:
 * @self: a column, measured
 * @column: where its values are
 * @side: rows
 *
 * Returns: by how many times fewer rows these are worth, as rows of one entity are alike in the
 *   column; of categories the mean over those that are shown, by what they add to chi-square (Rao
 *   and Scott 1984, first order); 1 where no column tells what rows belong to
 */
double
errata_drift_column_effect(const ErrataDriftColumn *self,
                           const ErrataColumn *column,
                           const ErrataDriftSide *side)
{
    double effect = 0.0, total = 0.0;

    if (column_is_free(side))
        return 1.0;
    for (guint b = 0; b < (column->type == ERRATA_COLUMN_CATEGORY ? self->n_bars : 1); b++) {
        g_autofree double *said =
            column_said(self, column, side, self->labels != NULL ? self->labels[b] : NULL, FALSE);
        double rest = column->type != ERRATA_COLUMN_CATEGORY
                          ? 1.0
                          : 1.0 - (self->bar_from[b] + self->bar_to[b]) /
                                      (double)(self->n_from + self->n_to);

        effect += rest * errata_entity_effect(side->outcome, side->row, side->n, said);
        total += rest;
    }
    return total > 0.0 ? effect / total : 1.0;
}

/* p of the shares of missing values, as sure as so many entities make them; 0 where rows are
 * independent, and this has nothing to add */
static double
column_missing_p(const ErrataDriftColumn *self,
                 const ErrataColumn *a,
                 const ErrataDriftSide *from,
                 const ErrataColumn *b,
                 const ErrataDriftSide *to)
{
    const ErrataColumn *column[] = {a, b};
    const ErrataDriftSide *side[] = {from, to};
    double n[2];

    if (column_is_free(from) && column_is_free(to))
        return 0.0;
    for (guint k = 0; k < 2; k++) {
        g_autofree double *said = column_said(self, column[k], side[k], NULL, TRUE);

        n[k] = (double)side[k]->n /
               errata_entity_effect(side[k]->outcome, side[k]->row, side[k]->n, said);
    }
    return errata_tests_two_proportions(self->missing_from * n[0],
                                        n[0],
                                        self->missing_to * n[1],
                                        n[1]);
}

/* a test that is about to be believed is held against the chains of the rows, and the entities that
 * they belong to */
static void
column_allow_for_rows(ErrataDriftColumn *self,
                      const ErrataColumn *a,
                      const ErrataDriftSide *from,
                      const ErrataColumn *b,
                      const ErrataDriftSide *to)
{
    const char *top = self->labels != NULL ? self->labels[0] : NULL;
    double before, after, worse;

    if (self->missing_p < COLUMN_BELIEVED)
        self->missing_p = fmax(self->missing_p, column_missing_p(self, a, from, b, to));
    if (!(self->p < COLUMN_BELIEVED) || self->kind == ERRATA_DRIFT_TEXT)
        return;
    before = errata_drift_column_effect(self, a, from);
    after = errata_drift_column_effect(self, b, to);
    worse = MAX(before, after);
    self->js_chance *= worse;
    self->psi_chance *= worse;
    before = MAX(before, column_inflation(a, from, top));
    after = MAX(after, column_inflation(b, to, top));
    self->worth_from = 1.0 / before;
    self->worth_to = 1.0 / after;
    self->js_sd *= sqrt(MAX(before, after));
    self->psi_sd *= sqrt(MAX(before, after));
    if (self->kind == ERRATA_DRIFT_NUMBER)
        self->p = errata_distances_ks_p(self->statistic,
                                        (gsize)ceil((double)self->n_from / before),
                                        (gsize)ceil((double)self->n_to / after));
    else if (self->dof > 0)
        self->p = gsl_cdf_chisq_Q(self->statistic / MAX(before, after), (double)self->dof);
}

/**
 * errata_drift_column_measure:
 * @self: with its column and name set; the rest is filled
 * @from: the reference
 * @to: now
 *
 * Measures how far the column has moved, by the means that suit it: METHODS 5.
 */
void
errata_drift_column_measure(ErrataDriftColumn *self,
                            const ErrataDriftSide *from,
                            const ErrataDriftSide *to)
{
    const ErrataColumn *b = to->frame->columns[self->column];
    const ErrataColumn *a = from->frame == to->frame
                                ? b
                                : errata_frame_find(from->frame, b->name, NULL);
    gboolean text = b->type == ERRATA_COLUMN_TEXT || self->kind == ERRATA_DRIFT_TEXT;

    self->js = self->psi = self->effect = self->mean_from = self->mean_to = (double)NAN;
    self->statistic = self->p = self->q = self->loss = self->loss_sd = self->foretold = (double)NAN;
    self->missing_p = self->auc_lo = self->sd_from = self->sd_to = (double)NAN;
    self->js_sd = self->psi_sd = (double)NAN;
    self->worth_from = self->worth_to = 1.0;
    if (a == NULL ||
        (a->type != b->type && !(errata_column_is_numeric(a) && errata_column_is_numeric(b)))) {
        self->why_not = a == NULL ? "the reference lacks it" : "its type differs in the reference";
        return;
    }
    self->n_from = column_valid(a, from);
    self->n_to = column_valid(b, to);
    column_missing(self, from, to);
    if (MIN(self->n_from, self->n_to) < ERRATA_DRIFT_MIN_ROWS) {
        self->why_not = "not enough data";
        return;
    }
    if (text) {
        column_measure_text(self, a, from, b, to);
    } else if (b->type == ERRATA_COLUMN_CATEGORY) {
        column_dictionary(self, a, from, b, to);
    } else {
        g_autoptr(ColumnSides) sides = column_sides(a, from, b, to);

        if (!column_few_values(self, sides))
            column_measure_numbers(self, sides);
    }
    column_allow_for_rows(self, a, from, b, to);
}

/**
 * errata_drift_column_distance:
 * @column: index in the frame of @to
 * @from: the reference
 * @to: some rows now
 *
 * Returns: the Jensen–Shannon distance, or NaN where the column cannot be compared
 */
double
errata_drift_column_distance(guint column, const ErrataDriftSide *from, const ErrataDriftSide *to)
{
    ErrataDriftColumn self = {.column = column};
    double distance;

    errata_drift_column_measure(&self, from, to);
    distance = self.js;
    errata_drift_column_clear(&self);
    return distance;
}

void
errata_drift_column_clear(ErrataDriftColumn *self)
{
    g_free(self->new_values);
    g_free(self->edges);
    g_strfreev(self->labels);
    g_free(self->bar_from);
    g_free(self->bar_to);
}
