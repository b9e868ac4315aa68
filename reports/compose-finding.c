/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "compose.h"
#include "finding-spoken.h"
#include "value.h"

/* One finding at a time: headline, figure that proves it, rationale, evidence, what to do,
 * examples. A finding begins on the page of the one before where it fits whole, or where much of
 * the page is left and headline, figure and rationale fit. Findings of little weight are told in
 * brief. */

#define FINDING_EVIDENCE_LINES  4
#define FINDING_WIDE_INTERVAL   24 /* characters */
#define FINDING_MAX_EVIDENCE    24
#define FINDING_MAX_SUGGESTIONS 6
#define FINDING_LONG_TEXT       40 /* characters */
#define FINDING_MAX_EXAMPLES    8
#define FINDING_FEW_TESTS       2
#define FINDING_TESTS_NAMED     2
#define FINDING_LONG_EVIDENCE   12
#define FINDING_BRIEF_EVIDENCE  6
#define FINDING_BRIEF_HEIGHT    128.0 /* of a figure */
#define FINDING_MAP_HEIGHT      160.0 /* of a map of errors at least: names stand on it */

/* told in a third of a page: figure, text, the numbers that it cites */
static gboolean
finding_is_brief(const ErrataFinding *finding)
{
    return finding->severity <= ERRATA_SEVERITY_LOW;
}

static void
finding_heading(const ErrataCase *report_case,
                ErrataDocument *document,
                const ErrataFinding *finding,
                guint index)
{
    g_autofree char *summary = errata_compose_summary(finding);
    ErrataBlock *block = errata_document_heading(document,
                                                 finding_is_brief(finding) ? ERRATA_STYLE_SECTION
                                                                           : ERRATA_STYLE_HEADLINE,
                                                 finding->title);

    block->number = g_strdup_printf("%u", index + 1);
    block->number_ink = finding->severity >= ERRATA_SEVERITY_HIGH ? ERRATA_INK_ERROR
                                                                  : ERRATA_INK_SOFT;
    block->dest = g_strdup(finding->id);
    block->outline = g_strdup_printf("%u  %s", index + 1, finding->title);
    block->outline_level = 1;
    block->running = g_strdup_printf("finding %u of %u · %s · %s",
                                     index + 1,
                                     report_case->findings->len,
                                     errata_finding_kind_say(finding->kind),
                                     errata_severity_nick(finding->severity));
    block->not_first = TRUE;
    block->space = finding_is_brief(finding) ? 24.0 : 40.0;
    block->rule_above = TRUE;
    block->group = index + 1;
    block = errata_document_prose(document, ERRATA_STYLE_NOTE, summary);
    block->ink = ERRATA_INK_SOFT;
    block->keep_next = TRUE;
    block->group = index + 1;
}

/* "q < 1e-12", "p 0.03" on one line, or nothing */
static char *
finding_probability(const ErrataEvidence *evidence)
{
    gboolean corrected = isfinite(evidence->q);
    g_autofree char *value = errata_value_probability(corrected ? evidence->q : evidence->p);
    g_auto(GStrv) words = g_strsplit(value, " ", -1);
    g_autofree char *held = g_strjoinv("\u00a0", words);

    return *held != '\0' ? g_strdup_printf("%s\u00a0%s", corrected ? "q" : "p", held)
                         : g_strdup("");
}

static gboolean
finding_is_tested(const ErrataEvidence *evidence)
{
    return (evidence->test != NULL && *evidence->test != '\0') || isfinite(evidence->q) ||
           isfinite(evidence->p);
}

static guint
finding_n_tested(const ErrataFinding *finding)
{
    guint n = 0;

    for (guint i = 0; i < finding->evidence->len; i++)
        n += finding_is_tested(g_ptr_array_index(finding->evidence, i)) ? 1 : 0;
    return n;
}

/* long lists are cut to what the rationale cites and what was tested; report.json has the rest */
static gboolean
finding_is_shown(const ErrataFinding *finding, const ErrataEvidence *evidence)
{
    if (finding->evidence->len <= FINDING_LONG_EVIDENCE || finding->citations->len == 0)
        return TRUE;
    return finding_is_tested(evidence) ||
           g_ptr_array_find_with_equal_func(finding->citations, evidence->id, g_str_equal, NULL);
}

