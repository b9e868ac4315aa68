/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether values of a category stand for one another in a window. Each way to exchange them is a
 * table of likelihoods, learnt on the rows around; the likeliest is an assignment of the values
 * written to the values meant, found on the discovery half of the window's rows. What is left of it
 * when exchanges that gain nothing are taken back is confirmed on the other half: the mean over the
 * columns that go with it of the log likelihood ratios is that of an e-value (Hölder), so that its
 * exponential bounds p by Markov's inequality. It must also explain the window: with the values put
 * back, its rows are as likely as any others. Where no column goes with it, the shares alone must
 * tell: three values at least, of which two or more have moved far, and all are what they were when
 * put back, so nearly that other shares are unlikelier. */
#include <math.h>
#include <string.h>

#include "assignment.h"
#include "data-bugs-permuted.h"
#include "tests.h"

#define EXCHANGE_LEAST 60   /* rows of a window */
#define EXCHANGE_SURE  20.0 /* nats on the confirmation half */
#define EXCHANGE_TURN  0.4  /* of the rows: after so many what follows is exchanged, not they */
#define EXCHANGE_BEGIN \
    0.05 /* of the rows of a window, before it, that are no part of the log's beginning */
#define EXCHANGE_VALUE  5.0 /* nats on the discovery half that a value must gain */
#define EXCHANGE_DEPEND 8.0 /* nats that come of the dependence alone */
#define EXCHANGE_ROUNDS 6   /* of mapping and dating, at most */
#define EXCHANGE_CAP    5.0 /* of a row, when dated */
#define EXCHANGE_END \
    5.0 /* nats that the last rows of an exchange to the end may lose by chance: e to the minus that */
#define EXCHANGE_PLACES 100000 /* rows around that are read at most */
#define EXCHANGE_FIT    4.0    /* standard errors by which rows put back may be less likely … */
#define EXCHANGE_LEFT   0.15   /* … or this part of what they were */
#define EXCHANGE_FAR    5.0    /* standard errors that a share has moved */
#define EXCHANGE_SHARES 120    /* rows that tell by shares alone */
#define EXCHANGE_LIKE   1e-4   /* p of the shares put back */
#define EXCHANGE_NEARLY \
    0.04 /* … or what is left of the distance: two of like shares may be confused */
#define EXCHANGE_ODDS  0.0    /* log odds of the exchange against shares that moved anyhow … */
#define EXCHANGE_WORTH 2000.0 /* … by so many rows: shares always move a little */
#define EXCHANGE_MOVED 1e-4   /* p of a number's own shares: it moved, too */
#define EXCHANGE_WIDE  0.125  /* of the rows: so long a window is of all hours and weekdays */
#define EXCHANGE_SHOWN 4      /* pairs in a title */
#define EXCHANGE_ASIDE 0.2    /* of the rows: more are not left out, the column is */

typedef struct {
    ErrataDataBugs *bugs;
    const PermutedColumn *column;
    guint n_values; /* missing among them, the last */
    gsize from;
    gsize to;
    guint n_tables;
    double *logs[PERMUTED_CONTEXTS]; /* of a value and a value of the other */
    guint n_others[PERMUTED_CONTEXTS];
    double *share; /* of each value, around */
    double mean;   /* of the rows around: log likelihood, as below */
    double spread;
    guint is[PERMUTED_CODES]; /* what each value written stands for */
} Exchange;

static guint
exchange_other(const Exchange *self, guint table, guint32 row)
{
    return self->column->n_with > 0
               ? errata_data_bugs_permuted_code(self->column->all, self->column->with[table], row)
               : 0;
}

/* log likelihood of a row were its value @value: the mean of those with each other column */
static double
exchange_log(const Exchange *self, guint32 row, guint value)
{
    double sum = 0.0;

    for (guint k = 0; k < self->n_tables; k++)
        sum += self->logs[k][(gsize)value * self->n_others[k] + exchange_other(self, k, row)];
    return sum / self->n_tables;
}

