/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions in plain words, by keywords: what is not recognised is not guessed at, and a question
 * with a word that nothing was made of is not answered: it may have been a condition. The plan is
 * shown to who asked, so that a wrong reading is seen. */
#include <string.h>

#include "ask-condition.h"
#include "ask-intent.h"
#include "ask-private.h"
#include "ask-words.h"
#include "number.h"

/* takes @name; a second column behind @at, as in “by region and channel”, is added: as plans have
 * it */
static char *
route_groups(AskWords *words, guint at, char *name)
{
    static const char *const joins[] = {"and", "and by", "and per", "and each", "by", "x", "&"};
    g_autofree char *first = name;
    g_autofree char *quoted = errata_ask_condition_quote(first, '"');

    for (guint i = 0; i < G_N_ELEMENTS(joins); i++) {
        guint n_join = errata_ask_words_match(words, at, joins[i]);
        guint n = 0;
        g_autofree char *second = n_join > 0 ? errata_ask_intent_column(words, at + n_join, &n)
                                             : NULL;
        g_autofree char *other = NULL;

        /* “by region and age over 40”: a condition */
        if (second == NULL || g_str_equal(first, second) ||
            errata_ask_condition_is_test(words, at + n_join + n))
            continue;
        other = errata_ask_condition_quote(second, '"');
        errata_ask_words_use(words, at, n_join + n);
        return g_strdup_printf("%s%s%s", quoted, ERRATA_ASK_COMMA, other);
    }
    return g_steal_pointer(&quoted);
}

/* the column, or span of time, that follows `by`, `per` or `each` */
char *
errata_ask_route_group(AskWords *words)
{
    static const char *const leads[] = {"for each",
                                        "for every",
                                        "in each",
                                        "in every",
                                        "broken down by",
                                        "split by",
                                        "grouped by",
                                        "by",
                                        "per",
                                        "each",
                                        "every",
                                        "across",
                                        NULL};
    static const char *const about[] =
        {"break down", "breakdown", "break", "down", "split", "different", NULL};
    char *name;

    for (guint i = 0; leads[i] != NULL; i++)
        for (guint at = 0; at < words->words->len; at++) { /* “off by more than 5 by city” */
            guint n_lead = errata_ask_words_match(words, at, leads[i]);
            guint n = 0;

            name = n_lead > 0 ? errata_ask_steps_before(words, at, n_lead) : NULL;
            if (name != NULL)
                return name;
            name = n_lead > 0 ? errata_ask_intent_column(words, at + n_lead, &n) : NULL;
            if (name == NULL)
                continue;
            errata_ask_words_use(words, at, n_lead + n);
            errata_ask_intent_all(words, about);
            n += errata_ask_steps_band(words, at + n_lead + n);
            name = errata_ask_steps_behind(words, at + n_lead + n, name);
            return route_groups(words, at + n_lead + n, name);
        }
    name = errata_ask_intent_time(words);
    return name != NULL ? route_groups(words, words->words->len, name) : NULL;
}

static gboolean
route_is_prediction(const AskWords *words, const char *name)
{
    const ErrataSchema *schema = words->data->schema;

    return schema != NULL && schema->prediction >= 0 &&
           g_str_equal(name, schema->names[schema->prediction]);
}

/* “the worst region”, “which region has the best …”: the column whose values are to be compared;
 * @ret_order: gets the order of the groups where it is that with most or fewest of something;
 * @ret_extreme: gets which is sought */
