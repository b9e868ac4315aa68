/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pickle.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "number.h"
#include "pickle-array.h"
#include "pickle-line.h"

#define STACK_LIMIT (1U << 22)

struct _Pickle {
    GPtrArray *values;  /* owned */
    GPtrArray *texts;   /* owned copies */
    GPtrArray *stack;   /* PickleValue */
    GPtrArray *memo;    /* PickleValue, by number */
    GPtrArray *globals; /* PickleValue */
    GPtrArray *calls;   /* PickleValue: what is called */
    GPtrArray *states;  /* PickleValue: what gets a state */
    const guint8 *bytes;
    gsize size;
    gsize at;
    guint depth; /* of pickles within one another */
    const PickleValue *root;
};

static void
pickle_value_free(gpointer data)
{
    PickleValue *value = data;
    g_clear_pointer(&value->items, g_ptr_array_unref);
    g_free(value);
}

void
pickle_free(Pickle *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->values);
    g_ptr_array_unref(self->texts);
    g_ptr_array_unref(self->stack);
    g_ptr_array_unref(self->memo);
    g_ptr_array_unref(self->globals);
    g_ptr_array_unref(self->calls);
    g_ptr_array_unref(self->states);
    g_free(self);
}

const PickleValue *
pickle_root(const Pickle *self)
{
    return self->root;
}

gsize
pickle_size(const Pickle *self)
{
    return self->at;
}

const GPtrArray *
pickle_globals(const Pickle *self)
{
    return self->globals;
}

const GPtrArray *
pickle_calls(const Pickle *self)
{
    return self->calls;
}

const GPtrArray *
pickle_states(const Pickle *self)
{
    return self->states;
}

static gboolean
machine_fail(const Pickle *self, GError **error, const char *what)
{
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "byte %" G_GSIZE_FORMAT " of the pickle: %s",
                self->at,
                what);
    return FALSE;
}

static PickleValue *
machine_new(Pickle *self, PickleKind kind)
{
    PickleValue *value = g_new0(PickleValue, 1);
    value->kind = kind;
    g_ptr_array_add(self->values, value);
    return value;
}

static gboolean
machine_push(Pickle *self, PickleValue *value, GError **error)
{
    if (self->stack->len >= STACK_LIMIT || self->values->len >= ERRATA_LIMIT_PICKLE_VALUES)
        return machine_fail(self, error, "more values than a model may have");
    g_ptr_array_add(self->stack, value);
    return TRUE;
}

/* NULL with an error when there is none, or only a mark */
static PickleValue *
machine_pop(Pickle *self, GError **error)
{
    PickleValue *top = self->stack->len == 0 ? NULL : self->stack->pdata[self->stack->len - 1];
    if (top == NULL || top->kind == PICKLE_MARK) {
        machine_fail(self, error, "an operation finds no value on the stack");
        return NULL;
    }
    g_ptr_array_set_size(self->stack, (int)self->stack->len - 1);
    return top;
}

static PickleValue *
machine_top(Pickle *self, GError **error)
{
    PickleValue *top = machine_pop(self, error);
    if (top != NULL)
        g_ptr_array_add(self->stack, top);
    return top;
}

/* @size bytes from here on, or NULL with an error */
static const guint8 *
machine_take(Pickle *self, guint64 size, GError **error)
{
    if (size > self->size - self->at) {
        machine_fail(self, error, "it ends within a value, or a length in it is false");
        return NULL;
    }
    const guint8 *bytes = self->bytes + self->at;
    self->at += size;
    return bytes;
}

static gboolean
machine_unsigned(Pickle *self, guint n, guint64 *ret, GError **error)
{
    const guint8 *bytes = machine_take(self, n, error);
    *ret = 0;
    for (guint i = 0; bytes != NULL && i < n; i++)
        *ret |= (guint64)bytes[i] << (8 * i);
    return bytes != NULL;
}

/* up to the next line feed, without it; a copy */
static char *
machine_line(Pickle *self, GError **error)
{
    const guint8 *start = self->bytes + self->at;
    const guint8 *end = memchr(start, '\n', self->size - self->at);
    if (end == NULL) {
        machine_fail(self, error, "it ends within a line");
        return NULL;
    }
    self->at += (gsize)(end - start) + 1;
    char *line = g_strndup((const char *)start, (gsize)(end - start));
    g_ptr_array_add(self->texts, line);
    return line;
}

