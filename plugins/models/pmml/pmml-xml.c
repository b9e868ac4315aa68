/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pmml-xml.h"

#include <libxml/xmlreader.h>
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "number.h"

/* elements and strings live in blocks that are freed together */
#define ATTRIBUTE_LIMIT 4096
#define BLOCK_BYTES     (1U << 18)

struct _PmmlXml {
    GPtrArray *blocks;
    gsize used;
    gsize room;
    GStringChunk *names;
    PmmlElement *root;
    guint n_elements;
};

static gpointer
xml_alloc(PmmlXml *self, gsize size)
{
    size = (size + 15) & ~(gsize)15;
    if (self->room - self->used < size) {
        self->room = size > BLOCK_BYTES ? size : BLOCK_BYTES;
        self->used = 0;
        g_ptr_array_add(self->blocks, g_malloc(self->room));
    }
    guint8 *place = self->blocks->pdata[self->blocks->len - 1];
    place += self->used;
    self->used += size;
    return place;
}

static const char *
xml_string(PmmlXml *self, const char *text)
{
    gsize size = strlen(text) + 1;
    return memcpy(xml_alloc(self, size), text, size);
}

void
pmml_xml_free(PmmlXml *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->blocks);
    g_string_chunk_free(self->names);
    g_free(self);
}

const PmmlElement *
pmml_xml_root(const PmmlXml *self)
{
    return self->root;
}

static void
xml_read_attributes(PmmlXml *self, xmlTextReaderPtr reader, PmmlElement *element)
{
    int n = xmlTextReaderAttributeCount(reader);
    const char **attribute = xml_alloc(self, (2 * (gsize)(n > 0 ? n : 0) + 1) * sizeof(char *));
    gsize k = 0;
    while (xmlTextReaderMoveToNextAttribute(reader) == 1) {
        if (xmlTextReaderIsNamespaceDecl(reader) == 1)
            continue;
        const char *value = (const char *)xmlTextReaderConstValue(reader);
        attribute[k++] =
            g_string_chunk_insert_const(self->names,
                                        (const char *)xmlTextReaderConstLocalName(reader));
        attribute[k++] = xml_string(self, value != NULL ? value : "");
    }
    attribute[k] = NULL;
    element->attributes = attribute;
}

/* where the node stands: the parser itself is further on. Nodes count lines up to 65,535 */
static guint
xml_line(xmlTextReaderPtr reader)
{
    long line = xmlGetLineNo(xmlTextReaderCurrentNode(reader));
    return line > 0 && line < G_MAXUINT16 ? (guint)line
                                          : (guint)xmlTextReaderGetParserLineNumber(reader);
}

static PmmlElement *
xml_read_element(PmmlXml *self, xmlTextReaderPtr reader, PmmlElement *parent)
{
    PmmlElement *element = xml_alloc(self, sizeof *element);
    *element = (PmmlElement){
        .name = g_string_chunk_insert_const(self->names,
                                            (const char *)xmlTextReaderConstLocalName(reader)),
        .text = "",
        .parent = parent,
        .line = xml_line(reader),
    };
    xml_read_attributes(self, reader, element);
    self->n_elements++;
    if (parent == NULL)
        self->root = element;
    else if (parent->last == NULL)
        parent->first = parent->last = element;
    else
        parent->last = parent->last->next = element;
    return element;
}

static void
xml_read_text(PmmlXml *self, xmlTextReaderPtr reader, PmmlElement *element)
{
    const char *text = (const char *)xmlTextReaderConstValue(reader);
    if (element == NULL || text == NULL || text[0] == '\0')
        return;
    gsize length = strlen(text);
    gsize size = element->text_length + length + 1;
    if (size > element->text_room) {
        /* what comes in many pieces, between many elements, is not copied for each of them */
        element->text_room = (guint)(element->text_length > 0 ? 2 * size : size);
        element->text =
            memcpy(xml_alloc(self, element->text_room), element->text, element->text_length);
    }
    memcpy(pmml_pointer(element->text + element->text_length), text, length + 1);
    element->text_length += (guint)length;
}

typedef struct {
    PmmlXml *xml;
    PmmlElement *open;
    guint skipping;    /* depth within an Extension, 0 outside */
    gboolean has_type; /* then entities that are not declared are no error to the parser */
    char *message;
    int line;
} XmlRead;

static gboolean
xml_refuse(const XmlRead *read, const char *what, GError **error)
{
    g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, "line %d: %s", read->line, what);
    return FALSE;
}

