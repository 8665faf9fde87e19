
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Pages that have a document say so: Vary and Link, and nothing else of the
 * site's answer is touched.
 */

#ifndef NGX_HTTP_AP_FILTER_H
#define NGX_HTTP_AP_FILTER_H


/* puts the header filter on top; in postconfiguration */
void ngx_http_ap_filter_init(void);


#endif
