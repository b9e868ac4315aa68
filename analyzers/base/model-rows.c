/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of a frame as the inputs of a model: found by name, turned into numbers, codes of
 * categories and strings a block of rows at a time. What does not fit is told once, with counts. */
#include "model-rows.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "model-codes.h"
#include "number.h"
#include "schema-name.h"
#include "text-hash.h"
#include "zone.h"

#define BINDING_TOLD 8U /* names in a sentence */

typedef struct {
    const ErrataColumn *column; /* NULL: the frame has none */
    const ErrataModelInput *input;
    double *of_code;  /* per entry of the column's dictionary */
    double *level;    /* sorted: categories, or values for codes, as numbers */
    double *of_level; /* what stands for each */
    guint n_levels;
    GHashTable *of_string;   /* of TEXT columns: string → index + 1 */
    double blank;            /* what an empty cell is: the category "", where the model knows one */
    gboolean only_texts;     /* it takes numbers, and no value of the column is one */
    char *warning;           /* (nullable): what did not fit */
    gboolean has_told_codes; /* of a coded input: the column's name says that it holds the codes */
    ErrataModelCodesSure sure;
} BoundInput;

struct _ErrataModelBinding {
    ErrataModel *model;
    const ErrataFrame *frame;
    BoundInput *input;
    guint n_inputs;
};

struct _ErrataModelBlock {
    const ErrataModelBinding *binding;
    ErrataModelRows rows;
    double **number;
    const char ***text;
    GStringChunk *strings;
    gsize capacity;
};

/**
 * errata_model_keep_strings:
 * @model: a model
 * @builder: a builder without columns yet
 *
 * Lets the columns of the model's CATEGORY and TEXT inputs be read as they stand.
 */
void
errata_model_keep_strings(const ErrataModel *model, ErrataFrameBuilder *builder)
{
    for (guint i = 0; i < model->inputs->len; i++) {
        const ErrataModelInput *input = errata_model_input(model, i);

        if (input->type != ERRATA_MODEL_NUMBER)
            errata_frame_builder_keep_strings(builder, input->name);
    }
}

static const char *
binding_bare_name(const char *name)
{
    static const char *const prefixes[] = {"features.", "inputs.", "instances."};

    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(name, prefixes[i]))
            return name + strlen(prefixes[i]);
    return name;
}

/* names as some libraries rewrite them: case and what is no letter or digit do not count */
static gboolean
binding_alike(const char *a, const char *b)
{
    for (; *a != '\0' && *b != '\0'; a++, b++) {
        gboolean plain_a = g_ascii_isalnum(*a) || (guchar)*a >= 0x80;
        gboolean plain_b = g_ascii_isalnum(*b) || (guchar)*b >= 0x80;

        if (plain_a != plain_b || (plain_a && g_ascii_tolower(*a) != g_ascii_tolower(*b)))
            return FALSE;
    }
    return *a == *b;
}

/* the same letters and digits in the same order: TenureMonths and tenure_months */
static gboolean
binding_same_letters(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a != '\0' && !g_ascii_isalnum(*a) && (guchar)*a < 0x80)
            a++;
        while (*b != '\0' && !g_ascii_isalnum(*b) && (guchar)*b < 0x80)
            b++;
        if (*a == '\0' || g_ascii_tolower(*a) != g_ascii_tolower(*b))
            return *a == *b;
    }
}

/* the only column that is alike; none that another input is called */
static const ErrataColumn *
binding_find_alike(const ErrataModelBinding *self,
                   const char *name,
                   gboolean (*alike)(const char *a, const char *b))
{
    const ErrataColumn *found = NULL;
    guint n = 0;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        const ErrataColumn *column = self->frame->columns[i];
        gboolean is_other = FALSE;

        if (!alike(column->name, name))
            continue;
        for (guint k = 0; k < self->n_inputs && !is_other; k++)
            is_other = g_str_equal(errata_model_input(self->model, k)->name, column->name);
        if (!is_other) {
            found = column;
            n++;
        }
    }
    return n == 1 ? found : NULL;
}

