
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_media_type.h"


static void
test_endings(void **state)
{
    size_t  i;

    static const struct {
        const char  *path;
        const char  *type;
    } rows[] = {
        { "/img/logo.png", "image/png" },
        { "/img/LOGO.PNG", "image/png" },
        { "/a.jpg", "image/jpeg" },
        { "/a.jpeg", "image/jpeg" },
        { "/a.webp", "image/webp" },
        { "/a.gif", "image/gif" },
        { "/a.svg", "image/svg+xml" },
        { "/a.avif", "image/avif" },
        { "/a.apng", "image/apng" },
        { "/a.heic", "image/heic" },
        { "/a.bmp", "image/bmp" },
        { "/favicon.ico", "image/vnd.microsoft.icon" },
        { "/a.gif.png", "image/png" },
        { "a.png", "image/png" },

        { "", "" },
        { "/", "" },
        { "/png", "" },
        { "/.png", "" },
        { ".png", "" },
        { "/a.", "" },
        { "/a.pngx", "" },
        { "/a.xpng", "" },
        { "/a.png/", "" },
        { "/a.png/b", "" },
        { "/a.html", "" }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_eq(rows[i].path,
                     fedi_media_type_of(fedi_test_view(rows[i].path)),
                     rows[i].type);
    }

    assert_int_equal(fedi_media_type_of(fedi_null_str).len, 0);
}


static void
test_shown(void **state)
{
    (void) state;

    assert_true(fedi_media_type_shown(fedi_str("image/png")));
    assert_true(fedi_media_type_shown(fedi_str("image/jpeg")));
    assert_true(fedi_media_type_shown(fedi_str("IMAGE/GIF")));
    assert_true(fedi_media_type_shown(fedi_str("image/webp; q=1")));
    assert_true(fedi_media_type_shown(fedi_str("image/png ;x")));

    assert_false(fedi_media_type_shown(fedi_str("image/svg+xml")));
    assert_false(fedi_media_type_shown(fedi_str("image/vnd.microsoft.icon")));
    assert_false(fedi_media_type_shown(fedi_str("image/avif")));
    assert_false(fedi_media_type_shown(fedi_str("image/pngx")));
    assert_false(fedi_media_type_shown(fedi_str("image/")));
    assert_false(fedi_media_type_shown(fedi_str("")));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_endings),
        cmocka_unit_test(test_shown)
    };

    return cmocka_run_group_tests_name("fedi_media_type", tests, NULL, NULL);
}
