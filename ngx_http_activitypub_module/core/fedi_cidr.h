
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Networks: an address and the number of leading bits that count.
 */

#ifndef FEDI_CIDR_H
#define FEDI_CIDR_H

#include "fedi_address.h"


typedef struct {
    fedi_address_t  address;
    unsigned        bits;
} fedi_cidr_t;


/*
 * Accepts "10.0.0.0/8", "2001:db8::/32" and a bare address; four decimal
 * parts and inet_pton()'s IPv6 only, without brackets.  Bits behind the
 * prefix do not count.  On false "cidr" is undefined.
 */
bool fedi_cidr_parse(fedi_str_t text, fedi_cidr_t *cidr);

/* never true for addresses of different families */
bool fedi_cidr_match(const fedi_cidr_t *cidr, const fedi_address_t *address);


#endif
