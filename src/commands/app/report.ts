import { formatFields, inParts } from '../../report/fields.ts';
import { countConcerns, formatJudged } from '../../report/findings.ts';
import type { Mark, Style } from '../../terminal/style.ts';
import { count } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';
import type { AppCertificate } from './certificate.ts';
import { type AppFinding, type AppStep, steps as guide, stepOf } from './finding.ts';

/** A text that was looked for in a program. */
interface SoughtText {
  readonly text: string;
  /** Null: it was not found, which says nothing. */
  readonly found: true | null;
}

interface ReportedProfile {
  readonly name: string | null;
  /** The Apple teams that it is for. */
  readonly teams: readonly string[];
  readonly apsEnvironment: string | null;
  /** ISO 8601 */
  readonly expires: string;
}

/** An app as it was built and signed. */
export interface ReportedBuild {
  /** The archive or folder, as it was given. */
  readonly file: string;
  /** The folder of the app within it; empty: it is the app. */
  readonly place: string;
  readonly version: string | null;
  readonly build: string | null;
  /** The Apple team that signed it. */
  readonly team: string | null;
  /** Null: the app contains none. */
  readonly profile: ReportedProfile | null;
  readonly texts: readonly SoughtText[];
}

interface JudgedStep {
  readonly step: AppStep;
  readonly title: string;
  /** Whether it has no finding of level error; null: not checked. */
  readonly ok: boolean | null;
}

export interface AppCheckReport {
  /** The .xcodeproj; null: a built app was checked. */
  readonly project: string | null;
  readonly target: string | null;
  readonly configuration: string | null;
  /** Null: a project was checked. */
  readonly app: ReportedBuild | null;
  readonly bundleId: string | null;
  /** `development` or `production`, from the entitlements. */
  readonly apsEnvironment: string | null;
  /** Null: none was given and none is on record, or the .p12 contains none. */
  readonly certificate: AppCertificate | null;
  readonly steps: readonly JudgedStep[];
  readonly notChecked: readonly string[];
  readonly findings: readonly AppFinding[];
  readonly ok: boolean;
}

function markOf({ step, ok }: JudgedStep, findings: readonly AppFinding[]): Mark {
  if (ok === null) return 'info';
  if (!ok) return 'error';
  const isWarned = findings.some((each) => each.level === 'warning' && stepOf(each) === step);
  return isWarned ? 'warning' : 'ok';
}

export function format(report: AppCheckReport, style: Style): string {
  const { findings, steps } = report;
  const marks = steps.map((step) => {
    const words = step.ok === null ? `${step.title} (not checked)` : step.title;
    return `${style.mark(markOf(step, findings), words)}\n`;
  });
  const judged = findings.map((each) =>
    formatJudged(each, style, each.line === null ? each.file : `${each.file}:${each.line}`),
  );
  const shown = fieldsOf(report).map(([name, value]) => [name, onOneLine(value)] as const);
  return inParts(
    formatFields(shown, style),
    `${marks.join('')}${found(report, style)}${notLookedAt(report, style)}`,
    judged.join('\n'),
    `${verdict(report, style)}\n`,
  );
}

function fieldsOf(report: AppCheckReport): readonly (readonly [name: string, value: string])[] {
  const { project, target, configuration, app, bundleId, apsEnvironment, certificate } = report;
  const fields: [string, string][] = [];
  if (app === null)
    fields.push(['Project', project ?? ''], ['Target', `${target}, ${configuration}`]);
  else {
    fields.push(
      ['App', app.file],
      ['Version', `${app.version ?? 'none'} (${app.build ?? 'none'})`],
    );
    fields.push(['Team', app.team ?? 'none']);
  }
  fields.push(['Bundle ID', bundleId ?? 'none'], ['aps-environment', apsEnvironment ?? 'none']);
  const profile = app?.profile;
  if (profile)
    fields.push(['Profile', `${profile.name ?? 'unnamed'}, until ${profile.expires.slice(0, 10)}`]);
  if (certificate !== null) {
    const where = certificate.from === 'ledger' ? ', by the record' : '';
    fields.push(['Topics', `${certificate.topics.join(', ') || 'none'}${where}`]);
  }
  return fields;
}

/** The texts that a program contains. */
function found({ app }: AppCheckReport, style: Style): string {
  const texts = app?.texts.filter((each) => each.found === true).map(({ text }) => text) ?? [];
  return texts.length === 0
    ? ''
    : `${style.mark('info', `Found in the program: ${texts.join(', ')}.`)}\n`;
}

function notLookedAt({ notChecked, steps }: AppCheckReport, style: Style): string {
  const titles = new Set<string>(steps.map(({ title }) => title));
  const others = notChecked.filter((name) => !titles.has(name));
  return `${style.mark('info', `Not looked at: ${others.join('; ')}.`)}\n`;
}

/** The first error is the worst, but what an app can do without comes last. */
function verdict(report: AppCheckReport, style: Style): string {
  const { findings, steps, ok } = report;
  const counts = countConcerns(findings);
  if (!ok) return style.verdict('error', `${failure(findings)} (${counts}).`);
  const unjudged = steps.filter((step) => step.ok === null).length;
  const left = unjudged === 0 ? '' : `${count(unjudged, 'step')} not checked`;
  const concerns = [counts, left].filter((part) => part !== '').join(', ');
  return concerns === ''
    ? style.verdict('ok', success(report))
    : style.verdict('warning', `No error was found in what was checked (${concerns}).`);
}

function failure(findings: readonly AppFinding[]): string {
  const errors = findings.filter(({ level }) => level === 'error').map(stepOf);
  const failed = errors.flatMap((step) => (step === null ? [] : guide[step]));
  const worst = failed.find(({ isNeeded }) => isNeeded) ?? failed[0];
  const what =
    worst?.isNeeded === false
      ? 'The app does not follow the guide'
      : 'The app cannot approve sign-ins yet';
  return worst === undefined ? what : `${what}: ${worst.effect}`;
}

function success({ app, apsEnvironment, certificate }: AppCheckReport): string {
  if (app === null) return 'The app follows the guide.';
  const signed = `The app is signed for pushes in ${apsEnvironment}`;
  return certificate === null ? `${signed}.` : `${signed}, and the certificate fits it.`;
}
