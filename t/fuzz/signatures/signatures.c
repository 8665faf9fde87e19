
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Core, for t/signature_oracle.t:
 *
 *     signatures verify PUBLIC-PEM ED25519-MULTIBASE < requests > reasons
 *     signatures sign PRIVATE-PEM < requests > headers
 *
 * A request is a line of JSON: "method", "target", "authority", "headers" (an
 * array of pairs), "body", "scheme" ("cavage" or "rfc9421") and "key"
 * ("rsa" or "ed25519").
 */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fedi_multikey.h"
#include "fedi_pem.h"
#include "fedi_signature_check.h"
#include "fedi_signature_message_base.h"

#define KEY_ID   "https://a.example/u#main-key"
#define HEADERS  64


static EVP_PKEY  *rsa, *ed25519;


static fedi_str_t
view(const json_t *object, const char *name)
{
    const json_t  *s;

    s = json_object_get(object, name);

    return (fedi_str_t) { json_string_value(s), json_string_length(s) };
}


static fedi_signed_request_t
request_of(const json_t *json, fedi_header_t *headers)
{
    size_t                 i;
    json_t                *pair, *list;
    fedi_signed_request_t  request = { .headers = headers };

    list = json_object_get(json, "headers");

    json_array_foreach(list, i, pair) {
        headers[i].name.data = json_string_value(json_array_get(pair, 0));
        headers[i].name.len = json_string_length(json_array_get(pair, 0));
        headers[i].value.data = json_string_value(json_array_get(pair, 1));
        headers[i].value.len = json_string_length(json_array_get(pair, 1));
        request.nheaders++;
    }

    request.method = view(json, "method");
    request.target = view(json, "target");
    request.scheme = fedi_str("https");
    request.authority = view(json, "authority");

    return request;
}


static fedi_signature_e
verify(fedi_arena_t *arena, const json_t *json,
    const fedi_signed_request_t *request)
{
    EVP_PKEY                *key;
    fedi_digest_t            digest;
    fedi_signature_e         rc;
    fedi_signature_t         signature;
    fedi_signature_bases_t   bases;
    fedi_signature_policy_t  policy = {
        time(NULL), FEDI_SIGNATURE_WINDOW, FEDI_SIGNATURE_LIFETIME, false,
        NULL, NULL
    };

    policy.body = fedi_str_eq(request->method, fedi_str("POST"));

    rc = fedi_signature_read(arena, request, &policy, &signature, &digest);

    if (rc == FEDI_SIGNATURE_VALID && policy.body) {
        rc = fedi_signature_digest(
                 fedi_digest_verify_body(&digest, view(json, "body")));
    }

    if (rc == FEDI_SIGNATURE_VALID) {
        rc = fedi_signature_bases(arena, &signature, request, &bases);
    }

    if (rc != FEDI_SIGNATURE_VALID) {
        return rc;
    }

    key = fedi_str_eq(view(json, "key"), fedi_str("rsa")) ? rsa : ed25519;

    return fedi_signature_verify(key, NULL, &signature, &bases);
}


static bool
sign_message(fedi_arena_t *arena, const fedi_signed_request_t *request,
    json_t *answer)
{
    size_t         len;
    fedi_str_t     covered, input, text, field, value;
    unsigned char  bytes[FEDI_KEY_SIGNATURE_MAX];

    covered = fedi_str_eq(request->method, fedi_str("POST"))
              ? fedi_str(FEDI_SIGNATURE_MESSAGE_POST)
              : fedi_str(FEDI_SIGNATURE_MESSAGE_GET);

    if (fedi_signature_message_base_of(arena, covered, fedi_str(KEY_ID),
                                       time(NULL), request, &input, &text)
        != FEDI_SIGNATURE_VALID
        || fedi_key_sign(rsa, text, bytes, &len) != FEDI_OK
        || fedi_signature_message_render(arena, input, bytes, len, &field,
                                         &value)
           != FEDI_OK)
    {
        return false;
    }

    json_object_set_new(answer, "Signature-Input",
                        json_stringn(field.data, field.len));
    json_object_set_new(answer, "Signature",
                        json_stringn(value.data, value.len));

    return true;
}


static bool
sign_cavage(fedi_arena_t *arena, const fedi_signed_request_t *request,
    json_t *answer)
{
    size_t         len;
    fedi_str_t     covered, text, value;
    unsigned char  bytes[FEDI_KEY_SIGNATURE_MAX];

    covered = fedi_str_eq(request->method, fedi_str("POST"))
              ? fedi_str(FEDI_SIGNATURE_POST) : fedi_str(FEDI_SIGNATURE_GET);

    if (fedi_signature_base_of(arena, covered, request, &text)
        != FEDI_SIGNATURE_VALID
        || fedi_key_sign(rsa, text, bytes, &len) != FEDI_OK
        || fedi_signature_render(arena, fedi_str(KEY_ID), covered, bytes, len,
                                 &value)
           != FEDI_OK)
    {
        return false;
    }

    json_object_set_new(answer, "Signature",
                        json_stringn(value.data, value.len));

    return true;
}


static bool
answer(bool signs, fedi_arena_t *arena, const json_t *json)
{
    char                  *text;
    bool                   cavage;
    json_t                *headers;
    fedi_header_t          lines[HEADERS];
    fedi_signed_request_t  request;

    request = request_of(json, lines);

    if (!signs) {
        return puts(fedi_signature_text(verify(arena, json, &request)).data)
               >= 0;
    }

    headers = json_object();
    cavage = fedi_str_eq(view(json, "scheme"), fedi_str("cavage"));

    if (!(cavage ? sign_cavage(arena, &request, headers)
                 : sign_message(arena, &request, headers)))
    {
        return false;
    }

    text = json_dumps(headers, JSON_COMPACT);
    puts(text);

    free(text);
    json_decref(headers);

    return true;
}


static bool
keys(int argc, char **argv)
{
    char          pem[FEDI_PEM_MAX];
    FILE         *file;
    bool          ok;
    fedi_str_t    text;
    fedi_heap_t   heap;

    file = argc > 2 ? fopen(argv[2], "r") : NULL;

    if (file == NULL) {
        return false;
    }

    text.data = pem;
    text.len = fread(pem, 1, sizeof(pem), file);
    fclose(file);

    fedi_heap_init(&heap);

    if (argc == 3) {
        ok = fedi_key_parse_private(&heap.arena, text, &rsa) == FEDI_OK;

    } else {
        ok = fedi_key_parse(&heap.arena, text, &rsa) == FEDI_OK
             && fedi_multikey_parse(&heap.arena,
                                    (fedi_str_t) { argv[3],
                                                   strlen(argv[3]) },
                                    &ed25519)
                == FEDI_OK;
    }

    fedi_heap_free(&heap);

    return ok;
}


int
main(int argc, char **argv)
{
    bool          ok;
    size_t        size;
    char         *line;
    json_t       *json;
    fedi_heap_t   heap;

    if (!keys(argc, argv)) {
        fputs("usage: signatures verify|sign KEY [MULTIBASE]\n", stderr);
        return 2;
    }

    line = NULL;
    size = 0;
    ok = true;

    while (ok && getline(&line, &size, stdin) > 0) {
        json = json_loads(line, 0, NULL);
        fedi_heap_init(&heap);

        ok = json != NULL && answer(argc == 3, &heap.arena, json);

        fedi_heap_free(&heap);
        json_decref(json);
    }

    free(line);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ed25519);

    return ok ? 0 : 1;
}
