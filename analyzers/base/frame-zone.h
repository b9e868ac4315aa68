/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"
#include "zone.h"

G_BEGIN_DECLS

int errata_frame_zone(const ErrataFrame *frame);
void errata_frame_set_clock(ErrataFrame *frame, int minutes);

G_END_DECLS