static char *
route_extreme(AskWords *words, const char **ret_order, const char **ret_extreme)
{
    static const char *const extremes[] = {"worst",
                                           "best",
                                           "worse",
                                           "weakest",
                                           "least accurate",
                                           "most accurate",
                                           "lowest",
                                           "highest",
                                           "error largest",
                                           "error biggest",
                                           "error highest",
                                           "largest error",
                                           "biggest error",
                                           "most wrong predictions",
                                           "fewest wrong predictions",
                                           "most wrong",
                                           "most often wrong",
                                           "most errors",
                                           "most mistakes",
                                           "most false",
                                           "fewest false",
                                           "most missed",
                                           "fewest missed",
                                           "fewest errors",
                                           "fewest mistakes",
                                           "most rows",
                                           "fewest rows",
                                           NULL};
    static const char *const leads[] =
        {"which", "what", "worst", "best", "accurate", "weakest", "the", "for", "in", NULL};
    static const char *const about[] = {"perform*", "does", "doing", "predicted", NULL};
    gboolean extreme = FALSE;

    for (guint i = 0; extremes[i] != NULL; i++)
        extreme = extreme || errata_ask_words_find(words, extremes[i], NULL) >= 0;
    for (guint i = 1; extreme && i < words->words->len; i++) {
        guint n = 0;
        char *name = g_strv_contains(leads, errata_ask_words_get(words, i - 1)->fold)
                         ? errata_ask_intent_column(words, i, &n)
                         : NULL;

        if (name == NULL || route_is_prediction(words, name) || errata_ask_yes_led(words, i)) {
            g_free(name); /* “the worst predictions”: rows */
            continue;
        }
        errata_ask_words_use(words, i, n);
        for (guint k = 0; extremes[k] != NULL; k++) {
            gboolean errors = g_str_has_suffix(extremes[k], "errors") ||
                              g_str_has_suffix(extremes[k], "mistakes") ||
                              g_str_has_suffix(extremes[k], "predictions") ||
                              g_str_has_suffix(extremes[k], " false") ||
                              g_str_has_suffix(extremes[k], "missed");
            guint n_words = 0;
            int at = errata_ask_words_find(words, extremes[k], &n_words);

            if (at < 0)
                continue;
            if (*ret_extreme == NULL)
                *ret_extreme = extremes[k];
            if (errors || g_str_has_suffix(extremes[k], "rows"))
                *ret_order = extremes[k][0] == 'm' ? "order count descending | " : "order count | ";
            /* “errors” is left: it says which rows are counted */
            errata_ask_words_use(words, (guint)at, errors ? 1 : n_words);
        }
        errata_ask_intent_all(words, about);
        return route_groups(words, words->words->len, name);
    }
    return NULL;
}

/* “the best channels by accuracy”: what they are the best in is known */
static void
route_use_by(AskWords *words, const char *extreme)
{
    for (guint i = 0; extreme != NULL && i + 1 < words->words->len; i++)
        if (g_str_equal(errata_ask_words_get(words, i)->fold, "by") &&
            errata_ask_words_get(words, i + 1)->used)
            errata_ask_words_use(words, i, 1);
}

/* a number from 1 on, as “3”, “#3” or “3rd” */
static char *
route_ordinal(const AskWord *word)
{
    static const char *const ends[] = {"", "st", "nd", "rd", "th", NULL};
    static const char *const names[] = {"first", "second", "third", "fourth", "fifth"};
    const char *text = word != NULL && !word->used ? word->fold + (word->fold[0] == '#') : "";
    gsize n = strspn(text, "0123456789");

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(text, names[i]))
            return g_strdup_printf("F%u", i + 1);
    return n > 0 && n < 4 && g_strv_contains(ends, text + n)
               ? g_strdup_printf("F%.*s", (int)n, text)
               : NULL;
}

/* “finding 3”, “the third finding” */
static char *
route_finding_number(AskWords *words)
{
    static const char *const leads[] = {"finding number", "finding no", "finding nr", "finding"};

    for (guint i = 0; i < G_N_ELEMENTS(leads); i++) {
        guint n = 0;
        int at = errata_ask_words_find(words, leads[i], &n);
        char *id = at >= 0 ? route_ordinal(errata_ask_words_get(words, (guint)at + n)) : NULL;

        if (id != NULL) {
            errata_ask_words_use(words, (guint)at, n + 1);
            return id;
        }
        id = at > 0 ? route_ordinal(errata_ask_words_get(words, (guint)at - 1)) : NULL;
        if (id == NULL)
            continue;
        errata_ask_words_use(words, (guint)at - 1, n + 1);
        return id;
    }
    return NULL;
}

