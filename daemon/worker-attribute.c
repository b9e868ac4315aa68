/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a worker does for `errata attribute`: shares of every feature in the margin, the probability
 * or the loss of every row, checked row by row to add up, as one table. */
#include "worker-attribute.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "explainer.h"
#include "model-truth.h"
#include "number.h"
#include "pair-shares.h"
#include "parallel.h"
#include "treeshap.h"
#include "worker-where.h"

#define ATTRIBUTE_CHUNKS          8    /* held at once, with what is printed of them */
#define ATTRIBUTE_BACKGROUND      1000 /* background rows used, for margins of trees and sums */
#define ATTRIBUTE_BACKGROUND_SLOW 100  /* where each row is compared with each of them */
#define ATTRIBUTE_ROUNDS          20   /* at most through them, for an estimate */

typedef struct {
    const ErrataWorkerModel *opened;
    ErrataPairShares *pairs; /* interactions: then no explainer */
    ErrataExplainer *explainer;
    ErrataFrame *background;     /* nullable: what the next is bound to */
    ErrataModelBinding *binding; /* nullable: of the background */
    double *truth;               /* nullable: labels, for losses */
    guint n_features;
    guint n_groups;
    ErrataRows *only;        /* rows that are asked for */
    ErrataWorkerNames names; /* what they are called */
    gsize grain;
    gsize first;               /* row of the table at which chunk 0 begins */
    GString **text;            /* per chunk */
    ErrataSampledCheck *check; /* per chunk */
    GError **errors;           /* per chunk */
} Attribute;

static void
attribute_clear(Attribute *self)
{
    errata_pair_shares_free(self->pairs);
    errata_explainer_free(self->explainer);
    errata_model_binding_free(self->binding);
    errata_frame_unref(self->background);
    errata_rows_free(self->only);
    errata_worker_names_clear(&self->names);
    g_free(self->truth);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Attribute, attribute_clear)

static void
attribute_print(const Attribute *self, const double *phi, gsize first, gsize n_rows, GString *csv)
{
    gsize n = (gsize)self->n_groups * (self->n_features + 1);

    for (gsize row = 0; row < n_rows; row++) {
        errata_worker_names_row(&self->names, first + row, csv);
        for (gsize i = 0; i < n; i++) {
            char buffer[ERRATA_NUMBER_BUFFER];

            if (i > 0)
                g_string_append_c(csv, ',');
            if (!isnan(phi[row * n + i]))
                g_string_append(csv, errata_number_print(phi[row * n + i], buffer));
            if (i + 1 == n)
                g_string_append_c(csv, '\n');
        }
    }
}

/* a line per pair that has a share; i <= j, the bias in the last place */
static void
attribute_print_pairs(const Attribute *self,
                      const double *phi,
                      gsize first,
                      gsize n_rows,
                      GString *csv)
{
    gsize n = (gsize)self->n_features + 1;
    guint n_groups = self->n_groups;
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

static void
attribute_pairs(const Attribute *self, const ErrataModelRows *rows, gsize first, gsize chunk)
{
    gsize width = (gsize)self->n_features + 1;
    g_autofree double *pairs = g_new(double, rows->n_rows * self->n_groups * width * width);

    if (errata_pair_shares_rows(self->pairs,
                                rows,
                                pairs,
                                &self->check[chunk],
                                &self->errors[chunk]))
        attribute_print_pairs(self, pairs, first, rows->n_rows, self->text[chunk]);
}

static void
attribute_run(const Attribute *self, ErrataModelBlock *block, gsize first, gsize n, gsize chunk)
{
    const ErrataModelRows *rows = errata_model_block_fill(block, first, n);
    g_autofree double *phi = NULL;

    if (self->pairs != NULL) {
        attribute_pairs(self, rows, first, chunk);
        return;
    }
    phi = g_new(double, n * self->n_groups * ((gsize)self->n_features + 1));
    if (errata_explainer_rows(self->explainer,
                              rows,
                              first,
                              self->truth != NULL ? self->truth + first : NULL,
                              phi,
                              &self->check[chunk],
                              &self->errors[chunk]))
        attribute_print(self, phi, first, n, self->text[chunk]);
}

/* of the rows that are asked for, as many as follow one another at a time */
static void
attribute_chunk_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Attribute *self = data;
    g_autoptr(ErrataModelBlock) block = errata_model_block_new(self->opened->binding, end - begin);
    gsize from = self->first + begin, to = self->first + end, run, behind;

    self->text[chunk] = g_string_new(NULL);
    self->check[chunk] = (ErrataSampledCheck){0};
    for (; self->errors[chunk] == NULL && errata_rows_run(self->only, from, to, &run, &behind);
         from = behind)
        attribute_run(self, block, run, behind - run, chunk);
}

