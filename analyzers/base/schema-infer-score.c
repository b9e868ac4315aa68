/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns are scores: families with one column per class (`prob_CLASS`, `probs.CLASS`, or a
 * prediction that is an object of class probabilities), and the single score. A name such as
 * `device_score` is an ordinary feature unless its column reproduces the predictions or bears the
 * label's name. */
#include <math.h>
#include <string.h>

#include "outcome-percent.h"
#include "schema-infer.h"

#define SCORE_PURE 0.9  /* share of the gain over guessing that a cut of a score must have */
#define SCORE_UNIT 0.9  /* of the values, from 0 to 1; percentages of a while besides */
#define SCORE_PART 0.1  /* with those */
#define SCORE_SURE 0.99 /* of that share, of a column that its name alone does not make a score */
#define SCORE_GOES 0.1 /* rank correlation with the label, of such a column without predictions … */
#define SCORE_TRUE 0.1 /* … and how far it may be from the label's share, on average over bins */
#define SCORE_BINS 10

typedef struct {
    double score;
    gboolean second;
} ScorePoint;

static int
score_point_cb(gconstpointer a, gconstpointer b)
{
    const ScorePoint *x = a;
    const ScorePoint *y = b;

    return (x->score > y->score) - (x->score < y->score);
}

/* rows of @points below the best cut that it gets right, whichever side is which */
static gsize
score_best_cut(ScorePoint *points, gsize n, gsize n_second)
{
    gsize best = MAX(n_second, n - n_second);
    gsize below_second = 0;

    qsort(points, n, sizeof *points, score_point_cb);
    for (gsize i = 0; i < n; i++) {
        gsize right;

        below_second += points[i].second ? 1 : 0;
        if (i + 1 < n && !(points[i + 1].score > points[i].score))
            continue;
        right = (i + 1 - below_second) + (n_second - below_second);
        best = MAX(best, MAX(right, n - right));
    }
    return best;
}

double
errata_schema_infer_score_purity(ErrataInfer *self, guint score, guint column)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);
    const ErrataColumn *numbers = self->frame->columns[score];
    gsize step = errata_schema_profile_step(numbers->n_rows);
    g_autofree ScorePoint *points = NULL;
    g_autofree gint32 *codes = NULL;
    gsize n = 0;
    gsize n_second = 0;
    gsize base;

    if (values == NULL || values->n_values != 2)
        return 0.0;
    points = g_new(ScorePoint, numbers->n_rows / step + 1);
    codes = errata_vocabulary_codes(values, self->frame->columns[column]);
    for (gsize row = 0; row < numbers->n_rows; row += step) {
        points[n].score = errata_column_number(numbers, row);
        points[n].second = codes[row] == 1;
        if (codes[row] < 0 || isnan(points[n].score))
            continue;
        n_second += points[n++].second ? 1 : 0;
    }
    base = MAX(n_second, n - n_second);
    if (base == n)
        return 0.0;
    return ((double)score_best_cut(points, n, n_second) - (double)base) / (double)(n - base);
}

/* columns of one family, in order */
typedef struct {
    char *family;
    GArray *columns; /* (element-type guint) */
    GPtrArray *classes;
} ScoreFamily;

static void
score_family_free(gpointer data)
{
    ScoreFamily *family = data;

    g_free(family->family);
    g_array_unref(family->columns);
    g_ptr_array_unref(family->classes);
    g_free(family);
}

/* whether values are probabilities, but for a few, or for a time in which they come as
 * percentages */
static gboolean
score_is_unit(const ErrataInfer *self, guint column)
{
    const ErrataProfile *profile = &self->profiles[column];
    ErrataPercentWindow windows[ERRATA_PERCENT_WINDOWS];
    g_autofree double *number = NULL;

    if (profile->unit_share >= SCORE_UNIT)
        return TRUE;
    if (profile->unit_share < SCORE_PART || profile->min < 0.0 || profile->max > 100.0)
        return FALSE;
    number = g_new(double, MAX(self->frame->n_rows, 1));
    for (gsize row = 0; row < self->frame->n_rows; row++)
        number[row] = errata_column_number(self->frame->columns[column], row);
    return errata_outcome_percent_windows(number, NULL, self->frame->n_rows, windows) > 0;
}

