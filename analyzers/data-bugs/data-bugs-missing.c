/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Missing values that come in a burst, or more of them than in the reference. The burst is the
 * window in time order with the largest sum of log likelihood ratios (missing with probability p1
 * inside, p0 elsewhere), found in one pass per p1; its p is corrected for all windows there are. A
 * burst begins and ends suddenly, where a slow trend or a season changes by and by, and is one of
 * few; there may be more than one. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"
#include "design-effect.h"
#include "tests.h"
#include "words.h"

#define MISSING_BLOCKS 50
#define MISSING_STEP   0.05   /* points that a burst must be above the rest */
#define MISSING_P      0.01   /* of a burst that is one */
#define MISSING_SHARE  0.02   /* points above the reference */
#define MISSING_SKEW   0.1    /* points above the reference, from the first rows on */
#define MISSING_SELDOM 0.05   /* of the reference: where more is missing, that is its nature */
#define MISSING_STEADY 0.6    /* of those points: by how much first and last rows may differ */
#define MISSING_PART   0.3    /* of the rows: the first and the last */
#define MISSING_ALL    0.9995 /* a share that reads as “all” */
#define MISSING_BURSTS 3      /* of a column; more of them are its nature */
#define MISSING_DEGREE 4      /* of a curve */
#define MISSING_MIDDLE 0.5    /* of the blocks: what is usual in most of the log, … */
#define MISSING_EARLY  0.1    /* … and in its least part */
#define MISSING_REACH  200    /* rows at either side of an end, where a window has so many, … */
#define MISSING_WIDE   0.5    /* … or this part of a longer one, … */
#define MISSING_NEAR   0.1    /* … and, where an end is looked at from near, this one */
#define MISSING_JUMP \
    0.5 /* of a burst's height: what its ends must show, what the rest may change by */
#define MISSING_MIX \
    0.01 /* that the values beside a word are as frequent as elsewhere, where it replaced them */
#define MISSING_BY_CHANCE \
    0.05 /* that the rows behind a window have all their values though it goes on */

typedef struct {
    gsize from;
    gsize to;
    gsize n_missing;
} MissingWindow;

/* the bursts of a column */
typedef struct {
    const ErrataColumn *column;
    const char *word; /* which its missing cells hold, where it is a value of the column else */
    const guint32 *order;
    const ErrataOutcome *outcome;
    MissingWindow of[MISSING_BURSTS + 1];
    double p[MISSING_BURSTS + 1];
    guint n;
    gsize rest;         /* rows outside them */
    gsize rest_missing; /* likewise */
} MissingBursts;

/* the share of missing cells that @part of the blocks of the order stay below: with the median,
 * what is usual, burst or not */
static double
missing_usual(const ErrataColumn *column, const guint32 *order, double part)
{
    double share[MISSING_BLOCKS];
    gsize n = column->n_rows;

    for (guint block = 0; block < MISSING_BLOCKS; block++) {
        gsize begin = n * block / MISSING_BLOCKS;
        gsize end = n * (block + 1) / MISSING_BLOCKS;
        gsize missing = 0;

        for (gsize i = begin; i < end; i++)
            missing += errata_column_is_valid(column, order[i]) ? 0 : 1;
        share[block] = end > begin ? (double)missing / (double)(end - begin) : 0.0;
        for (guint i = block; i > 0 && share[i] < share[i - 1]; i--) {
            double swap = share[i];

            share[i] = share[i - 1];
            share[i - 1] = swap;
        }
    }
    return share[(guint)(part * MISSING_BLOCKS)];
}

/* the burst that begins at a place or lies over it, or NULL */
static const MissingWindow *
missing_at(const MissingBursts *self, gsize place)
{
    for (guint i = 0; i < self->n; i++)
        if (place >= self->of[i].from && place < self->of[i].to)
            return &self->of[i];
    return NULL;
}

