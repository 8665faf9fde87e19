
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Goes in before an nginx under memcheck: see Test::Nginx::Memcheck.
 *
 * nginx cuts what is asked of a pool out of blocks of some KiB, in which
 * memcheck sees neither where a piece ends nor that it was never written.
 * Here each piece is a block of its own, as in an nginx that was built with
 * NGX_DEBUG_PALLOC.
 *
 * The clock of nginx's timers is SLOW times as slow, so that what the module
 * waits for has as much of the worker as ever before it is too late.
 *
 * A new RSA key takes 20 s of CPU there, which shows nothing: it is read from
 * one of KEYS files of DIR, while there are some.
 */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <valgrind/valgrind.h>


#define ALIGNMENT  16


typedef int (*clock_gettime_pt)(clockid_t, struct timespec *);
typedef int (*epoll_wait_pt)(int, struct epoll_event *, int, int);
typedef EVP_PKEY *(*keygen_pt)(OSSL_LIB_CTX *, const char *, const char *, ...);


void *ngx_pmemalign(void *pool, size_t size, size_t alignment);

void *I_REPLACE_SONAME_FNNAME_ZU(NONE, ngx_palloc)(void *pool, size_t size);
void *I_REPLACE_SONAME_FNNAME_ZU(NONE, ngx_pnalloc)(void *pool, size_t size);
void *I_REPLACE_SONAME_FNNAME_ZU(NONE, ngx_pcalloc)(void *pool, size_t size);

static EVP_PKEY *made_before(void);


void *
I_REPLACE_SONAME_FNNAME_ZU(NONE, ngx_palloc)(void *pool, size_t size)
{
    return ngx_pmemalign(pool, size, ALIGNMENT);
}


void *
I_REPLACE_SONAME_FNNAME_ZU(NONE, ngx_pnalloc)(void *pool, size_t size)
{
    return ngx_pmemalign(pool, size, ALIGNMENT);
}


void *
I_REPLACE_SONAME_FNNAME_ZU(NONE, ngx_pcalloc)(void *pool, size_t size)
{
    void  *p;

    p = ngx_pmemalign(pool, size, ALIGNMENT);

    return p ? memset(p, 0, size) : NULL;
}


/* nginx asks the coarse one; whoever asks another means the time that it is */

int
clock_gettime(clockid_t id, struct timespec *ts)
{
    int                      rc;
    long long                ns;
    static clock_gettime_pt  next;

    if (next == NULL) {
        next = (clock_gettime_pt) dlsym(RTLD_NEXT, "clock_gettime");
    }

    rc = next(id, ts);

    if (rc == 0 && id == CLOCK_MONOTONIC_COARSE) {
        ns = (ts->tv_sec * 1000000000LL + ts->tv_nsec) / SLOW;
        ts->tv_sec = ns / 1000000000;
        ts->tv_nsec = ns % 1000000000;
    }

    return rc;
}


int
epoll_wait(int ep, struct epoll_event *events, int n, int timeout)
{
    static epoll_wait_pt  next;

    if (next == NULL) {
        next = (epoll_wait_pt) dlsym(RTLD_NEXT, "epoll_wait");
    }

    return next(ep, events, n, timeout > 0 ? timeout * SLOW : timeout);
}


EVP_PKEY *
EVP_PKEY_Q_keygen(OSSL_LIB_CTX *ctx, const char *query, const char *type, ...)
{
    size_t     bits;
    va_list    args;
    EVP_PKEY  *key;
    keygen_pt  keygen;

    if (strcmp(type, "RSA") != 0) {
        keygen = (keygen_pt) dlsym(RTLD_NEXT, "EVP_PKEY_Q_keygen");
        return keygen(ctx, query, type);
    }

    key = made_before();
    if (key != NULL) {
        return key;
    }

    va_start(args, type);
    bits = va_arg(args, size_t);
    va_end(args);

    keygen = (keygen_pt) dlsym(RTLD_NEXT, "EVP_PKEY_Q_keygen");

    return keygen(ctx, query, type, bits);
}


/* each is taken once, by whichever process is the first to rename it */

static EVP_PKEY *
made_before(void)
{
    int        n;
    char       from[4096], to[4096];
    FILE      *file;
    EVP_PKEY  *key;

    for (n = 0; n < KEYS; n++) {
        snprintf(from, sizeof(from), "%s/key%d.pem", DIR, n);
        snprintf(to, sizeof(to), "%s/key%d.taken", DIR, n);

        if (rename(from, to) != 0) {
            continue;
        }

        file = fopen(to, "r");
        if (file == NULL) {
            return NULL;
        }

        key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
        fclose(file);

        return key;
    }

    return NULL;
}
