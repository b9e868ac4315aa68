/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grounding checker: what a language model wrote about a finding, held against its evidence. A
 * sentence may state no figure (it has slots, which the program fills), compare only what intervals
 * tell apart, name only what the finding is about, and give no cause that nobody tried out. What
 * does not pass is not printed. The rules err on the side of refusing: the built-in text is always
 * there. */
#include "grounding.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "grounding-claim.h"
#include "grounding-form.h"
#include "grounding-proved.h"
#include "json-reader.h"
#include "limit.h"
#include "sentence.h"
#include "words.h"

typedef struct {
    const ErrataFinding *finding;
    const ErrataCase *report;
    GPtrArray *names;
    GPtrArray *faults;
    guint place; /* of the sentence, from 1 */
} Grounding;

void
errata_grounded_sentence_free(ErrataGroundedSentence *self)
{
    if (self == NULL)
        return;
    g_free(self->text);
    g_strfreev(self->citations);
    g_free(self);
}

void
errata_grounding_fault_free(ErrataGroundingFault *self)
{
    if (self == NULL)
        return;
    g_free(self->why);
    g_free(self);
}

static gboolean G_GNUC_PRINTF(3, 4)
    grounding_refuse(Grounding *self, const char *rule, const char *format, ...)
{
    ErrataGroundingFault *fault = g_new0(ErrataGroundingFault, 1);
    g_autofree char *why = NULL;
    va_list args;

    va_start(args, format);
    why = g_strdup_vprintf(format, args);
    va_end(args);
    fault->rule = rule;
    fault->why = self->place > 0 ? g_strdup_printf("sentence %u: %s", self->place, why)
                                 : g_steal_pointer(&why);
    g_ptr_array_add(self->faults, fault);
    return FALSE;
}

/* ---- names ---- */

void
errata_grounding_add_name(GPtrArray *names, const char *name)
{
    gboolean letter = FALSE;

    if (name == NULL || !g_utf8_validate(name, -1, NULL) || g_utf8_strlen(name, -1) > 80)
        return;
    if (strpbrk(name, "<>|{}[]`\\\n") != NULL) /* not offered: what chat templates are made of */
        return;
    for (const char *p = name; *p != '\0'; p = g_utf8_find_next_char(p, NULL)) {
        gunichar c = g_utf8_get_char(p);
        GUnicodeType type = g_unichar_type(c);

        if (!g_unichar_isprint(c) || type == G_UNICODE_FORMAT || type == G_UNICODE_PRIVATE_USE)
            return;
        letter = letter || g_unichar_isalpha(c);
    }
    if (letter && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, g_strdup(name));
}

static void
grounding_add_names(GPtrArray *names, char *const *more)
{
    for (guint i = 0; more != NULL && more[i] != NULL; i++)
        errata_grounding_add_name(names, more[i]);
}

/**
 * errata_grounding_names:
 *
 * Returns: (transfer full) (element-type utf8): the names that a sentence about @finding may use:
 * its
 *   columns and values, and the classes
 */
GPtrArray *
errata_grounding_names(const ErrataFinding *finding, const ErrataCase *report)
{
    const ErrataSubject *subject = &finding->subject;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; subject->predicates != NULL && i < subject->predicates->len; i++) {
        const ErrataPredicate *predicate = g_ptr_array_index(subject->predicates, i);

        errata_grounding_add_name(names, predicate->column);
        grounding_add_names(names, predicate->values);
    }
    errata_grounding_add_name(names, subject->column);
    grounding_add_names(names, subject->columns);
    errata_grounding_add_name(names, subject->given);
    errata_grounding_add_name(names, subject->suggested);
    for (guint i = 0; subject->groups != NULL && i < subject->groups->len; i++)
        errata_grounding_add_name(
            names,
            ((const ErrataShare *)g_ptr_array_index(subject->groups, i))->value);
    for (guint i = 0; i < finding->evidence->len; i++)
        errata_grounding_add_name(
            names,
            ((const ErrataEvidence *)g_ptr_array_index(finding->evidence, i))->text);
    grounding_add_names(names, report->classes);
    errata_grounding_add_name(names, report->positive);
    return names;
}

/* ---- the rules for words ---- */

static const ErrataToken *
grounding_token(const GPtrArray *tokens, guint i)
{
    return i < tokens->len ? g_ptr_array_index(tokens, i) : NULL;
}

