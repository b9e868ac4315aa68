/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that came in parts: what a model was asked in one file, what it answered in another, as
 * Azure ML's data collector and KServe's store write them. Parts of one row have its id, and no
 * cell of the same column but the id and times; such columns tell the parts apart. */
#include "frame-halves.h"

#include <string.h>

#include "column-key.h"
#include "dictionary.h"
#include "frame-select.h"
#include "precision.h"
#include "schema-name.h"

#define HALVES_MOST     4    /* parts of a row; columns that fall into more are sparse */
#define HALVES_REPEATED 0.1  /* of the rows may have an id that a part of their kind had before */
#define HALVES_MATCHED  0.8  /* of the rows of the smaller part continue a row of another */
#define HALVES_AGREE    0.99 /* of these, whose other ids are the same */
#define HALVES_JUDGED   3    /* columns at most of answers that have their labels: no inputs */
#define HALVES_SAMPLED  10   /* rejected rows that are shown */
#define HALVES_NONE     G_MAXUINT32 /* no row */

/* the rows of one kind of part */
typedef struct {
    guint64 *rows; /* a bit each */
} HalvesPart;

typedef struct {
    const ErrataFrame *frame;
    gsize n_words;
    HalvesPart part[HALVES_MOST];
    guint n_parts;
    gboolean *id; /* per column whether it is one of ids */
    guint main;   /* of most columns: what was asked, whose time the row has */
    guint *of;    /* per column its part; HALVES_MOST for ids and times, which all may have */
} Halves;

/* a row of the result: its parts' rows */
typedef struct {
    guint32 row[HALVES_MOST];
} HalvesRow;

