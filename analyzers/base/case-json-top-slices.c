/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `performance.sliceline` of the report; absent where it was not asked for. */
#include <math.h>

#include "case-json-private.h"

static void
top_slices_write_slice(ErrataJsonWriter *json, const ErrataTopSlice *slice)
{
    errata_json_writer_begin(json, NULL, '{');
    errata_case_json_predicates(json, slice->predicates);
    errata_json_writer_uint(json, "n", slice->n);
    errata_json_writer_double(json, "error", slice->error);
    errata_json_writer_double(json, "score", slice->score);
    errata_json_writer_double(json, "rate", slice->rate);
    errata_json_writer_double(json, "rest", slice->rest);
    errata_json_writer_double(json, "ratio", slice->ratio);
    errata_case_json_interval(json, "ci", slice->lo, slice->hi);
    errata_json_writer_double(json, "coverage", slice->coverage);
    errata_json_writer_double(json, "effect", slice->effect);
    errata_json_writer_string(json, "test", slice->test);
    errata_json_writer_double(json, "p", slice->p);
    errata_json_writer_double(json, "p_search", slice->p_search);
    errata_json_writer_int(json, "like", slice->like);
    errata_json_writer_int(json, "idle", slice->idle);
    errata_json_writer_end(json, '}');
}

void
errata_case_json_top_slices(ErrataJsonWriter *json, const ErrataTopSlices *list)
{
    if (list == NULL)
        return;
    errata_json_writer_begin(json, "sliceline", '{');
    errata_json_writer_string(json, "loss", list->loss);
    errata_json_writer_double(json, "alpha", list->alpha);
    errata_json_writer_uint(json, "min_rows", list->min_rows);
    errata_json_writer_uint(json, "max_level", list->max_level);
    errata_json_writer_uint(json, "k", list->k);
    errata_json_writer_uint(json, "n", list->n_rows);
    errata_json_writer_double(json, "mean", list->mean);
    errata_json_writer_uint(json, "evaluated", list->n_evaluated);
    errata_json_writer_uint(json, "permutations", list->n_permutations);
    errata_json_writer_boolean(json, "truncated", list->truncated);
    errata_json_writer_begin(json, "slices", '[');
    for (guint i = 0; i < list->slices->len; i++)
        top_slices_write_slice(json, g_ptr_array_index(list->slices, i));
    errata_json_writer_end(json, ']');
    errata_json_writer_end(json, '}');
}

static void
top_slices_read_slice(JsonObject *object, ErrataTopSlice *slice)
{
    errata_case_json_read_predicates(object, slice->predicates);
    slice->n = errata_json_reader_uint(object, "n");
    slice->error = errata_json_reader_double(object, "error");
    slice->score = errata_json_reader_double(object, "score");
    slice->rate = errata_json_reader_double(object, "rate");
    slice->rest = errata_json_reader_double(object, "rest");
    slice->ratio = errata_json_reader_double(object, "ratio");
    errata_json_reader_interval(object, "ci", &slice->lo, &slice->hi);
    slice->coverage = errata_json_reader_double(object, "coverage");
    slice->effect = errata_json_reader_double(object, "effect");
    slice->test = errata_json_reader_string(object, "test");
    slice->p = errata_json_reader_double(object, "p");
    slice->p_search = errata_json_reader_double(object, "p_search");
    slice->like = (int)errata_json_reader_int(object, "like");
    slice->idle = (int)errata_json_reader_int(object, "idle");
}

ErrataTopSlices *
errata_case_json_read_top_slices(JsonObject *performance)
{
    JsonObject *object = errata_json_reader_object(performance, "sliceline");
    JsonArray *slices = errata_json_reader_array(object, "slices");
    ErrataTopSlices *list;

    if (object == NULL)
        return NULL;
    list = errata_top_slices_new();
    list->loss = errata_json_reader_string(object, "loss");
    list->alpha = errata_json_reader_double(object, "alpha");
    list->min_rows = errata_json_reader_uint(object, "min_rows");
    list->max_level = (guint)errata_json_reader_uint(object, "max_level");
    list->k = (guint)errata_json_reader_uint(object, "k");
    list->n_rows = errata_json_reader_uint(object, "n");
    list->mean = errata_json_reader_double(object, "mean");
    list->n_evaluated = errata_json_reader_uint(object, "evaluated");
    list->n_permutations = (guint)errata_json_reader_uint(object, "permutations");
    list->truncated = errata_json_reader_boolean(object, "truncated");
    for (guint i = 0; i < errata_json_reader_length(slices); i++)
        top_slices_read_slice(errata_json_reader_element(slices, i), errata_top_slices_add(list));
    return list;
}
