/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Python's pickles, protocols 0 to 5, read by a machine that calls nothing: what a pickle would
 * import is a name, what it would call a record of the call. */

typedef enum {
    PICKLE_NONE,
    PICKLE_BOOL,
    PICKLE_INT,
    PICKLE_FLOAT,
    PICKLE_STRING, /* valid UTF-8, ends with NUL */
    PICKLE_BYTES,
    PICKLE_LIST,
    PICKLE_TUPLE,
    PICKLE_SET,
    PICKLE_DICT,       /* items: key, value, … */
    PICKLE_GLOBAL,     /* module and name */
    PICKLE_OBJECT,     /* what calling callable with args would have given */
    PICKLE_PERSISTENT, /* what lies beside the pickle, under the name args */
    PICKLE_MARK,
} PickleKind;

typedef struct _PickleValue PickleValue;

/**
 * PickleValue:
 * @number: of BOOL, INT (as far as a double holds it) and FLOAT
 * @integer: of BOOL and INT; saturated
 * @data, @size: of STRING and BYTES
 * @items: (nullable): of containers; of an OBJECT what was appended or set
 * @module, @name: of a GLOBAL
 * @callable, @args, @state: (nullable): of an OBJECT; @state is what BUILD gave it; @args also of
 *   PERSISTENT
 * @raw, @raw_size: (nullable): of an array that joblib wrote beside the pickle: its bytes
 * @inner: (nullable): of an array of objects that joblib wrote so: the array
 */
struct _PickleValue {
    PickleKind kind;
    double number;
    gint64 integer;
    const char *data;
    gsize size;
    GPtrArray *items;
    const char *module;
    const char *name;
    const PickleValue *callable;
    const PickleValue *args;
    const PickleValue *state;
    const guint8 *raw;
    gsize raw_size;
    const PickleValue *inner;
};

typedef struct _Pickle Pickle;

Pickle *pickle_read(const guint8 *bytes, gsize size, GError **error);
void pickle_free(Pickle *self);
const PickleValue *pickle_root(const Pickle *self);
/* bytes of it: another may follow */
gsize pickle_size(const Pickle *self);
/* (element-type PickleValue): every GLOBAL, in order, the same ones again */
const GPtrArray *pickle_globals(const Pickle *self);
/* (element-type PickleValue): what each call would call, and what would be given a state, in
 * order */
const GPtrArray *pickle_calls(const Pickle *self);
const GPtrArray *pickle_states(const Pickle *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pickle, pickle_free)

/* NULL-safe; all return NULL or a fallback where the value is not of that kind */
const PickleValue *pickle_item(const PickleValue *value, guint index);
guint pickle_n_items(const PickleValue *value);
const PickleValue *pickle_get(const PickleValue *dict, const char *key);
const char *pickle_text(const PickleValue *value);
/* of an object: an attribute of its state */
const PickleValue *pickle_attribute(const PickleValue *object, const char *name);
/* of an object: whether it is of that class; @module matches its beginning */
gboolean pickle_is_a(const PickleValue *object, const char *module, const char *name);
const char *pickle_class(const PickleValue *object);
const char *pickle_module(const PickleValue *object);
/* (transfer full) (nullable): the bytes that a call of protocol 2 stands for */
char *pickle_call_bytes(const PickleValue *callable, const PickleValue *args, gsize *ret_size);
/* (transfer full) (nullable): the text that numpy's scalar(dtype, bytes) is */
char *pickle_call_text(const PickleValue *callable, const PickleValue *args);

G_END_DECLS
