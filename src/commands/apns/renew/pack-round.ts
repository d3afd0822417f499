import { basename, join } from 'node:path';
import type { Context } from '../../../context.ts';
import { openKey } from '../../../delivery/open-key.ts';
import { type OpenedP12, openLocatedP12 } from '../../../delivery/open-p12.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { isThere } from '../../../files/directory.ts';
import { readWhole, requireOneStdin } from '../../../files/read.ts';
import { writePrivateFile } from '../../../files/write.ts';
import { isoDate } from '../../../report/fields.ts';
import { makeP12, newP12Password } from '../make-p12.ts';
import type { Answer } from './answers.ts';
import { keyPasswordFile, type RenewOptions } from './inputs.ts';
import type { Journal } from './journal.ts';
import { filesOf } from './request-round.ts';
import type { Round } from './state.ts';

const keyLimit = 1024 * 1024;

type Opened = Pick<OpenedP12, 'identity' | 'password'>;

/**
 * Packs Apple's answer and the key into a .p12 of its own, and gives it opened. One that a killed run left, which holds the
 * same, is taken; whatever else is there stays.
 * @throws {CliError} of exit 2 and 3
 */
export async function packRound(
  round: Round,
  { file, certificate }: Answer,
  { directory, keep }: Journal,
  options: RenewOptions,
  context: Context,
): Promise<{ round: Round; opened: Opened }> {
  const { newPasswordFile, encryption = 'modern' } = options;
  const keyFile = filesOf(directory, round).key;
  const passwordFile = keyPasswordFile(options, context);
  requireOneStdin([options.cert, passwordFile, newPasswordFile]);
  const bytes = await readWhole(keyFile, keyLimit, context);
  const privateKey = await openKey({ name: keyFile, bytes }, passwordFile, context);
  const password = await newP12Password(newPasswordFile, context);
  const content = {
    privateKey,
    certificate: certificate.der,
    chain: [],
    friendlyName: certificate.commonName,
  };
  const first = join(directory, `${round.name}.p12`);
  const left = await leftBehind(first, certificate.fingerprint, password, context);
  const path = left === null ? freePath(directory, round.name) : first;
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

function freePath(directory: string, name: string): string {
  for (let number = 1; ; number++) {
    const path = join(directory, number === 1 ? `${name}.p12` : `${name}-${number}.p12`);
    if (!isThere(path)) return path;
  }
}
