
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_accept.h"


#define PROFILE  "\"https://www.w3.org/ns/activitystreams\""


typedef struct {
    const char  *who;
    const char  *value;
    int          activity;
    int          html;
    bool         wants_activity;    /* at a page */
    bool         wants_html;        /* at a machine URL */
} accept_row_t;


/* what is sent: every row of the wire */

static const accept_row_t  sent[] = {
    { "Mastodon, Fedify, PeerTube, Pixelfed",
      "application/activity+json, application/ld+json",
      1000, -1, true, false },

    { "Mastodon, URL search",
      "application/ld+json; profile=" PROFILE
      ", application/activity+json, text/html;q=0.1",
      1000, 100, true, false },

    { "GoToSocial",
      "application/ld+json; profile=" PROFILE ",application/activity+json",
      1000, -1, true, false },

    { "Misskey, Friendica",
      "application/activity+json, application/ld+json; profile=" PROFILE,
      1000, -1, true, false },

    { "Lemmy, Pleroma, snac2, WriteFreely",
      "application/activity+json",
      1000, -1, true, false },

    { "Bridgy Fed",
      "application/activity+json, application/ld+json; profile=" PROFILE
      ", text/html; charset=utf-8; q=0.5",
      1000, 500, true, false },

    { "bare ld+json", "application/ld+json", 1000, -1, true, false },

    { "plain JSON", "application/json", -1, -1, false, false },

    { "WebFinger, Mastodon and others",
      "application/jrd+json, application/json",
      -1, -1, false, false },

    { "WebFinger, Friendica",
      "application/jrd+json,application/json;q=0.9",
      -1, -1, false, false },

    { "host-meta, Mastodon",
      "application/xrd+xml, application/xml, text/xml",
      -1, -1, false, false },

    { "Firefox",
      "text/html,application/xhtml+xml,application/xml;q=0.9,"
      "image/avif,image/webp,*/*;q=0.8",
      -1, 1000, false, true },

    { "Chrome",
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,"
      "image/webp,image/apng,*/*;q=0.8,"
      "application/signed-exchange;v=b3;q=0.7",
      -1, 1000, false, true },

    { "Internet Explorer",
      "text/html, application/xhtml+xml, */*",
      -1, 1000, false, true },

    { "curl", "*/*", -1, -1, false, false },
    { "nobody", "", -1, -1, false, false }
};


/* what RFC 9110 and the field make of it */

