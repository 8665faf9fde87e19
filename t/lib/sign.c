
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * sign KEY.pem: for each text on stdin, a line with its length and then its
 * bytes, a line with its signature (RSA, SHA-256) in base64.
 */

#include <stdio.h>

#include <openssl/evp.h>
#include <openssl/pem.h>


static int sign(EVP_PKEY *key, const unsigned char *text, size_t len);


int
main(int argc, char *argv[])
{
    FILE           *f;
    size_t          len;
    EVP_PKEY       *key;
    unsigned char   text[65536];

    f = argc == 2 ? fopen(argv[1], "r") : NULL;
    key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;

    if (key == NULL) {
        return 1;
    }

    while (scanf("%zu", &len) == 1 && getchar() == '\n') {

        if (len > sizeof(text)
            || fread(text, 1, len, stdin) != len
            || !sign(key, text, len))
        {
            return 1;
        }
    }

    EVP_PKEY_free(key);
    fclose(f);

    return 0;
}


static int
sign(EVP_PKEY *key, const unsigned char *text, size_t len)
{
    int             ok;
    size_t          n;
    EVP_MD_CTX     *ctx;
    unsigned char   bytes[4096], base64[5600];

    n = sizeof(bytes);
    ctx = EVP_MD_CTX_new();

    ok = ctx
         && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1
         && EVP_DigestSign(ctx, bytes, &n, text, len) == 1;

    EVP_MD_CTX_free(ctx);

    if (ok) {
        EVP_EncodeBlock(base64, bytes, (int) n);
        puts((char *) base64);
        fflush(stdout);
    }

    return ok;
}
