
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A key for the tests that read one.
 */

#ifndef FEDI_TEST_KEY_H
#define FEDI_TEST_KEY_H


static const char  fedi_test_spki[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApgsGRS/iEpZkv5TnvDzu\n"
    "LDiHqxIQeZ7mstZujgjpvwwoG5inV2JustV9U7DcW+x5APFteNUwaXJZj6IudupM\n"
    "XUODmALpC/Xs/zyaKEpjtlUdcZClD6bdLfdhG8Z2c9jsVES1scqIueDAI0eJFQNU\n"
    "WkSd+RsbWs7cSovAz12NQ6y2lcoBZC/YKxUCrwMa1RniXzS1RyOS8/Hbe5G3zKMX\n"
    "PNHJEUJ31MoZoOgpWylHG2c3p9DukW/mQqWgNUJzKJ2/4mRng3L3iDHC48DUrM78\n"
    "lAktOo3duhp0AMBMznQ2KyDKp9f45+FzNld3AbTWbcTuO5xoT7/8/krUw+YRKAJi\n"
    "bwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";


#endif
