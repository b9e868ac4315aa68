/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `evidence` and `findings` of report.json. */
#include <math.h>

#include "case-json-private.h"
#include "error.h"
#include "gain.h"
#include "interval-note.h"

/* the finding that a number was computed for; what predictions owe to each feature has none */
static const ErrataFinding *
evidence_finding(const ErrataCase *self, const ErrataEvidence *evidence)
{
    for (guint i = 0; i < self->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->findings, i);

        if (g_ptr_array_find(finding->evidence, evidence, NULL))
            return finding;
    }
    return NULL;
}

/* what `ci` holds, with plain spaces: programs compare it */
static char *
evidence_interval(const ErrataCase *self, const ErrataEvidence *evidence)
{
    const ErrataFinding *finding = evidence_finding(self, evidence);
    const char *what = finding != NULL ? errata_interval_note_get(finding, evidence)
                                       : ERRATA_INTERVAL_NOTE_USUAL;
    GString *text;

    if (!isfinite(evidence->lo) || !isfinite(evidence->hi))
        return NULL;
    text = g_string_new(what);
    g_string_replace(text, "\u202f", " ", 0);
    return g_string_free(text, FALSE);
}

void
errata_case_json_evidence(ErrataJsonWriter *json, const ErrataCase *self)
{
    errata_json_writer_begin(json, "evidence", '{');
    for (guint i = 0; i < self->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(self->evidence, i);
        g_autofree char *interval = evidence_interval(self, evidence);

        errata_json_writer_begin(json, evidence->id, '{');
        errata_json_writer_string(json, "key", evidence->key);
        errata_json_writer_string(json, "what", evidence->what);
        errata_json_writer_double(json, "value", evidence->value);
        errata_json_writer_string(json, "unit", errata_unit_nick(evidence->unit));
        errata_json_writer_uint(json, "n", evidence->n);
        errata_case_json_interval(json, "ci", evidence->lo, evidence->hi);
        errata_json_writer_string(json, "interval", interval);
        errata_json_writer_double(json, "baseline", evidence->baseline);
        errata_json_writer_string(json, "test", evidence->test);
        errata_json_writer_double(json, "p", evidence->p);
        errata_json_writer_double(json, "q", evidence->q);
        errata_json_writer_string(json, "method", evidence->method);
        if (evidence->text != NULL)
            errata_json_writer_string(json, "text", evidence->text);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, '}');
}

/* the evidence of that id */
ErrataEvidence *
errata_case_json_read_evidence(JsonObject *object, const char *id)
{
    ErrataUnit unit = ERRATA_UNIT_NONE;
    ErrataEvidence *evidence;

    errata_unit_parse(errata_json_reader_peek(object, "unit"), &unit);
    evidence = errata_evidence_new(errata_json_reader_peek(object, "key"),
                                   errata_json_reader_peek(object, "what"),
                                   errata_json_reader_double(object, "value"),
                                   unit,
                                   errata_json_reader_uint(object, "n"));
    evidence->id = g_strdup(id);
    errata_json_reader_interval(object, "ci", &evidence->lo, &evidence->hi);
    evidence->baseline = errata_json_reader_double(object, "baseline");
    evidence->test = errata_json_reader_string(object, "test");
    evidence->p = errata_json_reader_double(object, "p");
    evidence->q = errata_json_reader_double(object, "q");
    evidence->method = errata_json_reader_string(object, "method");
    evidence->text = errata_json_reader_string(object, "text");
    return evidence;
}

static void
finding_suggestion(ErrataJsonWriter *json,
                   const ErrataCase *self,
                   const ErrataSuggestion *suggestion)
{
    ErrataGain gain = errata_gain_of(self, suggestion);

    errata_json_writer_begin(json, NULL, '{');
    errata_json_writer_string(json, "action", suggestion->action);
    errata_json_writer_string(json, "text", suggestion->text);
    errata_json_writer_string(json, "writer", suggestion->by_model ? "llm" : "builtin");
    if (suggestion->metric != NULL) {
        errata_json_writer_begin(json, "gain", '{');
        errata_json_writer_string(json, "metric", suggestion->metric);
        errata_json_writer_double(json, "from", suggestion->from);
        errata_case_json_interval(json, "from_ci", gain.from_lo, gain.from_hi);
        errata_json_writer_double(json, "to", suggestion->to);
        errata_case_json_interval(json, "to_ci", gain.to_lo, gain.to_hi);
        errata_json_writer_double(json, "value", gain.value);
        errata_case_json_interval(json, "ci", gain.lo, gain.hi);
        errata_json_writer_string(json, "method", suggestion->method);
        errata_json_writer_boolean(json, "upper_bound", suggestion->upper_bound);
        errata_json_writer_end(json, '}');
    } else {
        errata_json_writer_null(json, "gain");
        errata_json_writer_string(json, "why_no_gain", suggestion->method);
    }
    errata_json_writer_string(json, "cost", suggestion->cost);
    errata_json_writer_end(json, '}');
}

