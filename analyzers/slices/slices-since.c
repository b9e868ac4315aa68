/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Since when a slice errs, or until when. Its errors beyond the expected are held, stretch by
 * stretch of time, against those of all other rows: what befalls every row at some time is no
 * matter of the slice. The stretch is found and dated on the discovery half, with the likelihood of
 * its ends by row (Hinkley 1970), and stands where the confirmation half has the same, rows that
 * follow each other counting less where they are alike. */
#include "slices-since.h"

#include <math.h>

#include "chain.h"
#include "change-points.h"

#define SINCE_BLOCKS     100
#define SINCE_BLOCK_ROWS 8  /* of the slice, at least */
#define SINCE_LEAST      24 /* blocks; fewer rows tell nothing of time */
#define SINCE_FOUND      4.5 /* standard errors that some stretch must exceed, of all there are … */
#define SINCE_HELD       3.09 /* … and the one found on the other half: 1 in 1,000 by chance, … */
#define SINCE_SHARED \
    5.6 /* … in 100,000 choices as far as rows that err together are of both halves */
#define SINCE_REST      0.25 /* of the excess per row, that may be left outside the stretch */
#define SINCE_END_COST  5.0  /* log likelihood that a second end must gain … */
#define SINCE_END_SHARE 0.02 /* … besides this share of it */
#define SINCE_NEAR      0.02 /* of the log: dates that are as unsure still tell what happened at once */
#define SINCE_REACH     15 /* blocks at either side of an end that it may lie in */

/* a stretch of blocks [lo, hi), and how surely it is worse than the rest of the slice */
typedef struct {
    guint lo;
    guint hi;
    double z;
} SinceStretch;

typedef struct {
    const SlicesTable *table;
    const SlicesHalf *half;
    const guint32 *at;
    const ErrataExpected *expected;
    guint8 *member;
} Since;

SlicesTimes *
errata_slices_times_new(const SlicesTable *table)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    const SlicesHalf *halves[] = {&table->discovery, &table->confirmation};
    SlicesTimes *self = g_new0(SlicesTimes, 1);
    g_autofree guint32 *place = g_new(guint32, MAX(outcome->n_rows, 1));

    for (guint h = 0; h < 2; h++) {
        gsize n = 0;

        self->at[h] = g_new(guint32, MAX(halves[h]->n_rows, 1));
        for (gsize row = 0; row < outcome->n_rows; row++)
            place[row] = G_MAXUINT32;
        for (gsize i = 0; i < halves[h]->n_rows; i++)
            place[halves[h]->row[i]] = (guint32)i;
        for (gsize i = 0; i < outcome->n_rows; i++) {
            guint32 row = outcome->order != NULL ? outcome->order[i] : (guint32)i;

            if (place[row] != G_MAXUINT32 &&
                (outcome->time == NULL || outcome->time[row] != G_MININT64))
                self->at[h][n++] = place[row];
        }
        while (n < halves[h]->n_rows) /* rows of no time are of no stretch */
            self->at[h][n++] = G_MAXUINT32;
    }
    return self;
}

void
errata_slices_times_free(SlicesTimes *self)
{
    if (self == NULL)
        return;
    g_free(self->at[0]);
    g_free(self->at[1]);
    g_free(self);
}

static gint64
since_time(const Since *self, gsize place)
{
    const gint64 *time = self->table->analysis->outcome->time;
    guint32 row = self->half->row[self->at[place]];

    return time != NULL ? time[row] : (gint64)row;
}

/* errors of the slice's rows over those expected */
static double
since_level(const Since *self)
{
    double y = 0.0, mu = 0.0;

    for (gsize i = 0; i < self->half->n_rows; i++)
        if (self->member[i] != 0) {
            y += self->expected->y[i];
            mu += errata_expected_mu(self->expected, i);
        }
    return mu > 0.0 ? y / mu : 1.0;
}

static void
since_add(SlicesSum *sum, double y, double mu, double residual)
{
    sum->n += 1.0;
    sum->y += y;
    sum->mu += mu;
    sum->square += residual * residual;
}