static gboolean
machine_text(Pickle *self, guint length_bytes, GError **error)
{
    guint64 size;
    const guint8 *bytes;
    if (!machine_unsigned(self, length_bytes, &size, error) ||
        (bytes = machine_take(self, size, error)) == NULL)
        return FALSE;
    PickleValue *value = machine_new(self, PICKLE_STRING);
    char *text = g_utf8_make_valid((const char *)bytes, (gssize)size);
    g_ptr_array_add(self->texts, text);
    value->data = text;
    value->size = strlen(text);
    value->raw = bytes;
    value->raw_size = size;
    return machine_push(self, value, error);
}

static gboolean
machine_bytes(Pickle *self, guint length_bytes, GError **error)
{
    guint64 size;
    const guint8 *bytes;
    if (!machine_unsigned(self, length_bytes, &size, error) ||
        (bytes = machine_take(self, size, error)) == NULL)
        return FALSE;
    PickleValue *value = machine_new(self, PICKLE_BYTES);
    value->data = (const char *)bytes;
    value->size = size;
    return machine_push(self, value, error);
}

static gboolean
machine_int(Pickle *self, PickleKind kind, gint64 integer, GError **error)
{
    PickleValue *value = machine_new(self, kind);
    value->integer = integer;
    value->number = (double)integer;
    return machine_push(self, value, error);
}

static gboolean
machine_float(Pickle *self, double number, GError **error)
{
    PickleValue *value = machine_new(self, PICKLE_FLOAT);
    value->number = number;
    return machine_push(self, value, error);
}

/* two's complement, little endian, of any length */
static gboolean
machine_long(Pickle *self, guint length_bytes, GError **error)
{
    guint64 size;
    const guint8 *bytes;
    if (!machine_unsigned(self, length_bytes, &size, error) ||
        (bytes = machine_take(self, size, error)) == NULL)
        return FALSE;
    gboolean negative = size > 0 && (bytes[size - 1] & 0x80) != 0;
    double number = 0;
    for (gsize i = size; i-- > 0;)
        number = number * 256 + (negative ? 255 - bytes[i] : bytes[i]);
    number = negative ? -number - 1 : number;
    PickleValue *value = machine_new(self, PICKLE_INT);
    value->number = number;
    value->integer = fabs(number) < 9e18 ? (gint64)number : number < 0 ? G_MININT64 : G_MAXINT64;
    return machine_push(self, value, error);
}

static gboolean
machine_line_number(Pickle *self, gboolean is_float, GError **error)
{
    double number;
    char *line = machine_line(self, error);
    if (line == NULL)
        return FALSE;
    if (!is_float && g_str_equal(line, "00"))
        return machine_int(self, PICKLE_BOOL, 0, error);
    if (!is_float && g_str_equal(line, "01"))
        return machine_int(self, PICKLE_BOOL, 1, error);
    if (g_str_has_suffix(line, "L"))
        line[strlen(line) - 1] = '\0';
    if (!errata_number_parse_double(line, strlen(line), &number) &&
        !(is_float && pickle_line_special(line, &number)))
        return machine_fail(self, error, "expected a number");
    if (is_float)
        return machine_float(self, number, error);
    return machine_int(self, PICKLE_INT, fabs(number) < 9e18 ? (gint64)number : 0, error);
}

/* a string of protocol 0 */
static gboolean
machine_line_text(Pickle *self, gboolean is_raw, GError **error)
{
    const char *line = machine_line(self, error);
    if (line == NULL)
        return FALSE;
    PickleValue *value = machine_new(self, PICKLE_STRING);
    char *bytes = is_raw ? pickle_line_raw(line, &value->raw_size)
                         : pickle_line_quoted(line, &value->raw_size);
    char *text = g_utf8_make_valid(bytes, (gssize)value->raw_size);
    g_ptr_array_add(self->texts, bytes);
    g_ptr_array_add(self->texts, text);
    value->raw = (const guint8 *)bytes;
    value->data = text;
    value->size = strlen(text);
    return machine_push(self, value, error);
}