/* the window with the largest sum, Kadane's way, between the bursts that are known */
static MissingWindow
missing_scan(const MissingBursts *self, double p0, double p1)
{
    double if_missing = log(p1 / p0);
    double if_present = log((1.0 - p1) / (1.0 - p0));
    MissingWindow best = {0, 0, 0};
    double best_sum = 0.0;
    double sum = 0.0;
    gsize begin = 0;
    gsize inside = 0;

    for (gsize i = 0; i < self->column->n_rows; i++) {
        const MissingWindow *known = self->n > 0 ? missing_at(self, i) : NULL;
        gboolean missing;

        if (known != NULL) {
            sum = 0.0;
            i = known->to - 1;
            continue;
        }
        missing = !errata_column_is_valid(self->column, self->order[i]);
        if (!(sum > 0.0)) {
            sum = 0.0;
            begin = i;
            inside = 0;
        }
        sum += missing ? if_missing : if_present;
        inside += missing ? 1 : 0;
        if (sum > best_sum) {
            best_sum = sum;
            best = (MissingWindow){begin, i + 1, inside};
        }
    }
    return best;
}

static double
missing_p(const MissingBursts *self, const MissingWindow *window)
{
    double n = (double)self->column->n_rows;
    gsize inside = window->to - window->from;
    gsize rest_missing = self->rest_missing - window->n_missing;
    double p = errata_tests_two_by_two(window->n_missing,
                                       inside - window->n_missing,
                                       rest_missing,
                                       self->rest - inside - rest_missing,
                                       NULL,
                                       NULL);

    return MIN(p * n * n / 2.0, 1.0);
}

/* … where rows belong together: what one customer leaves out is missing while he is there, and no
 * burst. Its share has to lie beyond what so many customers let expect, in any window of them */
static double
missing_p_of_entities(const MissingBursts *self, const MissingWindow *window)
{
    gsize n = self->column->n_rows;
    g_autofree double *missing = NULL;
    g_autofree guint8 *side = NULL;
    double z, n_entities = (double)self->outcome->n_entities;

    if (self->outcome->entity == NULL)
        return 0.0;
    missing = g_new(double, MAX(n, 1));
    side = g_new(guint8, MAX(n, 1));
    for (gsize i = 0; i < n; i++) {
        missing[i] = errata_column_is_valid(self->column, self->order[i]) ? 0.0 : 1.0;
        side[i] = missing_at(self, i) != NULL ? 2 : i >= window->from && i < window->to ? 1 : 0;
    }
    z = errata_design_difference(self->outcome->entity,
                                 self->outcome->n_entities,
                                 missing,
                                 NULL,
                                 side,
                                 self->order,
                                 n);
    return MIN(errata_tests_normal_upper(z) * n_entities * n_entities / 2.0, 1.0);
}

static gboolean
missing_is(gconstpointer data, guint32 row)
{
    return !errata_column_is_valid(data, row);
}

/* “x is missing in 41.5 % of the rows between 3 May, 09:00 and 4 May, 11:30, otherwise never”, “…
 * from 3 May, 09:00 on, before that never”; “in all rows where channel is app”, where it is a
 * @group's */
static char *
missing_title(const char *name,
              const char *word,
              const ErrataFaultGroup *group,
              const char *when,
              const char *other,
              double now,
              double before)
{
    g_autofree char *here = errata_words_share(now, (double)NAN, (double)NAN);
    g_autofree char *of_rows = group != NULL       ? errata_fault_group_say(group)
                               : now > MISSING_ALL ? g_strdup("all rows")
                                                   : g_strconcat(here, " of the rows", NULL);
    g_autofree char *there = before > 0.0 ? errata_words_share(before, (double)NAN, (double)NAN)
                                          : NULL;

    return g_strdup_printf("%s is %s in %s %s, %s %s%s",
                           name,
                           word != NULL ? word : "missing",
                           of_rows,
                           when,
                           other,
                           there != NULL ? "in " : "never",
                           there != NULL ? there : "");
}

/* a window that ends at its last missing cell lasts to the end of the log where the few rows behind
 * it can have their values by chance */
