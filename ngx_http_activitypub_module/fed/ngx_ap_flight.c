
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Flights by the hash of their URL.  The tree holds at most one of a hash:
 * a newer one, be it of another URL, takes the place, and the older one goes
 * on unseen.  So a collision costs a query, never an answer.
 */

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_hash.h"
#include "ngx_ap_flight.h"
#include "ngx_ap_str.h"


static ngx_ap_flight_t *ngx_ap_flight_lookup(ngx_ap_flights_t *flights,
    ngx_rbtree_key_t hash);
static ngx_rbtree_key_t ngx_ap_flight_hash(const ngx_ap_cache_key_t *key);
static u_char *ngx_ap_flight_copy(ngx_str_t *to, const ngx_str_t *from,
    u_char *p);


void
ngx_ap_flights_init(ngx_ap_flights_t *flights)
{
    ngx_rbtree_init(&flights->tree, &flights->sentinel,
                    ngx_rbtree_insert_value);
    ngx_queue_init(&flights->all);
}


ngx_ap_flight_t *
ngx_ap_flight_find(ngx_ap_flights_t *flights, const ngx_ap_cache_key_t *key,
    ngx_ap_cache_stamp_t stamp)
{
    ngx_ap_flight_t  *flight;

    flight = ngx_ap_flight_lookup(flights, ngx_ap_flight_hash(key));

    if (flight == NULL
        || flight->stamp.epoch != stamp.epoch
        || flight->stamp.generation != stamp.generation
        || !ngx_ap_str_eq(&flight->key.origin, &key->origin)
        || !ngx_ap_str_eq(&flight->key.path, &key->path)
        || !ngx_ap_str_eq(&flight->key.query, &key->query))
    {
        return NULL;
    }

    return flight;
}


ngx_ap_flight_t *
ngx_ap_flight_create(ngx_ap_flights_t *flights, ngx_ap_worker_t *worker,
    const ngx_ap_cache_key_t *key, ngx_ap_cache_stamp_t stamp)
{
    u_char           *p;
    size_t            len;
    ngx_ap_flight_t  *flight, *older;

    len = key->origin.len + key->path.len + key->query.len;

    flight = ngx_calloc(sizeof(ngx_ap_flight_t) + len, worker->log);
    if (flight == NULL) {
        return NULL;
    }

    flight->flights = flights;
    flight->worker = worker;
    flight->stamp = stamp;
    ngx_queue_init(&flight->waits);

    p = (u_char *) flight + sizeof(ngx_ap_flight_t);
    p = ngx_ap_flight_copy(&flight->key.origin, &key->origin, p);
    p = ngx_ap_flight_copy(&flight->key.path, &key->path, p);
    (void) ngx_ap_flight_copy(&flight->key.query, &key->query, p);

    flight->node.key = ngx_ap_flight_hash(key);

    older = ngx_ap_flight_lookup(flights, flight->node.key);
    if (older) {
        ngx_ap_flight_close(older);
    }

    ngx_rbtree_insert(&flights->tree, &flight->node);
    ngx_queue_insert_tail(&flights->all, &flight->queue);
    flight->joinable = 1;

    return flight;
}


void
ngx_ap_flight_close(ngx_ap_flight_t *flight)
{
    if (flight->joinable) {
        ngx_rbtree_delete(&flight->flights->tree, &flight->node);
        flight->joinable = 0;
    }
}


void
ngx_ap_flight_free(ngx_ap_flight_t *flight)
{
    ngx_ap_flight_close(flight);

    if (flight->look.timer_set) {
        ngx_del_timer(&flight->look);
    }

    ngx_queue_remove(&flight->queue);
    ngx_free(flight);
}


static ngx_ap_flight_t *
ngx_ap_flight_lookup(ngx_ap_flights_t *flights, ngx_rbtree_key_t hash)
{
    ngx_rbtree_node_t  *node;

    node = flights->tree.root;

    while (node != &flights->sentinel) {

        if (node->key == hash) {
            return (ngx_ap_flight_t *) node;
        }

        node = (hash < node->key) ? node->left : node->right;
    }

    return NULL;
}


static ngx_rbtree_key_t
ngx_ap_flight_hash(const ngx_ap_cache_key_t *key)
{
    uint64_t          hash;
    ngx_uint_t        i;
    fedi_str_t        part;
    const ngx_str_t  *parts[3];

    parts[0] = &key->origin;
    parts[1] = &key->path;
    parts[2] = &key->query;

    hash = FEDI_HASH_SEED;

    for (i = 0; i < 3; i++) {
        part.data = (const char *) parts[i]->data;
        part.len = parts[i]->len;

        hash = fedi_hash_add(hash, part);
    }

    return (ngx_rbtree_key_t) hash;
}


static u_char *
ngx_ap_flight_copy(ngx_str_t *to, const ngx_str_t *from, u_char *p)
{
    to->data = p;
    to->len = from->len;

    return from->len ? ngx_cpymem(p, from->data, from->len) : p;
}
