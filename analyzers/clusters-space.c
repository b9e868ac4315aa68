/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors and correct rows as vectors. Texts: words, letters and the properties of the text as one
 * sparse vector, brought down to 128 directions. Tables: how far each cell is from the middle of
 * its column, and its category. */
#include <math.h>
#include <string.h>

#include "clusters.h"
#include "neighbours.h"
#include "rng.h"
#include "score-bins.h"
#include "select.h"
#include "slices-beyond.h"
#include "text-scan.h"
#include "text-vectors.h"
#include "trait.h"

#define SPACE_TEXT_ROWS     20000 /* errors, and correct rows, embedded of each half */
#define SPACE_TABLE_EXACT   5000 /* errors of a table's half, all embedded when there are no more … */
#define SPACE_TABLE_ROWS    1500 /* … else so many of them; the rest is assigned */
#define SPACE_TABLE_CORRECT 3000
#define SPACE_CORRECT       8U   /* correct rows for each error, when there are so many … */
#define SPACE_CORRECT_MIN   4000 /* … but at least so many in all */
#define SPACE_LEARN         4000 /* texts that the directions are learnt from */
#define SPACE_CLASSES       16   /* predicted classes told apart */
#define SPACE_PRIOR         10.0
#define SPACE_SURE          0.9999
#define SPACE_CLIP          6.0 /* robust deviations of a cell, at most */
#define SPACE_CODES         32U /* categories of a column told apart */
#define SPACE_STAGE         G_GUINT64_CONSTANT(0x636c7573) /* "clus" */

static guint64
space_seed(const ErrataClusterSpace *self)
{
    return self->analysis->settings != NULL ? self->analysis->settings->seed : 0;
}

static gboolean
space_takes(const ErrataAnalysis *analysis, gsize row)
{
    return analysis->outcome->judged[row] != 0 &&
           (analysis->set_aside == NULL || analysis->set_aside[row] == 0);
}

/* errors of a half to embed, of so many */
static gsize
space_wanted_errors(const ErrataClusterSpace *self, gsize n_errors)
{
    if (self->is_text)
        return SPACE_TEXT_ROWS;
    return n_errors <= SPACE_TABLE_EXACT ? SPACE_TABLE_EXACT : SPACE_TABLE_ROWS;
}

/* an error that was not drawn: a table's can be assigned later */
static void
space_leave_out(ErrataClusterSpace *self, gsize row)
{
    if (self->is_text)
        self->n_sampled_out++;
    else
        self->rest[self->n_rest++] = (guint32)row;
}

/* every row or a seeded sample of each kind (half, error) */
static void
space_choose_rows(ErrataClusterSpace *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    const ErrataOutcome *outcome = analysis->outcome;
    gsize count[4] = {0};
    double share[4];

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (space_takes(analysis, row))
            count[2 * outcome->half[row] + outcome->error[row]]++;
    for (guint kind = 0; kind < 4; kind++) {
        gsize most = space_wanted_errors(self, count[kind | 1]);
        gsize n_errors = MIN(count[kind | 1], most);
        gsize wanted = (kind & 1) != 0 ? most
                       : self->is_text ? CLAMP(SPACE_CORRECT * n_errors, SPACE_CORRECT_MIN, most)
                                       : SPACE_TABLE_CORRECT;

        share[kind] = count[kind] > wanted ? (double)wanted / (double)count[kind] : 1.0;
    }
    self->row = g_new(guint32, MAX(count[0] + count[1] + count[2] + count[3], 1));
    self->rest = g_new(guint32, count[1] + count[3] + 1);
    for (gsize row = 0; row < outcome->n_rows; row++) {
        guint kind = 2U * outcome->half[row] + outcome->error[row];
        ErrataRng rng;

        if (!space_takes(analysis, row))
            continue;
        rng = errata_rng_init(space_seed(self), SPACE_STAGE, row);
        if (share[kind] >= 1.0 || errata_rng_uniform(&rng) < share[kind])
            self->row[self->n++] = (guint32)row;
        else if ((kind & 1) != 0)
            space_leave_out(self, row);
    }
    self->row = g_renew(guint32, self->row, MAX(self->n, 1));
    self->rest = g_renew(guint32, self->rest, (gsize)self->n_rest + 1);
    self->error = g_new(guint8, (gsize)self->n + 1);
    self->half = g_new(guint8, (gsize)self->n + 1);
    for (guint i = 0; i < self->n; i++) {
        self->error[i] = outcome->error[self->row[i]];
        self->half[i] = outcome->half[self->row[i]];
        self->weight[self->half[i]][self->error[i]] += 1.0;
    }
    for (guint kind = 0; kind < 4; kind++)
        self->weight[kind / 2][kind & 1] = (double)count[kind] /
                                           MAX(self->weight[kind / 2][kind & 1], 1.0);
}

