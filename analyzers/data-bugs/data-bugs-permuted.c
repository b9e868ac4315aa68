/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows in which the values of a category may have been exchanged for one another: “ios” for
 * “android”. No value is new there, so what tells is how likely the rows are by the rest of the
 * log: by the shares of the values, and by how each goes with the scores and with the columns that
 * depend on it most. Either falls for as long as the values are wrong and comes back. Windows of
 * all lengths are compared with others of the same length, so that what comes and goes with the
 * hour stands out from nothing. The windows that stand out most are judged in data-bugs-exchange.c.
 * Where the model itself read the wrong values, its scores go with what is written, and only the
 * labels, the other columns and the shares speak for the exchange: each column is looked at both
 * ways. Numbers are values of a category where they are few and whole. */
#include "data-bugs-permuted.h"

#include <math.h>

#include "select.h"
#include "tests.h"

#define PERMUTED_PLACES 100000 /* rows that are scanned at most */
#define PERMUTED_SAMPLE 20000  /* rows that tell which columns go together */
#define PERMUTED_BLOCK  25     /* scanned rows */
#define PERMUTED_BLOCKS 40     /* the fewest */
#define PERMUTED_SHORT  3      /* blocks of a window at least … */
#define PERMUTED_LONG   0.5    /* … and at most, of all */
#define PERMUTED_GROW   1.35   /* from one length to the next */
#define PERMUTED_ALIKE  12     /* windows of a length whose spread tells what is usual */
#define PERMUTED_Z      4.0    /* worth a look … */
#define PERMUTED_WIDE   0.125  /* of all blocks: of so long windows there are few … */
#define PERMUTED_WIDE_Z 3.0    /* … so that less is worth one */
#define PERMUTED_EARLY  0.3  /* of all blocks, that may tell what is usual before a long exchange */
#define PERMUTED_P      1e-6 /* that two columns go together by chance */
#define PERMUTED_VALUES 31   /* of a column that is looked at */
#define PERMUTED_BINS   16   /* of an output */
#define PERMUTED_SERIES 3    /* shares, dependence, and both */

/* blocks that are unlike the others */
typedef struct {
    gsize from;
    gsize to;
    double z;
    guint64 n_windows; /* that were looked at */
} PermutedWindow;

/* the quantiles of what the model says */
static void
permuted_edges(Permuted *self)
{
    double p[PERMUTED_BINS - 1];
    gsize step = MAX(self->n_rows / PERMUTED_SAMPLE, 1), n = 0;
    g_autofree double *sample = g_new(double, self->n_rows / step + 2);

    for (gsize row = 0; row < self->n_rows; row += step) {
        sample[n] = self->value[row];
        n += isnan(self->value[row]) ? 0 : 1;
    }
    for (guint b = 0; b < PERMUTED_BINS - 1; b++)
        p[b] = (b + 1.0) / PERMUTED_BINS;
    if (n > 0)
        errata_select_quantiles(sample, n, p, PERMUTED_BINS - 1, self->edge);
}

static guint
permuted_quantile(const Permuted *self, double value)
{
    guint bin = 0;

    for (guint half = PERMUTED_BINS / 2; half > 0; half /= 2)
        bin += half * (guint)(value >= self->edge[bin + half - 1]);
    return isnan(value) ? PERMUTED_BINS : bin;
}

guint
errata_data_bugs_permuted_code(const Permuted *self, const PermutedCodes *codes, guint32 row)
{
    guint missing = codes->n_codes - 1;

    if (codes->bin != NULL)
        return MIN(codes->bin->code[row], missing);
    if (codes->classes != NULL)
        return codes->classes[row] < 0 ? missing : MIN((guint)codes->classes[row], missing);
    return permuted_quantile(self, self->value[row]);
}

/* codes of the rows that are scanned */
static void
permuted_add(Permuted *self, PermutedCodes codes)
{
    codes.scan = g_new(guint8, self->n_places + 1);
    for (gsize i = 0; i < self->n_places; i++)
        codes.scan[i] =
            (guint8)errata_data_bugs_permuted_code(self, &codes, self->order[i * self->step]);
    self->columns[self->n_columns++] = codes;
}

