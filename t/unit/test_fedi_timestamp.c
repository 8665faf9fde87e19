
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_timestamp.h"


static void
test_good(void **state)
{
    size_t   i;
    int64_t  time;

    static const struct {
        const char  *text;
        int64_t      time;
    } rows[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "1969-12-31T23:59:59Z", -1 },
        { "2026-11-23T06:30:00Z", 1795415400 },
        { "2026-11-23T06:30:00.999Z", 1795415400 },
        { "2026-11-23T07:30:00+01:00", 1795415400 },
        { "2026-11-22T20:00:00.5-10:30", 1795415400 },
        { "2024-02-29T12:00:00Z", 1709208000 },
        { "2000-03-01T00:00:00Z", 951868800 },
        { "2016-12-31T23:59:60Z", 1483228800 },
        { "0000-01-01T00:00:00Z", -62167219200 },
        { "0000-03-01T00:00:00Z", -62162035200 },
        { "9999-12-31T23:59:59Z", 253402300799 }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        time = 7;

        if (!fedi_timestamp_parse(fedi_test_view(rows[i].text), &time)
            || time != rows[i].time)
        {
            fail_msg("%s: %lld", rows[i].text, (long long) time);
        }
    }
}


static void
test_bad(void **state)
{
    size_t   i;
    int64_t  time;

    static const char  *rows[] = {
        "", "2026", "2026-11-23", "2026-11-23T06:30:00", "2026-11-23T06:30Z",
        "2026-11-23 06:30:00Z", "2026-11-23t06:30:00Z", "2026-11-23T06:30:00z",
        "2026-11-23T06:30:00.Z", "2026-11-23T06:30:00,5Z",
        "2026-11-23T06:30:00ZZ", "2026-11-23T06:30:00+1:00",
        "2026-11-23T06:30:00+24:00", "2026-11-23T06:30:00+01:60",
        "2026-11-23T06:30:00*01:00", "2026-11-23T06:30:00+01-00",
        "2026-00-23T06:30:00Z", "2026-13-23T06:30:00Z",
        "2026-11-00T06:30:00Z", "2026-11-31T06:30:00Z",
        "2026-02-29T06:30:00Z", "2100-02-29T06:30:00Z",
        "2026-11-23T24:00:00Z", "2026-11-23T06:60:00Z",
        "2026-11-23T06:30:61Z", "26-11-23T06:30:00Z",
        "+2026-11-23T06:30:00Z", "2026-11-23T06:30:0xZ"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        time = 7;

        if (fedi_timestamp_parse(fedi_test_view(rows[i]), &time)
            || time != 7)
        {
            fail_msg("%s", rows[i]);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
    };

    return cmocka_run_group_tests_name("fedi_timestamp", tests, NULL, NULL);
}
