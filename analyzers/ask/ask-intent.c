/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions that a phrase tells: what to do, what was found of some kind, what the columns hold,
 * and the words for spans of time. The phrase and what usually stands around it are used; a word
 * that is left may be a condition, and then the question is not answered. */
#include "ask-intent.h"

#include <string.h>

#include "ask-condition.h"

/* how good the model has been, span by span; without a time, what the report says of it */
#define INTENT_COURSE      "course"
#define INTENT_CONFUSION   "group \"@label\", \"@prediction\" | count" /* of classes */
#define INTENT_THRESHOLD   "findings threshold" /* where the rows are not at hand */
#define INTENT_CHANGES     "findings performance, change-point, drift, data-bug"
#define INTENT_DAY_NS      G_GINT64_CONSTANT(86400000000000)
#define INTENT_PHRASES     32
#define INTENT_AROUND      20
#define INTENT_DAYS        62  /* up to which a course is told by the day */
#define INTENT_COURSE_DAYS 28  /* the same where what matters is its direction */
#define INTENT_WEEKS       370 /* days up to which it is told by the week */

typedef struct {
    const char *plan;
    const char *phrase[INTENT_PHRASES]; /* a word that ends in * is a beginning */
    const char *around[INTENT_AROUND];  /* what may stand beside it and changes nothing */
} Intent;

