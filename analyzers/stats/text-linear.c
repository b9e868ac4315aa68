/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A linear classifier of texts that learns from a hundred or two: words and pairs of words that a
 * text has, hashed, each weighed by how much likelier it is with the value than without (the
 * log-count ratio of naive Bayes), then ridge regression on ±1, one value against the others, both
 * sides weighing the same. Solved in the dual, so that the cost is that of as many equations as
 * there are texts.
 * Source: Wang and Manning 2012, "Baselines and Bigrams", with ridge for their SVM. */
#include "text-linear.h"

#include <math.h>
#include <string.h>

#include "rng.h"
#include "text-scan.h"

#define LINEAR_WORDS  600U /* of one text */
#define LINEAR_RIDGE  0.5
#define LINEAR_FOLDS  5U
#define LINEAR_BORDER G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)

typedef struct {
    double ratio;  /* squared, for the length of a text */
    double weight; /* times the ratio */
} LinearTerm;

struct _ErrataTextLinear {
    guint n_values;
    guint n_terms;
    guint n_slots; /* a power of two */
    guint64 *key;  /* by slot; 0: free */
    guint32 *term; /* by slot */
    LinearTerm *terms[ERRATA_TEXT_LINEAR_VALUES];
    double bias[ERRATA_TEXT_LINEAR_VALUES];
};

/* the terms of a training text, each once, in order */
typedef struct {
    guint n;
    guint32 *term;
} LinearText;

static gint
linear_compare_cb(gconstpointer a, gconstpointer b)
{
    const guint64 *x = a;
    const guint64 *y = b;

    return (*x > *y) - (*x < *y);
}

static guint64
linear_character(const char *at)
{
    gunichar character = g_utf8_get_char(at);

    if (character <= ' ' || g_unichar_isspace(character) || g_unichar_ismark(character))
        return 0;
    return errata_lexicon_hash(ERRATA_LEXICON_SEED, character);
}

static void
linear_add(GArray *keys, guint64 hash, guint64 *last)
{
    guint64 word = errata_rng_mix(hash) | 1;
    guint64 pair = errata_rng_mix(*last * 31 + hash) | 1;

    g_array_append_val(keys, word);
    if (*last != LINEAR_BORDER)
        g_array_append_val(keys, pair);
    *last = hash;
}

/* the keys of a text, each once and in order: its words, the marks between them, and pairs of
 * these */
static void
linear_keys(const char *text, gsize length, GArray *keys)
{
    ErrataScan scan;
    ErrataScanWord word;
    guint64 last = LINEAR_BORDER;
    gsize at = 0;
    guint kept = 0;
    gboolean more = TRUE;

    g_array_set_size(keys, 0);
    errata_text_scan_start(&scan, text, length);
    for (guint n = 0; more && n < LINEAR_WORDS; n++) {
        more = errata_text_scan_next(&scan, &word);
        for (gsize end = more ? word.begin : length, m = 0; at < end && m < LINEAR_WORDS; m++) {
            guint64 hash = linear_character(text + at);

            if (hash != 0)
                linear_add(keys, hash, &last);
            at += (gsize)g_utf8_skip[(guchar)text[at]];
        }
        if (more) {
            linear_add(keys, word.hash, &last);
            at = word.begin + word.length;
        }
    }
    g_array_sort(keys, linear_compare_cb);
    for (guint i = 0; i < keys->len; i++)
        if (i == 0 || g_array_index(keys, guint64, i) != g_array_index(keys, guint64, kept - 1))
            g_array_index(keys, guint64, kept++) = g_array_index(keys, guint64, i);
    g_array_set_size(keys, kept);
}

/* the slot of a key, or the free one where it would be */
static guint
linear_slot(const ErrataTextLinear *self, guint64 key)
{
    guint at = (guint)(key >> 7) & (self->n_slots - 1);

    while (self->key[at] != 0 && self->key[at] != key)
        at = (at + 1) & (self->n_slots - 1);
    return at;
}

static guint32
linear_term(ErrataTextLinear *self, guint64 key)
{
    guint at = linear_slot(self, key);

    if (self->key[at] == 0) {
        self->key[at] = key;
        self->term[at] = self->n_terms++;
    }
    return self->term[at];
}

static LinearText *
linear_read(ErrataTextLinear *self, const ErrataGramsText *texts, guint n)
{
    LinearText *read = g_new0(LinearText, (gsize)n + 1);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(guint64));
    gsize total = 0;

    for (guint i = 0; i < n; i++) {
        linear_keys(texts[i].text, texts[i].length, keys);
        read[i].n = keys->len;
        g_array_append_vals(all, keys->data, keys->len);
    }
    self->n_slots = 1024;
    while (self->n_slots / 2 < all->len)
        self->n_slots *= 2;
    self->key = g_new0(guint64, self->n_slots);
    self->term = g_new0(guint32, self->n_slots);
    for (guint i = 0; i < n; i++) {
        read[i].term = g_new(guint32, (gsize)read[i].n + 1);
        for (guint k = 0; k < read[i].n; k++)
            read[i].term[k] = linear_term(self, g_array_index(all, guint64, total + k));
        total += read[i].n;
    }
    return read;
}

