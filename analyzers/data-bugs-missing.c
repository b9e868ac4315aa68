/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Missing values that come in a burst, or more of them than in the reference. The burst is the window
 * in time order with the largest sum of log likelihood ratios (missing with probability p1 inside, p0
 * elsewhere), found in one pass per p1; its p is corrected for all windows there are. */
#include <math.h>

#include "data-bugs.h"
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
#define MISSING_BY_CHANCE \
    0.05 /* that the rows behind a window have all their values though it goes on */

typedef struct {
    gsize from;
    gsize to;
    gsize n_missing;
} MissingWindow;

/* median share of missing cells over blocks of the order: what is usual, burst or not */
static double
missing_usual(const ErrataColumn *column, const guint32 *order)
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
    return share[MISSING_BLOCKS / 2];
}

/* the window with the largest sum, Kadane's way */
static MissingWindow
missing_scan(const ErrataColumn *column, const guint32 *order, double p0, double p1)
{
    double if_missing = log(p1 / p0);
    double if_present = log((1.0 - p1) / (1.0 - p0));
    MissingWindow best = {0, 0, 0};
    double best_sum = 0.0;
    double sum = 0.0;
    gsize begin = 0;
    gsize inside = 0;

    for (gsize i = 0; i < column->n_rows; i++) {
        gboolean missing = !errata_column_is_valid(column, order[i]);

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
missing_p(const ErrataColumn *column, const MissingWindow *window)
{
    double n = (double)column->n_rows;
    gsize inside = window->to - window->from;
    gsize rest_missing = column->n_missing - window->n_missing;
    double p = errata_tests_two_by_two(window->n_missing,
                                       inside - window->n_missing,
                                       rest_missing,
                                       column->n_rows - inside - rest_missing,
                                       NULL,
                                       NULL);

    return MIN(p * n * n / 2.0, 1.0);
}

static void
missing_add_rows(ErrataDataBug *bug,
                 const ErrataColumn *column,
                 const guint32 *order,
                 gsize from,
                 gsize to)
{
    for (gsize i = from; i < to; i++)
        if (!errata_column_is_valid(column, order[i]))
            g_array_append_val(bug->row, order[i]);
    bug->n_rows = bug->row->len;
}

/* “x is missing in 41.5 % of the rows between 3 May, 09:00 and 4 May, 11:30, otherwise never”, “… from
 * 3 May, 09:00 on, before that never” */
static char *
missing_title(const char *name, const char *when, const char *other, double now, double before)
{
    g_autofree char *here = errata_words_share(now, (double)NAN, (double)NAN);
    g_autofree char *of_rows = g_strconcat(here, " of the rows", NULL);
    g_autofree char *there = before > 0.0 ? errata_words_share(before, (double)NAN, (double)NAN)
                                          : NULL;

    return g_strdup_printf("%s is missing in %s %s, %s %s%s",
                           name,
                           now > MISSING_ALL ? "all rows" : of_rows,
                           when,
                           other,
                           there != NULL ? "in " : "never",
                           there != NULL ? there : "");
}

/* a window that ends at its last missing cell lasts to the end of the log where the few rows behind it can
 * have their values by chance */
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

static gboolean
missing_burst(ErrataDataBugs *self, guint index)
{
    const ErrataColumn *column = errata_data_bugs_raw(self, index);
    const guint32 *order = self->analysis->outcome->order;
    g_autofree char *when = NULL;
    double p0 = MAX(missing_usual(column, order), 0.5 / (double)column->n_rows);
    const double levels[] = {2.0 * p0 + 0.02, 0.3, 0.7, 0.98};
    MissingWindow best = {0, 0, 0};
    double best_p = 2.0;
    double inside;
    double outside;
    ErrataDataBug *bug;

    for (guint i = 0; i < G_N_ELEMENTS(levels); i++) {
        MissingWindow window;
        double p;

        if (levels[i] >= 1.0 || levels[i] <= p0)
            continue;
        window = missing_scan(column, order, MIN(p0, 0.95), levels[i]);
        p = window.to > window.from ? missing_p(column, &window) : 2.0;
        if (p < best_p) {
            best_p = p;
            best = window;
        }
    }
    if (best_p > MISSING_P || best.to - best.from == column->n_rows)
        return FALSE;
    missing_reach_end(column, order, &best);
    if (best.to - best.from == column->n_rows)
        return FALSE;
    inside = (double)best.n_missing / (double)(best.to - best.from);
    outside = (double)(column->n_missing - best.n_missing) /
              (double)(column->n_rows - (best.to - best.from));
    if (best.n_missing < 5 || inside - outside < MISSING_STEP)
        return FALSE;
    bug = errata_data_bugs_add(self, "missing-burst", (int)index);
    bug->p = best_p;
    bug->test = "exact or chi-square, all windows counted";
    bug->has_window = TRUE;
    bug->from = best.from;
    bug->to = best.to;
    bug->before = outside;
    bug->after = inside;
    missing_add_rows(bug, column, order, best.from, best.to);
    bug->small = bug->n_rows < errata_data_bugs_enough(column->n_rows);
    bug->set_aside = TRUE;
    when = errata_data_bugs_when(self, best.from, best.to);
    bug->title = missing_title(column->name,
                               when,
                               best.to < column->n_rows ? "otherwise" : "before that",
                               inside,
                               outside);
    bug->action = g_strdup_printf("Find out why %s stopped arriving, fill it in and score the rows "
                                  "again",
                                  column->name);
    return TRUE;
}

static double
missing_part(const ErrataColumn *column, const guint32 *order, gsize from, gsize to)
{
    gsize n = 0;

    for (gsize i = from; i < to; i++)
        n += errata_column_is_valid(column, order[i]) ? 0 : 1;
    return (double)n / (double)MAX(to - from, 1);
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
    bug->before = then;
    bug->after = now;
    missing_add_rows(bug, column, self->analysis->outcome->order, 0, column->n_rows);
    bug->title = missing_title(column->name,
                               skew ? "from the first on" : "now",
                               "in the reference",
                               now,
                               then);
    bug->action = g_strdup_printf("Find out why %s is missing more often than in the reference",
                                  column->name);
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
}
