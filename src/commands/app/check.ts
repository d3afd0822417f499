import { openP12, readWithin } from '../../certificate/open-p12.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { formatFields, inParts } from '../../report/fields.ts';
import { countConcerns, formatJudged } from '../../report/findings.ts';
import { givenP12 } from '../../settings/certificate.ts';
import { orThrow } from '../../settings/settings.ts';
import type { Style } from '../../terminal/style.ts';
import { count } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import { readApp } from './app.ts';
import { configurationsOf } from './build-settings.ts';
import { checkApp } from './check-app.ts';
import { steps as guide, stepOf } from './finding.ts';
import { locateProject } from './locate.ts';
import type { CheckOptions } from './options.ts';
import { type ProjectFile, type ProjectObject, readProjectFile } from './project.ts';
import { applicationTargets, isForPhones } from './target.ts';

type AppCheckReport = Awaited<ReturnType<typeof check>>;

async function check(options: CheckOptions, context: Context) {
  const given = options.path ?? '.';
  // The size of a project is unknown in advance.
  const bytes = { length: Number.POSITIVE_INFINITY };
  const named = { name: given === '.' ? 'The current folder' : onOneLine(given), bytes };
  const within = <T>(read: () => T): Promise<T> =>
    readWithin(named, 'project-not-recognized', context, ({ inOneGo }) => inOneGo(read));
  const { path, project } = await within(() => {
    const located = locateProject(given);
    return { path: located, project: readProjectFile(located) };
  });
  const target = chooseTarget(project, options.target);
  const configuration = chooseConfiguration(target, options.configuration);
  // Undefined without a .p12, which is optional: no prompt asks for one.
  const p12 = givenP12({ ...options, file: undefined }, context.env, undefined);
  const opened = orThrow(p12.location) === null ? undefined : await openP12(p12, context);
  const certificate = opened?.identity.certificate;
  const { app, findings, steps, notChecked } = await within(() => {
    const read = readApp(project, target, configuration);
    return { app: read, ...checkApp(read, certificate) };
  });
  return {
    /** The .xcodeproj. */
    project: path,
    target: target.text('name') ?? '',
    configuration,
    bundleId: app.bundleId,
    /** `development` or `production`, from the entitlements. */
    apsEnvironment: app.apsEnvironment,
    /** Null: no .p12 was given, or it contains no certificate. */
    certificate: certificate
      ? { topics: certificate.topics, environments: certificate.environments }
      : null,
    steps,
    notChecked,
    findings,
    ok: !findings.some(({ level }) => level === 'error'),
  };
}

function format(report: AppCheckReport, style: Style): string {
  const { project, target, configuration, bundleId, apsEnvironment, certificate, findings, steps } =
    report;
  const fields: [string, string][] = [
    ['Project', project],
    ['Target', `${target}, ${configuration}`],
    ['Bundle ID', bundleId ?? 'none'],
    ['aps-environment', apsEnvironment ?? 'none'],
  ];
  if (certificate !== null) fields.push(['Topics', certificate.topics.join(', ') || 'none']);
  const marks = steps.map(({ step, title, ok }) => {
    const warned = findings.some((each) => each.level === 'warning' && stepOf(each) === step);
    const mark = ok === null ? 'info' : !ok ? 'error' : warned ? 'warning' : 'ok';
    return `${style.mark(mark, ok === null ? `${title} (not checked)` : title)}\n`;
  });
  const judged = findings.map((each) =>
    formatJudged(each, style, each.line === null ? each.file : `${each.file}:${each.line}`),
  );
  const shown = fields.map(([name, value]) => [name, onOneLine(value)] as const);
  return inParts(
    formatFields(shown, style),
    `${marks.join('')}${notLookedAt(report, style)}`,
    judged.join('\n'),
    `${verdict(report, style)}\n`,
  );
}

function notLookedAt({ notChecked, steps }: AppCheckReport, style: Style): string {
  const titles = new Set<string>(steps.map(({ title }) => title));
  const others = notChecked.filter((name) => !titles.has(name));
  return `${style.mark('info', `Not looked at: ${others.join('; ')}.`)}\n`;
}

/** The first error is the worst, but what an app can do without comes last. */
function verdict({ findings, steps, ok }: AppCheckReport, style: Style): string {
  const counts = countConcerns(findings);
  const errors = findings.filter(({ level }) => level === 'error').map(stepOf);
  const failed = errors.flatMap((step) => (step === null ? [] : guide[step]));
  const worst = failed.find(({ isNeeded }) => isNeeded) ?? failed[0];
  if (!ok) {
    const what =
      worst?.isNeeded === false
        ? 'The app does not follow the guide'
        : 'The app cannot approve sign-ins yet';
    const why = worst === undefined ? '' : `: ${worst.effect}`;
    return style.verdict('error', `${what}${why} (${counts}).`);
  }
  const unjudged = steps.filter((step) => step.ok === null).length;
  const left = unjudged === 0 ? '' : `${count(unjudged, 'step')} not checked`;
  const told = [counts, left].filter((part) => part !== '').join(', ');
  return told === ''
    ? style.verdict('ok', 'The app follows the guide.')
    : style.verdict('warning', `No error was found in what was checked (${told}).`);
}

export const command: CommandModule<CheckOptions, AppCheckReport> = {
  work: check,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
};

/** The named target, else the only application for phones. @throws {CliError} usage, project-not-recognized */
function chooseTarget(project: ProjectFile, given: string | undefined): ProjectObject {
  const targets = applicationTargets(project);
  const named = targets.filter((target) => target.text('name') === given);
  const forPhones = targets.filter((target) => isForPhones(project, target));
  const [only, ...others] =
    given !== undefined ? named : forPhones.length > 0 ? forPhones : targets;
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
