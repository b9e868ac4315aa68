/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a question in plain words, and what they may name: columns, values, classes. A word
 * is matched whole; names of several words are matched with spaces, _ and - alike. Whatever no rule
 * has used in the end was not understood, and the question is not answered. */
#include "ask-words.h"

#include <string.h>

#include "ask-condition.h"
#include "text.h"

#define WORDS_MAX        400  /* of a question */
#define WORDS_NAME       6    /* words that a name may have */
#define WORDS_VALUE      3    /* bytes of a value that is looked for */
#define WORDS_DICTIONARY 1000 /* values of a column that are known by themselves */

/* words that restrict nothing */
static const char *const words_filler[] = {
    "a",           "about",      "all",     "am",           "an",       "and",
    "any",         "are",        "as",      "at",           "be",       "been",
    "being",       "can",        "case",    "cases",        "could",    "customers",
    "data",        "dataset",    "did",     "do",           "does",     "entries",
    "entry",       "for",        "from",    "get",          "give",     "got",
    "had",         "has",        "have",    "how",          "i",        "in",
    "is",          "it",         "item",    "items",        "its",      "log",
    "many",        "me",         "model",   "much",         "my",       "number",
    "of",          "on",         "our",     "overall",      "people",   "please",
    "record",      "records",    "rows",    "row",          "samples",  "so",
    "than",        "that",       "those",   "the",          "their",    "there",
    "these",       "they",       "this",    "to",           "total",    "us",
    "users",       "was",        "we",      "were",         "what",     "what's",
    "when",        "where",      "which",   "who",          "whose",    "will",
    "with",        "would",      "you",     "year",         "years",    "within",
    "predictions", "prediction", "among",   "over all",     "tell",     "value",
    "column",      "answer",     "it's",    "set",          "your",     "shall",
    "should",      "rather",     "then",    "observations", "requests", "instances",
    "examples",    "example",    "persons", "person",       "&",        "hi",
    "hey",         "hello",      "thanks",  "also",         "plus",     "want",
    "need",        "know",       "made",    "lodged",       "came",     "arrived",
    "if",          "run",        "like",    "see",          "look",     NULL};

/* what a row of some log is */
static const char *const words_rows[] = {
    "ticket",      "tickets",      "order",       "orders",       "delivery", "deliveries",
    "loan",        "loans",        "application", "applications", "claim",    "claims",
    "transaction", "transactions", "message",     "messages",     "trip",     "trips",
    "ride",        "rides",        "booking",     "bookings",     "visit",    "visits",
    "session",     "sessions",     "payment",     "payments",     "patient",  "patients",
    "applicant",   "applicants",   "client",      "clients",      "house",    "houses",
    "home",        "homes",        "property",    "properties",   "flat",     "flats",
    "car",         "cars",         "employee",    "employees",    "borrower", "borrowers",
    "member",      "members",      "passenger",   "passengers",   "listing",  "listings",
    "account",     "accounts",     "policy",      "policies",     NULL};

static void
words_clear_cb(gpointer data)
{
    AskWord *word = data;

    g_free(word->text);
    g_free(word->fold);
}

/* small letters; _, - and spaces are one space */
static char *
words_fold(const char *text)
{
    g_autofree char *small = g_utf8_strdown(text, -1);
    GString *folded = g_string_new(NULL);

    for (const char *p = small; *p != '\0'; p++) {
        gboolean space = strchr(" _-\t\r\n", *p) != NULL && p[1] != '\0' && p != small;

        if (!space)
            g_string_append_c(folded, *p);
        else if (folded->len > 0 && folded->str[folded->len - 1] != ' ')
            g_string_append_c(folded, ' ');
    }
    return g_string_free(folded, FALSE);
}

/* the next word of @p, at spaces, and where it ends in @ret_p; marks around it are no part of its
 * text, which is %NULL where there are only marks */
