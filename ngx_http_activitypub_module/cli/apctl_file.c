
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading small files whole.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apctl_file.h"


#define APCTL_FILE_CHUNK  65536


static int apctl_file_read_all(apctl_t *ap, FILE *file, size_t max,
    fedi_str_t *text);


int
apctl_file_read(apctl_t *ap, const char *path, size_t max, fedi_str_t *text)
{
    int    rc;
    FILE  *file;

    if (strcmp(path, "-") == 0) {
        return apctl_file_read_all(ap, stdin, max, text);
    }

    file = fopen(path, "rb");

    if (file == NULL) {
        return errno;
    }

    rc = apctl_file_read_all(ap, file, max, text);

    fclose(file);

    return rc;
}


static int
apctl_file_read_all(apctl_t *ap, FILE *file, size_t max, fedi_str_t *text)
{
    char    *data, *bigger;
    size_t   len, size, n;

    size = APCTL_FILE_CHUNK;
    data = apctl_alloc(ap, size + 1);
    len = 0;

    for ( ;; ) {
        errno = 0;
        n = fread(data + len, 1, size - len, file);

        if (n == 0) {
            break;
        }

        len += n;

        if (len > max) {
            return EFBIG;
        }

        if (len == size) {
            bigger = apctl_alloc(ap, size * 2 + 1);
            memcpy(bigger, data, len);
            data = bigger;
            size *= 2;
        }
    }

    if (ferror(file)) {
        return errno != 0 ? errno : EIO;
    }

    if (memchr(data, '\0', len) != NULL) {
        return EILSEQ;
    }

    data[len] = '\0';
    text->data = data;
    text->len = len;

    return 0;
}
