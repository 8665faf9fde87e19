
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What may stand below the prefix:
 *
 *     actor                            the instance actor
 *     actor/COLLECTION
 *     inbox                            shared
 *     nodeinfo/VERSION
 *     NAME
 *     NAME/COLLECTION
 *     NAME/UUID                        an object
 *     NAME/UUID/{replies,likes,shares}
 *     NAME/activities/UUID
 *
 * The database is asked for nothing else: a stranger who tries paths is
 * answered from the configuration.
 */

#include "ngx_http_ap_machine.h"

#include "ngx_http_ap_answer.h"
#include "ngx_http_ap_discovery.h"
#include "ngx_http_ap_inbox.h"
#include "ngx_http_ap_lookup.h"
#include "ngx_http_ap_refuse.h"
#include "ngx_http_ap_signatures.h"


#define NGX_HTTP_AP_SEGMENTS    3
#define NGX_HTTP_AP_UUID_LEN    36

/* all numbers with so many digits are bigints */
#define NGX_HTTP_AP_NUMBER_LEN  18


static ngx_int_t ngx_http_ap_machine_document(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx, ngx_str_t *query);
static ngx_int_t ngx_http_ap_machine_authorize(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx, ngx_uint_t page);
static ngx_uint_t ngx_http_ap_machine_split(ngx_str_t *path,
    ngx_str_t *segments);
static ngx_http_ap_who_e ngx_http_ap_machine_who(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, ngx_str_t *s, ngx_uint_t n);
static ngx_uint_t ngx_http_ap_machine_names(ngx_str_t *s, ngx_uint_t n);
static ngx_str_t ngx_http_ap_machine_query(ngx_str_t *last, ngx_str_t *query);
static ngx_uint_t ngx_http_ap_is_one_of(ngx_str_t *s, ngx_str_t *names);
static ngx_uint_t ngx_http_ap_is_uuid(ngx_str_t *s);
static ngx_uint_t ngx_http_ap_is_number(ngx_str_t *s);


static ngx_str_t  ngx_http_ap_instance_name[] = {
    ngx_string("actor"),
    ngx_null_string
};

static ngx_str_t  ngx_http_ap_shared_inbox_name[] = {
    ngx_string("inbox"),
    ngx_null_string
};

static ngx_str_t  ngx_http_ap_nodeinfo_name[] = {
    ngx_string("nodeinfo"),
    ngx_null_string
};

static ngx_str_t  ngx_http_ap_activities_name[] = {
    ngx_string("activities"),
    ngx_null_string
};

static ngx_str_t  ngx_http_ap_instance_collections[] = {
    ngx_string("inbox"),
    ngx_string("outbox"),
    ngx_string("followers"),
    ngx_string("following"),
    ngx_null_string
};

static ngx_str_t  ngx_http_ap_actor_collections[] = {
    ngx_string("inbox"),
    ngx_string("outbox"),
    ngx_string("followers"),
    ngx_string("following"),
    ngx_string("featured"),
    ngx_null_string
};

static ngx_str_t  ngx_http_ap_object_collections[] = {
    ngx_string("replies"),
    ngx_string("likes"),
    ngx_string("shares"),
    ngx_null_string
};

/* pages begin after an activity, or after a row with a number */

static ngx_str_t  ngx_http_ap_paged_by_uuid[] = {
    ngx_string("outbox"),
    ngx_null_string
};

static ngx_str_t  ngx_http_ap_paged_by_number[] = {
    ngx_string("followers"),
    ngx_string("replies"),
    ngx_string("likes"),
    ngx_string("shares"),
    ngx_null_string
};


ngx_int_t
ngx_http_ap_machine_handler(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_int_t                rc;
    ngx_str_t                path, query, segments[NGX_HTTP_AP_SEGMENTS];
    ngx_uint_t               n;
    ngx_ap_origin_t         *origin;
    ngx_http_ap_who_e        who;
    ngx_http_ap_srv_conf_t  *ascf;

    if (ctx->fetch && !ctx->counts) {
        return ngx_http_ap_machine_document(r, ctx, NULL);
    }

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);
    origin = ascf->origin;

    path.data = ctx->path.data + origin->prefix.len;
    path.len = ctx->path.len - origin->prefix.len;

    n = ngx_http_ap_machine_split(&path, segments);

    if (n != 0
        && !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
        && ngx_http_ap_is_one_of(&segments[n - 1],
                                 ngx_http_ap_shared_inbox_name))
    {
        who = ngx_http_ap_machine_who(r, origin, segments, n);

        if (who == NGX_HTTP_AP_NOBODY) {
            return ngx_http_ap_refuse(r, FEDI_REFUSAL_NOT_FOUND);
        }

        if (who == NGX_HTTP_AP_GONE) {
            return ngx_http_ap_refuse(r, FEDI_REFUSAL_GONE);
        }

        return ngx_http_ap_inbox_handler(r, origin);
    }

    rc = ngx_http_ap_admit(r, origin);

    if (rc != NGX_OK || ctx->answered) {
        return rc;
    }

    if (n == 2
        && ngx_http_ap_is_one_of(&segments[0], ngx_http_ap_nodeinfo_name))
    {
        return ngx_http_ap_nodeinfo_handler(r, ctx, &segments[1]);
    }

    if (ngx_http_ap_machine_who(r, origin, segments, n) == NGX_HTTP_AP_NOBODY)
    {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_NOT_FOUND);
    }

    query = ngx_http_ap_machine_query(&segments[n - 1], &ctx->query);

    return ngx_http_ap_machine_document(r, ctx, &query);
}


