/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fixes: a language model chooses actions of the closed list for findings that are there; the
 * program writes what is to be done and computes what it would gain, as for its own suggestions. A
 * fix is about the finding's own rows or one of its own columns, and is worth something by the log;
 * what is not is left out and counted. */
#include <string.h>

#include "interpret/grounding.h"
#include "interpret/role.h"
#include "json-reader.h"
#include "propose-private.h"
#include "suggestions.h"

#define FIXES_FINDINGS 12 /* told, the gravest first */
#define FIXES_MAX      8
#define FIXES_NAMES    6

/* @about_column: the text names a column; @text: what to do with it */
typedef struct {
    const char *action;
    gboolean about_column;
    const char *text;
} FixKind;

static const FixKind fix_kinds[] = {
    {"relabel", FALSE, "Look at the labels of these rows and mend the wrong ones"},
    {"collect-data", FALSE, "Label more rows like these and train with them"},
    {"reweight", FALSE, "Give training rows like these more weight, and train again"},
    {"augment", FALSE, "Make more training rows like these from those there are, and train again"},
    {"fix-pipeline", TRUE, "Find out how %s is made there, and mend it"},
    {"drop-feature", TRUE, "Train the next model without %s"},
    {"add-feature", FALSE, "Look for a feature that tells these rows apart, and train again"},
    {"recalibrate", FALSE, "Map the scores of these rows anew"},
    {"move-threshold", FALSE, "Try another threshold for these rows"},
    {"abstain-route", FALSE, "Let a person decide these rows instead of the model"},
    {"retrain", FALSE, "Train again with rows of now"},
    {"tune-hyperparameter", FALSE, "Tune the model with these rows among those it is judged on"},
    {"monitor", FALSE, "Watch the error rate of these rows from report to report"},
    {"rollback", FALSE, "Go back to the model of before"},
    {"quarantine-file", FALSE, "Keep these rows out of training sets and of figures"},
};

/* one that passed */
typedef struct {
    ErrataFinding *finding;
    const FixKind *kind;
    char *column; /* nullable */
} Fix;

typedef struct {
    ErrataAnalysis *analysis;
    GPtrArray *columns; /* (element-type utf8) */
    GArray *fixes;      /* (element-type Fix) */
} Fixes;

static void
fix_clear(gpointer data)
{
    g_free(((Fix *)data)->column);
}

static const FixKind *
fixes_kind(const char *action)
{
    for (guint i = 0; i < G_N_ELEMENTS(fix_kinds); i++)
        if (g_strcmp0(fix_kinds[i].action, action) == 0)
            return &fix_kinds[i];
    return NULL;
}

static ErrataFinding *
fixes_finding(const Fixes *self, const char *id)
{
    GPtrArray *findings = self->analysis->result->findings;

    for (guint i = 0; i < MIN(findings->len, FIXES_FINDINGS); i++)
        if (g_strcmp0(((ErrataFinding *)g_ptr_array_index(findings, i))->id, id) == 0)
            return g_ptr_array_index(findings, i);
    return NULL;
}

static gboolean
fixes_element(Fixes *self, JsonObject *object, GPtrArray *faults)
{
    const char *column = errata_json_reader_peek(object, "column");
    Fix fix = {fixes_finding(self, errata_json_reader_peek(object, "finding")),
               fixes_kind(errata_json_reader_peek(object, "action")),
               NULL};

    if (object == NULL || column == NULL || json_object_get_size(object) != 3)
        return errata_role_refuse(faults, "schema", "a fix has just finding, action and column");
    if (fix.finding == NULL)
        return errata_role_refuse(faults, "name", "the finding is none of those listed");
    if (fix.kind == NULL)
        return errata_role_refuse(faults, "schema", "the action is none of the list");
    if (fix.kind->about_column &&
        !g_ptr_array_find_with_equal_func(self->columns, column, g_str_equal, NULL))
        return errata_role_refuse(faults,
                                  "name",
                                  "%s is done to a column, and that is none of those listed",
                                  fix.kind->action);
    for (guint i = 0; i < self->fixes->len; i++) {
        const Fix *other = &g_array_index(self->fixes, Fix, i);

        if (other->finding == fix.finding && other->kind == fix.kind)
            return errata_role_refuse(faults, "repetition", "a fix is there twice");
    }
    fix.column = fix.kind->about_column ? g_strdup(column) : NULL;
    g_array_append_val(self->fixes, fix);
    return TRUE;
}

static gboolean
fixes_check(const char *answer, gpointer data, GPtrArray *faults)
{
    Fixes *self = data;
    g_autoptr(JsonNode) root = NULL;
    JsonObject *object = errata_role_object(answer, 1, &root, faults);
    JsonArray *fixes = errata_json_reader_array(object, "fixes");
    guint n = errata_json_reader_length(fixes);

    if (object == NULL)
        return FALSE;
    if (fixes == NULL || n > FIXES_MAX)
        return errata_role_refuse(faults,
                                  fixes == NULL ? "schema" : "length",
                                  "“fixes” is a list of up to %d",
                                  FIXES_MAX);
    for (guint i = 0; i < n; i++)
        fixes_element(self, errata_json_reader_element(fixes, i), faults);
    if (faults->len == 0)
        return TRUE;
    g_array_set_size(self->fixes, 0);
    return FALSE;
}

