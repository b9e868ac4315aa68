/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PMML 3.0 – 4.4 (Data Mining Group, dmg.org/pmml): read by libxml2, compiled once, run row by row.
 * What it asks for and we do not compute is named with its element and line, never guessed. */
#include <string.h>

#include "error.h"
#include "model-builder.h"
#include "plugin.h"
#include "pmml-compile.h"
#include "pmml-trees.h"
#include "pmml-verify.h"
#include "text-hash.h"

/* a result of a model, and what is set when that model has run */
typedef struct {
    guint slot;
    guint run;
} Source;

/* a column that the model writes: one of several targets, or results of segments that go by one
 * name, of which the last one that ran tells */
typedef struct {
    const PmmlModel *model; /* that the last source is of */
    GArray *sources;        /* Source */
    guint target;           /* 0 for the first */
    gboolean is_target;
} Column;

typedef struct {
    PmmlProgram *program;
    GArray *columns;  /* Column, as the model's outputs */
    PmmlTrees *trees; /* (nullable): where it is a sum of trees */
} Pmml;

static void
pmml_body_free(gpointer body)
{
    Pmml *self = body;
    pmml_trees_free(self->trees);
    pmml_program_free(self->program);
    g_array_unref(self->columns);
    g_free(self);
}

/* of UTF-16, whichever byte comes first */
static gboolean
pmml_sniff_wide(const guint8 *head, gsize size)
{
    static const guint8 word[] = {'<', 0, 'P', 0, 'M', 0, 'M', 0, 'L'};
    for (gsize i = 0; i + sizeof word <= size; i++)
        if (memcmp(head + i, word, sizeof word) == 0)
            return TRUE;
    return FALSE;
}

static guint
pmml_sniff(const guint8 *head, gsize size, const char *name)
{
    gsize scan = MIN(size, 16384); /* a licence may come first */
    for (gsize i = 0; i + 5 <= scan; i++)
        if (head[i] == '<' && memcmp(head + i + 1, "PMML", 4) == 0)
            return 95;
    for (gsize i = 0; i + 6 <= scan; i++)
        if (head[i] == ':' && memcmp(head + i + 1, "PMML ", 5) == 0)
            return 80;
    /* other encodings hide the word */
    return pmml_sniff_wide(head, scan)                                                          ? 80
           : g_str_has_suffix(name, ".pmml") && size > 0 && (head[0] == '<' || head[0] >= 0xFE) ? 60
                                                                                                : 0;
}

static ErrataModelType
pmml_column_type(PmmlType type)
{
    return type == PMML_INTEGER || type == PMML_FLOAT || type == PMML_DOUBLE ||
                   (type >= PMML_DAYS_SINCE)
               ? ERRATA_MODEL_NUMBER
               : ERRATA_MODEL_TEXT;
}

static void
pmml_write(const PmmlValue *value, PmmlRow *row, guint column, ErrataModelScores *scores)
{
    if (value->missing)
        return;
    if (scores->number[column] != NULL) {
        PmmlValue number;
        if (pmml_value_cast(PMML_DOUBLE, value, row->strings, &number))
            scores->number[column][row->row] = number.number;
        return;
    }
    scores->text[column][row->row] = g_string_chunk_insert(scores->strings,
                                                           pmml_value_text(value, row->strings));
}

/* where the value of a column is; PMML_NO_SLOT when none of its models ran */
static guint
pmml_ran_last(const Column *column, const PmmlRow *row)
{
    for (guint i = column->sources->len; i > 0; i--) {
        const Source *source = &g_array_index(column->sources, Source, i - 1);
        if (row->state[source->run] == PMML_SET)
            return source->slot;
    }
    return PMML_NO_SLOT;
}

static gboolean
pmml_run_row(const Pmml *self, PmmlRow *row, ErrataModelScores *scores, GError **error)
{
    PmmlResult result;
    const PmmlModel *root = self->program->root;
    if (!pmml_model_run(root, row, &result, error))
        return row->is_invalid;
    for (guint i = 0; i < self->columns->len; i++) {
        const Column *column = &g_array_index(self->columns, Column, i);
        PmmlValue value = PMML_NOTHING;
        guint slot = column->is_target ? PMML_NO_SLOT : pmml_ran_last(column, row);
        if (column->is_target)
            value = pmml_target_value(root, &result, column->target);
        else if (slot != PMML_NO_SLOT && !pmml_slot_value(row, slot, &value, error))
            return row->is_invalid;
        pmml_write(&value, row, i, scores);
    }
    return TRUE;
}