/* the searched columns, what the model says, and the labels */
static void
permuted_gather(Permuted *self)
{
    const ErrataAnalysis *analysis = self->bugs->analysis;
    const ErrataOutcome *outcome = analysis->outcome;
    const gint32 *classes[] = {self->value == NULL ? outcome->predicted : NULL, outcome->truth};

    for (guint i = 0; i < analysis->bins->n_columns; i++) {
        const ErrataBinColumn *bin = &analysis->bins->columns[i];

        if (bin->derived == NULL && bin->n_codes + 1 < PERMUTED_CODES &&
            errata_schema_is_logged(analysis->schema, bin->column))
            permuted_add(self, (PermutedCodes){.bin = bin, .n_codes = bin->n_codes + 1});
    }
    if (self->value != NULL) {
        permuted_edges(self);
        permuted_add(self, (PermutedCodes){.n_codes = PERMUTED_BINS + 1});
    }
    for (guint k = 0; k < G_N_ELEMENTS(classes); k++)
        if (classes[k] != NULL && outcome->n_classes + 1 < PERMUTED_CODES)
            permuted_add(self,
                         (PermutedCodes){.n_codes = outcome->n_classes + 1,
                                         .classes = classes[k],
                                         .is_label = classes[k] == outcome->truth});
}

/* how much a column tells about another, in nats beyond chance; 0 where it may be chance */
static double
permuted_depend(const Permuted *self, const PermutedCodes *a, const PermutedCodes *b)
{
    g_autofree double *count = g_new0(double, (gsize)a->n_codes * b->n_codes);
    gsize step = MAX(self->n_places / PERMUTED_SAMPLE, 1);
    double statistic, degrees, n = 0.0;

    for (gsize i = 0; i < self->n_places; i += step) {
        count[(gsize)a->scan[i] * b->n_codes + b->scan[i]] += 1.0;
        n += 1.0;
    }
    if (!(errata_tests_g(count, a->n_codes, b->n_codes, &statistic, &degrees) < PERMUTED_P))
        return 0.0;
    return MAX(statistic - degrees, 0.0) / (2.0 * n);
}

static gboolean
permuted_is_output(const PermutedCodes *codes)
{
    return codes->bin == NULL && !codes->is_label;
}

static void
permuted_choose(PermutedColumn *self)
{
    const Permuted *all = self->all;
    double best[PERMUTED_CONTEXTS] = {0.0};

    self->n_with = 0;
    for (guint i = 0; i < all->n_columns; i++) {
        const PermutedCodes *other = &all->columns[i];
        gboolean left_out = other == self->codes || (self->was_read && permuted_is_output(other));
        double tells = !left_out ? permuted_depend(all, self->codes, other) : 0.0;

        for (guint k = 0; k < PERMUTED_CONTEXTS && tells > 0.0; k++) {
            const PermutedCodes *worse = self->with[k];
            double less = best[k];

            if (k < self->n_with && tells <= best[k])
                continue;
            self->with[k] = other;
            best[k] = tells;
            self->n_with = MAX(self->n_with, k + 1);
            other = worse;
            tells = other != NULL ? less : 0.0;
        }
    }
}

/* how a log is gone through */
typedef struct {
    gsize n_learn; /* blocks that tell what is usual, the first ones */
    gsize n_blocks;
    gboolean backwards; /* from its end */
} PermutedWay;

static gsize
permuted_place(const PermutedWay *self, gsize at)
{
    return self->backwards ? self->n_blocks * PERMUTED_BLOCK - 1 - at : at;
}

/* log share of each value, and per column that goes with it how much likelier the two are together
 * than apart, by the first @n_learn of the scanned rows */