static AskWord
words_next(const char *p, const char **ret_p)
{
    AskWord word = {.at = p + strspn(p, " \t\r\n")};
    const char *begin = word.at + strspn(word.at, "\"'`(");
    const char *end;

    word.end = *ret_p = word.at + strcspn(word.at, " \t\r\n");
    while (word.end > word.at && strchr(",;:?!.", word.end[-1]) != NULL)
        word.end--;
    for (end = word.end; end > begin && strchr("\"'`)", end[-1]) != NULL;)
        end--;
    if (begin < end)
        word.text = g_strndup(begin, (gsize)(end - begin));
    return word;
}

static void
words_split(AskWords *self)
{
    const char *p = self->question;

    while (*p != '\0' && self->words->len < WORDS_MAX) {
        AskWord word = words_next(p, &p);

        if (word.text == NULL)
            continue;
        word.fold = words_fold(word.text);
        g_array_append_val(self->words, word);
    }
}

/* @text as the words of a question would have it, without the marks around them; %NULL: no words */
static char *
words_bare(const char *text)
{
    g_autoptr(GString) bare = g_string_new(NULL);
    const char *p = text;

    while (*p != '\0') {
        AskWord word = words_next(p, &p);

        if (word.text == NULL)
            continue;
        word.fold = words_fold(word.text);
        g_string_append_printf(bare, "%s%s", bare->len > 0 ? " " : "", word.fold);
        words_clear_cb(&word);
    }
    return bare->len > 0 ? g_strdup(bare->str) : NULL;
}

static void
words_note_value(AskWords *self, const char *fold, AskValue value)
{
    GArray *list = g_hash_table_lookup(self->values, fold);

    if (list == NULL) {
        list = g_array_new(FALSE, FALSE, sizeof(AskValue));
        g_hash_table_insert(self->values, g_strdup(fold), list);
    }
    g_array_append_val(list, value);
}

/* `27" monitor` is known without its marks, too, which no word of a question keeps */
static void
words_add_value(AskWords *self, int column, const char *text)
{
    g_autofree char *fold = words_fold(text);
    g_autofree char *bare = strpbrk(text, "\"'`(),;:?!.") != NULL ? words_bare(text) : NULL;
    AskValue value = {column, text};

    words_note_value(self, fold, value);
    if (bare != NULL && strcmp(bare, fold) != 0)
        words_note_value(self, bare, value);
}

/* values of label and prediction are classes */
static gboolean
words_is_class_column(const ErrataSchema *schema, guint column)
{
    return schema != NULL && schema->n_classes > 0 &&
           ((int)column == schema->label || (int)column == schema->prediction);
}

static void
words_add_values(AskWords *self)
{
    const ErrataFrame *frame = self->data->frame;
    const ErrataSchema *schema = self->data->schema;

    for (guint c = 0; frame != NULL && c < frame->n_columns; c++) {
        const ErrataColumn *column = frame->columns[c];

        if (column->type != ERRATA_COLUMN_CATEGORY || column->n_dictionary > WORDS_DICTIONARY ||
            words_is_class_column(schema, c) || (schema != NULL && (int)c == schema->id))
            continue;
        for (guint i = 0; i < column->n_dictionary; i++)
            words_add_value(self, (int)c, column->dictionary[i]);
    }
    for (guint i = 0; schema != NULL && i < schema->n_classes; i++)
        words_add_value(self, -1, schema->classes[i]);
}

static void
words_add_names(AskWords *self)
{
    const ErrataAskData *data = self->data;

    for (guint c = 0; data->frame != NULL && c < data->frame->n_columns; c++)
        g_ptr_array_add(self->names, data->frame->columns[c]->name);
    for (guint c = 0; data->frame == NULL && data->report != NULL && c < data->report->columns->len;
         c++)
        g_ptr_array_add(
            self->names,
            ((const ErrataColumnSummary *)g_ptr_array_index(data->report->columns, c))->name);
    for (guint i = 0; i < self->names->len; i++) {
        char *fold = words_fold(g_ptr_array_index(self->names, i));

        if (g_hash_table_contains(self->columns, fold))
            g_free(fold);
        else
            g_hash_table_insert(self->columns, fold, GUINT_TO_POINTER(i + 1));
    }
}

