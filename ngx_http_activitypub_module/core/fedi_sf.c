
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * RFC 9651 section 4.2, a function for each of its algorithms; bare items
 * are fedi_sf_value.c's.
 */

#include "fedi_sf_value.h"


static fedi_err_e fedi_sf_member_parse(fedi_sf_text_t *text,
    fedi_sf_member_t *member, bool *repeated);
static fedi_err_e fedi_sf_list(fedi_sf_text_t *text, fedi_sf_item_t **items,
    bool *repeated);
static fedi_err_e fedi_sf_item(fedi_sf_text_t *text, fedi_sf_item_t *item,
    bool *repeated);
static fedi_err_e fedi_sf_parameters(fedi_sf_text_t *text,
    fedi_sf_parameter_t **list, bool *repeated);
static fedi_err_e fedi_sf_add_member(fedi_sf_text_t *text, fedi_str_t name,
    fedi_sf_dictionary_t *dictionary, fedi_sf_member_t **member);
static fedi_err_e fedi_sf_add_parameter(fedi_sf_text_t *text, fedi_str_t name,
    fedi_sf_parameter_t **list, fedi_sf_parameter_t **parameter,
    bool *repeated);
static fedi_err_e fedi_sf_name(fedi_sf_text_t *text, fedi_str_t *name);
static void fedi_sf_skip(fedi_sf_text_t *text, const char *white);
static fedi_str_t fedi_sf_since(const fedi_sf_text_t *text,
    const char *start);


static const fedi_sf_value_t  fedi_sf_true = {
    FEDI_SF_BOOLEAN, 1, { NULL, 0 }
};


fedi_err_e
fedi_sf_parse(fedi_arena_t *arena, fedi_str_t value,
    fedi_sf_dictionary_t *dictionary)
{
    fedi_err_e         err;
    fedi_str_t         name;
    fedi_sf_text_t     text;
    fedi_sf_member_t  *member;

    member = NULL;

    dictionary->members = NULL;
    dictionary->repeated = false;

    text.arena = arena;
    text.left = value;

    fedi_sf_skip(&text, " ");

    while (text.left.len != 0) {
        err = fedi_sf_name(&text, &name);

        if (err == FEDI_OK) {
            err = fedi_sf_add_member(&text, name, dictionary, &member);
        }

        if (err == FEDI_OK) {
            err = fedi_sf_member_parse(&text, member, &dictionary->repeated);
        }

        if (err != FEDI_OK) {
            return err;
        }

        fedi_sf_skip(&text, " \t");

        if (text.left.len == 0) {
            break;
        }

        if (!fedi_sf_take(&text, ',')) {
            return FEDI_ESF;
        }

        fedi_sf_skip(&text, " \t");

        /* a comma behind which nothing comes */

        if (text.left.len == 0) {
            return FEDI_ESF;
        }
    }

    return FEDI_OK;
}


static fedi_err_e
fedi_sf_member_parse(fedi_sf_text_t *text, fedi_sf_member_t *member,
    bool *repeated)
{
    fedi_err_e   err;
    const char  *start;

    member->list = false;
    member->items = NULL;
    member->value = fedi_sf_true;
    start = text->left.data;
    err = FEDI_OK;

    if (fedi_sf_take(text, '=')) {
        start = text->left.data;

        if (fedi_sf_take(text, '(')) {
            member->list = true;
            err = fedi_sf_list(text, &member->items, repeated);

        } else {
            err = fedi_sf_value(text, &member->value);
        }
    }

    if (err == FEDI_OK) {
        err = fedi_sf_parameters(text, &member->parameters, repeated);
    }

    member->raw = fedi_sf_since(text, start);

    return err;
}


/* behind the opening parenthesis */

static fedi_err_e
fedi_sf_list(fedi_sf_text_t *text, fedi_sf_item_t **items, bool *repeated)
{
    size_t           n;
    fedi_err_e       err;
    fedi_sf_item_t  *item;

    for (n = 0; ; n++) {
        fedi_sf_skip(text, " ");

        if (fedi_sf_take(text, ')')) {
            return FEDI_OK;
        }

        if (n == FEDI_SF_ITEMS_MAX) {
            return FEDI_ELIMIT;
        }

        item = fedi_alloc(text->arena, sizeof(fedi_sf_item_t));
        if (item == NULL) {
            return FEDI_ENOMEM;
        }

        err = fedi_sf_item(text, item, repeated);
        if (err != FEDI_OK) {
            return err;
        }

        item->next = NULL;
        *items = item;
        items = &item->next;

        if (text->left.len == 0
            || (text->left.data[0] != ' ' && text->left.data[0] != ')'))
        {
            return FEDI_ESF;
        }
    }
}


