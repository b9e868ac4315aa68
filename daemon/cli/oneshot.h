/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bar.h"
#include "host.h"

G_BEGIN_DECLS

gboolean errata_oneshot_add_input(ErrataHostJob *job,
                                  const char *path,
                                  const char *kind,
                                  GError **error);
gboolean errata_oneshot_add_any(ErrataHostJob *job, const char *path, GError **error);
gboolean errata_oneshot_add_log(ErrataHostJob *job,
                                const char *path,
                                const char *kind,
                                GError **error);
gboolean errata_oneshot_add_config(ErrataHostJob *job, const char *config, GError **error);
/* `COLUMN=ROLE` of each --role, as a piece of errata.conf */
gboolean errata_oneshot_set_roles(GKeyFile *settings, char **roles, GError **error);
gboolean errata_oneshot_add_roles(ErrataHostJob *job, char **roles, GError **error);
/* the condition of --where, as a piece of errata.conf */
gboolean errata_oneshot_add_where(ErrataHostJob *job, const char *where, GError **error);
/* whether a file that is to be written is none of those that the job reads */
gboolean errata_oneshot_spares(const ErrataHostJob *job, const char *output, GError **error);
GVariant *errata_oneshot_run(ErrataHostJob *job, ErrataBar *bar, GError **error);

G_END_DECLS
