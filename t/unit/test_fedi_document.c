
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
test_stamp(void **state)
{
    fedi_document_t  document = { .updated = 784111777 };

    (void) state;

    document.body = fedi_str("abc");

    assert_true(fedi_document_stamp(&document));
    fedi_test_eq("abc", (fedi_str_t) { document.etag, FEDI_ETAG_LEN },
                 "\"ba7816bf8f01cfea414140de5dae2223\"");
    fedi_test_eq("its date", (fedi_str_t) { document.date,
                                            FEDI_HTTP_DATE_LEN },
                 "Sun, 06 Nov 1994 08:49:37 GMT");

    document.body = fedi_null_str;

    assert_true(fedi_document_stamp(&document));
    fedi_test_eq("nothing", (fedi_str_t) { document.etag, FEDI_ETAG_LEN },
                 "\"e3b0c44298fc1c149afbf4c8996fb924\"");

    document.updated = INT64_MAX;

    assert_false(fedi_document_stamp(&document));
}


static void
test_copy(void **state)
{
    char             bytes[64];
    fedi_document_t  copy, document = { .status = 200, .updated = 7 };

    (void) state;

    document.uri = fedi_str("id");
    document.actor = fedi_str("whose");
    document.body = fedi_str("{}");

    assert_int_equal(fedi_document_len(&document), 9);

    fedi_document_copy(&copy, &document, bytes);

    assert_int_equal(copy.status, 200);
    assert_int_equal(copy.updated, 7);
    assert_ptr_equal(copy.uri.data, bytes);
    fedi_test_eq("uri", copy.uri, "id");
    fedi_test_eq("url", copy.url, "");
    fedi_test_eq("actor", copy.actor, "whose");
    fedi_test_eq("body", copy.body, "{}");
    assert_ptr_equal(copy.body.data, bytes + 7);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_kind),
        cmocka_unit_test(test_stamp),
        cmocka_unit_test(test_copy)
    };

    return cmocka_run_group_tests_name("fedi_document", tests, NULL, NULL);
}
