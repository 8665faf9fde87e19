
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The keys and the messages of RFC 9421, appendix B and section 4.3.
 */

#ifndef FEDI_TEST_RFC9421_H
#define FEDI_TEST_RFC9421_H

#include "fedi_test.h"

#include "fedi_signature_base.h"


#define DIGEST                                                                \
    "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYll"   \
    "u7BNNyealdVLvRwEmTHWXvJwew==:"
#define HEADER(name, value)  { fedi_string(name), fedi_string(value) }
#define REQUEST(method, host, target, headers)                                \
    { fedi_string(method), fedi_string(target), headers, FEDI_N(headers),     \
      fedi_string("https"), fedi_string(host), NULL, 0 }


/* B.1.1 */
static const char  rsa[] =
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw\n"
    "WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq\n"
    "MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg\n"
    "kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P\n"
    "uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ\n"
    "PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB\n"
    "-----END RSA PUBLIC KEY-----\n";

/* B.1.2 */
static const char  rsa_pss[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2\n"
    "+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+\n"
    "oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq\n"
    "gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W\n"
    "Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4\n"
    "aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI\n"
    "2wIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

/* B.1.3 */
static const char  ecdsa[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf\n"
    "w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==\n"
    "-----END PUBLIC KEY-----\n";

/* B.1.5 */
static const char  secret[] =
    "\xbb\x3b\xc9\x7c\x1e\x2e\xdc\xdd\x09\xcb\x84\xfb\x35\x9e\xf9\x30"
    "\x35\x5c\xaf\xcc\xd2\x4c\x89\xde\x74\x9b\x64\x81\xcb\xb8\xe9\x85"
    "\xb8\x5c\x1c\xb3\x34\x98\xf1\x05\xdb\x63\x52\x47\x49\x3c\x1b\x5b"
    "\x98\x78\x48\x0e\x2e\xa9\x72\x5f\x23\xb1\xab\x23\x95\x33\x2d\x0d";

/* B.1.4 */
static const char  ed25519[] =
    "\x26\xb4\x0b\x8f\x93\xff\xf3\xd8\x97\x11\x2f\x7e\xbc\x58\x2b\x23"
    "\x2d\xbd\x72\x51\x7d\x08\x2f\xe8\x3c\xfb\x30\xdd\xce\x43\xd1\xbb";


/* B.2 */

static const fedi_header_t  post_headers[] = {
    HEADER("Host", "example.com"),
    HEADER("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
    HEADER("Content-Type", "application/json"),
    HEADER("Content-Digest", DIGEST),
    HEADER("Content-Length", "18")
};

static const fedi_signed_request_t  post =
    REQUEST("POST", "example.com", "/foo?param=Value&Pet=dog", post_headers);


/* B.3 */

static const fedi_header_t  behind_proxy_headers[] = {
    HEADER("Host", "service.internal.example"),
    HEADER("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
    HEADER("Content-Type", "application/json"),
    HEADER("Content-Length", "18"),
    HEADER("Client-Cert",
        ":MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdX"
        "RoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyM"
        "jU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYI"
        "KoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8O"
        "thxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGD"
        "AWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwC"
        "gYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49"
        "BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4"
        "urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:")
};

static const fedi_signed_request_t  behind_proxy =
    REQUEST("POST", "service.internal.example", "/foo?param=Value&Pet=dog",
            behind_proxy_headers);


/* section 4.3 */

static const fedi_header_t  proxied_headers[] = {
    HEADER("Host", "origin.host.internal.example"),
    HEADER("Date", "Tue, 20 Apr 2021 02:07:56 GMT"),
    HEADER("Content-Type", "application/json"),
    HEADER("Content-Digest", DIGEST),
    HEADER("Content-Length", "18"),
    HEADER("Forwarded", "for=192.0.2.123;host=example.com;proto=https")
};

static const fedi_signed_request_t  proxied =
    REQUEST("POST", "origin.host.internal.example",
            "/foo?param=Value&Pet=dog", proxied_headers);


/* B.4: the request, and what may become of it on its way */

#define GET_TARGET  "/demo?name1=Value1&Name2=value2"

static const fedi_header_t  get_headers[] = {
    HEADER("Host", "example.org"),
    HEADER("Date", "Fri, 15 Jul 2022 14:24:55 GMT"),
    HEADER("Accept", "application/json"),
    HEADER("Accept", "*/*")
};

static const fedi_header_t  added_headers[] = {
    HEADER("Host", "example.org"),
    HEADER("Date", "Fri, 15 Jul 2022 14:24:55 GMT"),
    HEADER("Accept", "application/json"),
    HEADER("Accept", "*/*"),
    HEADER("Accept-Language", "en-US,en;q=0.5")
};

static const fedi_header_t  collapsed_headers[] = {
    HEADER("Host", "example.org"),
    HEADER("Referer", "https://developer.example.org/demo"),
    HEADER("Accept", "application/json, */*")
};

static const fedi_header_t  reordered_headers[] = {
    HEADER("Accept", "application/json"),
    HEADER("Accept", "*/*"),
    HEADER("Date", "Fri, 15 Jul 2022 14:24:55 GMT"),
    HEADER("Host", "example.org")
};

static const fedi_header_t  other_host_headers[] = {
    HEADER("Host", "example.com"),
    HEADER("Date", "Fri, 15 Jul 2022 14:24:55 GMT"),
    HEADER("Accept", "application/json"),
    HEADER("Accept", "*/*")
};

static const fedi_header_t  swapped_headers[] = {
    HEADER("Host", "example.org"),
    HEADER("Date", "Fri, 15 Jul 2022 14:24:55 GMT"),
    HEADER("Accept", "*/*"),
    HEADER("Accept", "application/json")
};

static const fedi_signed_request_t  get =
    REQUEST("GET", "example.org", GET_TARGET, get_headers);


#endif