/* one column per feature and the bias; of several outputs each named after its number */
static void
attribute_header(const Attribute *self, GString *csv)
{
    if (self->pairs != NULL) {
        g_string_append(csv, "row,group,i,j,value\n");
        return;
    }
    errata_worker_names_header(&self->names, csv);
    for (guint g = 0; g < self->n_groups; g++) {
        g_autofree char *prefix = self->n_groups > 1 ? g_strdup_printf("c%u:", g) : g_strdup("");

        for (guint f = 0; f <= self->n_features; f++) {
            const char *name = f < self->n_features
                                   ? errata_model_input(self->opened->model, f)->name
                                   : "__bias__";
            g_autofree char *full = g_strconcat(prefix, name, NULL);

            if (g > 0 || f > 0)
                g_string_append_c(csv, ',');
            errata_model_append_csv(csv, full);
        }
    }
    g_string_append_c(csv, '\n');
}

/* the chunks of one call, written in order; FALSE with the first error */
static gboolean
attribute_collect(Attribute *self,
                  gsize n_chunks,
                  ErrataWorkerTable *table,
                  ErrataSampledCheck *check,
                  GError **error)
{
    gboolean ok = TRUE;

    for (gsize chunk = 0; chunk < n_chunks; chunk++) {
        GString *text = self->text[chunk];

        check->gap = fmax(check->gap, self->check[chunk].gap);
        check->error = fmax(check->error, self->check[chunk].error);
        check->n_sampled += self->check[chunk].n_sampled;
        check->n_undefined += self->check[chunk].n_undefined;
        if (ok && self->errors[chunk] != NULL) {
            g_propagate_error(error, g_steal_pointer(&self->errors[chunk]));
            ok = FALSE;
        } else if (ok) {
            ok = errata_worker_table_write(table, text->str, text->len, error);
        }
        g_clear_error(&self->errors[chunk]);
        g_string_free(text, TRUE);
    }
    return ok;
}

static gboolean
attribute_rows(Attribute *self,
               ErrataWorkerTable *table,
               ErrataProgress *progress,
               ErrataSampledCheck *check,
               GError **error)
{
    gsize n_rows = self->opened->frame->n_rows;
    gsize most = self->grain * ATTRIBUTE_CHUNKS;
    GString *text[ATTRIBUTE_CHUNKS] = {NULL};
    GError *errors[ATTRIBUTE_CHUNKS] = {NULL};
    ErrataSampledCheck checks[ATTRIBUTE_CHUNKS] = {{0}};

    self->text = text;
    self->errors = errors;
    self->check = checks;
    attribute_header(self, table->text);
    if (!errata_worker_table_flush(table, error))
        return FALSE;
    for (self->first = 0; self->first < n_rows; self->first += most) {
        gsize n = MIN(most, n_rows - self->first);

        errata_parallel_for(n, self->grain, attribute_chunk_cb, self);
        if (!attribute_collect(self, errata_parallel_n_chunks(n, self->grain), table, check, error))
            return FALSE;
        errata_progress_update(progress, (double)(self->first + n) / (double)n_rows);
    }
    return TRUE;
}

/* the rows that absence is taken from: those given, or, where there must be some, those
 * explained */
static gboolean
attribute_background(Attribute *self,
                     ErrataWorkerModel *opened,
                     const ErrataWorkerFile *file,
                     gboolean needed,
                     GError **error)
{
    if (file->fd >= 0) {
        self->background = errata_worker_model_read_rows(opened, file, error);
        if (self->background == NULL)
            return FALSE;
    } else if (needed && opened->frame->n_rows < 2) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "one row alone has nothing to be compared with, and each of its features would "
                    "be said to do nothing; give other rows with --background FILE");
        return FALSE;
    } else if (needed) {
        self->background = errata_frame_ref(opened->frame);
    } else {
        return TRUE;
    }
    self->binding =
        errata_model_binding_new(opened->model, self->background, opened->warnings, error);
    return self->binding != NULL;
}