/* log-count ratios of all terms, value @v against the others, one added to each count */
static double *
linear_ratios(const ErrataTextLinear *self,
              const LinearText *read,
              const guint8 *value,
              guint n,
              guint v)
{
    g_autofree double *in = g_new(double, (gsize)self->n_terms + 1);
    double *ratio = g_new(double, (gsize)self->n_terms + 1);
    double n_in = 0.0, n_out = 0.0;

    for (guint t = 0; t < self->n_terms; t++)
        in[t] = ratio[t] = 1.0; /* ratio: out, until below */
    for (guint i = 0; i < n; i++)
        for (guint k = 0; k < read[i].n; k++)
            (value[i] == v ? in : ratio)[read[i].term[k]] += 1.0;
    for (guint t = 0; t < self->n_terms; t++) {
        n_in += in[t];
        n_out += ratio[t];
    }
    for (guint t = 0; t < self->n_terms; t++)
        ratio[t] = log(in[t] / n_in) - log(ratio[t] / n_out);
    return ratio;
}

/* A x = b by Cholesky for a positive definite A (lower half, changed); b becomes x */
static void
linear_solve(double *a, double *b, guint n)
{
    for (guint j = 0; j < n; j++) {
        for (guint k = 0; k < j; k++)
            for (guint i = j; i < n; i++)
                a[(gsize)i * n + j] -= a[(gsize)i * n + k] * a[(gsize)j * n + k];
        a[(gsize)j * n + j] = sqrt(a[(gsize)j * n + j]);
        for (guint i = j + 1; i < n; i++)
            a[(gsize)i * n + j] /= a[(gsize)j * n + j];
    }
    for (guint i = 0; i < n; i++) {
        for (guint k = 0; k < i; k++)
            b[i] -= a[(gsize)i * n + k] * b[k];
        b[i] /= a[(gsize)i * n + i];
    }
    for (guint i = n; i-- > 0;) {
        for (guint k = i + 1; k < n; k++)
            b[i] -= a[(gsize)k * n + i] * b[k];
        b[i] /= a[(gsize)i * n + i];
    }
}

/* weights of @v against the others, @dense: per term, 0 on entry and exit */
static void
linear_fit(ErrataTextLinear *self,
           const LinearText *read,
           const guint8 *value,
           guint n,
           guint v,
           double *dense)
{
    g_autofree double *ratio = linear_ratios(self, read, value, n, v);
    g_autofree double *norm = g_new(double, n);
    g_autofree double *kernel = g_new(double, (gsize)n *n);
    g_autofree double *alpha = g_new(double, n);
    guint n_in = 0;

    for (guint i = 0; i < n; i++) {
        double square = 0.0;

        for (guint k = 0; k < read[i].n; k++)
            square += ratio[read[i].term[k]] * ratio[read[i].term[k]];
        norm[i] = square > 0.0 ? sqrt(square) : 1.0;
        n_in += value[i] == v ? 1 : 0;
    }
    for (guint i = 0; i < n; i++) {
        for (guint k = 0; k < read[i].n; k++)
            dense[read[i].term[k]] = ratio[read[i].term[k]] * ratio[read[i].term[k]] / norm[i];
        for (guint j = 0; j <= i; j++) {
            double dot = 0.0;

            for (guint k = 0; k < read[j].n; k++)
                dot += dense[read[j].term[k]];
            kernel[(gsize)i * n + j] = dot / norm[j] + 1.0;
        }
        for (guint k = 0; k < read[i].n; k++)
            dense[read[i].term[k]] = 0.0;
        kernel[(gsize)i * n + i] += LINEAR_RIDGE * 2.0 * (value[i] == v ? n_in : n - n_in) / n;
        alpha[i] = value[i] == v ? 1.0 : -1.0;
    }
    linear_solve(kernel, alpha, n);
    self->terms[v] = g_new0(LinearTerm, (gsize)self->n_terms + 1);
    for (guint i = 0; i < n; i++) {
        self->bias[v] += alpha[i];
        for (guint k = 0; k < read[i].n; k++)
            self->terms[v][read[i].term[k]].weight += alpha[i] / norm[i];
    }
    for (guint t = 0; t < self->n_terms; t++) {
        self->terms[v][t].ratio = ratio[t] * ratio[t];
        self->terms[v][t].weight *= ratio[t] * ratio[t];
    }
}

/**
 * errata_text_linear_train:
 * @texts: (array length=n): texts, valid UTF-8, none missing
 * @value: (array length=n): what each is, below @n_values
 * @n: their number, 2 … %ERRATA_TEXT_LINEAR_TEXTS
 * @n_values: 2 … %ERRATA_TEXT_LINEAR_VALUES; each should have a text
 *
 * Cost: O(n² words + n³) per value; under 30 ms for 160 texts of a tweet's length.
 *
 * Returns: (transfer full): the classifier
 */
