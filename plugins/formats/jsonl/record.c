/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any one record, by recursive descent of bounded depth: its scalars become cells whose names are
 * the keys on the way joined with dots. Columns are looked up only when the record as a whole is
 * good, so that a broken line leaves no column behind. */
#include <string.h>

#include "column-nested.h"
#include "jsonl-private.h"
#include "limit.h"

static const char *record_value(ErrataJsonlReader *self,
                                const char *p,
                                const char *end,
                                guint depth);

static const char *
record_fail(ErrataJsonlReader *self, const char *at, const char *why)
{
    if (self->why == NULL) {
        self->why = why;
        self->at = at;
    }
    return NULL;
}

static void
record_keep(ErrataJsonlReader *self, ErrataJsonlCell *cell)
{
    if (self->mute > 0)
        return;
    cell->path = (guint)self->paths->len;
    g_string_append_len(self->paths, self->path->str, (gssize)self->path->len + 1);
    g_array_append_val(self->cells, *cell);
}

/* the text of a key or class name that @cell holds, appended to the path */
static void
record_extend_path(ErrataJsonlReader *self, const ErrataJsonlCell *cell)
{
    if (self->path->len > 0)
        g_string_append_c(self->path, '.');
    if (cell->kind == ERRATA_JSONL_STRING) {
        g_string_append_len(self->path, cell->begin, cell->end - cell->begin);
    } else if (cell->kind == ERRATA_JSONL_ESCAPED) {
        errata_jsonl_unescape(cell->begin, cell->end, self->unescaped, &self->saw_surrogate);
        g_string_append_len(self->path, self->unescaped->str, (gssize)self->unescaped->len);
    } else {
        g_string_append_len(self->path, cell->token, cell->token_end - cell->token);
    }
}

/* the array of class names that stands beside an array of probabilities in the object that begins
 * at @p; NULL when there is none */
static const char *
record_find_classes(ErrataJsonlReader *self, const char *p, const char *end)
{
    for (p++;;) {
        ErrataJsonlCell key;
        gboolean found;

        p = errata_jsonl_skip_space(p, end);
        if (p == end || *p != '"')
            return NULL;
        p = errata_jsonl_scan_scalar(self, p, end, &key);
        if (p == NULL)
            return NULL;
        found = key.kind == ERRATA_JSONL_STRING && key.end - key.begin == 7 &&
                memcmp(key.begin, "classes", 7) == 0;
        p = errata_jsonl_skip_space(p, end);
        if (p == end || *p != ':')
            return NULL;
        p = errata_jsonl_skip_space(p + 1, end);
        if (found)
            return p < end && *p == '[' ? p : NULL;
        if (p < end && (*p == '{' || *p == '['))
            p = errata_jsonl_find_end(p, end);
        else
            p = errata_jsonl_scan_scalar(self, p, end, &key);
        if (p == NULL)
            return NULL;
        p = errata_jsonl_skip_space(p, end);
        if (p == end || *p != ',')
            return NULL;
        p++;
    }
}

/* @p at an element of an array of class names; one past it and its comma, or NULL */
static const char *
record_next_class(ErrataJsonlReader *self,
                  const char *p,
                  const char *end,
                  ErrataJsonlCell *ret_name)
{
    p = errata_jsonl_skip_space(p, end);
    p = errata_jsonl_scan_scalar(self, p, end, ret_name);
    if (p == NULL)
        return NULL;
    p = errata_jsonl_skip_space(p, end);
    return p < end && *p == ',' ? p + 1 : p;
}

static gboolean
record_key_is(const ErrataJsonlCell *key, const char *const *names)
{
    gsize length = (gsize)(key->end - key->begin);

    if (key->kind != ERRATA_JSONL_STRING)
        return FALSE;
    for (gsize i = 0; names[i] != NULL; i++)
        if (strlen(names[i]) == length && memcmp(names[i], key->begin, length) == 0)
            return TRUE;
    return FALSE;
}

/* an element such as `{"label": "spam", "score": 0.9}`, a class with its probability and nothing
 * else: one past it, or NULL where it is none */