/* “F3”, with a capital: f1 is a metric too, unless it is called a finding */
static char *
route_finding(AskWords *words)
{
    for (guint i = 0; i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);
        gboolean called = i > 0 && errata_ask_words_match(words, i - 1, "finding") > 0 &&
                          word->text[0] == 'f';

        if (!word->used && (word->text[0] == 'F' || called) && word->text[1] != '\0' &&
            word->text[1 + strspn(word->text + 1, "0123456789")] == '\0' &&
            errata_ask_words_match(words, i + 1, "score") == 0) {
            errata_ask_words_use(words, i, 1);
            return g_strdup_printf("F%s", word->text + 1);
        }
    }
    return route_finding_number(words);
}

/* the word behind @before, e.g. the number of a row */
static const char *
route_word_after(AskWords *words, const char *before)
{
    guint n = 0;
    int at = errata_ask_words_find(words, before, &n);
    const AskWord *word = at >= 0 ? errata_ask_words_get(words, (guint)at + n) : NULL;

    if (word == NULL || word->used)
        return NULL;
    errata_ask_words_use(words, (guint)at, n + 1);
    return word->text + (word->text[0] == '#');
}

/* “which threshold is best for f1”: to be worked out from the rows; NULL: not asked for */
static char *
route_best(AskWords *words)
{
    static const char *const things[] =
        {"threshold", "thresholds", "cut off", "cutoff", "cut off point", "cutoff point", NULL};
    static const char *const wants[] = {"which",
                                        "what",
                                        "best",
                                        "optimal",
                                        "optimum",
                                        "better",
                                        "ideal",
                                        "right",
                                        "good",
                                        "ok",
                                        "maximis*",
                                        "maximiz*",
                                        "choose",
                                        "pick",
                                        "should",
                                        "optimis*",
                                        "optimiz*",
                                        "highest",
                                        NULL};
    static const char *const around[] = {
        "which",  "what",     "best",     "optimal",  "optimum",  "better", "ideal",
        "right",  "good",     "ok",       "maximis*", "maximiz*", "choose", "pick",
        "should", "optimis*", "optimiz*", "highest",  "use",      "used",   "set",
        "take",   "gives",    "gets",     "max",      "maximum",  "score",  "scores",
        "find",   "suggest",  "work",     "works",    "point",    NULL};
    gboolean wanted = FALSE;
    g_autofree char *metrics = NULL;

    for (guint i = 0; wants[i] != NULL; i++)
        wanted = wanted || errata_ask_words_find(words, wants[i], NULL) >= 0;
    if (!wanted || words->data->frame == NULL || !errata_ask_intent_any(words, things))
        return NULL;
    metrics = errata_ask_metric_list(words);
    errata_ask_intent_all(words, around);
    return g_strdup_printf("threshold%s%s",
                           metrics != NULL ? " " : "",
                           metrics != NULL ? metrics : "");
}

static const char *
route_threshold(AskWords *words)
{
    static const char *const phrases[] = {"threshold of",
                                          "threshold is",
                                          "threshold were",
                                          "threshold was",
                                          "threshold to",
                                          "threshold at",
                                          "threshold =",
                                          "threshold",
                                          "cut off of",
                                          "cut off at",
                                          "cutoff of",
                                          "cutoff at",
                                          "cutoff"};
    static const char *const about[] = {"what if",
                                        "if",
                                        "set",
                                        "moved",
                                        "changed",
                                        "move",
                                        "change",
                                        "raise",
                                        "raised",
                                        "lower",
                                        "lowered",
                                        "used",
                                        "use",
                                        "happens",
                                        "happen",
                                        NULL};

    for (guint i = 0; i < G_N_ELEMENTS(phrases); i++) {
        guint n = 0;
        int at = errata_ask_words_find(words, phrases[i], &n);
        const AskWord *word = at >= 0 ? errata_ask_words_get(words, (guint)at + n) : NULL;
        gsize length = word != NULL ? strlen(word->text) : 0;
        double number;

        length -= length > 1 && word->text[length - 1] == '%' ? 1 : 0; /* as plans have it, too */
        if (length == 0 || !errata_number_parse_double(word->text, length, &number))
            continue;
        errata_ask_words_use(words, (guint)at, n + 1);
        errata_ask_intent_all(words, about);
        return word->text;
    }
    return NULL;
}

