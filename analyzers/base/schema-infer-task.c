/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Task, positive class, whether the score is a confidence, and the cut that the log used. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "schema-infer.h"

#define TASK_VALUES   20   /* whole numbers with more values than this are quantities */
#define TASK_FEW_ROWS 50   /* below: values must repeat to be classes */
#define TASK_CUT      0.98 /* share of predictions that a threshold must reproduce */
#define TASK_TURNED   0.9  /* gain over guessing of a cut of a score that is the other class's */
#define TASK_LABELS   0.05 /* difference of mean scores by which labels deny that */

/* index of the value usually called positive, or −1 */
int
errata_schema_infer_usual_positive(const char *const *values)
{
    static const char *const words[] = {
        "fraud",       "spam",     "churn",     "churned",    "default",   "bad",      "malignant",
        "toxic",       "attack",   "anomaly",   "anomalous",  "abnormal",  "sick",     "disease",
        "click",       "clicked",  "converted", "survived",   "success",   "defect",   "defective",
        "fail",        "failed",   "failure",   "fraudulent", "phishing",  "malware",  "hate",
        "offensive",   "abuse",    "died",      "dead",       "cancer",    "left",     "readmitted",
        "yes",         "approved", "accepted",  "high",       "buy",       "purchase", "delinquent",
        "charged_off", "exited",   "attrited",  "leave",      "responder", "m",        NULL};
    int found = -1;
    int n = 0;

    for (guint i = 0; values[i] != NULL; i++)
        if (errata_vocabulary_truth(values[i]) == 1) {
            found = (int)i;
            n++;
        }
    if (n == 1)
        return found;
    n = 0;
    for (guint i = 0; values[i] != NULL; i++) {
        g_autofree char *value = errata_schema_name_words(values[i]);

        if (values[i][0] == '>' || g_strv_contains(words, value)) {
            found = (int)i;
            n++;
        }
    }
    if (n == 1)
        return found;
    n = 0;
    for (guint i = 0; values[i] != NULL; i++) { /* not_fraud and its like: the other one */
        g_autofree char *value = errata_schema_name_words(values[i]);

        if (g_str_has_prefix(value, "not_") || g_str_has_prefix(value, "non_") ||
            g_str_has_prefix(value, "no_") || values[i][0] == '<') {
            found = (int)i;
            n++;
        }
    }
    return n == 1 && values[0] != NULL && values[1] != NULL && values[2] == NULL ? 1 - found : -1;
}

/* whether the column's values are classes rather than quantities */
static gboolean
task_is_classes(ErrataInfer *self, guint column, const char **ret_why)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);
    const ErrataProfile *profile = &self->profiles[column];

    if (!errata_schema_infer_is_number(self, column)) {
        *ret_why = values != NULL ? "its values are words" : "it has too many values to be classes";
        return values != NULL;
    }
    *ret_why = "its values are numbers";
    if (values == NULL || values->n_values > TASK_VALUES)
        return FALSE;
    if (!profile->integral) {
        *ret_why = "its values are fractions";
        return values->n_values == 2 && profile->n_valid >= 10;
    }
    *ret_why = values->n_values == 1   ? "it has one value"
               : values->n_values == 2 ? "it has two values"
                                       : "it has few whole values";
    if (values->n_values <= 2)
        return values->n_values == 2 ? profile->n_valid > 2 || profile->max <= TASK_VALUES
                                     : fabs(profile->max) <= 1.0;
    if (profile->max - profile->min > 100.0)
        return FALSE;
    return profile->n_valid >= TASK_FEW_ROWS || 2 * values->n_values <= profile->n_valid ||
           (profile->min >= 0.0 && profile->max <= TASK_VALUES && values->n_values <= 5);
}

static guint
task_count_scores(const ErrataInfer *self)
{
    guint n = 0;

    for (guint i = 0; i < self->schema->n_columns; i++)
        n += self->schema->columns[i].role == ERRATA_ROLE_SCORE ? 1 : 0;
    return n;
}

/* not a margin, or a percentage */
static gboolean
task_score_is_probability(const ErrataInfer *self)
{
    for (guint i = 0; i < self->frame->n_columns; i++)
        if (self->schema->columns[i].role == ERRATA_ROLE_SCORE &&
            self->profiles[i].unit_share < 0.5)
            return FALSE;
    return TRUE;
}

