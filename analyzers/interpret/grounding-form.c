/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The forms in which a fact can be said. Words that fit a fact one by one can still be put together
 * to something false (“{} of the errors are in the slice”, of the slice's error rate), so a
 * sentence must be, as a whole, a form made of the facts it cites: each figure with its own fact's
 * name, a comparison only with what that fact was compared with, a condition only where it is the
 * finding's. The grammar is a regular expression, built anew for the facts of each sentence. */
#include "grounding-form.h"

#include <math.h>
#include <string.h>

#include "grounding-form-private.h"
#include "sentence.h"
#include "words.h"

#define FORM_MAX_FACTS 4
#define FORM_SAME      1e-9 /* of two figures that are one, relative */

/* a fact's name taken apart: “error rate”, “in the slice” */
typedef struct {
    char *head; /* NULL: it is not taken apart */
    char *place;
    char *standard; /* what its figure is compared with, as stands after “than”; NULL: nothing */
} FormName;

static void
form_name_clear(FormName *self)
{
    g_free(self->head);
    g_free(self->place);
    g_free(self->standard);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FormName, form_name_clear)

void
errata_form_clear(ErrataForm *self)
{
    g_free(self->where);
    g_free(self->here);
    g_free(self->rows);
}

/* letters in one case, without quotation marks, so that a sentence and the name of a fact look
 * alike */
static char *
form_plain(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *folded = g_utf8_casefold(valid, -1);
    GString *plain = g_string_new(folded);

    g_string_replace(plain, "“", "", 0);
    g_string_replace(plain, "”", "", 0);
    g_string_replace(plain, "’", "'", 0);
    g_string_replace(plain, "  ", " ", 0);
    return g_strstrip(g_string_free(plain, FALSE));
}

static char *
form_escaped(const char *text)
{
    g_autofree char *plain = form_plain(text);

    return g_regex_escape_string(plain, -1);
}

char *
errata_form_of_sentence(const GPtrArray *tokens)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < tokens->len; i++)
        g_string_append(text, ((const ErrataToken *)g_ptr_array_index(tokens, i))->text);
    g_strchomp(text->str);
    g_string_set_size(text, strlen(text->str));
    if (g_str_has_suffix(text->str, "."))
        g_string_truncate(text, text->len - 1);
    return form_plain(text->str);
}

/* ---- the finding ---- */

/* the only value of the only condition, escaped, or NULL */
static char *
form_value(const ErrataSubject *subject)
{
    const ErrataPredicate *predicate;

    if (subject->predicates->len != 1)
        return NULL;
    predicate = g_ptr_array_index(subject->predicates, 0);
    if ((predicate->op != ERRATA_OP_EQ && predicate->op != ERRATA_OP_IN) ||
        predicate->values == NULL || g_strv_length(predicate->values) != 1)
        return NULL;
    return form_escaped(predicate->values[0]);
}

void
errata_form_init(ErrataForm *self, const ErrataFinding *finding)
{
    const GPtrArray *predicates = finding->subject.predicates;
    g_autoptr(GString) more = g_string_new(NULL);
    g_autofree char *value = NULL;

    self->finding = finding;
    if (finding->kind == ERRATA_FINDING_SLICE && predicates->len > 0 &&
        errata_finding_note(finding, "when") == NULL) {
        g_autoptr(GString) where = g_string_new("where ");

        for (guint i = 0; i < predicates->len; i++) {
            g_autofree char *told = errata_words_predicate(g_ptr_array_index(predicates, i));
            g_autofree char *escaped = form_escaped(told);

            g_string_append_printf(where, "%s%s", i > 0 ? " and " : "", escaped);
        }
        self->where = g_strdup(where->str);
        value = form_value(&finding->subject);
        g_string_append_printf(more, "(?: %s", self->where);
        if (value != NULL)
            g_string_append_printf(more, "| (?:of )?%s", value);
        g_string_append(more, ")?");
    }
    self->rows = g_strdup_printf("(?:(?:the|this) " FORM_GROUP "%s|these rows|it|they)", more->str);
    self->here = g_strdup_printf("(?:in (?:the|this) " FORM_GROUP "%s|in these rows%s%s)",
                                 more->str,
                                 self->where != NULL ? "|" : "",
                                 self->where != NULL ? self->where : "");
}

