// Copyright (C) The ngx_http_activitypub_module authors
// SPDX-License-Identifier: BSD-2-Clause
//
// What WHATWG's URL makes of URLs: a URL a line in hexadecimal on standard
// input, a line for each on standard output, "no", or "ok" and scheme, host,
// port, path, query and fragment.

import { createInterface } from 'node:readline';

const ports = { 'http:': '80', 'https:': '443' };
const text = new TextDecoder('utf-8', { ignoreBOM: true });
const answers = [];

function read(hex) {
    const spelling = text.decode(Buffer.from(hex, 'hex'));

    let url;

    // not canParse(): optimized, it reads Latin-1 for UTF-8

    try {
        url = new URL(spelling);
    } catch {
        return 'no';
    }

    return ['ok', url.protocol.slice(0, -1), url.hostname,
            url.port || ports[url.protocol] || '', url.pathname,
            url.search.slice(1), url.hash.slice(1)].join('\t');
}

for await (const line of createInterface({ input: process.stdin })) {
    answers.push(read(line));
}

process.stdout.write(answers.join('\n') + '\n');