/* “what share of the errors …”, “what percentage is wrong …”: the metric, or `share` */
static const char *
route_share(AskWords *words)
{
    static const char *const shares[] = {"what share",
                                         "share",
                                         "what percentage",
                                         "percentage",
                                         "what percent",
                                         "percent",
                                         "what fraction",
                                         "fraction",
                                         "what proportion",
                                         "proportion",
                                         "what %",
                                         "how much",
                                         NULL};
    static const char *const errors[] = {"of all the errors",
                                         "of all errors",
                                         "of the errors",
                                         "of errors",
                                         "of all mistakes",
                                         "of the mistakes",
                                         "of mistakes",
                                         NULL};
    static const char *const about[] = {"made by",
                                        "caused by",
                                        "due to",
                                        "come",
                                        "comes",
                                        "made",
                                        "occur",
                                        "happen",
                                        "fall",
                                        "lie",
                                        NULL};
    static const char *const wrong[] = {"wrong", "incorrect", "misclassified", NULL};
    static const char *const right[] = {"right", "correct", NULL};

    if (!errata_ask_intent_any(words, shares))
        return NULL;
    if (errata_ask_words_find(words, "errors among", NULL) >= 0 ||
        errata_ask_words_find(words, "errors within", NULL) >= 0)
        return "share"; /* of those rows, the ones with errors */
    if (errata_ask_intent_any(words, errors)) {
        errata_ask_intent_all(words, about);
        return "share_of_errors";
    }
    return errata_ask_intent_any(words, wrong)   ? "error_rate"
           : errata_ask_intent_any(words, right) ? "accuracy"
                                                 : "share";
}

/* metrics by groups, or of all rows; @group and @order as plans have it: an order of counts is one
 * of counts only */
static char *
route_measured(const char *group, const char *order, const char *metric)
{
    gboolean counts = g_str_equal(metric, "count") || g_str_equal(metric, "share");
    const char *count = counts ? "" : "metric ";

    return group != NULL
               ? g_strdup_printf("group %s | %s%s%s",
                                 group,
                                 order != NULL && (counts || order[0] != 'o') ? order : "",
                                 count,
                                 metric)
               : g_strdup_printf("%s%s", count, metric);
}

/* what is counted though no word says so: “errors in May”, “is income missing”, “the base rate” */
static gboolean
route_counts(AskWords *words)
{
    static const char *const things[] = {"errors",
                                         "mistakes",
                                         "missing",
                                         "base rate",
                                         "prevalence",
                                         "selection rate",
                                         "positive rate",
                                         "positives",
                                         "actual positive*",
                                         "predicted positive*",
                                         "mistaken for",
                                         "taken for",
                                         "misclassified as",
                                         "false negative*",
                                         "false positive*",
                                         "false alarm*",
                                         "missed",
                                         NULL};
    static const char *const about[] = {"anywhere", "ever", "often", "sometimes", NULL};
    gboolean any = errata_ask_rate_is_asked(words);

    if (errata_ask_words_find(words, "findings", NULL) >= 0) /* “findings on missing values” */
        return FALSE;
    for (guint i = 0; things[i] != NULL; i++)
        any = any || errata_ask_words_find(words, things[i], NULL) >= 0;
    if (any)
        errata_ask_intent_all(words, about);
    return any;
}

/* “how good”, “how often is it wrong”: the metric; NULL: nothing of the kind */
static const char *
route_how(AskWords *words, gboolean compares)
{
    static const char *const wrong[] = {"how often is it wrong",
                                        "how often is the model wrong",
                                        "how often wrong",
                                        "how often are we wrong",
                                        "how often are predictions wrong",
                                        "how often is a prediction wrong",
                                        NULL};
    static const char *const right[] = {"how often is it right",
                                        "how often is it correct",
                                        "how often is the model right",
                                        "how often is the model correct",
                                        "how often right",
                                        "how often correct",
                                        "how often are we right",
                                        "how often are predictions right",
                                        "how often are predictions correct",
                                        NULL};
    static const char *const good[] = {"how good",
                                       "how well",
                                       "how bad",
                                       "any good",
                                       "performance",
                                       "perform",
                                       "performs",
                                       "doing",
                                       NULL};

    if (errata_ask_intent_any(words, wrong))
        return errata_ask_intent_default(words, "error_rate", "mae");
    if (errata_ask_intent_any(words, right))
        return errata_ask_intent_default(words, "accuracy", "mae");
    if (errata_ask_words_take(words, "how often") >= 0) /* “… is billing predicted as delivery” */
        return "share";
    return errata_ask_intent_any(words, good) || compares
               ? errata_ask_intent_default(words, "accuracy", "rmse")
               : NULL;
}

