import * as v from 'valibot';
import { isLoopback } from '../network/proxy.ts';
import { instant, parseShortJson } from '../text/json.ts';
import { isRecorded, type RecordedCode } from './objections.ts';

/**
 * The subject of a line: a change of a key at a tenant, a proof of it, or an alert that
 * was sent.
 */
type Asked = 'set' | 'delete' | 'prove' | 'alert';

/** The Apple team in a certificate. */
interface LedgerTeam {
  readonly id: string | null;
  readonly name: string | null;
}

/**
 * The facts of a line about a key at a tenant, before it has an id and a time. Null: does
 * not apply.
 */
export interface LedgerFacts {
  /** The tenant's URL. */
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly asked: Asked;
  readonly topic: string | null;
  /** SHA-256 of the leaf's DER, 64 lower-case hex. */
  readonly fingerprint: string | null;
  /** ISO 8601 */
  readonly notBefore: string | null;
  /** ISO 8601 */
  readonly notAfter: string | null;
  /** The environments that the certificate serves. */
  readonly environments: readonly string[] | null;
  /** The environment that was asked for. */
  readonly environment: string | null;
  readonly team: LedgerTeam | null;
  /** The objections that were known when it was set; written if there are any. */
  readonly against: readonly RecordedCode[];
  /** Who was signed in; only in the machine's ledger. */
  readonly by: string | null;
  readonly owner: string | null;
  readonly ticket: string | null;
  /** The form in which the tenant took the parameters. */
  readonly sentAs: string | null;
  /**
   * How far a set or a delete has come: `sending` (on the disk before the request
   * leaves), `done`, `unknown` or `not-done`; of a proof its own word; of an alert its
   * stage in days.
   */
  readonly outcome: string;
  /** Whether the app was confirmed; written for a proof alone. */
  readonly appConfirmed: boolean | null;
  /**
   * The hash of the saved plan that it was done under, or null; written if there is one.
   */
  readonly plan: string | null;
  /** The id of the first line about the same request; null in that line. */
  readonly of: string | null;
}

/** A line of a ledger. Holds no secret. */
export interface LedgerLine extends LedgerFacts {
  readonly id: string;
  /**
   * ISO 8601 with milliseconds, in UTC. Later than every line before it about this
   * tenant.
   */
  readonly at: string;
}

/** The most bytes of a line: a hundred times more than an ordinary one has. */
export const longestLine = 64 * 1024;

const text = v.nullish(v.string(), null);
const date = v.nullish(instant, null);

/** Of the present form alone: times are compared and written again. */
const moment = v.pipe(instant, v.check(isMoment, 'no ISO 8601 with milliseconds in UTC'));

/** False for a text without a date, of which a Date has no ISO form. */
function isMoment(at: string): boolean {
  const read = Date.parse(at);
  return !Number.isNaN(read) && new Date(read).toISOString() === at;
}

const tenant = v.pipe(v.string(), v.check(isTenantOrigin, 'no tenant URL'));

function isRecordedText(value: unknown): boolean {
  return typeof value === 'string' && isRecorded(value);
}

const facts = {
  id: v.pipe(v.string(), v.nonEmpty(), v.maxLength(100)),
  at: moment,
  tenant,
  clientAppKey: v.string(),
  topic: text,
  fingerprint: v.nullish(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), null),
  notBefore: date,
  notAfter: date,
  environments: v.nullish(v.array(v.string()), null),
  environment: text,
  team: v.nullish(v.object({ id: text, name: text }), null),
  against: v.optional(v.array(v.custom<RecordedCode>(isRecordedText)), []),
  by: text,
  owner: text,
  ticket: text,
  sentAs: text,
  appConfirmed: v.nullish(v.boolean(), null),
  plan: text,
  of: text,
};

const line = v.variant('asked', [
  v.object({
    ...facts,
    asked: v.picklist(['set', 'delete']),
    outcome: v.picklist(['sending', 'done', 'unknown', 'not-done']),
  }),
  v.object({
    ...facts,
    asked: v.literal('prove'),
    outcome: v.pipe(v.string(), v.nonEmpty()),
  }),
  v.object({
    ...facts,
    asked: v.literal('alert'),
    outcome: v.pipe(v.string(), v.regex(/^\d{1,5}$/)),
  }),
]);

/**
 * The line in a text of `longestLine` at most; null if it is none, or none that this
 * version understands. So short a text exceeds no limit of `parseJson`, and nothing walks
 * its depth.
 */
export function decodeLine(given: string): LedgerLine | null {
  const read = v.safeParse(line, parseShortJson(given));
  return read.success ? read.output : null;
}

/**
 * By its form alone: a foreign ledger may have any text. Plain http is for loopback
 * hosts.
 */
function isTenantOrigin(text: string): boolean {
  const [, scheme, host = ''] = /^(https?):\/\/([^\s/?#@\\]+?)(?::\d{1,5})?$/.exec(text) ?? [];
  return scheme === 'https' || (scheme === 'http' && isLoopback(host));
}

/** Whether a reader takes a line. */
export function isLine(given: LedgerLine): boolean {
  return v.is(line, given);
}

/**
 * A line with its line break. Writes the members of the format and no other, whatever is
 * given.
 */
export function encodeLine(given: LedgerLine): string {
  const { team } = given;
  const members = {
    id: given.id,
    at: given.at,
    tenant: given.tenant,
    clientAppKey: given.clientAppKey,
    asked: given.asked,
    topic: given.topic,
    fingerprint: given.fingerprint,
    notBefore: given.notBefore,
    notAfter: given.notAfter,
    environments: given.environments,
    environment: given.environment,
    team: team === null ? null : { id: team.id, name: team.name },
    against: given.against.length > 0 ? given.against : undefined,
    by: given.by,
    owner: given.owner,
    ticket: given.ticket,
    sentAs: given.sentAs,
    outcome: given.outcome,
    appConfirmed: given.asked === 'prove' ? given.appConfirmed : undefined,
    plan: given.plan ?? undefined,
    of: given.of,
  };
  return `${JSON.stringify(members)}\n`;
}

/** Milliseconds since 1970: the latest that a Date can have. */
export const latestMoment = 8.64e15;

/**
 * The moment of a line that is written now, after a line of `latest`; both in
 * milliseconds.
 */
export function momentAfter(now: number, latest: number | undefined): number {
  if (latest === undefined || now > latest) return now;
  return Math.min(latest + 1, latestMoment);
}

/** The facts that a later line about the same request has of its own. */
export interface LaterFacts {
  readonly outcome: string;
  /** Left out: as before. */
  readonly sentAs?: string | null;
}

/**
 * The facts of a later line about the request of `line`, which may be a later one itself.
 */
export function laterFacts(line: LedgerLine, later: LaterFacts): LedgerFacts {
  const { id, at: _, ...same } = line;
  const { outcome, sentAs = line.sentAs } = later;
  return { ...same, outcome, sentAs, of: line.of ?? id };
}