static SlicesSum
since_minus(SlicesSum a, SlicesSum b)
{
    return (SlicesSum){a.n - b.n, a.y - b.y, a.mu - b.mu, a.square - b.square};
}

static SlicesSum
since_plus(SlicesSum a, SlicesSum b)
{
    return (SlicesSum){a.n + b.n, a.y + b.y, a.mu + b.mu, a.square + b.square};
}

static void
since_line_clear(SlicesLine *line)
{
    g_free(line->own);
    g_free(line->other);
    g_free(line->begin);
}

/* blocks of as many rows of the slice; @n_own of them there are */
static void
since_line_init(const Since *self, guint n_blocks, gsize n_own, SlicesLine *line)
{
    double level = since_level(self);
    SlicesSum own = {0.0, 0.0, 0.0, 0.0}, other = own;
    gsize seen = 0;
    gsize place;

    line->n = n_blocks;
    line->own = g_new0(SlicesSum, n_blocks + 1);
    line->other = g_new0(SlicesSum, n_blocks + 1);
    line->begin = g_new0(gsize, n_blocks + 1);
    for (place = 0; place < self->half->n_rows && self->at[place] != G_MAXUINT32; place++) {
        guint32 i = self->at[place];
        double y = self->expected->y[i], mu = errata_expected_mu(self->expected, i);

        if (self->member[i] == 0) {
            since_add(&other, y, mu, y);
            continue;
        }
        since_add(&own, y, mu, y - level * mu);
        seen++;
        if (seen * n_blocks / n_own > (seen - 1) * n_blocks / n_own) {
            gsize b = seen * n_blocks / n_own;

            line->own[b] = own;
            line->other[b] = other;
            line->begin[b] = place + 1;
        }
    }
    line->begin[n_blocks] = place;
    line->other[n_blocks] = other;
}

/* variance of the sum of losses; that of rows which never err is not known to be none */
static double
since_scatter(const SlicesSum *sum)
{
    return fmax(sum->square - sum->y * sum->y / sum->n, 1.0);
}

/**
 * errata_slices_since_z:
 * @line: a group and all others
 * @lo: the first block of a stretch
 * @hi: the first after it
 * @least: rows of the group that must be in the stretch, and outside it
 * @ret_rest: (out): what is left of the excess per row outside the stretch
 *
 * Returns: by how many standard errors the group errs more in the stretch than at other times, over
 * what
 *   all other rows do in the same stretch; 0 where it has too few rows
 */
double
errata_slices_since_z(const SlicesLine *line, guint lo, guint hi, double least, double *ret_rest)
{
    SlicesSum own = since_minus(line->own[hi], line->own[lo]);
    SlicesSum rest = since_minus(line->own[line->n], own);
    SlicesSum other = since_minus(line->other[hi], line->other[lo]);
    SlicesSum others = since_minus(line->other[line->n], other);
    double in = other.mu > 0.0 ? other.y / other.mu : 1.0;
    double out = others.mu > 0.0 ? others.y / others.mu : 1.0;
    double level, square, variance, gap;

    *ret_rest = 1.0;
    if (own.n < least || rest.n < least)
        return 0.0;
    in *= own.mu;
    out *= rest.mu;
    level = (own.y + rest.y) / MAX(in + out, 1e-12);
    square = line->own[line->n].square / line->own[line->n].n;
    variance = square / own.n + square / rest.n;
    if (other.mu > 0.0)
        variance += pow(level * own.mu / own.n / other.mu, 2.0) * since_scatter(&other);
    if (others.mu > 0.0)
        variance += pow(level * rest.mu / rest.n / others.mu, 2.0) * since_scatter(&others);
    gap = (own.y - level * in) / own.n - (rest.y - level * out) / rest.n;
    if (own.y > in)
        *ret_rest = (rest.y - out) / rest.n / ((own.y - in) / own.n);
    return variance > 0.0 ? gap / sqrt(variance) : 0.0;
}

