import type { Context, Environment } from '../../context.ts';
import { formatJudged, formatMarkdownTable, formatTable, withMoments } from '../../report/fields.ts';
import { type ConnectionOptions, noTenant, settingsFrom } from '../../settings/settings.ts';
import { variable } from '../../settings/variable.ts';
import type { Style } from '../../terminal/style.ts';
import { count } from '../../text/phrasing.ts';
import { bunVersion } from '../../text/version.ts';
import type { CommandModule } from '../command.ts';
import { checkCa } from './ca.ts';
import type { Check } from './check.ts';
import { checkBrowser, checkBun, checkNode, checkPort, checkProxy, checkVariables } from './machine.ts';
import { withoutNames } from './names.ts';
import type { ProbeRow } from './probe.ts';
import { checkKept, checkProfile, checkSession } from './session.ts';
import { checkKeychain, checkStore } from './store.ts';
import { checkTenant } from './tenant.ts';

export interface DoctorOptions extends ConnectionOptions {
  readonly port?: string;
  readonly probe?: boolean;
}

export interface DoctorReport {
  readonly checks: readonly Check[];
  /** False exactly when a check has level `error`. */
  readonly ok: boolean;
  /** With `--probe`, when the checks name no tenant and nobody either. */
  readonly probe?: readonly ProbeRow[];
}

export async function doctor(options: DoctorOptions, given: Context): Promise<DoctorReport> {
  const { env } = given;
  const context = boundTogether(given);
  const store = await context.profiles();
  const { profiles, checks: storeChecks } = checkStore(store.path);
  const settings = settingsFrom(options, { store, profiles }, context);
  if (options.probe === true && settings.tenant() === null) throw noTenant();
  const progress = context.terminal.progress('Asking the tenant');
  const found = await checkTenant(settings, context).finally(() => progress.stop());
  const keychain = await checkKeychain(settings);
  const checks = [
    bunVersion === null ? checkNode(process.versions.node) : checkBun(bunVersion),
    checkVariables(env),
    ...storeChecks,
    checkProfile(settings),
    keychain,
    keychain.level === 'error'
      ? checkKept(settings, found.tenant, context.now())
      : await checkSession(settings, found, context),
    ...found.checks,
    await checkProxy(found.tenant, env),
    await checkCa(settings.network.caFile, context),
    await checkPort(settings),
    checkBrowser(env),
  ].map((check) => withoutHome(check, env));
  const ok = checks.every(({ level }) => level !== 'error');
  if (options.probe !== true) return { checks, ok };
  const { nothingTold, probeAssumptions } = await import('./probe.ts');
  const probe =
    found.identityHost === null
      ? nothingTold('no identity tenant answers at this address')
      : await probeAssumptions(found.identityHost, settings, context);
  return { checks: withoutNames(checks, found, settings, env), ok, probe };
}

/** The world of `context`, where one bound holds for all waits for the network together. */
function boundTogether(context: Context): Context {
  const started = performance.now();
  const left = (timeout: number): number => Math.max(1, timeout - (performance.now() - started));
  return { ...context, http: (options) => context.http({ ...options, timeout: left(options.timeout) }) };
}

/** A ticket need not name the user: the home directory is `~`, in the hints too, where a shell understands it. */
function withoutHome({ message, hint, ...check }: Check, env: Environment): Check {
  const home = variable(env, 'HOME') ?? variable(env, 'USERPROFILE');
  const shorten = (text: string): string =>
    home === undefined || home === '/' ? text : text.replaceAll(home, '~');
  return { ...check, message: shorten(message), hint: hint === null ? null : shorten(hint) };
}

function format({ checks, probe }: DoctorReport, style: Style, _options: DoctorOptions, now: Date): string {
  const lines = checks.map((check) =>
    formatJudged({ ...check, message: withMoments(check.message, now) }, style),
  );
  const table = probe === undefined ? '' : `\n${formatProbe(probe, style)}`;
  return `${lines.join('')}\n${verdict(checks, style)}\n${table}`;
}

/** In a pipe as Markdown, which a ticket takes. */
function formatProbe(rows: readonly ProbeRow[], style: Style): string {
  const head = ['assumption', 'found', 'evidence'];
  const cells = rows.map(({ assumption, found, evidence }) => [assumption, found ?? '–', evidence]);
  return Number.isFinite(style.columns) ? formatTable(head, cells, style) : formatMarkdownTable(head, cells);
}

function verdict(checks: readonly Check[], style: Style): string {
  const [errors, warnings] = (['error', 'warning'] as const).map(
    (wanted) => checks.filter(({ level }) => level === wanted).length,
  );
  const counts = [errors ? count(errors, 'error') : '', warnings ? count(warnings, 'warning') : ''].filter(
    (part) => part !== '',
  );
  if (errors) return style.red(`✗ ${counts.join(', ')}`);
  return warnings ? style.yellow(`! ${counts.join('')}`) : style.green('✓ Nothing stands in the way');
}

export const command: CommandModule<DoctorOptions, DoctorReport> = {
  work: doctor,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
};
