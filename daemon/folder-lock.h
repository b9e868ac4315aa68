/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* a lock is a descriptor; the end of the process gives it back */
int errata_folder_lock_state(const char *folder, GError **error);
gboolean errata_folder_lock_reports(const char *folder, int *ret_lock, GError **error);
void errata_folder_unlock(int lock);

G_END_DECLS