/* “trip_id”, “Ticket No”: a row is a trip, a ticket */
static char *
words_row(const ErrataAskData *data)
{
    static const char *const ends[] = {" id", " no", " nr", " number", " key", " uuid", ""};
    g_autofree char *fold = NULL;

    if (data->frame == NULL || data->schema == NULL || data->schema->id < 0)
        return NULL;
    fold = words_fold(data->frame->columns[data->schema->id]->name);
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(fold, ends[i])) {
            gsize n = strlen(fold) - strlen(ends[i]);

            return n > 2 && strcspn(fold, " ") >= n ? g_strndup(fold, n) : NULL;
        }
    return NULL;
}

AskWords *
errata_ask_words_new(const char *question, const ErrataAskData *data)
{
    AskWords *self = g_new0(AskWords, 1);

    self->data = data;
    self->question = g_utf8_make_valid(question, -1);
    self->words = g_array_new(FALSE, TRUE, sizeof(AskWord));
    g_array_set_clear_func(self->words, words_clear_cb);
    self->names = g_ptr_array_new();
    self->columns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->values =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    self->shared = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    words_split(self);
    words_add_names(self);
    errata_ask_names_add(self);
    words_add_values(self);
    errata_ask_small_mark(self);
    errata_ask_double_mark(self);
    errata_ask_accent_mend(self);
    errata_ask_number_write(self);
    errata_ask_people_mend(self);
    errata_ask_phrase_write(self);
    self->row = words_row(data);
    errata_ask_near_mend(self);
    return self;
}

void
errata_ask_words_free(AskWords *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->values);
    g_hash_table_unref(self->columns);
    g_hash_table_unref(self->shared);
    g_ptr_array_unref(self->names);
    g_array_unref(self->words);
    g_free(self->question);
    g_free(self->row);
    g_free(self->untold);
    g_free(self);
}

const AskWord *
errata_ask_words_get(const AskWords *self, guint i)
{
    return i < self->words->len ? &g_array_index(self->words, AskWord, i) : NULL;
}

void
errata_ask_words_use(AskWords *self, guint first, guint n)
{
    for (guint i = first; i < first + n && i < self->words->len; i++)
        g_array_index(self->words, AskWord, i).used = TRUE;
}

/* Returns: (transfer full) (nullable): @n words folded, joined by spaces; %NULL where one is used
 * or
 *   there are not as many */
char *
errata_ask_words_phrase(const AskWords *self, guint first, guint n)
{
    GString *text = g_string_new(NULL);

    for (guint i = first; i < first + n; i++) {
        const AskWord *word = errata_ask_words_get(self, i);

        if (word == NULL || word->used) {
            g_string_free(text, TRUE);
            return NULL;
        }
        g_string_append_printf(text, "%s%s", i > first ? " " : "", word->fold);
    }
    return g_string_free(text, FALSE);
}

/* Returns: how many unused words from @at on are @phrase, folded; one that ends in * is a
 * beginning */
guint
errata_ask_words_match(const AskWords *self, guint at, const char *phrase)
{
    gsize length = strlen(phrase);
    gboolean open = length > 0 && phrase[length - 1] == '*';

    for (guint n = 1; n <= WORDS_NAME; n++) {
        g_autofree char *text = errata_ask_words_phrase(self, at, n);

        if (text == NULL)
            return 0;
        if (open ? strncmp(text, phrase, length - 1) == 0 : strcmp(text, phrase) == 0)
            return n;
    }
    return 0;
}

/* Returns: whether the word at @at says that a cell is missing, in words or as @cells has it */
gboolean
errata_ask_words_is_missing(const AskWords *self, guint at, const ErrataColumn *cells)
{
    static const char *const none[] =
        {"missing", "unknown", "empty", "null", "blank", "absent", NULL};
    const AskWord *word = errata_ask_words_get(self, at);

    if (word == NULL)
        return FALSE;
    for (guint i = 0; cells->missing_words != NULL && cells->missing_words[i] != NULL; i++)
        if (g_ascii_strcasecmp(cells->missing_words[i], word->text) == 0)
            return TRUE;
    return g_strv_contains(none, word->fold);
}

