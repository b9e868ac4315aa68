/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "case-json-private.h"
#include "json-reader.h"

#define SKETCH_BINS 256 /* that one may have */

static void
sketch_counts(ErrataJsonWriter *json, const char *key, const guint64 *count, guint n)
{
    errata_json_writer_begin(json, key, '[');
    for (guint b = 0; b < n; b++)
        errata_json_writer_uint(json, NULL, count[b]);
    errata_json_writer_end(json, ']');
}

void
errata_case_json_sketch(ErrataJsonWriter *json, const char *key, const ErrataColumnSketch *sketch)
{
    if (sketch == NULL) {
        errata_json_writer_null(json, key);
        return;
    }
    errata_json_writer_begin(json, key, '{');
    if (sketch->edges != NULL)
        errata_json_writer_doubles(json, "edges", sketch->edges, sketch->n - 1);
    else
        errata_json_writer_strings(json, "labels", sketch->labels);
    errata_json_writer_boolean(json, "pooled", sketch->pooled);
    errata_json_writer_uint(json, "rows", sketch->rows);
    errata_json_writer_uint(json, "missing", sketch->missing);
    sketch_counts(json, "count", sketch->count, sketch->n);
    sketch_counts(json, "judged", sketch->judged, sketch->n);
    errata_json_writer_doubles(json, "loss", sketch->loss, sketch->n);
    errata_json_writer_doubles(json, "squares", sketch->squares, sketch->n);
    errata_json_writer_end(json, '}');
}

static gboolean
sketch_read_counts(JsonObject *object, const char *key, guint64 *count, guint n)
{
    guint n_read = 0;
    g_autofree double *value = errata_json_reader_doubles(object, key, &n_read);

    for (guint b = 0; b < MIN(n, n_read); b++) {
        if (!(value[b] >= 0.0 && value[b] <= 1e15))
            return FALSE;
        count[b] = (guint64)value[b];
    }
    return n_read == n;
}

static gboolean
sketch_read_sums(JsonObject *object, const char *key, double *sum, guint n)
{
    guint n_read = 0;
    g_autofree double *value = errata_json_reader_doubles(object, key, &n_read);

    for (guint b = 0; b < MIN(n, n_read); b++)
        sum[b] = value[b];
    return n_read == n;
}

/* NULL as well for one that cannot be relied on */
ErrataColumnSketch *
errata_case_json_read_sketch(JsonObject *object, const char *key)
{
    JsonObject *source = errata_json_reader_object(object, key);
    guint n = errata_json_reader_length(errata_json_reader_array(source, "count"));
    g_autoptr(ErrataColumnSketch) sketch = NULL;
    guint n_edges = 0;

    if (source == NULL || n == 0 || n > SKETCH_BINS)
        return NULL;
    sketch = errata_column_sketch_new(n);
    if (errata_json_reader_array(source, "edges") != NULL) {
        sketch->edges = errata_json_reader_doubles(source, "edges", &n_edges);
        if (n_edges + 1 != n)
            return NULL;
    } else {
        sketch->labels = errata_json_reader_strings(source, "labels");
    }
    sketch->pooled = errata_json_reader_boolean(source, "pooled");
    sketch->rows = errata_json_reader_uint(source, "rows");
    sketch->missing = errata_json_reader_uint(source, "missing");
    if (!sketch_read_counts(source, "count", sketch->count, n) ||
        !sketch_read_counts(source, "judged", sketch->judged, n) ||
        !sketch_read_sums(source, "loss", sketch->loss, n) ||
        !sketch_read_sums(source, "squares", sketch->squares, n) ||
        !errata_column_sketch_is_sound(sketch))
        return NULL;
    return g_steal_pointer(&sketch);
}
