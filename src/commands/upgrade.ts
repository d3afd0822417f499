import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { type GlobalOptions, readSettings } from '../settings/settings.ts';
import type { Style } from '../terminal/style.ts';
import { version } from '../text/version.ts';
import type { CommandModule } from './command.ts';
import type { Installation } from './upgrade/installation.ts';
import type { Found } from './upgrade/registry.ts';

export interface UpgradeOptions extends GlobalOptions {
  readonly check?: boolean;
}

export interface UpgradeReport {
  readonly current: string;
  /** The newest release; null where there is none. */
  readonly latest: string | null;
  readonly newer: boolean;
  readonly found: Found['kind'];
  readonly registry: string;
  readonly installation: Installation['kind'];
  /** What installs it; null where it is not newer, and where no one command does. */
  readonly command: string | null;
  /** The page where releases and their checksums are. */
  readonly releases: string;
}

/** @throws {CliError} usage; and where the registry does not answer: tenant-unreachable, tenant-timeout, tenant-tls, tenant-not-json, tenant-redirected */
export async function upgrade(options: UpgradeOptions, context: Context): Promise<UpgradeReport> {
  if (options.check !== true)
    throw new CliError(
      'usage',
      'mfa-cli does not replace itself: `mfa-cli upgrade --check` says whether there is a newer release, and where it is',
    );
  const { askRegistry, registryOf, releases } = await import('./upgrade/registry.ts');
  const registry = registryOf(context.env);
  const { network } = await readSettings(options, context);
  const found = await askRegistry(registry, await context.http(network));
  const { default: compare } = await import('semver/functions/compare.js');
  const { findInstallation } = await import('./upgrade/installation.ts');
  const latest = found.kind === 'release' ? found.version : null;
  const newer = latest !== null && compare(latest, version) > 0;
  const { kind, command } = findInstallation(context.program);
  return {
    current: version,
    latest,
    newer,
    found: found.kind,
    registry,
    installation: kind,
    command: newer ? command : null,
    releases,
  };
}

function format(report: UpgradeReport, style: Style): string {
  const { current, latest, newer, found, registry, command, releases } = report;
  if (found === 'nothing') return `${registry} has no release of mfa-cli; this is ${current}.\n`;
  if (found === 'another-program')
    return `What ${registry} has under the name mfa-cli is another program: do not install it. This is ${current}.\n`;
  if (!newer)
    return latest === current
      ? `${style.green('✓')} mfa-cli ${current} is the newest release.\n`
      : `mfa-cli ${current} is newer than the newest release, ${latest}.\n`;
  const how = command === null ? '' : `  ${command}\n`;
  return `mfa-cli ${latest} is newer than this one, ${current}: ${releases}\n${how}`;
}

export const command: CommandModule<UpgradeOptions, UpgradeReport> = { work: upgrade, format };
