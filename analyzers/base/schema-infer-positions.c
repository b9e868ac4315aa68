/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores that are named after positions only ([0.1, 0.7, 0.2] in one cell, or prob_0 prob_1 prob_2)
 * beside classes that have names: which position is which class. The predictions tell, where the
 * position of the largest score goes with one class each in nearly all rows. Without that,
 * alphabetical order, as scikit-learn has it, stands only where predictions or labels bear it out;
 * else the scores are set aside, as every figure of theirs would rest on a guess. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "schema-infer.h"

#define POSITIONS_NEARLY 0.95 /* of the rows, in which an order must fit the predictions */
#define POSITIONS_LEAST  20   /* rows from which another order than the usual one may be read */
#define POSITIONS_CUT    0.98 /* how well a cut of one of two scores must make the predictions */
#define POSITIONS_SURE   3.0  /* standard errors between an order and one with two swapped */
#define POSITIONS_FLOOR  1e-6 /* scores below are no less likely, for logarithms */
#define POSITIONS_SHOWN  8    /* positions that a message lists */

/* the scores in the order of their positions, against the column that tells about them */
typedef struct {
    ErrataInfer *infer;
    GArray *columns; /* (element-type guint) */
    guint n_classes;
    int teller;     /* column of the predictions, else of the labels, else −1 */
    gint32 *given;  /* (array length=n_rows) (nullable): its classes */
    double *scores; /* (array length=n): of the row at hand */
    int *order;     /* (array length=n): class of each position, −1 where it has none */
    gsize n_rows;   /* with one largest score and a class */
    gsize n_fit;    /* of those, rows that the order fits */
} Positions;

static guint
positions_column(const Positions *self, guint position)
{
    return g_array_index(self->columns, guint, position);
}

static const char *
positions_target(const Positions *self, guint position)
{
    return self->infer->schema->columns[positions_column(self, position)].target;
}

/* whether there are as many positions as classes, so that the order of these may be meant */
static gboolean
positions_has_usual(const Positions *self)
{
    return self->columns->len == self->n_classes;
}

/* the classes' order, see ErrataSchema */
static const char *
positions_usual(const Positions *self)
{
    double number;

    for (guint c = 0; c < self->n_classes; c++) {
        const char *name = self->infer->schema->classes[c];

        if (!errata_number_parse_double(name, strlen(name), &number))
            return "alphabetical";
    }
    return "numeric";
}

static void
positions_read(Positions *self)
{
    ErrataSchema *schema = self->infer->schema;
    const ErrataVocabulary *values;
    const ErrataColumn *column;
    g_autofree int *classes = NULL;

    self->scores = g_new0(double, self->columns->len);
    self->order = g_new(int, self->columns->len);
    for (guint p = 0; p < self->columns->len; p++)
        self->order[p] = positions_has_usual(self) ? (int)p : -1;
    self->teller = schema->prediction >= 0 ? schema->prediction : schema->label;
    values = self->teller >= 0 ? errata_schema_infer_vocabulary(self->infer, (guint)self->teller)
                               : NULL;
    if (values == NULL)
        return;
    column = self->infer->frame->columns[self->teller];
    classes = g_new(int, values->n_values + 1);
    for (guint i = 0; i < values->n_values; i++)
        classes[i] = errata_schema_class(schema, values->values[i]);
    self->given = errata_vocabulary_codes(values, column);
    for (gsize row = 0; row < column->n_rows; row++)
        self->given[row] = self->given[row] >= 0 ? classes[self->given[row]] : -1;
}

/* reads the row's scores; the position of the one largest, −1 where several are, −2 where one is
 * missing */
static int
positions_largest(Positions *self, gsize row)
{
    double most = -(double)INFINITY;
    int largest = -1;

    for (guint p = 0; p < self->columns->len; p++) {
        double score = errata_column_number(self->infer->frame->columns[positions_column(self, p)],
                                            row);

        if (isnan(score))
            return -2;
        self->scores[p] = score;
        if (score >= most) {
            largest = score > most ? (int)p : -1;
            most = score;
        }
    }
    return largest;
}