static void
missing_reach_end(const ErrataColumn *column, const guint32 *order, MissingWindow *window)
{
    double share = (double)window->n_missing / (double)(window->to - window->from);
    gsize behind = column->n_rows - window->to;

    if (behind == 0 || pow(1.0 - share, (double)behind) < MISSING_BY_CHANCE)
        return;
    for (gsize i = window->to; i < column->n_rows; i++)
        window->n_missing += errata_column_is_valid(column, order[i]) ? 0 : 1;
    window->to = column->n_rows;
}

static double
missing_part(const ErrataColumn *column, const guint32 *order, gsize from, gsize to)
{
    gsize n = 0;

    for (gsize i = from; i < to; i++)
        n += errata_column_is_valid(column, order[i]) ? 0 : 1;
    return (double)n / (double)MAX(to - from, 1);
}

/* whether the share of rows @before and behind an end is better told by a step than by a straight
 * line, and the step is there when looked at from near; @height is the burst's, signed as it ought
 * to step */
static gboolean
missing_is_step(const MissingBursts *self, gsize at, gsize before, gsize behind, double height)
{
    const double left = missing_part(self->column, self->order, at - before, at);
    const double right = missing_part(self->column, self->order, at, at + behind);
    double n = (double)(before + behind), middle = (n - 1.0) / 2.0, with_time = 0.0;
    double mean = ((double)before * left + (double)behind * right) / n;
    double all = n * mean * (1.0 - mean), step, line;

    for (gsize i = 0; i < before + behind; i++)
        if (!errata_column_is_valid(self->column, self->order[at - before + i]))
            with_time += (double)i - middle;
    step = (double)before * left * (1.0 - left) + (double)behind * right * (1.0 - right);
    line = all - with_time * with_time / (n * (n * n - 1.0) / 12.0);
    return (right - left) * height > 0.0 && step < line;
}

/* likewise, from as near as @reach rows, but for chance */
static gboolean
missing_jumps(const MissingBursts *self, gsize at, gsize before, gsize behind, double height)
{
    double left = missing_part(self->column, self->order, at - before, at);
    double right = missing_part(self->column, self->order, at, at + behind);
    double noise =
        sqrt(left * (1.0 - left) / (double)before + right * (1.0 - right) / (double)behind);

    return (height > 0.0 ? right - left : left - right) + 2.0 * noise >=
           MISSING_JUMP * fabs(height);
}

/* rows between a place and the burst or the end of the log before or behind it, @most at most */
static gsize
missing_room(const MissingBursts *self, gsize at, gboolean behind, gsize most)
{
    gsize room = MIN(most, behind ? self->column->n_rows - at : at);

    for (guint i = 0; i < self->n; i++) {
        const MissingWindow *other = &self->of[i];

        if (behind ? other->from >= at : other->to <= at)
            room = MIN(room, behind ? other->from - at : at - other->to);
    }
    return room;
}

/* whether a window begins and ends suddenly; one that lasts from the first row, or to the last, has
 * one end */
static gboolean
missing_is_sudden(const MissingBursts *self, const MissingWindow *window, double height)
{
    gsize n = window->to - window->from;
    gboolean whole = window->from == 0 || window->to == self->column->n_rows;
    gsize reach = whole ? n : MAX((gsize)(MISSING_WIDE * (double)n), MIN(n, (gsize)MISSING_REACH));
    gsize near = MAX((gsize)(MISSING_NEAR * (double)n), MIN(n, (gsize)MISSING_REACH));

    for (guint end = 0; end < 2; end++) {
        gsize at = end == 0 ? window->from : window->to;
        gsize out = missing_room(self, at, end == 1, reach);
        gsize out_near = MIN(out, near);
        double step = end == 0 ? height : -height;

        if (out == 0)
            continue;
        if (!missing_is_step(self, at, end == 0 ? out : reach, end == 0 ? reach : out, step) ||
            !missing_jumps(self, at, end == 0 ? out_near : near, end == 0 ? near : out_near, step))
            return FALSE;
    }
    return TRUE;
}

/* the likeliest window of the rest, where it is a burst; it is the next of @self then, and like the
 * first */