static const Intent intents[] = {
    {"columns missing",
     {"columns have missing values",
      "columns with missing values",
      "columns are missing values",
      "columns have gaps",
      "columns are incomplete",
      "there missing values",
      "any missing values"},
     {"list", "show", "there"}},
    {"features",
     {"feature importance*",
      "important feature*",
      "important column*",
      "important variable*",
      "important input*",
      "important factor*",
      "feature matters",
      "features matter",
      "feature is most important",
      "features are most important",
      "column matters",
      "columns matter",
      "variable matters",
      "variables matter",
      "inputs matter",
      "features drive",
      "feature drives",
      "drives the model",
      "drives the predictions",
      "drives predictions",
      "influential feature*",
      "model rely on",
      "model relies on",
      "model depend on",
      "model look at"},
     {"most",
      "main",
      "strongest",
      "top",
      "feature*",
      "columns",
      "variable*",
      "drive*",
      "matter*",
      "decision*",
      "show",
      "list",
      "mainly"}},
    {"findings label-issue",
     {"labels right",    "labels correct",  "labels wrong",     "labels are wrong", "labels ok",
      "labels good",     "labels reliable", "label error*",     "label noise",      "label issue*",
      "label problem*",  "label quality",   "labelling error*", "labeling error*",  "wrong label*",
      "wrongly label*",  "bad label*",      "noisy label*",     "mislabel*",        "relabel*",
      "trust the labels"},
     {"label*", "labels", "wrong", "which", "show", "list", "found", "suspicious"}},
    {"findings duplicate-rows",
     {"duplicate*"},
     {"found", "show", "list", "finding*", "rows", "how many", "there", "number of", "any"}},
    {"findings data-bug",
     {"data bug*", "data quality", "bad data", "broken data", "data broken"},
     {"found", "show", "list", "finding*", "rows"}},
    {INTENT_THRESHOLD,
     {"which threshold",
      "what threshold",
      "best threshold",
      "optimal threshold",
      "better threshold"},
     {"use", "used", "choose", "set", "optimal", "best", "good", "take", "pick"}},
    {"findings fairness",
     {"fair", "unfair*", "fairness", "bias", "biased", "discriminat*", "equitable"},
     {"towards",
      "against",
      "anyone",
      "anybody",
      "some",
      "group*",
      "certain",
      "treat*",
      "equally",
      "finding*",
      "problem*",
      "issue*",
      "found",
      "which",
      "show",
      "list"}},
    {"findings calibration",
     {"calibrated",
      "miscalibrated",
      "overconfident",
      "over confident",
      "underconfident",
      "too sure",
      "too confident",
      "trust the scores",
      "trust the probabilities"},
     {"score", "scores", "probability", "probabilities", "well", "confidence"}},
    {"findings drift",
     {"input data drift*",
      "input drift*",
      "inputs drift*",
      "data drift*",
      "features drift*",
      "columns drift*"},
     {"found", "show", "list", "any", "there"}},
    {"findings leakage",
     {"features leak*", "columns leak*", "label leak*", "target leak*", "leakage"},
     {"label", "target", "found", "show", "list", "any", "there"}},
    {INTENT_CHANGES,
     {"model or the data", "model or data", "data or the model", "data or model"},
     {"is it", "because of"}},
    {INTENT_COURSE,
     {"getting worse",
      "get worse",
      "got worse",
      "gotten worse",
      "getting better",
      "become worse",
      "became worse",
      "degrad*",
      "deteriorat*",
      "accuracy drop*",
      "accuracy fall",
      "accuracy fell",
      "accuracy declin*",
      "accuracy go down",
      "accuracy gone down",
      "performance drop*",
      "quality drop*"},
     {"over time", "accuracy", "performance", "quality", "become", "worse", "with time"}},
    {INTENT_CHANGES,
     {"what changed",
      "what has changed",
      "anything changed",
      "anything change",
      "data changed",
      "has it changed",
      "when did",
      "since when",
      "drifted",
      "anything drift",
      "what broke",
      "what went wrong",
      "what is going wrong"},
     {"start*",    "begin",   "began",    "drop*",      "fall",  "fell",        "happen*",
      "accuracy",  "quality", "bad",      "become",     "wrong", "performance", "worse",
      "over time", "go",      "anything", "error rate", "break", "began"}},
    {"findings slice, cluster",
     {"where is it worst",
      "where is it wrong",
      "where is it bad",
      "where is it weak*",
      "where does it fail",
      "where does it go wrong",
      "where is the model worst",
      "where is the model wrong",
      "where is the model bad",
      "where is the model weak*",
      "where does the model fail",
      "where does the model go wrong",
      "where does the model make*",
      "where are the errors",
      "where are the mistakes",
      "where are most errors",
      "weak spot*",
      "weakness*",
      "blind spot*",
      "struggle*",
      "customers are hit",
      "customers are affected",
      "users are hit",
      "users are affected",
      "people are affected",
      "who is hit",
      "who is affected"},
     {"most", "often", "errors", "mistakes", "main", "biggest", "where", "worst", "hardest"}},
    {"advice",
     {"should i do",     "should we do",    "can i do",         "can we do",
      "what to do",      "to do first",     "do first",         "do next",
      "should i fix",    "should we fix",   "do i fix",         "do we fix",
      "to fix",          "fix first",       "can i improve",    "can we improve",
      "do i improve",    "to improve",      "recommend*",       "suggestion*",
      "suggest",         "advice",          "advise",           "next step*",
      "should i start",  "should we start", "should i retrain", "should we retrain",
      "need to retrain", "would we gain",   "could we gain"},
     {"first",
      "next",
      "now",
      "best",
      "accuracy",
      "performance",
      "quality",
      "how",
      "fix",
      "start",
      "begin",
      "with",
      "most",
      "important"}},
    {"findings",
     {"summary",          "summarise",
      "summarize",        "overview",
      "anything wrong",   "something wrong",
      "anything broken",  "something broken",
      "anything off",     "something off",
      "anything odd",     "anything strange",
      "anything unusual", "everything ok*",
      "everything fine",  "everything all right",
      "all good",         "model healthy",
      "model ok*",        "is broken",
      "need to worry",    "should i worry",
      "should we worry",  "did you find",
      "have you found",   "why is the model wrong",
      "why is it wrong",  "why does the model fail",
      "why does it fail"},
     {"report", "wrong", "found", "find", "short", "broken", "show", "main"}},
    {"group \"@label\" | count",
     {"how many classes",
      "what are the classes",
      "which classes are there",
      "number of classes",
      "list the classes"},
     {"there"}},
    {INTENT_CONFUSION,
     {"confusion matrix", "confusion table", "matrix of confusion"},
     {"show", "list", "print"}},
    {"columns",
     {"which columns",
      "what columns",
      "how many columns",
      "how many features",
      "number of columns",
      "number of features",
      "list columns",
      "list the columns",
      "show columns",
      "show the columns",
      "list features",
      "list the features",
      "column names",
      "names of the columns"},
     {"list", "show", "names"}},
};

gboolean
errata_ask_intent_all(AskWords *words, const char *const *phrases)
{
    gboolean any = FALSE;

    for (guint i = 0; phrases[i] != NULL; i++)
        while (errata_ask_words_take(words, phrases[i]) >= 0)
            any = TRUE;
    return any;
}

