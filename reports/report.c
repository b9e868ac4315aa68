/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include "compose.h"
#include "error.h"
#include "page.h"
#include "pdf.h"
#include "svg.h"

/* Case → document → pages → files. */

static gboolean
report_write(ErrataCase *report_case,
             const char *path,
             GByteArray *bytes,
             ErrataReportWrite write,
             gpointer data,
             GError **error)
{
    if (!write(path, bytes->data, bytes->len, data, error)) /* says which file it was */
        return FALSE;
    g_ptr_array_add(report_case->files, g_strdup(path));
    return TRUE;
}

static gboolean
report_write_pdf(ErrataCase *report_case,
                 const ErrataDocument *document,
                 ErrataPen *pen,
                 const char *paper,
                 ErrataReportWrite write,
                 gpointer data,
                 GError **error)
{
    g_autoptr(ErrataLayout) layout = errata_layout_new(document, pen, paper);
    g_autoptr(GByteArray) bytes = errata_pdf_draw(layout, document, pen, error);

    return bytes != NULL && report_write(report_case, "report.pdf", bytes, write, data, error);
}

static gboolean
report_write_svgs(ErrataCase *report_case,
                  const ErrataDocument *document,
                  ErrataPen *pen,
                  ErrataReportWrite write,
                  gpointer data,
                  GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < document->blocks->len; i++) {
        const ErrataBlock *block = g_ptr_array_index(document->blocks, i);

        for (guint j = 0; j < block->n_figures; j++) {
            const ErrataFigure *figure = block->figures[j];
            g_autofree char *path = errata_svg_path(j == 0 && block->stem != NULL ? block->stem
                                                                                  : figure->id);
            g_autoptr(GByteArray) bytes = NULL;

            if (!g_hash_table_add(seen, g_strdup(path)))
                continue;
            bytes = errata_svg_draw(figure, pen, error);
            if (bytes == NULL || !report_write(report_case, path, bytes, write, data, error))
                return FALSE;
        }
    }
    return TRUE;
}

static gboolean
report_check_formats(const char *const *formats, GError **error)
{
    for (guint i = 0; formats != NULL && formats[i] != NULL; i++) {
        if (g_strcmp0(formats[i], "html") == 0) {
            g_set_error_literal(error,
                                ERRATA_ERROR,
                                ERRATA_ERROR_UNSUPPORTED,
                                "html reports come with a later release; use pdf, svg or json");
            return FALSE;
        }
        if (g_strcmp0(formats[i], "pdf") != 0 && g_strcmp0(formats[i], "svg") != 0 &&
            g_strcmp0(formats[i], "json") != 0) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_USAGE,
                        "unknown report format “%s”; use pdf, svg or json",
                        formats[i]);
            return FALSE;
        }
    }
    return TRUE;
}

/**
 * errata_report_render:
 * @report_case: a finished case; the paths written are added to its `files`
 * @formats: (array zero-terminated=1): `pdf`, `svg`; `json` is passed over, the caller writes it
 * @paper: (nullable): `A4` or `Letter`
 * @write: takes each file
 * @data: for @write
 * @error: return location for a #GError
 *
 * Draws the report. The same case gives the same bytes: no clock, no random numbers; the date in
 * the PDF is the case's.
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED for `html`, %ERRATA_ERROR_USAGE for an unknown format,
 * %ERRATA_ERROR_INTERNAL when drawing fails, those of @write.
 *
 * Returns: whether all was written
 */
gboolean
errata_report_render(ErrataCase *report_case,
                     const char *const *formats,
                     const char *paper,
                     ErrataReportWrite write,
                     gpointer data,
                     GError **error)
{
    g_autoptr(ErrataDocument) document = NULL;
    g_autoptr(ErrataPen) pen = NULL;

    g_return_val_if_fail(report_case != NULL, FALSE);
    g_return_val_if_fail(write != NULL, FALSE);

    if (!report_check_formats(formats, error))
        return FALSE;
    document = errata_compose_new(report_case);
    pen = errata_pen_new();
    for (guint i = 0; formats != NULL && formats[i] != NULL; i++) {
        if (g_strcmp0(formats[i], "pdf") == 0 &&
            !report_write_pdf(report_case, document, pen, paper, write, data, error))
            return FALSE;
        if (g_strcmp0(formats[i], "svg") == 0 &&
            !report_write_svgs(report_case, document, pen, write, data, error))
            return FALSE;
    }
    return TRUE;
}

/**
 * errata_report_dump:
 * @report_case: a finished case
 * @paper: (nullable): `A4` or `Letter`
 *
 * Returns: (transfer full): where every block and every text stands, for golden files
 */
char *
errata_report_dump(const ErrataCase *report_case, const char *paper)
{
    g_autoptr(ErrataDocument) document = errata_compose_new(report_case);
    g_autoptr(ErrataPen) pen = errata_pen_new();
    g_autoptr(ErrataLayout) layout = errata_layout_new(document, pen, paper);

    return errata_page_dump(layout, document, pen);
}
