/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pmml-model.h"

G_BEGIN_DECLS

PmmlProgram *pmml_compile(PmmlXml *xml, GError **error);
void pmml_program_free(PmmlProgram *self);
void pmml_find_inputs(PmmlProgram *program);
const char *pmml_find_cycle(const PmmlProgram *program);
gboolean pmml_names_is_vendor(const PmmlElement *element);
gboolean pmml_names_check(const PmmlElement *root, GError **error);
const PmmlElement *pmml_root_model(const PmmlElement *root);

void pmml_row_init(PmmlRow *self, const PmmlProgram *program, const ErrataModelRows *rows);
void pmml_row_clear(PmmlRow *self);
void pmml_row_start(PmmlRow *self, gsize row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PmmlProgram, pmml_program_free)

G_END_DECLS
