import type { Context, Environment } from '../../context.ts';
import { hintsFor } from '../../errors/advice.ts';
import { CliError } from '../../errors/cli-error.ts';
import { type Destination, destination, formatHint, type Hint, mfaCli } from '../../errors/hint.ts';
import { requireOwnProfile } from '../../settings/require-profile.ts';
import { noOwnOptions, settingsFrom } from '../../settings/resolve.ts';
import { noTenant, orThrow, type Settings } from '../../settings/settings.ts';
import { variable } from '../../settings/values.ts';
import { bunVersion } from '../../text/version.ts';
import type { CommandModule } from '../command.ts';
import { AbsentStore, absentStore } from './absent-store.ts';
import { caHint, failure, ok, proxyHint, type Verdict } from './check.ts';
import { checkKept, checkSession } from './check-session.ts';
import { checkLedger, checkRight } from './ledger.ts';
import {
  checkBrowser,
  checkCa,
  checkKeychain,
  checkNode,
  checkPort,
  checkProxy,
  checkPushHost,
  checkVariables,
  type FoundStore,
  readStore,
} from './machine.ts';
import type { DoctorOptions } from './options.ts';
import { type Check, type DoctorReport, formatDoctor } from './report.ts';
import { checkApplication, checkProfile, checkTenant, type FoundTenant } from './tenant.ts';

interface World {
  readonly context: Context;
  readonly settings: Settings;
  readonly store: FoundStore;
  readonly found: FoundTenant;
  /** Whether the check of the keychain failed. */
  readonly isLocked: boolean;
}

/** A check: its permanent name, the check itself, and the hint if it throws. */
type Row = readonly [code: string, look: Look, remedy?: string | Hint];
type Look = (world: World) => Verdict | Promise<Verdict>;

const table: readonly Row[] = [
  bunVersion === null
    ? ['node-version', () => checkNode(process.versions.node)]
    : ['bun-version', () => ok(`Bun ${bunVersion}, built into this executable.`)],
  ['variables', ({ context }) => checkVariables(context.env)],
  ['configuration-directory', ({ store }) => store.directory],
  ['store', ({ store }) => store.file],
  [
    'ledger',
    ({ settings, context }) => checkLedger(settings, context.now()),
    'Restore the file, or correct or remove the damaged line.',
  ],
  ['profile', ({ settings }) => checkProfile(settings)],
  [
    'keychain',
    ({ settings }) => checkKeychain(settings),
    {
      text: 'Unlock the keychain, or keep the session in the file: {command}.',
      command: mfaCli('login', '--store', 'file', ...destination),
    },
  ],
  [
    'session',
    ({ settings, found, context, isLocked }) =>
      isLocked ? checkKept(settings, found, context.now()) : checkSession(settings, found, context),
  ],
  ['application', ({ settings, found, context }) => checkApplication(settings, found, context)],
  ['right', ({ settings, found }) => checkRight(settings, found)],
  ['tenant-address', ({ found }) => found.address],
  ['clock-skew', ({ found }) => found.clock],
  ['proxy', ({ found, context }) => checkProxy(found.tenant, context.env), proxyHint],
  ['ca', ({ settings, context }) => checkCa(settings.network.caFile, context), caHint],
  [
    'push-host',
    ({ settings, context }) => checkPushHost(settings, context),
    "Correct MFA_CLI_APNS_HOST or the proxy. Apple's push host is api.push.apple.com.",
  ],
  [
    'loopback-port',
    ({ settings }) => checkPort(settings),
    'Stop the program that listens there, or choose another port with --port N or MFA_CLI_PORT and register its redirect URI.',
  ],
  ['browser', ({ context }) => checkBrowser(context.env)],
];

