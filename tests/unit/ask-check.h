/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "analysis-frame.h"
#include "ask.h"

static inline ErrataAskData
data_of(const AnalysisFrame *log)
{
    return (ErrataAskData){NULL, log->frame, log->schema, log->outcome};
}

/* each question with its plan, NULL where it must not be answered */
static inline void
check_plans(const AnalysisFrame *log, const char *const (*known)[2], gsize n)
{
    ErrataAskData data = data_of(log);

    for (gsize i = 0; i < n; i++) {
        g_autofree char *why = NULL;
        g_autofree char *text = errata_ask_route(known[i][0], &data, &why);
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataAskPlan) plan = text != NULL ? errata_ask_plan_parse(text, &error) : NULL;
        g_autofree char *printed = plan != NULL ? errata_ask_plan_print(plan) : NULL;

        g_test_message("%s → %s (%s)", known[i][0], printed, why);
        g_assert_no_error(error);
        g_assert_cmpstr(printed, ==, known[i][1]);
    }
}

/* each question with a part of why it is not answered */
static inline void
check_refused(const AnalysisFrame *log, const char *const (*known)[2], gsize n)
{
    ErrataAskData data = data_of(log);

    for (gsize i = 0; i < n; i++) {
        g_autofree char *why = NULL;
        g_autofree char *plan = errata_ask_route(known[i][0], &data, &why);

        g_test_message("%s: %s (%s)", known[i][0], why, plan);
        g_assert_null(plan);
        g_assert_nonnull(why);
        g_assert_nonnull(strstr(why, known[i][1]));
    }
}
