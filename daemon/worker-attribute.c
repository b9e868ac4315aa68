/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a worker does for `errata attribute`: exact shares of every feature in the margin of every row,
 * checked row by row to add up, as one table. */
#include "worker-attribute.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "number.h"
#include "parallel.h"
#include "rng.h"
#include "treeshap-background.h"
#include "treeshap.h"

#define ATTRIBUTE_ROWS       8192 /* rows held at once */
#define ATTRIBUTE_GRAIN      128  /* of these, rows attributed and printed together */
#define ATTRIBUTE_GRAIN_FAR  2048 /* against a background, whose cost is per tree */
#define ATTRIBUTE_GRAIN_PAIR 16   /* interactions, a matrix per row */
#define ATTRIBUTE_GAP        1e-9 /* more than this is a bug, not rounding */
#define ATTRIBUTE_BACKGROUND 1000 /* background rows used */

typedef struct {
    const ErrataWorkerModel *opened;
    ErrataTreeshap *shap;                 /* nullable */
    ErrataTreeshapBackground *background; /* nullable: then against it */
    gboolean pairs;
    gsize grain;
    gsize first;     /* row of the table at which chunk 0 begins */
    GString **text;  /* per chunk */
    double *gap;     /* per chunk */
    GError **errors; /* per chunk */
} Attribute;

static void
attribute_clear(Attribute *self)
{
    errata_treeshap_free(self->shap);
    errata_treeshap_background_free(self->background);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Attribute, attribute_clear)

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

/* a line per pair that has a share; i <= j, the bias in the last place */
static void
attribute_print_pairs(const ErrataModel *model,
                      const double *phi,
                      gsize first,
                      gsize n_rows,
                      GString *csv)
{
    gsize n = (gsize)model->trees->n_features + 1;
    guint n_groups = model->trees->n_groups;
    char buffer[ERRATA_NUMBER_BUFFER];

    for (gsize at = 0; at < n_rows * n_groups; at++)
        for (gsize i = 0; i < n; i++)
            for (gsize j = i; j < n; j++) {
                double value = phi[(at * n + i) * n + j];

                if (!(fabs(value) > 0.0))
                    continue;
                g_string_append_printf(csv,
                                       "%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT
                                       ",%" G_GSIZE_FORMAT ",%s\n",
                                       first + at / n_groups,
                                       at % n_groups,
                                       i,
                                       j,
                                       errata_number_print(value, buffer));
            }
}