static const ErrataColumn *
binding_find(const ErrataModelBinding *self, const char *name, GPtrArray *warnings)
{
    const ErrataColumn *found = errata_frame_find(self->frame, name, NULL);

    for (guint i = 0; found == NULL && i < self->frame->n_columns; i++)
        if (g_str_equal(binding_bare_name(self->frame->columns[i]->name), binding_bare_name(name)))
            found = self->frame->columns[i];
    if (found != NULL)
        return found;
    found = binding_find_alike(self, name, binding_alike);
    if (found == NULL)
        found = binding_find_alike(self, name, binding_same_letters);
    if (found != NULL)
        g_ptr_array_add(
            warnings,
            g_strdup_printf("column “%s” is read as the model's “%s”", found->name, name));
    return found;
}

static int
binding_compare_levels(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double
binding_level(const BoundInput *self, double value)
{
    guint lo = 0;
    guint hi = self->n_levels;

    while (lo < hi) {
        guint mid = lo + (hi - lo) / 2;

        if (self->level[mid] < value)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < self->n_levels && !(self->level[lo] > value) ? self->of_level[lo]
                                                             : ERRATA_MODEL_UNSEEN;
}

/* the categories that are numbers: `8` is the category "8.0" */
static void
binding_number_levels(BoundInput *self)
{
    const ErrataModelInput *input = self->input;
    g_autofree double *pairs = g_new(double, 2 * (gsize)MAX(input->n_categories, 1));
    guint n = 0;

    for (guint i = 0; i < input->n_categories; i++) {
        const char *text = input->categories[i];
        gboolean truth;

        if (!errata_number_parse_double(text, strlen(text), &pairs[2 * n])) {
            if (!errata_number_parse_bool(text, strlen(text), &truth))
                continue;
            pairs[2 * n] = truth ? 1.0 : 0.0;
        }
        pairs[2 * n + 1] = i;
        n++;
    }
    qsort(pairs, n, 2 * sizeof *pairs, binding_compare_levels);
    self->level = g_new(double, MAX(n, 1));
    self->of_level = g_new(double, MAX(n, 1));
    self->n_levels = n;
    for (guint i = 0; i < n; i++) {
        self->level[i] = pairs[2 * i];
        self->of_level[i] = pairs[2 * i + 1];
    }
}

static double
binding_category(const BoundInput *self, const char *text, gsize length)
{
    g_autofree char *copy = g_strndup(text, length);
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(self->of_string, copy));
    double value;

    if (index > 0)
        return index - 1;
    if (errata_number_is_blank(text, length))
        return (double)NAN;
    if (errata_number_parse_double(text, length, &value))
        return binding_level(self, value);
    /* truth values that the library keeps as 0 and 1 */
    if (g_ascii_strcasecmp(copy, "true") == 0 || g_ascii_strcasecmp(copy, "false") == 0)
        return binding_level(self, g_ascii_tolower(*copy) == 't' ? 1.0 : 0.0);
    return ERRATA_MODEL_UNSEEN;
}

static double
binding_string_number(const BoundInput *self, const char *text, gsize length)
{
    double value;
    gboolean truth;

    if (self->input->type == ERRATA_MODEL_CATEGORY)
        return binding_category(self, text, length);
    if (errata_number_parse_double(text, length, &value))
        return value;
    if (errata_number_parse_bool(text, length, &truth))
        return truth ? 1.0 : 0.0;
    return (double)NAN;
}

static gboolean
binding_is_string(const ErrataColumn *column)
{
    return column->type == ERRATA_COLUMN_CATEGORY || column->type == ERRATA_COLUMN_TEXT;
}

/* codes whose list the file does not hold */
static gboolean
binding_bind_coded(BoundInput *self, GPtrArray *warnings, GError **error)
{
    g_auto(ErrataModelCodes) codes = {0};

    if (!errata_model_codes_read(self->column, self->input, self->has_told_codes, &codes, error))
        return FALSE;
    self->of_code = g_steal_pointer(&codes.of_code);
    self->level = g_steal_pointer(&codes.level);
    self->of_level = g_steal_pointer(&codes.of_level);
    self->n_levels = codes.n_levels;
    self->sure = codes.sure;
    if (codes.note != NULL)
        g_ptr_array_add(warnings, g_steal_pointer(&codes.note));
    return TRUE;
}

static gboolean
binding_bind(BoundInput *self, GPtrArray *warnings, GError **error)
{
    const ErrataColumn *column = self->column;
    guint n_strange = 0;
    const char *strange = NULL;

    self->blank = (double)NAN;
    if (column == NULL || self->input->type == ERRATA_MODEL_TEXT)
        return TRUE;
    if (column->type == ERRATA_COLUMN_TIME && self->input->type == ERRATA_MODEL_NUMBER)
        self->warning =
            g_strdup_printf("column “%s” holds times, the model reads numbers: taken as "
                            "nanoseconds since 1970",
                            column->name);
    if (self->input->is_coded && !binding_bind_coded(self, warnings, error))
        return FALSE;
    if (self->input->type == ERRATA_MODEL_CATEGORY) {
        binding_number_levels(self);
        self->of_string = g_hash_table_new(errata_text_hash, g_str_equal);
        for (guint i = self->input->n_categories; i-- > 0;)
            g_hash_table_insert(self->of_string,
                                self->input->categories[i],
                                GUINT_TO_POINTER(i + 1));
        self->blank = binding_category(self, "", 0);
    }
    if (column->type != ERRATA_COLUMN_CATEGORY || self->of_code != NULL || self->input->is_coded)
        return TRUE;
    self->of_code = g_new(double, MAX(column->n_dictionary, 1));
    for (guint i = 0; i < column->n_dictionary; i++) {
        const char *text = column->dictionary[i];

        self->of_code[i] = binding_string_number(self, text, strlen(text));
        if (self->of_code[i] >= 0.0 || errata_number_is_blank(text, strlen(text)) ||
            (self->input->type == ERRATA_MODEL_NUMBER && !isnan(self->of_code[i])))
            continue;
        strange = strange != NULL ? strange : text;
        n_strange++;
    }
    self->only_texts = self->input->type == ERRATA_MODEL_NUMBER && n_strange > 0;
    for (guint i = 0; i < column->n_dictionary; i++)
        self->only_texts = self->only_texts && isnan(self->of_code[i]);
    if (n_strange > 0)
        self->warning = g_strdup_printf("column “%s”: %u values are %s, “%.40s” for one",
                                        column->name,
                                        n_strange,
                                        self->input->type == ERRATA_MODEL_NUMBER
                                            ? "no numbers and read as missing"
                                            : "none of the model's categories",
                                        strange);
    return TRUE;
}

/* a column that its name says is something else than a feature */
static gboolean
binding_is_role(const char *name, ErrataNameStrength least)
{
    ErrataName read = {0};
    gboolean sure = FALSE;
    g_autofree char *feature = NULL;
    gboolean is_role;

    errata_schema_name_read(&read, name);
    is_role = !read.input && (read.id >= least || read.time >= least || read.label >= least ||
                              read.prediction >= least || read.score >= least ||
                              (errata_schema_name_is_attribution(name, &feature, &sure) && sure));
    errata_schema_name_clear(&read);
    return is_role;
}

static void
binding_tell_order(const ErrataModelBinding *self, GPtrArray *warnings)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < MIN(self->n_inputs, BINDING_TOLD); i++)
        g_string_append_printf(names, "%s“%.60s”", i > 0 ? ", " : "", self->input[i].column->name);
    if (self->n_inputs > BINDING_TOLD)
        g_string_append_printf(names, " and %u more", self->n_inputs - BINDING_TOLD);
    g_ptr_array_add(warnings,
                    g_strdup_printf("the model names no inputs: %u columns were taken in their "
                                    "order, %s; right only if training had them in this order",
                                    self->n_inputs,
                                    names->str));
}