static gboolean
pmml_predict(const ErrataModel *model G_GNUC_UNUSED,
             gconstpointer body,
             const ErrataModelRows *rows,
             ErrataModelScores *scores,
             GError **error)
{
    const Pmml *self = body;
    PmmlRow row;
    gboolean ok = TRUE;
    pmml_row_init(&row, self->program, rows);
    for (gsize i = 0; ok && i < rows->n_rows; i++) {
        pmml_row_start(&row, i);
        ok = pmml_run_row(self, &row, scores, error);
        if (!ok)
            g_prefix_error(error, "row %" G_GSIZE_FORMAT ": ", i);
    }
    pmml_row_clear(&row);
    return ok;
}

/* what the trees read of a block: values after the document's treatments, strings as codes */
static gboolean
pmml_features(const ErrataModel *model G_GNUC_UNUSED,
              gconstpointer body,
              const ErrataModelRows *rows,
              double *const *ret_number,
              guint8 *ret_defined,
              GError **error G_GNUC_UNUSED)
{
    const Pmml *self = body;
    guint n = self->program->inputs->len;
    g_autofree double *cell = g_new(double, n + 1);
    PmmlRow row;
    pmml_row_init(&row, self->program, rows);
    for (gsize i = 0; i < rows->n_rows; i++) {
        pmml_row_start(&row, i);
        ret_defined[i] = pmml_trees_cells(self->trees, &row, cell) ? 1 : 0;
        for (guint f = 0; f < n; f++)
            ret_number[f][i] = cell[f];
    }
    pmml_row_clear(&row);
    return TRUE;
}

static const ErrataModelClass pmml_class = {
    .predict = pmml_predict,
    .free = pmml_body_free,
    .features = pmml_features,
};

static void
pmml_column_clear(gpointer data)
{
    Column *column = data;
    g_clear_pointer(&column->sources, g_array_unref);
}

/* @column is taken */
static void
pmml_add_column(Pmml *self, GHashTable *names, const char *name, const Column *column)
{
    g_hash_table_insert(names, pmml_pointer(name), GUINT_TO_POINTER(self->columns->len + 1));
    g_array_append_vals(self->columns, column, 1);
}

/* NULL when there is none of that name */
static Column *
pmml_find_column(const Pmml *self, GHashTable *names, const char *name)
{
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(names, name));
    return found == 0 ? NULL : &g_array_index(self->columns, Column, found - 1);
}

static gboolean
pmml_has_within(const PmmlModel *outer, const PmmlModel *model)
{
    for (guint i = 0; i < pmml_mining_n_segments(outer); i++) {
        const PmmlModel *inner = pmml_mining_segment(outer, i);
        if (inner == model || pmml_has_within(inner, model))
            return TRUE;
    }
    return FALSE;
}

static void
pmml_add_source(Column *column, const PmmlModel *model, const PmmlOutput *output)
{
    Source source = {.slot = output->slot, .run = model->target_slot};
    g_array_append_val(column->sources, source);
    column->model = model;
}

/* which of several targets is the prediction: a chain's is the one that it ends in */
static guint
pmml_main_target(const PmmlModel *root)
{
    guint n = pmml_mining_n_segments(root);
    const PmmlModel *last = n > 0 && pmml_has_targets(root) ? pmml_mining_segment(root, n - 1)
                                                            : NULL;
    for (guint i = 0; last != NULL && last->target != NULL && i < root->targets->len; i++)
        if (g_str_equal(root->targets->pdata[i], last->target))
            return i;
    return 0;
}

static void
pmml_add_targets(Pmml *self, ErrataModelBuilder *builder, GHashTable *names)
{
    const PmmlModel *root = self->program->root;
    guint main_target = pmml_main_target(root);
    for (guint i = 0; i < root->targets->len; i++) {
        const char *name = root->targets->pdata[i];
        guint slot = pmml_scope_find(self->program->scope, name);
        PmmlType type = i == 0 || slot == PMML_NO_SLOT
                            ? root->target_type
                            : pmml_program_slot(self->program, slot)->type;
        Column column = {.target = i, .is_target = TRUE};
        if (pmml_find_column(self, names, name) != NULL || (i > 0 && !pmml_has_targets(root)))
            continue;
        pmml_add_column(self, names, name, &column);
        errata_model_builder_add_output(builder,
                                        name,
                                        i == main_target ? ERRATA_MODEL_PREDICTION
                                                         : ERRATA_MODEL_FIELD,
                                        pmml_column_type(type),
                                        NULL);
    }
}

