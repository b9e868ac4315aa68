/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rounds of the search: take the best slice, refine it, look at it once on the confirmation
 * half, and let it be expected from then on, kept or not, so that the next one must explain what is
 * left. Small logs have no second half; there a slice must beat the best of 99 searches of errors
 * drawn from the expectation itself. */
#include "slices-find.h"

#include <math.h>
#include <string.h>

#include "parallel.h"
#include "rng.h"
#include "slices-level.h"
#include "slices-refine.h"
#include "tests.h"

#define FIND_MAX_KEPT        10
#define FIND_MAX_FAILED      3
#define FIND_MAX_KNOWN       3 /* of the second list */
#define FIND_KNOWN_LEVEL     2 /* conditions of those */
#define FIND_MAX_EXPLORATORY 5
#define FIND_OVER_REST       1.1
#define FIND_KNOWN_REST      1.25 /* for the second list: to be known is less of a reason to tell */
#define FIND_MIN_EXCESS      0.005 /* of all errors */
#define FIND_FORETOLD        0.5 /* of a slice's excess that the scores expect, for the second list */
#define FIND_CAPTURED        0.8 /* of the errors expected in as many of the least sure rows */
#define FIND_PROXY           0.5 /* of what the scores expect that a column alone tells */
#define FIND_BIASED          0.5 /* of a slice's mean loss that its mean residual is: no mere noise … */
#define FIND_BIASED_SURE     3.0 /* … by so many standard errors */
#define FIND_MAX_NOISE       12  /* slices of noise to look past */
#define FIND_DRAWS           99
#define FIND_STAGE           G_GUINT64_CONSTANT(0x736c69636573) /* "slices" */

typedef struct {
    const SlicesTable *table;
    double alpha;
    guint64 seed;
    SlicesFind *find;
    SlicesSearch *search;
    ErrataExpected *discovery;
    ErrataExpected *confirmation;
    ErrataExpected *scored[2]; /* what the first list ended with, of both halves */
} Find;

/* lets @slice be expected in both halves */
static void
find_absorb(Find *self, const Slice *slice)
{
    const SlicesHalf *halves[] = {&self->table->discovery, &self->table->confirmation};
    ErrataExpected *expected[] = {self->discovery, self->confirmation};

    for (guint i = 0; i < 2; i++) {
        g_autofree guint8 *member = g_malloc(MAX(halves[i]->n_rows, 1));

        errata_slices_table_member(self->table, halves[i], slice, member);
        errata_expected_add(expected[i], member);
    }
}

static void
find_update_q(Find *self)
{
    GArray *found = self->find->found;
    g_autofree double *p = g_new(double, MAX(found->len, 1));
    g_autofree double *q = g_new(double, MAX(found->len, 1));

    for (guint i = 0; i < found->len; i++)
        p[i] = g_array_index(found, SlicesFound, i).test.p;
    errata_tests_benjamini_hochberg(p, found->len, found->len, q);
    for (guint i = 0; i < found->len; i++)
        g_array_index(found, SlicesFound, i).q = q[i];
}

static gboolean
find_is_large(const Find *self, const SlicesFound *found)
{
    const SlicesHalf *half = &self->table->confirmation;
    const ErrataExpectedTest *test = &found->test;
    double rest_rows = (double)half->n_rows - test->n;
    double rest = rest_rows > 0.0 ? (half->total - test->observed) / rest_rows : 0.0;

    return test->n > 0.0 && test->observed >= SLICES_MIN_LIFT * test->expected &&
           test->observed / test->n >= (found->known ? FIND_KNOWN_REST : FIND_OVER_REST) * rest &&
           test->observed - test->expected >= FIND_MIN_EXCESS * half->total;
}

typedef struct {
    double mu;
    double count;
} FindGroup;

static int
find_compare_cb(gconstpointer a, gconstpointer b)
{
    const FindGroup *x = a;
    const FindGroup *y = b;

    return (x->mu < y->mu) - (x->mu > y->mu);
}

/* what the scores expect in a slice, over what they expect in as many of the rows that they are least
 * sure of: 1 where it holds those rows and no others */
static double
find_captured(const Find *self, const guint8 *member)
{
    const ErrataExpected *scored = self->scored[1];
    g_autofree FindGroup *group = g_new(FindGroup, MAX(scored->n_groups, 1));
    double n = 0.0, own = 0.0, most = 0.0;

    for (gsize i = 0; i < scored->n_rows; i++)
        if (member[i] != 0) {
            n += 1.0;
            own += errata_expected_mu(scored, i);
        }
    for (guint g = 0; g < scored->n_groups; g++)
        group[g] = (FindGroup){scored->mu[g], scored->count[g]};
    qsort(group, scored->n_groups, sizeof(*group), find_compare_cb);
    for (guint g = 0; g < scored->n_groups && n > 0.0; g++) {
        double taken = MIN(n, group[g].count);

        most += taken * group[g].mu;
        n -= taken;
    }
    return most > 0.0 ? own / most : 0.0;
}

