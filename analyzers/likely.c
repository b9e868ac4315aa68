/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns may be the label and the prediction where no name says so: two that have the same
 * values and agree far more often than by chance. It is only said, with the flags that would make
 * it so. */
#include "likely.h"

#include <math.h>
#include <string.h>

#include "number.h"
#include "schema-name.h"
#include "vocabulary.h"

#define LIKELY_ROWS     5000 /* looked at, spread over the log */
#define LIKELY_LEAST    50   /* that have both */
#define LIKELY_COLUMNS  200
#define LIKELY_VALUES   30    /* of a column of classes */
#define LIKELY_KAPPA    0.2   /* agreement above chance, over what is possible */
#define LIKELY_R2       0.3   /* of one number as the other's prediction */
#define LIKELY_SAID     8     /* columns that are listed */
#define LIKELY_CUT      0.999 /* of rows to which one cut of the score gives a column's values … */
#define LIKELY_CUT_ROWS 10    /* … each of which so many have */
#define LIKELY_SURE     0.5   /* of either, where neither a name nor a score speaks for the pair */

typedef struct {
    guint index;
    const ErrataColumn *column;
    ErrataVocabulary *values; /* NULL: numbers */
    gint32 *code;             /* of classes, per row of the log */
} LikelyColumn;

typedef struct {
    const ErrataFrame *frame;
    const ErrataSchema *schema;
    GArray *columns; /* (element-type LikelyColumn) */
    gsize step;
} Likely;

static void
likely_clear_cb(gpointer data)
{
    LikelyColumn *self = data;

    errata_vocabulary_free(self->values);
    g_free(self->code);
}

/* features and groups, and the label or prediction that is known */
static void
likely_collect(Likely *self)
{
    for (guint c = 0; c < self->frame->n_columns && self->columns->len < LIKELY_COLUMNS; c++) {
        const ErrataColumn *column = self->frame->columns[c];
        ErrataRole role = self->schema->columns[c].role;
        LikelyColumn one = {c, column, NULL, NULL};

        if (!errata_schema_is_logged(self->schema, c) ||
            (role != ERRATA_ROLE_FEATURE && role != ERRATA_ROLE_GROUP &&
             role != ERRATA_ROLE_LABEL && role != ERRATA_ROLE_PREDICTION) ||
            column->type == ERRATA_COLUMN_TIME || column->type == ERRATA_COLUMN_TEXT)
            continue;
        one.values = errata_vocabulary_new(column, LIKELY_VALUES);
        if (one.values->overflow && errata_column_is_numeric(column))
            g_clear_pointer(&one.values, errata_vocabulary_free);
        if (one.values != NULL && (one.values->overflow || one.values->n_values < 2)) {
            errata_vocabulary_free(one.values);
            continue;
        }
        if (one.values != NULL)
            one.code = errata_vocabulary_codes(one.values, column);
        g_array_append_val(self->columns, one);
    }
}

/* code of @a → that of the same value of @b, or −1; how many have one */
static guint
likely_match(const ErrataVocabulary *a, const ErrataVocabulary *b, gint32 *ret_map)
{
    guint n = 0;

    for (guint i = 0; i < a->n_values; i++) {
        ret_map[i] = errata_vocabulary_find(b, a->values[i]);
        n += ret_map[i] >= 0 ? 1 : 0;
    }
    return n;
}

/* Cohen's kappa of two columns of classes; 0 where they are not of the same */
static double
likely_kappa(const Likely *self, const LikelyColumn *a, const LikelyColumn *b, double *ret_agree)
{
    gint32 map[LIKELY_VALUES + 1];
    double row[LIKELY_VALUES + 1] = {0.0}, column[LIKELY_VALUES + 1] = {0.0};
    guint shared = likely_match(a->values, b->values, map);
    double n = 0.0, same = 0.0, chance = 0.0;

    if (shared < 2 || shared < MIN(a->values->n_values, b->values->n_values))
        return 0.0;
    for (gsize i = 0; i < self->frame->n_rows; i += self->step) {
        if (a->code[i] < 0 || b->code[i] < 0)
            continue;
        n += 1.0;
        same += map[a->code[i]] == b->code[i] ? 1.0 : 0.0;
        if (map[a->code[i]] >= 0)
            row[map[a->code[i]]] += 1.0;
        column[b->code[i]] += 1.0;
    }
    for (guint k = 0; k < b->values->n_values; k++)
        chance += row[k] * column[k] / n / n;
    *ret_agree = same / n;
    return n < LIKELY_LEAST || chance >= 1.0 ? 0.0 : (same / n - chance) / (1.0 - chance);
}

