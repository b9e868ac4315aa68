/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as separated values: either refused in words, or a frame that keeps its promises. */
#include <math.h>
#include <string.h>

#include "plugin.h"

extern const ErrataPlugin errata_plugin_csv;

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
fuzz_check_cell(const ErrataColumn *column, gsize row)
{
    g_autofree char *text = errata_column_print(column, row);

    g_assert_true(g_utf8_validate(text, -1, NULL));
    if (column->type == ERRATA_COLUMN_F64)
        g_assert_true(isfinite(column->f64[row]));
    if (column->type == ERRATA_COLUMN_CATEGORY)
        g_assert_cmpuint(column->code[row], <, column->n_dictionary);
    if (column->type == ERRATA_COLUMN_TEXT)
        g_assert_cmpuint(column->offset[row], <=, column->offset[row + 1]);
    errata_column_hash(column, row);
}

static void
fuzz_check_column(const ErrataColumn *column, gsize n_rows)
{
    gsize n_missing = 0;

    g_assert_cmpuint(column->n_rows, ==, n_rows);
    g_assert_true(g_utf8_validate(column->name, -1, NULL));
    for (gsize row = 0; row < n_rows; row++) {
        if (errata_column_is_valid(column, row)) {
            fuzz_check_cell(column, row);
            continue;
        }
        n_missing++;
        if (column->type == ERRATA_COLUMN_F64)
            g_assert_true(isnan(column->f64[row]));
    }
    g_assert_cmpuint(column->n_missing, ==, n_missing);
    g_assert_true((column->valid == NULL) == (n_missing == 0));
    g_assert_cmpuint(column->n_unparsable + column->n_infinite, <=, n_missing);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const ErrataFormat *format = errata_plugin_csv.formats[0];
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataSource) source = errata_source_new_memory(data, size, "fuzz");
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(format->sniff(data, MIN(size, 65536), "fuzz.csv"), <=, 100);
    if (format->read(source, builder, &error))
        frame = errata_frame_builder_finish(builder, &error);
    if (frame == NULL) {
        g_assert_nonnull(error);
        return 0;
    }
    for (guint i = 0; i < frame->n_columns; i++)
        fuzz_check_column(frame->columns[i], frame->n_rows);
    for (guint i = 0; i < frame->warnings->len; i++)
        g_assert_true(g_utf8_validate(g_ptr_array_index(frame->warnings, i), -1, NULL));
    for (guint i = 0; i < frame->rejects->len; i++) {
        const ErrataReject *reject = g_ptr_array_index(frame->rejects, i);

        g_assert_true(g_utf8_validate(reject->excerpt, -1, NULL));
    }
    return 0;
}