static gboolean
xml_open(XmlRead *read, xmlTextReaderPtr reader, GError **error)
{
    int is_empty = xmlTextReaderIsEmptyElement(reader);
    if (read->skipping > 0 ||
        (g_str_equal((const char *)xmlTextReaderConstLocalName(reader), "Extension") &&
         /* where naive Bayes of PMML 4.1 had its numeric inputs */
         !(read->open != NULL && g_str_equal(read->open->name, "BayesInputs")))) {
        read->skipping += is_empty == 1 ? 0 : 1;
        return TRUE;
    }
    if (read->xml->n_elements >= ERRATA_LIMIT_XML_ELEMENTS)
        return xml_refuse(read, "more elements than a model may have", error);
    PmmlElement *element = xml_read_element(read->xml, reader, read->open);
    if (is_empty != 1)
        read->open = element;
    return TRUE;
}

/* blanks alone are a text where a text is all that there can be */
static gboolean
xml_keeps_blanks(const PmmlElement *open)
{
    return open != NULL &&
           (pmml_is(open, "Constant") || (open->parent != NULL && pmml_is(open->parent, "row")));
}

/* whether a document type names the standard's only, as PMML up to version 2 did: what lies
 * elsewhere is never fetched, and nothing is declared */
static gboolean
xml_type_is_bare(xmlTextReaderPtr reader)
{
    const xmlNode *node = xmlTextReaderCurrentNode(reader);
    const xmlDtd *type = node != NULL ? (const xmlDtd *)(gconstpointer)node : NULL;
    return type != NULL && type->type == XML_DTD_NODE && type->children == NULL;
}

static gboolean
xml_node(XmlRead *read, xmlTextReaderPtr reader, GError **error)
{
    switch (xmlTextReaderNodeType(reader)) {
    case XML_READER_TYPE_DOCUMENT_TYPE:
        read->has_type = TRUE;
        return xml_type_is_bare(reader) ||
               xml_refuse(read,
                          "the document type declares something of its own (entities, elements or "
                          "attributes), which is never read: leave only its name, or remove it",
                          error);
    case XML_READER_TYPE_ENTITY_REFERENCE:
        return xml_refuse(read, "expected text, found a reference to an entity", error);
    case XML_READER_TYPE_ELEMENT:
        return xml_open(read, reader, error);
    case XML_READER_TYPE_END_ELEMENT:
        if (read->skipping > 0)
            read->skipping--;
        else
            read->open = pmml_pointer(read->open->parent);
        return TRUE;
    case XML_READER_TYPE_WHITESPACE:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        if (read->skipping == 0 && xml_keeps_blanks(read->open))
            xml_read_text(read->xml, reader, read->open);
        return TRUE;
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
        if (read->skipping == 0)
            xml_read_text(read->xml, reader, read->open);
        return TRUE;
    default:
        return TRUE;
    }
}

static void
xml_note_error(void *data, xmlErrorPtr problem)
{
    XmlRead *read = data;
    if (read->message != NULL || problem->level < XML_ERR_ERROR)
        return;
    read->message =
        g_strchomp(g_utf8_make_valid(problem->message != NULL ? problem->message : "", -1));
    read->line = problem->line;
}

/* what is no element: a comment, text as it is, an instruction; NULL where it never ends */
static const char *
xml_skip(const char *at, const char *end)
{
    static const char *const open[] = {"<!--", "<![CDATA[", "<?"};
    static const char *const close[] = {"-->", "]]>", "?>"};
    for (guint i = 0; i < G_N_ELEMENTS(open); i++) {
        gsize length = strlen(open[i]);
        if ((gsize)(end - at) < length || memcmp(at, open[i], length) != 0)
            continue;
        const char *stop =
            memmem(at + length, (gsize)(end - at) - length, close[i], strlen(close[i]));
        return stop != NULL ? stop + strlen(close[i]) : NULL;
    }
    return at + 1;
}

/* The parser compares each attribute of an element with all others of it: no element may have so
 * many that this takes long. Elements are found as far as that needs: documents in UTF-8 and its
 * like. */
static gboolean
xml_has_few_attributes(const char *data, gsize size)
{
    const char *at = data, *end = data + size;
    while (at != NULL && (at = memchr(at, '<', (gsize)(end - at))) != NULL) {
        guint n = 0;
        if (at + 1 < end && (at[1] == '!' || at[1] == '?')) {
            at = xml_skip(at, end);
            continue;
        }
        for (; at != NULL && at < end && *at != '>' && n <= ATTRIBUTE_LIMIT; at++) {
            n += *at == '=';
            if (*at == '"' || *at == '\'')
                at = memchr(at + 1, *at, (gsize)(end - at) - 1);
            if (at == NULL)
                return TRUE;
        }
        if (n > ATTRIBUTE_LIMIT)
            return FALSE;
    }
    return TRUE;
}

