import type { Context } from '../../context.ts';
import { readWithin } from '../../delivery/open-p12.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { ApnsEnvironment, Certificate } from '../../pkcs12/model.ts';
import { formatFields, formatJudged } from '../../report/fields.ts';
import { givenP12, type P12Options } from '../../settings/settings.ts';
import type { Style } from '../../terminal/style.ts';
import { count } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import { readApp } from './app.ts';
import { configurationsOf } from './build-settings.ts';
import { type CheckedStep, checkApp } from './check-app.ts';
import { type AppFinding, consequences, kindOf } from './finding.ts';
import { locateProject } from './locate.ts';
import { type ProjectFile, type ProjectObject, readProjectFile } from './project.ts';
import { applicationTargets, isForPhones } from './target.ts';

export interface AppCheckOptions extends P12Options {
  readonly path?: string;
  readonly target?: string;
  readonly configuration?: string;
}

export interface AppCheckReport {
  /** The .xcodeproj. */
  readonly project: string;
  readonly target: string;
  readonly configuration: string;
  readonly bundleId: string | null;
  /** `development` or `production`, as the entitlements say it. */
  readonly apsEnvironment: string | null;
  /** Null where no .p12 was given, or it holds no certificate. */
  readonly certificate: {
    readonly topics: readonly string[];
    readonly environments: readonly ApnsEnvironment[];
  } | null;
  readonly steps: readonly CheckedStep[];
  readonly findings: readonly AppFinding[];
  readonly ok: boolean;
}

/** Of the files of a project; they are found one by one. */
const anyNumber = { length: Number.POSITIVE_INFINITY };

export async function check(options: AppCheckOptions, context: Context): Promise<AppCheckReport> {
  const given = options.path ?? '.';
  const within = <T>(read: () => T): Promise<T> =>
    readWithin(
      { name: given === '.' ? 'The current folder' : onOneLine(given), bytes: anyNumber },
      'project-not-recognised',
      context,
      ({ inOneGo }) => inOneGo(read),
    );
  const { path, project } = await within(() => {
    const located = locateProject(given);
    return { path: located, project: readProjectFile(located) };
  });
  const target = await chooseTarget(project, options.target, context);
  const configuration = chooseConfiguration(target, options.configuration);
  const certificate = await readCertificate(options, context);
  const { app, findings, steps } = await within(() => {
    const read = readApp(project, target, configuration);
    return { app: read, ...checkApp(read, certificate) };
  });
  return {
    project: path,
    target: target.text('name') ?? '',
    configuration,
    bundleId: app.bundleId,
    apsEnvironment: app.apsEnvironment,
    certificate: certificate ? { topics: certificate.topics, environments: certificate.environments } : null,
    steps,
    findings,
    ok: !findings.some(({ level }) => level === 'error'),
  };
}

/** The certificate of the .p12 that is named; undefined where none is, which nobody is asked for. */
async function readCertificate(
  options: AppCheckOptions,
  context: Context,
): Promise<Certificate | null | undefined> {
  const given = givenP12(options, context.env);
  if (given.location() === null) return undefined;
  const { openP12 } = await import('../../delivery/open-p12.ts');
  return (await openP12(given, context)).identity.certificate;
}

function format(report: AppCheckReport, style: Style): string {
  const { project, target, configuration, bundleId, apsEnvironment, certificate, findings } = report;
  const fields: [string, string][] = [
    ['Project', project],
    ['Target', `${target}, ${configuration}`],
    ['Bundle ID', bundleId ?? 'none'],
    ['aps-environment', apsEnvironment ?? 'none'],
  ];
  if (certificate !== null) fields.push(['Topics', certificate.topics.join(', ') || 'none']);
  return [
    formatFields(
      fields.map(([name, value]) => [name, onOneLine(value)]),
      style,
    ),
    report.steps.map((step) => `${formatStep(step, findings, style)}\n`).join(''),
    findings.map((finding) => formatJudged(finding, style, placeOf(finding))).join(''),
    `${formatVerdict(report, style)}\n`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** The first error is the worst. */
function formatVerdict({ findings, steps, ok }: AppCheckReport, style: Style): string {
  const [errors, warnings] = (['error', 'warning'] as const).map(
    (level) => findings.filter((finding) => finding.level === level).length,
  );
  const counts = [counted(errors, 'error'), counted(warnings, 'warning')].filter((count) => count !== null);
  if (!ok) {
    const step = findings.map(({ code }) => kindOf(code).step).find((each) => each !== null);
    const why = step === undefined ? '' : `: ${consequences[step]}`;
    return style.red(`✗ The app will not approve sign-ins as it is${why} (${counts.join(', ')}).`);
  }
  const unjudged = counted(steps.filter((step) => step.ok === null).length, 'step');
  if (unjudged !== null) counts.push(`${unjudged} not judged`);
  return counts.length === 0
    ? style.green('✓ The app does what the guide asks.')
    : style.yellow(`! The app does what the guide asks, as far as it is seen (${counts.join(', ')}).`);
}

function counted(number = 0, noun: string): string | null {
  return number === 0 ? null : count(number, noun);
}

function formatStep({ step, title, ok }: CheckedStep, findings: readonly AppFinding[], style: Style): string {
  if (ok === null) return `${style.yellow('?')} ${title}`;
  if (!ok) return `${style.red('✗')} ${title}`;
  const warned = findings.some(({ code, level }) => level === 'warning' && kindOf(code).step === step);
  return `${warned ? style.yellow('!') : style.green('✓')} ${title}`;
}

function placeOf({ file, line }: AppFinding): string {
  return line === null ? file : `${file}:${line}`;
}

export const command: CommandModule<AppCheckOptions, AppCheckReport> = {
  work: check,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
};

/** The target that is named, else the only application for phones, else a person chooses. @throws {CliError} usage, project-not-recognised, interrupted */
export async function chooseTarget(
  project: ProjectFile,
  given: string | undefined,
  { terminal, prompt }: Pick<Context, 'terminal' | 'prompt'>,
): Promise<ProjectObject> {
  const targets = applicationTargets(project);
  const forPhones = targets.filter((target) => isForPhones(project, target));
  const offered = given === undefined && forPhones.length > 0 ? forPhones : targets;
  const names = offered.map((target) => target.text('name') ?? '');
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
export function chooseConfiguration(target: ProjectObject, given: string | undefined): string {
  const names = configurationsOf(target);
  const name = given ?? (names.length === 1 ? names[0] : 'Release') ?? 'Release';
  if (names.includes(name)) return name;
  throw new CliError('usage', `No configuration is called ${onOneLine(name)}; there are: ${listed(names)}`, {
    facts: { option: '--configuration NAME' },
  });
}

function listed(names: readonly string[]): string {
  return names.map(onOneLine).join(', ') || 'none';
}
