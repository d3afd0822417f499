import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { onOneLine } from '../../text/printable.ts';
import { configurationsOf } from './build-settings.ts';
import { type ProjectFile, type ProjectObject, textOf } from './pbxproj.ts';
import { applicationTargets, isForPhones } from './target.ts';

/** The target that is named, else the only application for phones, else a person chooses. @throws {CliError} usage, project-not-recognised, interrupted */
export async function chooseTarget(
  project: ProjectFile,
  given: string | undefined,
  { terminal, prompt }: Pick<Context, 'terminal' | 'prompt'>,
): Promise<ProjectObject> {
  const targets = applicationTargets(project);
  const forPhones = targets.filter((target) => isForPhones(project, target));
  const offered = given === undefined && forPhones.length > 0 ? forPhones : targets;
  const names = offered.map((target) => textOf(target, 'name') ?? '');
  const [only, ...others] = offered;
  if (only === undefined) {
    throw new CliError(
      'project-not-recognised',
      `${onOneLine(project.name)} has no target that is an application`,
    );
  }
  const facts = { option: '--target NAME' };
  if (given === undefined && others.length === 0) return only;
  const unavailable = `${onOneLine(project.name)} has several applications: ${listed(names)}`;
  if (given === undefined && !terminal.interactive) throw new CliError('usage', unavailable, { facts });
  const name =
    given ??
    (await prompt.select({
      message: 'Which target?',
      choices: names.map((value) => ({ name: onOneLine(value), value })),
      unavailable,
      facts,
    }));
  const chosen = offered[names.indexOf(name)];
  if (chosen !== undefined) return chosen;
  throw new CliError(
    'usage',
    `No application target is called ${onOneLine(name)}; there are: ${listed(names)}`,
  );
}

/** The configuration that is named, else Release, else the only one. @throws {CliError} usage */
export function chooseConfiguration(
  project: ProjectFile,
  target: ProjectObject,
  given: string | undefined,
): string {
  const names = configurationsOf(project, target);
  const name = given ?? (names.length === 1 ? names[0] : 'Release') ?? 'Release';
  if (names.includes(name)) return name;
  throw new CliError('usage', `No configuration is called ${onOneLine(name)}; there are: ${listed(names)}`, {
    facts: { option: '--configuration NAME' },
  });
}

function listed(names: readonly string[]): string {
  return names.map(onOneLine).join(', ') || 'none';
}
