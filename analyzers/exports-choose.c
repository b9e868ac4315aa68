/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows worth a person's time and rows worth training on. Hard examples are uncertain, from groups
 * that do worse, and unlike one another: from a pool of the most promising, one after the other,
 * whichever is best after a bonus for its distance (share of coded columns that differ) to the
 * nearest one taken. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "exports.h"
#include "json-writer.h"
#include "number.h"
#include "rng.h"

#define CHOOSE_HARD     500
#define CHOOSE_POOL     8    /* times as many are looked at */
#define CHOOSE_SLICE    0.25 /* bonus for a row of a slice */
#define CHOOSE_DISTANCE 0.5  /* bonus for the farthest row */
#define CHOOSE_FINETUNE 10000
#define CHOOSE_FINE     1e12 /* of an uncertainty: 0.999, not 0.9990000000000001 */
#define CHOOSE_STAGE    G_GUINT64_CONSTANT(0x6578706f) /* "expo" */

typedef struct {
    guint32 row;
    double promise;
    double distance; /* to the nearest taken */
    gboolean taken;
} ChooseRow;

static gboolean
choose_is_known(const ErrataExport *self, gsize row)
{
    return self->outcome->confidence != NULL && !isnan(self->outcome->confidence[row]);
}

/* 1 where the model was as unsure as can be; 0 where it was sure or nothing is known */
static double
choose_uncertainty(const ErrataExport *self, gsize row)
{
    double least = 1.0 / (double)MAX(self->schema->n_classes, 2);

    if (!choose_is_known(self, row))
        return 0.0;
    return rint(CLAMP((1.0 - self->outcome->confidence[row]) / (1.0 - least), 0.0, 1.0) *
                CHOOSE_FINE) /
           CHOOSE_FINE;
}