static void
pmml_add_output(Pmml *self,
                ErrataModelBuilder *builder,
                GHashTable *names,
                const PmmlModel *model,
                const PmmlOutput *output)
{
    Column column = {.sources = g_array_new(FALSE, FALSE, sizeof(Source))};
    ErrataModelRole role = ERRATA_MODEL_FIELD;
    const char *label = NULL;
    PmmlType type = pmml_program_slot(self->program, output->slot)->type;
    if (g_str_equal(output->feature, "probability") && output->label != G_MAXUINT &&
        output->segment == G_MAXUINT) {
        role = ERRATA_MODEL_PROBABILITY;
        label = model->labels->pdata[output->label];
    } else if (g_str_equal(output->feature, "predictedValue") && self->columns->len == 0)
        role = ERRATA_MODEL_PREDICTION;
    static const char *const numbers[] = {"probability",
                                          "affinity",
                                          "clusterAffinity",
                                          "entityAffinity",
                                          "residual",
                                          "confidence",
                                          "standardError",
                                          "support",
                                          "lift",
                                          "leverage",
                                          NULL};
    if (!output->typed && output->rank > 0 && g_strv_contains(numbers, output->feature))
        type = PMML_DOUBLE;
    pmml_add_source(&column, model, output);
    pmml_add_column(self, names, output->name, &column);
    errata_model_builder_add_output(builder, output->name, role, pmml_column_type(type), label);
    if (g_str_has_suffix(output->feature, "report") && model->klass != &pmml_association_class)
        errata_model_builder_note(builder,
                                  "the output “%s” (%s) is left empty",
                                  output->name,
                                  output->feature);
}

static void
pmml_add_outputs_of(Pmml *self,
                    ErrataModelBuilder *builder,
                    const PmmlModel *model,
                    GHashTable *names)
{
    for (guint i = 0; i < model->outputs->len; i++) {
        const PmmlOutput *output = model->outputs->pdata[i];
        Column *column = pmml_find_column(self, names, output->name);
        if (output->is_final && column == NULL)
            pmml_add_output(self, builder, names, model, output);
        /* what an outer model, or the model itself, tells by that name stands */
        else if (output->is_final && !column->is_target && column->model != model &&
                 !pmml_has_within(column->model, model))
            pmml_add_source(column, model, output);
    }
    /* the segments' own results are results too */
    for (guint i = 0; i < pmml_mining_n_segments(model); i++)
        pmml_add_outputs_of(self, builder, pmml_mining_segment(model, i), names);
}

static void
pmml_add_outputs(Pmml *self, ErrataModelBuilder *builder)
{
    g_autoptr(GHashTable) names = g_hash_table_new(errata_text_hash, g_str_equal);
    pmml_add_targets(self, builder, names);
    pmml_add_outputs_of(self, builder, self->program->root, names);
    if (self->columns->len > 0)
        return;
    Column column = {.is_target = TRUE};
    g_array_append_val(self->columns, column);
    errata_model_builder_add_output(builder,
                                    "prediction",
                                    ERRATA_MODEL_PREDICTION,
                                    pmml_column_type(self->program->root->target_type),
                                    NULL);
}

static void
pmml_add_inputs(const Pmml *self, ErrataModelBuilder *builder)
{
    for (guint i = 0; i < self->program->inputs->len; i++) {
        const PmmlSlot *slot = pmml_program_slot(self->program,
                                                 g_array_index(self->program->inputs, guint, i));
        ErrataModelType type = pmml_column_type(slot->type);
        /* days and seconds may also be written as dates */
        if (slot->type >= PMML_DAYS_SINCE)
            type = ERRATA_MODEL_TEXT;
        errata_model_builder_add_input(builder, slot->name, type, NULL);
    }
}

static ErrataTask
pmml_task(const PmmlModel *root)
{
    if (root->function == PMML_REGRESSION)
        return ERRATA_TASK_REGRESSION;
    if (root->function != PMML_CLASSIFICATION)
        return ERRATA_TASK_NONE;
    return root->labels->len == 2 ? ERRATA_TASK_BINARY : ERRATA_TASK_MULTICLASS;
}

/* what the document tells about itself, whether it can be run or not */
static void
pmml_describe(ErrataModelBuilder *builder, const PmmlElement *root)
{
    const PmmlElement *model = pmml_root_model(root);
    const PmmlElement *header = pmml_child(root, "Header");
    const PmmlElement *application = header == NULL ? NULL : pmml_child(header, "Application");
    const PmmlElement *time = header == NULL ? NULL : pmml_child(header, "Timestamp");
    const char *version = pmml_attribute(root, "version");
    if (version != NULL)
        errata_model_builder_set_version(builder, version);
    if (application != NULL) {
        const char *name = pmml_attribute(application, "name");
        version = pmml_attribute(application, "version");
        g_autofree char *both = g_strjoin(" ", name != NULL ? name : "", version, NULL);
        errata_model_builder_add_training(builder, "written by", both);
    }
    if (time != NULL && time->text[0] != '\0')
        errata_model_builder_add_training(builder, "written at", time->text);
    if (model == NULL)
        return;
    const PmmlModelClass *klass = pmml_model_class(model->name);
    errata_model_builder_set_kind(builder, klass != NULL ? klass->kind : model->name);
    static const char *const facts[] = {"modelName", "functionName", "algorithmName"};
    for (guint i = 0; i < G_N_ELEMENTS(facts); i++)
        if (pmml_attribute(model, facts[i]) != NULL)
            errata_model_builder_add_parameter(builder, facts[i], pmml_attribute(model, facts[i]));
    const PmmlElement *segmentation = pmml_child(model, "Segmentation");
    if (segmentation != NULL) {
        g_autofree char *n = g_strdup_printf("%u", pmml_count(segmentation, "Segment"));
        errata_model_builder_add_parameter(builder, "segments", n);
    }
}

