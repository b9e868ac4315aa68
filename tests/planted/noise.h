/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"

G_BEGIN_DECLS

/**
 * NoiseLog:
 * @log: a log in which nothing is wrong
 * @reference: (nullable): rows of the same law
 * @what: its shape in words, for whoever reads why a run was loud
 * @distorted: its scores are off everywhere alike: telling so is no false alarm
 */
typedef struct {
    ErrataFrame *log;
    ErrataFrame *reference;
    char *what;
    gboolean distorted;
} NoiseLog;

NoiseLog *noise_log_new(guint64 seed);
void noise_log_free(NoiseLog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NoiseLog, noise_log_free)

G_END_DECLS