static void
finding_evidence_row(ErrataBlock *table,
                     const ErrataFinding *finding,
                     const ErrataEvidence *evidence,
                     gboolean with_test)
{
    errata_block_take_cell(table, errata_compose_evidence_label(evidence));
    errata_block_take_cell(table, errata_compose_evidence_value(evidence));
    errata_block_take_cell(table, errata_compose_evidence_interval(finding, evidence));
    errata_block_take_cell(
        table,
        isfinite(evidence->baseline)
            ? errata_value_of_unit(evidence->baseline, evidence->lo, evidence->hi, evidence->unit)
            : NULL);
    errata_block_take_cell(table, evidence->n > 0 ? errata_value_count((double)evidence->n) : NULL);
    errata_block_add_cell(table, with_test ? evidence->test : NULL);
    errata_block_take_cell(table, with_test ? finding_probability(evidence) : NULL);
}

/* "score test, one-sided, q < 1e-12" */
static char *
finding_test(const ErrataEvidence *evidence)
{
    g_autofree char *probability = finding_probability(evidence);

    return g_strdup_printf("%s%s%s",
                           evidence->test != NULL ? evidence->test : "",
                           evidence->test != NULL && *probability != '\0' ? ", " : "",
                           probability);
}

/* what one test with one outcome was made of: names up to a few, else how many rows of the table */
static char *
finding_tested_alike(const ErrataFinding *finding, const char *test)
{
    GString *text = g_string_new(NULL);
    guint n = 0;

    for (guint i = 0; i < finding->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);
        g_autofree char *label = errata_compose_evidence_label(evidence);
        g_autofree char *other = finding_test(evidence);

        if (!finding_is_tested(evidence) || strcmp(other, test) != 0)
            continue;
        if (n++ < FINDING_TESTS_NAMED)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", label);
    }
    if (n > FINDING_TESTS_NAMED)
        g_string_append_printf(text, " and %u more rows", n - FINDING_TESTS_NAMED);
    return g_string_free(text, FALSE);
}

/* a column for one or two tests would take the room of every label: they are told beneath */
static void
finding_tests_beneath(ErrataDocument *document, const ErrataFinding *finding, guint group)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func(g_free);
    ErrataBlock *block = NULL;

    for (guint i = 0; i < finding->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);
        g_autofree char *test = finding_test(evidence);
        g_autofree char *labels = NULL;

        if (!finding_is_tested(evidence) ||
            g_ptr_array_find_with_equal_func(told, test, g_str_equal, NULL))
            continue;
        labels = finding_tested_alike(finding, test);
        g_string_append_printf(text, "%s%s: %s", text->len > 0 ? "; " : "Tested: ", labels, test);
        g_ptr_array_add(told, g_steal_pointer(&test));
    }
    if (text->len > 0) {
        g_string_append_c(text, '.');
        block = g_ptr_array_index(document->blocks, document->blocks->len - 1);
        block->keep_next = TRUE; /* of the table: its small print begins no page */
        block = errata_document_prose(document, ERRATA_STYLE_NOTE, text->str);
        block->ink = ERRATA_INK_SOFT;
        block->space = 2.0;
        block->group = group;
    }
    g_string_free(text, TRUE);
}

/* dates on both ends of an interval leave the tests no room */
static gboolean
finding_has_wide_interval(const ErrataFinding *finding)
{
    for (guint i = 0; i < finding->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);
        g_autofree char *interval = errata_compose_evidence_interval(finding, evidence);

        if (interval != NULL && g_utf8_strlen(interval, -1) > FINDING_WIDE_INTERVAL)
            return TRUE;
    }
    return FALSE;
}

static void
finding_evidence(ErrataDocument *document, const ErrataFinding *finding, guint group)
{
    g_autofree char *interval = errata_compose_interval(finding);
    const char *const headings[] = {"", "value", interval, "against", "rows", "test", ""};
    gboolean with_test = finding_n_tested(finding) > FINDING_FEW_TESTS &&
                         !finding_has_wide_interval(finding);
    const ErrataEvidence *first = g_ptr_array_index(finding->evidence, 0);
    const ErrataEvidence *last = g_ptr_array_index(finding->evidence, finding->evidence->len - 1);
    g_autofree char *note =
        g_strdup_printf("%s – %s in report.json%s",
                        first->id,
                        last->id,
                        errata_finding_is_held_out(finding) ? " · confirmed on rows not searched"
                        : finding->confirmed                ? ""
                                             : " · exploratory: not confirmed on other rows");
    ErrataBlock *block = errata_compose_section(document, "Evidence", note, TRUE);

    block->group = group;
    block = errata_document_add(document, ERRATA_BLOCK_TABLE);
    block->group = group;
    for (guint i = 0; i < G_N_ELEMENTS(headings); i++)
        errata_block_add_column(block, headings[i], 0.0, i != 0 && i != 5);
    block->columns[0].flexible = TRUE;
    block->columns[0].lines = FINDING_EVIDENCE_LINES;
    block->columns[5].lines = 2;
    for (guint i = 1; i < G_N_ELEMENTS(headings); i++)
        block->columns[i].whole = i != 5;
    for (guint i = 0; i < finding->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

        if (errata_block_n_rows(block) < FINDING_MAX_EVIDENCE &&
            finding_is_shown(finding, evidence))
            finding_evidence_row(block, finding, evidence, with_test);
    }
    errata_block_drop_empty(block, 2);
    if (!with_test)
        finding_tests_beneath(document, finding, group);
}

