/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "layout.h"

G_BEGIN_DECLS

/* draws page @index (from 0) with its running head and foot */
void errata_page_draw(const ErrataLayout *layout,
                      const ErrataDocument *document,
                      ErrataPen *pen,
                      guint index);
/* one line per block and text: "page x y width height text", rounded to 0.1 pt */
char *errata_page_dump(const ErrataLayout *layout, const ErrataDocument *document, ErrataPen *pen);

G_END_DECLS
