/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `attribution` of report.json. */
#include "case-json-private.h"
#include "json-reader.h"

/**
 * errata_case_json_shares:
 * @json: a report being written
 * @self: (nullable): what to write; `null` where there is none
 */
void
errata_case_json_shares(ErrataJsonWriter *json, const ErrataShares *self)
{
    if (self == NULL) {
        errata_json_writer_null(json, "attribution");
        return;
    }
    errata_json_writer_begin(json, "attribution", '{');
    errata_json_writer_string(json, "source", self->source);
    errata_json_writer_string(json, "method", self->method);
    errata_json_writer_double(json, "fidelity", self->fidelity);
    errata_json_writer_uint(json, "n", self->n_rows);
    errata_json_writer_double(json, "additivity", self->gap);
    errata_json_writer_begin(json, "global", '[');
    for (guint i = 0; i < self->n; i++) {
        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "feature", self->feature[i]);
        errata_json_writer_double(json, "mean_abs", self->mean_abs[i]);
        errata_json_writer_double(json, "mean_abs_errors", self->mean_abs_errors[i]);
        errata_json_writer_double(json, "mean_abs_correct", self->mean_abs_correct[i]);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
    errata_json_writer_end(json, '}');
}

/**
 * errata_case_json_read_shares:
 * @root: a report
 *
 * Returns: (transfer full) (nullable): its attribution
 */
ErrataShares *
errata_case_json_read_shares(JsonObject *root)
{
    JsonObject *object = errata_json_reader_object(root, "attribution");
    JsonArray *global = errata_json_reader_array(object, "global");
    ErrataShares *self;

    if (object == NULL)
        return NULL;
    self = errata_shares_new(errata_json_reader_peek(object, "source"),
                             errata_json_reader_peek(object, "method"),
                             errata_json_reader_length(global));
    self->fidelity = errata_json_reader_double(object, "fidelity");
    self->n_rows = errata_json_reader_uint(object, "n");
    self->gap = errata_json_reader_double(object, "additivity");
    for (guint i = 0; i < self->n; i++) {
        JsonObject *entry = errata_json_reader_element(global, i);

        self->feature[i] = errata_json_reader_string(entry, "feature");
        if (self->feature[i] == NULL)
            self->feature[i] = g_strdup("");
        self->mean_abs[i] = errata_json_reader_double(entry, "mean_abs");
        self->mean_abs_errors[i] = errata_json_reader_double(entry, "mean_abs_errors");
        self->mean_abs_correct[i] = errata_json_reader_double(entry, "mean_abs_correct");
    }
    return self;
}
