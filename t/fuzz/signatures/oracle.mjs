// Copyright (C) The ngx_http_activitypub_module authors
// SPDX-License-Identifier: BSD-2-Clause
//
// An implementation of both schemes that is not ours, for
// t/signature_oracle.t:
//
//     oracle.mjs PACKAGES DIR make NUMBER SEED
//         keys; "signed": requests that it signed, each before a twin of
//         which something that is signed was changed; "unsigned": requests
//     oracle.mjs PACKAGES DIR check
//         "valid" or why not, for what we signed ("ours"), and for its twin

import { createHash, generateKeyPairSync, sign, verify, createPublicKey,
         createPrivateKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [packages, dir, verb, number, seed] = process.argv.slice(2);
const { cavage, httpbis } = createRequire(packages + '/')(
    'http-message-signatures');
const keyId = 'https://a.example/u#main-key';
const authority = 'acme.example';

let state = Number(seed ?? 1);

// mulberry32: the same requests from the same seed

function random(n) {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
}

const pick = (list) => list[random(list.length)];

function text(letters, most) {
    let result = '';
    for (let n = random(most) + 1; n; n--) result += pick(letters);
    return result;
}

const words = [...'abcXYZ019-._~'];

// no dots: URL, which the library asks, takes "/./" away, and "?" at the end

const path = [...'abcXYZ019-_~', '/', '%20', '%C3%BC', '@', ':', '!', '(', ',',
              '='];
const value = [...words, ' ', '"', '\t', ',', ';', '(', '\\', '/'];

function request() {
    const method = pick(['GET', 'POST']);
    const query = pick(['', '', '?' + text([...path, '&', '?'], 20)]);
    const target = '/' + text(path, 20) + query;
    const date = new Date(Date.now() - random(3000) * 1000).toUTCString();
    const headers = [[pick(['Host', 'host']), authority], ['Date', date]];
    let body = '';

    if (method === 'POST') {
        body = JSON.stringify({ id: text(words, 40), text: text(value, 200) });
        const digest = createHash('sha256').update(body).digest('base64');
        headers.push(['Digest', 'SHA-256=' + digest],
                     ['Content-Digest', pick(['', 'md5=:AA==:, '])
                         + `sha-256=:${digest}:`],
                     ['Content-Type', 'application/activity+json']);
    }

    for (let n = random(4); n; n--) {
        const name = 'X-' + text(words.slice(0, 6), 6) + n;
        for (let k = pick([1, 1, 2, 3]); k; k--) {
            headers.push([name, ('v' + text(value, 30)).trim()]);
        }
    }

    return { method, target, authority, headers, body };
}

// lines of one name are one, which is how the library wants them

function message(r) {
    const headers = {};
    for (const [name, line] of r.headers) {
        const key = name.toLowerCase();
        headers[key] = key in headers ? [].concat(headers[key], line) : line;
    }
    return { method: r.method, url: `https://${r.authority}${r.target}`,
             headers };
}

function shuffled(list) {
    for (let i = list.length - 1; i > 0; i--) {
        const k = random(i + 1);
        [list[i], list[k]] = [list[k], list[i]];
    }
    return list;
}

// what has to be covered, and anything else, in any order

function fields(r, scheme) {
    const others = r.headers.map(([name]) => name.toLowerCase()).filter(
        (name) => /^x-|^content-type$/.test(name) && random(2));
    const post = r.method === 'POST';
    let list;

    if (scheme === 'cavage') {
        list = ['@request-target', 'host', 'date', ...(post ? ['digest'] : [])];
    } else {
        list = ['@method', ...pick([['@target-uri'],
            ['@authority', '@request-target'], ['@authority', '@path',
            '@query']]), ...(post ? ['content-digest'] : []),
            ...pick([[], ['host'], ['date'], ['@scheme']])];
    }

    return shuffled([...list, ...new Set(others)]);
}

function keyOf(kind, pem) {
    return kind === 'rsa'
        ? (data) => sign('sha256', data, pem) : (data) => sign(null, data, pem);
}

async function signed(r, scheme, kind, pem) {
    const config = {
        key: { id: keyId, alg: pick([undefined,
            kind === 'rsa' ? 'rsa-v1_5-sha256' : 'ed25519']),
            sign: async (data) => keyOf(kind, pem)(data) },
        fields: fields(r, scheme), name: 'sig' + random(3),
        params: scheme === 'cavage' ? ['keyid', 'alg']
            : shuffled(['keyid', 'alg', 'created',
                        ...pick([[], ['expires'], ['tag']])]),
        paramValues: { tag: text(words, 9) },
    };
    const { headers } = await (scheme === 'cavage' ? cavage : httpbis)
        .signMessage(config, message(r));
    const added = Object.entries(headers).filter(
        ([name]) => /^signature(-input)?$/i.test(name));

    return { ...r, scheme, key: kind, fields: config.fields,
             headers: [...r.headers, ...added] };
}

// one character of something that is signed is another

function spoil(s) {
    const i = random(s.length);
    return s.slice(0, i) + (s[i] === 'A' ? 'B' : 'A') + s.slice(i + 1);
}

function spoiled(r) {
    const twin = structuredClone(r);
    const line = (name) => twin.headers.find(
        ([n]) => n.toLowerCase() === name);
    const places = [
        () => { twin.method = r.method === 'GET' ? 'POST' : 'GET'; },
        () => { twin.target += pick(['x', '/', '&a']); },
        () => { const l = line('signature');
            l[1] = l[1].replace(/[\w+/]{80}/, (s) => spoil(s)); },
        () => { const l = line(pick(r.fields.filter((f) => f[0] !== '@')));
            l[1] = spoil(l[1]); },
    ];

    if (!r.fields.some((f) => f[0] !== '@')) places.pop();
    if (r.body) places.push(() => { twin.body = spoil(r.body); });

    pick(places)();

    return twin;
}

const base58 = (bytes) => {
    const digits =
        '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
    let n = BigInt('0x' + Buffer.from(bytes).toString('hex')), result = '';
    for (; n; n /= 58n) result = digits[Number(n % 58n)] + result;
    return result;
};

async function make() {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ed = generateKeyPairSync('ed25519');
    const raw = ed.publicKey.export({ type: 'spki', format: 'der' })
        .subarray(-32);
    const out = [], unsigned = [];

    writeFileSync(`${dir}/public.pem`,
        rsa.publicKey.export({ type: 'spki', format: 'pem' }));
    writeFileSync(`${dir}/private.pem`,
        rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(`${dir}/multibase`, 'z' + base58([0xed, 1, ...raw]));

    for (let i = 0; i < Number(number); i++) {
        for (const [scheme, kind, key] of [
            ['cavage', 'rsa', rsa.privateKey],
            ['rfc9421', 'rsa', rsa.privateKey],
            ['rfc9421', 'ed25519', ed.privateKey]])
        {
            const one = await signed(request(), scheme, kind, key);
            out.push(one, spoiled(one));
        }

        for (const scheme of ['cavage', 'rfc9421']) {
            unsigned.push({ ...request(), scheme });
        }
    }

    const lines = (list) => list.map((r) => JSON.stringify(r) + '\n').join('');

    writeFileSync(`${dir}/signed`, lines(out));
    writeFileSync(`${dir}/unsigned`, lines(unsigned));
}

async function verdict(r, pem) {
    const scheme = r.scheme === 'cavage' ? cavage : httpbis;
    let why = 'no';

    try {
        const ok = await scheme.verifyMessage({
            keyLookup: async (p) => p.keyid !== keyId ? null : {
                id: keyId, algs: ['rsa-v1_5-sha256'],
                verify: async (data, s) => verify('sha256', data, pem, s) },
        }, message(r));

        return ok === true ? 'valid' : why;
    } catch (e) {
        return e.message;
    }
}

async function check() {
    const pem = createPublicKey(readFileSync(`${dir}/public.pem`));
    const read = (name) => readFileSync(`${dir}/${name}`, 'utf8').trim()
        .split('\n').map((line) => JSON.parse(line));
    const ours = read('ours');
    const answers = [];

    for (const [i, r] of read('unsigned').entries()) {
        const post = r.method === 'POST';
        const one = { ...r, headers: [...r.headers, ...Object.entries(ours[i])],
            fields: r.scheme === 'cavage'
                ? ['@request-target', 'host', 'date', ...(post ? ['digest'] : [])]
                : ['@target-uri', ...(post ? ['content-digest'] : [])] };
        const twin = spoiled({ ...one, body: '' });

        answers.push(await verdict(one, pem), await verdict(twin, pem));
    }

    process.stdout.write(answers.join('\n') + '\n');
}

await (verb === 'make' ? make() : check());
