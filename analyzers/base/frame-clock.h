/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"

G_BEGIN_DECLS

const ErrataColumn *errata_frame_join_clock(ErrataFrame *frame);

G_END_DECLS