/* %TRUE with a reason when the columns speak of classes */
static gboolean
task_of_columns(ErrataInfer *self)
{
    ErrataSchema *schema = self->schema;
    const int both[] = {schema->label, schema->prediction};
    const char *name = NULL;
    const char *why = NULL;

    if (task_count_scores(self) > 1) {
        schema->task_reason = g_strdup("there is a score per class");
        return TRUE;
    }
    for (guint i = 0; i < 2; i++) {
        const char *mine;

        if (both[i] < 0)
            continue;
        if (!task_is_classes(self, (guint)both[i], &mine)) {
            schema->task_reason =
                g_strdup_printf("%s: %s", self->frame->columns[both[i]]->name, mine);
            return FALSE;
        }
        if (name == NULL) {
            name = self->frame->columns[both[i]]->name;
            why = mine;
        }
    }
    schema->task_reason = name != NULL ? g_strdup_printf("%s: %s", name, why)
                                       : g_strdup(task_score_is_probability(self)
                                                      ? "the score is a probability"
                                                      : "there is a score");
    return TRUE;
}

static void
task_decide(ErrataInfer *self)
{
    ErrataSchema *schema = self->schema;
    const char *task = self->settings != NULL ? self->settings->task : NULL;
    gboolean classes;

    if (self->like != NULL && self->like->task != ERRATA_TASK_NONE) {
        schema->task = self->like->task;
        schema->task_reason = g_strdup("as in the log");
        return;
    }
    if (schema->correct >= 0) {
        schema->task = ERRATA_TASK_NONE;
        schema->task_reason =
            g_strdup_printf("%s says which rows were right; what would have been right it does not",
                            self->frame->columns[schema->correct]->name);
        return;
    }
    if (schema->label < 0 && schema->prediction < 0 && task_count_scores(self) == 0) {
        schema->task = ERRATA_TASK_NONE;
        schema->task_reason = g_strdup("no column is a label, a prediction or a score");
        return;
    }
    if (task != NULL) {
        schema->task = strcmp(task, "regression") == 0 ? ERRATA_TASK_REGRESSION
                       : strcmp(task, "binary") == 0   ? ERRATA_TASK_BINARY
                                                       : ERRATA_TASK_MULTICLASS;
        schema->task_reason = g_strdup("declared");
        return;
    }
    classes = task_of_columns(self);
    schema->task = classes ? ERRATA_TASK_MULTICLASS : ERRATA_TASK_REGRESSION;
    for (guint i = 0; !classes && i < 2; i++) {
        int column = i == 0 ? schema->label : schema->prediction;

        if (column >= 0 && !errata_schema_infer_is_number(self, (guint)column))
            schema->task = ERRATA_TASK_NONE;
    }
}

/* the column whose numbers are the probability of the positive class, or of the other one */
static int
task_positive_score(const ErrataSchema *schema, gboolean *ret_of_negative)
{
    int other = -1;

    *ret_of_negative = FALSE;
    for (guint i = 0; i < schema->n_columns; i++) {
        if (schema->columns[i].role != ERRATA_ROLE_SCORE)
            continue;
        if (schema->columns[i].class_index == schema->positive)
            return (int)i;
        if (schema->columns[i].class_index >= 0)
            other = (int)i;
    }
    if (schema->score >= 0 && schema->columns[schema->score].class_index < 0)
        return schema->score_is_confidence ? -1 : schema->score;
    *ret_of_negative = other >= 0;
    return other;
}

/* mean score of the rows of either class of @column; FALSE when one has none */
static gboolean
task_mean_scores(ErrataInfer *self, int score, int column, double *ret_means)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, (guint)column);
    const ErrataColumn *numbers = self->frame->columns[score];
    g_autofree gint32 *codes = NULL;
    double sums[2] = {0.0, 0.0};
    double n[2] = {0.0, 0.0};

    if (values == NULL)
        return FALSE;
    codes = errata_vocabulary_codes(values, self->frame->columns[column]);
    for (gsize row = 0; row < numbers->n_rows; row++) {
        double value = errata_column_number(numbers, row);
        int index;

        if (codes[row] < 0 || isnan(value))
            continue;
        index = errata_schema_class(self->schema, values->values[codes[row]]);
        if (index < 0 || index > 1)
            continue;
        sums[index] += value;
        n[index] += 1.0;
    }
    if (!(n[0] > 0.0) || !(n[1] > 0.0))
        return FALSE;
    ret_means[0] = sums[0] / n[0];
    ret_means[1] = sums[1] / n[1];
    return TRUE;
}

