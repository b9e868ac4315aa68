/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the cited evidence says what a sentence claims: its direction, what it is compared with,
 * and that the figure belongs to the words around it. */
#include "grounding-claim.h"

#include <math.h>
#include <string.h>

#define CLAIM_MAX_CONCEPTS 32

typedef struct {
    const GPtrArray *tokens;
    GPtrArray *cited;
    const GPtrArray *evidence;
    const char *facts;
    char *why;
} Claim;

gboolean
errata_claim_parse(const char *nick, ErrataClaim *ret_claim)
{
    static const char *const nicks[] = {"higher", "lower", "equal", "none", "hypothesis"};

    for (guint i = 0; i < G_N_ELEMENTS(nicks); i++)
        if (strcmp(nick, nicks[i]) == 0) {
            *ret_claim = (ErrataClaim)i;
            return TRUE;
        }
    return FALSE;
}

gboolean
errata_grounding_says(const char *facts, const char *folded)
{
    g_autofree char *needle = g_strdup_printf(" %s ", folded);

    return folded[0] != '\0' && strstr(facts, needle) != NULL;
}

static const char *G_GNUC_PRINTF(3, 4)
    claim_refuse(Claim *self, const char *rule, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    self->why = g_strdup_vprintf(format, args);
    va_end(args);
    return rule;
}

/* +1: the evidence shows more than what it is compared with, −1 less, 0 neither (or nothing to
 * compare) */
static int
claim_direction(const ErrataEvidence *evidence)
{
    double equal = evidence->baseline;

    if (isnan(equal) && evidence->unit == ERRATA_UNIT_RATIO)
        equal = 1.0;
    if (isnan(equal) && evidence->unit == ERRATA_UNIT_POINTS)
        equal = 0.0;
    if (isnan(equal) || isnan(evidence->lo) || isnan(evidence->hi))
        return 0;
    if (evidence->lo > equal)
        return 1;
    return evidence->hi < equal ? -1 : 0;
}

/* whether more of it is worse: errors, costs, distances; only where that is beyond doubt */
static gboolean
claim_is_bad(const ErrataEvidence *evidence)
{
    return strstr(evidence->what, "error") != NULL || strstr(evidence->what, "cost") != NULL;
}

static gboolean
claim_is_good(const ErrataEvidence *evidence)
{
    return !claim_is_bad(evidence) && strstr(evidence->what, "accuracy") != NULL;
}

/* the words of a direction agree with @wanted, and no other is there */
static const char *
claim_words(Claim *self, int wanted)
{
    gboolean found = FALSE;

    for (guint i = 0; i < self->tokens->len; i++) {
        const ErrataToken *token = g_ptr_array_index(self->tokens, i);
        int said = 0;

        if (token->sense & ERRATA_WORD_UP)
            said = 1;
        else if (token->sense & ERRATA_WORD_DOWN)
            said = -1;
        else if (token->sense & (ERRATA_WORD_WORSE | ERRATA_WORD_BETTER))
            said = 2;
        if (said == 0 || (said != 2 && errata_grounding_says(self->facts, token->folded)))
            continue;
        if (wanted == 0)
            return claim_refuse(self,
                                "comparison",
                                "“%s” compares, but the claim does not",
                                token->text);
        if (said == 2) {
            const ErrataEvidence *first = g_ptr_array_index(self->cited, 0);
            int sign = claim_is_bad(first) ? 1 : claim_is_good(first) ? -1 : 0;

            said = (token->sense & ERRATA_WORD_WORSE) ? sign : -sign;
        }
        if (said != wanted)
            return claim_refuse(self,
                                "direction",
                                "“%s” does not agree with the claim",
                                token->text);
        found = TRUE;
    }
    return wanted != 0 && !found
               ? claim_refuse(self, "direction", "the claim compares, but no word does")
               : NULL;
}