/**
 * pmml_xml_read:
 * @bytes: the document
 *
 * Returns: (nullable): its elements, or %NULL with an error naming the line
 */
PmmlXml *
pmml_xml_read(GBytes *bytes, GError **error)
{
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    if (size > G_MAXINT) {
        g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_LIMIT, "larger than 2 GiB");
        return NULL;
    }
    if (size > 0 && !xml_has_few_attributes(data, size)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "an element has more than %d attributes",
                    ATTRIBUTE_LIMIT);
        return NULL;
    }
    g_autoptr(PmmlXml) self = g_new0(PmmlXml, 1);
    self->blocks = g_ptr_array_new_with_free_func(g_free);
    self->names = g_string_chunk_new(4096);
    xmlTextReaderPtr reader =
        xmlReaderForMemory(data, (int)size, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOCDATA);
    if (reader == NULL) {
        g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, "no XML reader");
        return NULL;
    }
    XmlRead read = {.xml = self};
    xmlTextReaderSetStructuredErrorHandler(reader, xml_note_error, &read);
    gboolean ok = TRUE;
    int more = 1;
    while (ok && (more = xmlTextReaderRead(reader)) == 1) {
        if (read.message == NULL)
            read.line = (int)xml_line(reader);
        ok = xml_node(&read, reader, error);
    }
    xmlFreeTextReader(reader);
    g_autofree char *message = read.message;
    if (ok && (more != 0 || self->root == NULL || (read.has_type && message != NULL)))
        ok = xml_refuse(&read, message != NULL ? message : "no XML element", error);
    return ok ? g_steal_pointer(&self) : NULL;
}

const PmmlElement *
pmml_child(const PmmlElement *element, const char *name)
{
    for (const PmmlElement *child = element->first; child != NULL; child = child->next)
        if (pmml_is(child, name))
            return child;
    return NULL;
}

const PmmlElement *
pmml_next(const PmmlElement *element, const char *name)
{
    for (element = element->next; element != NULL; element = element->next)
        if (pmml_is(element, name))
            return element;
    return NULL;
}

guint
pmml_count(const PmmlElement *element, const char *name)
{
    guint n = 0;
    for (const PmmlElement *child = element->first; child != NULL; child = child->next)
        n += pmml_is(child, name);
    return n;
}

const char *
pmml_attribute(const PmmlElement *element, const char *name)
{
    for (const char *const *pair = element->attributes; *pair != NULL; pair += 2)
        if (g_str_equal(pair[0], name))
            return pair[1];
    return NULL;
}

static gboolean
xml_throw(GError **error, ErrataError code, const PmmlElement *element, const char *what)
{
    g_set_error(error, ERRATA_ERROR, code, "line %u: %s: %s", element->line, element->name, what);
    return FALSE;
}

gboolean
pmml_error(GError **error, const PmmlElement *element, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *what = g_strdup_vprintf(format, list);
    va_end(list);
    return xml_throw(error, ERRATA_ERROR_INVALID_DATA, element, what);
}

gboolean
pmml_unsupported(GError **error, const PmmlElement *element, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *what = g_strdup_vprintf(format, list);
    va_end(list);
    return xml_throw(error, ERRATA_ERROR_UNSUPPORTED, element, what);
}

gboolean
pmml_unknown(GError **error, const PmmlElement *element)
{
    return pmml_unsupported(error,
                            element,
                            "not an element that can be computed within %s",
                            element->parent->name);
}

gboolean
pmml_require(const PmmlElement *element, const char *name, const char **ret_value, GError **error)
{
    *ret_value = pmml_attribute(element, name);
    return *ret_value != NULL || pmml_error(error, element, "no attribute “%s”", name);
}

/* the spellings of XML Schema beside plain numbers */
static gboolean
xml_parse_number(const char *text, gsize length, double *ret_value)
{
    while (length > 0 && g_ascii_isspace(text[0])) {
        text++;
        length--;
    }
    while (length > 0 && g_ascii_isspace(text[length - 1]))
        length--;
    if (errata_number_parse_double(text, length, ret_value))
        return TRUE;
    static const struct {
        const char *text;
        double value;
    } special[] = {{"NaN", (double)NAN},
                   {"INF", (double)INFINITY},
                   {"+INF", (double)INFINITY},
                   {"-INF", -(double)INFINITY}};
    for (guint i = 0; i < G_N_ELEMENTS(special); i++)
        if (strlen(special[i].text) == length && memcmp(special[i].text, text, length) == 0) {
            *ret_value = special[i].value;
            return TRUE;
        }
    return FALSE;
}

