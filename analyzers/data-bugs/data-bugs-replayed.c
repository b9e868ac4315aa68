/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that were sent again in a table of few values, where any row has its like by chance: not
 * that a row is there twice tells it, but that the rows after it are, one after the other. How
 * likely a row is to follow another, or the last few, is what the log says of such, without the two
 * that are looked at; a stretch of equal steps in two places is a copy where its likelihood, over
 * all pairs of places, is no chance. What is there three times and more is a habit of the log: a
 * cycle of machines, a list that is gone through each day. A stretch of which each row is written
 * twice is told likewise, from every other step. */
#include <math.h>

#include "data-bugs.h"
#include "rng.h"
#include "sort.h"
#include "words.h"

#define REPLAYED_ROWS    500
#define REPLAYED_SAMPLE  2000 /* rows, evenly spread, that tell whether the table has few values … */
#define REPLAYED_EQUAL   20   /* … pairs of them that are equal */
#define REPLAYED_SURE    16.0 /* nats beyond the pairs of places */
#define REPLAYED_WINDOW  8.0  /* nats beyond them that a window has by its length */
#define REPLAYED_LEAST   20   /* rows of a copy */
#define REPLAYED_LONGEST 400  /* rows of a window: longer ones tell next to nothing each */
#define REPLAYED_SMOOTH  2.0  /* steps as any row is frequent, added to those seen */
#define REPLAYED_LAST    4    /* rows that may foretell the next together: lists of steps */
#define REPLAYED_OFTEN   0.2  /* of the rows: so many copies are how the log is kept */
#define REPLAYED_APART   0.5  /* of the other steps within a stretch written twice, equal at most */
#define REPLAYED_BEYOND \
    2.0 /* times the nats of what else is there again: what such chains do not know */
#define REPLAYED_SAID 0.9 /* of the rows, of which the model said the same */
#define REPLAYED_MOST 4   /* findings of a kind */

/* a stretch and, @lag places later, the same rows again; a @lag of 1: each row twice */
typedef struct {
    gsize from;
    gsize to;
    gsize lag;
    double nats;
} ReplayedRun;

typedef struct {
    const ErrataDataBugs *bugs;
    const guint32 *order;
    gsize n;
    guint64 *key;   /* per place: of the row's content */
    guint32 *alike; /* per place: rows of that content … */
    guint32 *steps; /* … and pairs of it and the next */
    guint32 *lasts; /* likewise, of it and those before it together … */
    guint32 *goes;  /* … and with the next */
    GArray *runs;   /* (element-type ReplayedRun) */
} Replayed;

/* content: what was sent, not what was made of it, nor when */
static gboolean
replayed_is_content(const Replayed *self, guint column)
{
    const ErrataSchema *schema = self->bugs->analysis->schema;
    ErrataRole role = schema->columns[column].role;

    return (role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_GROUP ||
            role == ERRATA_ROLE_ENTITY || role == ERRATA_ROLE_TEXT || role == ERRATA_ROLE_LABEL) &&
           errata_schema_is_logged(schema, column);
}

static guint64
replayed_key(const Replayed *self, gsize place)
{
    const ErrataFrame *frame = self->bugs->analysis->frame;
    guint64 key = 0;

    for (guint i = 0; i < frame->n_columns; i++)
        if (replayed_is_content(self, i))
            key += errata_rng_mix(errata_column_hash(frame->columns[i], self->order[place]) + i);
    return key;
}

/* how often each key is there */
static guint32 *
replayed_count(const guint64 *key, gsize n)
{
    guint32 *count = g_new(guint32, n + 1);
    gsize size = 16;
    g_autofree guint32 *slots = NULL; /* one more than the first place of a key; 0 is free */
    g_autofree guint32 *first = g_new(guint32, n + 1);

    while (size < 2 * n)
        size *= 2;
    slots = g_new0(guint32, size);
    for (gsize i = 0; i < n; i++) {
        gsize slot = errata_rng_mix(key[i]) & (size - 1);

        while (slots[slot] != 0 && key[slots[slot] - 1] != key[i])
            slot = (slot + 1) & (size - 1);
        if (slots[slot] == 0) {
            slots[slot] = (guint32)i + 1;
            count[i] = 0;
        }
        first[i] = slots[slot] - 1;
        count[first[i]]++;
    }
    for (gsize i = 0; i < n; i++)
        count[i] = count[first[i]];
    return count;
}

