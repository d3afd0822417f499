import { Secret } from '../secret.ts';
import { mask, masked } from '../text/mask.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { parseJson } from './json.ts';

/** Names of members and settings whose values nobody may read: `APNSPass`, `access_token`, `com.example_APNSCert`. */
const secretName =
  /(password|passphrase|secret|apnspass|apnscert|(^|access|refresh|id)_?token|code_verifier|api_?key|private_?key|secret_?key|otpkey|otpcode|usercert)$/i;
const secretHeaders = ['set-cookie', 'authorization'];

/** The secrets that a JSON document holds, found by the names of its members. */
export function secretsIn(document: unknown): readonly Secret[] {
  const found: Secret[] = [];
  mapSecrets(document, (value) => {
    found.push(new Secret(value));
    return value;
  });
  return found;
}

/** The secrets that a request bears: its credentials, and those that its query and its body name, JSON or a form. */
export function secretsSent({ url, headers = {}, body = '' }: HttpRequest): readonly Secret[] {
  const [, credentials] = / (\S+)$/.exec(headers.authorization ?? '') ?? [];
  const document = parseJson(body) ?? Object.fromEntries(new URLSearchParams(body));
  return [
    ...(credentials === undefined ? [] : [new Secret(credentials)]),
    ...secretsInQuery(url),
    ...secretsIn(document),
  ];
}

/** The secrets in the query of a path, found by the names of its parameters. */
export function secretsInQuery(path: string): readonly Secret[] {
  const found: Secret[] = [];
  redactQuery(path, (value) => found.push(new Secret(value)));
  return found;
}

/** A path without what its query names as a secret, each of which `found` is told, decoded. */
export function redactQuery(path: string, found: (value: string) => void = () => {}): string {
  return path.replace(/(?<=[?&])[^&=]+=[^&]+/g, (pair) => {
    const [[name = '', value = ''] = []] = [...new URLSearchParams(pair)];
    if (!secretName.test(name)) return pair;
    found(value);
    return `${pair.slice(0, pair.indexOf('='))}=${mask}`;
  });
}

/** The answer without the given secrets and without what its own members name as one; otherwise as it came. */
export function redactAnswer(response: HttpResponse, secrets: readonly Secret[]): HttpResponse {
  const headers = Object.entries(response.headers).map(([name, value]) => [
    name,
    secretHeaders.includes(name) ? mask : masked(value, secrets),
  ]);
  return {
    status: response.status,
    headers: Object.fromEntries(headers),
    body: masked(redactMembers(response.body), secrets),
  };
}

/** Keeps the spelling of a body in which there is nothing to hide. */
function redactMembers(body: string): string {
  const document = parseJson(body);
  if (secretsIn(document).length === 0) return body;
  return JSON.stringify(mapSecrets(document, () => mask));
}

function mapSecrets(value: unknown, replace: (secret: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  const { ID } = value as { ID?: unknown };
  // A row of tenant settings names the setting in one member and holds it in another.
  const isSecretRow = typeof ID === 'string' && secretName.test(ID);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const hidden = secretName.test(name) || (isSecretRow && name === 'Value');
      return [
        name,
        hidden && typeof member === 'string' && member !== '' ? replace(member) : mapSecrets(member, replace),
      ];
    }),
  );
}
