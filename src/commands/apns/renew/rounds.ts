import { basename, join } from 'node:path';
import { isoDay } from '../../../checks/validity.ts';
import type { Context } from '../../../context.ts';
import { type OpenedP12, openLocatedP12 } from '../../../delivery/open-p12.ts';
import type { GivenPassword } from '../../../delivery/passwords.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { isThere } from '../../../files/directory.ts';
import { requireOneStdin } from '../../../files/read.ts';
import { writePrivateFile } from '../../../files/write.ts';
import { publicKeyFingerprint } from '../../../pkcs12/key.ts';
import { isoDate } from '../../../report/fields.ts';
import { passwordCommandIn } from '../../../settings/given-file.ts';
import { variable } from '../../../settings/variable.ts';
import { makeP12, newP12Password, openKey } from '../make-p12.ts';
import { makeKeyAndRequest, newKeyPassword, requestSubject } from '../make-request.ts';
import type { Answer } from './answers.ts';
import type { Journal, Renewal, RenewOptions, RenewState, Round } from './state.ts';

/** Where the .p12's password is. @throws {CliError} usage */
export function p12Password(options: RenewOptions) {
  const file = options.newPasswordFile;
  return { file, command: passwordCommandIn(options, '--new-password-file', file) };
}

/** Where the key's password is: in its own file, else where the .p12's is, unless the variable holds it. @throws {CliError} usage */
function keyPassword(options: RenewOptions, { env }: Context): GivenPassword {
  const { keyPasswordFile: file } = options;
  if (file !== undefined) return { file, called: '--key-password-file' };
  return variable(env, 'MFA_CLI_KEY_PASSWORD') === undefined ? p12Password(options) : { file };
}

/** The paths of a renewal's files. */
export function filesOf(directory: string, { name }: Pick<Round, 'name'>) {
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
  { options, directory, state, standing: { open } }: Renewal,
  { keep }: Journal,
  context: Context,
): Promise<Round> {
  const now = context.now().toISOString();
  if (open !== null && isThere(filesOf(directory, open).key)) return keep({ ...open, requestedAt: now });
  const { bundleId, teamId } = state;
  const subject = requestSubject(bundleId, teamId, options.email);
  const option = '--key-password-file FILE, set MFA_CLI_KEY_PASSWORD, or give --no-encrypt';
  const source = { ...keyPassword(options, context), option };
  const password = options.encrypt ? await newKeyPassword(source, context) : null;
  const { privateKey, key, csr } = await makeKeyAndRequest(subject, password, context);
  const begun = await keep({
    begunAt: now,
    name: open?.name ?? freeName(directory, state, context.now()),
    publicKey: publicKeyFingerprint(privateKey),
    requestedAt: null,
    issuing: null,
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

/** `com.example.app-2026-11-24`, with a number where that is taken. */
function freeName(directory: string, { bundleId, rounds }: RenewState, now: Date): string {
  return numbered(`${bundleId}-${isoDay(now)}`, (name) => {
    const paths = [...Object.values(filesOf(directory, { name })), join(directory, `${name}.p12`)];
    return rounds.some((round) => round.name === name) || paths.some(isThere);
  });
}

/** The name, or the first of `name-2`, `name-3` … that is not taken. */
export function numbered(base: string, isTaken: (name: string) => boolean): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!isTaken(name)) return name;
  }
}

type Opened = Pick<OpenedP12, 'identity' | 'password'>;

/**
 * Packs Apple's answer and the key into a .p12 of its own, and gives it opened. One that a killed run left, which holds the
 * same, is taken; whatever else is there stays.
 * @throws {CliError} of exit 2 and 3
 */
export async function packRound(
  round: Round,
  { file, certificate }: Answer,
  { options, directory }: Renewal,
  { keep }: Journal,
  context: Context,
): Promise<{ round: Round; opened: Opened }> {
  const { newPasswordFile, encryption = 'modern' } = options;
  const keyFile = filesOf(directory, round).key;
  const ofKey = keyPassword(options, context);
  requireOneStdin([options.cert, ofKey.file ?? undefined, newPasswordFile]);
  const privateKey = await openKey(keyFile, ofKey, context);
  const password = await newP12Password(p12Password(options), context);
  const content = {
    privateKey,
    certificate: certificate.der,
    chain: [],
    friendlyName: certificate.commonName,
  };
  const first = join(directory, `${round.name}.p12`);
  const left = await leftBehind(first, certificate.fingerprint, password, context);
  const free = numbered(round.name, (name) => isThere(join(directory, `${name}.p12`)));
  const path = left === null ? join(directory, `${free}.p12`) : first;
  const identity = left ?? (await makeP12(content, { name: path, password, encryption }, context));
  if (left === null) await writePrivateFile(path, identity.container.pfx, false, context.signal);
  context.terminal.note(`Packed ${file} and its key into ${path}`);
  const packed = {
    file: basename(path),
    fingerprint: certificate.fingerprint,
    notAfter: isoDate(certificate.notAfter),
    at: context.now().toISOString(),
  };
  return {
    round: await keep({ ...round, packed, verifiedAt: null }),
    opened: { identity, password },
  };
}

/** What is in a .p12 that was written and not noted; null where it is something else, or nothing. */
async function leftBehind(
  path: string,
  fingerprint: string,
  password: NonNullable<OpenedP12['password']>,
  context: Context,
): Promise<OpenedP12['identity'] | null> {
  if (!isThere(path)) return null;
  try {
    const { identity } = await openLocatedP12({ path }, password, context);
    return identity.paired && identity.certificate?.fingerprint === fingerprint ? identity : null;
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    return null;
  }
}