/* Returns: where @phrase stands first, or −1 */
int
errata_ask_words_find(const AskWords *self, const char *phrase, guint *ret_n)
{
    for (guint i = 0; i < self->words->len; i++) {
        guint n = errata_ask_words_match(self, i, phrase);

        if (n > 0) {
            if (ret_n != NULL)
                *ret_n = n;
            return (int)i;
        }
    }
    return -1;
}

/* as find, and uses the words */
int
errata_ask_words_take(AskWords *self, const char *phrase)
{
    guint n = 0;
    int at = errata_ask_words_find(self, phrase, &n);

    if (at >= 0)
        errata_ask_words_use(self, (guint)at, n);
    return at;
}

/* Returns: the place in names of the column that the words from @at on name, also in the plural; −1
 *   where they name none */
int
errata_ask_words_column(const AskWords *self, guint at, guint *ret_n)
{
    for (guint n = WORDS_NAME; n > 0; n--) {
        g_autofree char *text = errata_ask_words_phrase(self, at, n);
        gsize length = text != NULL ? strlen(text) : 0;
        gpointer found = length > 0 ? g_hash_table_lookup(self->columns, text) : NULL;

        if (found == NULL && length > 3 && g_str_has_suffix(text, "ies")) {
            g_autofree char *one = g_strdup_printf("%.*sy", (int)(length - 3), text);

            found = g_hash_table_lookup(self->columns, one);
        }
        if (found == NULL && length > 2 && text[length - 1] == 's') {
            text[length - 1] = '\0';
            found = g_hash_table_lookup(self->columns, text);
        }
        if (found == NULL && n > 1 && text != NULL) { /* late payment, of late_payments */
            g_autofree char *many = g_strdup_printf("%ss", text);

            found = g_hash_table_lookup(self->columns, many);
        }
        if (found != NULL) {
            *ret_n = n;
            return (int)GPOINTER_TO_UINT(found) - 1;
        }
    }
    return -1;
}

/* whether it may be a number, which means a value only where its column is named: 1,200, 5%, 3rd */
static gboolean
words_is_number(const char *text)
{
    return g_ascii_isdigit(text[0]) && strchr(text, ' ') == NULL;
}

/* Returns: (nullable): the value, or class, that the words from @at on are, of which there is but
 * one; a
 *   word that restricts nothing or is a number is none */
const AskValue *
errata_ask_words_value(const AskWords *self, guint at, guint *ret_n)
{
    for (guint n = WORDS_NAME; n > 0; n--) {
        g_autofree char *text = errata_ask_words_phrase(self, at, n);
        gsize length = text != NULL ? strlen(text) : 0;
        GArray *list = text != NULL ? g_hash_table_lookup(self->values, text) : NULL;

        if (list == NULL && length > WORDS_VALUE && g_str_has_suffix(text, "ies")) {
            g_autofree char *one = g_strdup_printf("%.*sy", (int)(length - 3), text);

            list = g_hash_table_lookup(self->values, one); /* deliveries, where one is a class */
        }
        if (list == NULL && length > WORDS_VALUE && text[length - 1] == 's') {
            text[length - 1] = '\0'; /* brokers */
            list = g_hash_table_lookup(self->values, text);
        }
        if (list == NULL || list->len != 1 || strlen(text) < WORDS_VALUE || words_is_number(text) ||
            g_strv_contains(words_filler, text))
            continue;
        *ret_n = n;
        return &g_array_index(list, AskValue, 0);
    }
    return NULL;
}

gboolean
errata_ask_words_is_plain(const char *fold)
{
    return g_strv_contains(words_filler, fold) || g_strv_contains(words_rows, fold);
}

/* whether the word calls a row so, in the plural too */
static gboolean
words_is_row(const AskWords *self, const char *fold)
{
    gsize n = self->row != NULL ? strlen(self->row) : 0;

    return n > 0 && strncmp(fold, self->row, n) == 0 &&
           (fold[n] == '\0' || strcmp(fold + n, "s") == 0);
}

gboolean
errata_ask_words_says_rows(const AskWords *self)
{
    for (guint i = 0; i < self->words->len; i++) {
        const AskWord *word = errata_ask_words_get(self, i);

        if (!word->used &&
            (g_strv_contains(words_rows, word->fold) || words_is_row(self, word->fold)))
            return TRUE;
    }
    return FALSE;
}

