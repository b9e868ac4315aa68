/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "compose.h"
#include "short-name.h"
#include "value.h"

/* How good the model is: metrics, confusion, curves; for regression densities and residuals; then
 * where the errors are (tree and heat map). */

#define PERFORMANCE_MAX_CLASSES   12 /* shown one by one; rarer ones are pooled */
#define PERFORMANCE_MAX_CONFUSED  10
#define PERFORMANCE_NARROW        5 /* classes that fit into half of the width */
#define PERFORMANCE_MAX_PER_CLASS 40
#define PERFORMANCE_HEAD          60.0  /* points: of a heat map, above its cells */
#define PERFORMANCE_LOW           150.0 /* of curves side by side at least */
#define PERFORMANCE_CELL          13.0  /* and a row of its cells at least */

typedef struct {
    guint index;
    guint64 count;
} PerformanceClass;

static int
performance_by_count_cb(gconstpointer a, gconstpointer b)
{
    const PerformanceClass *x = a;
    const PerformanceClass *y = b;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static int
performance_by_index_cb(gconstpointer a, gconstpointer b)
{
    const PerformanceClass *x = a;
    const PerformanceClass *y = b;

    return x->index < y->index ? -1 : 1;
}

/* which row of the drawn matrix a class is counted in; the last pools those that have none */
static guint *
performance_places(const ErrataPerformance *performance, guint shown)
{
    guint n = performance->n_confusion;
    g_autofree PerformanceClass *classes = g_new0(PerformanceClass, n);
    guint *place = g_new(guint, n);

    for (guint i = 0; i < n; i++) {
        classes[i].index = i;
        place[i] = shown;
        for (guint j = 0; j < n; j++)
            classes[i].count += performance->confusion[(gsize)i * n + j];
    }
    qsort(classes, n, sizeof *classes, performance_by_count_cb);
    qsort(classes, shown, sizeof *classes, performance_by_index_cb);
    for (guint i = 0; i < shown; i++)
        place[classes[i].index] = i;
    return place;
}

static void
performance_name_confusion(const ErrataPerformance *performance,
                           ErrataFigure *figure,
                           const guint *place,
                           guint shown)
{
    guint size = figure->n_rows;

    figure->rows = g_new0(char *, size + 1);
    figure->columns = g_new0(char *, size + 1);
    for (guint i = 0; i < performance->n_confusion; i++)
        if (place[i] < shown) {
            figure->rows[place[i]] = g_strdup(performance->confusion_classes[i]);
            figure->columns[place[i]] =
                errata_short_name(performance->confusion_classes, performance->n_confusion, i);
        }
    if (size > shown) {
        /* right and wrong at once: says nothing */
        figure->cells[shown * size + shown] = (double)NAN;
        figure->rows[shown] = g_strdup_printf("%u others", performance->n_confusion - shown);
        figure->columns[shown] = g_strdup("others");
    }
}

/* the confusion matrix as a figure; many classes: the most frequent ones, the rest pooled */
static ErrataFigure *
performance_confusion(const ErrataPerformance *performance)
{
    guint n = performance->n_confusion;
    guint shown = n > PERFORMANCE_MAX_CLASSES ? PERFORMANCE_MAX_CLASSES - 1 : n;
    g_autofree guint *place = performance_places(performance, shown);
    ErrataFigure *figure = errata_figure_new("confusion", ERRATA_FIGURE_MATRIX, "Given and said");

    figure->n_rows = figure->n_columns = shown < n ? shown + 1 : n;
    figure->row_normalised = TRUE;
    figure->y_unit = ERRATA_UNIT_COUNT;
    figure->x_label = g_strdup("said");
    figure->y_label = g_strdup("given");
    figure->note = g_strdup("shade: share of the row");
    figure->description = g_strdup("Confusion matrix: rows are labels, columns are predictions.");
    figure->cells = g_new0(double, (gsize)figure->n_rows * figure->n_columns);
    for (guint i = 0; i < n; i++)
        for (guint j = 0; j < n; j++)
            figure->cells[place[i] * figure->n_columns + place[j]] +=
                (double)performance->confusion[(gsize)i * n + j];
    performance_name_confusion(performance, figure, place, shown);
    return figure;
}

/* which classes are mixed up most often, as bars */
static ErrataFigure *
performance_confused(const ErrataPerformance *performance)
{
    guint n = performance->n_confusion;
    ErrataFigure *figure =
        errata_figure_new("confused", ERRATA_FIGURE_BARS, "Most frequent confusions");
    guint64 below = G_MAXUINT64;
    gsize below_cell = 0;

    figure->y_unit = ERRATA_UNIT_COUNT;
    figure->note = g_strdup("given → said, rows");
    figure->description = g_strdup("The pairs of label and prediction that differ most often.");
    for (guint k = 0; k < PERFORMANCE_MAX_CONFUSED; k++) {
        gsize best = G_MAXSIZE;

        for (gsize cell = 0; cell < (gsize)n * n; cell++) {
            guint64 count = performance->confusion[cell];
            gboolean left = count < below || (count == below && cell > below_cell);

            if (cell / n != cell % n && left && count > 0 &&
                (best == G_MAXSIZE || count > performance->confusion[best]))
                best = cell;
        }
        if (best == G_MAXSIZE)
            break;
        below = performance->confusion[best];
        below_cell = best;
        g_autofree char *given =
            errata_short_name(performance->confusion_classes, n, (guint)(best / n));
        g_autofree char *said =
            errata_short_name(performance->confusion_classes, n, (guint)(best % n));
        g_autofree char *label = g_strdup_printf("%s → %s", given, said);
        errata_figure_add_dot(figure,
                              label,
                              ERRATA_TONE_ERROR,
                              (double)below,
                              (double)below,
                              (double)NAN,
                              (double)NAN,
                              FALSE);
    }
    return figure;
}

/* the page tells the metrics that have a name of their own; report.json has all of them */
static gboolean
performance_is_told(const ErrataCase *report_case, const ErrataMetric *metric)
{
    gboolean averaged = strstr(metric->name, "_macro") != NULL ||
                        strstr(metric->name, "_micro") != NULL ||
                        strstr(metric->name, "_weighted") != NULL;

    if (metric->class_name != NULL || isfinite(metric->threshold) ||
        errata_compose_is_estimate(metric->name))
        return FALSE;
    if (averaged && report_case->task == ERRATA_TASK_BINARY)
        return FALSE;
    return errata_value_metric(metric->name) != NULL ||
           g_strcmp0(metric->name, report_case->headline) == 0;
}

/* whether a page would have anything to tell of how good the model is */
static gboolean
performance_is_any(const ErrataCase *report_case)
{
    for (guint i = 0; i < report_case->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(report_case->metrics, i);

        if (performance_is_told(report_case, metric) || errata_compose_is_estimate(metric->name))
            return TRUE;
    }
    return report_case->performance.cohorts->len > 0;
}

/* why nothing could be measured, when it is the same for all; %NULL otherwise */
static const char *
performance_nothing(const ErrataCase *report_case)
{
    const char *why = NULL;

    for (guint i = 0; i < report_case->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(report_case->metrics, i);

        if (!performance_is_told(report_case, metric))
            continue;
        if (isfinite(metric->value) || metric->why == NULL ||
            (why != NULL && strcmp(why, metric->why) != 0))
            return NULL;
        why = metric->why;
    }
    return why;
}

static gboolean
performance_is_missing(const ErrataMetric *metric)
{
    return !isfinite(metric->value) && metric->why != NULL;
}

/* beneath the table, in a line for each reason: which metrics are not in it */
static void
performance_not_computed(const ErrataCase *report_case, ErrataDocument *document)
{
    g_autoptr(GPtrArray) reasons = g_ptr_array_new();

    for (guint i = 0; i < report_case->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(report_case->metrics, i);

        if (performance_is_told(report_case, metric) && performance_is_missing(metric) &&
            !g_ptr_array_find_with_equal_func(reasons, metric->why, g_str_equal, NULL))
            g_ptr_array_add(reasons, metric->why);
    }
    for (guint reason = 0; reason < reasons->len; reason++) {
        const char *why = g_ptr_array_index(reasons, reason);
        GString *text = g_string_new("Not computed: ");
        guint n = 0;
        ErrataBlock *block;

        for (guint i = 0; i < report_case->metrics->len; i++) {
            const ErrataMetric *metric = g_ptr_array_index(report_case->metrics, i);
            const ErrataMetricWords *words = errata_value_metric(metric->name);

            if (performance_is_told(report_case, metric) && performance_is_missing(metric) &&
                strcmp(metric->why, why) == 0)
                g_string_append_printf(text,
                                       "%s%s",
                                       n++ > 0 ? " · " : "",
                                       words != NULL ? words->label : metric->name);
        }
        g_string_append_printf(text, ": %s.", why);
        block = g_ptr_array_index(document->blocks, document->blocks->len - 1);
        block->keep_next = TRUE; /* the small print of a table begins no page */
        block = errata_document_prose(document, ERRATA_STYLE_NOTE, text->str);
        block->ink = ERRATA_INK_SOFT;
        block->space = reason == 0 ? 4.0 : 0.0;
        g_string_free(text, TRUE);
    }
}

static void
performance_metric_table(const ErrataCase *report_case, ErrataDocument *document)
{
    const char *why = performance_nothing(report_case);
    ErrataBlock *block = NULL;

    if (why != NULL) {
        g_autofree char *text = g_strdup_printf("No metric could be computed: %s.", why);

        errata_document_prose(document, ERRATA_STYLE_BODY, text)->space = 8.0;
        return;
    }
    block = errata_document_add(document, ERRATA_BLOCK_TABLE);
    block->space = 8.0;
    block->heading_rule = TRUE;
    errata_block_add_column(block, "metric", 0.0, FALSE)->flexible = TRUE;
    errata_block_add_column(block, "value", 0.0, TRUE);
    errata_block_add_column(block, "95 % interval", 0.0, TRUE);
    errata_block_add_column(block, "baseline", 0.0, TRUE);
    errata_block_add_column(block, "if labels are wrong", 0.0, TRUE);
    errata_block_add_column(block, "rows", 0.0, TRUE);
    for (guint i = 0; i < report_case->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(report_case->metrics, i);
        const ErrataMetricWords *words = errata_value_metric(metric->name);
        ErrataMetric before = *metric;
        ErrataMetric band = *metric;

        if (!performance_is_told(report_case, metric) || performance_is_missing(metric))
            continue;
        before.value = metric->baseline;
        errata_block_add_cell(block, words != NULL ? words->label : metric->name);
        errata_block_take_cell(block, errata_value_of_metric(metric))->style =
            ERRATA_STYLE_CELL_STRONG;
        errata_block_take_cell(block, errata_value_metric_interval(metric));
        errata_block_take_cell(block,
                               isfinite(metric->baseline) ? errata_value_of_metric(&before) : NULL);
        band.lo = metric->band_lo;
        band.hi = metric->band_hi;
        errata_block_take_cell(block,
                               isfinite(metric->band_lo) ? errata_value_metric_interval(&band)
                                                         : NULL);
        errata_block_take_cell(block, errata_value_count((double)metric->n));
    }
    errata_block_drop_empty(block, 2);
    performance_not_computed(report_case, document);
}

static const ErrataMetric *
performance_class_metric(const ErrataCase *report_case, const char *name, const char *class_name)
{
    for (guint i = 0; i < report_case->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(report_case->metrics, i);

        if (g_strcmp0(metric->name, name) == 0 && g_strcmp0(metric->class_name, class_name) == 0)
            return metric;
    }
    return NULL;
}

/* precision, recall and F1 of each class */
static void
performance_class_table(const ErrataCase *report_case, ErrataDocument *document)
{
    static const char *const names[] = {"precision", "recall", "f1"};
    static const char *const headings[] = {"precision", "recall", "F1"};
    guint n = report_case->classes != NULL ? g_strv_length(report_case->classes) : 0;
    guint shown = MIN(n, PERFORMANCE_MAX_PER_CLASS);
    g_autofree char *note = NULL;
    ErrataBlock *block = NULL;

    if (n < 3 || performance_class_metric(report_case, "recall", report_case->classes[0]) == NULL)
        return;
    if (shown < n)
        note = g_strdup_printf("the first %u of %u; report.json has all", shown, n);
    errata_compose_section(document, "By class", note, TRUE);
    block = errata_document_add(document, ERRATA_BLOCK_TABLE);
    errata_block_add_column(block, "class", 0.0, FALSE)->flexible = TRUE;
    block->columns[0].lines = 2; /* long names differ behind their beginnings */
    for (guint j = 0; j < G_N_ELEMENTS(names); j++) {
        errata_block_add_column(block, headings[j], 0.0, TRUE)->whole = TRUE;
        errata_block_add_column(block, "95 % interval", 0.0, TRUE)->whole = TRUE;
    }
    for (guint i = 0; i < shown; i++) {
        errata_block_add_cell(block, report_case->classes[i]);
        for (guint j = 0; j < G_N_ELEMENTS(names); j++) {
            const ErrataMetric *metric =
                performance_class_metric(report_case, names[j], report_case->classes[i]);

            errata_block_take_cell(block, metric != NULL ? errata_value_of_metric(metric) : NULL);
            errata_block_take_cell(block,
                                   metric != NULL ? errata_value_metric_interval(metric) : NULL);
        }
    }
}

/* curves stand up to it; rows of bars and squares of counts do not */
static gboolean
performance_can_shrink(const ErrataBlock *block)
{
    for (guint i = 0; i < block->n_figures; i++)
        if (block->figures[i]->kind == ERRATA_FIGURE_BARS ||
            block->figures[i]->kind == ERRATA_FIGURE_DENSITY ||
            (block->figures[i]->kind == ERRATA_FIGURE_MATRIX && block->figures[i]->n_rows > 2))
            return FALSE;
    return TRUE;
}

/* figures two by two; a last single one keeps half of the width */
static void
performance_pairs(ErrataDocument *document, const ErrataFigure *const *figures, guint n)
{
    ErrataBlock *block = NULL;

    for (guint i = 0; i < n; i++) {
        if (figures[i] == NULL)
            continue;
        if (block == NULL || block->n_figures == 2) {
            block = errata_document_add(document, ERRATA_BLOCK_FIGURES);
            block->space = 20.0;
            block->n_slots = 2;
        }
        errata_block_add_figure(block, figures[i]);
        block->least_height = performance_can_shrink(block) ? PERFORMANCE_LOW : 0.0;
    }
}

static double
performance_lowest_matrix(const ErrataFigure *figure)
{
    return PERFORMANCE_HEAD + PERFORMANCE_CELL * figure->n_rows;
}

static void
performance_figures(const ErrataCase *report_case, ErrataDocument *document)
{
    const ErrataPerformance *performance = &report_case->performance;
    const ErrataFigure *figures[12] = {0};
    guint n = 0;

    if (performance->confusion != NULL && performance->n_confusion > 0) {
        ErrataFigure *confusion = errata_document_take(document,
                                                       performance_confusion(performance));

        if (performance->n_confusion > PERFORMANCE_NARROW) {
            ErrataBlock *block = errata_document_figure(document, confusion);

            block->space = 20.0;
            block->least_height = performance_lowest_matrix(confusion);
        } else
            figures[n++] = confusion;
        if (performance->n_confusion > 2)
            figures[n++] = errata_document_take(document, performance_confused(performance));
    }
    figures[n++] = performance->reliability;
    figures[n++] = performance->roc;
    figures[n++] = performance->pr;
    figures[n++] = performance->threshold;
    figures[n++] = performance->coverage;
    figures[n++] = performance->predicted_actual;
    figures[n++] = performance->residual_prediction;
    figures[n++] = performance->residual;
    figures[n++] = performance->error_quantile;
    performance_pairs(document, figures, n);
}

void
errata_compose_performance(const ErrataCase *report_case, ErrataDocument *document)
{
    const ErrataPerformance *performance = &report_case->performance;

    if (performance_is_any(report_case)) {
        errata_compose_chapter(document, "performance", "Performance", "all metrics: report.json")
            ->not_first = TRUE;
        performance_metric_table(report_case, document);
        errata_compose_estimate(report_case, document);
        errata_compose_cohorts(report_case, document);
        performance_figures(report_case, document);
        performance_class_table(report_case, document);
        errata_compose_course(report_case, document);
    }
    if (performance->error_tree == NULL && performance->heat_map == NULL)
        return;
    errata_compose_chapter(document, "where", "Where the errors are", NULL);
    if (performance->heat_map != NULL) {
        ErrataBlock *block = errata_document_figure(document, performance->heat_map);

        block->space = 16.0;
        block->least_height = performance_lowest_matrix(performance->heat_map);
    }
    if (performance->error_tree != NULL)
        errata_document_figure(document, performance->error_tree)->space = 24.0;
}
