/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

typedef struct _SlicesMemo SlicesMemo;

SlicesMemo *errata_slices_memo_new(void);
void errata_slices_memo_free(SlicesMemo *self);
gboolean errata_slices_memo_find(SlicesMemo *self,
                                 const SlicesHalf *half,
                                 const Slice *slice,
                                 guint8 *ret_member);
void errata_slices_memo_add(SlicesMemo *self,
                            const SlicesHalf *half,
                            const Slice *slice,
                            const guint8 *member);

G_END_DECLS
