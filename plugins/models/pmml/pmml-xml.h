/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The elements of a PMML document, read by libxml2's streaming reader with its limits on: no DTD,
 * no entities, no network. `Extension` elements are left out. */

typedef struct _PmmlElement PmmlElement;

struct _PmmlElement {
    const char *name;        /* local name, interned */
    const char **attributes; /* name, value, …, NULL; names interned */
    const char *text;        /* "" when there is none */
    guint text_length;
    guint text_room; /* of @text, for what is still to come */
    const PmmlElement *parent;
    PmmlElement *first;
    PmmlElement *last;
    PmmlElement *next;
    guint line;
};

typedef struct _PmmlXml PmmlXml;

/* to keep a borrowed string in a container that owns nothing */
static inline gpointer
pmml_pointer(gconstpointer borrowed)
{
    return (gpointer)(guintptr)borrowed;
}

PmmlXml *pmml_xml_read(GBytes *bytes, GError **error);
void pmml_xml_free(PmmlXml *self);
const PmmlElement *pmml_xml_root(const PmmlXml *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PmmlXml, pmml_xml_free)

static inline gboolean
pmml_is(const PmmlElement *element, const char *name)
{
    return g_str_equal(element->name, name);
}

const PmmlElement *pmml_child(const PmmlElement *element, const char *name);
/* the next sibling of that name */
const PmmlElement *pmml_next(const PmmlElement *element, const char *name);
guint pmml_count(const PmmlElement *element, const char *name);
const char *pmml_attribute(const PmmlElement *element, const char *name);

/* FALSE with an error that names the element and its line */
gboolean pmml_require(const PmmlElement *element,
                      const char *name,
                      const char **ret_value,
                      GError **error);
gboolean pmml_number(const PmmlElement *element,
                     const char *name,
                     double *ret_value,
                     GError **error);
gboolean pmml_number_or(const PmmlElement *element,
                        const char *name,
                        double fallback,
                        double *ret_value,
                        GError **error);
gboolean pmml_error(GError **error, const PmmlElement *element, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
gboolean pmml_unsupported(GError **error, const PmmlElement *element, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* @element is of a name that its place does not know: refused, never skipped */
gboolean pmml_unknown(GError **error, const PmmlElement *element);

/* numbers of an Array, Matrix row or text, blank-separated; NULL with @error set */
GArray *pmml_numbers(const PmmlElement *element, GError **error);
/* strings of an Array, blank-separated, quoted with ", \" inside */
GPtrArray *pmml_strings(const PmmlElement *element);
/* a dense Array or REAL-/INT-SparseArray of @length numbers (0: its own) */
GArray *pmml_array(const PmmlElement *element, guint length, GError **error);

G_END_DECLS