/* a model without names takes the columns in order, where there are just as many; all, or those
 * that are not named as labels, predictions and the like, or the numbers among these */
static gboolean
binding_by_order(ErrataModelBinding *self, GPtrArray *warnings)
{
    gboolean all = self->frame->n_columns == self->n_inputs;

    if (!self->model->unnamed)
        return FALSE;
    for (int way = 0; way < 2 * ERRATA_NAME_STRONG; way++) {
        int least = ERRATA_NAME_STRONG - way % ERRATA_NAME_STRONG;
        guint n = 0;

        for (guint i = 0; i < self->frame->n_columns; i++) {
            if ((!all &&
                 binding_is_role(self->frame->columns[i]->name, (ErrataNameStrength)least)) ||
                (way >= ERRATA_NAME_STRONG && !errata_column_is_numeric(self->frame->columns[i])))
                continue;
            if (n < self->n_inputs)
                self->input[n].column = self->frame->columns[i];
            n++;
        }
        if (n != self->n_inputs)
            continue;
        binding_tell_order(self, warnings);
        return TRUE;
    }
    for (guint i = 0; i < self->n_inputs; i++)
        self->input[i].column = NULL;
    return FALSE;
}

/* (nullable): the column that is named as holding the codes of a coded input */
static const ErrataColumn *
binding_find_told(const ErrataModelBinding *self, BoundInput *bound)
{
    g_autofree char *name = errata_model_codes_column(bound->input->name);
    const ErrataColumn *found = bound->input->is_coded ? errata_frame_find(self->frame, name, NULL)
                                                       : NULL;

    bound->has_told_codes = found != NULL;
    return found;
}

