/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells that hold a list or an object, as tools write the probabilities of all classes into one:
 * `[0.1, 0.9]`, numpy's `[0.1 0.9]`, `{"cat": 0.1, "dog": 0.9}`, Python's `{'cat': 0.1}`, Java's
 * `{cat=0.1, dog=0.9}`, `[{"label": "cat", "prob": 0.1}, …]`, `array([0.1, 0.9])`. Each value
 * becomes a column of its own, named as the readers of nested JSON name it: NAME.KEY, NAME.0.
 *
 * What is in doubt stays as it is: bins written `[35, 44]`, the classes of one row `[0, 1, 0]`, a
 * box or a forecast, prose in braces. Lists are taken apart where they are the probabilities of
 * classes or where their name says that they are scores or an embedding, objects where they hold
 * numbers under the same keys. */
#include "column-nested.h"

#include <math.h>
#include <string.h>

#include "column-store.h"
#include "limit.h"
#include "number.h"
#include "schema-name.h"
#include "text.h"

#define NESTED_DEPTH       16   /* brackets within brackets */
#define NESTED_COLUMNS     4096 /* that one column may become, as of an array in JSON */
#define NESTED_SPARSE      64   /* names beyond four times those of one cell: they are values */
#define NESTED_SPARSE_FOLD 4
#define NESTED_FAILED      100 /* one cell in so many may be something else */
#define NESTED_EXCERPT     40  /* characters */
#define NESTED_FEW         50  /* cells that differ, each met twice: bins or classes, not numbers */
#define NESTED_OFTEN       20  /* … or any number of them, each met so often */
#define NESTED_NEARLY_ALL  20  /* one row in so many may differ */
#define NESTED_KEY_BYTES   40  /* of a key that is a name and no text */
/* what the rounding of each probability to two digits and of their sum may add up to, at most */
#define NESTED_ROUNDING     0.005
#define NESTED_ROUNDING_ALL 0.01
#define NESTED_ROUNDING_MAX 0.05

/* a value of the row: spans of the row's names and texts */
typedef struct {
    gsize name;
    gsize key; /* where its last key begins, within names */
    gsize name_end;
    gsize text;
    gsize text_end;
    gboolean quoted;
} NestedCell;

typedef struct {
    const char *p;
    const char *end;
    GString *path;
    GString *names;
    GString *texts;
    GArray *cells; /* (element-type NestedCell) */
    gsize key;     /* where the last key of the path begins */
} NestedRow;

/* a column to be */
typedef struct {
    char *name;
    ErrataColumnStore store;
} NestedPart;

typedef struct {
    const ErrataColumn *column;
    NestedRow row;
    GPtrArray *parts;    /* (element-type NestedPart) */
    GHashTable *by_name; /* of the part: its index + 1 */
    gsize n_list;        /* numbers in each list, 0 as long as no list was met */
    guint n_widest;      /* values of one cell at most */
} NestedSplit;

static gboolean nested_value(NestedRow *row, guint depth);

static gboolean
nested_is_any(const char *const *names, const char *key, gsize length)
{
    for (gsize i = 0; names[i] != NULL; i++)
        if (strlen(names[i]) == length && memcmp(names[i], key, length) == 0)
            return TRUE;
    return FALSE;
}

/**
 * errata_nested_is_label_key:
 * @key: (array length=length): a key of an object
 * @length: bytes
 *
 * Returns: whether it stands for a class in a list of classes with their probabilities
 */
gboolean
errata_nested_is_label_key(const char *key, gsize length)
{
    static const char *const keys[] = {"label", "class", "class_name", "category", NULL};

    return nested_is_any(keys, key, length);
}

/**
 * errata_nested_is_score_key:
 * @key: (array length=length): a key of an object
 * @length: bytes
 *
 * Returns: whether it stands for the probability in such a list
 */
gboolean
errata_nested_is_score_key(const char *key, gsize length)
{
    static const char *const keys[] = {"score", "prob", "proba", "probability", "confidence", NULL};

    return nested_is_any(keys, key, length);
}