static const ErrataLlmRole fixes_role = {
    .name = "fixes",
    .prompt = "fixes.txt",
    .schema = "fixes.schema.json",
    .reminder = "Answer with the JSON object only: findings, actions and columns that are listed.",
    .max_tokens = 500,
    .check = fixes_check,
};

static void
fixes_tell(const ErrataAnalysis *analysis, GString *facts)
{
    g_string_append(facts, "Findings: id | kind | severity | names | already suggested\n");
    for (guint i = 0; i < MIN(analysis->result->findings->len, FIXES_FINDINGS); i++) {
        const ErrataFinding *finding = g_ptr_array_index(analysis->result->findings, i);
        g_autoptr(GPtrArray) names = errata_grounding_names(finding, analysis->result);

        g_string_append_printf(facts,
                               "%s | %s | %s |",
                               finding->id,
                               errata_finding_kind_nick(finding->kind),
                               errata_severity_nick(finding->severity));
        for (guint k = 0; k < MIN(names->len, FIXES_NAMES); k++)
            g_string_append_printf(facts, " “%s”", (const char *)g_ptr_array_index(names, k));
        g_string_append(facts, " |");
        for (guint k = 0; k < finding->suggestions->len; k++)
            g_string_append_printf(
                facts,
                " %s",
                ((const ErrataSuggestion *)g_ptr_array_index(finding->suggestions, k))->action);
        g_string_append_c(facts, '\n');
    }
}

static gboolean
fixes_is_known(const Fix *fix)
{
    for (guint i = 0; i < fix->finding->suggestions->len; i++) {
        const ErrataSuggestion *known = g_ptr_array_index(fix->finding->suggestions, i);

        if (g_str_equal(known->action, fix->kind->action))
            return TRUE;
    }
    return FALSE;
}

static gboolean
fixes_has(char **columns, const char *column)
{
    return columns != NULL && g_strv_contains((const char *const *)columns, column);
}

/* whether the finding is about that column: names it, is bounded by it, or is a course of it */
static gboolean
fixes_is_about(const ErrataFinding *finding, const char *column)
{
    const ErrataSubject *subject = &finding->subject;
    const char *series = subject->series != NULL ? strchr(subject->series, ':') : NULL;
    gsize length = strlen(column);

    if (g_strcmp0(subject->column, column) == 0 || fixes_has(subject->columns, column))
        return TRUE;
    for (guint i = 0; subject->predicates != NULL && i < subject->predicates->len; i++)
        if (g_str_equal(
                ((const ErrataPredicate *)g_ptr_array_index(subject->predicates, i))->column,
                column))
            return TRUE;
    return series != NULL && strncmp(series + 1, column, length) == 0 &&
           (series[1 + length] == '\0' || series[1 + length] == '=');
}

/* whether it is worth something by the log; leaves nothing behind where not */
static gboolean
fixes_use(ErrataAnalysis *analysis, const Fix *fix)
{
    ErrataSuggestion *suggestion;
    GString *text = g_string_new(fix->kind->text);

    if (fix->column != NULL)
        g_string_replace(text, "%s", fix->column, 1);
    suggestion = errata_finding_suggest(fix->finding, fix->kind->action, text->str);
    g_string_free(text, TRUE);
    suggestion->by_model = TRUE;
    errata_suggestions_propose(analysis, fix->finding, fix->column, suggestion);
    if (!(errata_suggestions_points(suggestion) > 0.0)) {
        g_ptr_array_remove(fix->finding->suggestions, suggestion);
        return FALSE;
    }
    errata_suggestions_order(fix->finding);
    return TRUE;
}

static void
fixes_use_all(ErrataAnalysis *analysis, const GArray *fixes)
{
    guint n_known = 0, n_strange = 0, n_idle = 0;

    for (guint i = 0; i < fixes->len; i++) {
        const Fix *fix = &g_array_index(fixes, Fix, i);

        if (fixes_is_known(fix))
            n_known++;
        else if (fix->column != NULL && !fixes_is_about(fix->finding, fix->column))
            n_strange++;
        else
            n_idle += fixes_use(analysis, fix) ? 0 : 1;
    }
    if (fixes->len > 0)
        errata_case_method(
            analysis->result,
            "Fixes of the language model: %u proposed, %u shown. Left out: %u that the "
            "program suggests itself, %u about a column that is none of the finding's, "
            "%u that gain nothing as far as the log tells, or of which it tells no "
            "gain.",
            fixes->len,
            fixes->len - n_known - n_strange - n_idle,
            n_known,
            n_strange,
            n_idle);
}

void
errata_propose_fixes(ErrataAnalysis *analysis, ErrataLlm *llm)
{
    g_autoptr(GString) facts = g_string_new(NULL);
    g_autoptr(GPtrArray) columns = NULL;
    g_autoptr(GArray) fixes = g_array_new(FALSE, FALSE, sizeof(Fix));
    Fixes self = {.analysis = analysis, .fixes = fixes};

    if (analysis->result->findings->len == 0 || analysis->result->llm->failure != NULL)
        return;
    g_array_set_clear_func(fixes, fix_clear);
    fixes_tell(analysis, facts);
    self.columns = columns = errata_propose_columns(analysis, facts);
    if (errata_role_run(&fixes_role, facts->str, NULL, llm, analysis->result->llm, &self) ==
        ERRATA_ROLE_ACCEPTED)
        fixes_use_all(analysis, fixes);
}
