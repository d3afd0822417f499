import type { KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import {
  type GivenPassword,
  type NewPassword,
  resolveNewPassword,
} from '../../../certificate/passwords.ts';
import type { Context } from '../../../context.ts';
import { requireOwnDirectory } from '../../../files/own-file.ts';
import { makePrivateDirectory } from '../../../files/private-directory.ts';
import { unwritable } from '../../../files/write.ts';
import {
  encodeCertificateRequest,
  encodeKeyPem,
  generateKey,
  type RequestAttribute,
} from '../../../pkcs12/certificate-request.ts';
import { encodePemBlock } from '../../../pkcs12/pem.ts';
import { judgeAppleId, judgeBundleId } from '../../../settings/given-texts.ts';
import { requireValues } from '../../../settings/require-value.ts';
import { variable } from '../../../settings/values.ts';
import { onOneLine } from '../../../text/printable.ts';
import type { Secret } from '../../../text/secret.ts';
import { shellWord } from '../../../text/shell.ts';
import type { RequestOptions } from './options.ts';

/**
 * The password of a new key: from the file, `MFA_CLI_KEY_PASSWORD` or the user.
 * @throws {CliError} as resolveNewPassword
 */
export function newKeyPassword(
  source: GivenPassword & Pick<NewPassword, 'option'>,
  context: Context,
): Promise<Secret> {
  const name = 'MFA_CLI_KEY_PASSWORD';
  const value = variable(context.env, name);
  return resolveNewPassword({ what: 'new key', variable: [name, value], ...source }, context);
}

/**
 * A new key, also as PEM (encrypted unless the password is null), and its request as PEM.
 */
export async function makeKeyAndRequest(
  subject: readonly RequestAttribute[],
  password: Secret | null,
  { terminal }: Context,
): Promise<{ privateKey: KeyObject; key: string; csr: string }> {
  const progress = terminal.progress('Generating the key');
  try {
    const privateKey = await generateKey();
    const csr = encodePemBlock(
      'CERTIFICATE REQUEST',
      await encodeCertificateRequest(subject, privateKey),
    );
    return { privateKey, key: await encodeKeyPem(privateKey, password), csr };
  } finally {
    progress.stop();
  }
}

/**
 * Makes a directory for the owner only, unless it exists.
 * @throws {CliError} file-unwritable, file-unreadable (others may write to it, and so
 *   replace a request before it is uploaded)
 */
export function makeOutputDirectory(path: string): void {
  requireOwnDirectory(path);
  try {
    makePrivateDirectory(resolve(path));
  } catch (cause) {
    throw unwritable(`The directory ${path} cannot be created`, cause);
  }
  requireOwnDirectory(path);
}

export interface RequestNames {
  readonly bundleId: string;
  readonly teamId: string;
  readonly directory: string;
}

interface DirectoryWords {
  readonly given: string | undefined;
  readonly message: string;
  readonly option: string;
}

/**
 * The given names; asks for those that are missing.
 * @throws {CliError} usage, interrupted
 */
export async function requireNames(
  options: Pick<RequestOptions, 'bundleId' | 'teamId'>,
  words: DirectoryWords,
  context: Context,
): Promise<RequestNames> {
  const app = {
    message: 'Bundle ID of the app:',
    given: options.bundleId,
    name: 'bundle ID',
    option: '--bundle-id ID',
    validate: judgeBundleId,
  };
  const team = {
    message: 'Team ID of the Apple developer account:',
    given: options.teamId,
    name: 'team ID',
    option: '--team-id ID',
    validate: (text: string) => judgeAppleId(text, 'team'),
  };
  const validate = (path: string) =>
    (path !== '' && path !== '-') || 'Enter a directory: several files are written to it';
  const place = { ...words, name: 'directory', validate };
  return requireValues({ bundleId: app, teamId: team, directory: place }, context);
}

export function requestSubject(bundleId: string, teamId: string): readonly RequestAttribute[] {
  return [
    { name: 'CN', value: bundleId },
    { name: 'OU', value: teamId },
  ];
}

/**
 * The steps from a request to a certificate at Apple's portal, in its words.
 * @param certificate the path to save it to
 */
export function stepsAtApple(bundleId: string, requestFile: string, certificate: string): string[] {
  return [
    'Sign in at https://developer.apple.com/account, ' +
      'open Certificates, Identifiers & Profiles > Certificates and press +.',
    'Choose Apple Push Notification service SSL (Sandbox & Production), ' +
      `then the App ID ${bundleId}. ` +
      'Apple limits the push certificates of an app: ' +
      'if it issues no more, revoke one that no tenant uses.',
    `Upload ${quoted(requestFile)}, and download the certificate as ${quoted(certificate)}.`,
  ];
}

export function quoted(path: string): string {
  return shellWord(onOneLine(path));
}
