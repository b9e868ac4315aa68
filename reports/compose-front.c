/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "compose.h"
#include "glyph.h"
#include "value.h"

/* Page 1: what it is, the verdict, the metrics, the time line, the list of errata. */

#define FRONT_NOTES 3     /* lines; more are told on the method page */
#define FRONT_SPARK 12    /* points of a tile's history */
#define FRONT_MANY  8     /* findings from which the time line makes room for them */
#define FRONT_LOW   150.0 /* points: the time line's height then */
#define FRONT_LEAST 110.0 /* and at least, where the list would else go overleaf */

/* what limits every figure: a log cut short, records left out */
static void
front_notes(const ErrataCase *report_case, ErrataDocument *document)
{
    g_autoptr(GPtrArray) notes = errata_compose_notes(report_case);
    guint shown = notes->len > FRONT_NOTES ? FRONT_NOTES - 1 : notes->len;

    for (guint i = 0; i < shown; i++) {
        g_autofree char *text = g_strdup_printf("Note: %s.",
                                                (const char *)g_ptr_array_index(notes, i));
        ErrataBlock *block = errata_document_prose(document, ERRATA_STYLE_NOTE, text);

        block->ink = ERRATA_INK_ERROR;
        block->space = i == 0 ? 4.0 : 0.0;
    }
    if (shown < notes->len) {
        g_autofree char *text = g_strdup_printf("%u more notes: see “State of the data”.",
                                                notes->len - shown);

        errata_document_prose(document, ERRATA_STYLE_NOTE, text)->ink = ERRATA_INK_ERROR;
    }
}

static void
front_title(const ErrataCase *report_case, ErrataDocument *document)
{
    g_autofree char *subtitle = errata_compose_subtitle(report_case);
    g_autofree char *verdict = errata_compose_verdict(report_case);
    g_autofree char *date = errata_value_date_of(report_case->created);
    ErrataBlock *block = errata_document_heading(document, ERRATA_STYLE_TITLE, document->running);

    block->dest = g_strdup("verdict");
    block->outline = g_strdup("Verdict");
    block->running = g_strdup(date);
    block->space = 8.0;
    block = errata_document_prose(document, ERRATA_STYLE_NOTE, subtitle);
    block->ink = ERRATA_INK_SOFT;
    front_notes(report_case, document);
    block = errata_document_prose(document, ERRATA_STYLE_LEAD, verdict);
    block->space = 12.0;
}

/* mean over some windows: a line of a thumb's width has no room for forty */
static double
front_mean_value(const ErrataCase *report_case, const char *name, guint begin, guint end)
{
    double sum = 0.0;
    guint n = 0;

    for (guint i = begin; i < end; i++) {
        double value =
            errata_compose_change_window(report_case,
                                         g_ptr_array_index(report_case->performance.windows, i),
                                         name);

        if (isfinite(value)) {
            sum += value;
            n++;
        }
    }
    return n > 0 ? sum / n : (double)NAN;
}

static void
front_history(const ErrataCase *report_case, const char *name, ErrataTile *tile)
{
    const GPtrArray *windows = report_case->performance.windows;
    guint n = MIN(windows->len, FRONT_SPARK);
    guint n_finite = 0;

    tile->history = g_new(double, FRONT_SPARK);
    for (guint i = 0; i < n; i++) {
        tile->history[i] = front_mean_value(report_case,
                                            name,
                                            (guint)((guint64)i * windows->len / n),
                                            (guint)((guint64)(i + 1) * windows->len / n));
        n_finite += isfinite(tile->history[i]) ? 1 : 0;
    }
    tile->n_history = n_finite >= 3 ? n : 0;
}

static void
front_tiles(const ErrataCase *report_case, ErrataDocument *document)
{
    g_autoptr(GPtrArray) metrics = errata_compose_main_metrics(report_case);
    ErrataBlock *block = NULL;
    gboolean within = FALSE;

    if (metrics->len == 0)
        return;
    block = errata_document_add(document, ERRATA_BLOCK_TILES);
    block->space = 12.0;
    for (guint i = 0; i < metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(metrics, i);
        const ErrataMetricWords *words = errata_value_metric(metric->name);
        ErrataTile *tile = errata_block_add_tile(block);

        tile->name = g_strdup(words != NULL ? words->label : metric->name);
        tile->value = errata_value_of_metric(metric);
        tile->interval = errata_value_metric_interval(metric);
        tile->change = errata_compose_change(report_case, metric, &tile->tone, &tile->arrow);
        front_history(report_case, metric->name, tile);
        within |= tile->arrow != 0;
    }
    if (within && g_strcmp0(report_case->baseline_kind, "first-half") == 0) {
        block = errata_document_prose(document,
                                      ERRATA_STYLE_NOTE,
                                      "Arrows: the second half of the rows against the first.");
        block->ink = ERRATA_INK_SOFT;
        block->space = 4.0;
    }
}

static gboolean
front_is_loud(const ErrataFinding *finding)
{
    return finding->severity >= ERRATA_SEVERITY_HIGH;
}