/* rows of a matrix add up to what their feature has */
static void
attribute_sum_pairs(const ErrataTrees *trees, const double *pairs, gsize n_rows, double *ret_phi)
{
    gsize n = (gsize)trees->n_features + 1;

    for (gsize i = 0; i < n_rows * trees->n_groups * n; i++) {
        ret_phi[i] = 0.0;
        for (gsize j = 0; j < n; j++)
            ret_phi[i] += pairs[i * n + j];
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
    g_autofree double *pairs = NULL;

    self->text[chunk] = g_string_new(NULL);
    if (self->pairs) {
        pairs = g_new(double, n *width *(model->trees->n_features + 1));
        if (!errata_treeshap_interactions(self->shap, rows->number, n, pairs, &self->errors[chunk]))
            return;
        attribute_sum_pairs(model->trees, pairs, n, phi);
        attribute_print_pairs(model, pairs, self->first + begin, n, self->text[chunk]);
    } else if (self->background != NULL) {
        if (!errata_treeshap_background_rows(self->background,
                                             rows->number,
                                             n,
                                             phi,
                                             &self->errors[chunk]))
            return;
    } else {
        errata_treeshap_rows(self->shap, rows->number, n, phi);
    }
    self->gap[chunk] = errata_treeshap_gap(model->trees, rows->number, n, phi, NULL);
    if (!self->pairs)
        attribute_print(model, phi, n, self->text[chunk]);
}

/* one column per feature and the bias; of several outputs each named after its number */
static void
attribute_header(const ErrataModel *model, gboolean pairs, GString *csv)
{
    if (pairs) {
        g_string_append(csv, "row,group,i,j,value\n");
        return;
    }
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

/* the chunks of one call in order; FALSE with the first error */
static gboolean
attribute_collect(Attribute *self, gsize n_chunks, GString *csv, double *ret_gap, GError **error)
{
    gboolean ok = TRUE;

    for (gsize chunk = 0; chunk < n_chunks; chunk++) {
        g_string_append_len(csv, self->text[chunk]->str, (gssize)self->text[chunk]->len);
        g_string_free(self->text[chunk], TRUE);
        *ret_gap = fmax(*ret_gap, self->gap[chunk]);
        if (self->errors[chunk] == NULL)
            continue;
        if (ok)
            g_propagate_error(error, g_steal_pointer(&self->errors[chunk]));
        g_clear_error(&self->errors[chunk]);
        ok = FALSE;
    }
    return ok;
}

static gboolean
attribute_rows(Attribute *self,
               ErrataWorkerTable *table,
               ErrataProgress *progress,
               double *ret_gap,
               GError **error)
{
    gsize n_rows = self->opened->frame->n_rows;
    gsize most = errata_parallel_n_chunks(ATTRIBUTE_ROWS, self->grain);
    g_autofree GString **text = g_new0(GString *, most);
    g_autofree GError **errors = g_new0(GError *, most);
    g_autofree double *gap = g_new0(double, most);

    self->text = text;
    self->errors = errors;
    self->gap = gap;
    attribute_header(self->opened->model, self->pairs, table->text);
    for (self->first = 0; self->first < n_rows; self->first += ATTRIBUTE_ROWS) {
        gsize n = MIN(ATTRIBUTE_ROWS, n_rows - self->first);

        errata_parallel_for(n, self->grain, attribute_chunk_cb, self);
        if (!attribute_collect(self,
                               errata_parallel_n_chunks(n, self->grain),
                               table->text,
                               ret_gap,
                               error) ||
            !errata_worker_table_flush(table, error))
            return FALSE;
        errata_progress_update(progress, (double)(self->first + n) / (double)n_rows);
    }
    return errata_worker_table_flush(table, error);
}

/* up to %ATTRIBUTE_BACKGROUND rows of @n_rows, by chance, in order */
static gsize *
attribute_sample(gsize n_rows, gsize *ret_n)
{
    ErrataRng rng = errata_rng_init(0, 11, 0);
    gsize *sample = g_new(gsize, MIN(n_rows, ATTRIBUTE_BACKGROUND) + 1);
    gsize n = 0;

    /* each row with the odds that make the number come out */
    for (gsize row = 0; row < n_rows && n < ATTRIBUTE_BACKGROUND; row++)
        if (errata_rng_below(&rng, n_rows - row) < MIN(n_rows, ATTRIBUTE_BACKGROUND) - n)
            sample[n++] = row;
    *ret_n = n;
    return sample;
}

/* reads the background and binds it to the model */
static gboolean
attribute_background(Attribute *self,
                     ErrataWorkerModel *opened,
                     const ErrataWorkerFile *file,
                     GError **error)
{
    g_autoptr(ErrataFrame) frame = errata_worker_model_read_rows(opened, file, error);
    g_autoptr(ErrataModelBinding) binding = NULL;
    g_autoptr(ErrataModelBlock) block = NULL;
    const ErrataTrees *trees = opened->model->trees;
    g_autofree double *kept = NULL;
    g_autofree const double **number = NULL;
    g_autofree gsize *sample = NULL;
    gsize n;

    if (frame == NULL)
        return FALSE;
    binding = errata_model_binding_new(opened->model, frame, opened->warnings, error);
    if (binding == NULL)
        return FALSE;
    sample = attribute_sample(frame->n_rows, &n);
    kept = g_new(double, MAX(n * trees->n_features, 1));
    number = g_new(const double *, MAX(trees->n_features, 1));
    block = errata_model_block_new(binding, 1);
    for (gsize i = 0; i < n; i++) {
        const ErrataModelRows *row = errata_model_block_fill(block, sample[i], 1);

        for (guint f = 0; f < trees->n_features; f++)
            kept[f * n + i] = row->number[f][0];
    }
    for (guint f = 0; f < trees->n_features; f++)
        number[f] = kept + f * n;
    g_ptr_array_add(opened->warnings,
                    g_strdup_printf("background: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                                    " rows of %s",
                                    n,
                                    frame->n_rows,
                                    file->name));
    self->background = errata_treeshap_background_new(trees, number, n, error);
    return self->background != NULL;
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

static gboolean
attribute_prepare(Attribute *self,
                  ErrataWorkerModel *opened,
                  const ErrataWorkerFile *background,
                  GError **error)
{
    self->grain = self->pairs           ? ATTRIBUTE_GRAIN_PAIR
                  : background->fd >= 0 ? ATTRIBUTE_GRAIN_FAR
                                        : ATTRIBUTE_GRAIN;
    if (background->fd >= 0)
        return attribute_background(self, opened, background, error);
    self->shap = errata_treeshap_new(opened->model->trees, error);
    return self->shap != NULL;
}

/**
 * errata_worker_attribute:
 * @model: the model's file
 * @rows: its input rows
 * @background: background rows; a descriptor below 0 for none
 * @pairs: interactions in place of shares; not against a background
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
                        const ErrataWorkerFile *background,
                        gboolean pairs,
                        ErrataProgress *progress,
                        GVariantDict *answer,
                        GError **error)
{
    g_auto(ErrataWorkerModel) opened = {0};
    g_auto(Attribute) self = {.opened = &opened, .pairs = pairs};
    ErrataWorkerTable table;
    double gap = 0.0;
    gboolean ok;

    if (!errata_worker_model_open(&opened, model, rows, progress, error) ||
        !attribute_check_model(opened.model, model->name, error) ||
        !attribute_prepare(&self, &opened, background, error))
        return FALSE;
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