static gboolean
missing_find(MissingBursts *self, double p0)
{
    double levels[] = {2.0 * p0 + 0.02, 0.3, 0.7, 0.98};
    const ErrataColumn *column = self->column;
    MissingWindow best = {0, 0, 0};
    double best_p = 2.0, inside, outside;
    guint n_levels = self->n > 0 ? 1 : G_N_ELEMENTS(levels);

    if (self->n > 0)
        levels[0] = MIN((double)self->of[0].n_missing / (double)(self->of[0].to - self->of[0].from),
                        levels[G_N_ELEMENTS(levels) - 1]);
    for (guint i = 0; i < n_levels; i++) {
        MissingWindow window;
        double p;

        if (levels[i] >= 1.0 || levels[i] <= p0)
            continue;
        window = missing_scan(self, MIN(p0, 0.95), levels[i]);
        p = window.to > window.from ? missing_p(self, &window) : 2.0;
        if (p < best_p) {
            best_p = p;
            best = window;
        }
    }
    if (best_p <= MISSING_P)
        best_p = fmax(best_p, missing_p_of_entities(self, &best));
    if (best_p > MISSING_P || best.to - best.from == self->rest)
        return FALSE;
    if (missing_room(self, best.to, TRUE, column->n_rows) == column->n_rows - best.to)
        missing_reach_end(column, self->order, &best);
    if (best.to - best.from == self->rest)
        return FALSE;
    inside = (double)best.n_missing / (double)(best.to - best.from);
    outside = (double)(self->rest_missing - best.n_missing) /
              (double)(self->rest - (best.to - best.from));
    if (best.n_missing < 5 || inside - outside < MISSING_STEP ||
        !missing_is_sudden(self, &best, inside - outside))
        return FALSE;
    self->of[self->n] = best;
    self->p[self->n] = best_p;
    self->rest -= best.to - best.from;
    self->rest_missing -= best.n_missing;
    self->n++;
    return TRUE;
}

/* whether the rows outside the bursts have the same share missing, first and last, by and large */
static gboolean
missing_is_steady(const MissingBursts *self)
{
    gsize n[2] = {0}, missing[2] = {0};
    double least = 1.0, rest = (double)self->rest_missing / (double)MAX(self->rest, 1);

    for (gsize i = 0, seen = 0; i < self->column->n_rows; i++) {
        const MissingWindow *known = missing_at(self, i);
        guint half;

        if (known != NULL) {
            i = known->to - 1;
            continue;
        }
        half = seen++ < self->rest / 2 ? 0 : 1;
        n[half]++;
        missing[half] += errata_column_is_valid(self->column, self->order[i]) ? 0 : 1;
    }
    for (guint i = 0; i < self->n; i++)
        least =
            MIN(least,
                (double)self->of[i].n_missing / (double)(self->of[i].to - self->of[i].from) - rest);
    return fabs((double)missing[0] / (double)MAX(n[0], 1) -
                (double)missing[1] / (double)MAX(n[1], 1)) <= MISSING_JUMP * least;
}

/* whether a curve through the whole log (Legendre polynomials up to the fourth) tells it as well as
 * the bursts, whose ends, chosen among all rows, cost as much as in BIC */
static gboolean
missing_is_smooth(const MissingBursts *self)
{
    double n = (double)self->column->n_rows, sum[MISSING_DEGREE + 1] = {0.0};
    double rest = (double)self->rest_missing / (double)MAX(self->rest, 1);
    double curve, bursts = (double)self->rest * rest * (1.0 - rest);
    guint n_ends = 0;

    for (gsize i = 0; i < self->column->n_rows; i++) {
        double x = (2.0 * (double)i + 1.0) / n - 1.0, last = 1.0, at = x;

        if (errata_column_is_valid(self->column, self->order[i]))
            continue;
        sum[0] += 1.0;
        for (guint k = 1; k <= MISSING_DEGREE; k++) {
            double next = ((2.0 * k + 1.0) * x * at - k * last) / (k + 1.0);

            sum[k] += at;
            last = at;
            at = next;
        }
    }
    curve = sum[0];
    for (guint k = 0; k <= MISSING_DEGREE; k++)
        curve -= (2.0 * k + 1.0) * sum[k] * sum[k] / n;
    for (guint i = 0; i < self->n; i++) {
        double size = (double)(self->of[i].to - self->of[i].from);
        double share = (double)self->of[i].n_missing / size;

        bursts += size * share * (1.0 - share);
        n_ends += (self->of[i].from > 0 ? 1 : 0) + (self->of[i].to < self->column->n_rows ? 1 : 0);
    }
    return curve <= bursts * (1.0 + 2.0 * n_ends * log(n) / n);
}