ErrataTextLinear *
errata_text_linear_train(const ErrataGramsText *texts, const guint8 *value, guint n, guint n_values)
{
    ErrataTextLinear *self = g_new0(ErrataTextLinear, 1);
    g_autofree double *dense = NULL;
    LinearText *read;

    g_return_val_if_fail(n >= 2 && n <= ERRATA_TEXT_LINEAR_TEXTS, self);
    g_return_val_if_fail(n_values >= 2 && n_values <= ERRATA_TEXT_LINEAR_VALUES, self);
    self->n_values = n_values;
    read = linear_read(self, texts, n);
    dense = g_new0(double, (gsize)self->n_terms + 1);
    for (guint v = 0; v < n_values; v++)
        linear_fit(self, read, value, n, v, dense);
    for (guint i = 0; i < n; i++)
        g_free(read[i].term);
    g_free(read);
    return self;
}

/**
 * errata_text_linear_apply:
 * @text: valid UTF-8
 * @length: its bytes
 *
 * Safe for several threads at once.
 *
 * Returns: the value that it is, below the classifier's number of values
 */
guint
errata_text_linear_apply(const ErrataTextLinear *self, const char *text, gsize length)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(guint64));
    double square[ERRATA_TEXT_LINEAR_VALUES] = {0.0};
    double score[ERRATA_TEXT_LINEAR_VALUES] = {0.0};
    guint best = 0;

    linear_keys(text, length, keys);
    for (guint i = 0; i < keys->len; i++) {
        guint at = linear_slot(self, g_array_index(keys, guint64, i));
        guint32 term = self->term[at];

        for (guint v = 0; self->key[at] != 0 && v < self->n_values; v++) {
            square[v] += self->terms[v][term].ratio;
            score[v] += self->terms[v][term].weight;
        }
    }
    for (guint v = 0; v < self->n_values; v++) {
        score[v] = self->bias[v] + (square[v] > 0.0 ? score[v] / sqrt(square[v]) : 0.0);
        if (score[v] > score[best])
            best = v;
    }
    return best;
}

/**
 * errata_text_linear_fidelity:
 * @seed: of the five folds
 *
 * Trains on four fifths and holds the rest against what they are, five times.
 *
 * Returns: the share that is told rightly, each value counted alike (so that guessing the commonest
 *   value is worth 1 / @n_values), in 0 … 1; NaN where a value has no text
 */
double
errata_text_linear_fidelity(const ErrataGramsText *texts,
                            const guint8 *value,
                            guint n,
                            guint n_values,
                            guint64 seed)
{
    g_autofree guint32 *order = g_new(guint32, (gsize)n + 1);
    g_autofree ErrataGramsText *taught = g_new(ErrataGramsText, (gsize)n + 1);
    g_autofree guint8 *taught_value = g_new(guint8, (gsize)n + 1);
    guint hits[ERRATA_TEXT_LINEAR_VALUES] = {0};
    guint count[ERRATA_TEXT_LINEAR_VALUES] = {0};
    ErrataRng rng = errata_rng_init(seed, LINEAR_FOLDS, n);
    double sum = 0.0;

    for (guint i = 0; i < n; i++)
        order[i] = i;
    for (guint i = n; i > 1; i--) {
        guint k = (guint)errata_rng_below(&rng, i);
        guint32 swap = order[i - 1];

        order[i - 1] = order[k];
        order[k] = swap;
    }
    for (guint fold = 0; fold < LINEAR_FOLDS; fold++) {
        g_autoptr(ErrataTextLinear) model = NULL;
        guint n_taught = 0;

        for (guint i = 0; i < n; i++)
            if (i % LINEAR_FOLDS != fold) {
                taught[n_taught] = texts[order[i]];
                taught_value[n_taught++] = value[order[i]];
            }
        if (n_taught < 2)
            return (double)NAN;
        model = errata_text_linear_train(taught, taught_value, n_taught, n_values);
        for (guint i = fold; i < n; i += LINEAR_FOLDS) {
            const ErrataGramsText *text = &texts[order[i]];

            count[value[order[i]]]++;
            hits[value[order[i]]] +=
                errata_text_linear_apply(model, text->text, text->length) == value[order[i]] ? 1
                                                                                             : 0;
        }
    }
    for (guint v = 0; v < n_values; v++)
        sum += count[v] > 0 ? (double)hits[v] / (double)count[v] : (double)NAN;
    return sum / (double)n_values;
}

void
errata_text_linear_free(ErrataTextLinear *self)
{
    if (self == NULL)
        return;
    for (guint v = 0; v < ERRATA_TEXT_LINEAR_VALUES; v++)
        g_free(self->terms[v]);
    g_free(self->key);
    g_free(self->term);
    g_free(self);
}
