/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "datum.h"

G_BEGIN_DECLS

/* a document being read */
typedef struct {
    ErrataDatumTree *tree;
    const char *begin;
    const char *at;
    const char *end;
    guint depth;
    gboolean unique; /* a member that stands twice is an error */
    GArray *numbers; /* of double: open arrays of numbers, one after the other */
    GArray *items;   /* of ErrataDatum: open lists and objects */
    GPtrArray *keys; /* of those objects' members */
} ErrataDatumReader;

gpointer errata_datum_tree_alloc(ErrataDatumTree *self, gsize n, gsize size);
char *errata_datum_tree_copy(ErrataDatumTree *self, const char *text, gsize length);
ErrataDatumTree *errata_datum_read(const char *text,
                                   gsize size,
                                   gboolean unique,
                                   gboolean (*read)(ErrataDatumReader *self,
                                                    ErrataDatum *ret,
                                                    GError **error),
                                   GError **error);
gboolean errata_datum_fail(const ErrataDatumReader *self, const char *what, GError **error);
gboolean errata_datum_enter(ErrataDatumReader *self, GError **error);

/* an array or object of which @first_item (and @first_number) items are the first; an array stays
 * one of numbers as long as it has no items */
void errata_datum_close_array(ErrataDatumReader *self,
                              guint first_item,
                              guint first_number,
                              ErrataDatum *ret);
void errata_datum_add_element(ErrataDatumReader *self,
                              guint first_item,
                              guint first_number,
                              const ErrataDatum *element);
gboolean errata_datum_close_object(ErrataDatumReader *self,
                                   guint first_item,
                                   ErrataDatum *ret,
                                   GError **error);

G_END_DECLS