/* whether the scores expect most of what a slice has beyond the overall rate, and leave nothing of note
 * unexpected: then the model knows. It must be the ground where the model is least sure, not a box that
 * some of its doubtful rows fall into: near its threshold any model is unsure, which is no news. */
static gboolean
find_is_known(const Find *self, const guint8 *member, const ErrataExpectedTest *plain)
{
    ErrataExpectedTest scored;

    errata_expected_test(self->scored[1], member, &scored);
    return scored.observed < SLICES_MIN_LIFT * scored.expected &&
           scored.expected - plain->expected >=
               FIND_FORETOLD * (plain->observed - plain->expected) &&
           find_captured(self, member) >= FIND_CAPTURED;
}

/* part of the variance of what the scores expect that a column's codes explain */
static double
find_explains(const Find *self, guint column)
{
    const ErrataExpected *scored = self->scored[0];
    const SlicesCoding *fine = &self->table->columns[column].fine;
    double n[256] = {0.0}, sum[256] = {0.0};
    double total = 0.0, square = 0.0, between = 0.0;

    for (gsize i = 0; i < scored->n_rows; i++) {
        double mu = errata_expected_mu(scored, i);

        n[fine->code[i]] += 1.0;
        sum[fine->code[i]] += mu;
        total += mu;
        square += mu * mu;
    }
    for (guint c = 0; c < fine->n_codes; c++)
        between += n[c] > 0.0 ? sum[c] * sum[c] / n[c] : 0.0;
    total = total * total / MAX((double)scored->n_rows, 1.0);
    return square > total ? (between - total) / (square - total) : 0.0;
}

/* the numbers that say much the same as the score does: that unsure predictions are often wrong is no
 * news */
static guint8 *
find_proxies(const Find *self)
{
    guint8 *proxy = g_new0(guint8, MAX(self->table->n_columns, 1));

    for (guint c = 0; c < self->table->n_columns; c++)
        proxy[c] = self->table->columns[c].bin->numeric && find_explains(self, c) >= FIND_PROXY;
    return proxy;
}

/* whether the predictions are right on average where @member is set, as far as can be told */
static gboolean
find_is_unbiased(const Find *self, const guint8 *member)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    const SlicesHalf *half = &self->table->confirmation;
    double n = 0.0, sum = 0.0, square = 0.0, loss = 0.0;

    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 row = half->row[i];
        double residual = outcome->predicted_value[row] - outcome->truth_value[row];

        if (member[i] == 0)
            continue;
        n += 1.0;
        sum += residual;
        square += residual * residual;
        loss += outcome->loss[row];
    }
    return fabs(sum) < FIND_BIASED * loss ||
           fabs(sum) < FIND_BIASED_SURE * sqrt(MAX(square - sum * sum / MAX(n, 1.0), 0.0));
}

/**
 * errata_slices_find_noise:
 * @self: what was found
 * @table: in this table of real losses
 * @member: (array length=table->confirmation.n_rows): 1 for rows of the confirmation half
 *
 * Returns: their mean loss over what noise of the size that their columns tell would give; NaN where no
 *   column tells of it
 */
double
errata_slices_find_noise(const SlicesFind *self, const SlicesTable *table, const guint8 *member)
{
    const SlicesHalf *half = &table->confirmation;
    const double *loss = table->analysis->outcome->loss;
    g_autofree double *count = g_new0(double, half->n_cells);
    g_autofree double *sum = g_new0(double, half->n_cells);
    double observed = 0.0, expected = 0.0;

    if (self->level == NULL)
        return (double)NAN;
    for (gsize i = 0; i < half->n_rows; i++) {
        count[half->cell[i]] += 1.0;
        sum[half->cell[i]] += loss[half->row[i]] / (double)self->level[i];
    }
    for (gsize i = 0; i < half->n_rows; i++)
        if (member[i] != 0) {
            observed += loss[half->row[i]];
            expected += (double)self->level[i] * sum[half->cell[i]] / count[half->cell[i]];
        }
    return expected > 0.0 ? observed / expected : (double)NAN;
}

static gboolean
find_uses(const Slice *slice, guint column)
{
    for (guint i = 0; i < slice->n; i++)
        if (slice->condition[i].column == column)
            return TRUE;
    return FALSE;
}

