/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"

G_BEGIN_DECLS

gboolean errata_frame_is_clock(const ErrataColumn *column);
const ErrataColumn *errata_frame_join_clock(ErrataFrame *frame);

G_END_DECLS
