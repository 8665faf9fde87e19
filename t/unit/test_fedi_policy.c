
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdio.h>

#include "fedi_test.h"

#include "fedi_policy.h"


static fedi_str_t
text(const char *s)
{
    return (fedi_str_t) { s, strlen(s) };
}


static void
test_severities(void **state)
{
    int            i;
    fedi_policy_e  severity;

    (void) state;

    for (i = FEDI_POLICY_ALLOW; i < FEDI_POLICIES; i++) {
        assert_true(fedi_policy_parse(fedi_policy_text((fedi_policy_e) i),
                                      &severity));
        assert_int_equal(severity, i);
    }

    fedi_test_eq("suspend", fedi_policy_text(FEDI_POLICY_SUSPEND), "suspend");
    fedi_test_eq("limit", fedi_policy_text(FEDI_POLICY_LIMIT), "limit");
    fedi_test_eq("media", fedi_policy_text(FEDI_POLICY_REJECT_MEDIA),
                 "reject_media");
    fedi_test_eq("allow", fedi_policy_text(FEDI_POLICY_ALLOW), "allow");
    fedi_test_eq("beyond", fedi_policy_text(FEDI_POLICIES), "none");

    assert_false(fedi_policy_parse(text("none"), &severity));
    assert_false(fedi_policy_parse(text("Suspend"), &severity));
    assert_false(fedi_policy_parse(text("suspended"), &severity));
    assert_false(fedi_policy_parse(text(""), &severity));

    /* the strictest is the greatest: SQL and the zone compare them so */

    assert_true(FEDI_POLICY_SUSPEND > FEDI_POLICY_LIMIT);
    assert_true(FEDI_POLICY_LIMIT > FEDI_POLICY_REJECT_MEDIA);
    assert_true(FEDI_POLICY_REJECT_MEDIA > FEDI_POLICY_ALLOW);
    assert_true(FEDI_POLICY_ALLOW > FEDI_POLICY_NONE);
}


static void
test_folded(void **state)
{
    size_t       i;
    fedi_str_t   domain;
    fedi_heap_t  heap;

    static const char *const  cases[][2] = {
        { "evil.example", "evil.example" },
        { "EVIL.Example", "evil.example" },
        { "evil.example.", "evil.example" },
        { "Bücher.example", "xn--bcher-kva.example" },
        { "BÜCHER.EXAMPLE.", "xn--bcher-kva.example" },
        { "XN--BCHER-KVA.example", "xn--bcher-kva.example" },
        { "faß.example", "xn--fa-hia.example" },
        { "evil。example", "evil.example" },
        { "a.b.c.evil.example", "a.b.c.evil.example" },
        { "1.2.3.example", "1.2.3.example" },
        { "xn--80akhbyknj4f.xn--p1ai", "xn--80akhbyknj4f.xn--p1ai" }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(fedi_policy_domain(&heap.arena, text(cases[i][0]),
                                            &domain),
                         FEDI_POLICY_DOMAIN);
        fedi_test_eq(cases[i][0], domain, cases[i][1]);
    }

    fedi_heap_free(&heap);
}


