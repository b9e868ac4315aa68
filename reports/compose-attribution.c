/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "compose.h"
#include "value.h"

/* What drives the model: sizes on errors and on correct rows, what pushes the loss up, shares row
 * by row, how they go with values, and rows worked out. */

#define ATTRIBUTION_SPACE 20.0

static const ErrataFigure *
attribution_find(const ErrataShares *shares, const char *id)
{
    for (guint i = 0; i < shares->figures->len; i++) {
        const ErrataFigure *figure = g_ptr_array_index(shares->figures, i);

        if (g_strcmp0(figure->id, id) == 0)
            return figure;
    }
    return NULL;
}

/* figures side by side; those that are there */
static void
attribution_beside(ErrataDocument *document,
                   const ErrataShares *shares,
                   const char *const *ids,
                   guint n_slots)
{
    ErrataBlock *block = NULL;

    for (guint i = 0; ids[i] != NULL; i++) {
        const ErrataFigure *figure = attribution_find(shares, ids[i]);

        if (figure == NULL)
            continue;
        if (block == NULL) {
            block = errata_document_add(document, ERRATA_BLOCK_FIGURES);
            block->space = ATTRIBUTION_SPACE;
            block->n_slots = n_slots;
        }
        errata_block_add_figure(block, figure);
    }
}

static void
attribution_examples(ErrataDocument *document, const ErrataShares *shares)
{
    static const char *const errors[] = {"example-1", "example-2", NULL};
    static const char *const correct[] = {"example-3", NULL};

    if (attribution_find(shares, "example-1") == NULL &&
        attribution_find(shares, "example-2") == NULL &&
        attribution_find(shares, "example-3") == NULL)
        return;
    errata_compose_section(document,
                           "Rows worked out",
                           "two of the worst rows and a good one; red: up, blue: down",
                           TRUE)
        ->keep_next = TRUE;
    attribution_beside(document, shares, errors, 2);
    attribution_beside(document, shares, correct, 2);
}

/* shares by value, two beside each other; of names followed by what the value alone does */
static void
attribution_dependence(ErrataDocument *document, const ErrataShares *shares, gboolean surrogate)
{
    static const char *const ids[] = {"dependence-1",
                                      "effect-1",
                                      "dependence-2",
                                      "effect-2",
                                      "dependence-3",
                                      "effect-3",
                                      "dependence-4",
                                      "effect-4"};
    const char *beside[G_N_ELEMENTS(ids) + 2] = {NULL};
    guint n = 0;

    for (guint i = 0; i < G_N_ELEMENTS(ids); i++)
        if (attribution_find(shares, ids[i]) != NULL)
            beside[n++] = ids[i];
    if (n == 0)
        return;
    errata_compose_section(document,
                           "How shares go with values",
                           surrogate ? "bars below: rows with such a value"
                                     : "bars below: rows with such a value; line: that value "
                                       "alone moved",
                           TRUE)
        ->keep_next = TRUE;
    for (guint i = 0; i < n; i += 2) {
        const char *const pair[] = {beside[i], beside[i + 1], NULL};

        attribution_beside(document, shares, pair, 2);
    }
}

static void
attribution_note(ErrataDocument *document, const ErrataShares *shares)
{
    g_autofree char *rows = errata_value_count((double)shares->n_rows);
    g_autofree char *text = NULL;
    ErrataBlock *block;

    text = isfinite(shares->error) && shares->error > 0.0
               ? g_strdup_printf("%s rows. Method: %s; standard errors up to %.2g %% of the range.",
                                 rows,
                                 shares->method,
                                 100.0 * shares->error)
               : g_strdup_printf("%s rows. Method: %s.", rows, shares->method);
    block = errata_document_prose(document, ERRATA_STYLE_NOTE, text);
    block->ink = ERRATA_INK_SOFT;
    block->space = 6.0;
}

void
errata_compose_attribution(const ErrataCase *report_case, ErrataDocument *document)
{
    static const char *const drivers[] = {"drivers", "drivers-errors", "drivers-correct", NULL};
    static const char *const losses[] = {"loss", "permutation", NULL};
    static const char *const words[] = {"loss-words", NULL};
    static const char *const swarm[] = {"swarm", NULL};
    const ErrataShares *shares = report_case->shares;
    gboolean surrogate = shares != NULL && g_strcmp0(shares->source, "surrogate") == 0;

    if (shares == NULL || shares->n == 0)
        return;
    errata_compose_chapter(document,
                           "attribution",
                           surrogate ? "What drives the scores" : "What drives the model",
                           surrogate ? "asked of a surrogate, not of the model"
                           : g_strcmp0(shares->source, "log") == 0
                               ? "attributions as logged"
                               : "asked of the model itself; all features: report.json")
        ->not_first = TRUE;
    if (shares->text != NULL && *shares->text != '\0')
        errata_document_prose(document, ERRATA_STYLE_BODY, shares->text)->space = 8.0;
    attribution_note(document, shares);
    errata_compose_proposals(report_case, document, NULL, "attribution", 0);
    attribution_beside(document, shares, drivers, 2);
    attribution_beside(document, shares, losses, 2);
    attribution_beside(document, shares, words, 2);
    attribution_beside(document, shares, swarm, 1);
    attribution_dependence(document, shares, surrogate);
    attribution_examples(document, shares);
}