/* the next token after @i that is no mark, or NULL */
static const ErrataToken *
grounding_next(const GPtrArray *tokens, guint i)
{
    const ErrataToken *token;

    for (guint k = i + 1; (token = grounding_token(tokens, k)) != NULL; k++)
        if (token->kind != ERRATA_TOKEN_MARK)
            return token;
    return NULL;
}

static gboolean
grounding_starts_sentence(const GPtrArray *tokens, guint i)
{
    for (guint k = i; k-- > 0;) {
        const ErrataToken *token = g_ptr_array_index(tokens, k);

        if (token->kind != ERRATA_TOKEN_MARK)
            return FALSE;
    }
    return TRUE;
}

/* a word that must be a name, since the word before says that one follows */
static gboolean
grounding_lacks_name(const GPtrArray *tokens, guint i)
{
    const ErrataToken *token = g_ptr_array_index(tokens, i);
    const ErrataToken *next = grounding_next(tokens, i);
    char concept[64];

    if (next == NULL || next->kind != ERRATA_TOKEN_WORD)
        return FALSE;
    if (!(token->sense & ERRATA_WORD_NAMER) && strcmp(token->folded, "where") != 0)
        return FALSE;
    return errata_word_concept(next->folded, concept, sizeof concept) == concept &&
           !errata_word_is_common(next->folded);
}

static gboolean
grounding_word(Grounding *self,
               const GPtrArray *tokens,
               guint i,
               const char *facts,
               gboolean hypothesis)
{
    static const struct {
        ErrataWordSense sense;
        const char *rule;
        const char *why;
    } rules[] = {
        {ERRATA_WORD_NUMBER, "number-word", "says a figure in words; use a slot"},
        {ERRATA_WORD_EXTREME, "absolute", "allows no exception, which no fact says"},
        {ERRATA_WORD_SIZE, "size", "weighs a difference; the figure does that"},
        {ERRATA_WORD_ADDRESS, "address", "speaks to or of somebody, or commands"},
        {ERRATA_WORD_META, "meta", "speaks of the request, not of the data"},
    };
    const ErrataToken *token = g_ptr_array_index(tokens, i);
    gboolean said = errata_grounding_says(facts, token->folded);

    for (guint k = 0; k < G_N_ELEMENTS(rules); k++)
        if ((token->sense & rules[k].sense) && !said)
            return grounding_refuse(self, rules[k].rule, "“%s” %s", token->text, rules[k].why);
    if ((token->sense & ERRATA_WORD_CAUSE) && !hypothesis && !said)
        return grounding_refuse(
            self,
            "cause",
            "“%s” claims a cause that was not tried out; mark the sentence as a "
            "hypothesis or leave it",
            token->text);
    if (token->capitals > 1 || (token->capital && !grounding_starts_sentence(tokens, i)))
        return errata_grounding_says(facts, token->folded) ||
               grounding_refuse(self, "name", "“%s” is none of the names given", token->text);
    if (grounding_lacks_name(tokens, i))
        return grounding_refuse(self,
                                "name",
                                "what follows “%s” is none of the names given",
                                token->text);
    return TRUE;
}

/* other columns of the log, and what looks like one */
static gboolean
grounding_foreign_name(Grounding *self, const ErrataToken *token, const char *facts)
{
    for (guint i = 0; i < self->report->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(self->report->columns, i);
        char concept[64];

        if (column->name == NULL || strcmp(column->name, token->text) != 0)
            continue;
        if (token->sense == 0 && !errata_grounding_says(facts, token->folded) &&
            errata_word_concept(token->folded, concept, sizeof concept) != NULL &&
            !errata_word_is_common(token->folded))
            return grounding_refuse(self,
                                    "name",
                                    "“%s” is a column that this finding is not about",
                                    token->text);
    }
    return TRUE;
}

/* what stands next to a figure must not make another one of it */
static gboolean
grounding_slot(Grounding *self, const GPtrArray *tokens, guint i, const char *facts)
{
    const ErrataToken *after = grounding_next(tokens, i);
    const ErrataToken *before = NULL;

    for (guint k = i; k-- > 0 && before == NULL;) {
        const ErrataToken *token = g_ptr_array_index(tokens, k);

        if (token->kind != ERRATA_TOKEN_MARK)
            before = token;
        else if (strchr("-", token->text[0]) != NULL || !g_ascii_isprint(token->text[0]))
            return grounding_refuse(self, "sign", "a sign or dash stands before a slot");
    }
    if (before != NULL && (before->sense & ERRATA_WORD_BOUND) &&
        !errata_grounding_says(facts, before->folded))
        return grounding_refuse(self,
                                "bound",
                                "“%s” before a slot makes another figure of it",
                                before->text);
    if (after != NULL && (after->sense & ERRATA_WORD_UNIT))
        return grounding_refuse(self,
                                "unit",
                                "“%s” after a slot; every slot brings its unit",
                                after->text);
    if (after != NULL && after->kind == ERRATA_TOKEN_SLOT)
        return grounding_refuse(self, "slot", "two slots stand together");
    return TRUE;
}

