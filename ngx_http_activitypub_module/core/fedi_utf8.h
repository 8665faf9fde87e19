
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * UTF-8 as RFC 3629 has it: shortest forms, no surrogates, up to U+10FFFF.
 */

#ifndef FEDI_UTF8_H
#define FEDI_UTF8_H

#include "fedi_str.h"


/* no overlong form, no surrogate, nothing above U+10FFFF; NUL is a character */
bool fedi_utf8_valid(fedi_str_t text);


#endif
