
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdarg.h>
#include <stdio.h>

#include "apctl_output.h"
#include "apctl_verify_report.h"


static const char *const  apctl_report_states[] = { "ok", "not ok", "-" };


void
apctl_report_begin(apctl_report_t *report, apctl_t *ap)
{
    report->ap = ap;
    report->steps = json_array();
    report->bases = json_array();
}


void
apctl_report_step(apctl_report_t *report, apctl_step_e state,
    const char *name, const char *format, ...)
{
    char     text[2048];
    json_t  *detail;
    va_list  args;

    va_start(args, format);
    (void) vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    if (!apctl_given(report->ap, JSON)) {
        printf("%-6s  %-9s  ", apctl_report_states[state], name);
        apctl_write_clean(stdout, text);
        putchar('\n');
        return;
    }

    detail = json_string(text);

    /* what a peer has sent need not be UTF-8 */

    if (detail == NULL) {
        detail = json_string("");
    }

    json_array_append_new(report->steps,
        json_pack("{s:s, s:o, s:o}", "step", name,
                  "ok", state == APCTL_STEP_OPEN
                        ? json_null() : json_boolean(state == APCTL_STEP_OK),
                  "detail", detail));
}


void
apctl_report_base(apctl_report_t *report, fedi_str_t base)
{
    size_t       len;
    apctl_t     *ap;
    const char  *line;

    ap = report->ap;

    if (!apctl_given(ap, BASE)) {
        return;
    }

    if (apctl_given(ap, JSON)) {
        json_array_append_new(report->bases,
                              json_stringn(base.data, base.len));
        return;
    }

    puts("        what is signed, each line behind a \"|\":");

    for ( ;; ) {
        len = fedi_str_before(base, '\n');
        line = apctl_format(ap, "%.*s", (int) len, base.data);

        fputs("        |", stdout);
        apctl_write_clean(stdout, line);
        putchar('\n');

        if (len == base.len) {
            break;
        }

        base = fedi_str_from(base, len + 1);
    }
}


void
apctl_report_end(apctl_report_t *report, unsigned status, const char *code,
    const char *text, const char *at, const char *origin)
{
    json_t  *json;

    if (!apctl_given(report->ap, JSON)) {
        printf("%s: %s", code, text);

        if (status != 0) {
            printf("; answered %u", status);
        }

        putchar('\n');

    } else {
        json = json_pack("{s:s, s:s, s:o, s:s, s:s, s:O}", "code", code,
                         "text", text, "status",
                         status != 0 ? json_integer(status) : json_null(),
                         "at", at, "origin", origin, "steps", report->steps);

        if (apctl_given(report->ap, BASE)) {
            json_object_set(json, "bases", report->bases);
        }

        apctl_print_json(json);
    }
}


void
apctl_report_free(apctl_report_t *report)
{
    json_decref(report->steps);
    json_decref(report->bases);
}