static const accept_row_t  rules[] = {
    { "case", "Application/Activity+JSON", 1000, -1, true, false },
    { "case of html", "TEXT/HTML", -1, 1000, false, true },
    { "xhtml", "application/xhtml+xml", -1, 1000, false, true },

    { "better", "application/activity+json;q=0.9, text/html;q=0.8",
      900, 800, true, false },
    { "tie", "text/html;q=0.5, application/activity+json;q=0.5",
      500, 500, true, false },
    { "worse", "application/activity+json;q=0.8, text/html;q=0.801",
      800, 801, false, true },
    { "default q", "application/activity+json;q=0.9, text/html",
      900, 1000, false, true },

    { "q=0", "application/activity+json;q=0", 0, -1, false, false },
    { "q=0.000", "application/activity+json;q=0.000", 0, -1, false, false },
    { "no html", "application/activity+json;q=0.1, text/html;q=0",
      100, 0, true, false },
    { "neither", "application/activity+json;q=0, text/html;q=0",
      0, 0, false, false },
    { "html alone is left", "application/activity+json;q=0, text/html;q=0.1",
      0, 100, false, true },

    { "three decimals", "application/activity+json;q=0.123",
      123, -1, true, false },
    { "one decimal", "application/activity+json;q=0.1",
      100, -1, true, false },
    { "no decimal", "application/activity+json;q=0.", 0, -1, false, false },
    { "one point", "application/activity+json;q=1.", 1000, -1, true, false },
    { "one exactly", "application/activity+json;q=1.000",
      1000, -1, true, false },
    { "Q", "application/activity+json;Q=0.5", 500, -1, true, false },
    { "q with spaces", "application/activity+json ; q=0.5 , a/b",
      500, -1, true, false },

    { "four decimals", "application/activity+json;q=0.1234",
      -1, -1, false, false },
    { "above one", "application/activity+json;q=1.001",
      -1, -1, false, false },
    { "two", "application/activity+json;q=2", -1, -1, false, false },
    { "negative", "application/activity+json;q=-1", -1, -1, false, false },
    { "no point", "application/activity+json;q=05", -1, -1, false, false },
    { "a word", "application/activity+json;q=high", -1, -1, false, false },
    { "a bad decimal", "application/activity+json;q=0.5x",
      -1, -1, false, false },
    { "empty q", "application/activity+json;q=", -1, -1, false, false },
    { "q without a value", "application/activity+json;q",
      -1, -1, false, false },
    { "two q", "application/activity+json;q=1;q=0.1", -1, -1, false, false },
    { "a bad q harms its element only",
      "application/activity+json;q=x, text/html;q=0.5",
      -1, 500, false, true },

    { "profile, case", "APPLICATION/LD+JSON; PROFILE="
      "\"HTTPS://WWW.W3.ORG/NS/ActivityStreams\"", 1000, -1, true, false },
    { "profile, no space", "application/ld+json;profile=" PROFILE,
      1000, -1, true, false },
    { "profile, spaces", "application/ld+json ;  profile = " PROFILE " ;q=0.2",
      200, -1, true, false },
    { "profile, tabs", "application/ld+json\t;\tprofile=" PROFILE "\t",
      1000, -1, true, false },
    { "profile, no quotes",
      "application/ld+json;profile=https://www.w3.org/ns/activitystreams;q=.5,"
      "application/ld+json;profile=https://www.w3.org/ns/activitystreams;q=0.3",
      300, -1, true, false },
    { "profile, single quotes",
      "application/ld+json; profile='https://www.w3.org/ns/activitystreams'",
      1000, -1, true, false },
    { "profile, escaped",
      "application/ld+json; profile=\"https:\\/\\/www.w3.org/ns/"
      "activitystreams\"", 1000, -1, true, false },
    { "profile, in a list",
      "application/ld+json; profile=\"http://www.w3.org/ns/json-ld#compacted"
      " https://www.w3.org/ns/activitystreams\"", 1000, -1, true, false },
    { "profile, first of a list",
      "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams"
      " http://www.w3.org/ns/json-ld#compacted\"", 1000, -1, true, false },
    { "another profile",
      "application/ld+json; profile=\"http://www.w3.org/ns/json-ld#flattened\"",
      -1, -1, false, false },
    { "a longer profile",
      "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams2\"",
      -1, -1, false, false },
    { "a shorter profile",
      "application/ld+json; profile=\"https://www.w3.org/ns/activitystream\"",
      -1, -1, false, false },
    { "an empty profile", "application/ld+json; profile=\"\"",
      -1, -1, false, false },
    { "the profile wins over bare",
      "application/ld+json;q=0.9, application/ld+json;q=0.2;profile=" PROFILE,
      200, -1, true, false },
    { "the profile wins when it excludes",
      "application/ld+json;profile=" PROFILE ";q=0, application/ld+json",
      0, -1, false, false },
    { "another profile leaves bare alone",
      "application/ld+json;q=0.4, application/ld+json;profile=\"x:y\"",
      400, -1, true, false },

    { "parameters of the type",
      "application/activity+json; charset=utf-8; q=0.7",
      700, -1, true, false },
    { "a comma in quotes",
      "text/html;a=\"x, application/activity+json\"",
      -1, 1000, false, true },
    { "a quote in quotes",
      "text/html;a=\"x\\\", application/activity+json, \";q=0.5",
      -1, 500, false, true },
    { "q in quotes", "text/html;a=\";q=0.1\"", -1, 1000, false, true },
    { "no end of quotes",
      "text/html, a/b;c=\"application/activity+json, ",
      -1, 1000, false, true },
    { "nothing after a backslash", "text/html, a/b;c=\"\\",
      -1, 1000, false, true },
    { "empty elements", ", ,application/activity+json,,",
      1000, -1, true, false },
    { "empty parameters", "application/activity+json;;q=0.5;",
      500, -1, true, false },
    { "a parameter without a value", "application/activity+json;q=0.5;level",
      500, -1, true, false },

    { "no subtype", "application", -1, -1, false, false },
    { "a space in the type", "application /activity+json",
      -1, -1, false, false },
    { "a space in the subtype", "application/activity +json",
      -1, -1, false, false },
    { "more behind", "application/activity+json x", -1, -1, false, false },
    { "another type", "application/activity+jsonl", -1, -1, false, false },
    { "a part of it", "application/activity+jso", -1, -1, false, false },
    { "another tree", "text/activity+json", -1, -1, false, false },
    { "a colon", "application/activity+json:q=1", -1, -1, false, false },

    { "wildcard ties", "application/activity+json, */*",
      1000, -1, true, false },
    { "wildcard speaks for html", "application/activity+json;q=0.5, */*;q=0.8",
      500, -1, false, false },
    { "text/* speaks for html",
      "application/activity+json;q=0.5, text/*;q=0.6, */*;q=0.1",
      500, -1, false, false },
    { "text/* wins over */*",
      "application/activity+json;q=0.5, text/*;q=0.1, */*;q=0.8",
      500, -1, true, false },
    { "named html wins over text/*",
      "application/activity+json;q=0.5, text/html;q=0.1, text/*;q=0.8",
      500, 100, true, false },
    { "a wildcard is no wish for activity", "application/*",
      -1, -1, false, false },
    { "application/* is better", "text/html;q=0.5, application/*;q=0.6",
      -1, 500, false, false },
    { "application/* wins over */*",
      "text/html;q=0.5, application/*;q=0.4, */*;q=0.6",
      -1, 500, false, true },
    { "*/* is better", "text/html;q=0.5, */*;q=0.6", -1, 500, false, false },
    { "*/* is worse", "text/html;q=0.7, */*;q=0.6", -1, 700, false, true }
};


