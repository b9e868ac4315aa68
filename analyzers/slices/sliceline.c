/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SliceLine's exact top K (Sagadeeva and Boehm 2021, "SliceLine: Fast, Linear-Algebra-based Slice
 * Finding for ML Model Debugging"), level by level, with the bound of its equation 3 over the
 * number of rows. A predicate is a bitset with the rows of positive loss in front, so that the
 * errors of a 0/1 loss are counted in the first words alone, and most candidates end there. */
#include "sliceline.h"

#include <math.h>
#include <string.h>

#define SLICELINE_CODES 256
#define SLICELINE_SLACK 1e-9    /* of a bound, for what rounding may take from it */
#define SLICELINE_KEPT  2000000 /* slices of a level that are extended */

typedef struct {
    guint column;
    guint8 code;
    guint64 *bits;
} SlicelinePredicate;

/* a slice: predicates in increasing order */
typedef struct {
    guint32 predicate[ERRATA_SLICELINE_MAX_LEVEL];
    gsize size;
    double error;
    double max_error;
} SlicelineNode;

typedef struct {
    const ErrataSlicelineInput *input;
    ErrataSliceline *result;
    guint32 *order; /* rows, those with a loss first */
    gsize n_losses; /* rows with a loss */
    gsize n_words;
    gsize n_error_words;
    guint64 last_mask; /* of the last of the error words: rows with a loss */
    double *loss;      /* in that order */
    double mean;
    GArray *predicates; /* (element-type SlicelinePredicate) */
    guint64 *prefix;    /* the rows of the slice being extended */
} SlicelineSearch;

/**
 * errata_sliceline_score:
 * @alpha: weight of the error
 * @mean: mean loss of all rows, above 0
 * @n_rows: all rows
 * @size: rows of the slice, above 0
 * @error: sum of their losses
 *
 * α((error/size)/mean − 1) − (1 − α)(n/size − 1). Source: definition 1 of the paper.
 *
 * Returns: the score; 0 for all rows
 */
double
errata_sliceline_score(double alpha, double mean, double n_rows, double size, double error)
{
    return alpha * (error / size / mean - 1.0) - (1.0 - alpha) * (n_rows / size - 1.0);
}

/**
 * errata_sliceline_bound:
 * @alpha: weight of the error
 * @mean: mean loss of all rows
 * @n_rows: all rows
 * @min_rows: rows that a slice needs
 * @size: rows that a slice may have at most, @min_rows or more
 * @error: sum of losses that it may have at most
 * @max_error: loss that a row of it may have at most, above 0
 *
 * Equation 3 of the paper, over the number of rows; the largest score lies at one of three sizes.
 *
 * Returns: what no slice of that kind can exceed
 */
double
errata_sliceline_bound(double alpha,
                       double mean,
                       double n_rows,
                       double min_rows,
                       double size,
                       double error,
                       double max_error)
{
    const double sizes[] = {min_rows, error / max_error, size};
    double bound = -(double)INFINITY;

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        double s = CLAMP(sizes[i], min_rows, size);

        bound = fmax(bound,
                     errata_sliceline_score(alpha, mean, n_rows, s, fmin(s * max_error, error)));
    }
    return bound + SLICELINE_SLACK * (1.0 + fabs(bound));
}

/* whether no slice within these limits is wanted any more */
static gboolean
sliceline_is_hopeless(const SlicelineSearch *self, double size, double error, double max_error)
{
    const ErrataSlicelineInput *input = self->input;
    const GArray *top = self->result->slices;
    double bound;

    if (size < (double)input->min_rows || !(error > 0.0))
        return TRUE;
    bound = errata_sliceline_bound(input->alpha,
                                   self->mean,
                                   (double)input->n_rows,
                                   (double)input->min_rows,
                                   size,
                                   error,
                                   max_error);
    return bound <= 0.0 || bound < input->floor ||
           (top->len == input->k &&
            bound < g_array_index(top, ErrataSlicelineSlice, top->len - 1).score);
}

