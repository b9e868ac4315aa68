/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roles of the columns, the task and the classes. What the user declared goes first; the rest is
 * inferred by schema-infer*.c from names and behaviour, each with its reason. */
#include "schema.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "schema-infer.h"

#define SCHEMA_NAMED 30 /* columns that a message names */

static const char *const role_nicks[] = {"id",
                                         "time",
                                         "label",
                                         "prediction",
                                         "score",
                                         "feature",
                                         "text",
                                         "image",
                                         "weight",
                                         "group",
                                         "entity",
                                         "correct",
                                         "attribution",
                                         "ignore"};
static const char *const task_nicks[] = {"none", "binary", "multiclass", "regression"};

const char *
errata_role_nick(ErrataRole role)
{
    return role_nicks[role];
}

/**
 * errata_role_parse:
 * @nick: (nullable): `label`, `score` …
 * @ret_role: (out): the role
 *
 * Returns: whether there is a role of that name
 */
gboolean
errata_role_parse(const char *nick, ErrataRole *ret_role)
{
    for (guint i = 0; i < G_N_ELEMENTS(role_nicks); i++)
        if (g_strcmp0(nick, role_nicks[i]) == 0) {
            *ret_role = (ErrataRole)i;
            return TRUE;
        }
    return FALSE;
}

const char *
errata_task_nick(ErrataTask task)
{
    return task_nicks[task];
}

void
errata_schema_free(ErrataSchema *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < self->n_columns; i++) {
        g_free(self->columns[i].reason);
        g_free(self->columns[i].target);
        g_free(self->columns[i].unit);
        g_free(self->columns[i].description);
        g_free(self->columns[i].derived_from);
    }
    g_free(self->columns);
    g_strfreev(self->names);
    g_strfreev(self->classes);
    g_free(self->task_reason);
    g_free(self->positive_reason);
    g_free(self->score_note);
    g_free(self->score_problem);
    g_clear_pointer(&self->spelling, g_hash_table_unref);
    g_free(self);
}

/**
 * errata_schema_append:
 * @self: a schema
 * @name: the derived column's name
 * @from: the column that it was measured on
 * @reason: what it is
 *
 * Adds a feature that is not in the log.
 */
void
errata_schema_append(ErrataSchema *self, const char *name, const char *from, const char *reason)
{
    guint n = self->n_columns++;

    self->columns = g_renew(ErrataSchemaColumn, self->columns, self->n_columns);
    self->columns[n] = (ErrataSchemaColumn){.role = ERRATA_ROLE_FEATURE, .class_index = -1};
    self->columns[n].reason = g_strdup(reason);
    self->columns[n].derived_from = g_strdup(from);
    self->names = g_renew(char *, self->names, self->n_columns + 1);
    self->names[n] = g_strdup(name);
    self->names[n + 1] = NULL;
}

/**
 * errata_schema_class:
 * @self: a schema
 * @value: a value of the label or prediction column, in its canonical form
 *
 * Returns: index of its class, or −1 when it is none
 */
int
errata_schema_class(const ErrataSchema *self, const char *value)
{
    return self->spelling != NULL
               ? (int)GPOINTER_TO_UINT(g_hash_table_lookup(self->spelling, value)) - 1
               : -1;
}

static ErrataSchema *
schema_new(const ErrataFrame *frame)
{
    ErrataSchema *self = g_new0(ErrataSchema, 1);

    self->n_columns = frame->n_columns;
    self->columns = g_new0(ErrataSchemaColumn, frame->n_columns + 1);
    self->names = g_new0(char *, frame->n_columns + 1);
    for (guint i = 0; i < frame->n_columns; i++) {
        self->names[i] = g_strdup(frame->columns[i]->name);
        self->columns[i].role = ERRATA_ROLE_FEATURE;
        self->columns[i].class_index = -1;
    }
    self->classes = g_new0(char *, 1);
    self->spelling = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->positive = self->id = self->time = self->label = self->prediction = -1;
    self->score = self->weight = self->correct = -1;
    self->threshold = (double)NAN;
    return self;
}

typedef struct {
    const char *name;
    guint distance;
    guint index;
} SchemaNear;

