/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of what drives the model: mean sizes on errors and on correct rows, what pushes the loss
 * up, how shares spread over rows, and a few rows worked out. */
#include <math.h>
#include <string.h>

#include "attribution-private.h"
#include "model-truth.h"
#include "number.h"
#include "precision.h"
#include "sort.h"

#define FIGURES_BARS     10
#define FIGURES_SWARM    10
#define FIGURES_BINS     90
#define FIGURES_BILLION  1e9
#define FIGURES_TAIL     0.003 /* of the shares at either end go to the outermost bins */
#define FIGURES_EXAMPLE  6
#define FIGURES_EXAMPLES 3
#define FIGURES_VALUE    14 /* characters of a value beside its name */
#define FIGURES_LABEL    15 /* of a name and its value together, if the name keeps … */
#define FIGURES_NAME     7
#define FIGURES_ID       13

/* the class of the log that the shares are of; the one margin of two classes is that of the model's
 * second, which need not be the positive one */
static const char *
attribution_class(const Attribution *self)
{
    const ErrataSchema *schema = self->analysis->schema;
    guint n_classes = self->n_groups == 1 ? 2 : self->n_groups;
    guint own = self->n_groups == 1 ? 1 : self->group;
    g_autoptr(GPtrArray) unheard = g_ptr_array_new_with_free_func(g_free);
    g_autofree int *class = g_new0(int, schema->n_classes + 1);

    if (self->analysis->model == NULL && self->n_groups == 1 && schema->positive >= 0)
        return schema->classes[schema->positive];
    if (n_classes != schema->n_classes)
        return NULL;
    if (self->use != NULL && self->use->match->class != NULL)
        memcpy(class, self->use->match->class, schema->n_classes * sizeof *class);
    else if (self->analysis->model == NULL || !errata_model_truth_classes(self->analysis->model,
                                                                          n_classes,
                                                                          schema,
                                                                          class,
                                                                          unheard,
                                                                          NULL))
        return NULL;
    for (guint c = 0; c < schema->n_classes; c++)
        if (class[c] == (int)own)
            return schema->classes[c];
    return NULL;
}

/* what a model of classes is asked for, in words */
static const char *
figures_quantity(const ErrataModel *model)
{
    g_autoptr(ErrataQuantity) quantity = NULL;

    if (model != NULL && errata_quantity_is_vote(model))
        return errata_quantity_nick(ERRATA_QUANTITY_PROBABILITY);
    if (model != NULL && model->trees == NULL)
        quantity = errata_quantity_of_outputs(model, ERRATA_QUANTITY_MARGIN, NULL);
    return quantity != NULL ? errata_quantity_word(quantity)
                            : errata_quantity_nick(ERRATA_QUANTITY_MARGIN);
}

char *
attribution_unit(const Attribution *self)
{
    const ErrataModel *model = self->analysis->model;
    const ErrataSchema *schema = self->analysis->schema;
    gboolean classes = schema->task == ERRATA_TASK_BINARY || schema->task == ERRATA_TASK_MULTICLASS;
    const char *label = NULL;

    if (self->fidelity != NULL)
        return g_strdup(classes ? "share of the surrogate's log odds"
                                : "share of the surrogate's prediction");
    if (classes)
        label = attribution_class(self);
    if (model != NULL && model->trees != NULL && model->trees->link == ERRATA_LINK_LOGISTIC)
        return g_strdup_printf("share of the log odds%s%s",
                               label != NULL ? " of " : "",
                               label != NULL ? label : "");
    if (classes)
        return g_strdup_printf("share of the %s%s%s",
                               figures_quantity(model),
                               label != NULL ? " of " : "",
                               label != NULL ? label : "");
    return g_strdup("share of the prediction");
}

static void
figures_add(const Attribution *self, ErrataFigure *figure)
{
    g_ptr_array_add(self->shares->figures, figure);
}

