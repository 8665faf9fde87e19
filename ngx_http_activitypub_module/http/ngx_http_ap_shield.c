
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_farewell.h"
#include "fedi_http_date.h"
#include "ngx_ap_cache_remote.h"
#include "ngx_ap_cache_repeats.h"
#include "ngx_http_ap_refuse.h"
#include "ngx_http_ap_shield.h"


/* of a signature's value, from its end */
#define NGX_HTTP_AP_SHIELD_MARK  64


static ngx_uint_t ngx_http_ap_shield_is_farewell(ngx_http_request_t *r,
    ngx_http_ap_main_conf_t *amcf, ngx_ap_origin_t *origin, fedi_str_t body);
static uint64_t ngx_http_ap_shield_mark(ngx_http_request_t *r,
    ngx_http_ap_main_conf_t *amcf);
static uint64_t ngx_http_ap_shield_name(ngx_http_request_t *r,
    ngx_http_ap_main_conf_t *amcf, ngx_ap_origin_t *origin, fedi_str_t body);
static ngx_uint_t ngx_http_ap_shield_signed_field(
    const ngx_table_elt_t *field);
static ngx_inline ngx_uint_t ngx_http_ap_shield_is(
    const ngx_table_elt_t *field, const ngx_str_t *name);


/* what every signature covers, and the signature */

static ngx_str_t  ngx_http_ap_shield_fields[] = {
    ngx_string("signature"),
    ngx_string("signature-input"),
    ngx_string("host"),
    ngx_string("date"),
    ngx_string("digest"),
    ngx_string("content-digest"),
    ngx_string("content-type"),
    ngx_null_string
};


ngx_uint_t
ngx_http_ap_shield_is_here(ngx_http_request_t *r)
{
    off_t         len;
    ngx_event_t  *rev;

    len = r->headers_in.content_length_n;
    rev = r->connection->read;

    if (r->stream || r->headers_in.chunked || r->headers_in.expect
        || len <= 0 || len > FEDI_FAREWELL_MAX)
    {
        return 0;
    }

    len -= r->header_in->last - r->header_in->pos;

#if (NGX_HAVE_FIONREAD)

    /* what the kernel has, as nginx was told when it read the header */

    if (rev->available > 0) {
        len -= rev->available;
    }

#endif

    return len <= 0;
}


ngx_uint_t
ngx_http_ap_shield(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    fedi_str_t body, uint64_t *mark)
{
    ngx_http_ap_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_activitypub_module);
    *mark = 0;

    if (ngx_http_ap_shield_is_farewell(r, amcf, origin, body)) {
        ngx_http_ap_count(r, NGX_HTTP_AP_RECEIVED_IGNORED);
        return 1;
    }

    *mark = ngx_http_ap_shield_mark(r, amcf);

    if (*mark
        && ngx_ap_cache_repeat_marked(amcf->cache, *mark)
        && ngx_ap_cache_repeat_find(amcf->cache, *mark,
                                    ngx_http_ap_shield_name(r, amcf, origin,
                                                            body)))
    {
        ngx_http_ap_count(r, NGX_HTTP_AP_RECEIVED_REPEATED);
        return 1;
    }

    return 0;
}


/* until it would be refused as too old, if that is known */

void
ngx_http_ap_shield_accepted(const ngx_http_ap_verify_t *verify,
    fedi_str_t body, uint64_t mark)
{
    uint64_t                 name;
    int64_t                  dated;
    fedi_str_t               date;
    ngx_http_ap_main_conf_t  *amcf;

    if (mark == 0) {
        return;
    }

    if (verify->signature.has_created) {
        dated = verify->signature.created;

    } else if (fedi_header_find(verify->signed_request.headers,
                                verify->signed_request.nheaders,
                                fedi_str("date"), &date)
               == 0
               || !fedi_http_date_parse(date, ngx_time(), &dated))
    {
        return;
    }

    if (verify->signature.has_expires) {
        dated = ngx_min(dated, verify->signature.expires
                               - FEDI_SIGNATURE_WINDOW);
    }

    amcf = ngx_http_get_module_main_conf(verify->request,
                                         ngx_http_activitypub_module);

    name = ngx_http_ap_shield_name(verify->request, amcf, verify->origin,
                                   body);

    ngx_ap_cache_repeat_add(amcf->cache, mark, name,
                            dated + FEDI_SIGNATURE_WINDOW);
}