/* ---- a fact's name ---- */

static gboolean
form_is_here(const char *place)
{
    return strcmp(place, "in the slice") == 0 || strcmp(place, "in these rows") == 0;
}

static char *
form_place(const ErrataForm *self, const char *place)
{
    if (form_is_here(place))
        return g_strdup(self->here);
    if (strcmp(place, "elsewhere") == 0)
        return g_strdup(FORM_REST);
    return form_escaped(place);
}

static gboolean
form_begins_place(const char *word)
{
    static const char *const begins[] =
        {"in", "on", "at", "of", "among", "before", "since", "after", "now", "elsewhere", NULL};

    return word == NULL || g_strv_contains(begins, word);
}

/* the words of @what that stand in @other as well, up to where both go on with a place; 0: none */
static guint
form_head(char **what, char **other)
{
    guint common = 0;
    guint best = 0;

    while (what[common] != NULL && g_strcmp0(what[common], other[common]) == 0) {
        common++;
        if ((what[common] != NULL || other[common] != NULL) && form_begins_place(what[common]) &&
            form_begins_place(other[common]))
            best = common;
    }
    return best;
}

static char *
form_words(char **words, guint from, guint to)
{
    GString *text = g_string_new(NULL);

    for (guint i = from; i < to && words[i] != NULL; i++)
        g_string_append_printf(text, "%s%s", i > from ? " " : "", words[i]);
    return g_string_free(text, FALSE);
}

gboolean
errata_form_same(double a, double b)
{
    return fabs(a - b) <= FORM_SAME * MAX(fabs(a), fabs(b));
}

int
errata_form_direction(const ErrataEvidence *evidence)
{
    if (isnan(evidence->baseline) || isnan(evidence->lo) || isnan(evidence->hi))
        return 0;
    return evidence->lo > evidence->baseline ? 1 : evidence->hi < evidence->baseline ? -1 : 0;
}

/* what is said after “than”: “elsewhere”, “that elsewhere”, “that of the other groups” */
static char *
form_standard(const ErrataForm *self, const char *head, const char *place)
{
    g_autofree char *there = form_place(self, place);
    g_autofree char *named = g_regex_escape_string(head, -1);

    return g_strdup_printf("(?:(?:that|the %s) )%s%s",
                           named,
                           g_str_has_prefix(place, "of ") ? "" : "?",
                           there);
}

static void
form_name_init(FormName *self, const ErrataForm *form, const ErrataEvidence *evidence)
{
    static const char *const places[] = {" in the slice", " in these rows", " elsewhere"};
    g_autofree char *plain = form_plain(evidence->what);
    g_auto(GStrv) what = g_strsplit(plain, " ", -1);
    const GPtrArray *all = form->finding->evidence;

    for (guint i = 0; i < all->len; i++) {
        const ErrataEvidence *other = g_ptr_array_index(all, i);
        g_autofree char *theirs = form_plain(other->what);
        g_auto(GStrv) words = g_strsplit(theirs, " ", -1);
        gboolean compared = errata_form_same(evidence->baseline, other->value);
        guint n = other != evidence && other->unit == evidence->unit ? form_head(what, words) : 0;

        if (n == 0 || (self->head != NULL && !compared))
            continue;
        form_name_clear(self);
        self->head = form_words(what, 0, n);
        self->place = form_words(what, n, G_MAXUINT);
        self->standard = NULL;
        if (compared && words[n] != NULL) {
            g_autofree char *place = form_words(words, n, G_MAXUINT);

            self->standard = form_standard(form, self->head, place);
            return;
        }
    }
    for (guint i = 0; self->head == NULL && i < G_N_ELEMENTS(places); i++)
        if (g_str_has_suffix(plain, places[i])) {
            self->head = g_strndup(plain, strlen(plain) - strlen(places[i]));
            self->place = g_strdup(places[i] + 1);
        }
    if (g_str_has_prefix(plain, "share of its errors that are "))
        self->standard = g_strdup(FORM_REST);
}

