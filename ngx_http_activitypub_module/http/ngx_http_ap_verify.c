
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     policy -> header -> key id -> [digest] -> key -> signature -> owner
 *                                                ^         |          |
 *                                                +- (once) +       policy
 *
 * What is cheap comes first: nobody is asked for a key by a request that
 * would not be believed anyway.
 */

#include "ngx_ap_keys.h"
#include "ngx_ap_policy.h"
#include "ngx_http_ap_signed.h"
#include "ngx_http_ap_verify.h"


/* a key this old may have been replaced, seconds */
#define NGX_HTTP_AP_VERIFY_KEY_AGE  300


static ngx_int_t ngx_http_ap_verify_headers(ngx_http_ap_verify_t *verify,
    ngx_uint_t body);
static fedi_signature_e ngx_http_ap_verify_admit(void *data,
    fedi_str_t key_id);
static fedi_signature_e ngx_http_ap_verify_key_id(
    ngx_http_ap_verify_t *verify, fedi_str_t text);
static ngx_uint_t ngx_http_ap_verify_is_own(ngx_http_ap_verify_t *verify);
static fedi_signature_e ngx_http_ap_verify_policy(
    ngx_http_ap_verify_t *verify, const fedi_id_t *id);
static void ngx_http_ap_verify_keyed(void *data, ngx_int_t rc,
    const ngx_ap_key_t *key);
static ngx_int_t ngx_http_ap_verify_with(ngx_http_ap_verify_t *verify,
    ngx_int_t rc, const ngx_ap_key_t *key);
static fedi_signature_e ngx_http_ap_verify_signature(
    ngx_http_ap_verify_t *verify, const ngx_ap_key_t *key);
static fedi_signature_e ngx_http_ap_verify_owner(ngx_http_ap_verify_t *verify,
    const ngx_ap_key_t *key);


ngx_http_ap_verify_t *
ngx_http_ap_verify_create(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    ngx_uint_t body)
{
    ngx_http_ap_verify_t  *verify;

    verify = ngx_palloc(r->pool, sizeof(ngx_http_ap_verify_t));
    if (verify == NULL) {
        return NULL;
    }

    /* the arrays at its end are as long as the numbers before them say */

    ngx_memzero(verify, offsetof(ngx_http_ap_verify_t, signature.covered));

    verify->request = r;
    verify->origin = origin;
    verify->worker = ngx_ap_worker();
    verify->arena = ngx_http_ap_arena(r->pool);

    if (verify->worker == NULL
        || ngx_http_ap_verify_headers(verify, body) != NGX_OK)
    {
        return NULL;
    }

    return verify;
}


/* all that can be said of a signature without a body and a key */