static int
schema_near_cb(gconstpointer a, gconstpointer b)
{
    const SchemaNear *x = a;
    const SchemaNear *y = b;

    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

/**
 * errata_schema_nearest:
 * @frame: what was read
 * @name: a name that none of its columns has
 *
 * Returns: (transfer full): for a message: the names of up to 30 columns: first those that may be
 *   meant, then the others as the file has them, or, where not all are named, the closest
 */
char *
errata_schema_nearest(const ErrataFrame *frame, const char *name)
{
    g_autofree SchemaNear *near = g_new(SchemaNear, frame->n_columns + 1);
    GString *list = g_string_new(NULL);
    guint far = 2 + (guint)g_utf8_strlen(name, -1) / 5; /* another name, and by chance how far */

    for (guint i = 0; i < frame->n_columns; i++) {
        guint distance = errata_schema_name_distance(name, frame->columns[i]->name);

        near[i] = (SchemaNear){frame->columns[i]->name,
                               frame->n_columns > SCHEMA_NAMED ? distance : MIN(distance, far),
                               i};
    }
    qsort(near, frame->n_columns, sizeof *near, schema_near_cb);
    for (guint i = 0; i < MIN(frame->n_columns, SCHEMA_NAMED); i++)
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", near[i].name);
    if (frame->n_columns > SCHEMA_NAMED)
        g_string_append_printf(list, " and %u more", frame->n_columns - SCHEMA_NAMED);
    return g_string_free(list, FALSE);
}

/* the column called @name, also without the leading part that readers drop */
static gboolean
schema_find(const ErrataFrame *frame, const char *name, guint *ret_column)
{
    if (errata_frame_find(frame, name, ret_column) != NULL)
        return TRUE;
    if (g_str_has_prefix(name, "features."))
        return errata_frame_find(frame, name + strlen("features."), ret_column) != NULL;
    return g_str_has_prefix(name, "inputs.") &&
           errata_frame_find(frame, name + strlen("inputs."), ret_column) != NULL;
}

static gboolean
schema_check_column(const ErrataFrame *frame,
                    const char *name,
                    const char *where,
                    guint *ret_column,
                    GError **error)
{
    g_autofree char *names = NULL;

    if (schema_find(frame, name, ret_column))
        return TRUE;
    names = errata_schema_nearest(frame, name);
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_USAGE,
                "%s: there is no column '%s'; the columns are %s",
                where != NULL ? where : "roles",
                name,
                names);
    return FALSE;
}

static int
schema_compare_names_cb(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* the columns that settings give a role, in an order that is always the same */
static GPtrArray *
schema_declared_names(const ErrataSettings *settings)
{
    GPtrArray *names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, settings->roles);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_ptr_array_add(names, key);
    g_ptr_array_sort(names, schema_compare_names_cb);
    return names;
}

static gboolean
schema_check_single(const ErrataInfer *infer, ErrataRole role, const char *name, GError **error)
{
    if (role != ERRATA_ROLE_LABEL && role != ERRATA_ROLE_PREDICTION && role != ERRATA_ROLE_TIME &&
        role != ERRATA_ROLE_WEIGHT && role != ERRATA_ROLE_ENTITY && role != ERRATA_ROLE_CORRECT)
        return TRUE;
    for (guint i = 0; i < infer->frame->n_columns; i++)
        if (infer->taken[i] && infer->schema->columns[i].role == role) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_USAGE,
                        "both '%s' and '%s' are declared as %s; only one column can be",
                        infer->frame->columns[i]->name,
                        name,
                        errata_role_nick(role));
            return FALSE;
        }
    return TRUE;
}

