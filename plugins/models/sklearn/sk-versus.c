/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's OneVsOneClassifier: a model per pair of classes. Each votes for one of its two; of
 * equal votes the sums of how sure the models are decide, bent so that they weigh less than a
 * vote. */
#include <math.h>

#include "error.h"
#include "sk-private.h"

struct _SkVersus {
    GPtrArray *bodies; /* SkBody: of the pairs 0-1, 0-2, …, 1-2, … */
    gboolean *by_share;
};

void
sk_versus_free(SkVersus *self)
{
    g_ptr_array_unref(self->bodies);
    g_free(self->by_share);
    g_free(self);
}

/**
 * sk_read_versus:
 * @ret_is: whether @object is one model per pair of classes
 *
 * Reads it into the reader's body.
 */
gboolean
sk_read_versus(SkReader *reader, const PickleValue *object, gboolean *ret_is, GError **error)
{
    SkBody *body = reader->body;
    const PickleValue *list = pickle_attribute(object, "estimators_");
    const PickleValue *columns = pickle_attribute(object, "pairwise_indices_");
    guint n = body->n_classes;
    *ret_is = g_str_equal(pickle_class(object), "OneVsOneClassifier");
    if (!*ret_is)
        return TRUE;
    SkVersus *self = body->versus = g_new0(SkVersus, 1);
    body->kind = SK_VERSUS;
    body->n_margins = n == 2 ? 1 : n;
    body->link = SK_LINK_NONE;
    self->bodies = g_ptr_array_new_with_free_func(sk_body_free);
    if (n < 2 || pickle_n_items(list) != n * (n - 1) / 2)
        return sk_fail(error, "estimators_: expected a model per pair of %u classes", n);
    if (columns != NULL && columns->kind != PICKLE_NONE)
        return sk_refuse(error, "pairs of classes told apart by a kernel of rows");
    self->by_share = g_new0(gboolean, pickle_n_items(list));
    for (guint i = 0; i < pickle_n_items(list); i++) {
        SkBody *member = sk_read_member(reader, pickle_item(list, i), reader->raw, error);
        if (member == NULL)
            return FALSE;
        g_ptr_array_add(self->bodies, member);
        if (!sk_body_is_asked(member, &self->by_share[i], error))
            return FALSE;
        if (member->n_classes != 2 || member->n_margins == 0 ||
            (self->by_share[i] && !sk_body_has_shares(member)))
            return sk_refuse(error, "a pair of classes told apart by %u", member->n_classes);
    }
    return TRUE;
}

void
sk_versus_run(const SkBody *body, const double *x, SkAnswer *answer)
{
    const SkVersus *self = body->versus;
    guint n = body->n_classes, at = 0;
    gboolean lacks = FALSE;
    g_autofree double *votes = g_new0(double, n);
    g_autofree double *sure = g_new0(double, n);
    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++, at++) {
            const SkBody *member = self->bodies->pdata[at];
            g_auto(SkAnswer) own = {0};
            sk_answer_init(&own, member);
            sk_body_answer(member, x, &own);
            lacks |= own.lacks;
            double told = self->by_share[at] ? own.share[1] : own.margin[0];
            votes[own.best == 1 ? j : i] += 1;
            sure[i] -= told;
            sure[j] += told;
        }
    answer->lacks = lacks;
    for (guint k = 0; k < n; k++)
        votes[k] += sure[k] / (3 * (fabs(sure[k]) + 1));
    answer->best = 0;
    if (n == 2) {
        answer->margin[0] = votes[1];
        answer->best = votes[1] > (self->by_share[0] ? 0.5 : 0) ? 1 : 0;
        return;
    }
    for (guint k = 0; k < n; k++) {
        answer->margin[k] = votes[k];
        answer->best = votes[k] > votes[answer->best] ? k : answer->best;
    }
}
