import { readWithin } from '../../certificate/open-p12.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { onOneLine } from '../../text/printable.ts';
import { readApp } from './app.ts';
import { configurationsOf } from './build-settings.ts';
import { checkApp } from './check-app.ts';
import type { Compared } from './check-certificate.ts';
import { locateProject } from './locate.ts';
import { type ProjectFile, type ProjectObject, readProjectFile } from './project.ts';
import type { AppCheckReport } from './report.ts';
import { applicationTargets, isForPhones } from './target.ts';

/** The project to check. */
interface GivenProject {
  readonly path: string;
  readonly target: string | undefined;
  readonly configuration: string | undefined;
}

/** The outside world of a check, and the certificates for an app. */
export interface Surroundings {
  readonly context: Context;
  compare(bundleId: string | null): Promise<Compared>;
}

/** @throws {CliError} file-not-found, project-not-recognized, usage */
export async function checkProject(
  { path: given, ...chosen }: GivenProject,
  { context, compare }: Surroundings,
): Promise<AppCheckReport> {
  // The size of a project is unknown in advance.
  const bytes = { length: Number.POSITIVE_INFINITY };
  const named = { name: given === '.' ? 'The current folder' : onOneLine(given), bytes };
  const within = <T>(read: () => T): Promise<T> =>
    readWithin(named, 'project-not-recognized', context, ({ inOneGo }) => inOneGo(read));
  const { path, project } = await within(() => {
    const located = locateProject(given);
    return { path: located, project: readProjectFile(located) };
  });
  const target = chooseTarget(project, chosen.target);
  const configuration = chooseConfiguration(target, chosen.configuration);
  const app = await within(() => readApp(project, target, configuration));
  const compared = await compare(app.bundleId);
  const judged = await within(() => checkApp(app, compared));
  return {
    project: path,
    target: target.text('name') ?? '',
    configuration,
    app: null,
    bundleId: app.bundleId,
    apsEnvironment: app.apsEnvironment,
    certificate: compared.certificates?.[0] ?? null,
    ...judged,
    ok: !judged.findings.some(({ level }) => level === 'error'),
  };
}
/** The applications for phones, or all where none says that it is for phones. */
function likelyTargets(
  project: ProjectFile,
  targets: readonly ProjectObject[],
): readonly ProjectObject[] {
  const forPhones = targets.filter((target) => isForPhones(project, target));
  return forPhones.length > 0 ? forPhones : targets;
}

/**
 * The named target, else the only application for phones.
 * @throws {CliError} usage, project-not-recognized
 */
function chooseTarget(project: ProjectFile, given: string | undefined): ProjectObject {
  const targets = applicationTargets(project);
  const [only, ...others] =
    given === undefined
      ? likelyTargets(project, targets)
      : targets.filter((target) => target.text('name') === given);
  if (only !== undefined && others.length === 0) return only;
  const shown = onOneLine(project.name);
  const names = listed(targets.map((target) => target.text('name') ?? ''));
  if (targets.length === 0)
    throw new CliError('project-not-recognized', `${shown} has no application target`);
  const message =
    given === undefined
      ? `${shown} has several applications: ${names}`
      : `${shown} has no application target ${onOneLine(given)}, only ${names}`;
  throw new CliError('usage', message, { facts: { option: '--target NAME' } });
}

/** The named configuration, else Release, else the only one. @throws {CliError} usage */
function chooseConfiguration(target: ProjectObject, given: string | undefined): string {
  const names = configurationsOf(target);
  const name = given ?? (names.length === 1 ? names[0] : 'Release') ?? 'Release';
  if (names.includes(name)) return name;
  throw new CliError(
    'usage',
    `The target has no configuration ${onOneLine(name)}, only ${listed(names)}`,
    {
      facts: { option: '--configuration NAME' },
    },
  );
}

function listed(names: readonly string[]): string {
  return names.map(onOneLine).join(', ') || 'none';
}
