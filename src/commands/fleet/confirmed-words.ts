import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { ReadBy } from '../../text/json.ts';
import { count } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';
import { shellWord } from '../../text/shell.ts';
import type { Fleet, FleetTenant, P12Source, SecretSource, SignIn } from './file/fleet.ts';
import { grouped } from './grouped.ts';

/**
 * A source by its words as written in the file, as other words may mean another file, and
 * the hosts that get the result.
 */
export const source = v.object({
  kind: v.picklist(['key', 'topic', 'client', 'file', 'variable', 'profile', 'program']),
  words: v.array(v.string()),
  hosts: v.array(v.string()),
});
export type Source = ReadBy<typeof source>;

/**
 * Before the words of a source. In display order: programs come last, next to the
 * question.
 */
const verbs: Readonly<Record<Source['kind'], string>> = {
  key: 'names the client app key',
  topic: 'names the topic',
  client: 'signs in as',
  file: 'reads the file',
  variable: 'reads the variable',
  profile: 'signs in with the profile',
  program: 'runs the program',
};

/** Everything to confirm, in display order. */
export function confirmable({ tenants }: Fleet): readonly Source[] {
  const order = Object.keys(verbs);
  const named = [...usedSources(tenants), ...namedWords(tenants)];
  const groups = grouped(
    named,
    ({ kind, words }) => `${order.indexOf(kind)} ${JSON.stringify(words)}`,
  );
  const sorted = [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([, [first, ...same]]) => {
    const { kind, words, hosts } = first as Source;
    const all = [hosts, ...same.map((each) => each.hosts)].flat();
    return { kind, words, hosts: [...new Set(all)].sort() };
  });
}

/** By the object first: many tenants share a certificate, whose command may be long. */
function usedSources(tenants: readonly FleetTenant[]): readonly Source[] {
  const uses = tenants.flatMap(({ url, certificate, signIn }) => {
    const all = [certificate?.p12, certificate?.password, secretOf(signIn)];
    return all.flatMap((used) => (used == null ? [] : { used, host: url }));
  });
  return [...grouped(uses, ({ used }) => used)].map(([each, same]) => ({
    ...wordsOf(each),
    hosts: same.map(({ host }) => host),
  }));
}

type NamedProfile = Extract<SignIn, { profile: string }>;

/** The profile, or the source of the secret, that a sign-in uses. */
function secretOf(signIn: SignIn): SecretSource | NamedProfile {
  if ('token' in signIn) return signIn.token;
  return 'profile' in signIn ? signIn : signIn.clientSecret;
}

/** The words that reach a tenant and the record as they stand there. */
function namedWords(tenants: readonly FleetTenant[]): readonly Source[] {
  return tenants.flatMap(({ url, certificate, clientAppKey, signIn }) => {
    const topic = certificate?.topic ?? null;
    const key = clientAppKey ?? topic;
    const hosts = [url];
    const named: Source[] = [];
    if (key !== null) named.push({ kind: 'key', words: [key], hosts });
    if (topic !== null && topic !== key) named.push({ kind: 'topic', words: [topic], hosts });
    const client = clientWords(signIn);
    if (client !== null) named.push({ kind: 'client', words: client, hosts });
    return named;
  });
}

/**
 * Whom a service user's sign-in names, and what it asks for; null: it is another sign-in.
 */
function clientWords(signIn: SignIn): readonly string[] | null {
  if (!('clientSecret' in signIn)) return null;
  const { clientId, appId, scope, platformToken } = signIn;
  return [
    `client-id=${clientId}`,
    ...(appId === null ? [] : [`app-id=${appId}`]),
    ...(scope === null ? [] : [`scope=${scope}`]),
    ...(platformToken ? ['platform-token'] : []),
  ];
}

function wordsOf(used: P12Source | SecretSource | NamedProfile): Pick<Source, 'kind' | 'words'> {
  if ('env' in used) return { kind: 'variable', words: [used.env] };
  if ('profile' in used) return { kind: 'profile', words: [used.profile] };
  if ('command' in used)
    return { kind: 'program', words: [used.written, ...used.command.slice(1)] };
  return { kind: 'file', words: [used.written] };
}