static void
figures_bars(const Attribution *self,
             const char *id,
             const char *title,
             const double *value,
             const double *lo,
             const double *hi,
             ErrataTone tone,
             double most)
{
    const ErrataShares *shares = self->shares;
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_BARS, title);

    figure->note = g_strdup("mean size of the share");
    figure->description =
        g_strdup_printf("Bars: mean absolute share of the margin per feature, with 95 %% "
                        "intervals, %s.",
                        title);
    for (guint i = 0; i < MIN(shares->n, FIGURES_BARS); i++)
        errata_figure_add_dot(figure,
                              shares->feature[i],
                              tone,
                              (double)shares->n_rows,
                              value[i],
                              lo[i],
                              hi[i],
                              FALSE);
    figure->axis_to = most;
    figures_add(self, figure);
}

/* greatest of both lists, which stand side by side */
static double
figures_most(const ErrataShares *shares)
{
    double most = 0.0;

    for (guint i = 0; i < shares->n; i++) {
        most = fmax(most, fmax(shares->mean_abs_errors[i], shares->mean_abs_errors_hi[i]));
        most = fmax(most, fmax(shares->mean_abs_correct[i], shares->mean_abs_correct_hi[i]));
    }
    return most;
}

static void
figures_drivers(const Attribution *self)
{
    const ErrataShares *shares = self->shares;
    gboolean judged = shares->n > 0 && isfinite(shares->mean_abs_errors[0]) &&
                      isfinite(shares->mean_abs_correct[0]);

    if (!judged) {
        figures_bars(self,
                     "drivers",
                     "What predictions owe",
                     shares->mean_abs,
                     shares->mean_abs_lo,
                     shares->mean_abs_hi,
                     ERRATA_TONE_NOW,
                     0.0);
        return;
    }
    figures_bars(self,
                 "drivers-errors",
                 self->analysis->schema->task == ERRATA_TASK_REGRESSION ? "On the worst tenth"
                                                                        : "On errors",
                 shares->mean_abs_errors,
                 shares->mean_abs_errors_lo,
                 shares->mean_abs_errors_hi,
                 ERRATA_TONE_ERROR,
                 figures_most(shares));
    figures_bars(self,
                 "drivers-correct",
                 self->analysis->schema->task == ERRATA_TASK_REGRESSION ? "On the others"
                                                                        : "On correct predictions",
                 shares->mean_abs_correct,
                 shares->mean_abs_correct_lo,
                 shares->mean_abs_correct_hi,
                 ERRATA_TONE_NOW,
                 figures_most(shares));
}

typedef struct {
    guint at;
    double value;
} Largest;

static int
figures_compare(const void *a, const void *b)
{
    const Largest *x = a;
    const Largest *y = b;

    return x->value > y->value ? -1 : x->value < y->value ? 1 : (int)x->at - (int)y->at;
}

/* the @most features with the largest of @value, by that; positions in the shares' order */
static guint
figures_largest(const double *value, guint n, guint most, gboolean size, Largest *ret)
{
    for (guint i = 0; i < n; i++)
        ret[i] = (Largest){i, isnan(value[i]) ? 0.0 : size ? fabs(value[i]) : value[i]};
    qsort(ret, n, sizeof *ret, figures_compare);
    return MIN(n, most);
}

static void
figures_intervals(const Attribution *self,
                  const char *id,
                  const char *title,
                  const char *note,
                  guint64 n,
                  const double *value,
                  const double *lo,
                  const double *hi)
{
    const ErrataShares *shares = self->shares;
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_BARS, title);
    g_autofree Largest *largest = g_new(Largest, MAX(shares->n, 1));
    guint n_shown = figures_largest(value, shares->n, FIGURES_BARS, TRUE, largest);

    figure->note = g_strdup(note);
    figure->description = g_strdup_printf("Bars with 95 %% intervals: %s, per feature.", note);
    for (guint i = 0; i < n_shown; i++) {
        guint at = largest[i].at;
        gboolean sure = lo[at] > 0.0 || hi[at] < 0.0;

        errata_figure_add_dot(figure,
                              shares->feature[at],
                              !sure             ? ERRATA_TONE_REFERENCE
                              : value[at] > 0.0 ? ERRATA_TONE_ERROR
                                                : ERRATA_TONE_GOOD,
                              (double)n,
                              value[at],
                              lo[at],
                              hi[at],
                              FALSE);
    }
    figures_add(self, figure);
}

