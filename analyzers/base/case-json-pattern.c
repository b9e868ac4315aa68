/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `patterns` of report.json, `pattern` of a finding, and subjects as texts of their own. */
#include <string.h>

#include "case-json-private.h"
#include "case-json.h"
#include "number.h"

#define PATTERN_NS_PER_US 1000

static void
pattern_time(ErrataJsonWriter *json, const char *key, gint64 us)
{
    errata_case_json_place(json, key, TRUE, us * PATTERN_NS_PER_US);
}

/* writes the member `pattern` of a finding */
void
errata_case_json_pattern(ErrataJsonWriter *json, const ErrataPattern *pattern)
{
    if (pattern == NULL) {
        errata_json_writer_null(json, "pattern");
        return;
    }
    errata_json_writer_begin(json, "pattern", '{');
    errata_json_writer_string(json, "id", pattern->id);
    errata_json_writer_string(json,
                              "state",
                              errata_pattern_state_nick(errata_pattern_shown(pattern)));
    pattern_time(json, "first_seen", pattern->first_seen);
    pattern_time(json, "last_seen", pattern->last_seen);
    errata_json_writer_uint(json, "reports", pattern->reports);
    errata_json_writer_end(json, '}');
}

void
errata_case_json_patterns(ErrataJsonWriter *json, const ErrataCase *self)
{
    if (self->patterns == NULL) {
        errata_json_writer_null(json, "patterns");
        return;
    }
    errata_json_writer_begin(json, "patterns", '[');
    for (guint i = 0; i < self->patterns->len; i++) {
        const ErrataPattern *pattern = g_ptr_array_index(self->patterns, i);

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "id", pattern->id);
        errata_json_writer_string(json, "state", errata_pattern_state_nick(pattern->state));
        errata_json_writer_boolean(json, "muted", pattern->muted);
        errata_json_writer_string(json, "kind", errata_finding_kind_nick(pattern->kind));
        errata_json_writer_string(json, "severity", errata_severity_nick(pattern->severity));
        errata_json_writer_string(json, "title", pattern->title);
        errata_json_writer_string(json, "finding", pattern->finding);
        pattern_time(json, "first_seen", pattern->first_seen);
        pattern_time(json, "last_seen", pattern->last_seen);
        errata_json_writer_uint(json, "reports", pattern->reports);
        errata_json_writer_double(json, "value", pattern->value);
        errata_case_json_interval(json, "ci", pattern->lo, pattern->hi);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
}

static ErrataPattern *
pattern_read(JsonObject *object)
{
    g_autoptr(ErrataPattern) pattern = errata_pattern_new(errata_json_reader_peek(object, "id"),
                                                          ERRATA_FINDING_SLICE,
                                                          errata_json_reader_peek(object, "title"));

    if (pattern->id == NULL ||
        !errata_pattern_state_parse(errata_json_reader_peek(object, "state"), &pattern->state) ||
        !errata_finding_kind_parse(errata_json_reader_peek(object, "kind"), &pattern->kind) ||
        !errata_severity_parse(errata_json_reader_peek(object, "severity"), &pattern->severity))
        return NULL;
    pattern->muted = errata_json_reader_boolean(object, "muted");
    pattern->finding = errata_json_reader_string(object, "finding");
    pattern->first_seen = errata_case_json_read_place(object, "first_seen", NULL) /
                          PATTERN_NS_PER_US;
    pattern->last_seen = errata_case_json_read_place(object, "last_seen", NULL) / PATTERN_NS_PER_US;
    pattern->reports = (guint)errata_json_reader_uint(object, "reports");
    pattern->value = errata_json_reader_double(object, "value");
    errata_json_reader_interval(object, "ci", &pattern->lo, &pattern->hi);
    return g_steal_pointer(&pattern);
}

/* reads `patterns` and gives the findings theirs; after the findings */
void
errata_case_json_read_patterns(JsonObject *root, ErrataCase *self)
{
    JsonArray *array = errata_json_reader_array(root, "patterns");

    if (array == NULL)
        return;
    self->patterns = g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    for (guint i = 0; i < errata_json_reader_length(array); i++) {
        ErrataPattern *pattern = pattern_read(errata_json_reader_element(array, i));

        if (pattern == NULL)
            continue;
        g_ptr_array_add(self->patterns, pattern);
        for (guint j = 0; pattern->finding != NULL && j < self->findings->len; j++) {
            ErrataFinding *finding = g_ptr_array_index(self->findings, j);

            if (g_strcmp0(finding->id, pattern->finding) == 0)
                finding->pattern = pattern;
        }
    }
}

/**
 * errata_case_subject_to_text:
 * @finding: a finding
 *
 * Returns: (transfer full): its subject as a JSON object of its own, on one line
 */
char *
errata_case_subject_to_text(const ErrataFinding *finding)
{
    ErrataJsonWriter json = {g_string_new(NULL), FALSE};

    errata_json_writer_begin(&json, NULL, '{');
    errata_case_json_subject(&json, finding);
    errata_json_writer_end(&json, '}');
    return g_string_free(json.text, FALSE);
}

/**
 * errata_case_subject_from_text:
 * @kind: of the finding
 * @text: from errata_case_subject_to_text()
 *
 * Returns: (transfer full) (nullable): a finding with that subject and nothing else, %NULL when
 *   @text is not JSON
 */
ErrataFinding *
errata_case_subject_from_text(ErrataFindingKind kind, const char *text)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    ErrataFinding *finding;
    JsonNode *node;

    if (text == NULL || !json_parser_load_from_data(parser, text, (gssize)strlen(text), NULL))
        return NULL;
    node = json_parser_get_root(parser);
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
        return NULL;
    finding = errata_finding_new(kind, "");
    errata_case_json_read_subject(json_node_get_object(node), finding);
    return finding;
}