static fedi_err_e
fedi_sf_item(fedi_sf_text_t *text, fedi_sf_item_t *item, bool *repeated)
{
    fedi_err_e   err;
    const char  *start;

    start = text->left.data;

    err = fedi_sf_value(text, &item->value);

    if (err == FEDI_OK) {
        err = fedi_sf_parameters(text, &item->parameters, repeated);
    }

    item->raw = fedi_sf_since(text, start);

    return err;
}


static fedi_err_e
fedi_sf_parameters(fedi_sf_text_t *text, fedi_sf_parameter_t **list,
    bool *repeated)
{
    fedi_err_e            err;
    fedi_str_t            name;
    fedi_sf_parameter_t  *parameter;

    *list = NULL;
    parameter = NULL;

    while (fedi_sf_take(text, ';')) {
        fedi_sf_skip(text, " ");

        err = fedi_sf_name(text, &name);

        if (err == FEDI_OK) {
            err = fedi_sf_add_parameter(text, name, list, &parameter,
                                        repeated);
        }

        if (err != FEDI_OK) {
            return err;
        }

        parameter->value = fedi_sf_true;

        if (fedi_sf_take(text, '=')) {
            err = fedi_sf_value(text, &parameter->value);

            if (err != FEDI_OK) {
                return err;
            }
        }
    }

    return FEDI_OK;
}


/* the one that has the name, or a new one behind the others */

static fedi_err_e
fedi_sf_add_member(fedi_sf_text_t *text, fedi_str_t name,
    fedi_sf_dictionary_t *dictionary, fedi_sf_member_t **member)
{
    size_t              n;
    fedi_sf_member_t  **next;

    next = &dictionary->members;

    for (n = 0; *next != NULL; n++) {
        if (fedi_str_eq((*next)->name, name)) {
            dictionary->repeated = true;
            *member = *next;
            return FEDI_OK;
        }

        next = &(*next)->next;
    }

    if (n == FEDI_SF_MEMBERS_MAX) {
        return FEDI_ELIMIT;
    }

    *member = fedi_alloc(text->arena, sizeof(fedi_sf_member_t));
    if (*member == NULL) {
        return FEDI_ENOMEM;
    }

    (*member)->name = name;
    (*member)->next = NULL;
    *next = *member;

    return FEDI_OK;
}


static fedi_err_e
fedi_sf_add_parameter(fedi_sf_text_t *text, fedi_str_t name,
    fedi_sf_parameter_t **list, fedi_sf_parameter_t **parameter,
    bool *repeated)
{
    size_t  n;

    for (n = 0; *list != NULL; n++) {
        if (fedi_str_eq((*list)->name, name)) {
            *repeated = true;
            *parameter = *list;
            return FEDI_OK;
        }

        list = &(*list)->next;
    }

    if (n == FEDI_SF_PARAMETERS_MAX) {
        return FEDI_ELIMIT;
    }

    *parameter = fedi_alloc(text->arena, sizeof(fedi_sf_parameter_t));
    if (*parameter == NULL) {
        return FEDI_ENOMEM;
    }

    (*parameter)->name = name;
    (*parameter)->next = NULL;
    *list = *parameter;

    return FEDI_OK;
}


/* "key" of section 4.2.3.3: in lower case alone */

static fedi_err_e
fedi_sf_name(fedi_sf_text_t *text, fedi_str_t *name)
{
    char    c;
    size_t  len;

    for (len = 0; len < text->left.len; len++) {
        c = text->left.data[len];

        if ((c >= 'a' && c <= 'z') || c == '*') {
            continue;
        }

        if (len == 0
            || (!fedi_is_digit(c) && c != '_' && c != '-' && c != '.'))
        {
            break;
        }
    }

    name->data = text->left.data;
    name->len = len;
    text->left = fedi_str_from(text->left, len);

    return len != 0 ? FEDI_OK : FEDI_ESF;
}


static void
fedi_sf_skip(fedi_sf_text_t *text, const char *white)
{
    while (text->left.len != 0 && strchr(white, text->left.data[0]) != NULL
           && text->left.data[0] != '\0')
    {
        text->left = fedi_str_from(text->left, 1);
    }
}


static fedi_str_t
fedi_sf_since(const fedi_sf_text_t *text, const char *start)
{
    return (fedi_str_t) { start, (size_t) (text->left.data - start) };
}


const fedi_sf_member_t *
fedi_sf_member(const fedi_sf_dictionary_t *dictionary, fedi_str_t name)
{
    const fedi_sf_member_t  *member;

    for (member = dictionary->members; member != NULL; member = member->next) {
        if (fedi_str_eq(member->name, name)) {
            return member;
        }
    }

    return NULL;
}


const fedi_sf_value_t *
fedi_sf_parameter(const fedi_sf_parameter_t *list, fedi_str_t name)
{
    for ( ; list != NULL; list = list->next) {
        if (fedi_str_eq(list->name, name)) {
            return &list->value;
        }
    }

    return NULL;
}