/* what rows belong to, as either key says it: a column that has no other role has that one */
static gboolean
schema_declare_entity(ErrataInfer *infer, GError **error)
{
    const char *name = infer->settings->entity;
    guint column = 0;

    if (name == NULL || (infer->like != NULL && !schema_find(infer->frame, name, &column)))
        return TRUE;
    if (!schema_check_column(infer->frame, name, "entity", &column, error))
        return FALSE;
    for (guint i = 0; i < infer->frame->n_columns; i++)
        if (i != column && infer->taken[i] &&
            infer->schema->columns[i].role == ERRATA_ROLE_ENTITY) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_USAGE,
                        "'%s' is declared as entity, and entity=%s under [analysis] says that rows "
                        "belong to that; only one column can be",
                        infer->frame->columns[i]->name,
                        name);
            return FALSE;
        }
    if (infer->taken[column])
        return TRUE;
    errata_schema_infer_take(infer,
                             column,
                             ERRATA_ROLE_ENTITY,
                             "declared by entity= under [analysis]");
    infer->schema->columns[column].declared = TRUE;
    return TRUE;
}

static gboolean
schema_declare_column(ErrataInfer *infer,
                      guint column,
                      ErrataRole role,
                      const char *name,
                      const char *where,
                      GError **error)
{
    if (!schema_check_single(infer, role, name, error))
        return FALSE;
    errata_schema_infer_take(infer,
                             column,
                             role,
                             "declared%s%s",
                             where != NULL ? " by " : "",
                             where != NULL ? where : "");
    infer->schema->columns[column].declared = TRUE;
    return TRUE;
}

/* an object or array of the log has become the columns NAME.KEY, and a role of NAME is theirs */
static gboolean
schema_declare_parts(ErrataInfer *infer,
                     ErrataRole role,
                     const char *name,
                     const char *where,
                     gboolean *ret_any,
                     GError **error)
{
    g_autofree char *prefix = g_strconcat(name, ".", NULL);

    *ret_any = FALSE;
    for (guint i = 0; i < infer->frame->n_columns; i++) {
        const char *part = infer->frame->columns[i]->name;

        if (!g_str_has_prefix(part, prefix))
            continue;
        *ret_any = TRUE;
        if (!schema_declare_column(infer, i, role, part, where, error))
            return FALSE;
    }
    return TRUE;
}

/* a folder's settings serve its reference too, which may lack columns of the log */
static gboolean
schema_declare(ErrataInfer *infer, GError **error)
{
    g_autoptr(GPtrArray) names = NULL;

    if (infer->settings == NULL)
        return TRUE;
    names = schema_declared_names(infer->settings);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        const char *where = g_hash_table_lookup(infer->settings->role_sources, name);
        const char *nick = g_hash_table_lookup(infer->settings->roles, name);
        ErrataRole role = ERRATA_ROLE_IGNORE;
        gboolean any = FALSE;
        guint column = 0;

        if (!errata_role_parse(nick, &role)) {
            g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_CONFIG, "'%s' is not a role", nick);
            return FALSE;
        }
        if (schema_find(infer->frame, name, &column)) {
            if (!schema_declare_column(infer, column, role, name, where, error))
                return FALSE;
            continue;
        }
        if (!schema_declare_parts(infer, role, name, where, &any, error) ||
            (!any && infer->like == NULL &&
             !schema_check_column(infer->frame, name, where, &column, error)))
            return FALSE;
    }
    return schema_declare_entity(infer, error);
}

static void
schema_describe(ErrataInfer *infer)
{
    for (guint i = 0; i < infer->frame->n_columns; i++) {
        const char *name = infer->frame->columns[i]->name;
        ErrataSchemaColumn *column = &infer->schema->columns[i];

        /* of percentages the values are hundredths, which is told only where they are multiplied */
        if (g_strcmp0(infer->frame->columns[i]->unit, "%") != 0)
            column->unit = g_strdup(infer->frame->columns[i]->unit);
        if (infer->settings == NULL)
            continue;
        if (g_hash_table_contains(infer->settings->units, name)) {
            g_free(column->unit);
            column->unit = g_strdup(g_hash_table_lookup(infer->settings->units, name));
        }
        column->description = g_strdup(g_hash_table_lookup(infer->settings->dictionary, name));
    }
}

