/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"
#include "pen.h"

G_BEGIN_DECLS

#define ERRATA_GLYPH_SIZE 9.0 /* points, square */

/* the sign of a kind of finding, in a square whose upper left corner is at @x, @y */
void errata_glyph_draw(ErrataPen *pen, ErrataFindingKind kind, ErrataInk ink, double x, double y);

G_END_DECLS
