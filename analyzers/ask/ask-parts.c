/* SPDX-License-Identifier: GPL-3.0-or-later */
/* “What share of A is B”, “how many errors in A”: which conditions of a question say the part that
 * is counted, and which the whole that it is of. */
#include <string.h>

#include "ask-condition.h"
#include "ask-intent.h"

static int
parts_share_at(const AskWords *words)
{
    static const char *const shares[] =
        {"share", "percentage", "percent", "fraction", "proportion", "much", "%", NULL};

    for (guint i = 0; i < words->words->len; i++)
        if (g_strv_contains(shares, errata_ask_words_get(words, i)->fold))
            return (int)i;
    return -1;
}

/* where “what share of A is B” turns to B; −1: it does not. The verb of “who are A” says what the
 * whole is, unless no other follows */
static int
parts_verb_at(const AskWords *words, guint from)
{
    static const char *const verbs[] = {"is",
                                        "are",
                                        "was",
                                        "were",
                                        "have",
                                        "has",
                                        "had",
                                        "come",
                                        "comes",
                                        "belong",
                                        "belongs",
                                        "lie",
                                        "lies",
                                        "fall",
                                        "got",
                                        "get",
                                        "gets",
                                        NULL};
    static const char *const relative[] = {"who", "that", "which", NULL};
    int clause = -1;

    for (guint i = from; i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);
        gboolean opens = !word->used && g_strv_contains(relative, word->fold);

        if (!opens && !word->used && g_strv_contains(verbs, word->fold))
            return (int)i;
        if (!opens)
            continue;
        clause = clause < 0 ? (int)i : clause;
        i++; /* the verb of the clause */
    }
    return clause;
}

/* the same; “is foreign” may be the name of a flag, whose first word is the verb then */
static int
parts_turn_at(const AskWords *words, const GPtrArray *conditions, guint from)
{
    static const char *const verbs[] = {"is", "was", "has", "had", NULL};
    int verb = parts_verb_at(words, from);

    for (guint i = 1; verb < 0 && i < conditions->len; i++) {
        guint first = ((const AskCondition *)g_ptr_array_index(conditions, i))->first;

        if (first > from && g_strv_contains(verbs, errata_ask_words_get(words, first)->fold))
            verb = (int)first;
    }
    return verb;
}

/* whether the condition follows a word that tells the whole: “in the north”, “among errors” */
static gboolean
parts_is_led(const AskWords *words, const AskCondition *condition)
{
    static const char *const leads[] = {"in",
                                        "among",
                                        "within",
                                        "for",
                                        "from",
                                        "on",
                                        "at",
                                        "where",
                                        "when",
                                        "with",
                                        "amongst",
                                        "inside",
                                        NULL};
    static const char *const skip[] = {"the", "all", "our", "my", "any", NULL};
    guint at = condition->first;
    const AskWord *word = errata_ask_words_get(words, at);

    if (word != NULL && g_strv_contains(leads, word->fold))
        return TRUE;
    while (at > 0 && g_strv_contains(skip, errata_ask_words_get(words, at - 1)->fold))
        at--;
    return at > 0 && g_strv_contains(leads, errata_ask_words_get(words, at - 1)->fold);
}

/* whether what is behind the verb says the whole: “what share of new are fraud in DE”, where what
 * they are comes before it, and no “and” joins the two */
gboolean
errata_ask_parts_is_where(const AskWords *words, const AskCondition *condition, gboolean named)
{
    static const char *const leads[] = {"in",
                                        "for",
                                        "at",
                                        "from",
                                        "on",
                                        "of",
                                        "among",
                                        "amongst",
                                        "within",
                                        "inside",
                                        "where",
                                        "when",
                                        NULL};
    static const char *const joins[] = {"and", "or", "but", "&", NULL};
    static const char *const skip[] = {"the", "all", "our", "my", "any", NULL};
    guint at = condition->first;

    while (at > 0 && g_strv_contains(skip, errata_ask_words_get(words, at - 1)->fold))
        at--;
    if (at > 0 && !g_strv_contains(leads, errata_ask_words_get(words, at)->fold))
        at--;
    return named && at > 0 && g_strv_contains(leads, errata_ask_words_get(words, at)->fold) &&
           !g_strv_contains(joins, errata_ask_words_get(words, at - 1)->fold);
}

/* whether something stands between “share of” and the first word that leads to a whole: women in
 * the north, and not rows, tickets … in the north */
static gboolean
parts_names_part(const AskWords *words, const GPtrArray *conditions)
{
    for (guint i = 0; i < conditions->len; i++) {
        const AskCondition *condition = g_ptr_array_index(conditions, i);

        if (!parts_is_led(words, condition) &&
            errata_ask_whole_about(words, condition) != ERRATA_ASK_WHOLE_TIME)
            return TRUE;
    }
    return FALSE;
}

/* “UK customers churned”: what they are comes before what they did; −1: nothing of the kind */
static int
parts_did_at(const AskWords *words, const GPtrArray *conditions)
{
    guint others = G_MAXUINT;

    for (guint i = 0; i < conditions->len; i++) {
        const AskCondition *condition = g_ptr_array_index(conditions, i);

        if (parts_is_led(words, condition) ||
            errata_ask_whole_about(words, condition) == ERRATA_ASK_WHOLE_TIME)
            continue;
        if (!errata_ask_whole_is_outcome(words, condition))
            others = MIN(others, condition->first);
        else if (others < condition->first)
            return (int)condition->first;
    }
    return -1;
}