static void
halves_clear(Halves *self)
{
    for (guint i = 0; i < self->n_parts; i++)
        g_free(self->part[i].rows);
    g_free(self->of);
    g_free(self->id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Halves, halves_clear)

/* @ret_id: it is one; TRUE also for times */
static gboolean
halves_is_shared(const char *name, gboolean *ret_id)
{
    ErrataName said = {0};
    gboolean shared;

    errata_schema_name_read(&said, name);
    *ret_id = said.id >= ERRATA_NAME_PATTERN;
    shared = *ret_id || said.time > ERRATA_NAME_NONE;
    errata_schema_name_clear(&said);
    return shared;
}

/* what the columns of a part are */
typedef struct {
    guint n; /* neither ids nor times */
    gboolean answers;
    gboolean labels;
} HalvesSide;

static void
halves_side_add(HalvesSide *side, const char *name)
{
    ErrataName said = {0};

    errata_schema_name_read(&said, name);
    side->n++;
    if (said.prediction >= ERRATA_NAME_PATTERN || said.score > ERRATA_NAME_NONE)
        side->answers = TRUE;
    else if (said.label > ERRATA_NAME_NONE)
        side->labels = TRUE;
    errata_schema_name_clear(&said);
}

/* whether two sides make one log: a model answered on one of them, or is judged there, and neither
 * is a log by itself, with answers, labels and more */
static gboolean
halves_fit(const HalvesSide *a, const HalvesSide *b)
{
    const HalvesSide *side[] = {a, b};

    if (a->n == 0 || b->n == 0 || (a->answers && b->answers) ||
        !(a->answers || b->answers || a->labels || b->labels))
        return FALSE;
    for (guint i = 0; i < 2; i++)
        if (side[i]->answers && side[i]->labels && side[i]->n > HALVES_JUDGED)
            return FALSE;
    return TRUE;
}

/**
 * errata_frame_halves_are:
 * @a: (array zero-terminated=1): the columns of a file
 * @b: (array zero-terminated=1): those of another
 *
 * Returns: whether rows of the two may be parts of the same: they share an id and nothing else but
 *   times, both have more, a model answered in one of them or is judged there, and neither is a log
 *   by itself
 */
gboolean
errata_frame_halves_are(const char *const *a, const char *const *b)
{
    HalvesSide own[2] = {{0}};
    gboolean ids = FALSE;

    for (guint i = 0; a[i] != NULL; i++) {
        gboolean is_id;
        gboolean may = halves_is_shared(a[i], &is_id);

        if (g_strv_contains(b, a[i])) {
            if (!may)
                return FALSE;
            ids = ids || is_id;
        } else if (!may) {
            halves_side_add(&own[0], a[i]);
        }
    }
    for (guint i = 0; b[i] != NULL; i++) {
        gboolean is_id;

        if (!halves_is_shared(b[i], &is_id) && !g_strv_contains(a, b[i]))
            halves_side_add(&own[1], b[i]);
    }
    return ids && halves_fit(&own[0], &own[1]);
}

static gboolean
halves_meet(const guint64 *a, const guint64 *b, gsize n_words)
{
    for (gsize i = 0; i < n_words; i++)
        if ((a[i] & b[i]) != 0)
            return TRUE;
    return FALSE;
}

/* part @from becomes part of @to */
static void
halves_unite(Halves *self, guint to, guint from)
{
    for (gsize i = 0; i < self->n_words; i++)
        self->part[to].rows[i] |= self->part[from].rows[i];
    g_free(self->part[from].rows);
    self->part[from] = self->part[--self->n_parts];
    for (guint c = 0; c < self->frame->n_columns; c++)
        if (self->of[c] == from)
            self->of[c] = to;
        else if (self->of[c] == self->n_parts)
            self->of[c] = from;
}

/* the part of a column: all those that it shares a row with are one; FALSE: there are too many */
static gboolean
halves_add(Halves *self, guint column)
{
    const guint64 *valid = self->frame->columns[column]->valid;
    guint first = self->n_parts;

    for (guint i = self->n_parts; i > 0; i--) {
        if (!halves_meet(self->part[i - 1].rows, valid, self->n_words))
            continue;
        if (first < self->n_parts)
            halves_unite(self, i - 1, first);
        first = i - 1;
    }
    if (first == HALVES_MOST)
        return FALSE;
    if (first == self->n_parts)
        self->part[self->n_parts++].rows = g_new0(guint64, self->n_words + 1);
    for (gsize i = 0; i < self->n_words; i++)
        self->part[first].rows[i] |= valid[i];
    self->of[column] = first;
    return TRUE;
}

/* whether any two parts may be of one row; the one of most columns is the main one */
static gboolean
halves_parts_fit(Halves *self)
{
    HalvesSide side[HALVES_MOST] = {{0}};

    for (guint c = 0; c < self->frame->n_columns; c++)
        if (self->of[c] < HALVES_MOST)
            halves_side_add(&side[self->of[c]], self->frame->columns[c]->name);
    for (guint i = 0; i < self->n_parts; i++) {
        self->main = side[i].n > side[self->main].n ? i : self->main;
        for (guint k = 0; k < i; k++)
            if (!halves_fit(&side[k], &side[i]))
                return FALSE;
    }
    return TRUE;
}

/* FALSE: rows are whole, as those of nearly all logs, where a column has no empty cell */
static gboolean
halves_find(Halves *self)
{
    gboolean ids = FALSE;

    for (guint c = 0; c < self->frame->n_columns; c++)
        self->of[c] = HALVES_MOST;
    for (guint c = 0; c < self->frame->n_columns; c++) {
        const ErrataColumn *column = self->frame->columns[c];
        gboolean is_id = FALSE;

        if (halves_is_shared(column->name, &is_id)) {
            self->id[c] = is_id;
            ids = ids || is_id;
            continue;
        }
        if (column->valid == NULL)
            return FALSE;
        if (column->n_missing < column->n_rows && !halves_add(self, c))
            return FALSE;
    }
    return ids && self->n_parts > 1 && halves_parts_fit(self);
}

static guint
halves_part(const Halves *self, gsize row)
{
    guint part = 0;

    while (part < self->n_parts && ((self->part[part].rows[row >> 6] >> (row & 63)) & 1) == 0)
        part++;
    return part;
}

/* what came of the rows by one column of ids */
typedef struct {
    GArray *rows;     /* (element-type HalvesRow) */
    GArray *repeated; /* (element-type guint32): rows that have an id and a part as one before */
    gsize n_joined;   /* rows that continue another */
} HalvesMatch;

static void
halves_match_clear(HalvesMatch *self)
{
    g_clear_pointer(&self->rows, g_array_unref);
    g_clear_pointer(&self->repeated, g_array_unref);
    self->n_joined = 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HalvesMatch, halves_match_clear)

static void
halves_match(const Halves *self, const ErrataColumn *id, HalvesMatch *ret_match)
{
    g_autoptr(GArray) place = g_array_new(FALSE, FALSE, sizeof(guint32)); /* by the ids' numbers */
    ErrataDictionary ids = {0};

    halves_match_clear(ret_match);
    ret_match->rows = g_array_new(FALSE, FALSE, sizeof(HalvesRow));
    ret_match->repeated = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (gsize row = 0; row < id->n_rows; row++) {
        HalvesRow fresh = {{HALVES_NONE, HALVES_NONE, HALVES_NONE, HALVES_NONE}};
        char buffer[ERRATA_NUMBER_BUFFER];
        gsize length = 0;
        const char *key = errata_column_key(id, row, buffer, &length);
        guint part = halves_part(self, row);
        guint32 number = (guint32)row, end = ret_match->rows->len, at = 0;
        HalvesRow *before;

        fresh.row[part < self->n_parts ? part : 0] = number;
        if (key == NULL || part == self->n_parts ||
            !errata_dictionary_add(&ids, key, length, &at)) {
            g_array_append_val(ret_match->rows, fresh);
            continue;
        }
        if (at == place->len) {
            g_array_append_val(place, end);
            g_array_append_val(ret_match->rows, fresh);
            continue;
        }
        before = &g_array_index(ret_match->rows, HalvesRow, g_array_index(place, guint32, at));
        if (before->row[part] != HALVES_NONE) {
            g_array_append_val(ret_match->repeated, number);
            continue;
        }
        before->row[part] = number;
        ret_match->n_joined++;
    }
    errata_dictionary_clear(&ids);
}

/* a row's place: its main part's in the log, so that rows keep the order of what was asked */
static guint32
halves_place(const HalvesRow *row, guint main)
{
    guint32 first = HALVES_NONE;

    for (guint p = 0; p < HALVES_MOST; p++)
        first = MIN(first, row->row[p]);
    return row->row[main] != HALVES_NONE ? row->row[main] : first;
}

static int
halves_compare_cb(gconstpointer a, gconstpointer b, gpointer data)
{
    guint32 x = halves_place(a, GPOINTER_TO_UINT(data));
    guint32 y = halves_place(b, GPOINTER_TO_UINT(data));

    return (x > y) - (x < y);
}

/* whether the cells of a row's parts differ */
static gboolean
halves_differ(const ErrataColumn *column, const HalvesRow *row)
{
    g_autofree char *before = NULL;

    for (guint p = 0; p < HALVES_MOST; p++) {
        g_autofree char *cell = NULL;

        if (row->row[p] == HALVES_NONE || !errata_column_is_valid(column, row->row[p]))
            continue;
        cell = errata_column_print(column, row->row[p]);
        if (before != NULL && strcmp(before, cell) != 0)
            return TRUE;
        g_free(before);
        before = g_steal_pointer(&cell);
    }
    return FALSE;
}

/* how many rows of a match have another id, too, that differs between their parts */
static gsize
halves_n_contrary(const Halves *self, guint by, const HalvesMatch *match)
{
    gsize n = 0;

    for (guint i = 0; i < match->rows->len; i++) {
        const HalvesRow *row = &g_array_index(match->rows, HalvesRow, i);
        gboolean contrary = FALSE;

        for (guint c = 0; c < self->frame->n_columns && !contrary; c++)
            contrary = c != by && self->id[c] && halves_differ(self->frame->columns[c], row);
        n += contrary ? 1 : 0;
    }
    return n;
}

/* (nullable): why the rows are no halves by this column of ids */
static const char *
halves_judge(const Halves *self, guint by, const HalvesMatch *match)
{
    gsize n_rows[HALVES_MOST] = {0};
    gsize least = G_MAXSIZE;

    for (gsize row = 0; row < self->frame->n_rows; row++) {
        guint part = halves_part(self, row);

        if (part < self->n_parts)
            n_rows[part]++;
    }
    for (guint p = 0; p < self->n_parts; p++)
        least = MIN(least, n_rows[p]);
    if (match->n_joined == 0)
        return "no id is in both";
    if ((double)match->repeated->len > HALVES_REPEATED * (double)self->frame->n_rows)
        return "too many ids come more than once in one of them";
    if ((double)match->n_joined < HALVES_MATCHED * (double)least)
        return "too few ids are in both";
    if ((double)halves_n_contrary(self, by, match) > (1.0 - HALVES_AGREE) * (double)match->n_joined)
        return "rows of one id have other ids that differ";
    return NULL;
}

/* the row that a cell is of: its part's; of ids and times the main part's, else the first that has
 * one */
static guint32
halves_from(const Halves *self, guint column, const HalvesRow *row)
{
    guint part = self->of[column] < HALVES_MOST ? self->of[column] : self->main;
    guint32 first = HALVES_NONE, valid = HALVES_NONE;

    if (row->row[part] != HALVES_NONE &&
        (part == self->of[column] ||
         errata_column_is_valid(self->frame->columns[column], row->row[part])))
        return row->row[part];
    for (guint p = 0; p < HALVES_MOST; p++) {
        first = MIN(first, row->row[p]);
        if (row->row[p] != HALVES_NONE &&
            errata_column_is_valid(self->frame->columns[column], row->row[p]))
            valid = MIN(valid, row->row[p]);
    }
    return valid != HALVES_NONE ? valid : first;
}

static ErrataColumn *
halves_column(const Halves *self, guint column, const GArray *rows, guint32 *from)
{
    for (guint i = 0; i < rows->len; i++)
        from[i] = halves_from(self, column, &g_array_index(rows, HalvesRow, i));
    return errata_frame_select_column(self->frame->columns[column], from, rows->len);
}

static void
halves_tell(ErrataFrame *frame, gsize n_read, gsize n_alone, gsize n_repeated)
{
    g_autofree char *read = errata_precision_print((double)n_read, 0);
    g_autofree char *alone = errata_precision_print((double)n_alone, 0);
    g_autofree char *all = errata_precision_print((double)frame->n_rows, 0);
    g_autofree char *repeated = errata_precision_print((double)n_repeated, 0);

    g_ptr_array_add(frame->warnings,
                    g_strdup_printf("%s rows were read and joined by id to %s", read, all));
    if (n_alone > 0)
        g_ptr_array_add(frame->warnings,
                        g_strdup_printf("%s of %s rows have one half only: what else has their id "
                                        "was not found",
                                        alone,
                                        all));
    if (n_repeated > 0)
        g_ptr_array_add(frame->warnings,
                        g_strdup_printf("%s more %s the id of an earlier row of the same half and "
                                        "%s left out: the first of each counts, not an answer that "
                                        "corrects it",
                                        repeated,
                                        n_repeated == 1 ? "row has" : "rows have",
                                        n_repeated == 1 ? "is" : "are"));
}

/* of what was asked or answered twice the first counts */
static void
halves_reject(ErrataFrame *frame, const ErrataColumn *id, const GArray *repeated)
{
    for (guint i = 0; i < MIN(repeated->len, HALVES_SAMPLED); i++) {
        guint32 row = g_array_index(repeated, guint32, i);
        ErrataReject *reject = g_new0(ErrataReject, 1);

        reject->where = g_strdup_printf("row %u", row + 1);
        reject->why = g_strdup("an earlier row has its id and is the same half: that one counts");
        reject->excerpt = errata_column_print(id, row);
        g_ptr_array_add(frame->rejects, reject);
    }
    frame->n_rejected += repeated->len;
}

static gsize
halves_n_alone(const GArray *rows)
{
    gsize n_alone = 0;

    for (guint i = 0; i < rows->len; i++) {
        guint n = 0;

        for (guint p = 0; p < HALVES_MOST; p++)
            n += g_array_index(rows, HalvesRow, i).row[p] != HALVES_NONE ? 1 : 0;
        n_alone += n == 1 ? 1 : 0;
    }
    return n_alone;
}

/**
 * errata_frame_halves_join:
 * @self: a frame that nobody else has seen; its rows are joined in place
 * @ret_why: (out): why none were
 *
 * Joins rows that are parts of one by their id. A row whose other part is missing stays one; one
 * whose id a row of its kind had before is rejected, and where there are many the ids are those of
 * something that rows share.
 *
 * Returns: how many rows were joined to others; 0 leaves the frame as it is
 */
gsize
errata_frame_halves_join(ErrataFrame *self, const char **ret_why)
{
    g_auto(Halves) halves = {.frame = self,
                             .n_words = (self->n_rows + 63) / 64,
                             .of = g_new0(guint, MAX(self->n_columns, 1)),
                             .id = g_new0(gboolean, MAX(self->n_columns, 1))};
    g_auto(HalvesMatch) match = {NULL, NULL, 0};
    g_autofree guint32 *from = NULL;
    const ErrataColumn *id = NULL;
    gsize n_read = self->n_rows;

    *ret_why = "their rows are not told apart by their columns";
    if (self->n_rows >= HALVES_NONE || !halves_find(&halves))
        return 0;
    for (guint c = 0; c < self->n_columns && id == NULL; c++) {
        if (!halves.id[c])
            continue;
        halves_match(&halves, self->columns[c], &match);
        *ret_why = halves_judge(&halves, c, &match);
        id = *ret_why == NULL ? self->columns[c] : NULL;
    }
    if (id == NULL)
        return 0;
    g_array_sort_with_data(match.rows, halves_compare_cb, GUINT_TO_POINTER(halves.main));
    halves_reject(self, id, match.repeated);
    from = g_new(guint32, MAX(match.rows->len, 1));
    for (guint c = 0; c < self->n_columns; c++) {
        ErrataColumn *whole = halves_column(&halves, c, match.rows, from);

        errata_column_free(self->columns[c]);
        self->columns[c] = whole;
    }
    self->n_rows = match.rows->len;
    halves_tell(self, n_read, halves_n_alone(match.rows), match.repeated->len);
    return match.n_joined;
}
