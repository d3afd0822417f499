import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { entriesIn } from '../files/directory.ts';
import { nameOf, readWhole, tooLarge } from '../files/read.ts';
import type { P12File } from '../pkcs12/model.ts';
import type { GivenP12, P12Location } from '../settings/given-p12.ts';

/** The largest .p12 that is looked at, in bytes. */
const p12Limit = 1024 * 1024;
const p12Facts = { input: 'p12' };

/** Entries of this directory among which .p12 files are looked for. */
const mostEntries = 100_000;

/** Where the .p12 is said to be, else a person is asked. @throws {CliError} usage, interrupted */
export async function locateP12(given: GivenP12, context: Context): Promise<P12Location> {
  return given.location() ?? { path: await askForP12(context) };
}

/**
 * The .p12, whole and at most 1 MiB.
 * @throws {CliError} file-not-found, file-unreadable, file-too-large, pkcs12-not-recognised (base64 that is none), interrupted
 */
export async function readP12(location: P12Location, context: Context): Promise<P12File> {
  if ('base64' in location) return decodeBase64(location.variable, location.base64);
  const { path } = location;
  return { name: nameOf(path), bytes: await readWhole(path, p12Limit, context, p12Facts) };
}

/** Lets a person choose among the .p12 and .pfx files of this directory. @throws {CliError} usage without a terminal, interrupted */
async function askForP12({ terminal, prompt, env }: Context): Promise<string> {
  const unavailable = 'No .p12 file was given';
  const facts = { option: '--p12 FILE', variable: 'MFA_CLI_P12 or MFA_CLI_P12_BASE64' };
  if (!terminal.interactive && env.MFA_CLI_P12_BASE64 === '')
    throw new CliError('usage', 'MFA_CLI_P12_BASE64 is empty: the secret of the pipeline may be missing', {
      facts: { variable: 'MFA_CLI_P12_BASE64' },
    });
  if (!terminal.interactive) throw new CliError('usage', unavailable, { facts });
  const names = entriesIn('.', mostEntries)
    .map(({ name }) => name)
    .filter((name) => /\.(p12|pfx)$/i.test(name))
    .sort();
  const elsewhere = 'another file …';
  const chosen =
    names.length === 0
      ? elsewhere
      : await prompt.select({
          message: 'Which .p12?',
          choices: [...names, elsewhere].map((name) => ({ name, value: name })),
          unavailable,
          facts,
        });
  if (chosen !== elsewhere) return chosen;
  return prompt.input({
    message: 'Path of the .p12:',
    validate: (answer) => answer !== '' || 'A path is needed',
    unavailable,
    facts,
  });
}

function decodeBase64(name: string, text: string): P12File {
  const compact = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) {
    throw new CliError('pkcs12-not-recognised', `${name} does not hold base64`, {
      facts: { encoding: 'base64' },
    });
  }
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.length > p12Limit) throw tooLarge(name, p12Limit, p12Facts);
  return { name, bytes };
}
