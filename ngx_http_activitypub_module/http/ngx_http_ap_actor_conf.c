
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_actor_conf.h"

#include "ngx_http_ap_actor_size.h"

#include "fedi_language.h"
#include "ngx_http_ap_section.h"


typedef struct {
    ngx_str_t                   name;
    ngx_uint_t                  args;       /* 0: one or more */
    ngx_uint_t                  offset;
    char                     *(*set)(ngx_conf_t *cf,
                                    ngx_http_ap_actor_conf_t *actor,
                                    ngx_uint_t offset);
} ngx_http_ap_actor_field_t;


static char *ngx_http_ap_actor_name(ngx_conf_t *cf, ngx_str_t *name);
static char *ngx_http_ap_actor_check_size(ngx_conf_t *cf,
    ngx_http_ap_actor_conf_t *actor);
static char *ngx_http_ap_actor_field(ngx_conf_t *cf, ngx_command_t *dummy,
    void *conf);
static char *ngx_http_ap_actor_text(ngx_conf_t *cf,
    ngx_http_ap_actor_conf_t *actor, ngx_uint_t offset);
static char *ngx_http_ap_actor_type(ngx_conf_t *cf,
    ngx_http_ap_actor_conf_t *actor, ngx_uint_t offset);
static char *ngx_http_ap_actor_flag(ngx_conf_t *cf,
    ngx_http_ap_actor_conf_t *actor, ngx_uint_t offset);
static char *ngx_http_ap_actor_property(ngx_conf_t *cf,
    ngx_http_ap_actor_conf_t *actor, ngx_uint_t offset);
static char *ngx_http_ap_actor_alias(ngx_conf_t *cf,
    ngx_http_ap_actor_conf_t *actor, ngx_uint_t offset);
static char *ngx_http_ap_actor_language(ngx_conf_t *cf,
    ngx_http_ap_actor_conf_t *actor, ngx_uint_t offset);


static ngx_http_ap_actor_field_t  ngx_http_ap_actor_fields[] = {

    { ngx_string("also_known_as"), 0, 0, ngx_http_ap_actor_alias },

    { ngx_string("discoverable"), 1,
      offsetof(ngx_http_ap_actor_conf_t, discoverable),
      ngx_http_ap_actor_flag },

    { ngx_string("field"), 2, 0, ngx_http_ap_actor_property },

    { ngx_string("hide_followers"), 1,
      offsetof(ngx_http_ap_actor_conf_t, hide_followers),
      ngx_http_ap_actor_flag },

    { ngx_string("icon"), 1,
      offsetof(ngx_http_ap_actor_conf_t, icon),
      ngx_http_ap_actor_text },

    { ngx_string("image"), 1,
      offsetof(ngx_http_ap_actor_conf_t, image),
      ngx_http_ap_actor_text },

    { ngx_string("indexable"), 1,
      offsetof(ngx_http_ap_actor_conf_t, indexable),
      ngx_http_ap_actor_flag },

    { ngx_string("language"), 1,
      offsetof(ngx_http_ap_actor_conf_t, language),
      ngx_http_ap_actor_language },

    { ngx_string("name"), 1,
      offsetof(ngx_http_ap_actor_conf_t, name),
      ngx_http_ap_actor_text },

    { ngx_string("rel_me"), 1,
      offsetof(ngx_http_ap_actor_conf_t, rel_me),
      ngx_http_ap_actor_flag },

    { ngx_string("section"), 1, 0, ngx_http_ap_section },

    { ngx_string("summary"), 1,
      offsetof(ngx_http_ap_actor_conf_t, summary),
      ngx_http_ap_actor_text },

    { ngx_string("type"), 1,
      offsetof(ngx_http_ap_actor_conf_t, type),
      ngx_http_ap_actor_type },

    { ngx_string("url"), 1,
      offsetof(ngx_http_ap_actor_conf_t, url),
      ngx_http_ap_actor_text },

    { ngx_null_string, 0, 0, NULL }
};


/* these are paths of the prefix, and "actor" is the instance actor's name */

static ngx_str_t  ngx_http_ap_actor_reserved[] = {
    ngx_string("actor"),
    ngx_string("inbox"),
    ngx_string("nodeinfo"),
    ngx_null_string
};