/* who thought of it, and what it costs or how its gain was computed; (nullable) */
static char *
finding_small_print(const ErrataSuggestion *suggestion)
{
    const char *said = suggestion->cost != NULL ? suggestion->cost : suggestion->method;

    if (said == NULL && !suggestion->by_model)
        return NULL;
    return g_strconcat(suggestion->by_model ? "proposed by the language model" : "",
                       suggestion->by_model && said != NULL ? "; " : "",
                       suggestion->cost != NULL ? "cost: " : "",
                       said,
                       NULL);
}

static void
finding_advice(const ErrataCase *report_case,
               ErrataDocument *document,
               const ErrataFinding *finding,
               guint group)
{
    ErrataBlock *block = NULL;

    if (finding->suggestions->len == 0)
        return;
    block = errata_document_add(document, ERRATA_BLOCK_ADVICE);
    block->text = g_strdup("What to do");
    block->space = 16.0;
    block->group = group;
    for (guint i = 0; i < MIN(finding->suggestions->len, FINDING_MAX_SUGGESTIONS); i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);
        ErrataAdvice *advice = errata_block_add_advice(block);

        advice->action = g_strdup(errata_value_action(suggestion->action));
        advice->text = g_strdup(suggestion->text);
        advice->gain = errata_compose_suggestion_gain(report_case, suggestion);
        advice->cost = finding_small_print(suggestion);
    }
}

/* a column of long texts takes what the others leave, in up to three lines */
static void
finding_give_room(ErrataBlock *block, const ErrataTable *table)
{
    glong longest = FINDING_LONG_TEXT;
    guint wide = table->n_columns;

    for (guint row = 0; row < MIN(table->n_rows, FINDING_MAX_EXAMPLES); row++)
        for (guint i = 0; i < table->n_columns; i++) {
            const char *text = errata_table_cell(table, row, i);
            glong length = text != NULL ? g_utf8_strlen(text, -1) : 0;

            if (length > longest) {
                longest = length;
                wide = i;
            }
        }
    if (wide == table->n_columns)
        return;
    block->columns[wide].flexible = TRUE;
    block->columns[wide].lines = 3;
}

static void
finding_examples(const ErrataCase *report_case,
                 ErrataDocument *document,
                 const ErrataFinding *finding,
                 guint index)
{
    const ErrataTable *table = finding->examples;
    const char *path = index < report_case->tables->len
                           ? g_ptr_array_index(report_case->tables, index)
                           : NULL;
    g_autofree char *note = NULL;
    ErrataBlock *block = NULL;

    if (table == NULL || table->n_rows == 0 || table->n_columns == 0)
        return;
    if (path != NULL && *path != '\0') {
        g_autofree char *all = errata_value_count((double)finding->n_rows);

        note = g_strdup_printf("%s holds all %s", path, all);
    }
    block = errata_compose_section(document, table->title, note != NULL ? note : table->note, TRUE);
    block->group = index + 1;
    block = errata_document_add(document, ERRATA_BLOCK_TABLE);
    block->group = index + 1;
    for (guint i = 0; i < table->n_columns; i++)
        errata_block_add_column(block, table->headings[i], 0.0, table->right[i]);
    finding_give_room(block, table);
    for (guint row = 0; row < MIN(table->n_rows, FINDING_MAX_EXAMPLES); row++)
        for (guint column = 0; column < table->n_columns; column++)
            errata_block_add_cell(block, errata_table_cell(table, row, column));
}

/* "error rate in the slice 27.1 % (26.4 – 27.9), against 8.9 %" */
static void
finding_brief_number(GString *text, const ErrataFinding *finding, const ErrataEvidence *evidence)
{
    g_autofree char *label = errata_compose_evidence_label(evidence);
    g_autofree char *value = errata_compose_evidence_value(evidence);
    g_autofree char *interval = errata_compose_brief_interval(finding, evidence);
    g_autofree char *probability = finding_probability(evidence);

    g_string_append_printf(text,
                           "%s%s %s%s%s%s%s%s",
                           text->len > 0 ? " · " : "",
                           label,
                           value,
                           interval != NULL ? " (" : "",
                           interval != NULL ? interval : "",
                           interval != NULL ? ")" : "",
                           *probability != '\0' ? ", " : "",
                           probability);
}