static void
pmml_note_verified(ErrataModelBuilder *builder, const PmmlProgram *program)
{
    PmmlVerified verified = pmml_verify(program);
    if (verified.n_rows == 0)
        return;
    if (verified.n_equal == verified.n_rows)
        errata_model_builder_note(builder,
                                  "all %u rows that the file gives with results come out the same",
                                  verified.n_rows);
    else
        errata_model_builder_add_risk(builder,
                                      ERRATA_SEVERITY_MEDIUM,
                                      "verification",
                                      "%u of %u rows that the file gives with results come out "
                                      "otherwise",
                                      verified.n_rows - verified.n_equal,
                                      verified.n_rows);
}

static gboolean
pmml_is_document(const PmmlElement *root, GError **error)
{
    if (pmml_is(root, "PMML"))
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "expected a PMML document, found the element %s",
                root->name);
    return FALSE;
}

static gboolean
pmml_has_trees(const PmmlProgram *program)
{
    for (guint i = 0; i < program->models->len; i++)
        if (((const PmmlModel *)program->models->pdata[i])->klass == &pmml_tree_class)
            return TRUE;
    return FALSE;
}

/* the sum of trees that it is, for attribution; scores come from the document itself */
static void
pmml_add_trees(Pmml *self, ErrataModelBuilder *builder)
{
    g_autoptr(GError) why = NULL;
    self->trees = pmml_trees_new(self->program, &why);
    if (self->trees != NULL)
        errata_model_builder_set_trees(builder, g_steal_pointer(&self->trees->trees));
    else
        errata_model_builder_set_why_not_trees(
            builder,
            "%s",
            pmml_has_trees(self->program) ? why->message : "it is no model of trees");
}

/* in the order of scores; with one margin for two, the one that it is of comes last */
static void
pmml_add_classes(const Pmml *self, ErrataModelBuilder *builder)
{
    const PmmlModel *root = self->program->root;
    g_autoptr(GPtrArray) classes = g_ptr_array_new();
    if (root->function != PMML_CLASSIFICATION || root->labels->len == 0)
        return;
    for (guint i = 0; i < root->labels->len; i++)
        g_ptr_array_add(classes, root->labels->pdata[i]);
    if (self->trees != NULL && self->trees->single == 0) {
        classes->pdata[0] = root->labels->pdata[1];
        classes->pdata[1] = root->labels->pdata[0];
    }
    g_ptr_array_add(classes, NULL);
    errata_model_builder_set_classes(builder, (const char *const *)classes->pdata);
}

static ErrataModel *
pmml_load(const ErrataModelParts *parts, GError **error)
{
    const ErrataModelPart *part = errata_model_parts_main(parts);
    g_autoptr(GError) why = NULL;
    g_autoptr(PmmlXml) xml = pmml_xml_read(part->bytes, error);
    if (xml == NULL || !pmml_is_document(pmml_xml_root(xml), error))
        return NULL;
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("pmml", "PMML");
    pmml_describe(builder, pmml_xml_root(xml));
    PmmlProgram *program = pmml_compile(g_steal_pointer(&xml), &why);
    if (program == NULL) {
        if (!g_error_matches(why, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return NULL;
        }
        errata_model_builder_set_why_not(builder, "%s", why->message);
        return errata_model_builder_finish(builder, error);
    }
    Pmml *self = g_new0(Pmml, 1);
    self->program = program;
    self->columns = g_array_new(FALSE, FALSE, sizeof(Column));
    g_array_set_clear_func(self->columns, pmml_column_clear);
    errata_model_builder_set_task(builder, pmml_task(program->root));
    pmml_add_trees(self, builder);
    pmml_add_classes(self, builder);
    pmml_add_inputs(self, builder);
    pmml_add_outputs(self, builder);
    pmml_note_verified(builder, program);
    errata_model_builder_set_body(builder, &pmml_class, self);
    return errata_model_builder_finish(builder, error);
}

static const ErrataModelFormat pmml_format = {
    .id = "pmml",
    .summary = "PMML 3.0 – 4.4",
    .sniff = pmml_sniff,
    .load = pmml_load,
};

static const ErrataModelFormat *const pmml_formats[] = {&pmml_format, NULL};

extern const ErrataPlugin errata_plugin_pmml;
const ErrataPlugin errata_plugin_pmml = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "pmml",
    .models = pmml_formats,
};
