
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * IP literals where a host may stand.  Whatever a resolver or a C library
 * might take for an address has to be seen as one here, or it would pass for
 * a name: hence every spelling of inet_aton().
 */

#ifndef FEDI_ADDRESS_H
#define FEDI_ADDRESS_H

#include "fedi_arena.h"
#include "fedi_err.h"
#include "fedi_str.h"


typedef struct {
    bool           v6;
    unsigned char  bytes[16];   /* network order; of IPv4 the first 4 */
} fedi_address_t;


/*
 * Accepts IPv4 in one to four parts, each decimal, octal or hexadecimal, and
 * IPv6 in brackets without a zone.  On false "address" is undefined.
 */
bool fedi_address_parse(fedi_str_t text, fedi_address_t *address);

/* as inet_ntop() writes it, IPv6 in brackets; copied.  FEDI_ENOMEM. */
fedi_err_e fedi_address_print(fedi_arena_t *arena,
    const fedi_address_t *address, fedi_str_t *text);

/* some resolver could take it for a part of an IPv4 literal */
bool fedi_address_is_number(fedi_str_t text);


#endif