static int
choose_order_cb(gconstpointer a, gconstpointer b)
{
    const ChooseRow *x = a;
    const ChooseRow *y = b;

    if (x->promise > y->promise || x->promise < y->promise)
        return x->promise > y->promise ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static gboolean
choose_has_label(const ErrataExport *self, gsize row)
{
    return self->schema->label >= 0 &&
           errata_column_is_valid(self->frame->columns[self->schema->label], row);
}

/* the most promising rows; those without a label where there are enough */
static GArray *
choose_pool(const ErrataExport *self, const guint8 *n_slices, gboolean *ret_unlabelled)
{
    GArray *pool = g_array_new(FALSE, FALSE, sizeof(ChooseRow));
    gsize n_unlabelled = 0;

    for (gsize row = 0; row < self->frame->n_rows; row++)
        n_unlabelled += errata_exports_takes(self, row) && !choose_has_label(self, row) ? 1 : 0;
    *ret_unlabelled = n_unlabelled >= CHOOSE_HARD;
    for (gsize row = 0; row < self->frame->n_rows; row++) {
        ChooseRow added = {(guint32)row, 0.0, 1.0, FALSE};

        if (self->outcome->duplicate[row] != 0 || !errata_exports_takes(self, row) ||
            (*ret_unlabelled && choose_has_label(self, row)))
            continue;
        added.promise = choose_uncertainty(self, row) + (n_slices[row] > 0 ? CHOOSE_SLICE : 0.0);
        if (added.promise > 0.0)
            g_array_append_val(pool, added);
    }
    g_array_sort(pool, choose_order_cb);
    if (pool->len > CHOOSE_HARD * CHOOSE_POOL)
        g_array_set_size(pool, CHOOSE_HARD * CHOOSE_POOL);
    return pool;
}

static double
choose_distance(const ErrataExport *self, guint32 a, guint32 b)
{
    guint differ = 0;

    for (guint i = 0; i < self->bins->n_columns; i++)
        differ += self->bins->columns[i].code[a] != self->bins->columns[i].code[b] ? 1 : 0;
    return self->bins->n_columns > 0 ? (double)differ / self->bins->n_columns : 0.0;
}

static ChooseRow *
choose_next(GArray *pool)
{
    ChooseRow *best = NULL;
    double most = -1.0;

    for (guint i = 0; i < pool->len; i++) {
        ChooseRow *row = &g_array_index(pool, ChooseRow, i);
        double worth = row->promise + CHOOSE_DISTANCE * row->distance;

        if (!row->taken && worth > most) {
            most = worth;
            best = row;
        }
    }
    return best;
}

gboolean
errata_exports_hard(const ErrataExport *self, ErrataExported *exported, GError **error)
{
    g_autofree guint8 *n_slices = errata_exports_in_slices(self);
    gboolean unlabelled = FALSE;
    g_autoptr(GArray) pool = choose_pool(self, n_slices, &unlabelled);
    char buffer[ERRATA_NUMBER_BUFFER];

    if (pool->len == 0 && self->where != NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_NOT_FOUND,
                    "there are no hard examples among the rows for which this holds: %s",
                    self->where);
        return FALSE;
    }
    if (pool->len == 0) {
        g_set_error_literal(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_MISSING_ROLE,
            "there is nothing to choose hard examples by: the log has no scores, and "
            "the report no slices");
        return FALSE;
    }
    exported->file = "hard-examples.csv";
    errata_exports_readme(self, "Hard examples to be labelled", exported);
    errata_exports_csv_heading(self, "row,uncertainty,slices", exported);
    for (ChooseRow *next = choose_next(pool); next != NULL && exported->n < CHOOSE_HARD;
         next = choose_next(pool)) {
        next->taken = TRUE;
        for (guint i = 0; i < pool->len; i++) {
            ChooseRow *other = &g_array_index(pool, ChooseRow, i);

            if (!other->taken)
                other->distance = fmin(other->distance,
                                       choose_distance(self, next->row, other->row));
        }
        g_string_append_printf(
            exported->data,
            "%u,%s,%u",
            next->row,
            choose_is_known(self, next->row)
                ? errata_number_print(choose_uncertainty(self, next->row), buffer)
                : "",
            n_slices[next->row]);
        errata_exports_csv_row(self, next->row, exported);
    }
    g_string_append_printf(
        exported->readme,
        "%s Copies of a row are left out. A row's promise is its `uncertainty` (1 where the model was "
        "as unsure as it can be, 0 where it was sure, empty and for nothing where the log has no "
        "probability) and a quarter more where it is in a slice or "
        "cluster of the report (`slices` counts them). From the %u most promising rows the best was "
        "taken, then the best of the rest with up to a half more for being unlike all taken so far "
        "(share of the columns in which it differs from the nearest), and so on, %" G_GSIZE_FORMAT
        " rows in all. Their order is the order in which they were taken: whoever labels fewer should "
        "begin at the top.\n",
        unlabelled ? "Rows without a label, since the log has enough of them."
                   : "All rows, since nearly all have a label; a second opinion on it is what they "
                     "are for.",
        pool->len,
        exported->n);
    return TRUE;
}

/* ---- a set to train on ---- */

/* wrong rows of slices first, then other wrong rows, then right ones */
static guint
choose_class(const ErrataExport *self, const guint8 *n_slices, gsize row)
{
    if (self->outcome->error[row] != 0)
        return n_slices[row] > 0 ? 0 : 1;
    return n_slices[row] > 0 ? 2 : 3;
}

