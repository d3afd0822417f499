import { join, resolve } from 'node:path';
import type { Context } from '../../../context.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { isThere } from '../../../files/directory.ts';
import { writePrivateFile } from '../../../files/write.ts';
import { runProgram } from '../../../programs/run-program.ts';
import { parseSeconds } from '../../../settings/settings.ts';
import { filesOf, numbered } from './rounds.ts';
import type { Journal, Renewal, RenewOptions, Round } from './state.ts';

const defaultSeconds = 600;

/** Bytes on stdout: those of any certificate file. */
const mostOutput = 1024 * 1024;

/** By which an issuer says that there is no certificate yet; `EX_TEMPFAIL` of sysexits. */
const notYet = 75;

/** Why the issuer gave nothing: it has no certificate yet, or may have issued one before and is not asked again unasked. */
export type Waiting = 'not-yet' | 'asked-before';

/** The file of what the issuer gave, or why it gave nothing. */
type Issued = { readonly round: Round } & (
  | { readonly file: string }
  | { readonly file: null; readonly waiting: Waiting }
);

/** @throws {CliError} usage */
export function requireIssuerOptions(options: RenewOptions): void {
  const { issuer, issuerArg = [], issuerTimeout, issueAgain = false, cert } = options;
  if (issuer !== undefined && cert !== undefined)
    throw new CliError('usage', '--issuer and --cert both say where the certificate comes from');
  if (issuer === undefined && (issuerArg.length > 0 || issuerTimeout !== undefined || issueAgain))
    throw new CliError('usage', 'It is said how an issuer is run, and no issuer is named', {
      facts: { option: '--issuer PROGRAM' },
    });
  secondsOf(options);
}

function secondsOf({ issuerTimeout }: RenewOptions): number {
  return parseSeconds(issuerTimeout, '--issuer-timeout SECONDS', defaultSeconds);
}

/** Whether the issuer is to be run for a request, which it may have answered before. */
export function mayAsk({ issuing }: Round, { issuer, issueAgain = false }: RenewOptions): boolean {
  return issuer !== undefined && (issuing === null || issueAgain);
}

/**
 * Runs the issuer, and gives the file of its certificate. The state says so before it starts: one that was killed, or ended
 * without a word, may have issued a certificate.
 * @throws {CliError} issuer-failed, file-unwritable, interrupted
 */
export async function askIssuer(
  round: Round,
  { options, directory, state }: Renewal,
  { keep }: Journal,
  context: Context,
): Promise<Issued> {
  if (!mayAsk(round, options)) return { round, file: null, waiting: 'asked-before' };
  const { issuer = '', issuerArg = [] } = options;
  const free = numbered(round.name, (name) => isThere(join(directory, `${name}.cer`)));
  const file = join(directory, `${free}.cer`);
  const variables = {
    MFA_CLI_CSR: resolve(filesOf(directory, round).request),
    MFA_CLI_BUNDLE_ID: state.bundleId,
    MFA_CLI_TEAM_ID: state.teamId,
    MFA_CLI_CERTIFICATE: resolve(file),
  };
  const begun = await keep({ ...round, issuing: context.now().toISOString() });
  const run = { command: [issuer, ...issuerArg] as const, variables };
  const limits = { limit: mostOutput, milliseconds: secondsOf(options) * 1000 };
  const { code, started, how, stdout } = await runProgram({ ...run, ...limits }, context);
  if (code === notYet)
    return { round: await keep({ ...begun, issuing: null }), file: null, waiting: 'not-yet' };
  if (!started) await keep({ ...begun, issuing: null });
  if (how !== null) throw new CliError('issuer-failed', `The issuer ${how}`, { facts: { started } });
  if (isThere(file)) return { round: begun, file };
  if (stdout.length === 0)
    throw new CliError('issuer-failed', 'The issuer ended without an error, and gave no certificate', {
      facts: { started },
    });
  await writePrivateFile(file, stdout, false, context.signal);
  return { round: begun, file };
}
