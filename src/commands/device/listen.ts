import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { formatFields } from '../../report/fields.ts';
import { type ConnectionOptions, readSettings } from '../../settings/settings.ts';
import { type DeliveredPush, takePush } from '../../tenant/devices.ts';
import type { Style } from '../../terminal/style.ts';
import { membersOf } from '../../text/json.ts';
import { onOneLine } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import { changePhone, type OpenPhone, openPhone, requireDeviceToken } from './phone.ts';

export type ListenOptions = ConnectionOptions;

export interface ListenReport {
  readonly tenant: string;
  readonly udid: string;
  readonly topic: string;
  /** As it came. */
  readonly payload: unknown;
  /** Null, as the next two, where the push holds none: then it is no MFA push. */
  readonly message: string | null;
  readonly challenge: string | null;
  readonly category: string | null;
}

/** Seconds to wait for a push. */
const defaultTimeout = 30;

/** Seconds of one request: proxies end those that are silent for longer. */
const longestWait = 25;

export async function listen(options: ListenOptions, context: Context): Promise<ListenReport> {
  const opened = await openPhone(await readSettings(options, context), context);
  const deviceToken = requireDeviceToken(opened.phone);
  const seconds = context.timeout ?? defaultTimeout;
  const progress = context.terminal.progress('Waiting for a push …');
  const push = await waitForPush(opened, deviceToken, seconds, context.signal).finally(() => progress.stop());
  if (push === null)
    throw new CliError('tenant-timeout', `No push came from ${opened.tenant} in ${seconds} s`);
  const { message, challenge, category } = readPush(push.payload);
  if (challenge !== null) {
    const receivedAt = context.now().toISOString();
    const waiting = { answer: challenge, message, receivedAt };
    await changePhone(opened, (phone) => ({ ...phone, challenge: waiting }));
  }
  return { tenant: opened.tenant, udid: opened.phone.udid, ...push, message, challenge, category };
}

/** Milliseconds between an answer that comes sooner than this and the next request. */
const interval = 1000;

/** So many failures of the network in a row are borne. */
const patience = 3;

/** Asks again and again; each request ends before the command's own bound, which would tell of no answer at all. */
async function waitForPush(
  { client, session }: OpenPhone,
  deviceToken: string,
  seconds: number,
  signal: AbortSignal,
): Promise<DeliveredPush | null> {
  const spare = Math.min(1, seconds / 4);
  const end = performance.now() + (seconds - spare) * 1000;
  for (let failures = 0; ; ) {
    const started = performance.now();
    const wait = Math.min(longestWait, Math.max(0, (end - started) / 1000));
    const outcome = await takePush(client, { deviceToken, wait }, session.secrets()).catch(transient);
    failures = outcome instanceof CliError ? failures + 1 : 0;
    const isOver = performance.now() >= end || wait === 0;
    if (outcome instanceof CliError && (failures === patience || isOver)) throw outcome;
    if (!(outcome instanceof CliError) && (outcome !== null || isOver)) return outcome;
    if (performance.now() - started < interval) await pause(signal);
  }
}

/** @throws the signal's reason */
async function pause(signal: AbortSignal): Promise<void> {
  await sleep(interval, undefined, { signal }).catch(() => {
    throw signal.reason;
  });
}

/** What may be over at the next try. */
function transient(error: unknown): CliError {
  if (error instanceof CliError && ['tenant-unreachable', 'rate-limited'].includes(error.code)) return error;
  throw error;
}

/** What the app reads: `payload.Options` and the category of `aps`. */
function readPush(payload: unknown): Pick<ListenReport, 'message' | 'challenge' | 'category'> {
  const options = member(member(payload, 'payload'), 'Options');
  const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  return {
    message: text(member(options, 'Message')),
    challenge: text(member(options, 'ChallengeAnswer')),
    category: text(member(member(payload, 'aps'), 'category')),
  };
}

function member(value: unknown, name: string): unknown {
  return membersOf(value)?.[name];
}

function format({ topic, message, challenge, category }: ListenReport, style: Style): string {
  const fields = formatFields(
    [
      ['Topic', onOneLine(topic)],
      ['Category', onOneLine(category ?? 'none')],
      ['Message', onOneLine(message ?? 'none')],
      ['Challenge', onOneLine(challenge ?? 'none')],
    ],
    style,
  );
  return `${style.green('✓ A push came')}\n\n${fields}`;
}

export const command: CommandModule<ListenOptions, ListenReport> = { work: listen, format };
