/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Members of a JSON object of which nothing is certain: what is absent, null or of another type
 * reads as NULL, NaN, 0 or FALSE. @object may be NULL. */

/* (transfer full): a document from a stranger: valid UTF-8, at most 16 deep and 1 MiB */
JsonNode *errata_json_reader_parse(const char *text, GError **error);
JsonObject *errata_json_reader_object(JsonObject *object, const char *key);
JsonArray *errata_json_reader_array(JsonObject *object, const char *key);
guint errata_json_reader_length(JsonArray *array);                        /* 0 for NULL */
JsonObject *errata_json_reader_element(JsonArray *array, guint index);    /* nullable */
char *errata_json_reader_string(JsonObject *object, const char *key);     /* (transfer full) */
const char *errata_json_reader_peek(JsonObject *object, const char *key); /* (transfer none) */
double errata_json_reader_double(JsonObject *object, const char *key);
guint64 errata_json_reader_uint(JsonObject *object, const char *key);
gint64 errata_json_reader_int(JsonObject *object, const char *key);
gboolean errata_json_reader_boolean(JsonObject *object, const char *key);
/* (transfer full), NULL when there is no such array */
char **errata_json_reader_strings(JsonObject *object, const char *key);
double *errata_json_reader_doubles(JsonObject *object, const char *key, guint *ret_n);
/* the two numbers of a `[lo, hi]`, NaN when it is null */
void errata_json_reader_interval(JsonObject *object,
                                 const char *key,
                                 double *ret_lo,
                                 double *ret_hi);

G_END_DECLS