static void
front_row(const ErrataCase *report_case,
          ErrataBlock *table,
          const ErrataFinding *finding,
          guint index)
{
    g_autofree char *number = g_strdup_printf("%u", index + 1);
    ErrataInk loud = front_is_loud(finding) ? ERRATA_INK_ERROR : ERRATA_INK_SOFT;
    double share = finding->share_of_errors;
    ErrataCell *cell = errata_block_add_cell(table, number);

    cell->style = ERRATA_STYLE_NUMBER;
    cell->ink = loud;
    cell = errata_block_add_cell(table, NULL);
    cell->kind = ERRATA_CELL_GLYPH;
    cell->kind_of = finding->kind;
    cell->ink = loud;
    cell = errata_block_add_cell(table, finding->title);
    cell->style = ERRATA_STYLE_ITEM;
    cell->sub = errata_compose_summary_of_event(report_case, finding);
    cell = errata_block_take_cell(table, isfinite(share) ? errata_value_rough_share(share) : NULL);
    cell->kind = ERRATA_CELL_BAR;
    cell->value = share;
    cell->ink = front_is_loud(finding) ? ERRATA_INK_ERROR : ERRATA_INK_REFERENCE;
    cell = errata_block_take_cell(table, errata_compose_gain(report_case, finding));
    if (finding->severity > ERRATA_SEVERITY_INFO)
        cell->style = ERRATA_STYLE_CELL_STRONG;
    else /* what is known and no fault: nothing there waits to be gained */
        cell->ink = ERRATA_INK_SOFT;
    cell->sub = errata_compose_gain_metric(report_case, finding);
    cell = errata_block_add_cell(table, NULL);
    cell->kind = ERRATA_CELL_PAGE;
    g_ptr_array_add(table->dests, g_strdup(finding->id));
}

/* whether groups of errors were looked for at all */
static gboolean
front_is_searched(const ErrataCase *report_case)
{
    for (guint i = 0; i < report_case->tried->len; i++) {
        const ErrataTried *tried = g_ptr_array_index(report_case->tried, i);

        if (g_strcmp0(tried->family, "slices") == 0 && tried->count > 0)
            return TRUE;
    }
    return FALSE;
}

static void
front_list(const ErrataCase *report_case, ErrataDocument *document)
{
    ErrataBlock *block = errata_document_heading(document, ERRATA_STYLE_SECTION, "Errata");
    guint n = report_case->findings->len;

    block->note = g_strdup(n > 0 ? "what is wrong, gravest first" : NULL);
    block->note_beside = TRUE;
    block->dest = g_strdup("errata");
    block->outline = g_strdup("Errata");
    block->space = 16.0;
    if (n == 0) {
        g_autofree char *power = errata_compose_power(report_case);
        g_autofree char *text = g_strdup_printf(
            "%s%s%s The method page says what was tried, and what could not be.",
            front_is_searched(report_case)
                ? "Nothing was found that holds on rows that were not searched."
                : "No group was looked for: there are too few rows to tell one from "
                  "chance, or none that can be judged.",
            power != NULL ? " " : "",
            power != NULL ? power : "");

        block = errata_document_prose(document, ERRATA_STYLE_BODY, text);
        block->space = 4.0;
        return;
    }
    block = errata_document_add(document, ERRATA_BLOCK_TABLE);
    block->dests = g_ptr_array_new_with_free_func(g_free);
    block->row_space = n > 8 ? 4.0 : 8.0;
    block->heading_rule = TRUE;
    block->may_break = TRUE;
    errata_block_add_column(block, "", n > 9 ? 18.0 : 12.0, FALSE);
    errata_block_add_column(block, "", ERRATA_GLYPH_SIZE, FALSE);
    errata_block_add_column(block, "", 0.0, FALSE)->flexible = TRUE;
    block->columns[2].lines = 3;
    errata_block_add_column(block, "share of errors", 80.0, FALSE);
    errata_block_add_column(block, "if fixed", 52.0, TRUE);
    errata_block_add_column(block, "page", 20.0, TRUE);
    for (guint i = 0; i < n; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report_case->findings, i);

        if (!errata_compose_is_part(finding))
            front_row(report_case, block, finding, i);
    }
}

static void
front_foot(const ErrataCase *report_case, ErrataDocument *document)
{
    double tried = 0.0;
    g_autofree char *count = NULL;
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < report_case->tried->len; i++)
        tried += (double)((const ErrataTried *)g_ptr_array_index(report_case->tried, i))->count;
    count = errata_value_count(tried);
    if (tried > 0.0) {
        g_string_append_printf(text, "%s comparisons made, corrected for all of them", count);
        if (report_case->alpha > 0.0) {
            g_autofree char *alpha =
                errata_value_share(report_case->alpha, (double)NAN, (double)NAN);

            g_string_append_printf(text, " (%s false discoveries per family)", alpha);
        }
        g_string_append(text, "; effects measured on rows not searched.");
    } else
        g_string_append(text, "Nothing was compared.");
    g_ptr_array_add(document->foot, g_string_free(text, FALSE));
    if (report_case->command != NULL)
        g_ptr_array_add(document->foot, g_strdup(report_case->command));
}

void
errata_compose_front(const ErrataCase *report_case, ErrataDocument *document)
{
    const ErrataFigure *timeline = NULL;

    front_title(report_case, document);
    errata_compose_patterns(report_case, document);
    front_tiles(report_case, document);
    timeline = errata_compose_timeline(report_case, document);
    if (timeline != NULL) {
        ErrataBlock *block = errata_document_figure(document, timeline);

        block->space = 16.0;
        block->max_height = report_case->findings->len > FRONT_MANY ? FRONT_LOW : 0.0;
        block->least_height = FRONT_LEAST;
    }
    front_list(report_case, document);
    front_foot(report_case, document);
}
