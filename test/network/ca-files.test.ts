import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { certificatesIn, readCaFile, readPemIfPresent } from '../../src/network/stores.ts';
import { tlsFixture } from '../support/http.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const [one, other] = ['ca.pem', 'server.pem'].map((name) => readFileSync(tlsFixture(name), 'utf8')) as [
  string,
  string,
];
/** As `openssl x509 -trustout` names it. */
const trusted = one.replaceAll(' CERTIFICATE', ' TRUSTED CERTIFICATE');
const damaged = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const waiting = { signal: new AbortController().signal, patience: 5000 };
const fingerprints = (certificates: readonly string[]): string[] =>
  certificates.map((pem) => new X509Certificate(pem).fingerprint256);

test.each<[string, string, readonly string[]]>([
  ['nothing', '', []],
  ['words alone', 'no certificate', []],
  ['two, with words around them', `One\n${one}\nand\n${other}.`, [one, other]],
  ['one of the older name', one.replaceAll(' CERTIFICATE', ' X509 CERTIFICATE'), [one]],
  ["one of OpenSSL's own kind", trusted, [one]],
  ['one before a damaged one', one + damaged + other, [one]],
])('the certificates of a bundle with %s', (_case, bundle, expected) => {
  expect(fingerprints(certificatesIn(bundle))).toEqual(fingerprints(expected));
});

test.each<[string, string, string]>([
  ['a byte order mark', `\uFEFF${one}`, one],
  ['a byte order mark further down', `${one}\uFEFF${other}`, `${one}\uFEFF${other}`],
  [
    "certificates of OpenSSL's own kind",
    trusted + other,
    [one, other].map((pem) => new X509Certificate(pem).toString()).join(''),
  ],
])('a file with %s is read', async (_case, text, expected) => {
  const path = join(temporaryDirectory(), 'ca.pem');
  writeFileSync(path, text);
  expect(await readCaFile(path, waiting)).toBe(expected);
  expect(await readPemIfPresent(path, waiting)).toEqual([expected]);
});
