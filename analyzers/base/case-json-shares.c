/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `attribution` of report.json. */
#include "case-json-private.h"
#include "json-reader.h"

static void
shares_feature(ErrataJsonWriter *json, const ErrataShares *self, guint i)
{
    errata_json_writer_begin(json, NULL, '{');
    errata_json_writer_string(json, "feature", self->feature[i]);
    errata_json_writer_double(json, "mean_abs", self->mean_abs[i]);
    errata_case_json_interval(json, "mean_abs_ci", self->mean_abs_lo[i], self->mean_abs_hi[i]);
    errata_json_writer_double(json, "mean_abs_errors", self->mean_abs_errors[i]);
    errata_case_json_interval(json,
                              "mean_abs_errors_ci",
                              self->mean_abs_errors_lo[i],
                              self->mean_abs_errors_hi[i]);
    errata_json_writer_double(json, "mean_abs_correct", self->mean_abs_correct[i]);
    errata_case_json_interval(json,
                              "mean_abs_correct_ci",
                              self->mean_abs_correct_lo[i],
                              self->mean_abs_correct_hi[i]);
    errata_json_writer_double(json, "loss_on_errors", self->push[i]);
    errata_case_json_interval(json, "loss_on_errors_ci", self->push_lo[i], self->push_hi[i]);
    errata_json_writer_double(json, "loss_on_errors_q", self->push_q[i]);
    errata_json_writer_double(json, "permutation", self->rise[i]);
    errata_case_json_interval(json, "permutation_ci", self->rise_lo[i], self->rise_hi[i]);
    errata_json_writer_double(json, "permutation_q", self->rise_q[i]);
    errata_json_writer_end(json, '}');
}

static void
shares_said(ErrataJsonWriter *json, const ErrataShares *self)
{
    errata_json_writer_begin(json, "evidence", '[');
    for (guint i = 0; i < self->evidence->len; i++)
        errata_json_writer_string(json,
                                  NULL,
                                  ((const ErrataEvidence *)self->evidence->pdata[i])->id);
    errata_json_writer_end(json, ']');
    if (self->text == NULL) {
        errata_json_writer_null(json, "rationale");
        return;
    }
    errata_json_writer_begin(json, "rationale", '{');
    errata_json_writer_string(json, "text", self->text);
    errata_json_writer_string(json, "writer", "builtin");
    errata_json_writer_begin(json, "citations", '[');
    for (guint i = 0; i < self->citations->len; i++)
        errata_json_writer_string(json, NULL, self->citations->pdata[i]);
    errata_json_writer_end(json, ']');
    errata_json_writer_end(json, '}');
}

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
    errata_json_writer_double(json, "standard_error", self->error);
    errata_json_writer_uint(json, "compared", self->n_compared);
    errata_json_writer_double(json, "agreement", self->agreement);
    errata_json_writer_string(json, "loss", self->loss_name);
    errata_json_writer_string(json, "loss_method", self->loss_method);
    errata_json_writer_double(json, "loss_additivity", self->loss_gap);
    errata_json_writer_double(json, "loss_standard_error", self->loss_error);
    errata_json_writer_uint(json, "pairs", self->n_pairs);
    errata_json_writer_uint(json, "permuted", self->n_permuted);
    errata_json_writer_double(json, "mean_loss", self->loss);
    errata_json_writer_begin(json, "global", '[');
    for (guint i = 0; i < self->n; i++)
        shares_feature(json, self, i);
    errata_json_writer_end(json, ']');
    shares_said(json, self);
    errata_json_writer_begin(json, "figures", '[');
    for (guint i = 0; i < self->figures->len; i++)
        errata_case_json_figure(json, NULL, self->figures->pdata[i]);
    errata_json_writer_end(json, ']');
    errata_json_writer_end(json, '}');
}

