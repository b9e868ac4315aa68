/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"
#include "settings.h"

G_BEGIN_DECLS

/**
 * ErrataLateLabels:
 * @n_labels: rows of labels with an id and a label
 * @n_incomplete: rows of labels that lack one of the two
 * @n_repeated: rows that repeat an id with the same label
 * @n_conflicting: ids with different labels in one file, of which none is used
 * @n_superseded: ids whose label a later file gives otherwise; the later one counts
 * @n_unmatched: ids that the log lacks
 * @n_rows: rows of the log that got a label
 * @n_replaced: rows of those that had another label
 * @n_shared: ids that several rows of the log have; all of them got the label
 *
 * What became of labels that came later than the log.
 */
typedef struct {
    guint64 n_labels;
    guint64 n_incomplete;
    guint64 n_repeated;
    guint64 n_conflicting;
    guint64 n_superseded;
    guint64 n_unmatched;
    guint64 n_rows;
    guint64 n_replaced;
    guint64 n_shared;
} ErrataLateLabels;

gboolean errata_late_labels_is(const char *const *names);
guint64 errata_late_labels_count(const ErrataFrame *log,
                                 GPtrArray *labels,
                                 const ErrataSettings *settings);
gboolean errata_late_labels_join(ErrataFrame *log,
                                 GPtrArray *labels,
                                 guint n_known,
                                 ErrataSettings *settings,
                                 ErrataLateLabels *ret_told,
                                 guint64 *ret_given,
                                 GError **error);

G_END_DECLS
