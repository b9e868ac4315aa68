/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model.h"

G_BEGIN_DECLS

/**
 * ErrataInventorySection:
 * @title: what its facts are about
 * @n_all: how many there are, of which the first are told
 * @facts: (element-type ErrataModelFact)
 *
 * A part of what a model's file holds, for people.
 */
typedef struct {
    char *title;
    guint64 n_all;
    GPtrArray *facts;
} ErrataInventorySection;

ErrataInventorySection *errata_inventory_section_new(const char *title, guint64 n_all);
void errata_inventory_section_add(ErrataInventorySection *self,
                                  const char *name,
                                  const char *value);
void errata_inventory_section_free(ErrataInventorySection *self);
/* (element-type ErrataInventorySection) (transfer full): what the report tells of a model's file */
GPtrArray *errata_inventory_new(const ErrataModel *model);

G_END_DECLS
