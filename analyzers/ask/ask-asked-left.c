/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a question leaves out, and its words that stand for nothing in a plan. */
#include <string.h>

#include "ask-asked-private.h"
#include "text.h"

/* ---- what is left out ---- */

/* how many words from @at on say that something is left out; 0: none */
guint
errata_ask_asked_negation(const AskAsked *self, guint at)
{
    static const char *const negations[] = {
        "other than",   "apart from", "aside from",  "anyone but", "everyone but", "everything but",
        "anything but", "all but",    "not",         "without",    "except",       "excluding",
        "exclude",      "neither",    "nor",         "outside",    "never",        "besides",
        "non",          "isn't",      "aren't",      "wasn't",     "weren't",      "didn't",
        "don't",        "doesn't",    "leaving out", "ignoring",   "minus",        "no",
        "save"};

    for (guint i = 0; i < G_N_ELEMENTS(negations); i++) {
        guint n = errata_ask_words_match(self->words, at, negations[i]);

        if (n > 0)
            return n;
    }
    return 0;
}

/* whether one of the rows has the value */
gboolean
errata_ask_asked_keeps(const AskAsked *self, const ErrataRows *rows, const AskValue *value)
{
    const ErrataFrame *frame = self->data->frame;
    const ErrataColumn *column = value->column >= 0 ? frame->columns[value->column] : NULL;

    for (gsize row = 0; column != NULL && row < frame->n_rows; row++)
        if (errata_rows_has(rows, row) && errata_column_is_valid(column, row) &&
            strcmp(column->dictionary[column->code[row]], value->text) == 0)
            return TRUE;
    return FALSE;
}

/* the values behind a negation, as far as and, or, nor go on with it */
static gboolean
asked_check_negated(AskAsked *self, guint at)
{
    static const char *const on[] = {"the",
                                     "a",
                                     "an",
                                     "in",
                                     "from",
                                     "for",
                                     "of",
                                     "by",
                                     "and",
                                     "or",
                                     "is",
                                     "are",
                                     "those",
                                     "nor",
                                     "any",
                                     NULL};
    guint n;

    for (guint i = at; i < self->words->words->len; i += n) {
        const AskValue *value = errata_ask_words_value(self->words, i, &n);

        n = value != NULL ? n : 1;
        if (value != NULL && self->other == NULL && errata_ask_asked_keeps(self, self->rows, value))
            return errata_ask_asked_refuse(self,
                                           "the question leaves out “%s”, which the plan does not",
                                           value->text);
        if (value == NULL && !errata_ask_asked_is(self, i, on))
            break;
    }
    return TRUE;
}

gboolean
errata_ask_asked_check_negations(AskAsked *self)
{
    static const char *const signs[] =
        {"not", "!=", "missing", "<", " 0", "false", "= no", "rest", "error", "correct", "compare"};
    guint n;

    for (guint i = 0; i < self->words->words->len; i += n) {
        gboolean found = FALSE;

        n = MAX(errata_ask_asked_negation(self, i), 1);
        if (errata_ask_asked_negation(self, i) == 0)
            continue;
        for (guint k = 0; k < G_N_ELEMENTS(signs); k++)
            found = found || strstr(self->folded, signs[k]) != NULL;
        if (!found && errata_ask_asked_comparison(self, i + n + 1, 1) == NULL)
            return errata_ask_asked_refuse(self,
                                           "the question has “%s”, and the plan leaves nothing out",
                                           errata_ask_words_get(self->words, i)->text);
        if (!asked_check_negated(self, i + n))
            return FALSE;
    }
    return TRUE;
}

/* ---- shares ---- */

