/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model.h"

G_BEGIN_DECLS

#define ERRATA_MODEL_JSON_BRIEF 40 /* members of a list that people are shown */

char *errata_model_to_json(const ErrataModel *self,
                           const char *path,
                           const char *sha256,
                           guint64 bytes,
                           const GPtrArray *warnings);
char *errata_model_to_brief_json(const ErrataModel *self,
                                 const char *path,
                                 const char *sha256,
                                 guint64 bytes,
                                 const GPtrArray *warnings);

G_END_DECLS