/* Whether a word that speaks of the others may stand before the comparison: as part of what the
 * cited fact is called. “slice over elsewhere” is a name to use, but lets no sentence of ratios
 * begin with elsewhere. */
static gboolean
claim_may_precede(const Claim *self, guint at)
{
    const ErrataToken *token = g_ptr_array_index(self->tokens, at);
    const ErrataToken *before = at > 1 ? g_ptr_array_index(self->tokens, at - 2)
                                       : NULL; /* a space between */
    g_autofree char *both = NULL;

    if (!errata_grounding_says(self->facts, token->folded))
        return FALSE;
    if (before != NULL && before->kind == ERRATA_TOKEN_WORD)
        both = g_strdup_printf("%s %s", before->folded, token->folded);
    for (guint i = 0; i < self->cited->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(self->cited, i);
        g_autofree char *what = g_utf8_casefold(evidence->what, -1);

        if (evidence->unit != ERRATA_UNIT_RATIO || (both != NULL && strstr(what, both) != NULL))
            return TRUE;
    }
    return self->cited->len == 0;
}

/* what a group is compared with must come after the comparison, and be what the evidence
 * compares */
static const char *
claim_order(Claim *self)
{
    gboolean compared = FALSE;
    gboolean after_than = FALSE;

    for (guint i = 0; i < self->tokens->len; i++) {
        const ErrataToken *token = g_ptr_array_index(self->tokens, i);

        if (token->kind == ERRATA_TOKEN_SLOT ||
            (token->sense &
             (ERRATA_WORD_UP | ERRATA_WORD_DOWN | ERRATA_WORD_WORSE | ERRATA_WORD_BETTER)))
            compared = TRUE;
        if (token->kind != ERRATA_TOKEN_WORD)
            continue;
        after_than = after_than || strcmp(token->folded, "than") == 0;
        if ((token->sense & ERRATA_WORD_OTHER) && !compared && !claim_may_precede(self, i))
            return claim_refuse(self,
                                "order",
                                "“%s” stands before the comparison, which turns it round",
                                token->text);
        if ((token->sense & ERRATA_WORD_NORM) && !(token->sense & ERRATA_WORD_OTHER) &&
            !errata_grounding_says(self->facts, token->folded))
            return claim_refuse(self, "comparison", "no cited fact speaks of “%s”", token->text);
        if ((token->sense & ERRATA_WORD_NEGATION) &&
            !errata_grounding_says(self->facts, token->folded))
            return claim_refuse(self, "negation", "“%s” turns the statement round", token->text);
        if (after_than && token->kind == ERRATA_TOKEN_SLOT)
            return claim_refuse(self, "comparison", "a figure stands after “than”");
    }
    return NULL;
}

/* ---- does a figure belong to the words around it? ---- */

typedef struct {
    char word[CLAIM_MAX_CONCEPTS][32];
    guint n;
} Concepts;

static void
concepts_add(Concepts *self, const char *folded)
{
    char buffer[32];
    const char *concept = errata_word_concept(folded, buffer, sizeof buffer);

    if (concept == NULL || self->n == CLAIM_MAX_CONCEPTS)
        return;
    for (guint i = 0; i < self->n; i++)
        if (strcmp(self->word[i], concept) == 0)
            return;
    g_strlcpy(self->word[self->n++], concept, sizeof self->word[0]);
}

static void
concepts_of_fact(Concepts *self, const ErrataEvidence *evidence)
{
    g_auto(GStrv) words = errata_word_list(evidence->what);

    self->n = 0;
    for (guint i = 0; words[i] != NULL; i++)
        concepts_add(self, words[i]);
}

static guint
concepts_shared(const Concepts *a, const Concepts *b)
{
    guint n = 0;

    for (guint i = 0; i < a->n; i++)
        for (guint k = 0; k < b->n; k++)
            if (strcmp(a->word[i], b->word[k]) == 0) {
                n++;
                break;
            }
    return n;
}

/* where the words of the slot at @from end and those of the slot at @to begin: at the last joint
 * between them; without one the words are both's */
