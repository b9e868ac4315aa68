/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order in which roles are settled: what the log's schema says of its reference, what the name
 * alone decides (attributions, times), the model's columns (scores per class, label and prediction,
 * the single score), and last what is left: ids, texts, images, features. */
#include "schema-infer.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "frame-clock.h"
#include "text-hash.h"

#define INFER_SUM   0.02 /* that the scores of a row may be off one */
#define INFER_STEPS 20   /* forward, that show an order … */
#define INFER_BACK  0.01 /* … of which so few, relative, may be undone */

/* settles a column's role; what is settled stays */
void
errata_schema_infer_take(ErrataInfer *self, guint column, ErrataRole role, const char *format, ...)
{
    ErrataSchemaColumn *entry = &self->schema->columns[column];
    va_list args;

    if (self->taken[column])
        return;
    va_start(args, format);
    entry->reason = g_strdup_vprintf(format, args);
    va_end(args);
    entry->role = role;
    self->taken[column] = TRUE;
}

int
errata_schema_infer_column(const ErrataInfer *self, ErrataRole role)
{
    for (guint i = 0; i < self->frame->n_columns; i++)
        if (self->taken[i] && self->schema->columns[i].role == role)
            return (int)i;
    return -1;
}

const ErrataVocabulary *
errata_schema_infer_vocabulary(ErrataInfer *self, guint column)
{
    if (self->vocabularies[column] == NULL)
        self->vocabularies[column] = errata_vocabulary_new(self->frame->columns[column],
                                                           ERRATA_SCHEMA_CLASSES);
    return self->vocabularies[column]->overflow ? NULL : self->vocabularies[column];
}

gboolean
errata_schema_infer_is_number(const ErrataInfer *self, guint column)
{
    return errata_column_is_numeric(self->frame->columns[column]);
}

gboolean
errata_schema_infer_is_probability(const ErrataInfer *self, guint column)
{
    const ErrataProfile *profile = &self->profiles[column];

    return errata_schema_infer_is_number(self, column) && profile->n_valid > 0 &&
           profile->unit_share >= 1.0 && !profile->integral;
}

int
errata_schema_infer_value(const ErrataVocabulary *values, const char *name)
{
    g_autofree char *exact = errata_vocabulary_canonical(name, strlen(name));
    g_autofree char *words = errata_schema_name_words(name);
    int code = errata_vocabulary_find(values, exact);

    for (guint i = 0; code < 0 && *words != '\0' && i < values->n_values; i++) {
        g_autofree char *value = errata_schema_name_words(values->values[i]);

        if (strcmp(value, words) == 0)
            code = (int)i;
    }
    return code;
}

double
errata_schema_infer_kappa(const double *count, guint n_values, double same)
{
    double n = 0.0;
    double chance = 0.0;

    for (guint i = 0; i < n_values; i++)
        n += count[2 * i];
    for (guint i = 0; i < n_values; i++)
        chance += n > 0.0 ? count[2 * i] / n * (count[2 * i + 1] / n) : 0.0;
    return n > 0.0 && chance < 1.0 ? (same / n - chance) / (1.0 - chance) : 0.0;
}

double
errata_schema_infer_sums(const ErrataInfer *self, const GArray *columns)
{
    gsize step = errata_schema_profile_step(self->frame->n_rows);
    gsize n = 0;
    gsize n_one = 0;

    for (gsize row = 0; row < self->frame->n_rows; row += step) {
        double sum = 0.0;
        guint n_valid = 0;

        for (guint i = 0; i < columns->len; i++) {
            guint column = g_array_index(columns, guint, i);
            double value = errata_column_number(self->frame->columns[column], row);

            sum += isnan(value) ? 0.0 : value;
            n_valid += isnan(value) ? 0 : 1;
        }
        n += n_valid > 0 ? 1 : 0;
        n_one += fabs(sum - 1.0) <= INFER_SUM ? 1 : 0;
    }
    return n > 0 ? (double)n_one / (double)n : 0.0;
}

typedef struct {
    double value;
    guint index;
} InferRank;

static int
infer_rank_cb(gconstpointer a, gconstpointer b)
{
    const InferRank *x = a;
    const InferRank *y = b;

    if (x->value < y->value || x->value > y->value)
        return x->value < y->value ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index ? 1 : 0;
}

