
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What those who wait for a document and the flight that brings it know of
 * each other.
 */

#ifndef NGX_AP_DOCUMENTS_INTERNAL_H
#define NGX_AP_DOCUMENTS_INTERNAL_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_documents.h"
#include "ngx_ap_flight.h"


struct ngx_ap_documents_s {
    ngx_ap_flights_t            flights;
    time_t                      rest;       /* nothing is counted until then */
};


/*
 * The flight to the key that may be joined, a new one if there is none; it
 * ends in a settle.  NULL: no memory, or the database cannot be asked.
 */
ngx_ap_flight_t *ngx_ap_documents_join(ngx_ap_worker_t *worker,
    const ngx_ap_cache_key_t *key, ngx_uint_t slow);

/* the end of a flight: who waits is answered; "document" of NGX_OK */
void ngx_ap_documents_settle(ngx_ap_flight_t *flight, ngx_int_t rc,
    const fedi_document_t *document);


#endif