/* negative when @a comes before @b */
static int
sliceline_compare(const ErrataSlicelineSlice *a, const ErrataSlicelineSlice *b)
{
    if (a->score > b->score || a->score < b->score)
        return a->score > b->score ? -1 : 1;
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    for (guint i = 0; i < a->n; i++) {
        if (a->column[i] != b->column[i])
            return a->column[i] < b->column[i] ? -1 : 1;
        if (a->code[i] != b->code[i])
            return a->code[i] < b->code[i] ? -1 : 1;
    }
    return 0;
}

static void
sliceline_offer(SlicelineSearch *self, const SlicelineNode *node, guint level)
{
    const ErrataSlicelineInput *input = self->input;
    GArray *top = self->result->slices;
    ErrataSlicelineSlice slice = {.n = level,
                                  .size = node->size,
                                  .error = node->error,
                                  .max_error = node->max_error};
    guint at = top->len;

    slice.score = errata_sliceline_score(input->alpha,
                                         self->mean,
                                         (double)input->n_rows,
                                         (double)node->size,
                                         node->error);
    if (!(slice.score > 0.0) || slice.score < input->floor)
        return;
    for (guint i = 0; i < level; i++) {
        const SlicelinePredicate *predicate =
            &g_array_index(self->predicates, SlicelinePredicate, node->predicate[i]);

        slice.column[i] = predicate->column;
        slice.code[i] = predicate->code;
    }
    while (at > 0 &&
           sliceline_compare(&slice, &g_array_index(top, ErrataSlicelineSlice, at - 1)) < 0)
        at--;
    if (at >= input->k)
        return;
    g_array_insert_val(top, at, slice);
    if (top->len > input->k)
        g_array_set_size(top, input->k);
}

/* ---- level 1 ---- */

/* rows with a loss first, both parts in row order */
static void
sliceline_order(SlicelineSearch *self)
{
    const ErrataSlicelineInput *input = self->input;
    gsize at = 0;
    double sum = 0.0;

    self->order = g_new(guint32, input->n_rows + 1);
    self->loss = g_new(double, input->n_rows + 1);
    for (guint pass = 0; pass < 2; pass++) {
        for (gsize row = 0; row < input->n_rows; row++)
            if ((input->loss[row] > 0.0) == (pass == 0))
                self->order[at++] = (guint32)row;
        self->n_losses = pass == 0 ? at : self->n_losses;
    }
    for (gsize i = 0; i < input->n_rows; i++) {
        self->loss[i] = input->loss[self->order[i]];
        sum += self->loss[i];
    }
    self->mean = sum / (double)input->n_rows;
    self->n_words = (input->n_rows + 63) / 64;
    self->n_error_words = (self->n_losses + 63) / 64;
    self->last_mask = self->n_losses % 64 != 0
                          ? (G_GUINT64_CONSTANT(1) << (self->n_losses % 64)) - 1
                          : ~G_GUINT64_CONSTANT(0);
}

/* rows and losses of every code of a column */
static void
sliceline_count_column(const SlicelineSearch *self, guint column, SlicelineNode *node)
{
    const guint8 *code = self->input->code[column];
    gsize size[2][SLICELINE_CODES] = {
        {0}}; /* two, as equal codes in turn would wait for each other */
    gsize row = 0;

    for (; row + 2 <= self->input->n_rows; row += 2) {
        size[0][code[row]]++;
        size[1][code[row + 1]]++;
    }
    if (row < self->input->n_rows)
        size[0][code[row]]++;
    for (gsize i = 0; i < self->n_losses; i++) {
        SlicelineNode *one = &node[code[self->order[i]]];

        one->error += self->loss[i];
        one->max_error = fmax(one->max_error, self->loss[i]);
    }
    for (guint c = 0; c < SLICELINE_CODES; c++)
        node[c].size = size[0][c] + size[1][c];
}