static ngx_int_t
ngx_http_ap_machine_document(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_str_t *query)
{
    ngx_int_t                rc;
    fedi_document_t         *document;
    ngx_http_ap_answer_t     answer;
    ngx_http_ap_srv_conf_t  *ascf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);

    /* a browser that is sent to the page learns nothing else */

    rc = ngx_http_ap_machine_authorize(r, ctx, 1);

    if (rc != NGX_OK || ctx->answered) {
        return rc;
    }

    rc = ngx_http_ap_fetch(r, ctx, ascf->origin, &ctx->path, query);

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_NOT_FOUND);
    }

    if (rc != NGX_OK) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_DATABASE);
    }

    document = &ctx->fetch->document;

    if (document->url.len == 0 || document->status != NGX_HTTP_OK
        || !ngx_http_ap_wants_html(r, ctx))
    {
        rc = ngx_http_ap_machine_authorize(r, ctx, 0);

        return rc != NGX_OK || ctx->answered
               ? rc : ngx_http_ap_document_answer(r, document, 1);
    }

    ngx_memzero(&answer, sizeof(ngx_http_ap_answer_t));

    answer.status = NGX_HTTP_MOVED_TEMPORARILY;
    answer.location = ngx_http_ap_string(document->url);
    answer.varies = 1;

    return ngx_http_ap_answer(r, &answer);
}


/*
 * The instance actor's key is what others look for when we fetch: two servers
 * that hide theirs from each other would never get to know each other.
 */

static ngx_int_t
ngx_http_ap_machine_authorize(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_uint_t page)
{
    ngx_str_t                 instance;
    ngx_ap_origin_t          *origin;
    ngx_http_ap_loc_conf_t   *alcf;
    ngx_http_ap_srv_conf_t   *ascf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_activitypub_module);

    if (!alcf->authorized_fetch || (page && ngx_http_ap_wants_html(r, ctx))) {
        return NGX_OK;
    }

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);
    origin = ascf->origin;

    instance.data = origin->instance.uri.data + origin->url.len;
    instance.len = origin->instance.uri.len - origin->url.len;

    if (ctx->path.len == instance.len
        && ngx_memcmp(ctx->path.data, instance.data, instance.len) == 0)
    {
        return NGX_OK;
    }

    return ngx_http_ap_authorize_fetch(r, ctx);
}


ngx_int_t
ngx_http_ap_document_answer(ngx_http_request_t *r,
    const fedi_document_t *document, ngx_uint_t shared)
{
    ngx_http_ap_ctx_t     *ctx;
    ngx_http_ap_answer_t   answer;

    ngx_memzero(&answer, sizeof(ngx_http_ap_answer_t));

    ctx = ngx_http_get_module_ctx(r, ngx_http_activitypub_module);
    answer.guarded = (ctx->gate != NULL);

    /* without a parameter: Lemmy compares the whole value */

    ngx_str_set(&answer.type, "application/activity+json");

    answer.status = document->status;
    answer.body = ngx_http_ap_string(document->body);
    answer.etag.data = (u_char *) document->etag;
    answer.etag.len = FEDI_ETAG_LEN;
    answer.shared = shared && !answer.guarded;

    /*
     * A page is as old as its HTML as well: a cache that compares dates would
     * take one for the other.
     */

    if (shared) {
        answer.modified = (time_t) document->updated;
        answer.date.data = (u_char *) document->date;
        answer.date.len = FEDI_HTTP_DATE_LEN;
    }

    answer.open = 1;
    answer.varies = (document->url.len != 0);

    return ngx_http_ap_answer(r, &answer);
}


ngx_uint_t
ngx_http_ap_machine_has(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    ngx_str_t *path)
{
    ngx_str_t   rest, segments[NGX_HTTP_AP_SEGMENTS];
    ngx_uint_t  n;

    if (path->len < origin->prefix.len
        || ngx_memcmp(path->data, origin->prefix.data, origin->prefix.len)
           != 0)
    {
        return 0;
    }

    rest.data = path->data + origin->prefix.len;
    rest.len = path->len - origin->prefix.len;

    n = ngx_http_ap_machine_split(&rest, segments);

    return ngx_http_ap_machine_who(r, origin, segments, n)
           != NGX_HTTP_AP_NOBODY;
}