static const double *
space_scores(const ErrataOutcome *outcome)
{
    if (outcome->task == ERRATA_TASK_REGRESSION)
        return outcome->predicted_value;
    if (outcome->confidence != NULL)
        return outcome->confidence;
    return outcome->score != NULL ? outcome->score : outcome->rank;
}

/* cell of each row that is taken: the bin of its score, by predicted class where classes are few */
static guint32 *
space_cells(const ErrataAnalysis *analysis, guint *ret_n)
{
    const ErrataOutcome *outcome = analysis->outcome;
    const double *score = space_scores(outcome);
    guint n_classes = outcome->predicted != NULL && outcome->n_classes <= SPACE_CLASSES
                          ? MAX(outcome->n_classes, 1)
                          : 1;
    guint32 *cell = g_new0(guint32, outcome->n_rows + 1);
    g_autofree double *known = NULL;
    g_autofree guint8 *error = NULL;
    g_autofree guint32 *bin = NULL;
    gsize n = 0;

    *ret_n = 1;
    if (score == NULL)
        return cell; /* nothing is foretold */
    known = g_new(double, outcome->n_rows + 1);
    error = g_malloc(outcome->n_rows + 1);
    bin = g_new(guint32, outcome->n_rows + 1);
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (space_takes(analysis, row)) {
            known[n] = score[row];
            error[n++] = outcome->error[row];
        }
    *ret_n = errata_score_bins(known, error, n, bin) * n_classes;
    n = 0;
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (space_takes(analysis, row))
            cell[row] = bin[n++] * n_classes +
                        (n_classes > 1 ? (guint32)MAX(outcome->predicted[row], 0) : 0);
    return cell;
}

/* what is known of a slice is foretold: clusters of a table must say more */
static void
space_foretell_slices(ErrataClusterSpace *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    const GPtrArray *findings = analysis->result->findings;
    g_autofree double *rate = g_new0(double, analysis->outcome->n_rows + 1);

    for (guint f = 0; f < findings->len; f++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, f);
        double n = 0.0, wrong = 0.0;

        if (finding->kind != ERRATA_FINDING_SLICE)
            continue;
        for (gsize i = 0; i < finding->n_rows; i++) {
            n += analysis->outcome->judged[finding->row[i]];
            wrong += analysis->outcome->error[finding->row[i]];
        }
        for (gsize i = 0; i < finding->n_rows && n > 0.0; i++)
            rate[finding->row[i]] = MAX(rate[finding->row[i]], wrong / n);
    }
    for (guint i = 0; i < self->n; i++) {
        double known = MIN(rate[self->row[i]], SPACE_SURE);

        self->odds[i] = MAX(self->odds[i], known / (1.0 - known));
    }
}

/* Where columns tell of all rows' errors beyond the score, what they and the score let expect is
 * foretold: errors of that one fault of the model lie close together, and would be a cluster
 * wherever they are many */
static void
space_foretell_beyond(ErrataClusterSpace *self)
{
    const SlicesTable *table = self->analysis->searched;
    const SlicesHalf *halves[2];
    g_autofree double *rate = NULL;

    if (table == NULL || table->real || table->beyond == NULL || table->beyond->n == 0)
        return;
    halves[0] = &table->discovery;
    halves[1] = &table->confirmation;
    rate = g_new0(double, self->analysis->outcome->n_rows + 1);
    for (guint h = 0; h < 2; h++)
        for (gsize i = 0; i < halves[h]->n_rows; i++)
            rate[halves[h]->row[i]] =
                CLAMP(table->beyond->expected[h][i], 1.0 - SPACE_SURE, SPACE_SURE);
    for (guint i = 0; i < self->n; i++) {
        double known = rate[self->row[i]];

        if (known > 0.0)
            self->odds[i] = known / (1.0 - known);
    }
}

