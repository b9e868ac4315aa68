/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings beside a model, by libyaml's events. Nothing is built but a flat list of strings: no
 * tag makes an object, no alias is followed, so that a document costs no more than its bytes. */
#include "bundle-yaml.h"

#include <string.h>
#include <yaml.h>

#include "error.h"

#define YAML_BYTES   (4U << 20)
#define YAML_DEPTH   32
#define YAML_ENTRIES 20000

typedef struct {
    gboolean is_map;
    gboolean has_key;
    guint index;
    gsize path; /* length of the path above */
} YamlLevel;

typedef struct {
    BundleYaml *result;
    YamlLevel level[YAML_DEPTH];
    guint depth;
    GString *path;
    gboolean ended;
} YamlReader;

static void
yaml_entry_free(gpointer data)
{
    BundleYamlEntry *entry = data;

    g_free(entry->path);
    g_free(entry->value);
    g_free(entry);
}

void
bundle_yaml_free(BundleYaml *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->entries);
    g_ptr_array_unref(self->tags);
    g_free(self);
}

/**
 * bundle_yaml_get:
 * @self: a document
 * @path: of a scalar
 *
 * Returns: (transfer none) (nullable): its value; of keys that occur twice the first
 */
const char *
bundle_yaml_get(const BundleYaml *self, const char *path)
{
    for (guint i = 0; i < self->entries->len; i++) {
        const BundleYamlEntry *entry = g_ptr_array_index(self->entries, i);

        if (g_str_equal(entry->path, path))
            return entry->value;
    }
    return NULL;
}

static gboolean
yaml_fail(const yaml_mark_t *mark, GError **error, const char *expected)
{
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "line %" G_GSIZE_FORMAT ": %s",
                mark->line + 1,
                expected);
    return FALSE;
}

/* tags of the core schema say what a scalar is anyway */
static void
yaml_note_tag(YamlReader *self, const yaml_char_t *tag, const yaml_mark_t *mark)
{
    static const char core[] = "tag:yaml.org,2002:";
    static const char *const plain[] =
        {"str", "int", "float", "bool", "null", "map", "seq", "set", "timestamp", "binary", NULL};
    const char *text = (const char *)tag;

    if (text == NULL || strcmp(text, "!") == 0)
        return;
    if (g_str_has_prefix(text, core)) {
        text += strlen(core);
        if (g_strv_contains(plain, text))
            return;
    }
    if (self->result->tags->len < 100)
        g_ptr_array_add(self->result->tags,
                        g_strdup_printf("!!%.200s at line %" G_GSIZE_FORMAT, text, mark->line + 1));
}

/* a place in the level above is taken; the path is that of the value that comes */
static void
yaml_begin_value(YamlReader *self)
{
    YamlLevel *level = self->depth > 0 ? &self->level[self->depth - 1] : NULL;

    if (level != NULL && !level->is_map) {
        g_string_truncate(self->path, level->path);
        g_string_append_printf(self->path, "%s%u", self->path->len > 0 ? "." : "", level->index++);
    }
}

static void
yaml_end_value(YamlReader *self)
{
    YamlLevel *level = self->depth > 0 ? &self->level[self->depth - 1] : NULL;

    if (level == NULL)
        return;
    level->has_key = FALSE;
    g_string_truncate(self->path, level->path);
}

static gboolean
yaml_scalar(YamlReader *self, const char *value, const yaml_mark_t *mark, GError **error)
{
    YamlLevel *level = self->depth > 0 ? &self->level[self->depth - 1] : NULL;
    BundleYamlEntry *entry;

    if (level != NULL && level->is_map && !level->has_key) {
        level->has_key = TRUE;
        g_string_append_printf(self->path, "%s%.200s", self->path->len > 0 ? "." : "", value);
        return TRUE;
    }
    if (self->result->entries->len >= YAML_ENTRIES)
        return yaml_fail(mark, error, "more values than settings of a model have");
    yaml_begin_value(self);
    entry = g_new0(BundleYamlEntry, 1);
    entry->path = g_utf8_make_valid(self->path->str, -1);
    entry->value = g_utf8_make_valid(value, -1);
    g_ptr_array_add(self->result->entries, entry);
    yaml_end_value(self);
    return TRUE;
}