/* “share of students flagged”: a participle behind what the share is of; −1: there is none */
static int
parts_participle_at(const AskWords *words, const GPtrArray *conditions, int share)
{
    const AskCondition *of = conditions->len == 2 ? g_ptr_array_index(conditions, 0) : NULL;
    const AskCondition *said = conditions->len == 2 ? g_ptr_array_index(conditions, 1) : NULL;
    const AskWord *last = said != NULL ? errata_ask_words_get(words, said->first) : NULL;

    if (said == NULL || share < 0 || errata_ask_words_match(words, (guint)share + 1, "of") == 0 ||
        of->first > (guint)share + 3 || said->first != of->end ||
        g_str_has_suffix(errata_ask_words_get(words, said->first - 1)->fold, "ed"))
        return -1;
    return g_str_has_suffix(last->fold, "ed") && said->end == words->words->len ? (int)said->first
                                                                                : -1;
}

/* lets @part be the conditions; FALSE where it is none, and no whole is there either: it is of all
 * rows then */
static gboolean
parts_keep_part(GPtrArray *conditions, GPtrArray *part, GPtrArray *whole)
{
    if (part->len == 0) {
        g_ptr_array_set_size(whole, 0);
        return FALSE;
    }
    g_ptr_array_set_size(conditions, 0);
    g_ptr_array_extend(conditions, part, NULL, NULL);
    return TRUE;
}

static gboolean
parts_is_often(const AskWords *words)
{
    for (guint i = 1; i < words->words->len; i++)
        if (g_str_equal(errata_ask_words_get(words, i)->fold, "often"))
            return g_str_equal(errata_ask_words_get(words, i - 1)->fold, "how");
    return FALSE;
}

/* “how often is billing predicted as delivery”: of what is named first, what is said of it last */
static void
parts_split_often(const AskWords *words, GPtrArray *conditions, GPtrArray *whole)
{
    g_autoptr(GPtrArray) part = g_ptr_array_new();

    for (guint i = conditions->len; i > 0; i--) {
        AskCondition *condition = g_ptr_array_index(conditions, i - 1);
        gboolean of_whole = part->len > 0 ||
                            errata_ask_whole_about(words, condition) == ERRATA_ASK_WHOLE_TIME ||
                            (conditions->len > 1 && parts_is_led(words, condition));

        g_ptr_array_insert(of_whole ? whole : part, 0, condition);
    }
    parts_keep_part(conditions, part, whole);
}

/* moves what says the whole of a share from @conditions to @whole */
void
errata_ask_parts_share(const AskWords *words, GPtrArray *conditions, GPtrArray *whole)
{
    int share = parts_share_at(words);
    int verb = parts_turn_at(words, conditions, (guint)MAX(share, 0) + 1);
    int did = verb < 0 ? parts_did_at(words, conditions) : -1;
    const AskCondition *first = conditions->len == 2 ? g_ptr_array_index(conditions, 0) : NULL;
    gboolean named = parts_names_part(words, conditions);
    g_autoptr(GPtrArray) part = g_ptr_array_new();

    if (parts_is_often(words)) {
        parts_split_often(words, conditions, whole);
        return;
    }
    /* “percent of predicted defaults actually repaid” */
    if (verb < 0 && did < 0 && first != NULL && share >= 0 && (int)first->first == share + 2 &&
        !parts_is_led(words, g_ptr_array_index(conditions, 1)) &&
        strcmp(errata_ask_words_get(words, (guint)share + 1)->fold, "of") == 0 &&
        errata_ask_whole_is_outcome(words, first) &&
        errata_ask_whole_is_outcome(words, g_ptr_array_index(conditions, 1)))
        did = (int)((const AskCondition *)g_ptr_array_index(conditions, 1))->first;
    if (verb < 0 && did < 0)
        did = parts_participle_at(words, conditions, share);
    for (guint i = 0; i < conditions->len; i++) {
        AskCondition *condition = g_ptr_array_index(conditions, i);
        gboolean before = (int)condition->first < MAX(verb, did);
        gboolean time = errata_ask_whole_about(words, condition) == ERRATA_ASK_WHOLE_TIME;
        gboolean of_whole = time || before ||
                            (verb >= 0 ? errata_ask_parts_is_where(words, condition, part->len > 0)
                                       : named && parts_is_led(words, condition));

        g_ptr_array_add(of_whole ? whole : part, condition);
    }
    parts_keep_part(conditions, part, whole);
}

/* “errors by region in May”: of the rows in May, those with errors */
gboolean
errata_ask_parts_count(const AskWords *words, GPtrArray *conditions, GPtrArray *whole)
{
    g_autoptr(GPtrArray) part = g_ptr_array_new();

    for (guint i = 0; i < conditions->len; i++) {
        AskCondition *condition = g_ptr_array_index(conditions, i);

        g_ptr_array_add(errata_ask_whole_is_outcome(words, condition) ? part : whole, condition);
    }
    return parts_keep_part(conditions, part, whole);
}
