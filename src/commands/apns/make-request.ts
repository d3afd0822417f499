import type { KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import type { Context } from '../../context.ts';
import { resolveNewPassword } from '../../delivery/passwords.ts';
import { makePrivateDirectory } from '../../files/directory.ts';
import { unwritable } from '../../files/write.ts';
import {
  encodeCertificateRequest,
  encodeKeyPem,
  generateKey,
  type RequestAttribute,
} from '../../pkcs12/certificate-request.ts';
import { encodePemBlock } from '../../pkcs12/pem.ts';
import { variable } from '../../settings/variable.ts';
import type { Secret } from '../../text/secret.ts';

interface KeyPasswordSource {
  readonly file: string | undefined;
  /** The option that names the file, where it is another than `--new-password-file`. */
  readonly called?: string;
  /** What helps where nobody can be asked. */
  readonly option: string;
}

/** The password of a new key: the file's, that of `MFA_CLI_KEY_PASSWORD`, else a typed one. @throws {CliError} as resolveNewPassword */
export function newKeyPassword(source: KeyPasswordSource, context: Context): Promise<Secret> {
  const name = 'MFA_CLI_KEY_PASSWORD';
  const value = variable(context.env, name);
  return resolveNewPassword({ what: 'new key', variable: [name, value], ...source }, context);
}

/** A new key, as such and as PEM, encrypted unless the password is null; and the request for it, as PEM. */
export async function makeKeyAndRequest(
  subject: readonly RequestAttribute[],
  password: Secret | null,
  { terminal }: Context,
): Promise<{ privateKey: KeyObject; key: string; csr: string }> {
  const progress = terminal.progress('Making the key');
  try {
    const privateKey = await generateKey();
    const csr = encodePemBlock('CERTIFICATE REQUEST', await encodeCertificateRequest(subject, privateKey));
    return { privateKey, key: await encodeKeyPem(privateKey, password), csr };
  } finally {
    progress.stop();
  }
}

/** Makes a directory for the owner alone, where there is none. @throws {CliError} file-unwritable */
export function makeOutputDirectory(path: string): void {
  try {
    makePrivateDirectory(resolve(path));
  } catch (cause) {
    throw unwritable(`The directory ${path} cannot be made`, cause);
  }
}