static guint
exchange_value(const Exchange *self, guint32 row)
{
    return errata_data_bugs_permuted_code(self->column->all, self->column->codes, row);
}

/* every so many rows of a window are read */
static gsize
exchange_step(const Exchange *self)
{
    return (self->to - self->from) / EXCHANGE_PLACES + 1;
}

/* whether a row is around: outside of the window, and not just at its ends */
static gboolean
exchange_is_around(const Exchange *self, gsize place)
{
    gsize margin = (self->to - self->from) / 4;

    return place + margin < self->from || place >= self->to + margin;
}

static void
exchange_learn(Exchange *self)
{
    const Permuted *all = self->column->all;
    gsize step = all->n_rows / EXCHANGE_PLACES + 1;
    double n = 0.0, square = 0.0;

    memset(self->share, 0, self->n_values * sizeof(double));
    for (guint k = 0; k < self->n_tables; k++)
        for (gsize i = 0; i < (gsize)self->n_values * self->n_others[k]; i++)
            self->logs[k][i] = 0.5;
    for (gsize i = 0; i < all->n_rows; i += step) {
        guint32 row = all->order[i];
        guint value = exchange_value(self, row);

        if (!exchange_is_around(self, i))
            continue;
        for (guint k = 0; k < self->n_tables; k++)
            self->logs[k][(gsize)value * self->n_others[k] + exchange_other(self, k, row)] += 1.0;
        self->share[value] += 1.0;
        n += 1.0;
    }
    for (guint v = 0; v < self->n_values; v++)
        self->share[v] /= MAX(n, 1.0);
    for (guint k = 0; k < self->n_tables; k++) {
        gsize n_cells = (gsize)self->n_values * self->n_others[k];

        for (gsize i = 0; i < n_cells; i++)
            self->logs[k][i] = log(self->logs[k][i] / (n + 0.5 * (double)n_cells));
    }
    self->mean = 0.0;
    for (gsize i = 0; i < all->n_rows; i += step) {
        double value = exchange_is_around(self, i)
                           ? exchange_log(self, all->order[i], exchange_value(self, all->order[i]))
                           : 0.0;

        self->mean += value / MAX(n, 1.0);
        square += value * value / MAX(n, 1.0);
    }
    self->spread = sqrt(MAX(square - self->mean * self->mean, 0.0));
}

/* leaves values as they are, one after the other, what is left of their circle closed without them,
 * while that costs too little to be more than chance; FALSE where none is left */
static gboolean
exchange_prune(Exchange *self, const double *gain, guint n)
{
    for (;;) {
        double least = EXCHANGE_VALUE;
        guint best = n, of = n, n_moved = 0;

        for (guint u = 0; u < n; u++) {
            guint v = self->is[u]; /* u stands for v, and v for w: then u for w, and v for itself */
            guint w = self->is[v];
            double loss = gain[(gsize)u * n + v] + gain[(gsize)v * n + w] - gain[(gsize)u * n + w] -
                          gain[(gsize)v * n + v];

            if (u == v)
                continue;
            n_moved++;
            if (loss < least) {
                least = loss;
                best = v;
                of = u;
            }
        }
        if (best == n)
            return n_moved > 0;
        self->is[of] = self->is[best];
        self->is[best] = best;
    }
}

/* how much likelier the window's rows that are written @a would be as @b, up to what is the same
 * for all @b */
static double
exchange_gain(const Exchange *self, double *const *count, guint a, guint b)
{
    double sum = 0.0;

    for (guint k = 0; k < self->n_tables; k++) {
        const double *rows = count[k] + (gsize)a * self->n_others[k];
        const double *logs = self->logs[k] + (gsize)b * self->n_others[k];

        for (guint i = 0; i < self->n_others[k]; i++)
            sum += rows[i] * logs[i];
    }
    return sum / self->n_tables;
}