static gboolean
grounding_words(Grounding *self, const GPtrArray *tokens, const char *facts, gboolean hypothesis)
{
    guint n_words = 0;

    for (guint i = 0; i < tokens->len; i++) {
        const ErrataToken *token = g_ptr_array_index(tokens, i);

        n_words += token->kind != ERRATA_TOKEN_MARK ? 1 : 0;
        if (token->kind == ERRATA_TOKEN_SLOT && !grounding_slot(self, tokens, i, facts))
            return FALSE;
        if (token->kind == ERRATA_TOKEN_WORD &&
            (!grounding_word(self, tokens, i, facts, hypothesis) ||
             !grounding_foreign_name(self, token, facts)))
            return FALSE;
    }
    return n_words >= 3 || grounding_refuse(self, "empty", "says nothing");
}

/* ---- a sentence ---- */

/* @cited: (element-type ErrataEvidence): the evidence of each slot, in order */
static gboolean
grounding_cite(Grounding *self, JsonArray *ids, GPtrArray *cited)
{
    for (guint i = 0; i < json_array_get_length(ids); i++) {
        JsonNode *node = json_array_get_element(ids, i);
        const char *id = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
        ErrataEvidence *found = NULL;

        for (guint k = 0; id != NULL && k < self->finding->evidence->len && found == NULL; k++) {
            ErrataEvidence *evidence = g_ptr_array_index(self->finding->evidence, k);

            if (g_strcmp0(evidence->id, id) == 0)
                found = evidence;
        }
        if (found == NULL)
            return grounding_refuse(self, "citation", "cites a fact that was not given");
        if (isnan(found->value) && found->text == NULL)
            return grounding_refuse(self, "citation", "%s has no value", found->id);
        if (g_ptr_array_find(cited, found, NULL))
            return grounding_refuse(self, "citation", "cites %s twice", found->id);
        g_ptr_array_add(cited, found);
    }
    return cited->len > 0 || grounding_refuse(self, "citation", "cites no fact");
}

static char *
grounding_facts(const GPtrArray *cited)
{
    GString *facts = g_string_new(" ");

    for (guint i = 0; i < cited->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(cited, i);
        g_auto(GStrv) words = errata_word_list(evidence->what);

        for (guint k = 0; words[k] != NULL; k++)
            g_string_append_printf(facts, "%s ", words[k]);
    }
    return g_string_free(facts, FALSE);
}

static gboolean
grounding_starts_with_name(const GPtrArray *tokens)
{
    return tokens->len > 0 &&
           ((const ErrataToken *)g_ptr_array_index(tokens, 0))->kind == ERRATA_TOKEN_NAME;
}

/* a ratio as it stands before “as frequent” or “that elsewhere” */
static char *
grounding_value(const ErrataEvidence *evidence)
{
    g_autofree char *value = NULL;

    if (evidence->unit == ERRATA_UNIT_RATIO && evidence->value >= 1.0)
        return errata_words_times(evidence->value, evidence->lo, evidence->hi);
    value = errata_words_value(evidence);
    return evidence->unit == ERRATA_UNIT_RATIO ? g_strconcat(value, " times", NULL)
                                               : g_steal_pointer(&value);
}

