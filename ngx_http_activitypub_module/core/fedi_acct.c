
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_acct.h"
#include "fedi_host.h"
#include "fedi_utf8.h"


/* a port and its colon, U-labels of up to 4 bytes for each of the A-label */
#define FEDI_ACCT_HOST_MAX  (4 * (size_t) FEDI_HOST_MAX + 6)


static bool fedi_acct_user(fedi_str_t user);
static bool fedi_acct_host(fedi_str_t host);


fedi_err_e
fedi_acct_parse(fedi_str_t text, fedi_acct_t *acct)
{
    const char  *at;
    fedi_str_t   scheme, user, host;

    scheme = fedi_str("acct:");

    if (text.len >= scheme.len
        && fedi_str_eq_nocase((fedi_str_t) { text.data, scheme.len }, scheme))
    {
        text = fedi_str_from(text, scheme.len);
    }

    if (text.len != 0 && text.data[0] == '@') {
        text = fedi_str_from(text, 1);
    }

    at = text.len != 0 ? memchr(text.data, '@', text.len) : NULL;
    if (at == NULL) {
        return FEDI_EACCT;
    }

    user.data = text.data;
    user.len = (size_t) (at - text.data);

    host = fedi_str_from(text, user.len + 1);

    if (user.len > FEDI_ACCT_USER_MAX || host.len > FEDI_ACCT_HOST_MAX) {
        return FEDI_ETOOLONG;
    }

    if (!fedi_acct_user(user) || !fedi_acct_host(host)) {
        return FEDI_EACCT;
    }

    acct->user = user;
    acct->host = host;

    return FEDI_OK;
}


/*
 * RFC 7565 has unreserved, sub-delims and escapes here.  No escape is taken:
 * it would be a second spelling of a name, and no system has names that need
 * one.  What a URI has to escape, and a query has escaped once, is a name that
 * nobody has: whoever asks hears 404, as for any other, and does not have to
 * be told that RFC 7033 would have it escaped twice.
 */
static bool
fedi_acct_user(fedi_str_t user)
{
    size_t             i;
    static const char  others[] = "-._~!$&'()*+,;=" "\"<>[]^`{|}";

    for (i = 0; i < user.len; i++) {
        if (!fedi_is_alnum(user.data[i])
            && memchr(others, user.data[i], sizeof(others) - 1) == NULL)
        {
            return false;
        }
    }

    return user.len != 0;
}


static bool
fedi_acct_host(fedi_str_t host)
{
    bool        ascii;
    char        c;
    size_t      i;
    uint16_t    port;
    fedi_str_t  name;

    if (fedi_host_split(host, &name, &port) != FEDI_OK) {
        return false;
    }

    /* the root of the name system, which some write */

    if (name.len != 0 && name.data[name.len - 1] == '.') {
        name.len--;
    }

    if (fedi_host_check(name) == FEDI_OK) {
        return true;
    }

    for (i = 0, ascii = true; i < name.len; i++) {
        c = name.data[i];

        if ((unsigned char) c >= 0x80) {
            ascii = false;

        } else if (!fedi_is_alnum(c) && c != '-' && c != '.') {
            return false;
        }
    }

    return !ascii && fedi_utf8_valid(name);
}
