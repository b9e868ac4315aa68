/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bar.h"

#include <unistd.h>

#include "cli.h"

#define BAR_CELLS     24
#define BAR_REDRAW_US 100000

void
errata_bar_init(ErrataBar *self, gboolean quiet)
{
    *self = (ErrataBar){.terminal = errata_cli_is_terminal(STDERR_FILENO),
                        .quiet = quiet,
                        .start_us = g_get_monotonic_time()};
}

static void
bar_draw(ErrataBar *self, const char *stage, double fraction, guint64 rows)
{
    double seconds = (double)(g_get_monotonic_time() - self->start_us) / G_USEC_PER_SEC;
    guint full = (guint)(fraction * BAR_CELLS);
    g_autoptr(GString) line = g_string_new("\r");

    for (guint i = 0; i < BAR_CELLS; i++)
        g_string_append(line, i < full ? "█" : "░");
    g_string_append_printf(line, " %3.0f %%  %s", fraction * 100.0, stage);
    if (rows > 0 && seconds > 0.2)
        g_string_append_printf(line, ", %.0f rows/s", (double)rows / seconds);
    if (fraction > 0.05 && seconds > 1.0)
        g_string_append_printf(line, ", %.0f s left", seconds * (1.0 - fraction) / fraction);
    g_string_append(line, "\033[K");
    g_printerr("%s", line->str);
}

/**
 * errata_bar_update:
 * @stage: name of the stage
 * @fraction: of the whole job
 * @rows: rows read so far
 * @self: an #ErrataBar
 */
void
errata_bar_update(const char *stage, double fraction, guint64 rows, gpointer self)
{
    ErrataBar *bar = self;
    gint64 now = g_get_monotonic_time();
    gboolean changed = g_strcmp0(stage, bar->stage) != 0;

    if (bar->quiet || (!changed && now - bar->last_us < BAR_REDRAW_US))
        return;
    bar->last_us = now;
    if (changed) {
        g_free(bar->stage);
        bar->stage = g_strdup(stage);
    }
    if (bar->terminal)
        bar_draw(bar, stage, fraction, rows);
    else if (changed)
        g_printerr("%s\n", stage);
}

void
errata_bar_clear(ErrataBar *self)
{
    if (self->terminal && !self->quiet)
        g_printerr("\r\033[K");
    g_clear_pointer(&self->stage, g_free);
}
