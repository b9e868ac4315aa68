/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list that the metric functions fill. */
#include "metrics.h"

/**
 * errata_metrics_list_new:
 *
 * Returns: (transfer full) (element-type ErrataMetricValue): an empty list
 */
GArray *
errata_metrics_list_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(ErrataMetricValue));
}

/**
 * errata_metrics_add:
 * @list: (element-type ErrataMetricValue): where it goes
 * @name: the field's name
 * @class_index: class it is about, −1: overall
 * @value: the metric, or NaN
 * @interval: its interval, or NaN
 * @n: rows
 *
 * Returns: (transfer none): the entry, valid until the next is added
 */
ErrataMetricValue *
errata_metrics_add(GArray *list,
                   const char *name,
                   int class_index,
                   double value,
                   ErrataInterval interval,
                   guint64 n)
{
    ErrataMetricValue entry = {g_intern_string(name), class_index, value, interval, n, NULL};

    g_array_append_val(list, entry);
    return &g_array_index(list, ErrataMetricValue, list->len - 1);
}

/**
 * errata_metrics_find:
 * @list: (element-type ErrataMetricValue): a list
 * @name: the field's name
 * @class_index: class it is about, −1: overall
 *
 * Returns: (transfer none) (nullable): the first such entry
 */
const ErrataMetricValue *
errata_metrics_find(const GArray *list, const char *name, int class_index)
{
    const char *interned = g_intern_string(name);

    for (guint i = 0; i < list->len; i++) {
        const ErrataMetricValue *entry = &g_array_index(list, ErrataMetricValue, i);

        if (entry->name == interned && entry->class_index == class_index)
            return entry;
    }
    return NULL;
}