/* the part of a number's variance that another, taken for it, leaves explained; the lesser of both
 * ways */
static double
likely_r2(const Likely *self, const LikelyColumn *a, const LikelyColumn *b)
{
    double n = 0.0, mean[2] = {0.0, 0.0}, squares[2] = {0.0, 0.0}, apart = 0.0;

    for (gsize i = 0; i < self->frame->n_rows; i += self->step) {
        double x[2] = {errata_column_number(a->column, i), errata_column_number(b->column, i)};

        if (!isfinite(x[0]) || !isfinite(x[1]))
            continue;
        n += 1.0;
        apart += (x[0] - x[1]) * (x[0] - x[1]);
        for (guint k = 0; k < 2; k++) {
            double delta = x[k] - mean[k];

            mean[k] += delta / n;
            squares[k] += delta * (x[k] - mean[k]);
        }
    }
    return n < LIKELY_LEAST || !(squares[0] > 0.0) || !(squares[1] > 0.0)
               ? 0.0
               : 1.0 - apart / fmin(squares[0], squares[1]);
}

/* ---- which of the two ---- */

/* 1: the name says that it is the prediction; −1: the label */
static int
likely_named(const char *name)
{
    static const char *const predicted[] = {
        "pred",     "preds", "predicted", "prediction", "model",    "out",       "output",
        "hat",      "yhat",  "est",       "guess",      "estimate", "estimated", "forecast",
        "expected", "auto",  "ai",        "ml",         "decision", "eta",       NULL};
    static const char *const truths[] = {"true",   "truth",   "actual",    "actuals",  "label",
                                         "gt",     "target",  "real",      "outcome",  "observed",
                                         "final",  "human",   "confirmed", "verified", "gold",
                                         "ground", "correct", "y",         "answer",   NULL};
    g_autofree char *words = errata_schema_name_words(name);
    g_auto(GStrv) parts = g_strsplit(words, "_", -1);
    int said = 0;

    for (guint i = 0; parts[i] != NULL; i++)
        said += g_strv_contains(predicted, parts[i]) ? 1
                : g_strv_contains(truths, parts[i])  ? -1
                                                     : 0;
    return said > 0 ? 1 : said < 0 ? -1 : 0;
}

/* the column of numbers from 0 to 1 that parts the two values of another, as a score does a
 * prediction; or −1 */
static int
likely_score(const Likely *self, const LikelyColumn *classes)
{
    for (guint c = 0; c < self->frame->n_columns && classes->values->n_values == 2; c++) {
        const ErrataColumn *score = self->frame->columns[c];
        double lo[2] = {2.0, 2.0}, hi[2] = {-1.0, -1.0};

        if (score->type != ERRATA_COLUMN_F64)
            continue;
        for (gsize i = 0; i < self->frame->n_rows; i += self->step) {
            double value = errata_column_number(score, i);

            if (classes->code[i] < 0 || isnan(value))
                continue;
            lo[classes->code[i]] = fmin(lo[classes->code[i]], value);
            hi[classes->code[i]] = fmax(hi[classes->code[i]], value);
        }
        if (fmin(lo[0], lo[1]) >= 0.0 && fmax(hi[0], hi[1]) <= 1.0 && hi[0] >= 0.0 &&
            hi[1] >= 0.0 && (hi[0] < lo[1] || hi[1] < lo[0]))
            return (int)c;
    }
    return -1;
}

static gboolean
likely_is_cut(const Likely *self, const LikelyColumn *classes)
{
    return likely_score(self, classes) >= 0;
}

/* > 0: the first is the prediction; < 0: the second is; 0: nothing tells */
static int
likely_order(const Likely *self, const LikelyColumn *a, const LikelyColumn *b)
{
    int named = likely_named(a->column->name) - likely_named(b->column->name);

    if ((int)a->index == self->schema->prediction || (int)b->index == self->schema->label)
        return 1;
    if ((int)b->index == self->schema->prediction || (int)a->index == self->schema->label)
        return -1;
    if (named != 0 || a->values == NULL)
        return named;
    return (likely_is_cut(self, a) ? 1 : 0) - (likely_is_cut(self, b) ? 1 : 0);
}

