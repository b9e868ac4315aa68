/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The classes: the values of label and prediction as one list, each with all the ways it is written
 * (1, true, Yes, SPAM), so that a spelling never counts as an error. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "schema-infer.h"

/* classes while they are collected */
typedef struct {
    ErrataInfer *infer;
    GPtrArray *classes;   /* (element-type utf8) */
    GHashTable *spelling; /* value → class, both owned by the table */
} ClassList;

static const char *const class_pairs[][2] = {{"0", "1"},
                                             {"false", "true"},
                                             {"no", "yes"},
                                             {"n", "y"},
                                             {"f", "t"},
                                             {"negative", "positive"},
                                             {"neg", "pos"},
                                             {"-1", "1"}};

static void
class_add(ClassList *list, const char *value)
{
    if (g_hash_table_contains(list->spelling, value))
        return;
    g_ptr_array_add(list->classes, g_strdup(value));
    g_hash_table_insert(list->spelling, g_strdup(value), g_strdup(value));
}

static void
class_alias(ClassList *list, const char *value, const char *class_name)
{
    g_hash_table_replace(list->spelling, g_strdup(value), g_strdup(class_name));
}

/* the class that is @value but for case, when there is one only */
static const char *
class_by_case(const ClassList *list, const char *value)
{
    const char *found = NULL;

    for (guint i = 0; i < list->classes->len; i++) {
        const char *class_name = g_ptr_array_index(list->classes, i);

        if (g_ascii_strcasecmp(class_name, value) != 0)
            continue;
        if (found != NULL)
            return NULL;
        found = class_name;
    }
    return found;
}

/* the class with the same letters and digits, when there is one only: `50K` for `>50K` */
static const char *
class_by_words(const ClassList *list, const char *value)
{
    g_autofree char *words = errata_schema_name_words(value);
    const char *found = NULL;

    for (guint i = 0; i < list->classes->len; i++) {
        const char *class_name = g_ptr_array_index(list->classes, i);
        g_autofree char *mine = errata_schema_name_words(class_name);

        if (strcmp(mine, words) != 0)
            continue;
        if (found != NULL)
            return NULL;
        found = class_name;
    }
    return found;
}

static const char *
class_by_truth(const ClassList *list, const char *value)
{
    int truth = errata_vocabulary_truth(value);
    const char *found = NULL;

    if (truth < 0 || list->classes->len > 2)
        return NULL;
    for (guint i = 0; i < list->classes->len; i++) {
        const char *class_name = g_ptr_array_index(list->classes, i);

        if (errata_vocabulary_truth(class_name) < 0)
            return NULL;
        if (errata_vocabulary_truth(class_name) == truth)
            found = class_name;
    }
    return found;
}

/* how often value i of @b comes with value j of @a: (array length = a × b) */
static double *
class_table(ErrataInfer *self, guint a, guint b, guint n_a, guint n_b)
{
    const ErrataVocabulary *x = errata_schema_infer_vocabulary(self, a);
    const ErrataVocabulary *y = errata_schema_infer_vocabulary(self, b);
    g_autofree gint32 *u = errata_vocabulary_codes(x, self->frame->columns[a]);
    g_autofree gint32 *v = errata_vocabulary_codes(y, self->frame->columns[b]);
    double *table = g_new0(double, (gsize)n_a *n_b + 1);

    for (gsize row = 0; row < self->frame->n_rows; row++)
        if (u[row] >= 0 && v[row] >= 0)
            table[(gsize)u[row] * n_b + (gsize)v[row]] += 1.0;
    return table;
}

/* two values on either side without a word in common: by usual names, else as they agree most */
static void
class_match_two(ClassList *list, guint label, guint prediction)
{
    const ErrataVocabulary *l = errata_schema_infer_vocabulary(list->infer, label);
    const ErrataVocabulary *p = errata_schema_infer_vocabulary(list->infer, prediction);
    int l_positive = errata_schema_infer_usual_positive((const char *const *)l->values);
    int p_positive = errata_schema_infer_usual_positive((const char *const *)p->values);
    gboolean crossed = l_positive != p_positive;

    if (l_positive < 0 || p_positive < 0) {
        g_autofree double *table = class_table(list->infer, label, prediction, 2, 2);

        crossed = table[1] + table[2] > table[0] + table[3];
    }
    class_alias(list, p->values[0], l->values[crossed ? 1 : 0]);
    class_alias(list, p->values[1], l->values[crossed ? 0 : 1]);
}

