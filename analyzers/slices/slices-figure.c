/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The slice against everything else, its parents and its decoys, one dot with interval a row. */
#include "slices-finding.h"

static void
figure_add(const SlicesTable *table,
           ErrataFigure *figure,
           const char *label,
           ErrataTone tone,
           const ErrataRate *rate,
           double level,
           gboolean emphasis)
{
    ErrataInterval interval;

    if (rate->n < 1.0)
        return;
    interval = errata_slices_facts_interval(table, rate, level);
    errata_figure_add_dot(figure,
                          label,
                          tone,
                          rate->n,
                          errata_rate_mean(rate),
                          interval.lo,
                          interval.hi,
                          emphasis);
}

static void
figure_add_decoy(const SlicesTable *table,
                 ErrataFigure *figure,
                 const SlicesDecoy *decoy,
                 double level)
{
    g_autofree char *item = errata_slices_words_slice(table, &decoy->item);
    g_autofree char *with = g_strdup_printf("… and %s", item);
    g_autofree char *only = g_strdup_printf("… and not %s", item);
    g_autofree char *without = g_strdup_printf("%s without it", item);

    figure_add(table, figure, with, ERRATA_TONE_REFERENCE, &decoy->with, level, FALSE);
    figure_add(table, figure, only, ERRATA_TONE_REFERENCE, &decoy->slice_only, level, FALSE);
    figure_add(table, figure, without, ERRATA_TONE_REFERENCE, &decoy->without, level, FALSE);
}

/**
 * errata_slices_figure_new:
 * @table: a table
 * @slice: a slice
 * @facts: its numbers
 * @n_rows: its rows in the log
 * @id: stem of the figure's file
 *
 * Returns: (transfer full): the figure
 */
ErrataFigure *
errata_slices_figure_new(const SlicesTable *table,
                         const Slice *slice,
                         const SlicesFacts *facts,
                         gsize n_rows,
                         const char *id)
{
    ErrataFigure *figure = errata_figure_new(id,
                                             ERRATA_FIGURE_DOTS,
                                             table->real ? "Mean absolute error, with interval"
                                                         : "Error rate, with interval");
    g_autofree char *words = errata_slices_words_slice(table, slice);
    g_autofree char *percent = errata_slices_words_percent(facts->told);
    g_autofree char *count = errata_slices_words_count(n_rows);

    figure->y_unit = figure->x_unit = table->real ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE;
    figure->note = g_strdup_printf("%s interval; %s",
                                   percent,
                                   table->exploratory ? "all rows"
                                                      : "rows of the half that was not searched");
    figure->description =
        g_strdup_printf("Where %s (%s rows of the log), compared with all predictions, with "
                        "everything else and with fewer conditions.",
                        words,
                        count);
    figure_add(table,
               figure,
               "all predictions",
               ERRATA_TONE_REFERENCE,
               &facts->all,
               facts->level,
               FALSE);
    figure_add(table,
               figure,
               "everything else",
               ERRATA_TONE_REFERENCE,
               &facts->out,
               facts->level,
               FALSE);
    figure_add(table, figure, words, ERRATA_TONE_ERROR, &facts->in, facts->level, TRUE);
    for (guint i = 0; slice->n > 1 && i < slice->n; i++) {
        g_autofree char *parent = errata_slices_words_without(table, slice, i);

        figure_add(table,
                   figure,
                   parent,
                   ERRATA_TONE_REFERENCE,
                   &facts->parent[i],
                   facts->level,
                   FALSE);
    }
    for (guint i = 0; i < facts->n_decoys; i++)
        figure_add_decoy(table, figure, &facts->decoy[i], facts->level);
    return figure;
}
