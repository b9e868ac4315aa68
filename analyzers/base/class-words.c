/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `none`, `NA` or `-` in the label or the prediction: no value, or a class (none, mild, severe)? A
 * row that has no label yet has a prediction all the same, so a word that only labels have says
 * that there is none; one that both have, and that goes together, or that a score is named after,
 * is a class. */
#include "class-words.h"

#include <math.h>
#include <string.h>

#include "input-words.h"
#include "label-words.h"
#include "schema-name.h"
#include "schema.h"
#include "vocabulary.h"

#define WORDS_CLASSES 1000 /* classes at most */
#define WORDS_FREQUENT \
    0.05 /* of the predictions: a model that says nothing so often would be no model */
#define WORDS_TOGETHER \
    2.0 /* standard errors by which label and prediction have the word in the same rows */
#define WORDS_SCORED 0.1 /* of the rows predicted so: fewer have a score where the model failed */

/* the two columns that may have classes, and what there is beside them */
typedef struct {
    ErrataFrame *frame;
    const ErrataFrame *beside;
    const ErrataSettings *settings;
    const ErrataSchema *schema; /* as it is with those words missing */
    ErrataColumn *label;        /* (nullable): %NULL where it is no column of strings */
    ErrataColumn *prediction;   /* (nullable): the same */
    gboolean has_label;         /* a column of any type */
    gboolean has_prediction;
} ClassWords;

static gboolean
words_same(const char *a, const char *b)
{
    return a != NULL && g_ascii_strcasecmp(a, b) == 0;
}

/* a program writes these for no value, and no person for a class */
static gboolean
words_is_made(const char *word)
{
    static const char *const made[] =
        {"nan", "-nan", "+nan", "nat", "#na", "#n/a", "<na>", "?", NULL};
    g_autofree char *lower = g_ascii_strdown(word, -1);

    return g_strv_contains(made, lower) || strchr(lower, '#') != NULL || *lower == '\\' ||
           *lower == '<';
}

static gboolean
words_has(const ErrataColumn *column, const char *word)
{
    for (guint i = 0; column != NULL && column->words != NULL && i < column->words->spelled->len;
         i++)
        if (words_same(g_ptr_array_index(column->words->spelled, i), word))
            return TRUE;
    return FALSE;
}

static gboolean
words_at(const ErrataColumn *column, gsize row, const char *word)
{
    return !errata_column_is_valid(column, row) && column->words != NULL &&
           words_same(errata_column_words_at(column->words, row), word);
}

/* a column of numbers named after the word, beside one of its family named after another value */
static gboolean
words_is_scored(const ClassWords *self, const ErrataColumn *column, const char *word)
{
    g_autoptr(ErrataVocabulary) values = errata_vocabulary_new(column, WORDS_CLASSES);
    g_autoptr(GHashTable) with_value = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) with_word = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer family;

    for (guint i = 0; !values->overflow && i < self->frame->n_columns; i++) {
        g_autofree char *name = NULL;
        g_autofree char *class_name = NULL;

        if (!errata_column_is_numeric(self->frame->columns[i]) ||
            !errata_schema_name_split_class(self->frame->columns[i]->name, &name, &class_name))
            continue;
        if (words_same(class_name, word))
            g_hash_table_add(with_word, g_steal_pointer(&name));
        else if (errata_vocabulary_find(values, class_name) >= 0)
            g_hash_table_add(with_value, g_steal_pointer(&name));
    }
    g_hash_table_iter_init(&iter, with_word);
    while (g_hash_table_iter_next(&iter, &family, NULL))
        if (g_hash_table_contains(with_value, family))
            return TRUE;
    return FALSE;
}

/* whether the rows that are predicted so lack their scores, as where the model gave no answer */
static gboolean
words_is_failure(const ClassWords *self, const char *word)
{
    double n = 0.0;
    double scored = 0.0;
    gboolean any = FALSE;

    for (gsize row = 0; row < self->frame->n_rows; row++) {
        gboolean has = FALSE;

        if (!words_at(self->prediction, row, word))
            continue;
        for (guint i = 0; i < self->frame->n_columns && !has; i++) {
            if (self->schema->columns[i].role != ERRATA_ROLE_SCORE)
                continue;
            any = TRUE;
            has = errata_column_is_valid(self->frame->columns[i], row);
        }
        n += 1.0;
        scored += has ? 1.0 : 0.0;
    }
    return any && scored < WORDS_SCORED * n;
}