static GArray *
choose_training(const ErrataExport *self, gsize *ret_count, gsize *ret_suspect)
{
    g_autofree guint8 *n_slices = errata_exports_in_slices(self);
    g_autofree guint8 *suspect = errata_exports_suspects(self);
    g_autoptr(GArray) wrong = g_array_new(FALSE, FALSE, sizeof(ChooseRow));
    GArray *right = g_array_new(FALSE, FALSE, sizeof(ChooseRow));

    for (gsize row = 0; row < self->frame->n_rows; row++) {
        ErrataRng rng = errata_rng_init(self->seed, CHOOSE_STAGE, row);
        guint class = choose_class(self, n_slices, row);
        ChooseRow added = {(guint32)row, 0.0, 0.0, FALSE};

        if (self->outcome->judged[row] == 0 || self->outcome->duplicate[row] != 0 ||
            !errata_exports_takes(self, row))
            continue;
        *ret_suspect += suspect[row];
        if (suspect[row] != 0)
            continue;
        added.promise = (3.0 - (double)class) + errata_rng_uniform(&rng);
        ret_count[class]++;
        g_array_append_vals(class < 2 ? wrong : right, &added, 1);
    }
    g_array_sort(wrong, choose_order_cb);
    g_array_sort(right, choose_order_cb);
    g_array_set_size(wrong, MIN(wrong->len, CHOOSE_FINETUNE / 2));
    g_array_set_size(right, MIN(right->len, MAX(wrong->len, 100U)));
    g_array_append_vals(right, wrong->data, wrong->len);
    return right;
}

static int
choose_text_column(const ErrataSchema *schema)
{
    for (guint i = 0; i < schema->n_columns; i++)
        if (schema->columns[i].role == ERRATA_ROLE_TEXT)
            return (int)i;
    return -1;
}

static void
choose_message(ErrataJsonWriter *json, const char *role, const char *content)
{
    errata_json_writer_begin(json, NULL, '{');
    errata_json_writer_string(json, "role", role);
    errata_json_writer_string(json, "content", content);
    errata_json_writer_end(json, '}');
}

/* what the report says leaks is not to be learnt from */
static gboolean
choose_leaks(const ErrataExport *self, const char *column)
{
    for (guint i = 0; i < self->report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->report->findings, i);

        if (finding->kind == ERRATA_FINDING_LEAKAGE &&
            g_strcmp0(finding->subject.column, column) == 0)
            return TRUE;
    }
    return FALSE;
}

/* whether a cell holds a code for “no value”: as a number it would be learnt from */
static gboolean
choose_is_code(const ErrataExport *self, guint column, gsize row)
{
    return self->clean != NULL && !errata_column_is_valid(self->clean->frame->columns[column], row);
}

/* says which codes were written as null */
static void
choose_tell_codes(const ErrataExport *self, ErrataExported *exported)
{
    for (guint i = 0; self->clean != NULL && i < self->clean->codes->len; i++) {
        const ErrataCleanCode *code = &g_array_index(self->clean->codes, ErrataCleanCode, i);
        const ErrataColumn *column = self->frame->columns[code->column];
        char buffer[ERRATA_NUMBER_BUFFER];

        if (errata_column_is_numeric(column))
            g_string_append_printf(exported->readme,
                                   "\n`%s` is null where the log has %s, a code for no value.\n",
                                   column->name,
                                   errata_number_print(code->sentinel.value, buffer));
    }
}

static void
choose_write_plain(const ErrataExport *self, ErrataJsonWriter *json, gsize row)
{
    for (guint i = 0; i < self->frame->n_columns; i++) {
        const ErrataColumn *column = errata_exports_written(self, i);
        ErrataRole role = self->schema->columns[i].role;
        gboolean its = role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_GROUP ||
                       role == ERRATA_ROLE_LABEL || role == ERRATA_ROLE_WEIGHT;

        if (!its || choose_leaks(self, column->name))
            continue;
        if (!errata_column_is_valid(column, row) || choose_is_code(self, i, row)) {
            errata_json_writer_null(json, column->name);
        } else if (errata_column_is_numeric(column)) {
            errata_json_writer_double(json, column->name, errata_column_number(column, row));
        } else {
            g_autofree char *cell = errata_column_print(column, row);

            errata_json_writer_string(json, column->name, cell);
        }
    }
}