static void
nested_skip(NestedRow *row)
{
    while (row->p < row->end && g_ascii_isspace(*row->p))
        row->p++;
}

static gboolean
nested_at(const NestedRow *row, const char *any)
{
    return row->p < row->end && *row->p != '\0' && strchr(any, *row->p) != NULL;
}

/* the character of `\u00e9` or `\xe9` behind its letter; halves of a pair and NUL are replaced */
static void
nested_code(NestedRow *row, guint digits, GString *onto)
{
    gunichar code = 0;

    row->p++;
    for (guint i = 0; i < digits && row->p < row->end && g_ascii_isxdigit(*row->p); i++)
        code = code * 16 + (gunichar)g_ascii_xdigit_value(*row->p++);
    g_string_append_unichar(onto, code > 0 && g_unichar_validate(code) ? code : (gunichar)0xFFFD);
}

static void
nested_escape(NestedRow *row, GString *onto)
{
    static const char letters[] = "ntrbf";
    static const char stand_for[] = "\n\t\r\b\f";
    const char *letter = strchr(letters, *row->p);

    if (*row->p == 'u' || *row->p == 'x') {
        nested_code(row, *row->p == 'u' ? 4 : 2, onto);
        return;
    }
    g_string_append_c(onto, letter != NULL ? stand_for[letter - letters] : *row->p);
    row->p++;
}

static gboolean
nested_quoted(NestedRow *row, GString *onto)
{
    char quote = *row->p++;

    while (row->p < row->end && *row->p != quote) {
        if (*row->p != '\\') {
            g_string_append_c(onto, *row->p++);
            continue;
        }
        row->p++;
        if (row->p < row->end)
            nested_escape(row, onto);
    }
    return row->p < row->end && *row->p++ == quote;
}

/* whether a word or number ends there */
static gboolean
nested_is_mark(char c)
{
    switch (c) {
    case ',':
    case ':':
    case '=':
    case '(':
    case ')':
    case '[':
    case ']':
    case '{':
    case '}':
    case '"':
    case '\'':
        return TRUE;
    default:
        return g_ascii_isspace(c);
    }
}

/* a word or number without quotes; empty where there is none */
static gboolean
nested_bare(NestedRow *row, GString *onto)
{
    const char *begin = row->p;

    while (row->p < row->end && !nested_is_mark(*row->p))
        row->p++;
    g_string_append_len(onto, begin, row->p - begin);
    return row->p > begin;
}

static gboolean
nested_scalar(NestedRow *row, GString *onto, gboolean *ret_quoted)
{
    *ret_quoted = nested_at(row, "\"'");
    return *ret_quoted ? nested_quoted(row, onto) : nested_bare(row, onto);
}

static void
nested_keep(NestedRow *row, gsize text, gboolean quoted)
{
    NestedCell cell = {.name = row->names->len,
                       .key = row->names->len + row->key,
                       .text = text,
                       .text_end = row->texts->len,
                       .quoted = quoted};

    g_string_append_len(row->names, row->path->str, (gssize)row->path->len);
    cell.name_end = row->names->len;
    g_array_append_val(row->cells, cell);
}

/* the arguments behind the first one: `, dtype=float32)` */
static gboolean
nested_call_end(NestedRow *row)
{
    g_autoptr(GString) ignored = g_string_new(NULL);
    gboolean quoted;

    nested_skip(row);
    while (nested_at(row, ",")) {
        row->p++;
        nested_skip(row);
        if (nested_at(row, ")"))
            break;
        if (!nested_bare(row, ignored) || !nested_at(row, "="))
            return FALSE;
        row->p++;
        if (!nested_scalar(row, ignored, &quoted))
            return FALSE;
        nested_skip(row);
    }
    return nested_at(row, ")") && *row->p++ == ')';
}

