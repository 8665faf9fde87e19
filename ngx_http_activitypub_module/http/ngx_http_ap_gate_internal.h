
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For ngx_http_ap_gate*.c alone.
 */

#ifndef NGX_HTTP_AP_GATE_INTERNAL_H
#define NGX_HTTP_AP_GATE_INTERNAL_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_reader.h"
#include "ngx_http_ap_gate.h"


/* what nginx calls when it has read the body */
void ngx_http_ap_gate_read(ngx_http_request_t *r);

/* of the body all is known: key, signature, owner.  NGX_OK or NGX_AGAIN */
ngx_int_t ngx_http_ap_gate_verify(ngx_http_ap_gate_t *gate);

/* it is done: runs the phase again, and the request may be gone */
void ngx_http_ap_gate_resume(ngx_http_ap_gate_t *gate);

/* what was read of the body is not needed any more, and others want room */
void ngx_http_ap_gate_release(ngx_http_ap_gate_t *gate);


#endif
