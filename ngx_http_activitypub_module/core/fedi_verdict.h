
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is decided about an activity: by its shape, and by who sent it.
 */

#ifndef FEDI_VERDICT_H
#define FEDI_VERDICT_H

#include "fedi_str.h"


typedef enum {
    FEDI_VERDICT_ACCEPTED = 0,      /* to be handed on */
    FEDI_VERDICT_REFETCH,           /* its id alone is believed */
    FEDI_VERDICT_FORWARDED,         /* nothing of it is believed */
    FEDI_VERDICT_IGNORED,
    FEDI_VERDICT_NOT_OURS,
    FEDI_VERDICT_NO_TYPE,
    FEDI_VERDICT_BAD_TYPE,
    FEDI_VERDICT_NO_ID,
    FEDI_VERDICT_BAD_ID,
    FEDI_VERDICT_NO_ACTOR,
    FEDI_VERDICT_BAD_ACTOR,
    FEDI_VERDICT_NO_OBJECT,
    FEDI_VERDICT_BAD_OBJECT,
    FEDI_VERDICT_BAD_AUTHOR,
    FEDI_VERDICT_MANY,
    FEDI_VERDICT_NOT_OWNER,
    FEDI_VERDICT_ID_ORIGIN,
    FEDI_VERDICT_OBJECT_ORIGIN,
    FEDI_VERDICT_NOT_AUTHOR,
    FEDI_VERDICT_CLASS,             /* or the other way round */
    FEDI_VERDICT_FAILED,
    FEDI_VERDICTS
} fedi_verdict_e;


/*
 * A name for programs, in lower case with underscores, as no other refusal is
 * called (see fedi_refusal.h); NUL-terminated, static.
 */
fedi_str_t fedi_verdict_code(fedi_verdict_e verdict);

/* a lower-case fragment, for people; NUL-terminated, static */
fedi_str_t fedi_verdict_text(fedi_verdict_e verdict);

/* of the answer: 202, 400, 403 or 500 */
unsigned fedi_verdict_status(fedi_verdict_e verdict);


#endif