/* whether rows are often equal: others are copies by themselves */
static gboolean
replayed_is_few(const Replayed *self)
{
    gsize step = MAX(self->n / REPLAYED_SAMPLE, 1), n = 0, pairs = 0;
    g_autofree guint64 *key = g_new(guint64, self->n / step + 2);
    g_autofree guint32 *count = NULL;

    for (gsize i = 0; i < self->n; i += step)
        key[n++] = replayed_key(self, i);
    count = replayed_count(key, n);
    for (gsize i = 0; i < n; i++)
        pairs += count[i] - 1;
    return pairs >= 2 * REPLAYED_EQUAL;
}

/* how often each row and the next are there together */
static guint32 *
replayed_steps(const Replayed *self, const guint64 *key)
{
    g_autofree guint64 *step = g_new(guint64, self->n);

    for (gsize i = 0; i + 1 < self->n; i++)
        step[i] = errata_rng_mix(key[i]) + self->key[i + 1];
    return replayed_count(step, self->n - 1);
}

static void
replayed_read(Replayed *self)
{
    g_autofree guint64 *last = g_new0(guint64, self->n);

    self->key = g_new(guint64, self->n);
    for (gsize i = 0; i < self->n; i++) {
        self->key[i] = replayed_key(self, i);
        for (gsize k = 0; k < REPLAYED_LAST && k <= i; k++)
            last[i] = errata_rng_mix(last[i] + self->key[i - k]);
    }
    self->alike = replayed_count(self->key, self->n);
    self->steps = replayed_steps(self, self->key);
    self->lasts = replayed_count(last, self->n);
    self->goes = replayed_steps(self, last);
}

static double
replayed_smoothed(guint32 steps, guint32 alike, double known, double any)
{
    return (MAX((double)steps - known, 0.0) + REPLAYED_SMOOTH * any) /
           (MAX((double)alike - known, 0.0) + REPLAYED_SMOOTH);
}

/* nats that the row after the place @at tells by being what it is, without @known like it: after
 * the one before it, or after the last few, whichever foretells it better */
static double
replayed_nats(const Replayed *self, gsize at, double known)
{
    double any = (MAX((double)self->alike[at + 1] - known, 0.0) + 0.5) / (double)self->n;
    double one = replayed_smoothed(self->steps[at], self->alike[at], known, any);

    return -log(MAX(one, replayed_smoothed(self->goes[at], self->lasts[at], known, one)));
}

/* rows of a window that tells enough; 0: they tell next to nothing */
static gsize
replayed_width(const Replayed *self)
{
    double sum = 0.0, width;

    for (gsize i = 0; i + 1 < self->n; i++)
        sum += replayed_nats(self, i, 0.0);
    width = (2.0 * log((double)self->n) + REPLAYED_WINDOW) / MAX(sum / (double)(self->n - 1), 1e-9);
    return width <= REPLAYED_LONGEST ? MAX((gsize)width, 4) : 0;
}

static gboolean
replayed_is_same(double a, double b)
{
    return (isnan(a) && isnan(b)) || !(a < b || a > b || isnan(a) || isnan(b));
}

/* whether the model said the same of nearly all of these rows and of what they repeat: rows that
 * came again, but were not sent again, are equal in what is logged only */
static gboolean
replayed_says_same(const Replayed *self, const ReplayedRun *run)
{
    const ErrataOutcome *outcome = self->bugs->analysis->outcome;
    gsize step = run->lag == 1 ? 2 : 1, n = 0, n_same = 0;

    for (gsize at = run->from; at < run->to && at + run->lag < self->n; at += step) {
        guint32 a = self->order[at], b = self->order[at + run->lag];

        n++;
        n_same +=
            (outcome->predicted == NULL || outcome->predicted[a] == outcome->predicted[b]) &&
                    (outcome->score == NULL ||
                     replayed_is_same(outcome->score[a], outcome->score[b])) &&
                    (outcome->confidence == NULL ||
                     replayed_is_same(outcome->confidence[a], outcome->confidence[b])) &&
                    (outcome->predicted_value == NULL ||
                     replayed_is_same(outcome->predicted_value[a], outcome->predicted_value[b]))
                ? 1
                : 0;
    }
    return (double)n_same >= REPLAYED_SAID * (double)n;
}

