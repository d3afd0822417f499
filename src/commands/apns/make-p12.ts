import type { Context } from '../../context.ts';
import { readWithin } from '../../delivery/open-p12.ts';
import { resolveNewPassword } from '../../delivery/passwords.ts';
import { encodePkcs12, type Pkcs12Content, type Pkcs12Encryption } from '../../pkcs12/encode.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import { readPushIdentity } from '../../pkcs12/push-identity.ts';
import type { Secret } from '../../text/secret.ts';

/** `MFA_CLI_P12_PASSWORD` is what opens the file afterwards, too. @throws {CliError} as resolveNewPassword */
export function newP12Password(file: string | undefined, context: Context): Promise<Secret> {
  const name = 'MFA_CLI_P12_PASSWORD';
  const option = '--new-password-file FILE or set MFA_CLI_P12_PASSWORD';
  return resolveNewPassword({ what: 'new .p12', file, variable: [name, context.env[name]], option }, context);
}

interface NewP12 {
  /** What messages call it. */
  readonly name: string;
  readonly password: Secret;
  readonly encryption: Pkcs12Encryption;
}

/** Makes the .p12, and reads it as everybody after this will. @throws {CliError} pkcs12-unsupported, interrupted */
export async function makeP12(
  content: Pkcs12Content,
  { name, password, encryption }: NewP12,
  context: Context,
): Promise<PushIdentity> {
  const progress = context.terminal.progress(`Packing ${name}`);
  try {
    const bytes = await encodePkcs12(content, password, encryption);
    const file = { name, bytes };
    return await readWithin(file, 'pkcs12-unsupported', context, (pace) =>
      readPushIdentity(file, password, pace),
    );
  } finally {
    progress.stop();
  }
}