/* puts @key, or the number @n, behind the path */
static void
nested_extend(NestedRow *row, const char *key, guint n)
{
    char digits[10]; /* of 32 bits */
    gsize at = sizeof digits;

    if (row->path->len > 0)
        g_string_append_c(row->path, '.');
    row->key = row->path->len;
    if (key != NULL) {
        g_string_append(row->path, key);
        return;
    }
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    g_string_append_len(row->path, digits + at, (gssize)(sizeof digits - at));
}

/* what stands between two values: a comma, or white space alone as numpy has it */
static gboolean
nested_separator(NestedRow *row)
{
    const char *before = row->p;

    nested_skip(row);
    if (!nested_at(row, ","))
        return row->p > before;
    row->p++;
    nested_skip(row);
    return TRUE;
}

/* the label of a pair of cells of @names, and the cell with the score */
static const NestedCell *
nested_pair(const NestedRow *row, guint i, const NestedCell **ret_score)
{
    const NestedCell *a = &g_array_index(row->cells, NestedCell, i);
    const NestedCell *b = a + 1;
    const char *names = row->names->str;
    gboolean first = errata_nested_is_label_key(names + a->key, a->name_end - a->key);
    const NestedCell *label = first ? a : b;

    *ret_score = first ? b : a;
    return errata_nested_is_label_key(names + label->key, label->name_end - label->key) &&
                   errata_nested_is_score_key(names + (*ret_score)->key,
                                              (*ret_score)->name_end - (*ret_score)->key) &&
                   label->text_end > label->text
               ? label
               : NULL;
}

/* a list of several objects, each a class and its probability: one value per class. @first is the
 * first cell of the list, which has @n elements */
static gboolean
nested_label(NestedRow *row, guint first, guint n)
{
    const NestedCell *score;

    if (n < 2 || row->cells->len - first != 2 * n)
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (nested_pair(row, first + 2 * i, &score) == NULL)
            return FALSE;
    for (guint i = 0; i < n; i++) {
        const NestedCell *label = nested_pair(row, first + 2 * i, &score);
        g_autofree char *key = g_strndup(row->texts->str + label->text,
                                         label->text_end - label->text);
        NestedCell cell = *score;
        gsize path_length = row->path->len;

        nested_extend(row, key, 0);
        cell.name = row->names->len;
        cell.key = cell.name + row->key;
        g_string_append_len(row->names, row->path->str, (gssize)row->path->len);
        cell.name_end = row->names->len;
        g_array_index(row->cells, NestedCell, first + i) = cell;
        g_string_truncate(row->path, path_length);
    }
    g_array_set_size(row->cells, first + n);
    return TRUE;
}

static gboolean
nested_list(NestedRow *row, char close, guint depth)
{
    gsize path_length = row->path->len;
    guint first = row->cells->len;
    guint n = 0;

    nested_skip(row);
    while (row->p < row->end && *row->p != close) {
        gboolean ok;

        nested_extend(row, NULL, n++);
        ok = row->path->len <= ERRATA_LIMIT_NAME_BYTES && nested_value(row, depth);
        g_string_truncate(row->path, path_length);
        if (!ok || row->cells->len > NESTED_COLUMNS)
            return FALSE;
        if (row->p < row->end && *row->p != close && !nested_separator(row))
            return FALSE;
    }
    nested_label(row, first, n);
    return row->p < row->end && *row->p++ == close;
}

/* whether a key follows the brace; Postgres writes a list in braces */
static gboolean
nested_has_key(const NestedRow *row)
{
    NestedRow ahead = *row;
    g_autoptr(GString) ignored = g_string_new(NULL);
    gboolean quoted;

    nested_skip(&ahead);
    if (nested_at(&ahead, "}"))
        return TRUE;
    if (!nested_scalar(&ahead, ignored, &quoted))
        return FALSE;
    nested_skip(&ahead);
    return nested_at(&ahead, ":=");
}

