/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a worker does for `errata attribute`: exact shares of every feature in the margin of every row,
 * checked row by row to add up, as one table. */
#include "worker-attribute.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "number.h"
#include "parallel.h"
#include "treeshap.h"

#define ATTRIBUTE_GRAIN 128  /* rows attributed and printed at once */
#define ATTRIBUTE_ROWS  8192 /* rows held at once */
#define ATTRIBUTE_GAP   1e-9 /* more than this is a bug, not rounding */

typedef struct {
    const ErrataWorkerModel *opened;
    const ErrataTreeshap *shap;
    gsize first;    /* row of the table at which chunk 0 begins */
    GString **text; /* per chunk */
    double *gap;    /* per chunk */
} Attribute;

static void
attribute_print(const ErrataModel *model, const double *phi, gsize n_rows, GString *csv)
{
    gsize n = (gsize)model->trees->n_groups * (model->trees->n_features + 1);

    for (gsize row = 0; row < n_rows; row++)
        for (gsize i = 0; i < n; i++) {
            char buffer[ERRATA_NUMBER_BUFFER];

            if (i > 0)
                g_string_append_c(csv, ',');
            g_string_append(csv, errata_number_print(phi[row * n + i], buffer));
            if (i + 1 == n)
                g_string_append_c(csv, '\n');
        }
}

static void
attribute_chunk_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Attribute *self = data;
    const ErrataModel *model = self->opened->model;
    gsize n = end - begin;
    gsize width = (gsize)model->trees->n_groups * (model->trees->n_features + 1);
    g_autoptr(ErrataModelBlock) block = errata_model_block_new(self->opened->binding, n);
    const ErrataModelRows *rows = errata_model_block_fill(block, self->first + begin, n);
    g_autofree double *phi = g_new(double, n *width);

    errata_treeshap_rows(self->shap, rows->number, n, phi);
    self->gap[chunk] = errata_treeshap_gap(self->shap, rows->number, n, phi, NULL);
    self->text[chunk] = g_string_sized_new(n * width * 20);
    attribute_print(model, phi, n, self->text[chunk]);
}

/* one column per feature and the bias; of several outputs each named after its number */
static void
attribute_header(const ErrataModel *model, GString *csv)
{
    for (guint g = 0; g < model->trees->n_groups; g++) {
        g_autofree char *prefix = model->trees->n_groups > 1 ? g_strdup_printf("c%u:", g)
                                                             : g_strdup("");

        for (guint f = 0; f <= model->trees->n_features; f++) {
            const char *name = f < model->trees->n_features ? errata_model_input(model, f)->name
                                                            : "__bias__";
            g_autofree char *full = g_strconcat(prefix, name, NULL);

            if (g > 0 || f > 0)
                g_string_append_c(csv, ',');
            errata_model_append_csv(csv, full);
        }
    }
    g_string_append_c(csv, '\n');
}

static gboolean
attribute_rows(Attribute *self,
               ErrataWorkerTable *table,
               ErrataProgress *progress,
               double *ret_gap,
               GError **error)
{
    gsize n_rows = self->opened->frame->n_rows;
    gsize most = errata_parallel_n_chunks(ATTRIBUTE_ROWS, ATTRIBUTE_GRAIN);
    g_autofree GString **text = g_new0(GString *, most);
    g_autofree double *gap = g_new0(double, most);

    self->text = text;
    self->gap = gap;
    attribute_header(self->opened->model, table->text);
    for (self->first = 0; self->first < n_rows; self->first += ATTRIBUTE_ROWS) {
        gsize n = MIN(ATTRIBUTE_ROWS, n_rows - self->first);
        gsize n_chunks = errata_parallel_n_chunks(n, ATTRIBUTE_GRAIN);

        errata_parallel_for(n, ATTRIBUTE_GRAIN, attribute_chunk_cb, self);
        for (gsize chunk = 0; chunk < n_chunks; chunk++) {
            g_string_append_len(table->text, text[chunk]->str, (gssize)text[chunk]->len);
            g_string_free(text[chunk], TRUE);
            *ret_gap = fmax(*ret_gap, gap[chunk]);
        }
        if (!errata_worker_table_flush(table, error))
            return FALSE;
        errata_progress_update(progress, (double)(self->first + n) / (double)n_rows);
    }
    return errata_worker_table_flush(table, error);
}

static gboolean
attribute_check_model(const ErrataModel *model, const char *name, GError **error)
{
    if (model->trees != NULL)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_UNSUPPORTED,
                "%s cannot be attributed: %s",
                name,
                model->why_not_trees != NULL ? model->why_not_trees
                                             : "it is no sum of decision trees");
    return FALSE;
}

/**
 * errata_worker_attribute:
 * @model: the model's file
 * @rows: its input rows
 * @progress: whom to tell
 * @answer: gets rows (t) and warnings (as)
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED for a model that is no sum of trees or lacks what attribution
 * needs; %ERRATA_ERROR_INTERNAL when the shares of a row do not add up to its margin.
 *
 * Returns: whether the table was written
 */
gboolean
errata_worker_attribute(const ErrataWorkerFile *model,
                        const ErrataWorkerFile *rows,
                        ErrataProgress *progress,
                        GVariantDict *answer,
                        GError **error)
{
    g_auto(ErrataWorkerModel) opened = {0};
    g_autoptr(ErrataTreeshap) shap = NULL;
    Attribute self = {.opened = &opened};
    ErrataWorkerTable table;
    double gap = 0.0;
    gboolean ok;

    if (!errata_worker_model_open(&opened, model, rows, progress, error) ||
        !attribute_check_model(opened.model, model->name, error))
        return FALSE;
    shap = errata_treeshap_new(opened.model->trees, error);
    if (shap == NULL)
        return FALSE;
    self.shap = shap;
    errata_progress_stage(progress, "attributing", 0.4, 1.0);
    ok = errata_worker_table_open(&table, error) &&
         attribute_rows(&self, &table, progress, &gap, error);
    ok = errata_worker_table_close(&table, ok ? error : NULL) && ok;
    if (ok && !(gap <= ATTRIBUTE_GAP)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INTERNAL,
                    "the shares of a row miss its margin by %g of it; please report this",
                    gap);
        return FALSE;
    }
    g_ptr_array_add(
        opened.warnings,
        g_strdup_printf("shares add up to the margin of every row, within %.2g of it", gap));
    g_variant_dict_insert(answer, "rows", "t", (guint64)opened.frame->n_rows);
    errata_worker_model_answer_warnings(&opened, answer);
    return ok;
}