/* whether label and prediction have the word in the same rows more often than by chance, or the
 * prediction has it too often to be what a failing model leaves */
static gboolean
words_is_shared(const ClassWords *self, const char *word)
{
    double n = 0.0, labelled = 0.0, predicted = 0.0, both = 0.0;
    double chance, spread;

    if (!words_has(self->label, word) || !words_has(self->prediction, word) ||
        words_is_failure(self, word))
        return FALSE;
    for (gsize row = 0; row < self->frame->n_rows; row++) {
        gboolean in_label = words_at(self->label, row, word);
        gboolean in_prediction = words_at(self->prediction, row, word);

        if ((!in_label && !errata_column_is_valid(self->label, row)) ||
            (!in_prediction && !errata_column_is_valid(self->prediction, row)))
            continue;
        n += 1.0;
        labelled += in_label ? 1.0 : 0.0;
        predicted += in_prediction ? 1.0 : 0.0;
        both += in_label && in_prediction ? 1.0 : 0.0;
    }
    if (both <= 0.0)
        return FALSE;
    if (predicted >= WORDS_FREQUENT * n && !words_is_made(word))
        return TRUE;
    chance = labelled * predicted / n;
    spread = sqrt(chance * (1.0 - labelled / n) * (1.0 - predicted / n));
    return both - chance > WORDS_TOGETHER * spread;
}

/* without a partner to compare with: models do not leave cells empty, and one value is no choice of
 * classes */
static gboolean
words_is_alone(const ClassWords *self, const ErrataColumn *column, const char *word)
{
    if (words_is_made(word))
        return FALSE;
    if (column == self->prediction)
        return !self->has_label && !words_is_failure(self, word);
    return !self->has_prediction && column->n_dictionary == 1 && strcmp(word, "-") != 0;
}

static gboolean
words_is_known(const ClassWords *self, const char *word)
{
    for (guint i = 0; self->beside != NULL && i < self->beside->n_columns; i++) {
        const ErrataColumn *other = self->beside->columns[i];

        for (guint k = 0; other->class_words != NULL && other->class_words[k] != NULL; k++)
            if (words_same(other->class_words[k], word))
                return TRUE;
    }
    return FALSE;
}

static gboolean
words_is_declared(const ErrataSettings *settings, const char *word)
{
    for (guint i = 0; settings->missing[i] != NULL; i++)
        if (words_same(settings->missing[i], word))
            return TRUE;
    return FALSE;
}

/* why the word is a class, NULL where it says that there is no value */
static const char *
words_why(const ClassWords *self, const ErrataColumn *column, const char *word)
{
    const ErrataSettings *settings = self->settings;

    if (settings != NULL && settings->missing != NULL)
        return words_is_declared(settings, word)
                   ? NULL
                   : "as it is not among the words declared to be missing";
    if (settings != NULL && words_same(settings->positive, word))
        return "as the positive one is declared to be it";
    if (words_is_known(self, word))
        return "as in the log";
    if (words_is_scored(self, column, word))
        return "as a score is named after it";
    if (words_is_shared(self, word))
        return "as labels and predictions both have it";
    if (!words_is_alone(self, column, word))
        return NULL;
    return column == self->prediction ? "as a model predicts it" : "as there is one other value";
}