static gboolean
nested_object(NestedRow *row, guint depth)
{
    gsize path_length = row->path->len;

    nested_skip(row);
    while (row->p < row->end && *row->p != '}') {
        g_autoptr(GString) key = g_string_new(NULL);
        gboolean quoted;
        gboolean ok;

        if (!nested_scalar(row, key, &quoted))
            return FALSE;
        nested_skip(row);
        if (!nested_at(row, ":="))
            return FALSE;
        row->p++;
        nested_skip(row);
        nested_extend(row, key->str, 0);
        ok = row->path->len <= ERRATA_LIMIT_NAME_BYTES && nested_value(row, depth);
        g_string_truncate(row->path, path_length);
        if (!ok || row->cells->len > NESTED_COLUMNS)
            return FALSE;
        nested_skip(row);
        if (row->p < row->end && *row->p != '}' && !nested_separator(row))
            return FALSE;
    }
    return row->p < row->end && *row->p++ == '}';
}

static gboolean
nested_value(NestedRow *row, guint depth)
{
    gsize text = row->texts->len;
    gboolean quoted;

    if (depth == NESTED_DEPTH)
        return FALSE;
    if (nested_at(row, "{")) {
        row->p++;
        return nested_has_key(row) ? nested_object(row, depth + 1)
                                   : nested_list(row, '}', depth + 1);
    }
    if (nested_at(row, "[("))
        return nested_list(row, *row->p++ == '[' ? ']' : ')', depth + 1);
    if (!nested_scalar(row, row->texts, &quoted))
        return FALSE;
    if (!quoted && nested_at(row, "(")) { /* array([…]), np.float64(0.9) */
        g_string_truncate(row->texts, text);
        row->p++;
        return nested_value(row, depth + 1) && nested_call_end(row);
    }
    nested_keep(row, text, quoted);
    return TRUE;
}

static gboolean
nested_is_number(const NestedRow *row, const NestedCell *cell)
{
    const char *text = row->texts->str + cell->text;
    gsize length = cell->text_end - cell->text;
    double number;

    return !cell->quoted && (errata_number_parse_double(text, length, &number) ||
                             errata_number_is_missing(text, length));
}

/* whether a list has numbers only, as many as the lists before it, or probabilities of classes */
static gboolean
nested_list_fits(NestedSplit *self)
{
    const NestedRow *row = &self->row;
    const NestedCell *first = &g_array_index(row->cells, NestedCell, 0);

    if (row->cells->len == 0 ||
        (first->name_end > first->name && !g_ascii_isdigit(row->names->str[first->name])))
        return TRUE;
    for (guint i = 0; i < row->cells->len; i++)
        if (!nested_is_number(row, &g_array_index(row->cells, NestedCell, i)))
            return FALSE;
    if (self->n_list == 0)
        self->n_list = row->cells->len;
    return row->cells->len == self->n_list;
}

/* whether a cell begins as Python prints an array or a number of one of its libraries */
static gboolean
nested_is_call(const NestedRow *row)
{
    static const char *const calls[] =
        {"array(", "tensor(", "np.", "numpy.", "torch.", "Decimal(", NULL};

    for (gsize i = 0; calls[i] != NULL; i++)
        if ((gsize)(row->end - row->p) > strlen(calls[i]) &&
            memcmp(row->p, calls[i], strlen(calls[i])) == 0)
            return TRUE;
    return FALSE;
}

/* reads a cell into the row's cells; FALSE where it is no list or object like the others */
static gboolean
nested_parse(NestedSplit *self, const char *text, gsize length)
{
    NestedRow *row = &self->row;
    gboolean is_object;

    row->p = text;
    row->end = text + length;
    g_string_truncate(row->path, 0);
    g_string_truncate(row->names, 0);
    g_string_truncate(row->texts, 0);
    g_array_set_size(row->cells, 0);
    row->key = 0;
    nested_skip(row);
    if (!nested_at(row, "[{(") && !nested_is_call(row))
        return FALSE;
    is_object = nested_at(row, "{") &&
                nested_has_key(&(NestedRow){.p = row->p + 1, .end = row->end});
    if (!nested_value(row, 0))
        return FALSE;
    nested_skip(row);
    return row->p == row->end && (is_object || nested_list_fits(self));
}

