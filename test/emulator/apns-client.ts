import { connect, type OutgoingHttpHeaders } from 'node:http2';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { encodePem } from '../../src/pkcs12/pem.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { Secret } from '../../src/text/secret.ts';
import { p12Bytes } from '../support/fixtures.ts';

export interface ApnsAnswer {
  readonly status: number;
  readonly id: unknown;
  /** Null where there is none. */
  readonly body: unknown;
}

export const payload = { aps: { alert: 'Sign in?' } };

/** Key and certificate of a .p12 of the fixtures, as PEM. */
export async function pemOf(name: string): Promise<string> {
  const file = { name, bytes: p12Bytes(name) };
  return encodePem(await readPushIdentity(file, new Secret('secret')));
}

/** One request to the stand-in, by Node's own client. @param pem null: without a client certificate */
export function post(
  { apns: { host, ca } }: Pick<Emulator, 'apns'>,
  pem: string | null,
  headers: OutgoingHttpHeaders,
  body: string | Uint8Array = JSON.stringify(payload),
): Promise<ApnsAnswer> {
  const session = connect(`https://${host}`, {
    ca,
    ...(pem === null ? {} : { key: pem, cert: pem }),
  });
  return new Promise<ApnsAnswer>((resolve, reject) => {
    session.once('error', reject);
    session.once('close', () => reject(new Error('the connection was closed')));
    const stream = session.request({ ':method': 'POST', ...headers });
    let [status, id, text]: [number, unknown, string] = [0, null, ''];
    stream.once('error', reject);
    stream.once('response', (answer) => {
      status = answer[':status'] ?? 0;
      id = answer['apns-id'];
    });
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      text += chunk;
    });
    stream.once('end', () => resolve({ status, id, body: text === '' ? null : JSON.parse(text) }));
    stream.end(body);
  }).finally(() => session.destroy());
}