/* mean ranks of @values, in place */
static void
infer_ranks(double *values, guint n)
{
    g_autofree InferRank *sorted = g_new(InferRank, n + 1);

    for (guint i = 0; i < n; i++)
        sorted[i] = (InferRank){values[i], i};
    qsort(sorted, n, sizeof *sorted, infer_rank_cb);
    for (guint begin = 0, end = 0; begin < n; begin = end) {
        while (end < n && !(sorted[end].value > sorted[begin].value))
            end++;
        for (guint i = begin; i < end; i++)
            values[sorted[i].index] = 0.5 * (double)(begin + end - 1);
    }
}

double
errata_schema_infer_correlation(const ErrataInfer *self, guint a, guint b)
{
    const ErrataColumn *x = self->frame->columns[a];
    const ErrataColumn *y = self->frame->columns[b];
    gsize step = errata_schema_profile_step(x->n_rows);
    g_autofree double *u = g_new(double, x->n_rows / step + 1);
    g_autofree double *v = g_new(double, x->n_rows / step + 1);
    guint n = 0;
    double mean;
    double suv = 0.0;
    double suu = 0.0;
    double svv = 0.0;

    for (gsize row = 0; row < x->n_rows; row += step) {
        u[n] = errata_column_number(x, row);
        v[n] = errata_column_number(y, row);
        n += isnan(u[n]) || isnan(v[n]) ? 0 : 1;
    }
    infer_ranks(u, n);
    infer_ranks(v, n);
    mean = 0.5 * ((double)n - 1.0);
    for (guint i = 0; i < n; i++) {
        suv += (u[i] - mean) * (v[i] - mean);
        suu += (u[i] - mean) * (u[i] - mean);
        svv += (v[i] - mean) * (v[i] - mean);
    }
    return suu > 0.0 && svv > 0.0 ? suv / sqrt(suu * svv) : (double)NAN;
}

/* a reference has the roles of its log, column by column */
static void
infer_like(ErrataInfer *self)
{
    g_autoptr(GHashTable) indices = g_hash_table_new(errata_text_hash, g_str_equal);

    for (guint i = 0; i < self->like->n_columns; i++)
        g_hash_table_insert(indices, self->like->names[i], GUINT_TO_POINTER(i + 1));
    for (guint i = 0; i < self->frame->n_columns; i++) {
        guint found = GPOINTER_TO_UINT(g_hash_table_lookup(indices, self->frame->columns[i]->name));
        const ErrataSchemaColumn *like;

        if (found == 0 || self->taken[i])
            continue;
        like = &self->like->columns[found - 1];
        errata_schema_infer_take(self, i, like->role, "as in the log");
        self->schema->columns[i].class_index = like->class_index;
        self->schema->columns[i].target = g_strdup(like->target);
    }
}

static void
infer_empty(ErrataInfer *self)
{
    for (guint i = 0; i < self->frame->n_columns; i++) {
        const ErrataColumn *column = self->frame->columns[i];

        if (column->n_missing == column->n_rows && column->n_unparsable == 0)
            errata_schema_infer_take(self, i, ERRATA_ROLE_IGNORE, "has no values");
    }
}

static void
infer_attributions(ErrataInfer *self)
{
    static const char *const biases[] =
        {"bias", "base", "base_value", "expected_value", "__bias__", "intercept", NULL};
    static const char *const bases[] = {"base_value", "expected_value", "__bias__", NULL};
    gboolean any = FALSE;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        g_autofree char *feature = NULL;
        gboolean sure;
        gboolean known;

        if (self->taken[i] || !errata_schema_infer_is_number(self, i) ||
            !errata_schema_name_is_attribution(self->frame->columns[i]->name, &feature, &sure))
            continue;
        known = errata_frame_find(self->frame, feature, NULL) != NULL;
        if (!known && !sure && !(any && g_strv_contains(biases, feature)))
            continue;
        any = TRUE;
        errata_schema_infer_take(self,
                                 i,
                                 ERRATA_ROLE_ATTRIBUTION,
                                 known ? "named like the attribution of %s"
                                       : "named like an attribution (%s)",
                                 feature);
        if (!g_strv_contains(biases, feature))
            self->schema->columns[i].target = g_steal_pointer(&feature);
    }
    /* what they start from, as shap names it */
    for (guint i = 0; any && i < self->frame->n_columns; i++)
        if (!self->taken[i] && errata_schema_infer_is_number(self, i) &&
            g_strv_contains(bases, self->frame->columns[i]->name))
            errata_schema_infer_take(self,
                                     i,
                                     ERRATA_ROLE_ATTRIBUTION,
                                     "named like what attributions start from");
}

static gboolean
infer_may_be_time(const ErrataInfer *self, guint column)
{
    const ErrataName *name = &self->names[column];

    if (self->frame->columns[column]->type == ERRATA_COLUMN_TIME)
        return TRUE;
    return errata_schema_infer_is_number(self, column) && name->time >= ERRATA_NAME_PATTERN &&
           self->profiles[column].n_valid > 0 && self->profiles[column].epoch;
}

