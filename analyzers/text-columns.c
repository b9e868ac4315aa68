/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Properties of texts as columns: every trait of every text column becomes a feature "COLUMN:
 * trait" that the searches read like any other, and that says of itself that it was derived. What
 * is known of texts from elsewhere can come in by the same door: a column of the frame, a line of
 * the schema. */
#include "text-columns.h"

#include <math.h>

#include "parallel.h"
#include "text-traits.h"

#define COLUMNS_GRAIN      4096
#define COLUMNS_TEXTS      4     /* text columns that are measured */
#define COLUMNS_SPELT      20000 /* texts that common words' spelling is learnt from */
#define COLUMNS_LEAST_ROWS 8 /* that differ from the commonest value, for a trait to be kept … */
#define COLUMNS_LEAST      0.001 /* … and as a share of the rows */

typedef struct {
    const ErrataColumn *text;
    ErrataTextUsage *usage;
    gboolean counts; /* @usage is made of these texts, while they are measured */
    GArray **rare;   /* of each chunk, when so */
    ErrataColumn *trait[ERRATA_TRAITS];
} ColumnsWork;

static void
columns_set(ErrataColumn *column, gsize row, double value)
{
    if (column->type == ERRATA_COLUMN_I64)
        column->i64[row] = (gint64)value;
    else if (column->type == ERRATA_COLUMN_CATEGORY)
        column->code[row] = (guint32)value;
    else
        column->f64[row] = value;
}

static void
columns_measure_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    ColumnsWork *work = data;

    if (work->counts)
        work->rare[chunk] = g_array_new(FALSE, FALSE, sizeof(ErrataTextRare));
    for (gsize row = begin; row < end; row++) {
        ErrataTextTraits traits;
        gsize length;
        const char *text = errata_column_text(work->text, row, &length);

        if (text != NULL && work->counts)
            errata_text_traits_count(text,
                                     length,
                                     (guint32)row,
                                     work->usage,
                                     work->rare[chunk],
                                     &traits);
        else if (text != NULL)
            errata_text_traits_measure(text, length, work->usage, 0, &traits);
        for (guint i = 0; i < ERRATA_TRAITS; i++) {
            gboolean number = work->trait[i]->type == ERRATA_COLUMN_F64;

            columns_set(work->trait[i],
                        row,
                        text != NULL ? traits.value[i]
                        : number     ? (double)NAN
                                     : 0.0);
        }
    }
}

static const char *
columns_name_of(ErrataTrait trait, guint code)
{
    return trait == ERRATA_TRAIT_LANGUAGE ? errata_lexicon_language(code)
                                          : errata_text_scan_script(code);
}

/* codes become those of a dictionary in order of first appearance */
static void
columns_name(ErrataColumn *column, ErrataTrait trait)
{
    guint32 place[64] = {0}; /* + 1 */

    G_STATIC_ASSERT(ERRATA_LANGUAGES <= 64 && ERRATA_SCRIPTS <= 64);
    column->dictionary = g_new0(char *, 64);
    for (gsize row = 0; row < column->n_rows; row++) {
        guint32 code = column->code[row];

        if (!errata_column_is_valid(column, row)) {
            column->code[row] = 0;
            continue;
        }
        if (place[code] == 0) {
            column->dictionary[column->n_dictionary++] = g_strdup(columns_name_of(trait, code));
            place[code] = column->n_dictionary;
        }
        column->code[row] = place[code] - 1;
    }
}

static void
columns_start(ColumnsWork *work)
{
    const ErrataColumn *text = work->text;

    for (guint i = 0; i < ERRATA_TRAITS; i++) {
        g_autofree char *name = errata_trait_column(text->name, i);
        ErrataColumnType type = errata_trait_is_category(i) ? ERRATA_COLUMN_CATEGORY
                                : errata_trait_is_count(i)  ? ERRATA_COLUMN_I64
                                                            : ERRATA_COLUMN_F64;

        work->trait[i] = errata_column_new(name, type, text->n_rows);
        work->trait[i]->n_missing = text->n_missing;
        if (text->valid != NULL)
            work->trait[i]->valid = g_memdup2(text->valid,
                                              (text->n_rows + 63) / 64 * sizeof(guint64));
    }
}