/* everything above the last mark, as the items of @into; the mark goes too */
static gboolean
machine_gather(Pickle *self, GPtrArray *into, GError **error)
{
    guint at = self->stack->len;
    while (at > 0 && ((const PickleValue *)self->stack->pdata[at - 1])->kind != PICKLE_MARK)
        at--;
    if (at == 0)
        return machine_fail(self, error, "an operation finds no mark");
    for (guint i = at; i < self->stack->len; i++)
        g_ptr_array_add(into, self->stack->pdata[i]);
    g_ptr_array_set_size(self->stack, (int)at - 1);
    return TRUE;
}

static gboolean
machine_container(Pickle *self, PickleKind kind, gboolean from_mark, GError **error)
{
    PickleValue *value = machine_new(self, kind);
    value->items = g_ptr_array_new();
    return (!from_mark || machine_gather(self, value->items, error)) &&
           machine_push(self, value, error);
}

static gboolean
machine_tuple(Pickle *self, guint n, GError **error)
{
    PickleValue *value = machine_new(self, PICKLE_TUPLE);
    value->items = g_ptr_array_new();
    g_ptr_array_set_size(value->items, (int)n);
    for (guint i = n; i-- > 0;) {
        value->items->pdata[i] = machine_pop(self, error);
        if (value->items->pdata[i] == NULL)
            return FALSE;
    }
    return machine_push(self, value, error);
}

/* what stands above the mark goes into what stands below it */
static gboolean
machine_extend(Pickle *self, GError **error)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    if (!machine_gather(self, items, error))
        return FALSE;
    PickleValue *target = machine_top(self, error);
    if (target == NULL)
        return FALSE;
    if (target->items == NULL)
        target->items = g_ptr_array_new();
    for (guint i = 0; i < items->len; i++)
        g_ptr_array_add(target->items, items->pdata[i]);
    return TRUE;
}

static gboolean
machine_append(Pickle *self, guint n, GError **error)
{
    PickleValue *second = n == 2 ? machine_pop(self, error) : NULL;
    PickleValue *first = n == 1 || second != NULL ? machine_pop(self, error) : NULL;
    PickleValue *target = first != NULL ? machine_top(self, error) : NULL;
    if (target == NULL)
        return FALSE;
    if (target->items == NULL)
        target->items = g_ptr_array_new();
    g_ptr_array_add(target->items, first);
    if (n == 2)
        g_ptr_array_add(target->items, second);
    return TRUE;
}

static gboolean
machine_put(Pickle *self, guint64 index, GError **error)
{
    PickleValue *top = machine_top(self, error);
    if (top == NULL)
        return FALSE;
    if (index >= ERRATA_LIMIT_PICKLE_VALUES || index > self->size)
        return machine_fail(self, error, "a number of the memo is out of range");
    if (index >= self->memo->len)
        g_ptr_array_set_size(self->memo, (int)index + 1);
    self->memo->pdata[index] = top;
    return TRUE;
}

static gboolean
machine_get(Pickle *self, guint64 index, GError **error)
{
    if (index >= self->memo->len || self->memo->pdata[index] == NULL)
        return machine_fail(self, error, "the memo holds no such value");
    return machine_push(self, self->memo->pdata[index], error);
}

static gboolean
machine_put_line(Pickle *self, gboolean get, GError **error)
{
    gint64 index;
    const char *line = machine_line(self, error);
    if (line == NULL)
        return FALSE;
    if (!errata_number_parse_int(line, strlen(line), &index) || index < 0)
        return machine_fail(self, error, "expected a number of the memo");
    return get ? machine_get(self, (guint64)index, error)
               : machine_put(self, (guint64)index, error);
}

static gboolean
machine_push_global(Pickle *self, const char *module, const char *name, GError **error)
{
    PickleValue *value = machine_new(self, PICKLE_GLOBAL);
    char *valid_module = g_utf8_make_valid(module, -1);
    char *valid_name = g_utf8_make_valid(name, -1);
    g_ptr_array_add(self->texts, valid_module);
    g_ptr_array_add(self->texts, valid_name);
    value->module = valid_module;
    value->name = valid_name;
    g_ptr_array_add(self->globals, value);
    return machine_push(self, value, error);
}

static gboolean
machine_global_lines(Pickle *self, GError **error)
{
    const char *module = machine_line(self, error);
    const char *name = module != NULL ? machine_line(self, error) : NULL;
    return name != NULL && machine_push_global(self, module, name, error);
}