static void
replayed_keep(Replayed *self, const ReplayedRun *run)
{
    if (run->nats >= 2.0 * log((double)self->n) && replayed_says_same(self, run))
        g_array_append_val(self->runs, *run);
}

/* the whole stretch of which equal windows begin at @i and @j */
static void
replayed_extend(Replayed *self, gsize i, gsize j)
{
    ReplayedRun run = {i, i, j - i, 0.0};

    for (guint k = 0; k < self->runs->len; k++) {
        const ReplayedRun *known = &g_array_index(self->runs, ReplayedRun, k);

        if (known->lag == run.lag && i >= known->from && i < known->to)
            return;
    }
    while (run.from > 0 && self->key[run.from - 1] == self->key[run.from - 1 + run.lag])
        run.from--;
    while (run.to + run.lag < self->n && self->key[run.to] == self->key[run.to + run.lag])
        run.to++;
    if (run.to - run.from > run.lag) /* of itself: a cycle */
        return;
    for (gsize at = run.from; at + 1 < run.to; at++)
        run.nats += replayed_nats(self, at, 2.0);
    replayed_keep(self, &run);
}

/* equal windows that are there twice */
static void
replayed_windows(Replayed *self, gsize width)
{
    gsize n = self->n - width + 1;
    g_autofree guint64 *window = g_new(guint64, n);
    g_autofree guint32 *count = NULL;
    g_autofree double *sorted = NULL;
    g_autofree guint32 *place = NULL;
    guint64 base = 0x9e3779b97f4a7c15u, top = 1, sum = 0;
    gsize n_twice = 0;

    for (gsize k = 1; k < width; k++)
        top *= base;
    for (gsize i = 0; i < self->n; i++) {
        sum = sum * base + errata_rng_mix(self->key[i]);
        if (i + 1 < width)
            continue;
        window[i + 1 - width] = sum;
        sum -= top * errata_rng_mix(self->key[i + 1 - width]);
    }
    count = replayed_count(window, n);
    sorted = g_new(double, n);
    place = g_new(guint32, n);
    for (gsize i = 0; i < n; i++)
        if (count[i] == 2) {
            sorted[n_twice] = (double)(window[i] >> 11);
            place[n_twice++] = (guint32)i;
        }
    errata_sort_payload(sorted, place, n_twice, sorted, place);
    for (gsize k = 0; k + 1 < n_twice; k++)
        if (!(sorted[k + 1] > sorted[k]) && window[place[k]] == window[place[k + 1]])
            replayed_extend(self, place[k], place[k + 1]);
}

/* stretches of which each row is written twice, the first of each at even places, or at odd ones */
static void
replayed_pairs(Replayed *self)
{
    for (gsize odd = 0; odd < 2; odd++) {
        ReplayedRun run = {0, 0, 1, 0.0};
        gsize n_other = 0, n_steps = 0;

        for (gsize i = odd; i + 1 < self->n; i += 2) {
            if (self->key[i] == self->key[i + 1]) {
                if (n_steps == 0)
                    run = (ReplayedRun){i, i, 1, 0.0};
                else
                    n_other += self->key[i - 1] == self->key[i] ? 1 : 0;
                n_steps++;
                run.to = i + 2;
                run.nats += replayed_nats(self, i, 1.0);
                if (i + 3 < self->n)
                    continue;
            }
            if ((double)n_other <= REPLAYED_APART * (double)n_steps)
                replayed_keep(self, &run);
            run = (ReplayedRun){0, 0, 1, 0.0};
            n_other = n_steps = 0;
        }
    }
}

