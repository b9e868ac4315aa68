/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a worker does for `errata explain`: one prediction, what it owes to each feature, what would
 * have to be different for another one, and the errors of the log that are most like it. */
#include "worker-explain.h"

#include <math.h>
#include <string.h>

#include "column-store.h"
#include "counterfactual.h"
#include "error.h"
#include "evaluator.h"
#include "explainer.h"
#include "registry.h"
#include "worker-explain-private.h"
#include "worker-where.h"

#define EXPLAIN_ROUNDS    20
#define EXPLAIN_LOG       10000  /* rows whose values are plausible, at most … */
#define EXPLAIN_LOG_LEAST 500    /* … and at least … */
#define EXPLAIN_CELLS     500000 /* … as far as so many values go */
#define EXPLAIN_ERRORS    5000   /* errors looked at at once */
#define EXPLAIN_NEAREST   5

static void
explain_clear(Explain *self)
{
    errata_model_match_free(self->match);
    errata_model_binding_free(self->own);
    errata_model_cells_free(self->cell);
    errata_model_cells_free(self->log);
    errata_term_shares_free(self->words);
    g_free(self->word_value);
    g_free(self->log_row);
    errata_outcome_free(self->outcome);
    errata_schema_free(self->schema);
    errata_worker_model_clear(&self->opened);
    if (self->json.text != NULL)
        g_string_free(self->json.text, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Explain, explain_clear)

static gboolean
explain_read(Explain *self,
             const ErrataWorkerFile *log,
             const ErrataWorkerFile *row,
             GError **error)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    gsize before;

    if (self->opened.model != NULL) {
        errata_column_store_set_plain(TRUE);
        errata_model_keep_strings(self->opened.model, builder);
    }
    if (log->fd >= 0 &&
        !errata_registry_read(log->fd, log->name, builder, NULL, NULL, members, error))
        return FALSE;
    before = errata_frame_builder_n_rows(builder);
    self->has_log = before > 0;
    if (row->fd >= 0) {
        if (!errata_registry_read(row->fd, "--row", builder, NULL, NULL, members, error))
            return FALSE;
        if (errata_frame_builder_n_rows(builder) != before + 1) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_USAGE,
                        "--row: expected one JSON object, e.g. '{\"age\": 34}'; found %u rows",
                        (guint)(errata_frame_builder_n_rows(builder) - before));
            return FALSE;
        }
        self->row = before;
    }
    self->opened.frame = errata_frame_builder_finish(builder, error);
    return self->opened.frame != NULL;
}

/* the row of that id; without an id column its number */
static gboolean
explain_find(Explain *self, const char *id, GError **error)
{
    const ErrataFrame *frame = self->opened.frame;
    const ErrataColumn *column = self->schema->id >= 0 ? frame->columns[self->schema->id] : NULL;
    char *end = NULL;
    guint64 number = g_ascii_strtoull(id, &end, 10);

    for (gsize row = 0; column != NULL && row < frame->n_rows; row++) {
        g_autofree char *text = errata_column_is_valid(column, row)
                                    ? errata_column_print(column, row)
                                    : NULL;

        if (g_strcmp0(text, id) == 0) {
            self->row = row;
            return TRUE;
        }
    }
    if (column == NULL && *id != '\0' && *end == '\0' && number < frame->n_rows) {
        self->row = (gsize)number;
        return TRUE;
    }
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_NOT_FOUND,
                column != NULL ? "no row of the log has the %s “%s”"
                               : "the log has %s, and “%s” is not the number of a row",
                column != NULL ? column->name : "no column of ids",
                id);
    return FALSE;
}

/* the first row of the log that meets the condition */
static gboolean
explain_choose(Explain *self,
               const ErrataWorkerFile *log,
               const ErrataSettings *settings,
               GError **error)
{
    g_autoptr(ErrataRows) rows = errata_worker_where(log,
                                                     self->opened.frame->n_rows,
                                                     settings,
                                                     self->opened.warnings,
                                                     NULL,
                                                     error);
    gsize end;

    if (rows == NULL || !errata_rows_run(rows, 0, rows->n_rows, &self->row, &end))
        return FALSE;
    if (errata_rows_count(rows) > 1)
        g_ptr_array_add(
            self->opened.warnings,
            g_strdup_printf("the first of them is explained: row %" G_GSIZE_FORMAT, self->row));
    return TRUE;
}

/* members of --row that are no columns of the log, where in all other rows they are missing, are
 * told; of a row without any other there is nothing to explain */