/* the discovery half of the window's rows, per table */
static void
exchange_count(const Exchange *self, double **ret_count)
{
    const Permuted *all = self->column->all;
    const ErrataOutcome *outcome = self->bugs->analysis->outcome;

    for (guint k = 0; k < self->n_tables; k++)
        ret_count[k] = g_new0(double, (gsize)self->n_values * self->n_others[k]);
    for (gsize i = self->from; i < self->to; i += exchange_step(self)) {
        guint32 row = all->order[i];
        guint value = exchange_value(self, row);

        for (guint k = 0; outcome->half[row] == 0 && k < self->n_tables; k++)
            ret_count[k][(gsize)value * self->n_others[k] + exchange_other(self, k, row)] += 1.0;
    }
}

/* the likeliest exchange by the discovery half of the window; FALSE: none */
static gboolean
exchange_map(Exchange *self)
{
    const ErrataBinColumn *bin = self->column->codes->bin;
    guint n = bin->n_codes - (bin->has_other ? 1 : 0);
    g_autofree double *gain = g_new(double, (gsize)n *n + 1);
    g_autofree double *cost = g_new(double, (gsize)n *n + 1);
    double *count[PERMUTED_CONTEXTS];

    for (guint v = 0; v < self->n_values; v++)
        self->is[v] = v;
    exchange_count(self, count);
    for (gsize i = 0; i < (gsize)n * n; i++) {
        gain[i] = exchange_gain(self, count, (guint)(i / n), (guint)(i % n));
        cost[i] = -gain[i];
    }
    for (guint k = 0; k < self->n_tables; k++)
        g_free(count[k]);
    if (n < 2)
        return FALSE;
    errata_assignment_solve(cost, n, self->is);
    return exchange_prune(self, gain, n);
}

/* the ends: the run of rows that gain most by the exchange, those of the discovery half where it is
 * yet to be confirmed, for ends chosen by the rows that confirm would make them likelier than they
 * are; to the end of the log where its last rows do not speak against it */
static void
exchange_date(Exchange *self, gboolean confirmed)
{
    const Permuted *all = self->column->all;
    const ErrataOutcome *outcome = self->bugs->analysis->outcome;
    gsize width = self->to - self->from;
    gsize begin = self->from > width ? self->from - width : 0;
    gsize end = MIN(self->to + width, all->n_rows);
    gsize step = exchange_step(self);
    double sum = 0.0, most = 0.0;
    gsize start = begin;

    for (gsize i = begin; i < end; i += step) {
        guint value = exchange_value(self, all->order[i]);
        double gain;

        if (self->is[value] == value || (!confirmed && outcome->half[all->order[i]] != 0))
            continue;
        gain = exchange_log(self, all->order[i], self->is[value]) -
               exchange_log(self, all->order[i], value);
        if (!(sum > 0.0)) {
            sum = 0.0;
            start = i;
        }
        sum += CLAMP(gain, -EXCHANGE_CAP, EXCHANGE_CAP);
        if (sum > most) {
            most = sum;
            self->from = start;
            self->to = MIN(i + step, all->n_rows);
        }
    }
    if (end == all->n_rows && most > 0.0 && start == self->from && most - sum <= EXCHANGE_END)
        self->to = all->n_rows;
}

/* log odds of @now, @n rows, to be the shares around put back against any other shares: a
 * multinomial against the uniform Dirichlet's, the ways to exchange so many values counted */
static double
exchange_shares_odds(const Exchange *self, const double *now, double n)
{
    double worth = MIN(n, EXCHANGE_WORTH), k = 0.0, moved = 0.0, there = 0.0, odds = 0.0;

    for (guint v = 0; v < self->n_values; v++) {
        k += now[v] > 0.0 || self->share[self->is[v]] > 0.0 ? 1.0 : 0.0;
        moved += self->is[v] != v ? 1.0 : 0.0;
        there += self->share[v] + 0.5 / EXCHANGE_WORTH;
    }
    for (guint v = 0; v < self->n_values; v++) {
        double share = (self->share[self->is[v]] + 0.5 / EXCHANGE_WORTH) / there;
        double count = now[v] * worth / n;

        odds += count * log(share) - lgamma(count + 1.0);
    }
    return odds + lgamma(worth + k) - lgamma(k) - lgamma(k + 1.0) + lgamma(k - moved + 1.0);
}

