/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "configuration.h"
#include "llm-broker.h"

G_BEGIN_DECLS

/* NULL: no language model is configured, or what is configured may not be used, of which it
 * warns */
ErrataLlmBroker *errata_llm_configured(const ErrataConfiguration *configuration,
                                       const ErrataPaths *paths,
                                       ErrataStoreThread *store);

G_END_DECLS