static ScoreFamily *
score_family_get(GPtrArray *families, const char *name)
{
    ScoreFamily *family;

    for (guint i = 0; i < families->len; i++) {
        family = g_ptr_array_index(families, i);
        if (strcmp(family->family, name) == 0)
            return family;
    }
    family = g_new0(ScoreFamily, 1);
    family->family = g_strdup(name);
    family->columns = g_array_new(FALSE, FALSE, sizeof(guint));
    family->classes = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(families, family);
    return family;
}

static gboolean
score_is_declared(const ErrataInfer *self, guint column)
{
    return self->schema->columns[column].role == ERRATA_ROLE_SCORE &&
           self->schema->columns[column].declared;
}

static GPtrArray *
score_families(const ErrataInfer *self)
{
    GPtrArray *families = g_ptr_array_new_with_free_func(score_family_free);

    for (guint i = 0; i < self->frame->n_columns; i++) {
        g_autofree char *name = NULL;
        g_autofree char *class_name = NULL;
        ScoreFamily *family;

        if ((self->taken[i] && !score_is_declared(self, i)) || self->names[i].input ||
            !errata_schema_infer_is_number(self, i) ||
            !errata_schema_name_split_class(self->frame->columns[i]->name, &name, &class_name) ||
            !score_is_unit(self, i))
            continue;
        family = score_family_get(families, name);
        g_array_append_val(family->columns, i);
        g_ptr_array_add(family->classes, g_steal_pointer(&class_name));
    }
    return families;
}

/* the name of class @index where the log has arrays: `probs.0 probs.1` beside `classes.0 classes.1`
 * under the same first word */
static char *
score_array_class(const ErrataInfer *self, guint score, const char *index)
{
    static const char *const lists[] = {"classes", "class_names", "labels", "names"};
    const char *name = self->frame->columns[score]->name;
    gsize n_first = strcspn(name, ".") + 1;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        const ErrataColumn *column = self->frame->columns[i];
        const char *dot = strrchr(column->name, '.');
        g_autofree char *head = NULL;

        if (dot == NULL || strcmp(dot + 1, index) != 0 || self->profiles[i].n_distinct != 1 ||
            (strchr(strchr(name, '.') != NULL ? strchr(name, '.') + 1 : "", '.') != NULL &&
             strncmp(column->name, name, n_first) != 0))
            continue;
        head = errata_schema_name_words(column->name);
        for (guint j = 0; j < G_N_ELEMENTS(lists); j++) {
            g_autofree char *with = g_strdup_printf("%s_%s", lists[j], index);

            if (!g_str_has_suffix(head, with))
                continue;
            for (gsize row = 0; row < column->n_rows; row++)
                if (errata_column_is_valid(column, row))
                    return errata_column_print(column, row);
        }
    }
    return NULL;
}

/* whether @text names a value of the column */
static gboolean
score_names_value(ErrataInfer *self, int column, const char *text)
{
    const ErrataVocabulary *values = column >= 0
                                         ? errata_schema_infer_vocabulary(self, (guint)column)
                                         : NULL;

    return values != NULL && errata_schema_infer_value(values, text) >= 0;
}

/* whether all classes but one at most are values of a column named like a label or a prediction */
static gboolean
score_family_names_values(ErrataInfer *self, const ScoreFamily *family)
{
    for (guint i = 0; i < self->frame->n_columns; i++) {
        ErrataRole role = self->schema->columns[i].role;
        guint n = 0;

        if (self->names[i].label < ERRATA_NAME_PATTERN &&
            self->names[i].prediction < ERRATA_NAME_PATTERN &&
            !(self->taken[i] && (role == ERRATA_ROLE_LABEL || role == ERRATA_ROLE_PREDICTION)))
            continue;
        for (guint j = 0; j < family->classes->len; j++)
            n += score_names_value(self, (int)i, g_ptr_array_index(family->classes, j)) ? 1 : 0;
        if (n >= 2 && n + 1 >= family->classes->len)
            return TRUE;
    }
    return FALSE;
}

