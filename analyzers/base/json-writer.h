/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataJsonWriter:
 * @text: what was written so far
 *
 * Writes JSON in the order of its calls: compact, doubles shortest round-trip, NaN as null, strings
 * as valid UTF-8 whatever they hold. Members are given with a key; elements of arrays with %NULL.
 */
typedef struct {
    GString *text;
    gboolean comma; /* something stands before on this level */
} ErrataJsonWriter;

void errata_json_writer_begin(ErrataJsonWriter *self, const char *key, char bracket);
void errata_json_writer_end(ErrataJsonWriter *self, char bracket);
void errata_json_writer_null(ErrataJsonWriter *self, const char *key);
void errata_json_writer_string(ErrataJsonWriter *self, const char *key, const char *value);
void errata_json_writer_double(ErrataJsonWriter *self, const char *key, double value);
void errata_json_writer_uint(ErrataJsonWriter *self, const char *key, guint64 value);
void errata_json_writer_int(ErrataJsonWriter *self, const char *key, gint64 value);
void errata_json_writer_boolean(ErrataJsonWriter *self, const char *key, gboolean value);
void errata_json_writer_strings(ErrataJsonWriter *self, const char *key, char *const *values);
void errata_json_writer_doubles(ErrataJsonWriter *self,
                                const char *key,
                                const double *values,
                                gsize n);

G_END_DECLS
