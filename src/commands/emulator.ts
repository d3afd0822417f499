import { resolve } from 'node:path';
import { assumptionEntries, parseAssumptions } from '../assumptions.ts';
import type { Context } from '../context.ts';
import { isAuthority } from '../emulator/apns/authority.ts';
import { type Emulator, startEmulator } from '../emulator/emulator.ts';
import { fixedPasswords, fixedPasswordsOf } from '../emulator/passwords.ts';
import type { ApnsOptions } from '../emulator/phones.ts';
import { startTenants, type Tenants } from '../emulator/tenants.ts';
import { CliError } from '../errors.ts';
import { readWhole } from '../files/read.ts';
import { writePrivateFile } from '../files/write.ts';
import { addExamples, addList } from '../inputs/options.ts';
import { parsePort } from '../inputs/settings.ts';
import type { ApnsEnvironment } from '../pkcs12/model.ts';
import type { Entry } from '../text/layout.ts';
import { shellWord } from '../text/shell-word.ts';
import type { CommandModule, Declaration } from './command.ts';
import { accountsOfTenants, fleetFileFor, reportOfTenants, type TenantsReport } from './emulator/several.ts';

export interface EmulatorCommandOptions {
  readonly port?: string;
  readonly state?: string;
  readonly autoApprove?: boolean;
  readonly open?: boolean;
  readonly bare?: boolean;
  readonly redirectUri?: readonly string[];
  readonly tokenLifetime?: string;
  readonly assume?: readonly string[];
  readonly fixedPasswords?: boolean;
  readonly tenants?: string;
  readonly fleetFile?: string;
  readonly apnsPort?: string;
  readonly apnsEnvironment?: ApnsEnvironment;
  readonly apnsCa?: string;
  readonly apnsClientCa?: string;
  readonly apnsCrl?: string;
}

const people: readonly Entry[] = [
  ['mfa@example.com', 'password, then whichever second factor'],
  ['push@example.com', 'password, then a push with a number to compare, or its code'],
  ['oath@example.com', 'password, then a code'],
  ['sms@example.com', "password, then a text's code or link"],
  ['email@example.com', "password, then a mail's code or link"],
  ['phone@example.com', 'password, then a phone call'],
  ['key@example.com', 'password, then a security key, which nobody has'],
  ['codes@example.com', 'a code, then a text; no password'],
  ['again@example.com', 'password, and then a second package of challenges'],
  ['federated@example.com', "at the company's identity provider"],
  ['pin@example.com', 'there, too, and then the PIN that it shows'],
  ['elsewhere@example.com', 'at another host of the tenant, then the password'],
];

const phones = `Phones and mailboxes: POST /emulator/factors tells the codes that wait; /emulator/approve with
{"User": …, "Number": …} is a yes, /emulator/deny with {"User": …} a no.`;