/* takes the first of the phrases that is there */
gboolean
errata_ask_intent_any(AskWords *words, const char *const *phrases)
{
    for (guint i = 0; phrases[i] != NULL; i++)
        if (errata_ask_words_take(words, phrases[i]) >= 0)
            return TRUE;
    return FALSE;
}

/* the metric that stands for how good or bad a log is */
const char *
errata_ask_intent_default(const AskWords *words, const char *classes, const char *numbers)
{
    const ErrataSchema *schema = words->data->schema;

    return schema != NULL && schema->task == ERRATA_TASK_REGRESSION ? numbers : classes;
}

/* ---- columns ---- */

/* words before a name that ask what a column holds */
static const char *const intent_describe[] = {"average of",
                                              "average",
                                              "mean of",
                                              "mean",
                                              "median of",
                                              "median",
                                              "typical",
                                              "maximum of",
                                              "maximum",
                                              "max of",
                                              "max",
                                              "minimum of",
                                              "minimum",
                                              "min of",
                                              "min",
                                              "range of",
                                              "distribution of",
                                              "values of",
                                              "values are in",
                                              "values does",
                                              "how many different",
                                              "how many distinct",
                                              "how many unique",
                                              "number of different",
                                              "number of distinct",
                                              "tell me about",
                                              "describe",
                                              NULL};

/* “how many cities”: a name in the plural, of a column of texts */
static char *
intent_counted(AskWords *words)
{
    const ErrataSchema *schema = words->data->schema;
    guint n = 0, n_name = 0;
    int at = errata_ask_words_find(words, "how many", &n);
    int column = at >= 0 ? errata_ask_words_column(words, (guint)at + n, &n_name) : -1;
    const ErrataColumn *cells = column >= 0 ? words->data->frame->columns[column] : NULL;
    g_autofree char *phrase = cells != NULL ? errata_ask_words_phrase(words, (guint)at + n, n_name)
                                            : NULL;

    if (cells == NULL || cells->type != ERRATA_COLUMN_CATEGORY ||
        (schema != NULL && (column == schema->prediction || column == schema->label)) ||
        g_ascii_strcasecmp(phrase, cells->name) == 0)
        return NULL;
    errata_ask_words_use(words, (guint)at, n + n_name);
    return g_strdup_printf("describe \"%s\"", cells->name);
}

/* “how many patients”, where rows are not patients but name theirs: how many different ones there
 * are. With a condition, rows are counted, and the answer says so */
static char *
intent_counted_things(AskWords *words)
{
    static const char *const different[] = {"different", "distinct", "unique", NULL};
    guint n = 0;
    int at = errata_ask_words_find(words, "how many", &n);
    guint noun = (guint)(at + (int)n);
    const AskWord *word = at >= 0 ? errata_ask_words_get(words, noun) : NULL;
    int column;

    if (word != NULL && g_strv_contains(different, word->fold))
        word = errata_ask_words_get(words, ++noun);
    column = word != NULL ? errata_ask_names_key(words, word->fold) : -1;
    if (column < 0)
        return NULL;
    for (guint i = noun + 1; i < words->words->len; i++)
        if (!errata_ask_words_is_plain(errata_ask_words_get(words, i)->fold) &&
            errata_ask_words_match(words, i, "log") == 0)
            return NULL;
    errata_ask_words_use(words, (guint)at, words->words->len - (guint)at);
    return g_strdup_printf("describe \"%s\"",
                           (const char *)g_ptr_array_index(words->names, (guint)column));
}

/* “of the wrong rows against the right ones”: what the groups are; NULL: not both are named */
static char *
intent_wrong_and_right(AskWords *words)
{
    static const char *const wrong[] = {"wrong predictions",
                                        "wrong",
                                        "errors",
                                        "mistakes",
                                        "error",
                                        "incorrect",
                                        "misclassified",
                                        NULL};
    static const char *const right[] = {"right predictions",
                                        "right ones",
                                        "correct ones",
                                        "correct predictions",
                                        "right",
                                        "correct",
                                        "correctly predicted",
                                        NULL};
    static const char *const joins[] = {"against",
                                        "versus",
                                        "vs",
                                        "vs.",
                                        "compared to",
                                        "compared with",
                                        "compare",
                                        "than",
                                        "and",
                                        "ones",
                                        NULL};
    gboolean both[2] = {FALSE, FALSE};

    for (guint i = 0; wrong[i] != NULL; i++)
        both[0] = both[0] || errata_ask_words_find(words, wrong[i], NULL) >= 0;
    for (guint i = 0; right[i] != NULL; i++)
        both[1] = both[1] || errata_ask_words_find(words, right[i], NULL) >= 0;
    if (!both[0] || !both[1] || errata_ask_words_find(words, "not", NULL) >= 0)
        return NULL;
    errata_ask_intent_all(words, wrong);
    errata_ask_intent_all(words, right);
    errata_ask_intent_all(words, joins);
    return g_strdup("\"@error\"");
}

