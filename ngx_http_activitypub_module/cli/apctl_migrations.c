
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The SQL files that this apctl brings.
 */

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "apctl_config.h"
#include "apctl_file.h"
#include "apctl_migrations.h"


#define APCTL_SQL_MAX     (4 * 1024 * 1024)
#define APCTL_SQL_DIGITS  "0123456789"


static apctl_exit_e apctl_sql_folder(apctl_t *ap, const char *dir,
    const char *folder, apctl_sql_file_t **files, size_t *n);
static int apctl_sql_is_file(const struct dirent *entry);
static apctl_exit_e apctl_sql_read(apctl_t *ap, const char *dir,
    apctl_sql_file_t *file);
static apctl_exit_e apctl_sql_check(apctl_t *ap, apctl_sql_t *sql);
static apctl_exit_e apctl_sql_header(apctl_sql_file_t *file);
static int apctl_sql_number(const apctl_sql_file_t *file, const char *key);
static void apctl_sql_grants_last(apctl_sql_t *sql);
static apctl_exit_e apctl_sql_hash(apctl_t *ap, apctl_sql_t *sql);


apctl_exit_e
apctl_sql_load(apctl_t *ap, apctl_sql_t *sql)
{
    const char    *dir;
    apctl_exit_e   code;

    dir = apctl_config_sql(ap);

    code = apctl_sql_folder(ap, dir, "migrations", &sql->migrations,
                            &sql->migrations_n);

    if (code == APCTL_OK) {
        code = apctl_sql_folder(ap, dir, "functions", &sql->functions,
                                &sql->functions_n);
    }

    if (code == APCTL_OK) {
        code = apctl_sql_check(ap, sql);
    }

    if (code != APCTL_OK) {
        return code;
    }

    apctl_sql_grants_last(sql);

    return apctl_sql_hash(ap, sql);
}


int
apctl_sql_version(const apctl_sql_t *sql)
{
    return sql->migrations[sql->migrations_n - 1].version;
}


/* all "*.sql" of a folder, by name in bytes */

static apctl_exit_e
apctl_sql_folder(apctl_t *ap, const char *dir, const char *folder,
    apctl_sql_file_t **files, size_t *n)
{
    int             i, found;
    char           *path;
    size_t          len;
    apctl_exit_e    code;
    struct dirent **entries;

    path = apctl_format(ap, "%s/%s", dir, folder);
    found = scandir(path, &entries, apctl_sql_is_file, alphasort);

    if (found < 0) {
        return apctl_fail(APCTL_CONFIG, "cannot read the SQL files in %s: "
                          "%s; --sql names their folder", path,
                          strerror(errno));
    }

    *files = apctl_alloc(ap, (size_t) (found + 1) * sizeof(apctl_sql_file_t));
    *n = (size_t) found;

    code = APCTL_OK;

    for (i = 0; i < found; i++) {
        len = strlen(entries[i]->d_name) - (sizeof(".sql") - 1);

        memset(&(*files)[i], 0, sizeof(apctl_sql_file_t));
        (*files)[i].file = apctl_format(ap, "%s/%s", folder,
                                        entries[i]->d_name);
        (*files)[i].name = apctl_format(ap, "%.*s", (int) len,
                                        entries[i]->d_name);
        if (code == APCTL_OK) {
            code = apctl_sql_read(ap, dir, &(*files)[i]);
        }

        free(entries[i]);
    }

    free(entries);

    if (code == APCTL_OK && found == 0) {
        return apctl_fail(APCTL_CONFIG, "there is no SQL file in %s", path);
    }

    return code;
}


static int
apctl_sql_is_file(const struct dirent *entry)
{
    size_t  len;

    len = strlen(entry->d_name);

    return len > 4 && entry->d_name[0] != '.'
           && strcmp(entry->d_name + len - 4, ".sql") == 0;
}


static apctl_exit_e
apctl_sql_read(apctl_t *ap, const char *dir, apctl_sql_file_t *file)
{
    int    rc;
    char  *path;

    path = apctl_format(ap, "%s/%s", dir, file->file);
    rc = apctl_file_read(ap, path, APCTL_SQL_MAX, &file->text);

    if (rc != 0) {
        return apctl_fail(APCTL_CONFIG, "cannot read %s: %s", path,
                          strerror(rc));
    }

    return APCTL_OK;
}


