/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pdf.h"

#include <cairo-pdf.h>

#include "error.h"
#include "page.h"

static cairo_status_t
pdf_append_cb(void *closure, const unsigned char *data, unsigned int length)
{
    g_byte_array_append(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

static void
pdf_set_metadata(cairo_surface_t *surface, const ErrataDocument *document)
{
    static const char never[] = "1970-01-01T00:00:00Z"; /* or cairo would ask the clock */
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) time = document->created != NULL
                                    ? g_date_time_new_from_iso8601(document->created, utc)
                                    : NULL;
    const char *created = time != NULL ? document->created : never;

    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, document->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, document->subject);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_KEYWORDS, document->keywords);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Errata");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, created);
}

static void
pdf_add_outline(cairo_surface_t *surface,
                const ErrataLayout *layout,
                const ErrataDocument *document)
{
    int parent = CAIRO_PDF_OUTLINE_ROOT;

    for (guint i = 0; i < document->blocks->len; i++) {
        const ErrataBlock *block = g_ptr_array_index(document->blocks, i);
        g_autofree char *link = NULL;
        int entry;

        if (block->outline == NULL || block->dest == NULL ||
            !g_hash_table_contains(layout->dests, block->dest))
            continue;
        link = g_strdup_printf("dest='%s'", block->dest);
        entry = cairo_pdf_surface_add_outline(surface,
                                              block->outline_level == 0 ? CAIRO_PDF_OUTLINE_ROOT
                                                                        : parent,
                                              block->outline,
                                              link,
                                              CAIRO_PDF_OUTLINE_FLAG_OPEN);
        if (block->outline_level == 0)
            parent = entry;
    }
}

/**
 * errata_pdf_draw:
 * @layout: pages
 * @document: what is on them
 * @pen: draws
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_INTERNAL when cairo fails.
 *
 * Returns: (transfer full): a PDF with outline, links and metadata
 */
GByteArray *
errata_pdf_draw(const ErrataLayout *layout,
                const ErrataDocument *document,
                ErrataPen *pen,
                GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(pdf_append_cb, bytes, layout->width, layout->height);
    cairo_t *target = cairo_create(surface);
    cairo_status_t status;

    pdf_set_metadata(surface, document);
    errata_pen_set_target(pen, target);
    for (guint i = 0; i < layout->pages->len; i++) {
        errata_page_draw(layout, document, pen, i);
        cairo_show_page(target);
    }
    errata_pen_set_target(pen, NULL);
    pdf_add_outline(surface, layout, document);
    status = cairo_status(target);
    cairo_destroy(target);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INTERNAL,
                    "drawing the pdf failed: %s",
                    cairo_status_to_string(status));
        return NULL;
    }
    return g_steal_pointer(&bytes);
}
