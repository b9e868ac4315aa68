/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "finding-spoken.h"

#include "spoken.h"

/**
 * errata_finding_spoken:
 * @finding: (nullable): what is written about from now on
 *
 * Numbers of a finding that is of one column of years, or of what became of it in time, are years:
 * 1965.
 */
void
errata_finding_spoken(const ErrataFinding *finding)
{
    const ErrataSubject *subject = finding != NULL ? &finding->subject : NULL;
    char *const *columns = subject != NULL ? subject->columns : NULL;
    gboolean one = columns != NULL && columns[0] != NULL && columns[1] == NULL;

    errata_spoken_of(subject == NULL           ? NULL
                     : subject->column != NULL ? subject->column
                     : one                     ? columns[0]
                                               : subject->series);
}