/* the spelling of common words, from an even part of the texts */
static void
columns_learn(ColumnsWork *work)
{
    gsize step = work->text->n_rows / COLUMNS_SPELT + 1;

    for (gsize row = 0; row < work->text->n_rows; row += step) {
        gsize length;
        const char *bytes = errata_column_text(work->text, row, &length);

        if (bytes != NULL)
            errata_text_usage_learn(work->usage, bytes, length);
    }
}

/* rare words and typos of the texts that the counts were made of, a chunk of them */
static void
columns_judge_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    ColumnsWork *work = data;
    const GArray *rare = work->rare[chunk];
    double *n_rare = work->trait[ERRATA_TRAIT_RARE_WORDS]->f64;
    double *n_typos = work->trait[ERRATA_TRAIT_TYPOS]->f64;

    for (guint i = 0; i < rare->len; i++) {
        const ErrataTextRare *word = &g_array_index(rare, ErrataTextRare, i);
        const char *text = errata_column_text(work->text, word->row, NULL);

        if (!errata_text_usage_stayed_rare(work->usage, word))
            continue;
        n_rare[word->row] += 1.0;
        if (errata_text_usage_is_typo(work->usage, text + word->begin, word->length))
            n_typos[word->row] += 1.0;
    }
    for (gsize row = begin; row < end; row++) {
        double n_words = errata_column_number(work->trait[ERRATA_TRAIT_WORDS], row);

        if (n_words > 0.0) { /* shares */
            n_rare[row] /= n_words;
            n_typos[row] /= n_words;
        }
    }
}

static void
columns_measure(ColumnsWork *work)
{
    gsize n_chunks = work->text->n_rows / COLUMNS_GRAIN + 1;

    columns_start(work);
    work->rare = g_new0(GArray *, n_chunks);
    errata_parallel_for(work->text->n_rows, COLUMNS_GRAIN, columns_measure_cb, work);
    if (work->counts) {
        columns_learn(work);
        errata_parallel_for(work->text->n_rows, COLUMNS_GRAIN, columns_judge_cb, work);
    }
    for (gsize i = 0; i < n_chunks; i++)
        if (work->rare[i] != NULL)
            g_array_unref(work->rare[i]);
    g_clear_pointer(&work->rare, g_free);
    columns_name(work->trait[ERRATA_TRAIT_LANGUAGE], ERRATA_TRAIT_LANGUAGE);
    columns_name(work->trait[ERRATA_TRAIT_SCRIPT], ERRATA_TRAIT_SCRIPT);
}

static double
columns_value(const ErrataColumn *column, gsize row)
{
    if (column->type == ERRATA_COLUMN_CATEGORY)
        return column->code[row];
    return errata_column_number(column, row);
}

/* whether enough rows differ from the value that most have (Boyer and Moore's majority vote) */
static gboolean
columns_varies(const ErrataColumn *column)
{
    double most = 0.0;
    gsize votes = 0, other = 0;

    for (gsize row = 0; row < column->n_rows; row++) {
        double value = columns_value(column, row);

        if (!errata_column_is_valid(column, row))
            continue;
        if (votes == 0)
            most = value;
        if (value < most || value > most)
            votes--;
        else
            votes++;
    }
    for (gsize row = 0; row < column->n_rows; row++) {
        double value = columns_value(column, row);

        if (errata_column_is_valid(column, row))
            other += value < most || value > most ? 1 : 0;
    }
    return other >= COLUMNS_LEAST_ROWS &&
           (double)other >= COLUMNS_LEAST * (double)(column->n_rows - column->n_missing);
}

static void
columns_keep(ColumnsWork *work, guint trait, GPtrArray *columns, ErrataSchema *schema)
{
    g_autofree char *reason =
        g_strdup_printf("derived from %s: %s", work->text->name, errata_trait_summary(trait));

    errata_schema_append(schema, work->trait[trait]->name, work->text->name, reason);
    g_ptr_array_add(columns, g_steal_pointer(&work->trait[trait]));
}