/* whether noise by the same columns has been told, or by some of them */
static gboolean
find_told_noise(const Find *self, const Slice *slice)
{
    for (guint k = 0; k < self->find->found->len; k++) {
        const SlicesFound *other = &g_array_index(self->find->found, SlicesFound, k);
        guint n_used = 0;

        for (guint i = 0; i < other->slice.n; i++)
            n_used += find_uses(slice, other->slice.condition[i].column) ? 1 : 0;
        if (other->noise && other->kept && n_used == other->slice.n)
            return TRUE;
    }
    return FALSE;
}

/* tries one slice on the confirmation half; whether it is kept */
static gboolean
find_confirm(Find *self, const Slice *slice, double score, gboolean known)
{
    SlicesFound found = {.slice = *slice, .known = known, .score = score};
    g_autofree guint8 *member = g_malloc(MAX(self->table->confirmation.n_rows, 1));
    SlicesFound *last;

    errata_slices_table_member(self->table, &self->table->confirmation, slice, member);
    errata_expected_test(self->confirmation, member, &found.test);
    g_array_append_val(self->find->found, found);
    find_update_q(self);
    last = &g_array_index(self->find->found, SlicesFound, self->find->found->len - 1);
    last->kept = find_is_large(self, last) && last->q < self->alpha &&
                 (!known || find_is_known(self, member, &last->test));
    if (last->kept && !known && self->table->real &&
        errata_slices_find_noise(self->find, self->table, member) < SLICES_MIN_LIFT &&
        find_is_unbiased(self, member)) {
        last->kept = !find_told_noise(self, slice);
        last->noise = last->known = TRUE;
    }
    return last->kept;
}

static gboolean
find_last_is_noise(const Find *self)
{
    return g_array_index(self->find->found, SlicesFound, self->find->found->len - 1).noise;
}

static void
find_rounds(Find *self, gboolean known, guint max_kept, guint max_failed)
{
    guint n_kept = 0;
    guint n_failed = 0;
    guint n_noise = 0;

    while (n_kept < max_kept && n_failed < max_failed &&
           self->discovery->n_terms < ERRATA_EXPECTED_MAX_TERMS) {
        Slice slice;
        double score;

        if (!errata_slices_search_next(self->search, self->discovery, &slice, &score))
            return;
        errata_slices_refine(self->table, self->discovery, &slice);
        if (find_confirm(self, &slice, score, known))
            n_kept += find_last_is_noise(self) ? 0 : 1;
        else if (!find_last_is_noise(self) || ++n_noise > FIND_MAX_NOISE)
            n_failed++;
        find_absorb(self, &slice);
    }
}

static void
find_expect(Find *self)
{
    const SlicesHalf *halves[] = {&self->table->discovery, &self->table->confirmation};
    ErrataExpected **expected[] = {&self->discovery, &self->confirmation};

    for (guint i = 0; i < 2; i++)
        *expected[i] = errata_expected_new(halves[i]->y,
                                           halves[i]->cell,
                                           halves[i]->n_cells,
                                           halves[i]->n_rows,
                                           self->table->real);
}

/* for the second list: what is expected where nothing is known of a row but the slices of the first */
static void
find_expect_plainly(Find *self)
{
    const SlicesHalf *halves[] = {&self->table->discovery, &self->table->confirmation};
    ErrataExpected **expected[] = {&self->discovery, &self->confirmation};
    g_autofree guint8 *proxy = NULL;
    guint n_first = self->find->found->len;

    for (guint i = 0; i < 2; i++) {
        g_autofree guint32 *one = g_new0(guint32, MAX(halves[i]->n_rows, 1));

        self->scored[i] = *expected[i];
        *expected[i] =
            errata_expected_new(halves[i]->y, one, 1, halves[i]->n_rows, self->table->real);
    }
    for (guint i = 0; i < n_first; i++)
        find_absorb(self, &g_array_index(self->find->found, SlicesFound, i).slice);
    proxy = find_proxies(self);
    errata_slices_search_restart(self->search, FIND_KNOWN_LEVEL, proxy);
}

/* whether all labels are of one class */
static gboolean
find_has_one_class(const SlicesTable *table)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    const SlicesHalf *half = &table->discovery;

    for (gsize i = 1; outcome->truth != NULL && i < half->n_rows; i++)
        if (outcome->truth[half->row[i]] != outcome->truth[half->row[0]])
            return FALSE;
    return outcome->truth != NULL && !table->real;
}