static void
accept_rows(const accept_row_t *row, size_t n)
{
    fedi_accept_t  accept;

    for ( /* void */ ; n != 0; n--, row++) {
        fedi_accept_init(&accept);
        fedi_accept_add(&accept, fedi_test_view(row->value));

        if (fedi_accept_activity(&accept) != row->activity
            || fedi_accept_html(&accept) != row->html)
        {
            fail_msg("%s: activity %d, html %d; want %d, %d", row->who,
                     fedi_accept_activity(&accept),
                     fedi_accept_html(&accept), row->activity, row->html);
        }

        if (fedi_accept_wants_activity(&accept) != row->wants_activity) {
            fail_msg("%s: at a page", row->who);
        }

        if (fedi_accept_wants_html(&accept) != row->wants_html) {
            fail_msg("%s: at a machine URL", row->who);
        }

        if (row->activity != -1
            && !fedi_accept_may_want_activity(fedi_test_view(row->value)))
        {
            fail_msg("%s: missed without parsing", row->who);
        }

        if (row->html != -1
            && !fedi_accept_may_want_html(fedi_test_view(row->value)))
        {
            fail_msg("%s: html missed without parsing", row->who);
        }
    }
}


static void
test_sent(void **state)
{
    (void) state;

    accept_rows(sent, FEDI_N(sent));
}


static void
test_rules(void **state)
{
    (void) state;

    accept_rows(rules, FEDI_N(rules));
}


static void
test_several_lines(void **state)
{
    fedi_accept_t  accept;

    (void) state;

    fedi_accept_init(&accept);
    fedi_accept_add(&accept, fedi_str("text/html;q=0.3"));
    fedi_accept_add(&accept, fedi_str("application/activity+json;q=0.2"));
    fedi_accept_add(&accept, fedi_str("application/activity+json;q=0.4"));
    fedi_accept_add(&accept, fedi_str("application/activity+json;q=0.3"));
    fedi_accept_add(&accept, fedi_null_str);

    assert_int_equal(fedi_accept_activity(&accept), 400);
    assert_int_equal(fedi_accept_html(&accept), 300);
}


/* the element that the limit cuts, and all behind it, say nothing */