static gboolean
explain_check_row(Explain *self, GError **error)
{
    const ErrataFrame *frame = self->opened.frame;
    g_autoptr(GString) known = g_string_new(NULL);
    gboolean any = frame->n_rows != self->row + 1;

    for (guint c = 0; !any && c < frame->n_columns; c++) {
        const ErrataColumn *column = frame->columns[c];
        gboolean given = errata_column_is_valid(column, self->row);
        gboolean strange = column->n_missing + (given ? 1 : 0) == frame->n_rows;

        if (given && strange)
            g_ptr_array_add(
                self->opened.warnings,
                g_strdup_printf("--row: the log has no column %s; it is not used", column->name));
        else if (!strange)
            g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "", column->name);
    }
    for (guint c = 0; !any && c < frame->n_columns; c++)
        any = errata_column_is_valid(frame->columns[c], self->row) &&
              frame->columns[c]->n_missing + 1 < frame->n_rows;
    if (!any)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "--row has a value for no column of the log; the columns are %s",
                    known->str);
    return any;
}

static gboolean
explain_bind(Explain *self,
             gboolean of_log,
             const char *id,
             const ErrataSettings *settings,
             GError **error)
{
    ErrataWorkerModel *opened = &self->opened;

    if (!self->has_log) {
        self->own = errata_model_binding_new(opened->model, opened->frame, opened->warnings, error);
        self->binding = self->own;
        return self->binding != NULL;
    }
    self->schema = errata_worker_model_schema(opened, settings, error);
    self->outcome = self->schema != NULL
                        ? errata_outcome_new(opened->frame, self->schema, settings, error)
                        : NULL;
    if (self->outcome == NULL || (of_log && id != NULL && !explain_find(self, id, error)))
        return FALSE;
    self->is_logged = of_log;
    if (!of_log && !explain_check_row(self, error))
        return FALSE;
    if (self->is_alone) { /* a surrogate of this log: there is nothing to match */
        self->own = errata_model_binding_new(opened->model, opened->frame, opened->warnings, error);
        self->binding = self->own;
        return self->binding != NULL;
    }
    self->match = errata_model_match_new(opened->model,
                                         opened->frame,
                                         self->schema,
                                         self->outcome,
                                         settings->seed,
                                         opened->warnings,
                                         error);
    self->binding = self->match != NULL ? self->match->binding : NULL;
    return self->binding != NULL;
}

static void
explain_cell(Explain *self, guint input, gsize row)
{
    const ErrataColumn *column = errata_model_binding_column(self->binding, input);
    g_autofree char *text = column != NULL && errata_column_is_valid(column, row)
                                ? errata_column_print(column, row)
                                : NULL;

    if (text == NULL)
        errata_json_writer_null(&self->json, "value");
    else
        errata_json_writer_string(&self->json, "value", text);
}

/* what the log says of the row: the prediction, the score and the label that it has */
static void
explain_logged(Explain *self)
{
    const ErrataSchema *schema = self->schema;
    const int of[] = {schema->prediction, schema->score, schema->label};
    static const char *const keys[] = {"prediction", "score", "label"};
    const double *confidence = self->outcome->confidence;

    errata_json_writer_begin(&self->json, "logged", '{');
    for (guint i = 0; i < G_N_ELEMENTS(of); i++) {
        const ErrataColumn *column = of[i] >= 0 ? self->opened.frame->columns[of[i]] : NULL;
        g_autofree char *text = column != NULL && errata_column_is_valid(column, self->row)
                                    ? errata_column_print(column, self->row)
                                    : NULL;

        if (text != NULL)
            errata_json_writer_string(&self->json, keys[i], text);
    }
    if (schema->score < 0 && confidence != NULL)
        errata_json_writer_double(&self->json, "confidence", confidence[self->row]);
    errata_json_writer_end(&self->json, '}');
}

/* whether the class that is @name is another one than the logged prediction of the row */
static gboolean
explain_disputes(const Explain *self, const char *name)
{
    const gint32 *predicted = self->is_logged ? self->outcome->predicted : NULL;
    int class_index = predicted != NULL ? errata_schema_class(self->schema, name) : -1;

    return class_index >= 0 && predicted[self->row] >= 0 && class_index != predicted[self->row];
}