static ErrataGroundedSentence *
grounding_print(const GPtrArray *tokens, const GPtrArray *cited, gboolean hypothesis)
{
    ErrataGroundedSentence *made = g_new0(ErrataGroundedSentence, 1);
    g_autoptr(GString) text = g_string_new(NULL);
    guint slot = 0;

    for (guint i = 0; i < tokens->len; i++) {
        const ErrataToken *token = g_ptr_array_index(tokens, i);

        if (token->kind == ERRATA_TOKEN_SLOT) {
            g_autofree char *value = grounding_value(g_ptr_array_index(cited, slot++));

            g_string_append(text, value);
        } else if (token->quoted) {
            g_string_append_printf(text, "“%s”", token->text);
        } else {
            g_string_append(text, token->text);
        }
    }
    g_strstrip(text->str);
    g_string_set_size(text, strlen(text->str));
    if (!g_str_has_suffix(text->str, "."))
        g_string_append_c(text, '.');
    made->text = grounding_starts_with_name(tokens) ? g_strdup(text->str)
                                                    : errata_words_capital(text->str);
    made->citations = g_new0(char *, cited->len + 1);
    for (guint i = 0; i < cited->len; i++)
        made->citations[i] = g_strdup(((const ErrataEvidence *)g_ptr_array_index(cited, i))->id);
    made->hypothesis = hypothesis;
    return made;
}

static gboolean
grounding_count_slots(Grounding *self, const GPtrArray *tokens, guint n_cited)
{
    guint n = 0;

    for (guint i = 0; i < tokens->len; i++)
        n += ((const ErrataToken *)g_ptr_array_index(tokens, i))->kind == ERRATA_TOKEN_SLOT ? 1 : 0;
    return n == n_cited ||
           grounding_refuse(self, "slot", "%u slots for %u facts cited", n, n_cited);
}

static ErrataGroundedSentence *
grounding_sentence(Grounding *self, const char *text, JsonArray *ids, const char *claim)
{
    g_autoptr(GPtrArray) cited = g_ptr_array_new();
    g_autoptr(GPtrArray) tokens = NULL;
    g_autofree char *facts = NULL;
    g_autofree char *why = NULL;
    ErrataClaim kind;
    const char *rule;

    if (!errata_claim_parse(claim, &kind)) {
        grounding_refuse(self,
                         "schema",
                         "the claim is none of higher, lower, equal, none, hypothesis");
        return NULL;
    }
    if (g_utf8_strlen(text, -1) > ERRATA_GROUNDING_MAX_SENTENCE) {
        grounding_refuse(self,
                         "length",
                         "longer than %d characters",
                         ERRATA_GROUNDING_MAX_SENTENCE);
        return NULL;
    }
    tokens = errata_sentence_split(text, self->names, &rule, &why);
    if (tokens == NULL) {
        grounding_refuse(self, rule, "%s", why);
        return NULL;
    }
    if (!grounding_cite(self, ids, cited) || !grounding_count_slots(self, tokens, cited->len))
        return NULL;
    if (kind != ERRATA_CLAIM_HYPOTHESIS && kind != ERRATA_CLAIM_EQUAL &&
        errata_proved_check(tokens,
                            cited,
                            self->finding,
                            kind == ERRATA_CLAIM_HIGHER  ? 1
                            : kind == ERRATA_CLAIM_LOWER ? -1
                                                         : 0))
        return grounding_print(tokens, cited, FALSE);
    facts = grounding_facts(cited);
    if (!grounding_words(self, tokens, facts, kind == ERRATA_CLAIM_HYPOTHESIS))
        return NULL;
    rule = errata_claim_check(kind, tokens, cited, self->finding->evidence, facts, &why);
    if (rule != NULL) {
        grounding_refuse(self, rule, "%s", why);
        return NULL;
    }
    if (!errata_form_check(tokens, cited, self->finding, kind == ERRATA_CLAIM_HYPOTHESIS, &why)) {
        grounding_refuse(self, "form", "%s", why);
        return NULL;
    }
    return grounding_print(tokens, cited, kind == ERRATA_CLAIM_HYPOTHESIS);
}

/* ---- the answer ---- */

static JsonArray *
grounding_shape(Grounding *self, JsonNode *root)
{
    JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root)
                                                                      : NULL;
    JsonArray *sentences = errata_json_reader_array(object, "sentences");
    guint n = errata_json_reader_length(sentences);

    if (sentences == NULL || json_object_get_size(object) != 1) {
        grounding_refuse(self, "schema", "the answer is not an object of just “sentences”");
        return NULL;
    }
    if (n == 0 || n > ERRATA_GROUNDING_MAX_SENTENCES) {
        grounding_refuse(self,
                         n == 0 ? "empty" : "length",
                         "%u sentences; between one and %d are wanted",
                         n,
                         ERRATA_GROUNDING_MAX_SENTENCES);
        return NULL;
    }
    return sentences;
}