/* Where errors are those of close decisions, that many are foretold of rows as close */
static void
space_foretell_near(ErrataClusterSpace *self)
{
    const SlicesTable *table = self->analysis->searched;
    const SlicesHalf *halves[2];
    g_autofree double *rate = NULL;

    if (table == NULL || table->near == NULL)
        return;
    halves[0] = &table->discovery;
    halves[1] = &table->confirmation;
    rate = g_new0(double, self->analysis->outcome->n_rows + 1);
    for (guint h = 0; h < 2; h++) {
        g_autofree double *n = g_new0(double, halves[h]->n_cells);
        g_autofree double *wrong = g_new0(double, halves[h]->n_cells);

        for (gsize i = 0; i < halves[h]->n_rows; i++) {
            n[halves[h]->cell[i]] += 1.0;
            wrong[halves[h]->cell[i]] += halves[h]->y[i];
        }
        for (gsize i = 0; i < halves[h]->n_rows; i++) {
            guint32 c = halves[h]->cell[i];

            rate[halves[h]->row[i]] = CLAMP(wrong[c] / n[c], 1.0 - SPACE_SURE, SPACE_SURE);
        }
    }
    for (guint i = 0; i < self->n; i++) {
        double known = rate[self->row[i]];

        if (known > 0.0)
            self->odds[i] = known / (1.0 - known);
    }
}

/* odds of an error by prediction and score, over all rows of the log */
static void
space_foretell(ErrataClusterSpace *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    const ErrataOutcome *outcome = analysis->outcome;
    guint n_cells;
    g_autofree guint32 *cell = space_cells(analysis, &n_cells);
    g_autofree double *n_in = g_new0(double, n_cells);
    g_autofree double *wrong = g_new0(double, n_cells);
    double base = (double)outcome->n_errors / MAX((double)outcome->n_judged, 1.0);

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (space_takes(analysis, row)) {
            n_in[cell[row]] += 1.0;
            wrong[cell[row]] += outcome->error[row];
        }
    self->odds = g_new(double, (gsize)self->n + 1);
    for (guint i = 0; i < self->n; i++) {
        guint32 c = cell[self->row[i]];
        double rate = (wrong[c] + SPACE_PRIOR * base) / (n_in[c] + SPACE_PRIOR);

        rate = CLAMP(rate, 1.0 - SPACE_SURE, SPACE_SURE);
        self->odds[i] = rate / (1.0 - rate);
    }
}

/* the discovery half's errors, and as many correct rows, evenly */
static guint32 *
space_lesson(const ErrataClusterSpace *self, guint *ret_n)
{
    guint32 *chosen = g_new(guint32, (gsize)self->n + 1);
    gsize count[2] = {0}, taken[2] = {0}, passed[2] = {0};
    guint n = 0;

    for (guint i = 0; i < self->n; i++)
        count[self->error[i]] += self->half[i] == 0 ? 1 : 0;
    for (guint k = 0; k < 2; k++)
        taken[k] = MIN(count[1], (gsize)SPACE_LEARN / 2);
    for (guint i = 0; i < self->n; i++) {
        guint8 kind = self->error[i];

        if (self->half[i] != 0)
            continue;
        if (count[kind] <= taken[kind] || (passed[kind] + 1) * taken[kind] / count[kind] >
                                              passed[kind] * taken[kind] / count[kind])
            chosen[n++] = i;
        passed[kind]++;
    }
    *ret_n = n;
    return chosen;
}

typedef struct {
    ErrataTrait trait;
    double least; /* from here on a number bears the mark */
} SpaceMark;

/* properties that say what a text is, rather than how long or how well set */
static const SpaceMark space_mark_list[] = {
    {ERRATA_TRAIT_NEGATIONS, 1.0},
    {ERRATA_TRAIT_EMOJI, 1.0},
    {ERRATA_TRAIT_LINKS, 1.0},
    {ERRATA_TRAIT_CAPITALS, 0.5},
    {ERRATA_TRAIT_TYPOS, 0.1},
};

