import type { StoredDevice } from '../../auth/stored-schemas.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { type ConnectionOptions, readSettings } from '../../settings/settings.ts';
import { type OtpProfile, submitVerdict } from '../../tenant/devices.ts';
import type { Style } from '../../terminal/style.ts';
import { oneTimePassword } from '../../text/one-time-password.ts';
import { onOneLine } from '../../text/printable.ts';
import { Secret } from '../../text/secret.ts';
import type { CommandModule } from '../command.ts';
import { changePhone, openPhone, requireOtp } from './phone.ts';

export interface AnswerOptions extends ConnectionOptions {
  readonly approve?: boolean;
  readonly deny?: boolean;
  readonly challenge?: string;
}

export interface AnswerReport {
  readonly tenant: string;
  readonly udid: string;
  /** Whether the sign-in was approved. */
  readonly accepted: boolean;
  readonly challenge: string;
}

const verdictOptions = { option: '--approve or --deny' };
const noVerdict = 'Nothing says whether the sign-in is approved or denied';

export async function answer(options: AnswerOptions, context: Context): Promise<AnswerReport> {
  const given = parseVerdict(options, context);
  const opened = await openPhone(await readSettings(options, context), context);
  const { tenant, session, client, phone } = opened;
  const otp = requireOtp(phone);
  const challenge = requireChallenge(options, phone);
  const accepted = given ?? (await askVerdict(challenge, phone, context));
  const at = context.now();
  const code = requireCode(otp, at, tenant);
  const secrets = [...session.secrets(), otp.key];
  await submitVerdict(client, { ...otp, code, at, challenge, accepted }, secrets);
  await changePhone(opened, (latest) =>
    latest.challenge?.answer === challenge ? { ...latest, challenge: null } : latest,
  );
  return { tenant, udid: phone.udid, accepted, challenge };
}

/** What the command line decides; null: a person is to be asked. @throws {CliError} usage for both, and for neither without a terminal */
function parseVerdict({ approve, deny }: AnswerOptions, { terminal }: Context): boolean | null {
  if (approve === true && deny === true)
    throw new CliError('usage', 'A sign-in is either approved or denied', { facts: verdictOptions });
  if (approve === true) return true;
  if (deny === true) return false;
  if (terminal.interactive) return null;
  throw new CliError('usage', noVerdict, { facts: verdictOptions });
}

/** @throws {CliError} usage: no push has come that is not answered yet */
function requireChallenge(options: AnswerOptions, { challenge }: StoredDevice): string {
  const answer = options.challenge ?? challenge?.answer;
  if (answer !== undefined && answer !== '') return answer;
  throw new CliError('usage', 'No challenge is waiting on the virtual phone', {
    facts: { option: '--challenge ANSWER' },
  });
}

/** @throws {CliError} interrupted */
async function askVerdict(
  challenge: string,
  { challenge: waiting }: StoredDevice,
  { prompt }: Context,
): Promise<boolean> {
  const message = waiting?.answer === challenge ? waiting.message : null;
  const chosen = await prompt.select({
    message: onOneLine(message ?? 'Approve the sign-in?'),
    choices: [
      { name: 'Deny', value: 'deny' },
      { name: 'Approve', value: 'approve' },
    ],
    unavailable: noVerdict,
    facts: verdictOptions,
  });
  return chosen === 'approve';
}

/** @throws {CliError} tenant-refused: the tenant chose MD5, which has no code for some intervals */
function requireCode(otp: OtpProfile, at: Date, tenant: string): Secret {
  const code = oneTimePassword(Buffer.from(otp.key.reveal(), 'utf8'), otp, at);
  if (code !== null) return new Secret(code);
  const left = otp.interval - (Math.floor(at.getTime() / 1000) % otp.interval);
  throw new CliError(
    'tenant-refused',
    `MD5, which ${tenant} chose for one-time passwords, gives none for the next ${left} s`,
  );
}

function format({ tenant, accepted }: AnswerReport, style: Style): string {
  return accepted
    ? style.green(`✓ Approved the sign-in at ${tenant}\n`)
    : style.yellow(`✗ Denied the sign-in at ${tenant}\n`);
}

export const command: CommandModule<AnswerOptions, AnswerReport> = { work: answer, format };
