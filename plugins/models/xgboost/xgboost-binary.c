/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The binary format that XGBoost wrote up to 3.0 and that was its only one before 1.0: records of C
 * structures in little endian, one behind the other. What they hold is written anew as UBJSON, so
 * that one reader checks and runs it. Features have no names there.
 *
 * Source: XGBoost 1.7, src/learner.cc (LoadModel), src/gbm/gbtree_model.cc,
 * src/gbm/gblinear_model.h, include/xgboost/tree_model.h; dmlc-core's serializer.h for texts and
 * vectors. */
#include <math.h>
#include <string.h>

#include "limit.h"
#include "number.h"
#include "xgboost-private.h"

#define LEARNER_BYTES 136
#define MODEL_BYTES   160
#define LINEAR_BYTES  136
#define TREE_BYTES    148
#define NODE_BYTES    20
#define STAT_BYTES    16
#define MAX_TEXT      65536

typedef struct {
    const guint8 *bytes;
    gsize size;
    gsize at;
    GByteArray *out;
} XgbBinary;

static const guint8 *
binary_take(XgbBinary *self, guint64 size, GError **error)
{
    if (size > self->size - self->at) {
        xgb_fail(error,
                 "byte %" G_GSIZE_FORMAT ": the file ends within what begins here, or a length in "
                 "it is false",
                 self->at);
        return NULL;
    }
    const guint8 *found = self->bytes + self->at;
    self->at += size;
    return found;
}

static guint32
binary_word(const guint8 *record, guint index)
{
    guint32 word;
    memcpy(&word, record + (gsize)index * 4, sizeof word);
    return GUINT32_FROM_LE(word);
}

static gboolean
binary_count(XgbBinary *self, guint64 most, guint64 *ret, GError **error)
{
    const guint8 *bytes = binary_take(self, 8, error);
    if (bytes == NULL)
        return FALSE;
    *ret = binary_word(bytes, 0) | (guint64)binary_word(bytes, 1) << 32;
    return *ret <= most || xgb_fail(error,
                                    "byte %" G_GSIZE_FORMAT ": a length of %" G_GUINT64_FORMAT
                                    " where at most %" G_GUINT64_FORMAT " can be",
                                    self->at - 8,
                                    *ret,
                                    most);
}

/* (transfer full): a text behind its length */
static char *
binary_text(XgbBinary *self, GError **error)
{
    guint64 size;
    const guint8 *bytes;
    if (!binary_count(self, self->size, &size, error) ||
        (bytes = binary_take(self, size, error)) == NULL)
        return NULL;
    return g_utf8_make_valid((const char *)bytes, (gssize)size);
}

static void
write_byte(XgbBinary *self, char byte)
{
    g_byte_array_append(self->out, (const guint8 *)&byte, 1);
}

static void
write_word(XgbBinary *self, guint32 word)
{
    guint32 big = GUINT32_TO_BE(word);
    g_byte_array_append(self->out, (const guint8 *)&big, sizeof big);
}

static void
write_key(XgbBinary *self, const char *key)
{
    write_byte(self, 'l');
    write_word(self, (guint32)strlen(key));
    g_byte_array_append(self->out, (const guint8 *)key, (guint)strlen(key));
}

static void
write_text(XgbBinary *self, const char *key, const char *text)
{
    write_key(self, key);
    write_byte(self, 'S');
    write_key(self, text);
}

static void
write_whole(XgbBinary *self, const char *key, gint64 number)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);
    write_text(self, key, text);
}

static void
write_open(XgbBinary *self, const char *key, char bracket)
{
    write_key(self, key);
    write_byte(self, bracket);
}

/* an array of one type: `l`, whole numbers of 32 bits, or `d`, single precision */
static void
write_array(XgbBinary *self, const char *key, char type, gsize n)
{
    write_open(self, key, '[');
    write_byte(self, '$');
    write_byte(self, type);
    write_byte(self, '#');
    write_byte(self, 'l');
    write_word(self, (guint32)n);
}

/* one property of all records, @n of @stride bytes, as the array @key */
static void
write_words(XgbBinary *self,
            const char *key,
            char type,
            const guint8 *records,
            gsize n,
            gsize stride,
            guint index)
{
    write_array(self, key, type, n);
    for (gsize i = 0; i < n; i++)
        write_word(self, binary_word(records + i * stride, index));
}

