
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl actor list|show
 */

#ifndef APCTL_ACTOR_H
#define APCTL_ACTOR_H

#include "apctl_context.h"


/*
 * Whether $1 means the actor of a row "a" of the view activitypub.actors: by
 * name, handle or id, as the publisher's API understands it; SQL text.
 */
#define APCTL_ACTOR_SQL                                                       \
    "(a.uri = $1::text OR a.name = ltrim($1::text, '@')"                      \
    " OR a.handle = lower(ltrim($1::text, '@')))"


apctl_exit_e apctl_actor_list(apctl_t *ap);
apctl_exit_e apctl_actor_show(apctl_t *ap);

/*
 * The actor that the operand names, in row 0: the members of "actor show".
 * Else a sentence, and nothing to clear.  After apctl_connect().
 */
apctl_exit_e apctl_actor_find(apctl_t *ap, PGresult **result);

/*
 * Whether the actor of --actor, if that is given, is there: else
 * APCTL_NOT_FOUND, after a sentence.  After apctl_connect().
 */
apctl_exit_e apctl_actor_given(apctl_t *ap);


#endif
