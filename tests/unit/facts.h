/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "model.h"

/* The value of a fact that a model tells, %NULL where it tells none; no fact is told twice. */
static inline const char *
test_fact(const GPtrArray *facts, const char *name)
{
    const char *found = NULL;

    for (guint i = 0; i < facts->len; i++) {
        const ErrataModelFact *fact = facts->pdata[i];

        if (strcmp(fact->name, name) != 0)
            continue;
        g_assert_null(found);
        found = fact->value;
    }
    return found;
}
