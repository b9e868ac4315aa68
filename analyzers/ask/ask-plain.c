/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions as people ask them who know no terms, in words that the rules have: “why is precision
 * low for EU” and “what about EU” compare EU with the rest, “does device matter” is the error rate
 * by device, “top 3 regions by recall” is which regions have the highest. The plan is shown, so
 * that the reading is seen. */
#include <string.h>

#include "ask-condition.h"
#include "ask-intent.h"
#include "ask-words.h"
#include "number.h"

/* how good or bad something is said to be, where why is asked: a beginning, as phrases have it,
 * ends in * */
static const char *const plain_judged[] = {
    "so many",  "so few",   "so much",   "so often", "so",         "too many",  "too high",
    "too low",  "that bad", "such",      "low",      "lower",      "high",      "higher",
    "bad",      "badly",    "poor",      "poorly",   "weak",       "weaker",    "terrible",
    "horrible", "awful",    "wrong",     "worse",    "worst",      "fail*",     "struggl*",
    "perform*", "doing",    "off",       "down",     "dropp*",     "drop",      "fall",
    "fell",     "declin*",  "went down", "go down",  "unreliable", "behave*",   "a lot of",
    "lots of",  "often",    "problem",   "mistakes", "errors",     "difficult", "hard",
    "inaccura", NULL};

static const char *const plain_reasons[] = {"why",
                                            "how come",
                                            "what causes",
                                            "what cause",
                                            "what makes",
                                            "what is the reason for",
                                            "what's the reason for",
                                            "reason for",
                                            "reasons for",
                                            NULL};

/* how many words from @at on are one of the phrases, the first that fits */
static guint
plain_match(const AskWords *words, guint at, const char *const *phrases)
{
    guint n = 0;

    for (guint i = 0; n == 0 && phrases[i] != NULL; i++)
        n = errata_ask_words_match(words, at, phrases[i]);
    return n;
}

/* past words that say nothing, such as “the” and “customers” */
static guint
plain_skip(const AskWords *words, guint at)
{
    guint n = 0;

    while (errata_ask_words_get(words, at) != NULL &&
           errata_ask_words_is_plain(errata_ask_words_get(words, at)->fold) &&
           errata_ask_words_column(words, at, &n) < 0)
        at++;
    return at;
}

static gboolean
plain_is_end(const AskWords *words, guint at)
{
    return plain_skip(words, at) >= words->words->len;
}

/* how many words from @at on name a column; 0: none, or one of the outcome */
static guint
plain_column(const AskWords *words, guint at)
{
    const ErrataSchema *schema = words->data->schema;
    guint n = 0;
    int column = errata_ask_words_column(words, at, &n);

    return column < 0 || (schema != NULL && words->data->frame != NULL &&
                          (column == schema->prediction || column == schema->label))
               ? 0
               : n;
}

/* how many words from @at on are a value of a column */
static guint
plain_value(const AskWords *words, guint at)
{
    guint n = 0;
    const AskValue *value = errata_ask_words_value(words, at, &n);
    g_autofree char *short_one = NULL;

    if (value != NULL)
        return n;
    /* EU, US: too short to be one among other words, but not where one is expected */
    short_one = errata_ask_words_phrase(words, at, 1);
    return short_one != NULL && !errata_ask_words_is_plain(short_one) &&
           !g_ascii_isdigit(short_one[0]) && g_hash_table_contains(words->values, short_one);
}

/* whether a column or a value is spoken of from @at on */
static gboolean
plain_names_any(const AskWords *words, guint at)
{
    for (; at < words->words->len; at++)
        if (plain_column(words, at) > 0 || plain_value(words, at) > 0)
            return TRUE;
    return FALSE;
}

/* whether one row or one finding is spoken of */
static gboolean
plain_names_one(const AskWords *words)
{
    static const char *const one[] =
        {"row", "id", "finding", "findings", "confus*", "mistaken", NULL};

    for (guint i = 0; i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);
        double number;
        guint n_op = 0;

        if (plain_match(words, i, one) > 0 ||
            (word->text[0] == 'F' && g_ascii_isdigit(word->text[1])) ||
            (strpbrk(word->text, "0123456789") != NULL &&
             !errata_number_parse_double(word->text, strlen(word->text), &number) &&
             plain_value(words, i) == 0 && plain_column(words, i) == 0))
            return TRUE;
        /* “order 77”, but not “age over 77” */
        if (i > 0 && errata_number_parse_double(word->text, strlen(word->text), &number)) {
            gboolean compared = FALSE;

            for (guint k = i; k > 0 && i - k < 4; k--)
                compared = compared || errata_ask_condition_op(words, k - 1, &n_op) != NULL;
            if (!compared)
                return TRUE;
        }
    }
    return FALSE;
}