/* the value that most texts have */
static guint32
space_main_code(const ErrataColumn *column)
{
    g_autofree gsize *count = g_new0(gsize, (gsize)column->n_dictionary + 1);
    guint32 most = 0;

    for (gsize row = 0; row < column->n_rows; row++)
        count[errata_column_is_valid(column, row) ? column->code[row] : column->n_dictionary]++;
    for (guint32 i = 1; i < column->n_dictionary; i++)
        if (count[i] > count[most])
            most = i;
    return most;
}

/* texts in another language or script than most; no language, or no letters, is not another one */
static void
space_mark_tongue(ErrataClusterSpace *self, const ErrataColumn *column, const char *none)
{
    guint32 most = space_main_code(column);

    for (guint i = 0; i < self->n; i++) {
        const char *tongue = errata_column_text(column, self->row[i], NULL);

        if (tongue == NULL || column->code[self->row[i]] == most || strcmp(tongue, none) == 0)
            continue;
        self->marks[i] |= strcmp(tongue, errata_lexicon_language(ERRATA_LANGUAGE_MIXED)) == 0
                              ? ERRATA_CLUSTERS_MIXED
                              : ERRATA_CLUSTERS_FOREIGN;
    }
}

static void
space_mark(ErrataClusterSpace *self)
{
    const ErrataAnalysis *analysis = self->analysis;

    for (guint c = 0; c < analysis->frame->n_columns; c++) {
        const ErrataColumn *column = analysis->frame->columns[c];
        ErrataTrait trait;

        if (errata_schema_is_logged(analysis->schema, c) ||
            !errata_trait_parse(column->name, NULL, &trait))
            continue;
        if (trait == ERRATA_TRAIT_LANGUAGE)
            space_mark_tongue(self, column, errata_lexicon_language(ERRATA_LANGUAGE_UNKNOWN));
        if (trait == ERRATA_TRAIT_SCRIPT)
            space_mark_tongue(self, column, errata_text_scan_script(ERRATA_SCRIPT_NONE));
        for (guint m = 0; m < G_N_ELEMENTS(space_mark_list); m++)
            if (space_mark_list[m].trait == trait)
                for (guint i = 0; i < self->n; i++)
                    if (errata_column_number(column, self->row[i]) >= space_mark_list[m].least)
                        self->marks[i] |= 1U << m;
    }
}

static void
space_embed_texts(ErrataClusterSpace *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    guint n_lesson;
    g_autofree guint32 *lesson = space_lesson(self, &n_lesson);

    self->vectors =
        errata_text_vectors_new(analysis, self->row, self->n, lesson, n_lesson, &self->x);
    self->width = errata_text_vectors_width(self->vectors);
    if (analysis->embedding != NULL) {
        g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
        g_autofree ErrataGramsText *texts =
            errata_text_vectors_read(analysis, self->row, self->n, owned);
        g_autofree float *traits = g_steal_pointer(&self->x);

        errata_clusters_embed(self, texts, traits, self->width);
    }
    errata_neighbours_unit(self->x, self->n, self->width);
}

/* the middle of the embedded rows' numbers in a column and how far they lie from it; FALSE where
 * they tell nothing */
static gboolean
space_measure(const ErrataClusterSpace *self,
              const ErrataColumn *column,
              double *ret_middle,
              double *ret_spread)
{
    g_autofree double *known = g_new(double, (gsize)self->n + 1);
    static const double half[] = {0.5};
    double middle = 0.0, spread = 0.0;
    gsize n = 0;

    for (guint i = 0; i < self->n; i++) {
        double value = errata_column_number(column, self->row[i]);

        if (!isnan(value))
            known[n++] = value;
    }
    if (n == 0)
        return FALSE;
    errata_select_quantiles(known, n, half, 1, &middle);
    for (gsize i = 0; i < n; i++)
        known[i] = fabs(known[i] - middle);
    errata_select_quantiles(known, n, half, 1, &spread);
    if (!(spread > 0.0)) {
        for (gsize i = 0; i < n; i++)
            spread += known[i] / (double)n;
    }
    *ret_middle = middle;
    *ret_spread = spread;
    return spread > 0.0;
}

static gboolean
space_reads(const ErrataClusterSpace *self, const ErrataBinColumn *bin)
{
    const ErrataAnalysis *analysis = self->analysis;

    return bin->derived == NULL && errata_schema_is_logged(analysis->schema, bin->column) &&
           (analysis->exclude == NULL || analysis->exclude[bin->column] == 0);
}