/* whether the shares of the window, values put back, are those around. Where they @alone tell,
 * values must have moved far, nearly all of it must be undone, and that must be likelier than that
 * they moved anyhow;
 * @depend: log odds by what they go with */
static gboolean
exchange_shares_fit(const Exchange *self, gboolean alone, double depend)
{
    const Permuted *all = self->column->all;
    g_autofree double *now = g_new0(double, self->n_values);
    gsize step = exchange_step(self);
    double n = ceil((double)(self->to - self->from) / (double)step);
    double put_back = 0.0, as_is = 0.0, degrees = -1.0;
    guint n_far = 0;

    for (gsize i = self->from; i < self->to; i += step)
        now[exchange_value(self, all->order[i])] += 1.0;
    for (guint v = 0; v < self->n_values; v++) {
        double expected = n * self->share[self->is[v]];
        double before = n * self->share[v];

        if (expected < 1.0 || before < 1.0)
            continue;
        put_back += (now[v] - expected) * (now[v] - expected) / expected;
        as_is += (now[v] - before) * (now[v] - before) / before;
        degrees += 1.0;
        if (self->is[v] != v && fabs(now[v] - before) > EXCHANGE_FAR * sqrt(before))
            n_far++;
    }
    if (alone &&
        (n_far < 2 || degrees < 2.0 || n < EXCHANGE_SHARES || put_back > EXCHANGE_LEFT * as_is ||
         exchange_shares_odds(self, now, n) + depend < EXCHANGE_ODDS))
        return FALSE;
    return degrees > 0.0 && (errata_tests_chi_square(put_back, degrees) >= EXCHANGE_LIKE ||
                             put_back <= EXCHANGE_NEARLY * as_is);
}

/* whether what the values go with may tell without their shares: not labels alone where the model
 * read what is written, for what it learnt may then have become wrong in the world */
static gboolean
exchange_may_depend(const Exchange *self)
{
    for (guint k = 0; k < self->column->n_with; k++)
        if (!self->column->was_read || !self->column->with[k]->is_label)
            return TRUE;
    return FALSE;
}

/* whether the other half confirms it; @ret_p bounds the chance */
static gboolean
exchange_confirm(const Exchange *self, guint64 n_windows, double *ret_p)
{
    const Permuted *all = self->column->all;
    const ErrataOutcome *outcome = self->bugs->analysis->outcome;
    double sure = 0.0, depend = 0.0, before = 0.0, after = 0.0;
    gsize step = exchange_step(self);
    double n = ceil((double)(self->to - self->from) / (double)step);

    for (gsize i = self->from; i < self->to; i += step) {
        guint32 row = all->order[i];
        guint value = exchange_value(self, row), is = self->is[value];
        double then = exchange_log(self, row, value), now = exchange_log(self, row, is);

        before += (self->mean - then) / n;
        after += (self->mean - now) / n;
        if (outcome->half[row] == 0 || is == value)
            continue;
        sure += now - then;
        depend += now - then - log(self->share[is] / self->share[value]);
    }
    *ret_p = MIN((double)n_windows * exp(-sure), 1.0);
    if (!(sure >= EXCHANGE_SURE) ||
        after > MAX(EXCHANGE_FIT * self->spread / sqrt(n), EXCHANGE_LEFT * before))
        return FALSE;
    if (exchange_may_depend(self) && depend >= EXCHANGE_DEPEND)
        return exchange_shares_fit(self, FALSE, depend);
    return depend > -EXCHANGE_DEPEND && exchange_shares_fit(self, TRUE, depend);
}