export function hashOf(sources: readonly Source[]): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(sources)).digest('hex')}`;
}

/** A source with all its hosts, on a line that says everything. */
export function formatSource(each: Source): string {
  return sourceLine(each, hostNames(each.hosts));
}

/** Shows a program as a program, however many words it has. */
function sourceLine({ kind, words }: Source, hosts: string): string {
  return onOneLine(
    `  ${verbs[kind]} ${words.map((word) => shellWord(word)).join(' ')} for ${hosts}`,
  );
}

function hostNames(hosts: readonly string[]): string {
  const names = hosts.map((host) => host.replace(/^https:\/\//, ''));
  return names.toSorted(byNumber).join(', ');
}

/** `tenant-2` before `tenant-10`. */
function byNumber(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

/** Fewer hosts than these are repeated rather than named. */
const fewHosts = 4;

/**
 * The sources for a question. Hosts that several sources share are listed once, with a
 * name.
 */
export function formatSources(sources: readonly Source[]): readonly string[] {
  const all = new Set(sources.flatMap(({ hosts }) => hosts));
  const groups = [...grouped(sources, ({ hosts }) => hosts.join(' '))]
    .filter(([, same]) => same.length > 1 && (same[0]?.hosts.length ?? 0) >= fewHosts)
    .map(([key, [first]]) => ({ key, hosts: first?.hosts ?? [] }));
  const parts = groups.filter(({ hosts }) => hosts.length < all.size);
  const nameOf = (hosts: readonly string[]): string | null => {
    if (!groups.some(({ key }) => key === hosts.join(' '))) return null;
    if (hosts.length === all.size) return `all ${all.size} hosts`;
    return `group ${parts.findIndex(({ key }) => key === hosts.join(' ')) + 1}`;
  };
  const named = groups.flatMap(({ hosts }) => [
    `  ${nameOf(hosts)}:`,
    `    ${onOneLine(hostNames(hosts))}`,
  ]);
  const lines = inOrder(sources).map((each) =>
    sourceLine(each, nameOf(each.hosts) ?? hostNames(each.hosts)),
  );
  return [...named, ...lines];
}

/** In display order, numbers by their value. */
function inOrder(sources: readonly Source[]): readonly Source[] {
  const order = Object.keys(verbs);
  return sources.toSorted(
    (one, other) =>
      order.indexOf(one.kind) - order.indexOf(other.kind) ||
      byNumber(one.words.join(' '), other.words.join(' ')),
  );
}

/** The most lines to show without a question. */
const shownLines = 20;

export function shortened(all: readonly string[]): readonly string[] {
  const more = all.length - shownLines;
  const shown = all
    .slice(-shownLines)
    .map((line) => (line.length > 300 ? `${line.slice(0, 300)}…` : line));
  return more > 0 ? [`  … ${count(more, 'more source')}, and`, ...shown] : shown;
}

/** Everything to confirm, or only the changes since the last time. */
export function differences(
  name: string,
  agreed: readonly Source[],
  sources: readonly Source[],
): readonly string[] {
  const missing = (some: readonly Source[], others: readonly Source[]): readonly Source[] => {
    const keyOf = ({ kind, words }: Source): string => JSON.stringify([kind, words]);
    const known = new Map(others.map((each) => [keyOf(each), new Set(each.hosts)]));
    return some.flatMap((each) => {
      const before = known.get(keyOf(each));
      const hosts = each.hosts.filter((host) => before?.has(host) !== true);
      return hosts.length === 0 ? [] : [{ ...each, hosts }];
    });
  };
  const added = formatSources(missing(sources, agreed));
  const gone = formatSources(missing(agreed, sources));
  if (agreed.length === 0) return [`${name} does this on this machine:`, ...added];
  return [
    ...(added.length > 0 ? [`New in ${name} since you last trusted it:`, ...added] : []),
    ...(gone.length > 0 ? ['No longer in it:', ...gone] : []),
  ];
}
