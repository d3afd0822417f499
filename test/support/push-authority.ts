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
  /** False: a certificate of the key that says nothing of pushes. */
  readonly isPush?: boolean;
  readonly sandboxOnly?: boolean;
  readonly form?: 'DER' | 'PEM';
}

/** Plays Apple, with OpenSSL: answers a request with a push certificate. The subject is its own, of the request only the key is taken. */
export function answerRequest(request: string, out: string, issued: Issued = {}): void {
  const {
    bundleId = 'com.example.app',
    notBefore = '20200101000000Z',
    notAfter = '21200101000000Z',
    sandboxOnly = false,
    form = 'DER',
    isPush = true,
  } = issued;
  const scratch = mkdtempSync(join(tmpdir(), 'mfa-cli-authority-'));
  try {
    const extensions = join(scratch, 'push.cnf');
    const text = readFileSync(applePath('push.cnf'), 'utf8').replaceAll('com.example.app', bundleId);
    writeFileSync(
      extensions,
      sandboxOnly ? text.replace(/^1\.2\.840\.113635\.100\.6\.3\.2 .*\n/m, '') : text,
    );
    const push = ['-extfile', extensions, '-extensions', 'push'];
    const subject = `/UID=${bundleId}/CN=Apple Push Services: ${bundleId}/OU=A1B2C3D4E5/O=Example/C=US`;
    execFileSync(
      'openssl',
      [
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
        ...(isPush ? push : []),
      ],
      { stdio: 'pipe' },
    );
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