static int
replayed_compare_cb(gconstpointer a, gconstpointer b)
{
    const ReplayedRun *x = a, *y = b;

    if (x->nats < y->nats || x->nats > y->nats)
        return x->nats > y->nats ? -1 : 1;
    return x->from < y->from ? -1 : 1;
}

/* rows that the log holds again by a run */
static gsize
replayed_rows(const ReplayedRun *run)
{
    return run->lag > 1 ? run->to - run->from : (run->to - run->from) / 2;
}

static void
replayed_add(ErrataDataBugs *bugs, const Replayed *self, const ReplayedRun *run)
{
    ErrataDataBug *bug = errata_data_bugs_add(bugs, "duplicate-rows", -1);
    gboolean twice = run->lag == 1;
    g_autofree char *count = NULL;
    g_autofree char *when = NULL;

    bug->has_window = TRUE;
    bug->from = run->from + (twice ? 0 : run->lag);
    bug->to = run->to + (twice ? 0 : run->lag);
    for (gsize i = bug->from + (twice ? 1 : 0); i < bug->to; i += twice ? 2 : 1)
        g_array_append_val(bug->row, self->order[i]);
    bug->n_rows = bug->row->len;
    bug->after = (double)bug->n_rows / (double)self->n;
    bug->p = MIN(exp(2.0 * log((double)self->n) - run->nats), 1.0);
    bug->test = "chance of so many equal rows one after the other, in any two places";
    bug->small = bug->n_rows < errata_data_bugs_enough(self->n);
    bug->set_aside = TRUE;
    count = errata_words_counted(bug->n_rows, "row", "rows");
    when = errata_data_bugs_when(bugs, bug->from, bug->to);
    bug->title = g_strdup_printf(twice ? "%s %s are each the row before them again"
                                       : "%s %s are earlier rows again, in the same order",
                                 count,
                                 when);
    bug->action = g_strdup("Have the sender drop rows it has sent before; count each row once");
}

/* adds the runs that stand out from all others, and forgets them */
static void
replayed_tell(ErrataDataBugs *bugs, const Replayed *self)
{
    GArray *runs = self->runs;
    double sure = 2.0 * log((double)self->n) + REPLAYED_SURE;
    gsize n_copies = 0;
    guint n = 0;

    g_array_sort(runs, replayed_compare_cb);
    for (guint i = 0; i < MIN(runs->len, REPLAYED_MOST); i++) {
        const ReplayedRun *run = &g_array_index(runs, ReplayedRun, i);

        n_copies += replayed_rows(run);
        if (run->nats >= sure && run->to >= run->from + REPLAYED_LEAST &&
            (double)n_copies <= REPLAYED_OFTEN * (double)self->n &&
            (i + 1 == runs->len || run->nats >= REPLAYED_BEYOND * run[1].nats))
            n = i + 1;
    }
    for (guint i = 0; i < n; i++)
        replayed_add(bugs, self, &g_array_index(runs, ReplayedRun, i));
    g_array_set_size(runs, 0);
}

/**
 * errata_data_bugs_replayed:
 * @self: what was found so far
 *
 * Stretches of rows that are there again, in tables of so few values that equal rows tell nothing.
 * Their number is held against chance by Markov chains of first and fourth order. Linear in the
 * rows; tables whose rows are hardly ever equal cost 2,000 rows.
 */
void
errata_data_bugs_replayed(ErrataDataBugs *self)
{
    g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(ReplayedRun));
    Replayed work = {.bugs = self,
                     .order = self->analysis->outcome->order,
                     .n = self->analysis->frame->n_rows,
                     .runs = runs};
    gsize width;

    if (work.n < REPLAYED_ROWS || self->copy != NULL || self->is_repeated ||
        !replayed_is_few(&work))
        return;
    self->n_tried++;
    replayed_read(&work);
    width = replayed_width(&work);
    if (width > 0 && width < work.n / 4)
        replayed_windows(&work, width);
    replayed_tell(self, &work);
    replayed_pairs(&work);
    replayed_tell(self, &work);
    g_free(work.key);
    g_free(work.alike);
    g_free(work.steps);
    g_free(work.lasts);
    g_free(work.goes);
}
