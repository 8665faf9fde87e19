
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Gives a fuzz target what was found before, without libFuzzer: any compiler
 * builds it, and the unit tests run it.
 *
 *     replay_NAME FOLDER
 *
 * Every file of FOLDER once; an empty folder, or none, is a failure.
 */

#include <dirent.h>
#include <limits.h>

#include "fedi_fuzz.h"


static void
fuzz_file(const char *name)
{
    long      size;
    FILE     *file;
    uint8_t  *data;

    file = fopen(name, "rb");
    fedi_fuzz_assert(file != NULL);
    fedi_fuzz_assert(fseek(file, 0, SEEK_END) == 0);

    size = ftell(file);
    fedi_fuzz_assert(size >= 0);
    rewind(file);

    data = malloc((size_t) size + 1);
    fedi_fuzz_assert(data != NULL);
    fedi_fuzz_assert(fread(data, 1, (size_t) size, file) == (size_t) size);

    fclose(file);

    (void) LLVMFuzzerTestOneInput(data, (size_t) size);

    free(data);
}


int
main(int argc, char **argv)
{
    int             files;
    char            name[PATH_MAX];
    DIR            *folder;
    struct dirent  *entry;

    folder = argc == 2 ? opendir(argv[1]) : NULL;

    if (folder == NULL) {
        fprintf(stderr, "%s: no folder of inputs\n", argv[0]);
        return 2;
    }

    files = 0;

    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.') {
            continue;
        }

        snprintf(name, sizeof(name), "%s/%s", argv[1], entry->d_name);
        fuzz_file(name);
        files++;
    }

    closedir(folder);

    return files == 0;
}
