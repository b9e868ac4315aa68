/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quantiles of a forecast, p10, p50, p90 or 0.1, 0.5, 0.9: the median is what the model says, the
 * others tell about it. Names alone do not say so, as p50, p95, p99 of a latency are inputs: the
 * levels lie on both sides of the median, as far below as above, the values go up with them, and
 * no other column is named like a prediction. Levels without a name of their own are a forecast
 * only beside a label of numbers that their median tells far better than any other column does. */
#include <math.h>
#include <string.h>

#include "number.h"
#include "schema-infer.h"

#define QUANTILES_MOST    99
#define QUANTILES_ORDERED 0.95 /* of the rows; forecasts of single levels cross now and then */
#define QUANTILES_ROWS    10000
#define QUANTILES_EQUAL   1e-6 /* of levels */
#define QUANTILES_VALUES  10   /* of a label, at most: that many have ratings and classes, too */
#define QUANTILES_GOES \
    0.5 /* rank correlation of the median and the label, at least: inputs that
                                * are a label's main cause seldom reach it */
#define QUANTILES_RIVAL \
    2.0 /* times what the median leaves untold of the label's ranks, another
                                * column leaves at least */

typedef struct {
    guint column;
    double level; /* in (0, 1) */
    char *family; /* words in front, may be empty */
} Quantile;

static void
quantile_clear(Quantile *self)
{
    g_free(self->family);
}

/* whether @text ends in one of the words for a quantile, as a word of its own; what stands in front
 * of it */
static gboolean
quantiles_cut_mark(char *text)
{
    static const char *const marks[] = {"quantile", "percentile", "pctl", "p", "q", NULL};

    for (gsize i = 0; marks[i] != NULL; i++) {
        gsize n = strlen(text), length = strlen(marks[i]);

        if (n < length || g_ascii_strcasecmp(text + n - length, marks[i]) != 0 ||
            (n > length && g_ascii_isalnum(text[n - length - 1])))
            continue;
        text[n - length] = '\0';
        return TRUE;
    }
    return FALSE;
}

/* `p50`, `forecast_q0.9`, `quantile(0.5)`, `0.1`, `median` */
static gboolean
quantiles_read(const char *name, Quantile *ret_quantile)
{
    g_autofree char *front = g_strdup(name);
    char *number = front + strlen(front);
    gboolean marked, bare;
    double level;

    if (g_ascii_strcasecmp(name, "median") == 0) {
        *ret_quantile = (Quantile){0, 0.5, g_strdup("")};
        return TRUE;
    }
    if (number > front && strchr(")]%", number[-1]) != NULL)
        *--number = '\0';
    while (number > front && (g_ascii_isdigit(number[-1]) || number[-1] == '.'))
        number--;
    if (*number == '.')
        number++; /* a path: forecast.q.90 */
    if (!errata_number_parse_double(number, strlen(number), &level))
        return FALSE;
    bare = number == front && level < 1.0;
    level = level < 1.0 && strchr(number, '.') != NULL ? level : level / 100.0;
    *number = '\0';
    while (number > front && strchr("_.-:([ ", number[-1]) != NULL)
        *--number = '\0';
    marked = quantiles_cut_mark(front);
    if ((!marked && !bare) || !(level > 0.0 && level < 1.0))
        return FALSE;
    *ret_quantile = (Quantile){0, level, errata_schema_name_words(front)};
    return TRUE;
}

static int
quantiles_compare_cb(gconstpointer a, gconstpointer b)
{
    const Quantile *x = a, *y = b;
    int family = strcmp(x->family, y->family);

    return family != 0 ? family : (x->level > y->level) - (x->level < y->level);
}

/* all columns of numbers that are named like quantiles, by family and level */
static GArray *
quantiles_find(const ErrataInfer *self)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(Quantile));

    g_array_set_clear_func(found, (GDestroyNotify)quantile_clear);
    for (guint i = 0; i < self->frame->n_columns; i++) {
        Quantile quantile;

        if (self->taken[i] || self->names[i].input || !errata_schema_infer_is_number(self, i) ||
            !quantiles_read(self->frame->columns[i]->name, &quantile))
            continue;
        quantile.column = i;
        g_array_append_val(found, quantile);
    }
    g_array_sort(found, quantiles_compare_cb);
    return found;
}

/* whether @n levels are those of a forecast: the median, and for each its like on the other side */
static gboolean
quantiles_are_even(const Quantile *quantile, guint n)
{
    gboolean median = FALSE;

    if (n < 3 || n > QUANTILES_MOST)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        median = median || fabs(quantile[i].level - 0.5) < QUANTILES_EQUAL;
        if (fabs(quantile[i].level + quantile[n - 1 - i].level - 1.0) > QUANTILES_EQUAL)
            return FALSE;
    }
    return median;
}

/* whether the values go up with the levels */
static gboolean
quantiles_are_ordered(const ErrataInfer *self, const Quantile *quantile, guint n)
{
    gsize n_rows = self->frame->n_rows;
    gsize step = n_rows / QUANTILES_ROWS + 1;
    gsize n_seen = 0, n_ordered = 0;

    for (gsize row = 0; row < n_rows; row += step) {
        gboolean whole = TRUE, ordered = TRUE;
        double before = -HUGE_VAL;

        for (guint i = 0; i < n; i++) {
            double value = errata_column_number(self->frame->columns[quantile[i].column], row);

            whole = whole && !isnan(value);
            ordered = ordered && value >= before;
            before = value;
        }
        n_seen += whole ? 1 : 0;
        n_ordered += whole && ordered ? 1 : 0;
    }
    return n_seen > 0 && (double)n_ordered >= QUANTILES_ORDERED * (double)n_seen;
}

