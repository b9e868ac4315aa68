/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents of models as values: an arena that grows with what is read, never with what a count in
 * the file claims, and the look-ups that loaders need. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datum-private.h"
#include "error.h"
#include "limit.h"
#include "number.h"

#define DATUM_BLOCK (64U << 10)

struct _ErrataDatumTree {
    GPtrArray *blocks;
    guint8 *free;
    gsize left;
    ErrataDatum root;
};

gpointer
errata_datum_tree_alloc(ErrataDatumTree *self, gsize n, gsize size)
{
    gsize bytes = (n * size + 7) & ~(gsize)7;
    gpointer found;

    if (bytes > self->left || self->free == NULL) {
        gsize block = MAX(bytes, DATUM_BLOCK);

        found = g_malloc(block);
        g_ptr_array_add(self->blocks, found);
        if (block > DATUM_BLOCK)
            return found;
        self->free = found;
        self->left = block;
    }
    found = self->free;
    self->free += bytes;
    self->left -= bytes;
    return found;
}

char *
errata_datum_tree_copy(ErrataDatumTree *self, const char *text, gsize length)
{
    char *copy = errata_datum_tree_alloc(self, length + 1, 1);

    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void
errata_datum_tree_free(ErrataDatumTree *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->blocks);
    g_free(self);
}

const ErrataDatum *
errata_datum_tree_root(const ErrataDatumTree *self)
{
    return &self->root;
}

gboolean
errata_datum_fail(const ErrataDatumReader *self, const char *what, GError **error)
{
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "byte %" G_GSIZE_FORMAT ": %s",
                (gsize)(self->at - self->begin),
                self->at >= self->end ? "the file ends in the middle: truncated" : what);
    return FALSE;
}

gboolean
errata_datum_enter(ErrataDatumReader *self, GError **error)
{
    if (self->depth++ < ERRATA_LIMIT_JSON_DEPTH)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_LIMIT,
                "byte %" G_GSIZE_FORMAT ": nested deeper than %d",
                (gsize)(self->at - self->begin),
                ERRATA_LIMIT_JSON_DEPTH);
    return FALSE;
}

ErrataDatumTree *
errata_datum_read(const char *text,
                  gsize size,
                  gboolean unique,
                  gboolean (*read)(ErrataDatumReader *self, ErrataDatum *ret, GError **error),
                  GError **error)
{
    g_autoptr(ErrataDatumTree) tree = g_new0(ErrataDatumTree, 1);
    ErrataDatumReader reader = {.tree = tree, .unique = unique};
    gboolean ok;

    reader.begin = reader.at = size > 0 ? text
                                        : ""; /* of an empty file there may be no bytes at all */
    reader.end = reader.begin + size;
    tree->blocks = g_ptr_array_new_with_free_func(g_free);
    reader.numbers = g_array_new(FALSE, FALSE, sizeof(double));
    reader.items = g_array_new(FALSE, FALSE, sizeof(ErrataDatum));
    reader.keys = g_ptr_array_new();
    ok = read(&reader, &tree->root, error);
    g_array_unref(reader.numbers);
    g_array_unref(reader.items);
    g_ptr_array_unref(reader.keys);
    return ok ? g_steal_pointer(&tree) : NULL;
}

/* the numbers so far were not all: they become items */
static void
datum_unpack_numbers(ErrataDatumReader *self, guint first_number)
{
    for (guint i = first_number; i < self->numbers->len; i++) {
        ErrataDatum item = {.kind = ERRATA_DATUM_NUMBER,
                            .number = g_array_index(self->numbers, double, i)};

        g_array_append_val(self->items, item);
        g_ptr_array_add(self->keys, NULL);
    }
    g_array_set_size(self->numbers, first_number);
}

void
errata_datum_add_element(ErrataDatumReader *self,
                         guint first_item,
                         guint first_number,
                         const ErrataDatum *element)
{
    gboolean is_number = element->kind == ERRATA_DATUM_NUMBER ||
                         element->kind == ERRATA_DATUM_BOOLEAN;

    if (is_number && self->items->len == first_item) {
        g_array_append_vals(self->numbers, &element->number, 1);
        return;
    }
    datum_unpack_numbers(self, first_number);
    g_array_append_vals(self->items, element, 1);
    g_ptr_array_add(self->keys, NULL);
}

/* the items read last, with their keys; not yet an object */
static void
datum_close_items(ErrataDatumReader *self, guint first_item, ErrataDatum *ret)
{
    gsize n = self->items->len - first_item;
    ErrataDatum *items = errata_datum_tree_alloc(self->tree, n, sizeof *items);
    const char **keys = errata_datum_tree_alloc(self->tree, n, sizeof *keys);

    self->depth--;
    for (gsize i = 0; i < n; i++) {
        items[i] = g_array_index(self->items, ErrataDatum, first_item + i);
        keys[i] = g_ptr_array_index(self->keys, first_item + i);
    }
    g_array_set_size(self->items, first_item);
    g_ptr_array_set_size(self->keys, (gint)first_item);
    *ret = (ErrataDatum){.kind = ERRATA_DATUM_OBJECT, .n = n, .items = items, .keys = keys};
}