static gboolean
binding_find_columns(ErrataModelBinding *self, GPtrArray *warnings, GError **error)
{
    g_autoptr(GString) absent = g_string_new(NULL);
    guint n_absent = 0;

    for (guint i = 0; i < self->n_inputs; i++) {
        BoundInput *bound = &self->input[i];

        bound->input = errata_model_input(self->model, i);
        bound->column = binding_find_told(self, bound);
        if (bound->column == NULL)
            bound->column = binding_find(self, bound->input->name, warnings);
        if (bound->column == NULL && n_absent++ < 5)
            g_string_append_printf(absent, "%s“%s”", n_absent > 1 ? ", " : "", bound->input->name);
    }
    if (n_absent == 0)
        return TRUE;
    if (n_absent > 5)
        g_string_append_printf(absent, " and %u more", n_absent - 5);
    if (n_absent == self->n_inputs && binding_by_order(self, warnings))
        return TRUE;
    if (n_absent == self->n_inputs) {
        g_set_error(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_INVALID_DATA,
            "none of the model's %u inputs is a column of the rows: expected %s, found “%s” "
            "and others; %s",
            n_absent,
            absent->str,
            self->frame->n_columns > 0 ? self->frame->columns[0]->name : "",
            self->model->unnamed ? "it names none of them: give it just these, in their order"
                                 : "name the columns as the model does");
        return FALSE;
    }
    g_ptr_array_add(warnings,
                    g_strdup_printf("the rows lack %u of the model's %u inputs, which read as "
                                    "missing: %s",
                                    n_absent,
                                    self->n_inputs,
                                    absent->str));
    return TRUE;
}

/**
 * errata_model_binding_try:
 *
 * As errata_model_binding_open(), but what a coded input's values stand for may be a guess, which
 * errata_model_binding_guess() names: only for who tells by other means whether it is right.
 */
ErrataModelBinding *
errata_model_binding_try(ErrataModel *model,
                         const ErrataFrame *frame,
                         GPtrArray *warnings,
                         GError **error)
{
    g_autoptr(ErrataModelBinding) self = g_new0(ErrataModelBinding, 1);

    self->model = errata_model_ref(model);
    self->frame = frame;
    self->n_inputs = model->inputs->len;
    self->input = g_new0(BoundInput, MAX(self->n_inputs, 1));
    if (self->n_inputs > 0 && !binding_find_columns(self, warnings, error))
        return NULL;
    for (guint i = 0; i < self->n_inputs; i++)
        if (!binding_bind(&self->input[i], warnings, error))
            return NULL;
    for (guint i = 0; i < self->n_inputs; i++)
        if (self->input[i].sure != ERRATA_MODEL_CODES_SURE)
            self->input[i].sure = errata_model_codes_prove(self, i, self->input[i].sure);
    return g_steal_pointer(&self);
}

