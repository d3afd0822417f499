import type { OutgoingHttpHeaders } from 'node:http2';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../src/emulator/tenants.ts';
import { openEmulator } from '../support/emulator.ts';
import { pemOf, post } from './apns-client.ts';
import { serviceToken, sessionOf } from './security-session.ts';

type Values = Record<string, unknown>;
type Kept = readonly [name: string, value: unknown];

/** Calls to a tenant of their own, below a title. */
export interface Scene {
  readonly title: string;
  /**
   * A line a call: `WHO [METHOD] PATH [BODY] [-> NAME:MEMBER …]`; blanks at its beginning continue a line, `# …` is kept.
   * - WHO: `admin`, `user`, `service`, `-` for nobody, `$name` of a token, `cookie:$name`, `basic:USER:PASSWORD`, `p12:NAME` for a push,
   *   `page:ORIGIN` (without one the tenant's own), or `site:SEC-FETCH-SITE`.
   * - METHOD: POST unless it is named. `FORM` posts a form, `PUSH` sends a push with these headers.
   * - `$name` stands for a value, `$name {…}` for an object with changes; `NAME:MEMBER` keeps the first member of that name.
   * - `wait N` moves the clock by seconds; after 15 minutes everybody signs in again. `NAME = USER PASSWORD` signs somebody in.
   */
  readonly calls: string;
  readonly options?: Partial<EmulatorOptions>;
  /** A function is given the moment and the other values. */
  readonly values?: Values;
}

/** Plays the scenes one after the other, and compares what was answered with `test/golden/emulator/NAME.txt`. */
export async function expectTranscript(name: string, scenes: readonly Scene[]): Promise<string> {
  const all: string[] = [];
  const seen = new Set<string>();
  for (const scene of scenes) all.push(`## ${scene.title}\n${await play(scene, seen)}`);
  const text = all.join('\n');
  await expect(text).toMatchFileSnapshot(`../golden/emulator/${name}.txt`);
  return text;
}

const callShape =
  /^(\S+) (?:(GET|PUT|HEAD|FORM|PUSH) )?(\S+)(?: (?!->)(.*?))?(?: -> (\w+:\w+(?: \w+:\w+)*))?$/s;

