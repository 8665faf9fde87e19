
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * jansson takes some 140 instructions for a byte, and most bytes of what comes
 * in are in strings, as they are.  So it is given an outline of the text: one
 * byte stands there for all that follow each other and that JSON has nothing
 * to say about; escapes, and what is not ASCII, stay for it to judge.  It
 * takes the one if and only if it would take the other.  Names stay too:
 * which of them are the same is its business.
 */

#ifndef FEDI_JSON_OUTLINE_H
#define FEDI_JSON_OUTLINE_H

#include <jansson.h>

#include "fedi_arena.h"
#include "fedi_err.h"


typedef struct fedi_json_taken_s  fedi_json_taken_t;


typedef struct {
    char               *text;       /* as long as the one it is of */
    char               *last;       /* of what is written to it */
    const char         *next;       /* of that one, to be copied */

    fedi_json_taken_t  *taken;      /* strings that are shorter there */
    size_t              ntaken;
    size_t              restored;
    size_t              strings;    /* that were seen, taken or not */
} fedi_json_outline_t;


/* of "text", which has to stay; false: no memory */
bool fedi_json_outline_init(fedi_arena_t *arena, fedi_str_t text,
    fedi_json_outline_t *outline);

/*
 * "string" is one of the text, without its quotation marks, which stand where
 * a backslash has nothing to do with them; "end" is that of the text.  All have
 * to be shown, in their order.
 */
void fedi_json_outline_string(fedi_json_outline_t *outline, fedi_str_t string,
    const char *end);

/* what jansson is given, when all were shown */
fedi_str_t fedi_json_outline_end(fedi_json_outline_t *outline,
    const char *end);

/*
 * When it has taken that: makes "string" what it is in the text.  All that are
 * values have to be shown again, in the same order; the outline is gone then.
 * FEDI_ENOMEM; FEDI_EJSON: these are not the same.
 */
fedi_err_e fedi_json_outline_restore(fedi_json_outline_t *outline,
    json_t *string);


#endif
