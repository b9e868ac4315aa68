/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "layout.h"

G_BEGIN_DECLS

/* Returns: (transfer full): the file */
GByteArray *errata_pdf_draw(const ErrataLayout *layout,
                            const ErrataDocument *document,
                            ErrataPen *pen,
                            GError **error);

G_END_DECLS