/* how the value of a code is written */
static char *
exchange_print(const Exchange *self, guint code)
{
    const ErrataBinColumn *bin = self->column->codes->bin;
    const ErrataColumn *data = self->bugs->analysis->frame->columns[bin->column];

    for (gsize row = 0; row < data->n_rows; row++)
        if (bin->code[row] == code)
            return errata_column_print(data, row);
    return g_strdup("");
}

/* the values that stand for others, the most frequent of them first */
static void
exchange_tell(const Exchange *self, ErrataDataBug *bug, const gsize *count)
{
    const ErrataBinColumn *bin = self->column->codes->bin;
    const ErrataColumn *data = self->bugs->analysis->frame->columns[bin->column];
    g_autofree guint8 *told = g_new0(guint8, self->n_values);
    g_autofree char *when = errata_data_bugs_when(self->bugs, bug->from, bug->to);
    g_autoptr(GString) pairs = g_string_new(NULL);

    for (guint n = 0; n < self->n_values; n++) {
        int top = -1;
        g_autofree char *value = NULL;
        g_autofree char *was = NULL;

        for (guint v = 0; v < self->n_values; v++)
            if (self->is[v] != v && told[v] == 0 && (top < 0 || count[v] > count[top]))
                top = (int)v;
        if (top < 0)
            break;
        told[top] = 1;
        value = exchange_print(self, (guint)top);
        was = exchange_print(self, self->is[top]);
        bug->value = bug->value != NULL ? bug->value : g_strdup(value);
        bug->n_exchanged++;
        if (n < EXCHANGE_SHOWN)
            g_string_append_printf(pairs,
                                   n == 0 ? "“%s” stands for “%s”" : ", “%s” for “%s”",
                                   value,
                                   was);
        if (data->type == ERRATA_COLUMN_CATEGORY)
            errata_data_bugs_undo(bug, value, was);
    }
    bug->title = g_strdup_printf("Values of %s are exchanged %s: %s%s",
                                 data->name,
                                 when,
                                 pairs->str,
                                 bug->n_exchanged > EXCHANGE_SHOWN ? " and others" : "");
    bug->action = g_strdup_printf("Put the exchanged values of %s back and score the rows again",
                                  data->name);
}

static gboolean
exchange_has(gconstpointer data, guint32 row)
{
    const Exchange *self = data;
    guint value = exchange_value(self, row);

    return self->is[value] != value;
}

static void
exchange_add(const Exchange *self, double p)
{
    const Permuted *all = self->column->all;
    guint index = self->column->codes->bin->column;
    ErrataDataBug *bug = errata_data_bugs_add(self->bugs, "encoding-change", (int)index);
    g_autofree gsize *count = g_new0(gsize, self->n_values);

    for (gsize i = self->from; i < self->to; i++)
        count[exchange_value(self, all->order[i])]++;
    errata_data_bugs_window(self->bugs, bug, self->from, self->to, exchange_has, self);
    bug->p = p;
    bug->test = "rows of the confirmation half with the values put back against as they stand";
    bug->set_aside = (double)(bug->to - bug->from) < EXCHANGE_ASIDE * (double)all->n_rows;
    if (!bug->set_aside)
        self->bugs->analysis->exclude[index] = 1;
    exchange_tell(self, bug, count);
}

/* two spans that are exchanged against one another, one to the end of the log: the later one is
 * told, as what came first is what the model was made for, unless that is so short that it is
 * rather the exception */
static void
exchange_turn(Exchange *self)
{
    gsize n_rows = self->column->all->n_rows;
    gboolean first = (double)self->from <= EXCHANGE_BEGIN * (double)(self->to - self->from);
    gsize at = first ? self->to : self->from;
    gboolean later = (double)at >= EXCHANGE_TURN * (double)n_rows;
    g_autofree guint *is = g_memdup2(self->is, sizeof self->is);

    if (first != later || (!first && self->to < n_rows) || at < EXCHANGE_LEAST ||
        at + EXCHANGE_LEAST > n_rows)
        return;
    for (guint v = 0; v < self->n_values; v++)
        self->is[is[v]] = v;
    self->from = later ? at : 0;
    self->to = later ? n_rows : at;
    exchange_learn(self);
    exchange_date(self, TRUE);
}

