
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_declaration.h"

#include "fedi_media_type.h"
#include "fedi_url.h"


static int ngx_http_ap_json_set(json_t *object, const char *member,
    fedi_str_t text);
static int ngx_http_ap_json_texts(json_t *object, const char *member,
    ngx_array_t *texts);


fedi_str_t
ngx_http_ap_image_type(ngx_str_t *image)
{
    fedi_url_t  url;

    if (image->len == 0
        || fedi_url_parse(ngx_http_ap_view(image), &url) != FEDI_OK)
    {
        return fedi_null_str;
    }

    return fedi_media_type_of(url.path);
}


static int
ngx_http_ap_json_set(json_t *object, const char *member, fedi_str_t text)
{
    if (text.len == 0) {
        return 0;
    }

    return json_object_set_new(object, member,
                               json_stringn(text.data, text.len));
}


json_t *
ngx_http_ap_declaration_actor(ngx_http_ap_declared_t *declared)
{
    int                        bad;
    json_t                    *object, *fields, *property;
    fedi_str_t                 query;
    ngx_uint_t                 i;
    ngx_http_ap_field_t       *field;
    ngx_http_ap_actor_conf_t  *conf;

    conf = declared->conf;
    object = json_object();
    fields = json_array();
    bad = (object == NULL || fields == NULL);

#define set(member, text)                                                     \
    (bad |= ngx_http_ap_json_set(object, member, text))

    set("username", ngx_http_ap_view(&conf->username));
    set("type", ngx_http_ap_view(&conf->type));
    set("name", ngx_http_ap_view(&conf->name));
    set("summary", ngx_http_ap_view(&conf->summary));
    set("icon", ngx_http_ap_view(&declared->icon));
    set("icon_type", ngx_http_ap_image_type(&declared->icon));
    set("image", ngx_http_ap_view(&declared->image));
    set("image_type", ngx_http_ap_image_type(&declared->image));
    set("language", ngx_http_ap_view(&conf->language));
    set("url", ngx_http_ap_view(&declared->actor->page));
    set("path", declared->path);

#undef set

    /* always there, for it is a part of the page's name */

    query = declared->query.len ? declared->query : fedi_str("");

    bad |= json_object_set_new(object, "query",
                               json_stringn(query.data, query.len));

    field = conf->fields.elts;

    for (i = 0; i < conf->fields.nelts; i++) {
        property = json_object();

        bad |= ngx_http_ap_json_set(property, "name",
                                    ngx_http_ap_view(&field[i].name));
        bad |= ngx_http_ap_json_set(property, "value",
                                    ngx_http_ap_view(&field[i].value));
        bad |= json_array_append_new(fields, property);
    }

    bad |= json_object_set_new(object, "fields", fields);
    bad |= ngx_http_ap_json_texts(object, "also_known_as", &conf->aliases);
    bad |= ngx_http_ap_json_texts(object, "sections", &conf->sections);
    bad |= json_object_set_new(object, "discoverable",
                               json_boolean(conf->discoverable));
    bad |= json_object_set_new(object, "hide_followers",
                               json_boolean(conf->hide_followers));
    bad |= json_object_set_new(object, "indexable",
                               json_boolean(conf->indexable));

    if (bad) {
        json_decref(object);
        return NULL;
    }

    return object;
}


/* absent without one: most actors have none */

static int
ngx_http_ap_json_texts(json_t *object, const char *member, ngx_array_t *texts)
{
    int          bad;
    json_t      *list;
    ngx_str_t   *text;
    ngx_uint_t   i;

    if (texts->nelts == 0) {
        return 0;
    }

    list = json_array();
    text = texts->elts;
    bad = 0;

    for (i = 0; i < texts->nelts; i++) {
        bad |= json_array_append_new(list,
                                     json_stringn((char *) text[i].data,
                                                  text[i].len));
    }

    return bad | json_object_set_new(object, member, list);
}


ngx_int_t
ngx_http_ap_declaration_render(ngx_conf_t *cf, ngx_ap_origin_t *origin,
    json_t *list)
{
    int      bad;
    char    *text;
    json_t  *object;

    object = json_object();

    bad = ngx_http_ap_json_set(object, "origin",
                               ngx_http_ap_view(&origin->url));
    bad |= ngx_http_ap_json_set(object, "host",
                                ngx_http_ap_view(&origin->host));
    bad |= ngx_http_ap_json_set(object, "prefix",
                                ngx_http_ap_view(&origin->prefix));
    bad |= ngx_http_ap_json_set(object, "account_domain",
                                ngx_http_ap_view(&origin->account_domain));
    bad |= json_object_set(object, "actors", list);

    text = bad ? NULL : json_dumps(object, JSON_COMPACT);

    json_decref(object);

    if (text == NULL) {
        return NGX_ERROR;
    }

    origin->declaration.len = ngx_strlen(text);
    origin->declaration.data = ngx_pnalloc(cf->pool,
                                           origin->declaration.len + 1);

    if (origin->declaration.data == NULL) {
        free(text);
        return NGX_ERROR;
    }

    ngx_memcpy(origin->declaration.data, text, origin->declaration.len + 1);
    free(text);

    return NGX_OK;
}
