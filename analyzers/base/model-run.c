/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running a model over all rows of a frame, a block per chunk, and writing what it says as CSV. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "model-rows.h"
#include "number.h"
#include "parallel.h"

#define RUN_GRAIN 2048 /* rows of a block */

typedef struct {
    const ErrataModelBinding *binding;
    ErrataModelResult *result;
    GError **errors;        /* per chunk */
    GStringChunk **strings; /* per chunk */
    gsize *n_refused;       /* per chunk */
} Run;

/* rows that the library would refuse get no outputs */
static gsize
run_refuse(const ErrataModel *model, const ErrataModelRows *rows, ErrataModelScores *scores)
{
    gsize n_refused = 0;

    for (gsize row = 0; row < rows->n_rows; row++) {
        gboolean refused = FALSE;

        for (guint i = 0; i < model->inputs->len && !refused; i++) {
            const ErrataModelInput *input = errata_model_input(model, i);
            double value = rows->number[i] != NULL ? rows->number[i][row] : 0.0;

            refused = (input->refuses_missing && isnan(value)) ||
                      (input->refuses_unseen && value < 0.0);
        }
        n_refused += refused ? 1 : 0;
        for (guint o = 0; refused && o < model->outputs->len; o++) {
            if (scores->number[o] != NULL)
                scores->number[o][row] = (double)NAN;
            else
                scores->text[o][row] = NULL;
        }
    }
    return n_refused;
}

static gboolean
run_may_refuse(const ErrataModel *model)
{
    for (guint i = 0; i < model->inputs->len; i++)
        if (errata_model_input(model, i)->refuses_missing ||
            errata_model_input(model, i)->refuses_unseen)
            return TRUE;
    return FALSE;
}

static void
run_chunk_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Run *self = data;
    const ErrataModel *model = self->result->model;
    guint n_outputs = self->result->n_outputs;
    g_autoptr(ErrataModelBlock) block = errata_model_block_new(self->binding, end - begin);
    const ErrataModelRows *rows = errata_model_block_fill(block, begin, end - begin);
    g_autofree double **number = g_new0(double *, n_outputs + 1);
    g_autofree const char ***text = g_new0(const char **, n_outputs + 1);
    ErrataModelScores scores = {end - begin, number, text, g_string_chunk_new(256)};

    for (guint o = 0; o < n_outputs; o++) {
        number[o] = self->result->number[o] != NULL ? self->result->number[o] + begin : NULL;
        text[o] = self->result->text[o] != NULL ? self->result->text[o] + begin : NULL;
        for (gsize i = 0; number[o] != NULL && i < end - begin; i++)
            number[o][i] = (double)NAN;
    }
    if (model->klass->predict(model, model->body, rows, &scores, &self->errors[chunk]) &&
        run_may_refuse(model))
        self->n_refused[chunk] = run_refuse(model, rows, &scores);
    self->strings[chunk] = scores.strings;
}

void
errata_model_result_free(ErrataModelResult *self)
{
    if (self == NULL)
        return;
    for (guint o = 0; o < self->n_outputs; o++) {
        g_free(self->number[o]);
        g_free(self->text[o]);
    }
    g_free(self->number);
    g_free(self->text);
    g_clear_pointer(&self->strings, g_ptr_array_unref);
    errata_model_unref(self->model);
    g_free(self);
}

static ErrataModelResult *
run_result(ErrataModel *model, gsize n_rows)
{
    ErrataModelResult *result = g_new0(ErrataModelResult, 1);

    result->model = errata_model_ref(model);
    result->n_rows = n_rows;
    result->n_outputs = model->outputs->len;
    result->number = g_new0(double *, result->n_outputs + 1);
    result->text = g_new0(const char **, result->n_outputs + 1);
    result->strings = g_ptr_array_new_with_free_func((GDestroyNotify)g_string_chunk_free);
    for (guint o = 0; o < result->n_outputs; o++) {
        if (errata_model_output(model, o)->type == ERRATA_MODEL_TEXT)
            result->text[o] = g_new0(const char *, n_rows);
        else
            result->number[o] = g_new(double, n_rows);
    }
    return result;
}

/**
 * errata_model_run:
 * @binding: rows bound to a model
 * @warnings: (element-type utf8): gets how many rows the model's library would refuse
 * @error: return location for a #GError
 *
 * Runs the model over all rows. Rows that the library would refuse (a missing value where it takes
 * none) get no outputs and are counted in a warning.
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED when the model cannot be run; those of the model.
 *
 * Returns: (transfer full): its outputs, or %NULL with @error set
 */