static gboolean
class_counts_from(const ErrataVocabulary *values)
{
    return values->all_numbers && values->n_values > 0 &&
           (strcmp(values->values[0], "0") == 0 || strcmp(values->values[0], "1") == 0) &&
           atoi(values->values[values->n_values - 1]) - atoi(values->values[0]) + 1 ==
               (int)values->n_values;
}

/* numbers 0 … K − 1 beside K names: the index into the sorted names, if that fits the rows */
static gboolean
class_match_index(ClassList *list, guint label, guint prediction)
{
    const ErrataVocabulary *l = errata_schema_infer_vocabulary(list->infer, label);
    const ErrataVocabulary *p = errata_schema_infer_vocabulary(list->infer, prediction);
    g_autofree double *table = NULL;
    double same = 0.0;
    double all = 0.0;

    if (l->n_values != p->n_values || l->all_numbers == p->all_numbers ||
        !class_counts_from(l->all_numbers ? l : p))
        return FALSE;
    table = class_table(list->infer, label, prediction, l->n_values, p->n_values);
    for (guint i = 0; i < l->n_values * p->n_values; i++) {
        all += table[i];
        same += i / p->n_values == i % p->n_values ? table[i] : 0.0;
    }
    if (same < 1.5 / (double)l->n_values * all)
        return FALSE;
    for (guint i = 0; i < p->n_values; i++)
        class_alias(list, p->values[i], l->values[i]);
    return TRUE;
}

/* values of a second column: spellings of classes there are, or further classes */
static void
class_add_values(ClassList *list, const ErrataVocabulary *values)
{
    guint n_known = 0;
    guint n_before = list->classes->len;

    for (guint i = 0; i < values->n_values; i++)
        n_known += g_hash_table_contains(list->spelling, values->values[i]) ? 1 : 0;
    for (guint i = 0; i < values->n_values; i++) {
        const char *value = values->values[i];
        const char *found = NULL;

        if (g_hash_table_contains(list->spelling, value))
            continue;
        if (n_before > 0 && n_before <= 2 && values->n_values <= 2)
            found = class_by_truth(list, value);
        if (found == NULL && n_known == 0 && n_before > 0)
            found = class_by_case(list, value);
        if (found != NULL)
            class_alias(list, value, found);
        else
            class_add(list, value);
    }
}

static void
class_add_pair(ClassList *list, int label, int prediction)
{
    const ErrataVocabulary *l = label >= 0
                                    ? errata_schema_infer_vocabulary(list->infer, (guint)label)
                                    : NULL;
    const ErrataVocabulary *p = prediction >= 0
                                    ? errata_schema_infer_vocabulary(list->infer, (guint)prediction)
                                    : NULL;
    guint n_known = 0;

    if (l != NULL)
        class_add_values(list, l);
    if (p == NULL)
        return;
    for (guint i = 0; l != NULL && i < p->n_values; i++)
        n_known += g_hash_table_contains(list->spelling, p->values[i]) ||
                           class_by_truth(list, p->values[i]) != NULL ||
                           class_by_case(list, p->values[i]) != NULL
                       ? 1
                       : 0;
    if (l != NULL && n_known == 0) {
        if (class_match_index(list, (guint)label, (guint)prediction))
            return;
        if (l->n_values == 2 && p->n_values == 2) {
            class_match_two(list, (guint)label, (guint)prediction);
            return;
        }
    }
    class_add_values(list, p);
}

static gboolean
class_is_digits(const char *target)
{
    return *target != '\0' && strspn(target, "0123456789") == strlen(target);
}

static gboolean
class_all_numbers(const GPtrArray *classes)
{
    double number;

    for (guint i = 0; i < classes->len; i++) {
        const char *value = g_ptr_array_index(classes, i);

        if (!errata_number_parse_double(value, strlen(value), &number))
            return FALSE;
    }
    return TRUE;
}