export const declaration: Declaration = {
  words: ['emulator'],
  summary: 'run a local tenant to rehearse with',
  options(command) {
    const collect = (value: string, values: readonly string[] = []): readonly string[] => [...values, value];
    command
      .option('--port <n>', 'port to listen on, 0 picks a free one', '8450')
      .option('--state <file>', 'keep settings, devices, users, roles and applications in this file')
      .option(
        '--auto-approve',
        'sign in without a page whom login_hint names, or the administrator; approve pushes',
      )
      .option('--open', 'open its console in the browser, signed in as the administrator')
      .option('--bare', 'have no application of mfa-cli: `bootstrap` makes it')
      .option(
        '--redirect-uri <uri>',
        'registered redirect URI, repeatable; default: http://127.0.0.1:8400/callback',
        collect,
      )
      .option('--token-lifetime <seconds>', 'lifetime of access tokens', '18000')
      .option('--fixed-passwords', 'keep the known passwords, which is unsafe where others use this machine')
      .option('--assume <name=value>', 'how to take what the vendor does not document, repeatable', collect)
      .option('--tenants <n>', 'that many tenants on one port, at tenant-1.localhost and so on', '1')
      .option('--fleet-file <file>', 'write a fleet file for these tenants')
      .option(
        '--apns-port <n>',
        'port of the stand-in for APNs, 0 picks a free one; default: the one after that of the tenant, or a free one',
      )
      .addOption(
        command
          .createOption('--apns-environment <name>', 'which APNs it stands in for')
          .choices(['production', 'sandbox'])
          .default('production'),
      )
      .option('--apns-ca <file>', 'write the CA of the stand-in, PEM, to this file')
      .option('--apns-client-ca <file>', 'CA of client certificates, PEM: TLS lets no other in')
      .option('--apns-crl <file>', 'what that CA has revoked, PEM');
    addList(
      command,
      "Who signs in how without an application; all are administrators, with the administrator's password:",
      people,
    );
    command.addHelpText('after', phones);
    addList(command, 'Assumptions (--assume NAME=VALUE; the first value is the default):', assumptionEntries);
    addExamples(
      command,
      'mfa-cli emulator',
      'mfa-cli emulator --open',
      'mfa-cli emulator --auto-approve --state tenant.json',
      'mfa-cli emulator --auto-approve --apns-ca apns-ca.pem',
      'mfa-cli emulator --tenants 5 --fleet-file mfa-fleet.yaml',
    );
  },
};

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

export async function emulator(
  options: EmulatorCommandOptions,
  context: Context,
): Promise<EmulatorReport | TenantsReport> {
  const port = parsePort(options.port ?? '8450');
  const count = parseTenants(options);
  const apns = await readApnsOptions(options, port, context);
  const { fixedPasswords: isFixed, redirectUri, assume, tokenLifetime, autoApprove, state } = options;
  const common = {
    port,
    stateFile: state ?? null,
    autoApprove: autoApprove === true,
    bare: options.bare === true,
    redirectUris: redirectUri ?? ['http://127.0.0.1:8400/callback'],
    accessTokenSeconds: parseLifetime(tokenLifetime ?? '18000'),
    assumptions: parseAssumptions(assume ?? []),
    apns,
    now: context.now,
  };
  const running = await (count === 1
    ? startEmulator({ ...common, ...(isFixed === true ? { passwords: fixedPasswords } : {}) })
    : startTenants({ ...common, count, ...(isFixed === true ? { passwords: fixedPasswordsOf } : {}) }));
  if (apns.orNext && apns.port !== 0 && running.apns.host !== `127.0.0.1:${apns.port}`)
    context.terminal.warn(`Port ${apns.port} is taken: the stand-in for APNs is at ${running.apns.host}`);
  context.signal.addEventListener('abort', () => void running.close(), { once: true });
  const { apnsCa, fleetFile } = options;
  try {
    if (apnsCa !== undefined) await writeAuthority(apnsCa, running.apns.ca, context);
    if (fleetFile !== undefined && 'tenants' in running)
      await naming('--fleet-file FILE', '', () =>
        writePrivateFile(fleetFile, fleetFileFor(running.tenants), false, context.signal),
      );
  } catch (error) {
    await running.close();
    throw error;
  }
  const extra = apnsCa === undefined ? {} : { MFA_CLI_CA_FILE: resolve(apnsCa) };
  const report = 'tenants' in running ? reportOfTenants(running, extra) : reportOf(running, extra);
  for (const line of 'tenants' in report ? accountsOfTenants(report) : accountsOf(report))
    context.terminal.show(line);
  for (const words of dangers(options)) context.terminal.warn(words);
  const [first = report] = 'tenants' in report ? report.tenants : [report];
  if ('url' in first) context.terminal.note(`Look at it in a browser: ${first.url}/`);
  if (options.open === true) await openConsole(running, context);
  context.terminal.note(
    'Ctrl-C ends it. Paste the lines of your shell into another terminal to use it there:',
  );
  return report;
}