static guint
clause_joint(const GPtrArray *tokens, guint from, guint to, guint otherwise)
{
    static const char joints[] = " and but while whereas against versus with or ";

    for (guint i = to; i-- > from + 1;) {
        const ErrataToken *token = g_ptr_array_index(tokens, i);
        g_autofree char *word = g_strdup_printf(" %s ",
                                                token->folded != NULL ? token->folded : "-");

        if ((token->kind == ERRATA_TOKEN_MARK && strchr(",;:", token->text[0]) != NULL) ||
            (token->kind == ERRATA_TOKEN_WORD && strstr(joints, word) != NULL))
            return i;
    }
    return otherwise;
}

static guint
clause_slot(const GPtrArray *tokens, guint from, int step)
{
    for (guint i = from + (guint)step; i < tokens->len; i += (guint)step) /* wraps below 0 */
        if (((const ErrataToken *)g_ptr_array_index(tokens, i))->kind == ERRATA_TOKEN_SLOT)
            return i;
    return tokens->len;
}

static void
concepts_of_words(Concepts *self, const GPtrArray *tokens, guint begin, guint end)
{
    self->n = 0;
    for (guint i = begin; i < end; i++) {
        const ErrataToken *token = g_ptr_array_index(tokens, i);

        if (token->kind == ERRATA_TOKEN_WORD)
            concepts_add(self, token->folded);
    }
}

/* @near: the words around a slot; @far: with all that came before in the sentence */
static void
concepts_of_clause(Concepts *near, Concepts *far, const GPtrArray *tokens, guint slot)
{
    guint before = clause_slot(tokens, slot, -1);
    guint after = clause_slot(tokens, slot, 1);
    guint begin = 0;
    guint end = tokens->len;

    if (before < tokens->len)
        begin = clause_joint(tokens, before, slot, before);
    if (after < tokens->len)
        end = clause_joint(tokens, slot, after, after);
    concepts_of_words(near, tokens, begin, end);
    concepts_of_words(far, tokens, 0, end);
}

static gboolean
concepts_have(const Concepts *self, const char *concept)
{
    for (guint i = 0; i < self->n; i++)
        if (strcmp(self->word[i], concept) == 0)
            return TRUE;
    return FALSE;
}

/* a fact about the others, about before or about what was expected must be told as such */
static gboolean
concepts_contrast(const Concepts *fact, const Concepts *clause)
{
    static const char *const contrasts[] = {"elsewhere", "before", "expected"};
    gboolean wanted = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS(contrasts); i++) {
        if (!concepts_have(fact, contrasts[i]))
            continue;
        if (concepts_have(clause, contrasts[i]))
            return TRUE;
        wanted = TRUE;
    }
    return !wanted;
}

/* how well a fact fits the words around a slot: near ones count double; of 2 × its words */
static guint
concepts_fit(const Concepts *fact, const Concepts *near, const Concepts *far)
{
    return concepts_shared(fact, near) + concepts_shared(fact, far);
}

/* whether the words around the slot are the cited fact's rather than another's of the finding */
static const char *
claim_fit(Claim *self, guint slot, const ErrataEvidence *cited)
{
    Concepts near;
    Concepts far;
    Concepts own;
    guint fit;

    concepts_of_clause(&near, &far, self->tokens, slot);
    concepts_of_fact(&own, cited);
    fit = concepts_fit(&own, &near, &far);
    if (concepts_shared(&own, &near) == 0 || !concepts_contrast(&own, &near))
        return claim_refuse(self,
                            "citation",
                            "the words around the slot do not say what %s is: %s",
                            cited->id,
                            cited->what);
    for (guint i = 0; i < self->evidence->len; i++) {
        const ErrataEvidence *other = g_ptr_array_index(self->evidence, i);
        Concepts theirs;
        guint n;

        if (other == cited || g_strcmp0(other->what, cited->what) == 0)
            continue;
        concepts_of_fact(&theirs, other);
        n = concepts_fit(&theirs, &near, &far);
        if (n >= fit && n * own.n > fit * theirs.n && concepts_contrast(&theirs, &near))
            return claim_refuse(self,
                                "citation",
                                "the words fit %s (%s) better than %s (%s)",
                                other->id,
                                other->what,
                                cited->id,
                                cited->what);
    }
    return NULL;
}

