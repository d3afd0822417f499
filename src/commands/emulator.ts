import { resolve } from 'node:path';
import { parseAssumptions } from '../assumptions.ts';
import type { Context } from '../context.ts';
import { isAuthority } from '../emulator/apns/authority.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../emulator/emulator.ts';
import { fixedPasswords } from '../emulator/passwords.ts';
import { CliError } from '../errors.ts';
import type { CommandModule } from './command.ts';
import type { EmulatorCommandOptions } from './emulator.options.ts';
import { readWhole } from '../files/read.ts';
import { parsePort } from '../inputs/settings.ts';
import { writePrivateFile } from '../files/write.ts';

const pemLimit = 1024 * 1024;

export interface EmulatorReport {
  readonly url: string;
  /** What to put into the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Who can sign in. The passwords are for the emulator alone. */
  readonly accounts: Readonly<
    Record<'administrator' | 'user' | 'serviceUser', { user: string; password: string }>
  >;
}

export async function emulator(options: EmulatorCommandOptions, context: Context): Promise<EmulatorReport> {
  const apns = await readApnsOptions(options, context);
  const running = await startEmulator({
    port: parsePort(options.port ?? '8450'),
    stateFile: options.state ?? null,
    autoApprove: options.autoApprove === true,
    redirectUris: options.redirectUri ?? ['http://127.0.0.1:8400/callback'],
    accessTokenSeconds: parseLifetime(options.tokenLifetime ?? '18000'),
    ...(options.fixedPasswords === true ? { passwords: fixedPasswords } : {}),
    assumptions: parseAssumptions(options.assume ?? []),
    apns,
    now: context.now,
  });
  context.signal.addEventListener('abort', () => void running.close(), { once: true });
  const { apnsCa } = options;
  if (apnsCa !== undefined)
    await writeAuthority(apnsCa, running.apns.ca, context).catch(async (error: unknown) => {
      await running.close();
      throw error;
    });
  const report = reportOf(running, apnsCa === undefined ? {} : { MFA_CLI_CA_FILE: resolve(apnsCa) });
  for (const [role, { user, password }] of Object.entries(report.accounts)) {
    context.terminal.show(`${role}: ${user}, password ${password}`);
  }
  for (const words of dangers(options)) context.terminal.warn(words);
  context.terminal.note('Ctrl-C ends it.');
  return report;
}

/** What lets everybody on the machine in. */
function dangers({ fixedPasswords, autoApprove }: EmulatorCommandOptions): readonly string[] {
  const reader = 'on this machine can read what is set here, private keys and passwords included';
  return [
    ...(fixedPasswords === true ? [`The passwords are the known ones: anybody ${reader}`] : []),
    ...(autoApprove === true ? [`Whoever asks is signed in as the administrator: anybody ${reader}`] : []),
  ];
}

/** @throws {CliError} usage, and what reading the files throws */
async function readApnsOptions(
  { apnsPort, apnsEnvironment, apnsClientCa, apnsCrl }: EmulatorCommandOptions,
  context: Context,
): Promise<NonNullable<EmulatorOptions['apns']>> {
  if (apnsCrl !== undefined && apnsClientCa === undefined)
    throw new CliError('usage', 'A revocation list is no use without its CA', {
      facts: { option: '--apns-client-ca FILE' },
    });
  const read = async (path: string | undefined): Promise<string | null> =>
    path === undefined ? null : Buffer.from(await readWhole(path, pemLimit, context)).toString('utf8');
  return {
    port: parsePort(apnsPort ?? '0'),
    environment: apnsEnvironment ?? 'production',
    clientCa: await read(apnsClientCa),
    crl: await read(apnsCrl),
  };
}

/** Replaces nothing but what an emulator wrote. @throws {CliError} file-exists, file-unwritable */
async function writeAuthority(path: string, ca: string, context: Context): Promise<void> {
  const there = await readWhole(path, pemLimit, context).catch(() => null);
  const own = there !== null && isAuthority(Buffer.from(there).toString('utf8'));
  await writePrivateFile(path, ca, own, context.signal);
}

function parseLifetime(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new CliError('usage', `"${text}" is no lifetime in seconds`);
  return Number(text);
}

function reportOf(
  { url, appId, clientId, apns, administrator, user, serviceUser }: Emulator,
  extra: Readonly<Record<string, string>>,
): EmulatorReport {
  return {
    url,
    environment: {
      MFA_CLI_TENANT: url,
      MFA_CLI_APP_ID: appId,
      MFA_CLI_CLIENT_ID: clientId,
      MFA_CLI_APNS_HOST: apns.host,
      ...extra,
    },
    accounts: { administrator, user, serviceUser },
  };
}

/** One line, fit for `export $(…)`. */
function format({ environment }: EmulatorReport): string {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return `${settings.join(' ')}\n`;
}

export const command: CommandModule<EmulatorCommandOptions, EmulatorReport> = {
  work: emulator,
  format,
};