static void
test_limit(void **state)
{
    char           line[FEDI_ACCEPT_MAX + 64];
    size_t         len;
    fedi_str_t     value;
    fedi_accept_t  accept;

    (void) state;

    value = fedi_str("text/html,application/activity+json");

    for (len = FEDI_ACCEPT_MAX; len <= FEDI_ACCEPT_MAX + 1; len++) {
        memset(line, ' ', sizeof(line));
        memcpy(line, value.data, value.len);

        fedi_accept_init(&accept);
        fedi_accept_add(&accept, (fedi_str_t) { line, len });

        assert_int_equal(fedi_accept_html(&accept), 1000);
        assert_int_equal(fedi_accept_activity(&accept),
                         len == FEDI_ACCEPT_MAX ? 1000 : -1);
    }

    memset(line, ',', sizeof(line));
    memcpy(line + FEDI_ACCEPT_MAX, ",text/html", 10);

    fedi_accept_init(&accept);
    fedi_accept_add(&accept, (fedi_str_t) { line, FEDI_ACCEPT_MAX + 10 });
    assert_int_equal(fedi_accept_html(&accept), -1);
}


/* what may name ActivityPub is seen for the price of looking for a "+" */

static void
test_may_want(void **state)
{
    size_t  i;

    static const struct {
        const char  *value;
        bool         may_want;
    } rows[] = {
        { "+json", true },
        { "x+JSON", true },
        { "++json", true },
        { "+jso+json", true },
        { "a+b+JsOn;q=0.1", true },

        { "", false },
        { "+", false },
        { "json", false },
        { "+jso", false },
        { "*/*", false },
        { "text/html,application/xhtml+xml,application/xml;q=0.9,"
          "image/avif,image/webp,image/jpeg,image/svg+xml,*/*;q=0.8", false }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        if (fedi_accept_may_want_activity(fedi_test_view(rows[i].value))
            != rows[i].may_want)
        {
            fail_msg("\"%s\"", rows[i].value);
        }
    }

    /* the "n" is behind the end of the view */

    assert_false(fedi_accept_may_want_activity((fedi_str_t) { "+json", 4 }));
    assert_false(fedi_accept_may_want_activity(fedi_null_str));
}


static void
test_may_want_html(void **state)
{
    size_t  i;
    char    line[] = "aaaaaaaahTmLaaaaaaaa";

    (void) state;

    /* wherever it begins, and whatever ends behind it */

    for (i = 0; i <= 8; i++) {
        assert_true(fedi_accept_may_want_html((fedi_str_t) { line + i, 12 }));
        assert_true(fedi_accept_may_want_html(
                        (fedi_str_t) { line + i, 12 - i }));
        assert_false(fedi_accept_may_want_html(
                         (fedi_str_t) { line + i, 11 - i }));
    }

    assert_true(fedi_accept_may_want_html(fedi_str("html")));
    assert_true(fedi_accept_may_want_html(fedi_str("text/HTML;q=0.1")));
    assert_true(fedi_accept_may_want_html(fedi_str("hhtml")));

    assert_false(fedi_accept_may_want_html(
                     fedi_str("application/activity+json, */*")));
    assert_false(fedi_accept_may_want_html(fedi_str("text/htm")));
    assert_false(fedi_accept_may_want_html((fedi_str_t) { "html", 3 }));
    assert_false(fedi_accept_may_want_html(fedi_null_str));
}


static void
test_names(void **state)
{
    size_t                                            i;
    fedi_accept_t                                     accept;
    static const struct { const char *v; bool want; }  rows[] = {
        { "application/activity+json", true },
        { "application/activity+json;q=0", false },
        { "application/ld+json; profile="
          "\"https://www.w3.org/ns/activitystreams\"", true },
        { "application/ld+json", false },
        { "application/ld+json; profile=\"https://x.example/\"", false },
        { "*/*", false },
        { "text/html", false }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fedi_accept_init(&accept);
        fedi_accept_add(&accept, fedi_test_view(rows[i].v));

        if (fedi_accept_names_activity(&accept) != rows[i].want) {
            fail_msg("\"%s\"", rows[i].v);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_sent),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_several_lines),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_may_want),
        cmocka_unit_test(test_may_want_html),
        cmocka_unit_test(test_names)
    };

    return cmocka_run_group_tests_name("fedi_accept", tests, NULL, NULL);
}