/* whether two sides are named already: “why is EU worse than US” */
static gboolean
plain_has_sides(const AskWords *words)
{
    static const char *const sides[] =
        {"than", "vs", "versus", "compared", "against", "rest", NULL};

    for (guint i = 0; i < words->words->len; i++)
        if (plain_match(words, i, sides) > 0)
            return TRUE;
    return FALSE;
}

/* “so many false positives” of a group are its rate of them: other groups have other sizes */
static void
plain_write_rates(AskWords *words)
{
    static const char *const kinds[][2] = {{"false positives", "false positive rate"},
                                           {"false alarms", "false positive rate"},
                                           {"false negatives", "false negative rate"},
                                           {"missed", "false negative rate"}};
    const ErrataSchema *schema = words->data->schema;

    if (schema == NULL || schema->task != ERRATA_TASK_BINARY)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        guint n = 0;
        int at = errata_ask_words_find(words, kinds[i][0], &n);

        if (at >= 0)
            errata_ask_phrase_set(words, (guint)at, n, kinds[i][1]);
    }
}

/* “why is precision low for region = EU” → “compare precision for region = EU with the rest” */
static gboolean
plain_why(AskWords *words)
{
    guint n = plain_match(words, 0, plain_reasons);

    if (n == 0 || plain_names_one(words) || !plain_names_any(words, n))
        return FALSE;
    if (plain_has_sides(words)) {
        g_array_remove_range(words->words, 0, n);
        return TRUE;
    }
    for (guint at = n; at < words->words->len;) {
        guint n_judged = plain_match(words, at, plain_judged);

        if (n_judged > 0 && plain_value(words, at) == 0 && plain_column(words, at) == 0)
            g_array_remove_range(words->words, at, n_judged);
        else
            at++;
    }
    plain_write_rates(words);
    errata_ask_phrase_set(words, 0, n, "compare");
    errata_ask_phrase_set(words, words->words->len, 0, "with the rest");
    return TRUE;
}

/* “why did accuracy fall in March” → “did accuracy fall in March”: what was found is of all rows */
static gboolean
plain_why_when(AskWords *words)
{
    guint n = plain_match(words, 0, plain_reasons);

    if (n == 0 || plain_names_one(words) || !errata_ask_intent_says_when(words))
        return FALSE;
    g_array_remove_range(words->words, 0, n);
    return TRUE;
}

/* “what about EU”, “is EU bad”, “is it biased against EU” → “compare EU with the rest” */
static gboolean
plain_about(AskWords *words)
{
    static const char *const leads[] = {"what about",
                                        "how about",
                                        "what's up with",
                                        "what is up with",
                                        "what's going on with",
                                        "what's wrong with",
                                        "what is wrong with",
                                        "what's wrong in",
                                        "anything wrong with",
                                        "anything wrong in",
                                        "tell me about",
                                        "tell me more about",
                                        "problems with",
                                        "problem with",
                                        "issues with",
                                        "issue with",
                                        "trouble with",
                                        "biased against",
                                        "bias against",
                                        "biased towards",
                                        "biased toward",
                                        "unfair to",
                                        "unfair towards",
                                        "fair to",
                                        "fair towards",
                                        "fair for",
                                        "discriminate against",
                                        "discriminates against",
                                        "discriminating against",
                                        NULL};
    static const char *const ends[] = {"bad",
                                       "a problem",
                                       "ok",
                                       "okay",
                                       "fine",
                                       "weak",
                                       "broken",
                                       "special",
                                       "poor",
                                       "wrong",
                                       "worse",
                                       NULL};

    for (guint at = 0; at < words->words->len; at++) {
        guint n_lead = plain_match(words, at, leads);
        guint from = plain_skip(words, at + n_lead);
        guint n = n_lead > 0 || at == 0 ? plain_value(words, from) : 0;
        guint n_end = n > 0 ? plain_match(words, from + n, ends) : 0;
        g_autofree char *value = NULL;
        g_autofree char *text = NULL;

        if (n == 0 || (n_lead == 0 && (from == 0 || n_end == 0)) ||
            !plain_is_end(words, from + n + n_end))
            continue;
        value = errata_ask_words_phrase(words, from, n);
        text = g_strdup_printf("compare %s with the rest", value);
        errata_ask_phrase_set(words, 0, words->words->len, text);
        return TRUE;
    }
    return FALSE;
}

