import type { PastRequest } from '../../change/history.ts';
import { formatProof } from '../../change/prove-by-push.ts';
import { wordsAgainst } from '../../change/reach-words.ts';
import type { Context } from '../../context.ts';
import { formatDaysLeft, inParts } from '../../report/fields.ts';
import { concerns, formatJudged } from '../../report/findings.ts';
import { formatTable } from '../../report/table.ts';
import type { Style } from '../../terminal/style.ts';
import { capitalized, count } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';
import type { Fleet } from './file/fleet.ts';
import { grouped } from './grouped.ts';
import { isUnanswered, type PlannedTenant } from './plan-fleet.ts';
import {
  changes,
  type FleetAction,
  type FleetReport,
  type FleetReportTenant,
  isUnfinished,
  unreached,
} from './report.ts';

const actionWords: Readonly<Record<FleetAction, string>> = {
  set: 'to set',
  replace: 'to replace',
  delete: 'to delete',
  same: 'unchanged',
  absent: 'absent',
  blocked: 'blocked',
  unknown: 'unknown',
};

function countActions(counts: FleetReport['counts']): string {
  const parts = (Object.keys(actionWords) as FleetAction[])
    .filter((action) => counts[action] > 0)
    .map((action) => `${counts[action]} ${actionWords[action]}`);
  return parts.join(', ');
}

/**
 * Changes and blocked tenants only.
 * @param most rows, or none are shown; given if something is sent in any case
 */
export function formatPlan(report: FleetReport, style: Style, most: number | null = null): string {
  const { tenants, counts } = report;
  const shown = tenants.filter(({ action }) => changes(action) || action === 'blocked');
  const isShown = shown.length > 0 && shown.length <= (most ?? shown.length);
  const isIdle =
    most === null &&
    !tenants.some(({ action }) => changes(action)) &&
    counts.blocked + counts.unknown === 0;
  return inParts(
    `${planVerdict(report, style, isIdle)}\n`,
    isShown ? formatRows(shown, style) : '',
    formatConcernsOf(tenants, style),
    formatFailures(tenants, style),
    counts.blocked === 0 ? '' : 'Nothing is sent to any tenant while one is blocked.\n',
    formatSavedPlan(report),
  );
}

function formatSavedPlan({ plan }: FleetReport): string {
  if (plan == null) return '';
  const file = onOneLine(plan.file);
  const until = `${plan.validUntil.slice(0, 16).replace('T', ' ')} UTC`;
  return `The plan ${file} is valid until ${until}.\n${plan.hash}\n`;
}

function planVerdict(
  { counts, tenants, shard }: FleetReport,
  style: Style,
  isIdle: boolean,
): string {
  const part = shard === null ? '' : ` (shard ${shard})`;
  if (tenants.length === 0)
    return style.verdict('ok', `The ${shard === null ? 'fleet' : 'shard'} has no tenants`);
  const selected = `${count(tenants.length, 'tenant')}${part}`;
  const doubt = doubtAbout(tenants);
  if (isIdle && doubt !== null) return style.verdict('warning', `Nothing to do, but ${doubt}`);
  if (isIdle) return style.verdict('ok', `Nothing to do. ${selected} unchanged`);
  const words = `${selected}: ${countActions(counts)}`;
  if (counts.blocked + counts.unknown > 0) return style.verdict('error', words);
  return style.bold(words);
}

/**
 * Why pushes will not reach phones at tenants that have their certificate; null: nothing
 * says so.
 */
function doubtAbout(tenants: readonly FleetReportTenant[]): string | null {
  const doubted = unreached(tenants);
  const place = ` at ${listOf(doubted.map(({ name }) => name))}`;
  return wordsAgainst(doubted[0]?.against ?? [], { subject: 'pushes', place });
}

