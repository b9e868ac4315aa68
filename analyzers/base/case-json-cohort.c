/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `performance.cohorts` of the report; absent where none is saved. */
#include <math.h>

#include "case-json-private.h"

void
errata_case_json_cohorts(ErrataJsonWriter *json, const GPtrArray *cohorts)
{
    if (cohorts->len == 0)
        return;
    errata_json_writer_begin(json, "cohorts", '[');
    for (guint i = 0; i < cohorts->len; i++) {
        const ErrataCohort *cohort = g_ptr_array_index(cohorts, i);

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "name", cohort->name);
        errata_json_writer_string(json, "where", cohort->where);
        errata_json_writer_uint(json, "n", cohort->n);
        errata_json_writer_uint(json, "judged", cohort->judged);
        errata_json_writer_double(json, "error", cohort->error);
        errata_json_writer_double(json, "rest", cohort->rest);
        errata_json_writer_double(json, "difference", cohort->difference);
        errata_case_json_interval(json, "ci", cohort->lo, cohort->hi);
        errata_json_writer_string(json, "test", cohort->test);
        errata_json_writer_double(json, "p", cohort->p);
        errata_json_writer_double(json, "q", cohort->q);
        errata_json_writer_string(json, "verdict", cohort->verdict);
        errata_json_writer_string(json, "why", cohort->why);
        errata_case_json_metrics(json, "metrics", cohort->metrics);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
}

void
errata_case_json_read_cohorts(JsonObject *performance, GPtrArray *cohorts)
{
    JsonArray *array = errata_json_reader_array(performance, "cohorts");

    for (guint i = 0; i < errata_json_reader_length(array); i++) {
        JsonObject *object = errata_json_reader_element(array, i);
        ErrataCohort *cohort = errata_cohort_new(errata_json_reader_peek(object, "name"),
                                                 errata_json_reader_peek(object, "where"));

        cohort->n = errata_json_reader_uint(object, "n");
        cohort->judged = errata_json_reader_uint(object, "judged");
        cohort->error = errata_json_reader_double(object, "error");
        cohort->rest = errata_json_reader_double(object, "rest");
        cohort->difference = errata_json_reader_double(object, "difference");
        errata_json_reader_interval(object, "ci", &cohort->lo, &cohort->hi);
        cohort->test = errata_json_reader_string(object, "test");
        cohort->p = errata_json_reader_double(object, "p");
        cohort->q = errata_json_reader_double(object, "q");
        cohort->verdict = errata_json_reader_string(object, "verdict");
        cohort->why = errata_json_reader_string(object, "why");
        errata_case_json_read_metrics(object, "metrics", cohort->metrics);
        g_ptr_array_add(cohorts, cohort);
    }
}
