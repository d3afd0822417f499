import { generateKeyPairSync, type KeyObject, randomInt, sign } from 'node:crypto';
import { type Asn1, make, parse, toDer } from '../../pkcs12/asn1.ts';
import { encodePemBlock } from '../../pkcs12/pem.ts';

/** What a TLS server shows: PEM, and the certificate that vouches for it. */
export interface ServerIdentity {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

interface Party {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const commonName = '2.5.4.3';
const subjectAltName = '2.5.29.17';
const basicConstraints = '2.5.29.19';
const extendedKeyUsage = '2.5.29.37';
const serverAuth = '1.3.6.1.5.5.7.3.1';
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

/** A certification authority of this run alone, and a certificate of it for `localhost` and 127.0.0.1. @see RFC 5280 §4.1 */
export function createServerIdentity(): ServerIdentity {
  const authority = createParty('mfa-cli emulator CA');
  const server = createParty('mfa-cli emulator APNs');
  return {
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: issue(server, authority, [
      extension(subjectAltName, subjectNames()),
      extension(extendedKeyUsage, make.sequence(make.oid(serverAuth))),
    ]),
    ca: issue(authority, authority, [
      make.sequence(make.oid(basicConstraints), make.true(), octets(make.sequence(make.true()))),
    ]),
  };
}

function createParty(name: string): Party {
  return { name, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}

function issue(subject: Party, issuer: Party, extensions: readonly Asn1[]): string {
  const algorithm = make.sequence(make.oid(ecdsaWithSha256));
  const content = make.sequence(
    make.explicit(0, make.integer(2)),
    make.integer(randomInt(1, 2 ** 31 - 1)),
    algorithm,
    nameOf(issuer),
    // Wide enough for any clock: the keys are gone with the process.
    make.sequence(make.utcTime('000101000000Z'), make.utcTime('491231235959Z')),
    nameOf(subject),
    parse(subject.publicKey.export({ type: 'spki', format: 'der' })),
    make.explicit(3, make.sequence(...extensions)),
  );
  const signature = sign('sha256', toDer(content), issuer.privateKey);
  const certificate = make.sequence(content, algorithm, make.bitString(signature));
  return encodePemBlock('CERTIFICATE', toDer(certificate));
}

function nameOf({ name }: Party): Asn1 {
  return make.sequence(make.set(make.sequence(make.oid(commonName), make.utf8String(name))));
}

function extension(id: string, value: Asn1): Asn1 {
  return make.sequence(make.oid(id), octets(value));
}

function octets(value: Asn1): Asn1 {
  return make.octetString(toDer(value));
}

/** GeneralNames: dNSName [2] and iPAddress [7]. */
function subjectNames(): Asn1 {
  return make.sequence(
    make.implicitOctets(2, Buffer.from('localhost')),
    make.implicitOctets(7, Uint8Array.of(127, 0, 0, 1)),
  );
}