/* what is compared: errors with a test of the difference, other figures each by itself */
static char *
route_sides(AskWords *words, const char *metric)
{
    static const char *const counts[] =
        {"how many", "number of", "base rate", "prevalence", "selection rate", NULL};
    gboolean count = metric == NULL && errata_ask_rate_is_asked(words);
    g_autofree char *measured = NULL;

    for (guint i = 0; metric == NULL && counts[i] != NULL; i++)
        count = count || errata_ask_words_find(words, counts[i], NULL) >= 0;
    if (!count && (metric == NULL || g_str_equal(metric, "accuracy") ||
                   g_str_equal(metric, "error_rate") || g_str_equal(metric, "mae")))
        return g_strdup("compare");
    measured = route_measured(NULL, NULL, count ? "count" : metric);
    return g_strdup_printf("%s%s", ERRATA_ASK_SIDES, measured);
}

/* of predicted numbers: errors of which size, and to which side; NULL where no word asks for it */
static const char *
route_of_numbers(AskWords *words)
{
    static const char *const average[] = {"under or overestimate*",
                                          "over or underestimate*",
                                          "overestimate*",
                                          "underestimate*",
                                          "average error",
                                          "mean error",
                                          "typical error",
                                          "how far off",
                                          "how far out",
                                          "how wrong",
                                          "error",
                                          NULL};
    static const char *const on_average[] = {"on average", "average", "typically", NULL};
    static const char *const bias[] =
        {"mean bias", "average bias", "signed error", "bias", "biased", NULL};

    if (errata_ask_intent_default(words, NULL, "mae") == NULL)
        return NULL;
    if (errata_ask_intent_any(words, bias))
        return "bias_mean_error";
    if (!errata_ask_intent_any(words, average))
        return NULL;
    errata_ask_intent_any(words, on_average);
    return "mae, bias_mean_error";
}

/* what is measured, without the rows it is measured on */
static char *
route_operation(AskWords *words, gboolean supposed)
{
    static const char *const compare[] = {"significantly worse",
                                          "significantly better",
                                          "compare",
                                          "compared",
                                          "comparison",
                                          "worse",
                                          "better",
                                          "more accurate",
                                          "less accurate",
                                          "difference between",
                                          "difference",
                                          "differ",
                                          NULL};
    static const char *const against[] = {"vs", "versus", "against", NULL};
    static const char *const count[] = {"how many", "number of", "count", NULL};
    static const char *const volume[] = {"volume", "traffic", "rows", "predictions", NULL};
    const char *share = route_share(words);
    g_autofree char *metric = g_strdup(share);
    const char *order = NULL;
    const char *extreme = NULL;
    g_autofree char *top = NULL;
    g_autofree char *group = errata_ask_route_group(words);
    g_autofree char *shown = NULL;
    gboolean compares = errata_ask_intent_all(words, compare);

    if (group == NULL && !compares) {
        group = route_extreme(words, &order, &extreme);
        if (group != NULL && metric == NULL)
            metric = errata_ask_metric_list(words);
        if (group != NULL && metric == NULL)
            metric = g_strdup(order != NULL || errata_ask_rate_is_asked(words)
                                  ? "count"
                                  : errata_ask_intent_default(words, "error_rate", "mae"));
        route_use_by(words, extreme);
        top = extreme != NULL && metric != NULL ? errata_ask_top_step(words, extreme, metric)
                                                : NULL;
    }
    if (metric == NULL)
        metric = errata_ask_metric_list(words);
    if (metric == NULL)
        metric = g_strdup(route_of_numbers(words));
    for (guint i = 0; group == NULL && against[i] != NULL; i++)
        compares = compares || errata_ask_words_find(words, against[i], NULL) >= 0;
    if (compares && group == NULL)
        return route_sides(words, metric);
    if (metric == NULL)
        metric = g_strdup(route_how(words, compares));
    if (metric == NULL && errata_ask_intent_any(words, count))
        metric = g_strdup("count");
    if (metric == NULL && supposed)
        metric = g_strdup("accuracy");
    if (metric == NULL)
        shown = errata_ask_shown_rows(words);
    if (metric == NULL && shown == NULL &&
        (route_counts(words) || (group != NULL && (errata_ask_words_says_rows(words) ||
                                                   errata_ask_intent_any(words, volume)))))
        metric = g_strdup("count");
    if (shown != NULL || metric == NULL)
        return g_steal_pointer(&shown);
    return route_measured(group, top != NULL ? top : order, metric);
}

