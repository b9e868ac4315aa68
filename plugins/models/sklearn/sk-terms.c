/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which words a linear model behind counts of words adds up, and with what weights: the columns of
 * a vectorizer are followed through the steps that treat columns one by one (idf, norms of rows,
 * selection, columns side by side) up to the model's coefficients. */
#include <math.h>
#include <string.h>

#include "model-terms.h"
#include "sk-private.h"

#define TERMS_NO_INPUT G_MAXUINT

/* a column on its way */
typedef struct {
    guint input;      /* that it comes from, or none that is known */
    gboolean is_word; /* it counts one */
    const char *term; /* (nullable) */
} TermColumn;

static gboolean terms_follow(const GPtrArray *steps, GArray **columns);

static TermColumn
terms_at(const GArray *columns, guint i)
{
    return g_array_index(columns, TermColumn, i);
}

static void
terms_of_words(const SkStep *step, const GArray *in, GArray *out)
{
    g_autofree const char **term = g_new0(const char *, (gsize)step->n_out + 1);
    sk_words_terms(step->words, term);
    for (guint i = 0; i < step->n_out; i++) {
        TermColumn column = {terms_at(in, 0).input, TRUE, term[i]};
        g_array_append_val(out, column);
    }
}

static gboolean
terms_of_parts(const SkStep *step, const GArray *in, GArray *out)
{
    for (guint p = 0; p < step->parts->len; p++) {
        const SkPart *part = step->parts->pdata[p];
        g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(TermColumn));
        for (guint i = 0; i < part->columns->len; i++) {
            TermColumn column = terms_at(in, g_array_index(part->columns, guint, i));
            g_array_append_val(own, column);
        }
        if (!terms_follow(part->steps, &own))
            return FALSE;
        if (own->len > 0)
            g_array_append_vals(out, own->data, own->len);
    }
    return TRUE;
}

/* a norm of rows of one text: what a word adds hangs on the others, but the sum is one of its
 * columns still */
static gboolean
terms_are_of_one(const GArray *columns)
{
    for (guint i = 1; i < columns->len; i++)
        if (terms_at(columns, i).input != terms_at(columns, 0).input)
            return FALSE;
    return TRUE;
}

static gboolean
terms_of_step(const SkStep *step, const GArray *in, GArray *out)
{
    TermColumn none = {TERMS_NO_INPUT, FALSE, NULL};
    switch (step->kind) {
    case SK_STEP_WORDS:
        terms_of_words(step, in, out);
        return TRUE;
    case SK_STEP_COLUMNS:
        return terms_of_parts(step, in, out);
    case SK_STEP_SELECT:
        for (guint k = 0; k < step->n_out; k++) {
            TermColumn column = terms_at(in, step->first[k]);
            g_array_append_val(out, column);
        }
        return TRUE;
    case SK_STEP_NORMALIZE:
        if (!terms_are_of_one(in))
            return FALSE;
        g_array_append_vals(out, in->data, in->len);
        return TRUE;
    case SK_STEP_SCALE:
    case SK_STEP_IMPUTE:
    case SK_STEP_BINARIZE:
    case SK_STEP_FUNCTION:
        g_array_append_vals(out, in->data, in->len);
        return TRUE;
    case SK_STEP_PROJECT:
    case SK_STEP_ENCODE:
    case SK_STEP_MISSING:
    case SK_STEP_POWERS:
    case SK_STEP_QUANTILES:
    case SK_STEP_POWER:
    case SK_STEP_BINS:
    case SK_STEP_LANDMARKS:
    case SK_STEP_SPLINE:
    case SK_STEP_MODELLED:
    default:
        break;
    }
    for (guint i = 0; i < in->len; i++) /* words are mixed with others */
        if (terms_at(in, i).is_word)
            return FALSE;
    for (guint k = 0; k < step->n_out; k++)
        g_array_append_val(out, none);
    return TRUE;
}

/* replaces @columns by what comes out; FALSE where words are not told apart any more */
static gboolean
terms_follow(const GPtrArray *steps, GArray **columns)
{
    for (guint i = 0; i < steps->len; i++) {
        const SkStep *step = steps->pdata[i];
        g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(TermColumn));
        GArray *in = *columns;
        if (in->len != step->n_in || !terms_of_step(step, in, out) || out->len != step->n_out)
            return FALSE;
        *columns = g_steal_pointer(&out);
        g_array_unref(in);
    }
    return TRUE;
}

/* its margins are what the coefficients add up to */
static gboolean
terms_is_sum(const SkBody *body)
{
    gboolean is_plain = body->n_classes > 0 ||
                        (body->link == SK_LINK_NONE && !isnan(sk_undo_scale(body->undo)));
    return body->kind == SK_LINEAR && body->coefficient != NULL && body->start == NULL && is_plain;
}

ErrataModelTerms *
sk_terms(const ErrataModel *model G_GNUC_UNUSED, gconstpointer data)
{
    const SkBody *body = data;
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(TermColumn));
    g_autoptr(ErrataModelTerms) self = NULL;
    double scale = sk_undo_scale(body->undo);
    guint n = 0;
    for (guint i = 0; i < body->n_inputs; i++) {
        TermColumn column = {i, FALSE, NULL};
        g_array_append_val(columns, column);
    }
    if (!terms_is_sum(body) || !terms_follow(body->steps, &columns) ||
        columns->len != body->n_features)
        return NULL;
    for (guint i = 0; i < columns->len; i++)
        n += terms_at(columns, i).is_word ? 1 : 0;
    if (n == 0)
        return NULL;
    self = errata_model_terms_new(n, body->n_margins);
    for (guint i = 0, at = 0; i < columns->len; i++) {
        TermColumn column = terms_at(columns, i);
        if (!column.is_word)
            continue;
        self->input[at] = column.input;
        self->term[at] = g_strdup(column.term);
        self->column[at] = i;
        for (guint k = 0; k < body->n_margins; k++)
            self->weight[(gsize)k * n + at] = body->coefficient[(gsize)k * body->n_features + i] *
                                              scale;
        at++;
    }
    return g_steal_pointer(&self);
}

void
sk_term_values(const ErrataModel *model G_GNUC_UNUSED,
               gconstpointer data,
               const ErrataModelTerms *terms,
               const ErrataModelRows *rows,
               gsize row,
               double *ret_value)
{
    const SkBody *body = data;
    guint widest = sk_widest(body->steps, body->n_inputs);
    g_autofree double *one = g_new(double, (gsize)widest + 1);
    g_autofree double *two = g_new(double, (gsize)widest + 1);
    g_autofree const char **texts = g_new0(const char *, (gsize)body->n_inputs + 1);
    gboolean refused = FALSE; /* such a row has no output to share out */
    const double *x;
    sk_read_cells(body, rows, row, one, texts);
    x = sk_run_steps(body->steps, texts, one, two, &refused);
    for (guint i = 0; i < terms->n; i++)
        ret_value[i] = x[terms->column[i]];
}
