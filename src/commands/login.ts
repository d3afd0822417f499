import { claimsOf } from '../auth/token-request.ts';
import type { Context } from '../context.ts';
import { signInAndSave } from '../delivery/saved-sign-in.ts';
import { formatMoment } from '../report/dates.ts';
import { addConnectionOptions, addExamples } from '../settings/options.ts';
import { type ConnectionOptions, readSettings } from '../settings/settings.ts';
import type { Style } from '../terminal/style.ts';
import type { CommandModule, Declaration } from './command.ts';

export interface LoginOptions extends ConnectionOptions {
  readonly port?: string;
  readonly loginHint?: string;
  readonly store?: string;
  /** commander's name for `--no-browser`: false when given. */
  readonly browser: boolean;
}

export const declaration: Declaration = {
  words: ['login'],
  summary: 'sign in through the browser and save the session',
  options(command) {
    addConnectionOptions(command)
      .option('--port <n>', 'port of the loopback redirect; default: 8400 [MFA_CLI_PORT]')
      .option('--login-hint <user>', 'names the user to the sign-in page')
      .option('--no-browser', 'open no browser, only print the address')
      .addOption(
        command
          .createOption('--store <place>', 'where the session is kept; default: file [MFA_CLI_STORE]')
          .choices(['file', 'keychain']),
      );
    addExamples(
      command,
      'mfa-cli login --tenant abc1234.id.cyberark.cloud',
      'mfa-cli login --tenant sso.example.com --app-id push-admin --profile example --no-browser',
      'mfa-cli login --tenant abc1234.id.cyberark.cloud --store keychain',
    );
  },
};

export interface LoginReport {
  readonly profile: string;
  readonly tenant: string;
  /** Null where the tenant does not tell. */
  readonly user: string | null;
  /** ISO 8601, or null where the tenant does not tell. */
  readonly expiresAt: string | null;
  readonly scope: string | null;
  /** The file that the session is kept in, or `keychain`. */
  readonly store: string;
}

export async function login(options: LoginOptions, context: Context): Promise<LoginReport> {
  const settings = await readSettings(options, context);
  const manner = { openBrowser: options.browser, loginHint: options.loginHint };
  const { connection, session, store } = await signInAndSave(settings, manner, context);
  return {
    profile: connection.profile,
    tenant: connection.tenant,
    user: session.user ?? claimsOf(session.accessToken).user,
    expiresAt: session.expiresAt,
    scope: session.scope,
    store,
  };
}

function format(
  { profile, tenant, user, expiresAt }: LoginReport,
  style: Style,
  _options: LoginOptions,
  now: Date,
): string {
  const who = user === null ? '' : ` as ${style.bold(user)}`;
  const until =
    expiresAt === null ? '' : ` The session lasts until ${formatMoment(new Date(expiresAt), now)}.`;
  return `${style.green('✓')} Signed in to ${tenant}${who} with the profile "${profile}".${until}\n`;
}

export const command: CommandModule<LoginOptions, LoginReport> = { work: login, format };