/* the surest stretch; one with two ends only where the second pays */
static SinceStretch
since_find(const SlicesLine *line, double least, double *ret_rest)
{
    SinceStretch best[2] = {{0, line->n, 0.0}, {0, line->n, 0.0}};
    double gain, cost, rest;
    guint which;

    for (guint lo = 0; lo < line->n; lo++)
        for (guint hi = lo + 1; hi <= line->n; hi++) {
            guint ends = (lo > 0 ? 1 : 0) + (hi < line->n ? 1 : 0);
            double z = ends > 0 ? errata_slices_since_z(line, lo, hi, least, &rest) : 0.0;

            if (ends > 0 && z > best[ends - 1].z)
                best[ends - 1] = (SinceStretch){lo, hi, z};
        }
    gain = 0.5 * (best[1].z * best[1].z - best[0].z * best[0].z);
    cost = SINCE_END_COST + SINCE_END_SHARE * 0.5 * best[1].z * best[1].z;
    which = gain > cost ? 1 : 0;
    *ret_rest = 1.0;
    if (best[which].z > 0.0)
        errata_slices_since_z(line, best[which].lo, best[which].hi, least, ret_rest);
    return best[which];
}

/* what lifts the expected to the observed, of the slice in a stretch or outside it: a factor of the
 * odds, or of real losses */
static double
since_lift(const Since *self, const SlicesLine *line, const SinceStretch *stretch, gboolean within)
{
    SlicesSum own = since_minus(line->own[stretch->hi], line->own[stretch->lo]);

    if (!within)
        own = since_minus(line->own[line->n], own);
    if (self->expected->real)
        return own.y / MAX(own.mu, 1e-12);
    return (own.y + 0.5) / (own.n - own.y + 0.5) * (own.n - own.mu + 0.5) / (own.mu + 0.5);
}

/* log likelihood of a row at one lift less that at another */
static double
since_support(const Since *self, guint32 i, double a, double b)
{
    double y = self->expected->y[i], mu = errata_expected_mu(self->expected, i);

    if (self->expected->real)
        return mu * (b - a) * (0.5 * (a + b) * mu - y) / self->expected->variance;
    mu = CLAMP(mu, 1e-6, 1.0 - 1e-6);
    return (y > 0.5 ? log(a / b) : 0.0) - log((1.0 - mu + mu * a) / (1.0 - mu + mu * b));
}

/* the row at which a stretch begins, or the first that is past its end; @edge is the block */
static gsize
since_date(const Since *self,
           const SlicesLine *line,
           const SinceStretch *stretch,
           guint edge,
           gsize *ret_lo,
           gsize *ret_hi)
{
    gsize begin = line->begin[edge > SINCE_REACH ? edge - SINCE_REACH : 0];
    gsize end = line->begin[MIN(edge + SINCE_REACH, line->n)];
    gboolean is_end = edge == stretch->hi;
    double in = since_lift(self, line, stretch, TRUE);
    double out = since_lift(self, line, stretch, FALSE);
    g_autofree double *support = g_new0(double, end - begin + 1);
    gsize place;

    for (gsize i = begin; i < end; i++)
        if (self->member[self->at[i]] != 0)
            support[i - begin] =
                since_support(self, self->at[i], is_end ? in : out, is_end ? out : in);
    place = begin + errata_change_span(support, end - begin, NULL, ret_lo, ret_hi);
    *ret_lo += begin;
    *ret_hi += begin;
    while (place < end && self->member[self->at[place]] == 0)
        place++; /* a stretch of the slice begins with a row of it */
    return MIN(place, line->begin[line->n] - 1);
}

/* Rows of one stamp are of one stretch: the first of them, or the first after them, whichever is
 * nearer to
 * @place */
static gsize
since_snap(const Since *self, const SlicesLine *line, gsize place)
{
    gsize lo = place, hi = place, last = line->begin[line->n] - 1;
    gint64 time = since_time(self, place);

    while (lo > 0 && since_time(self, lo - 1) == time)
        lo--;
    while (hi < last && since_time(self, hi) == time)
        hi++;
    return place - lo <= hi - place ? lo : hi;
}