/* the inputs that a row of one's own does not give */
static void
explain_refuse_silent(const Explain *self, GError **error)
{
    const ErrataModel *model = self->opened.model;
    g_autoptr(GString) absent = g_string_new(NULL);

    for (guint i = 0; i < model->inputs->len; i++) {
        const ErrataModelInput *input = errata_model_input(model, i);
        const ErrataColumn *column = errata_frame_find(self->opened.frame, input->name, NULL);

        if (column == NULL || !errata_column_is_valid(column, self->row))
            g_string_append_printf(absent, "%s%s", absent->len > 0 ? ", " : "", input->name);
    }
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "the model says nothing of this row%s%s; %s",
                absent->len > 0 ? ": it lacks " : "",
                absent->str,
                self->is_logged ? "explain another row" : "give --row all of its inputs");
}

/* what the model says, output by output */
static gboolean
explain_outputs(Explain *self, GError **error)
{
    ErrataModel *model = self->opened.model;
    ErrataQuantity plain = {.n_raw = 0, .n_groups = 0};
    g_autoptr(ErrataEvaluator) evaluator = errata_evaluator_new(model, &plain, 1);
    gboolean silent = model->outputs->len > 0;

    errata_model_cells_copy(evaluator->cells, 0, &self->cell->rows, 0);
    if (!errata_evaluator_run(evaluator, 1, error))
        return FALSE;
    errata_json_writer_begin(&self->json, "outputs", '{');
    for (guint o = 0; o < model->outputs->len; o++) {
        const ErrataModelOutput *output = errata_model_output(model, o);
        double value = evaluator->number[o] != NULL ? evaluator->number[o][0] : (double)NAN;

        silent = silent && evaluator->number[o] != NULL && !(value >= 0.0 || value < 0.0);

        if (output->type == ERRATA_MODEL_CATEGORY && value >= 0.0) {
            const char *name = output->categories[(gsize)value];

            self->is_disputed = self->is_disputed || explain_disputes(self, name);
            errata_json_writer_string(&self->json, output->name, name);
        } else if (output->type == ERRATA_MODEL_NUMBER) {
            errata_json_writer_double(&self->json, output->name, value);
        }
    }
    if (silent) {
        explain_refuse_silent(self, error);
        return FALSE;
    }
    errata_json_writer_end(&self->json, '}');
    errata_json_writer_boolean(&self->json, "disagrees_with_log", self->is_disputed);
    return TRUE;
}

typedef struct {
    guint feature;
    double share;
} Part;

static int
explain_compare(const void *a, const void *b)
{
    const Part *x = a;
    const Part *y = b;
    double left = fabs(x->share), right = fabs(y->share);

    return left > right ? -1 : left < right ? 1 : (int)x->feature - (int)y->feature;
}

/* inputs with their values and shares, the largest first; what they add up to with the bias */
double
explain_features(Explain *self, const double *phi, guint n)
{
    g_autofree Part *part = g_new(Part, n + 1);
    double sum = phi[n];

    for (guint f = 0; f < n; f++) {
        part[f] = (Part){f, phi[f]};
        sum += phi[f];
    }
    qsort(part, n, sizeof *part, explain_compare);
    errata_json_writer_begin(&self->json, "features", '[');
    for (guint i = 0; i < n; i++) {
        errata_json_writer_begin(&self->json, NULL, '{');
        errata_json_writer_string(&self->json,
                                  "feature",
                                  errata_model_input(self->opened.model, part[i].feature)->name);
        explain_cell(self, part[i].feature, self->row);
        errata_json_writer_double(&self->json, "share", part[i].share);
        errata_json_writer_end(&self->json, '}');
    }
    errata_json_writer_end(&self->json, ']');
    return sum;
}

static void
explain_group(Explain *self, const ErrataExplainer *explainer, const double *phi, guint group)
{
    guint n = errata_explainer_n_features(explainer);
    char **classes = self->opened.model->classes;
    guint n_classes = classes != NULL ? g_strv_length(classes) : 0;
    /* the one margin of two classes is the second's */
    guint of = n_classes == 2 && errata_explainer_n_groups(explainer) == 1 ? 1 : group;

    errata_json_writer_begin(&self->json, NULL, '{');
    errata_json_writer_uint(&self->json, "output", group);
    errata_json_writer_string(&self->json, "class", of < n_classes ? classes[of] : NULL);
    errata_json_writer_double(&self->json, "bias", phi[n]);
    errata_json_writer_double(&self->json, "margin", explain_features(self, phi, n));
    explain_words(self, phi, group);
    errata_json_writer_end(&self->json, '}');
}