/* a part of an array that is declared to be a score: so are the others */
static gboolean
score_family_has_declared_part(const ErrataInfer *self, const ScoreFamily *family)
{
    for (guint i = 0; i < family->columns->len; i++) {
        guint column = g_array_index(family->columns, guint, i);
        const char *dot = strrchr(self->frame->columns[column]->name, '.');

        if (score_is_declared(self, column) && dot != NULL &&
            strcmp(dot + 1, g_ptr_array_index(family->classes, i)) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
score_family_is_certain(ErrataInfer *self, const ScoreFamily *family)
{
    static const char *const predictions[] =
        {"prediction", "predictions", "yhat", "y_hat", "p", "pr", NULL};
    gboolean telling = !g_strv_contains(predictions, family->family);

    if (family->columns->len < 2)
        return FALSE;
    if (score_family_names_values(self, family) || score_family_has_declared_part(self, family))
        return TRUE;
    return errata_schema_infer_sums(self, family->columns) >= (telling ? 0.5 : 0.9);
}

static void
score_take_class(ErrataInfer *self, guint column, const char *class_name, const char *why)
{
    g_autofree char *name = score_array_class(self, column, class_name);

    if (self->taken[column])
        return;
    errata_schema_infer_take(self,
                             column,
                             ERRATA_ROLE_SCORE,
                             "%s, class %s",
                             why,
                             name != NULL ? name : class_name);
    self->schema->columns[column].target = name != NULL ? g_steal_pointer(&name)
                                                        : g_strdup(class_name);
}

/* scores that the user declared without saying of which class */
static void
score_declared(ErrataInfer *self)
{
    for (guint i = 0; i < self->frame->n_columns; i++) {
        g_autofree char *family = NULL;
        char *class_name = NULL;

        if (self->taken[i] && self->schema->columns[i].role == ERRATA_ROLE_SCORE &&
            self->schema->columns[i].target == NULL &&
            errata_schema_name_split_class(self->frame->columns[i]->name, &family, &class_name))
            self->schema->columns[i].target = class_name;
    }
}

void
errata_schema_infer_score_families(ErrataInfer *self)
{
    g_autoptr(GPtrArray) families = score_families(self);
    const ScoreFamily *best = NULL;

    score_declared(self);
    for (guint i = 0; i < families->len; i++) {
        const ScoreFamily *family = g_ptr_array_index(families, i);

        if (score_family_is_certain(self, family) &&
            (best == NULL || family->columns->len > best->columns->len))
            best = family;
    }
    for (guint i = 0; best != NULL && i < best->columns->len; i++)
        score_take_class(self,
                         g_array_index(best->columns, guint, i),
                         g_ptr_array_index(best->classes, i),
                         "one of several scores, one per class");
}

/* label, prediction or score of a family: classes are predicted, so a score makes sense */
static gboolean
score_is_regression(ErrataInfer *self, int label, int prediction)
{
    const int both[] = {label, prediction};

    for (guint i = 0; i < 2; i++)
        if (both[i] >= 0 && errata_schema_infer_is_number(self, (guint)both[i]) &&
            (!self->profiles[both[i]].integral ||
             errata_schema_infer_vocabulary(self, (guint)both[i]) == NULL) &&
            !(i == 1 && errata_schema_infer_is_probability(self, (guint)both[i])))
            return TRUE;
    return FALSE;
}

static gboolean
score_shares_stem(const ErrataInfer *self, guint score, int column)
{
    g_auto(GStrv) words = NULL;
    g_auto(GStrv) others = NULL;

    if (column < 0)
        return FALSE;
    words = g_strsplit(self->names[score].stem, "_", -1);
    if (errata_schema_infer_same_event(self->names[column].stem, self->names[score].stem))
        return TRUE;
    others = g_strsplit(self->names[column].stem, "_", -1);
    for (guint i = 0; words[i] != NULL; i++)
        if (strlen(words[i]) > 2 && g_strv_contains((const char *const *)others, words[i]))
            return TRUE;
    return FALSE;
}

/* p_default beside predicted_default: the class is the event itself */
static gboolean
score_names_event(const ErrataInfer *self, guint score, const char *text, int column)
{
    g_autofree char *words = errata_schema_name_words(text);

    return column >= 0 && *words != '\0' && errata_schema_infer_is_probability(self, score) &&
           g_str_equal(words, self->names[column].stem);
}

/* how much the column looks like the single score; not above 0: no */
static double
score_value(ErrataInfer *self, guint column, int label, int prediction)
{
    static const double by_name[] = {0.0, 8.0, 25.0, 30.0};
    const ErrataProfile *profile = &self->profiles[column];
    ErrataNameStrength strength = self->names[column].score;
    g_autofree char *family = NULL;
    g_autofree char *class_name = NULL;
    gboolean of_class;
    gboolean named;
    double purity;

    of_class =
        errata_schema_name_split_class(self->frame->columns[column]->name, &family, &class_name) &&
        (score_names_value(self, label, class_name) ||
         score_names_value(self, prediction, class_name) ||
         score_names_event(self, column, class_name, label) ||
         score_names_event(self, column, class_name, prediction) ||
         errata_vocabulary_truth(class_name) >= 0);
    if (of_class)
        strength = ERRATA_NAME_STRONG;
    if (strength == ERRATA_NAME_NONE)
        return 0.0;
    named = of_class || score_shares_stem(self, column, label) ||
            score_shares_stem(self, column, prediction);
    purity = prediction >= 0 ? errata_schema_infer_score_purity(self, column, (guint)prediction)
                             : 0.0;
    if (strength == ERRATA_NAME_WEAK && !named && purity < SCORE_PURE &&
        !(self->names[column].confidence && profile->unit_share >= 1.0))
        return 0.0;
    if (purity < SCORE_PURE && !score_is_unit(self, column) &&
        !(profile->min < 0.0 && profile->max > 0.0 && profile->max < 100.0))
        return 0.0;
    return by_name[strength] + (profile->unit_share >= 1.0 ? 5.0 : 0.0) + 15.0 * purity +
           (named ? 10.0 : 0.0) - (profile->integral && profile->n_distinct <= 2 ? 20.0 : 0.0);
}

/* a prediction that is a probability is the score; what is predicted follows from it */
static int
score_from_prediction(ErrataInfer *self, int label, int prediction)
{
    const ErrataVocabulary *values = label >= 0 ? errata_schema_infer_vocabulary(self, (guint)label)
                                                : NULL;
    ErrataSchemaColumn *entry;

    if (prediction < 0 || !errata_schema_infer_is_probability(self, (guint)prediction))
        return -1;
    if (label >= 0 && (values == NULL || values->n_values > 2))
        return -1;
    entry = &self->schema->columns[prediction];
    if (entry->declared && label < 0)
        return -1;
    g_free(entry->reason);
    entry->role = ERRATA_ROLE_SCORE;
    entry->reason = g_strdup("a prediction whose values are probabilities");
    return prediction;
}

/**
 * errata_schema_infer_score_event:
 * @words: words of a column's name
 *
 * Returns: (transfer full) (nullable): the event whose probability it may be: churn of p_churn,
 *   churn_risk, prob_churn; "" of pd or propensity; %NULL where the name is of nothing of the kind
 */
char *
errata_schema_infer_score_event(const char *words)
{
    static const char *const whole[] =
        {"p", "pd", "pr", "propensity", "likelihood", "chance", "risk", "risk_score", NULL};
    static const char *const first[] =
        {"p_", "pr_", "pd_", "prob_", "risk_", "risk_of_", "propensity_", "likelihood_", "chance_"};
    static const char *const last[] =
        {"_risk", "_risk_score", "_pd", "_propensity", "_likelihood", "_chance"};

    if (g_strv_contains(whole, words))
        return g_strdup("");
    for (guint i = 0; i < G_N_ELEMENTS(last); i++)
        if (g_str_has_suffix(words, last[i]))
            return g_strndup(words, strlen(words) - strlen(last[i]));
    for (guint i = 0; i < G_N_ELEMENTS(first); i++)
        if (g_str_has_prefix(words, first[i]))
            return g_strdup(words + strlen(first[i]));
    return NULL;
}

/* whether the values are about as often the label as they say, where 0 and 1 are labels */
static gboolean
score_is_true(const ErrataInfer *self, guint column, guint label)
{
    const ErrataColumn *score = self->frame->columns[column];
    const ErrataColumn *truth = self->frame->columns[label];
    double n[SCORE_BINS] = {0.0}, sum[SCORE_BINS] = {0.0}, off = 0.0, total = 0.0;

    for (gsize row = 0; row < score->n_rows; row++) {
        double p = errata_column_number(score, row), y = errata_column_number(truth, row);
        guint bin = p >= 0.0 && p <= 1.0 ? MIN((guint)(p * SCORE_BINS), SCORE_BINS - 1)
                                         : SCORE_BINS;

        if (bin == SCORE_BINS || isnan(y))
            continue;
        n[bin] += 1.0;
        sum[bin] += p - y;
        total += 1.0;
    }
    for (guint i = 0; i < SCORE_BINS; i++)
        off += fabs(sum[i]);
    return total > 0.0 && off <= SCORE_TRUE * total;
}

/* whether a column that its name alone does not make a score behaves as one: probabilities that
 * give the predictions by a cut or, without predictions, labels of 0 and 1 as often as they say */
static gboolean
score_behaves(ErrataInfer *self, guint column, int label, int prediction)
{
    g_autofree char *event = errata_schema_infer_score_event(self->names[column].words);

    if (event == NULL || self->names[column].input ||
        !errata_schema_infer_is_probability(self, column))
        return FALSE;
    if (prediction >= 0)
        return errata_schema_infer_score_purity(self, column, (guint)prediction) >= SCORE_SURE;
    return label >= 0 && errata_schema_infer_is_number(self, (guint)label) &&
           self->profiles[label].integral && self->profiles[label].unit_share >= 1.0 &&
           errata_schema_infer_correlation(self, column, (guint)label) >= SCORE_GOES &&
           score_is_true(self, column, (guint)label);
}

/* the only column that behaves so, or −1 */
static int
score_by_values(ErrataInfer *self, int label, int prediction)
{
    int found = -1;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        if (self->taken[i] || !score_behaves(self, i, label, prediction))
            continue;
        if (found >= 0)
            return -1;
        found = (int)i;
    }
    return found;
}

static void
score_take_single(ErrataInfer *self, guint column, int label, int prediction)
{
    g_autofree char *family = NULL;
    char *class_name = NULL;

    errata_schema_infer_take(self,
                             column,
                             ERRATA_ROLE_SCORE,
                             self->profiles[column].unit_share >= 1.0
                                 ? "named like a score, all values from 0 to 1"
                                 : "named like a score");
    self->schema->score = (int)column;
    if (self->schema->columns[column].target == NULL &&
        errata_schema_name_split_class(self->frame->columns[column]->name, &family, &class_name))
        self->schema->columns[column].target = class_name;
}

void
errata_schema_infer_score_single(ErrataInfer *self)
{
    int label = errata_schema_infer_column(self, ERRATA_ROLE_LABEL);
    int prediction = errata_schema_infer_column(self, ERRATA_ROLE_PREDICTION);
    gboolean regression = score_is_regression(self, label, prediction);
    gboolean settled = errata_schema_infer_column(self, ERRATA_ROLE_SCORE) >= 0;
    int best = -1;
    double best_value = 0.0;

    if (!settled) {
        int converted = score_from_prediction(self, label, prediction);

        if (converted >= 0) {
            self->schema->score = converted;
            settled = TRUE;
            prediction = -1;
        }
    } else {
        self->schema->score = errata_schema_infer_column(self, ERRATA_ROLE_SCORE);
    }
    for (guint i = 0; !settled && !regression && i < self->frame->n_columns; i++) {
        double value;

        if (self->taken[i] || !errata_schema_infer_is_number(self, i))
            continue;
        value = score_value(self, i, label, prediction);
        if (value > best_value) {
            best_value = value;
            best = (int)i;
        }
    }
    if (best < 0 && !settled && !regression)
        best = score_by_values(self, label, prediction);
    if (best >= 0)
        score_take_single(self, (guint)best, label, prediction);
    for (guint i = 0; i < self->frame->n_columns; i++)
        if (!self->taken[i] && self->names[i].score == ERRATA_NAME_STRONG &&
            (regression || best >= 0 || settled))
            errata_schema_infer_take(self,
                                     i,
                                     ERRATA_ROLE_IGNORE,
                                     regression ? "named like a score, which a number has none of"
                                                : "named like a score, but another column is it");
}
