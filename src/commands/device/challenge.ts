import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { destination, mfaCli } from '../../errors/hint.ts';
import { formatFields } from '../../report/fields.ts';
import { defaults } from '../../settings/defaults.ts';
import type { ConnectionOptions } from '../../settings/options.ts';
import { readSettings } from '../../settings/resolve.ts';
import {
  type DeliveredPush,
  type OtpProfile,
  submitVerdict,
  takePush,
} from '../../tenant/devices.ts';
import type { Style } from '../../terminal/style.ts';
import { membersOf } from '../../text/json.ts';
import { oneTimePassword } from '../../text/one-time-password.ts';
import { onOneLine } from '../../text/printable.ts';
import { Secret } from '../../text/secret.ts';
import type { CommandModule } from '../command.ts';
import type { AnswerOptions } from './options.ts';
import { changePhone, type OpenPhone, openPhone, requireDeviceToken, requireOtp } from './phone.ts';

interface ListenReport {
  readonly tenant: string;
  readonly udid: string;
  readonly topic: string;
  /** Unchanged. */
  readonly payload: unknown;
  /** Null, like the next two, if the push is not an MFA push. */
  readonly message: string | null;
  readonly challenge: string | null;
  readonly category: string | null;
}

/** Seconds of one request: some proxies end a longer silence. */
const longestWait = 25;

async function listen(options: ConnectionOptions, context: Context): Promise<ListenReport> {
  const opened = await openPhone(await readSettings(options, context), context);
  const deviceToken = requireDeviceToken(opened.phone);
  const seconds = context.timeout ?? defaults.networkSeconds;
  const progress = context.terminal.progress('Waiting for a push');
  const push = await waitForPush(opened, deviceToken, seconds, context.signal).finally(() =>
    progress.stop(),
  );
  if (push === null)
    throw new CliError('tenant-timeout', `No push received from ${opened.tenant} in ${seconds} s`);
  const { message, challenge, category } = readPush(push.payload);
  if (challenge !== null) {
    const receivedAt = context.now().toISOString();
    const waiting = { answer: challenge, message, receivedAt };
    await changePhone(opened, (phone) => ({ ...phone, challenge: waiting }));
  }
  return { tenant: opened.tenant, udid: opened.phone.udid, ...push, message, challenge, category };
}

/** Milliseconds between two requests. */
const interval = 1000;

/**
 * Asks repeatedly. Each request ends before the command's own timeout, which would report
 * a missing answer.
 */
async function waitForPush(
  { client }: OpenPhone,
  deviceToken: string,
  seconds: number,
  signal: AbortSignal,
): Promise<DeliveredPush | null> {
  const spare = Math.min(1, seconds / 4);
  const end = performance.now() + (seconds - spare) * 1000;
  for (;;) {
    const started = performance.now();
    const wait = Math.min(longestWait, Math.max(0, (end - started) / 1000));
    const push = await takePush(client, { deviceToken, wait });
    if (push !== null || performance.now() >= end || wait === 0) return push;
    if (performance.now() - started < interval) await sleep(interval, undefined, { signal });
  }
}

/** The members that the app reads: `payload.Options`, and the category of `aps`. */
function readPush(payload: unknown): Pick<ListenReport, 'message' | 'challenge' | 'category'> {
  const textAt = (...path: readonly string[]): string | null => {
    const value = path.reduce<unknown>((around, name) => membersOf(around)?.[name], payload);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return {
    message: textAt('payload', 'Options', 'Message'),
    challenge: textAt('payload', 'Options', 'ChallengeAnswer'),
    category: textAt('aps', 'category'),
  };
}

function formatHeard({ topic, message, challenge, category }: ListenReport, style: Style): string {
  const fields = formatFields(
    [
      ['Topic', onOneLine(topic)],
      ['Category', onOneLine(category ?? 'none')],
      ['Message', onOneLine(message ?? 'none')],
      ['Challenge', onOneLine(challenge ?? 'none')],
    ],
    style,
  );
  return `${style.verdict('ok', 'Push received')}\n\n${fields}`;
}

export const listenCommand: CommandModule<ConnectionOptions, ListenReport> = {
  work: listen,
  format: formatHeard,
};

interface AnswerReport {
  readonly tenant: string;
  readonly udid: string;
  /** Whether the sign-in was approved. */
  readonly accepted: boolean;
  readonly challenge: string;
}

async function answer(options: AnswerOptions, context: Context): Promise<AnswerReport> {
  const accepted = requireVerdict(options);
  const opened = await openPhone(await readSettings(options, context), context);
  const { tenant, client, phone } = opened;
  const otp = requireOtp(phone);
  const challenge = requireChallenge(options, opened);
  const at = context.now();
  const code = requireCode(otp, at, tenant);
  await submitVerdict(client, { ...otp, code, at, challenge, accepted });
  await changePhone(opened, (latest) =>
    latest.challenge?.answer === challenge ? { ...latest, challenge: null } : latest,
  );
  return { tenant, udid: phone.udid, accepted, challenge };
}

/** @throws {CliError} usage for both, and for neither */
function requireVerdict({ approve = false, deny = false }: AnswerOptions): boolean {
  if (approve !== deny) return approve;
  const message = approve
    ? '--approve and --deny cannot be used together'
    : 'Neither --approve nor --deny was given';
  throw new CliError('usage', message, { facts: { option: '--approve or --deny' } });
}

/** @throws {CliError} usage: no push is waiting for an answer */
function requireChallenge(options: AnswerOptions, { phone }: OpenPhone): string {
  const answer = options.challenge ?? phone.challenge?.answer;
  if (answer !== undefined && answer !== '') return answer;
  throw new CliError('usage', 'No challenge is waiting on the virtual phone', {
    facts: {
      fix: {
        text: 'Run {command} first, to receive a push.',
        command: mfaCli('device', 'listen', ...destination),
      },
    },
  });
}

/**
 * @throws {CliError} tenant-refused: the tenant chose MD5, which yields no code for some
 *   intervals
 */
function requireCode(otp: OtpProfile, at: Date, tenant: string): Secret {
  const code = oneTimePassword(Buffer.from(otp.key.reveal(), 'utf8'), otp, at);
  if (code !== null) return new Secret(code);
  const left = otp.interval - (Math.floor(at.getTime() / 1000) % otp.interval);
  throw new CliError(
    'tenant-refused',
    `${tenant} chose MD5 for one-time passwords, which yields no code for the next ${left} s`,
  );
}

function formatAnswer({ tenant, accepted }: AnswerReport, style: Style): string {
  const did = `${accepted ? 'Approved' : 'Denied'} the sign-in at ${tenant}`;
  return `${style.verdict('ok', did)}\n`;
}

export const answerCommand: CommandModule<AnswerOptions, AnswerReport> = {
  work: answer,
  format: formatAnswer,
};