/* “the mean of income in Kiel”: the name, used; conditions are read as of any question */
static char *
intent_described(AskWords *words)
{
    char *counted = intent_counted_things(words);
    static const char *const around[] = {"values", "have", "average", "there", NULL};
    static const char *const skip[] = {"the",
                                       "of",
                                       "column",
                                       "feature",
                                       "loan",
                                       "order",
                                       "ticket",
                                       "trip",
                                       "claim",
                                       "transaction",
                                       "customer",
                                       "applicant",
                                       "user",
                                       NULL};

    if (counted != NULL)
        return counted;
    for (guint i = 0; intent_describe[i] != NULL; i++) {
        guint n = 0, n_name = 0;
        int at = errata_ask_words_find(words, intent_describe[i], &n);
        guint next = (guint)(at + (int)n);
        g_autofree char *group = NULL;
        g_autofree char *name = NULL;
        int column;

        while (at >= 0 && errata_ask_words_get(words, next) != NULL &&
               g_strv_contains(skip, errata_ask_words_get(words, next)->fold))
            next++;
        column = at >= 0 ? errata_ask_words_column(words, next, &n_name) : -1;
        if (column < 0)
            continue;
        errata_ask_words_use(words, (guint)at, next + n_name - (guint)at);
        errata_ask_intent_all(words, around);
        name = errata_ask_condition_quote(g_ptr_array_index(words->names, (guint)column), '"');
        group = intent_wrong_and_right(words);
        if (group == NULL)
            group = errata_ask_route_group(words);
        return g_strdup_printf("%s%s%sdescribe %s",
                               group != NULL ? "group " : "",
                               group != NULL ? group : "",
                               group != NULL ? " | " : "",
                               name);
    }
    return intent_counted(words);
}

/* ---- time ---- */

/* the log's only column of time, or that of the role; NULL: none */
static const ErrataColumn *
intent_time_column(const AskWords *words)
{
    const ErrataFrame *frame = words->data->frame;
    const ErrataSchema *schema = words->data->schema;
    const ErrataColumn *found = NULL;

    if (frame == NULL || (schema != NULL && schema->time >= 0))
        return frame != NULL ? frame->columns[schema->time] : NULL;
    for (guint c = 0; c < frame->n_columns; c++) {
        if (frame->columns[c]->type != ERRATA_COLUMN_TIME)
            continue;
        if (found != NULL)
            return NULL;
        found = frame->columns[c];
    }
    return found;
}

const char *
errata_ask_intent_time_name(const AskWords *words)
{
    const ErrataColumn *column = intent_time_column(words);

    return column != NULL ? column->name : NULL;
}

static char *
intent_span(const AskWords *words, const char *unit)
{
    const ErrataColumn *column = intent_time_column(words);

    return column != NULL ? g_strdup_printf("%s %s", column->name, unit) : NULL;
}

char *
errata_ask_intent_column(AskWords *words, guint at, guint *ret_n)
{
    static const struct {
        const char *phrase;
        const char *unit;
    } units[] = {{"hour of the day", "hour"},
                 {"hour of day", "hour"},
                 {"hours", "hour"},
                 {"hour", "hour"},
                 {"day of the week", "weekday"},
                 {"day of week", "weekday"},
                 {"weekdays", "weekday"},
                 {"weekday", "weekday"},
                 {"days", "day"},
                 {"day", "day"},
                 {"date", "day"},
                 {"weeks", "week"},
                 {"week", "week"},
                 {"months", "month"},
                 {"month", "month"},
                 {"years", "year"},
                 {"year", "year"}};
    const ErrataSchema *schema = words->data->schema;
    int column = errata_ask_words_column(words, at, ret_n);

    if (column < 0 && errata_ask_words_match(words, at, "age") > 0) {
        column = errata_ask_words_age(words);
        *ret_n = 1;
    }
    if (column >= 0)
        return g_strdup(g_ptr_array_index(words->names, (guint)column));
    *ret_n = errata_ask_words_match(words, at, "class") +
             errata_ask_words_match(words, at, "classes");
    if (*ret_n > 0 && schema != NULL && schema->n_classes > 0)
        return g_strdup("@label");
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        *ret_n = errata_ask_words_match(words, at, units[i].phrase);
        if (*ret_n > 0)
            return intent_span(words, units[i].unit);
    }
    return NULL;
}