/* ---- one fact ---- */

static gboolean
form_is_plural(const ErrataEvidence *evidence)
{
    g_autofree char *first = g_strndup(evidence->what, strcspn(evidence->what, " ,"));

    return g_str_has_prefix(evidence->what, "such ") ||
           (g_str_has_suffix(first, "s") && !g_str_has_suffix(first, "ss") &&
            !g_str_has_suffix(first, "is"));
}

/* the words of a direction that @evidence shows; worse and better where nobody can doubt which is
 * which */
static const char *
form_direction_words(const ErrataEvidence *evidence, int direction)
{
    if (strstr(evidence->what, "error") != NULL)
        return direction > 0 ? "higher|more|greater|larger|worse" : "lower|less|smaller|better";
    if (g_str_has_prefix(evidence->what, "accuracy"))
        return direction > 0 ? "higher|better" : "lower|worse";
    return direction > 0 ? "higher|more|greater|larger" : "lower|less|smaller";
}

/* “, higher than elsewhere”, or nothing: only what its interval tells apart from what it is
 * compared with */
static char *
form_comparison(const FormName *name, const ErrataEvidence *evidence)
{
    int direction = errata_form_direction(evidence);

    if (name->standard == NULL || direction == 0)
        return g_strdup("");
    return g_strdup_printf("(?:, (?:which is |and is )?(?:%s) than %s)?",
                           form_direction_words(evidence, direction),
                           name->standard);
}

/* a name as it stands with its figure: what follows a comma may stand in brackets; “at most” goes
 * with the figure */
static char *
form_whole(const ErrataEvidence *evidence, char **ret_slot)
{
    g_autofree char *plain = form_plain(evidence->what);
    g_autofree char *first = NULL;
    g_autofree char *more = NULL;
    char *comma;

    *ret_slot = g_strdup("\\{\\}");
    if (g_str_has_suffix(plain, ", at most")) {
        plain[strlen(plain) - strlen(", at most")] = '\0';
        g_free(*ret_slot);
        *ret_slot = g_strdup("at most \\{\\}");
    }
    comma = strstr(plain, ", ");
    if (comma == NULL)
        return g_regex_escape_string(plain, -1);
    *comma = '\0';
    first = g_regex_escape_string(plain, -1);
    more = g_regex_escape_string(comma + 2, -1);
    return g_strdup_printf("%s(?:, %s,?| \\(%s\\))", first, more, more);
}

/* “{} of its errors are false negatives” */
static char *
form_share(const ErrataForm *self, const ErrataEvidence *evidence, const char *slot)
{
    g_autofree char *plain = form_plain(evidence->what);
    const char *of = g_str_has_prefix(plain, "share of ") ? plain + strlen("share of ") : "";
    g_autofree char *whole = NULL;
    g_autofree char *part = NULL;
    char *that;

    if (g_str_has_suffix(plain, ", at most")) /* it is in @slot */
        plain[strlen(plain) - strlen(", at most")] = '\0';
    if (strcmp(plain, "share of all rows") == 0 || strcmp(plain, "share of all errors") == 0)
        return g_strdup_printf("|%s (?:makes? up|holds?|has|have|carry|carries) (?:a share of )?"
                               "\\{\\} %s|\\{\\} %s (?:are|lie) %s",
                               self->rows,
                               plain + strlen("share "),
                               plain + strlen("share "),
                               self->here);
    that = strpbrk(of, ",(") == NULL ? strstr(of, " that ") : NULL;
    if (that == NULL ||
        !(g_str_has_prefix(that, " that are ") || g_str_has_prefix(that, " that can ")))
        return g_strdup("");
    *that = '\0';
    whole = g_regex_escape_string(of, -1);
    part = g_regex_escape_string(that + strlen(" that "), -1);
    return g_strdup_printf("|%s of %s %s", slot, whole, part);
}

