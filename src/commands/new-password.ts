import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { readSecret } from './read.ts';

/** Where the password of something new comes from. */
interface NewPassword {
  /** `new key`, as in `Password of the new key:` */
  readonly what: string;
  /** `--new-password-file`. */
  readonly file: string | undefined;
  /** The variable that may hold it, and its value. */
  readonly variable?: readonly [name: string, value: string | undefined];
  /** What helps where nobody can be asked. */
  readonly option: string;
}

/** How often two passwords may differ. */
const tries = 3;

/**
 * The password of something new: the file's, the variable's, else one that is typed twice. It is never empty.
 * @throws {CliError} usage, prompt-unavailable, interrupted and those of reading a file
 */
export async function resolveNewPassword(source: NewPassword, context: Context): Promise<Secret> {
  const { file, variable: [name, value] = [], option } = source;
  if (file !== undefined)
    return notEmpty(await readSecret(file, 'The file of --new-password-file', context), 'The new password', {
      option,
    });
  if (value !== undefined) return notEmpty(new Secret(value), `The new password in ${name}`, { option });
  return askTwice(source, context);
}

function notEmpty(password: Secret, words: string, facts: { readonly option: string }): Secret {
  if (password.reveal() !== '') return password;
  throw new CliError('usage', `${words} is empty, and would leave the private key unprotected`, { facts });
}

async function askTwice({ what, option }: NewPassword, { prompt, terminal }: Context): Promise<Secret> {
  const unavailable = `The ${what} needs a password, and there is no terminal to ask on`;
  const ask = (message: string) => prompt.password({ message, unavailable, facts: { option } });
  for (let attempt = 1; attempt <= tries; attempt++) {
    const password = await ask(`Password of the ${what}:`);
    if (password.reveal() === '') {
      terminal.note('An empty password would leave the private key unprotected');
      continue;
    }
    const again = await ask(`Password of the ${what}, again:`);
    if (again.reveal() === password.reveal()) return password;
    terminal.note('The two passwords differ');
  }
  throw new CliError('usage', `No password of the ${what} was typed twice alike`, { facts: { option } });
}