static void
finding_read_suggestion(JsonObject *object, ErrataFinding *finding)
{
    JsonObject *gain = errata_json_reader_object(object, "gain");
    ErrataSuggestion *suggestion = errata_finding_suggest(finding,
                                                          errata_json_reader_peek(object, "action"),
                                                          errata_json_reader_peek(object, "text"));

    suggestion->cost = errata_json_reader_string(object, "cost");
    suggestion->by_model = g_strcmp0(errata_json_reader_peek(object, "writer"), "llm") == 0;
    suggestion->metric = errata_json_reader_string(gain, "metric");
    suggestion->from = errata_json_reader_double(gain, "from");
    suggestion->to = errata_json_reader_double(gain, "to");
    errata_json_reader_interval(gain, "ci", &suggestion->lo, &suggestion->hi);
    suggestion->upper_bound = errata_json_reader_boolean(gain, "upper_bound");
    suggestion->method = gain != NULL ? errata_json_reader_string(gain, "method")
                                      : errata_json_reader_string(object, "why_no_gain");
}

static void
finding_impact(ErrataJsonWriter *json, const ErrataFinding *finding)
{
    errata_json_writer_begin(json, "impact", '{');
    errata_json_writer_double(json, "share_of_errors", finding->share_of_errors);
    errata_json_writer_double(json, "excess_errors", finding->excess_errors);
    errata_json_writer_double(json, "share_of_rows", finding->share_of_rows);
    errata_json_writer_string(json, "metric", finding->metric);
    errata_json_writer_double(json, "delta", finding->delta);
    errata_json_writer_double(json, "rank", finding->rank);
    errata_json_writer_end(json, '}');
}

/* ids where the caller gave them, else row numbers */
static void
finding_rows(ErrataJsonWriter *json, const ErrataFinding *finding)
{
    errata_json_writer_begin(json, "rows", '{');
    errata_json_writer_uint(json, "count", finding->n_rows);
    if (finding->sample_ids != NULL) {
        errata_json_writer_strings(json, "sample", finding->sample_ids);
    } else {
        errata_json_writer_begin(json, "sample", '[');
        for (gsize i = 0; finding->row != NULL && i < MIN(finding->n_rows, ERRATA_FINDING_SAMPLE);
             i++) {
            g_autofree char *row = g_strdup_printf("%u", finding->row[i]);

            errata_json_writer_string(json, NULL, row);
        }
        errata_json_writer_end(json, ']');
    }
    errata_json_writer_end(json, '}');
}

static void
finding_list(ErrataJsonWriter *json, const char *key, GPtrArray *texts)
{
    errata_json_writer_begin(json, key, '[');
    for (guint i = 0; i < texts->len; i++)
        errata_json_writer_string(json, NULL, g_ptr_array_index(texts, i));
    errata_json_writer_end(json, ']');
}

static void
finding_read_list(JsonObject *object, const char *key, GPtrArray *texts)
{
    g_auto(GStrv) strings = errata_json_reader_strings(object, key);

    for (guint i = 0; strings != NULL && strings[i] != NULL; i++)
        g_ptr_array_add(texts, g_strdup(strings[i]));
}

static void
finding_rationale(ErrataJsonWriter *json, const ErrataFinding *finding)
{
    if (finding->rationale == NULL) {
        errata_json_writer_null(json, "rationale");
        return;
    }
    errata_json_writer_begin(json, "rationale", '{');
    errata_json_writer_string(json, "text", finding->rationale);
    errata_json_writer_string(json, "writer", finding->by_model ? "llm" : "builtin");
    finding_list(json, "citations", finding->citations);
    if (finding->hypotheses->len > 0)
        finding_list(json, "hypotheses", finding->hypotheses);
    errata_json_writer_end(json, '}');
}

static void
finding_write(ErrataJsonWriter *json, const ErrataCase *self, const ErrataFinding *finding)
{
    errata_json_writer_begin(json, NULL, '{');
    errata_json_writer_string(json, "id", finding->id);
    errata_json_writer_string(json, "kind", errata_finding_kind_nick(finding->kind));
    errata_json_writer_string(json, "severity", errata_severity_nick(finding->severity));
    errata_json_writer_boolean(json, "confirmed", finding->confirmed);
    errata_json_writer_string(json, "title", finding->title);
    if (finding->title_by_model)
        errata_json_writer_string(json, "title_writer", "llm");
    errata_json_writer_string(json, "summary", finding->summary);
    errata_case_json_subject(json, finding);
    finding_impact(json, finding);
    finding_rows(json, finding);
    errata_json_writer_begin(json, "evidence", '[');
    for (guint i = 0; i < finding->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

        errata_json_writer_string(json, NULL, evidence->id);
    }
    errata_json_writer_end(json, ']');
    errata_case_json_pattern(json, finding->pattern);
    finding_rationale(json, finding);
    errata_json_writer_begin(json, "suggestions", '[');
    for (guint i = 0; i < finding->suggestions->len; i++)
        finding_suggestion(json, self, g_ptr_array_index(finding->suggestions, i));
    errata_json_writer_end(json, ']');
    errata_case_json_figure(json, "figure", finding->figure);
    errata_case_json_table(json, "examples", finding->examples);
    finding_list(json, "notes", finding->notes);
    errata_json_writer_end(json, '}');
}