static apctl_exit_e
apctl_sql_check(apctl_t *ap, apctl_sql_t *sql)
{
    size_t         i;
    apctl_exit_e   code;

    (void) ap;

    for (i = 0; i < sql->migrations_n; i++) {
        code = apctl_sql_header(&sql->migrations[i]);

        if (code != APCTL_OK) {
            return code;
        }

        if (i > 0
            && sql->migrations[i].version == sql->migrations[i - 1].version)
        {
            return apctl_fail(APCTL_CONFIG, "%s and %s have the same version",
                              sql->migrations[i - 1].file,
                              sql->migrations[i].file);
        }
    }

    return APCTL_OK;
}


/*
 * NNN_name.sql with "-- version: N" and "-- min_module: N" among the comments
 * at its top.  The number stands there twice so that a copied file cannot
 * pass for another version.
 */

static apctl_exit_e
apctl_sql_header(apctl_sql_file_t *file)
{
    if (strspn(file->name, APCTL_SQL_DIGITS) != 3 || file->name[3] != '_') {
        return apctl_fail(APCTL_CONFIG, "%s is not named NNN_name.sql",
                          file->file);
    }

    file->version = apctl_sql_number(file, "-- version: ");
    file->min_module = apctl_sql_number(file, "-- min_module: ");

    if (file->version <= 0 || file->min_module <= 0) {
        return apctl_fail(APCTL_CONFIG, "%s does not begin with \"-- version: "
                          "N\" and \"-- min_module: N\"", file->file);
    }

    if (file->version != strtol(file->name, NULL, 10)) {
        return apctl_fail(APCTL_CONFIG, "%s says that it is version %d",
                          file->file, file->version);
    }

    return APCTL_OK;
}


/* the number behind "key" on a line of the comments at the top, or 0 */

static int
apctl_sql_number(const apctl_sql_file_t *file, const char *key)
{
    size_t       digits;
    const char  *line;

    line = file->text.data;

    while (strncmp(line, "--", 2) == 0) {

        if (strncmp(line, key, strlen(key)) == 0) {
            line += strlen(key);
            digits = strspn(line, APCTL_SQL_DIGITS);

            if (digits == 0 || digits > 9) {
                return 0;
            }

            return (int) strtol(line, NULL, 10);
        }

        line += strcspn(line, "\n");
        line += (*line == '\n');
    }

    return 0;
}


/* the grants name functions of every other file */

static void
apctl_sql_grants_last(apctl_sql_t *sql)
{
    size_t             i;
    apctl_sql_file_t   grants;

    for (i = 0; i + 1 < sql->functions_n; i++) {

        if (strcmp(sql->functions[i].name, "grants") == 0) {
            grants = sql->functions[i];
            sql->functions[i] = sql->functions[i + 1];
            sql->functions[i + 1] = grants;
        }
    }
}


static apctl_exit_e
apctl_sql_hash(apctl_t *ap, apctl_sql_t *sql)
{
    bool              ok;
    char             *hash;
    size_t            i;
    unsigned          j, len;
    EVP_MD_CTX       *ctx;
    apctl_sql_file_t *file;
    unsigned char     digest[EVP_MAX_MD_SIZE];

    ctx = EVP_MD_CTX_new();
    ok = (ctx != NULL) && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);

    /* the NUL behind each name and text keeps them apart */

    for (i = 0; ok && i < sql->functions_n; i++) {
        file = &sql->functions[i];

        ok = EVP_DigestUpdate(ctx, file->name, strlen(file->name) + 1)
             && EVP_DigestUpdate(ctx, file->text.data, file->text.len + 1);
    }

    len = 0;
    ok = ok && EVP_DigestFinal_ex(ctx, digest, &len);

    EVP_MD_CTX_free(ctx);

    if (!ok) {
        return apctl_fail(APCTL_FAILED, "OpenSSL cannot make a SHA-256 hash");
    }

    hash = apctl_format(ap, "functions sha256:");

    for (j = 0; j < len; j++) {
        hash = apctl_format(ap, "%s%02x", hash, digest[j]);
    }

    sql->hash = hash;

    return APCTL_OK;
}
