
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Where the database and the SQL files are.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apctl_config.h"
#include "apctl_file.h"


#ifndef APCTL_CONF
#define APCTL_CONF  "/etc/activitypub/apctl.conf"
#endif

#ifndef APCTL_SQL_DIR
#define APCTL_SQL_DIR  "/usr/share/activitypub/sql"
#endif

#define APCTL_CONF_MAX  65536
#define APCTL_BLANK     " \t\r"


static apctl_exit_e apctl_config_line(apctl_t *ap, const char *line,
    size_t len, const char *where, const char **conninfo);


apctl_exit_e
apctl_config_conninfo(apctl_t *ap, const char **conninfo)
{
    int            rc;
    size_t         len;
    unsigned       n;
    fedi_str_t     text;
    const char    *path, *line;
    apctl_exit_e   code;

    *conninfo = apctl_value(ap, DB);

    if (*conninfo != NULL) {
        return APCTL_OK;
    }

    path = getenv("APCTL_CONF");

    if (path == NULL || *path == '\0') {
        path = APCTL_CONF;
    }

    rc = apctl_file_read(ap, path, APCTL_CONF_MAX, &text);

    if (rc == ENOENT || rc == ENOTDIR) {
        return APCTL_OK;
    }

    if (rc != 0) {
        return apctl_fail(APCTL_CONFIG, "cannot read %s: %s", path,
                          strerror(rc));
    }

    n = 0;

    for (line = text.data; *line != '\0'; line += len + (line[len] != '\0')) {
        len = strcspn(line, "\n");

        code = apctl_config_line(ap, line, len,
                                 apctl_format(ap, "%s line %u", path, ++n),
                                 conninfo);
        if (code != APCTL_OK) {
            return code;
        }
    }

    return APCTL_OK;
}


static apctl_exit_e
apctl_config_line(apctl_t *ap, const char *line, size_t len,
    const char *where, const char **conninfo)
{
    char    *text, *value;
    size_t   name;

    text = apctl_format(ap, "%.*s", (int) len, line);
    text += strspn(text, APCTL_BLANK);
    len = strlen(text);

    while (len > 0 && strchr(APCTL_BLANK, text[len - 1]) != NULL) {
        text[--len] = '\0';
    }

    if (*text == '\0' || *text == '#') {
        return APCTL_OK;
    }

    name = strcspn(text, "= \t");
    value = text + name;
    value += strspn(value, APCTL_BLANK);

    if (*value != '=') {
        return apctl_fail(APCTL_CONFIG, "%s is not \"name = value\"", where);
    }

    value++;
    value += strspn(value, APCTL_BLANK);

    if (name != 2 || memcmp(text, "db", 2) != 0) {
        return apctl_fail(APCTL_CONFIG, "%s: \"%.*s\" is not known; there is "
                          "only \"db\"", where, (int) name, text);
    }

    if (*conninfo != NULL) {
        return apctl_fail(APCTL_CONFIG, "%s: \"db\" stands there twice",
                          where);
    }

    *conninfo = value;

    return APCTL_OK;
}


const char *
apctl_config_sql(apctl_t *ap)
{
    const char  *dir;

    dir = apctl_value(ap, SQL);

    if (dir == NULL) {
        dir = getenv("APCTL_SQL_DIR");
    }

    return (dir != NULL && *dir != '\0') ? dir : APCTL_SQL_DIR;
}