/* "; none, NA are classes, as …": the words that read as missing, and what came of them */
static void
schema_tell_words(ErrataInfer *infer)
{
    for (guint i = 0; i < infer->frame->n_columns; i++) {
        const ErrataColumn *data = infer->frame->columns[i];
        g_autoptr(GString) told = NULL;
        const gboolean is_class = (int)i == infer->schema->label ||
                                  (int)i == infer->schema->prediction;

        if (data->type != ERRATA_COLUMN_CATEGORY ||
            (data->class_words == NULL && data->missing_words == NULL))
            continue;
        told = g_string_new(infer->schema->columns[i].reason);
        if (data->class_words != NULL) {
            const gboolean one = data->class_words[1] == NULL;
            g_autofree char *words = g_strjoinv(", ", data->class_words);

            g_string_append_printf(told, "; %s %s", words, one ? "is a " : "are ");
            g_string_append(told, is_class ? "class" : "value");
            g_string_append(told, one ? "" : is_class ? "es" : "s");
            if (data->class_why != NULL)
                g_string_append_printf(told, ", %s", data->class_why);
        }
        if (data->missing_words != NULL && data->missing_words[0] != NULL) {
            g_autofree char *words = g_strjoinv(", ", data->missing_words);

            g_string_append_printf(told,
                                   "; %s %s as missing",
                                   words,
                                   data->missing_words[1] == NULL ? "reads" : "read");
        }
        g_free(infer->schema->columns[i].reason);
        infer->schema->columns[i].reason = g_string_free(g_steal_pointer(&told), FALSE);
    }
}

/* index of the first column of each role */
static void
schema_index(ErrataSchema *self)
{
    for (guint i = self->n_columns; i-- > 0;) {
        ErrataRole role = self->columns[i].role;

        if (role == ERRATA_ROLE_ID)
            self->id = (int)i;
        else if (role == ERRATA_ROLE_TIME)
            self->time = (int)i;
        else if (role == ERRATA_ROLE_LABEL)
            self->label = (int)i;
        else if (role == ERRATA_ROLE_PREDICTION)
            self->prediction = (int)i;
        else if (role == ERRATA_ROLE_WEIGHT)
            self->weight = (int)i;
        else if (role == ERRATA_ROLE_CORRECT)
            self->correct = (int)i;
    }
}

static void
schema_infer_clear(ErrataInfer *infer)
{
    for (guint i = 0; i < infer->frame->n_columns; i++) {
        errata_schema_name_clear(&infer->names[i]);
        errata_vocabulary_free(infer->vocabularies[i]);
    }
    g_free(infer->names);
    g_free(infer->profiles);
    g_free(infer->taken);
    g_free(infer->vocabularies);
}

/**
 * errata_schema_infer:
 * @frame: what was read
 * @settings: (nullable): what the user declared
 * @like: (nullable): schema of the log when @frame is its reference: its roles and classes hold
 *   here
 * @error: return location for a #GError
 *
 * Finds out what each column is for, and from that the task, the classes and the positive class.
 * Every decision has its reason in words.
 *
 * Errors: %ERRATA_ERROR_USAGE when a column is declared that is not there (the message lists those
 * that are, the closest first), or a role twice; %ERRATA_ERROR_CONFIG when the positive class is
 * not a class.
 *
 * Returns: (transfer full): the schema, or %NULL with @error set
 */
ErrataSchema *
errata_schema_infer(const ErrataFrame *frame,
                    const ErrataSettings *settings,
                    const ErrataSchema *like,
                    GError **error)
{
    g_autoptr(ErrataSchema) schema = schema_new(frame);
    ErrataInfer infer = {frame, settings, like, schema, NULL, NULL, NULL, NULL};
    gboolean done;

    infer.names = g_new0(ErrataName, frame->n_columns + 1);
    infer.taken = g_new0(gboolean, frame->n_columns + 1);
    infer.vocabularies = g_new0(ErrataVocabulary *, frame->n_columns + 1);
    infer.profiles = errata_schema_profile_frame(frame);
    for (guint i = 0; i < frame->n_columns; i++)
        errata_schema_name_read(&infer.names[i], frame->columns[i]->name);
    done = schema_declare(&infer, error);
    if (done) {
        errata_schema_infer_roles(&infer);
        schema_index(schema);
        done = errata_schema_infer_task(&infer, error);
        schema_describe(&infer);
        schema_tell_words(&infer);
    }
    schema_infer_clear(&infer);
    return done ? g_steal_pointer(&schema) : NULL;
}