static void
nested_part_free(NestedPart *part)
{
    errata_column_store_clear(&part->store);
    g_free(part->name);
    g_free(part);
}

/* the part of the name of a row's value @i; NULL where there are too many */
static NestedPart *
nested_part(NestedSplit *self, guint i)
{
    const NestedCell *cell = &g_array_index(self->row.cells, NestedCell, i);
    const char *begin = self->row.names->str + cell->name;
    gsize length = cell->name_end - cell->name;
    NestedPart *part = i < self->parts->len ? g_ptr_array_index(self->parts, i) : NULL;
    g_autofree char *name = NULL;
    guint known;

    /* as a rule the values of all rows come in one order */
    if (part != NULL && strlen(part->name) == length && memcmp(part->name, begin, length) == 0)
        return part;
    name = g_strndup(begin, length);
    known = GPOINTER_TO_UINT(g_hash_table_lookup(self->by_name, name));
    if (known > 0)
        return g_ptr_array_index(self->parts, known - 1);
    if (self->parts->len >= NESTED_COLUMNS ||
        self->parts->len >= NESTED_SPARSE + NESTED_SPARSE_FOLD * self->n_widest)
        return NULL;
    part = g_new0(NestedPart, 1);
    part->name = g_steal_pointer(&name);
    g_ptr_array_add(self->parts, part);
    g_hash_table_insert(self->by_name, part->name, GUINT_TO_POINTER(self->parts->len));
    return part;
}

static gboolean
nested_append(NestedSplit *self, gsize at)
{
    const NestedRow *row = &self->row;

    self->n_widest = MAX(self->n_widest, row->cells->len);
    for (guint i = 0; i < row->cells->len; i++) {
        const NestedCell *cell = &g_array_index(row->cells, NestedCell, i);
        NestedPart *part = nested_part(self, i);
        const char *text = row->texts->str + cell->text;
        gsize length = cell->text_end - cell->text;

        if (part == NULL)
            return FALSE;
        if (part->store.n_rows > at)
            return FALSE; /* a key that stands there twice: prose, or a value would be lost */
        errata_column_store_append_missing(&part->store, at - part->store.n_rows);
        if (cell->quoted)
            errata_column_store_append_string(&part->store, text, length);
        else
            errata_column_store_append_cell(&part->store, text, length);
    }
    return TRUE;
}

/* all rows; FALSE where the column is to stay as it is */
static gboolean
nested_read(NestedSplit *self, ErrataNestedColumns *result)
{
    const ErrataColumn *column = self->column;

    for (gsize row = 0; row < column->n_rows; row++) {
        gsize length;
        const char *text;

        if (!errata_column_is_valid(column, row))
            continue;
        text = errata_column_text(column, row, &length);
        if (nested_parse(self, text, length)) {
            if (!nested_append(self, row))
                return FALSE;
            continue;
        }
        if (result->example == NULL)
            result->example = errata_text_excerpt(text, length, NESTED_EXCERPT);
        if (++result->n_failed > column->n_rows / NESTED_FAILED)
            return FALSE;
    }
    return self->parts->len > 0;
}

static void
nested_finish(NestedSplit *self, ErrataNestedColumns *result)
{
    for (guint i = 0; i < self->parts->len; i++) {
        NestedPart *part = g_ptr_array_index(self->parts, i);
        g_autofree char *name = self->n_list == 1 && self->parts->len == 1
                                    ? g_strdup(self->column->name)
                                    : g_strdup_printf("%s.%s", self->column->name, part->name);

        errata_column_store_append_missing(&part->store, self->column->n_rows - part->store.n_rows);
        g_ptr_array_add(result->columns, errata_column_store_finish(&part->store, name));
    }
}