static void
shares_read_feature(ErrataShares *self, JsonObject *entry, guint i)
{
    self->feature[i] = errata_json_reader_string(entry, "feature");
    if (self->feature[i] == NULL)
        self->feature[i] = g_strdup("");
    self->mean_abs[i] = errata_json_reader_double(entry, "mean_abs");
    errata_json_reader_interval(entry, "mean_abs_ci", &self->mean_abs_lo[i], &self->mean_abs_hi[i]);
    self->mean_abs_errors[i] = errata_json_reader_double(entry, "mean_abs_errors");
    errata_json_reader_interval(entry,
                                "mean_abs_errors_ci",
                                &self->mean_abs_errors_lo[i],
                                &self->mean_abs_errors_hi[i]);
    self->mean_abs_correct[i] = errata_json_reader_double(entry, "mean_abs_correct");
    errata_json_reader_interval(entry,
                                "mean_abs_correct_ci",
                                &self->mean_abs_correct_lo[i],
                                &self->mean_abs_correct_hi[i]);
    self->push[i] = errata_json_reader_double(entry, "loss_on_errors");
    errata_json_reader_interval(entry, "loss_on_errors_ci", &self->push_lo[i], &self->push_hi[i]);
    self->push_q[i] = errata_json_reader_double(entry, "loss_on_errors_q");
    self->rise[i] = errata_json_reader_double(entry, "permutation");
    errata_json_reader_interval(entry, "permutation_ci", &self->rise_lo[i], &self->rise_hi[i]);
    self->rise_q[i] = errata_json_reader_double(entry, "permutation_q");
}

static void
shares_read_said(ErrataShares *self, JsonObject *object, JsonObject *root, GPtrArray *evidence)
{
    JsonObject *known = errata_json_reader_object(root, "evidence");
    JsonObject *rationale = errata_json_reader_object(object, "rationale");
    g_auto(GStrv) ids = errata_json_reader_strings(object, "evidence");
    g_auto(GStrv) citations = errata_json_reader_strings(rationale, "citations");

    for (guint i = 0; ids != NULL && ids[i] != NULL; i++) {
        JsonObject *source = errata_json_reader_object(known, ids[i]);

        if (source == NULL)
            continue;
        g_ptr_array_add(self->evidence, errata_case_json_read_evidence(source, ids[i]));
        g_ptr_array_add(evidence, g_ptr_array_index(self->evidence, self->evidence->len - 1));
    }
    self->text = errata_json_reader_string(rationale, "text");
    for (guint i = 0; citations != NULL && citations[i] != NULL; i++)
        g_ptr_array_add(self->citations, g_strdup(citations[i]));
}

/**
 * errata_case_json_read_shares:
 * @root: a report
 * @evidence: (element-type ErrataEvidence): gets that of the attribution
 *
 * Returns: (transfer full) (nullable): its attribution
 */
ErrataShares *
errata_case_json_read_shares(JsonObject *root, GPtrArray *evidence)
{
    JsonObject *object = errata_json_reader_object(root, "attribution");
    JsonArray *global = errata_json_reader_array(object, "global");
    JsonArray *figures = errata_json_reader_array(object, "figures");
    ErrataShares *self;

    if (object == NULL)
        return NULL;
    self = errata_shares_new(errata_json_reader_peek(object, "source"),
                             errata_json_reader_peek(object, "method"),
                             errata_json_reader_length(global));
    self->fidelity = errata_json_reader_double(object, "fidelity");
    self->n_rows = errata_json_reader_uint(object, "n");
    self->gap = errata_json_reader_double(object, "additivity");
    self->error = errata_json_reader_double(object, "standard_error");
    self->n_compared = errata_json_reader_uint(object, "compared");
    self->agreement = errata_json_reader_double(object, "agreement");
    self->loss_name = errata_json_reader_string(object, "loss");
    self->loss_method = errata_json_reader_string(object, "loss_method");
    self->loss_gap = errata_json_reader_double(object, "loss_additivity");
    self->loss_error = errata_json_reader_double(object, "loss_standard_error");
    self->n_pairs = errata_json_reader_uint(object, "pairs");
    self->n_permuted = errata_json_reader_uint(object, "permuted");
    self->loss = errata_json_reader_double(object, "mean_loss");
    for (guint i = 0; i < self->n; i++)
        shares_read_feature(self, errata_json_reader_element(global, i), i);
    shares_read_said(self, object, root, evidence);
    for (guint i = 0; i < errata_json_reader_length(figures); i++) {
        ErrataFigure *figure = errata_case_json_figure_of(errata_json_reader_element(figures, i));

        if (figure != NULL)
            g_ptr_array_add(self->figures, figure);
    }
    return self;
}