/* places of a feature's values from 0 to 1 among the sampled rows; NaN for what has no order */
static double *
figures_places(const Attribution *self, guint feature)
{
    const ErrataColumn *column = self->column[feature];
    double *place = g_new(double, MAX(self->n, 1));
    g_autofree double *value = g_new(double, MAX(self->n, 1));
    g_autofree double *rank = g_new(double, MAX(self->n, 1));
    g_autofree gsize *from = g_new(gsize, MAX(self->n, 1));
    gsize n = 0;

    for (gsize i = 0; i < self->n; i++) {
        double number = column != NULL && (errata_column_is_numeric(column) ||
                                           column->type == ERRATA_COLUMN_BOOL)
                            ? errata_column_number(column, self->row[i])
                            : (double)NAN;

        place[i] = (double)NAN;
        if (isnan(number))
            continue;
        from[n] = i;
        value[n++] = number;
    }
    errata_sort_midranks(value, n, rank);
    for (gsize i = 0; i < n; i++)
        place[from[i]] = n > 1 ? (rank[i] - 1.0) / (double)(n - 1) : 0.5;
    return place;
}

/* where nearly all shares of the drawn features lie */
static void
figures_range(const Attribution *self, guint n_drawn, double *ret_lo, double *ret_hi)
{
    g_autofree double *all = g_new(double, MAX(self->n * n_drawn, 1));
    gsize n = 0;

    for (guint k = 0; k < n_drawn; k++)
        for (gsize i = 0; i < self->n; i++) {
            double share = attribution_share(self, i, self->order[k]);

            if (isfinite(share))
                all[n++] = share;
        }
    errata_sort_values(all, n);
    *ret_lo = n > 0 ? fmin(errata_sort_quantile(all, n, FIGURES_TAIL), 0.0) : 0.0;
    *ret_hi = n > 0 ? fmax(errata_sort_quantile(all, n, 1.0 - FIGURES_TAIL), 0.0) : 1.0;
    if (!(*ret_hi > *ret_lo))
        *ret_hi = *ret_lo + 1.0;
}

static void
figures_swarm_row(const Attribution *self,
                  ErrataFigure *figure,
                  guint feature,
                  double lo,
                  double hi)
{
    ErrataSeries *series =
        errata_figure_add_series(figure, self->name[feature], ERRATA_TONE_NOW, FIGURES_BINS);
    g_autofree double *place = figures_places(self, feature);
    double known[FIGURES_BINS] = {0.0};

    series->x = g_new(double, FIGURES_BINS);
    series->y = g_new0(double, FIGURES_BINS);
    series->count = g_new0(double, FIGURES_BINS);
    for (guint b = 0; b < FIGURES_BINS; b++)
        series->x[b] = lo + (hi - lo) * (b + 0.5) / FIGURES_BINS;
    for (gsize i = 0; i < self->n; i++) {
        double share = attribution_share(self, i, feature);
        guint b;

        if (!isfinite(share))
            continue;
        b = (guint)CLAMP((share - lo) / (hi - lo) * FIGURES_BINS, 0.0, FIGURES_BINS - 1.0);
        series->count[b] += 1.0;
        if (isnan(place[i]))
            continue;
        series->y[b] += place[i];
        known[b] += 1.0;
    }
    for (guint b = 0; b < FIGURES_BINS; b++)
        series->y[b] = known[b] > 0.0 ? series->y[b] / known[b] : (double)NAN;
}

static void
figures_swarm(const Attribution *self)
{
    guint n = MIN(self->n_features, FIGURES_SWARM);
    ErrataFigure *figure;
    double lo, hi;

    if (n == 0 || self->n < 2)
        return;
    figure = errata_figure_new("swarm", ERRATA_FIGURE_SWARM, "Shares, row by row");
    figure->note = g_strdup("colour: the feature’s value, blue low, red high, grey no order");
    figure->x_label = attribution_unit(self);
    figure->description =
        g_strdup("Per feature, how the shares of the rows spread, thick where there are many.");
    figures_range(self, n, &lo, &hi);
    for (guint k = 0; k < n; k++)
        figures_swarm_row(self, figure, self->order[k], lo, hi);
    figures_add(self, figure);
}