void
errata_datum_close_array(ErrataDatumReader *self,
                         guint first_item,
                         guint first_number,
                         ErrataDatum *ret)
{
    if (self->items->len > first_item) {
        datum_close_items(self, first_item, ret);
        ret->kind = ERRATA_DATUM_LIST;
        ret->keys = NULL;
        return;
    }
    self->depth--;
    gsize n = self->numbers->len - first_number;
    double *numbers = errata_datum_tree_alloc(self->tree, n, sizeof *numbers);

    if (n > 0)
        memcpy(numbers, &g_array_index(self->numbers, double, first_number), n * sizeof *numbers);
    g_array_set_size(self->numbers, first_number);
    *ret = (ErrataDatum){.kind = ERRATA_DATUM_NUMBERS, .n = n, .numbers = numbers};
}

static gboolean
datum_fail_twice(const ErrataDatumReader *self, const char *key, GError **error)
{
    g_autofree char *text = g_utf8_make_valid(key, (gssize)strnlen(key, 60));

    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "the member “%s” stands twice in the object that ends before byte %" G_GSIZE_FORMAT,
                text,
                (gsize)(self->at - self->begin));
    return FALSE;
}

static int
datum_compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* libraries take the first or the last of two members of one name: none of both is guessed. Sorted,
 * not hashed: names can be chosen to have one hash */
static gboolean
datum_check_names(const ErrataDatumReader *self, const ErrataDatum *object, GError **error)
{
    g_autofree const char **names = NULL;

    if (object->n < 2)
        return TRUE;
    names = g_memdup2(object->keys, object->n * sizeof *names);
    qsort(names, object->n, sizeof *names, datum_compare_names);
    for (gsize i = 1; i < object->n; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            return datum_fail_twice(self, names[i], error);
    return TRUE;
}

gboolean
errata_datum_close_object(ErrataDatumReader *self,
                          guint first_item,
                          ErrataDatum *ret,
                          GError **error)
{
    datum_close_items(self, first_item, ret);
    return !self->unique || datum_check_names(self, ret, error);
}

/**
 * errata_datum_get:
 * @self: (nullable): a value
 * @key: name of a member
 *
 * Returns: (transfer none) (nullable): the first member of that name; %NULL when @self is no object
 */
const ErrataDatum *
errata_datum_get(const ErrataDatum *self, const char *key)
{
    for (gsize i = 0; self != NULL && self->kind == ERRATA_DATUM_OBJECT && i < self->n; i++)
        if (strcmp(self->keys[i], key) == 0)
            return &self->items[i];
    return NULL;
}

/**
 * errata_datum_at:
 * @self: (nullable): a value
 * @index: of an element
 *
 * Returns: (transfer none) (nullable): that element of a LIST or member of an OBJECT
 */
const ErrataDatum *
errata_datum_at(const ErrataDatum *self, gsize index)
{
    gboolean has = self != NULL && index < self->n &&
                   (self->kind == ERRATA_DATUM_LIST || self->kind == ERRATA_DATUM_OBJECT);

    return has ? &self->items[index] : NULL;
}

/**
 * errata_datum_text:
 * @self: (nullable): an object
 * @key: name of a member
 *
 * Returns: (transfer none) (nullable): the string
 */
const char *
errata_datum_text(const ErrataDatum *self, const char *key)
{
    const ErrataDatum *found = errata_datum_get(self, key);

    return found != NULL && found->kind == ERRATA_DATUM_STRING ? found->text : NULL;
}

/**
 * errata_datum_number:
 * @self: (nullable): an object
 * @key: name of a member
 *
 * Returns: the number, or the number that the string says; NaN otherwise
 */
double
errata_datum_number(const ErrataDatum *self, const char *key)
{
    const ErrataDatum *found = errata_datum_get(self, key);
    double value = (double)NAN;

    if (found == NULL)
        return value;
    if (found->kind == ERRATA_DATUM_NUMBER || found->kind == ERRATA_DATUM_BOOLEAN)
        return found->number;
    if (found->kind == ERRATA_DATUM_STRING &&
        errata_number_parse_double(found->text, found->n, &value))
        return value;
    return (double)NAN;
}

/**
 * errata_datum_numbers:
 * @self: (nullable): an object
 * @key: name of a member
 * @ret_n: (out): how many
 *
 * Returns: (transfer none) (nullable) (array length=ret_n): the numbers of an array of numbers
 */
const double *
errata_datum_numbers(const ErrataDatum *self, const char *key, gsize *ret_n)
{
    const ErrataDatum *found = errata_datum_get(self, key);

    *ret_n = 0;
    if (found == NULL || found->kind != ERRATA_DATUM_NUMBERS)
        return NULL;
    *ret_n = found->n;
    return found->numbers;
}