/* ---- the whole ---- */

/* words that may stand in a question about one row, or one finding, and change nothing */
static const char *const route_about_row[] = {
    "why",      "explain",   "wrong",   "right",  "get",      "got",   "decide*", "predict*",
    "classif*", "misclass*", "happen*", "score*", "rejected", "fail*", "error",   "detail*",
    "miss*",    "given",     "label*",  "id",     "show",     "look",  "like",    "correct",
    "approved", "flagged",   "reason*", "behind", "mistake",  NULL};
static const char *const route_about_finding[] = {
    "why",       "explain", "mean*",   "more",    "detail*", "finding", "found",   "show",
    "describe",  "say*",    "serious", "happen*", "text",    "full",    "problem", "evidence",
    "important", "fix",     "what's",  "do",      "should",  NULL};

/* “why is 3005 wrong”: the row named by its id or number alone; NULL: none, or more than one */
static const char *
route_lone_row(AskWords *words)
{
    guint found = G_MAXUINT;

    for (guint i = 0; i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);

        if (word->used || word->text[strcspn(word->text, "0123456789")] == '\0' ||
            g_ascii_strncasecmp(word->text, "F", 1) == 0)
            continue;
        if (found < G_MAXUINT)
            return NULL;
        found = i;
    }
    if (found == G_MAXUINT)
        return NULL;
    errata_ask_words_use(words, found, 1);
    return errata_ask_words_get(words, found)->text;
}

/* what is asked of one row or one finding; NULL: of more */
static char *
route_single(AskWords *words)
{
    gboolean why = errata_ask_words_find(words, "why", NULL) >= 0 ||
                   errata_ask_words_find(words, "explain", NULL) >= 0;
    const char *row = why ? route_word_after(words, "row") : NULL;
    g_autofree char *finding = row == NULL ? route_finding(words) : NULL;
    const ErrataSchema *schema = words->data->schema;

    if (finding != NULL) {
        static const char *const many[] =
            {"how many rows", "number of rows", "how many", "how big", "how large", "size", NULL};
        static const char *const about[] =
            {"affected", "affect*", "concern*", "belong*", "finding", "rows", NULL};
        gboolean counts = errata_ask_intent_any(words, many);

        errata_ask_intent_all(words, counts ? about : route_about_finding);
        return g_strdup_printf("%s %s", counts ? "count" : "finding", finding);
    }
    if (row == NULL && why)
        row = route_lone_row(words);
    if (row == NULL)
        return NULL;
    errata_ask_intent_all(words, route_about_row);
    for (guint i = 0; schema != NULL && i < schema->n_classes; i++) {
        g_autofree char *class_name = g_utf8_strdown(schema->classes[i], -1);

        errata_ask_words_take(words, class_name);
    }
    return g_strdup_printf("explain %s", row);
}

/* “what is billing confused with in May” */
static char *
route_confused(AskWords *words, char **ret_why)
{
    g_autofree char *where = NULL;
    g_autofree char *operation = errata_ask_mention_confused(words, &where);
    g_autoptr(GPtrArray) conditions = operation != NULL
                                          ? errata_ask_condition_take(words, FALSE, ret_why)
                                          : NULL;
    g_autofree char *more = NULL;

    if (operation == NULL)
        return NULL;
    more = errata_ask_condition_join(words, conditions, 0, conditions->len, ret_why);
    return g_strdup_printf("filter %s%s%s%s | %s",
                           where,
                           more != NULL ? " and (" : "",
                           more != NULL ? more : "",
                           more != NULL ? ")" : "",
                           operation);
}

