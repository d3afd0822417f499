import { basename, resolve } from 'node:path';
import { readWithin } from '../../../certificate/open-p12.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { statsOf } from '../../../files/directory.ts';
import { isoDate } from '../../../report/fields.ts';
import { onOneLine } from '../../../text/printable.ts';
import type { Surroundings } from '../check-project.ts';
import type { AppCheckReport, ReportedBuild } from '../report.ts';
import { Unreadable } from './app-folder.ts';
import { type BuiltApp, readBuiltApp } from './built-app.ts';
import { checkBuiltApp, guideTexts } from './check-built.ts';
import { openArchive, openFolder } from './folder.ts';
import { textIn } from './profile.ts';
import { apsEnvironmentOf, teamOf } from './signed-for.ts';
import { withZip } from './zip.ts';

/**
 * Checks an `.ipa`, `.app` or `.xcarchive`.
 * @throws {CliError} file-not-found, app-unreadable
 */
export async function checkBuild(
  path: string,
  { context, compare }: Surroundings,
): Promise<AppCheckReport> {
  const shown = onOneLine(path);
  const stats = statsOf(path);
  if (stats === null) throw new CliError('file-not-found', `${shown} does not exist`);
  const named = { name: shown, bytes: { length: stats.size } };
  const app = await readWithin(named, 'app-unreadable', context, ({ signal }) =>
    readApp(path, shown, signal),
  );
  const compared = await compare(app.bundleId);
  const judged = checkBuiltApp(app, compared);
  return {
    project: null,
    target: null,
    configuration: null,
    app: reportOf(app, path),
    bundleId: app.bundleId,
    apsEnvironment: apsEnvironmentOf(app),
    certificate: compared.certificates?.[0] ?? null,
    ...judged,
    ok: !judged.findings.some(({ level }) => level === 'error'),
  };
}

async function readApp(
  path: string,
  shown: string,
  signal: AbortSignal | undefined,
): Promise<BuiltApp> {
  const wanted = { texts: guideTexts, signal };
  try {
    const name = basename(resolve(path)).toLowerCase();
    if (name.endsWith('.app')) return await readBuiltApp(openFolder(path), wanted);
    if (name.endsWith('.xcarchive')) return await readBuiltApp(await openArchive(path), wanted);
    return await withZip(path, (folder) => readBuiltApp(folder, wanted));
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    const why = cause instanceof Unreadable ? onOneLine(cause.message) : 'cannot be read';
    throw new CliError('app-unreadable', `${shown} ${why}`, { cause });
  }
}

function reportOf(app: BuiltApp, file: string): ReportedBuild {
  const { place, version, build, profile, found } = app;
  return {
    file,
    place,
    version,
    build,
    team: teamOf(app),
    profile:
      profile === null
        ? null
        : {
            name: profile.name,
            teams: profile.teams,
            apsEnvironment: textIn(profile.entitlements, 'aps-environment'),
            expires: isoDate(profile.expires),
          },
    texts: guideTexts.map((text) => ({ text, found: found.has(text) || null })),
  };
}
