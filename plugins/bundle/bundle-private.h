/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bundle.h"

G_BEGIN_DECLS

/* each adds facts and risks of its part; *ret_wanted gets the path of the model, if it is told */
gboolean bundle_mlflow(ErrataModelContainer *self,
                       const ErrataModelPart *part,
                       char **ret_wanted,
                       GError **error);
gboolean bundle_torchserve(ErrataModelContainer *self,
                           const ErrataModelPart *part,
                           char **ret_wanted,
                           GError **error);
/* programs, code, addresses and requirements */
void bundle_scan_part(ErrataModelContainer *self, const ErrataModelPart *part);
gboolean bundle_is_code(const char *path);
const char *bundle_base_name(const char *path);

G_END_DECLS
