
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the verification of one request costs, done as a worker does it with
 * a key that it has: the header is parsed and checked, the digest of the body
 * compared, the signed text put together, the signature verified.
 *
 *     verify N
 *
 * Prints the microseconds of CPU of all that, and of the last step alone.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/rsa.h>

#include "fedi_signature_base.h"
#include "fedi_signature_check.h"


#define VERIFY_BODY   2048
#define VERIFY_KEEP   4096
#define VERIFY_NOW    1388957500    /* the date below */
#define VERIFY_DATE   "Sun, 05 Jan 2014 21:31:40 GMT"
#define VERIFY_COVER  "(request-target) host date digest content-type"


typedef struct {
    EVP_PKEY               *key;
    EVP_PKEY_CTX           *kept;
    fedi_header_t           headers[8];
    fedi_signed_request_t   request;
    fedi_str_t              body;
    char                    digest[128];
} verify_request_t;


static void verify_make(verify_request_t *v);
static void verify_sign(verify_request_t *v);
static void verify_whole(verify_request_t *v);
static double verify_last(verify_request_t *v, size_t n);
static void *verify_alloc(void *data, size_t size);
static double verify_now(void);
static void verify_die(const char *what);


static const fedi_signature_policy_t  verify_policy = {
    VERIFY_NOW, FEDI_SIGNATURE_WINDOW, FEDI_SIGNATURE_LIFETIME, true,
        NULL, NULL
};


/* as short-lived as a request's pool */

static char    verify_arena[VERIFY_KEEP * 4];
static size_t  verify_used;


int
main(int argc, char **argv)
{
    double            whole;
    size_t            i, n;
    verify_request_t  v;

    n = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;

    if (n == 0) {
        fprintf(stderr, "usage: verify N\n");
        return 2;
    }

    verify_make(&v);
    verify_sign(&v);

    for (i = 0; i < n / 10; i++) {
        verify_whole(&v);
    }

    whole = verify_now();

    for (i = 0; i < n; i++) {
        verify_whole(&v);
    }

    whole = verify_now() - whole;

    printf("%.3f %.3f\n", whole / (double) n, verify_last(&v, n));

    EVP_PKEY_CTX_free(v.kept);
    EVP_PKEY_free(v.key);

    return 0;
}


static void
verify_make(verify_request_t *v)
{
    unsigned char  sha256[FEDI_SHA256_LEN];
    static char    body[VERIFY_BODY];

    memset(v, 0, sizeof(verify_request_t));
    memset(body, 'b', sizeof(body));

    v->body.data = body;
    v->body.len = sizeof(body);

    if (!fedi_sha256(v->body, sha256)) {
        verify_die("no digest");
    }

    fedi_digest_render(sha256, v->digest);

    v->headers[0] = (fedi_header_t) { fedi_string("Host"),
                                      fedi_string("acme.example") };
    v->headers[1] = (fedi_header_t) { fedi_string("Date"),
                                      fedi_string(VERIFY_DATE) };
    v->headers[2] = (fedi_header_t) { fedi_string("Digest"),
                                      { v->digest, FEDI_DIGEST_HEADER_LEN } };
    v->headers[3] = (fedi_header_t) { fedi_string("Content-Type"),
                                      fedi_string("application/"
                                                  "activity+json") };

    v->request.method = fedi_str("POST");
    v->request.target = fedi_str("/activitypub/inbox");
    v->request.headers = v->headers;
    v->request.nheaders = 4;
    v->request.authority = fedi_str("acme.example");
}


static void
verify_sign(verify_request_t *v)
{
    size_t         len;
    fedi_str_t     text, value;
    fedi_arena_t   arena;
    unsigned char  signature[FEDI_KEY_SIGNATURE_MAX];

    arena = (fedi_arena_t) { verify_alloc, NULL };

    v->key = EVP_RSA_gen(2048);

    if (v->key == NULL
        || fedi_signature_base_of(&arena, fedi_str(VERIFY_COVER), &v->request,
                                  &text)
           != FEDI_SIGNATURE_VALID
        || fedi_key_sign(v->key, text, signature, &len) != FEDI_OK
        || fedi_signature_render(&arena,
                                 fedi_str("https://remote.example/u/bob#key"),
                                 fedi_str(VERIFY_COVER), signature, len,
                                 &value)
           != FEDI_OK)
    {
        verify_die("no signature");
    }

    /* it stays, for all the arena is used again */

    value.data = strndup(value.data, value.len);

    if (value.data == NULL) {
        verify_die("no memory");
    }

    v->headers[4].name = fedi_str("Signature");
    v->headers[4].value = value;
    v->request.nheaders = 5;
}


static void
verify_whole(verify_request_t *v)
{
    fedi_arena_t            arena;
    fedi_digest_t           digest;
    fedi_signature_t        signature;
    fedi_signature_bases_t  bases;

    arena = (fedi_arena_t) { verify_alloc, NULL };
    verify_used = 0;

    if (fedi_signature_read(&arena, &v->request, &verify_policy, &signature,
                            &digest)
        != FEDI_SIGNATURE_VALID
        || fedi_digest_verify_body(&digest, v->body) != FEDI_DIGEST_OK
        || fedi_signature_bases(&arena, &signature, &v->request, &bases)
           != FEDI_SIGNATURE_VALID
        || fedi_signature_verify(v->key, &v->kept, &signature, &bases)
           != FEDI_SIGNATURE_VALID)
    {
        verify_die("a good signature is refused");
    }
}


static double
verify_last(verify_request_t *v, size_t n)
{
    double                  since;
    size_t                  i;
    fedi_arena_t            arena;
    fedi_digest_t           digest;
    fedi_signature_t        signature;
    fedi_signature_bases_t  bases;

    arena = (fedi_arena_t) { verify_alloc, NULL };
    verify_used = 0;

    if (fedi_signature_read(&arena, &v->request, &verify_policy, &signature,
                            &digest)
        != FEDI_SIGNATURE_VALID
        || fedi_signature_bases(&arena, &signature, &v->request, &bases)
           != FEDI_SIGNATURE_VALID)
    {
        verify_die("a good signature is refused");
    }

    since = verify_now();

    for (i = 0; i < n; i++) {
        if (fedi_signature_verify(v->key, &v->kept, &signature, &bases)
            != FEDI_SIGNATURE_VALID)
        {
            verify_die("a good signature is refused");
        }
    }

    return (verify_now() - since) / (double) n;
}


static void *
verify_alloc(void *data, size_t size)
{
    void  *p;

    (void) data;

    if (size > sizeof(verify_arena) - verify_used) {
        return NULL;
    }

    p = verify_arena + verify_used;
    verify_used += (size + 15) & ~(size_t) 15;

    return p;
}


/* of this process's CPU, as openssl speed has it */

static double
verify_now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);

    return (double) ts.tv_sec * 1e6 + (double) ts.tv_nsec / 1e3;
}


static void
verify_die(const char *what)
{
    fprintf(stderr, "verify: %s\n", what);
    exit(1);
}