/** @param seen the answers so far, of which a long one is told once */
async function play(
  { calls, options = {}, values: given = {} }: Scene,
  seen: Set<string>,
): Promise<string> {
  let now = new Date('2026-11-24T16:00:00Z');
  const emulator = await openEmulator({ now: () => now, ...options });
  const values: Values = { ...given };
  const told: string[] = [];
  const kept: Kept[] = [];
  try {
    for (const line of calls.trim().replaceAll(/\n +/g, ' ').split(/\n+/)) {
      const [, seconds = 0] = /^wait (\d+)$/.exec(line) ?? [];
      now = new Date(now.getTime() + Number(seconds) * 1000);
      values.now = now;
      if (Number(seconds) >= 900)
        for (const who of ['admin', 'user', 'service']) delete values[who];
      const [, name, user = '', password = ''] = /^(\w+) = (\S+) (\S+)$/.exec(line) ?? [];
      if (name !== undefined) values[name] = await sessionOf(emulator, { user, password });
      if (/^(wait|#) |^\w+ = /.test(line)) told.push(line);
      else told.push(`> ${line}`, await ask(emulator, line, values, kept));
    }
  } finally {
    await emulator.close();
  }
  const long = Object.entries(given).filter(
    ([, value]) => typeof value === 'string' && value.length > 500,
  );
  const lines = told.map((one) => {
    const text = masked(one, emulator, [...kept, ...long]);
    const shape = text.replaceAll(/"\$\w+"/g, '"OPAQUE"');
    const isKnown = text.split('\n').length > 5 && seen.has(shape);
    seen.add(shape);
    return isKnown
      ? `${text.slice(0, 3)} the same once more: ${/^ +\w.*/m.exec(text)?.[0].trim()}`
      : text;
  });
  return `${lines.join('\n')}\n`;
}

/** Makes a call, keeps what it says, and tells the answer. */
async function ask(
  emulator: Emulator,
  line: string,
  values: Values,
  kept: Kept[],
): Promise<string> {
  const [, who = '', method = 'POST', path = '', body = '', keeps = ''] =
    callShape.exec(line) ?? [];
  if (who === '') throw new Error(`not a call: ${line}`);
  const sent = changed(body, values);
  if (method === 'PUSH') return push(emulator, who, filled(path, values), JSON.parse(sent));
  const form = /^(GET|FORM)$/.test(method) ? formOf(sent) : null;
  const query = method === 'GET' && form?.size ? `?${form}` : '';
  const address = new URL(`${filled(path, values)}${query}`, emulator.url);
  const request = fetch(address, {
    method: method === 'FORM' ? 'POST' : method,
    redirect: 'manual',
    headers: {
      ...(await credentials(emulator, who, values)),
      ...(form === null
        ? { 'content-type': 'application/json', 'x-idap-native-client': 'true', oobidpauth: 'true' }
        : {}),
    },
    ...(method === 'FORM'
      ? { body: form }
      : method === 'POST' || method === 'PUT'
        ? { body: sent }
        : {}),
  });
  const response = await request.catch(() => null);
  if (response === null) return 'no answer';
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const moved = response.headers.get('location');
  const { search, hash } = new URL(moved ?? '', emulator.url);
  const answer =
    moved === null
      ? read(text)
      : Object.fromEntries(new URLSearchParams(`${search.slice(1)}&${hash.slice(1)}`));
  for (const [, name = '', member = ''] of keeps.matchAll(/(\w+):(\w+)/g)) {
    values[name] = find(answer, member);
    kept.push([name, values[name]]);
  }
  const facts = [
    ...response.headers.getSetCookie().map((cookie) => `set-cookie: ${cookie}`),
    ...(/^application\/json/.test(type) || text === '' || moved !== null
      ? []
      : [`content-type: ${type || 'none'}`]),
    ...[...keeps.matchAll(/(\w+):\w*token/gi)].map(
      ([, name = '']) => `$${name}: ${claimsOf(values[name])}`,
    ),
  ];
  return [
    `${response.status} ${moved === null ? shown(answer) : `to ${decodeURIComponent(moved)}`}`,
    ...facts,
  ].join('\n');
}

/** A push to the stand-in for APNs: headers, and maybe another body. */
async function push(
  emulator: Emulator,
  who: string,
  path: string,
  { body, ...headers }: OutgoingHttpHeaders,
) {
  const pem = who === '-' ? null : await pemOf(who.replace('p12:', ''));
  const sent = body === undefined ? undefined : String(body);
  const answer = await post(emulator, pem, { ':path': path, ...headers }, sent);
  return `${answer.status} ${answer.body === null ? 'taken' : json(answer.body)} apns-id: ${answer.id}`;
}

async function credentials(
  emulator: Emulator,
  who: string,
  values: Values,
): Promise<Record<string, string>> {
  const [scheme, user = '', password = ''] = who.split(':');
  if (scheme === 'page') return { origin: who.slice(5) || emulator.url };
  if (scheme === 'site') return { origin: emulator.url, 'sec-fetch-site': user };
  if (scheme === 'cookie') return { cookie: `a=b; .ASPXAUTH=${filled(user, values)}` };
  if (scheme === 'basic') return { authorization: `Basic ${btoa(`${user}:${password}`)}` };
  if (who === '-') return {};
  if (who === 'service') values.service ??= await serviceToken(emulator);
  if (who === 'admin') values.admin ??= await sessionOf(emulator);
  if (who === 'user') values.user ??= await sessionOf(emulator, emulator.user);
  return { authorization: `Bearer ${values[who.replace('$', '')]}` };
}

/** A value by its name; what is made of the moment and of the others is made now. */
function valueNow(name: string, { now, ...values }: Values): unknown {
  const value = values[name];
  return typeof value === 'function' ? value(now, values) : value;
}

const filled = (text: string, values: Values): string =>
  text.replaceAll(/\$(\w+)/g, (whole, name) =>
    name in values ? String(valueNow(name, values)) : whole,
  );

/** A body, in which `$name {…}` is an object of the values with changes; null takes a member away. */
function changed(body: string, values: Values): string {
  const [, name = '', changes = '{}'] = /^\$(\w+)(?: (\{.*\}))?$/s.exec(body) ?? [];
  const base = valueNow(name, values);
  if (typeof base !== 'object') return filled(body || '{}', values);
  const all = Object.entries({ ...base, ...JSON.parse(filled(changes, values)) });
  return JSON.stringify(Object.fromEntries(all.filter(([, value]) => value !== null)));
}

const formOf = (sent: string): URLSearchParams =>
  new URLSearchParams(sent.startsWith('{') ? JSON.parse(sent) : sent);

/** What a token of the tenant says, with the seconds of its life. */
function claimsOf(token: unknown): string {
  const [, claims] = String(token).split('.');
  if (claims === undefined) return 'opaque';
  const { iat, exp, jti, auth_time, ...rest } = JSON.parse(
    Buffer.from(claims, 'base64url').toString(),
  );
  return json({
    ...rest,
    seconds: exp - iat,
    ...(auth_time === undefined ? {} : { auth_time: 'TIME' }),
  });
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The first member of that name, at any depth; of a mechanism of that name its ID, or the code that it waits for, and of a page the part with that ID. */
function find(value: unknown, member: string): unknown {
  if (typeof value === 'string') return new RegExp(`id="${member}">([^<]*)<`).exec(value)?.[1];
  if (typeof value !== 'object' || value === null) return undefined;
  const { Name, MechanismId, Mechanism, Code, [member]: named } = value as Values;
  const own = Name === member ? MechanismId : Mechanism === member ? Code : named;
  if (own !== undefined && own !== null) return own;
  for (const part of Object.values(value)) {
    const found = find(part, member);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The vendor's envelope, of which the result alone is told, or the refusal. */
const envelope = {
  ...{
    success: true,
    Result: null,
    Message: null,
    MessageID: null,
    Exception: null,
    ErrorID: null,
  },
  ...{ ErrorCode: null, IsSoftError: false, InnerExceptions: null },
};
const errorId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{32}$/;

/** An answer; in an envelope that is otherwise as always the result alone, or the refusal with its `MessageID` and `ErrorCode`. */
function shown(answer: unknown): string {
  if (typeof answer === 'string')
    return (
      answer.match(/<h1>.*?<\/h1>|<p role="alert">.*?<\/p>/g)?.join(' ') ??
      (answer.slice(0, 100) || 'nothing')
    );
  const { success, Result, Message, MessageID, ErrorCode, ErrorID } = answer as Values;
  const told = { success, Result, Message, MessageID, ErrorCode };
  if (isDeepStrictEqual(answer, { ...envelope, Result })) return `success: ${json(Result)}`;
  const usual = isDeepStrictEqual(answer, { ...envelope, ...told, ErrorID });
  if (!usual || success !== false || !errorId.test(String(ErrorID))) return json(answer);
  const facts = [MessageID, ErrorCode].filter((fact) => fact !== null).map((fact) => ` [${fact}]`);
  return `refused: ${Message}${facts.join('')}${Result === null ? '' : ` ${json(Result)}`}`;
}

interface Rows {
  readonly Results: readonly { readonly Row: Values }[];
  readonly FullCount: number;
}

/** The rows of a query's result, a line each; null of anything else, and of one that is not as all others are. */
function rowsOf(result: unknown, indent: string): string | null {
  if (
    typeof result !== 'object' ||
    result === null ||
    !('Results' in result) ||
    !('FullCount' in result)
  )
    return null;
  const { Results, FullCount } = result as Rows;
  const [names, IsForeignKey] = [Object.keys(Results[0]?.Row ?? {}), false];
  const usual = {
    ...{ IsAggregate: false, Count: Results.length, FullCount, ReturnID: '' },
    Columns: names.map((Name) => ({ Name, Title: Name, IsHidden: false })),
    Results: Results.map(({ Row }) => ({
      Entities: [{ Type: null, Key: Object.values(Row)[0], IsForeignKey }],
      Row,
    })),
  };
  if (!isDeepStrictEqual(result, usual)) return null;
  const rows = Results.map(({ Row }) => `\n${indent}  ${json(Row, `${indent}  `)}`);
  return `${Results.length} of ${FullCount} rows${rows.join('')}`;
}

/** On one line, or a member a line. */
function json(value: unknown, indent = ''): string {
  const rows = rowsOf(value, indent);
  if (rows !== null) return rows;
  const line = JSON.stringify(value);
  if (indent.length + line.length < 110 || typeof value !== 'object' || value === null) return line;
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((part) => json(part, inner))
    : Object.entries(value).map(([name, part]) => `${name}: ${json(part, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${parts.map((part) => `${inner}${part}\n`).join('')}${indent}${close}`;
}

/** What differs from one run to the next, by its name or kind. */
function masked(text: string, { url, apns }: Emulator, named: readonly Kept[]): string {
  let all = text;
  for (const [name, value] of named) {
    // As a whole word: a short code stands in other texts by chance.
    const whole = String(value)
      .slice(0, 10_000)
      .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if (whole.length > 3)
      all = all.replaceAll(new RegExp(`(?<![\\w-])${whole}(?![\\w-])`, 'g'), () => `$${name}`);
  }
  return all
    .replaceAll(/%7B[^"]*/g, (text) => decodeURIComponent(text).replaceAll('"', "'"))
    .replaceAll(/(?<=\bmilliseconds"?: ?)[\d.]+/g, 'N')
    .replaceAll(/(?<="GeneratedAuthValue":)"\d\d"|(?<="Code":)"\d{6}"/g, '"CODE"')
    .replaceAll(/(?<=\bNumber to match: )\d\d\b/g, 'CODE')
    .replaceAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'JWT')
    .replaceAll(
      /\b(?!c0ffee00|09b9a9b0)[0-9a-f]{8}([-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}\b/gi,
      'UUID',
    )
    .replaceAll(
      /(?<=["'=])(?:(?![\da-f]{8}[-_])[\w+/-]{32,}={0,2}|[\w+/]{27}=)(?=["'&;]|$)/gim,
      'OPAQUE',
    )
    .replaceAll(url, 'TENANT')
    .replaceAll(apns.host, 'APNS')
    .replaceAll(`:${new URL(url).port}`, ':PORT');
}
