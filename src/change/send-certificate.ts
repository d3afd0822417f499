import { type CliError, hasCode, restated } from '../errors/cli-error.ts';
import { encodeBase64 } from '../pkcs12/pem.ts';
import type { SentAs, TenantClient } from '../tenant/client.ts';
import { setCertificate } from '../tenant/mobile.ts';
import { Secret } from '../text/secret.ts';
import type { PushFile } from './target.ts';

interface Sending extends PushFile {
  readonly clientAppKey: string;
  readonly topic: string;
}

/**
 * Sends the certificate to the tenant and returns the first form that the tenant accepts.
 * @throws {CliError} as setCertificate; with its errors and the fact `file` if the tenant cannot
 *   open the file
 */
export async function sendCertificate(
  { identity, findings, ...sending }: Sending,
  client: TenantClient,
  forms: readonly SentAs[],
): Promise<SentAs> {
  try {
    return await setCertificate(
      client,
      { ...sending, certificate: new Secret(encodeBase64(identity.container.pfx)) },
      forms,
    );
  } catch (error) {
    if (!hasCode(error, 'tenant-refused') || !refusesFile(error)) throw error;
    const codes = findings.map(({ code }) => code);
    const faults = /limit|iteration/i.test(error.message)
      ? codes.filter((code) => code === 'iterations-high')
      : codes;
    const forced = findings.filter(({ level }) => level === 'error');
    const lines = forced.map(({ code, message }) => `${message} [${code}]`);
    const file = { path: identity.path, findings: faults };
    throw restated(error, { lines, facts: { file } });
  }
}

/** Whether these are .NET's words for a .p12 that it cannot open. */
function refusesFile({ message }: CliError<'tenant-refused'>): boolean {
  return /network password|password is not correct|CryptographicException|Pkcs12|PKCS ?#?12/i.test(
    message,
  );
}

/**
 * The forms to try in turn: the option's alone; without it JSON and a form, starting with
 * the one that the tenant took last. Never the query by itself, since servers log
 * addresses.
 */
export function formsToTry(sendAs: SentAs | null, takenLast: string | null): readonly SentAs[] {
  if (sendAs !== null) return [sendAs];
  return takenLast === 'form' ? ['form', 'json'] : ['json', 'form'];
}