/* “errors in the slice are twice as frequent as elsewhere”, “the errors there are twice what …” */
static char *
form_ratio(const ErrataForm *self, const ErrataEvidence *evidence)
{
    g_autofree char *plain = form_plain(evidence->what);
    g_autofree char *what = NULL;
    g_autofree char *of = NULL;
    char *over = strstr(plain, " over what ");
    gboolean rate = FALSE;

    for (guint i = 0; i < self->finding->evidence->len; i++) {
        const ErrataEvidence *other = g_ptr_array_index(self->finding->evidence, i);

        rate = rate || g_str_has_prefix(other->what, "error rate ");
    }
    if (strcmp(plain, "slice over elsewhere") == 0)
        return rate ? g_strdup_printf(
                          "(?:%s,? )?errors (?:%s )?are \\{\\} as (?:frequent|common) as " FORM_REST
                          "|errors are \\{\\} as (?:frequent|common) %s as " FORM_REST
                          "|the error rate %s is \\{\\} that " FORM_REST,
                          self->here,
                          self->here,
                          self->here,
                          self->here)
                    : g_strdup_printf("the error %s is \\{\\} that " FORM_REST, self->here);
    if (over == NULL)
        return g_strdup("(?!)");
    *over = '\0';
    what = g_regex_escape_string(plain, -1);
    of = g_regex_escape_string(over + strlen(" over "), -1);
    return g_strdup_printf("(?:the )?%s are \\{\\} %s", what, of);
}

/* “The error rate is {} in the slice”, “Where a is b, the error rate is higher: {}” */
static char *
form_apart(const ErrataForm *self,
           const FormName *name,
           const ErrataEvidence *evidence,
           const char *more)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *head = NULL;
    g_autofree char *place = NULL;
    int direction = errata_form_direction(evidence);

    if (name->head == NULL || name->place[0] == '\0')
        return g_strdup("");
    head = g_regex_escape_string(name->head, -1);
    place = form_place(self, name->place);
    if (!g_str_has_prefix(name->place, "of "))
        g_string_append_printf(text, "|(?:the )?%s (?:is|was) \\{\\} %s%s", head, place, more);
    if (!form_is_here(name->place))
        return g_strdup(text->str);
    g_string_append_printf(text, "|(?:%s, the|its) %s (?:is|was) \\{\\}%s", place, head, more);
    if (direction == 0 || name->standard == NULL)
        return g_strdup(text->str);
    g_string_append_printf(text,
                           "|(?:%s, the %s|(?:the )?%s %s) is %s than %s(?:, at |: )\\{\\}",
                           place,
                           head,
                           head,
                           place,
                           direction > 0 ? "higher" : "lower",
                           name->standard);
    if (strcmp(name->head, "error rate") == 0)
        g_string_append_printf(
            text,
            "|%s, (?:predictions|rows) are wrong %s often(?: than %s)?: the error "
            "rate is \\{\\}",
            place,
            direction > 0 ? "more" : "less",
            name->standard);
    return g_strdup(text->str);
}