/* the place to round at: four digits, but no digit before the point is lost under a billion and no
 * zero ends it */
static int
figures_place(double value)
{
    int place;
    gint64 digits;

    if (!(fabs(value) > 0.0) || !isfinite(value))
        return 0;
    place = (int)floor(log10(fabs(value))) - 3;
    if (place >= 0)
        return fabs(value) >= FIGURES_BILLION ? place : 0;
    for (digits = llround(value / pow(10.0, place)); place < 0 && digits % 10 == 0; place++)
        digits /= 10;
    return place;
}

/* at most @most characters, the last of them a sign of what is left out */
static char *
figures_shorten(const char *text, glong most)
{
    g_autofree char *start = NULL;

    if (g_utf8_strlen(text, -1) <= most)
        return g_strdup(text);
    start = g_utf8_substring(text, 0, most - 1);
    return g_strconcat(start, "…", NULL);
}

/* of the properties of texts (“text: punctuation”) the column gives way first: they would all read
 * alike */
static char *
figures_name(const char *name, glong most)
{
    const char *property = g_utf8_strlen(name, -1) > most ? strstr(name, ": ") : NULL;

    return figures_shorten(property != NULL ? property + strlen(": ") : name, most);
}

/* “age = 34”; the value is what a reader looks for: a long name gives way to it */
static char *
figures_label(const Attribution *self, guint feature, gsize row)
{
    const ErrataColumn *column = self->column[feature];
    g_autofree char *value = NULL;
    g_autofree char *shown = NULL;
    g_autofree char *name = NULL;

    if (column == NULL || !errata_column_is_valid(column, row))
        return g_strdup_printf("%s missing", self->name[feature]);
    value = errata_column_print(column, row);
    shown = column->type == ERRATA_COLUMN_F64
                ? errata_precision_print(column->f64[row], figures_place(column->f64[row]))
                : figures_shorten(value, FIGURES_VALUE);
    name = figures_name(self->name[feature],
                        MAX(FIGURES_LABEL - g_utf8_strlen(shown, -1), FIGURES_NAME));
    return g_strdup_printf("%s = %s", name, shown);
}

static char *
figures_example_title(const Attribution *self, gsize row)
{
    const ErrataSchema *schema = self->analysis->schema;
    const ErrataFrame *frame = self->analysis->frame;
    g_autofree char *whole = schema->id >= 0 &&
                                     errata_column_is_valid(frame->columns[schema->id], row)
                                 ? errata_column_print(frame->columns[schema->id], row)
                                 : g_strdup_printf("row %" G_GSIZE_FORMAT, row);
    g_autofree char *id = figures_shorten(whole, FIGURES_ID);
    const ErrataOutcome *outcome = self->analysis->outcome;

    if (outcome->truth != NULL && outcome->predicted != NULL && outcome->truth[row] >= 0 &&
        outcome->predicted[row] >= 0)
        return g_strdup_printf("%s: said %s, was %s",
                               id,
                               schema->classes[outcome->predicted[row]],
                               schema->classes[outcome->truth[row]]);
    if (outcome->truth_value != NULL && outcome->predicted_value != NULL) {
        double said = outcome->predicted_value[row];
        double was = outcome->truth_value[row];
        g_autofree char *from = errata_precision_print(said, figures_place(said));
        g_autofree char *to = errata_precision_print(was, figures_place(was));

        return g_strdup_printf("%s: said %s, was %s", id, from, to);
    }
    return g_steal_pointer(&id);
}

static void
figures_add_step(ErrataFigure *figure, const char *label, double share, gboolean step)
{
    ErrataTone tone = !step          ? ERRATA_TONE_REFERENCE
                      : share >= 0.0 ? ERRATA_TONE_ERROR
                                     : ERRATA_TONE_NOW;

    errata_figure_add_dot(figure, label, tone, 1.0, share, (double)NAN, (double)NAN, !step);
    figure->series[figure->n_series - 1].step = step;
}