static void
sliceline_add_column(SlicelineSearch *self, guint column, GArray *level)
{
    SlicelineNode node[SLICELINE_CODES];

    memset(node, 0, sizeof node);
    sliceline_count_column(self, column, node);
    for (guint c = 0; c < SLICELINE_CODES; c++) {
        SlicelinePredicate predicate = {column, (guint8)c, NULL};

        self->result->n_evaluated[0] += node[c].size > 0 ? 1 : 0;
        if (node[c].size < self->input->min_rows || !(node[c].error > 0.0) ||
            (self->input->pooled != NULL && self->input->pooled[column] == (gint16)c))
            continue;
        node[c].predicate[0] = self->predicates->len;
        g_array_append_val(self->predicates, predicate);
        g_array_append_val(level, node[c]);
        sliceline_offer(self, &node[c], 1);
    }
    self->result->n_words += self->n_words;
}

/* bitsets of the column's predicates from @begin to @end that asked for one */
static void
sliceline_fill_bits(SlicelineSearch *self, guint begin, guint end)
{
    guint64 *bits[SLICELINE_CODES] = {NULL};
    gboolean wanted = FALSE;
    const guint8 *code = NULL;

    for (guint i = begin; i < end; i++) {
        const SlicelinePredicate *predicate =
            &g_array_index(self->predicates, SlicelinePredicate, i);

        code = self->input->code[predicate->column];
        bits[predicate->code] = predicate->bits;
        wanted |= predicate->bits != NULL;
    }
    if (!wanted)
        return;
    for (gsize i = 0; i < self->input->n_rows; i++) {
        guint64 *set = bits[code[self->order[i]]];

        if (set != NULL)
            set[i >> 6] |= G_GUINT64_CONSTANT(1) << (i & 63);
    }
    self->result->n_words += self->n_words;
}

/* once all single conditions are known: those that may still lead somewhere get their bitsets, the
 * others are not extended */
static void
sliceline_keep(SlicelineSearch *self, GArray *level)
{
    guint n_kept = 0;
    guint begin = 0;

    for (guint i = 0; i < level->len; i++) {
        SlicelineNode node = g_array_index(level, SlicelineNode, i);

        if (sliceline_is_hopeless(self, (double)node.size, node.error, node.max_error))
            continue;
        g_array_index(self->predicates, SlicelinePredicate, node.predicate[0]).bits =
            g_new0(guint64, self->n_words);
        g_array_index(level, SlicelineNode, n_kept++) = node;
    }
    g_array_set_size(level, n_kept);
    for (guint end = 1; end <= self->predicates->len; end++)
        if (end == self->predicates->len ||
            g_array_index(self->predicates, SlicelinePredicate, end).column !=
                g_array_index(self->predicates, SlicelinePredicate, begin).column) {
            sliceline_fill_bits(self, begin, end);
            begin = end;
        }
}

/* ---- deeper levels ---- */

/* the slice with these predicates among those kept, which are in lexicographic order */
static const SlicelineNode *
sliceline_find(const GArray *level, const guint32 *predicate, guint n)
{
    guint lo = 0;
    guint hi = level->len;

    while (lo < hi) {
        guint middle = (lo + hi) / 2;
        const SlicelineNode *node = &g_array_index(level, SlicelineNode, middle);
        guint i = 0;

        while (i < n && node->predicate[i] == predicate[i])
            i++;
        if (i == n)
            return node;
        if (node->predicate[i] < predicate[i])
            lo = middle + 1;
        else
            hi = middle;
    }
    return NULL;
}