static char **
words_classes(const ClassWords *self, ErrataColumn *column)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < column->words->spelled->len; i++) {
        const char *word = g_ptr_array_index(column->words->spelled, i);
        const char *why = words_why(self, column, word);

        if (why == NULL)
            continue;
        g_ptr_array_add(words, g_strdup(word));
        column->class_why = why;
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

/* the column of that role; where none has it with the words missing, the first that is named like
 * it */
static int
words_column(const ClassWords *self, int known, gboolean prediction)
{
    const char *role = errata_role_nick(prediction ? ERRATA_ROLE_PREDICTION : ERRATA_ROLE_LABEL);

    if (known >= 0)
        return known;
    for (guint i = 0; self->settings != NULL && i < self->frame->n_columns; i++)
        if (g_strcmp0(g_hash_table_lookup(self->settings->roles, self->frame->columns[i]->name),
                      role) == 0)
            return (int)i;
    for (guint i = 0; i < self->frame->n_columns; i++) {
        ErrataName name;
        gboolean named;

        if (self->frame->columns[i]->words == NULL)
            continue;
        errata_schema_name_read(&name, self->frame->columns[i]->name);
        named = !name.input && !name.about_prediction &&
                (prediction ? name.prediction : name.label) >= ERRATA_NAME_PATTERN;
        errata_schema_name_clear(&name);
        if (named)
            return (int)i;
    }
    return -1;
}

static ErrataColumn *
words_strings(const ClassWords *self, int column)
{
    return column >= 0 && self->frame->columns[column]->type == ERRATA_COLUMN_CATEGORY
               ? self->frame->columns[column]
               : NULL;
}

static void
words_settle(ClassWords *self)
{
    int label = words_column(self, self->schema->label, FALSE);
    int prediction = words_column(self, self->schema->prediction, TRUE);
    g_auto(GStrv) labels = NULL;
    g_auto(GStrv) predictions = NULL;

    self->label = words_strings(self, label);
    self->prediction = words_strings(self, prediction);
    self->has_label = label >= 0;
    self->has_prediction = prediction >= 0;
    if (self->label == self->prediction)
        self->label = NULL;
    if (self->label != NULL && self->label->words != NULL)
        labels = words_classes(self, self->label);
    if (self->prediction != NULL && self->prediction->words != NULL)
        predictions = words_classes(self, self->prediction);
    if (labels != NULL && *labels != NULL)
        errata_column_take_words(self->label, g_steal_pointer(&labels));
    if (predictions != NULL && *predictions != NULL)
        errata_column_take_words(self->prediction, g_steal_pointer(&predictions));
}

/* of an input: what was declared to be no missing value is one there too */
static void
words_take_declared(ErrataColumn *column, const ErrataSettings *settings)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_auto(GStrv) taken = NULL;

    for (guint i = 0; i < column->words->spelled->len; i++) {
        const char *word = g_ptr_array_index(column->words->spelled, i);

        if (!words_is_declared(settings, word))
            g_strv_builder_add(words, word);
    }
    taken = g_strv_builder_end(words);
    if (*taken != NULL)
        errata_column_take_words(column, g_steal_pointer(&taken));
}

static void
words_take_input(const ErrataFrame *frame, ErrataColumn *column, const ErrataFrame *beside)
{
    const char *word = errata_input_words_value(frame, column, beside);
    char **words;

    if (word == NULL)
        return;
    column->class_why = "as it is spelled and found like the others";
    words = g_new0(char *, 2);
    words[0] = g_strdup(word);
    errata_column_take_words(column, words);
}

/* classes of the label and the prediction, values of inputs */
static void
words_settle_all(ClassWords *self)
{
    ErrataFrame *frame = self->frame;
    const ErrataSettings *settings = self->settings;
    g_autoptr(ErrataSchema) schema = errata_schema_infer(frame, settings, NULL, NULL);

    if (schema ==
        NULL) /* what was declared does not fit, as where such a word is to be the positive class */
        schema = errata_schema_infer(frame, NULL, NULL, NULL);
    self->schema = schema;
    words_settle(self);
    for (guint i = 0; i < frame->n_columns; i++) {
        ErrataColumn *column = frame->columns[i];

        if (column->words == NULL || column == self->label || column == self->prediction)
            continue;
        if (settings != NULL && settings->missing != NULL)
            words_take_declared(column, settings);
        else
            words_take_input(frame, column, self->beside);
    }
    for (guint i = 0; i < frame->n_columns; i++)
        errata_column_settle_words(frame->columns[i]);
}

/**
 * errata_class_words_settle:
 * @frame: what was read, that no one else has yet
 * @beside: (nullable): the log to which it belongs, settled: its words hold here too
 * @settings: (nullable): what the user declared: `[analysis] missing` decides alone
 *
 * Makes values of the words in the label's and the prediction's columns that read as missing and
 * are classes, of the one in an input that is a value like its others, and of those in any column
 * that are declared to be no missing value; all others are missing from then on, and so are those
 * of the label that errata_label_words_settle() finds.
 */
void
errata_class_words_settle(ErrataFrame *frame,
                          const ErrataFrame *beside,
                          const ErrataSettings *settings)
{
    ClassWords self = {.frame = frame, .beside = beside, .settings = settings};
    gboolean any = FALSE;

    for (guint i = 0; i < frame->n_columns && !any; i++)
        any = frame->columns[i]->words != NULL;
    if (any)
        words_settle_all(&self);
    errata_label_words_settle(frame, beside, settings);
}