void
errata_case_json_findings(ErrataJsonWriter *json, const ErrataCase *self)
{
    errata_json_writer_begin(json, "findings", '[');
    for (guint i = 0; i < self->findings->len; i++)
        finding_write(json, self, g_ptr_array_index(self->findings, i));
    errata_json_writer_end(json, ']');
}

static void
finding_read_impact(JsonObject *object, ErrataFinding *finding)
{
    JsonObject *impact = errata_json_reader_object(object, "impact");
    JsonObject *rows = errata_json_reader_object(object, "rows");

    finding->share_of_errors = errata_json_reader_double(impact, "share_of_errors");
    finding->excess_errors = errata_json_reader_double(impact, "excess_errors");
    finding->share_of_rows = errata_json_reader_double(impact, "share_of_rows");
    finding->metric = errata_json_reader_string(impact, "metric");
    finding->delta = errata_json_reader_double(impact, "delta");
    finding->rank = errata_json_reader_double(impact, "rank");
    finding->n_rows = (gsize)errata_json_reader_uint(rows, "count");
    finding->sample_ids = errata_json_reader_strings(rows, "sample");
}

static gboolean
finding_read_citations(JsonObject *object,
                       JsonObject *evidence,
                       ErrataFinding *finding,
                       ErrataCase *self,
                       GError **error)
{
    g_auto(GStrv) ids = errata_json_reader_strings(object, "evidence");

    for (guint i = 0; ids != NULL && ids[i] != NULL; i++) {
        JsonObject *source = errata_json_reader_object(evidence, ids[i]);

        if (source == NULL) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_INVALID_DATA,
                        "finding '%s' cites evidence '%s', which the report does not have",
                        finding->id,
                        ids[i]);
            return FALSE;
        }
        g_ptr_array_add(
            self->evidence,
            errata_finding_add(finding, errata_case_json_read_evidence(source, ids[i])));
    }
    if (finding->evidence->len > 0)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "finding '%s' has no evidence",
                finding->id != NULL ? finding->id : "");
    return FALSE;
}

static gboolean
finding_read(JsonObject *object, JsonObject *evidence, ErrataCase *self, GError **error)
{
    ErrataFindingKind kind = ERRATA_FINDING_SLICE;
    JsonObject *rationale = errata_json_reader_object(object, "rationale");
    JsonArray *suggestions = errata_json_reader_array(object, "suggestions");
    const char *nick = errata_json_reader_peek(object, "kind");
    ErrataFinding *finding;

    if (!errata_finding_kind_parse(nick, &kind)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "a finding has the unknown kind '%s'",
                    nick != NULL ? nick : "");
        return FALSE;
    }
    finding = errata_finding_new(kind, errata_json_reader_peek(object, "title"));
    g_ptr_array_add(self->findings, finding);
    finding->id = errata_json_reader_string(object, "id");
    errata_severity_parse(errata_json_reader_peek(object, "severity"), &finding->severity);
    finding->confirmed = errata_json_reader_boolean(object, "confirmed");
    finding->summary = errata_json_reader_string(object, "summary");
    errata_case_json_read_subject(object, finding);
    finding_read_impact(object, finding);
    finding->rationale = errata_json_reader_string(rationale, "text");
    finding->by_model = g_strcmp0(errata_json_reader_peek(rationale, "writer"), "llm") == 0;
    finding_read_list(rationale, "citations", finding->citations);
    finding_read_list(rationale, "hypotheses", finding->hypotheses);
    finding->title_by_model = g_strcmp0(errata_json_reader_peek(object, "title_writer"), "llm") ==
                              0;
    for (guint i = 0; i < errata_json_reader_length(suggestions); i++)
        finding_read_suggestion(errata_json_reader_element(suggestions, i), finding);
    finding->figure = errata_case_json_read_figure(object, "figure");
    finding->examples = errata_case_json_read_table(object, "examples");
    finding_read_list(object, "notes", finding->notes);
    return finding_read_citations(object, evidence, finding, self, error);
}

/* Errors: INVALID_DATA when a finding has no evidence or a kind that is not known */
gboolean
errata_case_json_read_findings(JsonObject *root, ErrataCase *self, GError **error)
{
    JsonObject *evidence = errata_json_reader_object(root, "evidence");
    JsonArray *findings = errata_json_reader_array(root, "findings");

    for (guint i = 0; i < errata_json_reader_length(findings); i++)
        if (!finding_read(errata_json_reader_element(findings, i), evidence, self, error))
            return FALSE;
    return TRUE;
}
