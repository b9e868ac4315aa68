/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What personal data and secrets look like. Each function gets a place in UTF-8 where a word begins
 * and gives the number of bytes that are to be masked there, 0 for none. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gsize errata_redact_match_mail(const char *text);
gsize errata_redact_match_phone(const char *text);
gsize errata_redact_match_card(const char *text);
/* also where a word stands right before it: one that a network gives out */
gsize errata_redact_match_issued_card(const char *text);
gsize errata_redact_match_iban(const char *text);
gsize errata_redact_match_ip(const char *text);
gsize errata_redact_match_key(const char *text);
/* six bytes in hexadecimal: 00:1b:44:11:3a:b7, 00-1B-44-11-3A-B7, 001b.4411.3ab7 */
gsize errata_redact_match_mac(const char *text);
gsize errata_redact_match_social(const char *text);
gsize errata_redact_match_passport(const char *text);

G_END_DECLS
