/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Universal Binary JSON (draft 12, ubjson.org) into values: every number is big-endian, arrays and
 * objects may declare their elements' type and count. A count is believed only as far as the bytes
 * that follow can hold it. */
#include <math.h>
#include <string.h>

#include "datum-private.h"
#include "number.h"

static gboolean ubj_value(ErrataDatumReader *self, char marker, ErrataDatum *ret, GError **error);

/* bytes of a number of that type; 0 for what is no number */
static gsize
ubj_width(char marker)
{
    switch (marker) {
    case 'i':
    case 'U':
        return 1;
    case 'I':
        return 2;
    case 'l':
    case 'd':
        return 4;
    case 'L':
    case 'D':
        return 8;
    default:
        return 0;
    }
}

static guint64
ubj_bits(const char *at, gsize width)
{
    guint64 bits = 0;

    for (gsize i = 0; i < width; i++)
        bits = bits << 8 | (guint8)at[i];
    return bits;
}

static double
ubj_number(const char *at, char marker)
{
    guint64 bits = ubj_bits(at, ubj_width(marker));
    guint32 half = (guint32)bits;
    float single;
    double wide;

    switch (marker) {
    case 'i':
        return (double)(gint8)bits;
    case 'U':
        return (double)bits;
    case 'I':
        return (double)(gint16)bits;
    case 'l':
        return (double)(gint32)bits;
    case 'L':
        return (double)(gint64)bits;
    case 'd':
        memcpy(&single, &half, sizeof single);
        return (double)single;
    default:
        memcpy(&wide, &bits, sizeof wide);
        return wide;
    }
}

static gboolean
ubj_marker(ErrataDatumReader *self, char *ret, GError **error)
{
    while (self->at < self->end && *self->at == 'N')
        self->at++;
    if (self->at >= self->end)
        return errata_datum_fail(self, "", error);
    *ret = *self->at++;
    return TRUE;
}

static gboolean
ubj_need(ErrataDatumReader *self, gsize bytes, GError **error)
{
    if ((gsize)(self->end - self->at) >= bytes)
        return TRUE;
    self->at = self->end;
    return errata_datum_fail(self, "", error);
}

/* a length: an integer that what follows can hold, at @width bytes an element */
static gboolean
ubj_length(ErrataDatumReader *self, gsize width, gsize *ret, GError **error)
{
    char marker = 0;
    gint64 length;

    if (!ubj_marker(self, &marker, error))
        return FALSE;
    if (ubj_width(marker) == 0 || marker == 'd' || marker == 'D') {
        self->at--;
        return errata_datum_fail(self, "expected a length", error);
    }
    if (!ubj_need(self, ubj_width(marker), error))
        return FALSE;
    /* exact also where a double is not */
    length = marker == 'L' ? (gint64)ubj_bits(self->at, 8) : (gint64)ubj_number(self->at, marker);
    self->at += ubj_width(marker);
    if (length < 0 || (guint64)length > (guint64)(self->end - self->at) / width)
        return errata_datum_fail(self,
                                 "a length that is negative or more than the file holds",
                                 error);
    *ret = (gsize)length;
    return TRUE;
}

static gboolean
ubj_string(ErrataDatumReader *self, ErrataDatum *ret, GError **error)
{
    gsize length;

    if (!ubj_length(self, 1, &length, error))
        return FALSE;
    *ret = (ErrataDatum){.kind = ERRATA_DATUM_STRING,
                         .n = length,
                         .text = errata_datum_tree_copy(self->tree, self->at, length)};
    self->at += length;
    return TRUE;
}

/* the `$` type and `#` count of a container; @type 0 and @counted FALSE where there are none */
typedef struct {
    char type;
    gboolean counted;
    gsize n;
} UbjHead;

static gboolean
ubj_head(ErrataDatumReader *self, UbjHead *head, GError **error)
{
    *head = (UbjHead){0};
    if (self->at < self->end && *self->at == '$') {
        self->at++;
        if (!ubj_marker(self, &head->type, error))
            return FALSE;
        if (ubj_width(head->type) == 0 && strchr("SHC[{", head->type) == NULL) {
            self->at--;
            return errata_datum_fail(self, "expected a type that takes bytes", error);
        }
        if (self->at >= self->end || *self->at != '#')
            return errata_datum_fail(self, "expected a count behind the type", error);
    }
    if (self->at < self->end && *self->at == '#') {
        self->at++;
        head->counted = TRUE;
        return ubj_length(self, MAX(ubj_width(head->type), 1), &head->n, error);
    }
    return TRUE;
}

static gboolean
ubj_more(ErrataDatumReader *self, const UbjHead *head, gsize i, char close)
{
    if (head->counted)
        return i < head->n;
    while (self->at < self->end && *self->at == 'N')
        self->at++;
    return self->at < self->end && *self->at != close;
}