static gboolean
yaml_open(YamlReader *self, gboolean is_map, const yaml_mark_t *mark, GError **error)
{
    const YamlLevel *above = self->depth > 0 ? &self->level[self->depth - 1] : NULL;

    if (self->depth == YAML_DEPTH)
        return yaml_fail(mark, error, "lists within lists, deeper than settings of a model go");
    if (above != NULL && above->is_map && !above->has_key)
        return yaml_fail(mark, error, "expected a plain key, found a list or a mapping");
    yaml_begin_value(self);
    self->level[self->depth++] = (YamlLevel){.is_map = is_map, .path = self->path->len};
    return TRUE;
}

static gboolean
yaml_event(YamlReader *self, const yaml_event_t *event, GError **error)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        yaml_note_tag(self, event->data.scalar.tag, &event->start_mark);
        return yaml_scalar(self, (const char *)event->data.scalar.value, &event->start_mark, error);
    case YAML_ALIAS_EVENT: {
        g_autofree char *name = g_strdup_printf("*%s", (const char *)event->data.alias.anchor);

        return yaml_scalar(self, name, &event->start_mark, error);
    }
    case YAML_SEQUENCE_START_EVENT:
        yaml_note_tag(self, event->data.sequence_start.tag, &event->start_mark);
        return yaml_open(self, FALSE, &event->start_mark, error);
    case YAML_MAPPING_START_EVENT:
        yaml_note_tag(self, event->data.mapping_start.tag, &event->start_mark);
        return yaml_open(self, TRUE, &event->start_mark, error);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        self->depth--;
        yaml_end_value(self);
        return TRUE;
    case YAML_DOCUMENT_END_EVENT:
    case YAML_STREAM_END_EVENT:
        self->ended = TRUE;
        return TRUE;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_START_EVENT:
        return TRUE;
    }
    return TRUE;
}

static gboolean
yaml_walk(yaml_parser_t *parser, YamlReader *reader, GError **error)
{
    gboolean ok = TRUE;

    while (ok && !reader->ended) {
        yaml_event_t event;

        if (!yaml_parser_parse(parser, &event))
            return yaml_fail(&parser->problem_mark,
                             error,
                             parser->problem != NULL ? parser->problem : "it is no YAML");
        ok = yaml_event(reader, &event, error);
        yaml_event_delete(&event);
    }
    return ok;
}

/**
 * bundle_yaml_read:
 * @text: (array length=size): a file
 * @size: its bytes
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA with the line; %ERRATA_ERROR_LIMIT over 4 MiB.
 *
 * Returns: (transfer full): its first document, or %NULL with @error set
 */
BundleYaml *
bundle_yaml_read(const char *text, gsize size, GError **error)
{
    g_autoptr(BundleYaml) result = NULL;
    g_autoptr(GString) path = g_string_new(NULL);
    YamlReader reader = {.path = path};
    yaml_parser_t parser;
    gboolean ok;

    if (size > YAML_BYTES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "%" G_GSIZE_FORMAT " bytes of settings, more than %u",
                    size,
                    YAML_BYTES);
        return NULL;
    }
    result = reader.result = g_new0(BundleYaml, 1);
    result->entries = g_ptr_array_new_with_free_func(yaml_entry_free);
    result->tags = g_ptr_array_new_with_free_func(g_free);
    if (!yaml_parser_initialize(&parser)) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INTERNAL, "no memory for YAML");
        return NULL;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    ok = yaml_walk(&parser, &reader, error);
    yaml_parser_delete(&parser);
    return ok ? g_steal_pointer(&result) : NULL;
}