/* rows per position of the largest score and class: (array length = positions × classes) */
static gsize *
positions_table(Positions *self)
{
    gsize n_rows = self->infer->frame->n_rows;
    gsize step = errata_schema_profile_step(n_rows);
    gsize *table = g_new0(gsize, (gsize)self->columns->len * self->n_classes + 1);

    self->n_rows = 0;
    for (gsize row = 0; row < n_rows; row += step) {
        int largest = self->given[row] >= 0 ? positions_largest(self, row) : -1;

        if (largest < 0)
            continue;
        table[(gsize)largest * self->n_classes + (gsize)self->given[row]]++;
        self->n_rows++;
    }
    return table;
}

static gboolean
positions_fits(Positions *self, const gsize *table, const int *order)
{
    self->n_fit = 0;
    for (guint p = 0; p < self->columns->len; p++)
        self->n_fit += order[p] >= 0 ? table[(gsize)p * self->n_classes + (gsize)order[p]] : 0;
    return self->n_rows > 0 && (double)self->n_fit >= POSITIONS_NEARLY * (double)self->n_rows;
}

/* the class that comes most often with each position; FALSE where one has two positions, or it is
 * open which class is that of a position whose score is never the largest */
static gboolean
positions_match(const Positions *self, const gsize *table, int *order)
{
    g_autofree gboolean *used = g_new0(gboolean, self->n_classes + 1);
    guint n_open = 0, n_left = self->n_classes;
    int open = -1;

    for (guint p = 0; p < self->columns->len; p++) {
        const gsize *count = table + (gsize)p * self->n_classes;
        guint best = 0;

        for (guint c = 1; c < self->n_classes; c++)
            best = count[c] > count[best] ? c : best;
        order[p] = count[best] > 0 ? (int)best : -1;
        if (order[p] < 0) {
            n_open++;
            open = (int)p;
        } else if (used[best]) {
            return FALSE;
        } else {
            used[best] = TRUE;
            n_left--;
        }
    }
    if (n_open == 1 && n_left == 1)
        for (guint c = 0; c < self->n_classes; c++)
            order[open] = used[c] ? order[open] : (int)c;
    return n_open == 0 || n_left == 0 || (n_open == 1 && n_left == 1);
}

/* Whether the usual order makes the given classes likelier than an order with any two swapped: 1
 * where none is clearly likelier and it clearly beats more than half of them, −1 where one is. Of
 * honest probabilities the true order is likeliest, however often their largest one is wrong. */
static int
positions_likelier(Positions *self)
{
    guint n = self->columns->len;
    gsize n_rows = self->infer->frame->n_rows;
    gsize step = errata_schema_profile_step(n_rows);
    g_autofree double *sums = g_new0(double, (gsize)n *n + 1);
    g_autofree double *squares = g_new0(double, (gsize)n *n + 1);
    guint n_clear = 0, n_pairs = 0;

    for (gsize row = 0; row < n_rows; row += step) {
        int c = self->given[row];

        if (c < 0 || positions_largest(self, row) == -2)
            continue;
        for (guint p = 0; p < n; p++) {
            double gain = log(fmax(self->scores[c], POSITIONS_FLOOR)) -
                          log(fmax(self->scores[p], POSITIONS_FLOOR));

            sums[(gsize)c * n + p] += gain;
            squares[(gsize)c * n + p] += gain * gain;
        }
    }
    for (guint a = 0; a < n; a++)
        for (guint b = 0; b < a; b++) {
            gsize one = (gsize)a * n + b, other = (gsize)b * n + a;
            double gain = sums[one] + sums[other];
            double error = sqrt(squares[one] + squares[other]);

            if (gain < -POSITIONS_SURE * error)
                return -1;
            n_pairs++;
            n_clear += error > 0.0 && gain > POSITIONS_SURE * error ? 1 : 0;
        }
    return 2 * n_clear > n_pairs ? 1 : 0;
}

/* "0 bird, 1 cat, 2 dog" in the usual order */
static char *
positions_listed(const Positions *self)
{
    GString *list = g_string_new(NULL);
    guint n = MIN(self->columns->len, POSITIONS_SHOWN);

    for (guint p = 0; p < n; p++)
        g_string_append_printf(list,
                               "%s%s is %s",
                               p > 0 ? ", " : "",
                               positions_target(self, p),
                               self->infer->schema->classes[p]);
    if (n < self->columns->len)
        g_string_append_printf(list, " and %u more", self->columns->len - n);
    return g_string_free(list, FALSE);
}