/* classes that only a score's name tells. Numbers beside classes that are words, or that are as
 * many other numbers, are positions and no classes; so are numbers that most of the classes met,
 * though these may be fewer, are not among. */
static void
class_add_scores(ClassList *list)
{
    ErrataInfer *self = list->infer;
    gboolean numbered = TRUE;
    guint n_scores = 0;
    guint n_known = 0;
    guint n_before = list->classes->len;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        const char *target = self->schema->columns[i].target;

        if (self->schema->columns[i].role != ERRATA_ROLE_SCORE || target == NULL)
            continue;
        n_scores++;
        numbered = numbered && class_is_digits(target);
        n_known += class_by_words(list, target) != NULL || class_by_truth(list, target) != NULL ||
                           g_hash_table_contains(list->spelling, target)
                       ? 1
                       : 0;
    }
    if (n_scores < 2 || (n_known == 0 && n_scores == n_before) ||
        (numbered && n_known < n_scores && n_scores == n_before) ||
        (numbered && 2 * n_known < n_before) ||
        (numbered && n_known == 0 && !class_all_numbers(list->classes)))
        return;
    for (guint i = 0; i < self->frame->n_columns; i++) {
        const char *target = self->schema->columns[i].target;

        if (self->schema->columns[i].role == ERRATA_ROLE_SCORE && target != NULL) {
            g_autofree char *value = errata_vocabulary_canonical(target, strlen(target));

            if (class_by_words(list, value) == NULL && class_by_truth(list, value) == NULL)
                class_add(list, value);
        }
    }
}

/* one value that means yes or no has a counterpart that these rows happen to lack */
static void
class_complete(ClassList *list)
{
    const char *only;

    if (list->classes->len != 1)
        return;
    only = g_ptr_array_index(list->classes, 0);
    for (guint i = 0; i < G_N_ELEMENTS(class_pairs); i++)
        for (guint side = 0; side < 2; side++)
            if (g_ascii_strcasecmp(only, class_pairs[i][side]) == 0) {
                class_add(list, class_pairs[i][1 - side]);
                return;
            }
}

