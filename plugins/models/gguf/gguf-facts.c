/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a GGUF file says of its model, key by key. Long arrays, such as a vocabulary, are counted;
 * the template of chats is a program, and looked at as one. */
#include <math.h>
#include <string.h>

#include "gguf-private.h"
#include "number.h"
#include "text-hash.h"

#define FACT_BYTES 400 /* told of a text */
#define FACT_ITEMS 8   /* told of an array */

enum {
    FACT_U8,
    FACT_I8,
    FACT_U16,
    FACT_I16,
    FACT_U32,
    FACT_I32,
    FACT_F32,
    FACT_BOOL,
    FACT_STRING,
    FACT_ARRAY,
    FACT_U64,
    FACT_I64,
    FACT_F64,
    FACT_N_TYPES,
};

static const struct {
    guint bytes; /* 0: not of one size */
    const char *name;
} facts[FACT_N_TYPES] = {{1, "bytes"},
                         {1, "bytes"},
                         {2, "whole numbers"},
                         {2, "whole numbers"},
                         {4, "whole numbers"},
                         {4, "whole numbers"},
                         {4, "numbers"},
                         {1, "truth values"},
                         {0, "texts"},
                         {0, "arrays"},
                         {8, "whole numbers"},
                         {8, "whole numbers"},
                         {8, "numbers"}};

static void
fact_append_double(GString *text, double number)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    g_string_append(text,
                    isnan(number)   ? "NaN"
                    : isinf(number) ? number > 0 ? "infinity" : "-infinity"
                                    : errata_number_print(number, buffer));
}

/* @bits as they lie in the file, put in order */
static void
fact_append_number(GString *text, guint64 type, guint64 bits)
{
    guint shift = 64 - 8 * facts[type].bytes;
    gboolean is_signed = type == FACT_I8 || type == FACT_I16 || type == FACT_I32 ||
                         type == FACT_I64;
    char buffer[ERRATA_NUMBER_BUFFER];

    if (type == FACT_F64) {
        double number;

        memcpy(&number, &bits, sizeof number);
        fact_append_double(text, number);
    } else if (type == FACT_F32) {
        guint32 half = (guint32)bits;
        float number;

        memcpy(&number, &half, sizeof number);
        if (isfinite(number))
            g_string_append(text, errata_number_print_single(number, buffer));
        else
            fact_append_double(text, (double)number);
    } else if (type == FACT_BOOL) {
        g_string_append(text, bits != 0 ? "true" : "false");
    } else if (is_signed) {
        g_string_append_printf(text, "%" G_GINT64_FORMAT, (gint64)(bits << shift) >> shift);
    } else {
        g_string_append_printf(text, "%" G_GUINT64_FORMAT, bits);
    }
}

static gboolean
fact_read_text(Gguf *self, GString *text, const char *key, GError **error)
{
    static const char *const dangers[] = {"__class__",
                                          "__globals__",
                                          "__import__",
                                          "__subclasses__",
                                          "__builtins__",
                                          "__mro__",
                                          "__init__"};
    g_autofree char *value = gguf_string(self, error);
    gsize length;

    if (value == NULL)
        return FALSE;
    length = strlen(value);
    g_string_append_len(text, value, (gssize)MIN(length, FACT_BYTES));
    g_string_append(text, length > FACT_BYTES ? "…" : "");
    for (guint i = 0; g_str_has_prefix(key, "tokenizer.chat_template") && i < G_N_ELEMENTS(dangers);
         i++)
        if (strstr(value, dangers[i]) != NULL) {
            errata_model_builder_add_risk(
                self->builder,
                ERRATA_SEVERITY_HIGH,
                "template-code",
                "its chat template reaches for %s, which no template needs: "
                "programs that run templates of Jinja without a sandbox would "
                "run what it wants",
                dangers[i]);
            break;
        }
    return TRUE;
}

static gboolean
fact_read_array(Gguf *self, GString *text, const char *key, GError **error)
{
    guint64 type, n;

    if (!gguf_number(self, 4, &type, error) || !gguf_count(self, &n, error))
        return FALSE;
    if (type >= FACT_N_TYPES || type == FACT_ARRAY)
        return gguf_fail(self,
                         error,
                         "“%s” is an array of values of type %" G_GUINT64_FORMAT ", which is none",
                         key,
                         type);
    /* a text takes its length at least */
    if (n > (self->size - self->at) / MAX(facts[type].bytes, self->version == 1 ? 4 : 1))
        return gguf_fail(self,
                         error,
                         "“%s” claims %" G_GUINT64_FORMAT
                         " elements, more than the file could hold",
                         key,
                         n);
    if (type != FACT_STRING && n <= FACT_ITEMS) {
        for (guint64 i = 0; i < n; i++) {
            guint64 bits;

            if (!gguf_number(self, facts[type].bytes, &bits, error))
                return FALSE;
            g_string_append(text, i > 0 ? ", " : "");
            fact_append_number(text, type, bits);
        }
        return TRUE;
    }
    g_string_append_printf(text, "%" G_GUINT64_FORMAT " %s", n, facts[type].name);
    if (type != FACT_STRING) {
        self->at += n * facts[type].bytes;
        return TRUE;
    }
    for (guint64 i = 0; i < n; i++)
        if (!gguf_skip_string(self, error))
            return FALSE;
    return TRUE;
}

static gboolean
fact_read_value(Gguf *self, const char *key, guint64 type, GString *text, GError **error)
{
    guint64 bits;

    if (type >= FACT_N_TYPES)
        return gguf_fail(self,
                         error,
                         "“%s” is of type %" G_GUINT64_FORMAT ", which is none",
                         key,
                         type);
    if (type == FACT_STRING)
        return fact_read_text(self, text, key, error);
    if (type == FACT_ARRAY)
        return fact_read_array(self, text, key, error);
    if (!gguf_number(self, facts[type].bytes, &bits, error))
        return FALSE;
    fact_append_number(text, type, bits);
    if (strcmp(key, "general.alignment") == 0) {
        if (bits < 1 || bits > (1U << 20) || (bits & (bits - 1)) != 0 ||
            (type != FACT_U32 && type != FACT_U64))
            return gguf_fail(self, error, "the alignment %s is no power of two", text->str);
        self->alignment = bits;
    }
    return TRUE;
}

/**
 * gguf_read_facts:
 * @self: at the first key
 * @n: keys
 * @error: return location for a #GError
 *
 * What is general.* becomes a fact of the training, the rest a hyper-parameter.
 *
 * Returns: whether they were read
 */
gboolean
gguf_read_facts(Gguf *self, guint64 n, GError **error)
{
    g_autoptr(GHashTable) keys = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);

    for (guint64 i = 0; i < n; i++) {
        char *key = gguf_string(self, error);
        g_autoptr(GString) text = g_string_new(NULL);
        guint64 type;

        if (key == NULL)
            return FALSE;
        if (!g_hash_table_add(keys, key))
            return gguf_fail(self, error, "the key “%s” is there twice", key);
        if (!gguf_number(self, 4, &type, error) || !fact_read_value(self, key, type, text, error))
            return FALSE;
        if (strcmp(key, "general.architecture") == 0) {
            g_free(self->architecture);
            self->architecture = g_strdup(text->str);
        }
        if (g_str_has_prefix(key, "general."))
            errata_model_builder_add_training(self->builder, key, text->str);
        else
            errata_model_builder_add_parameter(self->builder, key, text->str);
    }
    return TRUE;
}
