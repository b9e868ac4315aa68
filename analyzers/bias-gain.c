/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regression: what taking one number off some of the predictions would bring, as a suggestion. */
#include "bias-gain.h"

#include <math.h>

#include "interpret/words.h"
#include "intervals.h"

void
errata_bias_gain_add(ErrataBiasGain *self, double residual, double shift)
{
    double own = fabs(residual) - fabs(residual - shift);

    self->n += 1.0;
    errata_sum_add(&self->before, fabs(residual));
    errata_sum_add(&self->gained, own);
    errata_sum_add(&self->square, own * own);
}

double
errata_bias_gain_mean(const ErrataBiasGain *self, double *ret_error)
{
    double gain = errata_sum_value(&self->gained) / self->n;

    *ret_error = sqrt(fmax(errata_sum_value(&self->square) / self->n - gain * gain, 0.0) / self->n);
    return gain;
}

void
errata_bias_gain_suggest(const ErrataBiasGain *self,
                         ErrataFinding *finding,
                         double shift,
                         const char *rows,
                         const char *method)
{
    double error;
    double gain = errata_bias_gain_mean(self, &error);
    g_autofree char *number =
        errata_words_number(fabs(shift), 0.99 * fabs(shift), 1.01 * fabs(shift));
    g_autofree char *text = g_strdup_printf(shift > 0.0 ? "Take %s off the predictions %s"
                                                        : "Add %s to the predictions %s",
                                            number,
                                            rows);
    ErrataSuggestion *suggestion = errata_finding_suggest(finding, "recalibrate", text);

    suggestion->metric = g_strdup("mae");
    suggestion->from = errata_sum_value(&self->before) / self->n;
    suggestion->to = suggestion->from - gain;
    suggestion->lo = gain - errata_intervals_z(0.95) * error;
    suggestion->hi = gain + errata_intervals_z(0.95) * error;
    suggestion->method = g_strdup(method);
}
