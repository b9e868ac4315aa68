/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a model is shared out: its margin, probabilities, or loss, from the raw numbers that a
 * model gives or that its trees add up to. The slope of a quantity between two rows is by how much
 * it moves per unit of each raw number on the straight way from one to the other, so that slopes
 * times differences add up to its difference. With one raw number this is the quotient of
 * differences by which shap's interventional TreeSHAP rescales margins to probabilities and
 * losses. */
#include "quantity.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "treeshap-private.h"

#define QUANTITY_CLIP     1e-15
#define QUANTITY_NODES    8
#define QUANTITY_SEGMENT  4.0 /* of a margin: 8 nodes are exact to 1e-10 there */
#define QUANTITY_SEGMENTS 16U
#define QUANTITY_STEP     1e-4

static const char *const quantity_nicks[] = {"margin", "probability", "loss"};

const char *
errata_quantity_nick(ErrataQuantityKind kind)
{
    return quantity_nicks[kind];
}

const char *
errata_quantity_word(const ErrataQuantity *self)
{
    return self->form == ERRATA_FORM_LOG_ODDS ? "log odds" : errata_quantity_nick(self->kind);
}

gboolean
errata_quantity_parse(const char *nick, ErrataQuantityKind *ret_kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(quantity_nicks); i++)
        if (g_str_equal(nick, quantity_nicks[i])) {
            *ret_kind = (ErrataQuantityKind)i;
            return TRUE;
        }
    return FALSE;
}

void
errata_quantity_free(ErrataQuantity *self)
{
    if (self == NULL)
        return;
    g_free(self->output);
    g_free(self);
}

/* classes told apart: two by one raw number */
guint
errata_quantity_n_classes(const ErrataQuantity *self)
{
    return !self->is_class ? 0 : self->n_raw == 1 ? 2 : self->n_raw;
}

static ErrataQuantity *
quantity_new(ErrataQuantityKind kind, ErrataQuantityForm form, guint n_raw, gboolean is_class)
{
    ErrataQuantity *self = g_new0(ErrataQuantity, 1);

    self->kind = kind;
    self->form = form;
    self->scale = 1.0;
    self->n_raw = n_raw;
    self->is_class = is_class;
    self->n_groups = kind == ERRATA_QUANTITY_LOSS ? 1 : n_raw;
    return self;
}

static gboolean
quantity_link(const ErrataModel *model, ErrataQuantityForm *ret_form, gboolean *ret_class)
{
    switch (model->trees->link) {
    case ERRATA_LINK_IDENTITY:
        *ret_form = ERRATA_FORM_PLAIN;
        /* forests that vote: margins are probabilities, where there is one per class */
        *ret_class = model->classes != NULL && model->trees->n_groups > 1 &&
                     g_strv_length(model->classes) == model->trees->n_groups;
        return *ret_class || model->classes == NULL;
    case ERRATA_LINK_LOGISTIC:
        *ret_form = ERRATA_FORM_LOGISTIC;
        *ret_class = TRUE;
        return TRUE;
    case ERRATA_LINK_SOFTMAX:
        *ret_form = ERRATA_FORM_SOFTMAX;
        *ret_class = TRUE;
        return TRUE;
    case ERRATA_LINK_EXP:
        *ret_form = ERRATA_FORM_EXP;
        *ret_class = FALSE;
        return TRUE;
    case ERRATA_LINK_ISOLATION:
        *ret_form = ERRATA_FORM_ISOLATION;
        *ret_class = FALSE;
        return TRUE;
    case ERRATA_LINK_OTHER:
        return FALSE;
    }
    return FALSE;
}

/**
 * errata_quantity_is_vote:
 * @model: a model
 *
 * Returns: whether what its trees add up to are probabilities of its classes already, as of a
 * forest
 */
gboolean
errata_quantity_is_vote(const ErrataModel *model)
{
    ErrataQuantityForm form;
    gboolean is_class;

    return model->trees != NULL && quantity_link(model, &form, &is_class) && is_class &&
           form == ERRATA_FORM_PLAIN;
}

/* the log-loss of a vote has no slope to speak of at a share of 0, where most leaves of a tree are:
 * between two rows that are both sure the quotient of differences is anything, though other
 * mixtures of them may come to quite another loss */
static gboolean
quantity_is_vote_loss(ErrataQuantityKind kind, ErrataQuantityForm form, gboolean is_class)
{
    return kind == ERRATA_QUANTITY_LOSS && form == ERRATA_FORM_PLAIN && is_class;
}