static gboolean
machine_global_stack(Pickle *self, GError **error)
{
    const PickleValue *name = machine_pop(self, error);
    const PickleValue *module = name != NULL ? machine_pop(self, error) : NULL;
    if (module == NULL)
        return FALSE;
    if (module->kind != PICKLE_STRING || name->kind != PICKLE_STRING)
        return machine_fail(self, error, "expected the names of a module and of what it holds");
    return machine_push_global(self, module->data, name->data, error);
}

/* what a call gives that stands for bytes or a text: a value of @kind that owns @data */
static gboolean
machine_push_plain(Pickle *self, PickleKind kind, char *data, gsize size, GError **error)
{
    PickleValue *value = machine_new(self, kind);
    g_ptr_array_add(self->texts, data);
    value->data = data;
    value->size = size;
    return machine_push(self, value, error);
}

static gboolean
machine_push_call(Pickle *self,
                  const PickleValue *callable,
                  const PickleValue *args,
                  GError **error)
{
    gsize size;
    g_ptr_array_add(self->calls, (gpointer)(gsize)callable);
    char *plain = pickle_call_bytes(callable, args, &size);
    if (plain != NULL)
        return machine_push_plain(self, PICKLE_BYTES, plain, size, error);
    plain = pickle_call_text(callable, args);
    if (plain != NULL)
        return machine_push_plain(self, PICKLE_STRING, plain, strlen(plain), error);
    PickleValue *value = machine_new(self, PICKLE_OBJECT);
    value->callable = callable;
    value->args = args;
    return machine_push(self, value, error);
}

/* REDUCE, NEWOBJ and NEWOBJ_EX: a record of the call, with its arguments */
static gboolean
machine_call(Pickle *self, gboolean keywords, GError **error)
{
    if (keywords && machine_pop(self, error) == NULL)
        return FALSE;
    const PickleValue *args = machine_pop(self, error);
    const PickleValue *callable = args != NULL ? machine_pop(self, error) : NULL;
    return callable != NULL && machine_push_call(self, callable, args, error);
}

static gboolean
machine_call_marked(Pickle *self, gboolean names_class, GError **error)
{
    PickleValue *args = machine_new(self, PICKLE_TUPLE);
    args->items = g_ptr_array_new();
    if (names_class && !machine_global_lines(self, error))
        return FALSE;
    const PickleValue *callable = names_class ? machine_pop(self, error) : NULL;
    if (!machine_gather(self, args->items, error))
        return FALSE;
    if (callable == NULL) {
        if (args->items->len == 0)
            return machine_fail(self, error, "an object without a class");
        callable = args->items->pdata[0];
        g_ptr_array_remove_index(args->items, 0);
    }
    return machine_push_call(self, callable, args, error);
}

/* a name of something kept elsewhere; from the stack, or a line of text in protocol 0 */
static gboolean
machine_persistent(Pickle *self, gboolean from_line, GError **error)
{
    if (from_line && !machine_line_text(self, TRUE, error))
        return FALSE;
    const PickleValue *id = machine_pop(self, error);
    if (id == NULL)
        return FALSE;
    PickleValue *value = machine_new(self, PICKLE_PERSISTENT);
    value->args = id;
    return machine_push(self, value, error);
}

static gboolean machine_run(Pickle *self, GError **error);

/* arrays of objects are pickles of their own, with a stack and a memo of their own */
static gboolean
machine_joblib_objects(Pickle *self, PickleValue *object, GError **error)
{
    if (self->depth > 0)
        return machine_fail(self, error, "an array of objects within another");
    GPtrArray *stack = g_steal_pointer(&self->stack);
    GPtrArray *memo = g_steal_pointer(&self->memo);
    self->stack = g_ptr_array_new();
    self->memo = g_ptr_array_new();
    self->depth++;
    gboolean ok = machine_run(self, error);
    self->depth--;
    object->inner = self->root;
    g_ptr_array_unref(self->stack);
    g_ptr_array_unref(self->memo);
    self->stack = stack;
    self->memo = memo;
    return ok;
}

