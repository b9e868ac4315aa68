/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort.h"

#include <math.h>

#include "case.h"

/* Returns: (transfer full): a cohort of which nothing is known yet */
ErrataCohort *
errata_cohort_new(const char *name, const char *where)
{
    ErrataCohort *self = g_new0(ErrataCohort, 1);

    self->name = g_strdup(name);
    self->where = g_strdup(where);
    self->metrics = errata_case_new_metrics();
    self->error = self->rest = self->difference = self->lo = self->hi = (double)NAN;
    self->p = self->q = (double)NAN;
    return self;
}

void
errata_cohort_free(ErrataCohort *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self->where);
    g_clear_pointer(&self->metrics, g_ptr_array_unref);
    g_free(self->test);
    g_free(self->verdict);
    g_free(self->why);
    g_free(self);
}