/* “does device matter”, “effect of device on recall”, “does accuracy depend on device” → “recall by
 * device” */
static gboolean
plain_matter(AskWords *words)
{
    static const char *const leads[] = {"effect of",
                                        "impact of",
                                        "influence of",
                                        "depend on",
                                        "depends on",
                                        "vary by",
                                        "vary with",
                                        "varies with",
                                        "differ by",
                                        "differ across",
                                        "does",
                                        "do",
                                        "is",
                                        "are",
                                        NULL};
    static const char *const ends[] = {"make a difference",
                                       "makes a difference",
                                       "play a role",
                                       "plays a role",
                                       "have an effect",
                                       "has an effect",
                                       "have an impact",
                                       "has an impact",
                                       "matter",
                                       "matters",
                                       "affect",
                                       "affects",
                                       "influence",
                                       "influences",
                                       "impact",
                                       "impacts",
                                       "important",
                                       "relevant",
                                       NULL};
    static const char *const on[] =
        {"on", "for", "to", "the", "errors", "error rate", "predictions", "quality", NULL};

    for (guint at = 0; at < words->words->len; at++) {
        guint n_lead = plain_match(words, at, leads);
        gboolean verb = n_lead == 1; /* does … matter */
        gboolean depends = n_lead > 0 && errata_ask_words_get(words, at)->fold[0] == 'd' && !verb;
        guint from = plain_skip(words, at + n_lead);
        guint n = n_lead > 0 ? plain_column(words, from) : 0;
        guint n_end = n > 0 && verb ? plain_match(words, from + n, ends) : 0;
        g_autofree char *text = NULL;
        g_autofree char *name = NULL;

        if (n == 0 || (verb && n_end == 0) ||
            (depends && at > 0 && errata_ask_words_match(words, at - 1, "model") > 0))
            continue;
        name = errata_ask_words_phrase(words, from, n);
        for (guint rest = from + n + n_end; rest < words->words->len;) {
            guint n_on = plain_match(words, rest, on);

            if (n_on > 0)
                g_array_remove_range(words->words, rest, n_on);
            else
                rest++;
        }
        text = g_strdup_printf("by %s", name);
        errata_ask_phrase_set(words, at, from + n + n_end - at, text);
        while (at > 0 && errata_ask_words_is_plain(errata_ask_words_get(words, at - 1)->fold))
            g_array_remove_index(words->words, --at);
        if (words->words->len == n + 1) {
            g_autofree char *rate =
                g_strdup_printf("%s by", errata_ask_intent_default(words, "error rate", "mae"));

            errata_ask_phrase_set(words, 0, 1, rate);
        }
        return TRUE;
    }
    return FALSE;
}

/* “top 3 regions by recall” → “which regions highest recall”; “top 5 errors” → “worst 5 errors” */
static gboolean
plain_top(AskWords *words)
{
    static const char *const tops[] = {"top", "bottom", NULL};
    static const char *const things[] = {"errors", "mistakes", "wrong predictions", NULL};
    static const char *const sure[] = {"most confident", "surest", NULL};
    static const char *const by[] = {"by", "in terms of", "on", "ranked by", "sorted by", NULL};
    static const char *const errors[] = {"errors",
                                         "mistakes",
                                         "error count",
                                         "number of errors",
                                         NULL};

    for (guint at = 0; at < words->words->len; at++) {
        gboolean bottom = errata_ask_words_match(words, at, "bottom") > 0;
        double number;
        const AskWord *next = errata_ask_words_get(words, at + 1);
        guint n_number = next != NULL &&
                         errata_number_parse_double(next->text, strlen(next->text), &number);
        guint from = at + 1 + n_number;
        guint n = 0;
        guint n_by, n_errors;

        if (plain_match(words, at, tops) == 0)
            continue;
        if (!bottom && plain_match(words, from, things) > 0) {
            errata_ask_phrase_set(words, at, 1, "worst");
            return TRUE;
        }
        if (!bottom && plain_match(words, from, sure) > 0) {
            errata_ask_phrase_set(words, at, 1, "show");
            return TRUE;
        }
        n = plain_column(words, from);
        n_by = n > 0 ? plain_match(words, from + n, by) : 0;
        if (n_by == 0)
            continue;
        n_errors = plain_match(words, from + n + n_by, errors);
        if (n_errors > 0)
            errata_ask_phrase_set(words,
                                  from + n,
                                  n_by + n_errors,
                                  bottom ? "fewest errors" : "most errors");
        else
            errata_ask_phrase_set(words, from + n, n_by, bottom ? "lowest" : "highest");
        if (n_number > 0 && words->n_top == 0)
            words->n_top = errata_ask_top_number(words, at + 1);
        errata_ask_phrase_set(words, at, 1 + (words->n_top > 0 ? n_number : 0), "which");
        return TRUE;
    }
    return FALSE;
}