/* narrows @limit to what all parents allow; FALSE when one of them was not kept */
static gboolean
sliceline_parents(const GArray *level, const SlicelineNode *child, guint n, SlicelineNode *limit)
{
    for (guint skip = 0; skip + 2 < n; skip++) { /* the two that were joined are known */
        guint32 predicate[ERRATA_SLICELINE_MAX_LEVEL];
        const SlicelineNode *parent;
        guint m = 0;

        for (guint i = 0; i < n; i++)
            if (i != skip)
                predicate[m++] = child->predicate[i];
        parent = sliceline_find(level, predicate, m);
        if (parent == NULL)
            return FALSE;
        limit->size = MIN(limit->size, parent->size);
        limit->error = fmin(limit->error, parent->error);
        limit->max_error = fmin(limit->max_error, parent->max_error);
    }
    return TRUE;
}

static void
sliceline_sum_losses(const SlicelineSearch *self, const guint64 *bits, SlicelineNode *child)
{
    child->error = child->max_error = 0.0;
    for (gsize w = 0; w < self->n_error_words; w++)
        for (guint64 word = self->prefix[w] & bits[w]; word != 0; word &= word - 1) {
            double loss = self->loss[w * 64 + (gsize)__builtin_ctzll(word)];

            child->error += loss;
            child->max_error = fmax(child->max_error, loss);
        }
}

/* rows of the prefix that are in @bits, and their losses; FALSE when @limit already rules it out */
static gboolean
sliceline_count(SlicelineSearch *self,
                const guint64 *bits,
                const SlicelineNode *limit,
                SlicelineNode *child)
{
    gsize split = self->n_error_words;
    guint64 n_errors = errata_sliceline_bits_count(self->prefix, bits, split);
    gsize last = split - 1;

    self->result->n_words += split;
    if (self->input->binary) {
        guint64 beyond = self->prefix[last] & bits[last] & ~self->last_mask;

        child->error = (double)(n_errors - (guint64)__builtin_popcountll(beyond));
        child->max_error = 1.0;
        if (sliceline_is_hopeless(self, (double)limit->size, child->error, 1.0))
            return FALSE;
    }
    self->result->n_words += self->n_words - split;
    child->size = (gsize)(n_errors + errata_sliceline_bits_count(self->prefix + split,
                                                                 bits + split,
                                                                 self->n_words - split));
    if (!self->input->binary) {
        if (sliceline_is_hopeless(self, (double)child->size, limit->error, limit->max_error))
            return FALSE;
        sliceline_sum_losses(self, bits, child);
    }
    return child->size >= self->input->min_rows && child->error > 0.0;
}

/* rows of the slice being extended, worked out when the first candidate needs them */
static void
sliceline_prefix(SlicelineSearch *self, const SlicelineNode *node, guint n)
{
    const SlicelinePredicate *predicates = &g_array_index(self->predicates, SlicelinePredicate, 0);

    memcpy(self->prefix, predicates[node->predicate[0]].bits, self->n_words * sizeof *self->prefix);
    for (guint i = 1; i < n; i++)
        errata_sliceline_bits_and(self->prefix,
                                  predicates[node->predicate[i]].bits,
                                  self->n_words,
                                  self->prefix);
    self->result->n_words += n * self->n_words;
}

/* @a and @b share all predicates but the last; their join, when it is worth counting */
static void
sliceline_join(SlicelineSearch *self,
               const GArray *level,
               const SlicelineNode *a,
               const SlicelineNode *b,
               guint n,
               gboolean *has_prefix,
               GArray *next)
{
    const SlicelinePredicate *last =
        &g_array_index(self->predicates, SlicelinePredicate, b->predicate[n - 2]);
    SlicelineNode limit = *a;
    SlicelineNode child = *a;

    child.predicate[n - 1] = b->predicate[n - 2];
    limit.size = MIN(a->size, b->size);
    limit.error = fmin(a->error, b->error);
    limit.max_error = fmin(a->max_error, b->max_error);
    if (sliceline_is_hopeless(self, (double)limit.size, limit.error, limit.max_error) ||
        !sliceline_parents(level, &child, n, &limit) ||
        sliceline_is_hopeless(self, (double)limit.size, limit.error, limit.max_error))
        return;
    if (!*has_prefix)
        sliceline_prefix(self, a, n - 1);
    *has_prefix = TRUE;
    self->result->n_evaluated[n - 1]++;
    if (!sliceline_count(self, last->bits, &limit, &child))
        return;
    /* limit.size is the smallest parent's: as many rows are the same rows */
    if (child.size == limit.size)
        return;
    sliceline_offer(self, &child, n);
    if (n < self->input->max_level &&
        !sliceline_is_hopeless(self, (double)child.size, child.error, child.max_error))
        g_array_append_val(next, child);
}