gboolean
pmml_number(const PmmlElement *element, const char *name, double *ret_value, GError **error)
{
    const char *text;
    if (!pmml_require(element, name, &text, error))
        return FALSE;
    return xml_parse_number(text, strlen(text), ret_value) ||
           pmml_error(error, element, "%s: expected a number, found “%s”", name, text);
}

gboolean
pmml_number_or(const PmmlElement *element,
               const char *name,
               double fallback,
               double *ret_value,
               GError **error)
{
    *ret_value = fallback;
    return pmml_attribute(element, name) == NULL || pmml_number(element, name, ret_value, error);
}

GArray *
pmml_numbers(const PmmlElement *element, GError **error)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(double));
    const char *at = element->text;
    while (TRUE) {
        at += strspn(at, " \t\r\n");
        gsize length = strcspn(at, " \t\r\n");
        if (length == 0)
            return g_steal_pointer(&numbers);
        gboolean quoted = length > 1 && at[0] == '"' && at[length - 1] == '"';
        double value;
        if (!xml_parse_number(at + quoted, length - 2 * (gsize)quoted, &value)) {
            g_autofree char *found = g_strndup(at, MIN(length, 40));
            pmml_error(error, element, "expected a number, found “%s”", found);
            return NULL;
        }
        g_array_append_val(numbers, value);
        at += length;
    }
}

GPtrArray *
pmml_strings(const PmmlElement *element)
{
    GPtrArray *strings = g_ptr_array_new_with_free_func(g_free);
    const char *at = element->text;
    while (TRUE) {
        at += strspn(at, " \t\r\n");
        if (*at == '\0')
            return strings;
        GString *one = g_string_new(NULL);
        gboolean quoted = *at == '"';
        at += quoted;
        while (*at != '\0' && (quoted ? *at != '"' : !g_ascii_isspace(*at))) {
            if (at[0] == '\\' && at[1] == '"')
                at++;
            g_string_append_c(one, *at++);
        }
        at += quoted && *at == '"';
        g_ptr_array_add(strings, g_string_free(one, FALSE));
    }
}

static GArray *
xml_sparse(const PmmlElement *element, guint length, GError **error)
{
    double n, elsewhere;
    const PmmlElement *indices = pmml_child(element, "Indices");
    const PmmlElement *entries = pmml_child(element, "REAL-Entries");
    if (entries == NULL)
        entries = pmml_child(element, "INT-Entries");
    if (!pmml_number_or(element, "n", length, &n, error) ||
        !pmml_number_or(element, "defaultValue", 0, &elsewhere, error))
        return NULL;
    if (length == 0 && n >= 0 && n <= ERRATA_LIMIT_COLUMNS)
        length = (guint)n;
    GArray *dense = g_array_sized_new(FALSE, TRUE, sizeof(double), length);
    g_array_set_size(dense, length);
    for (guint i = 0; i < length; i++)
        g_array_index(dense, double, i) = elsewhere;
    if (indices == NULL && entries == NULL)
        return dense;
    g_autoptr(GArray) result = dense;
    g_autoptr(GArray) at = indices != NULL ? pmml_numbers(indices, error) : NULL;
    g_autoptr(GArray) value = at != NULL && entries != NULL ? pmml_numbers(entries, error) : NULL;
    if (value == NULL || value->len != at->len) {
        if (error == NULL || *error == NULL)
            pmml_error(error, element, "expected as many entries as indices");
        return NULL;
    }
    for (guint i = 0; i < at->len; i++) {
        double index = g_array_index(at, double, i);
        if (!(index >= 1 && index <= length)) {
            pmml_error(error, element, "expected indices from 1 to %u, found %g", length, index);
            return NULL;
        }
        g_array_index(result, double, (guint)index - 1) = g_array_index(value, double, i);
    }
    return g_steal_pointer(&result);
}

GArray *
pmml_array(const PmmlElement *element, guint length, GError **error)
{
    if (g_str_has_suffix(element->name, "SparseArray"))
        return xml_sparse(element, length, error);
    g_autoptr(GArray) numbers = pmml_numbers(element, error);
    if (numbers != NULL && length > 0 && numbers->len != length) {
        pmml_error(error, element, "expected %u numbers, found %u", length, numbers->len);
        return NULL;
    }
    return g_steal_pointer(&numbers);
}
