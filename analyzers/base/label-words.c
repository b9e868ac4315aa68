/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `unknown` or `pending` among labels of 0 and 1: a third class that the model always gets wrong,
 * or no label yet? What a model has to choose from it says at times, and scores are named after it;
 * a word that means nothing is known and stands in labels only is no class where the others are 0
 * and 1, or are all that the model chooses from and come first in the log. In doubt it is one. */
#include "label-words.h"

#include <string.h>

#include "schema-name.h"
#include "schema.h"
#include "vocabulary.h"

#define LABEL_CLASSES 1000 /* classes at most */
#define LABEL_AFTER \
    0.9 /* of the pairs of a row without a label and one with: 0.5 where they lie anyhow */

typedef struct {
    const ErrataFrame *frame;
    const ErrataFrame *beside; /* (nullable): the log, settled */
    const ErrataSchema *schema;
    const ErrataSettings *settings;
    const ErrataColumn *label;
} LabelWords;

static gboolean
label_has_word(char **words, const char *word)
{
    for (guint i = 0; words != NULL && words[i] != NULL; i++)
        if (g_ascii_strcasecmp(words[i], word) == 0)
            return TRUE;
    return FALSE;
}

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

/* whether words by which there is no label are among those of @label that read as missing */
gboolean
errata_label_words_any(const ErrataColumn *label)
{
    for (guint i = 0; label->missing_words != NULL && label->missing_words[i] != NULL; i++)
        if (label_is_unknown(label->missing_words[i]))
            return TRUE;
    return FALSE;
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

/* whether the log has the word as a class, or its model says it */
static gboolean
label_is_class_beside(const ErrataFrame *beside, const ErrataColumn *label, const char *word)
{
    const ErrataColumn *other = beside != NULL ? errata_frame_find(beside, label->name, NULL)
                                               : NULL;

    if (other == NULL || label_has_word(other->missing_words, word))
        return FALSE;
    for (guint i = 0; i < beside->n_columns; i++) {
        const ErrataColumn *column = beside->columns[i];

        if (column->type == ERRATA_COLUMN_CATEGORY && label_has_word(column->dictionary, word))
            return TRUE;
    }
    return FALSE;
}

/* whether the log beside has the word as no label */
static gboolean
label_is_known(const LabelWords *self, const char *word)
{
    const ErrataColumn *other = self->beside != NULL
                                    ? errata_frame_find(self->beside, self->label->name, NULL)
                                    : NULL;

    return other != NULL && label_has_word(other->missing_words, word);
}

static gboolean
label_is_none(const LabelWords *self, const char *word)
{
    const ErrataSettings *settings = self->settings;

    return label_is_unknown(word) && !label_is_scored(self->frame, self->schema, word) &&
           (settings == NULL || settings->positive == NULL ||
            g_ascii_strcasecmp(settings->positive, word) != 0) &&
           !label_is_class_beside(self->beside, self->label, word);
}

/* whether the other labels are what the model chooses from: two that mean yes and no, of which it
 * says two, or the very words that it says or that its scores are named after */
static gboolean
label_is_complete(const LabelWords *self, char **classes, gboolean *ret_numbers)
{
    const guint n = g_strv_length(classes);
    const gboolean pair = n == 2 && errata_vocabulary_truth(classes[0]) >= 0 &&
                          errata_vocabulary_truth(classes[1]) >= 0 &&
                          errata_vocabulary_truth(classes[0]) !=
                              errata_vocabulary_truth(classes[1]);
    g_autoptr(ErrataVocabulary) said = NULL;

    *ret_numbers = pair && g_ascii_isdigit(classes[0][strlen(classes[0]) - 1]) &&
                   g_ascii_isdigit(classes[1][strlen(classes[1]) - 1]);
    if (self->schema->prediction >= 0) {
        said = errata_vocabulary_new(self->frame->columns[self->schema->prediction], LABEL_CLASSES);
        if (said->overflow || said->n_values != n)
            return FALSE;
    }
    for (guint i = 0; said != NULL && i < said->n_values; i++)
        if (label_is_unknown(said->values[i]))
            return FALSE;
    for (guint i = 0; !pair && i < n; i++)
        if (said != NULL ? !label_has_word(said->values, classes[i])
                         : !label_is_scored(self->frame, self->schema, classes[i]))
            return FALSE;
    return n >= 2;
}

/* whether the rows with the words come after those with classes, as what has no label yet does */
static gboolean
label_is_last(const ErrataColumn *label, const char *const *words)
{
    g_autofree gboolean *none = g_new0(gboolean, MAX(label->n_dictionary, 1));
    double n_classes = 0.0, n_none = 0.0, after = 0.0;

    for (guint i = 0; i < label->n_dictionary; i++)
        none[i] = g_strv_contains(words, label->dictionary[i]);
    for (gsize row = 0; row < label->n_rows; row++) {
        if (!errata_column_is_valid(label, row))
            continue;
        if (none[label->code[row]]) {
            n_none += 1.0;
            after += n_classes;
        } else {
            n_classes += 1.0;
        }
    }
    return after >= LABEL_AFTER * n_none * n_classes;
}

/* the words of the label that are no class, %NULL where in doubt */
static char **
label_words(const LabelWords *self)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_autoptr(GStrvBuilder) others = g_strv_builder_new();
    g_auto(GStrv) none = NULL;
    g_auto(GStrv) classes = NULL;
    gboolean known = TRUE;
    gboolean numbers;

    for (guint i = 0; i < self->label->n_dictionary; i++) {
        const char *value = self->label->dictionary[i];

        g_strv_builder_add(label_is_none(self, value) ? words : others, value);
    }
    none = g_strv_builder_end(words);
    classes = g_strv_builder_end(others);
    if (*none == NULL || !label_is_complete(self, classes, &numbers))
        return NULL;
    for (guint i = 0; none[i] != NULL; i++)
        known = known && label_is_known(self, none[i]);
    if (!numbers && !known && !label_is_last(self->label, (const char *const *)none))
        return NULL;
    return g_steal_pointer(&none);
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
 * @beside: (nullable): the log to which it belongs, settled
 * @settings: (nullable): what the user declared: `[analysis] missing` decides alone
 *
 * Cells of the label that say that there is none yet (`unknown`, `unlabelled`, `pending`, …) are
 * missing from then on, where no prediction is so and no score named so, the other labels are 0 and
 * 1, or are yes and no or all that the model chooses from and come before these cells, and where
 * they are no class of @beside, whose cells without a label are so here too.
 */
void
errata_label_words_settle(ErrataFrame *frame,
                          const ErrataFrame *beside,
                          const ErrataSettings *settings)
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
    words = label_words(&(LabelWords){
        .frame = frame,
        .beside = beside,
        .schema = schema,
        .settings = settings,
        .label = frame->columns[schema->label],
    });
    if (words != NULL)
        label_drop(frame->columns[schema->label], (const char *const *)words);
}
