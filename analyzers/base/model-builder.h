/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model.h"

G_BEGIN_DECLS

/**
 * ErrataModelBuilder:
 *
 * What a loader fills; checks names, counts and trees when finished. Strings are copied, and made
 * valid UTF-8 where they are not.
 */
typedef struct _ErrataModelBuilder ErrataModelBuilder;

ErrataModelBuilder *errata_model_builder_new(const char *format, const char *framework);
void errata_model_builder_free(ErrataModelBuilder *self);

void errata_model_builder_set_version(ErrataModelBuilder *self, const char *version);
void errata_model_builder_set_kind(ErrataModelBuilder *self, const char *kind);
void errata_model_builder_set_task(ErrataModelBuilder *self, ErrataTask task);
void errata_model_builder_set_classes(ErrataModelBuilder *self, const char *const *classes);
/* the inputs' names were made up: the file has none */
void errata_model_builder_set_unnamed(ErrataModelBuilder *self, gboolean unnamed);
/* the input made, to set its flags; @categories only for CATEGORY. Index = calls before */
ErrataModelInput *errata_model_builder_add_input(ErrataModelBuilder *self,
                                                 const char *name,
                                                 ErrataModelType type,
                                                 const char *const *categories);
/* one made before */
ErrataModelInput *errata_model_builder_input(ErrataModelBuilder *self, guint index);
/* the output made; index = calls before */
ErrataModelOutput *errata_model_builder_add_output(ErrataModelBuilder *self,
                                                   const char *name,
                                                   ErrataModelRole role,
                                                   ErrataModelType type,
                                                   const char *label);
void errata_model_builder_add_parameter(ErrataModelBuilder *self,
                                        const char *name,
                                        const char *value);
void errata_model_builder_add_training(ErrataModelBuilder *self,
                                       const char *name,
                                       const char *value);
/* the layer made, to fill in what is known */
ErrataModelLayer *errata_model_builder_add_layer(ErrataModelBuilder *self,
                                                 const char *name,
                                                 const char *kind);
/* one that is critical and of the problem `pickle-import` makes the model unsafe */
void errata_model_builder_add_risk(ErrataModelBuilder *self,
                                   ErrataSeverity severity,
                                   const char *problem,
                                   const char *format,
                                   ...) G_GNUC_PRINTF(4, 5);
void errata_model_builder_note(ErrataModelBuilder *self, const char *format, ...)
    G_GNUC_PRINTF(2, 3);
/* it can be described but not run, because … */
void errata_model_builder_set_why_not(ErrataModelBuilder *self, const char *format, ...)
    G_GNUC_PRINTF(2, 3);
/* it runs, but is no sum of trees that attribution could use, because … */
void errata_model_builder_set_why_not_trees(ErrataModelBuilder *self, const char *format, ...)
    G_GNUC_PRINTF(2, 3);
/* takes @body */
void errata_model_builder_set_body(ErrataModelBuilder *self,
                                   const ErrataModelClass *klass,
                                   gpointer body);
/* @n more numbers that every run goes through */
void errata_model_builder_add_work(ErrataModelBuilder *self, double n);
/* takes @trees; the body may be or borrow them, they outlive it */
void errata_model_builder_set_trees(ErrataModelBuilder *self, ErrataTrees *trees);

ErrataModel *errata_model_builder_finish(ErrataModelBuilder *self,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataModelBuilder, errata_model_builder_free)

G_END_DECLS