static gboolean
attribute_read_truth(Attribute *self,
                     ErrataWorkerModel *opened,
                     const ErrataSettings *settings,
                     GError **error)
{
    g_autoptr(ErrataSchema) schema = errata_worker_model_schema(opened, settings, error);
    g_autoptr(ErrataOutcome) outcome = NULL;

    if (schema == NULL)
        return FALSE;
    outcome = errata_outcome_new(opened->frame, schema, settings, error);
    if (outcome == NULL)
        return FALSE;
    self->truth = errata_model_truth_new(opened->model,
                                         errata_explainer_n_classes(self->explainer),
                                         opened->frame,
                                         schema,
                                         outcome,
                                         NULL,
                                         opened->warnings,
                                         error);
    return self->truth != NULL;
}

static void
attribute_tell_background(const Attribute *self,
                          gsize n_used,
                          const ErrataWorkerModel *opened,
                          const ErrataWorkerFile *file)
{
    if (self->binding != NULL)
        g_ptr_array_add(opened->warnings,
                        g_strdup_printf("background: %" G_GSIZE_FORMAT " of the %" G_GSIZE_FORMAT
                                        " rows %s%s",
                                        n_used,
                                        self->background->n_rows,
                                        file->fd >= 0 ? "of " : "themselves",
                                        file->fd >= 0 ? file->name : ""));
}

static gboolean
attribute_prepare_pairs(Attribute *self,
                        ErrataWorkerModel *opened,
                        const ErrataWorkerFile *background,
                        const ErrataSettings *settings,
                        GError **error)
{
    const ErrataTrees *trees = opened->model->trees;

    if (!attribute_background(self,
                              opened,
                              background,
                              trees != NULL && (!errata_treeshap_is_defined(trees) ||
                                                errata_pair_shares_is_rescaled(opened->model)),
                              error))
        return FALSE;
    self->pairs = errata_pair_shares_new(opened->model,
                                         self->binding,
                                         ATTRIBUTE_BACKGROUND,
                                         settings->seed,
                                         error);
    if (self->pairs == NULL)
        return FALSE;
    self->grain = errata_pair_shares_grain(self->pairs);
    self->n_features = errata_pair_shares_n_features(self->pairs);
    self->n_groups = errata_pair_shares_n_groups(self->pairs);
    attribute_tell_background(self,
                              errata_pair_shares_n_background(self->pairs),
                              opened,
                              background);
    return TRUE;
}

static gboolean
attribute_prepare(Attribute *self,
                  ErrataWorkerModel *opened,
                  const ErrataWorkerFile *background,
                  ErrataQuantityKind kind,
                  const ErrataSettings *settings,
                  GError **error)
{
    gboolean trees = opened->model->trees != NULL && kind == ERRATA_QUANTITY_MARGIN &&
                     opened->model->trees->link != ERRATA_LINK_ISOLATION;
    /* trees whose file tells no training weights need rows, like all other models */
    gboolean needs_rows = errata_explainer_needs_background(opened->model, kind);
    ErrataExplainerEffort effort = {trees ? ATTRIBUTE_BACKGROUND : ATTRIBUTE_BACKGROUND_SLOW,
                                    ATTRIBUTE_ROUNDS,
                                    ATTRIBUTE_BACKGROUND};

    if (!attribute_background(self, opened, background, needs_rows, error))
        return FALSE;
    self->explainer =
        errata_explainer_new(opened->model, kind, self->binding, &effort, settings->seed, error);
    if (self->explainer == NULL)
        return FALSE;
    self->grain = errata_explainer_grain(self->explainer);
    self->n_features = errata_explainer_n_features(self->explainer);
    self->n_groups = errata_explainer_n_groups(self->explainer);
    attribute_tell_background(self,
                              errata_explainer_n_background(self->explainer),
                              opened,
                              background);
    return kind != ERRATA_QUANTITY_LOSS || attribute_read_truth(self, opened, settings, error);
}