/* whether the cells that are missing in a window are those of a group, where they are not all of
 * it */
static gboolean
missing_find_group(const ErrataDataBugs *self, ErrataDataBug *bug, const MissingWindow *window)
{
    g_autofree guint8 *hit = NULL;

    if (bug->after > MISSING_ALL)
        return FALSE;
    hit = g_new0(guint8, self->analysis->frame->n_rows + 1);
    for (guint i = 0; i < bug->row->len; i++)
        hit[g_array_index(bug->row, guint32, i)] = 1;
    bug->group = errata_fault_group_find(self->analysis,
                                         (guint)bug->column,
                                         window->from,
                                         window->to,
                                         hit,
                                         bug->before);
    return bug->group.words != NULL;
}

/* a group's burst lasts to the end of the log where the few of its rows that are behind it can have
 * their values by chance: there may be none of them for long */
static void
missing_reach_group(const ErrataDataBugs *self, ErrataDataBug *bug)
{
    const guint32 *order = self->analysis->outcome->order;
    double share = (double)bug->group.n_hit / (double)bug->group.n;
    gsize n = self->analysis->frame->n_rows, behind = 0;

    for (gsize i = bug->to; i < n; i++)
        behind += errata_fault_group_has(&bug->group, order[i]) ? 1 : 0;
    if (pow(1.0 - share, (double)behind) >= MISSING_BY_CHANCE)
        bug->to = n;
}

/* whether nothing of the column arrived, in the window or from the group that lacks it */
static gboolean
missing_is_whole(const ErrataDataBug *bug)
{
    double share = bug->group.words != NULL ? (double)bug->group.n_hit / (double)bug->group.n
                                            : bug->after;

    return share > MISSING_ALL;
}

static void
missing_add(ErrataDataBugs *self, const MissingBursts *bursts, guint at, guint index)
{
    static const char *const others[] = {"otherwise",
                                         "outside its two bursts",
                                         "outside its three bursts"};
    const ErrataColumn *column = bursts->column;
    const MissingWindow *window = &bursts->of[at];
    ErrataDataBug *bug = errata_data_bugs_add(self, "missing-burst", (int)index);
    g_autofree char *when = NULL;
    gboolean grouped;

    bug->p = bursts->p[at];
    bug->test = "exact or chi-square, all windows counted";
    errata_data_bugs_window(self, bug, window->from, window->to, missing_is, column);
    bug->before = (double)bursts->rest_missing / (double)bursts->rest;
    bug->after = (double)window->n_missing / (double)(window->to - window->from);
    bug->small = bug->n_rows < errata_data_bugs_enough(column->n_rows);
    /* without the rows that have the word its share would fall to none for that while */
    bug->set_aside = bursts->word == NULL;
    grouped = missing_find_group(self, bug, window);
    if (grouped)
        missing_reach_group(self, bug);
    when = errata_data_bugs_when(self, bug->from, bug->to);
    bug->value = g_strdup(bursts->word);
    bug->title = missing_title(column->name,
                               bursts->word,
                               grouped ? &bug->group : NULL,
                               when,
                               bursts->n == 1 && window->to == column->n_rows && !grouped
                                   ? "before that"
                                   : others[bursts->n - 1],
                               bug->after,
                               bug->before);
    bug->action =
        g_strdup_printf(missing_is_whole(bug)
                            ? "Find out why %s stopped arriving%s%s, fill it in and score the rows "
                              "again"
                            : "Find out why values of %s go missing%s%s, fill them in and score "
                              "the rows again",
                        column->name,
                        grouped ? " where " : "",
                        grouped ? bug->group.words : "");
}

