
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What core reads out of dictionaries, for structured_fields.t: a line of hex
 * in, a line out.
 *
 *     "a=1;b, c=(x \"y\")"  ->  a=i1;b=?1,c=(t78 s79)
 *
 * A letter says the kind of a value, text is in hex; "!sf" and "!limit" are
 * what is refused.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "fedi_sf.h"


static void
write_value(const fedi_sf_value_t *value)
{
    size_t             i;
    static const char  kinds[] = "?id@sty%";

    putchar(kinds[value->kind]);

    if (value->kind < FEDI_SF_STRING) {
        printf("%" PRId64, value->number);
        return;
    }

    for (i = 0; i < value->text.len; i++) {
        printf("%02x", (unsigned char) value->text.data[i]);
    }
}


static void
write_parameters(const fedi_sf_parameter_t *list)
{
    for ( ; list != NULL; list = list->next) {
        printf(";%.*s=", (int) list->name.len, list->name.data);
        write_value(&list->value);
    }
}


static void
write_member(const fedi_sf_member_t *member)
{
    const fedi_sf_item_t  *item;

    printf("%.*s=", (int) member->name.len, member->name.data);

    if (member->list) {
        putchar('(');

        for (item = member->items; item != NULL; item = item->next) {
            write_value(&item->value);
            write_parameters(item->parameters);
            fputs(item->next != NULL ? " " : "", stdout);
        }

        putchar(')');

    } else {
        write_value(&member->value);
    }

    write_parameters(member->parameters);
}


static void
write_dictionary(fedi_str_t text)
{
    fedi_err_e               err;
    fedi_heap_t              heap;
    fedi_sf_dictionary_t     dictionary;
    const fedi_sf_member_t  *member;

    fedi_heap_init(&heap);

    err = fedi_sf_parse(&heap.arena, text, &dictionary);

    if (err == FEDI_OK) {
        for (member = dictionary.members; member; member = member->next) {
            write_member(member);
            fputs(member->next != NULL ? "," : "", stdout);
        }

    } else {
        fputs(err == FEDI_ELIMIT ? "!limit" : "!sf", stdout);
    }

    putchar('\n');

    fedi_heap_free(&heap);
}


int
main(void)
{
    char     *line, *text;
    size_t    size, i;
    ssize_t   len;

    line = NULL;
    size = 0;

    while ((len = getline(&line, &size, stdin)) > 0) {
        text = malloc((size_t) len);
        if (text == NULL) {
            return 1;
        }

        for (i = 0; i < (size_t) len / 2; i++) {
            sscanf(line + 2 * i, "%2hhx", (unsigned char *) text + i);
        }

        write_dictionary((fedi_str_t) { text, (size_t) len / 2 });
        free(text);
    }

    free(line);

    return 0;
}
