
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Where a text has something that has to be looked at.  Names, URLs and base64
 * have nothing of that kind, and most of what comes in is one of these.
 */

#ifndef FEDI_PLAIN_H
#define FEDI_PLAIN_H

#include <stdint.h>

#include "fedi_str.h"


#define FEDI_PLAIN_BYTES  16

/* a register of nearly any processor; compilers split it for others */

typedef signed char  fedi_plain_t __attribute__((vector_size(16)));
typedef char  fedi_plain_bits_t __attribute__((vector_size(16)));


/* what may stand in a quoted string as it is: ASCII but for '"' and '\' */

static inline bool
fedi_plain_is(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}


/*
 * Which of sixteen is the first that is not plain; 16: all are.  As a signed
 * number with bit 1 turned over, what is beyond ASCII, a control or a quotation
 * mark is below 0x21, and nothing else is.
 */
static inline unsigned
fedi_plain_first(const char *p)
{
    fedi_plain_t  bytes, plain;

#ifndef __SSE2__
    unsigned      i;
    uint64_t      words[2];
#endif

    memcpy(&bytes, p, FEDI_PLAIN_BYTES);

    plain = ((bytes ^ 2) > 0x20) ^ (bytes == '\\') ^ (bytes == 0x7f);

#ifdef __SSE2__

    /* a bit for each of them, and none behind the last */

    return (unsigned) __builtin_ctz(~(unsigned)
                     __builtin_ia32_pmovmskb128((fedi_plain_bits_t) plain));

#else

    memcpy(words, &plain, FEDI_PLAIN_BYTES);

    if ((words[0] & words[1]) == UINT64_MAX) {
        return FEDI_PLAIN_BYTES;
    }

    for (i = 0; plain[i]; i++) { /* void */ }

    return i;

#endif
}


/* the first that is not plain, or "end" */

static inline const char *
fedi_plain_end(const char *p, const char *end)
{
    unsigned  n;

    while (end - p >= FEDI_PLAIN_BYTES) {
        n = fedi_plain_first(p);
        p += n;

        if (n < FEDI_PLAIN_BYTES) {
            return p;
        }
    }

    while (p < end && fedi_plain_is(*p)) {
        p++;
    }

    return p;
}


#endif