/* every way to say the fact, as a regular expression in brackets */
static char *
form_of_fact(const ErrataForm *self, const ErrataEvidence *evidence)
{
    g_auto(FormName) name = {NULL, NULL, NULL};
    g_autofree char *slot = NULL;
    g_autofree char *whole = NULL;
    g_autofree char *more = NULL;
    g_autofree char *said = NULL;
    g_autofree char *apart = NULL;
    g_autofree char *share = NULL;
    gboolean plural = form_is_plural(evidence);

    if (evidence->unit == ERRATA_UNIT_RATIO) {
        g_autofree char *ratio = form_ratio(self, evidence);

        return g_strdup_printf("(?:%s)", ratio);
    }
    if (evidence->unit == ERRATA_UNIT_TIME && g_str_has_prefix(evidence->what, "when ")) {
        g_autofree char *began = form_escaped(evidence->what + strlen("when "));

        return g_strdup_printf("(?:%s (?:on|in) \\{\\})", began);
    }
    form_name_init(&name, self, evidence);
    whole = form_whole(evidence, &slot);
    if (name.head != NULL && name.place[0] != '\0') {
        g_autofree char *head = g_regex_escape_string(name.head, -1);
        g_autofree char *place = form_place(self, name.place);

        g_free(whole);
        whole = g_strdup_printf("%s %s", head, place);
    }
    more = form_comparison(&name, evidence);
    apart = form_apart(self, &name, evidence, more);
    share = form_share(self, evidence, slot);
    if (plural)
        said = g_strdup_printf("(?:there (?:are|were)%s) %s %s|"
                               "(?:the )?%s (?:are|were|amount to|come to) %s%s",
                               g_str_has_prefix(evidence->what, "errors beyond")
                                   ? "|the " FORM_GROUP " has|it has"
                                   : "",
                               slot,
                               whole,
                               whole,
                               slot,
                               more);
    else
        said = g_strdup_printf(
            "%s is the %s|(?:%sthe )?%s "
            "(?:(?:is|was)(?: at)?|stands at|comes to|amounts to) %s%s",
            slot,
            whole,
            g_str_has_prefix(evidence->what, "share of all ") ? "its |the slice's |" : "",
            whole,
            slot,
            more);
    return g_strdup_printf("(?:%s%s%s)", said, apart, share);
}

/* ---- two facts ---- */

/* “The error rate is {} in the slice and {} elsewhere”; NULL: no form has both figures of one
 * name */
static char *
form_of_pair(const ErrataForm *self, const ErrataEvidence *a, const ErrataEvidence *b)
{
    g_auto(FormName) first = {NULL, NULL, NULL};
    g_auto(FormName) second = {NULL, NULL, NULL};
    g_autofree char *head = NULL;
    g_autofree char *here = NULL;
    g_autofree char *there = NULL;
    g_autofree char *led = NULL;
    int direction = errata_form_direction(a);

    if (strcmp(a->what, "share of all rows") == 0 && strcmp(b->what, "share of all errors") == 0)
        return g_strdup_printf("%s (?:makes? up|holds?|has|have|carry|carries) \\{\\} of all "
                               "rows" FORM_JOINT "\\{\\} of all errors",
                               self->rows);
    form_name_init(&first, self, a);
    form_name_init(&second, self, b);
    if (first.head == NULL || g_strcmp0(first.head, second.head) != 0 || a->unit != b->unit ||
        first.place[0] == '\0' || second.place[0] == '\0' || g_str_has_prefix(first.place, "of ") ||
        g_str_has_prefix(second.place, "of "))
        return NULL;
    head = g_regex_escape_string(first.head, -1);
    here = form_place(self, first.place);
    there = form_place(self, second.place);
    led = form_is_here(first.place) ? g_strdup_printf("%s,? the %s|", here, head) : g_strdup("");
    return g_strdup_printf(
        "(?:the )?%s (?:is|was) \\{\\} %s" FORM_JOINT "\\{\\} %s|"
        "(?:%s(?:the )?%s %s) (?:is|was)%s \\{\\}"
        "(?:,? against|,? compared with|" FORM_JOINT ") ?\\{\\} %s",
        head,
        here,
        there,
        led,
        head,
        here,
        first.standard == NULL || direction == 0 || !errata_form_same(a->baseline, b->value) ? ""
        : direction > 0 ? "(?: higher(?:,|:| at|, at))?"
                        : "(?: lower(?:,|:| at|, at))?",
        there);
}

/* ---- the sentence ---- */