/* whether the cells are few that come again and again */
static gboolean
nested_is_few(const ErrataColumn *column)
{
    gsize n_valid = column->n_rows - column->n_missing;

    return column->type == ERRATA_COLUMN_CATEGORY && column->n_dictionary <= n_valid / 2 &&
           (column->n_dictionary < NESTED_FEW || column->n_dictionary < n_valid / NESTED_OFTEN);
}

static gboolean
nested_is_numeric(const ErrataColumn *column)
{
    return column->type == ERRATA_COLUMN_F64 || column->type == ERRATA_COLUMN_I64 ||
           column->n_missing == column->n_rows;
}

/* whether nearly all rows are shares of one. @ret_hard: whether each has one class with all of it.
 * A row without some of the values, as of the best classes only, speaks neither for nor against */
static gboolean
nested_is_shares(const ErrataNestedColumns *parts, gsize n_rows, gboolean *ret_hard)
{
    double rounding = NESTED_ROUNDING_ALL + NESTED_ROUNDING * parts->columns->len;
    gsize n_for = 0;
    gsize n_against = 0;

    *ret_hard = TRUE;
    for (gsize row = 0; row < n_rows; row++) {
        gboolean within = TRUE;
        guint n_valid = 0;
        double sum = 0;

        for (guint i = 0; i < parts->columns->len; i++) {
            double value = errata_column_number(g_ptr_array_index(parts->columns, i), row);

            if (isnan(value))
                continue;
            n_valid++;
            sum += value;
            within = within && value >= 0 && value <= 1;
            *ret_hard = *ret_hard && !(value > 0 && value < 1);
        }
        if (within && n_valid > 0 && fabs(sum - 1) <= MIN(rounding, NESTED_ROUNDING_MAX))
            n_for++;
        else if (!within || n_valid == parts->columns->len)
            n_against++;
    }
    return n_for > 0 && n_against <= (n_for + n_against) / NESTED_NEARLY_ALL;
}

/* whether a column is named like scores of classes or an embedding */
static gboolean
nested_is_named_scores(const char *name, const ErrataName *read)
{
    static const char *const list[] = {"logit",
                                       "logits",
                                       "scores",
                                       "softmax",
                                       "posterior",
                                       "embedding",
                                       "embeddings",
                                       "emb",
                                       NULL};
    g_auto(GStrv) words = g_strsplit(read->words, "_", -1);

    for (gsize i = 0; list[i] != NULL; i++)
        if (g_strv_contains((const char *const *)words, list[i]))
            return TRUE;
    return read->score >= ERRATA_NAME_PATTERN || errata_schema_name_is_probability(name);
}

/* whether the objects of a column are records: the same short keys in nearly all rows */
static gboolean
nested_is_record(const NestedSplit *self, const ErrataNestedColumns *parts)
{
    gsize n_valid = self->column->n_rows - self->column->n_missing;

    if (self->n_list > 0)
        return FALSE;
    for (guint i = 0; i < parts->columns->len; i++) {
        const ErrataColumn *column = g_ptr_array_index(parts->columns, i);
        const NestedPart *part = g_ptr_array_index(self->parts, i);

        if (strlen(part->name) > NESTED_KEY_BYTES ||
            column->n_missing > self->column->n_missing + n_valid / NESTED_NEARLY_ALL)
            return FALSE;
        for (const char *p = part->name; *p != '\0'; p++)
            if ((guchar)*p < 0x80 && !g_ascii_isalnum(*p) && strchr("_-. ", *p) == NULL)
                return FALSE;
    }
    return TRUE;
}

/* whether the objects are `{"label": "cat", "score": 0.9}` */
static gboolean
nested_is_class_and_score(const NestedSplit *self, const ErrataNestedColumns *parts)
{
    gboolean label = FALSE;
    gboolean score = FALSE;

    for (guint i = 0; i < parts->columns->len; i++) {
        const NestedPart *part = g_ptr_array_index(self->parts, i);
        gboolean number = nested_is_numeric(g_ptr_array_index(parts->columns, i));

        if (errata_nested_is_label_key(part->name, strlen(part->name)))
            label = TRUE;
        else if (number && errata_nested_is_score_key(part->name, strlen(part->name)))
            score = TRUE;
        else
            return FALSE;
    }
    return label && score;
}

