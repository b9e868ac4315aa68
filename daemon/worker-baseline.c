/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Earlier reports that a log is compared with. */
#include "worker-baseline.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "case-json.h"
#include "error.h"

#define BASELINE_MAX_BYTES (64U << 20) /* of a report.json */

/**
 * errata_worker_baseline_read:
 * @fd: a report.json
 * @name: for messages
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_LIMIT when it is too large, %ERRATA_ERROR_INVALID_DATA or
 * %ERRATA_ERROR_UNSUPPORTED when it is no report that can be read, %ERRATA_ERROR_IO.
 *
 * Returns: (transfer full): the report, or %NULL with @error set
 */
ErrataCase *
errata_worker_baseline_read(int fd, const char *name, GError **error)
{
    g_autoptr(GByteArray) text = g_byte_array_new();
    guint8 buffer[65536];
    ErrataCase *report;
    gssize got = -1;

    while (lseek(fd, text->len, SEEK_SET) >= 0 && (got = read(fd, buffer, sizeof buffer)) > 0) {
        g_byte_array_append(text, buffer, (guint)got);
        if (text->len > BASELINE_MAX_BYTES) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_LIMIT,
                        "%s is larger than %u MiB, and a report is not",
                        name,
                        BASELINE_MAX_BYTES >> 20);
            return NULL;
        }
    }
    if (got < 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "reading %s: %s",
                    name,
                    g_strerror(errno));
        return NULL;
    }
    report = errata_case_from_json((const char *)text->data, text->len, error);
    if (report == NULL)
        g_prefix_error(error, "%s: ", name);
    return report;
}

/* NULL: no model was given */
static const char *
baseline_version(const ErrataCase *report)
{
    return report->model != NULL ? report->model->sha256 : NULL;
}

/**
 * errata_worker_baseline_suits:
 * @earlier: a report of the same model
 * @now: what is analysed now: its inputs and its model
 *
 * Whether it is about the same version of the model and about other rows than these, and knows how
 * good the predictions were: the report of a log is no baseline for that log.
 */
gboolean
errata_worker_baseline_suits(const ErrataCase *earlier, const ErrataCase *now)
{
    const ErrataMetric *metric = earlier->headline != NULL
                                     ? errata_case_metric(earlier, earlier->headline)
                                     : NULL;

    if (g_strcmp0(baseline_version(earlier), baseline_version(now)) != 0)
        return FALSE;
    for (guint i = 0; i < now->inputs->len; i++)
        for (guint j = 0; j < earlier->inputs->len; j++) {
            const ErrataInput *one = g_ptr_array_index(now->inputs, i);
            const ErrataInput *then = g_ptr_array_index(earlier->inputs, j);

            if (one->sha256 != NULL && g_strcmp0(one->sha256, then->sha256) == 0)
                return FALSE;
        }
    return metric != NULL && !isnan(metric->value);
}
