/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* what `errata inspect` says of a model, from the worker's JSON */
void errata_model_print(const char *json);
char *errata_model_print_unsafe(const char *json);

G_END_DECLS