static guint
space_codes(const ErrataBinColumn *bin)
{
    return MIN(bin->n_codes, SPACE_CODES);
}

/* where each column lies in a vector, and its scale */
static void
space_lay_out(ErrataClusterSpace *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    guint at = 0;

    self->cells = g_array_new(FALSE, TRUE, sizeof(ErrataClusterCells));
    for (guint c = 0; c < analysis->bins->n_columns; c++) {
        const ErrataBinColumn *bin = &analysis->bins->columns[c];
        ErrataClusterCells cells = {.bin = bin, .at = at};

        if (!space_reads(self, bin))
            continue;
        cells.n = bin->numeric ? 1 : space_codes(bin);
        at += cells.n;
        if (!bin->numeric || space_measure(self,
                                           analysis->frame->columns[bin->column],
                                           &cells.middle,
                                           &cells.spread))
            g_array_append_val(self->cells, cells);
    }
    self->width = MAX(at, 1U);
}

/**
 * errata_clusters_space_embed:
 * @self: of a table
 * @row: (array length=n): rows of the log
 * @n: how many
 * @ret_x: (array length=n*width): (out caller-allocates): their vectors, on the scale of the
 *   embedded rows
 */
void
errata_clusters_space_embed(const ErrataClusterSpace *self,
                            const guint32 *row,
                            gsize n,
                            float *ret_x)
{
    memset(ret_x, 0, n * self->width * sizeof *ret_x);
    for (guint c = 0; c < self->cells->len; c++) {
        const ErrataClusterCells *cells = &g_array_index(self->cells, ErrataClusterCells, c);
        const ErrataBinColumn *bin = cells->bin;
        const ErrataColumn *column = self->analysis->frame->columns[bin->column];
        float *x = ret_x + cells->at;

        for (gsize i = 0; i < n; i++, x += self->width)
            if (bin->numeric) {
                double value = errata_column_number(column, row[i]);

                if (!isnan(value))
                    *x = (float)CLAMP((value - cells->middle) / (1.4826 * cells->spread),
                                      -SPACE_CLIP,
                                      SPACE_CLIP);
            } else if (bin->code[row[i]] < cells->n) {
                x[bin->code[row[i]]] = (float)G_SQRT2;
            }
    }
    errata_neighbours_unit(ret_x, n, self->width);
}

static void
space_embed_cells(ErrataClusterSpace *self)
{
    space_lay_out(self);
    self->x = g_new(float, (gsize)self->n * self->width + 1);
    errata_clusters_space_embed(self, self->row, self->n, self->x);
}

static gboolean
space_has_texts(const ErrataAnalysis *analysis)
{
    for (guint c = 0; c < analysis->frame->n_columns; c++)
        if (analysis->schema->columns[c].role == ERRATA_ROLE_TEXT)
            return TRUE;
    return FALSE;
}

/**
 * errata_clusters_space_new:
 * @analysis: a log with errors and something to tell them apart by
 *
 * Returns: (transfer full): its errors and a sample of its correct rows as vectors
 */
ErrataClusterSpace *
errata_clusters_space_new(const ErrataAnalysis *analysis)
{
    ErrataClusterSpace *self = g_new0(ErrataClusterSpace, 1);

    self->analysis = analysis;
    self->is_text = space_has_texts(analysis);
    space_choose_rows(self);
    space_foretell(self);
    space_foretell_beyond(self);
    space_foretell_near(self);
    self->marks = g_new0(guint32, (gsize)self->n + 1);
    if (self->is_text) {
        space_mark(self);
        space_embed_texts(self);
    } else {
        space_foretell_slices(self);
        space_embed_cells(self);
    }
    return self;
}

void
errata_clusters_space_free(ErrataClusterSpace *self)
{
    if (self == NULL)
        return;
    g_free(self->row);
    g_free(self->rest);
    g_clear_pointer(&self->cells, g_array_unref);
    g_free(self->error);
    g_free(self->half);
    g_free(self->odds);
    g_free(self->marks);
    g_free(self->x);
    errata_text_vectors_free(self->vectors);
    g_free(self);
}
