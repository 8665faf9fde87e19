
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading small files whole.
 */

#ifndef APCTL_FILE_H
#define APCTL_FILE_H

#include "apctl_context.h"


/*
 * Reads at most "max" bytes of "path", or of stdin when it is "-", into the
 * run's memory, with a NUL behind them.  Returns 0 or an errno: EFBIG for
 * more bytes, EILSEQ for a NUL among them, which no SQL text can hold.
 * Prints nothing.
 */
int apctl_file_read(apctl_t *ap, const char *path, size_t max,
    fedi_str_t *text);


#endif