static gboolean
explain_shares(Explain *self, const ErrataSettings *settings, GError **error)
{
    ErrataModel *model = self->opened.model;
    gboolean own = !errata_explainer_needs_background(model, ERRATA_QUANTITY_MARGIN);
    ErrataExplainerEffort effort = {EXPLAIN_BACKGROUND, EXPLAIN_ROUNDS};
    g_autoptr(ErrataExplainer) explainer =
        errata_explainer_new(model,
                             ERRATA_QUANTITY_MARGIN,
                             own || !self->has_log ? NULL : self->binding,
                             &effort,
                             settings->seed,
                             error);
    ErrataSampledCheck check = {0};
    g_autofree double *phi = NULL;
    gsize width;

    if (explainer == NULL) {
        if (!self->has_log)
            g_prefix_error(error, "name a log after the model: ");
        return FALSE;
    }
    width = (gsize)errata_explainer_n_features(explainer) + 1;
    phi = g_new(double, width *errata_explainer_n_groups(explainer));
    if (!errata_explainer_rows(explainer, &self->cell->rows, self->row, NULL, phi, &check, error))
        return FALSE;
    errata_json_writer_string(&self->json, "method", errata_explainer_method(explainer));
    errata_json_writer_double(&self->json, "additivity", check.gap);
    errata_json_writer_double(&self->json, "standard_error", check.error);
    explain_find_words(self, explainer);
    errata_json_writer_begin(&self->json, "attribution", '[');
    for (guint g = 0; g < errata_explainer_n_groups(explainer); g++)
        explain_group(self, explainer, phi + g * width, g);
    errata_json_writer_end(&self->json, ']');
    return TRUE;
}

static void
explain_changes(Explain *self, const ErrataCounterfactual *found, const gsize *row)
{
    errata_json_writer_begin(&self->json, "counterfactual", '{');
    errata_json_writer_begin(&self->json, "changes", '[');
    for (guint i = 0; i < found->n_changes; i++) {
        const ErrataColumn *column = errata_model_binding_column(self->binding, found->input[i]);
        g_autofree char *from = column != NULL && errata_column_is_valid(column, self->row)
                                    ? errata_column_print(column, self->row)
                                    : NULL;
        g_autofree char *to = column != NULL && errata_column_is_valid(column, row[found->donor[i]])
                                  ? errata_column_print(column, row[found->donor[i]])
                                  : NULL;

        errata_json_writer_begin(&self->json, NULL, '{');
        errata_json_writer_string(&self->json,
                                  "feature",
                                  errata_model_input(self->opened.model, found->input[i])->name);
        errata_json_writer_string(&self->json, "from", from);
        errata_json_writer_string(&self->json, "to", to);
        errata_json_writer_end(&self->json, '}');
    }
    errata_json_writer_end(&self->json, ']');
    errata_json_writer_double(&self->json, "value", found->value);
    errata_json_writer_double(&self->json, "distance", found->distance);
    errata_json_writer_uint(&self->json, "tried", found->n_tried);
    errata_json_writer_end(&self->json, '}');
}

static void
explain_no_change(Explain *self, const char *why)
{
    errata_json_writer_null(&self->json, "counterfactual");
    errata_json_writer_string(&self->json, "why_no_counterfactual", why);
}

/* inputs that are not to be changed, or that it would change nothing to */
static guint8 *
explain_fixed(const Explain *self, const ErrataSettings *settings)
{
    const ErrataModel *model = self->opened.model;
    g_autofree guint8 *read = errata_model_reads(model);
    guint8 *fixed = g_new0(guint8, model->inputs->len + 1);

    for (guint f = 0; f < model->inputs->len; f++) {
        const ErrataColumn *column = errata_model_binding_column(self->binding, f);

        fixed[f] = column == NULL || read[f] == 0 ||
                   (settings->immutable != NULL &&
                    g_strv_contains((const char *const *)settings->immutable, column->name));
    }
    return fixed;
}

/* rows of the log, for the values that are plausible and how far they are apart */
static void
explain_read_log(Explain *self, guint64 seed)
{
    gsize most = EXPLAIN_CELLS / MAX(self->opened.model->inputs->len, 1);
    gsize n;

    self->log_row = errata_model_cells_sample(self->opened.frame->n_rows,
                                              CLAMP(most, EXPLAIN_LOG_LEAST, EXPLAIN_LOG),
                                              seed,
                                              &n);
    self->log = errata_model_cells_new(self->binding, self->log_row, n);
}

