/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames and schemas made by hand, for tests that must not depend on a reader. */
#pragma once

#include <math.h>
#include <string.h>

#include "column.h"
#include "frame.h"
#include "schema.h"

G_GNUC_UNUSED static ErrataFrame *
synth_frame(gsize n_rows, guint n_columns)
{
    ErrataFrame *frame = g_new0(ErrataFrame, 1);

    g_atomic_ref_count_init(&frame->ref_count);
    frame->n_rows = n_rows;
    frame->columns = g_new0(ErrataColumn *, n_columns + 1);
    frame->rejects = g_ptr_array_new_with_free_func((GDestroyNotify)errata_reject_free);
    frame->warnings = g_ptr_array_new_with_free_func(g_free);
    return frame;
}

static ErrataColumn *
synth_add(ErrataFrame *frame, const char *name, ErrataColumnType type)
{
    ErrataColumn *column = errata_column_new(name, type, frame->n_rows);

    frame->columns[frame->n_columns++] = column;
    return column;
}

/* NaN is missing */
G_GNUC_UNUSED static void
synth_numbers(ErrataFrame *frame, const char *name, const double *values)
{
    ErrataColumn *column = synth_add(frame, name, ERRATA_COLUMN_F64);

    if (column->valid == NULL)
        column->valid = g_new0(guint64, frame->n_rows / 64 + 1);
    for (gsize row = 0; row < frame->n_rows; row++) {
        column->f64[row] = values[row];
        if (isnan(values[row]))
            column->n_missing++;
        else
            column->valid[row >> 6] |= G_GUINT64_CONSTANT(1) << (row & 63);
    }
}

/* codes index @words, which blanks separate */
G_GNUC_UNUSED static void
synth_categories(ErrataFrame *frame, const char *name, const guint *codes, const char *words)
{
    ErrataColumn *column = synth_add(frame, name, ERRATA_COLUMN_CATEGORY);

    g_strfreev(column->dictionary);
    column->dictionary = g_strsplit(words, " ", -1);
    column->n_dictionary = g_strv_length(column->dictionary);
    for (gsize row = 0; row < frame->n_rows; row++)
        column->code[row] = codes[row];
}

/* every column a feature; the task is binary */
G_GNUC_UNUSED static ErrataSchema *
synth_schema(const ErrataFrame *frame)
{
    ErrataSchema *schema = g_new0(ErrataSchema, 1);

    schema->task = ERRATA_TASK_BINARY;
    schema->n_columns = frame->n_columns;
    schema->columns = g_new0(ErrataSchemaColumn, frame->n_columns + 1);
    for (guint i = 0; i < frame->n_columns; i++) {
        schema->columns[i].role = ERRATA_ROLE_FEATURE;
        schema->columns[i].class_index = -1;
    }
    schema->id = schema->time = schema->label = schema->prediction = -1;
    schema->score = schema->weight = -1;
    schema->positive = 1;
    schema->classes = g_strsplit("0 1", " ", -1);
    schema->n_classes = 2;
    schema->threshold = (double)NAN;
    return schema;
}