static char *
route_steps(AskWords *words, gboolean *ret_asked, char **ret_why)
{
    g_autofree char *whole = errata_ask_shown_of(words, ret_why);
    const char *threshold;
    g_autofree char *operation = NULL;
    gboolean shows;
    char *findings;

    if (whole != NULL || *ret_why != NULL)
        return g_steal_pointer(&whole);
    whole = route_single(words);
    if (whole == NULL)
        whole = errata_ask_plain_found(words);
    if (whole == NULL)
        whole = errata_ask_intent(words);
    *ret_asked = whole != NULL;
    if (whole == NULL)
        whole = route_confused(words, ret_why);
    if (whole != NULL && strstr(whole, "describe ") == NULL && !g_str_has_prefix(whole, "group ") &&
        !g_str_equal(whole, "compare"))
        return g_steal_pointer(&whole);
    threshold = route_threshold(words);
    if (whole == NULL && threshold == NULL)
        whole = route_best(words);
    operation = whole != NULL ? g_steal_pointer(&whole) : route_operation(words, threshold != NULL);
    shows = operation != NULL &&
            (g_str_has_prefix(operation, "rows") || g_str_has_prefix(operation, "order"));
    findings = operation == NULL || shows ? errata_ask_shown_findings(words, shows) : NULL;
    *ret_asked = findings != NULL || operation != NULL;
    if (findings != NULL || operation == NULL)
        return findings;
    if (words->data->frame == NULL) /* carried out, it says that it needs the rows */
        return g_strdup(g_str_equal(operation, "compare")      ? "compare rest"
                        : g_str_has_suffix(operation, "share") ? "count"
                                                               : operation);
    return errata_ask_whole(words, operation, threshold, ret_why);
}

void
errata_ask_route_read(AskWords *words)
{
    gboolean asked = FALSE;
    g_autofree char *why = NULL;

    g_free(route_steps(words, &asked, &why)); /* only which words are used is wanted */
}

/* nothing but a condition, “plan is none”: how many rows it holds for; NULL where there is more */
static char *
route_bare(const char *question, const ErrataAskData *data)
{
    g_autoptr(AskWords) words = errata_ask_words_new(question, data);
    g_autofree char *why = NULL;
    g_autofree char *plan = NULL;
    g_autofree char *left = NULL;

    if (data->frame == NULL)
        return NULL;
    errata_ask_plain_write(words);
    plan = errata_ask_whole(words, "count", NULL, &why);
    left = errata_ask_words_left(words);
    return why == NULL && left == NULL && plan != NULL && g_str_has_prefix(plan, "filter ")
               ? g_steal_pointer(&plan)
               : NULL;
}

/**
 * errata_ask_route:
 * @question: in plain words
 * @data: what it is about: columns and values are recognised
 * @ret_why: (out) (optional): gets what was not understood, where only a part was
 *
 * Returns: (transfer full) (nullable): a plan that answers it; %NULL when the question is not
 *   understood, or a word of it is not
 */
char *
errata_ask_route(const char *question, const ErrataAskData *data, char **ret_why)
{
    g_autoptr(AskWords) words = errata_ask_words_new(question, data);
    g_autofree char *why = words->untold != NULL ? g_strdup(words->untold) : errata_ask_lost(words);
    gboolean asked = FALSE; /* at least what is wanted was understood */
    g_autofree char *plan = NULL;
    g_autofree char *left = NULL;
    gboolean whole;

    errata_ask_plain_write(words);
    plan = why == NULL ? route_steps(words, &asked, &why) : NULL;
    left = errata_ask_words_left(words);
    if (why == NULL && left == NULL)
        why = errata_ask_top_lost(words, plan);
    whole = plan != NULL && data->frame == NULL && !g_str_has_prefix(plan, "finding") &&
            !g_str_has_prefix(plan, "count F");
    if (whole || (plan != NULL && left == NULL && why == NULL))
        return g_steal_pointer(&plan);
    if (plan == NULL && !asked && why == NULL) {
        plan = route_bare(question, data);
        if (plan != NULL)
            return g_steal_pointer(&plan);
    }
    if (ret_why != NULL)
        *ret_why = errata_ask_why_not(words, plan, asked, why, left);
    return NULL;
}