/* whether a name or a score, besides the values, speaks for what is not known of the pair */
static gboolean
likely_is_told(const Likely *self, const LikelyColumn *a, const LikelyColumn *b)
{
    int known = MAX(self->schema->label, self->schema->prediction);
    const LikelyColumn *open = (int)a->index == known ? b : a;

    if (known < 0)
        return likely_order(self, a, b) != 0;
    return likely_named(open->column->name) == (self->schema->label < 0 ? -1 : 1) ||
           (self->schema->label >= 0 && open->values != NULL && likely_is_cut(self, open));
}

/* ---- what is said ---- */

/* “--role COL=label”, for a shell */
static char *
likely_flag(const char *name, const char *role)
{
    g_autofree char *value = g_strdup_printf("%s=%s", name, role);
    g_autofree char *quoted = g_shell_quote(value);
    gboolean plain = TRUE;

    for (const char *p = value; *p != '\0'; p++)
        plain = plain && (g_ascii_isalnum(*p) || strchr("_.-=", *p) != NULL);
    return g_strdup_printf("--role %s", plain ? value : quoted);
}

/* “, risk its score”, with the flag in @ret_flag; empty where a score is known, or none parts the
 * prediction */
static char *
likely_say_score(const Likely *self, const LikelyColumn *prediction, char **ret_flag)
{
    int score = prediction->values != NULL ? likely_score(self, prediction) : -1;
    g_autofree char *flag = NULL;

    for (guint c = 0; c < self->schema->n_columns; c++)
        score = self->schema->columns[c].role == ERRATA_ROLE_SCORE ? -1 : score;
    if (score < 0) {
        *ret_flag = g_strdup("");
        return g_strdup("");
    }
    flag = likely_flag(self->frame->columns[score]->name, "score");
    *ret_flag = g_strconcat(" ", flag, NULL);
    return g_strdup_printf(", with %s its score", self->frame->columns[score]->name);
}

static char *
likely_say(const Likely *self, const LikelyColumn *a, const LikelyColumn *b, double agree)
{
    int order = likely_order(self, a, b);
    const char *prediction = order < 0 ? b->column->name : a->column->name;
    const char *label = order < 0 ? a->column->name : b->column->name;
    g_autofree char *how =
        a->values != NULL
            ? g_strdup_printf("%s and %s agree in %.0f %% of the rows",
                              prediction,
                              label,
                              100.0 * agree)
            : g_strdup_printf("the numbers of %s and %s go together", prediction, label);
    g_autofree char *is_prediction = likely_flag(prediction, "prediction");
    g_autofree char *is_label = likely_flag(label, "label");
    g_autofree char *is_score = NULL;
    g_autofree char *scored = likely_say_score(self, order < 0 ? b : a, &is_score);

    if (self->schema->prediction >= 0)
        return g_strdup_printf("did you mean that %s is the label (%s)? use %s%s",
                               label,
                               how,
                               is_label,
                               is_score);
    if (self->schema->label >= 0)
        return g_strdup_printf("did you mean that %s is the prediction%s (%s)? use %s%s",
                               prediction,
                               scored,
                               how,
                               is_prediction,
                               is_score);
    return g_strdup_printf(
        "did you mean that %s is the prediction%s and %s the label (%s)? use %s %s%s%s",
        prediction,
        scored,
        label,
        how,
        is_prediction,
        is_label,
        is_score,
        order == 0 ? ", or the other way round" : "");
}

/* whether the pair is one that would tell what is not known */
static gboolean
likely_wants(const Likely *self, const LikelyColumn *a, const LikelyColumn *b)
{
    int known = MAX(self->schema->label, self->schema->prediction);

    return (a->values == NULL) == (b->values == NULL) &&
           (known < 0 || (int)a->index == known || (int)b->index == known);
}

/**
 * errata_likely_roles:
 * @frame: a log
 * @schema: its roles
 *
 * Looks at up to 5,000 rows and 200 columns; for pairs of classes by Cohen's kappa, for numbers by
 * how much of one the other explains.
 *
 * Returns: (transfer full) (nullable): where the label or the prediction is not known, which
 * columns may
 *   be them and how to say so; %NULL where both are known, or none agree
 */