/* what a reader must know of the shares; FALSE where they do not add up */
static gboolean
attribute_tell(const Attribute *self,
               ErrataWorkerModel *opened,
               ErrataQuantityKind kind,
               const ErrataSampledCheck *check,
               GError **error)
{
    double most = self->explainer != NULL ? errata_explainer_tolerance(self->explainer)
                                          : errata_pair_shares_tolerance();
    const char *nick = self->explainer != NULL ? errata_explainer_nick(self->explainer)
                                               : errata_quantity_nick(kind);

    if (!(check->gap <= most)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INTERNAL,
                    "the shares of a row miss its %s by %g of it; please report this",
                    nick,
                    check->gap);
        return FALSE;
    }
    g_ptr_array_add(opened->warnings,
                    g_strdup(self->explainer != NULL ? errata_explainer_method(self->explainer)
                                                     : errata_pair_shares_method(self->pairs)));
    if (check->n_sampled > 0)
        g_ptr_array_add(opened->warnings,
                        g_strdup_printf("shares of %" G_GSIZE_FORMAT " rows are estimates, with "
                                        "standard errors of up to %.2g %% of the %s's range",
                                        check->n_sampled,
                                        100.0 * check->error,
                                        nick));
    if (check->n_undefined > 0)
        g_ptr_array_add(opened->warnings,
                        g_strdup_printf("%" G_GSIZE_FORMAT " rows have no %s, and no shares",
                                        check->n_undefined,
                                        nick));
    g_ptr_array_add(opened->warnings,
                    g_strdup_printf("shares add up to the %s of every row, within %.2g of it",
                                    nick,
                                    check->gap));
    return TRUE;
}

/**
 * errata_worker_attribute:
 * @model: the model's file
 * @rows: its input rows; a descriptor below 0 where @model is a log, whose scores a surrogate
 *   follows
 * @background: background rows; a descriptor below 0 for none
 * @what: (nullable): `margin`, `probability`, `loss`, or `interactions` of the margin
 * @settings: which column is the label, which rows are asked for, and the seed
 * @progress: whom to tell
 * @answer: gets rows (t) and warnings (as)
 * @error: return location for a #GError
 *
 * Errors: those of errata_explainer_new(); %ERRATA_ERROR_MISSING_ROLE for the loss of rows without
 * labels; %ERRATA_ERROR_INTERNAL when the shares of a row do not add up.
 *
 * Returns: whether the table was written
 */
gboolean
errata_worker_attribute(const ErrataWorkerFile *model,
                        const ErrataWorkerFile *rows,
                        const ErrataWorkerFile *background,
                        const char *what,
                        const ErrataSettings *settings,
                        ErrataProgress *progress,
                        GVariantDict *answer,
                        GError **error)
{
    g_auto(ErrataWorkerModel) opened = {0};
    g_auto(Attribute) self = {.opened = &opened};
    ErrataQuantityKind kind = ERRATA_QUANTITY_MARGIN;
    ErrataSampledCheck check = {0};
    ErrataWorkerTable table;
    gboolean pairs = g_strcmp0(what, "interactions") == 0;
    gboolean ok;

    if (what != NULL && !pairs && !errata_quantity_parse(what, &kind)) {
        g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_USAGE, "nothing is called “%s”", what);
        return FALSE;
    }
    if (rows->fd >= 0 ? !errata_worker_model_open(&opened, model, rows, progress, error)
                      : !errata_worker_model_train(&opened, model, settings, progress, error))
        return FALSE;
    ok = pairs ? attribute_prepare_pairs(&self, &opened, background, settings, error)
               : attribute_prepare(&self, &opened, background, kind, settings, error);
    if (!ok) {
        g_prefix_error(error, "%s cannot be attributed: ", model->name);
        return FALSE;
    }
    self.only = errata_worker_where(rows->fd >= 0 ? rows : model,
                                    opened.frame->n_rows,
                                    settings,
                                    opened.warnings,
                                    &self.names,
                                    error);
    if (self.only == NULL)
        return FALSE;
    errata_progress_stage(progress, "attributing", 0.4, 1.0);
    ok = errata_worker_table_open(&table, error) &&
         attribute_rows(&self, &table, progress, &check, error);
    ok = errata_worker_table_close(&table, ok ? error : NULL) && ok;
    if (!ok || !attribute_tell(&self, &opened, kind, &check, error))
        return FALSE;
    g_variant_dict_insert(answer, "rows", "t", (guint64)errata_rows_count(self.only));
    errata_worker_model_answer_warnings(&opened, answer);
    return TRUE;
}
