
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdio.h>

#include "fedi_test.h"

#include "fedi_signature_message.h"


#define KEY  ";created=1;keyid=\"https://a.example/u#main-key\""


/* the reason of the only signature, and of the fields before it */

static fedi_signature_e
parse(fedi_heap_t *heap, const char *input, const char *value,
    fedi_signature_t *signature)
{
    fedi_signature_e         rc;
    fedi_signature_fields_t  fields;

    rc = fedi_signature_fields(&heap->arena, fedi_test_view(input),
                               fedi_test_view(value), &fields);

    return rc == FEDI_SIGNATURE_VALID
           ? fedi_signature_member(&fields, fields.inputs.members, signature)
           : rc;
}


static void
test_fine(void **state)
{
    fedi_heap_t       heap;
    fedi_signature_t  s;

    (void) state;

    fedi_heap_init(&heap);

    assert_int_equal(parse(&heap, "sig1=(\"@method\" \"@target-uri\" "
                           "\"content-digest\");created=1618884473;"
                           "keyid=\"https://a.example/u#main-key\";"
                           "alg=\"rsa-v1_5-sha256\";expires=1618884773;"
                           "tag=\"x\";nonce=:AA==:",
                           "sig1=:c2ln:", &s),
                     FEDI_SIGNATURE_VALID);

    assert_int_equal(s.scheme, FEDI_SCHEME_RFC9421);
    fedi_test_eq("key id", s.key_id, "https://a.example/u#main-key");
    fedi_test_eq("algorithm", s.algorithm, "rsa-v1_5-sha256");
    assert_true(s.has_created && s.created == 1618884473);
    assert_true(s.has_expires && s.expires == 1618884773);
    assert_int_equal(s.ncovered, 3);
    fedi_test_eq("covered", s.covered[1], "@target-uri");
    assert_true(fedi_signature_covers(&s, fedi_str("content-digest")));
    assert_int_equal(s.len, 3);
    assert_memory_equal(s.bytes, "sig", 3);

    assert_int_equal(parse(&heap, "a=(\"@method\")" KEY, "b=:AA==:, a=:c2ln:",
                           &s), FEDI_SIGNATURE_VALID);
    assert_int_equal(s.len, 3);
    assert_false(s.has_expires);
    assert_int_equal(s.algorithm.len, 0);

    fedi_heap_free(&heap);
}


typedef struct {
    const char        *input;
    const char        *value;
    fedi_signature_e   want;
} message_row_t;


static void
check(const message_row_t *rows, size_t n)
{
    size_t            i;
    fedi_heap_t       heap;
    fedi_signature_e  got;
    fedi_signature_t  s;

    for (i = 0; i < n; i++) {
        fedi_heap_init(&heap);

        got = parse(&heap, rows[i].input, rows[i].value, &s);

        if (got != rows[i].want) {
            fail_msg("%s, %s: got \"%s\", want \"%s\"", rows[i].input,
                     rows[i].value, fedi_signature_text(got).data,
                     fedi_signature_text(rows[i].want).data);
        }

        fedi_heap_free(&heap);
    }
}


