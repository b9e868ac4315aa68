/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The nearest training rows, as scikit-learn finds them. Rows that are equally far decide many
 * answers where columns hold few values, so which of them are kept has to be the library's choice:
 * it keeps the k nearest in a heap, and looks at rows in the order of its tree of boxes or balls,
 * or of the table. */
#include "sk-near.h"

#include <float.h>
#include <math.h>

#include "error.h"
#include "sk-private.h"

#define NEAR_WHOLE 1e6 /* sums of products of whole numbers below are exact in any order */
#define NEAR_CHUNK 256 /* training rows that scikit-learn looks at in one thread */

typedef struct {
    gsize from;
    gsize to;
    gboolean is_leaf;
    double radius;
} NearNode;

/**
 * SkNear:
 * @row: n_rows × n
 * @power: infinite for the largest difference
 * @norm: (nullable): per row its length, of COSINE, or the square of it, where that is summed up
 * @by_products: squares of differences are summed up as |a|² − 2ab + |b|²
 * @by_partition: the library works all distances out and has numpy part the least from the others
 * @is_open: which of equally near rows it takes is not told by the file
 * @order: (nullable): rows as the tree has them; node i has the children 2i + 1 and 2i + 2
 * @low, @high: per node and column the box; of balls @low is the centre
 */
struct _SkNear {
    guint n;
    gsize n_rows;
    double *row;
    SkNearMetric metric;
    double power;
    double *norm;
    gboolean by_products;
    gboolean by_partition;
    gboolean is_open;
    gsize n_nodes;
    NearNode *node;
    gsize *order;
    double *low;
    double *high;
};

/* the k nearest so far, the farthest of them first */
typedef struct {
    guint k;
    gsize *row;
    double *far;
} NearHeap;

void
sk_near_free(SkNear *self)
{
    if (self == NULL)
        return;
    g_free(self->row);
    g_free(self->norm);
    g_free(self->node);
    g_free(self->order);
    g_free(self->low);
    g_free(self->high);
    g_free(self);
}

gsize
sk_near_n_rows(const SkNear *self)
{
    return self->n_rows;
}

static gboolean
near_read_metric(SkNear *self, const PickleValue *object, GError **error)
{
    static const char *const names[] = {"cosine", "canberra", "braycurtis"};
    const char *metric = pickle_text(pickle_attribute(object, "effective_metric_"));
    const PickleValue *parameters = pickle_attribute(object, "effective_metric_params_");
    const PickleValue *power = pickle_get(parameters, "p");
    const PickleValue *weights = pickle_get(parameters, "w");
    gboolean is_weighted = weights != NULL && weights->kind != PICKLE_NONE;
    self->power = 1;
    for (guint i = 0; metric != NULL && !is_weighted && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(metric, names[i])) {
            self->metric = (SkNearMetric)(SK_NEAR_COSINE + i);
            return TRUE;
        }
    if (g_strcmp0(metric, "euclidean") == 0 || g_strcmp0(metric, "l2") == 0)
        self->power = 2;
    else if (g_strcmp0(metric, "manhattan") == 0 || g_strcmp0(metric, "cityblock") == 0 ||
             g_strcmp0(metric, "l1") == 0)
        self->power = 1;
    else if (g_strcmp0(metric, "chebyshev") == 0 || g_strcmp0(metric, "infinity") == 0)
        self->power = (double)INFINITY;
    else if ((g_strcmp0(metric, "minkowski") != 0 && g_strcmp0(metric, "p") != 0) ||
             !pickle_number(power, &self->power) || is_weighted)
        return sk_refuse(error,
                         "the distance %s is not computed",
                         metric != NULL ? metric : "(a function)");
    return self->power >= 1 || sk_fail(error, "Minkowski's distance with a power below 1");
}

/* nodes as records of where their rows begin and end, whether they are leaves, and how large they
 * are */