int
errata_ask_words_age(const AskWords *self)
{
    static const char *const people[] = {"age",
                                         "customer",
                                         "client",
                                         "user",
                                         "patient",
                                         "person",
                                         "driver",
                                         "member",
                                         "employee",
                                         "applicant",
                                         "borrower",
                                         "years",
                                         "in",
                                         "yrs",
                                         "at",
                                         "insured",
                                         "rider",
                                         "passenger",
                                         NULL};
    gpointer known = g_hash_table_lookup(self->columns, "age");
    int found = -1;

    if (known != NULL)
        return (int)GPOINTER_TO_UINT(known) - 1;
    for (guint i = 0; i < self->names->len; i++) {
        g_autofree char *fold = words_fold(g_ptr_array_index(self->names, i));
        g_auto(GStrv) parts = g_strsplit(fold, " ", -1);
        gboolean of_people = g_strv_contains((const char *const *)parts, "age");

        for (guint k = 0; parts[k] != NULL; k++)
            of_people = of_people && g_strv_contains(people, parts[k]);
        if (of_people && found >= 0)
            return -1;
        found = of_people ? (int)i : found;
    }
    return found;
}

/* whether a word is the whole name of a column, in a list or as what is averaged */
static gboolean
words_is_listed(const AskWords *self, guint at)
{
    static const char *const leads[] = {"and", "&", "plus", "average", "mean", "median", NULL};
    const AskWord *word = &g_array_index(self->words, AskWord, at);
    const AskWord *before = at > 0 ? word - 1 : NULL;
    guint column = GPOINTER_TO_UINT(g_hash_table_lookup(self->columns, word->fold));

    return before != NULL && column > 0 &&
           (g_strv_contains(leads, before->fold) || *before->end == ',') &&
           g_ascii_strcasecmp(g_ptr_array_index(self->names, column - 1), word->fold) == 0;
}

/* Returns: (transfer full) (nullable): the words that nothing was made of, in quotes; %NULL where
 *   there are none that could matter */
char *
errata_ask_words_left(const AskWords *self)
{
    static const char *const leads[] = {"by", "per", "each", "every", "across", NULL};
    /* “errors about orders”: no longer what a row is */
    static const char *const verbs[] = {"are",
                                        "is",
                                        "was",
                                        "were",
                                        "have",
                                        "has",
                                        "with",
                                        "not",
                                        "actually",
                                        "wrong",
                                        "only",
                                        "right",
                                        "correct",
                                        NULL};
    static const char *const themes[] = {"about", "regarding", "concerning", "on", "over", NULL};
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean follows = FALSE;

    for (guint i = 0; i < self->words->len; i++) {
        const AskWord *word = &g_array_index(self->words, AskWord, i);
        g_autofree char *shown = errata_text_excerpt(word->text, strlen(word->text), 40);

        /* “by” alone tells nothing: what follows it is meant */
        gboolean by = follows && i > 0 && !word->used &&
                      g_strv_contains(leads, g_array_index(self->words, AskWord, i - 1).fold);

        /* “above 0.9 but are wrong” joins; “all but the north” leaves out */
        gboolean joins = g_str_equal(word->fold, "but") && i + 1 < self->words->len &&
                         g_strv_contains(verbs, g_array_index(self->words, AskWord, i + 1).fold);

        gboolean theme = i > 0 && g_strv_contains(words_rows, word->fold) &&
                         g_strv_contains(themes, g_array_index(self->words, AskWord, i - 1).fold);

        /* a column is called “visits”, which are no rows then: “age and visits” */
        gboolean listed = !word->used && words_is_listed(self, i);

        if (!by && !listed &&
            (word->used || joins || (errata_ask_words_is_plain(word->fold) && !theme) ||
             (words_is_row(self, word->fold) && !theme))) {
            follows = FALSE;
            continue;
        }
        if (follows)
            g_string_truncate(text, text->len - strlen("”"));
        g_string_append_printf(text, "%s%s”", follows ? " " : text->len > 0 ? ", “" : "“", shown);
        follows = TRUE;
    }
    return text->len > 0 ? g_strdup(text->str) : NULL;
}