static void
test_fields(void **state)
{
    static const message_row_t  rows[] = {
        { "", "", FEDI_SIGNATURE_NONE },
        { "a", "a=:AA==:", FEDI_SIGNATURE_MALFORMED },
        { "a=1", "a=:AA==:", FEDI_SIGNATURE_MALFORMED },
        { "a=(", "a=:AA==:", FEDI_SIGNATURE_MALFORMED },
        { "a=()" KEY, "a=\"AA==\"", FEDI_SIGNATURE_MALFORMED },
        { "a=()" KEY, "a=(:AA==:)", FEDI_SIGNATURE_NO_SIGNATURE },
        { "a=()" KEY, "a=::", FEDI_SIGNATURE_NO_SIGNATURE },
        { "a=()" KEY, "", FEDI_SIGNATURE_NO_SIGNATURE },
        { "a=()" KEY, "A=:AA==:", FEDI_SIGNATURE_MALFORMED },
        { "a=()" KEY, "b=:AA==:", FEDI_SIGNATURE_NO_SIGNATURE },

        /* R21, R22 */
        { "a=()" KEY ", a=()" KEY, "a=:AA==:",
          FEDI_SIGNATURE_DUPLICATE_PARAMETER },
        { "a=()" KEY, "a=:AA==:, a=:AA==:",
          FEDI_SIGNATURE_DUPLICATE_PARAMETER },
        { "a=()" KEY ";keyid=\"k\"", "a=:AA==:",
          FEDI_SIGNATURE_DUPLICATE_PARAMETER },
        { "a=(\"x\";q;q)" KEY, "a=:AA==:",
          FEDI_SIGNATURE_DUPLICATE_PARAMETER },
        { "a=(), b=(), c=(), d=(), e=()", "a=:AA==:",
          FEDI_SIGNATURE_TOO_LONG },
        { "a=()" KEY ", b=(), c=(), d=()", "a=:AA==:",
          FEDI_SIGNATURE_VALID }
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


static void
test_parameters(void **state)
{
    static const message_row_t  rows[] = {
        { "a=();created=1", "a=:AA==:", FEDI_SIGNATURE_NO_KEY_ID },
        { "a=();created=1;keyid=\"\"", "a=:AA==:",
          FEDI_SIGNATURE_NO_KEY_ID },
        { "a=();created=1;keyid=k", "a=:AA==:", FEDI_SIGNATURE_MALFORMED },
        { "a=();created=\"1\";keyid=\"k\"", "a=:AA==:",
          FEDI_SIGNATURE_MALFORMED },
        { "a=();created=1.5;keyid=\"k\"", "a=:AA==:",
          FEDI_SIGNATURE_MALFORMED },
        { "a=()" KEY ";expires=@5", "a=:AA==:", FEDI_SIGNATURE_MALFORMED },
        { "a=()" KEY ";alg=rsa", "a=:AA==:", FEDI_SIGNATURE_MALFORMED },

        /* R15 */
        { "a=()" KEY ";alg=\"rsa-pss-sha512\"", "a=:AA==:",
          FEDI_SIGNATURE_ALGORITHM },
        { "a=()" KEY ";alg=\"hmac-sha256\"", "a=:AA==:",
          FEDI_SIGNATURE_ALGORITHM },
        { "a=()" KEY ";alg=\"RSA-V1_5-SHA256\"", "a=:AA==:",
          FEDI_SIGNATURE_ALGORITHM },
        { "a=()" KEY ";alg=\"ed25519\"", "a=:AA==:", FEDI_SIGNATURE_VALID }
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


static void
test_components(void **state)
{
    static const message_row_t  rows[] = {
        { "a=(date)" KEY, "a=:AA==:", FEDI_SIGNATURE_MALFORMED },
        { "a=(\"date\" \"date\")" KEY, "a=:AA==:",
          FEDI_SIGNATURE_DUPLICATE_COVERED },
        { "a=(\"Date\")" KEY, "a=:AA==:", FEDI_SIGNATURE_UNKNOWN_COVERED },
        { "a=(\"\")" KEY, "a=:AA==:", FEDI_SIGNATURE_UNKNOWN_COVERED },
        { "a=(\"a b\")" KEY, "a=:AA==:", FEDI_SIGNATURE_UNKNOWN_COVERED },
        { "a=(\"@status\")" KEY, "a=:AA==:",
          FEDI_SIGNATURE_UNKNOWN_COVERED },
        { "a=(\"@signature-params\")" KEY, "a=:AA==:",
          FEDI_SIGNATURE_UNKNOWN_COVERED },
        { "a=(\"@query-param\";name=\"a\")" KEY, "a=:AA==:",
          FEDI_SIGNATURE_UNKNOWN_COVERED },
        { "a=(\"date\";sf)" KEY, "a=:AA==:",
          FEDI_SIGNATURE_UNKNOWN_COVERED },
        { "a=(\"@method\";req)" KEY, "a=:AA==:",
          FEDI_SIGNATURE_UNKNOWN_COVERED }
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


static void
test_limits(void **state)
{
    char                    *text;
    fedi_heap_t              heap;
    fedi_signature_t         s;
    fedi_signature_fields_t  fields;

    static const char  input[] = "a=()" KEY;

    (void) state;

    fedi_heap_init(&heap);

    text = fedi_alloc(&heap.arena, 2 * FEDI_SIGNATURE_VALUE_MAX);
    assert_non_null(text);

    memset(text, ' ', FEDI_SIGNATURE_VALUE_MAX + 1);
    memcpy(text, input, sizeof(input) - 1);

    assert_int_equal(
        fedi_signature_fields(&heap.arena,
                              (fedi_str_t) { text, FEDI_SIGNATURE_VALUE_MAX },
                              fedi_str("a=:AA==:"), &fields),
        FEDI_SIGNATURE_VALID);
    assert_int_equal(
        fedi_signature_fields(&heap.arena,
                              (fedi_str_t) { text,
                                             FEDI_SIGNATURE_VALUE_MAX + 1 },
                              fedi_str("a=:AA==:"), &fields),
        FEDI_SIGNATURE_TOO_LONG);

    /* the largest signature there is, and one byte more */

    memset(text, 'A', FEDI_SIGNATURE_VALUE_MAX);
    memcpy(text, "a=:", 3);
    memcpy(text + 3 + FEDI_KEY_SIGNATURE_MAX / 3 * 4, "AA:", sizeof("AA:"));
    assert_int_equal(parse(&heap, input, text, &s), FEDI_SIGNATURE_VALID);
    assert_int_equal(s.len, FEDI_KEY_SIGNATURE_MAX);

    memcpy(text + 3 + FEDI_KEY_SIGNATURE_MAX / 3 * 4, "AAA:", sizeof("AAA:"));
    assert_int_equal(parse(&heap, input, text, &s),
                     FEDI_SIGNATURE_MALFORMED);

    fedi_heap_free(&heap);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_fine),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_components),
        cmocka_unit_test(test_limits)
    };

    return cmocka_run_group_tests_name("fedi_signature_message", tests, NULL,
                                       NULL);
}
