
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * TLS:
 *
 *     tls -> (nginx shakes hands) -> handshaked -> verified -> send
 *
 * nginx's verify callback accepts everything and remembers what it saw; the
 * verdict is ours, before the first byte of the request is sent.  Sessions
 * are kept per host, and only those of connections that were verified.
 */

#include "ngx_ap_client_internal.h"

#include <openssl/x509.h>


static void ngx_ap_client_handshaked(ngx_connection_t *c);
static void ngx_ap_client_handshake_failed(ngx_ap_client_request_t *request);
static ngx_int_t ngx_ap_client_check_name(ngx_connection_t *c,
    ngx_str_t *name);
static ngx_int_t ngx_ap_client_verify(ngx_ap_client_request_t *request);
static void ngx_ap_client_save_session(ngx_connection_t *c);


void
ngx_ap_client_tls(ngx_ap_client_request_t *request)
{
    ngx_int_t              rc;
    ngx_connection_t      *c;
    ngx_ap_client_host_t  *host;

    ngx_ap_client_step(request, NGX_AP_CLIENT_HANDSHAKING, NGX_AP_CLIENT_TLS);

    host = request->host;
    c = request->peer->connection;
    c->log->action = "SSL handshaking to a peer";

    if (ngx_ssl_create_connection(request->client->conf->ssl, c,
                                  NGX_SSL_CLIENT)
        != NGX_OK
        || SSL_set_tlsext_host_name(c->ssl->connection,
                                    (char *) request->name.data)
           == 0)
    {
        ngx_ap_client_fail(request, NGX_ABORT, "no TLS connection");
        return;
    }

    c->ssl->save_session = ngx_ap_client_save_session;

    if (host->session) {
        (void) ngx_ssl_set_session(c, host->session);
    }

    rc = ngx_ssl_handshake(c);

    if (rc == NGX_AGAIN) {
        c->ssl->handler = ngx_ap_client_handshaked;
        return;
    }

    ngx_ap_client_handshaked(c);
}


static void
ngx_ap_client_handshaked(ngx_connection_t *c)
{
    ngx_ap_client_peer_t     *peer;
    ngx_ap_client_request_t  *request;

    peer = c->data;
    request = peer->request;

    c->read->handler = ngx_ap_client_ignore;
    c->write->handler = ngx_ap_client_ignore;

    if (!c->ssl->handshaked) {
        ngx_ap_client_handshake_failed(request);
        return;
    }

    if (ngx_ap_client_verify(request) != NGX_OK) {
        return;
    }

    peer->verified = 1;

    /* TLS 1.2 had it before the verdict; TLS 1.3 will bring it later */

    ngx_ap_client_save_session(c);

    ngx_ap_client_send(request);
}


static void
ngx_ap_client_handshake_failed(ngx_ap_client_request_t *request)
{
    ngx_ap_client_host_t  *host;
    ngx_ap_client_peer_t  *peer;

    host = request->host;
    peer = request->peer;

    /* should it be the session that the peer cannot bear */

    if (host->session) {
        ngx_ssl_free_session(host->session);
        host->session = NULL;
    }

    if (peer->said.len) {
        ngx_ap_client_fail(request, NGX_ERROR, "TLS handshake failed (%V)",
                           &peer->said);
        return;
    }

    ngx_ap_client_fail(request, NGX_ERROR,
                       "the peer closed in the TLS handshake");
}


/* NGX_ERROR: the request has failed */

static ngx_int_t
ngx_ap_client_verify(ngx_ap_client_request_t *request)
{
    long               rc;
    ngx_connection_t  *c;

    if (!request->client->conf->ssl_verify) {
        return NGX_OK;
    }

    c = request->peer->connection;
    rc = SSL_get_verify_result(c->ssl->connection);

    if (rc != X509_V_OK) {
        ngx_ap_client_fail(request, NGX_ERROR,
                           "the certificate is not valid (%l: %s)",
                           rc, X509_verify_cert_error_string(rc));
        return NGX_ERROR;
    }

    if (ngx_ap_client_check_name(c, &request->name) != NGX_OK) {
        ngx_ap_client_fail(request, NGX_ERROR,
                           "the certificate is for another name");
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * RFC 9525 section 2: a name stands in subjectAltName.  ngx_ssl_check_host()
 * would take one in the subject as well, which no authority has checked.
 */

static ngx_int_t
ngx_ap_client_check_name(ngx_connection_t *c, ngx_str_t *name)
{
    X509  *cert;
    int    rc;

    cert = SSL_get_peer_certificate(c->ssl->connection);

    if (cert == NULL) {
        return NGX_ERROR;
    }

    rc = X509_check_host(cert, (char *) name->data, name->len,
                         X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
                         |X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL);

    X509_free(cert);

    return rc == 1 ? NGX_OK : NGX_ERROR;
}


/* also called by OpenSSL, from within reads, when a ticket arrives */

static void
ngx_ap_client_save_session(ngx_connection_t *c)
{
    ngx_ssl_session_t     *session;
    ngx_ap_client_host_t  *host;
    ngx_ap_client_peer_t  *peer;

    peer = c->data;
    host = peer->host;

    if (!peer->verified) {
        return;
    }

    session = ngx_ssl_get_session(c);

    if (session == NULL) {
        return;
    }

    if (!SSL_SESSION_is_resumable(session)) {
        ngx_ssl_free_session(session);
        return;
    }

    if (host->session) {
        ngx_ssl_free_session(host->session);
    }

    host->session = session;
}