static void
test_refused(void **state)
{
    size_t       i;
    fedi_str_t   domain;
    fedi_heap_t  heap;

    static const struct {
        const char            *text;
        fedi_policy_domain_e   reason;
    } cases[] = {
        { "", FEDI_POLICY_DOMAIN_EMPTY },
        { "203.0.113.7", FEDI_POLICY_DOMAIN_ADDRESS },
        { "203.0.113.7.", FEDI_POLICY_DOMAIN_ADDRESS },
        { "0x7f.1", FEDI_POLICY_DOMAIN_ADDRESS },
        { "2130706433", FEDI_POLICY_DOMAIN_ADDRESS },
        { "[2001:db8::1]", FEDI_POLICY_DOMAIN_ADDRESS },
        { "127。0。0。1", FEDI_POLICY_DOMAIN_ADDRESS },
        { "2001:db8::1", FEDI_POLICY_DOMAIN_URL },
        { "https://evil.example", FEDI_POLICY_DOMAIN_URL },
        { "evil.example/", FEDI_POLICY_DOMAIN_URL },
        { "evil.example:443", FEDI_POLICY_DOMAIN_URL },
        { "@mallory@evil.example", FEDI_POLICY_DOMAIN_URL },
        { "*.evil.example", FEDI_POLICY_DOMAIN_WILDCARD },
        { "*", FEDI_POLICY_DOMAIN_WILDCARD },
        { ".evil.example", FEDI_POLICY_DOMAIN_WILDCARD },
        { "example", FEDI_POLICY_DOMAIN_LABEL },
        { "example.", FEDI_POLICY_DOMAIN_LABEL },
        { "localhost", FEDI_POLICY_DOMAIN_LABEL },
        { ".", FEDI_POLICY_DOMAIN_INVALID },
        { "evil..example", FEDI_POLICY_DOMAIN_INVALID },
        { "evil.example..", FEDI_POLICY_DOMAIN_INVALID },
        { "evil example.org", FEDI_POLICY_DOMAIN_INVALID },
        { "-evil.example", FEDI_POLICY_DOMAIN_INVALID },
        { "evil_host.example", FEDI_POLICY_DOMAIN_INVALID },
        { "evil.example.1", FEDI_POLICY_DOMAIN_INVALID },
        { "xn--lsh.example", FEDI_POLICY_DOMAIN_INVALID },
        { "b\xfc" "cher.example", FEDI_POLICY_DOMAIN_INVALID }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        domain = fedi_str("untouched");

        if (fedi_policy_domain(&heap.arena, text(cases[i].text), &domain)
            != cases[i].reason)
        {
            fail_msg("\"%s\"", cases[i].text);
        }

        fedi_test_eq(cases[i].text, domain, "untouched");
    }

    fedi_heap_free(&heap);

    for (i = 0; i < FEDI_POLICY_DOMAINS; i++) {
        domain = fedi_policy_domain_text((fedi_policy_domain_e) i);
        assert_int_equal(strlen(domain.data), domain.len);
    }

    fedi_test_eq("beyond", fedi_policy_domain_text(FEDI_POLICY_DOMAINS),
                 "no memory");
}


static void
test_presets(void **state)
{
    size_t                       i;
    fedi_str_t                   domain;
    fedi_heap_t                  heap;
    const fedi_policy_preset_t  *preset;

    (void) state;

    assert_null(fedi_policy_preset(text("")));
    assert_null(fedi_policy_preset(text("Threads")));

    preset = fedi_policy_preset(text("threads"));

    assert_non_null(preset);
    assert_true(preset->ndomains != 0);

    fedi_heap_init(&heap);

    for (i = 0; i < preset->ndomains; i++) {
        assert_int_equal(fedi_policy_domain(&heap.arena, preset->domains[i],
                                            &domain),
                         FEDI_POLICY_DOMAIN);
        assert_true(fedi_str_eq(domain, preset->domains[i]));
    }

    fedi_heap_free(&heap);
}


static void
test_parents(void **state)
{
    (void) state;

    fedi_test_eq("three", fedi_policy_parent(text("a.b.example")),
                 "b.example");
    fedi_test_eq("two", fedi_policy_parent(text("b.example")), "");
    fedi_test_eq("one", fedi_policy_parent(text("example")), "");
    fedi_test_eq("none", fedi_policy_parent(fedi_null_str), "");
}


static void
found(const fedi_policy_rule_t *rules, size_t n, const char *host,
    const char *domain, fedi_policy_e severity)
{
    const fedi_policy_rule_t  *rule;

    rule = fedi_policy_find(rules, n, text(host));

    if (domain == NULL) {
        assert_null(rule);
        return;
    }

    assert_non_null(rule);
    fedi_test_eq(host, rule->domain, domain);
    assert_int_equal(rule->severity, severity);
}