/* "p.0 … p.2 are numbered, not named after the classes" */
static char *
positions_subject(const Positions *self)
{
    const ErrataSchema *schema = self->infer->schema;

    return g_strdup_printf("the scores %s … %s are numbered, not named after the classes",
                           schema->names[positions_column(self, 0)],
                           schema->names[positions_column(self, self->columns->len - 1)]);
}

#define POSITIONS_SETTLE                                                                         \
    "name each score after its class (%s of object keys or columns), or declare the prediction " \
    "that goes with them with --role COL=prediction"

/* how a score of the first class would be named */
static char *
positions_named(const Positions *self)
{
    const ErrataSchema *schema = self->infer->schema;
    const char *name = schema->names[positions_column(self, 0)];
    gsize n = strlen(name) - strlen(positions_target(self, 0));

    return g_strdup_printf("%.*s%s", (int)n, name, schema->classes[0]);
}

/* no order can be told: nothing may rest on one that is guessed */
static void
positions_set_aside(Positions *self)
{
    ErrataSchema *schema = self->infer->schema;
    g_autofree char *subject = positions_subject(self);
    g_autofree char *named = positions_named(self);
    g_autofree char *listed = positions_has_usual(self) ? positions_listed(self) : NULL;
    const char *by = schema->prediction >= 0 ? "predictions" : "labels";

    if (listed != NULL)
        schema->score_problem =
            g_strdup_printf("%s, and the %s bear out neither %s order (%s) nor another: "
                            "the scores are set aside; " POSITIONS_SETTLE,
                            subject,
                            by,
                            positions_usual(self),
                            listed,
                            named);
    else
        schema->score_problem =
            g_strdup_printf("%s: of %u scores and %u classes the %s do not tell which is which, "
                            "and the scores are set aside; " POSITIONS_SETTLE,
                            subject,
                            self->columns->len,
                            self->n_classes,
                            by,
                            named);
    for (guint p = 0; p < self->columns->len; p++) {
        ErrataSchemaColumn *entry = &schema->columns[positions_column(self, p)];

        entry->role = ERRATA_ROLE_IGNORE;
        entry->class_index = -1;
        g_free(entry->reason);
        entry->reason = g_strdup_printf("a score at position %s, and nothing tells of which class",
                                        entry->target);
    }
    schema->score = -1;
}

static void
positions_take(Positions *self, const char *why)
{
    ErrataSchema *schema = self->infer->schema;

    for (guint p = 0; p < self->columns->len; p++) {
        ErrataSchemaColumn *entry = &schema->columns[positions_column(self, p)];
        g_autofree char *before = g_steal_pointer(&entry->reason);
        const char *first = entry->declared ? before : "one of several scores, one per class";

        entry->class_index = self->order[p];
        if (self->order[p] >= 0)
            entry->reason = g_strdup_printf("%s; position %s is class %s: %s",
                                            first,
                                            entry->target,
                                            schema->classes[self->order[p]],
                                            why);
        else
            entry->reason = g_strdup_printf("%s; position %s is of none of the classes: %s",
                                            first,
                                            entry->target,
                                            why);
    }
}

/* the usual order, which nothing proves in each row, but which the given classes agree with */
static void
positions_take_usual(Positions *self)
{
    ErrataSchema *schema = self->infer->schema;
    g_autofree char *subject = NULL;
    g_autofree char *named = NULL;
    g_autofree char *listed = NULL;
    g_autofree char *why = NULL;

    if (schema->prediction >= 0) {
        why = g_strdup_printf("%s order, which the predictions agree with (the largest "
                              "score is theirs in %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " rows)",
                              positions_usual(self),
                              self->n_fit,
                              self->n_rows);

        positions_take(self, why);
        return;
    }
    why = g_strdup_printf("%s order, which the labels agree with; no prediction tells",
                          positions_usual(self));
    positions_take(self, why);
    subject = positions_subject(self);
    named = positions_named(self);
    listed = positions_listed(self);
    schema->score_note =
        g_strdup_printf("%s, and no prediction tells which is which: read in %s order "
                        "(%s), as scikit-learn has it, which the labels agree with; if the order "
                        "is another, " POSITIONS_SETTLE,
                        subject,
                        positions_usual(self),
                        listed,
                        named);
}