static double *
permuted_logs(const PermutedColumn *self,
              const PermutedCodes *with,
              gsize n_learn,
              const PermutedWay *way)
{
    guint n_a = self->codes->n_codes, n_b = with != NULL ? with->n_codes : 1;
    double *logs = g_new0(double, (gsize)n_a *n_b);
    g_autofree double *a = g_new0(double, n_a);
    g_autofree double *b = g_new0(double, n_b);
    double n = 0.0;

    for (gsize i = 0; i < n_learn; i++) {
        gsize place = permuted_place(way, i);
        guint value = self->codes->scan[place];
        guint other = with != NULL ? with->scan[place] : 0;

        logs[(gsize)value * n_b + other] += 1.0;
        a[value] += 1.0;
        b[other] += 1.0;
        n += 1.0;
    }
    for (guint i = 0; i < n_a; i++)
        for (guint j = 0; j < n_b; j++) {
            double expected = a[i] * b[j] / n;
            double *cell = &logs[(gsize)i * n_b + j];

            if (with == NULL)
                *cell = log((*cell + 0.5) / n);
            else
                *cell = log((*cell + 0.5) / (expected + 0.5));
        }
    return logs;
}

/* per block of scanned rows the mean log likelihood by the shares, by the dependence, and by both,
 * learnt on the first blocks of the way and summed up along it */
static void
permuted_series(const PermutedColumn *self,
                const PermutedWay *way,
                double *ret_sums[PERMUTED_SERIES])
{
    double *logs[PERMUTED_CONTEXTS + 1];
    gsize n_rows = way->n_learn * PERMUTED_BLOCK;
    gsize at = 0;

    logs[0] = permuted_logs(self, NULL, n_rows, way);
    for (guint k = 0; k < self->n_with; k++)
        logs[k + 1] = permuted_logs(self, self->with[k], n_rows, way);
    for (guint s = 0; s < PERMUTED_SERIES; s++)
        ret_sums[s] = g_new0(double, way->n_blocks + 1);
    for (gsize b = 0; b < way->n_blocks; b++) {
        double shares = 0.0, depend = 0.0;

        for (guint i = 0; i < PERMUTED_BLOCK; i++, at++) {
            gsize place = permuted_place(way, at);
            guint value = self->codes->scan[place];

            shares += logs[0][value];
            for (guint k = 0; k < self->n_with; k++)
                depend +=
                    logs[k + 1][(gsize)value * self->with[k]->n_codes + self->with[k]->scan[place]];
        }
        ret_sums[0][b + 1] = ret_sums[0][b] + shares / PERMUTED_BLOCK;
        ret_sums[1][b + 1] = ret_sums[1][b] + depend / PERMUTED_BLOCK;
        ret_sums[2][b + 1] = ret_sums[2][b] + (shares + depend) / PERMUTED_BLOCK;
    }
    for (guint k = 0; k <= self->n_with; k++)
        g_free(logs[k]);
}

/* robust standard deviation of means of @length blocks that do not overlap */
static double
permuted_spread(const double *sums, gsize n_blocks, gsize length)
{
    static const double at[] = {0.5, 0.75}; /* a fifth of the log may be the window itself */
    gsize n = n_blocks / length;
    double mean = sums[n_blocks] / (double)n_blocks;
    g_autofree double *off = g_new(double, n + 1);
    double quantile[2] = {0.0, 0.0};

    for (gsize i = 0; i < n; i++)
        off[i] = fabs((sums[(i + 1) * length] - sums[i * length]) / (double)length - mean);
    errata_select_quantiles(off, n, at, G_N_ELEMENTS(at), quantile);
    return MAX(quantile[0] / 0.6745, quantile[1] / 1.1503);
}

/* by how much the means of so many blocks vary more than blocks that know nothing of each other
 * do */
static double
permuted_inflation(const double *sums, gsize n_blocks, gsize length, double one)
{
    double usual = one / sqrt((double)length);

    return usual > 0.0 ? MAX(permuted_spread(sums, n_blocks, length) / usual, 1.0) : 1.0;
}

/* the window that is least likely against those of its length; its distance is in their standard
 * deviations */