/* (nullable): an input of which nothing shows what the values in its column stand for */
const ErrataModelInput *
errata_model_binding_guess(const ErrataModelBinding *self)
{
    for (guint i = 0; i < self->n_inputs; i++)
        if (self->input[i].sure != ERRATA_MODEL_CODES_SURE)
            return self->input[i].input;
    return NULL;
}

/**
 * errata_model_binding_open:
 * @model: a model
 * @frame: (transfer none): rows; they must outlive the binding
 * @warnings: (element-type utf8): gets what a reader must know: columns that are missing
 * @error: return location for a #GError
 *
 * Finds the model's inputs among the columns by name: the exact name, else without a leading
 * `features.` or `inputs.`, else the only one that differs in case and punctuation alone, and that
 * no other input is called. What the values of a column lack is told by
 * errata_model_binding_tell().
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA when no input is found, or when nothing shows which codes the
 * values of a coded input stand for.
 *
 * Returns: (transfer full): the binding, or %NULL with @error set
 */
ErrataModelBinding *
errata_model_binding_open(ErrataModel *model,
                          const ErrataFrame *frame,
                          GPtrArray *warnings,
                          GError **error)
{
    g_autoptr(ErrataModelBinding) self = errata_model_binding_try(model, frame, warnings, error);
    const ErrataModelInput *guess = self != NULL ? errata_model_binding_guess(self) : NULL;

    if (guess != NULL)
        errata_model_codes_refuse(guess, error);
    return guess == NULL ? g_steal_pointer(&self) : NULL;
}

/* what did not fit, to @warnings: values that are no numbers, or no categories of the model */
void
errata_model_binding_tell(const ErrataModelBinding *self, GPtrArray *warnings)
{
    for (guint i = 0; i < self->n_inputs; i++)
        if (self->input[i].warning != NULL)
            g_ptr_array_add(warnings, g_strdup(self->input[i].warning));
}

/**
 * errata_model_binding_new:
 *
 * errata_model_binding_open(), and at once what did not fit.
 */
ErrataModelBinding *
errata_model_binding_new(ErrataModel *model,
                         const ErrataFrame *frame,
                         GPtrArray *warnings,
                         GError **error)
{
    ErrataModelBinding *self = errata_model_binding_open(model, frame, warnings, error);

    if (self != NULL)
        errata_model_binding_tell(self, warnings);
    return self;
}

/**
 * errata_model_binding_text_ranks:
 * @self: a binding
 * @input: one of the model's inputs
 * @ret_n: (out): how many texts
 *
 * Returns: (transfer full) (nullable) (array): of an input that takes numbers and a column that
 * holds
 *   texts only: per entry of its dictionary the place in the sorted list of them, NaN for blanks;
 *   %NULL for any other input
 */
double *
errata_model_binding_text_ranks(const ErrataModelBinding *self, guint input, guint *ret_n)
{
    guint n_numbers;

    return self->input[input].only_texts
               ? errata_model_codes_rank_texts(self->input[input].column, ret_n, &n_numbers)
               : NULL;
}

/* takes these numbers for the texts of an input's column, and takes back what was to be told of
 * them; not while the binding is in use */
void
errata_model_binding_set_codes(ErrataModelBinding *self, guint input, const double *of_code)
{
    BoundInput *bound = &self->input[input];

    g_return_if_fail(bound->of_code != NULL);
    memcpy(bound->of_code, of_code, bound->column->n_dictionary * sizeof *of_code);
    g_clear_pointer(&bound->warning, g_free);
}

void
errata_model_binding_free(ErrataModelBinding *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < self->n_inputs; i++) {
        g_free(self->input[i].of_code);
        g_free(self->input[i].level);
        g_free(self->input[i].of_level);
        g_free(self->input[i].warning);
        g_clear_pointer(&self->input[i].of_string, g_hash_table_unref);
    }
    g_free(self->input);
    errata_model_unref(self->model);
    g_free(self);
}

ErrataModel *
errata_model_binding_model(const ErrataModelBinding *self)
{
    return self->model;
}