static const char *
claim_fits(Claim *self)
{
    guint slot = 0;

    for (guint i = 0; i < self->tokens->len; i++) {
        const ErrataToken *token = g_ptr_array_index(self->tokens, i);
        const char *rule;

        if (token->kind != ERRATA_TOKEN_SLOT)
            continue;
        rule = claim_fit(self, i, g_ptr_array_index(self->cited, slot++));
        if (rule != NULL)
            return rule;
    }
    return NULL;
}

/* every cited fact that compares anything must do so the claimed way, and at least one must */
static const char *
claim_supported(Claim *self, int wanted)
{
    gboolean found = FALSE;

    for (guint i = 0; i < self->cited->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(self->cited, i);
        int shown = claim_direction(evidence);

        if (shown == -wanted)
            return claim_refuse(self, "claim", "%s shows the opposite", evidence->id);
        found = found || shown == wanted;
    }
    return found ? NULL
                 : claim_refuse(self,
                                "claim",
                                "no cited fact has an interval that shows it %s",
                                wanted > 0 ? "higher" : "lower");
}

static gboolean
claim_is_equivalence(const ErrataEvidence *evidence)
{
    return evidence->test != NULL && strstr(evidence->test, "equivalence") != NULL &&
           evidence->p < 0.05;
}

static const char *
claim_equal(Claim *self, gboolean claimed)
{
    const ErrataToken *equal = NULL;
    gboolean shown = FALSE;

    for (guint i = 0; i < self->tokens->len; i++) {
        const ErrataToken *token = g_ptr_array_index(self->tokens, i);

        if ((token->sense & ERRATA_WORD_EQUAL) &&
            !errata_grounding_says(self->facts, token->folded))
            equal = token;
    }
    for (guint i = 0; i < self->cited->len; i++)
        shown = shown || claim_is_equivalence(g_ptr_array_index(self->cited, i));
    if (claimed && !shown)
        return claim_refuse(self, "claim", "no cited fact is a test of equivalence");
    return equal != NULL && !claimed ? claim_refuse(self,
                                                    "comparison",
                                                    "“%s” says that things do not differ",
                                                    equal->text)
                                     : NULL;
}

/* ---- is anything said that no fact says? ---- */

/* “{} of the rows”: the figure is a share of what comes after it */
static gboolean
claim_is_shared_out(const GPtrArray *tokens, guint i)
{
    gboolean of = FALSE;

    for (guint k = i; k-- > 0;) {
        const ErrataToken *token = g_ptr_array_index(tokens, k);

        if (token->kind == ERRATA_TOKEN_SLOT)
            return of;
        if (token->kind == ERRATA_TOKEN_MARK && token->text[0] == ' ')
            continue;
        if (token->kind != ERRATA_TOKEN_WORD)
            return FALSE;
        if (strcmp(token->folded, "of") == 0)
            of = TRUE;
        else if (of || (strcmp(token->folded, "the") != 0 && strcmp(token->folded, "all") != 0 &&
                        strcmp(token->folded, "its") != 0 && strcmp(token->folded, "these") != 0))
            return FALSE;
    }
    return FALSE;
}

/* a word that other rules look at, and that says nothing by itself */
static gboolean
claim_is_ruled(const ErrataToken *token)
{
    const ErrataWordSense ruled = ERRATA_WORD_UP | ERRATA_WORD_DOWN | ERRATA_WORD_WORSE |
                                  ERRATA_WORD_BETTER | ERRATA_WORD_EQUAL | ERRATA_WORD_CAUSE |
                                  ERRATA_WORD_NEGATION | ERRATA_WORD_OTHER | ERRATA_WORD_NAMER;

    return (token->sense & ruled) != 0;
}