/* days, weeks or months, so that a course has some ten to sixty points */
static const char *
intent_unit(const ErrataColumn *column, gint64 days)
{
    gint64 lo = G_MAXINT64, hi = G_MININT64;

    for (gsize row = 0; row < column->n_rows; row++)
        if (errata_column_is_valid(column, row)) {
            gint64 at = errata_column_integer(column, row);

            lo = MIN(lo, at);
            hi = MAX(hi, at);
        }
    if (lo > hi || hi / INTENT_DAY_NS - lo / INTENT_DAY_NS < days)
        return "day";
    return hi / INTENT_DAY_NS - lo / INTENT_DAY_NS < INTENT_WEEKS ? "week" : "month";
}

char *
errata_ask_intent_time(AskWords *words)
{
    static const struct {
        const char *phrase;
        const char *unit; /* NULL: by how long the log is */
    } courses[] = {{"day by day", "day"},
                   {"daily", "day"},
                   {"week by week", "week"},
                   {"weekly", "week"},
                   {"month by month", "month"},
                   {"monthly", "month"},
                   {"year by year", "year"},
                   {"yearly", "year"},
                   {"over the years", "year"},
                   {"over the months", "month"},
                   {"over the weeks", "week"},
                   {"over the days", "day"},
                   {"hourly", "hour"},
                   {"over time", NULL},
                   {"through time", NULL},
                   {"course of", NULL},
                   {"trend of", NULL},
                   {"trend in", NULL},
                   {"trend", NULL},
                   {"history of", NULL}};
    static const char *const around[] =
        {"change*", "develop*", "evolv*", "vary", "varied", "move*", NULL};
    const ErrataColumn *column = intent_time_column(words);

    for (guint i = 0; column != NULL && i < G_N_ELEMENTS(courses); i++) {
        guint n = 0, n_name = 0;
        int at = errata_ask_words_find(words, courses[i].phrase, &n);

        /* “monthly spend” is a column */
        if (at < 0 || (errata_ask_words_column(words, (guint)at, &n_name) >= 0 && n_name > n))
            continue;
        errata_ask_words_use(words, (guint)at, n);
        errata_ask_intent_all(words, around);
        return intent_span(words,
                           courses[i].unit != NULL ? courses[i].unit
                                                   : intent_unit(column, INTENT_DAYS));
    }
    return NULL;
}

/* “what period does the log cover” */
static char *
intent_period(AskWords *words)
{
    static const char *const asked[] = {"what period",
                                        "which period",
                                        "time span",
                                        "time range",
                                        "date range",
                                        "what dates",
                                        "which dates",
                                        "when does the log",
                                        "when did the log",
                                        NULL};
    static const char *const around[] =
        {"cover*", "span*", "start*", "begin*", "end*", "go", "include*", "and", NULL};
    const ErrataColumn *column = intent_time_column(words);

    if (column == NULL || !errata_ask_intent_any(words, asked))
        return NULL;
    errata_ask_intent_all(words, around);
    return g_strdup_printf("describe \"%s\"", column->name);
}

/* “is it fair across regions”: how the groups of a column fare; for fairness as a whole, see
 * above */
static char *
intent_fair(AskWords *words)
{
    static const char *const asked[] =
        {"fair", "unfair*", "fairness", "bias", "biased", "discriminat*", "equitable", NULL};
    static const char *const leads[] = {"across",
                                        "between",
                                        "by",
                                        "towards",
                                        "against",
                                        "for",
                                        "of",
                                        "different",
                                        "on",
                                        "all",
                                        NULL};
    static const char *const around[] =
        {"different", "all", "treat*", "equally", "group*", "groups", NULL};
    const ErrataSchema *schema = words->data->schema;
    gboolean found = FALSE;

    for (guint i = 0; asked[i] != NULL; i++)
        found = found || errata_ask_words_find(words, asked[i], NULL) >= 0;
    for (guint i = 1; found && schema != NULL && i < words->words->len; i++) {
        guint n = 0;
        g_autofree char *name = g_strv_contains(leads, errata_ask_words_get(words, i - 1)->fold)
                                    ? errata_ask_intent_column(words, i, &n)
                                    : NULL;

        if (name == NULL)
            continue;
        if (errata_ask_words_match(words, i + n, "and") > 0 &&
            errata_ask_words_column(words, i + n + 1, &n) >= 0)
            return NULL; /* groups of two columns: of a metric */
        errata_ask_words_use(words, i - 1, n + 1);
        errata_ask_intent_all(words, asked);
        errata_ask_intent_all(words, around);
        return g_strdup_printf("group \"%s\" | metric %s",
                               name,
                               schema->task == ERRATA_TASK_REGRESSION ? "mae, bias_mean_error"
                               : schema->task == ERRATA_TASK_BINARY
                                   ? "false_positive_rate, false_negative_rate"
                                   : "error_rate");
    }
    return NULL;
}

