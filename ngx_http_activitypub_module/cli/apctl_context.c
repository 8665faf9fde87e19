
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * One run of apctl: memory and messages.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "apctl_context.h"


static char *apctl_vformat(apctl_t *ap, const char *format, va_list args);
static void apctl_vwrite(FILE *file, const char *format, va_list args);


void *
apctl_alloc(apctl_t *ap, size_t size)
{
    void  *p;

    p = fedi_alloc(&ap->heap.arena, size);

    if (p == NULL) {
        fputs("apctl: out of memory\n", stderr);
        exit(APCTL_FAILED);
    }

    return p;
}


char *
apctl_format(apctl_t *ap, const char *format, ...)
{
    char     *text;
    va_list   args;

    va_start(args, format);
    text = apctl_vformat(ap, format, args);
    va_end(args);

    return text;
}


static char *
apctl_vformat(apctl_t *ap, const char *format, va_list args)
{
    int       len;
    char     *text;
    va_list   again;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, again);
    va_end(again);

    if (len < 0) {
        exit(apctl_fail(APCTL_FAILED, "a text is too long"));
    }

    text = apctl_alloc(ap, (size_t) len + 1);
    vsnprintf(text, (size_t) len + 1, format, args);

    return text;
}


apctl_exit_e
apctl_fail(apctl_exit_e code, const char *format, ...)
{
    va_list  args;

    fflush(stdout);
    fputs("apctl: ", stderr);

    va_start(args, format);
    apctl_vwrite(stderr, format, args);
    va_end(args);

    return code;
}


void
apctl_warn(apctl_t *ap, const char *format, ...)
{
    va_list  args;

    if (apctl_given(ap, QUIET)) {
        return;
    }

    fflush(stdout);
    fputs("apctl: ", stderr);

    va_start(args, format);
    apctl_vwrite(stderr, format, args);
    va_end(args);
}


void
apctl_tell(apctl_t *ap, const char *format, ...)
{
    va_list  args;

    if (apctl_given(ap, QUIET) || apctl_given(ap, JSON)) {
        return;
    }

    va_start(args, format);
    apctl_vwrite(stdout, format, args);
    va_end(args);
}


static void
apctl_vwrite(FILE *file, const char *format, va_list args)
{
    int       len;
    char     *text;
    va_list   again;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, again);
    va_end(again);

    if (len < 0) {
        return;
    }

    text = malloc((size_t) len + 1);

    if (text == NULL) {
        fputs("out of memory\n", file);
        return;
    }

    vsnprintf(text, (size_t) len + 1, format, args);

    while (len > 0 && text[len - 1] == '\n') {
        text[--len] = '\0';
    }

    apctl_write_clean(file, text);
    fputc('\n', file);

    free(text);
}


void
apctl_write_clean(FILE *file, const char *text)
{
    unsigned char  c;

    for ( /* void */ ; *text != '\0'; text++) {
        c = (unsigned char) *text;

        if (c == '\n' || c == '\t') {
            fputc(' ', file);

        } else if (c < 0x20 || c == 0x7f) {
            fputc('?', file);

        } else if (c == 0xc2 && (unsigned char) text[1] >= 0x80
                   && (unsigned char) text[1] < 0xa0)
        {
            /* U+0080 to U+009F: the other set of control characters */

            fputc('?', file);
            text++;

        } else {
            fputc(c, file);
        }
    }
}
