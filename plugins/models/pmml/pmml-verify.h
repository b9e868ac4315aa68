/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pmml-private.h"

G_BEGIN_DECLS

typedef struct {
    guint n_rows;
    guint n_equal;
} PmmlVerified;

PmmlVerified pmml_verify(const PmmlProgram *program);

G_END_DECLS