static void
test_find(void **state)
{
    size_t              n;
    fedi_policy_rule_t  rules[] = {
        { fedi_string("evil.example"), FEDI_POLICY_SUSPEND },
        { fedi_string("good.evil.example"), FEDI_POLICY_ALLOW },
        { fedi_string("loud.example"), FEDI_POLICY_REJECT_MEDIA },
        { fedi_string("loud.example"), FEDI_POLICY_LIMIT },
        { fedi_string("loud.example"), FEDI_POLICY_ALLOW },
        { fedi_string("bad.good.evil.example"), FEDI_POLICY_LIMIT },
        { fedi_string("co.uk"), FEDI_POLICY_REJECT_MEDIA }
    };

    (void) state;

    n = sizeof(rules) / sizeof(rules[0]);

    fedi_policy_sort(rules, n);

    found(rules, n, "evil.example", "evil.example", FEDI_POLICY_SUSPEND);
    found(rules, n, "a.b.evil.example", "evil.example", FEDI_POLICY_SUSPEND);
    found(rules, n, "good.evil.example", "good.evil.example",
          FEDI_POLICY_ALLOW);
    found(rules, n, "x.good.evil.example", "good.evil.example",
          FEDI_POLICY_ALLOW);
    found(rules, n, "x.bad.good.evil.example", "bad.good.evil.example",
          FEDI_POLICY_LIMIT);
    found(rules, n, "a.co.uk", "co.uk", FEDI_POLICY_REJECT_MEDIA);

    /* the same domain several times: the strictest */

    found(rules, n, "loud.example", "loud.example", FEDI_POLICY_LIMIT);

    /* labels, not letters */

    found(rules, n, "notevil.example", NULL, FEDI_POLICY_NONE);
    found(rules, n, "evil.example.org", NULL, FEDI_POLICY_NONE);
    found(rules, n, "example", NULL, FEDI_POLICY_NONE);
    found(rules, n, "", NULL, FEDI_POLICY_NONE);
    found(rules, 0, "evil.example", NULL, FEDI_POLICY_NONE);
    found(NULL, 0, "evil.example", NULL, FEDI_POLICY_NONE);

    fedi_policy_sort(NULL, 0);
}


/* against a search that does no more than read the definition */

static void
test_find_many(void **state)
{
    char                       names[64][16];
    size_t                     i, j, k, l;
    fedi_str_t                 host;
    fedi_policy_rule_t         rules[64];
    const fedi_policy_rule_t  *rule, *best;

    (void) state;

    for (i = 0; i < 64; i++) {
        snprintf(names[i], sizeof(names[i]), "%s%c.%c",
                 (i & 32) ? "x." : "", (char) ('a' + (i >> 2) % 8),
                 (char) ('a' + i % 4));
        rules[i].domain = text(names[i]);
        rules[i].severity = (fedi_policy_e) (1 + i * 7 % 4);
    }

    for (k = 0; k <= 64; k += 8) {
        fedi_policy_sort(rules, k);

        for (i = 0; i < 64; i++) {
            host = text(names[i]);
            best = NULL;

            for (j = 0; j < k; j++) {
                l = rules[j].domain.len;

                if (l > host.len
                    || memcmp(host.data + host.len - l, rules[j].domain.data,
                              l) != 0
                    || (l < host.len && host.data[host.len - l - 1] != '.'))
                {
                    continue;
                }

                if (best == NULL || l > best->domain.len
                    || (l == best->domain.len
                        && rules[j].severity > best->severity))
                {
                    best = &rules[j];
                }
            }

            rule = fedi_policy_find(rules, k, host);

            assert_true((rule == NULL) == (best == NULL));

            if (rule != NULL) {
                assert_true(fedi_str_eq(rule->domain, best->domain));
                assert_int_equal(rule->severity, best->severity);
            }
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_severities),
        cmocka_unit_test(test_folded),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_presets),
        cmocka_unit_test(test_parents),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_find_many)
    };

    return cmocka_run_group_tests_name("fedi_policy", tests, NULL, NULL);
}