/* who speaks for an actor of ours is told why it is not believed */

static ngx_uint_t
ngx_http_ap_shield_is_farewell(ngx_http_request_t *r,
    ngx_http_ap_main_conf_t *amcf, ngx_ap_origin_t *origin, fedi_str_t body)
{
    fedi_id_t     actor;
    ngx_str_t     uri;
    fedi_arena_t  arena;

    arena = ngx_http_ap_arena(r->pool);

    if (!fedi_farewell_read(&arena, &amcf->worker->rules, body, &actor)
        || fedi_str_eq(actor.origin, ngx_http_ap_view(&origin->url)))
    {
        return 0;
    }

    uri = ngx_http_ap_string(actor.text);

    return ngx_ap_cache_remote_find(amcf->cache, &uri) == NGX_DECLINED;
}


/*
 * The end of a signature, which no other request of the same key has: most of
 * what comes was never here before, and no more of it is hashed than that.
 */

static uint64_t
ngx_http_ap_shield_mark(ngx_http_request_t *r, ngx_http_ap_main_conf_t *amcf)
{
    uint64_t          mark;
    fedi_str_t        value;
    ngx_uint_t        i, is_signed;
    fedi_siphash_t    hash;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *field;

    hash = ngx_ap_cache_hash(amcf->cache);
    is_signed = 0;

    for (part = &r->headers_in.headers.part; part; part = part->next) {

        field = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (!ngx_http_ap_shield_is(&field[i],
                                       &ngx_http_ap_shield_fields[0]))
            {
                continue;
            }

            value = ngx_http_ap_view(&field[i].value);

            if (value.len > NGX_HTTP_AP_SHIELD_MARK) {
                value = fedi_str_from(value,
                                      value.len - NGX_HTTP_AP_SHIELD_MARK);
            }

            fedi_siphash_add(&hash, value);
            is_signed = 1;
        }
    }

    if (!is_signed) {
        return 0;
    }

    mark = fedi_siphash_value(hash);

    /* 0 is no mark */

    return mark + (mark == 0);
}


/*
 * Two requests of one name are the same in all that matters: line, fields,
 * signature and body.
 */

static uint64_t
ngx_http_ap_shield_name(ngx_http_request_t *r, ngx_http_ap_main_conf_t *amcf,
    ngx_ap_origin_t *origin, fedi_str_t body)
{
    uint64_t          name;
    ngx_uint_t        i, which;
    fedi_siphash_t    hash;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *field;

    hash = ngx_ap_cache_hash(amcf->cache);

    /* what was committed to one database is news to another */

    fedi_siphash_word(&hash, amcf->worker->source);

    fedi_siphash_add(&hash, ngx_http_ap_view(&origin->url));
    fedi_siphash_add(&hash, ngx_http_ap_view(&r->unparsed_uri));

    for (part = &r->headers_in.headers.part; part; part = part->next) {

        field = part->elts;

        for (i = 0; i < part->nelts; i++) {
            which = ngx_http_ap_shield_signed_field(&field[i]);

            if (which == 0) {
                continue;
            }

            fedi_siphash_word(&hash, which);
            fedi_siphash_add(&hash, ngx_http_ap_view(&field[i].value));
        }
    }

    fedi_siphash_add(&hash, body);

    name = fedi_siphash_value(hash);

    /* 0 is no name */

    return name + (name == 0);
}


/* its number from 1 on, or 0 */

static ngx_uint_t
ngx_http_ap_shield_signed_field(const ngx_table_elt_t *field)
{
    ngx_uint_t  i;

    for (i = 0; ngx_http_ap_shield_fields[i].len; i++) {

        if (ngx_http_ap_shield_is(field, &ngx_http_ap_shield_fields[i])) {
            return i + 1;
        }
    }

    return 0;
}


static ngx_inline ngx_uint_t
ngx_http_ap_shield_is(const ngx_table_elt_t *field, const ngx_str_t *name)
{
    return field->key.len == name->len
           && ngx_memcmp(field->lowcase_key, name->data, name->len) == 0;
}