/* “what is tenure_months”, “what does tenure mean” → “describe tenure” */
static gboolean
plain_what_is(AskWords *words)
{
    static const char *const leads[] = {"what is",
                                        "what's",
                                        "what does",
                                        "what are",
                                        "whats",
                                        "define",
                                        "meaning of",
                                        "explain",
                                        "what is meant by",
                                        "show",
                                        NULL};
    static const char *const ends[] =
        {"mean", "means", "stand for", "hold", "contain", "look like", "feature", "column", NULL};
    guint n_lead = plain_match(words, 0, leads);
    guint from = plain_skip(words, n_lead);
    guint n = 0;
    int column = n_lead > 0 ? errata_ask_words_column(words, from, &n) : -1;

    if (column < 0 || words->data->frame == NULL ||
        !plain_is_end(words, from + n + plain_match(words, from + n, ends)))
        return FALSE;
    if (from + n < words->words->len)
        g_array_remove_range(words->words, from + n, words->words->len - from - n);
    errata_ask_phrase_set(words, 0, from, "describe");
    return TRUE;
}

/* “which customers should I look at” → “worst errors” */
static gboolean
plain_review(AskWords *words)
{
    static const char *const asks[] = {"should i", "should we", "do i", "must i", "to", NULL};
    static const char *const verbs[] = {"look at",
                                        "check",
                                        "review",
                                        "inspect",
                                        "investigate",
                                        "examine",
                                        "label",
                                        "look into",
                                        "audit",
                                        NULL};

    if (errata_ask_words_match(words, 0, "which") == 0 || plain_names_any(words, 0))
        return FALSE;
    for (guint at = 1; at < words->words->len; at++) {
        guint n_asks = plain_match(words, at, asks);
        guint n_verb = n_asks > 0 ? plain_match(words, at + n_asks, verbs) : 0;
        guint end = at + n_asks + n_verb;

        end += errata_ask_words_match(words, end, "first");
        if (n_verb == 0 || plain_skip(words, 1) < at || !plain_is_end(words, end))
            continue;
        errata_ask_phrase_set(words, 0, words->words->len, "worst errors");
        return TRUE;
    }
    return FALSE;
}

/* “how sure are you about the accuracy”: figures come with their intervals */
static gboolean
plain_sure(AskWords *words)
{
    static const char *const sure[] = {"how sure", "how certain", "how confident", NULL};
    static const char *const whose[] =
        {"are you", "are we", "can we be", "can i be", "can you be", "should i be", NULL};
    static const char *const links[] = {"about", "of", "in", "that", NULL};
    guint n = plain_match(words, 0, sure);
    guint n_whose = n > 0 ? plain_match(words, n, whose) : 0;
    guint n_link = n_whose > 0 ? plain_match(words, n + n_whose, links) : 0;

    if (n_link == 0)
        return FALSE;
    errata_ask_phrase_set(words, 0, n + n_whose + n_link, "what is");
    return TRUE;
}

/* “is it biased”, of numbers without groups that are declared sensitive: too high or too low */
static gboolean
plain_biased(AskWords *words)
{
    static const char *const biased[] = {"is it biased",
                                         "is the model biased",
                                         "are predictions biased",
                                         "are the predictions biased",
                                         "is there a bias",
                                         "is there bias",
                                         NULL};
    const ErrataSchema *schema = words->data->schema;
    guint n = plain_match(words, 0, biased);

    if (n == 0 || !plain_is_end(words, n) || schema == NULL ||
        schema->task != ERRATA_TASK_REGRESSION)
        return FALSE;
    for (guint c = 0; c < schema->n_columns; c++)
        if (schema->columns[c].role == ERRATA_ROLE_GROUP)
            return FALSE;
    errata_ask_phrase_set(words, 0, words->words->len, "mean error");
    return TRUE;
}

/* “how sure is it that accuracy fell”, “is the drop significant”: what was found, which was
 * tested */
