/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tensors.h"

G_BEGIN_DECLS

/**
 * ErrataSafetensors:
 *
 * A file of safetensors, its header checked against its size: numbers of single tensors, where they
 * lie.
 */
typedef struct _ErrataSafetensors ErrataSafetensors;

ErrataSafetensors *errata_safetensors_new(GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void errata_safetensors_free(ErrataSafetensors *self);
gboolean errata_safetensors_find(const ErrataSafetensors *self,
                                 const char *name,
                                 ErrataTensorView *ret_view);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataSafetensors, errata_safetensors_free)

G_END_DECLS
