/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pen.h"

G_BEGIN_DECLS

char *errata_svg_path(const char *stem);
/* Returns: (transfer full): the file, with a title and a description for screen readers */
GByteArray *errata_svg_draw(const ErrataFigure *figure, ErrataPen *pen, GError **error);

G_END_DECLS