static PermutedWindow
permuted_scan(const double *sums, gsize n_blocks)
{
    double mean = sums[n_blocks] / (double)n_blocks;
    double one = permuted_spread(sums, n_blocks, 1);
    double inflation = 1.0; /* of the last length that tells */
    gsize longest = (gsize)(PERMUTED_LONG * (double)n_blocks);
    PermutedWindow best = {0};

    for (gsize length = PERMUTED_SHORT; one > 0.0 && length <= longest;
         length = MAX((gsize)(PERMUTED_GROW * (double)length), length + 1)) {
        double usual = one / sqrt((double)length);

        if (n_blocks / length >= PERMUTED_ALIKE)
            inflation = permuted_inflation(sums, n_blocks, length, one);
        for (gsize b = 0; b + length <= n_blocks; b++) {
            double z = (mean - (sums[b + length] - sums[b]) / (double)length) / usual / inflation;

            if (z > best.z)
                best = (PermutedWindow){b, b + length, z, 0};
        }
        best.n_windows += n_blocks - length + 1;
    }
    best.n_windows *= PERMUTED_SERIES;
    return best;
}

/* likewise for windows to the end, against the first blocks */
static PermutedWindow
permuted_scan_end(const double *sums, gsize n_learn, gsize n_blocks)
{
    double mean = sums[n_learn] / (double)n_learn;
    double one = permuted_spread(sums, n_learn, 1);
    double inflation = permuted_inflation(sums, n_learn, n_learn / PERMUTED_ALIKE, one);
    PermutedWindow best = {0};

    for (gsize b = n_learn; one > 0.0 && b + PERMUTED_SHORT <= n_blocks; b++) {
        double length = (double)(n_blocks - b);
        double off = mean - (sums[n_blocks] - sums[b]) / length;
        double z = off / (one * inflation * sqrt(1.0 / length + 1.0 / (double)n_learn));

        if (z > best.z)
            best = (PermutedWindow){b, n_blocks, z, 0};
    }
    best.n_windows = 2 * PERMUTED_SERIES * (n_blocks - n_learn); /* either way */
    return best;
}

/* whether numbers may be the codes of a category: integers, one of them per code */
static gboolean
permuted_is_coded(const Permuted *self, const ErrataBinColumn *bin)
{
    const ErrataColumn *data = self->bugs->analysis->frame->columns[bin->column];
    double value[PERMUTED_VALUES];

    for (guint v = 0; v < bin->n_codes; v++)
        value[v] = (double)NAN;
    for (gsize row = 0; row < data->n_rows; row++) {
        guint code = bin->code[row];
        double number = code < bin->n_codes ? errata_column_number(data, row) : (double)NAN;

        if (isnan(number))
            continue;
        if (isnan(value[code]))
            value[code] = number;
        if (fabs(number - value[code]) > 0.0 || fabs(number - round(number)) > 0.0)
            return FALSE;
    }
    return TRUE;
}

/* values of its own, few, and nothing known of it yet that would explain a window */
static gboolean
permuted_is_candidate(const Permuted *self, const PermutedCodes *codes)
{
    const ErrataBinColumn *bin = codes->bin;

    if (bin == NULL || bin->n_codes < 2 || bin->n_codes > PERMUTED_VALUES ||
        !errata_data_bugs_reads(self->bugs, bin->column) ||
        (bin->numeric && bin->n_codes != 2 && !permuted_is_coded(self, bin)))
        return FALSE;
    for (guint i = 0; i < self->bugs->bugs->len; i++) {
        const ErrataDataBug *bug = g_ptr_array_index(self->bugs->bugs, i);

        if (bug->column == (int)bin->column && !bug->harmless)
            return FALSE;
    }
    return TRUE;
}

static gboolean
permuted_is_worth(const PermutedWindow *window, gsize n_blocks)
{
    gboolean wide = (double)(window->to - window->from) >= PERMUTED_WIDE * (double)n_blocks;

    return window->z > (wide ? PERMUTED_WIDE_Z : PERMUTED_Z);
}

