
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

#include "ngx_http_ap_path.h"


#define NGX_HTTP_AP_UUID_LEN    36

/* all numbers with so many digits are bigints */
#define NGX_HTTP_AP_NUMBER_LEN  18


static ngx_uint_t ngx_http_ap_path_is_of_actor(ngx_str_t *s, ngx_uint_t n);
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


ngx_uint_t
ngx_http_ap_path_split(ngx_str_t *path, ngx_str_t *segments)
{
    u_char      *p, *last, *slash;
    ngx_uint_t   n;

    p = path->data;
    last = path->data + path->len;

    for (n = 0; n < NGX_HTTP_AP_PATH_SEGMENTS; n++) {

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


ngx_uint_t
ngx_http_ap_path_is_inbox(ngx_str_t *s, ngx_uint_t n)
{
    return n != 0
           && ngx_http_ap_is_one_of(&s[n - 1], ngx_http_ap_shared_inbox_name);
}


ngx_uint_t
ngx_http_ap_path_is_nodeinfo(ngx_str_t *s, ngx_uint_t n)
{
    return n == 2 && ngx_http_ap_is_one_of(&s[0], ngx_http_ap_nodeinfo_name);
}


ngx_http_ap_who_e
ngx_http_ap_path_who(ngx_http_request_t *r, ngx_ap_origin_t *origin,
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

    return ngx_http_ap_path_is_of_actor(s, n)
           ? ngx_http_ap_who(r, origin, ngx_http_ap_view(&s[0]))
           : NGX_HTTP_AP_NOBODY;
}


/* what an actor may have */

static ngx_uint_t
ngx_http_ap_path_is_of_actor(ngx_str_t *s, ngx_uint_t n)
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


ngx_uint_t
ngx_http_ap_path_is_known(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    ngx_str_t *path)
{
    ngx_str_t   rest, segments[NGX_HTTP_AP_PATH_SEGMENTS];
    ngx_uint_t  n;

    if (path->len < origin->prefix.len
        || ngx_memcmp(path->data, origin->prefix.data, origin->prefix.len)
           != 0)
    {
        return 0;
    }

    rest.data = path->data + origin->prefix.len;
    rest.len = path->len - origin->prefix.len;

    n = ngx_http_ap_path_split(&rest, segments);

    return ngx_http_ap_path_who(r, origin, segments, n)
           != NGX_HTTP_AP_NOBODY;
}


ngx_str_t
ngx_http_ap_path_query(ngx_str_t *last, ngx_str_t *query)
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