/* a line: a chat for texts, a plain object for tables */
static void
choose_write(const ErrataExport *self, int text, gsize row, ErrataExported *exported)
{
    ErrataJsonWriter json = {exported->data, FALSE};

    errata_json_writer_begin(&json, NULL, '{');
    if (text >= 0) {
        g_autofree char *content = errata_exports_cell(self->frame->columns[text], row);
        g_autofree char *label = errata_exports_label(self, row);

        errata_json_writer_begin(&json, "messages", '[');
        choose_message(&json, "user", content);
        choose_message(&json, "assistant", label);
        errata_json_writer_end(&json, ']');
    } else {
        choose_write_plain(self, &json, row);
    }
    errata_json_writer_end(&json, '}');
    g_string_append_c(exported->data, '\n');
    exported->n++;
}

/* says how many of the rows chosen have a label that a finding lists, though it could not tell that
 * any is wrong */
static void
choose_tell_unlikely(const ErrataExport *self, const GArray *chosen, ErrataExported *exported)
{
    g_autofree guint8 *taken = g_new0(guint8, MAX(self->frame->n_rows, 1));

    for (guint i = 0; i < chosen->len; i++)
        taken[g_array_index(chosen, ChooseRow, i).row] = 1;
    for (guint i = 0; i < self->report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->report->findings, i);
        const ErrataExportTable *table = g_ptr_array_index(self->tables, i);
        gsize n = 0;

        if (finding->kind != ERRATA_FINDING_LABEL_ISSUE ||
            finding->severity != ERRATA_SEVERITY_INFO || table == NULL)
            continue;
        for (gsize k = 0; k < table->n; k++)
            n += taken[table->row[k]];
        if (n > 0)
            g_string_append_printf(
                exported->readme,
                "\nFinding %s lists labels that are unlikely, of which it could not tell whether any "
                "is wrong: %" G_GSIZE_FORMAT " of them are here. Look at them first "
                "(tables/%s.csv of the report): a wrong label would be learnt.\n",
                finding->id,
                n,
                finding->id);
    }
}

gboolean
errata_exports_finetune(const ErrataExport *self, ErrataExported *exported, GError **error)
{
    gsize count[4] = {0, 0, 0, 0}, n_suspect = 0;
    int text = choose_text_column(self->schema);
    g_autoptr(GArray) chosen = NULL;

    if (self->schema->label < 0 || self->outcome->n_judged == 0) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_MISSING_ROLE,
                            "a set to train on needs rows with a label and a prediction; this log "
                            "has none");
        return FALSE;
    }
    chosen = choose_training(self, count, &n_suspect);
    exported->file = "finetune.jsonl";
    errata_exports_readme(self, "A set to train on", exported);
    for (guint i = 0; i < chosen->len; i++)
        choose_write(self, text, g_array_index(chosen, ChooseRow, i).row, exported);
    g_string_append_printf(
        exported->readme,
        "Rows with a label and a prediction, without copies. Left out are %" G_GSIZE_FORMAT
        " rows whose label is wrong for all that is known: of each finding on labels of severity "
        "low or above the most suspicious, as many as go against features and scores beyond "
        "chance. A wrong prediction alone is no reason: what the model gets wrong under a right "
        "label is what there is to learn. Of %" G_GSIZE_FORMAT
        " wrong predictions (%" G_GSIZE_FORMAT
        " of them in slices or clusters of the report, which come first) at most %d, drawn with the "
        "seed of the report; and as many right ones, those of the same slices first, so that what is "
        "learnt there is not forgotten elsewhere.\n\n%s\n\nDo not test on these rows.\n",
        n_suspect,
        count[0] + count[1],
        count[0],
        CHOOSE_FINETUNE / 2,
        text >= 0
            ? "Each line is a chat of two messages: the text, and its label as the answer."
            : "Each line is a row: the features and the label, under their own names, without "
              "columns that the report says leak.");
    choose_tell_unlikely(self, chosen, exported);
    if (text < 0)
        choose_tell_codes(self, exported);
    return TRUE;
}
