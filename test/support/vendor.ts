import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A request of one of the vendor's clients. */
export interface VendorRequest {
  readonly name: string;
  readonly method: string;
  /** As sent, doubled slashes included. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

export type Values = Readonly<Record<string, unknown>>;
type Client = 'ios-sdk' | 'android-sdk' | 'identity-command';

/** A client's request for that purpose, with these values of a session. */
export function vendorRequest(client: Client, name: string, values: Values): VendorRequest {
  const requests = readFixture(client) as readonly VendorRequest[];
  const request = requests.find((known) => known.name === name);
  if (request === undefined) throw new Error(`${client} has no ${name}`);
  return fill(request, values) as VendorRequest;
}

/** A tenant's answer, with these values of a session. */
export function vendorAnswer(name: string, values: Values = {}): unknown {
  return fill((readFixture('answers') as Values)[name], values);
}

/** Path and query, percent-encoded. */
export function targetOf({ path, query = {} }: VendorRequest): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

/** Sends it, and returns status and JSON of the answer. */
export async function sendAs(
  origin: string,
  request: VendorRequest,
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const { method, headers, body } = request;
  const response = await fetch(`${origin}${targetOf(request)}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function readFixture(name: string): unknown {
  const path = fileURLToPath(new URL(`../fixtures/vendor/${name}.json`, import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** A value that is only a `{word}` takes the type of its replacement. */
function fill(value: unknown, values: Values): unknown {
  if (typeof value === 'string') {
    const whole = /^\{(\w+)\}$/.exec(value)?.[1];
    if (whole !== undefined) return standsFor(whole, values);
    return value.replace(/\{(\w+)\}/g, (_, word: string) => String(standsFor(word, values)));
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, fill(member, values)]),
  );
}

function standsFor(word: string, values: Values): unknown {
  if (!Object.hasOwn(values, word)) throw new Error(`nothing is given for {${word}}`);
  return values[word];
}
