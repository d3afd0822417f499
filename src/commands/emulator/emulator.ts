import { resolve } from 'node:path';
import type { Context } from '../../context.ts';
import type { ApnsOptions } from '../../emulator/apns/apns.ts';
import { isAuthority } from '../../emulator/apns/authority.ts';
import { parseAssumptions } from '../../emulator/assumptions.ts';
import { fixedPasswords, fixedPasswordsOf } from '../../emulator/people.ts';
import {
  type Emulator,
  startEmulator,
  startTenants,
  type Tenants,
} from '../../emulator/tenants.ts';
import { CliError } from '../../errors/cli-error.ts';
import { requireFreeNames } from '../../files/directory.ts';
import { readWhole } from '../../files/read.ts';
import { writePrivateFile } from '../../files/write.ts';
import type { RefusedPeer } from '../../programs/owners.ts';
import { wrote } from '../../report/findings.ts';
import { ownerRulesOf } from '../../settings/owner-rules.ts';
import { noBrowserWords, parsePort } from '../../settings/values.ts';
import { count as plural } from '../../text/phrasing.ts';
import type { CommandModule } from '../command.ts';
import { type EmulatorOptions, emulatorOptions } from './options.ts';
import { fleetFileFor, reportOfTenants, type TenantsReport } from './several.ts';
import { type EmulatorReport, removeLeftSecrets, welcome } from './welcome.ts';

export async function emulator(
  options: EmulatorOptions,
  context: Context,
): Promise<EmulatorReport | TenantsReport> {
  const port = parsePort(options.port ?? emulatorOptions.port.default, { option: '--port' });
  const count = parseTenants(options);
  const apns = readApnsOptions(options, port);
  await removeLeftSecrets(context);
  const { fixedPasswords: isFixed, redirectUri, assume, autoApprove, state } = options;
  const common = {
    port,
    stateFile: state ?? null,
    autoApprove: autoApprove === true,
    bare: options.bare === true,
    redirectUris: redirectUri ?? [emulatorOptions.redirectUri.default],
    accessTokenSeconds: 18_000,
    assumptions: parseAssumptions(assume ?? []),
    apns,
    now: context.now,
    owners: ownerRulesOf(context.env),
    refusedAtConsole: warnOnceOfRefused(context),
  };
  const running = await (count === 1
    ? startEmulator({ ...common, ...(isFixed === true ? { passwords: fixedPasswords } : {}) })
    : startTenants({
        ...common,
        count,
        ...(isFixed === true ? { passwords: fixedPasswordsOf } : {}),
      }));
  if (apns.orAnyFree && apns.port !== 0 && running.apns.host !== `127.0.0.1:${apns.port}`)
    context.terminal.warn(
      `Port ${apns.port} is in use: the stand-in for APNs is at ${running.apns.host}`,
    );
  const stop = (): void => {
    if (context.terminal.stderrIsTerminal) context.terminal.note('Stopped');
    void running.close();
  };
  context.signal.addEventListener('abort', stop, { once: true });
  const { apnsCa, fleetFile } = options;
  const written: string[] = [];
  try {
    if (apnsCa !== undefined) {
      await writeAuthority(apnsCa, running.apns.ca, context);
      written.push(wrote(apnsCa, 'CA of the stand-in for APNs'));
    }
    if (fleetFile !== undefined && 'tenants' in running) {
      requireFreeNames([fleetFile], '--fleet-file FILE');
      await writePrivateFile(fleetFile, fleetFileFor(running.tenants), false, context.signal);
      written.push(wrote(fleetFile, `fleet file of ${plural(count, 'tenant')}`));
    }
    const extra = apnsCa === undefined ? {} : { MFA_CLI_CA_FILE: resolve(apnsCa) };
    const report =
      'tenants' in running ? reportOfTenants(running, extra) : reportOf(running, extra);
    await welcome(report, options, written, context);
    if (options.open === true) await openConsole(running, context);
    return report;
  } catch (error) {
    await running.close();
    throw error;
  }
}

/** Warns of the first connection of each kind: other users could make thousands. */
function warnOnceOfRefused({ terminal }: Context): (peer: RefusedPeer) => void {
  const warned = new Set<RefusedPeer>();
  return (peer) => {
    if (warned.has(peer)) return;
    warned.add(peer);
    terminal.warn(
      peer === 'other'
        ? 'Refused a connection of another user of this machine to the console'
        : 'Refused a connection of unknown owner to the console. ' +
            'If it was your own browser, set MFA_CLI_UNKNOWN_PEERS=1 and start the emulator again',
    );
  };
}

/** Opens an address that contains a code, and so is never printed. */
async function openConsole(
  running: Emulator | Tenants,
  { openBrowser, terminal, env }: Context,
): Promise<void> {
  const tenant = 'tenants' in running ? running.open(running.tenants[0]?.name ?? '') : running;
  if (!(await openBrowser(tenant.consoleAddress()))) terminal.warn(noBrowserWords(env));
}

/**
 * Replaces nothing but what an emulator wrote.
 * @throws {CliError} file-exists, file-unwritable
 */
async function writeAuthority(path: string, ca: string, context: Context): Promise<void> {
  const there = await readWhole(path, pemLimit, context).catch(() => null);
  const own = there !== null && isAuthority(Buffer.from(there).toString('utf8'));
  if (!own) requireFreeNames([path], '--apns-ca FILE');
  await writePrivateFile(path, ca, own, context.signal);
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

const maxTenants = 10_000;

function parseTenants({
  tenants = emulatorOptions.tenants.default,
  fleetFile,
}: EmulatorOptions): number {
  const count = Number(tenants);
  if (!/^[1-9]\d{0,5}$/.test(tenants) || count > maxTenants)
    throw new CliError('usage', `"${tenants}" is not a number of tenants: 1 to ${maxTenants}`);
  if (fleetFile !== undefined && count === 1)
    throw new CliError('usage', '--fleet-file needs --tenants 2 or more');
  return count;
}

/** Bytes of a file in PEM. */
const pemLimit = 1024 * 1024;

function readApnsOptions(
  { apnsPort, apnsEnvironment }: EmulatorOptions,
  tenantPort: number,
): ApnsOptions {
  // If the tenant gets a free port, so does APNs.
  const next = tenantPort === 0 ? 0 : tenantPort + 1;
  return {
    port: apnsPort === undefined ? next : parsePort(apnsPort, { option: '--apns-port' }),
    orAnyFree: apnsPort === undefined,
    environment: apnsEnvironment ?? emulatorOptions.apnsEnvironment.default,
  };
}

export const command: CommandModule<EmulatorOptions, EmulatorReport | TenantsReport> = {
  work: emulator,
  // `welcome` has printed it.
  format: () => '',
};