static int
class_compare_text_cb(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
class_compare_number_cb(gconstpointer a, gconstpointer b)
{
    double x = 0.0;
    double y = 0.0;
    const char *s = *(const char *const *)a;
    const char *t = *(const char *const *)b;

    errata_number_parse_double(s, strlen(s), &x);
    errata_number_parse_double(t, strlen(t), &y);
    return (x > y) - (x < y);
}

static int
class_index(const ErrataSchema *schema, const char *class_name)
{
    for (guint i = 0; i < schema->n_classes; i++)
        if (strcmp(schema->classes[i], class_name) == 0)
            return (int)i;
    return -1;
}

/* classes in order; those of the log a reference belongs to keep their place */
static void
class_store(ClassList *list, guint n_fixed)
{
    ErrataSchema *schema = list->infer->schema;
    GHashTableIter iter;
    gpointer value;
    gpointer class_name;

    qsort(list->classes->pdata + n_fixed,
          list->classes->len - n_fixed,
          sizeof(gpointer),
          class_all_numbers(list->classes) ? class_compare_number_cb : class_compare_text_cb);
    g_strfreev(schema->classes);
    schema->n_classes = list->classes->len;
    schema->classes = g_new0(char *, list->classes->len + 1);
    for (guint i = 0; i < list->classes->len; i++)
        schema->classes[i] = g_strdup(g_ptr_array_index(list->classes, i));
    g_hash_table_iter_init(&iter, list->spelling);
    while (g_hash_table_iter_next(&iter, &value, &class_name)) {
        int index = class_index(schema, class_name);

        if (index >= 0)
            g_hash_table_insert(schema->spelling,
                                g_strdup(value),
                                GUINT_TO_POINTER((guint)index + 1));
    }
}

/* which class each score is of */
static void
class_index_scores(ClassList *list)
{
    ErrataSchema *schema = list->infer->schema;
    gboolean numbered = TRUE;
    guint n_scores = 0;
    guint n_found = 0;

    for (guint i = 0; i < schema->n_columns; i++) {
        ErrataSchemaColumn *column = &schema->columns[i];
        g_autofree char *value = NULL;
        const char *found = NULL;

        if (column->role != ERRATA_ROLE_SCORE || column->target == NULL)
            continue;
        numbered = numbered && class_is_digits(column->target);
        n_scores++;
        value = errata_vocabulary_canonical(column->target, strlen(column->target));
        column->class_index = errata_schema_class(schema, value);
        if (column->class_index < 0)
            found = class_by_words(list, value);
        if (column->class_index < 0 && found == NULL)
            found = class_by_truth(list, value);
        if (found != NULL)
            column->class_index = class_index(schema, found);
        n_found += column->class_index >= 0 ? 1 : 0;
    }
    if (numbered && (n_found == 0 || (n_found < n_scores && (n_scores == schema->n_classes ||
                                                             2 * n_found < schema->n_classes))))
        errata_schema_infer_positions(list->infer);
}

/* bytes that all targets of scores begin with, and their number */
static gsize
class_common_prefix(const ErrataSchema *schema, guint *ret_n)
{
    const char *first = NULL;
    gsize length = 0;

    *ret_n = 0;
    for (guint i = 0; i < schema->n_columns; i++) {
        const char *target = schema->columns[i].target;
        gsize same = 0;

        if (schema->columns[i].role != ERRATA_ROLE_SCORE || target == NULL)
            continue;
        (*ret_n)++;
        if (first == NULL) {
            first = target;
            length = strlen(target);
            continue;
        }
        while (same < length && first[same] == target[same])
            same++;
        length = same;
    }
    return length;
}

static gboolean
class_is_value(ErrataInfer *self, const char *class_name)
{
    const int columns[] = {self->schema->label, self->schema->prediction};
    g_autofree char *value = errata_vocabulary_canonical(class_name, strlen(class_name));

    for (guint i = 0; i < G_N_ELEMENTS(columns); i++) {
        const ErrataVocabulary *values =
            columns[i] >= 0 ? errata_schema_infer_vocabulary(self, (guint)columns[i]) : NULL;

        if (values != NULL && errata_vocabulary_find(values, value) >= 0)
            return TRUE;
    }
    return FALSE;
}

/* P_churn1 and P_churn0 beside churn: what both begin with is no part of the classes */
static void
class_trim_targets(ErrataInfer *self)
{
    ErrataSchema *schema = self->schema;
    guint n = 0;
    gsize length = class_common_prefix(schema, &n);

    if (n < 2 || length == 0)
        return;
    for (guint i = 0; i < schema->n_columns; i++) {
        const char *target = schema->columns[i].target;

        if (schema->columns[i].role == ERRATA_ROLE_SCORE && target != NULL &&
            (class_is_value(self, target) || !class_is_value(self, target + length)))
            return;
    }
    for (guint i = 0; i < schema->n_columns; i++)
        if (schema->columns[i].role == ERRATA_ROLE_SCORE && schema->columns[i].target != NULL) {
            char *rest = g_strdup(schema->columns[i].target + length);

            g_free(schema->columns[i].target);
            schema->columns[i].target = rest;
        }
}

/* fills classes, spelling and the scores' class indices */
void
errata_schema_infer_classes(ErrataInfer *self)
{
    g_autoptr(GPtrArray) classes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) spelling = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    ClassList list = {self, classes, spelling};
    guint n_fixed = 0;

    if (self->like != NULL) {
        GHashTableIter iter;
        gpointer value;
        gpointer index;

        for (guint i = 0; i < self->like->n_classes; i++)
            class_add(&list, self->like->classes[i]);
        n_fixed = classes->len;
        g_hash_table_iter_init(&iter, self->like->spelling);
        while (g_hash_table_iter_next(&iter, &value, &index))
            class_alias(&list, value, self->like->classes[GPOINTER_TO_UINT(index) - 1]);
    }
    class_trim_targets(self);
    class_add_pair(&list, self->schema->label, self->schema->prediction);
    class_add_scores(&list);
    class_complete(&list);
    if (classes->len == 0) {
        class_add(&list, "0");
        class_add(&list, "1");
    }
    class_store(&list, n_fixed);
    class_index_scores(&list);
}
