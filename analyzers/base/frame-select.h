/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"

G_BEGIN_DECLS

ErrataColumn *errata_frame_select_column(const ErrataColumn *from, const guint32 *row, gsize n);
ErrataFrame *errata_frame_select(const ErrataFrame *self, const guint32 *row, gsize n);

G_END_DECLS
