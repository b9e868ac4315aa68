/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

/* a binary classifier's case with eight findings and every figure; numbers invented */
ErrataCase *sample_case_new(void);
/* a regression's case with densities and residuals */
ErrataCase *sample_case_regression(void);
/* no rows to judge, nothing found */
ErrataCase *sample_case_empty(void);
/* the ugly ones: long names, @n_classes, @n_findings, other scripts, NaN wherever one may be */
ErrataCase *sample_case_ugly(guint n_classes, guint n_findings);

G_END_DECLS