/* leaves have no left child; the highest bit of a split's feature says where missing cells go */
static void
binary_write_nodes(XgbBinary *self, const guint8 *nodes, gsize n)
{
    write_words(self, "left_children", 'l', nodes, n, NODE_BYTES, 1);
    write_array(self, "right_children", 'l', n);
    for (gsize i = 0; i < n; i++) {
        const guint8 *node = nodes + i * NODE_BYTES;
        gboolean is_leaf = binary_word(node, 1) == G_MAXUINT32;
        write_word(self, is_leaf ? G_MAXUINT32 : binary_word(node, 2));
    }
    write_array(self, "split_indices", 'l', n);
    for (gsize i = 0; i < n; i++)
        write_word(self, binary_word(nodes + i * NODE_BYTES, 3) & G_MAXINT32);
    write_array(self, "default_left", 'l', n);
    for (gsize i = 0; i < n; i++)
        write_word(self, binary_word(nodes + i * NODE_BYTES, 3) >> 31);
    write_words(self, "split_conditions", 'd', nodes, n, NODE_BYTES, 4);
}

static gboolean
binary_tree(XgbBinary *self, GError **error)
{
    const guint8 *param = binary_take(self, TREE_BYTES, error);
    if (param == NULL)
        return FALSE;
    guint32 n = binary_word(param, 1);
    const guint8 *nodes = binary_take(self, (guint64)n * NODE_BYTES, error);
    const guint8 *stats = nodes != NULL ? binary_take(self, (guint64)n * STAT_BYTES, error) : NULL;
    if (stats == NULL)
        return FALSE;
    if (binary_word(param, 5) > 1)
        return xgb_fail(error, "leaves of several numbers, which this format did not hold");
    write_byte(self, '{');
    write_open(self, "tree_param", '{');
    write_whole(self, "num_nodes", n);
    write_byte(self, '}');
    binary_write_nodes(self, nodes, n);
    write_words(self, "sum_hessian", 'd', stats, n, STAT_BYTES, 1);
    write_words(self, "base_weights", 'd', stats, n, STAT_BYTES, 2);
    write_byte(self, '}');
    return TRUE;
}

/* @is_old: before 1.0, which kept another number in place of the trees of a round */
static gboolean
binary_trees(XgbBinary *self, gboolean is_old, GError **error)
{
    const guint8 *param = binary_take(self, MODEL_BYTES, error);
    const guint8 *info;
    if (param == NULL)
        return FALSE;
    guint32 n = binary_word(param, 0);
    if ((binary_word(param, 4) | binary_word(param, 5)) != 0)
        return xgb_fail(error,
                        "predictions that XGBoost before 0.6 kept with the trees: load it with a "
                        "later one and save it anew");
    write_open(self, "model", '{');
    write_open(self, "gbtree_model_param", '{');
    write_whole(self, "num_trees", n);
    if (!is_old)
        write_whole(self, "num_parallel_tree", binary_word(param, 1));
    write_byte(self, '}');
    write_open(self, "trees", '[');
    for (guint32 i = 0; i < n; i++)
        if (!binary_tree(self, error)) {
            g_prefix_error(error, "tree %u: ", i);
            return FALSE;
        }
    write_byte(self, ']');
    info = binary_take(self, (guint64)n * 4, error);
    if (info == NULL)
        return FALSE;
    write_words(self, "tree_info", 'l', info, n, 4, 0);
    write_byte(self, '}');
    return TRUE;
}

/* a vector of single precision behind its length */
static gboolean
binary_vector(XgbBinary *self, const char *key, GError **error)
{
    guint64 n;
    const guint8 *numbers;
    if (!binary_count(self, self->size / 4, &n, error) ||
        (numbers = binary_take(self, n * 4, error)) == NULL)
        return FALSE;
    write_words(self, key, 'd', numbers, (gsize)n, 4, 0);
    return TRUE;
}

static gboolean
binary_linear(XgbBinary *self, GError **error)
{
    if (binary_take(self, LINEAR_BYTES, error) == NULL)
        return FALSE;
    write_open(self, "model", '{');
    if (!binary_vector(self, "weights", error))
        return FALSE;
    write_byte(self, '}');
    return TRUE;
}

static gboolean
binary_booster(XgbBinary *self, const char *name, gboolean is_old, GError **error)
{
    write_open(self, "gradient_booster", '{');
    write_text(self, "name", name);
    gboolean ok = FALSE;
    if (strcmp(name, "gblinear") == 0)
        ok = binary_linear(self, error);
    else if (strcmp(name, "gbtree") == 0)
        ok = binary_trees(self, is_old, error);
    else if (strcmp(name, "dart") == 0) {
        write_open(self, "gbtree", '{');
        ok = binary_trees(self, is_old, error);
        write_byte(self, '}');
        ok = ok && binary_vector(self, "weight_drop", error);
    } else
        xgb_fail(error, "expected the booster gbtree, dart or gblinear, found “%.40s”", name);
    write_byte(self, '}');
    return ok;
}