/* Instants whose name is that of something else, interval_start or opened_at, and that never, or
 * hardly ever, go back from row to row: by chance half of the steps do */
static gboolean
infer_is_in_order(const ErrataInfer *self, guint column)
{
    const ErrataColumn *data = self->frame->columns[column];
    gsize n_on = 0, n_back = 0;
    gint64 before = 0;
    gboolean any = FALSE;

    if (data->type != ERRATA_COLUMN_TIME || strstr(self->names[column].words, "label") != NULL)
        return FALSE;
    for (gsize row = 0; row < data->n_rows; row++) {
        if (!errata_column_is_valid(data, row))
            continue;
        n_on += any && data->i64[row] > before;
        n_back += any && data->i64[row] < before;
        before = data->i64[row];
        any = TRUE;
    }
    return n_on >= INFER_STEPS && (double)n_back <= INFER_BACK * (double)n_on;
}

static int
infer_in_order(const ErrataInfer *self)
{
    for (guint i = 0; i < self->frame->n_columns; i++)
        if (!self->taken[i] && infer_is_in_order(self, i))
            return (int)i;
    return -1;
}

/* Days beside the instants themselves: @days are whole ones, and @other, which are not, lie within
 * a day of them (clocks differ by up to as much) in nearly all rows. */
static gboolean
infer_is_finer(const ErrataInfer *self, guint days, guint other)
{
    const gint64 day = 86400 * G_GINT64_CONSTANT(1000000000);
    const ErrataColumn *coarse = self->frame->columns[days];
    const ErrataColumn *fine = self->frame->columns[other];
    gsize n = 0, n_far = 0, n_within = 0;

    if (coarse->type != ERRATA_COLUMN_TIME || fine->type != ERRATA_COLUMN_TIME)
        return FALSE;
    for (gsize row = 0; row < coarse->n_rows; row++) {
        if (!errata_column_is_valid(coarse, row) || !errata_column_is_valid(fine, row))
            continue;
        if (coarse->i64[row] % day != 0)
            return FALSE;
        n++;
        n_within += fine->i64[row] % day != 0;
        n_far += fine->i64[row] / day > coarse->i64[row] / day + 1 ||
                 fine->i64[row] / day < coarse->i64[row] / day - 1;
    }
    return n_within > 0 && (double)n_far <= INFER_BACK * (double)n;
}

static void
infer_time(ErrataInfer *self)
{
    int best = -1;
    int rank = 0;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        int mine = self->names[i].input ? 1 : self->names[i].time_rank;

        if (self->taken[i] || !infer_may_be_time(self, i))
            continue;
        if (mine > rank || (mine == rank && best >= 0 && infer_is_finer(self, (guint)best, i))) {
            rank = mine;
            best = (int)i;
        }
    }
    if (errata_schema_infer_column(self, ERRATA_ROLE_TIME) < 0 && best < 0) {
        int clock = infer_in_order(self);

        if (clock >= 0)
            errata_schema_infer_take(self,
                                     (guint)clock,
                                     ERRATA_ROLE_TIME,
                                     "its instants follow the order of the rows, and no other "
                                     "column is the time");
    } else if (errata_schema_infer_column(self, ERRATA_ROLE_TIME) < 0) {
        gboolean is_time = self->frame->columns[best]->type == ERRATA_COLUMN_TIME;

        errata_schema_infer_take(
            self,
            (guint)best,
            ERRATA_ROLE_TIME,
            self->names[best].time >= ERRATA_NAME_PATTERN ? "named like a time, %s"
                                                          : "%s, and no other column is the time",
            is_time ? "all values are instants" : "all values count from 1970");
    }
    for (guint i = 0; i < self->frame->n_columns; i++)
        if (!self->taken[i] && infer_may_be_time(self, i) && self->names[i].time_rank == 0 &&
            strstr(self->names[i].words, "label") != NULL)
            errata_schema_infer_take(self, i, ERRATA_ROLE_IGNORE, "when the label came");
}

