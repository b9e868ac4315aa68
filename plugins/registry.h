/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plugin.h"

G_BEGIN_DECLS

/**
 * ErrataMemberKind:
 * @ERRATA_MEMBER_LOG: rows that were read
 * @ERRATA_MEMBER_MODEL: a model file, recognised by content and not opened
 * @ERRATA_MEMBER_CONFIG: an errata.conf
 * @ERRATA_MEMBER_REFERENCE: a member named `reference.*`
 * @ERRATA_MEMBER_LABELS: ids and labels beside a log that has other columns
 * @ERRATA_MEMBER_OTHER: anything else, with what it is as the format
 */
typedef enum {
    ERRATA_MEMBER_LOG,
    ERRATA_MEMBER_MODEL,
    ERRATA_MEMBER_CONFIG,
    ERRATA_MEMBER_REFERENCE,
    ERRATA_MEMBER_LABELS,
    ERRATA_MEMBER_OTHER,
} ErrataMemberKind;

/**
 * ErrataMember:
 * @name: its name in the archive, outer archives first (`logs.zip/part-1.csv`); of a plain file its
 *   name
 * @kind: what it is
 * @format: id of its format (`csv`, `xgboost-json`), or in words what it is for OTHER
 * @bytes: bytes read of it, after decompression
 * @rows: rows accepted from it
 * @rejected: records rejected from it
 *
 * One file within an input.
 */
typedef struct {
    char *name;
    ErrataMemberKind kind;
    char *format;
    guint64 bytes;
    guint64 rows;
    guint64 rejected;
} ErrataMember;

void errata_member_free(ErrataMember *self);
const ErrataFormat *errata_registry_format(guint index);
char **errata_registry_columns(int fd, const char *name, GError **error);
gboolean errata_registry_read(int fd,
                              const char *name,
                              ErrataFrameBuilder *log,
                              ErrataFrameBuilder *reference,
                              GString *ret_config,
                              GPtrArray *ret_members,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

ErrataModelParts *errata_registry_read_parts(int fd,
                                             const char *name,
                                             const GPtrArray *members,
                                             GPtrArray *warnings,
                                             guint *ret_left_out,
                                             GError **error);
const ErrataModelFormat *errata_registry_model_format(guint index);
ErrataModel *errata_registry_load_model(int fd,
                                        const char *name,
                                        GPtrArray *warnings,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
ErrataModel *errata_registry_list_archive(int fd, const char *name, const GError *why);
ErrataModel *errata_registry_load_model_beside(int fd,
                                               const char *name,
                                               const GPtrArray *members,
                                               GPtrArray *warnings,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataMember, errata_member_free)

G_END_DECLS
