/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"
#include "settings.h"

G_BEGIN_DECLS

/**
 * ErrataStandIns:
 *
 * What may not leave: names, meanings and values of the columns that the user declared to say who
 * somebody is (the roles id, group and entity).
 */
typedef struct _ErrataStandIns ErrataStandIns;

/* what stands for what in one request and its answer; borrows its #ErrataStandIns */
typedef struct _ErrataStandInTable ErrataStandInTable;

ErrataStandIns *errata_stand_ins_new(void);
void errata_stand_ins_free(ErrataStandIns *self);
void errata_stand_ins_add_name(ErrataStandIns *self, const char *name, const char *meaning);
void errata_stand_ins_add_value(ErrataStandIns *self, const char *value);
ErrataStandIns *errata_stand_ins_of_log(const ErrataFrame *frame,
                                        const ErrataFrame *reference,
                                        const ErrataSettings *settings);

ErrataStandInTable *errata_stand_in_table_new(const ErrataStandIns *known);
void errata_stand_in_table_free(ErrataStandInTable *self);
char *errata_stand_in_table_hide(ErrataStandInTable *self, const char *text);
char *errata_stand_in_table_show(const ErrataStandInTable *self,
                                 const char *answer,
                                 gboolean conditions);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataStandIns, errata_stand_ins_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataStandInTable, errata_stand_in_table_free)

G_END_DECLS
