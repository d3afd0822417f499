import type { Context } from '../../context.ts';
import { readWithin } from '../../delivery/read-within.ts';
import type { ApnsEnvironment, Certificate } from '../../pkcs12/model.ts';
import { formatFields } from '../../report/fields.ts';
import { formatJudged } from '../../report/findings.ts';
import { givenP12, type P12Options } from '../../settings/given-p12.ts';
import { addExamples, addP12Options } from '../../settings/options.ts';
import type { Style } from '../../terminal/style.ts';
import { count } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';
import type { CommandModule, Declaration } from '../command.ts';
import { type CheckedStep, checkApp } from './check-app.ts';
import { chooseConfiguration, chooseTarget } from './choose.ts';
import { type AppFinding, consequences, stepOf } from './finding.ts';
import { locateProject } from './locate.ts';
import { readProjectFile, textOf } from './pbxproj.ts';
import { readApp } from './read-app.ts';

export interface AppCheckOptions extends P12Options {
  readonly path?: string;
  readonly target?: string;
  readonly configuration?: string;
}

export const declaration: Declaration = {
  words: ['app', 'check'],
  summary: 'check an Xcode project against the guide',
  options(command) {
    command
      .argument('[path]', 'the .xcodeproj or .xcworkspace, or a directory that holds one; default: .')
      .option('--target <name>', 'target to check; default: the only application')
      .option(
        '--configuration <name>',
        'build configuration to check, with its #if branches; default: Release',
      );
    addP12Options(command);
    addExamples(
      command,
      'mfa-cli app check',
      'mfa-cli app check ios/MyApp',
      'mfa-cli app check MyApp.xcodeproj --target MyApp --configuration Debug --p12 cert.p12',
    );
  },
};

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
  const configuration = chooseConfiguration(project, target, options.configuration);
  const certificate = await readCertificate(options, context);
  const { app, findings, steps } = await within(() => {
    const read = readApp(project, target, configuration);
    return { app: read, ...checkApp(read, certificate) };
  });
  return {
    project: path,
    target: textOf(target, 'name') ?? '',
    configuration,
    bundleId: app.bundleId,
    apsEnvironment: app.apsEnvironment,
    certificate: reportOf(certificate),
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

function reportOf(certificate: Certificate | null | undefined): AppCheckReport['certificate'] {
  if (certificate === undefined || certificate === null) return null;
  const { topics, environments } = certificate;
  return { topics, environments };
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
    const step = findings.map(({ code }) => stepOf[code]).find((each) => each !== null);
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
  const warned = findings.some(({ code, level }) => level === 'warning' && stepOf[code] === step);
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