/* the largest shares of one row, the others together: from what rows have on the average to the
 * row */
static void
figures_example(const Attribution *self, gsize i, guint number)
{
    g_autofree char *id = g_strdup_printf("example-%u", number);
    g_autofree char *title = figures_example_title(self, self->row[i]);
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_BARS, title);
    g_autofree double *share = g_new(double, MAX(self->n_features, 1));
    g_autofree Largest *largest = g_new(Largest, MAX(self->n_features, 1));
    gboolean logged = self->use == NULL && self->fidelity == NULL; /* their mean is not known */
    double bias = attribution_share(self, i, self->n_features);
    double rest = 0.0, sum = bias;
    guint n = 0;

    for (guint f = 0; f < self->n_features; f++) {
        share[f] = attribution_share(self, i, f);
        sum += share[f];
    }
    n = figures_largest(share, self->n_features, FIGURES_EXAMPLE, TRUE, largest);
    figure->description = g_strdup("Waterfall: from the mean over rows to one prediction, by the "
                                   "shares of its features, largest first.");
    if (!logged)
        figures_add_step(figure, "all rows", bias, FALSE);
    for (guint k = 0; k < self->n_features; k++) {
        guint f = largest[k].at;
        g_autofree char *label = k < n ? figures_label(self, f, self->row[i]) : NULL;

        if (k >= n)
            rest += share[f];
        else
            figures_add_step(figure, label, share[f], TRUE);
    }
    if (self->n_features > n) {
        g_autofree char *label = self->n_features == n + 1
                                     ? g_strdup("one other")
                                     : g_strdup_printf("%u others", self->n_features - n);

        figures_add_step(figure, label, rest, TRUE);
    }
    if (!logged)
        figures_add_step(figure, "this row", sum, FALSE);
    figures_add(self, figure);
}

/* how sure, or how far off, by which examples are chosen */
static double
figures_weight(const Attribution *self, gsize i, gboolean error)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    gsize row = self->row[i];

    if (outcome->judged[row] == 0 || (outcome->error[row] != 0) != error ||
        isnan(attribution_share(self, i, 0)))
        return -1.0;
    if (outcome->task == ERRATA_TASK_REGRESSION)
        return error ? outcome->loss[row] : 1.0 / (1.0 + outcome->loss[row]);
    return outcome->confidence != NULL && isfinite(outcome->confidence[row])
               ? outcome->confidence[row]
               : 0.0;
}

/* the two worst errors among the sampled rows, and the surest correct row */
static void
figures_examples(const Attribution *self)
{
    gsize taken[FIGURES_EXAMPLES];

    if (self->n_features == 0)
        return;
    for (guint k = 0; k < FIGURES_EXAMPLES; k++) {
        gboolean error = k + 1 < FIGURES_EXAMPLES;
        double most = -1.0;
        gsize best = self->n;

        for (gsize i = 0; i < self->n; i++) {
            double weight = figures_weight(self, i, error);

            for (guint j = 0; j < k; j++)
                weight = taken[j] == i ? -1.0 : weight;
            if (weight > most) {
                most = weight;
                best = i;
            }
        }
        taken[k] = best;
        if (best < self->n)
            figures_example(self, best, k + 1);
    }
}

void
attribution_figures(const Attribution *self)
{
    const ErrataShares *shares = self->shares;

    figures_drivers(self);
    if (shares->n_pairs > 0) {
        g_autofree char *note = g_strdup_printf("difference in %s", shares->loss_name);

        figures_intervals(self,
                          "loss",
                          "What errors lose more by",
                          note,
                          shares->n_pairs,
                          shares->push,
                          shares->push_lo,
                          shares->push_hi);
    }
    if (shares->n_permuted > 0) {
        figures_intervals(self,
                          "permutation",
                          "Rise of the loss without it",
                          "values exchanged among rows",
                          shares->n_permuted,
                          shares->rise,
                          shares->rise_lo,
                          shares->rise_hi);
    }
    figures_swarm(self);
    figures_examples(self);
}
