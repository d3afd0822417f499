import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applePath } from './apple-fixtures.ts';

interface Issued {
  readonly bundleId?: string;
  /** `20200101000000Z` */
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** False: a certificate of the key without push extensions. */
  readonly isPush?: boolean;
  readonly sandboxOnly?: boolean;
  readonly form?: 'DER' | 'PEM';
}

/** Plays Apple, with OpenSSL: answers a request with a push certificate. It takes only the key from the request; the subject is its own. */
export function answerRequest(request: string, out: string, issued: Issued = {}): void {
  const scratch = mkdtempSync(join(tmpdir(), 'mfa-cli-authority-'));
  try {
    execFileSync('openssl', issuingWords(request, out, scratch, issued), { stdio: 'pipe' });
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** A shell line that does the same as an issuer of `apns renew`. */
export function issuingLine(
  scratch: string,
  issued: Issued = {},
  request = '"$MFA_CLI_CSR"',
  out = '"$MFA_CLI_CERTIFICATE"',
): string {
  const words = issuingWords('REQUEST', 'OUT', scratch, issued);
  const quoted = words.map((word) =>
    word === 'REQUEST' ? request : word === 'OUT' ? out : `'${word}'`,
  );
  return `openssl ${quoted.join(' ')} 2> /dev/null`;
}

function issuingWords(
  request: string,
  out: string,
  scratch: string,
  issued: Issued,
): readonly string[] {
  const {
    bundleId = 'com.example.app',
    notBefore = '20200101000000Z',
    notAfter = '21200101000000Z',
    sandboxOnly = false,
    form = 'DER',
    isPush = true,
  } = issued;
  const extensions = join(scratch, `${bundleId}-${sandboxOnly}.cnf`);
  const text = readFileSync(applePath('push.cnf'), 'utf8').replaceAll('com.example.app', bundleId);
  writeFileSync(
    extensions,
    sandboxOnly ? text.replace(/^1\.2\.840\.113635\.100\.6\.3\.2 .*\n/m, '') : text,
  );
  const subject = `/UID=${bundleId}/CN=Apple Push Services: ${bundleId}/OU=A1B2C3D4E5/O=Example/C=US`;
  return [
    ...['x509', '-req', '-in', request, '-outform', form, '-out', out],
    ...['-CA', applePath('authority.cer'), '-CAkey', applePath('authority.key')],
    ...[
      '-set_subject',
      isPush ? subject : '/CN=Somebody',
      '-not_before',
      notBefore,
      '-not_after',
      notAfter,
    ],
    ...(isPush ? ['-extfile', extensions, '-extensions', 'push'] : []),
  ];
}
