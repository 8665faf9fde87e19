
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_content_type.h"


#define AS2  "https://www.w3.org/ns/activitystreams"


/* a: a fetched document may say so; p: a POST may; l: it is like one */

static void
test_types(void **state)
{
    size_t       i;
    fedi_str_t   value;

    static const struct {
        const char  *value;
        const char  *what;
    } rows[] = {
        { "application/activity+json", "ap" },
        { "Application/Activity+JSON", "ap" },
        { " application/activity+json ", "ap" },
        { "application/activity+json; charset=utf-8", "ap" },
        { "application/activity+json;charset=\"UTF-8\"", "ap" },
        { "application/activity+json; profile=\"" AS2 "\"", "ap" },
        { "application/ld+json; profile=\"" AS2 "\"", "ap" },
        { "application/ld+json;profile=" AS2 "", "ap" },
        { "application/ld+json; charset=utf-8; profile=\"" AS2 "\"", "ap" },
        { "application/ld+json; profile=\"https://x.example/ " AS2 "\"",
          "ap" },
        { "application/ld+json", "p" },
        { "application/ld+json; charset=utf-8", "p" },
        { "application/json", "p" },
        { "application/json; charset=utf-8", "p" },
        { "application/jrd+json", "" },
        { "application/jrd+json; charset=utf-8", "" },

        /* FET-01, FET-02, JSN-08 */
        { "", "" },
        { "text/html", "" },
        { "text/plain", "" },
        { "text/html; profile=\"" AS2 "\"", "" },
        { "multipart/form-data", "" },
        { "application/activity+jsonx", "" },
        { "xapplication/activity+json", "" },
        { "application/activity+json, text/html", "l" },
        { "application/activity+json;", "l" },
        { "application/activity+json; charset=iso-8859-1", "l" },
        { "application/activity+json; x=y", "l" },
        { "application/activity+json; charset=", "l" },
        { "application/activity+json; charset", "l" },
        { "application/ld+json; profile=\"" AS2 "", "l" },
        { "application/ld+json; profile=\"" AS2 "\"x", "l" },
        { "application/ld+json; profile=\"" AS2 "x\"", "l" },
        { "application/ld+json; profile=\"https://x.example/\"", "l" },
        { "application/ld+json; profile=\"\"", "l" },

        /* others read them as what they begin with */
        { " application/JSON\t; charset=utf-7", "l" },
        { "application/json; charset=utf-8; charset=utf-7", "l" },
        { "application/json x", "l" },
        { "application/json,application/json", "l" },
        { "application/json/x", "" }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        value = fedi_test_view(rows[i].value);

        if (fedi_content_type_is_activity(value)
            != (strchr(rows[i].what, 'a') != NULL)
            || fedi_content_type_is_post(value)
               != (strchr(rows[i].what, 'p') != NULL)
            || fedi_content_type_is_like_post(value)
               != (strpbrk(rows[i].what, "pl") != NULL))
        {
            fail_msg("\"%s\" is \"%s\"", rows[i].value, rows[i].what);
        }
    }

    assert_false(fedi_content_type_is_activity(fedi_null_str));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_types)
    };

    return cmocka_run_group_tests_name("fedi_content_type", tests, NULL, NULL);
}
