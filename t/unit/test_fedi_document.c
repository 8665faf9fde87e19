
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_document.h"


static void
test_kind(void **state)
{
    size_t                i;
    fedi_document_kind_e  kind;

    static const struct {
        const char            *text;
        fedi_document_kind_e   kind;
    } rows[] = {
        { "actor", FEDI_DOCUMENT_ACTOR },
        { "object", FEDI_DOCUMENT_OBJECT },
        { "activity", FEDI_DOCUMENT_ACTIVITY },
        { "collection", FEDI_DOCUMENT_COLLECTION },
        { "usage", FEDI_DOCUMENT_USAGE }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        assert_true(fedi_document_kind_parse(fedi_test_view(rows[i].text),
                                             &kind));
        assert_int_equal(kind, rows[i].kind);
    }

    kind = FEDI_DOCUMENT_ACTIVITY;

    assert_false(fedi_document_kind_parse(fedi_str("actors"), &kind));
    assert_false(fedi_document_kind_parse(fedi_str("Actor"), &kind));
    assert_false(fedi_document_kind_parse(fedi_str("acto"), &kind));
    assert_false(fedi_document_kind_parse(fedi_null_str, &kind));

    assert_int_equal(kind, FEDI_DOCUMENT_ACTIVITY);
}


/* the first 16 bytes of SHA-256 by FIPS 180-4's examples */

static void
test_etag(void **state)
{
    char  etag[FEDI_ETAG_LEN];

    (void) state;

    assert_true(fedi_document_etag(fedi_str("abc"), etag));
    fedi_test_eq("abc", (fedi_str_t) { etag, sizeof(etag) },
                 "\"ba7816bf8f01cfea414140de5dae2223\"");

    assert_true(fedi_document_etag(fedi_null_str, etag));
    fedi_test_eq("nothing", (fedi_str_t) { etag, sizeof(etag) },
                 "\"e3b0c44298fc1c149afbf4c8996fb924\"");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_kind),
        cmocka_unit_test(test_etag)
    };

    return cmocka_run_group_tests_name("fedi_document", tests, NULL, NULL);
}