/* all bursts of a column, against the share @p0 that is usual; whether they are bursts, and few */
static gboolean
missing_find_all(MissingBursts *self, double p0)
{
    while (self->n <= MISSING_BURSTS && missing_find(self, p0))
        continue;
    return self->n > 0 && self->n <= MISSING_BURSTS && missing_is_steady(self) &&
           !missing_is_smooth(self);
}

/* where a burst has lasted since before the middle of the log, what was usual is what was so in its
 * first part */
static gboolean
missing_find_lasting(MissingBursts *self, double usual)
{
    double early = missing_usual(self->column, self->order, MISSING_EARLY);

    if (usual - early < MISSING_STEP)
        return FALSE;
    return missing_find_all(self, MAX(early, 0.5 / (double)self->column->n_rows)) && self->n == 1 &&
           self->of[0].from > 0 && self->of[0].to == self->column->n_rows;
}

static gboolean
missing_burst(ErrataDataBugs *self, guint index)
{
    const ErrataColumn *column = errata_data_bugs_raw(self, index);
    const MissingBursts none = {.column = column,
                                .order = self->analysis->outcome->order,
                                .outcome = self->analysis->outcome,
                                .rest = column->n_rows,
                                .rest_missing = column->n_missing};
    MissingBursts bursts = none;
    double usual = missing_usual(column, none.order, MISSING_MIDDLE);

    if (!missing_find_all(&bursts, MAX(usual, 0.5 / (double)column->n_rows))) {
        bursts = none;
        if (!missing_find_lasting(&bursts, usual))
            return FALSE;
    }
    for (guint i = 0; i < bursts.n; i++)
        missing_add(self, &bursts, i, index);
    return TRUE;
}

/* whether that is so from the first rows to the last */
static gboolean
missing_is_skew(const ErrataDataBugs *self, const ErrataColumn *column, double then)
{
    const guint32 *order = self->analysis->outcome->order;
    gsize n = column->n_rows, part = (gsize)(MISSING_PART * (double)n);
    double first = missing_part(column, order, 0, part) - then;
    double last = missing_part(column, order, n - part, n) - then;

    /* what people leave out at will changes with people */
    if (then > MISSING_SELDOM)
        return FALSE;
    return first >= MISSING_SKEW && fabs(last - first) < MISSING_STEADY * first;
}

/* p of a share that is missing in the log, where rows belong together, against the reference's */
static double
missing_more_p_of_entities(const ErrataDataBugs *self,
                           const ErrataColumn *column,
                           const ErrataColumn *before)
{
    g_autofree double *now = g_new(double, MAX(column->n_rows, 1));
    g_autofree double *then = g_new(double, MAX(before->n_rows, 1));

    for (gsize row = 0; row < column->n_rows; row++)
        now[row] = errata_column_is_valid(column, row) ? 0.0 : 1.0;
    for (gsize row = 0; row < before->n_rows; row++)
        then[row] = errata_column_is_valid(before, row) ? 0.0 : 1.0;
    return errata_tests_normal(errata_data_bugs_apart(self, now, then));
}

/* more missing than in the given reference, throughout */
static void
missing_more(ErrataDataBugs *self, guint index)
{
    const ErrataColumn *column = errata_data_bugs_raw(self, index);
    const ErrataColumn *before = errata_frame_find(self->analysis->reference, column->name, NULL);
    double now;
    double then;
    gboolean skew;
    ErrataDataBug *bug;

    if (before == NULL || before->n_rows == 0)
        return;
    self->n_tried++;
    now = (double)column->n_missing / (double)column->n_rows;
    then = (double)before->n_missing / (double)before->n_rows;
    if (now - then < MISSING_SHARE || now < 1.5 * then)
        return;
    skew = missing_is_skew(self, column, then);
    bug = errata_data_bugs_add(self, skew ? "train-serve-skew" : "missing-burst", (int)index);
    bug->p = errata_tests_two_by_two(column->n_missing,
                                     column->n_rows - column->n_missing,
                                     before->n_missing,
                                     before->n_rows - before->n_missing,
                                     NULL,
                                     &bug->test);
    bug->p = fmax(bug->p, missing_more_p_of_entities(self, column, before));
    bug->before = then;
    bug->after = now;
    errata_data_bugs_window(self, bug, 0, column->n_rows, missing_is, column);
    bug->has_window = FALSE;
    bug->title = missing_title(column->name,
                               NULL,
                               NULL,
                               skew ? "from the first on" : "now",
                               "in the reference",
                               now,
                               then);
    bug->action = g_strdup_printf("Find out why %s is missing more often than in the reference",
                                  column->name);
}

