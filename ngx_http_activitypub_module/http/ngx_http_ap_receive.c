
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     known -> verify -> authorise -> received -> 202
 *
 * Each arrow is a function that starts the next step or gives an answer.
 * NGX_AGAIN means that a handler of ours will be called.  202 is sent after
 * the commit.
 */

#include "ngx_ap_inbox.h"
#include "ngx_ap_str.h"
#include "ngx_http_ap_answer.h"
#include "ngx_http_ap_limit.h"
#include "ngx_http_ap_receive.h"
#include "ngx_http_ap_refuse.h"
#include "ngx_http_ap_shield.h"


static ngx_uint_t ngx_http_ap_receive_is_check(ngx_http_ap_inbox_t *inbox);
static void ngx_http_ap_receive_known(void *data, ngx_int_t rc);
static ngx_int_t ngx_http_ap_receive_verify(ngx_http_ap_inbox_t *inbox);
static void ngx_http_ap_receive_verified(void *data);
static ngx_int_t ngx_http_ap_receive_gone(ngx_http_ap_inbox_t *inbox);
static ngx_int_t ngx_http_ap_receive_authorise(ngx_http_ap_inbox_t *inbox);
static void ngx_http_ap_receive_refresh(ngx_http_ap_inbox_t *inbox);
static void ngx_http_ap_receive_received(void *data, ngx_int_t rc,
    const ngx_str_t *verdict);
static ngx_int_t ngx_http_ap_receive_refused(ngx_http_ap_inbox_t *inbox,
    ngx_uint_t counter);


/*
 * An actor that is gone tells everybody, and has no key any more: who never
 * heard of it has nothing to do.
 */