static gboolean
plain_tested(AskWords *words)
{
    static const char *const sure[] = {"how sure",
                                       "how certain",
                                       "significant",
                                       "significantly",
                                       "statistically",
                                       "real",
                                       "really",
                                       "by chance",
                                       "just noise",
                                       NULL};
    static const char *const falls[] = {"fell",
                                        "fall*",
                                        "drop*",
                                        "declin*",
                                        "decreas*",
                                        "degrad*",
                                        "deteriorat*",
                                        "got worse",
                                        "get worse",
                                        "gotten worse",
                                        NULL};
    gboolean is_sure = FALSE, fell = FALSE;

    if (plain_names_any(words, 0))
        return FALSE;
    for (guint at = 0; at < words->words->len; at++) {
        is_sure = is_sure || plain_match(words, at, sure) > 0;
        fell = fell || plain_match(words, at, falls) > 0;
    }
    if (!is_sure || !fell)
        return FALSE;
    errata_ask_phrase_set(words, 0, words->words->len, "what changed");
    return TRUE;
}

/* “how much worse are the self-employed than the retired”: whether they are, and the difference */
static gboolean
plain_how_much(AskWords *words)
{
    static const char *const much[] = {"how much", "by how much", NULL};
    static const char *const compared[] = {"worse", "better", NULL};
    guint n = plain_match(words, 0, much);

    if (n == 0 || plain_match(words, n, compared) == 0)
        return FALSE;
    g_array_remove_range(words->words, 0, n);
    return TRUE;
}

/* “applications that come through brokers” are those with them */
static gboolean
plain_come(AskWords *words)
{
    static const char *const come[] = {"come through",
                                       "comes through",
                                       "coming through",
                                       "come via",
                                       "comes via",
                                       "coming via",
                                       "come from",
                                       "comes from",
                                       "coming from",
                                       NULL};

    for (guint at = 0; at < words->words->len; at++) {
        guint n = plain_match(words, at, come);

        if (n == 0 || plain_value(words, plain_skip(words, at + n)) == 0)
            continue;
        errata_ask_phrase_set(words, at, n, "with");
        return TRUE;
    }
    return FALSE;
}

void
errata_ask_plain_write(AskWords *words)
{
    static gboolean (*const rules[])(AskWords * words) = {plain_why,
                                                          plain_why_when,
                                                          plain_about,
                                                          plain_matter,
                                                          plain_top,
                                                          plain_what_is,
                                                          plain_review,
                                                          plain_biased,
                                                          plain_tested,
                                                          plain_sure,
                                                          plain_how_much,
                                                          plain_come};

    if (words->words->len == 0)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++)
        if (rules[i](words))
            return;
}

/* “why is precision so low”, of no group: what was found */
char *
errata_ask_plain_found(AskWords *words)
{
    static const char *const things[] = {"false positive*",
                                         "false negative*",
                                         "false alarm*",
                                         "missed",
                                         NULL};
    g_autofree char *metric = NULL;
    guint n = plain_match(words, 0, plain_reasons);
    guint judged = 0;

    if (n == 0 || plain_names_one(words))
        return NULL;
    metric = errata_ask_metric_list(words);
    for (guint at = n; at < words->words->len; at++) {
        guint n_judged = plain_match(words, at, plain_judged);

        n_judged += plain_match(words, at + n_judged, things);
        errata_ask_words_use(words, at, n_judged);
        judged += n_judged;
    }
    if (judged == 0)
        return NULL;
    errata_ask_words_use(words, 0, n);
    return g_strdup("findings");
}

char *
errata_ask_plain_note(const char *question, const char *plan, const ErrataAskData *data)
{
    g_autoptr(AskWords) words = errata_ask_words_new(question, data);

    if (strstr(plan, "| group \"@") != NULL)
        return errata_ask_mention_note(words);
    if (plain_match(words, 0, plain_reasons) == 0 || g_str_has_prefix(plan, "explain") ||
        g_str_has_prefix(plan, "finding"))
        return NULL;
    return g_strdup(
        "These figures say whether it is so, not why; “what's wrong” lists what was found.");
}

gboolean
errata_ask_plain_wants_help(const AskWords *words)
{
    static const char *const helps[] = {"help",
                                        "what can you do",
                                        "what can you answer",
                                        "what can you tell me",
                                        "what can i ask",
                                        "what can i ask you",
                                        "what questions",
                                        "how do i use",
                                        "how does this work",
                                        "how do you work",
                                        "what do you know",
                                        "commands",
                                        "examples",
                                        "usage",
                                        NULL};

    return plain_match(words, 0, helps) > 0;
}