/* 0: more segments than anything of ours has */

static ngx_uint_t
ngx_http_ap_machine_split(ngx_str_t *path, ngx_str_t *segments)
{
    u_char      *p, *last, *slash;
    ngx_uint_t   n;

    p = path->data;
    last = path->data + path->len;

    for (n = 0; n < NGX_HTTP_AP_SEGMENTS; n++) {

        slash = ngx_strlchr(p, last, '/');

        segments[n].data = p;
        segments[n].len = (slash ? slash : last) - p;

        if (slash == NULL) {
            return n + 1;
        }

        p = slash + 1;
    }

    return 0;
}


/* whose it would be; the origin's own are always there */

static ngx_http_ap_who_e
ngx_http_ap_machine_who(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    ngx_str_t *s, ngx_uint_t n)
{
    if (n == 0) {
        return NGX_HTTP_AP_NOBODY;
    }

    if (ngx_http_ap_is_one_of(&s[0], ngx_http_ap_instance_name)) {
        return n == 1
               || (n == 2 && ngx_http_ap_is_one_of(&s[1],
                                            ngx_http_ap_instance_collections))
               ? NGX_HTTP_AP_CONFIGURED : NGX_HTTP_AP_NOBODY;
    }

    if (ngx_http_ap_is_one_of(&s[0], ngx_http_ap_shared_inbox_name)) {
        return n == 1 ? NGX_HTTP_AP_CONFIGURED : NGX_HTTP_AP_NOBODY;
    }

    /* an actor that left the configuration answers 404 */

    return ngx_http_ap_machine_names(s, n)
           ? ngx_http_ap_who(r, origin, ngx_http_ap_view(&s[0]))
           : NGX_HTTP_AP_NOBODY;
}


/* what an actor may have */

static ngx_uint_t
ngx_http_ap_machine_names(ngx_str_t *s, ngx_uint_t n)
{
    switch (n) {

    case 1:
        return 1;

    case 2:
        return ngx_http_ap_is_uuid(&s[1])
               || ngx_http_ap_is_one_of(&s[1], ngx_http_ap_actor_collections);

    default: /* 3 */
        return (ngx_http_ap_is_uuid(&s[1])
                && ngx_http_ap_is_one_of(&s[2],
                                         ngx_http_ap_object_collections))
               || (ngx_http_ap_is_uuid(&s[2])
                   && ngx_http_ap_is_one_of(&s[1],
                                            ngx_http_ap_activities_name));
    }
}


/* only a page of a collection has a query; any other one means nothing */

static ngx_str_t
ngx_http_ap_machine_query(ngx_str_t *last, ngx_str_t *query)
{
    ngx_str_t   from, none;
    ngx_uint_t  by_uuid;

    ngx_str_null(&none);

    by_uuid = ngx_http_ap_is_one_of(last, ngx_http_ap_paged_by_uuid);

    if (query->len < sizeof("page") - 1
        || ngx_strncmp(query->data, "page", sizeof("page") - 1) != 0
        || !(by_uuid
             || ngx_http_ap_is_one_of(last, ngx_http_ap_paged_by_number)))
    {
        return none;
    }

    if (query->len == sizeof("page") - 1) {
        return *query;
    }

    if (query->data[4] != '=') {
        return none;
    }

    from.data = query->data + sizeof("page=") - 1;
    from.len = query->len - (sizeof("page=") - 1);

    if (by_uuid ? ngx_http_ap_is_uuid(&from) : ngx_http_ap_is_number(&from)) {
        return *query;
    }

    return none;
}


static ngx_uint_t
ngx_http_ap_is_one_of(ngx_str_t *s, ngx_str_t *names)
{
    ngx_str_t  *name;

    for (name = names; name->len; name++) {

        if (s->len == name->len
            && ngx_memcmp(s->data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* lower case, as we write them: ids are compared byte by byte */

static ngx_uint_t
ngx_http_ap_is_uuid(ngx_str_t *s)
{
    u_char      c;
    ngx_uint_t  i;

    if (s->len != NGX_HTTP_AP_UUID_LEN) {
        return 0;
    }

    for (i = 0; i < NGX_HTTP_AP_UUID_LEN; i++) {
        c = s->data[i];

        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (c != '-') {
                return 0;
            }

        } else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            return 0;
        }
    }

    return 1;
}


/* as the database writes one, from 1 on */

static ngx_uint_t
ngx_http_ap_is_number(ngx_str_t *s)
{
    ngx_uint_t  i;

    if (s->len == 0 || s->len > NGX_HTTP_AP_NUMBER_LEN || s->data[0] == '0') {
        return 0;
    }

    for (i = 0; i < s->len; i++) {
        if (s->data[i] < '0' || s->data[i] > '9') {
            return 0;
        }
    }

    return 1;
}
