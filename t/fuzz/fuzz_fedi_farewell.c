
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a glance calls an actor's farewell is one to the parser, of the same
 * actor.
 */

#include "fedi_fuzz.h"

#include "fedi_farewell.h"
#include "fedi_reading.h"


static const fedi_id_rules_t  fuzz_rules = { false, false };


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fedi_id_t       actor;
    fedi_str_t      body;
    fedi_heap_t     heap;
    fedi_reading_t  reading;

    fedi_heap_init(&heap);

    body = fedi_fuzz_view(&heap.arena, data, size);

    if (fedi_farewell_read(&heap.arena, &fuzz_rules, body, &actor)) {

        fedi_reading_take(&heap.arena, &fuzz_rules, NULL, body, &reading);

        fedi_fuzz_assert(reading.err == FEDI_OK);
        fedi_fuzz_assert(reading.verdict == FEDI_VERDICT_ACCEPTED);
        fedi_fuzz_assert(fedi_activity_is_self_delete(&reading.activity));
        fedi_fuzz_assert(fedi_id_eq(&reading.activity.actor, &actor));
    }

    fedi_heap_free(&heap);

    return 0;
}