/* ActivityStreams 2.0 vocabulary, section 3.2 */

static ngx_str_t  ngx_http_ap_actor_types[] = {
    ngx_string("Application"),
    ngx_string("Group"),
    ngx_string("Organization"),
    ngx_string("Person"),
    ngx_string("Service"),
    ngx_null_string
};


char *
ngx_http_ap_actor_block(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ap_srv_conf_t  *ascf = conf;

    char                      *rv;
    ngx_str_t                 *value;
    ngx_conf_t                 save;
    ngx_http_ap_actor_conf_t  *actor;

    value = cf->args->elts;

    if (ascf->actors == NULL) {
        ascf->actors = ngx_array_create(cf->pool, 1,
                                        sizeof(ngx_http_ap_actor_conf_t));
        if (ascf->actors == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_http_ap_actor_name(cf, &value[1]) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    actor = ngx_array_push(ascf->actors);
    if (actor == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(actor, sizeof(ngx_http_ap_actor_conf_t));

    actor->username = value[1];
    actor->place = ngx_http_ap_place(cf);
    actor->discoverable = NGX_CONF_UNSET;
    actor->hide_followers = NGX_CONF_UNSET;
    actor->indexable = NGX_CONF_UNSET;
    actor->rel_me = NGX_CONF_UNSET;

    if (ngx_array_init(&actor->fields, cf->pool, 4,
                       sizeof(ngx_http_ap_field_t))
        != NGX_OK
        || ngx_array_init(&actor->aliases, cf->pool, 1, sizeof(ngx_str_t))
           != NGX_OK
        || ngx_array_init(&actor->sections, cf->pool, 1, sizeof(ngx_str_t))
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    save = *cf;
    cf->handler = ngx_http_ap_actor_field;
    cf->handler_conf = (void *) actor;

    rv = ngx_conf_parse(cf, NULL);

    *cf = save;

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    ngx_conf_init_value(actor->discoverable, 1);
    ngx_conf_init_value(actor->hide_followers, 0);
    ngx_conf_init_value(actor->indexable, 1);
    ngx_conf_init_value(actor->rel_me, 0);

    if (actor->name.len == 0) {
        actor->name = actor->username;
    }

    if (actor->type.len == 0) {
        ngx_str_set(&actor->type, "Person");
    }

    if (actor->url.len == 0) {
        ngx_str_set(&actor->url, "/");
    }

    return ngx_http_ap_actor_check_size(cf, actor);
}


static char *
ngx_http_ap_actor_check_size(ngx_conf_t *cf, ngx_http_ap_actor_conf_t *actor)
{
    size_t  size;

    size = ngx_http_ap_actor_size(actor);

    if (size > NGX_HTTP_AP_PROFILE_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "actor \"%V\" has a profile of %uz bytes, as "
                           "others read it, and may have %d",
                           &actor->username, size, NGX_HTTP_AP_PROFILE_MAX);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_ap_actor_name(ngx_conf_t *cf, ngx_str_t *name)
{
    u_char                     c;
    ngx_str_t                 *reserved;
    ngx_uint_t                 i;

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
            break;
        }
    }

    if (name->len == 0 || name->len > NGX_HTTP_AP_NAME_MAX || i < name->len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid actor name \"%V\": 1 to %d characters "
                           "of a-z, 0-9 and \"_\"",
                           name, NGX_HTTP_AP_NAME_MAX);
        return NGX_CONF_ERROR;
    }

    for (reserved = ngx_http_ap_actor_reserved; reserved->len; reserved++) {

        if (name->len == reserved->len
            && ngx_strncmp(name->data, reserved->data, name->len) == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "actor name \"%V\" is reserved", name);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_ap_actor_field(ngx_conf_t *cf, ngx_command_t *dummy, void *conf)
{
    ngx_http_ap_actor_conf_t  *actor = conf;

    char                       *rv;
    ngx_str_t                  *value;
    ngx_http_ap_actor_field_t  *field;

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[0].data, "include") == 0) {
        return ngx_conf_include(cf, dummy, conf);
    }

    for (field = ngx_http_ap_actor_fields; field->name.len; field++) {

        if (value[0].len != field->name.len
            || ngx_strncmp(value[0].data, field->name.data, field->name.len)
               != 0)
        {
            continue;
        }

        if (field->args ? cf->args->nelts != field->args + 1
                        : cf->args->nelts < 2)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid number of arguments in actor field "
                               "\"%V\"", &value[0]);
            return NGX_CONF_ERROR;
        }

        rv = field->set(cf, actor, field->offset);

        if (rv == NGX_CONF_OK || rv == NGX_CONF_ERROR) {
            return rv;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "actor field \"%V\" %s",
                           &value[0], rv);
        return NGX_CONF_ERROR;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "unknown actor field \"%V\"",
                       &value[0]);
    return NGX_CONF_ERROR;
}