/* whether a number that the values go with moved itself in a long window, or one that lasts to an
 * end of the log: a yearly raise makes pay go with other grades for good, and no grade was
 * exchanged. In short ones that come back numbers move with the hour */
static gboolean
exchange_has_moved(const Permuted *all, const PermutedCodes *codes, gsize from, gsize to)
{
    g_autofree double *count = g_new0(double, (gsize)codes->n_codes * 2);
    gsize step = all->n_rows / EXCHANGE_PLACES + 1;
    double statistic, degrees;

    if ((from > 0 && to < all->n_rows &&
         (double)(to - from) < EXCHANGE_WIDE * (double)all->n_rows) ||
        codes->bin == NULL || !codes->bin->numeric)
        return FALSE;
    for (gsize i = 0; i < all->n_rows; i += step) {
        guint code = errata_data_bugs_permuted_code(all, codes, all->order[i]);

        count[(i >= from && i < to ? codes->n_codes : 0) + code] += 1.0;
    }
    return errata_tests_g(count, 2, codes->n_codes, &statistic, &degrees) < EXCHANGE_MOVED;
}

static void
exchange_tables(Exchange *self)
{
    self->n_tables = MAX(self->column->n_with, 1);
    for (guint k = 0; k < self->n_tables; k++) {
        self->n_others[k] = self->column->n_with > 0 ? self->column->with[k]->n_codes : 1;
        self->logs[k] = g_new0(double, (gsize)self->n_values * self->n_others[k]);
    }
}

static void
exchange_tables_clear(Exchange *self)
{
    for (guint k = 0; k < self->n_tables; k++)
        g_free(self->logs[k]);
}

/* whether what did not move confirms it, too */
static gboolean
exchange_holds(const Exchange *self, guint64 n_windows)
{
    const PermutedColumn *all = self->column;
    PermutedColumn steady = *all;
    Exchange work = *self;
    gboolean holds;
    double p;

    steady.n_with = 0;
    for (guint k = 0; k < all->n_with; k++)
        if (!exchange_has_moved(all->all, all->with[k], self->from, self->to))
            steady.with[steady.n_with++] = all->with[k];
    if (steady.n_with == all->n_with)
        return TRUE;
    work.column = &steady;
    exchange_tables(&work);
    exchange_learn(&work);
    holds = exchange_confirm(&work, n_windows, &p);
    exchange_tables_clear(&work);
    return holds;
}

static gboolean
exchange_look(Exchange *self, guint64 n_windows)
{
    double p = 1.0;

    for (guint round = 0; round < EXCHANGE_ROUNDS; round++) {
        gsize from = self->from, to = self->to;

        exchange_learn(self);
        if (!exchange_map(self))
            return FALSE;
        exchange_date(self, FALSE);
        if (self->to < self->from + EXCHANGE_LEAST)
            return FALSE;
        if (round > 0 && self->from == from && self->to == to)
            break;
    }
    exchange_learn(self);
    if (!exchange_confirm(self, n_windows, &p) || !exchange_holds(self, n_windows))
        return FALSE;
    exchange_date(self, TRUE);
    exchange_turn(self);
    exchange_add(self, p);
    return TRUE;
}

gboolean
errata_data_bugs_exchange(ErrataDataBugs *self,
                          const PermutedColumn *column,
                          gsize from,
                          gsize to,
                          guint64 n_windows)
{
    Exchange work = {.bugs = self,
                     .column = column,
                     .n_values = column->codes->n_codes,
                     .from = from,
                     .to = MIN(to, column->all->n_rows)};
    g_autofree double *share = g_new0(double, work.n_values);
    gboolean found;

    work.share = share;
    exchange_tables(&work);
    found = exchange_look(&work, n_windows);
    exchange_tables_clear(&work);
    return found;
}