/* share of the sampled scores that are at least a half */
static double
task_share_high(const ErrataInfer *self, guint score)
{
    const ErrataColumn *column = self->frame->columns[score];
    gsize step = errata_schema_profile_step(column->n_rows);
    double n = 0.0;
    double high = 0.0;

    for (gsize row = 0; row < column->n_rows; row += step) {
        double value = errata_column_number(column, row);

        n += isnan(value) ? 0.0 : 1.0;
        high += value >= 0.4999 ? 1.0 : 0.0;
    }
    return n > 0.0 ? high / n : 0.0;
}

static gboolean
task_is_confidence(ErrataInfer *self)
{
    const ErrataSchema *schema = self->schema;
    gboolean named;
    double high;
    double purity;

    if (schema->score < 0 || schema->columns[schema->score].class_index >= 0)
        return FALSE;
    if (schema->task == ERRATA_TASK_MULTICLASS)
        return TRUE;
    named = self->names[schema->score].confidence;
    high = task_share_high(self, (guint)schema->score);
    if (schema->prediction < 0)
        return named && high >= 0.99;
    purity =
        errata_schema_infer_score_purity(self, (guint)schema->score, (guint)schema->prediction);
    if (purity >= 0.9)
        return FALSE;
    return (high >= 0.99 && (named || self->profiles[schema->score].n_distinct >= 10)) ||
           (named && purity < 0.5);
}

static void
task_set_positive(ErrataInfer *self, int positive, const char *reason)
{
    self->schema->positive = positive;
    g_free(self->schema->positive_reason);
    self->schema->positive_reason = g_strdup(reason);
}

/* whether the single score is plainly that of the class other than @positive: predictions are the
 * other class above a cut of it, and labels do not go the other way */
static gboolean
task_is_turned(ErrataInfer *self, int positive)
{
    const ErrataSchema *schema = self->schema;
    int other = 1 - positive;
    double means[2];

    if (schema->score < 0 || schema->score_is_confidence ||
        schema->columns[schema->score].class_index >= 0 || schema->prediction < 0 ||
        self->profiles[schema->score].unit_share < 1.0 ||
        errata_schema_infer_score_purity(self, (guint)schema->score, (guint)schema->prediction) <
            TASK_TURNED ||
        !task_mean_scores(self, schema->score, schema->prediction, means) ||
        means[other] <= means[positive])
        return FALSE;
    return schema->label < 0 || !task_mean_scores(self, schema->score, schema->label, means) ||
           means[positive] <= means[other] + TASK_LABELS;
}

/* reads the single score as the probability of the class that is not positive */
static void
task_turn_score(ErrataInfer *self, const char *by)
{
    ErrataSchema *schema = self->schema;
    ErrataSchemaColumn *entry = &schema->columns[schema->score];

    entry->class_index = 1 - schema->positive;
    g_free(entry->reason);
    entry->reason = g_strdup_printf("the probability of %s, as the %s tell",
                                    schema->classes[entry->class_index],
                                    by);
}

/* a score is read as the log's is */
static void
task_turn_like(ErrataInfer *self)
{
    const ErrataSchema *schema = self->schema, *like = self->like;

    if (schema->score >= 0 && schema->columns[schema->score].class_index < 0 && like->score >= 0 &&
        like->columns[like->score].class_index == 1 - schema->positive)
        task_turn_score(self, "log's rows");
}