static void
finding_brief_evidence(ErrataDocument *document, const ErrataFinding *finding, guint group)
{
    GString *text = g_string_new(NULL);
    guint n = 0;

    for (guint i = 0; i < finding->evidence->len && n < FINDING_BRIEF_EVIDENCE; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

        if (finding->citations->len > 0 && !finding_is_tested(evidence) &&
            !g_ptr_array_find_with_equal_func(finding->citations, evidence->id, g_str_equal, NULL))
            continue;
        finding_brief_number(text, finding, evidence);
        n++;
    }
    if (n > 0) {
        ErrataBlock *block = errata_document_prose(document, ERRATA_STYLE_NOTE, text->str);

        block->ink = ERRATA_INK_SOFT;
        block->space = 4.0;
        block->group = group;
    }
    g_string_free(text, TRUE);
}

/* "→ Label more rows where …: accuracy up to +0.4 pt" */
static void
finding_brief_advice(const ErrataCase *report_case,
                     ErrataDocument *document,
                     const ErrataFinding *finding,
                     guint group)
{
    for (guint i = 0; i < MIN(finding->suggestions->len, FINDING_MAX_SUGGESTIONS); i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);
        g_autofree char *gain = errata_compose_suggestion_gain(report_case, suggestion);
        g_autofree char *text =
            g_strdup_printf("→ %s%s%s%s",
                            suggestion->text,
                            suggestion->by_model ? " (proposed by the language model)" : "",
                            gain == NULL                            ? ""
                            : strchr(suggestion->text, ':') != NULL ? "; "
                                                                    : ": ",
                            gain != NULL ? gain : "");
        ErrataBlock *block = errata_document_prose(document, ERRATA_STYLE_CELL, text);

        block->space = i == 0 ? 8.0 : 2.0;
        block->group = group;
    }
}

/* lines and bars stand up to it; rows of text do not */
static gboolean
finding_can_shrink(const ErrataFigure *figure)
{
    return figure->kind == ERRATA_FIGURE_LINES || figure->kind == ERRATA_FIGURE_TIMELINE ||
           figure->kind == ERRATA_FIGURE_HISTOGRAM;
}

/* the distribution of a single value is one bar, which shows nothing */
static gboolean
finding_figure_shows(const ErrataFigure *figure)
{
    guint n = 0;

    for (guint i = 0; i < figure->n_series; i++)
        n = MAX(n, figure->series[i].n);
    return figure->kind != ERRATA_FIGURE_HISTOGRAM || n > 1;
}

/* a brief finding may break in one place: behind what is said of it, in front of its numbers */
static void
finding_keep_parts(ErrataDocument *document, guint group, const ErrataBlock *said)
{
    for (guint i = 0; i + 1 < document->blocks->len; i++) {
        ErrataBlock *block = g_ptr_array_index(document->blocks, i);

        block->keep_next = block->keep_next || (block->group == group && block != said);
    }
}

static void
finding_compose(const ErrataCase *report_case, ErrataDocument *document, guint index)
{
    const ErrataFinding *finding = g_ptr_array_index(report_case->findings, index);
    ErrataBlock *block = NULL;
    ErrataBlock *said = NULL;

    finding_heading(report_case, document, finding, index);
    if (finding->figure != NULL && finding_figure_shows(finding->figure)) {
        block = errata_document_figure(document, finding->figure);
        block->stem = g_strdup(finding->id);
        block->space = 12.0;
        block->max_height = finding_is_brief(finding) && finding_can_shrink(finding->figure)
                                ? FINDING_BRIEF_HEIGHT
                                : 0.0;
        block->least_height = finding_can_shrink(finding->figure)          ? FINDING_BRIEF_HEIGHT
                              : finding->figure->kind == ERRATA_FIGURE_MAP ? FINDING_MAP_HEIGHT
                                                                           : 0.0;
        block->keep_next = TRUE;
        block->group = index + 1;
    }
    said = errata_compose_rationale(report_case, document, finding, index + 1);
    errata_compose_proposals(report_case, document, finding->id, NULL, index + 1);
    if (finding_is_brief(finding)) {
        finding_brief_evidence(document, finding, index + 1);
        finding_brief_advice(report_case, document, finding, index + 1);
        finding_keep_parts(document, index + 1, said);
        return;
    }
    if (finding->evidence->len > 0)
        finding_evidence(document, finding, index + 1);
    finding_advice(report_case, document, finding, index + 1);
    finding_examples(report_case, document, finding, index);
}

void
errata_compose_findings(const ErrataCase *report_case, ErrataDocument *document)
{
    for (guint i = 0; i < report_case->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report_case->findings, i);

        errata_finding_spoken(finding);
        finding_compose(report_case, document, i);
    }
    errata_finding_spoken(NULL);
}
