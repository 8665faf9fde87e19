
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What core makes of URLs, to be compared with what others make of them: a
 * URL a line in hexadecimal on standard input, two lines for each of them on
 * standard output, of fedi_url_parse() and of fedi_id_parse_fragment() as
 * development has it.  Each is a word, "ok" or why not, and after "ok" scheme,
 * normal host, port, path, query and fragment; or "host", when the URL is
 * accepted and its host has no normal form.
 */

#include <stdio.h>
#include <stdlib.h>

#include "fedi_id.h"


#define URLS_LINE  (4 * FEDI_URL_MAX + 16)


static fedi_str_t
urls_read(fedi_arena_t *arena, const char *hex)
{
    char      *p;
    size_t     i, n;
    unsigned   byte;

    n = strspn(hex, "0123456789abcdef") / 2;

    /* of just its size: what is read behind it, the sanitizer sees */

    p = fedi_alloc(arena, n != 0 ? n : 1);
    if (p == NULL) {
        abort();
    }

    for (i = 0; i < n; i++) {
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1) {
            abort();
        }

        p[i] = (char) byte;
    }

    return (fedi_str_t) { p, n };
}


static void
urls_print(const char *before, fedi_str_t text)
{
    printf("%s", before);
    fwrite(text.len != 0 ? text.data : "", 1, text.len, stdout);
}


static void
urls_answer(fedi_arena_t *arena, fedi_err_e err, const fedi_url_t *url)
{
    fedi_str_t  host;

    if (err != FEDI_OK) {
        printf("%s\n", fedi_strerror(err));
        return;
    }

    if (fedi_host_normalize(arena, url->host, &host) != FEDI_OK) {
        printf("host\n");
        return;
    }

    urls_print("ok\t", url->scheme);
    urls_print("\t", host);
    printf("\t%u", (unsigned) url->port);
    urls_print("\t", url->path);
    urls_print("\t", url->query);
    urls_print("\t", url->fragment);
    printf("\n");
}


int
main(void)
{
    fedi_id_t              id;
    fedi_err_e             err;
    fedi_str_t             text;
    fedi_url_t             url;
    fedi_heap_t            heap;
    static char            line[URLS_LINE];
    const fedi_id_rules_t  rules = { true, true };

    while (fgets(line, sizeof(line), stdin) != NULL) {
        fedi_heap_init(&heap);

        text = urls_read(&heap.arena, line);

        err = fedi_url_parse(text, &url);
        urls_answer(&heap.arena, err, &url);

        err = fedi_id_parse_fragment(&heap.arena, &rules, text, &id);
        urls_answer(&heap.arena, err, &id.url);

        fedi_heap_free(&heap);
    }

    return 0;
}