static gboolean
task_declared_positive(ErrataInfer *self, GError **error)
{
    ErrataSchema *schema = self->schema;
    const char *wanted = self->settings->positive;
    g_autofree char *value = errata_vocabulary_canonical(wanted, strlen(wanted));
    g_autofree char *classes = g_strjoinv(", ", schema->classes);
    int index = errata_schema_class(schema, value);

    for (guint i = 0; index < 0 && i < schema->n_classes; i++)
        if (g_ascii_strcasecmp(schema->classes[i], value) == 0)
            index = (int)i;
    if (index < 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "the positive class '%s' is not among the classes: %s",
                    wanted,
                    classes);
        return FALSE;
    }
    task_set_positive(self, index, "declared");
    if (task_is_turned(self, index))
        task_turn_score(self, "predictions");
    return TRUE;
}

/* the class that higher scores go with; −1 when nothing tells */
static int
task_scored_class(ErrataInfer *self, int usual)
{
    const ErrataSchema *schema = self->schema;
    double means[2];

    if (schema->score < 0 || schema->score_is_confidence)
        return -1;
    if (schema->columns[schema->score].class_index >= 0) {
        int index = schema->columns[schema->score].class_index;

        return errata_vocabulary_truth(schema->classes[index]) == 0 ? 1 - index : index;
    }
    if (schema->prediction >= 0 &&
        errata_schema_infer_score_purity(self, (guint)schema->score, (guint)schema->prediction) >
            0.5 &&
        task_mean_scores(self, schema->score, schema->prediction, means))
        return means[1] >= means[0] ? 1 : 0;
    if (schema->label >= 0 && task_mean_scores(self, schema->score, schema->label, means) &&
        (usual < 0 || fabs(means[1] - means[0]) >= 0.15))
        return means[1] >= means[0] ? 1 : 0;
    return -1;
}

static int
task_rarer_class(ErrataInfer *self)
{
    const ErrataSchema *schema = self->schema;
    int column = schema->label >= 0 ? schema->label : schema->prediction;
    const ErrataVocabulary *values = column >= 0
                                         ? errata_schema_infer_vocabulary(self, (guint)column)
                                         : NULL;
    guint64 counts[2] = {0, 0};

    for (guint i = 0; values != NULL && i < values->n_values; i++) {
        int index = errata_schema_class(schema, values->values[i]);

        if (index >= 0 && index <= 1)
            counts[index] += values->counts[i];
    }
    return counts[0] < counts[1] && counts[0] > 0 ? 0 : 1;
}

/* 1 of 0 and 1, yes of no and yes: the positive class whatever the score is of */
static gboolean
task_is_plain(const ErrataSchema *schema, int usual)
{
    return usual >= 0 && errata_vocabulary_truth(schema->classes[usual]) == 1 &&
           errata_vocabulary_truth(schema->classes[1 - usual]) == 0;
}

/* a probability of 0 or of no is no reason to call that positive */
static gboolean
task_keeps_usual(ErrataInfer *self, int usual, int scored)
{
    const ErrataSchema *schema = self->schema;

    if (scored != 1 - usual || !task_is_plain(schema, usual) ||
        schema->columns[schema->score].class_index >= 0 ||
        self->profiles[schema->score].unit_share < 1.0)
        return FALSE;
    return schema->prediction < 0 || task_is_turned(self, usual);
}

static gboolean
task_positive(ErrataInfer *self, GError **error)
{
    int usual;
    int scored;

    if (self->settings != NULL && self->settings->positive != NULL)
        return task_declared_positive(self, error);
    if (self->like != NULL && self->like->positive >= 0) {
        task_set_positive(self, self->like->positive, "as in the log");
        task_turn_like(self);
        return TRUE;
    }
    usual = errata_schema_infer_usual_positive((const char *const *)self->schema->classes);
    scored = task_scored_class(self, usual);
    if (task_keeps_usual(self, usual, scored)) {
        task_set_positive(self, usual, "named like the positive class");
        task_turn_score(self, self->schema->prediction >= 0 ? "predictions" : "labels");
    } else if (scored >= 0) {
        task_set_positive(self,
                          scored,
                          task_score_is_probability(self) ? "the score is its probability"
                                                          : "the score is higher with it");
    } else if (usual >= 0) {
        task_set_positive(self, usual, "named like the positive class");
    } else {
        task_set_positive(self, task_rarer_class(self), "the rarer class");
    }
    return TRUE;
}