/* what @cited can be said with from @at on: one fact or two of a kind, and so on */
static char *
form_of_facts(const ErrataForm *self, const GPtrArray *cited, guint at)
{
    const ErrataEvidence *evidence = g_ptr_array_index(cited, at);
    g_autoptr(GString) text = g_string_new("(?:");
    g_autofree char *one = form_of_fact(self, evidence);

    g_string_append(text, one);
    if (at + 1 < cited->len) {
        g_autofree char *rest = form_of_facts(self, cited, at + 1);
        g_autofree char *pair = form_of_pair(self, evidence, g_ptr_array_index(cited, at + 1));

        g_string_append_printf(text, FORM_JOINT "%s", rest);
        if (pair != NULL) {
            g_autofree char *more = at + 2 < cited->len ? form_of_facts(self, cited, at + 2) : NULL;

            g_string_append_printf(text,
                                   "|(?:%s)%s%s",
                                   pair,
                                   more != NULL ? FORM_JOINT : "",
                                   more != NULL ? more : "");
        }
    }
    g_string_append_c(text, ')');
    return g_strdup(text->str);
}

/* what is supposed may name the columns and values of the finding itself, no other class or
 * value */
static gboolean
form_names_own(const ErrataForm *self, const GPtrArray *tokens)
{
    const ErrataSubject *subject = &self->finding->subject;

    for (guint i = 0; i < tokens->len; i++) {
        const ErrataToken *token = g_ptr_array_index(tokens, i);
        gboolean own = token->kind != ERRATA_TOKEN_NAME ||
                       g_strcmp0(token->text, subject->column) == 0 ||
                       g_strcmp0(token->text, subject->given) == 0 ||
                       g_strcmp0(token->text, subject->suggested) == 0 ||
                       (subject->columns != NULL &&
                        g_strv_contains((const char *const *)subject->columns, token->text));

        for (guint k = 0; !own && subject->predicates != NULL && k < subject->predicates->len;
             k++) {
            const ErrataPredicate *predicate = g_ptr_array_index(subject->predicates, k);

            own = g_strcmp0(token->text, predicate->column) == 0 ||
                  (predicate->values != NULL &&
                   g_strv_contains((const char *const *)predicate->values, token->text));
        }
        if (!own)
            return FALSE;
    }
    return TRUE;
}

static char *
form_advice(const ErrataEvidence *evidence, gboolean hypothesis)
{
    static const char most[] = ", at most";
    g_autofree char *what = g_strdup(evidence->what);
    gboolean bound = g_str_has_suffix(what, most);

    if (bound)
        what[strlen(what) - strlen(most)] = '\0';
    if (evidence->unit == ERRATA_UNIT_RATIO)
        return g_strdup(
            "says it in none of the forms that can be checked, such as “The error rate in "
            "the slice is {} that elsewhere.”");
    return g_strdup_printf(
        "says it in none of the forms that can be checked, such as “%s %s %s %s{}.”",
        hypothesis ? "Perhaps …; the" : "The",
        what,
        form_is_plural(evidence) ? "are" : "is",
        bound ? "at most " : "");
}

gboolean
errata_form_check(const GPtrArray *tokens,
                  const GPtrArray *cited,
                  const ErrataFinding *finding,
                  gboolean hypothesis,
                  char **ret_why)
{
    static const char supposed[] = "(?:perhaps|maybe|possibly) [^{};:]*";
    g_auto(ErrataForm) self = {NULL, NULL, NULL, NULL};
    g_autofree char *sentence = errata_form_of_sentence(tokens);
    g_autofree char *facts = NULL;
    g_autofree char *pattern = NULL;
    g_autoptr(GRegex) regex = NULL;

    if (cited->len > FORM_MAX_FACTS) {
        *ret_why = g_strdup_printf("more than %d facts in one sentence", FORM_MAX_FACTS);
        return FALSE;
    }
    errata_form_init(&self, finding);
    facts = form_of_facts(&self, cited, 0);
    pattern = hypothesis
                  ? g_strdup_printf("^(?:%s[;:] %s|%s[;:] %s)$", supposed, facts, facts, supposed)
                  : g_strdup_printf("^%s$", facts);
    regex = g_regex_new(pattern, G_REGEX_DOLLAR_ENDONLY, 0, NULL);
    if (regex != NULL && g_regex_match(regex, sentence, 0, NULL) &&
        (!hypothesis || form_names_own(&self, tokens)))
        return TRUE;
    *ret_why = form_advice(g_ptr_array_index(cited, 0), hypothesis);
    return FALSE;
}