char *
errata_likely_roles(const ErrataFrame *frame, const ErrataSchema *schema)
{
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(LikelyColumn));
    Likely self = {frame, schema, columns, MAX(frame->n_rows / LIKELY_ROWS, 1)};
    const LikelyColumn *best[2] = {NULL, NULL};
    double most = 0.0, agree = 0.0;
    g_autofree char *said = NULL;

    if (schema->label >= 0 && schema->prediction >= 0)
        return NULL;
    g_array_set_clear_func(columns, likely_clear_cb);
    likely_collect(&self);
    for (guint i = 0; i < columns->len; i++)
        for (guint k = i + 1; k < columns->len; k++) {
            const LikelyColumn *a = &g_array_index(columns, LikelyColumn, i);
            const LikelyColumn *b = &g_array_index(columns, LikelyColumn, k);
            double same = 0.0, value;

            if (!likely_wants(&self, a, b))
                continue;
            value = a->values != NULL ? likely_kappa(&self, a, b, &same) : likely_r2(&self, a, b);
            if (value < (a->values != NULL ? LIKELY_KAPPA : LIKELY_R2) || value <= most ||
                (value < LIKELY_SURE && !likely_is_told(&self, a, b)))
                continue;
            most = value;
            agree = same;
            best[0] = a;
            best[1] = b;
        }
    said = best[0] != NULL ? likely_say(&self, best[0], best[1], agree) : NULL;
    /* who dropped the log into the daemon's inbox has no command line */
    return said != NULL ? g_strconcat(said, ", or name them under [roles] in errata.conf", NULL)
                        : NULL;
}

/* “a, b or c”, with “…” where there are more than are said */
static char *
likely_list(const GPtrArray *names)
{
    GString *list = g_string_new(NULL);
    guint n = MIN(names->len, LIKELY_SAID);

    for (guint i = 0; i < n; i++)
        g_string_append_printf(list,
                               "%s%s",
                               i == 0                          ? ""
                               : i + 1 == n && names->len == n ? " or "
                                                               : ", ",
                               (const char *)g_ptr_array_index(names, i));
    if (names->len > n)
        g_string_append(list, " …");
    return g_string_free(list, FALSE);
}

/* whether the inputs that are named like events come in this round, or the others */
static void
likely_add_two_valued(const Likely *self, gboolean events, GPtrArray *names)
{
    for (guint c = 0; c < self->columns->len; c++) {
        const LikelyColumn *column = &g_array_index(self->columns, LikelyColumn, c);
        const char *name = column->column->name;
        gboolean event = errata_schema_name_is_event(name) || errata_schema_name_is_outcome(name);

        if (column->values != NULL && column->values->n_values == 2 && event == events &&
            self->schema->columns[column->index].role != ERRATA_ROLE_PREDICTION &&
            errata_vocabulary_truth(column->values->values[0]) >= 0 &&
            errata_vocabulary_truth(column->values->values[1]) >= 0)
            g_ptr_array_add(names, g_strdup(name));
    }
}

/**
 * errata_likely_labels:
 * @frame: a log
 * @schema: its roles
 *
 * Returns: (transfer full) (nullable): where there is a score and no label, which columns of no and
 * yes
 *   may be it and how to say so, those named like an outcome first; %NULL where there are none
 */
char *
errata_likely_labels(const ErrataFrame *frame, const ErrataSchema *schema)
{
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(LikelyColumn));
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    Likely self = {frame, schema, columns, 1};
    g_autofree char *list = NULL;
    g_autofree char *flag = NULL;
    gboolean scored = FALSE;

    for (guint c = 0; c < schema->n_columns; c++)
        scored = scored || schema->columns[c].role == ERRATA_ROLE_SCORE;
    if (schema->label >= 0 || !scored || schema->task == ERRATA_TASK_REGRESSION)
        return NULL;
    g_array_set_clear_func(columns, likely_clear_cb);
    likely_collect(&self);
    likely_add_two_valued(&self, TRUE, names);
    likely_add_two_valued(&self, FALSE, names);
    if (names->len == 0)
        return NULL;
    list = likely_list(names);
    flag = likely_flag(g_ptr_array_index(names, 0), "label");
    return names->len == 1
               ? g_strdup_printf("if %s is what came to be, say so with %s", list, flag)
               : g_strdup_printf("if one of %s is what came to be, say so, as with %s", list, flag);
}