static char *
ngx_http_ap_actor_text(ngx_conf_t *cf, ngx_http_ap_actor_conf_t *actor,
    ngx_uint_t offset)
{
    ngx_str_t  *value, *text;

    value = cf->args->elts;
    text = (ngx_str_t *) ((u_char *) actor + offset);

    if (text->data) {
        return "is duplicate";
    }

    if (value[1].len == 0) {
        return "is empty";
    }

    *text = value[1];

    return NGX_CONF_OK;
}


static char *
ngx_http_ap_actor_type(ngx_conf_t *cf, ngx_http_ap_actor_conf_t *actor,
    ngx_uint_t offset)
{
    ngx_str_t  *value, *type;

    value = cf->args->elts;

    for (type = ngx_http_ap_actor_types; type->len; type++) {

        if (value[1].len == type->len
            && ngx_strncmp(value[1].data, type->data, type->len) == 0)
        {
            return ngx_http_ap_actor_text(cf, actor, offset);
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid actor type \"%V\": it must be Application, "
                       "Group, Organization, Person or Service", &value[1]);

    return NGX_CONF_ERROR;
}


static char *
ngx_http_ap_actor_flag(ngx_conf_t *cf, ngx_http_ap_actor_conf_t *actor,
    ngx_uint_t offset)
{
    ngx_str_t   *value;
    ngx_flag_t  *flag;

    value = cf->args->elts;
    flag = (ngx_flag_t *) ((u_char *) actor + offset);

    if (*flag != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    if (ngx_strcmp(value[1].data, "on") == 0) {
        *flag = 1;
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(value[1].data, "off") == 0) {
        *flag = 0;
        return NGX_CONF_OK;
    }

    return "must be \"on\" or \"off\"";
}


static char *
ngx_http_ap_actor_property(ngx_conf_t *cf, ngx_http_ap_actor_conf_t *actor,
    ngx_uint_t offset)
{
    ngx_str_t            *value;
    ngx_http_ap_field_t  *field;

    value = cf->args->elts;

    if (value[1].len == 0 || value[2].len == 0) {
        return "is empty";
    }

    if (actor->fields.nelts == NGX_HTTP_AP_FIELDS_MAX) {
        return "is given more than 50 times";
    }

    field = ngx_array_push(&actor->fields);
    if (field == NULL) {
        return NGX_CONF_ERROR;
    }

    field->name = value[1];
    field->value = value[2];

    return NGX_CONF_OK;
}


static char *
ngx_http_ap_actor_alias(ngx_conf_t *cf, ngx_http_ap_actor_conf_t *actor,
    ngx_uint_t offset)
{
    ngx_str_t   *value, *alias;
    ngx_uint_t   i;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (value[i].len == 0) {
            return "is empty";
        }

        if (actor->aliases.nelts == NGX_HTTP_AP_ALIASES_MAX) {
            return "has more than 256 values";
        }

        alias = ngx_array_push(&actor->aliases);
        if (alias == NULL) {
            return NGX_CONF_ERROR;
        }

        *alias = value[i];
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_ap_actor_language(ngx_conf_t *cf, ngx_http_ap_actor_conf_t *actor,
    ngx_uint_t offset)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (fedi_language_valid(ngx_http_ap_view(&value[1]))) {
        return ngx_http_ap_actor_text(cf, actor, offset);
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid language \"%V\": it must be a tag like "
                       "\"en\" or \"pt-BR\"", &value[1]);

    return NGX_CONF_ERROR;
}