static gboolean
near_read_nodes(SkNear *self, const PickleArray *nodes)
{
    static const char *const names[] = {"idx_start", "idx_end", "is_leaf", "radius"};
    gsize at[4], size[4];
    char kind[4];
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (!pickle_array_field(nodes, names[i], &at[i], &kind[i], &size[i]))
            return FALSE;
    self->n_nodes = nodes->n;
    self->node = g_new0(NearNode, nodes->n);
    for (gsize i = 0; i < nodes->n; i++) {
        const guint8 *record = nodes->data + i * nodes->item_size;
        double value[4];
        for (guint f = 0; f < G_N_ELEMENTS(names); f++)
            value[f] = pickle_bytes_number(record + at[f], kind[f], size[f], nodes->is_big_endian);
        if (!(value[0] >= 0 && value[0] <= value[1] && value[1] <= (double)self->n_rows) ||
            (!(value[2] > 0) && 2 * i + 2 >= nodes->n))
            return FALSE;
        self->node[i] = (NearNode){
            (gsize)value[0],
            (gsize)value[1],
            value[2] > 0,
            value[3],
        };
    }
    return TRUE;
}

static gboolean
near_read_boxes(SkNear *self, const PickleValue *state, gboolean is_ball)
{
    PickleArray order, nodes, bounds;
    guint n_bounds = is_ball ? 1 : 2;
    if (!pickle_array(pickle_item(state, 1), &order) || order.n != self->n_rows ||
        !pickle_array(pickle_item(state, 2), &nodes) || nodes.kind != 'V' || nodes.n == 0 ||
        !pickle_array(pickle_item(state, 3), &bounds) || bounds.n_dimensions != 3 ||
        bounds.shape[0] != n_bounds || bounds.shape[1] != nodes.n || bounds.shape[2] != self->n)
        return FALSE;
    self->order = g_new(gsize, order.n);
    for (gsize i = 0; i < order.n; i++) {
        double row = pickle_array_number(&order, i);
        if (!(row >= 0 && row < (double)self->n_rows))
            return FALSE;
        self->order[i] = (gsize)row;
    }
    gsize n = nodes.n * self->n;
    self->low = g_new(double, n);
    self->high = g_new(double, n);
    for (gsize i = 0; i < n; i++) {
        self->low[i] = pickle_array_number(&bounds, i);
        self->high[i] = pickle_array_number(&bounds, is_ball ? i : n + i);
    }
    return near_read_nodes(self, &nodes);
}

/* a tree that cannot be read costs nothing but the choice among equally near rows */
static void
near_read_tree(SkNear *self, const PickleValue *object)
{
    const PickleValue *tree = pickle_attribute(object, "_tree");
    /* newObj (KDTree) makes it */
    const PickleValue *made = tree != NULL ? pickle_item(tree->args, 0) : NULL;
    const char *name = made != NULL && made->kind == PICKLE_GLOBAL ? made->name : NULL;
    gboolean is_ball = name != NULL && g_str_has_prefix(name, "BallTree");
    if (name == NULL || (!is_ball && !g_str_has_prefix(name, "KDTree")))
        return;
    if (near_read_boxes(self, tree->state, is_ball)) {
        if (is_ball)
            g_clear_pointer(&self->high, g_free);
        return;
    }
    g_clear_pointer(&self->order, g_free);
    g_clear_pointer(&self->node, g_free);
    self->n_nodes = 0;
}