/* what was noted with the model; how its objective was set and what was measured stand there too */
static gboolean
binary_attributes(XgbBinary *self, gboolean has_some, GError **error)
{
    guint64 n = 0;
    if (has_some && !binary_count(self, self->size / 16, &n, error))
        return FALSE;
    write_open(self, "attributes", '{');
    for (guint64 i = 0; i < n; i++) {
        g_autofree char *key = binary_text(self, error);
        g_autofree char *value = key != NULL ? binary_text(self, error) : NULL;
        if (value == NULL)
            return FALSE;
        if (strcmp(key, "objective") != 0 && strcmp(key, "metrics") != 0 &&
            strlen(key) <= MAX_TEXT && strlen(value) <= MAX_TEXT)
            write_text(self, key, value);
    }
    write_byte(self, '}');
    return TRUE;
}

static void
binary_learner_param(XgbBinary *self, const guint8 *param)
{
    float base;
    guint32 bits = binary_word(param, 0);
    char buffer[ERRATA_NUMBER_BUFFER];
    memcpy(&base, &bits, sizeof base);
    write_open(self, "learner_model_param", '{');
    write_text(self, "base_score", errata_number_print((double)base, buffer));
    write_whole(self, "num_feature", binary_word(param, 1));
    write_whole(self, "num_class", (gint32)binary_word(param, 2));
    if (binary_word(param, 5) >= 1)
        write_whole(self, "num_target", MAX(binary_word(param, 7), 1));
    write_byte(self, '}');
}

static void
binary_skip_marks(XgbBinary *self)
{
    static const char snapshot[] = "CONFIG-offset:";
    gsize length = strlen(snapshot);
    /* in pickles the configuration follows the model, and its place stands before */
    if (self->size > length + 8 && memcmp(self->bytes, snapshot, length) == 0)
        self->at = length + 8;
    if (self->size - self->at >= 4 && memcmp(self->bytes + self->at, "binf", 4) == 0)
        self->at += 4;
}

/**
 * xgb_is_binary:
 * @head: (array length=size): how the file begins
 *
 * Files of 1.0 and later begin with a mark; before, it is the learner's record with the names of an
 * objective and a booster behind.
 */
gboolean
xgb_is_binary(const guint8 *head, gsize size)
{
    XgbBinary self = {.bytes = head, .size = size};
    if (size < LEARNER_BYTES + 8)
        return size >= 4 && memcmp(head, "binf", 4) == 0;
    binary_skip_marks(&self);
    if (self.at > 0)
        return TRUE;
    g_autofree char *objective = NULL;
    g_autofree char *booster = NULL;
    self.at = LEARNER_BYTES;
    objective = binary_text(&self, NULL);
    booster = objective != NULL ? binary_text(&self, NULL) : NULL;
    return booster != NULL && strchr(objective, ':') != NULL && strlen(objective) < 40 &&
           (strcmp(booster, "gbtree") == 0 || strcmp(booster, "dart") == 0 ||
            strcmp(booster, "gblinear") == 0);
}

/**
 * xgb_binary_to_tree:
 * @bytes: (array length=size): a file in the old binary format
 * @ret_is_old: whether its base score is a margin, as before 1.0
 *
 * Returns: (transfer full) (nullable): what the same model holds as UBJSON
 */
ErrataDatumTree *
xgb_binary_to_tree(const guint8 *bytes, gsize size, gboolean *ret_is_old, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    XgbBinary self = {.bytes = bytes, .size = size, .out = out};
    binary_skip_marks(&self);
    const guint8 *param = binary_take(&self, LEARNER_BYTES, error);
    g_autofree char *objective = param != NULL ? binary_text(&self, error) : NULL;
    g_autofree char *booster = objective != NULL ? binary_text(&self, error) : NULL;
    if (booster == NULL)
        return NULL;
    *ret_is_old = binary_word(param, 5) < 1;
    write_byte(&self, '{');
    write_array(&self, "version", 'l', 3);
    write_word(&self, binary_word(param, 5));
    write_word(&self, binary_word(param, 6));
    write_word(&self, 0);
    write_open(&self, "learner", '{');
    binary_learner_param(&self, param);
    write_open(&self, "objective", '{');
    write_text(&self, "name", objective);
    write_byte(&self, '}');
    if (!binary_booster(&self, booster, *ret_is_old, error) ||
        !binary_attributes(&self, binary_word(param, 3) != 0, error))
        return NULL;
    write_byte(&self, '}');
    write_byte(&self, '}');
    return errata_datum_parse_ubjson(out->data, out->len, error);
}
