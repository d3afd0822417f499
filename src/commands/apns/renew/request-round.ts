import { join } from 'node:path';
import { isoDay } from '../../../checks/validity.ts';
import type { Context } from '../../../context.ts';
import { isThere } from '../../../files/directory.ts';
import { writePrivateFile } from '../../../files/write.ts';
import { publicKeyFingerprint } from '../../../pkcs12/key.ts';
import { makeKeyAndRequest, newKeyPassword } from '../make-request.ts';
import { requestSubject } from '../request-inputs.ts';
import { keyPasswordFile, type RenewOptions } from './inputs.ts';
import type { Journal } from './journal.ts';
import type { Round } from './state.ts';

/** The paths of a renewal's files. */
export function filesOf(directory: string, { name }: Pick<Round, 'name'>): { key: string; request: string } {
  return {
    key: join(directory, `${name}.key.pem`),
    request: join(directory, `${name}.certSigningRequest`),
  };
}

/**
 * Makes key and request. The state names them before they are written, the key is written last, and what lies in the
 * directory stays: whoever is killed here finds either no key, and makes both anew, or both.
 * @throws {CliError} usage, prompt-unavailable, file-unwritable, interrupted
 */
export async function requestRound(
  open: Round | null,
  { directory, keep, names }: Journal,
  options: RenewOptions,
  context: Context,
): Promise<Round> {
  const now = context.now().toISOString();
  if (open !== null && isThere(filesOf(directory, open).key)) return keep({ ...open, requestedAt: now });
  const { bundleId, teamId } = names;
  const subject = requestSubject(bundleId, teamId, options.email);
  const password = options.encrypt ? await newKeyPassword(passwordSource(options, context), context) : null;
  const { privateKey, key, csr } = await makeKeyAndRequest(subject, password, context);
  const begun = await keep({
    begunAt: now,
    name: open?.name ?? freeName(directory, bundleId, names.taken, context.now()),
    publicKey: publicKeyFingerprint(privateKey),
    requestedAt: null,
    packed: null,
    verifiedAt: null,
    sets: [],
  });
  const files = filesOf(directory, begun);
  await writePrivateFile(files.request, csr, true, context.signal);
  await writePrivateFile(files.key, key, false, context.signal);
  context.terminal.note(`Wrote ${files.key} (private key, ${password === null ? 'not ' : ''}encrypted)`);
  context.terminal.note(`Wrote ${files.request} (certificate request)`);
  return keep({ ...begun, requestedAt: now });
}

function passwordSource(
  options: RenewOptions,
  context: Context,
): { file: string | undefined; called: string; option: string } {
  return {
    file: keyPasswordFile(options, context),
    called: options.keyPasswordFile === undefined ? '--new-password-file' : '--key-password-file',
    option: '--key-password-file FILE, set MFA_CLI_KEY_PASSWORD, or give --no-encrypt',
  };
}

/** `com.example.app-2026-11-24`, with a number where that is taken. */
function freeName(directory: string, bundleId: string, taken: readonly string[], now: Date): string {
  const base = `${bundleId}-${isoDay(now)}`;
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    const { key, request } = filesOf(directory, { name });
    if (!taken.includes(name) && ![key, request, join(directory, `${name}.p12`)].some(isThere)) return name;
  }
}
