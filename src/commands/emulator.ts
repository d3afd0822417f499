import type { Context } from '../context.ts';
import { type Emulator, startEmulator } from '../emulator/emulator.ts';
import { CliError } from '../errors.ts';
import type { CommandModule } from './command.ts';
import type { EmulatorCommandOptions } from './emulator.options.ts';
import { parsePort } from './settings.ts';

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
  const running = await startEmulator({
    port: parsePort(options.port ?? '8450'),
    stateFile: options.state ?? null,
    autoApprove: options.autoApprove === true,
    redirectUris: options.redirectUri ?? ['http://127.0.0.1:8400/callback'],
    accessTokenSeconds: parseLifetime(options.tokenLifetime ?? '18000'),
    now: context.now,
  });
  context.signal.addEventListener('abort', () => void running.close(), { once: true });
  const report = reportOf(running);
  for (const [role, { user, password }] of Object.entries(report.accounts)) {
    context.terminal.note(`${role}: ${user}, password ${password}`);
  }
  context.terminal.note('Ctrl-C ends it.');
  return report;
}

function parseLifetime(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new CliError('usage', `"${text}" is no lifetime in seconds`);
  return Number(text);
}

function reportOf({ url, appId, clientId, administrator, user, serviceUser }: Emulator): EmulatorReport {
  return {
    url,
    environment: { MFA_CLI_TENANT: url, MFA_CLI_APP_ID: appId, MFA_CLI_CLIENT_ID: clientId },
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
