
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Documents for the tests, written with ' where JSON has ".
 */

#ifndef FEDI_TEST_JSON_H
#define FEDI_TEST_JSON_H

#include "fedi_json_load.h"
#include "fedi_test.h"


static const fedi_json_limits_t  fedi_test_limits = {
    65536, FEDI_JSON_DEPTH_MAX, FEDI_JSON_VALUES_MAX
};


static inline json_t *
fedi_test_json(const char *text)
{
    char        *quoted, *p;
    json_t      *json;
    fedi_err_e   err;

    quoted = malloc(strlen(text) + 1);
    assert_non_null(quoted);

    memcpy(quoted, text, strlen(text) + 1);

    for (p = quoted; *p != '\0'; p++) {
        if (*p == '\'') {
            *p = '"';
        }
    }

    err = fedi_json_load(fedi_test_view(quoted), &fedi_test_limits, &json);

    free(quoted);

    if (err != FEDI_OK) {
        fail_msg("%s: %s", text, fedi_strerror(err));
    }

    return json;
}


#endif