/* “what share of A is B”: A is the whole, and not the part */
gboolean
errata_ask_asked_check_share(AskAsked *self)
{
    static const char *const shares[] =
        {"share", "percent", "percentage", "fraction", "proportion", "%", NULL};
    const ErrataAskStep *last = g_ptr_array_index(self->plan->steps, self->plan->steps->len - 1);
    g_autofree char *part = last->op == ERRATA_ASK_SHARE ? g_utf8_strdown(last->text, -1) : NULL;
    g_autofree char *whole = part != NULL
                                 ? g_strndup(self->folded, strlen(self->folded) - strlen(part))
                                 : NULL;

    for (guint i = 0; part != NULL && i + 2 < self->words->words->len; i++) {
        gboolean of = errata_ask_asked_is(self, i, shares) &&
                      errata_ask_words_match(self->words, i + 1, "of") > 0;

        for (guint k = i + 2; of && k < i + 5; k++) {
            guint n = 0;
            const AskValue *value = errata_ask_words_value(self->words, k, &n);
            g_autofree char *text = value != NULL ? g_utf8_strdown(value->text, -1) : NULL;

            if (text == NULL)
                continue;
            if (strstr(part, text) != NULL && strstr(whole, text) == NULL)
                return errata_ask_asked_refuse(
                    self,
                    "the question asks for a share of “%s”, and the plan "
                    "for the share that is so",
                    value->text);
            break;
        }
    }
    return TRUE;
}

/* ---- what stands for nothing ---- */

/* words by which an operation may be asked for */
static const struct {
    ErrataAskOp op;
    const char *said[24];
} asked_ops[] = {
    {ERRATA_ASK_COUNT, {"many", "number", "count", "total", "lack", "spread", "most", "fewest"}},
    {ERRATA_ASK_SHARE,
     {"share", "percent", "percentage", "fraction", "proportion", "often", "part", "rate"}},
    {ERRATA_ASK_METRIC, {"good",  "well",     "worse",      "worst",       "bad",      "better",
                         "best",  "right",    "wrong",      "trustworthy", "reliable", "trust",
                         "often", "fare",     "perform",    "performance", "quality",  "off",
                         "err",   "mistakes", "recognised", "catch",       "caught"}},
    {ERRATA_ASK_COMPARE,
     {"worse",
      "better",
      "than",
      "against",
      "versus",
      "vs",
      "differ",
      "difference",
      "matter",
      "compare",
      "same",
      "different",
      "between",
      "bias",
      "odd",
      "special",
      "worst",
      "best"}},
    {ERRATA_ASK_FINDINGS,
     {"wrong",
      "bad",
      "problem",
      "problems",
      "issue",
      "issues",
      "terrible",
      "going",
      "broken",
      "found",
      "alarming",
      "weird",
      "odd",
      "happened",
      "changed",
      "find",
      "trouble",
      "severe",
      "off"}},
    {ERRATA_ASK_FINDING, {"finding", "problem", "issue"}},
    {ERRATA_ASK_ROWS, {"which", "show", "examples", "example", "list", "rows", "cases", "see"}},
    {ERRATA_ASK_EXPLAIN, {"why", "explain", "story", "row", "about", "tell"}},
    {ERRATA_ASK_ADVICE, {"do", "fix", "improve", "better", "advice", "start", "next", "action"}},
    {ERRATA_ASK_FEATURES,
     {"feature", "features", "important", "drives", "matters", "matter", "inputs"}},
    {ERRATA_ASK_COLUMNS, {"column", "columns", "missing", "fields", "variables"}},
    {ERRATA_ASK_DESCRIBE,
     {"average",
      "mean",
      "median",
      "typical",
      "highest",
      "lowest",
      "range",
      "values",
      "spread",
      "usual",
      "distribution"}},
    {ERRATA_ASK_THRESHOLD, {"threshold", "cutoff", "cut"}},
};

/* whether anything of the plan is of the question */
gboolean
errata_ask_asked_is_linked(const AskAsked *self)
{
    static const char *const supposes[] = {"threshold", "cutoff", "cut", "bar", "if", "were", NULL};
    const ErrataAskStep *last = g_ptr_array_index(self->plan->steps, self->plan->steps->len - 1);

    if (errata_ask_asked_is_of_errors(self))
        return TRUE;
    for (guint i = 0; i < self->plan->steps->len; i++) /* its number is of the question */
        if (((const ErrataAskStep *)g_ptr_array_index(self->plan->steps, i))->op ==
                ERRATA_ASK_WHAT_IF &&
            errata_ask_asked_any(self, supposes))
            return TRUE;
    for (guint i = 0; i < self->tests->len; i++)
        if (errata_ask_asked_names(self,
                                   ((const AskTest *)g_ptr_array_index(self->tests, i))->text))
            return TRUE;
    if (self->dates->len > 0 || (last->text != NULL && errata_ask_asked_names(self, last->text)))
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(asked_ops); i++)
        if (asked_ops[i].op == last->op && errata_ask_asked_any(self, asked_ops[i].said))
            return TRUE;
    return FALSE;
}