typedef struct {
    double score;
    gint32 code;
} LikelyCut;

static int
likely_cut_cb(gconstpointer a, gconstpointer b)
{
    double x = ((const LikelyCut *)a)->score;
    double y = ((const LikelyCut *)b)->score;

    return (x > y) - (x < y);
}

/* the share of rows that one cut of the scores gives the column's values to, and that cut; 0 where
 * either value is in few rows */
static double
likely_cut_share(const Likely *self, const LikelyColumn *classes, guint score, double *ret_cut)
{
    g_autoptr(GArray) cuts = g_array_new(FALSE, FALSE, sizeof(LikelyCut));
    gsize n[2] = {0, 0}, below[2] = {0, 0}, most = 0;

    for (gsize i = 0; i < self->frame->n_rows; i += self->step) {
        LikelyCut one = {errata_column_number(self->frame->columns[score], i), classes->code[i]};

        if (one.code < 0 || isnan(one.score))
            continue;
        n[one.code]++;
        g_array_append_val(cuts, one);
    }
    if (MIN(n[0], n[1]) < LIKELY_CUT_ROWS)
        return 0.0;
    g_array_sort(cuts, likely_cut_cb);
    for (guint i = 0; i < cuts->len; i++) {
        const LikelyCut *one = &g_array_index(cuts, LikelyCut, i);

        below[one->code]++;
        if (i + 1 < cuts->len && one[1].score > one->score) {
            gsize right = MAX(below[0] + n[1] - below[1], below[1] + n[0] - below[0]);

            if (right > most)
                *ret_cut = one[1].score;
            most = MAX(most, right);
        }
    }
    return (double)most / (double)cuts->len;
}

/**
 * errata_likely_decision:
 * @frame: a log
 * @schema: its roles
 *
 * An input of two values that is one cut of the score in 99.9 % of the rows, of up to 5,000, each
 * value in at least ten: what the model decided, rather than what it was told.
 *
 * Returns: (transfer full) (nullable): where there is a score and no prediction, which column may
 *   be it and how to say so; %NULL where none is
 */
char *
errata_likely_decision(const ErrataFrame *frame, const ErrataSchema *schema)
{
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(LikelyColumn));
    Likely self = {frame, schema, columns, MAX(frame->n_rows / LIKELY_ROWS, 1)};

    if (schema->prediction >= 0 || schema->score < 0 || schema->task != ERRATA_TASK_BINARY)
        return NULL;
    g_array_set_clear_func(columns, likely_clear_cb);
    likely_collect(&self);
    for (guint c = 0; c < columns->len; c++) {
        const LikelyColumn *column = &g_array_index(columns, LikelyColumn, c);
        double cut = (double)NAN;
        char buffer[ERRATA_NUMBER_BUFFER];
        g_autofree char *flag = likely_flag(column->column->name, "prediction");

        if ((int)column->index == schema->label || column->values == NULL ||
            column->values->n_values != 2 ||
            likely_cut_share(&self, column, (guint)schema->score, &cut) < LIKELY_CUT)
            continue;
        return g_strdup_printf("%s is %s cut at about %s: if it is what the model decided, say so "
                               "with %s; until then a cut of 0.5 decides, and %s is an input",
                               column->column->name,
                               frame->columns[schema->score]->name,
                               errata_number_print_fixed(cut, 3, buffer),
                               flag,
                               column->column->name);
    }
    return NULL;
}

/**
 * errata_likely_explain:
 * @frame: a log
 * @error: (inout): why its roles could not be set, e.g. as a column that is named is not there
 *
 * Adds which columns may be the label and the prediction, where no name says so.
 */
void
errata_likely_explain(const ErrataFrame *frame, GError **error)
{
    g_autoptr(ErrataSettings) bare = errata_settings_new();
    g_autoptr(ErrataSchema) schema = errata_schema_infer(frame, bare, NULL, NULL);
    g_autofree char *said = schema != NULL ? errata_likely_roles(frame, schema) : NULL;
    g_autoptr(GError) first = NULL;

    if (said == NULL || error == NULL || *error == NULL)
        return;
    first = g_steal_pointer(error);
    g_set_error(error, first->domain, first->code, "%s; %s", first->message, said);
}
