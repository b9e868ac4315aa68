/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "host.h"
#include "service-private.h"

G_BEGIN_DECLS

typedef enum {
    ERRATA_SERVICE_ANSWER_EXPLANATION, /* JSON, as errata explain --json prints it */
    ERRATA_SERVICE_ANSWER_QUESTION,    /* JSON, as errata ask --json prints it */
    ERRATA_SERVICE_ANSWER_TABLE,       /* CSV, as errata score prints it */
} ErrataServiceAnswer;

char *errata_service_task_start(ErrataService *self,
                                GDBusMethodInvocation *invocation,
                                ErrataHostJob *job,
                                const char *name,
                                const char *input,
                                ErrataServiceAnswer answer,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