static gboolean
sliceline_share_prefix(const SlicelineNode *a, const SlicelineNode *b, guint n)
{
    return memcmp(a->predicate, b->predicate, n * sizeof *a->predicate) == 0;
}

/* all slices of @n predicates, from those of one fewer */
static GArray *
sliceline_extend(SlicelineSearch *self, const GArray *level, guint n)
{
    const SlicelinePredicate *predicates = &g_array_index(self->predicates, SlicelinePredicate, 0);
    GArray *next = g_array_new(FALSE, FALSE, sizeof(SlicelineNode));

    for (guint i = 0; i < level->len && !self->result->truncated; i++) {
        const SlicelineNode *a = &g_array_index(level, SlicelineNode, i);
        guint column = predicates[a->predicate[n - 2]].column;
        gboolean has_prefix = FALSE;

        if (sliceline_is_hopeless(self, (double)a->size, a->error, a->max_error))
            continue;
        for (guint j = i + 1; j < level->len; j++) {
            const SlicelineNode *b = &g_array_index(level, SlicelineNode, j);

            if (!sliceline_share_prefix(a, b, n - 2))
                break;
            if (predicates[b->predicate[n - 2]].column != column)
                sliceline_join(self, level, a, b, n, &has_prefix, next);
        }
        self->result->truncated = next->len > SLICELINE_KEPT ||
                                  (self->input->budget > 0 &&
                                   self->result->n_words > self->input->budget);
    }
    return next;
}

static void
sliceline_predicate_clear_cb(gpointer data)
{
    g_free(((SlicelinePredicate *)data)->bits);
}

/**
 * errata_sliceline_search:
 * @input: what is searched
 *
 * The exact top K: neither a slice's own score nor its parents' decide whether it is extended, only
 * the bound does (strictly below the K-th score, so that ties stay), and all its parents must have
 * been kept. A slice with the same rows as one of its parents is left out for the shorter one.
 * Memory: a bit per row and predicate, and the slices kept of two levels.
 *
 * Returns: (transfer full): the best slices; none when no row has a loss
 */
ErrataSliceline *
errata_sliceline_search(const ErrataSlicelineInput *input)
{
    ErrataSliceline *self = g_new0(ErrataSliceline, 1);
    SlicelineSearch search = {.input = input, .result = self};
    g_autoptr(GArray) level = g_array_new(FALSE, FALSE, sizeof(SlicelineNode));

    self->slices = g_array_new(FALSE, TRUE, sizeof(ErrataSlicelineSlice));
    search.predicates = g_array_new(FALSE, FALSE, sizeof(SlicelinePredicate));
    g_array_set_clear_func(search.predicates, sliceline_predicate_clear_cb);
    sliceline_order(&search);
    if (search.n_error_words > 0) {
        search.prefix = g_new(guint64, search.n_words);
        for (guint c = 0; c < input->n_columns; c++)
            sliceline_add_column(&search, c, level);
        sliceline_keep(&search, level);
        for (guint n = 2; n <= MIN(input->max_level, input->n_columns) && !self->truncated; n++) {
            GArray *next = sliceline_extend(&search, level, n);

            g_array_unref(level);
            level = next;
        }
    }
    g_array_unref(search.predicates);
    g_free(search.prefix);
    g_free(search.order);
    g_free(search.loss);
    return self;
}

void
errata_sliceline_free(ErrataSliceline *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->slices);
    g_free(self);
}
