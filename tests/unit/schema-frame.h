/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame-builder.h"
#include "lines.h"

/* a frame from a table written out: cells separated by `,`, rows by newlines, the first row the
 * names */
static inline ErrataFrame *
schema_frame_new(const char *table)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) lines = test_lines(table);
    g_auto(GStrv) names = g_strsplit(lines[0], ",", -1);
    ErrataFrame *frame;

    for (guint line = 1; lines[line] != NULL && *lines[line] != '\0'; line++) {
        g_auto(GStrv) cells = g_strsplit(lines[line], ",", -1);

        for (guint i = 0; cells[i] != NULL && names[i] != NULL; i++) {
            guint column = 0;

            g_assert_true(
                errata_frame_builder_column(builder, names[i], strlen(names[i]), &column, &error));
            errata_frame_builder_cell(builder, column, cells[i], strlen(cells[i]));
        }
        g_assert_true(errata_frame_builder_end_row(builder, &error));
    }
    frame = errata_frame_builder_finish(builder, &error);
    g_assert_no_error(error);
    return frame;
}