/** The address that is opened holds a code, and is printed nowhere. */
async function openConsole(running: Emulator | Tenants, { openBrowser, terminal }: Context): Promise<void> {
  const tenant = 'tenants' in running ? running.open(running.tenants[0]?.name ?? '') : running;
  if (!(await openBrowser(tenant.consoleAddress()))) terminal.warn('No browser could be opened');
}

function accountsOf({ accounts }: EmulatorReport): readonly string[] {
  return Object.entries(accounts).map(
    ([role, { user, password }]) => `${role}: ${user}, password ${password}`,
  );
}

const mostTenants = 10_000;

/** @throws {CliError} usage */
function parseTenants({ tenants = '1', fleetFile }: EmulatorCommandOptions): number {
  const count = Number(tenants);
  if (!/^[1-9]\d{0,5}$/.test(tenants) || count > mostTenants)
    throw new CliError('usage', `"${tenants}" is not a number of tenants: 1 to ${mostTenants}`);
  if (fleetFile !== undefined && count === 1)
    throw new CliError('usage', 'A fleet file is for several tenants', { facts: { option: '--tenants N' } });
  return count;
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
  tenantPort: number,
  context: Context,
): Promise<ApnsOptions> {
  if (apnsCrl !== undefined && apnsClientCa === undefined)
    throw new CliError('usage', 'A revocation list is no use without its CA', {
      facts: { option: '--apns-client-ca FILE' },
    });
  const read = async (path: string | undefined): Promise<string | null> =>
    path === undefined ? null : Buffer.from(await readWhole(path, pemLimit, context)).toString('utf8');
  return {
    // With a free port for the tenant, a free one for APNs as well.
    port: apnsPort !== undefined ? parsePort(apnsPort) : tenantPort === 0 ? 0 : tenantPort + 1,
    orNext: apnsPort === undefined,
    environment: apnsEnvironment ?? 'production',
    clientCa: await read(apnsClientCa),
    crl: await read(apnsCrl),
  };
}

/** Replaces nothing but what an emulator wrote. @throws {CliError} file-exists, file-unwritable */
async function writeAuthority(path: string, ca: string, context: Context): Promise<void> {
  const there = await readWhole(path, pemLimit, context).catch(() => null);
  const own = there !== null && isAuthority(Buffer.from(there).toString('utf8'));
  await naming('--apns-ca FILE', ', and no emulator wrote it', () =>
    writePrivateFile(path, ca, own, context.signal),
  );
}

/** Names the option where a file is there. @throws {CliError} what `write` throws */
async function naming(option: string, words: string, write: () => Promise<void>): Promise<void> {
  await write().catch((cause: unknown) => {
    if (!(cause instanceof CliError) || cause.code !== 'file-exists') throw cause;
    throw new CliError('file-exists', `${cause.message}${words}`, { cause, facts: { option } });
  });
}

function parseLifetime(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new CliError('usage', `"${text}" is not a lifetime in seconds`);
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

/** A line to paste for each kind of shell; a title of one is a comment in all of them. */
function format({ environment }: EmulatorReport | TenantsReport): Uint8Array {
  const settings = Object.entries(environment);
  const quoted = (value: string, quote: string): string => `'${value.replaceAll("'", quote)}'`;
  const lines = [
    '# bash, zsh',
    `export ${settings.map(([name, value]) => `${name}=${shellWord(value)}`).join(' ')}`,
    '# fish',
    settings
      .map(([name, value]) => `set -gx ${name} ${quoted(value.replaceAll('\\', '\\\\'), "\\'")}`)
      .join('; '),
    '# PowerShell',
    settings.map(([name, value]) => `$env:${name} = ${quoted(value, "''")}`).join('; '),
  ];
  return Buffer.from(`${lines.join('\n')}\n`);
}

export const command: CommandModule<EmulatorCommandOptions, EmulatorReport | TenantsReport> = {
  work: emulator,
  format,
};
