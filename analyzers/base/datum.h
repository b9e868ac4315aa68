/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    ERRATA_DATUM_NULL,
    ERRATA_DATUM_BOOLEAN,
    ERRATA_DATUM_NUMBER,
    ERRATA_DATUM_STRING,
    ERRATA_DATUM_NUMBERS, /* an array of numbers and truth values only; every empty array */
    ERRATA_DATUM_LIST,    /* any other array */
    ERRATA_DATUM_OBJECT,
} ErrataDatumKind;

typedef struct _ErrataDatum ErrataDatum;

/**
 * ErrataDatum:
 * @kind: what it is
 * @n: elements, members, or bytes of a string
 * @number: of NUMBER and BOOLEAN
 * @text: of STRING, NUL-terminated, as in the file
 * @numbers: (array length=n): of NUMBERS
 * @items: (array length=n): of LIST and OBJECT
 * @keys: (array length=n): of OBJECT
 *
 * A value in a document of a model: large arrays of numbers are plain arrays, so that a model of
 * millions of nodes is read at the speed of its digits.
 */
struct _ErrataDatum {
    ErrataDatumKind kind;
    gsize n;
    union {
        double number;
        const char *text;
        const double *numbers;
        const ErrataDatum *items;
    };
    const char *const *keys;
};

/* a document; owns all of its values */
typedef struct _ErrataDatumTree ErrataDatumTree;

ErrataDatumTree *errata_datum_parse_json(const char *text,
                                         gsize size,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
ErrataDatumTree *errata_datum_parse_model_json(const char *text,
                                               gsize size,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
ErrataDatumTree *errata_datum_parse_ubjson(const guint8 *bytes,
                                           gsize size,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void errata_datum_tree_free(ErrataDatumTree *self);
const ErrataDatum *errata_datum_tree_root(const ErrataDatumTree *self);

/* members of an object of which nothing is certain: NULL, NaN or 0 for what is absent or of another
 * kind; @self may be NULL */
const ErrataDatum *errata_datum_get(const ErrataDatum *self, const char *key);
const ErrataDatum *errata_datum_at(const ErrataDatum *self, gsize index);
const char *errata_datum_text(const ErrataDatum *self, const char *key);
double errata_datum_number(const ErrataDatum *self, const char *key); /* also of a numeric string */
const double *errata_datum_numbers(const ErrataDatum *self, const char *key, gsize *ret_n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataDatumTree, errata_datum_tree_free)

G_END_DECLS