function formatRows(tenants: readonly FleetReportTenant[], style: Style): string {
  const rows = tenants.map(
    ({ action, name, tenant, clientAppKey, certificate, notAfter, daysLeft }) => [
      action === 'blocked' || action === 'delete' ? style.red(action) : style.cyan(action),
      name,
      tenant,
      clientAppKey ?? '-',
      certificate ?? 'none',
      notAfter === null || daysLeft === null ? '-' : formatDaysLeft(notAfter, daysLeft, style),
    ],
  );
  const least = ['Tenant', 'Certificate', 'Client app key', 'Valid until'];
  const head = ['Action', 'Name', 'Tenant', 'Client app key', 'Certificate', 'Valid until'];
  return formatTable(head, rows, style, { least, long: ['Name'] });
}

function distinct(tenants: readonly FleetReportTenant[]) {
  return byWords(
    tenants.flatMap(({ name, certificate, findings }) =>
      concerns(findings).map(
        (finding) => [`${certificate} ${finding.code} ${finding.message}`, finding, name] as const,
      ),
    ),
  );
}

function formatConcernsOf(tenants: readonly FleetReportTenant[], style: Style): string {
  return inParts(
    ...distinct(tenants).map(({ thing, names }) =>
      formatJudged(thing, style, placeOf(names, tenants.length)),
    ),
  );
}

/** Some tenants of that many. */
function placeOf(names: readonly string[], total: number): string {
  return names.length > 1 && names.length === total ? `all ${total} tenants` : listOf(names);
}