/* the shortest decimal in (@lo, @hi] */
static double
task_short_decimal(double lo, double hi)
{
    double power = 1.0;

    if (lo < 0.5 && hi >= 0.5)
        return 0.5;
    for (guint digits = 0; digits <= 15; digits++, power *= 10.0) {
        double value = floor(hi * power) / power;

        if (value > lo && value <= hi)
            return value;
    }
    return hi;
}

typedef struct {
    double score;
    gboolean positive;
} TaskPoint;

static int
task_point_cb(gconstpointer a, gconstpointer b)
{
    const TaskPoint *x = a;
    const TaskPoint *y = b;

    return (x->score > y->score) - (x->score < y->score);
}

/* the cut of sorted points that most agree with; NaN under TASK_CUT */
static double
task_best_cut(const TaskPoint *points, gsize n)
{
    gsize n_positive = 0;
    gsize below_positive = 0;
    gsize best = 0;
    double cut = (double)NAN;

    for (gsize i = 0; i < n; i++)
        n_positive += points[i].positive ? 1 : 0;
    for (gsize i = 0; i + 1 < n; i++) {
        gsize right;

        below_positive += points[i].positive ? 1 : 0;
        right = (i + 1 - below_positive) + (n_positive - below_positive);
        if (points[i].score < points[i + 1].score && right > best) {
            best = right;
            cut = task_short_decimal(points[i].score, points[i + 1].score);
        }
    }
    if (n_positive == 0 || n_positive == n || (double)best < TASK_CUT * (double)n)
        return (double)NAN;
    return cut;
}

static double
task_threshold(ErrataInfer *self)
{
    const ErrataSchema *schema = self->schema;
    gboolean of_negative;
    int score = task_positive_score(schema, &of_negative);
    g_autofree TaskPoint *points = NULL;
    g_autofree gint32 *codes = NULL;
    const ErrataVocabulary *values;
    const ErrataColumn *column;
    gsize n = 0;

    values = score >= 0 && schema->prediction >= 0
                 ? errata_schema_infer_vocabulary(self, (guint)schema->prediction)
                 : NULL;
    if (values == NULL)
        return (double)NAN;
    column = self->frame->columns[score];
    codes = errata_vocabulary_codes(values, self->frame->columns[schema->prediction]);
    points = g_new(TaskPoint, column->n_rows + 1);
    for (gsize row = 0; row < column->n_rows; row += errata_schema_profile_step(column->n_rows)) {
        double value = errata_column_number(column, row);

        if (codes[row] < 0 || isnan(value))
            continue;
        points[n].score = of_negative ? 1.0 - value : value;
        points[n++].positive = errata_schema_class(schema, values->values[codes[row]]) ==
                               schema->positive;
    }
    qsort(points, n, sizeof *points, task_point_cb);
    return task_best_cut(points, n);
}

/* several scores of classes are not a single one */
static void
task_settle_scores(ErrataInfer *self)
{
    ErrataSchema *schema = self->schema;
    guint n = 0;

    for (guint i = schema->n_columns; i-- > 0;)
        if (schema->columns[i].role == ERRATA_ROLE_SCORE) {
            schema->score = (int)i;
            n++;
        }
    if (n != 1)
        schema->score = -1;
}

gboolean
errata_schema_infer_task(ErrataInfer *self, GError **error)
{
    ErrataSchema *schema = self->schema;

    task_decide(self);
    task_settle_scores(self);
    if (schema->task == ERRATA_TASK_NONE || schema->task == ERRATA_TASK_REGRESSION)
        return TRUE;
    errata_schema_infer_classes(self);
    if (schema->task == ERRATA_TASK_MULTICLASS && schema->n_classes == 2 &&
        (self->settings == NULL || self->settings->task == NULL))
        schema->task = ERRATA_TASK_BINARY;
    if (schema->task == ERRATA_TASK_BINARY && schema->n_classes != 2)
        schema->task = ERRATA_TASK_MULTICLASS;
    schema->score_is_confidence = task_is_confidence(self);
    if (schema->task != ERRATA_TASK_BINARY)
        return TRUE;
    if (!task_positive(self, error))
        return FALSE;
    schema->threshold = task_threshold(self);
    return TRUE;
}