static void
grounding_element(Grounding *self, JsonObject *element, GPtrArray *passed)
{
    const char *text = errata_json_reader_peek(element, "text");
    const char *claim = errata_json_reader_peek(element, "claim");
    JsonArray *ids = errata_json_reader_array(element, "evidence");
    ErrataGroundedSentence *sentence;

    if (text == NULL || claim == NULL || ids == NULL || json_object_get_size(element) != 3) {
        grounding_refuse(self, "schema", "not an object of just text, evidence and claim");
        return;
    }
    sentence = grounding_sentence(self, text, ids, claim);
    for (guint i = 0; sentence != NULL && i < passed->len; i++) {
        const ErrataGroundedSentence *earlier = g_ptr_array_index(passed, i);

        if (strcmp(earlier->text, sentence->text) == 0) {
            grounding_refuse(self, "repetition", "said before");
            g_clear_pointer(&sentence, errata_grounded_sentence_free);
        }
    }
    if (sentence != NULL)
        g_ptr_array_add(passed, sentence);
}

/**
 * errata_grounding_check:
 * @json: an answer: `{"sentences": [{"text", "evidence", "claim"}]}`, hostile
 * @finding: what it is about
 * @report: the case
 * @ret_faults: (out) (transfer full) (element-type ErrataGroundingFault): what was refused, in
 *   order
 *
 * Returns: (transfer full) (element-type ErrataGroundedSentence): the sentences that passed; the
 * answer
 *   as a whole is good when there are no faults
 */
GPtrArray *
errata_grounding_check(const char *json,
                       const ErrataFinding *finding,
                       const ErrataCase *report,
                       GPtrArray **ret_faults)
{
    g_autoptr(GPtrArray) names = errata_grounding_names(finding, report);
    GPtrArray *passed =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_grounded_sentence_free);
    Grounding self = {.finding = finding, .report = report, .names = names};
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) root = errata_json_reader_parse(json, &error);
    JsonArray *sentences;

    self.faults = g_ptr_array_new_with_free_func((GDestroyNotify)errata_grounding_fault_free);
    *ret_faults = self.faults;
    if (root == NULL) {
        grounding_refuse(&self, "schema", "not JSON: %s", error->message);
        return passed;
    }
    sentences = grounding_shape(&self, root);
    for (guint i = 0; i < errata_json_reader_length(sentences); i++) {
        self.place = i + 1;
        grounding_element(&self, errata_json_reader_element(sentences, i), passed);
    }
    return passed;
}

/**
 * errata_grounding_phrase:
 * @text: a name or description without figures, hostile
 * @max_words: longest that is taken
 *
 * Holds a phrase against the rules that need no evidence: no figure, no cause, no name but the
 * finding's, nobody addressed, nothing compared.
 */
gboolean
errata_grounding_phrase(const char *text,
                        const ErrataFinding *finding,
                        const ErrataCase *report,
                        guint max_words,
                        GPtrArray **ret_faults)
{
    g_autoptr(GPtrArray) names = errata_grounding_names(finding, report);
    Grounding self = {.finding = finding, .report = report, .names = names};
    g_autoptr(GPtrArray) tokens = NULL;
    g_autofree char *why = NULL;
    const char *rule;
    guint n_words = 0;

    self.faults = g_ptr_array_new_with_free_func((GDestroyNotify)errata_grounding_fault_free);
    *ret_faults = self.faults;
    tokens = errata_sentence_split(text, names, &rule, &why);
    if (tokens == NULL)
        return grounding_refuse(&self, rule, "%s", why);
    for (guint i = 0; i < tokens->len; i++) {
        const ErrataToken *token = g_ptr_array_index(tokens, i);

        n_words += token->kind != ERRATA_TOKEN_MARK ? 1 : 0;
        if (token->kind == ERRATA_TOKEN_SLOT)
            return grounding_refuse(&self, "slot", "a phrase has no slots");
        if (token->kind == ERRATA_TOKEN_WORD && (!grounding_word(&self, tokens, i, " ", FALSE) ||
                                                 !grounding_foreign_name(&self, token, " ")))
            return FALSE;
        if (token->sense & (ERRATA_WORD_UP | ERRATA_WORD_DOWN | ERRATA_WORD_WORSE |
                            ERRATA_WORD_BETTER | ERRATA_WORD_EQUAL))
            return grounding_refuse(&self, "comparison", "“%s” compares", token->text);
    }
    if (n_words == 0 || n_words > max_words)
        return grounding_refuse(&self,
                                "length",
                                "%u words; up to %u are wanted",
                                n_words,
                                max_words);
    return TRUE;
}
