
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Language tags, as BCP 47 writes them: their form, not their meaning.
 */

#ifndef FEDI_LANGUAGE_H
#define FEDI_LANGUAGE_H

#include "fedi_str.h"


/* RFC 5646 section 4.4.1 says what is long enough for all that are in use */
#define FEDI_LANGUAGE_MAX  35


/* "en", "pt-BR", "zh-Hant-TW"; SQL's check_post() takes the same */
bool fedi_language_valid(fedi_str_t tag);


#endif