ErrataModelResult *
errata_model_run(const ErrataModelBinding *binding, GPtrArray *warnings, GError **error)
{
    ErrataModel *model = errata_model_binding_model(binding);
    gsize n_rows = errata_model_binding_n_rows(binding);
    gsize n_chunks = errata_parallel_n_chunks(n_rows, RUN_GRAIN);
    g_autoptr(ErrataModelResult) result = NULL;
    g_autofree GError **errors = g_new0(GError *, n_chunks + 1);
    g_autofree GStringChunk **strings = g_new0(GStringChunk *, n_chunks + 1);
    g_autofree gsize *n_refused = g_new0(gsize, n_chunks + 1);
    Run run = {binding, NULL, errors, strings, n_refused};
    gsize refused = 0;

    if (model->klass == NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_UNSUPPORTED,
                    "the model cannot be run: %s",
                    model->why_not);
        return NULL;
    }
    result = run_result(model, n_rows);
    run.result = result;
    errata_parallel_for(n_rows, RUN_GRAIN, run_chunk_cb, &run);
    for (gsize chunk = 0; chunk < n_chunks; chunk++) {
        g_ptr_array_add(result->strings, strings[chunk]);
        refused += n_refused[chunk];
        if (errors[chunk] == NULL)
            continue;
        if (error == NULL || *error == NULL)
            g_propagate_error(error, errors[chunk]);
        else
            g_error_free(errors[chunk]);
        result->n_rows = 0;
    }
    if (n_rows > 0 && result->n_rows == 0)
        return NULL;
    if (refused > 0)
        g_ptr_array_add(warnings,
                        g_strdup_printf("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                                        " rows have no output: they lack a value, or hold a "
                                        "category, that %s refuses",
                                        refused,
                                        n_rows,
                                        model->framework));
    return g_steal_pointer(&result);
}

/**
 * errata_model_append_csv:
 * @csv: a line of CSV
 * @text: (nullable): a cell
 *
 * Appends a cell, in quotes where it needs them.
 */
void
errata_model_append_csv(GString *csv, const char *text)
{
    if (text == NULL)
        return;
    if (strpbrk(text, ",\"\r\n") == NULL) {
        g_string_append(csv, text);
        return;
    }
    g_string_append_c(csv, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            g_string_append_c(csv, '"');
        g_string_append_c(csv, *text);
    }
    g_string_append_c(csv, '"');
}

static void
run_append_cell(const ErrataModelResult *self, guint o, gsize row, GString *csv)
{
    const ErrataModelOutput *output = errata_model_output(self->model, o);
    char buffer[ERRATA_NUMBER_BUFFER];
    double value = self->number[o] != NULL ? self->number[o][row] : 0.0;

    if (self->text[o] != NULL) {
        errata_model_append_csv(csv, self->text[o][row]);
    } else if (isnan(value)) {
        return;
    } else if (output->type == ERRATA_MODEL_CATEGORY) {
        errata_model_append_csv(csv, output->categories[(gsize)value]);
    } else if (!isfinite(value)) {
        g_string_append(csv, value > 0.0 ? "inf" : "-inf");
    } else {
        g_string_append(csv,
                        output->single ? errata_number_print_single((float)value, buffer)
                                       : errata_number_print(value, buffer));
    }
}

/**
 * errata_model_result_append_header:
 * @self: outputs of a model
 * @csv: gets a line: the names of the outputs, in their order
 */
void
errata_model_result_append_header(const ErrataModelResult *self, GString *csv)
{
    for (guint o = 0; o < self->n_outputs; o++) {
        if (o > 0)
            g_string_append_c(csv, ',');
        errata_model_append_csv(csv, errata_model_output(self->model, o)->name);
    }
    g_string_append_c(csv, '\n');
}

/**
 * errata_model_result_append_row:
 * @self: outputs of a model
 * @row: which
 * @csv: gets a line, or the rest of one
 *
 * Empty where there is no value; numbers with as many digits as read back the same.
 */
void
errata_model_result_append_row(const ErrataModelResult *self, gsize row, GString *csv)
{
    gboolean begins = csv->len == 0 || csv->str[csv->len - 1] == '\n';
    gsize before = csv->len;

    for (guint o = 0; o < self->n_outputs; o++) {
        if (o > 0)
            g_string_append_c(csv, ',');
        run_append_cell(self, o, row, csv);
    }
    if (begins && csv->len == before)
        g_string_append(csv, "\"\""); /* a blank line is no row to many readers */
    g_string_append_c(csv, '\n');
}
