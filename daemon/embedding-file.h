/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "static-embedding.h"

G_BEGIN_DECLS

ErrataStaticEmbedding *errata_embedding_file_load(GBytes *tensors,
                                                  GBytes *tokenizer,
                                                  GBytes *config,
                                                  const char *name,
                                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