/**
 * errata_quantity_of_trees:
 * @model: a model of trees
 * @kind: what is wanted
 *
 * Returns: (transfer full) (nullable): it, from the margins of the trees; %NULL where the way from
 *   margins to it is not known, or is none that shares could be rescaled along, as for the loss of
 *   votes
 */
ErrataQuantity *
errata_quantity_of_trees(const ErrataModel *model, ErrataQuantityKind kind)
{
    guint n_groups = model->trees->n_groups;
    ErrataQuantityForm form;
    gboolean is_class;
    ErrataQuantity *self;

    if (kind == ERRATA_QUANTITY_MARGIN && model->trees->link != ERRATA_LINK_ISOLATION)
        return quantity_new(kind, ERRATA_FORM_PLAIN, n_groups, FALSE);
    if (!quantity_link(model, &form, &is_class) ||
        (kind == ERRATA_QUANTITY_PROBABILITY && !is_class) ||
        (kind == ERRATA_QUANTITY_LOSS &&
         (form == ERRATA_FORM_ISOLATION || (!is_class && n_groups > 1))) ||
        quantity_is_vote_loss(kind, form, is_class))
        return NULL;
    self = quantity_new(kind, form, n_groups, is_class);
    self->scale = form == ERRATA_FORM_LOGISTIC || form == ERRATA_FORM_ISOLATION
                      ? model->trees->link_scale
                      : 1.0;
    self->shift = model->trees->link_shift;
    return self;
}

/* labels, which may be NULL */
static guint
quantity_hash(gconstpointer label)
{
    return label != NULL ? g_str_hash(label) : 0;
}

static gboolean
quantity_equal(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(a, b) == 0;
}

/* the outputs of a role that are numbers, each label once */
static guint
quantity_outputs(const ErrataModel *model, ErrataModelRole role, guint *ret_output)
{
    g_autoptr(GHashTable) labels = g_hash_table_new(quantity_hash, quantity_equal);
    guint n = 0;

    for (guint o = 0; o < model->outputs->len; o++) {
        const ErrataModelOutput *output = errata_model_output(model, o);

        if (output->role == role && output->type == ERRATA_MODEL_NUMBER &&
            (role != ERRATA_MODEL_PROBABILITY || g_hash_table_add(labels, output->label)))
            ret_output[n++] = o;
    }
    return n;
}

/* in the order of the model's classes, where each has one: a label is an index of those */
static void
quantity_order(const ErrataModel *model, guint n, guint *output)
{
    g_autoptr(GHashTable) place = g_hash_table_new(quantity_hash, quantity_equal);
    g_autofree guint *ordered = g_new(guint, n + 1);

    if (model->classes == NULL || g_strv_length(model->classes) != n)
        return;
    for (guint i = n; i-- > 0;) /* of two with one label the first stays */
        g_hash_table_insert(place,
                            errata_model_output(model, output[i])->label,
                            GUINT_TO_POINTER(i + 1));
    for (guint c = 0; c < n; c++) {
        guint found = GPOINTER_TO_UINT(g_hash_table_lookup(place, model->classes[c]));

        if (found == 0)
            return;
        ordered[c] = output[found - 1];
    }
    memcpy(output, ordered, n * sizeof *output);
}

/* a regression of several numbers: outputs that are no one's prediction above the others */
static gboolean
quantity_is_several(const ErrataModel *model)
{
    for (guint o = 0; o < model->outputs->len; o++) {
        const ErrataModelOutput *output = errata_model_output(model, o);

        if (output->role != ERRATA_MODEL_FIELD || output->type != ERRATA_MODEL_NUMBER)
            return FALSE;
    }
    return model->task == ERRATA_TASK_REGRESSION && model->outputs->len > 1;
}

static ErrataQuantity *
quantity_fail(const ErrataModel *model, ErrataQuantityKind kind, GError **error)
{
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_UNSUPPORTED,
                "this model gives no %s that could be shared out: expected %s among its outputs, "
                "found %u outputs of other kinds",
                errata_quantity_nick(kind),
                kind == ERRATA_QUANTITY_MARGIN        ? "a margin, probabilities or a number"
                : kind == ERRATA_QUANTITY_PROBABILITY ? "probabilities of classes"
                                                      : "probabilities of classes or a number",
                model->outputs->len);
    return NULL;
}

/**
 * errata_quantity_of_prediction:
 * @model: a model that runs
 *
 * Returns: (transfer full) (nullable): the number that it predicts, on the scale of the labels;
 * %NULL
 *   where it predicts none
 */