static double
near_product(const double *a, const double *b, guint n)
{
    double sum = 0;
    for (guint i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Where all rows are looked at, heaps keep the nearest from scikit-learn 1.2 on, one of each thread
 * where there are many rows; before, for distances that the heaps do not know, and for training
 * rows of another width than the rows asked, which are of 8 bytes, numpy parts the nearest off */
static void
near_read_choice(SkNear *self, const PickleValue *object)
{
    const char *method = pickle_text(pickle_attribute(object, "_fit_method"));
    const char *version = pickle_text(pickle_attribute(object, "_sklearn_version"));
    const PickleValue *rows = pickle_attribute(object, "_fit_X");
    PickleArray number;
    gboolean is_brute = g_strcmp0(method, "brute") == 0;
    gboolean has_heaps = version != NULL && g_ascii_strtod(version, NULL) >= 1 &&
                         !g_str_has_prefix(version, "1.0.") && !g_str_has_prefix(version, "1.1.");
    gboolean is_double = (pickle_array(rows, &number) ||
                          pickle_array(pickle_attribute(rows, "data"), &number)) &&
                         number.kind == 'f' && number.item_size == sizeof(double);
    self->by_products = self->metric == SK_NEAR_POWER && self->power >= 2 && self->power <= 2 &&
                        is_brute;
    self->by_partition = is_brute && (!has_heaps || !is_double || self->metric == SK_NEAR_COSINE);
    self->is_open = self->by_partition || (is_brute && self->n_rows > NEAR_CHUNK);
}

SkNear *
sk_near_new(const PickleValue *object, guint n, GError **error)
{
    g_autoptr(SkNear) self = g_new0(SkNear, 1);
    self->n = n;
    if (!near_read_metric(self, object, error))
        return NULL;
    self->row = sk_matrix(object, "_fit_X", n, &self->n_rows, error);
    if (self->row == NULL)
        return NULL;
    near_read_tree(self, object);
    near_read_choice(self, object);
    if (self->by_products || self->metric == SK_NEAR_COSINE)
        self->norm = g_new0(double, self->n_rows);
    for (gsize i = 0; self->norm != NULL && i < self->n_rows; i++) {
        double square = near_product(self->row + i * n, self->row + i * n, n);
        self->norm[i] = self->by_products ? square : sqrt(square);
    }
    return g_steal_pointer(&self);
}

static double
near_raise(double d, double power)
{
    if (isinf(power) || power <= 1)
        return d;
    return power > 2 || power < 2 ? pow(d, power) : d * d;
}

static double
near_minkowski(double power, const double *a, const double *b, guint n)
{
    double sum = 0;
    for (guint i = 0; i < n; i++) {
        double d = near_raise(fabs(a[i] - b[i]), power);
        sum = isinf(power) ? fmax(sum, d) : sum + d;
    }
    return sum;
}

/* The library sums up so where it looks at all rows. What rounding leaves of a row's distance from
 * itself, and it can be 1e-6 where columns are in the hundreds, weighs as any other distance */
static double
near_euclid(const SkNear *self, const double *x, gsize row)
{
    double own = near_product(x, x, self->n);
    double both = near_product(x, self->row + row * self->n, self->n);
    return fmax(own - 2 * both + self->norm[row], 0);
}

/* rows of no length are at a right angle to all */
static double
near_cosine(const SkNear *self, const double *x, gsize row)
{
    const double *b = self->row + row * self->n;
    double sum = 0, own = 0;
    for (guint i = 0; i < self->n; i++)
        own += x[i] * x[i];
    own = own > 0 ? sqrt(own) : 1;
    double other = self->norm[row] > 0 ? self->norm[row] : 1;
    for (guint i = 0; i < self->n; i++)
        sum += x[i] / own * (b[i] / other);
    return fmin(fmax(1 - sum, 0), 2);
}

double
sk_near_distance(const SkNear *self, const double *x, gsize row)
{
    const double *b = self->row + row * self->n;
    double sum = 0, all = 0;
    switch (self->metric) {
    case SK_NEAR_COSINE:
        return near_cosine(self, x, row);
    case SK_NEAR_CANBERRA:
        for (guint i = 0; i < self->n; i++) {
            double whole = fabs(x[i]) + fabs(b[i]);
            sum += whole > 0 ? fabs(x[i] - b[i]) / whole : 0;
        }
        return sum;
    case SK_NEAR_BRAY_CURTIS:
        for (guint i = 0; i < self->n; i++) {
            sum += fabs(x[i] - b[i]);
            all += self->by_partition ? fabs(x[i] + b[i]) : fabs(x[i]) + fabs(b[i]);
        }
        /* scipy's, which numpy parts, is undefined for two rows of zeros, and last then */
        return all > 0 ? sum / all : self->by_partition ? (double)INFINITY : 0;
    case SK_NEAR_POWER:
    default:
        return self->by_products ? near_euclid(self, x, row)
                                 : near_minkowski(self->power, x, b, self->n);
    }
}

double
sk_near_reduce(const SkNear *self, double distance)
{
    return near_raise(distance, self->power);
}

double
sk_near_expand(const SkNear *self, double reduced)
{
    if (isinf(self->power) || self->power <= 1)
        return reduced;
    return self->power > 2 || self->power < 2 ? pow(reduced, 1 / self->power) : sqrt(reduced);
}

gboolean
sk_near_is_by_products(const SkNear *self)
{
    return self->by_products || self->metric == SK_NEAR_COSINE;
}

gboolean
sk_near_is_by_partition(const SkNear *self)
{
    return self->by_partition;
}

gboolean
sk_near_is_open(const SkNear *self)
{
    return self->is_open;
}

double
sk_near_noise(const SkNear *self, const double *x)
{
    gboolean is_exact = TRUE;
    if (self->metric == SK_NEAR_COSINE)
        return self->n * DBL_EPSILON * 4;
    for (guint i = 0; i < self->n; i++)
        is_exact = is_exact && fabs(x[i]) < NEAR_WHOLE && !(fabs(x[i] - rint(x[i])) > 0);
    if (!self->by_products || is_exact)
        return 0;
    return sqrt(self->n * DBL_EPSILON * 4 * near_product(x, x, self->n));
}

double
sk_near_room(const SkNear *self, const double *x, double distance)
{
    double own = self->n * DBL_EPSILON * 4, noise = sk_near_noise(self, x);
    if (self->metric == SK_NEAR_COSINE)
        return noise;
    return sqrt(distance * distance * (1 + own) + noise * noise) - distance + own * distance;
}

/* in the place of the farthest one, then down to where it belongs */
static void
near_push(NearHeap *heap, double far, gsize row)
{
    guint at = 0;
    if (far >= heap->far[0])
        return;
    for (;;) {
        guint left = 2 * at + 1, right = left + 1, next = left;
        if (left >= heap->k)
            break;
        if (right < heap->k && !(heap->far[left] >= heap->far[right]))
            next = right;
        if (!(heap->far[next] > far))
            break;
        heap->far[at] = heap->far[next];
        heap->row[at] = heap->row[next];
        at = next;
    }
    heap->far[at] = far;
    heap->row[at] = row;
}

/* no row of the node is nearer than that */
static double
near_bound(const SkNear *self, gsize node, const double *x)
{
    const double *low = self->low + node * self->n;
    double bound = 0;
    if (self->high == NULL)
        return near_raise(fmax(0,
                               sk_near_expand(self, near_minkowski(self->power, x, low, self->n)) -
                                   self->node[node].radius),
                          self->power);
    const double *high = self->high + node * self->n;
    for (guint i = 0; i < self->n; i++) {
        double d = fmax(0, low[i] - x[i]) + fmax(0, x[i] - high[i]);
        /* not d × d, which may be another number */
        bound = isinf(self->power) ? fmax(bound, d) : bound + pow(d, self->power);
    }
    return bound;
}

static void
near_descend(const SkNear *self, gsize node, const double *x, double bound, NearHeap *heap)
{
    const NearNode *here = &self->node[node];
    gsize first = 2 * node + 1, second = first + 1;
    if (bound > heap->far[0])
        return;
    if (here->is_leaf) {
        for (gsize i = here->from; i < here->to; i++)
            near_push(heap, sk_near_distance(self, x, self->order[i]), self->order[i]);
        return;
    }
    double of_first = near_bound(self, first, x), of_second = near_bound(self, second, x);
    if (of_first <= of_second) {
        near_descend(self, first, x, of_first, heap);
        near_descend(self, second, x, of_second, heap);
    } else {
        near_descend(self, second, x, of_second, heap);
        near_descend(self, first, x, of_first, heap);
    }
}

void
sk_near_find(const SkNear *self, const double *x, guint k, gsize *ret_row, double *ret_far)
{
    NearHeap heap = {k, ret_row, ret_far};
    for (guint i = 0; i < k; i++) {
        ret_row[i] = 0;
        ret_far[i] = (double)INFINITY;
    }
    if (self->order != NULL && self->metric == SK_NEAR_POWER) {
        near_descend(self, 0, x, near_bound(self, 0, x), &heap);
        return;
    }
    for (gsize i = 0; i < self->n_rows; i++)
        near_push(&heap, sk_near_distance(self, x, i), i);
}