static gboolean
ubj_array(ErrataDatumReader *self, ErrataDatum *ret, GError **error)
{
    guint first_item = self->items->len;
    guint first_number = self->numbers->len;
    UbjHead head;
    gsize width;

    if (!errata_datum_enter(self, error) || !ubj_head(self, &head, error))
        return FALSE;
    width = ubj_width(head.type);
    if (width > 0) {
        double *numbers = errata_datum_tree_alloc(self->tree, head.n, sizeof *numbers);

        for (gsize i = 0; i < head.n; i++)
            numbers[i] = ubj_number(self->at + i * width, head.type);
        self->at += head.n * width;
        self->depth--;
        *ret = (ErrataDatum){.kind = ERRATA_DATUM_NUMBERS, .n = head.n, .numbers = numbers};
        return TRUE;
    }
    for (gsize i = 0; ubj_more(self, &head, i, ']'); i++) {
        ErrataDatum element;
        char marker = head.type;

        if ((marker == 0 && !ubj_marker(self, &marker, error)) ||
            !ubj_value(self, marker, &element, error))
            return FALSE;
        errata_datum_add_element(self, first_item, first_number, &element);
    }
    if (!head.counted) {
        if (self->at >= self->end)
            return errata_datum_fail(self, "", error);
        self->at++;
    }
    errata_datum_close_array(self, first_item, first_number, ret);
    return TRUE;
}

static gboolean
ubj_object(ErrataDatumReader *self, ErrataDatum *ret, GError **error)
{
    guint first_item = self->items->len;
    UbjHead head;

    if (!errata_datum_enter(self, error) || !ubj_head(self, &head, error))
        return FALSE;
    for (gsize i = 0; ubj_more(self, &head, i, '}'); i++) {
        ErrataDatum key;
        ErrataDatum value;
        char marker = head.type;

        if (!ubj_string(self, &key, error) || (marker == 0 && !ubj_marker(self, &marker, error)) ||
            !ubj_value(self, marker, &value, error))
            return FALSE;
        g_array_append_val(self->items, value);
        g_ptr_array_add(self->keys, (gpointer)(gsize)key.text);
    }
    if (!head.counted) {
        if (self->at >= self->end)
            return errata_datum_fail(self, "", error);
        self->at++;
    }
    return errata_datum_close_object(self, first_item, ret, error);
}

static gboolean
ubj_value(ErrataDatumReader *self, char marker, ErrataDatum *ret, GError **error)
{
    gsize width = ubj_width(marker);

    *ret = (ErrataDatum){.kind = ERRATA_DATUM_NULL};
    if (width > 0) {
        if (!ubj_need(self, width, error))
            return FALSE;
        ret->kind = ERRATA_DATUM_NUMBER;
        ret->number = ubj_number(self->at, marker);
        self->at += width;
        return TRUE;
    }
    switch (marker) {
    case 'Z':
        return TRUE;
    case 'T':
    case 'F':
        ret->kind = ERRATA_DATUM_BOOLEAN;
        ret->number = marker == 'T' ? 1.0 : 0.0;
        return TRUE;
    case 'C':
        if (!ubj_need(self, 1, error))
            return FALSE;
        *ret = (ErrataDatum){.kind = ERRATA_DATUM_STRING,
                             .n = 1,
                             .text = errata_datum_tree_copy(self->tree, self->at++, 1)};
        return TRUE;
    case 'S':
    case 'H':
        return ubj_string(self, ret, error);
    case '[':
        return ubj_array(self, ret, error);
    case '{':
        return ubj_object(self, ret, error);
    default:
        self->at--;
        return errata_datum_fail(self, "an unknown marker", error);
    }
}

static gboolean
ubj_document(ErrataDatumReader *self, ErrataDatum *ret, GError **error)
{
    char marker = 0;

    if (!ubj_marker(self, &marker, error) || !ubj_value(self, marker, ret, error))
        return FALSE;
    while (self->at < self->end && *self->at == 'N')
        self->at++;
    return self->at == self->end ||
           errata_datum_fail(self, "expected the end behind the document", error);
}

/**
 * errata_datum_parse_ubjson:
 * @bytes: (array length=size): the document
 * @size: bytes
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA with the byte where it is no UBJSON, truncated, or where an
 * object ends in which a member stands twice;
 * %ERRATA_ERROR_LIMIT when it is nested too deep. Linear in @size, in memory too.
 *
 * Returns: (transfer full): the document, or %NULL with @error set
 */
ErrataDatumTree *
errata_datum_parse_ubjson(const guint8 *bytes, gsize size, GError **error)
{
    return errata_datum_read((const char *)bytes, size, TRUE, ubj_document, error);
}