static void
find_two_halves(Find *self)
{
    if (self->table->real)
        self->find->level = errata_slices_level_new(self->table, &self->table->confirmation);
    find_expect(self);
    find_rounds(self, FALSE, FIND_MAX_KEPT, FIND_MAX_FAILED);
    if (self->table->discovery.n_cells == 1 || find_has_one_class(self->table))
        return; /* without scores both lists are the same, with one class the predictions are the errors */
    find_expect_plainly(self);
    find_rounds(self, TRUE, FIND_MAX_KNOWN, FIND_MAX_FAILED);
    for (guint i = 0; i < self->find->found->len; i++) {
        SlicesFound *found = &g_array_index(self->find->found, SlicesFound, i);

        found->kept = found->kept && found->q < self->alpha; /* over all that were tried */
    }
}

typedef struct {
    const Find *find;
    guint round;
    double score[FIND_DRAWS];
} FindDraws;

/* errors as they would fall if nothing but the expectation were true */
static void
find_draw_losses(const Find *self, guint round, gsize draw, double *ret_y)
{
    const ErrataExpected *expected = self->discovery;
    ErrataRng rng = errata_rng_init(self->seed, FIND_STAGE + round, draw);

    for (gsize i = 0; i < expected->n_rows; i++) {
        double mu = errata_expected_mu(expected, i);

        if (!expected->real) {
            ret_y[i] = errata_rng_uniform(&rng) < mu ? 1.0 : 0.0;
        } else {
            gsize other = errata_rng_below(&rng, expected->n_rows);

            ret_y[i] = MAX(mu + expected->y[other] - errata_expected_mu(expected, other), 0.0);
        }
    }
}

static void
find_draw_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    FindDraws *draws = data;
    const Find *self = draws->find;

    for (gsize i = begin; i < end; i++) {
        g_autofree double *y = g_new(double, MAX(self->discovery->n_rows, 1));
        g_autoptr(SlicesSearch) search = NULL;
        Slice slice;

        find_draw_losses(self, draws->round, i, y);
        search = errata_slices_search_new(self->table, y);
        if (!errata_slices_search_next(search, self->discovery, &slice, &draws->score[i]))
            draws->score[i] = 0.0;
    }
}

/* share of drawn searches whose best score reaches @score, the search itself counted */
static double
find_draw_p(const Find *self, guint round, double score)
{
    FindDraws draws = {.find = self, .round = round};
    guint reached = 1;

    errata_parallel_for(FIND_DRAWS, 1, find_draw_cb, &draws);
    for (guint i = 0; i < FIND_DRAWS; i++)
        reached += draws.score[i] >= score;
    return (double)reached / (FIND_DRAWS + 1);
}

static void
find_exploratory(Find *self)
{
    find_expect(self);
    for (guint round = 0; round < FIND_MAX_EXPLORATORY; round++) {
        SlicesFound found = {.kept = FALSE};
        g_autofree guint8 *member = g_malloc(MAX(self->table->discovery.n_rows, 1));

        if (!errata_slices_search_next(self->search, self->discovery, &found.slice, &found.score))
            return;
        double p = find_draw_p(self, round, found.score);

        errata_slices_refine(self->table, self->discovery, &found.slice);
        errata_slices_table_member(self->table, &self->table->discovery, &found.slice, member);
        errata_expected_test(self->discovery, member, &found.test);
        found.test.p = found.q = p;
        found.kept = p <= self->alpha && find_is_large(self, &found);
        g_array_append_val(self->find->found, found);
        if (!found.kept)
            return;
        find_absorb(self, &found.slice);
    }
}

/**
 * errata_slices_find:
 * @table: a table
 * @alpha: false discovery rate over the slices tried, e.g. 0.01
 * @seed: of the draws on small logs
 *
 * Runs the whole search: slices beyond what the scores say, then those the scores know of.
 *
 * Returns: (transfer full): the slices that were tried
 */
SlicesFind *
errata_slices_find(const SlicesTable *table, double alpha, guint64 seed)
{
    SlicesFind *find = g_new0(SlicesFind, 1);
    Find self = {.table = table, .alpha = alpha, .seed = seed, .find = find};

    find->found = g_array_new(FALSE, TRUE, sizeof(SlicesFound));
    if (table->n_columns == 0 || table->discovery.total <= 0.0)
        return find;
    self.search = errata_slices_search_new(table, table->discovery.y);
    if (table->exploratory)
        find_exploratory(&self);
    else
        find_two_halves(&self);
    find->n_tried = errata_slices_search_n_tried(self.search);
    memcpy(find->n_columns, self.search->n_columns_searched, sizeof(find->n_columns));
    find->n_sets_left_out = self.search->n_sets_left_out;
    errata_slices_search_free(self.search);
    errata_expected_free(self.discovery);
    errata_expected_free(self.confirmation);
    for (guint i = 0; i < G_N_ELEMENTS(self.scored); i++)
        errata_expected_free(self.scored[i]);
    return find;
}

void
errata_slices_find_free(SlicesFind *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->found);
    g_free(self->level);
    g_free(self);
}