/* the windows that stand out most, learnt on all blocks, or to the end of the way and learnt on
 * those before */
static gboolean
permuted_look(Permuted *self, const PermutedColumn *column, const PermutedWay *way)
{
    gsize width = PERMUTED_BLOCK * self->step, n_blocks = way->n_blocks;
    double *sums[PERMUTED_SERIES];
    gboolean found = FALSE;

    permuted_series(column, way, sums);
    for (guint s = 0; s < PERMUTED_SERIES; s++) {
        PermutedWindow window = way->n_learn == n_blocks
                                    ? permuted_scan(sums[s], n_blocks)
                                    : permuted_scan_end(sums[s], way->n_learn, n_blocks);

        if (way->backwards)
            window = (PermutedWindow){0, n_blocks - window.from, window.z, window.n_windows};
        if (!found && permuted_is_worth(&window, n_blocks))
            found = errata_data_bugs_exchange(self->bugs,
                                              column,
                                              window.from * width,
                                              window.to == n_blocks ? self->n_rows
                                                                    : window.to * width,
                                              2 * window.n_windows); /* with and without outputs */
        g_free(sums[s]);
    }
    return found;
}

/* anywhere, then to the end of the log, then from its beginning on */
static gboolean
permuted_go(Permuted *self, const PermutedColumn *column)
{
    gsize n_blocks = self->n_places / PERMUTED_BLOCK;
    gsize n_learn = (gsize)(PERMUTED_LONG * (double)n_blocks);
    gsize n_early = (gsize)(PERMUTED_EARLY * (double)n_blocks);
    const PermutedWay ways[] = {{n_blocks, n_blocks, FALSE},
                                {n_learn, n_blocks, FALSE},
                                {n_early, n_blocks, FALSE},
                                {n_learn, n_blocks, TRUE}};
    gboolean found = FALSE;

    for (guint i = 0; !found && i < G_N_ELEMENTS(ways); i++)
        found = permuted_look(self, column, &ways[i]);
    return found;
}

/* as if the model had read the right values, only the log the wrong ones; then, if what it says
 * goes with the values at all, as if it had read what is written. A flag that it read wrong would
 * look as one that has another effect, so that takes three values. */
static void
permuted_column(Permuted *self, const PermutedCodes *codes)
{
    PermutedColumn column = {.all = self, .codes = codes};
    gboolean has_output = FALSE;

    permuted_choose(&column);
    if (permuted_go(self, &column))
        return;
    for (guint k = 0; k < column.n_with; k++)
        has_output = has_output || permuted_is_output(column.with[k]);
    if (!has_output || codes->bin->n_codes < 3)
        return;
    column.was_read = TRUE;
    permuted_choose(&column);
    permuted_go(self, &column);
}

/**
 * errata_data_bugs_permuted:
 * @self: what was found so far
 *
 * Windows in which values of a category, or the two of a flag, stand for one another. Linear in the
 * rows; at most 100,000 of them are scanned.
 */
void
errata_data_bugs_permuted(ErrataDataBugs *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    const ErrataOutcome *outcome = analysis->outcome;
    Permuted work = {.bugs = self, .order = outcome->order, .n_rows = analysis->frame->n_rows};

    work.step = work.n_rows / PERMUTED_PLACES + 1;
    work.n_places = work.n_rows / work.step;
    work.value = outcome->score != NULL ? outcome->score : outcome->predicted_value;
    if (analysis->bins == NULL || work.n_places < PERMUTED_BLOCK * PERMUTED_BLOCKS)
        return;
    work.columns = g_new(PermutedCodes, analysis->bins->n_columns + 4);
    permuted_gather(&work);
    for (guint i = 0; i < work.n_columns; i++)
        if (permuted_is_candidate(&work, &work.columns[i])) {
            self->n_tried++;
            permuted_column(&work, &work.columns[i]);
        }
    for (guint i = 0; i < work.n_columns; i++)
        g_free(work.columns[i].scan);
    g_free(work.columns);
}
