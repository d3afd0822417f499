import { resolve } from 'node:path';
import { openP12 } from '../../certificate/open-p12.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { givenP12 } from '../../settings/certificate.ts';
import { orThrow } from '../../settings/settings.ts';
import type { CommandModule } from '../command.ts';
import { checkBuild } from './built/check-file.ts';
import { certificateOfP12, certificatesOnRecord } from './certificate.ts';
import type { Compared } from './check-certificate.ts';
import { checkProject } from './check-project.ts';
import { entriesOf } from './files.ts';
import type { CheckOptions } from './options.ts';
import { type AppCheckReport, format } from './report.ts';

async function check(options: CheckOptions, context: Context): Promise<AppCheckReport> {
  const path = options.path ?? '.';
  const compare = (bundleId: string | null): Promise<Compared> =>
    comparedWith(bundleId, options, context);
  if (!isBuild(path)) return checkProject({ ...options, path }, { context, compare });
  const given = options.target === undefined ? options.configuration : options.target;
  if (given !== undefined)
    throw new CliError('usage', '--target and --configuration are for a project, not a built app');
  return checkBuild(path, { context, compare });
}

/**
 * Whether it is a built app, by its name. A folder may be named like an app and have a
 * project.
 */
function isBuild(path: string): boolean {
  const isNamedSo = /\.(?:ipa|app|xcarchive)$/i.test(resolve(path));
  return isNamedSo && !entriesOf(path).some(({ name }) => /\.xc(?:odeproj|workspace)$/.test(name));
}

/** The given certificate, else those on record for the app. */
async function comparedWith(
  bundleId: string | null,
  options: CheckOptions,
  context: Context,
): Promise<Compared> {
  const now = context.now();
  // Undefined without a .p12, which is optional: no prompt asks for one.
  const p12 = givenP12({ ...options, file: undefined }, context.env);
  if (orThrow(p12.location) === null) {
    const known = bundleId === null ? [] : await certificatesOnRecord(bundleId, context);
    return { certificates: known, now };
  }
  const { identity } = await openP12(p12, context);
  const { certificate } = identity;
  return { certificates: certificate === null ? null : [certificateOfP12(certificate)], now };
}

export const command: CommandModule<CheckOptions, AppCheckReport> = {
  work: check,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
};