ngx_int_t
ngx_http_ap_receive(ngx_http_ap_inbox_t *inbox)
{
    ngx_str_t         actor;
    fedi_str_t        origin;
    fedi_verdict_e    verdict;
    ngx_ap_store_t   *store;
    fedi_authority_t  authority;

    /*
     * "apctl check" asks whether a signed POST arrives: the instance actor
     * may say to its own inbox what has no effect, and nothing else.
     */

    if (inbox->verify->is_own && !ngx_http_ap_receive_is_check(inbox)) {
        return ngx_http_ap_receive_signature(inbox,
                                             FEDI_SIGNATURE_BAD_KEY_ID);
    }

    if (fedi_activity_is_self_delete(inbox->activity)) {
        actor = ngx_http_ap_string(inbox->activity->actor.text);

        store = inbox->verify->worker->store;

        inbox->call = ngx_ap_store_remote_known(store, &actor,
                                                ngx_http_ap_receive_known,
                                                inbox);
        if (inbox->call == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return NGX_AGAIN;
    }

    if (!inbox->verify->is_signed) {
        return ngx_http_ap_receive_signature(inbox, FEDI_SIGNATURE_NONE);
    }

    /* a key of another origin is not this actor's: it need not be fetched */

    if (!fedi_id_same_origin(&inbox->verify->key_id, &inbox->activity->actor)) {

        origin = ngx_http_ap_view(&inbox->origin->url);

        authority.owner = &inbox->verify->key_id;
        authority.origins = &origin;
        authority.norigins = 1;

        verdict = fedi_activity_authorise(inbox->activity, &authority);

        return ngx_http_ap_receive_verdict(inbox,
                                         verdict == FEDI_VERDICT_ACCEPTED
                                         ? FEDI_VERDICT_NOT_OWNER : verdict);
    }

    return ngx_http_ap_receive_verify(inbox);
}


static ngx_uint_t
ngx_http_ap_receive_is_check(ngx_http_ap_inbox_t *inbox)
{
    return inbox->activity->kind == FEDI_ACTIVITY_OTHER
           && fedi_str_eq(inbox->activity->type, fedi_str("View"))
           && fedi_str_eq(inbox->activity->actor.text,
                          ngx_http_ap_view(&inbox->origin->instance.uri));
}


static void
ngx_http_ap_receive_known(void *data, ngx_int_t rc)
{
    ngx_http_ap_inbox_t *inbox = data;

    ngx_connection_t  *c;

    c = inbox->request->connection;

    ngx_http_set_log_request(c->log, inbox->request);

    inbox->call = NULL;

    switch (rc) {

    case NGX_OK:
        rc = inbox->verify->is_signed
             ? ngx_http_ap_receive_verify(inbox)
             : ngx_http_ap_receive_signature(inbox, FEDI_SIGNATURE_NONE);
        break;

    case NGX_DECLINED:
        ngx_http_ap_count(inbox->request, NGX_HTTP_AP_RECEIVED_IGNORED);
        rc = ngx_http_ap_receive_accepted(inbox->request);
        break;

    default:
        rc = ngx_http_ap_receive_refuse(inbox, FEDI_REFUSAL_DATABASE);
    }

    ngx_http_ap_receive_finish(inbox, rc);
    ngx_http_run_posted_requests(c);
}


static ngx_int_t
ngx_http_ap_receive_verify(ngx_http_ap_inbox_t *inbox)
{
    ngx_int_t  rc;

    rc = ngx_http_ap_verify_key(inbox->verify, ngx_http_ap_receive_verified,
                                inbox);

    return rc == NGX_AGAIN ? NGX_AGAIN
                           : ngx_http_ap_receive_authorise(inbox);
}


static void
ngx_http_ap_receive_verified(void *data)
{
    ngx_http_ap_inbox_t *inbox = data;

    ngx_http_ap_receive_finish(inbox, ngx_http_ap_receive_authorise(inbox));
}


/* who is gone has no key any more, and says so with it all the same */

static ngx_int_t
ngx_http_ap_receive_gone(ngx_http_ap_inbox_t *inbox)
{
    ngx_int_t  rc;

    rc = NGX_OK;

    while (rc == NGX_OK && inbox->verify->gone
           && fedi_activity_is_self_delete(inbox->activity))
    {
        rc = ngx_http_ap_verify_gone(inbox->verify, &inbox->activity->actor,
                                     ngx_http_ap_receive_verified, inbox);
    }

    return rc;
}


static ngx_int_t
ngx_http_ap_receive_authorise(ngx_http_ap_inbox_t *inbox)
{
    ngx_int_t                 rc;
    fedi_str_t                origin;
    fedi_verdict_e            verdict;
    fedi_authority_t          authority;
    const fedi_authorised_t  *authorised;

    rc = ngx_http_ap_receive_gone(inbox);

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    if (!inbox->verify->verified) {
        return ngx_http_ap_receive_signature(inbox, inbox->verify->reason);
    }

    if (ngx_http_ap_limit(inbox->verify) != NGX_OK) {
        return ngx_http_ap_receive_refuse(inbox, FEDI_REFUSAL_LIMITED);
    }

    origin = ngx_http_ap_view(&inbox->origin->url);

    authority.owner = &inbox->verify->owner;
    authority.origins = &origin;
    authority.norigins = 1;

    verdict = fedi_activity_admit(&inbox->verify->arena, inbox->activity,
                                  &authority, inbox->body, &authorised);

    if (verdict != FEDI_VERDICT_ACCEPTED) {
        return ngx_http_ap_receive_verdict(inbox, verdict);
    }

    return ngx_ap_inbox_receive(inbox->verify->worker, inbox->request->pool,
                                &inbox->origin->url, authorised,
                                ngx_http_ap_receive_received, inbox)
           ? NGX_AGAIN : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


/* of an actor that has changed its own document says what is so */

static void
ngx_http_ap_receive_refresh(ngx_http_ap_inbox_t *inbox)
{
    if (inbox->activity->kind == FEDI_ACTIVITY_UPDATE
        && fedi_id_eq(&inbox->activity->object.id, &inbox->activity->actor))
    {
        ngx_http_ap_verify_refresh(inbox->verify);
    }
}


static void
ngx_http_ap_receive_received(void *data, ngx_int_t rc, const ngx_str_t *verdict)
{
    ngx_http_ap_inbox_t *inbox = data;

    ngx_uint_t         counter;
    ngx_connection_t  *c;

    c = inbox->request->connection;

    ngx_http_set_log_request(c->log, inbox->request);

    switch (rc) {

    case NGX_OK:

        /* the database knows of every rule, and of each before the zone */

        if (ngx_ap_str_is(verdict, "blocked")) {
            rc = ngx_http_ap_receive_signature(inbox, FEDI_SIGNATURE_BLOCKED);
            break;
        }

        /* the site has it in its hands just now, for as long as it likes */

        if (ngx_ap_str_is(verdict, "busy")) {
            rc = ngx_http_ap_receive_refuse(inbox, FEDI_REFUSAL_DATABASE);
            break;
        }

        counter = ngx_http_ap_counter_of(verdict);
        ngx_http_ap_count(inbox->request, counter);

        if (counter != NGX_HTTP_AP_RECEIVED_UNKNOWN_ACTOR) {
            ngx_http_ap_receive_refresh(inbox);
            ngx_http_ap_shield_accepted(inbox->verify, inbox->body,
                                        inbox->mark);
            rc = ngx_http_ap_receive_accepted(inbox->request);
            break;
        }

        rc = ngx_http_ap_verify_again(inbox->verify,
                                      ngx_http_ap_receive_verified, inbox);

        if (rc != NGX_AGAIN) {
            rc = ngx_http_ap_receive_authorise(inbox);
        }

        break;

    case NGX_DECLINED:
        rc = ngx_http_ap_receive_refuse(inbox, FEDI_REFUSAL_ROW);
        break;

    default:
        rc = ngx_http_ap_receive_refuse(inbox, FEDI_REFUSAL_DATABASE);
    }

    ngx_http_ap_receive_finish(inbox, rc);
    ngx_http_run_posted_requests(c);
}


ngx_int_t
ngx_http_ap_receive_accepted(ngx_http_request_t *r)
{
    ngx_http_ap_answer_t  answer;

    ngx_memzero(&answer, sizeof(ngx_http_ap_answer_t));

    answer.status = NGX_HTTP_ACCEPTED;

    return ngx_http_ap_answer(r, &answer);
}


ngx_int_t
ngx_http_ap_receive_signature(ngx_http_ap_inbox_t *inbox,
    fedi_signature_e reason)
{
    return ngx_http_ap_receive_refused(inbox,
                                       NGX_HTTP_AP_SIGNATURES + reason);
}


/* much that is not believed is answered 202: a peer would only try again */

ngx_int_t
ngx_http_ap_receive_verdict(ngx_http_ap_inbox_t *inbox, fedi_verdict_e verdict)
{
    if (fedi_verdict_status(verdict) == NGX_HTTP_ACCEPTED) {
        ngx_http_ap_count(inbox->request, NGX_HTTP_AP_VERDICTS + verdict);
        return ngx_http_ap_receive_accepted(inbox->request);
    }

    return ngx_http_ap_receive_refused(inbox, NGX_HTTP_AP_VERDICTS + verdict);
}


ngx_int_t
ngx_http_ap_receive_refuse(ngx_http_ap_inbox_t *inbox, ngx_uint_t refusal)
{
    return ngx_http_ap_receive_refused(inbox, NGX_HTTP_AP_REFUSALS + refusal);
}


static ngx_int_t
ngx_http_ap_receive_refused(ngx_http_ap_inbox_t *inbox, ngx_uint_t counter)
{
    ngx_http_ap_sender_t  sender;

    sender.key_id = inbox->verify->signature.key_id;
    sender.actor = inbox->activity ? inbox->activity->actor.text
                                   : fedi_str("");

    return ngx_http_ap_refuse_sender(inbox->request, counter, &sender);
}


void
ngx_http_ap_receive_finish(ngx_http_ap_inbox_t *inbox, ngx_int_t rc)
{
    ngx_http_ap_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(inbox->request, ngx_http_activitypub_module);

    /* of an answer NGX_AGAIN means a slow client: nginx sends the rest */

    if (rc != NGX_AGAIN || ctx->answered) {
        ngx_http_finalize_request(inbox->request, rc);
    }
}
