
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_metrics.h"


/* a line at most, with its label: all of it is ours */
#define NGX_HTTP_AP_METRICS_LINE  160


/* a member of the status, or of its part; with a label: each of its members */

typedef struct {
    const char  *part;
    const char  *member;    /* NULL: the part itself */
    const char  *name;
    const char  *type;
    const char  *label;     /* NULL: the only sample */
    const char  *help;
} ngx_http_ap_metric_t;


static const ngx_http_ap_metric_t  ngx_http_ap_metrics[] = {

    { "received", NULL, "activitypub_received_total", "counter", "verdict",
      "Activities that inboxes took, by what became of them." },

    { "refused", NULL, "activitypub_refused_total", "counter", "code",
      "Requests that were not answered as asked, by the reason." },

    { "keys", NULL, "activitypub_keys_total", "counter", "source",
      "Keys of others that were wanted, by where they were found or why not." },

    { "deliveries", NULL, "activitypub_deliveries_total", "counter", "result",
      "Tries to deliver, by how they ended." },

    { "connections", NULL, "activitypub_connections_total", "counter", NULL,
      "Connections opened to other servers." },

    { "queue", "waiting", "activitypub_queue_waiting", "gauge", NULL,
      "Deliveries that are due, or will be, of all nodes." },

    { "queue", "leased", "activitypub_queue_leased", "gauge", NULL,
      "Deliveries that are on their way." },

    { "queue", "dead", "activitypub_queue_dead", "gauge", NULL,
      "Deliveries that were given up in the last thirty days." },

    { "queue", "oldest_seconds", "activitypub_queue_oldest_seconds", "gauge",
      NULL, "How long the oldest delivery has waited." },

    { "queue", "fanouts", "activitypub_queue_fanouts", "gauge", NULL,
      "Posts, edits and deletes that are not shared out yet." },

    { "zone", "size", "activitypub_zone_size_bytes", "gauge", NULL,
      "The shared memory of this node." },

    { "zone", "free", "activitypub_zone_free_bytes", "gauge", NULL,
      "What nothing lies in." },

    { "zone", "pages", "activitypub_zone_pages", "gauge", NULL,
      "Pages with a document that are known." },

    { "zone", "actors", "activitypub_zone_actors", "gauge", NULL,
      "Actors of the database that are known." },

    { "zone", "remote_actors", "activitypub_zone_remote_actors", "gauge", NULL,
      "Actors of other servers that are known." },

    { "zone", "policies", "activitypub_zone_policies", "gauge", NULL,
      "Rules of the database about domains that are known." },

    { "zone", "complete", "activitypub_zone_complete", "gauge", NULL,
      "Whether these are all." },

    { NULL, NULL, NULL, NULL, NULL, NULL }
};


static size_t ngx_http_ap_metrics_size(const json_t *status);
static u_char *ngx_http_ap_metrics_one(u_char *p,
    const ngx_http_ap_metric_t *metric, const json_t *status);
static u_char *ngx_http_ap_metrics_head(u_char *p, const char *name,
    const char *type, const char *help);
static int64_t ngx_http_ap_metrics_value(const json_t *value);


fedi_err_e
ngx_http_ap_metrics_render(fedi_arena_t *arena, json_t *status,
    fedi_str_t *text)
{
    u_char                      *p, *start;
    json_t                      *database;
    const ngx_http_ap_metric_t  *metric;

    start = NULL;

    if (status != NULL) {
        start = fedi_alloc(arena, ngx_http_ap_metrics_size(status));
    }

    if (start == NULL) {
        json_decref(status);
        return FEDI_ENOMEM;
    }

    p = ngx_http_ap_metrics_head(start, "activitypub_info", "gauge",
                                 "The version of the module.");
    p = ngx_sprintf(p, "activitypub_info{version=\"%s\"} 1\n",
                    json_string_value(json_object_get(status, "version")));

    database = json_object_get(status, "database");

    p = ngx_http_ap_metrics_head(p, "activitypub_database_available", "gauge",
                                 "Whether the database has answered.");
    p = ngx_sprintf(p, "activitypub_database_available %d\n",
                    ngx_strcmp(json_string_value(database), "available") == 0);

    for (metric = ngx_http_ap_metrics; metric->part; metric++) {
        p = ngx_http_ap_metrics_one(p, metric, status);
    }

    json_decref(status);

    text->data = (const char *) start;
    text->len = p - start;

    return FEDI_OK;
}


/* three lines for each metric, and one for each label */

static size_t
ngx_http_ap_metrics_size(const json_t *status)
{
    size_t       lines;
    const char  *name;
    json_t      *part;

    lines = 3 * (sizeof(ngx_http_ap_metrics) / sizeof(ngx_http_ap_metric_t)
                 + 2);

    json_object_foreach((json_t *) status, name, part) {
        lines += json_object_size(part);
    }

    return lines * NGX_HTTP_AP_METRICS_LINE;
}


static u_char *
ngx_http_ap_metrics_one(u_char *p, const ngx_http_ap_metric_t *metric,
    const json_t *status)
{
    json_t      *part, *value;
    const char  *label;

    part = json_object_get(status, metric->part);

    if (metric->member) {
        part = json_object_get(part, metric->member);
    }

    /* the queue of a database that is away */

    if (part == NULL) {
        return p;
    }

    p = ngx_http_ap_metrics_head(p, metric->name, metric->type, metric->help);

    if (metric->label == NULL) {
        return ngx_sprintf(p, "%s %L\n", metric->name,
                           ngx_http_ap_metrics_value(part));
    }

    json_object_foreach(part, label, value) {
        p = ngx_sprintf(p, "%s{%s=\"%s\"} %L\n", metric->name, metric->label,
                        label, ngx_http_ap_metrics_value(value));
    }

    return p;
}


static u_char *
ngx_http_ap_metrics_head(u_char *p, const char *name, const char *type,
    const char *help)
{
    return ngx_sprintf(p, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
                       type);
}


static int64_t
ngx_http_ap_metrics_value(const json_t *value)
{
    return json_is_integer(value) ? json_integer_value(value)
                                  : json_is_true(value);
}