async function doctor(options: DoctorOptions, given: Context): Promise<DoctorReport> {
  const { env } = given;
  const context = boundTogether(given);
  const profiles = await context.profiles().catch(absentStore);
  const store = profiles instanceof AbsentStore ? profiles.found() : readStore(profiles.path);
  const own = { ...noOwnOptions, port: options.port };
  const stored = { store: profiles, profiles: store.profiles };
  const settings = settingsFrom(options, stored, context, own);
  // A damaged file tells no names.
  if (store.file.level !== 'error') requireOwnProfile(settings);
  if (options.probe === true && orThrow(settings.tenant) === null) throw noTenant();
  const progress = context.terminal.progress('Asking the tenant');
  const found = await checkTenant(settings, context).finally(() => progress.stop());
  if (options.probe === true) return probeTenant(found, settings, context);
  const checks: Check[] = [];
  const inHints = { ...context, destination: usableDestination(found, context) };
  for (const row of table) {
    const isLocked = checks.some(({ code, level }) => code === 'keychain' && level === 'error');
    const world = { context: inHints, settings, store, found, isLocked };
    checks.push(withoutHome(await check(row, world), env));
  }
  const ok = checks.every(({ level }) => level !== 'error');
  const onlyNetwork =
    found.unreachable &&
    checks.every(({ code, level }) => level !== 'error' || code === 'tenant-address');
  return { checks, ok, ...(onlyNetwork && { unreachable: true as const }) };
}

/** Without an address that is none: no command could go there. */
function usableDestination({ tenant }: FoundTenant, { destination: to }: Context): Destination {
  return tenant === null ? { ...to, tenant } : to;
}

async function probeTenant(
  { identityHost, unreachable }: FoundTenant,
  settings: Settings,
  context: Context,
): Promise<DoctorReport> {
  const { nothingFound, probeAssumptions } = await import('./probe.ts');
  const probe =
    identityHost === null
      ? nothingFound('no identity tenant answered at this address')
      : await probeAssumptions(identityHost, settings, context);
  return { checks: [], ok: identityHost !== null, ...(unreachable && { unreachable }), probe };
}

async function check([code, look, remedy]: Row, world: World): Promise<Check> {
  const to = world.context.destination;
  const { hint, ...verdict } = await judged(look, remedy, world);
  return { code, ...verdict, hint: hint === null ? null : formatHint(hint, to) };
}

async function judged(
  look: Look,
  remedy: string | Hint | undefined,
  world: World,
): Promise<Verdict> {
  try {
    return await look(world);
  } catch (error) {
    if (remedy === undefined || !(error instanceof CliError) || error.code === 'interrupted')
      throw error;
    // The usual remedy is for what a check finds, not for a wrong setting.
    const [advised = 'Correct the setting.'] = hintsFor(error, world.context.destination);
    return failure(`${error.message}.`, error.code === 'usage' ? advised : remedy);
  }
}

function boundTogether(context: Context): Context {
  const started = performance.now();
  const left = (timeout: number): number => Math.max(1, timeout - (performance.now() - started));
  return {
    ...context,
    http: (options) => context.http({ ...options, timeout: left(options.timeout) }),
  };
}

/** Writes the home directory as `~`, so that a report does not name the user. */
function withoutHome({ message, hint, ...check }: Check, env: Environment): Check {
  const given = variable(env, 'HOME') ?? variable(env, 'USERPROFILE') ?? '';
  const home = withoutEndingSlashes(given);
  if (home === '') return { ...check, message, hint };
  return {
    ...check,
    message: shortened(message, home),
    hint:
      hint?.replace(/`[^`]*`|[^`]+/g, (part) =>
        part.startsWith('`') ? shortenedCommand(part, home) : shortened(part, home),
      ) ?? null,
  };
}

function withoutEndingSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && '\\/'.includes(path.charAt(end - 1))) end--;
  return path.slice(0, end);
}

function shortened(text: string, home: string): string {
  return text.replaceAll(home, (found, at: number) =>
    /^(?!\.?[\w-])/.test(text.slice(at + home.length)) ? '~' : found,
  );
}

/** Shells expand a `~` at the beginning of a word, outside quotes. */
function shortenedCommand(command: string, home: string): string {
  const inQuotes = `'${home.replaceAll("'", "'\\''")}`;
  return command.replace(/(?:\\.|'[^']*'|"[^"]*"|[^\s'"\\`])+/g, (word) => {
    if (/^[\\/]|^$/.test(word.slice(home.length)) && word.startsWith(home))
      return `~${word.slice(home.length)}`;
    if (word === `${inQuotes}'`) return '~';
    return word.startsWith(`${inQuotes}/`) ? `~/'${word.slice(inQuotes.length + 1)}` : word;
  });
}

export const command: CommandModule<DoctorOptions, DoctorReport> = {
  work: doctor,
  format: formatDoctor,
  exitCode({ ok, unreachable }) {
    if (ok) return 0;
    return unreachable ? 7 : 4;
  },
};