/* whether a word of the question stands for something of the plan, or for nothing that could be
 * lost */
static gboolean
asked_is_explained(const AskAsked *self, const AskWords *read, guint at)
{
    static const char *const harmless[] = {
        "past",   "beyond",    "yet",     "birthday",  "lack",     "figure",  "folks",
        "folk",   "elders",    "kind",    "thing",     "things",   "part",    "anybody",
        "anyone", "somebody",  "someone", "everybody", "not",      "no",      "without",
        "except", "excluding", "other",   "than",      "but",      "neither", "nor",
        "or",     "if",        "there",   "whole",     "really",   "just",    "only",
        "still",  "made",      "make",    "very",      "quite",    "between", "first",
        "half",   "hour",      "hours",   "story",     "course",   "ones",    "yours",
        "mine",   "ours",      "highest", "lowest",    "greatest", "largest", "smallest",
        "most",   "least",     "them",    "some",      "up",       "down",    "over",
        NULL};
    const AskWord *word = errata_ask_words_get(self->words, at);
    g_auto(GStrv) parts = g_strsplit_set(self->folded, " \"'()|,_-=<>.@", -1);
    double value;
    guint n;

    if (errata_ask_words_get(read, at)->used || word->used ||
        errata_ask_words_is_plain(word->fold) || g_strv_contains(harmless, word->fold) ||
        errata_ask_asked_number(self, at, &value, &n))
        return TRUE;
    for (guint i = 0; parts[i] != NULL; i++)
        if (strlen(parts[i]) > 2 && errata_ask_asked_is_kin(parts[i], word->fold))
            return TRUE;
    for (guint i = 0; i < self->tests->len; i++)
        if (errata_ask_asked_is_short(word,
                                      ((const AskTest *)g_ptr_array_index(self->tests, i))->text))
            return TRUE;
    return g_str_has_suffix(word->fold, "ieth");
}

/* words that nothing stands for: of a phrase that says which rows, the plan has lost it; else they
 * are told */
gboolean
errata_ask_asked_check_left(AskAsked *self, const char *question, char **ret_note)
{
    static const char *const leads[] = {"for",
                                        "of",
                                        "from",
                                        "among",
                                        "in",
                                        "within",
                                        "who",
                                        "whose",
                                        "about",
                                        "where",
                                        "with",
                                        "during",
                                        NULL};
    static const char *const skip[] = {"the",
                                       "our",
                                       "my",
                                       "all",
                                       "those",
                                       "people",
                                       "rows",
                                       "a",
                                       "an",
                                       "are",
                                       "is",
                                       "were",
                                       "was",
                                       NULL};
    g_autoptr(AskWords) read = errata_ask_words_new(question, self->data);
    g_autoptr(GString) left = g_string_new(NULL);
    gboolean groups = strstr(self->folded, "group ") != NULL;
    gboolean spans = FALSE; /* groups of something that the question calls otherwise */

    for (guint i = 0; i < self->tests->len; i++) { /* “part of the country” may be its region */
        const AskTest *test = g_ptr_array_index(self->tests, i);

        spans = spans ||
                (test->op[0] == '\0' && groups && !errata_ask_asked_names(self, test->text));
    }
    errata_ask_route_read(read);
    for (guint i = 0; i < self->words->words->len; i++) {
        const char *text = errata_ask_words_get(self->words, i)->text;
        guint back = i;

        if (asked_is_explained(self, read, i) || !errata_text_is_plain(text))
            continue;
        while (back > 0 && errata_ask_asked_is(self, back - 1, skip))
            back--;
        if (back > 0 && !spans && errata_ask_asked_is(self, back - 1, leads))
            return errata_ask_asked_refuse(self, "nothing in the plan stands for “%s”", text);
        g_string_append_printf(left, "%s“%s”", left->len > 0 ? ", " : "", text);
    }
    if (left->len > 0)
        *ret_note = g_strdup_printf("The language model's plan has nothing for %s.", left->str);
    return TRUE;
}
