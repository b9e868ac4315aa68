/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <malloc.h>

/* Gives memory that is free back to the system. Address sanitizer has an allocator of its own, and
 * glibc's, which then was never set up, must not be asked from two threads at once. */
static inline void
errata_trim(void)
{
#ifndef __SANITIZE_ADDRESS__
    malloc_trim(0);
#endif
}
