
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_html.h"


/* the raw href of the first rel=me, or "-" */

static fedi_str_t
find_me(const char *html)
{
    fedi_str_t       rest, value;
    fedi_html_tag_t  tag;

    rest = fedi_test_view(html);

    while (fedi_html_next(&rest, &tag)) {
        if (fedi_html_attribute(&tag, fedi_str("rel"), &value)
            && fedi_html_has_word(value, fedi_str("me"))
            && fedi_html_attribute(&tag, fedi_str("href"), &value))
        {
            return value;
        }
    }

    return fedi_str("-");
}


static void
test_links(void **state)
{
    size_t  i;

    static const struct {
        const char  *html;
        const char  *href;
    } rows[] = {
        { "<a rel=\"me\" href=\"/x\">", "/x" },
        { "<A HREF='/x' REL='me'>", "/x" },
        { "<a href=/x rel=me>", "/x" },
        { "<a\nhref = /x\trel = \"nofollow ME noopener\" >", "/x" },
        { "<link href=\"/x\" rel=\"me\"/>", "/x" },
        { "<p><a>a</a><a rel=me href=/y>", "/y" },
        { "<a title=\"<a rel=me href=/no>\" rel=me href=/x>", "/x" },
        { "<!-- <a rel=me href=/no> --><a rel=me href=/x>", "/x" },
        { "<!--><a rel=me href=/x>", "/x" },
        { "<script>\"<a rel=me href=/no>\"</script><a rel=me href=/x>",
          "/x" },
        { "<STYLE></p></style ><a rel=me href=/x>", "/x" },
        { "<!doctype html><a rel=me href=/x>", "/x" },
        { "1 < 2 <a rel=me href=/x>", "/x" },
        { "<a rel=me href=/x", "/x" },
        { "<a rel=me href=/x href=/no>", "/x" },
        { "<a rel=me href>", "" },

        { "", "-" },
        { "<", "-" },
        { "<a", "-" },
        { "<a rel=me>", "-" },
        { "<a rel=met href=/x>", "-" },
        { "</a rel=me href=/x>", "-" },
        { "<!-- <a rel=me href=/x>", "-" },
        { "<script><a rel=me href=/x>", "-" },
        { "<textarea><a rel=me href=/x></textarea>", "-" },
        { "<a title=\"rel=me href=/x>", "-" }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_eq(rows[i].html, find_me(rows[i].html), rows[i].href);
    }
}


static void
test_meaning(void **state)
{
    char        to[64];
    fedi_str_t  raw, text;

    (void) state;

    raw = fedi_str(" /?a=1&amp;b=2&#38;c=&#x26;&quot; \n");
    text.data = to;
    text.len = fedi_html_decode(raw, to);

    fedi_test_eq("decoded", text, "/?a=1&b=2&c=&\"");
    assert_true(fedi_html_means(raw, text));
    assert_true(fedi_html_means(fedi_str("&commat;a&period;b"),
                                fedi_str("@a.b")));
    assert_true(fedi_html_means(fedi_str("a&b&amp"), fedi_str("a&b&amp")));
    assert_true(fedi_html_means(fedi_str("&#;&#x;&#999;&#0;"),
                                fedi_str("&#;&#x;&#999;&#0;")));

    assert_false(fedi_html_means(fedi_str("/x"), fedi_str("/xy")));
    assert_false(fedi_html_means(fedi_str("/xy"), fedi_str("/x")));
    assert_false(fedi_html_means(fedi_str("/X"), fedi_str("/x")));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_meaning)
    };

    return cmocka_run_group_tests_name("fedi_html", tests, NULL, NULL);
}