/* whether a question speaks of some time: “since May”, “in the last week”, “in April” */
gboolean
errata_ask_intent_says_when(const AskWords *words)
{
    static const char *const said[] = {"after",
                                       "since",
                                       "last week",
                                       "past week",
                                       "last month",
                                       "past month",
                                       "in the last*",
                                       "in the past*",
                                       "first week",
                                       NULL};

    for (guint i = 0; said[i] != NULL; i++)
        if (errata_ask_words_find(words, said[i], NULL) >= 0)
            return TRUE;
    for (guint i = 0; i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);

        if (g_ascii_isupper(word->text[0]) && errata_ask_condition_month(word->fold) > 0)
            return TRUE; /* “may” is none */
    }
    return FALSE;
}

/* span by span; “worse since May” is a comparison with the time before */
static char *
intent_course(const AskWords *words)
{
    const ErrataSchema *schema = words->data->schema;
    const ErrataColumn *column = intent_time_column(words);
    g_autofree char *span = column != NULL
                                ? intent_span(words, intent_unit(column, INTENT_COURSE_DAYS))
                                : NULL;

    if (span == NULL || schema == NULL || schema->task == ERRATA_TASK_NONE || schema->label < 0)
        return g_strdup(INTENT_CHANGES);
    if (errata_ask_intent_says_when(words))
        return g_strdup("compare");
    return g_strdup_printf("group \"%s\" | metric %s",
                           span,
                           schema->task == ERRATA_TASK_REGRESSION ? "mae" : "accuracy");
}

/* ---- the whole ---- */

char *
errata_ask_intent(AskWords *words)
{
    static const char *const changes[] = {"error rate change*", "accuracy change*", NULL};
    char *plan = words->data->frame != NULL ? intent_period(words) : NULL;

    if (plan == NULL && intent_time_column(words) != NULL && errata_ask_intent_says_when(words) &&
        errata_ask_intent_any(words, changes))
        return g_strdup("compare"); /* after then with before */

    if (plan == NULL && words->data->frame != NULL)
        plan = intent_fair(words);
    if (plan != NULL)
        return plan;
    for (guint i = 0; i < G_N_ELEMENTS(intents); i++) {
        const Intent *intent = &intents[i];
        gboolean found = FALSE;

        if (g_str_equal(intent->plan, INTENT_THRESHOLD) && words->data->frame != NULL)
            continue; /* worked out from them */
        if (g_str_equal(intent->plan, INTENT_CONFUSION) &&
            (words->data->schema == NULL || words->data->schema->n_classes == 0))
            continue;
        if (g_str_equal(intent->plan, "findings fairness") && words->data->frame != NULL &&
            words->data->schema != NULL && words->data->schema->task == ERRATA_TASK_REGRESSION &&
            errata_ask_words_find(words, "bias", NULL) >= 0)
            continue; /* of predicted numbers it is a metric */
        for (guint k = 0; !found && k < INTENT_PHRASES && intent->phrase[k] != NULL; k++)
            found = errata_ask_words_take(words, intent->phrase[k]) >= 0;
        for (guint k = 0; found && k < INTENT_AROUND && intent->around[k] != NULL; k++)
            while (errata_ask_words_take(words, intent->around[k]) >= 0)
                ;
        if (found)
            return g_str_equal(intent->plan, INTENT_CHANGES) && intent_time_column(words) != NULL &&
                           errata_ask_intent_says_when(words)
                       ? g_strdup("compare")
                   : g_str_equal(intent->plan, INTENT_COURSE) ? intent_course(words)
                                                              : g_strdup(intent->plan);
    }
    return words->data->frame != NULL ? intent_described(words) : NULL;
}