static const char *
record_labelled(ErrataJsonlReader *self,
                const char *p,
                const char *end,
                ErrataJsonlCell *ret_label,
                ErrataJsonlCell *ret_score)
{
    guint n_labels = 0;
    guint n_scores = 0;

    while (n_labels + n_scores < 2) {
        ErrataJsonlCell key, value;

        p = errata_jsonl_skip_space(p + 1, end);
        p = p < end && *p == '"' ? errata_jsonl_scan_scalar(self, p, end, &key) : NULL;
        p = p != NULL ? errata_jsonl_skip_space(p, end) : end;
        if (p == end || *p != ':')
            return NULL;
        p = errata_jsonl_scan_scalar(self, errata_jsonl_skip_space(p + 1, end), end, &value);
        p = p != NULL ? errata_jsonl_skip_space(p, end) : end;
        if (p == end || *p != (n_labels + n_scores == 0 ? ',' : '}'))
            return NULL;
        if (key.kind == ERRATA_JSONL_STRING &&
            errata_nested_is_label_key(key.begin, (gsize)(key.end - key.begin)) &&
            value.kind == ERRATA_JSONL_STRING) {
            *ret_label = value;
            n_labels++;
        } else if (key.kind == ERRATA_JSONL_STRING &&
                   errata_nested_is_score_key(key.begin, (gsize)(key.end - key.begin)) &&
                   (value.kind == ERRATA_JSONL_I64 || value.kind == ERRATA_JSONL_F64)) {
            *ret_score = value;
            n_scores++;
        } else
            return NULL;
    }
    return n_labels == 1 ? p + 1 : NULL;
}

/* an element of an array, one past it: an array of several classes with their probabilities becomes
 * one value per class, whatever their order */
static const char *
record_element(ErrataJsonlReader *self,
               const char *p,
               const char *end,
               guint depth,
               guint n,
               gboolean *labelled)
{
    ErrataJsonlCell label, score;
    const char *next = p < end && *p == '{' && (n == 0 || *labelled)
                           ? record_labelled(self, p, end, &label, &score)
                           : NULL;

    if (next != NULL && n == 0) {
        const char *after = errata_jsonl_skip_space(next, end);

        *labelled = after < end && *after == ',';
    }
    if (next != NULL && *labelled) {
        record_extend_path(self, &label);
        record_keep(self, &score);
        return next;
    }
    if (self->mute == 0)
        g_string_append_printf(self->path, self->path->len > 0 ? ".%u" : "%u", n);
    return record_value(self, p, end, depth);
}

/* @classes: (nullable): where the array of class names begins */
static const char *
record_array(ErrataJsonlReader *self,
             const char *p,
             const char *end,
             const char *classes,
             guint depth)
{
    gsize path_length = self->path->len;
    guint first_cell = self->cells->len;
    gsize first_path = self->paths->len;
    guint n = 0;
    gboolean labelled = FALSE;

    classes = classes != NULL ? classes + 1 : NULL;
    p = errata_jsonl_skip_space(p + 1, end);
    if (p < end && *p == ']')
        return p + 1;
    for (;; n++) {
        ErrataJsonlCell name;

        classes = classes != NULL ? record_next_class(self, classes, end, &name) : NULL;
        if (n == ERRATA_JSONL_ARRAY_MAX) {
            g_array_set_size(self->cells, first_cell);
            g_string_truncate(self->paths, first_path);
            self->saw_long_array = TRUE;
            self->mute++;
        }
        if (classes != NULL) {
            record_extend_path(self, &name);
            p = record_value(self, p, end, depth);
        } else
            p = record_element(self, p, end, depth, n, &labelled);
        g_string_truncate(self->path, path_length);
        if (p == NULL)
            break;
        p = errata_jsonl_skip_space(p, end);
        if (p < end && *p == ']')
            break;
        if (p == end || *p != ',') {
            p = record_fail(self, p, "expected ',' or ']' in an array");
            break;
        }
        p = errata_jsonl_skip_space(p + 1, end);
    }
    self->mute -= n >= ERRATA_JSONL_ARRAY_MAX ? 1 : 0;
    return p != NULL ? p + 1 : NULL;
}