static void
columns_derive(const ErrataColumn *text,
               const ErrataColumn *reference_text,
               const ErrataFrame *frame,
               GPtrArray *columns,
               ErrataSchema *schema,
               GPtrArray *reference_columns,
               ErrataSchema *reference_schema)
{
    /* how words are used: by the reference where there is one */
    g_autoptr(ErrataTextUsage) usage = errata_text_usage_new();
    ColumnsWork work = {.text = text, .usage = usage, .counts = reference_text == NULL};
    ColumnsWork other = {.text = reference_text, .usage = usage, .counts = TRUE};

    if (reference_text != NULL)
        columns_measure(&other);
    columns_measure(&work);
    for (guint i = 0; i < ERRATA_TRAITS; i++) {
        gboolean varies = columns_varies(work.trait[i]) ||
                          (reference_text != NULL && columns_varies(other.trait[i]));

        if (varies && errata_frame_find(frame, work.trait[i]->name, NULL) == NULL) {
            columns_keep(&work, i, columns, schema);
            if (reference_text != NULL)
                columns_keep(&other, i, reference_columns, reference_schema);
        }
        errata_column_free(work.trait[i]);
        errata_column_free(other.trait[i]);
    }
}

static gboolean
columns_is_text(const ErrataFrame *frame, const ErrataSchema *schema, guint column)
{
    ErrataColumnType type = frame->columns[column]->type;

    return schema->columns[column].role == ERRATA_ROLE_TEXT &&
           (type == ERRATA_COLUMN_TEXT || type == ERRATA_COLUMN_CATEGORY);
}

static ErrataFrame *
columns_extend(const ErrataFrame *frame, GPtrArray *columns)
{
    guint n = columns->len;
    g_autofree gpointer *taken = g_ptr_array_free(columns, FALSE);

    return errata_frame_extend(frame, (ErrataColumn **)taken, n);
}

/**
 * errata_text_columns_new:
 * @frame: the log, which must outlive the result
 * @schema: its roles; the new columns are appended
 * @reference: (nullable): the reference, likewise
 * @reference_schema: (nullable): its roles
 *
 * Measures the texts. A trait that is the same all but everywhere is left out; rare words and typos
 * are judged by the words of the reference where it has the column, else by the log's own.
 *
 * Returns: (transfer full): the frames with the traits as columns
 */
ErrataTextColumns *
errata_text_columns_new(const ErrataFrame *frame,
                        ErrataSchema *schema,
                        const ErrataFrame *reference,
                        ErrataSchema *reference_schema)
{
    ErrataTextColumns *self = g_new0(ErrataTextColumns, 1);
    GPtrArray *columns = g_ptr_array_new();
    GPtrArray *reference_columns = g_ptr_array_new();

    for (guint i = 0; i < frame->n_columns; i++) {
        const ErrataColumn *text = frame->columns[i];
        const ErrataColumn *other = NULL;
        guint at = 0;

        if (!columns_is_text(frame, schema, i))
            continue;
        if (self->n_texts == COLUMNS_TEXTS) {
            self->n_left_out++;
            continue;
        }
        if (reference != NULL && reference_schema != NULL)
            other = errata_frame_find(reference, text->name, &at);
        if (other != NULL && !columns_is_text(reference, reference_schema, at))
            other = NULL;
        columns_derive(text, other, frame, columns, schema, reference_columns, reference_schema);
        self->n_texts++;
    }
    self->n_columns = columns->len;
    self->frame = columns_extend(frame, columns);
    if (reference != NULL)
        self->reference = columns_extend(reference, reference_columns);
    else
        g_ptr_array_unref(reference_columns);
    return self;
}

void
errata_text_columns_free(ErrataTextColumns *self)
{
    if (self == NULL)
        return;
    errata_frame_unref(self->frame);
    errata_frame_unref(self->reference);
    g_free(self);
}