/* from which probability of the model's second class on the log predicts it */
static double
explain_cut(const Explain *self)
{
    const ErrataSchema *schema = self->schema;
    const char *const *classes = (const char *const *)self->opened.model->classes;
    const int *matched = self->match != NULL ? self->match->class : NULL;
    gboolean second;

    if (schema->n_classes != 2 || schema->positive < 0 || isnan(schema->threshold))
        return 0.5;
    if (matched != NULL)
        second = matched[schema->positive] == 1;
    else
        second = classes == NULL || classes[0] == NULL ||
                 !g_str_equal(classes[0], schema->classes[schema->positive]);
    return second ? schema->threshold : 1.0 - schema->threshold;
}

static gboolean
explain_counterfactual(Explain *self, const ErrataSettings *settings, GError **error)
{
    ErrataModel *model = self->opened.model;
    g_autoptr(ErrataQuantity) quantity =
        errata_quantity_of_outputs(model, ERRATA_QUANTITY_PROBABILITY, NULL);
    g_autofree guint8 *fixed = NULL;
    ErrataCounterfactual found;

    if (self->is_alone && self->is_disputed) {
        explain_no_change(self,
                          "the surrogate already says otherwise than the log does, so that what "
                          "changes it tells nothing of the model");
        return TRUE;
    }
    if (quantity == NULL || !self->has_log) {
        explain_no_change(self,
                          quantity == NULL ? "the model gives no probabilities of classes"
                                           : "plausible values are those of a log, and none was "
                                             "named");
        return TRUE;
    }
    fixed = explain_fixed(self, settings);
    if (!errata_counterfactual_find(model,
                                    quantity,
                                    explain_cut(self),
                                    &self->cell->rows,
                                    &self->log->rows,
                                    fixed,
                                    &found,
                                    error))
        return FALSE;
    if (found.n_changes > 0)
        explain_changes(self, &found, self->log_row);
    else
        explain_no_change(self,
                          found.is_known
                              ? "no change of up to three values to those of the log does it"
                              : "the model says nothing of this row");
    return TRUE;
}

/* a row of the log */
typedef struct {
    gsize at;
    double distance;
} Near;

static int
explain_compare_near(const void *a, const void *b)
{
    const Near *x = a;
    const Near *y = b;

    return x->distance < y->distance   ? -1
           : x->distance > y->distance ? 1
           : x->at < y->at             ? -1
                                       : x->at > y->at;
}

static void
explain_neighbour(Explain *self, gsize row, double distance)
{
    const ErrataFrame *frame = self->opened.frame;
    const int of[] = {self->schema->id, self->schema->label, self->schema->prediction};
    static const char *const keys[] = {"id", "label", "prediction"};

    errata_json_writer_begin(&self->json, NULL, '{');
    errata_json_writer_uint(&self->json, "row", row);
    for (guint i = 0; i < G_N_ELEMENTS(of); i++) {
        g_autofree char *text = of[i] >= 0 && errata_column_is_valid(frame->columns[of[i]], row)
                                    ? errata_column_print(frame->columns[of[i]], row)
                                    : NULL;

        errata_json_writer_string(&self->json, keys[i], text);
    }
    errata_json_writer_double(&self->json, "distance", distance);
    errata_json_writer_end(&self->json, '}');
}

/* the nearest of those so far and of some more errors; both by their rows in the log */
static guint
explain_nearer(const Explain *self,
               const double *scale,
               const gsize *error,
               gsize n,
               Near *near,
               guint n_near)
{
    g_autoptr(ErrataModelCells) cells = errata_model_cells_new(self->binding, error, n);

    for (gsize i = 0; i < n; i++) {
        Near one = {error[i], 0.0};

        for (guint f = 0; f < self->opened.model->inputs->len; f++)
            one.distance +=
                errata_counterfactual_distance(&self->cell->rows, 0, &cells->rows, i, f, scale[f]);
        near[n_near++] = one;
        qsort(near, n_near, sizeof *near, explain_compare_near);
        n_near = MIN(n_near, EXPLAIN_NEAREST);
    }
    return n_near;
}

/* the errors of the log that are most like the row, in median absolute deviations over all
 * inputs */
