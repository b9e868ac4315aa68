/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "container.h"

G_BEGIN_DECLS

extern const ErrataContainer errata_gzip_container;
extern const ErrataContainer errata_compressed_zstd;
extern const ErrataContainer errata_compressed_lzma;
extern const ErrataContainer errata_compressed_xz;
extern const ErrataContainer errata_compressed_bzip2;
extern const ErrataContainer errata_compressed_lz4;
extern const ErrataContainer errata_archive_zip;
extern const ErrataContainer errata_archive_tar;

/**
 * ErrataCut:
 * @cut: set by a decompressor when its input ended too early; its read then returns −1
 *
 * Tells a cut stream, whose beginning is good, from a broken one.
 */
typedef struct {
    gboolean cut;
} ErrataCut;

ErrataSource *errata_whole_lines_new(ErrataSource *inner, ErrataCut *cut, GPtrArray *warnings);

struct archive_entry;

/* (nullable): why a member is not read */
const char *errata_archive_refuses(struct archive_entry *entry, const char *name);
/* (transfer full) */
char *errata_archive_member_name(struct archive_entry *entry, guint index);

/* the name of what is inside: `log.csv.gz` holds `log.csv`; (transfer full) */
char *errata_compressed_inner_name(const char *name, const char *suffix);

guint errata_zip_directory_sniff(int fd);
gboolean errata_zip_directory_check(int fd, const char *name, GPtrArray *warnings, GError **error);

G_END_DECLS