/* the value of @key in the object that begins at @object */
static const char *
record_member(ErrataJsonlReader *self,
              const ErrataJsonlCell *key,
              const char *object,
              const char *p,
              const char *end,
              guint depth)
{
    static const char *const probabilities[] =
        {"probs", "probabilities", "proba", "scores", "probability", NULL};
    static const char *const class_names[] = {"classes", NULL};
    const char *classes = NULL;

    if (self->has_classes && p < end && *p == '[') {
        if (record_key_is(key, probabilities))
            classes = record_find_classes(self, object, end);
        if (classes != NULL && depth < ERRATA_LIMIT_JSON_DEPTH)
            return record_array(self, p, end, classes, depth + 1);
        if (record_key_is(key, class_names)) {
            self->mute++;
            p = record_value(self, p, end, depth);
            self->mute--;
            return p;
        }
    }
    return record_value(self, p, end, depth);
}

static const char *
record_object(ErrataJsonlReader *self, const char *p, const char *end, guint depth)
{
    const char *object = p;
    gsize path_length = self->path->len;

    p = errata_jsonl_skip_space(p + 1, end);
    if (p < end && *p == '}')
        return p + 1;
    for (;;) {
        ErrataJsonlCell key;
        const char *next = p < end && *p == '"' ? errata_jsonl_scan_scalar(self, p, end, &key)
                                                : NULL;

        if (next == NULL)
            return record_fail(self, p, "expected a key in quotes");
        p = errata_jsonl_skip_space(next, end);
        if (p == end || *p != ':')
            return record_fail(self, p, "expected ':' after a key");
        p = errata_jsonl_skip_space(p + 1, end);
        if (self->path->len + (gsize)(key.token_end - key.token) > ERRATA_LIMIT_NAME_BYTES)
            return record_fail(self, p, "a key is longer than 1024 bytes");
        record_extend_path(self, &key);
        p = record_member(self, &key, object, p, end, depth);
        g_string_truncate(self->path, path_length);
        if (p == NULL)
            return NULL;
        p = errata_jsonl_skip_space(p, end);
        if (p < end && *p == '}')
            return p + 1;
        if (p == end || *p != ',')
            return record_fail(self, p, "expected ',' or '}' in an object");
        p = errata_jsonl_skip_space(p + 1, end);
    }
}

static const char *
record_value(ErrataJsonlReader *self, const char *p, const char *end, guint depth)
{
    ErrataJsonlCell cell;
    const char *next;

    if (p < end && (*p == '{' || *p == '[')) {
        if (depth == ERRATA_LIMIT_JSON_DEPTH)
            return record_fail(self, p, "nested more than 64 deep");
        return *p == '{' ? record_object(self, p, end, depth + 1)
                         : record_array(self, p, end, NULL, depth + 1);
    }
    next = errata_jsonl_scan_scalar(self, p, end, &cell);
    if (next == NULL)
        return record_fail(self,
                           p,
                           p == end ? "it ends where a value is expected"
                                    : "expected a value (string, number, true, false, null)");
    if (self->cells->len >= ERRATA_LIMIT_COLUMNS)
        return record_fail(
            self,
            p,
            "more than 16384 values; where its members are rows, write a row a line, "
            "as orient=\"records\", lines=True does");
    record_keep(self, &cell);
    return next;
}

/**
 * errata_jsonl_parse:
 * @self: the reader
 * @p: the record
 * @end: one past its last byte
 *
 * Parses a record into self->cells with paths; no cell has a column yet.
 *
 * Source: RFC 8259; ERRATA_LIMIT_JSON_DEPTH levels at most.
 *
 * Returns: whether it is one JSON object; if not, self->why and self->at say what is wrong where
 */
gboolean
errata_jsonl_parse(ErrataJsonlReader *self, const char *p, const char *end)
{
    g_array_set_size(self->cells, 0);
    g_string_truncate(self->paths, 0);
    g_string_truncate(self->path, 0);
    self->mute = 0;
    self->why = NULL;
    p = errata_jsonl_skip_space(p, end);
    self->has_classes = memmem(p, (gsize)(end - p), "\"classes\"", 9) != NULL;
    if (p == end || *p != '{')
        return record_fail(self, p, "expected a JSON object") != NULL;
    p = record_value(self, p, end, 0);
    if (p == NULL)
        return FALSE;
    p = errata_jsonl_skip_space(p, end);
    if (p != end)
        return record_fail(self, p, "something follows the object") != NULL;
    if (self->cells->len == 0)
        return record_fail(self, p, "the object has no values") != NULL;
    return TRUE;
}
