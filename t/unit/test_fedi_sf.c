
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _POSIX_C_SOURCE  200809L

#include <stdio.h>

#include "fedi_test.h"

#include "fedi_sf.h"


typedef struct {
    const char  *text;
    const char  *want;      /* as show() writes it, or NULL: FEDI_ESF */
} sf_row_t;


static void
show_value(FILE *out, const fedi_sf_value_t *value)
{
    size_t  i;

    static const char *const  kinds[] = {
        "?", "", "d", "@", "s", "t", "b", "u"
    };

    fputs(kinds[value->kind], out);

    if (value->kind <= FEDI_SF_DATE) {
        fprintf(out, "%lld", (long long) value->number);
        return;
    }

    for (i = 0; i < value->text.len; i++) {
        fprintf(out, value->kind == FEDI_SF_BYTES ? "%02x" : "%c",
                (unsigned char) value->text.data[i]);
    }
}


static void
show_parameters(FILE *out, const fedi_sf_parameter_t *list)
{
    for ( ; list != NULL; list = list->next) {
        fprintf(out, ";%.*s=", (int) list->name.len, list->name.data);
        show_value(out, &list->value);
    }
}


static void
show(FILE *out, const fedi_sf_dictionary_t *dictionary)
{
    const fedi_sf_item_t    *item;
    const fedi_sf_member_t  *member;

    for (member = dictionary->members; member; member = member->next) {
        fprintf(out, "%.*s=", (int) member->name.len, member->name.data);

        if (member->list) {
            fputc('(', out);

            for (item = member->items; item != NULL; item = item->next) {
                show_value(out, &item->value);
                show_parameters(out, item->parameters);
                fputs(item->next != NULL ? " " : "", out);
            }

            fputc(')', out);

        } else {
            show_value(out, &member->value);
        }

        show_parameters(out, member->parameters);
        fputs(member->next != NULL ? "," : "", out);
    }

    fputs(dictionary->repeated ? "!" : "", out);
}


static void
check(const sf_row_t *rows, size_t n)
{
    char                  *got;
    FILE                  *out;
    size_t                 i, size;
    fedi_heap_t            heap;
    fedi_sf_dictionary_t   dictionary;

    for (i = 0; i < n; i++) {
        fedi_heap_init(&heap);

        fedi_test_err(rows[i].text,
                      fedi_sf_parse(&heap.arena, fedi_test_view(rows[i].text),
                                    &dictionary),
                      rows[i].want != NULL ? FEDI_OK : FEDI_ESF);

        if (rows[i].want != NULL) {
            out = open_memstream(&got, &size);
            assert_non_null(out);
            show(out, &dictionary);
            fclose(out);

            fedi_test_eq(rows[i].text, (fedi_str_t) { got, size },
                         rows[i].want);
            free(got);
        }

        fedi_heap_free(&heap);
    }
}