ErrataQuantity *
errata_quantity_of_prediction(const ErrataModel *model)
{
    ErrataQuantity *quantity;

    for (guint o = 0; o < model->outputs->len; o++) {
        const ErrataModelOutput *output = errata_model_output(model, o);

        if (output->role != ERRATA_MODEL_PREDICTION || output->type != ERRATA_MODEL_NUMBER)
            continue;
        quantity = g_new0(ErrataQuantity, 1);
        quantity->n_raw = quantity->n_groups = 1;
        quantity->output = g_memdup2(&o, sizeof o);
        return quantity;
    }
    return NULL;
}

/**
 * errata_quantity_of_outputs:
 * @model: a model that runs
 * @kind: what is wanted
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED where no output tells it.
 *
 * Returns: (transfer full): it, from the outputs of the model
 */
ErrataQuantity *
errata_quantity_of_outputs(const ErrataModel *model, ErrataQuantityKind kind, GError **error)
{
    g_autofree guint *output = g_new(guint, MAX(model->outputs->len, 1));
    guint n_margins = quantity_outputs(model, ERRATA_MODEL_MARGIN, output);
    ErrataQuantity *self = NULL;
    guint first = 0;
    guint n;

    if (kind == ERRATA_QUANTITY_MARGIN && n_margins > 0) {
        self = quantity_new(kind, ERRATA_FORM_PLAIN, n_margins, FALSE);
        self->output = g_steal_pointer(&output);
        return self;
    }
    n = quantity_outputs(model, ERRATA_MODEL_PROBABILITY, output);
    quantity_order(model, n, output);
    if (n > 0) {
        first = n == 2 ? 1 : 0; /* of two classes the second is the positive one */
        self = quantity_new(kind,
                            kind == ERRATA_QUANTITY_MARGIN ? ERRATA_FORM_LOG_ODDS
                                                           : ERRATA_FORM_PLAIN,
                            n - first,
                            TRUE);
    } else if (kind != ERRATA_QUANTITY_PROBABILITY && model->classes == NULL &&
               quantity_outputs(model, ERRATA_MODEL_PREDICTION, output) > 0) {
        self = quantity_new(kind, ERRATA_FORM_PLAIN, 1, FALSE);
    } else if (kind == ERRATA_QUANTITY_MARGIN && quantity_is_several(model)) {
        n = quantity_outputs(model, ERRATA_MODEL_FIELD, output);
        self = quantity_new(kind, ERRATA_FORM_PLAIN, n, FALSE);
    }
    if (self == NULL)
        return quantity_fail(model, kind, error);
    self->output = g_memdup2(output + first, self->n_raw * sizeof *output);
    return self;
}

static double
quantity_log_odds(double p)
{
    p = CLAMP(p, QUANTITY_CLIP, 1.0 - QUANTITY_CLIP);
    return log(p) - log1p(-p);
}

