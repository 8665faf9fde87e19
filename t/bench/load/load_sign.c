
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "load.h"


#define LOAD_BODY_MAX     16384
#define LOAD_REQUEST_MAX  (LOAD_BODY_MAX + 4096)
#define LOAD_NUMBER       "@@@@@@@@@@"
#define LOAD_NUMBER_LEN   (sizeof(LOAD_NUMBER) - 1)


typedef struct {
    load_conf_t     conf;
    EVP_PKEY       *key;
    char            body[LOAD_BODY_MAX];
    size_t          len;
    size_t          serial;
} load_signer_t;


static void load_sign_some(load_batch_t *batch, size_t first, size_t step);
static size_t load_sign_one(size_t serial, char *request);
static void load_sign_body(size_t serial, char *body);
static void load_sign_digest(const char *body, char *digest);
static void load_sign_date(char *date, size_t size);
static void load_sign_rsa(const char *text, size_t len, char *encoded);
static void load_sign_die(const char *what);


static load_signer_t  signer;


void
load_sign_init(const load_conf_t *conf)
{
    FILE  *f;

    signer.conf = *conf;

    f = fopen(conf->key, "r");
    if (f == NULL) {
        load_sign_die(conf->key);
    }

    signer.key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
    fclose(f);

    if (signer.key == NULL) {
        load_sign_die(conf->key);
    }

    f = fopen(conf->body, "r");
    if (f == NULL) {
        load_sign_die(conf->body);
    }

    signer.len = fread(signer.body, 1, LOAD_BODY_MAX - 1, f);
    fclose(f);

    if (signer.len == 0) {
        load_sign_die(conf->body);
    }
}


/* a process for each CPU: the server has nothing to do meanwhile */

void
load_sign(load_batch_t *batch, size_t n)
{
    int     status;
    char    request[LOAD_REQUEST_MAX];
    pid_t   pid;
    size_t  i, cpus;

    if (batch->bytes) {
        munmap(batch->bytes, batch->n * batch->size);
    }

    batch->n = n;
    batch->size = load_sign_one(0, request);
    batch->bytes = mmap(NULL, n * batch->size, PROT_READ|PROT_WRITE,
                        MAP_SHARED|MAP_ANONYMOUS, -1, 0);
    if (batch->bytes == MAP_FAILED) {
        load_sign_die("mmap");
    }

    cpus = (size_t) sysconf(_SC_NPROCESSORS_ONLN);

    for (i = 0; i < cpus; i++) {
        pid = fork();

        if (pid == -1) {
            load_sign_die("fork");
        }

        if (pid == 0) {
            load_sign_some(batch, i, cpus);
            _exit(0);
        }
    }

    for (i = 0; i < cpus; i++) {
        if (wait(&status) == -1 || status != 0) {
            load_sign_die("a signer");
        }
    }

    signer.serial += n;
}


static void
load_sign_some(load_batch_t *batch, size_t first, size_t step)
{
    char    request[LOAD_REQUEST_MAX];
    size_t  i;

    for (i = first; i < batch->n; i += step) {

        if (load_sign_one(signer.serial + i + 1, request) != batch->size) {
            load_sign_die("a request of another length");
        }

        memcpy(batch->bytes + i * batch->size, request, batch->size);
    }
}


/* headers and their order as Mastodon sends them */

static size_t
load_sign_one(size_t serial, char *request)
{
    int                 n;
    char                body[LOAD_BODY_MAX], digest[64], date[64];
    char                text[1024], signature[1024];
    const load_conf_t  *conf;

    conf = &signer.conf;

    load_sign_body(serial, body);
    load_sign_digest(body, digest);
    load_sign_date(date, sizeof(date));

    n = snprintf(text, sizeof(text),
                 "(request-target): post %s\nhost: %s\ndate: %s\n"
                 "digest: SHA-256=%s\ncontent-type: application/activity+json",
                 conf->path, conf->host, date, digest);

    if (n < 0 || (size_t) n >= sizeof(text)) {
        load_sign_die("a text of that length");
    }

    load_sign_rsa(text, (size_t) n, signature);

    n = snprintf(request, LOAD_REQUEST_MAX - LOAD_BODY_MAX,
                 "POST %s HTTP/1.1\r\n"
                 "User-Agent: Mastodon/4.4.8 (http.rb/5.3.1; +%s)\r\n"
                 "Host: %s\r\n"
                 "Date: %s\r\n"
                 "Accept-Encoding: gzip\r\n"
                 "Digest: SHA-256=%s\r\n"
                 "Content-Type: application/activity+json\r\n"
                 "Signature: keyId=\"%s\",algorithm=\"rsa-sha256\","
                 "headers=\"(request-target) host date digest content-type\","
                 "signature=\"%s\"\r\n"
                 "Connection: Keep-Alive\r\n"
                 "Content-Length: %zu\r\n"
                 "\r\n",
                 conf->path, conf->key_id, conf->host, date, digest,
                 conf->key_id, signature, signer.len);

    if (n < 0 || (size_t) n >= LOAD_REQUEST_MAX - LOAD_BODY_MAX) {
        load_sign_die("headers of that length");
    }

    memcpy(request + n, body, signer.len);

    return (size_t) n + signer.len;
}


static void
load_sign_body(size_t serial, char *body)
{
    char  *p, number[LOAD_NUMBER_LEN + 1];

    memcpy(body, signer.body, signer.len);
    body[signer.len] = '\0';

    snprintf(number, sizeof(number), "%010u", (unsigned) serial);

    for (p = body; (p = strstr(p, LOAD_NUMBER)) != NULL; /* void */) {
        memcpy(p, number, LOAD_NUMBER_LEN);
    }
}


static void
load_sign_digest(const char *body, char *digest)
{
    unsigned char  hash[EVP_MAX_MD_SIZE];

    if (EVP_Digest(body, signer.len, hash, NULL, EVP_sha256(), NULL) != 1) {
        load_sign_die("a digest");
    }

    EVP_EncodeBlock((unsigned char *) digest, hash, 32);
}


static void
load_sign_date(char *date, size_t size)
{
    time_t     now;
    struct tm  tm;

    now = time(NULL);

    if (gmtime_r(&now, &tm) == NULL
        || strftime(date, size, "%a, %d %b %Y %H:%M:%S GMT", &tm) == 0)
    {
        load_sign_die("a date");
    }
}


static void
load_sign_rsa(const char *text, size_t len, char *encoded)
{
    int             ok;
    size_t          n;
    EVP_MD_CTX     *ctx;
    unsigned char   bytes[512];

    ctx = EVP_MD_CTX_new();
    n = sizeof(bytes);

    ok = ctx != NULL
         && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, signer.key) == 1
         && EVP_DigestSign(ctx, bytes, &n, (const unsigned char *) text, len)
            == 1;

    if (!ok) {
        load_sign_die("a signature");
    }

    EVP_MD_CTX_free(ctx);
    EVP_EncodeBlock((unsigned char *) encoded, bytes, (int) n);
}


static void
load_sign_die(const char *what)
{
    fprintf(stderr, "load: %s cannot be had\n", what);
    exit(1);
}