static void
test_dictionary(void **state)
{
    static const sf_row_t  rows[] = {
        { "", "" },
        { "   ", "" },
        { "a=1", "a=1" },
        { " a=1 ", "a=1" },
        { "a=1,b=2", "a=1,b=2" },
        { "a=1 ,\t b=2\t", "a=1,b=2" },
        { "a", "a=?1" },
        { "a, b;x, c=?0", "a=?1,b=?1;x=?1,c=?0" },
        { "*a_-.9=1", "*a_-.9=1" },
        { "a=1, a=2", "a=2!" },
        { "a=1, b=3, a=2", "a=2,b=3!" },
        { "a=(1), a", "a=?1!" },
        { "a=1;x=1;y=2;x=3", "a=1;x=3;y=2!" },
        { "a=1; x; \x20y=t", "a=1;x=?1;y=tt" },

        { "a=1,", NULL },
        { "a=1, ", NULL },
        { ",a=1", NULL },
        { "a=1,,b=2", NULL },
        { "a=1 b=2", NULL },
        { "a =1", NULL },
        { "a= 1", NULL },
        { "a=", NULL },
        { "=1", NULL },
        { "A=1", NULL },
        { "1a=1", NULL },
        { "-a=1", NULL },
        { "\ta=1", NULL },
        { "a=1 ;x", NULL },
        { "a=1;", NULL },
        { "a=1;X=1", NULL },
        { "a=1;x=", NULL }
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


static void
test_list(void **state)
{
    static const sf_row_t  rows[] = {
        { "a=()", "a=()" },
        { "a=(  )", "a=()" },
        { "a=(\"x\"  \"y\";q=1 )", "a=(sx sy;q=1)" },
        { "a=(1 2);n=\"k\";m", "a=(1 2);n=sk;m=?1" },
        { "a=(), b=(:AA==: t/x:y ?1 @5 1.5)",
          "a=(),b=(b00 tt/x:y ?1 @5 d1500)" },

        { "a=(", NULL },
        { "a=(1", NULL },
        { "a=(1,2)", NULL },
        { "a=(1\t2)", NULL },
        { "a=(\"x\"\"y\")", NULL },
        { "a=((1))", NULL },
        { "a=(1))", NULL },
        { "(1)", NULL }
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


/* what a text was, as it is signed */

static void
test_raw(void **state)
{
    fedi_heap_t              heap;
    fedi_sf_dictionary_t     dictionary;
    const fedi_sf_member_t  *member;

    (void) state;

    fedi_heap_init(&heap);

    assert_int_equal(
        fedi_sf_parse(&heap.arena,
                      fedi_str("x, sig1=( \"@method\";req \"b\");created=1 , "
                               "z=1"),
                      &dictionary),
        FEDI_OK);

    member = fedi_sf_member(&dictionary, fedi_str("sig1"));
    assert_non_null(member);
    fedi_test_eq("member", member->raw,
                 "( \"@method\";req \"b\");created=1");
    fedi_test_eq("item", member->items->raw, "\"@method\";req");
    assert_int_equal(fedi_sf_parameter(member->parameters,
                                       fedi_str("created"))->number, 1);
    assert_null(fedi_sf_parameter(member->parameters, fedi_str("creat")));
    assert_null(fedi_sf_member(&dictionary, fedi_str("sig")));

    member = fedi_sf_member(&dictionary, fedi_str("z"));
    assert_non_null(member);
    fedi_test_eq("last", member->raw, "1");

    fedi_heap_free(&heap);
}


static void
repeat(const char *head, const char *part, size_t n, const char *tail,
    fedi_err_e want)
{
    char                  *text;
    FILE                  *out;
    size_t                 i, size;
    fedi_heap_t            heap;
    fedi_sf_dictionary_t   dictionary;

    out = open_memstream(&text, &size);
    assert_non_null(out);
    fputs(head, out);

    for (i = 0; i < n; i++) {
        fprintf(out, part, (unsigned) i);
    }

    fputs(tail, out);
    fclose(out);

    fedi_heap_init(&heap);
    fedi_test_err(part, fedi_sf_parse(&heap.arena,
                                      (fedi_str_t) { text, size },
                                      &dictionary), want);
    fedi_heap_free(&heap);
    free(text);
}


static void
test_limits(void **state)
{
    (void) state;

    repeat("z", ",a%u", FEDI_SF_MEMBERS_MAX - 1, "", FEDI_OK);
    repeat("z", ",a%u", FEDI_SF_MEMBERS_MAX, "", FEDI_ELIMIT);
    repeat("z=(", " %u", FEDI_SF_ITEMS_MAX, ")", FEDI_OK);
    repeat("z=(", " %u", FEDI_SF_ITEMS_MAX + 1, ")", FEDI_ELIMIT);
    repeat("z", ";a%u", FEDI_SF_PARAMETERS_MAX, "", FEDI_OK);
    repeat("z", ";a%u", FEDI_SF_PARAMETERS_MAX + 1, "", FEDI_ELIMIT);
}


static fedi_err_e
parse_all(fedi_arena_t *arena)
{
    fedi_sf_dictionary_t  dictionary;

    return fedi_sf_parse(arena, fedi_str("a=(\"x\\\\\";p=:AA==:);q, "
                                         "b=%\"c\""), &dictionary);
}


static void
test_memory(void **state)
{
    (void) state;

    assert_int_equal(fedi_test_dry(parse_all), 8);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_dictionary),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_raw),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_memory)
    };

    return cmocka_run_group_tests_name("fedi_sf", tests, NULL, NULL);
}