static gsize
since_count(const Since *self)
{
    gsize n = 0;

    for (gsize i = 0; i < self->half->n_rows && self->at[i] != G_MAXUINT32; i++)
        n += self->member[self->at[i]];
    return n;
}

/* whether the other half has the stretch, too. Where all others got better and the slice got better
 * by less, the stretch is worse than expected, but nothing happened in it that could be undone */
static gboolean
since_holds(const Since *self, const Slice *slice)
{
    SlicesSum own[2] = {{0.0, 0.0, 0.0, 0.0}}, other[2] = {{0.0, 0.0, 0.0, 0.0}};
    SlicesSum owns[3] = {{0.0, 0.0, 0.0, 0.0}}, others[3] = {{0.0, 0.0, 0.0, 0.0}};
    SlicesLine line = {.n = 2, .own = owns, .other = others};
    g_autofree double *left = g_new(double, MAX(self->half->n_rows, 1));
    g_autofree guint8 *side = g_new(guint8, MAX(self->half->n_rows, 1));
    double level = since_level(self), rest, z, inflation, least;
    gsize n = 0;

    for (gsize place = 0; place < self->half->n_rows && self->at[place] != G_MAXUINT32; place++) {
        guint32 i = self->at[place];
        double y = self->expected->y[i], mu = errata_expected_mu(self->expected, i);
        gint64 time = since_time(self, place);
        guint in = time >= slice->from && time < slice->to ? 0 : 1;

        if (self->member[i] == 0) {
            since_add(&other[in], y, mu, y);
            continue;
        }
        since_add(&own[in], y, mu, y - level * mu);
        side[n] = (guint8)in;
        left[n++] = y - level * mu;
    }
    for (guint k = 0; k < 2; k++) {
        owns[k + 1] = since_plus(owns[k], own[k]);
        others[k + 1] = since_plus(others[k], other[k]);
    }
    if (own[1].n > 0.0 && !(own[0].y * own[1].n > own[1].y * own[0].n))
        return FALSE;
    z = errata_slices_since_z(&line, 0, 1, SINCE_BLOCK_ROWS, &rest);
    for (gsize i = 0; i < n; i++)
        left[i] -= (own[side[i]].y - level * own[side[i]].mu) / own[side[i]].n;
    inflation = errata_chain_inflation(left, n);
    least = SINCE_HELD + (SINCE_SHARED - SINCE_HELD) * (1.0 - 1.0 / inflation);
    return z >= least * sqrt(inflation);
}

/* the last place of a row that has a time */
static gsize
since_last(const Since *self)
{
    gsize n = self->half->n_rows;

    while (n > 1 && self->at[n - 1] == G_MAXUINT32)
        n--;
    return n - 1;
}

/* whether more predictions have been wrong since a change */
static gboolean
since_costs(const ErrataFinding *change)
{
    return g_strcmp0(errata_finding_note(change, "errors"), "more") == 0;
}

/* the change of the log that may lie between @lo and @hi, and is dated more exactly, as it is read
 * from all rows and all that moved then; %NULL: none. Where @lo and @hi are far apart, changes that
 * cost nothing lie between them by chance */
static const ErrataFinding *
since_change(const Since *self, gint64 lo, gint64 hi)
{
    const ErrataAnalysis *analysis = self->table->analysis;
    const GPtrArray *findings = analysis->result->findings;
    const ErrataFinding *best = NULL;
    gint64 least = hi - lo;
    gint64 first = since_time(self, 0), last = since_time(self, since_last(self));
    gboolean is_near = (double)least <= SINCE_NEAR * ((double)last - (double)first);

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *change = g_ptr_array_index(findings, i);
        const ErrataSubject *at = &change->subject;
        gint64 from = at->at_lo < at->at_hi ? at->at_lo : at->from;
        gint64 to = at->at_lo < at->at_hi ? at->at_hi : at->from;

        if (change->kind != ERRATA_FINDING_CHANGE_POINT || at->to > at->from ||
            g_strcmp0(at->series, "volume") == 0 ||
            at->has_time != (analysis->outcome->time != NULL) || from > hi || to < lo ||
            to - from > least || !(is_near || since_costs(change)))
            continue;
        least = to - from;
        best = change;
    }
    return best;
}

