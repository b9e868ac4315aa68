/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-container.h"
#include "model-format.h"

G_BEGIN_DECLS

ErrataModelContainer *errata_bundle_read(const ErrataModelParts *parts,
                                         ErrataModelParts **ret_inner,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean errata_bundle_is_settings(const char *path);
gboolean errata_bundle_is_companion(const char *path);
const char *errata_bundle_mark(const char *path);
void errata_bundle_compare(const ErrataModelContainer *container, ErrataModel *model);

G_END_DECLS