/* a column whose cells with the word are missing besides those that are; %FALSE where the word is
 * none of its values. Its valid cells are to be freed */
static gboolean
missing_without(const ErrataColumn *column, const char *word, ErrataColumn *ret)
{
    guint32 code = 0;

    while (code < column->n_dictionary && strcmp(column->dictionary[code], word) != 0)
        code++;
    if (code == column->n_dictionary)
        return FALSE;
    *ret = *column;
    ret->valid = g_new0(guint64, column->n_rows / 64 + 1);
    ret->n_missing = 0;
    for (gsize row = 0; row < column->n_rows; row++) {
        gboolean valid = errata_column_is_valid(column, row) && column->code[row] != code;

        ret->valid[row >> 6] |= (guint64)(valid ? 1 : 0) << (row & 63);
        ret->n_missing += valid ? 0 : 1;
    }
    return TRUE;
}

/* whether the values that a burst has left are as frequent among each other as outside it: what
 * was lost was lost by no choice */
static gboolean
missing_is_mixed(const MissingBursts *self)
{
    guint n = self->column->n_dictionary;
    g_autofree double *count = g_new0(double, 2 * n);
    double statistic, degrees;

    for (gsize i = 0; i < self->column->n_rows; i++)
        if (errata_column_is_valid(self->column, self->order[i]))
            count[(missing_at(self, i) != NULL ? n : 0) + self->column->code[self->order[i]]] +=
                1.0;
    return errata_tests_pearson(count, 2, n, &statistic, &degrees) >= MISSING_MIX;
}

/* A word such as none that is a value of a column (none, basic, full) may stand for lost values for
 * a while: one burst of it, with a beginning and an end, that took from each other value alike. A
 * column that is stuck at it is told as that */
static void
missing_word(ErrataDataBugs *self, guint index, const char *word)
{
    const ErrataColumn *column = errata_data_bugs_raw(self, index);
    ErrataColumn without;
    g_autofree guint64 *valid = NULL;
    MissingBursts bursts = {.word = word,
                            .order = self->analysis->outcome->order,
                            .outcome = self->analysis->outcome};

    if (column->type != ERRATA_COLUMN_CATEGORY || !missing_without(column, word, &without))
        return;
    valid = without.valid;
    bursts.column = &without;
    bursts.rest = without.n_rows;
    bursts.rest_missing = without.n_missing;
    self->n_tried++;
    if (without.n_missing < without.n_rows &&
        missing_find_all(&bursts, missing_usual(&without, bursts.order, MISSING_MIDDLE)) &&
        bursts.n == 1 && bursts.of[0].from > 0 && bursts.of[0].to < without.n_rows &&
        (double)bursts.of[0].n_missing <
            MISSING_ALL * (double)(bursts.of[0].to - bursts.of[0].from) &&
        missing_is_mixed(&bursts))
        missing_add(self, &bursts, 0, index);
}

void
errata_data_bugs_missing(ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = errata_data_bugs_raw(self, column);

    if (data->n_missing < data->n_rows)
        self->n_tried++;
    if (data->n_missing > 0 && data->n_missing < data->n_rows && missing_burst(self, column))
        return;
    if (self->analysis->reference != NULL)
        missing_more(self, column);
    for (guint i = 0; data->class_words != NULL && data->class_words[i] != NULL; i++)
        missing_word(self, column, data->class_words[i]);
}
