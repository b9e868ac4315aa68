/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `unknown` or `pending` among labels of 0 and 1: a third class that the model always gets wrong,
 * or no label yet? What a model has to choose from it says at times, and scores are named after it;
 * a word that means nothing is known, stands in labels only, and leaves a choice of classes when
 * it is gone, is no class. */
#include "label-words.h"

#include <string.h>

#include "schema-name.h"
#include "schema.h"
#include "vocabulary.h"

#define LABEL_CLASSES 1000 /* classes at most */

/* whether the word says that the label is not known; words that also name an outcome (`error`,
 * `missing`, `invalid`) are none of these */
static gboolean
label_is_unknown(const char *word)
{
    static const char *const unknown[] = {"unknown",
                                          "not_known",
                                          "unlabeled",
                                          "unlabelled",
                                          "not_labeled",
                                          "not_labelled",
                                          "no_label",
                                          "pending",
                                          "tbd",
                                          "undetermined",
                                          "unbekannt",
                                          "inconnu",
                                          "desconocido",
                                          "sconosciuto",
                                          "desconhecido",
                                          NULL};
    g_autofree char *words = errata_schema_name_words(word);

    return g_strv_contains(unknown, words);
}

/* whether a score of the log is named after the word */
static gboolean
label_is_scored(const ErrataFrame *frame, const ErrataSchema *schema, const char *word)
{
    for (guint i = 0; i < frame->n_columns; i++) {
        const char *target = schema->columns[i].target;
        g_autofree char *family = NULL;
        g_autofree char *class_name = NULL;

        if (target != NULL && g_ascii_strcasecmp(target, word) == 0)
            return TRUE;
        if (errata_column_is_numeric(frame->columns[i]) &&
            errata_schema_name_split_class(frame->columns[i]->name, &family, &class_name) &&
            g_ascii_strcasecmp(class_name, word) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
label_has_scores(const ErrataFrame *frame, const ErrataSchema *schema)
{
    for (guint i = 0; i < frame->n_columns; i++)
        if (schema->columns[i].role == ERRATA_ROLE_SCORE)
            return TRUE;
    return FALSE;
}

/* whether the model could have said the word: it has once, or it has said so little that nobody
 * knows what it chooses from */
static gboolean
label_is_predicted(const ErrataColumn *prediction, const char *word)
{
    g_autoptr(ErrataVocabulary) values = errata_vocabulary_new(prediction, LABEL_CLASSES);

    if (values->overflow || values->n_values < 2)
        return TRUE;
    for (guint i = 0; i < values->n_values; i++)
        if (g_ascii_strcasecmp(values->values[i], word) == 0)
            return TRUE;
    return FALSE;
}

static gboolean
label_is_none(const ErrataFrame *frame,
              const ErrataSchema *schema,
              const ErrataSettings *settings,
              const char *word)
{
    if (!label_is_unknown(word) || label_is_scored(frame, schema, word))
        return FALSE;
    if (settings != NULL && settings->positive != NULL &&
        g_ascii_strcasecmp(settings->positive, word) == 0)
        return FALSE;
    return schema->prediction < 0 || !label_is_predicted(frame->columns[schema->prediction], word);
}

/* the words of the label that are no class; as many as leave two classes at least */
static char **
label_words(const ErrataFrame *frame, const ErrataSchema *schema, const ErrataSettings *settings)
{
    const ErrataColumn *label = frame->columns[schema->label];
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    guint n = 0;

    for (guint i = 0; i < label->n_dictionary; i++)
        if (label_is_none(frame, schema, settings, label->dictionary[i])) {
            g_strv_builder_add(words, label->dictionary[i]);
            n++;
        }
    return n > 0 && label->n_dictionary >= n + 2 ? g_strv_builder_end(words) : NULL;
}

/* whether it is worth asking what the columns are for */
static gboolean
label_may_have_words(const ErrataColumn *column)
{
    if (column->type != ERRATA_COLUMN_CATEGORY || column->n_dictionary > LABEL_CLASSES)
        return FALSE;
    for (guint i = 0; i < column->n_dictionary; i++)
        if (label_is_unknown(column->dictionary[i]))
            return TRUE;
    return FALSE;
}

/* makes the cells of a column of categories that have one of the values missing, and tells the
 * values among its missing words */
static void
label_drop(ErrataColumn *self, const char *const *values)
{
    g_autofree guint32 *to = g_new(guint32, MAX(self->n_dictionary, 1));
    g_autoptr(GStrvBuilder) missing = g_strv_builder_new();
    gsize n_words = (self->n_rows + 63) / 64;
    guint n = 0;

    for (guint i = 0; self->missing_words != NULL && self->missing_words[i] != NULL; i++)
        g_strv_builder_add(missing, self->missing_words[i]);
    for (guint i = 0; i < self->n_dictionary; i++) {
        char *value = self->dictionary[i];
        gboolean drop = g_strv_contains(values, value);

        to[i] = drop ? G_MAXUINT32 : n;
        if (!drop) {
            self->dictionary[n++] = value;
            continue;
        }
        g_strv_builder_add(missing, value);
        g_free(value);
    }
    self->n_dictionary = n;
    self->dictionary[n] = NULL;
    if (self->valid == NULL) {
        self->valid = g_new(guint64, MAX(n_words, 1));
        memset(self->valid, 0xff, n_words * sizeof *self->valid);
    }
    for (gsize row = 0; row < self->n_rows; row++) {
        if (!errata_column_is_valid(self, row))
            continue;
        if (to[self->code[row]] != G_MAXUINT32) {
            self->code[row] = to[self->code[row]];
            continue;
        }
        self->code[row] = 0;
        self->valid[row >> 6] &= ~(G_GUINT64_CONSTANT(1) << (row & 63));
        self->n_missing++;
        self->n_worded++;
    }
    g_strfreev(self->missing_words);
    self->missing_words = g_strv_builder_end(missing);
}

/**
 * errata_label_words_settle:
 * @frame: a log that no one else has yet, its other words settled, its late labels joined
 * @settings: (nullable): what the user declared: `[analysis] missing` decides alone
 *
 * Cells of the label that say that there is none yet (`unknown`, `unlabelled`, `pending`, …) are
 * missing from then on, where there is a prediction that is never so or a score that is not named
 * so, and two other classes at least.
 */
void
errata_label_words_settle(ErrataFrame *frame, const ErrataSettings *settings)
{
    g_autoptr(ErrataSchema) schema = NULL;
    g_auto(GStrv) words = NULL;
    gboolean any = FALSE;

    for (guint i = 0; i < frame->n_columns && !any; i++)
        any = label_may_have_words(frame->columns[i]);
    if (!any || (settings != NULL && settings->missing != NULL))
        return;
    schema = errata_schema_infer(frame, settings, NULL, NULL);
    if (schema == NULL || schema->label < 0 ||
        !label_may_have_words(frame->columns[schema->label]) ||
        (schema->prediction < 0 && !label_has_scores(frame, schema)))
        return;
    words = label_words(frame, schema, settings);
    if (words != NULL)
        label_drop(frame->columns[schema->label], (const char *const *)words);
}