static void
explain_nearest(Explain *self)
{
    const ErrataOutcome *outcome = self->outcome;
    g_autofree gsize *error = g_new(gsize, EXPLAIN_ERRORS);
    g_autofree double *scale = NULL;
    Near near[EXPLAIN_NEAREST + 1];
    guint n_near = 0;
    gsize n = 0;

    errata_json_writer_begin(&self->json, "nearest_errors", '[');
    if (outcome != NULL)
        scale = errata_counterfactual_scales(self->opened.model, &self->log->rows);
    for (gsize row = 0; outcome != NULL && row < outcome->n_rows; row++) {
        if (outcome->error[row] != 0 && row != self->row)
            error[n++] = row;
        if (n == EXPLAIN_ERRORS || row + 1 == outcome->n_rows) {
            n_near = explain_nearer(self, scale, error, n, near, n_near);
            n = 0;
        }
    }
    for (guint i = 0; i < n_near; i++)
        explain_neighbour(self, near[i].at, near[i].distance);
    errata_json_writer_end(&self->json, ']');
}

static gboolean
explain_write(Explain *self, const char *name, const ErrataSettings *settings, GError **error)
{
    if (self->has_log)
        explain_read_log(self, settings->seed);
    self->json.text = g_string_new(NULL);
    errata_json_writer_begin(&self->json, NULL, '{');
    errata_json_writer_string(&self->json, "model", name);
    errata_json_writer_string(&self->json, "kind", self->opened.model->kind);
    errata_json_writer_uint(&self->json, "row", self->row);
    if (self->is_logged)
        explain_logged(self);
    if (!explain_outputs(self, error) || !explain_shares(self, settings, error) ||
        !explain_loss(self, settings, error) || !explain_counterfactual(self, settings, error))
        return FALSE;
    explain_nearest(self);
    errata_json_writer_end(&self->json, '}');
    return TRUE;
}

static gboolean
explain_open(Explain *self, const ErrataWorkerFile *model, GError **error)
{
    g_autoptr(GError) local = NULL;

    self->opened.warnings = g_ptr_array_new_with_free_func(g_free);
    self->opened.model =
        errata_registry_load_model(model->fd, model->name, self->opened.warnings, &local);
    if (self->opened.model == NULL && self->is_alone && local != NULL &&
        strstr(local->message, " is a log, not a model") != NULL)
        return TRUE; /* a surrogate of its scores will do */
    self->is_alone = FALSE;
    if (self->opened.model == NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (self->opened.model->klass != NULL)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_UNSUPPORTED,
                "%s cannot be run: %s",
                model->name,
                self->opened.model->why_not);
    return FALSE;
}

/**
 * errata_worker_explain:
 * @model: the model's file; or a log, whose scores a surrogate follows, where @log is none
 * @log: a log; a descriptor below 0 for none
 * @row: one row as a JSON object; a descriptor below 0 for none
 * @id: (nullable): else the id of a row of the log; without one it is the first that meets
 *   @settings' condition
 * @settings: roles, columns that may not change, the seed
 * @progress: whom to tell
 * @answer: gets explanation (s, JSON) and warnings (as)
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_NOT_FOUND for an id that the log lacks; those of reading, binding and
 * running.
 *
 * Returns: whether it was done
 */
gboolean
errata_worker_explain(const ErrataWorkerFile *model,
                      const ErrataWorkerFile *log,
                      const ErrataWorkerFile *row,
                      const char *id,
                      const ErrataSettings *settings,
                      ErrataProgress *progress,
                      GVariantDict *answer,
                      GError **error)
{
    g_auto(Explain) self = {.opened = {0}};
    gboolean of_log = row->fd < 0;

    errata_progress_stage(progress, "opening", 0.0, 0.1);
    self.is_alone = log->fd < 0;
    if (!explain_open(&self, model, error))
        return FALSE;
    if (log->fd < 0 && !self.is_alone && of_log) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_USAGE,
                            "--id and --where are looked up in a log: name it after the model");
        return FALSE;
    }
    errata_progress_stage(progress, "reading", 0.1, 0.5);
    if (!explain_read(&self, self.is_alone ? model : log, row, error) ||
        (self.is_alone && !errata_worker_model_follow(&self.opened, settings, progress, error)) ||
        !explain_bind(&self, of_log, id, settings, error) ||
        (of_log && id == NULL &&
         !explain_choose(&self, self.is_alone ? model : log, settings, error)))
        return FALSE;
    errata_progress_stage(progress, "explaining", 0.5, 1.0);
    self.cell = errata_model_cells_new(self.binding, &self.row, 1);
    if (!explain_write(&self, model->name, settings, error))
        return FALSE;
    g_variant_dict_insert(answer, "explanation", "s", self.json.text->str);
    errata_worker_model_answer_warnings(&self.opened, answer);
    return TRUE;
}
