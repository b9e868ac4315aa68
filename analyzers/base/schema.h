/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"
#include "settings.h"

G_BEGIN_DECLS

/* roles as CONTRACT 3 names them; the nicks are the lower-case words */
typedef enum {
    ERRATA_ROLE_ID,
    ERRATA_ROLE_TIME,
    ERRATA_ROLE_LABEL,
    ERRATA_ROLE_PREDICTION,
    ERRATA_ROLE_SCORE,
    ERRATA_ROLE_FEATURE,
    ERRATA_ROLE_TEXT,
    ERRATA_ROLE_IMAGE,
    ERRATA_ROLE_WEIGHT,
    ERRATA_ROLE_GROUP,
    ERRATA_ROLE_ENTITY,  /* what rows belong to */
    ERRATA_ROLE_CORRECT, /* whether a row was right */
    ERRATA_ROLE_ATTRIBUTION,
    ERRATA_ROLE_IGNORE,
} ErrataRole;

typedef enum {
    ERRATA_TASK_NONE, /* neither labels nor predictions tell */
    ERRATA_TASK_BINARY,
    ERRATA_TASK_MULTICLASS,
    ERRATA_TASK_REGRESSION,
} ErrataTask;

/**
 * ErrataSchemaColumn:
 * @role: what the column is for
 * @reason: why, in words for the user ("named like a label, two values")
 * @declared: set by the user rather than inferred
 * @class_index: for a SCORE column of one class: index into the classes; −1 otherwise
 * @target: (nullable): for ATTRIBUTION: the feature it belongs to; for SCORE: the class as its name
 *   has it
 * @unit: (nullable): unit from `[units]`, else what its cells have beside the numbers
 * @description: (nullable): meaning from `[dictionary]`
 * @derived_from: (nullable): name of the text column that this one was measured on; %NULL for the
 *   columns of the log itself
 */
typedef struct {
    ErrataRole role;
    char *reason;
    gboolean declared;
    int class_index;
    char *target;
    char *unit;
    char *description;
    char *derived_from;
} ErrataSchemaColumn;

/**
 * ErrataSchema:
 * @task: the task; @task_reason says why
 * @classes: (array length=n_classes): class names in a stable order (numeric where all are
 *   numbers, else by bytes); for regression none
 * @positive: index of the positive class for binary, else −1; @positive_reason says why
 * @columns: (array length=n_columns): one per frame column, same order
 * @names: (array length=n_columns): the columns' names
 * @id: column index with the role, or −1 (the first where several have it)
 * @score_is_confidence: the single score is the probability of the predicted class, not of the
 *   positive one
 * @score_note: (nullable): as which classes numbered scores are read, where labels alone speak
 *   for it, in words
 * @score_problem: (nullable): why numbered scores are set aside, in words
 * @threshold: binary with a score: the cut that reproduces the logged predictions, or NaN
 * @spelling: (element-type utf8 guint): every way a class is written in this log → its index + 1
 */
typedef struct {
    ErrataTask task;
    char *task_reason;
    char **classes;
    guint n_classes;
    int positive;
    char *positive_reason;
    ErrataSchemaColumn *columns;
    char **names;
    guint n_columns;
    int id;
    int time;
    int label;
    int prediction;
    int score; /* the single score, or −1 */
    int weight;
    int correct; /* says which rows were right: no label judges them then */
    gboolean score_is_confidence;
    char *score_note;
    char *score_problem;
    double threshold;
    GHashTable *spelling;
} ErrataSchema;

const char *errata_role_nick(ErrataRole role);
gboolean errata_role_parse(const char *nick, ErrataRole *ret_role);
const char *errata_task_nick(ErrataTask task);
void errata_schema_free(ErrataSchema *self);
/* index of the class written as @value (as errata_vocabulary_canonical() has it), or −1 */
int errata_schema_class(const ErrataSchema *self, const char *value);
/* the names of columns for a message, the closest to @name first */
char *errata_schema_nearest(const ErrataFrame *frame, const char *name);

/* one more column, a FEATURE measured on the column @from */
void errata_schema_append(ErrataSchema *self,
                          const char *name,
                          const char *from,
                          const char *reason);
/* a column that the log itself has, not one derived from it */
static inline gboolean
errata_schema_is_logged(const ErrataSchema *self, guint column)
{
    return self->columns[column].derived_from == NULL;
}

/* USAGE when settings name a column the frame lacks (naming the columns there are), CONFIG when a
 * value is bad. @like: (nullable): the schema of the log when this frame is its reference */
ErrataSchema *errata_schema_infer(const ErrataFrame *frame,
                                  const ErrataSettings *settings,
                                  const ErrataSchema *like,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataSchema, errata_schema_free)

G_END_DECLS