/* joblib writes an array's bytes right after the state of the object that stands for it */
static gboolean
machine_joblib_array(Pickle *self, PickleValue *object, GError **error)
{
    gsize size;
    const PickleValue *alignment = pickle_attribute(object, "numpy_array_alignment_bytes");
    if (pickle_array_of_objects(object))
        return machine_joblib_objects(self, object, error);
    if (!pickle_array_size(object, &size))
        return machine_fail(self, error, "an array of a kind that joblib does not write so");
    if (alignment != NULL && alignment->kind == PICKLE_INT) {
        guint64 padding;
        if (!machine_unsigned(self, 1, &padding, error) ||
            machine_take(self, padding, error) == NULL)
            return FALSE;
    }
    object->raw = machine_take(self, size, error);
    object->raw_size = size;
    return object->raw != NULL;
}

static gboolean
machine_build(Pickle *self, GError **error)
{
    const PickleValue *state = machine_pop(self, error);
    PickleValue *object = state != NULL ? machine_top(self, error) : NULL;
    if (object == NULL)
        return FALSE;
    object->state = state;
    g_ptr_array_add(self->states, object);
    if (pickle_is_a(object, "joblib.numpy_pickle", "NumpyArrayWrapper"))
        return machine_joblib_array(self, object, error);
    return TRUE;
}

static gboolean
machine_big_endian_double(Pickle *self, GError **error)
{
    const guint8 *bytes = machine_take(self, 8, error);
    guint64 bits = 0;
    double number;
    for (guint i = 0; bytes != NULL && i < 8; i++)
        bits = bits << 8 | bytes[i];
    memcpy(&number, &bits, sizeof number);
    return bytes != NULL && machine_float(self, number, error);
}

static gboolean
machine_small_int(Pickle *self, guint n, gboolean is_signed, GError **error)
{
    guint64 bits;
    if (!machine_unsigned(self, n, &bits, error))
        return FALSE;
    return machine_int(self,
                       PICKLE_INT,
                       is_signed ? (gint64)(gint32)(guint32)bits : (gint64)bits,
                       error);
}

static gboolean
machine_memo_number(Pickle *self, guint n, gboolean get, GError **error)
{
    guint64 index;
    return machine_unsigned(self, n, &index, error) &&
           (get ? machine_get(self, index, error) : machine_put(self, index, error));
}

static gboolean
machine_pop_mark(Pickle *self, GError **error)
{
    g_autoptr(GPtrArray) gone = g_ptr_array_new();
    return machine_gather(self, gone, error);
}

static gboolean
machine_pop_one(Pickle *self, GError **error)
{
    const PickleValue *top = self->stack->len == 0 ? NULL
                                                   : self->stack->pdata[self->stack->len - 1];
    return (top != NULL && top->kind == PICKLE_MARK) ? machine_pop_mark(self, error)
                                                     : machine_pop(self, error) != NULL;
}

static gboolean
machine_duplicate(Pickle *self, GError **error)
{
    PickleValue *top = machine_top(self, error);
    return top != NULL && machine_push(self, top, error);
}

/* containers, calls and the stack */
static gboolean
machine_structure(Pickle *self, guint8 op, GError **error)
{
    switch (op) {
    case '(':
        return machine_push(self, machine_new(self, PICKLE_MARK), error);
    case '0':
        return machine_pop_one(self, error);
    case '1':
        return machine_pop_mark(self, error);
    case '2':
        return machine_duplicate(self, error);
    case ')':
        return machine_container(self, PICKLE_TUPLE, FALSE, error);
    case 't':
        return machine_container(self, PICKLE_TUPLE, TRUE, error);
    case 0x85:
        return machine_tuple(self, 1, error);
    case 0x86:
        return machine_tuple(self, 2, error);
    case 0x87:
        return machine_tuple(self, 3, error);
    case ']':
        return machine_container(self, PICKLE_LIST, FALSE, error);
    case 'l':
        return machine_container(self, PICKLE_LIST, TRUE, error);
    case '}':
        return machine_container(self, PICKLE_DICT, FALSE, error);
    case 'd':
        return machine_container(self, PICKLE_DICT, TRUE, error);
    case 0x8f:
        return machine_container(self, PICKLE_SET, FALSE, error);
    case 0x91:
        return machine_container(self, PICKLE_SET, TRUE, error);
    case 'a':
        return machine_append(self, 1, error);
    case 's':
        return machine_append(self, 2, error);
    case 'e':
    case 'u':
    case 0x90:
        return machine_extend(self, error);
    case 'R':
    case 0x81:
        return machine_call(self, FALSE, error);
    case 0x92:
        return machine_call(self, TRUE, error);
    case 'i':
        return machine_call_marked(self, TRUE, error);
    case 'o':
        return machine_call_marked(self, FALSE, error);
    case 'b':
        return machine_build(self, error);
    case 'P':
        return machine_persistent(self, TRUE, error);
    case 'Q':
        return machine_persistent(self, FALSE, error);
    case 'c':
        return machine_global_lines(self, error);
    case 0x93:
        return machine_global_stack(self, error);
    case 'p':
        return machine_put_line(self, FALSE, error);
    case 'g':
        return machine_put_line(self, TRUE, error);
    case 'q':
        return machine_memo_number(self, 1, FALSE, error);
    case 'r':
        return machine_memo_number(self, 4, FALSE, error);
    case 'h':
        return machine_memo_number(self, 1, TRUE, error);
    case 'j':
        return machine_memo_number(self, 4, TRUE, error);
    case 0x94:
        return machine_put(self, self->memo->len, error);
    default:
        return machine_fail(self, error, "an operation that no model needs (it is refused)");
    }
}