/* whether anything of the finding was measured at two times */
static gboolean
claim_has_course(const Claim *self)
{
    static const char *const courses[] = {"before", "after", "change", "changed", "fall", "loss"};

    for (guint i = 0; i < self->evidence->len; i++) {
        Concepts fact;

        concepts_of_fact(&fact, g_ptr_array_index(self->evidence, i));
        for (guint k = 0; k < G_N_ELEMENTS(courses); k++)
            if (concepts_have(&fact, courses[k]))
                return TRUE;
    }
    return FALSE;
}

/* every word is one of the cited facts', or says nothing of the data: no rows, people, times or
 * things that nobody measured */
static const char *
claim_strangers(Claim *self, gboolean supposes)
{
    Concepts known = {.n = 0};
    gboolean ratio = FALSE;

    for (guint i = 0; i < self->cited->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(self->cited, i);
        g_auto(GStrv) words = errata_word_list(evidence->what);

        ratio = ratio || evidence->unit == ERRATA_UNIT_RATIO;
        for (guint k = 0; words[k] != NULL; k++)
            concepts_add(&known, words[k]);
    }
    if (ratio) { /* of how often or by how much it errs */
        concepts_add(&known, "error");
        concepts_add(&known, "rate");
    }
    for (guint i = 0; i < self->tokens->len; i++) {
        const ErrataToken *token = g_ptr_array_index(self->tokens, i);
        char buffer[32];
        const char *concept;

        if (token->kind == ERRATA_TOKEN_WORD && errata_word_moves(token->folded) &&
            !errata_grounding_says(self->facts, token->folded) && !claim_has_course(self))
            return claim_refuse(self, "stranger", "no fact says that anything “%s”", token->text);
        if (token->kind != ERRATA_TOKEN_WORD || errata_grounding_says(self->facts, token->folded) ||
            claim_is_ruled(token) || errata_word_is_neutral(token->folded, supposes))
            continue;
        concept = errata_word_concept(token->folded, buffer, sizeof buffer);
        if (concept == NULL || concepts_have(&known, concept) || strcmp(concept, "slice") == 0 ||
            (strcmp(concept, "row") == 0 && !claim_is_shared_out(self->tokens, i)))
            continue;
        return claim_refuse(self, "stranger", "no cited fact speaks of “%s”", token->text);
    }
    return NULL;
}

/**
 * errata_claim_check:
 * @tokens: (element-type ErrataToken): the sentence
 * @cited: (element-type ErrataEvidence): the evidence of its slots, in order
 * @evidence: (element-type ErrataEvidence): all of the finding
 * @facts: the words of @cited, folded
 * @ret_why: (out): why not, in words
 *
 * Returns: (nullable): the rule that it breaks
 */
const char *
errata_claim_check(ErrataClaim claim,
                   const GPtrArray *tokens,
                   GPtrArray *cited,
                   const GPtrArray *evidence,
                   const char *facts,
                   char **ret_why)
{
    Claim self = {tokens, cited, evidence, facts, NULL};
    int wanted = claim == ERRATA_CLAIM_HIGHER ? 1 : claim == ERRATA_CLAIM_LOWER ? -1 : 0;
    const char *rule = claim_fits(&self);

    if (rule == NULL)
        rule = claim_equal(&self, claim == ERRATA_CLAIM_EQUAL);
    if (rule == NULL)
        rule = claim_words(&self, wanted);
    if (rule == NULL)
        rule = claim_order(&self);
    if (rule == NULL && wanted != 0)
        rule = claim_supported(&self, wanted);
    if (rule == NULL)
        rule = claim_strangers(&self, claim == ERRATA_CLAIM_HYPOTHESIS);
    *ret_why = self.why;
    return rule;
}
