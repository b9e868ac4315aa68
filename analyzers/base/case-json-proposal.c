/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `proposals` of report.json: what a language model supposed. Absent where there are none. */
#include "case-json-private.h"

void
errata_case_json_proposals(ErrataJsonWriter *json, const ErrataCase *self)
{
    if (self->proposals->len == 0)
        return;
    errata_json_writer_begin(json, "proposals", '[');
    for (guint i = 0; i < self->proposals->len; i++) {
        const ErrataProposal *proposal = g_ptr_array_index(self->proposals, i);

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "role", proposal->role);
        errata_json_writer_string(json, "finding", proposal->finding);
        errata_json_writer_string(json, "text", proposal->text);
        errata_json_writer_string(json, "check", proposal->check);
        errata_json_writer_boolean(json, "holds", proposal->holds);
        errata_json_writer_double(json, "p", proposal->p);
        errata_json_writer_uint(json, "n", proposal->n);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
}

void
errata_case_json_read_proposals(JsonObject *root, ErrataCase *self)
{
    JsonArray *proposals = errata_json_reader_array(root, "proposals");

    for (guint i = 0; i < errata_json_reader_length(proposals); i++) {
        JsonObject *object = errata_json_reader_element(proposals, i);
        const char *text = errata_json_reader_peek(object, "text");
        ErrataProposal *proposal;

        if (text == NULL)
            continue;
        proposal = errata_proposal_new(errata_json_reader_peek(object, "role"),
                                       errata_json_reader_peek(object, "finding"),
                                       text);
        proposal->check = errata_json_reader_string(object, "check");
        proposal->holds = errata_json_reader_boolean(object, "holds");
        proposal->p = errata_json_reader_double(object, "p");
        proposal->n = errata_json_reader_uint(object, "n");
        g_ptr_array_add(self->proposals, proposal);
    }
}