/** Things grouped by their words, each once, with the names that it concerns. */
function byWords<Thing>(found: readonly (readonly [words: string, thing: Thing, name: string])[]) {
  return [...grouped(found, ([words]) => words).values()].flatMap((same) =>
    same.slice(0, 1).map(([, thing]) => ({ thing, names: same.map(([, , name]) => name) })),
  );
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

interface Failed {
  readonly name: string;
  readonly error: NonNullable<FleetReportTenant['error']>;
}

/**
 * Each failure once, with its tenants; below those with the same hints, the hints, with
 * the tenants again.
 */
function formatFailures(tenants: readonly FleetReportTenant[], style: Style): string {
  const failed = tenants.flatMap(({ name, error }) => (error === null ? [] : { name, error }));
  const alike = grouped(failed, ({ error }) => error.hints.join('\n'));
  return [...alike.values()].map((group) => formatAlike(group, tenants.length, style)).join('');
}

/**
 * Failures with the same hints.
 * @param total the number of tenants
 */
function formatAlike(failed: readonly Failed[], total: number, style: Style): string {
  const hints = failed[0]?.error.hints ?? [];
  const names = failed.map(({ name }) => name);
  // A hint for all tenants needs no names.
  const place = names.length === total ? '' : `${listOf(names)}: `;
  const found = failed.map(({ name, error }) => {
    // The lines below a sentence, such as those of a refusal of trust, are in a note
    // already.
    const [sentence] = error.message.split('\n', 1);
    const words = `${sentence} ${style.dim(`[${error.code}]`)}`;
    return [words, { words, code: error.code }, name] as const;
  });
  const lines = byWords(found).map(({ thing, names: at }) => {
    const mark = thing.code === 'outcome-unknown' ? 'warning' : 'error';
    return `${style.mark(mark, `${placeOf(at, total)}: ${thing.words}`)}\n`;
  });
  return [...lines, ...hints.map((hint) => `  ${place}${hint}\n`)].join('');
}

export function formatApplied(report: FleetReport, style: Style): string {
  const { tenants, counts } = report;
  if (counts.blocked > 0) return formatPlan(report, style);
  const waiting = tenants.filter((tenant) => isUnfinished(tenant) && tenant.error === null);
  const names = listOf(waiting.map(({ name }) => name));
  return inParts(
    `${appliedVerdict(report, waiting.length, style)}\n`,
    report.proof === undefined ? '' : formatProof(report.proof, style),
    `${formatFailures(tenants, style)}${unchangedSentence(tenants)}`,
    unprovenSentence(tenants),
    waiting.length === 0 ? '' : `Not started: ${names}. Run the command again to finish.\n`,
  );
}

function unchangedSentence(tenants: readonly FleetReportTenant[]): string {
  const failed = tenants.filter(
    ({ action, sent, error }) => changes(action) && sent === false && error !== null,
  );
  const names = listOf(failed.map(({ name }) => name));
  return names === '' ? '' : `Whatever was set before at ${names} is unchanged.\n`;
}

/** Of the certificates that nothing speaks against. */
function unprovenSentence(tenants: readonly FleetReportTenant[]): string {
  const unproven = tenants.filter(
    ({ certificate, sent, action, reach }) =>
      certificate !== null && (sent === true || action === 'same') && reach === 'not-known',
  );
  const names = listOf(unproven.map(({ name }) => name));
  return names === '' ? '' : `Not proven for ${names}: no approved push in its app is on record.\n`;
}

/** `4 set, 7 unknown, 180 not started, 9 unchanged` */
function appliedVerdict(
  { ok, counts, tenants }: FleetReport,
  notStarted: number,
  style: Style,
): string {
  const { sent, unanswered, failed, unknown } = counts;
  const deleted = tenants.filter(
    (one) => one.sent === true && (one.action === 'delete' || one.action === 'absent'),
  ).length;
  const parts = [
    [sent - deleted, 'set'],
    [deleted, 'deleted'],
    [unanswered, 'unknown'],
    [failed - unanswered, 'failed'],
    [notStarted, 'not started'],
    [unknown, 'not checked (file not trusted)'],
    [tenants.length - sent - failed - notStarted - unknown, 'unchanged'],
  ] as const;
  const words = parts.filter(([number]) => number > 0).map((part) => part.join(' '));
  const did = words.join(', ') || '0 set';
  const doubt = doubtAbout(tenants);
  if (doubt === null) return style.verdict(ok ? 'ok' : 'error', did);
  const isAllDone = failed + notStarted + unknown === 0;
  if (isAllDone) return style.verdict('warning', `${did}, but ${doubt}`);
  return style.verdict('error', `${did}. ${capitalized(doubt)}`);
}

function isSet(request: PastRequest | null): boolean {
  return request?.outcome === 'done' && request.line.asked === 'set';
}

export function notePlan(
  planned: readonly PlannedTenant[],
  wholeFleet: Fleet,
  { terminal }: Context,
): void {
  const note = (
    which: (item: PlannedTenant) => boolean,
    sentence: (names: string) => string,
  ): void => {
    const names = planned.filter(which).map(({ tenant }) => tenant.name);
    if (names.length > 0) terminal.note(sentence(listOf(names)));
  };
  note(
    (item) => isUnanswered(item) && item.action !== 'delete',
    (names) =>
      `${names}: the outcome of the last request is unknown. ` +
      'It is sent again, which makes its key the one in use.',
  );
  note(
    (item) => isUnanswered(item) && item.action === 'delete',
    (names) =>
      `${names}: the outcome of the last deletion is unknown. ` +
      'It is sent again, unless the tenant reports that the key is gone. ' +
      'That also deletes a certificate set since by another machine.',
  );
  note(
    ({ action, previous }) => action === 'set' && isSet(previous),
    (names) => `${names}: apply sets the same certificate again, to make its key the one in use.`,
  );
  const losing = new Set(
    planned.flatMap(({ tenant, action }) => (action === 'delete' ? tenant.url : [])),
  );
  const selected = new Set(planned.map(({ tenant }) => tenant.name));
  const left = wholeFleet.tenants.filter(
    ({ name, url, certificate }) => certificate !== null && losing.has(url) && !selected.has(name),
  );
  if (left.length === 0) return;
  const names = listOf(left.map(({ name }) => name));
  terminal.warn(`Deleting another key of the tenant may end pushes for ${names}`);
  terminal.note(`Also select ${names}, so that the key in use is set again.`);
}
