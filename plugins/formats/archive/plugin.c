/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compressed streams and archives. Every layer hands its members back to the registry as streams,
 * so layers combine freely (a zip of gzipped logs, a zstd tar) and nothing touches the disk. */
#include "plugin.h"

#include "archive-private.h"

extern const ErrataPlugin errata_plugin_archive;

const ErrataPlugin errata_plugin_archive = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "archive",
    .containers = (const ErrataContainer *const[]){&errata_gzip_container,
                                                   &errata_compressed_zstd,
                                                   &errata_compressed_xz,
                                                   &errata_compressed_lzma,
                                                   &errata_compressed_bzip2,
                                                   &errata_compressed_lz4,
                                                   &errata_archive_zip,
                                                   &errata_archive_tar,
                                                   NULL},
};