/* whether the @parts say more than the cells as they are */
static gboolean
nested_is_better(const NestedSplit *self, const ErrataNestedColumns *parts)
{
    const ErrataColumn *column = self->column;
    gboolean named;
    gboolean scores;
    gboolean label;
    gboolean prediction;
    gboolean predicted; /* a list in a column named like a prediction */
    gboolean hard;
    ErrataName name;

    if (self->n_list == 1 && self->parts->len == 1)
        return TRUE;
    errata_schema_name_read(&name, column->name);
    named = nested_is_named_scores(column->name, &name);
    scores = named || name.score > ERRATA_NAME_NONE;
    label = name.label > ERRATA_NAME_NONE;
    prediction = name.prediction > ERRATA_NAME_NONE;
    errata_schema_name_clear(&name);
    predicted = prediction && self->n_list > 0;
    if (label)
        return FALSE;
    if (!predicted && nested_is_class_and_score(self, parts))
        return TRUE;
    for (guint i = 0; i < parts->columns->len; i++)
        if (!nested_is_numeric(g_ptr_array_index(parts->columns, i)))
            return FALSE;
    if (nested_is_shares(parts, column->n_rows, &hard))
        return (scores && !predicted) || (!hard && !nested_is_few(column));
    return !prediction && !nested_is_few(column) && (named || nested_is_record(self, parts));
}

/**
 * errata_column_nested_split:
 * @column: a finished column
 *
 * Takes apart a column of strings whose cells are lists or objects. Cells that are none, at most
 * one in a hundred, read as missing; more, lists of words, lists of different lengths and keys that
 * differ from row to row leave the column as it is. The only number of a list is the column's own
 * value: `[0.87]`. Several numbers are taken apart where they are the probabilities of classes,
 * where the column is named like scores or an embedding, and where they are objects under the same
 * short keys; never in a column named like a label, and lists in one named like a prediction only
 * where they are shares of one that differ from row to row.
 *
 * Returns: (transfer full) (nullable): its values; %NULL where the column stays as it is
 */
ErrataNestedColumns *
errata_column_nested_split(const ErrataColumn *column)
{
    g_autoptr(ErrataNestedColumns) result = NULL;
    NestedSplit split = {.column = column};
    gboolean better = FALSE;

    if ((column->type != ERRATA_COLUMN_CATEGORY && column->type != ERRATA_COLUMN_TEXT) ||
        column->n_missing == column->n_rows)
        return NULL;
    result = g_new0(ErrataNestedColumns, 1);
    result->columns = g_ptr_array_new_with_free_func((GDestroyNotify)errata_column_free);
    split.row = (NestedRow){.path = g_string_new(NULL),
                            .names = g_string_new(NULL),
                            .texts = g_string_new(NULL),
                            .cells = g_array_new(FALSE, FALSE, sizeof(NestedCell))};
    split.parts = g_ptr_array_new_with_free_func((GDestroyNotify)nested_part_free);
    split.by_name = g_hash_table_new(g_str_hash, g_str_equal);
    if (nested_read(&split, result)) {
        nested_finish(&split, result);
        better = nested_is_better(&split, result);
    }
    g_string_free(split.row.path, TRUE);
    g_string_free(split.row.names, TRUE);
    g_string_free(split.row.texts, TRUE);
    g_array_unref(split.row.cells);
    g_hash_table_unref(split.by_name);
    g_ptr_array_unref(split.parts);
    return better ? g_steal_pointer(&result) : NULL;
}

void
errata_nested_columns_free(ErrataNestedColumns *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->columns, g_ptr_array_unref);
    g_free(self->example);
    g_free(self);
}