/* a column that tells rows apart and nothing else */
static gboolean
infer_is_id(const ErrataInfer *self, guint column, const char **ret_why)
{
    const ErrataProfile *profile = &self->profiles[column];
    const ErrataColumn *data = self->frame->columns[column];
    gboolean is_string = data->type == ERRATA_COLUMN_CATEGORY || data->type == ERRATA_COLUMN_TEXT;
    gboolean discrete = is_string || (profile->integral && errata_column_is_numeric(data));

    if (!discrete || profile->n_valid == 0)
        return FALSE;
    switch (self->names[column].id) {
    case ERRATA_NAME_STRONG:
        *ret_why = "named like an id, many values differ";
        return profile->distinct_share > 0.3;
    case ERRATA_NAME_PATTERN:
        *ret_why = "named like an id, nearly all values differ";
        return profile->distinct_share > 0.9;
    case ERRATA_NAME_WEAK:
        *ret_why = "named like an id, nearly all values differ";
        return profile->distinct_share > 0.98 && (is_string || profile->sequential);
    case ERRATA_NAME_NONE:
        break;
    }
    if (self->names[column].input || data->n_rows < 20)
        return FALSE;
    *ret_why = is_string ? "strings that all differ" : "counts the rows";
    if (!is_string)
        return profile->sequential && profile->distinct_share > 0.98;
    return profile->distinct_share > 0.95 && profile->mean_words < 1.5 &&
           profile->mean_length <= 64.0;
}

static gboolean
infer_is_text(const ErrataInfer *self, guint column)
{
    const ErrataProfile *profile = &self->profiles[column];
    const ErrataColumn *data = self->frame->columns[column];
    gboolean named = errata_schema_name_is_text(data->name);

    if (data->type != ERRATA_COLUMN_CATEGORY && data->type != ERRATA_COLUMN_TEXT)
        return FALSE;
    if (profile->distinct_share < (named ? 0.2 : 0.5))
        return FALSE;
    return profile->mean_words >= (named ? 2.0 : 4.0) || profile->mean_length >= 40.0 ||
           (profile->other_script > 0.5 && profile->mean_length >= 12.0);
}

static void
infer_rest(ErrataInfer *self, guint column)
{
    const ErrataColumn *data = self->frame->columns[column];
    const ErrataProfile *profile = &self->profiles[column];
    const char *why = NULL;

    if (errata_frame_is_clock(data))
        errata_schema_infer_take(self,
                                 column,
                                 ERRATA_ROLE_IGNORE,
                                 errata_schema_infer_column(self, ERRATA_ROLE_TIME) >= 0
                                     ? "times of day, beside the column of the time"
                                     : "times of day of no known date");
    else if (profile->image_share > 0.9 ||
             (errata_schema_name_is_image(data->name) && data->type == ERRATA_COLUMN_TEXT))
        errata_schema_infer_take(self, column, ERRATA_ROLE_IMAGE, "names image files");
    else if (infer_is_text(self, column))
        errata_schema_infer_take(self,
                                 column,
                                 ERRATA_ROLE_TEXT,
                                 "free text, %.0f words on average",
                                 profile->mean_words);
    else if (infer_is_id(self, column, &why))
        errata_schema_infer_take(self, column, ERRATA_ROLE_ID, "%s", why);
    else if (self->names[column].about_prediction)
        errata_schema_infer_take(self, column, ERRATA_ROLE_IGNORE, "tells about the prediction");
    else if (strcmp(self->names[column].words, "weight") == 0 ||
             strcmp(self->names[column].words, "sample_weight") == 0)
        errata_schema_infer_take(self,
                                 column,
                                 ERRATA_ROLE_FEATURE,
                                 "a feature: a column weighs rows only where it is declared to");
    else if (errata_schema_name_is_sensitive(data->name))
        errata_schema_infer_take(self,
                                 column,
                                 ERRATA_ROLE_FEATURE,
                                 "an input; declare it as group to check fairness");
    else if (data->type == ERRATA_COLUMN_TEXT)
        errata_schema_infer_take(self,
                                 column,
                                 ERRATA_ROLE_TEXT,
                                 "strings, too many to be categories");
    else
        errata_schema_infer_take(self, column, ERRATA_ROLE_FEATURE, "an input");
}

void
errata_schema_infer_roles(ErrataInfer *self)
{
    if (self->like != NULL)
        infer_like(self);
    infer_empty(self);
    infer_attributions(self);
    infer_time(self);
    errata_schema_infer_quantiles(self);
    errata_schema_infer_score_families(self);
    errata_schema_infer_class_scores(self, TRUE);
    errata_schema_infer_lists(self);
    errata_schema_infer_pair_find(self);
    errata_schema_infer_class_scores(self, FALSE);
    errata_schema_infer_classes_named(self);
    errata_schema_infer_outcome(self);
    errata_schema_infer_correct(self);
    errata_schema_infer_score_single(self);
    for (guint i = 0; i < self->frame->n_columns; i++)
        if (!self->taken[i])
            infer_rest(self, i);
}
