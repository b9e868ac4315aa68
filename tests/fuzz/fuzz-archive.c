/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an input of any kind: containers, logs, models. Refused in words, or read. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "registry.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    g_autoptr(ErrataFrameBuilder) log = errata_frame_builder_new();
    g_autoptr(ErrataFrameBuilder) reference = errata_frame_builder_new();
    g_autoptr(GString) config = g_string_new(NULL);
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFrame) frame = NULL;

    g_assert_cmpint(fd, >=, 0);
    g_assert_true(write(fd, data, size) == (gssize)size);
    if (errata_registry_read(fd, "fuzz", log, reference, config, members, &error))
        frame = errata_frame_builder_finish(log, NULL);
    else
        g_assert_true(error != NULL && g_utf8_validate(error->message, -1, NULL));
    close(fd);
    for (guint i = 0; i < members->len; i++) {
        const ErrataMember *member = g_ptr_array_index(members, i);

        g_assert_true(g_utf8_validate(member->name, -1, NULL));
        g_assert_nonnull(member->format);
    }
    for (guint i = 0; frame != NULL && i < frame->warnings->len; i++)
        g_assert_true(g_utf8_validate(g_ptr_array_index(frame->warnings, i), -1, NULL));
    return 0;
}