gsize
errata_model_binding_n_rows(const ErrataModelBinding *self)
{
    return self->frame->n_rows;
}

const ErrataColumn *
errata_model_binding_column(const ErrataModelBinding *self, guint input)
{
    return self->input[input].column;
}

ErrataModelBlock *
errata_model_block_new(const ErrataModelBinding *binding, gsize n_rows)
{
    ErrataModelBlock *self = g_new0(ErrataModelBlock, 1);

    self->binding = binding;
    self->capacity = n_rows;
    self->number = g_new0(double *, binding->n_inputs + 1);
    self->text = g_new0(const char **, binding->n_inputs + 1);
    for (guint i = 0; i < binding->n_inputs; i++) {
        if (binding->input[i].input->type == ERRATA_MODEL_TEXT)
            self->text[i] = g_new0(const char *, n_rows);
        else
            self->number[i] = g_new(double, n_rows);
    }
    self->rows.number = (const double *const *)self->number;
    self->rows.text = (const char *const *const *)self->text;
    return self;
}

void
errata_model_block_free(ErrataModelBlock *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < self->binding->n_inputs; i++) {
        g_free(self->number[i]);
        g_free(self->text[i]);
    }
    g_free(self->number);
    g_free(self->text);
    if (self->strings != NULL)
        g_string_chunk_free(self->strings);
    g_free(self);
}

static void
block_fill_text(ErrataModelBlock *self, guint input, gsize begin, gsize n)
{
    const ErrataColumn *column = self->binding->input[input].column;

    for (gsize i = 0; i < n; i++) {
        gsize length;
        const char *text;

        self->text[input][i] = NULL;
        if (column == NULL || !errata_column_is_valid(column, begin + i))
            continue;
        if (self->strings == NULL)
            self->strings = g_string_chunk_new(4096);
        text = errata_column_text(column, begin + i, &length);
        if (text != NULL && column->type == ERRATA_COLUMN_CATEGORY) {
            self->text[input][i] = text;
        } else if (text != NULL) {
            self->text[input][i] = g_string_chunk_insert_len(self->strings, text, (gssize)length);
        } else {
            g_autofree char *printed = errata_column_print(column, begin + i);

            self->text[input][i] = g_string_chunk_insert(self->strings, printed);
        }
    }
}

static void
block_fill_number(double *to, const BoundInput *from, gsize begin, gsize n)
{
    const ErrataColumn *column = from->column;

    if (column == NULL) {
        for (gsize i = 0; i < n; i++)
            to[i] = (double)NAN;
        return;
    }
    if (!binding_is_string(column)) {
        errata_column_read(column, begin, n, to);
        if (column->type == ERRATA_COLUMN_TIME && column->zone != ERRATA_ZONE_UNSAID)
            for (gsize i = 0; i < n; i++) /* of an instant, whatever the log's clock */
                to[i] -= (double)errata_zone_at(0, errata_zone_clock());
        for (gsize i = 0; from->level != NULL && i < n; i++)
            to[i] = isnan(to[i]) ? to[i] : binding_level(from, to[i]);
        return;
    }
    for (gsize i = 0; i < n; i++) {
        gsize length;
        const char *text;

        to[i] = from->blank;
        if (!errata_column_is_valid(column, begin + i))
            continue;
        if (column->type == ERRATA_COLUMN_CATEGORY) {
            to[i] = from->of_code[column->code[begin + i]];
        } else {
            text = errata_column_text(column, begin + i, &length);
            to[i] = binding_string_number(from, text, length);
        }
    }
}

const ErrataModelRows *
errata_model_block_fill(ErrataModelBlock *self, gsize begin, gsize n)
{
    g_return_val_if_fail(n <= self->capacity, NULL);
    if (self->strings != NULL)
        g_string_chunk_clear(self->strings);
    for (guint i = 0; i < self->binding->n_inputs; i++) {
        if (self->number[i] != NULL)
            block_fill_number(self->number[i], &self->binding->input[i], begin, n);
        else
            block_fill_text(self, i, begin, n);
    }
    self->rows.n_rows = n;
    return &self->rows;
}