static ngx_int_t
ngx_http_ap_verify_headers(ngx_http_ap_verify_t *verify, ngx_uint_t body)
{
    fedi_signature_policy_t  policy;

    if (ngx_http_ap_signed_request(verify->request, verify->origin,
                                   &verify->signed_request)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    policy.now = ngx_time();
    policy.window = FEDI_SIGNATURE_WINDOW;
    policy.lifetime = FEDI_SIGNATURE_LIFETIME;
    policy.body = body;
    /* until somebody has looked at it */

    verify->claim = FEDI_SIGNATURE_BAD_KEY_ID;

    policy.admit = ngx_http_ap_verify_admit;
    policy.data = verify;

    verify->reason = fedi_signature_read(&verify->arena,
                                         &verify->signed_request, &policy,
                                         &verify->signature, &verify->digest);

    if (verify->reason == FEDI_SIGNATURE_VALID) {
        verify->is_signed = 1;
        verify->reason = verify->claim;
    }

    return NGX_OK;
}


/* what else is wrong with the key's id comes after what is with the header */

static fedi_signature_e
ngx_http_ap_verify_admit(void *data, fedi_str_t key_id)
{
    ngx_http_ap_verify_t *verify = data;

    ngx_memzero(&verify->key_id, sizeof(fedi_id_t));

    verify->is_own = 0;
    verify->claim = ngx_http_ap_verify_key_id(verify, key_id);

    return verify->claim == FEDI_SIGNATURE_BLOCKED ? FEDI_SIGNATURE_BLOCKED
                                                   : FEDI_SIGNATURE_VALID;
}


/*
 * Ours is never fetched, and nobody else signs with it: but for the instance
 * actor, of which each caller decides what it may do.
 */

static fedi_signature_e
ngx_http_ap_verify_key_id(ngx_http_ap_verify_t *verify, fedi_str_t text)
{
    fedi_err_e  err;

    err = fedi_id_parse_fragment(&verify->arena, &verify->worker->conf->rules,
                                 text, &verify->key_id);

    if (err == FEDI_ENOMEM) {
        return FEDI_SIGNATURE_FAILED;
    }

    if (err != FEDI_OK) {
        return FEDI_SIGNATURE_BAD_KEY_ID;
    }

    verify->is_own = ngx_http_ap_verify_is_own(verify);

    if (verify->is_own) {
        return FEDI_SIGNATURE_VALID;
    }

    if (ngx_ap_origins_have(&verify->worker->conf->origins, &verify->key_id))
    {
        return FEDI_SIGNATURE_BAD_KEY_ID;
    }

    return ngx_http_ap_verify_policy(verify, &verify->key_id);
}


/*
 * Who is suspended is not even asked for a key.  Where nobody knows, nobody
 * is let in: but for an inbox, behind which receive() asks once more.
 */

static fedi_signature_e
ngx_http_ap_verify_policy(ngx_http_ap_verify_t *verify, const fedi_id_t *id)
{
    switch (ngx_ap_policy_of(verify->worker, verify->origin, id->url.host)) {

    case NGX_AP_POLICY_SUSPEND:
        return FEDI_SIGNATURE_BLOCKED;

    case NGX_AP_POLICY_UNKNOWN:
        return verify->judged ? FEDI_SIGNATURE_VALID
                              : FEDI_SIGNATURE_UNJUDGED;

    default:
        return FEDI_SIGNATURE_VALID;
    }
}


/* the key of the instance actor of the origin that is asked */

static ngx_uint_t
ngx_http_ap_verify_is_own(ngx_http_ap_verify_t *verify)
{
    size_t       len;
    ngx_str_t   *uri;
    fedi_str_t  *id;

    uri = &verify->origin->instance.uri;
    id = &verify->key_id.text;
    len = sizeof("#main-key") - 1;

    return id->len == uri->len + len
           && ngx_memcmp(id->data, uri->data, uri->len) == 0
           && ngx_memcmp(id->data + uri->len, "#main-key", len) == 0;
}


fedi_str_t
ngx_http_ap_verify_claimed(const ngx_http_ap_verify_t *verify)
{
    return verify->key_id.text.len != 0 ? verify->key_id.url.host
                                        : fedi_str("");
}


void
ngx_http_ap_verify_judged(ngx_http_ap_verify_t *verify)
{
    verify->judged = 1;

    if (verify->reason == FEDI_SIGNATURE_UNJUDGED) {
        verify->reason = FEDI_SIGNATURE_VALID;
    }
}


void
ngx_http_ap_verify_digest(ngx_http_ap_verify_t *verify, fedi_digest_e digest)
{
    if (verify->reason == FEDI_SIGNATURE_VALID) {
        verify->reason = fedi_signature_digest(digest);
    }
}


ngx_int_t
ngx_http_ap_verify_key(ngx_http_ap_verify_t *verify,
    ngx_http_ap_verified_pt handler, void *data)
{
    ngx_int_t     rc;
    ngx_str_t     id;
    ngx_ap_key_t  key;

    if (verify->reason != FEDI_SIGNATURE_VALID || !verify->is_signed) {
        return NGX_OK;
    }

    verify->handler = handler;
    verify->data = data;

    id = ngx_http_ap_string(verify->key_id.text);

    rc = ngx_ap_keys_get(verify->worker, verify->request->pool, verify->origin,
                         &id, verify->newer, &key, ngx_http_ap_verify_keyed,
                         verify);

    return rc == NGX_AGAIN ? NGX_AGAIN
                           : ngx_http_ap_verify_with(verify, rc, &key);
}


/*
 * Who was verified turned out to be unknown to the database: its row is gone,
 * and its key with it, so both are asked for again.
 */

ngx_int_t
ngx_http_ap_verify_again(ngx_http_ap_verify_t *verify,
    ngx_http_ap_verified_pt handler, void *data)
{
    verify->verified = 0;
    verify->absent = 0;

    if (verify->newer != 0) {
        verify->reason = FEDI_SIGNATURE_NO_KEY;
        return NGX_OK;
    }

    verify->newer = ngx_max(ngx_time(), verify->fetched + 1);

    return ngx_http_ap_verify_key(verify, handler, data);
}


ngx_int_t
ngx_http_ap_verify_gone(ngx_http_ap_verify_t *verify, const fedi_id_t *actor,
    ngx_http_ap_verified_pt handler, void *data)
{
    verify->gone = 0;

    if (fedi_str_eq(fedi_id_document(&verify->key_id), actor->text)) {
        verify->owner = *actor;
        verify->reason = FEDI_SIGNATURE_VALID;
        verify->verified = 1;
        verify->absent = 1;

        return NGX_OK;
    }

    /* a key may go without its owner: it is the owner who counts */

    if (verify->probed || !fedi_id_same_origin(&verify->key_id, actor)) {
        return NGX_OK;
    }

    verify->probed = 1;
    verify->key_id = *actor;
    verify->reason = FEDI_SIGNATURE_VALID;

    return ngx_http_ap_verify_key(verify, handler, data);
}


void
ngx_http_ap_verify_refresh(ngx_http_ap_verify_t *verify)
{
    ngx_str_t  id;

    id = ngx_http_ap_string(verify->key_id.text);

    ngx_ap_keys_refresh(verify->worker, verify->origin, &id);
}


static void
ngx_http_ap_verify_keyed(void *data, ngx_int_t rc, const ngx_ap_key_t *key)
{
    ngx_http_ap_verify_t *verify = data;

    ngx_connection_t  *c;

    c = verify->request->connection;

    ngx_http_set_log_request(c->log, verify->request);

    if (ngx_http_ap_verify_with(verify, rc, key) == NGX_AGAIN) {
        return;
    }

    verify->handler(verify->data);

    ngx_http_run_posted_requests(c);
}


static ngx_int_t
ngx_http_ap_verify_with(ngx_http_ap_verify_t *verify, ngx_int_t rc,
    const ngx_ap_key_t *key)
{
    switch (rc) {

    case NGX_OK:

        /* what was to be gone is there, whatever it says */

        if (verify->probed) {
            verify->reason = FEDI_SIGNATURE_NO_KEY;
            return NGX_OK;
        }

        verify->reason = ngx_http_ap_verify_signature(verify, key);
        break;

    case NGX_DECLINED:
        verify->reason = FEDI_SIGNATURE_NO_KEY;
        return NGX_OK;

    case NGX_DONE:
        verify->reason = FEDI_SIGNATURE_NO_KEY;
        verify->gone = 1;
        return NGX_OK;

    case NGX_ABORT:
        verify->reason = FEDI_SIGNATURE_BAD_KEY;
        return NGX_OK;

    default:
        verify->reason = FEDI_SIGNATURE_KEY_UNREACHABLE;
        return NGX_OK;
    }

    verify->fetched = key->fetched;

    /* it may have another key by now: looked for once */

    if (verify->reason == FEDI_SIGNATURE_MISMATCH
        && verify->newer == 0
        && key->fetched + NGX_HTTP_AP_VERIFY_KEY_AGE < ngx_time())
    {
        verify->newer = ngx_time() - NGX_HTTP_AP_VERIFY_KEY_AGE;
        verify->reason = FEDI_SIGNATURE_VALID;

        return ngx_http_ap_verify_key(verify, verify->handler, verify->data);
    }

    verify->verified = (verify->reason == FEDI_SIGNATURE_VALID);

    return NGX_OK;
}


static fedi_signature_e
ngx_http_ap_verify_signature(ngx_http_ap_verify_t *verify,
    const ngx_ap_key_t *key)
{
    fedi_signature_e        reason;
    fedi_signature_bases_t  bases;

    reason = fedi_signature_bases(&verify->arena, &verify->signature,
                                  &verify->signed_request, &bases);

    if (reason == FEDI_SIGNATURE_VALID) {
        reason = fedi_signature_verify(key->key, key->kept,
                                       &verify->signature, &bases);
    }

    return reason == FEDI_SIGNATURE_VALID
           ? ngx_http_ap_verify_owner(verify, key) : reason;
}


/* whose key it is says the key's own document, and none of another origin */

static fedi_signature_e
ngx_http_ap_verify_owner(ngx_http_ap_verify_t *verify, const ngx_ap_key_t *key)
{
    fedi_err_e  err;

    err = fedi_id_parse(&verify->arena, &verify->worker->conf->rules,
                        ngx_http_ap_view(&key->actor), &verify->owner);

    if (err == FEDI_ENOMEM) {
        return FEDI_SIGNATURE_FAILED;
    }

    if (err != FEDI_OK
        || !fedi_id_same_origin(&verify->owner, &verify->key_id))
    {
        return FEDI_SIGNATURE_BAD_KEY;
    }

    /* a key may take seconds to come, a block is in force within one */

    return verify->is_own ? FEDI_SIGNATURE_VALID
                          : ngx_http_ap_verify_policy(verify, &verify->owner);
}