/* values without parts; @ret_known FALSE for any other operation */
static gboolean
machine_atom(Pickle *self, guint8 op, gboolean *ret_known, GError **error)
{
    *ret_known = TRUE;
    switch (op) {
    case 0x80:
        return machine_take(self, 1, error) != NULL; /* the protocol */
    case 0x95:
        return machine_take(self, 8, error) != NULL; /* a frame: only a hint */
    case 'N':
        return machine_int(self, PICKLE_NONE, 0, error);
    case 0x88:
        return machine_int(self, PICKLE_BOOL, 1, error);
    case 0x89:
        return machine_int(self, PICKLE_BOOL, 0, error);
    case 'K':
        return machine_small_int(self, 1, FALSE, error);
    case 'M':
        return machine_small_int(self, 2, FALSE, error);
    case 'J':
        return machine_small_int(self, 4, TRUE, error);
    case 'I':
    case 'L':
        return machine_line_number(self, FALSE, error);
    case 0x8a:
        return machine_long(self, 1, error);
    case 0x8b:
        return machine_long(self, 4, error);
    case 'F':
        return machine_line_number(self, TRUE, error);
    case 'G':
        return machine_big_endian_double(self, error);
    case 'S':
        return machine_line_text(self, FALSE, error);
    case 'V':
        return machine_line_text(self, TRUE, error);
    case 'U':
    case 0x8c:
        return machine_text(self, 1, error);
    case 'T':
    case 'X':
        return machine_text(self, 4, error);
    case 0x8d:
        return machine_text(self, 8, error);
    case 'C':
        return machine_bytes(self, 1, error);
    case 'B':
        return machine_bytes(self, 4, error);
    case 0x8e:
    case 0x96:
        return machine_bytes(self, 8, error);
    default:
        *ret_known = FALSE;
        return TRUE;
    }
}

static gboolean
machine_run(Pickle *self, GError **error)
{
    while (self->at < self->size) {
        guint8 op = self->bytes[self->at++];
        gboolean known;
        if (op == '.') {
            self->root = machine_pop(self, error);
            return self->root != NULL;
        }
        if (!machine_atom(self, op, &known, error) ||
            (!known && !machine_structure(self, op, error)))
            return FALSE;
    }
    return machine_fail(self, error, "it ends before its end");
}

/**
 * pickle_read:
 * @bytes: (array length=size): the pickle; stays as long as the result
 *
 * Builds a description of what the pickle would build, and calls nothing.
 *
 * Source: CPython's Lib/pickletools.py describes every operation; joblib's numpy_pickle.py the
 * arrays beside them.
 *
 * Returns: (nullable): the description, or %NULL with an error naming the byte
 */
Pickle *
pickle_read(const guint8 *bytes, gsize size, GError **error)
{
    g_autoptr(Pickle) self = g_new0(Pickle, 1);
    self->values = g_ptr_array_new_with_free_func(pickle_value_free);
    self->texts = g_ptr_array_new_with_free_func(g_free);
    self->stack = g_ptr_array_new();
    self->memo = g_ptr_array_new();
    self->globals = g_ptr_array_new();
    self->calls = g_ptr_array_new();
    self->states = g_ptr_array_new();
    self->bytes = bytes;
    self->size = size;
    return machine_run(self, error) ? g_steal_pointer(&self) : NULL;
}