/* of two classes that a threshold other than a half tells apart: which way round */
static gboolean
positions_swapped_pair(const Positions *self)
{
    const ErrataSchema *schema = self->infer->schema;

    return self->columns->len == 2 && self->n_classes == 2 && schema->prediction >= 0 &&
           errata_schema_infer_score_purity(self->infer,
                                            positions_column(self, 1),
                                            (guint)schema->prediction) >= POSITIONS_CUT;
}

static void
positions_settle(Positions *self)
{
    const gboolean predicted = self->infer->schema->prediction >= 0;
    g_autofree gsize *table = self->given != NULL ? positions_table(self) : NULL;
    g_autofree int *found = g_new(int, self->columns->len);
    g_autofree char *why = NULL;
    gsize n_usual;
    int likelier;

    if (table == NULL) {
        positions_set_aside(self);
        return;
    }
    if (predicted && positions_has_usual(self) && positions_fits(self, table, self->order)) {
        why = g_strdup_printf("%s order, which the predictions fit in %" G_GSIZE_FORMAT
                              " of %" G_GSIZE_FORMAT " rows",
                              positions_usual(self),
                              self->n_fit,
                              self->n_rows);
        positions_take(self, why);
        return;
    }
    n_usual = self->n_fit;
    if (predicted && self->n_rows >= POSITIONS_LEAST && positions_match(self, table, found) &&
        positions_fits(self, table, found)) {
        memcpy(self->order, found, self->columns->len * sizeof *found);
        why = g_strdup_printf("the predictions fit this order of the classes in %" G_GSIZE_FORMAT
                              " of %" G_GSIZE_FORMAT " rows",
                              self->n_fit,
                              self->n_rows);
        positions_take(self, why);
        return;
    }
    self->n_fit = n_usual;
    likelier = positions_has_usual(self) ? positions_likelier(self) : 0;
    if (likelier < 0 && positions_swapped_pair(self)) {
        self->order[0] = 1;
        self->order[1] = 0;
        positions_take(self, "a cut of the scores makes the predictions in this order only");
    } else if (likelier > 0) {
        positions_take_usual(self);
    } else {
        positions_set_aside(self);
    }
}

static int
positions_compare_cb(gconstpointer a, gconstpointer b, gpointer data)
{
    const ErrataSchema *schema = data;
    guint64 x = g_ascii_strtoull(schema->columns[*(const guint *)a].target, NULL, 10);
    guint64 y = g_ascii_strtoull(schema->columns[*(const guint *)b].target, NULL, 10);

    return (x > y) - (x < y);
}

/* as in the log that a reference belongs to */
static gboolean
positions_like(const Positions *self)
{
    const ErrataSchema *like = self->infer->like;
    ErrataSchema *schema = self->infer->schema;
    guint n = 0;

    for (guint p = 0; like != NULL && p < self->columns->len; p++) {
        guint column = positions_column(self, p);

        for (guint i = 0; i < like->n_columns; i++)
            if (like->columns[i].role == ERRATA_ROLE_SCORE && like->columns[i].class_index >= 0 &&
                strcmp(like->names[i], schema->names[column]) == 0) {
                schema->columns[column].class_index = like->columns[i].class_index;
                n++;
            }
    }
    return n > 0;
}

/**
 * errata_schema_infer_positions:
 * @self: an inference whose classes and their spellings are known
 *
 * Settles which class each of several scores is of that are named by numbers alone, none of which
 * is the name of a class: class_index of each and its reason, or, where no order can be told, the
 * role of none and @score_problem of the schema.
 */
void
errata_schema_infer_positions(ErrataInfer *self)
{
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(guint));
    Positions positions = {.infer = self, .columns = columns};

    positions.n_classes = self->schema->n_classes;
    for (guint i = 0; i < self->frame->n_columns; i++)
        if (self->schema->columns[i].role == ERRATA_ROLE_SCORE &&
            self->schema->columns[i].target != NULL)
            g_array_append_val(columns, i);
    g_array_sort_with_data(columns, positions_compare_cb, self->schema);
    if (columns->len < 2 || positions_like(&positions))
        return;
    positions_read(&positions);
    positions_settle(&positions);
    g_free(positions.given);
    g_free(positions.scores);
    g_free(positions.order);
}
