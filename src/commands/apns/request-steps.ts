import { join } from 'node:path';
import { onOneLine } from '../../text/printable.ts';

interface Requested {
  readonly bundleId: string;
  readonly directory: string;
  readonly keyFile: string;
  readonly requestFile: string;
}

/** The way from a certificate request to a certificate that the tenant has, in the words of Apple's portal. */
export function stepsAfterRequest({ bundleId, directory, keyFile, requestFile }: Requested): string[] {
  const [certificate, p12] = [join(directory, 'aps.cer'), join(directory, `${bundleId}.p12`)];
  return [
    ...stepsAtApple({ bundleId, requestFile, certificate }),
    `Run \`mfa-cli apns pack --cert ${quoted(certificate)} --key ${quoted(keyFile)} --out ${quoted(p12)}\`.`,
    `Run \`mfa-cli apns set --p12 ${quoted(p12)}\`.`,
  ];
}

/** The part of it at Apple's; the certificate is to be saved under that path. */
export function stepsAtApple({
  bundleId,
  requestFile,
  certificate,
}: Pick<Requested, 'bundleId' | 'requestFile'> & { readonly certificate: string }): string[] {
  return [
    'Sign in at https://developer.apple.com/account, open Certificates, Identifiers & Profiles > Certificates and press +.',
    `Choose Apple Push Notification service SSL (Sandbox & Production), then the App ID ${bundleId}.`,
    `Upload ${quoted(requestFile)}, and download the certificate as ${quoted(certificate)}.`,
  ];
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  const text = onOneLine(path);
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
