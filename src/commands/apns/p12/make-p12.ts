import type { KeyObject } from 'node:crypto';
import { readWithin } from '../../../certificate/open-p12.ts';
import {
  type GivenPassword,
  openProtected,
  readPassword,
  resolveNewPassword,
} from '../../../certificate/passwords.ts';

import type { Context } from '../../../context.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { type FileJudge, judgeSecret, nameOf, pathOf, readWhole } from '../../../files/read.ts';
import { readCertificateFile } from '../../../pkcs12/certificate-file.ts';
import { encodePkcs12, type Pkcs12Content, type Pkcs12Encryption } from '../../../pkcs12/encode.ts';
import type { Certificate, P12File, PushIdentity } from '../../../pkcs12/model.ts';
import { readPrivateKey } from '../../../pkcs12/private-key.ts';
import { readPushIdentity } from '../../../pkcs12/push-identity.ts';
import { variable } from '../../../settings/values.ts';
import type { Pace } from '../../../text/pace.ts';
import { Secret } from '../../../text/secret.ts';

/**
 * The password of a new .p12. `MFA_CLI_P12_PASSWORD` also opens the file later.
 * @throws {CliError} as resolveNewPassword
 */
export function newP12Password(given: GivenPassword, context: Context): Promise<Secret> {
  const name = 'MFA_CLI_P12_PASSWORD';
  const option = '--new-password-file FILE or set MFA_CLI_P12_PASSWORD';
  return resolveNewPassword(
    { what: 'new .p12', variable: [name, context.env[name]], option, ...given },
    context,
  );
}

interface NewP12 {
  readonly name: string;
  /** Where it will be written; absent: to stdout. */
  readonly path?: string | null;
  readonly password: Secret;
  readonly encryption: Pkcs12Encryption;
}

/**
 * Makes the .p12 and reads it back.
 * @throws {CliError} pkcs12-unsupported, interrupted
 */
export async function makeP12(
  content: Pkcs12Content,
  { name, path = null, password, encryption }: NewP12,
  context: Context,
): Promise<PushIdentity> {
  const progress = context.terminal.progress(`Writing ${name}`);
  try {
    const bytes = await encodePkcs12(content, password, encryption);
    const file = { name, path, bytes };
    return await readWithin(file, 'pkcs12-unsupported', context, (pace) =>
      readPushIdentity(file, password, pace),
    );
  } finally {
    progress.stop();
  }
}

/**
 * The private key of a file. The password of an encrypted one comes from
 * `--key-password-file`, `MFA_CLI_KEY_PASSWORD` or a prompt.
 * @throws {CliError} key-not-recognized, key-password-incorrect, prompt-unavailable,
 *   interrupted and those of reading a file
 */
export async function openKey(
  path: string,
  password: GivenPassword,
  context: Context,
): Promise<KeyObject> {
  const judge = judgeSecret(path, nameOf(path));
  const file = await readInput(path, { ...context, judge });
  const within = <T>(read: (pace: Pace) => Promise<T>): Promise<T> =>
    readWithin(file, 'key-not-recognized', context, read);
  const stored = await within(({ inOneGo }) => inOneGo(() => readPrivateKey(file)));
  if (stored.kind === 'clear') return stored.key;
  return openProtected(
    {
      name: file.name,
      facts: { option: '--key-password-file FILE or set MFA_CLI_KEY_PASSWORD' },
      given: await givenPassword(password, context),
      wrong: ['key-password-incorrect'],
      open: (password) => within((pace) => stored.decrypt(password, pace)),
    },
    context,
  );
}

async function givenPassword(password: GivenPassword, context: Context): Promise<Secret | null> {
  const given = await readPassword({ ...password, called: '--key-password-file' }, context);
  if (given !== null) return given;
  const value = variable(context.env, 'MFA_CLI_KEY_PASSWORD');
  return value === undefined ? null : new Secret(value, 'MFA_CLI_KEY_PASSWORD');
}

/**
 * The certificates of a file, at least one.
 * @throws {CliError} certificate-not-recognized and those of reading a file
 */
export async function readCertificates(
  path: string,
  context: Context,
): Promise<readonly [Certificate, ...Certificate[]]> {
  const file = await readInput(path, context);
  return readWithin(file, 'certificate-not-recognized', context, (pace) =>
    readCertificateFile(file, pace),
  );
}

/** The size limit of a certificate or key file, in bytes. */
const fileLimit = 1024 * 1024;

async function readInput(path: string, context: Context & FileJudge): Promise<P12File> {
  const bytes = await readWhole(path, fileLimit, context);
  return { name: nameOf(path), path: pathOf(path), bytes };
}

/**
 * Refuses to write binary to a terminal. Call it before producing the content.
 * @throws {CliError} usage
 */
export function refuseBinaryOnTerminal({
  terminal: { streams, flags },
}: Pick<Context, 'terminal'>): void {
  if (streams.stdout.isTTY !== true || flags.json) return;
  throw new CliError('usage', 'A .p12 is binary and would garble the terminal', {
    facts: { option: '--out FILE' },
  });
}