/* the moment of a change that may be the same as that of an end of the stretch, and its interval */
static void
since_agree(const Since *self, gint64 *at, gint64 *lo, gint64 *hi)
{
    const ErrataFinding *change = since_change(self, MIN(*lo, *at), MAX(*hi, *at));

    if (change == NULL)
        return;
    *at = *lo = *hi = change->subject.from;
    if (change->subject.at_lo < change->subject.at_hi) {
        *lo = change->subject.at_lo;
        *hi = change->subject.at_hi;
    }
}

/* the stretch on rows; until the end of the log where it has no end */
static void
since_set(const Since *self, const SlicesLine *line, const SinceStretch *stretch, Slice *slice)
{
    gsize lo = 0, hi = 0, place;
    gint64 to_lo, to_hi;

    slice->timed = TRUE;
    slice->begins = stretch->lo > 0;
    slice->ends = stretch->hi < line->n;
    slice->from = G_MININT64 + 1; /* rows of no time are of no stretch */
    slice->to = G_MAXINT64;
    if (slice->begins) {
        place = since_date(self, line, stretch, stretch->lo, &lo, &hi);
        slice->from = since_time(self, since_snap(self, line, place));
        slice->from_lo = since_time(self, MIN(lo, line->begin[line->n] - 1));
        slice->from_hi = since_time(self, MIN(hi, line->begin[line->n] - 1));
        since_agree(self, &slice->from, &slice->from_lo, &slice->from_hi);
    }
    if (slice->ends) {
        place = since_date(self, line, stretch, stretch->hi, &lo, &hi);
        slice->to = since_time(self, since_snap(self, line, place));
        to_lo = since_time(self, MIN(lo, line->begin[line->n] - 1));
        to_hi = since_time(self, MIN(hi, line->begin[line->n] - 1));
        since_agree(self, &slice->to, &to_lo, &to_hi);
    }
}

/**
 * errata_slices_since:
 * @table: a table
 * @times: its rows in order of time
 * @expected: what is expected of the rows of either half without the slice
 * @slice: a slice of all time; becomes one of a stretch of it where it errs in that stretch only
 *
 * Costs a pass over the rows of both halves and 5,000 stretches of blocks.
 *
 * Returns: whether it has become one
 */
gboolean
errata_slices_since(const SlicesTable *table,
                    const SlicesTimes *times,
                    const ErrataExpected *const expected[2],
                    Slice *slice)
{
    const SlicesHalf *halves[] = {&table->discovery, &table->confirmation};
    Slice timed = *slice;
    g_autofree guint8 *member = g_malloc(MAX(table->discovery.n_rows, table->confirmation.n_rows));
    Since self = {table, halves[0], times->at[0], expected[0], member};
    Since other = {table, halves[1], times->at[1], expected[1], member};
    SinceStretch stretch;
    SlicesLine line;
    double rest;
    gsize n_own;
    guint n_blocks;

    timed.timed = FALSE;
    errata_slices_table_member(table, halves[0], &timed, member);
    n_own = since_count(&self);
    n_blocks = (guint)MIN(SINCE_BLOCKS, n_own / SINCE_BLOCK_ROWS);
    if (n_blocks < SINCE_LEAST)
        return FALSE;
    since_line_init(&self, n_blocks, n_own, &line);
    stretch = since_find(&line, (double)table->min_rows, &rest);
    if (stretch.z >= SINCE_FOUND && rest <= SINCE_REST)
        since_set(&self, &line, &stretch, &timed);
    since_line_clear(&line);
    if (!timed.timed || timed.from >= timed.to)
        return FALSE;
    timed.timed = FALSE;
    errata_slices_table_member(table, halves[1], &timed, member);
    timed.timed = TRUE;
    if (!since_holds(&other, &timed))
        return FALSE;
    *slice = timed;
    return TRUE;
}