static gboolean
quantiles_have(const Quantile *quantile, guint n, guint column)
{
    for (guint i = 0; i < n; i++)
        if (quantile[i].column == column)
            return TRUE;
    return FALSE;
}

/* the one column of the strongest name of a label, or −1: none, or more than one */
static int
quantiles_find_label(const ErrataInfer *self)
{
    int label = errata_schema_infer_column(self, ERRATA_ROLE_LABEL);
    ErrataNameStrength best = ERRATA_NAME_NONE;

    for (guint i = 0; i < self->frame->n_columns && (label < 0 || best > ERRATA_NAME_NONE); i++) {
        if (self->taken[i] || self->names[i].input || self->names[i].label == ERRATA_NAME_NONE ||
            self->names[i].label < best)
            continue;
        label = self->names[i].label > best ? (int)i : -1;
        best = self->names[i].label;
    }
    return label;
}

/* whether a column is named, however weakly, like what a model says or its score */
static gboolean
quantiles_are_beside_output(const ErrataInfer *self, const Quantile *quantile, guint n)
{
    if (errata_schema_infer_column(self, ERRATA_ROLE_SCORE) >= 0)
        return TRUE;
    for (guint i = 0; i < self->frame->n_columns; i++) {
        const ErrataName *name = &self->names[i];

        if (!self->taken[i] && !name->input && !quantiles_have(quantile, n, i) &&
            ((name->prediction > ERRATA_NAME_NONE && !name->about_prediction) ||
             name->score > ERRATA_NAME_NONE))
            return TRUE;
    }
    return FALSE;
}

/* levels without a name: whether their median, and no other column, tells a label of numbers */
static gboolean
quantiles_tell_label(const ErrataInfer *self, const Quantile *quantile, guint n)
{
    int label = quantiles_find_label(self);
    double goes, untold;

    if (label < 0 || !errata_schema_infer_is_number(self, (guint)label) ||
        self->profiles[label].n_distinct <= QUANTILES_VALUES ||
        quantiles_are_beside_output(self, quantile, n))
        return FALSE;
    goes = errata_schema_infer_correlation(self, quantile[n / 2].column, (guint)label);
    if (!(goes >= QUANTILES_GOES))
        return FALSE;
    untold = QUANTILES_RIVAL * (1.0 - goes * goes);
    for (guint i = 0; i < self->frame->n_columns; i++) {
        double other;

        if ((int)i == label || self->taken[i] || quantiles_have(quantile, n, i) ||
            !errata_schema_infer_is_number(self, i))
            continue;
        other = errata_schema_infer_correlation(self, i, (guint)label);
        if (1.0 - other * other < untold)
            return FALSE;
    }
    return TRUE;
}

/* the levels of a forecast, or of a column of numbers that is foretold: sales_p50 */
static gboolean
quantiles_are_forecast(const ErrataInfer *self, const Quantile *quantile, guint n)
{
    const char *family = quantile->family;
    ErrataName name;
    gboolean is;

    if (*family == '\0')
        return quantiles_tell_label(self, quantile, n);
    errata_schema_name_read(&name, family);
    is = name.prediction > ERRATA_NAME_NONE || strcmp(family, "y") == 0;
    errata_schema_name_clear(&name);
    for (guint i = 0; i < self->frame->n_columns && !is; i++)
        is = self->names[i].label > ERRATA_NAME_NONE && errata_schema_infer_is_number(self, i) &&
             strcmp(self->names[i].stem, family) == 0;
    return is;
}

/* another column is named like a prediction, or the label is one of classes */
static gboolean
quantiles_are_denied(const ErrataInfer *self, const GArray *found)
{
    for (guint i = 0; i < self->frame->n_columns; i++) {
        const ErrataName *name = &self->names[i];

        if (quantiles_have((const Quantile *)(gpointer)found->data, found->len, i))
            continue;
        if (name->prediction >= ERRATA_NAME_PATTERN && !name->about_prediction)
            return TRUE;
        if (name->label >= ERRATA_NAME_PATTERN &&
            (!errata_schema_infer_is_number(self, i) || self->profiles[i].n_distinct <= 2))
            return TRUE;
        if (self->taken[i] && self->schema->columns[i].role == ERRATA_ROLE_PREDICTION)
            return TRUE;
    }
    return FALSE;
}

/**
 * errata_schema_infer_quantiles:
 * @self: work in progress, names read and declared roles taken
 *
 * Has the names of a forecast's quantiles speak for what they are: the median for the prediction,
 * the others for what is told about it. Levels of whatever are no label.
 */
void
errata_schema_infer_quantiles(ErrataInfer *self)
{
    g_autoptr(GArray) found = quantiles_find(self);
    const Quantile *all = (const Quantile *)(gpointer)found->data;
    gboolean settled = found->len < 3 || quantiles_are_denied(self, found);

    for (guint i = 0, n; i < found->len; i += n) {
        gboolean forecast;

        for (n = 1; i + n < found->len && strcmp(all[i + n].family, all[i].family) == 0;)
            n++;
        if (!quantiles_are_even(all + i, n) || !quantiles_are_ordered(self, all + i, n))
            continue;
        /* the first family: what the model says is one column */
        forecast = !settled && quantiles_are_forecast(self, all + i, n);
        settled = settled || forecast;
        for (guint k = i; k < i + n; k++) {
            ErrataName *name = &self->names[all[k].column];
            gboolean median = forecast && k == i + n / 2;

            name->level = !median;
            if (!forecast)
                continue;
            name->score = name->label = name->id = ERRATA_NAME_NONE;
            name->about_prediction = !median;
            name->prediction = median ? ERRATA_NAME_STRONG : ERRATA_NAME_NONE;
        }
    }
}
