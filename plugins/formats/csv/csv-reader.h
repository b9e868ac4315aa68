/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "csv-private.h"

G_BEGIN_DECLS

gboolean errata_csv_reader_run(ErrataSource *source, ErrataFrameBuilder *builder, GError **error);

G_END_DECLS