/* log(1 + exp(x)) */
static double
quantity_soft_plus(double x)
{
    return x > 0.0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

static double
quantity_log_sum(const double *raw, guint n)
{
    double top = raw[0], sum = 0.0;

    for (guint i = 1; i < n; i++)
        top = fmax(top, raw[i]);
    for (guint i = 0; i < n; i++)
        sum += exp(raw[i] - top);
    return top + log(sum);
}

static double
quantity_logistic(double x)
{
    return x >= 0.0 ? 1.0 / (1.0 + exp(-x)) : exp(x) / (1.0 + exp(x));
}

/* −log of the label's probability */
static double
quantity_log_loss(const ErrataQuantity *self, const double *raw, guint truth)
{
    double loss = 0.0, sum = 0.0, own;

    if (self->n_raw == 1) {
        double sign = truth == 1 ? -1.0 : 1.0;

        if (self->form == ERRATA_FORM_LOGISTIC)
            loss = quantity_soft_plus(sign * self->scale * raw[0]);
        else
            loss = -log(fmax(truth == 1 ? raw[0] : 1.0 - raw[0], QUANTITY_CLIP));
    } else if (self->form == ERRATA_FORM_SOFTMAX) {
        loss = quantity_log_sum(raw, self->n_raw) - raw[truth];
    } else {
        for (guint i = 0; i < self->n_raw; i++)
            sum += self->form == ERRATA_FORM_LOGISTIC ? quantity_logistic(self->scale * raw[i])
                                                      : raw[i];
        own = self->form == ERRATA_FORM_LOGISTIC ? quantity_logistic(self->scale * raw[truth])
                                                 : raw[truth];
        loss = sum > 0.0 ? -log(fmax(own / sum, QUANTITY_CLIP)) : -log(QUANTITY_CLIP);
    }
    return fmin(loss, -log(QUANTITY_CLIP));
}

static double
quantity_loss(const ErrataQuantity *self, const double *raw, double truth)
{
    double miss;

    if (isnan(truth))
        return (double)NAN;
    if (!self->is_class) {
        miss = (self->form == ERRATA_FORM_EXP ? exp(raw[0]) : raw[0]) - truth;
        return miss * miss;
    }
    if (!(truth >= 0.0 && truth < errata_quantity_n_classes(self)))
        return (double)NAN;
    return quantity_log_loss(self, raw, (guint)truth);
}

static void
quantity_log_odds_of(const double *raw, guint n, double *ret_value)
{
    double mean = 0.0;

    if (n == 1) {
        ret_value[0] = quantity_log_odds(raw[0]);
        return;
    }
    for (guint i = 0; i < n; i++) {
        ret_value[i] = log(fmax(raw[i], QUANTITY_CLIP));
        mean += ret_value[i] / n;
    }
    for (guint i = 0; i < n; i++)
        ret_value[i] -= mean;
}

/**
 * errata_quantity_value:
 * @self: a quantity
 * @raw: (array): its raw numbers for a row
 * @truth: the row's label: a class's index, or a number; NaN where it has none. For losses only
 * @ret_value: (out caller-allocates) (array): n_groups numbers; NaN where they are not defined
 */
void
errata_quantity_value(const ErrataQuantity *self,
                      const double *raw,
                      double truth,
                      double *ret_value)
{
    double sum;

    for (guint i = 0; i < self->n_raw; i++)
        if (isnan(raw[i])) {
            for (guint g = 0; g < self->n_groups; g++)
                ret_value[g] = (double)NAN;
            return;
        }
    if (self->kind == ERRATA_QUANTITY_LOSS) {
        ret_value[0] = quantity_loss(self, raw, truth);
        return;
    }
    switch (self->form) {
    case ERRATA_FORM_PLAIN:
        memcpy(ret_value, raw, self->n_raw * sizeof *raw);
        break;
    case ERRATA_FORM_LOGISTIC:
        for (guint i = 0; i < self->n_raw; i++)
            ret_value[i] = quantity_logistic(self->scale * raw[i]);
        break;
    case ERRATA_FORM_SOFTMAX:
        sum = quantity_log_sum(raw, self->n_raw);
        for (guint i = 0; i < self->n_raw; i++)
            ret_value[i] = exp(raw[i] - sum);
        break;
    case ERRATA_FORM_EXP:
        for (guint i = 0; i < self->n_raw; i++)
            ret_value[i] = exp(raw[i]);
        break;
    case ERRATA_FORM_ISOLATION:
        for (guint i = 0; i < self->n_raw; i++)
            ret_value[i] = -exp2(-self->scale * raw[i]) - self->shift;
        break;
    case ERRATA_FORM_LOG_ODDS:
        quantity_log_odds_of(raw, self->n_raw, ret_value);
        break;
    }
}

static double
quantity_at(const ErrataQuantity *self, const double *raw, double truth, guint group)
{
    g_autofree double *value = g_new(double, self->n_groups);

    errata_quantity_value(self, raw, truth, value);
    return value[group];
}

/* the quotient of differences when one raw number moves alone */
static double
quantity_secant(const ErrataQuantity *self,
                const double *at,
                guint raw,
                double to,
                double from,
                double truth,
                guint group)
{
    g_autofree double *point = g_memdup2(at, self->n_raw * sizeof *at);
    gboolean close = fabs(to - from) < 1e-3 * QUANTITY_STEP;
    double middle = 0.5 * (to + from);
    double a = close ? middle + QUANTITY_STEP : to;
    double b = close ? middle - QUANTITY_STEP : from;
    double high;

    point[raw] = a;
    high = quantity_at(self, point, truth, group);
    point[raw] = b;
    return (high - quantity_at(self, point, truth, group)) / (a - b);
}

/* derivatives after every raw number */
static void
quantity_gradient(const ErrataQuantity *self,
                  const double *raw,
                  double truth,
                  guint group,
                  double *ret)
{
    guint own = self->kind == ERRATA_QUANTITY_LOSS ? (guint)truth : group;
    double sum = 0.0;

    if (self->form == ERRATA_FORM_SOFTMAX) {
        double log_sum = quantity_log_sum(raw, self->n_raw);
        double p_own = exp(raw[own] - log_sum);

        for (guint i = 0; i < self->n_raw; i++) {
            double p = exp(raw[i] - log_sum);
            double hit = i == own ? 1.0 : 0.0;

            ret[i] = self->kind == ERRATA_QUANTITY_LOSS ? p - hit : p_own * (hit - p);
        }
        return;
    }
    /* one against the rest, normalised for the loss */
    for (guint i = 0; i < self->n_raw; i++)
        sum += quantity_logistic(self->scale * raw[i]);
    for (guint i = 0; i < self->n_raw; i++) {
        double p = quantity_logistic(self->scale * raw[i]);

        ret[i] = self->scale * p * (1.0 - p) / sum;
        if (i == own)
            ret[i] -= self->scale * (1.0 - p);
    }
}

/* the mean gradient on the straight way between two rows, by quadrature */
static void
quantity_mean_gradient(const ErrataQuantity *self,
                       const double *to,
                       const double *from,
                       double truth,
                       guint group,
                       double *ret_slope)
{
    double t[QUANTITY_NODES], w[QUANTITY_NODES];
    g_autofree double *point = g_new(double, self->n_raw);
    g_autofree double *gradient = g_new(double, self->n_raw);
    double longest = 0.0;
    guint segments;

    shap_quadrature(QUANTITY_NODES, t, w);
    for (guint i = 0; i < self->n_raw; i++) {
        longest = fmax(longest, fabs(self->scale * (to[i] - from[i])));
        ret_slope[i] = 0.0;
    }
    segments = 1 + (guint)fmin(longest / QUANTITY_SEGMENT, QUANTITY_SEGMENTS - 1.0);
    for (guint s = 0; s < segments; s++)
        for (guint k = 0; k < QUANTITY_NODES; k++) {
            double at = (s + t[k]) / segments;

            for (guint i = 0; i < self->n_raw; i++)
                point[i] = from[i] + at * (to[i] - from[i]);
            quantity_gradient(self, point, truth, group, gradient);
            for (guint i = 0; i < self->n_raw; i++)
                ret_slope[i] += w[k] / segments * gradient[i];
        }
}

/* what clipping and the last digits of the quadrature left over */
static void
quantity_settle(const ErrataQuantity *self,
                const double *to,
                const double *from,
                double total,
                double *slope)
{
    double sum = 0.0;

    for (guint i = 0; i < self->n_raw; i++)
        sum += slope[i] * (to[i] - from[i]);
    /* where both rows are beyond the clip nothing moves at all */
    if (sum * total > 0.0 || fabs(sum) > QUANTITY_STEP)
        for (guint i = 0; i < self->n_raw; i++)
            slope[i] *= total / sum;
}

/**
 * errata_quantity_slope:
 * @self: a probability or a loss
 * @to: (array): raw numbers of a row
 * @from: (array): raw numbers of another
 * @truth: label of the first
 * @group: which number of the quantity
 * @ret_slope: (out caller-allocates) (array): n_raw numbers
 *
 * How the quantity moves per raw number from one row to the other: Σ slope × (to − from) is the
 * difference of the quantity. The mean gradient on the straight way; with one raw number, or where
 * only one counts, the quotient of differences.
 *
 * Source: the rescale rule of Shrikumar et al. 2017 for one raw number; Sundararajan et al. 2017,
 * eq. 1, for several.
 */
void
errata_quantity_slope(const ErrataQuantity *self,
                      const double *to,
                      const double *from,
                      double truth,
                      guint group,
                      double *ret_slope)
{
    gboolean alone =
        self->n_raw == 1 || self->form == ERRATA_FORM_PLAIN || self->form == ERRATA_FORM_EXP ||
        (self->form == ERRATA_FORM_LOGISTIC && self->kind == ERRATA_QUANTITY_PROBABILITY);

    if (alone) {
        memset(ret_slope, 0, self->n_raw * sizeof *ret_slope);
        ret_slope[group] = quantity_secant(self, to, group, to[group], from[group], truth, group);
        return;
    }
    quantity_mean_gradient(self, to, from, truth, group, ret_slope);
    quantity_settle(self,
                    to,
                    from,
                    quantity_at(self, to, truth, group) - quantity_at(self, from, truth, group),
                    ret_slope);
}
